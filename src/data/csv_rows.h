/* Somebody's table as rows of channels in SI, checked on the way: the number of columns, every
 * number, the order of the times, what each channel can be. Nothing is mended silently: each
 * finding is told with its line and column.
 *
 * A wrong value becomes NaN. A row whose time cannot be used (it is no time, or not later than the
 * row before) or whose columns are not those of the header is left out whole.
 */
#ifndef IDR_DATA_CSV_ROWS_H
#define IDR_DATA_CSV_ROWS_H

#include "data/csv_map.h"

typedef struct {
  int64_t line;
  int column;         /* from 1 */
  const char *name;   /* of the column */
  const char *text;   /* what stands there; "" when the line itself is broken */
  const char *reason; /* "no number", "earlier than the row before, line 12" */
  bool row_lost;      /* the whole row is left out */
} idr_csv_finding;

/* Called for every finding; what it points to lives as long as the call. */
typedef void (*idr_csv_teller)(void *context, const idr_csv_finding *finding);

typedef struct {
  int64_t rows;      /* handed out */
  int64_t rows_lost; /* left out */
  int64_t wrong;     /* values that became NaN */
  int64_t missing;   /* empty fields and missing words: no findings */
} idr_csv_counts;

typedef struct idr_csv_rows idr_csv_rows;

/* Opens a table, reads its header and binds the map to it; `map` NULL: the header names channels
 * and units. CONFIG with all that does not fit. `left_out` as in idr_csv_map_bind. The map must
 * live as long. The caller closes. */
idr_status idr_csv_rows_open(const char *file, idr_csv_map *map, char *left_out, size_t size,
                             idr_csv_rows **out);
/* The same over text in memory. */
idr_status idr_csv_rows_open_text(const char *name, const char *text, size_t bytes,
                                  idr_csv_map *map, char *left_out, size_t size,
                                  idr_csv_rows **out);
void idr_csv_rows_close(idr_csv_rows *rows); /* NULL allowed */
/* The map in use: that of the caller, or the header's. */
const idr_csv_map *idr_csv_rows_map(const idr_csv_rows *rows);

/* The next row that can be used: `time` in whole s since 1970, later than that before, one SI value
 * per column of the map, NaN where there is none. `more` is false at the end of the file. */
idr_status idr_csv_rows_next(idr_csv_rows *rows, idr_csv_teller tell, void *context, double *time,
                             float *value, bool *more);
const idr_csv_counts *idr_csv_rows_counts(const idr_csv_rows *rows);

#endif
