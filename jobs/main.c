/* The binary: finds the job that the first word names and runs it.
 *
 * Exit codes: 0 finished, 75 stopped and resumable, 1 failed.
 */
#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"
#include "jobs/rl_config.h"

#include <stdlib.h>
#include <string.h>

static const idr_job jobs[] = {
    {"train-rl", "CONFIG [section.key=value ...]", "train a policy with PPO or SAC", true,
     idr_job_train_rl, idr_rl_config_help},
    {"evaluate", "RUN|FILE.onnx [CONFIG] [section.key=value ...]",
     "judge a trained policy on episodes it has not seen, against baselines", true,
     idr_job_evaluate, idr_evaluate_help},
    {"report", "RUN|DATA [report.key=value ...]",
     "make the page of a run or of a data set: curves, tables, provenance", false, idr_job_report,
     idr_report_help},
    {"convert", "DATA OUT.csv|OUT.jsonl, or TABLE.csv OUT.h5 [convert.key=value ...]",
     "data sets as CSV or JSON Lines; other people's CSV files as data sets", false,
     idr_job_convert, idr_convert_help},
    {"generate", "[CONFIG] [section.key=value ...]",
     "make a data set: what rigs would have recorded, one row a second, in HDF5", true,
     idr_job_generate, idr_generate_help},
    {"export", "RUN|CHECKPOINT [export.key=value ...]",
     "make the model folder of a policy: ONNX, for MLflow and other runtimes", false,
     idr_job_export, idr_export_help},
    {"bench", "[NAME] [section.key=value ...]", "measure how fast the engine is on this machine",
     true, idr_job_bench, idr_bench_help},
    {"check", "FILE|FOLDER|manifest.json",
     "verify a data set: name the columns and chunks that are damaged", false, idr_job_check,
     idr_check_help},
    {"resume", "RUN [section.key=value ...]", "continue a stopped run from its checkpoint", true,
     idr_job_resume, NULL},
    {"stop", "RUN", "ask a live run to write a checkpoint and stop", false, idr_job_stop, NULL},
    {"sync", "RUN... [section.key=value ...]", "upload the records of runs to an MLflow server",
     false, idr_job_sync, idr_sync_help},
    {"promote", "MODEL[/VERSION | @ALIAS] [mlflow.uri=...]",
     "make a version of a registered model its champion", false, idr_job_promote, idr_promote_help},
    {"rollback", "MODEL [mlflow.uri=...]", "make the champion before this one the champion again",
     false, idr_job_rollback, idr_promote_help},
    {"verify-physics", "[FAMILY] [verify.key=value ...]",
     "hold the physics against published numbers, closed forms and data", false,
     idr_job_verify_physics, idr_verify_help},
    {"burst", "[CONFIG] [section.key=value ...]",
     "show the string of one well as waves of torsion, many values a second", false, idr_job_burst,
     idr_burst_help},
    {"version", "", "what this binary is and what it was built with", false, idr_job_version, NULL},
    {"help", "[JOB]", "this page, or the page of a job with all its settings", false, idr_job_help,
     NULL},
};

const idr_job *idr_job_table_get(int *count) {
  *count = (int)(sizeof(jobs) / sizeof(jobs[0]));
  return jobs;
}

const idr_job *idr_job_find(const char *name) {
  for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
    if (strcmp(jobs[i].name, name) == 0) return &jobs[i];
  return NULL;
}

const idr_job *idr_job_nearest(const char *name) {
  const idr_job *best = NULL;
  int smallest = 0;
  for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
    int distance = idr_text_distance(name, jobs[i].name);
    if (best && distance >= smallest) continue;
    best = &jobs[i];
    smallest = distance;
  }
  return best && idr_text_is_near(name, smallest) ? best : NULL;
}

static bool is_help(const char *word) {
  return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int fail_unknown(const char *name) {
  const idr_job *near = idr_job_nearest(name);
  fprintf(stderr, "idrill: there is no job '%s'", name);
  if (near) fprintf(stderr, "; did you mean '%s'?", near->name);
  fprintf(stderr, "\n'idrill help' lists the jobs\n");
  return IDR_EXIT_FAILED;
}

/* Jobs sort their words in place; the banner shows them as they were typed. */
static idr_status copy_words(int argc, char *const *argv, char ***words) {
  *words = calloc((size_t)argc + 1, sizeof(**words));
  if (!*words) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the command line");
  memcpy(*words, argv, (size_t)argc * sizeof(**words));
  return IDR_STATUS_OK;
}

/* MPI comes up only for jobs that use it: help and version work on a login node without it. */
static int run_job(const idr_job *job, int argc, char **argv) {
  idr_job_context context = {
      .comm = idr_comm_self(), .argc = argc, .argv = argv, .started = idr_clock_seconds()};
  char **words = NULL;
  /* First, since MPI may take its time to come up, and a stop may come meanwhile. */
  idr_status status = idr_stop_install();
  if (status == IDR_STATUS_OK && job->parallel)
    status = idr_comm_start(&argc, &argv, &context.comm);
  if (status == IDR_STATUS_OK) status = copy_words(argc, argv, &words);
  int code = status == IDR_STATUS_OK ? job->run(&context, argc - 2, words + 2)
                                     : idr_job_fail(&context, NULL);
  free(words);
  idr_comm_finish(&context.comm);
  return code;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    idr_help_overview(stderr);
    return IDR_EXIT_FAILED;
  }
  const char *name = is_help(argv[1])                    ? "help"
                     : strcmp(argv[1], "--version") == 0 ? "version"
                                                         : argv[1];
  const idr_job *job = idr_job_find(name);
  if (!job) return fail_unknown(name);
  for (int i = 2; i < argc; i++) {
    if (!is_help(argv[i])) continue;
    idr_help_page(job, stdout);
    return IDR_EXIT_FINISHED;
  }
  return run_job(job, argc, argv);
}
