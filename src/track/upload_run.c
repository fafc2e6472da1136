/* Events of a run, as requests. */
#include "base/file.h"
#include "base/text.h"
#include "track/unix_time.h"
#include "track/upload_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAIRS_MAX 2000

const char *idr_upload_text(const json_t *event, const char *key) {
  const char *text = json_string_value(json_object_get(event, key));
  return text ? text : "";
}

int idr_upload_pairs(const json_t *object, idr_mlflow_pair *pairs, int max) {
  int count = 0;
  for (void *at = json_object_iter((json_t *)object); at && count < max;
       at = json_object_iter_next((json_t *)object, at)) {
    const char *value = json_string_value(json_object_iter_value(at));
    if (value) pairs[count++] = (idr_mlflow_pair){json_object_iter_key(at), value};
  }
  return count;
}

idr_mlflow_outcome idr_upload_explain(idr_upload *u, idr_mlflow_outcome outcome, const char *what) {
  if (outcome != IDR_MLFLOW_DONE)
    snprintf(u->message, sizeof u->message, "%s: %s", what, idr_mlflow_message(u->client));
  return outcome;
}

idr_mlflow_outcome idr_upload_refuse(idr_upload *u, const json_t *what) {
  char path[PATH_MAX + 32];
  json_t *note = json_pack("{s:s, s:O}", "why", u->message, "what", what);
  char *text = note ? json_dumps(note, JSON_COMPACT) : NULL;
  snprintf(path, sizeof path, "%s/refused.jsonl", u->spool);
  FILE *file = text ? fopen(path, "ae") : NULL;
  if (file) {
    fprintf(file, "%s\n", text);
    fclose(file);
  }
  u->refused++;
  snprintf(u->message, sizeof u->message, "refused by the server, see %s", path);
  free(text);
  json_decref(note);
  return IDR_MLFLOW_DONE;
}

/* ---- the run itself -------------------------------------------------------------------------- */

