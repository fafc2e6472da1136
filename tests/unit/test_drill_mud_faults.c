/* What a fault does to the gauges: lane 0 is sound, every other lane has one fault, and the signs
 * of the differences are those of the usual table of signatures. */
#include "support/drill_wells.h"

static const test_rock rock = {2500.0, 70e6, 0.5, 0.2, 0.0};

#define FLOW 0.035f

enum { SPP, ONSET, OUT, ECD, PIT, ROP, GAUGES };
static const char *const name[GAUGES] = {"standpipe", "at onset", "flow out", "ECD", "pit", "ROP"};

#define COMING  60  /* s in which a fault comes on: flow out at onset is the mean of these */
#define SETTLED 120 /* s after which the others are taken, to the end; the pit is its change */
#define END     720

/* A lane's gauges. While pressures rise or fall mud is squeezed into the hole or let go. */
typedef struct {
  double value[GAUGES];
} gauges;

/* The fault, and the least change of each gauge in the direction of its sign, relative to the sound
 * lane (the pit: m3); 0 expects no change beyond 1e-3 (1e-2 m3). NAN: anything may be. */
typedef struct {
  const char *name;
  size_t field;
  float severity;
  double change[GAUGES];
} fault;

#define FIELD(f) offsetof(idr_drill_group, fault_##f)
static const fault faults[] = {
    {"pack-off", FIELD(annulus), 0.6f, {0.1, -1e-4, NAN, 0.03, NAN, -1e-3}},
    {"wash-out", FIELD(washout), 0.3f, {-0.05, NAN, 0, NAN, 0, NAN}},
    {"plugged nozzle", FIELD(nozzle), 0.3f, {0.1, NAN, 0, 0, 0, NAN}},
    {"lost nozzle", FIELD(nozzle), -0.3f, {-0.05, NAN, 0, 0, 0, NAN}},
    {"pump", FIELD(pump), 0.1f, {-0.1, NAN, -0.09, -1e-3, 0, NAN}},
    {"losses", FIELD(thief), 5e-9f, {-1e-3, -0.01, -0.1, -1e-4, -2.0, NAN}},
    {"caving", FIELD(caving), 2e-3f, {1e-3, NAN, 0, 1e-3, 0, NAN}},
};
enum { FAULTS = sizeof faults / sizeof faults[0], KICK = FAULTS + 1, BALLED, LANES_USED };

static void start(idr_drill_group *g, int lane, const idr_well *well) {
  test_start(g, lane, well, 2500.0, 80e3f, 12.0f, FLOW);
  g->crewed[lane] = 1;
  idr_drill_refresh(g, lane);
}

/* One rock that is all gas for lane KICK, else none. */
static idr_well *gas_well(float gas, float pore) {
  idr_well *well = test_well(&rock);
  for (int k = 0; k < well->layer_count; k++) {
    well->layer[k].gas = gas;
    well->layer[k].pore_density = pore;
  }
  return well;
}

/* Faults come on within a minute, as anything in the hole does. */
static void set_faults(idr_drill_group *g, int second) {
  for (int k = 0; k < FAULTS; k++) {
    float grown = second < COMING ? (float)(second + 1) / COMING : 1.0f;
    float *field = (float *)(void *)((char *)g + faults[k].field);
    field[k + 1] = faults[k].severity * grown;
  }
  g->balling[BALLED] = 0.8f;
}

static void add(const idr_drill_group *g, int i, gauges *m, int t) {
  static const idr_channel_id channel[] = {[SPP] = IDR_CHANNEL_SPP,
                                           [OUT] = IDR_CHANNEL_FLOW_OUT,
                                           [ECD] = IDR_CHANNEL_ECD,
                                           [ROP] = IDR_CHANNEL_ROP};
  if (t < COMING) m->value[ONSET] += (double)g->value[IDR_CHANNEL_FLOW_OUT][i] / COMING;
  if (t == SETTLED) m->value[PIT] = -(double)g->value[IDR_CHANNEL_PIT_GAIN][i];
  if (t == END - 1) m->value[PIT] += (double)g->value[IDR_CHANNEL_PIT_GAIN][i];
  for (int k = 0; k < GAUGES && t >= SETTLED; k++)
    if (k != PIT && k != ONSET) m->value[k] += (double)g->value[channel[k]][i] / (END - SETTLED);
}

