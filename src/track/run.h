/* A run's folder: the one place where everything a run leaves behind lies.
 *
 *   settings.yaml   effective settings       metrics         append-only, one JSON object per line
 *   log.txt         banner, warnings, table  checkpoint/     latest, latest.previous
 *   summary.json    status and results       spool/          every event for MLflow (spool.h)
 *   model/          the trained model        report.html     made by `idrill report`
 *   stop            dropped by `idrill stop`  lock            held by the live process (flock)
 *   error.txt       cause of an abort
 *
 * Rank 0 owns all files; the functions are collective so that failures are agreed, unless they say
 * otherwise.
 */
#ifndef IDR_TRACK_RUN_H
#define IDR_TRACK_RUN_H

#include "base/settings.h"
#include "comm/comm.h"
#include "track/record.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum { IDR_RESUME_AUTO, IDR_RESUME_NEVER, IDR_RESUME_MUST } idr_resume;

/* Section "run" of every job that owns a folder. */
#define IDR_RUN_SETTINGS(X)                                                                        \
  X(TEXT, folder, "", "auto", 0, 0, "",                                                            \
    "run folder; auto: runs/<job>-<task>-<date>-<time>; %j, %A and %a become Slurm ids")           \
  X(INT, seed, "", "1", 0, 4294967295.0, "", "seed of everything random")                          \
  X(CHOICE, resume, "", "auto", 0, 0, "auto|never|must",                                           \
    "continue from the folder's checkpoint: when there is one, never (the folder must be new), "   \
    "or fail without one")                                                                         \
  X(INT, threads, "", "0", 0, 1024, "",                                                            \
    "threads per rank; 0: OMP_NUM_THREADS, else the affinity mask divided by ranks on the node")   \
  X(REAL, wall_limit, "s", "0 s", 0, 1e9, "",                                                      \
    "stop with a checkpoint before this much wall time; 0: SLURM_JOB_END_TIME when set")           \
  X(REAL, wall_margin, "s", "60 s", 0, 1e6, "", "how long before the limit the stop is asked for") \
  X(REAL, checkpoint_every, "s", "300 s", 0, 1e9, "", "wall time between checkpoints")             \
  X(BOOL, progress, "", "true", 0, 0, "", "one progress line while it runs")

IDR_SETTINGS_STRUCT(idr_run_settings, IDR_RUN_SETTINGS);
extern const idr_setting idr_run_rows[];
extern const int idr_run_row_count;

typedef struct idr_run idr_run;

/* Opens or creates the folder: resolves its name, takes the lock, compares the effective settings
 * with settings.yaml of an earlier start (a difference outside the "run" section is a CONFIG
 * failure that names every changed key), cuts metrics back to the checkpoint by the caller's later
 * idr_run_metrics_truncate. `sections` are all sections of the job. `mlflow` NULL: the run keeps no
 * spool. */
idr_status idr_run_open(const idr_comm *comm, const char *job, const char *task,
                        const idr_run_settings *settings, const idr_mlflow_settings *mlflow,
                        const idr_section *sections, int section_count, idr_run **out);
void idr_run_close(idr_run *run); /* releases the lock; NULL allowed; not collective */
const char *idr_run_folder(const idr_run *run);
/* "<folder>/<name>" in a buffer owned by the run, valid until the next call. Not collective. */
const char *idr_run_path(idr_run *run, const char *name);
/* True when the folder held a checkpoint and the settings allow to continue from it. */
bool idr_run_resumes(const idr_run *run);

/* Log lines go to log.txt and, on rank 0, to stderr. Not collective; other ranks do nothing. */
void idr_run_log(idr_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void idr_run_warn(idr_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The progress line: rewritten in place on a terminal, otherwise at most one line every 10 s. */
void idr_run_progress(idr_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef enum { IDR_METRIC_RESULT, IDR_METRIC_TIMING } idr_metric_kind;
/* Appends one metric on rank 0 (buffered). A (key, step) at or below the last one written for that
 * key by an earlier start is dropped, so that a resume writes nothing twice. Not collective. */
void idr_run_metric(idr_run *run, idr_metric_kind kind, const char *key, int64_t step,
                    double value);
/* What goes into the record beside settings and metrics (see record.h). Not collective; other ranks
 * do nothing. */
void idr_run_tag(idr_run *run, const char *key, const char *value);
void idr_run_artifact(idr_run *run, const char *file);
void idr_run_input(idr_run *run, const idr_record_dataset *dataset);
void idr_run_model(idr_run *run, const char *folder, const char *name, int64_t step,
                   const char *description);
/* Flushes metrics, log and spool to the disk. Collective; IO when the disk is full. */
idr_status idr_run_flush(idr_run *run);
/* Drops the result metrics with a step above `step`: what was written after the checkpoint from
 * which the run resumes. Collective. */
idr_status idr_run_metrics_truncate(idr_run *run, int64_t step);

/* True on all ranks when the run should stop now: a signal, the wall limit, or the stop file; rank
 * 0 decides. Collective, once per iteration. */
idr_status idr_run_should_stop(idr_run *run, bool *stop);
/* Why it stopped: "signal", "wall limit", "stop file", or "". Not collective. */
const char *idr_run_stop_reason(const idr_run *run);
/* True when checkpoint_every has passed since the last call that returned true. Collective. */
idr_status idr_run_checkpoint_due(idr_run *run, bool *due);

/* summary.json: adds to "results". Not collective; other ranks do nothing. */
void idr_run_result(idr_run *run, const char *key, double value);
void idr_run_result_text(idr_run *run, const char *key, const char *value);
typedef enum { IDR_RUN_FINISHED = 0, IDR_RUN_STOPPED = 75, IDR_RUN_FAILED = 1 } idr_run_end;
/* Writes summary.json (status, exit code, reason, results, version, times), and gives the uploads
 * of the record their time. Collective. */
idr_status idr_run_finish(idr_run *run, idr_run_end end, const char *reason);
/* For a failure that other ranks do not share, before the job aborts all of them: the first rank to
 * come here writes `cause` to error.txt, and summary.json as failed; *first tells it so. Not
 * collective. */
idr_status idr_run_fail_alone(idr_run *run, const char *cause, bool *first);

#endif
