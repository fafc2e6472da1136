/* Drilling and connections: the driller's programme, what he does when he looks at the gauges, and
 * a connection step by step. */
#include "drill/crew_internal.h"

/* ---- programme ---- */
/* The hand of the driller of this tour: factors on weight and speed, 1 in the middle. */
static void hand(const idr_rig *rig, int i, float *weight, float *speed) {
  idr_random4 w = idr_crew_words_at(rig, i, rig->second[i] / IDR_TOUR, IDR_DRAW_TOUR);
  float z[2];
  idr_random_normal2(w.word[0], w.word[1], z);
  *weight = idr_clampf(1.0f + 0.08f * z[0] + rig->crew.wander[i], 0.7f, 1.3f);
  *speed = idr_clampf(1.0f + 0.06f * z[1] - 0.5f * rig->crew.wander[i], 0.7f, 1.3f);
}

/* Hard rock is drilled with more weight and less speed: 0 soft, 1 hard (assumed programme). */
static float hardness(const idr_drill_group *g, int i) {
  return idr_clampf((g->ucs[i] - 20e6f) * (1.0f / 160e6f), 0.0f, 1.0f);
}

float idr_crew_omega(const idr_rig *rig, int i) {
  const idr_drill_group *g = rig->hole;
  float weight, speed;
  hand(rig, i, &weight, &speed);
  float eased = 1.0f + 0.25f * rig->crew.ease[i];
  if (rig->crew.trouble[i] & (1 << IDR_EVENT_WHIRL)) eased = 0.75f;
  return g->omega_max[i] * idr_minf((0.70f - 0.20f * hardness(g, i)) * speed * eased, 0.95f);
}

float idr_crew_flow(const idr_rig *rig, int i) {
  const idr_drill_group *g = rig->hole;
  return idr_maxf(0.92f * g->flow_max[i] * (1.0f - rig->crew.thrift[i]), g->flow_min[i]);
}

/* Not more than the collars weigh: the neutral point stays in them. */
static float programme_weight(const idr_rig *rig, int i) {
  const idr_drill_group *g = rig->hole;
  float weight, speed;
  hand(rig, i, &weight, &speed);
  float part = (0.40f + 0.50f * hardness(g, i)) * weight * (1.0f - 0.3f * rig->crew.ease[i]);
  if (rig->crew.trouble[i] & (1 << IDR_EVENT_WHIRL)) part *= 1.15f;
  return idr_minf(g->wob_max[i] * idr_minf(part, 0.95f), 0.7f * g->hook_free[i]);
}

/* ---- a look at the gauges ---- */
#define SLOW_ROP (3.0f / 3600.0f) /* m/s */
#define DEAD_ROP (1.2f / 3600.0f)

/* Takes weight back where the string sticks, the torque nears the top drive's limit or the specific
 * energy says that the bit founders; gives it back slowly. A silent gauge (NaN) changes nothing. */
static void ease_off(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  const idr_drill_group *g = rig->hole;
  float swing = rig->sensors.reading[IDR_CHANNEL_SSI][i];
  float torque = rig->sensors.reading[IDR_CHANNEL_TORQUE][i];
  float mse = rig->sensors.reading[IDR_CHANNEL_MSE][i];
  bool slow = c->rop_mean[i] < SLOW_ROP; /* weight is all that helps */
  bool rough = torque > 0.85f * g->torque_max[i] || (swing > 0.8f && !slow) ||
               (mse > 1.8f * c->mse_mean[i] && c->bit_time[i] > 3600.0 && !slow);
  c->ease[i] = idr_clampf(rough ? c->ease[i] + 0.15f : 0.96f * c->ease[i], 0.0f, 1.0f);
}

/* Pumps down where the standpipe pressure nears the relief setting, up again where it does not. */
static void save_pressure(idr_rig *rig, int i) {
  float pressure = rig->sensors.reading[IDR_CHANNEL_SPP][i], most = rig->hole->pressure_max[i];
  float *thrift = &rig->crew.thrift[i];
  if (pressure > 0.93f * most) *thrift += 0.02f;
  if (pressure < 0.85f * most) *thrift -= 0.002f;
  *thrift = idr_clampf(*thrift, 0.0f, 0.5f);
}

static void smooth(float *mean, float reading, float share) {
  if (reading == reading) *mean += share * (reading - *mean);
}

/* Whether the bit is worth another metre: hours, or a rate of penetration that has died (assumed:
 * 80 h, log-normal; 1.2 m/h after 6 h). */
