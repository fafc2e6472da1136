/* Events in rigs at work: what they do to the gauges beside a twin without them, how often they
 * come, and that a lane in the middle of one depends on nothing beside it. */
#include "support/rig_small.h"
#include "support/shrink.h"

#include <stdlib.h>
#include <string.h>

static idr_well *well;

static int make_well(void **state) {
  const test_rock rock = {.depth = 1800.0, .ucs = 60e6, .abrasiveness = 0.2, .stickiness = 0.3};
  (void)state;
  well = test_well(&rock);
  well->string.motor = 25.0; /* turns per m3 */
  well->string.motor_stall_torque = 30e3;
  well->string.motor_slip = 0.15;
  return 0;
}

static int free_well(void **state) {
  (void)state;
  idr_well_free(well);
  return 0;
}

static void run(idr_rig *rig, int seconds) {
  for (int t = 0; t < seconds; t++)
    idr_rig_second(rig);
}

/* ---- a lane is alone ---- */
/* Much goes on: events of all kinds drawn and scripted, gauges that fail. */
static idr_rig_settings busy(void) {
  const char *const overrides[] = {
      "rig.event_rate=100", "rig.sensor_fault_rate=20",
      "rig.script=pack_off@0.5:0.7,gas_influx@0.9:0.5,stick_slip@1.0:0.5:0.4,wash_out@1.2:0.8"};
  return test_rig_settings(overrides, 3);
}

static void assert_same(const idr_rig *a, int i, const idr_rig *b, int k) {
  size_t bytes = idr_rig_lane_bytes();
  char *x = malloc(bytes), *y = malloc(bytes);
  idr_rig_lane_save(a, i, x);
  idr_rig_lane_save(b, k, y);
  assert_memory_equal(x, y, bytes);
  free(x);
  free(y);
}

static void place(idr_rig *rig, int lane, uint32_t id) {
  assert_int_equal(idr_rig_place(rig, lane, well, id, 1800.0), IDR_STATUS_OK);
}

static void test_the_same_on_8_and_64_lanes(void **state) {
  (void)state;
  idr_rig_settings settings = busy();
  idr_rig *small = test_rig(&settings, 8, well, 1800.0);
  idr_rig *large = test_rig(&settings, IDR_LANES, well, 1800.0);
  place(small, 3, 77);
  place(large, 61, 77);
  run(small, 4500);
  run(large, 4500);
  assert_true(small->events.active[3] != 0);
  assert_same(small, 3, large, 61);
  idr_rig_free(small);
  idr_rig_free(large);
}

static void test_saved_in_the_middle_of_an_event(void **state) {
  (void)state;
  idr_rig_settings settings = busy();
  idr_rig *whole = test_rig(&settings, 8, well, 1800.0);
  idr_rig *later = test_rig(&settings, 8, well, 1800.0);
  char *bytes = malloc(idr_rig_lane_bytes());
  place(whole, 1, 5);
  run(whole, 3700);
  assert_true(whole->events.going[1] != 0);
  idr_rig_lane_save(whole, 1, bytes);
  run(whole, 3500);
  assert_int_equal(idr_rig_lane_load(later, 6, well, bytes), IDR_STATUS_OK);
  run(later, 3500);
  assert_same(whole, 1, later, 6);
  free(bytes);
  idr_rig_free(whole);
  idr_rig_free(later);
}

/* ---- how often ---- */
typedef struct {
  double seconds, drawn, all, several;
} shares;

static void count_second(const idr_rig *rig, shares *s) {
  for (int i = 0; i < rig->hole->lanes; i++) {
    int drawn = 0, all = __builtin_popcount((unsigned)rig->events.active[i]);
    for (int k = 0; k < IDR_EVENT_COUNT; k++)
      drawn += (rig->events.active[i] >> k & 1) && rig->events.cause[k][i] != IDR_CAUSE_STATE;
    s->seconds += 1.0;
    s->drawn += drawn;
    s->all += all;
    s->several += all > 1;
  }
}

/* Eight generated wells over days of work: drawn events are rare, and those that the physics makes
 * do not pile up on them. The bounds and the thresholds of events.h were set with other wells in
 * view (0 to 7); these were met once they stood. */
static void test_events_do_not_stack(void **state) {
  (void)state;
  const int days = test_amount(10, 1);
  idr_rig_settings settings = test_rig_settings(NULL, 0);
  idr_well *drawn[8];
  idr_generator_settings generator;
  shares s = {0};
  idr_generator_defaults(&generator);
  idr_rig *rig = test_rig(&settings, 8, well, 1800.0);
  for (int i = 0; i < 8; i++) {
    assert_int_equal(idr_well_generate(&generator, 1, 5000u + (uint32_t)i, &drawn[i]),
                     IDR_STATUS_OK);
    double top = drawn[i]->section[1].top + 1.0;
    assert_int_equal(idr_rig_place(rig, i, drawn[i], (uint32_t)i, top), IDR_STATUS_OK);
  }
  for (int t = 0; t < days * 86400; t++) {
    idr_rig_second(rig);
    count_second(rig, &s);
  }
  print_message("mean number of events %.3f, drawn ones %.3f, several at once %.3f of the time\n",
                s.all / s.seconds, s.drawn / s.seconds, s.several / s.seconds);
  assert_true(s.drawn / s.seconds < 0.1);
  assert_true(s.several / s.seconds < 0.05);
  if (!test_is_shrunk())
    assert_true(s.all / s.seconds < 0.5); /* one day of a sanitizer is no mean */
  idr_rig_free(rig);
  for (int i = 0; i < 8; i++)
    idr_well_free(drawn[i]);
}

