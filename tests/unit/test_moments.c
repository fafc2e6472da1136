/* Running moments against sums over all data, whatever the split into blocks and iterations. */
#include "support/near.h"
#include "support/test.h"
#include "train/moments.h"

#include <math.h>

#define ROWS 960
#define DIM  5

static real sample(int row, int i) {
  return (real)(1000.0 * i + sin(row * 0.7 + i) * (1 + i));
}

static idr_team team_of(const idr_comm *comm, int blocks) {
  idr_team team;
  assert_int_equal(idr_team_create(comm, 1, blocks, &team), IDR_STATUS_OK);
  return team;
}

static void merged_moments_are_those_of_all_rows(void **state) {
  (void)state;
  idr_comm comm = idr_comm_self();
  idr_team team = team_of(&comm, 4);
  idr_moments *m;
  assert_int_equal(idr_moments_create(DIM, 4, NULL, NULL, 0, &m), IDR_STATUS_OK);
  for (int iteration = 0; iteration < 3; iteration++) {
    for (int block = 0; block < 4; block++)
      for (int r = 0; r < ROWS / 12; r++) {
        real row[DIM];
        for (int i = 0; i < DIM; i++)
          row[i] = sample((iteration * 4 + block) * ROWS / 12 + r, i);
        idr_moments_add(m, block, row, 1);
      }
    assert_int_equal(idr_moments_merge(m, &team), IDR_STATUS_OK);
  }
  for (int i = 0; i < DIM; i++) {
    double mean = 0, square = 0;
    for (int r = 0; r < ROWS; r++)
      mean += (double)sample(r, i) / ROWS;
    for (int r = 0; r < ROWS; r++)
      square += pow((double)sample(r, i) - mean, 2) / ROWS;
    assert_near(m->mean[i], mean, 1e-9 * (1 + fabs(mean)));
    assert_near(m->variance[i], square, 1e-7 * square);
    assert_near((double)m->scale[i], 1 / sqrt(square), 1e-6);
  }
  idr_moments_destroy(m);
}

static void starts_from_ranges_and_restores(void **state) {
  (void)state;
  float low[2] = {0, 10}, high[2] = {4, 30};
  double saved[5];
  idr_moments *m, *copy;
  assert_int_equal(idr_moments_create(2, 1, low, high, 100, &m), IDR_STATUS_OK);
  assert_near(m->mean[0], 2, 1e-12);
  assert_near((double)m->scale[1], 0.2, 1e-6);
  assert_int_equal(idr_moments_state_size(m), 5);
  idr_moments_get_state(m, saved);
  assert_int_equal(idr_moments_create(2, 1, NULL, NULL, 0, &copy), IDR_STATUS_OK);
  idr_moments_set_state(copy, saved);
  assert_memory_equal(copy->shift, m->shift, 4 * sizeof(real));
  idr_moments_destroy(m);
  idr_moments_destroy(copy);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(merged_moments_are_those_of_all_rows),
      cmocka_unit_test(starts_from_ranges_and_restores),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
