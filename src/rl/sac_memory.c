/* All memory of a trainer, allocated once. */
#include "rl/ledger.h"
#include "rl/sac_internal.h"

static void allocate_block(const idr_sac *sac, idr_ledger *l, int index) {
  const idr_env_spec *spec = &sac->env->spec;
  idr_sac_block *b = &sac->blocks[index];
  size_t lanes = (size_t)sac->lanes, dim = (size_t)spec->observation_dim;
  size_t critic = (size_t)spec->critic_dim, act = (size_t)spec->action_dim;
  b->raw = idr_ledger_zero(l, lanes * dim, sizeof(float));
  b->final_row = idr_ledger_zero(l, lanes * dim, sizeof(float));
  b->raw_critic = critic > 0 ? idr_ledger_zero(l, lanes * critic, sizeof(float)) : NULL;
  b->final_critic = critic > 0 ? idr_ledger_zero(l, lanes * critic, sizeof(float)) : NULL;
  b->command = idr_ledger_zero(l, lanes * act, sizeof(float));
  b->step_reward = idr_ledger_zero(l, lanes, sizeof(float));
  b->metrics = idr_ledger_zero(l, lanes * IDR_ENV_METRIC_MAX, sizeof(double));
  b->lane_return = idr_ledger_zero(l, lanes, sizeof(double));
  b->lane_length = idr_ledger_zero(l, lanes, sizeof(double));
  if (sac->return_moments) b->lane_discounted = idr_ledger_zero(l, lanes, sizeof(double));
  b->action = idr_ledger_zero(l, lanes * act, sizeof(real));
  b->terminated = idr_ledger_zero(l, lanes, 1);
  b->truncated = idr_ledger_zero(l, lanes, 1);
  if (sac->replay) b->replay = sac->replay + index * sac->lanes * sac->capacity * sac->record;
}

static void free_block(idr_sac_block *b) {
  void *all[] = {b->raw,         b->final_row, b->raw_critic,     b->final_critic, b->command,
                 b->step_reward, b->metrics,   b->lane_return,    b->lane_length,  b->action,
                 b->terminated,  b->truncated, b->lane_discounted};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}

static idr_status allocate_worker(const idr_sac *sac, idr_ledger *l, idr_sac_worker *w) {
  size_t tile = (size_t)sac->settings.tile_rows, act = (size_t)sac->policy->head_dim;
  size_t width = (size_t)sac->row_dim;
  IDR_TRY(idr_exec_create(sac->act_plan, &w->act));
  IDR_TRY(idr_exec_create(sac->critic.plan, &w->critic));
  IDR_TRY(idr_exec_create(sac->actor.plan, &w->actor));
  if (sac->target_plan) {
    IDR_TRY(idr_exec_create(sac->target_plan, &w->target));
    w->tile_probability = idr_ledger_zero(l, tile * (size_t)sac->settings.atoms, sizeof(real));
  }
  w->tile_observation =
      idr_ledger_zero(l, tile * (size_t)sac->policy->observation_dim, sizeof(real));
  w->tile_row = idr_ledger_zero(l, tile * width, sizeof(real));
  w->tile_next = idr_ledger_zero(l, tile * width, sizeof(real));
  w->tile_action = idr_ledger_zero(l, tile * act, sizeof(real));
  w->tile_noise = idr_ledger_zero(l, tile * act, sizeof(real));
  w->tile_reward = idr_ledger_zero(l, tile, sizeof(real));
  w->tile_discount = idr_ledger_zero(l, tile, sizeof(real));
  w->tile_weight = idr_ledger_zero(l, tile, sizeof(real));
  w->critic_levels = idr_ledger_zero(l, 32 * (size_t)sac->critic.size, sizeof(real));
  w->actor_levels = idr_ledger_zero(l, 32 * (size_t)sac->actor.size, sizeof(real));
  return IDR_STATUS_OK;
}

