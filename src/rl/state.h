/* What the trainers share when they save and restore. Lanes are stored in global order, each with
 * the task's own bytes, the current raw observation and the running sums of its episode, so any
 * number of ranks can read what any other number wrote. All functions are collective. */
#ifndef IDR_RL_STATE_H
#define IDR_RL_STATE_H

#include "env/env.h"
#include "train/checkpoint.h"
#include "train/team.h"

/* Where a block keeps what the task does not: rows [lanes][dim], sums [lanes]. */
typedef struct {
  float *raw, *raw_critic; /* raw_critic NULL when the task has none */
  double *lane_return, *lane_length;
  double *lane_discounted; /* one more sum; NULL when the trainer has none */
} idr_lane_rows;

typedef struct {
  idr_env *env;
  const idr_team *team;
  int64_t lanes; /* of one block */
  const void *trainer;
  idr_lane_rows (*rows)(const void *trainer, int block);
} idr_lanes;

/* The lanes of all ranks, on rank 0 in `all` (malloc, caller frees). */
idr_status idr_lanes_gather(const idr_lanes *lanes, void **all, size_t *total);
/* Restores them from a section; rank 0 passes the checkpoint. */
idr_status idr_lanes_restore(const idr_lanes *lanes, const idr_checkpoint *checkpoint,
                             const char *section);
/* Rank 0 reads a section of exactly `bytes`, all receive it. */
idr_status idr_state_read(const idr_comm *comm, const idr_checkpoint *checkpoint, const char *name,
                          void *data, size_t bytes);

#endif
