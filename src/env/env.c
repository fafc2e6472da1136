#include "env/env.h"
#include "env/classic.h"
#include "env/drilling.h"
#include <stdlib.h>
#include <string.h>

static const idr_env_kind *const kinds[] = {&idr_cartpole_kind, &idr_pendulum_kind,
                                            &idr_drilling_kind, &idr_mountaincar_kind,
                                            &idr_acrobot_kind};
#define KIND_COUNT ((int)(sizeof kinds / sizeof kinds[0]))

const idr_env_kind *idr_env_kind_at(int index) {
  return index >= 0 && index < KIND_COUNT ? kinds[index] : NULL;
}

const idr_env_kind *idr_env_find(const char *name) {
  for (int i = 0; i < KIND_COUNT; i++)
    if (strcmp(kinds[i]->name, name) == 0) return kinds[i];
  return NULL;
}

idr_status idr_env_create(const idr_env_kind *kind, const void *settings, uint64_t seed,
                          int64_t lane_first, int64_t lane_count, idr_env **out) {
  *out = NULL;
  if (lane_count < 1 || lane_first < 0 || lane_first + lane_count > (int64_t)UINT32_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "%s: lanes %lld to %lld; there must be at least one, below 2^32",
             kind->name, (long long)lane_first, (long long)(lane_first + lane_count));
  if (kind->settings_bytes > 0 && !settings)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "%s: the task needs its settings", kind->name);
  idr_env *env = calloc(1, sizeof *env);
  if (!env) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the task %s", kind->name);
  env->kind = kind;
  env->spec.name = kind->name;
  env->seed = seed;
  env->lane_first = lane_first;
  env->lane_count = lane_count;
  env->settings = settings;
  idr_status status = kind->create(env);
  if (status != IDR_STATUS_OK) {
    free(env);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  *out = env;
  return IDR_STATUS_OK;
}

void idr_env_destroy(idr_env *env) {
  if (!env) return;
  env->kind->destroy(env);
  free(env);
}

void idr_env_hide_critic(idr_env *env) {
  env->spec.critic_dim = 0;
}
