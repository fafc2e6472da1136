#include "jobs/rl_progress.h"

#include "base/text.h"
#include "jobs/job.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

void idr_progress_start(idr_progress *p, const idr_method *method, const idr_env_spec *spec,
                        int64_t done, int64_t steps) {
  memset(p, 0, sizeof *p);
  p->method = method;
  p->spec = spec;
  p->steps = steps;
  p->first_step = done;
  p->done = p->first_step;
  p->started = idr_clock_seconds();
}

double idr_progress_sum(const idr_env_spec *spec, const double *metrics, const char *name) {
  for (int i = 0; i < spec->metric_count; i++)
    if (strcmp(spec->metric_name[i], name) == 0) return metrics[i];
  return NAN;
}

idr_progress_sums idr_progress_newest(const idr_progress *p) {
  idr_progress_sums sums = {.episodes = 0};
  int64_t kept =
      p->iterations < IDR_PROGRESS_ITERATIONS ? p->iterations : (int64_t)IDR_PROGRESS_ITERATIONS;
  for (int64_t i = 0; i < kept && sums.episodes < IDR_PROGRESS_EPISODES; i++) {
    const idr_progress_sums *one = &p->ring[(p->iterations - 1 - i) % IDR_PROGRESS_ITERATIONS];
    sums.episodes += one->episodes;
    sums.total_return += one->total_return;
    for (int k = 0; k < p->spec->metric_count; k++)
      sums.metrics[k] += one->metrics[k];
  }
  return sums;
}

/* ---- metrics --------------------------------------------------------------------------------- */

/* Total cost over total metres of the intervals, USD/m, and metres over rotating hours, m/h: ratios
 * of sums, never means of ratios. NAN for tasks that do not drill. */
static double cost_per_metre(const idr_env_spec *spec, const double *metrics) {
  return idr_progress_sum(spec, metrics, "cost") / idr_progress_sum(spec, metrics, "interval");
}

static double rop(const idr_env_spec *spec, const double *metrics) {
  return idr_progress_sum(spec, metrics, "metres") /
         idr_progress_sum(spec, metrics, "rotating_hours");
}

static void episode_metrics(const idr_progress *p, idr_run *run, const idr_method_report *r) {
  char key[96];
  if (r->episodes == 0) return;
  idr_run_metric(run, IDR_METRIC_RESULT, "episode/return", r->env_steps, r->episode_return);
  idr_run_metric(run, IDR_METRIC_RESULT, "episode/length", r->env_steps, r->episode_length);
  for (int i = 0; i < p->spec->metric_count; i++) {
    snprintf(key, sizeof key, "episode/%s", p->spec->metric_name[i]);
    idr_run_metric(run, IDR_METRIC_RESULT, key, r->env_steps, r->metrics[i] / (double)r->episodes);
  }
  double cost = cost_per_metre(p->spec, r->metrics), speed = rop(p->spec, r->metrics);
  if (isfinite(cost))
    idr_run_metric(run, IDR_METRIC_RESULT, "episode/cost_per_metre", r->env_steps, cost);
  if (isfinite(speed))
    idr_run_metric(run, IDR_METRIC_RESULT, "episode/rop_m_per_h", r->env_steps, speed);
}

static void write_metrics(const idr_progress *p, idr_run *run, const idr_method_report *r,
                          double seconds) {
  char key[96];
  for (int i = 0; i < p->method->result_count; i++) {
    if (r->undefined >> i & 1) continue;
    snprintf(key, sizeof key, "train/%s", p->method->result_name[i]);
    idr_run_metric(run, IDR_METRIC_RESULT, key, r->env_steps, r->result[i]);
  }
  idr_run_metric(run, IDR_METRIC_RESULT, "train/episodes", r->env_steps, (double)r->episodes);
  episode_metrics(p, run, r);
  double steps = (double)(r->env_steps - p->done);
  idr_run_metric(run, IDR_METRIC_TIMING, "time/iteration", r->env_steps, seconds);
  idr_run_metric(run, IDR_METRIC_TIMING, "time/steps_per_s", r->env_steps, steps / seconds);
}

/* ---- progress line --------------------------------------------------------------------------- */

static void describe_figure(const idr_progress *p, char *out, size_t size) {
  idr_progress_sums newest = idr_progress_newest(p);
  out[0] = '\0';
  if (newest.episodes == 0) return;
  double cost = cost_per_metre(p->spec, newest.metrics), speed = rop(p->spec, newest.metrics);
  if (isfinite(cost))
    idr_text_append(out, size, "   cost %.0f USD/m   ROP %.1f m/h", cost, speed);
  else
    idr_text_append(out, size, "   return %.1f", newest.total_return / (double)newest.episodes);
  idr_text_append(out, size, " (last %lld episodes)", (long long)newest.episodes);
}

static void show_line(const idr_progress *p, idr_run *run) {
  double rate = (double)(p->done - p->first_step) / p->in_loop;
  char left[64], figure[160];
  idr_job_format_duration((double)(p->steps - p->done) / rate, left, sizeof left);
  describe_figure(p, figure, sizeof figure);
  idr_run_progress(run, "%5.1f %%  %.0f k control steps/s  ETA %s%s",
                   100.0 * (double)p->done / (double)p->steps, rate / 1000, left, figure);
}

void idr_progress_iteration(idr_progress *p, idr_run *run, const idr_method_report *r,
                            double seconds) {
  idr_progress_sums *slot = &p->ring[p->iterations % IDR_PROGRESS_ITERATIONS];
  slot->episodes = r->episodes;
  slot->total_return = r->episodes > 0 ? r->episode_return * (double)r->episodes : 0;
  memcpy(slot->metrics, r->metrics, sizeof slot->metrics);
  write_metrics(p, run, r, seconds);
  p->iterations++;
  p->done = r->env_steps;
  p->in_loop += seconds;
  for (int i = 0; i < p->method->stage_count; i++)
    p->stage[i] += r->stage[i];
  show_line(p, run);
}

/* ---- the end --------------------------------------------------------------------------------- */

void idr_progress_results(const idr_progress *p, idr_run *run, uint64_t digest) {
  char text[32];
  idr_progress_sums newest = idr_progress_newest(p);
  idr_run_result(run, "env_steps", (double)p->done);
  idr_run_result(run, "steps_per_s",
                 p->in_loop > 0 ? (double)(p->done - p->first_step) / p->in_loop : 0);
  snprintf(text, sizeof text, "%016llx", (unsigned long long)digest);
  idr_run_result_text(run, "digest", text);
  if (newest.episodes == 0) return;
  idr_run_result(run, "episodes", (double)newest.episodes);
  idr_run_result(run, "episode_return", newest.total_return / (double)newest.episodes);
  double cost = cost_per_metre(p->spec, newest.metrics), speed = rop(p->spec, newest.metrics);
  if (isfinite(cost)) idr_run_result(run, "cost_per_metre", cost);
  if (isfinite(speed)) idr_run_result(run, "rop_m_per_h", speed);
}

void idr_progress_rows(const idr_progress *p, idr_profile_row rows[IDR_METHOD_STAGE_MAX]) {
  memset(rows, 0, IDR_METHOD_STAGE_MAX * sizeof rows[0]);
  for (int i = 0; i < p->method->stage_count; i++) {
    snprintf(rows[i].name, sizeof rows[i].name, "%s", p->method->stage_name[i]);
    rows[i].calls = p->iterations;
    rows[i].seconds = p->stage[i];
  }
}
