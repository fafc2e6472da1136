/* ctest: timeout 600
 * The step as a whole: lanes are alone, save and load continue bitwise, cuttings and books balance,
 * limits hold, stick-slip and founder show up where they should. */
#include "drill/hydraulics.h"
#include "support/drill_wells.h"
#include "support/shrink.h"

#include <stdlib.h>

static const test_rock medium = {2500.0, 70e6, 0.5, 0.2, 0.0};

static idr_drill_group *new_group(void) {
  idr_drill_group *g;
  assert_int_equal(idr_drill_group_create(&g), IDR_STATUS_OK);
  return g;
}

/* For one well in one rock: under a sanitizer a step computes the first eight lanes only. */
static idr_drill_group *one_rock_group(void) {
  idr_drill_group *g = new_group();
  g->lanes = test_amount(IDR_LANES, 8);
  return g;
}

/* 64 lanes on generated wells with different set-points. */
static idr_drill_group *mixed_group(idr_well *well[IDR_LANES]) {
  idr_drill_group *g = new_group();
  idr_generator_settings settings;
  idr_generator_defaults(&settings);
  for (int i = 0; i < IDR_LANES; i++) {
    assert_int_equal(idr_well_generate(&settings, 7, (uint32_t)i, &well[i]), IDR_STATUS_OK);
    double depth = idr_well_shoe_depth(well[i], 1) + 20.0 + 7.0 * i;
    test_start(g, i, well[i], depth, 40e3f + 3e3f * (float)i, 7.0f + 0.2f * (float)i,
               (float)well[i]->rig.flow_max * 0.8f);
  }
  return g;
}

static void free_wells(idr_well *well[IDR_LANES]) {
  for (int i = 0; i < IDR_LANES; i++)
    idr_well_free(well[i]);
}

static void *saved_lane(const idr_drill_group *g, int lane) {
  void *bytes = malloc(idr_drill_lane_bytes());
  assert_non_null(bytes);
  idr_drill_lane_save(g, lane, bytes);
  return bytes;
}

static void assert_same_lane(const idr_drill_group *a, int i, const idr_drill_group *b, int k) {
  void *x = saved_lane(a, i), *y = saved_lane(b, k);
  assert_memory_equal(x, y, idr_drill_lane_bytes());
  free(x);
  free(y);
}

/* The same lane in another place of a group full of strangers gives the same bits. */
static void test_lanes_are_alone(void **state) {
  (void)state;
  idr_well *well[IDR_LANES], *other[IDR_LANES];
  idr_drill_group *a = mixed_group(well), *b = mixed_group(other);
  const int from[] = {3, 17, 40, 63}, to[] = {60, 0, 41, 7};
  for (int k = 0; k < 4; k++) {
    void *bytes = saved_lane(a, from[k]);
    idr_drill_lane_load(b, to[k], well[from[k]], bytes);
    free(bytes);
  }
  for (int t = 0; t < 60; t++) {
    idr_drill_step(a, 10);
    idr_drill_step(b, 10);
  }
  for (int k = 0; k < 4; k++)
    assert_same_lane(a, from[k], b, to[k]);
  idr_drill_group_free(a);
  idr_drill_group_free(b);
  free_wells(well);
  free_wells(other);
}

/* N seconds equal k seconds, save, load into a fresh group, N - k. */
static void test_save_and_load(void **state) {
  (void)state;
  idr_well *well[IDR_LANES], *other[IDR_LANES];
  idr_drill_group *a = mixed_group(well), *b = mixed_group(other);
  const int half = test_amount(150, 30);
  for (int t = 0; t < half; t++)
    idr_drill_step(a, 10);
  for (int i = 0; i < IDR_LANES; i++) {
    void *bytes = saved_lane(a, i);
    idr_drill_lane_load(b, i, well[i], bytes);
    free(bytes);
  }
  for (int t = 0; t < half; t++) {
    idr_drill_step(a, 10);
    idr_drill_step(b, 10);
  }
  for (int i = 0; i < IDR_LANES; i++)
    assert_same_lane(a, i, b, i);
  idr_drill_group_free(a);
  idr_drill_group_free(b);
  free_wells(well);
  free_wells(other);
}

/* Cuttings: in = out + in the hole, over hours with connections, relative 1e-6. Books: the parts of
 * time add up. Nothing becomes NaN. */
