/* What shakes: the bit along the hole, the collars across it; greatest weight and torque. */
#include "drill/step_internal.h"

#include "drill/critical_speed.h"

/* Collars swing out as an unbalanced rotor does, most where the speed meets their resonance, and no
 * further than the wall; that part of whirl which rolls back along the wall goes round much faster.
 * RMS acceleration along one axis, m/s2. */
IDR_FN float lateral(float omega, float resonance, float whirl, float hole, float collar) {
  float gap = idr_maxf(0.5f * (hole - collar), 1e-3f);
  float swing =
      idr_whirl_amplitude(idr_maxf(omega, 0.0f), resonance, IDR_COLLAR_OFFSET, IDR_COLLAR_DAMPING);
  float forward = idr_whirl_acceleration(idr_minf(swing, gap), omega);
  float backward =
      idr_whirl_acceleration(gap, idr_whirl_backward(omega, collar + 2.0f * gap, collar));
  return forward + whirl * backward;
}

void idr_step_vibration(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float omega = g->value[IDR_CHANNEL_OMEGA_BIT][i];
    g->value[IDR_CHANNEL_AXIAL_VIBRATION][i] = s->shake[i];
    g->value[IDR_CHANNEL_LATERAL_VIBRATION][i] =
        lateral(omega, g->collar_speed[i], g->whirl[i], g->hole_diameter[i], g->part_outer[0][i]);
    g->value[IDR_CHANNEL_BIT_WEIGHT][i] = s->weight[i];
    g->value[IDR_CHANNEL_BIT_TORQUE][i] = g->bit_torque[i];
    g->value[IDR_CHANNEL_WOB_MAX][i] = idr_maxf(s->weight_most[i], g->wob[i]);
    g->value[IDR_CHANNEL_TORQUE_MAX][i] = s->motor_most[i];
  }
}
