/* The string: rock as friction (V3), waves of torsion in a published well (V4), resonances (V5),
 * soft string and buckling (V16), and the two models of motion held against themselves on finer
 * steps. */
#include "drill/aggressiveness.h"
#include "drill/critical_speed.h"
#include "drill/torque_drag.h"
#include "drill/torsion_wave.h"
#include "jobs/verify.h"

#include <math.h>

#define DEG (M_PI / 180.0)

/* ---- V3 -------------------------------------------------------------------------------------- */

static void add_aggressiveness(idr_verify *v) {
  const idr_verify_case c = {v, "V3", "Dixit and others (ExxonMobil) 2023, table in their program",
                             IDR_VERIFY_REFERENCE};
  static const char *const what[] = {"friction of rock at 2 ksi", "at 6 ksi", "at 20 ksi",
                                     "at 40 ksi", "at 60 ksi"};
  static const double strength[] = {2, 6, 20, 40, 60};
  static const double mu[] = {1.4931, 1.4127, 1.1313, 0.7293, 0.3273};
  for (int i = 0; i < 5; i++)
    idr_verify_near(&c, what[i], "", mu[i],
                    (double)idr_rock_aggressiveness(idr_verify_sif(strength[i], "ksi")), 5e-5);
}

/* ---- V4: Well B of Aarsnes and Shor ---------------------------------------------------------- */

/* The inputs of a run. The numbers to compare with come from the authors' program, which reads its
 * own inputs in three ways that its paper does not say; `as_program` does the same:
 *   - the collars' polar moment is pi times that of their sections;
 *   - waves run through collars (G 67 GPa) at the speed of pipe (61 GPa): heavier steel, on which
 *     wall friction takes 67/61 of its torque;
 *   - viscous friction k counts 2 k dt, with dt the program's sub-step (0.083 1/s for 50 1/s).
 * Its grid has 1,000 cells, its sub-step is the longest part of 10 ms with 0.99 of a cell or less.
 */
typedef struct {
  double depth, friction, part, threshold; /* m, mu, kinetic over static, rad/s */
  double rpm;
  bool as_program;
  bool exact;     /* Courant number 1, no numerical diffusion */
  double viscous; /* k, 1/s */
} well_b;

typedef struct {
  double torque_min, torque_max; /* kN m */
  double rpm_min, rpm_max;
  double stuck;  /* part of time below 1 rpm */
  double period; /* s, 0: no limit cycle */
  double residual;
} swings;

#define WELL_B_VISCOUS 50.0 /* 1/s, as the authors give it */
#define WELL_B_COLLARS 230.0
#define WELL_B_CELLS   1000

/* Sections averaged over their lengths, as the authors do it. */
static void well_b_sections(const well_b *b, bool friction_as_program, idr_wave_section out[2]) {
  static const double length[] = {48.7, 114.8, 56.7, 38.88};
  static const double outer[] = {0.150473, 0.187322, 0.20955, 0.24728};
  static const double inner[] = {0.096207, 0.098912, 0.071438, 0.123391};
  const double pipe_outer = 0.146529, pipe_inner = 0.123024, density = 7850, g = 9.81;
  double sum = 0, area = 0, polar = 0, radius = 0;
  for (int i = 0; i < 4; i++) {
    double o = outer[i] * outer[i], n = inner[i] * inner[i];
    sum += length[i];
    area += length[i] * M_PI / 4 * (o - n);
    polar += length[i] * M_PI / 32 * (o * o - n * n);
    radius += length[i] * outer[i] / 2;
  }
  double o = pipe_outer * pipe_outer, n = pipe_inner * pipe_inner;
  out[0] = (idr_wave_section){b->depth - WELL_B_COLLARS, M_PI / 32 * (o * o - n * n), 61e9, density,
                              density * g * M_PI / 4 * (o - n) * pipe_outer / 2};
  out[1] = (idr_wave_section){WELL_B_COLLARS, polar / sum, 67e9, density,
                              density * g * area / sum * radius / sum};
  if (!b->as_program) return;
  out[1].polar *= M_PI;
  out[1].density *= 67.0 / 61.0;
  if (friction_as_program) out[1].friction *= 67.0 / 61.0;
}

