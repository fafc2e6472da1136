/* Experiments, runs, and what is logged to them. */
#include "track/mlflow_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define METRICS_MAX 1000
#define PAIRS_MAX   100
#define BODY_MAX    900000 /* bytes of keys and numbers in one request */

json_t *idr_mlflow_pairs_json(const idr_mlflow_pair *pairs, int count) {
  json_t *list = json_array();
  for (int i = 0; i < count; i++)
    json_array_append_new(list,
                          json_pack("{s:s, s:s}", "key", pairs[i].key, "value", pairs[i].value));
  return list;
}

idr_mlflow_outcome idr_mlflow_version(idr_mlflow *c, char *out, size_t size) {
  out[0] = '\0';
  /* The answer is plain text, so that judging it as JSON says no more than that it came. */
  idr_mlflow_outcome outcome = idr_mlflow_request(c, "GET", "/version", NULL);
  if (outcome == IDR_MLFLOW_DONE)
    return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the answer of %s is no version", c->uri);
  if (c->code != 200 || !c->body) return outcome;
  if (c->body[0] < '0' || c->body[0] > '9')
    return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the answer of %s is no version", c->uri);
  snprintf(out, size, "%.*s", (int)strspn(c->body, "0123456789.abcdefghijklmnopqrstuvwxyz-+"),
           c->body);
  return IDR_MLFLOW_DONE;
}

/* ---- experiments and runs -------------------------------------------------------------------- */

static idr_mlflow_outcome take_id(idr_mlflow *c, const char *id, char out[IDR_MLFLOW_ID_MAX]) {
  if (idr_mlflow_take(id, out, IDR_MLFLOW_ID_MAX)) return IDR_MLFLOW_DONE;
  return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the answer of %s names no id", c->uri);
}

static idr_mlflow_outcome get_experiment(idr_mlflow *c, const char *name,
                                         char id[IDR_MLFLOW_ID_MAX]) {
  const char *query[] = {"experiment_name", name, NULL};
  idr_mlflow_outcome outcome = idr_mlflow_ask(c, "experiments/get-by-name", query);
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  if (strcmp(IDR_MLFLOW_GET(c, "experiment", "lifecycle_stage"), "deleted") == 0)
    return idr_mlflow_say(c, IDR_MLFLOW_REFUSED,
                          "experiment '%s' was deleted on %s; restore it, or name another", name,
                          c->uri);
  return take_id(c, IDR_MLFLOW_GET(c, "experiment", "experiment_id"), id);
}

idr_mlflow_outcome idr_mlflow_experiment(idr_mlflow *c, const char *name,
                                         char id[IDR_MLFLOW_ID_MAX]) {
  idr_mlflow_outcome outcome = get_experiment(c, name, id);
  if (outcome != IDR_MLFLOW_ABSENT) return outcome;
  outcome = idr_mlflow_post(c, "experiments/create", json_pack("{s:s}", "name", name));
  /* Another run may have made it meanwhile: then the answer has no id. */
  return outcome == IDR_MLFLOW_DONE ? get_experiment(c, name, id) : outcome;
}

/* A run may have no status and no place for artifacts. */
static idr_mlflow_outcome take_run(idr_mlflow *c, const json_t *run, idr_mlflow_run *out) {
  const json_t *info = json_object_get(run, "info");
  const char *id = json_string_value(json_object_get(info, "run_id"));
  const char *experiment = json_string_value(json_object_get(info, "experiment_id"));
  const char *status = json_string_value(json_object_get(info, "status"));
  const char *uri = json_string_value(json_object_get(info, "artifact_uri"));
  bool whole = idr_mlflow_take(id, out->id, sizeof out->id) &&
               idr_mlflow_take(experiment, out->experiment_id, sizeof out->experiment_id);
  idr_mlflow_take(status, out->status, sizeof out->status);
  idr_mlflow_take(uri, out->artifact_uri, sizeof out->artifact_uri);
  if (whole) return IDR_MLFLOW_DONE;
  return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the answer of %s describes no run", c->uri);
}

/* Absent only when a search that worked found nothing. */
idr_mlflow_outcome idr_mlflow_find_run(idr_mlflow *c, const char *experiment_id, const char *tag,
                                       const char *value, idr_mlflow_run *run) {
  char filter[1024];
  snprintf(filter, sizeof filter, "tags.`%s` = '%s'", tag, value);
  idr_mlflow_outcome outcome =
      idr_mlflow_post(c, "runs/search",
                      json_pack("{s:[s], s:s, s:i}", "experiment_ids", experiment_id, "filter",
                                filter, "max_results", 5));
  if (outcome == IDR_MLFLOW_ABSENT) return IDR_MLFLOW_AGAIN;
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  const json_t *runs = json_object_get(c->json, "runs");
  if (json_array_size(runs) == 0)
    return idr_mlflow_say(c, IDR_MLFLOW_ABSENT, "no run has the tag %s=%s", tag, value);
  return take_run(c, json_array_get(runs, 0), run);
}

