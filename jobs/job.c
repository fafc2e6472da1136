#include "jobs/job.h"

#include <stdlib.h>
#include <string.h>

/* ---- command line ---------------------------------------------------------------------------- */

idr_status idr_job_parse(int argc, char **argv, idr_job_line *line) {
  memset(line, 0, sizeof(*line));
  int used = 0;
  for (int i = 0; i < argc; i++) {
    char *word = argv[i];
    if (word[0] == '-')
      IDR_FAIL(IDR_STATUS_CONFIG,
               "unknown option '%s'; settings are written as section.key=value, and --help lists "
               "them",
               word);
    if (strchr(word, '=')) {
      argv[used++] = word;
      continue;
    }
    if (line->config)
      IDR_FAIL(IDR_STATUS_CONFIG,
               "two configuration files, '%s' and '%s'; a setting is written as section.key=value",
               line->config, word);
    line->config = word;
  }
  line->overrides = (const char *const *)argv;
  line->override_count = used;
  return IDR_STATUS_OK;
}

static idr_status load(int argc, char **argv, const idr_section *sections, int count) {
  idr_job_line line;
  IDR_TRY(idr_job_parse(argc, argv, &line));
  return idr_settings_load(sections, count, line.config, line.overrides, line.override_count);
}

idr_status idr_job_load(const idr_job_context *context, int argc, char **argv,
                        const idr_section *sections, int section_count) {
  return idr_comm_agree(&context->comm, load(argc, argv, sections, section_count));
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* Where in the source it happened helps with our own faults; a typing error in a file needs none.
 */
static bool wants_trace(idr_status status) {
  return status == IDR_STATUS_INTERNAL || status == IDR_STATUS_MPI ||
         status == IDR_STATUS_NUMERIC || getenv("IDRILL_TRACE") != NULL;
}

static void print_error(const idr_error *error) {
  fprintf(stderr, "idrill: %s: %s\n", idr_status_text(error->status), error->message);
  if (wants_trace(error->status) && error->trace[0]) fprintf(stderr, "in %s", error->trace);
  fflush(stderr);
}

int idr_job_fail(const idr_job_context *context, idr_run *run) {
  idr_error error = *idr_error_get();
  /* A failure of another rank reaches rank 0 as a copy; the user does not care whose it was. */
  if (context->comm.rank == 0) print_error(&error);
  if (run && idr_run_finish(run, IDR_RUN_FAILED, error.message) != IDR_STATUS_OK &&
      context->comm.rank == 0)
    print_error(idr_error_get());
  return IDR_EXIT_FAILED;
}

_Noreturn void idr_job_abort(const idr_job_context *context, idr_run *run) {
  idr_error error = *idr_error_get();
  bool first = true;
  if (run && idr_run_fail_alone(run, error.message, &first) != IDR_STATUS_OK) first = true;
  if (first) print_error(&error);
  if (context->comm.mpi != MPI_COMM_NULL) MPI_Abort(context->comm.mpi, IDR_EXIT_FAILED);
  exit(IDR_EXIT_FAILED);
}
