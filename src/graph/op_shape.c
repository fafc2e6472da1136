/* Ops that move numbers and compute none. */
#include "graph/pointwise.h"
#include <string.h>

#define INPUT(i) (g->nodes[self].in[i])

static double flops_none(const idr_op_step *step) {
  (void)step;
  return 0.0;
}

/* ---- reshape: a view ------------------------------------------------------------------------- */
static bool shape_reshape(idr_graph *g, idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  node->shape = node->attr.target;
  if (idr_shape_count(node->shape) == idr_shape_count(g->nodes[node->in[0]].shape)) return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT, "reshape: %s has not the %lld elements of the new shape",
                 idr_graph_describe(g, node->in[0], text, sizeof text),
                 (long long)idr_shape_count(node->shape));
  return false;
}

static void gradient_reshape(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                             idr_node *dx) {
  (void)want;
  dx[0] = idr_reshape(g, dy, g->nodes[INPUT(0)].shape);
}

const idr_op_row idr_op_reshape = {.name = "reshape",
                                   .input_count = 1,
                                   .view = true,
                                   .twice = true,
                                   .shape = shape_reshape,
                                   .gradient = gradient_reshape};

idr_node idr_reshape(idr_graph *g, idr_node a, idr_shape shape) {
  if (a == IDR_NODE_NONE || idr_shape_equal(g->nodes[a].shape, shape)) return a;
  if (g->nodes[a].op == IDR_OP_RESHAPE) return idr_reshape(g, g->nodes[a].in[0], shape);
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.target = shape;
  return idr_graph_add1(g, IDR_OP_RESHAPE, a, &attr);
}

/* ---- broadcast ------------------------------------------------------------------------------- */
static bool shape_broadcast(idr_graph *g, idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  bool fits = idr_shape_broadcast(g->nodes[node->in[0]].shape, node->attr.target, &node->shape);
  if (fits && idr_shape_equal(node->shape, node->attr.target)) return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT, "broadcast_to: %s cannot be repeated to the new shape",
                 idr_graph_describe(g, node->in[0], text, sizeof text));
  return false;
}

static void inner_broadcast(real *y, const real *x0, int64_t stride0, const real *x1,
                            int64_t stride1, int64_t n, real p, real q) {
  (void)x1, (void)stride1, (void)p, (void)q;
  if (stride0 != 0)
    memcpy(y, x0, (size_t)n * sizeof(real));
  else
    for (int64_t i = 0; i < n; i++)
      y[i] = x0[0];
}

static void run_broadcast(const idr_op_step *step, const idr_op_memory *memory) {
  idr_binary_walk(step, memory, inner_broadcast);
}

static void gradient_broadcast(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                               idr_node *dx) {
  (void)want;
  dx[0] = idr_sum_to(g, dy, g->nodes[INPUT(0)].shape);
}

const idr_op_row idr_op_broadcast_to = {.name = "broadcast_to",
                                        .input_count = 1,
                                        .twice = true,
                                        .shape = shape_broadcast,
                                        .gradient = gradient_broadcast,
                                        .prepare = idr_prepare_pointwise,
                                        .run = run_broadcast,
                                        .flops = flops_none};

idr_node idr_broadcast_to(idr_graph *g, idr_node a, idr_shape shape) {
  if (a == IDR_NODE_NONE || idr_shape_equal(g->nodes[a].shape, shape)) return a;
  if (g->nodes[a].op == IDR_OP_BROADCAST_TO) return idr_broadcast_to(g, g->nodes[a].in[0], shape);
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.target = shape;
  return idr_graph_add1(g, IDR_OP_BROADCAST_TO, a, &attr);
}

/* ---- transpose ------------------------------------------------------------------------------- */
static bool shape_transpose(idr_graph *g, idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  idr_shape in = g->nodes[node->in[0]].shape;
  if (in.rank != 2) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "transpose: %s is no matrix",
                   idr_graph_describe(g, node->in[0], text, sizeof text));
    return false;
  }
  node->shape = IDR_SHAPE(in.dim[1], in.dim[0]);
  return true;
}

