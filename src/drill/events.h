/* What goes wrong in the hole: hazard, onset, severity, development, signature, remedy.
 *
 * Events arise in three ways. Those that the physics makes by itself are read from the state, with
 * hysteresis: stick-slip, whirl, balling, losses above fracture pressure, influx below pore
 * pressure (mud and gas that go, whatever made them), a motor stalled by its bit. Others are drawn,
 * from hazards that follow the state (events_hazard.c): a natural fracture, a layer of unforeseen
 * pressure, a hole that falls in, a leak, a nozzle plugged or lost, a string that sticks. And
 * settings.script makes any of them happen for certain. What is drawn or scripted acts through the
 * fault fields of the hole (state.h), which hydraulics and string turn into signatures: its level
 * grows over a time that the kind has, stays until it is cured, and falls.
 *
 * A remedy is the crew's: once an event can be seen and a drawn time to notice it has passed, its
 * bit is set in crew.trouble; when the crew sets crew.cured, the level falls. Without that the
 * event ends by itself after a drawn, longer time. At most one of a kind goes on at once. In mode
 * basic there are none.
 *
 * Every hazard, time and size is assumed: no publication gives them. The signatures are the
 * engineering convention. Draws: Philox keyed by seed, well and second; hazards are integrated over
 * a minute and at most one event a minute is drawn.
 */
#ifndef IDR_DRILL_EVENTS_H
#define IDR_DRILL_EVENTS_H

#include "base/fn.h"
#include "base/status.h"
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

#define IDR_CAUSE_LIST(C)                                                                          \
  C(STATE, "state", "the physics made it")                                                         \
  C(DRAWN, "drawn", "its hazard was drawn")                                                        \
  C(SCRIPTED, "scripted", "settings.script asked for it")                                          \
  C(EVENT, "event", "another event led to it")

typedef enum {
#define IDR_CAUSE_ENUM(id, name, doc) IDR_CAUSE_##id,
  IDR_CAUSE_LIST(IDR_CAUSE_ENUM)
#undef IDR_CAUSE_ENUM
      IDR_CAUSE_COUNT
} idr_event_cause;

/* Label of a second, as 3W has it: 0 normal; 1 + kind: the event is fully there; 101 + kind: it is
 * coming or going. With several at once, the one that began first. */
#define IDR_EVENT_NORMAL    0
#define IDR_EVENT_TRANSIENT 100

/* Channels that carry a kind's signature: at most IDR_EVENT_SIGNS, each of the watched ones and a
 * direction. An event can be detected from the first second in which one of them lies, in its
 * direction, further from its usual value than twice the larger of the gauge's noise and the
 * channel's unrest; both running means over IDR_EVENT_MEMORY seconds as they were at the onset. */
#define IDR_EVENT_SIGNS  5
#define IDR_EVENT_MEMORY 60.0f
#define IDR_WATCHED_LIST(W)                                                                        \
  W(SSI)                                                                                           \
  W(STUCK)                                                                                         \
  W(TORQUE)                                                                                        \
  W(TORQUE_MAX)                                                                                    \
  W(OMEGA_BIT)                                                                                     \
  W(LATERAL_VIBRATION)                                                                             \
  W(ROP) W(MSE) W(SPP) W(FLOW_OUT) W(PIT) W(PIT_GAIN) W(HOOKLOAD) W(GAS) W(ECD) W(MOTOR_PRESSURE)

typedef enum {
#define IDR_WATCHED_ENUM(id) IDR_WATCHED_##id,
  IDR_WATCHED_LIST(IDR_WATCHED_ENUM)
#undef IDR_WATCHED_ENUM
      IDR_WATCHED_COUNT
} idr_watched;

typedef struct {
  struct {
    int channel;     /* idr_channel_id */
    int watched;     /* its place among the watched */
    float direction; /* 1: it rises, -1: it falls, 0: no further sign */
  } sign[IDR_EVENT_SIGNS];
  int32_t grow, decay;  /* s, from nothing to full and back */
  int32_t notice, last; /* s, medians: until the crew knows; fully there without a remedy */
} idr_event_traits;

extern const idr_event_traits idr_event_kinds[IDR_EVENT_COUNT];
extern const char *const idr_event_names[IDR_EVENT_COUNT];
extern const char *const idr_event_causes[IDR_CAUSE_COUNT];

/* Bits 1 << idr_channel_id of a kind's signature. */
uint64_t idr_event_channels(int kind);

/* ---- effects, on any group: a rig's hole or the wells of a learner (events_effect.c) ---- */
/* The fault of a kind (and of an idr_event_cause) at full level, in the unit of its field, as the
 * hole is now; severity 0 to 1. */
float idr_event_size(const idr_drill_group *group, int lane, int kind, int cause, float severity);

