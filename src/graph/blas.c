/* The BLAS library: large products, and what it says about itself. */
#include "graph/gemm.h"
#include "graph/graph.h"
#include <cblas.h>
#include <stdio.h>
#include <string.h>

void idr_blas_gemm(const idr_gemm_shape *s, const real *a, const real *b, const real *bias,
                   real *c) {
  CBLAS_TRANSPOSE ta = s->transpose_a ? CblasTrans : CblasNoTrans;
  CBLAS_TRANSPOSE tb = s->transpose_b ? CblasTrans : CblasNoTrans;
  int m = (int)s->m, n = (int)s->n, k = (int)s->k;
  if (bias)
    for (int64_t i = 0; i < s->m; i++)
      memcpy(c + i * s->n, bias, (size_t)s->n * sizeof(real));
#ifdef IDR_REAL_DOUBLE
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1.0, a, s->transpose_a ? m : k, b,
              s->transpose_b ? k : n, bias ? 1.0 : 0.0, c, n);
#else
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1.0f, a, s->transpose_a ? m : k, b,
              s->transpose_b ? k : n, bias ? 1.0f : 0.0f, c, n);
#endif
}

void idr_blas_describe(char *out, size_t size) {
  static const char *const threading[] = {"serial", "pthread", "OpenMP"};
  int kind = openblas_get_parallel();
  const char *kind_name = kind >= 0 && kind < 3 ? threading[kind] : "unknown";
  char config[96];
  snprintf(config, sizeof config, "%s", openblas_get_config());
  char *second_space = strchr(config, ' ');
  second_space = second_space ? strchr(second_space + 1, ' ') : NULL;
  if (second_space) *second_space = '\0';
  snprintf(out, size, "%s, core %s, %s build", config, openblas_get_corename(), kind_name);
}

idr_status idr_blas_prepare(int threads) {
  if (threads > 1 && openblas_get_parallel() == 0)
    IDR_FAIL(
        IDR_STATUS_UNSUPPORTED,
        "the BLAS library is a serial build, which returns wrong products when %d threads call "
        "it: install the pthread or OpenMP build of OpenBLAS, or run with run.threads=1",
        threads);
  openblas_set_num_threads(1);
  return IDR_STATUS_OK;
}
