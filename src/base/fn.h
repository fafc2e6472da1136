/* Marks a function that is one source for C11, C++17 and CUDA device code. */
#ifndef IDR_BASE_FN_H
#define IDR_BASE_FN_H

#ifdef __CUDACC__
#define IDR_FN __host__ __device__ static inline
#else
#define IDR_FN static inline __attribute__((always_inline, unused))
#endif

/* Vector loop over lanes: the innermost loop of every batched computation. */
#if defined(__CUDACC__)
#define IDR_SIMD
#else
#define IDR_SIMD _Pragma("omp simd")
#endif

#ifdef __cplusplus
#define IDR_RESTRICT __restrict__
#else
#define IDR_RESTRICT restrict
#endif

#endif
