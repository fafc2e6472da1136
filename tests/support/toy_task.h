/* Tasks whose value is known: a constant reward under a time limit, and one reward at a true end.
 * Names that end in "-box" have a continuous action. What is done never matters. */
#ifndef IDR_TESTS_TOY_TASK_H
#define IDR_TESTS_TOY_TASK_H

#include "env/env.h"
#include <stdlib.h>
#include <string.h>

#define TOY_LENGTH 10

typedef struct {
  int32_t *step; /* [lane] */
  bool terminal; /* the end is true and pays 1; otherwise every step pays 1 until the limit */
} toy_state;

static inline void toy_observe(const toy_state *s, int64_t lane, float *out) {
  out[0] = s->terminal ? (float)s->step[lane] : 0.0f;
}

static inline idr_status toy_create(idr_env *env) {
  toy_state *s = calloc(1, sizeof *s);
  s->step = calloc((size_t)env->lane_count, sizeof *s->step);
  s->terminal = strncmp(env->kind->name, "toy-terminal", 12) == 0;
  env->state = s;
  env->spec.name = env->kind->name;
  env->spec.observation_dim = 1;
  env->spec.observation_low[0] = 0;
  env->spec.observation_high[0] = TOY_LENGTH;
  env->spec.action_dim = 1;
  env->spec.action_low[0] = -1;
  env->spec.action_high[0] = 1;
  bool box = strstr(env->kind->name, "-box") != NULL;
  env->spec.action_kind = box ? IDR_ACTION_BOX : IDR_ACTION_DISCRETE;
  env->spec.action_count = box ? 0 : 2;
  return IDR_STATUS_OK;
}

static inline void toy_destroy(idr_env *env) {
  toy_state *s = env->state;
  if (s) free(s->step);
  free(s);
}

static inline void toy_reset(idr_env *env, int64_t begin, int64_t end, const idr_env_buffers *b) {
  toy_state *s = env->state;
  for (int64_t lane = begin; lane < end; lane++) {
    /* Lanes start at different moments so that a rollout sees every one. */
    s->step[lane] = (int32_t)((env->lane_first + lane) % TOY_LENGTH);
    toy_observe(s, lane, b->observation + lane - begin);
  }
}

static inline idr_status toy_step(idr_env *env, int64_t begin, int64_t end,
                                  const idr_env_buffers *b) {
  toy_state *s = env->state;
  for (int64_t lane = begin; lane < end; lane++) {
    int64_t row = lane - begin;
    bool last = ++s->step[lane] == TOY_LENGTH;
    b->reward[row] = s->terminal ? (last ? 1.0f : 0.0f) : 1.0f;
    b->terminated[row] = last && s->terminal;
    b->truncated[row] = last && !s->terminal;
    if (last) {
      toy_observe(s, lane, b->final_observation + row);
      s->step[lane] = 0;
    }
    toy_observe(s, lane, b->observation + row);
  }
  return IDR_STATUS_OK;
}

static inline void toy_save(const idr_env *env, int64_t lane, void *bytes) {
  memcpy(bytes, ((const toy_state *)env->state)->step + lane, sizeof(int32_t));
}

static inline idr_status toy_load(idr_env *env, int64_t lane, const void *bytes) {
  memcpy(((toy_state *)env->state)->step + lane, bytes, sizeof(int32_t));
  return IDR_STATUS_OK;
}

static inline idr_env_kind toy_kind(const char *name) {
  return (idr_env_kind){.name = name,
                        .doc = "for tests",
                        .create = toy_create,
                        .destroy = toy_destroy,
                        .reset = toy_reset,
                        .step = toy_step,
                        .lane_bytes = sizeof(int32_t),
                        .lane_save = toy_save,
                        .lane_load = toy_load};
}

#endif
