/* XXH3, 64 bit: finds damage in files. It is no defence against people who want to deceive. */
#ifndef IDR_BASE_CHECKSUM_H
#define IDR_BASE_CHECKSUM_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

uint64_t idr_checksum(const void *data, size_t bytes);

/* The same over data that comes in pieces: the value depends on the bytes, not on the pieces. */
typedef struct idr_checksum_stream idr_checksum_stream;
idr_status idr_checksum_stream_create(idr_checksum_stream **out);
void idr_checksum_stream_destroy(idr_checksum_stream *stream); /* NULL allowed */
void idr_checksum_stream_add(idr_checksum_stream *stream, const void *data, size_t bytes);
/* Of all that was added so far; more may follow. */
uint64_t idr_checksum_stream_value(const idr_checksum_stream *stream);

#endif
