/* Pressures of circulation: annulus by hand and by the API form (V7 to V9), bit (V10), surge and
 * swab (V11), pump (V12), column of mud. */
#include "drill/fann.h"
#include "drill/hand_hydraulics.h"
#include "drill/hydraulics.h"
#include "drill/jet.h"
#include "drill/mud_density.h"
#include "drill/pump.h"
#include "drill/surge.h"
#include "jobs/verify.h"

#include <math.h>

/* Lapeyrouse takes a degree of the dial for 1 lbf/100 ft2. */
static float handbook_consistency(const idr_fann_fluid *f) {
  return f->consistency / IDR_FANN_STRESS * idr_verify_sif(1, "lbf/100ft2");
}

static float inches(double value) {
  return idr_verify_sif(value, "in");
}

static double velocity(double gallons, double hole, double pipe) {
  double area = (double)(idr_circle_area(inches(hole)) - idr_circle_area(inches(pipe)));
  return idr_verify_si(gallons, "gal/min") / area;
}

/* ---- V7 -------------------------------------------------------------------------------------- */

typedef struct {
  const char *what[5]; /* velocity, Reynolds number, friction factor, loss, API's loss */
  double hole, pipe, feet;
  double v, reynolds, friction, psi; /* printed */
} book_section;

/* The Reynolds number grows as v^1.2 and v is printed to 0.01 ft/s. */
static void add_book_section(const idr_verify_case *c, const book_section *s) {
  float density = idr_verify_sif(10.5, "ppg"), k = idr_verify_sif(20, "cP"), n = 0.8f;
  float gap = inches(s->hole - s->pipe), length = idr_verify_sif(s->feet, "ft");
  double v = velocity(300, s->hole, s->pipe);
  float re = idr_hand_reynolds(density, (float)v, k, n, gap), f = idr_hand_blasius(re);
  float loss = idr_hand_fanning(f, density, (float)v, gap, length);
  idr_rheology api = idr_rheology_prepare(density, 0, k, n, 1);
  float api_loss = idr_hydraulics_annulus(&api, idr_verify_sif(300, "gal/min"), inches(s->hole),
                                          inches(s->pipe), length);
  idr_verify_near(c, s->what[0], "ft/s", s->v, idr_verify_from_si(v, "ft/s"), 0.0065);
  idr_verify_near(c, s->what[1], "", s->reynolds, (double)re, 1.2 * s->reynolds * 0.0065 / s->v);
  idr_verify_near(c, s->what[2], "", s->friction, (double)f, 1e-5);
  idr_verify_near(c, s->what[3], "psi", s->psi, idr_verify_from_si((double)loss, "psi"), 0.5);
  idr_verify_report(c, s->what[4], "psi", s->psi, idr_verify_from_si((double)api_loss, "psi"));
}

static void add_book(idr_verify *v) {
  static const char source[] =
      "Guo and Liu, Applied Drilling Circulation Systems: 10.5 ppg, 300 gal/min, n 0.8, K 20 cP";
  const idr_verify_case c = {v, "V7", source, IDR_VERIFY_PUBLISHED};
  const book_section pipe = {{"velocity, 8.5 x 4.5 in", "Reynolds number, 8.5 x 4.5 in",
                              "friction factor, 8.5 x 4.5 in", "loss, 8.5 x 4.5 in, 3,000 ft",
                              "the same by the API form of the engine"},
                             8.5,
                             4.5,
                             3000,
                             2.36,
                             8544,
                             0.00823,
                             17};
  const book_section collar = {{"velocity, 8.5 x 6.75 in", "Reynolds number, 8.5 x 6.75 in",
                                "friction factor, 8.5 x 6.75 in", "loss, 8.5 x 6.75 in, 450 ft",
                                "the same by the API form of the engine"},
                               8.5,
                               6.75,
                               450,
                               4.59,
                               9798,
                               0.00795,
                               21};
  idr_verify_near(&c, "critical Reynolds number, n 0.8", "", 3174,
                  (double)idr_hand_reynolds_critical(0.8f), 0.5);
  add_book_section(&c, &pipe);
  add_book_section(&c, &collar);
  idr_verify_near(&c, "687 psi in kPa", "kPa", 4737,
                  idr_verify_from_si(idr_verify_si(687, "psi"), "kPa"), 0.5);
}

