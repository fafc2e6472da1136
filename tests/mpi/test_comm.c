/* Agreement, sums and byte moves over whatever number of ranks this runs with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "comm/comm.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static idr_comm comm;

static idr_status fail_here(const char *text) {
  IDR_FAIL(IDR_STATUS_CONFIG, "%s", text);
}

static void test_agree_on_success(void **state) {
  (void)state;
  assert_int_equal(idr_comm_agree(&comm, IDR_STATUS_OK), IDR_STATUS_OK);
}

static void test_agree_tells_the_cause_everywhere(void **state) {
  (void)state;
  int culprit = comm.size - 1;
  idr_status status = comm.rank == culprit ? fail_here("the cause") : IDR_STATUS_OK;
  status = idr_comm_agree(&comm, status);
  assert_int_equal(status, comm.rank == culprit ? IDR_STATUS_CONFIG : IDR_STATUS_REMOTE);
  assert_string_equal(idr_error_get()->message, "the cause");
}

static void test_agree_prefers_the_lowest_rank(void **state) {
  (void)state;
  char text[32];
  snprintf(text, sizeof(text), "rank %d", comm.rank);
  idr_status status = idr_comm_agree(&comm, fail_here(text));
  assert_int_equal(status, comm.rank == 0 ? IDR_STATUS_CONFIG : IDR_STATUS_REMOTE);
  assert_string_equal(idr_error_get()->message, "rank 0");
}

/* Terms whose sum depends on the order, so that a wrong tree shows in the bits. */
static float term(int rank, size_t i) {
  float scale = rank % 2 == 0 ? 1.0e7f : 0.3f;
  return scale * (1.0f + 0.1f * (float)rank) / (1.0f + (float)i);
}

static float tree_float(int first, int count, size_t i) {
  if (count == 1) return term(first, i);
  int half = count / 2;
  return tree_float(first, half, i) + tree_float(first + half, half, i);
}

static void test_tree_sum_has_the_bits_of_the_tree(void **state) {
  (void)state;
  enum { N = 1000 };
  float data[N];
  float scratch[N];
  for (size_t i = 0; i < N; i++)
    data[i] = term(comm.rank, i);
  assert_int_equal(idr_comm_tree_sum_float(&comm, data, scratch, N), IDR_STATUS_OK);
  for (size_t i = 0; i < N; i++) {
    float expected = tree_float(0, comm.size, i);
    assert_memory_equal(&data[i], &expected, sizeof(float));
  }
}

static void test_tree_sum_of_doubles(void **state) {
  (void)state;
  double data[3] = {1.0 + comm.rank, 0.5, -2.0};
  double scratch[3];
  assert_int_equal(idr_comm_tree_sum_double(&comm, data, scratch, 3), IDR_STATUS_OK);
  double n = comm.size;
  assert_true(data[0] == n + n * (n - 1.0) / 2.0);
  assert_true(data[1] == 0.5 * n);
  assert_true(data[2] == -2.0 * n);
}

static void test_min_mean_max(void **state) {
  (void)state;
  double out[3];
  assert_int_equal(idr_comm_min_mean_max(&comm, 1.0 + comm.rank, out), IDR_STATUS_OK);
  assert_true(out[0] == 1.0);
  assert_true(out[1] == (1.0 + comm.size) / 2.0);
  assert_true(out[2] == (double)comm.size);
}

static void test_sum_of_integers(void **state) {
  (void)state;
  int64_t data[2] = {(int64_t)1 << 40, comm.rank};
  assert_int_equal(idr_comm_sum_int64(&comm, data, 2), IDR_STATUS_OK);
  assert_true(data[0] == ((int64_t)1 << 40) * comm.size);
  assert_true(data[1] == (int64_t)comm.size * (comm.size - 1) / 2);
}

static void test_rank_zero_decides(void **state) {
  (void)state;
  bool value = comm.rank == 0;
  assert_int_equal(idr_comm_decide(&comm, &value), IDR_STATUS_OK);
  assert_true(value);
  value = comm.rank != 0;
  assert_int_equal(idr_comm_decide(&comm, &value), IDR_STATUS_OK);
  assert_false(value);
}

