/* idrill report of a data set: a file, a folder of files, or the run that generated them. */
#include "base/file.h"
#include "jobs/report.h"
#include "report/data_report.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>

static bool ends_in_h5(const char *name) {
  size_t n = strlen(name);
  return n > 3 && strcmp(name + n - 3, ".h5") == 0;
}

static bool holds_files(const char *folder) {
  DIR *d = opendir(folder);
  bool found = false;
  for (struct dirent *e = d ? readdir(d) : NULL; e && !found; e = readdir(d))
    found = ends_in_h5(e->d_name);
  if (d) closedir(d);
  return found;
}

bool idr_report_is_data(const char *word) {
  char data[PATH_MAX];
  if (!word || !idr_file_exists(word)) return false;
  if (!idr_file_is_folder(word)) return true;
  int n = snprintf(data, sizeof data, "%s/data", word);
  return holds_files(word) || (n > 0 && n < (int)sizeof data && holds_files(data));
}

/* Beside a file, inside a folder. */
static idr_status find_paths(const char *word, char page[PATH_MAX], char folder[PATH_MAX]) {
  if (strlen(word) > PATH_MAX - 64)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name '%.80s...' is too long", word);
  if (idr_file_is_folder(word)) {
    snprintf(folder, PATH_MAX, "%.4000s", word);
    for (size_t n = strlen(folder); n > 1 && folder[n - 1] == '/'; n--)
      folder[n - 1] = '\0';
    snprintf(page, PATH_MAX, "%.4000s/report.html", folder);
    return IDR_STATUS_OK;
  }
  int length = (int)strlen(word) - (ends_in_h5(word) ? 3 : 0);
  const char *slash = strrchr(word, '/');
  snprintf(page, PATH_MAX, "%.*s.report.html", length, word);
  snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - word) : 1, slash ? word : ".");
  if (slash == word) snprintf(folder, PATH_MAX, "/");
  return IDR_STATUS_OK;
}

idr_status idr_report_data(const char *word, const idr_report_settings *s) {
  char page[PATH_MAX], folder[PATH_MAX];
  idr_dataset *dataset = NULL;
  idr_report_outcome outcome;
  IDR_TRY(find_paths(word, page, folder));
  IDR_TRY(idr_dataset_open(word, &dataset));
  const idr_data_request request = {.dataset = dataset,
                                    .page = page,
                                    .folder = folder,
                                    .units = (idr_report_units)s->units,
                                    .gnuplot = {s->gnuplot, folder, s->plot_limit},
                                    .well = s->data_well,
                                    .day = s->day,
                                    .wells = (int)s->data_wells};
  idr_status status = idr_data_report_write(&request, &outcome);
  idr_dataset_close(dataset);
  IDR_TRY(status);
  if (outcome.missing > 0)
    fprintf(stderr, "warning: %d plots are missing: %s\n", outcome.missing, outcome.plot_note);
  printf("the page of the data set is %s (%d plots)\n", page, outcome.drawn);
  return IDR_STATUS_OK;
}
