/* What carries a set-point out: rate limits, and the auto-driller that holds the weight. */
#ifndef IDR_DRILL_ACTUATOR_H
#define IDR_DRILL_ACTUATOR_H

#include "base/fn.h"
#include "base/vmath.h"

/* Moves `now` towards `target` by at most `rate` per second. */
IDR_FN float idr_actuator_move(float now, float target, float rate, float dt) {
  return now + idr_clampf(target - now, -rate * dt, rate * dt);
}

/* Weight the auto-driller aims at: the set-point, less where the rate of penetration passes its
 * limit. It slacks in proportion to the excess, as a drum brake does. */
IDR_FN float idr_actuator_weight(float wob_set, float wob, float rop, float rop_max) {
  float slack = wob * (rop_max / idr_maxf(rop, rop_max));
  return rop > rop_max ? idr_minf(wob_set, slack) : wob_set;
}

/* Flow the pumps aim at: the set-point, less where standpipe pressure passes the relief setting.
 * Pressure goes nearly with the square of flow. */
IDR_FN float idr_actuator_flow(float flow_set, float flow, float pressure, float pressure_max) {
  float limit = idr_maxf(flow, 5e-3f) * idr_sqrtf(pressure_max / idr_maxf(pressure, 1e5f));
  return idr_minf(flow_set, limit);
}

#endif
