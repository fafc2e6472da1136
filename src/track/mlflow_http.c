/* Transport: one easy handle, one request at a time. */
#include "base/text.h"
#include "track/mlflow_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define REPLY_MAX  ((size_t)16 << 20)
#define PARTS_FROM ((int64_t)100 << 20)
#define PART_BYTES ((int64_t)50 << 20)

/* ---- opening --------------------------------------------------------------------------------- */

static void copy_env(const char *name, char *out, size_t size) {
  const char *value = getenv(name);
  if (value) snprintf(out, size, "%s", value);
}

static bool env_is_true(const char *name) {
  const char *value = getenv(name);
  return value && (strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static int64_t env_bytes(const char *name, int64_t fallback) {
  const char *value = getenv(name);
  long long bytes = value ? atoll(value) : 0;
  return bytes > 0 ? bytes : fallback;
}

/* "key = value" of section [mlflow] in ~/.mlflow/credentials. */
static void read_credentials(idr_mlflow *c) {
  char path[2048], line[2048], key[64], value[1024];
  const char *home = getenv("HOME");
  bool ours = false;
  if (!home || snprintf(path, sizeof path, "%s/.mlflow/credentials", home) >= (int)sizeof path)
    return;
  FILE *file = fopen(path, "re");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    const char *equals = strchr(line, '=');
    idr_text_trim(line, strlen(line), value, sizeof value);
    if (value[0] == '[') ours = strcmp(value, "[mlflow]") == 0;
    if (!ours || !equals) continue;
    idr_text_trim(line, (size_t)(equals - line), key, sizeof key);
    idr_text_trim(equals + 1, strlen(equals + 1), value, sizeof value);
    if (strcmp(key, "mlflow_tracking_username") == 0)
      snprintf(c->user, sizeof c->user, "%.255s", value);
    if (strcmp(key, "mlflow_tracking_password") == 0)
      snprintf(c->password, sizeof c->password, "%s", value);
  }
  fclose(file);
}

static void decode(CURL *curl, const char *text, size_t length, char *out, size_t size) {
  int bytes = 0;
  char *plain = curl_easy_unescape(curl, text, (int)length, &bytes);
  if (plain) snprintf(out, size, "%s", plain);
  curl_free(plain);
}

/* Takes user:password@ out of the address. */
static idr_status take_uri(idr_mlflow *c, const char *uri) {
  const char *scheme = strstr(uri, "://");
  bool known =
      scheme && (strncasecmp(uri, "http://", 7) == 0 || strncasecmp(uri, "https://", 8) == 0);
  if (!known)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "the tracking server's address must begin with http:// or https://; stores that are "
             "files or databases have to be reached through 'mlflow server'");
  const char *begin = scheme + 3, *at = NULL;
  size_t authority = strcspn(begin, "/?#");
  for (size_t i = 0; i < authority; i++)
    if (begin[i] == '@') at = begin + i;
  if (at) {
    size_t user = strcspn(begin, ":@");
    decode(c->curl, begin, user, c->user, sizeof c->user);
    if (begin[user] == ':')
      decode(c->curl, begin + user + 1, (size_t)(at - begin) - user - 1, c->password,
             sizeof c->password);
  }
  int n = snprintf(c->uri, sizeof c->uri, "%.*s%s", (int)(begin - uri), uri, at ? at + 1 : begin);
  if (n < 0 || n >= (int)sizeof c->uri - 1024)
    IDR_FAIL(IDR_STATUS_CONFIG, "the tracking server's address is too long");
  for (size_t i = strlen(c->uri); i > 0 && c->uri[i - 1] == '/'; i--)
    c->uri[i - 1] = '\0';
  return IDR_STATUS_OK;
}

