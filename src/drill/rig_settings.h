/* Settings of a rig at work, for data sets and long simulations. */
#ifndef IDR_DRILL_RIG_SETTINGS_H
#define IDR_DRILL_RIG_SETTINGS_H

#include "base/settings.h"

typedef enum { IDR_RIG_BASIC, IDR_RIG_ADVANCED, IDR_RIG_DEGRADATION } idr_rig_mode;

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_RIG_ROWS(X)                                                                            \
  X(INT, seed, "", "1", 0, 4294967295.0, "", "of everything that is drawn on the rigs")            \
  X(CHOICE, mode, "", "advanced", 0, 0, "basic|advanced|degradation",                              \
    "basic: steady drilling without events; advanced: everything; degradation: machines that "     \
    "live short lives")                                                                            \
  X(REAL, event_rate, "", "1", 0, 100, "", "factor on every hazard that is drawn; 0: none")        \
  X(TEXT, script, "", "", 0, 0, "",                                                                \
    "events that happen for certain, as kind@hours[:severity[:duration]], comma between")          \
  X(REAL, wear_rate, "", "1", 0, 1000, "", "factor on the wear of machines")                       \
  X(REAL, sensor_noise, "", "1", 0, 100, "", "factor on the noise of the gauges")                  \
  X(REAL, sensor_fault_rate, "", "1", 0, 1000, "", "factor on how often gauges misbehave; 0: never")

IDR_SETTINGS_STRUCT(idr_rig_settings, IDR_RIG_ROWS);
extern const idr_setting idr_rig_rows[];
extern const int idr_rig_row_count;

#endif
