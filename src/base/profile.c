#include "base/profile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

_Static_assert(IDR_PROFILE_STAGES_MAX * sizeof(idr_profile_slot) % CACHE_LINE == 0,
               "threads must not share a cache line");

static size_t slot_bytes(const idr_profile *profile) {
  return (size_t)profile->threads * IDR_PROFILE_STAGES_MAX * sizeof(idr_profile_slot);
}

idr_status idr_profile_create(const char *const *names, int stages, int threads,
                              idr_profile **out) {
  *out = NULL;
  if (stages < 1 || stages > IDR_PROFILE_STAGES_MAX || threads < 1)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a profile has 1 to %d stages and at least 1 thread, not %d, %d",
             IDR_PROFILE_STAGES_MAX, stages, threads);
  idr_profile *profile = calloc(1, sizeof(*profile));
  if (!profile) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a profile");
  profile->threads = threads;
  profile->stages = stages;
  profile->slots = aligned_alloc(CACHE_LINE, slot_bytes(profile));
  if (!profile->slots) {
    free(profile);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a profile of %d threads", threads);
  }
  for (int i = 0; i < stages; i++)
    snprintf(profile->name[i], IDR_PROFILE_NAME_MAX, "%s", names[i]);
  idr_profile_reset(profile);
  *out = profile;
  return IDR_STATUS_OK;
}

void idr_profile_destroy(idr_profile *profile) {
  if (!profile) return;
  free(profile->slots);
  free(profile);
}

void idr_profile_reset(idr_profile *profile) {
  memset(profile->slots, 0, slot_bytes(profile));
}

void idr_profile_rows(const idr_profile *profile, idr_profile_row *rows) {
  for (int stage = 0; stage < profile->stages; stage++) {
    idr_profile_row *row = &rows[stage];
    memset(row, 0, sizeof(*row));
    memcpy(row->name, profile->name[stage], sizeof(row->name));
    for (int thread = 0; thread < profile->threads; thread++) {
      const idr_profile_slot *slot = &profile->slots[thread * IDR_PROFILE_STAGES_MAX + stage];
      row->calls += slot->calls;
      row->busy_seconds += slot->seconds;
      if (slot->seconds > row->seconds) row->seconds = slot->seconds;
    }
  }
}
