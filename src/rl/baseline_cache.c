/* Tuned baselines and their results in one JSON file:
 *   {"tuned": {"<key>": {"constant": {...}, ...}}, "results": {"<key>": {"constant": [[...],
 * ...]}}, "counts": likewise} A key is the hash of all that the entry depends on, so a stale entry
 * is simply never found; what belongs to other physics sources is dropped when the file is written.
 */
#include "base/checksum.h"
#include "base/file.h"
#include "rl/baseline_internal.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT (256u << 20)
#define KEY_MAX    64

/* Numbers of a baseline and of an episode's books in the file, in this order. */
#define BASELINE_NUMBERS(X)                                                                        \
  X(hold)                                                                                          \
  X(step)                                                                                          \
  X(slip_limit) X(back_off) X(energy_weight) X(wob_cap) X(omega_cap) X(wear_weight) X(measure)
#define BOOK_NUMBERS(X)                                                                            \
  X(metres)                                                                                        \
  X(rotating)                                                                                      \
  X(connection) X(lost) X(trip) X(charge_failure) X(charge_missing) X(bits) X(stick_slip)
/* Counts are doubles only, in the order of their struct. */
#define COUNT_NUMBERS (sizeof(idr_guard_counts) / sizeof(double))

/* ---- keys ------------------------------------------------------------------------------------ */

static void tuning_key(const idr_drilling_world *training, const idr_baseline_settings *settings,
                       char *out) {
  uint64_t hash[2] = {idr_drilling_world_hash(training),
                      idr_checksum(&settings->tuning_hours, sizeof settings->tuning_hours)};
  snprintf(out, KEY_MAX, "%.16s-%016llx", idr_drill_source_hash(),
           (unsigned long long)idr_checksum(hash, sizeof hash));
}

static void results_key(const char *tuning, const idr_drilling_world *evaluation, int64_t n,
                        char *out) {
  uint64_t hash[3] = {idr_checksum(tuning, strlen(tuning)), idr_drilling_world_hash(evaluation),
                      idr_drilling_scenario_hash(evaluation, n)};
  snprintf(out, KEY_MAX, "%.16s-%016llx", idr_drill_source_hash(),
           (unsigned long long)idr_checksum(hash, sizeof hash));
}

/* Limits that are only watched change no books, a shield does. */
static void counts_key(const char *results, const idr_shield_settings *shield, char *out) {
  const double number[] = {IDR_SHIELD_LAW, shield->enabled ? 1.0 : 0.0, shield->ecd, shield->torque,
                           shield->spp,    shield->stick_slip};
  uint64_t hash[2] = {idr_checksum(results, strlen(results)), idr_checksum(number, sizeof number)};
  snprintf(out, KEY_MAX, "%.16s-%016llx", idr_drill_source_hash(),
           (unsigned long long)idr_checksum(hash, sizeof hash));
}

/* ---- reading: anything unexpected means "not there" ------------------------------------------ */

static bool read_array(const json_t *array, size_t n, double *out) {
  if (json_array_size(array) != n) return false;
  for (size_t i = 0; i < n; i++) {
    if (!json_is_number(json_array_get(array, i))) return false;
    out[i] = json_number_value(json_array_get(array, i));
  }
  return true;
}

static bool read_baseline(const json_t *entry, int kind, idr_baseline *b, double *hours) {
  double number[9], classes, set[4];
  json_t *list = json_object_get(entry, "classes");
  classes = (double)json_array_size(list);
  *b = (idr_baseline){.kind = kind, .class_count = (int)classes};
  if (b->class_count < 1 || b->class_count > IDR_BASELINE_CLASSES) return false;
  for (int c = 0; c < b->class_count; c++) {
    if (!read_array(json_array_get(list, (size_t)c), 4, set)) return false;
    b->diameter[c] = (float)set[0];
    b->set[c] = (idr_set_points){(float)set[1], (float)set[2], (float)set[3]};
  }
  if (!read_array(json_object_get(entry, "numbers"), 9, number)) return false;
  int i = 0;
#define READ_NUMBER(name) b->name = (float)number[i++];
  BASELINE_NUMBERS(READ_NUMBER)
  *hours = json_number_value(json_object_get(entry, "hours"));
  return true;
}

static bool read_set(const json_t *root, const char *key, idr_baseline_set *out) {
  const json_t *entry = json_object_get(json_object_get(root, "tuned"), key);
  for (int k = 0; k < IDR_BASELINE_COUNT; k++)
    if (!read_baseline(json_object_get(entry, idr_baseline_name(k)), k, &out->tuned[k],
                       &out->hours[k]))
      return false;
  return true;
}

