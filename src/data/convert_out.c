/* A well as CSV or JSON Lines. */
#include "base/file.h"
#include "base/text.h"
#include "data/convert.h"
#include "data/tables.h"
#include "data/window.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER    ((size_t)1 << 20)
#define BLOCK_MIN 8192
#define SHOWN_MAX (IDR_COLUMN_NAME_MAX + 32)

#define idr_row_type idr_convert_settings
const idr_setting idr_convert_rows[] = {IDR_CONVERT_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_convert_row_count = (int)(sizeof idr_convert_rows / sizeof idr_convert_rows[0]);

/* How a column is written. */
typedef struct {
  int place; /* in the well */
  idr_column_kind kind;
  char name[SHOWN_MAX]; /* with its unit */
  double scale, offset; /* shown = (value - offset) * scale */
  bool exact;           /* shown as it is: to the digits that read back to the same float */
  int by;               /* what stands for several rows */
} shown;

typedef struct {
  idr_dataset *dataset;
  const idr_convert_settings *settings;
  idr_convert_form form;
  const idr_dataset_well *info;
  int well, time_place;
  int64_t first, last, block; /* rows; of a read */
  int count;
  shown *column;
  int64_t *time; /* [block] */
  float *value;  /* [count][block] */
  int fd;
  const char *path; /* of the file in the making */
  char *buffer;
  size_t used;
  idr_convert_result *result;
} writer;

/* ---- which columns, which rows --------------------------------------------------------------- */

static idr_status find_well(writer *w) {
  int count = idr_dataset_well_count(w->dataset);
  if (w->settings->well < 0 && count != 1)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "%s holds %d wells; say which one with convert.well=ID (%lld is the first)",
             idr_dataset_name(w->dataset), count,
             (long long)(count > 0 ? idr_dataset_get_well(w->dataset, 0)->id : 0));
  for (w->well = 0; w->well < count; w->well++) {
    w->info = idr_dataset_get_well(w->dataset, w->well);
    if (w->settings->well < 0 || w->info->id == w->settings->well) break;
  }
  if (w->well == count)
    IDR_FAIL(IDR_STATUS_CONFIG, "%s has no well with the id %lld; it has %d, from %lld on",
             idr_dataset_name(w->dataset), (long long)w->settings->well, count,
             (long long)idr_dataset_get_well(w->dataset, 0)->id);
  w->time_place = idr_dataset_find_kind(w->dataset, w->well, IDR_COLUMN_TIME, 0);
  if (w->time_place < 0) IDR_FAIL(IDR_STATUS_FORMAT, "well %s has no column 'time'", w->info->name);
  return IDR_STATUS_OK;
}

static void describe(const writer *w, shown *s) {
  const idr_column *column = &w->info->column[s->place];
  const char *unit = "-";
  s->kind = column->kind;
  s->by = IDR_CONVERT_LAST; /* of a label there is no mean */
  s->scale = 1;
  if (s->kind == IDR_COLUMN_READING || s->kind == IDR_COLUMN_TRUTH) {
    const idr_channel *channel = &idr_channels[column->item];
    unit = channel->unit;
    s->by = w->settings->by;
    if (w->settings->units == 1) {
      unit = channel->display;
      s->scale = channel->scale;
      s->offset = channel->offset;
    }
  } else if (s->kind == IDR_COLUMN_RUL) {
    unit = "h";
  }
  s->exact = s->scale == 1 && s->offset == 0;
  if (s->kind == IDR_COLUMN_ACTIVITY || s->kind == IDR_COLUMN_EVENT)
    snprintf(s->name, sizeof s->name, "%s", s->kind == IDR_COLUMN_EVENT ? "event" : "activity");
  else
    snprintf(s->name, sizeof s->name, "%s [%s]", column->name, unit);
}

