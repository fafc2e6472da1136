#include "base/units.h"
#include "base/text.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FT     0.3048
#define IN     0.0254
#define LB     0.45359237
#define G      9.80665
#define LBF    (LB * G)
#define GAL    3.785411784e-3
#define BBL    (42 * GAL)
#define PSI    (LBF / (IN * IN))
#define MINUTE 60.0
#define HOUR   3600.0
#define DAY    86400.0
#define PI     3.14159265358979323846
#define DEG    (PI / 180)
#define RPM    (2 * PI / 60)

static const idr_unit units[] = {
    {"", IDR_DIMENSION_NUMBER, 1, 0},
    {"fraction", IDR_DIMENSION_NUMBER, 1, 0}, /* a plain number where a bare one would be % */
    {"%", IDR_DIMENSION_NUMBER, 0.01, 0},
    {"ppm", IDR_DIMENSION_NUMBER, 1e-6, 0},

    {"m", IDR_DIMENSION_LENGTH, 1, 0},
    {"km", IDR_DIMENSION_LENGTH, 1000, 0},
    {"cm", IDR_DIMENSION_LENGTH, 0.01, 0},
    {"mm", IDR_DIMENSION_LENGTH, 0.001, 0},
    {"um", IDR_DIMENSION_LENGTH, 1e-6, 0},
    {"ft", IDR_DIMENSION_LENGTH, FT, 0},
    {"in", IDR_DIMENSION_LENGTH, IN, 0},
    {"in/32", IDR_DIMENSION_LENGTH, IN / 32, 0}, /* bit nozzles */

    {"m2", IDR_DIMENSION_AREA, 1, 0},
    {"cm2", IDR_DIMENSION_AREA, 1e-4, 0},
    {"mm2", IDR_DIMENSION_AREA, 1e-6, 0},
    {"in2", IDR_DIMENSION_AREA, IN *IN, 0},
    {"ft2", IDR_DIMENSION_AREA, FT *FT, 0},

    {"m3", IDR_DIMENSION_VOLUME, 1, 0},
    {"L", IDR_DIMENSION_VOLUME, 0.001, 0},
    {"bbl", IDR_DIMENSION_VOLUME, BBL, 0},
    {"gal", IDR_DIMENSION_VOLUME, GAL, 0},
    {"ft3", IDR_DIMENSION_VOLUME, FT *FT *FT, 0},

    {"s", IDR_DIMENSION_TIME, 1, 0},
    {"ms", IDR_DIMENSION_TIME, 0.001, 0},
    {"us", IDR_DIMENSION_TIME, 1e-6, 0},
    {"min", IDR_DIMENSION_TIME, MINUTE, 0},
    {"h", IDR_DIMENSION_TIME, HOUR, 0},
    {"day", IDR_DIMENSION_TIME, DAY, 0},
    {"d", IDR_DIMENSION_TIME, DAY, 0},

    {"m/s", IDR_DIMENSION_SPEED, 1, 0},
    {"mm/s", IDR_DIMENSION_SPEED, 0.001, 0},
    {"m/min", IDR_DIMENSION_SPEED, 1 / MINUTE, 0},
    {"m/h", IDR_DIMENSION_SPEED, 1 / HOUR, 0},
    {"m/day", IDR_DIMENSION_SPEED, 1 / DAY, 0},
    {"ft/s", IDR_DIMENSION_SPEED, FT, 0},
    {"ft/min", IDR_DIMENSION_SPEED, FT / MINUTE, 0},
    {"ft/h", IDR_DIMENSION_SPEED, FT / HOUR, 0},
    {"m/s2", IDR_DIMENSION_ACCELERATION, 1, 0},
    {"ft/s2", IDR_DIMENSION_ACCELERATION, FT, 0},

    {"kg", IDR_DIMENSION_MASS, 1, 0},
    {"g", IDR_DIMENSION_MASS, 0.001, 0},
    {"t", IDR_DIMENSION_MASS, 1000, 0},
    {"lb", IDR_DIMENSION_MASS, LB, 0},
    {"klb", IDR_DIMENSION_MASS, 1000 * LB, 0},
    {"kg/m", IDR_DIMENSION_LINE_MASS, 1, 0},
    {"lb/ft", IDR_DIMENSION_LINE_MASS, LB / FT, 0},
    {"kg/m3", IDR_DIMENSION_DENSITY, 1, 0},
    {"g/cm3", IDR_DIMENSION_DENSITY, 1000, 0},
    {"kg/L", IDR_DIMENSION_DENSITY, 1000, 0},
    {"sg", IDR_DIMENSION_DENSITY, 1000, 0},
    {"ppg", IDR_DIMENSION_DENSITY, LB / GAL, 0},
    {"lb/gal", IDR_DIMENSION_DENSITY, LB / GAL, 0},
    {"lb/ft3", IDR_DIMENSION_DENSITY, LB / (FT * FT * FT), 0},

    {"N", IDR_DIMENSION_FORCE, 1, 0},
    {"kN", IDR_DIMENSION_FORCE, 1e3, 0},
    {"MN", IDR_DIMENSION_FORCE, 1e6, 0},
    {"daN", IDR_DIMENSION_FORCE, 10, 0},
    {"kdaN", IDR_DIMENSION_FORCE, 1e4, 0},
    {"lbf", IDR_DIMENSION_FORCE, LBF, 0},
    {"klbf", IDR_DIMENSION_FORCE, 1000 * LBF, 0},
    {"tf", IDR_DIMENSION_FORCE, 1000 * G, 0},
    {"N/s", IDR_DIMENSION_FORCE_RATE, 1, 0},
    {"kN/s", IDR_DIMENSION_FORCE_RATE, 1e3, 0},
    {"klbf/s", IDR_DIMENSION_FORCE_RATE, 1000 * LBF, 0},
    {"klbf/min", IDR_DIMENSION_FORCE_RATE, 1000 * LBF / MINUTE, 0},
    {"N.m", IDR_DIMENSION_TORQUE, 1, 0},
    {"kN.m", IDR_DIMENSION_TORQUE, 1e3, 0},
    {"ft.lbf", IDR_DIMENSION_TORQUE, FT *LBF, 0},
    {"kft.lbf", IDR_DIMENSION_TORQUE, 1000 * FT *LBF, 0},

    {"Pa", IDR_DIMENSION_PRESSURE, 1, 0},
    {"kPa", IDR_DIMENSION_PRESSURE, 1e3, 0},
    {"MPa", IDR_DIMENSION_PRESSURE, 1e6, 0},
    {"GPa", IDR_DIMENSION_PRESSURE, 1e9, 0},
    {"bar", IDR_DIMENSION_PRESSURE, 1e5, 0},
    {"psi", IDR_DIMENSION_PRESSURE, PSI, 0},
    {"ksi", IDR_DIMENSION_PRESSURE, 1000 * PSI, 0},
    {"lbf/100ft2", IDR_DIMENSION_PRESSURE, LBF / (100 * FT * FT), 0}, /* yield point */
    {"atm", IDR_DIMENSION_PRESSURE, 101325, 0},
    {"Pa/m", IDR_DIMENSION_PRESSURE_GRADIENT, 1, 0},
    {"kPa/m", IDR_DIMENSION_PRESSURE_GRADIENT, 1e3, 0},
    {"MPa/km", IDR_DIMENSION_PRESSURE_GRADIENT, 1e3, 0},
    {"bar/m", IDR_DIMENSION_PRESSURE_GRADIENT, 1e5, 0},
    {"psi/ft", IDR_DIMENSION_PRESSURE_GRADIENT, PSI / FT, 0},
    {"Pa.s", IDR_DIMENSION_VISCOSITY, 1, 0},
    {"mPa.s", IDR_DIMENSION_VISCOSITY, 0.001, 0},
    {"cP", IDR_DIMENSION_VISCOSITY, 0.001, 0},

    {"m3/s", IDR_DIMENSION_FLOW, 1, 0},
    {"m3/min", IDR_DIMENSION_FLOW, 1 / MINUTE, 0},
    {"m3/h", IDR_DIMENSION_FLOW, 1 / HOUR, 0},
    {"L/s", IDR_DIMENSION_FLOW, 0.001, 0},
    {"L/min", IDR_DIMENSION_FLOW, 0.001 / MINUTE, 0},
    {"gpm", IDR_DIMENSION_FLOW, GAL / MINUTE, 0},
    {"gal/min", IDR_DIMENSION_FLOW, GAL / MINUTE, 0},
    {"bbl/min", IDR_DIMENSION_FLOW, BBL / MINUTE, 0},
    {"bbl/h", IDR_DIMENSION_FLOW, BBL / HOUR, 0},
    {"m3/s2", IDR_DIMENSION_FLOW_RATE, 1, 0},
    {"L/s2", IDR_DIMENSION_FLOW_RATE, 0.001, 0},
    {"L/min/s", IDR_DIMENSION_FLOW_RATE, 0.001 / MINUTE, 0},
    {"gpm/s", IDR_DIMENSION_FLOW_RATE, GAL / MINUTE, 0},

    {"rad", IDR_DIMENSION_ANGLE, 1, 0},
    {"deg", IDR_DIMENSION_ANGLE, DEG, 0},
    {"rev", IDR_DIMENSION_ANGLE, 2 * PI, 0},
    {"rad/s", IDR_DIMENSION_ANGULAR_SPEED, 1, 0},
    {"deg/s", IDR_DIMENSION_ANGULAR_SPEED, DEG, 0},
    {"rpm", IDR_DIMENSION_ANGULAR_SPEED, RPM, 0},
    {"rev/min", IDR_DIMENSION_ANGULAR_SPEED, RPM, 0},
    {"rev/s", IDR_DIMENSION_ANGULAR_SPEED, 2 * PI, 0},
    {"rad/s2", IDR_DIMENSION_ANGULAR_ACCELERATION, 1, 0},
    {"rpm/s", IDR_DIMENSION_ANGULAR_ACCELERATION, RPM, 0},
    {"rad/m", IDR_DIMENSION_CURVATURE, 1, 0},
    {"deg/m", IDR_DIMENSION_CURVATURE, DEG, 0},
    {"deg/30m", IDR_DIMENSION_CURVATURE, DEG / 30, 0},
    {"deg/100ft", IDR_DIMENSION_CURVATURE, DEG / (100 * FT), 0},
    {"Hz", IDR_DIMENSION_FREQUENCY, 1, 0},
    {"kHz", IDR_DIMENSION_FREQUENCY, 1000, 0},
    {"1/s", IDR_DIMENSION_FREQUENCY, 1, 0},
    {"1/min", IDR_DIMENSION_FREQUENCY, 1 / MINUTE, 0},
    {"1/h", IDR_DIMENSION_FREQUENCY, 1 / HOUR, 0},
    {"1/day", IDR_DIMENSION_FREQUENCY, 1 / DAY, 0},

    {"K", IDR_DIMENSION_TEMPERATURE, 1, 0},
    {"degC", IDR_DIMENSION_TEMPERATURE, 1, 273.15},
    {"degF", IDR_DIMENSION_TEMPERATURE, 5.0 / 9, 273.15 - 32 * 5.0 / 9},
    {"K/m", IDR_DIMENSION_TEMPERATURE_GRADIENT, 1, 0},
    {"K/km", IDR_DIMENSION_TEMPERATURE_GRADIENT, 0.001, 0},
    {"degC/m", IDR_DIMENSION_TEMPERATURE_GRADIENT, 1, 0},
    {"degC/km", IDR_DIMENSION_TEMPERATURE_GRADIENT, 0.001, 0},
    {"degC/100m", IDR_DIMENSION_TEMPERATURE_GRADIENT, 0.01, 0},
    {"degF/100ft", IDR_DIMENSION_TEMPERATURE_GRADIENT, 5.0 / 9 / (100 * FT), 0},

    {"J", IDR_DIMENSION_ENERGY, 1, 0},
    {"kJ", IDR_DIMENSION_ENERGY, 1e3, 0},
    {"MJ", IDR_DIMENSION_ENERGY, 1e6, 0},
    {"kWh", IDR_DIMENSION_ENERGY, 3.6e6, 0},
    {"W", IDR_DIMENSION_POWER, 1, 0},
    {"kW", IDR_DIMENSION_POWER, 1e3, 0},
    {"MW", IDR_DIMENSION_POWER, 1e6, 0},
    {"hp", IDR_DIMENSION_POWER, 550 * FT *LBF, 0},
    {"W/m/K", IDR_DIMENSION_THERMAL_CONDUCTIVITY, 1, 0},
    {"J/kg/K", IDR_DIMENSION_HEAT_CAPACITY, 1, 0},
    {"kJ/kg/K", IDR_DIMENSION_HEAT_CAPACITY, 1e3, 0},
    {"ohm.m", IDR_DIMENSION_RESISTIVITY, 1, 0},
    {"API", IDR_DIMENSION_GAMMA_RAY, 1, 0},

    {"USD", IDR_DIMENSION_MONEY, 1, 0},
    {"kUSD", IDR_DIMENSION_MONEY, 1e3, 0},
    {"USD/s", IDR_DIMENSION_MONEY_RATE, 1, 0},
    {"USD/h", IDR_DIMENSION_MONEY_RATE, 1 / HOUR, 0},
    {"USD/day", IDR_DIMENSION_MONEY_RATE, 1 / DAY, 0},
    {"kUSD/day", IDR_DIMENSION_MONEY_RATE, 1000 / DAY, 0},
    {"USD/m", IDR_DIMENSION_MONEY_LENGTH, 1, 0},
    {"USD/ft", IDR_DIMENSION_MONEY_LENGTH, 1 / FT, 0},
};
#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

