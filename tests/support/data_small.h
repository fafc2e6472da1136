/* A small well in a data set: a reel whose values are formulas of (column, row). */
#ifndef IDR_TESTS_SUPPORT_DATA_SMALL_H
#define IDR_TESTS_SUPPORT_DATA_SMALL_H

#include "data/columns.h"
#include "data/filter.h"
#include "data/write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_ROWS  1000
#define SMALL_CHUNK 300 /* three whole chunks and a part of one */

/* Seconds of operation and number of the life of every machine: lives of 400 s, in operation in two
 * of three seconds. */
static inline int small_life(int64_t row) {
  return (int)(row / 400);
}
static inline int32_t small_hours(int64_t row) {
  return (int32_t)(row % 400 * 2 / 3);
}
static inline float small_real(int column, int64_t row) {
  return row % 97 == 0 ? NAN : (float)column + (float)(row % 50) * 0.25f;
}

static inline void small_put(const idr_column *c, int column, int64_t row, void *values,
                             int64_t at) {
  switch (c->kind) {
  case IDR_COLUMN_TIME:
    ((int64_t *)values)[at] = row;
    break;
  case IDR_COLUMN_ACTIVITY:
    ((int8_t *)values)[at] = (int8_t)(row / 100);
    break;
  case IDR_COLUMN_EVENT:
    ((int16_t *)values)[at] = (int16_t)(row > 500 ? 105 : 0);
    break;
  case IDR_COLUMN_WELL:
    ((int16_t *)values)[at] = 0;
    break;
  case IDR_COLUMN_FAULT:
    ((uint8_t *)values)[at] = (uint8_t)(row % 6);
    break;
  case IDR_COLUMN_RUL:
    ((int32_t *)values)[at] = small_hours(row);
    break;
  case IDR_COLUMN_LIFE:
    ((int16_t *)values)[at] = (int16_t)small_life(row);
    break;
  default:
    ((float *)values)[at] = small_real(column, row);
  }
}

/* The chunk of a column, encoded; the caller frees piece->data. */
static inline void small_piece(idr_filter *filter, const idr_reel *reel, int column, int64_t block,
                               idr_reel_piece *piece) {
  const idr_reel_spec *spec = idr_reel_get_spec(reel);
  const idr_column *c = &spec->column[column];
  size_t width = idr_column_bytes(c->kind);
  void *values = calloc((size_t)spec->chunk, width);
  const void *encoded;
  int64_t rows = idr_reel_rows(reel, block);
  for (int64_t i = 0; i < rows; i++)
    small_put(c, column, block * spec->chunk + i, values, i);
  idr_filter_encode(filter, values, (size_t)spec->chunk * width, width, &encoded, &piece->bytes);
  piece->data = malloc(piece->bytes);
  memcpy(piece->data, encoded, piece->bytes);
  piece->leaf = idr_hash_leaf(c->name, block, values, (size_t)rows * width);
  free(values);
}

/* Appends the next block. The last one tells of two failed lives and one that goes on. */
static inline idr_status small_append(idr_reel *reel) {
  static const idr_life_record lives[] = {{.machine = IDR_MACHINE_TOP_DRIVE,
                                           .life = 0,
                                           .begin = 0,
                                           .end = 400,
                                           .state = IDR_LIFE_FAILED},
                                          {.machine = IDR_MACHINE_TOP_DRIVE,
                                           .life = 1,
                                           .begin = 400,
                                           .end = 800,
                                           .state = IDR_LIFE_REPLACED},
                                          {.machine = IDR_MACHINE_TOP_DRIVE,
                                           .life = 2,
                                           .begin = 800,
                                           .end = 1000,
                                           .state = IDR_LIFE_CENSORED}};
  static const idr_event_record event = {.kind = IDR_EVENT_KICK,
                                         .onset = 501,
                                         .detectable = 520,
                                         .end = 1000,
                                         .depth = 1234.5,
                                         .severity = 0.5f,
                                         .channels = 1u << IDR_CHANNEL_PIT,
                                         .open = true};
  const idr_reel_spec *spec = idr_reel_get_spec(reel);
  int64_t block = idr_reel_blocks(reel);
  bool last = block + 1 == idr_reel_blocks_wanted(reel);
  idr_reel_piece piece[IDR_COLUMNS_MAX];
  idr_filter *filter;
  idr_status status =
      idr_filter_create(spec->level, (size_t)spec->chunk * sizeof(int64_t), &filter);
  if (status != IDR_STATUS_OK) return status;
  for (int c = 0; c < spec->column_count; c++)
    small_piece(filter, reel, c, block, &piece[c]);
  status = idr_reel_append(reel, &(idr_reel_block){.piece = piece,
                                                   .event = &event,
                                                   .life = lives,
                                                   .event_count = last ? 1 : 0,
                                                   .life_count = last ? 3 : 0,
                                                   .state = &block,
                                                   .state_bytes = sizeof block});
  for (int c = 0; c < spec->column_count; c++)
    free(piece[c].data);
  idr_filter_free(filter);
  return status;
}

static inline int small_columns(idr_column out[IDR_COLUMNS_MAX]) {
  const idr_column_choice choice = {.channels = (uint64_t)1 << IDR_CHANNEL_WOB |
                                                (uint64_t)1 << IDR_CHANNEL_PIT,
                                    .truth = true,
                                    .labels = true,
                                    .machines = true};
  return idr_columns_make(&choice, out);
}

static inline idr_status small_open(const char *path, int level, uint64_t key, idr_reel **out) {
  idr_column column[IDR_COLUMNS_MAX];
  idr_reel_spec spec = {
      .column = column, .rows = SMALL_ROWS, .chunk = SMALL_CHUNK, .level = level, .key = key};
  spec.column_count = small_columns(column);
  return idr_reel_open(path, &spec, out);
}

/* A whole reel. */
static inline idr_status small_reel(const char *path, int level, idr_reel **out) {
  idr_status status = small_open(path, level, 1, out);
  while (status == IDR_STATUS_OK && idr_reel_blocks(*out) < idr_reel_blocks_wanted(*out))
    status = small_append(*out);
  return status;
}

static inline idr_write_options small_options(idr_storage storage) {
  return (idr_write_options){.storage = storage,
                             .level = 1,
                             .start = "2026-03-04 05:06:07",
                             .title = "a small set",
                             .source = "a test",
                             .comment = ""};
}

#endif
