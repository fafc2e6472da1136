/* Axial and torsional motion of a drag bit that cuts what its own blades left: the string as two
 * degrees of freedom, with the regenerative effect.
 *
 *     M U'' = W0 - Wc - Wf        I Phi'' = torsion.h - Tc - Tf
 * Richard, Germay and Detournay 2004 (C. R. Mecanique 332:619) and 2007 (J. Sound and Vibration
 * 305:432). A blade cuts the rock between its own path and that of the blade before it, 2 pi/n of a
 * turn ago. That delay, which depends on the motion, is carried by the profile l(x) of rock between
 * two blades, x = 0 at the one behind, 1 at the one in front:
 *     dl/dt + (n omega/2 pi) dl/dx = U',  l(0) = 0;   depth of cut per revolution d = n max(l(1),
 * 0) so that there is no history to search (Aarsnes and van de Wouw 2019, J. Sound and Vibration
 * 457). Weight and torque at d are those of bitrock.h. The wear flats bear up to their load while
 * the bit goes down, nothing while it rises, and what is needed when it stands (one-sided dry
 * friction). W0 is the weight that the string would put on a bit at rest.
 *
 * Time stepping: forces from the profile at the beginning, dry friction in both directions as an
 * impulse that at most stops the bit (Moreau), then the profile along its characteristics: nodes
 * ride with the rock, all move down one place when a new one begins at the blade, and l(1) is read
 * between the last two. First-order upwind on as many cells loses the axial vibration (16 cells: a
 * third of it within 15 delays); this does not.
 */
#ifndef IDR_DRILL_STRING2DOF_H
#define IDR_DRILL_STRING2DOF_H

#include "base/fn.h"
#include "base/vmath.h"
#include "drill/bitrock.h"
#include "drill/torsion.h"

#define IDR_CUT_CELLS    8           /* of the profile, between two blades */
#define IDR_CUT_STEPS    200         /* sub-steps a second */
#define IDR_CUT_PER_TURN 0.15915494f /* 1/(2 pi) */

/* What does not change within a second, besides the laws of bit and torsion. */
typedef struct {
  float weight; /* W0, N */
  float mass;   /* M, kg */
  float blades; /* n */
} idr_cut;

typedef struct {
  idr_torsion_state turn;
  float speed; /* U', downwards, m/s */
  float phase; /* way of the newest node from its blade, in cells, 0..1 */
} idr_cut_state;

/* Means over the sub-step. */
typedef struct {
  float weight; /* on the bit, N */
  float torque; /* of bit and string, N m */
  float motor;  /* of the top drive, N m */
  float depth;  /* of cut, m/rev */
} idr_cut_view;

/* A profile has cells + 1 nodes, `stride` floats apart; node k lies at x = (k + phase)/cells. */

/* Depth of cut per revolution. */
IDR_FN float idr_cut_depth(const float *profile, int cells, int stride, float phase, float blades) {
  float last = profile[cells * stride], before = profile[(cells - 1) * stride];
  return blades * idr_maxf(last + phase * (before - last), 0.0f);
}

/* Turns the profile by `angle` (rad, >= 0) while the bit goes down by `down` (m); returns the new
 * phase. At most one cell a sub-step passes a blade: sub-steps must be shorter than
 * 2 pi/(n omega cells). */
IDR_FN float idr_cut_turn(float *profile, int cells, int stride, float phase, float blades,
                          float angle, float down) {
  float passed = idr_minf(blades * angle * IDR_CUT_PER_TURN * (float)cells, 1.0f);
  float ahead = phase + passed;
  int next = ahead >= 1.0f;
  ahead = next ? ahead - 1.0f : ahead;
  for (int k = cells; k > 0; k--)
    profile[k * stride] = (next ? profile[(k - 1) * stride] : profile[k * stride]) + down;
  /* A new node has gone down since its blade was there; in a straight line within the sub-step. */
  profile[0] = next ? down * ahead / passed : profile[0] + down;
  return ahead;
}

/* The profile of steady cutting at `depth` m/rev, phase 0. */
IDR_FN void idr_cut_steady(float *profile, int cells, int stride, float blades, float depth) {
  for (int k = 0; k <= cells; k++)
    profile[k * stride] = depth * (float)k / ((float)cells * blades);
}

/* Axial half: momentum after the cutting force, less the impulse of the flats. Returns the new
 * speed; `contact` receives the flats' mean load (N). */
IDR_FN float idr_cut_sink(const idr_cut *c, const idr_bit_law *law, float speed, float depth,
                          float dt, float *contact) {
  float asked = idr_bit_weight(law, depth);
  float most = idr_bit_contact_force(law, asked, depth);
  float momentum = c->mass * speed + dt * (c->weight - (asked - most));
  float flats = idr_clampf(momentum, 0.0f, dt * most);
  *contact = flats / dt;
  return (momentum - flats) / c->mass;
}

/* One sub-step of `dt` seconds. `p` as idr_torsion_prepare makes it (its bit_kinetic is not used);
 * `profile` is changed. */
IDR_FN idr_cut_state idr_cut_step(const idr_cut *c, const idr_bit_law *law, const idr_torsion *p,
                                  idr_cut_state s, float *profile, int cells, int stride, float dt,
                                  idr_cut_view *view) {
  idr_cut_state out;
  float contact, motor, torque;
  float depth = idr_cut_depth(profile, cells, stride, s.phase, c->blades);
  out.speed = idr_cut_sink(c, law, s.speed, depth, dt, &contact);
  float asked = idr_bit_weight(law, depth);
  float cutting = asked - idr_bit_contact_force(law, asked, depth);
  float dry = idr_bit_cutting_torque(law, depth) + idr_bit_contact_torque(law, contact) +
              p->string_kinetic +
              (p->string_static - p->string_kinetic) * idr_torsion_fade(s.turn.omega_bit);
  out.turn = idr_torsion_turn(p, s.turn, dry, dt, &motor, &torque);
  float angle = 0.5f * dt * (s.turn.omega_bit + out.turn.omega_bit);
  out.phase = idr_cut_turn(profile, cells, stride, s.phase, c->blades, idr_maxf(angle, 0.0f),
                           dt * out.speed);
  view->weight = cutting + contact;
  view->torque = torque;
  view->motor = motor;
  view->depth = depth;
  return out;
}

#endif
