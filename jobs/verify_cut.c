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
  r.cut = (idr_cut){(float)(flats + cutting * depth), 34000.0f, 4.0f};
  r.stiffness = 938.0;
  r.damping = 30.0;
  r.inertia = 116.0;
  r.omega = omega;
  return r;
}

idr_cut_run idr_verify_cut_start(const idr_cut_rig *r, int cells, int steps, double speed_part) {
  idr_cut_run e = {.cells = cells, .dt = 1.0f / (float)steps};
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

idr_cut_view idr_verify_cut_step(const idr_cut_rig *r, idr_cut_run *e) {
  idr_cut_view view;
  e->s = idr_cut_step(&r->cut, &r->law, &e->torsion, e->s, e->profile, e->cells, 1, e->dt, &view);
  return view;
}

/* ---- independently --------------------------------------------------------------------------- */

typedef struct {
  const idr_cut_rig *r;
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
  const idr_cut_rig *r = h->r;
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

static void see(idr_cut_motion *m, double t, double seconds, double dt, double speed,
                double omega) {
  int at = (int)(t / 0.02 + 0.5 * dt / 0.02);
  if (at < 100 && fabs(t - 0.02 * at) < 0.5 * dt) m->trace[at] = speed;
  if (t < 0.5 * seconds) return;
  m->rop += speed * dt / (0.5 * seconds);
  m->omega_max = fmax(m->omega_max, omega);
  m->stuck += fabs(omega) < 0.05 ? dt / (0.5 * seconds) : 0.0;
}

idr_cut_motion idr_verify_cut_reference(const idr_cut_rig *r, double speed_part, double seconds,
                                        double dt) {
  int count = (int)(seconds / dt);
  history h = {.r = r, .dt = dt};
  h.u = calloc((size_t)count + 2, sizeof *h.u);
  h.phi = calloc((size_t)count + 2, sizeof *h.phi);
  idr_cut_motion m = {0};
  if (!h.u || !h.phi) m.rop = m.omega_max = m.stuck = NAN;
  idr_cut_run e = idr_verify_cut_start(r, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.0);
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

idr_cut_motion idr_verify_cut_engine(const idr_cut_rig *r, int cells, int steps, double speed_part,
                                     double seconds) {
  idr_cut_run e = idr_verify_cut_start(r, cells, steps, speed_part);
  idr_cut_motion m = {0};
  double dt = 1.0 / steps;
  for (int k = 0; k < (int)(seconds * steps); k++) {
    see(&m, k * dt, seconds, dt, (double)e.s.speed, (double)e.s.turn.omega_bit);
    idr_verify_cut_step(r, &e);
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
  idr_cut_motion f = idr_verify_cut_reference(&rig, 1.05, 60.0, 2e-4);
  idr_cut_motion e = idr_verify_cut_engine(&rig, IDR_CUT_CELLS, IDR_CUT_STEPS, 1.05, 60.0);
  idr_cut_motion g = idr_verify_cut_engine(&rig, IDR_CUT_CELLS, 20 * IDR_CUT_STEPS, 1.05, 60.0);
  idr_verify_near(delay, r->what[0], "mm/s", 1e3 * f.rop, 1e3 * e.rop, 30.0 * f.rop);
  idr_verify_near(delay, r->what[1], "rad/s", f.omega_max, e.omega_max, 0.03 * f.omega_max);
  idr_verify_near(delay, r->what[2], "", f.stuck, e.stuck, 0.03);
  idr_verify_near(finer, r->what[3], "mm/s", 1e3 * g.rop, 1e3 * e.rop, 30.0 * g.rop);
  idr_verify_near(finer, r->what[4], "rad/s", g.omega_max, e.omega_max, 0.03 * g.omega_max);
  idr_verify_near(finer, r->what[5], "", g.stuck, e.stuck, 0.03);
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
}
