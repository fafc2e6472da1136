#include "jobs/verify_cut.h"

#include <math.h>
#include <stdlib.h>

idr_cut_rig idr_verify_cut_rig(double depth, double omega) {
  idr_cut_rig r;
  double energy = 60e6, radius = 0.108, flats = radius * 60e6 * 4.0 * 1.2e-3, touch = 1e-9;
  double cutting = (double)IDR_BIT_ZETA * energy * radius;
  r.law = (idr_bit_law){(float)energy,          (float)radius,
                        (float)flats,           (float)(flats + cutting * 0.02),
                        (float)(touch / flats), (float)(1.0 / cutting)};
  r.weight = flats + cutting * depth;
  r.mass = 34000.0;
  r.blades = 4.0;
  r.stiffness = 938.0;
  r.damping = 30.0;
  r.inertia = 116.0;
  r.omega = omega;
  r.sink_damping = r.hold = 0.0;
  return r;
}

idr_cut_grid idr_verify_cut_grid(void) {
  return (idr_cut_grid){8, 0, 50, 4};
}

idr_cut_grid idr_verify_step_grid(void) {
  return (idr_cut_grid){IDR_CUT_CELLS, IDR_CUT_SPREAD, IDR_CUT_TURNS, IDR_CUT_SINKS};
}

double idr_verify_cut_feed(const idr_cut_rig *r) {
  return (double)idr_bit_cut(&r->law, (float)r->weight) * r->omega / (2.0 * M_PI);
}

idr_cut_run idr_verify_cut_start(const idr_cut_rig *r, idr_cut_grid grid, double speed_part) {
  idr_cut_run e = {.grid = grid};
  float weight = (float)r->weight, depth = idr_bit_cut(&r->law, weight);
  float contact = idr_bit_contact_force(&r->law, weight, depth);
  float torque = idr_bit_cutting_torque(&r->law, depth) + idr_bit_contact_torque(&r->law, contact);
  float speed = (float)idr_verify_cut_feed(r);
  e.torsion =
      idr_torsion_prepare((float)r->stiffness, (float)r->damping, 1e12f, (float)r->inertia,
                          (float)r->omega, 1e6f, 0.0f, 0.0f, 0.0f, 1.0f / (float)grid.turns);
  e.cut = idr_cut_prepare(&r->law, weight, (float)r->mass, (float)r->sink_damping, speed,
                          (float)r->blades, grid);
  e.cut.hold = (float)r->hold;
  e.s.turn =
      (idr_torsion_state){(float)r->omega, (float)r->omega, torque / (float)r->stiffness, torque};
  e.s.speed = (float)speed_part * speed;
  idr_cut_steady(e.heights, grid.cells, (float)r->blades, depth);
  return e;
}

/* Heights are counted from the bit again after every turning sub-step, as the step does it after
 * every second. */
idr_cut_view idr_verify_cut_step(idr_cut_run *e) {
  idr_cut_view view;
  e->s = idr_cut_step(&e->cut, &e->torsion, e->s, e->heights, e->grid, 0.0f, &view);
  for (int k = 0; k <= e->grid.cells; k++)
    e->heights[k] -= e->s.at;
  e->s.at = 0.0f;
  return view;
}

/* ---- independently --------------------------------------------------------------------------- */

typedef struct {
  const idr_cut_rig *r;
  double dt, v0, *u, *phi; /* history at k * dt; steady motion before 0; u: of the rock */
  double spread;
  int at; /* newest */
} history;

/* Depth of the rock that was left at `angle`. */
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

/* The same before a blade at `angle`, mean over the delays. */
static double depth_ahead(const history *h, double angle) {
  double pitch = 2.0 * M_PI / h->r->blades, sum = 0.0;
  if (h->spread == 0.0) return depth_then(h, angle - pitch);
  const int count = 12;
  for (int k = 0; k < count; k++)
    sum += depth_then(h, angle - pitch * (1.0 - h->spread * (k + 0.5) / count));
  return sum / count;
}

/* What flats and bit body bear at most: in proportion to the depth of cut at first, then constant,
 * then what more depth than the founder's pushes into the rock. */
