/* Playing baselines: one driller for every mixture of kinds. */
#include "rl/baseline_internal.h"
#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>

#define idr_row_type idr_baseline_settings
const idr_setting idr_baseline_rows[] = {IDR_BASELINE_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_baseline_row_count = (int)(sizeof idr_baseline_rows / sizeof idr_baseline_rows[0]);

const char *idr_baseline_name(idr_baseline_kind kind) {
#define NAME_ROW(id, name) name,
  static const char *const names[] = {IDR_BASELINE_LIST(NAME_ROW)};
  return names[kind];
}

idr_set_points idr_baseline_class_set(const idr_baseline *b, float diameter) {
  int best = 0;
  for (int c = 1; c < b->class_count; c++)
    if (fabsf(b->diameter[c] - diameter) < fabsf(b->diameter[best] - diameter)) best = c;
  return b->set[best];
}

typedef struct {
  const idr_drilling_world *world;
  const idr_baseline *baselines;
  int64_t per; /* scenarios per baseline */
  idr_baseline_memory *memory;
  idr_drill_group **trial; /* [thread]; NULL where no clairvoyant plays */
  double *tried;           /* [thread] seconds */
  const idr_baseline_watch *watch;
  int64_t total;         /* episodes of all baselines */
  atomic_llong *started; /* episodes that have begun */
} cast;

static void decide_lane(const cast *c, const idr_drill_group *g, int lane, int64_t k, bool fresh) {
  const idr_baseline *b = &c->baselines[k / c->per];
  idr_baseline_memory *m = &c->memory[k];
  int thread = omp_get_thread_num();
  if (b->kind == IDR_BASELINE_CLAIRVOYANT) {
    c->tried[thread] += idr_clairvoyant_decide(b, c->world, g, lane, fresh, c->trial[thread], m);
    return;
  }
  if (b->kind == IDR_BASELINE_ADVISOR) {
    if (fresh)
      idr_advisor_start(b, g, lane, m);
    else
      idr_advisor_decide(b, c->world, g, lane, m);
    return;
  }
  m->now = idr_baseline_class_set(b, g->hole_diameter[lane]);
}

/* What has begun, less what is still being drilled: by this thread, and most likely by the others.
 */
static void tell(const cast *c, int busy) {
  double begun = (double)atomic_load(c->started), open = (double)(busy * omp_get_num_threads());
  c->watch->tell(c->watch->context, "playing", fmax(0.0, begun - open) / (double)c->total);
}

static void decide(void *context, idr_drill_group *group, const int64_t scenario[IDR_LANES],
                   const uint8_t fresh[IDR_LANES]) {
  const cast *c = context;
  int busy = 0;
  for (int lane = 0; lane < IDR_LANES; lane++) {
    int64_t k = scenario[lane];
    if (k < 0) continue;
    busy++;
    decide_lane(c, group, lane, k, fresh[lane]);
    if (fresh[lane]) atomic_fetch_add(c->started, 1);
    group->wob_set[lane] = c->memory[k].now.wob;
    group->omega_set[lane] = c->memory[k].now.omega;
    group->flow_set[lane] = c->memory[k].now.flow;
  }
  if (c->watch && omp_get_thread_num() == 0) tell(c, busy);
}

static idr_status make_trials(cast *c, int count, int threads) {
  bool needed = false;
  for (int i = 0; i < count; i++)
    needed = needed || c->baselines[i].kind == IDR_BASELINE_CLAIRVOYANT;
  for (int t = 0; needed && t < threads; t++)
    IDR_TRY(idr_drill_group_create(&c->trial[t]));
  return IDR_STATUS_OK;
}

static double sum_time(const cast *c, int threads, const idr_drilling_books *books, int64_t n) {
  double sum = 0.0;
  for (int64_t k = 0; k < n; k++)
    sum += books[k].rotating;
  for (int t = 0; t < threads; t++)
    sum += c->tried[t];
  return sum;
}

idr_status idr_baseline_play(const idr_drilling_world *world, const idr_baseline *baselines,
                             int count, const idr_scenario *scenarios, int64_t n,
                             const idr_baseline_watch *watch, idr_guard *guard,
                             idr_drilling_books *books, double *simulated) {
  idr_status status = IDR_STATUS_OK;
  int threads = omp_get_max_threads();
  size_t total = (size_t)count * (size_t)n;
  atomic_llong started = 0;
  cast c = {.world = world,
            .baselines = baselines,
            .per = n,
            .watch = watch,
            .total = (int64_t)total,
            .started = &started};
  idr_scenario *list = malloc(total * sizeof *list);
  c.memory = calloc(total, sizeof *c.memory);
  c.trial = calloc((size_t)threads, sizeof(void *));
  c.tried = calloc((size_t)threads, sizeof *c.tried);
  if (!list || !c.memory || !c.trial || !c.tried)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory for %zu episodes of baselines",
                  total);
  for (size_t k = 0; k < total; k++)
    list[k] = scenarios[k % (size_t)n];
  IDR_TRY_GOTO(status, done, make_trials(&c, count, threads));
  IDR_TRY_GOTO(status, done,
               idr_drilling_play(world, list, (int64_t)total, decide, &c, guard, books));
  if (simulated) *simulated = sum_time(&c, threads, books, (int64_t)total);
done:
  for (int t = 0; c.trial && t < threads; t++)
    idr_drill_group_free(c.trial[t]);
  free(list);
  free(c.memory);
  free(c.trial);
  free(c.tried);
  return status;
}
