/* Events as such: each kind scripted, its labels, record and fault; what the crew is told and
 * cures; hazards that follow the state; the script's mistakes. Where a test sets the hole by hand,
 * only the events work. */
#include "drill/events_internal.h"
#include "support/rig_small.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUIET "rig.event_rate=0"

static idr_well *well;

static int make_well(void **state) {
  const test_rock rock = {.depth = 1500.0, .ucs = 60e6, .abrasiveness = 0.5};
  (void)state;
  well = test_well(&rock);
  well->string.motor = 25.0; /* turns per m3 */
  well->string.motor_stall_torque = 60e3;
  return 0;
}

static int free_well(void **state) {
  (void)state;
  idr_well_free(well);
  return 0;
}

static idr_rig *make(const char *const *overrides, int count, test_events *kept) {
  idr_rig_settings settings = test_rig_settings(overrides, count);
  idr_rig *rig = test_rig(&settings, IDR_LANES, well, 1500.0);
  memset(kept, 0, sizeof *kept);
  rig->sink = (idr_rig_sink){.context = kept, .event = test_keep_event};
  return rig;
}

/* ---- a course ---- */
static float fault_of(const idr_drill_group *g, int i, int kind) {
  const float field[IDR_EVENT_COUNT] = {[IDR_EVENT_STICK_SLIP] = g->fault_grip_torque[i],
                                        [IDR_EVENT_WHIRL] = g->fault_lateral[i],
                                        [IDR_EVENT_BALLING] = g->balling[i],
                                        [IDR_EVENT_LOSSES] = g->fault_thief[i],
                                        [IDR_EVENT_KICK] = g->fault_pore[i],
                                        [IDR_EVENT_PACKOFF] = g->fault_annulus[i],
                                        [IDR_EVENT_WASHOUT] = g->fault_washout[i],
                                        [IDR_EVENT_PLUGGED] = g->fault_nozzle[i],
                                        [IDR_EVENT_LOST_NOZZLE] = -g->fault_nozzle[i],
                                        [IDR_EVENT_STALL] = g->fault_stall[i],
                                        [IDR_EVENT_STUCK] = g->fault_grip_force[i]};
  return field[kind];
}

/* Label and fault of second t of an event from `onset` on, `end` not included. The fault is looked
 * at before the step, as the step finds it. */
static void check_second(idr_rig *rig, int kind, int64_t onset, int64_t end) {
  int64_t t = rig->second[3];
  bool on = t >= onset && t < end;
  float fault = fault_of(rig->hole, 3, kind);
  if (kind != IDR_EVENT_BALLING) assert_int_equal(fault != 0.0f, on);
  if (on) assert_true(fault > 0.0f);
  rig->hole->whirl[3] = 0.0f; /* no event by the hole's own doing */
  idr_events_second(rig);
  int32_t code = rig->events.code[3];
  assert_int_equal(rig->events.active[3], on ? 1 << kind : 0);
  if (on && code > IDR_EVENT_TRANSIENT) code -= IDR_EVENT_TRANSIENT;
  assert_int_equal(code, on ? 1 + kind : IDR_EVENT_NORMAL);
}

static void follow(int kind) {
  char script[128];
  static test_events kept;
  int full = 0, coming = 0;
  snprintf(script, sizeof script, "rig.script=%s@0.05:0.6:0.2", idr_event_names[kind]);
  const char *const overrides[] = {QUIET, script};
  idr_rig *rig = make(overrides, 2, &kept);
  for (int t = 0; t < 1000; t++) {
    check_second(rig, kind, 180, 900);
    full += rig->events.code[3] == 1 + kind;
    coming += rig->events.code[3] == 101 + kind;
    for (int i = 0; i < IDR_LANES; i++)
      rig->second[i]++;
    if (kind == IDR_EVENT_BALLING) rig->hole->balling[3] *= 0.9f; /* the jets */
  }
  const idr_event_record *record = test_only_event(&kept, 3, kind);
  assert_int_equal(kept.count, IDR_LANES);
  assert_int_equal(record->onset, 180);
  assert_int_equal(record->end, 900);
  assert_int_equal(record->cause, IDR_CAUSE_SCRIPTED);
  assert_int_equal(record->channels, idr_event_channels(kind));
  assert_near((double)record->severity, 0.6, 1e-6);
  assert_near(record->depth, 1500.0, 1.0);
  assert_false(record->open);
  assert_int_equal(full + coming, 720);
  assert_true(full >= 240 && coming >= 2);
  idr_rig_free(rig);
}

