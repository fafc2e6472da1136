#include "train/checkpoint.h"
#include "base/file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define NAME_BYTES 64
#define PATH_BYTES 4096
#define SECTIONS   256
/* A whole checkpoint is read into memory; more than this is taken for a foreign file. */
#define FILE_LIMIT ((size_t)1 << 40)

static const char MAGIC[8] = {'I', 'D', 'R', 'C', 'K', 'P', 'T', '1'};

/* As it stands in the file, little-endian: {magic, count}, then per section a header and its data,
 * then the hash over the preamble and all headers. */
typedef struct {
  char magic[8];
  uint64_t count;
} preamble;

typedef struct {
  char name[NAME_BYTES]; /* padded with zeros */
  uint64_t bytes;
  uint64_t hash; /* XXH3-64 of the data */
} header;

struct idr_checkpoint_writer {
  size_t count;
  header headers[SECTIONS];
  const void *data[SECTIONS];
};

struct idr_checkpoint {
  char *file;
  size_t bytes;
  size_t count;
  header headers[SECTIONS];
  const char *data[SECTIONS];
};

/* ---- writing --------------------------------------------------------------------------------- */

idr_status idr_checkpoint_writer_create(idr_checkpoint_writer **out) {
  *out = calloc(1, sizeof(**out));
  if (!*out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the list of checkpoint sections");
  return IDR_STATUS_OK;
}

void idr_checkpoint_writer_destroy(idr_checkpoint_writer *writer) {
  free(writer);
}

idr_status idr_checkpoint_add(idr_checkpoint_writer *writer, const char *name, const void *data,
                              size_t bytes) {
  size_t length = strlen(name);
  if (length == 0 || length >= NAME_BYTES)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "checkpoint section '%s': a name has 1 to %d bytes", name,
             NAME_BYTES - 1);
  if (writer->count == SECTIONS)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "checkpoint section '%s': there are %d sections already", name,
             SECTIONS);
  for (size_t i = 0; i < writer->count; i++)
    if (strcmp(writer->headers[i].name, name) == 0)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "checkpoint section '%s' was added twice", name);
  header *h = &writer->headers[writer->count];
  memcpy(h->name, name, length);
  h->bytes = bytes;
  writer->data[writer->count++] = data;
  return IDR_STATUS_OK;
}

/* The data is hashed here and not when it was added: only now it has to be final. */
static idr_status put_all(int fd, const char *path, const idr_checkpoint_writer *writer) {
  XXH3_state_t *hash = XXH3_createState();
  idr_status status = IDR_STATUS_OK;
  if (!hash || XXH3_64bits_reset(hash) != XXH_OK)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory for a checksum");
  preamble start = {.count = writer->count};
  memcpy(start.magic, MAGIC, sizeof(MAGIC));
  XXH3_64bits_update(hash, &start, sizeof(start));
  IDR_TRY_GOTO(status, done, idr_file_put(fd, path, &start, sizeof(start)));
  for (size_t i = 0; i < writer->count; i++) {
    header h = writer->headers[i];
    h.hash = XXH3_64bits(writer->data[i], h.bytes);
    XXH3_64bits_update(hash, &h, sizeof(h));
    IDR_TRY_GOTO(status, done, idr_file_put(fd, path, &h, sizeof(h)));
    IDR_TRY_GOTO(status, done, idr_file_put(fd, path, writer->data[i], h.bytes));
  }
  uint64_t last = XXH3_64bits_digest(hash);
  IDR_TRY_GOTO(status, done, idr_file_put(fd, path, &last, sizeof(last)));
done:
  XXH3_freeState(hash);
  return status;
}

static idr_status write_new(const char *path, const idr_checkpoint_writer *writer) {
  int fd = -1;
  idr_status status;
  IDR_TRY(idr_file_create(path, &fd));
  IDR_TRY_GOTO(status, failed, put_all(fd, path, writer));
  return idr_file_finish(fd, path);
failed:
  close(fd);
  return status;
}

static idr_status join(char *out, const char *path, const char *tail) {
  int length = snprintf(out, PATH_BYTES, "%s%s", path, tail);
  if (length < 0 || length >= PATH_BYTES)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "checkpoint path is longer than %d bytes: '%.100s...'",
             PATH_BYTES - 1, path);
  return IDR_STATUS_OK;
}

