/* Readings of all gauges, every second: value + offset + noise in steps of the resolution. What is
 * rare (calibration, drift, faults) is done lane by lane, in sensors_faults.c. */
#include "drill/sensors_internal.h"

#include "drill/rig_internal.h"

#define NORMALS 8 /* from the four words of a draw: 16 bits of radius and of angle each */

const idr_gauge idr_gauges[IDR_GAUGE_COUNT] = {
#define GAUGE_ROW(id, noise, bias, drift, spikes, freezes, dropouts, doc)                          \
  {(float)(noise),                                                                                 \
   (float)(bias),                                                                                  \
   (float)(drift),                                                                                 \
   (float)(spikes),                                                                                \
   (float)(freezes),                                                                               \
   (float)(dropouts),                                                                              \
   doc},
    IDR_GAUGE_LIST(GAUGE_ROW)
#undef GAUGE_ROW
};

#define G(channel, gauge) [IDR_CHANNEL_##channel] = IDR_GAUGE_##gauge
const idr_gauge_kind idr_sensor_gauge[IDR_CHANNEL_COUNT] = {
    G(DEPTH, COUNTER),
    G(TVD, COUNTER),
    G(BIT_DEPTH, COUNTER),
    G(BIT_TVD, COUNTER),
    G(BLOCK, COUNTED),
    G(BLOCK_SPEED, COUNTED),
    G(ROP, DERIVED),
    G(HOOKLOAD, LOAD),
    G(HOOKLOAD_MAX, LOAD),
    G(WOB, LOAD),
    G(WOB_MAX, LOAD),
    G(TORQUE, TORQUE),
    G(TORQUE_MAX, TORQUE),
    G(OMEGA, SPEED),
    G(SPP, PRESSURE),
    G(CHOKE_PRESSURE, PRESSURE),
    G(PUMP_1, COUNTED),
    G(PUMP_2, COUNTED),
    G(PUMP_3, COUNTED),
    G(PIT, LEVEL),
    G(PIT_GAIN, LEVEL),
    G(FLOW_PADDLE, FLOW),
    G(FLOW_OUT, FLOW),
    G(FLOW_IN, COUNTED),
    G(MUD_DENSITY_OUT, DENSITY),
    G(MUD_DENSITY, DENSITY),
    G(TEMPERATURE_OUT, THERMOMETER),
    G(TEMPERATURE_IN, THERMOMETER),
    G(STROKES, COUNTER),
    G(RETURNS_DEPTH, COUNTER),
    G(GAS, GAS),
    G(ECD, DOWNHOLE),
    G(ECD_SHOE, DOWNHOLE),
    G(INCLINATION, SURVEY),
    G(AZIMUTH, SURVEY),
    G(DOGLEG, SURVEY),
    G(GAMMA, LOG),
    G(RESISTIVITY, LOG),
    G(ROCK_DENSITY, LOG),
    G(POROSITY, LOG),
    G(TEMPERATURE, THERMOMETER),
    G(BOTTOM_PRESSURE, DOWNHOLE),
    G(BIT_WEIGHT, DOWNHOLE),
    G(BIT_TORQUE, DOWNHOLE),
    G(OMEGA_BIT, DOWNHOLE),
    G(MSE, DERIVED),
    G(DXC, DERIVED),
    G(SSI, DERIVED),
    G(STUCK, DERIVED),
    G(AXIAL_VIBRATION, VIBRATION),
    G(LATERAL_VIBRATION, VIBRATION),
    G(PUMP_VIBRATION, VIBRATION),
    G(PUMP_TEMPERATURE, THERMOMETER),
    G(TOP_DRIVE_VIBRATION, VIBRATION),
    G(TOP_DRIVE_TEMPERATURE, THERMOMETER),
    G(DRAWWORKS_VIBRATION, VIBRATION),
    G(DRAWWORKS_TEMPERATURE, THERMOMETER),
    G(LINE_WEAR, COUNTER),
    G(MOTOR_PRESSURE, DERIVED),
};
#undef G

float idr_sensor_noise(int channel) {
  return idr_gauges[idr_sensor_gauge[channel]].noise * (float)idr_channels[channel].resolution;
}

/* ---- noise ---- */
/* Two normal numbers from the halves of a word. */
IDR_FN void normal_halves(uint32_t word, float *a, float *b) {
  float pair[2];
  idr_random_normal2(word & 0xffff0000u, word << 16, pair);
  *a = pair[0];
  *b = pair[1];
}

typedef struct {
  uint64_t seed;
  int lanes;
  const uint32_t *id; /* [IDR_LANES] */
  uint32_t now[IDR_LANES];
} noise_key;

static void draw_normals(const noise_key *key, uint32_t draw, float z[NORMALS][IDR_LANES]) {
  const uint64_t seed = key->seed;
  const uint32_t *id = key->id;
  IDR_SIMD
  for (int i = 0; i < (key->lanes & ~7); i++) {
    idr_random4 r = idr_random_draw(seed, id[i], 0, key->now[i], IDR_PURPOSE_SENSOR, draw);
    normal_halves(r.word[0], &z[0][i], &z[1][i]);
    normal_halves(r.word[1], &z[2][i], &z[3][i]);
    normal_halves(r.word[2], &z[4][i], &z[5][i]);
    normal_halves(r.word[3], &z[6][i], &z[7][i]);
  }
}

/* ---- readings ---- */
static void read_exact(idr_rig *rig, int channel) {
  const float step = (float)idr_channels[channel].resolution, steps = 1.0f / step;
  const float *value = rig->hole->value[channel], *offset = rig->sensors.offset[channel];
  float *reading = rig->sensors.reading[channel];
  IDR_SIMD
  for (int i = 0; i < (rig->hole->lanes & ~7); i++) {
    reading[i] = step * __builtin_rintf((value[i] + offset[i]) * steps);
  }
}

static void read_noisy(idr_rig *rig, int channel, const float *z) {
  const float noise = idr_sensor_noise(channel) * (float)rig->settings.sensor_noise;
  const float step = (float)idr_channels[channel].resolution, steps = 1.0f / step;
  const float *value = rig->hole->value[channel], *offset = rig->sensors.offset[channel];
  float *reading = rig->sensors.reading[channel];
  IDR_SIMD
  for (int i = 0; i < (rig->hole->lanes & ~7); i++) {
    reading[i] = step * __builtin_rintf((value[i] + offset[i] + noise * z[i]) * steps);
  }
}

static void read_gauges(idr_rig *rig) {
  noise_key key = {.seed = (uint64_t)rig->settings.seed, rig->hole->lanes, rig->id, {0}};
  float z[NORMALS][IDR_LANES];
  for (int i = 0; i < IDR_LANES; i++)
    key.now[i] = (uint32_t)rig->second[i];
  uint32_t noisy = 0;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    if (idr_sensor_noise(c) == 0.0f) {
      read_exact(rig, c);
      continue;
    }
    if (noisy % NORMALS == 0) draw_normals(&key, noisy / NORMALS, z);
    read_noisy(rig, c, z[noisy % NORMALS]);
    noisy++;
  }
}

void idr_sensors_place(idr_rig *rig, int lane) {
  if (rig->settings.mode != IDR_RIG_BASIC) idr_sensors_calibrate(rig, lane);
}

void idr_sensors_second(idr_rig *rig) {
  if (rig->settings.mode != IDR_RIG_BASIC) idr_sensors_upkeep(rig);
  read_gauges(rig);
  if (rig->settings.mode != IDR_RIG_BASIC) idr_sensors_falsify(rig);
}
