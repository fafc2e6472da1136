#include "rl/sac_internal.h"

#include "base/checksum.h"
#include "base/clock.h"
#include "rl/c51.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows that the channels' ranges count as in the observation normaliser. */
#define PRIOR_ROWS 1000.0
/* Networks of one run start from numbers of their own: seeds that differ in many bits. */
#define CRITIC_SEED 0x9e3779b97f4a7c15u

#define idr_row_type idr_sac_settings
const idr_setting idr_sac_rows[] = {IDR_SAC_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_sac_row_count = (int)(sizeof idr_sac_rows / sizeof idr_sac_rows[0]);

/* ---- making ---------------------------------------------------------------------------------- */

static idr_status check_sizes(const idr_sac_settings *s) {
  long long lanes = s->lanes, batch = s->batch, blocks = s->blocks, replay = s->replay;
  if (lanes % blocks != 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "sac.lanes = %lld is no multiple of sac.blocks = %lld", lanes,
             blocks);
  if (batch % blocks != 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "sac.batch = %lld is no multiple of sac.blocks = %lld", batch,
             blocks);
  if (s->critic == 1 && s->value_low >= s->value_high)
    IDR_FAIL(IDR_STATUS_CONFIG, "sac.value_low = %g is not below sac.value_high = %g", s->value_low,
             s->value_high);
  if (s->actor_starts >= s->steps)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "sac.actor_starts = %lld is not below sac.steps = %lld: the policy would never learn",
             (long long)s->actor_starts, (long long)s->steps);
  if (replay / lanes < s->n_step)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "sac.replay = %lld leaves %lld transitions to each of %lld lanes, sac.n_step = %lld "
             "needs as many",
             replay, replay / lanes, lanes, (long long)s->n_step);
  return IDR_STATUS_OK;
}

/* No ring is longer than its lane's part of the training. */
static void derive_sizes(idr_sac *sac) {
  const idr_sac_settings *s = &sac->settings;
  int64_t whole = (s->steps + s->lanes - 1) / s->lanes + s->horizon;
  sac->lanes = s->lanes / s->blocks;
  sac->capacity = s->replay / s->lanes < whole ? s->replay / s->lanes : whole;
  sac->share = s->batch / s->blocks;
  sac->act_rows = (int)(s->tile_rows < sac->lanes ? s->tile_rows : sac->lanes);
  sac->loss_rows = (int)(s->tile_rows < sac->share ? s->tile_rows : sac->share);
}

static idr_status create_moments(idr_sac *sac) {
  const idr_env_spec *spec = &sac->env->spec;
  bool use = sac->settings.normalize_observation;
  int blocks = sac->team.block_count;
  IDR_TRY(idr_moments_create(spec->observation_dim, blocks, use ? spec->observation_low : NULL,
                             spec->observation_high, PRIOR_ROWS, &sac->observation_moments));
  if (sac->settings.normalize_return)
    IDR_TRY(idr_moments_create(1, blocks, NULL, NULL, 0, &sac->return_moments));
  sac->row_dim = spec->observation_dim;
  if (spec->critic_dim == 0) return IDR_STATUS_OK;
  sac->row_dim = spec->critic_dim;
  return idr_moments_create(spec->critic_dim, blocks, use ? spec->critic_low : NULL,
                            spec->critic_high, PRIOR_ROWS, &sac->critic_moments);
}

static idr_status create_learner(const idr_sac *sac, const idr_params *params, int stats,
                                 idr_sac_learner *l) {
  const idr_adam_settings adam = {.beta1 = 0.9,
                                  .beta2 = 0.999,
                                  .epsilon = sac->settings.adam_epsilon,
                                  .clip_norm = sac->settings.max_gradient_norm};
  l->params = params;
  l->stats = stats;
  l->size = idr_params_size(params) + IDR_SAC_PAD;
  return idr_adam_create(params, &adam, &l->adam);
}