/* Rank r holds 3 r + 1 bytes of value r; the round trip must bring each its own. */
static void test_gather_and_scatter(void **state) {
  (void)state;
  size_t bytes = 3 * (size_t)comm.rank + 1;
  char mine[64];
  memset(mine, 'a' + comm.rank, sizeof(mine));
  void *all = NULL;
  size_t total = 0;
  assert_int_equal(idr_comm_gather_bytes(&comm, mine, bytes, &all, &total), IDR_STATUS_OK);
  if (comm.rank == 0) {
    size_t at = 0;
    for (int r = 0; r < comm.size; r++)
      for (int k = 0; k < 3 * r + 1; k++)
        assert_int_equal(((char *)all)[at++], 'a' + r);
    assert_int_equal(at, total);
  } else {
    assert_null(all);
  }
  char back[64] = {0};
  assert_int_equal(idr_comm_scatter_bytes(&comm, all, back, bytes), IDR_STATUS_OK);
  assert_memory_equal(back, mine, bytes);
  assert_int_equal(back[bytes], 0);
  free(all);
}

static void test_broadcast_from_the_last_rank(void **state) {
  (void)state;
  int value = comm.rank;
  assert_int_equal(idr_comm_broadcast(&comm, &value, sizeof(value), comm.size - 1), IDR_STATUS_OK);
  assert_int_equal(value, comm.size - 1);
  assert_int_equal(idr_comm_barrier(&comm), IDR_STATUS_OK);
}

/* Nobody leaves a rest before the last rank has come: rank 0 comes late, with a file. */
static void test_rest_waits_for_the_last(void **state) {
  (void)state;
  char name[64];
  long id = (long)getpid();
  assert_int_equal(idr_comm_broadcast(&comm, &id, sizeof(id), 0), IDR_STATUS_OK);
  snprintf(name, sizeof(name), "/tmp/idrill-rest-%ld", id);
  if (comm.rank == 0) {
    const struct timespec late = {.tv_nsec = 50000000};
    nanosleep(&late, NULL);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fclose(file);
  }
  assert_int_equal(idr_comm_rest(&comm), IDR_STATUS_OK);
  bool seen = access(name, F_OK) == 0;
  assert_int_equal(idr_comm_rest(&comm), IDR_STATUS_OK);
  if (comm.rank == 0) remove(name);
  assert_true(seen);
}

static void test_self_needs_no_messages(void **state) {
  (void)state;
  idr_comm self = idr_comm_self();
  float data = 2.5f;
  float scratch;
  assert_int_equal(idr_comm_tree_sum_float(&self, &data, &scratch, 1), IDR_STATUS_OK);
  assert_true(data == 2.5f);
  assert_int_equal(idr_comm_agree(&self, fail_here("alone")), IDR_STATUS_CONFIG);
}

static void test_three_ranks_are_refused_for_sums(void **state) {
  (void)state;
  idr_comm three = comm;
  three.size = 3;
  float data = 0.0f;
  float scratch;
  assert_int_equal(idr_comm_tree_sum_float(&three, &data, &scratch, 1), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "has 3"));
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_agree_on_success),
      cmocka_unit_test(test_agree_tells_the_cause_everywhere),
      cmocka_unit_test(test_agree_prefers_the_lowest_rank),
      cmocka_unit_test(test_tree_sum_has_the_bits_of_the_tree),
      cmocka_unit_test(test_tree_sum_of_doubles),
      cmocka_unit_test(test_min_mean_max),
      cmocka_unit_test(test_sum_of_integers),
      cmocka_unit_test(test_rank_zero_decides),
      cmocka_unit_test(test_gather_and_scatter),
      cmocka_unit_test(test_broadcast_from_the_last_rank),
      cmocka_unit_test(test_rest_waits_for_the_last),
      cmocka_unit_test(test_self_needs_no_messages),
      cmocka_unit_test(test_three_ranks_are_refused_for_sums),
  };
  if (idr_comm_start(&argc, &argv, &comm) != IDR_STATUS_OK) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  idr_comm_finish(&comm);
  return failed;
}
