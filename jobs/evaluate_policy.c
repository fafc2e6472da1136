/* Which policy is judged: the newest checkpoint of a run, or an ONNX file, and under which
 * settings. */
#include "jobs/evaluate.h"

#include "base/checksum.h"
#include "base/file.h"
#include "base/text.h"
#include "track/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ONNX_MAX ((size_t)1 << 30)

/* ---- a run ----------------------------------------------------------------------------------- */

static void trim_slashes(char *path) {
  for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
    path[n - 1] = '\0';
}

/* A model folder has settings.yaml as a run has. */
static bool is_model_folder(const char *word) {
  char path[PATH_MAX];
  int n = snprintf(path, sizeof path, "%s/MLmodel", word);
  return n > 0 && n < (int)sizeof path && idr_file_exists(path);
}

static idr_status find_run(idr_evaluation *e, const char *word) {
  if (!word)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "usage: idrill evaluate RUN|FILE.onnx [CONFIG] [section.key=value ...]");
  if (!idr_file_is_folder(word) || !idr_folder_is_run(word))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "'%s' is no run folder; name the folder that the training's first lines show", word);
  if (!idr_folder_has_checkpoint(word) && is_model_folder(word))
    IDR_FAIL(IDR_STATUS_CONFIG, "'%s' is a model folder; name the file in it: %s/model.onnx", word,
             word);
  if (!idr_folder_has_checkpoint(word))
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "run folder '%s' has no checkpoint yet; one comes every run.checkpoint_every, when the "
        "run ends, and when 'idrill stop %s' asks for it",
        word, word);
  if (snprintf(e->folder, sizeof e->folder, "%s", word) >= (int)sizeof e->folder)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  trim_slashes(e->folder);
  return IDR_STATUS_OK;
}

/* ---- an ONNX file -----------------------------------------------------------------------------
 */

static bool is_onnx(const char *word) {
  size_t n = strlen(word);
  return n > 5 && strcmp(word + n - 5, ".onnx") == 0 && !strchr(word, '=') &&
         !idr_file_is_folder(word);
}

