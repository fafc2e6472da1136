/* Soft actor-critic (Haarnoja et al. 2018, arXiv 1812.05905) on batched tasks with continuous
 * actions.
 *
 * One iteration: `horizon` times every lane takes a step into its replay, then the updates that
 * are due by `ratio` are made. An update draws a batch, moves twin critics towards
 *   y = R_n + gamma^n (1 - terminated) (min Q'(s', a') - alpha log pi(a'|s'))
 * (or the mean of Q', see `twins`) where s' is the true final observation at a time limit, moves
 * the target critics after them, and every `actor_delay` updates, from `actor_starts` on, the
 * policy and the temperature. R_n ends with its episode and with what has been seen. Normalisers
 * are frozen within an iteration.
 *
 * Distributional critics (c51; Bellemare, Dabney & Munos 2017, arXiv 1707.06887) predict how
 * probable each of `atoms` values between value_low and value_high is, the cross-entropy to the
 * projected distribution of y is their loss, and Q is the mean; of the two targets the one with the
 * lower mean counts, or both in equal parts.
 *
 * Memory: the replay is a ring per lane, allocated at creation; see idr_sac_memory. A checkpoint
 * holds all of it, and rank 0 needs twice its size more while one is written.
 * Everything is partitioned by blocks, so results are bitwise equal for any allowed number of ranks
 * and threads (train/team.h).
 */
#ifndef IDR_RL_SAC_H
#define IDR_RL_SAC_H

#include "base/settings.h"
#include "comm/comm.h"
#include "env/env.h"
#include "rl/actor.h"
#include "rl/policy.h"
#include "train/checkpoint.h"
#include "train/schedule.h"

#define IDR_SAC_SETTINGS(X)                                                                        \
  X(INT, lanes, "", "4", 1, 16777216, "", "episodes that run side by side, over all ranks")        \
  X(INT, horizon, "", "250", 1, 65536, "",                                                         \
    "steps per lane and iteration, between which the run reports and may stop")                    \
  X(INT, steps, "", "20000", 1, 1e15, "", "control steps of the whole training")                   \
  X(INT, blocks, "", "2", 1, 1024, "",                                                             \
    "unit of determinism, a power of two; ranks x threads must divide it")                         \
  X(INT, tile_rows, "", "128", 1, 65536, "", "rows computed at once; defines the summation order") \
  X(INT, learning_starts, "", "1000", 0, 1e12, "", "control steps before the first update")        \
  X(INT, replay, "", "1000000", 1, 1e12, "",                                                       \
    "transitions that are kept, over all lanes and ranks")                                         \
  X(INT, batch, "", "256", 1, 16777216, "", "rows per update, over all ranks")                     \
  X(REAL, ratio, "", "1", 0, 1000, "", "updates per control step")                                 \
  X(INT, n_step, "", "1", 1, 1000, "", "rewards summed before a target critic is asked")           \
  X(REAL, gamma, "", "0.99", 0, 1, "", "discount per control step; 0: from the task's horizon")    \
  X(REAL, tau, "", "0.005", 0, 1, "", "share of the critics that their targets take per update")   \
  X(INT, actor_delay, "", "1", 1, 1000, "", "updates of the critics per update of the policy")     \
  X(INT, actor_starts, "", "0", 0, 1e12, "",                                                       \
    "control steps before the policy's first update, so that critics know it before it moves")     \
  X(REAL, learning_rate, "", "3e-4", 0, 1, "", "Adam's learning rate for the policy")              \
  X(REAL, critic_learning_rate, "", "1e-3", 0, 1, "", "Adam's learning rate for the critics")      \
  X(REAL, alpha_learning_rate, "", "1e-3", 0, 1, "",                                               \
    "Adam's learning rate for the temperature; 0: it stays")                                       \
  X(CHOICE, schedule, "", "constant", 0, 0, IDR_SCHEDULE_FIXED_CHOICES,                            \
    "what becomes of these rates over the budget: linear and cosine fall to zero")                 \
  X(REAL, alpha, "", "1", 1e-12, 1e6, "", "first temperature: what a nat of entropy is worth")     \
  X(REAL, target_entropy, "", "-1", -100, 100, "",                                                 \
    "entropy that the temperature aims at, nats per action dimension on a range from -1 to 1")     \
  X(BOOL, value_entropy, "", "true", 0, 0, "",                                                     \
    "values count the entropy that is still to come; false: rewards only, so that the price of "   \
    "noise does not add up over a long horizon")                                                   \
  X(REAL, max_gradient_norm, "", "0", 0, 1e6, "", "norm clip of critics and of policy; 0: off")    \
  X(REAL, adam_epsilon, "", "1e-8", 1e-12, 1, "", "Adam's epsilon")                                \
  X(CHOICE, critic, "", "scalar", 0, 0, "scalar|c51",                                              \
    "what critics predict: the mean of the return, or how it is distributed")                      \
  X(CHOICE, twins, "", "lower", 0, 0, "lower|mean",                                                \
    "what the two critics say together: the lower value, against optimism, or their mean")         \
  X(INT, atoms, "", "101", 2, 1001, "", "values whose probabilities c51 predicts")                 \
  X(REAL, value_low, "", "-10", -1e9, 1e9, "", "least value of c51, in units of normalize_return") \
  X(REAL, value_high, "", "10", -1e9, 1e9, "",                                                     \
    "largest value of c51, in units of normalize_return")                                          \
  X(BOOL, critic_layer_norm, "", "false", 0, 0, "",                                                \
    "layer normalisation before each activation of the critics")                                   \
  X(BOOL, asymmetric, "", "true", 0, 0, "",                                                        \
    "the critics see the task's own observation for critics, where it has one")                    \
  X(BOOL, normalize_observation, "", "true", 0, 0, "",                                             \
    "running mean and deviation of observations, starting from the channels' ranges")              \
  X(BOOL, normalize_return, "", "false", 0, 0, "",                                                 \
    "rewards count in units of the running deviation of discounted returns; alpha too")            \
  X(BOOL, uniform_start, "", "true", 0, 0, "",                                                     \
    "actions before learning_starts are uniform; false: those of the untrained policy")            \
  X(INT, noise_time, "", "1", 1, 100000, "",                                                       \
    "steps over which exploration lasts: uniform actions are held this long, later noise is "      \
    "correlated; 1: independent in every step")

