/* The list of nodes: adding one, finding an equal one, and the mistakes made on the way. */
#include "graph/op.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- shapes ---------------------------------------------------------------------------------- */
int64_t idr_shape_count(idr_shape shape) {
  int64_t count = 1;
  for (int i = 0; i < shape.rank; i++)
    count *= shape.dim[i];
  return count;
}

idr_shape idr_shape_of(int rank, const int32_t *dim) {
  idr_shape shape;
  memset(&shape, 0, sizeof shape);
  shape.rank = rank;
  for (int i = 0; i < rank && i < IDR_RANK_MAX; i++)
    shape.dim[i] = dim[i];
  return shape;
}

idr_shape idr_shape_scalar(void) {
  return idr_shape_of(0, NULL);
}

bool idr_shape_equal(idr_shape a, idr_shape b) {
  if (a.rank != b.rank) return false;
  for (int i = 0; i < a.rank; i++)
    if (a.dim[i] != b.dim[i]) return false;
  return true;
}

bool idr_shape_broadcast(idr_shape a, idr_shape b, idr_shape *out) {
  int rank = a.rank > b.rank ? a.rank : b.rank;
  *out = idr_shape_of(0, NULL);
  out->rank = rank;
  for (int i = 0; i < rank; i++) {
    int ia = i - (rank - a.rank), ib = i - (rank - b.rank);
    int32_t da = ia < 0 ? 1 : a.dim[ia], db = ib < 0 ? 1 : b.dim[ib];
    if (da != db && da != 1 && db != 1) return false;
    out->dim[i] = da == 1 ? db : da;
  }
  return true;
}

