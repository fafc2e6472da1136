/* Use of this machine while a run goes on, under the names that MLflow gives to system metrics. */
#ifndef IDR_TRACK_SYSTEM_METRICS_H
#define IDR_TRACK_SYSTEM_METRICS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  double busy, all; /* processor time of all cores so far, in ticks */
  double received, sent;
  bool started;
} idr_system_sample;

/* Calls put("cpu_utilization_percentage", value) for everything this system tells. Processor use is
 * that since the last call with the same `last` (zeroed before the first one, which leaves it out),
 * network traffic that since the first. `folder`: whose disk is meant. */
void idr_system_metrics(idr_system_sample *last, const char *folder,
                        void (*put)(void *context, const char *name, double value), void *context);

#endif
