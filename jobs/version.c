#include "base/build.h"
#include "base/cpu.h"
#include "graph/graph.h"
#include "jobs/job.h"

#include <string.h>

/* One line of many: some libraries give a paragraph. */
static void mpi_library(char *out, size_t size) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "unknown";
  int length = 0;
  MPI_Get_library_version(text, &length);
  text[strcspn(text, "\n")] = '\0';
  snprintf(out, size, "%s", text);
}

static void row(const char *name, const char *value) {
  printf("%-12s %s\n", name, value);
}

int idr_job_version(idr_job_context *context, int argc, char **argv) {
  const idr_build *build = idr_build_get();
  char text[1024];
  (void)context;
  (void)argc;
  (void)argv;
  printf("idrill %s\n", build->version);
  row("git", build->git);
  row("build", build->type);
  row("compiler", build->compiler);
  row("flags", build->flags);
  row("sanitizers", build->sanitize[0] ? build->sanitize : "none");
  mpi_library(text, sizeof(text));
  row("MPI", text);
  snprintf(text, sizeof(text), "%d", _OPENMP);
  row("OpenMP", text);
  idr_blas_describe(text, sizeof(text));
  row("BLAS", text);
  snprintf(text, sizeof(text), "%s%s; jobs run on the CPU",
           build->cuda[0] ? "kernels built with " : "none", build->cuda);
  row("CUDA", text);
  idr_cpu_model(text, sizeof(text));
  row("processor", text);
  return IDR_EXIT_FINISHED;
}
