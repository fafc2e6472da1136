/* The folder of a run: names, lock, resume rules, settings of earlier starts, metrics, summary. */
#include "base/file.h"
#include "base/stop.h"
#include "support/test.h"
#include "track/run.h"

#include <ftw.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define TOY_SETTINGS(X)                                                                            \
  X(INT, horizon, "", "32", 1, 4096, "", "steps")                                                  \
  X(REAL, wob_max, "klbf", "25 klbf", 0, 100, "", "most weight on bit")
IDR_SETTINGS_STRUCT(toy_settings, TOY_SETTINGS);
#define idr_row_type toy_settings
static const idr_setting toy_rows[] = {TOY_SETTINGS(IDR_SETTING_ROW)};

typedef struct {
  char base[64];
  char folder[96]; /* not made yet */
  idr_comm comm;
  idr_run_settings run;
  toy_settings toy;
  idr_section sections[2];
} bench;

static int setup(void **state) {
  bench *b = calloc(1, sizeof(*b));
  if (!b) return -1;
  snprintf(b->base, sizeof(b->base), "/tmp/idr-run-XXXXXX");
  if (!mkdtemp(b->base)) return -1;
  snprintf(b->folder, sizeof(b->folder), "%s/run", b->base);
  b->comm = idr_comm_self();
  b->sections[0] = (idr_section){"run", "", idr_run_rows, idr_run_row_count, &b->run};
  b->sections[1] = (idr_section)IDR_SECTION("toy", "", toy_rows, &b->toy);
  *state = b;
  return idr_settings_load(b->sections, 2, NULL, NULL, 0) == IDR_STATUS_OK ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info;
  (void)kind;
  (void)at;
  return remove(path);
}

