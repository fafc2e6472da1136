/* The string: torsion in sub-steps, and the trailing window of bit speed. */
#include "drill/step_internal.h"

#include "drill/torsion.h"
#include <string.h>

/* The string's numbers for this second, spread over arrays: a struct of arrays of idr_torsion. */
#define TORSION_LIST(X)                                                                            \
  X(stiffness)                                                                                     \
  X(damping)                                                                                       \
  X(drive)                                                                                         \
  X(speed)                                                                                         \
  X(torque_max)                                                                                    \
  X(bit_kinetic)                                                                                   \
  X(string_kinetic)                                                                                \
  X(string_static)                                                                                 \
  X(top_inertia)                                                                                   \
  X(top_free)                                                                                      \
  X(top_inverse)                                                                                   \
  X(spring)                                                                                        \
  X(bit_inertia)                                                                                   \
  X(bit_inverse)
typedef struct {
#define TORSION_FIELD(name) float name[IDR_LANES];
  TORSION_LIST(TORSION_FIELD)
} torsion_lanes;

static void prepare(const idr_drill_group *g, idr_second *s, torsion_lanes *t, float dt) {
  IDR_SIMD
  LANES {
    idr_torsion p = idr_torsion_prepare(g->stiffness[i], g->twist_damping[i], g->top_inertia[i],
                                        g->bit_inertia[i], g->omega_ref[i], g->torque_max[i],
                                        s->contact_torque[i] + s->cutting_torque[i],
                                        g->friction_static[i], g->friction_kinetic[i], dt);
#define TORSION_STORE(name) t->name[i] = p.name;
    TORSION_LIST(TORSION_STORE)
    s->forward[i] = s->backward[i] = s->stuck[i] = s->motor[i] = s->sum[i] = 0.0f;
    s->low[i] = 1e9f;
    s->high[i] = -1e9f;
  }
}

/* One sub-step of the string in every lane, with the statistics of bit speed. */
static void substep(idr_drill_group *g, idr_second *s, const torsion_lanes *t, float dt) {
  IDR_SIMD
  LANES {
    idr_torsion p;
#define TORSION_LOAD(name) p.name = t->name[i];
    TORSION_LIST(TORSION_LOAD)
    idr_torsion_state state = {g->omega_top[i], g->omega_bit[i], g->twist[i], g->top_integral[i]};
    float motor;
    state = idr_torsion_step(&p, state, dt, &motor);
    g->omega_top[i] = state.omega_top;
    g->omega_bit[i] = state.omega_bit;
    g->twist[i] = state.twist;
    g->top_integral[i] = state.integral;
    s->motor[i] += motor;
    s->forward[i] += dt * idr_maxf(state.omega_bit, 0.0f);
    s->backward[i] += state.omega_bit < -IDR_TORSION_STILL ? dt : 0.0f;
    s->stuck[i] += state.omega_bit < IDR_TORSION_STILL ? dt : 0.0f;
    s->low[i] = idr_minf(s->low[i], state.omega_bit);
    s->high[i] = idr_maxf(s->high[i], state.omega_bit);
    s->sum[i] += state.omega_bit;
  }
}

void idr_step_torsion(idr_drill_group *g, idr_second *s) {
  const float dt = SECOND / IDR_TORSION_STEPS;
  torsion_lanes t;
  prepare(g, s, &t, dt);
  for (int k = 0; k < IDR_TORSION_STEPS; k++)
    substep(g, s, &t, dt);
}

/* ---- trailing window ---- */
/* Moves the trailing window on by a second and takes stick-slip index and stuck fraction from it.
 */
void idr_step_trail(idr_drill_group *g, idr_second *s) {
  float low[IDR_LANES], high[IDR_LANES], mean[IDR_LANES], stuck[IDR_LANES];
  const size_t older = sizeof g->trail_min - sizeof g->trail_min[0];
  memmove(g->trail_min[1], g->trail_min[0], older);
  memmove(g->trail_max[1], g->trail_max[0], older);
  memmove(g->trail_mean[1], g->trail_mean[0], older);
  memmove(g->trail_stuck[1], g->trail_stuck[0], older);
  IDR_SIMD
  LANES {
    g->trail_min[0][i] = low[i] = s->low[i];
    g->trail_max[0][i] = high[i] = s->high[i];
    g->trail_mean[0][i] = mean[i] = g->value[IDR_CHANNEL_OMEGA_BIT][i];
    g->trail_stuck[0][i] = stuck[i] = s->stuck[i];
  }
  for (int k = 1; k < IDR_TRAIL; k++) {
    IDR_SIMD
    LANES {
      low[i] = idr_minf(low[i], g->trail_min[k][i]);
      high[i] = idr_maxf(high[i], g->trail_max[k][i]);
      mean[i] += g->trail_mean[k][i];
      stuck[i] += g->trail_stuck[k][i];
    }
  }
  IDR_SIMD
  LANES {
    s->swing[i] = 0.5f * (high[i] - low[i]);
    float average = idr_maxf(mean[i] * (1.0f / IDR_TRAIL), 0.25f);
    g->value[IDR_CHANNEL_SSI][i] = idr_minf(s->swing[i] / average, 2.0f);
    g->value[IDR_CHANNEL_STUCK][i] = stuck[i] * (1.0f / (IDR_TRAIL * SECOND));
  }
}
