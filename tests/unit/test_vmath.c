/* Accuracy and special values of the vector mathematics, against the double functions of libm. The
 * worst error of every function over a dense sample of all floats is printed and bounded. */
#include "base/vmath.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CHUNK = 4096 };

/* Error in units in the last place of the exact result; denormal results have the smallest unit. */
static double error_in_units(float got, double exact) {
  if (isnan(exact)) return isnan(got) ? 0.0 : INFINITY;
  if (isinf((float)exact) || isinf(got)) /* beyond the largest float by less than half a unit */
    return got == (float)exact || fabs(exact) > 0x1.fffffep127 * (1.0 - 0x1p-23) ? 0.0 : INFINITY;
  int exponent;
  frexp(exact, &exponent);
  return fabs((double)got - exact) / ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

#define VECTOR_FORM(name)                                                                          \
  static void vector_##name(const float *x, float *y) {                                            \
    IDR_SIMD for (int i = 0; i < CHUNK; i++) y[i] = idr_##name##f(x[i]);                           \
  }                                                                                                \
  static float scalar_##name(float x) {                                                            \
    return idr_##name##f(x);                                                                       \
  }
VECTOR_FORM(exp)
VECTOR_FORM(expm1)
VECTOR_FORM(log)
VECTOR_FORM(log1p)
VECTOR_FORM(tanh)
VECTOR_FORM(sigmoid)
VECTOR_FORM(softplus)
VECTOR_FORM(sin)
VECTOR_FORM(cos)

static double exact_sigmoid(double x) {
  return 1.0 / (1.0 + exp(-x));
}
static double exact_softplus(double x) {
  return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));
}

typedef struct {
  const char *name;
  void (*vector)(const float *x, float *y);
  float (*scalar)(float x);
  double (*exact)(double x);
  float limit; /* largest argument */
  double bound;
} function;

static const function functions[] = {
    {"exp", vector_exp, scalar_exp, exp, INFINITY, 1.1},
    {"expm1", vector_expm1, scalar_expm1, expm1, INFINITY, 1.6},
    {"log", vector_log, scalar_log, log, INFINITY, 0.9},
    {"log1p", vector_log1p, scalar_log1p, log1p, INFINITY, 1.5},
    {"tanh", vector_tanh, scalar_tanh, tanh, INFINITY, 4.4},
    {"sigmoid", vector_sigmoid, scalar_sigmoid, exact_sigmoid, INFINITY, 2.0},
    {"softplus", vector_softplus, scalar_softplus, exact_softplus, INFINITY, 1.7},
    {"sin", vector_sin, scalar_sin, sin, 0x1p20f, 1.6},
    {"cos", vector_cos, scalar_cos, cos, 0x1p20f, 1.6},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

/* Every `stride`-th bit pattern of all 2^32, infinities and NaNs among them. */
static double worst_error(const function *f, uint32_t stride, float *where) {
  float x[CHUNK], y[CHUNK];
  double worst = 0.0;
  for (uint64_t bits = 0; bits < (1ull << 32);) {
    for (int i = 0; i < CHUNK; i++, bits += stride) {
      float value = idr_float_from_bits((uint32_t)bits);
      x[i] = fabsf(value) > f->limit ? 1.0f : value;
    }
    f->vector(x, y);
    for (int i = 0; i < CHUNK; i++) {
      double error = error_in_units(y[i], f->exact((double)x[i]));
      if (!(error <= worst)) {
        worst = error;
        *where = x[i];
      }
    }
  }
  return worst;
}

static void test_accuracy(void **state) {
  (void)state;
  for (int k = 0; k < FUNCTIONS; k++) {
    float where = 0.0f;
    double worst = worst_error(&functions[k], 499, &where);
    printf("%-9s %.3f units in the last place, at %a\n", functions[k].name, worst, (double)where);
    if (!(worst <= functions[k].bound))
      fail_msg("%s: error of %.3f units at %a, bound %.2f", functions[k].name, worst, (double)where,
               functions[k].bound);
  }
}

/* The same bits whether a compiler makes a vector loop or a scalar call. */
static void test_scalar_and_vector_agree(void **state) {
  (void)state;
  float x[CHUNK], y[CHUNK];
  for (int k = 0; k < FUNCTIONS; k++)
    for (uint32_t start = 0; start < 16; start++) {
      for (uint32_t i = 0; i < CHUNK; i++)
        x[i] = idr_float_from_bits(start * 0x10000000u + i * 65521u);
      functions[k].vector(x, y);
      for (int i = 0; i < CHUNK; i++) {
        volatile float alone = x[i];
        float scalar = functions[k].scalar(alone);
        if (isnan(y[i]) && isnan(scalar)) continue;
        if (idr_float_bits(scalar) != idr_float_bits(y[i]))
          fail_msg("%s(%a): %a in a vector loop, %a alone", functions[k].name, (double)x[i],
                   (double)y[i], (double)scalar);
      }
    }
}

static void test_pow(void **state) {
  (void)state;
  double worst = 0.0;
  uint64_t seed = 1;
  for (int i = 0; i < 2000000; i++) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    float a = idr_float_from_bits((uint32_t)(seed >> 33) % 0x7f800000u);
    if (i % 2 == 0) /* bases near 1 take large exponents */
      a = 0.5f + (float)(seed >> 40) * 0x1p-24f;
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    double power = (double)(seed >> 40) * 0x1p-24 * 300.0 - 150.0; /* of two, of the result */
    double base = log2((double)a);
    float b = (float)(base == 0.0 ? power : power / base);
    double error = error_in_units(idr_powf(a, b), pow((double)a, (double)b));
    if (!(error <= worst)) worst = error;
  }
  printf("%-9s %.3f units in the last place\n", "pow", worst);
  assert_true(worst <= 1.1);
}

