/* The noise of Gaussian actions: drawn for a whole batch at once, it is the noise that each row
 * draws alone, whatever the batch. */
#include "base/random.h"
#include "rl/policy.h"
#include "support/test.h"
#include <math.h>

enum { DIM = 6, LANES = 5, ROWS = 5 * 41 };

static idr_policy gaussian(int dim) {
  return (idr_policy){.gaussian = true, .head_dim = dim};
}

/* Element `i` of the noise of one row, by the definition. */
static float one_number(uint64_t seed, uint32_t lane, uint64_t step, int i) {
  float pair[2];
  idr_random4 r = idr_random_draw(seed, lane, (uint32_t)(step >> 32), (uint32_t)step,
                                  IDR_PURPOSE_ACTION, (uint32_t)(i / 4));
  int first = i % 4 < 2 ? 0 : 2;
  idr_random_normal2(r.word[first], r.word[first + 1], pair);
  return pair[i % 2];
}

/* Steps that cross 2^32, so that both halves of the counter matter. */
static void test_batch_is_its_rows(void **state) {
  (void)state;
  static real noise[ROWS * DIM];
  for (int dim = 1; dim <= DIM; dim++) {
    idr_policy p = gaussian(dim);
    idr_policy_key key = {.seed = 77, .lane = 1000, .lanes = LANES, .step = 0xfffffff0u};
    idr_policy_noise(&p, &key, ROWS, noise);
    for (int row = 0; row < ROWS; row++)
      for (int i = 0; i < dim; i++) {
        float want = one_number(77, 1000u + (uint32_t)(row % LANES),
                                0xfffffff0u + (uint64_t)(row / LANES), i);
        assert_true(noise[row * dim + i] == (real)want);
      }
  }
}

/* At every `time`-th step independent numbers, between them a line through both of unit variance,
 * however the steps are grouped into batches. */
static void test_lasting_noise(void **state) {
  (void)state;
  enum { MANY = 130, TIME = 8, STEPS = 41 };
  static real all[MANY * STEPS * 2], one[MANY * 2], low[MANY * 2], high[MANY * 2];
  idr_policy p = gaussian(2);
  idr_policy_key key = {.seed = 3, .lane = 70, .lanes = MANY, .step = 5};
  idr_policy_lasting_noise(&p, &key, TIME, MANY * STEPS, all);
  double square = 0, cross = 0;
  for (int t = 0; t < STEPS; t++, key.step++) {
    idr_policy_key knot = key;
    double f = (double)(key.step % TIME) / TIME;
    idr_policy_lasting_noise(&p, &key, TIME, MANY, one);
    assert_memory_equal(one, all + t * MANY * 2, sizeof one);
    knot.step = key.step / TIME;
    idr_policy_noise(&p, &knot, MANY, low);
    knot.step++;
    idr_policy_noise(&p, &knot, MANY, high);
    for (int i = 0; i < MANY * 2; i++) {
      double want = ((1 - f) * (double)low[i] + f * (double)high[i]) / hypot(1 - f, f);
      assert_true(fabs((double)one[i] - want) < 1e-5);
      square += want * want / (MANY * STEPS * 2);
      if (t > 0) cross += want * (double)all[(t - 1) * MANY * 2 + i] / (MANY * (STEPS - 1) * 2);
    }
  }
  assert_true(fabs(square - 1) < 0.15); /* some 1,400 independent numbers: 0.04 */
  assert_true(cross > 0.8);
  key.step = 5;
  idr_policy_lasting_noise(&p, &key, 1, MANY, one);
  idr_policy_noise(&p, &key, MANY, low);
  assert_memory_equal(one, low, sizeof one);
}

/* mean + deviation * noise, and the density of a normal distribution there. */
static void test_sample_uses_it(void **state) {
  (void)state;
  idr_policy p = gaussian(3);
  const real mean[3] = {0.5f, -2.0f, 0.0f}, deviation[3] = {1.0f, 0.25f, 3.0f};
  real action[3], noise[3];
  idr_policy_key key = {.seed = 5, .lane = 9, .lanes = 1, .step = 123};
  idr_policy_noise(&p, &key, 1, noise);
  double log_prob = (double)idr_policy_sample(&p, mean, deviation, 5, 9, 123, false, action);
  double want = 0;
  for (int i = 0; i < 3; i++) {
    double d = (double)deviation[i], z = ((double)action[i] - (double)mean[i]) / d;
    assert_true(fabs(z - (double)noise[i]) < 1e-5);
    want -= 0.5 * z * z + log(d) + 0.5 * log(2 * M_PI);
  }
  assert_true(fabs(log_prob - want) < 1e-4);
  idr_policy_sample(&p, mean, deviation, 5, 9, 123, true, action);
  assert_memory_equal(action, mean, sizeof mean);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_batch_is_its_rows),
      cmocka_unit_test(test_lasting_noise),
      cmocka_unit_test(test_sample_uses_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