static idr_status create_parts(idr_sac *sac, const idr_env_kind *kind, const void *task_settings) {
  const idr_sac_settings *s = &sac->settings;
  const idr_adam_settings plain = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = s->adam_epsilon};
  IDR_TRY(idr_env_create(kind, task_settings, sac->seed, sac->lanes * sac->team.block_first,
                         sac->lanes * sac->team.block_count, &sac->env));
  if (!s->asymmetric) idr_env_hide_critic(sac->env);
  sac->gamma = s->gamma > 0 ? s->gamma : sac->env->spec.discount;
  if (!(sac->gamma > 0 && sac->gamma <= 1))
    IDR_FAIL(IDR_STATUS_CONFIG, "sac.gamma = 0 needs a task that gives a discount; '%s' does not",
             kind->name);
  IDR_TRY(idr_policy_create(&sac->env->spec, &sac->net, true, &sac->policy));
  IDR_TRY(create_moments(sac));
  sac->record = 2 * sac->row_dim + sac->policy->head_dim + 2;
  IDR_TRY(idr_sac_add_critics(sac));
  IDR_TRY(create_learner(sac, sac->critics, IDR_CRITIC_COUNT, &sac->critic));
  IDR_TRY(create_learner(sac, sac->policy->params, IDR_ACTOR_COUNT, &sac->actor));
  IDR_TRY(idr_adam_create(sac->temperature, &plain, &sac->alpha_adam));
  return idr_sac_plans(sac);
}

static idr_status init_weights(idr_sac *sac) {
  IDR_TRY(idr_policy_init(sac->policy, sac->seed, sac->actor.weights));
  IDR_TRY(idr_params_init(sac->critics, sac->seed ^ CRITIC_SEED, sac->critic.weights));
  memcpy(sac->target, sac->critic.weights,
         (size_t)idr_params_size(sac->critics) * sizeof *sac->target);
  const idr_sac_settings *s = &sac->settings;
  for (int64_t k = 0; k < s->atoms; k++)
    sac->atoms[k] = (real)idr_c51_atom((int)s->atoms, s->value_low, s->value_high, (int)k);
  sac->log_alpha[0] = (real)log(sac->settings.alpha);
  sac->alpha[0] = (real)exp((double)sac->log_alpha[0]);
  return IDR_STATUS_OK;
}

idr_status idr_sac_create(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                          const idr_sac_settings *settings, const idr_net_settings *net,
                          uint64_t seed, int threads, idr_sac **out) {
  *out = NULL;
  IDR_TRY(check_sizes(settings));
  idr_sac *sac = calloc(1, sizeof *sac);
  if (!sac) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the trainer");
  sac->settings = *settings;
  sac->net = *net;
  sac->seed = seed;
  idr_status status;
  IDR_TRY_GOTO(status, failed, idr_team_create(comm, threads, (int)settings->blocks, &sac->team));
  IDR_TRY_GOTO(status, failed, idr_blas_prepare(threads));
  derive_sizes(sac);
  IDR_TRY_GOTO(status, failed, create_parts(sac, kind, task_settings));
  IDR_TRY_GOTO(status, failed, idr_sac_allocate(sac));
  IDR_TRY_GOTO(status, failed, init_weights(sac));
  for (int t = 0; t < threads; t++)
    idr_sac_bind(sac, &sac->workers[t]);
  *out = sac;
  return IDR_STATUS_OK;
failed:
  idr_sac_destroy(sac);
  return status;
}

void idr_sac_destroy(idr_sac *sac) {
  if (!sac) return;
  idr_sac_release(sac);
  idr_plan_destroy(sac->act_plan);
  idr_plan_destroy(sac->target_plan);
  idr_plan_destroy(sac->actor.plan);
  idr_plan_destroy(sac->critic.plan);
  idr_adam_destroy(sac->actor.adam);
  idr_adam_destroy(sac->critic.adam);
  idr_adam_destroy(sac->alpha_adam);
  idr_moments_destroy(sac->observation_moments);
  idr_moments_destroy(sac->critic_moments);
  idr_moments_destroy(sac->return_moments);
  idr_params_destroy(sac->critics);
  idr_params_destroy(sac->temperature);
  idr_policy_destroy(sac->policy);
  idr_env_destroy(sac->env);
  free(sac);
}

/* ---- one iteration --------------------------------------------------------------------------- */

