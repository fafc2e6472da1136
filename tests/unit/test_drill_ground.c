/* Pore pressure and chains of rocks: limits, directions, extremes. */
#include "drill/lithology.h"
#include "drill/pore_pressure.h"
#include "support/near.h"

/* On the trend the pressure is normal; no compaction at all carries the overburden. */
static void test_eaton(void **state) {
  (void)state;
  assert_near((double)idr_pore_eaton(22, 10, 1.5f, 1.5f, 1.2f), 10, 1e-5);
  assert_near((double)idr_pore_eaton(22, 10, 0.0f, 1.5f, 1.2f), 22, 1e-5);
  assert_true(idr_pore_eaton(22, 10, 1.4f, 1.5f, 3.0f) > idr_pore_eaton(22, 10, 1.4f, 1.5f, 1.2f));
  assert_near((double)idr_pore_eaton(22, 10, 1.5f, 3.0f, 3.0f), 22 - 12.0 / 8, 1e-5);
}

/* Slower drilling at the same weight is a higher exponent. */
static void test_d_exponent(void **state) {
  (void)state;
  float before = 0.0f;
  for (float rop = 0.02f; rop > 1e-4f; rop *= 0.7f) {
    float d = idr_pore_d_exponent(rop, 12, 1.5e5f, 0.216f);
    assert_true(d > before);
    before = d;
  }
  assert_near((double)idr_pore_d_corrected(1.5f, 1080, 1200), 1.35, 1e-6);
  const float extreme[] = {-1e9f, 0, 1e-9f, 1e9f};
  for (int i = 0; i < 64; i++)
    assert_true(
        isfinite(idr_pore_d_exponent(extreme[i % 4], extreme[i / 4 % 4], extreme[i / 16], 0.216f)));
}

/* The share of each rock is not changed by a step of the chain. */
static void test_chain(void **state) {
  (void)state;
  const double counts[16] = {5, 3, 1, 0, 2, 9, 4, 1, 0, 6, 7, 2, 1, 1, 1, 4};
  double p[16], share[4], sum = 0.0;
  idr_lithology_probabilities(4, counts, p);
  idr_lithology_stationary(4, p, share);
  for (int k = 0; k < 4; k++) {
    double next = 0.0;
    for (int i = 0; i < 4; i++)
      next += share[i] * p[i * 4 + k];
    assert_near(next, share[k], 1e-12);
    sum += share[k];
  }
  assert_near(sum, 1.0, 1e-12);
}

/* Two rocks that always change: each half of the time, although the chain never settles. */
static void test_alternating(void **state) {
  (void)state;
  const double counts[4] = {0, 7, 3, 0};
  double p[4], share[2];
  idr_lithology_probabilities(2, counts, p);
  idr_lithology_stationary(2, p, share);
  assert_near(share[0], 0.5, 1e-12);
  assert_near(p[1], 1.0, 0.0);
}

static void test_embedded(void **state) {
  (void)state;
  const double counts[9] = {58, 18, 2, 15, 86, 39, 0, 0, 0};
  double p[9], beds[9];
  idr_lithology_probabilities(3, counts, p);
  idr_lithology_embedded(3, p, beds);
  assert_near(beds[1], 0.9, 1e-12);
  assert_near(beds[2], 0.1, 1e-12);
  assert_near(beds[3], 15.0 / 54, 1e-12);
  for (int i = 0; i < 3; i++) {
    assert_near(beds[i * 4], 0.0, 0.0);
    assert_near(p[6 + i], 0.0, 0.0); /* a rock that was never left or entered */
    assert_near(beds[6 + i], 0.0, 0.0);
  }
  assert_near(idr_lithology_run(0.75), 4.0, 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_eaton),    cmocka_unit_test(test_d_exponent),
      cmocka_unit_test(test_chain),    cmocka_unit_test(test_alternating),
      cmocka_unit_test(test_embedded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
