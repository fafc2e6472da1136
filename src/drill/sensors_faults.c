/* What gauges do beside noise: bias, drift, spikes, freezing, silence. */
#include "drill/sensors_internal.h"

#include "drill/rig_internal.h"
#include <math.h>

#define MINUTE   60
#define HOUR     3600
#define MONTH    (30 * 24 * HOUR)
#define BAD      0.02f /* of the gauges are installed badly */
#define BAD_BIAS 8.0f  /* their bias over the usual */
/* Purposes of draws beside the noise, whose draws are below 64. */
enum { DRAW_FAULT = 64, DRAW_SHAPE, DRAW_BIAS = 128, DRAW_DRIFT = 256 };

static idr_random4 draw(const idr_rig *rig, int lane, uint32_t what) {
  return idr_random_draw((uint64_t)rig->settings.seed, rig->id[lane], 0,
                         (uint32_t)rig->second[lane], IDR_PURPOSE_SENSOR, what);
}

/* ---- standing errors ---- */
/* Label of a gauge that neither spikes, nor is frozen or silent. */
static int32_t standing_label(const idr_rig *rig, int lane, int c) {
  float step = (float)idr_channels[c].resolution;
  float large = IDR_SENSOR_LARGE * idr_maxf(idr_sensor_noise(c), 0.5f * step);
  if (idr_absf(rig->sensors.drift[c][lane]) > large) return IDR_SENSOR_DRIFT;
  return idr_absf(rig->sensors.bias[c][lane]) > large ? IDR_SENSOR_BIAS : IDR_SENSOR_GOOD;
}

static void settle(idr_rig *rig, int lane, int c) {
  idr_sensors *s = &rig->sensors;
  s->offset[c][lane] = s->bias[c][lane] + s->drift[c][lane];
  if (s->fault[c][lane] <= IDR_SENSOR_DRIFT) s->fault[c][lane] = standing_label(rig, lane, c);
}

void idr_sensors_calibrate(idr_rig *rig, int lane) {
  idr_sensors *s = &rig->sensors;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    const idr_gauge *gauge = &idr_gauges[idr_sensor_gauge[c]];
    idr_random4 r = draw(rig, lane, DRAW_BIAS + (uint32_t)c);
    float z[2];
    idr_random_normal2(r.word[0], r.word[1], z);
    float bad = BAD * (float)rig->settings.sensor_fault_rate;
    float size = idr_random_uniform(r.word[2]) < bad ? BAD_BIAS : 1.0f;
    float noise = (float)rig->settings.sensor_noise * (float)idr_channels[c].resolution;
    s->bias[c][lane] = size * gauge->bias * noise * z[0];
    s->drift[c][lane] = 0.0f;
    settle(rig, lane, c);
  }
  s->calibrated[lane] = rig->second[lane];
  s->trips[lane] = rig->hole->trips[lane];
}

/* An hour of the random walk. */
static void drift_hour(idr_rig *rig, int lane) {
  const float hour = 0.20412415f; /* sqrt(1/24) of a day's */
  float factor = hour * (float)rig->settings.sensor_noise;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    float daily = idr_gauges[idr_sensor_gauge[c]].drift;
    if (daily == 0.0f) continue;
    idr_random4 r = draw(rig, lane, DRAW_DRIFT + (uint32_t)c);
    float z[2];
    idr_random_normal2(r.word[0], r.word[1], z);
    rig->sensors.drift[c][lane] += factor * daily * (float)idr_channels[c].resolution * z[0];
    settle(rig, lane, c);
  }
}

/* ---- passing faults ---- */
/* Faults per 30 days of one gauge, by kind from IDR_SENSOR_SPIKE on. */
static float fault_rate(int c, int kind) {
  const idr_gauge *g = &idr_gauges[idr_sensor_gauge[c]];
  return kind == IDR_SENSOR_SPIKE    ? g->spikes
         : kind == IDR_SENSOR_FROZEN ? g->freezes
                                     : g->dropouts;
}

static float fault_rate_all(void) {
  float sum = 0.0f;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int kind = IDR_SENSOR_SPIKE; kind <= IDR_SENSOR_DROPOUT; kind++)
      sum += fault_rate(c, kind);
  return sum;
}