idr_mlflow_outcome idr_mlflow_create_run(idr_mlflow *c, const char *experiment_id, const char *name,
                                         const char *user, int64_t start_ms,
                                         const idr_mlflow_pair *tags, int tag_count,
                                         idr_mlflow_run *run) {
  c->once = true;
  idr_mlflow_outcome outcome = idr_mlflow_post(
      c, "runs/create",
      json_pack("{s:s, s:s, s:s, s:I, s:o}", "experiment_id", experiment_id, "run_name", name,
                "user_id", user, "start_time", (json_int_t)start_ms, "tags",
                idr_mlflow_pairs_json(tags, tag_count)));
  return outcome == IDR_MLFLOW_DONE ? take_run(c, json_object_get(c->json, "run"), run) : outcome;
}

idr_mlflow_outcome idr_mlflow_get_run(idr_mlflow *c, const char *run_id, idr_mlflow_run *run) {
  const char *query[] = {"run_id", run_id, NULL};
  idr_mlflow_outcome outcome = idr_mlflow_ask(c, "runs/get", query);
  return outcome == IDR_MLFLOW_DONE ? take_run(c, json_object_get(c->json, "run"), run) : outcome;
}

idr_mlflow_outcome idr_mlflow_update_run(idr_mlflow *c, const char *run_id, const char *status,
                                         int64_t end_ms) {
  json_t *body = json_pack("{s:s, s:s}", "run_id", run_id, "status", status);
  if (end_ms > 0) json_object_set_new(body, "end_time", json_integer(end_ms));
  return idr_mlflow_post(c, "runs/update", body);
}

/* ---- batches --------------------------------------------------------------------------------- */

static idr_mlflow_outcome log_pairs(idr_mlflow *c, const char *run_id, const char *kind,
                                    const idr_mlflow_pair *pairs, int count) {
  for (int i = 0; i < count;) {
    size_t bytes = 0;
    int n = 0;
    for (; i + n < count && n < PAIRS_MAX && (n == 0 || bytes < BODY_MAX / 4); n++)
      bytes += strlen(pairs[i + n].key) + strlen(pairs[i + n].value);
    idr_mlflow_outcome outcome = idr_mlflow_post(
        c, "runs/log-batch",
        json_pack("{s:s, s:o}", "run_id", run_id, kind, idr_mlflow_pairs_json(pairs + i, n)));
    if (outcome != IDR_MLFLOW_DONE) return outcome;
    i += n;
  }
  return IDR_MLFLOW_DONE;
}

idr_mlflow_outcome idr_mlflow_log_params(idr_mlflow *c, const char *run_id,
                                         const idr_mlflow_pair *params, int count) {
  return log_pairs(c, run_id, "params", params, count);
}

idr_mlflow_outcome idr_mlflow_set_tags(idr_mlflow *c, const char *run_id,
                                       const idr_mlflow_pair *tags, int count) {
  return log_pairs(c, run_id, "tags", tags, count);
}

/* JSON has no word for what is not finite; the server takes these. */
static json_t *value_json(double value) {
  if (isfinite(value)) return json_real(value);
  return json_string(isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}

static json_t *metric_json(const idr_mlflow_metric *m) {
  return json_pack("{s:s, s:o, s:I, s:I}", "key", m->key, "value", value_json(m->value),
                   "timestamp", (json_int_t)m->timestamp_ms, "step", (json_int_t)m->step);
}

static idr_mlflow_outcome send_metrics(idr_mlflow *c, const char *run_id, json_t *list) {
  if (json_array_size(list) == 0) {
    json_decref(list);
    return IDR_MLFLOW_DONE;
  }
  return idr_mlflow_post(c, "runs/log-batch",
                         json_pack("{s:s, s:o}", "run_id", run_id, "metrics", list));
}

idr_mlflow_outcome idr_mlflow_log_metrics(idr_mlflow *c, const char *run_id,
                                          const idr_mlflow_metric *metrics, int count) {
  idr_mlflow_outcome outcome = IDR_MLFLOW_DONE;
  json_t *list = json_array();
  size_t bytes = 0;
  for (int i = 0; i < count && outcome == IDR_MLFLOW_DONE; i++) {
    json_t *one = metric_json(&metrics[i]);
    if (!isfinite(metrics[i].value)) {
      json_t *alone = json_array();
      json_array_append_new(alone, one);
      outcome = send_metrics(c, run_id, alone);
      continue;
    }
    json_array_append_new(list, one);
    bytes += strlen(metrics[i].key) + 100;
    if (json_array_size(list) < METRICS_MAX && bytes < BODY_MAX) continue;
    outcome = send_metrics(c, run_id, list);
    list = json_array();
    bytes = 0;
  }
  if (outcome == IDR_MLFLOW_DONE) return send_metrics(c, run_id, list);
  json_decref(list);
  return outcome;
}

/* ---- datasets -------------------------------------------------------------------------------- */

idr_mlflow_outcome idr_mlflow_log_dataset(idr_mlflow *c, const char *run_id,
                                          const idr_mlflow_dataset *d) {
  json_t *set = json_pack("{s:s, s:s, s:s, s:s}", "name", d->name, "digest", d->digest,
                          "source_type", d->source_type, "source", d->source);
  if (set && d->schema) json_object_set_new(set, "schema", json_string(d->schema));
  if (set && d->profile) json_object_set_new(set, "profile", json_string(d->profile));
  return idr_mlflow_post(c, "runs/log-inputs",
                         json_pack("{s:s, s:[{s:o, s:[{s:s, s:s}]}]}", "run_id", run_id, "datasets",
                                   "dataset", set, "tags", "key", "mlflow.data.context", "value",
                                   d->context ? d->context : ""));
}
