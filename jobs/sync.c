/* idrill sync RUN... [mlflow.key=value ...]: brings the spools of runs to an MLflow server, from
 * wherever the run folders can be read: a login node, a laptop. The runs may be live. Ends with 0
 * when the server has everything, 75 when some is left for another try, 1 when a run is none. */
#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"
#include "jobs/job.h"
#include "track/folder.h"
#include "track/upload.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDR_SYNC_SETTINGS(X)                                                                       \
  X(BOOL, follow, "", "false", 0, 0, "",                                                           \
    "go on until the runs have ended, and upload what they write meanwhile")                       \
  X(INT, tries, "", "8", 1, 1000000, "",                                                           \
    "answers in a row that the server may fail to give before this job gives up")

IDR_SETTINGS_STRUCT(sync_settings, IDR_SYNC_SETTINGS);
#define idr_row_type sync_settings
static const idr_setting sync_rows[] = {IDR_SYNC_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

/* The others are settled when a run begins. */
#define MLFLOW_ROWS 4
static const char *const mlflow_names[MLFLOW_ROWS] = {"uri", "experiment", "every", "timeout"};

typedef struct {
  sync_settings ask;
  idr_setting mlflow_rows[MLFLOW_ROWS];
  idr_mlflow_settings given; /* defaults, and what the command line says */
  const char *const *overrides;
  int override_count;
} request;

/* ---- settings -------------------------------------------------------------------------------- */

static int bind(request *r, idr_section sections[2]) {
  sections[0] = (idr_section)IDR_SECTION("sync", "how long to try", sync_rows, &r->ask);
  idr_mlflow_settings_rows(mlflow_names, MLFLOW_ROWS, r->mlflow_rows);
  sections[1] = (idr_section){"mlflow", "where the record goes; default: as the run was set",
                              r->mlflow_rows, MLFLOW_ROWS, &r->given};
  return 2;
}

void idr_sync_help(FILE *out) {
  request r;
  idr_section sections[2];
  fputs("RUN is a run folder, of a live run too, from any machine that sees it. Name, tags, params "
        "and\nwhat becomes a registered model were settled when the run began. Exit code 0: the "
        "server has\neverything; 75: it does not answer, start this again later; 1: something is "
        "wrong here.\n\n",
        out);
  idr_settings_help(sections, bind(&r, sections), out);
}

static bool is_given(const request *r, const char *name) {
  size_t length = strlen(name);
  for (int i = 0; i < r->override_count; i++)
    if (strncmp(r->overrides[i], "mlflow.", 7) == 0 &&
        strncmp(r->overrides[i] + 7, name, length) == 0 && r->overrides[i][7 + length] == '=')
      return true;
  return false;
}

/* The run's own settings, under what the command line says. */
static idr_status settings_of(const request *r, const char *folder, idr_mlflow_settings *out) {
  char path[PATH_MAX];
  idr_yaml *yaml = NULL;
  idr_problems problems = {.count = 0};
  *out = r->given;
  if (snprintf(path, sizeof path, "%s/settings.yaml", folder) >= (int)sizeof path)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  if (!idr_file_exists(path)) return IDR_STATUS_OK;
  IDR_TRY(idr_yaml_read(path, &yaml));
  idr_yaml_node node = idr_yaml_child(yaml, idr_yaml_root(yaml), "mlflow");
  if (node) idr_record_read(yaml, node, idr_mlflow_rows, idr_mlflow_row_count, "", out, &problems);
  idr_yaml_free(yaml);
  IDR_TRY(idr_problems_status(&problems));
  for (int i = 0; i < MLFLOW_ROWS; i++) {
    const idr_setting *row = &r->mlflow_rows[i];
    if (is_given(r, row->name))
      memcpy((char *)out + row->offset, (const char *)&r->given + row->offset,
             idr_setting_bytes(row));
  }
  return IDR_STATUS_OK;
}

/* ---- one run --------------------------------------------------------------------------------- */

static void rest(double seconds) {
  double end = idr_clock_seconds() + seconds;
  const struct timespec moment = {.tv_nsec = 50000000};
  while (idr_clock_seconds() < end && !idr_stop_requested())
    nanosleep(&moment, NULL);
}

static void report(const idr_upload *u, const char *folder, bool all) {
  idr_upload_account a = idr_upload_get(u);
  printf("%s: %s; %lld events, %lld metrics sent to %s", folder,
         all ? "the server has everything" : "not everything is uploaded", (long long)a.events,
         (long long)a.metrics, a.server);
  if (a.run_id[0]) printf(", experiment %s, run %s", a.experiment_id, a.run_id);
  if (a.refused > 0)
    printf("; %lld refused, see %s/spool/refused.jsonl", (long long)a.refused, folder);
  if (a.damaged > 0) printf("; %lld bytes of the spool are damaged", (long long)a.damaged);
  printf("\n");
  if (!all) printf("%s: %s\n", folder, idr_upload_message(u));
}

/* Uploads until nothing is left, the server fails too often, or somebody wants to stop. */
static idr_status drain(const request *r, const idr_mlflow_settings *settings, idr_upload *u,
                        const char *folder, bool *all) {
  idr_upload_state state = IDR_UPLOAD_SENT;
  bool last_look = false;
  *all = false;
  while (!idr_stop_requested()) {
    IDR_TRY(idr_upload_step(u, &state));
    if (state == IDR_UPLOAD_IDLE) {
      /* What a run wrote just before it ended is seen by the look behind its end. */
      *all = !r->ask.follow || last_look;
      if (*all) return IDR_STATUS_OK;
      last_look = idr_folder_is_idle(folder);
      if (!last_look) rest(settings->every);
    } else if (state == IDR_UPLOAD_WAIT) {
      if (idr_upload_failures(u) >= r->ask.tries) return IDR_STATUS_OK;
      rest(idr_upload_pause(u));
    }
  }
  return IDR_STATUS_OK;
}

static idr_status sync_run(const request *r, const char *folder, bool *all) {
  idr_mlflow_settings settings;
  idr_upload *upload = NULL;
  *all = false;
  IDR_TRY(settings_of(r, folder, &settings));
  IDR_TRY(idr_mlflow_settings_check(&settings));
  if (!idr_mlflow_settings_server(&settings))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "no server is known: set MLFLOW_TRACKING_URI, or give mlflow.uri=http://...");
  IDR_TRY(idr_upload_open(folder, &settings, &upload));
  idr_status status = drain(r, &settings, upload, folder, all);
  if (status == IDR_STATUS_OK) report(upload, folder, *all);
  idr_upload_close(upload);
  return status;
}

