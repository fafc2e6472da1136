/* Seconds since some fixed moment; never goes back, is not the time of day. */
#ifndef IDR_BASE_CLOCK_H
#define IDR_BASE_CLOCK_H

#include <time.h>

static inline double idr_clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
