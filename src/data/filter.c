#include "data/filter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct idr_filter {
  int level;
  z_stream stream; /* deflate, set up once: its tables are larger than most chunks */
  size_t bytes, room;
  uint8_t *shuffled; /* [bytes] */
  uint8_t *encoded;  /* [room] */
};

idr_status idr_filter_create(int level, size_t bytes, idr_filter **out) {
  idr_filter *f = *out = calloc(1, sizeof *f);
  if (!f) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a filter");
  f->level = level;
  f->bytes = bytes;
  f->room = compressBound(bytes);
  f->shuffled = malloc(bytes);
  f->encoded = malloc(f->room);
  if (f->shuffled && f->encoded && deflateInit(&f->stream, level) == Z_OK) return IDR_STATUS_OK;
  free(f->shuffled);
  free(f->encoded);
  free(f);
  *out = NULL;
  IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a filter of chunks of %zu bytes", bytes);
}

void idr_filter_free(idr_filter *filter) {
  if (!filter) return;
  deflateEnd(&filter->stream);
  free(filter->shuffled);
  free(filter->encoded);
  free(filter);
}

static void shuffle4(const uint8_t *restrict in, uint8_t *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    out[i] = in[4 * i];
    out[count + i] = in[4 * i + 1];
    out[2 * count + i] = in[4 * i + 2];
    out[3 * count + i] = in[4 * i + 3];
  }
}

static const uint8_t *shuffle(idr_filter *f, const uint8_t *in, size_t bytes, size_t width) {
  size_t count = bytes / width;
  if (width == 1) return in;
  if (width == 4) {
    shuffle4(in, f->shuffled, count);
    return f->shuffled;
  }
  for (size_t k = 0; k < width; k++)
    for (size_t i = 0; i < count; i++)
      f->shuffled[k * count + i] = in[i * width + k];
  return f->shuffled;
}

static void unshuffle(const uint8_t *in, uint8_t *out, size_t bytes, size_t width) {
  size_t count = bytes / width;
  for (size_t k = 0; k < width; k++)
    for (size_t i = 0; i < count; i++)
      out[i * width + k] = in[k * count + i];
}

idr_status idr_filter_encode(idr_filter *f, const void *values, size_t bytes, size_t width,
                             const void **out, size_t *out_bytes) {
  *out = values;
  *out_bytes = bytes;
  if (f->level == 0) return IDR_STATUS_OK;
  deflateReset(&f->stream);
  f->stream.next_in = (Bytef *)(uintptr_t)shuffle(f, values, bytes, width);
  f->stream.avail_in = (uInt)bytes;
  f->stream.next_out = f->encoded;
  f->stream.avail_out = (uInt)f->room;
  if (deflate(&f->stream, Z_FINISH) != Z_STREAM_END)
    IDR_FAIL(IDR_STATUS_INTERNAL, "deflate did not end within its bound");
  *out = f->encoded;
  *out_bytes = f->room - f->stream.avail_out;
  return IDR_STATUS_OK;
}

idr_status idr_filter_decode(idr_filter *f, const void *data, size_t data_bytes, size_t width,
                             void *values, size_t bytes) {
  if (f->level == 0) {
    if (data_bytes != bytes) IDR_FAIL(IDR_STATUS_FORMAT, "a chunk has the wrong length");
    memcpy(values, data, bytes);
    return IDR_STATUS_OK;
  }
  uLongf got = (uLongf)bytes;
  void *plain = width == 1 ? values : f->shuffled;
  if (bytes > f->bytes || uncompress(plain, &got, data, (uLong)data_bytes) != Z_OK || got != bytes)
    IDR_FAIL(IDR_STATUS_FORMAT, "a chunk is damaged: it cannot be inflated to %zu bytes", bytes);
  if (width > 1) unshuffle(f->shuffled, values, bytes, width);
  return IDR_STATUS_OK;
}
