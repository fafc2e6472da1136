/* Temperature of the circulating mud: equations, boundary conditions, limits, extremes. */
#include "drill/temperature.h"
#include "support/near.h"

static idr_temperature usual(float flow) {
  return idr_temperature_prepare(310, 288, 0.05f, 2500, flow * 1200 * 3800, 60, 14);
}

/* Both equations hold at every depth, by differences. */
static void test_equations(void **state) {
  (void)state;
  idr_temperature t = usual(0.03f);
  double a = (double)t.length, b = 14.0 / 60.0;
  for (float z = 100; z < 2400; z += 200) {
    double tp = (double)idr_temperature_string(&t, z), ta = (double)idr_temperature_annulus(&t, z);
    double dp =
        ((double)idr_temperature_string(&t, z + 50) - (double)idr_temperature_string(&t, z - 50)) /
        100;
    double da = ((double)idr_temperature_annulus(&t, z + 50) -
                 (double)idr_temperature_annulus(&t, z - 50)) /
                100;
    assert_near(a * dp, ta - tp, 0.02);
    assert_near(a * da, ta - tp - b * (288 + 0.05 * (double)z - ta), 0.02);
  }
}

static void test_boundaries(void **state) {
  (void)state;
  for (float flow = 1e-3f; flow < 0.2f; flow *= 2) {
    idr_temperature t = usual(flow);
    assert_near((double)idr_temperature_string(&t, 0), 310, 2e-3);
    assert_near((double)(idr_temperature_string(&t, 2500) - idr_temperature_annulus(&t, 2500)), 0,
                2e-3);
  }
}

/* Little flow takes the rock's temperature, much flow keeps the inlet's; between, the bottom cools
 * with flow. */
static void test_flow(void **state) {
  (void)state;
  idr_temperature still = usual(1e-6f), rush = usual(100.0f);
  assert_near((double)idr_temperature_annulus(&still, 2500), 288 + 0.05 * 2500, 0.1);
  assert_near((double)idr_temperature_annulus(&still, 1000), 288 + 0.05 * 1000, 0.1);
  assert_near((double)idr_temperature_annulus(&rush, 2500), 310, 0.2);
  float before = 1e9f;
  for (float flow = 1e-4f; flow < 0.5f; flow *= 1.5f) {
    idr_temperature t = usual(flow);
    float now = idr_temperature_annulus(&t, 2500);
    assert_true(now < before);
    before = now;
  }
}

static void test_extremes(void **state) {
  (void)state;
  const float capacity[] = {1e-3f, 1e5f, 1e12f}, pipe[] = {1e-3f, 60, 1e5f},
              depth[] = {1, 3e3f, 1e5f};
  for (int i = 0; i < 81; i++) {
    idr_temperature t = idr_temperature_prepare(310, 288, 0.03f, depth[i / 27], capacity[i % 3],
                                                pipe[i / 3 % 3], pipe[i / 9 % 3]);
    for (int k = 0; k <= 4; k++) {
      float z = 0.25f * (float)k * depth[i / 27];
      assert_true(isfinite(idr_temperature_string(&t, z)));
      assert_true(isfinite(idr_temperature_annulus(&t, z)));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_equations),
      cmocka_unit_test(test_boundaries),
      cmocka_unit_test(test_flow),
      cmocka_unit_test(test_extremes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
