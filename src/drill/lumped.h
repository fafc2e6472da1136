/* Pressure dynamics of a closed-in or choked well in three states.
 *
 * Source: Kaasa, Stamnes, Aamo and Imsland 2012 (SPE Drilling and Completion 27:223), with
 * standpipe pressure pp, choke pressure pc (both above atmospheric) and flow through the bit q:
 *     (Vd/bd) pp' = qp - q
 *     (Va/ba) pc' = q + qx - qc            qx: back-pressure pump, influx, volume the string takes
 *     M q' = pp - pc - (Fd + Fa) q|q| + (rd - ra) g h
 *     qc = Kc z sqrt(2 pc/ra),  p(bit) = pc + Fa q|q| + ra g h
 * A float valve above the bit lets nothing flow back. Time constants lie between 0.3 and 30 s, so
 * the step is trapezoidal with the two nonlinear terms linearised (second order, stable for any
 * step); volumes balance to rounding whatever the step.
 */
#ifndef IDR_DRILL_LUMPED_H
#define IDR_DRILL_LUMPED_H

#include "base/fn.h"
#include "base/vmath.h"

typedef struct {
  float stiff_string;     /* bd/Vd, Pa/m3: bulk modulus over volume inside the string */
  float stiff_annulus;    /* ba/Va, Pa/m3 */
  float inertia;          /* M: density times length over area, both ways, Pa s2/m3 */
  float friction_string;  /* Fd, bit included, Pa s2/m6 */
  float friction_annulus; /* Fa, Pa s2/m6 */
  float density_string, density_annulus; /* rd, ra, kg/m3 */
  float depth;                           /* h, vertical, m */
  float choke;                           /* Kc: area of the open choke with its coefficient, m2 */
} idr_lumped;

typedef struct {
  float standpipe, choke; /* pp, pc, Pa above atmospheric */
  float flow;             /* q through the bit, m3/s */
} idr_lumped_state;

/* Flow through a choke open to `opening` (0 to 1), m3/s. */
IDR_FN float idr_lumped_choke(const idr_lumped *w, float pressure, float opening) {
  float head = 2.0f * idr_maxf(pressure, 0.0f) / w->density_annulus;
  return w->choke * opening * idr_sqrtf(head);
}

/* Pressure at the bit, Pa above atmospheric. */
IDR_FN float idr_lumped_bit(const idr_lumped *w, const idr_lumped_state *s) {
  return s->choke + w->friction_annulus * s->flow * idr_absf(s->flow) +
         w->density_annulus * 9.80665f * w->depth;
}

/* What `dt` seconds of pumping `pump` and adding `extra` (m3/s) do. `drained` receives the volume
 * that left through the choke, m3. Below 10 kPa the choke's slope is that of 10 kPa. */
IDR_FN idr_lumped_state idr_lumped_step(const idr_lumped *w, idr_lumped_state s, float pump,
                                        float extra, float opening, float dt, float *drained) {
  idr_lumped_state out;
  float drag = (w->friction_string + w->friction_annulus) * idr_absf(s.flow);
  float weight = (w->density_string - w->density_annulus) * 9.80665f * w->depth;
  float leak = idr_lumped_choke(w, s.choke, opening);
  float slope =
      0.5f * idr_lumped_choke(w, idr_maxf(s.choke, 1e4f), opening) / idr_maxf(s.choke, 1e4f);
  float a = dt * w->stiff_string;
  float b = dt * w->stiff_annulus / (1.0f + 0.5f * dt * w->stiff_annulus * slope);
  float push = s.standpipe - s.choke - drag * s.flow + weight;
  float later = 0.5f * (a * (pump - s.flow) - b * (s.flow + extra - leak));
  float change = dt * (push + later) / (w->inertia + dt * drag + 0.25f * dt * (a + b));
  out.flow = idr_maxf(s.flow + change, 0.0f);
  float mean = 0.5f * (s.flow + out.flow);
  out.standpipe = s.standpipe + a * (pump - mean);
  out.choke = idr_maxf(s.choke + b * (mean + extra - leak), 0.0f);
  *drained = dt * (mean + extra) - (out.choke - s.choke) / w->stiff_annulus;
  return out;
}

/* The state that lasts at constant flows and opening (> 0). */
IDR_FN idr_lumped_state idr_lumped_steady(const idr_lumped *w, float pump, float extra,
                                          float opening) {
  idr_lumped_state s;
  float speed = (pump + extra) / (w->choke * opening);
  s.flow = pump;
  s.choke = 0.5f * w->density_annulus * speed * speed;
  s.standpipe = s.choke + (w->friction_string + w->friction_annulus) * pump * pump -
                (w->density_string - w->density_annulus) * 9.80665f * w->depth;
  return s;
}

#endif
