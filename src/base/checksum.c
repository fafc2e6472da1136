#include "base/checksum.h"
#include <stdlib.h>
#include <xxhash.h>

struct idr_checksum_stream {
  XXH3_state_t *state;
};

uint64_t idr_checksum(const void *data, size_t bytes) {
  return XXH3_64bits(data, bytes);
}

idr_status idr_checksum_stream_create(idr_checksum_stream **out) {
  idr_checksum_stream *stream = malloc(sizeof(*stream));
  XXH3_state_t *state = XXH3_createState();
  *out = NULL;
  if (!stream || !state) {
    free(stream);
    XXH3_freeState(state);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a checksum");
  }
  XXH3_64bits_reset(state);
  stream->state = state;
  *out = stream;
  return IDR_STATUS_OK;
}

void idr_checksum_stream_destroy(idr_checksum_stream *stream) {
  if (!stream) return;
  XXH3_freeState(stream->state);
  free(stream);
}

void idr_checksum_stream_add(idr_checksum_stream *stream, const void *data, size_t bytes) {
  if (bytes > 0) XXH3_64bits_update(stream->state, data, bytes);
}

uint64_t idr_checksum_stream_value(const idr_checksum_stream *stream) {
  return XXH3_64bits_digest(stream->state);
}
