/* Reading one value: kinds, units, ranges, choices. */
#include "base/settings_internal.h"
#include "base/text.h"
#include "base/units.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void *idr_setting_field(const idr_setting *row, void *values) {
  return (char *)values + row->offset;
}

const void *idr_setting_const_field(const idr_setting *row, const void *values) {
  return (const char *)values + row->offset;
}

bool idr_setting_is_required(const idr_setting *row) {
  return strcmp(row->fallback, IDR_REQUIRED) == 0;
}

const char *idr_setting_kind_text(idr_setting_kind kind) {
  switch (kind) {
  case IDR_KIND_BOOL:
    return "true or false";
  case IDR_KIND_INT:
    return "an integer";
  case IDR_KIND_REAL:
    return "a number";
  case IDR_KIND_TEXT:
    return "a text";
  case IDR_KIND_CHOICE:
    return "one of";
  case IDR_KIND_REALS:
    return "a list of numbers";
  }
  return "";
}

void idr_setting_range(const idr_setting *row, char *out, size_t size) {
  bool number =
      row->kind == IDR_KIND_INT || row->kind == IDR_KIND_REAL || row->kind == IDR_KIND_REALS;
  const char *gap = row->unit[0] ? " " : "";
  out[0] = '\0';
  if (row->kind == IDR_KIND_CHOICE) snprintf(out, size, "%s", row->choices);
  if (!number || (isinf(row->min) && isinf(row->max))) return;
  if (isinf(row->max))
    snprintf(out, size, "at least %.12g%s%s", row->min, gap, row->unit);
  else if (isinf(row->min))
    snprintf(out, size, "at most %.12g%s%s", row->max, gap, row->unit);
  else
    snprintf(out, size, "%.12g to %.12g%s%s", row->min, row->max, gap, row->unit);
}

static bool refuse_range(const idr_setting *row, const char *text, char *why, size_t size) {
  char range[256];
  idr_setting_range(row, range, sizeof(range));
  snprintf(why, size, "%.60s is out of range: %s", text, range);
  return false;
}

static bool read_bool(const char *text, bool *out, char *why, size_t size) {
  static const char *const names[] = {"false", "true", "no", "yes", "off", "on"};
  for (int i = 0; i < 6; i++) {
    if (strcasecmp(text, names[i]) != 0) continue;
    *out = i % 2 == 1;
    return true;
  }
  snprintf(why, size, "'%.60s' is neither true nor false", text);
  return false;
}

/* Integers are also taken as 1e6, which people write for step counts, when exactly whole. */
static bool read_whole(const char *text, const char *unit, int64_t *out) {
  char rest[64];
  char *end;
  errno = 0;
  long long whole = strtoll(text, &end, 10);
  if (end != text && (*end == '.' || *end == 'e' || *end == 'E')) {
    double value = strtod(text, &end);
    if (!(fabs(value) <= 9007199254740992.0) || value != floor(value)) return false;
    whole = (long long)value;
  }
  if (end == text || errno == ERANGE) return false;
  if (!idr_text_trim(end, strlen(end), rest, sizeof(rest))) return false;
  *out = whole;
  return rest[0] == '\0' || strcmp(rest, unit) == 0;
}

static bool read_int(const idr_setting *row, const char *text, int64_t *out, char *why,
                     size_t size) {
  int64_t value;
  if (!read_whole(text, row->unit, &value)) {
    snprintf(why, size, "'%.60s' is no whole number%s%s", text, row->unit[0] ? " of " : "",
             row->unit);
    return false;
  }
  if ((double)value < row->min || (double)value > row->max)
    return refuse_range(row, text, why, size);
  *out = value;
  return true;
}

/* Limits are compared in SI, each converted as the value is, so that a limit itself is allowed. */
static bool in_range(const idr_setting *row, double si) {
  const idr_unit *unit = idr_unit_find(row->unit);
  double low = unit ? idr_unit_to_si(unit, row->min) : row->min;
  double high = unit ? idr_unit_to_si(unit, row->max) : row->max;
  return si >= low && si <= high;
}

static bool read_real(const idr_setting *row, const char *text, double *out, char *why,
                      size_t size) {
  double si;
  if (!idr_quantity_read(text, row->unit, &si, why, size)) return false;
  if (!in_range(row, si)) return refuse_range(row, text, why, size);
  *out = si;
  return true;
}

static bool read_text(const char *text, char *out, char *why, size_t size) {
  size_t length = strlen(text);
  if (length >= IDR_TEXT_MAX) {
    snprintf(why, size, "the text is %zu bytes long, at most %d are allowed", length,
             IDR_TEXT_MAX - 1);
    return false;
  }
  if (!idr_text_is_utf8(text)) {
    snprintf(why, size, "the text is not valid UTF-8");
    return false;
  }
  memcpy(out, text, length + 1);
  return true;
}

static bool read_choice(const idr_setting *row, const char *text, int *out, char *why,
                        size_t size) {
  char choice[128], nearest[128] = "";
  int least = 1000;
  for (int i = 0; idr_text_word(row->choices, '|', i, choice, sizeof(choice)); i++) {
    int distance = idr_text_distance(text, choice);
    if (strcmp(text, choice) == 0) {
      *out = i;
      return true;
    }
    if (distance >= least || !idr_text_is_near(text, distance)) continue;
    least = distance;
    memcpy(nearest, choice, sizeof(choice));
  }
  snprintf(why, size, "'%.60s' is none of %s%s%s%s", text, row->choices,
           nearest[0] ? "; did you mean '" : "", nearest, nearest[0] ? "'?" : "");
  return false;
}

