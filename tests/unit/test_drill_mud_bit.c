/* The mud with the bit anywhere: a standing column, surge and swab, trip fill, another mud on its
 * way, what returns come from, strokes, temperatures, mud that comes back from fractures; and the
 * choke's pressure in steps of a second against twentieths of one. */
#include "drill/gas_column.h"
#include "drill/hydraulics.h"
#include "drill/lumped.h"
#include "drill/mud_density.h"
#include "drill/pump.h"
#include "drill/pump_wear.h"
#include "drill/surge.h"
#include "support/drill_wells.h"

static const test_rock rock = {2500.0, 70e6, 0.5, 0.2, 0.0};
static const float in = 0.0254f;

typedef struct {
  idr_drill_group *g;
  idr_well *well;
} world;

static world begin(float flow) {
  world w = {.well = test_well(&rock)};
  OK(idr_drill_group_create(&w.g));
  w.g->lanes = 8;
  for (int i = 0; i < 8; i++) {
    test_start(w.g, i, w.well, 2500.0, 0.0f, 0.0f, flow);
    w.g->crewed[i] = 1;
    w.g->bit_depth[i] = 2499.0;
    idr_drill_refresh(w.g, i);
  }
  return w;
}

/* Puts the bit of a lane somewhere by hand. */
static void lift(world *w, int i, double depth) {
  w->g->bit_depth[i] = depth;
  idr_drill_refresh(w->g, i);
}

static void end(world *w) {
  idr_drill_group_free(w->g);
  idr_well_free(w->well);
}

static double value(const world *w, idr_channel_id channel) {
  return (double)w->g->value[channel][0];
}

static void move(world *w, double speed, int seconds) {
  for (int t = 0; t < seconds; t++) {
    for (int i = 0; i < 8; i++) {
      w->g->block_speed[i] = (float)speed;
    }
    idr_drill_step(w->g, 1);
  }
}

/* ---- pressures ------------------------------------------------------------------------------- */

/* Pumps off: the column under its own pressure and temperature, no friction, nothing flows. */
static void test_standing(void **state) {
  (void)state;
  world w = begin(0.0f);
  idr_drill_step(w.g, 5);
  idr_mud mud = {1150.0f, IDR_MUD_BULK, IDR_MUD_EXPANSION};
  float warming = (w.g->mud_temperature[0] - w.g->surface_temperature[0]) / 2500.0f;
  double column = (double)idr_mud_column(&mud, 2499.0f, warming);
  assert_near(value(&w, IDR_CHANNEL_BOTTOM_PRESSURE), column, 2e-4 * column);
  assert_near(value(&w, IDR_CHANNEL_ECD), column / 9.80665 / 2499.0, 0.3);
  assert_near(value(&w, IDR_CHANNEL_SPP), 0.0, 1.0);
  assert_near(value(&w, IDR_CHANNEL_FLOW_OUT), 0.0, 1e-9);
  end(&w);
}

/* Half the string out: half the column, the friction of what is left of the string. */
static void test_shallow(void **state) {
  (void)state;
  world w = begin(0.03f);
  for (int i = 0; i < 8; i++)
    lift(&w, i, 1250.0);
  idr_drill_step(w.g, 3);
  idr_rheology r = idr_rheology_prepare(1150.0f, 4.0f, 0.4f, 0.7f, 1.0f);
  float wide = 8.681f * in;
  float part = idr_hydraulics_annulus(&r, 0.03f, wide, 6.5f * in, 150.0f) +
               idr_hydraulics_annulus(&r, 0.03f, wide, 5.0f * in, 1100.0f);
  double column = 1150.0 * (1.0 + (double)w.g->column[0]) * 9.80665 * 1250.0;
  assert_near((double)w.g->bit_tvd[0], 1250.0, 1e-3);
  assert_near(value(&w, IDR_CHANNEL_BOTTOM_PRESSURE), column + (double)part, 1e-4 * column);
  end(&w);
}