static double flats_of(const idr_bit_law *law, double depth) {
  double cutting = (double)IDR_BIT_ZETA * (double)law->energy * (double)law->radius;
  double contact = (double)law->soft_contact * (double)law->wob_contact;
  double full = (double)law->wob_contact - cutting * contact;
  double founder = contact + ((double)law->wob_founder - (double)law->wob_contact) / cutting;
  double body = cutting * ((double)IDR_BIT_FOUNDER_STIFFNESS - 1.0);
  return full * fmin(depth / contact, 1.0) + body * fmax(depth - founder, 0.0);
}

/* y = U, U', Phi, Phi', twist. Flats and dry friction are made smooth over 10 um/s and 0.01 rad/s.
 */
static void derive(const history *h, const double y[5], double d[5]) {
  const idr_cut_rig *r = h->r;
  double n = r->blades / (1.0 - 0.5 * h->spread), energy = (double)r->law.energy,
         a = (double)r->law.radius;
  double depth = n * fmax(y[0] - depth_ahead(h, y[2]), 0.0);
  double pull = r->weight - r->sink_damping * (y[1] - h->v0);
  double flats = flats_of(&r->law, depth) * fmin(fmax(y[1] / 1e-5, 0.0), 1.0);
  double torque = 0.5 * energy * a * a * depth + 0.5 * (double)IDR_BIT_FRICTION * a * flats;
  d[0] = y[1];
  d[1] = (pull - (double)IDR_BIT_ZETA * energy * a * depth - flats) / r->mass;
  d[2] = y[3];
  double friction = 0.5 * (double)IDR_BIT_FRICTION * a * flats;
  torque += friction * r->hold * pow(fmax(1.0 - fabs(y[3]) / 24.0, 0.0), 8.0);
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
  h->phi[h->at] = fmax(y[2], h->phi[h->at - 1]);
  /* Where the bit is off the rock, the rock stays as it was. */
  double before = depth_then(h, h->phi[h->at] - 2.0 * M_PI / h->r->blades);
  h->u[h->at] = fmax(y[0], before);
}

static void see(idr_cut_motion *m, double t, double seconds, double dt, double speed,
                double omega) {
  int at = (int)(t / 0.02 + 0.5 * dt / 0.02);
  if (at < 100 && fabs(t - 0.02 * at) < 0.5 * dt) m->trace[at] = speed;
  if (t < 0.5 * seconds) return;
  m->rop += speed * dt / (0.5 * seconds);
  m->omega_max = fmax(m->omega_max, omega);
  m->stuck += fabs(omega) < 0.05 ? dt / (0.5 * seconds) : 0.0;
}

idr_cut_motion idr_verify_cut_reference(const idr_cut_rig *r, double spread, double speed_part,
                                        double seconds, double dt) {
  int count = (int)(seconds / dt);
  history h = {.r = r, .dt = dt, .spread = spread};
  h.u = calloc((size_t)count + 2, sizeof *h.u);
  h.phi = calloc((size_t)count + 2, sizeof *h.phi);
  idr_cut_motion m = {0};
  if (!h.u || !h.phi) m.rop = m.omega_max = m.stuck = NAN;
  idr_cut_run e = idr_verify_cut_start(r, idr_verify_cut_grid(), 1.0);
  h.v0 = (double)e.s.speed;
  double y[5] = {0.0, speed_part * h.v0, 0.0, r->omega, (double)e.s.turn.twist};
  for (int k = 0; k < count && h.u && h.phi; k++) {
    see(&m, k * dt, seconds, dt, y[1], y[3]);
    advance(&h, y);
  }
  free(h.u);
  free(h.phi);
  return m;
}

idr_cut_motion idr_verify_cut_engine(const idr_cut_rig *r, idr_cut_grid grid, double speed_part,
                                     double seconds) {
  idr_cut_run e = idr_verify_cut_start(r, grid, speed_part);
  idr_cut_motion m = {0};
  double dt = 1.0 / grid.turns;
  for (int k = 0; k < (int)(seconds * grid.turns); k++) {
    see(&m, k * dt, seconds, dt, (double)e.s.speed, (double)e.s.turn.omega_bit);
    idr_verify_cut_step(&e);
  }
  return m;
}

/* ---- the table ------------------------------------------------------------------------------- */

typedef struct {
  const char *what[6];
  double depth, omega;
} cut_row;

#define CUT_WORDS(words)                                                                           \
  {                                                                                                \
    words ": ROP", words ": greatest bit speed", words ": part of time stuck",                     \
        words ", finer: ROP", words ", finer: greatest bit speed", words ", finer: part stuck"     \
  }

