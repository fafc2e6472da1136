/* ctest: timeout 600
 * String dynamics: closed forms, and the stick-slip boundary against an independent integrator
 * (double precision, 1/1000 s, regularised friction) of the same equations. */
#include "drill/torsion.h"
#include "support/near.h"

#include <stdbool.h>
#include <stdio.h>

/* A string of 5 in pipe with 150 m of collars, no string friction unless a test adds it. */
typedef struct {
  double stiffness, damping, top, bit, speed, torque, string_static, string_kinetic;
} rig;

static rig make_rig(double depth, double speed, double torque) {
  double pipe = (double)idr_tube_polar_moment(0.127f, 0.1086f);
  double collar = (double)idr_tube_polar_moment(0.165f, 0.0714f);
  double give = (depth - 150.0) / ((double)IDR_STEEL_SHEAR * pipe) +
                150.0 / ((double)IDR_STEEL_SHEAR * collar);
  double inertia = (double)IDR_STEEL_DENSITY * (150.0 * collar + (depth - 150.0) * pipe / 3.0);
  double damping = 2.0 * (double)IDR_TORSION_DAMPING * sqrt(inertia / give);
  return (rig){1.0 / give, damping, 2900.0, inertia, speed, torque, 0.0, 0.0};
}

typedef struct {
  double low, high, mean, stuck;
} swing;

#define WINDOW 60.0 /* s at the end of a run over which statistics are taken: many cycles */

static double weakening(double w) {
  return pow(fmax(1.0 - fabs(w) / (8.0 * (double)IDR_TORSION_WEAKEN), 0.0), 8.0);
}

/* Steady turning at the set speed, with the bit a tenth too slow: twist and the drive's integral.
 */
static double steady_load(const rig *r) {
  double fade = weakening(r->speed);
  return r->torque * (1.0 + ((double)IDR_BIT_STATIC_RATIO - 1.0) * fade) +
         0.5 * (r->string_kinetic + (r->string_static - r->string_kinetic) * fade);
}

/* The engine's scheme over `seconds`, statistics of the window at the end. */
static swing run_engine(const rig *r, int steps, double seconds) {
  float dt = 1.0f / (float)steps, motor;
  idr_torsion p = idr_torsion_prepare((float)r->stiffness, (float)r->damping, (float)r->top,
                                      (float)r->bit, (float)r->speed, 1e6f, (float)r->torque,
                                      (float)r->string_static, (float)r->string_kinetic, dt);
  double load = steady_load(r);
  idr_torsion_state s = {(float)r->speed, (float)(0.9 * r->speed), (float)(load / r->stiffness),
                         (float)(load + 0.5 * r->string_kinetic)};
  swing out = {1e9, -1e9, 0.0, 0.0};
  int count = (int)(seconds * steps), last = count - (int)WINDOW * steps;
  for (int k = 0; k < count; k++) {
    s = idr_torsion_step(&p, s, dt, &motor);
    if (k < last) continue;
    double w = (double)s.omega_bit;
    out.low = fmin(out.low, w);
    out.high = fmax(out.high, w);
    out.mean += w / (WINDOW * steps);
    out.stuck += w < (double)IDR_TORSION_STILL ? 1.0 / (WINDOW * steps) : 0.0;
  }
  return out;
}

/* Time derivatives of (w1, w2, phi, integral); dry friction as tanh(w/0.02). */
static void derive(const rig *r, const double y[4], double d[4]) {
  double fade = weakening(y[1]);
  double bit = r->torque * (1.0 + ((double)IDR_BIT_STATIC_RATIO - 1.0) * fade);
  double drag = 0.5 * (r->string_kinetic + (r->string_static - r->string_kinetic) * fade);
  double load = r->stiffness * y[2] + r->damping * (y[0] - y[1]);
  double error = r->speed - y[0];
  d[0] = ((double)IDR_TOP_PROPORTIONAL * error + y[3] - load - 0.5 * r->string_kinetic) / r->top;
  d[1] = (load - (bit + drag) * tanh(y[1] / 0.02)) / r->bit;
  d[2] = y[0] - y[1];
  d[3] = (double)IDR_TOP_INTEGRAL * error;
}