/* Running in pushes, pulling sucks, by Burkhardt around every part of the string. */
static void test_surge_and_swab(void **state) {
  (void)state;
  world w = begin(0.0f);
  move(&w, -0.5, 100);
  double swab = value(&w, IDR_CHANNEL_BOTTOM_PRESSURE);
  move(&w, 0.0, 2);
  double still = value(&w, IDR_CHANNEL_BOTTOM_PRESSURE);
  move(&w, 0.5, 2);
  double surge = value(&w, IDR_CHANNEL_BOTTOM_PRESSURE);
  double depth = w.g->bit_depth[0], column = still * 0.5 / depth; /* half a metre deeper or not */
  idr_rheology r = idr_rheology_prepare(1150.0f, 4.0f, 0.4f, 0.7f, 1.0f);
  double hand = 0.0, low = depth;
  const double outer[] = {6.5, 5.0}, long_[] = {150.0, 1e6};
  for (int k = 0; k < 2; k++) {
    double high = fmax(low - long_[k], 0.0);
    float pipe = (float)outer[k] * in, hole = 8.5f * in, wide = 8.681f * in;
    float open = (float)fmax(low - fmax(high, 2300.0), 0.0), cased = (float)(low - high) - open;
    hand += (double)idr_surge_pressure(&r, 0.5f * idr_surge_closed(hole, pipe), hole, pipe, open) +
            (double)idr_surge_pressure(&r, 0.5f * idr_surge_closed(wide, pipe), wide, pipe, cased);
    low = high;
  }
  print_message("at 0.5 m/s: surge %+.3f MPa, swab %+.3f MPa, by hand %.3f MPa\n",
                (surge - still) * 1e-6, (swab - still) * 1e-6, hand * 1e-6);
  assert_near(surge - still, hand, 0.01 * hand + 2.0 * column);
  assert_near(still - swab, hand, 0.01 * hand + 2.0 * column);
  end(&w);
}

/* ---- volumes --------------------------------------------------------------------------------- */

/* A stand pulled with the pumps off: the hole takes the steel's volume from the pits, nothing comes
 * out, and the mud logger's gain does not move; run back in, it comes out again. */
static void test_trip_fill(void **state) {
  (void)state;
  world w = begin(0.0f);
  idr_drill_step(w.g, 2);
  double pit = w.g->pit[0];
  double steel = 28.0 * 0.25 * M_PI * (pow(5.0 * 0.0254, 2) - pow(4.276 * 0.0254, 2));
  move(&w, -0.5, 56);
  move(&w, 0.0, 1); /* the mud feels the block a second later */
  assert_near(pit - w.g->pit[0], steel, 1e-6);
  assert_near(value(&w, IDR_CHANNEL_FLOW_OUT), 0.0, 1e-9);
  assert_near(w.g->pit_gain[0], 0.0, 1e-6);
  move(&w, 0.5, 56);
  assert_near(value(&w, IDR_CHANNEL_FLOW_OUT), steel / 56.0, 1e-6);
  move(&w, 0.0, 1);
  assert_near(w.g->pit[0], pit, 1e-6);
  end(&w);
}

/* Pumps stop: the string lets go of what it held squeezed, and the pits gain that. */
static void test_flow_back(void **state) {
  (void)state;
  world w = begin(0.03f);
  idr_drill_step(w.g, 5);
  double held = w.g->stored[0], pit = w.g->pit[0];
  double inside = (double)w.g->string_volume[0] * value(&w, IDR_CHANNEL_SPP) / (double)IDR_MUD_BULK;
  assert_near(held, inside, 1e-6);
  for (int i = 0; i < 8; i++)
    w.g->flow_set[i] = 0.0f;
  idr_drill_step(w.g, 60);
  assert_near(w.g->pit[0] - pit, held, 1e-3 * held);
  assert_near(w.g->pit_gain[0], held, 1e-3 * held);
  end(&w);
}

/* A heavier mud: the string is full of it after its volume, the hole after both; the standpipe
 * falls at first, the bottom feels it only when it comes round the bit; it returns at last. */
