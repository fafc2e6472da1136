/* Torsion of the drill string: top drive and bit as two inertias, the string as a spring.
 *
 *     J1 w1' = Tm - c phi - D (w1 - w2) - F1     phi' = w1 - w2
 *     J2 w2' = c phi + D (w1 - w2) - Tb(w2) - F2
 * Tm is a speed controller (PI, the "stiff" top drive of Aarsnes and Shor 2018), Tb the bit's
 * torque, F the string's Coulomb friction, half at each end. Bit torque and string friction fall
 * from a static to a kinetic value with speed (Brett 1992, SPE 21943; Navarro-Lopez and Suarez
 * 2004), which is what feeds stick-slip.
 *
 * Time stepping: the spring by the trapezoidal rule (no numerical damping, stable for the stiff
 * string of a shallow well), dry friction as an impulse that is at most what stops the bit
 * (Moreau's scheme), so that sticking is exact and needs no regularisation. IDR_TORSION_STEPS
 * sub-steps a second resolve string modes up to about 2 Hz.
 */
#ifndef IDR_DRILL_TORSION_H
#define IDR_DRILL_TORSION_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_TORSION_STEPS    20
#define IDR_STEEL_SHEAR      79.3e9f   /* Pa */
#define IDR_STEEL_DENSITY    7850.0f   /* kg/m3 */
#define IDR_TOP_PROPORTIONAL 38000.0f  /* N m s/rad, Aarsnes and Shor 2018 */
#define IDR_TOP_INTEGRAL     100000.0f /* N m/rad, Aarsnes and Shor 2018 */
#define IDR_TORSION_WEAKEN   4.0f      /* rad/s over which static friction fades (assumed) */
#define IDR_BIT_STATIC_RATIO 1.4f      /* bit torque at standstill over that at speed (assumed) */
#define IDR_TORSION_DAMPING  0.05f     /* part of critical damping: mud and steel (assumed) */
#define IDR_TORSION_STILL    0.05f     /* rad/s below which the bit counts as standing still */

/* Polar moment of a tube's section, m4. */
IDR_FN float idr_tube_polar_moment(float outer, float inner) {
  float o = outer * outer, i = inner * inner;
  return 0.09817477f * (o * o - i * i); /* pi/32 */
}

/* What does not change within a second. */
typedef struct {
  float stiffness;                     /* c, N m/rad */
  float damping;                       /* D, N m s/rad */
  float top_inertia;                   /* J1, kg m2 */
  float bit_inertia;                   /* J2 */
  float speed;                         /* set-point of the top drive, rad/s */
  float torque_max;                    /* of the top drive, N m */
  float bit_kinetic;                   /* bit torque at speed, N m */
  float string_static, string_kinetic; /* whole string's friction torque, N m */
} idr_torsion;

typedef struct {
  float omega_top, omega_bit, twist, integral;
} idr_torsion_state;

/* Removes from `momentum` a dry friction impulse of at most `impulse`. */
IDR_FN float idr_torsion_dry(float momentum, float impulse) {
  float left = idr_maxf(idr_absf(momentum) - impulse, 0.0f);
  return idr_copysignf(left, momentum);
}

/* Torque of the top drive's motor before its limit: what the controller asks for at this speed. */
IDR_FN float idr_torsion_motor(const idr_torsion *p, float omega_top, float integral) {
  return IDR_TOP_PROPORTIONAL * (p->speed - omega_top) + integral;
}

/* One sub-step of `dt` seconds; `motor` returns the top drive's torque. */
IDR_FN idr_torsion_state idr_torsion_step(const idr_torsion *p, idr_torsion_state s, float dt,
                                          float *motor) {
  float fade = idr_expf(idr_absf(s.omega_bit) * (-1.0f / IDR_TORSION_WEAKEN));
  float string_dry = 0.5f * (p->string_kinetic + (p->string_static - p->string_kinetic) * fade);
  float bit_dry = p->bit_kinetic * (1.0f + (IDR_BIT_STATIC_RATIO - 1.0f) * fade) + string_dry;
  float half = 0.25f * dt * dt * p->stiffness; /* trapezoidal spring: c dt^2/4 */
  float drag = dt * p->damping;

  /* Top drive: implicit in its own speed and controller, the torque limited afterwards. */
  float load = p->stiffness * s.twist + p->damping * (s.omega_top - s.omega_bit);
  float top_dry = 0.5f * p->string_kinetic * dt;
  float free_top = (p->top_inertia * s.omega_top +
                    dt * (IDR_TOP_PROPORTIONAL * p->speed + s.integral - load) - top_dry) /
                   (p->top_inertia + dt * IDR_TOP_PROPORTIONAL);
  float asked = idr_torsion_motor(p, free_top, s.integral);
  *motor = idr_clampf(asked, 0.0f, p->torque_max);
  float limited = (p->top_inertia * s.omega_top + dt * (*motor - load) - top_dry) / p->top_inertia;
  float top = idr_maxf(limited, 0.0f); /* the drive does not run backwards */

  /* Bit: implicit in spring, damping and dry friction. */
  float push = (p->bit_inertia - half) * s.omega_bit + dt * p->stiffness * s.twist +
               half * (top + s.omega_top) + drag * top;
  float bit = idr_torsion_dry(push, dt * bit_dry) / (p->bit_inertia + half + drag);

  idr_torsion_state out;
  out.omega_top = top;
  out.omega_bit = bit;
  out.twist = s.twist + 0.5f * dt * (top + s.omega_top - bit - s.omega_bit);
  /* The integral stands while the torque is at its limit (anti-windup). */
  float grow = dt * IDR_TOP_INTEGRAL * (p->speed - top);
  out.integral = s.integral + (asked == *motor ? grow : 0.0f);
  return out;
}

#endif