static void read_environment(idr_mlflow *c, double timeout) {
  const char *limit = getenv("MLFLOW_HTTP_REQUEST_TIMEOUT");
  read_credentials(c);
  copy_env("MLFLOW_TRACKING_USERNAME", c->user, sizeof c->user);
  copy_env("MLFLOW_TRACKING_PASSWORD", c->password, sizeof c->password);
  copy_env("MLFLOW_TRACKING_TOKEN", c->token, sizeof c->token);
  copy_env("MLFLOW_TRACKING_SERVER_CERT_PATH", c->ca, sizeof c->ca);
  copy_env("MLFLOW_TRACKING_CLIENT_CERT_PATH", c->certificate, sizeof c->certificate);
  copy_env("MLFLOW_WORKSPACE", c->workspace, sizeof c->workspace);
  c->insecure = env_is_true("MLFLOW_TRACKING_INSECURE_TLS");
  c->parts_from = env_bytes("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", PARTS_FROM);
  c->part_bytes = env_bytes("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", PART_BYTES);
  c->timeout = timeout > 0 ? timeout : limit && atof(limit) > 0 ? atof(limit) : 120;
}

bool idr_mlflow_configured(void) {
  const char *uri = getenv("MLFLOW_TRACKING_URI");
  return uri && uri[0] != '\0';
}

idr_status idr_mlflow_open(const char *uri, double timeout_s, idr_mlflow **out) {
  idr_status status;
  idr_mlflow *c = calloc(1, sizeof *c);
  *out = NULL;
  if (!c) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for an MLflow client");
  c->curl = curl_easy_init();
  if (!c->curl) IDR_FAIL_GOTO(status, failed, IDR_STATUS_MEMORY, "libcurl did not start");
  read_environment(c, timeout_s);
  if ((!uri || !uri[0]) && idr_mlflow_configured()) uri = getenv("MLFLOW_TRACKING_URI");
  if (!uri || !uri[0])
    IDR_FAIL_GOTO(status, failed, IDR_STATUS_CONFIG,
                  "no tracking server is known: set MLFLOW_TRACKING_URI or mlflow.uri");
  IDR_TRY_GOTO(status, failed, take_uri(c, uri));
  *out = c;
  return IDR_STATUS_OK;
failed:
  idr_mlflow_close(c);
  return status;
}

static void drop_answer(idr_mlflow *c) {
  free(c->body);
  json_decref(c->json);
  c->body = NULL;
  c->bytes = 0;
  c->json = NULL;
  c->code = 0;
  c->etag[0] = '\0';
  c->retry_after = 0;
}

void idr_mlflow_close(idr_mlflow *c) {
  if (!c) return;
  drop_answer(c);
  if (c->curl) curl_easy_cleanup(c->curl);
  explicit_bzero(c, sizeof *c);
  free(c);
}

const char *idr_mlflow_uri(const idr_mlflow *c) {
  return c->uri;
}

const char *idr_mlflow_message(const idr_mlflow *c) {
  return c->message;
}

double idr_mlflow_retry_after(const idr_mlflow *c) {
  return c->retry_after;
}

int64_t idr_mlflow_done(const idr_mlflow *c) {
  return c->done;
}

void idr_mlflow_interrupt(idr_mlflow *c) {
  __atomic_store_n(&c->interrupted, 1, __ATOMIC_RELAXED);
}

/* ---- callbacks ------------------------------------------------------------------------------- */

/* An answer that does not end is none. */
static size_t take_body(char *data, size_t size, size_t count, void *context) {
  idr_mlflow *c = context;
  size_t more = size * count;
  if (c->bytes + more > REPLY_MAX) return 0;
  char *body = realloc(c->body, c->bytes + more + 1);
  if (!body) return 0;
  memcpy(body + c->bytes, data, more);
  c->body = body;
  c->bytes += more;
  body[c->bytes] = '\0';
  return more;
}

static size_t take_header(char *data, size_t size, size_t count, void *context) {
  idr_mlflow *c = context;
  size_t bytes = size * count;
  char text[64];
  if (bytes > 5 && strncasecmp(data, "etag:", 5) == 0)
    idr_text_trim(data + 5, bytes - 5, c->etag, sizeof c->etag);
  if (bytes > 12 && strncasecmp(data, "retry-after:", 12) == 0 &&
      idr_text_trim(data + 12, bytes - 12, text, sizeof text)) {
    double seconds = atof(text);
    c->retry_after = seconds > 0 ? seconds : 0;
  }
  return bytes;
}

static int check_interrupt(void *context, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e) {
  const idr_mlflow *c = context;
  (void)a;
  (void)b;
  (void)d;
  (void)e;
  return __atomic_load_n(&c->interrupted, __ATOMIC_RELAXED);
}

/* ---- requests -------------------------------------------------------------------------------- */

