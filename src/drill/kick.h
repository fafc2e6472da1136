/* Well-control arithmetic: what the shut-in pressures say.
 *
 * Sources: well-control manuals; the estimate of greatest surface pressure for gas in water-base
 * mud is the field formula 0.2 sqrt(P V rho/A) in psi, bbl, lb/gal and bbl/ft.
 */
#ifndef IDR_DRILL_KICK_H
#define IDR_DRILL_KICK_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_KICK_GRAVITY 9.80665f

/* Formation pressure, Pa: column in the string plus shut-in drill-pipe pressure. `depth` is
 * vertical, m. */
IDR_FN float idr_kick_formation(float density, float depth, float drill_pipe_pressure) {
  return density * IDR_KICK_GRAVITY * depth + drill_pipe_pressure;
}

/* Density that balances it, kg/m3. */
IDR_FN float idr_kick_kill_density(float density, float depth, float drill_pipe_pressure) {
  return density + drill_pipe_pressure / (IDR_KICK_GRAVITY * depth);
}

/* Density of the influx, kg/m3, from the difference of casing and drill-pipe pressure over its
 * height: 0 to 0.3 kg/L is gas. */
IDR_FN float idr_kick_influx_density(float mud_density, float casing_pressure,
                                     float drill_pipe_pressure, float height) {
  return mud_density - (casing_pressure - drill_pipe_pressure) / (IDR_KICK_GRAVITY * height);
}

/* Greatest casing pressure, Pa, while a gas influx of `volume` m3 is circulated out with kill mud
 * of `kill_density` through an annulus of `area` m2. 0.77 = 0.2^2 psi/(lb/gal ft) over g. */
IDR_FN float idr_kick_surface_pressure(float formation_pressure, float volume, float kill_density,
                                       float area) {
  return idr_sqrtf(0.76999f * formation_pressure *
                   (kill_density * IDR_KICK_GRAVITY * volume / area));
}

/* Column lost, Pa, when `volume` m3 of mud of `density` have left an annulus of `area` m2. */
IDR_FN float idr_kick_lost_column(float density, float volume, float area) {
  return density * IDR_KICK_GRAVITY * volume / area;
}

#endif
