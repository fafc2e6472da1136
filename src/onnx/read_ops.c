/* How each op of the standard is read: the ops of the table, and the forms that other exporters
 * have for the same things. Ops that only change a shape are in read_shape.c. */
#include "onnx/onnx_internal.h"

#include <string.h>

#define READ(name, expression)                                                                     \
  static idr_node read_##name(idr_onnx_reader *r, const Idr__Onnx__Node *n) {                      \
    idr_graph *g = idr_onnx_graph(r);                                                              \
    idr_node a = idr_onnx_in(r, n, 0);                                                             \
    return a == IDR_NODE_NONE ? a : (expression);                                                  \
  }
#define READ2(name, build)                                                                         \
  static idr_node read_##name(idr_onnx_reader *r, const Idr__Onnx__Node *n) {                      \
    idr_node a = idr_onnx_in(r, n, 0), b = idr_onnx_in(r, n, 1);                                   \
    bool both = a != IDR_NODE_NONE && b != IDR_NODE_NONE;                                          \
    return both ? build(idr_onnx_graph(r), a, b) : IDR_NODE_NONE;                                  \
  }

/* ---- pointwise --------------------------------------------------------------------------------
 */

READ2(add, idr_add)
READ2(sub, idr_sub)
READ2(mul, idr_mul)
READ2(div, idr_div)
READ2(less, idr_less)
READ(neg, idr_neg(g, a))
READ(exp, idr_exp(g, a))
READ(log, idr_log(g, a))
READ(sqrt, idr_sqrt(g, a))
READ(abs, idr_abs(g, a))
READ(sign, idr_graph_add1(g, IDR_OP_SIGN, a, NULL))
READ(tanh, idr_tanh(g, a))
READ(sigmoid, idr_sigmoid(g, a))
READ(softplus, idr_softplus(g, a))
READ(relu, idr_relu(g, a))
READ(leaky_relu, idr_leaky_relu(g, a, idr_onnx_attr_get_float(n, "alpha", 0.01)))
READ(reciprocal, idr_div(g, idr_graph_constant(g, 1), a))

static idr_node read_identity(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return idr_onnx_in(r, n, 0);
}

/* Any number of operands, folded from the left. */
static idr_node fold(idr_onnx_reader *r, const Idr__Onnx__Node *n,
                     idr_node (*build)(idr_graph *, idr_node, idr_node)) {
  idr_node all = idr_onnx_in(r, n, 0);
  for (int i = 1; i < (int)n->n_input && all != IDR_NODE_NONE; i++)
    all = build(idr_onnx_graph(r), all, idr_onnx_in(r, n, i));
  return all;
}

static idr_node read_min(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return fold(r, n, idr_minimum);
}

static idr_node read_max(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return fold(r, n, idr_maximum);
}

static idr_node read_elu(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  if (idr_onnx_attr_get_float(n, "alpha", 1) != 1)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only alpha = 1 is read");
  return idr_elu(idr_onnx_graph(r), idr_onnx_in(r, n, 0));
}

/* A bound that is not there binds nothing. */
static idr_node read_clip(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_graph *g = idr_onnx_graph(r);
  idr_node x = idr_onnx_in(r, n, 0);
  double low = 0, high = 0;
  bool has_low = idr_onnx_has(n, 1), has_high = idr_onnx_has(n, 2);
  if (has_low && !idr_onnx_in_number(r, n, 1, &low)) return IDR_NODE_NONE;
  if (has_high && !idr_onnx_in_number(r, n, 2, &high)) return IDR_NODE_NONE;
  if (has_low && has_high) return idr_clip(g, x, low, high);
  if (has_low) return idr_maximum(g, x, idr_graph_constant(g, low));
  return has_high ? idr_minimum(g, x, idr_graph_constant(g, high)) : x;
}

static idr_node read_pow(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  double power;
  if (x == IDR_NODE_NONE || !idr_onnx_in_number(r, n, 1, &power)) return IDR_NODE_NONE;
  if (idr_graph_shape(idr_onnx_graph(r), idr_onnx_in(r, n, 1)).rank >
      idr_graph_shape(idr_onnx_graph(r), x).rank)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "its power has more dimensions than it");
  if (power == 2) return idr_square(idr_onnx_graph(r), x);
  if (power == 0.5) return idr_sqrt(idr_onnx_graph(r), x);
  if (power == 1) return x;
  return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only the powers 2, 1 and 0.5 are read");
}

/* Truth values are 0 and 1 here already. */
static idr_node read_cast(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  if (idr_onnx_attr_get_int(n, "to", 0) != IDR_ONNX_FLOAT)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only casts to 32-bit floats are read");
  return idr_onnx_in(r, n, 0);
}

