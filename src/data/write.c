#include "data/write.h"

#include "base/file.h"
#include "data/tables.h"
#include "data/write_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5_hl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LZ4_FILTER   32004 /* registered number */
#define SPAN         32    /* chunks of a rank in one collective write */
#define TABLE_FIELDS 96    /* more than all tables have */

/* ---- storage --------------------------------------------------------------------------------- */

idr_status idr_storage_check(idr_storage storage) {
  idr_h5_start();
  H5Z_filter_t filter = storage == IDR_STORAGE_DEFLATE ? H5Z_FILTER_DEFLATE
                        : storage == IDR_STORAGE_SZIP  ? H5Z_FILTER_SZIP
                                                       : LZ4_FILTER;
  unsigned can = 0;
  if (storage == IDR_STORAGE_NONE) return IDR_STATUS_OK;
  if (H5Zfilter_avail(filter) <= 0)
    IDR_FAIL(IDR_STATUS_UNSUPPORTED,
             "this HDF5 library has no filter %s: %s, or choose dataset.filter=deflate",
             storage == IDR_STORAGE_LZ4 ? "lz4" : "of that kind",
             storage == IDR_STORAGE_LZ4 ? "install its plugin and set HDF5_PLUGIN_PATH"
                                        : "use a build that has it");
  if (H5Zget_filter_info(filter, &can) < 0 || !(can & H5Z_FILTER_CONFIG_ENCODE_ENABLED))
    IDR_FAIL(IDR_STATUS_UNSUPPORTED, "this HDF5 library can read this filter but not write it; "
                                     "choose dataset.filter=deflate");
  return IDR_STATUS_OK;
}

int idr_storage_reel_level(idr_storage storage, int level) {
  return storage == IDR_STORAGE_NONE ? 0 : storage == IDR_STORAGE_DEFLATE ? level : 1;
}

/* Whether a chunk of the reel is, byte for byte, a chunk of the file. */
static bool is_direct(const idr_well_writer *w) {
  return w->options->storage <= IDR_STORAGE_DEFLATE;
}

static hid_t creation_list(const idr_well_writer *w, hsize_t chunk, size_t width) {
  hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(list, 1, &chunk);
  H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
  if (w->options->storage == IDR_STORAGE_DEFLATE) {
    if (width > 1) H5Pset_shuffle(list);
    H5Pset_deflate(list, (unsigned)w->options->level);
  } else if (w->options->storage == IDR_STORAGE_SZIP) {
    H5Pset_szip(list, H5_SZIP_NN_OPTION_MASK, 16);
  } else if (w->options->storage == IDR_STORAGE_LZ4) {
    if (width > 1) H5Pset_shuffle(list);
    H5Pset_filter(list, LZ4_FILTER, H5Z_FLAG_OPTIONAL, 0, NULL);
  }
  return list;
}

/* ---- rows of a column ------------------------------------------------------------------------ */

static herr_t write_direct(const idr_well_writer *w, hid_t dataset, int64_t block, const void *data,
                           size_t bytes) {
  hsize_t offset = (hsize_t)(block * idr_reel_get_spec(w->well->reel)->chunk);
  return H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &offset, bytes, data);
}

/* Rows [begin, end) through the library's own filters; begin == end: takes part with nothing. */
static herr_t write_rows(const idr_well_writer *w, hid_t dataset, idr_type type, int64_t begin,
                         int64_t end, const void *values) {
  hsize_t offset = (hsize_t)begin, count = (hsize_t)(end - begin), one = count ? count : 1;
  hid_t file = H5Dget_space(dataset), memory = H5Screate_simple(1, &one, NULL);
  hid_t list = idr_h5_transfer(w->comm);
  if (count == 0) {
    H5Sselect_none(file);
    H5Sselect_none(memory);
  } else {
    H5Sselect_hyperslab(file, H5S_SELECT_SET, &offset, NULL, &count, NULL);
  }
  herr_t code = H5Dwrite(dataset, idr_h5_native(type), memory, file, list, values);
  H5Pclose(list);
  H5Sclose(memory);
  H5Sclose(file);
  return code;
}

static void hash_chunk(const idr_well_writer *w, idr_chunk_source *source, int column,
                       int64_t block, const void *values) {
  const idr_reel *reel = w->well->reel;
  const idr_column *c = &idr_reel_get_spec(reel)->column[column];
  idr_hash *leaf = &w->leaf[column * idr_reel_blocks_wanted(reel) + block];
  *leaf = idr_reel_leaf(reel, block, column);
  if (idr_chunk_source_is_derived(source, column))
    *leaf = idr_hash_leaf(c->name, block, values,
                          (size_t)idr_reel_rows(reel, block) * idr_column_bytes(c->kind));
}

