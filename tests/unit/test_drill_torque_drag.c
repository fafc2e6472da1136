/* Torque and drag against closed forms: straight holes, a bend, a catenary; buckling and whirl. */
#include "drill/critical_speed.h"
#include "drill/torque_drag.h"
#include "drill/trajectory.h"
#include "support/near.h"

#include <string.h>

#define FRICTION 0.3

static const idr_drag_section pipe_only = {1e5, 240.0, 0.08, 1.2e6, 0.04};
static const idr_drag_motion rotating = {FRICTION, 0.0, 1.0};
static const idr_drag_motion pulling = {FRICTION, 1.0, 0.0};
static const idr_drag_motion lowering = {FRICTION, -1.0, 0.0};

/* A string of one pipe; stations are given in degrees. */
static idr_drag_result walk(const idr_well_survey *survey, int count, double depth, double step,
                            const idr_drag_section *section, double wob,
                            const idr_drag_motion *motion) {
  idr_drag_parts parts = {1, section, count, survey, depth, step, wob, 0.0, 0.0};
  idr_drag_result out;
  assert_int_equal(idr_drag_walk(&parts, motion, &out), IDR_STATUS_OK);
  return out;
}

/* w L (cos I +- mu sin I), torque mu w L sin I r, whatever the step. */
static void test_straight_holes(void **state) {
  (void)state;
  for (double inc = 0.0; inc < 1.6; inc += 0.3)
    for (double step = 7.0; step < 80.0; step *= 3.0) {
      idr_well_survey s = {1000.0, inc, 2.0};
      double weight = 240.0 * 1234.0, side = weight * sin(inc);
      idr_drag_result r = walk(&s, 1, 1234.0, step, &pipe_only, 0.0, &rotating);
      assert_near(r.hookload, weight * cos(inc), 1e-6);
      assert_near(r.torque, FRICTION * side * 0.08, 1e-6);
      r = walk(&s, 1, 1234.0, step, &pipe_only, 0.0, &pulling);
      assert_near(r.hookload, weight * cos(inc) + FRICTION * side, 1e-6);
      assert_near(r.torque, 0.0, 0.0);
      r = walk(&s, 1, 1234.0, step, &pipe_only, 0.0, &lowering);
      assert_near(r.hookload, weight * cos(inc) - FRICTION * side, 1e-6);
    }
}

/* A weightless string pulled round a bend: exp(mu angle), in any plane, of second order. */
static void test_capstan(void **state) {
  (void)state;
  idr_drag_section light = pipe_only;
  light.weight = 0.0;
  const idr_well_survey up[] = {{0.0, 0.0, 0.0}, {600.0, M_PI / 3, 0.0}};
  const idr_well_survey flat[] = {{0.0, M_PI / 2, 0.2}, {600.0, M_PI / 2, 0.2 + M_PI / 3}};
  const idr_well_survey east[] = {{0.0, 0.0, 1.6}, {600.0, M_PI / 3, 1.6}};
  const idr_well_survey north[] = {{0.0, M_PI / 2, 6.0},
                                   {600.0, M_PI / 2, 6.0 + M_PI / 3 - 2 * M_PI}};
  const idr_well_survey *plane[] = {up, flat, east, north};
  for (int k = 0; k < 4; k++) {
    double before = 0.0, exact = 1e5 * exp(FRICTION * M_PI / 3);
    for (double step = 40.0; step > 2.0; step *= 0.5) {
      idr_drag_result r = walk(plane[k], 2, 600.0, step, &light, -1e5, &pulling);
      double off = fabs(r.hookload - exact);
      if (before > 0.0) assert_near(before / off, 4.0, 0.3);
      before = off;
    }
    assert_true(before / exact < 1e-6);
  }
  assert_near(walk(up, 2, 600.0, 10.0, &light, -1e5, &lowering).hookload,
              1e5 * exp(-FRICTION * M_PI / 3), 1.0);
}

/* Without friction the hook bears what hangs vertically, along any path: w times the vertical depth
 * by minimum curvature. */
static void test_vertical_depth(void **state) {
  (void)state;
  const idr_well_survey s[] = {
      {0.0, 0.0, 0.0}, {500.0, 0.0, 0.0}, {1400.0, 1.2, 6.0}, {2500.0, 1.3, 0.4}};
  const idr_drag_motion smooth = {0.0, 1.0, 0.0};
  double vertical = 0.0, arc[3];
  for (int i = 1; i < 4; i++) {
    idr_trajectory_advance(s[i].md - s[i - 1].md, s[i - 1].inclination, s[i - 1].azimuth,
                           s[i].inclination, s[i].azimuth, arc);
    vertical += arc[2];
  }
  assert_near(walk(s, 4, 2500.0, 20.0, &pipe_only, 0.0, &smooth).hookload / (240.0 * vertical), 1.0,
              1e-4);
  assert_near(walk(s, 4, 2500.0, 0.5, &pipe_only, 0.0, &smooth).hookload / (240.0 * vertical), 1.0,
              1e-7);
}

/* The whole table of motions: pulling needs most, lowering least, turning while pulling less than
 * pulling; as turning becomes fast, drag goes to nothing (capstan of a turning string). */
