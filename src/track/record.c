#include "track/record.h"
#include "base/build.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "track/metrics.h"
#include "track/mlflow.h"
#include "track/spool.h"
#include "track/system_metrics.h"
#include "track/unix_time.h"
#include "track/uploader.h"

#include <limits.h>
#include <math.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_EVERY 10.0 /* s between two system metrics */
#define STOP_WAIT    5.0  /* s at most that a stopped run waits for uploads */

struct idr_record {
  char folder[PATH_MAX];
  idr_mlflow_settings settings;
  idr_spool *spool;
  idr_uploader *uploader; /* NULL: nobody uploads */
  double blocked;
  bool warned, thinned;
  idr_record_place place;
  char text[3 * PATH_MAX];
  /* system metrics */
  bool system;
  double system_every, system_next;
  char system_prefix[128];
  idr_system_sample sample;
};

static int64_t now_ms(void) {
  return llround(idr_track_unix_time() * 1e3);
}

/* ---- the first events ------------------------------------------------------------------------ */

static void set_text(json_t *object, const char *key, const char *value) {
  if (value && value[0]) json_object_set_new(object, key, json_string(value));
}

static const char *user_name(void) {
  const struct passwd *entry = getpwuid(geteuid());
  const char *user = getenv("USER");
  return entry ? entry->pw_name : user ? user : "unknown";
}

/* MLFLOW_RUN_CONTEXT: an object of tags that the user's environment adds to every run. */
static void add_context_tags(json_t *tags) {
  const char *text = getenv("MLFLOW_RUN_CONTEXT"), *key;
  json_t *context = text ? json_loads(text, 0, NULL) : NULL, *value;
  json_object_foreach(context, key, value) {
    set_text(tags, key, json_string_value(value));
  }
  json_decref(context);
}

static json_t *begin_tags(const idr_record *r, const idr_record_start *start, const char *name) {
  char source[128], host[256] = "";
  json_t *tags = json_object();
  snprintf(source, sizeof source, "idrill %s", start->job);
  gethostname(host, sizeof host - 1);
  set_text(tags, "mlflow.runName", name);
  set_text(tags, "mlflow.user", user_name());
  set_text(tags, "mlflow.source.name", source);
  set_text(tags, "mlflow.source.type", "JOB");
  set_text(tags, "mlflow.source.git.commit", idr_build_get()->git);
  set_text(tags, "mlflow.note.content", r->settings.note);
  set_text(tags, "idrill.version", idr_build_get()->version);
  set_text(tags, "idrill.task", start->task);
  set_text(tags, "idrill.host", host);
  set_text(tags, "slurm.job_id", getenv("SLURM_JOB_ID"));
  set_text(tags, "slurm.array_job_id", getenv("SLURM_ARRAY_JOB_ID"));
  set_text(tags, "slurm.array_task_id", getenv("SLURM_ARRAY_TASK_ID"));
  add_context_tags(tags);
  return tags;
}

/* The parent is another run folder, known by its UUID, or a run of the server. */
static idr_status set_parent(const idr_record *r, json_t *begin) {
  char spool[PATH_MAX];
  idr_spool_reader *reader = NULL;
  idr_spool_position after;
  json_t *head = NULL;
  if (r->settings.parent[0] == '\0') return IDR_STATUS_OK;
  snprintf(spool, sizeof spool, "%s/spool", r->settings.parent);
  if (!idr_file_is_folder(spool)) {
    set_text(begin, "parent_id", r->settings.parent);
    return IDR_STATUS_OK;
  }
  IDR_TRY(idr_spool_reader_open(spool, (idr_spool_position){0, 0}, &reader));
  idr_status status = idr_spool_next(reader, &head, &after);
  set_text(begin, "parent_uuid", json_string_value(json_object_get(head, "uuid")));
  json_decref(head);
  idr_spool_reader_close(reader);
  return status;
}

static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static idr_status add_begin(idr_record *r, const idr_record_start *start) {
  const char *name = r->settings.run_name[0] ? r->settings.run_name : last_part(r->folder);
  const char *experiment = r->settings.experiment;
  json_t *begin = json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "event", "begin", "uuid",
                            idr_spool_uuid(r->spool), "name", name, "user", user_name(), "start",
                            (json_int_t)now_ms(), "tags", begin_tags(r, start, name));
  if (!begin)
    IDR_FAIL(IDR_STATUS_CONFIG, "run name '%s' is no valid text (UTF-8); set mlflow.run_name",
             name);
  set_text(begin, "experiment", experiment[0] ? experiment : getenv("MLFLOW_EXPERIMENT_NAME"));
  set_text(begin, "experiment_id", getenv("MLFLOW_EXPERIMENT_ID"));
  set_text(begin, "run_id", getenv("MLFLOW_RUN_ID"));
  idr_status status = set_parent(r, begin);
  idr_spool_event(r->spool, begin);
  return status;
}

