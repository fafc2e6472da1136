#include "data/reel.h"

#include "base/checksum.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAGIC  0x314c454552524449u /* IDRREEL1 */
#define BLOCK_MAGIC 0x4b434f4c42524449u /* IDRBLOCK */

typedef struct {
  uint64_t magic, key, columns;
  int64_t rows, chunk, level, count;
  uint64_t record_bytes; /* of an event and a life: their layout is the machine's */
  uint64_t checksum;
} file_head;

typedef struct {
  uint64_t magic;
  int64_t index;
  int64_t events, lives, bits;
  uint64_t state_bytes, data_bytes;
  uint64_t checksum;
} block_head;

typedef struct {
  uint64_t bytes;
  idr_hash leaf;
} piece_line;

typedef struct {
  int64_t offset;
  piece_line line;
} piece_place;

struct idr_reel {
  char *path;
  int fd;
  idr_reel_spec spec;
  idr_column column[IDR_COLUMNS_MAX];
  int64_t end, blocks, room;
  piece_place *place; /* [room][column_count] */
  idr_event_record *event;
  idr_life_record *life;
  idr_bit_record *bit;
  int events, lives, bits;
  void *state;
  size_t state_bytes;
};

static void close_file(idr_reel *r) {
  if (r->fd >= 0) close(r->fd);
}

void idr_reel_close(idr_reel *reel) {
  if (!reel) return;
  close_file(reel);
  free(reel->path);
  free(reel->place);
  free(reel->event);
  free(reel->life);
  free(reel->bit);
  free(reel->state);
  free(reel);
}

/* ---- what is there --------------------------------------------------------------------------- */

int64_t idr_reel_blocks(const idr_reel *reel) {
  return reel->blocks;
}

int64_t idr_reel_blocks_wanted(const idr_reel *reel) {
  return (reel->spec.rows + reel->spec.chunk - 1) / reel->spec.chunk;
}

int64_t idr_reel_rows(const idr_reel *reel, int64_t block) {
  int64_t left = reel->spec.rows - block * reel->spec.chunk;
  return left < reel->spec.chunk ? left : reel->spec.chunk;
}

const idr_reel_spec *idr_reel_get_spec(const idr_reel *reel) {
  return &reel->spec;
}

const void *idr_reel_state(const idr_reel *reel, size_t *bytes) {
  *bytes = reel->state_bytes;
  return reel->blocks > 0 ? reel->state : NULL;
}

const idr_event_record *idr_reel_events(const idr_reel *reel, int *count) {
  *count = reel->events;
  return reel->event;
}

const idr_life_record *idr_reel_lives(const idr_reel *reel, int *count) {
  *count = reel->lives;
  return reel->life;
}

const idr_bit_record *idr_reel_bits(const idr_reel *reel, int *count) {
  *count = reel->bits;
  return reel->bit;
}

static const piece_place *place(const idr_reel *r, int64_t block, int column) {
  return &r->place[block * r->spec.column_count + column];
}

idr_hash idr_reel_leaf(const idr_reel *reel, int64_t block, int column) {
  return place(reel, block, column)->line.leaf;
}

size_t idr_reel_piece_bytes(const idr_reel *reel, int64_t block, int column) {
  return place(reel, block, column)->line.bytes;
}

int64_t idr_reel_bytes(const idr_reel *reel) {
  return reel->end;
}

