/* A frozen policy, and how well it does: the part of a trained agent that evaluation, baselines
 * and export need. */
#ifndef IDR_RL_ACTOR_H
#define IDR_RL_ACTOR_H

#include "env/env.h"
#include "rl/policy.h"
#include "rl/served.h"
#include "train/checkpoint.h"

/* The value head of a frozen policy: what its critic's rows are normalised with, and the units of
 * its output (value = output / return_scale + return_shift). */
typedef struct {
  const real *shift, *scale; /* [critic_dim]; NULL: not known */
  double return_shift, return_scale;
} idr_actor_value;

/* Either a policy of ours or one out of a file. Borrowed or owned arrays: see idr_actor_load and
 * idr_ppo's views. */
typedef struct {
  const idr_policy *policy;
  const real *weights;       /* flat parameters */
  const real *shift, *scale; /* observation normaliser [observation_dim] */
  idr_actor_value value;
  const idr_served *served; /* NULL: it is `policy`; otherwise all of the above is not used */
} idr_actor;

/* Result of one episode. */
typedef struct {
  double total_reward, length;
  double metrics[IDR_ENV_METRIC_MAX];
  int64_t terminated; /* 1: a true end, 0: the time limit */
} idr_episode;

/* Runs the first episode of every lane of `env` (freshly made, not reset) and writes out[lane].
 * Lanes are shared out over `threads` in ranges of `tile_rows`, for a served policy those it was
 * opened with. Bits do not depend on threads. A served policy is always deterministic. */
idr_status idr_actor_evaluate(const idr_actor *actor, idr_env *env, int tile_rows, int threads,
                              bool deterministic, idr_episode *out);

/* What the policy does on `rows` rows of raw observations: actions [rows][action_dim] as the task
 * takes them; in `spread` for a Gaussian policy their standard deviations in the same units
 * [rows][action_dim], before the bounds cut anything off, and for a categorical one the
 * probabilities [rows][action_count]. Not for a served policy. */
idr_status idr_actor_answer(const idr_actor *actor, const float *observation, int rows,
                            float *action, float *spread);

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
