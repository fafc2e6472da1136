/* What every cmocka program needs before <cmocka.h>. */
#ifndef IDR_TESTS_SUPPORT_TEST_H
#define IDR_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The call succeeds, or the test ends with its message. Wants base/status.h. */
#define OK(call)                                                                                   \
  do {                                                                                             \
    idr_status status_ = (call);                                                                   \
    if (status_ != IDR_STATUS_OK) fail_msg("%s: %s", #call, idr_error_get()->message);             \
  } while (0)

#endif
