/* The classic tasks: the contract of a task, and transitions recorded from Gymnasium. */
#include "env/classic.h"
#include "support/env_contract.h"
#include <stdio.h>

/* Difference that rounding a state to float and computing in float may make: a few units in the
 * last place of numbers of this size. */
#define TOLERANCE 2e-6

typedef struct {
  char task[16];
  unsigned step;
  double action, before[4], after[4], reward;
  int terminated, truncated;
} transition;

static const char *path_of_recording(void) {
  const char *fresh = getenv("IDR_TEST_TRANSITIONS");
  return fresh ? fresh : IDR_SOURCE_FOLDER "/tests/support/gymnasium_transitions.csv";
}

static bool read_transition(FILE *file, transition *t) {
  char line[1024];
  do {
    if (!fgets(line, sizeof line, file)) return false;
  } while (line[0] == '#');
  int n =
      sscanf(line, "%15[^,],%u,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%d,%d", t->task, &t->step,
             &t->action, &t->before[0], &t->before[1], &t->before[2], &t->before[3], &t->after[0],
             &t->after[1], &t->after[2], &t->after[3], &t->reward, &t->terminated, &t->truncated);
  assert_int_equal(n, 14);
  return true;
}

static void assert_close(double got, double expected) {
  double allowed = TOLERANCE * (1.0 + fabs(expected));
  if (!(fabs(got - expected) <= allowed))
    fail_msg("got %.9g, recorded %.9g, allowed difference %g", got, expected, allowed);
}

/* Gymnasium lets the pendulum's angle grow; ours stays in [-pi, pi]. Wrapped in double, so that the
 * cast to float is as good as that of a small angle. */
static void load_state(idr_env *env, const transition *t) {
  const float x[4] = {(float)t->before[0], (float)t->before[1], (float)t->before[2],
                      (float)t->before[3]};
  union {
    idr_cartpole_lane cartpole;
    idr_pendulum_lane pendulum;
    idr_mountaincar_lane mountaincar;
    idr_acrobot_lane acrobot;
  } lane;
  if (env->kind == &idr_cartpole_kind)
    lane.cartpole = (idr_cartpole_lane){x[0], x[1], x[2], x[3], 1, t->step};
  else if (env->kind == &idr_pendulum_kind)
    lane.pendulum =
        (idr_pendulum_lane){(float)remainder(t->before[0], 2.0 * M_PI), x[1], 1, t->step};
  else if (env->kind == &idr_mountaincar_kind)
    lane.mountaincar = (idr_mountaincar_lane){x[0], x[1], 1, t->step};
  else
    lane.acrobot = (idr_acrobot_lane){{x[0], x[1]}, {x[2], x[3]}, 1, t->step};
  assert_int_equal(env->kind->lane_load(env, 0, &lane), IDR_STATUS_OK);
}

static void expected_observation(const transition *t, const idr_env_kind *kind, double *out) {
  const double *x = t->after;
  if (kind == &idr_pendulum_kind)
    memcpy(out, (double[]){cos(x[0]), sin(x[0]), x[1]}, 3 * sizeof(double));
  else if (kind == &idr_acrobot_kind)
    memcpy(out, (double[]){cos(x[0]), sin(x[0]), cos(x[1]), sin(x[1]), x[2], x[3]},
           6 * sizeof(double));
  else
    memcpy(out, x, 4 * sizeof(double));
}

static void check_transition(idr_env *env, rig *r, const transition *t) {
  double expected[6];
  load_state(env, t);
  r->action[0] = (float)t->action;
  idr_env_buffers view = contract_view(r, 0);
  assert_int_equal(env->kind->step(env, 0, 1, &view), IDR_STATUS_OK);
  assert_int_equal(r->terminated[0], t->terminated);
  assert_int_equal(r->truncated[0], t->truncated);
  assert_close(r->reward[0], t->reward);
  expected_observation(t, env->kind, expected);
  const float *row = t->terminated || t->truncated ? r->final_observation : r->observation;
  for (int i = 0; i < env->spec.observation_dim; i++)
    assert_close(row[i], expected[i]);
}

static void test_transitions(const idr_env_kind *kind) {
  FILE *file = fopen(path_of_recording(), "r");
  if (!file) fail_msg("cannot open %s", path_of_recording());
  idr_env *env = contract_env(kind, NULL, 0, 1);
  rig r = contract_rig(&env->spec, 1);
  contract_reset(env, &r);
  transition t;
  int checked = 0, ended = 0;
  while (read_transition(file, &t)) {
    if (strcmp(t.task, kind->name) != 0) continue;
    check_transition(env, &r, &t);
    checked++;
    ended += t.terminated || t.truncated;
  }
  assert_true(checked > 100);
  assert_true(ended >= 6);
  fclose(file);
  contract_rig_free(&r);
  idr_env_destroy(env);
}

