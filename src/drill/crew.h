/* The crew: what the rig is doing, second by second, and the set-points that follow from it.
 *
 * A rig works through its well's programme: drills stand by stand with set-points that follow rock,
 * hole section, the driller of the tour and what the gauges say; pulls the string for a new bit or
 * at the end of a section; runs and cements casing, waits, goes on below it; and moves to its next
 * well. It notices trouble on the gauges (or is told, see below), and has a remedy for each kind.
 * Every length of time that is drawn is a median times a log-normal factor. The medians come from
 * the well's rig rows where they have one, the others are assumed (crew_*.c).
 */
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
  S(int32_t, well_number, "-", "wells finished by this rig before the present one")                \
  /* the crew's own */                                                                             \
  S(int32_t, phase, "-", "step of the activity (crew_internal.h)")                                 \
  S(int32_t, left, "s", "of the phase, at most")                                                   \
  S(float, pulled, "N", "hook load read a second ago")                                             \
  S(double, goal, "m", "bit depth (in the slips: depth of the block) where the phase stops")       \
  S(float, speed, "m/s", "of the block in this phase, down positive")                              \
  S(int32_t, errand, "-", "bits of idr_crew_errand: to be done at surface")                        \
  S(int32_t, after, "-", "phase that follows circulating or reaming")                              \
  S(int32_t, looks, "-", "looks in a row at returns that differ from the flow in; < 0: less")      \
  S(int32_t, remedy, "s", "left of a remedy of several phases")                                    \
  S(float, pace, "-", "factor on the times of this connection or trip")                            \
  S(float, wander, "-", "slow drift of the driller's hand")                                        \
  S(float, ease, "-", "0: as the programme says, 1: weight taken back as far as he will")          \
  S(float, thrift, "-", "part of the pumps' rate that pressure or losses forbid")                  \
  S(float, rop_mean, "m/s", "smoothed rate of penetration of this bit")                            \
  S(float, mse_mean, "Pa", "smoothed specific energy of this bit")                                 \
  S(double, bit_time, "s", "of this bit on bottom")                                                \
  S(float, shut_in, "Pa", "standpipe pressure read when the well was shut in")                     \
  S(float, kill_pressure, "Pa", "standpipe pressure to hold with the choke")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_CREW_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_crew;

#endif
