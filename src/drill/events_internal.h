/* Between the files of the events. A lane's event of a kind is named by (lane, kind). */
#ifndef IDR_DRILL_EVENTS_INTERNAL_H
#define IDR_DRILL_EVENTS_INTERNAL_H

#include "base/random.h"
#include "drill/rig.h"

#define IDR_EVENT_MINUTE 60

/* Draws of a second: what for. */
enum { IDR_EVENT_DRAW_HAZARD, IDR_EVENT_DRAW_SHAPE = 16 };

idr_random4 idr_event_draw(const idr_rig *rig, int lane, uint32_t what);

/* How an event begins that acts through the fault fields. */
typedef struct {
  int kind, cause;
  float severity;   /* 0: drawn */
  int64_t onset;    /* second of its first effect: the next one */
  int64_t duration; /* s, 0: drawn */
} idr_event_start;

void idr_event_begin(idr_rig *rig, int lane, const idr_event_start *start);
/* Begins one that the physics shows in this second. */
void idr_event_show(idr_rig *rig, int lane, int kind);
/* Ends it; `end` is the second after its last. Tells the sink. */
void idr_event_end(idr_rig *rig, int lane, int kind, int64_t end);

/* idr_event_act_on with the rig's events as they are. */
void idr_event_act(idr_rig *rig, int lane, int kind);

/* Hazards, 1/h, of one lane as its state is now, of the kinds that are drawn. */
void idr_event_hazards(const idr_rig *rig, int lane, float rate[IDR_EVENT_COUNT]);

/* Pressure of the mud at the bit over that of the rock, Pa; below 0: under balance. */
IDR_FN float idr_event_overbalance(const idr_drill_group *g, int i) {
  float pore = g->pore_density[i] + g->fault_pore[i];
  return (g->value[IDR_CHANNEL_ECD][i] - pore) * 9.80665f * g->tvd[i];
}

/* How well the rock at the bit lets through, 0 to 1: by porosity, less where gamma rays tell of
 * clay (assumed: a clean rock of 15 % lets through, a shale does not). */
IDR_FN float idr_event_permeable(const idr_drill_group *g, int i) {
  float pores = idr_clampf((g->porosity[i] - 0.05f) * 10.0f, 0.0f, 1.0f);
  return pores * idr_clampf((95.0f - g->gamma_ray[i]) * (1.0f / 30.0f), 0.0f, 1.0f);
}

/* ---- once a second, all lanes ---- */
void idr_events_clocks(idr_rig *rig);  /* time still, unswept, turning, ... */
void idr_events_physics(idr_rig *rig); /* what is read from the state */
void idr_events_observe(idr_rig *rig); /* usual values of the watched channels; after all else */
void idr_events_hazard(idr_rig *rig);  /* what is drawn */

#endif
