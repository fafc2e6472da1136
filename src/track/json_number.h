/* Numbers as the files of a run hold them: they read back to the same bits, and what JSON has no
 * word for is one of the strings "nan", "inf" and "-inf". */
#ifndef IDR_TRACK_JSON_NUMBER_H
#define IDR_TRACK_JSON_NUMBER_H

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define IDR_JSON_NUMBER_MAX 40

static inline void idr_json_number_format(double value, char out[IDR_JSON_NUMBER_MAX]) {
  if (isnan(value))
    snprintf(out, IDR_JSON_NUMBER_MAX, "\"nan\"");
  else if (isinf(value))
    snprintf(out, IDR_JSON_NUMBER_MAX, value > 0.0 ? "\"inf\"" : "\"-inf\"");
  else
    snprintf(out, IDR_JSON_NUMBER_MAX, "%.17g", value);
}

/* Not a number for anything that is none. */
static inline double idr_json_number_read(const json_t *value) {
  const char *text = json_string_value(value);
  if (!text) return json_is_number(value) ? json_number_value(value) : (double)NAN;
  return strcmp(text, "inf") == 0    ? (double)INFINITY
         : strcmp(text, "-inf") == 0 ? -(double)INFINITY
                                     : (double)NAN;
}

#endif
