/* A reel: the months of one well on their way into a data set, as one append-only file.
 *
 * A block is a chunk of every column, encoded and hashed, with what ended in it (events, lives of
 * machines, runs of bits) and the state of the rig behind it, all under one checksum. So the file
 * is sound up to its last whole block whenever the writer was killed; opening it again cuts off a
 * torn end and goes on from the state of that block. (An HDF5 file that is open when its writer
 * dies may be lost as a whole, which is why months are gathered here and become HDF5 in one go.)
 *
 * File: a head (magic, what it is for, checksum), then blocks: head, a line per column (bytes,
 * hash), records, state, chunks, XXH3-64 of all that. Little-endian.
 */
#ifndef IDR_DATA_REEL_H
#define IDR_DATA_REEL_H

#include "data/dataset.h"
#include "data/hash.h"

typedef struct idr_reel idr_reel;

/* What a reel is for. A file that was made for something else is not continued. */
typedef struct {
  const idr_column *column; /* [column_count], copied */
  int column_count;
  int64_t rows, chunk;
  int level;    /* of the filter, 0 to 9 (filter.h) */
  uint64_t key; /* of everything that decides the values: settings, well, physics */
} idr_reel_spec;

typedef struct {
  void *data; /* encoded (filter.h); padded with zeros to a whole chunk before that */
  size_t bytes;
  idr_hash leaf; /* of the values, without the padding */
} idr_reel_piece;

typedef struct {
  const idr_reel_piece *piece; /* [column_count] */
  const idr_event_record *event;
  const idr_life_record *life;
  const idr_bit_record *bit;
  int event_count, life_count, bit_count;
  const void *state;
  size_t state_bytes;
} idr_reel_block;

/* Opens `path`, or makes it. FORMAT when it was made for something else. The caller closes it. */
idr_status idr_reel_open(const char *path, const idr_reel_spec *spec, idr_reel **out);
void idr_reel_close(idr_reel *reel); /* NULL allowed */

/* Blocks that are there, and that there will be. */
int64_t idr_reel_blocks(const idr_reel *reel);
int64_t idr_reel_blocks_wanted(const idr_reel *reel);
/* Rows of block `block`: a chunk's, fewer in the last. */
int64_t idr_reel_rows(const idr_reel *reel, int64_t block);
const idr_reel_spec *idr_reel_get_spec(const idr_reel *reel);
/* The state behind the newest block, borrowed; NULL before the first. */
const void *idr_reel_state(const idr_reel *reel, size_t *bytes);

/* Appends the next block. When the disk is full the file is left as it was. */
idr_status idr_reel_append(idr_reel *reel, const idr_reel_block *block);

/* Records of all blocks, borrowed until the next append. */
const idr_event_record *idr_reel_events(const idr_reel *reel, int *count);
const idr_life_record *idr_reel_lives(const idr_reel *reel, int *count);
const idr_bit_record *idr_reel_bits(const idr_reel *reel, int *count);
idr_hash idr_reel_leaf(const idr_reel *reel, int64_t block, int column);
/* Bytes of the encoded chunk, and the chunk into `out`, which holds that many. */
size_t idr_reel_piece_bytes(const idr_reel *reel, int64_t block, int column);
idr_status idr_reel_read(const idr_reel *reel, int64_t block, int column, void *out);
/* Bytes of the file. */
int64_t idr_reel_bytes(const idr_reel *reel);

#endif
