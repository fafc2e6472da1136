/* The page of a run: RUN/report.html, one self-contained file without scripts or anything from
 * outside, for people who want to know what ran, what it learned and what it cost.
 *
 * It only reads the run, which may be live, stopped, failed, finished or damaged: what is missing
 * is said in its place. Plots come from gnuplot; without it the page says so. */
#ifndef IDR_REPORT_REPORT_H
#define IDR_REPORT_REPORT_H

#include "report/gnuplot.h"
#include "report/trace.h"

typedef struct {
  const char *folder; /* of the run */
  idr_report_units units;
  idr_gnuplot gnuplot;
  const idr_trace *trace; /* a drilled well; NULL: none */
  const char *trace_note; /* why there is none, "" when the task has no wells */
} idr_report_request;

/* What became of it, for the job to tell. */
typedef struct {
  int drawn, missing;   /* plots */
  char plot_note[1024]; /* why plots are missing, "" when none is */
} idr_report_outcome;

/* Makes the page and writes it as RUN/report.html, atomically. MEMORY, or IO when it cannot be
 * written; what cannot be read or drawn is no failure. */
idr_status idr_report_write(const idr_report_request *request, idr_report_outcome *outcome);

#endif
