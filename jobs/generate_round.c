/* The wells that a rank has in work: their rigs, and blocks on the way from the rig to the reel.
 *
 * In a round every rig works through a block while the block before is encoded, column by column;
 * both are items of one loop that the threads share out, so that a single well keeps several busy
 * too. Then the encoded blocks are appended to their reels, with the states of the rigs behind
 * them.
 */
#include "jobs/generate.h"

#include "base/fn.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

const char *const idr_generate_stages[IDR_GENERATE_STAGES] = {"physics", "filter", "reel", "files"};

#define MIB 1048576.0

/* ---- room ------------------------------------------------------------------------------------ */

static size_t place_columns(const idr_generate_config *config, size_t offset[IDR_COLUMNS_MAX]) {
  size_t at = 0;
  for (int c = 0; c < config->column_count; c++) {
    offset[c] = at;
    at += ((size_t)config->block * idr_column_bytes(config->column[c].kind) + 63) / 64 * 64;
  }
  return at;
}

int idr_generate_wave_wells(const idr_generate_config *config) {
  size_t offset[IDR_COLUMNS_MAX];
  /* Two blocks, and one encoded. */
  double each = 2.6 * (double)place_columns(config, offset);
  double room = config->dataset.memory * MIB / each;
  if (room < 2) return 1;
  if (room < IDR_GENERATE_PACK) return (int)room;
  return (int)(room < 1024 ? room : 1024) / IDR_GENERATE_PACK * IDR_GENERATE_PACK;
}

static bool make_block(const idr_generate_wave *wave, idr_generate_block *b) {
  b->index = -1;
  b->values = malloc(wave->block_bytes);
  b->state = malloc(idr_rig_lane_bytes());
  return b->values && b->state;
}

static void free_block(idr_generate_block *b) {
  free(b->values);
  free(b->event);
  free(b->life);
  free(b->bit);
  free(b->state);
}

/* ---- records --------------------------------------------------------------------------------- */

static bool grow(void **list, int count, int *room, size_t size) {
  if (count < *room) return true;
  int wanted = *room ? 2 * *room : 16;
  void *larger = realloc(*list, (size_t)wanted * size);
  if (!larger) return false;
  *list = larger;
  *room = wanted;
  return true;
}

/* A rig's sink is told during a second, which writes into the block that is being filled. */
static idr_generate_block *filled(idr_generate_rig *r, int lane) {
  idr_generate_well *w = lane < r->count ? r->well[lane] : NULL;
  idr_generate_block *b = w ? &w->block[r->fill] : NULL;
  return b && b->index >= 0 && !b->ended ? b : NULL;
}

static void keep_event(void *context, int lane, const idr_event_record *record) {
  idr_generate_rig *r = context;
  idr_generate_block *b = filled(r, lane);
  if (!b) return;
  if (grow((void **)&b->event, b->events, &b->event_room, sizeof *record))
    b->event[b->events++] = *record;
  else
    r->well[lane]->out_of_memory = true;
}

static void keep_life(void *context, int lane, const idr_life_record *record) {
  idr_generate_rig *r = context;
  idr_generate_block *b = filled(r, lane);
  if (!b) return;
  if (grow((void **)&b->life, b->lives, &b->life_room, sizeof *record))
    b->life[b->lives++] = *record;
  else
    r->well[lane]->out_of_memory = true;
}

static void keep_bit(void *context, int lane, const idr_bit_record *record) {
  idr_generate_rig *r = context;
  idr_generate_block *b = filled(r, lane);
  if (!b) return;
  if (grow((void **)&b->bit, b->bits, &b->bit_room, sizeof *record))
    b->bit[b->bits++] = *record;
  else
    r->well[lane]->out_of_memory = true;
}

/* ---- opening --------------------------------------------------------------------------------- */

static idr_status open_well(idr_generate_wave *wave, const char *folder, int index,
                            idr_generate_well *w) {
  const idr_generate_config *config = wave->config;
  w->index = index;
  idr_generate_well_name(config, index, w->name);
  IDR_TRY(idr_generate_make_well(config, index, &w->well));
  IDR_TRY(idr_generate_open_reel(config, folder, index, w->well, &w->reel));
  w->next = idr_reel_blocks(w->reel);
  w->piece = calloc((size_t)config->column_count, sizeof *w->piece);
  if (!w->piece || !make_block(wave, &w->block[0]) || !make_block(wave, &w->block[1]))
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the blocks of %d wells; lower dataset.memory",
             wave->well_count);
  return IDR_STATUS_OK;
}

