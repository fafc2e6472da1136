/* What lies beside the files of a data set: manifest.json (wells, files, hashes, settings), for
 * `idrill check` and for people, and croissant.json (Croissant 1.0, JSON-LD), for catalogues. */
#ifndef IDR_DATA_MANIFEST_H
#define IDR_DATA_MANIFEST_H

#include "data/dataset.h"

#define IDR_MANIFEST_NAME  "manifest.json"
#define IDR_CROISSANT_NAME "croissant.json"

/* A file of the data set as bytes: finds damage to what is no value (attributes, structure). */
typedef struct {
  char name[128]; /* within the folder */
  int64_t bytes;
  uint64_t checksum; /* XXH3-64 */
} idr_manifest_file;

/* Reads the whole file. */
idr_status idr_manifest_sum(const char *folder, const char *name, idr_manifest_file *out);

typedef struct {
  const char *title, *description;
  const char *settings; /* effective settings as text, "" when there are none */
  const idr_manifest_file *file;
  int file_count;
} idr_manifest_content;

/* Writes both into `folder`, which holds the data set's files. */
idr_status idr_manifest_write(const char *folder, const idr_dataset *dataset,
                              const idr_manifest_content *content);

typedef struct {
  char root[33];
  idr_manifest_file *file; /* [file_count], owned */
  int file_count;
} idr_manifest;

/* FORMAT when it is no manifest. The caller frees it with idr_manifest_free. */
idr_status idr_manifest_read(const char *path, idr_manifest *out);
void idr_manifest_free(idr_manifest *manifest);

#endif
