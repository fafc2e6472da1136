/* Elementary functions of float: one code for scalar calls, `omp simd` loops and CUDA.
 *
 * libm's vector forms exist only under -ffast-math and change their bits between versions. These
 * are branch-free polynomials (minimax fits made for this file, argument reduction after Cody and
 * Waite 1980), built from IEEE operations and explicit fused multiply-adds only, so that gcc,
 * clang, g++ and nvcc give the same bits, in a scalar and in a vector loop.
 *
 * Worst error against the exact result, as measured by tests/unit/test_vmath.c (u = unit in the
 * last place, denormal results included):
 *   exp 1.1 u, expm1 1.6 u, log 0.9 u, log1p 1.5 u, tanh 4.4 u, sigmoid 2 u, softplus 1.7 u,
 *   pow 1.1 u, sin and cos 1.6 u for |x| <= 2^20, NaN beyond.
 * Special values are C's: NaN gives NaN, exp(-inf) = 0, exp(inf) = inf, log(0) = -inf, log(x < 0) =
 * NaN, tanh(+-inf) = +-1, signs of zero kept. Only pow differs: a base below zero gives NaN, also
 * for whole exponents; pow(x, 0) = 1 and pow(1, y) = 1 even for NaN.
 *
 * Compile with -ffp-contract=off (-fmad=false for nvcc), never with -ffast-math.
 */
#ifndef IDR_BASE_VMATH_H
#define IDR_BASE_VMATH_H

#include "base/fn.h"
#include "base/real.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

/* a * b + c with one rounding. */
#ifdef __CUDACC__
#define IDR_FMA(a, b, c) fmaf((a), (b), (c))
#define IDR_SQRTF(a)     sqrtf(a)
#else
#define IDR_FMA(a, b, c) __builtin_fmaf((a), (b), (c))
#define IDR_SQRTF(a)     __builtin_sqrtf(a)
#endif

/* ---- bits ------------------------------------------------------------------------------------ */
IDR_FN uint32_t idr_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

IDR_FN float idr_float_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* 2^n for -126 <= n <= 127. */
IDR_FN float idr_float_pow2(int32_t n) {
  return idr_float_from_bits((uint32_t)(n + 127) << 23);
}

/* Adding this number rounds |x| < 2^22 to a whole number and leaves it in the low bits. */
#define IDR_VMATH_ROUND 12582912.0f /* 1.5 * 2^23 */
#define IDR_VMATH_LN2_H 0x1.62e430p-1f
#define IDR_VMATH_LN2_L -0x1.05c610p-29f

/* ---- simple ones; a NaN operand makes min and max return b ----------------------------------- */
IDR_FN float idr_minf(float a, float b) {
  return a < b ? a : b;
}
IDR_FN float idr_maxf(float a, float b) {
  return a > b ? a : b;
}
/* A NaN x stays NaN. */
IDR_FN float idr_clampf(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}
IDR_FN float idr_absf(float x) {
  return idr_float_from_bits(idr_float_bits(x) & 0x7fffffffu);
}
IDR_FN float idr_copysignf(float size, float sign) {
  return idr_float_from_bits((idr_float_bits(size) & 0x7fffffffu) |
                             (idr_float_bits(sign) & 0x80000000u));
}
IDR_FN float idr_sqrtf(float x) {
  return IDR_SQRTF(x);
}

/* ---- exponentials ---------------------------------------------------------------------------- */
/* x within [-104, 104]: two integer minima on the bits, where floats of one sign are in order and
 * those of the other stay apart. A NaN is lost here. */
IDR_FN float idr_exp_bound(float x) {
  int32_t top = 0x42d00000, positive = (int32_t)idr_float_bits(x);
  uint32_t negative = (uint32_t)(positive < top ? positive : top), low = 0xc2d00000u;
  return idr_float_from_bits(negative < low ? negative : low);
}

/* e^r - 1 for |r| <= ln(2)/2. */
IDR_FN float idr_exp_poly(float r) {
  float p = 0x1.6d7226p-10f;
  p = IDR_FMA(p, r, 0x1.12266ep-7f);
  p = IDR_FMA(p, r, 0x1.5554c8p-5f);
  p = IDR_FMA(p, r, 0x1.5554b2p-3f);
  p = IDR_FMA(p, r, 0.5f);
  return IDR_FMA(r * r, p, r);
}

