/* The columns of a data set: which there are, and of what type. */
#ifndef IDR_DATA_COLUMNS_H
#define IDR_DATA_COLUMNS_H

#include "data/dataset.h"

typedef struct {
  uint64_t channels; /* bit 1 << idr_channel_id */
  bool truth, labels, machines;
} idr_column_choice;
#define IDR_CHANNELS_ALL (UINT64_MAX >> (64 - IDR_CHANNEL_COUNT))

/* In the order of the file; `time` is the first. Returns their number. */
int idr_columns_make(const idr_column_choice *choice, idr_column out[IDR_COLUMNS_MAX]);
/* False when no column has this name. */
bool idr_column_parse(const char *name, idr_column *out);

typedef enum {
  IDR_TYPE_INT8,
  IDR_TYPE_UINT8,
  IDR_TYPE_INT16,
  IDR_TYPE_INT32,
  IDR_TYPE_INT64,
  IDR_TYPE_UINT64,
  IDR_TYPE_FLOAT,
  IDR_TYPE_DOUBLE
} idr_type;
idr_type idr_column_type(idr_column_kind kind);
size_t idr_type_bytes(idr_type type);
static inline size_t idr_column_bytes(idr_column_kind kind) {
  return idr_type_bytes(idr_column_type(kind));
}

/* Channels named in a comma list ("wob, rop"; "all"). CONFIG names the one that is not known. */
idr_status idr_channels_parse(const char *text, uint64_t *channels);

#endif
