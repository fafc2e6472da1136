/* The pieces of write.c. */
#ifndef IDR_DATA_WRITE_INTERNAL_H
#define IDR_DATA_WRITE_INTERNAL_H

#include "data/filter.h"
#include "data/h5.h"
#include "data/write.h"

/* A well on its way into a file. */
typedef struct {
  const char *path; /* of the file, for messages */
  const idr_write_options *options;
  const idr_write_well *well;
  const idr_comm *comm; /* NULL: this process alone */
  bool frame_only;      /* everything but the rows, which all ranks write later */
  hid_t group, time;
  idr_hash *leaf;                    /* [column][blocks] */
  idr_hash_child *child;             /* columns and fields of tables, for the well's hash */
  char (*name)[IDR_COLUMN_NAME_MAX]; /* of the children */
  int children;
} idr_well_writer;

/* write_values.c: the values of a chunk as the file holds them. */
typedef struct idr_chunk_source idr_chunk_source;
idr_status idr_chunk_source_create(const idr_reel *reel, idr_chunk_source **out);
void idr_chunk_source_free(idr_chunk_source *source); /* NULL allowed */
/* Chunk `block` of a column, padded; borrowed until the next call. */
idr_status idr_chunk_source_values(idr_chunk_source *source, int64_t block, int column,
                                   const void **values);
/* The same encoded (filter.h), as the reel's level says. */
idr_status idr_chunk_source_encoded(idr_chunk_source *source, int64_t block, int column,
                                    const void **data, size_t *bytes);
/* Whether the reel holds something else than the file will, so that it must be hashed anew. */
bool idr_chunk_source_is_derived(const idr_chunk_source *source, int column);

/* write_names.c: attributes. */
herr_t idr_write_column_attributes(hid_t dataset, const idr_column *column, const char *start);
herr_t idr_write_well_attributes(const idr_well_writer *w, const idr_column *column, int count);
herr_t idr_write_file_attributes(hid_t file, const idr_write_options *options);
herr_t idr_write_flags(hid_t dataset, idr_type type, const char *words);
/* The unit's name for udunits ("-" and API units are 1). */
const char *idr_write_unit(const char *unit);

/* write_tables.c */
idr_status idr_write_tables(idr_well_writer *w);
idr_status idr_write_integrity(idr_well_writer *w);
idr_status idr_write_add_child(idr_well_writer *w, const char *name, idr_hash hash);

#endif
