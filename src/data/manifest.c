#include "data/manifest.h"

#include "base/checksum.h"
#include "base/file.h"
#include "data/columns.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE          ((size_t)4 << 20)
#define MANIFEST_LIMIT ((size_t)256 << 20)

static idr_status join(const char *folder, const char *name, char out[PATH_MAX]) {
  int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);
  if (n < 0 || n >= PATH_MAX) IDR_FAIL(IDR_STATUS_ARGUMENT, "the name '%s' is too long", folder);
  return IDR_STATUS_OK;
}

/* ---- files as bytes -------------------------------------------------------------------------- */

static idr_status sum_all(int fd, const char *path, char *piece, idr_checksum_stream *sum,
                          int64_t *bytes) {
  for (;;) {
    ssize_t got = read(fd, piece, PIECE);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return idr_file_fail("read", path, errno);
    if (got == 0) return IDR_STATUS_OK;
    idr_checksum_stream_add(sum, piece, (size_t)got);
    *bytes += got;
  }
}

idr_status idr_manifest_sum(const char *folder, const char *name, idr_manifest_file *out) {
  char path[PATH_MAX];
  idr_checksum_stream *sum = NULL;
  IDR_TRY(join(folder, name, path));
  *out = (idr_manifest_file){.bytes = 0};
  snprintf(out->name, sizeof out->name, "%s", name);
  IDR_TRY(idr_checksum_stream_create(&sum));
  char *piece = malloc(PIECE);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  idr_status status = fd < 0 ? idr_file_fail("read", path, errno) : IDR_STATUS_OK;
  if (status == IDR_STATUS_OK && !piece)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory");
  if (status == IDR_STATUS_OK) status = sum_all(fd, path, piece, sum, &out->bytes);
  out->checksum = idr_checksum_stream_value(sum);
  if (fd >= 0) close(fd);
  free(piece);
  idr_checksum_stream_destroy(sum);
  return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static idr_status write_json(const char *folder, const char *name, json_t *root) {
  char path[PATH_MAX];
  idr_status status = join(folder, name, path);
  char *text = json_dumps(root, JSON_INDENT(2));
  json_decref(root);
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %s", name);
  if (status == IDR_STATUS_OK) status = idr_file_write(path, text, strlen(text));
  free(text);
  return status;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static json_t *wells_json(const idr_dataset *dataset) {
  json_t *list = json_array();
  for (int i = 0; i < idr_dataset_well_count(dataset); i++) {
    const idr_dataset_well *w = idr_dataset_get_well(dataset, i);
    json_array_append_new(list,
                          json_pack("{s:s,s:I,s:I,s:s,s:s}", "name", w->name, "id",
                                    (json_int_t)w->id, "rows", (json_int_t)w->rows, "root", w->root,
                                    "file", base_name(idr_dataset_file(dataset, i))));
  }
  return list;
}

static json_t *files_json(const idr_manifest_content *content) {
  char sum[32];
  json_t *list = json_array();
  for (int i = 0; i < content->file_count; i++) {
    const idr_manifest_file *f = &content->file[i];
    snprintf(sum, sizeof sum, "%016llx", (unsigned long long)f->checksum);
    json_array_append_new(list, json_pack("{s:s,s:I,s:s}", "name", f->name, "bytes",
                                          (json_int_t)f->bytes, "xxh3_64", sum));
  }
  return list;
}

static const char *column_doc(const idr_column *c) {
  switch (c->kind) {
  case IDR_COLUMN_TIME:
    return "seconds since the start of the record";
  case IDR_COLUMN_ACTIVITY:
    return "what the rig is doing (flag_meanings)";
  case IDR_COLUMN_EVENT:
    return "what goes wrong in the hole (flag_meanings)";
  case IDR_COLUMN_WELL:
    return "wells that the rig has finished before the present one";
  case IDR_COLUMN_RUL:
    return "operating hours to failure, NaN where not known";
  case IDR_COLUMN_LIFE:
    return "number of the life of the machine";
  case IDR_COLUMN_FAULT:
    return "fault of the gauge (flag_meanings)";
  default:
    return idr_channels[c->item].doc;
  }
}

static json_t *fields_json(const idr_dataset_well *well) {
  char id[IDR_COLUMN_NAME_MAX + 8];
  json_t *list = json_array();
  for (int c = 0; c < well->column_count; c++) {
    const idr_column *column = &well->column[c];
    bool real = idr_column_type(column->kind) == IDR_TYPE_FLOAT;
    snprintf(id, sizeof id, "rows/%s", column->name);
    json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:{s:{s:s},s:{s:s}}}", "@type",
                                          "cr:Field", "@id", id, "name", column->name,
                                          "description", column_doc(column), "dataType",
                                          real ? "sc:Float" : "sc:Integer", "source", "fileSet",
                                          "@id", "files", "extract", "column", column->name));
  }
  return list;
}