/* ---- the job --------------------------------------------------------------------------------- */

/* Folders to the front of argv, settings behind. */
static idr_status sort_words(int argc, char **argv, int *folders) {
  *folders = 0;
  for (int i = 0; i < argc; i++) {
    if (argv[i][0] == '-')
      IDR_FAIL(IDR_STATUS_CONFIG,
               "unknown option '%s'; settings are written as section.key=value, and --help lists "
               "them",
               argv[i]);
    const char *equals = strchr(argv[i], '='), *slash = strchr(argv[i], '/');
    if (equals && (!slash || equals < slash)) continue;
    char *word = argv[i];
    memmove(argv + *folders + 1, argv + *folders, (size_t)(i - *folders) * sizeof *argv);
    argv[(*folders)++] = word;
  }
  if (*folders == 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill sync RUN... [section.key=value ...]");
  return IDR_STATUS_OK;
}

static idr_status prepare(request *r, int argc, char **argv, int *folders) {
  idr_section sections[2];
  IDR_TRY(sort_words(argc, argv, folders));
  r->overrides = (const char *const *)argv + *folders;
  r->override_count = argc - *folders;
  return idr_settings_load(sections, bind(r, sections), NULL, r->overrides, r->override_count);
}

int idr_job_sync(idr_job_context *context, int argc, char **argv) {
  request r = {.override_count = 0};
  int folders = 0, code = IDR_EXIT_FINISHED;
  if (prepare(&r, argc, argv, &folders) != IDR_STATUS_OK) return idr_job_fail(context, NULL);
  for (int i = 0; i < folders; i++) {
    bool all = false;
    idr_status status = idr_stop_requested() ? IDR_STATUS_OK : sync_run(&r, argv[i], &all);
    if (status != IDR_STATUS_OK)
      code = idr_job_fail(context, NULL);
    else if (!all && code == IDR_EXIT_FINISHED)
      code = IDR_EXIT_STOPPED;
  }
  return code;
}