/* ---- V8 and V9 ------------------------------------------------------------------------------- */

/* The page prints inputs and regimes; its totals were not readable. */
typedef struct {
  float density, consistency, index, flow, hole, pipe, collar, pipe_length, collar_length;
} ecd_well;

static ecd_well ecd_inputs(void) {
  idr_fann_fluid f = idr_fann_power_law(60, 40);
  return (ecd_well){.density = idr_verify_sif(9.5, "ppg"),
                    .consistency = handbook_consistency(&f),
                    .index = f.index,
                    .flow = idr_verify_sif(650, "gal/min"),
                    .hole = inches(8.5),
                    .pipe = inches(5),
                    .collar = inches(6.75),
                    .pipe_length = idr_verify_sif(10000, "ft"),
                    .collar_length = idr_verify_sif(600, "ft")};
}

static void add_ecd_regimes(const idr_verify_case *page, const idr_verify_case *formula) {
  ecd_well w = ecd_inputs();
  float pipe = idr_hand_critical(w.density, w.consistency, w.index, w.hole - w.pipe);
  float collar = idr_hand_critical(w.density, w.consistency, w.index, w.hole - w.collar);
  idr_verify_at_most(page, "drill pipe laminar: velocity over critical", "", 1.0,
                     velocity(650, 8.5, 5) / (double)pipe, 0);
  idr_verify_at_least(page, "collars turbulent: velocity over critical", "", 1.0,
                      velocity(650, 8.5, 6.75) / (double)collar, 0);
  idr_verify_near(formula, "critical velocity, drill pipe", "ft/min", 342.6,
                  idr_verify_from_si((double)pipe, "ft/min"), 0.5);
  idr_verify_near(formula, "critical velocity, collars", "ft/min", 456.2,
                  idr_verify_from_si((double)collar, "ft/min"), 0.5);
}

static void add_ecd_losses(const idr_verify_case *c) {
  ecd_well w = ecd_inputs();
  float gap = w.hole - w.pipe, v = (float)velocity(650, 8.5, 5);
  idr_rheology api = idr_rheology_prepare(w.density, 0, w.consistency, w.index, 1);
  double pipe =
      (double)(4.0f * idr_rheology_wall_stress(&api, api.rate * v / gap) * w.pipe_length / gap);
  double collar = (double)idr_hand_turbulent(w.density, w.flow, idr_verify_sif(20, "cP"), w.hole,
                                             w.collar, w.collar_length);
  double engine = (double)(idr_hydraulics_annulus(&api, w.flow, w.hole, w.pipe, w.pipe_length) +
                           idr_hydraulics_annulus(&api, w.flow, w.hole, w.collar, w.collar_length));
  double column = idr_verify_si(9000, "ft") * (double)IDR_GRAVITY;
  idr_verify_near(c, "loss, drill pipe (engine's laminar law)", "psi", 271.3,
                  idr_verify_from_si(pipe, "psi"), 0.5);
  idr_verify_near(c, "loss, collars", "psi", 81.5, idr_verify_from_si(collar, "psi"), 0.1);
  idr_verify_near(c, "ECD", "ppg", 10.25,
                  idr_verify_from_si((double)w.density + (pipe + collar) / column, "ppg"), 0.006);
  idr_verify_report(c, "ECD by the API form of the engine", "ppg", 10.25,
                    idr_verify_from_si((double)w.density + engine / column, "ppg"));
}

static void add_ecd(idr_verify *v) {
  static const char source[] = "drillingformulas.com, annular pressure loss: 9.5 ppg, th600 60, "
                               "th300 40, 650 gal/min, 8.5 in hole";
  const idr_verify_case page = {v, "V8", source, IDR_VERIFY_PUBLISHED};
  const idr_verify_case formula = {v, "V8", "the same; formulas of Lapeyrouse in double precision",
                                   IDR_VERIFY_INPUTS};
  add_ecd_regimes(&page, &formula);
  add_ecd_losses(&formula);
}

