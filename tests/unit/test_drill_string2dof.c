/* ctest: timeout 120
 * The bit that cuts what its own blades left: volume of rock, the law of bitrock.h when steady, an
 * independent integrator in double precision with the delay itself (Runge-Kutta and a search in the
 * history), energy, sub-steps, lanes. Parameters: Richard, Germay and Detournay. */
#include "jobs/verify_cut.h"
#include "support/near.h"

#include <string.h>

#define LANES 64

/* Weight and depth of cut are each other's inverse in all three phases. */
static void test_weight_of_depth(void **state) {
  (void)state;
  idr_bit_law law = idr_bit_prepare(0.108f, 80e6f, 4e-3f, 6e-3f);
  for (float wob = 1e3f; wob < 2.0f * law.wob_founder; wob += 3e3f)
    assert_near(idr_bit_weight(&law, idr_bit_cut(&law, wob)) / wob, 1.0f, 3e-6f);
  assert_near(idr_bit_weight(&law, 0.0f), 0.0f, 0.0f);
}

/* A bit that goes down and turns at changing speeds, in closed form: the depth of cut is what the
 * bit went down since the blade in front was here. */
static void test_delay_in_closed_form(void **state) {
  (void)state;
  float profile[IDR_CUT_CELLS + 1] = {0}, phase = 0.0f;
  double angle = 0.0, worst = 0.0, blades = 4.0;
  for (int k = 0; k < 20000; k++) {
    double next = angle + 0.03 * (1.0 + sin(0.01 * k)); /* stands now and then */
    /* U = 1 mm (Phi + 0.3 sin 2 Phi) */
    double down = 1e-3 * (next - angle + 0.3 * (sin(2.0 * next) - sin(2.0 * angle)));
    phase = idr_cut_turn(profile, IDR_CUT_CELLS, 1, phase, (float)blades, (float)(next - angle),
                         (float)down);
    angle = next;
    double then = angle - 2.0 * M_PI / blades;
    double exact = 1e-3 * (angle - then + 0.3 * (sin(2.0 * angle) - sin(2.0 * then)));
    if (then > 0.0)
      worst =
          fmax(worst, fabs((double)idr_cut_depth(profile, IDR_CUT_CELLS, 1, phase, 1.0f) - exact));
  }
  print_message("worst %.2g mm of 2.2\n", 1e3 * worst);
  assert_true(worst < 0.01e-3);
}

/* Steady cutting is that of bitrock.h, in every phase: weight, torque and depth of cut hold. (Not
 * for ever: the idr_cut_motion is unstable, so only the first turn is looked at.) */
static void test_steady_cutting(void **state) {
  (void)state;
  idr_cut_rig r = idr_verify_cut_rig(2e-3, 12.0);
  r.law = idr_bit_prepare(0.108f, 80e6f, 4e-3f, 6e-3f);
  for (float wob = 10e3f; wob < 1.3f * r.law.wob_founder; wob += 20e3f) {
    r.cut.weight = wob;
    idr_cut_run e = idr_verify_cut_start(&r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.0);
    float depth = idr_bit_cut(&r.law, wob), contact = idr_bit_contact_force(&r.law, wob, depth);
    float torque = idr_bit_cutting_torque(&r.law, depth) + idr_bit_contact_torque(&r.law, contact);
    for (int k = 0; k < IDR_CUT_STEPS / 2; k++) {
      idr_cut_view v = idr_verify_cut_step(&r, &e);
      assert_near(v.depth / depth, 1.0f, 2e-3f);
      assert_near(v.weight / wob, 1.0f, 2e-3f);
      assert_near(v.torque / torque, 1.0f, 2e-3f);
    }
  }
}

static double trace_difference(const idr_cut_motion *a, const idr_cut_motion *b) {
  double sum = 0.0;
  for (int k = 0; k < 100; k++)
    sum += fabs(a->trace[k] - b->trace[k]) / 100.0;
  return sum;
}

