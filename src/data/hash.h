/* The identity of a data set: a tree of XXH3-128 hashes over values, not over files.
 *
 * A leaf is the hash of (column name, number of the chunk, its values little-endian); a column's
 * hash that of its name and leaves, a well's that of its columns in order of their names, the data
 * set's that of its wells in order of their ids. So the root is the same whatever filter, library,
 * layout or number of ranks wrote the file. It finds damage and tells versions apart; it is no
 * defence against people who want to deceive.
 */
#ifndef IDR_DATA_HASH_H
#define IDR_DATA_HASH_H

#include <stddef.h>
#include <stdint.h>

#define IDR_HASH_TEXT 33 /* 32 hex digits and the end */

typedef struct {
  uint64_t low, high;
} idr_hash;

typedef struct {
  const char *name; /* of a column or a well; borrowed */
  idr_hash hash;
} idr_hash_child;

/* Of chunk number `chunk` (from 0) of a column: the values as they lie in memory. */
idr_hash idr_hash_leaf(const char *column, int64_t chunk, const void *values, size_t bytes);
idr_hash idr_hash_column(const char *column, const idr_hash *leaves, int64_t count);
/* Sorts the children by name and hashes names and hashes. */
idr_hash idr_hash_node(idr_hash_child *children, int count);
void idr_hash_format(idr_hash hash, char out[IDR_HASH_TEXT]);

#endif