/* x = n ln 2 + r, |r| <= ln(2)/2; returns e^r - 1. The product with the high part of ln 2 is exact
 * inside the fused multiply-add, and so is the difference. */
IDR_FN float idr_exp_reduce(float x, int32_t *n) {
  float shifted = IDR_FMA(x, 0x1.715476p+0f, IDR_VMATH_ROUND);
  *n = (int32_t)(idr_float_bits(shifted) - 0x4b400000u);
  float whole = shifted - IDR_VMATH_ROUND;
  float r = IDR_FMA(-whole, IDR_VMATH_LN2_H, x);
  return idr_exp_poly(IDR_FMA(-whole, IDR_VMATH_LN2_L, r));
}

/* e^x. The power of two is applied in two halves, so denormal results are rounded once. */
IDR_FN float idr_expf(float x) {
  int32_t n;
  float q = idr_exp_reduce(idr_exp_bound(x), &n);
  int32_t half = n >> 1;
  float y = (1.0f + q) * idr_float_pow2(half) * idr_float_pow2(n - half);
  return x == x ? y : x;
}

/* e^x - 1, accurate for small x. */
IDR_FN float idr_expm1f(float x) {
  int32_t n;
  float q = idr_exp_reduce(idr_clampf(x, -30.0f, 89.0f), &n);
  float s = idr_float_pow2(n - 1);
  float y = IDR_FMA(s, q, s - 0.5f) * 2.0f;
  y = n == 0 ? q : y;
  return x == 0.0f ? x : y; /* keeps the sign of zero */
}

/* x P(x^2) / Q(x^2), the minimax fit of relative error up to 9.05, where it is 1 from then on. Half
 * the time of 1 - 2/(e^2x + 1), which counts: networks spend more on their
 * activations than on anything but products. Both bounds are taken on the bits, one instruction
 * each. */
IDR_FN float idr_tanhf(float x) {
  uint32_t bits = idr_float_bits(x) & 0x7fffffffu, top = 0x4110ccccu, one = 0x3f800000u;
  float a = idr_float_from_bits(bits < top ? bits : top), u = a * a;
  float p = 0x1.be7c02p-26f;
  p = IDR_FMA(p, u, 0x1.51a2a0p-15f);
  p = IDR_FMA(p, u, 0x1.c04becp-8f);
  p = IDR_FMA(p, u, 0x1.0c5e36p-2f);
  p = IDR_FMA(p, u, 0x1.f584dap+0f);
  float q = 0x1.970c30p-20f;
  q = IDR_FMA(q, u, 0x1.50d1c6p-11f);
  q = IDR_FMA(q, u, 0x1.9f0d7ep-5f);
  q = IDR_FMA(q, u, 0x1.d487a0p-1f);
  q = IDR_FMA(q, u, 0x1.f584dcp+0f);
  uint32_t y = idr_float_bits(a * p / q);
  y = (y < one ? y : one) | (idr_float_bits(x) & 0x80000000u);
  return x == x ? idr_float_from_bits(y) : x;
}

/* 1 / (1 + e^-x). The power of two of the exponential is split, so that it cannot overflow and
 * denormal results are rounded once. */
IDR_FN float idr_sigmoidf(float x) {
  int32_t n;
  float q = idr_exp_reduce(idr_exp_bound(-x), &n);
  int32_t half = n >> 1;
  float s = idr_float_pow2(half), inverse = idr_float_pow2(half - n);
  float y = 1.0f / (s + IDR_FMA(s, q, inverse)) * inverse;
  return x == x ? y : x;
}

/* ---- logarithms ------------------------------------------------------------------------------ */
/* Splits a normal x > 0 as m 2^e with m in [sqrt(1/2), sqrt(2)). */
IDR_FN float idr_log_split(float x, int32_t *e) {
  uint32_t bits = idr_float_bits(x);
  *e = (int32_t)(bits - 0x3f3504f3u) >> 23;
  return idr_float_from_bits(bits - ((uint32_t)*e << 23));
}