/* Sub-steps in 10 ms. */
static int well_b_steps(const well_b *b, double wave_speed) {
  return (int)ceil(0.01 / (0.99 * b->depth / WELL_B_CELLS / wave_speed));
}

static idr_wave *well_b_create(const well_b *b, bool friction_as_program) {
  static const double depth[] = {0, 500, 1600, 4000};
  static const double inclination[] = {0, 0, 60 * DEG, 60 * DEG};
  idr_wave_section section[2];
  well_b_sections(b, friction_as_program, section);
  double speed = sqrt(section[0].shear / section[0].density), cell = b->depth / WELL_B_CELLS;
  double program_step = 0.01 / well_b_steps(b, speed);
  double step = b->exact ? cell / speed : program_step;
  idr_wave_parts parts = {2,
                          section,
                          4,
                          depth,
                          inclination,
                          b->friction,
                          b->part,
                          b->threshold,
                          b->as_program ? 2 * b->viscous * program_step : b->viscous,
                          step,
                          b->exact ? 1 : speed * step / cell,
                          {IDR_TOP_STIFF, 2900, 38e3, 100e3, 1e6, 0, 0}};
  idr_wave *wave = NULL;
  return idr_wave_create(&parts, &wave) == IDR_STATUS_OK ? wave : NULL;
}

/* From the bit's crossings of the set speed after it was below a quarter of it. */
typedef struct {
  bool low;
  int count;
  double first, last;
} crossings;

static void cross(crossings *c, double t, double omega, double set) {
  if (omega < 0.25 * set) c->low = true;
  if (!c->low || omega < set) return;
  c->low = false;
  if (c->count++ == 0) c->first = t;
  c->last = t;
}

static void look(swings *s, const idr_wave_view *view, int samples) {
  double rpm = idr_verify_from_si(view->omega_bit, "rpm");
  s->torque_min = fmin(s->torque_min, view->motor / 1e3);
  s->torque_max = fmax(s->torque_max, view->motor / 1e3);
  s->rpm_min = fmin(s->rpm_min, rpm);
  s->rpm_max = fmax(s->rpm_max, rpm);
  s->stuck += fabs(rpm) < 1 ? 1.0 / samples : 0.0;
}

/* From rest, the set speed behind a lag of 1 s, a look every 10 ms in the last 30 s of 60. */
static swings well_b_run(const well_b *b) {
  swings s = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0, 0, NAN};
  idr_wave *wave = well_b_create(b, true);
  if (!wave) return (swings){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  double set = idr_verify_si(b->rpm, "rpm"), wave_speed = sqrt(61e9 / 7850), asked = 0, at = 0;
  double step =
      b->exact ? b->depth / WELL_B_CELLS / wave_speed : 0.01 / well_b_steps(b, wave_speed);
  crossings c = {0};
  for (int k = 0; k < 6000; k++) {
    asked += 0.01 * (set - asked);
    /* whole sub-steps up to the end of these 10 ms */
    int steps = (int)floor((0.01 * (k + 1) - at) / step + 1e-6);
    at += steps * step;
    idr_wave_view view = idr_wave_run(wave, asked, 0, steps);
    if (k < 3000) continue;
    look(&s, &view, 3000);
    cross(&c, 0.01 * k, view.omega_bit, set);
  }
  s.period = c.count > 1 ? (c.last - c.first) / (c.count - 1) : 0;
  idr_wave_energy e = idr_wave_account(wave);
  s.residual = (e.work - e.friction - e.stored) / e.work;
  idr_wave_free(wave);
  return s;
}

static const char well_b_source[] = "Aarsnes and Shor 2018, their program's Well B: off bottom, "
                                    "2,500 m, mu 0.3, kinetic part 0.65, "
                                    "threshold 1.5 rad/s; its inputs as it reads them";

