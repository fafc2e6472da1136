/* A client of MLflow's tracking server: its REST API 2.0 over libcurl.
 *
 * A call is one request, or the few that its limits make of it (1,000 metrics, 100 params or tags,
 * 1 MB), waits for the answer, and never repeats itself: who calls decides when to try again, by
 * the outcome. After AGAIN the server may have done what it was asked, its answer being lost;
 * calls that are not safe to repeat say so. A client belongs to one thread at a time.
 *
 * Environment, as other clients read it: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_USERNAME,
 * MLFLOW_TRACKING_PASSWORD (also from ~/.mlflow/credentials), MLFLOW_TRACKING_TOKEN,
 * MLFLOW_TRACKING_INSECURE_TLS, MLFLOW_TRACKING_SERVER_CERT_PATH, MLFLOW_TRACKING_CLIENT_CERT_PATH,
 * MLFLOW_HTTP_REQUEST_TIMEOUT, MLFLOW_WORKSPACE, MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD,
 * MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE, MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE. Secrets stand in
 * no message and no argument list; user:password inside a URI is taken out of it.
 *
 * A model is registered where its run is: MLFLOW_REGISTRY_URI is for `idrill promote` and `idrill
 * rollback` only.
 */
#ifndef IDR_TRACK_MLFLOW_H
#define IDR_TRACK_MLFLOW_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct idr_mlflow idr_mlflow;

/* What became of a request. */
typedef enum {
  IDR_MLFLOW_DONE,   /* the server did it, or had it already */
  IDR_MLFLOW_ABSENT, /* there is no such thing on the server */
  IDR_MLFLOW_AGAIN,  /* no answer, or none that settles it: 408, 429, 5xx, a page of a proxy */
  IDR_MLFLOW_DENIED, /* 401 and 403: credentials, rights or the server's list of hosts */
  IDR_MLFLOW_REFUSED /* the server will never take this request */
} idr_mlflow_outcome;

#define IDR_MLFLOW_ID_MAX  64
#define IDR_MLFLOW_URI_MAX 2048

typedef struct {
  const char *key, *value;
} idr_mlflow_pair;

typedef struct {
  const char *key;
  double value;         /* not finite is allowed */
  int64_t timestamp_ms; /* since 1970; part of what makes a repeated metric the same one */
  int64_t step;
} idr_mlflow_metric;

typedef struct {
  char id[IDR_MLFLOW_ID_MAX];
  char experiment_id[IDR_MLFLOW_ID_MAX];
  char status[32]; /* "RUNNING", "FINISHED", ... */
  char artifact_uri[IDR_MLFLOW_URI_MAX];
} idr_mlflow_run;

/* Opens no connection. `uri` NULL or "": MLFLOW_TRACKING_URI. CONFIG for a URI that is not http://
 * or https://. `timeout_s` of a whole request without progress; 0: MLFLOW_HTTP_REQUEST_TIMEOUT or
 * 120 s. */
idr_status idr_mlflow_open(const char *uri, double timeout_s, idr_mlflow **out);
void idr_mlflow_close(idr_mlflow *client); /* NULL allowed */
/* True when MLFLOW_TRACKING_URI names a server. */
bool idr_mlflow_configured(void);
/* The server's address without secrets. */
const char *idr_mlflow_uri(const idr_mlflow *client);
/* What went wrong in the last call that did not return DONE: one line, without secrets. */
const char *idr_mlflow_message(const idr_mlflow *client);
/* Seconds that the server asked to wait (Retry-After of the last answer), 0 when it did not. */
double idr_mlflow_retry_after(const idr_mlflow *client);
/* Requests so far that the server did, or had done before. */
int64_t idr_mlflow_done(const idr_mlflow *client);
/* Makes calls in progress, and later ones, return AGAIN soon; from any thread. */
void idr_mlflow_interrupt(idr_mlflow *client);

/* Text of the server's version, "3.6.0". */
idr_mlflow_outcome idr_mlflow_version(idr_mlflow *client, char *out, size_t size);

/* ---- runs ------------------------------------------------------------------------------------ */
/* Id of the experiment of this name; made when there is none. Safe to repeat. */
idr_mlflow_outcome idr_mlflow_experiment(idr_mlflow *client, const char *name,
                                         char id[IDR_MLFLOW_ID_MAX]);
/* The run of the experiment that carries the tag. ABSENT when none does. */
idr_mlflow_outcome idr_mlflow_find_run(idr_mlflow *client, const char *experiment_id,
                                       const char *tag, const char *value, idr_mlflow_run *run);
/* NOT safe to repeat: search by a tag of your own first. */
idr_mlflow_outcome idr_mlflow_create_run(idr_mlflow *client, const char *experiment_id,
                                         const char *name, const char *user, int64_t start_ms,
                                         const idr_mlflow_pair *tags, int tag_count,
                                         idr_mlflow_run *run);
