/* What the files of the SAC trainer share; nobody else includes this. */
#ifndef IDR_RL_SAC_INTERNAL_H
#define IDR_RL_SAC_INTERNAL_H

#include "rl/sac.h"
#include "train/moments.h"
#include "train/optimizer.h"
#include "train/team.h"

/* Sums over the rows of a batch that travel behind the gradient: of the critics, of the policy. */
typedef enum { IDR_CRITIC_LOSS, IDR_CRITIC_Q, IDR_CRITIC_COUNT } idr_critic_stat;
typedef enum { IDR_ACTOR_LOSS, IDR_ACTOR_ENTROPY, IDR_ACTOR_COUNT } idr_actor_stat;
#define IDR_SAC_PAD 16 /* room behind the gradient, in elements */

/* Per block and iteration; doubles that the block tree adds. */
typedef enum {
  IDR_SAC_SUM_EPISODES,
  IDR_SAC_SUM_RETURN,
  IDR_SAC_SUM_LENGTH,
  IDR_SAC_SUM_REWARD,
  IDR_SAC_SUM_METRIC,
  IDR_SAC_SUM_COUNT = IDR_SAC_SUM_METRIC + IDR_ENV_METRIC_MAX
} idr_sac_sum;

/* The networks that one optimizer moves: the policy, or both critics. */
typedef struct {
  const idr_params *params;
  idr_adam *adam;
  idr_plan *plan; /* statistics, then the gradient of every parameter */
  int stats;
  int64_t size;          /* G = params + IDR_SAC_PAD */
  real *weights;         /* [params] */
  real **block_gradient; /* [block_count][G] */
  real *exchange;        /* [G] scratch of the rank exchange */
} idr_sac_learner;

/* A transition in the replay: row seen [W], row that followed [W] (the true final one at the end of
 * an episode), action in normalised units [A], reward, end. Rows are raw. */
typedef enum { IDR_END_NONE, IDR_END_TRUNCATED, IDR_END_TERMINATED } idr_sac_end;

/* One block: L lanes. */
typedef struct {
  float *raw;                      /* [L][D] observation as the task wrote it */
  float *raw_critic;               /* [L][C] or NULL */
  float *final_row;                /* [L][D] where the task writes true final observations */
  float *final_critic;             /* [L][C] or NULL */
  float *command;                  /* [L][A] */
  float *step_reward;              /* [L] */
  double *metrics;                 /* [L][metric_count] */
  double *lane_return;             /* [L] of the running episode; in checkpoints */
  double *lane_length;             /* [L] */
  double *lane_discounted;         /* [L] as it counts for normalize_return; NULL without */
  real *action;                    /* [L][A] normalised units */
  uint8_t *terminated, *truncated; /* [L] */
  float *replay;                   /* [L][capacity][record]; part of the rank's one array */
} idr_sac_block;

/* One thread's plans and tile buffers. */
typedef struct {
  idr_exec *act, *critic, *actor, *target;         /* the last NULL unless critics are c51 */
  real *tile_observation;                          /* [act tile][D] */
  real *tile_row, *tile_next;                      /* [tile][W] */
  real *tile_action, *tile_noise;                  /* [tile][A] */
  real *tile_reward, *tile_discount, *tile_weight; /* [tile] */
  real *tile_probability;                          /* [tile][atoms] where c51 critics should go */
  /* [32][G] of either learner: never shared, the gaps between parameters must stay zero. */
  real *critic_levels, *actor_levels;
  idr_tree tree;
  idr_error error;  /* of the task, in this thread's blocks */
  int failed_block; /* where it happened */
} idr_sac_worker;