static void set_credentials(idr_mlflow *c) {
  if (c->user[0] && c->password[0]) {
    curl_easy_setopt(c->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(c->curl, CURLOPT_USERNAME, c->user);
    curl_easy_setopt(c->curl, CURLOPT_PASSWORD, c->password);
  } else if (c->token[0]) {
    curl_easy_setopt(c->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
    curl_easy_setopt(c->curl, CURLOPT_XOAUTH2_BEARER, c->token);
  }
}

static void set_tls(idr_mlflow *c) {
  struct stat info;
  if (c->ca[0])
    curl_easy_setopt(
        c->curl, stat(c->ca, &info) == 0 && S_ISDIR(info.st_mode) ? CURLOPT_CAPATH : CURLOPT_CAINFO,
        c->ca);
  if (c->certificate[0]) {
    curl_easy_setopt(c->curl, CURLOPT_SSLCERT, c->certificate);
    curl_easy_setopt(c->curl, CURLOPT_SSLKEY, c->certificate);
  }
  if (c->insecure) {
    curl_easy_setopt(c->curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(c->curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

/* Everything that all requests share. The connection stays open from one to the next; redirects are
 * not followed, so credentials go nowhere else. */
static void prepare(idr_mlflow *c, const char *url, bool own) {
  drop_answer(c);
  curl_easy_reset(c->curl);
  curl_easy_setopt(c->curl, CURLOPT_URL, url);
  curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
  curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, c);
  curl_easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, check_interrupt);
  curl_easy_setopt(c->curl, CURLOPT_XFERINFODATA, c);
  curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT_MS,
                   (long)(1e3 * (c->timeout < 30 ? c->timeout : 30)));
  curl_easy_setopt(c->curl, CURLOPT_USERAGENT, "idrill");
  /* Curl sends again by itself what went out on an old connection that died without an answer. */
  curl_easy_setopt(c->curl, CURLOPT_FRESH_CONNECT, c->once ? 1L : 0L);
  c->once = false;
  set_tls(c);
  if (own) set_credentials(c);
}

static struct curl_slist *common_headers(const idr_mlflow *c, const char *type) {
  char text[512];
  struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
  snprintf(text, sizeof text, "Content-Type: %s", type);
  headers = curl_slist_append(headers, text);
  if (c->workspace[0]) {
    snprintf(text, sizeof text, "X-MLFLOW-WORKSPACE: %s", c->workspace);
    headers = curl_slist_append(headers, text);
  }
  return headers;
}

/* Runs what is prepared; false when no whole answer came, with the message kept. */
static bool perform(idr_mlflow *c, const char *what) {
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, detail);
  CURLcode code = curl_easy_perform(c->curl);
  curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, NULL);
  curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &c->code);
  if (code == CURLE_OK) {
    json_t *json = c->body ? json_loadb(c->body, c->bytes, 0, NULL) : NULL;
    if (json_is_object(json))
      c->json = json;
    else
      json_decref(json);
    return true;
  }
  const char *why = code == CURLE_WRITE_ERROR ? "the answer does not end"
                    : detail[0]               ? detail
                                              : curl_easy_strerror(code);
  c->code = 0;
  idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "%s: no answer from %s: %s", what, c->uri, why);
  return false;
}

static idr_mlflow_outcome count_done(idr_mlflow *c, idr_mlflow_outcome outcome) {
  c->done += outcome == IDR_MLFLOW_DONE;
  return outcome;
}

idr_mlflow_outcome idr_mlflow_request(idr_mlflow *c, const char *method, const char *path,
                                      const json_t *body) {
  char url[2 * IDR_MLFLOW_URI_MAX];
  char *text = body ? json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
  struct curl_slist *headers = common_headers(c, "application/json");
  snprintf(url, sizeof url, "%s%s", c->uri, path);
  prepare(c, url, true);
  curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, (long)(1e3 * c->timeout));
  if (strcmp(method, "GET") != 0) {
    curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, text ? text : "");
    curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
  }
  bool answered = (!body || text) && perform(c, path);
  curl_slist_free_all(headers);
  free(text);
  if (body && !text) return idr_mlflow_say(c, IDR_MLFLOW_REFUSED, "%s: no valid text", path);
  return answered ? count_done(c, idr_mlflow_judge(c, path)) : IDR_MLFLOW_AGAIN;
}

