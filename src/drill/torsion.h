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
  float stiffness;                     /* c, N m/rad */
  float damping;                       /* D, N m s/rad */
  float gain;                          /* kp of the controller, N m s/rad */
  float drive;                         /* what it wants to add by itself: kp w_set, N m */
  float windup;                        /* its ki dt, N m s/rad */
  float borrowed;                      /* inertia that it cancels, over dt, N m s/rad */
  float speed;                         /* set-point of the top drive, rad/s */
  float torque_max;                    /* of the top drive, N m */
  float bit_kinetic;                   /* bit torque at speed, N m */
  float string_kinetic, string_static; /* half of the string's friction torque, N m */
  float top_inertia;                   /* J1, kg m2 */
  float top_felt;                      /* J1 less what the controller cancels, kg m2 */
  float top_free;                      /* 1/(that + dt kp), 1/(kg m2) */
  float top_inverse;                   /* dt/J1, s/(kg m2) */
  float spring;                        /* c dt^2/4 + D dt/2: trapezoidal rule, kg m2 */
  float bit_inertia;                   /* J2 less that */
  float bit_inverse;                   /* 1/(J2 plus that), 1/(kg m2) */
} idr_torsion;

typedef struct {
  float omega_top, omega_bit, twist, integral;
} idr_torsion_state;

/* How the top drive answers the string: a speed controller Tm = kp e + ki int e + (J1 - felt) w1'.
 * Seen from the string it is kp + ki/(i w) + i w felt: high gains of the stiff drive send waves
 * back whole; SoftTorque lowers kp to a few times the string's impedance and tunes ki so that at
 * one frequency the drive's inertia is cancelled (ki = w^2 J1); Z-Torque cancels the inertia
 * itself, so that the impedance is matched over a band (Dwars 2015, SPE 173037). */
typedef struct {
  float proportional; /* kp, N m s/rad */
  float integral;     /* ki, N m/rad */
  float felt;         /* kg m2, at most J1 */
} idr_torsion_control;

/* SoftTorque shows a multiple of the pipe's impedance (4: default of the 4nDOF simulator, NORCE);
 * at once the impedance it would be tuned so sharply that the swing slips off it. */
#define IDR_TOP_SOFT_MATCH 4.0f
#define IDR_TOP_FELT_MATCHED                                                                       \
  0.1f /* part of J1 that Z-Torque leaves (assumed: filters of some ms) */
#define IDR_TOP_SLOW_MATCHED 0.15f /* rad/s below which it holds the set speed again (assumed) */

/* The three of them for a drive of inertia J1 on pipe of impedance z = J sqrt(G rho), on a string
 * that swings at `natural` rad/s. */
IDR_FN idr_torsion_control idr_torsion_stiff(float inertia) {
  idr_torsion_control c = {IDR_TOP_PROPORTIONAL, IDR_TOP_INTEGRAL, inertia};
  return c;
}
IDR_FN idr_torsion_control idr_torsion_soft(float inertia, float impedance, float natural) {
  idr_torsion_control c = {IDR_TOP_SOFT_MATCH * impedance, inertia * natural * natural, inertia};
  return c;
}
IDR_FN idr_torsion_control idr_torsion_matched(float inertia, float impedance) {
  idr_torsion_control c = {impedance, impedance * IDR_TOP_SLOW_MATCHED,
                           IDR_TOP_FELT_MATCHED * inertia};
  return c;
}

/* Gives `p` the controller `control`; idr_torsion_prepare gives it the stiff one. */
IDR_FN void idr_torsion_drive(idr_torsion *p, idr_torsion_control control, float dt) {
  p->gain = control.proportional;
  p->drive = control.proportional * p->speed;
  p->windup = dt * control.integral;
  p->top_felt = control.felt;
  p->borrowed = (p->top_inertia - control.felt) / dt;
  p->top_free = 1.0f / (control.felt + dt * control.proportional);
}

IDR_FN idr_torsion idr_torsion_prepare(float stiffness, float damping, float top_inertia,
                                       float bit_inertia, float speed, float torque_max,
                                       float bit_kinetic, float string_static, float string_kinetic,
                                       float dt) {
  idr_torsion p;
  p.stiffness = stiffness;
  p.damping = damping;
  p.speed = speed;
  p.torque_max = torque_max;
  p.bit_kinetic = bit_kinetic;
  p.string_kinetic = 0.5f * string_kinetic;
  p.string_static = 0.5f * string_static;
  p.top_inertia = top_inertia;
  idr_torsion_drive(&p, idr_torsion_stiff(top_inertia), dt);
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

/* Top drive over one sub-step: implicit in its own speed, then its torque is limited; `cut`
 * receives what the limit adds. Returns the new speed; the drive does not run backwards. */
IDR_FN float idr_torsion_top(const idr_torsion *p, const idr_torsion_state *s, float dt,
                             float *motor, float *cut) {
  float load =
      p->stiffness * s->twist + p->damping * (s->omega_top - s->omega_bit) + p->string_kinetic;
  float gain = p->drive + s->integral;
  float wish = idr_maxf((p->top_felt * s->omega_top + dt * (gain - load)) * p->top_free, 0.0f);
  float asked = gain - p->gain * wish + p->borrowed * (wish - s->omega_top);
  *motor = idr_clampf(asked, 0.0f, p->torque_max);
  *cut = *motor - asked;
  return idr_maxf(s->omega_top + p->top_inverse * (*motor - load), 0.0f);
}

/* One sub-step of `dt` seconds in which bit and string resist the bit's turning by at most `dry`
 * N m; `motor` receives the top drive's torque, `borne` what of `dry` was needed. */
IDR_FN idr_torsion_state idr_torsion_turn(const idr_torsion *p, idr_torsion_state s, float dry,
                                          float dt, float *motor, float *borne) {
  idr_torsion_state out;
  float cut;
  out.omega_top = idr_torsion_top(p, &s, dt, motor, &cut);
  /* Bit: trapezoidal in spring and damping, implicit in dry friction. */
  float both = out.omega_top + s.omega_top;
  float push = p->bit_inertia * s.omega_bit + dt * p->stiffness * s.twist + p->spring * both;
  float left = idr_torsion_dry(push, dt * dry);
  out.omega_bit = left * p->bit_inverse;
  *borne = (push - left) / dt;
  out.twist = s.twist + 0.5f * dt * (both - out.omega_bit - s.omega_bit);
  /* While the torque is at its limit the integral only goes back from it (anti-windup). */
  float error = p->speed - out.omega_top;
  out.integral = s.integral + (cut * error >= 0.0f ? p->windup * error : 0.0f);
  return out;
}

/* Part of the way from kinetic to static friction at a bit speed: (1 - w/(8 w0))^8, which is
 * e^(-w/w0) to 0.035 at a quarter of the cost. */
IDR_FN float idr_torsion_fade(float omega) {
  float x = idr_maxf(1.0f - idr_absf(omega) * (0.125f / IDR_TORSION_WEAKEN), 0.0f);
  x *= x;
  x *= x;
  return x * x;
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
