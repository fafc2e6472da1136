#include "rl/ppo_internal.h"

#include "base/checksum.h"
#include "base/clock.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows that the channels' ranges count as in the observation normaliser. */
#define PRIOR_ROWS 1000.0

#define idr_row_type idr_ppo_settings
const idr_setting idr_ppo_rows[] = {IDR_PPO_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_ppo_row_count = (int)(sizeof idr_ppo_rows / sizeof idr_ppo_rows[0]);

/* ---- making ---------------------------------------------------------------------------------- */

static idr_status check_sizes(const idr_ppo_settings *s) {
  long long lanes = s->lanes, horizon = s->horizon, minibatch = s->minibatch, blocks = s->blocks;
  if (lanes % blocks != 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "ppo.lanes = %lld is no multiple of ppo.blocks = %lld", lanes,
             blocks);
  if (minibatch % blocks != 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "ppo.minibatch = %lld is no multiple of ppo.blocks = %lld",
             minibatch, blocks);
  if (lanes * horizon % minibatch != 0)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "ppo.minibatch = %lld does not divide ppo.lanes x ppo.horizon = %lld rows", minibatch,
             lanes * horizon);
  if (lanes / blocks * horizon > INT32_MAX)
    IDR_FAIL(IDR_STATUS_CONFIG, "a block has %lld rows, more than fit; use more ppo.blocks",
             lanes / blocks * horizon);
  if (s->learning_rate_min > s->learning_rate_max)
    IDR_FAIL(IDR_STATUS_CONFIG, "ppo.learning_rate_min is above ppo.learning_rate_max");
  return IDR_STATUS_OK;
}

static void derive_sizes(idr_ppo *ppo) {
  const idr_ppo_settings *s = &ppo->settings;
  ppo->lanes = s->lanes / s->blocks;
  ppo->rows = ppo->lanes * s->horizon;
  ppo->share = s->minibatch / s->blocks;
  ppo->minibatches = (int)(s->lanes * s->horizon / s->minibatch);
  ppo->act_rows = (int)(s->tile_rows < ppo->lanes ? s->tile_rows : ppo->lanes);
  ppo->loss_rows = (int)(s->tile_rows < ppo->share ? s->tile_rows : ppo->share);
  ppo->learning_rate = s->learning_rate;
}

static idr_status create_moments(idr_ppo *ppo) {
  const idr_env_spec *spec = &ppo->env->spec;
  bool use = ppo->settings.normalize_observation;
  int blocks = ppo->team.block_count;
  IDR_TRY(idr_moments_create(spec->observation_dim, blocks, use ? spec->observation_low : NULL,
                             spec->observation_high, PRIOR_ROWS, &ppo->observation_moments));
  if (spec->critic_dim > 0)
    IDR_TRY(idr_moments_create(spec->critic_dim, blocks, use ? spec->critic_low : NULL,
                               spec->critic_high, PRIOR_ROWS, &ppo->critic_moments));
  return idr_moments_create(1, blocks, NULL, NULL, 0, &ppo->return_moments);
}

static idr_status create_parts(idr_ppo *ppo, const idr_env_kind *kind, const void *task_settings,
                               const idr_net_settings *net) {
  const idr_ppo_settings *s = &ppo->settings;
  IDR_TRY(idr_env_create(kind, task_settings, ppo->seed, ppo->lanes * ppo->team.block_first,
                         ppo->lanes * ppo->team.block_count, &ppo->env));
  if (!s->asymmetric) idr_env_hide_critic(ppo->env);
  ppo->gamma = s->gamma > 0 ? s->gamma : ppo->env->spec.discount;
  if (!(ppo->gamma > 0 && ppo->gamma <= 1))
    IDR_FAIL(IDR_STATUS_CONFIG, "ppo.gamma = 0 needs a task that gives a discount; '%s' does not",
             kind->name);
  IDR_TRY(idr_policy_create(&ppo->env->spec, net, false, &ppo->policy));
  IDR_TRY(create_moments(ppo));
  ppo->gradient_size = idr_params_size(ppo->policy->params) + IDR_STAT_PAD;
  IDR_TRY(idr_policy_act_plan(ppo->policy, ppo->act_rows, &ppo->act_plan));
  IDR_TRY(idr_policy_value_plan(ppo->policy, (int)s->tile_rows, &ppo->value_plan));
  IDR_TRY(idr_ppo_loss_plan(ppo));
  idr_adam_settings adam = {.beta1 = 0.9,
                            .beta2 = 0.999,
                            .epsilon = s->adam_epsilon,
                            .weight_decay = s->weight_decay,
                            .clip_norm = s->max_gradient_norm};
  return idr_adam_create(ppo->policy->params, &adam, &ppo->adam);
}

