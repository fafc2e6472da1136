/* What the file holds of a chunk. Nearly always what the reel holds; but the remaining life of a
 * machine is known only when it has ended, so the reel holds its operating seconds and the months
 * are looked through once more from behind their end. */
#include "data/write_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int lives;
  float *end; /* [lives] operating seconds at its end; NaN: it did not fail */
} machine_ends;

struct idr_chunk_source {
  const idr_reel *reel;
  const idr_reel_spec *spec;
  idr_filter *filter;
  void *encoded, *values, *second; /* chunk buffers */
  size_t room;                     /* of `encoded` */
  machine_ends machine[IDR_MACHINE_COUNT];
};

static idr_status fetch(idr_chunk_source *s, int64_t block, int column) {
  size_t bytes = idr_reel_piece_bytes(s->reel, block, column);
  if (bytes > s->room) {
    free(s->encoded);
    s->room = 0;
    s->encoded = malloc(bytes);
    if (!s->encoded) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a chunk of %zu bytes", bytes);
    s->room = bytes;
  }
  return idr_reel_read(s->reel, block, column, s->encoded);
}

static idr_status decode(idr_chunk_source *s, int64_t block, int column, void *out) {
  size_t width = idr_column_bytes(s->spec->column[column].kind);
  IDR_TRY(fetch(s, block, column));
  return idr_filter_decode(s->filter, s->encoded, idr_reel_piece_bytes(s->reel, block, column),
                           width, out, (size_t)s->spec->chunk * width);
}

static int find(const idr_reel_spec *spec, idr_column_kind kind, int item) {
  for (int c = 0; c < spec->column_count; c++)
    if (spec->column[c].kind == kind && spec->column[c].item == item) return c;
  return -1;
}

/* ---- ends of lives --------------------------------------------------------------------------- */

static idr_status room_for(machine_ends *m, int life) {
  if (life < m->lives) return IDR_STATUS_OK;
  float *larger = realloc(m->end, (size_t)(life + 1) * sizeof *larger);
  if (!larger) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the lives of a machine");
  for (int i = m->lives; i <= life; i++)
    larger[i] = NAN;
  m->end = larger;
  m->lives = life + 1;
  return IDR_STATUS_OK;
}

/* The last second of each life is the one that stays. */
static idr_status note_ends(idr_chunk_source *s, int64_t block, machine_ends *m) {
  const int32_t *seconds = s->values;
  const int16_t *life = s->second;
  int64_t rows = idr_reel_rows(s->reel, block);
  for (int64_t t = 0; t < rows; t++) {
    if (life[t] < 0) continue;
    if (life[t] >= m->lives) IDR_TRY(room_for(m, life[t]));
    m->end[life[t]] = (float)seconds[t];
  }
  return IDR_STATUS_OK;
}

/* Only a life that ended in a failure had a length. */
static void forget_others(const idr_chunk_source *s, int machine, machine_ends *m) {
  int count;
  const idr_life_record *record = idr_reel_lives(s->reel, &count);
  bool *failed = calloc((size_t)m->lives + 1, sizeof *failed);
  for (int i = 0; failed && i < count; i++)
    if (record[i].machine == machine && record[i].state == IDR_LIFE_FAILED && record[i].life >= 0 &&
        record[i].life < m->lives)
      failed[record[i].life] = true;
  for (int i = 0; i < m->lives; i++)
    if (!failed || !failed[i]) m->end[i] = NAN;
  free(failed);
}

static idr_status find_ends(idr_chunk_source *s, int machine) {
  int hours = find(s->spec, IDR_COLUMN_RUL, machine),
      life = find(s->spec, IDR_COLUMN_LIFE, machine);
  if (hours < 0 || life < 0) return IDR_STATUS_OK;
  for (int64_t b = 0; b < idr_reel_blocks(s->reel); b++) {
    IDR_TRY(decode(s, b, hours, s->values));
    IDR_TRY(decode(s, b, life, s->second));
    IDR_TRY(note_ends(s, b, &s->machine[machine]));
  }
  forget_others(s, machine, &s->machine[machine]);
  return IDR_STATUS_OK;
}

static idr_status remaining(idr_chunk_source *s, int64_t block, int column) {
  int machine = s->spec->column[column].item;
  const machine_ends *m = &s->machine[machine];
  IDR_TRY(decode(s, block, column, s->values));
  IDR_TRY(decode(s, block, find(s->spec, IDR_COLUMN_LIFE, machine), s->second));
  int32_t *seconds = s->values;
  float *hours = s->values;
  const int16_t *life = s->second;
  for (int64_t t = 0; t < s->spec->chunk; t++) {
    int number = life[t];
    float end = number >= 0 && number < m->lives ? m->end[number] : NAN;
    int32_t done;
    memcpy(&done, &seconds[t], sizeof done);
    float left = (end - (float)done) / 3600.0f;
    memcpy(&hours[t], &left, sizeof left);
  }
  int64_t rows = idr_reel_rows(s->reel, block);
  memset(hours + rows, 0, (size_t)(s->spec->chunk - rows) * sizeof *hours);
  return IDR_STATUS_OK;
}

/* ---- the interface --------------------------------------------------------------------------- */

idr_status idr_chunk_source_create(const idr_reel *reel, idr_chunk_source **out) {
  idr_chunk_source *s = *out = calloc(1, sizeof *s);
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a well's chunks");
  s->reel = reel;
  s->spec = idr_reel_get_spec(reel);
  size_t bytes = (size_t)s->spec->chunk * sizeof(int64_t);
  s->values = malloc(bytes);
  s->second = malloc(bytes);
  idr_status status = idr_filter_create(s->spec->level, bytes, &s->filter);
  if (status == IDR_STATUS_OK && (!s->values || !s->second))
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for chunks of %zu bytes", bytes);
  for (int m = 0; status == IDR_STATUS_OK && m < IDR_MACHINE_COUNT; m++)
    status = find_ends(s, m);
  if (status == IDR_STATUS_OK) return status;
  idr_chunk_source_free(s);
  *out = NULL;
  return status;
}

void idr_chunk_source_free(idr_chunk_source *source) {
  if (!source) return;
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    free(source->machine[m].end);
  idr_filter_free(source->filter);
  free(source->encoded);
  free(source->values);
  free(source->second);
  free(source);
}

bool idr_chunk_source_is_derived(const idr_chunk_source *source, int column) {
  return source->spec->column[column].kind == IDR_COLUMN_RUL;
}

idr_status idr_chunk_source_values(idr_chunk_source *source, int64_t block, int column,
                                   const void **values) {
  *values = source->values;
  if (idr_chunk_source_is_derived(source, column)) return remaining(source, block, column);
  return decode(source, block, column, source->values);
}

idr_status idr_chunk_source_encoded(idr_chunk_source *source, int64_t block, int column,
                                    const void **data, size_t *bytes) {
  size_t width = idr_column_bytes(source->spec->column[column].kind);
  if (idr_chunk_source_is_derived(source, column)) {
    IDR_TRY(remaining(source, block, column));
    return idr_filter_encode(source->filter, source->values, (size_t)source->spec->chunk * width,
                             width, data, bytes);
  }
  IDR_TRY(fetch(source, block, column));
  *data = source->encoded;
  *bytes = idr_reel_piece_bytes(source->reel, block, column);
  return IDR_STATUS_OK;
}
