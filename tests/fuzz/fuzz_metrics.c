/* The metrics file of a run, as an earlier start, a crash or a failing disk left it: shown, gone on
 * with, and cut back. What is appended is found again, whatever stands in front of it. */
#include "base/file.h"
#include "support/fuzz.h"
#include "track/metrics.h"

#include <stdio.h>
#include <string.h>

#define KEY  "fuzz/key that no input has"
#define STEP 7

typedef struct {
  int lines, found;
} seen;

static void count_line(void *context, bool result, const char *key, int64_t step, double value,
                       double t) {
  seen *s = context;
  s->lines++;
  s->found += result && strcmp(key, KEY) == 0 && step == STEP && value == 0.1 && t == 2.5;
}

static seen visit(const char *path) {
  seen s = {0};
  FUZZ_CHECK(idr_metrics_visit(path, count_line, &s) == IDR_STATUS_OK);
  return s;
}

static int count_ends(const uint8_t *data, size_t bytes) {
  int ends = 0;
  for (size_t i = 0; i < bytes; i++)
    ends += data[i] == '\n';
  return ends;
}

/* A file that opens has no damaged line, so every line of it was shown, and stays. */
static void go_on(const char *path, seen before, int ends) {
  idr_metrics *metrics = NULL;
  idr_status status = idr_metrics_open(path, true, &metrics);
  FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_FORMAT);
  if (status != IDR_STATUS_OK) return;
  FUZZ_CHECK(before.lines == ends);
  idr_metrics_append(metrics, true, KEY, STEP, 0.1, 2.5);
  FUZZ_CHECK(idr_metrics_flush(metrics) == IDR_STATUS_OK);
  seen after = visit(path);
  FUZZ_CHECK(after.lines == before.lines + 1 && after.found == before.found + 1);
  FUZZ_CHECK(idr_metrics_truncate(metrics, STEP) == IDR_STATUS_OK);
  FUZZ_CHECK(visit(path).found == before.found + 1);
  FUZZ_CHECK(idr_metrics_truncate(metrics, STEP - 1) == IDR_STATUS_OK);
  FUZZ_CHECK(visit(path).found == 0);
  idr_metrics_close(metrics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/metrics", idr_fuzz_folder());
  idr_fuzz_put_file(path, data, bytes);
  seen before = visit(path);
  if (before.found == 0) go_on(path, before, count_ends(data, bytes));
  return 0;
}
