/* PPO as a whole: the same training again and again, from the first weights. */
#include "jobs/bench.h"

#include <string.h>

typedef struct {
  const idr_job_context *context;
  const idr_bench_config *config;
  const idr_env_kind *kind;
  const void *task_settings;
  int threads;
} bench;

enum { ROLLOUT, VALUES, ADVANTAGES, UPDATE, EXCHANGE, MERGE, STAGES };
static const char *const stage_name[STAGES] = {"rollout", "values",   "advantages",
                                               "update",  "exchange", "merge"};

static void add_times(idr_bench_repeat *repeat, const idr_ppo_times *t) {
  const double seconds[STAGES] = {t->rollout, t->values,   t->advantages,
                                  t->update,  t->exchange, t->merge};
  for (int i = 0; i < STAGES; i++)
    repeat->stage[i].seconds += seconds[i];
}

/* Stages as the slowest rank saw them, with the work that all ranks did in them. */
static idr_status finish_stages(const bench *b, const idr_ppo *ppo, int64_t iterations,
                                idr_bench_repeat *repeat) {
  idr_ppo_times flops = idr_ppo_flops(ppo);
  const double per_iteration[STAGES] = {
      [ROLLOUT] = flops.rollout, [VALUES] = flops.values, [UPDATE] = flops.update};
  for (int i = 0; i < STAGES; i++) {
    double range[3];
    IDR_TRY(idr_comm_min_mean_max(&b->context->comm, repeat->stage[i].seconds, range));
    repeat->stage[i].name = stage_name[i];
    repeat->stage[i].seconds = range[2];
    repeat->stage[i].flops = per_iteration[i] * (double)iterations;
  }
  return IDR_STATUS_OK;
}

static idr_status train(const bench *b, idr_ppo *ppo, idr_bench_repeat *repeat) {
  idr_bench_clock clock;
  int64_t iterations = 0;
  memset(repeat, 0, sizeof *repeat);
  IDR_TRY(idr_bench_clock_start(b->context, &clock));
  for (; !idr_ppo_done(ppo); iterations++) {
    idr_ppo_report report;
    IDR_TRY(idr_ppo_iterate(ppo, &report));
    add_times(repeat, &report.times);
  }
  IDR_TRY(idr_bench_clock_stop(b->context, &clock, repeat));
  return finish_stages(b, ppo, iterations, repeat);
}

static idr_status one_repeat(const bench *b, const idr_ppo_settings *settings,
                             idr_bench_repeat *repeat, double *work, uint64_t *digest) {
  idr_ppo *ppo = NULL;
  idr_status status =
      idr_ppo_create(&b->context->comm, b->kind, b->task_settings, settings, &b->config->net,
                     (uint64_t)b->config->bench.seed, b->threads, &ppo);
  IDR_TRY_GOTO(status, done, idr_comm_agree(&b->context->comm, status));
  IDR_TRY_GOTO(status, done, train(b, ppo, repeat));
  *work = (double)idr_ppo_env_steps(ppo);
  *digest = idr_ppo_digest(ppo);
done:
  idr_ppo_destroy(ppo);
  return status;
}

static idr_status run(bench *b, idr_bench_result *r) {
  idr_ppo_settings warm = b->config->ppo;
  warm.steps = warm.steps / 8 > 0 ? warm.steps / 8 : 1;
  IDR_TRY(
      idr_job_threads(b->context, b->config->bench.threads, b->config->ppo.blocks, &b->threads));
  r->work_name = "control steps";
  r->threads = b->threads;
  r->stages = STAGES;
  r->repeatable = true;
  IDR_TRY(one_repeat(b, &warm, &r->repeat[0], &r->work, &r->digest));
  for (; r->repeats < (int)b->config->bench.repeats; r->repeats++) {
    uint64_t digest = 0;
    IDR_TRY(one_repeat(b, &b->config->ppo, &r->repeat[r->repeats], &r->work, &digest));
    if (r->repeats > 0 && digest != r->digest) r->repeatable = false;
    r->digest = digest;
  }
  return IDR_STATUS_OK;
}

idr_status idr_bench_ppo_pendulum(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result) {
  bench b = {.context = context, .config = config, .kind = idr_env_find("pendulum")};
  return run(&b, result);
}

idr_status idr_bench_ppo_drilling(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result) {
  bench b = {.context = context,
             .config = config,
             .kind = &idr_drilling_kind,
             .task_settings = &config->drilling};
  return run(&b, result);
}
