/* Values of windows through a cache of chunks, and the order in which an epoch takes them. */
#include "base/random.h"
#include "data/window_internal.h"

#include <string.h>

/* ---- the cache ------------------------------------------------------------------------------- */

/* The set of slots in which a chunk may lie. Any mixing does: a bad one only costs time. */
static int64_t set_of(const idr_windows *w, int well, int column, int64_t chunk) {
  uint64_t h = (uint64_t)chunk * 0x9e3779b97f4a7c15u + (uint64_t)well * 0xc2b2ae3d27d4eb4fu +
               (uint64_t)column * 0x165667b19e3779f9u;
  h ^= h >> 29;
  h *= 0xbf58476d1ce4e5b9u;
  h ^= h >> 32;
  return (int64_t)(h % (uint64_t)(w->slot_count / IDR_WINDOW_WAYS)) * IDR_WINDOW_WAYS;
}

/* Chunk `chunk` of a column; read when it is not there, in place of the one not used longest. */
static idr_status find_chunk(idr_windows *w, int well, int column, int64_t chunk,
                             const float **out) {
  int64_t set = set_of(w, well, column, chunk), oldest = set;
  w->tick++;
  for (int64_t i = set; i < set + IDR_WINDOW_WAYS; i++) {
    idr_window_slot *s = &w->slot[i];
    if (s->used && s->well == well && s->column == column && s->chunk == chunk) {
      s->used = w->tick;
      *out = w->value + i * w->slot_rows;
      return IDR_STATUS_OK;
    }
    if (s->used < w->slot[oldest].used) oldest = i;
  }
  const idr_dataset_well *info = idr_dataset_get_well(w->dataset, well);
  int64_t begin = chunk * info->chunk, end = begin + info->chunk;
  float *value = w->value + oldest * w->slot_rows;
  w->slot[oldest].used = 0;
  IDR_TRY(idr_dataset_read_float(w->dataset, well, w->place[well * w->column_count + column], begin,
                                 end < info->rows ? end : info->rows, value));
  w->slot[oldest] = (idr_window_slot){well, column, chunk, w->tick};
  w->chunks_read++;
  *out = value;
  return IDR_STATUS_OK;
}

static idr_status read_column(idr_windows *w, idr_window at, int column, float *out) {
  int64_t chunk = idr_dataset_get_well(w->dataset, at.well)->chunk, row = at.row,
          end = at.row + w->settings.length;
  while (row < end) {
    const float *value = NULL;
    int64_t stop = (row / chunk + 1) * chunk < end ? (row / chunk + 1) * chunk : end;
    IDR_TRY(find_chunk(w, at.well, column, row / chunk, &value));
    for (; row < stop; row++)
      out[(row - at.row) * w->column_count + column] = value[row % chunk];
  }
  return IDR_STATUS_OK;
}

idr_status idr_windows_read(idr_windows *windows, int64_t index, float *out) {
  if (index < 0 || index >= windows->count)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "there is no window %lld among %lld", (long long)index,
             (long long)windows->count);
  idr_window at = idr_windows_get(windows, index);
  for (int c = 0; c < windows->column_count; c++)
    IDR_TRY(read_column(windows, at, c, out));
  return IDR_STATUS_OK;
}

int64_t idr_windows_chunks_read(const idr_windows *windows) {
  return windows->chunks_read;
}

size_t idr_windows_cache_bytes(const idr_windows *windows) {
  return (size_t)(windows->slot_count * windows->slot_rows) * sizeof(float);
}

/* ---- order ----------------------------------------------------------------------------------- */

typedef struct {
  uint64_t seed;
  uint32_t epoch, what;
} shuffle;

/* Place of `i` in a random permutation of 0 to n - 1, without a table: a Feistel network of four
 * rounds over the next even number of bits, taken again while it leads outside (Black and Rogaway
 * 2002). */
static int64_t permute(shuffle key, int64_t i, int64_t n) {
  int half = 1;
  while (((int64_t)1 << (2 * half)) < n)
    half++;
  uint64_t mask = ((uint64_t)1 << half) - 1, x = (uint64_t)i;
  do {
    uint64_t left = x >> half, right = x & mask;
    for (uint32_t round = 0; round < 4; round++) {
      idr_random4 r = idr_random_draw(key.seed, (uint32_t)right, key.epoch, key.what,
                                      IDR_PURPOSE_SHUFFLE, round);
      uint64_t next = left ^ (r.word[0] & mask);
      left = right;
      right = next;
    }
    x = left << half | right;
  } while (x >= (uint64_t)n);
  return (int64_t)x;
}

/* Whole shelves are shuffled, then the windows of as many shelves as the cache holds; the windows
 * of the last, partial shelf come at the end. */
int64_t idr_windows_shuffled(const idr_windows *windows, uint64_t seed, uint32_t epoch,
                             int64_t position) {
  int64_t shelf = windows->shelf, full = windows->count / shelf, whole = full * shelf;
  if (position >= whole)
    return whole + permute((shuffle){seed, epoch, 1}, position - whole, windows->count - whole);
  int64_t group = windows->shelves * shelf, first = position / group * group,
          size = whole - first < group ? whole - first : group;
  int64_t local =
      permute((shuffle){seed, epoch, 2 + (uint32_t)(first / group)}, position - first, size);
  int64_t from = permute((shuffle){seed, epoch, 0}, first / shelf + local / shelf, full);
  return from * shelf + local % shelf;
}

void idr_windows_share(const idr_windows *windows, int rank, int size, int64_t *begin,
                       int64_t *end) {
  *begin = windows->count / size * rank + windows->count % size * rank / size;
  *end = windows->count / size * (rank + 1) + windows->count % size * (rank + 1) / size;
}
