/* Which windows there are. */
#include "base/random.h"
#include "base/text.h"
#include "data/tables.h"
#include "data/window_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((int64_t)1 << 16) /* rows of labels at a time */

#define idr_row_type idr_window_settings
const idr_setting idr_window_rows[] = {IDR_WINDOW_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_window_row_count = (int)(sizeof idr_window_rows / sizeof idr_window_rows[0]);

/* ---- wells ----------------------------------------------------------------------------------- */

int idr_window_part(int64_t id, double validation, double test) {
  idr_random4 r = idr_random_draw(0, (uint32_t)id, (uint32_t)(id >> 32), 0, IDR_PURPOSE_SHUFFLE, 0);
  double u = (double)idr_random_uniform(r.word[0]);
  return u < test ? 2 : u < test + validation ? 1 : 0;
}

/* Reads "7" or "3-9". */
static bool read_range(const char *word, int64_t *low, int64_t *high) {
  char *end;
  *low = strtoll(word, &end, 10);
  if (end == word || *low < 0) return false;
  *high = *low;
  if (*end == '-') {
    const char *second = end + 1;
    *high = strtoll(second, &end, 10);
    if (end == second) return false;
  }
  return *end == '\0' && *high >= *low;
}

static idr_status is_listed(const char *list, int64_t id, bool *listed) {
  char word[64];
  *listed = strcmp(list, "all") == 0;
  for (int i = 0; !*listed && idr_text_word(list, ',', i, word, sizeof word); i++) {
    int64_t low, high;
    if (!read_range(word, &low, &high))
      IDR_FAIL(IDR_STATUS_CONFIG, "wells: '%s' is no number and no range of numbers such as 0-9",
               word);
    *listed = id >= low && id <= high;
  }
  return IDR_STATUS_OK;
}

idr_status idr_window_chooses(const idr_window_settings *settings, const idr_dataset_well *well,
                              bool *chosen) {
  IDR_TRY(is_listed(settings->wells, well->id, chosen));
  if (*chosen && settings->part > 0)
    *chosen = idr_window_part(well->id, settings->validation, settings->test) == settings->part - 1;
  return IDR_STATUS_OK;
}

/* ---- columns --------------------------------------------------------------------------------- */

static const char *nearest_column(const idr_dataset_well *well, const char *name) {
  const char *best = "";
  int least = 1000;
  for (int i = 0; i < well->column_count; i++) {
    int distance = idr_text_distance(name, well->column[i].name);
    if (distance >= least || !idr_text_is_near(name, distance)) continue;
    least = distance;
    best = well->column[i].name;
  }
  return best;
}

idr_status idr_window_fail_column(const idr_dataset_well *well, const char *name) {
  const char *near = nearest_column(well, name);
  IDR_FAIL(IDR_STATUS_CONFIG, "well %s has no column '%s'%s%s%s", well->name, name,
           near[0] ? "; did you mean '" : "", near, near[0] ? "'?" : "");
}

/* The first well of the data set that is chosen; all others must have its columns. */
static idr_status find_first(const idr_dataset *dataset, const idr_window_settings *settings,
                             int *first) {
  bool chosen = false;
  for (int w = 0; w < idr_dataset_well_count(dataset); w++) {
    IDR_TRY(idr_window_chooses(settings, idr_dataset_get_well(dataset, w), &chosen));
    *first = w;
    if (chosen) return IDR_STATUS_OK;
  }
  IDR_FAIL(IDR_STATUS_CONFIG,
           "none of the %d wells of %s is chosen by wells: %s and part: %s; name others, or make "
           "the shares larger",
           idr_dataset_well_count(dataset), idr_dataset_name(dataset), settings->wells,
           settings->part == 1   ? "train"
           : settings->part == 2 ? "validation"
           : settings->part == 3 ? "test"
                                 : "all");
}

idr_status idr_window_columns(const idr_dataset *dataset, const idr_window_settings *settings,
                              char (**out)[IDR_COLUMN_NAME_MAX], int *count) {
  int first = 0;
  char word[IDR_COLUMN_NAME_MAX];
  *out = NULL;
  *count = 0;
  IDR_TRY(find_first(dataset, settings, &first));
  const idr_dataset_well *well = idr_dataset_get_well(dataset, first);
  char(*name)[IDR_COLUMN_NAME_MAX] = calloc(IDR_COLUMNS_MAX, sizeof *name);
  if (!name) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the names of columns");
  if (strcmp(settings->columns, "all") == 0) {
    for (int i = 0; i < well->column_count; i++)
      if (well->column[i].kind == IDR_COLUMN_READING)
        snprintf(name[(*count)++], sizeof *name, "%s", well->column[i].name);
  } else {
    for (int i = 0;
         i < IDR_COLUMNS_MAX && idr_text_word(settings->columns, ',', i, word, sizeof word); i++)
      snprintf(name[(*count)++], sizeof *name, "%s", word);
  }
  *out = name;
  if (*count > 0) return IDR_STATUS_OK;
  free(name);
  *out = NULL;
  IDR_FAIL(IDR_STATUS_CONFIG, "columns: '%s' names no column; name some, or all",
           settings->columns);
}

static idr_status find_places(idr_windows *w, int well) {
  const idr_dataset_well *info = idr_dataset_get_well(w->dataset, well);
  for (int c = 0; c < w->column_count; c++) {
    int place = idr_dataset_find(w->dataset, well, w->column[c]);
    if (place < 0) return idr_window_fail_column(info, w->column[c]);
    w->place[well * w->column_count + c] = place;
  }
  return IDR_STATUS_OK;
}

/* ---- rows that count ------------------------------------------------------------------------- */

/* What decides about rows. A window needs rows of one class, not below 0. */
typedef struct {
  uint32_t activities; /* bits 1 << idr_activity; 0: any */
  int activity_column, life_column;
  uint64_t *failed; /* bits of the lives that failed; NULL: any life */
  int lives_max;
} filter;

static idr_status read_activities(const char *list, uint32_t *bits) {
  char word[64];
  *bits = 0;
  if (strcmp(list, "any") == 0) return IDR_STATUS_OK;
  for (int i = 0; idr_text_word(list, ',', i, word, sizeof word); i++) {
    int found = -1;
    for (int a = 0; a < IDR_ACTIVITY_COUNT; a++)
      if (strcmp(word, idr_activity_name(a)) == 0) found = a;
    if (found < 0) {
      char known[512] = "";
      for (int a = 0; a < IDR_ACTIVITY_COUNT; a++)
        idr_text_append(known, sizeof known, "%s%s", a ? ", " : "", idr_activity_name(a));
      IDR_FAIL(IDR_STATUS_CONFIG, "activity: there is no '%s'; there are %s", word, known);
    }
    *bits |= 1u << found;
  }
  return IDR_STATUS_OK;
}

static idr_status find_machine(const char *name, int *machine) {
  for (*machine = 0; *machine < IDR_MACHINE_COUNT; (*machine)++)
    if (strcmp(name, idr_machine_name(*machine)) == 0) return IDR_STATUS_OK;
  char known[256] = "";
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    idr_text_append(known, sizeof known, "%s%s", m ? ", " : "", idr_machine_name(m));
  IDR_FAIL(IDR_STATUS_CONFIG, "machine: there is no '%s'; there are %s", name, known);
}

/* Marks the lives of a machine that failed. */
static idr_status read_failed(idr_windows *w, int well, int machine, filter *f) {
  idr_life_record *life = NULL;
  int count = 0, most = 0;
  IDR_TRY(idr_dataset_read_lives(w->dataset, well, &life, &count));
  for (int i = 0; i < count; i++)
    if (life[i].machine == machine && life[i].life >= most) most = life[i].life + 1;
  f->lives_max = most;
  f->failed = calloc((size_t)most / 64 + 1, sizeof *f->failed);
  for (int i = 0; f->failed && i < count; i++)
    if (life[i].machine == machine && life[i].state == IDR_LIFE_FAILED && life[i].life >= 0)
      f->failed[life[i].life / 64] |= 1ull << (life[i].life % 64);
  free(life);
  if (!f->failed) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the lives of a machine");
  return IDR_STATUS_OK;
}

/* The filter of one well; free f->failed. */
static idr_status make_filter(idr_windows *w, int well, filter *f) {
  const idr_window_settings *s = &w->settings;
  *f = (filter){.activity_column = -1, .life_column = -1};
  IDR_TRY(read_activities(s->activity, &f->activities));
  if (f->activities) {
    f->activity_column = idr_dataset_find_kind(w->dataset, well, IDR_COLUMN_ACTIVITY, 0);
    if (f->activity_column < 0)
      return idr_window_fail_column(idr_dataset_get_well(w->dataset, well), "labels/activity");
  }
  if (!s->machine[0]) return IDR_STATUS_OK;
  int machine = 0;
  IDR_TRY(find_machine(s->machine, &machine));
  f->life_column = idr_dataset_find_kind(w->dataset, well, IDR_COLUMN_LIFE, machine);
  if (f->life_column < 0)
    return idr_window_fail_column(idr_dataset_get_well(w->dataset, well), "rul/<machine>_life");
  if (s->lives == 1) IDR_TRY(read_failed(w, well, machine, f));
  return IDR_STATUS_OK;
}

static int class_of(const filter *f, int32_t activity, int32_t life) {
  bool wanted = !f->activities || (activity >= 0 && activity < IDR_ACTIVITY_COUNT &&
                                   (f->activities >> activity & 1) != 0);
  if (!wanted) return -1;
  if (f->life_column < 0) return 0;
  if (!f->failed) return life;
  bool failed = life >= 0 && life < f->lives_max && (f->failed[life / 64] >> (life % 64) & 1) != 0;
  return failed ? life : -1;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Adds `count` windows from `row` on; they go on the run before where they follow it. */
static idr_status add_windows(idr_windows *w, int well, int64_t row, int64_t count) {
  idr_window_run *last = w->run_count > 0 ? &w->run[w->run_count - 1] : NULL;
  bool follows = last && last->well == well &&
                 last->row + (w->count - last->begin) * w->settings.stride == row;
  if (!follows) {
    if (w->run_count == w->run_capacity) {
      int64_t capacity = w->run_capacity ? 2 * w->run_capacity : 64;
      idr_window_run *run = realloc(w->run, (size_t)capacity * sizeof *run);
      if (!run) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a list of windows");
      w->run = run;
      w->run_capacity = capacity;
    }
    w->run[w->run_count++] = (idr_window_run){well, row, w->count};
  }
  w->count += count;
  return IDR_STATUS_OK;
}

/* A well on the way through its rows. */
typedef struct {
  int well, class;
  int64_t since; /* first row of the class */
  int64_t next;  /* row at which the next window begins */
} scan;

static idr_status scan_block(idr_windows *w, const filter *f, scan *s, int64_t begin, int64_t end,
                             int32_t *activity, int32_t *life) {
  if (f->activity_column >= 0)
    IDR_TRY(idr_dataset_read_int(w->dataset, s->well, f->activity_column, begin, end, activity));
  if (f->life_column >= 0)
    IDR_TRY(idr_dataset_read_int(w->dataset, s->well, f->life_column, begin, end, life));
  for (int64_t row = begin; row < end; row++) {
    int class = class_of(f, activity[row - begin], life[row - begin]);
    if (class != s->class) {
      s->class = class;
      s->since = row;
    }
    if (row + 1 < s->next + w->settings.length) continue;
    if (class >= 0 && s->since <= s->next) IDR_TRY(add_windows(w, s->well, s->next, 1));
    s->next += w->settings.stride;
  }
  return IDR_STATUS_OK;
}

static idr_status scan_well(idr_windows *w, int well, const filter *f, int64_t first,
                            int64_t last) {
  scan s = {.well = well, .class = -2, .next = first};
  idr_status status = IDR_STATUS_OK;
  int32_t *labels = calloc(2 * (size_t)BLOCK, sizeof *labels);
  if (!labels) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for labels");
  for (int64_t begin = first; begin < last && status == IDR_STATUS_OK; begin += BLOCK)
    status = scan_block(w, f, &s, begin, begin + BLOCK < last ? begin + BLOCK : last, labels,
                        labels + BLOCK);
  free(labels);
  return status;
}

static idr_status list_well(idr_windows *w, int well) {
  const idr_window_settings *s = &w->settings;
  int64_t rows = idr_dataset_get_well(w->dataset, well)->rows, first = s->first,
          last = s->last < 0 || s->last > rows ? rows : s->last;
  filter f;
  idr_status status = make_filter(w, well, &f);
  if (status == IDR_STATUS_OK && last - first >= s->length)
    status = f.activity_column < 0 && f.life_column < 0
                 ? add_windows(w, well, first, (last - first - s->length) / s->stride + 1)
                 : scan_well(w, well, &f, first, last);
  free(f.failed);
  return status;
}

static idr_status list_windows(idr_windows *w) {
  bool chosen = false;
  for (int i = 0; i < idr_dataset_well_count(w->dataset); i++) {
    IDR_TRY(idr_window_chooses(&w->settings, idr_dataset_get_well(w->dataset, i), &chosen));
    if (!chosen) continue;
    IDR_TRY(find_places(w, i));
    IDR_TRY(list_well(w, i));
  }
  if (w->count == 0)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "no window of %lld rows is left in %s by activity: %s, machine: '%s', first and last; "
             "ask for less",
             (long long)w->settings.length, idr_dataset_name(w->dataset), w->settings.activity,
             w->settings.machine);
  return IDR_STATUS_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The largest chunk of the chosen wells is the size of a slot. */
static idr_status make_cache(idr_windows *w) {
  int64_t rows = 1;
  for (int i = 0; i < idr_dataset_well_count(w->dataset); i++) {
    int64_t chunk = idr_dataset_get_well(w->dataset, i)->chunk;
    if (chunk > rows) rows = chunk;
  }
  int64_t bytes = w->settings.cache << 20, sets = bytes / (rows * 4) / IDR_WINDOW_WAYS;
  w->slot_rows = rows;
  w->slot_count = (sets > 0 ? sets : 1) * IDR_WINDOW_WAYS;
  w->slot = calloc((size_t)w->slot_count, sizeof *w->slot);
  w->value = malloc((size_t)(w->slot_count * rows) * sizeof *w->value);
  if (!w->slot || !w->value)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a cache of %lld MiB", (long long)w->settings.cache);
  w->shelf = rows / w->settings.stride;
  if (w->shelf < 1) w->shelf = 1;
  /* Half of the cache: sets fill unevenly. */
  w->shelves = w->slot_count / 2 / w->column_count;
  if (w->shelves < 1) w->shelves = 1;
  return IDR_STATUS_OK;
}

static idr_status prepare(idr_windows *w) {
  IDR_TRY(idr_window_columns(w->dataset, &w->settings, &w->column, &w->column_count));
  size_t places = (size_t)idr_dataset_well_count(w->dataset) * (size_t)w->column_count;
  w->place = calloc(places, sizeof *w->place);
  if (!w->place) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the columns of windows");
  IDR_TRY(list_windows(w));
  return make_cache(w);
}

idr_status idr_windows_open(idr_dataset *dataset, const idr_window_settings *settings,
                            idr_windows **out) {
  idr_windows *w = calloc(1, sizeof *w);
  *out = NULL;
  if (!w) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for windows");
  w->dataset = dataset;
  w->settings = *settings;
  idr_status status = prepare(w);
  if (status == IDR_STATUS_OK)
    *out = w;
  else
    idr_windows_close(w);
  return status;
}

void idr_windows_close(idr_windows *windows) {
  if (!windows) return;
  free(windows->column);
  free(windows->place);
  free(windows->run);
  free(windows->slot);
  free(windows->value);
  free(windows);
}

int64_t idr_windows_count(const idr_windows *windows) {
  return windows->count;
}

int64_t idr_windows_length(const idr_windows *windows) {
  return windows->settings.length;
}

int idr_windows_columns(const idr_windows *windows) {
  return windows->column_count;
}

const char *idr_windows_column_name(const idr_windows *windows, int column) {
  return windows->column[column];
}

idr_window idr_windows_get(const idr_windows *windows, int64_t index) {
  int64_t low = 0, high = windows->run_count;
  while (high - low > 1) {
    int64_t middle = (low + high) / 2;
    if (windows->run[middle].begin <= index)
      low = middle;
    else
      high = middle;
  }
  const idr_window_run *run = &windows->run[low];
  return (idr_window){run->well, run->row + (index - run->begin) * windows->settings.stride};
}