/* The page rounds the velocity to 299 in print only: its loss comes from 24.5 q/(Dh^2 - Dp^2). */
static void add_fixed(idr_verify *v) {
  const idr_verify_case c = {v, "V9",
                             "drillingformulas.com: 13 ppg, 8,000 ft, 320 gal/min, 6.5 x 4 in",
                             IDR_VERIFY_PUBLISHED};
  double speed = velocity(320, 6.5, 4);
  float density = idr_verify_sif(13, "ppg");
  float loss = idr_hand_fixed(density, idr_verify_sif(24.5 * 320 / 26.25, "ft/min"), inches(2.5),
                              idr_verify_sif(8000, "ft"));
  idr_verify_near(&c, "annular velocity", "ft/min", 299, idr_verify_from_si(speed, "ft/min"), 0.5);
  idr_verify_near(&c, "loss with a fixed factor, at 24.5 q/(Dh2 - Dp2)", "psi", 531.65,
                  idr_verify_from_si((double)loss, "psi"), 0.02);
}

/* ---- V10 ------------------------------------------------------------------------------------- */

/* The two published formulas differ by 0.6 psi, which is the tolerance of the pressure; 1714 is
 * rounded by 0.03 %, and 417.2 stands for 418.3 (it holds 0.32 for 0.3208). */
static void add_bit(idr_verify *v) {
  const idr_verify_case c = {
      v, "V10",
      "petroleumoffice.com 156.5 q^2 MW/(sum N^2)^2, and Guo and Liu: 12 ppg, "
      "400 gal/min, 3 x 12/32",
      IDR_VERIFY_INPUTS};
  const idr_verify_case surface = {v, "-", "field rule 1e-5 k MW Q^1.86", IDR_VERIFY_FORM};
  float density = idr_verify_sif(12, "ppg"), flow = idr_verify_sif(400, "gal/min");
  float area = 3.0f * idr_circle_area(idr_verify_sif(12, "in/32")), radius = inches(4.25);
  double n2 = 3 * 144.0, field = 156.5 * 160000 * 12 / (n2 * n2);
  double drop = idr_verify_from_si((double)idr_hydraulics_bit(density, flow, area), "psi");
  double power = (double)(idr_hydraulics_bit_power(density, flow, area, radius) * 3.14159265f *
                          radius * radius);
  idr_verify_near(&c, "pressure drop at the bit, 156.5 form", "psi", field, drop, 0.65);
  idr_verify_near(&c, "pressure drop at the bit, Cd 0.95", "psi", 1610.7, drop, 0.65);
  idr_verify_near(&c, "hydraulic power, dp q/1714", "hp", 1610.7 * 400 / 1714,
                  idr_verify_from_si(power, "hp"), 0.26);
  idr_verify_near(&c, "jet velocity, 417.2 q/sum N^2 (417.2 for 418.3)", "ft/s", 417.2 * 400 / n2,
                  idr_verify_from_si((double)idr_jet_velocity(flow, area), "ft/s"), 1.1);
  idr_verify_near(&c, "jet impact, 0.01823 Cd q sqrt(rho dp)", "lbf",
                  0.01823 * 0.95 * 400 * sqrt(12 * 1610.7),
                  idr_verify_from_si((double)idr_jet_force(density, flow, area), "lbf"), 0.5);
  field = 1e-5 * (double)IDR_SURFACE_FACTOR * 12 * pow(400, 1.86);
  idr_verify_near(&surface, "surface lines, k 4, 12 ppg, 400 gal/min", "psi", field,
                  idr_verify_from_si((double)idr_hydraulics_surface(density, flow), "psi"),
                  1e-4 * field);
}

/* ---- V11 and V12 ----------------------------------------------------------------------------- */

