/* Windows and statistics as the engine reads them, for a peer to compare with its own slices.
 *
 *     data_windows DATA SEED EPOCH RANK SIZE FOLDER [window.key=value ...]
 *
 * Writes to standard output the windows of this rank's share in their shuffled order: int64 well,
 * int64 row, float32 [length][columns] each. Writes statistics as text to standard error: name,
 * count, empty, mean, sd, low, high. */
#include "data/statistics.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(void) {
  fprintf(stderr, "%s\n", idr_error_get()->message);
  return 1;
}

static idr_status put_windows(idr_windows *w, char **argv) {
  int64_t begin, end, values = idr_windows_length(w) * idr_windows_columns(w);
  float *out = malloc((size_t)values * sizeof *out);
  if (!out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory");
  idr_windows_share(w, atoi(argv[4]), atoi(argv[5]), &begin, &end);
  for (int64_t p = begin; p < end; p++) {
    int64_t index = idr_windows_shuffled(w, (uint64_t)atoll(argv[2]), (uint32_t)atoi(argv[3]), p);
    idr_window at = idr_windows_get(w, index);
    int64_t head[2] = {at.well, at.row};
    IDR_TRY(idr_windows_read(w, index, out));
    fwrite(head, sizeof head, 1, stdout);
    fwrite(out, sizeof *out, (size_t)values, stdout);
  }
  free(out);
  return IDR_STATUS_OK;
}

static idr_status put_statistics(idr_dataset *d, const char *folder,
                                 const idr_window_settings *settings) {
  idr_comm comm = idr_comm_self();
  idr_statistics s;
  IDR_TRY(idr_statistics_get(&comm, d, folder, settings, &s));
  for (int i = 0; i < s.count; i++)
    fprintf(stderr, "%s %lld %lld %.17g %.17g %.17g %.17g\n", s.column[i], (long long)s.of[i].count,
            (long long)s.of[i].empty, s.of[i].mean, s.of[i].sd, s.of[i].low, s.of[i].high);
  idr_statistics_free(&s);
  return IDR_STATUS_OK;
}

int main(int argc, char **argv) {
  idr_window_settings settings;
  idr_dataset *d = NULL;
  idr_windows *w = NULL;
  const idr_section section = {"window", "", idr_window_rows, idr_window_row_count, &settings};
  if (argc < 7) return 1;
  if (idr_settings_load(&section, 1, NULL, (const char *const *)(argv + 7), argc - 7) ||
      idr_dataset_open(argv[1], &d) || idr_windows_open(d, &settings, &w) || put_windows(w, argv) ||
      put_statistics(d, argv[6], &settings))
    return fail();
  idr_windows_close(w);
  idr_dataset_close(d);
  return 0;
}
