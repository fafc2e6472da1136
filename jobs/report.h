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
  X(INT, data_well, "", "-1", -1, 9e15, "",                                                        \
    "of a data set: id of the well that is drawn; -1: the first")                                  \
  X(INT, day, "", "-1", -1, 1000000, "",                                                           \
    "of that well: the day that is drawn second by second, from 0; -1: the middle one")            \
  X(INT, data_wells, "", "8", 1, 1000000, "",                                                      \
    "of a data set: wells whose readings are looked at, at most; tables are of all wells")         \
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

/* Whether a word names a data set: a file, or a folder with *.h5 in it or in its folder `data`. */
bool idr_report_is_data(const char *word);
/* Makes the page of a data set, beside the file or inside the folder, and tells where it is. */
idr_status idr_report_data(const char *word, const idr_report_settings *settings);

#endif
