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

/* The command line that the job gets; its texts live as long as this does. */
typedef struct {
  char settings[PATH_MAX], folder[PATH_MAX], resume[32];
  char **words;
  int count;
} line;

/* The settings file of the folder, the user's overrides, then ours, which so have the last word. */
static idr_status make_line(int argc, char **argv, line *out) {
  int a = snprintf(out->settings, sizeof(out->settings), "%s/settings.yaml", argv[0]);
  int b = snprintf(out->folder, sizeof(out->folder), "run.folder=%s", argv[0]);
  if (a < 0 || b < 0 || a >= PATH_MAX || b >= PATH_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  snprintf(out->resume, sizeof(out->resume), "run.resume=must");
  out->words = calloc((size_t)argc + 2, sizeof(*out->words));
  if (!out->words) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the command line");
  out->words[out->count++] = out->settings;
  for (int i = 1; i < argc; i++)
    out->words[out->count++] = argv[i];
  out->words[out->count++] = out->folder;
  out->words[out->count++] = out->resume;
  return IDR_STATUS_OK;
}

static idr_status prepare(int argc, char **argv, const idr_job **job, line *out) {
  if (argc < 1 || strchr(argv[0], '='))
    IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill resume RUN [section.key=value ...]");
  if (!idr_folder_is_run(argv[0]))
    IDR_FAIL(IDR_STATUS_CONFIG, "'%s' is no run folder; name the folder of a run", argv[0]);
  if (!idr_folder_has_checkpoint(argv[0]))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "run folder '%s' has no checkpoint to resume from; start the job anew", argv[0]);
  IDR_TRY(find_job(argv[0], job));
  return make_line(argc, argv, out);
}

int idr_job_resume(idr_job_context *context, int argc, char **argv) {
  const idr_job *job = NULL;
  line next = {.words = NULL};
  int code;
  idr_status status = prepare(argc, argv, &job, &next);
  if (idr_comm_agree(&context->comm, status) == IDR_STATUS_OK)
    code = job->run(context, next.count, next.words);
  else
    code = idr_job_fail(context, NULL);
  free(next.words);
  return code;
}
