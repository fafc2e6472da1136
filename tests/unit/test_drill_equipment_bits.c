/* Bits that a section asks for: laws of the rate, cones with teeth and bearings, the ceiling of a
 * drag bit's heat. A drag bit beside them drills as it does alone. */
#include "drill/bourgoyne.h"
#include "drill/pdc.h"
#include "drill/tooth.h"
#include "drill/wear.h"
#include "support/drill_wells.h"

#include <stdlib.h>

static const test_rock rock = {2000.0, 60e6, 0.5, 0.0, 0.0};
static const double coefficients[IDR_BOURGOYNE_TERMS] = {3.0,  1.5e-4, 2e-4, 4e-5,
                                                         0.45, 0.3,    0.4,  0.16};

static idr_well *well_with(idr_bit_kind kind, idr_rop_law law) {
  idr_well *well = test_well(&rock);
  idr_well_section *s = &well->section[1];
  s->bit_kind = (int)kind;
  s->rop_law = (int)law;
  s->bourgoyne.count = IDR_BOURGOYNE_TERMS;
  memcpy(s->bourgoyne.value, coefficients, sizeof coefficients);
  s->bourgoyne_ucs = 70e6;
  s->tooth_class = IDR_TOOTH_MEDIUM;
  s->tooth_life = 15 * 3600.0;
  s->bearing_kind = IDR_BEARING_SEALED_JOURNAL;
  s->bearing_life = 60 * 3600.0;
  s->cutters = 40;
  s->bit_blades = 6;
  s->cutter_diameter = 0.016;
  s->back_rake = 15 * M_PI / 180;
  s->side_rake = M_PI / 180;
  return well;
}

static idr_drill_group *start(const idr_well *well) {
  idr_drill_group *g;
  assert_int_equal(idr_drill_group_create(&g), IDR_STATUS_OK);
  for (int i = 0; i < IDR_LANES; i++) {
    idr_drill_start at = {2000.0, 0.0, 12.566371f, 0.035f};
    assert_int_equal(idr_drill_reset(g, i, well, &at), IDR_STATUS_OK);
    g->wob_set[i] = 100e3f;
  }
  return g;
}

/* The rate over a minute without connection is that of the formula, from what the lane saw. */
static void test_bourgoyne_rate(void **state) {
  (void)state;
  idr_well *well = well_with(IDR_BIT_ROLLER, IDR_ROP_BOURGOYNE);
  idr_drill_group *g = start(well);
  idr_drill_step(g, 60);
  idr_drill_step(g, 40); /* the string still swings a little: its mean */
  float feet = g->tvd[0] * 3.2808399f, pore = 1050.0f * 8.3454045e-3f;
  float ecd = g->value[IDR_CHANNEL_ECD][0] * 8.3454045e-3f;
  double weight = 100e3 / (8.5 * 0.0254) * 5.7101471e-6;
  double shear = 1e4, viscosity = (4.0 + 0.4 * pow(shear, 0.7)) / shear;
  double nozzle = sqrt(0.6 * 0.0254 * 0.0254 * 4 / 3 / M_PI);
  double reynolds = 1150 * 0.035 * 9.5995568e-6 / (viscosity * nozzle);
  double sum = 3.0 + 1.5e-4 * (10000 - (double)feet) +
               2e-4 * pow((double)feet, 0.69) * ((double)pore - 9) +
               4e-5 * (double)feet * (double)(pore - ecd) + 0.45 * log(weight / 4) +
               0.3 * log(12.566371 / 10.471976) - 0.4 * g->tooth[0] + 0.16 * log(reynolds);
  double rop = 8.4666667e-5 * exp(sum) * 70.0 / 60.0;
  assert_near((double)g->mean[IDR_CHANNEL_ROP][0] / rop, 1.0, 5e-3);
  assert_true(rop > 1e-4 && rop < 0.03);
  idr_drill_group_free(g);
  idr_well_free(well);
}

