/* Wear: teeth and bearings of roller-cone bits, flats of PDC cutters. */
#include "drill/tooth.h"
#include "drill/wear.h"
#include "jobs/verify.h"

#include <math.h>

#define KLBF_IN 175126.83464566929 /* N/m */

/* Field form in hours: (H3/tau)(N/100)^H1 ((W/d)m - 4)/((W/d)m - W/d)(1 + H2/2)/(1 + H2 h). */
static void add_rates(const idr_verify_case *c) {
  static const struct {
    const char *what;
    idr_tooth_class kind;
    double h1, h2, h3, most;
  } class[] = {
      {"tooth wear 1-1, 5 klbf/in, 120 rpm, h 0.3", IDR_TOOTH_SOFT, 1.90, 7, 1.0, 7.0},
      {"tooth wear 2-1, 5 klbf/in, 120 rpm, h 0.3", IDR_TOOTH_MEDIUM, 1.80, 5, 0.6, 8.5},
      {"tooth wear 3-1, 5 klbf/in, 120 rpm, h 0.3", IDR_TOOTH_HARD, 1.70, 3, 0.36, 10.0},
      {"tooth wear 4-1, 5 klbf/in, 120 rpm, h 0.3", IDR_TOOTH_INSERT, 1.50, 2, 0.18, 10.0}};
  for (int i = 0; i < 4; i++) {
    double field = class[i].h3 / 20.0 * pow(1.2, class[i].h1) * (class[i].most - 4) /
                   (class[i].most - 5) * (1 + class[i].h2 / 2) / (1 + class[i].h2 * 0.3);
    idr_tooth t = idr_tooth_of(class[i].kind);
    float rate = idr_tooth_rate(&t, (float)(5 * KLBF_IN), idr_verify_sif(120, "rpm"),
                                idr_verify_sif(20, "h"));
    double ours = (idr_tooth_wear(&t, 0.3, rate, 1e-3) - 0.3) / 1e-3 * 3600.0;
    idr_verify_near(c, class[i].what, "1/h", field, ours, 1e-5 * field);
  }
  double field = 1.0 / 30.0 * pow(2.0, 1.6) * (5.0 / 4.0);
  float rate = idr_bearing_rate(IDR_BEARING_SEALED_JOURNAL, (float)(5 * KLBF_IN),
                                idr_verify_sif(120, "rpm"), idr_verify_sif(30, "h"));
  idr_verify_near(c, "bearing wear, sealed journal, 5 klbf/in, 120 rpm", "1/h", field,
                  3600.0 * (double)rate, 1e-5 * field);
}

/* Wear after hours against dh/dt integrated by Runge and Kutta in double precision. */
static double integrate(double rate, double h2, double seconds) {
  double h = 0.0, dt = seconds / 20000.0;
  for (int i = 0; i < 20000; i++) {
    double k1 = rate / (1 + h2 * h), k2 = rate / (1 + h2 * (h + 0.5 * dt * k1));
    double k3 = rate / (1 + h2 * (h + 0.5 * dt * k2)), k4 = rate / (1 + h2 * (h + dt * k3));
    h += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return h;
}

static void add_history(const idr_verify_case *c) {
  idr_tooth t = idr_tooth_of(IDR_TOOTH_MEDIUM);
  float rate =
      idr_tooth_rate(&t, (float)(5 * KLBF_IN), idr_verify_sif(80, "rpm"), idr_verify_sif(30, "h"));
  double seconds = 10 * 3600.0, exact = integrate((double)rate, (double)t.h2, seconds);
  double coarse = 0.0, fine = 0.0;
  for (int i = 0; i < 36000; i++)
    coarse = idr_tooth_wear(&t, coarse, rate, 1.0);
  for (int i = 0; i < 720000; i++)
    fine = idr_tooth_wear(&t, fine, rate, 0.05);
  idr_verify_near(c, "tooth wear after 10 h in steps of 1 s", "", exact, coarse, 1e-9);
  idr_verify_near(c, "the same in steps of 1/20 s", "", exact, fine, 1e-9);
}

/* Accelerated above the critical temperature, by definition doubled at 60 K above. */
static void add_flats(const idr_verify_case *c) {
  float heat = 1e8f, cold = idr_wear_growth(heat, 1.0f, IDR_WEAR_CRITICAL - 1.0f, 1.0f);
  float hot = idr_wear_growth(heat, 1.0f, IDR_WEAR_CRITICAL + IDR_WEAR_THERMAL, 1.0f);
  idr_verify_near(c, "PDC flat: growth below critical over rate x flux", "", 1.0,
                  (double)cold / ((double)IDR_WEAR_RATE * (double)heat), 1e-6);
  idr_verify_near(c, "PDC flat: growth 60 K above critical over below", "", 2.0,
                  (double)hot / (double)cold, 1e-5);
}

void idr_verify_wear(idr_verify *v) {
  const idr_verify_case form = {v, "-",
                                "Bourgoyne and Young 1974, form of Applied Drilling "
                                "Engineering",
                                IDR_VERIFY_FORM};
  const idr_verify_case exact = {v, "-", "integration of the same law in double precision",
                                 IDR_VERIFY_EXACT};
  const idr_verify_case flats = {v, "-", "law of wear.h (constants assumed): its own identities",
                                 IDR_VERIFY_EXACT};
  add_rates(&form);
  add_history(&exact);
  add_flats(&flats);
}
