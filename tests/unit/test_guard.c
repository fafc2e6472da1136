/* Limits and the shield: each rule acts on its own strain and on nothing else, with a dead band;
 * off it changes nothing; on it keeps a driller who pushes inside. The player of scenarios and the
 * environment count alike. */
#include "env/drilling.h"
#include "support/env_contract.h"
#include "support/shrink.h"
#include "support/steady_driller.h"
#include "support/test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 70 /* more than a group */

static const idr_shield_settings limits = {
    .enabled = true, .ecd = 0.8, .torque = 0.5, .spp = 0.5, .stick_slip = 0.5};

/* ---- rules, on a lane whose channels are written by hand ------------------------------------- */

enum { PLACE = 5, PERIOD = 10 };

typedef struct {
  float ecd, torque, spp, stick_slip; /* strains */
} strains;

/* A rig of 200 kN, 20 rad/s, 20 to 60 L/s, 30 MPa, 40 kN m; mud of 1200 in a window to 1600. */
static void set_rig(idr_drill_group *g) {
  g->wob_max[PLACE] = 200e3f;
  g->omega_max[PLACE] = 20.0f;
  g->flow_min[PLACE] = 0.02f;
  g->flow_max[PLACE] = 0.06f;
  g->pressure_max[PLACE] = 30e6f;
  g->torque_max[PLACE] = 40e3f;
  g->mud_density[PLACE] = 1200.0f;
  g->fracture_density[PLACE] = 1600.0f;
}

static void ask(idr_drill_group *g, float wob, float omega, float flow) {
  g->wob_set[PLACE] = wob;
  g->omega_set[PLACE] = omega;
  g->flow_set[PLACE] = flow;
}

static void measure(idr_drill_group *g, strains s) {
  g->most[IDR_CHANNEL_ECD][PLACE] = 1200.0f + s.ecd * 0.8f * 400.0f;
  g->most[IDR_CHANNEL_TORQUE][PLACE] = s.torque * 0.5f * 40e3f;
  g->most[IDR_CHANNEL_SPP][PLACE] = s.spp * 0.5f * 30e6f;
  g->value[IDR_CHANNEL_SSI][PLACE] = s.stick_slip * 0.5f;
}

static idr_drill_group *make_group(void) {
  idr_drill_group *g = NULL;
  OK(idr_drill_group_create(&g));
  set_rig(g);
  return g;
}

static idr_guard make_guard(const idr_shield_settings *settings, int64_t count) {
  idr_guard guard;
  OK(idr_guard_create(settings, count, &guard));
  return guard;
}

/* One period: the driller asks for the middle, the guard acts, then measures `s`. */
static void pass(idr_guard *guard, idr_drill_group *g, strains s) {
  ask(g, 100e3f, 10.0f, 0.04f);
  idr_guard_act(guard, 0, g, PLACE);
  measure(g, s);
  idr_guard_see(guard, 0, g, PLACE, PERIOD, false);
}

static void test_strain(void **state) {
  (void)state;
  idr_drill_group *g = make_group();
  float strain[IDR_LIMITS];
  measure(g, (strains){0.1f, 0.7f, 1.3f, 2.0f});
  idr_guard_strain(&limits, g, PLACE, strain);
  const float expected[IDR_LIMITS] = {0.1f, 0.7f, 1.3f, 2.0f};
  for (int i = 0; i < IDR_LIMITS; i++)
    assert_true(fabsf(strain[i] - expected[i]) < 1e-4f);
  idr_drill_group_free(g);
}

/* Below onset nothing happens; a rule above it moves its own lever in the next period. */
static void test_each_rule(void **state) {
  (void)state;
  const float calm = 0.5f, held = 0.5f * (IDR_SHIELD_ONSET + IDR_SHIELD_RELEASE);
  const strains each[] = {{held, held, held, held},
                          {1.2f, calm, calm, calm},
                          {calm, calm, 1.2f, calm},
                          {calm, 1.2f, calm, calm},
                          {calm, calm, calm, 1.2f}};
  const bool flow[] = {false, true, true, false, false},
             weight[] = {false, false, false, true, true};
  for (int i = 0; i < 5; i++) {
    idr_drill_group *g = make_group();
    idr_guard guard = make_guard(&limits, 1);
    pass(&guard, g, each[i]);
    assert_true(guard.lane[0].counts.shielded == 0.0);
    ask(g, 100e3f, 10.0f, 0.04f);
    idr_guard_act(&guard, 0, g, PLACE);
    assert_int_equal(g->flow_set[PLACE] < 0.04f, flow[i]);
    assert_int_equal(g->wob_set[PLACE] < 100e3f, weight[i]);
    assert_int_equal(g->omega_set[PLACE] > 10.0f, weight[i]);
    assert_int_equal(guard.lane[0].acted, flow[i] || weight[i]);
    idr_guard_free(&guard);
    idr_drill_group_free(g);
  }
}

