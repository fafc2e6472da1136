/* What the files of the crew (crew.c, crew_*.c) share. An activity is a chain of phases; a phase
 * has fixed set-points and ends after a time or when the bit has arrived, whereupon the phase's
 * function in crew.c's table decides what comes next. Only then is a lane looked at alone.
 */
#ifndef IDR_DRILL_CREW_INTERNAL_H
#define IDR_DRILL_CREW_INTERNAL_H

#include "drill/rig_internal.h"

/* P(ID, activity, function that decides when it is over) */
#define IDR_PHASE_LIST(P)                                                                          \
  P(WASH, REAMING, idr_crew_washed)                /* down to bottom with pumps */                 \
  P(TAG, DRILLING, idr_crew_tagged)                /* the last metre, softly */                    \
  P(DRILL, DRILLING, idr_crew_drilled)             /* until the driller looks up */                \
  P(LIFT, CONNECTION, idr_crew_lifted)             /* off bottom */                                \
  P(CLEAN, CONNECTION, idr_crew_cleaned)           /* cuttings up past the collars */              \
  P(STOP, CONNECTION, idr_crew_stopped)            /* rotation off */                              \
  P(PUMPS_OFF, CONNECTION, idr_crew_pumps_stopped) /* before the joint is opened */                \
  P(MAKE_UP, CONNECTION, idr_crew_made_up)         /* in the slips: a stand is added */            \
  P(PICK_UP, CONNECTION, idr_crew_picked_up)       /* out of the slips */                          \
  P(PUMPS_ON, CONNECTION, idr_crew_pumps_started)                                                  \
  P(TURN, CONNECTION, idr_crew_turned) /* rotation on */                                           \
  P(BACK, CONNECTION, idr_crew_washed) /* near the bottom */                                       \
  P(REAM_UP, REAMING, idr_crew_reamed_up)                                                          \
  P(REAM_DOWN, REAMING, idr_crew_follow)                                                           \
  P(CIRCULATE, CIRCULATING, idr_crew_follow)                                                       \
  P(PULL, TRIPPING_OUT, idr_crew_go_on)                                                            \
  P(RACK, TRIPPING_OUT, idr_crew_go_on)  /* in the slips: a stand less */                          \
  P(SURFACE, TRIPPING_OUT, idr_crew_out) /* bit on the floor */                                    \
  P(RUN, TRIPPING_IN, idr_crew_go_on)                                                              \
  P(ADD, TRIPPING_IN, idr_crew_go_on) /* in the slips: a stand more */                             \
  P(CASE_RUN, CASING, idr_crew_case_ran)                                                           \
  P(CASE_ADD, CASING, idr_crew_case_added)                                                         \
  P(CASE_CLEAN, CASING, idr_crew_case_cleaned)                                                     \
  P(CEMENT, CASING, idr_crew_cemented)                                                             \
  P(WAIT, WAITING, idr_crew_waited)                                                                \
  P(REPAIR_LIFT, REPAIR, idr_crew_repair_start)                                                    \
  P(REPAIR, REPAIR, idr_crew_repair_end)                                                           \
  P(KICK_LIFT, WELL_CONTROL, idr_crew_kick_lifted)                                                 \
  P(KICK_SHUT, WELL_CONTROL, idr_crew_kick_shut)                                                   \
  P(KICK_OUT, WELL_CONTROL, idr_crew_kick_out)     /* the influx is circulated out */              \
  P(KICK_KILL, WELL_CONTROL, idr_crew_kick_killed) /* heavier mud */                               \
  P(STUCK_PULL, FISHING, idr_crew_stuck_pulled)                                                    \
  P(STUCK_SLACK, FISHING, idr_crew_stuck_slacked)                                                  \
  P(LOSS_LIFT, LOSSES, idr_crew_loss_lifted)                                                       \
  P(LOSS, LOSSES, idr_crew_loss_cured)                                                             \
  P(MOVE, DONE, idr_crew_moved)

typedef enum {
#define IDR_PHASE_ENUM(id, activity, over) IDR_PHASE_##id,
  IDR_PHASE_LIST(IDR_PHASE_ENUM)
#undef IDR_PHASE_ENUM
      IDR_PHASE_COUNT
} idr_crew_phase;

/* Why the string is pulled. */
typedef enum {
  IDR_ERRAND_BIT = 1,
  IDR_ERRAND_SECTION = 2, /* the hole is at its depth: casing, or the end of the well */
  IDR_ERRAND_LEAK = 4     /* string or nozzles */
} idr_crew_errand;

