/* One step of 64 wells: actuators -> bit and rock -> string in sub-steps -> wear -> hole cleaning
 * -> hydraulics -> failures -> channels -> places. Deterministic: nothing in it is random, and a
 * lane's numbers do not depend on the other lanes.
 *
 * The driller writes wob_set, omega_set and flow_set of every lane, then calls idr_drill_step for
 * one control period. A connection (every stand) and a bit trip (when the bit is dull) happen
 * between two seconds: their time is added to the books at once and the bit starts again off bottom
 * with a weight of zero; a trip puts in a new bit and leaves a clean hole. At the well's total
 * depth drilling stops. A lane that failed goes on being computed (its numbers stay finite) until
 * it is reset.
 */
#ifndef IDR_DRILL_STEP_H
#define IDR_DRILL_STEP_H

#include "base/profile.h"
#include "drill/state.h"

/* Advances all lanes of `group` by `seconds` (>= 1) seconds and fills mean, least, most and spread.
 */
void idr_drill_step(idr_drill_group *group, int seconds);

/* The same to the bit, with the time of each stage in `profile`, whose stages are
 * idr_drill_stage(0), (1), ... in this order; `thread` is the caller's row of it. A clock is read
 * once a stage and second, which costs some percent. */
void idr_drill_step_timed(idr_drill_group *group, int seconds, idr_profile *profile, int thread);
/* Name of stage i of a second: the models, then "period" (aggregation over the control period) and
 * "places" (boundaries, connections, trips); NULL behind the last. */
const char *idr_drill_stage(int i);

#endif
