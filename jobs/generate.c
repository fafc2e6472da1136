/* idrill generate CONFIG [section.key=value ...]: what rigs would have recorded, as a data set.
 *
 * Ranks own wells (well i is rank i modulo ranks), and work on as many at a time as fit into memory
 * (generate_round.c). What a block of a well gave is safe on its reel when the block is over; a
 * complete reel becomes a file (generate_files.c). So a job that was stopped, or killed, goes on at
 * the last block of every well, on any number of ranks, and ends with the same data. */
#include "jobs/generate.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "train/checkpoint.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define MARK "checkpoint/latest"

typedef struct {
  idr_job_context *context;
  idr_generate_config config;
  int threads;
  idr_run *run;
  char folder[PATH_MAX];
  idr_profile *profile;
  idr_generate_wave wave;
  int next;                   /* well that this rank opens next */
  int64_t rows, begun_at;     /* rows safe in all wells of this rank, and when this start began */
  int64_t all_rows, all_done; /* over all ranks */
  double started;
} generator;

void idr_generate_help(FILE *out) {
  static idr_generate_config config;
  idr_generate_config_bind(&config);
  fputs("Files, labels and hashes are explained in README.md; `idrill check` verifies them.\n"
        "--stdout and --pace X are short for dataset.stream=true and dataset.pace=X.\n\n",
        out);
  idr_settings_help(config.section, IDR_GENERATE_SECTIONS, out);
}

/* ---- start ----------------------------------------------------------------------------------- */

/* The two options that live streams are known by become settings. */
static idr_status translate(int argc, char **argv, char pace[64], int *count) {
  int n = 0;
  for (int i = 0; i < argc; i++) {
    char *word = argv[i];
    if (strcmp(word, "--stdout") == 0) {
      word = "dataset.stream=true";
    } else if (strcmp(word, "--pace") == 0) {
      if (i + 1 == argc) IDR_FAIL(IDR_STATUS_CONFIG, "--pace wants a number, such as --pace 1");
      snprintf(pace, 64, "dataset.pace=%s", argv[++i]);
      word = pace;
    }
    argv[n++] = word;
  }
  *count = n;
  return IDR_STATUS_OK;
}

static idr_status prepare(generator *g, int argc, char **argv) {
  const idr_comm *comm = &g->context->comm;
  char pace[64];
  idr_generate_config_bind(&g->config);
  IDR_TRY(idr_comm_agree(comm, translate(argc, argv, pace, &argc)));
  IDR_TRY(idr_job_load(g->context, argc, argv, g->config.section, IDR_GENERATE_SECTIONS));
  IDR_TRY(idr_comm_agree(comm, idr_generate_config_finish(&g->config)));
  return idr_job_threads(g->context, g->config.run.threads, 1024, &g->threads);
}

/* `idrill resume` wants a checkpoint; the reels are one. */
static idr_status write_mark(generator *g) {
  static const char text[] = "the state is in the folder reels";
  idr_checkpoint_writer *writer;
  IDR_TRY(idr_checkpoint_writer_create(&writer));
  idr_status status = idr_checkpoint_add(writer, "generate/reels", text, sizeof text);
  if (status == IDR_STATUS_OK) status = idr_checkpoint_commit(writer, idr_run_path(g->run, MARK));
  idr_checkpoint_writer_destroy(writer);
  return status;
}

static idr_status make_folders(generator *g) {
  char path[PATH_MAX];
  if (g->context->comm.rank != 0) return IDR_STATUS_OK;
  snprintf(path, sizeof path, "%.4000s/reels", g->folder);
  IDR_TRY(idr_file_make_folders(path));
  snprintf(path, sizeof path, "%.4000s/data", g->folder);
  IDR_TRY(idr_file_make_folders(path));
  return idr_run_resumes(g->run) ? IDR_STATUS_OK : write_mark(g);
}

static idr_status open_run(generator *g) {
  idr_generate_config *c = &g->config;
  const idr_comm *comm = &g->context->comm;
  static const char *const modes[] = {"basic", "advanced", "degradation"};
  IDR_TRY(idr_run_open(comm, "generate", modes[c->rig.mode], &c->run, &c->mlflow, c->section,
                       IDR_GENERATE_SECTIONS, &g->run));
  snprintf(g->folder, sizeof g->folder, "%s", idr_run_folder(g->run));
  IDR_TRY(idr_comm_broadcast(comm, g->folder, sizeof g->folder, 0));
  IDR_TRY(idr_job_banner(g->context, g->run, g->threads, c->run.seed, c->section,
                         IDR_GENERATE_SECTIONS));
  IDR_TRY(idr_comm_agree(comm, make_folders(g)));
  IDR_TRY(idr_comm_agree(
      comm, idr_profile_create(idr_generate_stages, IDR_GENERATE_STAGES, g->threads, &g->profile)));
  g->all_rows = c->rows * c->dataset.wells;
  idr_run_log(g->run, "data         %lld wells, %lld rows each, %d columns; blocks of %lld rows",
              (long long)c->dataset.wells, (long long)c->rows, c->column_count,
              (long long)c->block);
  return IDR_STATUS_OK;
}

