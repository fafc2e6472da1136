/* Temperature of the circulating mud along the well, in the steady state.
 *
 * Source: Holmes and Swift 1970 (J. Petroleum Technology 22:670). Mud goes down the string and up
 * the annulus; heat crosses the pipe's wall and the hole's wall; rock of Ts + G z keeps its
 * temperature. With A = m c/(2 pi rp Up) and B = rh Uh/(rp Up):
 *     A Tp' = Ta - Tp,   A Ta' = (Ta - Tp) - B (Ts + G z - Ta),   Tp(0) given, Tp(H) = Ta(H)
 *     Tp = K1 exp(C1 z) + K2 exp(C2 z) + G z + Ts - G A,   C1,2 = [B +- sqrt(B^2 + 4 B)]/(2 A)
 *     Ta = Tp + A Tp'
 * K1 is kept as its value at the bottom, k1 = K1 exp(C1 H), so that no well is too deep. Friction
 * and the bit make no heat here, and rock cools no further with time.
 */
#ifndef IDR_DRILL_TEMPERATURE_H
#define IDR_DRILL_TEMPERATURE_H

#include "base/fn.h"
#include "base/vmath.h"

/* A well at one flow: what all depths share. */
typedef struct {
  float surface, gradient; /* Ts, K; G, K/m */
  float length;            /* A, m */
  float up, down;          /* C1 > 0, C2 < 0, 1/m */
  float bottom, top;       /* k1, K2, K */
  float depth;             /* H, m */
} idr_temperature;

/* `inlet` K; `capacity` is mass flow times specific heat, W/K (> 0); `pipe` and `hole` are heat
 * transfer per length and kelvin across the two walls, 2 pi r U, W/m/K (> 0). `depth` is counted
 * along the hole where the gradient is. */
IDR_FN idr_temperature idr_temperature_prepare(float inlet, float surface, float gradient,
                                               float depth, float capacity, float pipe,
                                               float hole) {
  idr_temperature t;
  float b = hole / pipe;
  t.surface = surface;
  t.gradient = gradient;
  t.depth = depth;
  t.length = capacity / pipe;
  float root = idr_sqrtf(b * b + 4.0f * b);
  t.up = 0.5f * (b + root) / t.length;
  t.down = -2.0f * b / ((b + root) * t.length); /* (b - root)/2 without its loss of digits */
  float start = inlet - surface + gradient * t.length;
  float decay = t.down * idr_expf(t.down * depth);
  t.bottom = -(gradient + decay * start) / (t.up - decay * idr_expf(-t.up * depth));
  t.top = start - t.bottom * idr_expf(-t.up * depth);
  return t;
}

/* Mud in the string, K, at depth z of 0 to H. */
IDR_FN float idr_temperature_string(const idr_temperature *t, float z) {
  return t->bottom * idr_expf(t->up * (z - t->depth)) + t->top * idr_expf(t->down * z) +
         t->gradient * (z - t->length) + t->surface;
}

/* Mud in the annulus, K. */
IDR_FN float idr_temperature_annulus(const idr_temperature *t, float z) {
  return t->bottom * (1.0f + t->length * t->up) * idr_expf(t->up * (z - t->depth)) +
         t->top * (1.0f + t->length * t->down) * idr_expf(t->down * z) + t->gradient * z +
         t->surface;
}

#endif