static void free_worker(idr_sac_worker *w) {
  idr_exec_destroy(w->act);
  idr_exec_destroy(w->critic);
  idr_exec_destroy(w->actor);
  idr_exec_destroy(w->target);
  void *all[] = {w->tile_observation, w->tile_row,     w->tile_next,       w->tile_action,
                 w->tile_noise,       w->tile_reward,  w->tile_discount,   w->tile_weight,
                 w->critic_levels,    w->actor_levels, w->tile_probability};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}

static void allocate_learner(const idr_sac *sac, idr_ledger *ledger, idr_sac_learner *l) {
  size_t blocks = (size_t)sac->team.block_count, size = (size_t)l->size;
  l->weights = idr_ledger_zero(ledger, size, sizeof(real));
  l->exchange = idr_ledger_zero(ledger, size, sizeof(real));
  l->block_gradient = idr_ledger_zero(ledger, blocks, sizeof(real *));
  for (size_t b = 0; b < blocks && l->block_gradient; b++)
    l->block_gradient[b] = idr_ledger_zero(ledger, size, sizeof(real));
}

static void free_learner(const idr_sac *sac, idr_sac_learner *l) {
  for (int b = 0; l->block_gradient && b < sac->team.block_count; b++)
    free(l->block_gradient[b]);
  free(l->block_gradient);
  free(l->weights);
  free(l->exchange);
}

static void allocate_shared(idr_sac *sac, idr_ledger *l) {
  size_t blocks = (size_t)sac->team.block_count;
  size_t alpha = (size_t)idr_params_size(sac->temperature);
  sac->taken = idr_ledger_zero(l, blocks, sizeof *sac->taken);
  sac->block_sums = idr_ledger_zero(l, blocks * IDR_SAC_SUM_COUNT, sizeof(double));
  sac->sum_scratch = idr_ledger_zero(l, IDR_SAC_SUM_COUNT, sizeof(double));
  sac->target = idr_ledger_zero(l, (size_t)idr_params_size(sac->critics), sizeof(real));
  sac->log_alpha = idr_ledger_zero(l, alpha, sizeof(real));
  sac->alpha_gradient = idr_ledger_zero(l, alpha, sizeof(real));
  sac->alpha = idr_ledger_zero(l, 1, sizeof(real));
  sac->atoms = idr_ledger_zero(l, (size_t)sac->settings.atoms, sizeof(real));
  sac->replay = idr_ledger_take(
      l, blocks * (size_t)sac->lanes * (size_t)sac->capacity * (size_t)sac->record, sizeof(float));
  allocate_learner(sac, l, &sac->actor);
  allocate_learner(sac, l, &sac->critic);
}

idr_status idr_sac_allocate(idr_sac *sac) {
  idr_ledger l = {0};
  sac->blocks = calloc((size_t)sac->team.block_count, sizeof *sac->blocks);
  sac->workers = calloc((size_t)sac->team.threads, sizeof *sac->workers);
  if (!sac->blocks || !sac->workers) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the trainer");
  allocate_shared(sac, &l);
  for (int b = 0; b < sac->team.block_count; b++)
    allocate_block(sac, &l, b);
  for (int t = 0; t < sac->team.threads; t++)
    IDR_TRY(allocate_worker(sac, &l, &sac->workers[t]));
  if (l.failed)
    IDR_FAIL(IDR_STATUS_MEMORY,
             "no memory for %lld lanes and a replay of %zu MiB; lower sac.lanes or sac.replay, or "
             "use more nodes",
             (long long)sac->settings.lanes, idr_sac_memory(sac) >> 20);
  return IDR_STATUS_OK;
}

void idr_sac_release(idr_sac *sac) {
  idr_sac_drop_saved(sac);
  for (int b = 0; sac->blocks && b < sac->team.block_count; b++)
    free_block(&sac->blocks[b]);
  for (int t = 0; sac->workers && t < sac->team.threads; t++)
    free_worker(&sac->workers[t]);
  free_learner(sac, &sac->actor);
  free_learner(sac, &sac->critic);
  void *all[] = {sac->taken,  sac->blocks,      sac->workers,        sac->block_sums,
                 sac->target, sac->log_alpha,   sac->alpha_gradient, sac->alpha,
                 sac->replay, sac->sum_scratch, sac->atoms};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    free(all[i]);
}
