/* idrill evaluate RUN [section.key=value ...]: the policy of a run's newest checkpoint, frozen,
 * against the numbers that matter for its task.
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
                         idr_baseline_settings *baselines) {
  idr_rl_config_add(config, (idr_section)IDR_SECTION("evaluate", "what is asked of the policy",
                                                     evaluate_rows, ask));
  idr_rl_config_add(config, (idr_section){"baselines", "drillers to compare it with",
                                          idr_baseline_rows, idr_baseline_row_count, baselines});
}

void idr_evaluate_help(FILE *out) {
  idr_rl_config c;
  idr_evaluate_settings ask;
  idr_baseline_settings baselines;
  fputs(
      "All settings are those that the run was trained with (RUN/settings.yaml); sections evaluate "
      "and\nbaselines are new. Prices and the world may be changed to see what the same policy "
      "does "
      "there.\n\n",
      out);
  if (idr_rl_config_create(&c) == IDR_STATUS_OK) {
    add_sections(&c, &ask, &baselines);
    idr_settings_help(c.sections, c.section_count, out);
  }
  idr_rl_config_free(&c);
}

static idr_status path_in(const idr_evaluation *e, const char *name, char *out) {
  int n = snprintf(out, PATH_MAX, "%s/%s", e->folder, name);
  if (n < 0 || n >= PATH_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  return IDR_STATUS_OK;
}

static idr_status find_run(idr_evaluation *e, const char *word) {
  if (!word) IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill evaluate RUN [section.key=value ...]");
  if (!idr_file_is_folder(word) || !idr_folder_is_run(word))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "'%s' is no run folder; name the folder that the training's first lines show", word);
  if (!idr_folder_has_checkpoint(word))
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "run folder '%s' has no checkpoint yet; one comes every run.checkpoint_every, when the "
        "run ends, and when 'idrill stop %s' asks for it",
        word, word);
  if (snprintf(e->folder, sizeof e->folder, "%s", word) >= (int)sizeof e->folder)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  for (size_t n = strlen(e->folder); n > 1 && e->folder[n - 1] == '/'; n--)
    e->folder[n - 1] = '\0';
  return IDR_STATUS_OK;
}

/* "auto": beside the run, so that all runs of a folder share the tuned baselines. */
static idr_status find_cache(idr_evaluation *e) {
  char whole[PATH_MAX];
  char *cache = e->baselines.cache;
  if (strcmp(cache, "auto") != 0) return IDR_STATUS_OK;
  if (!realpath(e->folder, whole)) return idr_file_fail("find", e->folder, errno);
  *strrchr(whole, '/') = '\0';
  if (snprintf(cache, sizeof e->baselines.cache, "%s/baselines.json", whole) >=
      (int)sizeof e->baselines.cache)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the folder of '%s' has a very long name; set baselines.cache",
             e->folder);
  return IDR_STATUS_OK;
}

static idr_status load_settings(idr_evaluation *e, int argc, char **argv) {
  idr_job_line line;
  char file[PATH_MAX];
  IDR_TRY(idr_job_parse(argc, argv, &line));
  IDR_TRY(find_run(e, line.config));
  IDR_TRY(path_in(e, "settings.yaml", file));
  IDR_TRY(idr_rl_config_create(&e->config));
  add_sections(&e->config, &e->ask, &e->baselines);
  IDR_TRY(idr_settings_load(e->config.sections, e->config.section_count, file, line.overrides,
                            line.override_count));
  IDR_TRY(idr_rl_config_choose(&e->config));
  IDR_TRY(find_cache(e));
  e->threads = e->ask.threads > 0 ? (int)e->ask.threads : omp_get_max_threads();
  omp_set_num_threads(e->threads);
  return idr_blas_prepare(e->threads);
}

/* ---- the policy ------------------------------------------------------------------------------ */

/* A change of these makes another policy of the same numbers. */
static bool makes_policy(const char *section) {
  return strcmp(section, "train") == 0 || strcmp(section, "net") == 0;
}

/* These do not say what world the policy learned in. */
static bool is_of_the_job(const char *section) {
  return strcmp(section, "run") == 0 || strcmp(section, "mlflow") == 0 ||
         strcmp(section, "ppo") == 0 || strcmp(section, "evaluate") == 0 ||
         strcmp(section, "baselines") == 0;
}

/* Compares a section with the checkpoint's own settings. */
static idr_status compare_section(const idr_section *now, const idr_yaml *yaml, void *then,
                                  idr_evaluation *e) {
  char before[IDR_SETTING_TEXT_MAX], after[IDR_SETTING_TEXT_MAX], key[128];
  idr_problems problems = {.count = 0};
  idr_yaml_node node = idr_yaml_child(yaml, idr_yaml_root(yaml), now->name);
  idr_record_read(yaml, node, now->rows, now->row_count, "", then, &problems);
  IDR_TRY(idr_problems_status(&problems));
  for (int i = 0; i < now->row_count; i++) {
    idr_setting_format(&now->rows[i], then, before, sizeof before);
    idr_setting_format(&now->rows[i], now->values, after, sizeof after);
    if (strcmp(before, after) == 0) continue;
    if (makes_policy(now->name))
      IDR_FAIL(IDR_STATUS_CONFIG,
               "the policy in '%s' was trained with %s.%s = %s, not %s: its numbers mean nothing "
               "there; take the setting back",
               e->folder, now->name, now->rows[i].name, before, after);
    printf("note: %s.%s is %s, the policy was trained with %s\n", now->name, now->rows[i].name,
           after, before);
    snprintf(key, sizeof key, "%s.%s", now->name, now->rows[i].name);
    json_object_set_new(json_object_get(e->record, "changed_settings"), key,
                        json_pack("[s,s]", before, after));
  }
  return IDR_STATUS_OK;
}