/* A disturbed bit over two seconds (some 15 delays): the engine comes to the integrator with the
 * true delay as cells and sub-steps are refined, to a thousandth (what float leaves). */
static void test_against_true_delay(void **state) {
  (void)state;
  idr_cut_rig r = idr_verify_cut_rig(4e-3, 12.0);
  idr_cut_motion reference = idr_verify_cut_reference(&r, 1.2, 2.0, 1e-4);
  idr_cut_motion check = idr_verify_cut_reference(&r, 1.2, 2.0, 5e-5);
  double scale = 0.0, before = 0.0;
  for (int k = 0; k < 100; k++)
    scale = fmax(scale, fabs(reference.trace[k] - reference.trace[0] / 1.2));
  print_message("disturbance up to %.3g mm/s, reference itself good to %.2g of it\n", 1e3 * scale,
                trace_difference(&reference, &check) / scale);
  for (int cells = 8; cells <= IDR_VERIFY_CUT_CELLS; cells *= 4) {
    idr_cut_motion m = idr_verify_cut_engine(&r, cells, 50 * cells, 1.2, 2.0);
    double off = trace_difference(&m, &reference) / scale;
    print_message("%4d cells, %5d sub-steps: %.4f of the disturbance\n", cells, 50 * cells, off);
    if (cells == 8) assert_true(off < 0.05);
    if (cells > 8) assert_true(off < before);
    before = off;
  }
  assert_true(before < 1.5e-3);
}

/* Limit cycles, axial and torsional, sticking at low speed and not at high: rate of penetration,
 * greatest bit speed and stuck fraction are those of the integrator with the true delay. The
 * undamped string of the published set. */
static void test_limit_cycles(void **state) {
  (void)state;
  const double depth[] = {8e-3, 5e-3, 5e-3}, omega[] = {4.0, 8.0, 12.0};
  for (int k = 0; k < 3; k++) {
    idr_cut_rig r = idr_verify_cut_rig(depth[k], omega[k]);
    r.damping = 0.0;
    idr_cut_motion f = idr_verify_cut_reference(&r, 1.05, 60.0, 2e-4);
    idr_cut_motion e = idr_verify_cut_engine(&r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05, 60.0);
    print_message("%4.0f rad/s: ROP %.3f %.3f mm/s, bit up to %.2f %.2f rad/s, stuck %.3f %.3f\n",
                  omega[k], 1e3 * e.rop, 1e3 * f.rop, e.omega_max, f.omega_max, e.stuck, f.stuck);
    assert_near(e.rop / f.rop, 1.0, 0.03);
    assert_near(e.omega_max / f.omega_max, 1.0, 0.03);
    assert_near(e.stuck, f.stuck, 0.03);
    assert_true((e.stuck > 0.05) == (omega[k] < 10.0));
  }
}

/* 200 sub-steps a second against 4,000: the same answer where the idr_cut_motion is chaotic too. */
static void test_refinement(void **state) {
  (void)state;
  for (double omega = 4.0; omega < 21.0; omega += 8.0) {
    idr_cut_rig r = idr_verify_cut_rig(5e-3, omega);
    idr_cut_motion coarse = idr_verify_cut_engine(&r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05, 60.0);
    idr_cut_motion fine = idr_verify_cut_engine(&r, IDR_CUT_CELLS, 20 * IDR_CUT_STEPS, 1.05, 60.0);
    assert_near(coarse.rop / fine.rop, 1.0, 0.02);
    assert_near(coarse.omega_max / fine.omega_max, 1.0, 0.03);
    assert_near(coarse.stuck, fine.stuck, 0.03);
  }
}

