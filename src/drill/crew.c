#include "drill/rig_internal.h"

/* Constant set-points until there is a crew. */
void idr_crew_place(idr_rig *rig, int lane) {
  rig->crew.activity[lane] = IDR_ACTIVITY_DRILLING;
}

void idr_crew_second(idr_rig *rig) {
  idr_drill_group *g = rig->hole;
  for (int i = 0; i < g->lanes; i++) {
    g->wob_set[i] = 0.5f * g->wob_max[i];
    g->omega_set[i] = 0.6f * g->omega_max[i];
    g->flow_set[i] = 0.7f * g->flow_max[i];
  }
}
