/* The drilling task: drill a fixed measured interval as cheaply as possible.
 *
 * An episode starts at a random depth of a random well with a partly worn bit and drills `interval`
 * metres. Every control period the driller sets weight on bit, speed and flow. It ends terminated
 * when the interval is drilled, the hole is lost (pack-off, twist-off, losses) or `bits_max` bits
 * are used up; truncated at the time limit.
 *
 * Cost, in one formula: bit_price * bits + rig_rate * hours, where
 *   bits  = bit life used up, as a fraction of a life (a trip and a new bit are bought for all of
 * it) hours = rotating + connections + curing losses + bits' share of their trips + charges,
 *   charges = failure_time for a lost hole, and unfinished_time times the part of the interval that
 *             was not drilled.
 * The score of a set of episodes is total cost over total metres of their intervals. A lost hole
 * and an idle rig are charged more than the worst interval that can be finished, which is bounded
 * by the time limit and bits_max, so no way of ending early pays (checked when the world is made).
 * Every price is an assumption and a setting; hours and bits are reported apart, so that results
 * can be told at any rig rate.
 *
 * Reward = (reference(depth) - reference(depth before) - cost since) / (rig_rate * reward_time).
 * The reference is a function of depth and well only: what a metre of that rock usually costs,
 * summed along the hole. Over a finished interval it adds the same constant whatever the driller
 * does, so the best policy without discounting is the cheapest one. With a discount it is what
 * makes the task sound: a driller who looks two hours ahead and sees only costs would stand still;
 * one who is paid the going rate per metre and has costs taken off earns most where cost per metre
 * is least (Dinkelbach 1967, fractional programming). The charge for missing metres at a time limit
 * is part of the score only: truncation leaves the rest to the value function.
 */
#ifndef IDR_ENV_DRILLING_H
#define IDR_ENV_DRILLING_H

#include "drill/generator.h"
#include "drill/step.h"
#include "env/env.h"
#include "env/guard.h"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_DRILLING_ROWS(X)                                                                       \
  X(INT, period, "s", "10", 1, 600, "", "control period: time between two decisions")              \
  X(REAL, interval, "m", "150", 1, 5000, "", "measured length to drill in an episode")             \
  X(REAL, time_limit, "h", "72", 0.01, 10000, "",                                                  \
    "rig time after which an episode is cut (bit trips not counted)")                              \
  X(REAL, bits_max, "", "3", 0.1, 100, "", "bits after which the interval is called off")          \
  X(INT, wells, "", "2048", 1, 1000000, "", "number of generated wells")                           \
  X(INT, well_first, "", "0", 0, 2000000000, "",                                                   \
    "index of the first of them; training and evaluation must not overlap")                        \
  X(INT, well_seed, "", "1", 0, 4294967295.0, "",                                                  \
    "seed of the world: with an index it makes a well, whatever the run's seed is")                \
  X(TEXT, well_file, "", "", 0, 0, "", "drill this well (YAML) instead of generated ones")         \
  X(CHOICE, order, "", "random", 0, 0, "random|each",                                              \
    "random: well and start drawn by the run's seed; each: lane k plays scenario k of the world")  \
  X(REAL, hole_diameter_max, "in", "13", 3, 40, "", "sections wider than this are not drilled")    \
  X(REAL, wear_start_max, "", "0.7", 0, 0.95, "", "wear of the bit at the start: 0 to this")       \
  X(REAL, wear_start_min, "", "0", 0, 0.95, "", "least wear of the bit at the start")              \
  X(REAL, mud_window, "", "1", 0.02, 1, "",                                                        \
    "part of the margin from mud weight to fracture pressure that every layer keeps")              \
  X(REAL, sensor_noise, "", "1", 0, 100, "",                                                       \
    "standard deviation of sensor noise in units of the channels' resolution, 0: none")            \
  X(REAL, weight_error, "kN", "0", -500, 500, "",                                                  \
    "a weight gauge that is not zeroed shows this much too much, and the hook load as much less")  \
  X(CHOICE, dead_sensor, "", "none", 0, 0, "none|standpipe_pressure|ecd|stick_slip",               \
    "a sensor that shows the low end of its range, whatever happens")                              \
  X(CHOICE, event, "", "none", 0, 0,                                                               \
    "none|stick_slip|whirl|bit_balling|lost_circulation|gas_influx|pack_off|wash_out|"             \
    "plugged_nozzle|lost_nozzle",                                                                  \
    "goes wrong in every episode: grows over the time that its kind has, then stays")              \
  X(REAL, event_severity, "", "0.5", 0, 1, "", "of that event at its full level, 0: none")         \
  X(REAL, event_start, "h", "0.5", 0, 10000, "", "rig time into the episode at which it begins")   \
  X(BOOL, critic_state, "", "true", 0, 0, "",                                                      \
    "the critic sees the true state beside the channels")                                          \
  X(REALS, start, "", "[0.75, 0.5, 0.6]", 0, 1, "",                                                \
    "what an untrained policy does on average: weight, speed and flow between their limits")       \
  X(REAL, discount_horizon, "h", "2", 0.01, 1000, "", "rig time after which a reward counts 1/e")

