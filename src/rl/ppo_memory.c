/* All memory of a trainer, allocated once. */
#include "rl/ledger.h"
#include "rl/ppo_internal.h"

static void allocate_block(const idr_ppo *ppo, idr_ledger *l, idr_ppo_block *b) {
  const idr_env_spec *spec = &ppo->env->spec;
  size_t lanes = (size_t)ppo->lanes, rows = (size_t)ppo->rows, all = rows + lanes;
  size_t dim = (size_t)ppo->policy->observation_dim, critic = (size_t)ppo->policy->critic_dim;
  bool own = spec->critic_dim > 0;
  b->raw = idr_ledger_zero(l, lanes * dim, sizeof(float));
  b->final_row = idr_ledger_zero(l, lanes * dim, sizeof(float));
  b->raw_critic = own ? idr_ledger_zero(l, lanes * critic, sizeof(float)) : NULL;
  b->final_critic = own ? idr_ledger_zero(l, lanes * critic, sizeof(float)) : NULL;
  b->command = idr_ledger_zero(l, lanes * (size_t)spec->action_dim, sizeof(float));
  b->step_reward = idr_ledger_zero(l, lanes, sizeof(float));
  b->metrics = idr_ledger_zero(l, lanes * IDR_ENV_METRIC_MAX, sizeof(double));
  b->lane_return = idr_ledger_zero(l, lanes, sizeof(double));
  b->lane_length = idr_ledger_zero(l, lanes, sizeof(double));
  b->seen = idr_ledger_take(l, all * critic, sizeof(real));
  b->action = idr_ledger_take(l, rows * (size_t)spec->action_dim, sizeof(real));
  b->log_prob = idr_ledger_take(l, rows, sizeof(real));
  b->reward = idr_ledger_take(l, rows, sizeof(real));
  b->advantage = idr_ledger_take(l, rows, sizeof(real));
  b->target = idr_ledger_take(l, rows, sizeof(real));
  b->value = idr_ledger_take(l, all, sizeof(real));
  b->next_value = idr_ledger_take(l, lanes, sizeof(real));
  b->trace = idr_ledger_take(l, lanes, sizeof(real));
  b->terminated = idr_ledger_take(l, rows, 1);
  b->truncated = idr_ledger_take(l, rows, 1);
  b->ended = idr_ledger_take(l, lanes, 1);
  b->final_index = idr_ledger_take(l, rows, sizeof(int32_t));
  b->finals = idr_ledger_take(l, rows * critic, sizeof(float));
  b->final_value = idr_ledger_take(l, rows, sizeof(real));
  b->order = idr_ledger_take(l, rows, sizeof(int32_t));
  b->note = idr_ledger_take(l, rows * (size_t)idr_ppo_note_size(ppo), sizeof(real));
}

static void free_block(idr_ppo_block *b) {
  void *all[] = {b->raw,         b->raw_critic,  b->final_row,   b->final_critic, b->command,
                 b->step_reward, b->metrics,     b->lane_return, b->lane_length,  b->seen,
                 b->action,      b->log_prob,    b->reward,      b->advantage,    b->target,
                 b->value,       b->next_value,  b->trace,       b->terminated,   b->truncated,
                 b->ended,       b->final_index, b->finals,      b->final_value,  b->order,
                 b->note};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}

static idr_status allocate_worker(const idr_ppo *ppo, idr_ledger *l, idr_ppo_worker *w) {
  size_t tile = (size_t)ppo->settings.tile_rows;
  size_t dim = (size_t)ppo->policy->observation_dim, critic = (size_t)ppo->policy->critic_dim;
  IDR_TRY(idr_exec_create(ppo->act_plan, &w->act));
  IDR_TRY(idr_exec_create(ppo->value_plan, &w->value));
  IDR_TRY(idr_exec_create(ppo->loss_plan, &w->loss));
  w->tile_observation = idr_ledger_zero(l, tile * dim, sizeof(real));
  w->tile_critic = idr_ledger_zero(l, tile * critic, sizeof(real));
  w->tile_action = idr_ledger_zero(l, tile * (size_t)ppo->env->spec.action_dim, sizeof(real));
  w->tile_index = idr_ledger_zero(l, tile, sizeof(int32_t));
  w->tile_scalar = idr_ledger_zero(l, 5 * tile, sizeof(real));
  w->out_observation = idr_ledger_zero(l, tile * dim, sizeof(real));
  w->out_critic = idr_ledger_zero(l, tile * critic, sizeof(real));
  w->head = idr_ledger_zero(l, tile * (size_t)ppo->policy->head_dim, sizeof(real));
  w->tile_rest = idr_ledger_zero(l, tile * critic, sizeof(real));
  w->rest_value = idr_ledger_zero(l, tile, sizeof(real));
  w->tree_levels = idr_ledger_zero(l, 32 * (size_t)ppo->gradient_size, sizeof(real));
  return IDR_STATUS_OK;
}

