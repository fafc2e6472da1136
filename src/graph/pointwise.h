/* Kernels of pointwise ops, stamped from an expression. For src/graph/op_*.c only.
 *
 * In the expressions `a` and `b` are the operands' elements and `p` and `q` the attributes a and b.
 * Every kernel reads element i before it writes it, so the output may lie on an operand.
 */
#ifndef IDR_GRAPH_POINTWISE_H
#define IDR_GRAPH_POINTWISE_H

#include "base/fn.h"
#include "base/vmath.h"
#include "graph/op.h"
#include <string.h>

/* Attributes with these two numbers. */
static inline idr_attr idr_pointwise_attr(double a, double b) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.a = a;
  attr.b = b;
  return attr;
}

#define IDR_UNARY_KERNEL(name, expression)                                                         \
  static void run_##name(const idr_op_step *step, const idr_op_memory *memory) {                   \
    const real *x = memory->in[0], p = (real)step->attr.a, q = (real)step->attr.b;                 \
    real *y = memory->out;                                                                         \
    int64_t n = step->count;                                                                       \
    (void)p, (void)q;                                                                              \
    IDR_SIMD for (int64_t i = 0; i < n; i++) {                                                     \
      real a = x[i];                                                                               \
      y[i] = (expression);                                                                         \
    }                                                                                              \
  }

/* One run of `n` elements; a stride is 1, or 0 for an operand that is repeated. */
typedef void idr_binary_inner(real *y, const real *x0, int64_t stride0, const real *x1,
                              int64_t stride1, int64_t n, real p, real q);
void idr_binary_walk(const idr_op_step *step, const idr_op_memory *memory, idr_binary_inner *inner);

#define IDR_BINARY_KERNEL(name, expression)                                                        \
  static void inner_##name(real *y, const real *x0, int64_t stride0, const real *x1,               \
                           int64_t stride1, int64_t n, real p, real q) {                           \
    (void)p, (void)q;                                                                              \
    if (stride0 != 0 && stride1 != 0) {                                                            \
      IDR_SIMD for (int64_t i = 0; i < n; i++) {                                                   \
        real a = x0[i], b = x1[i];                                                                 \
        y[i] = (expression);                                                                       \
      }                                                                                            \
    } else if (stride0 != 0) {                                                                     \
      real b = x1[0];                                                                              \
      IDR_SIMD for (int64_t i = 0; i < n; i++) {                                                   \
        real a = x0[i];                                                                            \
        y[i] = (expression);                                                                       \
      }                                                                                            \
    } else if (stride1 != 0) {                                                                     \
      real a = x0[0];                                                                              \
      IDR_SIMD for (int64_t i = 0; i < n; i++) {                                                   \
        real b = x1[i];                                                                            \
        y[i] = (expression);                                                                       \
      }                                                                                            \
    } else {                                                                                       \
      real a = x0[0], b = x1[0], value = (expression);                                             \
      for (int64_t i = 0; i < n; i++)                                                              \
        y[i] = value;                                                                              \
    }                                                                                              \
  }                                                                                                \
  static void run_##name(const idr_op_step *step, const idr_op_memory *memory) {                   \
    idr_binary_walk(step, memory, inner_##name);                                                   \
  }

#define IDR_UNARY_ROW(name_, gradient_, twice_)                                                    \
  const idr_op_row idr_op_##name_ = {.name = #name_,                                               \
                                     .input_count = 1,                                             \
                                     .twice = (twice_),                                            \
                                     .in_place = 1u,                                               \
                                     .shape = idr_shape_same,                                      \
                                     .gradient = (gradient_),                                      \
                                     .run = run_##name_}
#define IDR_BINARY_ROW(name_, gradient_, twice_)                                                   \
  const idr_op_row idr_op_##name_ = {.name = #name_,                                               \
                                     .input_count = 2,                                             \
                                     .twice = (twice_),                                            \
                                     .in_place = 3u,                                               \
                                     .shape = idr_shape_pointwise,                                 \
                                     .gradient = (gradient_),                                      \
                                     .prepare = idr_prepare_pointwise,                             \
                                     .run = run_##name_}

/* Repeats nothing that the op repeats by itself: an operand that is a broadcast is replaced by its
 * source when the output keeps its shape. */
idr_node idr_binary_add(idr_graph *g, idr_op_code op, idr_node a, idr_node b, const idr_attr *attr);

#endif
