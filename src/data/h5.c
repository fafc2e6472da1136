#include "data/h5.h"

#include <stdlib.h>
#include <string.h>

/* The library forgets its error with the next call, so its words are kept when they fall. */
static _Thread_local char last_words[512];

static herr_t keep_deepest(unsigned n, const H5E_error2_t *error, void *context) {
  (void)n;
  (void)context;
  if (error->desc) snprintf(last_words, sizeof last_words, "%s", error->desc);
  return 0;
}

static herr_t keep_words(hid_t stack, void *context) {
  return H5Ewalk2(stack, H5E_WALK_DOWNWARD, keep_deepest, context);
}

void idr_h5_start(void) {
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, keep_words, NULL);
}

/* Of "file write failed: time = ..., error message = 'No space left on device', buf = ..." the part
 * that people want to read. */
static void shorten(const char *words, char text[sizeof last_words]) {
  const char *begin = strstr(words, "error message = '");
  begin = begin ? begin + strlen("error message = '") : words;
  size_t length = strcspn(begin, begin == words ? "\n" : "'");
  memcpy(text, begin, length);
  text[length] = '\0';
}

idr_status idr_h5_fail(idr_status status, const char *what, const char *path) {
  char text[sizeof last_words] = "the HDF5 library does not say why";
  if (last_words[0]) shorten(last_words, text);
  last_words[0] = '\0';
  const char *advice = strstr(text, "No space left") || strstr(text, "quota")
                           ? "; free some space or choose another disk"
                           : "";
  IDR_FAIL(status, "cannot %s '%s': %s%s", what, path, text, advice);
}

/* ---- types ----------------------------------------------------------------------------------- */

hid_t idr_h5_type(idr_type type) {
  switch (type) {
  case IDR_TYPE_INT8:
    return H5T_STD_I8LE;
  case IDR_TYPE_UINT8:
    return H5T_STD_U8LE;
  case IDR_TYPE_INT16:
    return H5T_STD_I16LE;
  case IDR_TYPE_INT32:
    return H5T_STD_I32LE;
  case IDR_TYPE_INT64:
    return H5T_STD_I64LE;
  case IDR_TYPE_UINT64:
    return H5T_STD_U64LE;
  case IDR_TYPE_FLOAT:
    return H5T_IEEE_F32LE;
  default:
    return H5T_IEEE_F64LE;
  }
}

hid_t idr_h5_native(idr_type type) {
  return idr_h5_type(type); /* the engine runs on little-endian machines (hash.c) */
}

/* ---- attributes ------------------------------------------------------------------------------ */

static hid_t text_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

static herr_t put(hid_t where, const char *name, hid_t file_type, hid_t memory_type, hid_t space,
                  const void *value) {
  hid_t attribute = H5Acreate2(where, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
  herr_t code = attribute < 0 ? -1 : H5Awrite(attribute, memory_type, value);
  if (attribute >= 0) H5Aclose(attribute);
  return code;
}

herr_t idr_h5_put_text(hid_t where, const char *name, const char *text) {
  hid_t type = text_type(), space = H5Screate(H5S_SCALAR);
  herr_t code = put(where, name, type, type, space, &text);
  H5Sclose(space);
  H5Tclose(type);
  return code;
}

herr_t idr_h5_put_value(hid_t where, const char *name, idr_type type, const void *value) {
  hid_t space = H5Screate(H5S_SCALAR);
  herr_t code = put(where, name, idr_h5_type(type), idr_h5_native(type), space, value);
  H5Sclose(space);
  return code;
}

herr_t idr_h5_put_array(hid_t where, const char *name, idr_type type, const void *values,
                        int count) {
  hsize_t size = (hsize_t)count;
  hid_t space = H5Screate_simple(1, &size, NULL);
  herr_t code = put(where, name, idr_h5_type(type), idr_h5_native(type), space, values);
  H5Sclose(space);
  return code;
}

static hid_t open_attribute(hid_t where, const char *name) {
  return H5Aexists(where, name) > 0 ? H5Aopen(where, name, H5P_DEFAULT) : -1;
}

bool idr_h5_get_text(hid_t where, const char *name, char **out) {
  *out = NULL;
  hid_t attribute = open_attribute(where, name);
  if (attribute < 0) return false;
  hid_t file_type = H5Aget_type(attribute), type = text_type(), space = H5Aget_space(attribute);
  char *text = NULL;
  if (H5Tis_variable_str(file_type) > 0 && H5Sget_simple_extent_npoints(space) == 1 &&
      H5Aread(attribute, type, &text) >= 0 && text) {
    *out = strdup(text);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, &text);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Tclose(file_type);
  H5Aclose(attribute);
  return *out != NULL;
}

bool idr_h5_get_int64(hid_t where, const char *name, int64_t *out) {
  hid_t attribute = open_attribute(where, name);
  if (attribute < 0) return false;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  bool good = H5Tget_class(type) == H5T_INTEGER && H5Sget_simple_extent_npoints(space) == 1 &&
              H5Aread(attribute, H5T_NATIVE_INT64, out) >= 0;
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return good;
}

/* ---- files ----------------------------------------------------------------------------------- */

hid_t idr_h5_create_file(const char *path) {
  return H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
}

/* HDF5 1.10 empties its cache of metadata together, at the first look-up after so many bytes have
 * changed; but a rank that has no part in a write looks nothing up, and the others wait for it for
 * ever. So the bound is out of reach, and the writer flushes after every column. */
static void set_patience(hid_t access) {
  H5AC_cache_config_t config = {.version = H5AC__CURR_CACHE_CONFIG_VERSION};
  if (H5Pget_mdc_config(access, &config) < 0) return;
  config.dirty_bytes_threshold = (size_t)32 << 20; /* the most that it takes */
  H5Pset_mdc_config(access, &config);
}

hid_t idr_h5_open_together(const char *path, const idr_comm *comm) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
  if (H5Pset_fapl_mpio(access, comm->mpi, MPI_INFO_NULL) >= 0) {
    H5Pset_coll_metadata_write(access, true);
    set_patience(access);
    file = H5Fopen(path, H5F_ACC_RDWR, access);
  }
  H5Pclose(access);
  return file;
}

hid_t idr_h5_open_file(const char *path) {
  idr_h5_start();
  return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

hid_t idr_h5_transfer(const idr_comm *comm) {
  hid_t list = H5Pcreate(H5P_DATASET_XFER);
  if (idr_h5_is_parallel(comm)) H5Pset_dxpl_mpio(list, H5FD_MPIO_COLLECTIVE);
  return list;
}