static void test_every_kind_runs_its_course(void **state) {
  (void)state;
  for (int kind = 0; kind < IDR_EVENT_COUNT; kind++)
    follow(kind);
}

/* Every kind has a signature, and every sign is of a watched channel. */
static void test_every_kind_shows(void **state) {
  (void)state;
  for (int kind = 0; kind < IDR_EVENT_COUNT; kind++)
    assert_true(idr_event_channels(kind) != 0);
  assert_int_equal(idr_event_channels(IDR_EVENT_LOST_NOZZLE), 1ull << IDR_CHANNEL_SPP);
}

static void run(idr_rig *rig, int seconds) {
  for (int t = 0; t < seconds; t++) {
    idr_events_second(rig);
    for (int i = 0; i < IDR_LANES; i++)
      rig->second[i]++;
  }
}

/* Of two at once the label is of the one that began first; a nozzle plugged and one lost add up. */
static void test_two_at_once(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {
      QUIET, "rig.script=lost_nozzle@0.2:0.5:0.1, plugged_nozzle@0.1:0.5:0.3"};
  idr_rig *rig = make(overrides, 2, &kept);
  run(rig, 800);
  assert_int_equal(rig->events.code[0], 1 + IDR_EVENT_PLUGGED);
  assert_int_equal(rig->events.active[0], 1 << IDR_EVENT_PLUGGED | 1 << IDR_EVENT_LOST_NOZZLE);
  assert_near((double)rig->hole->fault_nozzle[0], 0.35 - 0.25, 1e-6);
  run(rig, 400);
  assert_near((double)rig->hole->fault_nozzle[0], 0.35, 1e-6);
  idr_rig_finish(rig, 0);
  assert_true(test_only_event(&kept, 0, IDR_EVENT_PLUGGED)->open);
  assert_false(test_only_event(&kept, 0, IDR_EVENT_LOST_NOZZLE)->open);
  idr_rig_free(rig);
}

/* A scripted one takes the place of one of its kind. */
static void test_at_most_one_of_a_kind(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {QUIET, "rig.script=wash_out@0:0.3, wash_out@0.5:0.9:1"};
  idr_rig *rig = make(overrides, 2, &kept);
  run(rig, 2000);
  assert_int_equal(kept.count, IDR_LANES);
  assert_int_equal(kept.record[0].onset, 0);
  assert_int_equal(kept.record[0].end, 1800);
  assert_int_equal(rig->events.onset[IDR_EVENT_WASHOUT][0], 1800);
  idr_rig_free(rig);
}

/* ---- crew ---- */
/* A leak whose pressure shows after 200 s: seen then, told later, cured, over. */
static void test_the_crew_is_told_and_cures(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {QUIET, "rig.script=plugged_nozzle@0.1:0.5"};
  const int32_t bit = 1 << IDR_EVENT_PLUGGED;
  idr_rig *rig = make(overrides, 2, &kept);
  for (int i = 0; i < IDR_LANES; i++)
    rig->hole->value[IDR_CHANNEL_SPP][i] = 15e6f;
  run(rig, 560);
  assert_int_equal(rig->events.detectable[IDR_EVENT_PLUGGED][0], -1);
  rig->hole->value[IDR_CHANNEL_SPP][0] += 2.1f * idr_sensor_noise(IDR_CHANNEL_SPP);
  rig->hole->value[IDR_CHANNEL_SPP][1] += 1.9f * idr_sensor_noise(IDR_CHANNEL_SPP);
  int notice = rig->events.notice[IDR_EVENT_PLUGGED][0];
  run(rig, notice);
  assert_int_equal(rig->events.detectable[IDR_EVENT_PLUGGED][0], 560);
  assert_int_equal(rig->events.detectable[IDR_EVENT_PLUGGED][1], -1);
  assert_int_equal(rig->crew.trouble[0] & bit, 0);
  run(rig, 1);
  assert_int_equal(rig->crew.trouble[0] & bit, bit);
  rig->crew.trouble[0] = 0;
  rig->crew.cured[0] = bit;
  run(rig, 10);
  assert_int_equal(rig->crew.cured[0], 0);
  assert_int_equal(rig->events.going[0], 0);
  assert_int_equal(rig->events.going[1], bit);
  assert_near((double)rig->hole->fault_nozzle[0], 0.0, 0.0);
  assert_int_equal(test_only_event(&kept, 0, IDR_EVENT_PLUGGED)->detectable, 560);
  idr_rig_free(rig);
}

