#include "track/summary.h"
#include "base/build.h"
#include "base/file.h"
#include "track/unix_time.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct idr_summary {
  json_t *root;
  json_t *results; /* borrowed from root */
  double started;  /* s since 1970 */
};

/* Text that is no UTF-8 has no place in JSON; its bytes above 127 become question marks. */
static json_t *text_of(const char *value) {
  char plain[IDR_ERROR_MESSAGE_MAX];
  json_t *text = json_string(value);
  if (text) return text;
  snprintf(plain, sizeof(plain), "%s", value);
  for (char *c = plain; *c; c++)
    if ((unsigned char)*c > 127) *c = '?';
  return json_string(plain);
}

/* "2025-03-01T12:00:00Z" */
static void format_time(double unix_seconds, char *out, size_t size) {
  time_t seconds = (time_t)unix_seconds;
  struct tm parts;
  gmtime_r(&seconds, &parts);
  strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void set_time(json_t *root, const char *key, double unix_seconds) {
  char text[64];
  format_time(unix_seconds, text, sizeof(text));
  json_object_set_new(root, key, json_string(text));
}

static void set_host(json_t *root) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  json_object_set_new(root, "host", json_string(host));
  json_object_set_new(root, "pid", json_integer(getpid()));
}

idr_status idr_summary_create(const char *job, const char *task, int ranks, idr_summary **out) {
  idr_summary *summary = calloc(1, sizeof(*summary));
  *out = NULL;
  if (!summary) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the summary of a run");
  summary->started = idr_track_unix_time();
  summary->results = json_object();
  summary->root =
      json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "status", "running", "job", job, "task", task,
                "version", idr_build_get()->version, "ranks", ranks, "git", idr_build_get()->git);
  if (!summary->root || !summary->results ||
      json_object_set_new(summary->root, "results", summary->results) != 0) {
    idr_summary_destroy(summary);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the summary of a run");
  }
  set_host(summary->root);
  set_time(summary->root, "started", summary->started);
  *out = summary;
  return IDR_STATUS_OK;
}

void idr_summary_destroy(idr_summary *summary) {
  if (summary) json_decref(summary->root);
  free(summary);
}

void idr_summary_result(idr_summary *summary, const char *key, double value) {
  if (isfinite(value))
    json_object_set_new(summary->results, key, json_real(value));
  else
    idr_summary_result_text(summary, key, isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf");
}

void idr_summary_result_text(idr_summary *summary, const char *key, const char *value) {
  json_object_set_new(summary->results, key, text_of(value));
}

void idr_summary_server(idr_summary *summary, const char *server, const char *experiment_id,
                        const char *run_id) {
  json_object_set_new(summary->root, "mlflow",
                      json_pack("{s:s, s:s, s:s}", "server", server, "experiment_id", experiment_id,
                                "run_id", run_id));
}

static idr_status dump(const json_t *root, const char *path) {
  char *text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write '%s'", path);
  idr_status status = idr_file_write(path, text, strlen(text));
  free(text);
  return status;
}

idr_status idr_summary_write(idr_summary *summary, const char *path, const char *status,
                             int exit_code, const char *reason) {
  double now = idr_track_unix_time();
  json_object_set_new(summary->root, "status", json_string(status));
  json_object_set_new(summary->root, "exit_code", json_integer(exit_code));
  json_object_set_new(summary->root, "reason", text_of(reason));
  set_time(summary->root, "written", now);
  json_object_set_new(summary->root, "wall_s", json_real(now - summary->started));
  IDR_TRY(dump(summary->root, path));
  return IDR_STATUS_OK;
}
