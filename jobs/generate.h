/* What the files of `idrill generate` share: settings, wells, and the work of a rank. */
#ifndef IDR_JOBS_GENERATE_H
#define IDR_JOBS_GENERATE_H

#include "data/columns.h"
#include "data/filter.h"
#include "data/write.h"
#include "drill/generator.h"
#include "jobs/job.h"
#include "track/upload.h"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_GENERATE_SETTINGS(X)                                                                   \
  X(INT, wells, "", "1", 1, 100000, "", "how many")                                                \
  X(INT, well_first, "", "0", 0, 4294967295.0, "",                                                 \
    "number of the first: well k of a seed is the same in every data set")                         \
  X(TEXT, well_file, "", "", 0, 0, "",                                                             \
    "every rig drills this well (YAML); empty: wells of the generator, by run.seed and section "   \
    "wells")                                                                                       \
  X(REAL, duration, "d", "180 d", 1e-5, 36500, "", "record of each well, one row a second")        \
  X(TEXT, start, "", "2026-01-01 00:00:00", 0, 0, "", "time of the first row, UTC")                \
  X(TEXT, channels, "", "all", 0, 0, "", "comma list of channels; all: every one")                 \
  X(BOOL, truth, "", "true", 0, 0, "", "true values beside the readings")                          \
  X(CHOICE, layout, "", "well", 0, 0, "well|one",                                                  \
    "a file per well, or one file that all ranks write together")                                  \
  X(CHOICE, filter, "", "deflate", 0, 0, IDR_STORAGES, "compression of the files")                 \
  X(INT, level, "", "1", 1, 9, "", "of deflate")                                                   \
  X(REAL, block, "s", "6 h", 60, 1e6, "",                                                          \
    "chunk of a file, and what is lost at most when the job is killed")                            \
  X(REAL, memory, "", "512", 16, 1e6, "", "MiB for wells in work, per rank")                       \
  X(BOOL, stream, "", "false", 0, 0, "",                                                           \
    "no files: the readings of one well to the standard output, a JSON object a second "           \
    "(--stdout)")                                                                                  \
  X(REAL, pace, "", "0", 0, 1e6, "",                                                               \
    "of the standard output, in seconds of the well per second; 0: as fast as it goes (--pace)")

IDR_SETTINGS_STRUCT(idr_generate_settings, IDR_GENERATE_SETTINGS);

#define IDR_GENERATE_SECTIONS 5

typedef struct {
  idr_generate_settings dataset;
  idr_rig_settings rig;
  idr_generator_settings wells;
  idr_run_settings run;
  idr_mlflow_settings mlflow;
  idr_section section[IDR_GENERATE_SECTIONS];
  /* worked out */
  int64_t rows, block;
  uint64_t channels;
  int level; /* of the reels */
  idr_column column[IDR_COLUMNS_MAX];
  int column_count;
} idr_generate_config;

/* Binds the sections. */
void idr_generate_config_bind(idr_generate_config *config);
/* Checks what settings need of each other, and works out the rest. CONFIG, UNSUPPORTED. */
idr_status idr_generate_config_finish(idr_generate_config *config);

/* Makes well `index` (0 to dataset.wells - 1); the caller frees it. */
idr_status idr_generate_make_well(const idr_generate_config *config, int index, idr_well **out);

/* ---- the work of a rank ---------------------------------------------------------------------- */

/* Stages of the table at the end. */
enum {
  IDR_GENERATE_PHYSICS,
  IDR_GENERATE_FILTER,
  IDR_GENERATE_REEL,
  IDR_GENERATE_FILES,
  IDR_GENERATE_STAGES
};
extern const char *const idr_generate_stages[IDR_GENERATE_STAGES];

/* A block of a well between the rig and the reel. */
typedef struct {
  char *values; /* columns side by side, [block] rows each; generate_round.c knows where */
  idr_event_record *event;
  idr_life_record *life;
  idr_bit_record *bit;
  int events, lives, bits, event_room, life_room, bit_room;
  void *state;
  int64_t index; /* of the block; -1: empty */
  bool ended;    /* the record is over: what happens now belongs to nobody */
} idr_generate_block;

typedef struct {
  int index; /* in the data set */
  char name[IDR_WELL_NAME_MAX];
  idr_well *well;
  idr_reel *reel;
  int64_t next;                /* block that its rig does next */
  idr_generate_block block[2]; /* one is filled while the other is encoded */
  idr_reel_piece *piece;       /* [column_count] */
  bool out_of_memory;
} idr_generate_well;

#define IDR_GENERATE_PACK 8 /* wells of a rig: the lanes of a vector */

typedef struct {
  idr_rig *rig;
  int count;
  idr_generate_well *well[IDR_GENERATE_PACK];
  int fill; /* which block of its wells is being filled */
} idr_generate_rig;

/* Wells that are in work at a time on this rank. */
typedef struct {
  const idr_generate_config *config;
  int threads;
  idr_profile *profile;
  idr_filter **filter; /* [threads] */
  idr_generate_well *well;
  idr_generate_rig *rig;
  int well_count, rig_count;
  size_t offset[IDR_COLUMNS_MAX]; /* of a column in a block */
  size_t block_bytes;
} idr_generate_wave;

/* How many wells fit into dataset.memory. */
int idr_generate_wave_wells(const idr_generate_config *config);
/* Opens the reels in `folder` of the wells `index[count]` and puts rigs on those that are not
 * complete. Close it whatever comes. */
idr_status idr_generate_wave_open(idr_generate_wave *wave, const char *folder, const int *index,
                                  int count);
void idr_generate_wave_close(idr_generate_wave *wave);
/* True when all reels are complete. */
bool idr_generate_wave_done(const idr_generate_wave *wave);
/* One block further: rigs work on one while the one before is encoded and appended. Adds the rows
 * that are safe now to *rows. */
idr_status idr_generate_wave_round(idr_generate_wave *wave, int64_t *rows);

/* generate_stream.c: dataset.stream. */
idr_status idr_generate_stream(const idr_generate_config *config, bool *stopped);

/* generate_reel.c */
idr_status idr_generate_open_reel(const idr_generate_config *config, const char *folder, int index,
                                  const idr_well *well, idr_reel **out);
void idr_generate_well_name(const idr_generate_config *config, int index,
                            char out[IDR_WELL_NAME_MAX]);

/* ---- files ----------------------------------------------------------------------------------- */

/* The file of well `index`, or of all wells, in the run's folder `data`. */
void idr_generate_file_path(const idr_generate_config *config, const char *folder, int index,
                            char *out, size_t size);
/* Turns a complete reel into its file and removes the reel. */
idr_status idr_generate_write_well(const idr_generate_config *config, const char *folder,
                                   const idr_generate_well *well);
/* All reels into one file. Collective. */
idr_status idr_generate_write_one(const idr_generate_config *config, const char *folder,
                                  const idr_comm *comm);
/* manifest.json and croissant.json; root of the data set and bytes of its files. Collective. */
idr_status idr_generate_write_manifest(const idr_generate_config *config, const char *folder,
                                       const idr_comm *comm, char root[IDR_HASH_TEXT],
                                       int64_t *bytes);

#endif
