/* Playing a list of scenarios under any driller: threads take scenarios from one queue, 64 lanes
 * each, and fill a lane again as soon as its episode ends. */
#include "env/drilling_internal.h"
#include <stdatomic.h>
#include <string.h>

typedef struct {
  const idr_drilling_world *world;
  const idr_scenario *scenarios;
  int64_t count;
  idr_driller driller;
  void *context;
  idr_guard *guard;
  idr_drilling_books *books;
  atomic_llong next;  /* first scenario that nobody took */
  atomic_bool failed; /* stops the other threads */
} play;

typedef struct {
  idr_drill_group *group;
  int64_t scenario[IDR_LANES];
  uint8_t fresh[IDR_LANES];
  double depth[IDR_LANES];
  double event_size[IDR_LANES]; /* of idr_drilling_event */
} player;

/* Next scenario for a lane, or idle on the spot when none is left. */
static idr_status take(play *p, player *w, int lane) {
  int64_t k = (int64_t)atomic_fetch_add(&p->next, 1);
  w->scenario[lane] = k < p->count ? k : -1;
  w->fresh[lane] = 1;
  w->event_size[lane] = 0.0;
  if (k >= p->count) return IDR_STATUS_OK;
  IDR_TRY(idr_drilling_start(p->world, &p->scenarios[k], w->group, lane, &p->books[k]));
  return IDR_STATUS_OK;
}

/* Lanes beyond the last that drills are not stepped: nothing is left for them. */
static int lanes_in_use(const player *w) {
  int used = 0;
  for (int lane = 0; lane < IDR_LANES; lane++)
    if (w->scenario[lane] >= 0) used = lane + 1;
  return used;
}

static idr_status fill(play *p, player *w) {
  idr_drilling_books unused;
  for (int lane = 0; lane < IDR_LANES; lane++) {
    IDR_TRY(idr_drilling_start(p->world, &p->scenarios[0], w->group, lane, &unused));
    IDR_TRY(take(p, w, lane));
  }
  int used = lanes_in_use(w);
  if (used > 0) w->group->lanes = idr_drilling_stepped(used);
  return IDR_STATUS_OK;
}

/* What the guard makes of the driller's decision, and what goes wrong in the hole. */
static void act(const play *p, player *w) {
  for (int lane = 0; lane < IDR_LANES; lane++) {
    if (w->scenario[lane] < 0) continue;
    if (p->guard) idr_guard_act(p->guard, w->scenario[lane], w->group, lane);
    idr_drilling_event(p->world, w->group, lane, &w->event_size[lane]);
  }
}

/* Books of scenario k, which sits at `lane`. */
static void settle(play *p, const player *w, int lane, int64_t k) {
  idr_drilling_account(p->world, w->group, lane, w->depth[lane], &p->books[k]);
  if (p->guard)
    idr_guard_see(p->guard, k, w->group, lane, (double)p->world->config.drilling.period,
                  p->books[k].end != IDR_END_NONE);
}

/* One control period; `busy` tells whether any lane still drills. */
static idr_status advance(play *p, player *w, bool *busy) {
  p->driller(p->context, w->group, w->scenario, w->fresh);
  act(p, w);
  memcpy(w->depth, w->group->depth, sizeof w->depth);
  idr_drill_step(w->group, (int)p->world->config.drilling.period);
  for (int lane = 0; lane < IDR_LANES; lane++) {
    int64_t k = w->scenario[lane];
    if (k < 0) continue;
    w->fresh[lane] = 0;
    settle(p, w, lane, k);
    if (p->books[k].end != IDR_END_NONE) IDR_TRY(take(p, w, lane));
  }
  int used = lanes_in_use(w);
  *busy = used > 0;
  if (used > 0) w->group->lanes = idr_drilling_stepped(used);
  return IDR_STATUS_OK;
}

static idr_status play_thread(play *p) {
  player w = {.group = NULL};
  idr_status status = IDR_STATUS_OK;
  bool busy = true;
  IDR_TRY(idr_drill_group_create(&w.group));
  IDR_TRY_GOTO(status, done, fill(p, &w));
  while (busy && !atomic_load(&p->failed))
    IDR_TRY_GOTO(status, done, advance(p, &w, &busy));
done:
  idr_drill_group_free(w.group);
  return status;
}

idr_status idr_drilling_play(const idr_drilling_world *world, const idr_scenario *scenarios,
                             int64_t n, idr_driller driller, void *context, idr_guard *guard,
                             idr_drilling_books *books) {
  play p = {.world = world,
            .scenarios = scenarios,
            .count = n,
            .driller = driller,
            .context = context,
            .guard = guard,
            .books = books};
  idr_error error = {.status = IDR_STATUS_OK};
  if (n < 1) return IDR_STATUS_OK;
#pragma omp parallel
  {
    if (play_thread(&p) != IDR_STATUS_OK) {
      atomic_store(&p.failed, true);
#pragma omp critical(idr_drilling_play_error)
      error = *idr_error_get();
    }
  }
  if (error.status == IDR_STATUS_OK) return IDR_STATUS_OK;
  idr_error_set(&error);
  return idr_trace_at(error.status, __func__, __FILE__, __LINE__);
}