static idr_status place_lane(const idr_generate_config *config, idr_rig *rig, int lane,
                             const idr_generate_well *w) {
  size_t bytes;
  const void *state = idr_reel_state(w->reel, &bytes);
  uint32_t id = (uint32_t)(config->dataset.well_first + w->index);
  if (!state) return idr_rig_place(rig, lane, w->well, id, 0.0);
  if (bytes != idr_rig_lane_bytes())
    IDR_FAIL(IDR_STATUS_FORMAT, "the reel of %s holds the state of another rig", w->name);
  return idr_rig_lane_load(rig, lane, w->well, state);
}

/* Lanes that no well uses repeat the first. */
static idr_status open_rig(const idr_generate_wave *wave, idr_generate_rig *r) {
  IDR_TRY(idr_rig_create(&wave->config->rig, r->count, &r->rig));
  r->rig->sink =
      (idr_rig_sink){.context = r, .event = keep_event, .life = keep_life, .bit = keep_bit};
  for (int i = 0; i < r->rig->hole->lanes; i++)
    IDR_TRY(place_lane(wave->config, r->rig, i, r->well[i < r->count ? i : 0]));
  return IDR_STATUS_OK;
}

static bool is_complete(const idr_generate_well *w) {
  return idr_reel_blocks(w->reel) == idr_reel_blocks_wanted(w->reel);
}

static idr_status open_rigs(idr_generate_wave *wave) {
  for (int i = 0; i < wave->well_count; i++) {
    if (is_complete(&wave->well[i])) continue;
    if (wave->rig_count == 0 || wave->rig[wave->rig_count - 1].count == IDR_GENERATE_PACK)
      wave->rig_count++;
    idr_generate_rig *r = &wave->rig[wave->rig_count - 1];
    r->well[r->count++] = &wave->well[i];
  }
  for (int i = 0; i < wave->rig_count; i++)
    IDR_TRY(open_rig(wave, &wave->rig[i]));
  return IDR_STATUS_OK;
}

static idr_status open_filters(idr_generate_wave *wave) {
  wave->filter = calloc((size_t)wave->threads, sizeof(idr_filter *));
  if (!wave->filter) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for filters");
  for (int t = 0; t < wave->threads; t++)
    IDR_TRY(idr_filter_create(wave->config->level, (size_t)wave->config->block * sizeof(int64_t),
                              &wave->filter[t]));
  return IDR_STATUS_OK;
}

idr_status idr_generate_wave_open(idr_generate_wave *wave, const char *folder, const int *index,
                                  int count) {
  wave->block_bytes = place_columns(wave->config, wave->offset);
  wave->well = calloc((size_t)count + 1, sizeof *wave->well);
  wave->rig = calloc((size_t)count + 1, sizeof *wave->rig);
  if (!wave->well || !wave->rig) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells", count);
  wave->well_count = count;
  for (int i = 0; i < count; i++)
    IDR_TRY(open_well(wave, folder, index[i], &wave->well[i]));
  IDR_TRY(open_filters(wave));
  return open_rigs(wave);
}

void idr_generate_wave_close(idr_generate_wave *wave) {
  for (int i = 0; i < wave->rig_count; i++)
    idr_rig_free(wave->rig[i].rig);
  for (int i = 0; i < wave->well_count; i++) {
    idr_generate_well *w = &wave->well[i];
    for (int c = 0; w->piece && c < wave->config->column_count; c++)
      free(w->piece[c].data);
    free(w->piece);
    free_block(&w->block[0]);
    free_block(&w->block[1]);
    idr_reel_close(w->reel);
    idr_well_free(w->well);
  }
  for (int t = 0; wave->filter && t < wave->threads; t++)
    idr_filter_free(wave->filter[t]);
  free(wave->filter);
  free(wave->well);
  free(wave->rig);
  wave->filter = NULL;
  wave->well = NULL;
  wave->rig = NULL;
  wave->well_count = wave->rig_count = 0;
}

bool idr_generate_wave_done(const idr_generate_wave *wave) {
  for (int i = 0; i < wave->well_count; i++)
    if (!is_complete(&wave->well[i])) return false;
  return true;
}

/* ---- the rig's side -------------------------------------------------------------------------- */

