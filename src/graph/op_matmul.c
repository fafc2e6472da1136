/* Matrix products. */
#include "graph/gemm.h"
#include "graph/op.h"
#include <string.h>

/* Fills m, n and k from the operands' shapes; false when they do not fit. */
static bool product_shape(idr_shape a, idr_shape b, bool ta, bool tb, idr_gemm_shape *out) {
  if (a.rank != 2 || b.rank != 2) return false;
  out->m = a.dim[ta ? 1 : 0];
  out->k = a.dim[ta ? 0 : 1];
  out->n = b.dim[tb ? 0 : 1];
  out->transpose_a = ta;
  out->transpose_b = tb;
  return out->k == b.dim[tb ? 1 : 0];
}

static bool shape_matmul(idr_graph *g, idr_graph_node *node) {
  char a[IDR_DESCRIBE_MAX], b[IDR_DESCRIBE_MAX];
  idr_gemm_shape s;
  bool ta = node->attr.transpose_a != 0, tb = node->attr.transpose_b != 0;
  if (product_shape(g->nodes[node->in[0]].shape, g->nodes[node->in[1]].shape, ta, tb, &s)) {
    node->shape = IDR_SHAPE((int32_t)s.m, (int32_t)s.n);
    return true;
  }
  idr_graph_fail(g, IDR_STATUS_ARGUMENT,
                 "%s: %s%s and %s%s cannot be multiplied: both must be matrices, and the columns "
                 "of the first as many as the rows of the second",
                 idr_op_get(node->op)->name, idr_graph_describe(g, node->in[0], a, sizeof a),
                 ta ? " transposed" : "", idr_graph_describe(g, node->in[1], b, sizeof b),
                 tb ? " transposed" : "");
  return false;
}

static bool shape_linear(idr_graph *g, idr_graph_node *node) {
  char text[IDR_DESCRIBE_MAX];
  if (!shape_matmul(g, node)) return false;
  idr_shape bias = g->nodes[node->in[2]].shape;
  if (bias.rank == 1 && bias.dim[0] == node->shape.dim[1]) return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT, "linear: the bias %s must be a vector of %d elements",
                 idr_graph_describe(g, node->in[2], text, sizeof text), (int)node->shape.dim[1]);
  return false;
}

static idr_gemm_shape step_shape(const idr_op_step *step) {
  idr_gemm_shape s = {0};
  product_shape(step->in_shape[0], step->in_shape[1], step->attr.transpose_a != 0,
                step->attr.transpose_b != 0, &s);
  return s;
}

static void run_product(const idr_op_step *step, const idr_op_memory *memory, const real *bias) {
  idr_gemm_shape s = step_shape(step);
  if (idr_gemm_prefers_blas(&s))
    idr_blas_gemm(&s, memory->in[0], memory->in[1], bias, memory->out);
  else
    idr_gemm_run(&s, memory->in[0], memory->in[1], bias, memory->out, memory->scratch);
}

static void run_matmul(const idr_op_step *step, const idr_op_memory *memory) {
  run_product(step, memory, NULL);
}

static void run_linear(const idr_op_step *step, const idr_op_memory *memory) {
  run_product(step, memory, memory->in[2]);
}

static double flops_product(const idr_op_step *step) {
  idr_gemm_shape s = step_shape(step);
  return 2.0 * (double)s.m * (double)s.n * (double)s.k;
}

static int64_t scratch_product(const idr_op_step *step) {
  idr_gemm_shape s = step_shape(step);
  return idr_gemm_prefers_blas(&s) ? 0 : idr_gemm_scratch(&s);
}

/* C = op(A) op(B): the gradient of op(A) is dC op(B)', that of op(B) is op(A)' dC. */
static void gradient_matmul(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                            idr_node *dx) {
  idr_node a = g->nodes[self].in[0], b = g->nodes[self].in[1];
  bool ta = g->nodes[self].attr.transpose_a != 0, tb = g->nodes[self].attr.transpose_b != 0;
  if (want[0]) dx[0] = ta ? idr_matmul(g, b, dy, tb, true) : idr_matmul(g, dy, b, false, !tb);
  if (want[1]) dx[1] = tb ? idr_matmul(g, dy, a, true, ta) : idr_matmul(g, a, dy, !ta, false);
}

static void gradient_linear(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                            idr_node *dx) {
  gradient_matmul(g, self, dy, want, dx);
  if (want[2]) dx[2] = idr_sum(g, dy, 0, false);
}

const idr_op_row idr_op_matmul = {.name = "matmul",
                                  .input_count = 2,
                                  .twice = true,
                                  .shape = shape_matmul,
                                  .gradient = gradient_matmul,
                                  .run = run_matmul,
                                  .flops = flops_product,
                                  .scratch = scratch_product};
const idr_op_row idr_op_linear = {.name = "linear",
                                  .input_count = 3,
                                  .twice = true,
                                  .shape = shape_linear,
                                  .gradient = gradient_linear,
                                  .run = run_linear,
                                  .flops = flops_product,
                                  .scratch = scratch_product};

idr_node idr_matmul(idr_graph *g, idr_node a, idr_node b, bool transpose_a, bool transpose_b) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.transpose_a = transpose_a;
  attr.transpose_b = transpose_b;
  return idr_graph_add2(g, IDR_OP_MATMUL, a, b, &attr);
}

idr_node idr_linear(idr_graph *g, idr_node x, idr_node w, idr_node bias) {
  idr_node in[3] = {x, w, bias};
  return idr_graph_add(g, IDR_OP_LINEAR, in, NULL, NULL);
}
