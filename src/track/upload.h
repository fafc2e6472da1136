/* Brings a spool to an MLflow server, event by event: as a thread of the run that writes the spool
 * (uploader.h), or from `idrill sync`. One process uploads a run at a time (a lock says which).
 *
 * RUN/spool/uploaded.json says what the server has: its address, the ids of experiment and run, and
 * the place in the spool. It is written after the server's answer, so an event is sent again when
 * the answer or the process was lost; every event is made so that a repeat changes nothing (runs,
 * models and versions are looked for by the run's UUID before they are made). Events that the
 * server will never take are noted in RUN/spool/refused.jsonl with its reason, and stepped over.
 */
#ifndef IDR_TRACK_UPLOAD_H
#define IDR_TRACK_UPLOAD_H

#include "base/settings.h"
#include <stdbool.h>
#include <stdint.h>

/* Section "mlflow" of every job that owns a run folder. */
#define IDR_MLFLOW_SETTINGS(X)                                                                     \
  X(TEXT, uri, "", "", 0, 0, "",                                                                   \
    "tracking server, http://... or https://...; empty: MLFLOW_TRACKING_URI; neither: the spool "  \
    "keeps the record for 'idrill sync'")                                                          \
  X(CHOICE, upload, "", "live", 0, 0, "live|later",                                                \
    "live: while the run goes on; later: only by 'idrill sync'")                                   \
  X(TEXT, experiment, "", "", 0, 0, "",                                                            \
    "experiment; empty: MLFLOW_EXPERIMENT_NAME or _ID, else idrill")                               \
  X(TEXT, run_name, "", "", 0, 0, "", "name of the run; empty: the name of its folder")            \
  X(TEXT, parent, "", "", 0, 0, "", "parent run: its MLflow id, or its run folder")                \
  X(TEXT, note, "", "", 0, 0, "", "description of the run")                                        \
  X(TEXT, model, "", "", 0, 0, "",                                                                 \
    "registered model that a finished run's policy becomes a version of, with the alias "          \
    "challenger; empty: none")                                                                     \
  X(BOOL, system_metrics, "", "false", 0, 0, "",                                                   \
    "also log processor and memory use; MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING=true does the same")  \
  X(REAL, every, "s", "2 s", 0.05, 3600, "", "time between two looks for what is new")             \
  X(REAL, wait, "s", "60 s", 0, 86400, "",                                                         \
    "how long a finished run waits for its uploads; the rest is for 'idrill sync'")                \
  X(REAL, timeout, "s", "120 s", 1, 3600, "", "of a request without progress")                     \
  X(INT, spool_limit, "MiB", "1024", 1, 1048576, "",                                               \
    "disk for the spool; what is uploaded goes first, then metrics are thinned")

IDR_SETTINGS_STRUCT(idr_mlflow_settings, IDR_MLFLOW_SETTINGS);
extern const idr_setting idr_mlflow_rows[];
extern const int idr_mlflow_row_count;

/* Copies the rows of these names to `out`, for jobs to which the others mean nothing. */
void idr_mlflow_settings_rows(const char *const *names, int count, idr_setting *out);
/* CONFIG when the address holds a user or a password: they would end up in files. */
idr_status idr_mlflow_settings_check(const idr_mlflow_settings *settings);
/* True when a server is known, by setting or environment. */
bool idr_mlflow_settings_server(const idr_mlflow_settings *settings);

typedef struct idr_upload idr_upload;

typedef enum {
  IDR_UPLOAD_SENT, /* something went through, there may be more */
  IDR_UPLOAD_IDLE, /* the server has all that the spool holds now */
  IDR_UPLOAD_WAIT  /* the server did not take it: try again after idr_upload_pause() */
} idr_upload_state;

/* `folder` of the run. Opens no connection. CONFIG when another process uploads this run. */
idr_status idr_upload_open(const char *folder, const idr_mlflow_settings *settings,
                           idr_upload **out);
void idr_upload_close(idr_upload *upload); /* NULL allowed */
/* Sends the next event, or up to 1,000 metrics. Fails for trouble on this side only: the spool
 * cannot be read, uploaded.json not be written. */
idr_status idr_upload_step(idr_upload *upload, idr_upload_state *state);
/* Seconds to wait after WAIT: doubles from 0.5 (MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR changes that) to
 * 60, or what the server asks for. */
double idr_upload_pause(const idr_upload *upload);
/* Failures in a row that came no nearer to the end of an event than the one before. */
int idr_upload_failures(const idr_upload *upload);
/* Why the last WAIT; without secrets. */
const char *idr_upload_message(const idr_upload *upload);
/* Lets a request in progress end soon; from any thread. */
void idr_upload_interrupt(idr_upload *upload);

typedef struct {
  int64_t events, metrics;            /* sent by this process */
  int64_t refused;                    /* stepped over, by all processes */
  int64_t damaged;                    /* bytes of the spool that could not be read */
  char server[512];                   /* address without secrets */
  char experiment_id[64], run_id[64]; /* "" before the first contact */
} idr_upload_account;
idr_upload_account idr_upload_get(const idr_upload *upload);

#endif