static void test_front(void **state) {
  (void)state;
  world w = begin(0.03f);
  idr_drill_step(w.g, 5);
  double spp = value(&w, IDR_CHANNEL_SPP), ecd = value(&w, IDR_CHANNEL_ECD);
  double down = (double)w.g->string_volume[0] / 0.03, up = (double)w.g->annulus_volume[0] / 0.03;
  for (int i = 0; i < 8; i++)
    w.g->mud_density_set[i] = 1250.0f;
  idr_drill_step(w.g, (int)(0.5 * down));
  assert_near((double)w.g->density_string[0], 1200.0, 1.0);
  assert_near((double)w.g->density_annulus[0], 1150.0, 1e-3);
  assert_near(value(&w, IDR_CHANNEL_MUD_DENSITY), 1250.0, 1e-3);
  assert_true(value(&w, IDR_CHANNEL_SPP) < spp - 5e5);
  assert_near(value(&w, IDR_CHANNEL_ECD), ecd, 1.0);
  idr_drill_step(w.g, (int)(0.5 * down + 0.5 * up) + 2);
  assert_near((double)w.g->density_string[0], 1250.0, 1e-3);
  assert_near((double)w.g->density_annulus[0], 1200.0, 1.0);
  assert_near(value(&w, IDR_CHANNEL_MUD_DENSITY_OUT), 1150.0, 0.5);
  idr_drill_step(w.g, (int)(0.5 * up) + 5);
  assert_near((double)w.g->density_annulus[0], 1250.0, 1e-3);
  assert_near(value(&w, IDR_CHANNEL_MUD_DENSITY_OUT), 1250.0, 0.5);
  assert_true(value(&w, IDR_CHANNEL_ECD) > ecd + 99.0);
  end(&w);
}

/* Returns come from where the bit was one annulus ago; strokes add up; the third pump joins. */
static void test_lag_and_strokes(void **state) {
  (void)state;
  world w = begin(0.03f);
  for (int i = 0; i < 8; i++) {
    w.g->bit_depth[i] = w.g->depth[i];
    w.g->wob_set[i] = 100e3f;
    w.g->omega_set[i] = 14.0f;
  }
  int lag = (int)((double)w.g->annulus_volume[0] / 0.03);
  double then = 0.0;
  for (int t = 0; t < 3 * lag; t++) {
    if (t == 2 * lag) then = w.g->depth[0];
    idr_drill_step(w.g, 1);
  }
  double drilled = w.g->depth[0] - then;
  assert_near(value(&w, IDR_CHANNEL_RETURNS_DEPTH), then, 0.1 * drilled + 0.1);
  double stroke = (double)idr_pump_triplex(IDR_PUMP_LINER, IDR_PUMP_STROKE, IDR_PUMP_EFFICIENCY);
  assert_near(w.g->strokes[0], 3.0 * lag * 0.03 / stroke, 1e-4 * w.g->strokes[0]);
  assert_near(value(&w, IDR_CHANNEL_PUMP_1), 0.5 * 0.03 / stroke, 1e-4);
  assert_true(value(&w, IDR_CHANNEL_PUMP_3) == 0.0);
  for (int i = 0; i < 8; i++)
    w.g->flow_max[i] = w.g->flow[i] = w.g->flow_set[i] = 0.06f;
  idr_drill_step(w.g, 1);
  assert_near(value(&w, IDR_CHANNEL_PUMP_3), 0.06 / stroke / 3.0, 1e-2);
  end(&w);
}

/* Mud taken by fractures comes back by half when the pumps stop. */
static void test_ballooning(void **state) {
  (void)state;
  world w = begin(0.03f);
  w.well->layer[0].fracture_density = 1200.0f;
  for (int i = 0; i < 8; i++)
    idr_drill_refresh(w.g, i);
  idr_drill_step(w.g, 600);
  double lost = w.g->lost_volume[0];
  assert_true(lost > 0.1 && value(&w, IDR_CHANNEL_FLOW_OUT) < 0.03 && w.g->lost_time[0] == 0.0);
  for (int i = 0; i < 8; i++)
    w.g->flow_set[i] = 0.0f;
  idr_drill_step(w.g, 120);
  double taken = w.g->lost_volume[0];
  idr_drill_step(w.g, 3600);
  print_message("lost %.3f m3, %.3f m3 after the pumps stood for an hour\n", taken,
                w.g->lost_volume[0]);
  assert_true(w.g->lost_volume[0] < 0.7 * taken && w.g->lost_volume[0] > 0.45 * lost);
  assert_int_equal(w.g->failure[0] & IDR_FAILURE_LOSSES, 0);
  end(&w);
}

