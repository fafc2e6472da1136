/* Pore pressure from what drilling and logs show of compaction.
 *
 * Source: Eaton 1975 (SPE 5544): P = S - (S - Pn) (observed/normal)^e, with overburden S and normal
 * pressure Pn in any one unit; e = 1.2 for resistivity and dc (normal/observed for conductivity), 3
 * for sonic velocity (normal/observed travel time). Drillability: Jorden and Shirley 1966
 *     d = log10(R/(60 N))/log10(12 W/(1e6 db)),  R ft/h, N 1/min, W lbf, db in
 * corrected for mud weight by Rehm and McClendon 1971, dc = d (normal gradient)/(mud weight).
 */
#ifndef IDR_DRILL_PORE_PRESSURE_H
#define IDR_DRILL_PORE_PRESSURE_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_PORE_EATON_RESISTIVITY 1.2f /* also dc and conductivity */
#define IDR_PORE_EATON_SONIC       3.0f

/* `observed` and `normal` > 0, of the quantity that grows with compaction. */
IDR_FN float idr_pore_eaton(float overburden, float normal_pressure, float observed, float normal,
                            float exponent) {
  return overburden - (overburden - normal_pressure) * idr_powf(observed / normal, exponent);
}

/* The d-exponent. `rop` m/s, `omega` rad/s, `wob` N, `diameter` m. The penetration per turn is kept
 * between 1 um and 0.29 m and the load below the one at which the form has its pole. */
IDR_FN float idr_pore_d_exponent(float rop, float omega, float wob, float diameter) {
  float turns = idr_maxf(omega, 1e-3f) * 0.15915494f;
  float cut = idr_clampf(rop / turns, 1e-6f, 0.29f) * 3.2808399f;        /* ft per turn */
  float load = idr_clampf(6.8521766e-8f * wob / diameter, 1e-6f, 0.95f); /* 12 W/(1e6 db) */
  return idr_logf(cut) / idr_logf(load);
}

/* Corrected by mud weight; both in one unit. */
IDR_FN float idr_pore_d_corrected(float d, float normal_density, float mud_density) {
  return d * normal_density / mud_density;
}

#endif