/* ---- matrices ---------------------------------------------------------------------------------
 */

static idr_node read_matmul(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node a = idr_onnx_in(r, n, 0), b = idr_onnx_in(r, n, 1);
  return idr_matmul(idr_onnx_graph(r), a, b, false, false);
}

/* alpha A' B' + beta C, as one op of ours where it is one. */
static idr_node read_gemm(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_graph *g = idr_onnx_graph(r);
  idr_node a = idr_onnx_in(r, n, 0), b = idr_onnx_in(r, n, 1);
  idr_node c = idr_onnx_has(n, 2) ? idr_onnx_in(r, n, 2) : IDR_NODE_NONE;
  double alpha = idr_onnx_attr_get_float(n, "alpha", 1);
  double beta = idr_onnx_attr_get_float(n, "beta", 1);
  bool ta = idr_onnx_attr_get_int(n, "transA", 0) != 0;
  bool tb = idr_onnx_attr_get_int(n, "transB", 0) != 0;
  if (a == IDR_NODE_NONE || b == IDR_NODE_NONE) return IDR_NODE_NONE;
  if (idr_onnx_has(n, 2) && c == IDR_NODE_NONE) return IDR_NODE_NONE;
  bool row = c != IDR_NODE_NONE && idr_graph_shape(g, c).rank == 1;
  if (row && !ta && !tb && alpha == 1 && beta == 1 &&
      idr_graph_shape(g, b).dim[1] == idr_graph_shape(g, c).dim[0])
    return idr_linear(g, a, b, c);
  idr_node product = idr_matmul(g, a, b, ta, tb);
  if (alpha != 1) product = idr_scale(g, product, alpha);
  if (c == IDR_NODE_NONE || beta == 0) return product;
  return idr_add(g, product, beta == 1 ? c : idr_scale(g, c, beta));
}

/* ---- reductions -------------------------------------------------------------------------------
 */

/* The axes of a reduction: an input or, before opset 18, an attribute; none or an empty list: all,
 * or nothing where the node says so. Fills `axes` in descending order, so that each may be dropped
 * in turn; -1 after a failure. */
static int reduction_axes(idr_onnx_reader *r, const Idr__Onnx__Node *n, int rank,
                          int axes[IDR_RANK_MAX]) {
  bool set[IDR_RANK_MAX] = {false};
  const int64_t *given = NULL;
  int given_count = 0, count = 0;
  const Idr__Onnx__Attribute *attribute = idr_onnx_attr(n, "axes");
  if (idr_onnx_has(n, 1)) {
    if (!idr_onnx_in_ints(r, n, 1, &given, &given_count)) return -1;
  } else if (attribute) {
    given = attribute->ints;
    given_count = (int)attribute->n_ints;
  }
  if (given_count == 0 && idr_onnx_attr_get_int(n, "noop_with_empty_axes", 0) != 0) return 0;
  for (int i = 0; i < given_count; i++) {
    int axis = idr_onnx_axis(r, n, given[i], rank);
    if (axis < 0) return -1;
    set[axis] = true;
  }
  for (int i = rank - 1; i >= 0; i--)
    if (given_count == 0 || set[i]) axes[count++] = i;
  return count;
}

static idr_node reduce(idr_onnx_reader *r, const Idr__Onnx__Node *n,
                       idr_node (*build)(idr_graph *, idr_node, int, bool)) {
  idr_graph *g = idr_onnx_graph(r);
  idr_node x = idr_onnx_in(r, n, 0);
  int axes[IDR_RANK_MAX];
  if (x == IDR_NODE_NONE) return x;
  int rank = idr_graph_shape(g, x).rank, count = reduction_axes(r, n, rank, axes);
  bool keep = idr_onnx_attr_get_int(n, "keepdims", 1) != 0;
  if (count < 0) return IDR_NODE_NONE;
  if (count == rank && !keep) return build(g, x, -1, false);
  for (int i = 0; i < count && x != IDR_NODE_NONE; i++)
    x = build(g, x, axes[i], keep);
  return x;
}

static idr_node read_reduce_sum(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return reduce(r, n, idr_sum);
}

static idr_node read_reduce_mean(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return reduce(r, n, idr_mean);
}

static idr_node read_reduce_max(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return reduce(r, n, idr_max);
}

/* Input 0, when the op works along its last dimension; NONE after a failure. */
static idr_node last_axis(idr_onnx_reader *r, const Idr__Onnx__Node *n, int64_t axis) {
  idr_node x = idr_onnx_in(r, n, 0);
  if (x == IDR_NODE_NONE) return x;
  int rank = idr_graph_shape(idr_onnx_graph(r), x).rank, place = idr_onnx_axis(r, n, axis, rank);
  if (place < 0) return IDR_NODE_NONE;
  if (place != rank - 1)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only the last axis is read");
  return x;
}

