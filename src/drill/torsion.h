/* Torsion of the drill string: top drive and bit as two inertias, the string as a spring.
 *
 *     J1 w1' = Tm - c phi - D (w1 - w2) - F1     phi' = w1 - w2
 *     J2 w2' = c phi + D (w1 - w2) - Tb(w2) - F2
 * Tm is a speed controller (PI, the "stiff" top drive of Aarsnes and Shor 2018), Tb the bit's
 * torque, F the string's Coulomb friction, half at each end. Bit torque and string friction fall
 * from a static to a kinetic value with speed (Brett 1992, SPE 21943; Navarro-Lopez and Suarez
 * 2004), which is what feeds stick-slip.
 *
 * Time stepping: spring and damping by the trapezoidal rule (no numerical damping, stable for the
 * stiff string of a shallow well), dry friction as an impulse that is at most what stops the bit
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
#define IDR_TORSION_WEAKEN   3.0f      /* rad/s over which static friction fades (assumed) */
#define IDR_BIT_STATIC_RATIO 1.4f      /* bit torque at standstill over that at speed (assumed) */
#define IDR_TORSION_DAMPING  0.05f     /* part of critical damping: mud and steel (assumed) */
#define IDR_TORSION_STILL    0.05f     /* rad/s below which the bit counts as standing still */

/* Polar moment of a tube's section, m4. */
IDR_FN float idr_tube_polar_moment(float outer, float inner) {
  float o = outer * outer, i = inner * inner;
  return 0.09817477f * (o * o - i * i); /* pi/32 */
}

/* What does not change within a second, for sub-steps of dt: factors are worked out once. */
typedef struct {
  float stiffness;   /* c, N m/rad */
  float damping;     /* D, N m s/rad */
  float drive;       /* what the controller wants to add by itself: kp w_set, N m */
  float speed;       /* set-point of the top drive, rad/s */
  float torque_max;  /* of the top drive, N m */
  float bit_kinetic; /* bit torque at speed, N m */
  float string_kinetic, string_static; /* half of the string's friction torque, N m */
  float top_inertia;                   /* J1, kg m2 */
  float top_free;                      /* 1/(J1 + dt kp), 1/(kg m2) */
  float top_inverse;                   /* dt/J1, s/(kg m2) */
  float spring;                        /* c dt^2/4 + D dt/2: trapezoidal rule, kg m2 */
  float bit_inertia;                   /* J2 less that */
  float bit_inverse;                   /* 1/(J2 plus that), 1/(kg m2) */
} idr_torsion;

typedef struct {
  float omega_top, omega_bit, twist, integral;
} idr_torsion_state;

IDR_FN idr_torsion idr_torsion_prepare(float stiffness, float damping, float top_inertia,
                                       float bit_inertia, float speed, float torque_max,
                                       float bit_kinetic, float string_static, float string_kinetic,
                                       float dt) {
  idr_torsion p;
  p.stiffness = stiffness;
  p.damping = damping;
  p.drive = IDR_TOP_PROPORTIONAL * speed;
  p.speed = speed;
  p.torque_max = torque_max;
  p.bit_kinetic = bit_kinetic;
  p.string_kinetic = 0.5f * string_kinetic;
  p.string_static = 0.5f * string_static;
  p.top_inertia = top_inertia;
  p.top_free = 1.0f / (top_inertia + dt * IDR_TOP_PROPORTIONAL);
  p.top_inverse = dt / top_inertia;
  p.spring = 0.25f * dt * dt * stiffness + 0.5f * dt * damping;
  p.bit_inertia = bit_inertia - p.spring;
  p.bit_inverse = 1.0f / (bit_inertia + p.spring);
  return p;
}

/* Removes from `momentum` a dry friction impulse of at most `impulse`. */
IDR_FN float idr_torsion_dry(float momentum, float impulse) {
  return idr_copysignf(idr_maxf(idr_absf(momentum) - impulse, 0.0f), momentum);
}

/* Top drive over one sub-step: implicit in its own speed, then its torque is limited. Returns the
 * new speed; the drive does not run backwards. */
IDR_FN float idr_torsion_top(const idr_torsion *p, const idr_torsion_state *s, float dt,
                             float *motor, float *held) {
  float load =
      p->stiffness * s->twist + p->damping * (s->omega_top - s->omega_bit) + p->string_kinetic;
  float gain = p->drive + s->integral;
  float wish = (p->top_inertia * s->omega_top + dt * (gain - load)) * p->top_free;
  float asked = gain - IDR_TOP_PROPORTIONAL * wish;
  *motor = idr_clampf(asked, 0.0f, p->torque_max);
  *held = *motor == asked ? 1.0f : 0.0f;
  return idr_maxf(s->omega_top + p->top_inverse * (*motor - load), 0.0f);
}

/* One sub-step of `dt` seconds in which bit and string resist the bit's turning by at most `dry`
 * N m; `motor` receives the top drive's torque, `borne` what of `dry` was needed. */
IDR_FN idr_torsion_state idr_torsion_turn(const idr_torsion *p, idr_torsion_state s, float dry,
                                          float dt, float *motor, float *borne) {
  idr_torsion_state out;
  float free_run;
  out.omega_top = idr_torsion_top(p, &s, dt, motor, &free_run);
  /* Bit: trapezoidal in spring and damping, implicit in dry friction. */
  float both = out.omega_top + s.omega_top;
  float push = p->bit_inertia * s.omega_bit + dt * p->stiffness * s.twist + p->spring * both;
  float left = idr_torsion_dry(push, dt * dry);
  out.omega_bit = left * p->bit_inverse;
  *borne = (push - left) / dt;
  out.twist = s.twist + 0.5f * dt * (both - out.omega_bit - s.omega_bit);
  /* The integral stands while the torque is at its limit (anti-windup). */
  out.integral = s.integral + free_run * (dt * IDR_TOP_INTEGRAL * (p->speed - out.omega_top));
  return out;
}

/* Part of the way from kinetic to static friction at a bit speed. */
IDR_FN float idr_torsion_fade(float omega) {
  return idr_expf(idr_absf(omega) * (-1.0f / IDR_TORSION_WEAKEN));
}

/* The same with a bit whose torque falls with speed (Brett). */
IDR_FN idr_torsion_state idr_torsion_step(const idr_torsion *p, idr_torsion_state s, float dt,
                                          float *motor) {
  float fade = idr_torsion_fade(s.omega_bit), borne;
  float dry = p->bit_kinetic * (1.0f + (IDR_BIT_STATIC_RATIO - 1.0f) * fade) + p->string_kinetic +
              (p->string_static - p->string_kinetic) * fade;
  return idr_torsion_turn(p, s, dry, dt, motor, &borne);
}

#endif
