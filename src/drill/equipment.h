/* Machines that wear under load, show it, fail and are repaired.
 *
 * A life begins with a strength, drawn; load uses it up second by second (pump_wear.h, gearbox.h,
 * hoist.h, mud_motor.h; a bit by its wear in the hole), and at 1 the machine fails. A part of the
 * machines is replaced in time, at hours drawn beforehand and not by looking at them, so that the
 * records are censored without bias. Either way it is then out for a drawn time, its share of the
 * rig's limits is missing, and a new life begins with a new strength. At the start of a record
 * pumps, top drive, drawworks and motor have an age; their strength is drawn among those that
 * reach it, which is what left truncation assumes.
 *
 * With W = Weibull of scale 1: a life lasts hours x W / haste at nominal load, haste 1 but in mode
 * degradation, and settings.wear_rate multiplies all. In mode basic nothing wears but the bit.
 */
#ifndef IDR_DRILL_EQUIPMENT_H
#define IDR_DRILL_EQUIPMENT_H

#include "base/fn.h"
#include "drill/dull.h"
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

#define IDR_PUMPS 3

/* How a kind of machine lives. All of it is assumed (nothing is published for rigs): see the table
 * in equipment_lives.c. */
typedef struct {
  const char *name;
  float hours;  /* characteristic life at nominal load, hours of operation; 0: the hole wears it */
  float shape;  /* Weibull, of the strength */
  float haste;  /* how much faster it lives in mode degradation */
  float early;  /* part of the machines that is replaced in time */
  float repair; /* hours, median of a repair; half of it when planned */
  float spread; /* of the logarithm of those hours */
} idr_machine_law;
extern const idr_machine_law idr_machine_laws[IDR_MACHINE_COUNT]; /* in the order of idr_machine */

typedef enum { IDR_LIFE_FAILED, IDR_LIFE_REPLACED, IDR_LIFE_CENSORED } idr_life_state;

#define IDR_EQUIPMENT_LIST(S, A)                                                                   \
  A(float, damage, IDR_MACHINE_COUNT, "-", "0 new, 1 failed")                                      \
  A(double, hours, IDR_MACHINE_COUNT, "s", "time in operation in this life, with its age")         \
  A(int32_t, life, IDR_MACHINE_COUNT, "-", "number of this life")                                  \
  A(int32_t, down, IDR_MACHINE_COUNT, "s", "until it is back in service; 0: it is")                \
  A(int64_t, begin, IDR_MACHINE_COUNT, "s", "of the well's clock: when this life began")           \
  A(double, age, IDR_MACHINE_COUNT, "s", "operation that it came with")                            \
  A(double, retire, IDR_MACHINE_COUNT, "s", "hours at which it is replaced in time; 0: never")     \
  A(double, used, IDR_MACHINE_COUNT, "-", "part of its life used up")                              \
  A(float, strength, IDR_MACHINE_COUNT, "-", "of this life, 1: characteristic")                    \
  A(double, crack, IDR_PUMPS, "-", "part of the fluid end's life used up")                         \
  A(float, crack_strength, IDR_PUMPS, "-", "of the fluid end against cracks")                      \
  A(float, oil, IDR_PUMPS, "K", "crosshead oil")                                                   \
  S(float, gear_oil, "K", "of the top drive")                                                      \
  S(float, brake, "K", "of the drawworks")                                                         \
  S(double, line, "J", "work of the drilling line since it was cut")                               \
  S(int32_t, slipping, "-", "1: the crew was asked to cut and slip it")                            \
  S(float, air, "K", "around the machines")                                                        \
  S(float, rated_flow, "m3/s", "flow_max with all pumps")                                          \
  S(float, rated_torque, "N m", "torque_max")                                                      \
  S(float, rated_omega, "rad/s", "omega_max")                                                      \
  S(float, rated_wob, "N", "wob_max")                                                              \
  S(int32_t, well_number, "-", "of the well (crew.h) whose limits these are")                      \
  S(int32_t, bits, "-", "bits that the well has used before this one")                             \
  S(double, bit_in, "m", "depth at which this bit began")                                          \
  S(int32_t, bit_section, "-", "section that it drills")                                           \
  S(float, bit_wear, "-", "a second ago: falls when the bit is changed")                           \
  A(double, run, IDR_RUN_COUNT, "-", "what the bit went through (dull.h), sums over its run")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_EQUIPMENT_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
} idr_equipment;

#endif
