/* Settling cuttings and kicks: limits, directions, extremes. */
#include "drill/kick.h"
#include "drill/settling.h"
#include "support/near.h"

/* The closed root satisfies the force balance with its own drag curve, for all sphericities. */
static void test_newtonian_balance(void **state) {
  (void)state;
  for (float psi = 0.3f; psi <= 1.0f; psi += 0.1f)
    for (float mu = 0.002f; mu < 0.1f; mu *= 2) {
      double v = (double)idr_settling_newtonian(6e-3f, 2650, 1300, mu, psi);
      idr_settling_drag k = idr_settling_curve(psi);
      double l = log10(1300 * v * 6e-3 / (double)mu);
      double f = pow(10, (double)k.a + (double)k.b * l + (double)k.c * l * l);
      double weight = 4.0 / 3 * 9.80665 * 6e-3 * (2650.0 / 1300 - 1);
      assert_near(f * v * v / weight, 1.0, 2e-4);
    }
}

/* Heavier and larger cuttings fall faster, thicker mud holds them. */
static void test_directions(void **state) {
  (void)state;
  float base = idr_settling_newtonian(6e-3f, 2650, 1300, 0.01f, 0.8f);
  assert_true(idr_settling_newtonian(8e-3f, 2650, 1300, 0.01f, 0.8f) > base);
  assert_true(idr_settling_newtonian(6e-3f, 2900, 1300, 0.01f, 0.8f) > base);
  assert_true(idr_settling_newtonian(6e-3f, 2650, 1300, 0.02f, 0.8f) < base);
  float moore = idr_settling_moore(6e-3f, 2650, 1300, 0.05f);
  assert_true(idr_settling_moore(8e-3f, 2650, 1300, 0.05f) > moore);
  assert_true(idr_settling_moore(6e-3f, 2650, 1300, 0.08f) < moore);
}

/* The middle law holds for particle Reynolds numbers of 3 to 300: the turbulent law would
 * give 133 for 15 cP. */
static void test_moore_regimes(void **state) {
  (void)state;
  double over = 12.5, mud = 10, d = 0.25;
  double middle = 2.90 * d * pow(over, 0.667) / (pow(mud, 0.333) * pow(15, 0.333));
  double turbulent = 1.54 * sqrt(d * over / mud);
  assert_true(928 * mud * d * turbulent / 15 > 100 && 928 * mud * d * turbulent / 15 < 300);
  float ppg = 119.82643f, v = idr_settling_moore(6.35e-3f, 22.5f * ppg, 10 * ppg, 0.015f);
  assert_near((double)v / 0.3048, middle, 1e-4);
  v = idr_settling_moore(6.35e-3f, 22.5f * ppg, 10 * ppg, 0.005f);
  assert_near((double)v / 0.3048, turbulent, 1e-4);
}

static void test_floating_and_extreme(void **state) {
  (void)state;
  assert_true(idr_settling_newtonian(6e-3f, 1300, 1300, 0.01f, 0.8f) == 0.0f);
  assert_true(idr_settling_newtonian(6e-3f, 1000, 1300, 0.01f, 0.8f) == 0.0f);
  assert_true(idr_settling_moore(6e-3f, 1000, 1300, 0.01f) == 0.0f);
  const float size[] = {1e-6f, 1e-3f, 1}, viscosity[] = {1e-5f, 0.1f, 1e3f};
  const float sphericity[] = {-1, 0.5f, 7};
  for (int i = 0; i < 27; i++) {
    float v =
        idr_settling_newtonian(size[i % 3], 2650, 1200, viscosity[i / 3 % 3], sphericity[i / 9]);
    assert_true(isfinite(v) && v >= 0.0f);
    v = idr_settling_moore(size[i % 3], 2650, 1200, viscosity[i / 3 % 3]);
    assert_true(isfinite(v) && v >= 0.0f);
  }
}

/* Rock drilled over mud passed: the fraction asked for. */
static void test_required(void **state) {
  (void)state;
  double v = (double)idr_settling_required(0.0f, 0.01f, 0.05f, 0.03f, 0.02f);
  assert_near(0.01 * 0.05 / (v * 0.03), 0.02, 1e-6);
}

/* The kill density balances the formation: with it the drill pipe shows nothing. */
static void test_kill(void **state) {
  (void)state;
  float kill = idr_kick_kill_density(1300, 3000, 2e6f);
  double formation = (double)idr_kick_formation(1300, 3000, 2e6f);
  assert_near((double)idr_kick_formation(kill, 3000, 0) / formation, 1.0, 1e-6);
  assert_near((double)idr_kick_kill_density(1300, 3000, 0), 1300, 1e-3);
  assert_near((double)idr_kick_influx_density(1300, 2e6f, 2e6f, 100), 1300, 1e-3);
  assert_true(idr_kick_influx_density(1300, 3e6f, 2e6f, 100) < 1300);
}

/* Greater with volume and pressure, lower in a wider annulus; none without gas. */
static void test_surface_pressure(void **state) {
  (void)state;
  float base = idr_kick_surface_pressure(44e6f, 4, 1550, 0.024f);
  assert_true(idr_kick_surface_pressure(44e6f, 8, 1550, 0.024f) > base);
  assert_true(idr_kick_surface_pressure(60e6f, 4, 1550, 0.024f) > base);
  assert_true(idr_kick_surface_pressure(44e6f, 4, 1550, 0.048f) < base);
  assert_true(idr_kick_surface_pressure(44e6f, 0, 1550, 0.024f) == 0.0f);
  assert_near((double)idr_kick_lost_column(1200, 3, 0.03f), 1200 * 9.80665 * 100, 1.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_newtonian_balance),    cmocka_unit_test(test_directions),
      cmocka_unit_test(test_floating_and_extreme), cmocka_unit_test(test_required),
      cmocka_unit_test(test_moore_regimes),        cmocka_unit_test(test_kill),
      cmocka_unit_test(test_surface_pressure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
