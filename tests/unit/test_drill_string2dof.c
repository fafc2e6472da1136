/* ctest: timeout 900
 * The bit that cuts what its own blades left: volume of rock, the law of bitrock.h when steady, an
 * independent integrator in double precision with the delay itself (Runge-Kutta and a search in the
 * history), energy, sub-steps, lanes. Parameters: Richard, Germay and Detournay. */
#include "jobs/verify_cut.h"
#include "support/near.h"

#include <stdbool.h>
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
  const idr_cut_grid grid = idr_verify_cut_grid();
  float heights[9] = {0}, phase = 0.0f, at = 0.0f;
  double angle = 0.0, worst = 0.0, blades = 4.0;
  for (int k = 0; k < 20000; k++) {
    double next = angle + 0.03 * (1.0 + sin(0.01 * k)); /* stands now and then */
    /* U = 1 mm (Phi + 0.3 sin 2 Phi) */
    double down = 1e-3 * (next - angle + 0.3 * (sin(2.0 * next) - sin(2.0 * angle)));
    float passed = (float)(blades * (next - angle) / (2.0 * M_PI) * grid.cells);
    at = (float)down;
    phase = idr_cut_turn(heights, grid.cells, phase, passed, 1.0f / fmaxf(passed, 1e-20f), at, at);
    for (int i = 0; i <= grid.cells; i++)
      heights[i] -= at;
    angle = next;
    double then = angle - 2.0 * M_PI / blades;
    double exact = 1e-3 * (angle - then + 0.3 * (sin(2.0 * angle) - sin(2.0 * then)));
    if (then > 0.0) worst = fmax(worst, fabs(-(double)idr_cut_rock(heights, grid, phase) - exact));
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
    r.weight = (double)wob;
    idr_cut_run e = idr_verify_cut_start(&r, idr_verify_cut_grid(), 1.0);
    float depth = idr_bit_cut(&r.law, wob), contact = idr_bit_contact_force(&r.law, wob, depth);
    float torque = idr_bit_cutting_torque(&r.law, depth) + idr_bit_contact_torque(&r.law, contact);
    for (int k = 0; k < IDR_CUT_TURNS / 2; k++) {
      idr_cut_view v = idr_verify_cut_step(&e);
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
  idr_cut_motion reference = idr_verify_cut_reference(&r, 0.0, 1.2, 2.0, 1e-4);
  idr_cut_motion check = idr_verify_cut_reference(&r, 0.0, 1.2, 2.0, 5e-5);
  double scale = 0.0, before = 0.0;
  for (int k = 0; k < 100; k++)
    scale = fmax(scale, fabs(reference.trace[k] - reference.trace[0] / 1.2));
  print_message("disturbance up to %.3g mm/s, reference itself good to %.2g of it\n", 1e3 * scale,
                trace_difference(&reference, &check) / scale);
  for (int cells = 8; cells <= IDR_VERIFY_CUT_CELLS; cells *= 4) {
    idr_cut_grid grid = {cells, 0, 100 * cells / 8, 4};
    idr_cut_motion m = idr_verify_cut_engine(&r, grid, 1.2, 2.0);
    double off = trace_difference(&m, &reference) / scale;
    print_message("%4d cells, %5d x %d sub-steps: %.4f of the disturbance\n", cells, grid.turns,
                  grid.sinks, off);
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
    idr_cut_motion f = idr_verify_cut_reference(&r, 0.0, 1.05, 60.0, 2e-4);
    idr_cut_motion e = idr_verify_cut_engine(&r, idr_verify_cut_grid(), 1.05, 60.0);
    print_message("%4.0f rad/s: ROP %.3f %.3f mm/s, bit up to %.2f %.2f rad/s, stuck %.3f %.3f\n",
                  omega[k], 1e3 * e.rop, 1e3 * f.rop, e.omega_max, f.omega_max, e.stuck, f.stuck);
    assert_near(e.rop / f.rop, 1.0, 0.03);
    assert_near(e.omega_max / f.omega_max, 1.0, 0.03);
    assert_near(e.stuck, f.stuck, 0.03);
    assert_true((e.stuck > 0.05) == (omega[k] < 10.0));
  }
}

/* The step's sub-steps against a twentieth of them: the same answer where the motion is chaotic
 * too.
 */
static void test_refinement(void **state) {
  (void)state;
  for (double omega = 4.0; omega < 21.0; omega += 8.0) {
    idr_cut_rig r = idr_verify_cut_rig(5e-3, omega);
    idr_cut_grid grid = idr_verify_cut_grid(), twentieth = grid;
    twentieth.turns *= 20;
    idr_cut_motion coarse = idr_verify_cut_engine(&r, grid, 1.05, 60.0);
    idr_cut_motion fine = idr_verify_cut_engine(&r, twentieth, 1.05, 60.0);
    assert_near(coarse.rop / fine.rop, 1.0, 0.02);
    assert_near(coarse.omega_max / fine.omega_max, 1.0, 0.03);
    assert_near(coarse.stuck, fine.stuck, 0.03);
  }
}

/* ---- delays spread over the pitch, on the step's own grid ---- */

/* A bit and string of the drilling world: 8.5 in, rock of 25 to 200 MPa, collars of 28 t. */
static idr_cut_rig world(double strength, double flat, double weight, double omega) {
  idr_cut_rig r = idr_verify_cut_rig(1e-3, omega);
  r.law = idr_bit_prepare(0.108f, (float)strength, (float)flat, 6e-3f);
  r.weight = weight;
  r.mass = 28e3;
  r.blades = 5.0;
  r.sink_damping = 137e3;
  r.hold = (double)IDR_CUT_STATIC;
  r.stiffness = 600.0;
  r.inertia = 350.0;
  r.damping = 46.0;
  return r;
}

/* Smooth, and sticking and slipping, in soft and hard rock, with sharp and worn bits; not at the
 * edge of stability, where the smallest difference decides. */
static void test_spread_delays(void **state) {
  (void)state;
  const struct {
    double strength, flat, weight, omega;
    bool sticks;
  } at[] = {{25e6, 2e-3, 60e3, 7.0, false},
            {50e6, 6e-3, 180e3, 6.0, true},
            {100e6, 2e-3, 100e3, 18.0, false},
            {100e6, 2e-3, 180e3, 5.0, true},
            {200e6, 2e-3, 180e3, 18.0, false}};
  for (int k = 0; k < 5; k++) {
    idr_cut_rig r = world(at[k].strength, at[k].flat, at[k].weight, at[k].omega);
    idr_cut_motion e = idr_verify_cut_engine(&r, idr_verify_step_grid(), 1.05, 60.0);
    idr_cut_motion f = idr_verify_cut_reference(&r, 0.75, 1.05, 60.0, 2.5e-4);
    print_message("%3.0f MPa %3.0f kN %4.0f rad/s: ROP %.3f %.3f mm/s, bit up to %.2f %.2f rad/s, "
                  "stuck %.3f %.3f\n",
                  at[k].strength / 1e6, r.weight / 1e3, r.omega, 1e3 * e.rop, 1e3 * f.rop,
                  e.omega_max, f.omega_max, e.stuck, f.stuck);
    assert_near(e.rop / f.rop, 1.0, 0.03);
    assert_near(e.omega_max / f.omega_max, 1.0, 0.03);
    assert_near(e.stuck, f.stuck, 0.03);
    assert_true((e.stuck > 0.1) == at[k].sticks);
  }
}

/* The step's grid against 8 times the cells and 256 times the sub-steps, in hard rock with a worn
 * bit too, where flats are too stiff for the integrator. */
static void test_step_grid(void **state) {
  (void)state;
  const double strength[] = {50e6, 200e6, 200e6}, omega[] = {6.0, 7.0, 15.0};
  for (int k = 0; k < 3; k++) {
    idr_cut_rig r = world(strength[k], 6e-3, 180e3, omega[k]);
    idr_cut_grid fine = {8 * IDR_CUT_CELLS, 8 * IDR_CUT_SPREAD, 32 * IDR_CUT_TURNS,
                         8 * IDR_CUT_SINKS};
    idr_cut_motion e = idr_verify_cut_engine(&r, idr_verify_step_grid(), 1.05, 60.0);
    idr_cut_motion f = idr_verify_cut_engine(&r, fine, 1.05, 60.0);
    print_message("ROP %.3f %.3f mm/s, bit up to %.2f %.2f rad/s, stuck %.3f %.3f\n", 1e3 * e.rop,
                  1e3 * f.rop, e.omega_max, f.omega_max, e.stuck, f.stuck);
    assert_near(e.rop / f.rop, 1.0, 0.02);
    assert_near(e.omega_max / f.omega_max, 1.0, 0.02);
    assert_near(e.stuck, f.stuck, 0.02);
  }
}

/* The loop over lanes gives each lane the bits that it has alone. */
static void test_lanes(void **state) {
  (void)state;
  static float heights[9][LANES];
  static idr_cut_state lane[LANES];
  static idr_cut cut[LANES];
  idr_cut_run alone[LANES];
  const idr_cut_grid grid = idr_verify_cut_grid();
  idr_cut_rig r = idr_verify_cut_rig(5e-3, 8.0);
  for (int i = 0; i < LANES; i++) {
    alone[i] = idr_verify_cut_start(&r, grid, 1.05);
    alone[i].cut.push *= 1.0f + 2e-3f * (float)i;
    cut[i] = alone[i].cut;
    lane[i] = alone[i].s;
    for (int k = 0; k <= grid.cells; k++)
      heights[k][i] = alone[i].heights[k];
  }
  idr_torsion torsion = alone[0].torsion;
  for (int step = 0; step < 10 * grid.turns; step++) {
    IDR_SIMD
    for (int i = 0; i < LANES; i++) {
      idr_cut_view view;
      float own[9];
      for (int k = 0; k < 9; k++)
        own[k] = heights[k][i];
      lane[i] = idr_cut_step(&cut[i], &torsion, lane[i], own, grid, 0.0f, &view);
      for (int k = 0; k < 9; k++)
        heights[k][i] = own[k] - lane[i].at;
      lane[i].at = 0.0f;
    }
  }
  for (int i = 0; i < LANES; i++) {
    for (int step = 0; step < 10 * grid.turns; step++)
      idr_verify_cut_step(&alone[i]);
    assert_memory_equal(&alone[i].s, &lane[i], sizeof lane[i]);
  }
}

/* Work of the hook and the top drive against what bit, mud and state take, over five minutes of
 * sticking and slipping: part of the work. Forces of a sub-step times the mean speeds over it, with
 * its sign and, because signs cancel, without. */
typedef struct {
  double signed_part, part;
} residual;

static double stored_in(const idr_cut_rig *r, const idr_torsion_state *s) {
  return 0.5 * (2900.0 * pow((double)s->omega_top, 2) + r->inertia * pow((double)s->omega_bit, 2) +
                r->stiffness * pow((double)s->twist, 2));
}

/* What is missing along the hole, over the sinking sub-steps of one turning one, and what the hook
 * did, J. Forces times mean speeds; the damping's is implicit. */
static double sink_all(const idr_cut_rig *r, idr_cut_run *e, idr_cut_view *view, double *work) {
  const float dt = 1.0f / (float)(e->grid.turns * e->grid.sinks);
  float share, passed = idr_cut_begin(&e->cut, e->s.turn.omega_bit, &share, view);
  double missed = 0.0, feed = idr_verify_cut_feed(r);
  for (int k = 0; k < e->grid.sinks; k++) {
    double before = (double)e->s.speed, depth = (double)view->depth, flats = (double)view->contact;
    idr_cut_sink(&e->cut, &e->s, e->heights, e->grid, passed, share, dt, view);
    double mean = 0.5 * (before + (double)e->s.speed), after = (double)e->s.speed;
    double borne = (double)e->cut.force * ((double)e->cut.stiff * ((double)view->depth - depth) +
                                           ((double)view->contact - flats));
    double change = 0.5 * r->mass * (after * after - before * before);
    double done = (double)dt * r->weight * mean;
    double lost = (double)dt * (borne + r->sink_damping * (after - feed)) * mean;
    *work += done;
    missed += done - lost - change;
  }
  return missed;
}

static residual energy_residual(idr_cut_rig r, idr_cut_grid grid) {
  idr_cut_run e = idr_verify_cut_start(&r, grid, 1.05);
  double dt = 1.0 / grid.turns, work = 0.0, left = 0.0, missed = 0.0;
  e.torsion = idr_torsion_prepare((float)r.stiffness, (float)r.damping, 2900.0f, (float)r.inertia,
                                  (float)r.omega, 1e6f, 0.0f, 0.0f, 0.0f, (float)dt);
  for (int k = 0; k < 300 * grid.turns; k++) {
    idr_torsion_state s = e.s.turn;
    idr_cut_view v;
    double change = sink_all(&r, &e, &v, &work);
    e.s.turn = idr_cut_end(&e.cut, &e.torsion, s, grid, &v);
    for (int i = 0; i <= grid.cells; i++)
      e.heights[i] -= e.s.at;
    e.s.at = 0.0f;
    double top = 0.5 * ((double)s.omega_top + (double)e.s.turn.omega_top);
    double bit = 0.5 * ((double)s.omega_bit + (double)e.s.turn.omega_bit), slip = top - bit;
    double done = dt * (double)v.motor * top;
    double lost = dt * ((double)v.torque * bit + r.damping * slip * slip);
    change += done - lost - (stored_in(&r, &e.s.turn) - stored_in(&r, &s));
    work += done;
    left += change;
    missed += fabs(change);
  }
  return (residual){left / work, missed / work};
}

static void check_energy(idr_cut_rig r, idr_cut_grid grid) {
  double before = 0.0;
  for (int k = 0; k < 4; k++, grid.turns *= 2) {
    residual now = energy_residual(r, grid);
    print_message("%d x %d sub-steps: %.4f %% of the work, %.3f %% without signs\n", grid.turns,
                  grid.sinks, 100.0 * now.signed_part, 100.0 * now.part);
    assert_true(fabs(now.signed_part) < 0.005);
    if (k > 0) assert_near(before / now.part, 2.0, 0.3);
    before = now.part;
  }
}

/* The papers' bit, and the step's in hard rock. */
static void test_energy(void **state) {
  (void)state;
  idr_cut_rig papers = idr_verify_cut_rig(8e-3, 4.0);
  papers.hold = (double)IDR_CUT_STATIC; /* so that it sticks on every grid */
  check_energy(papers, idr_verify_cut_grid());
  check_energy(world(200e6, 6e-3, 180e3, 7.0), idr_verify_step_grid());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_weight_of_depth), cmocka_unit_test(test_delay_in_closed_form),
      cmocka_unit_test(test_steady_cutting),  cmocka_unit_test(test_against_true_delay),
      cmocka_unit_test(test_limit_cycles),    cmocka_unit_test(test_refinement),
      cmocka_unit_test(test_spread_delays),   cmocka_unit_test(test_step_grid),
      cmocka_unit_test(test_lanes),           cmocka_unit_test(test_energy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
