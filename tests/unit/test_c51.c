/* Distributional critics: the projection against plain double arithmetic, and a task whose returns
 * have a known distribution. */
#include "rl/c51.h"
#include "rl/sac_internal.h"
#include "support/near.h"
#include "support/sac_small.h"
#include "support/test.h"
#include "support/toy_task.h"

#include <math.h>
#include <string.h>

enum { ATOMS = 11 };

/* ---- projection ------------------------------------------------------------------------------ */

/* The definition, value by value: a triangle of one step's width around each of them, and what lies
 * beyond an end belongs to the end. */
static double projected(const double *p, double low, double high, double shift, double factor,
                        int to) {
  double step = (high - low) / (ATOMS - 1), sum = 0;
  for (int k = 0; k < ATOMS; k++) {
    double value = shift + factor * (low + k * step);
    value = value < low ? low : value > high ? high : value;
    double distance = fabs(value - (low + to * step)) / step;
    if (distance < 1) sum += p[k] * (1 - distance);
  }
  return sum;
}

static void projection_is_that_of_the_definition(void **state) {
  (void)state;
  const double shift[] = {0, 0.3, -7, 100, -100, 1e9}, factor[] = {0, 0.5, 1, 0.99};
  double p[ATOMS], total = 0;
  real given[ATOMS], out[ATOMS];
  for (int k = 0; k < ATOMS; k++)
    total += p[k] = 1 + sin(3.0 * k);
  for (int k = 0; k < ATOMS; k++)
    given[k] = (real)(p[k] /= total);
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 4; j++) {
      double sum = 0;
      memset(out, 0, sizeof out);
      idr_c51_project(ATOMS, -2, 5, given, shift[i], factor[j], out);
      for (int k = 0; k < ATOMS; k++) {
        assert_near((double)out[k], projected(p, -2, 5, shift[i], factor[j], k), 1e-6);
        sum += (double)out[k];
      }
      assert_near(sum, 1.0, 1e-6);
    }
}

/* Nothing moves when Z does not; within the ends the mean is shift + factor mean. */
static void projection_keeps_what_it_can(void **state) {
  (void)state;
  const real p[ATOMS] = {0, 0, 0, 0.25f, 0.5f, 0, 0.25f, 0, 0, 0, 0};
  real out[ATOMS] = {0};
  idr_c51_project(ATOMS, 0, 10, p, 0, 1, out);
  for (int k = 0; k < ATOMS; k++)
    assert_true(out[k] == p[k]);
  memset(out, 0, sizeof out);
  idr_c51_project(ATOMS, 0, 10, p, 1.37, 0.81, out);
  double mean = 0;
  for (int k = 0; k < ATOMS; k++)
    mean += (double)out[k] * idr_c51_atom(ATOMS, 0, 10, k);
  assert_near(mean, 1.37 + 0.81 * 4.25, 1e-6);
}

static void a_nan_stays_one(void **state) {
  (void)state;
  real p[ATOMS] = {0}, out[ATOMS] = {0};
  p[4] = (real)NAN;
  idr_c51_project(ATOMS, 0, 10, p, 0.5, 1, out);
  assert_true(isnan((double)out[4]));
}

/* ---- learning -------------------------------------------------------------------------------- */

/* A coin is thrown in the first of two steps and shown, and pays 3 or nothing in the second, with
 * the chance 1/4 of paying: before the throw the return is 0 with 3/4 and 3 with 1/4. */
static idr_status coin_step(idr_env *env, int64_t begin, int64_t end, const idr_env_buffers *b) {
  toy_state *s = env->state;
  for (int64_t lane = begin; lane < end; lane++) {
    int64_t row = lane - begin;
    int32_t turn = ++s->step[lane];
    bool thrown = turn % 2 != 0;
    /* Equally spread over lanes and episodes. */
    bool pays = ((turn - 1) / 2 + (int32_t)(env->lane_first + lane)) % 4 == 0;
    b->reward[row] = !thrown && pays ? 3.0f : 0.0f;
    b->terminated[row] = !thrown;
    b->truncated[row] = 0;
    b->observation[row] = thrown ? (pays ? 2.0f : 1.0f) : 0.0f;
    if (!thrown) b->final_observation[row] = 0.0f;
  }
  return IDR_STATUS_OK;
}

static void coin_reset(idr_env *env, int64_t begin, int64_t end, const idr_env_buffers *b) {
  for (int64_t lane = begin; lane < end; lane++) {
    ((toy_state *)env->state)->step[lane] = 0;
    b->observation[lane - begin] = 0.0f;
  }
}