/* Runge and Kutta's classic scheme at 1/2000 s. */
static swing run_reference(const rig *r, double seconds) {
  const double dt = 1.0 / 2000.0;
  double load = steady_load(r);
  double y[4] = {r->speed, 0.9 * r->speed, load / r->stiffness, load + 0.5 * r->string_kinetic};
  swing out = {1e9, -1e9, 0.0, 0.0};
  int count = (int)(seconds / dt), last = count - (int)(WINDOW / dt);
  for (int k = 0; k < count; k++) {
    double a[4], b[4], c[4], d[4], z[4];
    derive(r, y, a);
    for (int i = 0; i < 4; i++)
      z[i] = y[i] + 0.5 * dt * a[i];
    derive(r, z, b);
    for (int i = 0; i < 4; i++)
      z[i] = y[i] + 0.5 * dt * b[i];
    derive(r, z, c);
    for (int i = 0; i < 4; i++)
      z[i] = y[i] + dt * c[i];
    derive(r, z, d);
    for (int i = 0; i < 4; i++)
      y[i] += dt / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]);
    if (k < last) continue;
    out.low = fmin(out.low, y[1]);
    out.high = fmax(out.high, y[1]);
    out.mean += y[1] * dt / WINDOW;
    out.stuck += y[1] < (double)IDR_TORSION_STILL ? dt / WINDOW : 0.0;
  }
  return out;
}

/* Lowest speed (rad/s) at which the bit no longer sticks after 150 s. */
static double critical_speed(double depth, double torque, bool reference) {
  double low = 1.0, high = 30.0;
  while (high - low > 0.02) {
    double middle = 0.5 * (low + high);
    rig r = make_rig(depth, middle, torque);
    swing s = reference ? run_reference(&r, 150.0) : run_engine(&r, IDR_TORSION_STEPS, 150.0);
    if (s.stuck > 0.0)
      low = middle;
    else
      high = middle;
  }
  return high;
}

/* Off the boundary the bit turns at the set speed and the surface gives bit and string torque. */
static void test_steady_state(void **state) {
  (void)state;
  rig r = make_rig(2000.0, 20.0, 5000.0);
  r.string_static = 4000.0;
  r.string_kinetic = 3000.0;
  float dt = 1.0f / IDR_TORSION_STEPS, motor = 0.0f;
  idr_torsion p = idr_torsion_prepare((float)r.stiffness, (float)r.damping, 2900.0f, (float)r.bit,
                                      20.0f, 1e6f, 5000.0f, 4000.0f, 3000.0f, dt);
  idr_torsion_state s = {20.0f, 19.0f, (float)(6500.0 / r.stiffness), 8000.0f};
  for (int k = 0; k < 300 * IDR_TORSION_STEPS; k++)
    s = idr_torsion_step(&p, s, dt, &motor);
  double fade = weakening(20.0);
  double bit = 5000.0 * (1.0 + 0.4 * fade) + 0.5 * (3000.0 + 1000.0 * fade);
  assert_near((double)s.omega_bit, 20.0, 0.01);
  assert_near((double)s.twist * r.stiffness, bit, 5.0);
  assert_near((double)motor, bit + 1500.0, 10.0);
}

/* Without friction and drive the bit swings at sqrt(c/J) with the amplitude damping leaves: no
 * energy comes from the scheme, and the damping ratio is the one asked for. */
