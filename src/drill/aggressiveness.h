/* Torque of a bit from its weight alone, for rock of known confined strength.
 *
 * Source: the public drill-string model of Dixit and others (ExxonMobil, 2023): friction of rock
 * mu = 1.5333 - 0.0201 CCS (ksi), torque T = mu W D/3. Fitted from 2 to 60 ksi.
 */
#ifndef IDR_DRILL_AGGRESSIVENESS_H
#define IDR_DRILL_AGGRESSIVENESS_H

#include "base/fn.h"
#include "base/vmath.h"

/* mu; `strength` confined, Pa. It would reach zero at 76 ksi, beyond what it was fitted to. */
IDR_FN float idr_rock_aggressiveness(float strength) {
  return idr_maxf(1.5333f - 0.0201f * (strength * (1.0f / 6894757.29f)), 0.0f);
}

/* N m; weight N, hole diameter m. */
IDR_FN float idr_bit_torque_of_weight(float aggressiveness, float wob, float hole) {
  return aggressiveness * wob * hole * (1.0f / 3.0f);
}

#endif
