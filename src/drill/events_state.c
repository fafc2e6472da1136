/* Events that the physics makes: read from the state of the hole every second, with hysteresis. And
 * the clocks and running means that events need, of all lanes. */
#include "drill/events_internal.h"

#include "drill/mud_motor.h"
#include "drill/rig_internal.h"

#define CALM 30 /* s below the lower threshold until it is over */

/* The kinds that are read, with thresholds of their signals: over, full, and where it is over and
 * done with. All assumed; an index of 1 is a bit that just stops.
 * R(kind, signal, rises, full, rests, worst) */
#define READ_LIST(R)                                                                               \
  R(STICK_SLIP, slip, 0.8f, 1.0f, 0.5f, 2.0f)   /* stick-slip index */                             \
  R(WHIRL, whirl, 0.25f, 0.5f, 0.1f, 1.0f)      /* severity in the state */                        \
  R(BALLING, balling, 0.3f, 0.6f, 0.15f, 1.0f)  /* part of the face covered */                     \
  R(LOSSES, loss, 2e-4f, 2e-3f, 5e-5f, 2e-2f)   /* m3/s */                                         \
  R(KICK, underbalance, 2e4f, 2e5f, 5e3f, 3e6f) /* Pa, times how permeable the rock is */          \
  R(STALL, overtorque, 1e-6f, 1.0f, 0.0f, 1.0f) /* N m over what the motor bears */

enum {
#define READ_BIT(kind, ...) | 1 << IDR_EVENT_##kind
  READ_KINDS = 0 READ_LIST(READ_BIT)
#undef READ_BIT
};

typedef struct {
  float slip, whirl, balling, loss, underbalance, overtorque;
} signals;

IDR_FN signals read_signals(const idr_drill_group *g, const idr_events *e, int i) {
  float steady = e->turning[i] >= (float)IDR_TRAIL ? 1.0f : 0.0f;
  float motor = g->motor_turns[i] > 0.0f ? 1.0f : 0.0f;
  signals s;
  s.slip = steady * g->value[IDR_CHANNEL_SSI][i];
  s.whirl = g->whirl[i];
  s.balling = g->balling[i];
  s.loss = (float)(g->lost_volume[i] - e->lost[i]);
  s.underbalance = -idr_event_overbalance(g, i) * idr_event_permeable(g, i);
  s.overtorque =
      motor * (g->bit_torque[i] - idr_motor_stall(g->motor_stall[i], g->fault_stator[i]));
  return s;
}

/* ---- what is read ---- */
static void look(const idr_drill_group *g, const idr_events *e, int32_t *rises) {
  IDR_SIMD
  for (int i = 0; i < (g->lanes & ~7); i++) {
    signals s = read_signals(g, e, i);
    int32_t bits = 0;
#define READ_RISES(kind, signal, rise, full, rest, worst)                                          \
  bits |= s.signal > (rise) ? 1 << IDR_EVENT_##kind : 0;
    READ_LIST(READ_RISES)
#undef READ_RISES
    rises[i] = bits & ~e->going[i];
  }
}

static void follow(idr_rig *rig, int i, int kind, float signal, const float limit[4]) {
  idr_events *e = &rig->events;
  e->level[kind][i] = idr_clampf(signal / limit[1], 0.0f, 1.0f);
  e->phase[kind][i] = signal >= limit[1] ? IDR_PHASE_FULL : IDR_PHASE_GROWING;
  e->worst[kind][i] = idr_maxf(e->worst[kind][i], idr_clampf(signal / limit[3], 0.0f, 1.0f));
  e->age[kind][i] = signal < limit[2] ? e->age[kind][i] + 1 : 0;
  if (e->age[kind][i] > CALM) idr_event_end(rig, i, kind, rig->second[i]);
}

/* A stalled motor stands until the driller picks up; the others follow their signal. */
static void show(idr_rig *rig, int i, int kind) {
  idr_event_start stall = {.kind = kind, .cause = IDR_CAUSE_STATE, .onset = rig->second[i] + 1};
  if (kind == IDR_EVENT_STALL)
    idr_event_begin(rig, i, &stall);
  else
    idr_event_show(rig, i, kind);
}

