/* Windows: what a training job reads of a data set. A window is `length` consecutive rows of some
 * columns of one well; which rows count is decided by settings: wells, range, activity, lives of a
 * machine. The list of windows is kept as runs, values in a cache of stated size, so memory does
 * not grow with the data set. Wells are parted into train, validation and test by their ids alone:
 * a well stays in its part when others come or go.
 */
#ifndef IDR_DATA_WINDOW_H
#define IDR_DATA_WINDOW_H

#include "base/settings.h"
#include "data/dataset.h"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_WINDOW_ROWS(X)                                                                         \
  X(TEXT, columns, "", "all", 0, 0, "",                                                            \
    "columns of a window, comma list: channels (wob), truth/wob, labels/event, rul/bit; all: the " \
    "readings of all channels")                                                                    \
  X(INT, length, "rows", "60", 1, 1000000, "", "rows of a window")                                 \
  X(INT, stride, "rows", "60", 1, 100000000, "",                                                   \
    "rows from the beginning of one window to the next")                                           \
  X(INT, first, "rows", "0", 0, 1e12, "", "first row of every well that counts")                   \
  X(INT, last, "rows", "-1", -1, 1e12, "", "row behind the last one that counts; -1: all")         \
  X(TEXT, wells, "", "all", 0, 0, "",                                                              \
    "ids of the wells, comma list of numbers and ranges (0-9,12)")                                 \
  X(CHOICE, part, "", "all", 0, 0, "all|train|validation|test", "which wells of these")            \
  X(REAL, validation, "", "0.1", 0, 1, "", "share of the wells for validation")                    \
  X(REAL, test, "", "0.1", 0, 1, "", "share of the wells for the test")                            \
  X(TEXT, activity, "", "any", 0, 0, "",                                                           \
    "only windows whose rows all have one of these activities, comma list (drilling, reaming)")    \
  X(TEXT, machine, "", "", 0, 0, "",                                                               \
    "only windows within one life of this machine (bit, mud_pump_1); empty: of no machine")        \
  X(CHOICE, lives, "", "any", 0, 0, "any|failed", "of that machine: any, or those that failed")    \
  X(INT, cache, "MiB", "256", 1, 1048576, "", "memory for values that were read")

IDR_SETTINGS_STRUCT(idr_window_settings, IDR_WINDOW_ROWS);
extern const idr_setting idr_window_rows[];
extern const int idr_window_row_count;

typedef struct idr_windows idr_windows;

typedef struct {
  int well; /* of the data set */
  int64_t row;
} idr_window;

/* Lists the windows of a data set, which must stay open as long. Reads the label columns that the
 * settings ask for, once. CONFIG for unknown columns, activities and machines, and when no window
 * is left, with the reason. The caller closes. Not collective. */
idr_status idr_windows_open(idr_dataset *dataset, const idr_window_settings *settings,
                            idr_windows **out);
void idr_windows_close(idr_windows *windows); /* NULL allowed */

int64_t idr_windows_count(const idr_windows *windows);
int64_t idr_windows_length(const idr_windows *windows);
int idr_windows_columns(const idr_windows *windows);
const char *idr_windows_column_name(const idr_windows *windows, int column);
/* Where window `index` (0 to count - 1) begins. */
idr_window idr_windows_get(const idr_windows *windows, int64_t index);

/* Values of a window: out[length][columns], integers as float, NaN where a gauge was silent. */
idr_status idr_windows_read(idr_windows *windows, int64_t index, float *out);
/* Chunks that were read from the files so far, and bytes that the cache holds. */
int64_t idr_windows_chunks_read(const idr_windows *windows);
size_t idr_windows_cache_bytes(const idr_windows *windows);

/* Index of the window at `position` of the shuffled order of an epoch: every window once per epoch,
 * the same order on every rank. Windows that lie in the same chunks come near each other (among as
 * many others as the cache holds), so that an epoch reads every chunk about once. */
int64_t idr_windows_shuffled(const idr_windows *windows, uint64_t seed, uint32_t epoch,
                             int64_t position);
/* Positions [begin, end) that rank `rank` of `size` reads. */
void idr_windows_share(const idr_windows *windows, int rank, int size, int64_t *begin,
                       int64_t *end);

/* CONFIG: the well has no column of this name; tells the nearest that it has. */
idr_status idr_window_fail_column(const idr_dataset_well *well, const char *name);
/* 0 train, 1 validation, 2 test: the part of a well, from its id. */
int idr_window_part(int64_t id, double validation, double test);
/* Whether the settings choose a well. CONFIG when `wells` is no list of ids. */
idr_status idr_window_chooses(const idr_window_settings *settings, const idr_dataset_well *well,
                              bool *chosen);
/* The columns that the settings name, as names; every chosen well must have them. CONFIG. The
 * caller frees *out. */
idr_status idr_window_columns(const idr_dataset *dataset, const idr_window_settings *settings,
                              char (**out)[IDR_COLUMN_NAME_MAX], int *count);

#endif