/* ---- waves ----------------------------------------------------------------------------------- */

static bool has_file(const generator *g, int index) {
  char path[PATH_MAX];
  idr_generate_file_path(&g->config, g->folder, index, path, sizeof path);
  return idr_file_exists(path);
}

static int64_t rows_on_reels(const idr_generate_wave *wave) {
  int64_t rows = 0;
  for (int i = 0; i < wave->well_count; i++) {
    int64_t blocks = idr_reel_blocks(wave->well[i].reel);
    int64_t whole = blocks * wave->config->block;
    rows += whole < wave->config->rows ? whole : wave->config->rows;
  }
  return rows;
}

/* The next wells of this rank that have no file yet; an empty wave when there are none. */
static idr_status open_wave(generator *g) {
  int most = idr_generate_wave_wells(&g->config), count = 0;
  int *index = calloc((size_t)most, sizeof *index);
  if (!index) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells", most);
  for (; g->next < g->config.dataset.wells && count < most; g->next += g->context->comm.size)
    if (has_file(g, g->next))
      g->rows += g->config.rows;
    else
      index[count++] = g->next;
  g->wave = (idr_generate_wave){.config = &g->config, .threads = g->threads, .profile = g->profile};
  idr_status status = idr_generate_wave_open(&g->wave, g->folder, index, count);
  if (status == IDR_STATUS_OK) g->rows += rows_on_reels(&g->wave);
  free(index);
  return status;
}

static idr_status write_files(generator *g) {
  idr_status status = IDR_STATUS_OK;
  idr_profile_start(g->profile, 0, IDR_GENERATE_FILES);
  for (int i = 0; i < g->wave.well_count && status == IDR_STATUS_OK; i++)
    status = idr_generate_write_well(&g->config, g->folder, &g->wave.well[i]);
  idr_profile_stop(g->profile, 0, IDR_GENERATE_FILES);
  return status;
}

/* One round, or the end of a wave and the beginning of the next. */
static idr_status advance(generator *g) {
  if (!idr_generate_wave_done(&g->wave)) return idr_generate_wave_round(&g->wave, &g->rows);
  if (g->wave.well_count == 0) return IDR_STATUS_OK;
  if (g->config.dataset.layout == 0) IDR_TRY(write_files(g));
  idr_generate_wave_close(&g->wave);
  return open_wave(g);
}

static void show(generator *g, const char *what) {
  double seconds = idr_clock_seconds() - g->started;
  double rate = (double)(g->all_done - g->begun_at) / seconds;
  char left[64];
  idr_job_format_duration(rate > 0 ? (double)(g->all_rows - g->all_done) / rate : 0, left,
                          sizeof left);
  idr_run_progress(g->run, "%5.1f %%  %.0f k rows/s  ETA %s%s",
                   100.0 * (double)g->all_done / (double)g->all_rows, rate / 1000, left, what);
}

/* Rows over all ranks, and whether any rank still has wells in work. */
static idr_status count_all(generator *g, bool *busy) {
  int64_t numbers[2] = {g->rows, g->wave.well_count > 0};
  IDR_TRY(idr_comm_sum_int64(&g->context->comm, numbers, 2));
  g->all_done = numbers[0];
  *busy = numbers[1] > 0;
  return IDR_STATUS_OK;
}

static idr_status generate(generator *g, bool *stopped) {
  const idr_comm *comm = &g->context->comm;
  bool busy = true;
  g->next = comm->rank;
  g->started = idr_clock_seconds();
  IDR_TRY(idr_comm_agree(comm, open_wave(g)));
  IDR_TRY(count_all(g, &busy));
  g->begun_at = g->all_done;
  if (idr_run_resumes(g->run))
    idr_run_log(g->run, "resumed at %lld of %lld rows", (long long)g->all_done,
                (long long)g->all_rows);
  while (busy) {
    IDR_TRY(idr_run_should_stop(g->run, stopped));
    if (*stopped) return IDR_STATUS_OK;
    IDR_TRY(idr_comm_agree(comm, advance(g)));
    IDR_TRY(count_all(g, &busy));
    show(g, "");
  }
  if (g->config.dataset.layout == 0) return IDR_STATUS_OK;
  show(g, "   writing the file");
  idr_profile_start(g->profile, 0, IDR_GENERATE_FILES);
  idr_status status = idr_generate_write_one(&g->config, g->folder, comm);
  idr_profile_stop(g->profile, 0, IDR_GENERATE_FILES);
  return status;
}

/* ---- end ------------------------------------------------------------------------------------- */

