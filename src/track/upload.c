/* The uploader's loop: what to send next, and what the answer means. */
#include "track/upload.h"
#include "base/clock.h"
#include "base/file.h"
#include "track/folder.h"
#include "track/json_number.h"
#include "track/upload_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PAUSE_FIRST 0.25 /* s per MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR, which is 2 by default */
#define PAUSE_MOST  60.0

#define idr_row_type idr_mlflow_settings
const idr_setting idr_mlflow_rows[] = {IDR_MLFLOW_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_mlflow_row_count = (int)(sizeof(idr_mlflow_rows) / sizeof(idr_mlflow_rows[0]));

void idr_mlflow_settings_rows(const char *const *names, int count, idr_setting *out) {
  for (int i = 0; i < count; i++)
    for (int k = 0; k < idr_mlflow_row_count; k++)
      if (strcmp(idr_mlflow_rows[k].name, names[i]) == 0) out[i] = idr_mlflow_rows[k];
}

idr_status idr_mlflow_settings_check(const idr_mlflow_settings *settings) {
  const char *host = strstr(settings->uri, "://");
  const char *begin = host ? host + 3 : settings->uri;
  if (memchr(begin, '@', strcspn(begin, "/?#")))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "mlflow.uri holds a user or a password, which would end up in files; give them as "
             "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
  return IDR_STATUS_OK;
}

bool idr_mlflow_settings_server(const idr_mlflow_settings *settings) {
  return settings->uri[0] != '\0' || idr_mlflow_configured();
}

/* ---- what the server has --------------------------------------------------------------------- */

static void state_path(const idr_upload *u, char *out, size_t size) {
  snprintf(out, size, "%s/uploaded.json", u->spool);
}

static idr_status save(const idr_upload *u) {
  char path[PATH_MAX + 32];
  state_path(u, path, sizeof path);
  json_t *root =
      json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "server", idr_mlflow_uri(u->client),
                "experiment_id", u->run.experiment_id, "run_id", u->run.id, "artifact_uri",
                u->run.artifact_uri, "segment", (json_int_t)u->done.segment, "offset",
                (json_int_t)u->done.offset, "refused", (json_int_t)u->refused);
  char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
  json_decref(root);
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write '%s'", path);
  idr_status status = idr_file_write(path, text, strlen(text));
  free(text);
  return status;
}

static void copy_text(const json_t *root, const char *key, char *out, size_t size) {
  const char *text = json_string_value(json_object_get(root, key));
  /* Half an id names something else. */
  if (snprintf(out, size, "%s", text ? text : "") >= (int)size) out[0] = '\0';
}

/* A damaged or missing file only means that everything is sent again. */
static void load(idr_upload *u) {
  char path[PATH_MAX + 32];
  state_path(u, path, sizeof path);
  json_t *root = json_load_file(path, 0, NULL);
  copy_text(root, "run_id", u->run.id, sizeof u->run.id);
  copy_text(root, "experiment_id", u->run.experiment_id, sizeof u->run.experiment_id);
  copy_text(root, "artifact_uri", u->run.artifact_uri, sizeof u->run.artifact_uri);
  u->done.segment = json_integer_value(json_object_get(root, "segment"));
  u->done.offset = json_integer_value(json_object_get(root, "offset"));
  u->refused = json_integer_value(json_object_get(root, "refused"));
  if (u->done.segment < 0 || u->done.offset < 0) u->done = (idr_spool_position){0, 0};
  json_decref(root);
}

/* ---- life ------------------------------------------------------------------------------------ */