/* A trip changes nozzles and finds the leak; it does not cure the hole. */
static void test_a_trip_mends_the_string(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {
      QUIET, "rig.script=wash_out@0:0.5,lost_nozzle@0:0.5,lost_circulation@0"};
  idr_rig *rig = make(overrides, 2, &kept);
  run(rig, 100);
  rig->hole->trips[0]++;
  run(rig, 1);
  assert_int_equal(rig->events.going[0], 1 << IDR_EVENT_LOSSES);
  assert_near((double)rig->hole->fault_washout[0], 0.0, 0.0);
  assert_int_equal(rig->events.going[1],
                   1 << IDR_EVENT_LOSSES | 1 << IDR_EVENT_WASHOUT | 1 << IDR_EVENT_LOST_NOZZLE);
  idr_rig_free(rig);
}

/* ---- what the physics shows ---- */
/* A kick needs mud below pore pressure and a rock that lets through. */
static void test_a_kick_needs_underbalance(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {QUIET};
  idr_rig *rig = make(overrides, 1, &kept);
  idr_drill_group *g = rig->hole;
  for (int i = 0; i < 4; i++) {
    g->value[IDR_CHANNEL_ECD][i] = g->pore_density[i] + (i == 0 ? 10.0f : -10.0f);
    g->porosity[i] = 0.2f;
    g->gamma_ray[i] = i == 2 ? 130.0f : 40.0f;
  }
  g->porosity[3] = 0.02f;
  run(rig, 1);
  assert_int_equal(rig->events.active[0], 0);
  assert_int_equal(rig->events.active[1], 1 << IDR_EVENT_KICK);
  assert_int_equal(rig->events.active[2] | rig->events.active[3], 0);
  assert_int_equal(rig->events.onset[IDR_EVENT_KICK][1], 0);
  g->value[IDR_CHANNEL_ECD][1] = g->pore_density[1] + 10.0f;
  run(rig, 20);
  assert_int_equal(rig->events.code[1], 101 + IDR_EVENT_KICK);
  run(rig, 20);
  assert_int_equal(rig->events.code[1], IDR_EVENT_NORMAL);
  assert_int_equal(test_only_event(&kept, 1, IDR_EVENT_KICK)->cause, IDR_CAUSE_STATE);
  idr_rig_free(rig);
}

/* Between the thresholds nothing begins and nothing ends. */
static void test_balling_has_hysteresis(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {QUIET};
  idr_rig *rig = make(overrides, 1, &kept);
  rig->hole->balling[0] = 0.25f;
  run(rig, 100);
  assert_int_equal(rig->events.code[0], IDR_EVENT_NORMAL);
  rig->hole->balling[0] = 0.35f;
  run(rig, 10);
  assert_int_equal(rig->events.code[0], 101 + IDR_EVENT_BALLING);
  rig->hole->balling[0] = 0.7f;
  run(rig, 10);
  assert_int_equal(rig->events.code[0], 1 + IDR_EVENT_BALLING);
  rig->hole->balling[0] = 0.2f;
  run(rig, 500);
  assert_int_equal(rig->events.code[0], 101 + IDR_EVENT_BALLING);
  rig->hole->balling[0] = 0.1f;
  run(rig, 40);
  assert_int_equal(rig->events.code[0], IDR_EVENT_NORMAL);
  assert_near((double)test_only_event(&kept, 0, IDR_EVENT_BALLING)->severity, 0.7, 1e-6);
  idr_rig_free(rig);
}

