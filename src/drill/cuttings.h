/* Hole cleaning: cuttings carried up the annulus and lying in it.
 *
 * The annulus is cut into cells of equal length. A cell holds volumes of cuttings in suspension (s)
 * and in a bed (b); volumes, not concentrations, are the state, so mass is kept to rounding:
 *     s' = in + erosion b - deposition s - (u/L) s,   b' = deposition s - erosion b
 * Transport velocity u is mud velocity less slip (Chien 1994). A bed grows where the mud is slower
 * than Larsen's minimum velocity (Larsen, Pilehvari and Azar 1997, SPE 25872, 55 to 90 degrees) and
 * is worn off where it is faster, so that it settles where the open area's velocity is the minimum.
 */
#ifndef IDR_DRILL_CUTTINGS_H
#define IDR_DRILL_CUTTINGS_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_CUTTING_SIZE       5e-3f /* m (assumed; 0.2 in) */
#define IDR_CUTTING_PACKING    0.6f  /* solids per volume of a bed (random loose packing) */
#define IDR_CUTTING_DEPOSITION 8e-3f /* 1/s when the mud stands (assumed) */
#define IDR_CUTTING_EROSION    4e-3f /* 1/s at twice the minimum velocity (assumed) */
#define IDR_CUTTING_PACKOFF                                                                        \
  0.5f /* part of the annulus filled at which the pipe is stuck (assumed) */

/* Slip velocity, m/s. With the drag law CD = 30/Re + 67.289/exp(5.03 psi) (Chien 1994, SPE Drilling
 * and Completion 9:281; sphericity psi = 0.8) the force balance is a quadratic in v, whose root is
 * given here: B v^2 + (A nu/d) v - (4/3) g d (rho_s/rho_f - 1) = 0. */
IDR_FN float idr_cuttings_slip(float size, float solid_density, float mud_density,
                               float viscosity) {
  const float a = 30.0f, b = 1.2032146f; /* 67.289 exp(-5.03 * 0.8) */
  float friction = a * viscosity / (mud_density * size);
  float weight = 1.3333333f * 9.80665f * size * idr_maxf(solid_density / mud_density - 1.0f, 0.0f);
  return 2.0f * weight / (friction + idr_sqrtf(friction * friction + 4.0f * b * weight));
}

/* Larsen's angle factor times a ramp from 30 to 45 degrees, below which no bed can lie (beds slide;
 * the ramp is assumed). `inclination` rad. */
IDR_FN float idr_cuttings_lean(float inclination) {
  float deg = inclination * 57.29578f;
  float factor = 0.0342f * deg - 0.000233f * deg * deg - 0.213f;
  float ramp = idr_clampf((deg - 30.0f) * (1.0f / 15.0f), 0.0f, 1.0f);
  return idr_maxf(factor, 0.0f) * ramp;
}

/* Larsen's minimum mean velocity, m/s, for the angle factor `lean`; the string's rotation stirs a
 * bed and lowers it by up to a quarter at 120 1/min (assumed; direction after Sanchez et al. 1999).
 */
IDR_FN float idr_cuttings_minimum(float rop, float viscosity, float mud_density, float pipe_ratio,
                                  float lean, float omega) {
  float feet_per_hour = idr_maxf(rop, 1e-7f) * 11811.024f;
  float carry = 1.0f / ((1.0f - pipe_ratio * pipe_ratio) * (0.64f + 18.16f / feet_per_hour));
  float cp = viscosity * 1000.0f;
  float slip = cp <= 53.0f ? 0.00516f * cp + 3.006f : 0.02554f * (cp - 53.0f) + 3.28f;
  float size = -1.04f * (IDR_CUTTING_SIZE * 39.37008f) + 1.286f;
  float weight = idr_clampf(1.0f - 0.0333f * (mud_density * 8.3454e-3f - 8.7f), 0.3f, 1.0f);
  float stir = 1.0f - 0.25f * idr_clampf(omega * (1.0f / 12.566f), 0.0f, 1.0f);
  return 0.3048f * (carry + slip * lean * size * weight) * stir;
}

/* Deposition and erosion rates, 1/s, for the velocity in the open area against the minimum. */
IDR_FN float idr_cuttings_deposition(float velocity, float minimum, float lean) {
  float short_of = idr_clampf(1.0f - velocity / minimum, 0.0f, 1.0f);
  return lean > 0.0f ? IDR_CUTTING_DEPOSITION * short_of : 0.0f;
}
IDR_FN float idr_cuttings_erosion(float velocity, float minimum, float lean) {
  float beyond = idr_clampf(velocity / minimum - 1.0f, 0.0f, 1.0f);
  return lean > 0.0f ? IDR_CUTTING_EROSION * beyond : IDR_CUTTING_EROSION;
}

/* One step of a cell; returns what leaves it upwards, m3. Implicit in transport and deposition. */
IDR_FN double idr_cuttings_cell(double *suspended, double *bed, double in, double carry,
                                double deposition, double erosion, double dt) {
  double worn = *bed * (dt * erosion / (1.0 + dt * erosion));
  double whole = *suspended + in + worn;
  double share = 1.0 / (1.0 + dt * (carry + deposition));
  double out = whole * (dt * carry * share);
  double laid = whole * (dt * deposition * share);
  *suspended = whole - out - laid;
  *bed += laid - worn;
  return out;
}

#endif
