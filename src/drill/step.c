#include "drill/step.h"

#include "drill/actuator.h"
#include "drill/bitrock.h"
#include "drill/step_internal.h"
#include <stdbool.h>

/* ---- actuators ---- */
static void step_actuators(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    /* On bottom, and not being pulled off it. */
    bool on = (g->bit_depth[i] >= g->depth[i]) & (g->block_speed[i] >= 0.0f);
    float wob_set = idr_clampf(g->wob_set[i], 0.0f, g->wob_max[i]);
    float omega_set = idr_clampf(g->omega_set[i], 0.0f, g->omega_max[i]);
    float flow_least = g->crewed[i] ? 0.0f : g->flow_min[i]; /* a crew may stop the pumps */
    float flow_set = idr_clampf(g->flow_set[i], flow_least, g->flow_max[i]);
    float wob =
        idr_actuator_weight(wob_set, g->wob[i], g->value[IDR_CHANNEL_ROP][i], g->rop_max[i]);
    float flow =
        idr_actuator_flow(flow_set, g->flow[i], g->value[IDR_CHANNEL_SPP][i], g->pressure_max[i]);
    s->on[i] = on ? 1.0f : 0.0f;
    g->wob[i] = on ? idr_actuator_move(g->wob[i], wob, g->wob_rate[i], SECOND) : 0.0f;
    g->omega_ref[i] = idr_actuator_move(g->omega_ref[i], omega_set, g->omega_rate[i], SECOND);
    g->flow[i] = idr_actuator_move(g->flow[i], flow, g->flow_rate[i], SECOND);
  }
}

/* ---- progress ---- */
static void step_progress(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    double ahead = (double)s->ahead[i];
    double left = g->bottom[i] - g->depth[i];
    ahead = ahead < left ? ahead : left;
    g->depth[i] += ahead;
    g->bit_depth[i] = s->on[i] > 0.0f ? g->depth[i] : g->bit_depth[i];
    float rop = (float)ahead / SECOND;
    float area = 3.14159265f * g->bit_radius[i] * g->bit_radius[i];
    float torque = s->contact_torque[i] + s->cutting_torque[i];
    g->value[IDR_CHANNEL_ROP][i] = rop;
    g->value[IDR_CHANNEL_TORQUE][i] = s->motor[i];
    g->value[IDR_CHANNEL_OMEGA_BIT][i] = s->sum[i];
    g->value[IDR_CHANNEL_MSE][i] = idr_bit_specific_energy(
        g->wob[i], g->value[IDR_CHANNEL_TORQUE][i], g->omega_top[i], rop, area);
    g->energy[i] += (double)(torque * s->forward[i]);
    g->tvd[i] = g->path_tvd[i] + ((float)g->depth[i] - g->path_md[i]) * g->path_slope[i];
  }
}

/* ---- channels and the control period ---- */
static void step_channels(idr_drill_group *g, idr_second *s) {
  (void)s;
  IDR_SIMD
  LANES {
    g->value[IDR_CHANNEL_SPP][i] += g->value[IDR_CHANNEL_MOTOR_PRESSURE][i];
    g->value[IDR_CHANNEL_DEPTH][i] = (float)g->depth[i];
    g->value[IDR_CHANNEL_TVD][i] = g->tvd[i];
    g->value[IDR_CHANNEL_WOB][i] = g->wob[i];
    g->value[IDR_CHANNEL_OMEGA][i] = g->omega_top[i];
    g->value[IDR_CHANNEL_FLOW_IN][i] = g->flow[i];
    g->value[IDR_CHANNEL_MUD_DENSITY][i] = g->density_in[i];
    g->value[IDR_CHANNEL_INCLINATION][i] = g->inclination[i];
    g->value[IDR_CHANNEL_GAMMA][i] = g->gamma_ray[i];
    g->value[IDR_CHANNEL_TEMPERATURE][i] = g->mud_temperature[i];
  }
}

static void period_begin(idr_drill_group *g) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    IDR_SIMD
    LANES {
      g->origin[c][i] = g->least[c][i] = g->most[c][i] = g->value[c][i];
      g->mean[c][i] = g->spread[c][i] = 0.0f;
    }
  }
}

/* Sums are taken relative to the period's first value, so that a deep hole that hardly grows keeps
 * its variance in float. */
static void period_add(idr_drill_group *g) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    IDR_SIMD
    LANES {
      float v = g->value[c][i], d = v - g->origin[c][i];
      g->mean[c][i] += d;
      g->spread[c][i] += d * d;
      g->least[c][i] = idr_minf(g->least[c][i], v);
      g->most[c][i] = idr_maxf(g->most[c][i], v);
    }
  }
}

static void period_end(idr_drill_group *g, int seconds) {
  const float share = 1.0f / (float)seconds;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    IDR_SIMD
    LANES {
      float m = g->mean[c][i] * share;
      g->spread[c][i] = idr_sqrtf(idr_maxf(g->spread[c][i] * share - m * m, 0.0f));
      g->mean[c][i] = g->origin[c][i] + m;
    }
  }
}

/* ---- the step ---- */
/* The models of one second, in order. */
static const struct {
  const char *name;
  void (*run)(idr_drill_group *g, idr_second *s);
} model[] = {
    {"actuators", step_actuators},
    {"mud", idr_step_mud_front},
    {"bit-rock", idr_step_rock},
    {"rate laws", idr_step_laws},
    {"string", idr_step_string},
    {"motor", idr_step_motor},
    {"progress", step_progress},
    {"wear", idr_step_wear},
    {"cones", idr_step_cones},
    {"vibration", idr_step_vibration},
    {"cuttings", idr_step_cuttings},
    {"hydraulics", idr_step_hydraulics},
    {"temperature", idr_step_temperature},
    {"control", idr_step_control},
    {"window", idr_step_trail},
    {"failures", idr_step_failures},
    {"channels", step_channels},
    {"motion", idr_step_motion},
    {"hook load", idr_step_hook},
    {"d-exponent", idr_step_exponent},
};
enum { MODELS = sizeof model / sizeof model[0], STAGE_PERIOD = MODELS, STAGE_PLACES, STAGES };

const char *idr_drill_stage(int i) {
  if (i < 0 || i >= STAGES) return NULL;
  return i < MODELS ? model[i].name : i == STAGE_PERIOD ? "period" : "places";
}

static void step_second(idr_drill_group *g, bool first, idr_profile *profile, int thread) {
  idr_second s;
  idr_profile_start(profile, thread, 0);
  for (int i = 0; i < MODELS; i++) {
    model[i].run(g, &s);
    idr_profile_pass(profile, thread, i, i + 1);
  }
  if (first) period_begin(g);
  period_add(g);
  idr_profile_pass(profile, thread, STAGE_PERIOD, STAGE_PLACES);
  idr_step_places(g);
  idr_profile_stop(profile, thread, STAGE_PLACES);
}

void idr_drill_step_timed(idr_drill_group *group, int seconds, idr_profile *profile, int thread) {
  for (int t = 0; t < seconds; t++)
    step_second(group, t == 0, profile, thread);
  period_end(group, seconds);
}

void idr_drill_step(idr_drill_group *group, int seconds) {
  idr_drill_step_timed(group, seconds, NULL, 0);
}
