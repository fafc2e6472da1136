/* Machines at work: second by second, and what their absence does to the rig. */
#include "drill/equipment_internal.h"

#include "drill/hoist.h"
#include <string.h>

static bool has(const idr_rig *rig, int lane, idr_machine machine) {
  return machine != IDR_MACHINE_MOTOR || rig->hole->motor_turns[lane] > 0.0f;
}

/* What the rig can do when nothing is missing. */
static void take_limits(idr_rig *rig, int lane) {
  const idr_well_rig *limits = &rig->hole->well[lane]->rig;
  idr_equipment *e = &rig->equipment;
  e->well_number[lane] = rig->crew.well_number[lane];
  e->rated_flow[lane] = (float)limits->flow_max;
  e->rated_torque[lane] = (float)limits->torque_max;
  e->rated_omega[lane] = (float)limits->rpm_max;
  e->rated_wob[lane] = (float)limits->wob_max;
}

void idr_equipment_place(idr_rig *rig, int lane) {
  const idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  float air = (float)g->well[lane]->head.surface_temperature;
  e->air[lane] = e->gear_oil[lane] = e->brake[lane] = air;
  for (int p = 0; p < IDR_PUMPS; p++)
    e->oil[p][lane] = air;
  take_limits(rig, lane);
  e->bit_in[lane] = g->depth[lane];
  e->bit_section[lane] = g->section[lane];
  e->bit_wear[lane] = g->wear[lane];
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    if (has(rig, lane, (idr_machine)m)) idr_machine_begin(rig, lane, (idr_machine)m, true);
}

/* ---- lives ---- */
/* Damage of all machines; `due` is above 0 in lanes in which a life or a repair ends. The crew is
 * waited for where it was asked. */
static void settle(const idr_drill_group *g, const idr_crew *crew, idr_equipment *e,
                   float due[IDR_LANES]) {
  for (int m = 0; m < IDR_MACHINE_COUNT; m++) {
    const double *crack = m < IDR_PUMPS ? e->crack[m] : e->used[m];
    IDR_SIMD
    LANES {
      int32_t down = e->down[m][i], alone = crew->repair_asked[m][i] > 0 ? 0 : 1;
      float damage = idr_minf(idr_maxf((float)e->used[m][i], (float)crack[i]), 1.0f);
      float retire = (float)e->retire[m][i], left = (float)(e->retire[m][i] - e->hours[m][i]);
      float over = damage < 1.0f ? 0.0f : 1.0f, late = left > 0.0f ? 0.0f : 1.0f;
      over = idr_maxf(over, late * idr_minf(retire, 1.0f));
      e->damage[m][i] = damage;
      e->down[m][i] = down > 0 ? down - alone : 0;
      due[i] += down == 0 ? over : 0.0f;
      due[i] += down == 1 ? 1.0f : 0.0f;
      due[i] += crew->repaired[i] == 0 ? 0.0f : 1.0f;
      due[i] += crew->well_number[i] == e->well_number[i] ? 0.0f : 1.0f;
    }
  }
}

/* The machine is out, for a drawn time. The rig stands still for it, and the crew is asked, unless
 * it is a pump and the others go on. */
static void take_out(idr_rig *rig, int lane, idr_machine m, idr_life_state state) {
  const idr_equipment *e = &rig->equipment;
  int out = 0;
  idr_machine_end(rig, lane, m, state, rig->second[lane] + 1);
  for (int p = 0; p < IDR_PUMPS; p++)
    out += e->down[p][lane] > 0;
  if (m >= IDR_PUMPS || out > 1) rig->crew.repair_asked[m][lane] = e->down[m][lane];
}

static void put_in(idr_rig *rig, int lane, idr_machine m) {
  idr_equipment *e = &rig->equipment;
  e->life[m][lane]++;
  idr_machine_begin(rig, lane, m, false);
  e->begin[m][lane] = rig->second[lane] + 1;
  e->damage[m][lane] = 0.0f;
  e->down[m][lane] = 0;
}

/* Ends and begins a machine's lives in one lane. One that has failed keeps its damage until it is
 * back; one that the crew replaced unasked has had its life. */
