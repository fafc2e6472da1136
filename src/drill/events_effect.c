/* What an event does to the hole: its size when it begins, and the fault fields while it lasts. */
#include "drill/events_internal.h"

#define THIEF         6e-9f  /* m3/s/Pa at severity 1: 18 L/s at 3 MPa over pore pressure */
#define OVERPRESSURE  100.0f /* kg/m3 beyond balance at severity 1 */
#define CAVING        2e-4f  /* m3/s at severity 1 */
#define STICK         0.25f  /* mu: string against filter cake */
#define CONTACT       2.0f   /* m2 at severity 1: 5 cm over 40 m */
#define WEDGED        1.5e6f /* N at severity 1, by what fell in */
#define HELD          1.5f   /* times the top drive's limit: a stuck string does not turn */
#define DRAG          60e3f  /* N that a pack-off of severity 1 holds */
#define TIGHT         0.25f  /* of the top drive's limit, by which it makes the string stiff */
#define LEAST_BALANCE 0.5e6f /* Pa */

/* Faults at full level. Differential sticking holds with mu dp A, a pack-off with what is wedged.
 */
float idr_event_size(const idr_drill_group *g, int lane, int kind, int cause, float severity) {
  float over = idr_event_overbalance(g, lane);
  float balance = g->value[IDR_CHANNEL_ECD][lane] - g->pore_density[lane];
  switch (kind) {
  case IDR_EVENT_STICK_SLIP:
    return severity * (2.0f * g->friction_static[lane] + 3000.0f);
  case IDR_EVENT_LOSSES:
    return severity * THIEF;
  case IDR_EVENT_KICK:
    return idr_maxf(balance, 0.0f) + severity * OVERPRESSURE;
  case IDR_EVENT_PACKOFF:
    return 0.3f + 0.65f * severity;
  case IDR_EVENT_WASHOUT:
    return 0.05f + 0.45f * severity;
  case IDR_EVENT_PLUGGED:
    return 0.1f + 0.5f * severity;
  case IDR_EVENT_LOST_NOZZLE:
    return 0.1f + 0.3f * severity;
  case IDR_EVENT_STALL:
    return 1.0f;
  case IDR_EVENT_STUCK:
    return severity *
           (cause == IDR_CAUSE_EVENT ? WEDGED : STICK * CONTACT * idr_maxf(over, LEAST_BALANCE));
  default: /* whirl, balling */
    return severity;
  }
}

static float part(const idr_event_strength *e) {
  return e->level * e->size;
}

/* Several kinds may hold the string, two change the nozzles: their fields are sums. */
static void act_grip(idr_drill_group *g, int lane, const idr_event_strength e[IDR_EVENT_COUNT]) {
  float stuck = e[IDR_EVENT_STUCK].level;
  float packed = e[IDR_EVENT_PACKOFF].level * e[IDR_EVENT_PACKOFF].severity;
  g->fault_grip_force[lane] = part(&e[IDR_EVENT_STUCK]) + packed * DRAG;
  g->fault_grip_torque[lane] =
      part(&e[IDR_EVENT_STICK_SLIP]) + (stuck * HELD + packed * TIGHT) * g->torque_max[lane];
}

static void act_packoff(idr_drill_group *g, int lane, const idr_event_strength e[IDR_EVENT_COUNT]) {
  const idr_event_strength *packed = &e[IDR_EVENT_PACKOFF];
  g->fault_annulus[lane] = part(packed);
  g->fault_caving[lane] = packed->level * packed->severity * CAVING;
  act_grip(g, lane, e);
}

void idr_event_act_on(idr_drill_group *g, int lane, int kind,
                      const idr_event_strength e[IDR_EVENT_COUNT]) {
  float now = part(&e[kind]);
  switch (kind) {
  case IDR_EVENT_STICK_SLIP:
  case IDR_EVENT_STUCK:
    act_grip(g, lane, e);
    break;
  case IDR_EVENT_WHIRL:
    g->fault_lateral[lane] = now;
    break;
  case IDR_EVENT_BALLING: /* clay that is there; the jets wash it off afterwards */
    g->balling[lane] = idr_maxf(g->balling[lane], now);
    break;
  case IDR_EVENT_LOSSES:
    g->fault_thief[lane] = now;
    break;
  case IDR_EVENT_KICK:
    g->fault_pore[lane] = now;
    break;
  case IDR_EVENT_PACKOFF:
    act_packoff(g, lane, e);
    break;
  case IDR_EVENT_WASHOUT:
    g->fault_washout[lane] = now;
    break;
  case IDR_EVENT_PLUGGED:
  case IDR_EVENT_LOST_NOZZLE:
    g->fault_nozzle[lane] = part(&e[IDR_EVENT_PLUGGED]) - part(&e[IDR_EVENT_LOST_NOZZLE]);
    break;
  default:
    g->fault_stall[lane] = now > 0.0f ? 1.0f : 0.0f;
  }
}

void idr_event_act(idr_rig *rig, int lane, int kind) {
  const idr_events *e = &rig->events;
  idr_event_strength now[IDR_EVENT_COUNT];
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    now[k] = (idr_event_strength){e->level[k][lane], e->size[k][lane], e->severity[k][lane]};
  idr_event_act_on(rig->hole, lane, kind, now);
}
