/* The op table: what an op is, and the inside of a graph. For src/graph, src/onnx (which has a row
 * per op of its own) and their tests.
 *
 * An op is one row: its name, how its output's shape follows from its inputs, its gradient written
 * with ops of this same table, its CPU kernel and what a run of it costs. To add one: a name in
 * IDR_OP_LIST, a row `idr_op_<name>` in the file of its family, a builder function, and a case in
 * tests/unit/test_graph_ops_f64.c (the walk over the table fails without one).
 */
#ifndef IDR_GRAPH_OP_H
#define IDR_GRAPH_OP_H

#include "graph/graph.h"
#include <stddef.h>

#define IDR_OP_INPUT_MAX 3

/* clang-format off */
#define IDR_OP_LIST(X)                                                                             \
  X(INPUT, input) X(PARAMETER, parameter) X(CONSTANT, constant)                                    \
  X(ADD, add) X(SUB, sub) X(MUL, mul) X(DIV, div)                                                  \
  X(MINIMUM, minimum) X(MAXIMUM, maximum) X(LESS, less)                                            \
  X(COPY, copy) X(SCALE, scale) X(SHIFT, shift) X(EXP, exp) X(LOG, log) X(SQRT, sqrt)              \
  X(SQUARE, square) X(ABS, abs) X(SIGN, sign) X(TANH, tanh) X(SIGMOID, sigmoid)                    \
  X(SOFTPLUS, softplus) X(RELU, relu) X(LEAKY_RELU, leaky_relu) X(ELU, elu) X(CLIP, clip)          \
  X(TANH_GRAD, tanh_grad) X(SIGMOID_GRAD, sigmoid_grad) X(RELU_GRAD, relu_grad)                    \
  X(LEAKY_RELU_GRAD, leaky_relu_grad) X(ELU_GRAD, elu_grad) X(CLIP_GRAD, clip_grad)                \
  X(MATMUL, matmul) X(LINEAR, linear)                                                              \
  X(NORMALIZE, normalize) X(NORMALIZE_GRAD, normalize_grad)                                        \
  X(SUM, sum) X(MAX, max) X(MAX_MASK, max_mask) X(LOG_SUM_EXP, log_sum_exp)                        \
  X(RESHAPE, reshape) X(BROADCAST_TO, broadcast_to) X(TRANSPOSE, transpose)                        \
  X(CONCAT, concat) X(SLICE, slice) X(PAD, pad) X(GATHER, gather) X(SCATTER, scatter)
/* clang-format on */

typedef enum {
#define IDR_OP_ENUM(upper, lower) IDR_OP_##upper,
  IDR_OP_LIST(IDR_OP_ENUM)
#undef IDR_OP_ENUM
      IDR_OP_COUNT
} idr_op_code;

/* Attributes of a node. Unused fields are zero, so that equal nodes have equal bytes. */
typedef struct {
  double a, b;        /* scale, shift, slope, bounds, eps, the constant */
  int64_t offset;     /* of a parameter in the flat buffer */
  idr_shape target;   /* of reshape and broadcast_to */
  int32_t axis;       /* -1: all */
  int32_t begin, end; /* of a slice, and of its place when padding back */
  int32_t size;       /* extent of the axis after pad and scatter */
  int32_t keep, transpose_a, transpose_b;
} idr_attr;

typedef struct {
  idr_op_code op;
  idr_dtype dtype;
  idr_node in[IDR_OP_INPUT_MAX];
  idr_shape shape;
  idr_attr attr;
  char name[64]; /* of inputs and parameters, otherwise "" */
} idr_graph_node;

struct idr_graph {
  idr_graph_node *nodes;
  int count, capacity;
  const idr_params *params; /* of all parameter nodes; borrowed while building */
  idr_status status;
  char message[512];
};

/* How two operands are walked together: nested loops, the last one innermost; a stride of 0 repeats
 * the element. Reductions use dim = {outer, reduced, inner}. */
typedef struct {
  int rank;
  int64_t dim[IDR_RANK_MAX];
  int64_t stride[2][IDR_RANK_MAX];
} idr_loop;

/* A node as a plan runs it: everything known before the first run. */
typedef struct {
  idr_op_code op;
  idr_node node;
  idr_attr attr;
  idr_shape shape;
  idr_shape in_shape[IDR_OP_INPUT_MAX];
  int64_t count; /* elements of the output */
  idr_loop loop; /* written by the row's prepare */
} idr_op_step;

/* Where its operands lie in one exec. */
typedef struct {
  real *out;
  const real *in[IDR_OP_INPUT_MAX]; /* int32 operands are cast by their kernels */
  real *scratch;
} idr_op_memory;