/* Stick-slip is read while the set-point stands still: a start of the top drive is none. */
static void test_a_start_is_no_stick_slip(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {QUIET};
  idr_rig *rig = make(overrides, 1, &kept);
  idr_drill_group *g = rig->hole;
  g->omega_set[0] = g->omega_set[1] = g->omega_ref[1] = 12.0f;
  g->omega_ref[0] = 6.0f;
  g->value[IDR_CHANNEL_SSI][0] = g->value[IDR_CHANNEL_SSI][1] = 1.2f;
  run(rig, 60);
  assert_int_equal(rig->events.code[0], IDR_EVENT_NORMAL);
  assert_int_equal(rig->events.code[1], 1 + IDR_EVENT_STICK_SLIP);
  assert_int_equal(rig->events.onset[IDR_EVENT_STICK_SLIP][1], IDR_TRAIL - 1);
  idr_rig_free(rig);
}

/* A bit that asks more than the motor bears. */
static void test_a_motor_stalls(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {QUIET};
  idr_rig *rig = make(overrides, 1, &kept);
  rig->hole->motor_turns[2] = 0.0f;
  rig->hole->bit_torque[1] = rig->hole->bit_torque[2] = 61e3f;
  run(rig, 1);
  assert_int_equal(rig->events.active[1], 0); /* it stands in the next second */
  assert_near((double)rig->hole->fault_stall[1], 1.0, 0.0);
  assert_near((double)(rig->hole->fault_stall[0] + rig->hole->fault_stall[2]), 0.0, 0.0);
  rig->hole->bit_torque[1] = 0.0f;
  run(rig, 1);
  assert_int_equal(rig->events.active[1], 1 << IDR_EVENT_STALL);
  run(rig, 600);
  assert_near((double)rig->hole->fault_stall[1], 0.0, 0.0);
  assert_int_equal(test_only_event(&kept, 1, IDR_EVENT_STALL)->onset, 1);
  idr_rig_free(rig);
}

/* ---- hazards ---- */
/* A lane that drills a clean, permeable rock in good order. */
static void in_order(idr_rig *rig) {
  idr_drill_group *g = rig->hole;
  g->value[IDR_CHANNEL_ROP][0] = 3e-3f;
  g->value[IDR_CHANNEL_ECD][0] = g->pore_density[0] + 100.0f;
  g->porosity[0] = 0.15f;
  g->gamma_ray[0] = 40.0f;
  g->bit_depth[0] = g->depth[0];
  g->shoe_depth[0] = 1000.0f;
  g->solids[0] = 0.01f;
  g->fatigue[0] = 0.0;
  rig->events.still[0] = rig->events.unswept[0] = rig->events.restart[0] = 0.0f;
  rig->events.circulated[0] = 20.0 * 3600.0;
}

static float hazard(const idr_rig *rig, int kind) {
  float rate[IDR_EVENT_COUNT];
  idr_event_hazards(rig, 0, rate);
  return rate[kind];
}

