/* Random numbers: published vectors, open interval, moments, independence in every coordinate. */
#include "base/random.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 200000

/* Known answers of Philox4x32-10 from the file kat_vectors of Random123 (D. E. Shaw Research). */
static void known_answers(void **state) {
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], expected[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    const uint32_t *c = known[i].counter;
    uint64_t seed = (uint64_t)known[i].key[1] << 32 | known[i].key[0];
    idr_random4 got = idr_random_draw(seed, c[0], c[1], c[2], c[3] >> 24, c[3] & 0xffffff);
    assert_memory_equal(got.word, known[i].expected, sizeof(got.word));
  }
}

static void uniform_stays_inside_the_open_interval(void **state) {
  (void)state;
  float low = idr_random_uniform(0), high = idr_random_uniform(0xffffffffu);
  assert_true(low > 0 && low < 1e-7f);
  assert_true(high < 1 && high > 1 - 1e-7f);
  /* The grid is symmetric: u and 1 - u are both on it, so the mean is one half exactly. */
  for (uint32_t word = 0; word < 0x80000000u; word += 77777777u)
    assert_true(idr_random_uniform(word) == 1 - idr_random_uniform(~word));
}

static void normals_are_finite_at_the_ends(void **state) {
  (void)state;
  static const uint32_t words[] = {0, 0x1ff, 0x7fffffffu, 0x80000000u, 0xffffffffu};
  for (size_t i = 0; i < 5; i++) {
    for (size_t j = 0; j < 5; j++) {
      float z[2];
      idr_random_normal2(words[i], words[j], z);
      assert_true(isfinite(z[0]) && isfinite(z[1]) && fabsf(z[0]) < 6 && fabsf(z[1]) < 6);
    }
  }
}

/* Chi-square over 256 equal cells: mean 255, standard deviation sqrt(510) = 22.6. */
static void uniform_fills_all_cells_alike(void **state) {
  (void)state;
  int *cells = calloc(256, sizeof(int));
  for (uint32_t i = 0; i < DRAWS; i++)
    cells[(int)(256 * idr_random_uniform(
                          idr_random_draw(3, i, 0, 0, IDR_PURPOSE_TEST, 0).word[i % 4]))]++;
  double chi2 = 0, expected = DRAWS / 256.0;
  for (int i = 0; i < 256; i++)
    chi2 += (cells[i] - expected) * (cells[i] - expected) / expected;
  free(cells);
  assert_true(fabs(chi2 - 255) < 5 * sqrt(510));
}

/* Standard errors of the sample moments of n normals: 1, 2, 15 and 96 over n. */
static void normals_have_normal_moments(void **state) {
  (void)state;
  double sum[4] = {0, 0, 0, 0}, cross = 0;
  for (uint32_t i = 0; i < DRAWS; i++) {
    float z[2];
    idr_random4 r = idr_random_draw(4, i, 1, 2, IDR_PURPOSE_TEST, 5);
    idr_random_normal2(r.word[0], r.word[1], z);
    cross += (double)z[0] * z[1];
    for (int k = 0; k < 2; k++) {
      double x = z[k];
      sum[0] += x;
      sum[1] += x * x;
      sum[2] += x * x * x;
      sum[3] += x * x * x * x;
    }
  }
  double n = 2.0 * DRAWS;
  static const double mean[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
  for (int k = 0; k < 4; k++)
    assert_true(fabs(sum[k] / n - mean[k]) < 5 * sqrt(variance[k] / n));
  assert_true(fabs(cross / DRAWS) < 5 / sqrt(DRAWS));
}

/* Coordinates of a draw in the order of idr_random_draw, the seed first. */
enum { SEED, LANE, EPISODE, STEP, PURPOSE, DRAW, COORDINATES };

static float uniform_at(const uint32_t *at, int word) {
  return idr_random_uniform(
      idr_random_draw(at[SEED], at[LANE], at[EPISODE], at[STEP], at[PURPOSE], at[DRAW]).word[word]);
}

/* Numbers next to each other in any coordinate, and the words of one draw, do not correlate. */
static void neighbours_do_not_correlate(void **state) {
  (void)state;
  const int n = 50000;
  for (int moved = 0; moved < COORDINATES; moved++) {
    for (int word = 0; word < 4; word++) {
      double product = 0;
      for (int i = 0; i < n; i++) {
        uint32_t a[COORDINATES] = {9, 1, 2, 3, IDR_PURPOSE_TEST, 0}, b[COORDINATES];
        a[moved == LANE ? STEP : LANE] = 2 * (uint32_t)i;
        memcpy(b, a, sizeof(a));
        b[moved]++;
        product += (uniform_at(a, 0) - 0.5) * (uniform_at(b, word) - 0.5) * 12;
      }
      assert_true(fabs(product / n) < 5 / sqrt(n));
    }
  }
}

/* One flipped bit of the lane number flips every output bit half of the time. */
static void every_bit_of_the_lane_reaches_every_output_bit(void **state) {
  (void)state;
  enum { TRIALS = 2000 };
  for (int bit = 0; bit < 32; bit++) {
    int flips[32] = {0};
    for (uint32_t i = 0; i < TRIALS; i++) {
      uint32_t changed = idr_random_draw(i, 5, 6, 7, IDR_PURPOSE_TEST, 0).word[0] ^
                         idr_random_draw(i, 5u ^ (1u << bit), 6, 7, IDR_PURPOSE_TEST, 0).word[0];
      for (int out = 0; out < 32; out++)
        flips[out] += changed >> out & 1;
    }
    for (int out = 0; out < 32; out++)
      assert_true(abs(flips[out] - TRIALS / 2) < 5 * sqrt(TRIALS) / 2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(uniform_stays_inside_the_open_interval),
      cmocka_unit_test(normals_are_finite_at_the_ends),
      cmocka_unit_test(uniform_fills_all_cells_alike),
      cmocka_unit_test(normals_have_normal_moments),
      cmocka_unit_test(neighbours_do_not_correlate),
      cmocka_unit_test(every_bit_of_the_lane_reaches_every_output_bit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
