/* How two operands of a pointwise op are walked: as few and as long loops as their shapes allow. */
#include "graph/pointwise.h"
#include <string.h>

/* Element strides of `shape` against output `out`; 0 where it is repeated. */
static void strides_of(idr_shape shape, idr_shape out, int64_t *stride) {
  int64_t step = 1;
  for (int i = out.rank - 1; i >= 0; i--) {
    int k = i - (out.rank - shape.rank);
    int32_t extent = k < 0 ? 1 : shape.dim[k];
    stride[i] = extent == 1 ? 0 : step;
    step *= extent;
  }
}

/* Dimension `i` continues dimension `to` of the loop for both operands. */
static bool mergeable(const idr_loop *loop, int to, int64_t extent, const int64_t *stride) {
  for (int k = 0; k < 2; k++)
    if (loop->stride[k][to] != stride[k] * extent) return false;
  return true;
}

static void add_dimension(idr_loop *loop, int64_t extent, const int64_t *stride) {
  if (extent == 1) return;
  int last = loop->rank - 1;
  if (last >= 0 && mergeable(loop, last, extent, stride)) {
    loop->dim[last] *= extent;
  } else {
    last = loop->rank++;
    loop->dim[last] = extent;
  }
  loop->stride[0][last] = stride[0];
  loop->stride[1][last] = stride[1];
}

void idr_prepare_pointwise(idr_op_step *step) {
  int64_t stride[2][IDR_RANK_MAX] = {{0}};
  int operands = idr_op_get(step->op)->input_count;
  for (int k = 0; k < operands && k < 2; k++)
    strides_of(step->in_shape[k], step->shape, stride[k]);
  memset(&step->loop, 0, sizeof step->loop);
  for (int i = 0; i < step->shape.rank; i++) {
    int64_t pair[2] = {stride[0][i], stride[1][i]};
    add_dimension(&step->loop, step->shape.dim[i], pair);
  }
  if (step->loop.rank == 0) {
    step->loop.rank = 1;
    step->loop.dim[0] = 1;
  }
}

void idr_binary_walk(const idr_op_step *step, const idr_op_memory *memory,
                     idr_binary_inner *inner) {
  const idr_loop *loop = &step->loop;
  int last = loop->rank - 1;
  int64_t n = loop->dim[last], outer = step->count / n, index[IDR_RANK_MAX] = {0};
  const real *x0 = memory->in[0], *x1 = memory->in[1] ? memory->in[1] : x0; /* of one operand */
  real *y = memory->out, p = (real)step->attr.a, q = (real)step->attr.b;
  for (int64_t k = 0; k < outer; k++, y += n) {
    inner(y, x0, loop->stride[0][last], x1, loop->stride[1][last], n, p, q);
    for (int i = last - 1; i >= 0; i--) {
      x0 += loop->stride[0][i];
      x1 += loop->stride[1][i];
      if (++index[i] < loop->dim[i]) break;
      x0 -= loop->stride[0][i] * loop->dim[i];
      x1 -= loop->stride[1][i] * loop->dim[i];
      index[i] = 0;
    }
  }
}

/* The source of a broadcast, if the op would repeat it by itself to the same output. */
static idr_node without_broadcast(const idr_graph *g, idr_node a, idr_node other) {
  if (a == IDR_NODE_NONE || other == IDR_NODE_NONE || g->nodes[a].op != IDR_OP_BROADCAST_TO)
    return a;
  idr_node source = g->nodes[a].in[0];
  idr_shape with, without, shape = g->nodes[other].shape;
  bool fits = idr_shape_broadcast(g->nodes[a].shape, shape, &with) &&
              idr_shape_broadcast(g->nodes[source].shape, shape, &without);
  return fits && idr_shape_equal(with, without) ? source : a;
}

idr_node idr_binary_add(idr_graph *g, idr_op_code op, idr_node a, idr_node b,
                        const idr_attr *attr) {
  a = without_broadcast(g, a, b);
  b = without_broadcast(g, b, a);
  return idr_graph_add2(g, op, a, b, attr);
}