static void turn_over(idr_rig *rig, int lane, idr_machine m, bool waited) {
  idr_equipment *e = &rig->equipment;
  bool crew = rig->crew.repaired[lane] & (1 << m), in = e->down[m][lane] == 0 && !waited;
  if (crew && in) idr_machine_end(rig, lane, m, IDR_LIFE_REPLACED, rig->second[lane] + 1);
  if (crew || (waited && e->down[m][lane] == 0))
    put_in(rig, lane, m);
  else if (in && e->damage[m][lane] >= 1.0f)
    take_out(rig, lane, m, IDR_LIFE_FAILED);
  else if (in && e->retire[m][lane] > 0.0 && e->hours[m][lane] >= e->retire[m][lane])
    take_out(rig, lane, m, IDR_LIFE_REPLACED);
}

/* The line is cut when it has done its share; that is no repair, and the drawworks lives on. */
static void slip_line(idr_rig *rig, int lane) {
  const int32_t drawworks = 1 << IDR_MACHINE_DRAWWORKS;
  idr_equipment *e = &rig->equipment;
  bool in = e->down[IDR_MACHINE_DRAWWORKS][lane] == 0;
  if (e->slipping[lane] && (rig->crew.repaired[lane] & drawworks)) {
    e->line[lane] = 0.0;
    e->slipping[lane] = 0;
    if (in) rig->crew.repaired[lane] &= ~drawworks;
  } else if (in && !e->slipping[lane] && e->line[lane] >= (double)IDR_HOIST_LINE) {
    e->slipping[lane] = 1;
    rig->crew.repair_asked[IDR_MACHINE_DRAWWORKS][lane] = IDR_HOIST_SLIP;
  }
}

static void lives(idr_rig *rig) {
  const idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  int32_t before[IDR_MACHINE_COUNT][IDR_LANES];
  float due[IDR_LANES] = {0};
  memcpy(before, e->down, sizeof before);
  settle(g, &rig->crew, e, due);
  IDR_SIMD
  LANES {
    float line = (float)e->line[i] * (1.0f / IDR_HOIST_LINE);
    due[i] += e->slipping[i] == 0 && line >= 1.0f ? 1.0f : 0.0f;
  }
  for (int i = 0; i < g->lanes; i++) {
    if (due[i] <= 0.0f) continue;
    slip_line(rig, i);
    for (int m = 0; m < IDR_MACHINE_COUNT; m++)
      if (m != IDR_MACHINE_BIT && has(rig, i, (idr_machine)m))
        turn_over(rig, i, (idr_machine)m, before[m][i] > 0);
    rig->crew.repaired[i] = 0;
    if (rig->crew.well_number[i] != e->well_number[i]) take_limits(rig, i);
  }
}

/* ---- what is missing ---- */
/* A rig without a pump has a third less flow; without top drive it turns nothing; without drawworks
 * it sets no weight down. */
static void limits(idr_drill_group *g, const idr_equipment *e) {
  IDR_SIMD
  LANES {
    float pumps = 0.0f;
    for (int p = 0; p < IDR_PUMPS; p++)
      pumps += e->down[p][i] ? 0.0f : 1.0f / IDR_PUMPS;
    float top = e->down[IDR_MACHINE_TOP_DRIVE][i] ? 0.0f : 1.0f;
    float hoist = e->down[IDR_MACHINE_DRAWWORKS][i] ? 0.0f : 1.0f;
    g->flow_max[i] = e->rated_flow[i] * idr_minf(pumps, 1.0f);
    g->torque_max[i] = e->rated_torque[i] * idr_maxf(top, 0.05f); /* the brake holds a little */
    g->omega_max[i] = e->rated_omega[i] * top;
    g->wob_max[i] = e->rated_wob[i] * hoist;
  }
}

void idr_equipment_second(idr_rig *rig) {
  idr_equipment_pumps(rig);
  idr_equipment_top_drive(rig);
  idr_equipment_drawworks(rig);
  idr_equipment_motor(rig);
  idr_equipment_bit(rig);
  lives(rig);
  limits(rig->hole, &rig->equipment);
}

void idr_equipment_finish(idr_rig *rig, int lane) {
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    if (has(rig, lane, (idr_machine)m) && !rig->equipment.down[m][lane])
      idr_machine_censor(rig, lane, (idr_machine)m, rig->second[lane]);
}
