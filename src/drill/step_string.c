/* The string: bit and top drive in sub-steps (string2dof.h), and the trailing window of bit speed.
 */
#include "drill/step_internal.h"

#include "drill/string2dof.h"
#include <stdbool.h>
#include <string.h>

_Static_assert(IDR_CUT_NODES == IDR_CUT_CELLS + 1, "nodes of the rock's surface in the state");

/* A function, so that its numbers are constants to the compiler in every build. */
IDR_FN idr_cut_grid grid_of_step(void) {
  idr_cut_grid grid = {IDR_CUT_CELLS, IDR_CUT_SPREAD, IDR_CUT_TURNS, IDR_CUT_SINKS};
  return grid;
}

/* The string's numbers for this second, spread over arrays: structs of arrays of idr_torsion and
 * idr_cut. */
#define TORSION_LIST(X)                                                                            \
  X(stiffness)                                                                                     \
  X(damping)                                                                                       \
  X(gain)                                                                                          \
  X(drive)                                                                                         \
  X(windup)                                                                                        \
  X(borrowed)                                                                                      \
  X(speed)                                                                                         \
  X(torque_max)                                                                                    \
  X(string_kinetic)                                                                                \
  X(string_static)                                                                                 \
  X(top_felt)                                                                                      \
  X(top_free)                                                                                      \
  X(top_inverse)                                                                                   \
  X(spring)                                                                                        \
  X(bit_inertia)                                                                                   \
  X(bit_inverse)
#define CUT_LIST(X)                                                                                \
  X(push)                                                                                          \
  X(keep)                                                                                          \
  X(force)                                                                                         \
  X(stiff)                                                                                         \
  X(flat)                                                                                          \
  X(body)                                                                                          \
  X(contact)                                                                                       \
  X(founder)                                                                                       \
  X(shear)                                                                                         \
  X(rub)                                                                                           \
  X(deep)                                                                                          \
  X(passing)                                                                                       \
  X(hold)                                                                                          \
  X(grip)
typedef struct {
#define FIELD(name) float name[IDR_LANES];
  TORSION_LIST(FIELD)
} torsion_lanes;
typedef struct {
  CUT_LIST(FIELD)
  float passed[IDR_LANES], share[IDR_LANES]; /* of a sinking sub-step: idr_cut_begin */
  float deep_sum[IDR_LANES], flats[IDR_LANES], most[IDR_LANES], shake[IDR_LANES]; /* idr_cut_view */
  float at[IDR_LANES];                         /* m that the bit went down in this second */
  float cut[IDR_LANES], rub_torque[IDR_LANES]; /* sums over sub-steps: m/rev, N m */
  float rubbed[IDR_LANES], made[IDR_LANES];    /* N m rad/s, m/rev rad/s: with the turning */
} cut_lanes;

static void prepare_torsion(const idr_drill_group *g, torsion_lanes *t) {
  const float dt = SECOND / IDR_CUT_TURNS;
  IDR_SIMD
  LANES {
    idr_torsion p = idr_torsion_prepare(g->stiffness[i], g->twist_damping[i], g->top_inertia[i],
                                        g->bit_inertia[i], g->omega_ref[i], g->torque_max[i], 0.0f,
                                        g->friction_static[i], g->friction_kinetic[i], dt);
    idr_torsion_control control = {g->top_gain[i], g->top_windup[i], g->top_felt[i]};
    idr_torsion_drive(&p, control, dt);
#define TORSION_STORE(name) t->name[i] = p.name;
    TORSION_LIST(TORSION_STORE)
  }
}

/* Off bottom, or without weight, the bit stays where it is and touches nothing. A lane that drills
 * by another law has a straight line for depth of cut and torque. */
