/* Gas in the one-second step: how many cells a kick needs, what a closed well shows, and a kick
 * that is circulated out behind a choke with heavier mud. */
#include "drill/gas_column.h"
#include "drill/hydraulics.h"
#include "drill/kick.h"
#include "support/drill_wells.h"

/* ---- the column alone ------------------------------------------------------------------------ */

#define LENGTH  2500.0
#define AREA    0.024
#define DENSITY 1200.0
#define FLOW    0.03
#define FED     300.0 /* s in which the kick flows in */
#define KICK    30.0  /* kg: more of it unloads an open well in seconds */

enum { MOST = 512 };

/* What a kick shows, in cells of any number. */
typedef struct {
  double arrival, half; /* s until 1 % and half of it are out */
  double gain, at;      /* m3, greatest, and when */
  double left;          /* kg that neither came out nor stayed: rounding */
} passage;

/* `parts` sub-steps a second: a cell of the finest grid is passed in less than one. */
static passage run_kick(int n, int parts, bool grows) {
  static idr_gas_cell cell[MOST];
  static double mass[MOST];
  passage p = {.arrival = 0.0};
  double out = 0.0, in = 0.0, top = (double)IDR_INFLUX_AIR;
  for (int k = 0; k < n; k++) {
    cell[k] = (idr_gas_cell){
        AREA, LENGTH / n, LENGTH / n, 0.216, 0.127, 350.0 - 50.0 * (k + 0.5) / n, 0.0, 0.0};
    mass[k] = 0.0;
  }
  const double dt = 1.0 / parts;
  for (double t = 0.0; t < 6000.0 && out < 0.999 * KICK; t += dt) {
    idr_gas_column(n, cell, mass, DENSITY, top);
    idr_gas_drift(n, cell, mass, DENSITY, FLOW, 0, grows);
    out += idr_gas_move(n, cell, mass, dt, 0);
    mass[0] += t < FED ? dt * KICK / FED : 0.0;
    in += t < FED ? dt * KICK / FED : 0.0;
    double gain = idr_gas_volume(n, cell, mass, 0.0);
    if (gain > p.gain) p.at = t;
    p.gain = fmax(p.gain, gain);
    p.arrival += out < 0.01 * KICK ? dt : 0.0;
    p.half += out < 0.5 * KICK ? dt : 0.0;
  }
  p.left = in - out;
  for (int k = 0; k < n; k++)
    p.left -= mass[k];
  return p;
}

/* The engine's cells against sixteen times as many: the kick comes at the same time with the same
 * gain. Fewer cells do not do that. */
static void test_cells(void **state) {
  (void)state;
  passage fine = run_kick(MOST, 32, true), p[4];
  const int cells[] = {8, 16, IDR_GAS_CELLS, 64};
  for (int k = 0; k < 4; k++) {
    p[k] = run_kick(cells[k], 1, true);
    print_message("%3d cells: 1 %% out after %4.0f s, half after %4.0f s, greatest gain %.2f m3 "
                  "after %4.0f s\n",
                  cells[k], p[k].arrival, p[k].half, p[k].gain, p[k].at);
    assert_near(p[k].left, 0.0, 1e-9 * KICK);
  }
  print_message(
      "%3d cells: 1 %% out after %4.0f s, half after %4.0f s, greatest gain %.2f m3 after "
      "%4.0f s\n",
      MOST, fine.arrival, fine.half, fine.gain, fine.at);
  assert_near(p[2].half, fine.half, 0.05 * fine.half);
  assert_near(p[2].arrival, fine.arrival, 0.08 * fine.arrival);
  assert_near(p[2].gain, fine.gain, 0.1 * fine.gain);
  assert_true(fine.gain - p[0].gain > 0.4 * fine.gain);
}

/* Without expansion the mean passage is the length over the velocity of drift flux. */
static void test_rise(void **state) {
  (void)state;
  passage p = run_kick(IDR_GAS_CELLS, 1, false);
  double slip = (double)idr_influx_slip(0.216f, 0.127f, DENSITY, 0.0f);
  double hand = 0.5 * FED + LENGTH / (1.2 * FLOW / AREA + slip);
  print_message("half of the gas after %.0f s, by hand %.0f s\n", p.half, hand);
  assert_near(p.half, hand, 0.06 * hand); /* gas is heavier below, its slip smaller */
}

/* ---- a well under control -------------------------------------------------------------------- */

static const test_rock rock = {2500.0, 70e6, 0.5, 0.2, 0.0};

#define PORE    1190.0 /* kg/m3: pumping holds it back, standing mud of 1150 does not */
#define DEPTH   2500.0
#define PORE_PA (PORE * 9.80665 * DEPTH)
#define SLOW    0.012f /* m3/s */
#define MARGIN  1e6    /* Pa that the crew keeps above the pore pressure */

