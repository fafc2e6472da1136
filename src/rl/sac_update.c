/* The steps and updates of one iteration, in one parallel region: gradients by block, sums as trees
 * over tiles, blocks and ranks, the optimizers by chunk. */
#include "rl/sac_internal.h"

#include "base/clock.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* What the threads of the region share; written by thread 0 between barriers. */
typedef struct {
  idr_sac *sac;
  idr_status status;
  double critic_sums[IDR_CRITIC_COUNT], actor_sums[IDR_ACTOR_COUNT];
  double critic_norm, actor_norm; /* sums of gradient norms */
  int64_t critic_updates, actor_updates;
} update;

/* ---- gradient of a block's share ------------------------------------------------------------- */

typedef void (*tile_work)(const idr_sac *sac, idr_sac_worker *w, int block, int64_t begin,
                          int64_t end, real *out);

static void run_loss(idr_exec *exec, const idr_sac_learner *l, real *out) {
  real *stats = out + idr_params_size(l->params);
  for (int k = 0; k < l->stats; k++)
    idr_exec_bind_output(exec, k, stats + k);
  idr_exec_bind_gradients(exec, l->params, NULL, l->stats, idr_params_count(l->params), out);
  idr_exec_run(exec);
}

static void critic_tile(const idr_sac *sac, idr_sac_worker *w, int block, int64_t begin,
                        int64_t end, real *out) {
  idr_sac_draw_tile(sac, w, block, begin, end);
  idr_sac_draw_noise(sac, w, block, begin, 0);
  if (sac->target_plan) idr_sac_c51_target(sac, w);
  run_loss(w->critic, &sac->critic, out);
}

static void actor_tile(const idr_sac *sac, idr_sac_worker *w, int block, int64_t begin, int64_t end,
                       real *out) {
  idr_sac_draw_tile(sac, w, block, begin, end);
  idr_sac_draw_noise(sac, w, block, begin, 1);
  run_loss(w->actor, &sac->actor, out);
}

static void block_gradient(const idr_sac *sac, const idr_sac_learner *l, idr_sac_worker *w,
                           int block, tile_work work) {
  if (sac->share <= sac->loss_rows) {
    work(sac, w, block, 0, sac->share, l->block_gradient[block]);
    return;
  }
  real *levels = l == &sac->critic ? w->critic_levels : w->actor_levels;
  idr_tree_begin(&w->tree, levels, l->size);
  for (int64_t begin = 0; begin < sac->share; begin += sac->loss_rows) {
    int64_t end = begin + sac->loss_rows < sac->share ? begin + sac->loss_rows : sac->share;
    work(sac, w, block, begin, end, idr_tree_slot(&w->tree));
    idr_tree_push(&w->tree);
  }
  memcpy(l->block_gradient[block], idr_tree_end(&w->tree), (size_t)l->size * sizeof(real));
}

/* ---- one optimizer step ---------------------------------------------------------------------- */

static idr_status not_finite(const idr_sac *sac, const idr_sac_learner *l) {
  const real *gradient = l->block_gradient[0];
  for (int i = 0; i < idr_params_count(l->params); i++) {
    const idr_param *param = idr_params_get(l->params, i);
    for (int64_t k = 0; k < param->count; k++)
      if (!isfinite((double)gradient[param->offset + k]))
        IDR_FAIL(IDR_STATUS_NUMERIC,
                 "the gradient of '%s' is not finite in iteration %lld (update %lld); try lower "
                 "sac.learning_rate, sac.critic_learning_rate or sac.alpha_learning_rate",
                 param->name, (long long)sac->iteration, (long long)sac->updates);
  }
  IDR_FAIL(IDR_STATUS_NUMERIC, "a gradient norm overflows in iteration %lld",
           (long long)sac->iteration);
}

/* Continues the tree over ranks. Thread 0 only. */
static void exchange(update *u, idr_sac_learner *l) {
  double begin = idr_clock_seconds();
  if (u->status == IDR_STATUS_OK)
    u->status = idr_team_sum(&u->sac->team, l->block_gradient[0], l->exchange, l->size);
  u->sac->times.exchange += idr_clock_seconds() - begin;
}