static idr_status report_sums(idr_sac *sac, idr_sac_report *report) {
  IDR_TRY(idr_team_sum_double(&sac->team, sac->block_sums, sac->sum_scratch, IDR_SAC_SUM_COUNT));
  const double *s = sac->block_sums;
  double episodes = s[IDR_SAC_SUM_EPISODES];
  report->episodes = (int64_t)episodes;
  report->episode_return = episodes > 0 ? s[IDR_SAC_SUM_RETURN] / episodes : NAN;
  report->episode_length = episodes > 0 ? s[IDR_SAC_SUM_LENGTH] / episodes : NAN;
  report->reward =
      s[IDR_SAC_SUM_REWARD] / ((double)sac->settings.lanes * (double)sac->settings.horizon);
  memcpy(report->metrics, s + IDR_SAC_SUM_METRIC, sizeof report->metrics);
  if (!isfinite(s[IDR_SAC_SUM_REWARD]))
    IDR_FAIL(IDR_STATUS_NUMERIC, "a reward of task '%s' is not finite in iteration %lld",
             sac->env->spec.name, (long long)sac->iteration);
  return IDR_STATUS_OK;
}

static idr_status merge_moments(idr_sac *sac) {
  if (sac->return_moments) IDR_TRY(idr_moments_merge(sac->return_moments, &sac->team));
  if (!sac->settings.normalize_observation) return IDR_STATUS_OK;
  const idr_moments *m = sac->observation_moments;
  IDR_TRY(idr_moments_merge(sac->observation_moments, &sac->team));
  if (sac->critic_moments) IDR_TRY(idr_moments_merge(sac->critic_moments, &sac->team));
  for (int i = 0; i < m->dim; i++)
    if (!isfinite(m->mean[i]) || !isfinite(m->variance[i])) {
      const char *name = sac->env->spec.observation_column[i].name;
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "observation %d (%s) of task '%s' is not finite in iteration %lld", i,
               name ? name : "unnamed", sac->env->spec.name, (long long)sac->iteration);
    }
  return IDR_STATUS_OK;
}

static idr_status check_weights(const idr_sac *sac, const idr_sac_learner *l) {
  for (int i = 0; i < idr_params_count(l->params); i++) {
    const idr_param *param = idr_params_get(l->params, i);
    for (int64_t k = 0; k < param->count; k++)
      if (!isfinite((double)l->weights[param->offset + k]))
        IDR_FAIL(IDR_STATUS_NUMERIC,
                 "'%s' is not finite after iteration %lld; try lower sac.learning_rate and "
                 "sac.critic_learning_rate",
                 param->name, (long long)sac->iteration);
  }
  return IDR_STATUS_OK;
}

/* Weights that overflow in the last update of an iteration leave every gradient finite; a
 * checkpoint of them would not be a good one. */
static idr_status check_numbers(const idr_sac *sac, const idr_sac_report *report, int64_t before) {
  bool learned = sac->updates > before;
  bool moved = report->policy_updates > 0;
  const struct {
    const char *name;
    bool defined;
    double value;
  } losses[] = {{"critic loss", learned, report->critic_loss},
                {"value of actions", learned, report->q},
                {"policy loss", moved, report->policy_loss},
                {"entropy", moved, report->entropy}};
  for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
    if (losses[i].defined && !isfinite(losses[i].value))
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "the %s is not finite in iteration %lld; try lower sac.learning_rate, "
               "sac.critic_learning_rate or sac.alpha_learning_rate",
               losses[i].name, (long long)sac->iteration);
  IDR_TRY(check_weights(sac, &sac->actor));
  IDR_TRY(check_weights(sac, &sac->critic));
  if (!isfinite((double)sac->alpha[0]))
    IDR_FAIL(IDR_STATUS_NUMERIC,
             "the temperature is not finite after iteration %lld; try a lower "
             "sac.alpha_learning_rate",
             (long long)sac->iteration);
  return IDR_STATUS_OK;
}

