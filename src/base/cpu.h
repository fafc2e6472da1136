/* The processors this process may use; for the banner and for sane thread counts. */
#ifndef IDR_BASE_CPU_H
#define IDR_BASE_CPU_H

#include <stddef.h>

/* Processors in the affinity mask of the process (a launcher may have pinned it to fewer than the
 * machine has; OMP_PROC_BIND and OMP_PLACES pin its threads among them); at least 1. */
int idr_cpu_allowed(void);
/* Processors of the machine that are online. */
int idr_cpu_online(void);
/* The affinity mask as "0-3,8"; "unknown" when the system does not tell. */
void idr_cpu_mask(char *out, size_t size);
/* Model as the system names it; "unknown" when it does not. */
void idr_cpu_model(char *out, size_t size);

#endif
