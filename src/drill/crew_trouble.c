/* What the crew does when something is wrong: repairs, kicks, stuck pipe, losses, and the rest. */
#include "drill/crew_internal.h"

#include "drill/hydraulics.h"

#define KICK_GAIN  1.5f /* m3 of pit gain at which a well is shut in (assumed) */
#define KICK_FLOW  1.2f /* returns over flow in, looks in a row (assumed) */
#define LOSS_FLOW  0.8f
#define LOOKS      3
#define OVERPULL   300e3f  /* N over the string's need that a working crew pulls (assumed) */
#define STUCK_TIME 14400.0 /* s until worked free (assumed) */
#define LOSS_TIME  7200.0  /* s to mix and place a pill (assumed) */
#define SHUT_TIME  1200.0  /* s until pressures stand (assumed) */
#define SLOW_PUMP  0.4f    /* part of the largest rate at which a kick is circulated */

void idr_crew_cure(idr_rig *rig, int i, int32_t bits) {
  rig->crew.trouble[i] &= ~bits;
  rig->crew.cured[i] |= bits;
}

/* ---- what the gauges show ---- */
/* Returns against flow in with steady pumps, some looks in a row; silent gauges show nothing. */
static void compare_returns(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  float in = rig->sensors.reading[IDR_CHANNEL_FLOW_IN][i];
  float out = rig->sensors.reading[IDR_CHANNEL_FLOW_OUT][i];
  float gain = rig->sensors.reading[IDR_CHANNEL_PIT_GAIN][i];
  if (out > KICK_FLOW * in)
    c->looks[i] = c->looks[i] > 0 ? c->looks[i] + 1 : 1;
  else if (out < LOSS_FLOW * in)
    c->looks[i] = c->looks[i] < 0 ? c->looks[i] - 1 : -1;
  else
    c->looks[i] = 0;
  if (c->looks[i] >= LOOKS || gain > KICK_GAIN) c->trouble[i] |= 1 << IDR_EVENT_KICK;
  if (c->looks[i] <= -LOOKS) c->trouble[i] |= 1 << IDR_EVENT_LOSSES;
}

/* ---- repairs ---- */
static int32_t repair_seconds(const idr_rig *rig, int i) {
  int32_t most = 0;
  for (int m = 0; m < IDR_MACHINE_BIT; m++)
    if (rig->crew.repair_asked[m][i] > most) most = rig->crew.repair_asked[m][i];
  return most;
}

void idr_crew_repair_start(idr_rig *rig, int i) {
  rig->hole->slips[i] = 1;
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  idr_crew_wait(rig, i, IDR_PHASE_REPAIR, repair_seconds(rig, i));
}

void idr_crew_repair_end(idr_rig *rig, int i) {
  for (int m = 0; m < IDR_MACHINE_BIT; m++) {
    if (rig->crew.repair_asked[m][i] <= 0) continue;
    rig->crew.repair_asked[m][i] = 0;
    rig->crew.repaired[i] |= 1 << m;
  }
  idr_crew_go_on(rig, i);
}

static void begin_repair(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double lift = g->bit_depth[i] > g->depth[i] - 6.0 && g->bit_depth[i] > 10.0 ? 6.0 : 0.0;
  if (g->slips[i] || lift == 0.0)
    idr_crew_repair_start(rig, i);
  else
    idr_crew_move(rig, i, IDR_PHASE_REPAIR_LIFT, g->bit_depth[i] - lift, 0.1);
}

/* ---- kick: driller's method ---- */
static void begin_kick(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double lift = g->bit_depth[i] > 10.0 && !g->slips[i] ? 6.0 : 0.0;
  idr_crew_set(rig, i, 0.0f, 0.0f, g->flow_set[i]);
  idr_crew_move(rig, i, IDR_PHASE_KICK_LIFT, g->bit_depth[i] - lift, 0.2);
}

void idr_crew_kick_lifted(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  rig->hole->choke_closed[i] = 1.0f;
  idr_crew_wait(rig, i, IDR_PHASE_KICK_SHUT, idr_crew_time(rig, i, SHUT_TIME, 0.2f));
}