static void test_special_values(void **state) {
  (void)state;
  assert_true(idr_expf(-INFINITY) == 0.0f && idr_expf(INFINITY) == INFINITY);
  assert_true(isnan(idr_expf(NAN)) && isnan(idr_expf(-NAN)));
  assert_true(idr_logf(0.0f) == -INFINITY && idr_logf(INFINITY) == INFINITY);
  assert_true(isnan(idr_logf(-1.0f)) && isnan(idr_logf(NAN)));
  assert_true(idr_log1pf(-1.0f) == -INFINITY && isnan(idr_log1pf(-1.5f)));
  assert_true(idr_tanhf(INFINITY) == 1.0f && idr_tanhf(-INFINITY) == -1.0f);
  assert_true(isnan(idr_tanhf(NAN)) && isnan(idr_sigmoidf(NAN)) && isnan(idr_softplusf(NAN)));
  assert_true(isnan(idr_sinf(INFINITY)) && isnan(idr_cosf(1e7f)) && isnan(idr_sinf(NAN)));
  assert_true(signbit(idr_sinf(-0.0f)) && signbit(idr_tanhf(-0.0f)) && signbit(idr_log1pf(-0.0f)));
  assert_true(signbit(idr_expm1f(-0.0f)) && idr_cosf(0.0f) == 1.0f && idr_expf(0.0f) == 1.0f);
  assert_true(isnan(idr_clampf(NAN, 0.0f, 1.0f)) && idr_clampf(2.0f, 0.0f, 1.0f) == 1.0f);
}

static void test_special_powers(void **state) {
  (void)state;
  assert_true(idr_powf(0.0f, 0.0f) == 1.0f && idr_powf(NAN, 0.0f) == 1.0f);
  assert_true(idr_powf(1.0f, NAN) == 1.0f && idr_powf(1.0f, INFINITY) == 1.0f);
  assert_true(idr_powf(0.0f, 2.0f) == 0.0f && idr_powf(0.0f, -2.0f) == INFINITY);
  assert_true(idr_powf(INFINITY, 2.0f) == INFINITY && idr_powf(INFINITY, -2.0f) == 0.0f);
  assert_true(idr_powf(2.0f, INFINITY) == INFINITY && idr_powf(0.5f, INFINITY) == 0.0f);
  assert_true(isnan(idr_powf(NAN, 1.0f)) && isnan(idr_powf(2.0f, NAN)));
  assert_true(isnan(idr_powf(-1.0f, 2.0f)));
  assert_true(idr_powf(3.0f, 1.0f) == 3.0f && idr_powf(2.0f, -149.0f) == 0x1p-149f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_accuracy),
      cmocka_unit_test(test_scalar_and_vector_agree),
      cmocka_unit_test(test_pow),
      cmocka_unit_test(test_special_values),
      cmocka_unit_test(test_special_powers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
