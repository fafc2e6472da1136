/* idrill export RUN|CHECKPOINT [export.key=value ...]: the policy of a run's newest checkpoint, or
 * of a checkpoint file, as a model folder that MLflow and every ONNX runtime take. A run that
 * finished has made one already; this makes it anew, with limits inside, or from an earlier
 * checkpoint. */
#include "base/file.h"
#include "graph/graph.h"
#include "jobs/rl_model.h"
#include "track/folder.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char checkpoint[PATH_MAX], folder[PATH_MAX];
  idr_rl_config config;
  idr_export_settings ask;
  idr_rl_position position;
  idr_rl_frozen frozen;
} exporter;

static idr_section export_section(idr_export_settings *ask) {
  return (idr_section){"export", "the model that is written", idr_export_rows, idr_export_row_count,
                       ask};
}

void idr_export_help(FILE *out) {
  idr_export_settings ask;
  const idr_section section = export_section(&ask);
  fputs("The settings of the policy come from its checkpoint. The folder holds model.onnx (raw\n"
        "observations in, set-points and their standard deviations out), value.onnx, MLmodel with\n"
        "the signature, an example with the engine's own answer, and settings.yaml.\n\n",
        out);
  idr_settings_help(&section, 1, out);
}

static idr_status too_long(const char *word) {
  IDR_FAIL(IDR_STATUS_ARGUMENT, "'%.100s...': the name is too long", word);
}

/* Which file, and where the model goes unless export.folder says otherwise. */
static idr_status find_checkpoint(exporter *x, const char *word) {
  if (!word)
    IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill export RUN|CHECKPOINT [export.key=value ...]");
  size_t length = strlen(word);
  while (length > 1 && word[length - 1] == '/')
    length--;
  bool run = idr_file_is_folder(word);
  if (run && !idr_folder_has_checkpoint(word))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "'%s' is no run folder with a checkpoint; name one, or a checkpoint file", word);
  int a = snprintf(x->checkpoint, sizeof x->checkpoint, "%.*s%s", (int)length, word,
                   run ? "/checkpoint/latest" : "");
  bool limited = x->ask.low.count > 0 || x->ask.high.count > 0;
  int b = snprintf(x->folder, sizeof x->folder, "%.*s%s%s", (int)length, word,
                   run ? "/model" : ".model", limited ? "-limited" : "");
  return a < PATH_MAX && b < PATH_MAX ? IDR_STATUS_OK : too_long(word);
}

static idr_status read_checkpoint(exporter *x, const idr_checkpoint *checkpoint) {
  const void *text = NULL;
  size_t bytes = 0;
  idr_rl_config *c = &x->config;
  IDR_TRY(idr_checkpoint_get(checkpoint, "run/settings", &text, &bytes));
  IDR_TRY(idr_settings_parse(c->sections, c->section_count, "the checkpoint's settings", text,
                             bytes, NULL, 0));
  IDR_TRY(idr_rl_config_choose(c));
  idr_rl_position_read(checkpoint, &x->position);
  return idr_rl_frozen_load(c, checkpoint, &x->frozen);
}

static idr_status open_checkpoint(exporter *x) {
  char warning[IDR_ERROR_MESSAGE_MAX] = "";
  idr_checkpoint *checkpoint = NULL;
  IDR_TRY(idr_checkpoint_open_newest(x->checkpoint, &checkpoint, warning, sizeof warning));
  if (warning[0])
    fprintf(stderr, "warning: '%s' is damaged, the one before it is exported: %s\n", x->checkpoint,
            warning);
  idr_status status = read_checkpoint(x, checkpoint);
  idr_checkpoint_close(checkpoint);
  return status;
}

static idr_status export(exporter *x, int argc, char **argv) {
  idr_job_line line;
  char description[IDR_EXPORT_DESCRIPTION_MAX];
  const idr_section section = export_section(&x->ask);
  IDR_TRY(idr_job_parse(argc, argv, &line));
  IDR_TRY(idr_settings_load(&section, 1, NULL, line.overrides, line.override_count));
  IDR_TRY(find_checkpoint(x, line.config));
  if (strcmp(x->ask.folder, "auto") != 0)
    snprintf(x->folder, sizeof x->folder, "%s", x->ask.folder);
  if (idr_folder_has_checkpoint(x->folder))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "export.folder: '%s' is a run, whose settings.yaml the model's would replace; name a "
             "folder of its own",
             x->folder);
  IDR_TRY(idr_rl_config_create(&x->config));
  IDR_TRY(idr_blas_prepare(1));
  IDR_TRY(open_checkpoint(x));
  IDR_TRY(idr_rl_model_write(&x->config, &x->frozen.actor, &x->position, &x->ask, x->folder,
                             description));
  printf("policy       %s, checkpoint at %s\nmodel        %s\n%s\n", x->config.kind->name,
         x->position.text, x->folder, description);
  if (!x->frozen.actor.value.shift)
    printf("note: the checkpoint is of an earlier version, which kept no units of the value head: "
           "there is no value.onnx\n");
  return IDR_STATUS_OK;
}

int idr_job_export(idr_job_context *context, int argc, char **argv) {
  exporter *x = calloc(1, sizeof *x);
  idr_status status = x ? export(x, argc, argv)
                        : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                      "no memory to export a policy");
  if (x) {
    idr_rl_frozen_free(&x->frozen);
    idr_rl_config_free(&x->config);
  }
  free(x);
  return status == IDR_STATUS_OK ? IDR_EXIT_FINISHED : idr_job_fail(context, NULL);
}
