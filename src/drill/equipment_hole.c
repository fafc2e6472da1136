/* One second of the machines in the hole: motor and bit. */
#include "drill/equipment_internal.h"

#include "drill/mud_motor.h"
#include "drill/wear.h"

#include <string.h>

/* ---- motor ---- */
/* Lanes without one have no speed, so nothing adds up there. */
void idr_equipment_motor(idr_rig *rig) {
  const int m = IDR_MACHINE_MOTOR;
  idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  double pace = idr_machine_pace(&rig->settings, IDR_MACHINE_MOTOR);
  IDR_SIMD
  LANES {
    float part = idr_minf(g->bit_torque[i] / idr_maxf(g->motor_stall[i], 1.0f), 1.0f);
    float speed = g->motor_speed[i], on = e->down[m][i] ? 0.0f : 1.0f;
    float load = on * idr_motor_load(part, speed, g->mud_temperature[i]);
    e->used[m][i] += (double)(load / idr_maxf(e->strength[m][i], 1e-3f)) * pace;
    e->hours[m][i] += on * speed > 0.1f ? 1.0 : 0.0;
    g->fault_stator[i] = idr_minf((float)e->used[m][i], 1.0f);
  }
}

/* ---- bit ---- */
/* What the bit goes through in this second, while it drills. */
static void bit_sums(const idr_drill_group *g, idr_equipment *e) {
  IDR_SIMD
  LANES {
    bool drills = (g->cut[i] > 0.0f) & (g->wob[i] > 0.0f);
    float on = drills ? 1.0f : 0.0f;
    float omega = g->value[IDR_CHANNEL_OMEGA_BIT][i];
    e->run[IDR_RUN_TIME][i] += (double)on;
    e->run[IDR_RUN_TURNS][i] += (double)(on * idr_maxf(omega, 0.0f) * 0.15915494f);
    e->run[IDR_RUN_STICK][i] += (double)(on * g->value[IDR_CHANNEL_SSI][i]);
    e->run[IDR_RUN_BACKWARD][i] += (double)(on * g->value[IDR_CHANNEL_STUCK][i]);
    e->run[IDR_RUN_WHIRL][i] += (double)(on * g->whirl[i]);
    e->run[IDR_RUN_HOT][i] += (double)(g->flat_temperature[i] > IDR_WEAR_CRITICAL ? on : 0.0f);
    e->run[IDR_RUN_BALLED][i] += (double)(on * g->balling[i]);
    e->run[IDR_RUN_ABRASION][i] += (double)(on * g->abrasiveness[i]);
    e->run[IDR_RUN_STRENGTH][i] += (double)(on * g->strength[i]);
    e->run[IDR_RUN_SHALLOW][i] += (double)(g->cut[i] < 0.5e-3f ? on : 0.0f);
  }
}

#define SPENT 0.99f /* wear of a dull bit: a second before it is 1 */

static bool troubled(const idr_rig *rig, int i, int32_t kinds) {
  return (rig->crew.trouble[i] | rig->crew.cured[i]) & kinds;
}

/* Why it came out, as far as hole and crew tell: hours, where nothing else was the matter. */
static idr_pulled pulled(const idr_rig *rig, int i) {
  const idr_drill_group *g = rig->hole;
  const idr_equipment *e = &rig->equipment;
  const int32_t leak = 1 << IDR_EVENT_WASHOUT | 1 << IDR_EVENT_PLUGGED | 1 << IDR_EVENT_LOST_NOZZLE;
  bool end = g->depth[i] >= g->bottom[i] - 0.5 || g->section[i] != e->bit_section[i];
  if (end) return IDR_PULLED_TD;
  if (e->damage[IDR_MACHINE_MOTOR][i] >= 1.0f) return IDR_PULLED_DMF;
  if (troubled(rig, i, leak)) return IDR_PULLED_PP;
  if (troubled(rig, i, 1 << IDR_EVENT_STUCK | 1 << IDR_EVENT_PACKOFF)) return IDR_PULLED_HP;
  return e->bit_wear[i] >= SPENT ? IDR_PULLED_PR : IDR_PULLED_HR;
}

static void tell_bit(const idr_rig *rig, int i, int64_t end) {
  const idr_drill_group *g = rig->hole;
  const idr_equipment *e = &rig->equipment;
  idr_bit_history history = {.roller = g->bit_kind[i] == IDR_BIT_ROLLER,
                             .wear = e->bit_wear[i],
                             .bearing = (float)g->bearing[i],
                             .reason = pulled(rig, i)};
  for (int k = 0; k < IDR_RUN_COUNT; k++)
    history.sum[k] = e->run[k][i];
  idr_bit_record record = {.run = e->bits[i],
                           .section = e->bit_section[i],
                           .begin = e->begin[IDR_MACHINE_BIT][i],
                           .end = end,
                           .depth_in = e->bit_in[i],
                           .depth_out = g->depth[i],
                           .hours = e->run[IDR_RUN_TIME][i] / 3600.0,
                           .turns = e->run[IDR_RUN_TURNS][i],
                           .grade = idr_dull_grade(&history)};
  if (rig->sink.bit) rig->sink.bit(rig->sink.context, i, &record);
}

/* The bit was changed in this second. */
static void change_bit(idr_rig *rig, int i) {
  const idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  int64_t next = rig->second[i] + 1;
  bool dull = e->bit_wear[i] >= SPENT;
  tell_bit(rig, i, next);
  idr_machine_end(rig, i, IDR_MACHINE_BIT, dull ? IDR_LIFE_FAILED : IDR_LIFE_REPLACED, next);
  e->life[IDR_MACHINE_BIT][i]++;
  idr_machine_begin(rig, i, IDR_MACHINE_BIT, false);
  e->begin[IDR_MACHINE_BIT][i] = next;
  e->bits[i]++;
  e->bit_in[i] = g->depth[i];
  e->bit_section[i] = g->section[i];
  for (int k = 0; k < IDR_RUN_COUNT; k++)
    e->run[k][i] = 0.0;
}

/* The hole shows it by wear that falls, the crew tells it; a bit that has not drilled is no other.
 */
void idr_equipment_bit(idr_rig *rig) {
  const int m = IDR_MACHINE_BIT;
  idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  int32_t changed[IDR_LANES];
  bit_sums(g, e);
  IDR_SIMD
  LANES {
    changed[i] = (rig->crew.repaired[i] & (1 << m)) | (g->wear[i] < e->bit_wear[i] ? 1 : 0);
  }
  for (int i = 0; i < g->lanes; i++)
    if (changed[i] && e->run[IDR_RUN_TIME][i] > 0.0) change_bit(rig, i);
  IDR_SIMD
  LANES {
    e->bit_wear[i] = g->wear[i];
    e->used[m][i] = (double)idr_minf(g->wear[i], 1.0f);
    e->hours[m][i] = e->run[IDR_RUN_TIME][i];
  }
}
