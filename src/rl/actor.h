/* A frozen policy, and how well it does: the part of a trained agent that evaluation, baselines
 * and export need. */
#ifndef IDR_RL_ACTOR_H
#define IDR_RL_ACTOR_H

#include "env/env.h"
#include "rl/policy.h"
#include "train/checkpoint.h"

/* Borrowed or owned arrays: see idr_actor_load and idr_ppo's views. */
typedef struct {
  const idr_policy *policy;
  const real *weights;       /* flat parameters */
  const real *shift, *scale; /* observation normaliser [observation_dim] */
} idr_actor;

/* Result of one episode. */
typedef struct {
  double total_reward, length;
  double metrics[IDR_ENV_METRIC_MAX];
  int64_t terminated; /* 1: a true end, 0: the time limit */
} idr_episode;

/* Runs the first episode of every lane of `env` (freshly made, not reset) and writes out[lane].
 * Lanes are shared out over `threads` in ranges of `tile_rows`. Bits do not depend on threads. */
idr_status idr_actor_evaluate(const idr_actor *actor, idr_env *env, int tile_rows, int threads,
                              bool deterministic, idr_episode *out);

/* Reads the policy's part of a training checkpoint. `policy` must be of the same shape. The actor
 * owns its arrays; free with idr_actor_free. Not collective. */
idr_status idr_actor_load(const idr_policy *policy, const idr_checkpoint *checkpoint,
                          idr_actor *out);
void idr_actor_free(idr_actor *actor);

/* Mean, standard deviation, extremes and the normal 95 % half-width of the mean. */
typedef struct {
  int64_t count;
  double mean, deviation, min, max, half_width;
} idr_summary;
idr_summary idr_summary_of(const double *values, int64_t count);

#endif
