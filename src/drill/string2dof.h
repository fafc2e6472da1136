/* Axial and torsional motion of a drag bit that cuts what its own blades left: the string as two
 * degrees of freedom, with the regenerative effect.
 *
 *     M U'' = W0 - D (U' - V) - Wc - Wf        I Phi'' = torsion.h - Tc - Tf
 * Richard, Germay and Detournay 2004 (C. R. Mecanique 332:619) and 2007 (J. Sound and Vibration
 * 305:432). A blade cuts the rock between its own path and what the blade before it left, up to
 * 2 pi/n of a turn ago. Weight and torque at that depth of cut are those of bitrock.h. The wear
 * flats bear up to their load while the bit goes down, nothing while it rises, and what is needed
 * when it stands (one-sided dry friction). W0 is the weight that the string would put on a bit at
 * rest.
 *
 * D is what the pipe above carries away: a long bar answers a broad band of vibration with its
 * characteristic impedance A sqrt(E rho), whatever its far end does (mean over frequency); V is the
 * mean rate of penetration. D = 0 is the model of the papers.
 *
 * The surface that the blades left is carried as heights at angles that ride with the rock, so that
 * there is no history to search (Aarsnes and van de Wouw 2019, J. Sound and Vibration 457, carry it
 * as a transport equation, on fixed cells). A node is laid down as deep as the bit is there, or as
 * the rock is already where the bit has jumped off it. Heights are positions of the bit, not depths
 * below it, so that a node does not change until it is left behind.
 *
 * `spread` says over how much of the pitch between two blades the cut of the blade before lies:
 * 0 is a single delay of a whole pitch, n blades alike with all their cutters in one line, as in
 * the papers. On a real bit cutters of neighbouring radii sit on different blades at different
 * angles, and each removes what is left between several paths; then delays are spread, and the bit
 * does not jump off the rock at any weight as the papers' does when it is sharp (Tian and Detournay
 * 2021 on realistic layouts). A uniform spread over three quarters of the pitch is assumed here.
 *
 * Time stepping: a turning sub-step (torsion.h) holds several sinking ones, which see the speed of
 * rotation at its beginning. Sinking: forces from the surface at the beginning, flats as an impulse
 * that at most stops the bit (Moreau).
 */
#ifndef IDR_DRILL_STRING2DOF_H
#define IDR_DRILL_STRING2DOF_H

#include "base/fn.h"
#include "base/vmath.h"
#include "drill/bitrock.h"
#include "drill/torsion.h"

#define IDR_CUT_CELLS    4           /* of the surface, between two blades */
#define IDR_CUT_SPREAD   3           /* of them, over which the delays are spread (assumed) */
#define IDR_CUT_TURNS    25          /* turning sub-steps a second */
#define IDR_CUT_SINKS    8           /* sinking sub-steps in each */
#define IDR_CUT_PER_TURN 0.15915494f /* 1/(2 pi) */
/* Friction of flats at rest over that at speed, less 1: what feeds stick-slip (assumed). */
#define IDR_CUT_STATIC 0.8f

/* Numbers of a scheme; the step uses the ones above. cells > spread. */
typedef struct {
  int cells, spread, turns, sinks;
} idr_cut_grid;

/* What does not change within a second, besides the law of torsion. A bit's law in three slopes:
 * Wc = stiff d, Wf up to flat min(d, contact) + body max(d - founder, 0). Speeds are those that a
 * force gives the bit in a sinking sub-step. */
typedef struct {
  float push;             /* speed from weight, m/s */
  float keep;             /* part of the speed that damping leaves */
  float ease;             /* speed per force, m/s/N */
  float force;            /* its inverse, N s/m */
  float stiff;            /* speed per depth of cut, 1/s */
  float flat, body;       /* likewise */
  float contact, founder; /* m/rev */
  float shear;            /* torque of cutting per depth of cut, N m/(m/rev) */
  float rub;              /* torque of flats per speed that they take, N m/(m/s) */
  float deep;             /* depth of cut per revolution over that to the mean surface ahead */
  float passing;          /* cells that pass a blade per rad/s */
  float hold;             /* friction of flats at rest beyond that at speed, part */
  float grip;             /* torque by which the hole holds the string besides friction, N m */
} idr_cut;

