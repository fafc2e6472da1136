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
  X(ROP, "0113", "ROPA", "rop", "m/s", "m/h", 3600, 0, 0, 0.03, 1e-5, "rate of penetration")       \
  X(HOOKLOAD, "0114", "HKLA", "hookload", "N", "kN", 1e-3, 0, 0, 2e6, 500, "hook load")            \
  X(WOB, "0116", "WOBA", "wob", "N", "kN", 1e-3, 0, 0, 2.5e5, 500, "weight on bit")                \
  X(TORQUE, "0118", "TQA", "torque", "N.m", "kN.m", 1e-3, 0, 0, 4e4, 50, "surface torque")         \
  X(OMEGA, "0120", "RPMA", "omega", "rad/s", "rpm", 9.5492966, 0, 0, 25, 0.1, "surface speed")     \
  X(SPP, "0121", "SPPA", "standpipe_pressure", "Pa", "kPa", 1e-3, 0, 0, 3.5e7, 1e4,                \
    "standpipe pressure")                                                                          \
  X(FLOW_OUT, "0129", "MFOA", "flow_out", "m3/s", "L/min", 60000, 0, 0, 0.08, 1e-4, "flow out")    \
  X(FLOW_IN, "0130", "MFIA", "flow_in", "m3/s", "L/min", 60000, 0, 0, 0.08, 1e-4, "flow in")       \
  X(MUD_DENSITY, "0132", "MDIA", "mud_density_in", "kg/m3", "kg/m3", 1, 0, 900, 2000, 5,           \
    "mud density in")                                                                              \
  X(ECD, "0431", "ECDB", "ecd", "kg/m3", "kg/m3", 1, 0, 900, 2200, 2,                              \
    "equivalent circulating density at the bit")                                                   \
  X(ECD_SHOE, "0432", "ECDC", "ecd_shoe", "kg/m3", "kg/m3", 1, 0, 900, 2200, 2,                    \
    "equivalent circulating density at the last casing shoe")                                      \
  X(INCLINATION, "0713", "SINC", "inclination", "rad", "deg", 57.29577951, 0, 0, 1.6, 1e-3,        \
    "hole inclination at the bit")                                                                 \
  X(GAMMA, "0823", "MG1", "gamma_ray", "API", "API", 1, 0, 0, 250, 1, "natural gamma ray")         \
  X(TEMPERATURE, "0835", "MFTA", "mud_temperature", "K", "degC", 1, 273.15, 280, 450, 0.5,         \
    "mud temperature in the annulus at the bit")                                                   \
  X(OMEGA_BIT, "0919", "MMRP", "omega_bit", "rad/s", "rpm", 9.5492966, 0, -10, 50, 0.1,            \
    "speed of the bit")                                                                            \
  X(MSE, "-", "MSE", "mse", "Pa", "MPa", 1e-6, 0, 0, 2e9, 1e5, "mechanical specific energy")       \
  X(SSI, "-", "SSI", "stick_slip_index", "-", "-", 1, 0, 0, 2, 0.01,                               \
    "(max - min) / (2 mean) of bit speed over the last 20 s")                                      \
  X(STUCK, "-", "STUCK", "stuck_fraction", "-", "-", 1, 0, 0, 1, 0.01,                             \
    "part of the last 20 s in which the bit stood still or turned backwards")

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
