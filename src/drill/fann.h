/* Rheology from the dial readings of a Fann viscometer (rotor 1, bob 1, spring 1).
 *
 * Source: field form as in Guo and Liu, Applied Drilling Circulation Systems, and API RP 13D. A
 * degree is 0.511 Pa at the bob and 1 1/min is 1.7033 1/s, so that 300 1/min shear at 511 1/s and a
 * degree there is 1 cP. Herschel-Bulkley, with degrees at 600, 300, 6 and 3 1/min:
 *     ty = 2 th3 - th6,  n = log2[(th600 - ty)/(th300 - ty)],  K = (th300 - ty)/511^n
 */
#ifndef IDR_DRILL_FANN_H
#define IDR_DRILL_FANN_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_FANN_STRESS 0.511f /* Pa per degree */
#define IDR_FANN_RATE   511.0f /* 1/s at 300 1/min */

/* Yield stress (Pa), consistency (Pa s^n) and index: the arguments of idr_rheology_prepare. */
typedef struct {
  float yield, consistency, index;
} idr_fann_fluid;

/* A fluid through two readings above a yield stress (degrees). Readings that contradict each other
 * give an index between 0.05 and 1.5, never a number that is none. */
IDR_FN idr_fann_fluid idr_fann_through(float th600, float th300, float yield) {
  idr_fann_fluid f;
  float low = idr_maxf(th300 - yield, 1e-3f), high = idr_maxf(th600 - yield, 1e-3f);
  f.yield = IDR_FANN_STRESS * yield;
  f.index = idr_clampf(idr_logf(high / low) * 1.442695f, 0.05f, 1.5f);
  f.consistency = IDR_FANN_STRESS * low * idr_powf(IDR_FANN_RATE, -f.index);
  return f;
}

IDR_FN idr_fann_fluid idr_fann_power_law(float th600, float th300) {
  return idr_fann_through(th600, th300, 0.0f);
}

/* The yield stress is kept between nothing and the reading at 300. */
IDR_FN idr_fann_fluid idr_fann_herschel_bulkley(float th600, float th300, float th6, float th3) {
  return idr_fann_through(th600, th300,
                          idr_clampf(2.0f * th3 - th6, 0.0f, 0.99f * idr_maxf(th300, 0.0f)));
}

/* Bingham: yield point th300 - PV, plastic viscosity (th600 - th300) cP; index 1. */
IDR_FN idr_fann_fluid idr_fann_bingham(float th600, float th300) {
  idr_fann_fluid f;
  f.yield = IDR_FANN_STRESS * idr_maxf(2.0f * th300 - th600, 0.0f);
  f.consistency = IDR_FANN_STRESS / IDR_FANN_RATE * (th600 - th300);
  f.index = 1.0f;
  return f;
}

#endif