/* ---- temperature ----------------------------------------------------------------------------- */

/* Circulating cools the bottom and warms the returns; standing, the bottom takes the rock's. */
static void test_temperatures(void **state) {
  (void)state;
  world w = begin(0.03f);
  idr_drill_step(w.g, 7200);
  double rock_there = (double)w.g->rock_temperature[0], bit = value(&w, IDR_CHANNEL_TEMPERATURE);
  double out = value(&w, IDR_CHANNEL_TEMPERATURE_OUT), to = value(&w, IDR_CHANNEL_TEMPERATURE_IN);
  print_message("rock %.1f, bit %.1f, out %.1f, in %.1f degC\n", rock_there - 273.15, bit - 273.15,
                out - 273.15, to - 273.15);
  assert_true(bit < rock_there && bit > to && out > to && to > 288.15);
  double heat = 0.03 * (out - to), air = 0.02 * (to - 288.15);
  assert_near(heat, air, 0.02 * air); /* the pits give to the air what comes out of the well */
  for (int i = 0; i < 8; i++)
    w.g->flow_set[i] = 0.0f;
  idr_drill_step(w.g, 12 * 3600);
  assert_near(value(&w, IDR_CHANNEL_TEMPERATURE), rock_there, 5.0);
  end(&w);
}

/* ---- choke ----------------------------------------------------------------------------------- */

/* Pressure of a choked annulus after a minute: pumps on at once, then half shut. */
static double choked(double pv, int parts, bool lumped) {
  idr_gas_cell cell = {.pressure = 10e6, .temperature = 300.0};
  double mass = pv / (double)idr_influx_pv(1.0f, IDR_INFLUX_MOLAR, 1.0f, 300.0f);
  double packed = 0.0, p = 0.0, dt = 1.0 / parts;
  idr_lumped k = {.stiff_string = 1e12f,
                  .stiff_annulus = 2e9f / 60.0f,
                  .inertia = 1.0f,
                  .density_string = 1200.0f,
                  .density_annulus = 1200.0f,
                  .depth = 2500.0f,
                  .choke = 3e-3f};
  idr_lumped_state s = {0.0f, 0.0f, 0.0f};
  for (int t = 0; t < 60 * parts; t++) {
    double open = t < 30 * parts ? 0.4 : 0.1;
    idr_gas_outlet o = {60.0 / 2e9, 3e-3 * open * dt, 1200.0};
    double volume = packed + 0.012 * dt;
    cell.pressure = 10e6 + p;
    p = idr_gas_choke(1, &cell, &mass, p, &o, volume);
    packed = volume - o.choke * sqrt(2.0 * p / o.density);
    float drained;
    s.flow = 0.0f;
    s.standpipe = 0.0f;
    s = idr_lumped_step(&k, s, 0.0f, 0.012f, (float)open, (float)dt, &drained);
  }
  return lumped ? (double)s.choke : p;
}

/* One second against a twentieth of it, with and without gas; without gas also against Kaasa's
 * balance (lumped.h). */
static void test_choke_steps(void **state) {
  (void)state;
  double coarse = choked(0.0, 1, false), fine = choked(0.0, 20, false);
  double gas = choked(10e6, 1, false), gas_fine = choked(10e6, 20, false);
  double kaasa = choked(0.0, 20, true);
  print_message(
      "choke after a minute: %.3f MPa in seconds, %.3f in twentieths, %.3f by Kaasa; with "
      "gas %.3f and %.3f\n",
      coarse * 1e-6, fine * 1e-6, kaasa * 1e-6, gas * 1e-6, gas_fine * 1e-6);
  assert_near(coarse, fine, 0.02 * fine);
  assert_near(gas, gas_fine, 0.02 * gas_fine);
  assert_near(fine, kaasa, 0.02 * kaasa);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_standing),        cmocka_unit_test(test_shallow),
      cmocka_unit_test(test_surge_and_swab),  cmocka_unit_test(test_trip_fill),
      cmocka_unit_test(test_flow_back),       cmocka_unit_test(test_front),
      cmocka_unit_test(test_lag_and_strokes), cmocka_unit_test(test_ballooning),
      cmocka_unit_test(test_temperatures),    cmocka_unit_test(test_choke_steps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
