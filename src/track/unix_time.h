/* Time of day for records that people and other programs read: seconds since 1970. Durations come
 * from base/clock.h, which never goes back. */
#ifndef IDR_TRACK_UNIX_TIME_H
#define IDR_TRACK_UNIX_TIME_H

#include <time.h>

static inline double idr_track_unix_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