static void read_lane(idr_rig *rig, int i, int32_t rises) {
  signals s = read_signals(rig->hole, &rig->events, i);
#define READ_LANE(kind, signal, rise, full, rest, worst)                                           \
  {                                                                                                \
    const int k = IDR_EVENT_##kind;                                                                \
    const float limit[4] = {rise, full, rest, worst};                                              \
    if (rises >> k & 1) show(rig, i, k);                                                           \
    if (k != IDR_EVENT_STALL && rig->events.going[i] >> k & 1 &&                                   \
        rig->events.cause[k][i] == IDR_CAUSE_STATE)                                                \
      follow(rig, i, k, s.signal, limit);                                                          \
  }
  READ_LIST(READ_LANE)
#undef READ_LANE
}

void idr_events_physics(idr_rig *rig) {
  int32_t rises[IDR_LANES];
  look(rig->hole, &rig->events, rises);
  for (int i = 0; i < rig->hole->lanes; i++)
    if (rises[i] | (rig->events.going[i] & READ_KINDS)) read_lane(rig, i, rises[i]);
}

/* ---- clocks ---- */
#define FLOWING 1e-4f /* m3/s */
#define ROTATES 0.05f /* rad/s */
#define MOVES   1e-4  /* m in a second */

void idr_events_clocks(idr_rig *rig) {
  const idr_drill_group *g = rig->hole;
  idr_events *e = &rig->events;
  IDR_SIMD
  for (int i = 0; i < (g->lanes & ~7); i++) {
    double way = g->bit_depth[i] - e->bit_before[i];
    way = way < 0.0 ? -way : way;
    float still = e->still[i] + 1.0f;
    still = g->omega_top[i] > ROTATES ? 0.0f : still;
    e->still[i] = way > MOVES ? 0.0f : still;
    float set = idr_minf(g->omega_set[i], g->omega_max[i]);
    float off = idr_absf(g->omega_ref[i] - set);
    float turning = e->turning[i] + 1.0f;
    turning = off > 0.05f * set ? 0.0f : turning;
    e->turning[i] = set < 2.0f ? 0.0f : turning;
    float stopped = e->unswept[i];
    float flows = g->flow[i] > FLOWING ? 1.0f : 0.0f;
    float started = stopped > 0.0f ? flows : 0.0f;
    e->restart[i] = idr_maxf(e->restart[i], started * stopped);
    e->starts[i] += (double)started;
    e->circulated[i] += (double)flows;
    e->unswept[i] = (1.0f - flows) * (stopped + 1.0f);
  }
}

/* ---- running means ---- */
static const int watched[IDR_WATCHED_COUNT] = {
#define WATCHED_CHANNEL(id) [IDR_WATCHED_##id] = IDR_CHANNEL_##id,
    IDR_WATCHED_LIST(WATCHED_CHANNEL)
#undef WATCHED_CHANNEL
};

static void observe_channel(const float *value, const float *share, float *usual, float *unrest,
                            int lanes) {
  IDR_SIMD
  for (int i = 0; i < (lanes & ~7); i++) {
    float off = value[i] - usual[i];
    usual[i] += share[i] * off;
    unrest[i] += idr_minf(share[i], 1.0f / IDR_EVENT_MEMORY) * (idr_absf(off) - unrest[i]);
  }
}

/* The first second of a well is the first of its means, and has no unrest. */
void idr_events_observe(idr_rig *rig) {
  const idr_drill_group *g = rig->hole;
  idr_events *e = &rig->events;
  float share[IDR_LANES];
  for (int i = 0; i < g->lanes; i++) {
    share[i] = rig->second[i] ? 1.0f / IDR_EVENT_MEMORY : 1.0f;
    e->lost[i] = g->lost_volume[i];
    e->bit_before[i] = g->bit_depth[i];
  }
  for (int w = 0; w < IDR_WATCHED_COUNT; w++)
    observe_channel(g->value[watched[w]], share, e->usual[w], e->unrest[w], g->lanes);
}