static const char *env_text(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

/* The setting, what the run's environment said when it began, ours, the default; a name before an
 * id. */
static idr_mlflow_outcome find_experiment(idr_upload *u, const json_t *begin) {
  const char *name = u->settings.experiment, *id = "";
  if (name[0] == '\0') name = idr_upload_text(begin, "experiment");
  if (name[0] == '\0') id = idr_upload_text(begin, "experiment_id");
  if (name[0] == '\0' && id[0] == '\0') name = env_text("MLFLOW_EXPERIMENT_NAME");
  if (name[0] == '\0' && id[0] == '\0') id = env_text("MLFLOW_EXPERIMENT_ID");
  if (id[0]) {
    snprintf(u->run.experiment_id, sizeof u->run.experiment_id, "%s", id);
    return IDR_MLFLOW_DONE;
  }
  return idr_upload_explain(
      u, idr_mlflow_experiment(u->client, name[0] ? name : "idrill", u->run.experiment_id),
      "cannot find or make the experiment");
}

/* A parent named by its run folder is known by its UUID; it has to be on the server first. */
static idr_mlflow_outcome find_parent(idr_upload *u, const json_t *begin, char id[]) {
  const char *uuid = idr_upload_text(begin, "parent_uuid");
  idr_mlflow_run parent = {.id = ""};
  snprintf(id, IDR_MLFLOW_ID_MAX, "%s", idr_upload_text(begin, "parent_id"));
  if (uuid[0] == '\0') return IDR_MLFLOW_DONE;
  idr_mlflow_outcome outcome =
      idr_mlflow_find_run(u->client, u->run.experiment_id, IDR_UPLOAD_TAG, uuid, &parent);
  snprintf(id, IDR_MLFLOW_ID_MAX, "%s", parent.id);
  if (outcome != IDR_MLFLOW_ABSENT) return idr_upload_explain(u, outcome, "parent run");
  snprintf(u->message, sizeof u->message,
           "the parent run %s is not on the server yet; upload it first", uuid);
  return outcome;
}

static idr_mlflow_outcome create_run(idr_upload *u, const json_t *begin) {
  idr_mlflow_pair tags[PAIRS_MAX];
  char parent[IDR_MLFLOW_ID_MAX] = "";
  idr_mlflow_outcome outcome = find_parent(u, begin, parent);
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  int count = idr_upload_pairs(json_object_get(begin, "tags"), tags, PAIRS_MAX - 2);
  tags[count++] = (idr_mlflow_pair){IDR_UPLOAD_TAG, u->uuid};
  if (parent[0]) tags[count++] = (idr_mlflow_pair){"mlflow.parentRunId", parent};
  json_int_t start = json_integer_value(json_object_get(begin, "start"));
  /* Few servers take more than 100 tags at once; ours are fewer, the user's may not be. */
  int first = count < 100 ? count : 100;
  outcome = idr_mlflow_create_run(u->client, u->run.experiment_id, idr_upload_text(begin, "name"),
                                  idr_upload_text(begin, "user"),
                                  start > 0 ? start : (int64_t)(idr_track_unix_time() * 1e3),
                                  tags + (count - first), first, &u->run);
  if (outcome == IDR_MLFLOW_DONE && count > first)
    outcome = idr_mlflow_set_tags(u->client, u->run.id, tags, count - first);
  return idr_upload_explain(u, outcome, "cannot create the run");
}

/* A run that the user made: MLFLOW_RUN_ID of the run's environment. */
static idr_mlflow_outcome join_run(idr_upload *u, const char *id) {
  idr_mlflow_outcome outcome = idr_mlflow_get_run(u->client, id, &u->run);
  const idr_mlflow_pair tag = {IDR_UPLOAD_TAG, u->uuid};
  if (outcome == IDR_MLFLOW_DONE) outcome = idr_mlflow_set_tags(u->client, id, &tag, 1);
  return idr_upload_explain(u, outcome, "the run that MLFLOW_RUN_ID named");
}

static idr_mlflow_outcome check_run(idr_upload *u) {
  char known[IDR_MLFLOW_ID_MAX];
  snprintf(known, sizeof known, "%s", u->run.id);
  idr_mlflow_outcome outcome = idr_mlflow_get_run(u->client, known, &u->run);
  if (outcome == IDR_MLFLOW_DONE) return outcome;
  snprintf(u->run.id, sizeof u->run.id, "%s", known);
  if (outcome != IDR_MLFLOW_ABSENT) return idr_upload_explain(u, outcome, "cannot find the run");
  snprintf(u->message, sizeof u->message,
           "%s knows no run %s; if it was removed there, restore it, or delete "
           "%s/uploaded.json to upload everything as a new run",
           idr_mlflow_uri(u->client), known, u->spool);
  return outcome;
}

idr_mlflow_outcome idr_upload_meet(idr_upload *u, const json_t *begin) {
  idr_mlflow_outcome outcome;
  const char *join = idr_upload_text(begin, "run_id");
  bool known = u->run.id[0] != '\0';
  if (known) {
    outcome = check_run(u);
  } else if (join[0]) {
    outcome = join_run(u, join);
  } else {
    outcome = find_experiment(u, begin);
    if (outcome != IDR_MLFLOW_DONE) return outcome;
    outcome =
        idr_mlflow_find_run(u->client, u->run.experiment_id, IDR_UPLOAD_TAG, u->uuid, &u->run);
    outcome = outcome == IDR_MLFLOW_ABSENT ? create_run(u, begin)
                                           : idr_upload_explain(u, outcome, "cannot search runs");
  }
  u->met = outcome == IDR_MLFLOW_DONE;
  if (!u->met && !known) u->run.id[0] = '\0';
  return outcome;
}

/* ---- its events ------------------------------------------------------------------------------ */

typedef idr_mlflow_outcome (*send_pairs)(idr_mlflow *client, const char *run_id,
                                         const idr_mlflow_pair *pairs, int count);

/* All at once, and one by one when the server refuses that. */
static idr_mlflow_outcome send_object(idr_upload *u, const json_t *event, const char *member,
                                      send_pairs send) {
  idr_mlflow_pair pairs[PAIRS_MAX];
  int count = idr_upload_pairs(json_object_get(event, member), pairs, PAIRS_MAX);
  idr_mlflow_outcome outcome =
      count > 0 ? send(u->client, u->run.id, pairs, count) : IDR_MLFLOW_DONE;
  for (int i = 0; outcome == IDR_MLFLOW_REFUSED && i < count; i++) {
    idr_mlflow_outcome one = send(u->client, u->run.id, &pairs[i], 1);
    if (one == IDR_MLFLOW_REFUSED) {
      idr_upload_explain(u, one, member);
      json_t *what = json_pack("{s:s, s:s, s:s}", "event", member, "key", pairs[i].key, "value",
                               pairs[i].value);
      one = idr_upload_refuse(u, what);
      json_decref(what);
    }
    if (one != IDR_MLFLOW_DONE || i == count - 1) outcome = one;
  }
  return idr_upload_explain(u, outcome, member);
}

static idr_mlflow_outcome send_params(idr_upload *u, const json_t *event) {
  return send_object(u, event, "params", idr_mlflow_log_params);
}

static idr_mlflow_outcome send_tags(idr_upload *u, const json_t *event) {
  return send_object(u, event, "tags", idr_mlflow_set_tags);
}

static idr_mlflow_outcome send_dataset(idr_upload *u, const json_t *event) {
  idr_mlflow_dataset set = {.name = idr_upload_text(event, "name"),
                            .digest = idr_upload_text(event, "digest"),
                            .source_type = idr_upload_text(event, "source_type"),
                            .source = idr_upload_text(event, "source"),
                            .profile = json_string_value(json_object_get(event, "profile")),
                            .context = idr_upload_text(event, "context")};
  return idr_upload_explain(u, idr_mlflow_log_dataset(u->client, u->run.id, &set), "dataset");
}

static idr_mlflow_outcome send_artifact(idr_upload *u, const json_t *event) {
  char file[PATH_MAX] = "";
  const char *path = idr_upload_text(event, "path");
  if (!idr_text_append(file, sizeof file, "%s/%s", u->folder, idr_upload_text(event, "file"))) {
    snprintf(u->message, sizeof u->message, "the name of the file for '%.200s' is too long", path);
    return IDR_MLFLOW_REFUSED;
  }
  return idr_upload_explain(u, idr_mlflow_put_artifact(u->client, u->run.artifact_uri, path, file),
                            path);
}

/* A run that stopped and can go on stays RUNNING. */
static idr_mlflow_outcome send_status(idr_upload *u, const json_t *event) {
  const char *status = idr_upload_text(event, "status");
  idr_mlflow_pair tags[] = {{"idrill.status", idr_upload_text(event, "detail")},
                            {"idrill.reason", idr_upload_text(event, "reason")}};
  idr_mlflow_outcome outcome = idr_mlflow_set_tags(u->client, u->run.id, tags, 2);
  if (outcome == IDR_MLFLOW_DONE)
    outcome = idr_mlflow_update_run(u->client, u->run.id, status,
                                    json_integer_value(json_object_get(event, "end")));
  return idr_upload_explain(u, outcome, "status of the run");
}

static idr_mlflow_outcome send_nothing(idr_upload *u, const json_t *event) {
  (void)u;
  (void)event;
  return IDR_MLFLOW_DONE;
}

idr_mlflow_outcome idr_upload_event(idr_upload *u, const json_t *event) {
  static const struct {
    const char *name;
    idr_mlflow_outcome (*send)(idr_upload *u, const json_t *event);
  } kinds[] = {{"head", send_nothing},      {"begin", send_nothing},   {"params", send_params},
               {"tags", send_tags},         {"dataset", send_dataset}, {"artifact", send_artifact},
               {"model", idr_upload_model}, {"status", send_status}};
  const char *name = idr_upload_text(event, "event");
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(name, kinds[i].name) != 0) continue;
    idr_mlflow_outcome outcome = kinds[i].send(u, event);
    return outcome == IDR_MLFLOW_REFUSED ? idr_upload_refuse(u, event) : outcome;
  }
  return IDR_MLFLOW_DONE; /* of a later version */
}
