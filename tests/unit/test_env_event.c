/* drilling.event: each kind leaves its mark in the hole, grows in its time, and is saved. */
#include "drill/events.h"
#include "env/drilling_internal.h"
#include "support/env_contract.h"
#include "support/shrink.h"
#include <math.h>
#include <stdio.h>

#define WELLS 4

/* s: the onset, the end of the episode, and how long before it marks are looked for. Under a
 * sanitizer just enough for clay to ball the bit, the slowest of the marks. */
#define START test_amount(1800, 300)
#define LIMIT test_amount(10800, 5400)
#define LATE  test_amount(3600, 600)

/* What a watcher sees of one lane: sums of the channels' means before the onset and late. */
typedef struct {
  double before[IDR_CHANNEL_COUNT], after[IDR_CHANNEL_COUNT];
  idr_drilling_books books;
} seen;

static void watch(void *context, const idr_drill_group *group, int place,
                  const idr_drilling_books *books) {
  seen *s = context;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    if (group->time[place] <= START) s->before[c] += (double)group->mean[c][place];
    if (group->time[place] > LIMIT - LATE) s->after[c] += (double)group->mean[c][place];
  }
  s->books = *books;
}

static idr_drilling_config config_of(int kind) {
  idr_drilling_config c;
  assert_int_equal(idr_drilling_defaults(&c), IDR_STATUS_OK);
  c.drilling.wells = 6;
  c.drilling.order = 1;
  c.drilling.period = 60;
  c.drilling.time_limit = LIMIT;
  c.drilling.event = kind + 1;
  c.drilling.event_start = START;
  return c;
}

/* One episode of the middle set-points in scenario `k`. */
static seen play(const idr_drilling_config *c, int64_t k) {
  seen s;
  memset(&s, 0, sizeof s);
  idr_env *env = contract_env(&idr_drilling_kind, c, k, 1);
  rig r = contract_rig(&env->spec, 1);
  const idr_env_spec *spec = &env->spec;
  idr_drilling_env_watch(env, 0, watch, &s);
  contract_reset(env, &r);
  while (s.books.end == IDR_END_NONE) {
    for (int j = 0; j < 3; j++)
      r.action[j] = 0.4f * spec->action_low[j] + 0.6f * spec->action_high[j];
    idr_env_buffers view = contract_view(&r, 0);
    assert_int_equal(idr_drilling_kind.step(env, 0, 1, &view), IDR_STATUS_OK);
  }
  contract_rig_free(&r);
  idr_env_destroy(env);
  return s;
}

/* The first sign of each kind at the usual severity, against the same episode without it: in half
 * of the wells at least. Not in all: a bit that needs little weight drills on with clay on it, a
 * layer without pores gives no gas, a string held hard enough stands rather than slips. Under a
 * sanitizer in one of two wells. */
static void test_marks(void **state) {
  (void)state;
  const int first = test_amount(0, 2), enough = test_amount(WELLS, 1);
  seen plain[WELLS];
  idr_drilling_config c = config_of(-1);
  for (int k = first; k < WELLS; k++)
    plain[k] = play(&c, k);
  for (int kind = 0; kind <= IDR_EVENT_LOST_NOZZLE; kind++) {
    int channel = idr_event_kinds[kind].sign[0].channel, marked = 0;
    double direction = (double)idr_event_kinds[kind].sign[0].direction;
    c = config_of(kind);
    for (int k = first; k < WELLS && marked < enough; k++) {
      seen s = play(&c, k);
      assert_memory_equal(s.before, plain[k].before, sizeof s.before);
      double usual = plain[k].after[channel];
      marked += direction * (s.after[channel] - usual) > 0.02 * fabs(usual);
    }
    if (2 * marked < enough) fail_msg("%s: a mark in %d wells", idr_event_names[kind], marked);
  }
}

/* A hole that an event takes for certain is charged as any lost hole. */
static void test_lost_hole(void **state) {
  (void)state;
  const int kinds[] = {IDR_EVENT_LOSSES, IDR_EVENT_PACKOFF};
  for (int i = 0; i < 2; i++) {
    idr_drilling_config c = config_of(kinds[i]);
    c.drilling.event_severity = 1.0;
    c.drilling.time_limit = 72.0 * 3600.0;
    for (int k = 0; k < test_amount(WELLS, 1); k++) {
      seen s = play(&c, k);
      assert_int_equal(s.books.end, IDR_END_FAILED);
      assert_int_equal(s.books.failure, IDR_FAILURE_LOSSES); /* the pack-off breaks the rock */
      assert_true(s.books.charge_failure == c.prices.failure_time);
      assert_true(s.books.charge_missing > 0.0 && s.books.metres < c.drilling.interval);
    }
  }
}

/* The settings' choices are the kinds by name, and a growing event goes on in a saved lane. */
static void test_choices_and_saving(void **state) {
  (void)state;
  for (int kind = 0; kind <= IDR_EVENT_LOST_NOZZLE; kind++) {
    char text[64];
    const char *override[] = {text};
    idr_drilling_config c;
    idr_section sections[IDR_DRILLING_SECTIONS];
    snprintf(text, sizeof text, "drilling.event=%s", idr_event_names[kind]);
    int count = idr_drilling_bind(&c, sections);
    assert_int_equal(idr_settings_load(sections, count, NULL, override, 1), IDR_STATUS_OK);
    assert_int_equal(c.drilling.event, kind + 1);
  }
  idr_drilling_config c = config_of(IDR_EVENT_KICK);
  c.drilling.event_start = 600.0;
  contract_save_load(&idr_drilling_kind, &c, 11, (uint32_t)test_amount(60, 6));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_choices_and_saving),
      cmocka_unit_test(test_marks),
      cmocka_unit_test(test_lost_hole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
