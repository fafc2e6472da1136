/* What jobs share: the command line, the number of threads, banner and table in the log. */
#include "base/cpu.h"
#include "base/file.h"
#include "jobs/job.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static idr_job_context context;

static void assert_message_has(const char *part) {
  if (!strstr(idr_error_get()->message, part))
    fail_msg("message '%s' does not say '%s'", idr_error_get()->message, part);
}

/* ---- command line ---------------------------------------------------------------------------- */

static void test_words_are_sorted(void **state) {
  (void)state;
  char *argv[] = {"ppo.steps=5", "a.yaml", "run.seed=2"};
  idr_job_line line;
  assert_int_equal(idr_job_parse(3, argv, &line), IDR_STATUS_OK);
  assert_string_equal(line.config, "a.yaml");
  assert_int_equal(line.override_count, 2);
  assert_string_equal(line.overrides[0], "ppo.steps=5");
  assert_string_equal(line.overrides[1], "run.seed=2");
}

static void test_no_words_are_fine(void **state) {
  (void)state;
  idr_job_line line;
  assert_int_equal(idr_job_parse(0, NULL, &line), IDR_STATUS_OK);
  assert_null(line.config);
  assert_int_equal(line.override_count, 0);
}

static void test_options_and_second_files_are_refused(void **state) {
  (void)state;
  char *option[] = {"--steps=5"};
  char *two[] = {"a.yaml", "b.yaml"};
  idr_job_line line;
  assert_int_equal(idr_job_parse(1, option, &line), IDR_STATUS_CONFIG);
  assert_message_has("unknown option '--steps=5'");
  assert_int_equal(idr_job_parse(2, two, &line), IDR_STATUS_CONFIG);
  assert_message_has("'a.yaml' and 'b.yaml'");
}

static void test_settings_are_agreed_on(void **state) {
  (void)state;
  idr_run_settings run;
  idr_section section = {"run", "", idr_run_rows, idr_run_row_count, &run};
  /* Only the last rank is wrong; all must hear of it. */
  char *argv[] = {context.comm.rank == context.comm.size - 1 ? "run.sed=1" : "run.seed=1"};
  assert_int_not_equal(idr_job_load(&context, 1, argv, &section, 1), IDR_STATUS_OK);
  assert_message_has("run.sed");
}

/* ---- threads --------------------------------------------------------------------------------- */

static void test_named_threads_are_taken(void **state) {
  (void)state;
  int threads = 0;
  assert_int_equal(idr_job_threads(&context, 3, 8, &threads), IDR_STATUS_OK);
  assert_int_equal(threads, 3);
  setenv("OMP_NUM_THREADS", "5", 1);
  assert_int_equal(idr_job_threads(&context, 0, 8, &threads), IDR_STATUS_OK);
  unsetenv("OMP_NUM_THREADS");
  assert_int_equal(threads, 5);
}

/* All ranks of this test share the processors of one machine. */
static void test_chosen_threads_fit_machine_and_blocks(void **state) {
  (void)state;
  int threads = 0;
  int share = idr_cpu_allowed() / context.comm.size;
  unsetenv("OMP_NUM_THREADS");
  assert_int_equal(idr_job_threads(&context, 0, 1024, &threads), IDR_STATUS_OK);
  assert_true(threads >= 1 && (threads & (threads - 1)) == 0);
  assert_true(threads <= (share > 1 ? share : 1));
  assert_true(2 * threads > share);
  assert_int_equal(idr_job_threads(&context, 0, context.comm.size, &threads), IDR_STATUS_OK);
  assert_int_equal(threads, 1);
}

/* ---- banner and table ------------------------------------------------------------------------ */

static void test_durations(void **state) {
  (void)state;
  char text[32];
  idr_job_format_duration(0.4, text, sizeof(text));
  assert_string_equal(text, "0 s");
  idr_job_format_duration(59.6, text, sizeof(text));
  assert_string_equal(text, "1 min 00 s");
  idr_job_format_duration(725.0, text, sizeof(text));
  assert_string_equal(text, "12 min 05 s");
  idr_job_format_duration(12000.0, text, sizeof(text));
  assert_string_equal(text, "3 h 20 min");
  idr_job_format_duration(-1.0, text, sizeof(text));
  assert_string_equal(text, "0 s");
}

typedef struct {
  char base[64];
  idr_run_settings settings;
  idr_section section;
  idr_run *run;
} bench;

