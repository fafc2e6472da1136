/* Under a sanitizer the physics is twenty times slower. Tests of what does not depend on how much
 * of it is done then do less: the build sets IDR_TEST_SHRINK. */
#ifndef IDR_TEST_SUPPORT_SHRINK_H
#define IDR_TEST_SUPPORT_SHRINK_H

#include <stdbool.h>
#include <stdlib.h>

static inline bool test_is_shrunk(void) {
  const char *factor = getenv("IDR_TEST_SHRINK");
  return factor && atoi(factor) > 1;
}

/* `whole`, or `part` under a sanitizer. */
static inline int test_amount(int whole, int part) {
  return test_is_shrunk() ? part : whole;
}

#endif