static bool read_reals(const idr_setting *row, const char *text, idr_reals *out, char *why,
                       size_t size) {
  idr_reals list = {0};
  char inside[IDR_SETTING_TEXT_MAX];
  size_t length = strlen(text);
  bool brackets = length >= 2 && text[0] == '[' && text[length - 1] == ']';
  if (!idr_text_trim(text + brackets, length - 2 * (size_t)brackets, inside, sizeof(inside))) {
    snprintf(why, size, "the list is too long");
    return false;
  }
  for (char *item = inside; item && inside[0]; list.count++) {
    char *comma = strchr(item, ',');
    if (comma) *comma = '\0';
    if (list.count == IDR_REALS_MAX) {
      snprintf(why, size, "the list has more than %d numbers", IDR_REALS_MAX);
      return false;
    }
    item += strspn(item, " ");
    if (!read_real(row, item, &list.value[list.count], why, size)) return false;
    item = comma ? comma + 1 : NULL;
  }
  *out = list;
  return true;
}

bool idr_setting_from_text(const idr_setting *row, const char *text, void *values, char *why,
                           size_t size) {
  void *field = idr_setting_field(row, values);
  if (text[0] == '\0' && row->kind != IDR_KIND_TEXT) {
    snprintf(why, size, "the value is empty, expected %s; remove the key for its default",
             row->kind == IDR_KIND_CHOICE ? row->choices : idr_setting_kind_text(row->kind));
    return false;
  }
  switch (row->kind) {
  case IDR_KIND_BOOL:
    return read_bool(text, field, why, size);
  case IDR_KIND_INT:
    return read_int(row, text, field, why, size);
  case IDR_KIND_REAL:
    return read_real(row, text, field, why, size);
  case IDR_KIND_TEXT:
    return read_text(text, field, why, size);
  case IDR_KIND_CHOICE:
    return read_choice(row, text, field, why, size);
  case IDR_KIND_REALS:
    return read_reals(row, text, field, why, size);
  }
  return false;
}

/* Every item of a YAML list has its own place, so each is read alone. */
static void reals_from_items(const idr_yaml *yaml, idr_yaml_node node, const char *label,
                             const idr_setting *row, idr_reals *out, idr_problems *problems) {
  idr_reals list = {0};
  int before = problems->count;
  list.count = idr_yaml_length(yaml, node);
  if (list.count > IDR_REALS_MAX) {
    idr_problem_at(problems, yaml, node, "'%s': the list has %d numbers, at most %d are allowed",
                   label, list.count, IDR_REALS_MAX);
    return;
  }
  for (int i = 0; i < list.count; i++) {
    idr_yaml_node item = idr_yaml_item(yaml, node, i);
    const char *text = idr_yaml_text(yaml, item);
    char why[512];
    if (!text)
      idr_problem_at(problems, yaml, item, "'%s': expected a number, found %s", label,
                     idr_yaml_kind(yaml, item));
    else if (!read_real(row, text, &list.value[i], why, sizeof(why)))
      idr_problem_at(problems, yaml, item, "'%s': %s", label, why);
  }
  if (problems->count == before) *out = list;
}

/* A number that could not be had: what compares it later finds nothing to complain of. */
static void forget_number(const idr_setting *row, void *values) {
  if (row->kind == IDR_KIND_REAL) *(double *)idr_setting_field(row, values) = NAN;
}

void idr_setting_from_node(const idr_yaml *yaml, idr_yaml_node node, const char *label,
                           const idr_setting *row, void *values, idr_problems *problems) {
  const char *text = idr_yaml_text(yaml, node);
  char why[512];
  if (row->kind == IDR_KIND_REALS && idr_yaml_is_sequence(yaml, node)) {
    idr_reals *list = idr_setting_field(row, values);
    reals_from_items(yaml, node, label, row, list, problems);
  } else if (!text) {
    idr_problem_at(problems, yaml, node, "'%s': expected %s%s%s, found %s", label,
                   idr_setting_kind_text(row->kind), row->choices[0] ? " " : "", row->choices,
                   idr_yaml_kind(yaml, node));
    forget_number(row, values);
  } else if (!idr_setting_from_text(row, text, values, why, sizeof(why))) {
    idr_problem_at(problems, yaml, node, "'%s': %s", label, why);
    forget_number(row, values);
  }
}

size_t idr_setting_bytes(const idr_setting *row) {
  switch (row->kind) {
  case IDR_KIND_BOOL:
    return sizeof(idr_ctype_BOOL);
  case IDR_KIND_INT:
    return sizeof(idr_ctype_INT);
  case IDR_KIND_REAL:
    return sizeof(idr_ctype_REAL);
  case IDR_KIND_TEXT:
    return sizeof(idr_ctype_TEXT);
  case IDR_KIND_CHOICE:
    return sizeof(idr_ctype_CHOICE);
  case IDR_KIND_REALS:
    return sizeof(idr_ctype_REALS);
  }
  return 0;
}

void idr_settings_default(const idr_setting *rows, int row_count, const char *section, void *values,
                          idr_problems *problems) {
  for (int i = 0; i < row_count; i++) {
    char why[512];
    memset(idr_setting_field(&rows[i], values), 0, idr_setting_bytes(&rows[i]));
    if (idr_setting_is_required(&rows[i])) {
      forget_number(&rows[i], values);
      continue;
    }
    if (!idr_setting_from_text(&rows[i], rows[i].fallback, values, why, sizeof(why)))
      idr_problem_add(problems, "default of '%s%s%s' (a mistake in the program): %s", section,
                      section[0] ? "." : "", rows[i].name, why);
  }
}
