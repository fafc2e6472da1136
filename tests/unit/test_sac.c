/* SAC: returns out of the replay against their definition, bootstrapping at limits and ends, bits
 * over threads, continuation from a checkpoint. */
#include "rl/sac_internal.h"
#include "support/near.h"
#include "support/sac_small.h"
#include "support/test.h"
#include "support/toy_task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static idr_sac *make(const idr_env_kind *kind, idr_sac_settings settings, int threads) {
  static idr_comm comm;
  comm = idr_comm_self();
  idr_net_settings net = net_small();
  idr_sac *sac = NULL;
  idr_status status = idr_sac_create(&comm, kind, NULL, &settings, &net, 7, threads, &sac);
  if (status != IDR_STATUS_OK) print_error("%s\n", idr_error_get()->message);
  assert_int_equal(status, IDR_STATUS_OK);
  return sac;
}

static idr_sac_report iterate(idr_sac *sac, int n) {
  idr_sac_report report = {0};
  for (int i = 0; i < n; i++)
    assert_int_equal(idr_sac_iterate(sac, &report), IDR_STATUS_OK);
  return report;
}

/* ---- the replay ------------------------------------------------------------------------------ */

/* A ring of one lane, written by hand: reward of step k is 2^k, a limit ends step 4, a true end
 * step 7; rows are the step's number, and 100 more where they follow a step. */
static void fill_ring(idr_sac *sac, int64_t steps) {
  for (int64_t k = steps - sac->capacity; k < steps; k++) {
    if (k < 0) continue;
    float *record = sac->replay + k % sac->capacity * sac->record;
    for (int i = 0; i < sac->row_dim; i++) {
      record[i] = (float)k;
      record[sac->row_dim + i] = (float)(k + 100);
    }
    record[2 * sac->row_dim] = 0.5f;
    record[sac->record - 2] = (float)pow(2, (double)k);
    record[sac->record - 1] = (float)(k == 4   ? IDR_END_TRUNCATED
                                      : k == 7 ? IDR_END_TERMINATED
                                               : IDR_END_NONE);
  }
  sac->lane_steps = steps;
}

static void returns_stop_at_ends_and_at_what_is_seen(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  s.lanes = s.blocks = 1;
  s.batch = s.tile_rows = 512;
  s.replay = 8;
  s.gamma = 0.5;
  idr_sac *sac = make(idr_env_find("pendulum"), s, 1);
  fill_ring(sac, 10); /* steps 2 to 9 are kept */
  idr_sac_worker *w = sac->workers;
  idr_sac_draw_tile(sac, w, 0, 0, 512);
  const int last[10] = {0, 0, 4, 4, 4, 7, 7, 7, 9, 9};
  int seen[10] = {0};
  for (int r = 0; r < 512; r++) {
    int first = (int)w->tile_row[r * sac->row_dim], n = last[first] - first + 1;
    double sum = 0;
    for (int k = 0; k < n; k++)
      sum += pow(0.5, k) * pow(2, first + k);
    assert_in_range(first, 2, 9);
    assert_true((double)w->tile_reward[r] == sum);
    assert_true((double)w->tile_discount[r] == (last[first] == 7 ? 0 : pow(0.5, n)));
    assert_true((int)w->tile_next[r * sac->row_dim] == last[first] + 100);
    seen[first]++;
  }
  for (int k = 2; k < 10; k++)
    assert_in_range(seen[k], 64 - 40, 64 + 40);
  idr_sac_destroy(sac);
}

/* What the lanes did lies in their rings: pendulum's reward follows from row and action. */
static void the_replay_holds_what_happened(void **state) {
  (void)state;
  idr_sac *sac = make(idr_env_find("pendulum"), sac_small(), 2);
  iterate(sac, 29); /* past a time limit, and round the ring five times */
  int limits = 0;
  for (int64_t lane = 0; lane < 16; lane++)
    for (int64_t k = 0; k < sac->capacity; k++) {
      const float *record = sac->replay + (lane * sac->capacity + k) * sac->record;
      double angle = atan2((double)record[1], (double)record[0]), rate = (double)record[2];
      double torque = 2 * (double)record[6];
      double reward = -(angle * angle + 0.1 * rate * rate + 0.001 * torque * torque);
      assert_near((double)record[7], reward, 1e-4);
      double next = rate + (15 * sin(angle) + 3 * torque) * 0.05;
      assert_near((double)record[5], fmin(fmax(next, -8), 8), 1e-5);
      limits += record[8] == (float)IDR_END_TRUNCATED;
    }
  assert_int_equal(limits, 16);
  idr_sac_destroy(sac);
}

/* ---- bootstrapping --------------------------------------------------------------------------- */

static idr_sac_settings greedy(int n_step) {
  idr_sac_settings s = sac_small();
  s.gamma = 0.9;
  s.n_step = n_step;
  s.replay = 16 * 400;
  s.ratio = 0.5;
  s.tau = 0.05;
  s.critic_learning_rate = 2e-3;
  s.alpha = 1e-9; /* entropy is worth nothing */
  s.alpha_learning_rate = 0;
  return s;
}