static void test_cartpole_transitions(void **state) {
  (void)state;
  test_transitions(&idr_cartpole_kind);
}

static void test_pendulum_transitions(void **state) {
  (void)state;
  test_transitions(&idr_pendulum_kind);
}

static void test_mountaincar_transitions(void **state) {
  (void)state;
  test_transitions(&idr_mountaincar_kind);
}

static void test_acrobot_transitions(void **state) {
  (void)state;
  test_transitions(&idr_acrobot_kind);
}

static void test_cartpole_contract(void **state) {
  (void)state;
  assert_true(contract_grouping(&idr_cartpole_kind, NULL, 120) > 0);
  contract_save_load(&idr_cartpole_kind, NULL, 37, 60);
  contract_ends(&idr_cartpole_kind, NULL, 100);
  contract_bad_action(&idr_cartpole_kind, NULL);
}

static void test_pendulum_contract(void **state) {
  (void)state;
  assert_true(contract_grouping(&idr_pendulum_kind, NULL, 420) > 0);
  contract_save_load(&idr_pendulum_kind, NULL, 150, 100);
  contract_ends(&idr_pendulum_kind, NULL, 401);
  contract_bad_action(&idr_pendulum_kind, NULL);
}

static void test_mountaincar_contract(void **state) {
  (void)state;
  assert_true(contract_grouping(&idr_mountaincar_kind, NULL, 1010) > 0);
  contract_save_load(&idr_mountaincar_kind, NULL, 950, 100);
  contract_ends(&idr_mountaincar_kind, NULL, 1010);
  contract_bad_action(&idr_mountaincar_kind, NULL);
}

static void test_acrobot_contract(void **state) {
  (void)state;
  assert_true(contract_grouping(&idr_acrobot_kind, NULL, 520) > 0);
  contract_save_load(&idr_acrobot_kind, NULL, 450, 100);
  contract_ends(&idr_acrobot_kind, NULL, 520);
  contract_bad_action(&idr_acrobot_kind, NULL);
}

/* Starts are spread over their intervals, differ between lanes, episodes and seeds. */
static void test_starts(void **state) {
  (void)state;
  enum { LANES = 4000 };
  idr_env *env = contract_env(&idr_cartpole_kind, NULL, 0, LANES);
  rig first = contract_rig(&env->spec, LANES), second = contract_rig(&env->spec, LANES);
  contract_reset(env, &first);
  contract_reset(env, &second);
  double mean = 0.0, square = 0.0, cross = 0.0;
  for (int i = 0; i < LANES * 4; i++) {
    assert_true(fabsf(first.observation[i]) < 0.05f);
    mean += first.observation[i] / (LANES * 4);
    square += first.observation[i] * first.observation[i] / (LANES * 4);
    cross += first.observation[i] * second.observation[i] / (LANES * 4);
  }
  double variance = 0.1 * 0.1 / 12.0, error = variance / sqrt(LANES * 4.0);
  assert_true(fabs(mean) < 5.0 * sqrt(variance / (LANES * 4.0)));
  assert_true(fabs(square - variance) < 5.0 * error);
  assert_true(fabs(cross) < 5.0 * error);
  contract_rig_free(&first);
  contract_rig_free(&second);
  idr_env_destroy(env);
}

static void test_table(void **state) {
  (void)state;
  for (int i = 0; idr_env_kind_at(i); i++)
    assert_ptr_equal(idr_env_find(idr_env_kind_at(i)->name), idr_env_kind_at(i));
  assert_null(idr_env_find("no such task"));
  idr_env *env = NULL;
  assert_int_equal(idr_env_create(&idr_cartpole_kind, NULL, 1, 0, 0, &env), IDR_STATUS_ARGUMENT);
  assert_null(env);
  idr_env_destroy(NULL);
}

/* A damaged saved state is refused. */
static void test_damaged_state(void **state) {
  (void)state;
  idr_env *env = contract_env(&idr_pendulum_kind, NULL, 0, 2);
  idr_pendulum_lane lane = {.angle = (float)NAN, .rate = 0.0f, .episode = 1, .step = 3};
  assert_int_equal(env->kind->lane_load(env, 1, &lane), IDR_STATUS_FORMAT);
  lane = (idr_pendulum_lane){.angle = 0.0f, .rate = 0.0f, .episode = 1, .step = 200};
  assert_int_equal(env->kind->lane_load(env, 1, &lane), IDR_STATUS_FORMAT);
  idr_env_destroy(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cartpole_transitions),
      cmocka_unit_test(test_pendulum_transitions),
      cmocka_unit_test(test_mountaincar_transitions),
      cmocka_unit_test(test_acrobot_transitions),
      cmocka_unit_test(test_cartpole_contract),
      cmocka_unit_test(test_pendulum_contract),
      cmocka_unit_test(test_mountaincar_contract),
      cmocka_unit_test(test_acrobot_contract),
      cmocka_unit_test(test_starts),
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_damaged_state),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
