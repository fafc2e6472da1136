/* The physics on the device has the bits of the CPU. */
#include "kernels/physics_check.h"
#include "support/test.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS (1 << 16)

/* Every size and sign, with zeros, infinities and NaN among them. */
static void fill(float *x) {
  const float special[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-41f, 88.7f, -103.9f};
  uint32_t bits = 1;
  for (int i = 0; i < ROWS * IDR_PHYSICS_CHECK_INPUTS; i++) {
    bits = bits * 1664525u + 1013904223u;
    float unit = (float)(bits >> 8) / 8388608.0f - 1.0f;
    x[i] = i % 3 == 0 ? 5.0f * unit : i % 3 == 1 ? 120.0f * unit : unit * idr_expf(60.0f * unit);
  }
  for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
    x[i * IDR_PHYSICS_CHECK_INPUTS] = special[i];
}

/* A NaN has many bit patterns; which one is nobody's promise. */
static bool same(float a, float b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void device_and_cpu_have_the_same_bits(void **state) {
  (void)state;
  float *x = malloc(sizeof *x * ROWS * IDR_PHYSICS_CHECK_INPUTS), *out = malloc(sizeof *out * ROWS);
  assert_true(x && out);
  fill(x);
  for (int f = 0; f < IDR_PHYSICS_CHECK_COUNT; f++) {
    assert_int_equal(idr_physics_check_run(f, ROWS, x, out), IDR_STATUS_OK);
    for (int i = 0; i < ROWS; i++) {
      const float *in = x + i * IDR_PHYSICS_CHECK_INPUTS;
      float expected = idr_physics_check_value(f, in);
      if (!same(out[i], expected))
        fail_msg("function %d of %a, %a: device %a, CPU %a", f, (double)in[0], (double)in[1],
                 (double)out[i], (double)expected);
    }
  }
  free(x);
  free(out);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(device_and_cpu_have_the_same_bits)};
  if (idr_physics_check_devices() == 0) {
    printf("skipped: there is no CUDA device\n");
    return 77;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
