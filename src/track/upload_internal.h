/* Shared by the files of the uploader. */
#ifndef IDR_TRACK_UPLOAD_INTERNAL_H
#define IDR_TRACK_UPLOAD_INTERNAL_H

#include "track/mlflow.h"
#include "track/spool.h"
#include "track/upload.h"
#include <limits.h>

#define IDR_UPLOAD_METRICS 1000 /* in one request */

/* The tag by which a run of ours is found again, whatever id the server gave it. */
#define IDR_UPLOAD_TAG "idrill.run_uuid"

struct idr_upload {
  char folder[PATH_MAX]; /* of the run */
  char spool[PATH_MAX];
  idr_mlflow_settings settings;
  idr_mlflow *client;
  idr_spool_reader *reader;
  int lock;

  /* What uploaded.json holds. */
  idr_spool_position done;
  idr_mlflow_run run; /* id "": not known yet */
  int64_t refused;

  bool met;                    /* the run was seen on the server by this process */
  char uuid[IDR_SPOOL_UUID];   /* of the run; "" before the first event */
  json_t *next;                /* the event to send, NULL: none was read */
  idr_spool_position next_end; /* behind it */

  idr_mlflow_metric metrics[IDR_UPLOAD_METRICS];
  json_t *held; /* keeps the keys of `metrics` */
  int metric_count;

  int failures;      /* in a row, of tries that got no further than those before */
  int64_t next_done; /* requests for the next event that went through in the best try */
  double pause, pause_first;
  char message[3 * PATH_MAX];
  int64_t events, sent;
};

/* Sends one event that is no metric. DONE also when it was refused and noted. */
idr_mlflow_outcome idr_upload_event(idr_upload *u, const json_t *event);
/* Finds or makes the run on the server; `begin` is its first event, NULL when that is long gone. */
idr_mlflow_outcome idr_upload_meet(idr_upload *u, const json_t *begin);
/* Uploads a model folder, names it, and registers it when the event asks for that. */
idr_mlflow_outcome idr_upload_model(idr_upload *u, const json_t *event);
/* Notes that the server will never take `what`, and the message as the reason. Always DONE, so that
 * the upload goes on. */
idr_mlflow_outcome idr_upload_refuse(idr_upload *u, const json_t *what);
/* Says what an outcome that is not DONE was about: "cannot create the run: ". */
idr_mlflow_outcome idr_upload_explain(idr_upload *u, idr_mlflow_outcome outcome, const char *what);
/* The object's members as pairs, at most `max`; borrowed from the object. */
int idr_upload_pairs(const json_t *object, idr_mlflow_pair *pairs, int max);
/* Text member of an event, "" when it has none. */
const char *idr_upload_text(const json_t *event, const char *key);

#endif