typedef struct {
  idr_torsion_state turn;
  float speed; /* U', downwards, m/s */
  float at;    /* U, m, from where the heights are counted */
  float phase; /* way of the newest node from its blade, in cells, 0..1 */
} idr_cut_state;

/* Means over a turning sub-step, but for `most`. */
typedef struct {
  float weight;  /* on the bit, N */
  float most;    /* greatest of its sinking sub-steps, N */
  float cutting; /* torque of cutting, N m */
  float contact; /* torque of the flats at turning friction, N m */
  float torque;  /* of bit and string, as far as it was needed, N m */
  float motor;   /* of the top drive, N m */
  float depth;   /* of cut, m/rev */
  float shake;   /* square of the acceleration downwards, m2/s4 */
} idr_cut_view;

/* `weight` W0, N; `mass` M, kg; `damping` D, N s/m; `feed` V, m/s; `blades` n. No hold
 * and no grip: the caller sets those. */
IDR_FN idr_cut idr_cut_prepare(const idr_bit_law *law, float weight, float mass, float damping,
                               float feed, float blades, idr_cut_grid grid) {
  idr_cut c;
  float dt = 1.0f / (float)(grid.turns * grid.sinks);
  float stiff = IDR_BIT_ZETA * law->energy * law->radius;
  c.contact = law->soft_contact * law->wob_contact;
  c.founder = c.contact + (law->wob_founder - law->wob_contact) * law->soft_cutting;
  c.keep = 1.0f / (1.0f + dt * damping / mass);
  c.ease = dt / mass * c.keep;
  c.force = 1.0f / c.ease;
  c.push = c.ease * (weight + damping * feed);
  c.stiff = c.ease * stiff;
  c.flat = c.ease * idr_maxf(1.0f / law->soft_contact - stiff, 0.0f);
  c.body = c.ease * stiff * (IDR_BIT_FOUNDER_STIFFNESS - 1.0f);
  c.shear = 0.5f * law->energy * law->radius * law->radius;
  c.rub = 0.5f * IDR_BIT_FRICTION * law->radius * c.force;
  c.deep = blades / (1.0f - 0.5f * (float)grid.spread / (float)grid.cells);
  c.passing = blades * dt * IDR_CUT_PER_TURN * (float)grid.cells;
  c.hold = c.grip = 0.0f;
  return c;
}

/* Mean height of the rock ahead of a blade: heights[k] lies (k + phase)/cells of the pitch ahead,
 * linear in between, heights[0..cells]. */
IDR_FN float idr_cut_rock(const float *heights, idr_cut_grid grid, float phase) {
  const float *far = heights + grid.cells;
  if (grid.spread == 0) return far[0] + phase * (far[-1] - far[0]);
  /* The mean at phase 0, and its way to that at phase 1, where all nodes are one place on. */
  float sum = 0.5f * (far[0] + far[-grid.spread]);
  for (int k = 1; k < grid.spread; k++)
    sum += far[-k];
  sum += (0.5f * phase) * (far[-grid.spread - 1] + far[-grid.spread] - far[-1] - far[0]);
  return sum * (1.0f / (float)grid.spread);
}

/* The surface of steady cutting at `depth` m/rev under a bit at height 0 and phase 0. */
IDR_FN void idr_cut_steady(float *heights, int cells, float blades, float depth) {
  for (int k = 0; k <= cells; k++)
    heights[k] = -depth * (float)k / ((float)cells * blades);
}

/* a where the bits of `mask` are set, else b. (The compiler makes branches of as many
 * conditionals.) */
IDR_FN float idr_cut_choose(uint32_t mask, float a, float b) {
  return idr_float_from_bits((idr_float_bits(a) & mask) | (idr_float_bits(b) & ~mask));
}

/* Lays the surface on: `passed` cells (at most 1) go by in a sub-step at whose end the bit is at
 * `at`, having gone down by `down`; `share` is 1/passed. Returns the new phase. */
