/* Writing a graph as ONNX. Everything that is written lives in one list of blocks until it is
 * packed. */
#include "base/build.h"
#include "base/file.h"
#include "onnx/onnx_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct block {
  struct block *next;
} block;

struct idr_onnx_writer {
  const idr_onnx_export *export_;
  const idr_graph *g;
  block *blocks;
  Idr__Onnx__Graph graph;
  const char **name; /* [nodes] of every node's value */
  bool *needed, *batched;
  int scalars;
  Idr__Onnx__Node nowhere; /* what is added when there is no memory */
  bool out_of_memory;
  idr_status status; /* first failure */
  char message[512];
};

/* ---- memory -----------------------------------------------------------------------------------
 */

/* Zeroed; NULL, and remembered, when there is none. */
static void *take(idr_onnx_writer *w, size_t bytes) {
  block *b = calloc(1, sizeof *b + bytes);
  if (!b) {
    w->out_of_memory = true;
    return NULL;
  }
  b->next = w->blocks;
  w->blocks = b;
  return b + 1;
}

static char *take_text(idr_onnx_writer *w, const char *text) {
  char *copy = take(w, strlen(text) + 1);
  return copy ? strcpy(copy, text) : (char *)"";
}

static void give_back(idr_onnx_writer *w) {
  for (block *b = w->blocks, *next; b; b = next) {
    next = b->next;
    free(b);
  }
}

/* Room for one more pointer in a list that doubles. */
static void **grow(idr_onnx_writer *w, void **list, size_t used) {
  if (used > 0 && (used & (used - 1)) != 0) return list;
  void **larger = take(w, (used > 0 ? 2 * used : 1) * sizeof(void *));
  if (larger && used > 0) memcpy(larger, list, used * sizeof(void *));
  return larger;
}

#define APPEND(w, list, count, item)                                                               \
  do {                                                                                             \
    void **larger_ = grow((w), (void **)(list), (count));                                          \
    void *item_ = (item);                                                                          \
    if (larger_ && item_) {                                                                        \
      (list) = (void *)larger_;                                                                    \
      (list)[(count)++] = item_;                                                                   \
    }                                                                                              \
  } while (0)

/* ---- what emitters use ------------------------------------------------------------------------
 */

const idr_graph_node *idr_onnx_node(const idr_onnx_writer *w, idr_node node) {
  return idr_graph_get(w->g, node);
}

const char *idr_onnx_name(const idr_onnx_writer *w, idr_node node) {
  return w->name[node];
}

bool idr_onnx_is_batched(const idr_onnx_writer *w, idr_node node) {
  return w->batched[node];
}

const char *idr_onnx_between(idr_onnx_writer *w, idr_node node, const char *what) {
  char text[IDR_ONNX_NAME_MAX];
  snprintf(text, sizeof text, "%s_%d", what, (int)node);
  return take_text(w, text);
}

void idr_onnx_refuse(idr_onnx_writer *w, idr_node node, const char *why) {
  char described[IDR_DESCRIBE_MAX];
  if (w->status != IDR_STATUS_OK) return;
  w->status = IDR_STATUS_UNSUPPORTED;
  snprintf(w->message, sizeof w->message, "ONNX: %s is not exported: %s",
           idr_graph_describe(w->g, node, described, sizeof described), why);
}

Idr__Onnx__Node *idr_onnx_add(idr_onnx_writer *w, const char *type, const char *const *inputs,
                              const char *output) {
  Idr__Onnx__Node *node = take(w, sizeof *node);
  if (!node) return &w->nowhere;
  idr__onnx__node__init(node);
  node->op_type = take_text(w, type);
  for (int i = 0; inputs[i]; i++)
    APPEND(w, node->input, node->n_input, take_text(w, inputs[i]));
  APPEND(w, node->output, node->n_output, take_text(w, output));
  node->name = node->n_output > 0 ? node->output[0] : node->op_type;
  APPEND(w, w->graph.node, w->graph.n_node, node);
  return node;
}

static Idr__Onnx__Attribute *add_attribute(idr_onnx_writer *w, Idr__Onnx__Node *node,
                                           const char *name, int type) {
  Idr__Onnx__Attribute *a = take(w, sizeof *a);
  if (!a) return NULL;
  idr__onnx__attribute__init(a);
  a->name = take_text(w, name);
  a->type = type;
  APPEND(w, node->attribute, node->n_attribute, a);
  return a;
}

