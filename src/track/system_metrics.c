#include "track/system_metrics.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define MEGABYTE 1e6

typedef void (*put_function)(void *context, const char *name, double value);

/* First line of /proc/stat: user nice system idle iowait irq softirq steal, in ticks. */
static void put_processor(idr_system_sample *last, put_function put, void *context) {
  double t[8] = {0};
  FILE *file = fopen("/proc/stat", "re");
  if (!file) return;
  int n = fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2], &t[3], &t[4],
                 &t[5], &t[6], &t[7]);
  fclose(file);
  if (n < 4) return;
  double all = 0;
  for (int i = 0; i < 8; i++)
    all += t[i];
  double busy = all - t[3] - t[4];
  if (last->started && all > last->all)
    put(context, "cpu_utilization_percentage", 100 * (busy - last->busy) / (all - last->all));
  last->all = all;
  last->busy = busy;
}

static void put_memory(put_function put, void *context) {
  char line[256];
  double total = 0, available = -1;
  FILE *file = fopen("/proc/meminfo", "re");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "MemTotal: %lf kB", &total) == 1) continue;
    sscanf(line, "MemAvailable: %lf kB", &available);
  }
  fclose(file);
  if (total <= 0 || available < 0) return;
  put(context, "system_memory_usage_megabytes", (total - available) * 1024 / MEGABYTE);
  put(context, "system_memory_usage_percentage", 100 * (total - available) / total);
}

static void put_disk(const char *folder, put_function put, void *context) {
  struct statvfs disk;
  if (statvfs(folder, &disk) != 0 || disk.f_blocks == 0) return;
  double block = (double)disk.f_frsize / MEGABYTE, used = (double)(disk.f_blocks - disk.f_bfree);
  put(context, "disk_usage_percentage", 100 * used / (used + (double)disk.f_bavail));
  put(context, "disk_usage_megabytes", used * block);
  put(context, "disk_available_megabytes", (double)disk.f_bavail * block);
}

/* Sums over all interfaces but the loopback. */
static void put_network(idr_system_sample *last, put_function put, void *context) {
  char line[512], name[64];
  double received = 0, sent = 0, in, out;
  FILE *file = fopen("/proc/net/dev", "re");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, " %63[^:]: %lf %*f %*f %*f %*f %*f %*f %*f %lf", name, &in, &out) != 3)
      continue;
    if (strcmp(name, "lo") == 0) continue;
    received += in;
    sent += out;
  }
  fclose(file);
  if (!last->started) {
    last->received = received;
    last->sent = sent;
  }
  put(context, "network_receive_megabytes", (received - last->received) / MEGABYTE);
  put(context, "network_transmit_megabytes", (sent - last->sent) / MEGABYTE);
}

void idr_system_metrics(idr_system_sample *last, const char *folder, put_function put,
                        void *context) {
  put_processor(last, put, context);
  put_memory(put, context);
  put_disk(folder, put, context);
  put_network(last, put, context);
  last->started = true;
}
