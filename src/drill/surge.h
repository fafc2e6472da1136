/* Surge and swab: pressure from moving the string in a hole full of mud.
 *
 * Source: Burkhardt 1961 (J. Petroleum Technology 13:595) with his mean clinging factor of 0.45, as
 * Lapeyrouse (Formulas and Calculations) gives it: the mud's velocity beside the pipe is the
 * displaced volume over the annulus plus what clings to the pipe, and the pressure is that of the
 * laminar annular flow at 1.5 times this mean (the greatest velocity of a trip).
 */
#ifndef IDR_DRILL_SURGE_H
#define IDR_DRILL_SURGE_H

#include "base/fn.h"
#include "base/vmath.h"
#include "drill/rheology.h"

#define IDR_SURGE_CLINGING 0.45f
#define IDR_SURGE_GREATEST 1.5f /* greatest velocity over mean velocity of a trip */

/* Mud velocity over pipe velocity for a string whose end is closed. */
IDR_FN float idr_surge_closed(float hole, float pipe) {
  return IDR_SURGE_CLINGING + pipe * pipe / (hole * hole - pipe * pipe);
}

/* For an open end, through which mud fills the bore `inner`. */
IDR_FN float idr_surge_open(float hole, float pipe, float inner) {
  float steel = pipe * pipe - inner * inner;
  return IDR_SURGE_CLINGING + steel / (hole * hole - steel);
}

/* Pressure (Pa) over `length` metres of annulus at mud velocity `velocity` (m/s, > 0) with the
 * annulus' rheology; it adds to the column when the string goes down and is taken from it when it
 * comes up. */
IDR_FN float idr_surge_pressure(const idr_rheology *r, float velocity, float hole, float pipe,
                                float length) {
  float gap = hole - pipe;
  float rate = r->rate * idr_maxf(IDR_SURGE_GREATEST * velocity, 1e-6f) / gap;
  return 4.0f * idr_rheology_wall_stress(r, rate) * length / gap;
}

#endif