void idr_onnx_attr_int(idr_onnx_writer *w, Idr__Onnx__Node *node, const char *name, int64_t value) {
  Idr__Onnx__Attribute *a = add_attribute(w, node, name, IDR_ONNX_ATTR_INT);
  if (a) a->i = value;
}

void idr_onnx_attr_float(idr_onnx_writer *w, Idr__Onnx__Node *node, const char *name,
                         double value) {
  Idr__Onnx__Attribute *a = add_attribute(w, node, name, IDR_ONNX_ATTR_FLOAT);
  if (a) a->f = (float)value;
}

void idr_onnx_attr_ints(idr_onnx_writer *w, Idr__Onnx__Node *node, const char *name,
                        const int64_t *values, int count) {
  Idr__Onnx__Attribute *a = add_attribute(w, node, name, IDR_ONNX_ATTR_INTS);
  int64_t *copy = take(w, (size_t)count * sizeof *copy);
  if (!a || !copy) return;
  memcpy(copy, values, (size_t)count * sizeof *copy);
  a->ints = copy;
  a->n_ints = (size_t)count;
}

/* ---- tensors ----------------------------------------------------------------------------------
 */

/* A value of the model; its bytes are little endian, as this machine's are. */
static void add_tensor(idr_onnx_writer *w, const char *name, int type, const int64_t *dims,
                       int rank, const void *data, size_t bytes) {
  Idr__Onnx__Tensor *t = take(w, sizeof *t);
  int64_t *extents = take(w, (size_t)(rank + 1) * sizeof *extents);
  uint8_t *copy = take(w, bytes + 1);
  if (!t || !extents || !copy) return;
  idr__onnx__tensor__init(t);
  memcpy(extents, dims, (size_t)rank * sizeof *extents);
  memcpy(copy, data, bytes);
  t->name = take_text(w, name);
  t->data_type = type;
  t->dims = extents;
  t->n_dims = (size_t)rank;
  t->raw_data = (ProtobufCBinaryData){.len = bytes, .data = copy};
  APPEND(w, w->graph.initializer, w->graph.n_initializer, t);
}

static void add_floats(idr_onnx_writer *w, const char *name, const real *data, idr_shape shape) {
  int64_t dims[IDR_RANK_MAX], count = idr_shape_count(shape);
  float *plain = take(w, (size_t)(count + 1) * sizeof *plain);
  if (!plain) return;
  for (int i = 0; i < shape.rank; i++)
    dims[i] = shape.dim[i];
  for (int64_t i = 0; i < count; i++)
    plain[i] = (float)data[i];
  add_tensor(w, name, IDR_ONNX_FLOAT, dims, shape.rank, plain, (size_t)count * sizeof *plain);
}

const char *idr_onnx_scalar(idr_onnx_writer *w, double value) {
  char name[IDR_ONNX_NAME_MAX];
  real one = (real)value;
  snprintf(name, sizeof name, "number_%d", w->scalars++);
  add_floats(w, name, &one, idr_shape_scalar());
  return take_text(w, name);
}

const char *idr_onnx_ints(idr_onnx_writer *w, const int64_t *data, int count) {
  char name[IDR_ONNX_NAME_MAX];
  int64_t extent = count;
  snprintf(name, sizeof name, "integers_%d", w->scalars++);
  add_tensor(w, name, IDR_ONNX_INT64, &extent, 1, data, (size_t)count * sizeof *data);
  return take_text(w, name);
}

/* ---- inputs and outputs -----------------------------------------------------------------------
 */

static Idr__Onnx__ValueInfo *port(idr_onnx_writer *w, const char *name, int type, idr_shape shape,
                                  bool batched) {
  Idr__Onnx__ValueInfo *v = take(w, sizeof *v);
  Idr__Onnx__Type *t = take(w, sizeof *t);
  Idr__Onnx__TensorType *tensor = take(w, sizeof *tensor);
  Idr__Onnx__Shape *s = take(w, sizeof *s);
  if (!v || !t || !tensor || !s) return NULL;
  idr__onnx__value_info__init(v);
  idr__onnx__type__init(t);
  idr__onnx__tensor_type__init(tensor);
  idr__onnx__shape__init(s);
  v->name = take_text(w, name);
  v->type = t;
  t->tensor_type = tensor;
  tensor->elem_type = type;
  tensor->shape = s;
  for (int i = 0; i < shape.rank; i++) {
    Idr__Onnx__Dimension *d = take(w, sizeof *d);
    if (!d) return NULL;
    idr__onnx__dimension__init(d);
    if (i == 0 && batched) {
      d->value_case = IDR__ONNX__DIMENSION__VALUE_DIM_PARAM;
      d->dim_param = take_text(w, "batch");
    } else {
      d->value_case = IDR__ONNX__DIMENSION__VALUE_DIM_VALUE;
      d->dim_value = shape.dim[i];
    }
    APPEND(w, s->dim, s->n_dim, d);
  }
  return v;
}

