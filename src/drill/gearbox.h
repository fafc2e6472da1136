/* Gearbox and bearings of the top drive.
 *
 * Bearing life by ISO 281: L10 = (C/P)^3 million turns, the life that nine of ten reach. P is taken
 * as the torque that the gears carry, C as the torque at which L10 is a million turns. With lives
 * of Weibull shape k the characteristic life is L10 / 0.1054^(1/k). Torque that swings loads the
 * bearing by its mean cube; shocks of stick-slip come on top; hot oil carries less. All constants
 * are assumed: no parameters of top drives are published.
 */
#ifndef IDR_DRILL_GEARBOX_H
#define IDR_DRILL_GEARBOX_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_GEARBOX_TORQUE     15e3f   /* N m, nominal */
#define IDR_GEARBOX_SPEED      12.566f /* rad/s, nominal: 120 rpm */
#define IDR_GEARBOX_RATING     31.9e3f /* N m, C */
#define IDR_GEARBOX_SHOCK      1.5f    /* wear times (1 + this) at a stick-slip index of 1 */
#define IDR_GEARBOX_HOT        368.0f  /* K, oil begins to lose its film */
#define IDR_GEARBOX_FRICTION   0.04f   /* part of the power that heats the oil */
#define IDR_GEARBOX_RESISTANCE 4e-3f   /* K/W, oil over air */
#define IDR_GEARBOX_LAG        2700.0f /* s, of the oil */

/* Turns that nine of ten bearings reach at `torque` (N m). */
IDR_FN float idr_gearbox_l10(float torque) {
  float x = IDR_GEARBOX_RATING / torque;
  return 1e6f * x * x * x;
}

/* Wear over its nominal value. `omega` rad/s, `index` stick-slip index, `oil` K. */
IDR_FN float idr_gearbox_load(float torque, float omega, float index, float oil) {
  float t = idr_absf(torque) * (1.0f / IDR_GEARBOX_TORQUE);
  float swing = idr_minf(index, 1.5f);
  float film = 1.0f + idr_maxf(oil - IDR_GEARBOX_HOT, 0.0f) * (1.0f / 20.0f);
  return t * t * t * idr_absf(omega) * (1.0f / IDR_GEARBOX_SPEED) *
         (1.0f + IDR_GEARBOX_SHOCK * swing * swing) * film;
}

/* Acceleration of the housing, m/s2 rms. */
IDR_FN float idr_gearbox_vibration(float torque, float omega, float index, float damage) {
  float mesh = idr_absf(omega) * (1.0f / IDR_GEARBOX_SPEED) *
               (0.5f + 0.5f * idr_absf(torque) * (1.0f / IDR_GEARBOX_TORQUE));
  return 1.5f * mesh * (1.0f + 4.0f * damage * damage) + 0.8f * idr_minf(index, 2.0f) * mesh;
}

/* Oil after a second, K. */
IDR_FN float idr_gearbox_warm(float oil, float air, float torque, float omega, float damage) {
  float heat = idr_absf(torque * omega) * IDR_GEARBOX_FRICTION * (1.0f + 1.5f * damage);
  return oil + (air + IDR_GEARBOX_RESISTANCE * heat - oil) * (1.0f / IDR_GEARBOX_LAG);
}

#endif