/* The present file becomes the previous generation by a hard link and a rename, so that at every
 * moment `path` itself is there; where a file system knows no links it is renamed, and a crash in
 * between leaves the previous one for idr_checkpoint_open_newest. */
static idr_status keep_previous(const char *path) {
  char previous[PATH_BYTES];
  char linked[PATH_BYTES];
  if (!idr_file_exists(path)) return IDR_STATUS_OK;
  IDR_TRY(join(previous, path, ".previous"));
  IDR_TRY(join(linked, path, ".link"));
  IDR_TRY(idr_file_remove(linked));
  if (link(path, linked) != 0) return idr_file_rename(path, previous);
  IDR_TRY(idr_file_rename(linked, previous));
  /* Renaming a file onto another name of itself (after a crash just here) leaves both names. */
  return idr_file_remove(linked);
}

idr_status idr_checkpoint_commit(const idr_checkpoint_writer *writer, const char *path) {
  char fresh[PATH_BYTES];
  idr_status status;
  IDR_TRY(join(fresh, path, ".new"));
  IDR_TRY_GOTO(status, failed, write_new(fresh, writer));
  IDR_TRY_GOTO(status, failed, keep_previous(path));
  IDR_TRY_GOTO(status, failed, idr_file_rename(fresh, path));
  return IDR_STATUS_OK;
failed:
  unlink(fresh);
  return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Takes `bytes` bytes at *at, which moves on; NULL when the file ends before. */
static const char *take(const idr_checkpoint *c, size_t *at, uint64_t bytes) {
  if (bytes > c->bytes - *at) return NULL;
  const char *here = c->file + *at;
  *at += (size_t)bytes;
  return here;
}

static idr_status fail_short(const idr_checkpoint *c, const char *path, const char *what) {
  IDR_FAIL(IDR_STATUS_FORMAT,
           "checkpoint '%s' ends early, in %s (it has %zu bytes): it was cut off", path, what,
           c->bytes);
}

static idr_status read_preamble(idr_checkpoint *c, const char *path, size_t *at) {
  preamble start;
  const char *from = take(c, at, sizeof(start));
  if (!from) return fail_short(c, path, "its first bytes");
  memcpy(&start, from, sizeof(start));
  if (memcmp(start.magic, MAGIC, sizeof(MAGIC)) != 0)
    IDR_FAIL(IDR_STATUS_FORMAT,
             "'%s' is no checkpoint of this program, or its first bytes are damaged", path);
  if (start.count > SECTIONS)
    IDR_FAIL(IDR_STATUS_FORMAT, "checkpoint '%s': its section count is damaged", path);
  c->count = (size_t)start.count;
  return IDR_STATUS_OK;
}

static idr_status read_section(idr_checkpoint *c, const char *path, size_t i, size_t *at) {
  char what[NAME_BYTES + 32];
  header *h = &c->headers[i];
  snprintf(what, sizeof(what), "the header of section %zu", i + 1);
  const char *from = take(c, at, sizeof(*h));
  if (!from) return fail_short(c, path, what);
  memcpy(h, from, sizeof(*h));
  if (h->name[0] == '\0' || !memchr(h->name, '\0', NAME_BYTES))
    IDR_FAIL(IDR_STATUS_FORMAT, "checkpoint '%s': %s is damaged", path, what);
  snprintf(what, sizeof(what), "section '%s'", h->name);
  c->data[i] = take(c, at, h->bytes);
  if (!c->data[i]) return fail_short(c, path, what);
  if (XXH3_64bits(c->data[i], h->bytes) != h->hash)
    IDR_FAIL(IDR_STATUS_FORMAT, "checkpoint '%s': section '%s' is damaged (its checksum is wrong)",
             path, h->name);
  return IDR_STATUS_OK;
}

/* The last hash guards what the sections' own hashes do not: names, lengths and their number. */
static idr_status check_headers(const idr_checkpoint *c, const char *path, size_t at) {
  uint64_t last = 0;
  idr_status status = IDR_STATUS_OK;
  const char *from = take(c, &at, sizeof(last));
  if (!from) return fail_short(c, path, "its last bytes");
  if (at != c->bytes)
    IDR_FAIL(IDR_STATUS_FORMAT, "checkpoint '%s': %zu bytes follow its end", path, c->bytes - at);
  memcpy(&last, from, sizeof(last));
  XXH3_state_t *hash = XXH3_createState();
  if (!hash || XXH3_64bits_reset(hash) != XXH_OK)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory for a checksum");
  XXH3_64bits_update(hash, c->file, sizeof(preamble));
  for (size_t i = 0; i < c->count; i++)
    XXH3_64bits_update(hash, &c->headers[i], sizeof(header));
  if (XXH3_64bits_digest(hash) != last)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_FORMAT,
                  "checkpoint '%s': the list of its sections is damaged (its checksum is wrong)",
                  path);
done:
  XXH3_freeState(hash);
  return status;
}

