/* The state of 64 wells being drilled: one table of fields, structure of arrays.
 *
 * A group is IDR_LANES lanes wide; a field is `type name[IDR_LANES]` or `type
 * name[count][IDR_LANES]`, so a loop over lanes reads contiguous memory and everything a second
 * needs stays in the cache. Allocation, save and load of a lane, the scan for NaN and this
 * documentation come from the table. A lane is one well in the hands of one driller; it knows
 * nothing of its neighbours nor of its place in the group.
 *
 * What adds up over an episode (depth, time, volumes, wear) is double, the rest float. Fields
 * marked (copy) repeat the well's property where the bit is; they change only when a boundary is
 * crossed.
 */
#ifndef IDR_DRILL_STATE_H
#define IDR_DRILL_STATE_H

#include "base/fn.h"
#include "base/status.h"
#include "drill/channel.h"
#include "drill/well.h"
#include <stddef.h>
#include <stdint.h>

#define IDR_LANES        64
#define IDR_ANNULUS      4  /* cells of the annulus, bit to surface, equal length */
#define IDR_GAS_CELLS    32 /* cells for gas in it, a multiple of IDR_ANNULUS */
#define IDR_LAG          16 /* parcels of mud in it, each with the depth it left */
#define IDR_TRAIL        20 /* seconds of the trailing window for stick-slip */
#define IDR_STRING_PARTS 3  /* collars, heavy pipe, pipe */
#define IDR_CUT_NODES    5  /* of the rock's surface between two blades (string2dof.h) */

/* Why a lane must end (bits of the field `failure`). */
typedef enum {
  IDR_FAILURE_NONE = 0,
  IDR_FAILURE_PACKOFF = 1,  /* solids close the annulus, pipe stuck */
  IDR_FAILURE_TWISTOFF = 2, /* string broken by torsional fatigue */
  IDR_FAILURE_LOSSES = 4    /* lost circulation beyond what the pits can replace */
} idr_failure;

/* S(type, name, unit, doc): one number per lane; A(type, name, count, unit, doc): `count` of them
 */