/* The context that Croissant 1.0 asks for, as far as this description uses it. */
static json_t *context_json(void) {
  return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:{s:s,s:s}}",
                   "@language", "en", "@vocab", "https://schema.org/", "sc", "https://schema.org/",
                   "cr", "http://mlcommons.org/croissant/", "dct", "http://purl.org/dc/terms/",
                   "conformsTo", "dct:conformsTo", "recordSet", "cr:recordSet", "field", "cr:field",
                   "source", "cr:source", "fileSet", "cr:fileSet", "extract", "cr:extract",
                   "column", "cr:column", "includes", "cr:includes", "dataset", "cr:dataset",
                   "dataType", "@id", "cr:dataType", "@type", "@vocab");
}

static json_t *croissant_json(const idr_dataset *dataset, const idr_manifest_content *content) {
  json_t *files =
      json_pack("[{s:s,s:s,s:s,s:s,s:s}]", "@type", "cr:FileSet", "@id", "files", "name", "files",
                "encodingFormat", "application/x-hdf5", "includes", "*.h5");
  json_t *rows = json_pack("[{s:s,s:s,s:s,s:s,s:o}]", "@type", "cr:RecordSet", "@id", "rows",
                           "name", "rows", "description", "one a second and well", "field",
                           fields_json(idr_dataset_get_well(dataset, 0)));
  return json_pack("{s:o,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "@context", context_json(), "@type",
                   "sc:Dataset", "name", idr_dataset_name(dataset), "description",
                   content->description, "conformsTo", "http://mlcommons.org/croissant/1.0",
                   "version", "1.0.0", "identifier", idr_dataset_root(dataset), "distribution",
                   files, "recordSet", rows);
}

idr_status idr_manifest_write(const char *folder, const idr_dataset *dataset,
                              const idr_manifest_content *content) {
  json_t *manifest = json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:s}", "format", "idrill manifest 1",
                               "name", idr_dataset_name(dataset), "title", content->title, "root",
                               idr_dataset_root(dataset), "files", files_json(content), "wells",
                               wells_json(dataset), "settings", content->settings);
  IDR_TRY(write_json(folder, IDR_CROISSANT_NAME, croissant_json(dataset, content)));
  return write_json(folder, IDR_MANIFEST_NAME, manifest);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_file_entry(json_t *entry, idr_manifest_file *out) {
  const char *name = json_string_value(json_object_get(entry, "name"));
  const char *sum = json_string_value(json_object_get(entry, "xxh3_64"));
  if (!name || !sum || strchr(name, '/')) return false;
  snprintf(out->name, sizeof out->name, "%s", name);
  out->bytes = json_integer_value(json_object_get(entry, "bytes"));
  out->checksum = strtoull(sum, NULL, 16);
  return true;
}

static idr_status read_entries(const char *path, json_t *root, idr_manifest *out) {
  const char *hash = json_string_value(json_object_get(root, "root"));
  json_t *files = json_object_get(root, "files");
  if (!hash || strlen(hash) != 32 || !json_is_array(files))
    IDR_FAIL(IDR_STATUS_FORMAT, "'%s' is no manifest of a data set", path);
  snprintf(out->root, sizeof out->root, "%s", hash);
  out->file = calloc(json_array_size(files) + 1, sizeof *out->file);
  if (!out->file) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a manifest");
  for (size_t i = 0; i < json_array_size(files); i++)
    if (!read_file_entry(json_array_get(files, i), &out->file[out->file_count++]))
      IDR_FAIL(IDR_STATUS_FORMAT, "'%s': entry %zu of its files is none", path, i + 1);
  return IDR_STATUS_OK;
}

idr_status idr_manifest_read(const char *path, idr_manifest *out) {
  char *text;
  size_t bytes;
  json_error_t error;
  *out = (idr_manifest){.file = NULL};
  IDR_TRY(idr_file_read(path, MANIFEST_LIMIT, &text, &bytes));
  json_t *root = json_loadb(text, bytes, 0, &error);
  free(text);
  if (!root) IDR_FAIL(IDR_STATUS_FORMAT, "'%s', line %d: %s", path, error.line, error.text);
  idr_status status = read_entries(path, root, out);
  json_decref(root);
  if (status != IDR_STATUS_OK) idr_manifest_free(out);
  return status;
}

void idr_manifest_free(idr_manifest *manifest) {
  free(manifest->file);
  manifest->file = NULL;
  manifest->file_count = 0;
}
