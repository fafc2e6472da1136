/* A well: everything about it that drilling does not change. Immutable once made, so any number of
 * lanes and threads share one. Comes from a YAML file (idr_well_read) or from the seeded generator
 * (generator.h). SI units; depths are measured depth along the hole unless they say vertical.
 *
 * The tables below are the file format: a key of the file is a row, with its unit, default and
 * range. A file has the mappings `well`, `string`, `rig` and the lists `surveys`, `sections`,
 * `layers` (configs/wells/example.yaml shows all of them).
 */
#ifndef IDR_DRILL_WELL_H
#define IDR_DRILL_WELL_H

#include "base/settings.h"
#include "base/status.h"
#include <stdint.h>

#define IDR_LITHOLOGIES "sandstone|shale|limestone|dolomite|granite"
typedef enum {
  IDR_LITHOLOGY_SANDSTONE,
  IDR_LITHOLOGY_SHALE,
  IDR_LITHOLOGY_LIMESTONE,
  IDR_LITHOLOGY_DOLOMITE,
  IDR_LITHOLOGY_GRANITE,
  IDR_LITHOLOGY_COUNT
} idr_lithology;

#define IDR_TOP_DRIVE_CONTROLS "stiff|soft-torque|z-torque"
typedef enum {
  IDR_CONTROL_STIFF,
  IDR_CONTROL_SOFT_TORQUE,
  IDR_CONTROL_Z_TORQUE
} idr_top_drive_control;
/* Fixed cutters of diamond, or cones with teeth on bearings. */
#define IDR_BIT_KINDS "pdc|roller"
typedef enum { IDR_BIT_PDC, IDR_BIT_ROLLER } idr_bit_kind;
/* How fast a bit drills: bitrock.h, bourgoyne.h, pdc.h. */
#define IDR_ROP_LAWS "detournay|bourgoyne|pdc_phase"
typedef enum { IDR_ROP_DETOURNAY, IDR_ROP_BOURGOYNE, IDR_ROP_PDC_PHASE } idr_rop_law;
/* In the order of tooth.h. */
#define IDR_TOOTH_NAMES   "soft|soft_medium|medium|medium_hard|hard|hard_abrasive|hard_quartz|insert"
#define IDR_BEARING_NAMES "open_barite|open_oil|sealed_roller|sealed_journal"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_WELL_HEAD_ROWS(X)                                                                      \
  X(TEXT, name, "", IDR_REQUIRED, 0, 0, "", "name of the well")                                    \
  X(TEXT, source, "", "", 0, 0, "", "where the data come from, with attribution")                  \
  X(REAL, surface_temperature, "K", "288.15", 230, 330, "", "of ground and mud pits")

#define IDR_WELL_SURVEY_ROWS(X)                                                                    \
  X(REAL, md, "m", IDR_REQUIRED, 0, 15000, "", "measured depth of the station")                    \
  X(REAL, inclination, "deg", IDR_REQUIRED, 0, 120, "", "from the vertical")                       \
  X(REAL, azimuth, "deg", IDR_REQUIRED, 0, 360, "", "from north, clockwise")

