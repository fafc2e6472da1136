/* Cuttings in the annulus: slip (V13) and the velocity that keeps it clean. */
#include "drill/cuttings.h"
#include "drill/settling.h"
#include "jobs/verify.h"

#include <math.h>

static void add_newtonian(idr_verify *v) {
  const idr_verify_case c = {
      v, "V13",
      "Guo and Liu, Applied Drilling Circulation Systems: 0.25 in, sphericity "
      "0.8, 6 cP, 12 ppg, 2.7 sg",
      IDR_VERIFY_PUBLISHED};
  float size = idr_verify_sif(0.25, "in"), solid = idr_verify_sif(2.7, "sg");
  float mud = idr_verify_sif(12, "ppg"), viscosity = idr_verify_sif(6, "cP");
  idr_settling_drag k = idr_settling_curve(0.8f);
  double slip = (double)idr_settling_newtonian(size, solid, mud, viscosity, 0.8f);
  double reynolds = (double)(mud * size / viscosity) * slip, l = log10(reynolds);
  double drag = pow(10, (double)k.a + (double)k.b * l + (double)k.c * l * l);
  idr_verify_near(&c, "A'", "", 1.7996, (double)k.a, 6e-5);
  idr_verify_near(&c, "B'", "", -0.8467, (double)k.b, 6e-5);
  idr_verify_near(&c, "C'", "", 0.1206, (double)k.c, 6e-5);
  idr_verify_near(&c, "particle Reynolds number", "", 240, reynolds, 0.5);
  idr_verify_near(&c, "friction factor", "", 2.935, drag, 0.005);
  idr_verify_near(&c, "slip velocity", "ft/s", 0.5166, idr_verify_from_si(slip, "ft/s"), 5e-4);
}

/* Chien's law: drag at the slip velocity balances weight. */
static void add_chien(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Chien 1994: balance of drag and weight in double precision",
                             IDR_VERIFY_EXACT};
  static const struct {
    const char *what;
    double viscosity;
  } list[] = {{"drag over weight at the slip velocity, 2 cP", 0.002},
              {"drag over weight at the slip velocity, 30 cP", 0.03},
              {"drag over weight at the slip velocity, 300 cP", 0.3}};
  double d = (double)IDR_CUTTING_SIZE, solid = 2600, mud = 1200;
  for (int i = 0; i < 3; i++) {
    double slip =
        (double)idr_cuttings_slip((float)d, (float)solid, (float)mud, (float)list[i].viscosity);
    double re = mud * slip * d / list[i].viscosity;
    double drag =
        (30 / re + 67.289 * exp(-5.03 * 0.8)) * 0.5 * mud * slip * slip * M_PI / 4 * d * d;
    double weight = M_PI / 6 * d * d * d * (solid - mud) * 9.80665;
    idr_verify_near(&c, list[i].what, "", 1.0, drag / weight, 1e-5);
  }
}

/* Moore's three regimes in ft/s, in, lb/gal, cP. */
static void add_moore(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Moore 1974, usual field form", IDR_VERIFY_FORM};
  double d = 0.25, solid = 22.5, mud = 10, over = solid - mud;
  double laminar = 82.87 * d * d * over / 300;
  double middle = 2.90 * d * pow(over, 0.667) / (pow(mud, 0.333) * pow(50, 0.333));
  double turbulent = 1.54 * sqrt(d * over / mud);
  const struct {
    const char *what;
    double cp, reference;
  } list[] = {{"slip velocity, 300 cP (laminar)", 300, laminar},
              {"slip velocity, 50 cP (between)", 50, middle},
              {"slip velocity, 2 cP (turbulent)", 2, turbulent}};
  for (int i = 0; i < 3; i++) {
    float slip = idr_settling_moore(idr_verify_sif(d, "in"), idr_verify_sif(solid, "ppg"),
                                    idr_verify_sif(mud, "ppg"), idr_verify_sif(list[i].cp, "cP"));
    idr_verify_near(&c, list[i].what, "ft/s", list[i].reference,
                    idr_verify_from_si((double)slip, "ft/s"), 1e-4 * list[i].reference);
  }
  float required = idr_settling_required(0.2f, 0.01f, 0.07f, 0.04f, 0.05f);
  idr_verify_near(&c, "required velocity: slip plus rock over volume fraction", "m/s",
                  0.2 + 0.01 * 0.07 / (0.05 * 0.04), (double)required, 1e-6);
}

/* Larsen's minimum velocity without rotation, in ft/s, ft/h, deg, in, lb/gal, cP. */
static void add_larsen(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Larsen, Pilehvari and Azar 1997, usual field form",
                             IDR_VERIFY_FORM};
  static const struct {
    const char *what;
    double degrees, cp;
  } list[] = {{"minimum velocity, 60 deg, 30 cP, 50 ft/h", 60, 30},
              {"minimum velocity, 75 deg, 80 cP, 50 ft/h", 75, 80},
              {"minimum velocity, 90 deg, 53 cP, 50 ft/h", 90, 53}};
  double rop = 50, ratio = 5 / 8.5, ppg = 10, size = (double)IDR_CUTTING_SIZE / 0.0254;
  for (int i = 0; i < 3; i++) {
    double t = list[i].degrees, cp = list[i].cp;
    double carry = 1 / ((1 - ratio * ratio) * (0.64 + 18.16 / rop));
    double slip = cp <= 53 ? 0.00516 * cp + 3.006 : 0.02554 * (cp - 53) + 3.28;
    double angle = 0.0342 * t - 0.000233 * t * t - 0.213;
    double field = carry + slip * angle * (-1.04 * size + 1.286) * (1 - 0.0333 * (ppg - 8.7));
    float ours = idr_cuttings_minimum(idr_verify_sif(rop, "ft/h"), idr_verify_sif(cp, "cP"),
                                      idr_verify_sif(ppg, "ppg"), (float)ratio,
                                      idr_cuttings_lean(idr_verify_sif(t, "deg")), 0);
    idr_verify_near(&c, list[i].what, "ft/s", field, idr_verify_from_si((double)ours, "ft/s"),
                    1e-5 * field);
  }
}

void idr_verify_annulus(idr_verify *v) {
  add_newtonian(v);
  add_chien(v);
  add_moore(v);
  add_larsen(v);
}
