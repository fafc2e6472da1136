/* Logged models and the registry. */
#include "track/mlflow_internal.h"

#include <stdio.h>
#include <string.h>

/* ---- logged models --------------------------------------------------------------------------- */

static idr_mlflow_outcome take_model(idr_mlflow *c, const json_t *model, idr_mlflow_model *out) {
  const json_t *info = json_object_get(model, "info");
  const char *id = json_string_value(json_object_get(info, "model_id"));
  const char *uri = json_string_value(json_object_get(info, "artifact_uri"));
  const char *status = json_string_value(json_object_get(info, "status"));
  if (!idr_mlflow_take(id, out->id, sizeof out->id) ||
      !idr_mlflow_take(uri, out->artifact_uri, sizeof out->artifact_uri))
    return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the answer of %s describes no model", c->uri);
  out->ready = status && strstr(status, "READY") != NULL;
  return IDR_MLFLOW_DONE;
}

static bool has_text(const json_t *object, const char *key, const char *expected) {
  const char *text = json_string_value(json_object_get(object, key));
  return text && strcmp(text, expected) == 0;
}

/* The filter is the server's; what it gives back is looked at all the same. */
idr_mlflow_outcome idr_mlflow_find_model(idr_mlflow *c, const char *experiment_id,
                                         const char *run_id, const char *name,
                                         idr_mlflow_model *model) {
  char filter[1024];
  size_t i;
  json_t *one;
  snprintf(filter, sizeof filter, "source_run_id = '%s'", run_id);
  idr_mlflow_outcome outcome =
      idr_mlflow_post(c, "logged-models/search",
                      json_pack("{s:[s], s:s, s:i}", "experiment_ids", experiment_id, "filter",
                                filter, "max_results", 50));
  if (outcome == IDR_MLFLOW_ABSENT) return IDR_MLFLOW_AGAIN;
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  json_array_foreach(json_object_get(c->json, "models"), i, one) {
    const json_t *info = json_object_get(one, "info");
    if (has_text(info, "name", name) && has_text(info, "source_run_id", run_id))
      return take_model(c, one, model);
  }
  return idr_mlflow_say(c, IDR_MLFLOW_ABSENT, "run %s has no model '%s'", run_id, name);
}

idr_mlflow_outcome idr_mlflow_create_model(idr_mlflow *c, const char *experiment_id,
                                           const char *run_id, const char *name, const char *type,
                                           const idr_mlflow_pair *params, int param_count,
                                           const idr_mlflow_pair *tags, int tag_count,
                                           idr_mlflow_model *model) {
  c->once = true;
  idr_mlflow_outcome outcome =
      idr_mlflow_post(c, "logged-models",
                      json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "experiment_id", experiment_id,
                                "name", name, "model_type", type, "source_run_id", run_id, "params",
                                idr_mlflow_pairs_json(params, param_count), "tags",
                                idr_mlflow_pairs_json(tags, tag_count)));
  return outcome == IDR_MLFLOW_DONE ? take_model(c, json_object_get(c->json, "model"), model)
                                    : outcome;
}

idr_mlflow_outcome idr_mlflow_log_output(idr_mlflow *c, const char *run_id, const char *model_id,
                                         int64_t step) {
  return idr_mlflow_post(c, "runs/outputs",
                         json_pack("{s:s, s:[{s:s, s:I}]}", "run_id", run_id, "models", "model_id",
                                   model_id, "step", (json_int_t)step));
}

idr_mlflow_outcome idr_mlflow_finish_model(idr_mlflow *c, const char *model_id) {
  char path[256];
  json_t *body = json_pack("{s:s, s:s}", "model_id", model_id, "status", "LOGGED_MODEL_READY");
  snprintf(path, sizeof path, IDR_MLFLOW_API "logged-models/%s", model_id);
  idr_mlflow_outcome outcome = idr_mlflow_request(c, "PATCH", path, body);
  json_decref(body);
  return outcome;
}

/* ---- registry -------------------------------------------------------------------------------- */

idr_mlflow_outcome idr_mlflow_register(idr_mlflow *c, const char *name, const char *description) {
  return idr_mlflow_post(c, "registered-models/create",
                         json_pack("{s:s, s:s}", "name", name, "description", description));
}

