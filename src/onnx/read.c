/* Reading ONNX: from a file that nobody vouches for to a graph of ours. */
#include "base/file.h"
#include "onnx/onnx_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELEMENTS_MAX ((int64_t)1 << 28)
#define VALUES_MAX   8192
#define FIRST_OPSET  13
#define LAST_OPSET   22

typedef struct {
  const char *name; /* borrowed from the file */
  idr_onnx_value value;
} named;

/* Numbers of the file as our own: owned by the reader. */
typedef struct {
  real *floats;
  int64_t *ints;
} owned;

struct idr_onnx_reader {
  const char *file;
  Idr__Onnx__Model *model;
  idr_onnx_model *out;
  int32_t rows;
  int64_t opset;
  named *values;
  int value_count, value_room;
  owned *owned;
  int owned_count, owned_room;
  int param_count;
  idr_status status;
  char message[1024];
};

/* ---- failures ----------------------------------------------------------------------------------
 */

static const char *text_or(const char *text, const char *fallback) {
  return text && text[0] ? text : fallback;
}

idr_node idr_onnx_fail(idr_onnx_reader *r, idr_status status, const Idr__Onnx__Node *node,
                       const char *format, ...) {
  va_list args;
  char what[512];
  if (r->status != IDR_STATUS_OK) return IDR_NODE_NONE;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  r->status = status;
  if (node)
    snprintf(r->message, sizeof r->message, "'%.200s': node '%.100s' (%.60s): %s", r->file,
             text_or(node->name, node->n_output > 0 ? node->output[0] : ""),
             text_or(node->op_type, "no type"), what);
  else
    snprintf(r->message, sizeof r->message, "'%.200s': %s", r->file, what);
  return IDR_NODE_NONE;
}

static bool failed(idr_onnx_reader *r, idr_status status, const char *what, const char *name) {
  idr_onnx_fail(r, status, NULL, "%s '%.100s'", what, text_or(name, ""));
  return false;
}

/* ---- values ------------------------------------------------------------------------------------
 */

static idr_onnx_value no_value(void) {
  return (idr_onnx_value){.node = IDR_NODE_NONE, .arg_max_of = IDR_NODE_NONE};
}

idr_graph *idr_onnx_graph(idr_onnx_reader *r) {
  return r->out->graph;
}

int64_t idr_onnx_opset(const idr_onnx_reader *r) {
  return r->opset;
}

static const idr_onnx_value *find(const idr_onnx_reader *r, const char *name) {
  for (int i = r->value_count - 1; i >= 0; i--)
    if (strcmp(r->values[i].name, name) == 0) return &r->values[i].value;
  return NULL;
}

static bool keep_value(idr_onnx_reader *r, const char *name, idr_onnx_value value) {
  if (find(r, name)) return failed(r, IDR_STATUS_FORMAT, "two values are called", name);
  if (r->value_count == VALUES_MAX)
    return failed(r, IDR_STATUS_UNSUPPORTED, "too many values at", name);
  if (r->value_count == r->value_room) {
    int room = r->value_room > 0 ? 2 * r->value_room : 64;
    named *values = realloc(r->values, (size_t)room * sizeof *values);
    if (!values) return failed(r, IDR_STATUS_MEMORY, "no memory for value", name);
    r->values = values;
    r->value_room = room;
  }
  r->values[r->value_count++] = (named){name, value};
  return true;
}

static owned *own(idr_onnx_reader *r) {
  if (r->owned_count == r->owned_room) {
    int room = r->owned_room > 0 ? 2 * r->owned_room : 64;
    owned *list = realloc(r->owned, (size_t)room * sizeof *list);
    if (!list) return NULL;
    r->owned = list;
    r->owned_room = room;
  }
  r->owned[r->owned_count] = (owned){NULL, NULL};
  return &r->owned[r->owned_count++];
}

/* ---- tensors -----------------------------------------------------------------------------------
 */