typedef struct {
  idr_drill_group *g;
  idr_well *well;
  double pit0;
} control;

static double value(const control *c, idr_channel_id channel) {
  return (double)c->g->value[channel][0];
}

static double gas_inside(const idr_drill_group *g) {
  double sum = 0.0;
  for (int k = 0; k < IDR_GAS_CELLS; k++)
    sum += g->gas[k][0];
  return sum;
}

/* Off bottom by half a metre, pumps on, over a layer of gas of which ten metres are open. */
static control begin(float gas) {
  control c;
  c.well = test_well(&rock);
  c.well->layer[0].top = (float)DEPTH - 10.0f;
  c.well->layer[0].gas = gas;
  c.well->layer[0].pore_density = (float)PORE;
  OK(idr_drill_group_create(&c.g));
  c.g->lanes = 8;
  for (int i = 0; i < 8; i++) {
    test_start(c.g, i, c.well, DEPTH, 0.0f, 0.0f, 0.03f);
    c.g->crewed[i] = 1;
    c.g->bit_depth[i] = DEPTH - 0.5;
    idr_drill_refresh(c.g, i);
  }
  c.pit0 = c.g->pit[0];
  idr_drill_step(c.g, 60);
  return c;
}

static void end(control *c) {
  idr_drill_group_free(c->g);
  idr_well_free(c->well);
}

static void set_pumps(control *c, float flow) {
  for (int i = 0; i < 8; i++)
    c->g->flow_set[i] = flow;
}

static void set_choke(control *c, float closed) {
  for (int i = 0; i < 8; i++)
    c->g->choke_closed[i] = closed;
}

/* Pumps off until `gain` m3 have come, then shut in. */
static void kick_and_shut_in(control *c, double gain, int seconds) {
  set_pumps(c, 0.0f);
  for (int t = 0; t < 7200 && c->g->gas_volume[0] < gain; t++)
    idr_drill_step(c->g, 1);
  assert_true(c->g->gas_volume[0] >= gain);
  set_choke(c, 1.0f);
  for (int t = 0; t < seconds; t++)
    idr_drill_step(c->g, 1);
}

/* Overbalanced: nothing flows while the pumps run. Shut in, the well builds up to the pore
 * pressure, and the gauges say what the usual arithmetic makes of them. */
static void test_shut_in(void **state) {
  (void)state;
  control c = begin(0.5f);
  assert_true(c.g->gas_in[0] == 0.0);
  kick_and_shut_in(&c, 1.5, 1);
  int t = 0;
  while (value(&c, IDR_CHANNEL_BOTTOM_PRESSURE) < PORE_PA && t++ < 600)
    idr_drill_step(c.g, 1);
  double bottom = value(&c, IDR_CHANNEL_BOTTOM_PRESSURE);
  double sidpp = value(&c, IDR_CHANNEL_SPP), sicp = value(&c, IDR_CHANNEL_CHOKE_PRESSURE);
  print_message(
      "shut in: bottom %.3f MPa (pore %.3f), drill pipe %.3f, casing %.3f MPa, %.1f kg in "
      "%.2f m3, pit gain %.2f m3\n",
      bottom * 1e-6, PORE_PA * 1e-6, sidpp * 1e-6, sicp * 1e-6, c.g->gas_in[0], c.g->pit_gain[0],
      c.g->pit_gain[0]);
  assert_near(bottom, PORE_PA, 0.001 * PORE_PA);
  assert_true(value(&c, IDR_CHANNEL_FLOW_OUT) == 0.0);
  double column = 1150.0 * (1.0 + (double)c.g->column[0]);
  double formation = (double)idr_kick_formation((float)column, (float)DEPTH, (float)sidpp);
  assert_near(formation, bottom, 0.002 * bottom);
  double kill = (double)idr_kick_kill_density((float)column, (float)DEPTH, (float)sidpp);
  assert_near(kill, bottom / 9.80665 / DEPTH, 2.0);
  /* Most of it has risen beside the pipe by now. */
  double area = (double)c.g->cell_area[1][0], height = c.g->pit_gain[0] / area;
  double light =
      (double)idr_kick_influx_density((float)column, (float)sicp, (float)sidpp, (float)height);
  double there = c.g->gas_in[0] / c.g->pit_gain[0];
  print_message("influx %.0f kg/m3 by its pressures, %.0f by what flowed in\n", light, there);
  assert_near(light, there, 30.0);
  double in = c.g->gas_in[0];
  idr_drill_step(c.g, 60);
  assert_near(c.g->gas_in[0], in, 1e-3 * in);
  end(&c);
}

