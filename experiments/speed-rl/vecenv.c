/* The tasks of the engine as a shared library, so that another program's learner can be measured on
 * them: one call steps all lanes. Continuous actions are in normalised units, -1 and +1 the task's
 * bounds, as the engine's own policies see them; discrete ones are the index as a float. */
#include "base/status.h"
#include "env/env.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  idr_env *env;
  void *settings;
  float *command; /* [lanes][action_dim] in the task's units */
  int threads;
} vecenv;

/* What a learner must know; the layout is repeated in compare.py. */
typedef struct {
  int32_t observation_dim, action_dim, action_count, metric_count; /* count 0: continuous */
  double discount;
  float action_start[8];
} vecenv_spec;

const char *vecenv_error(void) {
  return idr_error_get()->message;
}

const char *vecenv_metric(const vecenv *v, int i) {
  return i < v->env->spec.metric_count ? v->env->spec.metric_name[i] : "";
}

void vecenv_destroy(vecenv *v) {
  if (!v) return;
  idr_env_destroy(v->env);
  free(v->settings);
  free(v->command);
  free(v);
}

static idr_status create(vecenv *v, const char *task, int64_t lanes, uint64_t seed,
                         const char *const *overrides, int override_count) {
  const idr_env_kind *kind = idr_env_find(task);
  idr_section sections[IDR_ENV_SECTION_MAX];
  if (!kind) IDR_FAIL(IDR_STATUS_CONFIG, "there is no task '%s'", task);
  v->settings = calloc(1, kind->settings_bytes + 1);
  if (!v->settings) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the task's settings");
  if (kind->bind) {
    int count = kind->bind(v->settings, sections);
    IDR_TRY(idr_settings_load(sections, count, NULL, overrides, override_count));
  }
  IDR_TRY(idr_env_create(kind, v->settings, seed, 0, lanes, &v->env));
  v->command = calloc((size_t)lanes * (size_t)v->env->spec.action_dim, sizeof(float));
  if (!v->command) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the actions");
  return IDR_STATUS_OK;
}

/* NULL on failure; vecenv_error says why. */
vecenv *vecenv_create(const char *task, int64_t lanes, uint64_t seed, int threads,
                      const char *const *overrides, int override_count) {
  vecenv *v = calloc(1, sizeof *v);
  if (!v) return NULL;
  v->threads = threads;
  if (create(v, task, lanes, seed, overrides, override_count) == IDR_STATUS_OK) return v;
  vecenv_destroy(v);
  return NULL;
}

void vecenv_describe(const vecenv *v, vecenv_spec *out) {
  const idr_env_spec *s = &v->env->spec;
  *out = (vecenv_spec){.observation_dim = s->observation_dim,
                       .action_dim = s->action_dim,
                       .action_count = s->action_count,
                       .metric_count = s->metric_count,
                       .discount = s->discount};
  memcpy(out->action_start, s->action_start, (size_t)s->action_dim * sizeof(float));
}

/* Lanes [*begin, *end) of a thread: whole groups of 64 where there are enough. */
static void thread_lanes(const vecenv *v, int t, int64_t *begin, int64_t *end) {
  int64_t unit = v->env->lane_count >= 64 * v->threads ? 64 : 1;
  int64_t units = (v->env->lane_count + unit - 1) / unit;
  *begin = units * t / v->threads * unit;
  *end = units * (t + 1) / v->threads * unit;
  if (*end > v->env->lane_count) *end = v->env->lane_count;
}

void vecenv_reset(vecenv *v, float *observation) {
  idr_env_buffers b = {.observation = observation};
  v->env->kind->reset(v->env, 0, v->env->lane_count, &b);
}

static void unscale(const vecenv *v, int64_t begin, int64_t end, const float *action) {
  const idr_env_spec *s = &v->env->spec;
  if (s->action_kind == IDR_ACTION_DISCRETE) {
    memcpy(v->command + begin, action + begin, (size_t)(end - begin) * sizeof(float));
    return;
  }
  for (int64_t lane = begin; lane < end; lane++)
    for (int k = 0; k < s->action_dim; k++) {
      float low = s->action_low[k], high = s->action_high[k];
      float unit = action[lane * s->action_dim + k];
      unit = unit < -1.0f ? -1.0f : unit > 1.0f ? 1.0f : unit;
      v->command[lane * s->action_dim + k] = 0.5f * (low + high) + 0.5f * (high - low) * unit;
    }
}

static idr_status step_lanes(vecenv *v, int64_t begin, int64_t end, const float *action,
                             idr_env_buffers b) {
  const idr_env_spec *s = &v->env->spec;
  unscale(v, begin, end, action);
  b.action = v->command + begin * s->action_dim;
  b.observation += begin * s->observation_dim;
  b.final_observation += begin * s->observation_dim;
  b.reward += begin;
  b.terminated += begin;
  b.truncated += begin;
  b.metrics += begin * s->metric_count;
  return v->env->kind->step(v->env, begin, end, &b);
}

/* Steps all lanes. Returns 0, or 1 on failure. */
int vecenv_step(vecenv *v, const float *action, float *observation, float *reward,
                uint8_t *terminated, uint8_t *truncated, float *final_observation,
                double *metrics) {
  idr_env_buffers b = {.observation = observation,
                       .reward = reward,
                       .terminated = terminated,
                       .truncated = truncated,
                       .final_observation = final_observation,
                       .metrics = metrics};
  int failed = 0;
#pragma omp parallel num_threads(v->threads) reduction(+ : failed)
  {
    int64_t begin, end;
    thread_lanes(v, omp_get_thread_num(), &begin, &end);
    if (begin < end && step_lanes(v, begin, end, action, b) != IDR_STATUS_OK) failed = 1;
  }
  return failed > 0;
}