/* Its folder, and what its records are called: "policy.onnx" has "policy.evaluation.json". */
static idr_status find_file(idr_evaluation *e, const char *word) {
  const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;
  int a = snprintf(e->file, sizeof e->file, "%s", word);
  int b = snprintf(e->folder, sizeof e->folder, "%.*s", slash ? (int)(slash - word) : 1,
                   slash ? word : ".");
  int c = snprintf(e->prefix, sizeof e->prefix, "%.*s.", (int)strlen(name) - 5, name);
  if (a >= PATH_MAX || b >= PATH_MAX || c >= (int)sizeof e->prefix)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the ONNX file is too long");
  if (slash == word) snprintf(e->folder, sizeof e->folder, "/");
  if (!idr_file_exists(e->file)) IDR_FAIL(IDR_STATUS_IO, "there is no file '%s'", e->file);
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_find(idr_evaluation *e, int *argc, char **argv, idr_job_line *line) {
  const char *file = NULL;
  int kept = 0;
  for (int i = 0; i < *argc; i++)
    if (!file && is_onnx(argv[i]))
      file = argv[i];
    else
      argv[kept++] = argv[i];
  *argc = kept;
  IDR_TRY(idr_job_parse(kept, argv, line));
  return file ? find_file(e, file) : find_run(e, line->config);
}

idr_status idr_evaluate_settings_file(const idr_evaluation *e, const idr_job_line *line,
                                      char out[PATH_MAX]) {
  if (e->file[0] && line->config) {
    if (snprintf(out, PATH_MAX, "%s", line->config) >= PATH_MAX)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the settings file is too long");
    return IDR_STATUS_OK;
  }
  IDR_TRY(idr_evaluate_path(e, "settings.yaml", out));
  if (!e->file[0] || idr_file_exists(out)) return IDR_STATUS_OK;
  printf("note: there is no settings.yaml beside '%s' and no CONFIG was given: the task has its "
         "default settings, and what the command line says\n",
         e->file);
  out[0] = '\0';
  return IDR_STATUS_OK;
}

/* The folder that has the run, for "auto": all runs of a folder share the tuned baselines. A model
 * that is a run's goes with it, any other one has its own. */
static idr_status find_shelf(const idr_evaluation *e, char whole[PATH_MAX]) {
  if (!realpath(e->folder, whole)) return idr_file_fail("find", e->folder, errno);
  char *name = strrchr(whole, '/');
  if (!e->file[0]) {
    *name = '\0';
    return IDR_STATUS_OK;
  }
  if (strcmp(name, "/model") != 0) return IDR_STATUS_OK;
  *name = '\0';
  char *run = strrchr(whole, '/');
  if (run && idr_folder_is_run(whole))
    *run = '\0';
  else
    *name = '/';
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_find_cache(idr_evaluation *e) {
  char whole[PATH_MAX];
  char *cache = e->baselines.cache;
  if (strcmp(cache, "auto") != 0) return IDR_STATUS_OK;
  IDR_TRY(find_shelf(e, whole));
  if (snprintf(cache, sizeof e->baselines.cache, "%s/baselines.json", whole) >=
      (int)sizeof e->baselines.cache)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the folder of '%s' has a very long name; set baselines.cache",
             e->folder);
  return IDR_STATUS_OK;
}

static idr_status load_file(idr_evaluation *e) {
  char *bytes = NULL, sum[32];
  size_t size = 0;
  const idr_rl_config *c = &e->config;
  if (!e->ask.deterministic)
    IDR_FAIL(IDR_STATUS_UNSUPPORTED,
             "evaluate.deterministic=false: an ONNX file says what to do, not how to draw it");
  IDR_TRY(idr_file_read(e->file, ONNX_MAX, &bytes, &size));
  snprintf(sum, sizeof sum, "%016llx", (unsigned long long)idr_checksum(bytes, size));
  free(bytes);
  IDR_TRY(idr_env_create(c->kind, c->task, (uint64_t)c->run.seed, 0, 1, &e->frozen.env));
  IDR_TRY(idr_served_open(e->file, &e->frozen.env->spec, (int)c->sizes.tile_rows, &e->served));
  e->actor = (idr_actor){.served = e->served};
  printf("policy       %s, ONNX file %s, checksum %s\n", c->kind->name, e->file, sum);
  json_object_set_new(e->record, "onnx",
                      json_pack("{s:s,s:s}", "file",
                                idr_text_is_utf8(e->file) ? e->file : "(a name that is no UTF-8)",
                                "xxh3", sum));
  return IDR_STATUS_OK;
}

/* ---- a checkpoint ------------------------------------------------------------------------------
 */

/* A change of these makes another policy of the same numbers. */
static bool makes_policy(const char *section) {
  return strcmp(section, "train") == 0 || strcmp(section, "net") == 0;
}

/* These do not say what world the policy learned in. */
static bool is_of_the_job(const idr_evaluation *e, const char *section) {
  return strcmp(section, "run") == 0 || strcmp(section, "mlflow") == 0 ||
         strcmp(section, e->config.method->name) == 0 || strcmp(section, "evaluate") == 0 ||
         strcmp(section, "baselines") == 0 || strcmp(section, "shield") == 0;
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
    if (is_of_the_job(e, section->name)) continue;
    void *then = calloc(1, section_bytes(section));
    status = then ? compare_section(section, yaml, then, e)
                  : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                "no memory to compare settings");
    free(then);
  }
  idr_yaml_free(yaml);
  return status;
}

static void record_position(idr_evaluation *e, const idr_checkpoint *checkpoint,
                            const char *warning) {
  idr_rl_position p;
  char weights[32];
  idr_rl_position_read(checkpoint, &p);
  size_t size = (size_t)idr_params_size(e->frozen.policy->params) * sizeof(real);
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

static idr_status load_checkpoint(idr_evaluation *e, const idr_checkpoint *checkpoint,
                                  const char *warning) {
  IDR_TRY(compare_settings(e, checkpoint));
  IDR_TRY(idr_rl_frozen_load(&e->config, checkpoint, &e->frozen));
  e->actor = e->frozen.actor;
  record_position(e, checkpoint, warning);
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_load_policy(idr_evaluation *e) {
  char path[PATH_MAX], warning[IDR_ERROR_MESSAGE_MAX] = "";
  idr_checkpoint *checkpoint = NULL;
  if (e->file[0]) return load_file(e);
  IDR_TRY(idr_evaluate_path(e, "checkpoint/latest", path));
  IDR_TRY(idr_checkpoint_open_newest(path, &checkpoint, warning, sizeof warning));
  idr_status status = load_checkpoint(e, checkpoint, warning);
  idr_checkpoint_close(checkpoint);
  return status;
}
