#include "rl/actor.h"

#include "base/vmath.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const idr_actor *actor;
  idr_env *env;
  idr_exec *exec;
  int rows; /* of a tile */
  bool deterministic;
  idr_episode *out;
  real *input, *head, *deviation, *action;
  float *observation, *final_row, *critic, *final_critic, *command, *reward;
  uint8_t *terminated, *truncated, *done;
  double *metrics;
} runner;

static void *take(size_t count, size_t size) {
  return calloc(count > 0 ? count : 1, size);
}

static void bind_policy(idr_exec *exec, const idr_plan *plan, const idr_actor *a,
                        const real *input) {
  idr_exec_bind_params(exec, a->weights);
  idr_exec_bind_input(exec, idr_plan_input(plan, "observation"), input);
  idr_exec_bind_input(exec, idr_plan_input(plan, "observation_shift"), a->shift);
  idr_exec_bind_input(exec, idr_plan_input(plan, "observation_scale"), a->scale);
}

static void bind(runner *r, const idr_plan *plan) {
  const idr_actor *a = r->actor;
  if (a->served) {
    idr_exec_bind_params(r->exec, idr_served_weights(a->served));
    idr_exec_bind_input(r->exec, idr_served_input(a->served), r->input);
  } else {
    idr_policy_deviation(a->policy, a->weights, r->deviation);
    bind_policy(r->exec, plan, a, r->input);
  }
  idr_exec_bind_output(r->exec, 0, r->head);
}

static idr_status runner_create(runner *r, const idr_plan *plan) {
  const idr_env_spec *spec = &r->env->spec;
  const idr_policy *p = r->actor->policy;
  const idr_served *served = r->actor->served;
  size_t rows = (size_t)r->rows, dim = (size_t)spec->observation_dim,
         critic = (size_t)spec->critic_dim;
  IDR_TRY(idr_exec_create(plan, &r->exec));
  r->input = take(rows * dim, sizeof(real));
  size_t head = (size_t)(served ? idr_served_width(served) : p->head_width);
  r->head = take(rows * head, sizeof(real));
  r->deviation = take(head, sizeof(real));
  r->action = take((size_t)spec->action_dim, sizeof(real));
  r->observation = take(rows * dim, sizeof(float));
  r->final_row = take(rows * dim, sizeof(float));
  r->critic = take(rows * critic, sizeof(float));
  r->final_critic = take(rows * critic, sizeof(float));
  r->command = take(rows * (size_t)spec->action_dim, sizeof(float));
  r->reward = take(rows, sizeof(float));
  r->terminated = take(rows, 1);
  r->truncated = take(rows, 1);
  r->done = take(rows, 1);
  r->metrics = take(rows * IDR_ENV_METRIC_MAX, sizeof(double));
  if (!r->input || !r->head || !r->deviation || !r->action || !r->observation || !r->final_row ||
      !r->critic || !r->final_critic || !r->command || !r->reward || !r->terminated ||
      !r->truncated || !r->done || !r->metrics)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to evaluate %d episodes at once", r->rows);
  bind(r, plan);
  return IDR_STATUS_OK;
}

static void runner_free(runner *r) {
  idr_exec_destroy(r->exec);
  void *all[] = {r->input,      r->head,      r->deviation,    r->action,  r->observation,
                 r->final_row,  r->critic,    r->final_critic, r->command, r->reward,
                 r->terminated, r->truncated, r->done,         r->metrics};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}

static void command(runner *r, int64_t lane, int64_t row, uint64_t step, float *out) {
  const idr_actor *a = r->actor;
  if (a->served) {
    idr_served_command(a->served, r->head + row * idr_served_width(a->served), out);
    return;
  }
  idr_policy_sample(a->policy, r->head + row * a->policy->head_width, r->deviation, r->env->seed,
                    (uint32_t)(r->env->lane_first + lane), step, r->deterministic, r->action);
  idr_policy_unscale(a->policy, r->action, out);
}

/* A file of others may hold anything; a task would take its NaN for the lower bound. */
static idr_status check_served(const runner *r, int64_t rows) {
  int64_t count = rows * idr_served_width(r->actor->served);
  for (int64_t i = 0; i < count; i++)
    if (!isfinite(r->head[i]))
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "the policy's file gives %g as number %d of an action; its weights, or what it does "
               "with observations like these, are broken",
               (double)r->head[i], (int)(i % idr_served_width(r->actor->served)));
  return IDR_STATUS_OK;
}

