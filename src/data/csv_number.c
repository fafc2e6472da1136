/* Numbers and dates as text. Converting them is most of the time of a conversion, so the common
 * case of each direction is done with integers and one exact power of ten; the rest by the C
 * library. */
#include "data/csv.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The powers of ten that a double holds exactly. */
static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define POWER_MAX 22

/* ---- reading --------------------------------------------------------------------------------- */

/* A decimal number in parts: (-1)^negative mantissa 10^exponent. `many`: it has more digits than
 * the mantissa holds. */
typedef struct {
  uint64_t mantissa;
  int digits, exponent;
  bool negative, many;
} decimal;

static const char *take_digits(const char *c, decimal *d, bool fraction) {
  for (; isdigit((unsigned char)*c); c++) {
    d->digits++;
    if (d->mantissa < 100000000000000000u) {
      d->mantissa = 10 * d->mantissa + (uint64_t)(*c - '0');
      d->exponent -= fraction;
    } else {
      d->many = true;
    }
  }
  return c;
}

/* NULL when the exponent has no digits. More than four of them are beyond any double. */
static const char *take_exponent(const char *c, decimal *d) {
  bool negative = *c == '-';
  int exponent = 0;
  if (*c == '-' || *c == '+') c++;
  if (!isdigit((unsigned char)*c)) return NULL;
  for (; isdigit((unsigned char)*c); c++)
    if (exponent < 10000) exponent = 10 * exponent + (*c - '0');
  d->exponent += negative ? -exponent : exponent;
  return c;
}

/* With a point instead of the comma, for the C library. */
static double read_slowly(const char *text) {
  char copy[512];
  snprintf(copy, sizeof copy, "%s", text);
  char *comma = strchr(copy, ',');
  if (comma) *comma = '.';
  return strtod(copy, NULL);
}

bool idr_csv_number(const char *text, bool comma, double *value) {
  decimal d = {0};
  const char *c = text;
  d.negative = *c == '-';
  if (*c == '-' || *c == '+') c++;
  c = take_digits(c, &d, false);
  if (*c == '.' || (comma && *c == ',')) c = take_digits(c + 1, &d, true);
  if (d.digits == 0) return false;
  if (*c == 'e' || *c == 'E') c = take_exponent(c + 1, &d);
  if (!c || *c != '\0' || c - text > 500) return false;
  /* Both factors are exact, so the one rounding is that of the true value (Clinger 1990). */
  if (!d.many && d.mantissa <= (1ull << 53) && abs(d.exponent) <= POWER_MAX) {
    double m = (double)d.mantissa;
    double v = d.exponent < 0 ? m / power[-d.exponent] : m * power[d.exponent];
    *value = d.negative ? -v : v;
    return true;
  }
  *value = read_slowly(text);
  return isfinite(*value);
}

/* ---- dates ----------------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a day of the Gregorian calendar (Howard Hinnant's algorithm). */
static int64_t days_of(int64_t y, int m, int d) {
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400;
  int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static int month_days(int y, int m) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  return days[m - 1] + (m == 2 && leap);
}

/* Exactly `digits` digits at *c, which moves behind them; -1 when they are not there. */
static int take_number(const char **c, int digits) {
  int value = 0;
  for (int i = 0; i < digits; i++, (*c)++) {
    if (!isdigit((unsigned char)**c)) return -1;
    value = 10 * value + (**c - '0');
  }
  return value;
}

static bool take_char(const char **c, char wanted) {
  if (**c != wanted) return false;
  (*c)++;
  return true;
}

/* "hh:mm", then ":ss" and a fraction where they stand. */
static bool take_clock(const char **c, double *seconds) {
  int h = take_number(c, 2);
  if (h < 0 || h > 23 || !take_char(c, ':')) return false;
  int m = take_number(c, 2), s = 0;
  if (m < 0 || m > 59) return false;
  double fraction = 0, scale = 0.1;
  if (take_char(c, ':')) {
    s = take_number(c, 2);
    if (s < 0 || s > 60) return false;
    if (**c == '.' || **c == ',')
      for ((*c)++; isdigit((unsigned char)**c); (*c)++, scale *= 0.1)
        fraction += scale * (**c - '0');
  }
  *seconds = 3600.0 * h + 60.0 * m + s + fraction;
  return true;
}

/* "Z", "+hh:mm", "+hhmm", "+hh" or nothing, up to the end. */
static bool take_offset(const char *c, double *seconds) {
  *seconds = 0;
  if (*c == 'Z' || *c == 'z') c++;
  if (*c == '\0') return true;
  if (*c != '+' && *c != '-') return false;
  double sign = *c++ == '-' ? -1 : 1;
  int h = take_number(&c, 2), m = 0;
  if (h < 0 || h > 23) return false;
  take_char(&c, ':');
  if (*c != '\0') m = take_number(&c, 2);
  *seconds = sign * (3600.0 * h + 60.0 * m);
  return m >= 0 && m < 60 && *c == '\0';
}

