/* Friction of a Herschel-Bulkley mud in pipe and annulus.
 *
 * Source: API RP 13D (2010), generalised form, here in SI. With dh the hydraulic diameter, alpha =
 * 0 for a pipe and 1 for an annulus: G = ((3 - alpha) n + 1)/((4 - alpha) n) (1 + alpha/2),  gamma
 * = 8 G V/dh tau = ((4 - alpha)/(3 - alpha))^n tau_y + K gamma^n,    Re = 8 rho V^2/tau f_lam =
 * 16/Re,  f_tr = 16 Re/(3470 - 1370 n)^2,  f_turb = A/Re^B A = (log10 n + 3.93)/50,  B = (1.75 -
 * log10 n)/7 f = (f_int^12 + f_lam^12)^(1/12),  f_int = (f_tr^-8 + f_turb^-8)^(-1/8),  dp/dL = 2 f
 * rho V^2/dh
 */
#ifndef IDR_DRILL_RHEOLOGY_H
#define IDR_DRILL_RHEOLOGY_H

#include "base/fn.h"
#include "base/vmath.h"

/* What a mud and a kind of channel give once and for all. */
typedef struct {
  float density;     /* kg/m3 */
  float consistency; /* K, Pa s^n */
  float index;       /* n */
  float rate;        /* 8 G */
  float stress;      /* ((4 - alpha)/(3 - alpha))^n tau_y, Pa */
  float transition;  /* 16/(3470 - 1370 n)^2 */
  float turbulent;   /* A */
  float slope;       /* B */
} idr_rheology;

/* `annulus` is 0 for a pipe, 1 for an annulus. */
IDR_FN idr_rheology idr_rheology_prepare(float density, float yield, float consistency, float index,
                                         float annulus) {
  idr_rheology r;
  float log_index = idr_logf(index) * 0.43429448f;
  float critical = 3470.0f - 1370.0f * index;
  r.density = density;
  r.consistency = consistency;
  r.index = index;
  r.rate = 8.0f * ((3.0f - annulus) * index + 1.0f) / ((4.0f - annulus) * index) *
           (1.0f + 0.5f * annulus);
  r.stress = yield * idr_powf((4.0f - annulus) / (3.0f - annulus), index);
  r.transition = 16.0f / (critical * critical);
  r.turbulent = (log_index + 3.93f) / 50.0f;
  r.slope = (1.75f - log_index) / 7.0f;
  return r;
}

/* x^y for normal x > 0 and |y ln x| < 80, to |y ln x| parts in 1e7: enough for friction. The
 * special cases of idr_powf, a third of its cost, cannot occur here. */
IDR_FN float idr_rheology_power(float x, float y) {
  int32_t e, n;
  float m = idr_log_split(x, &e);
  float q = idr_exp_reduce(y * idr_log_finish(m - 1.0f, (float)e), &n);
  return (1.0f + q) * idr_float_pow2(n);
}

/* Shear stress at the wall in laminar flow, Pa. */
IDR_FN float idr_rheology_wall_stress(const idr_rheology *r, float shear_rate) {
  return r->stress + r->consistency * idr_rheology_power(shear_rate, r->index);
}

/* Viscosity that a particle feels: wall stress over wall shear rate, Pa s. */
IDR_FN float idr_rheology_apparent(const idr_rheology *r, float velocity, float gap) {
  float shear_rate = r->rate * idr_maxf(velocity, 1e-3f) / gap;
  return idr_rheology_wall_stress(r, shear_rate) / shear_rate;
}

/* Fanning friction factor over all regimes. The blend is written as the laminar factor times a root
 * of one plus (f_int/f_lam)^12, with (f_int/f_lam)^4 = (f_tr/f_lam)^4/sqrt(1 + (f_tr/f_turb)^8): no
 * overflow for Reynolds numbers from 1e-3 to 1e7, no branches and a single square root. */
IDR_FN float idr_rheology_friction(const idr_rheology *r, float reynolds) {
  float laminar = 16.0f / reynolds;
  float transition = r->transition * reynolds;
  float q = transition * idr_rheology_power(reynolds, r->slope) / r->turbulent;
  float q2 = q * q, q4 = q2 * q2;
  float x = transition * reynolds * 0.0625f, x2 = x * x;
  float p4 = x2 * x2 / idr_sqrtf(1.0f + q4 * q4);
  return laminar * idr_rheology_power(1.0f + p4 * p4 * p4, 1.0f / 12.0f);
}

/* Generalised Reynolds number, 8 rho V^2/tau. */
IDR_FN float idr_rheology_reynolds(const idr_rheology *r, float velocity, float gap) {
  float speed = idr_maxf(velocity, 1e-3f);
  float stress = idr_rheology_wall_stress(r, r->rate * speed / gap);
  return 8.0f * r->density * speed * speed / stress;
}

/* Pressure gradient, Pa/m; `velocity` m/s (>= 0, below 1 mm/s taken as 1 mm/s), `gap` the hydraulic
 * diameter in m. */
IDR_FN float idr_rheology_gradient(const idr_rheology *r, float velocity, float gap) {
  float speed = idr_maxf(velocity, 1e-3f);
  float f = idr_rheology_friction(r, idr_rheology_reynolds(r, speed, gap));
  return 2.0f * f * r->density * speed * speed / gap;
}

#endif