#define IDR_STATE_LIST(S, A)                                                                       \
  /* set-points: written by the driller (the environment) before a step */                         \
  S(float, wob_set, "N", "weight on bit asked for; clipped to the rig's limits inside")            \
  S(float, omega_set, "rad/s", "top drive speed asked for")                                        \
  S(float, flow_set, "m3/s", "pump rate asked for")                                                \
  S(float, block_speed, "m/s", "how fast the block goes down, bit off bottom; a crew's choice")    \
  S(int32_t, slips, "-", "1: the string hangs in the slips, the block moves alone")                \
  S(float, hook_factor, "-", "weight of what hangs over that of the string, less 1: casing")       \
  S(float, mud_added, "kg/m3", "what the crew added to the density of the section's mud")          \
  S(float, choke_closed, "-", "0: returns to the flow line, above: through the choke, 1: shut in") \
  S(float, mud_density_set, "kg/m3",                                                               \
    "density pumped from now on, travelling down the string and up the annulus; 0: the section's") \
  S(float, mix_set, "m3/s",                                                                        \
    "new mud that a crew mixes into the active pits (below 0.6 of them: unasked)")                 \
  S(int32_t, crewed, "-",                                                                          \
    "1: a crew (crew.h) moves the block second by second; 0: connections "                         \
    "and trips are lumps of time")                                                                 \
  /* faults: what an event or a worn machine does to the well. 0 is sound; written by events.h and \
     equipment.h (or a script) before a step */                                                    \
  S(float, fault_washout, "-", "part of the flow that leaves the string above the bit")            \
  S(float, fault_nozzle, "-", "part of the nozzle area that is plugged; below 0: lost")            \
  S(float, fault_annulus, "-", "part of the annulus around the collars that is closed")            \
  S(float, fault_caving, "m3/s", "rock that falls into the hole")                                  \
  S(float, fault_thief, "m3/s/Pa", "flow into an open fracture per pressure over pore pressure")   \
  S(float, fault_pore, "kg/m3", "pore pressure over what was foreseen, as mud density")            \
  S(float, fault_grip_torque, "N m", "torque by which the hole holds the string")                  \
  S(float, fault_grip_force, "N", "force by which it holds it")                                    \
  S(float, fault_pump, "-", "part of the pumps' displacement that is lost")                        \
  S(float, fault_stall, "-", "1: the mud motor stands")                                            \
  S(float, fault_stator, "-", "wear of the motor's stator, 0 to 1")                                \
  S(float, fault_lateral, "-", "severity of whirl beside what the bit makes by itself")            \
  /* actuators */                                                                                  \
  S(float, wob, "N", "weight on bit now")                                                          \
  S(float, omega_ref, "rad/s", "rate-limited speed set-point")                                     \
  S(float, flow, "m3/s", "pump rate now")                                                          \
  /* torsion */                                                                                    \
  S(float, omega_top, "rad/s", "top drive speed")                                                  \
  S(float, omega_bit, "rad/s", "bit speed")                                                        \
  S(float, twist, "rad", "top drive angle minus bit angle")                                        \
  S(float, top_integral, "N m", "integral part of the top drive's torque")                         \
  /* bit against rock */                                                                           \
  S(float, sink_speed, "m/s", "bit downwards")                                                     \
  S(float, cut_phase, "-", "way of the newest node from its blade, part of a cell")                \
  A(float, rock, IDR_CUT_NODES, "m", "height of the rock ahead of a blade over the bit")           \
  /* bit */                                                                                        \
  S(double, flat, "m", "sum of wear-flat lengths over the blades")                                 \
  S(float, wear, "-", "(flat - new) / (dull - new): 0 sharp, 1 dull")                              \
  S(double, tooth, "-", "worn part of a roller-cone bit's teeth")                                  \
  S(double, bearing, "-", "used part of its bearings")                                             \
  S(float, balling, "-", "part of the bit face covered with clay, 0 to 1")                         \
  S(float, cut, "m", "depth of cut per revolution, mean over the second")                          \
  S(float, founder_cut, "m", "depth of cut at which the bit founders")                             \
  S(float, founder_wob, "N", "weight at which the bit founders")                                   \
  S(float, flat_temperature, "K", "of the wear flats")                                             \
  S(float, whirl, "-", "severity of lateral vibration, 0 none")                                    \
  S(float, strength, "Pa", "confined strength at the bit")                                         \
  /* hole */                                                                                       \
  S(double, depth, "m", "measured depth of the hole")                                              \
  S(double, bit_depth, "m", "measured depth of the bit: the hole's while it drills")               \
  S(float, bit_tvd, "m", "its vertical depth")                                                     \
  S(float, block, "m", "height of the travelling block above the floor")                           \
  S(float, hold, "N", "by which the hole holds a string moved down; below 0: moved up")            \
  S(double, start_depth, "m", "where the episode began")                                           \
  S(float, tvd, "m", "vertical depth")                                                             \
  A(double, suspended, IDR_ANNULUS, "m3", "cuttings moving in a cell of the annulus")              \
  A(double, bed, IDR_ANNULUS, "m3", "cuttings lying in it")                                        \
  S(double, solids_in, "m3", "cuttings made so far")                                               \
  S(double, solids_out, "m3", "cuttings out at surface or cleaned before a trip")                  \
  S(double, lost_volume, "m3", "mud lost to the formation, less what came back")                   \
  /* mud and gas: bit off bottom, choke, pits (step_hydraulics.c, step_control.c, step_gas.c) */   \
  A(double, gas, IDR_GAS_CELLS, "kg", "gas in a cell of the annulus, from the bottom of the hole") \
  S(double, gas_in, "kg", "gas that flowed in so far")                                             \
  S(double, gas_out, "kg", "gas that came out at surface so far")                                  \
  S(double, gas_volume, "m3", "what the gas in the hole would fill without choke pressure")        \
  S(double, packed, "m3", "mud in the hole beyond what it would hold without choke pressure")      \
  S(double, ballooned, "m3", "mud in fractures that comes back when the pressure falls")           \
  S(double, pit, "m3", "volume of the active pits")                                                \
  S(double, pit_gain, "m3",                                                                        \
    "what of its change neither mixing, nor cuttings, nor the string explains; a crew may zero "   \
    "it")                                                                                          \
  S(double, pit_mixed, "m3", "new mud mixed into the pits so far")                                 \
  S(double, wetted, "m3", "mud that left with the cuttings so far")                                \
  S(double, shaken, "m3", "solids_out of the second before")                                       \
  S(double, steel, "m3", "volume of the string's steel in the hole")                               \
  S(double, stored, "m3", "mud squeezed into the string by the standpipe pressure")                \
  S(double, strokes, "-", "of all pumps since the section began; a crew may zero it")              \
  S(double, front, "m3", "pumped since the density of the mud pumped in changed")                  \
  S(double, bit_was, "m", "bit_depth a second ago")                                                \
  S(int32_t, settled, "-", "1 once the first second has begun the books of the mud")               \
  S(float, density_in, "kg/m3", "mud pumped in")                                                   \
  S(float, ahead_string, "kg/m3", "mud in the string ahead of the front")                          \
  S(float, ahead_annulus, "kg/m3", "mud in the annulus ahead of what the string held")             \
  S(float, density_string, "kg/m3", "mean of the mud in the string")                               \
  S(float, density_annulus, "kg/m3", "mean of the mud in the annulus")                             \
  S(float, gas_relief, "Pa", "by how much gas lightens the column")                                \
  S(float, choke_pressure, "Pa", "above atmospheric; 0 with the flow line open")                   \
  S(float, loss_rate, "m3/s", "mud going into the rock, mean of some seconds")                     \
  S(float, temperature_in, "K", "mud in the pits")                                                 \
  S(float, temperature_out, "K", "returns")                                                        \
  S(float, mud_temperature, "K", "in the annulus at the bit")                                      \
  S(float, lag, "-", "part of a parcel pumped since the last left the bottom")                     \
  A(float, lag_depth, IDR_LAG, "m", "hole depth when a parcel left it, newest first")              \
  S(double, fatigue, "-", "Miner sum of the string; 1 breaks it")                                  \
  /* books */                                                                                      \
  S(double, time, "s", "rig time since the episode began: all four below")                         \
  S(double, rotating_time, "s", "on bottom or getting there, one per simulated second")            \
  S(double, connection_time, "s", "spent on connections")                                          \
  S(double, trip_time, "s", "spent on bit trips")                                                  \
  S(double, lost_time, "s", "spent on curing losses")                                              \
  S(double, energy, "J", "work done by the bit")                                                   \
  S(double, bits_worn, "-", "bits used up since the episode began, parts of a bit included")       \
  S(int32_t, trips, "-", "bit trips")                                                              \
  S(int32_t, connections, "-", "connections made")                                                 \
  S(int32_t, failure, "-", "bits of idr_failure; once set it stays")                               \
  /* place in the well */                                                                          \
  S(int32_t, layer, "-", "index of the layer at the bit")                                          \
  S(int32_t, section, "-", "index of the hole section")                                            \
  S(int32_t, path, "-", "index of the path point above the hole's bottom")                         \
  S(int32_t, bit_path, "-", "of the path point above the bit")                                     \
  A(double, bit_span, 2, "m", "bit depths between which the copies of string and path hold")       \
  S(double, next_change, "m", "depth at which a copy must be renewed")                             \
  S(double, next_stand, "m", "depth of the next connection")                                       \
  S(double, bottom, "m", "(copy) total depth of the well")                                         \
  /* rock (copy) */                                                                                \
  S(float, ucs, "Pa", "(copy)")                                                                    \
  S(float, abrasiveness, "-", "(copy)")                                                            \
  S(float, stickiness, "-", "(copy)")                                                              \
  S(float, pore_density, "kg/m3", "(copy)")                                                        \
  S(float, fracture_density, "kg/m3", "(copy) least of the open hole")                             \
  S(float, gamma_ray, "API", "(copy)")                                                             \
  S(float, rock_density, "kg/m3", "(copy)")                                                        \
  S(float, porosity, "-", "(copy)")                                                                \
  /* path (copy) */                                                                                \
  S(float, path_md, "m", "(copy) of the point above the hole's bottom")                            \
  S(float, path_tvd, "m", "(copy)")                                                                \
  S(float, path_slope, "-", "(copy) vertical per measured metre")                                  \
  S(float, bit_path_md, "m", "(copy) of the point above the bit, as all that follows")             \
  S(float, bit_path_tvd, "m", "(copy)")                                                            \
  S(float, bit_path_slope, "-", "(copy)")                                                          \
  S(float, inclination, "rad", "(copy)")                                                           \
  S(float, friction_static, "N m", "(copy) string against hole, breaking free")                    \
  S(float, friction_kinetic, "N m", "(copy) turning")                                              \
  S(float, hook_free, "N", "(copy) hook load off bottom, turning")                                 \
  S(float, hook_up, "N", "(copy) pulled up without turning")                                       \
  S(float, hook_down, "N", "(copy) let down without turning")                                      \
  S(float, rock_temperature, "K", "(copy) at the path point above the bit")                        \
  S(float, string_volume, "m3", "(copy) inside the string, bit on bottom")                         \
  S(float, annulus_volume, "m3", "(copy) around it")                                               \
  S(float, column, "-",                                                                            \
    "(copy) by which pressure and temperature change the mud's mean density; 0 without a crew")    \
  S(float, influx_index, "kg/s/Pa", "(copy) inflow per underbalance of all gas that is open")      \
  S(float, influx_metre, "kg/s/Pa/m", "(copy) what a metre more of this layer adds to it")         \
  S(float, influx_from, "m", "(copy) hole depth of the copy")                                      \
  S(float, gas_density, "kg/m3", "(copy) greatest pore pressure of the open gas, as mud density")  \
  S(float, stiffness, "N m/rad", "(copy) of the string")                                           \
  S(float, bit_inertia, "kg m2", "(copy) collars and a third of the pipe")                         \
  S(float, twist_damping, "N m s/rad", "(copy) mud and steel")                                     \
  S(float, sink_mass, "kg", "(copy) of collars and heavy pipe")                                    \
  S(float, sink_damping, "N s/m", "(copy) what the pipe above carries away")                       \
  S(float, collar_speed, "rad/s", "(copy) lateral resonance of the collars")                       \
  S(float, top_gain, "N m s/rad", "(copy) of the top drive's control")                             \
  S(float, top_windup, "N m/rad", "(copy) its integral gain")                                      \
  S(float, top_felt, "kg m2", "(copy) inertia of the top drive that the string feels")             \
  A(float, cell_area, IDR_ANNULUS, "m2", "(copy) annular area of a cell")                          \
  A(float, cell_gap, IDR_ANNULUS, "m", "(copy) its hydraulic diameter")                            \
  A(float, cell_drop, IDR_ANNULUS, "m", "(copy) its vertical extent")                              \
  A(float, cell_ratio, IDR_ANNULUS, "-", "(copy) pipe diameter over hole diameter")                \
  S(float, cell_length, "m", "(copy) length of every cell")                                        \
  A(float, cell_lean, IDR_ANNULUS, "-", "(copy) Larsen's angle factor, 0 where no bed can lie")    \
  /* section, string and rig (copy) */                                                             \
  S(float, hole_diameter, "m", "(copy)")                                                           \
  S(float, bit_radius, "m", "(copy)")                                                              \
  S(float, blades, "-", "(copy)")                                                                  \
  S(float, nozzle_area, "m2", "(copy)")                                                            \
  S(float, exposure, "m", "(copy) largest depth of cut")                                           \
  S(float, flat_new, "m", "(copy)")                                                                \
  S(float, flat_dull, "m", "(copy)")                                                               \
  S(int32_t, bit_kind, "-", "(copy) idr_bit_kind")                                                 \
  S(int32_t, rop_law, "-", "(copy) idr_rop_law")                                                   \
  S(float, shoe_depth, "m", "(copy)")                                                              \
  S(float, shoe_tvd, "m", "(copy)")                                                                \
  S(float, shoe_diameter, "m", "(copy) inside the casing")                                         \
  S(float, mud_density, "kg/m3", "(copy) that the section asks for")                               \
  S(float, mud_yield, "Pa", "(copy)")                                                              \
  S(float, mud_consistency, "Pa s^n", "(copy)")                                                    \
  S(float, mud_index, "-", "(copy)")                                                               \
  A(float, mud_rate, 2, "-", "(copy) wall shear rate factor in pipe and annulus")                  \
  A(float, mud_stress, 2, "Pa", "(copy) yield part of the wall stress in pipe and annulus")        \
  S(float, mud_transition, "-", "(copy) friction factor per Reynolds number in transition")        \
  S(float, mud_turbulent, "-", "(copy) A of the turbulent friction factor A / Re^B")               \
  S(float, mud_slope, "-", "(copy) its B")                                                         \
  A(float, part_outer, IDR_STRING_PARTS, "m", "(copy) outer diameter")                             \
  A(float, part_inner, IDR_STRING_PARTS, "m", "(copy) inner diameter")                             \
  A(float, part_length, IDR_STRING_PARTS, "m", "(copy); the pipe's follows the depth")             \
  A(float, part_whole, IDR_STRING_PARTS, "m", "(copy) of it in a hole deep enough")                \
  S(float, wob_max, "N", "(copy)")                                                                 \
  S(float, omega_max, "rad/s", "(copy)")                                                           \
  S(float, flow_min, "m3/s", "(copy)")                                                             \
  S(float, flow_max, "m3/s", "(copy)")                                                             \
  S(float, pressure_max, "Pa", "(copy)")                                                           \
  S(float, torque_max, "N m", "(copy)")                                                            \
  S(float, rop_max, "m/s", "(copy)")                                                               \
  S(float, wob_rate, "N/s", "(copy)")                                                              \
  S(float, omega_rate, "rad/s2", "(copy)")                                                         \
  S(float, flow_rate, "m3/s2", "(copy)")                                                           \
  S(float, top_inertia, "kg m2", "(copy)")                                                         \
  S(float, pit_full, "m3", "(copy) active volume at the start")                                    \
  S(float, surface_temperature, "K", "(copy)")                                                     \
  S(float, motor_turns, "1/m3", "(copy) turns of the mud motor, 0: there is none")                 \
  S(float, motor_stall, "N m", "(copy) torque at which it stands when new")                        \
  S(float, motor_slip, "-", "(copy) part of the flow that leaks through it at that torque")        \
  S(float, motor_speed, "rad/s", "of its rotor against the string, mean over the second")          \
  /* what the last second gave, one value per channel, SI */                                       \
  A(float, value, IDR_CHANNEL_COUNT, "SI", "channels, true values at 1 Hz")                        \
  S(float, bit_torque, "N m", "of cutting and flats, mean over the second")                        \
  S(float, solids, "-", "largest part of a cell's annulus filled with cuttings")                   \
  /* trailing window, newest first: bit speed in each second */                                    \
  A(float, trail_min, IDR_TRAIL, "rad/s", "least")                                                 \
  A(float, trail_max, IDR_TRAIL, "rad/s", "greatest")                                              \
  A(float, trail_mean, IDR_TRAIL, "rad/s", "mean")                                                 \
  A(float, trail_stuck, IDR_TRAIL, "-", "part of the second standing still or turning back")       \
  /* the last control period (idr_drill_step), one value per channel, SI */                        \
  A(float, mean, IDR_CHANNEL_COUNT, "SI", "mean of the period")                                    \
  A(float, least, IDR_CHANNEL_COUNT, "SI", "minimum")                                              \
  A(float, most, IDR_CHANNEL_COUNT, "SI", "maximum")                                               \
  A(float, spread, IDR_CHANNEL_COUNT, "SI", "standard deviation")                                  \
  A(float, origin, IDR_CHANNEL_COUNT, "SI", "first value: sums are taken relative to it")

