/* Reductions. Every sum has an order that depends on the shape alone, written out, so that no
 * compiler chooses another one. */
#include "base/fn.h"
#include "base/vmath.h"
#include "graph/op.h"
#include <string.h>

enum { LANES = 16 };

#define INPUT(i) (g->nodes[self].in[i])

/* ---- shapes: dim = {outer, reduced, inner} --------------------------------------------------- */
static bool shape_reduce(idr_graph *g, idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  idr_shape in = g->nodes[node->in[0]].shape;
  int axis = node->attr.axis, kept = 0;
  if (axis < -1 || axis >= in.rank) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "%s: there is no axis %d in %s (-1 means all)",
                   idr_op_get(node->op)->name, axis,
                   idr_graph_describe(g, node->in[0], text, sizeof text));
    return false;
  }
  node->shape = idr_shape_scalar();
  for (int i = 0; i < in.rank; i++) {
    bool reduced = axis == -1 || axis == i;
    if (!reduced || node->attr.keep) node->shape.dim[kept++] = reduced ? 1 : in.dim[i];
  }
  node->shape.rank = kept;
  return true;
}

static void prepare_reduce(idr_op_step *step) {
  idr_shape in = step->in_shape[0];
  int axis = step->attr.axis;
  step->loop = (idr_loop){.rank = 3, .dim = {1, 1, 1}};
  for (int i = 0; i < in.rank; i++)
    step->loop.dim[axis == -1 || i == axis ? 1 : i < axis ? 0 : 2] *= in.dim[i];
}

/* The gradient's seed with the reduced dimensions back as 1. */
static idr_node unreduced(idr_graph *g, idr_node self, idr_node dy) {
  idr_shape shape = g->nodes[INPUT(0)].shape;
  int axis = g->nodes[self].attr.axis;
  for (int i = 0; i < shape.rank; i++)
    if (axis == -1 || i == axis) shape.dim[i] = 1;
  return idr_reshape(g, dy, shape);
}

/* ---- sum ------------------------------------------------------------------------------------- */
/* Sum of n numbers: lane i takes numbers i, i + LANES, ...; lanes are then added in pairs. */
static real sum_run(const real *x, int64_t n) {
  real lane[LANES] = {0}, rest = 0;
  int64_t i = 0;
  if (n >= LANES) {
    for (; i + LANES <= n; i += LANES)
      IDR_SIMD for (int k = 0; k < LANES; k++) lane[k] += x[i + k];
    for (int width = LANES / 2; width > 0; width /= 2)
      for (int k = 0; k < width; k++)
        lane[k] += lane[k + width];
  }
  for (; i < n; i++)
    rest += x[i];
  return lane[0] + rest;
}

/* y[j] = sum over r of x[r][j], rows in rising order; `width` columns at once stay in registers. */
static inline __attribute__((always_inline)) void sum_columns_of(const real *x, int64_t rows,
                                                                 int64_t ld, int width, real *y) {
  real sum[4 * LANES] = {0};
  for (int64_t r = 0; r < rows; r++)
    IDR_SIMD for (int j = 0; j < width; j++) sum[j] += x[r * ld + j];
  memcpy(y, sum, (size_t)width * sizeof(real));
}

static void sum_columns(const real *x, int64_t rows, int64_t n, real *y) {
  int64_t j = 0;
  for (; j + 4 * LANES <= n; j += 4 * LANES)
    sum_columns_of(x + j, rows, n, 4 * LANES, y + j);
  for (; j + LANES <= n; j += LANES)
    sum_columns_of(x + j, rows, n, LANES, y + j);
  for (; j < n; j++) {
    real sum = 0;
    for (int64_t r = 0; r < rows; r++)
      sum += x[r * n + j];
    y[j] = sum;
  }
}

static void run_sum(const idr_op_step *step, const idr_op_memory *memory) {
  const int64_t *dim = step->loop.dim;
  const real *x = memory->in[0];
  for (int64_t o = 0; o < dim[0]; o++, x += dim[1] * dim[2]) {
    if (dim[2] == 1)
      memory->out[o] = sum_run(x, dim[1]);
    else
      sum_columns(x, dim[1], dim[2], memory->out + o * dim[2]);
  }
}

static double flops_reduce(const idr_op_step *step) {
  return (double)idr_shape_count(step->in_shape[0]);
}

static void gradient_sum(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)want;
  idr_node full = unreduced(g, self, dy);
  dx[0] = idr_broadcast_to(g, full, g->nodes[INPUT(0)].shape);
}

const idr_op_row idr_op_sum = {.name = "sum",
                               .input_count = 1,
                               .twice = true,
                               .shape = shape_reduce,
                               .gradient = gradient_sum,
                               .prepare = prepare_reduce,
                               .run = run_sum,
                               .flops = flops_reduce};

static idr_node reduce(idr_graph *g, idr_op_code op, idr_node a, int axis, bool keep) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.axis = axis;
  attr.keep = keep;
  return idr_graph_add1(g, op, a, &attr);
}

idr_node idr_sum(idr_graph *g, idr_node a, int axis, bool keep) {
  return reduce(g, IDR_OP_SUM, a, axis, keep);
}

idr_node idr_mean(idr_graph *g, idr_node a, int axis, bool keep) {
  idr_node sum = idr_sum(g, a, axis, keep);
  if (sum == IDR_NODE_NONE) return sum;
  double count = (double)idr_shape_count(g->nodes[a].shape);
  return idr_scale(g, sum, (double)idr_shape_count(g->nodes[sum].shape) / count);
}

