/* A model folder on the server: logged model, files, registered version, alias. */
#include "base/file.h"
#include "base/text.h"
#include "track/upload_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PAIRS_MAX 100
#define DEPTH_MAX 8

/* ---- files ----------------------------------------------------------------------------------- */

/* Uploads all files below RUN/<folder>/<below> as <place>/<below>/... of an artifact address. */
static idr_mlflow_outcome put_folder(idr_upload *u, const char *uri, const char *folder,
                                     const char *place, const char *below, int depth) {
  char path[PATH_MAX] = "", name[PATH_MAX], target[PATH_MAX];
  idr_mlflow_outcome outcome = IDR_MLFLOW_DONE;
  bool whole = idr_text_append(path, sizeof path, "%s/%s/%s", u->folder, folder, below);
  DIR *list = whole ? opendir(path) : NULL;
  if (!list) {
    snprintf(u->message, sizeof u->message, "cannot read the model folder '%s'", path);
    return IDR_MLFLOW_REFUSED;
  }
  for (struct dirent *e = readdir(list); e && outcome == IDR_MLFLOW_DONE; e = readdir(list)) {
    if (e->d_name[0] == '.') continue;
    name[0] = target[0] = path[0] = '\0';
    bool fits = idr_text_append(name, sizeof name, "%s%s", below, e->d_name) &&
                idr_text_append(target, sizeof target, "%s%s", place, name) &&
                idr_text_append(path, sizeof path, "%s/%s/%s", u->folder, folder, name);
    if (!fits) continue;
    if (!idr_file_is_folder(path))
      outcome =
          idr_upload_explain(u, idr_mlflow_put_artifact(u->client, uri, target, path), target);
    else if (depth < DEPTH_MAX && idr_text_append(name, sizeof name, "/"))
      outcome = put_folder(u, uri, folder, place, name, depth + 1);
  }
  closedir(list);
  return outcome;
}

/* ---- the logged model ------------------------------------------------------------------------ */

/* What registering needs to know of where the files are. */
typedef struct {
  char id[IDR_MLFLOW_ID_MAX]; /* of the logged model; "": the files are the run's artifacts */
  char source[IDR_MLFLOW_URI_MAX];
} place;

/* Servers before 3.0 know no logged models: there the files go to the run. */
static idr_mlflow_outcome put_in_run(idr_upload *u, const json_t *event, place *where) {
  char below[256];
  const char *name = idr_upload_text(event, "name");
  snprintf(below, sizeof below, "%s/", name);
  snprintf(where->source, sizeof where->source, "runs:/%s/%s", u->run.id, name);
  where->id[0] = '\0';
  return put_folder(u, u->run.artifact_uri, idr_upload_text(event, "folder"), below, "", 0);
}

static idr_mlflow_outcome find_or_create(idr_upload *u, const json_t *event,
                                         idr_mlflow_model *model) {
  idr_mlflow_pair params[PAIRS_MAX], tags[PAIRS_MAX];
  const char *name = idr_upload_text(event, "name");
  idr_mlflow_outcome outcome =
      idr_mlflow_find_model(u->client, u->run.experiment_id, u->run.id, name, model);
  if (outcome != IDR_MLFLOW_ABSENT) return idr_upload_explain(u, outcome, "cannot search models");
  int param_count = idr_upload_pairs(json_object_get(event, "params"), params, PAIRS_MAX);
  int tag_count = idr_upload_pairs(json_object_get(event, "tags"), tags, PAIRS_MAX);
  outcome = idr_mlflow_create_model(u->client, u->run.experiment_id, u->run.id, name, "onnx",
                                    params, param_count, tags, tag_count, model);
  return idr_upload_explain(u, outcome, "cannot create the model");
}

static bool knows_models(idr_upload *u) {
  char version[64];
  if (idr_mlflow_version(u->client, version, sizeof version) != IDR_MLFLOW_DONE) return true;
  return version[0] != '0' && version[0] != '1' && !(version[0] == '2' && version[1] == '.');
}

static idr_mlflow_outcome put_model(idr_upload *u, const json_t *event, place *where) {
  idr_mlflow_model model = {.id = ""};
  if (!knows_models(u)) return put_in_run(u, event, where);
  idr_mlflow_outcome outcome = find_or_create(u, event, &model);
  if (outcome != IDR_MLFLOW_DONE) return outcome;
  snprintf(where->id, sizeof where->id, "%s", model.id);
  snprintf(where->source, sizeof where->source, "models:/%s", model.id);
  outcome = put_folder(u, model.artifact_uri, idr_upload_text(event, "folder"), "", "", 0);
  if (outcome == IDR_MLFLOW_DONE)
    outcome = idr_upload_explain(
        u,
        idr_mlflow_log_output(u->client, u->run.id, model.id,
                              json_integer_value(json_object_get(event, "step"))),
        "cannot name the model as the run's output");
  if (outcome == IDR_MLFLOW_DONE)
    outcome = idr_upload_explain(u, idr_mlflow_finish_model(u->client, model.id),
                                 "cannot finish the model");
  return outcome;
}

/* ---- the registered version ------------------------------------------------------------------ */

static idr_mlflow_outcome register_version(idr_upload *u, const json_t *event, const place *where) {
  char version[IDR_MLFLOW_ID_MAX];
  idr_mlflow_pair tags[PAIRS_MAX];
  const char *name = idr_upload_text(event, "register");
  idr_mlflow_outcome outcome = idr_mlflow_register(u->client, name, "");
  if (outcome == IDR_MLFLOW_DONE)
    outcome = idr_mlflow_find_version(u->client, name, u->run.id, version);
  if (outcome == IDR_MLFLOW_ABSENT) {
    int count = idr_upload_pairs(json_object_get(event, "tags"), tags, PAIRS_MAX);
    outcome = idr_mlflow_create_version(
        u->client, name, where->source, u->run.id, where->id[0] ? where->id : NULL,
        idr_upload_text(event, "description"), tags, count, version);
  }
  if (outcome == IDR_MLFLOW_DONE)
    outcome = idr_mlflow_set_alias(u->client, name, idr_upload_text(event, "alias"), version);
  return idr_upload_explain(u, outcome, "cannot register the model");
}

idr_mlflow_outcome idr_upload_model(idr_upload *u, const json_t *event) {
  place where = {.id = ""};
  idr_mlflow_outcome outcome = put_model(u, event, &where);
  if (outcome == IDR_MLFLOW_DONE && idr_upload_text(event, "register")[0])
    outcome = register_version(u, event, &where);
  return outcome;
}
