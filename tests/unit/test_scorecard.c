/* Score cards: totals, paired intervals, the gap; and that a frozen policy is billed for the same
 * scenarios, with the same books, as any other driller. */
#include "base/random.h"
#include "rl/scorecard.h"
#include "support/near.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BIT  1000.0 /* USD */
#define RATE 100.0  /* USD/h */

static idr_scorecard_request request(const idr_bill *bills, int drillers, int64_t n,
                                     int64_t wells) {
  return (idr_scorecard_request){.drillers = drillers,
                                 .floor = 1 % drillers,
                                 .ceiling = 2 % drillers,
                                 .scenarios = n,
                                 .wells = wells,
                                 .bills = bills,
                                 .bit_price = BIT,
                                 .rig_rate = RATE,
                                 .resamples = 2000,
                                 .seed = 7};
}

static double uniform(int64_t k) {
  idr_random4 r = idr_random_draw(11, (uint32_t)k, 0, 0, IDR_PURPOSE_TEST, 0);
  return (double)idr_random_uniform(r.word[0]);
}

/* ---- statistics ------------------------------------------------------------------------------ */

/* Total cost over total metres, not the mean of ratios; the rate scales hours, not bits. */
static void test_totals(void **state) {
  (void)state;
  const idr_bill bills[3][2] = {
      {{.metres = 10, .hours = 5, .bits = 0.5}, {.metres = 30, .hours = 7}},
      {{.metres = 10, .hours = 9}, {.metres = 30, .hours = 11}},
      {{.metres = 10, .hours = 1}, {.metres = 30, .hours = 3}}};
  idr_scorecard card;
  idr_scorecard_request ask = request(bills[0], 3, 2, 2);
  assert_int_equal(idr_scorecard_make(&ask, &card), IDR_STATUS_OK);
  assert_near(card.score[0].value, 1700.0 / 40.0, 1e-12);
  assert_near(card.score[1].value, 2000.0 / 40.0, 1e-12);
  assert_near(card.difference[1].value, -300.0 / 40.0, 1e-12);
  assert_near(card.gap.value, 1600.0 / 40.0, 1e-12);
  assert_near(card.gap_share, 0.8, 1e-12);
  assert_near(card.recovered.value, 300.0 / 1600.0, 1e-12);
  ask.rig_rate = 2 * RATE;
  assert_int_equal(idr_scorecard_make(&ask, &card), IDR_STATUS_OK);
  assert_near(card.score[0].value, 2900.0 / 40.0, 1e-12);
  assert_near(card.score[1].value, 4000.0 / 40.0, 1e-12);
}

/* Wells differ much, drillers by a constant: scores are uncertain, differences are not. */
static void test_pairing(void **state) {
  (void)state;
  enum { N = 400 };
  idr_bill *bills = calloc(3 * N, sizeof *bills);
  double mean = 0, square = 0;
  assert_non_null(bills);
  for (int k = 0; k < N; k++) {
    double hours = 20.0 * uniform(k);
    for (int d = 0; d < 3; d++)
      bills[d * N + k] = (idr_bill){.metres = 1,
                                    .hours = hours + (double)(d == 1   ? 6
                                                              : d == 2 ? 1
                                                                       : 3)};
    mean += hours / N;
    square += hours * hours / N;
  }
  idr_scorecard card;
  idr_scorecard_request ask = request(bills, 3, N, N);
  assert_int_equal(idr_scorecard_make(&ask, &card), IDR_STATUS_OK);
  double expected = 1.96 * RATE * sqrt((square - mean * mean) / N);
  assert_near(0.5 * (card.score[0].high - card.score[0].low), expected, 0.08 * expected);
  assert_true(card.score[0].low < card.score[0].value && card.score[0].value < card.score[0].high);
  assert_near(card.difference[1].low, -300.0, 1e-9);
  assert_near(card.difference[1].high, -300.0, 1e-9);
  assert_near(card.recovered.low, 0.6, 1e-9);
  assert_near(card.recovered.high, 0.6, 1e-9);
  assert_true(card.difference[0].low == 0.0 && card.difference[0].high == 0.0);
  free(bills);
}

/* Two starts in the same well say less than starts in two wells. */
static void test_wells_are_the_units(void **state) {
  (void)state;
  enum { WELLS = 100, N = 2 * WELLS };
  idr_bill *bills = calloc(N, sizeof *bills);
  assert_non_null(bills);
  for (int k = 0; k < N; k++)
    bills[k] = (idr_bill){.metres = 1, .hours = uniform(k % WELLS)};
  idr_scorecard by_well, by_start;
  idr_scorecard_request ask = request(bills, 1, N, WELLS);
  assert_int_equal(idr_scorecard_make(&ask, &by_well), IDR_STATUS_OK);
  ask.wells = 1;
  assert_int_equal(idr_scorecard_make(&ask, &by_start), IDR_STATUS_OK);
  assert_true(by_well.score[0].value == by_start.score[0].value);
  double wide = by_well.score[0].high - by_well.score[0].low;
  double narrow = by_start.score[0].high - by_start.score[0].low;
  assert_near(wide / narrow, sqrt(2.0), 0.15);
  free(bills);
}