idr_mlflow_outcome idr_mlflow_post(idr_mlflow *c, const char *endpoint, json_t *body) {
  char path[IDR_MLFLOW_URI_MAX];
  if (!body) return idr_mlflow_say(c, IDR_MLFLOW_REFUSED, "%s: a text is no valid UTF-8", endpoint);
  snprintf(path, sizeof path, IDR_MLFLOW_API "%s", endpoint);
  idr_mlflow_outcome outcome = idr_mlflow_request(c, "POST", path, body);
  json_decref(body);
  return outcome;
}

idr_mlflow_outcome idr_mlflow_ask(idr_mlflow *c, const char *endpoint, const char *const *query) {
  char path[IDR_MLFLOW_URI_MAX] = IDR_MLFLOW_API;
  idr_text_append(path, sizeof path, "%s", endpoint);
  for (int i = 0; query[i]; i += 2) {
    char *value = curl_easy_escape(c->curl, query[i + 1], 0);
    idr_text_append(path, sizeof path, "%c%s=%s", i == 0 ? '?' : '&', query[i], value ? value : "");
    curl_free(value);
  }
  return idr_mlflow_request(c, "GET", path, NULL);
}

/* ---- files ----------------------------------------------------------------------------------- */

typedef struct {
  FILE *file;
  int64_t begin, left, count;
} slice;

static size_t give_file(char *data, size_t size, size_t count, void *context) {
  slice *s = context;
  size_t want = size * count;
  if ((int64_t)want > s->left) want = (size_t)s->left;
  size_t got = want > 0 ? fread(data, 1, want, s->file) : 0;
  s->left -= (int64_t)got;
  return got == 0 && s->left > 0 ? CURL_READFUNC_ABORT : got;
}

/* Curl sends again what was lost with a connection that the server had closed. */
static int rewind_file(void *context, curl_off_t offset, int origin) {
  slice *s = context;
  if (origin != SEEK_SET || fseeko(s->file, (off_t)(s->begin + offset), SEEK_SET) != 0)
    return CURL_SEEKFUNC_FAIL;
  s->left = s->count - (int64_t)offset;
  return CURL_SEEKFUNC_OK;
}

static struct curl_slist *add_headers(struct curl_slist *list, const json_t *headers) {
  const char *key;
  json_t *value;
  char text[4096];
  json_object_foreach((json_t *)headers, key, value) {
    snprintf(text, sizeof text, "%s: %s", key,
             json_string_value(value) ? json_string_value(value) : "");
    list = curl_slist_append(list, text);
  }
  return list;
}

idr_mlflow_outcome idr_mlflow_put_file(idr_mlflow *c, const char *url, bool own,
                                       const json_t *headers, const char *file, int64_t begin,
                                       int64_t count) {
  slice part = {.file = fopen(file, "rbe"), .begin = begin, .left = count, .count = count};
  if (!part.file || fseeko(part.file, (off_t)begin, SEEK_SET) != 0) {
    if (part.file) fclose(part.file);
    return idr_mlflow_say(c, IDR_MLFLOW_REFUSED, "cannot read '%s'", file);
  }
  struct curl_slist *list =
      own ? common_headers(c, "application/octet-stream") : curl_slist_append(NULL, "Expect:");
  list = add_headers(list, headers);
  prepare(c, url, own);
  curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(c->curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(c->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)count);
  curl_easy_setopt(c->curl, CURLOPT_READFUNCTION, give_file);
  curl_easy_setopt(c->curl, CURLOPT_READDATA, &part);
  curl_easy_setopt(c->curl, CURLOPT_SEEKFUNCTION, rewind_file);
  curl_easy_setopt(c->curl, CURLOPT_SEEKDATA, &part);
  /* A large file may take its time, but not stand still. */
  curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, (long)(c->timeout + 1));
  bool answered = perform(c, file);
  curl_slist_free_all(list);
  fclose(part.file);
  if (!answered) return IDR_MLFLOW_AGAIN;
  bool stored = !own && c->code >= 200 && c->code < 300;
  return count_done(c, stored ? IDR_MLFLOW_DONE : idr_mlflow_judge(c, file));
}
