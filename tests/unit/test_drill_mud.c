/* The mud: viscometer, density of a column, surge, pump, jets, hand formulas: closed forms, limits,
 * directions, extremes. */
#include "drill/fann.h"
#include "drill/hand_hydraulics.h"
#include "drill/jet.h"
#include "drill/mud_density.h"
#include "drill/pump.h"
#include "drill/surge.h"
#include "support/near.h"

/* Made from readings, the fluid gives these readings back. */
static void test_fann_round_trip(void **state) {
  (void)state;
  for (float th300 = 20; th300 < 100; th300 += 17)
    for (float ratio = 1.1f; ratio < 2.0f; ratio += 0.3f)
      for (float th3 = 0; th3 < 12; th3 += 4) {
        float th600 = th3 + (th300 - th3) * ratio;
        idr_fann_fluid f = idr_fann_herschel_bulkley(th600, th300, th3, th3);
        double at300 = (double)f.yield + (double)f.consistency * pow(511, (double)f.index);
        double at600 = (double)f.yield + (double)f.consistency * pow(1022, (double)f.index);
        assert_near(at300 / 0.511 / (double)th300, 1.0, 2e-5);
        assert_near(at600 / 0.511 / (double)th600, 1.0, 2e-5);
        assert_near((double)f.yield, 0.511 * (double)th3, 1e-5);
      }
}

static void test_fann_nonsense(void **state) {
  (void)state;
  const float reading[] = {-50, 0, 1e-6f, 40, 1e6f};
  for (int i = 0; i < 625; i++) {
    idr_fann_fluid f = idr_fann_herschel_bulkley(reading[i % 5], reading[i / 5 % 5],
                                                 reading[i / 25 % 5], reading[i / 125]);
    assert_true(isfinite(f.yield) && f.yield >= 0.0f);
    assert_true(isfinite(f.consistency) && f.consistency > 0.0f);
    assert_true(f.index >= 0.05f && f.index <= 1.5f);
  }
}

/* ---- column ---------------------------------------------------------------------------------- */

/* Stiff and cold: rho g z. Pressure makes it heavier, warmth lighter. */
static void test_column(void **state) {
  (void)state;
  const idr_mud stiff = {1200, 1e15f, 0}, mud = {1200, 2.2e9f, 4.5e-4f};
  double plain = 1200 * 9.80665 * 3000;
  assert_near((double)idr_mud_column(&stiff, 3000, 0.03f) / plain, 1.0, 1e-6);
  assert_true((double)idr_mud_column(&mud, 3000, 0.0f) > plain);
  assert_true(idr_mud_column(&mud, 3000, 0.03f) < idr_mud_column(&mud, 3000, 0.0f));
  assert_true(idr_mud_column(&mud, 0, 0.03f) == 0.0f);
  assert_near((double)idr_mud_density(&mud, 2.2e7f, 0), 1200 * exp(0.01), 1e-3);
  assert_near((double)idr_mud_density(&mud, 0, 100), 1200 * exp(-0.045), 1e-3);
}

/* The slope of the closed form is the density at that pressure and temperature. */
static void test_column_slope(void **state) {
  (void)state;
  const idr_mud mud = {1400, 2.0e9f, 6e-4f};
  for (float z = 500; z < 6000; z += 500) {
    double up = (double)idr_mud_column(&mud, z - 100, 0.04f);
    double down = (double)idr_mud_column(&mud, z + 100, 0.04f);
    double density =
        (double)idr_mud_density(&mud, idr_mud_column(&mud, z, 0.04f), 0.04f * z) * 9.80665;
    assert_near((down - up) / 200 / density, 1.0, 1e-4);
  }
}

/* Little warming, where (1 - exp(-x))/x is taken by its series. */
static void test_column_shallow(void **state) {
  (void)state;
  const idr_mud stiff = {1200, 1e15f, 6e-4f};
  double x = 6e-4 * 0.03 * 5.0; /* 9e-5 */
  double exact = 1200 * 9.80665 * 5.0 * -expm1(-x) / x;
  assert_near((double)idr_mud_column(&stiff, 5, 0.03f) / exact, 1.0, 3e-7);
}

/* The series joins the difference, and no depth gives infinity. */
static void test_column_extremes(void **state) {
  (void)state;
  const idr_mud mud = {1400, 2.0e9f, 6e-4f};
  float before = -1.0f;
  for (float z = 0.0f; z < 30.0f; z += 0.25f) { /* a G z passes 1e-4 within */
    float now = idr_mud_column(&mud, z, 0.01f);
    assert_true(now > before);
    before = now;
  }
  assert_true(isfinite(idr_mud_column(&mud, 1e6f, 0)));
  assert_true(isfinite(idr_mud_column(&mud, 1e6f, 0.1f)));
}

/* ---- surge, pump, jets ----------------------------------------------------------------------- */