/* The loop over lanes gives each lane the bits that it has alone. */
static void test_lanes(void **state) {
  (void)state;
  static float profile[(IDR_CUT_CELLS + 1) * LANES];
  static idr_cut_state lane[LANES];
  static idr_cut cut[LANES];
  idr_cut_run alone[LANES];
  idr_cut_rig r = idr_verify_cut_rig(5e-3, 8.0);
  for (int i = 0; i < LANES; i++) {
    idr_cut_rig own = r;
    own.cut.weight += 200.0f * (float)i;
    cut[i] = own.cut;
    alone[i] = idr_verify_cut_start(&own, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05);
    lane[i] = alone[i].s;
    for (int k = 0; k <= IDR_CUT_CELLS; k++)
      profile[k * LANES + i] = alone[i].profile[k];
  }
  idr_torsion torsion = alone[0].torsion;
  for (int step = 0; step < 10 * IDR_CUT_STEPS; step++) {
    IDR_SIMD
    for (int i = 0; i < LANES; i++) {
      idr_cut_view view;
      lane[i] = idr_cut_step(&cut[i], &r.law, &torsion, lane[i], profile + i, IDR_CUT_CELLS, LANES,
                             1.0f / IDR_CUT_STEPS, &view);
    }
  }
  for (int i = 0; i < LANES; i++) {
    idr_cut_rig own = r;
    own.cut = cut[i];
    for (int step = 0; step < 10 * IDR_CUT_STEPS; step++)
      idr_verify_cut_step(&own, &alone[i]);
    assert_memory_equal(&alone[i].s, &lane[i], sizeof lane[i]);
  }
}

/* Work of the hook and the top drive against what bit, mud and state take, counted at the speeds of
 * the end of each sub-step, over half a minute of sticking and slipping: part of the work. */
static double energy_residual(int steps) {
  idr_cut_rig r = idr_verify_cut_rig(8e-3, 4.0);
  idr_cut_run e = idr_verify_cut_start(&r, IDR_CUT_CELLS, steps, 1.05);
  e.torsion = idr_torsion_prepare((float)r.stiffness, (float)r.damping, 2900.0f, (float)r.inertia,
                                  (float)r.omega, 1e6f, 0.0f, 0.0f, 0.0f, e.dt);
  double work = 0.0, lost = 0.0, stored[2], dt = (double)e.dt;
  for (int k = 0; k <= 30 * steps; k++) {
    double slip = (double)e.s.turn.omega_top - (double)e.s.turn.omega_bit;
    if (k == 0 || k == 30 * steps)
      stored[k > 0] =
          0.5 * (34000.0 * pow((double)e.s.speed, 2) + 2900.0 * pow((double)e.s.turn.omega_top, 2) +
                 r.inertia * pow((double)e.s.turn.omega_bit, 2) +
                 r.stiffness * pow((double)e.s.turn.twist, 2));
    idr_cut_view v = idr_verify_cut_step(&r, &e);
    if (k == 30 * steps) break;
    work += dt * ((double)r.cut.weight * (double)e.s.speed +
                  (double)v.motor * (double)e.s.turn.omega_top);
    lost += dt * ((double)v.weight * (double)e.s.speed +
                  (double)v.torque * (double)e.s.turn.omega_bit + r.damping * slip * slip);
  }
  return (work - lost - (stored[1] - stored[0])) / work;
}

static void test_energy(void **state) {
  (void)state;
  double before = energy_residual(IDR_CUT_STEPS / 2);
  for (int steps = IDR_CUT_STEPS; steps <= 4 * IDR_CUT_STEPS; steps *= 2) {
    double now = energy_residual(steps);
    print_message("%d sub-steps: %.3f %% of the work\n", steps, 100.0 * now);
    assert_near(before / now, 2.0, 0.3);
    assert_true(fabs(now) < 0.005);
    before = now;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_weight_of_depth), cmocka_unit_test(test_delay_in_closed_form),
      cmocka_unit_test(test_steady_cutting),  cmocka_unit_test(test_against_true_delay),
      cmocka_unit_test(test_limit_cycles),    cmocka_unit_test(test_refinement),
      cmocka_unit_test(test_lanes),           cmocka_unit_test(test_energy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
