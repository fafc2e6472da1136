/* What goes wrong in the hole: hazard, onset, severity, development, signature, remedy. */
#ifndef IDR_DRILL_EVENTS_H
#define IDR_DRILL_EVENTS_H

#include "base/fn.h"
#include "drill/state.h"

#define IDR_EVENT_LIST(E)                                                                          \
  E(STICK_SLIP, "stick_slip", "the bit stops and runs away")                                       \
  E(WHIRL, "whirl", "bit or collars roll along the wall")                                          \
  E(BALLING, "bit_balling", "clay covers the bit")                                                 \
  E(LOSSES, "lost_circulation", "mud runs into the rock")                                          \
  E(KICK, "gas_influx", "gas flows in from below the mud's pressure")                              \
  E(PACKOFF, "pack_off", "the hole falls in, solids close the annulus")                            \
  E(WASHOUT, "wash_out", "a leak in the string")                                                   \
  E(PLUGGED, "plugged_nozzle", "a nozzle is closed")                                               \
  E(LOST_NOZZLE, "lost_nozzle", "a nozzle fell out")                                               \
  E(STALL, "motor_stall", "the mud motor stands")                                                  \
  E(STUCK, "stuck_pipe", "the hole holds the string")

typedef enum {
#define IDR_EVENT_ENUM(id, name, doc) IDR_EVENT_##id,
  IDR_EVENT_LIST(IDR_EVENT_ENUM)
#undef IDR_EVENT_ENUM
      IDR_EVENT_COUNT
} idr_event_kind;

/* Label of a second, as 3W has it: 0 normal; 1 + kind: the event is fully there; 101 + kind: it is
 * coming or going. With several at once, the one that began first. */
#define IDR_EVENT_NORMAL    0
#define IDR_EVENT_TRANSIENT 100

#define IDR_EVENTS_LIST(S, A)                                                                      \
  S(int32_t, code, "-", "label of this second")                                                    \
  S(int32_t, active, "-", "bits 1 << idr_event_kind of all that go on")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_EVENTS_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_events;

#endif
