/* A channel map: which column of somebody's table is which channel, and in what unit. From a YAML
 * file, or from the table's own header where its names are "wob [kN]", as `idrill convert` writes
 * them.
 *
 *     file: {header: 1, data: 2, separator: comma, missing: "-999.25, null"}
 *     time: {column: Date, format: iso8601}
 *     columns:
 *       - {column: WOB, channel: wob, unit: klbf, range: [0, 80]}
 *     ignore: [Remarks]
 */
#ifndef IDR_DATA_CSV_MAP_H
#define IDR_DATA_CSV_MAP_H

#include "base/settings.h"
#include "data/csv.h"

#include <math.h>

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_CSV_FILE_ROWS(X)                                                                       \
  X(INT, header, "", "1", 1, 1000, "", "line of the column names")                                 \
  X(INT, data, "", "2", 2, 1001, "", "first line of numbers; lines between are left out")          \
  X(CHOICE, separator, "", "any", 0, 0, "any|comma|semicolon|tab", "between two fields")           \
  X(CHOICE, decimal, "", "point", 0, 0, "point|comma", "mark of fractions")                        \
  X(TEXT, missing, "", "-999.25, -9999, null", 0, 0, "",                                           \
    "words that stand for a value that is not there, as an empty field does")

#define IDR_CSV_TIME_ROWS(X)                                                                       \
  X(TEXT, column, "", "required", 0, 0, "", "name of the column that orders the rows")             \
  X(CHOICE, format, "", "seconds", 0, 0, "seconds|iso8601|depth",                                  \
    "seconds: a time, counted in `unit`; iso8601: 2024-02-29T23:59:59Z; depth: rows follow each "  \
    "other by depth, and each stands for `interval`")                                              \
  X(TEXT, unit, "", "s", 0, 0, "", "of a time in numbers")                                         \
  X(TEXT, start, "", "1970-01-01", 0, 0, "", "date at which a time in numbers is 0")               \
  X(REAL, interval, "s", "1 s", 1, 1e9, "", "what a row of a table by depth stands for")

#define IDR_CSV_COLUMN_ROWS(X)                                                                     \
  X(TEXT, column, "", "required", 0, 0, "", "name in the table's header")                          \
  X(TEXT, channel, "", "required", 0, 0, "", "name or WITSML mnemonic of the channel")             \
  X(TEXT, unit, "", "required", 0, 0, "", "of the column; fraction for a plain number")            \
  X(REALS, range, "", "[]", -INFINITY, INFINITY, "",                                               \
    "lowest and highest value that can be true, in `unit`; default: the channel's usual range "    \
    "and "                                                                                         \
    "its width more on either side")

IDR_SETTINGS_STRUCT(idr_csv_file, IDR_CSV_FILE_ROWS);
IDR_SETTINGS_STRUCT(idr_csv_time, IDR_CSV_TIME_ROWS);

enum { IDR_CSV_SECONDS, IDR_CSV_ISO8601, IDR_CSV_DEPTH };
enum { IDR_CSV_POINT, IDR_CSV_COMMA };

/* A column of the table: SI value = number * factor + offset. */
typedef struct {
  char name[IDR_TEXT_MAX];
  int channel; /* idr_channel_id */
  char unit[32];
  double factor, offset;
  double low, high; /* SI, what can be true */
  int field;        /* from 0; -1 before it is bound */
} idr_csv_column;

typedef struct {
  idr_csv_file file;
  idr_csv_time time;
  double time_factor, time_start; /* s since 1970 = number * factor + start */
  int time_field;
  int count;
  idr_csv_column *column;
  int ignored_count;
  char (*ignored)[IDR_TEXT_MAX];
} idr_csv_map;

/* Reads a map; all problems of it at once, each with line and column. CONFIG, IO. The caller frees.
 */
idr_status idr_csv_map_read(const char *file, idr_csv_map **out);
/* The same from memory; `name` stands for the file in messages. */
idr_status idr_csv_map_parse(const char *name, const char *text, size_t bytes, idr_csv_map **out);
/* A map of a table that names channels and units itself: "time [s]" or "time [ISO 8601]", and
 * "wob [kN]" for the rest. CONFIG when a name is none of these. Nothing is said of what can be
 * true, so that any reading of a data set goes out and comes back. */
idr_status idr_csv_map_from_header(const char *name, const idr_csv_row *header, idr_csv_map **out);
void idr_csv_map_free(idr_csv_map *map); /* NULL allowed */

char idr_csv_map_separator(const idr_csv_map *map); /* 0: any */

/* Finds the map's columns in a header. CONFIG with all that are missing, each with the nearest name
 * that is there. In `left_out` (size bytes): the columns that the map neither maps nor ignores, one
 * a line, each with the nearest channel; empty when there is none. */
idr_status idr_csv_map_bind(idr_csv_map *map, const char *name, const idr_csv_row *header,
                            char *left_out, size_t size);

#endif
