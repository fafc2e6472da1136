/* idrill resume RUN [section.key=value ...]: starts the job that made the folder again, with the
 * settings it wrote there, and with a checkpoint demanded. */
#include "base/file.h"
#include "jobs/job.h"
#include "track/folder.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SUMMARY_LIMIT ((size_t)16 << 20)

/* The job's name is the one thing that settings.yaml does not hold. */
static idr_status find_job(const char *folder, const idr_job **job) {
  char path[PATH_MAX];
  char *text = NULL;
  size_t bytes = 0;
  idr_status status = IDR_STATUS_OK;
  int n = snprintf(path, sizeof(path), "%s/summary.json", folder);
  if (n < 0 || (size_t)n >= sizeof(path))
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  IDR_TRY(idr_file_read(path, SUMMARY_LIMIT, &text, &bytes));
  json_t *root = json_loadb(text, bytes, 0, NULL);
  const char *name = json_string_value(json_object_get(root, "job"));
  *job = name ? idr_job_find(name) : NULL;
  if (!*job || strcmp(name, "resume") == 0)
    status = idr_fail_at(IDR_STATUS_FORMAT, __func__, __FILE__, __LINE__,
                         "'%s' does not say which job made it; start that job yourself, with "
                         "run.folder=%s run.resume=must",
                         path, folder);
  json_decref(root);
  free(text);
  return status;
}

/* The words of the job's command line: its settings file, the user's overrides, then ours. */
static idr_status make_words(int argc, char **argv, char ***words, int *count) {
  const char *folder = argv[0];
  char **list = calloc((size_t)argc + 3, sizeof(*list));
  char *text = calloc(3, PATH_MAX);
  if (!list || !text || strlen(folder) > PATH_MAX - 32) {
    free(list);
    free(text);
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long, or memory is out");
  }
  snprintf(text, PATH_MAX, "%s/settings.yaml", folder);
  snprintf(text + PATH_MAX, PATH_MAX, "run.folder=%s", folder);
  snprintf(text + 2 * PATH_MAX, PATH_MAX, "run.resume=must");
  list[0] = text;
  for (int i = 1; i < argc; i++)
    list[i] = argv[i];
  list[argc] = text + PATH_MAX;
  list[argc + 1] = text + 2 * PATH_MAX;
  *words = list;
  *count = argc + 2;
  return IDR_STATUS_OK;
}

static idr_status prepare(int argc, char **argv, const idr_job **job, char ***words, int *count) {
  if (argc < 1 || strchr(argv[0], '='))
    IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill resume RUN [section.key=value ...]");
  if (!idr_folder_is_run(argv[0]))
    IDR_FAIL(IDR_STATUS_CONFIG, "'%s' is no run folder; name the folder of a run", argv[0]);
  if (!idr_folder_has_checkpoint(argv[0]))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "run folder '%s' has no checkpoint to resume from; start the job anew", argv[0]);
  IDR_TRY(find_job(argv[0], job));
  return make_words(argc, argv, words, count);
}

int idr_job_resume(idr_job_context *context, int argc, char **argv) {
  const idr_job *job = NULL;
  char **words = NULL;
  int count = 0;
  idr_status status = prepare(argc, argv, &job, &words, &count);
  if (idr_comm_agree(&context->comm, status) != IDR_STATUS_OK) return idr_job_fail(context, NULL);
  /* The job may sort its words, so what is freed is remembered apart. */
  char *text = words[0];
  int code = job->run(context, count, words);
  free(text);
  free(words);
  return code;
}
