/* What the files of `idrill report` share. */
#ifndef IDR_JOBS_REPORT_H
#define IDR_JOBS_REPORT_H

#include "base/settings.h"
#include "report/trace.h"

#include <stdbool.h>

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_REPORT_SETTINGS(X)                                                                     \
  X(CHOICE, units, "", "metric", 0, 0, IDR_REPORT_UNITS,                                           \
    "units of the page and of the drilled well")                                                   \
  X(TEXT, well, "", "unseen", 0, 0, "",                                                            \
    "well to drill: unseen (one of those that idrill evaluate draws), none, or a well file "       \
    "(YAML)")                                                                                      \
  X(INT, start, "", "-1", -1, 100000, "",                                                          \
    "which start in it (depth and bit wear): number of the scenario in the evaluation; -1: among " \
    "the third of the evaluation's starts of middling cost the one that meets the most layers, 0 " \
    "before there is an evaluation")                                                               \
  X(TEXT, gnuplot, "", "gnuplot", 0, 0, "", "program that draws: a name along PATH, or a path")    \
  X(REAL, plot_limit, "s", "60 s", 0.01, 3600, "", "longest time for one plot")

IDR_SETTINGS_STRUCT(idr_report_settings, IDR_REPORT_SETTINGS);

#define IDR_REPORT_CANDIDATES 256

/* Which question of an evaluation may be asked again. */
typedef struct {
  int64_t scenario[IDR_REPORT_CANDIDATES]; /* one, or those of middling cost for the policy */
  int count;
  int64_t of; /* scenarios in the evaluation that they were chosen from; 0: not chosen */
  int64_t well_first, wells;
  uint32_t seed;
} idr_report_starts;

/* The starts that `settings` mean, from RUN/evaluation.json where it matters; never fails, since
 * without an evaluation, or with a damaged one, it is number 0 of the evaluation's defaults. */
void idr_report_find_starts(const char *folder, const idr_report_settings *settings,
                            idr_report_starts *out);

/* Plays the newest checkpoint of the drilling run in `folder` without chance over one interval.
 * CONFIG, IO or FORMAT with the reason when that cannot be done. Free the trace in any case. */
idr_status idr_report_drill(const char *folder, const idr_report_settings *settings,
                            idr_trace *trace);

#endif
