#include "data/check.h"

#include "data/hash.h"
#include "data/read_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 96 /* more than all tables have */

typedef struct {
  idr_dataset *dataset;
  int well;
  const idr_dataset_well *head;
  const idr_check_sink *sink;
  int problems;
  int64_t blocks;
  idr_hash *kept;                    /* [column][blocks], as the file has them; NULL: unreadable */
  idr_hash *leaf;                    /* [blocks] of a column, of its values */
  void *values;                      /* a chunk */
  idr_hash_child *child;             /* columns and fields, for the root */
  char (*name)[IDR_COLUMN_NAME_MAX]; /* of the children */
  int children;
} checker;

__attribute__((format(printf, 2, 3))) static void report(checker *c, const char *format, ...) {
  char text[1024], line[1200];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  snprintf(line, sizeof line, "%s: %s", c->head->name, text);
  c->sink->problem(c->sink->context, line);
  c->problems++;
}

static void add_child(checker *c, const char *name, idr_hash hash) {
  snprintf(c->name[c->children], IDR_COLUMN_NAME_MAX, "%s", name);
  c->child[c->children] = (idr_hash_child){.name = c->name[c->children], .hash = hash};
  c->children++;
}

/* ---- what the file says of itself ------------------------------------------------------------ */

static idr_status read_leaves(checker *c) {
  hsize_t size[3] = {0};
  hid_t leaves;
  size_t count = (size_t)c->head->column_count * (size_t)c->blocks;
  c->kept = calloc(count + 1, sizeof *c->kept);
  if (!c->kept) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %zu hashes", count);
  bool good =
      idr_dataset_open_column(c->dataset, c->well, "integrity/leaves", &leaves) == IDR_STATUS_OK;
  if (good) {
    hid_t space = H5Dget_space(leaves);
    good = H5Sget_simple_extent_ndims(space) == 3 &&
           H5Sget_simple_extent_dims(space, size, NULL) == 3 &&
           size[0] == (hsize_t)c->head->column_count && size[1] == (hsize_t)c->blocks &&
           size[2] == 2 &&
           H5Dread(leaves, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->kept) >= 0;
    H5Sclose(space);
    H5Dclose(leaves);
  }
  if (good) return IDR_STATUS_OK;
  report(c, "its list of hashes (integrity/leaves) cannot be read");
  free(c->kept);
  c->kept = NULL;
  return IDR_STATUS_OK;
}

/* Whether the dataset's own hash is `hash`. */
static bool has_hash(checker *c, const char *name, idr_hash hash) {
  char text[IDR_HASH_TEXT], *kept = NULL;
  hid_t dataset;
  idr_hash_format(hash, text);
  if (idr_dataset_open_column(c->dataset, c->well, name, &dataset) != IDR_STATUS_OK) return false;
  bool same = idr_h5_get_text(dataset, "hash", &kept) && strcmp(kept, text) == 0;
  free(kept);
  H5Dclose(dataset);
  return same;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* Hash of the values of a chunk; false, and told, when they cannot be read. */
static bool hash_chunk(checker *c, int column, int64_t block) {
  const idr_column *k = &c->head->column[column];
  int64_t begin = block * c->head->chunk, end = begin + c->head->chunk;
  if (end > c->head->rows) end = c->head->rows;
  c->leaf[block] = (idr_hash){0, 0};
  if (idr_dataset_read_raw(c->dataset, c->well, column, begin, end, c->values) != IDR_STATUS_OK) {
    report(c, "column %s, chunk %lld (rows %lld to %lld) cannot be read: %.500s", k->name,
           (long long)block, (long long)begin, (long long)end - 1, idr_error_get()->message);
    return false;
  }
  c->leaf[block] =
      idr_hash_leaf(k->name, block, c->values, (size_t)(end - begin) * idr_column_bytes(k->kind));
  const idr_hash *kept = c->kept ? &c->kept[column * c->blocks + block] : &c->leaf[block];
  if (kept->low == c->leaf[block].low && kept->high == c->leaf[block].high) return true;
  report(c, "column %s, chunk %lld (rows %lld to %lld) does not hold the values that were written",
         k->name, (long long)block, (long long)begin, (long long)end - 1);
  return false;
}

static void check_column(checker *c, int column) {
  const char *name = c->head->column[column].name;
  bool good = true;
  for (int64_t b = 0; b < c->blocks; b++)
    good &= hash_chunk(c, column, b);
  idr_hash hash = idr_hash_column(name, c->leaf, c->blocks);
  if (good && !has_hash(c, name, hash))
    report(c, "column %s: its attribute hash is not that of its values", name);
  add_child(c, name, hash);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void check_field(checker *c, const idr_table *table, int field, const void *items, int count,
                        void *values) {
  char name[IDR_COLUMN_NAME_MAX];
  const idr_table_field *f = &table->field[field];
  snprintf(name, sizeof name, "%s/%s", table->name, f->name);
  idr_table_gather(table, field, items, count, values);
  idr_hash leaf = idr_hash_leaf(name, 0, values, (size_t)count * idr_type_bytes(f->type));
  idr_hash hash = idr_hash_column(name, &leaf, 1);
  if (!has_hash(c, name, hash))
    report(c, "table %s, field %s does not hold the values that were written", table->name,
           f->name);
  add_child(c, name, hash);
}

static void check_table(checker *c, const idr_table *table) {
  void *items, *values;
  int count;
  if (!idr_dataset_has_table(c->dataset, c->well, table)) return;
  if (idr_dataset_read_table(c->dataset, c->well, table, &items, &count) != IDR_STATUS_OK) {
    report(c, "table %s cannot be read: %.500s", table->name, idr_error_get()->message);
    return;
  }
  values = calloc((size_t)count + 1, sizeof(uint64_t));
  for (int f = 0; values && f < table->field_count; f++)
    check_field(c, table, f, items, count, values);
  free(values);
  free(items);
}

/* ---- the well -------------------------------------------------------------------------------- */

static void check_root(checker *c) {
  char text[IDR_HASH_TEXT];
  idr_hash_format(idr_hash_node(c->child, c->children), text);
  if (c->problems == 0 && strcmp(text, c->head->root) != 0)
    report(c, "its root hash is %s, of its values %s: a table or column was added or removed",
           c->head->root, text);
}

static idr_status check(checker *c) {
  size_t children = (size_t)c->head->column_count + FIELDS_MAX;
  c->leaf = calloc((size_t)c->blocks + 1, sizeof *c->leaf);
  c->values = malloc((size_t)c->head->chunk * sizeof(int64_t));
  c->child = calloc(children, sizeof *c->child);
  c->name = calloc(children, sizeof *c->name);
  if (!c->leaf || !c->values || !c->child || !c->name)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to check %s", c->head->name);
  IDR_TRY(read_leaves(c));
  for (int k = 0; k < c->head->column_count; k++)
    check_column(c, k);
  for (int t = 0; t < IDR_TABLE_COUNT; t++)
    check_table(c, &idr_tables[t]);
  check_root(c);
  return IDR_STATUS_OK;
}

idr_status idr_dataset_check_well(idr_dataset *dataset, int well, const idr_check_sink *sink,
                                  bool *sound) {
  checker c = {
      .dataset = dataset, .well = well, .head = idr_dataset_get_well(dataset, well), .sink = sink};
  c.blocks = (c.head->rows + c.head->chunk - 1) / c.head->chunk;
  idr_status status = check(&c);
  *sound = status == IDR_STATUS_OK && c.problems == 0;
  free(c.kept);
  free(c.leaf);
  free(c.values);
  free(c.child);
  free(c.name);
  return status;
}