/* A set-point that is inside the bounds already is the driller's own, and no intervention. */
static void test_cuts_never_pushes(void **state) {
  (void)state;
  idr_drill_group *g = make_group();
  idr_guard guard = make_guard(&limits, 1);
  pass(&guard, g, (strains){1.2f, 1.2f, 1.2f, 1.2f});
  ask(g, 20e3f, 19.0f, 0.021f);
  idr_guard_act(&guard, 0, g, PLACE);
  assert_true(g->wob_set[PLACE] == 20e3f && g->omega_set[PLACE] == 19.0f);
  assert_true(g->flow_set[PLACE] == 0.021f && !guard.lane[0].acted);
  idr_guard_free(&guard);
  idr_drill_group_free(g);
}

/* Bounds tighten to their ends and no further, hold in the dead band, and go when all is calm. */
static void test_ends_and_hysteresis(void **state) {
  (void)state;
  idr_drill_group *g = make_group();
  idr_guard guard = make_guard(&limits, 1);
  for (int i = 0; i < 50; i++)
    pass(&guard, g, (strains){1.2f, 1.2f, 1.2f, 1.2f});
  assert_true(guard.lane[0].wob == 0.1f * 200e3f);
  for (int i = 0; i < 50; i++)
    pass(&guard, g, (strains){1.2f, 1.2f, 1.2f, 1.2f});
  idr_guard_lane tight = guard.lane[0];
  assert_true(tight.flow == 0.02f && tight.wob == 0.3f * 200e3f && tight.omega == 20.0f);
  float held = 0.5f * (IDR_SHIELD_ONSET + IDR_SHIELD_RELEASE);
  for (int i = 0; i < 20; i++)
    pass(&guard, g, (strains){held, held, held, held});
  assert_true(guard.lane[0].flow == tight.flow && guard.lane[0].wob == tight.wob &&
              guard.lane[0].omega == tight.omega);
  pass(&guard, g, (strains){0.5f, 0.5f, 0.5f, 0.5f});
  assert_true(guard.lane[0].flow > tight.flow && guard.lane[0].flow < 1.1f * tight.flow);
  for (int i = 0; i < 300; i++)
    pass(&guard, g, (strains){0.5f, 0.5f, 0.5f, 0.5f});
  assert_true(isinf(guard.lane[0].flow) && isinf(guard.lane[0].wob) && guard.lane[0].omega == 0.0f);
  double shielded = guard.lane[0].counts.shielded;
  assert_true(shielded >= 120.0 * PERIOD && shielded < guard.lane[0].counts.time);
  pass(&guard, g, (strains){0.5f, 0.5f, 0.5f, 0.5f});
  assert_true(guard.lane[0].counts.shielded == shielded);
  idr_guard_free(&guard);
  idr_drill_group_free(g);
}

/* Periods beyond each limit, until the episode ends; what follows is not counted. */
static void test_counts(void **state) {
  (void)state;
  idr_drill_group *g = make_group();
  idr_shield_settings off = limits;
  off.enabled = false;
  idr_guard guard = make_guard(&off, 1);
  const strains each[] = {
      {1.1f, 0, 0, 0}, {1.1f, 1.1f, 0, 0}, {0, 1.1f, 1.1f, 0}, {0, 0.99f, 0, 0}, {0, 0, 0, 1.1f}};
  for (int i = 0; i < 5; i++)
    pass(&guard, g, each[i]);
  g->failure[PLACE] = IDR_FAILURE_LOSSES | IDR_FAILURE_PACKOFF;
  measure(g, (strains){1.1f, 0, 0, 0});
  idr_guard_see(&guard, 0, g, PLACE, PERIOD, true);
  idr_guard_start(&guard, 0);
  pass(&guard, g, (strains){1.1f, 1.1f, 1.1f, 1.1f});
  const idr_guard_counts expected = {
      .time = 60, .over = {30, 20, 10, 10}, .failure = IDR_FAILURE_LOSSES | IDR_FAILURE_PACKOFF};
  assert_memory_equal(&guard.lane[0].counts, &expected, sizeof expected);
  idr_guard_free(&guard);
  idr_drill_group_free(g);
}

/* ---- drillers -------------------------------------------------------------------------------- */

static idr_env *make_env(double mud_window) {
  idr_drilling_config c;
  idr_env *env = NULL;
  OK(idr_drilling_defaults(&c));
  c.drilling.wells = 24;
  c.drilling.interval = test_amount(10, 2);
  c.drilling.time_limit = test_amount(7200, 1200);
  c.drilling.order = 1;
  c.drilling.mud_window = mud_window;
  OK(idr_env_create(&idr_drilling_kind, &c, 3, 0, N, &env));
  return env;
}