static const idr_onnx_given *find_given(const idr_onnx_writer *w, const char *name) {
  for (int i = 0; i < w->export_->given_count; i++)
    if (strcmp(w->export_->given[i].name, name) == 0) return &w->export_->given[i];
  return NULL;
}

/* Inputs, parameters and constants. */
static void write_source(idr_onnx_writer *w, idr_node n) {
  const idr_graph_node *node = idr_onnx_node(w, n);
  const idr_onnx_given *given = find_given(w, node->name);
  real value = (real)node->attr.a;
  if (node->op == IDR_OP_PARAMETER)
    add_floats(w, w->name[n], w->export_->flat + node->attr.offset, node->shape);
  else if (node->op == IDR_OP_CONSTANT)
    add_floats(w, w->name[n], &value, idr_shape_scalar());
  else if (given)
    add_floats(w, w->name[n], given->data, node->shape);
  else
    APPEND(w, w->graph.input, w->graph.n_input,
           port(w, w->name[n], node->dtype == IDR_DTYPE_INT32 ? IDR_ONNX_INT32 : IDR_ONNX_FLOAT,
                node->shape, w->batched[n]));
}

static void write_node(idr_onnx_writer *w, idr_node n) {
  const idr_graph_node *node = idr_onnx_node(w, n);
  const idr_onnx_row *row = idr_onnx_row_get(node->op);
  const char *inputs[IDR_OP_INPUT_MAX + 1] = {NULL};
  if (idr_op_get(node->op)->source) {
    write_source(w, n);
  } else if (row->emit) {
    row->emit(w, n);
  } else if (row->type) {
    for (int i = 0; i < idr_op_get(node->op)->input_count; i++)
      inputs[i] = w->name[node->in[i]];
    idr_onnx_add(w, row->type, inputs, w->name[n]);
  } else {
    idr_onnx_refuse(w, n, row->why ? row->why : "it has no row in the ONNX table");
  }
}

/* An output has its own name when it is computed here; otherwise a node gives it one. */
static void write_output(idr_onnx_writer *w, const idr_onnx_output *out) {
  const idr_graph_node *node = idr_onnx_node(w, out->node);
  const char *inputs[] = {w->name[out->node], NULL};
  idr_shape shape = node->shape;
  if (out->arg_max) {
    Idr__Onnx__Node *arg = idr_onnx_add(w, "ArgMax", inputs, out->name);
    idr_onnx_attr_int(w, arg, "axis", -1);
    idr_onnx_attr_int(w, arg, "keepdims", 0);
    shape.rank--;
  } else if (strcmp(inputs[0], out->name) != 0) {
    idr_onnx_add(w, "Identity", inputs, out->name);
  }
  APPEND(w, w->graph.output, w->graph.n_output,
         port(w, out->name, out->arg_max ? IDR_ONNX_INT64 : IDR_ONNX_FLOAT, shape,
              w->batched[out->node]));
}

/* ---- the walk ---------------------------------------------------------------------------------
 */

static void mark_needed(idr_onnx_writer *w) {
  for (int i = 0; i < w->export_->output_count; i++)
    w->needed[w->export_->outputs[i].node] = true;
  for (idr_node n = w->g->count - 1; n >= 0; n--) {
    const idr_graph_node *node = idr_onnx_node(w, n);
    for (int i = 0; w->needed[n] && i < idr_op_get(node->op)->input_count; i++)
      w->needed[node->in[i]] = true;
  }
}

/* The batch comes in through inputs, and goes on to whatever keeps the first dimension. */
static void mark_batched(idr_onnx_writer *w) {
  int32_t rows = w->export_->rows;
  for (idr_node n = 0; n < w->g->count; n++) {
    const idr_graph_node *node = idr_onnx_node(w, n);
    bool comes = node->op == IDR_OP_INPUT && !find_given(w, node->name);
    for (int i = 0; i < idr_op_get(node->op)->input_count; i++)
      comes = comes || w->batched[node->in[i]];
    w->batched[n] = rows > 0 && comes && node->shape.rank > 0 && node->shape.dim[0] == rows;
  }
}

