#include "data/csv_rows.h"
#include "base/text.h"
#include "drill/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MISSING_MAX 32
#define TIME_MAX    2.5e11 /* s: the year 9892 */

struct idr_csv_rows {
  idr_csv *csv;
  idr_csv_map *map, *own; /* own: made from the header */
  char **header;          /* names, for findings */
  int header_count;
  char missing[MISSING_MAX][64];
  int missing_count;
  double missing_number[MISSING_MAX]; /* NaN for words */
  double time;                        /* of the row before */
  int64_t time_line;
  idr_csv_counts counts;
};

/* Where findings go, for the row at hand. */
typedef struct {
  idr_csv_rows *rows;
  const idr_csv_row *row;
  idr_csv_teller tell;
  void *context;
} place;

/* ---- opening --------------------------------------------------------------------------------- */

static void read_missing(idr_csv_rows *rows) {
  const char *list = rows->map->file.missing;
  while (rows->missing_count < MISSING_MAX &&
         idr_text_word(list, ',', rows->missing_count, rows->missing[rows->missing_count],
                       sizeof rows->missing[0]))
    rows->missing_count++;
  for (int i = 0; i < rows->missing_count; i++)
    if (!idr_csv_number(rows->missing[i], false, &rows->missing_number[i]))
      rows->missing_number[i] = NAN;
}

/* The header's names are kept: its fields live in the reader's window. */
static idr_status keep_header(idr_csv_rows *rows, const idr_csv_row *header) {
  rows->header = calloc((size_t)header->count + 1, sizeof *rows->header);
  if (!rows->header) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the names of a table");
  rows->header_count = header->count;
  for (int i = 0; i < header->count; i++) {
    rows->header[i] = strdup(header->field[i]);
    if (!rows->header[i]) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the names of a table");
  }
  return IDR_STATUS_OK;
}

static idr_status find_header(idr_csv_rows *rows, idr_csv_row *header) {
  int64_t wanted = rows->map ? rows->map->file.header : 1;
  do {
    IDR_TRY(idr_csv_next(rows->csv, header));
    if (header->count == 0 && !header->flaw)
      IDR_FAIL(IDR_STATUS_CONFIG, "%s: the file ends before its header", idr_csv_name(rows->csv));
  } while (header->line < wanted);
  if (header->flaw)
    IDR_FAIL(IDR_STATUS_CONFIG, "%s:%lld: column %d: the header cannot be read: %s",
             idr_csv_name(rows->csv), (long long)header->line, header->flaw_column, header->flaw);
  return IDR_STATUS_OK;
}

static idr_status begin(idr_csv_rows *rows, char *left_out, size_t size) {
  idr_csv_row header;
  left_out[0] = '\0';
  IDR_TRY(find_header(rows, &header));
  if (!rows->map) {
    IDR_TRY(idr_csv_map_from_header(idr_csv_name(rows->csv), &header, &rows->own));
    rows->map = rows->own;
  } else {
    IDR_TRY(idr_csv_map_bind(rows->map, idr_csv_name(rows->csv), &header, left_out, size));
  }
  read_missing(rows);
  return keep_header(rows, &header);
}

/* Takes the reader over. */
static idr_status create(idr_csv *csv, idr_csv_map *map, char *left_out, size_t size,
                         idr_csv_rows **out) {
  idr_csv_rows *rows = calloc(1, sizeof *rows);
  *out = rows;
  if (!rows) {
    idr_csv_close(csv);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read a table");
  }
  *rows = (idr_csv_rows){.csv = csv, .map = map, .time = -INFINITY};
  idr_status status = begin(rows, left_out, size);
  if (status == IDR_STATUS_OK) return status;
  idr_csv_rows_close(rows);
  *out = NULL;
  return status;
}

idr_status idr_csv_rows_open(const char *file, idr_csv_map *map, char *left_out, size_t size,
                             idr_csv_rows **out) {
  idr_csv *csv = NULL;
  *out = NULL;
  IDR_TRY(idr_csv_open(file, map ? idr_csv_map_separator(map) : 0, &csv));
  IDR_TRY(create(csv, map, left_out, size, out));
  return IDR_STATUS_OK;
}

idr_status idr_csv_rows_open_text(const char *name, const char *text, size_t bytes,
                                  idr_csv_map *map, char *left_out, size_t size,
                                  idr_csv_rows **out) {
  idr_csv *csv = NULL;
  *out = NULL;
  IDR_TRY(idr_csv_open_text(name, text, bytes, map ? idr_csv_map_separator(map) : 0, &csv));
  IDR_TRY(create(csv, map, left_out, size, out));
  return IDR_STATUS_OK;
}

void idr_csv_rows_close(idr_csv_rows *rows) {
  if (!rows) return;
  for (int i = 0; i < rows->header_count; i++)
    free(rows->header[i]);
  free(rows->header);
  idr_csv_map_free(rows->own);
  idr_csv_close(rows->csv);
  free(rows);
}

const idr_csv_map *idr_csv_rows_map(const idr_csv_rows *rows) {
  return rows->map;
}

const idr_csv_counts *idr_csv_rows_counts(const idr_csv_rows *rows) {
  return &rows->counts;
}

/* ---- findings -------------------------------------------------------------------------------- */

