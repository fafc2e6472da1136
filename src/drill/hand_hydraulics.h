/* Annular friction as handbooks compute it by hand, for comparison with the API form that the
 * engine uses (rheology.h): regimes are chosen by a critical velocity or Reynolds number and change
 * abruptly.
 *
 * Sources: Lapeyrouse, Formulas and Calculations (critical velocity, laminar and turbulent loss);
 * Guo and Liu, Applied Drilling Circulation Systems (power law, Blasius); the fixed-factor rule is
 * a common field formula, 1.4327e-7 MW L V^2/(Dh - Dp).
 */
#ifndef IDR_DRILL_HAND_HYDRAULICS_H
#define IDR_DRILL_HAND_HYDRAULICS_H

#include "base/fn.h"
#include "base/vmath.h"

/* Lapeyrouse: velocity (m/s) above which a power-law mud is turbulent in an annulus:
 *     vc[ft/min] = [3.878e4 K/MW]^(1/(2-n)) [2.4/(Dh - Dp) (2n + 1)/(3n)]^(n/(2-n))
 * `consistency` Pa s^n, `gap` Dh - Dp, m. */
IDR_FN float idr_hand_critical(float density, float consistency, float index, float gap) {
  float k = consistency * 2.0885434f; /* lbf s^n/(100 ft2) */
  float inner = 3.878e4f * k / (density * 8.3454045e-3f);
  float shear = 2.4f / (gap * 39.370079f) * (2.0f * index + 1.0f) / (3.0f * index);
  float power = 1.0f / (2.0f - index);
  return 5.08e-3f * idr_powf(inner, power) * idr_powf(shear, index * power);
}

/* Lapeyrouse, turbulent: 7.7e-5 MW^0.8 Q^1.8 PV^0.2 L/[(Dh - Dp)^3 (Dh + Dp)^1.8] in psi, Pa. */
IDR_FN float idr_hand_turbulent(float density, float flow, float plastic_viscosity, float hole,
                                float pipe, float length) {
  float gap = (hole - pipe) * 39.370079f, sum = (hole + pipe) * 39.370079f;
  float top = idr_powf(density * 8.3454045e-3f, 0.8f) * idr_powf(flow * 15850.323f, 1.8f) *
              idr_powf(plastic_viscosity * 1000.0f, 0.2f);
  float psi = 7.7e-5f * top * (length * 3.2808399f) / (gap * gap * gap * idr_powf(sum, 1.8f));
  return psi * 6894.7573f;
}

/* Guo and Liu: Reynolds number of a power-law mud in an annulus; turbulent above 4270 - 1370 n. */
IDR_FN float idr_hand_reynolds(float density, float velocity, float consistency, float index,
                               float gap) {
  float feet = velocity * 3.2808399f, cp = consistency * 1000.0f;
  float slot = 0.0208f * gap * 39.370079f / (2.0f + 1.0f / index);
  return 109000.0f * density * 8.3454045e-3f * idr_powf(feet, 2.0f - index) / cp *
         idr_powf(slot, index);
}
IDR_FN float idr_hand_reynolds_critical(float index) {
  return 4270.0f - 1370.0f * index;
}

/* Blasius' friction factor, and Guo and Liu's turbulent loss with it, f rho v^2 L/(21.1 (d2 - d1))
 * in psi: Pa. */
IDR_FN float idr_hand_blasius(float reynolds) {
  return 0.0791f * idr_powf(reynolds, -0.25f);
}
IDR_FN float idr_hand_fanning(float friction, float density, float velocity, float gap,
                              float length) {
  float feet = velocity * 3.2808399f;
  float psi = friction * density * 8.3454045e-3f * feet * feet * (length * 3.2808399f) /
              (21.1f * gap * 39.370079f);
  return psi * 6894.7573f;
}

/* Loss with a fixed friction factor of 0.0133, Pa. */
IDR_FN float idr_hand_fixed(float density, float velocity, float gap, float length) {
  return 2.0f * 0.013310f * density * velocity * velocity * length / gap;
}

#endif
