#include "base/file.h"
#include "base/text.h"
#include "data/h5.h"
#include "data/hash.h"
#include "data/read_internal.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILES_OPEN 16

typedef struct {
  idr_dataset_well head;
  idr_column *column;
  char *path;  /* of its file, owned */
  char *group; /* within the file: "/" or "/well-0003" */
} member;

struct idr_dataset {
  char *name;
  char root[IDR_HASH_TEXT];
  int count, room;
  member *member;
  struct {
    int well; /* whose file it is; -1: none */
    hid_t file;
  } open[FILES_OPEN];
};

/* ---- one well -------------------------------------------------------------------------------- */

static idr_status fail_foreign(const char *path, const char *what) {
  IDR_FAIL(IDR_STATUS_FORMAT,
           "'%s' is no well of a data set (%s); idrill generate and idrill convert make them", path,
           what);
}

static double parse_start(const char *text) {
  struct tm t = {.tm_mday = 1};
  const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &t);
  return end ? (double)timegm(&t) : 0.0;
}

static idr_status read_columns(member *m, const char *list) {
  int n = 0;
  m->column = calloc(IDR_COLUMNS_MAX, sizeof *m->column);
  if (!m->column) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the columns of '%s'", m->path);
  char word[IDR_COLUMN_NAME_MAX];
  while (n < IDR_COLUMNS_MAX && idr_text_word(list, ',', n, word, sizeof word)) {
    if (!idr_column_parse(word, &m->column[n]))
      IDR_FAIL(IDR_STATUS_FORMAT, "'%s' has a column '%s' that this version does not know", m->path,
               word);
    n++;
  }
  m->head.column = m->column;
  m->head.column_count = n;
  return IDR_STATUS_OK;
}

static idr_status read_texts(member *m, hid_t group) {
  char *name = NULL, *start = NULL, *columns = NULL, *root = NULL;
  idr_status status = IDR_STATUS_OK;
  if (!idr_h5_get_text(group, "name", &name) || !idr_h5_get_text(group, "start", &start) ||
      !idr_h5_get_text(group, "columns", &columns) || !idr_h5_get_text(group, "root", &root)) {
    status = fail_foreign(m->path, "it lacks the attributes of one");
  } else {
    snprintf(m->head.name, sizeof m->head.name, "%s", name);
    snprintf(m->head.root, sizeof m->head.root, "%s", root);
    m->head.start = parse_start(start);
    status = read_columns(m, columns);
  }
  free(name);
  free(start);
  free(columns);
  free(root);
  return status;
}

static idr_status read_head(member *m, hid_t group) {
  if (!idr_h5_get_int64(group, "id", &m->head.id) ||
      !idr_h5_get_int64(group, "rows", &m->head.rows) ||
      !idr_h5_get_int64(group, "chunk", &m->head.chunk))
    return fail_foreign(m->path, "it lacks the attributes of one");
  if (m->head.rows < 1 || m->head.chunk < 1 || m->head.chunk > (int64_t)1 << 31)
    return fail_foreign(m->path, "its numbers of rows are none");
  return read_texts(m, group);
}

static idr_status add_well(idr_dataset *d, const char *path, hid_t file, const char *name) {
  if (d->count == d->room) {
    int room = d->room ? 2 * d->room : 16;
    member *larger = realloc(d->member, (size_t)room * sizeof *larger);
    if (!larger) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells", room);
    d->member = larger;
    d->room = room;
  }
  member *m = &d->member[d->count++];
  *m = (member){.path = strdup(path), .group = strdup(name)};
  if (!m->path || !m->group) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a well");
  hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
  if (group < 0) return idr_h5_fail(IDR_STATUS_FORMAT, "read", path);
  idr_status status = read_head(m, group);
  H5Gclose(group);
  return status;
}

/* ---- files and folders ----------------------------------------------------------------------- */

typedef struct {
  idr_dataset *dataset;
  const char *path;
  idr_status status;
} visit;

