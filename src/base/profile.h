/* Where the time goes: named stages, counted and timed per thread.
 *
 * A stage is entered with idr_profile_start and left with idr_profile_stop, by the thread that
 * does the work; two clock reads and two additions, no lock and no shared cache line. Stages may
 * lie inside each other; the table then counts the inner one twice, so callers keep them apart.
 * A NULL profile measures nothing.
 */
#ifndef IDR_BASE_PROFILE_H
#define IDR_BASE_PROFILE_H

#include "base/clock.h"
#include "base/status.h"
#include <stdint.h>

#define IDR_PROFILE_STAGES_MAX 32
#define IDR_PROFILE_NAME_MAX   32

/* One stage in one thread. */
typedef struct {
  int64_t calls;
  double seconds;
  double started;
} idr_profile_slot;

typedef struct {
  int threads;
  int stages;
  char name[IDR_PROFILE_STAGES_MAX][IDR_PROFILE_NAME_MAX];
  idr_profile_slot *slots; /* [thread][IDR_PROFILE_STAGES_MAX], cache-line aligned */
} idr_profile;

/* One stage over the threads of a rank; plain data that ranks can exchange. */
typedef struct {
  char name[IDR_PROFILE_NAME_MAX];
  int64_t calls;       /* of all threads */
  double seconds;      /* of the slowest thread: what the stage cost on the wall clock */
  double busy_seconds; /* of all threads together */
} idr_profile_row;

/* `names` are copied (cut to IDR_PROFILE_NAME_MAX - 1 bytes). ARGUMENT for too many stages. */
idr_status idr_profile_create(const char *const *names, int stages, int threads, idr_profile **out);
void idr_profile_destroy(idr_profile *profile); /* NULL allowed */
/* Back to zero, for example after a warm-up. */
void idr_profile_reset(idr_profile *profile);
/* Fills rows[stages]. Not while other threads measure. */
void idr_profile_rows(const idr_profile *profile, idr_profile_row *rows);

static inline void idr_profile_start(idr_profile *profile, int thread, int stage) {
  if (!profile) return;
  profile->slots[thread * IDR_PROFILE_STAGES_MAX + stage].started = idr_clock_seconds();
}

static inline void idr_profile_stop(idr_profile *profile, int thread, int stage) {
  if (!profile) return;
  idr_profile_slot *slot = &profile->slots[thread * IDR_PROFILE_STAGES_MAX + stage];
  slot->seconds += idr_clock_seconds() - slot->started;
  slot->calls++;
}

/* Leaves `stage` and enters `next` with one look at the clock. */
static inline void idr_profile_pass(idr_profile *profile, int thread, int stage, int next) {
  if (!profile) return;
  idr_profile_slot *slot = &profile->slots[thread * IDR_PROFILE_STAGES_MAX + stage];
  double now = idr_clock_seconds();
  slot->seconds += now - slot->started;
  slot->calls++;
  profile->slots[thread * IDR_PROFILE_STAGES_MAX + next].started = now;
}

#endif
