/* settings.script: events that happen for certain. */
#include "drill/events.h"

#include "base/text.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR    3600.0
#define LONGEST 1e6 /* h */

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

static idr_status read_item(const char *item, idr_script_item *out) {
  char name[64], when[64], part[64];
  double hours, severity = 0.5, duration = 0.0;
  const char *at = strchr(item, '@');
  if (!at || !idr_text_trim(item, (size_t)(at - item), name, sizeof name) ||
      !idr_text_word(at + 1, ':', 0, when, sizeof when))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "script: \"%s\" is not kind@hours[:severity[:duration]], such as gas_influx@12:0.5:2",
             item);
  out->kind = find_kind(name);
  if (out->kind < 0) return unknown_kind(item, name);
  if (!read_number(when, 0.0, true, LONGEST, &hours))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": \"%s\" is not a number of hours, 0 or more", item,
             when);
  if (idr_text_word(at + 1, ':', 1, part, sizeof part) &&
      !read_number(part, 0.0, false, 1.0, &severity))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": severity \"%s\" is not above 0 and at most 1",
             item, part);
  if (idr_text_word(at + 1, ':', 2, part, sizeof part) &&
      !read_number(part, 10.0 / HOUR, true, LONGEST, &duration))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "script: \"%s\": duration \"%s\" is not a number of hours, 10 s or more", item, part);
  if (idr_text_word(at + 1, ':', 3, part, sizeof part))
    IDR_FAIL(IDR_STATUS_CONFIG, "script: \"%s\": \"%s\" is one part too many", item, part);
  out->onset = llround(hours * HOUR);
  out->duration = llround(duration * HOUR);
  out->severity = (float)severity;
  return IDR_STATUS_OK;
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
  for (int k = 0; idr_text_word(text, ',', k, word, sizeof word); k++) {
    idr_script_item item;
    if (out->count == IDR_SCRIPT_MAX)
      IDR_FAIL(IDR_STATUS_CONFIG, "script: more than %d events; the first too many is \"%s\"",
               IDR_SCRIPT_MAX, word);
    IDR_TRY(read_item(word, &item));
    insert(out, &item);
  }
  return IDR_STATUS_OK;
}
