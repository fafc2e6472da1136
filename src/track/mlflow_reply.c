/* What answers mean. Servers, and the proxies in front of them, answer with JSON, text and HTML. */
#include "base/text.h"
#include "track/mlflow_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN 300 /* characters of an answer in a message */

/* ---- messages -------------------------------------------------------------------------------- */

static void blot(char *text, const char *secret) {
  size_t length = strlen(secret);
  if (length < 3) return;
  for (char *at = strstr(text, secret); at; at = strstr(at, secret))
    memset(at, '*', length);
}

static void blot_secrets(const idr_mlflow *c, char *text) {
  blot(text, c->password);
  blot(text, c->token);
}

/* Leaves one line of whole characters: an answer may be any bytes, and a cut may go through one. */
static void make_line(char *text) {
  for (char *p = text; *p;) {
    unsigned code = 0;
    int length = idr_text_decode(p, &code);
    if (length == 0) *p = '?';
    if (length == 1 && code < 32) *p = ' ';
    p += length > 0 ? length : 1;
  }
}

idr_mlflow_outcome idr_mlflow_say(idr_mlflow *c, idr_mlflow_outcome outcome, const char *format,
                                  ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(c->message, sizeof c->message, format, args);
  va_end(args);
  blot_secrets(c, c->message);
  make_line(c->message);
  return outcome;
}

bool idr_mlflow_take(const char *text, char *out, size_t size) {
  size_t length = text ? strlen(text) : 0;
  out[0] = '\0';
  if (length == 0 || length >= size) return false;
  memcpy(out, text, length + 1);
  return true;
}

const char *idr_mlflow_get(const idr_mlflow *c, const char *const *members) {
  const json_t *node = c->json;
  for (int i = 0; members[i]; i++)
    node = json_object_get(node, members[i]);
  const char *text = json_string_value(node);
  return text ? text : "";
}

const char *idr_mlflow_error_code(const idr_mlflow *c) {
  return IDR_MLFLOW_GET(c, "error_code");
}

const char *idr_mlflow_error_text(const idr_mlflow *c) {
  return IDR_MLFLOW_GET(c, "message");
}

/* ---- judgement ------------------------------------------------------------------------------- */

/* An answer may echo what it was sent. Secrets go before it is cut: of one that the cut goes
 * through nothing would be recognised. */
static idr_mlflow_outcome say_answer(idr_mlflow *c, idr_mlflow_outcome outcome, const char *what) {
  char shown[SHOWN + sizeof c->token];
  const char *kind = c->json         ? idr_mlflow_error_code(c)
                     : c->code < 300 ? "with an answer that is no JSON"
                                     : "";
  const char *text = c->json ? idr_mlflow_error_text(c) : c->body ? c->body : "(empty)";
  snprintf(shown, sizeof shown, "%s", text);
  blot_secrets(c, shown);
  return idr_mlflow_say(c, outcome, "%s: HTTP %ld%s%.60s: %.*s", what, c->code, kind[0] ? " " : "",
                        kind, SHOWN, shown);
}

/* The server stored it before: a repeat whose first answer was lost. */
static bool is_repeat(const idr_mlflow *c) {
  return strcmp(idr_mlflow_error_code(c), "RESOURCE_ALREADY_EXISTS") == 0 ||
         strstr(idr_mlflow_error_text(c), "UNIQUE constraint failed") != NULL ||
         strstr(idr_mlflow_error_text(c), "duplicate key value violates unique") != NULL ||
         strstr(idr_mlflow_error_text(c), "Duplicate entry") != NULL;
}

/* Client errors that MLflow itself speaks of are final; a proxy's page may be gone tomorrow. */
static idr_mlflow_outcome judge_client_error(idr_mlflow *c, const char *what) {
  const char *code = idr_mlflow_error_code(c);
  if (is_repeat(c)) return IDR_MLFLOW_DONE;
  if (strcmp(code, "RESOURCE_DOES_NOT_EXIST") == 0) return say_answer(c, IDR_MLFLOW_ABSENT, what);
  if (c->code == 413) return say_answer(c, IDR_MLFLOW_REFUSED, what);
  if (c->code == 408 || c->code == 409 || c->code == 429 || code[0] == '\0' ||
      strcmp(code, "ENDPOINT_NOT_FOUND") == 0)
    return say_answer(c, IDR_MLFLOW_AGAIN, what);
  return say_answer(c, IDR_MLFLOW_REFUSED, what);
}

idr_mlflow_outcome idr_mlflow_judge(idr_mlflow *c, const char *what) {
  if (c->code >= 200 && c->code < 300) {
    if (c->json) return IDR_MLFLOW_DONE;
    return say_answer(c, IDR_MLFLOW_AGAIN, what);
  }
  if (c->code == 401 || c->code == 403) {
    say_answer(c, IDR_MLFLOW_DENIED, what);
    if (strstr(c->message, "Invalid Host header"))
      idr_text_append(c->message, sizeof c->message,
                      " (the server does not answer to this name: start it with --allowed-hosts)");
    return IDR_MLFLOW_DENIED;
  }
  if (c->code >= 400 && c->code < 500) return judge_client_error(c, what);
  return say_answer(c, IDR_MLFLOW_AGAIN, what);
}
