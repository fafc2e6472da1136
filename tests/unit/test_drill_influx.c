/* Gas in the annulus: mass, time of passage, expansion, columns, extremes. */
#include "drill/influx.h"
#include "support/near.h"

enum { CELLS = 60 };

/* A kick of 100 kg goes through 60 cells: mean time of passage, in steps of dt. */
static double passage(double dt, double *left, double *out) {
  static double mass[CELLS];
  const double carry = 0.8 / 50.0; /* m/s over m */
  double moment = 0.0, in = 100.0;
  for (int i = 0; i < CELLS; i++)
    mass[i] = 0.0;
  *out = 0.0;
  for (long step = 0; (double)step * dt < 12000.0; step++) {
    double flow = step == 0 ? in : 0.0;
    for (int i = 0; i < CELLS; i++)
      flow = idr_influx_cell(&mass[i], flow, carry, dt);
    *out += flow;
    moment += flow * (double)step * dt;
  }
  *left = 0.0;
  for (int i = 0; i < CELLS; i++)
    *left += mass[i];
  return moment / *out;
}

/* Mass is kept, and the mean passage takes 60 cells x 62.5 s for any step. */
static void test_passage(void **state) {
  (void)state;
  double left, out;
  assert_near(passage(1.0, &left, &out), CELLS * 62.5, 1e-3 * CELLS * 62.5);
  assert_near(left + out, 100.0, 1e-10);
  assert_near(passage(0.05, &left, &out), CELLS * 62.5, 1e-3 * CELLS * 62.5);
  assert_near(left + out, 100.0, 1e-10);
}

/* Boyle and Charles: 1 mol at 273.15 K and 101,325 Pa fills 22.414 L. */
static void test_gas(void **state) {
  (void)state;
  float pv = idr_influx_pv(0.016f, 0.016f, 1.0f, 273.15f);
  assert_near((double)pv / 101325, 22.414e-3, 1e-6);
  assert_near((double)(idr_influx_pv(0.016f, 0.016f, 0.9f, 273.15f) / pv), 0.9, 1e-6);
}

static void test_feed_and_slip(void **state) {
  (void)state;
  assert_true(idr_influx_feed(3e-7f, 30e6f, 31e6f) == 0.0f);
  assert_near((double)idr_influx_feed(3.13e-7f, 30e6f, 29e6f), 0.313, 1e-5);
  assert_near((double)idr_influx_slip(0.2f, 0.0f, 1200, 0), 0.345 * sqrt(9.80665 * 0.2), 1e-5);
  assert_true(idr_influx_slip(0.2f, 0.1f, 1200, 200) < idr_influx_slip(0.2f, 0.1f, 1200, 0));
  assert_true(idr_influx_slip(0.2f, 0.1f, 1200, 1300) == 0.0f);
  assert_near((double)idr_influx_velocity(0.5f, 0.4f), 1.0, 1e-6);
}

/* No gas: rho g L. A cell full of gas: its weight alone. In between, less than mud. */
static void test_drop(void **state) {
  (void)state;
  double mud = 1300 * 9.80665 * 20;
  assert_near((double)idr_influx_drop(5e6f, 0, 0, 1300, 0.024f, 20) / mud, 1.0, 1e-6);
  assert_near((double)idr_influx_drop(1e5f, 1e9f, 12, 1300, 0.024f, 20), 9.80665 * 12 / 0.024, 1);
  float before = INFINITY;
  for (float pv = 1e3f; pv < 1e6f; pv *= 2) {
    float now = idr_influx_drop(2e6f, pv, 0, 1300, 0.024f, 20);
    assert_true(now < before && now >= 0.0f);
    before = now;
  }
  /* The same gas takes less from the column the deeper it sits. */
  assert_true(idr_influx_drop(2e7f, 1e5f, 0, 1300, 0.024f, 20) >
              idr_influx_drop(2e6f, 1e5f, 0, 1300, 0.024f, 20));
}

static void test_extremes(void **state) {
  (void)state;
  const float top[] = {1, 1e5f, 1e9f}, pv[] = {0, 1e3f, 1e12f}, length[] = {0, 1, 1e4f};
  for (int i = 0; i < 27; i++) {
    float drop = idr_influx_drop(top[i % 3], pv[i / 3 % 3], 1, 1300, 0.024f, length[i / 9]);
    assert_true(isfinite(drop) && drop >= 0.0f);
  }
  double mass = 0.0;
  assert_true(idr_influx_cell(&mass, 0.0, 0.0, 1.0) == 0.0);
  assert_near(idr_influx_cell(&mass, 5.0, 1e12, 1.0), 5.0, 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_passage),       cmocka_unit_test(test_gas),
      cmocka_unit_test(test_feed_and_slip), cmocka_unit_test(test_drop),
      cmocka_unit_test(test_extremes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
