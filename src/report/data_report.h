/* The page of a data set: one self-contained file without scripts or anything from outside, for
 * people who want to know what is in it and whether to believe it. All numbers are computed here,
 * in one pass over the rows; plots come from gnuplot, and without it the page says so. */
#ifndef IDR_REPORT_DATA_REPORT_H
#define IDR_REPORT_DATA_REPORT_H

#include "data/dataset.h"
#include "report/report.h"

typedef struct {
  idr_dataset *dataset;
  const char *page;   /* path of the page to write */
  const char *folder; /* where gnuplot's nameless files may lie */
  idr_report_units units;
  idr_gnuplot gnuplot;
  int64_t well; /* id of the well that is drawn; -1: the first */
  int64_t day;  /* of it, from 0; -1: in the middle of its record */
  int wells;    /* whose readings are looked at, at most */
} idr_data_request;

/* Writes the page atomically. CONFIG when there is no such well or day; MEMORY, IO, FORMAT. */
idr_status idr_data_report_write(const idr_data_request *request, idr_report_outcome *outcome);

#endif