static idr_status hash_column(const idr_well_writer *w, idr_chunk_source *source, int column) {
  for (int64_t b = 0; b < idr_reel_blocks(w->well->reel); b++) {
    const void *values = NULL;
    if (idr_chunk_source_is_derived(source, column))
      IDR_TRY(idr_chunk_source_values(source, b, column, &values));
    hash_chunk(w, source, column, b, values);
  }
  return IDR_STATUS_OK;
}

/* Encoded chunks go past HDF5's filters as they are. */
static idr_status write_encoded(const idr_well_writer *w, idr_chunk_source *source, hid_t dataset,
                                int column) {
  for (int64_t b = 0; b < idr_reel_blocks(w->well->reel); b++) {
    const void *data;
    size_t bytes;
    IDR_TRY(idr_chunk_source_encoded(source, b, column, &data, &bytes));
    if (write_direct(w, dataset, b, data, bytes) < 0)
      return idr_h5_fail(IDR_STATUS_IO, "write", w->path);
  }
  return IDR_STATUS_OK;
}

/* Chunks [first, last) of this rank, side by side in `span`, into the file. */
static idr_status write_span(const idr_well_writer *w, idr_chunk_source *source, hid_t dataset,
                             int column, int64_t first, int64_t last, char *span) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  idr_type type = idr_column_type(spec->column[column].kind);
  size_t bytes = (size_t)spec->chunk * idr_type_bytes(type);
  idr_status status = IDR_STATUS_OK;
  int64_t end = last * spec->chunk < spec->rows ? last * spec->chunk : spec->rows;
  for (int64_t b = first; b < last && status == IDR_STATUS_OK; b++) {
    const void *values;
    status = idr_chunk_source_values(source, b, column, &values);
    if (status == IDR_STATUS_OK) memcpy(span + (size_t)(b - first) * bytes, values, bytes);
  }
  int64_t begin = first * spec->chunk;
  if (begin > end) begin = end;
  /* The others wait in the call: nobody may stay away from it. */
  herr_t code = write_rows(w, dataset, type, begin, status == IDR_STATUS_OK ? end : begin, span);
  if (status != IDR_STATUS_OK) return status;
  return code < 0 ? idr_h5_fail(IDR_STATUS_IO, "write", w->path) : IDR_STATUS_OK;
}

/* The chunks are dealt out in spans, one of each rank at a time; none is written by two. */
static idr_status write_filtered(const idr_well_writer *w, idr_chunk_source *source, hid_t dataset,
                                 int column) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  int64_t blocks = idr_reel_blocks(w->well->reel);
  int rank = w->comm ? w->comm->rank : 0, ranks = w->comm ? w->comm->size : 1;
  char *span = malloc(SPAN * (size_t)spec->chunk * sizeof(int64_t));
  idr_status status = IDR_STATUS_OK;
  if (!span) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d chunks", SPAN);
  for (int64_t turn = 0; turn < blocks; turn += (int64_t)SPAN * ranks) {
    int64_t first = turn + (int64_t)rank * SPAN, last = first + SPAN;
    if (first > blocks) first = blocks;
    if (last > blocks) last = blocks;
    idr_status one = write_span(w, source, dataset, column, first, last, span);
    if (status == IDR_STATUS_OK) status = one;
  }
  free(span);
  return status;
}

static herr_t finish_column(idr_well_writer *w, hid_t dataset, int column) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  const idr_column *c = &spec->column[column];
  int64_t blocks = idr_reel_blocks_wanted(w->well->reel);
  char text[IDR_HASH_TEXT];
  idr_hash hash = idr_hash_column(c->name, &w->leaf[column * blocks], blocks);
  idr_write_add_child(w, c->name, hash);
  idr_hash_format(hash, text);
  if (idr_write_column_attributes(dataset, c, w->options->start) < 0) return -1;
  if (idr_h5_put_text(dataset, "hash", text) < 0) return -1;
  return c->kind == IDR_COLUMN_TIME ? H5DSset_scale(dataset, "time")
                                    : H5DSattach_scale(dataset, w->time, 0);
}

