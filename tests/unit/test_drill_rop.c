/* Laws of the rate of penetration: the PDC phase model, and Bourgoyne and Young with its fit. */
#include "drill/bourgoyne_fit.h"
#include "drill/pdc.h"
#include "support/near.h"

#include <string.h>

static const idr_pdc_bit bit = {.diameter = 0.09525f,
                                .cutter = 0.010922f,
                                .back_rake = 0.26179939f,
                                .side_rake = 0.017453293f,
                                .cutters = 8,
                                .blades = 4};

#define GRANITE 193.05320e6f
#define LBF     4.4482216f
#define RPM     0.10471976f
#define FT_H    8.4666667e-5f

/* First row of the laboratory set by hand, in the source's units: WOBt = 8 x 270 x 1.25^0.1 x 11/8
 * x (tan 15/tan 25)^0.2 x 0.43/0.51 = 2293 lbf, so 2,300 lbf is phase II: the step above ROPt = 5 x
 * 0.018 x 0.8^0.3 x 11/8 x 0.43/0.51 x 100 = 9.76 ft/h is 0.04. */
static void test_first_row_by_hand(void **state) {
  (void)state;
  double tan15 = tan(15 * M_PI / 180), tan25 = tan(25 * M_PI / 180);
  double threshold = 2970 * pow(1.25, 0.1) * pow(tan15 / tan25, 0.2) * (0.43 / 0.51);
  assert_near((double)(idr_pdc_threshold(&bit, GRANITE, 100 * RPM) / LBF), threshold, 0.05);
  double base = 5 * 0.018 * pow(0.8, 0.3) * (11.0 / 8) * (0.43 / 0.51) * 100;
  double gain =
      880 * pow(4, 0.3) / pow(8, 1.05) * 0.43 * cos(M_PI / 180) / (3.75 * 3.75) * pow(tan15, 0.2);
  double rop = gain * 100 * (2300 - threshold) / (28000 * 1.3) + base;
  assert_true(threshold < 2300);
  assert_near((double)(idr_pdc_rop(&bit, GRANITE, 2300 * LBF, 100 * RPM) / FT_H), rop, 2e-3);
}

/* More weight and more speed drill faster within a phase, harder rock slower. */
static void test_pdc_directions(void **state) {
  (void)state;
  float before = 0.0f;
  for (float wob = 2400; wob < 6000; wob += 200) {
    float rop = idr_pdc_rop(&bit, GRANITE, wob * LBF, 100 * RPM);
    assert_true(rop > before);
    before = rop;
  }
  assert_true(idr_pdc_rop(&bit, GRANITE, 5000 * LBF, 150 * RPM) >
              idr_pdc_rop(&bit, GRANITE, 5000 * LBF, 100 * RPM));
  assert_true(idr_pdc_rop(&bit, 1.2f * GRANITE, 5000 * LBF, 100 * RPM) <
              idr_pdc_rop(&bit, GRANITE, 5000 * LBF, 100 * RPM));
}

static void test_pdc_extremes(void **state) {
  (void)state;
  const float wob[] = {-1e6f, 0, 1, 1e9f}, omega[] = {-10, 0, 1e-6f, 1e4f};
  const float strength[] = {1e3f, 1e6f, 1e12f};
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 4; k++)
      for (int n = 0; n < 3; n++) {
        float rop = idr_pdc_rop(&bit, strength[n], wob[i], omega[k]);
        assert_true(isfinite(rop) && (rop >= 0.0f));
      }
  assert_true(idr_pdc_rop(&bit, GRANITE, 1e4f, 0) == 0.0f);
  assert_true(idr_pdc_rop(&bit, GRANITE, 0, 10) == 0.0f);
}

/* ---- Bourgoyne and Young --------------------------------------------------------------------- */

static const float coefficients[] = {3.0f, 1e-4f, 2e-4f, 4e-5f, 0.5f, 0.6f, 0.4f, 0.3f};

static idr_bourgoyne_state usual(void) {
  return (idr_bourgoyne_state){.depth = 2500,
                               .pore_density = 1150,
                               .circulating_density = 1250,
                               .weight_per_diameter = 4e5f,
                               .threshold = 0,
                               .omega = 12,
                               .tooth_wear = 0.2f,
                               .jet_reynolds = 0.8f};
}

static float rate(idr_bourgoyne_state s) {
  float x[IDR_BOURGOYNE_TERMS];
  idr_bourgoyne_terms(&s, x);
  return idr_bourgoyne_rop(coefficients, x);
}

/* Each effect acts in its direction, and as its power says. */
static void test_effects(void **state) {
  (void)state;
  idr_bourgoyne_state s = usual(), t = s;
  t.depth += 100;
  assert_true(rate(t) < rate(s));
  t = s;
  t.circulating_density += 100; /* overbalance holds chips down */
  assert_true(rate(t) < rate(s));
  t = s;
  t.weight_per_diameter *= 2;
  assert_near((double)(rate(t) / rate(s)), pow(2, 0.5), 1e-5);
  t = s;
  t.omega *= 2;
  assert_near((double)(rate(t) / rate(s)), pow(2, 0.6), 1e-5);
  t = s;
  t.tooth_wear += 0.5f;
  assert_near((double)(rate(t) / rate(s)), exp(-0.2), 1e-5);
  t = s;
  t.jet_reynolds *= 2;
  assert_near((double)(rate(t) / rate(s)), pow(2, 0.3), 1e-5);
}

/* rho q/(350 mu dn) with 10 lb/gal, 400 gal/min, 10 cP, 0.4 in: 4000/1400. */
static void test_jet_reynolds(void **state) {
  (void)state;
  float value = idr_bourgoyne_reynolds(1198.2643f, 400 * 6.3090197e-5f, 0.01f, 0.4f * 0.0254f);
  assert_near((double)value, 4000.0 / 1400.0, 1e-5);
}

