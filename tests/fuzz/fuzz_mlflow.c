/* A server's answers to every call of the MLflow client: the first byte names the call ('a' is the
 * first of the table below), from the next line on stand the answers (support/fake_curl.h). What a
 * call returns as DONE is whole UTF-8 text; what it says otherwise is one line without secrets. */
#include "base/text.h"
#include "support/fake_curl.h"
#include "support/fuzz.h"
#include "track/mlflow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET   "hunter2-hunter2"
#define ID       IDR_MLFLOW_ID_MAX
#define HALF     "hunter2-hu"       /* of the secret: nobody but it writes this */
#define LARGE    ((off_t)130 << 20) /* bytes of a file that is offered in parts */
#define REQUESTS 100                /* of one call; more is a client that does not end */

static const idr_mlflow_pair pairs[] = {{"mlflow.user", "a"}, {"note", "it's \xc3\xa9"}};
static const idr_mlflow_metric metrics[] = {{"loss", 0.5, 1700000000000, 1},
                                            {"loss", -1.0 / 0.0, 1700000000001, 2},
                                            {"rate", 1e-300, 1700000000002, 2}};

/* ---- what comes out ---------------------------------------------------------------------------
 */

/* A text that an answer was copied to: whole characters, and not nothing. */
static void check_text(idr_mlflow_outcome outcome, const char *text) {
  if (outcome != IDR_MLFLOW_DONE) return;
  FUZZ_CHECK(text[0] != '\0' && idr_text_is_utf8(text));
}

static idr_mlflow_outcome check_run(idr_mlflow_outcome outcome, const idr_mlflow_run *run) {
  check_text(outcome, run->id);
  check_text(outcome, run->experiment_id);
  FUZZ_CHECK(outcome != IDR_MLFLOW_DONE || idr_text_is_utf8(run->status));
  FUZZ_CHECK(outcome != IDR_MLFLOW_DONE || idr_text_is_utf8(run->artifact_uri));
  return outcome;
}

static idr_mlflow_outcome check_model(idr_mlflow_outcome outcome, const idr_mlflow_model *model) {
  check_text(outcome, model->id);
  check_text(outcome, model->artifact_uri);
  return outcome;
}

static idr_mlflow_outcome check_id(idr_mlflow_outcome outcome, const char *id) {
  check_text(outcome, id);
  return outcome;
}

/* ---- the calls --------------------------------------------------------------------------------
 */

static idr_mlflow_outcome version(idr_mlflow *c) {
  char text[64] = "";
  return check_id(idr_mlflow_version(c, text, sizeof text), text);
}

static idr_mlflow_outcome experiment(idr_mlflow *c) {
  char id[ID] = "";
  return check_id(idr_mlflow_experiment(c, "a b", id), id);
}

static idr_mlflow_outcome find_run(idr_mlflow *c) {
  idr_mlflow_run run = {.id = ""};
  return check_run(idr_mlflow_find_run(c, "1", "idrill.run_uuid", "u", &run), &run);
}

static idr_mlflow_outcome create_run(idr_mlflow *c) {
  idr_mlflow_run run = {.id = ""};
  return check_run(idr_mlflow_create_run(c, "1", "name", "user", 1700000000000, pairs, 2, &run),
                   &run);
}

static idr_mlflow_outcome get_run(idr_mlflow *c) {
  idr_mlflow_run run = {.id = ""};
  return check_run(idr_mlflow_get_run(c, "r/1", &run), &run);
}

static idr_mlflow_outcome update_run(idr_mlflow *c) {
  return idr_mlflow_update_run(c, "r1", "FINISHED", 1700000000000);
}

static idr_mlflow_outcome log_params(idr_mlflow *c) {
  return idr_mlflow_log_params(c, "r1", pairs, 2);
}

static idr_mlflow_outcome log_metrics(idr_mlflow *c) {
  return idr_mlflow_log_metrics(c, "r1", metrics, 3);
}

static idr_mlflow_outcome set_tags(idr_mlflow *c) {
  return idr_mlflow_set_tags(c, "r1", pairs, 2);
}

static idr_mlflow_outcome log_dataset(idr_mlflow *c) {
  const idr_mlflow_dataset set = {"wells", "abc", "local", "wells/a.yaml", NULL, "{}", "training"};
  return idr_mlflow_log_dataset(c, "r1", &set);
}

/* A file of `bytes` bytes; nothing of a large one takes room. */
static idr_mlflow_outcome put_artifact(idr_mlflow *c, const char *uri, off_t bytes) {
  char file[4096];
  snprintf(file, sizeof file, "%s/artifact", idr_fuzz_folder());
  idr_fuzz_put_file(file, "", 0);
  FUZZ_CHECK(truncate(file, bytes) == 0);
  return idr_mlflow_put_artifact(c, uri, "model/MLmodel", file);
}

static idr_mlflow_outcome put_small(idr_mlflow *c) {
  return put_artifact(c, "mlflow-artifacts:/1/r1/artifacts", 700);
}

static idr_mlflow_outcome put_large(idr_mlflow *c) {
  return put_artifact(c, "mlflow-artifacts://host:5000/1/r 1/artifacts", LARGE);
}

