/* What the files of equipment share. Only src/drill/equipment*.c include this. */
#ifndef IDR_DRILL_EQUIPMENT_INTERNAL_H
#define IDR_DRILL_EQUIPMENT_INTERNAL_H

#include "drill/rig_internal.h"

#define LANES for (int i = 0; i < (g->lanes & ~7); i++)

/* Part of a machine's life that a second at nominal load uses up at strength 1; 0 where nothing
 * wears. */
double idr_machine_pace(const idr_rig_settings *settings, idr_machine machine);
/* Factor on wear that mode and wear_rate make. */
double idr_machine_haste(const idr_rig_settings *settings, idr_machine machine);

/* Begins the life that `equipment.life` numbers; `first`: the one at the start of a record. */
void idr_machine_begin(idr_rig *rig, int lane, idr_machine machine, bool first);
/* Ends it: tells the sink, and the machine is out for a drawn time. `end` is the second after its
 * last. */
void idr_machine_end(idr_rig *rig, int lane, idr_machine machine, idr_life_state state,
                     int64_t end);
/* Tells the sink of a life that is still going on. */
void idr_machine_censor(idr_rig *rig, int lane, idr_machine machine, int64_t end);

/* One second of wear and condition of all lanes. */
void idr_equipment_pumps(idr_rig *rig);
void idr_equipment_top_drive(idr_rig *rig);
void idr_equipment_drawworks(idr_rig *rig);
void idr_equipment_motor(idr_rig *rig);
void idr_equipment_bit(idr_rig *rig);

#endif