static void bind_act(idr_ppo *ppo, idr_ppo_worker *w) {
  const idr_plan *plan = ppo->act_plan;
  idr_exec_bind_params(w->act, ppo->weights);
  idr_exec_bind_input(w->act, idr_plan_input(plan, "observation"), w->tile_observation);
  idr_exec_bind_input(w->act, idr_plan_input(plan, "observation_shift"),
                      ppo->observation_moments->shift);
  idr_exec_bind_input(w->act, idr_plan_input(plan, "observation_scale"),
                      ppo->observation_moments->scale);
  idr_exec_bind_output(w->act, 0, w->out_observation);
  idr_exec_bind_output(w->act, 1, w->head);
  if (!ppo->critic_moments) return;
  idr_exec_bind_input(w->act, idr_plan_input(plan, "critic"), w->tile_critic);
  idr_exec_bind_input(w->act, idr_plan_input(plan, "critic_shift"), ppo->critic_moments->shift);
  idr_exec_bind_input(w->act, idr_plan_input(plan, "critic_scale"), ppo->critic_moments->scale);
  idr_exec_bind_output(w->act, 2, w->out_critic);
}

static void bind_loss(idr_ppo *ppo, idr_ppo_worker *w) {
  idr_exec_bind_params(w->value, ppo->weights);
  idr_exec_bind_params(w->loss, ppo->weights);
  idr_exec_bind_input(w->loss, ppo->in_observation, w->tile_observation);
  idr_exec_bind_input(w->loss, ppo->in_critic, w->tile_critic);
  idr_exec_bind_input(w->loss, ppo->in_action, w->tile_action);
  idr_exec_bind_input(w->loss, ppo->in_index, w->tile_index);
  for (int i = 0; i < 5; i++)
    idr_exec_bind_input(w->loss, ppo->in_scalar[i], w->tile_scalar + i * ppo->settings.tile_rows);
}

idr_status idr_ppo_create(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                          const idr_ppo_settings *settings, const idr_net_settings *net,
                          uint64_t seed, int threads, idr_ppo **out) {
  *out = NULL;
  IDR_TRY(check_sizes(settings));
  idr_ppo *ppo = calloc(1, sizeof *ppo);
  if (!ppo) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the trainer");
  ppo->settings = *settings;
  ppo->seed = seed;
  idr_status status;
  IDR_TRY_GOTO(status, failed, idr_team_create(comm, threads, (int)settings->blocks, &ppo->team));
  IDR_TRY_GOTO(status, failed, idr_blas_prepare(threads));
  derive_sizes(ppo);
  IDR_TRY_GOTO(status, failed, create_parts(ppo, kind, task_settings, net));
  IDR_TRY_GOTO(status, failed, idr_ppo_allocate(ppo));
  IDR_TRY_GOTO(status, failed, idr_policy_init(ppo->policy, seed, ppo->weights));
  for (int t = 0; t < threads; t++) {
    bind_act(ppo, &ppo->workers[t]);
    bind_loss(ppo, &ppo->workers[t]);
  }
  *out = ppo;
  return IDR_STATUS_OK;
failed:
  idr_ppo_destroy(ppo);
  return status;
}

void idr_ppo_destroy(idr_ppo *ppo) {
  if (!ppo) return;
  idr_ppo_release(ppo);
  idr_plan_destroy(ppo->act_plan);
  idr_plan_destroy(ppo->value_plan);
  idr_plan_destroy(ppo->loss_plan);
  idr_adam_destroy(ppo->adam);
  idr_moments_destroy(ppo->observation_moments);
  idr_moments_destroy(ppo->critic_moments);
  idr_moments_destroy(ppo->return_moments);
  idr_policy_destroy(ppo->policy);
  idr_env_destroy(ppo->env);
  free(ppo);
}

/* ---- one iteration --------------------------------------------------------------------------- */

/* Merges the return moments and rescales the value head so that its predictions in reward units
 * stay what they were (van Hasselt et al. 2016). */
