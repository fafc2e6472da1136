/* The advisor: climbs the hill of rate of penetration against specific energy, one step of weight
 * or speed at a time, as perturb-and-observe optimisers on rigs do. */
#include "rl/baseline_internal.h"
#include <math.h>

#define SETTLE_SHARE 0.4f  /* of a hold that is left out while the set-points take hold */
#define CALM_TIME    60.0f /* s between two back-offs */

static void clear_sums(idr_baseline_memory *m) {
  m->timer = 0.0f;
  m->sum_rop = m->sum_energy = 0.0f;
  m->samples = 0;
}

void idr_advisor_start(const idr_baseline *b, const idr_drill_group *g, int lane,
                       idr_baseline_memory *m) {
  *m = (idr_baseline_memory){.start = idr_baseline_class_set(b, g->hole_diameter[lane]),
                             .sign = {1, 1}};
  m->now = m->last = m->start;
}

static float clip(float x, float low, float high) {
  return x < low ? low : x > high ? high : x;
}

static void bound(const idr_baseline *b, const idr_drilling_world *world, idr_baseline_memory *m) {
  m->now.wob =
      clip(m->now.wob, 0.2f * m->start.wob, fminf(world->wob_max, b->wob_cap * m->start.wob));
  m->now.omega = clip(m->now.omega, fmaxf(world->omega_min, 0.5f * m->start.omega),
                      fminf(world->omega_max, b->omega_cap * m->start.omega));
}

/* A step along the present axis. */
static void move(const idr_baseline *b, const idr_drilling_world *world, idr_baseline_memory *m) {
  m->last = m->now;
  float factor = 1.0f + b->step * (float)m->sign[m->axis];
  if (m->axis == 0)
    m->now.wob *= factor;
  else
    m->now.omega *= factor;
  bound(b, world, m);
}

/* Keeps the move on trial if it paid, otherwise takes it back and turns to the other axis. */
static void judge(const idr_baseline *b, const idr_drilling_world *world, idr_baseline_memory *m) {
  float n = (float)(m->samples > 0 ? m->samples : 1);
  float value = logf(m->sum_rop / n + 1e-6f) - b->energy_weight * logf(m->sum_energy / n + 1e5f);
  if (!m->judged || value >= m->best) {
    m->best = value;
    m->judged = true;
  } else {
    m->now = m->last;
    m->sign[m->axis] = -m->sign[m->axis];
    m->axis = 1 - m->axis;
    m->judged = false; /* the value at the old place is measured again: rock changes */
    clear_sums(m);
    return;
  }
  clear_sums(m);
  move(b, world, m);
}

static void back_off(const idr_baseline *b, const idr_drilling_world *world,
                     idr_baseline_memory *m) {
  m->now.wob *= 1.0f - b->back_off;
  m->now.omega *= 1.0f + b->back_off;
  bound(b, world, m);
  m->last = m->now;
  m->waited = 0.0f;
  m->judged = false;
  clear_sums(m);
}

void idr_advisor_decide(const idr_baseline *b, const idr_drilling_world *world,
                        const idr_drill_group *g, int lane, idr_baseline_memory *m) {
  float period = (float)world->config.drilling.period;
  m->timer += period;
  m->waited += period;
  if (g->value[IDR_CHANNEL_SSI][lane] > b->slip_limit && m->waited >= CALM_TIME) {
    back_off(b, world, m);
    return;
  }
  if (m->timer > SETTLE_SHARE * b->hold) {
    m->sum_rop += g->mean[IDR_CHANNEL_ROP][lane];
    m->sum_energy += fminf(g->mean[IDR_CHANNEL_MSE][lane], 1e11f);
    m->samples++;
  }
  if (m->timer >= b->hold) judge(b, world, m);
}
