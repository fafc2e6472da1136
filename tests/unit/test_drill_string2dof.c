/* ctest: timeout 120
 * The bit that cuts what its own blades left: volume of rock, the law of bitrock.h when steady, an
 * independent integrator in double precision with the delay itself (Runge-Kutta and a search in the
 * history), energy, sub-steps, lanes. Parameters: Richard, Germay and Detournay. */
#include "drill/string2dof.h"
#include "support/near.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 128
#define LANES     64

/* The set of Richard, Germay and Detournay; flats bear their load at any depth of cut. */
typedef struct {
  idr_bit_law law;
  idr_cut cut;
  double stiffness, damping, inertia, omega; /* torsion, top drive's fixed speed */
} rig;

static rig make_rig(double depth, double omega) {
  rig r;
  double energy = 60e6, radius = 0.108, flats = radius * 60e6 * 4.0 * 1.2e-3, touch = 1e-9;
  double cutting = (double)IDR_BIT_ZETA * energy * radius;
  r.law = (idr_bit_law){(float)energy,          (float)radius,
                        (float)flats,           (float)(flats + cutting * 0.02),
                        (float)(touch / flats), (float)(1.0 / cutting)};
  r.cut = (idr_cut){(float)(flats + cutting * depth), 34000.0f, 4.0f};
  r.stiffness = 938.0;
  r.damping = 30.0;
  r.inertia = 116.0;
  r.omega = omega;
  return r;
}

/* The engine's state with the steady profile of the rig's weight. */
typedef struct {
  idr_torsion torsion;
  idr_cut_state s;
  float profile[CELLS_MAX + 1];
  int cells;
  float dt;
} engine;

static engine make_engine(const rig *r, int cells, int steps, double speed_part) {
  engine e = {.cells = cells, .dt = 1.0f / (float)steps};
  e.torsion = idr_torsion_prepare((float)r->stiffness, (float)r->damping, 1e12f, (float)r->inertia,
                                  (float)r->omega, 1e6f, 0.0f, 0.0f, 0.0f, e.dt);
  float depth = idr_bit_cut(&r->law, r->cut.weight);
  float contact = idr_bit_contact_force(&r->law, r->cut.weight, depth);
  float torque = idr_bit_cutting_torque(&r->law, depth) + idr_bit_contact_torque(&r->law, contact);
  float speed = depth * (float)r->omega * IDR_CUT_PER_TURN;
  e.s.turn =
      (idr_torsion_state){(float)r->omega, (float)r->omega, torque / (float)r->stiffness, torque};
  e.s.speed = (float)speed_part * speed;
  e.s.phase = 0.0f;
  idr_cut_steady(e.profile, cells, 1, r->cut.blades, depth);
  return e;
}

static idr_cut_view engine_step(const rig *r, engine *e) {
  idr_cut_view view;
  e->s = idr_cut_step(&r->cut, &r->law, &e->torsion, e->s, e->profile, e->cells, 1, e->dt, &view);
  return view;
}

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
 * for ever: the motion is unstable, so only the first turn is looked at.) */
static void test_steady_cutting(void **state) {
  (void)state;
  rig r = make_rig(2e-3, 12.0);
  r.law = idr_bit_prepare(0.108f, 80e6f, 4e-3f, 6e-3f);
  for (float wob = 10e3f; wob < 1.3f * r.law.wob_founder; wob += 20e3f) {
    r.cut.weight = wob;
    engine e = make_engine(&r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.0);
    float depth = idr_bit_cut(&r.law, wob), contact = idr_bit_contact_force(&r.law, wob, depth);
    float torque = idr_bit_cutting_torque(&r.law, depth) + idr_bit_contact_torque(&r.law, contact);
    for (int k = 0; k < IDR_CUT_STEPS / 2; k++) {
      idr_cut_view v = engine_step(&r, &e);
      assert_near(v.depth / depth, 1.0f, 2e-3f);
      assert_near(v.weight / wob, 1.0f, 2e-3f);
      assert_near(v.torque / torque, 1.0f, 2e-3f);
    }
  }
}

