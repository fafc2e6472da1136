/* What the gauges show: resolution, noise, bias, drift, spikes, freezing, drop-out.
 *
 * A reading is the true value (hole->value), displaced by the gauge's bias and drift, with normal
 * noise of its own each second, in whole steps of the channel's resolution. Now and then a gauge
 * spikes, freezes or falls silent. Every channel that a rig's software derives (MSE, d-exponent,
 * stick-slip index, gain, ...) is treated as a gauge with noise of its own, not recomputed from
 * readings: simplest, and independent of which software a rig has. Depths and counts are exact to
 * their resolution, so that a hole never grows shorter.
 *
 * Bias is drawn when a gauge is installed and again when it is calibrated: after a bit trip, at
 * least every 30 days. One gauge in 50 is installed badly. Drift is a random walk in steps of an
 * hour since then. No published rates exist for rigs: every number of the table is assumed.
 */
#ifndef IDR_DRILL_SENSORS_H
#define IDR_DRILL_SENSORS_H

#include "base/fn.h"
#include "drill/state.h"

/* Label of a channel in a second. Bias and drift are labelled where they exceed IDR_SENSOR_LARGE
 * noises (of at least half a resolution); what is smaller is a good gauge. */
typedef enum {
  IDR_SENSOR_GOOD,
  IDR_SENSOR_BIAS,
  IDR_SENSOR_DRIFT,
  IDR_SENSOR_SPIKE,
  IDR_SENSOR_FROZEN,
  IDR_SENSOR_DROPOUT /* reads NaN */
} idr_sensor_fault;

#define IDR_SENSOR_LARGE 3.0f

/* Kinds of gauges. K(ID, noise, bias, drift, spikes, freezes, dropouts, doc): standard deviation of
 * the noise, of the bias and of the drift in a day, in resolutions of the channel; then how often
 * something happens, per gauge and 30 days. */
#define IDR_GAUGE_LIST(K)                                                                          \
  K(COUNTER, 0, 0, 0, 0, 0.2, 0.5, "depths and counts")                                            \
  K(SURVEY, 0, 0, 0, 0, 0.2, 0.5, "directional survey, rock logs that are interpreted")            \
  K(COUNTED, 0, 0, 0, 2, 0.5, 1, "rates from switches: strokes, drum")                             \
  K(LOAD, 4, 4, 1, 4, 0.5, 1, "hook load and weight from the dead line")                           \
  K(TORQUE, 3, 3, 1, 4, 0.5, 1, "top drive's torque")                                              \
  K(SPEED, 0.5, 0.5, 0.1, 2, 0.5, 1, "rotary speed")                                               \
  K(PRESSURE, 3, 3, 1, 4, 1, 1, "pressure transmitters")                                           \
  K(LEVEL, 2, 2, 1, 6, 1, 1, "pit floats")                                                         \
  K(FLOW, 5, 5, 1.5, 6, 1, 2, "flow meters and paddle")                                            \
  K(DENSITY, 0.6, 0.6, 0.2, 4, 1, 2, "densimeters")                                                \
  K(THERMOMETER, 0.4, 1, 0.1, 1, 0.5, 1, "thermometers")                                           \
  K(GAS, 2, 1, 0.5, 4, 1, 3, "total gas at the shakers")                                           \
  K(DOWNHOLE, 3, 3, 1, 6, 2, 10, "measured at the bit, sent by pulses in the mud")                 \
  K(LOG, 2, 2, 0.5, 2, 1, 5, "rock properties logged while drilling")                              \
  K(VIBRATION, 2, 1, 0.2, 6, 1, 3, "accelerometers")                                               \
  K(DERIVED, 2, 0, 0, 2, 0.5, 1, "computed by the rig's software")

typedef enum {
#define IDR_GAUGE_ENUM(id, noise, bias, drift, spikes, freezes, dropouts, doc) IDR_GAUGE_##id,
  IDR_GAUGE_LIST(IDR_GAUGE_ENUM)
#undef IDR_GAUGE_ENUM
      IDR_GAUGE_COUNT
} idr_gauge_kind;

typedef struct {
  float noise, bias, drift;        /* resolutions; drift after a day */
  float spikes, freezes, dropouts; /* per 30 days */
  const char *doc;
} idr_gauge;

extern const idr_gauge idr_gauges[IDR_GAUGE_COUNT];
/* The kind of gauge of every channel. */
extern const idr_gauge_kind idr_sensor_gauge[IDR_CHANNEL_COUNT];

/* Standard deviation of a channel's noise in SI, before settings.sensor_noise. */
float idr_sensor_noise(int channel);

#define IDR_SENSORS_LIST(S, A)                                                                     \
  A(float, reading, IDR_CHANNEL_COUNT, "SI", "of every channel; NaN where the gauge is silent")    \
  A(int32_t, fault, IDR_CHANNEL_COUNT, "-", "idr_sensor_fault of this second")                     \
  A(float, bias, IDR_CHANNEL_COUNT, "SI", "since the last calibration")                            \
  A(float, drift, IDR_CHANNEL_COUNT, "SI", "since the last calibration")                           \
  A(float, offset, IDR_CHANNEL_COUNT, "SI", "bias and drift")                                      \
  A(float, held, IDR_CHANNEL_COUNT, "SI", "reading of a frozen gauge, height of a spike")          \
  A(int32_t, coming, IDR_CHANNEL_COUNT, "-", "idr_sensor_fault from second `from` on")             \
  A(int64_t, from, IDR_CHANNEL_COUNT, "s", "second in which it begins")                            \
  A(int64_t, until, IDR_CHANNEL_COUNT, "s", "second after its last")                               \
  S(int32_t, troubled, "-", "gauges with one of these, begun or coming")                           \
  S(int32_t, trips, "-", "bit trips at the last calibration")                                      \
  S(int64_t, calibrated, "s", "second of the last calibration")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_SENSORS_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_sensors;

#endif
