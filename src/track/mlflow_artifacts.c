/* Files of runs and models: through the server, in parts where it offers that, or by copying on a
 * file system that both see. */
#include "base/file.h"
#include "base/text.h"
#include "track/mlflow_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_MAX 10000

/* ---- addresses ------------------------------------------------------------------------------- */

/* Appends a path with everything but its slashes escaped. */
static bool append_escaped(idr_mlflow *c, char *out, size_t size, const char *path) {
  bool whole = true;
  while (*path) {
    size_t length = strcspn(path, "/");
    char *part = curl_easy_escape(c->curl, path, (int)length);
    if (length > 0) whole = part && idr_text_append(out, size, "%s", part) && whole;
    curl_free(part);
    path += length;
    if (*path == '/') whole = idr_text_append(out, size, "/") && whole, path++;
  }
  return whole;
}

/* What follows "mlflow-artifacts:" and an authority, without slashes in front. */
static const char *inner_path(const char *uri) {
  const char *path = strchr(uri, ':') + 1;
  if (strncmp(path, "//", 2) == 0) path += 2 + strcspn(path + 2, "/");
  return path + strspn(path, "/");
}

/* ---- through the server ---------------------------------------------------------------------- */

/* Whether the server lists the file, and with this size. */
static idr_mlflow_outcome check_listed(idr_mlflow *c, const char *root, const char *path,
                                       int64_t bytes) {
  char whole[2 * IDR_MLFLOW_URI_MAX] = "", query[3 * IDR_MLFLOW_URI_MAX] = "";
  size_t i;
  json_t *one;
  idr_text_append(whole, sizeof whole, "%s/%s", root, path);
  char *slash = strrchr(whole, '/');
  *slash = '\0';
  idr_text_append(query, sizeof query, IDR_MLFLOW_ARTIFACTS "artifacts?path=");
  append_escaped(c, query, sizeof query, whole);
  idr_mlflow_outcome outcome = idr_mlflow_request(c, "GET", query, NULL);
  if (outcome != IDR_MLFLOW_DONE) return outcome == IDR_MLFLOW_DENIED ? outcome : IDR_MLFLOW_AGAIN;
  json_array_foreach(json_object_get(c->json, "files"), i, one) {
    const char *name = json_string_value(json_object_get(one, "path"));
    json_int_t size = json_integer_value(json_object_get(one, "file_size"));
    if (name && strcmp(name, slash + 1) == 0 && size == bytes) return IDR_MLFLOW_DONE;
  }
  return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the server took '%s' and does not list it", path);
}

/* Servers from 3.17 on answer an upload with nothing, as a proxy may that swallowed it. */
static idr_mlflow_outcome put_whole(idr_mlflow *c, const char *root, const char *path,
                                    const char *file, int64_t bytes) {
  char url[3 * IDR_MLFLOW_URI_MAX] = "";
  bool whole = idr_text_append(url, sizeof url, "%s" IDR_MLFLOW_ARTIFACTS "artifacts/", c->uri) &&
               append_escaped(c, url, sizeof url, root) && idr_text_append(url, sizeof url, "/") &&
               append_escaped(c, url, sizeof url, path);
  if (!whole) return idr_mlflow_say(c, IDR_MLFLOW_REFUSED, "the name of '%s' is too long", file);
  idr_mlflow_outcome outcome = idr_mlflow_put_file(c, url, true, NULL, file, 0, bytes);
  bool silent = outcome == IDR_MLFLOW_AGAIN && c->code == 200 && c->bytes == 0;
  return silent ? check_listed(c, root, path, bytes) : outcome;
}

/* A request about an upload in parts; takes over `body`. */
static idr_mlflow_outcome ask_parts(idr_mlflow *c, const char *verb, const char *root,
                                    json_t *body) {
  char path[2 * IDR_MLFLOW_URI_MAX] = "";
  idr_text_append(path, sizeof path, IDR_MLFLOW_ARTIFACTS "mpu/%s/", verb);
  append_escaped(c, path, sizeof path, root);
  idr_mlflow_outcome outcome = idr_mlflow_request(c, "POST", path, body);
  json_decref(body);
  return outcome;
}

/* Uploads what the credentials of one part say; adds {part_number, etag, url} to `done`. */
static idr_mlflow_outcome put_part(idr_mlflow *c, const json_t *credential, const char *file,
                                   int64_t bytes, json_t *done) {
  const char *url = json_string_value(json_object_get(credential, "url"));
  json_int_t number = json_integer_value(json_object_get(credential, "part_number"));
  json_int_t count = (bytes + c->part_bytes - 1) / c->part_bytes;
  bool known = url && strncmp(url, "http", 4) == 0 && number >= 1 && number <= count;
  int64_t begin = known ? (number - 1) * c->part_bytes : 0, left = bytes - begin;
  if (!known)
    return idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "the server offers no address for part %lld of '%s'",
                          (long long)number, file);
  idr_mlflow_outcome outcome =
      idr_mlflow_put_file(c, url, false, json_object_get(credential, "headers"), file, begin,
                          left < c->part_bytes ? left : c->part_bytes);
  if (outcome == IDR_MLFLOW_DONE)
    json_array_append_new(
        done, json_pack("{s:I, s:s, s:s}", "part_number", number, "etag", c->etag, "url", url));
  return outcome;
}

