#include "data/statistics.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((int64_t)1 << 16) /* rows at a time, in whole chunks */

/* KIND, name, unit, default, min, max, choices, doc: an item of the file's list */
#define ITEM_ROWS(X)                                                                               \
  X(TEXT, name, "", "required", 0, 0, "", "of the column")                                         \
  X(INT, count, "", "required", 0, 9e18, "", "finite values")                                      \
  X(INT, empty, "", "required", 0, 9e18, "", "values that are not there")                          \
  X(REAL, mean, "", "0", -INFINITY, INFINITY, "", "SI")                                            \
  X(REAL, sd, "", "0", 0, INFINITY, "", "SI")                                                      \
  X(REAL, low, "", "0", -INFINITY, INFINITY, "", "SI")                                             \
  X(REAL, high, "", "0", -INFINITY, INFINITY, "", "SI")
IDR_SETTINGS_STRUCT(item_row, ITEM_ROWS);
#define idr_row_type item_row
static const idr_setting item_rows[] = {ITEM_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define ITEM_COUNT ((int)(sizeof item_rows / sizeof item_rows[0]))

/* ---- moments --------------------------------------------------------------------------------- */

/* Two passes over the block, then one merge: the numbers of a block lie near each other. */
void idr_running_add(idr_running *m, const float *value, int64_t count) {
  idr_running b = {.low = INFINITY, .high = -INFINITY};
  double sum = 0;
  for (int64_t i = 0; i < count; i++) {
    double v = (double)value[i];
    if (!isfinite(v)) continue;
    b.count++;
    sum += v;
    b.low = v < b.low ? v : b.low;
    b.high = v > b.high ? v : b.high;
  }
  b.empty = count - b.count;
  b.mean = b.count > 0 ? sum / (double)b.count : 0;
  for (int64_t i = 0; i < count; i++) {
    double d = (double)value[i] - b.mean;
    if (isfinite(d)) b.m2 += d * d;
  }
  idr_running_merge(m, &b);
}

void idr_running_merge(idr_running *a, const idr_running *b) {
  int64_t empty = a->empty + b->empty;
  if (a->count == 0) {
    *a = *b;
  } else if (b->count > 0) {
    double n = (double)(a->count + b->count), d = b->mean - a->mean;
    a->m2 += b->m2 + d * d * ((double)a->count * (double)b->count / n);
    a->mean += d * ((double)b->count / n);
    a->count += b->count;
    a->low = fmin(a->low, b->low);
    a->high = fmax(a->high, b->high);
  }
  a->empty = empty;
}

static idr_statistic finish(const idr_running *m) {
  if (m->count == 0) return (idr_statistic){0, m->empty, NAN, NAN, NAN, NAN};
  double sd = m->count > 1 ? sqrt(m->m2 / (double)(m->count - 1)) : 0;
  return (idr_statistic){m->count, m->empty, m->mean, sd, m->low, m->high};
}

/* ---- the pass -------------------------------------------------------------------------------- */

typedef struct {
  idr_dataset *dataset;
  const idr_window_settings *settings;
  const idr_statistics *names;
} pass;

static idr_status read_column(const pass *p, int well, int column, idr_running *m, float *buffer) {
  const idr_dataset_well *info = idr_dataset_get_well(p->dataset, well);
  int64_t first = p->settings->first, last = p->settings->last;
  if (last < 0 || last > info->rows) last = info->rows;
  int place = idr_dataset_find(p->dataset, well, p->names->column[column]);
  if (place < 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "well %s has no column '%s'", info->name, p->names->column[column]);
  for (int64_t begin = first; begin < last;) {
    int64_t end = (begin / BLOCK + 1) * BLOCK < last ? (begin / BLOCK + 1) * BLOCK : last;
    IDR_TRY(idr_dataset_read_float(p->dataset, well, place, begin, end, buffer));
    idr_running_add(m, buffer, end - begin);
    begin = end;
  }
  return IDR_STATUS_OK;
}

/* Moments of the wells that this rank reads, in `all` at their places: [wells][columns]. */
static idr_status read_share(const pass *p, const idr_comm *comm, idr_running *all) {
  bool chosen = false;
  idr_status status = IDR_STATUS_OK;
  float *buffer = malloc((size_t)BLOCK * sizeof *buffer);
  if (!buffer) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read a column");
  for (int w = comm->rank; w < idr_dataset_well_count(p->dataset); w += comm->size) {
    IDR_TRY_GOTO(status, done,
                 idr_window_chooses(p->settings, idr_dataset_get_well(p->dataset, w), &chosen));
    for (int c = 0; chosen && c < p->names->count; c++)
      IDR_TRY_GOTO(status, done, read_column(p, w, c, &all[w * p->names->count + c], buffer));
  }
done:
  free(buffer);
  return status;
}

/* Every rank's table to all: a well's row is zero on all ranks but one. */
static idr_status share_moments(const idr_comm *comm, idr_running *all, size_t bytes) {
  char *gathered = NULL;
  size_t total = 0;
  IDR_TRY(idr_comm_gather_bytes(comm, all, bytes, (void **)&gathered, &total));
  if (comm->rank == 0) {
    const idr_running *table = (const idr_running *)(const void *)gathered;
    size_t n = bytes / sizeof *all;
    for (int r = 1; r < comm->size; r++)
      for (size_t i = 0; i < n; i++) {
        const idr_running *m = &table[(size_t)r * n + i];
        if (m->count > 0 || m->empty > 0) all[i] = *m;
      }
  }
  free(gathered);
  return idr_comm_broadcast(comm, all, bytes, 0);
}

static idr_status compute(const idr_comm *comm, idr_dataset *dataset,
                          const idr_window_settings *settings, idr_statistics *out) {
  const pass p = {dataset, settings, out};
  size_t wells = (size_t)idr_dataset_well_count(dataset), columns = (size_t)out->count;
  idr_running *all = calloc(wells * columns, sizeof *all);
  idr_status status = IDR_STATUS_OK;
  if (!all)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for statistics of %zu wells", wells);
  else
    status = read_share(&p, comm, all);
  IDR_TRY_GOTO(status, done, idr_comm_agree(comm, status));
  IDR_TRY_GOTO(status, done, share_moments(comm, all, wells * columns * sizeof *all));
  for (size_t c = 0; c < columns; c++) {
    idr_running sum = {0};
    for (size_t w = 0; w < wells; w++)
      idr_running_merge(&sum, &all[w * columns + c]);
    out->of[c] = finish(&sum);
  }
done:
  free(all);
  return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* What decides the numbers, beside the content: the choice of wells, rows and columns. */
static bool find_path(const char *folder, const idr_dataset *dataset, const idr_window_settings *s,
                      char path[PATH_MAX]) {
  char text[4 * IDR_TEXT_MAX];
  snprintf(text, sizeof text, "%s|%s|%s|%lld|%lld|%d|%.17g|%.17g", idr_dataset_root(dataset),
           s->columns, s->wells, (long long)s->first, (long long)s->last, s->part,
           s->part ? s->validation : 0, s->part ? s->test : 0);
  int n = snprintf(path, PATH_MAX, "%s/statistics-%012llx.yaml", folder,
                   (unsigned long long)(idr_checksum(text, strlen(text)) >> 16));
  return n > 0 && n < PATH_MAX;
}

/* Whether the file belongs to these columns and this content; fills `out`. */
static bool take_items(const idr_yaml *yaml, idr_statistics *out) {
  idr_problems problems = {0};
  const char *root = idr_yaml_text(yaml, idr_yaml_child(yaml, idr_yaml_root(yaml), "root"));
  idr_yaml_node list = idr_yaml_child(yaml, idr_yaml_root(yaml), "columns");
  if (!root || strcmp(root, out->root) != 0 || idr_yaml_length(yaml, list) != out->count)
    return false;
  for (int i = 0; i < out->count; i++) {
    item_row row;
    memset(&row, 0, sizeof row);
    idr_record_read(yaml, idr_yaml_item(yaml, list, i), item_rows, ITEM_COUNT, "", &row, &problems);
    if (problems.count > 0 || strcmp(row.name, out->column[i]) != 0) return false;
    bool any = row.count > 0;
    out->of[i] = (idr_statistic){row.count,          row.empty,           any ? row.mean : NAN,
                                 any ? row.sd : NAN, any ? row.low : NAN, any ? row.high : NAN};
  }
  return true;
}

/* False when there is no such file, or a damaged or foreign one: then they are computed. */
static bool read_file(const char *path, idr_statistics *out) {
  idr_yaml *yaml = NULL;
  if (!idr_file_exists(path)) return false;
  bool good = idr_yaml_read(path, &yaml) == IDR_STATUS_OK && take_items(yaml, out);
  idr_yaml_free(yaml);
  idr_error_clear();
  return good;
}

static void put_item(FILE *f, const idr_statistics *s, int i) {
  const idr_statistic *v = &s->of[i];
  fprintf(f, "  - {name: %s, count: %lld, empty: %lld", s->column[i], (long long)v->count,
          (long long)v->empty);
  if (v->count > 0)
    fprintf(f, ", mean: %.17g, sd: %.17g, low: %.17g, high: %.17g", v->mean, v->sd, v->low,
            v->high);
  fputs("}\n", f);
}

/* A folder that takes no files only costs the next job the pass. */
static void write_file(const char *path, const char *name, const idr_statistics *s) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *f = open_memstream(&text, &bytes);
  if (!f) return;
  fprintf(f, "# Statistics of %s, SI, for normalisation; made anew when this file is gone.\n",
          name);
  fprintf(f, "root: '%s'\ncolumns:\n", s->root);
  for (int i = 0; i < s->count; i++)
    put_item(f, s, i);
  if (fclose(f) == 0 && idr_file_write(path, text, bytes) != IDR_STATUS_OK) idr_error_clear();
  free(text);
}

static idr_status get(const idr_comm *comm, idr_dataset *dataset, const char *folder,
                      const idr_window_settings *settings, idr_statistics *out) {
  char path[PATH_MAX];
  bool named = find_path(folder, dataset, settings, path);
  out->read = comm->rank == 0 && named && read_file(path, out);
  IDR_TRY(idr_comm_decide(comm, &out->read));
  if (out->read) return idr_comm_broadcast(comm, out->of, (size_t)out->count * sizeof *out->of, 0);
  IDR_TRY(compute(comm, dataset, settings, out));
  if (comm->rank == 0 && named) write_file(path, idr_dataset_name(dataset), out);
  return IDR_STATUS_OK;
}

idr_status idr_statistics_get(const idr_comm *comm, idr_dataset *dataset, const char *folder,
                              const idr_window_settings *settings, idr_statistics *out) {
  *out = (idr_statistics){0};
  snprintf(out->root, sizeof out->root, "%s", idr_dataset_root(dataset));
  idr_status status = idr_window_columns(dataset, settings, &out->column, &out->count);
  if (status == IDR_STATUS_OK) {
    out->of = calloc((size_t)out->count, sizeof *out->of);
    if (!out->of)
      status =
          idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory for statistics");
  }
  status = idr_comm_agree(comm, status);
  if (status == IDR_STATUS_OK) status = get(comm, dataset, folder, settings, out);
  if (status == IDR_STATUS_OK) return status;
  idr_statistics_free(out);
  return idr_trace_at(status, __func__, __FILE__, __LINE__);
}

void idr_statistics_free(idr_statistics *statistics) {
  free(statistics->column);
  free(statistics->of);
  *statistics = (idr_statistics){0};
}
