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

/* v, kept in a register: gcc would rather read memory again for each of two uses. */
IDR_VECTOR_FN idr_vector idr_vector_hold(idr_vector v) {
#ifdef __AVX__
  __asm__("" : "+x"(v));
#endif
  return v;
}

/* The lanes of a and b that `low` lists plus those that `high` lists. */
#define IDR_VECTOR_FOLD(a, b, low, high)                                                           \
  (__builtin_shufflevector(a, b, IDR_VECTOR_LIST low) +                                            \
   __builtin_shufflevector(a, b, IDR_VECTOR_LIST high))
#define IDR_VECTOR_LIST(...) __VA_ARGS__

/* Lane r of the result is the sum of the lanes of v[r], added in pairs: those half a vector apart
 * first, neighbours last. */
IDR_VECTOR_FN idr_vector idr_vector_add_lanes(const idr_vector *v) {
#if IDR_VECTOR_BYTES == 32 && !defined(IDR_REAL_DOUBLE)
  idr_vector four[4], two[2];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    four[i] =
        IDR_VECTOR_FOLD(v[i], v[i + 4], (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15));
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++)
    two[i] = IDR_VECTOR_FOLD(four[2 * i], four[2 * i + 1], (0, 1, 8, 9, 4, 5, 12, 13),
                             (2, 3, 10, 11, 6, 7, 14, 15));
  return IDR_VECTOR_FOLD(two[0], two[1], (0, 2, 8, 10, 4, 6, 12, 14), (1, 3, 9, 11, 5, 7, 13, 15));
#elif IDR_VECTOR_BYTES == 16 && defined(IDR_REAL_DOUBLE)
  return IDR_VECTOR_FOLD(v[0], v[1], (0, 2), (1, 3));
#else
  idr_vector two[2];
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++)
    two[i] = IDR_VECTOR_FOLD(v[i], v[i + 2], (0, 1, 4, 5), (2, 3, 6, 7));
  return IDR_VECTOR_FOLD(two[0], two[1], (0, 4, 2, 6), (1, 5, 3, 7));
#endif
}

#endif
