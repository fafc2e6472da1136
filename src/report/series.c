#include "report/series.h"
#include "base/file.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading --------------------------------------------------------------------------------- */

static idr_status add_point(idr_series *s, double x, double y) {
  if (s->count == s->capacity) {
    int64_t capacity = s->capacity ? 2 * s->capacity : 64;
    double *xs = realloc(s->x, (size_t)capacity * sizeof(double));
    if (xs) s->x = xs;
    double *ys = realloc(s->y, (size_t)capacity * sizeof(double));
    if (ys) s->y = ys;
    if (!xs || !ys)
      IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld points of metric '%.80s'",
               (long long)capacity, s->key);
    s->capacity = capacity;
  }
  s->x[s->count] = x;
  s->y[s->count++] = y;
  return IDR_STATUS_OK;
}

/* The series of a key, made where there is none yet; NULL when there is no room for another. Keys
 * come in the same order again and again, so the search begins behind the one found last. */
static idr_status find_or_make(idr_series_set *set, const char *key, int *last, idr_series **out) {
  *out = NULL;
  for (int i = 1; i <= set->count; i++) {
    int place = (*last + i) % set->count;
    if (strcmp(set->series[place].key, key) != 0) continue;
    *last = place;
    *out = &set->series[place];
    return IDR_STATUS_OK;
  }
  if (set->count == IDR_SERIES_MAX) return IDR_STATUS_OK;
  idr_series *s = &set->series[set->count];
  s->key = strdup(key);
  if (!s->key) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the metrics of a run");
  *last = set->count++;
  *out = s;
  return IDR_STATUS_OK;
}

/* A number, or one of the words that stand for what is none; false for anything else. */
static bool value_of(const json_t *json, double *out) {
  const char *word = json_string_value(json);
  *out = json_number_value(json);
  if (json_is_number(json)) return true;
  if (!word) return false;
  *out = strcmp(word, "nan") == 0    ? NAN
         : strcmp(word, "inf") == 0  ? INFINITY
         : strcmp(word, "-inf") == 0 ? -INFINITY
                                     : 0;
  return *out != 0;
}

static idr_status add_line(idr_series_set *set, const char *line, size_t length, int *last) {
  json_t *json = json_loadb(line, length, 0, NULL);
  const char *key = json_string_value(json_object_get(json, "key"));
  const char *kind = json_string_value(json_object_get(json, "kind"));
  const json_t *step = json_object_get(json, "step");
  double value = 0;
  idr_series *s = NULL;
  idr_status status = IDR_STATUS_OK;
  if (!key || !kind || !json_is_integer(step) ||
      !value_of(json_object_get(json, "value"), &value)) {
    set->damaged++;
  } else {
    set->lines++;
    status = find_or_make(set, key, last, &s);
    if (status == IDR_STATUS_OK && !s) set->left_out++;
  }
  if (s) {
    s->timing = strcmp(kind, "timing") == 0;
    status = add_point(s, (double)json_integer_value(step), value);
  }
  json_decref(json);
  return status;
}

static idr_status read_lines(idr_series_set *set, FILE *file) {
  char *line = NULL;
  size_t size = 0;
  int last = -1;
  idr_status status = IDR_STATUS_OK;
  for (ssize_t got = getline(&line, &size, file); got > 0 && status == IDR_STATUS_OK;
       got = getline(&line, &size, file)) {
    set->torn = line[got - 1] != '\n';
    if (!set->torn) status = add_line(set, line, (size_t)got - 1, &last);
  }
  free(line);
  return status;
}

/* ---- order ----------------------------------------------------------------------------------- */

typedef struct {
  double x, y;
  int64_t place;
} point;

static int by_step(const void *left, const void *right) {
  const point *a = left, *b = right;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  return a->place < b->place ? -1 : 1;
}

/* Steps go back where a run was started again without its checkpoint. */
static idr_status sort_series(idr_series *s) {
  bool sorted = true;
  for (int64_t i = 1; i < s->count && sorted; i++)
    sorted = s->x[i - 1] <= s->x[i];
  if (sorted) return IDR_STATUS_OK;
  point *points = malloc((size_t)s->count * sizeof *points);
  if (!points) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to sort the metrics of a run");
  for (int64_t i = 0; i < s->count; i++)
    points[i] = (point){s->x[i], s->y[i], i};
  qsort(points, (size_t)s->count, sizeof *points, by_step);
  for (int64_t i = 0; i < s->count; i++) {
    s->x[i] = points[i].x;
    s->y[i] = points[i].y;
  }
  free(points);
  return IDR_STATUS_OK;
}

idr_status idr_series_read(const char *path, idr_series_set **out) {
  *out = NULL;
  FILE *file = idr_file_is_folder(path) ? NULL : fopen(path, "re");
  if (!file) return idr_file_fail("read", path, errno ? errno : EISDIR);
  idr_series_set *set = calloc(1, sizeof *set);
  idr_status status = IDR_STATUS_OK;
  if (!set) IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory for the metrics of a run");
  IDR_TRY_GOTO(status, done, read_lines(set, file));
  for (int i = 0; i < set->count; i++)
    IDR_TRY_GOTO(status, done, sort_series(&set->series[i]));
  *out = set;
  set = NULL;
done:
  idr_series_free(set);
  fclose(file);
  return status;
}

void idr_series_free(idr_series_set *set) {
  if (!set) return;
  for (int i = 0; i < set->count; i++) {
    free(set->series[i].key);
    free(set->series[i].x);
    free(set->series[i].y);
  }
  free(set);
}

const idr_series *idr_series_find(const idr_series_set *set, const char *key) {
  for (int i = 0; set && i < set->count; i++)
    if (strcmp(set->series[i].key, key) == 0) return &set->series[i];
  return NULL;
}

double idr_series_newest(const idr_series_set *set, const char *key) {
  const idr_series *s = idr_series_find(set, key);
  for (int64_t i = s ? s->count - 1 : -1; i >= 0; i--)
    if (isfinite(s->y[i])) return s->y[i];
  return NAN;
}

/* ---- thinning -------------------------------------------------------------------------------- */

/* Points [begin, end) as one bin; false when none of them is finite. */
static bool make_bin(const idr_series *s, int64_t begin, int64_t end, idr_bin *out) {
  double sum = 0;
  int64_t finite = 0;
  *out = (idr_bin){.x = 0.5 * (s->x[begin] + s->x[end - 1]), .low = INFINITY, .high = -INFINITY};
  for (int64_t i = begin; i < end; i++) {
    if (!isfinite(s->y[i])) continue;
    out->low = fmin(out->low, s->y[i]);
    out->high = fmax(out->high, s->y[i]);
    sum += s->y[i];
    finite++;
  }
  out->mean = finite > 0 ? sum / (double)finite : NAN;
  out->gap = finite < end - begin;
  return finite > 0;
}

int64_t idr_series_thin(const idr_series *series, int64_t max, idr_bin *out) {
  int64_t bins = series->count < max ? series->count : max, count = 0;
  for (int64_t b = 0; b < bins; b++) {
    int64_t begin = series->count * b / bins, end = series->count * (b + 1) / bins;
    if (make_bin(series, begin, end, &out[count]))
      count++;
    else if (count > 0)
      out[count - 1].gap = true;
  }
  return count;
}
