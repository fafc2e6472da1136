/* Gauges: the noise, bias, drift and faults that their table promises, labelled where a reading was
 * falsified and nowhere else. The wells stand still; only the gauges work. */
#include "support/rig_small.h"

#include <math.h>
#include <string.h>

static idr_well *well;

static int make_well(void **state) {
  const test_rock rock = {.depth = 1500.0, .ucs = 60e6, .abrasiveness = 0.5};
  (void)state;
  well = test_well(&rock);
  return 0;
}

static int free_well(void **state) {
  (void)state;
  idr_well_free(well);
  return 0;
}

/* A rig whose wells have plausible values on every channel. */
static idr_rig *standing(const char *const *overrides, int count) {
  idr_rig_settings settings = test_rig_settings(overrides, count);
  idr_rig *rig = test_rig(&settings, IDR_LANES, well, 1500.0);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int i = 0; i < IDR_LANES; i++)
      rig->hole->value[c][i] = (float)(0.3 * idr_channels[c].low + 0.7 * idr_channels[c].high) *
                               (1.0f - 0.01f * (float)i);
  return rig;
}

static void advance(idr_rig *rig, int64_t seconds) {
  for (int i = 0; i < IDR_LANES; i++)
    rig->second[i] += seconds;
}

/* ---- noise ---- */
typedef struct {
  double n, mean, two, three, four;
} moments;

static void add(moments *m, double z) {
  m->n += 1.0;
  m->mean += z;
  m->two += z * z;
  m->three += z * z * z;
  m->four += z * z * z * z;
}

/* Errors in units of the standard deviation that the table and the rounding to steps give. */
static void test_noise_is_normal(void **state) {
  (void)state;
  enum { SECONDS = 2000 };
  idr_rig *rig = standing(NULL, 0);
  static moments m[IDR_CHANNEL_COUNT];
  rig->settings.sensor_fault_rate = 0.0;
  for (int t = 0; t < SECONDS; t++, advance(rig, 1)) {
    idr_sensors_second(rig);
    for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
      for (int i = 0; i < IDR_LANES; i++)
        add(&m[c], (double)rig->sensors.reading[c][i] - (double)rig->hole->value[c][i] -
                       (double)rig->sensors.offset[c][i]);
  }
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    double step = idr_channels[c].resolution, noise = (double)idr_sensor_noise(c);
    double n = m[c].n, sd = sqrt(noise * noise + step * step / 12.0);
    if (noise == 0.0) continue;
    assert_near(m[c].mean / n / sd, 0.0, 5.0 / sqrt(n));
    assert_near(m[c].two / n / (sd * sd), 1.0, 5.0 * sqrt(2.0 / n) + 0.002);
    assert_near(m[c].three / n / (sd * sd * sd), 0.0, 5.0 * sqrt(15.0 / n) + 0.01);
    if (noise >= 2.0 * step)
      assert_near(m[c].four / n / (sd * sd * sd * sd), 3.0, 5.0 * sqrt(96.0 / n) + 0.02);
  }
  idr_rig_free(rig);
}

/* No gauge knows of another's noise, nor of its own a second, a lane or a well before. */
static void test_noise_is_its_own(void **state) {
  (void)state;
  enum { SECONDS = 500 };
  static float now[IDR_CHANNEL_COUNT][IDR_LANES], past[IDR_CHANNEL_COUNT][IDR_LANES];
  idr_rig *rig = standing(NULL, 0);
  double neighbour = 0.0, before = 0.0, lane = 0.0, n = 0.0;
  for (int t = 0; t < SECONDS; t++, advance(rig, 1)) {
    idr_sensors_second(rig);
    for (int c = 1; c < IDR_CHANNEL_COUNT; c++) {
      float noise = idr_sensor_noise(c), other = idr_sensor_noise(c - 1);
      if (noise == 0.0f || other == 0.0f || idr_gauges[idr_sensor_gauge[c]].noise < 2.0f) continue;
      for (int i = 0; i < IDR_LANES; i++) {
        if (rig->sensors.fault[c][i] > IDR_SENSOR_DRIFT) continue;
        now[c][i] =
            (rig->sensors.reading[c][i] - rig->hole->value[c][i] - rig->sensors.offset[c][i]) /
            noise;
        neighbour += (double)(now[c][i] * now[c - 1][i]);
        before += (double)(now[c][i] * past[c][i]);
        lane += i ? (double)(now[c][i] * now[c][i - 1]) : 0.0;
        n += 1.0;
      }
    }
    memcpy(past, now, sizeof now);
  }
  assert_near(neighbour / n, 0.0, 5.0 / sqrt(n));
  assert_near(before / n, 0.0, 5.0 / sqrt(n));
  assert_near(lane / n, 0.0, 5.0 / sqrt(n));
  idr_rig_free(rig);
}

