/* Reading a spool that may be growing while it is read. */
#include "base/checksum.h"
#include "base/file.h"
#include "track/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_LIMIT                                                                                 \
  ((int64_t)1 << 30) /* bytes of a segment looked at once; segments are smaller                    \
                      */

struct idr_spool_reader {
  char folder[PATH_MAX];
  idr_spool_position at;
  char *data; /* of the segment, from `start` on */
  size_t bytes;
  int64_t start;
  int64_t damaged;
};

/* ---- frames ---------------------------------------------------------------------------------- */

static uint64_t little(const char *from, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--)
    value = value << 8 | (unsigned char)from[i];
  return value;
}

/* Length of a whole and sound frame's payload, or -1. */
static int64_t sound_frame(const char *data, size_t bytes) {
  if (bytes < IDR_SPOOL_HEAD || memcmp(data, IDR_SPOOL_MAGIC, 4) != 0) return -1;
  uint64_t length = little(data + 4, 4);
  if (length > bytes - IDR_SPOOL_HEAD) return -1;
  if (idr_checksum(data + IDR_SPOOL_HEAD, (size_t)length) != little(data + 8, 8)) return -1;
  return (int64_t)length;
}

bool idr_spool_frame(const char *data, size_t bytes, size_t *at, const char **payload,
                     size_t *length, size_t *skipped) {
  for (size_t i = *at; i < bytes;) {
    int64_t n = sound_frame(data + i, bytes - i);
    if (n >= 0) {
      *payload = data + i + IDR_SPOOL_HEAD;
      *length = (size_t)n;
      *skipped += i - *at;
      *at = i + IDR_SPOOL_HEAD + (size_t)n;
      return true;
    }
    const char *next = memchr(data + i + 1, IDR_SPOOL_MAGIC[0], bytes - i - 1);
    if (!next) return false;
    i = (size_t)(next - data);
  }
  return false;
}

/* ---- segments -------------------------------------------------------------------------------- */

void idr_spool_path(const char *folder, int64_t segment, char *out, size_t size) {
  snprintf(out, size, "%s/%06lld.spool", folder, (long long)segment);
}

int64_t idr_spool_following(const char *folder, int64_t after) {
  int64_t best = 0;
  DIR *list = opendir(folder);
  if (!list) return 0;
  for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
    char *end = NULL;
    long long number = strtoll(entry->d_name, &end, 10);
    if (end == entry->d_name || strcmp(end, ".spool") != 0 || number <= after) continue;
    if (best == 0 || number < best) best = number;
  }
  closedir(list);
  return best;
}

/* Bytes [from, end) of a file as it is now; none when it is not there (any more). */
static idr_status read_from(const char *path, int64_t from, char **data, size_t *bytes) {
  struct stat info;
  idr_status status = IDR_STATUS_OK;
  size_t got = 0;
  *data = NULL;
  *bytes = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? IDR_STATUS_OK : idr_file_fail("open", path, errno);
  if (fstat(fd, &info) != 0) IDR_TRY_GOTO(status, done, idr_file_fail("read", path, errno));
  int64_t want = info.st_size - from < READ_LIMIT ? info.st_size - from : READ_LIMIT;
  if (want <= 0) goto done;
  *data = malloc((size_t)want);
  if (!*data)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory to read '%s' (%lld bytes)", path,
                  (long long)want);
  while (got < (size_t)want) {
    ssize_t n = pread(fd, *data + got, (size_t)want - got, (off_t)(from + (int64_t)got));
    if (n < 0) IDR_TRY_GOTO(status, done, idr_file_fail("read", path, errno));
    if (n == 0) break;
    got += (size_t)n;
  }
  *bytes = got;
done:
  close(fd);
  return status;
}

/* ---- reader ---------------------------------------------------------------------------------- */

idr_status idr_spool_reader_open(const char *folder, idr_spool_position from,
                                 idr_spool_reader **out) {
  *out = NULL;
  if (!idr_file_is_folder(folder))
    IDR_FAIL(IDR_STATUS_IO, "there is no spool '%s'; is it the folder of a run?", folder);
  idr_spool_reader *reader = calloc(1, sizeof *reader);
  if (!reader) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read '%s'", folder);
  snprintf(reader->folder, sizeof reader->folder, "%s", folder);
  reader->at = from;
  *out = reader;
  return IDR_STATUS_OK;
}

void idr_spool_reader_close(idr_spool_reader *reader) {
  if (reader) free(reader->data);
  free(reader);
}

int64_t idr_spool_damaged(const idr_spool_reader *reader) {
  return reader->damaged;
}

/* Looks again at what stands behind the reader's place in its segment. */
static idr_status refresh(idr_spool_reader *reader) {
  char path[PATH_MAX + 32];
  free(reader->data);
  idr_spool_path(reader->folder, reader->at.segment, path, sizeof path);
  reader->start = reader->at.offset;
  return read_from(path, reader->start, &reader->data, &reader->bytes);
}

/* The next frame in memory. */
static bool take(idr_spool_reader *reader, const char **payload, size_t *length) {
  size_t at = (size_t)(reader->at.offset - reader->start), skipped = 0;
  if (!reader->data || at > reader->bytes) return false;
  if (!idr_spool_frame(reader->data, reader->bytes, &at, payload, length, &skipped)) return false;
  reader->damaged += (int64_t)skipped;
  reader->at.offset = reader->start + (int64_t)at;
  return true;
}

/* The first frame of segment `next`; the reader stays where it is when there is none, since a
 * writer that dies before the first frame goes on in the segment before. */
static idr_status enter(idr_spool_reader *reader, int64_t next, const char **payload,
                        size_t *length, bool *found) {
  idr_spool_position here = reader->at;
  int64_t rest = (int64_t)reader->bytes;
  reader->at = (idr_spool_position){.segment = next, .offset = 0};
  IDR_TRY(refresh(reader));
  *found = take(reader, payload, length);
  if (*found) {
    reader->damaged += rest;
    return IDR_STATUS_OK;
  }
  reader->at = here;
  return refresh(reader);
}

/* A frame, of this segment or of the next one; false: none for now. A segment has an end only when
 * there is a next one, and its last bytes may have come after our last look. */
static idr_status find(idr_spool_reader *reader, const char **payload, size_t *length,
                       bool *found) {
  *found = take(reader, payload, length);
  if (*found) return IDR_STATUS_OK;
  int64_t next = idr_spool_following(reader->folder, reader->at.segment);
  IDR_TRY(refresh(reader));
  *found = take(reader, payload, length);
  if (*found || next == 0) return IDR_STATUS_OK;
  return enter(reader, next, payload, length, found);
}

idr_status idr_spool_next(idr_spool_reader *reader, json_t **event, idr_spool_position *after) {
  const char *payload = NULL;
  size_t length = 0;
  bool found = false;
  *event = NULL;
  *after = reader->at;
  do {
    IDR_TRY(find(reader, &payload, &length, &found));
    if (!found) return IDR_STATUS_OK;
    *event = json_loadb(payload, length, JSON_ALLOW_NUL, NULL);
    if (!json_is_object(*event)) {
      reader->damaged += (int64_t)length;
      json_decref(*event);
      *event = NULL;
    }
  } while (!*event);
  *after = reader->at;
  return IDR_STATUS_OK;
}
