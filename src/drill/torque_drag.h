/* Torque and drag of a soft string, buckling limits, hook load.
 *
 * Johancsik, Friesen and Dawson 1984 (J. Petroleum Technology 36:987): a string without bending
 * stiffness lies on the wall of the hole with
 *     N^2 = (F dI + W sin I)^2 + (F sin I dA)^2,  dF = W cos I +- mu N,  dM = mu N r
 * over a piece of weight W, walked from the bit up. Of a string that turns and moves along the hole
 * at once, friction acts against the sum of both velocities. Tension is positive. Double precision:
 * run when a well or an operation is planned, not in the step.
 */
#ifndef IDR_DRILL_TORQUE_DRAG_H
#define IDR_DRILL_TORQUE_DRAG_H

#include "base/fn.h"
#include "base/status.h"
#include "drill/well.h"
#include <math.h>

#define IDR_STEEL_YOUNG 206.84e9 /* Pa, 30e6 psi */

/* Force on the wall (N) of a piece of `weight` N under `tension` N; `sine` of its mean inclination,
 * `bend` and `turn` the change of inclination and azimuth over it, upwards, rad. */
IDR_FN double idr_drag_side_force(double tension, double weight, double sine, double bend,
                                  double turn) {
  double down = weight * sine + tension * bend;
  double side = tension * sine * turn;
  return sqrt(down * down + side * side);
}

/* Change of azimuth over a piece as its mean inclination feels it, upwards, rad: 2 sin(dA/2) by the
 * geometric mean of both sines, which makes bend and turn together the angle between the two
 * directions. Nothing where one end is vertical and so has no azimuth. */
IDR_FN double idr_drag_turn(double inc, double azi, double high_inc, double high_azi) {
  double sine = sin(0.5 * (inc + high_inc)), both = sin(inc) * sin(high_inc);
  if (!(both > 0.0)) return 0.0;
  return 2.0 * sin(0.5 * (high_azi - azi)) * sqrt(both) / sine;
}

/* Weight of steel in mud over that in air. */
IDR_FN double idr_drag_buoyancy(double mud_density, double steel_density) {
  return 1.0 - mud_density / steel_density;
}

/* How friction is shared between the directions along the hole and around it. */
typedef struct {
  double friction; /* mu */
  double along;    /* -1 running in .. 1 pulling out */
  double around;   /* 0..1 */
} idr_drag_motion;

/* From the speed upwards (m/s) and that of the string's surface around (m/s); at rest nothing acts.
 */
IDR_FN idr_drag_motion idr_drag_motion_of(double friction, double up, double around) {
  double speed = sqrt(up * up + around * around);
  double part = speed > 0.0 ? 1.0 / speed : 0.0;
  idr_drag_motion m = {friction, up * part, fabs(around) * part};
  return m;
}

/* One piece: tension at its upper end, and the torque its radius adds. The side force is that of
 * the mean tension, so that a bend is right to second order. */
IDR_FN double idr_drag_piece(const idr_drag_motion *m, double tension, double weight, double inc,
                             double bend, double turn, double radius, double *torque) {
  double sine = sin(inc), lift = weight * cos(inc), drag = m->along * m->friction;
  double guess = idr_drag_side_force(tension, weight, sine, bend, turn);
  double middle = tension + 0.5 * (lift + drag * guess);
  double side = idr_drag_side_force(middle, weight, sine, bend, turn);
  *torque += m->around * m->friction * side * radius;
  return tension + lift + drag * side;
}

/* Bending stiffness E I of a steel tube, N m2. */
IDR_FN double idr_tube_stiffness(double outer, double inner) {
  double o = outer * outer, i = inner * inner;
  return IDR_STEEL_YOUNG * 0.04908738521234052 * (o * o - i * i); /* pi/64 */
}

/* Compression (N) at which a tube in an inclined hole buckles into a sine: 2 sqrt(E I w sin I/r)
 * (Dawson and Paslay 1984); w weight in mud N/m, r radial clearance m. */
IDR_FN double idr_buckling_sine(double stiffness, double weight, double inclination,
                                double clearance) {
  return 2.0 * sqrt(stiffness * weight * fmax(sin(inclination), 0.0) / clearance);
}

/* In a vertical hole: 1.94 (E I w^2)^(1/3) (Lubinski 1950). */
IDR_FN double idr_buckling_vertical(double stiffness, double weight) {
  return 1.94 * cbrt(stiffness * weight * weight);
}

/* Into a helix, over the load of the sine: sqrt 2 (Chen, Lin and Cheatham 1990), or 2 sqrt 2 - 1
 * (Wu and Juvkam-Wold 1993). */
#define IDR_BUCKLING_HELIX_CHEN 1.4142135623730951
#define IDR_BUCKLING_HELIX_WU   1.8284271247461903

/* A piece of string, listed from the bit up. */
typedef struct {
  double length;    /* m; the last one is taken to reach the surface */
  double weight;    /* in mud, N/m */
  double radius;    /* of contact with the wall, m */
  double stiffness; /* E I, N m2 */
  double clearance; /* radial, in the hole, m */
} idr_drag_section;

typedef struct {
  int section_count;
  const idr_drag_section *section; /* [section_count] */
  int survey_count;
  const idr_well_survey *survey; /* [survey_count] */
  double depth;                  /* of the bit, m */
  double step;                   /* m, at most; 10 is fine */
  double wob, bit_torque;        /* N, N m; 0 off bottom */
  double block;                  /* weight of travelling block and top drive, N */
} idr_drag_parts;

typedef struct {
  double hookload;    /* N, block included */
  double torque;      /* at the surface, N m */
  double side_force;  /* largest, N/m */
  double compression; /* largest, N; 0 when all is in tension */
  double neutral;     /* m above the bit where compression ends; 0 when there is none */
  double sine, helix; /* m of string that compression has buckled, by Dawson-Paslay and Chen */
} idr_drag_result;

/* Walks the string. ARGUMENT when a part makes no sense. */
idr_status idr_drag_walk(const idr_drag_parts *parts, const idr_drag_motion *motion,
                         idr_drag_result *out);

#endif