/* Sum over blocks of this thread's elements; thread 0 also takes the statistics behind them. */
static void reduce_blocks(const idr_sac *sac, idr_sac_learner *l, int t, int64_t begin,
                          int64_t end) {
  int64_t size = idr_params_size(l->params);
  int64_t last = end * IDR_OPTIMIZER_CHUNK < size ? end * IDR_OPTIMIZER_CHUNK : size;
  int blocks = sac->team.block_count;
  idr_tree_reduce_blocks(l->block_gradient, blocks, begin * IDR_OPTIMIZER_CHUNK, last);
  if (t == 0) idr_tree_reduce_blocks(l->block_gradient, blocks, size, l->size);
}

/* The target critics follow, in this thread's chunks. */
static void follow_critics(idr_sac *sac, int64_t begin, int64_t end) {
  int64_t size = idr_params_size(sac->critics);
  int64_t last = end * IDR_OPTIMIZER_CHUNK < size ? end * IDR_OPTIMIZER_CHUNK : size;
  real tau = (real)sac->settings.tau;
  real *IDR_RESTRICT target = sac->target;
  const real *IDR_RESTRICT weights = sac->critic.weights;
  IDR_SIMD
  for (int64_t i = begin * IDR_OPTIMIZER_CHUNK; i < last; i++)
    target[i] += tau * (weights[i] - target[i]);
}

/* Gradient, sums and optimizer. False, in all threads alike, when the updates must end. */
static bool learn(update *u, int t, uint32_t round, idr_sac_learner *l, tile_work work,
                  double rate) {
  idr_sac *sac = u->sac;
  int64_t begin, end;
  idr_adam_thread_chunks(l->adam, t, sac->team.threads, &begin, &end);
  idr_team_round turns = idr_team_round_begin(&sac->team, t, round, sac->taken);
  for (int b; (b = idr_team_round_next(&turns)) >= 0;)
    block_gradient(sac, l, &sac->workers[t], b, work);
#pragma omp barrier
  reduce_blocks(sac, l, t, begin, end);
  if (sac->team.comm->size > 1) {
#pragma omp barrier
    if (t == 0) exchange(u, l);
#pragma omp barrier
  }
  idr_adam_measure(l->adam, l->block_gradient[0], begin, end);
#pragma omp barrier
  double norm = idr_adam_norm(l->adam);
  if (t == 0 && !isfinite(norm)) u->status = not_finite(sac, l);
  if (isfinite(norm))
    idr_adam_update(l->adam, l->weights, l->block_gradient[0], norm, rate, begin, end);
  if (isfinite(norm) && l == &sac->critic) follow_critics(sac, begin, end);
#pragma omp barrier
  return u->status == IDR_STATUS_OK;
}

/* Thread 0 only, like the two below: statistics of a step whose sums are still in place. */
static void count_step(const idr_sac_learner *l, double *sums, double *norm, int64_t *updates) {
  const real *stats = l->block_gradient[0] + idr_params_size(l->params);
  for (int k = 0; k < l->stats; k++)
    sums[k] += (double)stats[k];
  *norm += idr_adam_norm(l->adam);
  (*updates)++;
  idr_adam_advance(l->adam);
}

/* A learning rate at this point of the budget. */
static double rate_now(const idr_sac *sac, double base) {
  const idr_sac_settings *s = &sac->settings;
  return idr_schedule_rate((idr_schedule)s->schedule, base,
                           (double)idr_sac_steps(sac) / (double)s->steps);
}

/* d/d log alpha of -log alpha (log pi + target), with the entropy that the policy just had. */
static void move_temperature(idr_sac *sac) {
  const real *stats = sac->actor.block_gradient[0] + idr_params_size(sac->policy->params);
  double wanted = sac->settings.target_entropy * sac->policy->head_dim;
  double rate = rate_now(sac, sac->settings.alpha_learning_rate);
  idr_adam *adam = sac->alpha_adam;
  if (rate > 0) {
    sac->alpha_gradient[0] = (real)((double)stats[IDR_ACTOR_ENTROPY] - wanted);
    idr_adam_measure(adam, sac->alpha_gradient, 0, adam->chunks);
    idr_adam_update(adam, sac->log_alpha, sac->alpha_gradient, idr_adam_norm(adam), rate, 0,
                    adam->chunks);
    idr_adam_advance(adam);
  }
  sac->alpha[0] = (real)exp((double)sac->log_alpha[0]);
}

