/* Normalisation over the last dimension. */
#include "base/fn.h"
#include "base/vmath.h"
#include "graph/op.h"
#include <string.h>

enum { LANES = 8 };

static bool shape_normalize(idr_graph *g, idr_graph_node *node) {
  node->shape = g->nodes[node->in[0]].shape;
  if (node->shape.rank > 0) return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT, "normalize: a scalar has no last dimension");
  return false;
}

/* Sum of f over a row in a written order: LANES partial sums, then pairs. */
#define ROW_SUM(result, n, expression)                                                             \
  do {                                                                                             \
    real lane_[LANES] = {0}, rest_ = 0;                                                            \
    int64_t base_ = 0;                                                                             \
    for (; base_ + LANES <= (n); base_ += LANES)                                                   \
      IDR_SIMD for (int k_ = 0; k_ < LANES; k_++) {                                                \
        int64_t i = base_ + k_;                                                                    \
        lane_[k_] += (expression);                                                                 \
      }                                                                                            \
    for (int64_t i = base_; i < (n); i++)                                                          \
      rest_ += (expression);                                                                       \
    (result) = (((lane_[0] + lane_[4]) + (lane_[2] + lane_[6])) +                                  \
                ((lane_[1] + lane_[5]) + (lane_[3] + lane_[7]))) +                                 \
               rest_;                                                                              \
  } while (0)

typedef struct {
  real mean, inverse; /* 1 / sqrt(variance + eps) */
} moments;

static moments row_moments(const real *x, int64_t n, real eps) {
  moments out;
  real sum, square;
  ROW_SUM(sum, n, x[i]);
  real mean = sum / (real)n;
  ROW_SUM(square, n, (x[i] - mean) * (x[i] - mean));
  out.mean = mean;
  out.inverse = (real)1 / idr_r_sqrt(square / (real)n + eps);
  return out;
}

static void run_normalize(const idr_op_step *step, const idr_op_memory *memory) {
  int64_t n = step->shape.dim[step->shape.rank - 1];
  const real *x = memory->in[0];
  real *y = memory->out;
  for (int64_t r = 0; r < step->count / n; r++, x += n, y += n) {
    moments m = row_moments(x, n, (real)step->attr.a);
    IDR_SIMD for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m.mean) * m.inverse;
  }
}

/* dx = (dy - mean(dy) - y mean(dy y)) / sqrt(var + eps), y the normalised x (Ba et al. 2016). */
static void run_normalize_grad(const idr_op_step *step, const idr_op_memory *memory) {
  int64_t n = step->shape.dim[step->shape.rank - 1];
  const real *x = memory->in[0], *dy = memory->in[1];
  real *dx = memory->out;
  for (int64_t r = 0; r < step->count / n; r++, x += n, dy += n, dx += n) {
    moments m = row_moments(x, n, (real)step->attr.a);
    real sum, product;
    ROW_SUM(sum, n, dy[i]);
    ROW_SUM(product, n, dy[i] * ((x[i] - m.mean) * m.inverse));
    real mean = sum / (real)n, slope = product / (real)n;
    IDR_SIMD for (int64_t i = 0; i < n; i++) {
      real y = (x[i] - m.mean) * m.inverse;
      dx[i] = (dy[i] - mean - y * slope) * m.inverse;
    }
  }
}

static double flops_normalize(const idr_op_step *step) {
  return 8.0 * (double)step->count;
}

static idr_node normalize_grad(idr_graph *g, idr_node x, idr_node dy, double eps) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.a = eps;
  idr_node full = idr_broadcast_to(g, dy, g->nodes[x].shape);
  return idr_graph_add2(g, IDR_OP_NORMALIZE_GRAD, x, full, &attr);
}

static void gradient_normalize(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                               idr_node *dx) {
  (void)want;
  dx[0] = normalize_grad(g, g->nodes[self].in[0], dy, g->nodes[self].attr.a);
}

/* The op written out, and differentiated as such: it is met in second-order terms only. */
static void gradient_normalize_grad(idr_graph *g, idr_node self, idr_node d, const bool *want,
                                    idr_node *dx) {
  idr_node x = g->nodes[self].in[0], dy = g->nodes[self].in[1];
  double eps = g->nodes[self].attr.a;
  int last = g->nodes[x].shape.rank - 1;
  idr_node centred = idr_sub(g, x, idr_mean(g, x, last, true));
  idr_node variance = idr_mean(g, idr_square(g, centred), last, true);
  idr_node deviation = idr_sqrt(g, idr_shift(g, variance, eps));
  idr_node y = idr_div(g, centred, deviation);
  idr_node slope = idr_mean(g, idr_mul(g, dy, y), last, true);
  idr_node rest = idr_sub(g, idr_sub(g, dy, idr_mean(g, dy, last, true)), idr_mul(g, y, slope));
  idr_node inputs[2] = {x, dy}, out[2];
  idr_status status = idr_gradient_local(g, idr_div(g, rest, deviation), d, inputs, 2, out);
  if (status != IDR_STATUS_OK) {
    idr_graph_fail(g, status, "%s", idr_error_get()->message);
    return;
  }
  if (want[0]) dx[0] = out[0];
  if (want[1] && dy != x) /* one node twice has both shares in out[0] */
    dx[1] = out[1];
}

const idr_op_row idr_op_normalize = {.name = "normalize",
                                     .input_count = 1,
                                     .twice = true,
                                     .in_place = 1u,
                                     .shape = shape_normalize,
                                     .gradient = gradient_normalize,
                                     .run = run_normalize,
                                     .flops = flops_normalize};
const idr_op_row idr_op_normalize_grad = {.name = "normalize_grad",
                                          .input_count = 2,
                                          .twice = true,
                                          .in_place = 3u,
                                          .shape = shape_normalize,
                                          .gradient = gradient_normalize_grad,
                                          .run = run_normalize_grad,
                                          .flops = flops_normalize};

idr_node idr_normalize(idr_graph *g, idr_node x, double eps) {
  if (!(eps > 0.0))
    return idr_graph_fail(g, IDR_STATUS_ARGUMENT, "normalize: eps is %g; it must be above 0", eps);
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.a = eps;
  return idr_graph_add1(g, IDR_OP_NORMALIZE, x, &attr);
}

idr_node idr_layer_norm(idr_graph *g, idr_node x, idr_node scale, idr_node bias, double eps) {
  return idr_add(g, idr_mul(g, idr_normalize(g, x, eps), scale), bias);
}