/* Shape and number of elements; a rank or a number beyond all bounds fails. */
static bool tensor_shape(idr_onnx_reader *r, const Idr__Onnx__Tensor *t, idr_shape *shape,
                         int64_t *count) {
  *count = 1;
  *shape = idr_shape_scalar();
  if (t->n_dims > IDR_RANK_MAX)
    return failed(r, IDR_STATUS_UNSUPPORTED, "more than 4 dimensions in tensor", t->name);
  shape->rank = (int)t->n_dims;
  for (size_t i = 0; i < t->n_dims; i++) {
    if (t->dims[i] < 1 || t->dims[i] > ELEMENTS_MAX)
      return failed(r, IDR_STATUS_FORMAT, "an impossible dimension in tensor", t->name);
    shape->dim[i] = (int32_t)t->dims[i];
    *count *= t->dims[i];
    if (*count > ELEMENTS_MAX)
      return failed(r, IDR_STATUS_UNSUPPORTED, "too large is tensor", t->name);
  }
  if (t->data_location != 0 || t->n_external_data > 0)
    return failed(r, IDR_STATUS_UNSUPPORTED,
                  "save the model with its weights inside; they are in another file for tensor",
                  t->name);
  return true;
}

/* Whether a tensor holds as many elements as its shape says, `each` bytes each, or in the list of
 * its type, which has `listed`: before any memory is taken for them. */
static bool holds(idr_onnx_reader *r, const Idr__Onnx__Tensor *t, int64_t count, size_t each,
                  size_t listed) {
  bool raw = t->raw_data.len > 0;
  if (raw ? t->raw_data.len == (size_t)count * each : listed == (size_t)count) return true;
  return failed(r, IDR_STATUS_FORMAT, "shape and data differ in length in tensor", t->name);
}

static void load_floats(const Idr__Onnx__Tensor *t, int64_t count, real *out) {
  for (int64_t i = 0; i < count; i++) {
    float value;
    if (t->raw_data.len > 0)
      memcpy(&value, t->raw_data.data + (size_t)i * sizeof value, sizeof value);
    else
      value = t->float_data[i];
    out[i] = (real)value;
  }
}

static void load_ints(const Idr__Onnx__Tensor *t, int64_t count, int64_t *out) {
  bool wide = t->data_type == IDR_ONNX_INT64, raw = t->raw_data.len > 0;
  for (int64_t i = 0; i < count; i++) {
    int32_t narrow = 0;
    if (raw && wide)
      memcpy(&out[i], t->raw_data.data + (size_t)i * sizeof out[i], sizeof out[i]);
    else if (raw)
      memcpy(&narrow, t->raw_data.data + (size_t)i * sizeof narrow, sizeof narrow);
    else
      out[i] = wide ? t->int64_data[i] : t->int32_data[i];
    if (raw && !wide) out[i] = narrow;
  }
}

static bool read_floats(idr_onnx_reader *r, const Idr__Onnx__Tensor *t, idr_shape shape,
                        int64_t count, idr_onnx_value *value) {
  char name[32];
  if (!holds(r, t, count, sizeof(float), t->n_float_data)) return false;
  owned *mine = own(r);
  real *data = mine ? malloc((size_t)count * sizeof *data) : NULL;
  if (!data) return failed(r, IDR_STATUS_MEMORY, "no memory for tensor", t->name);
  mine->floats = data;
  load_floats(t, count, data);
  *value = no_value();
  value->floats = data;
  value->float_count = count;
  if (shape.rank == 0) {
    value->node = idr_graph_constant(r->out->graph, (double)data[0]);
    return true;
  }
  /* Names of the file may be longer than ours. */
  snprintf(name, sizeof name, "tensor/%d", r->param_count++);
  int index = idr_params_add(r->out->params, name, shape, IDR_INIT_ZERO, 0);
  value->node = idr_graph_parameter(r->out->graph, r->out->params, index);
  return true;
}