static float slow_pump(const idr_rig *rig, int i) {
  return SLOW_PUMP * rig->hole->flow_max[i];
}

/* Circulating starts with the standpipe pressure that friction at the slow rate (square of flow
 * from what drilling showed) and the shut-in pressure make together. */
void idr_crew_kick_shut(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  float read = rig->sensors.reading[IDR_CHANNEL_SPP][i], slow = slow_pump(rig, i);
  c->shut_in[i] = read > 0.0f ? idr_minf(read, 2e7f) : 0.0f;
  c->kill_pressure[i] = c->shut_in[i] + 0.2f * rig->hole->pressure_max[i];
  c->remedy[i] = idr_crew_time(rig, i, 1.2 * idr_crew_bottoms_up(rig, i, slow), 0.05f);
  rig->hole->choke_closed[i] = 0.6f;
  idr_crew_set(rig, i, 0.0f, 0.0f, slow);
  idr_crew_wait(rig, i, IDR_PHASE_KICK_OUT, 10);
}

/* One turn of the choke every ten seconds; true while mud remains to be pumped. */
static bool hold_choke(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  float read = rig->sensors.reading[IDR_CHANNEL_SPP][i], *choke = &rig->hole->choke_closed[i];
  if (read < 0.97f * c->kill_pressure[i]) *choke += 0.01f;
  if (read > 1.03f * c->kill_pressure[i]) *choke -= 0.01f;
  *choke = idr_clampf(*choke, 0.05f, 0.95f);
  c->remedy[i] -= 10;
  if (c->remedy[i] <= 0) return false;
  idr_crew_wait(rig, i, (idr_crew_phase)c->phase[i], 10);
  return true;
}

/* The influx is out; mud that holds the rock's pressure, with a trip margin, follows. */
void idr_crew_kick_out(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  idr_crew *c = &rig->crew;
  if (hold_choke(rig, i)) return;
  float needed = c->shut_in[i] / (IDR_GRAVITY * idr_maxf(g->tvd[i], 100.0f)) + 20.0f;
  g->mud_added[i] = idr_minf(g->mud_added[i] + idr_minf(needed, 200.0f), 500.0f);
  c->kill_pressure[i] = 0.2f * g->pressure_max[i];
  idr_drill_refresh(g, i);
  c->remedy[i] = idr_crew_time(rig, i, 1.1 * idr_crew_round(rig, i, slow_pump(rig, i)), 0.05f);
  idr_crew_wait(rig, i, IDR_PHASE_KICK_KILL, 10);
}

void idr_crew_kick_killed(idr_rig *rig, int i) {
  if (hold_choke(rig, i)) return;
  rig->hole->choke_closed[i] = 0.0f;
  rig->crew.looks[i] = 0;
  idr_crew_cure(rig, i, 1 << IDR_EVENT_KICK);
  idr_crew_go_on(rig, i);
}

/* ---- stuck pipe ---- */
/* Pulls and slacks off by turns until a drawn time has passed or the string comes free. */
static void work(idr_rig *rig, int i, idr_crew_phase phase) {
  idr_drill_group *g = rig->hole;
  bool up = phase == IDR_PHASE_STUCK_PULL;
  double goal = g->bit_depth[i] + (up ? -2.0 : 2.0);
  goal = goal > g->depth[i] ? g->depth[i] : goal < 0.0 ? 0.0 : goal;
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.5f * idr_crew_flow(rig, i));
  idr_crew_move(rig, i, phase, goal, 0.05);
  rig->crew.left[i] = 60;
}

void idr_crew_stuck(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  if (!(c->trouble[i] & 1 << IDR_EVENT_STUCK) || c->activity[i] != IDR_ACTIVITY_FISHING)
    c->remedy[i] = idr_crew_time(rig, i, STUCK_TIME, 0.9f);
  c->trouble[i] |= 1 << IDR_EVENT_STUCK;
  work(rig, i, IDR_PHASE_STUCK_PULL);
}