/* One sum per group of neighbouring dimensions that were repeated, on a view with three. */
idr_node idr_sum_to(idr_graph *g, idr_node a, idr_shape shape) {
  if (a == IDR_NODE_NONE || idr_shape_equal(g->nodes[a].shape, shape)) return a;
  idr_shape from = g->nodes[a].shape;
  int missing = from.rank - shape.rank;
  for (int i = 0; i < from.rank;) {
    int begin = i;
    int64_t outer = 1, reduced = 1, inner = 1;
    for (; i < from.rank && (i < missing || shape.dim[i - missing] == 1); i++)
      reduced *= from.dim[i];
    if (reduced == 1) {
      i = i > begin ? i : i + 1;
      continue;
    }
    for (int k = 0; k < begin; k++)
      outer *= k < missing ? 1 : shape.dim[k - missing];
    for (int k = i; k < from.rank; k++)
      inner *= from.dim[k];
    a = idr_reshape(g, a, IDR_SHAPE((int32_t)outer, (int32_t)reduced, (int32_t)inner));
    a = idr_sum(g, a, 1, false);
  }
  return idr_reshape(g, a, shape);
}

/* ---- maximum --------------------------------------------------------------------------------- */
static void run_max(const idr_op_step *step, const idr_op_memory *memory) {
  const int64_t *dim = step->loop.dim;
  const real *x = memory->in[0];
  for (int64_t o = 0; o < dim[0]; o++, x += dim[1] * dim[2]) {
    real *y = memory->out + o * dim[2];
    memcpy(y, x, (size_t)dim[2] * sizeof(real));
    for (int64_t r = 1; r < dim[1]; r++)
      for (int64_t j = 0; j < dim[2]; j++)
        y[j] = x[r * dim[2] + j] <= y[j] || y[j] != y[j] ? y[j] : x[r * dim[2] + j];
  }
}

/* 1 at the first maximum along the axis, 0 elsewhere. */
static void run_max_mask(const idr_op_step *step, const idr_op_memory *memory) {
  const int64_t *dim = step->loop.dim;
  memset(memory->out, 0, (size_t)step->count * sizeof(real));
  for (int64_t o = 0; o < dim[0]; o++)
    for (int64_t j = 0; j < dim[2]; j++) {
      int64_t first = o * dim[1] * dim[2] + j, best = first;
      for (int64_t r = 1; r < dim[1]; r++)
        if (memory->in[0][first + r * dim[2]] > memory->in[0][best]) best = first + r * dim[2];
      memory->out[best] = 1;
    }
}

static void gradient_max(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)want;
  idr_node mask = idr_max_mask(g, INPUT(0), g->nodes[self].attr.axis);
  dx[0] = idr_mul(g, mask, unreduced(g, self, dy));
}

const idr_op_row idr_op_max = {.name = "max",
                               .input_count = 1,
                               .twice = true,
                               .shape = shape_reduce,
                               .gradient = gradient_max,
                               .prepare = prepare_reduce,
                               .run = run_max,
                               .flops = flops_reduce};
const idr_op_row idr_op_max_mask = {.name = "max_mask",
                                    .input_count = 1,
                                    .twice = true,
                                    .shape = idr_shape_same,
                                    .gradient = idr_gradient_zero,
                                    .prepare = prepare_reduce,
                                    .run = run_max_mask};

idr_node idr_max(idr_graph *g, idr_node a, int axis, bool keep) {
  return reduce(g, IDR_OP_MAX, a, axis, keep);
}

idr_node idr_max_mask(idr_graph *g, idr_node a, int axis) {
  return reduce(g, IDR_OP_MAX_MASK, a, axis, false);
}

/* ---- log of the sum of exponentials ---------------------------------------------------------- */
static bool shape_log_sum_exp(idr_graph *g, idr_graph_node *node) {
  node->shape = g->nodes[node->in[0]].shape;
  if (node->shape.rank == 0) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "log_sum_exp: a scalar has no last axis");
    return false;
  }
  node->shape.dim[node->shape.rank - 1] = 1;
  return true;
}

/* The row's maximum is taken out first, so nothing overflows; a row of -inf gives -inf. */
static void run_log_sum_exp(const idr_op_step *step, const idr_op_memory *memory) {
  int64_t n = step->in_shape[0].dim[step->in_shape[0].rank - 1];
  const real *x = memory->in[0];
  for (int64_t r = 0; r < step->count; r++, x += n) {
    real top = x[0], sum = 0;
    for (int64_t i = 1; i < n; i++)
      top = x[i] > top ? x[i] : top;
    real base = top - top == 0 ? top : 0;
    for (int64_t i = 0; i < n; i++)
      sum += idr_r_exp(x[i] - base);
    memory->out[r] = base + idr_r_log(sum);
  }
}

/* The gradient is the softmax. */
static void gradient_log_sum_exp(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                                 idr_node *dx) {
  (void)want;
  dx[0] = idr_mul(g, idr_exp(g, idr_sub(g, INPUT(0), self)), dy);
}

const idr_op_row idr_op_log_sum_exp = {.name = "log_sum_exp",
                                       .input_count = 1,
                                       .twice = true,
                                       .shape = shape_log_sum_exp,
                                       .gradient = gradient_log_sum_exp,
                                       .run = run_log_sum_exp,
                                       .flops = flops_reduce};

idr_node idr_log_sum_exp(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_LOG_SUM_EXP, a, NULL);
}