/* *offered false: the server or its store knows no parts. */
static idr_mlflow_outcome put_parts(idr_mlflow *c, const char *root, const char *path,
                                    const char *file, int64_t bytes, bool *offered) {
  json_int_t count = (bytes + c->part_bytes - 1) / c->part_bytes;
  json_t *credential, *done = json_array();
  size_t i;
  idr_mlflow_outcome outcome =
      ask_parts(c, "create", root, json_pack("{s:s, s:I}", "path", path, "num_parts", count));
  *offered = outcome == IDR_MLFLOW_DONE;
  if (!*offered) {
    json_decref(done);
    return outcome;
  }
  json_t *answer = json_incref(c->json);
  const char *id = json_string_value(json_object_get(answer, "upload_id"));
  json_array_foreach(json_object_get(answer, "credentials"), i, credential) {
    if (outcome == IDR_MLFLOW_DONE) outcome = put_part(c, credential, file, bytes, done);
  }
  bool all = outcome == IDR_MLFLOW_DONE && json_array_size(done) == (size_t)count;
  if (outcome == IDR_MLFLOW_DONE && !all)
    idr_mlflow_say(c, outcome, "the server took %zu of the %lld parts of '%s'",
                   json_array_size(done), (long long)count, file);
  json_t *body =
      json_pack("{s:s, s:s, s:O}", "path", path, "upload_id", id ? id : "", "parts", done);
  if (all) {
    outcome = ask_parts(c, "complete", root, body);
  } else {
    char why[sizeof c->message];
    snprintf(why, sizeof why, "%s", c->message);
    ask_parts(c, "abort", root, body);
    outcome = idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "%s", why);
  }
  json_decref(done);
  json_decref(answer);
  return outcome;
}

static bool wants_parts(const idr_mlflow *c, int64_t bytes) {
  const char *asked = getenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD");
  return bytes >= c->parts_from && bytes / PARTS_MAX < c->part_bytes &&
         !(asked && (strcasecmp(asked, "false") == 0 || strcmp(asked, "0") == 0));
}

static idr_mlflow_outcome put_to_server(idr_mlflow *c, const char *uri, const char *path,
                                        const char *file, int64_t bytes) {
  const char *root = inner_path(uri);
  bool offered = false;
  if (wants_parts(c, bytes)) {
    idr_mlflow_outcome outcome = put_parts(c, root, path, file, bytes, &offered);
    /* 501: this store takes whole files only; any other failure may be one of the moment. */
    if (offered || (c->code != 501 && c->code != 404 && c->code != 405)) return outcome;
  }
  return put_whole(c, root, path, file, bytes);
}

/* ---- on a shared file system ------------------------------------------------------------------
 */

static idr_status copy_bytes(int from, const char *file, int to, const char *target) {
  char block[64 << 10];
  for (;;) {
    ssize_t n = read(from, block, sizeof block);
    if (n < 0) return idr_file_fail("read", file, errno);
    if (n == 0) return IDR_STATUS_OK;
    IDR_TRY(idr_file_put(to, target, block, (size_t)n));
  }
}

static idr_status copy_file(const char *file, const char *target) {
  char temporary[PATH_MAX + 16], *slash;
  int to = -1;
  snprintf(temporary, sizeof temporary, "%s", target);
  slash = strrchr(temporary, '/');
  if (slash) *slash = '\0';
  IDR_TRY(idr_file_make_folders(temporary));
  snprintf(temporary, sizeof temporary, "%s.part", target);
  int from = open(file, O_RDONLY | O_CLOEXEC);
  if (from < 0) return idr_file_fail("open", file, errno);
  idr_status status = idr_file_create(temporary, &to);
  if (status == IDR_STATUS_OK) {
    status = copy_bytes(from, file, to, temporary);
    idr_status closed = idr_file_finish(to, temporary);
    if (status == IDR_STATUS_OK) status = closed;
    if (status == IDR_STATUS_OK) status = idr_file_rename(temporary, target);
    if (status != IDR_STATUS_OK) unlink(temporary);
  }
  close(from);
  return status;
}

static idr_mlflow_outcome put_to_folder(idr_mlflow *c, const char *folder, const char *path,
                                        const char *file) {
  char target[PATH_MAX] = "";
  if (!idr_text_append(target, sizeof target, "%s/%s", folder, path))
    return idr_mlflow_say(c, IDR_MLFLOW_REFUSED, "the name of '%s' is too long", path);
  if (copy_file(file, target) == IDR_STATUS_OK) return IDR_MLFLOW_DONE;
  idr_mlflow_say(c, IDR_MLFLOW_AGAIN, "%s", idr_error_get()->message);
  idr_error_clear();
  return IDR_MLFLOW_AGAIN;
}

/* ---- which of them ----------------------------------------------------------------------------
 */

idr_mlflow_outcome idr_mlflow_put_artifact(idr_mlflow *c, const char *artifact_uri,
                                           const char *path, const char *file) {
  struct stat info;
  if (stat(file, &info) != 0 || !S_ISREG(info.st_mode))
    return idr_mlflow_say(c, IDR_MLFLOW_REFUSED, "there is no file '%s'", file);
  if (strncmp(artifact_uri, "mlflow-artifacts:", 17) == 0)
    return put_to_server(c, artifact_uri, path, file, info.st_size);
  if (strncmp(artifact_uri, "file://", 7) == 0) {
    const char *folder = artifact_uri + 7 + strcspn(artifact_uri + 7, "/");
    return put_to_folder(c, folder, path, file);
  }
  if (strncmp(artifact_uri, "file:/", 6) == 0)
    return put_to_folder(c, artifact_uri + 5, path, file);
  if (artifact_uri[0] == '/') return put_to_folder(c, artifact_uri, path, file);
  return idr_mlflow_say(c, IDR_MLFLOW_REFUSED,
                        "artifacts of this experiment belong to '%s', which the server leaves to "
                        "its clients; start it with --serve-artifacts, so that it takes them",
                        artifact_uri);
}