/* Left closed, gas rises without growing and takes its pressure along: both gauges climb. */
static void test_migration(void **state) {
  (void)state;
  control c = begin(0.5f);
  kick_and_shut_in(&c, 1.0, 900);
  double casing = value(&c, IDR_CHANNEL_CHOKE_PRESSURE), gas = gas_inside(c.g);
  double out = c.g->gas_out[0];
  double bottom = value(&c, IDR_CHANNEL_BOTTOM_PRESSURE);
  idr_drill_step(c.g, 900);
  double rise = value(&c, IDR_CHANNEL_CHOKE_PRESSURE) - casing;
  print_message("a quarter of an hour closed: casing %+.2f MPa, bottom %+.2f MPa\n", rise * 1e-6,
                (value(&c, IDR_CHANNEL_BOTTOM_PRESSURE) - bottom) * 1e-6);
  assert_true(rise > 1e6 && value(&c, IDR_CHANNEL_BOTTOM_PRESSURE) > bottom + 1e6);
  assert_near(gas_inside(c.g), gas, 1e-9 * gas);
  assert_true(c.g->gas_out[0] == out);
  end(&c);
}

/* The choke in the hands of a crew that holds the bottom's pressure by what the gauge says: it
 * moves its opening by a part of itself a second. */
static void hold(control *c, double target, double *lowest, double *highest) {
  double bottom = value(c, IDR_CHANNEL_BOTTOM_PRESSURE);
  double miss = (target - bottom) * 1e-6;
  float open = 1.0f - c->g->choke_closed[0];
  open *= 1.0f - 0.05f * (float)fmax(-4.0, fmin(4.0, miss));
  float closed = 1.0f - idr_clampf(open, 1e-4f, 0.95f);
  set_choke(c, closed);
  *lowest = fmin(*lowest, bottom);
  *highest = fmax(*highest, bottom);
}

/* Wait and weight: heavier mud down the string and up, bottom pressure a margin above the pores',
 * until all gas is out; then the well stands open and nothing flows. */
static void test_circulate_out(void **state) {
  (void)state;
  control c = begin(0.5f);
  kick_and_shut_in(&c, 1.5, 300);
  double in = c.g->gas_in[0], gain = c.g->pit_gain[0], lowest = 1e9, highest = 0.0, casing = 0.0;
  float kill = (float)(PORE + MARGIN / 9.80665 / DEPTH + 20.0);
  for (int i = 0; i < 8; i++)
    c.g->mud_density_set[i] = kill;
  set_choke(&c, 0.97f);
  set_pumps(&c, SLOW);
  double volume = (double)(c.g->annulus_volume[0] + c.g->string_volume[0]);
  int seconds = (int)(1.15 * volume / (double)SLOW);
  for (int t = 0; t < seconds; t++) {
    double ignored = 0.0, least = 1e9;
    /* From where the choke has it to where the heavy mud alone is enough. */
    bool begun = t > 300 && c.g->choke_closed[0] > 0.1f;
    hold(&c, PORE_PA + MARGIN, begun ? &lowest : &least, begun ? &highest : &ignored);
    idr_drill_step(c.g, 1);
    casing = fmax(casing, value(&c, IDR_CHANNEL_CHOKE_PRESSURE));
  }
  print_message("out with %.0f kg/m3 in %.1f h: bottom within %+.2f and %+.2f MPa of its target, "
                "casing up to %.2f MPa, %.1f of %.1f kg out\n",
                (double)kill, seconds / 3600.0, (lowest - PORE_PA - MARGIN) * 1e-6,
                (highest - PORE_PA - MARGIN) * 1e-6, casing * 1e-6, c.g->gas_out[0],
                c.g->gas_in[0]);
  double field =
      (double)idr_kick_surface_pressure((float)PORE_PA, (float)gain, kill, c.g->cell_area[1][0]);
  print_message("greatest casing pressure by the field formula %.2f MPa\n", field * 1e-6);
  assert_true(lowest > PORE_PA && highest < PORE_PA + MARGIN + 2e6);
  assert_near(c.g->gas_in[0], in, 0.05 * in);
  assert_near(c.g->gas_out[0], c.g->gas_in[0], 0.01 * in);
  set_pumps(&c, 0.0f);
  set_choke(&c, 0.0f);
  idr_drill_step(c.g, 600);
  double before = c.g->gas_in[0], pit = c.g->pit[0];
  idr_drill_step(c.g, 1800);
  assert_true(c.g->gas_in[0] == before && c.g->choke_pressure[0] == 0.0f);
  assert_near(c.g->pit[0], pit, 0.05);
  end(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cells), cmocka_unit_test(test_rise), cmocka_unit_test(test_shut_in),
      cmocka_unit_test(test_migration), cmocka_unit_test(test_circulate_out)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