static idr_status take_lock(idr_upload *u) {
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/upload.lock", u->spool);
  u->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (u->lock < 0) return idr_file_fail("open", path, errno);
  if (flock(u->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return IDR_STATUS_OK;
  IDR_FAIL(IDR_STATUS_CONFIG,
           "another process uploads the run '%s' already: the run itself, or an 'idrill sync'",
           u->folder);
}

static double pause_first(void) {
  const char *text = getenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR");
  double factor = text ? atof(text) : 2;
  return PAUSE_FIRST * (factor > 0 ? factor : 2);
}

idr_status idr_upload_open(const char *folder, const idr_mlflow_settings *settings,
                           idr_upload **out) {
  idr_status status;
  idr_upload *u = calloc(1, sizeof *u);
  *out = NULL;
  if (!u) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to upload '%s'", folder);
  u->lock = -1;
  u->settings = *settings;
  u->pause_first = pause_first();
  snprintf(u->folder, sizeof u->folder, "%s", folder);
  if (snprintf(u->spool, sizeof u->spool, "%s/spool", folder) >= (int)sizeof u->spool)
    IDR_FAIL_GOTO(status, failed, IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  IDR_TRY_GOTO(status, failed, idr_mlflow_open(settings->uri, settings->timeout, &u->client));
  if (!idr_file_is_folder(u->spool))
    IDR_FAIL_GOTO(status, failed, IDR_STATUS_CONFIG,
                  "'%s' has no spool: name the folder of a run that kept a record", folder);
  IDR_TRY_GOTO(status, failed, take_lock(u));
  load(u);
  IDR_TRY_GOTO(status, failed, idr_spool_reader_open(u->spool, u->done, &u->reader));
  *out = u;
  return IDR_STATUS_OK;
failed:
  idr_upload_close(u);
  return status;
}

void idr_upload_close(idr_upload *u) {
  if (!u) return;
  idr_spool_reader_close(u->reader);
  idr_mlflow_close(u->client);
  json_decref(u->next);
  json_decref(u->held);
  idr_folder_unlock(u->lock);
  free(u);
}

/* ---- collecting ------------------------------------------------------------------------------ */

static bool is_kind(const json_t *event, const char *kind) {
  return strcmp(idr_upload_text(event, "event"), kind) == 0;
}

/* Adds a frame's metrics to those in hand; false when there is no room. Frames that alone are
 * longer are sent in pieces, with the place only behind the last one. */
static bool add_metrics(idr_upload *u, json_t *list, size_t *from) {
  for (; *from < json_array_size(list) && u->metric_count < IDR_UPLOAD_METRICS; ++*from) {
    const json_t *m = json_array_get(list, *from);
    const char *key = json_string_value(json_array_get(m, 0));
    if (!key) continue;
    u->metrics[u->metric_count++] =
        (idr_mlflow_metric){.key = key,
                            .step = json_integer_value(json_array_get(m, 1)),
                            .timestamp_ms = json_integer_value(json_array_get(m, 2)),
                            .value = idr_json_number_read(json_array_get(m, 3))};
  }
  return *from == json_array_size(list);
}

static idr_status read_next(idr_upload *u) {
  if (!u->next) IDR_TRY(idr_spool_next(u->reader, &u->next, &u->next_end));
  return IDR_STATUS_OK;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* A refused batch is halved until the metrics that the server does not want are alone. */
static idr_mlflow_outcome send_range(idr_upload *u, int begin, int end) {
  const idr_mlflow_metric *m = u->metrics + begin;
  idr_mlflow_outcome outcome = idr_mlflow_log_metrics(u->client, u->run.id, m, end - begin);
  if (outcome == IDR_MLFLOW_DONE) u->sent += end - begin;
  if (outcome != IDR_MLFLOW_REFUSED) return outcome;
  if (end - begin > 1) {
    int middle = begin + (end - begin) / 2;
    outcome = send_range(u, begin, middle);
    return outcome == IDR_MLFLOW_DONE ? send_range(u, middle, end) : outcome;
  }
  json_t *what =
      json_pack("{s:s, s:s, s:I}", "event", "metric", "key", m->key, "step", (json_int_t)m->step);
  outcome = idr_upload_refuse(u, what);
  json_decref(what);
  return outcome;
}

/* Sends all metrics of `u->next`, together with those of the frames behind it while they fit. */
static idr_status send_metrics(idr_upload *u, idr_mlflow_outcome *outcome,
                               idr_spool_position *end) {
  size_t from = 0;
  *outcome = IDR_MLFLOW_DONE;
  json_decref(u->held);
  u->held = json_array();
  u->metric_count = 0;
  while (u->next && is_kind(u->next, "metrics")) {
    json_t *list = json_object_get(u->next, "metrics");
    if (u->metric_count > 0 && u->metric_count + json_array_size(list) > IDR_UPLOAD_METRICS) break;
    while (!add_metrics(u, list, &from)) {
      *outcome = send_range(u, 0, u->metric_count);
      if (*outcome != IDR_MLFLOW_DONE) return IDR_STATUS_OK;
      u->metric_count = 0;
    }
    from = 0;
    *end = u->next_end;
    json_array_append_new(u->held, u->next);
    u->next = NULL;
    IDR_TRY(read_next(u));
  }
  if (u->metric_count > 0) *outcome = send_range(u, 0, u->metric_count);
  return IDR_STATUS_OK;
}

/* The server answered: what is behind `end` is next. */
static idr_status advance(idr_upload *u, idr_spool_position end, idr_upload_state *state) {
  u->done = end;
  u->failures = 0;
  u->next_done = 0;
  *state = IDR_UPLOAD_SENT;
  return save(u);
}

/* Puts everything in hand back: the next try reads it again from the place of the last answer.
 * `done` requests went through before the one that failed. */
static idr_status wait(idr_upload *u, int64_t done, idr_upload_state *state) {
  double asked = idr_mlflow_retry_after(u->client);
  /* An event of many requests, such as a model, may meet many failures on its way. */
  if (done > u->next_done) {
    u->failures = 0;
    u->next_done = done;
  }
  u->failures++;
  u->pause = fmin(u->pause_first * exp2(fmin(u->failures - 1, 32)), PAUSE_MOST);
  /* Many runs that met the same outage do not come back at the same moment. */
  u->pause *= 0.75 + 0.25 * fmod(idr_clock_seconds() * 1e3, 1.0);
  u->pause = fmax(u->pause, fmin(asked, 600.0));
  *state = IDR_UPLOAD_WAIT;
  json_decref(u->next);
  u->next = NULL;
  idr_spool_reader_close(u->reader);
  u->reader = NULL;
  return idr_spool_reader_open(u->spool, u->done, &u->reader);
}

/* Every event but the first ones needs the run on the server. */
static idr_mlflow_outcome meet(idr_upload *u) {
  if (is_kind(u->next, "head")) return IDR_MLFLOW_DONE;
  if (is_kind(u->next, "begin")) return idr_upload_meet(u, u->next);
  return u->met ? IDR_MLFLOW_DONE : idr_upload_meet(u, NULL);
}

static void learn_uuid(idr_upload *u) {
  const char *uuid = idr_upload_text(u->next, "uuid");
  if (uuid[0]) snprintf(u->uuid, sizeof u->uuid, "%s", uuid);
}

idr_status idr_upload_step(idr_upload *u, idr_upload_state *state) {
  idr_spool_position end;
  int64_t before = idr_mlflow_done(u->client);
  *state = IDR_UPLOAD_IDLE;
  IDR_TRY(read_next(u));
  if (!u->next) return IDR_STATUS_OK;
  learn_uuid(u);
  end = u->next_end;
  bool is_sent = !is_kind(u->next, "head");
  idr_mlflow_outcome outcome = meet(u);
  if (outcome == IDR_MLFLOW_DONE && is_kind(u->next, "metrics")) {
    IDR_TRY(send_metrics(u, &outcome, &end));
    if (outcome != IDR_MLFLOW_DONE) idr_upload_explain(u, outcome, "metrics");
  } else if (outcome == IDR_MLFLOW_DONE) {
    outcome = idr_upload_event(u, u->next);
    if (outcome == IDR_MLFLOW_DONE) {
      json_decref(u->next);
      u->next = NULL;
    }
  }
  u->events += outcome == IDR_MLFLOW_DONE && is_sent;
  return outcome == IDR_MLFLOW_DONE ? advance(u, end, state)
                                    : wait(u, idr_mlflow_done(u->client) - before, state);
}

/* ---- asking ---------------------------------------------------------------------------------- */

double idr_upload_pause(const idr_upload *u) {
  return u->pause;
}

int idr_upload_failures(const idr_upload *u) {
  return u->failures;
}

const char *idr_upload_message(const idr_upload *u) {
  return u->message;
}

void idr_upload_interrupt(idr_upload *u) {
  idr_mlflow_interrupt(u->client);
}

idr_upload_account idr_upload_get(const idr_upload *u) {
  idr_upload_account a = {.events = u->events,
                          .metrics = u->sent,
                          .refused = u->refused,
                          .damaged = idr_spool_damaged(u->reader)};
  snprintf(a.server, sizeof a.server, "%s", idr_mlflow_uri(u->client));
  snprintf(a.experiment_id, sizeof a.experiment_id, "%s", u->met ? u->run.experiment_id : "");
  snprintf(a.run_id, sizeof a.run_id, "%s", u->met ? u->run.id : "");
  return a;
}