/* ---- life and mistakes ----------------------------------------------------------------------- */
idr_status idr_graph_create(idr_graph **out) {
  *out = calloc(1, sizeof **out);
  if (!*out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a graph");
  return IDR_STATUS_OK;
}

void idr_graph_destroy(idr_graph *g) {
  if (!g) return;
  free(g->nodes);
  free(g);
}

idr_status idr_graph_status(const idr_graph *g) {
  if (g->status != IDR_STATUS_OK) IDR_FAIL(g->status, "%s", g->message);
  return IDR_STATUS_OK;
}

idr_node idr_graph_fail(idr_graph *g, idr_status status, const char *format, ...) {
  if (g->status != IDR_STATUS_OK) return IDR_NODE_NONE;
  g->status = status;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(g->message, sizeof g->message, format, arguments);
  va_end(arguments);
  return IDR_NODE_NONE;
}

const idr_graph_node *idr_graph_get(const idr_graph *g, idr_node node) {
  return &g->nodes[node];
}

static bool node_valid(const idr_graph *g, idr_node node) {
  return node >= 0 && node < g->count;
}

idr_shape idr_graph_shape(const idr_graph *g, idr_node node) {
  return node_valid(g, node) ? g->nodes[node].shape : idr_shape_scalar();
}

const char *idr_graph_describe(const idr_graph *g, idr_node node, char *out, size_t size) {
  if (!node_valid(g, node)) {
    snprintf(out, size, "no node");
    return out;
  }
  const idr_graph_node *n = &g->nodes[node];
  int used = n->name[0] ? snprintf(out, size, "'%s' ", n->name)
                        : snprintf(out, size, "#%d %s ", (int)node, idr_op_get(n->op)->name);
  for (int i = 0; i < n->shape.rank && used >= 0 && (size_t)used < size; i++)
    used += snprintf(out + used, size - (size_t)used, "[%d]", (int)n->shape.dim[i]);
  if (n->shape.rank == 0 && used >= 0 && (size_t)used < size)
    snprintf(out + used, size - (size_t)used, "scalar");
  return out;
}

/* ---- adding ---------------------------------------------------------------------------------- */
/* Whole-node comparison is meant: nodes are zeroed before they are filled. */
static idr_node find_equal(const idr_graph *g, const idr_graph_node *node) {
  for (int i = g->count - 1; i >= 0; i--)
    if (g->nodes[i].op == node->op && memcmp(&g->nodes[i], node, sizeof *node) == 0) return i;
  return IDR_NODE_NONE;
}

static idr_node append(idr_graph *g, const idr_graph_node *node) {
  if (g->count == g->capacity) {
    int capacity = g->capacity ? 2 * g->capacity : 64;
    idr_graph_node *grown = realloc(g->nodes, (size_t)capacity * sizeof *grown);
    if (!grown)
      return idr_graph_fail(g, IDR_STATUS_MEMORY, "no memory for %d graph nodes", capacity);
    g->nodes = grown;
    g->capacity = capacity;
  }
  g->nodes[g->count] = *node;
  return g->count++;
}

static bool inputs_fit(idr_graph *g, const idr_op_row *row, const idr_node *in) {
  char text[IDR_DESCRIBE_MAX];
  for (int i = 0; i < row->input_count; i++) {
    if (!node_valid(g, in[i])) {
      idr_graph_fail(g, IDR_STATUS_ARGUMENT, "input %d of %s is no node of this graph", i,
                     row->name);
      return false;
    }
    idr_dtype wanted = (row->integers >> i & 1u) != 0 ? IDR_DTYPE_INT32 : IDR_DTYPE_REAL;
    if (g->nodes[in[i]].dtype != wanted) {
      idr_graph_fail(g, IDR_STATUS_ARGUMENT, "%s: input %d, %s, must be of type %s", row->name, i,
                     idr_graph_describe(g, in[i], text, sizeof text),
                     wanted == IDR_DTYPE_INT32 ? "int32" : "real");
      return false;
    }
  }
  return true;
}

idr_node idr_graph_add(idr_graph *g, idr_op_code op, const idr_node *in, const idr_attr *attr,
                       const char *name) {
  const idr_op_row *row = idr_op_get(op);
  if (g->status != IDR_STATUS_OK || !inputs_fit(g, row, in)) return IDR_NODE_NONE;
  idr_graph_node node;
  memset(&node, 0, sizeof node);
  node.op = op;
  node.dtype = IDR_DTYPE_REAL;
  for (int i = 0; i < IDR_OP_INPUT_MAX; i++)
    node.in[i] = i < row->input_count ? in[i] : IDR_NODE_NONE;
  if (attr) node.attr = *attr;
  if (name) snprintf(node.name, sizeof node.name, "%s", name);
  if (!row->shape(g, &node)) return IDR_NODE_NONE;
  idr_node equal = find_equal(g, &node);
  return equal != IDR_NODE_NONE ? equal : append(g, &node);
}

idr_node idr_graph_add1(idr_graph *g, idr_op_code op, idr_node a, const idr_attr *attr) {
  return idr_graph_add(g, op, &a, attr, NULL);
}

idr_node idr_graph_add2(idr_graph *g, idr_op_code op, idr_node a, idr_node b,
                        const idr_attr *attr) {
  idr_node in[2] = {a, b};
  return idr_graph_add(g, op, in, attr, NULL);
}

bool idr_graph_known(const idr_graph *g, idr_node node, double *value) {
  if (!node_valid(g, node)) return false;
  const idr_graph_node *n = &g->nodes[node];
  if (n->op == IDR_OP_BROADCAST_TO || n->op == IDR_OP_RESHAPE)
    return idr_graph_known(g, n->in[0], value);
  if (n->op != IDR_OP_CONSTANT) return false;
  *value = n->attr.a;
  return true;
}

bool idr_shape_same(idr_graph *g, idr_graph_node *node) {
  node->shape = g->nodes[node->in[0]].shape;
  return true;
}

bool idr_shape_pointwise(idr_graph *g, idr_graph_node *node) {
  char a[IDR_DESCRIBE_MAX], b[IDR_DESCRIBE_MAX];
  if (idr_shape_broadcast(g->nodes[node->in[0]].shape, g->nodes[node->in[1]].shape, &node->shape))
    return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT,
                 "%s: shapes of %s and %s do not fit together: counted from the last, dimensions "
                 "must be equal or 1",
                 idr_op_get(node->op)->name, idr_graph_describe(g, node->in[0], a, sizeof a),
                 idr_graph_describe(g, node->in[1], b, sizeof b));
  return false;
}

void idr_gradient_zero(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)g, (void)self, (void)dy, (void)want, (void)dx;
}
