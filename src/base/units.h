/* Units at the edges of the program: config files, well files, reports. Inside everything is SI.
 *
 * One table row per spelling: name, dimension, factor to SI and, for temperatures, an offset:
 *     si = value * factor + offset
 * Factors are exact by definition (yard and pound agreement of 1959, US gallon of 231 in3, 42 gal
 * barrel, standard gravity 9.80665 m/s2), see NIST SP 811 (2008), appendix B. "ppg" is lb/gal;
 * "hp" is the mechanical horsepower of 550 ft.lbf/s.
 *
 * "rpm" and "rev/min" are angular speed (rad/s); "1/min" alone is a frequency (Hz).
 */
#ifndef IDR_BASE_UNITS_H
#define IDR_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/* name, SI unit as text, what a message calls it */
#define IDR_DIMENSION_LIST(X)                                                                      \
  X(NUMBER, "fraction", "a plain number")                                                          \
  X(LENGTH, "m", "a length")                                                                       \
  X(AREA, "m2", "an area")                                                                         \
  X(VOLUME, "m3", "a volume")                                                                      \
  X(TIME, "s", "a time")                                                                           \
  X(SPEED, "m/s", "a speed")                                                                       \
  X(ACCELERATION, "m/s2", "an acceleration")                                                       \
  X(MASS, "kg", "a mass")                                                                          \
  X(LINE_MASS, "kg/m", "a mass per length")                                                        \
  X(DENSITY, "kg/m3", "a density")                                                                 \
  X(FORCE, "N", "a force")                                                                         \
  X(FORCE_RATE, "N/s", "a rate of force")                                                          \
  X(TORQUE, "N.m", "a torque")                                                                     \
  X(PRESSURE, "Pa", "a pressure")                                                                  \
  X(PRESSURE_GRADIENT, "Pa/m", "a pressure gradient")                                              \
  X(VISCOSITY, "Pa.s", "a viscosity")                                                              \
  X(FLOW, "m3/s", "a flow rate")                                                                   \
  X(FLOW_RATE, "m3/s2", "a rate of flow rate")                                                     \
  X(ANGLE, "rad", "an angle")                                                                      \
  X(ANGULAR_SPEED, "rad/s", "an angular speed")                                                    \
  X(ANGULAR_ACCELERATION, "rad/s2", "an angular acceleration")                                     \
  X(CURVATURE, "rad/m", "a curvature")                                                             \
  X(FREQUENCY, "Hz", "a frequency")                                                                \
  X(TEMPERATURE, "K", "a temperature")                                                             \
  X(TEMPERATURE_GRADIENT, "K/m", "a temperature gradient")                                         \
  X(ENERGY, "J", "an energy")                                                                      \
  X(POWER, "W", "a power")                                                                         \
  X(THERMAL_CONDUCTIVITY, "W/m/K", "a thermal conductivity")                                       \
  X(HEAT_CAPACITY, "J/kg/K", "a specific heat capacity")                                           \
  X(RESISTIVITY, "ohm.m", "a resistivity")                                                         \
  X(GAMMA_RAY, "API", "a gamma-ray reading")                                                       \
  X(MONEY, "USD", "a price")                                                                       \
  X(MONEY_RATE, "USD/s", "a price per time")                                                       \
  X(MONEY_LENGTH, "USD/m", "a price per length")

typedef enum {
#define IDR_DIMENSION_ENUM(name, si, text) IDR_DIMENSION_##name,
  IDR_DIMENSION_LIST(IDR_DIMENSION_ENUM)
#undef IDR_DIMENSION_ENUM
} idr_dimension;

typedef struct {
  const char *name; /* "klbf" */
  idr_dimension dimension;
  double factor, offset;
} idr_unit;

/* The row of a unit, NULL when there is none. Spelling counts; "" is the plain number. */
const idr_unit *idr_unit_find(const char *name);
double idr_unit_to_si(const idr_unit *unit, double value);
double idr_unit_from_si(const idr_unit *unit, double si);

const char *idr_dimension_text(idr_dimension dimension); /* "a length" */
const char *idr_dimension_si(idr_dimension dimension);   /* "m" */
/* The unit of a dimension nearest to a misspelled one, "" when none is near. Owned by the table. */
const char *idr_unit_nearest(const char *name, idr_dimension dimension);
/* All units of a dimension, separated by ", ". */
void idr_unit_list(idr_dimension dimension, char *out, size_t size);

/* Reads "12.25 in" (or "12.25", in `unit`) to SI. `unit` is the name in a settings row; one that
 * the table does not know is a mere label. On failure writes to `why` what is wrong and returns
 * false. Infinity and NaN are refused. */
bool idr_quantity_read(const char *text, const char *unit, double *si, char *why, size_t size);
/* Writes an SI value in `unit` ("12.25 in"), with as few digits as read back to the same bits; in
 * the SI unit when no number of digits does. */
void idr_quantity_write(double si, const char *unit, char *out, size_t size);

#endif
