/* A burst: some seconds of one lane's string as waves (torsion_wave.h) in place of the step's two
 * inertias, many values a second. For single wells: with 400 cells it costs about a thousand times
 * a step.
 *
 * Taken from the lane as it is now: the parts of its string; friction against the hole, spread as
 * the side force of a soft string off bottom is (torque_drag.h), its sum that of the lane; top
 * drive, its control and its set speed; the bit's torque, cutting and flats as in its last second,
 * flats with the static friction of string2dof.h. Twist damping D, which in the step acts between
 * bit and top drive, acts on the bit here, D (bit speed - set speed): a drag along the string would
 * brake steady turning too, and the lane's does not. The depth of cut is held: the waves do not
 * feel the rock that the blades left. The burst begins with the whole string turning as the bit
 * does.
 */
#ifndef IDR_DRILL_BURST_H
#define IDR_DRILL_BURST_H

#include "drill/state.h"

#define IDR_BURST_CELLS_MAX 20000

typedef struct {
  double seconds; /* above 0 */
  double rate;    /* values a second, above 0 */
  double settle;  /* s that run before the first value */
  int cells;      /* that the string is cut into, about: every part has whole ones, at least one */
} idr_burst_options;

/* Arrays of the caller, each [idr_burst_count]; value k is that of (k + 1)/rate s, or of the
 * sub-step before it. The bit's speed is that of the lowest cell, which lies below the set speed by
 * what the wall takes from it in a sub-step: an error of first order in the cell's length. */
typedef struct {
  double *omega_top, *omega_bit;   /* rad/s; the bit with what a mud motor adds */
  double *torque_top, *torque_bit; /* N m, of the top drive, and by which rock and what grips the
                                      string resist the bit (at most, while it stands) */
} idr_burst_values;

/* Values that these options give; 0 when they make no sense. */
int idr_burst_count(const idr_burst_options *options);
/* Fills `values`; the group is left as it is. ARGUMENT when an option makes no sense, or when a
 * wave takes longer through a cell than lies between two values; MEMORY. */
idr_status idr_burst_run(const idr_drill_group *group, int lane, const idr_burst_options *options,
                         const idr_burst_values *values);

#endif
