/* ONNX: a forward graph as a file that any runtime takes, and back.
 *
 * Written are opset 17 and IR version 8, which every runtime since 2022 and the checker of
 * ONNX 1.12 take. Weights lie in the file, little endian. Read are files of opsets 13 to 22 made of
 * the ops of the op table, and of the forms that other exporters have for the same things (Gemm
 * with a transposed weight, Softmax, ReduceMean, Flatten, ...). A file is never trusted: what does
 * not fit is a FORMAT or UNSUPPORTED failure that names the node.
 */
#ifndef IDR_ONNX_ONNX_H
#define IDR_ONNX_ONNX_H

#include "graph/graph.h"

#define IDR_ONNX_OPSET 17
#define IDR_ONNX_IR    8

/* ---- writing --------------------------------------------------------------------------------- */
typedef struct {
  const char *name;
  idr_node node;
  bool arg_max; /* write the index of the largest element of each row instead, int64 [rows] */
} idr_onnx_output;

/* An input of the graph whose value is part of the model. */
typedef struct {
  const char *name;
  const real *data;
} idr_onnx_given;

typedef struct {
  const char *key, *value;
} idr_onnx_pair;

typedef struct {
  const idr_graph *graph;
  const idr_params *params; /* of its parameter nodes, and their values; NULL: it has none */
  const real *flat;
  const idr_onnx_output *outputs;
  int output_count;
  const idr_onnx_given *given;
  int given_count;
  /* First dimension of the tensors that hold a batch: it becomes "batch", any number. 0: all shapes
   * stay as they are. */
  int32_t rows;
  const char *name, *doc; /* of the model */
  const idr_onnx_pair *metadata;
  int metadata_count;
} idr_onnx_export;

/* The file's bytes; the caller frees them. UNSUPPORTED for an op that is not exported (its row says
 * why), and for a batch whose size an op would have to know. */
idr_status idr_onnx_pack(const idr_onnx_export *export_, char **bytes, size_t *size);
/* The same into a file, atomically. */
idr_status idr_onnx_write(const idr_onnx_export *export_, const char *path);

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct {
  char name[64];
  idr_dtype dtype;
  idr_shape shape; /* of `node` */
  idr_node node;
  bool arg_max; /* the output is the index of the largest element of each row of `node` */
} idr_onnx_port;

typedef struct {
  idr_graph *graph;
  idr_params *params;
  real *flat; /* [idr_params_size(params)] */
  idr_onnx_port *inputs, *outputs;
  int input_count, output_count;
} idr_onnx_model;

/* Reads a file for batches of `rows` rows: the first dimension of every input. 0: all dimensions of
 * the file are fixed, and taken as they are. The caller frees. */
idr_status idr_onnx_read(const char *path, int32_t rows, idr_onnx_model **out);
/* The same from memory; `name` stands for the file in messages. */
idr_status idr_onnx_parse(const char *name, const void *bytes, size_t size, int32_t rows,
                          idr_onnx_model **out);
void idr_onnx_free(idr_onnx_model *model); /* NULL allowed */
/* The text that the metadata of a file have under `key`, which the caller frees; NULL: none. */
idr_status idr_onnx_metadata(const char *path, const char *key, char **out);

#endif
