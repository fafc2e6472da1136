/* Mud motor: a displacement motor between string and bit.
 *
 * A turn of the rotor passes 1/turns m3 of mud. Its torque comes from the pressure across it,
 *     T = dp / (2 pi turns) eta
 * so bit torque shows as pressure at the surface. Mud slips through as the pressure grows, more
 * through a worn stator; at the stall torque the rotor stands. The stator's rubber wears with the
 * pressure squared, with turns, and ages twice as fast every 15 K above 110 degC. The form follows
 * manufacturers' charts (speed falls a little with pressure up to the stall); constants are
 * assumed.
 */
#ifndef IDR_DRILL_MUD_MOTOR_H
#define IDR_DRILL_MUD_MOTOR_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_MOTOR_EFFICIENCY 0.80f   /* mechanical, eta */
#define IDR_MOTOR_WEAK       0.45f   /* part of the stall torque that a worn-out stator has lost */
#define IDR_MOTOR_HOT        383.15f /* K */
#define IDR_MOTOR_LOAD       0.5f    /* nominal torque over stall torque */
#define IDR_MOTOR_SPEED      12.566f /* rad/s, nominal */

/* Differential pressure, Pa, for bit torque `torque` (N m); `turns` per m3, 0: no motor. */
IDR_FN float idr_motor_pressure(float torque, float turns) {
  return idr_maxf(torque, 0.0f) * 6.2831853f * turns * (1.0f / IDR_MOTOR_EFFICIENCY);
}

/* Torque at which the rotor stands, N m. */
IDR_FN float idr_motor_stall(float stall, float damage) {
  return stall * (1.0f - IDR_MOTOR_WEAK * damage * damage);
}

/* Speed of the rotor in its housing, rad/s. `slip` is the part of the flow that leaks at the stall
 * torque of a new motor; it grows with load and wear; beyond the stall torque nothing turns. */
IDR_FN float idr_motor_speed(float flow, float turns, float torque, float stall, float slip,
                             float damage) {
  float can = idr_motor_stall(stall, damage);
  float load = idr_clampf(torque / idr_maxf(can, 1.0f), 0.0f, 1.0f);
  float leak = idr_clampf(slip * (1.0f + damage) * load, 0.0f, 1.0f);
  float turning = torque < can ? 1.0f : 0.0f;
  return turning * idr_maxf(flow, 0.0f) * turns * 6.2831853f * (1.0f - leak);
}

/* Wear of the stator over its nominal value. `load`: torque over stall torque; `speed` rad/s. */
IDR_FN float idr_motor_load(float load, float speed, float temperature) {
  float x = load * (1.0f / IDR_MOTOR_LOAD);
  float age = idr_expf(idr_clampf((temperature - IDR_MOTOR_HOT) * 0.04620981f, 0.0f, 8.0f));
  return (0.2f + 0.8f * x * x) * speed * (1.0f / IDR_MOTOR_SPEED) * age;
}

#endif
