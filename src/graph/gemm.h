/* Small matrix products, one thread.
 *
 * C[m][n] = op(A) op(B) (+ bias[n]), all row-major and dense; op is the matrix or its transpose.
 * The models of reinforcement learning multiply tiles of 64 to 256 rows with matrices of 1 to 256
 * columns, and there a library's packing and dispatch cost more than the product. Every element of
 * C is one chain of fused multiply-adds over k in rising order; with up to four columns and k a
 * multiple of the vector's lanes it is one chain per lane, and the lanes are added in pairs. So its
 * bits depend on no blocking, and not on the number of rows.
 */
#ifndef IDR_GRAPH_GEMM_H
#define IDR_GRAPH_GEMM_H

#include "base/real.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
} idr_gemm_shape;

/* Elements of scratch that the product needs. */
int64_t idr_gemm_scratch(const idr_gemm_shape *shape);
/* `bias` may be NULL. C overlaps nothing; `scratch` has 64-byte alignment. */
void idr_gemm_run(const idr_gemm_shape *shape, const real *a, const real *b, const real *bias,
                  real *c, real *scratch);

/* C = op(A) op(B) by the BLAS library, for sizes where it is faster. */
bool idr_gemm_prefers_blas(const idr_gemm_shape *shape);
void idr_blas_gemm(const idr_gemm_shape *shape, const real *a, const real *b, const real *bias,
                   real *c);

#endif