/* ---- a hole without a crew ---- */
/* Set-points stay, so that two rigs differ by the event alone. */
static void drill(idr_rig *rig, int seconds) {
  for (int t = 0; t < seconds; t++) {
    for (int i = 0; i < rig->hole->lanes; i++) {
      rig->hole->wob_set[i] = 60e3f;
      rig->hole->omega_set[i] = 12.0f;
      rig->hole->flow_set[i] = 0.03f;
    }
    idr_drill_step(rig->hole, 1);
    idr_events_second(rig);
    for (int i = 0; i < rig->hole->lanes; i++)
      rig->second[i]++;
  }
}

static idr_rig *without_crew(const char *const *overrides, int count) {
  idr_rig_settings settings = test_rig_settings(overrides, count);
  idr_rig *rig = test_rig(&settings, 8, well, 1800.0);
  for (int i = 0; i < 8; i++) {
    idr_drill_start start = {1800.0, 0.1, 12.0f, 0.03f};
    assert_int_equal(idr_drill_reset(rig->hole, i, well, &start), IDR_STATUS_OK);
    rig->hole->crewed[i] = 0;
  }
  return rig;
}

/* Gas in the rock kicks where the mud is too light for it, and only there. */
static void test_a_kick_needs_underbalance(void **state) {
  (void)state;
  const char *const overrides[] = {"rig.event_rate=0"};
  idr_layer *layer = &well->layer[0], sound = *layer;
  const int32_t bit = 1 << IDR_EVENT_KICK;
  for (int light = 0; light < 2; light++) {
    layer->gas = 1.0f;
    layer->pore_density = light ? 1300.0f : 1050.0f;
    idr_rig *rig = without_crew(overrides, 1);
    drill(rig, 600);
    assert_int_equal(rig->events.active[2] & bit, light ? bit : 0);
    if (light) assert_int_equal(rig->events.cause[IDR_EVENT_KICK][2], IDR_CAUSE_STATE);
    idr_rig_free(rig);
  }
  *layer = sound;
}

/* ---- signatures ---- */
#define ONSET 1800

/* Mean of every channel over the seconds, with the event less without it. */
static void difference(int kind, int seconds, double out[IDR_CHANNEL_COUNT]) {
  char script[96];
  snprintf(script, sizeof script, "rig.script=%s@0.5:0.6:3", idr_event_names[kind]);
  const char *const overrides[] = {"rig.event_rate=0", script};
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    out[c] = 0.0;
  for (int loud = 0; loud < 2; loud++) {
    idr_rig *rig = without_crew(overrides, 1 + loud);
    drill(rig, ONSET + 300);
    for (int t = 0; t < seconds; t++) {
      drill(rig, 1);
      for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
        out[c] += (loud ? 1.0 : -1.0) * (double)rig->hole->value[c][0] / seconds;
    }
    idr_rig_free(rig);
  }
}

/* Signs of the table that the hole shows with constant set-points, by more than twice the noise.
 * Torque, stick-slip and whirl are for the string's own tests to show. */
static void test_signatures_move_as_the_table_says(void **state) {
  (void)state;
#define SEES(channel) (1ull << IDR_CHANNEL_##channel)
  const uint64_t seen[IDR_EVENT_COUNT] = {
      [IDR_EVENT_LOSSES] = SEES(FLOW_OUT) | SEES(SPP),
      [IDR_EVENT_KICK] = SEES(FLOW_OUT) | SEES(PIT_GAIN) | SEES(SPP),
      [IDR_EVENT_PACKOFF] = SEES(SPP) | SEES(ECD) | SEES(ROP),
      [IDR_EVENT_WASHOUT] = SEES(SPP),
      [IDR_EVENT_PLUGGED] = SEES(SPP),
      [IDR_EVENT_LOST_NOZZLE] = SEES(SPP),
      [IDR_EVENT_STALL] = SEES(MOTOR_PRESSURE) | SEES(SPP) | SEES(OMEGA_BIT) | SEES(ROP),
      [IDR_EVENT_STUCK] = SEES(ROP)};
#undef SEES
  for (int kind = 0; kind < IDR_EVENT_COUNT; kind++) {
    double change[IDR_CHANNEL_COUNT];
    if (!seen[kind]) continue;
    assert_int_equal(seen[kind] & ~idr_event_channels(kind), 0);
    difference(kind, 300, change);
    for (int k = 0; k < IDR_EVENT_SIGNS; k++) {
      int c = idr_event_kinds[kind].sign[k].channel;
      double direction = (double)idr_event_kinds[kind].sign[k].direction;
      if (direction == 0.0 || !(seen[kind] >> c & 1)) continue;
      if (direction * change[c] > 2.0 * (double)idr_sensor_noise(c)) continue;
      print_error("%s: %s changes by %g\n", idr_event_names[kind], idr_channels[c].name, change[c]);
      fail();
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_same_on_8_and_64_lanes),
      cmocka_unit_test(test_saved_in_the_middle_of_an_event),
      cmocka_unit_test(test_events_do_not_stack),
      cmocka_unit_test(test_a_kick_needs_underbalance),
      cmocka_unit_test(test_signatures_move_as_the_table_says),
  };
  return cmocka_run_group_tests(tests, make_well, free_well);
}
