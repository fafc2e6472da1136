/* The bit that cuts what its own blades left (drill/string2dof.h), run by the engine and by an
 * independent integrator: for `idrill verify-physics` and the unit test. */
#ifndef IDR_JOBS_VERIFY_CUT_H
#define IDR_JOBS_VERIFY_CUT_H

#include "drill/string2dof.h"
#include "jobs/verify.h"

#define IDR_VERIFY_CUT_CELLS 128 /* at most */

typedef struct {
  idr_bit_law law;
  double weight, mass, blades;        /* N, kg */
  double stiffness, damping, inertia; /* N m/rad, N m s/rad, kg m2 */
  double omega;                       /* of the top drive, which keeps it, rad/s */
  double sink_damping;                /* N s/m */
  double hold;                        /* of the flats, as in idr_cut */
} idr_cut_rig;

/* The engine's state; heights[0..cells]. */
typedef struct {
  idr_torsion torsion;
  idr_cut cut;
  idr_cut_state s;
  float heights[IDR_VERIFY_CUT_CELLS + 1];
  idr_cut_grid grid;
} idr_cut_run;

typedef struct {
  double rop, omega_max, stuck; /* of the second half: m/s, rad/s, part of time below 0.05 rad/s */
  double trace[100];            /* bit speed downwards every 20 ms from the beginning, m/s */
} idr_cut_motion;

/* The set of Richard, Germay and Detournay with a damping of 30 N m s/rad, flats that bear their
 * load at any depth of cut, and the weight that cuts `depth` m/rev when all is steady. */
idr_cut_rig idr_verify_cut_rig(double depth, double omega);
/* A grid for the single delay of the papers (spread 0). */
idr_cut_grid idr_verify_cut_grid(void);
/* The step's own grid. */
idr_cut_grid idr_verify_step_grid(void);
/* Its rate of penetration when all is steady, m/s. */
double idr_verify_cut_feed(const idr_cut_rig *r);
/* The steady motion of the rig, its downward speed times `speed_part`. */
idr_cut_run idr_verify_cut_start(const idr_cut_rig *r, idr_cut_grid grid, double speed_part);
idr_cut_view idr_verify_cut_step(idr_cut_run *e);
/* `seconds` from there by the engine. */
idr_cut_motion idr_verify_cut_engine(const idr_cut_rig *r, idr_cut_grid grid, double speed_part,
                                     double seconds);
/* The same in double precision by Runge and Kutta's classic scheme, with the delay itself, found in
 * the history of the bit's angle, or the mean over `spread` (part of the pitch) of delays; NAN when
 * there is no memory for that. */
idr_cut_motion idr_verify_cut_reference(const idr_cut_rig *r, double spread, double speed_part,
                                        double seconds, double dt);

#endif