/* The statics' formulas take the friction that the paper gives. */
static void add_well_b_statics(idr_verify *v) {
  const idr_verify_case c = {v, "V4", well_b_source, IDR_VERIFY_REFERENCE};
  well_b b = {2500, 0.3, 0.65, 1.5, 40, true, true, WELL_B_VISCOUS};
  idr_wave_section section[2];
  well_b_sections(&b, false, section);
  idr_wave *wave = well_b_create(&b, false);
  double breakaway = wave ? idr_wave_breakaway(wave) / 1e3 : NAN;
  idr_verify_near(&c, "polar moment of the pipe", "m4", 2.277e-5, section[0].polar, 5e-9);
  idr_verify_near(&c, "speed of torsional waves", "m/s", 2787.6,
                  sqrt(section[0].shear / section[0].density), 0.05);
  idr_verify_near(&c, "breakaway torque", "kN.m", 19.531, breakaway, 0.005);
  idr_verify_near(&c, "least torque by formula", "kN.m", 5.859, (1 - 2 * 0.35) * breakaway, 0.002);
  idr_verify_near(&c, "twist at breakaway", "rad", 27.43, wave ? idr_wave_twist(wave) : NAN, 0.03);
  idr_wave_free(wave);
}

/* Torques within 5 % of the row's largest, speeds within 5 %, stuck within 0.03 of the time,
 * periods within 2 %: the authors' own program moves its numbers by as much when its cells are
 * halved or doubled at equal friction, because where the last half minute begins in a limit cycle
 * that has not settled is chance. */
typedef struct {
  const char *what[5];
  double rpm, torque_min, torque_max, rpm_max, stuck, period;
} well_b_row;

static void add_well_b_row(const idr_verify_case *c, const well_b_row *r) {
  well_b b = {2500, 0.3, 0.65, 1.5, r->rpm, true, false, WELL_B_VISCOUS};
  swings s = well_b_run(&b);
  idr_verify_near(c, r->what[0], "kN.m", r->torque_min, s.torque_min, 0.05 * r->torque_max);
  idr_verify_near(c, r->what[1], "kN.m", r->torque_max, s.torque_max, 0.05 * r->torque_max);
  idr_verify_near(c, r->what[2], "rpm", r->rpm_max, s.rpm_max, 0.05 * r->rpm_max);
  idr_verify_near(c, r->what[3], "", r->stuck, s.stuck, r->stuck > 0 ? 0.03 : 0);
  if (r->period > 0) idr_verify_near(c, r->what[4], "s", r->period, s.period, 0.02 * r->period);
}

#define WELL_B_WORDS(rpm)                                                                          \
  {                                                                                                \
    rpm " rpm: least torque", rpm " rpm: greatest torque", rpm " rpm: greatest bit speed",         \
        rpm " rpm: part of time stuck", rpm " rpm: period of the limit cycle"                      \
  }