/* ---- the same equations, independently ------------------------------------------------------- */

typedef struct {
  const rig *r;
  double dt, v0, *u, *phi; /* history at k * dt; steady motion before 0 */
  int at;                  /* newest */
} history;

/* Depth of the bit when its angle was `angle`. */
static double depth_then(const history *h, double angle) {
  if (angle <= 0.0) return h->v0 * angle / h->r->omega;
  int low = 0, high = h->at;
  while (high - low > 1) {
    int middle = (low + high) / 2;
    if (h->phi[middle] <= angle)
      low = middle;
    else
      high = middle;
  }
  double span = h->phi[high] - h->phi[low];
  double f = span > 0.0 ? (angle - h->phi[low]) / span : 0.0;
  return h->u[low] + f * (h->u[high] - h->u[low]);
}

/* y = U, U', Phi, Phi', twist. Flats and dry friction are made smooth over 10 um/s and 0.01 rad/s.
 */
static void derive(const history *h, const double y[5], double d[5]) {
  const rig *r = h->r;
  double n = (double)r->cut.blades, energy = (double)r->law.energy, a = (double)r->law.radius;
  double depth = n * fmax(y[0] - depth_then(h, y[2] - 2.0 * M_PI / n), 0.0);
  double flats = depth > 0.0 ? (double)r->law.wob_contact * fmin(fmax(y[1] / 1e-5, 0.0), 1.0) : 0.0;
  double torque = 0.5 * energy * a * a * depth + 0.5 * (double)IDR_BIT_FRICTION * a * flats;
  d[0] = y[1];
  d[1] = ((double)r->cut.weight - (double)IDR_BIT_ZETA * energy * a * depth - flats) /
         (double)r->cut.mass;
  d[2] = y[3];
  d[3] = (r->stiffness * y[4] + r->damping * (r->omega - y[3]) -
          torque * fmin(fmax(y[3] / 0.01, -1.0), 1.0)) /
         r->inertia;
  d[4] = r->omega - y[3];
}

static void advance(history *h, double y[5]) {
  double k[4][5], z[5];
  const double part[4] = {0.0, 0.5, 0.5, 1.0};
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 5; j++)
      z[j] = y[j] + (i ? part[i] * h->dt * k[i - 1][j] : 0.0);
    derive(h, z, k[i]);
  }
  for (int j = 0; j < 5; j++)
    y[j] += h->dt / 6.0 * (k[0][j] + 2.0 * k[1][j] + 2.0 * k[2][j] + k[3][j]);
  h->at++;
  h->u[h->at] = y[0];
  h->phi[h->at] = fmax(y[2], h->phi[h->at - 1]);
}

typedef struct {
  double rop, omega_max, stuck; /* of the second half */
  double trace[100];            /* bit speed downwards, every 20 ms, m/s */
} motion;

static void see(motion *m, double t, double seconds, double dt, double speed, double omega) {
  int at = (int)(t / 0.02 + 0.5 * dt / 0.02);
  if (at < 100 && fabs(t - 0.02 * at) < 0.5 * dt) m->trace[at] = speed;
  if (t < 0.5 * seconds) return;
  m->rop += speed * dt / (0.5 * seconds);
  m->omega_max = fmax(m->omega_max, omega);
  m->stuck += fabs(omega) < 0.05 ? dt / (0.5 * seconds) : 0.0;
}

static motion run_reference(const rig *r, double speed_part, double seconds, double dt) {
  int count = (int)(seconds / dt);
  history h = {.r = r, .dt = dt};
  h.u = calloc((size_t)count + 2, sizeof *h.u);
  h.phi = calloc((size_t)count + 2, sizeof *h.phi);
  engine e = make_engine(r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.0);
  h.v0 = (double)e.s.speed;
  double y[5] = {0.0, speed_part * h.v0, 0.0, r->omega, (double)e.s.turn.twist};
  motion m = {0};
  for (int k = 0; k < count; k++) {
    see(&m, k * dt, seconds, dt, y[1], y[3]);
    advance(&h, y);
  }
  free(h.u);
  free(h.phi);
  return m;
}

