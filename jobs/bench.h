/* What the files of `idrill bench` share: settings, the table of benches, and what one measures. */
#ifndef IDR_JOBS_BENCH_H
#define IDR_JOBS_BENCH_H

#include "env/drilling.h"
#include "jobs/job.h"
#include "rl/method.h"
#include "rl/ppo.h"
#include "rl/sac.h"

#define IDR_BENCH_REPEATS_MAX 100
#define IDR_BENCH_STAGES_MAX  8
#define IDR_BENCH_MODELS_MAX  IDR_PROFILE_STAGES_MAX

#define IDR_BENCH_SETTINGS(X)                                                                      \
  X(INT, repeats, "", "3", 1, IDR_BENCH_REPEATS_MAX, "",                                           \
    "times that each bench is measured, after a shorter run that warms up")                        \
  X(INT, threads, "", "0", 0, 4096, "",                                                            \
    "threads per rank; 0: OMP_NUM_THREADS, else the processors a rank may use")                    \
  X(INT, seed, "", "1", 0, 4294967295.0, "", "seed of networks, tasks and noise")                  \
  X(INT, sim_wells, "", "4096", 1, 16777216, "", "wells of the bench sim, over all ranks")         \
  X(REAL, sim_time, "h", "0.5", 0.001, 1000, "", "rig time per well and repeat of the bench sim")  \
  X(TEXT, json, "", "", 0, 0, "", "also write everything to this file; empty: do not")
IDR_SETTINGS_STRUCT(idr_bench_settings, IDR_BENCH_SETTINGS);

/* Everything that `idrill bench` can be told, for one bench. */
typedef struct {
  idr_bench_settings bench;
  idr_ppo_settings ppo;
  idr_sac_settings sac;
  idr_net_settings net;
  idr_drilling_config drilling;
} idr_bench_config;

/* Where a repeat's time went, in seconds of the slowest rank; flops of all ranks (0: unknown). */
typedef struct {
  const char *name;
  double seconds, flops;
} idr_bench_stage;

typedef struct {
  double seconds;     /* wall clock, of the slowest rank */
  double cpu_seconds; /* of all threads of all ranks */
  idr_bench_stage stage[IDR_BENCH_STAGES_MAX];
} idr_bench_repeat;

typedef struct {
  const char *work_name; /* "control steps" */
  double work;           /* of one repeat, over all ranks */
  int threads;           /* per rank */
  int stages, repeats;
  idr_bench_repeat repeat[IDR_BENCH_REPEATS_MAX];
  uint64_t digest; /* of what the last repeat computed; 0: none */
  bool repeatable; /* every repeat gave this digest */
  /* The physics by model, from a run of its own with a clock between the models: seconds on the
   * clock, of all threads of all ranks, so only their ratios mean something where threads share
   * cores. No models: not measured. */
  int models;
  idr_bench_stage model[IDR_BENCH_MODELS_MAX];
  double timed_cpu_seconds; /* processor seconds of that run, clocks included */
} idr_bench_result;

typedef struct {
  const char *name, *doc;
  const char *const *recipe; /* overrides that come before the user's */
  int recipe_count;
  /* Measures. Collective; the result is the same on all ranks. */
  idr_status (*run)(const idr_job_context *context, const idr_bench_config *config,
                    idr_bench_result *result);
} idr_bench;

/* bench_rl.c, bench_sim.c */
idr_status idr_bench_ppo_pendulum(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result);
idr_status idr_bench_ppo_drilling(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result);
idr_status idr_bench_sac_pendulum(const idr_job_context *context, const idr_bench_config *config,
                                  idr_bench_result *result);
idr_status idr_bench_sim(const idr_job_context *context, const idr_bench_config *config,
                         idr_bench_result *result);

/* Brackets what a repeat measures. Collective: start waits for all ranks, stop fills `seconds` and
 * `cpu_seconds` of the repeat. */
typedef struct {
  double wall, cpu;
} idr_bench_clock;
idr_status idr_bench_clock_start(const idr_job_context *context, idr_bench_clock *clock);
idr_status idr_bench_clock_stop(const idr_job_context *context, const idr_bench_clock *clock,
                                idr_bench_repeat *repeat);

/* bench_report.c: a session of `idrill bench` as text and as JSON. Rank 0 only. */
typedef struct idr_bench_report idr_bench_report;
idr_status idr_bench_report_create(const idr_job_context *context, const char *command,
                                   idr_bench_report **out);
void idr_bench_report_destroy(idr_bench_report *report); /* NULL allowed */
/* Prints one bench's table and keeps its figures. `sections` hold its settings. */
idr_status idr_bench_report_add(idr_bench_report *report, const idr_bench *bench,
                                const idr_bench_result *result, const idr_section *sections,
                                int section_count);
idr_status idr_bench_report_write(const idr_bench_report *report, const char *path);

#endif
