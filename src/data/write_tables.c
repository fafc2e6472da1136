/* Tables and hashes of a well. */
#include "data/tables.h"
#include "data/write_internal.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_CHUNK 512 /* items */

idr_status idr_write_add_child(idr_well_writer *w, const char *name, idr_hash hash) {
  snprintf(w->name[w->children], IDR_COLUMN_NAME_MAX, "%s", name);
  w->child[w->children] = (idr_hash_child){.name = w->name[w->children], .hash = hash};
  w->children++;
  return IDR_STATUS_OK;
}

static herr_t put_hash(hid_t dataset, idr_hash hash) {
  char text[IDR_HASH_TEXT];
  idr_hash_format(hash, text);
  return idr_h5_put_text(dataset, "hash", text);
}

/* Makes a dataset of `rank` dimensions, a growing first one, so that a table without items is one
 * too. Returns the open dataset, negative on failure. */
static hid_t make(hid_t group, const char *name, idr_type type, int rank, const hsize_t *size,
                  const void *values) {
  hsize_t most[3], chunk[3];
  for (int i = 0; i < rank; i++) {
    most[i] = i == 0 ? H5S_UNLIMITED : size[i];
    chunk[i] = i == 0 ? (size[0] > 0 && size[0] < TABLE_CHUNK ? size[0] : TABLE_CHUNK) : size[i];
  }
  if (rank > 1) chunk[0] = 1;
  hid_t space = H5Screate_simple(rank, size, most), list = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(list, rank, chunk);
  hid_t dataset = H5Dcreate2(group, name, idr_h5_type(type), space, H5P_DEFAULT, list, H5P_DEFAULT);
  if (dataset >= 0 && size[0] > 0 &&
      H5Dwrite(dataset, idr_h5_native(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
    H5Dclose(dataset);
    dataset = -1;
  }
  H5Pclose(list);
  H5Sclose(space);
  return dataset;
}

/* Numbers 0, 1, 2, ... as the dimension scale `name`. */
static hid_t make_scale(hid_t group, const char *name, int count) {
  int32_t *number = malloc((size_t)(count + 1) * sizeof *number);
  hsize_t size = (hsize_t)count;
  if (!number) return -1;
  for (int i = 0; i < count; i++)
    number[i] = i;
  hid_t scale = make(group, name, IDR_TYPE_INT32, 1, &size, number);
  free(number);
  if (scale < 0) return -1;
  if (H5DSset_scale(scale, name) >= 0) return scale;
  H5Dclose(scale);
  return -1;
}

static herr_t describe(hid_t dataset, const idr_table_field *f) {
  if (idr_h5_put_text(dataset, "units", idr_write_unit(f->unit)) < 0) return -1;
  if (idr_h5_put_text(dataset, "long_name", f->doc) < 0) return -1;
  return f->flags ? idr_write_flags(dataset, f->type, f->flags) : 0;
}

static herr_t write_field(idr_well_writer *w, hid_t group, hid_t scale, const idr_table *table,
                          int field, const void *values, int count) {
  const idr_table_field *f = &table->field[field];
  char name[IDR_COLUMN_NAME_MAX];
  hsize_t size = (hsize_t)count;
  snprintf(name, sizeof name, "%s/%s", table->name, f->name);
  idr_hash leaf = idr_hash_leaf(name, 0, values, (size_t)count * idr_type_bytes(f->type));
  idr_hash hash = idr_hash_column(name, &leaf, 1);
  hid_t dataset = make(group, f->name, f->type, 1, &size, values);
  if (dataset < 0) return -1;
  herr_t code = H5DSattach_scale(dataset, scale, 0);
  if (code >= 0) code = describe(dataset, f);
  if (code >= 0) code = put_hash(dataset, hash);
  H5Dclose(dataset);
  idr_write_add_child(w, name, hash);
  return code;
}

static herr_t write_table(idr_well_writer *w, const idr_table *table, const void *items,
                          int count) {
  void *values = calloc((size_t)count + 1, sizeof(uint64_t));
  hid_t group = H5Gcreate2(w->group, table->name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  hid_t scale = group < 0 || !values ? -1 : make_scale(group, table->item, count);
  herr_t code = scale < 0 ? -1 : idr_h5_put_text(group, "long_name", table->doc);
  for (int f = 0; code >= 0 && f < table->field_count; f++) {
    idr_table_gather(table, f, items, count, values);
    code = write_field(w, group, scale, table, f, values, count);
  }
  if (scale >= 0) H5Dclose(scale);
  if (group >= 0) H5Gclose(group);
  free(values);
  return code;
}

/* ---- the tables of a well -------------------------------------------------------------------- */

static herr_t write_sections(idr_well_writer *w, const idr_well *well) {
  idr_dataset_section *all = calloc((size_t)well->section_count, sizeof *all);
  if (!all) return -1;
  for (int i = 0; i < well->section_count; i++) {
    const idr_well_section *s = &well->section[i];
    all[i] = (idr_dataset_section){
        s->top,        s->bottom, s->hole_diameter, s->casing_bottom, s->casing_inner_diameter,
        s->mud_density};
  }
  herr_t code = write_table(w, &idr_tables[IDR_TABLE_SECTIONS], all, well->section_count);
  free(all);
  return code;
}

static herr_t write_path(idr_well_writer *w, const idr_well *well) {
  idr_dataset_point *all = calloc((size_t)well->path_count, sizeof *all);
  if (!all) return -1;
  for (int i = 0; i < well->path_count; i++) {
    const idr_path_point *p = &well->path[i];
    all[i] = (idr_dataset_point){i * IDR_PATH_STEP, p->tvd,         p->north,
                                 p->east,           p->inclination, p->azimuth};
  }
  herr_t code = write_table(w, &idr_tables[IDR_TABLE_PATH], all, well->path_count);
  free(all);
  return code;
}

static herr_t write_well(idr_well_writer *w, const idr_well *well) {
  herr_t code = write_table(w, &idr_tables[IDR_TABLE_SURVEY], well->survey, well->survey_count);
  if (code >= 0)
    code = write_table(w, &idr_tables[IDR_TABLE_LAYERS], well->layer, well->layer_count);
  if (code >= 0) code = write_sections(w, well);
  return code >= 0 ? write_path(w, well) : code;
}

idr_status idr_write_tables(idr_well_writer *w) {
  int events, lives, bits;
  const idr_bit_record *bit = idr_reel_bits(w->well->reel, &bits);
  const idr_event_record *event = idr_reel_events(w->well->reel, &events);
  const idr_life_record *life = idr_reel_lives(w->well->reel, &lives);
  herr_t code = write_table(w, &idr_tables[IDR_TABLE_EVENTS], event, events);
  if (code >= 0) code = write_table(w, &idr_tables[IDR_TABLE_LIVES], life, lives);
  if (code >= 0) code = write_table(w, &idr_tables[IDR_TABLE_BITS], bit, bits);
  if (code >= 0 && w->well->well) code = write_well(w, w->well->well);
  return code < 0 ? idr_h5_fail(IDR_STATUS_IO, "write", w->path) : IDR_STATUS_OK;
}

/* ---- hashes ---------------------------------------------------------------------------------- */

static herr_t write_leaves(idr_well_writer *w, hid_t group, int columns, int blocks) {
  hsize_t size[3] = {(hsize_t)columns, (hsize_t)blocks, 2};
  hid_t scale[3] = {make_scale(group, "column", columns), make_scale(group, "chunk", blocks),
                    make_scale(group, "half", 2)};
  hid_t leaves = make(group, "leaves", IDR_TYPE_UINT64, 3, size, w->leaf);
  herr_t code = leaves < 0 ? -1 : 0;
  for (unsigned i = 0; i < 3; i++) {
    if (code >= 0) code = scale[i] < 0 ? -1 : H5DSattach_scale(leaves, scale[i], i);
    if (scale[i] >= 0) H5Dclose(scale[i]);
  }
  if (code >= 0)
    code = idr_h5_put_text(leaves, "long_name",
                           "XXH3-128 of every chunk's values (low, high), columns in the order of "
                           "the attribute columns");
  if (leaves >= 0) H5Dclose(leaves);
  return code;
}

idr_status idr_write_integrity(idr_well_writer *w) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  hid_t group = H5Gcreate2(w->group, "integrity", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  herr_t code = group < 0 ? -1
                          : write_leaves(w, group, spec->column_count,
                                         (int)idr_reel_blocks_wanted(w->well->reel));
  if (group >= 0) H5Gclose(group);
  return code < 0 ? idr_h5_fail(IDR_STATUS_IO, "write", w->path) : IDR_STATUS_OK;
}
