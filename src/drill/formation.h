/* Pressures in the ground. */
#ifndef IDR_DRILL_FORMATION_H
#define IDR_DRILL_FORMATION_H

#include "base/fn.h"

/* Fracture gradient of Eaton 1969 (J. Petroleum Technology 21:1353): (S - P) nu/(1 - nu) + P, with
 * overburden S and pore pressure P in any one unit of gradient. */
IDR_FN float idr_formation_fracture(float overburden, float pore, float poisson) {
  return (overburden - pore) * poisson / (1.0f - poisson) + pore;
}

/* Temperature of the mud in the annulus at the bit, K. Circulation keeps it between the surface and
 * the rock; the share 0.45 is assumed (a heat balance along the hole replaces it later). */
IDR_FN float idr_formation_mud_temperature(float surface, float rock) {
  return surface + 0.45f * (rock - surface);
}

#endif