typedef struct {
  float level;    /* how far it is there, 0 to 1 */
  float size;     /* idr_event_size when it began */
  float severity; /* that it was asked for */
} idr_event_strength;

/* Writes the fault fields of `kind` in a lane. Kinds share fields: `now` is of all that go on, all
 * zero for the others. */
void idr_event_act_on(idr_drill_group *group, int lane, int kind,
                      const idr_event_strength now[IDR_EVENT_COUNT]);

/* What settings.script asks for, the same of all lanes, in order of onset. */
#define IDR_SCRIPT_MAX 64
typedef struct {
  int kind;
  int64_t onset;    /* second of its first effect */
  int64_t duration; /* s from onset to end; 0: as drawn, and until cured */
  float severity;   /* 0 to 1 */
} idr_script_item;

typedef struct {
  int count;
  idr_script_item item[IDR_SCRIPT_MAX];
} idr_script;

/* Reads "kind@hours[:severity[:duration]],...", hours from the well's first second, severity above
 * 0 to 1 (default 0.5), duration in hours. CONFIG names the item that is wrong. */
idr_status idr_script_read(const char *text, idr_script *out);

/* Course of an event. */
typedef enum {
  IDR_COURSE_NONE,
  IDR_COURSE_GROWING,
  IDR_COURSE_FULL,
  IDR_COURSE_FALLING
} idr_course;

#define IDR_EVENTS_LIST(S, A)                                                                      \
  S(int32_t, code, "-", "label of this second")                                                    \
  S(int32_t, active, "-", "bits 1 << idr_event_kind of all that go on")                            \
  S(int32_t, going, "-", "the same, with those that begin in the next second")                     \
  A(int32_t, phase, IDR_EVENT_COUNT, "-", "idr_course")                                            \
  A(int32_t, cause, IDR_EVENT_COUNT, "-", "idr_event_cause")                                       \
  A(int32_t, fixed, IDR_EVENT_COUNT, "-", "1: its length is scripted, no remedy shortens it")      \
  A(int32_t, age, IDR_EVENT_COUNT, "s", "in its phase; read from the state: since it fell off")    \
  A(int32_t, grow, IDR_EVENT_COUNT, "s", "from nothing to full")                                   \
  A(int32_t, last, IDR_EVENT_COUNT, "s", "at full level")                                          \
  A(int32_t, decay, IDR_EVENT_COUNT, "s", "from full to nothing")                                  \
  A(int32_t, notice, IDR_EVENT_COUNT, "s", "from being detectable until the crew knows")           \
  A(float, level, IDR_EVENT_COUNT, "-", "how far it is there, 0 to 1")                             \
  A(float, severity, IDR_EVENT_COUNT, "-", "at full level, 0 to 1")                                \
  A(float, worst, IDR_EVENT_COUNT, "-", "severity times level, largest so far")                    \
  A(float, size, IDR_EVENT_COUNT, "SI", "of the fault at full level (events_effect.c)")            \
  A(int64_t, onset, IDR_EVENT_COUNT, "s", "first second of physical effect")                       \
  A(int64_t, detectable, IDR_EVENT_COUNT, "s", "first second in which it can be seen, -1: none")   \
  A(double, depth, IDR_EVENT_COUNT, "m", "of the bit at the onset")                                \
  A(float, before, IDR_EVENT_COUNT *IDR_EVENT_SIGNS, "SI", "usual values at the onset")            \
  A(float, margin, IDR_EVENT_COUNT *IDR_EVENT_SIGNS, "SI", "distance that can be seen")            \
  A(float, usual, IDR_WATCHED_COUNT, "SI", "running mean of a watched channel")                    \
  A(float, unrest, IDR_WATCHED_COUNT, "SI", "running mean of its distance from that")              \
  S(float, observed, "s", "that the running means have seen, up to IDR_EVENT_MEMORY")              \
  S(float, whirling, "-", "severity of whirl, mean of some 20 s")                                  \
  S(float, turning, "s", "since the top drive's set-point was last changed or left")               \
  S(float, still, "s", "since the string moved or turned")                                         \
  S(float, unswept, "s", "since mud was pumped")                                                   \
  S(float, restart, "s", "longest stop of the pumps that ended within the minute")                 \
  S(double, circulated, "s", "pumped through this string since it was looked over")                \
  S(double, starts, "-", "of the pumps in that time")                                              \
  S(double, lost, "m3", "mud lost until the second before")                                        \
  S(double, gas, "kg", "that flowed in until the second before")                                   \
  S(double, bit_before, "m", "depth of the bit in the second before")                              \
  S(int32_t, trips, "-", "bit trips seen")                                                         \
  S(int32_t, planned, "-", "items of the script that were begun")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_EVENTS_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
  idr_script script; /* the same for all lanes: not part of a saved one */
} idr_events;

#endif
