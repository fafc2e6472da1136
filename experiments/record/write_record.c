/* Writes the record of a make-believe run: KEYS metrics at each of STEPS steps, as a training
 * does, and prints what that cost the caller as JSON.
 *   write_record FOLDER KEYS STEPS */
#include "base/clock.h"
#include "base/file.h"
#include "track/folder.h"
#include "track/record.h"
#include "track/unix_time.h"

#include <stdio.h>
#include <stdlib.h>

/* What a run writes beside its record, and sends along with it. */
static idr_status write_settings(const char *folder, const idr_section *section) {
  char path[4096];
  snprintf(path, sizeof path, "%s/settings.yaml", folder);
  IDR_TRY(idr_file_make_folders(folder));
  return idr_folder_write_settings(path, section, 1);
}

int main(int argc, char **argv) {
  if (argc != 4) return 1;
  int keys = atoi(argv[2]), steps = atoi(argv[3]);
  idr_mlflow_settings settings;
  idr_section section = {"mlflow", "", idr_mlflow_rows, idr_mlflow_row_count, &settings};
  const char *later = "mlflow.upload=later", *warning = NULL, *line = "";
  idr_record *record = NULL;
  if (idr_settings_load(&section, 1, NULL, &later, 1) != IDR_STATUS_OK) return 1;
  idr_record_start start = {.folder = argv[1],
                            .job = "write_record",
                            .task = "none",
                            .metrics = "none",
                            .sections = &section,
                            .section_count = 1};
  if (write_settings(argv[1], &section) != IDR_STATUS_OK ||
      idr_record_open(&start, &settings, &record) != IDR_STATUS_OK) {
    fprintf(stderr, "%s\n", idr_error_get()->message);
    return 1;
  }
  double calls = 0, begin = idr_clock_seconds();
  for (int s = 0; s < steps; s++) {
    double first = idr_clock_seconds(), now = idr_track_unix_time();
    for (int k = 0; k < keys; k++) {
      char key[32];
      snprintf(key, sizeof key, "train/metric_%d", k);
      idr_record_metric(record, true, key, s, 0.1 * s + 1e-3 * k, now);
    }
    calls += idr_clock_seconds() - first;
    idr_record_flush(record, s == steps - 1, &warning);
    if (warning) fprintf(stderr, "%s\n", warning);
  }
  double all = idr_clock_seconds() - begin;
  idr_record_end(record, "finished", "");
  idr_record_flush(record, true, &warning);
  idr_record_finish(record, true, &line);
  idr_record_close(record);
  double count = (double)keys * steps;
  printf("{\"metrics\": %.0f, \"call_us\": %.4f, \"spooled_per_s\": %.0f}\n", count,
         1e6 * calls / count, count / all);
  return 0;
}
