/* idrill stop RUN: drops the file that a live run looks for once an iteration. */
#include "base/file.h"
#include "jobs/job.h"
#include "track/folder.h"

#include <limits.h>
#include <string.h>

/* CONFIG when the folder is none of ours: a typing error must not scatter files. */
static idr_status ask(const char *folder) {
  char path[PATH_MAX];
  if (!idr_folder_is_run(folder))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "'%s' is no run folder (it has no settings.yaml); name the folder "
             "that the run's first lines show",
             folder);
  int n = snprintf(path, sizeof(path), "%s/stop", folder);
  if (n < 0 || (size_t)n >= sizeof(path))
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  if (idr_folder_is_idle(folder))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "no live process works in run folder '%s': there is nothing to stop", folder);
  IDR_TRY(idr_file_write(path, "", 0));
  printf("asked the run in '%s' to stop; it writes a checkpoint first, and 'idrill resume %s' "
         "continues it\n",
         folder, folder);
  return IDR_STATUS_OK;
}

static idr_status stop(int argc, char **argv) {
  if (argc != 1)
    IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill stop RUN, where RUN is the folder of one run");
  return ask(argv[0]);
}

int idr_job_stop(idr_job_context *context, int argc, char **argv) {
  return stop(argc, argv) == IDR_STATUS_OK ? IDR_EXIT_FINISHED : idr_job_fail(context, NULL);
}
