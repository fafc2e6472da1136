/* HDF5 as this module uses it: handles that close themselves in one place, attributes in a line,
 * failures with the library's own words. Internal to src/data. */
#ifndef IDR_DATA_H5_H
#define IDR_DATA_H5_H

#include "comm/comm.h"
#include "data/columns.h"
#include <hdf5.h>

/* Silences the library's own printing and its work at exit; before any other call, more than once
 * does no harm. */
void idr_h5_start(void);

/* Records "cannot <what> '<path>': <innermost words of the library>". */
idr_status idr_h5_fail(idr_status status, const char *what, const char *path);

hid_t idr_h5_type(idr_type type);   /* as it lies in files; little-endian */
hid_t idr_h5_native(idr_type type); /* as it lies in memory */

/* Attributes. `where` is an open file, group or dataset. */
herr_t idr_h5_put_text(hid_t where, const char *name, const char *text);
herr_t idr_h5_put_value(hid_t where, const char *name, idr_type type, const void *value);
herr_t idr_h5_put_array(hid_t where, const char *name, idr_type type, const void *values,
                        int count);
/* False when there is none, or none of that kind. The caller frees *out with free(). */
bool idr_h5_get_text(hid_t where, const char *name, char **out);
bool idr_h5_get_int64(hid_t where, const char *name, int64_t *out);

/* A new file, for this process alone; negative on failure, as all that follow. */
hid_t idr_h5_create_file(const char *path);
/* A file that is there, for all ranks of `comm` (more than one) to write. Collective. */
hid_t idr_h5_open_together(const char *path, const idr_comm *comm);
/* For reading. */
hid_t idr_h5_open_file(const char *path);
/* A transfer list: collective when `comm` has more than one rank. */
hid_t idr_h5_transfer(const idr_comm *comm);

static inline bool idr_h5_is_parallel(const idr_comm *comm) {
  return comm && comm->size > 1;
}

#endif
