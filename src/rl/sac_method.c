/* SAC as a row of the table of methods. */
#include "rl/method.h"
#include "rl/sac.h"

#include <math.h>
#include <string.h>

static const char *const results[] = {"reward",
                                      "critic_loss",
                                      "q",
                                      "policy_loss",
                                      "entropy",
                                      "alpha",
                                      "critic_gradient_norm",
                                      "policy_gradient_norm",
                                      "updates",
                                      "return_deviation"};
static const char *const stages[] = {"rollout", "critic", "actor", "exchange", "merge"};
#define COUNT(list) ((int)(sizeof(list) / sizeof(list[0])))

static idr_section bind(void *settings) {
  return (idr_section){
      "sac",
      "soft actor-critic. Starting points: configs/sac-classic.yaml (few lanes, an "
      "update per step), configs/sac-parallel.yaml (thousands of lanes, large "
      "batches, fast targets)",
      idr_sac_rows, idr_sac_row_count, settings};
}

static idr_method_sizes sizes(const void *settings) {
  const idr_sac_settings *s = settings;
  return (idr_method_sizes){s->steps, s->blocks, s->tile_rows, s->asymmetric};
}

static idr_status create(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                         const void *settings, const idr_net_settings *net, uint64_t seed,
                         int threads, void **trainer) {
  idr_sac *sac = NULL;
  idr_status status = idr_sac_create(comm, kind, task_settings, settings, net, seed, threads, &sac);
  *trainer = sac;
  return status;
}

static void destroy(void *trainer) {
  idr_sac_destroy(trainer);
}
static int64_t env_steps(const void *trainer) {
  return idr_sac_env_steps(trainer);
}
static bool done(const void *trainer) {
  return idr_sac_done(trainer);
}

static void put_times(const idr_sac_times *t, double *out) {
  const double values[COUNT(stages)] = {t->rollout, t->critic, t->actor, t->exchange, t->merge};
  memcpy(out, values, sizeof values);
}

static idr_status iterate(void *trainer, idr_method_report *report) {
  idr_sac_report r;
  IDR_TRY(idr_sac_iterate(trainer, &r));
  *report = (idr_method_report){.iteration = r.iteration,
                                .env_steps = r.env_steps,
                                .episodes = r.episodes,
                                .episode_return = r.episode_return,
                                .episode_length = r.episode_length};
  const double values[COUNT(results)] = {r.reward,
                                         r.critic_loss,
                                         r.q,
                                         r.policy_loss,
                                         r.entropy,
                                         r.alpha,
                                         r.critic_gradient_norm,
                                         r.policy_gradient_norm,
                                         (double)r.updates,
                                         r.return_deviation};
  memcpy(report->metrics, r.metrics, sizeof report->metrics);
  memcpy(report->result, values, sizeof values);
  for (int i = 0; i < COUNT(results); i++)
    if (isnan(values[i])) report->undefined |= 1u << i; /* of updates that there were not */
  put_times(&r.times, report->stage);
  return IDR_STATUS_OK;
}

static idr_status save(void *trainer, idr_checkpoint_writer *writer) {
  return idr_sac_save(trainer, writer);
}
static idr_status load(void *trainer, const idr_checkpoint *checkpoint) {
  return idr_sac_load(trainer, checkpoint);
}
static uint64_t digest(const void *trainer) {
  return idr_sac_digest(trainer);
}
static idr_actor actor(const void *trainer) {
  return idr_sac_actor(trainer);
}
static const idr_env *env(const void *trainer) {
  return idr_sac_env(trainer);
}

static size_t memory(const void *trainer) {
  return idr_sac_memory(trainer);
}

static void flops(const void *trainer, double *out) {
  idr_sac_times all = idr_sac_flops(trainer);
  put_times(&all, out);
}

const idr_method idr_sac_method = {.name = "sac",
                                   .squashed = true,
                                   .result_count = COUNT(results),
                                   .stage_count = COUNT(stages),
                                   .result_name = results,
                                   .stage_name = stages,
                                   .settings_bytes = sizeof(idr_sac_settings),
                                   .bind = bind,
                                   .sizes = sizes,
                                   .create = create,
                                   .destroy = destroy,
                                   .env_steps = env_steps,
                                   .done = done,
                                   .iterate = iterate,
                                   .save = save,
                                   .load = load,
                                   .digest = digest,
                                   .actor = actor,
                                   .env = env,
                                   .memory = memory,
                                   .flops = flops};
