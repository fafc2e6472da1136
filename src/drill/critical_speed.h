/* Speeds at which a string resonates, and when collars whirl.
 *
 * Closed forms of a uniform steel bar: a length between two supports bends as a pinned beam, a
 * length that hangs vibrates along and around itself as a bar held at its top. The handbooks'
 * formulas (33,055 sqrt(D^2+d^2)/L^2 and 258,000/L rpm, inches and feet) are these with rounded
 * constants.
 */
#ifndef IDR_DRILL_CRITICAL_SPEED_H
#define IDR_DRILL_CRITICAL_SPEED_H

#include "base/fn.h"
#include "base/vmath.h"
#include "drill/torsion.h"

#define IDR_STEEL_BAR_SPEED   5133.1f /* m/s, sqrt(E/rho): waves along a bar */
#define IDR_STEEL_SHEAR_SPEED 3178.4f /* m/s, sqrt(G/rho): waves around it */
#define IDR_COLLAR_SPAN       12.0f   /* m between stabilisers (assumed) */
#define IDR_COLLAR_OFFSET     2e-3f   /* m, of the collars' mass beside their axis (assumed) */
#define IDR_COLLAR_DAMPING    0.1f    /* of the collars in mud, part of critical (assumed) */

/* First lateral resonance (rad/s) of a tube between supports `length` m apart: (pi/L)^2 sqrt(E
 * I/m), m the mass per length of steel alone, as in the handbooks. */
IDR_FN float idr_critical_lateral(float outer, float inner, float length) {
  float gyration = 0.25f * idr_sqrtf(outer * outer + inner * inner);
  return 9.8696044f * IDR_STEEL_BAR_SPEED * gyration / (length * length);
}

/* The same under compression, as a part of the load at which the length buckles (Euler): the
 * resonance falls to nothing there. */
IDR_FN float idr_critical_compressed(float lateral, float load_part) {
  return lateral * idr_sqrtf(idr_maxf(1.0f - load_part, 0.0f));
}

/* Mode k = 1, 2 ... of a bar of `length` m held at its top, rad/s: (2k - 1) pi c/(2L), with c one
 * of the speeds above. */
IDR_FN float idr_critical_bar(float wave_speed, float length, int mode) {
  return 1.5707963f * wave_speed * (float)(2 * mode - 1) / length;
}

/* Forward whirl of collars whose mass lies `offset` m beside their axis, at `omega` (rad/s), near a
 * lateral resonance: offset b^2/sqrt((1 - b^2)^2 + (2 z b)^2), b = omega over resonance, z part of
 * critical damping: the unbalanced rotor (Jansen 1991, J. Sound and Vibration 147:115). m. */
IDR_FN float idr_whirl_amplitude(float omega, float resonance, float offset, float damping) {
  float b = omega / resonance, gap = 1.0f - b * b, loss = 2.0f * damping * b;
  return offset * b * b / idr_sqrtf(gap * gap + loss * loss);
}

/* Whirl criterion: amplitude over radial clearance. From 1 on the collars touch the wall, where
 * friction can turn forward whirl into backward. */
IDR_FN float idr_whirl_index(float amplitude, float hole, float collar) {
  return amplitude / (0.5f * (hole - collar));
}

/* Backward whirl without slip: collars that roll on the wall go round the hole at this speed
 * (rad/s), against the turning. */
IDR_FN float idr_whirl_backward(float omega, float hole, float collar) {
  return omega * collar / (hole - collar);
}

/* RMS of the acceleration (m/s2) of a point that goes round at `speed` rad/s with `amplitude` m,
 * along one axis. */
IDR_FN float idr_whirl_acceleration(float amplitude, float speed) {
  return 0.70710678f * amplitude * speed * speed;
}

#endif
