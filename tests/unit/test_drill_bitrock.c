/* The phase law against its closed forms, founder, balling, wear, specific energy. */
#include "drill/bitrock.h"
#include "drill/wear.h"
#include "support/near.h"

#define RADIUS 0.108f

static float torque_of(const idr_bit_law *law, float wob) {
  float cut = idr_bit_cut(law, wob);
  return idr_bit_cutting_torque(law, cut) +
         idr_bit_contact_torque(law, idr_bit_contact_force(law, wob, cut));
}

/* Phase II: dT/dW = a/(2 zeta), for any rock and wear (Detournay and Defourny 1992). */
static void test_slope_of_phase_two(void **state) {
  (void)state;
  for (int k = 0; k < 9; k++) {
    idr_bit_law law =
        idr_bit_prepare(RADIUS, 20e6f + 20e6f * (float)k, 1e-3f * (float)(1 + k), 6e-3f);
    float low = law.wob_contact + 0.2f * (law.wob_founder - law.wob_contact);
    float high = law.wob_contact + 0.8f * (law.wob_founder - law.wob_contact);
    float slope = (torque_of(&law, high) - torque_of(&law, low)) / (high - low);
    assert_near(slope, RADIUS / (2.0f * IDR_BIT_ZETA), 1e-5f);
  }
}

/* E-S diagram: points of phases I and II lie on E = (1 - mu gamma zeta) eps + mu gamma S. */
static void test_friction_line(void **state) {
  (void)state;
  idr_bit_law law = idr_bit_prepare(RADIUS, 80e6f, 4e-3f, 6e-3f);
  for (float wob = 5e3f; wob < law.wob_founder; wob += 7e3f) {
    float d = idr_bit_cut(&law, wob);
    float energy = 2.0f * torque_of(&law, wob) / (RADIUS * RADIUS * d);
    float strength = wob / (RADIUS * d);
    float line =
        (1.0f - IDR_BIT_FRICTION * IDR_BIT_ZETA) * law.energy + IDR_BIT_FRICTION * strength;
    assert_near(energy / line, 1.0f, 2e-5f);
  }
}

/* A sharp bit cuts at the cutting point: E = eps and S = zeta eps. */
static void test_cutting_point(void **state) {
  (void)state;
  idr_bit_law law = idr_bit_prepare(RADIUS, 60e6f, 1e-9f, 6e-3f);
  float wob = 0.5f * law.wob_founder, d = idr_bit_cut(&law, wob);
  assert_near(wob / (RADIUS * d) / (IDR_BIT_ZETA * law.energy), 1.0f, 1e-5f);
  assert_near(2.0f * torque_of(&law, wob) / (RADIUS * RADIUS * d) / law.energy, 1.0f, 1e-4f);
}

/* Depth of cut rises in all phases, and beyond founder by less than a twentieth of before. */
static void test_founder(void **state) {
  (void)state;
  idr_bit_law law = idr_bit_prepare(RADIUS, 40e6f, 3e-3f, 6e-3f);
  assert_near(idr_bit_cut(&law, law.wob_founder), 6e-3f, 1e-8f);
  float step = 1e3f;
  float before = idr_bit_cut(&law, law.wob_founder - step);
  float at = idr_bit_cut(&law, law.wob_founder);
  float after = idr_bit_cut(&law, law.wob_founder + step);
  assert_true(at > before && after > at);
  assert_true(after - at < 0.05f * (at - before));
  assert_true(idr_bit_cut(&law, 0.0f) == 0.0f);
}

/* More hydraulics, less speed or less balling move founder to deeper cuts. */
static void test_founder_moves(void **state) {
  (void)state;
  float base = idr_bit_founder(9e-3f, 0.5f, 12.0f, 0.3f);
  assert_true(idr_bit_founder(9e-3f, 0.8f, 12.0f, 0.3f) > base);
  assert_true(idr_bit_founder(9e-3f, 0.5f, 18.0f, 0.3f) < base);
  assert_true(idr_bit_founder(9e-3f, 0.5f, 12.0f, 0.0f) > base);
  /* The rate at founder still rises with speed, towards what the flow removes. */
  float slow = 12.0f * base, fast = 24.0f * idr_bit_founder(9e-3f, 0.5f, 24.0f, 0.3f);
  assert_true(fast > slow && fast < 2.0f * slow);
}