static void prepare_cut(const idr_drill_group *g, const idr_second *s, cut_lanes *t) {
  IDR_SIMD
  LANES {
    float weight = idr_maxf(g->wob[i] - g->fault_grip_force[i], 0.0f); /* what the hole lets by */
    float touch = weight > 0.0f ? s->on[i] : 0.0f;
    idr_bit_law law = idr_step_law(g, s, i);
    idr_cut c = idr_cut_prepare(&law, weight, g->sink_mass[i], g->sink_damping[i],
                                g->value[IDR_CHANNEL_ROP][i], g->blades[i], grid_of_step());
    bool line = s->line_stiff[i] > 0.0f;
    c.stiff = line ? c.ease * s->line_stiff[i] : c.stiff;
    c.shear = line ? s->line_torque[i] : c.shear;
    c.flat = line ? 0.0f : c.flat;
    c.body = line ? 0.0f : c.body;
    c.push *= touch;
    c.keep *= touch;
    c.deep *= touch;
    c.hold = IDR_CUT_STATIC;
    c.grip = g->fault_grip_torque[i];
#define CUT_STORE(name) t->name[i] = c.name;
    CUT_LIST(CUT_STORE)
    t->at[i] = t->cut[i] = t->rub_torque[i] = t->rubbed[i] = t->made[i] = 0.0f;
  }
}

static void clear(const idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    s->forward[i] = s->backward[i] = s->stuck[i] = s->motor[i] = s->sum[i] = 0.0f;
    s->motor_most[i] = s->weight_most[i] = s->shake[i] = 0.0f;
    s->low[i] = 1e9f;
    s->high[i] = -1e9f;
  }
}

/* Statistics of a turning sub-step that began with the bit at `turning` and ended at `omega`. */
IDR_FN void count(idr_second *s, cut_lanes *u, const idr_cut_view *view, float turning, float omega,
                  int i) {
  const float dt = SECOND / IDR_CUT_TURNS;
  u->cut[i] += view->depth;
  u->rub_torque[i] += view->contact;
  u->rubbed[i] += view->contact * turning;
  u->made[i] += view->depth * turning;
  s->motor[i] += view->motor;
  s->motor_most[i] = idr_maxf(s->motor_most[i], view->motor);
  s->weight_most[i] = idr_maxf(s->weight_most[i], view->most);
  s->shake[i] += view->shake;
  s->forward[i] += dt * turning;
  s->backward[i] += omega < -IDR_TORSION_STILL ? dt : 0.0f;
  s->stuck[i] += omega < IDR_TORSION_STILL ? dt : 0.0f;
  s->low[i] = idr_minf(s->low[i], omega);
  s->high[i] = idr_maxf(s->high[i], omega);
  s->sum[i] += omega;
}

/* A sinking sub-step of lane i. A function of its own, because gcc makes memory
 * of the arrays that are declared in a lane loop. */
IDR_FN void sink_lane(idr_drill_group *g, cut_lanes *u, int i) {
  const float dt = SECOND / (IDR_CUT_TURNS * IDR_CUT_SINKS);
  idr_cut c;
  float rock[IDR_CUT_NODES];
#define CUT_LOAD(name) c.name = u->name[i];
  CUT_LIST(CUT_LOAD)
  for (int k = 0; k < IDR_CUT_NODES; k++)
    rock[k] = g->rock[k][i];
  idr_cut_state state = {.speed = g->sink_speed[i], .at = u->at[i], .phase = g->cut_phase[i]};
  idr_cut_view view = {
      .depth = u->deep_sum[i], .contact = u->flats[i], .most = u->most[i], .shake = u->shake[i]};
  idr_cut_sink(&c, &state, rock, grid_of_step(), u->passed[i], u->share[i], dt, &view);
  for (int k = 0; k < IDR_CUT_NODES; k++)
    g->rock[k][i] = rock[k];
  g->sink_speed[i] = state.speed;
  u->at[i] = state.at;
  g->cut_phase[i] = state.phase;
  u->deep_sum[i] = view.depth;
  u->flats[i] = view.contact;
  u->most[i] = view.most;
  u->shake[i] = view.shake;
}