static void test_balances(void **state) {
  (void)state;
  idr_well *well[IDR_LANES];
  idr_drill_group *g = mixed_group(well);
  const char *field;
  const int seconds = test_amount(14400, 3600);
  for (int t = 0; t < seconds; t += 10)
    idr_drill_step(g, 10);
  assert_int_equal(idr_drill_scan(g, 0, IDR_LANES, &field), -1);
  for (int i = 0; i < IDR_LANES; i++) {
    double inside = 0.0, drilled = 0.0;
    for (int c = 0; c < IDR_ANNULUS; c++)
      inside += g->suspended[c][i] + g->bed[c][i];
    assert_near((g->solids_out[i] + inside) / g->solids_in[i], 1.0, 1e-6);
    double parts = g->rotating_time[i] + g->connection_time[i] + g->trip_time[i] + g->lost_time[i];
    assert_near(g->time[i], parts, 1e-6 * parts);
    assert_near(g->rotating_time[i], seconds, 1e-9);
    drilled = g->depth[i] - g->start_depth[i];
    assert_true(drilled > 0.0 && g->depth[i] <= well[i]->depth);
    assert_int_equal(g->connections[i], (int)(drilled / well[i]->rig.stand_length));
  }
  idr_drill_group_free(g);
  free_wells(well);
}

/* Volume of rock made equals hole area x metres x (1 - porosity), one rock. */
static void test_rock_volume(void **state) {
  (void)state;
  idr_well *well = test_well(&medium);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, 100e3f, 14.0f, 0.035f);
  for (int t = 0; t < 360; t++)
    idr_drill_step(g, 10);
  double area = 0.25 * M_PI * pow(8.5 * 0.0254, 2.0);
  double rock = area * 0.9 * (g->depth[5] - g->start_depth[5]);
  assert_near(g->solids_in[5] / rock, 1.0, 1e-6);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Mean, min, max and std of a period are those of its seconds. */
static void test_aggregates(void **state) {
  (void)state;
  idr_well *well[IDR_LANES], *other[IDR_LANES];
  idr_drill_group *whole = mixed_group(well), *single = mixed_group(other);
  double sum[IDR_CHANNEL_COUNT] = {0}, square[IDR_CHANNEL_COUNT] = {0};
  float low[IDR_CHANNEL_COUNT], high[IDR_CHANNEL_COUNT];
  const int lane = 11, seconds = 25;
  for (int t = 0; t < seconds; t++) {
    idr_drill_step(single, 1);
    for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
      float v = single->value[c][lane];
      sum[c] += (double)v;
      square[c] += (double)v * (double)v;
      low[c] = t && low[c] < v ? low[c] : v;
      high[c] = t && high[c] > v ? high[c] : v;
    }
  }
  idr_drill_step(whole, seconds);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    double mean = sum[c] / seconds, size = fmax(fabs(mean), 1e-12);
    double variance = fmax(0.0, square[c] / seconds - mean * mean);
    assert_near((double)whole->mean[c][lane] / size, mean / size, 1e-6);
    assert_true(whole->least[c][lane] == low[c] && whole->most[c][lane] == high[c]);
    assert_near((double)whole->spread[c][lane] / size, sqrt(variance) / size, 1e-4);
  }
  idr_drill_group_free(whole);
  idr_drill_group_free(single);
  free_wells(well);
  free_wells(other);
}

/* Set-points beyond the rig are clipped and approached at the rig's rates. */
static void test_limits_and_rates(void **state) {
  (void)state;
  idr_well *well = test_well(&medium);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, 1e9f, 10.0f, 0.03f);
  g->omega_set[0] = 1e9f;
  g->flow_set[0] = 1e9f;
  for (int t = 1; t <= 20; t++) {
    idr_drill_step(g, 1);
    assert_near((double)g->wob[0], fmin(4e3 * t, 250e3), 1.0);
    assert_near((double)g->omega_ref[0], fmin(10.0 + 6.0 * M_PI / 30.0 * t, 30.0), 1e-3);
    assert_near((double)g->flow[0], fmin(0.03 + 0.001 * t, 0.05), 1e-6);
  }
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* The auto-driller: rate of penetration and standpipe pressure stay near their limits. */
static void test_auto_driller(void **state) {
  (void)state;
  test_rock soft = {1500.0, 12e6, 0.1, 0.0, 0.0};
  idr_well *well = test_well(&soft);
  idr_drill_group *g = one_rock_group();
  well->rig.rop_max = 20.0 / 3600.0;
  well->rig.pressure_max = 8e6;
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 1500.0, 100e3f, 15.0f, 0.045f);
  for (int t = 0; t < 30; t++)
    idr_drill_step(g, 10);
  assert_true((double)g->mean[IDR_CHANNEL_ROP][0] < 1.1 * well->rig.rop_max);
  assert_true((double)g->mean[IDR_CHANNEL_ROP][0] > 0.5 * well->rig.rop_max);
  assert_near((double)g->mean[IDR_CHANNEL_SPP][0] / 8e6, 1.0, 0.03);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* More weight than founder gains next to nothing, and in clay it loses what balls the bit. */
