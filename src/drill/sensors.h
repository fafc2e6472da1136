/* What the gauges show: resolution, noise, bias, drift, spikes, freezing, drop-out. */
#ifndef IDR_DRILL_SENSORS_H
#define IDR_DRILL_SENSORS_H

#include "base/fn.h"
#include "drill/state.h"

/* Label of a channel in a second. */
typedef enum {
  IDR_SENSOR_GOOD,
  IDR_SENSOR_BIAS,
  IDR_SENSOR_DRIFT,
  IDR_SENSOR_SPIKE,
  IDR_SENSOR_FROZEN,
  IDR_SENSOR_DROPOUT /* reads NaN */
} idr_sensor_fault;

#define IDR_SENSORS_LIST(S, A)                                                                     \
  A(float, reading, IDR_CHANNEL_COUNT, "SI", "of every channel; NaN where the gauge is silent")    \
  A(int32_t, fault, IDR_CHANNEL_COUNT, "-", "idr_sensor_fault")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_SENSORS_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_sensors;

#endif
