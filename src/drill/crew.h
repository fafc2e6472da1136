/* The crew: what the rig is doing, second by second, and the set-points that follow from it. */
#ifndef IDR_DRILL_CREW_H
#define IDR_DRILL_CREW_H

#include "base/fn.h"
#include "drill/equipment.h"
#include "drill/events.h"
#include "drill/state.h"

/* A(ID, code, name, doc): `code` is the tour report's number of the activity (IADC), as WITS 0107
 * carries it. */
#define IDR_ACTIVITY_LIST(A)                                                                       \
  A(DRILLING, 2, "drilling", "rotating on bottom, or going there")                                 \
  A(CONNECTION, 2, "connection", "adding a stand: off bottom, in slips, back to bottom")           \
  A(REAMING, 3, "reaming", "up and down with pumps and rotation")                                  \
  A(CIRCULATING, 5, "circulating", "off bottom with pumps, to clean the hole or change the mud")   \
  A(TRIPPING_OUT, 6, "tripping_out", "pulling the string")                                         \
  A(TRIPPING_IN, 6, "tripping_in", "running the string")                                           \
  A(CASING, 12, "casing", "running casing and cementing it")                                       \
  A(WAITING, 13, "waiting", "on cement, nippling up, testing the BOP")                             \
  A(REPAIR, 8, "repair", "a machine is being repaired")                                            \
  A(WELL_CONTROL, 21, "well_control", "shut in, or circulating a kick out")                        \
  A(FISHING, 19, "fishing", "working a stuck string, or fishing")                                  \
  A(LOSSES, 21, "losses", "curing lost circulation")                                               \
  A(DONE, 0, "done", "the well is finished; the rig moves")

typedef enum {
#define IDR_ACTIVITY_ENUM(id, code, name, doc) IDR_ACTIVITY_##id,
  IDR_ACTIVITY_LIST(IDR_ACTIVITY_ENUM)
#undef IDR_ACTIVITY_ENUM
      IDR_ACTIVITY_COUNT
} idr_activity;

/* Between the parts. events.h tells what the crew has noticed (or is told): it sets bits of
 * `trouble`; the crew sets them too when a gauge shows it. When its remedy is done, the crew clears
 * them and sets the same bits in `cured`, which events.h takes (ends the event) and clears.
 * equipment.h asks for a repair by seconds with the rig down in `repair_asked`; the crew goes to a
 * safe place (for the bit and the motor: out of the hole), waits, sets `repair_asked` back to 0 and
 * the machine's bit in `repaired`, which equipment.h takes (a new life) and clears. The crew also
 * sets the bit of a machine that it replaces by itself: the bit on every trip for one. */
#define IDR_CREW_LIST(S, A)                                                                        \
  S(int32_t, activity, "-", "idr_activity of this second")                                         \
  S(int32_t, trouble, "-", "bits 1 << idr_event_kind that the crew knows of and has not cured")    \
  S(int32_t, cured, "-", "bits 1 << idr_event_kind: remedy done; events.h clears them")            \
  A(int32_t, repair_asked, IDR_MACHINE_COUNT, "s", "repair with the rig down; 0: none asked")      \
  S(int32_t, repaired, "-", "bits 1 << idr_machine: done; equipment.h clears them")                \
  S(int32_t, well_number, "-", "wells finished by this rig before the present one")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_CREW_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_crew;

#endif