#define IDR_WELL_SECTION_ROWS(X)                                                                   \
  X(TEXT, name, "", IDR_REQUIRED, 0, 0, "", "for messages and reports")                            \
  X(REAL, top, "m", IDR_REQUIRED, 0, 15000, "", "where this hole diameter begins")                 \
  X(REAL, bottom, "m", IDR_REQUIRED, 0, 15000, "", "where it ends")                                \
  X(REAL, hole_diameter, "in", IDR_REQUIRED, 3, 40, "", "open hole")                               \
  X(REAL, casing_bottom, "m", "0", 0, 15000, "", "shoe of the casing set afterwards, 0: none")     \
  X(REAL, casing_inner_diameter, "in", "0", 0, 40, "", "of that casing")                           \
  X(REAL, bit_diameter, "in", IDR_REQUIRED, 3, 40, "", "bit of the section")                       \
  X(REAL, bit_nozzle_area, "in2", IDR_REQUIRED, 0.05, 5, "", "total flow area")                    \
  X(REAL, bit_exposure, "mm", "9", 1, 40, "", "largest depth of cut per revolution (assumed)")     \
  X(REAL, bit_blades, "", "5", 2, 12, "", "of a drag bit")                                         \
  X(REAL, bit_flat_new, "mm", "1.5", 0.1, 20, "", "sum of wear flats over blades, sharp bit")      \
  X(REAL, bit_flat_dull, "mm", "9", 1, 60, "", "the same when the bit must be pulled")             \
  X(CHOICE, bit_kind, "", "pdc", 0, 0, IDR_BIT_KINDS, "fixed cutters, or cones")                   \
  X(CHOICE, rop_law, "", "detournay", 0, 0, IDR_ROP_LAWS, "how fast it drills; cones: bourgoyne")  \
  X(REALS, bourgoyne, "", "[]", -20, 20, "", "a1 to a8 of Bourgoyne and Young 1974, fitted")       \
  X(REAL, bourgoyne_ucs, "MPa", "70", 1, 500, "", "strength of the rock in which they hold")       \
  X(CHOICE, tooth_class, "", "medium", 0, 0, IDR_TOOTH_NAMES, "of a roller-cone bit")              \
  X(REAL, tooth_life, "h", "15", 0.1, 1000, "",                                                    \
    "tau_H: at 100 rpm and 4 klbf/in in rock of "                                                  \
    "abrasiveness 1 (assumed)")                                                                    \
  X(CHOICE, bearing_kind, "", "sealed_journal", 0, 0, IDR_BEARING_NAMES, "of its cones")           \
  X(REAL, bearing_life, "h", "60", 0.1, 1000, "", "tau_B: at 60 rpm and 4 klbf/in (assumed)")      \
  X(REAL, cutters, "", "40", 1, 300, "", "of a bit that drills by pdc_phase")                      \
  X(REAL, cutter_diameter, "mm", "16", 3, 60, "", "")                                              \
  X(REAL, back_rake, "deg", "15", 1, 60, "", "")                                                   \
  X(REAL, side_rake, "deg", "1", 0, 60, "", "")                                                    \
  X(REAL, mud_density, "kg/m3", IDR_REQUIRED, 800, 2500, "", "of the mud pumped in")               \
  X(REAL, mud_yield, "Pa", "4", 0, 50, "", "Herschel-Bulkley yield stress")                        \
  X(REAL, mud_consistency, "", "0.4", 1e-4, 20, "", "Herschel-Bulkley consistency, Pa s^n")        \
  X(REAL, mud_index, "", "0.7", 0.2, 1, "", "Herschel-Bulkley index")

#define IDR_WELL_LAYER_ROWS(X)                                                                     \
  X(REAL, top, "m", IDR_REQUIRED, 0, 15000, "", "where the hole enters the layer")                 \
  X(REAL, bottom, "m", IDR_REQUIRED, 0, 15000, "", "where it leaves it")                           \
  X(CHOICE, lithology, "", IDR_REQUIRED, 0, 0, IDR_LITHOLOGIES, "kind of rock")                    \
  X(TEXT, label, "", "", 0, 0, "", "free text, such as 'assumed: fitted to bit-run ROP'")          \
  X(REAL, ucs, "MPa", IDR_REQUIRED, 1, 500, "", "unconfined compressive strength")                 \
  X(REAL, abrasiveness, "", IDR_REQUIRED, 0, 5, "", "wear relative to quartz-rich granite (= 1)")  \
  X(REAL, stickiness, "", "0", 0, 1, "", "tendency of cuttings to ball the bit")                   \
  X(REAL, pore_density, "kg/m3", IDR_REQUIRED, 300, 2500, "", "pore pressure as mud density")      \
  X(REAL, fracture_density, "kg/m3", IDR_REQUIRED, 500, 3500, "", "fracture pressure likewise")    \
  X(REAL, gamma_ray, "API", "60", 0, 500, "", "natural gamma ray")                                 \
  X(REAL, resistivity, "ohm.m", "10", 0.01, 100000, "", "deep resistivity")                        \
  X(REAL, density, "kg/m3", "2600", 1000, 4000, "", "bulk density")                                \
  X(REAL, porosity, "", "0.1", 0, 0.6, "", "volume fraction of pores")                             \
  X(REAL, thermal_gradient, "K/m", "0.0238", 0, 0.2, "", "per vertical metre")                     \
  X(REAL, gas, "", "0", 0, 1, "", "how readily gas flows from it when the mud is too light")

