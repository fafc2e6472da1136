#include "track/run.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"
#include "track/folder.h"
#include "track/metrics.h"
#include "track/summary.h"
#include "track/unix_time.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_EVERY 10.0 /* s between progress lines where there is no terminal */
#define RECORD_EVERY   1.0  /* s between writes to the spool */

#define idr_row_type idr_run_settings
const idr_setting idr_run_rows[] = {IDR_RUN_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_run_row_count = (int)(sizeof(idr_run_rows) / sizeof(idr_run_rows[0]));

typedef enum { STOP_NO, STOP_SIGNAL, STOP_WALL, STOP_FILE } stop_cause;

struct idr_run {
  const idr_comm *comm;
  char folder[PATH_MAX];
  char path[PATH_MAX];
  char job[64];
  bool resumes;
  double started;    /* monotonic, s */
  double checkpoint; /* monotonic, s: when the last checkpoint was due */
  double checkpoint_every;
  double stop_at; /* monotonic, s; 0: no wall limit */
  stop_cause cause;

  /* Rank 0 only. */
  int lock;
  FILE *log;
  int log_error; /* errno of the first failed write */
  idr_metrics *metrics;
  idr_summary *summary;
  idr_record *record;  /* NULL: none is kept */
  double record_write; /* monotonic, s: of the next write to the spool */
  int64_t last_step;   /* highest of all metrics */
  bool shows_progress;
  bool on_terminal;
  bool line_open; /* a progress line stands on the terminal */
  double progress_shown;
};

static bool is_root(const idr_run *run) {
  return run->comm->rank == 0;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Whether to go on from a checkpoint, and whether the folder may be used at all. */
static idr_status decide_resume(idr_run *run, idr_resume resume) {
  bool has = idr_folder_has_checkpoint(run->folder);
  if (resume == IDR_RESUME_MUST && !has)
    IDR_FAIL(IDR_STATUS_CONFIG, "run folder '%s' has no checkpoint to resume from", run->folder);
  if (resume == IDR_RESUME_NEVER && idr_folder_is_run(run->folder))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "run folder '%s' holds a run already and run.resume is never; name a new folder",
             run->folder);
  run->resumes = has;
  return IDR_STATUS_OK;
}

static idr_status open_log(idr_run *run) {
  const char *path = idr_run_path(run, "log.txt");
  run->log = fopen(path, "ae");
  if (!run->log) return idr_file_fail("open", path, errno);
  return IDR_STATUS_OK;
}

/* What an earlier start may have left behind that must not speak for this one. */
static idr_status clear_old_marks(idr_run *run) {
  IDR_TRY(idr_file_remove(idr_run_path(run, "stop")));
  return idr_file_remove(idr_run_path(run, "error.txt"));
}

static idr_status settle_settings(idr_run *run, const idr_section *sections, int count) {
  const char *path = idr_run_path(run, "settings.yaml");
  if (run->resumes && idr_file_exists(path))
    IDR_TRY(idr_folder_compare_settings(path, sections, count));
  return idr_folder_write_settings(path, sections, count);
}

static idr_status open_record(idr_run *run, const char *task, const idr_mlflow_settings *mlflow,
                              const idr_section *sections, int count) {
  char metrics[PATH_MAX];
  if (!mlflow) return IDR_STATUS_OK;
  snprintf(metrics, sizeof(metrics), "%s", idr_run_path(run, "metrics"));
  idr_record_start start = {.folder = run->folder,
                            .job = run->job,
                            .task = task,
                            .metrics = metrics,
                            .resumes = run->resumes,
                            .sections = sections,
                            .section_count = count};
  return idr_record_open(&start, mlflow, &run->record);
}

/* A job whose limit is shorter than the margin never gets anywhere, however often it is started. */
static void warn_of_limit(idr_run *run, const idr_run_settings *settings) {
  double left = run->stop_at - run->started + settings->wall_margin;
  if (run->stop_at != 0.0 && run->stop_at <= run->started)
    idr_run_warn(run,
                 "the job's time ends in %.0f s, and run.wall_margin is %g s: this run stops at "
                 "once",
                 left, settings->wall_margin);
}

/* Rank 0's part of opening. */
static idr_status open_files(idr_run *run, const char *task, const idr_run_settings *settings,
                             const idr_mlflow_settings *mlflow, const idr_section *sections,
                             int count) {
  bool must = settings->resume == IDR_RESUME_MUST;
  if (mlflow) IDR_TRY(idr_mlflow_settings_check(mlflow));
  IDR_TRY(idr_folder_make(settings->folder, run->job, task, must, run->folder,
                          sizeof(run->folder) - 64));
  IDR_TRY(idr_folder_lock(run->folder, &run->lock));
  IDR_TRY(decide_resume(run, (idr_resume)settings->resume));
  IDR_TRY(settle_settings(run, sections, count));
  IDR_TRY(clear_old_marks(run));
  IDR_TRY(idr_file_make_folders(idr_run_path(run, "checkpoint")));
  IDR_TRY(open_log(run));
  warn_of_limit(run, settings);
  IDR_TRY(idr_metrics_open(idr_run_path(run, "metrics"), run->resumes, &run->metrics));
  IDR_TRY(open_record(run, task, mlflow, sections, count));
  IDR_TRY(idr_summary_create(run->job, task, run->comm->size, &run->summary));
  return idr_summary_write(run->summary, idr_run_path(run, "summary.json"), "running", 0, "");
}

/* The moment to ask for the stop: the setting, else the end of the Slurm job, less the margin. */
static idr_status set_wall_limit(idr_run *run, const idr_run_settings *settings) {
  const char *end = getenv("SLURM_JOB_END_TIME");
  if (settings->wall_limit > 0.0) {
    if (settings->wall_limit <= settings->wall_margin)
      IDR_FAIL(IDR_STATUS_CONFIG,
               "run.wall_limit (%g s) must be longer than run.wall_margin (%g s), the time kept "
               "for the last checkpoint",
               settings->wall_limit, settings->wall_margin);
    run->stop_at = run->started + settings->wall_limit - settings->wall_margin;
  } else if (end && atof(end) > 0.0) {
    run->stop_at = run->started + (atof(end) - idr_track_unix_time()) - settings->wall_margin;
  }
  return IDR_STATUS_OK;
}

static idr_run *allocate(const idr_comm *comm, const char *job, const idr_run_settings *settings) {
  idr_run *run = calloc(1, sizeof(*run));
  if (!run) return NULL;
  run->comm = comm;
  run->lock = -1;
  run->started = idr_clock_seconds();
  run->checkpoint = run->started;
  run->checkpoint_every = settings->checkpoint_every;
  run->shows_progress = settings->progress;
  run->on_terminal = isatty(STDERR_FILENO) == 1;
  run->progress_shown = -PROGRESS_EVERY;
  snprintf(run->job, sizeof(run->job), "%s", job);
  return run;
}

idr_status idr_run_open(const idr_comm *comm, const char *job, const char *task,
                        const idr_run_settings *settings, const idr_mlflow_settings *mlflow,
                        const idr_section *sections, int section_count, idr_run **out) {
  idr_run *run = allocate(comm, job, settings);
  idr_status status = IDR_STATUS_OK;
  *out = NULL;
  if (!run)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory for a run");
  IDR_TRY_GOTO(status, failed, idr_comm_agree(comm, status));
  status = set_wall_limit(run, settings);
  if (status == IDR_STATUS_OK && is_root(run))
    status = open_files(run, task, settings, mlflow, sections, section_count);
  IDR_TRY_GOTO(status, failed, idr_comm_agree(comm, status));
  IDR_TRY_GOTO(status, failed, idr_comm_broadcast(comm, run->folder, sizeof(run->folder), 0));
  IDR_TRY_GOTO(status, failed, idr_comm_decide(comm, &run->resumes));
  *out = run;
  return IDR_STATUS_OK;
failed:
  idr_run_close(run);
  return status;
}

void idr_run_close(idr_run *run) {
  if (!run) return;
  if (run->log) fclose(run->log);
  idr_record_close(run->record);
  idr_metrics_close(run->metrics);
  idr_summary_destroy(run->summary);
  idr_folder_unlock(run->lock);
  free(run);
}

const char *idr_run_folder(const idr_run *run) {
  return run->folder;
}

const char *idr_run_path(idr_run *run, const char *name) {
  /* The folder's length leaves room for every name that a run knows. */
  int n = snprintf(run->path, sizeof(run->path), "%s/%s", run->folder, name);
  return n > 0 && (size_t)n < sizeof(run->path) ? run->path : run->folder;
}

bool idr_run_resumes(const idr_run *run) {
  return run->resumes;
}

/* ---- log and progress ------------------------------------------------------------------------ */

/* Takes an open progress line off the terminal so that a log line does not end up inside it. */
static void clear_progress(idr_run *run) {
  if (run->line_open) fputs("\r\033[K", stderr);
  run->line_open = false;
}

static void log_text(idr_run *run, const char *head, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  clear_progress(run);
  fputs(head, stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  int put = fprintf(run->log, "%s", head);
  put = put < 0 ? put : vfprintf(run->log, format, again);
  put = put < 0 ? put : fputc('\n', run->log);
  if ((put < 0 || fflush(run->log) != 0) && run->log_error == 0) run->log_error = errno;
  va_end(again);
}

void idr_run_log(idr_run *run, const char *format, ...) {
  va_list args;
  if (!is_root(run)) return;
  va_start(args, format);
  log_text(run, "", format, args);
  va_end(args);
}

void idr_run_warn(idr_run *run, const char *format, ...) {
  va_list args;
  if (!is_root(run)) return;
  va_start(args, format);
  log_text(run, "warning: ", format, args);
  va_end(args);
}

void idr_run_progress(idr_run *run, const char *format, ...) {
  va_list args;
  if (!is_root(run) || !run->shows_progress) return;
  double now = idr_clock_seconds();
  if (!run->on_terminal && now - run->progress_shown < PROGRESS_EVERY) return;
  run->progress_shown = now;
  clear_progress(run);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  if (!run->on_terminal) fputc('\n', stderr);
  run->line_open = run->on_terminal;
  fflush(stderr);
}

/* ---- metrics --------------------------------------------------------------------------------- */

void idr_run_metric(idr_run *run, idr_metric_kind kind, const char *key, int64_t step,
                    double value) {
  bool result = kind == IDR_METRIC_RESULT;
  double now = idr_track_unix_time();
  if (!is_root(run)) return;
  run->last_step = step > run->last_step ? step : run->last_step;
  idr_metrics_append(run->metrics, result, key, step, value, now);
  if (run->record) idr_record_metric(run->record, result, key, step, value, now);
}

void idr_run_tag(idr_run *run, const char *key, const char *value) {
  if (run->record) idr_record_tag(run->record, key, value);
}

void idr_run_artifact(idr_run *run, const char *file) {
  if (run->record) idr_record_artifact(run->record, file);
}

void idr_run_input(idr_run *run, const idr_record_dataset *dataset) {
  if (run->record) idr_record_input(run->record, dataset);
}

void idr_run_model(idr_run *run, const char *folder, const char *name, int64_t step,
                   const char *description) {
  if (run->record) idr_record_model(run->record, folder, name, step, description);
}

static void flush_record(idr_run *run, bool durable) {
  const char *warning = NULL;
  if (!run->record) return;
  idr_record_flush(run->record, durable, &warning);
  run->record_write = idr_clock_seconds() + RECORD_EVERY;
  if (warning) idr_run_warn(run, "%s", warning);
}

static idr_status flush_files(idr_run *run) {
  flush_record(run, true);
  IDR_TRY(idr_metrics_flush(run->metrics));
  if (run->log_error != 0)
    return idr_file_fail("write", idr_run_path(run, "log.txt"), run->log_error);
  return IDR_STATUS_OK;
}

idr_status idr_run_flush(idr_run *run) {
  idr_status status = is_root(run) ? flush_files(run) : IDR_STATUS_OK;
  return idr_comm_agree(run->comm, status);
}

idr_status idr_run_metrics_truncate(idr_run *run, int64_t step) {
  idr_status status = IDR_STATUS_OK;
  if (is_root(run)) status = idr_metrics_truncate(run->metrics, step);
  return idr_comm_agree(run->comm, status);
}

/* ---- stopping -------------------------------------------------------------------------------- */

static stop_cause find_cause(idr_run *run) {
  if (idr_stop_requested()) return STOP_SIGNAL;
  if (run->stop_at != 0.0 && idr_clock_seconds() >= run->stop_at) return STOP_WALL;
  if (idr_file_exists(idr_run_path(run, "stop"))) return STOP_FILE;
  return STOP_NO;
}

/* A cause once found stays, so that all later calls agree with it. */
idr_status idr_run_should_stop(idr_run *run, bool *stop) {
  int cause = (int)run->cause;
  if (is_root(run) && run->cause == STOP_NO) cause = (int)find_cause(run);
  if (run->record && idr_clock_seconds() >= run->record_write) flush_record(run, false);
  IDR_TRY(idr_comm_broadcast(run->comm, &cause, sizeof(cause), 0));
  run->cause = (stop_cause)cause;
  *stop = run->cause != STOP_NO;
  return IDR_STATUS_OK;
}

const char *idr_run_stop_reason(const idr_run *run) {
  switch (run->cause) {
  case STOP_SIGNAL:
    return "signal";
  case STOP_WALL:
    return "wall limit";
  case STOP_FILE:
    return "stop file";
  case STOP_NO:
    break;
  }
  return "";
}

idr_status idr_run_checkpoint_due(idr_run *run, bool *due) {
  double now = idr_clock_seconds();
  *due = now - run->checkpoint >= run->checkpoint_every;
  IDR_TRY(idr_comm_decide(run->comm, due));
  if (*due) run->checkpoint = now;
  return IDR_STATUS_OK;
}

/* ---- the end --------------------------------------------------------------------------------- */

void idr_run_result(idr_run *run, const char *key, double value) {
  if (is_root(run)) idr_summary_result(run->summary, key, value);
}

void idr_run_result_text(idr_run *run, const char *key, const char *value) {
  if (is_root(run)) idr_summary_result_text(run->summary, key, value);
}

static const char *end_name(idr_run_end end) {
  switch (end) {
  case IDR_RUN_FINISHED:
    return "finished";
  case IDR_RUN_STOPPED:
    return "stopped";
  case IDR_RUN_FAILED:
    break;
  }
  return "failed";
}

static idr_status write_summary(idr_run *run, idr_run_end end, const char *reason) {
  if (run->record) {
    idr_record_place place = idr_record_get_place(run->record);
    if (place.run_id[0])
      idr_summary_server(run->summary, place.server, place.experiment_id, place.run_id);
  }
  return idr_summary_write(run->summary, idr_run_path(run, "summary.json"), end_name(end), (int)end,
                           reason);
}

/* The summary is written even where the metrics could not be: it is what tells so. */
static idr_status finish_files(idr_run *run, idr_run_end end, const char *reason) {
  clear_progress(run);
  if (run->record)
    idr_run_metric(run, IDR_METRIC_TIMING, "track/blocked_s", run->last_step,
                   idr_record_blocked(run->record));
  idr_status flushed = flush_files(run);
  IDR_TRY(write_summary(run, end, reason));
  idr_run_artifact(run, "log.txt");
  idr_run_artifact(run, "summary.json");
  if (run->record) idr_record_end(run->record, end_name(end), reason);
  flush_record(run, true);
  IDR_TRY(idr_file_remove(idr_run_path(run, "stop")));
  return flushed;
}

/* A run that stops is wanted off its nodes soon; one that finished may wait for its uploads. */
static idr_status finish_record(idr_run *run, idr_run_end end, const char *reason) {
  const char *line = "";
  if (!run->record) return IDR_STATUS_OK;
  bool all = idr_record_finish(run->record, end == IDR_RUN_FINISHED, &line);
  if (all)
    idr_run_log(run, "%s", line);
  else
    idr_run_warn(run, "%s", line);
  return write_summary(run, end, reason);
}

idr_status idr_run_finish(idr_run *run, idr_run_end end, const char *reason) {
  idr_status status = IDR_STATUS_OK;
  if (is_root(run)) {
    status = finish_files(run, end, reason);
    if (status == IDR_STATUS_OK) status = finish_record(run, end, reason);
  }
  return idr_comm_agree(run->comm, status);
}

static idr_status write_error_file(const char *path, const char *text, bool *first) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  *first = fd >= 0;
  if (fd < 0) return errno == EEXIST ? IDR_STATUS_OK : idr_file_fail("create", path, errno);
  idr_status status = idr_file_put(fd, path, text, strlen(text));
  close(fd);
  return status;
}

idr_status idr_run_fail_alone(idr_run *run, const char *cause, bool *first) {
  idr_summary *summary = NULL;
  idr_status status;
  IDR_TRY(write_error_file(idr_run_path(run, "error.txt"), cause, first));
  if (!*first) return IDR_STATUS_OK;
  if (is_root(run)) return finish_files(run, IDR_RUN_FAILED, cause);
  IDR_TRY(idr_summary_create(run->job, "", run->comm->size, &summary));
  status = idr_summary_write(summary, idr_run_path(run, "summary.json"), "failed", 1, cause);
  idr_summary_destroy(summary);
  return status;
}