typedef struct {
#define IDR_STATE_ONE(type, name, unit, doc)         type name[IDR_LANES];
#define IDR_STATE_MANY(type, name, count, unit, doc) type name[count][IDR_LANES];
  IDR_STATE_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
  const idr_well *well[IDR_LANES]; /* borrowed; not part of a saved lane */
  int lanes; /* that a step computes, from lane 0: a multiple of 8, IDR_LANES unless the owner (who
                has fewer wells) lowers it */
} idr_drill_group;

/* Makes a zeroed, 64-byte aligned group. Every lane must be reset before the first step (lanes that
 * nobody uses too: on any well). The caller frees it. */
idr_status idr_drill_group_create(idr_drill_group **out);
void idr_drill_group_free(idr_drill_group *group); /* NULL allowed */

/* Travelling block and top drive, N (assumed); part of the hook load where there is a crew. */
#define IDR_BLOCK_WEIGHT 150e3f

/* How an episode begins. */
typedef struct {
  double depth; /* m, inside a section of the well */
  double wear;  /* of the bit in the hole, 0 to below 1 */
  float omega;  /* rad/s; string and top drive turn at it, bit off bottom */
  float flow;   /* m3/s; pumps run at it */
} idr_drill_start;

/* Puts a lane at the start of an episode on `well`, which must outlive it. Set-points become the
 * start's speed and flow and no weight. ARGUMENT when the depth is outside the well. */