static int teardown(void **state) {
  bench *b = *state;
  int failed = nftw(b->base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  free(b);
  idr_stop_reset();
  return failed;
}

/* Loads the settings anew with one override beside the folder, and opens the run. */
static idr_status open_run(bench *b, const char *override, idr_run **run) {
  char folder[160];
  snprintf(folder, sizeof(folder), "run.folder=%s", b->folder);
  const char *overrides[2] = {folder, override};
  *run = NULL;
  IDR_TRY(idr_settings_load(b->sections, 2, NULL, overrides, override ? 2 : 1));
  IDR_TRY(idr_run_open(&b->comm, "toy", "task", &b->run, NULL, b->sections, 2, run));
  return IDR_STATUS_OK;
}

static idr_run *must_open(bench *b, const char *override) {
  idr_run *run = NULL;
  idr_status status = open_run(b, override, &run);
  if (status != IDR_STATUS_OK) fail_msg("%s", idr_error_get()->message);
  return run;
}

static void must_refuse(bench *b, const char *override, const char *why) {
  idr_run *run = NULL;
  assert_int_equal(open_run(b, override, &run), IDR_STATUS_CONFIG);
  assert_null(run);
  if (!strstr(idr_error_get()->message, why))
    fail_msg("message '%s' does not say '%s'", idr_error_get()->message, why);
}

static void must_log(const bench *b, const char *words) {
  char path[160];
  char *text = NULL;
  size_t bytes = 0;
  snprintf(path, sizeof(path), "%s/log.txt", b->folder);
  assert_int_equal(idr_file_read(path, 1 << 20, &text, &bytes), IDR_STATUS_OK);
  if (!strstr(text, words)) fail_msg("log.txt does not say '%s'", words);
  free(text);
}

/* A file that stands for a checkpoint: the run only looks whether there is one. */
static void fake_checkpoint(const bench *b) {
  char path[160];
  snprintf(path, sizeof(path), "%s/checkpoint/latest", b->folder);
  assert_int_equal(idr_file_write(path, "x", 1), IDR_STATUS_OK);
}

static json_t *read_summary(const bench *b) {
  char path[160];
  snprintf(path, sizeof(path), "%s/summary.json", b->folder);
  json_t *root = json_load_file(path, 0, NULL);
  assert_non_null(root);
  return root;
}

static const char *text_in(const json_t *root, const char *key) {
  return json_string_value(json_object_get(root, key));
}

/* ---- folder ---------------------------------------------------------------------------------- */

static void test_new_folder_holds_settings_and_summary(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  assert_string_equal(idr_run_folder(run), b->folder);
  assert_false(idr_run_resumes(run));
  assert_true(idr_file_exists(idr_run_path(run, "settings.yaml")));
  json_t *root = read_summary(b);
  assert_string_equal(text_in(root, "status"), "running");
  assert_string_equal(text_in(root, "job"), "toy");
  json_decref(root);
  idr_run_close(run);
}

static void test_slurm_letters(void **state) {
  bench *b = *state;
  idr_run *run = NULL;
  size_t end = strlen(b->folder);
  strcpy(b->folder + end, "-%j");
  unsetenv("SLURM_JOB_ID");
  must_refuse(b, NULL, "SLURM_JOB_ID");
  setenv("SLURM_JOB_ID", "4711", 1);
  assert_int_equal(open_run(b, NULL, &run), IDR_STATUS_OK);
  assert_non_null(strstr(idr_run_folder(run), "run-4711"));
  idr_run_close(run);
  unsetenv("SLURM_JOB_ID");
  strcpy(b->folder + end, "-%x");
  must_refuse(b, NULL, "comes j");
}

static void test_auto_folders_do_not_meet(void **state) {
  bench *b = *state;
  char here[1024];
  idr_run *runs[2] = {NULL, NULL};
  assert_non_null(getcwd(here, sizeof(here)));
  assert_int_equal(chdir(b->base), 0);
  strcpy(b->folder, "auto");
  for (int i = 0; i < 2; i++)
    assert_int_equal(open_run(b, NULL, &runs[i]), IDR_STATUS_OK);
  assert_memory_equal(idr_run_folder(runs[0]), "runs/toy-task-20", 16);
  assert_string_not_equal(idr_run_folder(runs[0]), idr_run_folder(runs[1]));
  idr_run_close(runs[0]);
  idr_run_close(runs[1]);
  assert_int_equal(chdir(here), 0);
}

static void test_second_live_process_is_refused(void **state) {
  bench *b = *state;
  char pid[32];
  snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
  idr_run *run = must_open(b, NULL);
  must_refuse(b, NULL, pid);
  idr_run_close(run);
  idr_run_close(must_open(b, NULL));
}

/* ---- resume ---------------------------------------------------------------------------------- */

static void test_resume_rules(void **state) {
  bench *b = *state;
  must_refuse(b, "run.resume=must", "there is no folder");
  assert_false(idr_file_exists(b->folder));
  assert_int_equal(idr_file_make_folders(b->folder), IDR_STATUS_OK);
  must_refuse(b, "run.resume=must", "no checkpoint");
  idr_run *run = must_open(b, "run.resume=auto");
  assert_false(idr_run_resumes(run));
  idr_run_close(run);
  must_refuse(b, "run.resume=never", "holds a run already");
  fake_checkpoint(b);
  run = must_open(b, "run.resume=must");
  assert_true(idr_run_resumes(run));
  idr_run_close(run);
  must_refuse(b, "run.resume=never", "holds a run already");
}

static void test_changed_settings_are_named(void **state) {
  bench *b = *state;
  idr_run_close(must_open(b, "toy.horizon=16"));
  fake_checkpoint(b);
  must_refuse(b, "toy.horizon=64", "toy.horizon: was 16, is now 64");
  must_refuse(b, "run.seed=2", "run.seed: was 1, is now 2");
  idr_run_close(must_open(b, "toy.horizon=16"));
}

static void test_changes_of_section_run_are_allowed(void **state) {
  bench *b = *state;
  idr_run_close(must_open(b, NULL));
  fake_checkpoint(b);
  idr_run *run = must_open(b, "run.checkpoint_every=17 s");
  assert_true(idr_run_resumes(run));
  idr_run_close(run);
}

/* Without a checkpoint nothing of the earlier start is worth keeping: other settings are fine. */
static void test_settings_are_free_before_the_first_checkpoint(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, "toy.horizon=16");
  idr_run_metric(run, IDR_METRIC_RESULT, "old", 1, 1.0);
  idr_run_close(run);
  run = must_open(b, "toy.horizon=64");
  assert_int_equal(idr_run_flush(run), IDR_STATUS_OK);
  char *text = NULL;
  size_t bytes = 1;
  assert_int_equal(idr_file_read(idr_run_path(run, "metrics"), 1 << 20, &text, &bytes),
                   IDR_STATUS_OK);
  assert_int_equal(bytes, 0);
  free(text);
  idr_run_close(run);
}