static idr_status write_column(idr_well_writer *w, idr_chunk_source *source, int column) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  const idr_column *c = &spec->column[column];
  idr_type type = idr_column_type(c->kind);
  hsize_t rows = (hsize_t)spec->rows;
  hid_t space = H5Screate_simple(1, &rows, NULL);
  hid_t list = creation_list(w, (hsize_t)spec->chunk, idr_type_bytes(type));
  hid_t dataset =
      H5Dcreate2(w->group, c->name, idr_h5_type(type), space, H5P_DEFAULT, list, H5P_DEFAULT);
  H5Pclose(list);
  H5Sclose(space);
  if (dataset < 0) return idr_h5_fail(IDR_STATUS_IO, "write", w->path);
  if (c->kind == IDR_COLUMN_TIME) w->time = dataset;
  idr_status status = hash_column(w, source, column);
  if (status == IDR_STATUS_OK && !w->frame_only)
    status = is_direct(w) ? write_encoded(w, source, dataset, column)
                          : write_filtered(w, source, dataset, column);
  if (status == IDR_STATUS_OK && finish_column(w, dataset, column) < 0)
    status = idr_h5_fail(IDR_STATUS_IO, "write", w->path);
  if (c->kind != IDR_COLUMN_TIME) H5Dclose(dataset);
  return status;
}

/* ---- a well ---------------------------------------------------------------------------------- */

static herr_t make_groups(const idr_well_writer *w) {
  static const char *const names[] = {"truth/", "labels/", "rul/"};
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    bool wanted = false;
    for (int c = 0; c < spec->column_count; c++)
      wanted |= strncmp(spec->column[c].name, names[i], strlen(names[i])) == 0;
    hid_t group =
        wanted ? H5Gcreate2(w->group, names[i], H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT) : 0;
    if (group < 0) return -1;
    if (wanted) H5Gclose(group);
  }
  return 0;
}

static idr_status write_columns(idr_well_writer *w) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  idr_chunk_source *source;
  if (make_groups(w) < 0) return idr_h5_fail(IDR_STATUS_IO, "write", w->path);
  idr_status status = idr_chunk_source_create(w->well->reel, &source);
  for (int c = 0; c < spec->column_count && status == IDR_STATUS_OK; c++)
    status = write_column(w, source, c);
  if (w->time >= 0) H5Dclose(w->time);
  idr_chunk_source_free(source);
  return status;
}

static idr_status write_parts(idr_well_writer *w, idr_hash *root) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  char text[IDR_HASH_TEXT];
  IDR_TRY(write_columns(w));
  IDR_TRY(idr_write_tables(w));
  IDR_TRY(idr_write_integrity(w));
  *root = idr_hash_node(w->child, w->children);
  idr_hash_format(*root, text);
  if (idr_write_well_attributes(w, spec->column, spec->column_count) < 0 ||
      idr_h5_put_text(w->group, "root", text) < 0)
    return idr_h5_fail(IDR_STATUS_IO, "write", w->path);
  return IDR_STATUS_OK;
}

static idr_status write_well(hid_t group, const char *path, const idr_write_options *options,
                             const idr_write_well *well, bool frame_only, idr_hash *root) {
  const idr_reel_spec *spec = idr_reel_get_spec(well->reel);
  size_t children = (size_t)spec->column_count + TABLE_FIELDS;
  idr_well_writer w = {.path = path,
                       .options = options,
                       .well = well,
                       .frame_only = frame_only,
                       .group = group,
                       .time = -1};
  if (idr_reel_blocks(well->reel) != idr_reel_blocks_wanted(well->reel))
    IDR_FAIL(IDR_STATUS_INTERNAL, "the reel of %s is not complete", well->name);
  w.leaf =
      calloc((size_t)(spec->column_count * idr_reel_blocks_wanted(well->reel)), sizeof *w.leaf);
  w.child = calloc(children, sizeof *w.child);
  w.name = calloc(children, sizeof *w.name);
  idr_status status = w.leaf && w.child && w.name ? write_parts(&w, root) : IDR_STATUS_MEMORY;
  free(w.leaf);
  free(w.child);
  free(w.name);
  if (status == IDR_STATUS_MEMORY) IDR_FAIL(status, "no memory for the hashes of a well");
  return status;
}

/* ---- a file ---------------------------------------------------------------------------------- */

idr_hash idr_write_root(const idr_write_well *wells, const idr_hash *roots, int count) {
  idr_hash_child *child = calloc((size_t)count + 1, sizeof *child);
  idr_hash root = {0, 0};
  for (int i = 0; child && i < count; i++)
    child[i] = (idr_hash_child){.name = wells[i].name, .hash = roots[i]};
  if (child) root = idr_hash_node(child, count);
  free(child);
  return root;
}

/* The reel of well i: its own, or one that is open only as long as it is needed (*opened). */
static idr_status get_reel(const idr_write_options *options, const idr_write_well *wells, int i,
                           idr_write_well *out, idr_reel **opened) {
  *out = wells[i];
  *opened = NULL;
  if (out->reel) return IDR_STATUS_OK;
  IDR_TRY(options->open(options->context, i, opened));
  out->reel = *opened;
  return IDR_STATUS_OK;
}

