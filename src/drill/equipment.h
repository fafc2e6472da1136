/* Machines that wear under load, show it, fail and are repaired. */
#ifndef IDR_DRILL_EQUIPMENT_H
#define IDR_DRILL_EQUIPMENT_H

#include "base/fn.h"
#include "drill/state.h"

#define IDR_MACHINE_LIST(M)                                                                        \
  M(PUMP_1, "mud_pump_1")                                                                          \
  M(PUMP_2, "mud_pump_2")                                                                          \
  M(PUMP_3, "mud_pump_3")                                                                          \
  M(TOP_DRIVE, "top_drive")                                                                        \
  M(DRAWWORKS, "drawworks")                                                                        \
  M(BIT, "bit")                                                                                    \
  M(MOTOR, "mud_motor")

typedef enum {
#define IDR_MACHINE_ENUM(id, name) IDR_MACHINE_##id,
  IDR_MACHINE_LIST(IDR_MACHINE_ENUM)
#undef IDR_MACHINE_ENUM
      IDR_MACHINE_COUNT
} idr_machine;

typedef enum { IDR_LIFE_FAILED, IDR_LIFE_REPLACED, IDR_LIFE_CENSORED } idr_life_state;

#define IDR_EQUIPMENT_LIST(S, A)                                                                   \
  A(float, damage, IDR_MACHINE_COUNT, "-", "0 new, 1 failed")                                      \
  A(double, hours, IDR_MACHINE_COUNT, "s", "time in operation in this life")                       \
  A(int32_t, life, IDR_MACHINE_COUNT, "-", "number of this life")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_EQUIPMENT_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_equipment;

#endif
