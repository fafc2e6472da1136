/* Chunks as they lie in a file: shuffled (byte k of all values together) and deflated, exactly as
 * HDF5's own filters leave them. Done here because HDF5 lets one thread at a time in, and a chunk
 * that is ready is written past its filters. */
#ifndef IDR_DATA_FILTER_H
#define IDR_DATA_FILTER_H

#include "base/status.h"
#include <stddef.h>

typedef struct idr_filter idr_filter; /* buffers and the deflate state of one thread */

/* For chunks of at most `bytes`; `level` 0: the bytes go through unchanged, 1 to 9: deflate. */
idr_status idr_filter_create(int level, size_t bytes, idr_filter **out);
void idr_filter_free(idr_filter *filter); /* NULL allowed */

/* Encodes `bytes` of values of `width` bytes each. *out is borrowed until the next call. */
idr_status idr_filter_encode(idr_filter *filter, const void *values, size_t bytes, size_t width,
                             const void **out, size_t *out_bytes);
/* The reverse: exactly `bytes` of values. FORMAT when `data` is no such chunk. */
idr_status idr_filter_decode(idr_filter *filter, const void *data, size_t data_bytes, size_t width,
                             void *values, size_t bytes);

#endif