/* What a change of one number of the state does to a hazard: must be at least `factor`. */
#define ASSERT_RAISES(rig, kind, change, factor)                                                   \
  do {                                                                                             \
    in_order(rig);                                                                                 \
    float ordinary_ = hazard(rig, IDR_EVENT_##kind);                                               \
    change;                                                                                        \
    float raised_ = hazard(rig, IDR_EVENT_##kind);                                                 \
    assert_true(raised_ > 0.0f && raised_ >= (factor)*ordinary_);                                  \
  } while (0)

static void test_hazards_follow_the_state(void **state) {
  (void)state;
  static test_events kept;
  idr_rig *rig = make(NULL, 0, &kept);
  idr_drill_group *g = rig->hole;
  ASSERT_RAISES(rig, LOSSES, g->value[IDR_CHANNEL_ECD][0] += 100.0f, 1.9f);
  ASSERT_RAISES(rig, KICK, g->value[IDR_CHANNEL_ECD][0] -= 80.0f, 4.0f);
  ASSERT_RAISES(rig, PACKOFF, g->solids[0] *= 5.0f, 10.0f);
  ASSERT_RAISES(rig, PACKOFF, rig->events.unswept[0] = 3600.0f, 5.0f);
  ASSERT_RAISES(rig, PACKOFF, (g->gamma_ray[0] = 120.0f, g->value[IDR_CHANNEL_ECD][0] -= 90.0f),
                5.0f);
  ASSERT_RAISES(rig, WASHOUT, rig->events.circulated[0] *= 4.0, 3.9f);
  ASSERT_RAISES(rig, WASHOUT, rig->events.starts[0] = 100.0, 2.9f);
  ASSERT_RAISES(rig, WASHOUT, g->fatigue[0] = 0.5, 10.0f);
  ASSERT_RAISES(rig, PLUGGED, rig->events.restart[0] = 300.0f, 1e3f);
  ASSERT_RAISES(rig, STUCK, rig->events.still[0] = 1800.0f, 1e3f);
  ASSERT_RAISES(rig, STUCK, rig->events.level[IDR_EVENT_PACKOFF][0] = 1.0f, 1e3f);
  idr_rig_free(rig);
}

static void test_no_hazard_without_its_ground(void **state) {
  (void)state;
  static test_events kept;
  idr_rig *rig = make(NULL, 0, &kept);
  idr_drill_group *g = rig->hole;
  rig->events.level[IDR_EVENT_PACKOFF][0] = 0.0f;
  in_order(rig);
  assert_true(hazard(rig, IDR_EVENT_KICK) > 0.0f && hazard(rig, IDR_EVENT_LOSSES) > 0.0f);
  assert_true(hazard(rig, IDR_EVENT_STUCK) == 0.0f && hazard(rig, IDR_EVENT_PLUGGED) == 0.0f);
  g->gamma_ray[0] = 120.0f;
  assert_true(hazard(rig, IDR_EVENT_KICK) == 0.0f);
  in_order(rig);
  g->value[IDR_CHANNEL_ROP][0] = 0.0f;
  assert_true(hazard(rig, IDR_EVENT_KICK) == 0.0f && hazard(rig, IDR_EVENT_LOSSES) == 0.0f);
  in_order(rig);
  g->value[IDR_CHANNEL_ECD][0] = g->pore_density[0] - 1.0f; /* nothing flows out into it */
  assert_true(hazard(rig, IDR_EVENT_LOSSES) == 0.0f);
  in_order(rig);
  g->bit_depth[0] = 900.0; /* inside the casing */
  rig->events.still[0] = 1e4f;
  assert_true(hazard(rig, IDR_EVENT_STUCK) == 0.0f && hazard(rig, IDR_EVENT_PACKOFF) == 0.0f);
  in_order(rig);
  rig->events.unswept[0] = 100.0f;
  assert_true(hazard(rig, IDR_EVENT_WASHOUT) == 0.0f && hazard(rig, IDR_EVENT_LOST_NOZZLE) == 0.0f);
  idr_rig_free(rig);
}

/* Lost nozzles only: 64 lanes over 300 h at a hundred times 1e-4 an hour, a trip each second. */
static void test_as_many_as_the_hazard_says(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {"rig.event_rate=100"};
  idr_rig *rig = make(overrides, 1, &kept);
  idr_drill_group *g = rig->hole;
  const int hours = 300;
  for (int i = 0; i < IDR_LANES; i++) {
    g->bit_depth[i] = rig->events.bit_before[i] = 100.0;
    g->flow[i] = 0.03f;
  }
  for (int t = 0; t < hours * 60; t++) {
    for (int i = 0; i < IDR_LANES; i++) {
      g->trips[i]++;
      rig->second[i] = 60 * t + 58;
    }
    run(rig, 1); /* a string looked over has no leak */
    run(rig, 1);
  }
  double expected = 1e-4 * 100.0 * hours * IDR_LANES;
  assert_near((double)kept.count, expected, 4.0 * sqrt(expected));
  for (int k = 0; k < kept.count; k++) {
    assert_int_equal(kept.record[k].kind, IDR_EVENT_LOST_NOZZLE);
    assert_int_equal(kept.record[k].cause, IDR_CAUSE_DRAWN);
  }
  idr_rig_free(rig);
}

/* ---- settings ---- */
static void test_script_in_order(void **state) {
  (void)state;
  idr_script s;
  assert_int_equal(idr_script_read(" gas_influx@12:0.25:2 ,stuck_pipe@0.5,pack_off@12:1", &s),
                   IDR_STATUS_OK);
  assert_int_equal(s.count, 3);
  assert_int_equal(s.item[0].kind, IDR_EVENT_STUCK);
  assert_int_equal(s.item[0].onset, 1800);
  assert_int_equal(s.item[0].duration, 0);
  assert_near((double)s.item[0].severity, 0.5, 0.0);
  assert_int_equal(s.item[1].kind, IDR_EVENT_KICK);
  assert_int_equal(s.item[1].duration, 7200);
  assert_near((double)s.item[1].severity, 0.25, 0.0);
  assert_int_equal(s.item[2].kind, IDR_EVENT_PACKOFF);
  assert_int_equal(idr_script_read("  ", &s), IDR_STATUS_OK);
  assert_int_equal(s.count, 0);
}

static void test_script_mistakes_are_named(void **state) {
  (void)state;
  static const struct {
    const char *text, *told;
  } bad[] = {
      {"gas_influx", "\"gas_influx\" is not kind@hours"},
      {"stuck_pipe@1,,pack_off@2", "\"\" is not kind@hours"},
      {"stuck_pipes@1", "did you mean \"stuck_pipe\""},
      {"earthquake@1", "there are stick_slip, whirl"},
      {"pack_off@soon", "\"soon\" is not a number of hours"},
      {"pack_off@-1", "\"-1\" is not a number of hours"},
      {"pack_off@nan", "\"nan\" is not a number of hours"},
      {"pack_off@1:0", "severity \"0\""},
      {"pack_off@1:1.5", "severity \"1.5\""},
      {"pack_off@1:x", "severity \"x\""},
      {"pack_off@1:0.5:0", "duration \"0\""},
      {"pack_off@1:0.5:1e9", "duration \"1e9\""},
      {"pack_off@1:0.5:1:2", "\"2\" is one part too many"},
  };
  idr_script s;
  for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
    assert_int_equal(idr_script_read(bad[k].text, &s), IDR_STATUS_CONFIG);
    if (!strstr(idr_error_get()->message, bad[k].told)) {
      print_error("\"%s\": %s\n", bad[k].text, idr_error_get()->message);
      fail();
    }
  }
}

static void test_script_too_long(void **state) {
  (void)state;
  char text[4096] = "";
  idr_script s;
  for (int k = 0; k <= IDR_SCRIPT_MAX; k++)
    strcat(text, k ? ",whirl@1" : "whirl@1");
  assert_int_equal(idr_script_read(text, &s), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "more than 64 events"));
}