static void open_bench(bench *b) {
  char override[128];
  const char *overrides[1] = {override};
  memset(b, 0, sizeof(*b));
  snprintf(b->base, sizeof(b->base), "/tmp/idr-job-XXXXXX");
  if (context.comm.rank == 0) assert_non_null(mkdtemp(b->base));
  assert_int_equal(idr_comm_broadcast(&context.comm, b->base, sizeof(b->base), 0), IDR_STATUS_OK);
  snprintf(override, sizeof(override), "run.folder=%s/run", b->base);
  b->section = (idr_section){"run", "", idr_run_rows, idr_run_row_count, NULL};
  b->section.values = &b->settings;
  assert_int_equal(idr_settings_load(&b->section, 1, NULL, overrides, 1), IDR_STATUS_OK);
  assert_int_equal(
      idr_run_open(&context.comm, "toy", "task", &b->settings, NULL, &b->section, 1, &b->run),
      IDR_STATUS_OK);
}

/* Closes, and gives rank 0 the log, which the caller frees; NULL elsewhere. */
static char *close_bench(bench *b) {
  char command[128];
  char *text = NULL;
  size_t bytes = 0;
  assert_int_equal(idr_run_flush(b->run), IDR_STATUS_OK);
  if (context.comm.rank == 0)
    assert_int_equal(idr_file_read(idr_run_path(b->run, "log.txt"), 1 << 20, &text, &bytes),
                     IDR_STATUS_OK);
  idr_run_close(b->run);
  snprintf(command, sizeof(command), "rm -rf '%s'", b->base);
  if (context.comm.rank == 0) assert_int_equal(system(command), 0);
  return text;
}

static void test_banner_says_who_runs_where(void **state) {
  (void)state;
  bench b;
  open_bench(&b);
  int many = idr_cpu_allowed() + 1;
  char ranks[32];
  snprintf(ranks, sizeof(ranks), "ranks        %d on 1 host", context.comm.size);
  assert_int_equal(idr_job_banner(&context, b.run, many, 7, &b.section, 1), IDR_STATUS_OK);
  char *log = close_bench(&b);
  if (!log) return;
  assert_non_null(strstr(log, "idrill 0."));
  assert_non_null(strstr(log, ranks));
  assert_non_null(strstr(log, "command      toy job.yaml"));
  assert_non_null(strstr(log, "BLAS"));
  assert_non_null(strstr(log, "seed         7"));
  assert_non_null(strstr(log, "checkpoint_every"));
  assert_non_null(strstr(log, "warning: "));
  free(log);
}

static void test_table_adds_up(void **state) {
  (void)state;
  bench b;
  open_bench(&b);
  idr_profile_row rows[2] = {{"rollout", 10, 6.0, 6.0}, {"update", 10, 3.0, 3.0}};
  assert_int_equal(idr_job_table(&context, b.run, rows, 2, 10.0), IDR_STATUS_OK);
  char *log = close_bench(&b);
  if (!log) return;
  double total = 0.0;
  double share[4] = {0};
  const char *names[4] = {"\nrollout ", "\nupdate ", "\nrest ", "\nall "};
  for (int i = 0; i < 4; i++) {
    const char *row = strstr(log, names[i]);
    assert_non_null(row);
    assert_int_equal(sscanf(row, "%*s %*d %*f %*f %*f %lf", &share[i]), 1);
    total += i < 3 ? share[i] : 0.0;
  }
  assert_true(share[0] == 60.0 && share[1] == 30.0 && share[2] == 10.0 && share[3] == 100.0);
  assert_true(total == 100.0);
  free(log);
}

int main(int argc, char **argv) {
  static char *words[] = {"toy", "job.yaml"};
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_words_are_sorted),
      cmocka_unit_test(test_no_words_are_fine),
      cmocka_unit_test(test_options_and_second_files_are_refused),
      cmocka_unit_test(test_settings_are_agreed_on),
      cmocka_unit_test(test_named_threads_are_taken),
      cmocka_unit_test(test_chosen_threads_fit_machine_and_blocks),
      cmocka_unit_test(test_durations),
      cmocka_unit_test(test_banner_says_who_runs_where),
      cmocka_unit_test(test_table_adds_up),
  };
  context.argc = 2;
  context.argv = words;
  if (idr_comm_start(&argc, &argv, &context.comm) != IDR_STATUS_OK) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  idr_comm_finish(&context.comm);
  return failed;
}
