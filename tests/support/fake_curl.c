#include "support/fake_curl.h"
#include "support/fuzz.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

#define UPLOAD_CHUNK 512

typedef size_t (*take)(char *data, size_t size, size_t count, void *context);

/* The one transfer that is prepared, and the answers that are left. */
static struct {
  take write, header, read;
  curl_seek_callback seek;
  void *write_to, *header_to, *read_from, *seek_in;
  char *error;
  long status;
  const char *text;
  size_t bytes;
  int requests;
} fake;

void idr_fake_curl_answers(const char *text, size_t bytes) {
  fake.text = text;
  fake.bytes = bytes;
  fake.requests = 0;
}

int idr_fake_curl_requests(void) {
  return fake.requests;
}

/* ---- in front of the library ----------------------------------------------------------------- */

void curl_easy_reset(CURL *curl) {
  (void)curl;
  fake.write = fake.header = fake.read = NULL;
  fake.seek = NULL;
  fake.error = NULL;
  fake.status = 0;
}

CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...) {
  va_list args;
  (void)curl;
  va_start(args, option);
  switch (option) {
  case CURLOPT_WRITEFUNCTION:
    fake.write = va_arg(args, take);
    break;
  case CURLOPT_WRITEDATA:
    fake.write_to = va_arg(args, void *);
    break;
  case CURLOPT_HEADERFUNCTION:
    fake.header = va_arg(args, take);
    break;
  case CURLOPT_HEADERDATA:
    fake.header_to = va_arg(args, void *);
    break;
  case CURLOPT_READFUNCTION:
    fake.read = va_arg(args, take);
    break;
  case CURLOPT_READDATA:
    fake.read_from = va_arg(args, void *);
    break;
  case CURLOPT_SEEKFUNCTION:
    fake.seek = va_arg(args, curl_seek_callback);
    break;
  case CURLOPT_SEEKDATA:
    fake.seek_in = va_arg(args, void *);
    break;
  case CURLOPT_ERRORBUFFER:
    fake.error = va_arg(args, char *);
    break;
  default:
    break;
  }
  va_end(args);
  return CURLE_OK;
}

CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...) {
  va_list args;
  (void)curl;
  FUZZ_CHECK(info == CURLINFO_RESPONSE_CODE);
  va_start(args, info);
  *va_arg(args, long *) = fake.status;
  va_end(args);
  return CURLE_OK;
}

/* ---- answering ------------------------------------------------------------------------------- */

/* The answers' text up to `end`, which goes too; all that is left without one. */
static size_t cut(const char *end, const char **part) {
  size_t length = strlen(end);
  const char *at = fake.bytes > 0 ? memmem(fake.text, fake.bytes, end, length) : NULL;
  size_t bytes = at ? (size_t)(at - fake.text) : fake.bytes, gone = at ? bytes + length : bytes;
  *part = fake.text;
  fake.text += gone;
  fake.bytes -= gone;
  return bytes;
}

/* As libcurl does, without a zero byte behind the data. */
static bool give(take function, void *context, const char *data, size_t bytes) {
  if (!function || bytes == 0) return true;
  char *copy = idr_fuzz_copy(data, bytes, 0);
  size_t taken = function(copy, 1, bytes, context);
  free(copy);
  return taken == bytes;
}

static bool give_headers(void) {
  const char *line = NULL;
  for (size_t bytes = cut("\n", &line); bytes > 0; bytes = cut("\n", &line))
    if (!give(fake.header, fake.header_to, line, bytes)) return false;
  return true;
}

static bool is_path(const json_t *value) {
  const char *text = json_string_value(value);
  return text && (text[0] == '/' || strncmp(text, "file:", 5) == 0);
}

/* Whether an artifact_uri anywhere in an answer is a path of this machine. */
static bool names_path(json_t *node) {
  const char *key;
  json_t *value;
  size_t i;
  json_object_foreach(node, key, value) {
    if (strcmp(key, "artifact_uri") == 0 && is_path(value)) return true;
    if (names_path(value)) return true;
  }
  json_array_foreach(node, i, value) {
    if (names_path(value)) return true;
  }
  return false;
}

static bool is_harmless(const char *body, size_t bytes) {
  json_t *json = json_loadb(body, bytes, 0, NULL);
  bool harmless = !names_path(json);
  json_decref(json);
  return harmless;
}

/* In two pieces, since answers arrive in any. */
static bool give_body(void) {
  const char *body = NULL;
  size_t bytes = cut("\n----\n", &body), half = bytes / 2;
  return is_harmless(body, bytes) && give(fake.write, fake.write_to, body, half) &&
         give(fake.write, fake.write_to, body + half, bytes - half);
}

/* A connection that broke after the first bytes of a file: they are asked for again. */
static bool take_upload(void) {
  char data[UPLOAD_CHUNK];
  if (!fake.read) return true;
  size_t got = fake.read(data, 1, sizeof data, fake.read_from);
  if (got == CURL_READFUNC_ABORT) return false;
  FUZZ_CHECK(got <= sizeof data);
  FUZZ_CHECK(!fake.seek || fake.seek(fake.seek_in, 0, SEEK_SET) == CURL_SEEKFUNC_OK);
  return fake.read(data, 1, sizeof data, fake.read_from) == got;
}

static CURLcode fail(CURLcode code, const char *why) {
  if (fake.error) snprintf(fake.error, CURL_ERROR_SIZE, "%s", why);
  return code;
}

CURLcode curl_easy_perform(CURL *curl) {
  const char *line = NULL;
  char text[32];
  (void)curl;
  fake.requests++;
  fake.status = 0;
  if (fake.bytes == 0) return fail(CURLE_COULDNT_CONNECT, "no server is there");
  size_t bytes = cut("\n", &line);
  snprintf(text, sizeof text, "%.*s", (int)(bytes < sizeof text ? bytes : 0), line);
  long status = strtol(text, NULL, 10);
  if (!take_upload()) return fail(CURLE_ABORTED_BY_CALLBACK, "aborted");
  if (!give_headers() || !give_body()) return fail(CURLE_WRITE_ERROR, "not taken");
  if (status < 100 || status > 999) return fail(CURLE_GOT_NOTHING, "");
  fake.status = status;
  return CURLE_OK;
}
