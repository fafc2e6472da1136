/* Arithmetic: pointwise ops of one and two operands. */
#include "graph/pointwise.h"

/* True when b is one known number and repeating it leaves a's shape as it is. */
static bool scalar_beside(const idr_graph *g, idr_node a, idr_node b, double *value) {
  idr_shape shape;
  return a != IDR_NODE_NONE && idr_graph_known(g, b, value) &&
         idr_shape_broadcast(g->nodes[a].shape, g->nodes[b].shape, &shape) &&
         idr_shape_equal(shape, g->nodes[a].shape);
}

/* ---- two operands: c = f(a, b) --------------------------------------------------------------- */
IDR_BINARY_KERNEL(add, a + b)
IDR_BINARY_KERNEL(sub, a - b)
IDR_BINARY_KERNEL(mul, a *b)
IDR_BINARY_KERNEL(div, a / b)
/* A NaN in either operand stays one, so that it is found. */
IDR_BINARY_KERNEL(minimum, a <= b || a != a ? a : b)
IDR_BINARY_KERNEL(maximum, a >= b || a != a ? a : b)
IDR_BINARY_KERNEL(less, a < b ? (real)1 : (real)0)

#define INPUT(i) (g->nodes[self].in[i])

/* The gradient summed to the shape of input `i`. A function, so that the shape is read after the
 * nodes that the argument adds: adding moves the nodes. */
static idr_node reduced(idr_graph *g, idr_node self, idr_node gradient, int i) {
  return idr_sum_to(g, gradient, g->nodes[INPUT(i)].shape);
}

static void gradient_add(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  for (int i = 0; i < 2; i++)
    if (want[i]) dx[i] = reduced(g, self, dy, i);
}

static void gradient_sub(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  if (want[0]) dx[0] = reduced(g, self, dy, 0);
  if (want[1]) dx[1] = reduced(g, self, idr_neg(g, dy), 1);
}

static void gradient_mul(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  idr_node a = INPUT(0), b = INPUT(1);
  if (want[0]) dx[0] = reduced(g, self, idr_mul(g, dy, b), 0);
  if (want[1]) dx[1] = reduced(g, self, idr_mul(g, dy, a), 1);
}

/* c = a/b: da = dy/b, db = -dy c/b. */
static void gradient_div(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  idr_node a = idr_div(g, dy, INPUT(1));
  if (want[0]) dx[0] = reduced(g, self, a, 0);
  if (want[1]) dx[1] = reduced(g, self, idr_neg(g, idr_mul(g, a, self)), 1);
}

/* Where both are equal the first operand gets the whole gradient. */
static void gradient_select(idr_graph *g, idr_node self, idr_node dy, idr_node second_wins,
                            const bool *want, idr_node *dx) {
  idr_node second = idr_mul(g, dy, second_wins);
  if (want[0]) dx[0] = reduced(g, self, idr_sub(g, dy, second), 0);
  if (want[1]) dx[1] = reduced(g, self, second, 1);
}

static void gradient_minimum(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                             idr_node *dx) {
  gradient_select(g, self, dy, idr_less(g, INPUT(1), INPUT(0)), want, dx);
}

static void gradient_maximum(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                             idr_node *dx) {
  gradient_select(g, self, dy, idr_less(g, INPUT(0), INPUT(1)), want, dx);
}

IDR_BINARY_ROW(add, gradient_add, true);
IDR_BINARY_ROW(sub, gradient_sub, true);
IDR_BINARY_ROW(mul, gradient_mul, true);
IDR_BINARY_ROW(div, gradient_div, true);
IDR_BINARY_ROW(minimum, gradient_minimum, true);
IDR_BINARY_ROW(maximum, gradient_maximum, true);
IDR_BINARY_ROW(less, idr_gradient_zero, true);

idr_node idr_add(idr_graph *g, idr_node a, idr_node b) {
  double value;
  if (scalar_beside(g, a, b, &value)) return idr_shift(g, a, value);
  if (scalar_beside(g, b, a, &value)) return idr_shift(g, b, value);
  return idr_binary_add(g, IDR_OP_ADD, a, b, NULL);
}

idr_node idr_sub(idr_graph *g, idr_node a, idr_node b) {
  double value;
  if (scalar_beside(g, a, b, &value)) return idr_shift(g, a, -value);
  return idr_binary_add(g, IDR_OP_SUB, a, b, NULL);
}

idr_node idr_mul(idr_graph *g, idr_node a, idr_node b) {
  double value;
  if (scalar_beside(g, a, b, &value)) return idr_scale(g, a, value);
  if (scalar_beside(g, b, a, &value)) return idr_scale(g, b, value);
  return idr_binary_add(g, IDR_OP_MUL, a, b, NULL);
}

