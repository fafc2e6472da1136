#include "drill/rig_internal.h"

void idr_sensors_place(idr_rig *rig, int lane) {
  (void)rig, (void)lane;
}

void idr_sensors_second(idr_rig *rig) {
  const idr_drill_group *g = rig->hole;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int i = 0; i < g->lanes; i++)
      rig->sensors.reading[c][i] = g->value[c][i];
}