static void tell_text(const place *p, int field, const char *text, const char *reason,
                      bool row_lost) {
  const idr_csv_rows *rows = p->rows;
  bool named = field >= 0 && field < rows->header_count;
  const idr_csv_finding finding = {.line = p->row->line,
                                   .column = field + 1,
                                   .name = named ? rows->header[field] : "",
                                   .text = text,
                                   .reason = reason,
                                   .row_lost = row_lost};
  p->tell(p->context, &finding);
}

static void tell(const place *p, int field, const char *reason, bool row_lost) {
  tell_text(p, field, p->row->field[field], reason, row_lost);
}

static bool is_missing_word(const idr_csv_rows *rows, const char *text) {
  if (text[0] == '\0') return true;
  for (int i = 0; i < rows->missing_count; i++)
    if (strcmp(text, rows->missing[i]) == 0) return true;
  return false;
}

/* "-999.250" is -999.25 too. */
static bool is_missing_number(const idr_csv_rows *rows, double value) {
  for (int i = 0; i < rows->missing_count; i++)
    if (rows->missing_number[i] == value) return true;
  return false;
}

/* ---- one row --------------------------------------------------------------------------------- */

static bool has_its_columns(const place *p) {
  char reason[160];
  int count = p->row->count, wanted = p->rows->header_count;
  if (p->row->flaw) {
    tell_text(p, p->row->flaw_column - 1, "", p->row->flaw, true);
    return false;
  }
  if (count == wanted) return true;
  snprintf(reason, sizeof reason, "the row has %d fields, the header %d", count, wanted);
  tell_text(p, (count < wanted ? count : wanted + 1) - 1, "", reason, true);
  return false;
}

/* A table by depth has its rows' times from their number. */
static bool read_order(const place *p, double *order) {
  const idr_csv_map *map = p->rows->map;
  const char *text = p->row->field[map->time_field];
  bool good = map->time.format == IDR_CSV_ISO8601
                  ? idr_csv_date(text, order)
                  : idr_csv_number(text, map->file.decimal == IDR_CSV_COMMA, order);
  if (!good) {
    tell(p, map->time_field,
         map->time.format == IDR_CSV_ISO8601 ? "no date; expected one such as 2024-02-29T23:59:59Z"
         : map->time.format == IDR_CSV_DEPTH ? "no depth"
                                             : "no time",
         true);
    return false;
  }
  if (map->time.format == IDR_CSV_SECONDS) *order = *order * map->time_factor + map->time_start;
  if (fabs(*order) < TIME_MAX) return true;
  tell(p, map->time_field, "too large", true);
  return false;
}

/* A data set counts whole seconds: two rows in one second would be two values for it. */
static bool is_later(const place *p, double *order) {
  idr_csv_rows *rows = p->rows;
  char reason[128];
  bool depth = rows->map->time.format == IDR_CSV_DEPTH;
  if (!depth) *order = floor(*order);
  if (*order > rows->time) {
    rows->time = *order;
    rows->time_line = p->row->line;
    return true;
  }
  snprintf(reason, sizeof reason, "%s the row before, line %lld",
           depth                 ? "not deeper than"
           : *order < rows->time ? "earlier than"
                                 : "in the same second as",
           (long long)rows->time_line);
  tell(p, rows->map->time_field, reason, true);
  return false;
}

static float read_value(const place *p, const idr_csv_column *c) {
  idr_csv_rows *rows = p->rows;
  const char *text = p->row->field[c->field];
  char reason[160];
  double value = NAN;
  bool missing = is_missing_word(rows, text);
  bool number = !missing && idr_csv_number(text, rows->map->file.decimal == IDR_CSV_COMMA, &value);
  if (missing || (number && is_missing_number(rows, value))) {
    rows->counts.missing++;
    return NAN;
  }
  double si = value * c->factor + c->offset;
  if (si >= c->low && si <= c->high) return (float)si;
  rows->counts.wrong++;
  if (number)
    snprintf(reason, sizeof reason, "outside of what %s can be, %.4g to %.4g %s",
             idr_channels[c->channel].name, (c->low - c->offset) / c->factor,
             (c->high - c->offset) / c->factor, c->unit);
  else
    snprintf(reason, sizeof reason,
             "no number; if it stands for a missing value, add it to file.missing of the map");
  tell(p, c->field, reason, false);
  return NAN;
}

static bool take_row(const place *p, double *time, float *value) {
  idr_csv_rows *rows = p->rows;
  const idr_csv_map *map = rows->map;
  double order;
  if (!has_its_columns(p) || !read_order(p, &order) || !is_later(p, &order)) {
    rows->counts.rows_lost++;
    return false;
  }
  *time = map->time.format == IDR_CSV_DEPTH
              ? map->time_start + map->time.interval * (double)rows->counts.rows
              : order;
  for (int i = 0; i < map->count; i++)
    value[i] = read_value(p, &map->column[i]);
  rows->counts.rows++;
  return true;
}

idr_status idr_csv_rows_next(idr_csv_rows *rows, idr_csv_teller teller, void *context, double *time,
                             float *value, bool *more) {
  idr_csv_row row;
  place p = {rows, &row, teller, context};
  for (;;) {
    IDR_TRY(idr_csv_next(rows->csv, &row));
    *more = row.count > 0 || row.flaw;
    if (!*more) return IDR_STATUS_OK;
    if (row.line < rows->map->file.data) continue;
    if (take_row(&p, time, value)) return IDR_STATUS_OK;
  }
}
