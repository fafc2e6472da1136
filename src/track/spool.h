/* The spool of a run: every event of its record, in order and on disk, before anything goes to a
 * network. One process writes it (rank 0 of the run); others may read it at the same time, also
 * from another machine: the uploader of the run, or `idrill sync` on a login node.
 *
 *   RUN/spool/000001.spool, 000002.spool, ...   segments, appended to, never rewritten
 *   RUN/spool/uploaded.json                     how far a server has them (see upload.h)
 *
 * A segment is a sequence of frames:
 *   4 bytes "IDR1" (the version of the format), 4 bytes length of the payload, 8 bytes XXH3 of the
 *   payload, all little endian, then the payload: one JSON object with the member "event".
 * A frame that a crash cut short is removed by the next writer; bytes that are damaged otherwise
 * are stepped over, and counted. Each segment begins with an event "head": the run's UUID, and the
 * last step of every metric so far, so that older segments may be deleted once they are uploaded.
 */
#ifndef IDR_TRACK_SPOOL_H
#define IDR_TRACK_SPOOL_H

#include "base/status.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDR_SPOOL_UUID 37 /* text of a UUID and the zero behind it */

/* A place between two frames. */
typedef struct {
  int64_t segment; /* from 1; 0: before everything */
  int64_t offset;  /* bytes into the segment */
} idr_spool_position;

/* ---- writing --------------------------------------------------------------------------------- */
typedef struct idr_spool idr_spool;

/* Opens RUN/spool (`folder`), or starts one. `limit` bytes of disk: beyond it segments that a
 * server has are deleted; where none are, metrics are thinned: timings from half the limit on, then
 * results to every 4th, every 16th, none. Other events are always kept. */
idr_status idr_spool_open(const char *folder, int64_t limit, idr_spool **out);
/* Without writing what is buffered. NULL allowed. */
void idr_spool_close(idr_spool *spool);
const char *idr_spool_uuid(const idr_spool *spool);
/* True when no run has begun here: the first event has to be "begin". */
bool idr_spool_is_new(const idr_spool *spool);

/* Appends an event, in memory; takes over the reference. */
void idr_spool_event(idr_spool *spool, json_t *event);
/* Appends a metric, in memory, unless one of this key at this step or above was appended before, by
 * this or an earlier process. `key` is UTF-8. */
void idr_spool_metric(idr_spool *spool, bool result, const char *key, int64_t step, double value,
                      int64_t time_ms);
/* Hands to the system what is in memory; `durable` waits for the disk. After IO (a full disk)
 * everything stays in memory for the next call, of metrics at most IDR_SPOOL_MEMORY bytes. */
idr_status idr_spool_write(idr_spool *spool, bool durable);
#define IDR_SPOOL_MEMORY ((size_t)64 << 20)
/* Metrics left out so far by this process for want of space. */
int64_t idr_spool_dropped(const idr_spool *spool);
/* Last step of a metric, `fallback` when there is none of this key. */
int64_t idr_spool_last_step(const idr_spool *spool, const char *key, int64_t fallback);

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct idr_spool_reader idr_spool_reader;

/* Reads from `from` on. IO when the folder cannot be read. */
idr_status idr_spool_reader_open(const char *folder, idr_spool_position from,
                                 idr_spool_reader **out);
void idr_spool_reader_close(idr_spool_reader *reader); /* NULL allowed */
/* The next event (the caller drops the reference), or NULL when there is none for now: ask again
 * later. *after is the place behind it. */
idr_status idr_spool_next(idr_spool_reader *reader, json_t **event, idr_spool_position *after);
/* Damaged bytes that were stepped over. */
int64_t idr_spool_damaged(const idr_spool_reader *reader);

/* Steps through the frames of a buffer: payload and length of the first whole frame at or behind
 * *at, which moves behind it; false when there is none. *skipped counts the bytes passed over. For
 * readers of segments, and their tests. */
bool idr_spool_frame(const char *data, size_t bytes, size_t *at, const char **payload,
                     size_t *length, size_t *skipped);
/* "<folder>/000012.spool". */
void idr_spool_path(const char *folder, int64_t segment, char *out, size_t size);
/* The smallest segment above `after` that exists, 0: none. */
int64_t idr_spool_following(const char *folder, int64_t after);

#define IDR_SPOOL_MAGIC "IDR1"
#define IDR_SPOOL_HEAD  16 /* bytes before a payload */

#endif