static idr_status act(runner *r, int64_t lane, int64_t rows, uint64_t step) {
  int64_t dim = r->env->spec.observation_dim;
  for (int64_t i = 0; i < r->rows * dim; i++)
    r->input[i] = (real)r->observation[i < rows * dim ? i : i % dim];
  idr_exec_run(r->exec);
  if (r->actor->served) IDR_TRY(check_served(r, rows));
  for (int64_t k = 0; k < rows; k++)
    command(r, lane + k, k, step, r->command + k * r->env->spec.action_dim);
  return IDR_STATUS_OK;
}

/* Adds one step to the episodes that still run; returns how many do. */
static int64_t record(runner *r, int64_t lane, int64_t rows) {
  int64_t running = 0;
  int metrics = r->env->spec.metric_count;
  for (int64_t k = 0; k < rows; k++) {
    if (r->done[k]) continue;
    idr_episode *e = &r->out[lane + k];
    e->total_reward += (double)r->reward[k];
    e->length += 1;
    r->done[k] = r->terminated[k] | r->truncated[k];
    running += !r->done[k];
    if (!r->done[k]) continue;
    e->terminated = r->terminated[k];
    memcpy(e->metrics, r->metrics + k * metrics, (size_t)metrics * sizeof(double));
  }
  return running;
}

static idr_status run_range(runner *r, int64_t lane, int64_t rows) {
  idr_env_buffers b = {.action = r->command,
                       .observation = r->observation,
                       .critic = r->critic,
                       .reward = r->reward,
                       .terminated = r->terminated,
                       .truncated = r->truncated,
                       .final_observation = r->final_row,
                       .final_critic = r->final_critic,
                       .metrics = r->metrics};
  memset(r->done, 0, (size_t)r->rows);
  memset(r->out + lane, 0, (size_t)rows * sizeof *r->out);
  r->env->kind->reset(r->env, lane, lane + rows, &b);
  for (uint64_t step = 0;; step++) {
    IDR_TRY(act(r, lane, rows, step));
    IDR_TRY(r->env->kind->step(r->env, lane, lane + rows, &b));
    if (record(r, lane, rows) == 0) return IDR_STATUS_OK;
  }
}

/* One thread's share: ranges t, t + threads, ... */
static idr_status run_thread(runner r, const idr_plan *plan, int t, int threads) {
  idr_status status = runner_create(&r, plan);
  for (int64_t lane = (int64_t)t * r.rows; status == IDR_STATUS_OK && lane < r.env->lane_count;
       lane += (int64_t)threads * r.rows) {
    int64_t left = r.env->lane_count - lane;
    status = run_range(&r, lane, left < r.rows ? left : r.rows);
  }
  runner_free(&r);
  return status;
}

idr_status idr_actor_evaluate(const idr_actor *actor, idr_env *env, int tile_rows, int threads,
                              bool deterministic, idr_episode *out) {
  idr_plan *own = NULL;
  if (!actor->served) IDR_TRY(idr_policy_head_plan(actor->policy, tile_rows, &own));
  const idr_plan *plan = actor->served ? idr_served_plan(actor->served) : own;
  runner r = {
      .actor = actor, .env = env, .rows = tile_rows, .deterministic = deterministic, .out = out};
  idr_error failure = {.status = IDR_STATUS_OK};
#pragma omp parallel num_threads(threads)
  if (run_thread(r, plan, omp_get_thread_num(), omp_get_num_threads()) != IDR_STATUS_OK) {
#pragma omp critical(idr_actor_failure)
    failure = *idr_error_get();
  }
  idr_plan_destroy(own);
  if (failure.status == IDR_STATUS_OK) return IDR_STATUS_OK;
  idr_error_set(&failure);
  return failure.status;
}

/* ---- answers ----------------------------------------------------------------------------------
 */

static void answer_row(const idr_policy *p, const real *head, const real *deviation, float *action,
                       float *spread) {
  real choice[IDR_ENV_DIM_MAX], width[IDR_ENV_DIM_MAX], total = 0;
  idr_policy_sample(p, head, deviation, 0, 0, 0, true, choice);
  idr_policy_unscale(p, choice, action);
  if (p->gaussian) idr_policy_row_deviation(p, head, deviation, width);
  for (int i = 0; p->gaussian && i < p->head_dim; i++)
    spread[i] = 0.5f * (p->spec->action_high[i] - p->spec->action_low[i]) * (float)width[i];
  if (p->gaussian) return;
  real most = head[(int)choice[0]];
  for (int i = 0; i < p->head_dim; i++)
    total += idr_r_exp(head[i] - most);
  for (int i = 0; i < p->head_dim; i++)
    spread[i] = (float)(idr_r_exp(head[i] - most) / total);
}