/* What is in memory, as sections. */
static idr_status read_all(idr_checkpoint *c, const char *path) {
  size_t at = 0;
  IDR_TRY(read_preamble(c, path, &at));
  for (size_t i = 0; i < c->count; i++)
    IDR_TRY(read_section(c, path, i, &at));
  return check_headers(c, path, at);
}

/* Takes over `file`, which malloc gave. */
static idr_status make(const char *path, char *file, size_t bytes, idr_checkpoint **out) {
  idr_status status;
  idr_checkpoint *c = calloc(1, sizeof(*c));
  if (!c) {
    free(file);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read checkpoint '%s'", path);
  }
  c->file = file;
  c->bytes = bytes;
  IDR_TRY_GOTO(status, failed, read_all(c, path));
  *out = c;
  return IDR_STATUS_OK;
failed:
  idr_checkpoint_close(c);
  return status;
}

idr_status idr_checkpoint_open(const char *path, idr_checkpoint **out) {
  char *file = NULL;
  size_t bytes = 0;
  *out = NULL;
  IDR_TRY(idr_file_read(path, FILE_LIMIT, &file, &bytes));
  IDR_TRY(make(path, file, bytes, out));
  return IDR_STATUS_OK;
}

idr_status idr_checkpoint_parse(const char *name, const void *data, size_t bytes,
                                idr_checkpoint **out) {
  char *file = malloc(bytes > 0 ? bytes : 1);
  *out = NULL;
  if (!file) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read checkpoint '%s'", name);
  memcpy(file, data, bytes);
  IDR_TRY(make(name, file, bytes, out));
  return IDR_STATUS_OK;
}

idr_status idr_checkpoint_open_newest(const char *path, idr_checkpoint **out, char *warning,
                                      size_t size) {
  char previous[PATH_BYTES];
  *out = NULL;
  if (size > 0) warning[0] = '\0';
  IDR_TRY(join(previous, path, ".previous"));
  bool has_previous = idr_file_exists(previous);
  if (!idr_file_exists(path) && !has_previous)
    IDR_FAIL(IDR_STATUS_IO, "no checkpoint: neither '%s' nor '%s' exists", path, previous);

  idr_status status = idr_checkpoint_open(path, out);
  if (status == IDR_STATUS_OK || status == IDR_STATUS_MEMORY || !has_previous) return status;
  snprintf(warning, size, "%s; going on from the older '%s'", idr_error_get()->message, previous);
  status = idr_checkpoint_open(previous, out);
  if (status != IDR_STATUS_OK) idr_error_prefix("%s, but ", warning);
  return status;
}

void idr_checkpoint_close(idr_checkpoint *checkpoint) {
  if (checkpoint) free(checkpoint->file);
  free(checkpoint);
}

idr_status idr_checkpoint_get(const idr_checkpoint *checkpoint, const char *name, const void **data,
                              size_t *bytes) {
  for (size_t i = 0; i < checkpoint->count; i++) {
    if (strcmp(checkpoint->headers[i].name, name) != 0) continue;
    *data = checkpoint->data[i];
    *bytes = (size_t)checkpoint->headers[i].bytes;
    return IDR_STATUS_OK;
  }
  IDR_FAIL(IDR_STATUS_FORMAT, "the checkpoint has no section '%s'; another version or job wrote it",
           name);
}

idr_status idr_checkpoint_read(const idr_checkpoint *checkpoint, const char *name, void *data,
                               size_t bytes) {
  const void *from = NULL;
  size_t have = 0;
  IDR_TRY(idr_checkpoint_get(checkpoint, name, &from, &have));
  if (have != bytes)
    IDR_FAIL(IDR_STATUS_FORMAT,
             "checkpoint section '%s' has %zu bytes where %zu are expected; another version or "
             "another set of settings wrote it",
             name, have, bytes);
  memcpy(data, from, bytes);
  return IDR_STATUS_OK;
}