struct idr_sac {
  idr_sac_settings settings;
  idr_net_settings net;
  idr_team team;
  uint64_t seed;
  double gamma;
  idr_env *env;
  idr_policy *policy;
  idr_params *critics;                               /* "critic0/..." and "critic1/..." */
  idr_params *temperature;                           /* one number, log alpha */
  idr_moments *observation_moments, *critic_moments; /* the latter NULL unless the critic's own */
  idr_moments *return_moments;                       /* NULL without normalize_return */
  idr_plan *act_plan, *target_plan;                  /* the latter NULL unless critics are c51 */
  idr_sac_learner actor, critic;
  real *target;         /* [critics] Polyak mean of their weights */
  real *log_alpha;      /* [temperature] */
  real *alpha_gradient; /* [temperature] */
  idr_adam *alpha_adam;
  real *alpha;      /* [1] exp(log alpha), as the plans see it */
  real *atoms;      /* [atoms] values of c51 */
  int row_dim;      /* W: critic_dim or observation_dim */
  int record;       /* numbers of a transition */
  int64_t lanes;    /* of one block: L */
  int64_t capacity; /* transitions of a lane's ring */
  int act_rows;     /* tile of acting: min(tile_rows, L) */
  int64_t share;    /* rows that a block gives to a batch */
  int loss_rows;    /* tile of a share: min(tile_rows, share) */
  idr_sac_block *blocks;
  idr_sac_worker *workers;
  float *replay;      /* [block_count][L][capacity][record] */
  uint32_t *taken;    /* [block_count], see idr_team_round */
  uint32_t round;     /* number of the last one */
  double *block_sums; /* [block_count][IDR_SAC_SUM_COUNT] */
  double *sum_scratch;
  int64_t iteration;
  int64_t lane_steps; /* every lane has taken */
  int64_t updates;    /* of the critics */
  bool started;       /* lanes were reset or restored */
  bool failed;        /* a task's step failed: the iteration ends without further steps */
  idr_sac_times times;
  void *saved, *saved_replay; /* memory of the sections of the last save */
};

static inline const idr_moments *idr_sac_row_moments(const idr_sac *sac) {
  return sac->critic_moments ? sac->critic_moments : sac->observation_moments;
}
static inline bool idr_sac_is_c51(const idr_sac *sac) {
  return sac->settings.critic == 1;
}
/* Of two critics the lower value counts, not their mean. */
static inline bool idr_sac_takes_lower(const idr_sac *sac) {
  return sac->settings.twins == 0;
}
/* What a reward is multiplied with before critics see it. */
static inline real idr_sac_reward_scale(const idr_sac *sac) {
  return sac->return_moments ? sac->return_moments->scale[0] : 1;
}
/* Control steps of all lanes. */
static inline int64_t idr_sac_steps(const idr_sac *sac) {
  return sac->lane_steps * sac->settings.lanes;
}

/* sac_loss.c: parameters of the critics, and the two plans with their gradients. */
idr_status idr_sac_add_critics(idr_sac *sac);
idr_status idr_sac_plans(idr_sac *sac);
/* Binds a worker's execs to weights, normalisers and tiles. */
void idr_sac_bind(idr_sac *sac, idr_sac_worker *worker);
/* sac_c51.c: plan of what the target critics say of a tile's next rows, its binding, and where the
 * critics should go for the tile at hand. */
idr_status idr_sac_c51_plan(idr_sac *sac);
void idr_sac_c51_bind(idr_sac *sac, idr_sac_worker *worker);
void idr_sac_c51_target(const idr_sac *sac, idr_sac_worker *worker);
/* sac_rollout.c: lanes begin their first episodes, unless they have begun or were restored. */
idr_status idr_sac_start(idr_sac *sac);
/* One step of all lanes of a block into the replay. A failure is noted with the worker. */
void idr_sac_step_block(idr_sac *sac, idr_sac_worker *worker, int block);
/* The failure of the lowest block, as this thread's record. */
idr_status idr_sac_first_failure(const idr_sac *sac);
/* sac_replay.c: fills the worker's tile with rows [begin, end) of a block's share of the batch of
 * the current update; the rest of the tile repeats the first of them with no weight. */
void idr_sac_draw_tile(const idr_sac *sac, idr_sac_worker *worker, int block, int64_t begin,
                       int64_t end);
/* Noise of the actions of these rows; `which` 0 for the targets, 1 for the policy. */
void idr_sac_draw_noise(const idr_sac *sac, idr_sac_worker *worker, int block, int64_t begin,
                        int which);
/* sac_update.c: steps and updates of one iteration; statistics go to the report. */
idr_status idr_sac_run(idr_sac *sac, idr_sac_report *report);
/* sac_checkpoint.c: frees the sections of the last save, which hold a copy of the replay. */
void idr_sac_drop_saved(idr_sac *sac);
/* sac_memory.c */
idr_status idr_sac_allocate(idr_sac *sac);
void idr_sac_release(idr_sac *sac);

#endif
