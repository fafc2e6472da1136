#include "env/guard.h"

#include <math.h>
#include <stdlib.h>

#define WEIGHT_STEP  0.10f  /* part of weight taken off in a period */
#define SPEED_STEP   0.05f  /* part of speed put on */
#define FLOW_STEP    0.05f  /* part of flow taken off, at least */
#define REGAIN       0.02f  /* part given back in a period */
#define WEIGHT_LEAST 0.10f  /* of the rig's */
#define WEIGHT_STUCK 0.30f  /* likewise, where the least did not help: the interval must end */
#define PATIENCE     600.0f /* s at the least weight after which it does not help */
#define SPEED_LEAST  0.15f  /* of the rig's: below, a bound on speed is none */

#define idr_row_type idr_shield_settings
const idr_setting idr_shield_rows[] = {IDR_SHIELD_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_shield_row_count = (int)(sizeof idr_shield_rows / sizeof idr_shield_rows[0]);

const char *idr_limit_name(idr_limit limit) {
#define LIMIT_NAME(id, name) #name,
  static const char *const names[] = {IDR_LIMIT_LIST(LIMIT_NAME)};
  return names[limit];
}

idr_status idr_guard_create(const idr_shield_settings *settings, int64_t count, idr_guard *out) {
  *out = (idr_guard){.settings = *settings, .count = count};
  out->lane = calloc((size_t)count, sizeof *out->lane);
  if (!out->lane) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to watch %lld episodes", (long long)count);
  for (int64_t k = 0; k < count; k++)
    idr_guard_start(out, k);
  return IDR_STATUS_OK;
}

void idr_guard_free(idr_guard *guard) {
  free(guard->lane);
  guard->lane = NULL;
}

void idr_guard_start(idr_guard *guard, int64_t k) {
  idr_guard_lane *l = &guard->lane[k];
  l->wob = l->flow = INFINITY;
  l->omega = l->strained = 0.0f;
  l->acted = false;
}

/* A mud as heavy as the fracture pressure has no window: the least one stands in for it. */
void idr_guard_strain(const idr_shield_settings *settings, const idr_drill_group *group, int place,
                      float out[IDR_LIMITS]) {
  float window = group->fracture_density[place] - group->mud_density[place];
  float used = group->most[IDR_CHANNEL_ECD][place] - group->mud_density[place];
  out[IDR_LIMIT_ECD] = used / ((float)settings->ecd * fmaxf(window, 1.0f));
  out[IDR_LIMIT_TORQUE] =
      group->most[IDR_CHANNEL_TORQUE][place] / ((float)settings->torque * group->torque_max[place]);
  out[IDR_LIMIT_SPP] =
      group->most[IDR_CHANNEL_SPP][place] / ((float)settings->spp * group->pressure_max[place]);
  out[IDR_LIMIT_STICK_SLIP] = group->value[IDR_CHANNEL_SSI][place] / (float)settings->stick_slip;
}

/* ---- levers ---------------------------------------------------------------------------------- */

/* Pressure goes with about the square of flow, so the root of the excess is what to take off. */
static void ease_flow(idr_guard_lane *l, const idr_drill_group *g, int i,
                      const float strain[IDR_LIMITS]) {
  float most = fmaxf(strain[IDR_LIMIT_ECD], strain[IDR_LIMIT_SPP]);
  if (most > IDR_SHIELD_ONSET) {
    float part = fminf(1.0f - FLOW_STEP, sqrtf(IDR_SHIELD_ONSET / most));
    l->flow = fmaxf(g->flow_min[i], part * fminf(g->flow_set[i], g->flow_max[i]));
  } else if (most < IDR_SHIELD_RELEASE) {
    l->flow *= 1.0f + REGAIN;
    if (l->flow >= g->flow_max[i]) l->flow = INFINITY;
  }
}

/* The bound on weight after one more step down. Some rock sticks at any weight. */
static float less_weight(idr_guard_lane *l, const idr_drill_group *g, int i, double period) {
  float least = WEIGHT_LEAST * g->wob_max[i], now = fminf(g->wob_set[i], g->wob_max[i]);
  if (l->wob <= least) l->strained += (float)period;
  if (l->strained >= PATIENCE) return WEIGHT_STUCK * g->wob_max[i];
  return fminf(l->wob, fmaxf(least, (1.0f - WEIGHT_STEP) * now));
}

static void ease_weight(idr_guard_lane *l, const idr_drill_group *g, int i,
                        const float strain[IDR_LIMITS], double period) {
  float turning = fmaxf(strain[IDR_LIMIT_TORQUE], strain[IDR_LIMIT_STICK_SLIP]);
  if (turning > IDR_SHIELD_ONSET) {
    l->wob = less_weight(l, g, i, period);
    l->omega = fminf(g->omega_max[i], (1.0f + SPEED_STEP) * fmaxf(l->omega, g->omega_set[i]));
  } else if (turning < IDR_SHIELD_RELEASE) {
    l->strained = 0.0f;
    l->wob *= 1.0f + REGAIN;
    l->omega *= 1.0f - REGAIN;
    if (l->wob >= g->wob_max[i]) l->wob = INFINITY;
    if (l->omega < SPEED_LEAST * g->omega_max[i]) l->omega = 0.0f;
  }
}

/* Set-points beyond the rig's own limits are cut there anyhow, which is no intervention. */
void idr_guard_act(idr_guard *guard, int64_t k, idr_drill_group *group, int place) {
  idr_guard_lane *l = &guard->lane[k];
  if (!guard->settings.enabled) return;
  float wob = fminf(group->wob_set[place], group->wob_max[place]);
  float omega = fminf(group->omega_set[place], group->omega_max[place]);
  float flow = fmaxf(group->flow_min[place], fminf(group->flow_set[place], group->flow_max[place]));
  l->acted = l->wob < wob || l->omega > omega || l->flow < flow;
  if (l->wob < wob) group->wob_set[place] = l->wob;
  if (l->omega > omega) group->omega_set[place] = l->omega;
  if (l->flow < flow) group->flow_set[place] = l->flow;
}

void idr_guard_see(idr_guard *guard, int64_t k, const idr_drill_group *group, int place,
                   double period, bool last) {
  idr_guard_lane *l = &guard->lane[k];
  float strain[IDR_LIMITS];
  idr_guard_strain(&guard->settings, group, place, strain);
  if (!l->over) {
    l->counts.time += period;
    for (int i = 0; i < IDR_LIMITS; i++)
      if (strain[i] > 1.0f) l->counts.over[i] += period;
    if (l->acted) l->counts.shielded += period;
    l->counts.failure = (double)group->failure[place];
  }
  l->over = l->over || last;
  if (!guard->settings.enabled) return;
  ease_flow(l, group, place, strain);
  ease_weight(l, group, place, strain, period);
}