static void free_worker(idr_ppo_worker *w) {
  idr_exec_destroy(w->act);
  idr_exec_destroy(w->value);
  idr_exec_destroy(w->loss);
  void *all[] = {w->tile_observation, w->tile_critic,     w->tile_action, w->tile_index,
                 w->tile_scalar,      w->out_observation, w->out_critic,  w->head,
                 w->tree_levels,      w->tile_rest,       w->rest_value};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}

static void allocate_shared(idr_ppo *ppo, idr_ledger *l) {
  size_t blocks = (size_t)ppo->team.block_count, size = (size_t)ppo->gradient_size;
  size_t minibatches = (size_t)ppo->minibatches;
  size_t scratch = 2 * minibatches > IDR_SUM_COUNT ? 2 * minibatches : IDR_SUM_COUNT;
  ppo->taken = idr_ledger_zero(l, blocks, sizeof *ppo->taken);
  ppo->weights = idr_ledger_zero(l, size, sizeof(real));
  ppo->exchange = idr_ledger_zero(l, size, sizeof(real));
  ppo->block_sums = idr_ledger_zero(l, blocks * IDR_SUM_COUNT, sizeof(double));
  ppo->advantage_sums = idr_ledger_zero(l, blocks * 2 * minibatches, sizeof(double));
  ppo->sum_scratch = idr_ledger_zero(l, scratch, sizeof(double));
  ppo->deviation = idr_ledger_zero(l, (size_t)ppo->policy->head_dim, sizeof(real));
  ppo->block_gradient = idr_ledger_zero(l, blocks, sizeof(real *));
  for (size_t b = 0; b < blocks && ppo->block_gradient; b++)
    ppo->block_gradient[b] = idr_ledger_zero(l, size, sizeof(real));
}

idr_status idr_ppo_allocate(idr_ppo *ppo) {
  idr_ledger l = {0};
  ppo->blocks = calloc((size_t)ppo->team.block_count, sizeof *ppo->blocks);
  ppo->workers = calloc((size_t)ppo->team.threads, sizeof *ppo->workers);
  if (!ppo->blocks || !ppo->workers) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the trainer");
  allocate_shared(ppo, &l);
  for (int b = 0; b < ppo->team.block_count; b++)
    allocate_block(ppo, &l, &ppo->blocks[b]);
  for (int t = 0; t < ppo->team.threads; t++)
    IDR_TRY(allocate_worker(ppo, &l, &ppo->workers[t]));
  if (l.failed)
    IDR_FAIL(IDR_STATUS_MEMORY,
             "no memory for %lld lanes x %lld steps; lower ppo.lanes or ppo.horizon, or use more "
             "nodes",
             (long long)ppo->settings.lanes, (long long)ppo->settings.horizon);
  return IDR_STATUS_OK;
}

void idr_ppo_release(idr_ppo *ppo) {
  for (int b = 0; ppo->blocks && b < ppo->team.block_count; b++)
    free_block(&ppo->blocks[b]);
  for (int t = 0; ppo->workers && t < ppo->team.threads; t++)
    free_worker(&ppo->workers[t]);
  for (int b = 0; ppo->block_gradient && b < ppo->team.block_count; b++)
    free(ppo->block_gradient[b]);
  void *all[] = {ppo->taken,     ppo->blocks,         ppo->workers,        ppo->weights,
                 ppo->exchange,  ppo->block_sums,     ppo->advantage_sums, ppo->sum_scratch,
                 ppo->deviation, ppo->block_gradient, ppo->saved};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}