idr_node idr_div(idr_graph *g, idr_node a, idr_node b) {
  return idr_binary_add(g, IDR_OP_DIV, a, b, NULL);
}
idr_node idr_minimum(idr_graph *g, idr_node a, idr_node b) {
  return idr_binary_add(g, IDR_OP_MINIMUM, a, b, NULL);
}
idr_node idr_maximum(idr_graph *g, idr_node a, idr_node b) {
  return idr_binary_add(g, IDR_OP_MAXIMUM, a, b, NULL);
}
idr_node idr_less(idr_graph *g, idr_node a, idr_node b) {
  return idr_binary_add(g, IDR_OP_LESS, a, b, NULL);
}

/* ---- one operand: y = f(a) ------------------------------------------------------------------- */
IDR_UNARY_KERNEL(copy, a)
IDR_UNARY_KERNEL(scale, a *p)
IDR_UNARY_KERNEL(shift, a + p)
IDR_UNARY_KERNEL(exp, idr_r_exp(a))
IDR_UNARY_KERNEL(log, idr_r_log(a))
IDR_UNARY_KERNEL(sqrt, idr_r_sqrt(a))
IDR_UNARY_KERNEL(square, a *a)
IDR_UNARY_KERNEL(abs, idr_r_abs(a))
IDR_UNARY_KERNEL(sign, a != a ? a : (real)((a > (real)0) - (a < (real)0)))

static void gradient_copy(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                          idr_node *dx) {
  (void)g, (void)self, (void)want;
  dx[0] = dy;
}

static void gradient_scale(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                           idr_node *dx) {
  (void)want;
  dx[0] = idr_scale(g, dy, g->nodes[self].attr.a);
}

static void gradient_exp(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)want;
  dx[0] = idr_mul(g, dy, self);
}

static void gradient_log(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)want;
  dx[0] = idr_div(g, dy, INPUT(0));
}

static void gradient_sqrt(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                          idr_node *dx) {
  (void)want;
  dx[0] = idr_div(g, idr_scale(g, dy, 0.5), self);
}

static void gradient_square(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                            idr_node *dx) {
  (void)want;
  dx[0] = idr_mul(g, dy, idr_scale(g, INPUT(0), 2.0));
}

static void gradient_abs(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)want;
  dx[0] = idr_mul(g, dy, idr_graph_add1(g, IDR_OP_SIGN, INPUT(0), NULL));
}

IDR_UNARY_ROW(copy, gradient_copy, true);
IDR_UNARY_ROW(scale, gradient_scale, true);
IDR_UNARY_ROW(shift, gradient_copy, true);
IDR_UNARY_ROW(exp, gradient_exp, true);
IDR_UNARY_ROW(log, gradient_log, true);
IDR_UNARY_ROW(sqrt, gradient_sqrt, true);
IDR_UNARY_ROW(square, gradient_square, true);
IDR_UNARY_ROW(abs, gradient_abs, true);
IDR_UNARY_ROW(sign, idr_gradient_zero, true);

/* A known number stays one: the new number, repeated to a's shape. */
static idr_node known(idr_graph *g, idr_node a, double value) {
  return idr_broadcast_to(g, idr_graph_constant(g, value), g->nodes[a].shape);
}

idr_node idr_scale(idr_graph *g, idr_node a, double factor) {
  double value;
  if (a == IDR_NODE_NONE || factor == 1.0) return a;
  if (idr_graph_known(g, a, &value)) return known(g, a, value * factor);
  if (g->nodes[a].op == IDR_OP_SCALE)
    return idr_scale(g, g->nodes[a].in[0], g->nodes[a].attr.a * factor);
  idr_attr attr = idr_pointwise_attr(factor, 0.0);
  return idr_graph_add1(g, IDR_OP_SCALE, a, &attr);
}

idr_node idr_shift(idr_graph *g, idr_node a, double term) {
  double value;
  if (a == IDR_NODE_NONE || term == 0.0) return a;
  if (idr_graph_known(g, a, &value)) return known(g, a, value + term);
  idr_attr attr = idr_pointwise_attr(term, 0.0);
  return idr_graph_add1(g, IDR_OP_SHIFT, a, &attr);
}

idr_node idr_neg(idr_graph *g, idr_node a) {
  return idr_scale(g, a, -1.0);
}
idr_node idr_exp(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_EXP, a, NULL);
}
idr_node idr_log(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_LOG, a, NULL);
}
idr_node idr_sqrt(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_SQRT, a, NULL);
}
idr_node idr_square(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_SQUARE, a, NULL);
}
idr_node idr_abs(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_ABS, a, NULL);
}
