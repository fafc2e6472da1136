/* What drillers paid on the same scenarios, and how they compare.
 *
 * The score of a driller is total cost over total metres. Drillers are compared in pairs on the
 * same scenarios, with the percentile bootstrap (Efron & Tibshirani 1993, chapter 13) over wells:
 * wells are drawn with replacement, all drillers' bills of a drawn well come along, and the scores
 * are formed anew; the interval holds the middle 95 % of what comes out. A world of one well is
 * resampled over its scenarios.
 */
#ifndef IDR_RL_SCORECARD_H
#define IDR_RL_SCORECARD_H

#include "env/drilling.h"
#include "rl/actor.h"

#define IDR_SCORECARD_DRILLERS 8 /* at most */

/* One scenario under one driller; plain data. Cost at any rig rate follows from it:
 * bit_price * bits + rig_rate * hours. */
typedef struct {
  double metres;     /* m that the cost is divided by: at least the interval */
  double hours;      /* h of charged rig time */
  double bits;       /* bit lives used up */
  double drilled;    /* m */
  double rotating;   /* h */
  double stick_slip; /* h with a stick-slip index above 1 */
  double failed;     /* 1: the hole was lost */
  double unfinished; /* 1: out of time or bits */
} idr_bill;

idr_bill idr_bill_of_books(const idr_drilling_world *world, const idr_drilling_books *books);
/* From the metrics of an episode of the drilling task, found by name in `spec`. ARGUMENT when one
 * is missing. */
idr_status idr_bill_of_episode(const idr_env_spec *spec, const idr_episode *episode, idr_bill *out);
double idr_bill_cost(const idr_bill *bill, double bit_price, double rig_rate); /* USD; USD/h */

/* A number with its 95 % interval. NaN where it is not defined. */
typedef struct {
  double value, low, high;
} idr_estimate;

/* What is asked. bills[d * scenarios + k] is driller d's bill for scenario k. */
typedef struct {
  int drillers; /* driller 0 is the one that the others are compared with */
  int floor;    /* the driller whose distance from `ceiling` is the gap */
  int ceiling;
  int64_t scenarios, wells; /* scenario k is of well k mod wells; 1: one well, scenarios count */
  const idr_bill *bills;
  double bit_price, rig_rate; /* USD, USD/h */
  int64_t resamples;
  uint64_t seed;
} idr_scorecard_request;

typedef struct {
  idr_estimate score[IDR_SCORECARD_DRILLERS];      /* USD/m */
  idr_estimate difference[IDR_SCORECARD_DRILLERS]; /* driller 0's score minus this one's, USD/m */
  idr_estimate gap;                                /* floor's score minus ceiling's, USD/m */
  double gap_share;                                /* of floor's score */
  idr_estimate recovered;                          /* part of the gap that driller 0 wins */
} idr_scorecard;

/* ARGUMENT for drillers out of range, MEMORY. The result depends on nothing but the request. */
idr_status idr_scorecard_make(const idr_scorecard_request *request, idr_scorecard *out);

#endif