bool idr_csv_date(const char *text, double *seconds) {
  const char *c = text;
  int y = take_number(&c, 4);
  if (y < 0 || !take_char(&c, '-')) return false;
  int m = take_number(&c, 2);
  if (m < 1 || m > 12 || !take_char(&c, '-')) return false;
  int d = take_number(&c, 2);
  if (d < 1 || d > month_days(y, m)) return false;
  double clock = 0, offset = 0;
  if (*c == 'T' || *c == 't' || *c == ' ') {
    c++;
    if (!take_clock(&c, &clock)) return false;
  }
  if (!take_offset(c, &offset)) return false;
  *seconds = 86400.0 * (double)days_of(y, m, d) + clock - offset;
  return true;
}

/* Year, month and day of a number of days since 1970 (the inverse of days_of). */
static void date_of(int64_t days, int64_t *y, int *m, int *d) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097, day = days - era * 146097;
  int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  int64_t in_year = day - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
  *d = (int)(in_year - (153 * month + 2) / 5 + 1);
  *m = (int)(month < 10 ? month + 3 : month - 9);
  *y = year + era * 400 + (*m <= 2);
}

void idr_csv_write_date(double seconds, char *out, size_t size) {
  int64_t y, whole = (int64_t)floor(seconds);
  int m, d, milli = (int)((seconds - (double)whole) * 1000 + 0.5);
  if (milli == 1000) {
    milli = 0;
    whole++;
  }
  int64_t days = (whole >= 0 ? whole : whole - 86399) / 86400, left = whole - days * 86400;
  date_of(days, &y, &m, &d);
  int n = snprintf(out, size, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)y, m, d,
                   (int)(left / 3600), (int)(left / 60 % 60), (int)(left % 60));
  if (n < 0 || (size_t)n >= size) return;
  if (milli)
    snprintf(out + n, size - (size_t)n, ".%03dZ", milli);
  else
    snprintf(out + n, size - (size_t)n, "Z");
}

/* ---- writing --------------------------------------------------------------------------------- */

/* The exponent e with 10^e <= x < 10^(e + 1), for 1e-7 < x < 1e15. */
static int exponent_of(double x) {
  int e = 0;
  if (x >= 1) {
    while (x >= power[e + 1])
      e++;
    return e;
  }
  while (x * power[-e] < 1)
    e--;
  return e;
}

/* Digits of `m` >= 0, with a point before the last `decimals` of them, without trailing zeros. */
static size_t put_decimal(uint64_t m, int decimals, char *out) {
  char digit[24];
  int n = 0;
  while (decimals > 0 && m % 10 == 0) {
    m /= 10;
    decimals--;
  }
  do
    digit[n++] = (char)('0' + m % 10);
  while ((m /= 10) > 0);
  while (n <= decimals)
    digit[n++] = '0';
  char *to = out;
  while (n > decimals)
    *to++ = digit[--n];
  if (decimals > 0) *to++ = '.';
  while (n > 0)
    *to++ = digit[--n];
  return (size_t)(to - out);
}

static size_t put_slowly(double value, int digits, char *out) {
  char text[40];
  int n = snprintf(text, sizeof text, "%.*g", digits, value);
  memcpy(out, text, (size_t)n);
  return (size_t)n;
}

/* |value| * 10^decimals, rounded; the scale is exact on both sides of the point. */
static uint64_t scaled(double x, int decimals) {
  double s = decimals >= 0 ? x * power[decimals] : x / power[-decimals];
  return (uint64_t)(s + 0.5);
}

static double unscaled(uint64_t m, int decimals) {
  return decimals >= 0 ? (double)m / power[decimals] : (double)m * power[-decimals];
}

/* Beyond these, numbers are written with an exponent. */
static bool is_plain(double x) {
  return x >= 1e-5 && x < 1e15;
}

/* Integers below 10^15 may have more digits in front of the point than are wanted: the rest are
 * zeros, as in 123457000. */
static size_t put_plain(double value, uint64_t m, int decimals, char *out) {
  size_t sign = value < 0;
  if (sign) out[0] = '-';
  for (; decimals < 0; decimals++)
    m *= 10;
  return sign + put_decimal(m, decimals, out + sign);
}

size_t idr_csv_write_float(float value, char *out) {
  double x = fabs((double)value);
  if (value == 0) {
    out[0] = '0';
    return 1;
  }
  if (isnan(value)) return 0;
  if (is_plain(x)) {
    int e = exponent_of(x);
    for (int digits = 7; digits <= 9; digits++) {
      int decimals = digits - 1 - e;
      uint64_t m = scaled(x, decimals);
      if ((float)unscaled(m, decimals) == (float)x)
        return put_plain((double)value, m, decimals, out);
    }
  }
  return put_slowly((double)value, 9, out);
}

size_t idr_csv_write_number(double value, int digits, char *out) {
  double x = fabs(value);
  if (value == 0) {
    out[0] = '0';
    return 1;
  }
  if (isnan(value)) return 0;
  if (!is_plain(x)) return put_slowly(value, digits, out);
  int decimals = digits - 1 - exponent_of(x);
  return put_plain(value, scaled(x, decimals), decimals, out);
}