/* Whole steps; to the rounding of a float of the reading's size. */
static void test_readings_are_whole_steps(void **state) {
  (void)state;
  idr_rig *rig = standing(NULL, 0);
  rig->settings.sensor_fault_rate = 0.0;
  for (int t = 0; t < 50; t++, advance(rig, 1)) {
    idr_sensors_second(rig);
    for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
      for (int i = 0; i < IDR_LANES; i++) {
        double steps = (double)rig->sensors.reading[c][i] / idr_channels[c].resolution;
        assert_near(steps, rint(steps), 2e-7 * fabs(steps) + 1e-9);
      }
  }
  idr_rig_free(rig);
}

static void test_without_noise_the_truth_is_read(void **state) {
  (void)state;
  const char *const overrides[] = {"rig.mode=basic", "rig.sensor_noise=0"};
  idr_rig *rig = standing(overrides, 2);
  idr_sensors_second(rig);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int i = 0; i < IDR_LANES; i++) {
      double value = (double)rig->hole->value[c][i], step = idr_channels[c].resolution;
      assert_near((double)rig->sensors.reading[c][i], value, 0.5 * step + 2e-7 * fabs(value));
    }
  idr_rig_free(rig);
}

/* Mode basic: noise and steps, but no gauge that misleads. */
static void test_basic_gauges_are_good(void **state) {
  (void)state;
  const char *const overrides[] = {"rig.mode=basic", "rig.sensor_fault_rate=1000"};
  idr_rig *rig = standing(overrides, 2);
  for (int t = 0; t < 7200; t++, advance(rig, 1)) {
    idr_sensors_second(rig);
    for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
      for (int i = 0; i < IDR_LANES; i++) {
        if (rig->sensors.fault[c][i] || rig->sensors.offset[c][i] != 0.0f) fail();
      }
  }
  assert_true(rig->sensors.reading[IDR_CHANNEL_SPP][0] != rig->sensors.reading[IDR_CHANNEL_SPP][1]);
  idr_rig_free(rig);
}

/* A hole that grows by a tenth of the resolution a second never reads shorter. */
static void test_depth_never_falls(void **state) {
  (void)state;
  idr_rig *rig = standing(NULL, 0);
  float last = 0.0f;
  rig->settings.sensor_fault_rate = 0.0;
  for (int t = 0; t < 5000; t++, advance(rig, 1)) {
    rig->hole->value[IDR_CHANNEL_DEPTH][5] = (float)(2000.0 + 1e-3 * t);
    idr_sensors_second(rig);
    assert_true(rig->sensors.reading[IDR_CHANNEL_DEPTH][5] >= last);
    last = rig->sensors.reading[IDR_CHANNEL_DEPTH][5];
  }
  idr_rig_free(rig);
}

/* ---- bias and drift ---- */
/* Mean square of bias and drift over their table's values, over lanes and channels. */
static void standing_errors(const idr_rig *rig, double *bias, double *drift, double *n) {
  *bias = *drift = *n = 0.0;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    const idr_gauge *g = &idr_gauges[idr_sensor_gauge[c]];
    double step = idr_channels[c].resolution;
    if (g->bias == 0.0f || g->drift == 0.0f) continue;
    for (int i = 0; i < IDR_LANES; i++) {
      double b = (double)rig->sensors.bias[c][i] / (step * (double)g->bias);
      double d = (double)rig->sensors.drift[c][i] / (step * (double)g->drift);
      *bias += b * b;
      *drift += d * d;
      *n += 1.0;
    }
  }
  *bias /= *n;
  *drift /= *n;
}

