/* The ground: pore pressure (V19), fracture pressure, drillability, chains of rocks (V20). */
#include "drill/formation.h"
#include "drill/generator.h"
#include "drill/lithology.h"
#include "drill/pore_pressure.h"
#include "jobs/verify.h"

#include <math.h>
#include <string.h>

static void add_pressures(idr_verify *v) {
  const idr_verify_case pore = {v, "V19",
                                "Datalog manual: overburden 1.04, normal 0.452 psi/ft, dc 1.75 "
                                "against 1.85",
                                IDR_VERIFY_PUBLISHED};
  const idr_verify_case fracture = {v, "-",
                                    "netwasgroup.us, Ben Eaton method: 12,000 ft, 12 ppg, "
                                    "overburden 0.96 psi/ft, Poisson 0.47",
                                    IDR_VERIFY_PUBLISHED};
  double gradient = (double)idr_pore_eaton(1.04f, 0.452f, 1.75f, 1.85f, IDR_PORE_EATON_RESISTIVITY);
  idr_verify_near(&pore, "pore pressure gradient", "psi/ft", 0.490, gradient, 5e-4);
  idr_verify_near(&pore, "the same as mud weight (0.052 psi/ft per ppg)", "ppg", 9.42,
                  gradient / 0.052, 0.005);
  double frac = (double)idr_formation_fracture(0.96f, 12 * 0.052f, 0.47f);
  idr_verify_near(&fracture, "fracture gradient", "psi/ft", 0.92, frac, 0.005);
  idr_verify_near(&fracture, "fracture pressure (from 0.92)", "psi", 11040, frac * 12000, 60);
  idr_verify_near(&fracture, "the same as mud weight (from 0.92)", "ppg", 17.69, frac / 0.052, 0.1);
}

/* In ft/h, 1/min, lbf, in. */
static void add_drillability(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Jorden and Shirley 1966, usual field form", IDR_VERIFY_FORM};
  double rop = 43.6, rpm = 182, wob = 40000, diameter = 8.75;
  double field = log10(rop / (60 * rpm)) / log10(12 * wob / (1e6 * diameter));
  double d =
      (double)idr_pore_d_exponent(idr_verify_sif(rop, "ft/h"), idr_verify_sif(rpm, "rpm"),
                                  idr_verify_sif(wob, "lbf"), idr_verify_sif(diameter, "in"));
  idr_verify_near(&c, "d-exponent, 43.6 ft/h, 182 rpm, 40 klbf, 8.75 in", "", field, d,
                  1e-5 * field);
  idr_verify_near(&c, "corrected, 9 over 10 ppg", "", 0.9 * field,
                  (double)idr_pore_d_corrected((float)d, 9, 10), 1e-5 * field);
}

/* ---- V20 ------------------------------------------------------------------------------------- */

enum { ROCKS = 3 }; /* sand, shale, lime */

static const double counts[ROCKS * ROCKS] = {58, 18, 2, 15, 86, 39, 5, 35, 51};

/* Printed to two digits; 5/91 = 0.05495 stands as .06, so that its row sums to one. */
static void add_krumbein(idr_verify *v) {
  const idr_verify_case printed = {v, "V20", "Krumbein 1967, Chester Series: 309 transitions",
                                   IDR_VERIFY_PUBLISHED};
  const idr_verify_case derived = {v, "V20", "the same; linear algebra on the counts",
                                   IDR_VERIFY_INPUTS};
  static const char *const what[ROCKS * ROCKS] = {
      "sand to sand",  "sand to shale", "sand to lime",  "shale to sand", "shale to shale",
      "shale to lime", "lime to sand",  "lime to shale", "lime to lime"};
  static const double table[ROCKS * ROCKS] = {.74, .23, .03, .11, .61, .28, .06, .38, .56};
  static const char *const rock[ROCKS] = {"sand in the long run", "shale in the long run",
                                          "lime in the long run"};
  static const double share[ROCKS] = {0.252, 0.449, 0.299}, run[ROCKS] = {3.85, 2.56, 2.27};
  static const char *const stays[ROCKS] = {"mean run in sand (from .74)", "mean run in shale (.61)",
                                           "mean run in lime (.56)"};
  double p[ROCKS * ROCKS], ours[ROCKS];
  idr_lithology_probabilities(ROCKS, counts, p);
  for (int i = 0; i < ROCKS * ROCKS; i++)
    idr_verify_near(&printed, what[i], "", table[i], p[i], 0.0051);
  idr_lithology_stationary(ROCKS, p, ours);
  for (int i = 0; i < ROCKS; i++)
    idr_verify_near(&derived, rock[i], "", share[i], ours[i], 6e-4);
  for (int i = 0; i < ROCKS; i++)
    idr_verify_near(&derived, stays[i], "steps", run[i], idr_lithology_run(table[i * ROCKS + i]),
                    0.006);
}

static int rock_index(idr_lithology lithology) {
  return lithology == IDR_LITHOLOGY_SANDSTONE   ? 0
         : lithology == IDR_LITHOLOGY_SHALE     ? 1
         : lithology == IDR_LITHOLOGY_LIMESTONE ? 2
                                                : -1;
}

/* Transitions among the three rocks in 300 generated wells. */
static bool count_generated(double *made) {
  idr_generator_settings s;
  idr_generator_defaults(&s);
  memset(made, 0, ROCKS * ROCKS * sizeof *made);
  for (uint32_t i = 0; i < 300; i++) {
    idr_well *well;
    if (idr_well_generate(&s, 20, i, &well) != IDR_STATUS_OK) {
      idr_error_clear();
      return false;
    }
    for (int k = 2; k < well->layer_count; k++) {
      int from = rock_index(well->layer[k - 1].lithology),
          to = rock_index(well->layer[k].lithology);
      if (from >= 0 && to >= 0) made[from * ROCKS + to] += 1.0;
    }
    idr_well_free(well);
  }
  return true;
}

/* The generator's chain is after Krumbein's, with dolomite and granite added: shown, not judged. */
static void add_generator(idr_verify *v) {
  const idr_verify_case c = {
      v, "V20", "300 generated wells, transitions among three rocks, beside Krumbein's",
      IDR_VERIFY_DATA};
  static const char *const what[ROCKS * ROCKS] = {
      "", "next after sand: shale", "next after sand: lime", "next after shale: sand",
      "", "next after shale: lime", "next after lime: sand", "next after lime: shale",
      ""};
  double p[ROCKS * ROCKS], beds[ROCKS * ROCKS], made[ROCKS * ROCKS], ours[ROCKS * ROCKS];
  idr_lithology_probabilities(ROCKS, counts, p);
  idr_lithology_embedded(ROCKS, p, beds);
  bool drawn = count_generated(made);
  idr_lithology_probabilities(ROCKS, made, ours);
  for (int i = 0; i < ROCKS * ROCKS; i++)
    if (i % (ROCKS + 1) != 0)
      idr_verify_report(&c, what[i], "", beds[i], drawn ? ours[i] : (double)NAN);
}

void idr_verify_formation(idr_verify *v) {
  add_pressures(v);
  add_drillability(v);
  add_krumbein(v);
  add_generator(v);
}
