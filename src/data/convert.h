/* Data sets as text that other programs read, and tables of theirs as data sets. */
#ifndef IDR_DATA_CONVERT_H
#define IDR_DATA_CONVERT_H

#include "base/settings.h"
#include "data/csv_rows.h"
#include "data/dataset.h"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_CONVERT_ROWS(X)                                                                        \
  X(INT, well, "", "-1", -1, 9e15, "", "id of the well to write; -1: the only one")                \
  X(TEXT, columns, "", "all", 0, 0, "",                                                            \
    "columns to write, comma list: channels (wob), truth/wob, labels/event, rul/bit; all: the "    \
    "readings of all channels")                                                                    \
  X(BOOL, labels, "", "false", 0, 0, "", "write activity and event of every row as well")          \
  X(REAL, from, "s", "0 s", 0, 1e12, "", "first second to write, from the start of the well")      \
  X(REAL, to, "s", "-1 s", -1, 1e12, "", "second behind the last one to write; -1: all")           \
  X(REAL, every, "s", "1 s", 1, 1e9, "", "seconds that become one row")                            \
  X(CHOICE, by, "", "mean", 0, 0, "mean|min|max|last",                                             \
    "what stands for the readings of these seconds; labels are always the last")                   \
  X(CHOICE, units, "", "si", 0, 0, "si|display", "units of the table; its header names them")      \
  X(CHOICE, time, "", "seconds", 0, 0, "seconds|iso8601",                                          \
    "seconds since the start of the well, or dates")                                               \
  X(TEXT, channel_map, "", "", 0, 0, "",                                                           \
    "CSV to HDF5: channel map (YAML), see configs/channels-forge-16b.yaml; empty: the header "     \
    "names channels and units itself, as a table that convert wrote does")                         \
  X(CHOICE, on_error, "", "stop", 0, 0, "stop|mark",                                               \
    "CSV to HDF5, what is wrong in the table: stop names it and writes nothing; mark makes wrong " \
    "values NaN, leaves out rows without a usable time, and lists all in OUT.findings.csv")        \
  X(TEXT, name, "", "", 0, 0, "", "CSV to HDF5: name of the well; empty: that of the table")

IDR_SETTINGS_STRUCT(idr_convert_settings, IDR_CONVERT_ROWS);
extern const idr_setting idr_convert_rows[];
extern const int idr_convert_row_count;

enum { IDR_CONVERT_MEAN, IDR_CONVERT_MIN, IDR_CONVERT_MAX, IDR_CONVERT_LAST };
typedef enum { IDR_CONVERT_CSV, IDR_CONVERT_JSONL } idr_convert_form;

typedef struct {
  int64_t rows; /* written */
  int columns;  /* beside the time */
  int64_t bytes;
} idr_convert_result;

/* Writes a well of a data set as a table with names and units in its header, or as one JSON object
 * a line, in blocks: memory does not grow with the rows. NaN is an empty field, or null. Replaces
 * `out` when it is whole; on failure nothing is left. CONFIG for what the settings ask and the data
 * set does not have; IO, FORMAT. */
idr_status idr_convert_to_text(idr_dataset *dataset, const idr_convert_settings *settings,
                               idr_convert_form form, const char *out, idr_convert_result *result);

typedef struct {
  idr_csv_counts counts;
  int64_t findings;
  int columns;
  char left_out[4096]; /* columns of the table that are not in the map, one a line */
} idr_import_result;

/* Makes the data set file `out` of one well from a table. The table is read twice: once to look at
 * every row, and, when nothing is wrong with it or `on_error` is mark, once to write. Nothing but
 * whole files appear: `out`, and with findings that were marked `out`.findings.csv. CONFIG with all
 * findings (as many as a message holds) in the form file:line: column n 'name': text; IO. */
idr_status idr_convert_from_csv(const char *table, const idr_convert_settings *settings,
                                const char *out, idr_import_result *result);

#endif