static void add_param(void *context, const char *key, const char *value) {
  json_t *params = context;
  if (strncmp(key, "mlflow.", 7) != 0) set_text(params, key, value);
}

static void add_params(idr_record *r, const idr_record_start *start) {
  json_t *params = json_object();
  idr_settings_visit(start->sections, start->section_count, add_param, params);
  idr_spool_event(r->spool, json_pack("{s:s, s:o}", "event", "params", "params", params));
}

static void add_status(idr_record *r, const char *status, const char *detail, const char *reason,
                       int64_t end) {
  json_t *why = json_string(reason);
  idr_spool_event(r->spool,
                  json_pack("{s:s, s:s, s:s, s:o, s:I}", "event", "status", "status", status,
                            "detail", detail, "reason", why ? why : json_string("(no valid text)"),
                            "end", (json_int_t)end));
}

/* ---- opening --------------------------------------------------------------------------------- */

static void backfill(void *context, bool result, const char *key, int64_t step, double value,
                     double t) {
  idr_spool_metric(context, result, key, step, value, llround(t * 1e3));
}

static void prepare_system(idr_record *r) {
  const char *asked = getenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING");
  const char *every = getenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL");
  const char *node = getenv("MLFLOW_SYSTEM_METRICS_NODE_ID");
  r->system = r->settings.system_metrics || (asked && strcmp(asked, "true") == 0);
  r->system_every = every && atof(every) > 0 ? atof(every) : SYSTEM_EVERY;
  snprintf(r->system_prefix, sizeof r->system_prefix, "system/%s%s", node ? node : "",
           node && node[0] ? "/" : "");
}

static idr_status open_spool(idr_record *r, const idr_record_start *start) {
  char path[PATH_MAX + 16];
  const char *warning = NULL;
  snprintf(path, sizeof path, "%s/spool", r->folder);
  IDR_TRY(idr_spool_open(path, r->settings.spool_limit << 20, &r->spool));
  if (idr_spool_is_new(r->spool)) {
    IDR_TRY(add_begin(r, start));
    add_params(r, start);
    idr_record_artifact(r, "settings.yaml");
  }
  add_status(r, "RUNNING", start->resumes ? "resumed" : "running", "", 0);
  if (start->resumes) IDR_TRY(idr_metrics_visit(start->metrics, backfill, r->spool));
  idr_record_flush(r, false, &warning);
  return IDR_STATUS_OK;
}

idr_status idr_record_open(const idr_record_start *start, const idr_mlflow_settings *settings,
                           idr_record **out) {
  idr_status status;
  idr_record *r = calloc(1, sizeof *r);
  *out = NULL;
  if (!r) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the record of a run");
  snprintf(r->folder, sizeof r->folder, "%s", start->folder);
  r->settings = *settings;
  prepare_system(r);
  IDR_TRY_GOTO(status, failed, open_spool(r, start));
  if (settings->upload == 0 && idr_mlflow_settings_server(settings))
    IDR_TRY_GOTO(status, failed, idr_uploader_start(r->folder, settings, &r->uploader));
  *out = r;
  return IDR_STATUS_OK;
failed:
  idr_record_close(r);
  return status;
}

void idr_record_close(idr_record *r) {
  if (!r) return;
  idr_uploader_stop(r->uploader);
  idr_spool_close(r->spool);
  free(r);
}

/* ---- events ---------------------------------------------------------------------------------- */

void idr_record_metric(idr_record *r, bool result, const char *key, int64_t step, double value,
                       double t) {
  double begin = idr_clock_seconds();
  idr_spool_metric(r->spool, result, key, step, value, llround(t * 1e3));
  r->blocked += idr_clock_seconds() - begin;
}

void idr_record_tag(idr_record *r, const char *key, const char *value) {
  json_t *tags = json_object();
  set_text(tags, key, value);
  idr_spool_event(r->spool, json_pack("{s:s, s:o}", "event", "tags", "tags", tags));
}

void idr_record_artifact(idr_record *r, const char *file) {
  idr_spool_event(r->spool,
                  json_pack("{s:s, s:s, s:s}", "event", "artifact", "path", file, "file", file));
}

void idr_record_input(idr_record *r, const idr_record_dataset *d) {
  idr_spool_event(r->spool, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "event", "dataset", "name",
                                      d->name, "digest", d->digest, "source_type", d->source_type,
                                      "source", d->source, "context", d->context));
}