typedef struct {
  const char *name;
  int input_count;
  bool source;       /* has no kernel: its value is given */
  bool view;         /* the output is input 0's memory under another shape */
  bool twice;        /* the gradient can be differentiated once more */
  unsigned integers; /* bit i: input i is int32 */
  unsigned in_place; /* bit i: the kernel may write over input i when it has the output's shape */
  /* Writes node->shape from the inputs; false after idr_graph_fail. */
  bool (*shape)(idr_graph *g, idr_graph_node *node);
  /* Writes dx[i], of input i's shape, for every i with want[i]; a dx left at IDR_NODE_NONE is zero.
   * NULL: the op cannot be differentiated. */
  void (*gradient)(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx);
  void (*prepare)(idr_op_step *step); /* NULL: nothing to prepare */
  void (*run)(const idr_op_step *step, const idr_op_memory *memory);
  double (*flops)(const idr_op_step *step);    /* NULL: one per output element */
  double (*bytes)(const idr_op_step *step);    /* NULL: every operand once */
  int64_t (*scratch)(const idr_op_step *step); /* elements; NULL: none */
} idr_op_row;

#define IDR_OP_DECLARE(upper, lower) extern const idr_op_row idr_op_##lower;
IDR_OP_LIST(IDR_OP_DECLARE)
#undef IDR_OP_DECLARE

const idr_op_row *idr_op_get(idr_op_code op);
double idr_op_flops(const idr_op_step *step);
double idr_op_bytes(const idr_op_step *step);

/* ---- for builders and gradient rules --------------------------------------------------------- */
/* Keeps the first mistake; always returns IDR_NODE_NONE. */
idr_node idr_graph_fail(idr_graph *g, idr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "#12 tanh [64][3]" or "'observation' [64][3]". */
const char *idr_graph_describe(const idr_graph *g, idr_node node, char *out, size_t size);
#define IDR_DESCRIBE_MAX 128
/* Adds a node, or returns the equal one that exists. NONE when an input is NONE. */
idr_node idr_graph_add(idr_graph *g, idr_op_code op, const idr_node *in, const idr_attr *attr,
                       const char *name);
idr_node idr_graph_add1(idr_graph *g, idr_op_code op, idr_node a, const idr_attr *attr);
idr_node idr_graph_add2(idr_graph *g, idr_op_code op, idr_node a, idr_node b, const idr_attr *attr);
const idr_graph_node *idr_graph_get(const idr_graph *g, idr_node node);
bool idr_shape_equal(idr_shape a, idr_shape b);
/* True when the node is one number known now (also broadcast); writes it. */
bool idr_graph_known(const idr_graph *g, idr_node node, double *value);
/* Sums a gradient over the dimensions along which an operand of shape `shape` was repeated. */
idr_node idr_sum_to(idr_graph *g, idr_node a, idr_shape shape);
/* Shape of two operands together by NumPy's rule; false when they do not fit. */
bool idr_shape_broadcast(idr_shape a, idr_shape b, idr_shape *out);
/* For an op whose gradient is that of an expression of its inputs: gradient of `out` with the seed
 * `seed` with respect to wrt[0..n), which must be all inputs of the expression. They are taken as
 * independent, also where one was computed from another. NONE where zero. */
idr_status idr_gradient_local(idr_graph *g, idr_node out, idr_node seed, const idr_node *wrt, int n,
                              idr_node *result);

/* Gradient rule of an op that is constant almost everywhere. */
void idr_gradient_zero(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx);
/* Shape rules that several families share. */
bool idr_shape_same(idr_graph *g, idr_graph_node *node);      /* that of input 0 */
bool idr_shape_pointwise(idr_graph *g, idr_graph_node *node); /* inputs 0 and 1 broadcast */
/* step->loop for operands 0 and 1 against the output; dimensions are merged where possible. */
void idr_prepare_pointwise(idr_op_step *step);

/* Gradients that are ops of their own: y or x first, then dy. */
idr_node idr_tanh_grad(idr_graph *g, idr_node y, idr_node dy);
idr_node idr_relu_grad(idr_graph *g, idr_node y, idr_node dy);
idr_node idr_max_mask(idr_graph *g, idr_node a, int axis);
idr_node idr_pad(idr_graph *g, idr_node a, int axis, int32_t begin, int32_t size);
idr_node idr_scatter(idr_graph *g, idr_node a, idr_node index, int32_t n);
idr_node idr_normalize(idr_graph *g, idr_node x, double eps);

#endif