#define IDR_PRICE_ROWS(X)                                                                          \
  X(REAL, rig_rate, "", "40000", 1, 1e7, "", "USD per day, rig and services (assumption)")         \
  X(REAL, bit_price, "", "25000", 0, 1e7, "", "USD per bit (assumption)")                          \
  X(REAL, failure_time, "h", "240", 1, 10000, "",                                                  \
    "rig time to win back a lost hole: fishing, sidetrack (assumption)")                           \
  X(REAL, unfinished_time, "h", "150", 0, 10000, "",                                               \
    "rig time charged for an undrilled interval, pro rata for a part: 1 m/h at 150 m "             \
    "(assumption)")                                                                                \
  X(REAL, reference_time, "s", "50", 0, 1e5, "",                                                   \
    "rig time that a metre of soft, clean rock is usually worth, bits included")                   \
  X(REAL, reference_ucs, "MPa", "220", 0, 1000, "",                                                \
    "strength of a rock worth twice that; what is added grows with its fourth power, and again "   \
    "with abrasiveness; 0: strength counts for nothing")                                           \
  X(REAL, reward_time, "h", "1", 1e-3, 1000, "", "rig time that is one unit of reward")

IDR_SETTINGS_STRUCT(idr_drilling_settings, IDR_DRILLING_ROWS);
IDR_SETTINGS_STRUCT(idr_price_settings, IDR_PRICE_ROWS);

/* The settings struct of the kind: sections "drilling", "prices" and "wells". */
typedef struct {
  idr_drilling_settings drilling;
  idr_price_settings prices;
  idr_generator_settings wells;
} idr_drilling_config;

/* Defaults of all three sections, as values. */
idr_status idr_drilling_defaults(idr_drilling_config *config);

/* ---- the world: wells and prices, immutable, shared by lanes and threads --------------------- */
typedef struct {
  idr_drilling_config config;
  int well_count;
  idr_well **well; /* [well_count] */
  double *
      *reference;  /* [well_count][layers + 1]: reference cost from layer 0 to a layer's top, USD */
  double rig_rate; /* USD/s */
  /* Largest limits of all rigs, which bound the actions; SI. */
  float wob_max, omega_min, omega_max, flow_min, flow_max;
} idr_drilling_world;

idr_status idr_drilling_world_create(const idr_drilling_config *config, idr_drilling_world **out);
/* The same on wells that exist already; takes them over, also on failure. */
idr_status idr_drilling_world_adopt(const idr_drilling_config *config, idr_well **wells, int count,
                                    idr_drilling_world **out);
void idr_drilling_world_destroy(idr_drilling_world *world); /* NULL allowed */

/* Hash of everything that decides what drilling in this world costs: physics sources, wells,
 * settings and prices. Not of what only a learner notices (critic, discount, scale of rewards), nor
 * of where a well file lies, nor of a setting that came later and is neutral. */
uint64_t idr_drilling_world_hash(const idr_drilling_world *world);

/* Where an episode starts. */
typedef struct {
  int well; /* position in world->well */
  double depth, wear;
} idr_scenario;

/* Scenario k of the world's frozen list: well k mod well_count, start and wear from (well_seed, k).
 */
idr_scenario idr_drilling_scenario(const idr_drilling_world *world, int64_t k);
/* Hash of scenarios [0, n): their wells, starts, wear, the interval, period and time limit. Two
 * runs with the same hash were asked the same questions. */
