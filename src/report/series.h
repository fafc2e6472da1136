/* What a run wrote into its file of metrics (track/metrics.h), read back for plots: one series per
 * key, and thinned to as many points as an eye can tell apart. */
#ifndef IDR_REPORT_SERIES_H
#define IDR_REPORT_SERIES_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

#define IDR_SERIES_MAX 512 /* keys; further ones are left out and counted */

/* Points in the order of their steps; y may be NaN or infinite. */
typedef struct {
  char *key;
  bool timing; /* else a result */
  int64_t count, capacity;
  double *x, *y; /* control steps, value */
} idr_series;

typedef struct {
  int count;
  idr_series series[IDR_SERIES_MAX];
  int64_t lines;    /* good ones */
  int64_t damaged;  /* lines that are no metric: skipped */
  int64_t left_out; /* good lines of keys beyond IDR_SERIES_MAX */
  bool torn;        /* the last line has no end: being written, or cut by a crash */
} idr_series_set;

/* Reads the whole file, which may be growing. Lines that are no metric are counted and skipped. IO
 * when it cannot be read, MEMORY. The caller frees *out with idr_series_free. */
idr_status idr_series_read(const char *file, idr_series_set **out);
void idr_series_free(idr_series_set *set); /* NULL allowed */
/* NULL when the run has no such key. */
const idr_series *idr_series_find(const idr_series_set *set, const char *key);
/* The newest finite value of a key, NaN when there is none. */
double idr_series_newest(const idr_series_set *set, const char *key);

/* Some neighbouring points as one. */
typedef struct {
  double x;
  double low, high, mean; /* of the finite values */
  bool gap;               /* something that is not finite lies in it or right behind it */
} idr_bin;

/* Thins a series to at most `max` (>= 1) bins of equally many points; a series that is short enough
 * keeps its points, one to a bin. No extreme is lost: the least and the greatest value of the
 * series are the least `low` and the greatest `high`. Bins without a finite value are left out.
 * Returns the number of bins. */
int64_t idr_series_thin(const idr_series *series, int64_t max, idr_bin *out);

#endif