static bool read_ints(idr_onnx_reader *r, const Idr__Onnx__Tensor *t, int64_t count,
                      idr_onnx_value *value) {
  bool wide = t->data_type == IDR_ONNX_INT64;
  if (!holds(r, t, count, wide ? 8 : 4, wide ? t->n_int64_data : t->n_int32_data)) return false;
  owned *mine = count <= INT32_MAX ? own(r) : NULL;
  int64_t *data = mine ? malloc((size_t)count * sizeof *data) : NULL;
  if (!data) return failed(r, IDR_STATUS_MEMORY, "no memory for tensor", t->name);
  mine->ints = data;
  load_ints(t, count, data);
  *value = no_value();
  value->ints = data;
  value->int_count = (int)count;
  return true;
}

static bool read_tensor(idr_onnx_reader *r, const Idr__Onnx__Tensor *t, idr_onnx_value *value) {
  idr_shape shape;
  int64_t count;
  static const int64_t nothing = 0;
  *value = no_value();
  if (t->data_type == IDR_ONNX_INT64 && t->n_dims == 1 && t->dims[0] == 0) {
    value->ints = &nothing; /* no axes, no dimensions: a scalar's shape */
    return true;
  }
  if (!tensor_shape(r, t, &shape, &count)) return false;
  if (t->data_type == IDR_ONNX_FLOAT) return read_floats(r, t, shape, count, value);
  if (t->data_type == IDR_ONNX_INT64 || t->data_type == IDR_ONNX_INT32)
    return read_ints(r, t, count, value);
  return failed(r, IDR_STATUS_UNSUPPORTED,
                "only 32-bit floating point and integers are read; of another type is tensor",
                t->name);
}

/* ---- inputs of nodes ----------------------------------------------------------------------------
 */

bool idr_onnx_has(const Idr__Onnx__Node *node, int i) {
  return (size_t)i < node->n_input && node->input[i] && node->input[i][0];
}

static const idr_onnx_value *value_in(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i) {
  const idr_onnx_value *value = idr_onnx_has(node, i) ? find(r, node->input[i]) : NULL;
  if (!value)
    idr_onnx_fail(r, IDR_STATUS_FORMAT, node,
                  "input %d ('%.100s') is made by no node before it, and is no input or "
                  "initializer of the graph",
                  i, idr_onnx_has(node, i) ? node->input[i] : "");
  return value;
}

idr_node idr_onnx_in(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i) {
  const idr_onnx_value *value = value_in(r, node, i);
  if (!value) return IDR_NODE_NONE;
  if (value->node == IDR_NODE_NONE)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node, "input %d holds integers", i);
  return value->node;
}

bool idr_onnx_in_ints(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i, const int64_t **data,
                      int *count) {
  const idr_onnx_value *value = value_in(r, node, i);
  if (!value) return false;
  *data = value->ints;
  *count = value->int_count;
  if (value->node == IDR_NODE_NONE && value->ints) return true;
  idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node, "input %d must be integers that are known now", i);
  return false;
}

bool idr_onnx_in_number(idr_onnx_reader *r, const Idr__Onnx__Node *node, int i, double *number) {
  const idr_onnx_value *value = value_in(r, node, i);
  if (!value) return false;
  if (value->floats && value->float_count == 1) {
    *number = (double)value->floats[0];
    return true;
  }
  idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node, "input %d must be one number that is known now",
                i);
  return false;
}

const Idr__Onnx__Attribute *idr_onnx_attr(const Idr__Onnx__Node *node, const char *name) {
  for (size_t i = 0; i < node->n_attribute; i++)
    if (node->attribute[i]->name && strcmp(node->attribute[i]->name, name) == 0)
      return node->attribute[i];
  return NULL;
}

int64_t idr_onnx_attr_get_int(const Idr__Onnx__Node *node, const char *name, int64_t fallback) {
  const Idr__Onnx__Attribute *a = idr_onnx_attr(node, name);
  return a ? a->i : fallback;
}

