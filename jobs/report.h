/* What the files of `idrill report` share. */
#ifndef IDR_JOBS_REPORT_H
#define IDR_JOBS_REPORT_H

#include "base/settings.h"
#include "report/trace.h"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_REPORT_SETTINGS(X)                                                                     \
  X(CHOICE, units, "", "metric", 0, 0, IDR_REPORT_UNITS,                                           \
    "units of the page and of the drilled well")                                                   \
  X(TEXT, well, "", "unseen", 0, 0, "",                                                            \
    "well to drill: unseen (one of those that idrill evaluate draws), none, or a well file "       \
    "(YAML)")                                                                                      \
  X(INT, start, "", "0", 0, 100000, "",                                                            \
    "which start in it (depth and bit wear): number of the scenario in the evaluation")            \
  X(TEXT, gnuplot, "", "gnuplot", 0, 0, "", "program that draws: a name along PATH, or a path")    \
  X(REAL, plot_limit, "s", "60 s", 0.01, 3600, "", "longest time for one plot")

IDR_SETTINGS_STRUCT(idr_report_settings, IDR_REPORT_SETTINGS);

/* Plays the newest checkpoint of the drilling run in `folder` without chance over one interval.
 * CONFIG, IO or FORMAT with the reason when that cannot be done. Free the trace in any case. */
idr_status idr_report_drill(const char *folder, const idr_report_settings *settings,
                            idr_trace *trace);

#endif