static herr_t add_group(hid_t file, const char *name, const H5L_info_t *info, void *context) {
  visit *v = context;
  H5O_info_t object;
  (void)info;
  if (H5Oget_info_by_name2(file, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return -1;
  if (object.type != H5O_TYPE_GROUP) return 0;
  v->status = add_well(v->dataset, v->path, file, name);
  return v->status == IDR_STATUS_OK ? 0 : 1;
}

static idr_status add_content(idr_dataset *d, const char *path, hid_t file) {
  if (H5Aexists(file, "columns") > 0) return add_well(d, path, file, "/");
  visit v = {.dataset = d, .path = path, .status = IDR_STATUS_OK};
  if (H5Aexists(file, "root") <= 0) return fail_foreign(path, "it has no root hash");
  herr_t code = H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, add_group, &v);
  if (code < 0) return idr_h5_fail(IDR_STATUS_FORMAT, "read", path);
  return v.status;
}

static idr_status add_file(idr_dataset *d, const char *path) {
  if (!idr_file_exists(path))
    IDR_FAIL(IDR_STATUS_IO, "there is no file '%s'; check the path", path);
  hid_t file = idr_h5_open_file(path);
  if (file < 0) return idr_h5_fail(IDR_STATUS_FORMAT, "open", path);
  idr_status status = add_content(d, path, file);
  H5Fclose(file);
  return status;
}

static int is_data(const struct dirent *entry) {
  size_t n = strlen(entry->d_name);
  return n > 3 && strcmp(entry->d_name + n - 3, ".h5") == 0;
}

static idr_status add_folder(idr_dataset *d, const char *folder) {
  char path[PATH_MAX + NAME_MAX + 2];
  struct dirent **list = NULL;
  int n = scandir(folder, &list, is_data, alphasort);
  idr_status status = IDR_STATUS_OK;
  for (int i = 0; i < n; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
    if (status == IDR_STATUS_OK) status = add_file(d, path);
    free(list[i]);
  }
  free(list);
  IDR_TRY(status);
  if (d->count == 0)
    IDR_FAIL(IDR_STATUS_IO, "there is no data set in '%s': no file *.h5 that holds wells", folder);
  return IDR_STATUS_OK;
}

static int by_id(const void *a, const void *b) {
  const member *x = a, *y = b;
  if (x->head.id != y->head.id) return x->head.id < y->head.id ? -1 : 1;
  return strcmp(x->path, y->path);
}

static idr_status find_root(idr_dataset *d) {
  idr_hash_child *child = calloc((size_t)d->count + 1, sizeof *child);
  if (!child) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells", d->count);
  for (int i = 0; i < d->count; i++) {
    unsigned long long high = 0, low = 0;
    sscanf(d->member[i].head.root, "%16llx%16llx", &high, &low);
    child[i] = (idr_hash_child){.name = d->member[i].head.name, .hash = {low, high}};
  }
  idr_hash_format(idr_hash_node(child, d->count), d->root);
  free(child);
  return IDR_STATUS_OK;
}

/* "runs/a/data" and "runs/a" are both "a"; a file is its name without the ending. */
static char *short_name(const char *path) {
  char text[PATH_MAX];
  snprintf(text, sizeof text, "%s", path);
  for (size_t n = strlen(text); n > 1 && text[n - 1] == '/'; n--)
    text[n - 1] = '\0';
  char *slash = strrchr(text, '/');
  if (slash && strcmp(slash, "/data") == 0) {
    *slash = '\0';
    slash = strrchr(text, '/');
  }
  char *name = slash ? slash + 1 : text, *dot = strrchr(name, '.');
  if (dot && strcmp(dot, ".h5") == 0) *dot = '\0';
  return strdup(name);
}

static idr_status open_path(idr_dataset *d, const char *path) {
  char data[PATH_MAX];
  for (int i = 0; i < FILES_OPEN; i++)
    d->open[i].well = -1;
  d->name = short_name(path);
  if (!d->name) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a data set");
  int n = snprintf(data, sizeof data, "%s/data", path);
  if (n < 0 || (size_t)n >= sizeof data)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name '%s' is too long", path);
  if (!idr_file_is_folder(path))
    IDR_TRY(add_file(d, path));
  else
    IDR_TRY(add_folder(d, idr_file_is_folder(data) ? data : path));
  qsort(d->member, (size_t)d->count, sizeof *d->member, by_id);
  return find_root(d);
}

idr_status idr_dataset_open(const char *path, idr_dataset **out) {
  idr_dataset *d = calloc(1, sizeof *d);
  *out = NULL;
  if (!d) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a data set");
  idr_h5_start();
  idr_status status = open_path(d, path);
  if (status != IDR_STATUS_OK) {
    idr_dataset_close(d);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  *out = d;
  return IDR_STATUS_OK;
}

void idr_dataset_close(idr_dataset *dataset) {
  if (!dataset) return;
  for (int i = 0; i < FILES_OPEN; i++)
    if (dataset->open[i].well >= 0) H5Fclose(dataset->open[i].file);
  for (int i = 0; i < dataset->count; i++) {
    free(dataset->member[i].path);
    free(dataset->member[i].group);
    free(dataset->member[i].column);
  }
  free(dataset->member);
  free(dataset->name);
  free(dataset);
}

/* ---- what it holds --------------------------------------------------------------------------- */

int idr_dataset_well_count(const idr_dataset *dataset) {
  return dataset->count;
}

const idr_dataset_well *idr_dataset_get_well(const idr_dataset *dataset, int well) {
  return &dataset->member[well].head;
}

const char *idr_dataset_name(const idr_dataset *dataset) {
  return dataset->name;
}

const char *idr_dataset_root(const idr_dataset *dataset) {
  return dataset->root;
}

const char *idr_dataset_file(const idr_dataset *dataset, int well) {
  return dataset->member[well].path;
}

int idr_dataset_find(const idr_dataset *dataset, int well, const char *name) {
  const idr_dataset_well *w = &dataset->member[well].head;
  for (int c = 0; c < w->column_count; c++)
    if (strcmp(w->column[c].name, name) == 0) return c;
  return -1;
}

int idr_dataset_find_kind(const idr_dataset *dataset, int well, idr_column_kind kind, int item) {
  const idr_dataset_well *w = &dataset->member[well].head;
  for (int c = 0; c < w->column_count; c++)
    if (w->column[c].kind == kind && w->column[c].item == item) return c;
  return -1;
}

/* ---- rows ------------------------------------------------------------------------------------ */

idr_status idr_dataset_open_column(idr_dataset *d, int well, const char *name, hid_t *out) {
  char path[IDR_COLUMN_NAME_MAX + IDR_WELL_NAME_MAX + 2];
  const member *m = &d->member[well];
  int slot = well % FILES_OPEN;
  if (d->open[slot].well != well) {
    if (d->open[slot].well >= 0) H5Fclose(d->open[slot].file);
    d->open[slot].well = -1;
    d->open[slot].file = idr_h5_open_file(m->path);
    if (d->open[slot].file < 0) return idr_h5_fail(IDR_STATUS_IO, "open", m->path);
    d->open[slot].well = well;
  }
  snprintf(path, sizeof path, "%s%s%s", m->group, strcmp(m->group, "/") == 0 ? "" : "/", name);
  *out = H5Dopen2(d->open[slot].file, path, H5P_DEFAULT);
  if (*out < 0) return idr_h5_fail(IDR_STATUS_FORMAT, "read", m->path);
  return IDR_STATUS_OK;
}

/* Rows [begin, end) of an open dataset of one dimension. False when it is something else. */
static bool read_hyperslab(hid_t dataset, hid_t type, int64_t begin, int64_t end, void *out) {
  hid_t file = H5Dget_space(dataset);
  hsize_t size = 0, offset = (hsize_t)begin, count = (hsize_t)(end - begin);
  bool good = H5Sget_simple_extent_ndims(file) == 1 &&
              H5Sget_simple_extent_dims(file, &size, NULL) == 1 && (hsize_t)end <= size;
  if (good && count > 0) {
    hid_t memory = H5Screate_simple(1, &count, NULL);
    H5Sselect_hyperslab(file, H5S_SELECT_SET, &offset, NULL, &count, NULL);
    good = H5Dread(dataset, type, memory, file, H5P_DEFAULT, out) >= 0;
    H5Sclose(memory);
  }
  H5Sclose(file);
  return good;
}

static idr_status read_rows(idr_dataset *d, int well, int column, int64_t begin, int64_t end,
                            hid_t type, void *out) {
  if (well < 0 || well >= d->count)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the data set has %d wells, none of number %d", d->count, well);
  const member *m = &d->member[well];
  if (column < 0 || column >= m->head.column_count)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "'%s' has no column of number %d", m->path, column);
  if (begin < 0 || end < begin || end > m->head.rows)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "rows %lld to %lld are not within the %lld of %s",
             (long long)begin, (long long)end, (long long)m->head.rows, m->head.name);
  hid_t dataset;
  IDR_TRY(idr_dataset_open_column(d, well, m->column[column].name, &dataset));
  bool good = read_hyperslab(dataset, type, begin, end, out);
  H5Dclose(dataset);
  if (good) return IDR_STATUS_OK;
  idr_h5_fail(IDR_STATUS_FORMAT, "read", m->path);
  idr_error_prefix("column %s, rows %lld to %lld: ", m->column[column].name, (long long)begin,
                   (long long)end);
  return IDR_STATUS_FORMAT;
}

