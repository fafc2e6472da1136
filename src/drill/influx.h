/* Gas in the annulus: what flows in, how fast it rises, what it does to the column.
 *
 * Gas is a mass per cell of the annulus, so that it is kept to rounding while it expands:
 *     m' = in - (v/L) m,   v = C0 (q/A) + v_slip   (drift flux; Zuber and Findlay 1965)
 * Slip of a large bubble beside a pipe (Hasan and Kabir 1992): (0.345 + 0.1 Dp/Dh) sqrt(g Dh (rl -
 * rg)/rl). Inflow is proportional to underbalance. A mole of gas keeps p V = z R T. With gas of
 * constant mass per volume of mud the cells add up to the gas-cut column of White 1957, whose loss
 * of pressure goes as ln(p/ps).
 */
#ifndef IDR_DRILL_INFLUX_H
#define IDR_DRILL_INFLUX_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_INFLUX_PROFILE 1.2f       /* C0: gas travels where the mud is fastest */
#define IDR_INFLUX_GAS     8.3144626f /* R, J/mol/K */
#define IDR_INFLUX_MOLAR   0.0182f    /* kg/mol: natural gas of 0.63 times the weight of air */
#define IDR_INFLUX_METRE   2e-8       /* kg/s/Pa per metre of the richest layer (assumed) */
#define IDR_INFLUX_POCKET  1e-7f      /* kg/s/Pa of a pocket that an event opens (assumed) */
#define IDR_INFLUX_MOST    6e-7       /* kg/s/Pa of a whole hole (assumed) */
#define IDR_INFLUX_AIR     101325.0f  /* Pa, at the flow line */

/* p V of `mass` kg (J): with it the volume at any pressure is pv/p. `molar` kg/mol. */
IDR_FN float idr_influx_pv(float mass, float molar, float factor, float temperature) {
  return mass * (factor * IDR_INFLUX_GAS / molar) * temperature;
}

/* Inflow, kg/s: `index` (kg/s/Pa) times how far the well is below pore pressure. */
IDR_FN float idr_influx_feed(float index, float pore, float pressure) {
  return index * idr_maxf(pore - pressure, 0.0f);
}

/* Slip of gas of `gas_density` in mud, m/s. */
IDR_FN float idr_influx_slip(float hole, float pipe, float mud_density, float gas_density) {
  float lift = 9.80665f * hole * idr_maxf(1.0f - gas_density / mud_density, 0.0f);
  return (0.345f + 0.1f * pipe / hole) * idr_sqrtf(lift);
}

/* Velocity of the gas, m/s, in mud and gas that flow up together at `mixture` m/s. */
IDR_FN float idr_influx_velocity(float mixture, float slip) {
  return IDR_INFLUX_PROFILE * mixture + slip;
}

/* One step of a cell: returns what leaves it upwards, kg. `carry` is velocity over length, 1/s;
 * implicit, so any step is stable, and the mean time of passage is 1/carry for any step. */
IDR_FN double idr_influx_cell(double *mass, double in, double carry, double dt) {
  double whole = *mass + in, out = whole * (dt * carry / (1.0 + dt * carry));
  *mass = whole - out;
  return out;
}

/* Pressure (Pa) between top and bottom of a cell of `length` (vertical) and `area` that holds gas
 * of `pv` J and `mass` kg in mud of `density`, under `top` Pa (> 0). The gas has the pressure of
 * the cell's middle: p = top + drop/2, a quadratic whose root is taken; it fills the cell at most.
 */
IDR_FN float idr_influx_drop(float top, float pv, float mass, float density, float area,
                             float length) {
  float full = 9.80665f * (density * length + mass / area);
  float a = top + 0.5f * full, b = 0.5f * 9.80665f * density * pv / area;
  float root = idr_sqrtf(idr_maxf(a * a - 4.0f * b, 0.0f));
  float volume = idr_minf(pv / (0.5f * (a + root)), area * length);
  return full - 9.80665f * density * volume / area;
}

#endif