double idr_onnx_attr_get_float(const Idr__Onnx__Node *node, const char *name, double fallback) {
  const Idr__Onnx__Attribute *a = idr_onnx_attr(node, name);
  return a ? (double)a->f : fallback;
}

int idr_onnx_axis(idr_onnx_reader *r, const Idr__Onnx__Node *node, int64_t axis, int rank) {
  if (axis >= -rank && axis < rank) return (int)(axis < 0 ? axis + rank : axis);
  idr_onnx_fail(r, IDR_STATUS_FORMAT, node, "there is no axis %lld in %d dimensions",
                (long long)axis, rank);
  return -1;
}

/* ---- the graph ----------------------------------------------------------------------------------
 */

/* One dimension of an input; 0 after a failure. The first one is the batch when a size was asked
 * for: it must be open, or fixed at that size. */
static int32_t port_dimension(idr_onnx_reader *r, const Idr__Onnx__ValueInfo *v, int i) {
  const Idr__Onnx__Dimension *d = v->type->tensor_type->shape->dim[i];
  bool fixed = d->value_case == IDR__ONNX__DIMENSION__VALUE_DIM_VALUE;
  bool batch = i == 0 && r->rows > 0;
  if (batch && fixed && d->dim_value != r->rows)
    failed(r, IDR_STATUS_UNSUPPORTED,
           "export the model with an open first dimension (the batch); it is fixed in input",
           v->name);
  else if (!batch && (!fixed || d->dim_value < 1 || d->dim_value > ELEMENTS_MAX))
    failed(r, IDR_STATUS_UNSUPPORTED, "a dimension that must be known is open in input", v->name);
  if (r->status != IDR_STATUS_OK) return 0;
  return batch ? r->rows : (int32_t)d->dim_value;
}

static bool port_shape(idr_onnx_reader *r, const Idr__Onnx__ValueInfo *v, idr_shape *shape) {
  const Idr__Onnx__TensorType *t = v->type ? v->type->tensor_type : NULL;
  int64_t count = 1;
  *shape = idr_shape_scalar();
  if (!t || !t->shape || t->shape->n_dim > IDR_RANK_MAX)
    return failed(r, IDR_STATUS_UNSUPPORTED, "no tensor with at most 4 dimensions is input",
                  v->name);
  shape->rank = (int)t->shape->n_dim;
  for (int i = 0; i < shape->rank; i++) {
    shape->dim[i] = port_dimension(r, v, i);
    if (shape->dim[i] == 0) return false;
    count *= shape->dim[i];
    if (count > ELEMENTS_MAX)
      return failed(r, IDR_STATUS_UNSUPPORTED, "too large is input", v->name);
  }
  return true;
}

static bool add_port(idr_onnx_reader *r, idr_onnx_port **list, int *count, const char *name,
                     idr_onnx_port port) {
  idr_onnx_port *ports = realloc(*list, (size_t)(*count + 1) * sizeof *ports);
  if (!ports) return failed(r, IDR_STATUS_MEMORY, "no memory for", name);
  if (strlen(name) >= sizeof port.name)
    return failed(r, IDR_STATUS_UNSUPPORTED, "longer than 63 bytes is the name", name);
  *list = ports;
  snprintf(port.name, sizeof port.name, "%.63s", name);
  port.shape = idr_graph_shape(r->out->graph, port.node);
  ports[(*count)++] = port;
  return true;
}

