/* Running mean and variance per channel, merged over blocks and ranks with fixed bits.
 *
 * Within an iteration the moments are frozen. Blocks add up count, sum(x - c) and sum((x - c)^2)
 * around the frozen mean c, in double; these add, so the block tree gives the merged batch, and
 * Chan, Golub & LeVeque 1983 merges it with the history.
 */
#ifndef IDR_TRAIN_MOMENTS_H
#define IDR_TRAIN_MOMENTS_H

#include "base/real.h"
#include "base/status.h"
#include "train/team.h"

typedef struct {
  int dim;
  double count;            /* rows seen, including the weight of the prior */
  double *mean, *variance; /* [dim] */
  real *shift, *scale;     /* [dim] each, one array: (x - shift) * scale */
  double *sums;            /* [block][1 + 2 dim, padded] of the iteration: count, sum, square */
  int blocks;              /* this rank's */
  double *scratch;         /* one row of sums */
} idr_moments;

/* Starts from usual ranges: mean at the middle, standard deviation a quarter of the width, with
 * the weight of `prior` rows. `low` NULL: mean 0, variance 1. */
idr_status idr_moments_create(int dim, int blocks, const float *low, const float *high,
                              double prior, idr_moments **out);
void idr_moments_destroy(idr_moments *moments); /* NULL allowed */
/* Adds rows [rows][dim] to a block's sums; one thread per block at a time. */
void idr_moments_add(idr_moments *moments, int block, const real *rows, int64_t count);
/* Merges this iteration's sums of all ranks into the history. Collective. */
idr_status idr_moments_merge(idr_moments *moments, const idr_team *team);
/* State as numbers, for checkpoints: [1 + 2 dim] count, means, variances. */
int idr_moments_state_size(const idr_moments *moments);
void idr_moments_get_state(const idr_moments *moments, double *state);
void idr_moments_set_state(idr_moments *moments, const double *state);

#endif
