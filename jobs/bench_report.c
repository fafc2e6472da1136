/* What `idrill bench` says: a table for people, JSON for scripts, both with the machine and the
 * build that the figures belong to. */
#include "base/build.h"
#include "base/cpu.h"
#include "base/file.h"
#include "graph/graph.h"
#include "jobs/bench.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct idr_bench_report {
  json_t *root;
  int ranks;
};

/* ---- machine and build
 * ---------------------------------------------------------------------------
 */

static json_t *machine_json(const idr_job_context *context) {
  char model[256], mask[256];
  idr_cpu_model(model, sizeof model);
  idr_cpu_mask(mask, sizeof mask);
  return json_pack("{s:s, s:i, s:i, s:s, s:i}", "processor", model, "processors", idr_cpu_online(),
                   "allowed", idr_cpu_allowed(), "affinity", mask, "ranks", context->comm.size);
}

static json_t *build_json(void) {
  const idr_build *b = idr_build_get();
  char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "", blas[512];
  int length = 0;
  MPI_Get_library_version(mpi, &length);
  mpi[strcspn(mpi, ",\n")] = '\0';
  idr_blas_describe(blas, sizeof blas);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "version", b->version, "git", b->git,
                   "type", b->type, "compiler", b->compiler, "flags", b->flags, "mpi", mpi, "blas",
                   blas);
}

static void print_head(const idr_job_context *context, const char *date, const char *command) {
  const idr_build *b = idr_build_get();
  char model[256];
  idr_cpu_model(model, sizeof model);
  printf("idrill %s (%s), %s, %s\n", b->version, b->git, b->compiler, b->type);
  printf("machine      %s, %d processors, %d allowed, %d rank%s\n", model, idr_cpu_online(),
         idr_cpu_allowed(), context->comm.size, context->comm.size == 1 ? "" : "s");
  printf("date         %s\ncommand      %s\n", date, command);
  fflush(stdout);
}

idr_status idr_bench_report_create(const idr_job_context *context, const char *command,
                                   idr_bench_report **out) {
  char date[64] = "";
  time_t now = time(NULL);
  struct tm utc;
  *out = NULL;
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  idr_bench_report *report = calloc(1, sizeof *report);
  if (!report) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the report");
  report->ranks = context->comm.size;
  report->root = json_pack("{s:s, s:s, s:o, s:o, s:[]}", "date", date, "command", command,
                           "machine", machine_json(context), "build", build_json(), "benches");
  if (!report->root) {
    free(report);
    IDR_FAIL(IDR_STATUS_INTERNAL, "the command line or the build is not UTF-8");
  }
  print_head(context, date, command);
  *out = report;
  return IDR_STATUS_OK;
}

void idr_bench_report_destroy(idr_bench_report *report) {
  if (!report) return;
  json_decref(report->root);
  free(report);
}

/* ---- one bench
 * -----------------------------------------------------------------------------------
 */

typedef struct {
  double min, median, max;
  const idr_bench_repeat *typical; /* the repeat of the median, or the one just below */
} spread;

static int by_seconds(const void *a, const void *b) {
  double x = (*(const idr_bench_repeat *const *)a)->seconds;
  double y = (*(const idr_bench_repeat *const *)b)->seconds;
  return (x > y) - (x < y);
}

/* Rates, so the longest repeat gives the smallest. */
static spread rates(const idr_bench_result *r) {
  const idr_bench_repeat *order[IDR_BENCH_REPEATS_MAX];
  int n = r->repeats;
  for (int i = 0; i < n; i++)
    order[i] = &r->repeat[i];
  qsort(order, (size_t)n, sizeof order[0], by_seconds);
  double middle = 0.5 * (r->work / order[(n - 1) / 2]->seconds + r->work / order[n / 2]->seconds);
  return (spread){.min = r->work / order[n - 1]->seconds,
                  .median = middle,
                  .max = r->work / order[0]->seconds,
                  .typical = order[n / 2]};
}

static void print_stage(const char *name, double seconds, double wall, double flops) {
  printf("  %-12s %10.3f %7.1f", name, seconds, 100.0 * seconds / wall);
  if (flops > 0.0 && seconds > 0.0) printf(" %9.1f", 1e-9 * flops / seconds);
  putchar('\n');
}

/* What no stage covers stands in the last row. */
static void print_stages(const idr_bench_result *r, const idr_bench_repeat *typical) {
  double rest = typical->seconds, flops = 0.0;
  printf("  %-12s %10s %7s %9s\n", "stage", "s", "%", "GFLOP/s");
  for (int i = 0; i < r->stages; i++) {
    const idr_bench_stage *s = &typical->stage[i];
    print_stage(s->name, s->seconds, typical->seconds, s->flops);
    rest -= s->seconds;
    flops += s->flops;
  }
  print_stage("rest", rest > 0.0 ? rest : 0.0, typical->seconds, 0.0);
  print_stage("all", typical->seconds, typical->seconds, flops);
}

/* ---- by model: the processor time of the typical repeat, split as the timed run was ---- */
static double models_seconds(const idr_bench_result *r) {
  double all = 0.0;
  for (int i = 0; i < r->models; i++)
    all += r->model[i].seconds;
  return all;
}

static double model_share(const idr_bench_result *r, int i) {
  return r->model[i].seconds / models_seconds(r);
}