static bool free_again(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  const idr_drill_group *g = rig->hole;
  double way = c->goal[i] - g->bit_depth[i];
  bool arrived = way < 0.05 && way > -0.05;
  c->remedy[i] -= 60 - c->left[i];
  if (c->remedy[i] > 0 && !arrived) return false;
  idr_crew_cure(rig, i, 1 << IDR_EVENT_STUCK);
  idr_crew_ream(rig, i, IDR_PHASE_PULL);
  return true;
}

void idr_crew_stuck_pulled(idr_rig *rig, int i) {
  if (!free_again(rig, i)) work(rig, i, IDR_PHASE_STUCK_SLACK);
}

void idr_crew_stuck_slacked(idr_rig *rig, int i) {
  rig->crew.remedy[i] -= 60 - rig->crew.left[i];
  work(rig, i, IDR_PHASE_STUCK_PULL);
}

/* ---- losses ---- */
static void begin_losses(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double lift = g->bit_depth[i] > 20.0 && !g->slips[i] ? 10.0 : 0.0;
  rig->crew.thrift[i] = idr_minf(rig->crew.thrift[i] + 0.15f, 0.5f);
  idr_crew_set(rig, i, 0.0f, 0.3f * idr_crew_omega(rig, i), 0.35f * g->flow_max[i]);
  idr_crew_move(rig, i, IDR_PHASE_LOSS_LIFT, g->bit_depth[i] - lift, 0.1);
}

void idr_crew_loss_lifted(idr_rig *rig, int i) {
  idr_crew_wait(rig, i, IDR_PHASE_LOSS, idr_crew_time(rig, i, LOSS_TIME, 0.5f));
}

void idr_crew_loss_cured(idr_rig *rig, int i) {
  rig->crew.looks[i] = 0;
  idr_crew_cure(rig, i, 1 << IDR_EVENT_LOSSES);
  idr_crew_go_on(rig, i);
}

/* ---- the order in which things are looked after ---- */
static bool has(const idr_rig *rig, int i, idr_event_kind kind) {
  return (rig->crew.trouble[i] & 1 << kind) != 0;
}

/* Troubles that are worked off bottom with pumps and rotation: solids, clay, a standing motor. */
static bool clean_up(idr_rig *rig, int i) {
  int32_t bits = rig->crew.trouble[i] &
                 (1 << IDR_EVENT_PACKOFF | 1 << IDR_EVENT_BALLING | 1 << IDR_EVENT_STALL);
  if (!bits) return false;
  idr_crew_cure(rig, i, bits);
  if (bits & 1 << IDR_EVENT_PACKOFF)
    idr_crew_circulate(rig, i, 1.0, IDR_PHASE_REAM_UP);
  else
    idr_crew_ream(rig, i, IDR_PHASE_WASH);
  return true;
}

static bool wants_trip(const idr_rig *rig, int i) {
  return has(rig, i, IDR_EVENT_WASHOUT) || has(rig, i, IDR_EVENT_PLUGGED) ||
         has(rig, i, IDR_EVENT_LOST_NOZZLE) || rig->crew.repair_asked[IDR_MACHINE_BIT][i] > 0 ||
         rig->crew.repair_asked[IDR_MACHINE_MOTOR][i] > 0;
}

bool idr_crew_react(idr_rig *rig, int i, bool steady) {
  idr_crew *c = &rig->crew;
  if (steady) compare_returns(rig, i);
  if (has(rig, i, IDR_EVENT_KICK))
    begin_kick(rig, i);
  else if (has(rig, i, IDR_EVENT_STUCK))
    idr_crew_stuck(rig, i);
  else if (repair_seconds(rig, i) > 0)
    begin_repair(rig, i);
  else if (has(rig, i, IDR_EVENT_LOSSES))
    begin_losses(rig, i);
  else if (steady && wants_trip(rig, i) && !c->errand[i])
    idr_crew_pull_out(rig, i, IDR_ERRAND_LEAK);
  else if (!steady || !clean_up(rig, i))
    return false;
  return true;
}
