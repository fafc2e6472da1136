/* What a run shows before its first step and after its last. */
#include "base/build.h"
#include "base/cpu.h"
#include "base/text.h"
#include "graph/graph.h"
#include "jobs/job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a rank runs: enough to find the ranks that share its processors. */
typedef struct {
  char host[128];
  char mask[256];
  int allowed; /* processors in the mask */
} place;

static place my_place(void) {
  place here;
  memset(&here, 0, sizeof(here));
  gethostname(here.host, sizeof(here.host) - 1);
  idr_cpu_mask(here.mask, sizeof(here.mask));
  here.allowed = idr_cpu_allowed();
  return here;
}

/* All ranks' places, malloced, on every rank. */
static idr_status gather_places(const idr_comm *comm, place **out) {
  place here = my_place();
  void *all = NULL;
  size_t total = 0;
  idr_status status = IDR_STATUS_OK;
  *out = NULL;
  IDR_TRY(idr_comm_gather_bytes(comm, &here, sizeof(here), &all, &total));
  if (comm->rank != 0 && !(all = malloc((size_t)comm->size * sizeof(place))))
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for the places of %d ranks", comm->size);
  IDR_TRY_GOTO(status, failed, idr_comm_agree(comm, status));
  IDR_TRY_GOTO(status, failed,
               idr_comm_broadcast(comm, all, (size_t)comm->size * sizeof(place), 0));
  *out = all;
  return IDR_STATUS_OK;
failed:
  free(all);
  return status;
}

/* ---- threads --------------------------------------------------------------------------------- */

/* Processors per rank where ranks with the same host and mask share them. */
static int fair_share(const idr_comm *comm, const place *places) {
  const place *mine = &places[comm->rank];
  int sharing = 1;
  for (int r = 0; r < comm->size; r++)
    if (r != comm->rank && strcmp(places[r].host, mine->host) == 0 &&
        strcmp(places[r].mask, mine->mask) == 0)
      sharing++;
  int share = mine->allowed / sharing;
  return share > 1 ? share : 1;
}

static int power_of_two_below(int64_t n) {
  int power = 1;
  while ((int64_t)2 * power <= n)
    power *= 2;
  return power;
}

static idr_status choose_threads(const idr_comm *comm, int64_t blocks, int *threads) {
  place *places = NULL;
  double range[3];
  IDR_TRY(gather_places(comm, &places));
  int share = fair_share(comm, places);
  free(places);
  IDR_TRY(idr_comm_min_mean_max(comm, share, range));
  int64_t most = blocks / comm->size;
  int64_t fewest = (int64_t)range[0];
  *threads = power_of_two_below(fewest < most ? fewest : most);
  return IDR_STATUS_OK;
}

idr_status idr_job_threads(const idr_job_context *context, int64_t wanted, int64_t blocks,
                           int *threads) {
  const char *variable = getenv("OMP_NUM_THREADS");
  int64_t named = wanted;
  if (named == 0 && variable) named = atoi(variable);
  /* Ranks may see different environments; rank 0's counts. */
  IDR_TRY(idr_comm_broadcast(&context->comm, &named, sizeof(named), 0));
  if (named <= 0) return choose_threads(&context->comm, blocks, threads);
  *threads = (int)named;
  return IDR_STATUS_OK;
}

/* ---- banner ---------------------------------------------------------------------------------- */

static void log_command(const idr_job_context *context, idr_run *run) {
  char text[2048] = "";
  for (int i = 0; i < context->argc; i++)
    idr_text_append(text, sizeof(text), "%s%s", i > 0 ? " " : "", context->argv[i]);
  idr_run_log(run, "command      %s", text);
}

static void log_build(idr_run *run) {
  const idr_build *build = idr_build_get();
  char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  char blas[512];
  int length = 0;
  MPI_Get_library_version(mpi, &length);
  mpi[strcspn(mpi, ",\n")] = '\0';
  idr_blas_describe(blas, sizeof(blas));
  idr_run_log(run, "idrill %s (%s), %s, %s", build->version, build->git, build->compiler,
              build->type);
  idr_run_log(run, "flags        %s", build->flags);
  idr_run_log(run, "libraries    %s; BLAS %s; CUDA not used", mpi, blas);
}