static void test_free_swing(void **state) {
  (void)state;
  rig r = make_rig(2000.0, 0.0, 0.0);
  r.top = 1e9; /* held */
  float dt = 1.0f / IDR_TORSION_STEPS, motor;
  idr_torsion p = idr_torsion_prepare((float)r.stiffness, (float)r.damping, 1e9f, (float)r.bit,
                                      0.0f, 1e6f, 0.0f, 0.0f, 0.0f, dt);
  idr_torsion_state s = {0.0f, 0.0f, 5.0f, 0.0f};
  double w0 = sqrt(r.stiffness / r.bit), z = (double)IDR_TORSION_DAMPING, worst = 0.0;
  double wd = w0 * sqrt(1.0 - z * z);
  for (int k = 1; k <= 10 * IDR_TORSION_STEPS; k++) {
    s = idr_torsion_step(&p, s, dt, &motor);
    double t = k * (double)dt;
    double exact = 5.0 * exp(-z * w0 * t) * (cos(wd * t) + z * w0 / wd * sin(wd * t));
    worst = fmax(worst, fabs((double)s.twist - exact));
  }
  print_message("worst %g rad\n", worst);
  assert_true(worst < 0.05); /* of 5 rad, after 10 s */
}

/* A bit that static torque holds does not creep, however long. */
static void test_sticking_is_exact(void **state) {
  (void)state;
  float dt = 1.0f / IDR_TORSION_STEPS, motor;
  idr_torsion p =
      idr_torsion_prepare(500.0f, 20.0f, 2900.0f, 150.0f, 0.0f, 1e6f, 3000.0f, 0.0f, 0.0f, dt);
  idr_torsion_state s = {0.0f, 0.0f, 2.0f, 500.0f * 2.0f};
  for (int k = 0; k < 60 * IDR_TORSION_STEPS; k++) {
    s = idr_torsion_step(&p, s, dt, &motor);
    assert_true(s.omega_bit == 0.0f);
  }
}

/* The boundary rises with weight (torque), and is where the independent integrator puts it. */
static void test_stick_slip_boundary(void **state) {
  (void)state;
  double before = 0.0;
  const double torque[] = {1500.0, 4000.0, 9000.0};
  for (int k = 0; k < 3; k++) {
    double engine = critical_speed(2500.0, torque[k], false);
    double reference = critical_speed(2500.0, torque[k], true);
    print_message("torque %.0f N m: critical speed %.2f rad/s, reference %.2f\n", torque[k], engine,
                  reference);
    assert_near(engine / reference, 1.0, 0.01);
    assert_true(engine > before + 0.5);
    before = engine;
  }
}

/* Above the boundary no sticking at all; below it the limit cycle of the engine's step (1/20 s) has
 * the speeds and the stuck fraction of the reference. */
static void test_limit_cycle(void **state) {
  (void)state;
  rig r = make_rig(2500.0, 6.0, 5000.0);
  swing e = run_engine(&r, IDR_TORSION_STEPS, 150.0), f = run_reference(&r, 150.0);
  print_message("high %.2f %.2f, stuck %.3f %.3f, mean %.3f %.3f\n", e.high, f.high, e.stuck,
                f.stuck, e.mean, f.mean);
  assert_near(e.high / f.high, 1.0, 0.04);
  assert_near(e.stuck, f.stuck, 0.05);
  assert_near(e.mean / f.mean, 1.0, 0.05);
  r.speed = 1.2 * critical_speed(2500.0, 5000.0, false);
  assert_true(run_engine(&r, IDR_TORSION_STEPS, 150.0).stuck == 0.0);
}

/* A second in 20 sub-steps against 400: same smooth or sticking answer from shallow to deep. */
static void test_refinement(void **state) {
  (void)state;
  const double depth[] = {300.0, 1000.0, 4000.0};
  for (int k = 0; k < 3; k++)
    for (double speed = 5.0; speed < 21.0; speed += 15.0) {
      rig r = make_rig(depth[k], speed, 6000.0);
      swing coarse = run_engine(&r, IDR_TORSION_STEPS, 100.0);
      swing fine = run_engine(&r, 20 * IDR_TORSION_STEPS, 100.0);
      assert_near(coarse.mean / fine.mean, 1.0, 0.05);
      assert_near(coarse.high / fine.high, 1.0, 0.08);
      assert_near(coarse.stuck, fine.stuck, 0.06);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steady_state),      cmocka_unit_test(test_free_swing),
      cmocka_unit_test(test_sticking_is_exact), cmocka_unit_test(test_stick_slip_boundary),
      cmocka_unit_test(test_limit_cycle),       cmocka_unit_test(test_refinement),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
