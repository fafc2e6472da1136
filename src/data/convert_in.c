/* A table of somebody's as a data set of one well. */
#include "base/file.h"
#include "data/columns.h"
#include "data/convert.h"
#include "data/filter.h"
#include "data/write.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 16384 /* rows */
#define LEVEL 4     /* of deflate: a table is read once and kept for long */

typedef struct {
  const char *table, *out;
  const idr_convert_settings *settings;
  idr_import_result *result;
  idr_csv_map *map; /* NULL: the header's */
  char reel_path[PATH_MAX], findings_path[PATH_MAX];
  FILE *list;             /* of findings; NULL: none is kept */
  idr_problems *problems; /* NULL: findings are marked */
  double start;           /* s since 1970, of the first row */
  idr_column column[IDR_COLUMNS_MAX];
  int source[IDR_COLUMNS_MAX]; /* in the map; -1: time */
  int column_count;
} import;

/* ---- looking at every row -------------------------------------------------------------------- */

/* A field of CSV in quotes, so that any text is one field. */
static void put_quoted(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"') fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void take_finding(void *context, const idr_csv_finding *f) {
  import *m = context;
  m->result->findings++;
  if (m->problems) {
    idr_problem_add(m->problems, "%s:%lld: column %d%s%.60s%s: %s%.60s%s%s", m->table,
                    (long long)f->line, f->column, f->name[0] ? " '" : "", f->name,
                    f->name[0] ? "'" : "", f->text[0] ? "'" : "", f->text,
                    f->text[0] ? "' is " : "", f->reason);
    return;
  }
  if (!m->list) return;
  fprintf(m->list, "%lld,%d,", (long long)f->line, f->column);
  put_quoted(m->list, f->name);
  fputc(',', m->list);
  put_quoted(m->list, f->text);
  fputc(',', m->list);
  put_quoted(m->list, f->reason);
  fputs(f->row_lost ? ",row left out\n" : ",NaN\n", m->list);
}

static idr_status open_list(import *m) {
  m->list = fopen(m->findings_path, "wx");
  if (!m->list) return idr_file_fail("make the file", m->findings_path, errno);
  fputs("line,column,name,text,reason,outcome\n", m->list);
  return IDR_STATUS_OK;
}

static idr_status close_list(import *m) {
  bool good = !ferror(m->list) && fflush(m->list) == 0;
  int error = errno;
  good = fclose(m->list) == 0 && good;
  m->list = NULL;
  return good ? IDR_STATUS_OK : idr_file_fail("write", m->findings_path, error);
}

/* All rows once: what is wrong, how many there are, which columns, when they begin. */
static idr_status look(import *m) {
  idr_csv_rows *rows = NULL;
  float value[IDR_CSV_FIELDS_MAX];
  idr_status status = IDR_STATUS_OK;
  bool more = true;
  IDR_TRY(
      idr_csv_rows_open(m->table, m->map, m->result->left_out, sizeof m->result->left_out, &rows));
  m->start = NAN;
  while (more) {
    double time = 0;
    IDR_TRY_GOTO(status, done, idr_csv_rows_next(rows, take_finding, m, &time, value, &more));
    if (more && isnan(m->start)) m->start = time;
  }
  m->result->counts = *idr_csv_rows_counts(rows);
  const idr_csv_map *map = idr_csv_rows_map(rows);
  idr_column_choice choice = {0};
  for (int i = 0; i < map->count; i++)
    choice.channels |= (uint64_t)1 << map->column[i].channel;
  m->column_count = idr_columns_make(&choice, m->column);
  for (int c = 0; c < m->column_count; c++) {
    m->source[c] = -1;
    for (int i = 0; m->column[c].kind == IDR_COLUMN_READING && i < map->count; i++)
      if (map->column[i].channel == m->column[c].item) m->source[c] = i;
  }
  m->result->columns = map->count;
done:
  idr_csv_rows_close(rows);
  return status;
}

