/* Blocks, trees and who owns what. */
#include "support/test.h"
#include "train/team.h"

#include <stdlib.h>
#include <string.h>

static real reference_tree(const real *x, int n) {
  /* Pairs of neighbours, then pairs of pairs; odd ones wait and are added from the right. */
  if (n == 1) return x[0];
  int half = 1;
  while (half * 2 < n)
    half *= 2;
  return reference_tree(x, half) + reference_tree(x + half, n - half);
}

static void tree_adds_like_the_recursion(void **state) {
  (void)state;
  real x[37], levels[32];
  for (int i = 0; i < 37; i++)
    x[i] = (real)1 / (real)(3 + 7 * i);
  for (int n = 1; n <= 37; n++) {
    idr_tree tree;
    idr_tree_begin(&tree, levels, 1);
    for (int i = 0; i < n; i++) {
      *idr_tree_slot(&tree) = x[i];
      idr_tree_push(&tree);
    }
    real expected = reference_tree(x, n), got = *idr_tree_end(&tree);
    assert_memory_equal(&got, &expected, sizeof got);
  }
}

static void empty_tree_is_zero(void **state) {
  (void)state;
  real levels[32 * 3] = {1, 2, 3};
  idr_tree tree;
  idr_tree_begin(&tree, levels, 3);
  const real *sum = idr_tree_end(&tree);
  for (int i = 0; i < 3; i++)
    assert_true(sum[i] == 0);
}

static void block_tree_does_not_depend_on_ranges(void **state) {
  (void)state;
  real whole[8][10], parts[8][10], *a[8], *b[8];
  for (int i = 0; i < 8; i++) {
    for (int k = 0; k < 10; k++)
      whole[i][k] = parts[i][k] = (real)1 / (real)(1 + i * 10 + k);
    a[i] = whole[i];
    b[i] = parts[i];
  }
  idr_tree_reduce_blocks(a, 8, 0, 10);
  idr_tree_reduce_blocks(b, 8, 0, 3);
  idr_tree_reduce_blocks(b, 8, 3, 10);
  assert_memory_equal(whole[0], parts[0], sizeof whole[0]);
}

static void counts_that_do_not_divide_are_refused(void **state) {
  (void)state;
  idr_comm comm = idr_comm_self();
  idr_team team;
  assert_int_equal(idr_team_create(&comm, 1, 6, &team), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "power of two"));
  assert_int_equal(idr_team_create(&comm, 3, 8, &team), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "1, 2, 4"));
  assert_int_equal(idr_team_create(&comm, 16, 8, &team), IDR_STATUS_CONFIG);
  assert_int_equal(idr_team_create(&comm, 2, 8, &team), IDR_STATUS_OK);
  int begin, end;
  idr_team_thread_blocks(&team, 1, &begin, &end);
  assert_int_equal(begin, 4);
  assert_int_equal(end, 8);
}

/* Thread 1 finds thread 0 held up after its first block, and helps. */
static void blocks_of_a_late_thread_are_done_by_others(void **state) {
  (void)state;
  idr_comm comm = idr_comm_self();
  idr_team team;
  uint32_t taken[8] = {0};
  assert_int_equal(idr_team_create(&comm, 2, 8, &team), IDR_STATUS_OK);
  for (uint32_t round = 1; round < 4; round++) {
    idr_team_round late = idr_team_round_begin(&team, 0, round, taken);
    idr_team_round early = idr_team_round_begin(&team, 1, round, taken);
    assert_int_equal(idr_team_round_next(&late), 0);
    for (int block = 4; block < 8; block++)
      assert_int_equal(idr_team_round_next(&early), block);
    assert_int_equal(idr_team_round_next(&early), 1);
    assert_int_equal(idr_team_round_next(&late), 2);
    assert_int_equal(idr_team_round_next(&late), 3);
    assert_int_equal(idr_team_round_next(&late), -1);
    assert_int_equal(idr_team_round_next(&early), -1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tree_adds_like_the_recursion),
      cmocka_unit_test(empty_tree_is_zero),
      cmocka_unit_test(block_tree_does_not_depend_on_ranges),
      cmocka_unit_test(counts_that_do_not_divide_are_refused),
      cmocka_unit_test(blocks_of_a_late_thread_are_done_by_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