static bool read_books(const json_t *row, idr_drilling_books *b) {
  double number[11];
  if (!read_array(row, 11, number)) return false;
  int i = 0;
#define READ_BOOK(name) b->name = number[i++];
  BOOK_NUMBERS(READ_BOOK)
  bool known = number[9] >= 0 && number[9] <= INT32_MAX && number[10] >= IDR_END_NONE &&
               number[10] <= IDR_END_TIME;
  if (!known) return false;
  b->failure = (int32_t)number[9];
  b->end = (int32_t)number[10];
  return true;
}

static bool read_results(const json_t *root, const char *key, int64_t n, idr_drilling_books *out) {
  const json_t *entry = json_object_get(json_object_get(root, "results"), key);
  for (int k = 0; k < IDR_BASELINE_COUNT; k++) {
    const json_t *rows = json_object_get(entry, idr_baseline_name(k));
    if (json_array_size(rows) != (size_t)n) return false;
    for (int64_t i = 0; i < n; i++)
      if (!read_books(json_array_get(rows, (size_t)i), &out[k * n + i])) return false;
  }
  return true;
}

static bool read_counts(const json_t *root, const char *key, int64_t n, idr_guard_counts *out) {
  const json_t *entry = json_object_get(json_object_get(root, "counts"), key);
  for (int k = 0; k < IDR_BASELINE_COUNT; k++) {
    const json_t *rows = json_object_get(entry, idr_baseline_name(k));
    if (json_array_size(rows) != (size_t)n) return false;
    for (int64_t i = 0; i < n; i++) {
      double number[COUNT_NUMBERS];
      if (!read_array(json_array_get(rows, (size_t)i), COUNT_NUMBERS, number)) return false;
      memcpy(&out[k * n + i], number, sizeof number);
    }
  }
  return true;
}

/* The file's content, or an empty object when there is none or it is damaged: it is only a cache.
 */
static json_t *read_file(const char *path) {
  char *text = NULL;
  size_t bytes = 0;
  json_t *root = NULL;
  if (idr_file_exists(path) && idr_file_read(path, FILE_LIMIT, &text, &bytes) == IDR_STATUS_OK)
    root = json_loadb(text, bytes, 0, NULL);
  free(text);
  if (json_is_object(root)) return root;
  json_decref(root);
  idr_error_clear();
  return json_object();
}

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *baseline_to_json(const idr_baseline *b, double hours) {
  json_t *list = json_array();
  for (int c = 0; c < b->class_count; c++)
    json_array_append_new(list,
                          json_pack("[f,f,f,f]", (double)b->diameter[c], (double)b->set[c].wob,
                                    (double)b->set[c].omega, (double)b->set[c].flow));
  json_t *numbers = json_array();
#define WRITE_NUMBER(name) json_array_append_new(numbers, json_real((double)b->name));
  BASELINE_NUMBERS(WRITE_NUMBER)
  return json_pack("{s:o,s:o,s:f}", "classes", list, "numbers", numbers, "hours", hours);
}

static json_t *books_to_json(const idr_drilling_books *b) {
  json_t *row = json_array();
#define WRITE_BOOK(name) json_array_append_new(row, json_real(b->name));
  BOOK_NUMBERS(WRITE_BOOK)
  json_array_append_new(row, json_integer(b->failure));
  json_array_append_new(row, json_integer(b->end));
  return row;
}

/* Puts `entry` under root[group][key] and drops that group's entries of other physics. */
static void put_entry(json_t *root, const char *group, const char *key, json_t *entry) {
  json_t *old = json_object_get(root, group), *value;
  json_t *kept = json_object();
  const char *name;
  json_object_foreach(old, name, value) if (strncmp(name, key, 16) == 0)
      json_object_set(kept, name, value);
  json_object_set_new(kept, key, entry);
  json_object_set_new(root, group, kept);
}

static void put_tuned(json_t *root, const char *key, const idr_baseline_set *set) {
  json_t *tuned = json_object();
  for (int k = 0; k < IDR_BASELINE_COUNT; k++)
    json_object_set_new(tuned, idr_baseline_name(k),
                        baseline_to_json(&set->tuned[k], set->hours[k]));
  put_entry(root, "tuned", key, tuned);
}

static void put_results(json_t *root, const char *key, const idr_baseline_results *r) {
  json_t *played = json_object();
  for (int k = 0; k < IDR_BASELINE_COUNT; k++) {
    json_t *rows = json_array();
    for (int64_t i = 0; i < r->count; i++)
      json_array_append_new(rows, books_to_json(&r->books[k * r->count + i]));
    json_object_set_new(played, idr_baseline_name(k), rows);
  }
  put_entry(root, "results", key, played);
}