static idr_status act_and_learn(idr_sac *sac, idr_sac_report *report) {
  size_t sums = (size_t)sac->team.block_count * IDR_SAC_SUM_COUNT;
  memset(sac->block_sums, 0, sums * sizeof(double));
  memset(&sac->times, 0, sizeof sac->times);
  IDR_TRY(idr_sac_start(sac));
  idr_status status = idr_sac_run(sac, report);
  if (status == IDR_STATUS_OK) status = idr_sac_first_failure(sac);
  return idr_comm_agree(sac->team.comm, status);
}

idr_status idr_sac_iterate(idr_sac *sac, idr_sac_report *report) {
  memset(report, 0, sizeof *report);
  idr_sac_drop_saved(sac);
  int64_t before = sac->updates;
  IDR_TRY(act_and_learn(sac, report));
  double begin = idr_clock_seconds();
  IDR_TRY(report_sums(sac, report));
  IDR_TRY(check_numbers(sac, report, before));
  IDR_TRY(merge_moments(sac));
  sac->times.merge = idr_clock_seconds() - begin;
  sac->iteration++;
  report->iteration = sac->iteration;
  report->env_steps = idr_sac_steps(sac);
  report->updates = sac->updates;
  report->times = sac->times;
  return IDR_STATUS_OK;
}

/* ---- views ----------------------------------------------------------------------------------- */

bool idr_sac_done(const idr_sac *sac) {
  return idr_sac_steps(sac) >= sac->settings.steps;
}
int64_t idr_sac_env_steps(const idr_sac *sac) {
  return idr_sac_steps(sac);
}
const idr_env *idr_sac_env(const idr_sac *sac) {
  return sac->env;
}

idr_actor idr_sac_actor(const idr_sac *sac) {
  const idr_moments *m = sac->observation_moments;
  return (idr_actor){
      .policy = sac->policy, .weights = sac->actor.weights, .shift = m->shift, .scale = m->scale};
}

static uint64_t learner_digest(const idr_sac_learner *l) {
  size_t bytes = (size_t)idr_params_size(l->params) * sizeof(real);
  uint64_t part[3] = {idr_checksum(l->weights, bytes), idr_checksum(l->adam->moment1, bytes),
                      idr_checksum(l->adam->moment2, bytes)};
  return idr_checksum(part, sizeof part);
}

uint64_t idr_sac_digest(const idr_sac *sac) {
  const idr_moments *m = sac->observation_moments;
  size_t dim = (size_t)m->dim * sizeof(double);
  size_t target = (size_t)idr_params_size(sac->critics) * sizeof(real);
  uint64_t part[7] = {learner_digest(&sac->actor),       learner_digest(&sac->critic),
                      idr_checksum(sac->target, target), idr_checksum(sac->log_alpha, sizeof(real)),
                      idr_checksum(m->mean, dim),        idr_checksum(m->variance, dim)};
  real scale = idr_sac_reward_scale(sac);
  part[6] = idr_checksum(&scale, sizeof scale);
  return idr_checksum(part, sac->return_moments ? sizeof part : 6 * sizeof part[0]);
}

size_t idr_sac_memory(const idr_sac *sac) {
  return (size_t)sac->settings.lanes * (size_t)sac->capacity * (size_t)sac->record * sizeof(float);
}

static double tiles(int64_t rows, int64_t tile) {
  return (double)((rows + tile - 1) / tile);
}

idr_sac_times idr_sac_flops(const idr_sac *sac) {
  double blocks = (double)sac->settings.blocks, parts = tiles(sac->share, sac->loss_rows);
  int64_t first = sac->settings.learning_starts / sac->settings.lanes;
  double acted = sac->lane_steps > first ? (double)(sac->lane_steps - first) : 0;
  double target = sac->target_plan ? idr_plan_flops(sac->target_plan) : 0;
  double updates = (double)sac->updates,
         actors = (double)(sac->updates / sac->settings.actor_delay);
  return (idr_sac_times){
      .rollout = blocks * acted * tiles(sac->lanes, sac->act_rows) * idr_plan_flops(sac->act_plan),
      .critic = blocks * updates * parts * (idr_plan_flops(sac->critic.plan) + target),
      .actor = blocks * actors * parts * idr_plan_flops(sac->actor.plan)};
}
