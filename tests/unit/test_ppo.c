/* PPO: advantages against the definition, bootstrapping at limits and ends, bits over threads,
 * continuation from a checkpoint. */
#include "rl/actor.h"
#include "rl/ppo_internal.h"
#include "support/near.h"
#include "support/ppo_small.h"
#include "support/test.h"
#include "support/toy_task.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static idr_ppo *make(const idr_env_kind *kind, idr_ppo_settings settings, int threads) {
  static idr_comm comm;
  comm = idr_comm_self();
  idr_net_settings net = net_small();
  idr_ppo *ppo = NULL;
  idr_status status = idr_ppo_create(&comm, kind, NULL, &settings, &net, 7, threads, &ppo);
  if (status != IDR_STATUS_OK) print_error("%s\n", idr_error_get()->message);
  assert_int_equal(status, IDR_STATUS_OK);
  return ppo;
}

static idr_ppo_report iterate(idr_ppo *ppo, int n) {
  idr_ppo_report report = {0};
  for (int i = 0; i < n; i++)
    assert_int_equal(idr_ppo_iterate(ppo, &report), IDR_STATUS_OK);
  return report;
}

/* A_t = sum over k of (gamma lambda)^k delta_{t+k} until the episode ends, straight from the paper.
 */
static double advantage_by_definition(const idr_ppo *ppo, const idr_ppo_block *b, int64_t t,
                                      int64_t lane) {
  double sum = 0, weight = 1;
  for (int64_t k = t; k < ppo->settings.horizon; k++) {
    int64_t row = k * ppo->lanes + lane;
    double next = (double)b->value[row + ppo->lanes];
    if (b->final_index[row] >= 0) next = (double)b->final_value[b->final_index[row]];
    if (b->terminated[row]) next = 0;
    sum += weight * ((double)b->reward[row] + ppo->gamma * next - (double)b->value[row]);
    if (b->terminated[row] || b->truncated[row]) break;
    weight *= ppo->gamma * ppo->settings.lambda;
  }
  return sum;
}

static void advantages_follow_the_definition(void **state) {
  (void)state;
  const char *names[] = {"cartpole", "pendulum"};
  for (int n = 0; n < 2; n++) {
    idr_ppo_settings s = ppo_small();
    s.horizon = 256;
    idr_ppo *ppo = make(idr_env_find(names[n]), s, 1);
    assert_int_equal(idr_ppo_rollout(ppo), IDR_STATUS_OK);
    assert_int_equal(idr_ppo_advantages(ppo), IDR_STATUS_OK);
    int ends = 0;
    for (int block = 0; block < 8; block++)
      for (int64_t row = 0; row < ppo->rows; row++) {
        const idr_ppo_block *b = &ppo->blocks[block];
        double expected = advantage_by_definition(ppo, b, row / ppo->lanes, row % ppo->lanes);
        assert_near((double)b->advantage[row], expected, 1e-4 * (1 + fabs(expected)));
        ends += b->terminated[row] || b->truncated[row];
      }
    assert_true(ends > 8);
    idr_ppo_destroy(ppo);
  }
}

/* Value of the normalised row in reward units, as the trainer sees it. */
static double value_at(idr_ppo *ppo, float observation) {
  idr_ppo_worker *w = &ppo->workers[0];
  real row[64];
  real x =
      ((real)observation - ppo->observation_moments->shift[0]) * ppo->observation_moments->scale[0];
  for (int i = 0; i < 64; i++)
    row[i] = x;
  idr_exec_bind_input(w->value, 0, row);
  idr_exec_run(w->value);
  return (double)ppo->return_moments->shift[0] +
         (double)idr_exec_output(w->value, 0)[0] / (double)ppo->return_moments->scale[0];
}

/* A task that never ends but for a time limit is worth 1/(1 - gamma). */
static void time_limits_are_bootstrapped(void **state) {
  (void)state;
  idr_env_kind kind = toy_kind("toy-limit");
  idr_ppo_settings s = ppo_small();
  s.gamma = 0.9;
  s.learning_rate = 3e-3;
  s.schedule = IDR_SCHEDULE_CONSTANT;
  idr_ppo *ppo = make(&kind, s, 1);
  iterate(ppo, 150);
  assert_near(value_at(ppo, 0), 10.0, 0.1);
  idr_ppo_destroy(ppo);
}

/* One reward at a true end, k steps ahead, is worth gamma^(k - 1). */
static void true_ends_are_worth_nothing_beyond(void **state) {
  (void)state;
  idr_env_kind kind = toy_kind("toy-terminal");
  idr_ppo_settings s = ppo_small();
  s.gamma = 0.9;
  s.learning_rate = 3e-3;
  s.schedule = IDR_SCHEDULE_LINEAR;
  s.steps = 300 * 512;
  idr_ppo *ppo = make(&kind, s, 1);
  iterate(ppo, 300);
  for (int step = 0; step < TOY_LENGTH; step++)
    assert_near(value_at(ppo, (float)step), pow(0.9, TOY_LENGTH - 1 - step), 0.03);
  idr_ppo_destroy(ppo);
}

