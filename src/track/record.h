/* The record of a run, as the run writes it: every event goes to the spool, from where a thread or
 * `idrill sync` brings it to a server. Rank 0 only; nothing is collective, and nothing waits for a
 * network but idr_record_finish.
 */
#ifndef IDR_TRACK_RECORD_H
#define IDR_TRACK_RECORD_H

#include "base/settings.h"
#include "track/upload.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct idr_record idr_record;

typedef struct {
  const char *folder;  /* of the run */
  const char *job;     /* "train-rl" */
  const char *task;    /* "drilling" */
  const char *metrics; /* the run's file of metrics: what the spool missed is taken from it */
  bool resumes;
  const idr_section *sections; /* the settings, as params */
  int section_count;
} idr_record_start;

/* Opens the spool; a new one gets the run's name, tags and params. Starts the uploading thread when
 * a server is configured and mlflow.upload is live. */
idr_status idr_record_open(const idr_record_start *start, const idr_mlflow_settings *settings,
                           idr_record **out);
void idr_record_close(idr_record *record); /* without waiting; NULL allowed */

/* `t`: seconds since 1970. */
void idr_record_metric(idr_record *record, bool result, const char *key, int64_t step, double value,
                       double t);
void idr_record_tag(idr_record *record, const char *key, const char *value);
/* A file of the run folder, by its name there. */
void idr_record_artifact(idr_record *record, const char *file);

typedef struct {
  const char *name;                 /* "training wells" */
  const char *digest;               /* at most 36 characters */
  const char *source_type, *source; /* "generated", "seed 1, 2048 wells" */
  const char *context;              /* "training" */
} idr_record_dataset;
void idr_record_input(idr_record *record, const idr_record_dataset *dataset);
/* The run's model folder ("model", below the run's): uploaded, and registered when mlflow.model
 * names a registered model. */
void idr_record_model(idr_record *record, const char *folder, const char *name, int64_t step,
                      const char *description);

/* Hands everything to the system; `durable` waits for the disk. A full disk is no failure of the
 * run: *warning (owned by the record, NULL: none) says it once, and the next call tries again. */
void idr_record_flush(idr_record *record, bool durable, const char **warning);
/* The run ends or stops: "finished", "stopped" or "failed", and why. */
void idr_record_end(idr_record *record, const char *status, const char *reason);
/* Gives the uploads their time, then ends the thread. *line (owned by the record) is for the log:
 * where the record is, and what to do when some of it is left. Returns false in that case. */
bool idr_record_finish(idr_record *record, bool patient, const char **line);

/* Where the record is on a server; texts are "" before the first contact. */
typedef struct {
  char server[512], experiment_id[64], run_id[64];
} idr_record_place;
idr_record_place idr_record_get_place(idr_record *record);

/* Time that the caller has spent in these functions, idr_record_finish aside, s. */
double idr_record_blocked(const idr_record *record);

#endif
