/* ctest: timeout 900
 * The string in the step: a bit that stands or hangs does not drill, top drives that answer the
 * string widen what is free of stick-slip, faults hold what they should, channels agree with each
 * other, and nothing that a rig permits leaves the numbers. */
#include "base/random.h"
#include "support/drill_wells.h"

static const test_rock hard = {2500.0, 100e6, 0.5, 0.0, 0.0};

static idr_drill_group *all_at(const idr_well *well, float wob, float omega) {
  idr_drill_group *g;
  assert_int_equal(idr_drill_group_create(&g), IDR_STATUS_OK);
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0, wob, omega, 0.035f);
  return g;
}

static void run(idr_drill_group *g, int seconds) {
  for (int t = 0; t < seconds; t++)
    idr_drill_step(g, 1);
}

static void end(idr_drill_group *g, idr_well *well) {
  idr_drill_group_free(g);
  idr_well_free(well);
}

/* Off bottom the string turns and nothing is cut; back on bottom it drills on as before. */
static void test_off_bottom(void **state) {
  (void)state;
  idr_well *well = test_well(&hard);
  idr_drill_group *g = all_at(well, 80e3f, 14.0f);
  run(g, 60);
  idr_drill_step(g, 60);
  float rop = g->mean[IDR_CHANNEL_ROP][0];
  double depth = g->depth[0], bit = depth - 3.0;
  g->bit_depth[0] = bit;
  for (int t = 0; t < 60; t++) {
    idr_drill_step(g, 1);
    assert_true(g->depth[0] == depth && g->bit_depth[0] == bit);
    assert_true(g->value[IDR_CHANNEL_BIT_WEIGHT][0] == 0.0f && g->sink_speed[0] == 0.0f);
    assert_true(g->value[IDR_CHANNEL_AXIAL_VIBRATION][0] <= 1.0f);
  }
  idr_drill_step(g, 30);
  /* The drive does not brake, and off bottom nothing else does in a vertical hole. */
  assert_near((double)g->mean[IDR_CHANNEL_OMEGA_BIT][0], 14.5, 0.75);
  g->bit_depth[0] = g->depth[0];
  g->wob[0] = 0.0f; /* weight comes slowly, or the blow would make it stick and slip */
  run(g, 60);
  idr_drill_step(g, 60);
  assert_true(g->depth[0] > depth && g->bit_depth[0] == g->depth[0]);
  assert_near((double)(g->mean[IDR_CHANNEL_ROP][0] / rop), 1.0, 0.05);
  end(g, well);
}

/* Rotation stops under weight: the bit settles by no more than a depth of cut, and stays there for
 * an hour; it drills again when rotation comes back. */
static void test_standing(void **state) {
  (void)state;
  idr_well *well = test_well(&hard);
  idr_drill_group *g = all_at(well, 120e3f, 14.0f);
  run(g, 120);
  g->omega_set[0] = 0.0f;
  run(g, 60);
  double depth = g->depth[0];
  run(g, 3600);
  assert_true(g->omega_top[0] == 0.0f && g->omega_bit[0] == 0.0f);
  assert_true(g->depth[0] == depth);
  assert_near((double)g->value[IDR_CHANNEL_BIT_WEIGHT][0] / 120e3, 1.0, 0.05);
  g->omega_set[0] = 14.0f;
  run(g, 120);
  assert_true(g->depth[0] > depth + 0.1);
  end(g, well);
}

/* Mean weight on the bit is the weight put on it, greatest values are no less than means, and the
 * metres that the ROP says are those of the depth. */
static void test_channels(void **state) {
  (void)state;
  idr_well *well = test_well(&hard);
  idr_drill_group *g = all_at(well, 100e3f, 16.0f);
  run(g, 60);
  double weight = 0.0, torque = 0.0, metres = 0.0, begin = g->depth[0];
  for (int t = 0; t < 120; t++) {
    idr_drill_step(g, 1);
    weight += (double)g->value[IDR_CHANNEL_BIT_WEIGHT][0] / 120.0;
    torque += (double)g->value[IDR_CHANNEL_BIT_TORQUE][0] / 120.0;
    metres += (double)g->value[IDR_CHANNEL_ROP][0];
    assert_true(g->value[IDR_CHANNEL_WOB_MAX][0] >= g->value[IDR_CHANNEL_BIT_WEIGHT][0]);
    assert_true(g->value[IDR_CHANNEL_TORQUE_MAX][0] >= g->value[IDR_CHANNEL_TORQUE][0]);
  }
  print_message("weight %.1f kN of 100, torque %.2f kN m, %.3f m\n", weight / 1e3, torque / 1e3,
                metres);
  assert_near(weight / 100e3, 1.0, 0.01);
  assert_near(metres / (g->depth[0] - begin), 1.0, 1e-5);
  /* What the bit takes, and half of the string's friction (the other half is at the top). */
  double string = (double)g->friction_kinetic[0];
  assert_near((double)g->value[IDR_CHANNEL_TORQUE][0] / (torque + string), 1.0, 0.1);
  end(g, well);
}

