/* Allocation at creation: many arrays, one check at the end. Arrays start on cache lines. */
#ifndef IDR_RL_LEDGER_H
#define IDR_RL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  bool failed; /* some array could not be had; its pointer is NULL */
} idr_ledger;

static inline void *idr_ledger_take(idr_ledger *l, size_t count, size_t size) {
  size_t bytes = (count * size + 63) / 64 * 64;
  if (bytes == 0) bytes = 64;
  void *p = aligned_alloc(64, bytes);
  if (!p) l->failed = true;
  return p;
}

static inline void *idr_ledger_zero(idr_ledger *l, size_t count, size_t size) {
  void *p = idr_ledger_take(l, count, size);
  if (p) memset(p, 0, count * size);
  return p;
}

#endif
