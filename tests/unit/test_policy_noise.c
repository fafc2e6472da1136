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
      cmocka_unit_test(test_sample_uses_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
