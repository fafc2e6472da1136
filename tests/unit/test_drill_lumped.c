/* Pressure dynamics in three states: steady states, volume balance, order of the step, a closed
 * choke, a stopped pump, extremes. */
#include "drill/lumped.h"
#include "support/near.h"

static const idr_lumped well = {.stiff_string = 2e9f / 17.0f,
                                .stiff_annulus = 1e9f / 48.0f,
                                .inertia = 4.3e8f,
                                .friction_string = 5e9f,
                                .friction_annulus = 2e9f,
                                .density_string = 1500.0f,
                                .density_annulus = 1580.0f,
                                .depth = 1951.0f,
                                .choke = 1.3e-3f};

#define PUMP  0.0333f
#define EXTRA 0.0133f

/* The steady state stays, and from elsewhere the well goes there. */
static void test_steady(void **state) {
  (void)state;
  float drained;
  idr_lumped_state there = idr_lumped_steady(&well, PUMP, EXTRA, 0.7f), s = there;
  s = idr_lumped_step(&well, s, PUMP, EXTRA, 0.7f, 1.0f, &drained);
  assert_near((double)(s.standpipe / there.standpipe), 1.0, 1e-5);
  assert_near((double)(s.choke / there.choke), 1.0, 1e-5);
  assert_near((double)drained, (double)(PUMP + EXTRA), 1e-6);
  s = (idr_lumped_state){1e5f, 1e5f, 0.0f};
  for (int i = 0; i < 600; i++)
    s = idr_lumped_step(&well, s, PUMP, EXTRA, 0.7f, 1.0f, &drained);
  assert_near((double)(s.standpipe / there.standpipe), 1.0, 1e-4);
  assert_near((double)(s.choke / there.choke), 1.0, 1e-4);
  assert_near((double)(s.flow / there.flow), 1.0, 1e-4);
}

/* What was pumped is compressed in the well or has left it: a day of pumps and chokes that change
 * all the time, to a millionth of what went through; and what left is what the choke's law lets
 * through, to a thousandth (the law is linear within a step). */
static void test_volume(void **state) {
  (void)state;
  idr_lumped_state s = idr_lumped_steady(&well, PUMP, EXTRA, 0.7f), first = s;
  double in = 0.0, out = 0.0, law = 0.0;
  for (int i = 0; i < 86400; i++) {
    float pump = PUMP * (0.5f + 0.5f * sinf(0.01f * (float)i));
    float opening = 0.5f + 0.4f * sinf(0.037f * (float)i), drained;
    law += 0.5 * (double)idr_lumped_choke(&well, s.choke, opening);
    s = idr_lumped_step(&well, s, pump, EXTRA, opening, 1.0f, &drained);
    in += (double)(pump + EXTRA);
    out += (double)drained;
    law += 0.5 * (double)idr_lumped_choke(&well, s.choke, opening);
  }
  double stored = (double)(s.standpipe - first.standpipe) / (double)well.stiff_string +
                  (double)(s.choke - first.choke) / (double)well.stiff_annulus;
  assert_near((in - out - stored) / in, 0.0, 1e-6);
  assert_near(law / out, 1.0, 1e-3);
}

/* Bit pressure 8 s after the pump went from full to half. */
static double after_change(double dt) {
  float drained;
  idr_lumped_state s = idr_lumped_steady(&well, PUMP, EXTRA, 0.7f);
  for (long i = 0; i < lround(8.0 / dt); i++)
    s = idr_lumped_step(&well, s, 0.5f * PUMP, EXTRA, 0.7f, (float)dt, &drained);
  return (double)idr_lumped_bit(&well, &s);
}

/* Second order: half the step, a quarter of the error; and one second is near a twentieth. */
static void test_order(void **state) {
  (void)state;
  double exact = after_change(0.01);
  double one = after_change(1.0) - exact, half = after_change(0.5) - exact;
  double quarter = after_change(0.25) - exact;
  assert_true(fabs(half / one) < 0.35 && fabs(quarter / half) < 0.35);
  assert_near(after_change(1.0), after_change(0.05), 2e4);
}

/* A closed choke: the pumped volume compresses annulus and string, so both rise alike. */
static void test_closed_choke(void **state) {
  (void)state;
  float drained;
  idr_lumped_state s = idr_lumped_steady(&well, PUMP, EXTRA, 0.7f), before = {0, 0, 0};
  for (int i = 0; i < 400; i++) {
    before = s;
    s = idr_lumped_step(&well, s, PUMP, EXTRA, 0.0f, 1.0f, &drained);
  }
  double both = 1.0 / (double)well.stiff_string + 1.0 / (double)well.stiff_annulus;
  assert_near((double)(s.choke - before.choke) / ((double)(PUMP + EXTRA) / both), 1.0, 2e-3);
  assert_near((double)(s.standpipe - before.standpipe) / ((double)(PUMP + EXTRA) / both), 1.0,
              2e-3);
  assert_near((double)drained, 0.0, 1e-4);
}

/* Pumps off with the lighter mud inside: nothing flows back, the standpipe keeps what the valve
 * holds. */
static void test_valve(void **state) {
  (void)state;
  float drained;
  idr_lumped_state s = idr_lumped_steady(&well, PUMP, 0, 0.7f);
  for (int i = 0; i < 300; i++) {
    s = idr_lumped_step(&well, s, 0, 0, 0.7f, 1.0f, &drained);
    assert_true(s.flow >= 0.0f && s.choke >= 0.0f);
  }
  assert_near((double)s.flow, 0.0, 1e-5);
}

static void test_extremes(void **state) {
  (void)state;
  const float flow[] = {0, 1e-9f, 10}, opening[] = {0, 1e-6f, 1}, dt[] = {1e-4f, 1, 60};
  for (int i = 0; i < 27; i++) {
    idr_lumped_state s = {0, 0, 0};
    float drained;
    for (int k = 0; k < 200; k++) {
      s = idr_lumped_step(&well, s, flow[i % 3], flow[(i + 1) % 3], opening[i / 3 % 3], dt[i / 9],
                          &drained);
      assert_true(isfinite(s.standpipe) && isfinite(s.choke) && isfinite(s.flow));
      assert_true(isfinite(drained) && s.choke >= 0.0f && s.flow >= 0.0f);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steady), cmocka_unit_test(test_volume),
      cmocka_unit_test(test_order),  cmocka_unit_test(test_closed_choke),
      cmocka_unit_test(test_valve),  cmocka_unit_test(test_extremes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
