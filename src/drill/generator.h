/* Wells drawn at random: an embedded chain of lithologies (no transition to itself, after
 * Krumbein's counts), log-normal bed thickness, log-normal strength and abrasiveness per rock,
 * pressures with a safe mud weight, an 8.5 in or 12.25 in section to drill, vertical or inclined. A
 * well is a pure function of (seed, index): Philox with purpose WELL and the index as its lane. */
#ifndef IDR_DRILL_GENERATOR_H
#define IDR_DRILL_GENERATOR_H

#include "base/settings.h"
#include "drill/well.h"

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_GENERATOR_ROWS(X)                                                                      \
  X(REAL, depth_min, "m", "1000", 600, 8000, "", "least depth of the section's top")               \
  X(REAL, depth_max, "m", "4000", 800, 10000, "", "greatest total depth")                          \
  X(REAL, inclined_fraction, "", "0.5", 0, 1, "", "part of the wells that build angle")            \
  X(REAL, inclination_max, "deg", "60", 0, 85, "", "largest angle of those")                       \
  X(REAL, large_fraction, "", "0.4", 0, 1, "", "part drilled with 12.25 in, the rest with 8.5 in") \
  X(REAL, bed_thickness, "m", "25", 1, 500, "", "median along the hole")                           \
  X(REAL, bed_spread, "", "0.7", 0, 3, "", "standard deviation of the logarithm")                  \
  X(REAL, strength_factor, "", "1", 0.1, 5, "", "multiplies every strength")                       \
  X(REAL, abrasion_factor, "", "1", 0, 10, "", "multiplies every abrasiveness")                    \
  X(REAL, gas_fraction, "", "0", 0, 1, "", "part of the sandstone layers that hold gas")           \
  X(REAL, gas_pressure, "kg/m3", "0", 0, 500, "",                                                  \
    "largest pore pressure of those above what the mud was made for")

IDR_SETTINGS_STRUCT(idr_generator_settings, IDR_GENERATOR_ROWS);

/* Rows for a settings section "wells", and the number of them. */
extern const idr_setting idr_generator_rows[];
extern const int idr_generator_row_count;
/* The defaults above, as values. */
void idr_generator_defaults(idr_generator_settings *settings);

/* Draws well `index`; the caller frees it. Fails (CONFIG) on settings that contradict each other.
 */
idr_status idr_well_generate(const idr_generator_settings *settings, uint64_t seed, uint32_t index,
                             idr_well **out);

#endif