static bool read_input(idr_onnx_reader *r, const Idr__Onnx__ValueInfo *v) {
  idr_shape shape;
  char name[64];
  if (!v->name || !v->name[0]) return failed(r, IDR_STATUS_FORMAT, "no name has an input", "");
  if (find(r, v->name)) return true; /* an initializer, listed here by old exporters */
  if (!port_shape(r, v, &shape)) return false;
  int type = v->type->tensor_type->elem_type;
  if (type != IDR_ONNX_FLOAT && type != IDR_ONNX_INT32)
    return failed(r, IDR_STATUS_UNSUPPORTED, "neither float nor int32 is input", v->name);
  idr_dtype dtype = type == IDR_ONNX_FLOAT ? IDR_DTYPE_REAL : IDR_DTYPE_INT32;
  snprintf(name, sizeof name, "%.63s", v->name);
  idr_node node = idr_graph_input(r->out->graph, name, dtype, shape);
  idr_onnx_value value = no_value();
  value.node = node;
  return add_port(r, &r->out->inputs, &r->out->input_count, v->name,
                  (idr_onnx_port){.dtype = dtype, .node = node}) &&
         keep_value(r, v->name, value);
}

/* A Constant's number or list of numbers as a tensor; false: it is something else. */
static bool constant_tensor(const Idr__Onnx__Attribute *a, Idr__Onnx__Tensor *out,
                            int64_t *extent) {
  bool ints = strcmp(a->name, "value_ints") == 0, floats = strcmp(a->name, "value_floats") == 0;
  bool whole = ints || strcmp(a->name, "value_int") == 0;
  if (!whole && !floats && strcmp(a->name, "value_float") != 0) return false;
  *extent = (int64_t)(ints ? a->n_ints : a->n_floats);
  out->name = a->name;
  out->data_type = whole ? IDR_ONNX_INT64 : IDR_ONNX_FLOAT;
  out->dims = extent;
  out->n_dims = ints || floats ? 1 : 0;
  out->int64_data = ints ? a->ints : (int64_t *)&a->i;
  out->n_int64_data = ints ? a->n_ints : 1;
  out->float_data = floats ? a->floats : (float *)&a->f;
  out->n_float_data = floats ? a->n_floats : 1;
  return true;
}

/* Constant nodes hold what an initializer does. */
static bool read_constant(idr_onnx_reader *r, const Idr__Onnx__Node *node) {
  const Idr__Onnx__Attribute *a = node->n_attribute > 0 ? node->attribute[0] : NULL;
  idr_onnx_value value = no_value();
  Idr__Onnx__Tensor plain = IDR__ONNX__TENSOR__INIT;
  int64_t extent;
  if (!a || !a->name || node->n_output != 1)
    return idr_onnx_fail(r, IDR_STATUS_FORMAT, node, "it holds nothing") != IDR_NODE_NONE;
  if (strcmp(a->name, "value") == 0 && a->t)
    return read_tensor(r, a->t, &value) && keep_value(r, node->output[0], value);
  if (!constant_tensor(a, &plain, &extent)) {
    idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node,
                  "its '%.60s' is neither a tensor nor 32-bit floats or integers", a->name);
    return false;
  }
  return read_tensor(r, &plain, &value) && keep_value(r, node->output[0], value);
}

/* The index of each row's largest element: integers, so nothing but an output may come of it. */
static bool read_arg_max(idr_onnx_reader *r, const Idr__Onnx__Node *node) {
  idr_onnx_value value = no_value();
  value.arg_max_of =
      node->n_input == 1 && node->n_output == 1 ? idr_onnx_in(r, node, 0) : IDR_NODE_NONE;
  if (value.arg_max_of == IDR_NODE_NONE)
    idr_onnx_fail(r, IDR_STATUS_FORMAT, node, "it has no input");
  if (r->status != IDR_STATUS_OK) return false;
  int rank = idr_graph_shape(r->out->graph, value.arg_max_of).rank;
  int64_t axis = idr_onnx_attr_get_int(node, "axis", 0);
  if (rank != 2 || (axis != -1 && axis != 1) ||
      idr_onnx_attr_get_int(node, "select_last_index", 0) != 0)
    idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node,
                  "only the first largest element of each row of a matrix is read");
  return r->status == IDR_STATUS_OK && keep_value(r, node->output[0], value);
}