/* Q0 of a raw row and action 0. */
static double value_at(idr_sac *sac, float observation) {
  idr_sac_worker *w = sac->workers;
  real out[1];
  for (int r = 0; r < sac->loss_rows; r++) {
    w->tile_row[r] = w->tile_next[r] = (real)observation;
    w->tile_action[r] = w->tile_noise[r] = 0;
    w->tile_weight[r] = r == 0;
  }
  idr_exec_bind_output(w->critic, IDR_CRITIC_Q, out);
  idr_exec_run(w->critic);
  return (double)out[0];
}

/* A task that never ends but for a time limit is worth 1/(1 - gamma). */
static void time_limits_are_bootstrapped(void **state) {
  (void)state;
  idr_env_kind kind = toy_kind("toy-limit-box");
  for (int n_step = 1; n_step <= 4; n_step += 3) {
    idr_sac *sac = make(&kind, greedy(n_step), 1);
    iterate(sac, 50);
    assert_near(value_at(sac, 0), 10.0, 0.1);
    idr_sac_destroy(sac);
  }
}

/* One reward at a true end, k steps ahead, is worth gamma^(k - 1). */
static void true_ends_are_worth_nothing_beyond(void **state) {
  (void)state;
  idr_env_kind kind = toy_kind("toy-terminal-box");
  for (int n_step = 1; n_step <= 4; n_step += 3) {
    idr_sac_settings s = greedy(n_step);
    s.schedule = IDR_SCHEDULE_LINEAR;
    s.steps = 150 * s.lanes * s.horizon;
    idr_sac *sac = make(&kind, s, 1);
    iterate(sac, 150);
    for (int step = 0; step < TOY_LENGTH; step++)
      assert_near(value_at(sac, (float)step), pow(0.9, TOY_LENGTH - 1 - step), 0.01);
    idr_sac_destroy(sac);
  }
}

/* ---- bits ------------------------------------------------------------------------------------ */

static void threads_do_not_change_bits(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  s.noise_time = 5;
  uint64_t digest[4];
  for (int k = 0; k < 4; k++) {
    idr_sac *sac = make(idr_env_find("pendulum"), s, 1 << k);
    assert_true(iterate(sac, 6).updates > 100);
    digest[k] = idr_sac_digest(sac);
    idr_sac_destroy(sac);
  }
  for (int k = 1; k < 4; k++)
    assert_true(digest[0] == digest[k]);
}

static void save_to(idr_sac *sac, const char *path) {
  idr_checkpoint_writer *writer;
  assert_int_equal(idr_checkpoint_writer_create(&writer), IDR_STATUS_OK);
  assert_int_equal(idr_sac_save(sac, writer), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_commit(writer, path), IDR_STATUS_OK);
  idr_checkpoint_writer_destroy(writer);
}

/* Before the first update, with rings that are half full, and with full ones. */
static void resumes(idr_sac_settings s) {
  char path[64] = "/tmp/idr-test-sac-XXXXXX";
  int fd = mkstemp(path);
  close(fd);
  unlink(path);
  idr_sac *whole = make(idr_env_find("pendulum"), s, 1);
  iterate(whole, 9);
  for (int before = 0; before < 9; before += 4) {
    idr_checkpoint *checkpoint;
    idr_sac *first = make(idr_env_find("pendulum"), s, 1);
    iterate(first, before);
    save_to(first, path);
    idr_sac *second = make(idr_env_find("pendulum"), s, 2);
    assert_int_equal(idr_checkpoint_open(path, &checkpoint), IDR_STATUS_OK);
    assert_int_equal(idr_sac_load(second, checkpoint), IDR_STATUS_OK);
    idr_checkpoint_close(checkpoint);
    assert_true(idr_sac_digest(second) == idr_sac_digest(first));
    idr_sac_report report = iterate(second, 9 - before);
    assert_true(idr_sac_digest(second) == idr_sac_digest(whole));
    assert_int_equal(report.iteration, 9);
    unlink(path);
    idr_sac_destroy(first);
    idr_sac_destroy(second);
  }
  idr_sac_destroy(whole);
}

static void resume_continues_bitwise(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  resumes(s);
  s.critic = 1;
  s.atoms = 21;
  s.normalize_return = true;
  s.value_entropy = false;
  s.uniform_start = false;
  s.noise_time = 7;
  s.twins = 1;
  s.schedule = IDR_SCHEDULE_COSINE;
  s.actor_starts = 5 * s.lanes * s.horizon;
  resumes(s);
}

/* ---- when and how fast it learns ------------------------------------------------------------- */

static real *copy_of(const real *values, int64_t n) {
  real *copy = malloc((size_t)n * sizeof *copy);
  assert_non_null(copy);
  memcpy(copy, values, (size_t)n * sizeof *copy);
  return copy;
}

