/* Status codes and the error record of a thread.
 *
 * Every function that can fail returns idr_status. The cause is recorded once, in the thread that
 * failed, as a message that says what was wrong, with what, and what to do; every IDR_TRY on the
 * way up adds a line to the trace. Libraries never print and never exit; jobs/ prints the record.
 */
#ifndef IDR_BASE_STATUS_H
#define IDR_BASE_STATUS_H

#include <stddef.h>

/* name, text shown to the user */
#define IDR_STATUS_LIST(X)                                                                         \
  X(OK, "success")                                                                                 \
  X(ARGUMENT, "bad argument")                                                                      \
  X(CONFIG, "bad configuration")                                                                   \
  X(IO, "input/output error")                                                                      \
  X(FORMAT, "damaged or foreign file")                                                             \
  X(MEMORY, "out of memory")                                                                       \
  X(MPI, "MPI error")                                                                              \
  X(NUMERIC, "not a finite number")                                                                \
  X(UNSUPPORTED, "not supported")                                                                  \
  X(REMOTE, "another rank failed")                                                                 \
  X(INTERNAL, "internal error")

typedef enum {
#define IDR_STATUS_ENUM(name, text) IDR_STATUS_##name,
  IDR_STATUS_LIST(IDR_STATUS_ENUM)
#undef IDR_STATUS_ENUM
} idr_status;

#define IDR_ERROR_MESSAGE_MAX 4096

/* Copy of a thread's error record; plain data, so it can cross threads and ranks. */
typedef struct {
  idr_status status;
  char message[IDR_ERROR_MESSAGE_MAX]; /* several problems are separated by '\n' */
  char trace[1024];                    /* "function (file:line)\n" per level, innermost first */
} idr_error;

const char *idr_status_text(idr_status status);

/* Starts a new record in this thread and returns `status`. */
idr_status idr_fail_at(idr_status status, const char *function, const char *file, int line,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Adds a level to this thread's trace and returns `status`. */
idr_status idr_trace_at(idr_status status, const char *function, const char *file, int line);
/* Puts words in front of this thread's message ("reading wells/a.yaml: "). */
void idr_error_prefix(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This thread's record; never NULL. Valid until the thread's next failure. */
const idr_error *idr_error_get(void);
/* Makes `error` this thread's record (after it came from another thread or rank). */
void idr_error_set(const idr_error *error);
void idr_error_clear(void);

#define IDR_FAIL(status, ...)                                                                      \
  return idr_fail_at((status), __func__, __FILE__, __LINE__, __VA_ARGS__)
/* For functions with one clean-up label: sets `var` and jumps. */
#define IDR_FAIL_GOTO(var, label, status, ...)                                                     \
  do {                                                                                             \
    (var) = idr_fail_at((status), __func__, __FILE__, __LINE__, __VA_ARGS__);                      \
    goto label;                                                                                    \
  } while (0)
#define IDR_TRY(call)                                                                              \
  do {                                                                                             \
    idr_status idr_try_status_ = (call);                                                           \
    if (idr_try_status_ != IDR_STATUS_OK)                                                          \
      return idr_trace_at(idr_try_status_, __func__, __FILE__, __LINE__);                          \
  } while (0)
#define IDR_TRY_GOTO(var, label, call)                                                             \
  do {                                                                                             \
    (var) = (call);                                                                                \
    if ((var) != IDR_STATUS_OK) {                                                                  \
      idr_trace_at((var), __func__, __FILE__, __LINE__);                                           \
      goto label;                                                                                  \
    }                                                                                              \
  } while (0)

#endif