#define IDR_WELL_STRING_ROWS(X)                                                                    \
  X(REAL, pipe_outer_diameter, "in", "5", 2, 10, "", "drill pipe, from the heavy pipe up")         \
  X(REAL, pipe_inner_diameter, "in", "4.276", 1, 10, "", "")                                       \
  X(REAL, heavy_length, "m", "110", 1, 2000, "", "heavy-weight drill pipe")                        \
  X(REAL, heavy_outer_diameter, "in", "5", 2, 12, "", "")                                          \
  X(REAL, heavy_inner_diameter, "in", "3", 1, 10, "", "")                                          \
  X(REAL, collar_length, "m", "150", 1, 1000, "", "drill collars and tools, from the bit up")      \
  X(REAL, collar_outer_diameter, "in", "6.5", 2, 14, "", "")                                       \
  X(REAL, collar_inner_diameter, "in", "2.8125", 0.5, 10, "", "")                                  \
  X(REAL, friction_static, "", "0.3", 0, 1.5, "", "string against hole, standing")                 \
  X(REAL, friction_kinetic, "", "0.2", 0, 1.5, "", "string against hole, turning")                 \
  X(REAL, motor, "", "0", 0, 2000, "", "mud motor: turns per m3 of mud, 0: none")                  \
  X(REAL, motor_stall_torque, "kN.m", "12", 0.1, 100, "", "at which a new motor stands (assumed)") \
  X(REAL, motor_slip, "", "0.15", 0, 1, "", "flow that leaks through it then (assumed)")

#define IDR_WELL_RIG_ROWS(X)                                                                       \
  X(REAL, wob_max, "kN", "220", 1, 1000, "", "largest weight-on-bit set-point")                    \
  X(REAL, rpm_max, "rpm", "220", 10, 400, "", "largest speed set-point")                           \
  X(REAL, flow_min, "L/min", "900", 0, 10000, "", "least flow while drilling")                     \
  X(REAL, flow_max, "L/min", "3600", 100, 12000, "", "largest flow set-point")                     \
  X(REAL, pressure_max, "MPa", "32", 1, 100, "", "pump relief setting; the auto-driller slows")    \
  X(REAL, torque_max, "kN.m", "45", 1, 200, "", "top drive")                                       \
  X(REAL, rop_max, "m/h", "100", 1, 500, "", "limit of the auto-driller")                          \
  X(REAL, wob_rate, "kN/s", "4", 0.01, 100, "", "how fast weight follows its set-point")           \
  X(REAL, rpm_rate, "rpm/s", "6", 0.1, 200, "", "how fast speed follows")                          \
  X(REAL, flow_rate, "L/min/s", "60", 1, 2000, "", "how fast the pumps follow")                    \
  X(REAL, top_drive_inertia, "", "2900", 1, 50000, "", "kg m2; Aarsnes and Shor 2018")             \
  X(CHOICE, top_drive_control, "", "stiff", 0, 0, IDR_TOP_DRIVE_CONTROLS,                          \
    "how it answers torsional waves of the string")                                                \
  X(REAL, stand_length, "m", "28", 5, 60, "", "drilled between two connections")                   \
  X(REAL, connection_time, "s", "240", 0, 7200, "", "weight to weight (assumed)")                  \
  X(REAL, trip_speed, "m/s", "0.15", 0.01, 2, "", "mean over a trip, with slips (assumed)")        \
  X(REAL, bit_change_time, "s", "3600", 0, 100000, "", "at surface (assumed)")                     \
  X(REAL, pit_volume, "m3", "80", 1, 1000, "", "of the active pits (assumed)")