/* No gap, nothing to recover: said as "undefined", not as a number. */
static void test_no_gap(void **state) {
  (void)state;
  const idr_bill bills[3][2] = {{{.metres = 1, .hours = 2}, {.metres = 1, .hours = 3}},
                                {{.metres = 1, .hours = 2}, {.metres = 1, .hours = 3}},
                                {{.metres = 1, .hours = 2}, {.metres = 1, .hours = 4}}};
  idr_scorecard card;
  idr_scorecard_request ask = request(bills[0], 3, 2, 2);
  assert_int_equal(idr_scorecard_make(&ask, &card), IDR_STATUS_OK);
  assert_true(card.gap.value < 0.0 && isnan(card.recovered.value) && isnan(card.recovered.low));
  ask.ceiling = 3;
  assert_int_equal(idr_scorecard_make(&ask, &card), IDR_STATUS_ARGUMENT);
}

/* ---- bills ----------------------------------------------------------------------------------- */

typedef struct {
  float set[3];
} constant;

static void drive(void *context, idr_drill_group *g, const int64_t scenario[IDR_LANES],
                  const uint8_t fresh[IDR_LANES]) {
  const constant *c = context;
  (void)scenario;
  (void)fresh;
  for (int i = 0; i < IDR_LANES; i++) {
    g->wob_set[i] = c->set[0];
    g->omega_set[i] = c->set[1];
    g->flow_set[i] = c->set[2];
  }
}

/* A network of zeros asks for the middle of every range: the same driller twice, once as a policy
 * in the environment, once on the player's list. Bills are equal to the last bit, so a policy and
 * the baselines are asked the same questions and billed by the same books. */
static void test_policy_and_player_agree(void **state) {
  (void)state;
  enum { N = 70 };
  idr_drilling_config c;
  assert_int_equal(idr_drilling_defaults(&c), IDR_STATUS_OK);
  c.drilling.wells = 24;
  c.drilling.interval = 4.0;
  c.drilling.time_limit = 2400.0;
  c.drilling.order = 1;
  idr_env *env = NULL;
  assert_int_equal(idr_env_create(&idr_drilling_kind, &c, 3, 0, N, &env), IDR_STATUS_OK);
  const idr_drilling_world *world = idr_drilling_env_world(env);
  idr_net_settings net = {
      .policy = {1, {8}}, .value = {1, {8}}, .log_std_min = -5, .log_std_max = 1};
  idr_policy *policy = NULL;
  assert_int_equal(idr_policy_create(&env->spec, &net, false, &policy), IDR_STATUS_OK);
  real *zero = calloc((size_t)idr_params_size(policy->params) + IDR_ENV_DIM_MAX, sizeof *zero);
  assert_non_null(zero);
  idr_actor actor = {.policy = policy, .weights = zero, .shift = zero, .scale = zero};
  idr_episode episodes[N];
  assert_int_equal(idr_actor_evaluate(&actor, env, 32, 2, true, episodes), IDR_STATUS_OK);

  constant middle;
  for (int i = 0; i < 3; i++)
    middle.set[i] = 0.5f * (env->spec.action_low[i] + env->spec.action_high[i]);
  idr_scenario list[N];
  idr_drilling_books books[N];
  for (int k = 0; k < N; k++)
    list[k] = idr_drilling_scenario(world, k);
  assert_int_equal(idr_drilling_play(world, list, N, drive, &middle, NULL, books), IDR_STATUS_OK);
  int unfinished = 0;
  for (int k = 0; k < N; k++) {
    idr_bill a, b = idr_bill_of_books(world, &books[k]);
    assert_int_equal(idr_bill_of_episode(&env->spec, &episodes[k], &a), IDR_STATUS_OK);
    assert_memory_equal(&a, &b, sizeof a);
    unfinished += b.unfinished > 0;
    assert_near(idr_bill_cost(&a, c.prices.bit_price, c.prices.rig_rate / 24.0),
                idr_drilling_cost(world, &books[k]), 1e-6);
  }
  assert_true(unfinished > 0 && unfinished < N);
  free(zero);
  idr_policy_destroy(policy);
  idr_env_destroy(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_totals),
      cmocka_unit_test(test_pairing),
      cmocka_unit_test(test_wells_are_the_units),
      cmocka_unit_test(test_no_gap),
      cmocka_unit_test(test_policy_and_player_agree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
