/* Comparison of doubles; cmocka's own works on floats. */
#ifndef IDR_TESTS_SUPPORT_NEAR_H
#define IDR_TESTS_SUPPORT_NEAR_H

#include "support/test.h"
#include <math.h>

/* Fails unless |a - b| <= tolerance; a NaN fails. */
#define assert_near(a, b, tolerance) near_check((a), (b), (tolerance), #a, __FILE__, __LINE__)

static inline void near_check(double a, double b, double tolerance, const char *what,
                              const char *file, int line) {
  if (fabs(a - b) <= tolerance) return;
  print_error("%s is %.9g, expected %.9g within %g\n", what, a, b, tolerance);
  _fail(file, line);
}

#endif