static void name_nodes(idr_onnx_writer *w) {
  char text[IDR_ONNX_NAME_MAX];
  for (idr_node n = 0; n < w->g->count; n++) {
    const idr_graph_node *node = idr_onnx_node(w, n);
    snprintf(text, sizeof text, "%s_%d", idr_op_get(node->op)->name, (int)n);
    w->name[n] = take_text(w, node->name[0] ? node->name : text);
  }
  for (int i = 0; i < w->export_->output_count; i++) {
    const idr_onnx_output *out = &w->export_->outputs[i];
    bool computed = !idr_op_get(idr_onnx_node(w, out->node)->op)->source && !out->arg_max;
    for (int k = 0; k < i; k++)
      computed = computed && w->export_->outputs[k].node != out->node;
    if (computed) w->name[out->node] = take_text(w, out->name);
  }
}

static idr_status walk(idr_onnx_writer *w) {
  size_t count = (size_t)w->g->count + 1;
  w->name = take(w, count * sizeof *w->name);
  w->needed = take(w, count * sizeof *w->needed);
  w->batched = take(w, count * sizeof *w->batched);
  if (w->out_of_memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write an ONNX model");
  mark_needed(w);
  mark_batched(w);
  name_nodes(w);
  for (idr_node n = 0; n < w->g->count; n++)
    if (w->needed[n]) write_node(w, n);
  for (int i = 0; i < w->export_->output_count; i++)
    write_output(w, &w->export_->outputs[i]);
  if (w->out_of_memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write an ONNX model");
  if (w->status != IDR_STATUS_OK) IDR_FAIL(w->status, "%s", w->message);
  return IDR_STATUS_OK;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static void add_metadata(idr_onnx_writer *w, Idr__Onnx__Model *model) {
  for (int i = 0; i < w->export_->metadata_count; i++) {
    Idr__Onnx__Pair *pair = take(w, sizeof *pair);
    if (!pair) return;
    idr__onnx__pair__init(pair);
    pair->key = take_text(w, w->export_->metadata[i].key);
    pair->value = take_text(w, w->export_->metadata[i].value);
    APPEND(w, model->metadata_props, model->n_metadata_props, pair);
  }
}

static idr_status pack(idr_onnx_writer *w, char **bytes, size_t *size) {
  Idr__Onnx__Model model = IDR__ONNX__MODEL__INIT;
  Idr__Onnx__OperatorSet opset = IDR__ONNX__OPERATOR_SET__INIT, *opsets[] = {&opset};
  opset.version = IDR_ONNX_OPSET;
  model.ir_version = IDR_ONNX_IR;
  model.producer_name = take_text(w, "idrill");
  model.producer_version = take_text(w, idr_build_get()->version);
  model.doc_string = take_text(w, w->export_->doc ? w->export_->doc : "");
  model.graph = &w->graph;
  model.opset_import = opsets;
  model.n_opset_import = 1;
  w->graph.name = take_text(w, w->export_->name ? w->export_->name : "idrill");
  add_metadata(w, &model);
  *size = idr__onnx__model__get_packed_size(&model);
  *bytes = w->out_of_memory ? NULL : malloc(*size + 1);
  if (!*bytes) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write an ONNX model");
  idr__onnx__model__pack(&model, (uint8_t *)*bytes);
  return IDR_STATUS_OK;
}

idr_status idr_onnx_pack(const idr_onnx_export *export_, char **bytes, size_t *size) {
  idr_onnx_writer w = {.export_ = export_, .g = export_->graph};
  *bytes = NULL;
  IDR_TRY(idr_graph_status(export_->graph));
  idr__onnx__graph__init(&w.graph);
  idr__onnx__node__init(&w.nowhere);
  idr_status status = walk(&w);
  if (status == IDR_STATUS_OK) status = pack(&w, bytes, size);
  give_back(&w);
  return status;
}

idr_status idr_onnx_write(const idr_onnx_export *export_, const char *path) {
  char *bytes = NULL;
  size_t size = 0;
  IDR_TRY(idr_onnx_pack(export_, &bytes, &size));
  idr_status status = idr_file_write(path, bytes, size);
  free(bytes);
  return status;
}
