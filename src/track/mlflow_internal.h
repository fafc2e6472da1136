/* Shared by the files of the MLflow client. */
#ifndef IDR_TRACK_MLFLOW_INTERNAL_H
#define IDR_TRACK_MLFLOW_INTERNAL_H

#include "track/mlflow.h"
#include <curl/curl.h>
#include <jansson.h>

#define IDR_MLFLOW_API       "/api/2.0/mlflow/"
#define IDR_MLFLOW_ARTIFACTS "/api/2.0/mlflow-artifacts/"

struct idr_mlflow {
  CURL *curl;
  char uri[IDR_MLFLOW_URI_MAX]; /* without secrets and without a slash at the end */
  char user[256], password[1024], token[8192];
  char ca[1024], certificate[1024], workspace[256];
  bool insecure;
  double timeout;                 /* s */
  int64_t parts_from, part_bytes; /* files of this size go in parts of that size */
  int interrupted;                /* set from any thread, read atomically */
  bool once;                      /* the next request must not be sent twice */

  char message[1024];
  double retry_after;
  int64_t done; /* requests that ended so */

  /* The newest answer. */
  long code; /* of HTTP, 0: none came */
  char *body;
  size_t bytes;
  json_t *json; /* the body when it is an object, else NULL */
  char etag[256];
};

/* One request to `path` below the server's address, with `body` as JSON (borrowed, NULL: none).
 * client->json holds the answer until the next request; it is an object whenever this is DONE. */
idr_mlflow_outcome idr_mlflow_request(idr_mlflow *client, const char *method, const char *path,
                                      const json_t *body);
/* POST to an endpoint of the API ("runs/create"); takes over `body`. */
idr_mlflow_outcome idr_mlflow_post(idr_mlflow *client, const char *endpoint, json_t *body);
/* GET of an endpoint; names and values of `query` alternate, NULL behind the last. */
idr_mlflow_outcome idr_mlflow_ask(idr_mlflow *client, const char *endpoint,
                                  const char *const *query);
/* PUT of bytes [begin, begin + count) of a file to a whole address. `own`: it is the server's, and
 * gets its credentials, its answer is judged like any other; else `headers` (a JSON object of
 * texts) go along, and any 2xx is DONE. */
idr_mlflow_outcome idr_mlflow_put_file(idr_mlflow *client, const char *url, bool own,
                                       const json_t *headers, const char *file, int64_t begin,
                                       int64_t count);

/* What an answer means (client->code, body, json), and the message where it is not DONE. */
idr_mlflow_outcome idr_mlflow_judge(idr_mlflow *client, const char *what);
/* error_code of an answer, "" when it has none; the text that came with it. */
const char *idr_mlflow_error_code(const idr_mlflow *client);
const char *idr_mlflow_error_text(const idr_mlflow *client);
/* Keeps a message, without secrets; returns the outcome. */
idr_mlflow_outcome idr_mlflow_say(idr_mlflow *client, idr_mlflow_outcome outcome,
                                  const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Text at a path of members ("run", "info", ..., NULL) of the newest answer; "" when absent. */
const char *idr_mlflow_get(const idr_mlflow *client, const char *const *members);
#define IDR_MLFLOW_GET(client, ...) idr_mlflow_get(client, (const char *const[]){__VA_ARGS__, NULL})
/* Copies a text of an answer. False, and `out` "", when there is none or an empty one, or it does
 * not fit: half an id names something else. */
bool idr_mlflow_take(const char *text, char *out, size_t size);
/* Objects {"key": ..., "value": ...} of pairs. */
json_t *idr_mlflow_pairs_json(const idr_mlflow_pair *pairs, int count);

#endif