static void test_surge(void **state) {
  (void)state;
  /* A thin rod in a wide hole drags mud by clinging alone; an open pipe displaces less. */
  assert_near((double)idr_surge_closed(10.0f, 1e-3f), 0.45, 1e-6);
  assert_true(idr_surge_open(0.2f, 0.1f, 0.08f) < idr_surge_closed(0.2f, 0.1f));
  assert_near((double)idr_surge_open(0.2f, 0.1f, 0.0f), (double)idr_surge_closed(0.2f, 0.1f), 1e-6);
  /* Newtonian slot: 12 mu v/h^2 per metre at 1.5 v, h half of the gap. */
  idr_rheology r = idr_rheology_prepare(1000, 0, 0.05f, 1, 1);
  double exact = 12 * 0.05 * 1.5 * 0.8 / (0.025 * 0.025) * 1000;
  assert_near((double)idr_surge_pressure(&r, 0.8f, 0.2f, 0.15f, 1000) / exact, 1.0, 1e-5);
  assert_true(isfinite(idr_surge_pressure(&r, 0.0f, 0.2f, 0.15f, 1000)));
  assert_true(idr_surge_pressure(&r, 1.0f, 0.2f, 0.15f, 1000) >
              idr_surge_pressure(&r, 0.5f, 0.2f, 0.15f, 1000));
}

static void test_pump(void **state) {
  (void)state;
  float volume = idr_pump_triplex(0.1524f, 0.3048f, 1.0f);
  assert_near((double)volume, 3 * M_PI / 4 * 0.1524 * 0.1524 * 0.3048, 1e-8);
  assert_near((double)idr_pump_rate(volume, idr_pump_flow(volume, 1.3f)), 1.3, 1e-6);
  assert_near((double)idr_pump_duplex(0.1524f, 0.0f, 0.3048f, 1.0f),
              4 * M_PI / 4 * 0.1524 * 0.1524 * 0.3048, 1e-8);
  assert_true(idr_pump_duplex(0.1524f, 0.05f, 0.3048f, 1.0f) <
              idr_pump_duplex(0.1524f, 0.0f, 0.3048f, 1.0f));
  assert_near((double)idr_pump_hydraulic_power(2e7f, 0.03f), 6e5, 0.1);
}

/* All the pressure drop is in the jets: force = rho q v with the vena's velocity. */
static void test_jet(void **state) {
  (void)state;
  float density = 1300, flow = 0.03f, area = 4e-4f;
  double vena = sqrt(2 * (double)idr_hydraulics_bit(density, flow, area) / (double)density);
  assert_near((double)idr_jet_velocity(flow, area), 75.0, 1e-5);
  assert_near((double)idr_jet_force(density, flow, area), 1300 * 0.03 * 0.95 * vena, 0.01);
  assert_true(idr_jet_force(density, 0, area) == 0.0f);
}

/* ---- hand formulas --------------------------------------------------------------------------- */

/* At the critical velocity a Newtonian mud has the Reynolds number behind Lapeyrouse's constant; it
 * rises with consistency and falls with density. */
static void test_hand(void **state) {
  (void)state;
  float base = idr_hand_critical(1140, 0.5f, 0.6f, 0.0889f);
  assert_true(idr_hand_critical(1140, 0.7f, 0.6f, 0.0889f) > base);
  assert_true(idr_hand_critical(1300, 0.5f, 0.6f, 0.0889f) < base);
  assert_near((double)(idr_hand_turbulent(1140, 0.04f, 0.02f, 0.216f, 0.127f, 2000) /
                       idr_hand_turbulent(1140, 0.04f, 0.02f, 0.216f, 0.127f, 1000)),
              2.0, 1e-5);
  assert_near((double)(idr_hand_turbulent(1140, 0.08f, 0.02f, 0.216f, 0.127f, 1000) /
                       idr_hand_turbulent(1140, 0.04f, 0.02f, 0.216f, 0.127f, 1000)),
              pow(2, 1.8), 1e-4);
  /* 1/21.1 of the book for the 2/g_c 12 = 1/25.8 of Fanning's equation. */
  double fanning = 2 * 0.01 * 1200 * 0.8 * 0.8 * 1000 / 0.1;
  assert_near((double)idr_hand_fanning(0.01f, 1200, 0.8f, 0.1f, 1000) / fanning, 25.8 / 21.1, 2e-3);
  assert_near((double)idr_hand_blasius(1e4f), 0.00791, 1e-7);
  assert_near((double)idr_hand_reynolds_critical(1.0f), 2900, 1e-3);
  assert_near((double)idr_hand_fixed(1200, 0.8f, 0.1f, 1000) / fanning, 1.331, 1e-4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fann_round_trip),
      cmocka_unit_test(test_fann_nonsense),
      cmocka_unit_test(test_column),
      cmocka_unit_test(test_column_slope),
      cmocka_unit_test(test_column_extremes),
      cmocka_unit_test(test_column_shallow),
      cmocka_unit_test(test_surge),
      cmocka_unit_test(test_pump),
      cmocka_unit_test(test_jet),
      cmocka_unit_test(test_hand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
