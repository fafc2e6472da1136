#include "base/status.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The one thing every thread keeps between calls: the cause of its last failure. */
static _Thread_local idr_error thread_record;

const char *idr_status_text(idr_status status) {
  static const char *const texts[] = {
#define STATUS_TEXT(name, text) text,
      IDR_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
  };
  size_t index = (size_t)status;
  return index < sizeof(texts) / sizeof(texts[0]) ? texts[index] : "unknown status";
}

/* "base/status.c" of "/any/where/src/base/status.c": the same text wherever it was built. */
static const char *short_path(const char *file) {
  const char *start = file;
  const char *last = strrchr(file, '/');
  for (const char *c = file; last && c < last; c++)
    if (*c == '/') start = c + 1;
  return start;
}

/* Ends a text that did not fit with an ellipsis, so nobody takes it for the whole. */
static void mark_cut(char *text, size_t size, int needed) {
  if (needed >= 0 && (size_t)needed >= size) memcpy(text + size - 4, "...", 4);
}

static void add_trace(const char *function, const char *file, int line) {
  size_t used = strlen(thread_record.trace);
  size_t left = sizeof(thread_record.trace) - used;
  int n =
      snprintf(thread_record.trace + used, left, "%s (%s:%d)\n", function, short_path(file), line);
  if (n < 0 || (size_t)n >= left) thread_record.trace[used] = '\0';
}

idr_status idr_fail_at(idr_status status, const char *function, const char *file, int line,
                       const char *format, ...) {
  /* The arguments may point into the old record, so the text is made beside it. */
  char message[IDR_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  int needed = vsnprintf(message, sizeof(message), format, args);
  va_end(args);
  mark_cut(message, sizeof(message), needed);

  thread_record.status = status == IDR_STATUS_OK ? IDR_STATUS_INTERNAL : status;
  memcpy(thread_record.message, message, sizeof(message));
  thread_record.trace[0] = '\0';
  add_trace(function, file, line);
  return thread_record.status;
}

idr_status idr_trace_at(idr_status status, const char *function, const char *file, int line) {
  add_trace(function, file, line);
  return status;
}

void idr_error_prefix(const char *format, ...) {
  char words[IDR_ERROR_MESSAGE_MAX];
  char old[IDR_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof(words), format, args);
  va_end(args);
  memcpy(old, thread_record.message, sizeof(old));
  int needed = snprintf(thread_record.message, sizeof(thread_record.message), "%s%s", words, old);
  mark_cut(thread_record.message, sizeof(thread_record.message), needed);
}

const idr_error *idr_error_get(void) {
  return &thread_record;
}

void idr_error_set(const idr_error *error) {
  thread_record = *error;
}

void idr_error_clear(void) {
  memset(&thread_record, 0, sizeof(thread_record));
}