static void test_pdc_phase_rate(void **state) {
  (void)state;
  idr_well *well = well_with(IDR_BIT_PDC, IDR_ROP_PDC_PHASE);
  idr_drill_group *g = start(well);
  idr_drill_step(g, 60);
  idr_pdc_bit bit = {.diameter = 8.5f * 0.0254f,
                     .cutter = 0.016f,
                     .back_rake = 0.26179939f,
                     .side_rake = 0.017453293f,
                     .cutters = 40,
                     .blades = 6};
  float rop = idr_pdc_rop(&bit, g->strength[3], 100e3f, 12.566371f) * (1.0f - 0.7f * g->wear[3]);
  assert_near((double)(g->value[IDR_CHANNEL_ROP][3] / rop), 1.0, 5e-3);
  assert_true(rop > 1e-4f && g->wear[3] > 0.0f);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* At constant conditions h + H2 h^2/2 grows linearly, and so do bearings: after an hour they are
 * where the formulas put them, and the bit is pulled when the first of them is gone. */
static void test_cones_wear(void **state) {
  (void)state;
  idr_well *well = well_with(IDR_BIT_ROLLER, IDR_ROP_BOURGOYNE);
  idr_drill_group *g = start(well);
  idr_drill_step(g, 60);
  double h = g->tooth[2], b = g->bearing[2];
  idr_drill_step(g, 600);
  float load = 100e3f / (8.5f * 0.0254f), omega = g->mean[IDR_CHANNEL_OMEGA_BIT][2];
  idr_tooth tooth = idr_tooth_of(IDR_TOOTH_MEDIUM);
  double rate = 0.5 * (double)idr_tooth_rate(&tooth, load, omega, 15 * 3600.0f);
  double linear = h + 2.5 * h * h + rate * 600;
  assert_near((g->tooth[2] + 2.5 * g->tooth[2] * g->tooth[2]) / linear, 1.0, 2e-3);
  double bearing =
      b + 600 * (double)idr_bearing_rate(IDR_BEARING_SEALED_JOURNAL, load, omega, 60 * 3600.0f);
  assert_near(g->bearing[2] / bearing, 1.0, 2e-3);
  assert_near((double)g->wear[2], fmax(g->tooth[2], g->bearing[2]), 1e-7);
  assert_near(g->bits_worn[2], (double)g->wear[2], 1e-6);
  g->tooth[2] = 0.9999;
  idr_drill_step(g, 600);
  assert_int_equal(g->trips[2], 1);
  assert_true(g->tooth[2] < 0.1 && g->wear[2] < 0.1f);
  assert_int_equal(g->trips[1], 0);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* A bit that starts worn has worn teeth. */
static void test_cones_start_worn(void **state) {
  (void)state;
  idr_well *well = well_with(IDR_BIT_ROLLER, IDR_ROP_BOURGOYNE);
  idr_drill_group *g = start(well);
  idr_drill_start at = {2000.0, 0.4, 12.566371f, 0.035f};
  assert_int_equal(idr_drill_reset(g, 5, well, &at), IDR_STATUS_OK);
  g->wob_set[5] = 100e3f;
  idr_drill_step(g, 30);
  assert_true(g->tooth[5] > 0.4 && g->tooth[5] < 0.41);
  assert_true(g->bits_worn[5] > 0.0 && g->bits_worn[5] < 0.01);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Neighbours with other bits change no bit of a drag bit's lane. */
static void test_a_drag_bit_is_alone(void **state) {
  (void)state;
  idr_well *plain = test_well(&rock), *cones = well_with(IDR_BIT_ROLLER, IDR_ROP_BOURGOYNE);
  idr_drill_group *a = start(plain), *b = start(cones);
  idr_drill_start at = {2000.0, 0.0, 12.566371f, 0.035f};
  assert_int_equal(idr_drill_reset(b, 9, plain, &at), IDR_STATUS_OK);
  b->wob_set[9] = 100e3f;
  size_t bytes = idr_drill_lane_bytes();
  char *x = malloc(bytes), *y = malloc(bytes);
  idr_drill_step(a, 900);
  idr_drill_step(b, 900);
  idr_drill_lane_save(a, 30, x);
  idr_drill_lane_save(b, 9, y);
  assert_memory_equal(x, y, bytes);
  free(x);
  free(y);
  idr_drill_group_free(a);
  idr_drill_group_free(b);
  idr_well_free(plain);
  idr_well_free(cones);
}

/* A motor turns the bit on top of the string, and its pressure stands in the standpipe's. */
static void test_motor_in_the_string(void **state) {
  (void)state;
  idr_well *plain = test_well(&rock), *driven = test_well(&rock);
  driven->string.motor = 60.0;
  driven->string.motor_stall_torque = 20e3;
  driven->string.motor_slip = 0.1;
  idr_drill_group *a = start(plain), *b = start(driven);
  idr_drill_step(a, 60);
  idr_drill_step(b, 60);
  double torque = (double)b->bit_torque[0], free = 0.035 * 60 * 2 * M_PI;
  double speed = free * (1.0 - 0.1 * torque / 20e3);
  assert_near((double)(b->value[IDR_CHANNEL_OMEGA_BIT][0] - b->omega_bit[0]), speed, 0.3);
  assert_near((double)b->value[IDR_CHANNEL_MOTOR_PRESSURE][0], torque * 2 * M_PI * 60 / 0.8, 1e3);
  assert_near((double)(b->value[IDR_CHANNEL_SPP][0] - a->value[IDR_CHANNEL_SPP][0]),
              torque * 2 * M_PI * 60 / 0.8, 2e5);
  assert_true(b->value[IDR_CHANNEL_ROP][0] > 1.5f * a->value[IDR_CHANNEL_ROP][0]);
  b->fault_stall[0] = 1.0f;
  idr_drill_step(b, 1);
  assert_near((double)b->motor_speed[0], 0.0, 0.0);
  assert_near((double)b->value[IDR_CHANNEL_MOTOR_PRESSURE][0], 20e3 * 2 * M_PI * 60 / 0.8, 1e3);
  idr_drill_group_free(a);
  idr_drill_group_free(b);
  idr_well_free(plain);
  idr_well_free(driven);
}

/* However hot the friction, the flat is not hotter than diamond bears. */
static void test_heat_has_a_ceiling(void **state) {
  (void)state;
  assert_near((double)idr_wear_temperature(350.0f, 1e12f, 0.0f), (double)IDR_WEAR_CEILING, 0.0);
  assert_near((double)idr_wear_temperature(350.0f, 1e7f, IDR_WEAR_FLOW), 350.0 + 19.0, 1e-3);
  float cold = idr_wear_growth(1e8f, 1.0f, 400.0f, 1.0f);
  float most = idr_wear_growth(1e8f, 1.0f, idr_wear_temperature(350.0f, 1e12f, 0.0f), 1.0f);
  assert_near((double)(most / cold), 1.0 + 400.0 * 400.0 / 3600.0, 1e-3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bourgoyne_rate),      cmocka_unit_test(test_pdc_phase_rate),
      cmocka_unit_test(test_cones_wear),          cmocka_unit_test(test_cones_start_worn),
      cmocka_unit_test(test_a_drag_bit_is_alone), cmocka_unit_test(test_motor_in_the_string),
      cmocka_unit_test(test_heat_has_a_ceiling),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
