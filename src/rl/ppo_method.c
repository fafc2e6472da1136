/* PPO as a row of the table of methods. */
#include "rl/method.h"
#include "rl/ppo.h"

#include <string.h>

static const char *const results[] = {
    "reward",        "policy_loss",   "value_loss",         "entropy",       "kl",
    "clip_fraction", "gradient_norm", "explained_variance", "learning_rate", "deviation"};
static const char *const stages[] = {"rollout", "values",   "advantages",
                                     "update",  "exchange", "merge"};
#define COUNT(list) ((int)(sizeof(list) / sizeof(list[0])))

static idr_section bind(void *settings) {
  return (idr_section){"ppo", "the algorithm: proximal policy optimisation", idr_ppo_rows,
                       idr_ppo_row_count, settings};
}

static idr_method_sizes sizes(const void *settings) {
  const idr_ppo_settings *s = settings;
  return (idr_method_sizes){s->steps, s->blocks, s->tile_rows, s->asymmetric};
}

static idr_status create(const idr_comm *comm, const idr_env_kind *kind, const void *task_settings,
                         const void *settings, const idr_net_settings *net, uint64_t seed,
                         int threads, void **trainer) {
  idr_ppo *ppo = NULL;
  idr_status status = idr_ppo_create(comm, kind, task_settings, settings, net, seed, threads, &ppo);
  *trainer = ppo;
  return status;
}

static void destroy(void *trainer) {
  idr_ppo_destroy(trainer);
}
static int64_t env_steps(const void *trainer) {
  return idr_ppo_env_steps(trainer);
}
static bool done(const void *trainer) {
  return idr_ppo_done(trainer);
}

static void put_times(const idr_ppo_times *t, double *out) {
  const double values[COUNT(stages)] = {t->rollout, t->values,   t->advantages,
                                        t->update,  t->exchange, t->merge};
  memcpy(out, values, sizeof values);
}

static idr_status iterate(void *trainer, idr_method_report *report) {
  idr_ppo_report r;
  IDR_TRY(idr_ppo_iterate(trainer, &r));
  *report = (idr_method_report){.iteration = r.iteration,
                                .env_steps = r.env_steps,
                                .episodes = r.episodes,
                                .episode_return = r.episode_return,
                                .episode_length = r.episode_length};
  const double values[COUNT(results)] = {
      r.reward,        r.policy_loss,   r.value_loss,         r.entropy,       r.kl,
      r.clip_fraction, r.gradient_norm, r.explained_variance, r.learning_rate, r.deviation};
  memcpy(report->metrics, r.metrics, sizeof report->metrics);
  memcpy(report->result, values, sizeof values);
  put_times(&r.times, report->stage);
  return IDR_STATUS_OK;
}

static idr_status save(void *trainer, idr_checkpoint_writer *writer) {
  return idr_ppo_save(trainer, writer);
}
static idr_status load(void *trainer, const idr_checkpoint *checkpoint) {
  return idr_ppo_load(trainer, checkpoint);
}
static uint64_t digest(const void *trainer) {
  return idr_ppo_digest(trainer);
}
static idr_actor actor(const void *trainer) {
  return idr_ppo_actor(trainer);
}
static const idr_env *env(const void *trainer) {
  return idr_ppo_env(trainer);
}

static size_t memory(const void *trainer) {
  (void)trainer;
  return 0;
}

static void flops(const void *trainer, double *out) {
  idr_ppo_times one = idr_ppo_flops(trainer);
  put_times(&one, out);
  for (int i = 0; i < COUNT(stages); i++)
    out[i] *= (double)idr_ppo_iterations(trainer);
}

const idr_method idr_ppo_method = {.name = "ppo",
                                   .result_count = COUNT(results),
                                   .stage_count = COUNT(stages),
                                   .result_name = results,
                                   .stage_name = stages,
                                   .settings_bytes = sizeof(idr_ppo_settings),
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