static idr_node read_log_sum_exp(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_graph *g = idr_onnx_graph(r);
  int axes[IDR_RANK_MAX];
  idr_node x = idr_onnx_in(r, n, 0);
  if (x == IDR_NODE_NONE) return x;
  int rank = idr_graph_shape(g, x).rank;
  if (reduction_axes(r, n, rank, axes) != 1 || axes[0] != rank - 1)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only the last axis is read");
  x = idr_log_sum_exp(g, x);
  if (idr_onnx_attr_get_int(n, "keepdims", 1) != 0) return x;
  return idr_sum(g, x, rank - 1, false); /* of one element */
}

static idr_node read_log_softmax(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_graph *g = idr_onnx_graph(r);
  idr_node x = last_axis(r, n, idr_onnx_attr_get_int(n, "axis", -1));
  return idr_sub(g, x, idr_log_sum_exp(g, x));
}

static idr_node read_softmax(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  return idr_exp(idr_onnx_graph(r), read_log_softmax(r, n));
}

static idr_node read_layer_norm(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_graph *g = idr_onnx_graph(r);
  idr_node x = last_axis(r, n, idr_onnx_attr_get_int(n, "axis", -1));
  idr_node scale = idr_onnx_in(r, n, 1);
  double eps = idr_onnx_attr_get_float(n, "epsilon", 1e-5);
  if (x == IDR_NODE_NONE || scale == IDR_NODE_NONE) return IDR_NODE_NONE;
  if (!idr_onnx_has(n, 2)) return idr_mul(g, idr_normalize(g, x, eps), scale);
  return idr_layer_norm(g, x, scale, idr_onnx_in(r, n, 2), eps);
}

/* ---- the table --------------------------------------------------------------------------------
 */

static const idr_onnx_reading readings[] = {
    {"Add", 2, 2, read_add},
    {"Sub", 2, 2, read_sub},
    {"Mul", 2, 2, read_mul},
    {"Div", 2, 2, read_div},
    {"Min", 1, 64, read_min},
    {"Max", 1, 64, read_max},
    {"Less", 2, 2, read_less},
    {"Identity", 1, 1, read_identity},
    {"Dropout", 1, 3, read_identity}, /* nothing, where nothing is learned */
    {"Cast", 1, 1, read_cast},
    {"Neg", 1, 1, read_neg},
    {"Exp", 1, 1, read_exp},
    {"Log", 1, 1, read_log},
    {"Sqrt", 1, 1, read_sqrt},
    {"Abs", 1, 1, read_abs},
    {"Sign", 1, 1, read_sign},
    {"Pow", 2, 2, read_pow},
    {"Reciprocal", 1, 1, read_reciprocal},
    {"Tanh", 1, 1, read_tanh},
    {"Sigmoid", 1, 1, read_sigmoid},
    {"Softplus", 1, 1, read_softplus},
    {"Relu", 1, 1, read_relu},
    {"LeakyRelu", 1, 1, read_leaky_relu},
    {"Elu", 1, 1, read_elu},
    {"Clip", 1, 3, read_clip},
    {"MatMul", 2, 2, read_matmul},
    {"Gemm", 2, 3, read_gemm},
    {"ReduceSum", 1, 2, read_reduce_sum},
    {"ReduceMean", 1, 2, read_reduce_mean},
    {"ReduceMax", 1, 2, read_reduce_max},
    {"ReduceLogSumExp", 1, 2, read_log_sum_exp},
    {"Softmax", 1, 1, read_softmax},
    {"LogSoftmax", 1, 1, read_log_softmax},
    {"LayerNormalization", 2, 3, read_layer_norm},
    {"Reshape", 2, 2, idr_onnx_read_reshape},
    {"Flatten", 1, 1, idr_onnx_read_flatten},
    {"Squeeze", 1, 2, idr_onnx_read_squeeze},
    {"Unsqueeze", 1, 2, idr_onnx_read_unsqueeze},
    {"Expand", 2, 2, idr_onnx_read_expand},
    {"Transpose", 1, 1, idr_onnx_read_transpose},
    {"Concat", 1, 64, idr_onnx_read_concat},
    {"Slice", 3, 5, idr_onnx_read_slice},
    {"Pad", 2, 4, idr_onnx_read_pad},
    {"GatherElements", 2, 2, idr_onnx_read_gather},
};

const idr_onnx_reading *idr_onnx_reading_get(const char *type) {
  for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++)
    if (strcmp(readings[i].type, type) == 0) return &readings[i];
  return NULL;
}
