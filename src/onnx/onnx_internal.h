/* Shared by the files of the ONNX module. */
#ifndef IDR_ONNX_ONNX_INTERNAL_H
#define IDR_ONNX_ONNX_INTERNAL_H

#include "graph/op.h"
#include "onnx/onnx.h"
#include "onnx_subset.pb-c.h"

/* Element types of the standard. */
enum { IDR_ONNX_FLOAT = 1, IDR_ONNX_INT32 = 6, IDR_ONNX_INT64 = 7 };
/* Types of attributes. */
enum { IDR_ONNX_ATTR_FLOAT = 1, IDR_ONNX_ATTR_INT = 2, IDR_ONNX_ATTR_INTS = 7 };

#define IDR_ONNX_NAME_MAX   96
#define IDR_ONNX_FILE_LIMIT ((size_t)1 << 30)
#define IDR_ONNX_DAMAGED    "'%s' is no ONNX model, or is damaged or cut short"

/* ---- writing: one row per op ----------------------------------------------------------------- */
typedef struct idr_onnx_writer idr_onnx_writer;

typedef struct {
  const char *type; /* of the single ONNX node that does the same; NULL: see emit */
  /* Writes the nodes that compute `node`; NULL with a type: inputs and output as they are. */
  void (*emit)(idr_onnx_writer *w, idr_node node);
  const char *why; /* why it is not exported; NULL: it is */
} idr_onnx_row;

/* Row of an op. The table is written over the list of the op table, so that none is forgotten. */
const idr_onnx_row *idr_onnx_row_get(idr_op_code op);

/* What emitters use. Names are those of values; they live as long as the writer. */
const idr_graph_node *idr_onnx_node(const idr_onnx_writer *w, idr_node node);
const char *idr_onnx_name(const idr_onnx_writer *w, idr_node node);
/* True when the first dimension of the node's value is the batch. */
bool idr_onnx_is_batched(const idr_onnx_writer *w, idr_node node);
/* A value between the ONNX nodes of one node. */
const char *idr_onnx_between(idr_onnx_writer *w, idr_node node, const char *what);
const char *idr_onnx_scalar(idr_onnx_writer *w, double value);
const char *idr_onnx_floats(idr_onnx_writer *w, const real *data, const idr_shape *shape);
const char *idr_onnx_ints(idr_onnx_writer *w, const int64_t *data, int count);
/* Adds an ONNX node; `inputs` ends with NULL. */
Idr__Onnx__Node *idr_onnx_add(idr_onnx_writer *w, const char *type, const char *const *inputs,
                              const char *output);
void idr_onnx_attr_int(idr_onnx_writer *w, Idr__Onnx__Node *node, const char *name, int64_t value);
void idr_onnx_attr_ints(idr_onnx_writer *w, Idr__Onnx__Node *node, const char *name,
                        const int64_t *values, int count);
void idr_onnx_attr_float(idr_onnx_writer *w, Idr__Onnx__Node *node, const char *name, double value);
/* Keeps the first failure. */
void idr_onnx_refuse(idr_onnx_writer *w, idr_node node, const char *why);

/* ---- reading: one row per op of the standard --------------------------------------------------
 */
typedef struct idr_onnx_reader idr_onnx_reader;

/* A value of the file: a node of the graph, integers known now (shapes, axes), or the index of the
 * largest element of each row of a node. */
typedef struct {
  idr_node node;       /* NONE: it is integers */
  idr_node arg_max_of; /* NONE: it is no such index */
  const int64_t *ints;
  int int_count;
  const real *floats; /* of a constant; NULL otherwise */
  int64_t float_count;
} idr_onnx_value;

typedef struct {
  const char *type;
  int inputs_min, inputs_max;
  /* Adds what the ONNX node computes; NONE after idr_onnx_fail. */
  idr_node (*read)(idr_onnx_reader *r, const Idr__Onnx__Node *node);
} idr_onnx_reading;

const idr_onnx_reading *idr_onnx_reading_get(const char *type);

idr_graph *idr_onnx_graph(idr_onnx_reader *r);
int64_t idr_onnx_opset(const idr_onnx_reader *r);
/* Input i as a node, NONE after a failure; as integers; as numbers known now (count elements). */
idr_node idr_onnx_in(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i);
bool idr_onnx_in_ints(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i, const int64_t **data,
                      int *count);
bool idr_onnx_in_number(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i, double *value);
/* Whether input i is there at all: trailing ones may be left out, inner ones be "". */
bool idr_onnx_has(const Idr__Onnx__Node *node, int i);
const Idr__Onnx__Attribute *idr_onnx_attr(const Idr__Onnx__Node *node, const char *name);
int64_t idr_onnx_attr_get_int(const Idr__Onnx__Node *node, const char *name, int64_t fallback);
double idr_onnx_attr_get_float(const Idr__Onnx__Node *node, const char *name, double fallback);
/* An axis of a value of this rank, counted from its end when negative; -1 after a failure. */
int idr_onnx_axis(idr_onnx_reader *r, const Idr__Onnx__Node *node, int64_t axis, int rank);

/* Rows of the table that only move numbers: read_shape.c. */
idr_node idr_onnx_read_reshape(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_flatten(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_squeeze(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_unsqueeze(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_expand(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_transpose(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_concat(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_slice(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_pad(idr_onnx_reader *r, const Idr__Onnx__Node *node);
idr_node idr_onnx_read_gather(idr_onnx_reader *r, const Idr__Onnx__Node *node);

/* Keeps the first failure, with the node's name in front; returns NONE. */
idr_node idr_onnx_fail(idr_onnx_reader *r, idr_status status, const Idr__Onnx__Node *node,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
