/* The contract of a batched task.
 *
 * An environment holds `lane_count` independent episodes, the global lanes [lane_first,
 * lane_first + lane_count). Everything random in a lane depends on (seed, global lane, episode,
 * step) only, so a lane behaves the same on any number of ranks, threads and neighbours. Calls on
 * disjoint lane ranges may run in different threads at the same time.
 *
 * Buffers are borrowed from the caller and row-major [row][dim]; row 0 belongs to lane `begin` of
 * the call. A step that ends an episode writes the true last observation to
 * `final_observation` and then resets the lane, so `observation` already belongs to the next
 * episode. `terminated`: the task ended there and its value is zero; `truncated`: only the time
 * limit, the value of final_observation counts. Both may be set; terminated wins.
 */
#ifndef IDR_ENV_ENV_H
#define IDR_ENV_ENV_H

#include "base/settings.h"
#include "base/status.h"
#include "drill/channel.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDR_ENV_DIM_MAX     128
#define IDR_ENV_METRIC_MAX  16
#define IDR_ENV_SECTION_MAX 8

typedef enum { IDR_ACTION_BOX, IDR_ACTION_DISCRETE } idr_action_kind;

/* What a number of an observation or an action is, for whoever feeds a policy from outside. */
typedef struct {
  const char *name;           /* "hookload_mean"; NULL: unnamed */
  const char *unit;           /* SI, "N"; "-" for pure numbers */
  const idr_channel *channel; /* of the table of signals; NULL: none of them */
  const char *statistic;      /* of the channel's seconds: "mean", "min", "max", "std", "last" */
  double window;              /* of these seconds, s */
} idr_env_column;

/* What a policy needs to know about a task. Immutable; owned by the environment. */
typedef struct {
  const char *name;
  int observation_dim;
  /* Length of the critic's observation, which begins with all of `observation`, same ranges, and
   * goes on with what only the critic sees; 0: it sees `observation` itself. */
  int critic_dim;
  idr_action_kind action_kind;
  int action_dim;   /* BOX: numbers per action; DISCRETE: 1 (the index, stored as float) */
  int action_count; /* DISCRETE: number of actions; BOX: 0 */
  float action_low[IDR_ENV_DIM_MAX], action_high[IDR_ENV_DIM_MAX]; /* BOX */
  /* BOX: what an untrained policy does on average, in units of the bounds: -1 low, +1 high. Zeros
   * unless the task knows better. */
  float action_start[IDR_ENV_DIM_MAX];
  /* Usual range of every channel, from which normalisers start. Same for the critic's. */
  float observation_low[IDR_ENV_DIM_MAX], observation_high[IDR_ENV_DIM_MAX];
  float critic_low[IDR_ENV_DIM_MAX], critic_high[IDR_ENV_DIM_MAX];
  idr_env_column observation_column[IDR_ENV_DIM_MAX], critic_column[IDR_ENV_DIM_MAX];
  idr_env_column action_column[IDR_ENV_DIM_MAX]; /* BOX */
  double period; /* rig time between two actions, s; 0: the task has no such time */
  /* Discount per step that the task's own horizon asks for; 0: the method decides. */
  double discount;
  /* Extra sums per finished episode, beside return and length: "cost", "metres", "hours"... */
  int metric_count;
  const char *metric_name[IDR_ENV_METRIC_MAX];
} idr_env_spec;

/* Where a call reads and writes, from lane `begin` on (so [lane] below counts from there). Any of
 * the critic pointers may be NULL when critic_dim is 0. */
typedef struct {
  const float *action;      /* [lane][action_dim]; BOX actions are clipped to the bounds inside */
  float *observation;       /* [lane][observation_dim] */
  float *critic;            /* [lane][critic_dim] */
  float *reward;            /* [lane] */
  uint8_t *terminated;      /* [lane] 0 or 1 */
  uint8_t *truncated;       /* [lane] 0 or 1 */
  float *final_observation; /* [lane][observation_dim]; written only where an episode ended */
  float *final_critic;      /* [lane][critic_dim]; likewise */
  double *metrics;          /* [lane][metric_count] of the episode that ended; likewise */
} idr_env_buffers;

typedef struct idr_env idr_env;

/* One row of the task table: how a kind of environment is made and driven. */
typedef struct {
  const char *name; /* "pendulum" */
  const char *doc;
  /* The task's own settings: `settings_bytes` is the size of their struct (0: none); `bind` writes
   * sections that point into such a struct to out[0..IDR_ENV_SECTION_MAX) and returns how many. */
  size_t settings_bytes;
  int (*bind)(void *settings, idr_section *out);
  /* Creates the private state from env->settings; may fail on bad settings. */
  idr_status (*create)(idr_env *env);
  void (*destroy)(idr_env *env);
  /* Starts the next episode in lanes [begin, end) and writes observation and critic. */
  void (*reset)(idr_env *env, int64_t begin, int64_t end, const idr_env_buffers *buffers);
  idr_status (*step)(idr_env *env, int64_t begin, int64_t end, const idr_env_buffers *buffers);
  /* A lane's whole state as bytes, for checkpoints: independent of lane and rank count. The current
   * observation is not part of it; who holds the observation rows saves them. A lane may be loaded
   * only into an environment of the same kind, settings and seed, at the same global lane. */
  size_t lane_bytes;
  void (*lane_save)(const idr_env *env, int64_t lane, void *bytes);
  idr_status (*lane_load)(idr_env *env, int64_t lane, const void *bytes);
} idr_env_kind;

struct idr_env {
  const idr_env_kind *kind;
  idr_env_spec spec;
  uint64_t seed;
  int64_t lane_first; /* global number of lane 0 */
  int64_t lane_count;
  const void *settings; /* borrowed; filled before create */
  void *state;          /* the kind's own */
};

/* Row `index` of the table, and the row of a name; NULL when there is none. */
const idr_env_kind *idr_env_kind_at(int index);
const idr_env_kind *idr_env_find(const char *name);

/* Makes an environment. `settings` is the kind's loaded settings struct (NULL when it has none) and
 * must outlive the environment. Caller destroys. */
idr_status idr_env_create(const idr_env_kind *kind, const void *settings, uint64_t seed,
                          int64_t lane_first, int64_t lane_count, idr_env **out);
void idr_env_destroy(idr_env *env); /* NULL allowed */
/* The task gives no observation for critics from here on: critic_dim becomes 0. Before the first
 * reset. */
void idr_env_hide_critic(idr_env *env);

#endif