static bool fits(idr_onnx_reader *r, const Idr__Onnx__Node *node, const idr_onnx_reading *reading) {
  bool fine = node->n_input >= (size_t)reading->inputs_min &&
              node->n_input <= (size_t)reading->inputs_max && node->n_output >= 1;
  for (size_t i = 1; i < node->n_output; i++)
    fine = fine && !(node->output[i] && node->output[i][0]);
  if (!fine)
    idr_onnx_fail(r, IDR_STATUS_FORMAT, node, "%zu inputs and %zu outputs are not what it has",
                  node->n_input, node->n_output);
  return fine;
}

/* Dimension by dimension: their product may be beyond any integer. */
static bool is_too_large(idr_shape shape) {
  int64_t count = 1;
  for (int i = 0; i < shape.rank && count <= ELEMENTS_MAX; i++)
    count *= shape.dim[i];
  return count > ELEMENTS_MAX;
}

/* What the builders of the graph did not like, or a result that no memory would hold. */
static bool check_result(idr_onnx_reader *r, const Idr__Onnx__Node *node, idr_node out) {
  if (r->status == IDR_STATUS_OK && out == IDR_NODE_NONE) {
    idr_status status = idr_graph_status(r->out->graph);
    idr_onnx_fail(r, IDR_STATUS_FORMAT, node, "%s",
                  status == IDR_STATUS_OK ? "its inputs do not fit" : idr_error_get()->message);
    idr_error_clear();
  }
  if (r->status != IDR_STATUS_OK) return false;
  if (is_too_large(idr_graph_shape(r->out->graph, out)))
    idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node, "its output is too large");
  return r->status == IDR_STATUS_OK;
}

static bool read_node(idr_onnx_reader *r, const Idr__Onnx__Node *node) {
  const char *type = text_or(node->op_type, "");
  if (node->domain && node->domain[0] && strcmp(node->domain, "ai.onnx") != 0)
    idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node, "it belongs to the foreign domain '%.60s'",
                  node->domain);
  if (r->status != IDR_STATUS_OK) return false;
  if (strcmp(type, "Constant") == 0) return read_constant(r, node);
  if (strcmp(type, "ArgMax") == 0) return read_arg_max(r, node);
  const idr_onnx_reading *reading = idr_onnx_reading_get(type);
  if (!reading) {
    idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, node, "this op is not one of the engine's");
    return false;
  }
  idr_onnx_value value = no_value();
  if (!fits(r, node, reading)) return false;
  value.node = reading->read(r, node);
  return check_result(r, node, value.node) && keep_value(r, node->output[0], value);
}

static bool read_output(idr_onnx_reader *r, const Idr__Onnx__ValueInfo *v) {
  const idr_onnx_value *value = v->name ? find(r, v->name) : NULL;
  bool arg_max = value && value->arg_max_of != IDR_NODE_NONE;
  if (!value || (value->node == IDR_NODE_NONE && !arg_max))
    return failed(r, IDR_STATUS_FORMAT, "nothing computes output", v->name);
  if (!arg_max && idr_graph_get(r->out->graph, value->node)->dtype != IDR_DTYPE_REAL)
    return failed(r, IDR_STATUS_UNSUPPORTED, "integers, passed through, are output", v->name);
  return add_port(r, &r->out->outputs, &r->out->output_count, v->name,
                  (idr_onnx_port){.dtype = IDR_DTYPE_REAL,
                                  .node = arg_max ? value->arg_max_of : value->node,
                                  .arg_max = arg_max});
}

static bool read_opset(idr_onnx_reader *r) {
  for (size_t i = 0; i < r->model->n_opset_import; i++) {
    const Idr__Onnx__OperatorSet *set = r->model->opset_import[i];
    if (!set->domain || !set->domain[0] || strcmp(set->domain, "ai.onnx") == 0)
      r->opset = set->version;
  }
  if (r->opset >= FIRST_OPSET && r->opset <= LAST_OPSET) return true;
  idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, NULL, "opset %lld; opsets %d to %d are read",
                (long long)r->opset, FIRST_OPSET, LAST_OPSET);
  return false;
}

