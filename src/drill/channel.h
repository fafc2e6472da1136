/* The one table of signals: what a rig measures, as observations, datasets and reports name it.
 *
 * Item numbers and mnemonics follow WITS level 0 (records 1, 4, 7, 8, 9 of the WITS specification,
 * 1984); "-" where WITS has no item. Values are SI everywhere inside; `display` is the metric field
 * unit, and display value = (SI value - offset) * scale. `low` and `high` are the usual range in
 * SI, from which normalisers start; `resolution` is what a common sensor resolves, in SI.
 */
#ifndef IDR_DRILL_CHANNEL_H
#define IDR_DRILL_CHANNEL_H

/* X(ID, wits, mnemonic, name, SI unit, display unit, scale, offset, low, high, resolution, doc) */
#define IDR_CHANNEL_LIST(X)                                                                        \
  X(DEPTH, "0110", "DMEA", "hole_depth", "m", "m", 1, 0, 0, 5000, 0.01, "measured hole depth")     \
  X(TVD, "0111", "DVER", "hole_depth_vertical", "m", "m", 1, 0, 0, 5000, 0.01, "vertical depth")   \
  X(BIT_DEPTH, "0108", "DBTM", "bit_depth", "m", "m", 1, 0, 0, 5000, 0.01, "measured bit depth")   \
  X(BIT_TVD, "0109", "DBTV", "bit_depth_vertical", "m", "m", 1, 0, 0, 5000, 0.01,                  \
    "vertical bit depth")                                                                          \
  X(BLOCK, "0112", "BPOS", "block_position", "m", "m", 1, 0, 0, 40, 0.01,                          \
    "height of the travelling block above the floor")                                              \
  X(BLOCK_SPEED, "-", "BVEL", "block_speed", "m/s", "m/s", 1, 0, -2, 2, 0.001,                     \
    "speed of the block, down positive")                                                           \
  X(ROP, "0113", "ROPA", "rop", "m/s", "m/h", 3600, 0, 0, 0.03, 1e-5, "rate of penetration")       \
  X(HOOKLOAD, "0114", "HKLA", "hookload", "N", "kN", 1e-3, 0, 0, 2e6, 500, "hook load")            \
  X(HOOKLOAD_MAX, "0115", "HKLX", "hookload_max", "N", "kN", 1e-3, 0, 0, 2e6, 500,                 \
    "largest hook load within the second")                                                         \
  X(WOB, "0116", "WOBA", "wob", "N", "kN", 1e-3, 0, 0, 2.5e5, 500, "weight on bit")                \
  X(WOB_MAX, "0117", "WOBX", "wob_max", "N", "kN", 1e-3, 0, 0, 2.5e5, 500,                         \
    "largest weight on bit within the second")                                                     \
  X(TORQUE, "0118", "TQA", "torque", "N.m", "kN.m", 1e-3, 0, 0, 4e4, 50, "surface torque")         \
  X(TORQUE_MAX, "0119", "TQX", "torque_max", "N.m", "kN.m", 1e-3, 0, 0, 4e4, 50,                   \
    "largest surface torque within the second")                                                    \
  X(OMEGA, "0120", "RPMA", "omega", "rad/s", "rpm", 9.5492966, 0, 0, 25, 0.1, "surface speed")     \
  X(SPP, "0121", "SPPA", "standpipe_pressure", "Pa", "kPa", 1e-3, 0, 0, 3.5e7, 1e4,                \
    "standpipe pressure")                                                                          \
  X(CHOKE_PRESSURE, "0122", "CHKP", "choke_pressure", "Pa", "kPa", 1e-3, 0, 0, 2e7, 1e4,           \
    "pressure in the annulus at the choke, 0 when open to the flow line")                          \
  X(PUMP_1, "0123", "SPM1", "pump_rate_1", "Hz", "1/min", 60, 0, 0, 3, 0.0166667,                  \
    "strokes of pump 1")                                                                           \
  X(PUMP_2, "0124", "SPM2", "pump_rate_2", "Hz", "1/min", 60, 0, 0, 3, 0.0166667,                  \
    "strokes of pump 2")                                                                           \
  X(PUMP_3, "0125", "SPM3", "pump_rate_3", "Hz", "1/min", 60, 0, 0, 3, 0.0166667,                  \
    "strokes of pump 3")                                                                           \
  X(PIT, "0126", "TVA", "pit_volume", "m3", "m3", 1, 0, 0, 200, 0.02, "volume of the active pits") \
  X(PIT_GAIN, "0127", "TVCA", "pit_gain", "m3", "m3", 1, 0, -10, 10, 0.02,                         \
    "change of the active volume that drilling does not explain")                                  \
  X(FLOW_PADDLE, "0128", "MFOP", "flow_out_paddle", "-", "%", 100, 0, 0, 1, 0.01,                  \
    "flow-line paddle, part of full scale")                                                        \
  X(FLOW_OUT, "0129", "MFOA", "flow_out", "m3/s", "L/min", 60000, 0, 0, 0.08, 1e-4, "flow out")    \
  X(FLOW_IN, "0130", "MFIA", "flow_in", "m3/s", "L/min", 60000, 0, 0, 0.08, 1e-4, "flow in")       \
  X(MUD_DENSITY_OUT, "0131", "MDOA", "mud_density_out", "kg/m3", "kg/m3", 1, 0, 900, 2000, 5,      \
    "density of the returns")                                                                      \
  X(MUD_DENSITY, "0132", "MDIA", "mud_density_in", "kg/m3", "kg/m3", 1, 0, 900, 2000, 5,           \
    "mud density in")                                                                              \
  X(TEMPERATURE_OUT, "0133", "MTOA", "mud_temperature_out", "K", "degC", 1, 273.15, 270, 370, 0.5, \
    "temperature of the returns")                                                                  \
  X(TEMPERATURE_IN, "0134", "MTIA", "mud_temperature_in", "K", "degC", 1, 273.15, 270, 370, 0.5,   \
    "temperature of the mud pumped in")                                                            \
  X(STROKES, "0137", "STKC", "stroke_count", "-", "-", 1, 0, 0, 1e6, 1,                            \
    "strokes since the section began")                                                             \
  X(RETURNS_DEPTH, "0139", "DRTM", "returns_depth", "m", "m", 1, 0, 0, 5000, 0.01,                 \
    "depth from which the cuttings at surface come")                                               \
  X(GAS, "0140", "GASA", "total_gas", "-", "%", 100, 0, 0, 1, 1e-4, "gas in the returns")          \
  X(ECD, "0431", "ECDB", "ecd", "kg/m3", "kg/m3", 1, 0, 900, 2200, 2,                              \
    "equivalent circulating density at the bit")                                                   \
  X(ECD_SHOE, "0432", "ECDC", "ecd_shoe", "kg/m3", "kg/m3", 1, 0, 900, 2200, 2,                    \
    "equivalent circulating density at the last casing shoe")                                      \
  X(INCLINATION, "0713", "SINC", "inclination", "rad", "deg", 57.29577951, 0, 0, 1.6, 1e-3,        \
    "hole inclination at the bit")                                                                 \
  X(AZIMUTH, "0715", "SAZC", "azimuth", "rad", "deg", 57.29577951, 0, 0, 6.3, 1e-3,                \
    "direction of the hole at the bit, from north")                                                \
  X(DOGLEG, "0720", "SDLS", "dogleg_severity", "rad/m", "deg/30m", 1718.873385, 0, 0, 4e-3, 1e-5,  \
    "curvature of the hole at the bit")                                                            \
  X(GAMMA, "0823", "MG1", "gamma_ray", "API", "API", 1, 0, 0, 250, 1, "natural gamma ray")         \
  X(RESISTIVITY, "-", "MR1", "resistivity", "ohm.m", "ohm.m", 1, 0, 0, 200, 0.1,                   \
    "deep resistivity")                                                                            \
  X(ROCK_DENSITY, "-", "RHOB", "bulk_density", "kg/m3", "g/cm3", 1e-3, 0, 1500, 3000, 10,          \
    "bulk density of the rock")                                                                    \
  X(POROSITY, "-", "NPHI", "porosity", "-", "%", 100, 0, 0, 0.4, 0.005, "porosity of the rock")    \
  X(TEMPERATURE, "0835", "MFTA", "mud_temperature", "K", "degC", 1, 273.15, 280, 450, 0.5,         \
    "mud temperature in the annulus at the bit")                                                   \
  X(BOTTOM_PRESSURE, "0913", "MBPA", "bottom_hole_pressure", "Pa", "kPa", 1e-3, 0, 0, 1e8, 2e4,    \
    "pressure in the annulus at the bit")                                                          \
  X(BIT_WEIGHT, "0915", "MWBA", "downhole_wob", "N", "kN", 1e-3, 0, 0, 2.5e5, 500,                 \
    "weight on bit measured below the motor")                                                      \
  X(BIT_TORQUE, "0917", "MTQA", "downhole_torque", "N.m", "kN.m", 1e-3, 0, 0, 2e4, 20,             \
    "torque of the bit")                                                                           \
  X(OMEGA_BIT, "0919", "MMRP", "omega_bit", "rad/s", "rpm", 9.5492966, 0, -10, 50, 0.1,            \
    "speed of the bit")                                                                            \
  X(MSE, "-", "MSE", "mse", "Pa", "MPa", 1e-6, 0, 0, 2e9, 1e5, "mechanical specific energy")       \
  X(DXC, "-", "DXC", "d_exponent", "-", "-", 1, 0, 0, 3, 0.01, "corrected d-exponent")             \
  X(SSI, "-", "SSI", "stick_slip_index", "-", "-", 1, 0, 0, 2, 0.01,                               \
    "(max - min) / (2 mean) of bit speed over the last 20 s")                                      \
  X(STUCK, "-", "STUCK", "stuck_fraction", "-", "-", 1, 0, 0, 1, 0.01,                             \
    "part of the last 20 s in which the bit stood still or turned backwards")                      \
  X(AXIAL_VIBRATION, "-", "AXV", "axial_vibration", "m/s2", "g", 0.101971621, 0, 0, 50, 0.05,      \
    "axial acceleration of the bit, root mean square")                                             \
  X(LATERAL_VIBRATION, "-", "LATV", "lateral_vibration", "m/s2", "g", 0.101971621, 0, 0, 100,      \
    0.05, "lateral acceleration of the collars, root mean square")                                 \
  X(PUMP_VIBRATION, "-", "PVIB", "pump_vibration", "m/s2", "g", 0.101971621, 0, 0, 50, 0.05,       \
    "acceleration of the worst mud pump's frame, root mean square")                                \
  X(PUMP_TEMPERATURE, "-", "PTMP", "pump_temperature", "K", "degC", 1, 273.15, 270, 400, 0.5,      \
    "of the worst mud pump's crosshead oil")                                                       \
  X(TOP_DRIVE_VIBRATION, "-", "TVIB", "top_drive_vibration", "m/s2", "g", 0.101971621, 0, 0, 50,   \
    0.05, "acceleration of the gearbox, root mean square")                                         \
  X(TOP_DRIVE_TEMPERATURE, "-", "TTMP", "top_drive_temperature", "K", "degC", 1, 273.15, 270, 400, \
    0.5, "of the gearbox oil")                                                                     \
  X(DRAWWORKS_VIBRATION, "-", "DVIB", "drawworks_vibration", "m/s2", "g", 0.101971621, 0, 0, 50,   \
    0.05, "acceleration of the drum bearing, root mean square")                                    \
  X(DRAWWORKS_TEMPERATURE, "-", "DTMP", "drawworks_temperature", "K", "degC", 1, 273.15, 270, 450, \
    0.5, "of the brake")                                                                           \
  X(LINE_WEAR, "-", "LINEWEAR", "line_wear", "J", "MJ", 1e-6, 0, 0, 1e12, 1e6,                     \
    "work of the drilling line since it was cut")                                                  \
  X(MOTOR_PRESSURE, "-", "MDP", "motor_differential_pressure", "Pa", "kPa", 1e-3, 0, 0, 1e7, 1e4,  \
    "standpipe pressure over its off-bottom value at the same flow, across the mud motor")

typedef enum {
#define IDR_CHANNEL_ENUM(id, wits, mnemonic, name, unit, display, scale, offset, low, high, res,   \
                         doc)                                                                      \
  IDR_CHANNEL_##id,
  IDR_CHANNEL_LIST(IDR_CHANNEL_ENUM)
#undef IDR_CHANNEL_ENUM
      IDR_CHANNEL_COUNT
} idr_channel_id;

typedef struct {
  const char *wits, *mnemonic, *name;
  const char *unit, *display;
  double scale, offset; /* display = (si - offset) * scale */
  double low, high;     /* usual range, SI */
  double resolution;    /* SI */
  const char *doc;
} idr_channel;

/* The table, in the order of idr_channel_id. */
extern const idr_channel idr_channels[IDR_CHANNEL_COUNT];

/* Index of the channel with this name or mnemonic, -1 when there is none. */
int idr_channel_find(const char *name);

#endif
