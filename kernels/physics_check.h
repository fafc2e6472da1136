/* The functions that CPU lanes and device threads share, evaluated over arrays: the proof that both
 * compilers make the same bits of one source. Physics, training and evaluation run on the CPU in
 * this version; this is what their kernels stand on.
 */
#ifndef IDR_KERNELS_PHYSICS_CHECK_H
#define IDR_KERNELS_PHYSICS_CHECK_H

#include "drill/bitrock.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "base/status.h"

#define IDR_PHYSICS_CHECK_INPUTS 5

/* name, value from the inputs x[0], ... */
#define IDR_PHYSICS_CHECK_LIST(X)                                                                  \
  X(EXP, idr_expf(x[0]))                                                                           \
  X(EXPM1, idr_expm1f(x[0]))                                                                       \
  X(LOG, idr_logf(x[0]))                                                                           \
  X(LOG1P, idr_log1pf(x[0]))                                                                       \
  X(TANH, idr_tanhf(x[0]))                                                                         \
  X(SIGMOID, idr_sigmoidf(x[0]))                                                                   \
  X(SOFTPLUS, idr_softplusf(x[0]))                                                                 \
  X(POW, idr_powf(idr_absf(x[0]), x[1]))                                                           \
  X(SIN, idr_sinf(x[0]))                                                                           \
  X(COS, idr_cosf(x[0]))                                                                           \
  X(BIT_CUT, idr_physics_check_cut(x))                                                             \
  X(BIT_TORQUE, idr_physics_check_torque(x))

typedef enum {
#define IDR_PHYSICS_CHECK_ENUM(name, value) IDR_PHYSICS_CHECK_##name,
  IDR_PHYSICS_CHECK_LIST(IDR_PHYSICS_CHECK_ENUM)
#undef IDR_PHYSICS_CHECK_ENUM
      IDR_PHYSICS_CHECK_COUNT
} idr_physics_check;

/* Any five numbers as a bit, its rock and a weight: radius 0.05 to 0.25 m, strength 10 to 410 MPa,
 * flat 0 to 10 mm, founder 1 to 11 mm, weight 0 to 400 kN. */
IDR_FN idr_bit_law idr_physics_check_law(const float *x) {
  return idr_bit_prepare(0.05f + 0.2f * idr_sigmoidf(x[0]), 1e7f + 4e8f * idr_sigmoidf(x[1]),
                         1e-2f * idr_sigmoidf(x[2]), 1e-3f + 1e-2f * idr_sigmoidf(x[3]));
}

/* Depth of cut, m. */
IDR_FN float idr_physics_check_cut(const float *x) {
  idr_bit_law law = idr_physics_check_law(x);
  return idr_bit_cut(&law, 4e5f * idr_sigmoidf(x[4]));
}

/* Torque on bit, N m. */
IDR_FN float idr_physics_check_torque(const float *x) {
  idr_bit_law law = idr_physics_check_law(x);
  float wob = 4e5f * idr_sigmoidf(x[4]), cut = idr_bit_cut(&law, wob);
  return idr_bit_cutting_torque(&law, cut) +
         idr_bit_contact_torque(&law, idr_bit_contact_force(&law, wob, cut));
}

/* One value; x holds IDR_PHYSICS_CHECK_INPUTS numbers. */
IDR_FN float idr_physics_check_value(int function, const float *x) {
  switch (function) {
#define IDR_PHYSICS_CHECK_CASE(name, value)                                                        \
  case IDR_PHYSICS_CHECK_##name:                                                                   \
    return value;
    IDR_PHYSICS_CHECK_LIST(IDR_PHYSICS_CHECK_CASE)
#undef IDR_PHYSICS_CHECK_CASE
  }
  return 0.0f;
}

/* Devices that can be used here; 0 also where the driver is missing. */
int idr_physics_check_devices(void);
/* out[i] = value(function, inputs + i * IDR_PHYSICS_CHECK_INPUTS) for i < n, on the first device.
 * Both are host memory. UNSUPPORTED with CUDA's own words when the device fails. */
idr_status idr_physics_check_run(int function, int64_t n, const float *inputs, float *out);

#ifdef __cplusplus
}
#endif
#endif
