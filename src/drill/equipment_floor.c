/* One second of the machines on the floor: pumps, top drive, drawworks. Wear by load, and what
 * gauges on them show, which is load as well as wear. */
#include "drill/equipment_internal.h"

#include "drill/gearbox.h"
#include "drill/hoist.h"
#include "drill/pump.h"
#include "drill/pump_wear.h"

/* ---- pumps ---- */
typedef struct {
  float in_service[IDR_LANES]; /* how many */
  float vibration[IDR_LANES], oil[IDR_LANES], loss[IDR_LANES];
} floor_pumps;

/* Pumps in service share the displacement asked for (`flow`, which is counted by strokes). What
 * worn ones let back does not reach the well (fault_pump): the same flow there needs more strokes.
 */
static void pump_second(idr_drill_group *g, idr_equipment *e, floor_pumps *f, int p, double pace,
                        float haste) {
  const float volume = idr_pump_triplex(IDR_PUMP_LINER, IDR_PUMP_STROKE, IDR_PUMP_EFFICIENCY);
  float *strokes = g->value[IDR_CHANNEL_PUMP_1 + p];
  IDR_SIMD
  LANES {
    float pressure = g->value[IDR_CHANNEL_SPP][i], wear = idr_minf((float)e->used[p][i], 1.0f);
    float on = e->down[p][i] ? 0.0f : 1.0f, loss = idr_pump_loss(wear);
    float flow = on * g->flow[i] / idr_maxf(f->in_service[i], 1.0f);
    float rate = idr_pump_rate(volume, flow);
    float load = idr_pump_wear_load(pressure, rate, idr_pump_solids(g->mud_density[i]));
    float crack = idr_crack_length((float)e->crack[p][i]);
    e->used[p][i] += (double)(load / e->strength[p][i]) * pace;
    e->crack[p][i] += (double)(idr_crack_rate(pressure, rate) * haste / e->crack_strength[p][i]);
    e->hours[p][i] += rate > 0.01f ? 1.0 : 0.0;
    e->oil[p][i] = idr_pump_warm(e->oil[p][i], e->air[i], pressure, flow, wear);
    strokes[i] = rate;
    f->vibration[i] =
        idr_maxf(f->vibration[i], idr_pump_vibration(pressure, rate, wear, on * crack));
    f->oil[i] = idr_maxf(f->oil[i], e->oil[p][i]);
    f->loss[i] += on * loss;
  }
}

void idr_equipment_pumps(idr_rig *rig) {
  idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  double pace = idr_machine_pace(&rig->settings, IDR_MACHINE_PUMP_1);
  float haste = (float)idr_machine_haste(&rig->settings, IDR_MACHINE_PUMP_1);
  floor_pumps f;
  IDR_SIMD
  LANES {
    f.vibration[i] = f.oil[i] = f.loss[i] = f.in_service[i] = 0.0f;
    for (int p = 0; p < IDR_PUMPS; p++)
      f.in_service[i] += e->down[p][i] ? 0.0f : 1.0f;
  }
  for (int p = 0; p < IDR_PUMPS; p++)
    pump_second(g, e, &f, p, pace, haste);
  IDR_SIMD
  LANES {
    g->value[IDR_CHANNEL_PUMP_VIBRATION][i] = f.vibration[i];
    g->value[IDR_CHANNEL_PUMP_TEMPERATURE][i] = f.oil[i];
    g->fault_pump[i] = f.loss[i] / idr_maxf(f.in_service[i], 1.0f);
  }
}

/* ---- top drive ---- */
void idr_equipment_top_drive(idr_rig *rig) {
  const int m = IDR_MACHINE_TOP_DRIVE;
  idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  double pace = idr_machine_pace(&rig->settings, IDR_MACHINE_TOP_DRIVE);
  IDR_SIMD
  LANES {
    float torque = g->value[IDR_CHANNEL_TORQUE][i], omega = g->omega_top[i];
    float index = g->value[IDR_CHANNEL_SSI][i], damage = idr_minf((float)e->used[m][i], 1.0f);
    float on = e->down[m][i] ? 0.0f : 1.0f;
    float load = on * idr_gearbox_load(torque, omega, index, e->gear_oil[i]);
    e->used[m][i] += (double)(load / e->strength[m][i]) * pace;
    e->hours[m][i] += on * idr_absf(omega) > 0.1f ? 1.0 : 0.0;
    e->gear_oil[i] = idr_gearbox_warm(e->gear_oil[i], e->air[i], torque, on * omega, damage);
    g->value[IDR_CHANNEL_TOP_DRIVE_TEMPERATURE][i] = e->gear_oil[i];
    g->value[IDR_CHANNEL_TOP_DRIVE_VIBRATION][i] =
        idr_gearbox_vibration(torque, omega, index, damage);
  }
}

/* ---- drawworks ---- */
void idr_equipment_drawworks(idr_rig *rig) {
  const int m = IDR_MACHINE_DRAWWORKS;
  idr_drill_group *g = rig->hole;
  idr_equipment *e = &rig->equipment;
  double pace = idr_machine_pace(&rig->settings, IDR_MACHINE_DRAWWORKS);
  IDR_SIMD
  LANES {
    float force = g->value[IDR_CHANNEL_HOOKLOAD][i], speed = g->value[IDR_CHANNEL_BLOCK_SPEED][i];
    float damage = idr_minf((float)e->used[m][i], 1.0f);
    float load = idr_hoist_load(force, speed, e->brake[i]);
    e->used[m][i] += (double)(load / e->strength[m][i]) * pace;
    e->hours[m][i] += idr_absf(speed) > IDR_HOIST_IDLE ? 1.0 : 0.0;
    e->line[i] += (double)(idr_maxf(force, 0.0f) * idr_absf(speed));
    e->brake[i] = idr_hoist_warm(e->brake[i], e->air[i], force, speed, damage);
    g->value[IDR_CHANNEL_LINE_WEAR][i] = (float)e->line[i];
    g->value[IDR_CHANNEL_DRAWWORKS_TEMPERATURE][i] = e->brake[i];
    g->value[IDR_CHANNEL_DRAWWORKS_VIBRATION][i] = idr_hoist_vibration(force, speed, damage);
  }
}
