/* Generalised advantage estimation (Schulman et al. 2016, eq. 16), one lane-row backwards. */
#ifndef IDR_RL_GAE_H
#define IDR_RL_GAE_H

#include "base/fn.h"
#include "base/real.h"
#include <stdint.h>

/* One step back in time for `lanes` lanes. `trace` [lanes] carries A of the next step and becomes A
 * of this one. `next_value` is V of the state that followed: of the true final observation where
 * the episode was cut by a time limit. terminated: that value is zero; ended: the trace is cut. */
static inline void idr_gae_step(int64_t lanes, real gamma, real lambda,
                                const real *IDR_RESTRICT reward, const real *IDR_RESTRICT value,
                                const real *IDR_RESTRICT next_value,
                                const uint8_t *IDR_RESTRICT terminated,
                                const uint8_t *IDR_RESTRICT ended, real *IDR_RESTRICT trace,
                                real *IDR_RESTRICT advantage) {
  IDR_SIMD
  for (int64_t i = 0; i < lanes; i++) {
    real alive = terminated[i] ? (real)0 : (real)1;
    real running = ended[i] ? (real)0 : (real)1;
    real delta = reward[i] + gamma * alive * next_value[i] - value[i];
    trace[i] = delta + gamma * lambda * running * trace[i];
    advantage[i] = trace[i];
  }
}

#endif