static idr_status write_next(hid_t file, const char *path, const idr_write_options *options,
                             const idr_write_well *wells, int i, bool frame_only, idr_hash *root) {
  idr_write_well well;
  idr_reel *opened;
  IDR_TRY(get_reel(options, wells, i, &well, &opened));
  hid_t group = H5Gcreate2(file, well.name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  idr_status status = group < 0 ? idr_h5_fail(IDR_STATUS_IO, "write", path)
                                : write_well(group, path, options, &well, frame_only, root);
  if (group >= 0) H5Gclose(group);
  idr_reel_close(opened);
  return status;
}

static idr_status write_grouped(hid_t file, const char *path, const idr_write_options *options,
                                const idr_write_well *wells, int count, bool frame_only,
                                idr_hash *roots) {
  char text[IDR_HASH_TEXT];
  for (int i = 0; i < count; i++)
    IDR_TRY(write_next(file, path, options, wells, i, frame_only, &roots[i]));
  idr_hash_format(idr_write_root(wells, roots, count), text);
  if (idr_h5_put_text(file, "root", text) < 0) return idr_h5_fail(IDR_STATUS_IO, "write", path);
  return IDR_STATUS_OK;
}

/* ---- room on the disk ------------------------------------------------------------------------ */
/* HDF5 cannot close a file that it cannot write, and takes the process with it when MPI ends. So
 * the room for a file is taken before the file is begun: a full disk is found here. */

/* More than the file will need: chunks as the reels have them, generously for what is worked out
 * or filtered anew, and the structure around them. */
static int64_t room_for_well(const idr_write_options *options, const idr_reel *reel) {
  const idr_reel_spec *spec = idr_reel_get_spec(reel);
  int events, lives, bits;
  idr_reel_bits(reel, &bits);
  idr_reel_events(reel, &events);
  idr_reel_lives(reel, &lives);
  int64_t blocks = idr_reel_blocks(reel), bytes = 1 << 20;
  for (int c = 0; c < spec->column_count; c++) {
    size_t raw = (size_t)spec->chunk * idr_column_bytes(spec->column[c].kind);
    bool plain = options->storage <= IDR_STORAGE_DEFLATE && spec->column[c].kind != IDR_COLUMN_RUL;
    for (int64_t b = 0; b < blocks; b++)
      bytes += 192 + (int64_t)(plain ? idr_reel_piece_bytes(reel, b, c) : raw);
  }
  return bytes + spec->column_count * (int64_t)16384 + 128 * (int64_t)(events + lives + bits);
}

static idr_status count_room(const idr_write_options *options, const idr_write_well *wells,
                             int count, int64_t *bytes) {
  *bytes = 0;
  for (int i = 0; i < count; i++) {
    idr_write_well well;
    idr_reel *opened;
    IDR_TRY(get_reel(options, wells, i, &well, &opened));
    *bytes += room_for_well(options, well.reel);
    idr_reel_close(opened);
  }
  return IDR_STATUS_OK;
}

/* Takes `bytes` for the file, beyond its end. Where the file system cannot, it looks whether there
 * are so many. */
static idr_status take_room(const char *path, int64_t bytes) {
  struct statvfs disk;
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return idr_file_fail("create", path, errno);
  int error = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0 ? 0 : errno;
  if (error == EOPNOTSUPP || error == ENOSYS)
    error =
        fstatvfs(fd, &disk) == 0 && (double)disk.f_bavail * (double)disk.f_frsize < (double)bytes
            ? ENOSPC
            : 0;
  close(fd);
  return error ? idr_file_fail("write", path, error) : IDR_STATUS_OK;
}

static idr_status close_file(hid_t file, const char *path, idr_status status) {
  if (H5Fclose(file) < 0 && status == IDR_STATUS_OK)
    return idr_h5_fail(IDR_STATUS_IO, "write", path);
  return status;
}

static idr_status write_content(const char *path, const idr_write_options *options,
                                const idr_write_well *wells, int count, bool grouped,
                                bool frame_only, int64_t room, idr_hash *roots) {
  IDR_TRY(take_room(path, room));
  hid_t file = idr_h5_create_file(path);
  if (file < 0) return idr_h5_fail(IDR_STATUS_IO, "create", path);
  idr_status status = take_room(path, room); /* creating it gave the room back */
  if (status == IDR_STATUS_OK && idr_write_file_attributes(file, options) < 0)
    status = idr_h5_fail(IDR_STATUS_IO, "write", path);
  if (status == IDR_STATUS_OK)
    status = grouped ? write_grouped(file, path, options, wells, count, frame_only, roots)
                     : write_well(file, path, options, wells, frame_only, roots);
  return close_file(file, path, status);
}

/* ---- rows by all ranks ----------------------------------------------------------------------- */
/* Rank 0 alone has made everything but the rows: groups, attributes and tables would cost a round
 * of messages each. What is left is collective writes of whole chunks. */

static idr_status write_rows_of(idr_well_writer *w, idr_chunk_source *source) {
  char name[IDR_WELL_NAME_MAX + IDR_COLUMN_NAME_MAX + 4];
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  for (int c = 0; c < spec->column_count; c++) {
    snprintf(name, sizeof name, "%s/%s", w->well->name, spec->column[c].name);
    hid_t dataset = H5Dopen2(w->group, name, H5P_DEFAULT);
    idr_status status = dataset < 0 ? idr_h5_fail(IDR_STATUS_IO, "write", w->path)
                                    : write_filtered(w, source, dataset, c);
    if (dataset >= 0) H5Dclose(dataset);
    if (H5Fflush(w->group, H5F_SCOPE_LOCAL) < 0 && status == IDR_STATUS_OK)
      status = idr_h5_fail(IDR_STATUS_IO, "write", w->path);
    IDR_TRY(idr_comm_agree(w->comm, status));
  }
  return IDR_STATUS_OK;
}

static idr_status write_together(hid_t file, const char *path, const idr_write_options *options,
                                 const idr_write_well *wells, int i, const idr_comm *comm) {
  idr_write_well well;
  idr_reel *opened;
  idr_chunk_source *source = NULL;
  idr_status status = get_reel(options, wells, i, &well, &opened);
  if (status == IDR_STATUS_OK) status = idr_chunk_source_create(well.reel, &source);
  status = idr_comm_agree(comm, status);
  idr_well_writer w = {
      .path = path, .options = options, .well = &well, .comm = comm, .group = file};
  if (status == IDR_STATUS_OK) status = write_rows_of(&w, source);
  idr_chunk_source_free(source);
  idr_reel_close(opened);
  return status;
}

static idr_status write_all_rows(const char *path, const idr_write_options *options,
                                 const idr_write_well *wells, int count, const idr_comm *comm,
                                 int64_t room) {
  IDR_TRY(idr_comm_agree(comm, comm->rank == 0 ? take_room(path, room) : IDR_STATUS_OK));
  hid_t file = idr_h5_open_together(path, comm);
  IDR_TRY(
      idr_comm_agree(comm, file < 0 ? idr_h5_fail(IDR_STATUS_IO, "open", path) : IDR_STATUS_OK));
  idr_status status = IDR_STATUS_OK;
  for (int i = 0; i < count && status == IDR_STATUS_OK; i++)
    status = write_together(file, path, options, wells, i, comm);
  return idr_comm_agree(comm, close_file(file, path, status));
}

static idr_status write_part(const char *path, const idr_write_options *options,
                             const idr_write_well *wells, int count, bool grouped,
                             const idr_comm *comm, idr_hash *roots) {
  int64_t room = 0;
  idr_status status = IDR_STATUS_OK;
  if (!comm || comm->rank == 0) status = count_room(options, wells, count, &room);
  if (!idr_h5_is_parallel(comm)) {
    IDR_TRY(status);
    return write_content(path, options, wells, count, grouped, false, room, roots);
  }
  if (comm->rank == 0 && status == IDR_STATUS_OK)
    status = write_content(path, options, wells, count, true, true, room, roots);
  IDR_TRY(idr_comm_agree(comm, status));
  IDR_TRY(idr_comm_broadcast(comm, roots, (size_t)count * sizeof *roots, 0));
  return write_all_rows(path, options, wells, count, comm, room);
}

idr_status idr_write_file(const char *path, const idr_write_options *options,
                          const idr_write_well *wells, int count, bool grouped,
                          const idr_comm *comm, idr_hash *roots) {
  char part[PATH_MAX];
  bool parallel = idr_h5_is_parallel(comm);
  int n = snprintf(part, sizeof part, "%s.part", path);
  if (n < 0 || (size_t)n >= sizeof part)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name '%s' is too long", path);
  if (parallel && !grouped)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "ranks write together only files with a group per well");
  idr_h5_start();
  bool first = !comm || comm->rank == 0;
  idr_status status = write_part(part, options, wells, count, grouped, comm, roots);
  if (status == IDR_STATUS_OK && first) status = idr_file_rename(part, path);
  if (parallel) status = idr_comm_agree(comm, status);
  if (status != IDR_STATUS_OK && first) unlink(part);
  return status;
}
