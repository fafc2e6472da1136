/* idrill report RUN|DATA [report.key=value ...]: makes RUN/report.html, or the page of a data set.
 *
 * It needs no MPI, so it runs on a login node, and gnuplot is started by a process that has no
 * network devices open. It only reads the run and adds report.html and well_trace.csv. */
#include "jobs/report.h"

#include "base/file.h"
#include "jobs/job.h"
#include "report/report.h"
#include "track/folder.h"

#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#define SUMMARY_MAX ((size_t)16 << 20)

#define idr_row_type idr_report_settings
static const idr_setting report_rows[] = {IDR_REPORT_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

void idr_report_help(FILE *out) {
  idr_report_settings settings;
  const idr_section section =
      IDR_SECTION("report", "the page of a run or of a data set", report_rows, &settings);
  idr_settings_help(&section, 1, out);
}

/* ---- the run --------------------------------------------------------------------------------- */

static idr_status find_run(const char *word, char folder[PATH_MAX]) {
  if (!word) IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill report RUN|DATA [report.key=value ...]");
  if (!idr_file_is_folder(word) || !idr_folder_is_run(word))
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "'%s' is no run folder and no data set; name the folder that the training's first lines "
        "show, an HDF5 file or a folder of them",
        word);
  if (snprintf(folder, PATH_MAX, "%s", word) >= PATH_MAX - 64)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  for (size_t n = strlen(folder); n > 1 && folder[n - 1] == '/'; n--)
    folder[n - 1] = '\0';
  return IDR_STATUS_OK;
}

/* True when the run trained a policy to drill. A damaged summary is no reason to give up. */
static bool drills(const char *folder) {
  char path[PATH_MAX], *text = NULL;
  size_t bytes = 0;
  int n = snprintf(path, sizeof path, "%s/summary.json", folder);
  if (n < 0 || n >= (int)sizeof path || !idr_file_exists(path)) return true;
  if (idr_file_read(path, SUMMARY_MAX, &text, &bytes) != IDR_STATUS_OK) {
    idr_error_clear();
    return true;
  }
  json_t *root = json_loadb(text, bytes, 0, NULL);
  const char *task = json_string_value(json_object_get(root, "task"));
  bool yes = !task || strcmp(task, "drilling") == 0;
  json_decref(root);
  free(text);
  return yes;
}

/* ---- the drilled well ------------------------------------------------------------------------ */

/* The trace, or in `note` why there is none; an empty note where nobody expects one. */
static bool find_trace(const char *folder, const idr_report_settings *s, idr_trace *trace,
                       char note[IDR_ERROR_MESSAGE_MAX]) {
  char path[PATH_MAX];
  note[0] = '\0';
  if (strcmp(s->well, "none") == 0 || !drills(folder)) return false;
  idr_status status = idr_report_drill(folder, s, trace);
  int n = snprintf(path, sizeof path, "%s/well_trace.csv", folder);
  if (status == IDR_STATUS_OK && n > 0 && n < (int)sizeof path)
    status = idr_trace_write(trace, (idr_report_units)s->units, path);
  if (status == IDR_STATUS_OK) return true;
  snprintf(note, IDR_ERROR_MESSAGE_MAX, "%s", idr_error_get()->message);
  idr_error_clear();
  return false;
}

static void tell(const char *folder, const idr_report_outcome *outcome, const char *note) {
  if (note[0]) fprintf(stderr, "warning: no well was drilled for the page: %s\n", note);
  if (outcome->missing > 0)
    fprintf(stderr, "warning: %d plots are missing: %s\n", outcome->missing, outcome->plot_note);
  printf("the page of the run is %s/report.html (%d plots)\n", folder, outcome->drawn);
}

static idr_status write_page(const char *folder, const idr_report_settings *s) {
  idr_trace trace = {.count = 0};
  char note[IDR_ERROR_MESSAGE_MAX];
  idr_report_outcome outcome;
  bool drilled = find_trace(folder, s, &trace, note);
  const idr_report_request request = {.folder = folder,
                                      .units = (idr_report_units)s->units,
                                      .gnuplot = {s->gnuplot, folder, s->plot_limit},
                                      .trace = drilled ? &trace : NULL,
                                      .trace_note = note};
  idr_status status = idr_report_write(&request, &outcome);
  if (status == IDR_STATUS_OK) tell(folder, &outcome, note);
  idr_trace_free(&trace);
  return status;
}

static idr_status report(int argc, char **argv) {
  char folder[PATH_MAX];
  idr_job_line line;
  idr_report_settings settings;
  const idr_section section = IDR_SECTION("report", "", report_rows, &settings);
  IDR_TRY(idr_job_parse(argc, argv, &line));
  bool data = idr_report_is_data(line.config);
  if (!data) IDR_TRY(find_run(line.config, folder));
  IDR_TRY(idr_settings_load(&section, 1, NULL, line.overrides, line.override_count));
  if (data) return idr_report_data(line.config, &settings);
  return write_page(folder, &settings);
}

/* Nothing is lost by ending at once: signals do what they do to any program. */
static void restore_signals(void) {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGUSR1, SIG_DFL);
}

int idr_job_report(idr_job_context *context, int argc, char **argv) {
  restore_signals();
  return report(argc, argv) == IDR_STATUS_OK ? IDR_EXIT_FINISHED : idr_job_fail(context, NULL);
}