/* ---- metrics --------------------------------------------------------------------------------- */

/* The caller frees. */
static char *metrics_text(idr_run *run) {
  char *text = NULL;
  size_t bytes = 0;
  assert_int_equal(idr_run_flush(run), IDR_STATUS_OK);
  if (idr_file_read(idr_run_path(run, "metrics"), 1 << 20, &text, &bytes) != IDR_STATUS_OK)
    fail_msg("%s", idr_error_get()->message);
  return text;
}

static int count_of(const char *text, const char *part) {
  int n = 0;
  size_t length = strlen(part);
  for (; *text; text++)
    n += strncmp(text, part, length) == 0;
  return n;
}

static void test_metrics_read_back_to_the_same_bits(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  idr_run_metric(run, IDR_METRIC_RESULT, "a/b", 3, 0.1 + 0.2);
  char *text = metrics_text(run);
  json_t *line = json_loads(text, 0, NULL);
  assert_non_null(line);
  assert_string_equal(text_in(line, "kind"), "result");
  assert_string_equal(text_in(line, "key"), "a/b");
  assert_int_equal(json_integer_value(json_object_get(line, "step")), 3);
  assert_true(json_real_value(json_object_get(line, "value")) == 0.1 + 0.2);
  json_decref(line);
  free(text);
  idr_run_close(run);
}

static void test_numbers_that_are_none_become_words(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  idr_run_metric(run, IDR_METRIC_TIMING, "x", 1, (double)NAN);
  idr_run_metric(run, IDR_METRIC_TIMING, "x", 2, (double)INFINITY);
  idr_run_metric(run, IDR_METRIC_TIMING, "x", 3, -(double)INFINITY);
  char *text = metrics_text(run);
  assert_int_equal(count_of(text, "\"nan\""), 1);
  assert_int_equal(count_of(text, "\"inf\""), 1);
  assert_int_equal(count_of(text, "\"-inf\""), 1);
  free(text);
  idr_run_close(run);
}

/* Steps 1 to 5 are written, the checkpoint is of step 3, the second start does 4 and 5 again. */
static void test_resume_writes_no_metric_twice(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  for (int64_t step = 1; step <= 5; step++) {
    idr_run_metric(run, IDR_METRIC_RESULT, "score", step, (double)step);
    idr_run_metric(run, IDR_METRIC_TIMING, "rate", step, (double)step);
  }
  idr_run_close(run);
  fake_checkpoint(b);
  run = must_open(b, NULL);
  assert_int_equal(idr_run_metrics_truncate(run, 3), IDR_STATUS_OK);
  char *text = metrics_text(run);
  assert_int_equal(count_of(text, "\"score\""), 3);
  assert_int_equal(count_of(text, "\"rate\""), 5);
  free(text);
  for (int64_t step = 3; step <= 6; step++) {
    idr_run_metric(run, IDR_METRIC_RESULT, "score", step, (double)step);
    idr_run_metric(run, IDR_METRIC_TIMING, "rate", step, (double)step);
  }
  text = metrics_text(run);
  assert_int_equal(count_of(text, "\"score\""), 6);
  assert_int_equal(count_of(text, "\"rate\""), 6);
  free(text);
  idr_run_close(run);
}

static void test_line_cut_by_a_crash_is_dropped(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  idr_run_metric(run, IDR_METRIC_RESULT, "score", 1, 1.0);
  char path[256];
  snprintf(path, sizeof(path), "%s", idr_run_path(run, "metrics"));
  idr_run_close(run);
  FILE *file = fopen(path, "ab");
  assert_non_null(file);
  assert_true(fputs("{\"kind\": \"res", file) >= 0);
  assert_int_equal(fclose(file), 0);
  fake_checkpoint(b);
  run = must_open(b, NULL);
  idr_run_metric(run, IDR_METRIC_RESULT, "score", 2, 2.0);
  char *text = metrics_text(run);
  assert_int_equal(count_of(text, "\n"), 2);
  assert_int_equal(count_of(text, "\"kind\""), 2);
  free(text);
  idr_run_close(run);
}