static bool read_graph(idr_onnx_reader *r) {
  const Idr__Onnx__Graph *g = r->model->graph;
  bool fine = read_opset(r);
  if (!g) return failed(r, IDR_STATUS_FORMAT, "it holds no graph", "");
  for (size_t i = 0; fine && i < g->n_initializer; i++) {
    idr_onnx_value value;
    fine = read_tensor(r, g->initializer[i], &value) &&
           keep_value(r, text_or(g->initializer[i]->name, ""), value);
  }
  for (size_t i = 0; fine && i < g->n_input; i++)
    fine = read_input(r, g->input[i]);
  for (size_t i = 0; fine && i < g->n_node; i++)
    fine = read_node(r, g->node[i]);
  for (size_t i = 0; fine && i < g->n_output; i++)
    fine = read_output(r, g->output[i]);
  return fine;
}

/* The parameters as one flat buffer, once all are known. */
static idr_status fill_params(idr_onnx_reader *r) {
  IDR_TRY(idr_params_status(r->out->params));
  IDR_TRY(idr_graph_status(r->out->graph));
  size_t size = (size_t)idr_params_size(r->out->params);
  r->out->flat = calloc(size > 0 ? size : 1, sizeof(real));
  if (!r->out->flat) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the weights of '%s'", r->file);
  for (int i = 0; i < r->value_count; i++) {
    const idr_onnx_value *v = &r->values[i].value;
    if (!v->floats) continue;
    const idr_graph_node *node = idr_graph_get(r->out->graph, v->node);
    if (node->op == IDR_OP_PARAMETER)
      memcpy(r->out->flat + node->attr.offset, v->floats, (size_t)v->float_count * sizeof(real));
  }
  return IDR_STATUS_OK;
}

static idr_status build(idr_onnx_reader *r) {
  r->out = calloc(1, sizeof *r->out);
  if (!r->out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read '%s'", r->file);
  IDR_TRY(idr_graph_create(&r->out->graph));
  IDR_TRY(idr_params_create(&r->out->params));
  if (!read_graph(r)) IDR_FAIL(r->status, "%s", r->message);
  if (r->out->output_count == 0) IDR_FAIL(IDR_STATUS_FORMAT, "'%s' has no output", r->file);
  return fill_params(r);
}

idr_status idr_onnx_parse(const char *name, const void *bytes, size_t size, int32_t rows,
                          idr_onnx_model **out) {
  idr_onnx_reader r = {.file = name, .rows = rows};
  *out = NULL;
  r.model = idr__onnx__model__unpack(NULL, size, bytes);
  if (!r.model) IDR_FAIL(IDR_STATUS_FORMAT, IDR_ONNX_DAMAGED, name);
  idr_status status = build(&r);
  idr__onnx__model__free_unpacked(r.model, NULL);
  for (int i = 0; i < r.owned_count; i++) {
    free(r.owned[i].floats);
    free(r.owned[i].ints);
  }
  free(r.owned);
  free(r.values);
  if (status == IDR_STATUS_OK)
    *out = r.out;
  else
    idr_onnx_free(r.out);
  return status;
}

idr_status idr_onnx_read(const char *path, int32_t rows, idr_onnx_model **out) {
  char *bytes = NULL;
  size_t size = 0;
  *out = NULL;
  IDR_TRY(idr_file_read(path, IDR_ONNX_FILE_LIMIT, &bytes, &size));
  idr_status status = idr_onnx_parse(path, bytes, size, rows, out);
  free(bytes);
  return status;
}

void idr_onnx_free(idr_onnx_model *model) {
  if (!model) return;
  idr_graph_destroy(model->graph);
  idr_params_destroy(model->params);
  free(model->flat);
  free(model->inputs);
  free(model->outputs);
  free(model);
}