static idr_status merge_returns(idr_ppo *ppo) {
  if (!ppo->settings.normalize_return) return IDR_STATUS_OK;
  idr_moments *m = ppo->return_moments;
  double old_shift = (double)m->shift[0], old_unit = 1 / (double)m->scale[0];
  IDR_TRY(idr_moments_merge(m, &ppo->team));
  double shift = (double)m->shift[0], scale = (double)m->scale[0];
  const idr_param *weight = idr_params_get(ppo->policy->params, ppo->policy->value_head_weight);
  const idr_param *bias = idr_params_get(ppo->policy->params, ppo->policy->value_head_bias);
  for (int64_t i = 0; i < weight->count; i++)
    ppo->weights[weight->offset + i] =
        (real)((double)ppo->weights[weight->offset + i] * old_unit * scale);
  real *b = &ppo->weights[bias->offset];
  *b = (real)(((double)*b * old_unit + old_shift - shift) * scale);
  return IDR_STATUS_OK;
}

static idr_status check_observations(const idr_ppo *ppo) {
  const idr_moments *m = ppo->observation_moments;
  for (int i = 0; i < m->dim; i++)
    if (!isfinite(m->mean[i]) || !isfinite(m->variance[i])) {
      const char *name = ppo->env->spec.observation_column[i].name;
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "observation %d (%s) of task '%s' is not finite in iteration %lld", i,
               name ? name : "unnamed", ppo->env->spec.name, (long long)ppo->iteration);
    }
  return IDR_STATUS_OK;
}

static idr_status merge_observations(idr_ppo *ppo) {
  if (!ppo->settings.normalize_observation) return IDR_STATUS_OK;
  IDR_TRY(idr_moments_merge(ppo->observation_moments, &ppo->team));
  if (ppo->critic_moments) IDR_TRY(idr_moments_merge(ppo->critic_moments, &ppo->team));
  return check_observations(ppo);
}

static idr_status report_sums(idr_ppo *ppo, idr_ppo_report *report) {
  IDR_TRY(idr_team_sum_double(&ppo->team, ppo->block_sums, ppo->sum_scratch, IDR_SUM_COUNT));
  const double *s = ppo->block_sums;
  double n = (double)ppo->settings.lanes * (double)ppo->settings.horizon;
  double episodes = s[IDR_SUM_EPISODES];
  report->episodes = (int64_t)episodes;
  report->episode_return = episodes > 0 ? s[IDR_SUM_RETURN] / episodes : NAN;
  report->episode_length = episodes > 0 ? s[IDR_SUM_LENGTH] / episodes : NAN;
  report->reward = s[IDR_SUM_REWARD] / n;
  memcpy(report->metrics, s + IDR_SUM_METRIC, sizeof report->metrics);
  double target = s[IDR_SUM_TARGET] / n, error = s[IDR_SUM_ERROR] / n;
  double target_variance = s[IDR_SUM_TARGET2] / n - target * target;
  double error_variance = s[IDR_SUM_ERROR2] / n - error * error;
  report->explained_variance = target_variance > 0 ? 1 - error_variance / target_variance : NAN;
  if (!isfinite(s[IDR_SUM_REWARD]))
    IDR_FAIL(IDR_STATUS_NUMERIC, "a reward of task '%s' is not finite in iteration %lld",
             ppo->env->spec.name, (long long)ppo->iteration);
  return IDR_STATUS_OK;
}

static void next_rate(idr_ppo *ppo, double kl) {
  const idr_ppo_settings *s = &ppo->settings;
  if (s->schedule == IDR_SCHEDULE_KL)
    ppo->learning_rate = idr_schedule_kl(ppo->learning_rate, kl, s->kl_target, s->learning_rate_min,
                                         s->learning_rate_max);
  else
    ppo->learning_rate = idr_schedule_rate((idr_schedule)s->schedule, s->learning_rate,
                                           (double)ppo->env_steps / (double)s->steps);
}

static double mean_deviation(idr_ppo *ppo) {
  if (!ppo->policy->gaussian) return 0;
  double sum = 0;
  for (int i = 0; i < ppo->policy->head_dim; i++)
    sum += (double)ppo->deviation[i];
  return sum / ppo->policy->head_dim;
}

/* Weights that overflow in the last step of an iteration, or a ratio that is clipped away, leave
 * every gradient finite; a checkpoint of them would not be a good one. */