idr_status idr_drill_reset(idr_drill_group *group, int lane, const idr_well *well,
                           const idr_drill_start *start);
/* Renews the copies of a lane from its well, where its depth, section or mud changed. Without a
 * crew the section follows from the depth; a crew enters the next one when its casing is set, and
 * until then the hole ends with the section. */
void idr_drill_refresh(idr_drill_group *group, int lane);
/* The copies that belong to the string and the place of the bit, where bit_depth left bit_span. */
void idr_drill_refresh_string(idr_drill_group *group, int lane);

/* A lane's whole state as bytes, independent of the lane's place. */
size_t idr_drill_lane_bytes(void);
void idr_drill_lane_save(const idr_drill_group *group, int lane, void *bytes);
/* `well` must be the well of the saved lane. */
void idr_drill_lane_load(idr_drill_group *group, int lane, const idr_well *well, const void *bytes);
/* For bytes that come from a file: name of a field that holds no number, or a place outside the
 * lane's well; NULL when the lane is sound. */
const char *idr_drill_lane_damage(const idr_drill_group *group, int lane);

/* First lane of [begin, end) that holds a NaN or infinity, and the field's name; -1 when none. */
int idr_drill_scan(const idr_drill_group *group, int begin, int end, const char **field);

/* The table as data, for documentation. */
typedef struct {
  const char *type, *name;
  int count;
  const char *unit, *doc;
} idr_state_field;
extern const idr_state_field idr_state_fields[];
extern const int idr_state_field_count;

#endif
