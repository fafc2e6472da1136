/* A model folder in MLflow's layout, which mlflow.onnx.load_model, mlflow.pyfunc.load_model and
 * `mlflow models serve` take as it stands, with or without a server:
 *
 *   MLmodel (JSON, which is YAML)   model.onnx            requirements.txt, conda.yaml,
 * python_env.yaml input_example.json, serving_input_example.json        output_example.json: what
 * the engine says to it
 *
 * and whatever else the caller puts beside. MLmodel comes last, so a folder that has one is whole.
 */
#ifndef IDR_TRACK_MODEL_FOLDER_H
#define IDR_TRACK_MODEL_FOLDER_H

#include "base/status.h"
#include <jansson.h>
#include <stdint.h>

#define IDR_MODEL_RANK_MAX 4

/* An input or output; the first dimension is the batch. */
typedef struct {
  const char *name;
  const char *dtype; /* "float32", "int64" */
  int rank;
  int64_t dim[IDR_MODEL_RANK_MAX]; /* -1: any */
} idr_model_tensor;

typedef struct {
  const char *file; /* "model.onnx" */
  const void *bytes;
  size_t size;
  const idr_model_tensor *inputs, *outputs;
  int input_count, output_count;
  const json_t *metadata; /* an object; borrowed */
  const json_t *example;  /* {"<input>": [[...]]}; borrowed */
  const json_t *answer;   /* {"<output>": [...]} of the engine; borrowed */
} idr_model_folder;

/* Makes the folder and writes all of it. IO when the disk is full. */
idr_status idr_model_folder_write(const idr_model_folder *model, const char *folder);
/* One more file of the folder, before idr_model_folder_write. */
idr_status idr_model_folder_put(const char *folder, const char *name, const void *bytes,
                                size_t size);
/* Takes a file out, if it is there: MLmodel before an older folder is written over. */
idr_status idr_model_folder_drop(const char *folder, const char *name);
idr_status idr_model_folder_put_json(const char *folder, const char *name, const json_t *json);

#endif