static void test_mode_basic_has_no_events(void **state) {
  (void)state;
  static test_events kept;
  const char *const overrides[] = {"rig.mode=basic", "rig.event_rate=100", "rig.script=whirl@1"};
  idr_rig_settings settings = test_rig_settings(overrides, 3);
  idr_rig *none;
  assert_int_equal(idr_rig_create(&settings, 1, &none), IDR_STATUS_CONFIG);
  idr_rig *rig = make(overrides, 2, &kept);
  rig->hole->balling[0] = 1.0f;
  run(rig, 3600);
  assert_int_equal(rig->events.code[0] | rig->events.active[0] | kept.count, 0);
  idr_rig_free(rig);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_kind_runs_its_course),
      cmocka_unit_test(test_every_kind_shows),
      cmocka_unit_test(test_two_at_once),
      cmocka_unit_test(test_at_most_one_of_a_kind),
      cmocka_unit_test(test_the_crew_is_told_and_cures),
      cmocka_unit_test(test_a_trip_mends_the_string),
      cmocka_unit_test(test_a_kick_needs_underbalance),
      cmocka_unit_test(test_balling_has_hysteresis),
      cmocka_unit_test(test_a_start_is_no_stick_slip),
      cmocka_unit_test(test_a_motor_stalls),
      cmocka_unit_test(test_hazards_follow_the_state),
      cmocka_unit_test(test_no_hazard_without_its_ground),
      cmocka_unit_test(test_as_many_as_the_hazard_says),
      cmocka_unit_test(test_script_in_order),
      cmocka_unit_test(test_script_mistakes_are_named),
      cmocka_unit_test(test_script_too_long),
      cmocka_unit_test(test_mode_basic_has_no_events),
  };
  return cmocka_run_group_tests(tests, make_well, free_well);
}
