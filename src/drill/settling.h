/* How fast a cutting falls through mud, and how fast the mud must rise.
 *
 * Newtonian mud (Guo and Liu, Applied Drilling Circulation Systems): v^2 = (4/3) g d (rs/rf - 1)/f
 * with log10 f = A + B L + C L^2, L = log10 Re, Re = rf v d/mu, and A, B, C cubic in the
 * sphericity. That is a quadratic in L, so the root is taken and nothing iterated. Non-Newtonian
 * mud: Moore 1974, three regimes of the particle's Reynolds number with apparent viscosity (usual
 * field form). The engine itself uses Chien's law (cuttings.h).
 */
#ifndef IDR_DRILL_SETTLING_H
#define IDR_DRILL_SETTLING_H

#include "base/fn.h"
#include "base/vmath.h"

/* Coefficients of the drag curve for a sphericity of 0.2 to 1. */
typedef struct {
  float a, b, c;
} idr_settling_drag;

IDR_FN idr_settling_drag idr_settling_curve(float sphericity) {
  float p = idr_clampf(sphericity, 0.2f, 1.0f);
  idr_settling_drag k;
  k.a = 2.2954f + p * (-2.2626f + p * (4.4395f + p * -2.9825f));
  k.b = -0.4193f + p * (-1.9014f + p * (3.3416f + p * -2.0409f));
  k.c = 0.1117f + p * (0.0553f + p * (-0.1468f + p * 0.1145f));
  return k;
}

/* Slip velocity, m/s, in a Newtonian fluid; 0 for a cutting no heavier than the mud. */
IDR_FN float idr_settling_newtonian(float size, float solid_density, float mud_density,
                                    float viscosity, float sphericity) {
  idr_settling_drag k = idr_settling_curve(sphericity);
  float heavy = idr_maxf(solid_density / mud_density - 1.0f, 0.0f);
  float weight = 13.0755333f * size * heavy;    /* f v^2 */
  float scale = mud_density * size / viscosity; /* Re/v */
  float drive = 0.43429448f * idr_logf(idr_maxf(weight * scale * scale, 1e-30f)) - k.a;
  float root = idr_sqrtf(idr_maxf((k.b + 2.0f) * (k.b + 2.0f) + 4.0f * k.c * drive, 0.0f));
  float reynolds = idr_expf(2.3025851f * 2.0f * drive / (k.b + 2.0f + root));
  return heavy > 0.0f ? reynolds / scale : 0.0f;
}

/* Moore's slip velocity, m/s; `viscosity` is the apparent one at the annulus' shear rate. */
IDR_FN float idr_settling_moore(float size, float solid_density, float mud_density,
                                float viscosity) {
  float d = size * 39.370079f, cp = viscosity * 1000.0f, mud = mud_density * 8.3454045e-3f;
  float over = idr_maxf(solid_density * 8.3454045e-3f - mud, 0.0f);
  float scale = 928.0f * mud * d / cp; /* Re/v */
  float laminar = 82.87f * d * d * over / cp;
  float middle =
      2.90f * d * idr_powf(over, 0.667f) / (idr_powf(mud, 0.333f) * idr_powf(cp, 0.333f));
  float turbulent = 1.54f * idr_sqrtf(d * over / mud);
  float v = scale * laminar < 3.0f ? laminar : scale * turbulent > 300.0f ? turbulent : middle;
  return 0.3048f * v;
}

/* Mud velocity, m/s, that keeps the cuttings at `fraction` of the annulus' volume. */
IDR_FN float idr_settling_required(float slip, float rop, float bit_area, float annulus_area,
                                   float fraction) {
  return slip + rop * bit_area / (fraction * annulus_area);
}

#endif
