/* Proximal policy optimisation (Schulman et al. 2017) on batched tasks.
 *
 * One iteration: every lane takes `horizon` steps with frozen normalisers; values of all rows in
 * full tiles; generalised advantage estimation (Schulman et al. 2016) backwards per lane, with the
 * value of the true final observation at a time limit and zero after a true end; `epochs` passes
 * over shuffled minibatches; normalisers merged. Everything is partitioned by blocks, so results
 * are bitwise equal for any allowed number of ranks and threads (train/team.h).
 */
#ifndef IDR_RL_PPO_H
#define IDR_RL_PPO_H

#include "base/settings.h"
#include "comm/comm.h"
#include "env/env.h"
#include "rl/actor.h"
#include "rl/policy.h"
#include "train/checkpoint.h"
#include "train/schedule.h"

#define IDR_PPO_SETTINGS(X)                                                                        \
  X(INT, lanes, "", "4096", 1, 16777216, "", "episodes that run side by side, over all ranks")     \
  X(INT, horizon, "", "16", 1, 65536, "", "steps per lane and iteration")                          \
  X(INT, steps, "", "12000000", 1, 1e15, "", "control steps of the whole training")                \
  X(INT, blocks, "", "8", 1, 1024, "",                                                             \
    "unit of determinism, a power of two; ranks x threads must divide it")                         \
  X(INT, tile_rows, "", "128", 1, 65536, "", "rows computed at once; defines the summation order") \
  X(INT, minibatch, "", "16384", 1, 16777216, "", "rows per optimizer step, over all ranks")       \
  X(INT, epochs, "", "4", 1, 100, "", "passes over the rows of an iteration")                      \
  X(REAL, learning_rate, "", "3e-4", 0, 1, "", "Adam's learning rate, the first one for kl")       \
  X(CHOICE, schedule, "", "kl", 0, 0, IDR_SCHEDULE_CHOICES,                                        \
    "learning rate over the training: constant, to zero linearly or by cosine, or driven by KL")   \
  X(REAL, learning_rate_min, "", "1e-5", 0, 1, "", "lower bound under schedule kl")                \
  X(REAL, learning_rate_max, "", "1e-2", 0, 1, "", "upper bound under schedule kl")                \
  X(REAL, kl_target, "", "0.01", 0, 10, "", "KL divergence per iteration aimed at by schedule kl") \
  X(REAL, kl_stop, "", "0", 0, 10, "", "ends an iteration's updates above this KL; 0: never")      \
  X(REAL, gamma, "", "0.99", 0, 1, "", "discount per control step; 0: from the task's horizon")    \
  X(REAL, lambda, "", "0.95", 0, 1, "", "trace of generalised advantage estimation")               \
  X(REAL, clip, "", "0.2", 0, 10, "", "clip range of the probability ratio")                       \
  X(REAL, value_clip, "", "0", 0, 100, "", "clip range of the value, normalised units; 0: off")    \
  X(REAL, value_coefficient, "", "1", 0, 100, "", "weight of the value loss")                      \
  X(REAL, entropy_coefficient, "", "0", 0, 10, "", "weight of the entropy bonus")                  \
  X(REAL, max_gradient_norm, "", "1", 0, 1e6, "", "global norm clip; 0: off")                      \
  X(REAL, weight_decay, "", "0", 0, 10, "", "decoupled decay of weight matrices (AdamW)")          \
  X(REAL, adam_epsilon, "", "1e-5", 1e-12, 1, "", "Adam's epsilon")                                \
  X(BOOL, asymmetric, "", "true", 0, 0, "",                                                        \
    "the value network sees the task's own observation for critics, where it has one")             \
  X(INT, noise_time, "", "1", 1, 100000, "",                                                       \
    "steps over which the noise of Gaussian actions lasts; 1: independent in every step")          \
  X(BOOL, normalize_observation, "", "true", 0, 0, "",                                             \
    "running mean and deviation of observations, starting from the channels' ranges")              \
  X(BOOL, normalize_return, "", "true", 0, 0, "",                                                  \
    "the value network predicts returns in units of their running deviation")                      \
  X(BOOL, normalize_advantage, "", "true", 0, 0, "",                                               \
    "zero mean and unit deviation over each whole minibatch, across ranks")

IDR_SETTINGS_STRUCT(idr_ppo_settings, IDR_PPO_SETTINGS);
extern const idr_setting idr_ppo_rows[];
extern const int idr_ppo_row_count;

/* Where an iteration's time goes, in seconds of this rank. */
typedef struct {
  double rollout, values, advantages, update, exchange, merge;
} idr_ppo_times;

/* What one iteration produced. All but `times` are results: bitwise comparable. Means over the
 * episodes that ended in it (episodes = 0: undefined, do not report). */
typedef struct {
  int64_t iteration, env_steps; /* done so far */
  int64_t episodes;
  double episode_return, episode_length;
  double metrics[IDR_ENV_METRIC_MAX]; /* sums over the episodes */
  double reward;                      /* mean per step */
  double policy_loss, value_loss, entropy, kl, clip_fraction, gradient_norm;
  double explained_variance, learning_rate, deviation;
  idr_ppo_times times;
} idr_ppo_report;

typedef struct idr_ppo idr_ppo;

/* Makes trainer and environment. Collective. `net`, `ppo` are copied; `task_settings` (of the
 * kind) is borrowed. CONFIG when lanes, minibatch and blocks do not divide each other. */
idr_status idr_ppo_create(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                          const idr_ppo_settings *settings, const idr_net_settings *net,
                          uint64_t seed, int threads, idr_ppo **out);
void idr_ppo_destroy(idr_ppo *ppo); /* NULL allowed */

bool idr_ppo_done(const idr_ppo *ppo); /* the step budget is used up */
int64_t idr_ppo_env_steps(const idr_ppo *ppo);
int64_t idr_ppo_iterations(const idr_ppo *ppo);
/* One iteration. Collective. NUMERIC (same on all ranks) names the tensor that is not finite; the
 * state is then no longer good for a checkpoint. */
idr_status idr_ppo_iterate(idr_ppo *ppo, idr_ppo_report *report);

/* Checkpoint sections "ppo/...". Collective; only rank 0's writer (others pass NULL) is used, and
 * the sections' memory belongs to the trainer until its next call. */
idr_status idr_ppo_save(idr_ppo *ppo, idr_checkpoint_writer *writer);
/* Restores on any allowed number of ranks and threads. Collective; rank 0 passes the checkpoint. */
idr_status idr_ppo_load(idr_ppo *ppo, const idr_checkpoint *checkpoint);

/* Borrowed views, for evaluation and tests. */
const idr_policy *idr_ppo_policy(const idr_ppo *ppo);
const real *idr_ppo_weights(const idr_ppo *ppo);
const idr_env *idr_ppo_env(const idr_ppo *ppo);
idr_actor idr_ppo_actor(const idr_ppo *ppo); /* the policy as it stands; do not free */
/* XXH3 of parameters, optimizer and normalisers: equal on all ranks. */
uint64_t idr_ppo_digest(const idr_ppo *ppo);
/* Floating-point operations of the networks in one iteration, over all ranks, in the places of the
 * times they belong to. */
idr_ppo_times idr_ppo_flops(const idr_ppo *ppo);

#endif