static double model_ns(const idr_bench_result *r, int i, const idr_bench_repeat *typical) {
  return 1e9 * model_share(r, i) * typical->cpu_seconds / r->work;
}

/* How much longer the clocks between the models made the timed run, as a part. */
static double models_overhead(const idr_bench_result *r, const idr_bench_repeat *typical) {
  return r->timed_cpu_seconds / typical->cpu_seconds - 1.0;
}

static void print_models(const idr_bench_result *r, const idr_bench_repeat *typical) {
  if (!(models_seconds(r) > 0.0)) return;
  printf("  %-12s %10s %7s   split as in a run with clocks between the models, %.1f %% longer\n",
         "model", "ns", "%", 100.0 * models_overhead(r, typical));
  for (int i = 0; i < r->models; i++)
    printf("  %-12s %10.2f %7.1f\n", r->model[i].name, model_ns(r, i, typical),
           100.0 * model_share(r, i));
  printf("  %-12s %10.2f %7.1f   processor time of a well-second\n", "all models",
         1e9 * typical->cpu_seconds / r->work, 100.0);
}

static void print_bench(const idr_bench *bench, const idr_bench_result *r, int ranks,
                        const spread *rate) {
  const idr_bench_repeat *typical = rate->typical;
  printf("\n%s: %s\n", bench->name, bench->doc);
  printf("  %.0f %s on %d rank%s x %d thread%s, %d repeat%s\n", r->work, r->work_name, ranks,
         ranks == 1 ? "" : "s", r->threads, r->threads == 1 ? "" : "s", r->repeats,
         r->repeats == 1 ? "" : "s");
  printf("  per second   median %.0f (min %.0f, max %.0f)\n", rate->median, rate->min, rate->max);
  printf("  per second and core %.0f: %.2f s of processor time in %.2f s\n",
         r->work / typical->cpu_seconds, typical->cpu_seconds, typical->seconds);
  printf("  result       %016llx%s\n", (unsigned long long)r->digest,
         r->repeatable ? "" : " (NOT THE SAME IN ALL REPEATS)");
  print_stages(r, typical);
  print_models(r, typical);
  fflush(stdout);
}

static void keep_setting(void *context, const char *key, const char *value) {
  json_object_set_new(context, key, json_string(value));
}

static json_t *repeats_json(const idr_bench_result *r) {
  json_t *list = json_array();
  for (int i = 0; i < r->repeats; i++)
    json_array_append_new(list, json_pack("{s:f, s:f}", "seconds", r->repeat[i].seconds,
                                          "cpu_seconds", r->repeat[i].cpu_seconds));
  return list;
}

static json_t *stages_json(const idr_bench_result *r, const idr_bench_repeat *typical) {
  json_t *list = json_array();
  for (int i = 0; i < r->stages; i++)
    json_array_append_new(list,
                          json_pack("{s:s, s:f, s:f}", "name", typical->stage[i].name, "seconds",
                                    typical->stage[i].seconds, "flops", typical->stage[i].flops));
  return list;
}

static json_t *models_json(const idr_bench_result *r, const idr_bench_repeat *typical) {
  json_t *list = json_array();
  for (int i = 0; i < r->models && models_seconds(r) > 0.0; i++)
    json_array_append_new(list, json_pack("{s:s, s:f, s:f}", "name", r->model[i].name, "share",
                                          model_share(r, i), "ns", model_ns(r, i, typical)));
  return list;
}

static json_t *bench_json(const idr_bench *bench, const idr_bench_result *r, int ranks,
                          const spread *rate) {
  char digest[32];
  snprintf(digest, sizeof digest, "%016llx", (unsigned long long)r->digest);
  return json_pack(
      "{s:s, s:s, s:i, s:i, s:s, s:f, s:{s:f, s:f, s:f}, s:f, s:s, s:b, s:o, s:o, s:o, s:f, s:{}}",
      "name", bench->name, "what", bench->doc, "ranks", ranks, "threads", r->threads, "work_name",
      r->work_name, "work", r->work, "per_second", "min", rate->min, "median", rate->median, "max",
      rate->max, "per_cpu_second", r->work / rate->typical->cpu_seconds, "digest", digest,
      "repeatable", r->repeatable, "repeats", repeats_json(r), "stages",
      stages_json(r, rate->typical), "models", models_json(r, rate->typical), "models_overhead",
      r->models ? models_overhead(r, rate->typical) : 0.0, "settings");
}

idr_status idr_bench_report_add(idr_bench_report *report, const idr_bench *bench,
                                const idr_bench_result *result, const idr_section *sections,
                                int section_count) {
  spread rate = rates(result);
  print_bench(bench, result, report->ranks, &rate);
  json_t *entry = bench_json(bench, result, report->ranks, &rate);
  if (!entry || json_array_append_new(json_object_get(report->root, "benches"), entry) != 0)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the figures of '%s'", bench->name);
  idr_settings_visit(sections, section_count, keep_setting, json_object_get(entry, "settings"));
  return IDR_STATUS_OK;
}

idr_status idr_bench_report_write(const idr_bench_report *report, const char *path) {
  char *text = json_dumps(report->root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the figures as JSON");
  idr_status status = idr_file_write(path, text, strlen(text));
  free(text);
  IDR_TRY(status);
  return IDR_STATUS_OK;
}