idr_status idr_dataset_read_raw(idr_dataset *dataset, int well, int column, int64_t begin,
                                int64_t end, void *out) {
  idr_type type = idr_column_type(dataset->member[well].column[column].kind);
  return read_rows(dataset, well, column, begin, end, idr_h5_native(type), out);
}

idr_status idr_dataset_read_float(idr_dataset *dataset, int well, int column, int64_t begin,
                                  int64_t end, float *out) {
  return read_rows(dataset, well, column, begin, end, H5T_NATIVE_FLOAT, out);
}

static idr_status check_integer(const idr_dataset *d, int well, int column) {
  const idr_column *c = &d->member[well].column[column];
  if (column >= 0 && column < d->member[well].head.column_count &&
      idr_column_type(c->kind) == IDR_TYPE_FLOAT)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "column %s holds real numbers: read it as such", c->name);
  return IDR_STATUS_OK;
}

idr_status idr_dataset_read_int(idr_dataset *dataset, int well, int column, int64_t begin,
                                int64_t end, int32_t *out) {
  IDR_TRY(check_integer(dataset, well, column));
  return read_rows(dataset, well, column, begin, end, H5T_NATIVE_INT32, out);
}

idr_status idr_dataset_read_int64(idr_dataset *dataset, int well, int column, int64_t begin,
                                  int64_t end, int64_t *out) {
  IDR_TRY(check_integer(dataset, well, column));
  return read_rows(dataset, well, column, begin, end, H5T_NATIVE_INT64, out);
}