static void run_transpose(const idr_op_step *step, const idr_op_memory *memory) {
  int64_t rows = step->in_shape[0].dim[0], n = step->in_shape[0].dim[1];
  for (int64_t j = 0; j < n; j++)
    for (int64_t r = 0; r < rows; r++)
      memory->out[j * rows + r] = memory->in[0][r * n + j];
}

static void gradient_transpose(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                               idr_node *dx) {
  (void)self, (void)want;
  dx[0] = idr_transpose(g, dy);
}

const idr_op_row idr_op_transpose = {.name = "transpose",
                                     .input_count = 1,
                                     .twice = true,
                                     .shape = shape_transpose,
                                     .gradient = gradient_transpose,
                                     .run = run_transpose,
                                     .flops = flops_none};

idr_node idr_transpose(idr_graph *g, idr_node a) {
  return idr_graph_add1(g, IDR_OP_TRANSPOSE, a, NULL);
}

/* ---- concat, slice, pad: rows of `extent x inner` numbers, repeated `outer` times ------------ */
typedef struct {
  int64_t outer, inner;
} around;

static around around_axis(idr_shape shape, int axis) {
  around out = {1, 1};
  for (int i = 0; i < shape.rank; i++) {
    if (i < axis)
      out.outer *= shape.dim[i];
    else if (i > axis)
      out.inner *= shape.dim[i];
  }
  return out;
}

static void copy_blocks(int64_t outer, const real *from, int64_t from_stride, real *to,
                        int64_t to_stride, int64_t n) {
  for (int64_t o = 0; o < outer; o++, from += from_stride, to += to_stride)
    memcpy(to, from, (size_t)n * sizeof(real));
}

/* True when the node's axis exists in input 0. */
static bool axis_exists(idr_graph *g, const idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  if (node->attr.axis >= 0 && node->attr.axis < g->nodes[node->in[0]].shape.rank) return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT, "%s: there is no axis %d in %s",
                 idr_op_get(node->op)->name, (int)node->attr.axis,
                 idr_graph_describe(g, node->in[0], text, sizeof text));
  return false;
}

static bool shape_concat(idr_graph *g, idr_graph_node *node) {
  char ta[IDR_DESCRIBE_MAX], tb[IDR_DESCRIBE_MAX];
  idr_shape a = g->nodes[node->in[0]].shape, b = g->nodes[node->in[1]].shape;
  int axis = node->attr.axis;
  if (!axis_exists(g, node)) return false;
  node->shape = a;
  bool fits = a.rank == b.rank;
  for (int i = 0; fits && i < a.rank; i++)
    fits = i == axis || a.dim[i] == b.dim[i];
  if (!fits) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "concat: %s and %s differ beside axis %d",
                   idr_graph_describe(g, node->in[0], ta, sizeof ta),
                   idr_graph_describe(g, node->in[1], tb, sizeof tb), axis);
    return false;
  }
  node->shape.dim[axis] = a.dim[axis] + b.dim[axis];
  return true;
}

static void run_concat(const idr_op_step *step, const idr_op_memory *memory) {
  int axis = step->attr.axis;
  around s = around_axis(step->shape, axis);
  int64_t na = step->in_shape[0].dim[axis] * s.inner, nb = step->in_shape[1].dim[axis] * s.inner;
  copy_blocks(s.outer, memory->in[0], na, memory->out, na + nb, na);
  copy_blocks(s.outer, memory->in[1], nb, memory->out + na, na + nb, nb);
}

static void gradient_concat(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                            idr_node *dx) {
  int axis = g->nodes[self].attr.axis;
  int32_t na = g->nodes[INPUT(0)].shape.dim[axis], n = g->nodes[self].shape.dim[axis];
  if (want[0]) dx[0] = idr_slice(g, dy, axis, 0, na);
  if (want[1]) dx[1] = idr_slice(g, dy, axis, na, n);
}

const idr_op_row idr_op_concat = {.name = "concat",
                                  .input_count = 2,
                                  .twice = true,
                                  .shape = shape_concat,
                                  .gradient = gradient_concat,
                                  .run = run_concat,
                                  .flops = flops_none};

