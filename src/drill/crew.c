#include "drill/crew_internal.h"

#include <math.h>

static const struct {
  int32_t activity;
  void (*over)(idr_rig *rig, int i);
} phases[IDR_PHASE_COUNT] = {
#define IDR_PHASE_ROW(id, activity, over) {IDR_ACTIVITY_##activity, over},
    IDR_PHASE_LIST(IDR_PHASE_ROW)
#undef IDR_PHASE_ROW
};

/* ---- phases ---- */
static void begin(idr_rig *rig, int i, idr_crew_phase phase, int32_t seconds, int32_t slips) {
  idr_crew *c = &rig->crew;
  c->phase[i] = phase;
  c->activity[i] = phases[phase].activity;
  c->left[i] = seconds < 1 ? 1 : seconds;
  c->goal[i] = IDR_NOWHERE;
  c->speed[i] = 0.0f;
  rig->hole->slips[i] = slips;
}

void idr_crew_wait(idr_rig *rig, int i, idr_crew_phase phase, int32_t seconds) {
  begin(rig, i, phase, seconds, rig->hole->slips[i]);
}

void idr_crew_move(idr_rig *rig, int i, idr_crew_phase phase, double goal, double speed) {
  double way = goal - rig->hole->bit_depth[i];
  begin(rig, i, phase, 120 + (int32_t)(1.5 * fabs(way) / speed), 0);
  rig->crew.goal[i] = goal;
  rig->crew.speed[i] = (float)(way < 0.0 ? -speed : speed);
}

void idr_crew_slips(idr_rig *rig, int i, idr_crew_phase phase, int32_t seconds, double height) {
  double way = (double)rig->hole->block[i] - height; /* down */
  begin(rig, i, phase, seconds, 1);
  rig->crew.goal[i] = -height;
  rig->crew.speed[i] = (float)(2.0 * way / seconds);
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
}

void idr_crew_set(idr_rig *rig, int i, float wob, float omega, float flow) {
  idr_drill_group *g = rig->hole;
  g->wob_set[i] = wob;
  g->omega_set[i] = omega;
  g->flow_set[i] = flow;
}

double idr_crew_bottoms_up(const idr_rig *rig, int i, float flow) {
  const idr_drill_group *g = rig->hole;
  float volume = 0.0f;
  for (int k = 0; k < IDR_ANNULUS; k++)
    volume += g->cell_area[k][i] * g->cell_length[i];
  return (double)(volume / idr_maxf(flow, 1e-3f));
}

double idr_crew_round(const idr_rig *rig, int i, float flow) {
  const idr_drill_group *g = rig->hole;
  float volume = 0.0f;
  for (int k = 0; k < IDR_STRING_PARTS; k++)
    volume += 0.78539816f * g->part_inner[k][i] * g->part_inner[k][i] * g->part_length[k][i];
  return idr_crew_bottoms_up(rig, i, flow) + (double)(volume / idr_maxf(flow, 1e-3f));
}

/* ---- place ---- */
void idr_crew_place(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  float down = idr_random_uniform(idr_crew_words(rig, i, IDR_DRAW_START).word[0]);
  g->crewed[i] = 1;
  g->block[i] = (float)(IDR_BLOCK_LOW + (0.1 + 0.9 * (double)down) * g->well[i]->rig.stand_length);
  idr_drill_refresh(g, i);
  idr_crew_wash(rig, i);
}

void idr_crew_anywhere(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  idr_random4 words = idr_crew_words(rig, i, IDR_DRAW_START);
  rig->crew.bit_time[i] = 100e3 * (double)idr_random_uniform(words.word[1]);
  if (idr_random_uniform(words.word[2]) > 0.25f) return;
  g->bit_depth[i] *= (double)idr_random_uniform(words.word[3]);
  idr_drill_refresh_string(g, i);
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  idr_crew_go_on(rig, i);
}

/* ---- the second ---- */
#define OVERPULL 350e3f /* N above what the string needs upwards: it is stuck (assumed) */
#define HASTE    0.25f  /* m/s2, how fast the block changes its speed (assumed) */

/* Moves the block as the phase says, stopping at its goal, and marks the lanes in which a phase is
 * over or trouble is new. */
static void watch(idr_rig *rig, int32_t *due) {
  idr_drill_group *g = rig->hole;
  const float *load = rig->sensors.reading[IDR_CHANNEL_HOOKLOAD], *speed = rig->crew.speed;
  const double *goal = rig->crew.goal;
  float *pulled = rig->crew.pulled;
  int32_t *left = rig->crew.left;
  IDR_SIMD
  for (int i = 0; i < (g->lanes & ~7); i++) {
    double block = -(double)g->block[i], bit = g->bit_depth[i];
    double at = g->slips[i] != 0 ? block : bit;
    float way = (float)(goal[i] - at), before = g->block_speed[i], asked = speed[i];
    float wanted = idr_clampf(asked, before - HASTE, before + HASTE);
    float down = idr_minf(idr_maxf(wanted, 0.0f), idr_maxf(way, 0.0f));
    float up = idr_maxf(idr_minf(wanted, 0.0f), idr_minf(way, 0.0f));
    float needs = g->hook_up[i] * (1.0f + g->hook_factor[i]) + (IDR_BLOCK_WEIGHT + OVERPULL);
    float pull = idr_minf(load[i], pulled[i]); /* one spike of the gauge is none */
    float ahead = asked >= 0.0f ? way : -way;
    up = load[i] > needs ? 0.0f : up; /* the drawworks' own stop */
    g->block_speed[i] = asked >= 0.0f ? down : up;
    left[i] -= 1;
    int32_t arrived = g->slips[i] == 0 ? ahead < 0.005f : 0;
    int32_t held = g->slips[i] == 0 ? pull > needs : 0;
    due[i] = (left[i] <= 0 ? 1 : 0) | arrived | held;
    pulled[i] = load[i];
  }
}

/* The string should have come to the goal and did not. */
static bool missed(const idr_rig *rig, int i) {
  const idr_crew *c = &rig->crew;
  double way = c->goal[i] - rig->hole->bit_depth[i];
  bool moving = !rig->hole->slips[i] && c->speed[i] != 0.0f;
  bool excused = c->activity[i] == IDR_ACTIVITY_FISHING || c->activity[i] == IDR_ACTIVITY_CASING;
  return moving && !excused && fabs(way) > 0.05;
}

void idr_crew_second(idr_rig *rig) {
  int32_t due[IDR_LANES];
  watch(rig, due);
  for (int i = 0; i < rig->hole->lanes; i++)
    if (due[i] && missed(rig, i))
      idr_crew_stuck(rig, i);
    else if (due[i])
      phases[rig->crew.phase[i]].over(rig, i);
}