static void sink(idr_drill_group *g, cut_lanes *u) {
  IDR_SIMD
  LANES {
    sink_lane(g, u, i);
  }
}

static void begin(const idr_drill_group *g, cut_lanes *u) {
  IDR_SIMD
  LANES {
    idr_cut c = {.passing = u->passing[i]};
    idr_cut_view view;
    u->passed[i] = idr_cut_begin(&c, g->omega_bit[i] + g->motor_speed[i], &u->share[i], &view);
    u->deep_sum[i] = view.depth;
    u->flats[i] = view.contact;
    u->most[i] = view.most;
    u->shake[i] = view.shake;
  }
}

/* The end of a turning sub-step of lane i. */
IDR_FN void turn_lane(idr_drill_group *g, idr_second *s, const torsion_lanes *t, cut_lanes *u,
                      int i) {
  idr_torsion p;
  idr_cut c;
  idr_cut_view view = {
      .depth = u->deep_sum[i], .contact = u->flats[i], .most = u->most[i], .shake = u->shake[i]};
#define TORSION_LOAD(name) p.name = t->name[i];
  TORSION_LIST(TORSION_LOAD)
  CUT_LIST(CUT_LOAD)
  idr_torsion_state state = {g->omega_top[i], g->omega_bit[i], g->twist[i], g->top_integral[i]};
  float motor = g->motor_speed[i], turning = idr_maxf(state.omega_bit + motor, 0.0f);
  state = idr_cut_end(&c, &p, state, grid_of_step(), &view);
  g->omega_top[i] = state.omega_top;
  g->omega_bit[i] = state.omega_bit;
  g->twist[i] = state.twist;
  g->top_integral[i] = state.integral;
  count(s, u, &view, turning, state.omega_bit + motor, i);
}

static void turn(idr_drill_group *g, idr_second *s, const torsion_lanes *t, cut_lanes *u) {
  IDR_SIMD
  LANES {
    turn_lane(g, s, t, u, i);
  }
}

/* Means of the second; heights are counted from the bit again. */
static void finish(idr_drill_group *g, idr_second *s, const cut_lanes *u) {
  const float share = 1.0f / IDR_CUT_TURNS;
  IDR_SIMD
  LANES {
    float depth = u->cut[i] * share, contact = u->rub_torque[i] * share;
    float turned = 1.0f / idr_maxf(s->forward[i], 1e-6f);
    s->motor[i] *= share;
    s->sum[i] *= share;
    s->shake[i] = idr_sqrtf(s->shake[i] * share);
    s->ahead[i] = u->made[i] * (share * IDR_CUT_PER_TURN);
    s->weight[i] = (u->stiff[i] * depth + contact / u->rub[i]) * u->force[i];
    float cutting = u->shear[i] * (u->made[i] * share) * turned, rub = s->line_rub[i];
    s->cutting_torque[i] = cutting * (1.0f - rub);
    s->contact_torque[i] = u->rubbed[i] * share * turned + cutting * rub;
    g->cut[i] = depth;
    g->bit_torque[i] = u->shear[i] * depth + contact;
  }
  for (int k = 0; k < IDR_CUT_NODES; k++) {
    IDR_SIMD
    LANES {
      float touch = u->keep[i] > 0.0f ? 1.0f : 0.0f;
      g->rock[k][i] = touch * (g->rock[k][i] - u->at[i]);
    }
  }
}

void idr_step_string(idr_drill_group *g, idr_second *s) {
  torsion_lanes t;
  cut_lanes u;
  prepare_torsion(g, &t);
  prepare_cut(g, s, &u);
  clear(g, s);
  for (int k = 0; k < IDR_CUT_TURNS; k++) {
    begin(g, &u);
    for (int n = 0; n < IDR_CUT_SINKS; n++)
      sink(g, &u);
    turn(g, s, &t, &u);
  }
  finish(g, s, &u);
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