static size_t section_bytes(const idr_section *section) {
  size_t bytes = 0;
  for (int i = 0; i < section->row_count; i++)
    if (section->rows[i].offset > bytes) bytes = section->rows[i].offset;
  return bytes + sizeof(idr_reals) + IDR_TEXT_MAX;
}

static idr_status compare_settings(idr_evaluation *e, const idr_checkpoint *checkpoint) {
  const void *text = NULL;
  size_t bytes = 0;
  idr_yaml *yaml = NULL;
  IDR_TRY(idr_checkpoint_get(checkpoint, "run/settings", &text, &bytes));
  IDR_TRY(idr_yaml_parse("the checkpoint's settings", text, bytes, &yaml));
  idr_status status = IDR_STATUS_OK;
  for (int i = 0; i < e->config.section_count && status == IDR_STATUS_OK; i++) {
    const idr_section *section = &e->config.sections[i];
    if (is_of_the_job(section->name)) continue;
    void *then = calloc(1, section_bytes(section));
    status = then ? compare_section(section, yaml, then, e)
                  : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                "no memory to compare settings");
    free(then);
  }
  idr_yaml_free(yaml);
  return status;
}

/* Where the training stood, as train-rl wrote it: "299008 of 299008 steps, digest
 * 0123456789abcdef".
 */
typedef struct {
  char text[128];
  long long steps, all_steps;
  char digest[17];
} position;

static void read_position(const idr_checkpoint *checkpoint, position *p) {
  const void *text = NULL;
  size_t bytes = 0;
  *p = (position){.text = "unknown position"};
  if (idr_checkpoint_get(checkpoint, "run/position", &text, &bytes) != IDR_STATUS_OK) {
    idr_error_clear();
    return;
  }
  snprintf(p->text, sizeof p->text, "%.*s", (int)bytes, (const char *)text);
  if (sscanf(p->text, "%lld of %lld steps, digest %16[0-9a-f]", &p->steps, &p->all_steps,
             p->digest) != 3)
    p->steps = 0;
}

static void record_position(idr_evaluation *e, const idr_checkpoint *checkpoint,
                            const char *warning) {
  position p;
  char weights[32];
  read_position(checkpoint, &p);
  size_t size = (size_t)idr_params_size(e->policy->params) * sizeof(real);
  snprintf(weights, sizeof weights, "%016llx",
           (unsigned long long)idr_checksum(e->actor.weights, size));
  printf("policy       %s, checkpoint at %s\n", e->config.kind->name, p.text);
  if (warning[0])
    printf("warning: the newest checkpoint is damaged, the one before it is judged: %s\n", warning);
  json_object_set_new(e->record, "checkpoint",
                      json_pack("{s:I,s:I,s:s,s:s,s:b,s:s}", "steps", (json_int_t)p.steps,
                                "steps_of_the_training", (json_int_t)p.all_steps, "digest",
                                p.digest, "weights", weights, "older_generation",
                                warning[0] != '\0', "warning", warning));
}

static idr_status load_weights(idr_evaluation *e, const idr_checkpoint *checkpoint) {
  IDR_TRY(compare_settings(e, checkpoint));
  idr_status status = idr_actor_load(e->policy, checkpoint, &e->actor);
  if (status != IDR_STATUS_OK) idr_error_prefix("the checkpoint does not fit the settings: ");
  return status;
}

static idr_status load_policy(idr_evaluation *e) {
  char path[PATH_MAX], warning[IDR_ERROR_MESSAGE_MAX] = "";
  idr_checkpoint *checkpoint = NULL;
  const idr_rl_config *c = &e->config;
  IDR_TRY(path_in(e, "checkpoint/latest", path));
  IDR_TRY(idr_checkpoint_open_newest(path, &checkpoint, warning, sizeof warning));
  idr_status status = idr_env_create(c->kind, c->task, (uint64_t)c->run.seed, 0, 1, &e->training);
  if (status == IDR_STATUS_OK) status = idr_policy_create(&e->training->spec, &c->net, &e->policy);
  if (status == IDR_STATUS_OK) status = load_weights(e, checkpoint);
  if (status == IDR_STATUS_OK) record_position(e, checkpoint, warning);
  idr_checkpoint_close(checkpoint);
  return status;
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

idr_status idr_evaluate_write(const idr_evaluation *e, const json_t *json, const char *name) {
  char path[PATH_MAX];
  IDR_TRY(path_in(e, name, path));
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
  printf("evaluating   %s, %s actions, %d threads\n", e->folder,
         e->ask.deterministic ? "deterministic" : "drawn", e->threads);
  IDR_TRY(load_policy(e));
  IDR_TRY(e->config.kind == &idr_drilling_kind ? idr_evaluate_drilling(e)
                                               : idr_evaluate_yardstick(e));
  IDR_TRY(idr_evaluate_write(e, e->record, "evaluation.json"));
  printf("\nall numbers are in %s/evaluation.json\n", e->folder);
  return IDR_STATUS_OK;
}

static void free_evaluation(idr_evaluation *e) {
  json_decref(e->record);
  idr_actor_free(&e->actor);
  idr_policy_destroy(e->policy);
  idr_env_destroy(e->training);
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
