/* Hazards: how likely the hole, as it is, brings an event. Rates in 1/h; all of them assumed. */
#include "drill/events_internal.h"

#define THIEF_RATE    1.5e-3f /* drilling into a natural fracture at 3 MPa over pore pressure */
#define POCKET_RATE   2e-2f   /* drilling a permeable rock: one whose pressure nobody foresaw */
#define POCKET_SCALE  50.0f   /* kg/m3, mean excess of such a pocket */
#define SOLIDS        0.03f   /* part of the annulus that is an untidy hole */
#define PACKOFF_RATE  1e-3f   /* at SOLIDS */
#define COLLAPSE_RATE 2e-3f   /* shale that the mud does not hold */
#define SETTLING_RATE 2e-3f   /* half an hour without circulation at SOLIDS */
#define WASHOUT_RATE  1.5e-3f /* a string of 50 h */
#define PLUG_CHANCE   3e-3f   /* that a start of the pumps in a clean hole plugs a nozzle */
#define NOZZLE_RATE   1e-4f   /* that one falls out */
#define STUCK_RATE    0.03f   /* half an hour still against permeable rock at 3 MPa */
#define WEDGE_RATE    0.1f    /* in a pack-off at full level */

/* Rock that the hole crosses at the bit, by kind: fractures. */
static float fractured(const idr_rig *rig, int lane) {
  const float by_rock[IDR_LITHOLOGY_COUNT] = {[IDR_LITHOLOGY_SANDSTONE] = 0.7f,
                                              [IDR_LITHOLOGY_SHALE] = 0.3f,
                                              [IDR_LITHOLOGY_LIMESTONE] = 2.0f,
                                              [IDR_LITHOLOGY_DOLOMITE] = 2.0f,
                                              [IDR_LITHOLOGY_GRANITE] = 1.0f};
  const idr_drill_group *g = rig->hole;
  return by_rock[g->well[lane]->layer[g->layer[lane]].lithology];
}

/* What new hole may meet. */
static void drilling_hazards(const idr_rig *rig, int i, float rate[IDR_EVENT_COUNT]) {
  const idr_drill_group *g = rig->hole;
  if (g->value[IDR_CHANNEL_ROP][i] <= 0.0f) return;
  float over = idr_event_overbalance(g, i);
  float margin = idr_maxf(g->value[IDR_CHANNEL_ECD][i] - g->pore_density[i], 0.0f);
  rate[IDR_EVENT_LOSSES] =
      THIEF_RATE * fractured(rig, i) * idr_clampf(over * (1.0f / 3e6f), 0.0f, 2.0f);
  /* Only pockets above the mud's pressure flow. */
  rate[IDR_EVENT_KICK] =
      POCKET_RATE * idr_event_permeable(g, i) * idr_expf(-margin * (1.0f / POCKET_SCALE));
}

/* What an open hole does to the string in it. */
static void hole_hazards(const idr_rig *rig, int i, float rate[IDR_EVENT_COUNT]) {
  const idr_drill_group *g = rig->hole;
  const idr_events *e = &rig->events;
  if (g->bit_depth[i] <= (double)g->shoe_depth[i]) return;
  float over = idr_event_overbalance(g, i);
  float dirt = g->solids[i] * (1.0f / SOLIDS);
  float shale = 1.0f - idr_event_permeable(g, i);
  float weak = idr_clampf(1.0f - over * (1.0f / 2e6f), 0.0f, 1.0f);
  float rest = idr_minf(e->unswept[i] * (1.0f / 1800.0f), 2.0f);
  float stick = idr_event_permeable(g, i) * idr_clampf(over * (1.0f / 3e6f), 0.0f, 3.0f);
  float still = e->still[i] > 180.0f ? idr_minf(e->still[i] * (1.0f / 1800.0f), 2.0f) : 0.0f;
  rate[IDR_EVENT_PACKOFF] =
      PACKOFF_RATE * dirt * dirt + COLLAPSE_RATE * shale * weak + SETTLING_RATE * rest * dirt;
  rate[IDR_EVENT_STUCK] = STUCK_RATE * stick * still + WEDGE_RATE * e->level[IDR_EVENT_PACKOFF][i];
}

/* What the mud does to string and bit. */
static void flow_hazards(const idr_rig *rig, int i, float rate[IDR_EVENT_COUNT]) {
  const idr_drill_group *g = rig->hole;
  const idr_events *e = &rig->events;
  if (e->unswept[i] > 0.0f) return;
  float hours = (float)e->circulated[i] * (1.0f / 3600.0f);
  rate[IDR_EVENT_WASHOUT] = WASHOUT_RATE * (hours * 0.02f) * (1.0f + (float)e->starts[i] * 0.02f) *
                            (1.0f + 20.0f * (float)g->fatigue[i]);
  rate[IDR_EVENT_LOST_NOZZLE] = NOZZLE_RATE;
  if (e->restart[i] > 60.0f)
    rate[IDR_EVENT_PLUGGED] = PLUG_CHANCE * 60.0f * (1.0f + g->solids[i] * (1.0f / SOLIDS));
}

void idr_event_hazards(const idr_rig *rig, int lane, float rate[IDR_EVENT_COUNT]) {
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    rate[k] = 0.0f;
  drilling_hazards(rig, lane, rate);
  hole_hazards(rig, lane, rate);
  flow_hazards(rig, lane, rate);
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    if (rig->events.going[lane] >> k & 1) rate[k] = 0.0f;
}

/* A minute of competing hazards: whether anything, then which. */
static void draw_minute(idr_rig *rig, int lane) {
  float rate[IDR_EVENT_COUNT], all = 0.0f;
  idr_event_hazards(rig, lane, rate);
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    all += rate[k];
  float minute = (float)rig->settings.event_rate * (float)IDR_EVENT_MINUTE * (1.0f / 3600.0f);
  idr_random4 r = idr_event_draw(rig, lane, IDR_EVENT_DRAW_HAZARD);
  if (idr_random_uniform(r.word[0]) >= -idr_expm1f(-all * minute)) return;
  float left = all * idr_random_uniform(r.word[1]);
  int kind = 0;
  while (kind < IDR_EVENT_COUNT - 1 && left >= rate[kind])
    left -= rate[kind++];
  if (rate[kind] == 0.0f) return; /* rounding may leave the last */
  bool wedged = kind == IDR_EVENT_STUCK && rig->events.level[IDR_EVENT_PACKOFF][lane] > 0.0f;
  idr_event_start start = {.kind = kind,
                           .cause = wedged ? IDR_CAUSE_EVENT : IDR_CAUSE_DRAWN,
                           .onset = rig->second[lane] + 1};
  idr_event_begin(rig, lane, &start);
}

void idr_events_hazard(idr_rig *rig) {
  for (int i = 0; i < rig->hole->lanes; i++) {
    if ((uint32_t)rig->second[i] % IDR_EVENT_MINUTE != IDR_EVENT_MINUTE - 1) continue;
    if (rig->settings.event_rate > 0.0) draw_minute(rig, i);
    rig->events.restart[i] = 0.0f;
  }
}
