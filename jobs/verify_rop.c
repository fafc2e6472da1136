/* Rate of penetration: specific energy, drag-bit law, Bourgoyne and Young. */
#include "base/random.h"
#include "drill/bitrock.h"
#include "drill/bourgoyne_fit.h"
#include "jobs/verify.h"

#include <math.h>

enum { TERMS = IDR_BOURGOYNE_TERMS };

/* Teale in field units: MSE[psi] = WOB/A + 120 pi N T/(A ROP) with lbf, in2, 1/min, ft.lbf, ft/h.
 */
static void add_specific_energy(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Teale 1965, Int. J. Rock Mech. 2:57", IDR_VERIFY_FORM};
  double wob = 25000, torque = 5000, rpm = 120, rop = 60, area = 0.25 * M_PI * 8.5 * 8.5;
  double field = wob / area + 120 * M_PI * rpm * torque / (area * rop);
  float si = idr_bit_specific_energy(idr_verify_sif(wob, "lbf"), idr_verify_sif(torque, "ft.lbf"),
                                     idr_verify_sif(rpm, "rpm"), idr_verify_sif(rop, "ft/h"),
                                     idr_verify_sif(area, "in2"));
  idr_verify_near(&c, "MSE: 25 klbf, 5 kft.lbf, 120 rpm, 60 ft/h", "psi", field,
                  idr_verify_from_si((double)si, "psi"), 1e-5 * field);
}

static double torque_of(const idr_bit_law *law, float wob) {
  float cut = idr_bit_cut(law, wob);
  return (double)(idr_bit_cutting_torque(law, cut) +
                  idr_bit_contact_torque(law, idr_bit_contact_force(law, wob, cut)));
}

/* Slope of torque over weight in phase II, and the cutting point of a sharp bit. */
static void add_drag_bit(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Detournay and Defourny 1992: closed forms of the phase law",
                             IDR_VERIFY_EXACT};
  float a = 0.108f;
  idr_bit_law law = idr_bit_prepare(a, 60e6f, 4e-3f, 6e-3f);
  float low = law.wob_contact + 0.2f * (law.wob_founder - law.wob_contact);
  float high = law.wob_contact + 0.8f * (law.wob_founder - law.wob_contact);
  double slope = (torque_of(&law, high) - torque_of(&law, low)) / (double)(high - low);
  double zeta = (double)IDR_BIT_ZETA;
  idr_verify_near(&c, "phase II, dT/dW = a/(2 zeta)", "m", (double)a / (2 * zeta), slope, 1e-6);
  idr_bit_law sharp = idr_bit_prepare(a, 60e6f, 1e-9f, 6e-3f);
  float wob = 0.5f * sharp.wob_founder;
  double cut = (double)idr_bit_cut(&sharp, wob), strength = (double)wob / ((double)a * cut);
  idr_verify_near(&c, "sharp bit, S/(zeta eps)", "", 1.0, strength / (zeta * (double)sharp.energy),
                  2e-5);
}

/* ---- Bourgoyne and Young --------------------------------------------------------------------- */

/* Where every effect but a1 is one. */
static idr_bourgoyne_state normal_state(void) {
  return (idr_bourgoyne_state){.depth = idr_verify_sif(10000, "ft"),
                               .pore_density = idr_verify_sif(9, "ppg"),
                               .circulating_density = idr_verify_sif(9, "ppg"),
                               .weight_per_diameter = idr_verify_sif(4000, "lbf") / 0.0254f,
                               .threshold = 0.0f,
                               .omega = idr_verify_sif(100, "rpm"),
                               .tooth_wear = 0.0f,
                               .jet_reynolds = 1.0f};
}

/* x2 to x8 vanish at the normal conditions; x2 and x4 are differences of four-digit numbers. */
static void add_identities(const idr_verify_case *c) {
  static const char *const what[TERMS] = {"x1 (constant)",
                                          "x2 at 10,000 ft",
                                          "x3 at a pore gradient of 9 lb/gal",
                                          "x4 at balance",
                                          "x5 at 4 klbf/in",
                                          "x6 at 100 1/min",
                                          "x7 of new teeth",
                                          "x8 at a Reynolds function of 1"};
  static const double slack[TERMS] = {0, 2e-3, 1e-3, 1e-2, 1e-6, 1e-6, 0, 0};
  const float a[TERMS] = {3.0f, 1e-4f, 2e-4f, 4e-5f, 0.5f, 0.6f, 0.4f, 0.3f};
  float x[TERMS];
  idr_bourgoyne_state s = normal_state();
  idr_bourgoyne_terms(&s, x);
  for (int i = 0; i < TERMS; i++)
    idr_verify_near(c, what[i], "", i == 0, (double)x[i], slack[i]);
  double rop = idr_verify_from_si((double)idr_bourgoyne_rop(a, x), "ft/h");
  idr_verify_near(c, "ROP at normal conditions, exp(a1)", "ft/h", exp(3.0), rop, 1e-4);
}

/* A hundred intervals over the ranges of a field, drawn once and for all. */
static void draw_intervals(int count, const float *a, float *x, float *rop) {
  for (int i = 0; i < count; i++) {
    float u[8];
    for (uint32_t k = 0; k < 8; k++)
      u[k] =
          idr_random_uniform(idr_random_draw(1974, (uint32_t)i, 0, 0, IDR_PURPOSE_WELL, k).word[0]);
    idr_bourgoyne_state s = {.depth = idr_verify_sif(6000 + 9000 * (double)u[0], "ft"),
                             .pore_density = idr_verify_sif(9 + 5 * (double)u[1], "ppg"),
                             .circulating_density = idr_verify_sif(9.5 + 7 * (double)u[2], "ppg"),
                             .weight_per_diameter =
                                 idr_verify_sif(1000 + 4000 * (double)u[3], "lbf") / 0.0254f,
                             .omega = idr_verify_sif(50 + 150 * (double)u[4], "rpm"),
                             .tooth_wear = u[5],
                             .jet_reynolds = 0.2f + u[6]};
    idr_bourgoyne_terms(&s, x + i * TERMS);
    rop[i] = idr_bourgoyne_rop(a, x + i * TERMS);
  }
}

static void add_recovery(const idr_verify_case *c) {
  enum { COUNT = 100 };
  static const float planted[TERMS] = {3.0f, 1e-4f, 2e-4f, 4e-5f, 0.5f, 0.6f, 0.4f, 0.3f};
  static const char *const what[TERMS] = {"planted a1 found again", "planted a2 found again",
                                          "planted a3 found again", "planted a4 found again",
                                          "planted a5 found again", "planted a6 found again",
                                          "planted a7 found again", "planted a8 found again"};
  static float x[COUNT * TERMS], rop[COUNT];
  double found[TERMS];
  draw_intervals(COUNT, planted, x, rop);
  bool solved = idr_bourgoyne_fit(COUNT, x, rop, found) == IDR_STATUS_OK;
  if (!solved) idr_error_clear();
  for (int i = 0; i < TERMS; i++)
    idr_verify_near(c, what[i], "", (double)planted[i], solved ? found[i] : (double)NAN,
                    1e-4 * (double)planted[i]);
}

void idr_verify_rop(idr_verify *v) {
  const idr_verify_case c = {v, "-", "Bourgoyne and Young 1974, exponential form: identities",
                             IDR_VERIFY_EXACT};
  const idr_verify_case fit = {v, "-", "Bourgoyne and Young 1974: regression on 100 made intervals",
                               IDR_VERIFY_EXACT};
  add_specific_energy(v);
  add_drag_bit(v);
  add_identities(&c);
  add_recovery(&fit);
}