const idr_unit *idr_unit_find(const char *name) {
  for (size_t i = 0; i < UNIT_COUNT; i++)
    if (strcmp(units[i].name, name) == 0) return &units[i];
  return NULL;
}

double idr_unit_to_si(const idr_unit *unit, double value) {
  return value * unit->factor + unit->offset;
}

double idr_unit_from_si(const idr_unit *unit, double si) {
  return (si - unit->offset) / unit->factor;
}

const char *idr_dimension_text(idr_dimension dimension) {
  static const char *const texts[] = {
#define DIMENSION_TEXT(name, si, text) text,
      IDR_DIMENSION_LIST(DIMENSION_TEXT)
#undef DIMENSION_TEXT
  };
  return texts[dimension];
}

const char *idr_dimension_si(idr_dimension dimension) {
  static const char *const names[] = {
#define DIMENSION_SI(name, si, text) si,
      IDR_DIMENSION_LIST(DIMENSION_SI)
#undef DIMENSION_SI
  };
  return names[dimension];
}

const char *idr_unit_nearest(const char *name, idr_dimension dimension) {
  const char *nearest = "";
  int least = 1000;
  for (size_t i = 0; i < UNIT_COUNT; i++) {
    if (units[i].dimension != dimension) continue;
    int distance = idr_text_distance(name, units[i].name);
    if (distance >= least) continue;
    least = distance;
    nearest = units[i].name;
  }
  return idr_text_is_near(name, least) ? nearest : "";
}

