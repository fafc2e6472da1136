/* What the files of `idrill evaluate` share: a frozen policy, what to ask of it, and the record
 * that becomes evaluation.json. One process does all of it; nothing here is collective. */
#ifndef IDR_JOBS_EVALUATE_H
#define IDR_JOBS_EVALUATE_H

#include "jobs/rl_model.h"
#include "rl/baseline.h"
#include "rl/scorecard.h"

#include <jansson.h>
#include <limits.h>

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_EVALUATE_SETTINGS(X)                                                                   \
  X(INT, episodes, "", "0", 0, 10000000, "",                                                       \
    "episodes; 0: 500, and for drilling one per well of evaluate.wells")                           \
  X(INT, seed, "", "1", 0, 4294967295.0, "",                                                       \
    "seed of starts, noise and statistics; never meets the numbers of a training")                 \
  X(BOOL, deterministic, "", "true", 0, 0, "",                                                     \
    "the policy takes its mean or likeliest action; false: it draws, as in training")              \
  X(INT, wells, "", "512", 2, 1000000, "", "drilling: number of wells the training has not seen")  \
  X(INT, well_first, "", "1000000000", 0, 2000000000, "",                                          \
    "drilling: index of the first of them; must be none of the training's")                        \
  X(TEXT, well_file, "", "configs/wells/forge-16a-78-32.yaml", 0, 0, "",                           \
    "drilling: a real well (YAML) to drill besides; empty: none")                                  \
  X(INT, well_file_episodes, "", "64", 2, 1000000, "",                                             \
    "drilling: number of starts (depth and bit wear) in that well")                                \
  X(TEXT, sets, "", "nominal", 0, 0, "",                                                           \
    "drilling: scenario sets, comma between them, of those listed above; all: every one")          \
  X(INT, resamples, "", "4000", 100, 1000000, "", "drilling: resamples behind every interval")     \
  X(INT, threads, "", "0", 0, 1024, "",                                                            \
    "threads, whatever the number of ranks; 0: OMP_NUM_THREADS, else all allowed processors")

IDR_SETTINGS_STRUCT(idr_evaluate_settings, IDR_EVALUATE_SETTINGS);

typedef struct {
  idr_job_context *context;
  char folder[PATH_MAX]; /* of the run, or of the ONNX file */
  char file[PATH_MAX];   /* ONNX file; "": the newest checkpoint of the run */
  char prefix[256];      /* of the names of records: "", or "policy." for policy.onnx */
  idr_rl_config config;  /* of the training, and the sections of this job */
  idr_evaluate_settings ask;
  idr_baseline_settings baselines; /* cache resolved */
  idr_shield_settings shield;
  int threads;
  idr_rl_frozen frozen; /* of a checkpoint; with an ONNX file only the task is there */
  idr_served *served;   /* of an ONNX file; NULL otherwise */
  idr_actor actor;      /* one of both; borrowed */
  json_t *record;       /* evaluation.json */
} idr_evaluation;

/* Philox key that no training has: run.seed has 32 bits. */
static inline uint64_t idr_evaluate_key(const idr_evaluation *e) {
  return ((uint64_t)1 << 32) | (uint64_t)e->ask.seed;
}

/* The two kinds of tasks: each plays, prints its table to stdout and adds to the record. */
idr_status idr_evaluate_yardstick(idr_evaluation *e);
idr_status idr_evaluate_drilling(idr_evaluation *e);

/* evaluate_policy.c: takes RUN or FILE.onnx out of the words, parses the others; the settings file
 * to read ("": none); baselines.cache = auto resolved; the policy itself. */
idr_status idr_evaluate_find(idr_evaluation *e, int *argc, char **argv, idr_job_line *line);
idr_status idr_evaluate_settings_file(const idr_evaluation *e, const idr_job_line *line,
                                      char out[PATH_MAX]);
idr_status idr_evaluate_find_cache(idr_evaluation *e);
idr_status idr_evaluate_load_policy(idr_evaluation *e);

