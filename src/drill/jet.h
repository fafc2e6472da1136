/* What the bit's jets do besides costing pressure (hydraulics.h): velocity and impact.
 *
 * Source: Bernoulli and momentum; field forms v = 417.2 q/sum N^2 (ft/s, gal/min, 1/32 in) and F =
 * 0.01823 Cd q sqrt(rho dp) (lbf, psi; Guo and Liu). */
#ifndef IDR_DRILL_JET_H
#define IDR_DRILL_JET_H

#include "base/fn.h"
#include "drill/hydraulics.h"

/* Mean velocity in the nozzles, m/s. */
IDR_FN float idr_jet_velocity(float flow, float area) {
  return flow / area;
}

/* Impact force, N: momentum of jets of the velocity Cd sqrt(2 dp/rho) that the pressure drop
 * gives. */
IDR_FN float idr_jet_force(float density, float flow, float area) {
  float drop = idr_hydraulics_bit(density, flow, area);
  return IDR_BIT_DISCHARGE * flow * idr_sqrtf(2.0f * density * drop);
}

#endif