void idr_unit_list(idr_dimension dimension, char *out, size_t size) {
  out[0] = '\0';
  for (size_t i = 0; i < UNIT_COUNT; i++)
    if (units[i].dimension == dimension && units[i].name[0])
      idr_text_append(out, size, "%s%s", out[0] ? ", " : "", units[i].name);
}

/* ---- numbers with units as text -------------------------------------------------------------- */

/* The number at the front of `text`; NULL when there is none, otherwise where it ends. strtod alone
 * would also take "inf", "nan" and hexadecimal. */
static const char *read_number(const char *text, double *value) {
  while (isspace((unsigned char)*text))
    text++;
  size_t sign = strspn(text, "+-");
  const char *digits = text + sign;
  bool has_digit =
      isdigit((unsigned char)digits[0]) || (digits[0] == '.' && isdigit((unsigned char)digits[1]));
  bool is_hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  if (sign > 1 || !has_digit || is_hex) return NULL;
  char *end;
  *value = strtod(text, &end);
  return end;
}

static bool refuse_unit(const char *given, const char *unit, const idr_unit *wanted, char *why,
                        size_t size) {
  const idr_unit *found = idr_unit_find(given);
  char list[256];
  if (!wanted) {
    snprintf(why, size, "unit '%.30s' does not fit; write the number alone%s%s", given,
             unit[0] ? ", it counts " : "", unit);
    return false;
  }
  idr_unit_list(wanted->dimension, list, sizeof(list));
  const char *nearest = found ? "" : idr_unit_nearest(given, wanted->dimension);
  if (found)
    snprintf(why, size, "'%s' is the unit of %s, expected %s (%s)", given,
             idr_dimension_text(found->dimension), idr_dimension_text(wanted->dimension), list);
  else
    snprintf(why, size, "unknown unit '%.30s'%s%s%s; %s may be in %s", given,
             nearest[0] ? " (did you mean '" : "", nearest, nearest[0] ? "'?)" : "",
             idr_dimension_text(wanted->dimension), list);
  return false;
}