/* False at the end of the file; failures of the disk are told. */
static idr_status read_at(const idr_reel *r, int64_t offset, void *out, size_t bytes, bool *whole) {
  char *to = out;
  *whole = false;
  while (bytes > 0) {
    ssize_t got = pread(r->fd, to, bytes, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return idr_file_fail("read", r->path, errno);
    if (got == 0) return IDR_STATUS_OK;
    to += got;
    offset += got;
    bytes -= (size_t)got;
  }
  *whole = true;
  return IDR_STATUS_OK;
}

idr_status idr_reel_read(const idr_reel *reel, int64_t block, int column, void *out) {
  const piece_place *p = place(reel, block, column);
  bool whole = false;
  IDR_TRY(read_at(reel, p->offset, out, p->line.bytes, &whole));
  if (!whole) IDR_FAIL(IDR_STATUS_FORMAT, "'%s' has become shorter", reel->path);
  return IDR_STATUS_OK;
}

/* ---- books ----------------------------------------------------------------------------------- */

static idr_status grow(void **list, size_t have, size_t more, size_t size) {
  if (more == 0) return IDR_STATUS_OK;
  void *larger = realloc(*list, (have + more) * size);
  if (!larger) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the records of a well");
  *list = larger;
  return IDR_STATUS_OK;
}

/* Appends `more` items to a list of `*have`. */
static idr_status keep(void **list, int *have, const char **from, int64_t more, size_t size) {
  IDR_TRY(grow(list, (size_t)*have, (size_t)more, size));
  if (more > 0) memcpy((char *)*list + (size_t)*have * size, *from, (size_t)more * size);
  *have += (int)more;
  *from += (size_t)more * size;
  return IDR_STATUS_OK;
}

static idr_status keep_records(idr_reel *r, const block_head *h, const char *from) {
  IDR_TRY(keep((void **)&r->event, &r->events, &from, h->events, sizeof *r->event));
  IDR_TRY(keep((void **)&r->life, &r->lives, &from, h->lives, sizeof *r->life));
  return keep((void **)&r->bit, &r->bits, &from, h->bits, sizeof *r->bit);
}

static idr_status keep_state(idr_reel *r, const void *state, size_t bytes) {
  if (bytes > r->state_bytes || !r->state) {
    free(r->state);
    r->state = malloc(bytes + 1);
    if (!r->state) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the state of a rig");
  }
  if (bytes > 0) memcpy(r->state, state, bytes);
  r->state_bytes = bytes;
  return IDR_STATUS_OK;
}

static idr_status keep_lines(idr_reel *r, const piece_line *line, int64_t offset) {
  if (r->blocks == r->room) {
    int64_t room = r->room ? 2 * r->room : 64;
    piece_place *larger =
        realloc(r->place, (size_t)(room * r->spec.column_count) * sizeof *r->place);
    if (!larger) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the index of '%s'", r->path);
    r->place = larger;
    r->room = room;
  }
  piece_place *to = &r->place[r->blocks * r->spec.column_count];
  for (int c = 0; c < r->spec.column_count; c++) {
    to[c] = (piece_place){.offset = offset, .line = line[c]};
    offset += (int64_t)line[c].bytes;
  }
  return IDR_STATUS_OK;
}

/* ---- reading an old file --------------------------------------------------------------------- */

static size_t lines_bytes(const idr_reel *r) {
  return (size_t)r->spec.column_count * sizeof(piece_line);
}

static size_t records_bytes(const block_head *h) {
  return (size_t)h->events * sizeof(idr_event_record) + (size_t)h->lives * sizeof(idr_life_record) +
         (size_t)h->bits * sizeof(idr_bit_record);
}

static bool head_holds(const idr_reel *r, const block_head *h) {
  return h->magic == BLOCK_MAGIC && h->index == r->blocks &&
         h->checksum == idr_checksum(h, offsetof(block_head, checksum)) && h->events >= 0 &&
         h->events < INT32_MAX && h->lives >= 0 && h->lives < INT32_MAX && h->bits >= 0 &&
         h->bits < INT32_MAX;
}

static bool lines_hold(const idr_reel *r, const block_head *h, const piece_line *line) {
  uint64_t sum = 0;
  for (int c = 0; c < r->spec.column_count; c++)
    sum += line[c].bytes;
  return sum == h->data_bytes;
}

/* Takes in the block whose bytes behind its head are `body`. */
static idr_status keep_body(idr_reel *r, const block_head *h, const char *body) {
  const piece_line *line = (const void *)body;
  const char *at = body + lines_bytes(r);
  int64_t data = r->end + (int64_t)(sizeof *h + lines_bytes(r) + records_bytes(h) + h->state_bytes);
  IDR_TRY(keep_records(r, h, at));
  IDR_TRY(keep_state(r, at + records_bytes(h), h->state_bytes));
  IDR_TRY(keep_lines(r, line, data));
  r->blocks++;
  r->end = data + (int64_t)(h->data_bytes + sizeof(uint64_t));
  return IDR_STATUS_OK;
}

static idr_status read_block(idr_reel *r, int64_t file_bytes, bool *sound) {
  block_head h;
  *sound = false;
  IDR_TRY(read_at(r, r->end, &h, sizeof h, sound));
  if (!*sound || !head_holds(r, &h)) {
    *sound = false;
    return IDR_STATUS_OK;
  }
  size_t bytes = lines_bytes(r) + records_bytes(&h) + h.state_bytes + h.data_bytes;
  *sound = bytes < (uint64_t)(file_bytes - r->end);
  if (!*sound) return IDR_STATUS_OK;
  char *body = malloc(bytes + sizeof(uint64_t));
  if (!body) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a block of '%s'", r->path);
  idr_status status = read_at(r, r->end + (int64_t)sizeof h, body, bytes + sizeof(uint64_t), sound);
  if (status == IDR_STATUS_OK && *sound) {
    uint64_t wanted;
    memcpy(&wanted, body + bytes, sizeof wanted);
    *sound = wanted == idr_checksum(body, bytes) && lines_hold(r, &h, (const void *)body);
    if (*sound) status = keep_body(r, &h, body);
  }
  free(body);
  return status;
}

static void make_head(const idr_reel *r, file_head *out) {
  *out = (file_head){.magic = HEAD_MAGIC,
                     .key = r->spec.key,
                     .rows = r->spec.rows,
                     .chunk = r->spec.chunk,
                     .level = r->spec.level,
                     .count = r->spec.column_count,
                     .record_bytes = sizeof(idr_event_record) << 32 |
                                     sizeof(idr_life_record) << 16 | sizeof(idr_bit_record)};
  for (int c = 0; c < r->spec.column_count; c++)
    out->columns =
        out->columns * 31 + idr_checksum(r->spec.column[c].name, strlen(r->spec.column[c].name));
  out->checksum = idr_checksum(out, offsetof(file_head, checksum));
}

static idr_status read_old(idr_reel *r, int64_t file_bytes, const file_head *wanted) {
  file_head there;
  bool whole = false;
  IDR_TRY(read_at(r, 0, &there, sizeof there, &whole));
  if (!whole) return IDR_STATUS_OK; /* killed before the first block */
  if (memcmp(&there, wanted, sizeof there) != 0)
    IDR_FAIL(IDR_STATUS_FORMAT,
             "'%s' was begun with other settings, wells or physics; start in a new folder",
             r->path);
  r->end = sizeof there;
  while (whole && r->blocks < idr_reel_blocks_wanted(r))
    IDR_TRY(read_block(r, file_bytes, &whole));
  return IDR_STATUS_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

static idr_status put_at_end(idr_reel *r, const void *data, size_t bytes) {
  return idr_file_put(r->fd, r->path, data, bytes);
}

/* Cuts off what is behind the last whole block, and stands there. */
static idr_status cut(idr_reel *r) {
  if (ftruncate(r->fd, r->end) != 0) return idr_file_fail("shorten", r->path, errno);
  if (lseek(r->fd, r->end, SEEK_SET) < 0) return idr_file_fail("read", r->path, errno);
  return IDR_STATUS_OK;
}

static idr_status open_file(idr_reel *r) {
  file_head head;
  make_head(r, &head);
  r->fd = open(r->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (r->fd < 0) return idr_file_fail("open", r->path, errno);
  int64_t bytes = lseek(r->fd, 0, SEEK_END);
  IDR_TRY(read_old(r, bytes, &head));
  IDR_TRY(cut(r));
  if (r->end > 0) return IDR_STATUS_OK;
  idr_status status = put_at_end(r, &head, sizeof head);
  if (status == IDR_STATUS_OK) r->end = sizeof head;
  return status;
}

idr_status idr_reel_open(const char *path, const idr_reel_spec *spec, idr_reel **out) {
  idr_reel *r = calloc(1, sizeof *r);
  *out = NULL;
  if (!r) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a reel");
  r->fd = -1;
  r->path = strdup(path);
  r->spec = *spec;
  memcpy(r->column, spec->column, (size_t)spec->column_count * sizeof *spec->column);
  r->spec.column = r->column;
  idr_status status = r->path ? open_file(r) : IDR_STATUS_MEMORY;
  if (status != IDR_STATUS_OK) {
    idr_reel_close(r);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  *out = r;
  return IDR_STATUS_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* A block in one piece of memory, so that one checksum and one write do. */
static char *pack(const idr_reel *r, const idr_reel_block *b, size_t *bytes) {
  block_head h = {.magic = BLOCK_MAGIC,
                  .index = r->blocks,
                  .events = b->event_count,
                  .lives = b->life_count,
                  .bits = b->bit_count,
                  .state_bytes = b->state_bytes};
  for (int c = 0; c < r->spec.column_count; c++)
    h.data_bytes += b->piece[c].bytes;
  h.checksum = idr_checksum(&h, offsetof(block_head, checksum));
  *bytes = sizeof h + lines_bytes(r) + records_bytes(&h) + h.state_bytes + h.data_bytes + 8;
  char *all = malloc(*bytes), *at = all;
  if (!all) return NULL;
#define PUT(from, size)                                                                            \
  do {                                                                                             \
    if ((size) > 0) memcpy(at, from, size);                                                        \
    at += (size);                                                                                  \
  } while (0)
  PUT(&h, sizeof h);
  for (int c = 0; c < r->spec.column_count; c++) {
    piece_line line = {.bytes = b->piece[c].bytes, .leaf = b->piece[c].leaf};
    PUT(&line, sizeof line);
  }
  PUT(b->event, (size_t)b->event_count * sizeof *b->event);
  PUT(b->life, (size_t)b->life_count * sizeof *b->life);
  PUT(b->bit, (size_t)b->bit_count * sizeof *b->bit);
  PUT(b->state, b->state_bytes);
  for (int c = 0; c < r->spec.column_count; c++)
    PUT(b->piece[c].data, b->piece[c].bytes);
  uint64_t sum = idr_checksum(all + sizeof h, *bytes - sizeof h - sizeof sum);
  PUT(&sum, sizeof sum);
#undef PUT
  return all;
}

idr_status idr_reel_append(idr_reel *reel, const idr_reel_block *block) {
  size_t bytes = 0;
  char *all = pack(reel, block, &bytes);
  if (!all) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a block of %zu bytes", bytes);
  idr_status status = put_at_end(reel, all, bytes);
  if (status == IDR_STATUS_OK)
    status = keep_body(reel, (const void *)all, all + sizeof(block_head));
  else if (ftruncate(reel->fd, reel->end) == 0)
    lseek(reel->fd, reel->end, SEEK_SET);
  free(all);
  return status;
}