/* log(1 + f) + e ln 2 for 1 + f in [sqrt(1/2), sqrt(2)). */
IDR_FN float idr_log_finish(float f, float e) {
  float p = -0x1.42019cp-4f;
  p = IDR_FMA(p, f, 0x1.07d148p-3f);
  p = IDR_FMA(p, f, -0x1.0cdc44p-3f);
  p = IDR_FMA(p, f, 0x1.226dd0p-3f);
  p = IDR_FMA(p, f, -0x1.547900p-3f);
  p = IDR_FMA(p, f, 0x1.99a5a4p-3f);
  p = IDR_FMA(p, f, -0x1.00021ep-2f);
  p = IDR_FMA(p, f, 0x1.55554ap-2f);
  float square = f * f;
  float tail = IDR_FMA(e, IDR_VMATH_LN2_L, square * f * p);
  tail = IDR_FMA(-0.5f, square, tail);
  return IDR_FMA(e, IDR_VMATH_LN2_H, f + tail);
}

IDR_FN float idr_logf(float x) {
  int32_t e;
  float tiny = x < 0x1p-126f ? 23.0f : 0.0f;
  float m = idr_log_split(x < 0x1p-126f ? x * 0x1p23f : x, &e);
  float y = idr_log_finish(m - 1.0f, (float)e - tiny);
  y = x < INFINITY ? y : x; /* inf and NaN */
  y = x == 0.0f ? -INFINITY : y;
  return x < 0.0f ? NAN : y;
}

/* log(1 + x), accurate for small x: the rounding of 1 + x is put back (Knuth's two-sum). */
IDR_FN float idr_log1pf(float x) {
  int32_t e;
  float u = 1.0f + x;
  float part = u - 1.0f;
  float lost = (1.0f - (u - part)) + (x - part);
  float m = idr_log_split(u, &e);
  int32_t scale = e < 100 ? e : 100; /* beyond, what was lost no longer counts */
  float y = idr_log_finish((m - 1.0f) + lost * idr_float_pow2(-scale), (float)e);
  y = x < INFINITY ? y : x;
  y = idr_absf(x) < 0x1p-60f ? x : y; /* also keeps the sign of zero */
  y = x == -1.0f ? -INFINITY : y;
  return x < -1.0f ? NAN : y;
}

/* log(1 + e^x). */
IDR_FN float idr_softplusf(float x) {
  float y = idr_log1pf(idr_expf(-idr_absf(x)));
  return x > 0.0f ? x + y : y;
}

/* log2 of a > 0 in double, relative error below 1e-10: what a power needs before its exponential.
 * Series of 2 atanh(z), z = (m - 1)/(m + 1), |z| <= 0.172. */
IDR_FN double idr_log2_wide(float a) {
  int32_t e;
  double tiny = a < 0x1p-126f ? 23.0 : 0.0;
  double f = (double)idr_log_split(a < 0x1p-126f ? a * 0x1p23f : a, &e) - 1.0;
  double z = f / (2.0 + f), s = z * z;
  double p = 1.0 / 11.0 + s * (1.0 / 13.0);
  p = 1.0 / 9.0 + s * p;
  p = 1.0 / 7.0 + s * p;
  p = 1.0 / 5.0 + s * p;
  p = 1.0 / 3.0 + s * p;
  return ((double)e - tiny) + (z + z * s * p) * 0x1.71547652b82fep+1; /* 2 / ln 2 */
}

/* a^b for a >= 0. */
IDR_FN float idr_powf(float a, float b) {
  double y = (double)b * idr_log2_wide(a);
  y = y < -152.0 ? -152.0 : y;
  y = y > 130.0 ? 130.0 : y;
  float shifted = (float)y + IDR_VMATH_ROUND;
  int32_t n = (int32_t)(idr_float_bits(shifted) - 0x4b400000u), half = n >> 1;
  float r = (float)((y - (double)(shifted - IDR_VMATH_ROUND)) * 0.69314718055994530942);
  float power = (1.0f + idr_exp_poly(r)) * idr_float_pow2(half) * idr_float_pow2(n - half);
  power = a == 0.0f ? (b > 0.0f ? 0.0f : INFINITY) : power;
  /* An infinite base, and a NaN exponent, which the clamps above would let through. */
  power = a == INFINITY ? (b > 0.0f ? INFINITY : 0.0f) : power;
  power = a >= 0.0f && b == b ? power : NAN;
  return b == 0.0f || a == 1.0f ? 1.0f : power;
}