/* "<folder>/<name>". */
idr_status idr_evaluate_path(const idr_evaluation *e, const char *name, char out[PATH_MAX]);
/* Writes JSON into the folder, atomically. */
idr_status idr_evaluate_write(const idr_evaluation *e, const json_t *json, const char *name);
/* A number, or null where it is not finite. */
json_t *idr_evaluate_number(double value);

/* The file that setting evaluate.well_file means: as it stands (from the present folder), else
 * below a folder above the binary, as it is or in share/idrill, so that it is found in a build and
 * after an installation. False when there is none. */
bool idr_evaluate_find_file(const char *setting, char *out, size_t size);

/* ---- drilling: named sets of scenarios ------------------------------------------------------- */
/* How the world of a set differs from the training's; its wells are the unseen ones. */
typedef struct {
  const char *name, *key;    /* key: in the records */
  const char *doc;           /* what is other than in the training, for help page and titles */
  double strength, abrasion; /* factors of wells.strength_factor and wells.abrasion_factor */
  double wear_min, wear_max; /* of the bit at the start; 0 and 0: as in the training */
  double window;             /* drilling.mud_window becomes at most this */
  double noise;              /* factor of drilling.sensor_noise */
  double weight_error;       /* N, added to drilling.weight_error */
  int dead_sensor;           /* drilling.dead_sensor; 0: as in the training */
  int event;                 /* drilling.event; 0: as in the training */
} idr_scenario_set;

#define IDR_SCENARIO_SETS_MAX 24
extern const idr_scenario_set idr_scenario_sets[];
extern const int idr_scenario_set_count;
/* Sets named in `text`, in the table's order: chosen[i] says whether set i is. CONFIG with all
 * names for an unknown one, and for none. */
idr_status idr_scenario_sets_choose(const char *text, bool chosen[IDR_SCENARIO_SETS_MAX]);
void idr_scenario_set_apply(const idr_scenario_set *set, idr_drilling_config *config);
void idr_scenario_sets_help(FILE *out);

/* ---- drilling: results of one set of scenarios ----------------------------------------------- */
#define IDR_EVALUATE_DRILLERS (IDR_BASELINE_COUNT + 1) /* the policy, then the baselines */
typedef enum { IDR_RATE_HALF, IDR_RATE_SET, IDR_RATE_DOUBLE, IDR_RATES } idr_rate;

typedef struct {
  const char *key; /* "unseen_wells", "hard_rock", ..., "well_file": in the record */
  char title[256]; /* in the table */
  const idr_drilling_world *world; /* borrowed */
  int64_t count;                   /* scenarios */
  uint64_t scenario_hash;
  idr_bill *bills;          /* [IDR_EVALUATE_DRILLERS][count], owned */
  idr_guard_counts *counts; /* likewise */
  idr_baseline_set tuned;
  bool tuned_now, played_now; /* baselines; false: from the cache */
  idr_scorecard rate[IDR_RATES];
} idr_evaluation_set;

const char *idr_evaluate_driller(int driller); /* "policy", "constant", ... */
double idr_evaluate_rate_factor(idr_rate rate);

/* One driller over a set. */
typedef struct {
  double rop;              /* m/h while rotating */
  double metres_per_day;   /* of charged rig time */
  double bits, stick_slip; /* bit lives and hours, per interval */
  double failed, unfinished;
} idr_set_score;
idr_set_score idr_evaluate_score(const idr_evaluation_set *set, int driller);

/* How a driller treats hole and string over a set. */
typedef struct {
  double slip_per_100m;                 /* h with a stick-slip index above 1 */
  double packed_off, twisted_off, lost; /* holes; one may count twice */
  double over[IDR_LIMITS];              /* part of the drilling time beyond a limit */
  double shielded;                      /* part of it with a set-point changed by the shield */
  double shielded_periods;
} idr_set_safety;
idr_set_safety idr_evaluate_safety(const idr_evaluation_set *set, int driller);

/* Prints a set's tables, and adds the set to the record. */
void idr_evaluate_print_set(const idr_evaluation *e, const idr_evaluation_set *set);
/* The policy in one row per set. */
void idr_evaluate_print_summary(const idr_evaluation_set *const *sets, int count);
idr_status idr_evaluate_record_set(idr_evaluation *e, const idr_evaluation_set *set);

#endif