bool idr_quantity_read(const char *text, const char *unit, double *si, char *why, size_t size) {
  const idr_unit *wanted = idr_unit_find(unit);
  const idr_unit *used = wanted;
  double value = 0;
  char given[64];
  const char *end = read_number(text, &value);
  if (!end) {
    snprintf(why, size, "'%.60s' is no number%s%s", text,
             unit[0] ? ", expected one such as 1 " : "", unit);
    return false;
  }
  if (!idr_text_trim(end, strlen(end), given, sizeof(given)))
    return refuse_unit(given, unit, wanted, why, size);
  if (given[0] != '\0' && strcmp(given, unit) != 0) {
    used = idr_unit_find(given);
    if (!wanted || !used || used->dimension != wanted->dimension)
      return refuse_unit(given, unit, wanted, why, size);
  }
  if (used) value = idr_unit_to_si(used, value);
  if (!isfinite(value)) {
    snprintf(why, size, "'%.60s' is too large a number", text);
    return false;
  }
  *si = value;
  return true;
}

/* Whether `value` printed with `digits` digits reads back to exactly `si`. */
static bool reads_back(double si, const idr_unit *unit, double value, int digits, char *number,
                       size_t size) {
  snprintf(number, size, "%.*g", digits, value);
  double parsed = strtod(number, NULL);
  double back = unit ? idr_unit_to_si(unit, parsed) : parsed;
  return back == si;
}

static bool shortest(double si, const idr_unit *unit, char *number, size_t size) {
  double value = unit ? idr_unit_from_si(unit, si) : si;
  bool plain = fabs(value) >= 1 && fabs(value) < 1e15; /* 100, not 1e+02 */
  for (int digits = 1; digits <= 17; digits++)
    if (reads_back(si, unit, value, digits, number, size) && !(plain && strchr(number, 'e')))
      return true;
  /* The division may round to a neighbour of the number that multiplies back. */
  return reads_back(si, unit, nextafter(value, INFINITY), 17, number, size) ||
         reads_back(si, unit, nextafter(value, -INFINITY), 17, number, size);
}

void idr_quantity_write(double si, const char *unit, char *out, size_t size) {
  char number[64];
  const idr_unit *row = idr_unit_find(unit);
  if (!shortest(si, row, number, sizeof(number)) && row) {
    unit = idr_dimension_si(row->dimension);
    shortest(si, idr_unit_find(unit), number, sizeof(number));
  }
  snprintf(out, size, "%s%s%s", number, unit[0] ? " " : "", unit);
}