/* Minutes only: what happens between them does not change the gauges' standing errors. */
static void hours_pass(idr_rig *rig, int hours) {
  for (int m = 0; m < hours * 60; m++) {
    advance(rig, 60);
    idr_sensors_second(rig);
  }
}

/* Variance grows by the square of a day's drift every day, and ends with a trip. */
static void test_drift_grows_until_a_trip(void **state) {
  (void)state;
  const char *const overrides[] = {"rig.sensor_fault_rate=0"};
  idr_rig *rig = standing(overrides, 1);
  double bias, drift, n;
  standing_errors(rig, &bias, &drift, &n);
  assert_near(bias, 1.0, 5.0 * sqrt(2.0 / n));
  assert_near(drift, 0.0, 0.0);
  hours_pass(rig, 24);
  standing_errors(rig, &bias, &drift, &n);
  assert_near(drift, 1.0, 5.0 * sqrt(2.0 / n));
  hours_pass(rig, 48);
  standing_errors(rig, &bias, &drift, &n);
  assert_near(drift, 3.0, 3.0 * 5.0 * sqrt(2.0 / n));
  float old = rig->sensors.bias[IDR_CHANNEL_SPP][9];
  rig->hole->trips[9]++;
  hours_pass(rig, 1);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    assert_near((double)rig->sensors.drift[c][9], 0.0,
                idr_channels[c].resolution * 5.0 * 0.21 *
                    (double)idr_gauges[idr_sensor_gauge[c]].drift);
  assert_true(rig->sensors.bias[IDR_CHANNEL_SPP][9] != old);
  assert_int_equal(rig->sensors.calibrated[8], 0);
  idr_rig_free(rig);
}

static void test_gauges_are_calibrated_monthly(void **state) {
  (void)state;
  idr_rig *rig = standing(NULL, 0);
  hours_pass(rig, 30 * 24);
  assert_int_equal(rig->sensors.calibrated[0], 30 * 24 * 3600);
  idr_rig_free(rig);
}

/* Bias and drift are labelled where they are large, and only there. */
static void test_standing_labels(void **state) {
  (void)state;
  const char *const overrides[] = {"rig.sensor_fault_rate=5"};
  idr_rig *rig = standing(overrides, 1);
  int biased = 0, drifted = 0;
  rig->settings.sensor_fault_rate = 0.0;
  hours_pass(rig, 10 * 24);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int i = 0; i < IDR_LANES; i++) {
      double unit = fmax((double)idr_sensor_noise(c), 0.5 * idr_channels[c].resolution);
      bool drift = fabs((double)rig->sensors.drift[c][i]) > 3.0 * unit;
      bool bias = fabs((double)rig->sensors.bias[c][i]) > 3.0 * unit;
      int expected = drift ? IDR_SENSOR_DRIFT : bias ? IDR_SENSOR_BIAS : IDR_SENSOR_GOOD;
      assert_int_equal(rig->sensors.fault[c][i], expected);
      biased += expected == IDR_SENSOR_BIAS;
      drifted += expected == IDR_SENSOR_DRIFT;
    }
  assert_true(biased > 50 && drifted > 0);
  idr_rig_free(rig);
}

