/* The methods that train a policy, as rows of one table. Whoever runs a training (jobs/train_rl.c)
 * knows the row and not the method behind it. */
#ifndef IDR_RL_METHOD_H
#define IDR_RL_METHOD_H

#include "base/settings.h"
#include "comm/comm.h"
#include "env/env.h"
#include "rl/actor.h"
#include "rl/policy.h"
#include "train/checkpoint.h"

#define IDR_METHOD_CHOICES    "ppo|sac" /* names in the order of the table */
#define IDR_METHOD_RESULT_MAX 16
#define IDR_METHOD_STAGE_MAX  8

/* What others need to know of a method's settings. */
typedef struct {
  int64_t steps;  /* control steps of the whole training */
  int64_t blocks; /* ranks x threads must divide it */
  int64_t tile_rows;
  bool asymmetric; /* critics see the task's own observation for them */
} idr_method_sizes;

/* What one iteration produced. All but `stage` are results: bitwise comparable. Means over the
 * episodes that ended in it (episodes = 0: undefined, do not report). */
typedef struct {
  int64_t iteration, env_steps; /* done so far */
  int64_t episodes;
  double episode_return, episode_length;
  double metrics[IDR_ENV_METRIC_MAX];   /* sums over the episodes */
  double result[IDR_METHOD_RESULT_MAX]; /* in the order of result_name */
  uint32_t undefined; /* bit k: result k has no value in this iteration, do not report */
  double stage[IDR_METHOD_STAGE_MAX]; /* s of this rank, in the order of stage_name */
} idr_method_report;

typedef struct {
  const char *name;
  bool squashed; /* of its policies, see rl/policy.h */
  int result_count, stage_count;
  const char *const *result_name, *const *stage_name;
  /* Settings: size of their struct, the section bound to one, and what it says. */
  size_t settings_bytes;
  idr_section (*bind)(void *settings);
  idr_method_sizes (*sizes)(const void *settings);
  /* Makes trainer and environment. Collective. `settings` and `net` are copied; `task_settings` (of
   * the kind) is borrowed. CONFIG for sizes that do not fit each other. */
  idr_status (*create)(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                       const void *settings, const idr_net_settings *net, uint64_t seed,
                       int threads, void **trainer);
  void (*destroy)(void *trainer);            /* NULL allowed */
  int64_t (*env_steps)(const void *trainer); /* done */
  bool (*done)(const void *trainer);         /* the step budget is used up */
  /* One iteration. Collective. NUMERIC (same on all ranks) names what is not finite; the state is
   * then no longer good for a checkpoint. */
  idr_status (*iterate)(void *trainer, idr_method_report *report);
  /* Checkpoint sections. Collective; only rank 0's writer or checkpoint (others pass NULL) is used.
   * The sections' memory belongs to the trainer until its next call. Any allowed number of ranks
   * and threads may load what any other wrote. */
  idr_status (*save)(void *trainer, idr_checkpoint_writer *writer);
  idr_status (*load)(void *trainer, const idr_checkpoint *checkpoint);
  uint64_t (*digest)(const void *trainer);         /* equal on all ranks */
  idr_actor (*actor)(const void *trainer);         /* the policy as it stands; do not free */
  const idr_env *(*env)(const void *trainer);      /* borrowed */
  size_t (*memory)(const void *trainer);           /* bytes of replayed experience, all ranks */
  void (*flops)(const void *trainer, double *out); /* so far, by stage, over all ranks */
} idr_method;

/* Row `index` of the table; NULL when there is none. */
const idr_method *idr_method_at(int index);

extern const idr_method idr_ppo_method;
extern const idr_method idr_sac_method;

#endif