static void add_column(writer *w, int place) {
  for (int i = 0; i < w->count; i++)
    if (w->column[i].place == place) return;
  shown *s = &w->column[w->count++];
  *s = (shown){.place = place};
  describe(w, s);
}

static idr_status add_named(writer *w) {
  char word[IDR_COLUMN_NAME_MAX];
  bool all = strcmp(w->settings->columns, "all") == 0;
  for (int i = 0; all && i < w->info->column_count; i++)
    if (w->info->column[i].kind == IDR_COLUMN_READING) add_column(w, i);
  for (int i = 0; !all && idr_text_word(w->settings->columns, ',', i, word, sizeof word); i++) {
    int place = idr_dataset_find(w->dataset, w->well, word);
    if (place < 0) {
      idr_status status = idr_window_fail_column(w->info, word);
      idr_error_prefix("convert.columns: ");
      return status;
    }
    if (w->info->column[place].kind != IDR_COLUMN_TIME) add_column(w, place);
  }
  for (int i = 0; w->settings->labels && i < w->info->column_count; i++)
    if (w->info->column[i].kind == IDR_COLUMN_ACTIVITY ||
        w->info->column[i].kind == IDR_COLUMN_EVENT)
      add_column(w, i);
  if (w->count == 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "convert.columns: '%s' names no column", w->settings->columns);
  return IDR_STATUS_OK;
}

/* The first row at or behind `second`, by halving: times increase. */
static idr_status find_row(const writer *w, int64_t second, int64_t *row) {
  int64_t low = 0, high = w->info->rows;
  while (low < high) {
    int64_t middle = low + (high - low) / 2, time = 0;
    IDR_TRY(idr_dataset_read_int64(w->dataset, w->well, w->time_place, middle, middle + 1, &time));
    if (time < second)
      low = middle + 1;
    else
      high = middle;
  }
  *row = low;
  return IDR_STATUS_OK;
}

static idr_status find_rows(writer *w) {
  const idr_convert_settings *s = w->settings;
  w->last = w->info->rows;
  if (s->every != floor(s->every))
    IDR_FAIL(IDR_STATUS_CONFIG, "convert.every: %g s are no whole seconds", s->every);
  if (s->from > 0) IDR_TRY(find_row(w, (int64_t)s->from, &w->first));
  if (s->to >= 0) IDR_TRY(find_row(w, (int64_t)s->to, &w->last));
  if (w->first >= w->last)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "no row of well %s lies from second %.0f to %.0f; its %lld rows begin at 0",
             w->info->name, s->from, s->to, (long long)w->info->rows);
  return IDR_STATUS_OK;
}

/* ---- text ------------------------------------------------------------------------------------ */

static idr_status flush(writer *w) {
  IDR_TRY(idr_file_put(w->fd, w->path, w->buffer, w->used));
  w->result->bytes += (int64_t)w->used;
  w->used = 0;
  return IDR_STATUS_OK;
}

/* Longest text of a row: every column with its name and a number. */
static size_t row_bytes(const writer *w) {
  return (size_t)(w->count + 1) * (SHOWN_MAX + IDR_CSV_NUMBER_MAX + 8);
}

static void put(writer *w, const char *text, size_t bytes) {
  memcpy(w->buffer + w->used, text, bytes);
  w->used += bytes;
}

static void put_text(writer *w, const char *text) {
  put(w, text, strlen(text));
}

static void put_key(writer *w, const char *name, bool first) {
  put_text(w, first ? "{\"" : ",\"");
  put_text(w, name);
  put_text(w, "\":");
}

static void put_activity(writer *w, int activity) {
  bool json = w->form == IDR_CONVERT_JSONL;
  if (json) put_text(w, "\"");
  put_text(w, idr_activity_name(activity));
  if (json) put_text(w, "\"");
}