/* Critics learn first, while policy and temperature stay what they were. */
static void the_policy_may_wait_for_its_critics(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  s.learning_starts = 0;
  s.actor_starts = 3 * s.lanes * s.horizon;
  s.uniform_start = false;
  idr_sac *sac = make(idr_env_find("pendulum"), s, 1);
  size_t critics = (size_t)idr_params_size(sac->critics) * sizeof(real);
  size_t policy = (size_t)idr_params_size(sac->policy->params) * sizeof(real);
  real *critic = copy_of(sac->critic.weights, idr_params_size(sac->critics));
  real *actor = copy_of(sac->actor.weights, idr_params_size(sac->policy->params));
  real alpha = sac->alpha[0];
  idr_sac_report report = iterate(sac, 2);
  assert_true(report.updates > 0 && report.policy_updates == 0 && isnan(report.policy_loss));
  assert_true(memcmp(critic, sac->critic.weights, critics) != 0);
  assert_memory_equal(actor, sac->actor.weights, policy);
  assert_true(sac->alpha[0] == alpha);
  assert_true(iterate(sac, 2).policy_updates > 0);
  assert_true(memcmp(actor, sac->actor.weights, policy) != 0);
  assert_true(sac->alpha[0] != alpha);
  free(critic);
  free(actor);
  idr_sac_destroy(sac);
}

/* Rates that fall to zero leave everything where it stands once the budget is used up. */
static void rates_fall_to_zero_over_the_budget(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  s.learning_starts = 0;
  s.steps = 3 * s.lanes * s.horizon;
  for (s.schedule = IDR_SCHEDULE_CONSTANT; s.schedule <= IDR_SCHEDULE_COSINE; s.schedule++) {
    idr_sac *sac = make(idr_env_find("pendulum"), s, 1);
    iterate(sac, 3);
    int64_t n = idr_params_size(sac->policy->params), m = idr_params_size(sac->critics);
    real *actor = copy_of(sac->actor.weights, n), *critic = copy_of(sac->critic.weights, m);
    real alpha = sac->alpha[0];
    int64_t before = sac->updates;
    assert_true(iterate(sac, 1).updates > before);
    bool moved = memcmp(actor, sac->actor.weights, (size_t)n * sizeof(real)) != 0;
    assert_int_equal(moved, s.schedule == IDR_SCHEDULE_CONSTANT);
    moved = memcmp(critic, sac->critic.weights, (size_t)m * sizeof(real)) != 0;
    assert_int_equal(moved, s.schedule == IDR_SCHEDULE_CONSTANT);
    assert_int_equal(sac->alpha[0] != alpha, s.schedule == IDR_SCHEDULE_CONSTANT);
    free(actor);
    free(critic);
    idr_sac_destroy(sac);
  }
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void refuses(const char *task, idr_sac_settings s, const char *words) {
  idr_comm comm = idr_comm_self();
  idr_net_settings net = net_small();
  idr_sac *sac = NULL;
  assert_int_equal(idr_sac_create(&comm, idr_env_find(task), NULL, &s, &net, 1, 1, &sac),
                   IDR_STATUS_CONFIG);
  assert_null(sac);
  assert_non_null(strstr(idr_error_get()->message, words));
}

static void what_does_not_fit_is_named(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  refuses("cartpole", s, "discrete actions");
  s.batch = 100;
  refuses("pendulum", s, "sac.batch");
  s = sac_small();
  s.lanes = 12;
  refuses("pendulum", s, "sac.lanes");
  s = sac_small();
  s.replay = 16 * 3 - 1;
  refuses("pendulum", s, "sac.replay");
  s = sac_small();
  s.actor_starts = s.steps;
  refuses("pendulum", s, "sac.actor_starts");
}

/* A critic, a target critic, or the policy. */
static void numbers_that_run_away_stop_with_a_name(void **state) {
  (void)state;
  for (int c51 = 0; c51 < 2; c51++)
    for (int which = 0; which < 3; which++) {
      idr_sac_report report;
      idr_sac_settings s = sac_small();
      s.critic = c51;
      idr_sac *sac = make(idr_env_find("pendulum"), s, 2);
      iterate(sac, 2);
      real *weights[] = {sac->critic.weights, sac->target, sac->actor.weights};
      weights[which][0] = (real)NAN;
      assert_int_equal(idr_sac_iterate(sac, &report), IDR_STATUS_NUMERIC);
      assert_non_null(strstr(idr_error_get()->message, "not finite"));
      idr_sac_destroy(sac);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(returns_stop_at_ends_and_at_what_is_seen),
      cmocka_unit_test(the_replay_holds_what_happened),
      cmocka_unit_test(time_limits_are_bootstrapped),
      cmocka_unit_test(true_ends_are_worth_nothing_beyond),
      cmocka_unit_test(threads_do_not_change_bits),
      cmocka_unit_test(resume_continues_bitwise),
      cmocka_unit_test(the_policy_may_wait_for_its_critics),
      cmocka_unit_test(rates_fall_to_zero_over_the_budget),
      cmocka_unit_test(what_does_not_fit_is_named),
      cmocka_unit_test(numbers_that_run_away_stop_with_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
