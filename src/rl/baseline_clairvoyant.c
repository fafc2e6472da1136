/* The clairvoyant: copies the well as it stands 64 times, drills every copy with other set-points
 * for a few minutes, and takes those with the least cost per metre; twice, the second time around
 * the best of the first. It sees layers before anybody measures them, so it is a ceiling. */
#include "rl/baseline_internal.h"
#include <math.h>

#define SETTLE    70   /* s in which set-points are reached at the rig's rates */
#define TRY_DEPTH 15.0 /* m after which it tries again in the same layer */
#define TRY_WEAR  0.05 /* change of wear after which it does */
#define GRID      8    /* first round: GRID weights times GRID speeds */
#define FINE      4    /* second round: FINE of each of the three */

static bool must_try(const idr_drill_group *g, int lane, const idr_baseline_memory *m) {
  return g->layer[lane] != m->layer || g->depth[lane] - m->depth > TRY_DEPTH ||
         fabs((double)g->wear[lane] - m->wear) > TRY_WEAR;
}

/* The first round spans the rig's limits at the flow of the section's best constants. */
static void spread(const idr_drilling_world *w, idr_set_points middle, idr_set_points out[]) {
  for (int k = 0; k < IDR_LANES; k++) {
    float a = (float)(k / GRID + 1) / GRID, b = (float)(k % GRID) / (GRID - 1);
    out[k] = (idr_set_points){a * w->wob_max, w->omega_min + b * (w->omega_max - w->omega_min),
                              middle.flow};
  }
}

static float clip(float x, float low, float high) {
  return x < low ? low : x > high ? high : x;
}

/* The second round: between the neighbours of the first round's best, and over the flow. */
static void refine(const idr_drilling_world *w, idr_set_points best, idr_set_points out[]) {
  static const float offset[FINE] = {-0.6f, -0.2f, 0.2f, 0.6f};
  float wob_step = w->wob_max / GRID, omega_step = (w->omega_max - w->omega_min) / (GRID - 1);
  for (int k = 1; k < IDR_LANES; k++) {
    int a = k / (FINE * FINE), b = k / FINE % FINE, c = k % FINE;
    float flow = w->flow_min + (0.4f + 0.2f * (float)c) * (w->flow_max - w->flow_min);
    out[k] = (idr_set_points){clip(best.wob + offset[a] * wob_step, 0.0f, w->wob_max),
                              clip(best.omega + offset[b] * omega_step, w->omega_min, w->omega_max),
                              flow};
  }
  out[0] = best;
}

/* Copies of the lane, with no connection in sight: it would fall into some trials and not others.
 */
static void copy_lane(const idr_drill_group *g, int lane, idr_drill_group *trial,
                      const idr_set_points set[]) {
  char bytes[sizeof(idr_drill_group) / IDR_LANES];
  idr_drill_lane_save(g, lane, bytes);
  for (int k = 0; k < IDR_LANES; k++) {
    idr_drill_lane_load(trial, k, g->well[lane], bytes);
    trial->next_stand[k] = INFINITY;
    trial->wob_set[k] = set[k].wob;
    trial->omega_set[k] = set[k].omega;
    trial->flow_set[k] = set[k].flow;
  }
}

/* What a lane has cost so far, in the trial's prices. */
static double spent(const idr_baseline *b, const idr_drilling_world *w, const idr_drill_group *t,
                    int k) {
  double bit =
      w->config.prices.bit_price + w->rig_rate * idr_drilling_trip_time(t->well[k], t->depth[k]);
  double risk = w->rig_rate * w->config.prices.failure_time * (t->failure[k] != 0);
  return w->rig_rate * (t->rotating_time[k] + t->lost_time[k]) +
         (double)b->wear_weight * bit * t->bits_worn[k] + risk;
}

/* Index of the cheapest of 64 set-points. */
static int try_all(const idr_baseline *b, const idr_drilling_world *w, const idr_drill_group *g,
                   int lane, idr_drill_group *trial, const idr_set_points set[]) {
  double depth[IDR_LANES], cost[IDR_LANES], least = INFINITY;
  int best = 0;
  copy_lane(g, lane, trial, set);
  idr_drill_step(trial, SETTLE);
  for (int k = 0; k < IDR_LANES; k++) {
    depth[k] = trial->depth[k];
    cost[k] = spent(b, w, trial, k);
  }
  idr_drill_step(trial, (int)b->measure);
  for (int k = 0; k < IDR_LANES; k++) {
    double metres = trial->depth[k] - depth[k];
    double per_metre = (spent(b, w, trial, k) - cost[k]) / fmax(metres, 1e-6);
    if (per_metre >= least) continue;
    least = per_metre;
    best = k;
  }
  return best;
}

double idr_clairvoyant_decide(const idr_baseline *b, const idr_drilling_world *world,
                              const idr_drill_group *g, int lane, bool fresh,
                              idr_drill_group *trial, idr_baseline_memory *m) {
  if (!fresh && !must_try(g, lane, m)) return 0.0;
  idr_set_points set[IDR_LANES];
  spread(world, idr_baseline_class_set(b, g->hole_diameter[lane]), set);
  idr_set_points best = set[try_all(b, world, g, lane, trial, set)];
  refine(world, best, set);
  m->now = set[try_all(b, world, g, lane, trial, set)];
  m->layer = g->layer[lane];
  m->depth = g->depth[lane];
  m->wear = (double)g->wear[lane];
  return 2.0 * IDR_LANES * (SETTLE + (double)(int)b->measure);
}