/* Limit cycles of the undamped string. They are chaotic in part: the integrator itself moves
 * speeds by 0.6 % at half its step, and ROP at 4 rad/s by 2 % when it looks at 80 s instead of 60.
 */
static void add_row(const idr_verify_case *delay, const idr_verify_case *finer, const cut_row *r) {
  idr_cut_rig rig = idr_verify_cut_rig(r->depth, r->omega);
  rig.damping = 0.0;
  idr_cut_grid coarse = idr_verify_cut_grid(), fine = coarse;
  fine.turns *= 20;
  idr_cut_motion f = idr_verify_cut_reference(&rig, 0.0, 1.05, 60.0, 2e-4);
  idr_cut_motion e = idr_verify_cut_engine(&rig, coarse, 1.05, 60.0);
  idr_cut_motion g = idr_verify_cut_engine(&rig, fine, 1.05, 60.0);
  idr_verify_near(delay, r->what[0], "mm/s", 1e3 * f.rop, 1e3 * e.rop, 30.0 * f.rop);
  idr_verify_near(delay, r->what[1], "rad/s", f.omega_max, e.omega_max, 0.03 * f.omega_max);
  idr_verify_near(delay, r->what[2], "", f.stuck, e.stuck, 0.03);
  idr_verify_near(finer, r->what[3], "mm/s", 1e3 * g.rop, 1e3 * e.rop, 30.0 * g.rop);
  idr_verify_near(finer, r->what[4], "rad/s", g.omega_max, e.omega_max, 0.03 * g.omega_max);
  idr_verify_near(finer, r->what[5], "", g.stuck, e.stuck, 0.03);
}

/* The step's own grid, delays spread over three quarters of the pitch, and its damping: a bit that
 * sticks and slips, and one that does not. */
static void add_step_row(const idr_verify_case *c, const char *const what[3], double omega) {
  idr_cut_rig rig = idr_verify_cut_rig(1e-3, omega);
  rig.law = idr_bit_prepare(0.108f, 100e6f, 2e-3f, 6e-3f);
  rig.weight = 180e3;
  rig.mass = 28e3;
  rig.blades = 5.0;
  rig.sink_damping = 137e3;
  rig.hold = (double)IDR_CUT_STATIC;
  rig.stiffness = 600.0;
  rig.inertia = 350.0;
  rig.damping = 46.0;
  idr_cut_motion f = idr_verify_cut_reference(&rig, 0.75, 1.05, 90.0, 2.5e-4);
  idr_cut_motion e = idr_verify_cut_engine(&rig, idr_verify_step_grid(), 1.05, 90.0);
  idr_verify_near(c, what[0], "mm/s", 1e3 * f.rop, 1e3 * e.rop, 30.0 * f.rop);
  idr_verify_near(c, what[1], "rad/s", f.omega_max, e.omega_max, 0.03 * f.omega_max);
  idr_verify_near(c, what[2], "", f.stuck, e.stuck, 0.03);
}

static void add_step_rows(idr_verify *v) {
  const idr_verify_case c = {v, "-",
                             "Runge-Kutta in double precision, delays spread as in the step; 100 "
                             "MPa, 180 kN",
                             IDR_VERIFY_EXACT};
  static const char *const slow[] = {"the step's string, 5 rad/s: ROP",
                                     "the step's string, 5 rad/s: greatest bit speed",
                                     "the step's string, 5 rad/s: part of time stuck"};
  static const char *const fast[] = {"the step's string, 18 rad/s: ROP",
                                     "the step's string, 18 rad/s: greatest bit speed",
                                     "the step's string, 18 rad/s: part of time stuck"};
  add_step_row(&c, slow, 5.0);
  add_step_row(&c, fast, 18.0);
}

void idr_verify_cut(idr_verify *v) {
  const idr_verify_case delay = {v, "-", "Runge-Kutta in double precision with the delay itself",
                                 IDR_VERIFY_EXACT};
  const idr_verify_case finer = {v, "-", "the engine with a twentieth of the sub-step",
                                 IDR_VERIFY_EXACT};
  static const cut_row rows[] = {{CUT_WORDS("8 mm/rev, 4 rad/s"), 8e-3, 4.0},
                                 {CUT_WORDS("5 mm/rev, 8 rad/s"), 5e-3, 8.0},
                                 {CUT_WORDS("5 mm/rev, 12 rad/s"), 5e-3, 12.0}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    add_row(&delay, &finer, &rows[i]);
  add_step_rows(v);
}