void idr_record_model(idr_record *r, const char *folder, const char *name, int64_t step,
                      const char *description) {
  json_t *tags = json_object();
  set_text(tags, "idrill.run_uuid", idr_spool_uuid(r->spool));
  set_text(tags, "idrill.version", idr_build_get()->version);
  set_text(tags, "idrill.git", idr_build_get()->git);
  idr_spool_event(r->spool, json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:o}", "event", "model",
                                      "folder", folder, "name", name, "step", (json_int_t)step,
                                      "description", description, "register", r->settings.model,
                                      "alias", "challenger", "tags", tags));
}

static void put_system(void *context, const char *name, double value) {
  idr_record *r = context;
  char key[256];
  snprintf(key, sizeof key, "%s%s", r->system_prefix, name);
  idr_spool_metric(r->spool, false, key, idr_spool_last_step(r->spool, key, -1) + 1, value,
                   now_ms());
}

static void sample_system(idr_record *r) {
  double now = idr_clock_seconds();
  if (!r->system || now < r->system_next) return;
  r->system_next = now + r->system_every;
  idr_system_metrics(&r->sample, r->folder, put_system, r);
}

static void warn_thinned(idr_record *r, const char **warning) {
  if (r->thinned || idr_spool_dropped(r->spool) == 0) return;
  r->thinned = true;
  snprintf(
      r->text, sizeof r->text,
      "the spool holds half of mlflow.spool_limit (%lld MiB) that no server has, or its disk is "
      "full: from here on metrics are left out of it, timings first; %s/metrics has all",
      (long long)r->settings.spool_limit, r->folder);
  *warning = r->text;
}

void idr_record_flush(idr_record *r, bool durable, const char **warning) {
  double begin = idr_clock_seconds();
  *warning = NULL;
  sample_system(r);
  idr_status status = idr_spool_write(r->spool, durable);
  if (status != IDR_STATUS_OK) {
    snprintf(r->text, sizeof r->text,
             "%s; the run goes on, and the record is written when there is space again",
             idr_error_get()->message);
    if (!r->warned) *warning = r->text;
    idr_error_clear();
  }
  if (!*warning) warn_thinned(r, warning);
  r->warned = status != IDR_STATUS_OK;
  r->blocked += idr_clock_seconds() - begin;
}

double idr_record_blocked(const idr_record *r) {
  return r->blocked;
}

/* ---- the end --------------------------------------------------------------------------------- */

void idr_record_end(idr_record *r, const char *status, const char *reason) {
  if (strcmp(status, "finished") == 0)
    add_status(r, "FINISHED", status, reason, now_ms());
  else if (strcmp(status, "stopped") == 0)
    add_status(r, "RUNNING", status, reason, 0);
  else
    add_status(r, "FAILED", status, reason, now_ms());
}

static void note_place(idr_record *r) {
  idr_uploader_news news = idr_uploader_get(r->uploader);
  snprintf(r->place.server, sizeof r->place.server, "%s", news.account.server);
  snprintf(r->place.experiment_id, sizeof r->place.experiment_id, "%s", news.account.experiment_id);
  snprintf(r->place.run_id, sizeof r->place.run_id, "%s", news.account.run_id);
}

idr_record_place idr_record_get_place(idr_record *r) {
  if (r->uploader) note_place(r);
  return r->place;
}

static void describe(idr_record *r, bool all) {
  idr_uploader_news news = idr_uploader_get(r->uploader);
  const idr_upload_account *a = &news.account;
  char refused[160] = "";
  if (a->refused > 0)
    snprintf(refused, sizeof refused, "; the server refused %lld of it, see spool/refused.jsonl",
             (long long)a->refused);
  if (all)
    snprintf(r->text, sizeof r->text, "record       %s, experiment %s, run %s%s", a->server,
             a->experiment_id, a->run_id, refused);
  else
    snprintf(
        r->text, sizeof r->text,
        "not all of the record is on %s yet (%.512s)%s; bring the rest there with: idrill sync "
        "%s",
        a->server, news.trouble[0] ? news.trouble : "it was slow", refused, r->folder);
}

bool idr_record_finish(idr_record *r, bool patient, const char **line) {
  bool all = false;
  r->text[0] = '\0';
  *line = r->text;
  if (r->uploader) {
    double wait = r->settings.wait;
    if (!patient && wait > STOP_WAIT) wait = STOP_WAIT;
    all = idr_uploader_drain(r->uploader, wait);
    describe(r, all);
    note_place(r);
    idr_uploader_stop(r->uploader);
    r->uploader = NULL;
    return all;
  }
  snprintf(r->text, sizeof r->text,
           "record       %s/spool; bring it to a server with: idrill sync %s", r->folder,
           r->folder);
  return true;
}