static idr_status judge(const import *m) {
  if (m->problems) IDR_TRY(idr_problems_status(m->problems));
  if (m->result->counts.rows == 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "%s: no row can be used; %lld were left out", m->table,
             (long long)m->result->counts.rows_lost);
  return IDR_STATUS_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* A chunk of all columns on its way into the reel. */
typedef struct {
  idr_filter *filter;
  idr_reel *reel;
  int64_t rows;  /* so far */
  int64_t *time; /* [CHUNK] */
  float *value;  /* [columns][CHUNK] */
  idr_reel_piece piece[IDR_COLUMNS_MAX];
} packer;

static idr_status pack_column(const import *m, packer *p, int c) {
  bool time = m->source[c] < 0;
  size_t width = idr_column_bytes(m->column[c].kind);
  int64_t chunk = idr_reel_get_spec(p->reel)->chunk;
  char *values = time ? (char *)p->time : (char *)(p->value + (int64_t)c * CHUNK);
  const void *encoded = NULL;
  memset(values + (size_t)p->rows * width, 0, (size_t)(chunk - p->rows) * width);
  p->piece[c].leaf =
      idr_hash_leaf(m->column[c].name, idr_reel_blocks(p->reel), values, (size_t)p->rows * width);
  IDR_TRY(idr_filter_encode(p->filter, values, (size_t)chunk * width, width, &encoded,
                            &p->piece[c].bytes));
  void *data = realloc(p->piece[c].data, p->piece[c].bytes + 1);
  if (!data) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a chunk of %s", m->column[c].name);
  p->piece[c].data = memcpy(data, encoded, p->piece[c].bytes);
  return IDR_STATUS_OK;
}

static idr_status pack(const import *m, packer *p) {
  for (int c = 0; c < m->column_count; c++)
    IDR_TRY(pack_column(m, p, c));
  IDR_TRY(idr_reel_append(p->reel, &(idr_reel_block){.piece = p->piece}));
  p->rows = 0;
  return IDR_STATUS_OK;
}

static void ignore_finding(void *context, const idr_csv_finding *finding) {
  (void)context;
  (void)finding;
}

/* The same rows as the first time; a table that grew meanwhile is read as far as it was. */
static idr_status pack_rows(const import *m, idr_csv_rows *rows, packer *p) {
  float value[IDR_CSV_FIELDS_MAX];
  int64_t chunk = idr_reel_get_spec(p->reel)->chunk;
  for (int64_t row = 0; row < m->result->counts.rows; row++) {
    double time = 0;
    bool more = true;
    IDR_TRY(idr_csv_rows_next(rows, ignore_finding, NULL, &time, value, &more));
    if (!more) IDR_FAIL(IDR_STATUS_IO, "%s became shorter while it was read; try again", m->table);
    p->time[p->rows] = (int64_t)(time - m->start);
    for (int c = 0; c < m->column_count; c++)
      if (m->source[c] >= 0) p->value[(int64_t)c * CHUNK + p->rows] = value[m->source[c]];
    if (++p->rows == chunk) IDR_TRY(pack(m, p));
  }
  return p->rows > 0 ? pack(m, p) : IDR_STATUS_OK;
}

static idr_status open_reel(const import *m, packer *p) {
  int64_t count = m->result->counts.rows;
  idr_reel_spec spec = {.column = m->column,
                        .column_count = m->column_count,
                        .rows = count,
                        .chunk = count < CHUNK ? count : CHUNK,
                        .level = idr_storage_reel_level(IDR_STORAGE_DEFLATE, LEVEL)};
  IDR_TRY(idr_reel_open(m->reel_path, &spec, &p->reel));
  IDR_TRY(idr_filter_create(spec.level, CHUNK * sizeof(int64_t), &p->filter));
  p->time = malloc(CHUNK * sizeof *p->time);
  p->value = malloc((size_t)m->column_count * CHUNK * sizeof *p->value);
  if (!p->time || !p->value) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a chunk of a table");
  return IDR_STATUS_OK;
}

/* Name of the well: what is set, or the table's without folder and ending. */
static void find_name(const import *m, char name[IDR_WELL_NAME_MAX]) {
  const char *slash = strrchr(m->table, '/'), *base = slash ? slash + 1 : m->table;
  if (m->settings->name[0])
    snprintf(name, IDR_WELL_NAME_MAX, "%.63s", m->settings->name);
  else
    snprintf(name, IDR_WELL_NAME_MAX, "%.*s", (int)strcspn(base, "."), base);
}

static idr_status write_file(const import *m, const packer *p) {
  char name[IDR_WELL_NAME_MAX], start[32], comment[IDR_TEXT_MAX + 128];
  idr_hash root;
  find_name(m, name);
  idr_csv_write_date(m->start, start, sizeof start);
  start[10] = ' ';
  start[19] = '\0';
  snprintf(comment, sizeof comment, "from %.500s; %lld rows, %lld left out, %lld values made NaN",
           m->table, (long long)m->result->counts.rows, (long long)m->result->counts.rows_lost,
           (long long)m->result->counts.wrong);
  const idr_write_options options = {.storage = IDR_STORAGE_DEFLATE,
                                     .level = LEVEL,
                                     .start = start,
                                     .title = name,
                                     .source = "a table that idrill convert read",
                                     .comment = comment};
  const idr_write_well well = {.name = name, .id = 0, .reel = p->reel};
  return idr_write_file(m->out, &options, &well, 1, false, NULL, &root);
}

static idr_status write_well(import *m) {
  idr_csv_rows *rows = NULL;
  packer *p = calloc(1, sizeof *p);
  if (!p) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write a table");
  idr_status status = open_reel(m, p);
  if (status == IDR_STATUS_OK)
    status =
        idr_csv_rows_open(m->table, m->map, m->result->left_out, sizeof m->result->left_out, &rows);
  if (status == IDR_STATUS_OK) status = pack_rows(m, rows, p);
  if (status == IDR_STATUS_OK) status = write_file(m, p);
  idr_csv_rows_close(rows);
  idr_reel_close(p->reel);
  idr_filter_free(p->filter);
  for (int c = 0; c < IDR_COLUMNS_MAX; c++)
    free(p->piece[c].data);
  free(p->time);
  free(p->value);
  free(p);
  return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The list of findings gets its name when the data set has its own; an older list goes. */
static idr_status publish_list(import *m) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%.4000s.findings.csv", m->out);
  if (m->list) IDR_TRY(close_list(m));
  if (m->problems || m->result->findings == 0) return idr_file_remove(path);
  return idr_file_rename(m->findings_path, path);
}

static idr_status convert(import *m) {
  const idr_convert_settings *s = m->settings;
  idr_problems problems = {0};
  if (s->channel_map[0]) IDR_TRY(idr_csv_map_read(s->channel_map, &m->map));
  m->problems = s->on_error == 0 ? &problems : NULL;
  if (!m->problems) IDR_TRY(open_list(m));
  IDR_TRY(look(m));
  IDR_TRY(judge(m));
  IDR_TRY(write_well(m));
  return publish_list(m);
}

idr_status idr_convert_from_csv(const char *table, const idr_convert_settings *settings,
                                const char *out, idr_import_result *result) {
  memset(result, 0, sizeof *result);
  if (strlen(out) > PATH_MAX - 64)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name '%.80s...' is too long", out);
  import *m = calloc(1, sizeof *m);
  if (!m) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read a table");
  *m = (import){.table = table, .out = out, .settings = settings, .result = result};
  snprintf(m->reel_path, sizeof m->reel_path, "%.4000s.reel%ld", out, (long)getpid());
  snprintf(m->findings_path, sizeof m->findings_path, "%.4000s.findings%ld", out, (long)getpid());
  idr_status status = convert(m);
  if (m->list) fclose(m->list);
  unlink(m->reel_path);
  unlink(m->findings_path);
  idr_csv_map_free(m->map);
  free(m);
  return status;
}
