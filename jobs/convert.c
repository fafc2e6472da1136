/* idrill convert IN OUT [convert.key=value ...]: a data set as CSV or JSON Lines, or a table of
 * somebody's as a data set. Which of them, the names' endings tell. It needs no MPI. */
#include "data/convert.h"
#include "base/clock.h"
#include "jobs/job.h"

#include <string.h>

typedef enum { FORM_H5, FORM_CSV, FORM_JSONL, FORM_UNKNOWN } form;

void idr_convert_help(FILE *out) {
  idr_convert_settings settings;
  const idr_section section = {"convert", "data sets as tables, tables as data sets",
                               idr_convert_rows, idr_convert_row_count, &settings};
  idr_settings_help(&section, 1, out);
  fputs("\nChannels, by name, WITSML mnemonic, SI and display unit:\n", out);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    fprintf(out, "  %-28s %-9s %-8s %-8s %s\n", idr_channels[c].name, idr_channels[c].mnemonic,
            idr_channels[c].unit, idr_channels[c].display, idr_channels[c].doc);
}

static bool ends(const char *name, const char *ending) {
  size_t n = strlen(name), e = strlen(ending);
  return n > e && strcmp(name + n - e, ending) == 0;
}

/* A folder is a data set. */
static form form_of(const char *name) {
  if (ends(name, ".csv") || ends(name, ".txt") || ends(name, ".tsv")) return FORM_CSV;
  if (ends(name, ".jsonl") || ends(name, ".ndjson")) return FORM_JSONL;
  const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
  return ends(name, ".h5") || !strchr(base, '.') ? FORM_H5 : FORM_UNKNOWN;
}

/* Takes the second file out of the words: what all jobs share knows one. */
static idr_status take_out(int *argc, char **argv, const char **out) {
  int files = 0;
  for (int i = 0; i < *argc; i++) {
    if (strchr(argv[i], '=') || argv[i][0] == '-' || ++files < 2) continue;
    *out = argv[i];
    memmove(argv + i, argv + i + 1, (size_t)(*argc - i - 1) * sizeof *argv);
    (*argc)--;
    return IDR_STATUS_OK;
  }
  IDR_FAIL(IDR_STATUS_CONFIG,
           "usage: idrill convert DATA OUT.csv|OUT.jsonl, or idrill convert TABLE.csv OUT.h5 "
           "[convert.key=value ...]");
}

static idr_status to_text(const char *in, const char *out, const idr_convert_settings *settings) {
  idr_dataset *dataset = NULL;
  idr_convert_result result;
  double begin = idr_clock_seconds();
  IDR_TRY(idr_dataset_open(in, &dataset));
  idr_status status = idr_convert_to_text(
      dataset, settings, form_of(out) == FORM_CSV ? IDR_CONVERT_CSV : IDR_CONVERT_JSONL, out,
      &result);
  idr_dataset_close(dataset);
  IDR_TRY(status);
  double wall = idr_clock_seconds() - begin;
  printf("%s: %lld rows of %d columns, %.1f MB in %.2f s (%.0f rows/s)\n", out,
         (long long)result.rows, result.columns, 1e-6 * (double)result.bytes, wall,
         (double)result.rows / wall);
  return IDR_STATUS_OK;
}

static void tell_left_out(const char *list) {
  while (*list) {
    size_t length = strcspn(list, "\n");
    fprintf(stderr, "warning: %.*s\n", (int)length, list);
    list += length + (list[length] == '\n');
  }
}

static idr_status from_csv(const char *in, const char *out, const idr_convert_settings *settings) {
  idr_import_result r;
  idr_status status = idr_convert_from_csv(in, settings, out, &r);
  tell_left_out(r.left_out);
  IDR_TRY(status);
  printf("%s: %lld rows of %d channels; %lld values were missing", out, (long long)r.counts.rows,
         r.columns, (long long)r.counts.missing);
  if (r.findings > 0)
    printf(", %lld wrong ones became NaN, %lld rows were left out: all in %s.findings.csv",
           (long long)r.counts.wrong, (long long)r.counts.rows_lost, out);
  printf("\n");
  return IDR_STATUS_OK;
}

static idr_status convert(int argc, char **argv) {
  idr_job_line line;
  idr_convert_settings settings;
  const char *out = NULL;
  const idr_section section = {"convert", "", idr_convert_rows, idr_convert_row_count, &settings};
  IDR_TRY(take_out(&argc, argv, &out));
  IDR_TRY(idr_job_parse(argc, argv, &line));
  IDR_TRY(idr_settings_load(&section, 1, NULL, line.overrides, line.override_count));
  form from = form_of(line.config), to = form_of(out);
  if (from == FORM_H5 && (to == FORM_CSV || to == FORM_JSONL))
    return to_text(line.config, out, &settings);
  if (from == FORM_CSV && to == FORM_H5) return from_csv(line.config, out, &settings);
  IDR_FAIL(IDR_STATUS_CONFIG,
           "cannot convert '%s' to '%s': .h5 or a folder goes to .csv or .jsonl, .csv to .h5",
           line.config, out);
}

int idr_job_convert(idr_job_context *context, int argc, char **argv) {
  return convert(argc, argv) == IDR_STATUS_OK ? IDR_EXIT_FINISHED : idr_job_fail(context, NULL);
}
