/* A well with gas in it, or closed by a choke: rare, so lane by lane. */
#include "drill/step_internal.h"

#include "drill/gas_column.h"
#include "drill/hydraulics.h"
#include "drill/mud_density.h"

#define CHOKE_AREA 1.3e-3 /* m2 of the open choke with its coefficient (assumed) */
#define LINE_MOST  0.3    /* m3 that an open flow line and diverter take in a second (assumed) */
#define FEED_MOST  5.0f   /* kg/s: no rock of this world gives more */
#define TRACE      1e-3   /* kg of gas in a hole that counts as none */
#define INERTIA    0.3f   /* part of a change of the column that the bottom feels within a second */

/* The cells of a lane: each lies in a cell of the cuttings. */
static void step_gas_cells(const idr_drill_group *g, int i, idr_gas_cell cell[IDR_GAS_CELLS]) {
  const int share = IDR_GAS_CELLS / IDR_ANNULUS;
  double surface = (double)g->surface_temperature[i], depth = 0.0;
  for (int k = IDR_GAS_CELLS - 1; k >= 0; k--) {
    int c = k / share;
    double ratio = (double)g->cell_ratio[c][i];
    idr_gas_cell *to = &cell[k];
    *to = (idr_gas_cell){.area = (double)g->cell_area[c][i],
                         .length = g->depth[i] / IDR_GAS_CELLS,
                         .drop = (double)g->cell_drop[c][i] / share};
    to->hole = (double)g->cell_gap[c][i] / (1.0 - ratio);
    to->pipe = to->hole * ratio;
    depth += to->length;
    to->temperature = surface + ((double)g->mud_temperature[i] - surface) *
                                    (depth - 0.5 * to->length) / g->depth[i];
  }
}

static double step_gas_sum(const double mass[IDR_GAS_CELLS]) {
  double sum = 0.0;
  for (int k = 0; k < IDR_GAS_CELLS; k++)
    sum += mass[k];
  return sum;
}

/* Gas enters at the bottom, moves, and leaves at the top; returns what left, kg. */
static double step_gas_travel(idr_drill_group *g, const idr_second *s, int i, idr_gas_cell *cell,
                              double mass[IDR_GAS_CELLS]) {
  double density = (double)g->density_annulus[i];
  double top = (double)IDR_INFLUX_AIR + (double)g->choke_pressure[i];
  int from = (int)((1.0 - g->bit_depth[i] / g->depth[i]) * IDR_GAS_CELLS + 0.5);
  bool shut = g->choke_closed[i] >= 1.0f;
  float index = idr_step_gas_index(g, i);
  float pore = idr_step_gas_density(g, i) * IDR_GRAVITY * g->tvd[i];
  idr_gas_column(IDR_GAS_CELLS, cell, mass, density, top);
  idr_gas_drift(IDR_GAS_CELLS, cell, mass, density, shut ? 0.0 : (double)s->up[i], from,
                !(g->choke_closed[i] > 0.0f));
  double out = idr_gas_move(IDR_GAS_CELLS, cell, mass, (double)SECOND, shut);
  float feed = idr_minf(idr_influx_feed(index, pore, s->bottom[i]), FEED_MOST) * SECOND;
  mass[0] += (double)feed;
  g->gas_in[i] += (double)feed;
  double left = step_gas_sum(mass);
  if (left >= TRACE || feed > 0.0f) return out;
  for (int k = 0; k < IDR_GAS_CELLS; k++)
    mass[k] = 0.0;
  return out + left;
}

/* Choke pressure, outflow and what stays packed, from `volume` m3 that want out. */
static void step_gas_outlet(idr_drill_group *g, idr_second *s, int i, const idr_gas_cell *cell,
                            const double mass[IDR_GAS_CELLS], double volume) {
  const int cells = g->gas_volume[i] > 0.0 ? IDR_GAS_CELLS : 0;
  double closed = (double)idr_clampf(g->choke_closed[i], 0.0f, 1.0f);
  double was = (double)g->choke_pressure[i];
  double hole = 0.1; /* m3 at least: that of a stack of blowout preventers */
  for (int c = 0; c < IDR_ANNULUS; c++)
    hole += (double)(g->cell_area[c][i] * g->cell_length[i]);
  idr_gas_outlet o = {.give = hole / (double)IDR_MUD_BULK,
                      .choke = closed > 0.0 ? CHOKE_AREA * (1.0 - closed) : 0.0,
                      .density = (double)g->density_annulus[i]};
  double out = volume, pressure = 0.0;
  if (closed > 0.0) {
    pressure = idr_gas_choke(cells, cell, mass, was, &o, volume);
    out = o.choke * sqrt(2.0 * pressure / o.density) * (double)SECOND;
  } else if (volume > LINE_MOST) {
    out = LINE_MOST;
    pressure = idr_gas_choke(cells, cell, mass, was, &o, volume - out);
  }
  s->out[i] = out;
  g->packed[i] = volume - out;
  g->choke_pressure[i] = (float)pressure;
}

/* Where the gas goes within the second, and what its growth pushes out. */
static void step_gas_second(idr_drill_group *g, idr_second *s, int i, idr_gas_cell *cell,
                            double mass[IDR_GAS_CELLS]) {
  step_gas_cells(g, i, cell);
  for (int k = 0; k < IDR_GAS_CELLS; k++)
    mass[k] = g->gas[k][i];
  double left = step_gas_travel(g, s, i, cell, mass);
  double was = (double)g->choke_pressure[i], before = g->gas_volume[i];
  g->gas_volume[i] = idr_gas_volume(IDR_GAS_CELLS, cell, mass, was);
  s->displaced[i] += g->gas_volume[i] - before;
  double pv = (double)idr_influx_pv((float)left, IDR_INFLUX_MOLAR, 1.0f, g->surface_temperature[i]);
  s->gas_flow[i] = (float)(pv / (double)IDR_INFLUX_AIR) / SECOND;
  g->gas_out[i] += left;
  for (int k = 0; k < IDR_GAS_CELLS; k++)
    g->gas[k][i] = mass[k];
}

/* How much lighter the gas makes the column, felt with some delay. */
static void step_gas_column(idr_drill_group *g, int i, idr_gas_cell *cell,
                            const double mass[IDR_GAS_CELLS]) {
  double top = (double)IDR_INFLUX_AIR + (double)g->choke_pressure[i];
  double relief = idr_gas_column(IDR_GAS_CELLS, cell, mass, (double)g->density_annulus[i], top);
  float felt = g->gas_relief[i] + INERTIA * ((float)relief - g->gas_relief[i]);
  g->gas_relief[i] = g->gas_volume[i] > 0.0 ? felt : 0.0f;
}

void idr_step_gas(idr_drill_group *g, idr_second *s, int i, bool gas) {
  idr_gas_cell cell[IDR_GAS_CELLS];
  double mass[IDR_GAS_CELLS];
  if (gas) step_gas_second(g, s, i, cell, mass);
  step_gas_outlet(g, s, i, cell, mass, g->packed[i] + s->displaced[i]);
  if (gas) step_gas_column(g, i, cell, mass);
}