/* Ten minutes of sound drilling, then as long with the faults. */
static void run(idr_well *const well[2], gauges mean[LANES_USED]) {
  idr_drill_group *g;
  OK(idr_drill_group_create(&g));
  for (int i = 0; i < IDR_LANES; i++)
    start(g, i, well[0]);
  for (int t = 0; t < 600; t++)
    idr_drill_step(g, 1);
  memset(mean, 0, LANES_USED * sizeof *mean);
  g->well[KICK] = well[1];
  idr_drill_refresh(g, KICK);
  for (int t = 0; t < END; t++) {
    set_faults(g, t);
    idr_drill_step(g, 1);
    for (int i = 0; i < LANES_USED; i++)
      add(g, i, &mean[i], t);
  }
  idr_drill_group_free(g);
}

static void assert_change(const char *what, int gauge, double sound, double now, double least) {
  double change = gauge == PIT ? now - sound : now / sound - 1.0;
  double small = gauge == PIT ? 1e-2 : 1e-3;
  bool right = least > 0.0   ? change >= least
               : least < 0.0 ? change <= least
                             : fabs(change) <= small;
  print_message("%-15s %-9s %+.4f %s\n", what, name[gauge], change, gauge == PIT ? "m3" : "");
  if (isnan(least) || right) return;
  print_error("%s: %s changes by %g, expected %g\n", what, name[gauge], change, least);
  fail();
}

static void test_signs(void **state) {
  (void)state;
  idr_well *well[2] = {gas_well(0.0f, 1050.0f), gas_well(1.0f, 1300.0f)};
  gauges mean[LANES_USED];
  run(well, mean);
  for (int k = 0; k < FAULTS; k++)
    for (int q = 0; q < GAUGES; q++)
      assert_change(faults[k].name, q, mean[0].value[q], mean[k + 1].value[q], faults[k].change[q]);
  static const double kick[] = {-1e-3, 1e-3, 1e-2, -1e-3, 0.2, NAN};
  static const double balled[] = {1e-3, NAN, 0, 0, 0, NAN};
  for (int q = 0; q < GAUGES; q++) {
    assert_change("kick", q, mean[0].value[q], mean[KICK].value[q], kick[q]);
    assert_change("balling", q, mean[0].value[q], mean[BALLED].value[q], balled[q]);
  }
  idr_well_free(well[0]);
  idr_well_free(well[1]);
}

/* No gauge of a lane moves in a second in which nothing happens but drilling, and the flow line
 * shows the pumps' flow and the pipe that goes in. */
static void test_sound(void **state) {
  (void)state;
  idr_well *well = gas_well(0.0f, 1050.0f);
  idr_drill_group *g;
  OK(idr_drill_group_create(&g));
  for (int i = 0; i < IDR_LANES; i++)
    start(g, i, well);
  idr_drill_step(g, 600);
  double steel = 0.25 * M_PI * (pow(5.0 * 0.0254, 2) - pow(4.276 * 0.0254, 2));
  double expected = (double)FLOW + steel * (double)g->value[IDR_CHANNEL_ROP][0];
  assert_near((double)g->value[IDR_CHANNEL_FLOW_OUT][0], expected, 2e-5);
  assert_near((double)g->value[IDR_CHANNEL_PIT_GAIN][0], 0.0, 0.02);
  assert_true(g->value[IDR_CHANNEL_CHOKE_PRESSURE][0] == 0.0f && g->gas_relief[0] == 0.0f);
  assert_true(g->value[IDR_CHANNEL_GAS][0] < 0.03f);
  idr_drill_group_free(g);
  idr_well_free(well);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound), cmocka_unit_test(test_signs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
