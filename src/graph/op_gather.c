/* One number per row, chosen by an index. The caller answers for indices in [0, n): they come from
 * the rollout, not from outside. */
#include "graph/op.h"
#include <string.h>

#define INPUT(i) (g->nodes[self].in[i])

static double flops_none(const idr_op_step *step) {
  (void)step;
  return 0.0;
}

/* True when input 0 is a matrix and input 1 has one index per row. */
static bool rows_fit(idr_graph *g, const idr_graph_node *node) {
  char a[IDR_DESCRIBE_MAX], index[IDR_DESCRIBE_MAX];
  idr_shape sa = g->nodes[node->in[0]].shape, si = g->nodes[node->in[1]].shape;
  if (sa.rank == 2 && si.rank == 1 && sa.dim[0] == si.dim[0]) return true;
  idr_graph_fail(g, IDR_STATUS_ARGUMENT, "%s: %s must be a matrix and %s have one index per row",
                 idr_op_get(node->op)->name, idr_graph_describe(g, node->in[0], a, sizeof a),
                 idr_graph_describe(g, node->in[1], index, sizeof index));
  return false;
}

static bool shape_gather(idr_graph *g, idr_graph_node *node) {
  if (!rows_fit(g, node)) return false;
  node->shape = g->nodes[node->in[0]].shape;
  node->shape.dim[1] = 1;
  return true;
}

static void run_gather(const idr_op_step *step, const idr_op_memory *memory) {
  int64_t n = step->in_shape[0].dim[1];
  const int32_t *index = (const int32_t *)(const void *)memory->in[1];
  for (int64_t r = 0; r < step->count; r++)
    memory->out[r] = memory->in[0][r * n + index[r]];
}

static void gradient_gather(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                            idr_node *dx) {
  (void)want;
  dx[0] = idr_scatter(g, dy, INPUT(1), g->nodes[INPUT(0)].shape.dim[1]);
}

const idr_op_row idr_op_gather = {.name = "gather",
                                  .input_count = 2,
                                  .twice = true,
                                  .integers = 2u,
                                  .shape = shape_gather,
                                  .gradient = gradient_gather,
                                  .run = run_gather,
                                  .flops = flops_none};

idr_node idr_gather(idr_graph *g, idr_node a, idr_node index) {
  return idr_graph_add2(g, IDR_OP_GATHER, a, index, NULL);
}

/* a [rows][1] into zeros [rows][size] at index[r]. */
static bool shape_scatter(idr_graph *g, idr_graph_node *node) {
  if (!rows_fit(g, node)) return false;
  node->shape = g->nodes[node->in[0]].shape;
  node->shape.dim[1] = node->attr.size;
  return true;
}

static void run_scatter(const idr_op_step *step, const idr_op_memory *memory) {
  int64_t n = step->attr.size, rows = step->shape.dim[0];
  const int32_t *index = (const int32_t *)(const void *)memory->in[1];
  memset(memory->out, 0, (size_t)step->count * sizeof(real));
  for (int64_t r = 0; r < rows; r++)
    memory->out[r * n + index[r]] = memory->in[0][r];
}

static void gradient_scatter(idr_graph *g, idr_node self, idr_node dy, const bool *want,
                             idr_node *dx) {
  (void)want;
  dx[0] = idr_gather(g, dy, INPUT(1));
}

const idr_op_row idr_op_scatter = {.name = "scatter",
                                   .input_count = 2,
                                   .twice = true,
                                   .integers = 2u,
                                   .shape = shape_scatter,
                                   .gradient = gradient_scatter,
                                   .run = run_scatter,
                                   .flops = flops_none};

idr_node idr_scatter(idr_graph *g, idr_node a, idr_node index, int32_t n) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.size = n;
  return idr_graph_add2(g, IDR_OP_SCATTER, a, index, &attr);
}
