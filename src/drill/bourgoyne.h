/* Rate of penetration as a product of eight effects, in the exponential form of 1974.
 *
 * Source: Bourgoyne and Young 1974 (SPE Journal 14:371). With D in ft, densities in lb/gal, W/d in
 * klbf/in, N in 1/min and ROP in ft/h:
 *     ROP = exp(a1 + a2 x2 + ... + a8 x8)
 *     x2 = 10000 - D     x3 = D^0.69 (gp - 9)     x4 = D (gp - ecd)
 *     x5 = ln[((W/d) - (W/d)t)/(4 - (W/d)t)]      x6 = ln(N/100)
 *     x7 = -h            x8 = ln(rho q/(350 mu dn))
 * The later textbook form (base 10 in the first four, N/60, jet force) has other coefficients: the
 * two do not mix. Coefficients are fitted to offset wells (bourgoyne_fit.h); the ones that the
 * paper printed are not carried here, because its table was not at hand.
 */
#ifndef IDR_DRILL_BOURGOYNE_H
#define IDR_DRILL_BOURGOYNE_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_BOURGOYNE_TERMS 8

/* What the eight effects are made of. */
typedef struct {
  float depth;               /* m */
  float pore_density;        /* pore pressure gradient, kg/m3 */
  float circulating_density; /* ECD, kg/m3 */
  float weight_per_diameter; /* W/d, N/m */
  float threshold;           /* (W/d)t at which the bit begins to drill, N/m */
  float omega;               /* rad/s */
  float tooth_wear;          /* h, 0 new to 1 worn off */
  float jet_reynolds;        /* idr_bourgoyne_reynolds() */
} idr_bourgoyne_state;

/* rho q/(350 mu dn) in lb/gal, gal/min, cP and in: `viscosity` at 10,000 1/s, Pa s; `nozzle` the
 * diameter of one nozzle, m. */
IDR_FN float idr_bourgoyne_reynolds(float density, float flow, float viscosity, float nozzle) {
  return density * flow * 9.5995568e-6f / (viscosity * nozzle);
}

/* x[0] = 1, x[1] = x2 ... x[7] = x8. Below the threshold, at rest and without flow the logarithms
 * are taken of 1e-6: the rate is then next to nothing, never not a number. */
IDR_FN void idr_bourgoyne_terms(const idr_bourgoyne_state *s, float x[IDR_BOURGOYNE_TERMS]) {
  float feet = idr_maxf(s->depth, 0.0f) * 3.2808399f;
  float pore = s->pore_density * 8.3454045e-3f;
  float weight = s->weight_per_diameter * 5.7101471e-6f; /* klbf/in */
  float least = s->threshold * 5.7101471e-6f;
  x[0] = 1.0f;
  x[1] = 10000.0f - feet;
  x[2] = idr_powf(feet, 0.69f) * (pore - 9.0f);
  x[3] = feet * (pore - s->circulating_density * 8.3454045e-3f);
  x[4] = idr_logf(idr_maxf((weight - least) / idr_maxf(4.0f - least, 1e-3f), 1e-6f));
  x[5] = idr_logf(idr_maxf(s->omega * (1.0f / 10.471976f), 1e-6f));
  x[6] = -s->tooth_wear;
  x[7] = idr_logf(idr_maxf(s->jet_reynolds, 1e-6f));
}

/* Rate of penetration, m/s, with coefficients a[0] = a1 ... a[7] = a8; at most e^20 ft/h. */
IDR_FN float idr_bourgoyne_rop(const float a[IDR_BOURGOYNE_TERMS],
                               const float x[IDR_BOURGOYNE_TERMS]) {
  float sum = 0.0f;
  for (int i = 0; i < IDR_BOURGOYNE_TERMS; i++)
    sum += a[i] * x[i];
  return 8.4666667e-5f * idr_expf(idr_clampf(sum, -80.0f, 20.0f));
}

#endif