idr_mlflow_outcome idr_mlflow_get_run(idr_mlflow *client, const char *run_id, idr_mlflow_run *run);
/* `status`: RUNNING, FINISHED, FAILED or KILLED; `end_ms` 0: none. Safe to repeat. */
idr_mlflow_outcome idr_mlflow_update_run(idr_mlflow *client, const char *run_id, const char *status,
                                         int64_t end_ms);
/* Safe to repeat with the same values; REFUSED when a value changed. */
idr_mlflow_outcome idr_mlflow_log_params(idr_mlflow *client, const char *run_id,
                                         const idr_mlflow_pair *params, int count);
/* Safe to repeat with the same time stamps. Values that are no numbers travel alone, since old
 * servers refuse a repeat of them. */
idr_mlflow_outcome idr_mlflow_log_metrics(idr_mlflow *client, const char *run_id,
                                          const idr_mlflow_metric *metrics, int count);
/* Safe to repeat. */
idr_mlflow_outcome idr_mlflow_set_tags(idr_mlflow *client, const char *run_id,
                                       const idr_mlflow_pair *tags, int count);

typedef struct {
  const char *name, *digest;        /* digest: at most 36 characters */
  const char *source_type, *source; /* "local", and what it is */
  const char *schema, *profile;     /* JSON texts, NULL allowed */
  const char *context;              /* "training", "evaluation" */
} idr_mlflow_dataset;
/* Safe to repeat. */
idr_mlflow_outcome idr_mlflow_log_dataset(idr_mlflow *client, const char *run_id,
                                          const idr_mlflow_dataset *dataset);

/* ---- artifacts ------------------------------------------------------------------------------- */
/* Uploads a file as `path` ("model/MLmodel") below an artifact_uri: mlflow-artifacts: through the
 * server (in parts when it is large and the server offers that), file: and plain paths by copying
 * on a shared file system. REFUSED, with words for the user, for other stores, and when the file is
 * not there. Safe to repeat. */
idr_mlflow_outcome idr_mlflow_put_artifact(idr_mlflow *client, const char *artifact_uri,
                                           const char *path, const char *file);

/* ---- models ---------------------------------------------------------------------------------- */
typedef struct {
  char id[IDR_MLFLOW_ID_MAX]; /* "m-..." */
  char artifact_uri[IDR_MLFLOW_URI_MAX];
  bool ready;
} idr_mlflow_model;

/* The logged model of this name that the run made. ABSENT when there is none. */
idr_mlflow_outcome idr_mlflow_find_model(idr_mlflow *client, const char *experiment_id,
                                         const char *run_id, const char *name,
                                         idr_mlflow_model *model);
/* NOT safe to repeat: find first. REFUSED or ABSENT on servers before 3.0. */
idr_mlflow_outcome idr_mlflow_create_model(idr_mlflow *client, const char *experiment_id,
                                           const char *run_id, const char *name, const char *type,
                                           const idr_mlflow_pair *params, int param_count,
                                           const idr_mlflow_pair *tags, int tag_count,
                                           idr_mlflow_model *model);
/* Names the model as an output of the run; safe to repeat. */
idr_mlflow_outcome idr_mlflow_log_output(idr_mlflow *client, const char *run_id,
                                         const char *model_id, int64_t step);
/* Its files are complete; safe to repeat. */
idr_mlflow_outcome idr_mlflow_finish_model(idr_mlflow *client, const char *model_id);

/* ---- registry -------------------------------------------------------------------------------- */
/* Makes the registered model unless it is there. Safe to repeat. */
idr_mlflow_outcome idr_mlflow_register(idr_mlflow *client, const char *name,
                                       const char *description);
/* Version of the registered model that the run made. ABSENT when there is none. */
idr_mlflow_outcome idr_mlflow_find_version(idr_mlflow *client, const char *name, const char *run_id,
                                           char version[IDR_MLFLOW_ID_MAX]);
/* ABSENT when the registered model has no such version. */
idr_mlflow_outcome idr_mlflow_get_version(idr_mlflow *client, const char *name,
                                          const char *version);
/* NOT safe to repeat: find first. `model_id` NULL where there is no logged model. */
idr_mlflow_outcome idr_mlflow_create_version(idr_mlflow *client, const char *name,
                                             const char *source, const char *run_id,
                                             const char *model_id, const char *description,
                                             const idr_mlflow_pair *tags, int tag_count,
                                             char version[IDR_MLFLOW_ID_MAX]);
/* Version behind an alias; ABSENT when the alias is not set. */
idr_mlflow_outcome idr_mlflow_get_alias(idr_mlflow *client, const char *name, const char *alias,
                                        char version[IDR_MLFLOW_ID_MAX]);
/* Safe to repeat. */
idr_mlflow_outcome idr_mlflow_set_alias(idr_mlflow *client, const char *name, const char *alias,
                                        const char *version);
/* Tag of a registered model. ABSENT when it has none, or one that is empty or does not fit. */
idr_mlflow_outcome idr_mlflow_get_registered_tag(idr_mlflow *client, const char *name,
                                                 const char *key, char *out, size_t size);
idr_mlflow_outcome idr_mlflow_set_registered_tag(idr_mlflow *client, const char *name,
                                                 const char *key, const char *value);

#endif