/* Row `row` of all wells of a rig out of the rig's tables. */
static void capture(const idr_generate_wave *wave, idr_generate_rig *r, int64_t row) {
  const idr_rig *rig = r->rig;
  char *to[IDR_GENERATE_PACK];
  for (int i = 0; i < r->count; i++)
    to[i] = r->well[i]->block[r->fill].values;
#define EACH(type, value)                                                                          \
  for (int i = 0; i < r->count; i++)                                                               \
    ((type *)(void *)(to[i] + at))[row] = (type)(value);                                           \
  break
  for (int c = 1; c < wave->config->column_count; c++) {
    const size_t at = wave->offset[c];
    const int item = wave->config->column[c].item;
    switch (wave->config->column[c].kind) {
    case IDR_COLUMN_READING:
      EACH(float, rig->sensors.reading[item][i]);
    case IDR_COLUMN_TRUTH:
      EACH(float, rig->hole->value[item][i]);
    case IDR_COLUMN_FAULT:
      EACH(uint8_t, rig->sensors.fault[item][i]);
    case IDR_COLUMN_ACTIVITY:
      EACH(int8_t, rig->crew.activity[i]);
    case IDR_COLUMN_EVENT:
      EACH(int16_t, rig->events.code[i]);
    case IDR_COLUMN_WELL:
      EACH(int16_t, rig->crew.well_number[i]);
    case IDR_COLUMN_RUL: /* in the file; here the seconds of operation (write_values.c) */
      EACH(int32_t, rig->equipment.hours[item][i]);
    default: /* time, the first, is made when it is encoded */
      EACH(int16_t, rig->equipment.life[item][i]);
    }
  }
#undef EACH
}

static int64_t rows_of(const idr_generate_well *w) {
  return w->next < idr_reel_blocks_wanted(w->reel) ? idr_reel_rows(w->reel, w->next) : 0;
}

static void begin_blocks(idr_generate_rig *r) {
  for (int i = 0; i < r->count; i++) {
    idr_generate_block *b = &r->well[i]->block[r->fill];
    b->events = b->lives = b->bits = 0;
    b->ended = false;
    b->index = rows_of(r->well[i]) > 0 ? r->well[i]->next : -1;
  }
}

/* Wells whose record ends with this row. What a rig does after it belongs to nobody. */
static void end_rows(idr_generate_rig *r, int64_t rows, const int64_t *wanted) {
  for (int i = 0; i < r->count; i++) {
    idr_generate_well *w = r->well[i];
    if (wanted[i] != rows || w->next + 1 < idr_reel_blocks_wanted(w->reel)) continue;
    idr_rig_finish(r->rig, i);
    w->block[r->fill].ended = true;
  }
}

/* Wells of a rig may be at different blocks after a resume, and done at different times. */
static void work(const idr_generate_wave *wave, idr_generate_rig *r) {
  int64_t wanted[IDR_GENERATE_PACK], most = 0;
  begin_blocks(r);
  for (int i = 0; i < r->count; i++) {
    wanted[i] = rows_of(r->well[i]);
    if (wanted[i] > most) most = wanted[i];
  }
  for (int64_t row = 0; row < most; row++) {
    idr_rig_second(r->rig);
    capture(wave, r, row);
    end_rows(r, row + 1, wanted);
  }
  for (int i = 0; i < r->count; i++) {
    idr_generate_block *b = &r->well[i]->block[r->fill];
    if (b->index < 0) continue;
    idr_rig_lane_save(r->rig, i, b->state);
    r->well[i]->next = b->index + 1;
  }
}

/* ---- the reel's side ------------------------------------------------------------------------- */

/* To a power of two below a tenth of the resolution: the last bits of every number are then zero,
 * which is what deflate lives on. */
static void round_truth(float *restrict v, int64_t rows, double resolution) {
  float step = (float)exp2(floor(log2(resolution / 10))), per = 1.0f / step;
  for (int64_t t = 0; t < rows; t++)
    v[t] = rintf(v[t] * per) * step;
}

static void prepare(const idr_generate_config *config, const idr_column *column, int64_t block,
                    int64_t rows, void *values) {
  size_t width = idr_column_bytes(column->kind);
  if (column->kind == IDR_COLUMN_TIME)
    for (int64_t t = 0; t < rows; t++)
      ((int64_t *)values)[t] = block * config->block + t;
  if (column->kind == IDR_COLUMN_TRUTH)
    round_truth(values, rows, idr_channels[column->item].resolution);
  memset((char *)values + (size_t)rows * width, 0, (size_t)(config->block - rows) * width);
}