static json_t *counts_to_json(const idr_guard_counts *counts) {
  double number[COUNT_NUMBERS];
  json_t *row = json_array();
  memcpy(number, counts, sizeof number);
  for (size_t i = 0; i < COUNT_NUMBERS; i++)
    json_array_append_new(row, json_real(number[i]));
  return row;
}

static void put_counts(json_t *root, const char *key, const idr_baseline_results *r) {
  json_t *counted = json_object();
  for (int k = 0; k < IDR_BASELINE_COUNT; k++) {
    json_t *rows = json_array();
    for (int64_t i = 0; i < r->count; i++)
      json_array_append_new(rows, counts_to_json(&r->counts[k * r->count + i]));
    json_object_set_new(counted, idr_baseline_name(k), rows);
  }
  put_entry(root, "counts", key, counted);
}

static idr_status write_file(const json_t *root, const char *path) {
  char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the cache of baselines");
  idr_status status = idr_file_write(path, text, strlen(text));
  free(text);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}

/* ---- evaluation ------------------------------------------------------------------------------ */

/* All kinds in one go, so that the long episodes of one overlap the next. */
static idr_status play_all(const idr_drilling_world *world, const idr_shield_settings *shield,
                           const idr_baseline_watch *watch, idr_baseline_results *r) {
  int64_t total = r->count * IDR_BASELINE_COUNT;
  idr_guard guard = {.lane = NULL};
  idr_scenario *list = malloc(sizeof *list * (size_t)r->count);
  if (!list) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld scenarios", (long long)r->count);
  for (int64_t k = 0; k < r->count; k++)
    list[k] = idr_drilling_scenario(world, k);
  idr_status status = idr_guard_create(shield, total, &guard);
  if (status == IDR_STATUS_OK)
    status = idr_baseline_play(world, r->set.tuned, IDR_BASELINE_COUNT, list, r->count, watch,
                               &guard, r->books, NULL);
  for (int64_t k = 0; k < total && status == IDR_STATUS_OK; k++)
    r->counts[k] = guard.lane[k].counts;
  idr_guard_free(&guard);
  free(list);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}

static idr_status fill_results(const idr_drilling_world *training,
                               const idr_drilling_world *evaluation,
                               const idr_baseline_settings *settings,
                               const idr_shield_settings *shield, const idr_baseline_watch *watch,
                               json_t *root, idr_baseline_results *out) {
  char tuning[KEY_MAX], results[KEY_MAX], counts[KEY_MAX];
  tuning_key(training, settings, tuning);
  results_key(tuning, evaluation, out->count, results);
  counts_key(results, shield, counts);
  if (shield->enabled) memcpy(results, counts, sizeof results);
  out->tuned_now = !read_set(root, tuning, &out->set);
  if (out->tuned_now) {
    IDR_TRY(idr_baseline_tune(training, settings, watch, &out->set));
    put_tuned(root, tuning, &out->set);
    /* At once: whoever ends the program while the baselines play has lost no tuning. */
    IDR_TRY(write_file(root, settings->cache));
  }
  out->played_now = out->tuned_now || !read_results(root, results, out->count, out->books) ||
                    !read_counts(root, counts, out->count, out->counts);
  if (!out->played_now) return IDR_STATUS_OK;
  IDR_TRY(play_all(evaluation, shield, watch, out));
  put_results(root, results, out);
  put_counts(root, counts, out);
  IDR_TRY(write_file(root, settings->cache));
  return IDR_STATUS_OK;
}

idr_status idr_baseline_evaluate(const idr_drilling_world *training,
                                 const idr_drilling_world *evaluation, int64_t n,
                                 const idr_baseline_settings *settings,
                                 const idr_shield_settings *shield, const idr_baseline_watch *watch,
                                 idr_baseline_results *out) {
  *out = (idr_baseline_results){.count = n};
  out->books = calloc((size_t)n * IDR_BASELINE_COUNT, sizeof *out->books);
  out->counts = calloc((size_t)n * IDR_BASELINE_COUNT, sizeof *out->counts);
  if (!out->books || !out->counts) {
    idr_baseline_results_free(out);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld episodes", (long long)n);
  }
  json_t *root = read_file(settings->cache);
  idr_status status = fill_results(training, evaluation, settings, shield, watch, root, out);
  json_decref(root);
  if (status == IDR_STATUS_OK) return status;
  idr_baseline_results_free(out);
  return idr_trace_at(status, __func__, __FILE__, __LINE__);
}

void idr_baseline_results_free(idr_baseline_results *results) {
  free(results->books);
  free(results->counts);
  results->books = NULL;
  results->counts = NULL;
}
