/* A method as a whole: the same training again and again, from the first weights. */
#include "jobs/bench.h"

#include <string.h>

typedef struct {
  const idr_job_context *context;
  const idr_bench_config *config;
  const idr_method *method;
  const void *settings; /* of the method */
  const idr_env_kind *kind;
  const void *task_settings;
  int threads;
} bench;

/* Stages as the slowest rank saw them, with the work that all ranks did in them. */
static idr_status finish_stages(const bench *b, const void *trainer, idr_bench_repeat *repeat) {
  double flops[IDR_METHOD_STAGE_MAX] = {0};
  b->method->flops(trainer, flops);
  for (int i = 0; i < b->method->stage_count; i++) {
    double range[3];
    IDR_TRY(idr_comm_min_mean_max(&b->context->comm, repeat->stage[i].seconds, range));
    repeat->stage[i].name = b->method->stage_name[i];
    repeat->stage[i].seconds = range[2];
    repeat->stage[i].flops = flops[i];
  }
  return IDR_STATUS_OK;
}

static idr_status train(const bench *b, void *trainer, int64_t steps, idr_bench_repeat *repeat) {
  idr_bench_clock clock;
  memset(repeat, 0, sizeof *repeat);
  IDR_TRY(idr_bench_clock_start(b->context, &clock));
  while (!b->method->done(trainer) && b->method->env_steps(trainer) < steps) {
    idr_method_report report;
    IDR_TRY(b->method->iterate(trainer, &report));
    for (int i = 0; i < b->method->stage_count; i++)
      repeat->stage[i].seconds += report.stage[i];
  }
  IDR_TRY(idr_bench_clock_stop(b->context, &clock, repeat));
  return finish_stages(b, trainer, repeat);
}

static idr_status one_repeat(const bench *b, int64_t steps, idr_bench_repeat *repeat, double *work,
                             uint64_t *digest) {
  void *trainer = NULL;
  idr_status status =
      b->method->create(&b->context->comm, b->kind, b->task_settings, b->settings, &b->config->net,
                        (uint64_t)b->config->bench.seed, b->threads, &trainer);
  IDR_TRY_GOTO(status, done, idr_comm_agree(&b->context->comm, status));
  IDR_TRY_GOTO(status, done, train(b, trainer, steps, repeat));
  *work = (double)b->method->env_steps(trainer);
  *digest = b->method->digest(trainer);
done:
  b->method->destroy(trainer);
  return status;
}

static idr_status run(bench *b, idr_bench_result *r) {
  idr_method_sizes sizes = b->method->sizes(b->settings);
  IDR_TRY(idr_job_threads(b->context, b->config->bench.threads, sizes.blocks, &b->threads));
  r->work_name = "control steps";
  r->threads = b->threads;
  r->stages = b->method->stage_count;
  r->repeatable = true;
  IDR_TRY(one_repeat(b, (sizes.steps + 7) / 8, &r->repeat[0], &r->work, &r->digest));
  for (; r->repeats < (int)b->config->bench.repeats; r->repeats++) {
    uint64_t digest = 0;
    IDR_TRY(one_repeat(b, sizes.steps, &r->repeat[r->repeats], &r->work, &digest));
    if (r->repeats > 0 && digest != r->digest) r->repeatable = false;
    r->digest = digest;
  }
  return IDR_STATUS_OK;
}

idr_status idr_bench_ppo_pendulum(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result) {
  bench b = {.context = context,
             .config = config,
             .method = &idr_ppo_method,
             .settings = &config->ppo,
             .kind = idr_env_find("pendulum")};
  return run(&b, result);
}

idr_status idr_bench_ppo_drilling(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result) {
  bench b = {.context = context,
             .config = config,
             .method = &idr_ppo_method,
             .settings = &config->ppo,
             .kind = &idr_drilling_kind,
             .task_settings = &config->drilling};
  return run(&b, result);
}

idr_status idr_bench_sac_pendulum(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result) {
  bench b = {.context = context,
             .config = config,
             .method = &idr_sac_method,
             .settings = &config->sac,
             .kind = idr_env_find("pendulum")};
  return run(&b, result);
}