static void test_founder_in_the_field(void **state) {
  (void)state;
  test_rock clay = {1500.0, 25e6, 0.1, 0.8, 0.0};
  idr_well *well = test_well(&clay);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 1500.0, 25e3f * (float)(1 + i % 8), 14.0f, 0.035f);
  for (int t = 0; t < 180; t++)
    idr_drill_step(g, 10);
  const float *rop = g->mean[IDR_CHANNEL_ROP];
  assert_true(rop[1] > 1.5f * rop[0]);
  assert_true(rop[2] > rop[5]); /* 75 kN drills faster than 150 kN */
  assert_true(g->balling[5] > 0.3f && g->balling[0] < 0.05f);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Stick-slip in WOB and speed: at 7 rad/s heavy weight sticks and light weight does not, at 18
 * rad/s neither does; where it sticks the bit wears faster per metre. */
static void test_stick_slip_in_the_field(void **state) {
  (void)state;
  test_rock hard = {2500.0, 100e6, 0.5, 0.0, 0.0};
  idr_well *well = test_well(&hard);
  idr_drill_group *g = one_rock_group();
  const float wob[] = {20e3f, 130e3f}, omega[] = {7.0f, 18.0f};
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, wob[i % 2], omega[i / 2 % 2], 0.035f);
  for (int t = 0; t < 60; t++)
    idr_drill_step(g, 10);
  const float *stuck = g->value[IDR_CHANNEL_STUCK], *index = g->value[IDR_CHANNEL_SSI];
  assert_true(stuck[0] == 0.0f && index[0] < 0.1f);
  assert_true(stuck[1] > 0.1f && index[1] > 0.9f);
  assert_true(stuck[2] == 0.0f && stuck[3] == 0.0f && index[2] < 0.1f && index[3] < 0.3f);
  double slow = g->bits_worn[1] / (g->depth[1] - g->start_depth[1]);
  double fast = g->bits_worn[3] / (g->depth[3] - g->start_depth[3]);
  assert_true(slow > 2.0 * fast);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* A dull bit is tripped: sharp again, hole clean, time booked; the worn share is counted. */
static void test_bit_trip(void **state) {
  (void)state;
  test_rock abrasive = {2000.0, 150e6, 3.0, 0.0, 0.0};
  idr_well *well = test_well(&abrasive);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2000.0, 180e3f, 16.0f, 0.035f);
  int t = 0;
  while (g->trips[0] == 0 && t++ < 20000)
    idr_drill_step(g, 10);
  assert_int_equal(g->trips[0], 1);
  assert_true(g->wear[0] < 0.1f);
  assert_near(g->bits_worn[0], 0.8 + (double)g->wear[0], 0.01); /* it began at 0.2 */
  assert_near(g->trip_time[0], 2.0 * g->depth[0] / well->rig.trip_speed + 3600.0, 30.0);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Cleaning in an inclined hole: little flow builds a bed and raises ECD above that of a clean hole,
 * much flow keeps it clean; starved for long, the hole packs off. */
static void test_hole_cleaning(void **state) {
  (void)state;
  test_rock leaning = {2500.0, 30e6, 0.1, 0.0, 65.0 * M_PI / 180.0};
  idr_well *well = test_well(&leaning);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, 60e3f, 14.0f, i % 2 ? 0.048f : 0.014f);
  for (int t = 0; t < 2880; t++)
    idr_drill_step(g, 10);
  double poor = g->bed[0][0] + g->bed[1][0], good = g->bed[0][1] + g->bed[1][1];
  assert_true(poor > 3.0 * good);
  assert_true(g->failure[0] & IDR_FAILURE_PACKOFF);
  assert_int_equal(g->failure[1], IDR_FAILURE_NONE);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Mud above the fracture pressure is lost; in the end that fails the lane. */
static void test_losses(void **state) {
  (void)state;
  idr_well *well = test_well(&medium);
  idr_drill_group *g = one_rock_group();
  well->layer[0].fracture_density = 1160.0f;
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, 60e3f, 14.0f, 0.045f);
  idr_drill_step(g, 10);
  assert_true(g->value[IDR_CHANNEL_FLOW_OUT][0] < g->value[IDR_CHANNEL_FLOW_IN][0]);
  for (int t = 0; t < 3000 && !g->failure[0]; t++)
    idr_drill_step(g, 10);
  assert_int_equal(g->failure[0], IDR_FAILURE_LOSSES);
  assert_true(g->lost_time[0] > 0.0);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* ECD is the static density without friction plus what friction adds; no flow limit leaves it
 * there. */