static void threads_do_not_change_bits(void **state) {
  (void)state;
  const char *names[] = {"cartpole", "pendulum"};
  for (int n = 0; n < 2; n++) {
    uint64_t digest[3];
    for (int k = 0; k < 3; k++) {
      idr_ppo *ppo = make(idr_env_find(names[n]), ppo_small(), 1 << k);
      iterate(ppo, 6);
      digest[k] = idr_ppo_digest(ppo);
      idr_ppo_destroy(ppo);
    }
    assert_true(digest[0] == digest[1]);
    assert_true(digest[0] == digest[2]);
  }
}

static void save_to(idr_ppo *ppo, const char *path) {
  idr_checkpoint_writer *writer;
  assert_int_equal(idr_checkpoint_writer_create(&writer), IDR_STATUS_OK);
  assert_int_equal(idr_ppo_save(ppo, writer), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_commit(writer, path), IDR_STATUS_OK);
  idr_checkpoint_writer_destroy(writer);
}

static void resume_continues_bitwise(void **state) {
  (void)state;
  char path[64] = "/tmp/idr-test-ppo-XXXXXX";
  int fd = mkstemp(path);
  close(fd);
  unlink(path);
  idr_ppo *whole = make(idr_env_find("pendulum"), ppo_small(), 1);
  iterate(whole, 9);
  idr_ppo *first = make(idr_env_find("pendulum"), ppo_small(), 1);
  iterate(first, 4);
  save_to(first, path);
  idr_ppo *second = make(idr_env_find("pendulum"), ppo_small(), 2);
  idr_checkpoint *checkpoint;
  assert_int_equal(idr_checkpoint_open(path, &checkpoint), IDR_STATUS_OK);
  assert_int_equal(idr_ppo_load(second, checkpoint), IDR_STATUS_OK);
  idr_checkpoint_close(checkpoint);
  assert_true(idr_ppo_digest(second) == idr_ppo_digest(first));
  idr_ppo_report report = iterate(second, 5);
  assert_true(idr_ppo_digest(second) == idr_ppo_digest(whole));
  assert_int_equal(report.iteration, 9);
  unlink(path);
  idr_ppo_destroy(whole);
  idr_ppo_destroy(first);
  idr_ppo_destroy(second);
}

static void sizes_that_do_not_divide_are_named(void **state) {
  (void)state;
  idr_comm comm = idr_comm_self();
  idr_net_settings net = net_small();
  idr_ppo *ppo = NULL;
  idr_ppo_settings s = ppo_small();
  s.minibatch = 120;
  assert_int_equal(idr_ppo_create(&comm, idr_env_find("pendulum"), NULL, &s, &net, 1, 1, &ppo),
                   IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "ppo.minibatch"));
  s = ppo_small();
  s.lanes = 12;
  assert_int_equal(idr_ppo_create(&comm, idr_env_find("pendulum"), NULL, &s, &net, 1, 1, &ppo),
                   IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "ppo.lanes"));
}

static void a_gradient_that_overflows_stops_with_a_name(void **state) {
  (void)state;
  idr_ppo *ppo = make(idr_env_find("pendulum"), ppo_small(), 2);
  idr_ppo_report report;
  int index = idr_params_find(ppo->policy->params, "value/0/weight");
  ppo->weights[idr_params_get(ppo->policy->params, index)->offset] = (real)NAN;
  assert_int_equal(idr_ppo_iterate(ppo, &report), IDR_STATUS_NUMERIC);
  assert_non_null(strstr(idr_error_get()->message, "not finite"));
  idr_ppo_destroy(ppo);
}

/* A decay of 10 at a rate of 1 multiplies weights by -9 in every step. */
static void numbers_that_run_away_never_reach_a_report(void **state) {
  (void)state;
  idr_ppo_settings settings = ppo_small();
  settings.learning_rate = 1;
  settings.weight_decay = 10;
  idr_ppo *ppo = make(idr_env_find("pendulum"), settings, 1);
  idr_ppo_report report;
  idr_status status = IDR_STATUS_OK;
  for (int i = 0; i < 100 && status == IDR_STATUS_OK; i++) {
    status = idr_ppo_iterate(ppo, &report);
    if (status == IDR_STATUS_OK) assert_true(isfinite(report.kl) && isfinite(report.value_loss));
  }
  assert_int_equal(status, IDR_STATUS_NUMERIC);
  assert_non_null(strstr(idr_error_get()->message, "not finite"));
  idr_ppo_destroy(ppo);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(advantages_follow_the_definition),
      cmocka_unit_test(time_limits_are_bootstrapped),
      cmocka_unit_test(true_ends_are_worth_nothing_beyond),
      cmocka_unit_test(threads_do_not_change_bits),
      cmocka_unit_test(resume_continues_bitwise),
      cmocka_unit_test(sizes_that_do_not_divide_are_named),
      cmocka_unit_test(a_gradient_that_overflows_stops_with_a_name),
      cmocka_unit_test(numbers_that_run_away_never_reach_a_report),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
