/* The error record: message, trace, prefix, cutting, one per thread. */
#include "base/status.h"
#include "support/test.h"

#include <pthread.h>
#include <string.h>

static idr_status inner(void) {
  IDR_FAIL(IDR_STATUS_IO, "cannot read '%s' (%d)", "a.yaml", 7);
}

static idr_status outer(void) {
  IDR_TRY(inner());
  return IDR_STATUS_OK;
}

static idr_status with_cleanup(int *cleaned) {
  idr_status status = IDR_STATUS_OK;
  IDR_TRY_GOTO(status, done, outer());
  *cleaned = -1;
done:
  *cleaned += 1;
  return status;
}

static void failure_keeps_message_and_trace(void **state) {
  (void)state;
  int cleaned = 0;
  assert_int_equal(with_cleanup(&cleaned), IDR_STATUS_IO);
  assert_int_equal(cleaned, 1);
  const idr_error *error = idr_error_get();
  assert_int_equal(error->status, IDR_STATUS_IO);
  assert_string_equal(error->message, "cannot read 'a.yaml' (7)");
  const char *first = strstr(error->trace, "inner (unit/test_status.c:");
  const char *second = strstr(error->trace, "outer (unit/test_status.c:");
  const char *third = strstr(error->trace, "with_cleanup (unit/test_status.c:");
  assert_ptr_equal(first, error->trace);
  assert_non_null(second);
  assert_non_null(third);
  assert_true(second < third);
}

static void prefix_stands_in_front(void **state) {
  (void)state;
  inner();
  idr_error_prefix("reading %s: ", "wells");
  assert_string_equal(idr_error_get()->message, "reading wells: cannot read 'a.yaml' (7)");
}

static void message_may_quote_the_old_one(void **state) {
  (void)state;
  inner();
  idr_fail_at(IDR_STATUS_CONFIG, "f", "g.c", 1, "[%s]", idr_error_get()->message);
  assert_string_equal(idr_error_get()->message, "[cannot read 'a.yaml' (7)]");
  assert_string_equal(idr_error_get()->trace, "f (g.c:1)\n");
}

static void long_message_is_cut_visibly(void **state) {
  (void)state;
  char text[IDR_ERROR_MESSAGE_MAX + 100];
  memset(text, 'x', sizeof(text));
  text[sizeof(text) - 1] = '\0';
  idr_fail_at(IDR_STATUS_IO, "f", "g.c", 1, "%s", text);
  const char *message = idr_error_get()->message;
  assert_int_equal(strlen(message), IDR_ERROR_MESSAGE_MAX - 1);
  assert_string_equal(message + IDR_ERROR_MESSAGE_MAX - 4, "...");
  idr_error_prefix("in front: ");
  assert_memory_equal(message, "in front: xxx", 13);
  assert_string_equal(message + IDR_ERROR_MESSAGE_MAX - 4, "...");
}

static void endless_trace_keeps_whole_lines(void **state) {
  (void)state;
  inner();
  for (int i = 0; i < 1000; i++)
    idr_trace_at(IDR_STATUS_IO, "some_function", "some/where/file.c", i);
  const char *trace = idr_error_get()->trace;
  assert_true(strlen(trace) < sizeof(idr_error_get()->trace));
  assert_int_equal(trace[strlen(trace) - 1], '\n');
}

static void failing_with_ok_is_an_internal_error(void **state) {
  (void)state;
  assert_int_equal(idr_fail_at(IDR_STATUS_OK, "f", "g.c", 1, "x"), IDR_STATUS_INTERNAL);
}

static void *fail_in_thread(void *copy) {
  if (idr_error_get()->status != IDR_STATUS_OK) return NULL;
  idr_fail_at(IDR_STATUS_NUMERIC, "f", "g.c", 1, "of the thread");
  memcpy(copy, idr_error_get(), sizeof(idr_error));
  return copy;
}

static void threads_have_their_own_record(void **state) {
  (void)state;
  pthread_t thread;
  idr_error copy;
  void *result = NULL;
  inner();
  assert_int_equal(pthread_create(&thread, NULL, fail_in_thread, &copy), 0);
  assert_int_equal(pthread_join(thread, &result), 0);
  assert_non_null(result);
  assert_string_equal(idr_error_get()->message, "cannot read 'a.yaml' (7)");
  idr_error_set(&copy);
  assert_string_equal(idr_error_get()->message, "of the thread");
  assert_int_equal(idr_error_get()->status, IDR_STATUS_NUMERIC);
  idr_error_clear();
  assert_int_equal(idr_error_get()->status, IDR_STATUS_OK);
  assert_string_equal(idr_error_get()->message, "");
}

static void every_status_has_a_text(void **state) {
  (void)state;
  assert_string_equal(idr_status_text(IDR_STATUS_OK), "success");
  assert_string_equal(idr_status_text(IDR_STATUS_INTERNAL), "internal error");
  assert_string_equal(idr_status_text((idr_status)999), "unknown status");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(failure_keeps_message_and_trace),
      cmocka_unit_test(prefix_stands_in_front),
      cmocka_unit_test(message_may_quote_the_old_one),
      cmocka_unit_test(long_message_is_cut_visibly),
      cmocka_unit_test(endless_trace_keeps_whole_lines),
      cmocka_unit_test(failing_with_ok_is_an_internal_error),
      cmocka_unit_test(threads_have_their_own_record),
      cmocka_unit_test(every_status_has_a_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