uint64_t idr_drilling_scenario_hash(const idr_drilling_world *world, int64_t n);
/* Reference cost from the top of layer 0 to `depth` in layer `layer`, USD. */
double idr_drilling_reference(const idr_drilling_world *world, int well, int layer, double depth);
/* Rig time to pull and run a bit at `depth`, s. */
double idr_drilling_trip_time(const idr_well *well, double depth);

/* ---- books of an episode --------------------------------------------------------------------- */
typedef enum {
  IDR_END_NONE,
  IDR_END_FINISHED,
  IDR_END_FAILED, /* hole lost */
  IDR_END_BITS,   /* called off: bits_max used up */
  IDR_END_TIME    /* time limit */
} idr_drilling_end;

/* Times in s. Plain data, no padding. */
typedef struct {
  double metres, rotating, connection, lost, trip; /* trip: bits' share of their trips */
  double charge_failure, charge_missing;
  double bits;
  double stick_slip; /* time with a stick-slip index above 1 */
  int32_t failure;   /* bits of idr_failure */
  int32_t end;       /* idr_drilling_end */
} idr_drilling_books;

double idr_drilling_hours(const idr_drilling_books *books); /* charged rig time, in hours */
double idr_drilling_cost(const idr_drilling_world *world,
                         const idr_drilling_books *books); /* USD */
/* Brings the books up to the group's state after a control period in which the bit went on from
 * `depth_before`; sets `end` and the charges when the episode is over. */
void idr_drilling_account(const idr_drilling_world *world, const idr_drill_group *group, int lane,
                          double depth_before, idr_drilling_books *books);
/* Puts a lane of a group at the start of a scenario and zeroes its books. */
idr_status idr_drilling_start(const idr_drilling_world *world, const idr_scenario *scenario,
                              idr_drill_group *group, int lane, idr_drilling_books *books);

/* Before a control period: what drilling.event does to a lane. `size` is the lane's own, 0 at the
 * start of an episode, and keeps what the event was measured to be when it began. */
void idr_drilling_event(const idr_drilling_world *world, idr_drill_group *group, int lane,
                        double *size);

/* ---- running scenarios under any driller, for baselines -------------------------------------- */
/* Decides for all 64 lanes of a group at once: writes wob_set, omega_set and flow_set.
 * scenario[lane] is the number of the lane's scenario, -1 for an idle lane; fresh[lane] is 1 at the
 * first decision of an episode. Called from several threads, never for the same scenario at the
 * same time. */
typedef void (*idr_driller)(void *context, idr_drill_group *group,
                            const int64_t scenario[IDR_LANES], const uint8_t fresh[IDR_LANES]);

/* Plays scenarios [0, n), in parallel over OpenMP threads; books[k] receives the books of scenario
 * k, and guard->lane[k] watches it (NULL: nobody does). The result does not depend on the number of
 * threads. */
idr_status idr_drilling_play(const idr_drilling_world *world, const idr_scenario *scenarios,
                             int64_t n, idr_driller driller, void *context, idr_guard *guard,
                             idr_drilling_books *books);
/* Total cost over total interval metres, USD/m. An episode counts at least its interval. */
double idr_drilling_score(const idr_drilling_world *world, const idr_drilling_books *books,
                          int64_t n);

/* ---- as an environment ----------------------------------------------------------------------- */
extern const idr_env_kind idr_drilling_kind;
/* World of an environment of this kind; borrowed. */
const idr_drilling_world *idr_drilling_env_world(const idr_env *env);
/* Sees a lane after every control period, before the next episode takes its place; for traces. */
typedef void (*idr_drilling_watch)(void *context, const idr_drill_group *group, int place,
                                   const idr_drilling_books *books);
/* One lane of an environment of this kind may be watched; `watch` NULL: none. It is called by the
 * thread that steps the lane. */
void idr_drilling_env_watch(idr_env *env, int64_t lane, idr_drilling_watch watch, void *context);
/* guard->lane[i] watches lane i, and shields it where that is enabled; the first episode of a lane
 * is counted. Borrowed, of as many lanes as the environment has, set before a reset; NULL: none.
 * Its bounds are no part of a saved lane. */
void idr_drilling_env_guard(idr_env *env, idr_guard *guard);

#endif