static void play(const idr_drilling_world *world, set_points s, idr_guard *guard,
                 idr_drilling_books books[N]) {
  idr_scenario list[N];
  for (int k = 0; k < N; k++)
    list[k] = idr_drilling_scenario(world, k);
  OK(idr_drilling_play(world, list, N, steady_driller, &s, guard, books));
}

static idr_guard_counts sum_counts(const idr_guard *guard) {
  idr_guard_counts sum = {.time = 0};
  for (int64_t k = 0; k < guard->count; k++) {
    sum.time += guard->lane[k].counts.time;
    sum.shielded += guard->lane[k].counts.shielded;
    for (int i = 0; i < IDR_LIMITS; i++)
      sum.over[i] += guard->lane[k].counts.over[i];
  }
  return sum;
}

/* Slow and heavy with full pumps in a narrow window oversteps every limit; the shield at least
 * halves each share, and watching alone leaves the books as they are. */
static void test_pushing_is_kept_inside(void **state) {
  (void)state;
  idr_env *env = make_env(0.6);
  const idr_drilling_world *w = idr_drilling_env_world(env);
  set_points push = {w->wob_max, 0.3f * w->omega_max, w->flow_max};
  idr_shield_settings settings = {
      .enabled = false, .ecd = 0.9, .torque = 0.6, .spp = 0.7, .stick_slip = 1.0};
  idr_drilling_books bare[N], watched[N], shielded[N];
  idr_guard off = make_guard(&settings, N);
  settings.enabled = true;
  idr_guard on = make_guard(&settings, N);
  play(w, push, NULL, bare);
  play(w, push, &off, watched);
  play(w, push, &on, shielded);
  assert_memory_equal(bare, watched, sizeof bare);
  assert_memory_not_equal(bare, shielded, sizeof bare);
  idr_guard_counts before = sum_counts(&off), after = sum_counts(&on);
  assert_true(before.shielded == 0.0 && after.shielded > 0.0);
  for (int i = 0; i < IDR_LIMITS; i++)
    print_message("%-10s %.4f of the time, shielded %.4f\n", idr_limit_name((idr_limit)i),
                  before.over[i] / before.time, after.over[i] / after.time);
  for (int i = 0; i < IDR_LIMITS; i++) {
    double share = before.over[i] / before.time;
    assert_true(share > 0.05 && after.over[i] / after.time < 0.5 * share);
  }
  idr_guard_free(&off);
  idr_guard_free(&on);
  idr_env_destroy(env);
}

/* One step of all lanes in three calls, none of which ends where a group does but the last. */
static void step_split(idr_env *env, const rig *r) {
  static const int64_t split[] = {0, 10, 66, N};
  for (int part = 0; part < 3; part++) {
    idr_env_buffers view = contract_view(r, split[part]);
    OK(idr_drilling_kind.step(env, split[part], split[part + 1], &view));
  }
}

static int count_open(const idr_guard *guard) {
  int open = 0;
  for (int64_t k = 0; k < guard->count; k++)
    open += !guard->lane[k].over;
  return open;
}

/* The same driller as a policy in the environment: the same counts, over any split of the lanes,
 * also while later episodes run. */
static void test_env_counts_as_player(void **state) {
  (void)state;
  idr_env *env = make_env(1.0);
  const idr_drilling_world *w = idr_drilling_env_world(env);
  set_points push = {w->wob_max, 0.3f * w->omega_max, w->flow_max};
  idr_drilling_books books[N];
  idr_guard played = make_guard(&limits, N), stepped = make_guard(&limits, N);
  play(w, push, &played, books);
  rig r = contract_rig(&env->spec, N);
  idr_drilling_env_guard(env, &stepped);
  contract_reset(env, &r);
  for (int k = 0; k < N; k++)
    memcpy(r.action + 3 * k, &push, sizeof push);
  while (count_open(&stepped) > 0)
    step_split(env, &r);
  for (int k = 0; k < N; k++)
    assert_memory_equal(&stepped.lane[k].counts, &played.lane[k].counts, sizeof(idr_guard_counts));
  assert_true(sum_counts(&stepped).shielded > 0.0);
  contract_rig_free(&r);
  idr_guard_free(&played);
  idr_guard_free(&stepped);
  idr_env_destroy(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_strain),
      cmocka_unit_test(test_each_rule),
      cmocka_unit_test(test_cuts_never_pushes),
      cmocka_unit_test(test_ends_and_hysteresis),
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_pushing_is_kept_inside),
      cmocka_unit_test(test_env_counts_as_player),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
