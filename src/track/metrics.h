/* The append-only file of metrics: one JSON object per line,
 *     {"kind": "result", "key": "eval/cost_per_metre", "step": 12, "value": 512.25, "t": 1732.5}
 * `value` reads back to the same bits; not a number and the infinities are the strings "nan", "inf"
 * and "-inf", since JSON has no words for them. `t` is seconds since 1970. Used by rank 0 only; no
 * function is collective.
 */
#ifndef IDR_TRACK_METRICS_H
#define IDR_TRACK_METRICS_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct idr_metrics idr_metrics;

/* Opens `path` for appending; `keep` false empties it. A last line that a crash cut short is
 * removed. */
idr_status idr_metrics_open(const char *path, bool keep, idr_metrics **out);
/* Closes without reporting; flush before. NULL allowed. */
void idr_metrics_close(idr_metrics *metrics);

/* Appends a line unless an earlier start wrote this key at this step or above; `t` is in seconds
 * since 1970. Buffered: a failure to write shows in the next flush. */
void idr_metrics_append(idr_metrics *metrics, bool result, const char *key, int64_t step,
                        double value, double t);
idr_status idr_metrics_flush(idr_metrics *metrics);
/* Shows every line of a file; one that is cut short or damaged is left out. None when there is no
 * file. */
idr_status idr_metrics_visit(const char *path,
                             void (*visit)(void *context, bool result, const char *key,
                                           int64_t step, double value, double t),
                             void *context);
/* Drops results above `step` from the file. */
idr_status idr_metrics_truncate(idr_metrics *metrics, int64_t step);

#endif
