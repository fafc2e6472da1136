/* Writes the record of a make-believe run that made a model: a few metrics, and RUN/model, which
 * has to be there. For the tests of the registry, which need many runs and no training.
 *   record_model RUN [mlflow.key=value ...] */
#include "track/folder.h"
#include "track/record.h"
#include "track/unix_time.h"

#include <stdio.h>

#define STEPS 5

static idr_status write_run(const char *folder, const idr_section *section) {
  const idr_record_start start = {.folder = folder,
                                  .job = "record-model",
                                  .task = "none",
                                  .metrics = "none",
                                  .sections = section,
                                  .section_count = 1};
  idr_record *record = NULL;
  const char *warning = NULL, *line = "";
  char path[4096];
  snprintf(path, sizeof path, "%s/settings.yaml", folder);
  IDR_TRY(idr_folder_write_settings(path, section, 1));
  IDR_TRY(idr_record_open(&start, section->values, &record));
  for (int step = 0; step < STEPS; step++)
    idr_record_metric(record, true, "train/reward", step, 0.5 * step, idr_track_unix_time());
  idr_record_model(record, "model", "policy", STEPS, "made by a test");
  idr_record_end(record, "finished", "");
  idr_record_flush(record, true, &warning);
  idr_record_finish(record, true, &line);
  printf("%s\n", warning ? warning : line);
  idr_record_close(record);
  return IDR_STATUS_OK;
}

int main(int argc, char **argv) {
  idr_mlflow_settings settings;
  const idr_section section = {"mlflow", "", idr_mlflow_rows, idr_mlflow_row_count, &settings};
  if (argc < 2) return 2;
  idr_status status = idr_settings_load(&section, 1, NULL, (const char *const *)argv + 2, argc - 2);
  if (status == IDR_STATUS_OK) status = write_run(argv[1], &section);
  if (status != IDR_STATUS_OK) fprintf(stderr, "%s\n", idr_error_get()->message);
  return status == IDR_STATUS_OK ? 0 : 1;
}