static void test_shared_friction(void **state) {
  (void)state;
  idr_well_survey s = {1000.0, 1.0, 0.0};
  double still = walk(&s, 1, 1000.0, 10.0, &pipe_only, 0.0, &rotating).hookload, before = 1e9;
  for (double around = 0.0; around < 40.0; around = 2.0 * around + 0.1) {
    idr_drag_motion m = idr_drag_motion_of(FRICTION, 0.3, around);
    assert_near(m.along * m.along + m.around * m.around, 1.0, 1e-12);
    double load = walk(&s, 1, 1000.0, 10.0, &pipe_only, 0.0, &m).hookload;
    assert_true(load < before && load > still);
    before = load;
  }
  assert_near(before / still, 1.0, 0.01);
  idr_drag_motion rest = idr_drag_motion_of(FRICTION, 0.0, 0.0);
  assert_true(rest.along == 0.0 && rest.around == 0.0);
}

/* Weight on bit puts the lower part under compression: the neutral point lies at WOB/(w cos I), and
 * what lies below the point where compression exceeds the limit is buckled. */
static void test_buckled_length(void **state) {
  (void)state;
  double inc = 0.8, wob = 100e3;
  idr_well_survey s = {1000.0, inc, 0.0};
  const idr_drag_motion none = {0.0, 0.0, 0.0};
  idr_drag_result r = walk(&s, 1, 3000.0, 1.0, &pipe_only, wob, &none);
  double limit = idr_buckling_sine(1.2e6, 240.0, inc, 0.04), per_metre = 240.0 * cos(inc);
  assert_true(limit > wob); /* held straight by the wall */
  assert_near(r.neutral, wob / per_metre, 1.0);
  assert_near(r.sine, 0.0, 0.0);
  idr_well_survey upright = {1000.0, 0.0, 0.0};
  r = walk(&upright, 1, 3000.0, 1.0, &pipe_only, wob, &none);
  double vertical = idr_buckling_vertical(1.2e6, 240.0);
  assert_near(r.sine, (wob - vertical) / 240.0, 1.0);
  assert_near(r.helix, (wob - IDR_BUCKLING_HELIX_CHEN * vertical) / 240.0, 1.0);
  assert_near(r.compression, wob, 0.0);
}

/* Sections from the bit up: the sum of their weights, however steps fall on their ends. */
static void test_sections(void **state) {
  (void)state;
  const idr_drag_section s[] = {
      {97.3, 1500.0, 0.1, 4e7, 0.03}, {55.1, 700.0, 0.08, 3e6, 0.04}, pipe_only};
  idr_well_survey upright = {1000.0, 0.0, 0.0};
  idr_drag_parts parts = {3, s, 1, &upright, 1000.0, 10.0, 0.0, 0.0, 5e5};
  idr_drag_result r;
  assert_int_equal(idr_drag_walk(&parts, &rotating, &r), IDR_STATUS_OK);
  assert_near(r.hookload, 97.3 * 1500.0 + 55.1 * 700.0 + (1000.0 - 152.4) * 240.0 + 5e5, 1e-3);
  parts.section_count = 0;
  assert_int_equal(idr_drag_walk(&parts, &rotating, &r), IDR_STATUS_ARGUMENT);
  parts.section_count = 3;
  parts.depth = NAN;
  assert_int_equal(idr_drag_walk(&parts, &rotating, &r), IDR_STATUS_ARGUMENT);
  assert_non_null(strstr(idr_error_get()->message, "must be positive"));
}

/* The handbooks' rounded constants are the closed form of a pinned steel beam. */
static void test_critical_speeds(void **state) {
  (void)state;
  float inch = 0.0254f, foot = 0.3048f, rpm = 9.5492966f;
  for (float length = 20.0f; length < 45.0f; length += 5.0f) {
    float field = 33055.0f * idr_sqrtf(5.0f * 5.0f + 4.276f * 4.276f) / (length * length);
    float ours = rpm * idr_critical_lateral(5.0f * inch, 4.276f * inch, length * foot);
    assert_near(ours / field, 1.0f, 1e-3f);
  }
  /* A pinned bar under its Euler load has no stiffness left; under a quarter, sqrt(3)/2 of its
   * resonance. */
  assert_near(idr_critical_compressed(20.0f, 1.0f), 0.0f, 0.0f);
  assert_near(idr_critical_compressed(20.0f, 0.25f), 20.0f * 0.8660254f, 1e-5f);
  assert_near(idr_critical_bar(3000.0f, 1000.0f, 2), 3.0f * idr_critical_bar(3000.0f, 1000.0f, 1),
              1e-5f);
}

/* The unbalanced rotor: nothing at rest, offset/(2 z) at resonance, the offset itself far above. */
static void test_whirl(void **state) {
  (void)state;
  assert_near(idr_whirl_amplitude(0.0f, 18.0f, 5e-3f, 0.05f), 0.0f, 0.0f);
  assert_near(idr_whirl_amplitude(18.0f, 18.0f, 5e-3f, 0.05f), 5e-3f / 0.1f, 1e-7f);
  assert_near(idr_whirl_amplitude(1800.0f, 18.0f, 5e-3f, 0.05f), 5e-3f, 1e-5f);
  assert_near(idr_whirl_index(0.02f, 0.2159f, 0.1715f), 0.9009f, 1e-3f);
  /* 6.75 in collars in an 8.5 in hole roll round it 3.86 times a turn. */
  assert_near(idr_whirl_backward(10.0f, 8.5f, 6.75f), 38.571f, 1e-3f);
  assert_near(idr_whirl_acceleration(0.01f, 20.0f), 2.8284f, 1e-3f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_straight_holes),  cmocka_unit_test(test_capstan),
      cmocka_unit_test(test_vertical_depth),  cmocka_unit_test(test_shared_friction),
      cmocka_unit_test(test_buckled_length),  cmocka_unit_test(test_sections),
      cmocka_unit_test(test_critical_speeds), cmocka_unit_test(test_whirl),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
