/* Activation functions, and their gradients as ops: one pass over y (or x) and dy. */
#include "graph/pointwise.h"

#define INPUT(i) (g->nodes[self].in[i])
#define ZERO     ((real)0)
#define ONE      ((real)1)

/* ---- forward; a NaN stays one, so that it is found ------------------------------------------- */
IDR_UNARY_KERNEL(tanh, idr_r_tanh(a))
IDR_UNARY_KERNEL(sigmoid, idr_r_sigmoid(a))
IDR_UNARY_KERNEL(softplus, idr_r_softplus(a))
IDR_UNARY_KERNEL(relu, a < ZERO ? ZERO : a)
IDR_UNARY_KERNEL(leaky_relu, a > ZERO ? a : a * p)
IDR_UNARY_KERNEL(clip, a<p ? p : a> q ? q : a)
IDR_UNARY_KERNEL(elu, a > ZERO ? a : idr_r_expm1(a))

/* ---- backward: a is y (x for leaky_relu and clip), b is dy ----------------------------------- */
IDR_BINARY_KERNEL(tanh_grad, b *(ONE - a * a))
IDR_BINARY_KERNEL(sigmoid_grad, b *(a - a * a))
IDR_BINARY_KERNEL(relu_grad, a > ZERO ? b : ZERO)
IDR_BINARY_KERNEL(leaky_relu_grad, a > ZERO ? b : b * p)
IDR_BINARY_KERNEL(elu_grad, a > ZERO ? b : b * (a + ONE))
IDR_BINARY_KERNEL(clip_grad, a >= p && a <= q ? b : ZERO)

static idr_node with_attr(idr_graph *g, idr_op_code op, idr_node self, idr_node a, idr_node b) {
  idr_attr attr = g->nodes[self].attr; /* a copy: adding moves the nodes */
  return idr_binary_add(g, op, a, b, &attr);
}

/* Gradient rules of the forward ops: those that use their output, and those that use their input.
 */
#define GRADIENT_BY(name, OP, node)                                                                \
  static void gradient_##name(idr_graph *g, idr_node self, idr_node dy, const bool *want,          \
                              idr_node *dx) {                                                      \
    (void)want;                                                                                    \
    dx[0] = with_attr(g, IDR_OP_##OP, self, node, dy);                                             \
  }
GRADIENT_BY(tanh, TANH_GRAD, self)
GRADIENT_BY(sigmoid, SIGMOID_GRAD, self)
GRADIENT_BY(relu, RELU_GRAD, self)
GRADIENT_BY(elu, ELU_GRAD, self)
GRADIENT_BY(leaky_relu, LEAKY_RELU_GRAD, INPUT(0))
GRADIENT_BY(clip, CLIP_GRAD, INPUT(0))

static void gradient_softplus(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                              idr_node *dx) {
  (void)want;
  dx[0] = idr_mul(g, dy, idr_sigmoid(g, INPUT(0)));
}

/* ---- second order: operands (y, dy), seed d -------------------------------------------------- */
/* Reduces both contributions to their operand's shape. */
static void give(idr_graph *g, idr_node self, const bool *want, idr_node y, idr_node dy,
                 idr_node *dx) {
  if (want[0] && y != IDR_NODE_NONE) dx[0] = idr_sum_to(g, y, g->nodes[INPUT(0)].shape);
  if (want[1]) dx[1] = idr_sum_to(g, dy, g->nodes[INPUT(1)].shape);
}

/* b (1 - a^2): -2 a b d and (1 - a^2) d. */
static void gradient_tanh_grad(idr_graph *g, idr_node self, idr_node d, const bool *want,
                               idr_node *dx) {
  idr_node a = INPUT(0), b = INPUT(1), y = IDR_NODE_NONE;
  if (want[0]) y = idr_scale(g, idr_mul(g, idr_mul(g, d, b), a), -2.0);
  give(g, self, want, y, with_attr(g, IDR_OP_TANH_GRAD, self, a, d), dx);
}

/* b (a - a^2): b d (1 - 2 a) and (a - a^2) d. */
static void gradient_sigmoid_grad(idr_graph *g, idr_node self, idr_node d, const bool *want,
                                  idr_node *dx) {
  idr_node a = INPUT(0), b = INPUT(1), y = IDR_NODE_NONE;
  if (want[0]) y = idr_mul(g, idr_mul(g, d, b), idr_shift(g, idr_scale(g, a, -2.0), 1.0));
  give(g, self, want, y, with_attr(g, IDR_OP_SIGMOID_GRAD, self, a, d), dx);
}

/* b (a + 1) below zero, else b: b d below zero, and the same op on d. */
static void gradient_elu_grad(idr_graph *g, idr_node self, idr_node d, const bool *want,
                              idr_node *dx) {
  idr_node a = INPUT(0), b = INPUT(1), y = IDR_NODE_NONE;
  if (want[0]) y = idr_mul(g, idr_mul(g, d, b), idr_less(g, a, idr_graph_constant(g, 0.0)));
  give(g, self, want, y, with_attr(g, IDR_OP_ELU_GRAD, self, a, d), dx);
}

/* Piecewise linear: nothing for the first operand, and the same op on d. */
static void gradient_mask(idr_graph *g, idr_node self, idr_node d, const bool *want, idr_node *dx) {
  idr_node dy = with_attr(g, g->nodes[self].op, self, INPUT(0), d);
  give(g, self, want, IDR_NODE_NONE, dy, dx);
}

IDR_UNARY_ROW(tanh, gradient_tanh, true);
IDR_UNARY_ROW(sigmoid, gradient_sigmoid, true);
IDR_UNARY_ROW(softplus, gradient_softplus, true);
IDR_UNARY_ROW(relu, gradient_relu, true);
IDR_UNARY_ROW(leaky_relu, gradient_leaky_relu, true);
IDR_UNARY_ROW(elu, gradient_elu, true);
IDR_UNARY_ROW(clip, gradient_clip, true);
IDR_BINARY_ROW(tanh_grad, gradient_tanh_grad, true);
IDR_BINARY_ROW(sigmoid_grad, gradient_sigmoid_grad, true);
IDR_BINARY_ROW(relu_grad, gradient_mask, true);
IDR_BINARY_ROW(leaky_relu_grad, gradient_mask, true);
IDR_BINARY_ROW(elu_grad, gradient_elu_grad, true);
IDR_BINARY_ROW(clip_grad, gradient_mask, true);

idr_node idr_tanh(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_TANH, a, NULL);
}
idr_node idr_sigmoid(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_SIGMOID, a, NULL);
}
idr_node idr_softplus(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_SOFTPLUS, a, NULL);
}
idr_node idr_relu(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_RELU, a, NULL);
}
idr_node idr_elu(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_ELU, a, NULL);
}

idr_node idr_leaky_relu(idr_graph *g, idr_node a, double slope) {
  idr_attr attr = idr_pointwise_attr(slope, 0.0);
  return idr_graph_add1(g, IDR_OP_LEAKY_RELU, a, &attr);
}

idr_node idr_clip(idr_graph *g, idr_node a, double low, double high) {
  if (!(low <= high))
    return idr_graph_fail(g, IDR_STATUS_ARGUMENT, "clip: the bounds %g and %g are out of order",
                          low, high);
  idr_attr attr = idr_pointwise_attr(low, high);
  return idr_graph_add1(g, IDR_OP_CLIP, a, &attr);
}
