/* What every cmocka program needs before <cmocka.h>. */
#ifndef IDR_TESTS_SUPPORT_TEST_H
#define IDR_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
