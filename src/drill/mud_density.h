/* Density of a mud under pressure and temperature, and the pressure of a standing column of it.
 *
 * Equation of state of a slightly compressible liquid: rho = rho0 exp[(p - p0)/beta - a (T - T0)].
 * With temperature rising linearly with depth, T = T0 + G z, the column's pressure has a closed
 * form: dp/dz = rho g integrates to
 *     p - p0 = -beta ln[1 - (rho0 g/beta) (1 - exp(-a G z))/(a G)]
 */
#ifndef IDR_DRILL_MUD_DENSITY_H
#define IDR_DRILL_MUD_DENSITY_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_MUD_BULK      2.0e9f  /* Pa: a water-base mud (assumed) */
#define IDR_MUD_EXPANSION 4.0e-4f /* 1/K (assumed) */

typedef struct {
  float density;   /* rho0 at surface, kg/m3 */
  float bulk;      /* beta, Pa */
  float expansion; /* a, 1/K */
} idr_mud;

/* Density (kg/m3) at `pressure` above surface pressure (Pa) and `warming` above surface
 * temperature (K). */
IDR_FN float idr_mud_density(const idr_mud *m, float pressure, float warming) {
  return m->density * idr_expf(pressure / m->bulk - m->expansion * warming);
}

/* Pressure (Pa) above that at surface, `depth` metres down (vertical) in a standing column whose
 * temperature rises by `gradient` (K/m, >= 0). Finite down to where a column of this mud would be
 * denser than any liquid (0.9 beta/(rho0 g), more than 100 km). */
IDR_FN float idr_mud_column(const idr_mud *m, float depth, float gradient) {
  float thin = m->expansion * gradient;
  float cold = thin * depth;
  /* (1 - exp(-x))/x, by its series where the difference would lose digits */
  float mean = cold > 1e-4f ? -idr_expm1f(-cold) / cold : 1.0f - 0.5f * cold;
  float head = m->density * 9.80665f * depth * mean;
  return -m->bulk * idr_log1pf(-idr_minf(head / m->bulk, 0.9f));
}

#endif