/* ---- tables ---------------------------------------------------------------------------------- */

bool idr_dataset_has_table(idr_dataset *dataset, int well, const idr_table *table) {
  char name[IDR_COLUMN_NAME_MAX];
  hid_t open;
  snprintf(name, sizeof name, "%s/%s", table->name, table->field[0].name);
  if (idr_dataset_open_column(dataset, well, name, &open) != IDR_STATUS_OK) {
    idr_error_clear();
    return false;
  }
  H5Dclose(open);
  return true;
}

/* Items of the table's first field; 0 where the well has no such table. */
static idr_status count_items(idr_dataset *d, int well, const idr_table *table, int *count) {
  char name[IDR_COLUMN_NAME_MAX];
  hid_t dataset;
  hsize_t size = 0;
  *count = 0;
  if (!idr_dataset_has_table(d, well, table)) return IDR_STATUS_OK;
  snprintf(name, sizeof name, "%s/%s", table->name, table->field[0].name);
  IDR_TRY(idr_dataset_open_column(d, well, name, &dataset));
  hid_t space = H5Dget_space(dataset);
  bool good = H5Sget_simple_extent_ndims(space) == 1 &&
              H5Sget_simple_extent_dims(space, &size, NULL) == 1 && size < INT32_MAX / 64;
  H5Sclose(space);
  H5Dclose(dataset);
  if (!good) return fail_foreign(d->member[well].path, "one of its tables is none");
  *count = (int)size;
  return IDR_STATUS_OK;
}

