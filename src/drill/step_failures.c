/* What can go wrong for good: fatigue, losses, pack-off. */
#include "drill/step_internal.h"

#include "drill/cuttings.h"
#include "drill/hydraulics.h"
#include "drill/torsion.h"

/* Torsional fatigue: the swing of bit speed in the trailing window is that of the torque divided by
 * sqrt(c J); cycles to failure follow a power law of the swing over the pipe's yield torque (slope
 * 5, 1e4 cycles at 0.35 of yield: assumed for tool joints in service). Adds to the Miner sum. */
IDR_FN float fatigue_rate(float swing, float stiffness, float inertia, float outer, float inner) {
  const float shear_yield = 4.18e8f; /* Pa: 0.577 of G105's 724 MPa */
  float yield = shear_yield * idr_tube_polar_moment(outer, inner) / (0.5f * outer);
  float x = swing * idr_sqrtf(stiffness * inertia) / (0.35f * yield);
  float cycles = idr_sqrtf(stiffness / inertia) * 0.15915494f;
  return cycles * x * x * x * x * x * 1e-4f;
}

void idr_step_failures(idr_drill_group *g, idr_second *s) {
  const int pipe = IDR_STRING_PARTS - 1;
  IDR_SIMD
  LANES {
    float rate = fatigue_rate(s->swing[i], g->stiffness[i], g->bit_inertia[i],
                              g->part_outer[pipe][i], g->part_inner[pipe][i]);
    float excess =
        (g->value[IDR_CHANNEL_ECD][i] - g->fracture_density[i]) * IDR_GRAVITY * g->tvd[i];
    float loss = idr_hydraulics_loss(excess, g->flow[i]) * SECOND;
    double waiting = (double)(loss * (1.0f / IDR_LOSS_MIXING));
    waiting = g->crewed[i] ? 0.0 : waiting; /* a crew waits second by second */
    g->fatigue[i] += (double)(rate * SECOND);
    g->lost_volume[i] += (double)loss;
    g->lost_time[i] += waiting;
    g->rotating_time[i] += (double)SECOND;
    g->time[i] += (double)SECOND + waiting;
    /* Without the mud that stays in the new hole, some 0.6 % of the flow. */
    g->value[IDR_CHANNEL_FLOW_OUT][i] = g->flow[i] - loss / SECOND;
    int32_t failure = g->solids[i] > IDR_CUTTING_PACKOFF ? IDR_FAILURE_PACKOFF : 0;
    failure |= g->fatigue[i] >= 1.0 ? IDR_FAILURE_TWISTOFF : 0;
    failure |= g->lost_volume[i] > IDR_LOSS_LIMIT ? IDR_FAILURE_LOSSES : 0;
    g->failure[i] |= failure;
  }
}
