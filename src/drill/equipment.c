#include "drill/rig_internal.h"

void idr_equipment_place(idr_rig *rig, int lane) {
  (void)rig, (void)lane;
}

void idr_equipment_second(idr_rig *rig) {
  (void)rig;
}

void idr_equipment_finish(idr_rig *rig, int lane) {
  (void)rig, (void)lane;
}