static void add_surge(idr_verify *v) {
  const idr_verify_case c = {v, "V11",
                             "Lapeyrouse, Formulas and Calculations: 7.875 in hole, 4.5 x 3.82 in "
                             "pipe, 14,300 ft, 270 ft/min",
                             IDR_VERIFY_PUBLISHED};
  idr_fann_fluid f = idr_fann_power_law(140, 80);
  idr_rheology r = idr_rheology_prepare(1000, 0, handbook_consistency(&f), f.index, 1);
  float hole = inches(7.875), pipe = inches(4.5), speed = idr_verify_sif(270, "ft/min");
  float closed = speed * idr_surge_closed(hole, pipe);
  float open = speed * idr_surge_open(hole, pipe, inches(3.82));
  float length = idr_verify_sif(14300, "ft");
  idr_verify_near(&c, "mud velocity, closed end", "ft/min", 252,
                  idr_verify_from_si((double)closed, "ft/min"), 0.5);
  idr_verify_near(&c, "greatest mud velocity, closed end", "ft/min", 378,
                  idr_verify_from_si((double)(IDR_SURGE_GREATEST * closed), "ft/min"), 0.75);
  idr_verify_near(
      &c, "surge pressure, closed end (v from 252 +- 0.5)", "psi", 716,
      idr_verify_from_si((double)idr_surge_pressure(&r, closed, hole, pipe, length), "psi"), 1.7);
  idr_verify_near(&c, "mud velocity, open end", "ft/min", 149,
                  idr_verify_from_si((double)open, "ft/min"), 0.5);
  idr_verify_near(&c, "greatest mud velocity, open end", "ft/min", 224,
                  idr_verify_from_si((double)(IDR_SURGE_GREATEST * open), "ft/min"), 1.25);
}

static void add_pump(idr_verify *v) {
  const idr_verify_case c = {v, "V12",
                             "Utah FORGE 16A(78)-32 daily reports: triplex 6 x 12 in, 95 %",
                             IDR_VERIFY_PUBLISHED};
  float volume = idr_pump_triplex(inches(6), inches(12), 0.95f);
  float flow = idr_pump_flow(volume, idr_verify_sif(80, "1/min"));
  idr_verify_near(&c, "volume of a stroke", "gal", 4.19, idr_verify_from_si((double)volume, "gal"),
                  0.005);
  idr_verify_near(&c, "flow at 80 strokes/min", "gal/min", 335,
                  idr_verify_from_si((double)flow, "gal/min"), 0.5);
}

/* ---- the column ------------------------------------------------------------------------------ */

/* Pressure of the column by Runge and Kutta in double precision. */
static double integrate(const idr_mud *m, double depth, double gradient) {
  double p = 0.0, h = depth / 2000.0, g = 9.80665 * (double)m->density;
  double a = (double)m->expansion * gradient, beta = (double)m->bulk;
  for (int i = 0; i < 2000; i++) {
    double z = i * h;
    double k1 = g * exp(p / beta - a * z);
    double k2 = g * exp((p + 0.5 * h * k1) / beta - a * (z + 0.5 * h));
    double k3 = g * exp((p + 0.5 * h * k2) / beta - a * (z + 0.5 * h));
    double k4 = g * exp((p + h * k3) / beta - a * (z + h));
    p += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return p;
}

static void add_column(idr_verify *v) {
  const idr_verify_case c = {v, "-", "dp/dz = rho(p, T) g integrated in double precision",
                             IDR_VERIFY_EXACT};
  const idr_mud mud = {1300, 2.2e9f, 4.5e-4f};
  double exact = integrate(&mud, 4000, 0.03);
  idr_verify_near(&c, "column of 4 km, 1300 kg/m3, 30 K/km", "MPa", 1e-6 * exact,
                  1e-6 * (double)idr_mud_column(&mud, 4000, 0.03f), 1e-5);
  exact = integrate(&mud, 4000, 0.0);
  idr_verify_near(&c, "the same without warming", "MPa", 1e-6 * exact,
                  1e-6 * (double)idr_mud_column(&mud, 4000, 0.0f), 1e-5);
}

void idr_verify_hydraulics(idr_verify *v) {
  add_book(v);
  add_ecd(v);
  add_fixed(v);
  add_bit(v);
  add_surge(v);
  add_pump(v);
  add_column(v);
}
