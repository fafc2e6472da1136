/* The bit that cuts what its own blades left (drill/string2dof.h), run by the engine and by an
 * independent integrator: for `idrill verify-physics` and the unit test. */
#ifndef IDR_JOBS_VERIFY_CUT_H
#define IDR_JOBS_VERIFY_CUT_H

#include "drill/string2dof.h"
#include "jobs/verify.h"

#define IDR_VERIFY_CUT_CELLS 128 /* at most */

typedef struct {
  idr_bit_law law;
  idr_cut cut;
  double stiffness, damping, inertia; /* N m/rad, N m s/rad, kg m2 */
  double omega;                       /* of the top drive, which keeps it, rad/s */
} idr_cut_rig;

/* The engine's state; profile[0..cells]. */
typedef struct {
  idr_torsion torsion;
  idr_cut_state s;
  float profile[IDR_VERIFY_CUT_CELLS + 1];
  int cells;
  float dt;
} idr_cut_run;

typedef struct {
  double rop, omega_max, stuck; /* of the second half: m/s, rad/s, part of time below 0.05 rad/s */
  double trace[100];            /* bit speed downwards every 20 ms from the beginning, m/s */
} idr_cut_motion;

/* The set of Richard, Germay and Detournay with a damping of 30 N m s/rad, flats that bear their
 * load at any depth of cut, and the weight that cuts `depth` m/rev when all is steady. */
idr_cut_rig idr_verify_cut_rig(double depth, double omega);
/* The steady motion of the rig, its downward speed times `speed_part`. */
idr_cut_run idr_verify_cut_start(const idr_cut_rig *r, int cells, int steps, double speed_part);
idr_cut_view idr_verify_cut_step(const idr_cut_rig *r, idr_cut_run *e);
/* `seconds` from there by the engine, with `steps` sub-steps a second. */
idr_cut_motion idr_verify_cut_engine(const idr_cut_rig *r, int cells, int steps, double speed_part,
                                     double seconds);
/* The same in double precision by Runge and Kutta's classic scheme, with the delay itself, found in
 * the history of the bit's angle; NAN when there is no memory for that. */
idr_cut_motion idr_verify_cut_reference(const idr_cut_rig *r, double speed_part, double seconds,
                                        double dt);

#endif
