/* A data set of wells as files, and how to read it.
 *
 * One HDF5 file per well, or one file with a group per well; a data set is such a file, or a folder
 * of them (the folder `data` of a run of `idrill generate`). In a file per well the groups below
 * lie at the root, otherwise under /<well>:
 *
 *   time                  int64 [rows], dimension scale, "seconds since <start>": 0, 1, 2, ...
 *   <channel>             float32 [rows], the reading; NaN where the gauge is silent
 *   truth/<channel>       float32 [rows], what it should have shown, to a tenth of the resolution
 *   labels/activity       int8 [rows], idr_activity
 *   labels/well_number    int16 [rows], wells that the rig has finished before this one
 *   labels/event          int16 [rows], as events.h defines it: 0, 1 + kind, 101 + kind
 *   labels/fault_<channel>  uint8 [rows], idr_sensor_fault
 *   rul/<machine>         float32 [rows], operating hours to failure; NaN: not known
 *   rul/<machine>_life    int16 [rows], number of the life
 *   survey, path, layers, sections, events, lives, bits    tables: one dataset per field, [items]
 *   integrity             hashes of all chunks (hash.h)
 *
 * Channels carry the names and SI units of drill/channel.h. All datasets of [rows] have `time` as
 * their attached dimension scale and the same chunk length; units, long_name, _FillValue and
 * flag_meanings follow the CF conventions. A well's group has the attributes name, id, rows, chunk,
 * start (text), columns (names above, comma list) and root (its hash).
 *
 * Nothing here is collective; every rank may read what it likes. The HDF5 library is not made for
 * threads: one thread at a time. Memory is bounded by what is asked for and a few chunks.
 */
#ifndef IDR_DATA_DATASET_H
#define IDR_DATA_DATASET_H

#include "base/status.h"
#include "drill/rig.h"
#include <stdbool.h>
#include <stdint.h>

#define IDR_COLUMN_NAME_MAX 64
#define IDR_COLUMNS_MAX     (3 * IDR_CHANNEL_COUNT + 2 * IDR_MACHINE_COUNT + 5)
#define IDR_WELL_NAME_MAX   64

/* What a column of rows holds. */
typedef enum {
  IDR_COLUMN_TIME,
  IDR_COLUMN_READING,  /* of channel `item` */
  IDR_COLUMN_TRUTH,    /* of channel `item` */
  IDR_COLUMN_ACTIVITY, /* idr_activity */
  IDR_COLUMN_EVENT,
  IDR_COLUMN_FAULT, /* of channel `item`, idr_sensor_fault */
  IDR_COLUMN_RUL,   /* of machine `item`, h */
  IDR_COLUMN_LIFE,  /* of machine `item` */
  IDR_COLUMN_WELL
} idr_column_kind;

typedef struct {
  char name[IDR_COLUMN_NAME_MAX]; /* path within the well: "wob", "truth/wob", "labels/event" */
  idr_column_kind kind;
  int item;
} idr_column;

typedef struct {
  char name[IDR_WELL_NAME_MAX]; /* "well-0003" */
  int64_t id;                   /* number of the well in the data set */
  int64_t rows;                 /* seconds */
  int64_t chunk;                /* rows: a read of whole chunks decompresses nothing twice */
  double start;                 /* of row 0, seconds since 1970-01-01 00:00:00 UTC */
  int column_count;
  const idr_column *column; /* [column_count], owned by the data set */
  char root[33];            /* hash of the well's content, 32 hex digits */
} idr_dataset_well;

typedef struct idr_dataset idr_dataset;

/* Opens a file, or a folder of *.h5 (also a run's folder, whose `data` is meant). The wells are in
 * order of their ids. IO when there is none, FORMAT for a file of another make. The caller closes
 * it. */
idr_status idr_dataset_open(const char *path, idr_dataset **out);
void idr_dataset_close(idr_dataset *dataset); /* NULL allowed */

int idr_dataset_well_count(const idr_dataset *dataset);
/* Borrowed until the data set is closed. */
const idr_dataset_well *idr_dataset_get_well(const idr_dataset *dataset, int well);
/* Name of the data set (the folder's or file's), and its hash over all wells: 32 hex digits. */
const char *idr_dataset_name(const idr_dataset *dataset);
const char *idr_dataset_root(const idr_dataset *dataset);

/* Path of the file that holds a well. */
const char *idr_dataset_file(const idr_dataset *dataset, int well);

/* Index of a column of the well by name ("wob", "truth/wob"), by kind and item; -1: it has none. */
int idr_dataset_find(const idr_dataset *dataset, int well, const char *name);
int idr_dataset_find_kind(const idr_dataset *dataset, int well, idr_column_kind kind, int item);

/* Rows [begin, end) of a column, as float, int32 or int64 whatever the file's type (integers as
 * float; NaN has no integer: ARGUMENT for a float column as integer). ARGUMENT for rows outside the
 * well; FORMAT or IO when the file is damaged. `out` holds end - begin numbers. */
idr_status idr_dataset_read_float(idr_dataset *dataset, int well, int column, int64_t begin,
                                  int64_t end, float *out);
idr_status idr_dataset_read_int(idr_dataset *dataset, int well, int column, int64_t begin,
                                int64_t end, int32_t *out);
idr_status idr_dataset_read_int64(idr_dataset *dataset, int well, int column, int64_t begin,
                                  int64_t end, int64_t *out);

/* ---- tables ---------------------------------------------------------------------------------- */
/* The caller frees *out with free(); *count may be 0, *out is never NULL on success. Fields that a
 * file does not have (it was made from a CSV file) make an empty table. */

typedef struct {
  double top, bottom;                          /* m */
  double hole_diameter;                        /* m */
  double casing_bottom, casing_inner_diameter; /* m; 0: none */
  double mud_density;                          /* kg/m3 */
} idr_dataset_section;

typedef struct {
  double md, tvd, north, east; /* m */
  double inclination, azimuth; /* rad */
} idr_dataset_point;

idr_status idr_dataset_read_events(idr_dataset *dataset, int well, idr_event_record **out,
                                   int *count);
idr_status idr_dataset_read_lives(idr_dataset *dataset, int well, idr_life_record **out,
                                  int *count);
/* The letters of the dull grade are not in the file: those fields are empty. */
idr_status idr_dataset_read_bits(idr_dataset *dataset, int well, idr_bit_record **out, int *count);
idr_status idr_dataset_read_layers(idr_dataset *dataset, int well, idr_layer **out, int *count);
idr_status idr_dataset_read_sections(idr_dataset *dataset, int well, idr_dataset_section **out,
                                     int *count);
/* The path of the hole, every IDR_PATH_STEP metres. */
idr_status idr_dataset_read_path(idr_dataset *dataset, int well, idr_dataset_point **out,
                                 int *count);

#endif