static idr_mlflow_outcome find_model(idr_mlflow *c) {
  idr_mlflow_model model = {.id = ""};
  return check_model(idr_mlflow_find_model(c, "1", "r1", "policy", &model), &model);
}

static idr_mlflow_outcome create_model(idr_mlflow *c) {
  idr_mlflow_model model = {.id = ""};
  return check_model(
      idr_mlflow_create_model(c, "1", "r1", "policy", "onnx", pairs, 2, pairs, 2, &model), &model);
}

static idr_mlflow_outcome log_output(idr_mlflow *c) {
  return idr_mlflow_log_output(c, "r1", "m-1", 3);
}

static idr_mlflow_outcome finish_model(idr_mlflow *c) {
  return idr_mlflow_finish_model(c, "m-1");
}

static idr_mlflow_outcome make_registered(idr_mlflow *c) {
  return idr_mlflow_register(c, "driller", "");
}

static idr_mlflow_outcome find_version(idr_mlflow *c) {
  char id[ID] = "";
  return check_id(idr_mlflow_find_version(c, "driller", "r1", id), id);
}

static idr_mlflow_outcome get_version(idr_mlflow *c) {
  return idr_mlflow_get_version(c, "driller", "3");
}

static idr_mlflow_outcome create_version(idr_mlflow *c) {
  char id[ID] = "";
  return check_id(
      idr_mlflow_create_version(c, "driller", "models:/m-1", "r1", "m-1", "", pairs, 2, id), id);
}

static idr_mlflow_outcome get_alias(idr_mlflow *c) {
  char id[ID] = "";
  return check_id(idr_mlflow_get_alias(c, "driller", "champion", id), id);
}

static idr_mlflow_outcome set_alias(idr_mlflow *c) {
  return idr_mlflow_set_alias(c, "driller", "champion", "3");
}

static idr_mlflow_outcome get_tag(idr_mlflow *c) {
  char value[128] = "";
  idr_mlflow_outcome outcome =
      idr_mlflow_get_registered_tag(c, "driller", "score", value, sizeof value);
  FUZZ_CHECK(outcome != IDR_MLFLOW_DONE || idr_text_is_utf8(value));
  return outcome;
}

static idr_mlflow_outcome set_tag(idr_mlflow *c) {
  return idr_mlflow_set_registered_tag(c, "driller", "score", "1.5");
}

/* In the order of the letters. */
static idr_mlflow_outcome (*const calls[])(idr_mlflow *c) = {
    version,     experiment,     find_run,   create_run,   get_run,         update_run,
    log_params,  log_metrics,    set_tags,   log_dataset,  put_small,       put_large,
    find_model,  create_model,   log_output, finish_model, make_registered, find_version,
    get_version, create_version, get_alias,  set_alias,    get_tag,         set_tag};

/* ---- the target -------------------------------------------------------------------------------
 */

/* No setting of the machine reaches the client. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  static const char *const names[] = {"MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_SERVER_CERT_PATH",
                                      "MLFLOW_TRACKING_CLIENT_CERT_PATH", "MLFLOW_WORKSPACE",
                                      "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    unsetenv(names[i]);
  setenv("HOME", idr_fuzz_folder(), 1);
  setenv("MLFLOW_TRACKING_USERNAME", "driller", 1);
  setenv("MLFLOW_TRACKING_PASSWORD", SECRET, 1);
  return 0;
}

static int count(const char *text, size_t bytes, const char *word) {
  int found = 0;
  size_t length = strlen(word);
  for (size_t i = 0; i + length <= bytes; i++)
    found += memcmp(text + i, word, length) == 0;
  return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  idr_mlflow *client = NULL;
  size_t call_count = sizeof calls / sizeof calls[0];
  if (bytes < 2 || data[0] < 'a' || data[0] >= 'a' + call_count) return 0;
  FUZZ_CHECK(idr_mlflow_open("http://host:5000", 1, &client) == IDR_STATUS_OK);
  char *answers = idr_fuzz_copy(data + 2, bytes - 2, 0);
  idr_fake_curl_answers(answers, bytes - 2);
  idr_mlflow_outcome outcome = calls[data[0] - 'a'](client);
  const char *message = idr_mlflow_message(client);
  FUZZ_CHECK(outcome >= IDR_MLFLOW_DONE && outcome <= IDR_MLFLOW_REFUSED);
  FUZZ_CHECK(outcome == IDR_MLFLOW_DONE || message[0] != '\0');
  FUZZ_CHECK(idr_text_is_utf8(message) && !strchr(message, '\n'));
  /* Not a part of it either, such as a cut may leave, unless the server itself sent a part. */
  FUZZ_CHECK(!strstr(message, HALF) ||
             count(answers, bytes - 2, HALF) > count(answers, bytes - 2, SECRET));
  FUZZ_CHECK(idr_mlflow_retry_after(client) >= 0);
  FUZZ_CHECK(idr_fake_curl_requests() <= REQUESTS);
  idr_mlflow_close(client);
  free(answers);
  return 0;
}
