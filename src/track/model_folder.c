#include "track/model_folder.h"

#include "base/checksum.h"
#include "base/file.h"
#include "track/unix_time.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a served model needs; the oldest versions that read opset 17 and this layout. */
#define REQUIREMENTS "mlflow>=3.0\nonnx>=1.12\nonnxruntime>=1.14\n"
#define PYTHON       "3.11.7"

/* ---- files ------------------------------------------------------------------------------------
 */

static idr_status path_of(const char *folder, const char *name, char path[PATH_MAX]) {
  int n = snprintf(path, PATH_MAX, "%s/%s", folder, name);
  if (n < 0 || n >= PATH_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of model folder '%.100s...' is too long", folder);
  return IDR_STATUS_OK;
}

idr_status idr_model_folder_put(const char *folder, const char *name, const void *bytes,
                                size_t size) {
  char path[PATH_MAX];
  IDR_TRY(path_of(folder, name, path));
  return idr_file_write(path, bytes, size);
}

idr_status idr_model_folder_drop(const char *folder, const char *name) {
  char path[PATH_MAX];
  IDR_TRY(path_of(folder, name, path));
  return idr_file_remove(path);
}

idr_status idr_model_folder_put_json(const char *folder, const char *name, const json_t *json) {
  char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %s of a model", name);
  idr_status status = idr_model_folder_put(folder, name, text, strlen(text));
  free(text);
  return status;
}

static idr_status put_text(const char *folder, const char *name, const char *text) {
  return idr_model_folder_put(folder, name, text, strlen(text));
}

static idr_status put_environment(const char *folder) {
  IDR_TRY(put_text(folder, "requirements.txt", REQUIREMENTS));
  IDR_TRY(put_text(folder, "python_env.yaml",
                   "python: " PYTHON "\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\n"
                   "dependencies:\n- -r requirements.txt\n"));
  return put_text(folder, "conda.yaml",
                  "channels:\n- conda-forge\ndependencies:\n- python=" PYTHON
                  "\n- pip\n- pip:\n  - mlflow>=3.0\n  - onnx>=1.12\n  - onnxruntime>=1.14\n"
                  "name: mlflow-env\n");
}

static idr_status put_examples(const idr_model_folder *m, const char *folder) {
  IDR_TRY(idr_model_folder_put_json(folder, "input_example.json", m->example));
  IDR_TRY(idr_model_folder_put_json(folder, "output_example.json", m->answer));
  json_t *serving = json_pack("{s:O}", "inputs", m->example);
  idr_status status = idr_model_folder_put_json(folder, "serving_input_example.json", serving);
  json_decref(serving);
  return status;
}

/* ---- MLmodel ----------------------------------------------------------------------------------
 */

static json_t *tensor_json(const idr_model_tensor *t) {
  json_t *shape = json_array();
  for (int i = 0; i < t->rank; i++)
    json_array_append_new(shape, json_integer(t->dim[i]));
  return json_pack("{s:s, s:s, s:{s:s, s:o}}", "name", t->name, "type", "tensor", "tensor-spec",
                   "dtype", t->dtype, "shape", shape);
}

/* MLflow wants these lists as text. */
static json_t *tensors_text(const idr_model_tensor *tensors, int count) {
  json_t *list = json_array();
  for (int i = 0; i < count; i++)
    json_array_append_new(list, tensor_json(&tensors[i]));
  char *text = json_dumps(list, JSON_COMPACT);
  json_t *out = json_string(text);
  json_decref(list);
  free(text);
  return out;
}

static json_t *flavors(const char *file) {
  json_t *onnx = json_pack("{s:s, s:s, s:[s], s:n, s:n}", "onnx_version", "1.12.0", "data", file,
                           "providers", "CPUExecutionProvider", "onnx_session_options", "code");
  json_t *function = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:n}", "loader_module", "mlflow.onnx",
                               "data", file, "python_version", PYTHON, "env", "conda", "conda.yaml",
                               "virtualenv", "python_env.yaml", "code");
  return json_pack("{s:o, s:o}", "onnx", onnx, "python_function", function);
}

/* The same model has the same id, wherever it is written. */
static void model_uuid(const idr_model_folder *m, char out[33]) {
  uint64_t content = idr_checksum(m->bytes, m->size);
  uint64_t again = idr_checksum(&content, sizeof content);
  snprintf(out, 33, "%016llx%016llx", (unsigned long long)content, (unsigned long long)again);
}

static json_t *mlmodel(const idr_model_folder *m) {
  char uuid[33], made[64];
  time_t now = (time_t)idr_track_unix_time();
  struct tm utc;
  model_uuid(m, uuid);
  gmtime_r(&now, &utc);
  strftime(made, sizeof made, "%Y-%m-%d %H:%M:%S.000000", &utc);
  json_t *signature =
      json_pack("{s:o, s:o, s:n}", "inputs", tensors_text(m->inputs, m->input_count), "outputs",
                tensors_text(m->outputs, m->output_count), "params");
  json_t *example =
      json_pack("{s:s, s:s, s:s, s:s}", "artifact_path", "input_example.json", "type", "ndarray",
                "format", "tf-serving", "serving_input_path", "serving_input_example.json");
  return json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:O}", "artifact_path", "model",
                   "utc_time_created", made, "model_uuid", uuid, "model_size_bytes",
                   (json_int_t)m->size, "flavors", flavors(m->file), "signature", signature,
                   "saved_input_example_info", example, "metadata", m->metadata);
}

idr_status idr_model_folder_write(const idr_model_folder *m, const char *folder) {
  IDR_TRY(idr_file_make_folders(folder));
  IDR_TRY(idr_model_folder_drop(folder, "MLmodel"));
  IDR_TRY(idr_model_folder_put(folder, m->file, m->bytes, m->size));
  IDR_TRY(put_environment(folder));
  IDR_TRY(put_examples(m, folder));
  json_t *json = mlmodel(m);
  idr_status status = idr_model_folder_put_json(folder, "MLmodel", json);
  json_decref(json);
  return status;
}
