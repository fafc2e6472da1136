/* From reels to HDF5: the file of one well, or one file of many wells that all ranks write. */
#ifndef IDR_DATA_WRITE_H
#define IDR_DATA_WRITE_H

#include "comm/comm.h"
#include "data/reel.h"

#define IDR_STORAGES "none|deflate|szip|lz4"
typedef enum {
  IDR_STORAGE_NONE,
  IDR_STORAGE_DEFLATE,
  IDR_STORAGE_SZIP,
  IDR_STORAGE_LZ4
} idr_storage;

typedef struct {
  idr_storage storage;
  int level;         /* of deflate; the reels have the same, or 0 with IDR_STORAGE_NONE */
  const char *start; /* "2026-01-01 00:00:00", UTC */
  const char *title, *source, *comment;
  /* For many wells, whose reels cannot all be open: the reel of wells[i], closed after use. */
  idr_status (*open)(void *context, int i, idr_reel **out);
  void *context;
} idr_write_options;

typedef struct {
  const char *name;     /* of the well: "well-0003" */
  int64_t id;           /* its number in the data set */
  const idr_reel *reel; /* complete; NULL: options->open gives it when its turn comes */
  const idr_well *well; /* NULL: not known (real data) */
} idr_write_well;

/* OK when this build of HDF5 can write the storage; UNSUPPORTED says what is missing. */
idr_status idr_storage_check(idr_storage storage);
/* Level that reels for such a file have. */
int idr_storage_reel_level(idr_storage storage, int level);

/* Writes `path` (under another name until it is whole). With one well and `comm` NULL or of one
 * rank, the well's groups lie at the root; `grouped` puts each well in a group of its own. With
 * more ranks it is collective: every rank names the same wells, and its part of the chunks is
 * written by each. roots[i] becomes the hash of well i. When the disk is full no half file stays.
 */
idr_status idr_write_file(const char *path, const idr_write_options *options,
                          const idr_write_well *wells, int count, bool grouped,
                          const idr_comm *comm, idr_hash *roots);

/* Of a data set, from the hashes of its wells. */
idr_hash idr_write_root(const idr_write_well *wells, const idr_hash *roots, int count);

#endif