static idr_status encode(const idr_generate_wave *wave, idr_filter *filter, idr_generate_well *w,
                         const idr_generate_block *b, int c) {
  const idr_generate_config *config = wave->config;
  const idr_column *column = &config->column[c];
  idr_reel_piece *piece = &w->piece[c];
  size_t width = idr_column_bytes(column->kind), bytes;
  int64_t rows = idr_reel_rows(w->reel, b->index);
  void *values = b->values + wave->offset[c];
  const void *encoded;
  prepare(config, column, b->index, rows, values);
  piece->leaf = idr_hash_leaf(column->name, b->index, values, (size_t)rows * width);
  IDR_TRY(
      idr_filter_encode(filter, values, (size_t)config->block * width, width, &encoded, &bytes));
  void *room = realloc(piece->data, bytes);
  if (!room) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a chunk of %zu bytes", bytes);
  memcpy(room, encoded, bytes);
  piece->data = room;
  piece->bytes = bytes;
  return IDR_STATUS_OK;
}

static idr_status append(const idr_generate_well *w, idr_generate_block *b) {
  if (w->out_of_memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the events of %s", w->name);
  IDR_TRY(idr_reel_append(w->reel, &(idr_reel_block){.piece = w->piece,
                                                     .event = b->event,
                                                     .life = b->life,
                                                     .event_count = b->events,
                                                     .life_count = b->lives,
                                                     .bit = b->bit,
                                                     .bit_count = b->bits,
                                                     .state = b->state,
                                                     .state_bytes = idr_rig_lane_bytes()}));
  b->index = -1;
  return IDR_STATUS_OK;
}

/* ---- a round --------------------------------------------------------------------------------- */

/* The first failure of a loop; its thread's record with it. */
typedef struct {
  idr_status status;
  idr_error error;
} failure;

static void note(failure *f, idr_status status) {
  if (status == IDR_STATUS_OK) return;
#pragma omp critical(idr_generate_note)
  if (f->status == IDR_STATUS_OK) {
    f->status = status;
    f->error = *idr_error_get();
  }
}

static idr_status told(const failure *f) {
  if (f->status == IDR_STATUS_OK) return IDR_STATUS_OK;
  idr_error_set(&f->error);
  return idr_trace_at(f->status, __func__, __FILE__, __LINE__);
}

/* Item `item` of the columns to encode. Blocks that wait are those not being filled. */
static idr_status encode_item(const idr_generate_wave *wave, idr_filter *filter, int item) {
  int well = item / wave->config->column_count, column = item % wave->config->column_count;
  const idr_generate_rig *r = &wave->rig[well / IDR_GENERATE_PACK];
  int lane = well % IDR_GENERATE_PACK;
  if (lane >= r->count) return IDR_STATUS_OK;
  idr_generate_well *w = r->well[lane];
  const idr_generate_block *b = &w->block[!r->fill];
  return b->index < 0 ? IDR_STATUS_OK : encode(wave, filter, w, b, column);
}

static idr_status work_and_encode(const idr_generate_wave *wave) {
  failure first = {.status = IDR_STATUS_OK};
  int items = wave->rig_count * (1 + IDR_GENERATE_PACK * wave->config->column_count);
#pragma omp parallel for schedule(dynamic, 1) num_threads(wave->threads)
  for (int item = 0; item < items; item++) {
    int thread = omp_get_thread_num();
    int stage = item < wave->rig_count ? IDR_GENERATE_PHYSICS : IDR_GENERATE_FILTER;
    idr_profile_start(wave->profile, thread, stage);
    if (item < wave->rig_count)
      work(wave, &wave->rig[item]);
    else
      note(&first, encode_item(wave, wave->filter[thread], item - wave->rig_count));
    idr_profile_stop(wave->profile, thread, stage);
  }
  return told(&first);
}

static idr_status append_all(idr_generate_wave *wave, int64_t *rows) {
  for (int i = 0; i < wave->rig_count; i++) {
    idr_generate_rig *r = &wave->rig[i];
    for (int k = 0; k < r->count; k++) {
      idr_generate_block *b = &r->well[k]->block[!r->fill];
      if (b->index < 0) continue;
      int64_t block_rows = idr_reel_rows(r->well[k]->reel, b->index);
      IDR_TRY(append(r->well[k], b));
      *rows += block_rows;
    }
    r->fill = !r->fill;
  }
  return IDR_STATUS_OK;
}

idr_status idr_generate_wave_round(idr_generate_wave *wave, int64_t *rows) {
  IDR_TRY(work_and_encode(wave));
  idr_profile_start(wave->profile, 0, IDR_GENERATE_REEL);
  idr_status status = append_all(wave, rows);
  idr_profile_stop(wave->profile, 0, IDR_GENERATE_REEL);
  return status;
}