static void put_value(writer *w, const shown *s, float value) {
  if (value != value) {
    if (w->form == IDR_CONVERT_JSONL) put_text(w, "null");
    return;
  }
  if (s->kind == IDR_COLUMN_ACTIVITY)
    put_activity(w, (int)value);
  else if (s->exact)
    w->used += idr_csv_write_float(value, w->buffer + w->used);
  else
    w->used += idr_csv_write_number(((double)value - s->offset) * s->scale, 7, w->buffer + w->used);
}

static void put_time(writer *w, int64_t second) {
  char date[32];
  bool json = w->form == IDR_CONVERT_JSONL;
  if (w->settings->time == 0) {
    w->used += idr_csv_write_number((double)second, 15, w->buffer + w->used);
    return;
  }
  idr_csv_write_date(w->info->start + (double)second, date, sizeof date);
  if (json) put_text(w, "\"");
  put_text(w, date);
  if (json) put_text(w, "\"");
}

static const char *time_name(const writer *w) {
  return w->settings->time == 0 ? "time [s]" : "time [ISO 8601]";
}

static void put_header(writer *w) {
  if (w->form == IDR_CONVERT_JSONL) return;
  put_text(w, time_name(w));
  for (int c = 0; c < w->count; c++) {
    put_text(w, ",");
    put_text(w, w->column[c].name);
  }
  put_text(w, "\n");
}

/* The value of column c stands at value[c * stride]. */
static void put_row(writer *w, int64_t second, const float *value, int64_t stride) {
  bool json = w->form == IDR_CONVERT_JSONL;
  if (json) put_key(w, time_name(w), true);
  put_time(w, second);
  for (int c = 0; c < w->count; c++) {
    if (json)
      put_key(w, w->column[c].name, false);
    else
      w->buffer[w->used++] = ',';
    put_value(w, &w->column[c], value[c * stride]);
  }
  put_text(w, json ? "}\n" : "\n");
  w->result->rows++;
}

static idr_status make_room(writer *w) {
  return w->used + row_bytes(w) > BUFFER ? flush(w) : IDR_STATUS_OK;
}

/* ---- seconds that become one row ------------------------------------------------------------- */

/* A row in the making: [columns] each. */
typedef struct {
  int64_t bin; /* of the time; -1: none yet */
  double *sum;
  int64_t *count;
  float *value;
} gathering;

static void clear(gathering *g, int columns) {
  memset(g->sum, 0, (size_t)columns * sizeof *g->sum);
  memset(g->count, 0, (size_t)columns * sizeof *g->count);
}

static void gather(const writer *w, gathering *g, int64_t row) {
  for (int c = 0; c < w->count; c++) {
    float v = w->value[c * w->block + row];
    int by = w->column[c].by;
    if (v != v) continue;
    bool first = g->count[c]++ == 0;
    if (first || by == IDR_CONVERT_LAST || (by == IDR_CONVERT_MIN && v < g->value[c]) ||
        (by == IDR_CONVERT_MAX && v > g->value[c]))
      g->value[c] = v;
    g->sum[c] += (double)v;
  }
}

static void put_gathered(writer *w, gathering *g) {
  if (g->bin < 0) return;
  for (int c = 0; c < w->count; c++) {
    if (g->count[c] == 0)
      g->value[c] = NAN;
    else if (w->column[c].by == IDR_CONVERT_MEAN)
      g->value[c] = (float)(g->sum[c] / (double)g->count[c]);
  }
  put_row(w, (int64_t)w->settings->from + g->bin * (int64_t)w->settings->every, g->value, 1);
}

static idr_status reduce_block(writer *w, gathering *g, int64_t rows) {
  int64_t every = (int64_t)w->settings->every, from = (int64_t)w->settings->from;
  for (int64_t i = 0; i < rows; i++) {
    int64_t bin = (w->time[i] - from) / every;
    if (bin != g->bin) {
      IDR_TRY(make_room(w));
      put_gathered(w, g);
      clear(g, w->count);
      g->bin = bin;
    }
    gather(w, g, i);
  }
  return IDR_STATUS_OK;
}

