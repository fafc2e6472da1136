#include "data/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "values are hashed as they lie in memory");

static idr_hash from(XXH128_hash_t hash) {
  return (idr_hash){.low = hash.low64, .high = hash.high64};
}

/* The name and the number go in as the seed: the values then stay one piece. */
static uint64_t seed(const char *name, int64_t number) {
  return XXH3_64bits_withSeed(name, strlen(name), (uint64_t)number);
}

idr_hash idr_hash_leaf(const char *column, int64_t chunk, const void *values, size_t bytes) {
  return from(XXH3_128bits_withSeed(values, bytes, seed(column, chunk)));
}

idr_hash idr_hash_column(const char *column, const idr_hash *leaves, int64_t count) {
  return from(XXH3_128bits_withSeed(leaves, (size_t)count * sizeof *leaves, seed(column, ~count)));
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const idr_hash_child *)a)->name, ((const idr_hash_child *)b)->name);
}

idr_hash idr_hash_node(idr_hash_child *children, int count) {
  qsort(children, (size_t)count, sizeof *children, by_name);
  XXH128_hash_t sum = XXH3_128bits_withSeed("", 0, (uint64_t)count);
  for (int i = 0; i < count; i++) {
    uint64_t parts[5] = {sum.low64, sum.high64, seed(children[i].name, i), children[i].hash.low,
                         children[i].hash.high};
    sum = XXH3_128bits(parts, sizeof parts);
  }
  return from(sum);
}

void idr_hash_format(idr_hash hash, char out[IDR_HASH_TEXT]) {
  snprintf(out, IDR_HASH_TEXT, "%016llx%016llx", (unsigned long long)hash.high,
           (unsigned long long)hash.low);
}
