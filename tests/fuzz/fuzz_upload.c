/* fuzz: runs 5000
 *
 * The uploader: events of a spool, one JSON object per line, and behind a line "====" what the
 * server answers (support/fake_curl.h). Nothing in either is trouble on this side, so no step
 * fails; what the server has is noted in a file that reads back, and what it refused, in another.
 */
#include "base/checksum.h"
#include "base/file.h"
#include "base/text.h"
#include "support/fake_curl.h"
#include "support/fuzz.h"
#include "track/spool.h"
#include "track/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS    200 /* more than an input has events */
#define FAILURES 3

static const char *path_of(const char *name) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", idr_fuzz_folder(), name);
  return path;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static void put_little(char *to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++, value >>= 8)
    to[i] = (char)(value & 255);
}

/* The lines as the frames of a segment. */
static void put_segment(const char *lines, size_t bytes) {
  FILE *file = fopen(path_of("spool/000001.spool"), "we");
  FUZZ_CHECK(file);
  for (size_t at = 0; at < bytes;) {
    char head[IDR_SPOOL_HEAD] = IDR_SPOOL_MAGIC;
    const char *end = memchr(lines + at, '\n', bytes - at);
    size_t length = end ? (size_t)(end - lines) - at : bytes - at;
    put_little(head + 4, length, 4);
    put_little(head + 8, idr_checksum(lines + at, length), 8);
    FUZZ_CHECK(fwrite(head, 1, sizeof head, file) == sizeof head);
    FUZZ_CHECK(fwrite(lines + at, 1, length, file) == length);
    at += length + 1;
  }
  FUZZ_CHECK(fclose(file) == 0);
}

/* A run's folder as it is before its first upload: a report and a model to send. */
static void put_run(const idr_fuzz_halves *halves) {
  FUZZ_CHECK(idr_file_make_folders(path_of("spool")) == IDR_STATUS_OK);
  FUZZ_CHECK(idr_file_make_folders(path_of("model/data")) == IDR_STATUS_OK);
  idr_fuzz_put_file(path_of("report.html"), "<html>", 6);
  idr_fuzz_put_file(path_of("model/MLmodel"), "flavors: {}\n", 12);
  idr_fuzz_put_file(path_of("model/data/policy.onnx"), "onnx", 4);
  unlink(path_of("spool/uploaded.json"));
  unlink(path_of("spool/refused.jsonl"));
  put_segment(halves->first, halves->first_bytes);
}

/* ---- what comes of it --------------------------------------------------------------------------
 */

/* Every refused event has its line, and every line is JSON. */
static void check_refused(int64_t refused) {
  char *text = NULL;
  size_t bytes = 0;
  int64_t lines = 0;
  if (idr_file_exists(path_of("spool/refused.jsonl")))
    FUZZ_CHECK(idr_file_read(path_of("spool/refused.jsonl"), 1 << 24, &text, &bytes) ==
               IDR_STATUS_OK);
  for (char *line = text, *end; line && (end = strchr(line, '\n')); line = end + 1, lines++) {
    json_t *note = json_loadb(line, (size_t)(end - line), 0, NULL);
    FUZZ_CHECK(json_string_value(json_object_get(note, "why")));
    json_decref(note);
  }
  FUZZ_CHECK(lines == refused);
  free(text);
}

static void check_state(const idr_upload *upload) {
  idr_upload_account account = idr_upload_get(upload);
  json_t *state = json_load_file(path_of("spool/uploaded.json"), 0, NULL);
  FUZZ_CHECK(json_is_object(state) || account.events == 0);
  FUZZ_CHECK(account.events == 0 ||
             json_integer_value(json_object_get(state, "offset")) >= IDR_SPOOL_HEAD);
  FUZZ_CHECK(account.metrics >= 0 && account.damaged >= 0);
  json_decref(state);
  check_refused(account.refused);
}

static void send_all(idr_upload *upload) {
  idr_upload_state state = IDR_UPLOAD_SENT;
  int steps = 0;
  for (; state != IDR_UPLOAD_IDLE && idr_upload_failures(upload) < FAILURES; steps++) {
    FUZZ_CHECK(steps < STEPS);
    FUZZ_CHECK(idr_upload_step(upload, &state) == IDR_STATUS_OK);
    if (state != IDR_UPLOAD_WAIT) continue;
    FUZZ_CHECK(idr_upload_message(upload)[0] != '\0');
    FUZZ_CHECK(idr_upload_pause(upload) >= 0 && idr_upload_pause(upload) <= 600);
  }
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  static const char *const names[] = {"MLFLOW_TRACKING_TOKEN",    "MLFLOW_TRACKING_USERNAME",
                                      "MLFLOW_TRACKING_PASSWORD", "MLFLOW_WORKSPACE",
                                      "MLFLOW_EXPERIMENT_NAME",   "MLFLOW_EXPERIMENT_ID"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    unsetenv(names[i]);
  setenv("HOME", idr_fuzz_folder(), 1);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  idr_fuzz_halves halves = idr_fuzz_split(data, bytes);
  idr_mlflow_settings settings = {.uri = "http://host:5000", .timeout = 1};
  idr_upload *upload = NULL;
  put_run(&halves);
  char *answers = idr_fuzz_copy(halves.second, halves.second_bytes, 0);
  idr_fake_curl_answers(answers, halves.second_bytes);
  FUZZ_CHECK(idr_upload_open(idr_fuzz_folder(), &settings, &upload) == IDR_STATUS_OK);
  send_all(upload);
  check_state(upload);
  idr_upload_close(upload);
  free(answers);
  return 0;
}
