/* The dull grade of a bit: eight codes that the floor man writes when a bit comes out (IADC).
 *
 *     inner rows - outer rows - characteristic - location - bearing - gauge - other - reason pulled
 *     e.g. 8-2-CR-C-X-1-NO-PR
 *
 * Inner and outer count lost cutters or teeth in eighths, the inner two thirds of the radius and
 * the outer third; gauge is I (in gauge) or sixteenths of an inch under. The codes are IADC's
 * (SPE/IADC 23938 and 23939, 1992); how wear, vibration, heat and balling lead to them is assumed,
 * after the same guides' remarks on causes: heat breaks or checks cutters on the shoulder, whirl
 * chips and breaks them on nose and shoulder, stick-slip chips them, abrasive rock wears them where
 * they run fastest, hard rock without depth of cut cores the centre, clay balls. A grade is a pure
 * function of a run's sums.
 */
#ifndef IDR_DRILL_DULL_H
#define IDR_DRILL_DULL_H

#include "base/fn.h"
#include <stdint.h>

/* X(ID, unit, doc): what is summed over the seconds that a bit drills */
#define IDR_RUN_LIST(X)                                                                            \
  X(TIME, "s", "on bottom")                                                                        \
  X(TURNS, "-", "revolutions")                                                                     \
  X(STICK, "s", "stick-slip index, summed: 1 is just sticking")                                    \
  X(BACKWARD, "s", "standing or turning backwards")                                                \
  X(WHIRL, "s", "severity of whirl, summed")                                                       \
  X(HOT, "s", "flats above the critical temperature")                                              \
  X(BALLED, "s", "covered part of the face, summed")                                               \
  X(ABRASION, "s", "abrasiveness of the rock, summed")                                             \
  X(STRENGTH, "Pa s", "strength of the rock, summed")                                              \
  X(SHALLOW, "s", "cutting less than 0.5 mm a turn")

typedef enum {
#define IDR_RUN_ENUM(id, unit, doc) IDR_RUN_##id,
  IDR_RUN_LIST(IDR_RUN_ENUM)
#undef IDR_RUN_ENUM
      IDR_RUN_COUNT
} idr_run_sum;

/* Why a bit came out. */
#define IDR_PULLED_LIST(X)                                                                         \
  X(PR, "penetration rate")                                                                        \
  X(TD, "total depth, or the end of a section")                                                    \
  X(TQ, "torque")                                                                                  \
  X(HR, "hours")                                                                                   \
  X(BHA, "change of the bottom hole assembly")                                                     \
  X(DMF, "downhole motor failed")                                                                  \
  X(RIG, "rig repair")                                                                             \
  X(HP, "hole problems")                                                                           \
  X(PP, "pump pressure")

typedef enum {
#define IDR_PULLED_ENUM(id, doc) IDR_PULLED_##id,
  IDR_PULLED_LIST(IDR_PULLED_ENUM)
#undef IDR_PULLED_ENUM
      IDR_PULLED_COUNT
} idr_pulled;

typedef struct {
  int32_t roller;            /* 0: fixed cutters, 1: cones */
  float wear;                /* 0 to 1: of cutters or teeth; 1 is what a rig calls dull */
  float bearing;             /* 0 to 1, of cones */
  idr_pulled reason;         /* asked for by whoever pulled it */
  double sum[IDR_RUN_COUNT]; /* IDR_RUN_LIST */
} idr_bit_history;

#define IDR_DULL_CODE 4
typedef struct {
  int32_t inner, outer;               /* eighths, 0 to 8 */
  char characteristic[IDR_DULL_CODE]; /* of the worst damage: WT, CT, BT, CR, HC, BU, NO, ... */
  char location[IDR_DULL_CODE];       /* C N S G A (fixed cutters), N M G A (cones) */
  char bearing[IDR_DULL_CODE];        /* 0 to 8, X for fixed cutters */
  int32_t gauge;                      /* sixteenths of an inch under, 0: in gauge */
  char other[IDR_DULL_CODE], reason[IDR_DULL_CODE];
} idr_dull;

/* The grade of a run. Any history gives a grade; a run of no time is 0-0-NO-A. */
idr_dull idr_dull_grade(const idr_bit_history *history);

/* Longest text of a grade, its end included. */
#define IDR_DULL_TEXT 40
void idr_dull_print(const idr_dull *grade, char text[IDR_DULL_TEXT]);

#endif