static idr_status read_field(idr_dataset *dataset, int well, const idr_table *table, int field,
                             int count, void *out) {
  char name[IDR_COLUMN_NAME_MAX];
  hid_t open;
  snprintf(name, sizeof name, "%s/%s", table->name, table->field[field].name);
  IDR_TRY(idr_dataset_open_column(dataset, well, name, &open));
  bool good = read_hyperslab(open, idr_h5_native(table->field[field].type), 0, count, out);
  H5Dclose(open);
  if (good) return IDR_STATUS_OK;
  idr_h5_fail(IDR_STATUS_FORMAT, "read", dataset->member[well].path);
  idr_error_prefix("%s: ", name);
  return IDR_STATUS_FORMAT;
}

idr_status idr_dataset_read_table(idr_dataset *dataset, int well, const idr_table *table,
                                  void **out, int *count) {
  *out = NULL;
  IDR_TRY(count_items(dataset, well, table, count));
  void *values = calloc((size_t)*count + 1, sizeof(uint64_t));
  void *items = calloc((size_t)*count + 1, table->bytes);
  idr_status status = IDR_STATUS_OK;
  if (!values || !items)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for the table %s", table->name);
  for (int f = 0; f<table->field_count && * count> 0 && status == IDR_STATUS_OK; f++) {
    status = read_field(dataset, well, table, f, *count, values);
    if (status == IDR_STATUS_OK) idr_table_scatter(table, f, values, *count, items);
  }
  free(values);
  if (status == IDR_STATUS_OK)
    *out = items;
  else
    free(items);
  return status;
}

#define READ_TABLE(id)                                                                             \
  do {                                                                                             \
    void *items;                                                                                   \
    IDR_TRY(idr_dataset_read_table(dataset, well, &idr_tables[id], &items, count));                \
    *out = items;                                                                                  \
    return IDR_STATUS_OK;                                                                          \
  } while (0)

idr_status idr_dataset_read_events(idr_dataset *dataset, int well, idr_event_record **out,
                                   int *count) {
  READ_TABLE(IDR_TABLE_EVENTS);
}

idr_status idr_dataset_read_lives(idr_dataset *dataset, int well, idr_life_record **out,
                                  int *count) {
  READ_TABLE(IDR_TABLE_LIVES);
}

idr_status idr_dataset_read_bits(idr_dataset *dataset, int well, idr_bit_record **out, int *count) {
  READ_TABLE(IDR_TABLE_BITS);
}

idr_status idr_dataset_read_layers(idr_dataset *dataset, int well, idr_layer **out, int *count) {
  READ_TABLE(IDR_TABLE_LAYERS);
}

idr_status idr_dataset_read_sections(idr_dataset *dataset, int well, idr_dataset_section **out,
                                     int *count) {
  READ_TABLE(IDR_TABLE_SECTIONS);
}

idr_status idr_dataset_read_path(idr_dataset *dataset, int well, idr_dataset_point **out,
                                 int *count) {
  READ_TABLE(IDR_TABLE_PATH);
}