static void test_bourgoyne_extremes(void **state) {
  (void)state;
  const float extreme[] = {-1e9f, -1, 0, 1e-9f, 1, 1e9f};
  for (int i = 0; i < 6; i++)
    for (int field = 0; field < 8; field++) {
      idr_bourgoyne_state s = usual();
      float *fields[] = {&s.depth, &s.pore_density,        &s.circulating_density, &s.threshold,
                         &s.omega, &s.weight_per_diameter, &s.tooth_wear,          &s.jet_reynolds};
      *fields[field] = extreme[i];
      float rop = rate(s);
      assert_true(isfinite(rop) && rop >= 0.0f);
    }
}

enum { COUNT = 40 };

static void make_intervals(float *x, float *rop) {
  for (int i = 0; i < COUNT; i++) {
    idr_bourgoyne_state s = usual();
    s.depth += 60.0f * (float)i;
    s.pore_density += 30.0f * sinf((float)i);
    s.circulating_density += 50.0f * cosf(1.7f * (float)i);
    s.weight_per_diameter *= 1.0f + 0.4f * sinf(2.3f * (float)i);
    s.omega *= 1.0f + 0.4f * cosf(3.1f * (float)i);
    s.tooth_wear = 0.1f * (float)(i % 10);
    s.jet_reynolds *= 1.0f + 0.5f * sinf(4.7f * (float)i);
    idr_bourgoyne_terms(&s, x + i * IDR_BOURGOYNE_TERMS);
    rop[i] = idr_bourgoyne_rop(coefficients, x + i * IDR_BOURGOYNE_TERMS);
  }
}

/* Noise of 10 % moves the coefficients, and the fit is the least sum of squares: any other is
 * worse. */
static void test_fit_is_least(void **state) {
  (void)state;
  static float x[COUNT * IDR_BOURGOYNE_TERMS], rop[COUNT];
  double a[IDR_BOURGOYNE_TERMS], best = 0.0;
  make_intervals(x, rop);
  for (int i = 0; i < COUNT; i++)
    rop[i] *= 1.0f + 0.1f * sinf(9.1f * (float)i);
  assert_int_equal(idr_bourgoyne_fit(COUNT, x, rop, a), IDR_STATUS_OK);
  for (int moved = -1; moved < 2 * IDR_BOURGOYNE_TERMS; moved++) {
    double sum = 0.0;
    for (int i = 0; i < COUNT; i++) {
      double left = log((double)rop[i] / (double)FT_H);
      for (int k = 0; k < IDR_BOURGOYNE_TERMS; k++) {
        double scale = moved == 2 * k ? 1.01 : moved == 2 * k + 1 ? 0.99 : 1.0;
        left -= a[k] * scale * (double)x[i * IDR_BOURGOYNE_TERMS + k];
      }
      sum += left * left;
    }
    if (moved < 0) best = sum;
    assert_true(sum >= best);
  }
}

/* What was not recorded is left out, and the rest found as without it. */
static void test_fit_leaves_out(void **state) {
  (void)state;
  static float x[COUNT * IDR_BOURGOYNE_TERMS], rop[COUNT];
  double a[IDR_BOURGOYNE_TERMS];
  make_intervals(x, rop);
  for (int i = 0; i < COUNT; i++) {
    float *row = x + i * IDR_BOURGOYNE_TERMS;
    row[2] = row[3] = row[7] = 0.0f;
    rop[i] = idr_bourgoyne_rop(coefficients, row);
  }
  assert_int_equal(idr_bourgoyne_fit(COUNT, x, rop, a), IDR_STATUS_OK);
  for (int k = 0; k < IDR_BOURGOYNE_TERMS; k++) {
    double planted = k == 2 || k == 3 || k == 7 ? 0.0 : (double)coefficients[k];
    assert_near(a[k], planted, 1e-4 * planted);
  }
}

static void test_fit_refuses(void **state) {
  (void)state;
  static float x[COUNT * IDR_BOURGOYNE_TERMS], rop[COUNT];
  double a[IDR_BOURGOYNE_TERMS];
  make_intervals(x, rop);
  assert_int_equal(idr_bourgoyne_fit(7, x, rop, a), IDR_STATUS_ARGUMENT);
  rop[3] = 0.0f;
  assert_int_equal(idr_bourgoyne_fit(COUNT, x, rop, a), IDR_STATUS_ARGUMENT);
  assert_non_null(strstr(idr_error_get()->message, "interval 3"));
  rop[3] = NAN;
  assert_int_equal(idr_bourgoyne_fit(COUNT, x, rop, a), IDR_STATUS_ARGUMENT);
  make_intervals(x, rop);
  for (int i = 0; i < COUNT; i++)
    x[i * IDR_BOURGOYNE_TERMS + 5] = x[i * IDR_BOURGOYNE_TERMS + 4]; /* weight and speed together */
  assert_int_equal(idr_bourgoyne_fit(COUNT, x, rop, a), IDR_STATUS_NUMERIC);
  assert_non_null(strstr(idr_error_get()->message, "a6"));
  idr_error_clear();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_first_row_by_hand), cmocka_unit_test(test_pdc_directions),
      cmocka_unit_test(test_pdc_extremes),      cmocka_unit_test(test_effects),
      cmocka_unit_test(test_jet_reynolds),      cmocka_unit_test(test_bourgoyne_extremes),
      cmocka_unit_test(test_fit_is_least),      cmocka_unit_test(test_fit_leaves_out),
      cmocka_unit_test(test_fit_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
