/* The parts of a rig, as rig.c calls them. Each owns its table of state in idr_rig. */
#ifndef IDR_DRILL_RIG_INTERNAL_H
#define IDR_DRILL_RIG_INTERNAL_H

#include "base/random.h"
#include "drill/rig.h"

/* A lane has been put on its well: the part's state there is all zero, the hole's is set. */
void idr_crew_place(idr_rig *rig, int lane);
void idr_equipment_place(idr_rig *rig, int lane);
void idr_events_place(idr_rig *rig, int lane);
void idr_sensors_place(idr_rig *rig, int lane);

/* One second of all lanes in use (0 to rig->hole->lanes - 1). The crew goes before the step and
 * writes set-points, the others come after it. */
void idr_crew_second(idr_rig *rig);
void idr_equipment_second(idr_rig *rig);
void idr_events_second(idr_rig *rig);
void idr_sensors_second(idr_rig *rig);

/* Tell the sink what is still open. */
void idr_equipment_finish(idr_rig *rig, int lane);
void idr_events_finish(idr_rig *rig, int lane);

#endif
