/* Pressures around the circulation: bit nozzles, surface lines, lengths of pipe in hole, densities.
 */
#ifndef IDR_DRILL_HYDRAULICS_H
#define IDR_DRILL_HYDRAULICS_H

#include "base/fn.h"
#include "base/vmath.h"
#include "drill/rheology.h"

#define IDR_GRAVITY        9.80665f
#define IDR_BIT_DISCHARGE  0.95f   /* nozzle coefficient (API RP 13D) */
#define IDR_SURFACE_FACTOR 4.0f    /* surface equipment, between 2 and 10 */
#define IDR_LOSS_INDEX     1.5e-9f /* m3/s per Pa above fracture pressure (assumed) */
#define IDR_LOSS_MIXING                                                                            \
  3e-3f                     /* m3/s of new mud the crew can mix while drilling waits (assumed)     \
                             */
#define IDR_LOSS_LIMIT 40.0 /* m3 that the pits can replace (assumed) */

IDR_FN float idr_circle_area(float diameter) {
  return 0.78539816f * diameter * diameter;
}

/* Pressure drop over the bit's nozzles, Pa: rho Q^2/(2 Cd^2 A^2) (Bernoulli; API RP 13D). */
IDR_FN float idr_hydraulics_bit(float density, float flow, float area) {
  float v = flow / (IDR_BIT_DISCHARGE * area);
  return 0.5f * density * v * v;
}

/* Surface lines, Pa: 1e-5 ks MW Q^1.86 in psi, ppg, gal/min (field rule), in SI. */
IDR_FN float idr_hydraulics_surface(float density, float flow) {
  float gallons = idr_maxf(flow, 1e-6f) * 15850.323f;
  float psi =
      1e-5f * IDR_SURFACE_FACTOR * (density * 8.3454e-3f) * idr_rheology_power(gallons, 1.86f);
  return psi * 6894.757f;
}

/* Friction over `length` metres inside a pipe, Pa. */
IDR_FN float idr_hydraulics_pipe(const idr_rheology *r, float flow, float inner, float length) {
  return length * idr_rheology_gradient(r, flow / idr_circle_area(inner), inner);
}

/* Friction over `length` metres of annulus between `hole` and `pipe`, Pa. */
IDR_FN float idr_hydraulics_annulus(const idr_rheology *r, float flow, float hole, float pipe,
                                    float length) {
  float area = idr_circle_area(hole) - idr_circle_area(pipe);
  return length * idr_rheology_gradient(r, flow / area, hole - pipe);
}

/* Metres that the intervals [a0, a1] and [b0, b1] share. */
IDR_FN float idr_hydraulics_overlap(float a0, float a1, float b0, float b1) {
  return idr_maxf(idr_minf(a1, b1) - idr_maxf(a0, b0), 0.0f);
}

/* Hydraulic power at the bit per bit area, W/m2. */
IDR_FN float idr_hydraulics_bit_power(float density, float flow, float nozzle_area, float radius) {
  return idr_hydraulics_bit(density, flow, nozzle_area) * flow / (3.14159265f * radius * radius);
}

/* Mud going into fractures, m3/s: proportional to the pressure above fracture pressure, at most the
 * flow pumped. */
IDR_FN float idr_hydraulics_loss(float excess, float flow) {
  return idr_minf(IDR_LOSS_INDEX * idr_maxf(excess, 0.0f), flow);
}

#endif
