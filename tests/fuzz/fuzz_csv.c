/* Tables of other people: a channel map, a line "====", the table; without that line the table
 * names its channels itself. Rows that are handed out are in order and hold only what their
 * channels can be; everything else is a finding in a line of the file. */
#include "data/csv_rows.h"
#include "support/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t lines, findings, lost, wrong;
  int fields;
} seen;

static void check_finding(void *context, const idr_csv_finding *f) {
  seen *s = context;
  FUZZ_CHECK(f->line >= 1 && f->line <= s->lines);
  FUZZ_CHECK(f->column >= 1 && f->column <= IDR_CSV_FIELDS_MAX);
  FUZZ_CHECK(f->reason[0] != '\0' && f->name && strlen(f->text) < (size_t)1 << 20);
  s->findings++;
  s->lost += f->row_lost;
  s->wrong += !f->row_lost;
}

static void check_value(const idr_csv_column *c, float value) {
  double width = fmax(fabs(c->low), fabs(c->high)) * 1e-6;
  FUZZ_CHECK(isnan(value) || ((double)value >= c->low - width && (double)value <= c->high + width));
}

static void check_rows(idr_csv_rows *rows, seen *s) {
  static float value[IDR_CSV_FIELDS_MAX];
  const idr_csv_map *map = idr_csv_rows_map(rows);
  double before = -INFINITY, time = 0;
  bool more = true;
  for (int64_t n = 0; more; n++) {
    FUZZ_CHECK(idr_csv_rows_next(rows, check_finding, s, &time, value, &more) == IDR_STATUS_OK);
    if (!more) break;
    FUZZ_CHECK(isfinite(time) && time > before);
    before = time;
    for (int c = 0; c < map->count; c++)
      check_value(&map->column[c], value[c]);
    FUZZ_CHECK(idr_csv_rows_counts(rows)->rows == n + 1);
  }
  const idr_csv_counts *counts = idr_csv_rows_counts(rows);
  FUZZ_CHECK(counts->rows_lost == s->lost && counts->wrong == s->wrong);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  idr_fuzz_halves halves = idr_fuzz_split(data, bytes);
  bool mapped = halves.second_bytes > 0;
  const char *table = mapped ? halves.second : halves.first;
  size_t table_bytes = mapped ? halves.second_bytes : halves.first_bytes;
  char *map_text = idr_fuzz_copy(halves.first, halves.first_bytes, 0),
       *text = idr_fuzz_copy(table, table_bytes, 0), left_out[256];
  idr_csv_map *map = NULL;
  idr_csv_rows *rows = NULL;
  seen s = {.lines = 1};
  for (size_t i = 0; i < table_bytes; i++)
    s.lines += text[i] == '\n';
  idr_status status = IDR_STATUS_OK;
  if (mapped) status = idr_csv_map_parse("fuzz", map_text, halves.first_bytes, &map);
  FUZZ_CHECK(!mapped || (status == IDR_STATUS_OK) == (map != NULL));
  if (status == IDR_STATUS_OK)
    status =
        idr_csv_rows_open_text("fuzz", text, table_bytes, map, left_out, sizeof left_out, &rows);
  FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_CONFIG);
  if (status == IDR_STATUS_OK) check_rows(rows, &s);
  idr_csv_rows_close(rows);
  idr_csv_map_free(map);
  free(map_text);
  free(text);
  return 0;
}