static bool bit_spent(const idr_rig *rig, int i) {
  const idr_crew *c = &rig->crew;
  idr_random4 w = idr_crew_words_at(rig, i, rig->hole->trips[i], IDR_DRAW_BIT);
  double hours = c->bit_time[i] / 3600.0;
  return hours > 80.0 * (double)idr_crew_factor(w, 0.35f) ||
         (hours > 6.0 && c->rop_mean[i] < DEAD_ROP);
}

/* Set-points until the next look. */
static void look(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  idr_random4 w = idr_crew_words(rig, i, IDR_DRAW_LOOK);
  float z[2];
  idr_random_normal2(w.word[0], w.word[1], z);
  c->wander[i] = 0.97f * c->wander[i] + 0.01f * z[0];
  int32_t seconds = 15 + (int32_t)(w.word[2] % 21u);
  double stand = rig->hole->bit_depth[i] + (double)rig->hole->block[i] - IDR_BLOCK_LOW;
  idr_crew_wait(rig, i, IDR_PHASE_DRILL, seconds);
  c->remedy[i] = seconds;
  c->goal[i] = stand < rig->hole->bottom[i] ? stand : rig->hole->bottom[i];
  idr_crew_set(rig, i, programme_weight(rig, i), idr_crew_omega(rig, i), idr_crew_flow(rig, i));
}

static void end_of_section(idr_rig *rig, int i) {
  rig->crew.errand[i] |= IDR_ERRAND_SECTION | IDR_ERRAND_BIT;
  idr_crew_circulate(rig, i, 1.5, IDR_PHASE_REAM_UP);
}

/* In lean holes, and now and then in others, a stand is reamed before the connection (assumed). */
static void end_of_stand(idr_rig *rig, int i) {
  float u = idr_random_uniform(idr_crew_words(rig, i, IDR_DRAW_CHOICE).word[3]);
  if (u < (rig->hole->inclination[i] > 0.7f ? 0.35f : 0.08f))
    idr_crew_ream(rig, i, IDR_PHASE_LIFT);
  else
    idr_crew_enter(rig, i, IDR_PHASE_LIFT);
}

void idr_crew_drilled(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  const idr_drill_group *g = rig->hole;
  c->bit_time[i] += c->remedy[i] - c->left[i]; /* since the last look */
  smooth(&c->rop_mean[i], rig->sensors.reading[IDR_CHANNEL_ROP][i], 0.01f);
  smooth(&c->mse_mean[i], rig->sensors.reading[IDR_CHANNEL_MSE][i], 0.02f);
  ease_off(rig, i);
  save_pressure(rig, i);
  if (idr_crew_react(rig, i, true)) return;
  if (g->depth[i] >= g->bottom[i] - 1e-6)
    end_of_section(rig, i);
  else if (bit_spent(rig, i))
    idr_crew_pull_out(rig, i, IDR_ERRAND_BIT);
  else if ((double)g->block[i] < IDR_BLOCK_LOW + 0.01)
    end_of_stand(rig, i);
  else
    look(rig, i);
}

/* ---- to bottom ---- */
void idr_crew_wash(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  g->slips[i] = 0;
  idr_crew_set(rig, i, 0.0f, 0.7f * idr_crew_omega(rig, i), idr_crew_flow(rig, i));
  double above = g->depth[i] - 1.0;
  if (g->bit_depth[i] < above)
    idr_crew_move(rig, i, IDR_PHASE_WASH, above, 0.08);
  else
    idr_crew_washed(rig, i);
}

/* Softly: the driller feels for bottom. */
void idr_crew_washed(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.8f * idr_crew_omega(rig, i), idr_crew_flow(rig, i));
  idr_crew_move(rig, i, IDR_PHASE_TAG, rig->hole->depth[i], 0.03);
}

void idr_crew_tagged(idr_rig *rig, int i) {
  look(rig, i);
}

/* ---- connection ---- */
/* Steps as parts of the rig's connection time; what is left is the way up and back to bottom. */
static int32_t part_of_connection(const idr_rig *rig, int i, double part) {
  return (int32_t)(part * rig->hole->well[i]->rig.connection_time * (double)rig->crew.pace[i]);
}

void idr_crew_lifted(idr_rig *rig, int i) {
  idr_crew_wait(rig, i, IDR_PHASE_CLEAN, part_of_connection(rig, i, 0.12));
}

void idr_crew_cleaned(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.0f, idr_crew_flow(rig, i));
  idr_crew_wait(rig, i, IDR_PHASE_STOP, part_of_connection(rig, i, 0.07));
}

void idr_crew_stopped(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  idr_crew_wait(rig, i, IDR_PHASE_PUMPS_OFF, part_of_connection(rig, i, 0.07));
}

