/* Between the files of the sensors. */
#ifndef IDR_DRILL_SENSORS_INTERNAL_H
#define IDR_DRILL_SENSORS_INTERNAL_H

#include "drill/rig.h"

/* New biases and no drift. */
void idr_sensors_calibrate(idr_rig *rig, int lane);
/* Before the readings: calibration, drift, faults that are to come. */
void idr_sensors_upkeep(idr_rig *rig);
/* After them: spikes, frozen and silent gauges. */
void idr_sensors_falsify(idr_rig *rig);

#endif
