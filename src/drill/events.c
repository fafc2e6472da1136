#include "drill/rig_internal.h"

void idr_events_place(idr_rig *rig, int lane) {
  (void)rig, (void)lane;
}

void idr_events_second(idr_rig *rig) {
  (void)rig;
}

void idr_events_finish(idr_rig *rig, int lane) {
  (void)rig, (void)lane;
}
