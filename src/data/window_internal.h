/* What the files of the windows share. */
#ifndef IDR_DATA_WINDOW_INTERNAL_H
#define IDR_DATA_WINDOW_INTERNAL_H

#include "data/window.h"

/* Windows of one well that follow each other by the stride. */
typedef struct {
  int well;
  int64_t row;   /* of the first */
  int64_t begin; /* index of the first among all windows */
} idr_window_run;

/* A chunk of a column; `used` is the tick of its last use, 0: empty. */
typedef struct {
  int well, column;
  int64_t chunk, used;
} idr_window_slot;

struct idr_windows {
  idr_dataset *dataset;
  idr_window_settings settings;
  int column_count;
  char (*column)[IDR_COLUMN_NAME_MAX];
  int *place; /* [wells][columns]: the column in the well's own list */
  idr_window_run *run;
  int64_t run_count, run_capacity, count;
  /* the cache: sets of IDR_WINDOW_WAYS slots */
  int64_t slot_count, slot_rows, tick, chunks_read;
  idr_window_slot *slot;
  float *value; /* [slot_count][slot_rows] */
  /* the shuffled order */
  int64_t shelf;   /* windows that begin in the same chunk, about */
  int64_t shelves; /* that the cache holds */
};
#define IDR_WINDOW_WAYS 8

#endif
