/* idrill bench [NAME] [section.key=value ...]: how fast the engine is on this machine. */
#include "jobs/bench.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECTIONS_MAX (4 + IDR_ENV_SECTION_MAX)

#define idr_row_type idr_bench_settings
static const idr_setting bench_rows[] = {IDR_BENCH_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

/* ---- the benches ----------------------------------------------------------------------------- */

/* The Pendulum recipe is that of RLtools' CPU benchmark: 4 environments x 1024 steps, minibatches
 * of 256, 2 epochs, two 64 x 64 networks, 300 k steps (73 whole iterations). */
static const char *const pendulum_recipe[] = {
    "ppo.lanes=4",   "ppo.horizon=1024",         "ppo.steps=299008",       "ppo.blocks=2",
    "ppo.epochs=2",  "ppo.minibatch=256",        "ppo.learning_rate=1e-3", "ppo.schedule=constant",
    "ppo.gamma=0.9", "ppo.max_gradient_norm=0.5"};
static const char *const drilling_recipe[] = {"ppo.lanes=4096",   "ppo.horizon=16", "ppo.blocks=16",
                                              "ppo.steps=655360", "ppo.epochs=4",   "ppo.gamma=0"};

/* RLtools' SAC benchmark: two 64 x 64 critics and policy, batch 100, one update per step, 10 k
 * steps. Two lanes where it has one, so that two threads have something to do. */
static const char *const sac_recipe[] = {"sac.lanes=2",
                                         "sac.blocks=2",
                                         "sac.horizon=250",
                                         "sac.steps=10000",
                                         "sac.learning_starts=100",
                                         "sac.batch=100",
                                         "sac.ratio=1",
                                         "sac.learning_rate=1e-3",
                                         "net.activation=relu"};

#define RECIPE(list) list, (int)(sizeof(list) / sizeof(list[0]))
static const idr_bench benches[] = {
    {"ppo-pendulum", "PPO on Pendulum-v1 with the recipe of RLtools' CPU benchmark",
     RECIPE(pendulum_recipe), idr_bench_ppo_pendulum},
    {"sac-pendulum", "SAC on Pendulum-v1 with the sizes of RLtools' CPU benchmark",
     RECIPE(sac_recipe), idr_bench_sac_pendulum},
    {"ppo-drilling", "PPO on generated wells, physics included", RECIPE(drilling_recipe),
     idr_bench_ppo_drilling},
    {"sim", "the drilling physics alone, without observation or learning", NULL, 0, idr_bench_sim},
};
enum { BENCH_COUNT = sizeof(benches) / sizeof(benches[0]) };

static idr_status find_bench(const char *name, int *first, int *last) {
  int best = 0, smallest = 1000;
  *first = 0;
  *last = BENCH_COUNT;
  if (!name) return IDR_STATUS_OK;
  for (int i = 0; i < BENCH_COUNT; i++) {
    int distance = idr_text_distance(name, benches[i].name);
    if (distance < smallest) {
      best = i;
      smallest = distance;
    }
  }
  *first = best;
  *last = best + 1;
  if (strcmp(name, benches[best].name) == 0) return IDR_STATUS_OK;
  IDR_FAIL(IDR_STATUS_CONFIG, "there is no bench '%s'%s%s%s; 'idrill help bench' lists them", name,
           idr_text_is_near(name, smallest) ? ", did you mean '" : "",
           idr_text_is_near(name, smallest) ? benches[best].name : "",
           idr_text_is_near(name, smallest) ? "'?" : "");
}

/* ---- settings -------------------------------------------------------------------------------- */

static int bind(idr_bench_config *config, idr_section *out) {
  out[0] = (idr_section)IDR_SECTION("bench", "what is measured", bench_rows, &config->bench);
  out[1] = (idr_section){
      .name = "ppo",
      .doc = "the method of the ppo benches (each bench has its own recipe, see above)",
      .rows = idr_ppo_rows,
      .row_count = idr_ppo_row_count,
      .values = &config->ppo};
  out[2] = (idr_section){.name = "sac",
                         .doc = "the method of the sac benches",
                         .rows = idr_sac_rows,
                         .row_count = idr_sac_row_count,
                         .values = &config->sac};
  out[3] = (idr_section){.name = "net",
                         .doc = "the networks",
                         .rows = idr_net_rows,
                         .row_count = idr_net_row_count,
                         .values = &config->net};
  return 4 + idr_drilling_kind.bind(&config->drilling, out + 4);
}

/* Defaults, then the bench's recipe, then what the user says. */
static idr_status load(const idr_bench *bench, const idr_job_line *line,
                       const idr_section *sections, int count) {
  size_t recipe = (size_t)bench->recipe_count, all = recipe + (size_t)line->override_count;
  const char **words = malloc((all + 1) * sizeof *words);
  if (!words) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the settings of '%s'", bench->name);
  for (size_t i = 0; i < recipe; i++)
    words[i] = bench->recipe[i];
  for (int i = 0; i < line->override_count; i++)
    words[recipe + (size_t)i] = line->overrides[i];
  idr_status status = idr_settings_load(sections, count, NULL, words, (int)all);
  free(words);
  return status;
}

void idr_bench_help(FILE *out) {
  static idr_bench_config config;
  idr_section sections[SECTIONS_MAX];
  int count = bind(&config, sections);
  fputs("NAME is one of these; without a name all are measured:\n", out);
  for (int i = 0; i < BENCH_COUNT; i++) {
    fprintf(out, "  %-13s %s\n", benches[i].name, benches[i].doc);
    for (int k = 0; k < benches[i].recipe_count; k++)
      fprintf(out, "%s%s%s", k % 4 == 0 ? "                " : " ", benches[i].recipe[k],
              k % 4 == 3 || k == benches[i].recipe_count - 1 ? "\n" : "");
  }
  fputc('\n', out);
  idr_settings_help(sections, count, out);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

idr_status idr_bench_clock_start(const idr_job_context *context, idr_bench_clock *clock) {
  IDR_TRY(idr_comm_barrier(&context->comm));
  clock->wall = idr_clock_seconds();
  clock->cpu = cpu_seconds();
  return IDR_STATUS_OK;
}

idr_status idr_bench_clock_stop(const idr_job_context *context, const idr_bench_clock *clock,
                                idr_bench_repeat *repeat) {
  double wall = idr_clock_seconds() - clock->wall, cpu = cpu_seconds() - clock->cpu, range[3];
  IDR_TRY(idr_comm_min_mean_max(&context->comm, wall, range));
  repeat->seconds = range[2];
  IDR_TRY(idr_comm_min_mean_max(&context->comm, cpu, range));
  repeat->cpu_seconds = range[1] * context->comm.size;
  return IDR_STATUS_OK;
}

static idr_status measure(const idr_job_context *context, const idr_bench *bench,
                          const idr_job_line *line, idr_bench_report *report, char *json) {
  idr_bench_config config;
  idr_section sections[SECTIONS_MAX];
  int count = bind(&config, sections);
  idr_status status = load(bench, line, sections, count);
  IDR_TRY(idr_comm_agree(&context->comm, status));
  snprintf(json, IDR_TEXT_MAX, "%s", config.bench.json);
  idr_bench_result *result = calloc(1, sizeof *result);
  if (!result)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory for figures");
  IDR_TRY_GOTO(status, done, idr_comm_agree(&context->comm, status));
  IDR_TRY_GOTO(status, done, bench->run(context, &config, result));
  if (report)
    IDR_TRY_GOTO(status, done, idr_bench_report_add(report, bench, result, sections, count));
done:
  free(result);
  return status;
}

static void command_line(const idr_job_context *context, char *out, size_t size) {
  for (int i = 0; i < context->argc; i++)
    idr_text_append(out, size, "%s%s", i > 0 ? " " : "", context->argv[i]);
}

static idr_status run(const idr_job_context *context, int argc, char **argv) {
  idr_job_line line;
  int first = 0, last = 0;
  char json[IDR_TEXT_MAX] = "", command[4096] = "";
  idr_bench_report *report = NULL;
  command_line(context, command, sizeof command); /* parsing reorders the words */
  idr_status status = idr_job_parse(argc, argv, &line);
  if (status == IDR_STATUS_OK) status = find_bench(line.config, &first, &last);
  if (status == IDR_STATUS_OK && context->comm.rank == 0)
    status = idr_bench_report_create(context, command, &report);
  IDR_TRY(idr_comm_agree(&context->comm, status));
  for (int i = first; i < last; i++)
    IDR_TRY_GOTO(status, done, measure(context, &benches[i], &line, report, json));
  if (report && json[0]) status = idr_bench_report_write(report, json);
  status = idr_comm_agree(&context->comm, status);
done:
  idr_bench_report_destroy(report);
  return status;
}

int idr_job_bench(idr_job_context *context, int argc, char **argv) {
  return run(context, argc, argv) == IDR_STATUS_OK ? IDR_EXIT_FINISHED
                                                   : idr_job_fail(context, NULL);
}