static void add_well_b_table(idr_verify *v) {
  const idr_verify_case c = {v, "V4", well_b_source, IDR_VERIFY_REFERENCE};
  static const well_b_row rows[] = {
      {WELL_B_WORDS("40"), 40, 6.13, 24.93, 120, 0.43, 10.01},
      {WELL_B_WORDS("60"), 60, 5.65, 26.63, 152, 0.35, 9.08},
      {WELL_B_WORDS("80"), 80, 2.84, 29.26, 197, 0.16, 8.72},
      {WELL_B_WORDS("100"), 100, 4.11, 28.58, 214, 0.11, 8.48},
      {WELL_B_WORDS("120"), 120, 2.45, 30.37, 256, 0.08, 8.46},
      {WELL_B_WORDS("150"), 150, 10.69, 19.91, 201, 0, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    add_well_b_row(&c, &rows[i]);
}

static void add_well_b_others(idr_verify *v) {
  const idr_verify_case c = {v, "V4", well_b_source, IDR_VERIFY_REFERENCE};
  well_b smooth = {2500, 0.3, 1, 1.5, 40, true, false, WELL_B_VISCOUS};
  well_b deep = {1733, 0.885, 0.48, 0.9, 60, true, false, WELL_B_VISCOUS};
  swings s = well_b_run(&smooth);
  idr_verify_near(&c, "kinetic part 1, 40 rpm: least bit speed", "rpm", 26, s.rpm_min, 1.3);
  idr_verify_near(&c, "kinetic part 1, 40 rpm: greatest bit speed", "rpm", 52, s.rpm_max, 2.6);
  idr_verify_near(&c, "kinetic part 1, 40 rpm: part of time stuck", "", 0, s.stuck, 0);
  s = well_b_run(&deep);
  idr_wave *wave = well_b_create(&deep, false);
  idr_verify_near(&c, "1,733 m, mu 0.885, part 0.48, 60 rpm: breakaway", "kN.m", 40.81,
                  wave ? idr_wave_breakaway(wave) / 1e3 : NAN, 0.02);
  idr_wave_free(wave);
  idr_verify_near(&c, "the same: part of time stuck", "", 0.61, s.stuck, 0.03);
  idr_verify_near(&c, "the same: period of the limit cycle", "s", 10.48, s.period, 0.02 * 10.48);
}

/* The same without numerical diffusion, and what the program's reading of its inputs makes of the
 * well: as the paper describes it, k of 50 1/s stops every wave within the pipe, and with k left
 * out true collars let the string stick at speeds where the program's turn smoothly. */
static void add_well_b_exact(idr_verify *v) {
  const idr_verify_case c = {v, "V4",
                             "the same inputs without numerical diffusion (Courant number 1)",
                             IDR_VERIFY_REFERENCE};
  well_b b = {2500, 0.3, 0.65, 1.5, 60, true, true, WELL_B_VISCOUS};
  swings s = well_b_run(&b);
  idr_verify_report(&c, "60 rpm: greatest torque", "kN.m", 26.63, s.torque_max);
  idr_verify_report(&c, "60 rpm: part of time stuck", "", 0.35, s.stuck);
  idr_verify_report(&c, "60 rpm: period of the limit cycle", "s", 9.08, s.period);
  idr_verify_at_most(&c, "60 rpm: energy left over, part of the work", "", 0, s.residual, 0.005);
}

static void add_well_b_plain(idr_verify *v) {
  const idr_verify_case c = {v, "V4",
                             "the well as the paper describes it, not as the program reads it",
                             IDR_VERIFY_REFERENCE};
  well_b b = {2500, 0.3, 0.65, 1.5, 60, false, true, 0};
  idr_verify_report(&c, "60 rpm, k 0: part of time stuck", "", 0.35, well_b_run(&b).stuck);
  b.rpm = 150;
  idr_verify_report(&c, "150 rpm, k 0: part of time stuck", "", 0, well_b_run(&b).stuck);
  b.viscous = WELL_B_VISCOUS;
  swings s = well_b_run(&b);
  idr_verify_report(&c, "150 rpm, k 50 1/s: part of time stuck", "", 0, s.stuck);
  idr_verify_report(&c, "150 rpm, k 50 1/s: greatest torque", "kN.m", 19.91, s.torque_max);
}

/* ---- V5 -------------------------------------------------------------------------------------- */

static double lateral_rpm(double outer, double inner, double feet) {
  float omega = idr_critical_lateral(idr_verify_sif(outer, "in"), idr_verify_sif(inner, "in"),
                                     idr_verify_sif(feet, "ft"));
  return idr_verify_from_si((double)omega, "rpm");
}

static void add_critical_speeds(idr_verify *v) {
  const idr_verify_case c = {v, "V5", "drillingformulas.com, critical speed, 4 x 3.5 in, 32 ft",
                             IDR_VERIFY_PUBLISHED};
  const idr_verify_case f = {v, "V5", "33,055 sqrt(D^2 + d^2)/L^2 rpm, in and ft", IDR_VERIFY_FORM};
  const idr_verify_case h = {v, "V5", "HOMCO handbook: length and bore of its pipe are not said",
                             IDR_VERIFY_PUBLISHED};
  idr_verify_near(&c, "lateral resonance, printed to 1 rpm", "rpm", 172, lateral_rpm(4, 3.5, 32),
                  0.5);
  double field = 33055 * sqrt(4.0 * 4.0 + 3.5 * 3.5) / (32.0 * 32.0);
  idr_verify_near(&f, "lateral resonance (constant rounded)", "rpm", field, lateral_rpm(4, 3.5, 32),
                  1e-3 * field);
  idr_verify_report(&h, "4.5 x 3.826 in pipe, 30 ft taken", "rpm", 210,
                    lateral_rpm(4.5, 3.826, 30));
  idr_verify_report(&h, "5 x 4.276 in pipe, 30 ft taken", "rpm", 235, lateral_rpm(5, 4.276, 30));
  idr_verify_report(&h, "5.5 x 4.778 in pipe, 30 ft taken", "rpm", 260,
                    lateral_rpm(5.5, 4.778, 30));
  double bar = (double)idr_critical_bar(IDR_STEEL_BAR_SPEED, idr_verify_sif(1000, "ft"), 1);
  idr_verify_report(&h, "axial resonance, 1,000 ft (258,000/L)", "rpm", 258,
                    idr_verify_from_si(bar, "rpm"));
}

/* ---- V16 ------------------------------------------------------------------------------------- */

/* 5 in pipe of 19.5 lb/ft in 10 ppg: weight in mud, N/m. */
static double pipe_weight(void) {
  double air = idr_verify_si(19.5, "lb/ft") * 9.80665;
  return air * idr_drag_buoyancy(idr_verify_si(10, "ppg"), 7850);
}

static idr_drag_result pull(const idr_well_survey *survey, int count, double depth, double weight,
                            double below, idr_drag_motion motion) {
  idr_drag_section pipe = {1e5, weight, 0.0825, 1e6, 0.04445};
  idr_drag_parts parts = {1, &pipe, count, survey, depth, 10, -below, 0, 0};
  idr_drag_result r;
  if (idr_drag_walk(&parts, &motion, &r) != IDR_STATUS_OK)
    r = (idr_drag_result){.hookload = NAN, .torque = NAN};
  return r;
}

static void add_soft_string(idr_verify *v) {
  const idr_verify_case c = {v, "V16",
                             "Johancsik 1984 in closed form: 1,000 m straight at 60 deg, 5 in 19.5 "
                             "lb/ft in 10 ppg, mu 0.3",
                             IDR_VERIFY_EXACT};
  const idr_well_survey slant = {500, 60 * DEG, 1};
  const idr_well_survey bend[] = {{0, 0, 1}, {500, 60 * DEG, 1}};
  double w = pipe_weight();
  idr_drag_result turn = pull(&slant, 1, 1000, w, 0, idr_drag_motion_of(0.3, 0, 1));
  idr_drag_result up = pull(&slant, 1, 1000, w, 0, idr_drag_motion_of(0.3, 1, 0));
  idr_drag_result down = pull(&slant, 1, 1000, w, 0, idr_drag_motion_of(0.3, -1, 0));
  idr_drag_result round = pull(bend, 2, 500, 0, 1e5, idr_drag_motion_of(0.3, 1, 0));
  idr_verify_near(&c, "weight in mud", "N/m", 241.14, w, 0.01);
  idr_verify_near(&c, "rotating", "kN", 120.57, turn.hookload / 1e3, 0.006);
  idr_verify_near(&c, "pick-up", "kN", 183.22, up.hookload / 1e3, 0.006);
  idr_verify_near(&c, "slack-off", "kN", 57.92, down.hookload / 1e3, 0.006);
  idr_verify_near(&c, "torque", "kN.m", 5.169, turn.torque / 1e3, 0.0006);
  idr_verify_near(&c, "weightless round a bend of 60 deg, F2/F1", "", exp(0.3 * M_PI / 3),
                  round.hookload / 1e5, 2e-5);
}

static void add_buckling(idr_verify *v) {
  const idr_verify_case c = {
      v, "V16", "Dawson-Paslay and Lubinski, evaluated; the same pipe in an 8.5 in hole",
      IDR_VERIFY_FORM};
  double w = pipe_weight(), r = 0.04445;
  double ei = idr_tube_stiffness(idr_verify_si(5, "in"), idr_verify_si(4.276, "in"));
  idr_verify_near(&c, "sinusoidal at 30 deg", "kN", 115.5,
                  idr_buckling_sine(ei, w, 30 * DEG, r) / 1e3, 0.06);
  idr_verify_near(&c, "sinusoidal at 60 deg", "kN", 152.0,
                  idr_buckling_sine(ei, w, 60 * DEG, r) / 1e3, 0.06);
  idr_verify_near(&c, "sinusoidal at 90 deg", "kN", 163.3,
                  idr_buckling_sine(ei, w, 90 * DEG, r) / 1e3, 0.06);
  idr_verify_near(&c, "vertical", "kN", 8.05, idr_buckling_vertical(ei, w) / 1e3, 0.006);
}

void idr_verify_string(idr_verify *v) {
  add_aggressiveness(v);
  add_well_b_statics(v);
  add_well_b_table(v);
  add_well_b_others(v);
  add_well_b_exact(v);
  add_well_b_plain(v);
  add_critical_speeds(v);
  add_soft_string(v);
  add_buckling(v);
}
