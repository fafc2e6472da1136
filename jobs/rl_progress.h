/* What a training run tells while it runs: metrics of every iteration, the progress line, and the
 * sums of the end. */
#ifndef IDR_JOBS_RL_PROGRESS_H
#define IDR_JOBS_RL_PROGRESS_H

#include "base/profile.h"
#include "env/env.h"
#include "rl/method.h"
#include "track/run.h"

/* The figures that matter are means over the newest episodes: these many iterations at most, and
 * no more than are needed for this many episodes. */
#define IDR_PROGRESS_ITERATIONS 256
#define IDR_PROGRESS_EPISODES   256

typedef struct {
  int64_t episodes;
  double total_return;
  double metrics[IDR_ENV_METRIC_MAX]; /* sums over the episodes */
} idr_progress_sums;

typedef struct {
  const idr_method *method; /* borrowed */
  const idr_env_spec *spec; /* borrowed */
  int64_t steps;            /* of the whole training */
  int64_t first_step;       /* done before this start */
  double started;           /* idr_clock_seconds() of the first iteration */
  double in_loop;           /* s spent in iterations */
  idr_progress_sums ring[IDR_PROGRESS_ITERATIONS];
  int64_t iterations;                 /* of this start */
  double stage[IDR_METHOD_STAGE_MAX]; /* s */
  int64_t done;                       /* steps */
} idr_progress;

/* `done` steps of `steps` were made before this start. */
void idr_progress_start(idr_progress *progress, const idr_method *method, const idr_env_spec *spec,
                        int64_t done, int64_t steps);
/* Adds an iteration, writes its metrics and the progress line. */
void idr_progress_iteration(idr_progress *progress, idr_run *run, const idr_method_report *report,
                            double seconds);
/* Writes the results of the summary. */
void idr_progress_results(const idr_progress *progress, idr_run *run, uint64_t digest);
/* Time per stage of the method, for idr_job_table. */
void idr_progress_rows(const idr_progress *progress, idr_profile_row rows[IDR_METHOD_STAGE_MAX]);
/* Sums over the newest episodes. */
idr_progress_sums idr_progress_newest(const idr_progress *progress);
/* Sum of a metric by name, NAN when the task has none of this name. */
double idr_progress_sum(const idr_env_spec *spec, const double *metrics, const char *name);

#endif