/* Balling: b' = g (1 - b) - w b goes to g/(g + w), and a second equals twenty twentieths. */
static void test_balling(void **state) {
  (void)state;
  float grow = 0.7f * 0.5f / 300.0f, wash = 0.6f / 600.0f;
  float b = 0.0f, fine = 0.0f;
  for (int t = 0; t < 20000; t++)
    b = idr_bit_balling(b, 0.7f, 1.5f, 1.0f, 0.6f, 1.0f);
  assert_near(b, grow / (grow + wash), 1e-4f);
  b = 0.0f;
  for (int t = 0; t < 600; t++) {
    b = idr_bit_balling(b, 0.7f, 1.5f, 1.0f, 0.6f, 1.0f);
    for (int k = 0; k < 20; k++)
      fine = idr_bit_balling(fine, 0.7f, 1.5f, 1.0f, 0.6f, 0.05f);
  }
  double exact = (double)(grow / (grow + wash)) * (1.0 - exp(-600.0 * (double)(grow + wash)));
  assert_near((double)fine, exact, 5e-4); /* rounding of 12,000 float steps */
  assert_near((double)b, exact, 1e-3);
}

/* Teale: a bit that cuts only spends eps (zeta-part of W aside: E = W/A + 2 pi T/(A d)). */
static void test_specific_energy(void **state) {
  (void)state;
  float area = 3.14159265f * RADIUS * RADIUS, d = 4e-3f, omega = 12.0f;
  idr_bit_law law = idr_bit_prepare(RADIUS, 50e6f, 1e-9f, 6e-3f);
  float rop = d * omega / 6.2831853f, torque = idr_bit_cutting_torque(&law, d);
  float energy = idr_bit_specific_energy(0.0f, torque, omega, rop, area);
  assert_near(energy / law.energy, 1.0f, 1e-5f);
}

/* Wear per second has a factor of one below the critical temperature and accelerates above it; more
 * flow cools; smooth turning does not multiply. */
static void test_thermal_wear(void **state) {
  (void)state;
  float heat = 1e8f;
  float cold = idr_wear_growth(heat, 1.0f, IDR_WEAR_CRITICAL - 1.0f, 1.0f);
  assert_near(cold, IDR_WEAR_RATE * heat, 1e-12f);
  float hot = idr_wear_growth(heat, 1.0f, IDR_WEAR_CRITICAL + IDR_WEAR_THERMAL, 1.0f);
  assert_near(hot / cold, 2.0f, 1e-4f);
  assert_true(idr_wear_temperature(350.0f, heat, 0.05f) <
              idr_wear_temperature(350.0f, heat, 0.02f));
  assert_true(idr_wear_vibration(0.0f, 0.0f, 0.0f) == 1.0f);
  assert_true(idr_wear_vibration(1.0f, 0.0f, 0.0f) == 1.0f + IDR_WEAR_STICK);
}

/* Wear per metre against speed has an interior minimum in hard rock with stick-slip left out: slow
 * turning wears nothing extra per metre, fast turning overheats. */
static void test_wear_per_metre_rises_with_speed(void **state) {
  (void)state;
  idr_bit_law law = idr_bit_prepare(RADIUS, 200e6f, 3e-3f, 6e-3f);
  float cut = idr_bit_cut(&law, 150e3f), before = 0.0f;
  float contact = idr_bit_contact_torque(&law, idr_bit_contact_force(&law, 150e3f, cut));
  float cutting = idr_bit_cutting_torque(&law, cut);
  for (float omega = 8.0f; omega <= 24.0f; omega += 8.0f) {
    float heat = idr_wear_heat(contact, cutting, omega, RADIUS, 3e-3f);
    float temperature = idr_wear_temperature(360.0f, heat, 0.035f);
    float per_metre = idr_wear_growth(heat, 1.0f, temperature, 1.0f) / (cut * omega);
    assert_true(omega < 9.0f || per_metre >= before * 0.9999f);
    if (omega > 20.0f) assert_true(per_metre > 1.5f * before);
    before = per_metre;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_slope_of_phase_two),
      cmocka_unit_test(test_friction_line),
      cmocka_unit_test(test_cutting_point),
      cmocka_unit_test(test_founder),
      cmocka_unit_test(test_founder_moves),
      cmocka_unit_test(test_balling),
      cmocka_unit_test(test_specific_energy),
      cmocka_unit_test(test_thermal_wear),
      cmocka_unit_test(test_wear_per_metre_rises_with_speed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
