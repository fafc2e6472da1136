#include "base/cpu.h"
#include "base/text.h"
#include <errno.h>
#include <omp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CPUS_MAX (1 << 16)

/* Where OpenMP pins threads (OMP_PROC_BIND) it has pinned the first one already, whose own mask
 * says nothing any more about the others: its places do. */
static void add_places(cpu_set_t *mask, int cpus) {
  for (int place = 0; place < omp_get_num_places(); place++) {
    int count = omp_get_place_num_procs(place), *ids = malloc((size_t)count * sizeof(int));
    if (!ids) return;
    omp_get_place_proc_ids(place, ids);
    for (int i = 0; i < count; i++)
      if (ids[i] >= 0 && ids[i] < cpus)
        CPU_SET_S((size_t)ids[i], CPU_ALLOC_SIZE((size_t)cpus), mask);
    free(ids);
  }
}

/* The mask of this process for up to `*count` processors; free with CPU_FREE. NULL on failure.
 * The kernel refuses masks shorter than its own (EINVAL), so the size grows until it fits. */
static cpu_set_t *read_mask(int *count) {
  for (int cpus = 1024; cpus <= CPUS_MAX; cpus *= 2) {
    cpu_set_t *mask = CPU_ALLOC((size_t)cpus);
    if (!mask) return NULL;
    *count = cpus;
    if (sched_getaffinity(0, CPU_ALLOC_SIZE((size_t)cpus), mask) == 0) {
      add_places(mask, cpus);
      return mask;
    }
    CPU_FREE(mask);
    if (errno != EINVAL) return NULL;
  }
  return NULL;
}

int idr_cpu_online(void) {
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

int idr_cpu_allowed(void) {
  int cpus;
  cpu_set_t *mask = read_mask(&cpus);
  if (!mask) return idr_cpu_online();
  int allowed = CPU_COUNT_S(CPU_ALLOC_SIZE((size_t)cpus), mask);
  CPU_FREE(mask);
  return allowed > 0 ? allowed : 1;
}

static bool is_set(const cpu_set_t *mask, int cpus, int cpu) {
  return cpu >= 0 && cpu < cpus && CPU_ISSET_S((size_t)cpu, CPU_ALLOC_SIZE((size_t)cpus), mask);
}

void idr_cpu_mask(char *out, size_t size) {
  int cpus;
  cpu_set_t *mask = read_mask(&cpus);
  out[0] = '\0';
  if (!mask) {
    snprintf(out, size, "unknown");
    return;
  }
  for (int cpu = 0; cpu < cpus; cpu++) {
    if (!is_set(mask, cpus, cpu)) continue;
    int last = cpu;
    while (is_set(mask, cpus, last + 1))
      last++;
    idr_text_append(out, size, "%s%d", out[0] ? "," : "", cpu);
    if (last > cpu) idr_text_append(out, size, "-%d", last);
    cpu = last;
  }
  CPU_FREE(mask);
}

void idr_cpu_model(char *out, size_t size) {
  char line[512];
  snprintf(out, size, "unknown");
  FILE *file = fopen("/proc/cpuinfo", "r");
  if (!file) return;
  while (fgets(line, sizeof(line), file)) {
    const char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || !colon) continue;
    idr_text_trim(colon + 1, strlen(colon + 1), out, size);
    break;
  }
  fclose(file);
}