static idr_mlflow_outcome take_version(idr_mlflow *c, const json_t *version,
                                       char out[IDR_MLFLOW_ID_MAX]) {
  const json_t *number = json_object_get(version, "version");
  if (json_is_integer(number)) {
    snprintf(out, IDR_MLFLOW_ID_MAX, "%lld", (long long)json_integer_value(number));
    return IDR_MLFLOW_DONE;
  }
  if (idr_mlflow_take(json_string_value(number), out, IDR_MLFLOW_ID_MAX)) return IDR_MLFLOW_DONE;
  return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the answer of %s names no version", c->uri);
}

idr_mlflow_outcome idr_mlflow_find_version(idr_mlflow *c, const char *name, const char *run_id,
                                           char version[IDR_MLFLOW_ID_MAX]) {
  char filter[1024];
  size_t i;
  json_t *one;
  snprintf(filter, sizeof filter, "run_id = '%s'", run_id);
  const char *query[] = {"filter", filter, "max_results", "100", NULL};
  idr_mlflow_outcome outcome = idr_mlflow_ask(c, "model-versions/search", query);
  if (outcome == IDR_MLFLOW_ABSENT) return IDR_MLFLOW_AGAIN;
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  json_array_foreach(json_object_get(c->json, "model_versions"), i, one) {
    if (has_text(one, "name", name) && has_text(one, "run_id", run_id))
      return take_version(c, one, version);
  }
  return idr_mlflow_say(c, IDR_MLFLOW_ABSENT, "run %s is no version of '%s'", run_id, name);
}

idr_mlflow_outcome idr_mlflow_get_version(idr_mlflow *c, const char *name, const char *version) {
  const char *query[] = {"name", name, "version", version, NULL};
  return idr_mlflow_ask(c, "model-versions/get", query);
}

idr_mlflow_outcome idr_mlflow_create_version(idr_mlflow *c, const char *name, const char *source,
                                             const char *run_id, const char *model_id,
                                             const char *description, const idr_mlflow_pair *tags,
                                             int tag_count, char version[IDR_MLFLOW_ID_MAX]) {
  json_t *body =
      json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", name, "source", source, "run_id", run_id,
                "description", description, "tags", idr_mlflow_pairs_json(tags, tag_count));
  if (body && model_id) json_object_set_new(body, "model_id", json_string(model_id));
  c->once = true;
  idr_mlflow_outcome outcome = idr_mlflow_post(c, "model-versions/create", body);
  return outcome == IDR_MLFLOW_DONE
             ? take_version(c, json_object_get(c->json, "model_version"), version)
             : outcome;
}

/* A missing alias is a bad parameter to some servers. */
idr_mlflow_outcome idr_mlflow_get_alias(idr_mlflow *c, const char *name, const char *alias,
                                        char version[IDR_MLFLOW_ID_MAX]) {
  const char *query[] = {"name", name, "alias", alias, NULL};
  idr_mlflow_outcome outcome = idr_mlflow_ask(c, "registered-models/alias", query);
  if (outcome == IDR_MLFLOW_REFUSED && strstr(idr_mlflow_error_text(c), "alias"))
    return IDR_MLFLOW_ABSENT;
  return outcome == IDR_MLFLOW_DONE
             ? take_version(c, json_object_get(c->json, "model_version"), version)
             : outcome;
}

idr_mlflow_outcome idr_mlflow_set_alias(idr_mlflow *c, const char *name, const char *alias,
                                        const char *version) {
  return idr_mlflow_post(
      c, "registered-models/alias",
      json_pack("{s:s, s:s, s:s}", "name", name, "alias", alias, "version", version));
}

idr_mlflow_outcome idr_mlflow_get_registered_tag(idr_mlflow *c, const char *name, const char *key,
                                                 char *out, size_t size) {
  const char *query[] = {"name", name, NULL};
  size_t i;
  json_t *tag;
  idr_mlflow_outcome outcome = idr_mlflow_ask(c, "registered-models/get", query);
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  const json_t *model = json_object_get(c->json, "registered_model");
  json_array_foreach(json_object_get(model, "tags"), i, tag) {
    const char *value = json_string_value(json_object_get(tag, "value"));
    if (has_text(tag, "key", key) && idr_mlflow_take(value, out, size)) return IDR_MLFLOW_DONE;
  }
  return idr_mlflow_say(c, IDR_MLFLOW_ABSENT,
                        "registered model '%s' has no tag %s, or an empty or too long one", name,
                        key);
}

idr_mlflow_outcome idr_mlflow_set_registered_tag(idr_mlflow *c, const char *name, const char *key,
                                                 const char *value) {
  return idr_mlflow_post(c, "registered-models/set-tag",
                         json_pack("{s:s, s:s, s:s}", "name", name, "key", key, "value", value));
}