/* ---- the pass -------------------------------------------------------------------------------- */

static idr_status write_block(writer *w, int64_t rows) {
  for (int64_t i = 0; i < rows; i++) {
    IDR_TRY(make_room(w));
    put_row(w, w->time[i], w->value + i, w->block);
  }
  return IDR_STATUS_OK;
}

static idr_status read_block(writer *w, int64_t begin, int64_t end) {
  IDR_TRY(idr_dataset_read_int64(w->dataset, w->well, w->time_place, begin, end, w->time));
  for (int c = 0; c < w->count; c++)
    IDR_TRY(idr_dataset_read_float(w->dataset, w->well, w->column[c].place, begin, end,
                                   w->value + c * w->block));
  return IDR_STATUS_OK;
}

static idr_status write_rows(writer *w, gathering *g) {
  bool reduce = w->settings->every > 1;
  put_header(w);
  for (int64_t begin = w->first; begin < w->last;) {
    int64_t end = (begin / w->block + 1) * w->block;
    if (end > w->last) end = w->last;
    IDR_TRY(read_block(w, begin, end));
    IDR_TRY(reduce ? reduce_block(w, g, end - begin) : write_block(w, end - begin));
    begin = end;
  }
  IDR_TRY(make_room(w));
  if (reduce) put_gathered(w, g);
  return flush(w);
}

static idr_status prepare(writer *w, gathering *g) {
  IDR_TRY(find_well(w));
  IDR_TRY(find_rows(w));
  w->block = w->info->chunk;
  if (w->block < BLOCK_MIN) w->block *= (BLOCK_MIN + w->block - 1) / w->block;
  w->column = calloc((size_t)w->info->column_count + 1, sizeof *w->column);
  if (!w->column) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the columns of a table");
  IDR_TRY(add_named(w));
  size_t columns = (size_t)w->count, rows = (size_t)w->block;
  w->time = malloc(rows * sizeof *w->time);
  w->value = malloc(columns * rows * sizeof *w->value);
  w->buffer = malloc(BUFFER);
  *g = (gathering){.bin = -1,
                   .sum = calloc(columns, sizeof *g->sum),
                   .count = calloc(columns, sizeof *g->count),
                   .value = calloc(columns, sizeof *g->value)};
  if (!w->time || !w->value || !w->buffer || !g->sum || !g->count || !g->value)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for blocks of %zu rows and %zu columns", rows, columns);
  w->result->columns = w->count;
  return IDR_STATUS_OK;
}

/* The file under a name of its own, then under the one that is wanted. */
static idr_status write_file(writer *w, gathering *g, const char *out) {
  char temporary[PATH_MAX];
  int needed = snprintf(temporary, sizeof temporary, "%s.tmp%ld", out, (long)getpid());
  if (needed < 0 || (size_t)needed >= sizeof temporary)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name '%.80s...' is too long", out);
  w->path = temporary;
  IDR_TRY(idr_file_create(temporary, &w->fd));
  idr_status status = write_rows(w, g);
  if (status == IDR_STATUS_OK)
    status = idr_file_finish(w->fd, temporary);
  else
    close(w->fd);
  if (status == IDR_STATUS_OK) status = idr_file_rename(temporary, out);
  if (status != IDR_STATUS_OK) unlink(temporary);
  return status;
}

idr_status idr_convert_to_text(idr_dataset *dataset, const idr_convert_settings *settings,
                               idr_convert_form form, const char *out, idr_convert_result *result) {
  writer w = {.dataset = dataset, .settings = settings, .form = form, .result = result};
  gathering g = {0};
  *result = (idr_convert_result){0};
  idr_status status = prepare(&w, &g);
  if (status == IDR_STATUS_OK) status = write_file(&w, &g, out);
  free(w.column);
  free(w.time);
  free(w.value);
  free(w.buffer);
  free(g.sum);
  free(g.count);
  free(g.value);
  return status;
}