IDR_SETTINGS_STRUCT(idr_well_head, IDR_WELL_HEAD_ROWS);
IDR_SETTINGS_STRUCT(idr_well_survey, IDR_WELL_SURVEY_ROWS);
IDR_SETTINGS_STRUCT(idr_well_section, IDR_WELL_SECTION_ROWS);
IDR_SETTINGS_STRUCT(idr_well_layer_row, IDR_WELL_LAYER_ROWS);
IDR_SETTINGS_STRUCT(idr_well_string, IDR_WELL_STRING_ROWS);
IDR_SETTINGS_STRUCT(idr_well_rig, IDR_WELL_RIG_ROWS);

/* A layer as the step reads it: compact, because thousands of wells lie in memory at once. */
typedef struct {
  float top, bottom; /* m, measured */
  float ucs;         /* Pa */
  float abrasiveness, stickiness;
  float pore_density, fracture_density; /* kg/m3 */
  float gamma_ray;                      /* API */
  float resistivity;                    /* ohm m */
  float density;                        /* kg/m3 */
  float porosity;
  float thermal_gradient; /* K/m vertical */
  float gas;              /* 0 none, 1 IDR_INFLUX_METRE (influx.h) per metre of it */
  int32_t lithology;      /* idr_lithology */
} idr_layer;

/* A point of the hole, every IDR_PATH_STEP metres from the surface to the bottom. What needs the
 * whole string above it is worked out here once: friction torque and hook load with the bit there.
 */
#define IDR_PATH_STEP 20.0
typedef struct {
  float tvd, north, east;     /* m */
  float inclination, azimuth; /* rad */
  float dogleg;               /* rad/m over the step below */
  float friction_kinetic;     /* N m, string turning off bottom */
  float friction_static;      /* N m, string breaking free */
  float hookload;             /* N, turning off bottom, buoyed */
  float hook_up, hook_down;   /* N, pulled up and let down without turning */
  float rock_temperature;     /* K */
} idr_path_point;

typedef struct {
  idr_well_head head;
  idr_well_string string;
  idr_well_rig rig;
  int section_count, layer_count, path_count, survey_count;
  idr_well_section *section; /* [section_count], top to bottom */
  idr_layer *layer;          /* [layer_count], top to bottom, no gaps */
  idr_path_point *path;      /* [path_count], path[i] at i * IDR_PATH_STEP */
  idr_well_survey *survey;   /* [survey_count] */
  double depth;              /* total depth, m */
} idr_well;

/* The parts of a well before they are checked and worked out; idr_well_create copies them. */
typedef struct {
  idr_well_head head;
  idr_well_string string;
  idr_well_rig rig;
  int section_count, layer_count, survey_count;
  const idr_well_section *section;
  const idr_layer *layer;
  const idr_well_survey *survey;
} idr_well_parts;

/* Reads and checks a well file. All problems are listed at once with file and line (status CONFIG);
 * the caller frees *out with idr_well_free. */
idr_status idr_well_read(const char *file, idr_well **out);
/* The same from text in memory; `name` stands for the file in messages. */
idr_status idr_well_parse(const char *name, const char *text, size_t bytes, idr_well **out);
/* Makes a well from parts that are already consistent (generator, tests). */
idr_status idr_well_create(const idr_well_parts *parts, idr_well **out);
void idr_well_free(idr_well *well); /* NULL allowed */

/* Index of the layer, section and path point at or above a depth, clamped to the well. */
int idr_well_find_layer(const idr_well *well, double depth);
int idr_well_find_section(const idr_well *well, double depth);
int idr_well_find_path(const idr_well *well, double depth);
/* Depth of the shoe above section `section` (0 when the hole is uncased) and that casing's inner
 * diameter (the section's hole diameter when uncased). */
double idr_well_shoe_depth(const idr_well *well, int section);
double idr_well_shoe_diameter(const idr_well *well, int section);

/* Hash of everything that decides how the well drills (XXH3), for caches and frozen sets. */
uint64_t idr_well_hash(const idr_well *well);
/* Hash of the physics sources themselves, made when the engine was built: 16 hex digits. */
const char *idr_drill_source_hash(void);

#endif
