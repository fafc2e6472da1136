/* Normalisation statistics of a data set: computed once, in one pass, and kept beside the data with
 * the hash of the content they belong to.
 *
 * Moments are gathered per well and merged in the order of the wells, so their bits do not depend
 * on the number of ranks.
 */
#ifndef IDR_DATA_STATISTICS_H
#define IDR_DATA_STATISTICS_H

#include "comm/comm.h"
#include "data/window.h"

typedef struct {
  int64_t count;   /* finite values */
  int64_t empty;   /* NaN */
  double mean, sd; /* sd over count - 1; NaN without values, 0 for one */
  double low, high;
} idr_statistic;

typedef struct {
  int count;
  char (*column)[IDR_COLUMN_NAME_MAX];
  idr_statistic *of; /* [count] */
  char root[33];     /* of the data set */
  bool read;         /* they were there already */
} idr_statistics;

/* Statistics of the columns that `settings` name, over the wells and rows they choose (whatever the
 * windows' labels). Reads them from `folder` (that of the data set) when they are there and belong
 * to this content and choice, otherwise computes them, every rank its share of the wells, and rank
 * 0 writes them as statistics-<key>.yaml; a folder that cannot be written to is no failure. CONFIG,
 * IO, FORMAT. The caller frees. Collective: the same arguments on all ranks. */
idr_status idr_statistics_get(const idr_comm *comm, idr_dataset *dataset, const char *folder,
                              const idr_window_settings *settings, idr_statistics *out);
void idr_statistics_free(idr_statistics *statistics);

/* ---- moments --------------------------------------------------------------------------------- */
typedef struct {
  int64_t count, empty;
  double mean, m2, low, high; /* m2: sum of squares about the mean */
} idr_running;

/* Zero-initialise, then: */
void idr_running_add(idr_running *m, const float *value, int64_t count);
/* Adds `b` to `a` (Chan, Golub and LeVeque 1979). */
void idr_running_merge(idr_running *a, const idr_running *b);

#endif