static idr_sac *learner(const idr_env_kind *kind, idr_sac_settings s) {
  static idr_comm comm;
  comm = idr_comm_self();
  idr_net_settings net = net_small();
  idr_sac *sac = NULL;
  assert_int_equal(idr_sac_create(&comm, kind, NULL, &s, &net, 7, 1, &sac), IDR_STATUS_OK);
  return sac;
}

static idr_sac_settings c51_small(void) {
  idr_sac_settings s = sac_small();
  s.critic = 1;
  s.atoms = ATOMS;
  s.gamma = 1;
  s.n_step = 1;
  s.value_low = -2;
  s.value_high = 8; /* a value a unit */
  s.replay = 16 * 400;
  s.ratio = 0.5;
  s.tau = 0.05;
  s.critic_learning_rate = 2e-3;
  s.alpha = 1e-9;
  s.alpha_learning_rate = 0;
  return s;
}

/* Probabilities of the target critics at a raw row, and log pi of their action. */
static const real *probabilities(idr_sac *sac, float observation) {
  idr_sac_worker *w = sac->workers;
  for (int r = 0; r < sac->loss_rows; r++) {
    w->tile_next[r] = (real)observation;
    w->tile_noise[r] = 0;
  }
  idr_exec_run(w->target);
  return idr_exec_output(w->target, 0);
}

static void a_known_distribution_is_learned(void **state) {
  (void)state;
  idr_env_kind kind = toy_kind("toy-coin-box");
  kind.step = coin_step;
  kind.reset = coin_reset;
  idr_sac *sac = learner(&kind, c51_small());
  idr_sac_report report;
  for (int i = 0; i < 100; i++)
    assert_int_equal(idr_sac_iterate(sac, &report), IDR_STATUS_OK);
  const double wanted[3][2] = {{0.75, 0.25}, {1, 0}, {0, 1}};
  for (int shown = 0; shown < 3; shown++) {
    const real *p = probabilities(sac, (float)shown);
    for (int k = 0; k < ATOMS; k++)
      assert_near((double)p[k], k == 2 ? wanted[shown][0] : k == 5 ? wanted[shown][1] : 0, 0.04);
  }
  idr_sac_destroy(sac);
}

/* Of (1 - 0.9^k)/(1 - 0.9), k = 1 to 10: what lanes have earned in an episode's steps. */
static double deviation_of_limits(void) {
  double sum = 0, square = 0;
  for (int k = 1; k <= TOY_LENGTH; k++) {
    double earned = (1 - pow(0.9, k)) / (1 - 0.9);
    sum += earned / TOY_LENGTH;
    square += earned * earned / TOY_LENGTH;
  }
  return sqrt(square - sum * sum);
}

/* Values of a task that pays 1 a step without end are 1/(1 - gamma), rewards in any unit. */
static void returns_are_measured_in_their_deviation(void **state) {
  (void)state;
  idr_env_kind kind = toy_kind("toy-limit-box");
  for (int c51 = 0; c51 < 2; c51++) {
    idr_sac_settings s = c51_small();
    s.critic = c51;
    s.gamma = 0.9;
    s.normalize_return = true;
    s.value_low = 0;
    s.value_high = 10;
    idr_sac *sac = learner(&kind, s);
    idr_sac_report report;
    for (int i = 0; i < 100; i++)
      assert_int_equal(idr_sac_iterate(sac, &report), IDR_STATUS_OK);
    assert_near(report.return_deviation, deviation_of_limits(), 0.05);
    assert_near(report.q, 10.0, 0.15);
    idr_sac_destroy(sac);
  }
}

static void an_empty_range_is_refused(void **state) {
  (void)state;
  idr_comm comm = idr_comm_self();
  idr_net_settings net = net_small();
  idr_sac_settings s = c51_small();
  idr_sac *sac = NULL;
  s.value_low = s.value_high;
  assert_int_equal(idr_sac_create(&comm, idr_env_find("pendulum"), NULL, &s, &net, 1, 1, &sac),
                   IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "sac.value_low"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(projection_is_that_of_the_definition),
      cmocka_unit_test(projection_keeps_what_it_can),
      cmocka_unit_test(a_nan_stays_one),
      cmocka_unit_test(a_known_distribution_is_learned),
      cmocka_unit_test(returns_are_measured_in_their_deviation),
      cmocka_unit_test(an_empty_range_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
