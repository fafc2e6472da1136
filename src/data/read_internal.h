/* What the check of a data set reads beside the public interface. */
#ifndef IDR_DATA_READ_INTERNAL_H
#define IDR_DATA_READ_INTERNAL_H

#include "data/h5.h"
#include "data/tables.h"

/* Rows in the file's own type. */
idr_status idr_dataset_read_raw(idr_dataset *dataset, int well, int column, int64_t begin,
                                int64_t end, void *out);
/* Opens "wob" or "events/onset" of a well; the caller closes it with H5Dclose. */
idr_status idr_dataset_open_column(idr_dataset *dataset, int well, const char *name, hid_t *out);
/* A table as structs; NULL and 0 items where the well has none. *out is free()d by the caller. */
idr_status idr_dataset_read_table(idr_dataset *dataset, int well, const idr_table *table,
                                  void **out, int *count);
bool idr_dataset_has_table(idr_dataset *dataset, int well, const idr_table *table);

#endif