idr_status idr_actor_answer(const idr_actor *actor, const float *observation, int rows,
                            float *action, float *spread) {
  const idr_policy *p = actor->policy;
  size_t count = (size_t)rows * (size_t)p->observation_dim;
  idr_plan *plan = NULL;
  idr_exec *exec = NULL;
  real deviation[IDR_ENV_DIM_MAX] = {0}, *input = take(count, sizeof *input);
  idr_status status = input ? idr_policy_head_plan(p, rows, &plan)
                            : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                          "no memory for %d observations", rows);
  if (status == IDR_STATUS_OK) status = idr_exec_create(plan, &exec);
  if (status == IDR_STATUS_OK) {
    for (size_t i = 0; i < count; i++)
      input[i] = (real)observation[i];
    bind_policy(exec, plan, actor, input);
    idr_policy_deviation(p, actor->weights, deviation);
    idr_exec_run(exec);
    for (int k = 0; k < rows; k++)
      answer_row(p, idr_exec_output(exec, 0) + k * p->head_width, deviation,
                 action + k * p->spec->action_dim, spread + k * p->head_dim);
  }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  free(input);
  return status;
}

/* ---- loading --------------------------------------------------------------------------------- */

/* Checkpoints from before the value head's units were kept have none. */
static idr_status load_value(const idr_policy *policy, const idr_checkpoint *checkpoint, real *norm,
                             idr_actor_value *value) {
  size_t dim = (size_t)policy->critic_dim;
  const void *found = NULL;
  size_t bytes = 0;
  if (idr_checkpoint_get(checkpoint, "policy/value", &found, &bytes) != IDR_STATUS_OK) {
    idr_error_clear();
    return IDR_STATUS_OK;
  }
  IDR_TRY(idr_checkpoint_read(checkpoint, "policy/value", norm, (2 * dim + 2) * sizeof(real)));
  *value = (idr_actor_value){norm, norm + dim, (double)norm[2 * dim], (double)norm[2 * dim + 1]};
  return IDR_STATUS_OK;
}

idr_status idr_actor_load(const idr_policy *policy, const idr_checkpoint *checkpoint,
                          idr_actor *out) {
  size_t size = (size_t)idr_params_size(policy->params), dim = (size_t)policy->observation_dim;
  size_t norms = 2 * dim + 2 * (size_t)policy->critic_dim + 2;
  real *weights = calloc(size, sizeof(real)), *norm = calloc(norms, sizeof(real));
  *out = (idr_actor){.policy = policy, .weights = weights, .shift = norm, .scale = norm + dim};
  idr_status status = IDR_STATUS_OK;
  if (!weights || !norm)
    IDR_FAIL_GOTO(status, failed, IDR_STATUS_MEMORY, "no memory for a policy of %zu numbers", size);
  IDR_TRY_GOTO(status, failed,
               idr_checkpoint_read(checkpoint, "policy/weights", weights, size * sizeof(real)));
  IDR_TRY_GOTO(status, failed,
               idr_checkpoint_read(checkpoint, "policy/normaliser", norm, 2 * dim * sizeof(real)));
  IDR_TRY_GOTO(status, failed, load_value(policy, checkpoint, norm + 2 * dim, &out->value));
  return IDR_STATUS_OK;
failed:
  idr_actor_free(out);
  return status;
}

void idr_actor_free(idr_actor *actor) {
  free((void *)(uintptr_t)actor->weights);
  free((void *)(uintptr_t)actor->shift);
  *actor = (idr_actor){0};
}

idr_summary idr_summary_of(const double *values, int64_t count) {
  idr_summary s = {.count = count, .min = INFINITY, .max = -INFINITY};
  double sum = 0, square = 0;
  for (int64_t i = 0; i < count; i++) {
    sum += values[i];
    s.min = fmin(s.min, values[i]);
    s.max = fmax(s.max, values[i]);
  }
  s.mean = count > 0 ? sum / (double)count : NAN;
  for (int64_t i = 0; i < count; i++)
    square += (values[i] - s.mean) * (values[i] - s.mean);
  s.deviation = count > 1 ? sqrt(square / (double)(count - 1)) : 0;
  s.half_width = count > 1 ? 1.96 * s.deviation / sqrt((double)count) : INFINITY;
  return s;
}
