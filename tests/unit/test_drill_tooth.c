/* Teeth and bearings of roller-cone bits: time step, limits, directions. */
#include "drill/tooth.h"
#include "support/near.h"

#define KLBF_IN 175126.84f

static const idr_tooth_class classes[] = {
#define CLASS(name, iadc, h1, h2, h3, most) IDR_TOOTH_##name,
    IDR_TOOTH_CLASSES(CLASS)
#undef CLASS
};
enum { CLASSES = sizeof classes / sizeof classes[0] };

/* Teeth made for harder rock wear slower, and bear more. */
static void test_classes(void **state) {
  (void)state;
  float before = INFINITY;
  for (int i = 0; i < CLASSES; i++) {
    idr_tooth t = idr_tooth_of(classes[i]);
    float rate = idr_tooth_rate(&t, 4 * KLBF_IN, 10.471976f, 3600) / (1 + 0.5f * t.h2);
    assert_near((double)(rate * 3600), (double)t.h3, 1e-5); /* at 4 klbf/in and 100 1/min: H3 */
    assert_true(rate < before && t.most >= 7 * KLBF_IN);
    before = rate;
  }
}

/* One second against a twentieth over a run of changing speed: no error of the step but the
 * speed's own. */
static void test_step(void **state) {
  (void)state;
  for (int i = 0; i < CLASSES; i++) {
    idr_tooth t = idr_tooth_of(classes[i]);
    double coarse = 0.0, fine = 0.0;
    for (int second = 0; second < 20000; second++) {
      float omega = second < 9000 ? 12.0f : 6.0f;
      float rate = idr_tooth_rate(&t, 5 * KLBF_IN, omega, 20 * 3600);
      coarse = idr_tooth_wear(&t, coarse, rate, 1.0);
      for (int k = 0; k < 20; k++)
        fine = idr_tooth_wear(&t, fine, rate, 0.05);
    }
    assert_true(coarse > 0.01 && coarse < 1.0);
    assert_near(coarse, fine, 1e-9);
  }
}

/* Grows, never passes one, never becomes less. */
static void test_limits(void **state) {
  (void)state;
  const float extreme[] = {-1e9f, 0, 1e-9f, 1, 1e9f};
  for (int i = 0; i < CLASSES; i++) {
    idr_tooth t = idr_tooth_of(classes[i]);
    for (int k = 0; k < 25; k++) {
      float rate = idr_tooth_rate(&t, extreme[k / 5], extreme[k % 5], 3600);
      assert_true(isfinite(rate) && rate >= 0.0f);
      double wear = idr_tooth_wear(&t, 0.5, rate, 1.0);
      assert_true(wear >= 0.5 - 1e-15 && wear <= 1.0);
    }
    assert_true(idr_tooth_wear(&t, 0.999, 1.0f, 1e6) == 1.0);
    assert_near(idr_tooth_wear(&t, 0.37, 0.0f, 1.0), 0.37, 1e-15);
  }
}

static void test_more_wears_more(void **state) {
  (void)state;
  idr_tooth t = idr_tooth_of(IDR_TOOTH_MEDIUM);
  float base = idr_tooth_rate(&t, 5 * KLBF_IN, 10, 3600);
  assert_true(idr_tooth_rate(&t, 6 * KLBF_IN, 10, 3600) > base);
  assert_true(idr_tooth_rate(&t, 5 * KLBF_IN, 12, 3600) > base);
  assert_near((double)(idr_tooth_rate(&t, 5 * KLBF_IN, 10, 7200) / base), 0.5, 1e-6);
}

/* At 60 1/min and 4 klbf/in a bearing lasts tau_B, whatever it is. */
static void test_bearings(void **state) {
  (void)state;
  static const idr_bearing_kind kinds[] = {
#define KIND(name, text, b1, b2) IDR_BEARING_##name,
      IDR_BEARING_KINDS(KIND)
#undef KIND
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    float rate = idr_bearing_rate(kinds[i], 4 * KLBF_IN, 6.2831853f, 3600);
    assert_near((double)rate * 3600, 1.0, 1e-6);
    assert_true(idr_bearing_rate(kinds[i], 8 * KLBF_IN, 6.2831853f, 3600) > rate);
    assert_true(idr_bearing_rate(kinds[i], 4 * KLBF_IN, 12, 3600) > rate);
    assert_true(idr_bearing_rate(kinds[i], -1, 12, 3600) == 0.0f);
    assert_true(idr_bearing_rate(kinds[i], 4 * KLBF_IN, -1, 3600) == 0.0f);
    assert_true(isfinite(idr_bearing_rate(kinds[i], 1e9f, 1e4f, 3600)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_classes),  cmocka_unit_test(test_step),
      cmocka_unit_test(test_limits),   cmocka_unit_test(test_more_wears_more),
      cmocka_unit_test(test_bearings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
