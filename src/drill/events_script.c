/* settings.script: events that happen for certain. */
#include "drill/events.h"

#include "base/text.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR     3600.0
#define LONGEST  1e6  /* h */
#define SHORTEST 10.0 /* s: to grow and fall in */

/* All of `text` as a number above `low` (or equal to it) and at most `high`. */
static bool read_number(const char *text, double low, bool equal, double high, double *out) {
  char *end;
  *out = strtod(text, &end);
  if (end == text || *end || !isfinite(*out)) return false;
  return *out <= high && (*out > low || (equal && *out == low));
}

static int find_kind(const char *name) {
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    if (!strcmp(name, idr_event_names[k])) return k;
  return -1;
}

static idr_status unknown_kind(const char *item, const char *name) {
  const char *nearest = NULL;
  char known[256] = "";
  int best = 1 << 20;
  for (int k = 0; k < IDR_EVENT_COUNT; k++) {
    int distance = idr_text_distance(name, idr_event_names[k]);
    idr_text_append(known, sizeof known, "%s%s", k ? ", " : "", idr_event_names[k]);
    if (distance < best) {
      best = distance;
      nearest = idr_event_names[k];
    }
  }
  if (idr_text_is_near(name, best))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": there is no event \"%s\"; did you mean \"%s\"?",
             item, name, nearest);
  IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": there is no event \"%s\"; there are %s", item, name,
           known);
}

/* The next of the words that `separator` parts, trimmed; cut when it is too long. False when there
 * is none. *rest is NULL behind the last. */
static bool next_word(const char **rest, char separator, char *out, size_t size) {
  if (!*rest) return false;
  const char *end = strchr(*rest, separator);
  idr_text_trim(*rest, end ? (size_t)(end - *rest) : strlen(*rest), out, size);
  *rest = end ? end + 1 : NULL;
  return true;
}

static idr_status read_details(const char *item, const char *rest, idr_script_item *out) {
  char part[64];
  double severity = 0.5, duration = 0.0;
  if (next_word(&rest, ':', part, sizeof part) && !read_number(part, 0.0, false, 1.0, &severity))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": severity \"%s\" is not above 0 and at most 1",
             item, part);
  if (next_word(&rest, ':', part, sizeof part) &&
      !read_number(part, SHORTEST / HOUR, true, LONGEST, &duration))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "script: \"%s\": duration \"%s\" is not a number of hours, 10 s or more", item, part);
  if (next_word(&rest, ':', part, sizeof part))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": \"%s\" is one part too many", item, part);
  out->duration = llround(duration * HOUR);
  out->severity = (float)severity;
  return IDR_STATUS_OK;
}

static idr_status read_item(const char *item, idr_script_item *out) {
  char name[64], when[64];
  double hours;
  const char *rest = item;
  next_word(&rest, '@', name, sizeof name);
  if (!rest)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "script: \"%s\" is not kind@hours[:severity[:duration]], such as gas_influx@12:0.5:2",
             item);
  out->kind = find_kind(name);
  if (out->kind < 0) return unknown_kind(item, name);
  next_word(&rest, ':', when, sizeof when);
  if (!read_number(when, 0.0, true, LONGEST, &hours))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": \"%s\" is not a number of hours, 0 or more", item,
             when);
  out->onset = llround(hours * HOUR);
  return read_details(item, rest, out);
}

/* In order of onset; of equals the one first that stands first. */
static void insert(idr_script *script, const idr_script_item *item) {
  int k = script->count++;
  for (; k > 0 && script->item[k - 1].onset > item->onset; k--)
    script->item[k] = script->item[k - 1];
  script->item[k] = *item;
}

idr_status idr_script_read(const char *text, idr_script *out) {
  char word[256];
  *out = (idr_script){0};
  if (!text[strspn(text, " \t")]) return IDR_STATUS_OK;
  while (next_word(&text, ',', word, sizeof word)) {
    idr_script_item item;
    if (out->count == IDR_SCRIPT_MAX)
      IDR_FAIL(IDR_STATUS_CONFIG, "script: more than %d events; the first too many is \"%s\"",
               IDR_SCRIPT_MAX, word);
    IDR_TRY(read_item(word, &item));
    insert(out, &item);
  }
  return IDR_STATUS_OK;
}