idr_node idr_concat(idr_graph *g, idr_node a, idr_node b, int axis) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.axis = axis;
  return idr_graph_add2(g, IDR_OP_CONCAT, a, b, &attr);
}

static bool shape_slice(idr_graph *g, idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  if (!axis_exists(g, node)) return false;
  int32_t begin = node->attr.begin, end = node->attr.end;
  node->shape = g->nodes[node->in[0]].shape;
  if (begin < 0 || begin >= end || end > node->shape.dim[node->attr.axis]) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "slice: [%d, %d) is no range of axis %d of %s",
                   (int)begin, (int)end, (int)node->attr.axis,
                   idr_graph_describe(g, node->in[0], text, sizeof text));
    return false;
  }
  node->shape.dim[node->attr.axis] = end - begin;
  return true;
}

static void run_slice(const idr_op_step *step, const idr_op_memory *memory) {
  int axis = step->attr.axis;
  around s = around_axis(step->shape, axis);
  copy_blocks(s.outer, memory->in[0] + step->attr.begin * s.inner,
              step->in_shape[0].dim[axis] * s.inner, memory->out, step->shape.dim[axis] * s.inner,
              step->shape.dim[axis] * s.inner);
}

static void gradient_slice(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                           idr_node *dx) {
  (void)want;
  idr_attr attr = g->nodes[self].attr;
  dx[0] = idr_pad(g, dy, attr.axis, attr.begin, g->nodes[INPUT(0)].shape.dim[attr.axis]);
}

const idr_op_row idr_op_slice = {.name = "slice",
                                 .input_count = 1,
                                 .twice = true,
                                 .shape = shape_slice,
                                 .gradient = gradient_slice,
                                 .run = run_slice,
                                 .flops = flops_none};

idr_node idr_slice(idr_graph *g, idr_node a, int axis, int32_t begin, int32_t end) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.axis = axis;
  attr.begin = begin;
  attr.end = end;
  if (a != IDR_NODE_NONE && axis >= 0 && axis < g->nodes[a].shape.rank && begin == 0 &&
      end == g->nodes[a].shape.dim[axis])
    return a;
  return idr_graph_add1(g, IDR_OP_SLICE, a, &attr);
}

/* Zeros around a: its place along the axis is [begin, begin + extent) of `size`. */
static bool shape_pad(idr_graph *g, idr_graph_node *node) {
  if (!axis_exists(g, node)) return false;
  node->shape = g->nodes[node->in[0]].shape;
  if (node->attr.begin < 0 ||
      node->attr.begin + node->shape.dim[node->attr.axis] > node->attr.size) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "pad: from %d on there is not room enough in %d",
                   (int)node->attr.begin, (int)node->attr.size);
    return false;
  }
  node->shape.dim[node->attr.axis] = node->attr.size;
  return true;
}

static void run_pad(const idr_op_step *step, const idr_op_memory *memory) {
  int axis = step->attr.axis;
  around s = around_axis(step->shape, axis);
  int64_t n = step->in_shape[0].dim[axis] * s.inner;
  memset(memory->out, 0, (size_t)step->count * sizeof(real));
  copy_blocks(s.outer, memory->in[0], n, memory->out + step->attr.begin * s.inner,
              step->attr.size * s.inner, n);
}

static void gradient_pad(idr_graph *g, idr_node self, idr_node dy, const bool *want, idr_node *dx) {
  (void)want;
  idr_attr attr = g->nodes[self].attr;
  int32_t extent = g->nodes[INPUT(0)].shape.dim[attr.axis];
  dx[0] = idr_slice(g, dy, attr.axis, attr.begin, attr.begin + extent);
}

const idr_op_row idr_op_pad = {.name = "pad",
                               .input_count = 1,
                               .twice = true,
                               .shape = shape_pad,
                               .gradient = gradient_pad,
                               .run = run_pad,
                               .flops = flops_none};

idr_node idr_pad(idr_graph *g, idr_node a, int axis, int32_t begin, int32_t size) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.axis = axis;
  attr.begin = begin;
  attr.size = size;
  return idr_graph_add1(g, IDR_OP_PAD, a, &attr);
}