static idr_status check_numbers(const idr_ppo *ppo, const idr_ppo_report *report) {
  const struct {
    const char *name;
    double value;
  } losses[] = {{"policy loss", report->policy_loss},
                {"value loss", report->value_loss},
                {"entropy", report->entropy},
                {"KL divergence", report->kl}};
  for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
    if (!isfinite(losses[i].value))
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "the %s is not finite in iteration %lld; try a lower ppo.learning_rate",
               losses[i].name, (long long)ppo->iteration);
  const idr_params *params = ppo->policy->params;
  for (int i = 0; i < idr_params_count(params); i++) {
    const idr_param *param = idr_params_get(params, i);
    for (int64_t k = 0; k < param->count; k++)
      if (!isfinite((double)ppo->weights[param->offset + k]))
        IDR_FAIL(IDR_STATUS_NUMERIC,
                 "'%s' is not finite after iteration %lld; try a lower ppo.learning_rate",
                 param->name, (long long)ppo->iteration);
  }
  return IDR_STATUS_OK;
}

idr_status idr_ppo_iterate(idr_ppo *ppo, idr_ppo_report *report) {
  memset(report, 0, sizeof *report);
  IDR_TRY(idr_ppo_rollout(ppo));
  IDR_TRY(idr_ppo_advantages(ppo));
  double begin = idr_clock_seconds();
  IDR_TRY(report_sums(ppo, report));
  IDR_TRY(merge_returns(ppo));
  ppo->times.merge = idr_clock_seconds() - begin;
  IDR_TRY(idr_ppo_update(ppo, report));
  IDR_TRY(check_numbers(ppo, report));
  begin = idr_clock_seconds();
  IDR_TRY(merge_observations(ppo));
  ppo->times.merge += idr_clock_seconds() - begin;
  ppo->iteration++;
  ppo->env_steps += ppo->settings.lanes * ppo->settings.horizon;
  next_rate(ppo, report->kl);
  report->iteration = ppo->iteration;
  report->env_steps = ppo->env_steps;
  report->deviation = mean_deviation(ppo);
  report->times = ppo->times;
  return IDR_STATUS_OK;
}

/* ---- views ----------------------------------------------------------------------------------- */

bool idr_ppo_done(const idr_ppo *ppo) {
  return ppo->env_steps >= ppo->settings.steps;
}
int64_t idr_ppo_env_steps(const idr_ppo *ppo) {
  return ppo->env_steps;
}
int64_t idr_ppo_iterations(const idr_ppo *ppo) {
  return ppo->iteration;
}
const idr_policy *idr_ppo_policy(const idr_ppo *ppo) {
  return ppo->policy;
}
const real *idr_ppo_weights(const idr_ppo *ppo) {
  return ppo->weights;
}
const idr_env *idr_ppo_env(const idr_ppo *ppo) {
  return ppo->env;
}

idr_actor idr_ppo_actor(const idr_ppo *ppo) {
  const idr_moments *m = ppo->observation_moments, *returns = ppo->return_moments;
  const idr_moments *critic = ppo->critic_moments ? ppo->critic_moments : m;
  return (idr_actor){.policy = ppo->policy,
                     .weights = ppo->weights,
                     .shift = m->shift,
                     .scale = m->scale,
                     .value = {critic->shift, critic->scale, (double)returns->shift[0],
                               (double)returns->scale[0]}};
}

uint64_t idr_ppo_digest(const idr_ppo *ppo) {
  size_t bytes = (size_t)idr_params_size(ppo->policy->params) * sizeof(real);
  uint64_t part[5] = {idr_checksum(ppo->weights, bytes), idr_checksum(ppo->adam->moment1, bytes),
                      idr_checksum(ppo->adam->moment2, bytes)};
  const idr_moments *m = ppo->observation_moments;
  part[3] = idr_checksum(m->mean, (size_t)m->dim * sizeof(double));
  part[4] = idr_checksum(m->variance, (size_t)m->dim * sizeof(double));
  return idr_checksum(part, sizeof part);
}

static double tiles(int64_t rows, int64_t tile) {
  return (double)((rows + tile - 1) / tile);
}

idr_ppo_times idr_ppo_flops(const idr_ppo *ppo) {
  const idr_ppo_settings *s = &ppo->settings;
  double blocks = (double)s->blocks, steps = (double)(s->horizon + 1);
  double minibatches = (double)ppo->minibatches * (double)s->epochs;
  return (idr_ppo_times){
      .rollout = blocks * steps * tiles(ppo->lanes, ppo->act_rows) * idr_plan_flops(ppo->act_plan),
      .values =
          blocks * tiles(ppo->rows + ppo->lanes, s->tile_rows) * idr_plan_flops(ppo->value_plan),
      .update =
          blocks * minibatches * tiles(ppo->share, ppo->loss_rows) * idr_plan_flops(ppo->loss_plan),
  };
}