/* A limit on the size of files, met while the metrics grow, stands for a full disk: the write is
 * refused, and nothing that lay there before is harmed. */
static void test_refused_write_names_the_file(void **state) {
  bench *b = *state;
  struct rlimit before;
  idr_run *run = must_open(b, NULL);
  assert_int_equal(idr_run_flush(run), IDR_STATUS_OK);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit tight = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
  for (int64_t step = 1; step <= 200; step++)
    idr_run_metric(run, IDR_METRIC_RESULT, "score", step, 1.0);
  idr_status status = idr_run_flush(run);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, handler);
  assert_int_equal(status, IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, idr_run_path(run, "metrics")));
  idr_run_close(run);
}

/* The log is a link to a device that is always full. */
static void test_full_disk_is_told_with_the_file(void **state) {
  bench *b = *state;
  char path[160];
  snprintf(path, sizeof(path), "%s/log.txt", b->folder);
  assert_int_equal(idr_file_make_folders(b->folder), IDR_STATUS_OK);
  assert_int_equal(symlink("/dev/full", path), 0);
  idr_run *run = must_open(b, NULL);
  idr_run_log(run, "a line for a full disk");
  assert_int_equal(idr_run_flush(run), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "No space left"));
  assert_non_null(strstr(idr_error_get()->message, path));
  assert_int_equal(idr_run_finish(run, IDR_RUN_FAILED, "disk full"), IDR_STATUS_IO);
  idr_run_close(run);
  json_t *root = read_summary(b); /* written all the same */
  assert_string_equal(text_in(root, "status"), "failed");
  json_decref(root);
}

static void test_damaged_metrics_are_told(void **state) {
  bench *b = *state;
  char path[160];
  idr_run_close(must_open(b, NULL));
  fake_checkpoint(b);
  snprintf(path, sizeof(path), "%s/metrics", b->folder);
  const char *texts[2] = {"{\"kind\": oops}\n", "[1, 2]\n"};
  for (int i = 0; i < 2; i++) {
    idr_run *run = NULL;
    assert_int_equal(idr_file_write(path, texts[i], strlen(texts[i])), IDR_STATUS_OK);
    assert_int_equal(open_run(b, NULL, &run), IDR_STATUS_FORMAT);
    assert_non_null(strstr(idr_error_get()->message, path));
  }
}

/* ---- stopping and the end -------------------------------------------------------------------- */

static bool should_stop(idr_run *run) {
  bool stop = false;
  assert_int_equal(idr_run_should_stop(run, &stop), IDR_STATUS_OK);
  return stop;
}

static void test_stop_file(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  assert_false(should_stop(run));
  assert_string_equal(idr_run_stop_reason(run), "");
  assert_int_equal(idr_file_write(idr_run_path(run, "stop"), "", 0), IDR_STATUS_OK);
  assert_true(should_stop(run));
  assert_string_equal(idr_run_stop_reason(run), "stop file");
  idr_run_close(run);
  run = must_open(b, NULL);
  assert_false(should_stop(run));
  idr_run_close(run);
}

static void test_stop_by_signal(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  assert_int_equal(idr_stop_install(), IDR_STATUS_OK);
  assert_int_equal(raise(SIGUSR1), 0);
  assert_true(should_stop(run));
  assert_string_equal(idr_run_stop_reason(run), "signal");
  idr_run_close(run);
}