/* ---- sine and cosine ------------------------------------------------------------------------- */
/* x = n pi/2 + r, |r| <= pi/4; returns r and the low bits of n. */
IDR_FN float idr_trig_reduce(float x, uint32_t *quadrant) {
  float shifted = IDR_FMA(x, 0x1.45f306p-1f, IDR_VMATH_ROUND);
  *quadrant = idr_float_bits(shifted);
  float whole = shifted - IDR_VMATH_ROUND;
  float r = IDR_FMA(-whole, 0x1.921fb6p+0f, x);
  r = IDR_FMA(-whole, -0x1.777a5cp-25f, r);
  r = IDR_FMA(-whole, -0x1.ee59dap-50f, r);
  return idr_absf(x) <= 0x1p20f ? r : NAN;
}

/* sin r when bit 0 of `quadrant` is 0, else cos r; negative when bit 1 is set. */
IDR_FN float idr_trig_select(float r, uint32_t quadrant) {
  float u = r * r;
  float s = IDR_FMA(-0x1.9955ccp-13f, u, 0x1.11077cp-7f);
  s = IDR_FMA(s, u, -0x1.555546p-3f);
  s = IDR_FMA(u * r, s, r);
  float c = IDR_FMA(0x1.99e0ecp-16f, u, -0x1.6c0c1ap-10f);
  c = IDR_FMA(c, u, 0x1.55554ap-5f);
  c = IDR_FMA(u * u, c, IDR_FMA(-0.5f, u, 1.0f));
  float y = (quadrant & 1u) != 0 ? c : s;
  return idr_float_from_bits(idr_float_bits(y) ^ ((quadrant & 2u) << 30));
}

IDR_FN float idr_sinf(float x) {
  uint32_t quadrant;
  float r = idr_trig_reduce(x, &quadrant);
  float y = idr_trig_select(r, quadrant);
  return x == 0.0f ? x : y; /* keeps the sign of zero */
}

IDR_FN float idr_cosf(float x) {
  uint32_t quadrant;
  float r = idr_trig_reduce(x, &quadrant);
  return idr_trig_select(r, quadrant + 1u);
}

/* ---- the same for `real`: these in the product, libm's in the double build ------------------- */
#ifdef IDR_REAL_DOUBLE
IDR_FN real idr_r_exp(real x) {
  return exp(x);
}
IDR_FN real idr_r_expm1(real x) {
  return expm1(x);
}
IDR_FN real idr_r_log(real x) {
  return log(x);
}
IDR_FN real idr_r_log1p(real x) {
  return log1p(x);
}
IDR_FN real idr_r_tanh(real x) {
  return tanh(x);
}
IDR_FN real idr_r_sigmoid(real x) {
  real t = exp(-fabs(x));
  return (x < 0.0 ? t : 1.0) / (1.0 + t);
}
IDR_FN real idr_r_softplus(real x) {
  return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));
}
IDR_FN real idr_r_pow(real a, real b) {
  return pow(a, b);
}
IDR_FN real idr_r_sin(real x) {
  return sin(x);
}
IDR_FN real idr_r_cos(real x) {
  return cos(x);
}
IDR_FN real idr_r_sqrt(real x) {
  return sqrt(x);
}
IDR_FN real idr_r_abs(real x) {
  return fabs(x);
}
#else
IDR_FN real idr_r_exp(real x) {
  return idr_expf(x);
}
IDR_FN real idr_r_expm1(real x) {
  return idr_expm1f(x);
}
IDR_FN real idr_r_log(real x) {
  return idr_logf(x);
}
IDR_FN real idr_r_log1p(real x) {
  return idr_log1pf(x);
}
IDR_FN real idr_r_tanh(real x) {
  return idr_tanhf(x);
}
IDR_FN real idr_r_sigmoid(real x) {
  return idr_sigmoidf(x);
}
IDR_FN real idr_r_softplus(real x) {
  return idr_softplusf(x);
}
IDR_FN real idr_r_pow(real a, real b) {
  return idr_powf(a, b);
}
IDR_FN real idr_r_sin(real x) {
  return idr_sinf(x);
}
IDR_FN real idr_r_cos(real x) {
  return idr_cosf(x);
}
IDR_FN real idr_r_sqrt(real x) {
  return idr_sqrtf(x);
}
IDR_FN real idr_r_abs(real x) {
  return idr_absf(x);
}
#endif

#endif