IDR_SETTINGS_STRUCT(idr_sac_settings, IDR_SAC_SETTINGS);
extern const idr_setting idr_sac_rows[];
extern const int idr_sac_row_count;

/* Where an iteration's time goes, in seconds of this rank. */
typedef struct {
  double rollout, critic, actor, exchange, merge;
} idr_sac_times;

/* What one iteration produced. All but `times` are results: bitwise comparable. Means over the
 * episodes that ended in it (episodes = 0: undefined, do not report), and over its updates (NAN
 * where there was none). */
typedef struct {
  int64_t iteration, env_steps; /* done so far */
  int64_t updates;              /* of the critics, done so far */
  int64_t policy_updates;       /* of the policy, in this iteration */
  int64_t episodes;
  double episode_return, episode_length;
  double metrics[IDR_ENV_METRIC_MAX]; /* sums over the episodes */
  double reward;                      /* mean per step */
  /* q in units of reward, losses in those of normalize_return. */
  double critic_loss, q, policy_loss, entropy, alpha, critic_gradient_norm, policy_gradient_norm;
  double return_deviation; /* unit of normalize_return; 1 without */
  idr_sac_times times;
} idr_sac_report;

typedef struct idr_sac idr_sac;

/* Makes trainer and environment. Collective. `net`, `settings` are copied; `task_settings` (of the
 * kind) is borrowed. CONFIG when lanes, batch and blocks do not divide each other, when the replay
 * is too small, or for a task with discrete actions. */
idr_status idr_sac_create(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                          const idr_sac_settings *settings, const idr_net_settings *net,
                          uint64_t seed, int threads, idr_sac **out);
void idr_sac_destroy(idr_sac *sac); /* NULL allowed */

bool idr_sac_done(const idr_sac *sac); /* the step budget is used up */
int64_t idr_sac_env_steps(const idr_sac *sac);
/* One iteration. Collective. NUMERIC (same on all ranks) names what is not finite; the state is
 * then no longer good for a checkpoint. */
idr_status idr_sac_iterate(idr_sac *sac, idr_sac_report *report);

/* Checkpoint sections "sac/..." and "policy/...". Collective; only rank 0's writer (others pass
 * NULL) is used, and the sections' memory belongs to the trainer until its next call. */
idr_status idr_sac_save(idr_sac *sac, idr_checkpoint_writer *writer);
/* Restores on any allowed number of ranks and threads. Collective; rank 0 passes the checkpoint. */
idr_status idr_sac_load(idr_sac *sac, const idr_checkpoint *checkpoint);

/* Borrowed views. */
const idr_env *idr_sac_env(const idr_sac *sac);
idr_actor idr_sac_actor(const idr_sac *sac); /* the policy as it stands; do not free */
/* XXH3 of networks, optimizers, normalisers and temperature: equal on all ranks. */
uint64_t idr_sac_digest(const idr_sac *sac);
/* Bytes of the replay, over all ranks. */
size_t idr_sac_memory(const idr_sac *sac);
/* Floating-point operations of the networks so far, over all ranks, in the places of the times
 * they belong to. */
idr_sac_times idr_sac_flops(const idr_sac *sac);

#endif