static double peak_mib(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

static double raw_bytes_per_row(const idr_generate_config *config) {
  double bytes = 0;
  for (int c = 0; c < config->column_count; c++)
    bytes += (double)idr_column_bytes(config->column[c].kind);
  return bytes;
}

static idr_status log_stages(generator *g, double wall) {
  idr_profile_row rows[IDR_GENERATE_STAGES];
  char key[IDR_PROFILE_NAME_MAX + 16];
  idr_profile_rows(g->profile, rows);
  for (int i = 0; i < IDR_GENERATE_STAGES; i++) {
    snprintf(key, sizeof key, "busy_s_%.31s", rows[i].name);
    idr_run_result(g->run, key, rows[i].busy_seconds);
  }
  return idr_job_table(g->context, g->run, rows, IDR_GENERATE_STAGES, wall);
}

static void log_result(generator *g, const char *root, int64_t bytes, double wall, double memory) {
  double rows = (double)(g->all_done - g->begun_at), raw = raw_bytes_per_row(&g->config);
  idr_run_result(g->run, "rows", (double)g->all_rows);
  idr_run_result(g->run, "rows_per_s", rows / wall);
  idr_run_result(g->run, "raw_mb_per_s", rows * raw / wall / 1e6);
  idr_run_result(g->run, "raw_mb", (double)g->all_rows * raw / 1e6);
  idr_run_result(g->run, "file_mb", (double)bytes / 1e6);
  idr_run_result(g->run, "peak_mib", memory);
  idr_run_result_text(g->run, "root", root);
  idr_run_log(g->run,
              "\n%lld rows in %.1f s: %.0f k rows/s, %.0f MB/s of values; files %.1f MB of %.1f MB "
              "of values; at most %.0f MiB per rank\nroot         %s",
              (long long)(g->all_done - g->begun_at), wall, rows / wall / 1000,
              rows * raw / wall / 1e6, (double)bytes / 1e6, (double)g->all_rows * raw / 1e6, memory,
              root);
}

static idr_status finish_whole(generator *g) {
  char root[IDR_HASH_TEXT] = "", source[128];
  int64_t bytes;
  double memory[3];
  IDR_TRY(idr_generate_write_manifest(&g->config, g->folder, &g->context->comm, root, &bytes));
  double wall = idr_clock_seconds() - g->started;
  IDR_TRY(log_stages(g, wall));
  IDR_TRY(idr_comm_min_mean_max(&g->context->comm, peak_mib(), memory));
  log_result(g, root, bytes, wall, memory[2]);
  snprintf(source, sizeof source, "idrill generate, %lld wells",
           (long long)g->config.dataset.wells);
  idr_run_input(g->run, &(idr_record_dataset){.name = "data",
                                              .digest = root,
                                              .source_type = "generated",
                                              .source = source,
                                              .context = "generated"});
  idr_run_log(g->run, "finished; the data set is in %s/data; verify it with: idrill check %s",
              g->folder, g->folder);
  return idr_run_finish(g->run, IDR_RUN_FINISHED, "");
}

static idr_status finish(generator *g, bool stopped) {
  if (!stopped) return finish_whole(g);
  IDR_TRY(log_stages(g, idr_clock_seconds() - g->started));
  idr_run_log(g->run, "stopped (%s) at %lld of %lld rows; go on with: idrill resume %s",
              idr_run_stop_reason(g->run), (long long)g->all_done, (long long)g->all_rows,
              g->folder);
  return idr_run_finish(g->run, IDR_RUN_STOPPED, idr_run_stop_reason(g->run));
}

/* Rank 0 alone speaks; the others have nothing to do. */
static idr_status stream(generator *g, bool *stopped) {
  idr_status status = IDR_STATUS_OK;
  if (g->context->comm.rank == 0) status = idr_generate_stream(&g->config, stopped);
  return idr_comm_agree(&g->context->comm, status);
}

static idr_status run(generator *g, int argc, char **argv, bool *stopped) {
  IDR_TRY(prepare(g, argc, argv));
  if (g->config.dataset.stream) return stream(g, stopped);
  IDR_TRY(open_run(g));
  IDR_TRY(generate(g, stopped));
  return finish(g, *stopped);
}

int idr_job_generate(idr_job_context *context, int argc, char **argv) {
  generator *g = calloc(1, sizeof *g);
  bool stopped = false;
  if (!g) return IDR_EXIT_FAILED;
  g->context = context;
  int code = IDR_EXIT_FINISHED;
  if (run(g, argc, argv, &stopped) != IDR_STATUS_OK)
    code = idr_job_fail(context, g->run);
  else if (stopped && !g->config.dataset.stream)
    code = IDR_EXIT_STOPPED;
  idr_generate_wave_close(&g->wave);
  idr_profile_destroy(g->profile);
  idr_run_close(g->run);
  free(g);
  return code;
}
