/* The drilling physics alone: groups of 64 wells, each thread stepping its own, at set-points in
 * the middle of the rigs' limits. */
#include "base/checksum.h"
#include "jobs/bench.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  idr_drilling_world *world;
  idr_drill_group **group;
  int64_t first, count; /* groups of this rank */
  int threads;
  int64_t periods; /* of one repeat */
} sim;

static void destroy(sim *s) {
  for (int64_t i = 0; s->group && i < s->count; i++)
    idr_drill_group_free(s->group[i]);
  free(s->group);
  idr_drilling_world_destroy(s->world);
}

/* Lane i of group k plays scenario 64 k + i of the world's list. */
static idr_status place_lanes(sim *s) {
  const idr_drilling_world *w = s->world;
  for (int64_t k = 0; k < s->count; k++)
    for (int lane = 0; lane < IDR_LANES; lane++) {
      idr_scenario scenario = idr_drilling_scenario(w, (s->first + k) * IDR_LANES + lane);
      idr_drilling_books books;
      IDR_TRY(idr_drilling_start(w, &scenario, s->group[k], lane, &books));
      s->group[k]->wob_set[lane] = 0.5f * w->wob_max;
      s->group[k]->omega_set[lane] = 0.5f * (w->omega_min + w->omega_max);
      s->group[k]->flow_set[lane] = 0.5f * (w->flow_min + w->flow_max);
    }
  return IDR_STATUS_OK;
}

static idr_status create(const idr_job_context *context, const idr_bench_config *config, sim *s) {
  int64_t groups = (config->bench.sim_wells + IDR_LANES - 1) / IDR_LANES;
  int64_t rank = context->comm.rank, ranks = context->comm.size;
  s->first = groups * rank / ranks;
  s->count = groups * (rank + 1) / ranks - s->first;
  s->periods = (int64_t)(config->bench.sim_time / (double)config->drilling.drilling.period);
  if (s->periods < 1) s->periods = 1;
  IDR_TRY(idr_drilling_world_create(&config->drilling, &s->world));
  s->group = calloc((size_t)s->count + 1, sizeof *s->group);
  if (!s->group) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the wells of the bench");
  for (int64_t k = 0; k < s->count; k++)
    IDR_TRY(idr_drill_group_create(&s->group[k]));
  return IDR_STATUS_OK;
}

/* `profile` NULL: no clock is read. */
static void step_groups(const sim *s, int64_t periods, idr_profile *profile) {
  int seconds = (int)s->world->config.drilling.period;
#pragma omp parallel for schedule(static) num_threads(s->threads)
  for (int64_t k = 0; k < s->count; k++)
    for (int64_t t = 0; t < periods; t++)
      idr_drill_step_timed(s->group[k], seconds, profile, omp_get_thread_num());
}

/* Sum over ranks of the hash of every well's depth, so that it does not depend on their number. */
static idr_status depth_digest(const idr_job_context *context, const sim *s, uint64_t *digest) {
  int64_t sum = 0;
  for (int64_t k = 0; k < s->count; k++)
    sum = (int64_t)((uint64_t)sum +
                    (idr_checksum(s->group[k]->depth, sizeof s->group[k]->depth) >> 16));
  IDR_TRY(idr_comm_sum_int64(&context->comm, &sum, 1));
  *digest = (uint64_t)sum;
  return IDR_STATUS_OK;
}

static idr_status one_repeat(const idr_job_context *context, sim *s, idr_bench_result *r) {
  idr_bench_repeat *repeat = &r->repeat[r->repeats];
  idr_bench_clock clock;
  uint64_t digest = 0;
  IDR_TRY(idr_comm_agree(&context->comm, place_lanes(s)));
  IDR_TRY(idr_bench_clock_start(context, &clock));
  step_groups(s, s->periods, NULL);
  IDR_TRY(idr_bench_clock_stop(context, &clock, repeat));
  repeat->stage[0] = (idr_bench_stage){.name = "physics", .seconds = repeat->seconds};
  IDR_TRY(depth_digest(context, s, &digest));
  if (r->repeats > 0 && digest != r->digest) r->repeatable = false;
  r->digest = digest;
  return IDR_STATUS_OK;
}

/* ---- by model -------------------------------------------------------------------------------- */

/* One more repeat under `profile`; it must compute what the others did. */
static idr_status timed_repeat(const idr_job_context *context, sim *s, idr_profile *profile,
                               idr_bench_result *r) {
  idr_bench_clock clock;
  idr_bench_repeat timed;
  uint64_t digest = 0;
  IDR_TRY(idr_comm_agree(&context->comm, place_lanes(s)));
  IDR_TRY(idr_bench_clock_start(context, &clock));
  step_groups(s, s->periods, profile);
  IDR_TRY(idr_bench_clock_stop(context, &clock, &timed));
  IDR_TRY(depth_digest(context, s, &digest));
  if (digest != r->digest) r->repeatable = false;
  r->timed_cpu_seconds = timed.cpu_seconds;
  return IDR_STATUS_OK;
}

/* Sums what the threads of all ranks spent in each model. */
static idr_status collect_models(const idr_job_context *context, const idr_profile *profile,
                                 idr_bench_result *r) {
  idr_profile_row row[IDR_PROFILE_STAGES_MAX];
  double range[3];
  idr_profile_rows(profile, row);
  r->models = profile->stages;
  for (int i = 0; i < profile->stages; i++) {
    IDR_TRY(idr_comm_min_mean_max(&context->comm, row[i].busy_seconds, range));
    r->model[i] =
        (idr_bench_stage){.name = idr_drill_stage(i), .seconds = range[1] * context->comm.size};
  }
  return IDR_STATUS_OK;
}

static idr_status measure_models(const idr_job_context *context, sim *s, idr_bench_result *r) {
  const char *names[IDR_PROFILE_STAGES_MAX];
  int count = 0;
  while (count < IDR_PROFILE_STAGES_MAX && idr_drill_stage(count)) {
    names[count] = idr_drill_stage(count);
    count++;
  }
  idr_profile *profile = NULL;
  IDR_TRY(idr_comm_agree(&context->comm, idr_profile_create(names, count, s->threads, &profile)));
  idr_status status = timed_repeat(context, s, profile, r);
  if (status == IDR_STATUS_OK) status = collect_models(context, profile, r);
  idr_profile_destroy(profile);
  return status;
}

static idr_status run(const idr_job_context *context, const idr_bench_config *config, sim *s,
                      idr_bench_result *r) {
  int64_t wells = (config->bench.sim_wells + IDR_LANES - 1) / IDR_LANES * IDR_LANES;
  r->work_name = "well-seconds";
  r->work = (double)(wells * s->periods * config->drilling.drilling.period);
  r->threads = s->threads;
  r->stages = 1;
  r->repeatable = true;
  IDR_TRY(idr_comm_agree(&context->comm, place_lanes(s)));
  step_groups(s, s->periods / 8 + 1, NULL);
  for (; r->repeats < (int)config->bench.repeats; r->repeats++)
    IDR_TRY(one_repeat(context, s, r));
  IDR_TRY(measure_models(context, s, r));
  return IDR_STATUS_OK;
}

idr_status idr_bench_sim(const idr_job_context *context, const idr_bench_config *config,
                         idr_bench_result *result) {
  sim s = {.threads = 1};
  IDR_TRY(idr_job_threads(context, config->bench.threads, 1 << 20, &s.threads));
  idr_status status = idr_comm_agree(&context->comm, create(context, config, &s));
  if (status == IDR_STATUS_OK) status = run(context, config, &s, result);
  destroy(&s);
  return status;
}
