/* One vector register of `real`, as gcc and clang both know it. For src/graph/gemm.c only. */
#ifndef IDR_GRAPH_VECTOR_H
#define IDR_GRAPH_VECTOR_H

#include "base/real.h"
#include <string.h>
#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#endif

#ifdef __AVX__
#define IDR_VECTOR_BYTES 32
#else
#define IDR_VECTOR_BYTES 16
#endif
#define IDR_VECTOR_LANES ((int)(IDR_VECTOR_BYTES / sizeof(real)))
#define IDR_VECTOR_FN    static inline __attribute__((always_inline, unused))

typedef real idr_vector __attribute__((vector_size(IDR_VECTOR_BYTES)));

IDR_VECTOR_FN idr_vector idr_vector_load(const real *p) {
  idr_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

IDR_VECTOR_FN void idr_vector_store(real *p, idr_vector v) {
  memcpy(p, &v, sizeof v);
}

/* x in every lane: subtracting zero keeps the bits, and compiles to one broadcast. */
IDR_VECTOR_FN idr_vector idr_vector_fill(real x) {
  return x - (idr_vector){0};
}

/* a b + c with one rounding per lane. */
IDR_VECTOR_FN idr_vector idr_vector_fma(idr_vector a, idr_vector b, idr_vector c) {
#if defined(__AVX2__) && defined(__FMA__) && defined(IDR_REAL_DOUBLE)
  return (idr_vector)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__AVX2__) && defined(__FMA__)
  return (idr_vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
  for (int i = 0; i < IDR_VECTOR_LANES; i++)
#ifdef IDR_REAL_DOUBLE
    c[i] = __builtin_fma(a[i], b[i], c[i]);
#else
    c[i] = __builtin_fmaf(a[i], b[i], c[i]);
#endif
  return c;
#endif
}

#endif