/* What a number is drawn for: the draw's index in a second of a well. */
typedef enum {
  IDR_DRAW_TIME,
  IDR_DRAW_LOOK,
  IDR_DRAW_TOUR,
  IDR_DRAW_BIT,
  IDR_DRAW_CHOICE,
  IDR_DRAW_START
} idr_crew_draw;

#define IDR_BLOCK_LOW 1.0   /* m, block when a stand is drilled down */
#define IDR_NOWHERE   1e9   /* m, a goal that is never reached */
#define IDR_TOUR      43200 /* s, a driller's tour */

/* Four words of this second, or of `step` for what holds longer. */
IDR_FN idr_random4 idr_crew_words_at(const idr_rig *rig, int i, int64_t step, idr_crew_draw what) {
  return idr_random_draw((uint64_t)rig->settings.seed, rig->id[i],
                         (uint32_t)rig->crew.well_number[i], (uint32_t)step, IDR_PURPOSE_CREW,
                         (uint32_t)what);
}
IDR_FN idr_random4 idr_crew_words(const idr_rig *rig, int i, idr_crew_draw what) {
  return idr_crew_words_at(rig, i, rig->second[i], what);
}
/* Log-normal factor with median 1. */
IDR_FN float idr_crew_factor(idr_random4 words, float sigma) {
  float z[2];
  idr_random_normal2(words.word[0], words.word[1], z);
  return idr_expf(sigma * z[0]);
}
/* Seconds around `median`. */
IDR_FN int32_t idr_crew_time(const idr_rig *rig, int i, double median, float sigma) {
  float factor = idr_crew_factor(idr_crew_words(rig, i, IDR_DRAW_TIME), sigma);
  return 1 + (int32_t)(median * (double)factor);
}

/* Begins a phase that lasts `seconds`, the block standing. */
void idr_crew_wait(idr_rig *rig, int i, idr_crew_phase phase, int32_t seconds);
/* Begins a phase that moves the string to bit depth `goal` at `speed` (> 0, m/s). */
void idr_crew_move(idr_rig *rig, int i, idr_crew_phase phase, double goal, double speed);
/* Begins a phase in the slips of `seconds`, in which the block goes to `height` above the floor. */
void idr_crew_slips(idr_rig *rig, int i, idr_crew_phase phase, int32_t seconds, double height);
void idr_crew_set(idr_rig *rig, int i, float wob, float omega, float flow);
/* Speed and flow of the driller's programme, off bottom. */
float idr_crew_omega(const idr_rig *rig, int i);
float idr_crew_flow(const idr_rig *rig, int i);
/* Seconds to pump the annulus once at `flow`, and the string and the annulus. */
double idr_crew_bottoms_up(const idr_rig *rig, int i, float flow);
double idr_crew_round(const idr_rig *rig, int i, float flow);

/* Goes on with what is to be done wherever the bit is: out with an errand, else to bottom. */
void idr_crew_go_on(idr_rig *rig, int i);
/* To bottom with pumps and rotation; the bit is less than a stand away. */
void idr_crew_wash(idr_rig *rig, int i);
void idr_crew_circulate(idr_rig *rig, int i, double volumes, idr_crew_phase after);
void idr_crew_ream(idr_rig *rig, int i, idr_crew_phase after);
/* Enters `after` of circulating or reaming. */
void idr_crew_enter(idr_rig *rig, int i, idr_crew_phase phase);
/* Pulls the string for an errand, from on or near the bottom. */
void idr_crew_pull_out(idr_rig *rig, int i, idr_crew_errand errand);
/* Looks after troubles and repairs; true when it has begun a phase. Sees kick and losses by gauge
 * only with `steady` pumps. */
bool idr_crew_react(idr_rig *rig, int i, bool steady);
void idr_crew_stuck(idr_rig *rig, int i);
/* A trouble's remedy is done. */
void idr_crew_cure(idr_rig *rig, int i, int32_t bits);
/* Somewhere in the programme, for a record that begins there. */
void idr_crew_anywhere(idr_rig *rig, int lane);
/* The rig is on its next well. */
void idr_rig_next_well(idr_rig *rig, int lane);

#define IDR_PHASE_FUNCTION(id, activity, over) void over(idr_rig *rig, int i);
IDR_PHASE_LIST(IDR_PHASE_FUNCTION)
#undef IDR_PHASE_FUNCTION

#endif
