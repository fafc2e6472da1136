/* idrill evaluate RUN|FILE.onnx [CONFIG] [section.key=value ...]: the policy of a run's newest
 * checkpoint, or one in an ONNX file, frozen, against the numbers that matter for its task.
 *
 * It only reads the run, so the run may be live. Rank 0 does all the work with the threads of all
 * its processors; the other ranks sleep, since two ranks on one machine would share those
 * processors anyway and the tuning of baselines is not spread over ranks. */
#include "jobs/evaluate.h"

#include "base/build.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/text.h"
#include "graph/graph.h"
#include "track/folder.h"

#include <errno.h>
#include <omp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define idr_row_type idr_evaluate_settings
static const idr_setting evaluate_rows[] = {IDR_EVALUATE_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

/* ---- settings -------------------------------------------------------------------------------- */

static void add_sections(idr_rl_config *config, idr_evaluate_settings *ask,
                         idr_baseline_settings *baselines, idr_shield_settings *shield) {
  idr_rl_config_add(config, (idr_section)IDR_SECTION("evaluate", "what is asked of the policy",
                                                     evaluate_rows, ask));
  idr_rl_config_add(config, (idr_section){"baselines", "drillers to compare it with",
                                          idr_baseline_rows, idr_baseline_row_count, baselines});
  idr_rl_config_add(config, (idr_section){"shield", "safety limits, and what keeps them",
                                          idr_shield_rows, idr_shield_row_count, shield});
}

void idr_evaluate_help(FILE *out) {
  idr_rl_config c;
  idr_evaluate_settings ask;
  idr_baseline_settings baselines;
  idr_shield_settings shield;
  fputs("All settings are those that the run was trained with (RUN/settings.yaml); sections "
        "evaluate,\nbaselines and shield are new. Prices and the world may be changed to see what "
        "the "
        "same policy does\nthere.\n\nAn ONNX file is judged under CONFIG, or the settings.yaml "
        "beside "
        "it, which idrill export puts\nthere. Its one input is a raw observation, its output "
        "\"action\" (or the first) what the task takes.\n\n",
        out);
  idr_scenario_sets_help(out);
  if (idr_rl_config_create(&c) == IDR_STATUS_OK) {
    add_sections(&c, &ask, &baselines, &shield);
    idr_settings_help(c.sections, c.section_count, out);
  }
  idr_rl_config_free(&c);
}

static idr_status load_settings(idr_evaluation *e, int argc, char **argv) {
  idr_job_line line;
  char file[PATH_MAX];
  IDR_TRY(idr_evaluate_find(e, &argc, argv, &line));
  IDR_TRY(idr_evaluate_settings_file(e, &line, file));
  IDR_TRY(idr_rl_config_create(&e->config));
  add_sections(&e->config, &e->ask, &e->baselines, &e->shield);
  IDR_TRY(idr_settings_load(e->config.sections, e->config.section_count, file[0] ? file : NULL,
                            line.overrides, line.override_count));
  IDR_TRY(idr_rl_config_choose(&e->config));
  IDR_TRY(idr_evaluate_find_cache(e));
  e->threads = e->ask.threads > 0 ? (int)e->ask.threads : omp_get_max_threads();
  omp_set_num_threads(e->threads);
  return idr_blas_prepare(e->threads);
}

/* ---- the record ------------------------------------------------------------------------------ */

static void record_setting(void *context, const char *key, const char *value) {
  json_object_set_new(context, key, json_string(value));
}

static idr_status start_record(idr_evaluation *e) {
  const idr_build *build = idr_build_get();
  json_t *settings = json_object();
  idr_settings_visit(e->config.sections, e->config.section_count, record_setting, settings);
  e->record = json_pack("{s:i,s:s,s:s,s:s,s:s,s:b,s:o,s:o}", "format", 1, "idrill", build->version,
                        "git", build->git, "run",
                        idr_text_is_utf8(e->folder) ? e->folder : "(a name that is no UTF-8)",
                        "task", e->config.kind->name, "deterministic", e->ask.deterministic,
                        "settings", settings, "changed_settings", json_object());
  if (!e->record) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the record of an evaluation");
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_path(const idr_evaluation *e, const char *name, char out[PATH_MAX]) {
  int n = snprintf(out, PATH_MAX, "%s/%s", e->folder, name);
  if (n < 0 || n >= PATH_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the folder '%.100s...' is too long", e->folder);
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_write(const idr_evaluation *e, const json_t *json, const char *name) {
  char path[PATH_MAX], own[PATH_MAX];
  snprintf(own, sizeof own, "%s%s", e->prefix, name);
  IDR_TRY(idr_evaluate_path(e, own, path));
  char *text = json_dumps(json, JSON_COMPACT);
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for '%s'", path);
  idr_status status = idr_file_write(path, text, strlen(text));
  free(text);
  IDR_TRY(status);
  return IDR_STATUS_OK;
}

/* ---- the job --------------------------------------------------------------------------------- */

static idr_status evaluate(idr_evaluation *e, int argc, char **argv) {
  IDR_TRY(load_settings(e, argc, argv));
  IDR_TRY(start_record(e));
  printf("evaluating   %s, %s actions, %d threads\n", e->file[0] ? e->file : e->folder,
         e->ask.deterministic ? "deterministic" : "drawn", e->threads);
  IDR_TRY(idr_evaluate_load_policy(e));
  IDR_TRY(e->config.kind == &idr_drilling_kind ? idr_evaluate_drilling(e)
                                               : idr_evaluate_yardstick(e));
  IDR_TRY(idr_evaluate_write(e, e->record, "evaluation.json"));
  printf("\nall numbers are in %s/%sevaluation.json\n", e->folder, e->prefix);
  return IDR_STATUS_OK;
}

static void free_evaluation(idr_evaluation *e) {
  json_decref(e->record);
  idr_served_close(e->served);
  idr_rl_frozen_free(&e->frozen);
  idr_rl_config_free(&e->config);
  free(e);
}

/* Nothing is lost by ending at once: signals do what they do to any program. */
static void restore_signals(void) {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGUSR1, SIG_DFL);
}

int idr_job_evaluate(idr_job_context *context, int argc, char **argv) {
  idr_evaluation *e = calloc(1, sizeof *e);
  idr_status status = IDR_STATUS_OK;
  restore_signals();
  if (!e)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory to evaluate a policy");
  else if (context->comm.rank == 0)
    status = evaluate(e, argc, argv);
  fflush(stdout);
  if (e) free_evaluation(e);
  /* A rank that cannot rest has lost the others: agreeing would fail as well. */
  if (idr_comm_rest(&context->comm) != IDR_STATUS_OK) return idr_job_fail(context, NULL);
  status = idr_comm_agree(&context->comm, status);
  return status == IDR_STATUS_OK ? IDR_EXIT_FINISHED : idr_job_fail(context, NULL);
}