static motion run_engine(const rig *r, int cells, int steps, double speed_part, double seconds) {
  engine e = make_engine(r, cells, steps, speed_part);
  motion m = {0};
  double dt = 1.0 / steps;
  for (int k = 0; k < (int)(seconds * steps); k++) {
    see(&m, k * dt, seconds, dt, (double)e.s.speed, (double)e.s.turn.omega_bit);
    engine_step(r, &e);
  }
  return m;
}

static double trace_difference(const motion *a, const motion *b) {
  double sum = 0.0;
  for (int k = 0; k < 100; k++)
    sum += fabs(a->trace[k] - b->trace[k]) / 100.0;
  return sum;
}

/* A disturbed bit over two seconds (some 15 delays): the engine comes to the integrator with the
 * true delay as cells and sub-steps are refined, to a thousandth (what float leaves). */
static void test_against_true_delay(void **state) {
  (void)state;
  rig r = make_rig(4e-3, 12.0);
  motion reference = run_reference(&r, 1.2, 2.0, 1e-4);
  motion check = run_reference(&r, 1.2, 2.0, 5e-5);
  double scale = 0.0, before = 0.0;
  for (int k = 0; k < 100; k++)
    scale = fmax(scale, fabs(reference.trace[k] - reference.trace[0] / 1.2));
  print_message("disturbance up to %.3g mm/s, reference itself good to %.2g of it\n", 1e3 * scale,
                trace_difference(&reference, &check) / scale);
  for (int cells = 8; cells <= CELLS_MAX; cells *= 4) {
    motion m = run_engine(&r, cells, 50 * cells, 1.2, 2.0);
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
    rig r = make_rig(depth[k], omega[k]);
    r.damping = 0.0;
    motion f = run_reference(&r, 1.05, 60.0, 2e-4);
    motion e = run_engine(&r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05, 60.0);
    print_message("%4.0f rad/s: ROP %.3f %.3f mm/s, bit up to %.2f %.2f rad/s, stuck %.3f %.3f\n",
                  omega[k], 1e3 * e.rop, 1e3 * f.rop, e.omega_max, f.omega_max, e.stuck, f.stuck);
    assert_near(e.rop / f.rop, 1.0, 0.03);
    assert_near(e.omega_max / f.omega_max, 1.0, 0.03);
    assert_near(e.stuck, f.stuck, 0.03);
    assert_true((e.stuck > 0.05) == (omega[k] < 10.0));
  }
}

/* 200 sub-steps a second against 4,000: the same answer where the motion is chaotic too. */
static void test_refinement(void **state) {
  (void)state;
  for (double omega = 4.0; omega < 21.0; omega += 8.0) {
    rig r = make_rig(5e-3, omega);
    motion coarse = run_engine(&r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05, 60.0);
    motion fine = run_engine(&r, IDR_CUT_CELLS, 20 * IDR_CUT_STEPS, 1.05, 60.0);
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
  engine alone[LANES];
  rig r = make_rig(5e-3, 8.0);
  for (int i = 0; i < LANES; i++) {
    rig own = r;
    own.cut.weight += 200.0f * (float)i;
    cut[i] = own.cut;
    alone[i] = make_engine(&own, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05);
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
    rig own = r;
    own.cut = cut[i];
    for (int step = 0; step < 10 * IDR_CUT_STEPS; step++)
      engine_step(&own, &alone[i]);
    assert_memory_equal(&alone[i].s, &lane[i], sizeof lane[i]);
  }
}

/* Work of the hook and the top drive against what bit, mud and state take, counted at the speeds of
 * the end of each sub-step, over half a minute of sticking and slipping: part of the work. */
static double energy_residual(int steps) {
  rig r = make_rig(8e-3, 4.0);
  engine e = make_engine(&r, IDR_CUT_CELLS, steps, 1.05);
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
    idr_cut_view v = engine_step(&r, &e);
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