static void test_ecd_closed_form(void **state) {
  (void)state;
  idr_well *well = test_well(&medium);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, 0.0f, 10.0f, 0.03f);
  idr_drill_step(g, 1);
  idr_rheology r = idr_rheology_prepare(1150.0f, 4.0f, 0.4f, 0.7f, 1.0f);
  const float in = 0.0254f;
  float part = idr_hydraulics_annulus(&r, 0.03f, 8.5f * in, 6.5f * in, 150.0f) +
               idr_hydraulics_annulus(&r, 0.03f, 8.5f * in, 5.0f * in, 50.0f) +
               idr_hydraulics_annulus(&r, 0.03f, 8.681f * in, 5.0f * in, 2300.0f);
  double expected = 1150.0 + (double)part / 9.80665 / 2500.0;
  assert_near((double)g->value[IDR_CHANNEL_ECD][0], expected, 0.2);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Total depth stops the bit and the step goes on. */
static void test_total_depth(void **state) {
  (void)state;
  idr_well *well = test_well(&medium);
  idr_drill_group *g = one_rock_group();
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, well->depth - 1.0, 120e3f, 14.0f, 0.035f);
  for (int t = 0; t < 60; t++)
    idr_drill_step(g, 10);
  const char *field;
  assert_true(g->depth[0] == well->depth);
  assert_true(g->value[IDR_CHANNEL_ROP][0] == 0.0f);
  assert_int_equal(idr_drill_scan(g, 0, IDR_LANES, &field), -1);
  g->twist[9] = NAN;
  assert_int_equal(idr_drill_scan(g, 0, IDR_LANES, &field), 9);
  assert_string_equal(field, "twist");
  idr_drill_group_free(g);
  idr_well_free(well);
}

static void test_bad_starts(void **state) {
  (void)state;
  idr_well *well = test_well(&medium);
  idr_drill_group *g = one_rock_group();
  idr_drill_start deep = {1e5, 0.0, 10.0f, 0.03f}, dull = {2500.0, 1.0, 10.0f, 0.03f};
  assert_int_equal(idr_drill_reset(g, 0, well, &deep), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_drill_reset(g, 0, well, &dull), IDR_STATUS_ARGUMENT);
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* In the field units of Jorden and Shirley: log(R/60N) / log(12W/10^6 d), by normal over actual
 * mud. */
static void test_d_exponent(void **state) {
  (void)state;
  idr_well *well[IDR_LANES];
  idr_drill_group *g = mixed_group(well);
  int drilling = 0;
  idr_drill_step(g, 120);
  for (int i = 0; i < IDR_LANES; i++) {
    double rop = (double)g->value[IDR_CHANNEL_ROP][i] / 0.3048 * 3600.0;
    double rpm = (double)g->omega_top[i] * 30.0 / M_PI, weight = (double)g->wob[i] / 4.4482216;
    double inches = 2.0 * (double)g->bit_radius[i] / 0.0254;
    if (rop < 1.0 || rpm < 10.0 || weight < 2000.0) continue;
    double d = log(rop / (60.0 * rpm)) / log(12.0 * weight / (1e6 * inches));
    assert_near(g->value[IDR_CHANNEL_DXC][i], d * 1042.6 / (double)g->mud_density[i], 1e-3);
    drilling++;
  }
  assert_true(drilling > 20);
  free_wells(well);
  idr_drill_group_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lanes_are_alone),
      cmocka_unit_test(test_save_and_load),
      cmocka_unit_test(test_balances),
      cmocka_unit_test(test_rock_volume),
      cmocka_unit_test(test_aggregates),
      cmocka_unit_test(test_limits_and_rates),
      cmocka_unit_test(test_auto_driller),
      cmocka_unit_test(test_founder_in_the_field),
      cmocka_unit_test(test_stick_slip_in_the_field),
      cmocka_unit_test(test_bit_trip),
      cmocka_unit_test(test_hole_cleaning),
      cmocka_unit_test(test_losses),
      cmocka_unit_test(test_ecd_closed_form),
      cmocka_unit_test(test_d_exponent),
      cmocka_unit_test(test_total_depth),
      cmocka_unit_test(test_bad_starts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
