#include "track/metrics.h"
#include "base/file.h"
#include "track/json_number.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)1 << 36)

struct idr_metrics {
  char *path;
  FILE *file;
  int error;    /* errno of the first failed write, 0: none */
  json_t *last; /* key -> highest step that an earlier start wrote */
};

/* ---- what an earlier start wrote ------------------------------------------------------------- */

/* One line as its parts. FORMAT when it is no metric. */
static idr_status parse_line(const char *path, const char *line, size_t length, json_t **object,
                             const char **kind, const char **key, json_int_t *step) {
  json_error_t error;
  int shown = length < 80 ? (int)length : 80;
  *object = json_loadb(line, length, 0, &error);
  if (!*object)
    IDR_FAIL(IDR_STATUS_FORMAT, "'%s': damaged line '%.*s' (%s); remove the line to go on", path,
             shown, line, error.text);
  if (json_unpack(*object, "{s:s, s:s, s:I}", "kind", kind, "key", key, "step", step) == 0)
    return IDR_STATUS_OK;
  json_decref(*object);
  *object = NULL;
  IDR_FAIL(IDR_STATUS_FORMAT, "'%s': line '%.*s' is no metric; remove it to go on", path, shown,
           line);
}

static void remember(json_t *last, const char *key, json_int_t step) {
  json_t *known = json_object_get(last, key);
  if (!known || json_integer_value(known) < step)
    json_object_set_new(last, key, json_integer(step));
}

/* The next whole line of [*at, end), which may hold any bytes; *at moves behind it. NULL: none. */
static const char *take_line(const char **at, const char *end, size_t *length) {
  const char *line = *at;
  const char *stop = memchr(line, '\n', (size_t)(end - line));
  if (!stop) return NULL;
  *length = (size_t)(stop - line);
  *at = stop + 1;
  return line;
}

/* Copies the lines that stay to the front of `text`, notes their steps in `last`; *kept is the new
 * length. Results above `limit` go. */
static idr_status filter_lines(const char *path, char *text, size_t bytes, int64_t limit,
                               json_t *last, size_t *kept) {
  const char *at = text, *line;
  size_t length = 0;
  *kept = 0;
  while ((line = take_line(&at, text + bytes, &length))) {
    json_t *object = NULL;
    const char *kind = NULL;
    const char *key = NULL;
    json_int_t step = 0;
    IDR_TRY(parse_line(path, line, length, &object, &kind, &key, &step));
    bool stays = step <= limit || strcmp(kind, "result") != 0;
    if (stays) {
      remember(last, key, step);
      memmove(text + *kept, line, length);
      text[*kept + length] = '\n';
      *kept += length + 1;
    }
    json_decref(object);
  }
  return IDR_STATUS_OK;
}

/* Rewrites the file where lines have to go, and learns the last step of every key. */
static idr_status keep_until(idr_metrics *metrics, int64_t limit) {
  char *text = NULL;
  size_t bytes = 0;
  size_t kept = 0;
  idr_status status = IDR_STATUS_OK;
  if (!idr_file_exists(metrics->path)) return IDR_STATUS_OK;
  json_object_clear(metrics->last);
  IDR_TRY(idr_file_read(metrics->path, FILE_LIMIT, &text, &bytes));
  IDR_TRY_GOTO(status, done, filter_lines(metrics->path, text, bytes, limit, metrics->last, &kept));
  if (kept < bytes) IDR_TRY_GOTO(status, done, idr_file_write(metrics->path, text, kept));
done:
  free(text);
  return status;
}

/* ---- life ------------------------------------------------------------------------------------ */

static idr_status open_to_append(idr_metrics *metrics) {
  metrics->file = fopen(metrics->path, "ae");
  if (!metrics->file) return idr_file_fail("open", metrics->path, errno);
  return IDR_STATUS_OK;
}

idr_status idr_metrics_open(const char *path, bool keep, idr_metrics **out) {
  idr_status status;
  idr_metrics *metrics = calloc(1, sizeof(*metrics));
  *out = NULL;
  if (!metrics) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the metrics of a run");
  metrics->path = strdup(path);
  metrics->last = json_object();
  if (!metrics->path || !metrics->last)
    IDR_FAIL_GOTO(status, failed, IDR_STATUS_MEMORY, "no memory for the metrics of a run");
  if (keep)
    IDR_TRY_GOTO(status, failed, keep_until(metrics, INT64_MAX));
  else
    IDR_TRY_GOTO(status, failed, idr_file_remove(path));
  IDR_TRY_GOTO(status, failed, open_to_append(metrics));
  *out = metrics;
  return IDR_STATUS_OK;
failed:
  idr_metrics_close(metrics);
  return status;
}

void idr_metrics_close(idr_metrics *metrics) {
  if (!metrics) return;
  if (metrics->file) fclose(metrics->file);
  json_decref(metrics->last);
  free(metrics->path);
  free(metrics);
}

/* ---- writing --------------------------------------------------------------------------------- */

void idr_metrics_append(idr_metrics *metrics, bool result, const char *key, int64_t step,
                        double value, double t) {
  char text[IDR_JSON_NUMBER_MAX];
  json_t *known = json_object_get(metrics->last, key);
  if (known && step <= json_integer_value(known)) return;
  idr_json_number_format(value, text);
  int put = fprintf(metrics->file,
                    "{\"kind\": \"%s\", \"key\": \"%s\", \"step\": %lld, \"value\": %s, "
                    "\"t\": %.3f}\n",
                    result ? "result" : "timing", key, (long long)step, text, t);
  if (put < 0 && metrics->error == 0) metrics->error = errno;
}

idr_status idr_metrics_flush(idr_metrics *metrics) {
  if (fflush(metrics->file) != 0 && metrics->error == 0) metrics->error = errno;
  if (metrics->error != 0) return idr_file_fail("write", metrics->path, metrics->error);
  return IDR_STATUS_OK;
}

idr_status idr_metrics_truncate(idr_metrics *metrics, int64_t step) {
  IDR_TRY(idr_metrics_flush(metrics));
  fclose(metrics->file);
  metrics->file = NULL;
  idr_status status = keep_until(metrics, step);
  IDR_TRY(open_to_append(metrics));
  return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

idr_status idr_metrics_visit(const char *path,
                             void (*visit)(void *context, bool result, const char *key,
                                           int64_t step, double value, double t),
                             void *context) {
  char *text = NULL;
  size_t bytes = 0;
  if (!idr_file_exists(path)) return IDR_STATUS_OK;
  IDR_TRY(idr_file_read(path, FILE_LIMIT, &text, &bytes));
  const char *at = text, *line;
  size_t length = 0;
  while ((line = take_line(&at, text + bytes, &length))) {
    json_t *object = NULL;
    const char *kind = NULL, *key = NULL;
    json_int_t step = 0;
    if (parse_line(path, line, length, &object, &kind, &key, &step) != IDR_STATUS_OK) {
      idr_error_clear();
      continue;
    }
    visit(context, strcmp(kind, "result") == 0, key, step,
          idr_json_number_read(json_object_get(object, "value")),
          json_number_value(json_object_get(object, "t")));
    json_decref(object);
  }
  free(text);
  return IDR_STATUS_OK;
}
