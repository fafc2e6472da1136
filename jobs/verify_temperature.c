/* Temperature of the circulating mud, against the same two equations integrated by shooting. */
#include "drill/temperature.h"
#include "jobs/verify.h"

#include <math.h>

/* A geothermal hole of 3 km: inlet 40 degC, surface 15 degC, 60 K/km, 35 L/s of 1150 kg/m3 and 3900
 * J/kg/K; walls of 5 in pipe and 8.75 in hole with 150 and 20 W/m2/K (assumed). */
#define INLET    313.15
#define SURFACE  288.15
#define GRADIENT 0.06
#define DEPTH    3000.0
#define CAPACITY (0.035 * 1150 * 3900)
#define PIPE     (M_PI * 0.127 * 150)
#define HOLE     (M_PI * 0.22225 * 20)

enum { STEPS = 3000 };

typedef struct {
  double string, annulus;
} pair;

static pair slope(double z, pair t) {
  double in = PIPE * (t.annulus - t.string), rock = HOLE * (SURFACE + GRADIENT * z - t.annulus);
  return (pair){in / CAPACITY, (in - rock) / CAPACITY};
}

static pair moved(pair t, pair d, double h) {
  return (pair){t.string + h * d.string, t.annulus + h * d.annulus};
}

/* From the top down with a guessed outlet; fills both profiles. Returns annulus less string at the
 * bottom. */
static double shoot(double outlet, pair profile[STEPS + 1]) {
  pair t = {INLET, outlet};
  double h = DEPTH / STEPS;
  profile[0] = t;
  for (int i = 0; i < STEPS; i++) {
    double z = i * h;
    pair a = slope(z, t), b = slope(z + h / 2, moved(t, a, h / 2));
    pair c = slope(z + h / 2, moved(t, b, h / 2)), d = slope(z + h, moved(t, c, h));
    t = moved(moved(moved(moved(t, a, h / 6), b, h / 3), c, h / 3), d, h / 6);
    profile[i + 1] = t;
  }
  return t.annulus - t.string;
}

/* The miss is linear in the outlet, so two shots tell the third. */
static void integrate(pair profile[STEPS + 1]) {
  double low = shoot(300, profile), high = shoot(350, profile);
  shoot(300 - low * 50 / (high - low), profile);
}

static void add_profile(const idr_verify_case *c, const idr_temperature *t) {
  static const struct {
    const char *what;
    int at, annulus;
  } list[] = {{"outlet of the annulus", 0, 1},
              {"string at 1,500 m", STEPS / 2, 0},
              {"annulus at 1,500 m", STEPS / 2, 1},
              {"string at the bottom, 3,000 m", STEPS, 0},
              {"annulus at the bottom", STEPS, 1}};
  static pair profile[STEPS + 1];
  integrate(profile);
  for (int i = 0; i < 5; i++) {
    float z = (float)(DEPTH / STEPS * list[i].at);
    float ours = list[i].annulus ? idr_temperature_annulus(t, z) : idr_temperature_string(t, z);
    const pair *p = &profile[list[i].at];
    idr_verify_near(c, list[i].what, "K", list[i].annulus ? p->annulus : p->string, (double)ours,
                    1e-3);
  }
}

/* What the mud brings up is what the rock gave, by the trapezoidal rule over the closed form. */
static void add_balance(const idr_verify_case *c, const idr_temperature *t) {
  double gained = 0.0, h = DEPTH / STEPS;
  for (int i = 0; i <= STEPS; i++) {
    double z = i * h, rock = SURFACE + GRADIENT * z;
    double flux = HOLE * (rock - (double)idr_temperature_annulus(t, (float)z));
    gained += flux * h * (i == 0 || i == STEPS ? 0.5 : 1.0);
  }
  double carried = CAPACITY * ((double)idr_temperature_annulus(t, 0) - INLET);
  idr_verify_near(c, "heat from rock over heat brought up", "", 1.0, gained / carried, 1e-4);
}

void idr_verify_temperature(idr_verify *v) {
  const idr_verify_case c = {
      v, "-", "Holmes and Swift 1970: its two equations integrated in double precision",
      IDR_VERIFY_EXACT};
  idr_temperature t =
      idr_temperature_prepare((float)INLET, (float)SURFACE, (float)GRADIENT, (float)DEPTH,
                              (float)CAPACITY, (float)PIPE, (float)HOLE);
  add_profile(&c, &t);
  add_balance(&c, &t);
}
