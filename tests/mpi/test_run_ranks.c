/* A run's folder seen from several ranks: one makes it, all agree. */
#include "base/file.h"
#include "support/test.h"
#include "track/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static idr_comm comm;

static char base[64];
static idr_run_settings settings;
static const idr_section section = {"run", "", idr_run_rows, 0, &settings};

/* Rank 0 makes a folder of its own for the test and tells the name. */
static int setup(void **state) {
  idr_section all = section;
  char override[128];
  const char *overrides[1] = {override};
  (void)state;
  all.row_count = idr_run_row_count;
  snprintf(base, sizeof(base), "/tmp/idr-ranks-XXXXXX");
  if (comm.rank == 0 && !mkdtemp(base)) return -1;
  if (idr_comm_broadcast(&comm, base, sizeof(base), 0) != IDR_STATUS_OK) return -1;
  snprintf(override, sizeof(override), "run.folder=%s/run", base);
  return idr_settings_load(&all, 1, NULL, overrides, 1) == IDR_STATUS_OK ? 0 : -1;
}

static int teardown(void **state) {
  char command[128];
  (void)state;
  if (idr_comm_barrier(&comm) != IDR_STATUS_OK) return -1;
  snprintf(command, sizeof(command), "rm -rf '%s'", base);
  return comm.rank == 0 ? system(command) : 0;
}

static idr_status open_run(idr_run **run) {
  idr_section all = section;
  all.row_count = idr_run_row_count;
  return idr_run_open(&comm, "toy", "task", &settings, NULL, &all, 1, run);
}

static void test_all_ranks_know_the_folder(void **state) {
  (void)state;
  char expected[96];
  idr_run *run = NULL;
  snprintf(expected, sizeof(expected), "%s/run", base);
  assert_int_equal(open_run(&run), IDR_STATUS_OK);
  assert_string_equal(idr_run_folder(run), expected);
  idr_run_metric(run, IDR_METRIC_RESULT, "score", 1, 1.0);
  assert_int_equal(idr_run_flush(run), IDR_STATUS_OK);
  assert_int_equal(idr_run_finish(run, IDR_RUN_FINISHED, ""), IDR_STATUS_OK);
  assert_true(idr_file_exists(idr_run_path(run, "summary.json")));
  idr_run_close(run);
}

static void test_all_ranks_hear_why_a_folder_is_refused(void **state) {
  (void)state;
  idr_run *run = NULL;
  settings.resume = IDR_RESUME_MUST;
  idr_status status = open_run(&run);
  settings.resume = IDR_RESUME_AUTO;
  assert_int_equal(status, comm.rank == 0 ? IDR_STATUS_CONFIG : IDR_STATUS_REMOTE);
  assert_non_null(strstr(idr_error_get()->message, "there is no folder"));
  assert_null(run);
}

static void test_all_ranks_stop_together(void **state) {
  (void)state;
  idr_run *run = NULL;
  bool stop = true;
  assert_int_equal(open_run(&run), IDR_STATUS_OK);
  assert_int_equal(idr_run_should_stop(run, &stop), IDR_STATUS_OK);
  assert_false(stop);
  if (comm.rank == comm.size - 1)
    assert_int_equal(idr_file_write(idr_run_path(run, "stop"), "", 0), IDR_STATUS_OK);
  assert_int_equal(idr_comm_barrier(&comm), IDR_STATUS_OK);
  assert_int_equal(idr_run_should_stop(run, &stop), IDR_STATUS_OK);
  assert_true(stop);
  assert_string_equal(idr_run_stop_reason(run), "stop file");
  idr_run_close(run);
}

static void test_one_rank_alone_leaves_its_cause(void **state) {
  (void)state;
  idr_run *run = NULL;
  bool first = false;
  assert_int_equal(open_run(&run), IDR_STATUS_OK);
  if (comm.rank == comm.size - 1) {
    assert_int_equal(idr_run_fail_alone(run, "the last rank fell", &first), IDR_STATUS_OK);
    assert_true(first);
  }
  assert_int_equal(idr_comm_barrier(&comm), IDR_STATUS_OK);
  assert_int_equal(idr_run_fail_alone(run, "another cause", &first), IDR_STATUS_OK);
  assert_false(first);
  assert_true(idr_file_exists(idr_run_path(run, "error.txt")));
  idr_run_close(run);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      CASE(test_all_ranks_know_the_folder),
      CASE(test_all_ranks_hear_why_a_folder_is_refused),
      CASE(test_all_ranks_stop_together),
      CASE(test_one_rank_alone_leaves_its_cause),
  };
  if (idr_comm_start(&argc, &argv, &comm) != IDR_STATUS_OK) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  idr_comm_finish(&comm);
  return failed;
}
