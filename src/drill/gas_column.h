/* Gas on its way up the annulus, for any number of cells: transport of second order, expansion,
 * what the column weighs, and the pressure that a closed or choked well takes.
 *
 * The law of motion is that of influx.h, mass per cell and drift flux; here the flux between two
 * cells is corrected by van Leer's limited slope (1974), because the first-order flux of few cells
 * smears a kick over the hole. What the gas below grows in rising adds to the mixture's velocity
 * (Aarsnes, Flatten and Aamo 2016, reduced drift flux). Double precision: run for few wells.
 *
 * Volumes: the mud in the hole is what it would hold with no choke pressure plus `packed`. At the
 * choke pressure p this much is packed, by compression of C m3/Pa and of gas that would fill V at
 * the pressure h of its place:
 *     packed(p) = C p + sum V p/(h + p)
 * which grows with p, concave, so that Newton from the left converges.
 */
#ifndef IDR_DRILL_GAS_COLUMN_H
#define IDR_DRILL_GAS_COLUMN_H

#include "base/fn.h"
#include "drill/influx.h"
#include <math.h>

/* A cell, counted from the bottom. */
typedef struct {
  double area, length, drop; /* m2, m along the hole, m vertical */
  double hole, pipe;         /* m, diameters */
  double temperature;        /* K */
  double pressure;           /* Pa absolute, that its gas is under: filled in by the column */
  double velocity;           /* m/s of the gas: filled in by the drift */
} idr_gas_cell;

/* Walks from the top (at `top` Pa absolute) down, fills in the pressures and returns by how much
 * the gas lightens the column, Pa. The pressure of a cell is the logarithmic mean over its height:
 * that of gas spread evenly in it. */
IDR_FN double idr_gas_column(int n, idr_gas_cell *cell, const double *mass, double density,
                             double top) {
  double relief = 0.0;
  for (int k = n - 1; k >= 0; k--) {
    idr_gas_cell *c = &cell[k];
    double drop = c->drop > 1e-3 ? c->drop : 1e-3;
    float pv = idr_influx_pv((float)mass[k], IDR_INFLUX_MOLAR, 1.0f, (float)c->temperature);
    double full = (double)idr_influx_drop((float)top, pv, (float)mass[k], (float)density,
                                          (float)(c->area * c->length / drop), (float)drop);
    relief += density * 9.80665 * drop - full;
    double ratio = full / top;
    c->pressure = ratio > 1e-3 ? full / log1p(ratio) : top + 0.5 * full;
    top += full;
  }
  return relief;
}

/* Fills in the velocities of the gas in mud that flows at `flow` m3/s in cells from `from` up. With
 * `grows` the gas expands as it rises and pushes what is above. */
IDR_FN void idr_gas_drift(int n, idr_gas_cell *cell, const double *mass, double density,
                          double flow, int from, int grows) {
  double pushed = 0.0;
  for (int k = 0; k < n; k++) {
    idr_gas_cell *c = &cell[k];
    double pv =
        (double)idr_influx_pv((float)mass[k], IDR_INFLUX_MOLAR, 1.0f, (float)c->temperature);
    double gas = c->pressure * (double)IDR_INFLUX_MOLAR / ((double)IDR_INFLUX_GAS * c->temperature);
    double slip =
        (double)idr_influx_slip((float)c->hole, (float)c->pipe, (float)density, (float)gas);
    double mixture = ((k >= from ? flow : 0.0) + pushed) / c->area;
    c->velocity = (double)idr_influx_velocity((float)mixture, (float)slip);
    double gradient = density * 9.80665 * c->drop / c->length;
    pushed += grows ? pv / c->pressure * c->velocity * gradient / c->pressure : 0.0;
  }
}

/* van Leer's slope of three neighbours. */
IDR_FN double idr_gas_slope(double below, double here, double above) {
  double a = here - below, b = above - here;
  return a * b > 0.0 ? 2.0 * a * b / (a + b) : 0.0;
}

/* Moves the gas for `dt` seconds and returns what left the top cell, kg; nothing leaves a `shut`
 * one. A cell gives at most nine tenths of what it has. */
IDR_FN double idr_gas_move(int n, const idr_gas_cell *cell, double *mass, double dt, int shut) {
  double entering = 0.0, below = 0.0;
  for (int k = 0; k < n; k++) {
    double here = mass[k], above = k + 1 < n ? mass[k + 1] : here;
    double part = dt * cell[k].velocity / cell[k].length;
    part = part < 0.9 ? part : 0.9;
    double slope = k == 0 ? 0.0 : idr_gas_slope(below, here, above);
    double leaving = part * (here + 0.5 * (1.0 - part) * slope);
    leaving = leaving < 0.9 * here ? leaving : 0.9 * here;
    if (k == n - 1 && shut) leaving = 0.0;
    mass[k] = here - leaving + entering;
    below = here;
    entering = leaving;
  }
  return entering;
}

/* What the gas would fill if the choke pressure `choke` (Pa) were not there, m3. */
IDR_FN double idr_gas_volume(int n, const idr_gas_cell *cell, const double *mass, double choke) {
  double volume = 0.0;
  for (int k = 0; k < n; k++)
    volume += (double)idr_influx_pv(1.0f, IDR_INFLUX_MOLAR, 1.0f, (float)cell[k].temperature) *
              mass[k] / (cell[k].pressure - choke);
  return volume;
}

/* What stands between mud and the pits. */
typedef struct {
  double give;    /* C, m3/Pa: of the mud and the hole */
  double choke;   /* area times coefficient, m2; 0 shut */
  double density; /* kg/m3, of what flows through it */
} idr_gas_outlet;

/* Packed volume and outflow of a second at choke pressure `p`, and their slope. `was` is the choke
 * pressure that the cells' pressures hold. */
IDR_FN double idr_gas_held(int n, const idr_gas_cell *cell, const double *mass, double was,
                           const idr_gas_outlet *o, double p, double *slope) {
  double held = o->give * p, flow = o->choke * sqrt(2.0 * p / o->density);
  *slope = o->give + 0.5 * flow / p;
  for (int k = 0; k < n; k++) {
    double h = cell[k].pressure - was, per = 1.0 / (h + p);
    double pv =
        (double)idr_influx_pv(1.0f, IDR_INFLUX_MOLAR, 1.0f, (float)cell[k].temperature) * mass[k];
    held += pv / h * p * per;
    *slope += pv * per * per;
  }
  return held + flow;
}

/* Choke pressure (Pa, >= 0) at which `volume` m3 more mud than an open hole holds is packed into
 * this one or gone through the choke within the second. Starts from `was`. */
IDR_FN double idr_gas_choke(int n, const idr_gas_cell *cell, const double *mass, double was,
                            const idr_gas_outlet *o, double volume) {
  double p = was > 1.0 ? was : 1.0, slope;
  if (!(volume > 0.0)) return 0.0;
  for (int k = 0; k < 40; k++) {
    double miss = idr_gas_held(n, cell, mass, was, o, p, &slope) - volume;
    double next = p - miss / slope;
    next = next > 0.02 * p ? next : 0.02 * p; /* the root of the choke has no slope at nothing */
    if (fabs(next - p) <= 1e-9 * p + 1e-6) return next;
    p = next;
  }
  return p;
}

#endif
