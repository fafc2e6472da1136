/* What a job is, and what every job needs: its command line, its settings, errors told once, the
 * banner, the number of threads, the table at the end.
 *
 * A new job is one file with a `run` function and one row in the table of main.c.
 */
#ifndef IDR_JOBS_JOB_H
#define IDR_JOBS_JOB_H

#include "base/profile.h"
#include "base/settings.h"
#include "comm/comm.h"
#include "track/run.h"
#include <stdbool.h>
#include <stdio.h>

#define IDR_EXIT_FINISHED 0
#define IDR_EXIT_FAILED   1
#define IDR_EXIT_STOPPED  75 /* resumable: batch scripts start it again */

typedef struct {
  idr_comm comm;     /* of one rank for jobs that use no MPI */
  int argc;          /* the whole command line, for the banner */
  char *const *argv; /* borrowed */
  double started;    /* idr_clock_seconds() at the start of the process */
} idr_job_context;

typedef struct {
  const char *name;  /* "train-rl" */
  const char *usage; /* what follows the name: "CONFIG [section.key=value ...]" */
  const char *doc;   /* one line */
  bool parallel;     /* started with MPI */
  /* argv holds what follows the job's name. Returns the exit code, the same on all ranks, and has
   * told its error already (idr_job_fail). */
  int (*run)(idr_job_context *context, int argc, char **argv);
  void (*help)(FILE *out); /* the page behind usage and doc, NULL for none: its settings */
} idr_job;

/* The table of main.c, and a row of it; NULL when there is no job of this name. */
const idr_job *idr_job_table_get(int *count);
const idr_job *idr_job_find(const char *name);
/* The job whose name is nearest to a mistyped one, NULL when none is near. */
const idr_job *idr_job_nearest(const char *name);

/* The jobs, one file each. */
int idr_job_train_rl(idr_job_context *context, int argc, char **argv);
int idr_job_help(idr_job_context *context, int argc, char **argv);
int idr_job_version(idr_job_context *context, int argc, char **argv);
int idr_job_stop(idr_job_context *context, int argc, char **argv);
int idr_job_resume(idr_job_context *context, int argc, char **argv);
int idr_job_evaluate(idr_job_context *context, int argc, char **argv);
void idr_evaluate_help(FILE *out);
int idr_job_convert(idr_job_context *context, int argc, char **argv);
void idr_convert_help(FILE *out);
int idr_job_export(idr_job_context *context, int argc, char **argv);
void idr_export_help(FILE *out);
int idr_job_report(idr_job_context *context, int argc, char **argv);
void idr_report_help(FILE *out);
int idr_job_bench(idr_job_context *context, int argc, char **argv);
void idr_bench_help(FILE *out);
int idr_job_sync(idr_job_context *context, int argc, char **argv);
void idr_sync_help(FILE *out);
int idr_job_promote(idr_job_context *context, int argc, char **argv);
int idr_job_rollback(idr_job_context *context, int argc, char **argv);
void idr_promote_help(FILE *out);
int idr_job_generate(idr_job_context *context, int argc, char **argv);
void idr_generate_help(FILE *out);
int idr_job_check(idr_job_context *context, int argc, char **argv);
void idr_check_help(FILE *out);
int idr_job_burst(idr_job_context *context, int argc, char **argv);
void idr_burst_help(FILE *out);
int idr_job_verify_physics(idr_job_context *context, int argc, char **argv);
void idr_verify_help(FILE *out);
/* The overview of `idrill help`, and the page of one job. */
void idr_help_overview(FILE *out);
void idr_help_page(const idr_job *job, FILE *out);

/* ---- command line and settings --------------------------------------------------------------- */

/* "config.yaml section.key=value ..." in any order. All borrowed from argv. */
typedef struct {
  const char *config; /* NULL: none given */
  const char *const *overrides;
  int override_count;
} idr_job_line;

/* Sorts argv in place. CONFIG for an option (there are none), or a second file. */
idr_status idr_job_parse(int argc, char **argv, idr_job_line *line);
/* Parses, reads the file and the overrides into the sections, and agrees over all ranks. */
idr_status idr_job_load(const idr_job_context *context, int argc, char **argv,
                        const idr_section *sections, int section_count);

/* ---- errors ---------------------------------------------------------------------------------- */

/* For a failure that all ranks have agreed on: rank 0 prints this thread's record and, when a run
 * is open, the summary is written. `run` may be NULL; it is not closed. Collective. Returns
 * IDR_EXIT_FAILED. */
int idr_job_fail(const idr_job_context *context, idr_run *run);
/* For a failure that the other ranks know nothing of: the first rank to fail leaves its cause in
 * the run's folder and prints it, then all ranks are aborted with exit code 1. `run` may be NULL.
 */
_Noreturn void idr_job_abort(const idr_job_context *context, idr_run *run);

/* ---- banner, threads, table ------------------------------------------------------------------ */

/* Threads per rank: `wanted`, else OMP_NUM_THREADS, else the processors this rank may use divided
 * by the ranks that share them, rounded down to a power of two and to no more than blocks / ranks.
 * The same on all ranks. Collective. */
idr_status idr_job_threads(const idr_job_context *context, int64_t wanted, int64_t blocks,
                           int *threads);
/* Logs who runs what, where and how, then the effective settings; warns when more threads run than
 * processors are allowed. Collective. */
idr_status idr_job_banner(const idr_job_context *context, idr_run *run, int threads, int64_t seed,
                          const idr_section *sections, int section_count);
/* Logs the table of the end: time per stage as minimum, mean and maximum over ranks, and its share
 * of `wall` seconds. `rows` are this rank's; the names are the same on all. Collective. */
idr_status idr_job_table(const idr_job_context *context, idr_run *run, const idr_profile_row *rows,
                         int count, double wall);
/* "45 s", "12 min 05 s", "3 h 20 min": for progress lines and tables. */
void idr_job_format_duration(double seconds, char *out, size_t size);

#endif