/* ---- passing faults ---- */
/* As many of each kind as the table says, over 20 days of 64 rigs. */
static void test_faults_are_as_frequent_as_said(void **state) {
  (void)state;
  static int32_t was[IDR_CHANNEL_COUNT][IDR_LANES];
  idr_rig *rig = standing(NULL, 0);
  double count[IDR_SENSOR_DROPOUT + 1] = {0}, expected[IDR_SENSOR_DROPOUT + 1] = {0};
  for (int m = 0; m < 20 * 1440; m++, advance(rig, 60)) {
    idr_sensors_second(rig);
    for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
      for (int i = 0; i < IDR_LANES; i++) {
        if (rig->sensors.coming[c][i] && !was[c][i]) count[rig->sensors.coming[c][i]] += 1.0;
        was[c][i] = rig->sensors.coming[c][i];
      }
  }
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    const idr_gauge *g = &idr_gauges[idr_sensor_gauge[c]];
    expected[IDR_SENSOR_SPIKE] += (double)g->spikes * IDR_LANES * 20.0 / 30.0;
    expected[IDR_SENSOR_FROZEN] += (double)g->freezes * IDR_LANES * 20.0 / 30.0;
    expected[IDR_SENSOR_DROPOUT] += (double)g->dropouts * IDR_LANES * 20.0 / 30.0;
  }
  /* A second draw in a minute and a gauge that is in trouble already take some percent. */
  for (int kind = IDR_SENSOR_SPIKE; kind <= IDR_SENSOR_DROPOUT; kind++)
    assert_near(count[kind] / expected[kind], 1.0, 5.0 / sqrt(expected[kind]) + 0.02);
  idr_rig_free(rig);
}

/* Beside the same rig with gauges that never fail: the readings differ where a label says so. */
static void compare(const idr_rig *good, const idr_rig *bad, float held[][IDR_LANES],
                    int seen[IDR_SENSOR_DROPOUT + 1]) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    for (int i = 0; i < IDR_LANES; i++) {
      float a = good->sensors.reading[c][i], b = bad->sensors.reading[c][i];
      int32_t label = bad->sensors.fault[c][i];
      seen[label]++;
      if (label == IDR_SENSOR_DROPOUT) assert_true(isnan(b));
      if (label == IDR_SENSOR_SPIKE)
        assert_true(fabs((double)(a - b)) >= 19.0 * idr_channels[c].resolution);
      if (label == IDR_SENSOR_FROZEN) assert_true(b == held[c][i]);
      if (label <= IDR_SENSOR_DRIFT) {
        assert_true(a == b);
        assert_int_equal(label, good->sensors.fault[c][i]);
        held[c][i] = b;
      }
    }
}

static void test_labels_tell_what_was_falsified(void **state) {
  (void)state;
  static float held[IDR_CHANNEL_COUNT][IDR_LANES];
  idr_rig *good = standing(NULL, 0), *bad = standing(NULL, 0);
  int seen[IDR_SENSOR_DROPOUT + 1] = {0};
  good->settings.sensor_fault_rate = 0.0;
  bad->settings.sensor_fault_rate = 50.0;
  for (int t = 0; t < 2 * 3600; t++) {
    idr_sensors_second(good);
    idr_sensors_second(bad);
    compare(good, bad, held, seen);
    advance(good, 1);
    advance(bad, 1);
  }
  for (int kind = IDR_SENSOR_SPIKE; kind <= IDR_SENSOR_DROPOUT; kind++)
    assert_true(seen[kind] > 500);
  assert_true(seen[IDR_SENSOR_GOOD] > 10 * seen[IDR_SENSOR_FROZEN]);
  idr_rig_free(good);
  idr_rig_free(bad);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_noise_is_normal),
      cmocka_unit_test(test_noise_is_its_own),
      cmocka_unit_test(test_readings_are_whole_steps),
      cmocka_unit_test(test_without_noise_the_truth_is_read),
      cmocka_unit_test(test_basic_gauges_are_good),
      cmocka_unit_test(test_depth_never_falls),
      cmocka_unit_test(test_drift_grows_until_a_trip),
      cmocka_unit_test(test_gauges_are_calibrated_monthly),
      cmocka_unit_test(test_standing_labels),
      cmocka_unit_test(test_faults_are_as_frequent_as_said),
      cmocka_unit_test(test_labels_tell_what_was_falsified),
  };
  return cmocka_run_group_tests(tests, make_well, free_well);
}