IDR_FN float idr_cut_turn(float *heights, int cells, float phase, float passed, float share,
                          float at, float down) {
  float ahead = phase + passed;
  uint32_t next = 0u - (uint32_t)(ahead >= 1.0f);
  ahead -= idr_float_from_bits(next & 0x3f800000u); /* 1 */
  /* In a straight line within the sub-step, and never above what the blade before left there. */
  float left = idr_maxf(at - down * (ahead * share), heights[cells - 1]);
  for (int k = cells; k > 0; k--)
    heights[k] = idr_cut_choose(next, heights[k - 1], heights[k]);
  heights[0] = idr_cut_choose(next, left, heights[0]);
  return ahead;
}

/* One sinking sub-step of `dt` s; adds to the sums in `view`. */
IDR_FN void idr_cut_sink(const idr_cut *c, idr_cut_state *s, float *heights, idr_cut_grid grid,
                         float passed, float share, float dt, idr_cut_view *view) {
  float depth = idr_maxf(c->deep * (s->at - idr_cut_rock(heights, grid, s->phase)), 0.0f);
  float most = c->flat * idr_minf(depth, c->contact) + c->body * idr_maxf(depth - c->founder, 0.0f);
  float cutting = c->stiff * depth;
  float speed = c->keep * s->speed + c->push - cutting;
  float flats = idr_clampf(speed, 0.0f, most);
  speed -= flats;
  float jerk = speed - s->speed, down = dt * speed;
  s->speed = speed;
  s->at += down;
  s->phase = idr_cut_turn(heights, grid.cells, s->phase, passed, share, s->at, down);
  view->depth += depth;
  view->contact += flats;
  view->most = idr_maxf(view->most, cutting + flats);
  view->shake += jerk * jerk;
}

/* Begins a turning sub-step with the bit at `omega` rad/s: cells that pass a blade in each of its
 * sinking ones (at most 1), and the inverse. */
IDR_FN float idr_cut_begin(const idr_cut *c, float omega, float *share, idr_cut_view *view) {
  float passed = idr_minf(c->passing * idr_maxf(omega, 0.0f), 1.0f);
  *share = 1.0f / idr_maxf(passed, 1e-20f);
  view->depth = view->contact = view->most = view->shake = 0.0f;
  return passed;
}

/* Ends it, when its sinking sub-steps are summed in `view`: means, and the turning. */
IDR_FN idr_torsion_state idr_cut_end(const idr_cut *c, const idr_torsion *p, idr_torsion_state turn,
                                     idr_cut_grid grid, idr_cut_view *view) {
  const float dt = 1.0f / (float)grid.turns, mean = 1.0f / (float)grid.sinks;
  float flats = view->contact * mean;
  view->depth *= mean;
  view->shake *= mean / (dt * dt * mean * mean);
  view->most *= c->force;
  view->weight = (c->stiff * view->depth + flats) * c->force;
  view->cutting = c->shear * view->depth;
  view->contact = c->rub * flats;
  float fade = idr_torsion_fade(turn.omega_bit);
  float dry = view->cutting + view->contact * (1.0f + c->hold * fade) + p->string_kinetic +
              (p->string_static - p->string_kinetic) * fade + c->grip;
  return idr_torsion_turn(p, turn, dry, dt, &view->motor, &view->torque);
}

/* One turning sub-step. `c` and `p` as prepared for the same grid (p's bit_kinetic is not used);
 * `motor` is the speed that a mud motor adds between string and bit, rad/s; `heights` is changed.
 */
IDR_FN idr_cut_state idr_cut_step(const idr_cut *c, const idr_torsion *p, idr_cut_state s,
                                  float *heights, idr_cut_grid grid, float motor,
                                  idr_cut_view *view) {
  const float sink = 1.0f / (float)(grid.turns * grid.sinks);
  float share, passed = idr_cut_begin(c, s.turn.omega_bit + motor, &share, view);
  for (int k = 0; k < grid.sinks; k++)
    idr_cut_sink(c, &s, heights, grid, passed, share, sink, view);
  s.turn = idr_cut_end(c, p, s.turn, grid, view);
  return s;
}

#endif