/* The lowest speed, of a row of them, from which on nothing sticks. */
static float free_from(int control) {
  idr_well *well = test_well(&hard);
  well->rig.top_drive_control = control;
  idr_drill_group *g = all_at(well, 150e3f, 10.0f);
  for (int i = 0; i < IDR_LANES; i++) {
    idr_drill_start start = {2500.0, 0.5, 3.0f + 0.2f * (float)i, 0.035f};
    assert_int_equal(idr_drill_reset(g, i, well, &start), IDR_STATUS_OK);
    g->wob_set[i] = 150e3f;
  }
  run(g, 400);
  int worst = -1;
  for (int i = 0; i < IDR_LANES; i++)
    if (g->value[IDR_CHANNEL_STUCK][i] > 0.0f) worst = i;
  float speed = 3.0f + 0.2f * (float)(worst + 1);
  end(g, well);
  return speed;
}

static void test_top_drives(void **state) {
  (void)state;
  float stiff = free_from(IDR_CONTROL_STIFF), soft = free_from(IDR_CONTROL_SOFT_TORQUE);
  float matched = free_from(IDR_CONTROL_Z_TORQUE);
  print_message("free of sticking from %.1f rad/s (stiff), %.1f (soft torque), %.1f (Z-torque)\n",
                (double)stiff, (double)soft, (double)matched);
  assert_true(soft < stiff - 1.0f && matched < stiff - 1.0f);
}

/* The hole's grip adds to the torque at surface, and holds the string when it is more than the top
 * drive has; a hole that takes all the weight leaves the bit none. */
static void test_faults(void **state) {
  (void)state;
  idr_well *well = test_well(&hard);
  idr_drill_group *g = all_at(well, 80e3f, 16.0f);
  g->fault_grip_torque[1] = 4e3f;
  g->fault_grip_torque[2] = 60e3f;
  g->fault_grip_force[3] = 100e3f;
  g->fault_lateral[4] = 0.5f;
  run(g, 300);
  const float *torque = g->value[IDR_CHANNEL_TORQUE];
  assert_near((double)(torque[1] - torque[0]), 4e3, 200.0);
  assert_true(g->omega_bit[2] == 0.0f && g->value[IDR_CHANNEL_ROP][2] == 0.0f);
  assert_near((double)torque[2], well->rig.torque_max, 1.0);
  assert_true(g->value[IDR_CHANNEL_ROP][3] == 0.0f && g->value[IDR_CHANNEL_BIT_WEIGHT][3] == 0.0f);
  const float *lateral = g->value[IDR_CHANNEL_LATERAL_VIBRATION];
  assert_true(lateral[4] > lateral[0] + 5.0f && lateral[0] >= 0.0f);
  end(g, well);
}

/* A quarter of an hour at anything the rig permits, set-points drawn anew every 20 s, in shallow
 * and deep, soft and hard wells with sharp and worn bits, under every top drive: numbers stay
 * finite and within what energy allows. */
static void test_anything_permitted(void **state) {
  (void)state;
  const double depth[] = {300.0, 1500.0, 4500.0}, ucs[] = {8e6, 60e6, 300e6};
  for (int k = 0; k < 9; k++) {
    test_rock rock = {depth[k % 3], ucs[k / 3], 0.1, 0.2, 0.0};
    idr_well *well = test_well(&rock);
    well->rig.top_drive_control = k % 3;
    idr_drill_group *g;
    assert_int_equal(idr_drill_group_create(&g), IDR_STATUS_OK);
    for (int i = 0; i < IDR_LANES; i++) {
      idr_drill_start start = {depth[k % 3], 0.015 * i, 10.0f, 0.03f};
      assert_int_equal(idr_drill_reset(g, i, well, &start), IDR_STATUS_OK);
    }
    float fastest = 0.0f, bounce = 0.0f;
    const char *field;
    for (uint32_t t = 0; t < 900; t++) {
      for (int i = 0; i < IDR_LANES && t % 20 == 0; i++) {
        idr_random4 r = idr_random_draw(3, (uint32_t)i, 0, t, IDR_PURPOSE_RESET, (uint32_t)k);
        g->wob_set[i] = (float)(well->rig.wob_max) * idr_random_uniform(r.word[0]);
        g->omega_set[i] = r.word[3] % 4 ? 30.0f * idr_random_uniform(r.word[1]) : 0.0f;
        g->flow_set[i] = 0.05f * idr_random_uniform(r.word[2]);
        g->bit_depth[i] = g->depth[i] - (r.word[3] % 16 == 1 ? 1.0 : 0.0);
      }
      idr_drill_step(g, 1);
      for (int i = 0; i < IDR_LANES; i++) {
        fastest = fmaxf(fastest, g->most[IDR_CHANNEL_OMEGA_BIT][i]);
        bounce = fmaxf(bounce, g->value[IDR_CHANNEL_WOB_MAX][i]);
        assert_true(fabsf(g->sink_speed[i]) < 5.0f && g->trail_max[0][i] < 150.0f);
      }
    }
    print_message("%4.0f m, %3.0f MPa: mean of a second up to %.0f rad/s, weight up to %.0f kN\n",
                  depth[k % 3], ucs[k / 3] / 1e6, (double)fastest, (double)bounce / 1e3);
    assert_int_equal(idr_drill_scan(g, 0, IDR_LANES, &field), -1);
    end(g, well);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_off_bottom), cmocka_unit_test(test_standing),
      cmocka_unit_test(test_channels),   cmocka_unit_test(test_top_drives),
      cmocka_unit_test(test_faults),     cmocka_unit_test(test_anything_permitted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
