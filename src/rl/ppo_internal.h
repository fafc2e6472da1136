/* What the files of the PPO trainer share; nobody else includes this. */
#ifndef IDR_RL_PPO_INTERNAL_H
#define IDR_RL_PPO_INTERNAL_H

#include "rl/ppo.h"
#include "train/moments.h"
#include "train/optimizer.h"
#include "train/team.h"

/* Sums over the rows of a minibatch that travel behind the gradient. */
typedef enum {
  IDR_STAT_LOSS,
  IDR_STAT_POLICY_LOSS,
  IDR_STAT_VALUE_LOSS,
  IDR_STAT_ENTROPY,
  IDR_STAT_KL,
  IDR_STAT_CLIPPED,
  IDR_STAT_COUNT
} idr_ppo_stat;
#define IDR_STAT_PAD 16 /* room behind the gradient, in elements */

/* Per block and iteration: episodes, return, length, metrics..., reward, and the sums for the
 * explained variance; doubles that the block tree adds. */
typedef enum {
  IDR_SUM_EPISODES,
  IDR_SUM_RETURN,
  IDR_SUM_LENGTH,
  IDR_SUM_REWARD,
  IDR_SUM_TARGET,
  IDR_SUM_TARGET2,
  IDR_SUM_ERROR,
  IDR_SUM_ERROR2,
  IDR_SUM_METRIC,
  IDR_SUM_COUNT = IDR_SUM_METRIC + IDR_ENV_METRIC_MAX
} idr_ppo_sum;

/* Rollout storage of one block: L lanes, T steps, rows in time order [t][lane]. Rows T*L.. of
 * `seen` and `value` belong to the state after the last step. */
typedef struct {
  float *raw;          /* [L][D] observation as the task wrote it */
  float *raw_critic;   /* [L][C] or NULL */
  float *final_row;    /* [L][D] where the task writes true final observations */
  float *final_critic; /* [L][C] or NULL */
  float *command;      /* [L][task action_dim] */
  float *step_reward;  /* [L] */
  double *metrics;     /* [L][metric_count] */
  double *lane_return; /* [L] of the running episode; in checkpoints */
  double *lane_length; /* [L] */
  real *seen;          /* [(T+1)L][C] normalised rows of the critic; the policy sees the first D */
  real *action;        /* [TL][A] */
  real *log_prob, *reward, *advantage, *target; /* [TL] */
  real *value;                                  /* [(T+1)L], in reward units */
  real *next_value;                             /* [L] scratch of the backward pass */
  real *trace;                                  /* [L] */
  uint8_t *terminated, *truncated;              /* [TL] */
  uint8_t *ended;                               /* [L] scratch */
  int32_t *final_index;                         /* [TL] row of final_value, -1 when none */
  float *finals;                                /* [TL][D or C] raw rows, in order of appearance */
  real *final_value;                            /* [TL] */
  int32_t final_count;
  int32_t *order; /* [TL] shuffled rows */
  real *note;     /* [TL][idr_ppo_note_size] what the loss wants of a row beside its observations */
} idr_ppo_block;

/* One thread's plans and tile buffers. */
typedef struct {
  idr_exec *act, *value, *loss;
  real *tile_observation, *tile_critic; /* [tile][D], [tile][C]: raw or gathered rows */
  real *tile_action;                    /* [tile][A] */
  int32_t *tile_index;                  /* [tile] discrete actions */
  real *tile_scalar;                    /* [5][tile]: log_prob, advantage, target, value, weight */
  real *out_observation, *out_critic;   /* [tile][..] outputs of padded tiles */
  real *head;                           /* [tile][H] */
  real *tile_rest, *rest_value;         /* [tile][C], [tile]: rows that fill no tile of their own */
  real *tree_levels;                    /* [32][G] */
  idr_tree tree;
  idr_error error;  /* of this thread's round */
  int failed_block; /* where it happened */
} idr_ppo_worker;

struct idr_ppo {
  idr_ppo_settings settings;
  idr_team team;
  uint64_t seed;
  double gamma;
  idr_env *env;
  idr_policy *policy;
  idr_adam *adam;
  idr_moments *observation_moments, *critic_moments, *return_moments;
  int64_t lanes;         /* of one block: L */
  int64_t rows;          /* of one block and iteration: T L */
  int act_rows;          /* tile of acting: min(tile_rows, L) */
  int loss_rows;         /* tile of a minibatch share: min(tile_rows, share) */
  int64_t share;         /* rows that a block gives to a minibatch */
  int minibatches;       /* per epoch */
  int64_t gradient_size; /* G = params + IDR_STAT_PAD */
  idr_plan *act_plan, *value_plan, *loss_plan;
  int in_action, in_index, in_observation, in_critic, in_scalar[5]; /* inputs of the loss plan */
  idr_ppo_block *blocks;
  idr_ppo_worker *workers;
  uint32_t *taken;        /* [block_count], see idr_team_round */
  uint32_t round;         /* number of the last one */
  real *weights;          /* [params] */
  real **block_gradient;  /* [block_count][G] */
  real *exchange;         /* [G] scratch of the rank exchange */
  double *block_sums;     /* [block_count][IDR_SUM_COUNT] */
  double *advantage_sums; /* [block_count][minibatches][2] */
  double *sum_scratch;
  real *deviation; /* [A] */
  int64_t iteration, env_steps;
  double learning_rate;
  bool started; /* lanes were reset or restored */
  idr_ppo_times times;
  void *saved; /* memory of the sections of the last save */
};

/* A row's note: log-probability, advantage, target, value, action. In one place, because rows are
 * gathered in random order. */
#define IDR_NOTE_ACTION 4
static inline int64_t idr_ppo_note_size(const idr_ppo *ppo) {
  return IDR_NOTE_ACTION + ppo->env->spec.action_dim;
}

/* ppo_loss.c: the loss plan and its inputs. */
idr_status idr_ppo_loss_plan(idr_ppo *ppo);
/* ppo_rollout.c: lanes begin their first episodes, unless they have begun or were restored. Fills
 * blocks with one iteration of experience, values and advantages. */
idr_status idr_ppo_start(idr_ppo *ppo);
idr_status idr_ppo_rollout(idr_ppo *ppo);
idr_status idr_ppo_advantages(idr_ppo *ppo);
/* ppo_update.c: the epochs of one iteration; statistics go to the report. */
idr_status idr_ppo_update(idr_ppo *ppo, idr_ppo_report *report);
/* ppo_memory.c */
idr_status idr_ppo_allocate(idr_ppo *ppo);
void idr_ppo_release(idr_ppo *ppo);

#endif