static void test_wall_limit(void **state) {
  bench *b = *state;
  char end[32];
  must_refuse(b, "run.wall_limit=30 s", "must be longer than run.wall_margin");
  idr_run *run = must_open(b, "run.wall_limit=3600 s");
  assert_false(should_stop(run));
  idr_run_close(run);
  snprintf(end, sizeof(end), "%lld", (long long)time(NULL) + 30);
  setenv("SLURM_JOB_END_TIME", end, 1);
  run = must_open(b, NULL); /* the margin of 60 s has begun already */
  assert_true(should_stop(run));
  assert_string_equal(idr_run_stop_reason(run), "wall limit");
  idr_run_close(run);
  must_log(b, "run.wall_margin is 60 s: this run stops at once");
  unsetenv("SLURM_JOB_END_TIME");
}

static void test_checkpoint_is_due_by_the_clock(void **state) {
  bench *b = *state;
  bool due = true;
  idr_run *run = must_open(b, NULL);
  assert_int_equal(idr_run_checkpoint_due(run, &due), IDR_STATUS_OK);
  assert_false(due);
  idr_run_close(run);
  run = must_open(b, "run.checkpoint_every=0 s");
  assert_int_equal(idr_run_checkpoint_due(run, &due), IDR_STATUS_OK);
  assert_true(due);
  idr_run_close(run);
}

static void test_summary_of_a_finished_run(void **state) {
  bench *b = *state;
  idr_run *run = must_open(b, NULL);
  idr_run_result(run, "score", 1.25);
  idr_run_result(run, "broken", (double)NAN);
  idr_run_result_text(run, "model", "model/policy.onnx");
  idr_run_result_text(run, "odd", "caf\xe9");
  assert_int_equal(idr_run_finish(run, IDR_RUN_STOPPED, "signal"), IDR_STATUS_OK);
  idr_run_close(run);
  json_t *root = read_summary(b);
  json_t *results = json_object_get(root, "results");
  assert_string_equal(text_in(root, "status"), "stopped");
  assert_string_equal(text_in(root, "reason"), "signal");
  assert_int_equal(json_integer_value(json_object_get(root, "exit_code")), 75);
  assert_true(json_real_value(json_object_get(results, "score")) == 1.25);
  assert_string_equal(text_in(results, "broken"), "nan");
  assert_string_equal(text_in(results, "model"), "model/policy.onnx");
  assert_string_equal(text_in(results, "odd"), "caf?");
  json_decref(root);
}

static void test_first_cause_of_an_abort_is_kept(void **state) {
  bench *b = *state;
  bool first = false;
  char *text = NULL;
  size_t bytes = 0;
  idr_run *run = must_open(b, NULL);
  assert_int_equal(idr_run_fail_alone(run, "tensor 'loss' is nan", &first), IDR_STATUS_OK);
  assert_true(first);
  assert_int_equal(idr_run_fail_alone(run, "a later cause", &first), IDR_STATUS_OK);
  assert_false(first);
  assert_int_equal(idr_file_read(idr_run_path(run, "error.txt"), 4096, &text, &bytes),
                   IDR_STATUS_OK);
  assert_string_equal(text, "tensor 'loss' is nan");
  free(text);
  json_t *root = read_summary(b);
  assert_string_equal(text_in(root, "status"), "failed");
  assert_string_equal(text_in(root, "reason"), "tensor 'loss' is nan");
  json_decref(root);
  idr_run_close(run);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(test_new_folder_holds_settings_and_summary),
      CASE(test_slurm_letters),
      CASE(test_auto_folders_do_not_meet),
      CASE(test_second_live_process_is_refused),
      CASE(test_resume_rules),
      CASE(test_changed_settings_are_named),
      CASE(test_changes_of_section_run_are_allowed),
      CASE(test_settings_are_free_before_the_first_checkpoint),
      CASE(test_metrics_read_back_to_the_same_bits),
      CASE(test_numbers_that_are_none_become_words),
      CASE(test_resume_writes_no_metric_twice),
      CASE(test_line_cut_by_a_crash_is_dropped),
      CASE(test_damaged_metrics_are_told),
      CASE(test_refused_write_names_the_file),
      CASE(test_full_disk_is_told_with_the_file),
      CASE(test_stop_file),
      CASE(test_stop_by_signal),
      CASE(test_wall_limit),
      CASE(test_checkpoint_is_due_by_the_clock),
      CASE(test_summary_of_a_finished_run),
      CASE(test_first_cause_of_an_abort_is_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