/* Seconds that a fault lasts: spikes 1 to 3, else log-normal with medians of 3 and 2 minutes. */
static int64_t fault_length(int kind, uint32_t word, float z) {
  if (kind == IDR_SENSOR_SPIKE) return 1 + (int64_t)(3.0f * idr_random_uniform(word));
  float median = kind == IDR_SENSOR_FROZEN ? 180.0f : 120.0f;
  return 1 + (int64_t)(median * idr_expf(idr_clampf(z, -3.0f, 3.0f)));
}

/* Spikes are 20 to 200 noises (or resolutions) high, up or down. */
static float spike_height(int c, uint32_t word) {
  float unit = idr_maxf(idr_sensor_noise(c), (float)idr_channels[c].resolution);
  float u = 2.0f * idr_random_uniform(word) - 1.0f;
  return idr_copysignf(unit * (20.0f + 180.0f * u * u), u);
}

static void plan_fault(idr_rig *rig, int lane, int c, int kind) {
  idr_sensors *s = &rig->sensors;
  if (s->coming[c][lane]) return;
  idr_random4 r = draw(rig, lane, DRAW_SHAPE);
  float z[2];
  idr_random_normal2(r.word[0], r.word[1], z);
  s->coming[c][lane] = kind;
  s->from[c][lane] = rig->second[lane] + 1 + (int64_t)(59.0f * idr_random_uniform(r.word[2]));
  s->until[c][lane] = s->from[c][lane] + fault_length(kind, r.word[3], z[0]);
  s->held[c][lane] = spike_height(c, r.word[3]);
  s->troubled[lane]++;
}

/* Faults are drawn once a minute, at most one a minute: of 57 gauges some two an hour. */
static void draw_fault(idr_rig *rig, int lane) {
  float all = fault_rate_all();
  float per_minute = (float)rig->settings.sensor_fault_rate * (float)MINUTE / (float)MONTH;
  idr_random4 r = draw(rig, lane, DRAW_FAULT);
  if (idr_random_uniform(r.word[0]) >= -idr_expm1f(-all * per_minute)) return;
  float left = all * idr_random_uniform(r.word[1]);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int kind = IDR_SENSOR_SPIKE; kind <= IDR_SENSOR_DROPOUT; kind++) {
      float rate = fault_rate(c, kind);
      if (left < rate) {
        plan_fault(rig, lane, c, kind);
        return;
      }
      left -= rate;
    }
}

static void end_fault(idr_rig *rig, int lane, int c) {
  idr_sensors *s = &rig->sensors;
  s->coming[c][lane] = 0;
  s->from[c][lane] = s->until[c][lane] = 0;
  s->troubled[lane]--;
  s->fault[c][lane] = standing_label(rig, lane, c);
}

static void falsify(idr_rig *rig, int lane, int c) {
  idr_sensors *s = &rig->sensors;
  int64_t now = rig->second[lane];
  int32_t kind = s->coming[c][lane];
  float *reading = &s->reading[c][lane];
  if (now >= s->until[c][lane]) {
    end_fault(rig, lane, c);
  } else if (now >= s->from[c][lane]) {
    s->fault[c][lane] = kind;
    float step = (float)idr_channels[c].resolution;
    if (kind == IDR_SENSOR_SPIKE) *reading += step * rintf(s->held[c][lane] / step);
    if (kind == IDR_SENSOR_FROZEN) *reading = s->held[c][lane];
    if (kind == IDR_SENSOR_DROPOUT) *reading = NAN;
  } else if (kind == IDR_SENSOR_FROZEN) {
    s->held[c][lane] = *reading;
  }
}

void idr_sensors_falsify(idr_rig *rig) {
  for (int i = 0; i < rig->hole->lanes; i++)
    for (int c = 0; c < (rig->sensors.troubled[i] ? IDR_CHANNEL_COUNT : 0); c++)
      if (rig->sensors.coming[c][i]) falsify(rig, i, c);
}

void idr_sensors_upkeep(idr_rig *rig) {
  const idr_sensors *s = &rig->sensors;
  for (int i = 0; i < rig->hole->lanes; i++) {
    uint32_t now = (uint32_t)rig->second[i];
    if (now % MINUTE) continue;
    if (s->trips[i] != rig->hole->trips[i] || rig->second[i] - s->calibrated[i] >= MONTH)
      idr_sensors_calibrate(rig, i);
    else if (now && now % HOUR == 0)
      drift_hour(rig, i);
    draw_fault(rig, i);
  }
}
