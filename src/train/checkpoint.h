/* Checkpoint: a flat file of named, checksummed sections, written so that a crash at any moment
 * leaves at least one good generation.
 *
 * File: magic "IDRCKPT1", section count, then per section a header {name, bytes, XXH3-64 of the
 * data} and the data, then the XXH3-64 of all headers. It is written to a new name, fsynced and
 * renamed; the previous one stays as "<path>.previous". Little-endian. Only one rank reads and
 * writes; the functions are not collective.
 */
#ifndef IDR_TRAIN_CHECKPOINT_H
#define IDR_TRAIN_CHECKPOINT_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

typedef struct idr_checkpoint_writer idr_checkpoint_writer;
typedef struct idr_checkpoint idr_checkpoint;

idr_status idr_checkpoint_writer_create(idr_checkpoint_writer **out);
void idr_checkpoint_writer_destroy(idr_checkpoint_writer *writer); /* NULL allowed */
/* Adds a section; `data` is borrowed until the commit. Names are unique, at most 63 bytes. */
idr_status idr_checkpoint_add(idr_checkpoint_writer *writer, const char *name, const void *data,
                              size_t bytes);
/* Writes the file: temporary name, fsync, previous generation kept, rename, fsync of the folder.
 * On failure (no space, ...) the existing generations are untouched and no temporary file stays. */
idr_status idr_checkpoint_commit(const idr_checkpoint_writer *writer, const char *path);

/* Reads and verifies `path`. FORMAT names the damaged section or says where the file ends early. */
idr_status idr_checkpoint_open(const char *path, idr_checkpoint **out);
/* The same from bytes in memory, which are copied; `name` stands for the path in messages. */
idr_status idr_checkpoint_parse(const char *name, const void *data, size_t bytes,
                                idr_checkpoint **out);
/* The newest good generation: `path`, else "<path>.previous". When the newest was damaged its
 * failure is left in `warning` (size bytes; "" otherwise). IO when neither file exists. */
idr_status idr_checkpoint_open_newest(const char *path, idr_checkpoint **out, char *warning,
                                      size_t size);
void idr_checkpoint_close(idr_checkpoint *checkpoint); /* NULL allowed */
/* A section's data, borrowed until close. FORMAT when it is absent. */
idr_status idr_checkpoint_get(const idr_checkpoint *checkpoint, const char *name, const void **data,
                              size_t *bytes);
/* Copies a section whose size must be exactly `bytes`. */
idr_status idr_checkpoint_read(const idr_checkpoint *checkpoint, const char *name, void *data,
                               size_t bytes);

#endif
