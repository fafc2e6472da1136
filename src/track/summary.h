/* summary.json: how a run stands or ended, for people, scripts and `idrill resume`. Written whole
 * and atomically at the start (status "running"), and at the end. Rank 0 only; nothing is
 * collective. */
#ifndef IDR_TRACK_SUMMARY_H
#define IDR_TRACK_SUMMARY_H

#include "base/status.h"
#include <stdint.h>

typedef struct idr_summary idr_summary;

idr_status idr_summary_create(const char *job, const char *task, int ranks, idr_summary **out);
void idr_summary_destroy(idr_summary *summary); /* NULL allowed */

/* Sets a value under "results"; not a number and the infinities become strings. */
void idr_summary_result(idr_summary *summary, const char *key, double value);
void idr_summary_result_text(idr_summary *summary, const char *key, const char *value);

/* Where the record of the run is: sets the member "mlflow". */
void idr_summary_server(idr_summary *summary, const char *server, const char *experiment_id,
                        const char *run_id);

/* Writes the file. `status` is "running", "finished", "stopped" or "failed"; `reason` may be "". */
idr_status idr_summary_write(idr_summary *summary, const char *path, const char *status,
                             int exit_code, const char *reason);

#endif
