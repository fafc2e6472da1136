/* Drillers to compare a policy with, from what a rig does today to what nobody can do.
 *
 *   constant     the best set-points for all wells
 *   section      the best set-points for every hole diameter
 *   advisor      starts from `constant` and climbs by trial: moves weight or speed a step, keeps
 * the move if rate of penetration against specific energy improved, backs off when the stick-slip
 * index rises; knows only what a rig measures, without sensor noise clairvoyant  knows rock, wear
 * and physics: in every layer, and again as the bit wears, it tries 128 set-points on a copy of the
 * well and takes the cheapest per metre
 *
 * The first three see rig channels only; the last is a ceiling, not a competitor. Each is tuned on
 * scenarios of the training world with the same number of simulated hours, its trials included.
 * Everything is deterministic and does not depend on the number of threads.
 */
#ifndef IDR_RL_BASELINE_H
#define IDR_RL_BASELINE_H

#include "base/settings.h"
#include "env/drilling.h"

#define IDR_BASELINE_LIST(X)                                                                       \
  X(CONSTANT, "constant")                                                                          \
  X(SECTION, "section")                                                                            \
  X(ADVISOR, "advisor")                                                                            \
  X(CLAIRVOYANT, "clairvoyant")

typedef enum {
#define IDR_BASELINE_ENUM(id, name) IDR_BASELINE_##id,
  IDR_BASELINE_LIST(IDR_BASELINE_ENUM)
#undef IDR_BASELINE_ENUM
      IDR_BASELINE_COUNT
} idr_baseline_kind;

const char *idr_baseline_name(idr_baseline_kind kind);

#define IDR_BASELINE_ROWS(X)                                                                       \
  X(REAL, tuning_hours, "h", "8000 h", 1, 1e7, "",                                                 \
    "simulated drilling time in which each baseline is tuned")                                     \
  X(TEXT, cache, "", "auto", 0, 0, "",                                                             \
    "file of tuned baselines and their results, redone when physics, world or prices changed; "    \
    "auto: baselines.json beside the run's folder")

IDR_SETTINGS_STRUCT(idr_baseline_settings, IDR_BASELINE_ROWS);
extern const idr_setting idr_baseline_rows[];
extern const int idr_baseline_row_count;

typedef struct {
  float wob, omega, flow; /* N, rad/s, m3/s */
} idr_set_points;

#define IDR_BASELINE_CLASSES 8

/* One driller with its tuned numbers; plain data. What a kind does not use is zero. */
typedef struct {
  int kind;                             /* idr_baseline_kind */
  int class_count;                      /* 1: one class of holes */
  float diameter[IDR_BASELINE_CLASSES]; /* m, of the class's holes */
  idr_set_points set[IDR_BASELINE_CLASSES];
  /* advisor */
  float hold;               /* s between two moves */
  float step;               /* part of the present value that a move changes */
  float slip_limit;         /* stick-slip index that makes it back off */
  float back_off;           /* part of weight taken off and of speed put on then */
  float energy_weight;      /* of log specific energy against log rate of penetration */
  float wob_cap, omega_cap; /* largest values, as factors of the start */
  /* clairvoyant */
  float wear_weight; /* price of wear in its trials: what is lost later by a duller bit */
  float measure;     /* s over which a trial is judged, after the set-points have settled */
} idr_baseline;

/* Who wants to know how far long work is: `tell` is called often, by one thread at a time, with
 * what is being done and the part of it that is, 0 to 1. */
typedef struct {
  void (*tell)(void *context, const char *what, double part);
  void *context;
} idr_baseline_watch;

/* Plays n scenarios with each of `count` baselines: books[c * n + k], watched by guard->lane[c * n
 * + k] (NULL: by nobody). `simulated` (NULL allowed) receives the simulated time including trials,
 * s. `watch` may be NULL. */
idr_status idr_baseline_play(const idr_drilling_world *world, const idr_baseline *baselines,
                             int count, const idr_scenario *scenarios, int64_t n,
                             const idr_baseline_watch *watch, idr_guard *guard,
                             idr_drilling_books *books, double *simulated);

/* Cost per metre over weight and speed in one kind of rock: what there is to win, as a picture. The
 * rock fills a vertical 8.5 in hole at 2,000 m; every cell is a short interval with fixed
 * set-points and a lightly worn bit. Pass cells at the middle of the grid's boxes, so none is at a
 * limit. */
typedef struct {
  double ucs, abrasiveness; /* Pa, - */
  float flow;               /* m3/s */
  int wob_count, omega_count;
  const float *wob, *omega; /* [wob_count] N, [omega_count] rad/s */
} idr_baseline_map_request;

/* Fills cost, rop and slip, each [wob_count][omega_count]: USD/m, m/s, and the part of the time
 * with a stick-slip index above 1. Prices are those of `config`. */
idr_status idr_baseline_map(const idr_drilling_config *config,
                            const idr_baseline_map_request *request, double *cost, double *rop,
                            double *slip);

/* All kinds, tuned. */
typedef struct {
  idr_baseline tuned[IDR_BASELINE_COUNT];
  double hours[IDR_BASELINE_COUNT]; /* simulated while tuning */
} idr_baseline_set;

/* Tunes all kinds on scenarios of `training`, in the order of the list. `watch` may be NULL. */
idr_status idr_baseline_tune(const idr_drilling_world *training,
                             const idr_baseline_settings *settings, const idr_baseline_watch *watch,
                             idr_baseline_set *out);

/* Results of all kinds on scenarios [0, n) of an evaluation world. */
typedef struct {
  idr_baseline_set set;
  int64_t count;
  idr_drilling_books *books;  /* [IDR_BASELINE_COUNT][count], owned */
  idr_guard_counts *counts;   /* likewise */
  bool tuned_now, played_now; /* false: from the cache */
} idr_baseline_results;

/* Takes from the file settings->cache what still holds (same physics sources, worlds, prices,
 * settings, limits), makes the rest, and writes the file anew. A shield that is enabled stands
 * between baselines and rig as they play; none is there while they are tuned. "auto" is for jobs to
 * resolve, here it is a name. `watch` may be NULL. Free with idr_baseline_results_free. */
idr_status idr_baseline_evaluate(const idr_drilling_world *training,
                                 const idr_drilling_world *evaluation, int64_t n,
                                 const idr_baseline_settings *settings,
                                 const idr_shield_settings *shield, const idr_baseline_watch *watch,
                                 idr_baseline_results *out);
void idr_baseline_results_free(idr_baseline_results *results);

#endif