/* One update of the critics, and of the policy when it is due. */
static bool one_update(update *u, int t, uint32_t *round) {
  idr_sac *sac = u->sac;
  const idr_sac_settings *s = &sac->settings;
  double begin = idr_clock_seconds();
  bool actor = (sac->updates + 1) % s->actor_delay == 0 && idr_sac_steps(sac) >= s->actor_starts;
  double critic_rate = rate_now(sac, s->critic_learning_rate);
  double actor_rate = rate_now(sac, s->learning_rate);
  if (!learn(u, t, ++*round, &sac->critic, critic_tile, critic_rate)) return false;
  double middle = idr_clock_seconds();
  if (actor && !learn(u, t, ++*round, &sac->actor, actor_tile, actor_rate)) return false;
  if (t == 0) {
    count_step(&sac->critic, u->critic_sums, &u->critic_norm, &u->critic_updates);
    if (actor) count_step(&sac->actor, u->actor_sums, &u->actor_norm, &u->actor_updates);
    if (actor) move_temperature(sac);
    sac->updates++;
    sac->times.critic += middle - begin;
    sac->times.actor += idr_clock_seconds() - middle;
  }
#pragma omp barrier
  return true;
}

/* ---- the iteration --------------------------------------------------------------------------- */

/* By control step, however many lanes take it. */
static int64_t updates_due(const idr_sac *sac) {
  int64_t learned = idr_sac_steps(sac) - sac->settings.learning_starts;
  return learned > 0 ? (int64_t)(sac->settings.ratio * (double)learned) - sac->updates : 0;
}

static void step_lanes(update *u, int t, uint32_t round) {
  idr_sac *sac = u->sac;
  double begin = idr_clock_seconds();
  idr_team_round turns = idr_team_round_begin(&sac->team, t, round, sac->taken);
  for (int b; (b = idr_team_round_next(&turns)) >= 0;)
    idr_sac_step_block(sac, &sac->workers[t], b);
#pragma omp barrier
  if (t == 0) {
    for (int i = 0; i < sac->team.threads; i++)
      sac->failed = sac->failed || sac->workers[i].error.status != IDR_STATUS_OK;
    sac->lane_steps++;
    sac->times.rollout += idr_clock_seconds() - begin;
  }
#pragma omp barrier
}

/* Returns the number of the last round of blocks. */
static uint32_t run_thread(update *u, int t, uint32_t round) {
  for (int64_t i = 0; i < u->sac->settings.horizon; i++) {
    step_lanes(u, t, ++round);
    for (int64_t due = updates_due(u->sac); due > 0; due--)
      if (!one_update(u, t, &round)) return round;
  }
  return round;
}

static void fill_report(const update *u, idr_sac_report *report) {
  double critics = u->critic_updates > 0 ? (double)u->critic_updates : NAN;
  double actors = u->actor_updates > 0 ? (double)u->actor_updates : NAN;
  report->policy_updates = u->actor_updates;
  report->critic_loss = u->critic_sums[IDR_CRITIC_LOSS] / critics;
  report->return_deviation = 1 / (double)idr_sac_reward_scale(u->sac);
  report->q = u->critic_sums[IDR_CRITIC_Q] / critics * report->return_deviation;
  report->critic_gradient_norm = u->critic_norm / critics;
  report->policy_loss = u->actor_sums[IDR_ACTOR_LOSS] / actors;
  report->entropy = u->actor_sums[IDR_ACTOR_ENTROPY] / actors;
  report->policy_gradient_norm = u->actor_norm / actors;
  report->alpha = (double)u->sac->alpha[0];
}

idr_status idr_sac_run(idr_sac *sac, idr_sac_report *report) {
  update u = {.sac = sac, .status = IDR_STATUS_OK};
  uint32_t begun = sac->round;
#pragma omp parallel num_threads(sac->team.threads)
  {
    int t = omp_get_thread_num();
    uint32_t round = run_thread(&u, t, begun);
    if (t == 0) sac->round = round;
  }
  fill_report(&u, report);
  return u.status;
}
