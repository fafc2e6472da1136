/* idrill train-rl CONFIG [section.key=value ...]: trains a policy with the chosen method, from
 * settings to summary. A run may be stopped and resumed on another number of ranks and threads and
 * ends with the same bits. */
#include "base/file.h"
#include "base/text.h"
#include "env/drilling.h"
#include "graph/graph.h"
#include "jobs/rl_model.h"
#include "jobs/rl_progress.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT "checkpoint/latest"

typedef struct {
  idr_job_context *context;
  idr_rl_config config;
  int threads;
  const idr_method *method;
  void *learner; /* the method's trainer */
  idr_run *run;
  idr_progress progress;
} trainer;

static int64_t steps_done(const trainer *t) {
  return t->method->env_steps(t->learner);
}

static void write_position(const trainer *t, idr_rl_position *out) {
  idr_rl_position_write(steps_done(t), t->config.sizes.steps, t->method->digest(t->learner), out);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static idr_status commit(trainer *t, idr_checkpoint_writer *writer) {
  char blas[512], *settings = NULL;
  idr_rl_position position;
  size_t bytes = 0;
  idr_blas_describe(blas, sizeof blas);
  write_position(t, &position);
  /* With the settings a checkpoint means something on its own. */
  idr_status status = idr_rl_settings_text(&t->config, &settings, &bytes);
  if (status == IDR_STATUS_OK) status = idr_checkpoint_add(writer, "run/settings", settings, bytes);
  if (status == IDR_STATUS_OK)
    status = idr_checkpoint_add(writer, "run/blas", blas, strlen(blas) + 1);
  if (status == IDR_STATUS_OK)
    status = idr_checkpoint_add(writer, "run/position", position.text, strlen(position.text));
  if (status == IDR_STATUS_OK)
    status = idr_checkpoint_commit(writer, idr_run_path(t->run, CHECKPOINT));
  free(settings);
  return status;
}

/* Metrics first: whoever resumes from this checkpoint finds all that were written before it. */
static idr_status save(trainer *t) {
  const idr_comm *comm = &t->context->comm;
  idr_checkpoint_writer *writer = NULL;
  IDR_TRY(idr_run_flush(t->run));
  idr_status status = IDR_STATUS_OK;
  if (comm->rank == 0) status = idr_checkpoint_writer_create(&writer);
  status = idr_comm_agree(comm, status);
  if (status == IDR_STATUS_OK) status = t->method->save(t->learner, writer);
  if (status == IDR_STATUS_OK) {
    if (comm->rank == 0) status = commit(t, writer);
    status = idr_comm_agree(comm, status);
  }
  idr_checkpoint_writer_destroy(writer);
  return status;
}

/* Products of another BLAS, or of the same one on another processor, differ in their last bits. */
static void compare_blas(trainer *t, const idr_checkpoint *checkpoint) {
  char now[512];
  const void *then = NULL;
  size_t bytes = 0;
  idr_blas_describe(now, sizeof now);
  if (idr_checkpoint_get(checkpoint, "run/blas", &then, &bytes) != IDR_STATUS_OK || bytes == 0)
    return;
  if (bytes == strlen(now) + 1 && memcmp(then, now, bytes) == 0) return;
  idr_run_warn(t->run,
               "the checkpoint was made with BLAS %.*s, this is %s: the results of an undisturbed "
               "run can no longer be met bit by bit",
               (int)bytes - 1, (const char *)then, now);
}

/* Out of the way of the next checkpoint, which would make it the one before and drop the good one.
 */
static idr_status set_aside(trainer *t, const char *warning) {
  char latest[PATH_MAX];
  snprintf(latest, sizeof latest, "%s", idr_run_path(t->run, CHECKPOINT));
  idr_run_warn(t->run, "the newest checkpoint is damaged, the one before it is used: %s", warning);
  if (!idr_file_exists(latest)) return IDR_STATUS_OK;
  return idr_file_rename(latest, idr_run_path(t->run, CHECKPOINT ".damaged"));
}

static idr_status open_newest(trainer *t, idr_checkpoint **checkpoint) {
  char warning[IDR_ERROR_MESSAGE_MAX] = "";
  if (t->context->comm.rank != 0) return IDR_STATUS_OK;
  IDR_TRY(idr_checkpoint_open_newest(idr_run_path(t->run, CHECKPOINT), checkpoint, warning,
                                     sizeof warning));
  if (warning[0]) IDR_TRY(set_aside(t, warning));
  compare_blas(t, *checkpoint);
  return IDR_STATUS_OK;
}

static idr_status restore(trainer *t) {
  idr_checkpoint *checkpoint = NULL;
  idr_status status = idr_comm_agree(&t->context->comm, open_newest(t, &checkpoint));
  if (status == IDR_STATUS_OK) status = t->method->load(t->learner, checkpoint);
  idr_checkpoint_close(checkpoint);
  IDR_TRY(status);
  idr_run_log(t->run, "resumed at %lld of %lld steps", (long long)steps_done(t),
              (long long)t->config.sizes.steps);
  return idr_run_metrics_truncate(t->run, steps_done(t));
}

/* ---- start ----------------------------------------------------------------------------------- */

/* Everything that can be wrong with settings and files is found before a folder is made. */
static idr_status prepare(trainer *t, int argc, char **argv) {
  const idr_comm *comm = &t->context->comm;
  idr_rl_config *c = &t->config;
  IDR_TRY(idr_comm_agree(comm, idr_rl_config_create(c)));
  IDR_TRY(idr_job_load(t->context, argc, argv, c->sections, c->section_count));
  IDR_TRY(idr_comm_agree(comm, idr_rl_config_choose(c)));
  IDR_TRY(idr_job_threads(t->context, c->run.threads, c->sizes.blocks, &t->threads));
  t->method = c->method;
  return idr_comm_agree(comm, t->method->create(comm, c->kind, c->task, c->learner, &c->net,
                                                (uint64_t)c->run.seed, t->threads, &t->learner));
}

/* The wells as the run's dataset: drawn by the generator, or those of a file. */
static void record_wells(trainer *t, const idr_drilling_world *world, const char *hash) {
  char source[IDR_TEXT_MAX + 64];
  const char *file = world->config.drilling.well_file;
  bool drawn = file[0] == '\0';
  if (drawn)
    snprintf(source, sizeof source, "%d wells of the generator", world->well_count);
  else
    snprintf(source, sizeof source, "%s", file);
  idr_run_input(t->run, &(idr_record_dataset){.name = "wells",
                                              .digest = hash,
                                              .source_type = drawn ? "generated" : "local",
                                              .source = source,
                                              .context = "training"});
}

/* What was learned on, as a hash that an evaluation can compare. */
static void log_world(trainer *t) {
  char text[32];
  if (t->config.kind != &idr_drilling_kind) return;
  const idr_drilling_world *world = idr_drilling_env_world(t->method->env(t->learner));
  snprintf(text, sizeof text, "%016llx", (unsigned long long)idr_drilling_world_hash(world));
  idr_run_log(t->run, "world        %d wells, hash %s (wells, physics, prices)", world->well_count,
              text);
  idr_run_result_text(t->run, "world", text);
  record_wells(t, world, text);
}

static idr_status open_run(trainer *t) {
  idr_rl_config *c = &t->config;
  IDR_TRY(idr_run_open(&t->context->comm, "train-rl", c->kind->name, &c->run, &c->mlflow,
                       c->sections, c->section_count, &t->run));
  IDR_TRY(
      idr_job_banner(t->context, t->run, t->threads, c->run.seed, c->sections, c->section_count));
  log_world(t);
  size_t memory = t->method->memory(t->learner);
  if (memory > 0)
    idr_run_log(t->run, "replay       %.1f MiB over all ranks, and in every checkpoint once full",
                (double)memory / 1048576);
  if (idr_run_resumes(t->run)) IDR_TRY(restore(t));
  return IDR_STATUS_OK;
}

/* ---- training -------------------------------------------------------------------------------- */

static idr_status iterate(trainer *t) {
  idr_method_report report;
  double begin = idr_clock_seconds();
  IDR_TRY(t->method->iterate(t->learner, &report));
  idr_progress_iteration(&t->progress, t->run, &report, idr_clock_seconds() - begin);
  return IDR_STATUS_OK;
}

static idr_status train(trainer *t, bool *stopped) {
  *stopped = false;
  while (!t->method->done(t->learner)) {
    bool due = false;
    IDR_TRY(idr_run_should_stop(t->run, stopped));
    if (*stopped) break;
    IDR_TRY(iterate(t));
    IDR_TRY(idr_run_checkpoint_due(t->run, &due));
    if (due && !t->method->done(t->learner)) IDR_TRY(save(t));
  }
  return save(t);
}

/* ---- the model ------------------------------------------------------------------------------- */

/* The policy for whoever serves it: RUN/model, and with the record to the server. */
static idr_status write_model(trainer *t) {
  char description[IDR_EXPORT_DESCRIPTION_MAX], folder[PATH_MAX];
  idr_rl_position position;
  idr_status status = IDR_STATUS_OK;
  snprintf(folder, sizeof folder, "%s", idr_run_path(t->run, "model"));
  if (t->context->comm.rank == 0) {
    idr_actor actor = t->method->actor(t->learner);
    write_position(t, &position);
    status = idr_rl_model_write(&t->config, &actor, &position, NULL, folder, description);
  }
  IDR_TRY(idr_comm_agree(&t->context->comm, status));
  idr_run_result_text(t->run, "model", folder);
  idr_run_model(t->run, "model", "policy", steps_done(t), description);
  return IDR_STATUS_OK;
}

/* ---- end ------------------------------------------------------------------------------------- */

static idr_status summarise(trainer *t, bool stopped) {
  idr_profile_row rows[IDR_METHOD_STAGE_MAX];
  const idr_progress *p = &t->progress;
  uint64_t digest = t->method->digest(t->learner);
  if (!stopped) IDR_TRY(write_model(t));
  idr_progress_results(p, t->run, digest);
  idr_progress_rows(p, rows);
  IDR_TRY(idr_job_table(t->context, t->run, rows, t->method->stage_count,
                        idr_clock_seconds() - p->started));
  double steps = (double)(p->done - p->first_step);
  idr_run_log(t->run, "\n%lld of %lld control steps, %.0f k steps/s; digest of the result %016llx",
              (long long)p->done, (long long)p->steps,
              p->in_loop > 0 ? steps / p->in_loop / 1000 : 0.0, (unsigned long long)digest);
  if (stopped)
    idr_run_log(t->run, "stopped (%s); go on with: idrill resume %s", idr_run_stop_reason(t->run),
                idr_run_folder(t->run));
  else
    idr_run_log(
        t->run,
        "finished; the results are in %s, the policy for serving in its folder model; judge "
        "it with: idrill evaluate %s",
        idr_run_folder(t->run), idr_run_folder(t->run));
  return idr_run_finish(t->run, stopped ? IDR_RUN_STOPPED : IDR_RUN_FINISHED,
                        idr_run_stop_reason(t->run));
}

static idr_status run(trainer *t, int argc, char **argv, bool *stopped) {
  IDR_TRY(prepare(t, argc, argv));
  IDR_TRY(open_run(t));
  idr_progress_start(&t->progress, t->method, &t->method->env(t->learner)->spec, steps_done(t),
                     t->config.sizes.steps);
  IDR_TRY(train(t, stopped));
  return summarise(t, *stopped);
}

int idr_job_train_rl(idr_job_context *context, int argc, char **argv) {
  trainer *t = calloc(1, sizeof *t);
  bool stopped = false;
  if (!t) return IDR_EXIT_FAILED;
  t->context = context;
  int code = IDR_EXIT_FINISHED;
  if (run(t, argc, argv, &stopped) != IDR_STATUS_OK)
    code = idr_job_fail(context, t->run);
  else if (stopped)
    code = IDR_EXIT_STOPPED;
  idr_run_close(t->run);
  if (t->method) t->method->destroy(t->learner);
  idr_rl_config_free(&t->config);
  free(t);
  return code;
}