static int count_hosts(const place *places, int ranks) {
  int hosts = 0;
  for (int r = 0; r < ranks; r++) {
    int earlier = 0;
    while (earlier < r && strcmp(places[earlier].host, places[r].host) != 0)
      earlier++;
    hosts += earlier == r ? 1 : 0;
  }
  return hosts;
}

static void log_places(const idr_comm *comm, idr_run *run, const place *places, int threads) {
  char model[256];
  int hosts = count_hosts(places, comm->size);
  idr_cpu_model(model, sizeof(model));
  idr_run_log(run, "ranks        %d on %d host%s (%s), %d thread%s each", comm->size, hosts,
              hosts == 1 ? "" : "s", places[0].host, threads, threads == 1 ? "" : "s");
  idr_run_log(run, "processor    %s; rank 0 may use %d (%s)", model, places[0].allowed,
              places[0].mask);
  for (int r = 0; r < comm->size; r++) {
    if (places[r].allowed >= threads) continue;
    idr_run_warn(run,
                 "%d threads share %d processor%s on rank %d (%s): start with 'mpirun --bind-to "
                 "none', or give each rank more",
                 threads, places[r].allowed, places[r].allowed == 1 ? "" : "s", r, places[r].host);
    break;
  }
}

static idr_status log_settings(idr_run *run, const idr_section *sections, int count) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *memory = open_memstream(&text, &bytes);
  if (!memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to show the settings");
  idr_status status = idr_settings_write(sections, count, memory);
  fclose(memory);
  if (status == IDR_STATUS_OK) idr_run_log(run, "settings\n%s", text);
  free(text);
  return status;
}

idr_status idr_job_banner(const idr_job_context *context, idr_run *run, int threads, int64_t seed,
                          const idr_section *sections, int section_count) {
  place *places = NULL;
  IDR_TRY(gather_places(&context->comm, &places));
  log_build(run);
  log_command(context, run);
  log_places(&context->comm, run, places, threads);
  idr_run_log(run, "seed         %lld", (long long)seed);
  idr_run_log(run, "run folder   %s%s", idr_run_folder(run),
              idr_run_resumes(run) ? " (resumed from its checkpoint)" : "");
  free(places);
  return log_settings(run, sections, section_count);
}

/* ---- the end --------------------------------------------------------------------------------- */

void idr_job_format_duration(double seconds, char *out, size_t size) {
  long long total = seconds > 0.0 && seconds < 1e15 ? llround(seconds) : 0;
  if (total < 60)
    snprintf(out, size, "%lld s", total);
  else if (total < 3600)
    snprintf(out, size, "%lld min %02lld s", total / 60, total % 60);
  else
    snprintf(out, size, "%lld h %02lld min", total / 3600, total / 60 % 60);
}

static void log_row(idr_run *run, const char *name, long long calls, const double range[3],
                    double wall) {
  double share = wall > 0.0 ? 100.0 * range[1] / wall : 0.0;
  idr_run_log(run, "%-16s %10lld %10.3f %10.3f %10.3f %7.1f", name, calls, range[0], range[1],
              range[2], share);
}

/* What no stage covers stands in the last row: a table that adds up hides nothing. */
idr_status idr_job_table(const idr_job_context *context, idr_run *run, const idr_profile_row *rows,
                         int count, double wall) {
  double covered = 0.0;
  double range[3];
  idr_run_log(run, "\n%-16s %10s %10s %10s %10s %7s", "stage", "calls", "min s", "mean s", "max s",
              "%");
  for (int i = 0; i < count; i++) {
    int64_t calls = rows[i].calls;
    covered += rows[i].seconds;
    IDR_TRY(idr_comm_sum_int64(&context->comm, &calls, 1));
    IDR_TRY(idr_comm_min_mean_max(&context->comm, rows[i].seconds, range));
    log_row(run, rows[i].name, (long long)calls, range, wall);
  }
  IDR_TRY(idr_comm_min_mean_max(&context->comm, wall - covered, range));
  log_row(run, "rest", 0, range, wall);
  IDR_TRY(idr_comm_min_mean_max(&context->comm, wall, range));
  log_row(run, "all", 0, range, wall);
  return IDR_STATUS_OK;
}