void idr_crew_pumps_stopped(idr_rig *rig, int i) {
  double up = IDR_BLOCK_LOW + rig->hole->well[i]->rig.stand_length;
  rig->hole->connections[i]++;
  idr_crew_slips(rig, i, IDR_PHASE_MAKE_UP, part_of_connection(rig, i, 0.35),
                 (double)rig->hole->block[i] - IDR_BLOCK_LOW + up);
}

void idr_crew_made_up(idr_rig *rig, int i) {
  double bit = rig->hole->bit_depth[i];
  idr_crew_move(rig, i, IDR_PHASE_PICK_UP, bit > 1.0 ? bit - 0.5 : bit, 0.1);
}

void idr_crew_picked_up(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.0f, idr_crew_flow(rig, i));
  idr_crew_wait(rig, i, IDR_PHASE_PUMPS_ON, part_of_connection(rig, i, 0.16));
}

void idr_crew_pumps_started(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.8f * idr_crew_omega(rig, i), idr_crew_flow(rig, i));
  idr_crew_wait(rig, i, IDR_PHASE_TURN, part_of_connection(rig, i, 0.06));
}

void idr_crew_turned(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, idr_crew_omega(rig, i), idr_crew_flow(rig, i));
  idr_crew_move(rig, i, IDR_PHASE_BACK, rig->hole->depth[i] - 1.0, 0.1);
}

/* ---- reaming and circulating ---- */
void idr_crew_circulate(idr_rig *rig, int i, double volumes, idr_crew_phase after) {
  float flow = idr_crew_flow(rig, i);
  idr_crew_set(rig, i, 0.0f, 0.8f * idr_crew_omega(rig, i), flow);
  double time = volumes * idr_crew_bottoms_up(rig, i, flow);
  idr_drill_group *g = rig->hole;
  double up = g->bit_depth[i] > 10.0 ? g->bit_depth[i] - 3.0 : g->bit_depth[i];
  idr_crew_move(rig, i, IDR_PHASE_CIRCULATE, up, 0.1);
  rig->crew.remedy[i] = idr_crew_time(rig, i, time, 0.1f);
  rig->crew.after[i] = after;
}

/* A stand up and down again with pumps and rotation. */
void idr_crew_ream(idr_rig *rig, int i, idr_crew_phase after) {
  idr_drill_group *g = rig->hole;
  double room = IDR_BLOCK_LOW + g->well[i]->rig.stand_length - (double)g->block[i];
  double up = g->bit_depth[i] - (room > 3.0 ? room : 3.0);
  idr_crew_set(rig, i, 0.0f, 0.8f * idr_crew_omega(rig, i), idr_crew_flow(rig, i));
  idr_crew_move(rig, i, IDR_PHASE_REAM_UP, up > 1.0 ? up : 1.0, 0.12);
  rig->crew.after[i] = after;
}

void idr_crew_reamed_up(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double room = (double)g->block[i] - IDR_BLOCK_LOW, down = g->depth[i] - 1.0;
  double goal = g->bit_depth[i] + room < down ? g->bit_depth[i] + room : down;
  if (goal > g->bit_depth[i])
    idr_crew_move(rig, i, IDR_PHASE_REAM_DOWN, goal, 0.12);
  else
    idr_crew_follow(rig, i);
}

/* A long wait passes in pieces, so that the crew looks at the gauges in between. */
void idr_crew_follow(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  if (idr_crew_react(rig, i, false)) return;
  if (c->phase[i] == IDR_PHASE_CIRCULATE && c->remedy[i] > 0) {
    int32_t piece = c->remedy[i] < 60 ? c->remedy[i] : 60;
    c->remedy[i] -= piece;
    idr_crew_wait(rig, i, IDR_PHASE_CIRCULATE, piece);
    return;
  }
  idr_crew_enter(rig, i, (idr_crew_phase)c->after[i]);
}

void idr_crew_enter(idr_rig *rig, int i, idr_crew_phase phase) {
  idr_drill_group *g = rig->hole;
  rig->crew.pace[i] = idr_crew_factor(idr_crew_words(rig, i, IDR_DRAW_CHOICE), 0.25f);
  if (phase == IDR_PHASE_REAM_UP) {
    idr_crew_ream(rig, i, IDR_PHASE_PULL);
  } else if (phase == IDR_PHASE_LIFT) {
    double lift = g->bit_depth[i] > 10.0 ? 3.0 : 0.5;
    idr_crew_set(rig, i, 0.0f, idr_crew_omega(rig, i), idr_crew_flow(rig, i));
    idr_crew_move(rig, i, IDR_PHASE_LIFT, g->bit_depth[i] - lift, 0.15);
  } else {
    idr_crew_go_on(rig, i);
  }
}
