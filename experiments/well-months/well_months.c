/* What rigs at work do in a month: metres, hours by activity, connections, trips, events.
 *
 * usage: well_months [WELLS [DAYS [SEED]]]
 *        well_months speed
 * Each rig begins somewhere in the programme of a generated well and goes on to new ones. Lanes are
 * worked in groups of IDR_LANES on all cores. With `speed`: rig-seconds a second on one core, with
 * all lanes and with one well.
 */
#include "base/clock.h"
#include "drill/generator.h"
#include "drill/rig.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WELLS_MAX 64 /* wells that one rig can finish in a record */

typedef struct {
  double seconds[IDR_ACTIVITY_COUNT];
  double metres, connections, trips, wells;
  double events[IDR_EVENT_COUNT], concurrent, busy; /* busy: seconds with an event */
  double productive_drilling;                       /* s on bottom */
} month;

/* A group's wells, made as they are asked for. */
typedef struct {
  uint64_t seed;
  uint32_t first;
  idr_well *well[IDR_LANES][WELLS_MAX];
  month *sum;
} fleet;

static void stop_at(idr_status status) {
  if (status == IDR_STATUS_OK) return;
  fprintf(stderr, "%s\n", idr_error_get()->message);
  exit(1);
}

static const idr_well *fleet_well(void *context, uint32_t id, int number) {
  fleet *f = context;
  idr_generator_settings settings;
  int lane = (int)(id - f->first);
  if (number >= WELLS_MAX) return NULL;
  if (!f->well[lane][number]) {
    idr_generator_defaults(&settings);
    uint32_t index = id + 100000u * (uint32_t)number;
    stop_at(idr_well_generate(&settings, f->seed, index, &f->well[lane][number]));
  }
  return f->well[lane][number];
}

static void fleet_event(void *context, int lane, const idr_event_record *record) {
  fleet *f = context;
  f->sum[lane].events[record->kind] += 1.0;
}

static idr_rig *fleet_rig(fleet *f, uint64_t seed, uint32_t first, int wells) {
  idr_section section = {.name = "rig", .rows = idr_rig_rows, .row_count = idr_rig_row_count};
  idr_rig_settings settings;
  idr_rig *rig;
  section.values = &settings;
  stop_at(idr_settings_load(&section, 1, NULL, NULL, 0));
  settings.seed = (int64_t)seed;
  stop_at(idr_rig_create(&settings, wells, &rig));
  *f = (fleet){.seed = seed, .first = first};
  rig->sink = (idr_rig_sink){.context = f, .event = fleet_event};
  rig->next = (idr_rig_next){f, fleet_well};
  for (int i = 0; i < rig->hole->lanes; i++)
    stop_at(idr_rig_place(rig, i, fleet_well(f, first + (uint32_t)i, 0), first + (uint32_t)i, 0.0));
  return rig;
}

static void fleet_free(fleet *f, idr_rig *rig) {
  for (int i = 0; i < IDR_LANES; i++)
    for (int k = 0; k < WELLS_MAX; k++)
      idr_well_free(f->well[i][k]);
  idr_rig_free(rig);
}

/* Counters of the hole begin again with every well: what they grew by. */
typedef struct {
  double depth[IDR_LANES];
  int32_t connections[IDR_LANES], trips[IDR_LANES], number[IDR_LANES];
} before;

static void count_second(const idr_rig *rig, int wells, before *b, month *sum) {
  const idr_drill_group *g = rig->hole;
  for (int i = 0; i < wells; i++) {
    bool fresh = rig->crew.well_number[i] != b->number[i];
    int active = __builtin_popcount((unsigned)rig->events.active[i]);
    sum[i].seconds[rig->crew.activity[i]] += 1.0;
    sum[i].productive_drilling += g->wob[i] > 0.0f ? 1.0 : 0.0;
    sum[i].concurrent += active;
    sum[i].busy += active > 0;
    if (!fresh) {
      sum[i].metres += g->depth[i] - b->depth[i];
      sum[i].connections += g->connections[i] - b->connections[i];
      sum[i].trips += g->trips[i] - b->trips[i];
    }
    sum[i].wells += fresh;
    b->depth[i] = g->depth[i];
    b->connections[i] = g->connections[i];
    b->trips[i] = g->trips[i];
    b->number[i] = rig->crew.well_number[i];
  }
}

static void run_group(uint64_t seed, uint32_t first, int wells, int64_t seconds, month *sum) {
  fleet *f = calloc(1, sizeof *f);
  before *b = calloc(1, sizeof *b);
  if (!f || !b) exit(1);
  idr_rig *rig = fleet_rig(f, seed, first, wells);
  f->sum = sum;
  for (int i = 0; i < wells; i++)
    b->depth[i] = rig->hole->depth[i];
  for (int64_t t = 0; t < seconds; t++) {
    idr_rig_second(rig);
    count_second(rig, wells, b, sum);
  }
  for (int i = 0; i < wells; i++)
    idr_rig_finish(rig, i);
  const char *field;
  int lane = idr_drill_scan(rig->hole, 0, wells, &field);
  if (lane >= 0) fprintf(stderr, "well %u: %s is not finite\n", first + (unsigned)lane, field);
  fleet_free(f, rig);
  free(b);
}

/* ---- tables ---- */
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* A row: mean over the months and the range that holds nine of ten. `known` is a published range or
 * empty. */
static void row(const char *name, const double *value, int n, const char *known) {
  double *sorted = malloc((size_t)n * sizeof *sorted), mean = 0.0;
  if (!sorted) exit(1);
  memcpy(sorted, value, (size_t)n * sizeof *sorted);
  qsort(sorted, (size_t)n, sizeof *sorted, ascending);
  for (int i = 0; i < n; i++)
    mean += value[i] / n;
  printf("| %s | %.4g | %.4g to %.4g | %s |\n", name, mean, sorted[(int)(0.05 * n)],
         sorted[(int)(0.95 * (n - 1))], known);
  free(sorted);
}

static double sum_of(const double *value, int n) {
  double sum = 0.0;
  for (int i = 0; i < n; i++)
    sum += value[i];
  return sum;
}

static void table_activities(const month *m, int n, double *x) {
  const char *name[] = {
#define ACTIVITY_NAME(id, code, name, doc) name,
      IDR_ACTIVITY_LIST(ACTIVITY_NAME)
#undef ACTIVITY_NAME
  };
  char label[64];
  for (int a = 0; a < IDR_ACTIVITY_COUNT; a++) {
    for (int i = 0; i < n; i++)
      x[i] = m[i].seconds[a] / 3600.0;
    snprintf(label, sizeof label, "hours %s", name[a]);
    row(label, x, n, "");
  }
}

static double at_work(const month *m) {
  return sum_of(m->seconds, IDR_ACTIVITY_COUNT) - m->seconds[IDR_ACTIVITY_DONE];
}

static double lost(const month *m) {
  return m->seconds[IDR_ACTIVITY_REPAIR] + m->seconds[IDR_ACTIVITY_WELL_CONTROL] +
         m->seconds[IDR_ACTIVITY_FISHING] + m->seconds[IDR_ACTIVITY_LOSSES];
}

/* FORGE: Utah FORGE 16A(78)-32, 31 Oct to 19 Dec 2020, daily reports and bit table: 3339 m in 50
 * days, 331 h of drilling; 20 bits that drilled more than 15 ft, median 127 m. */
static void table_summary(const month *m, int n, double *x) {
  for (int i = 0; i < n; i++)
    x[i] = m[i].metres;
  row("metres", x, n, "");
  for (int i = 0; i < n; i++)
    x[i] = 86400.0 * m[i].metres / fmax(at_work(&m[i]), 1.0);
  row("metres a day, rig moves left out", x, n, "67 (FORGE 16A, granite)");
  for (int i = 0; i < n; i++)
    x[i] = 100.0 * m[i].productive_drilling / fmax(at_work(&m[i]), 1.0);
  row("% of the time on bottom", x, n, "28 (FORGE 16A)");
  for (int i = 0; i < n; i++)
    x[i] = 3600.0 * m[i].metres / fmax(m[i].productive_drilling, 1.0);
  row("m/h on bottom", x, n, "10 (FORGE 16A, granite)");
  for (int i = 0; i < n; i++)
    x[i] = 100.0 * lost(&m[i]) / fmax(at_work(&m[i]), 1.0);
  row("% non-productive", x, n, "");
  for (int i = 0; i < n; i++)
    x[i] = m[i].connections;
  row("connections", x, n, "");
  for (int i = 0; i < n; i++)
    x[i] = m[i].trips;
  row("trips", x, n, "");
  for (int i = 0; i < n; i++)
    x[i] = m[i].metres / fmax(m[i].trips, 1.0);
  row("metres a trip", x, n, "127, 5 to 886 (FORGE 16A)");
  for (int i = 0; i < n; i++)
    x[i] = m[i].wells;
  row("wells finished", x, n, "");
  for (int i = 0; i < n; i++)
    x[i] = m[i].concurrent / fmax(m[i].busy, 1.0);
  row("events at once while there is one", x, n, "");
}

static void table_events(const month *m, int n, double *x) {
  const char *name[] = {
#define EVENT_NAME(id, name, doc) name,
      IDR_EVENT_LIST(EVENT_NAME)
#undef EVENT_NAME
  };
  char label[64];
  for (int e = 0; e < IDR_EVENT_COUNT; e++) {
    for (int i = 0; i < n; i++)
      x[i] = 1000.0 * m[i].events[e] / fmax(m[i].metres, 1.0);
    snprintf(label, sizeof label, "%s per 1,000 m", name[e]);
    row(label, x, n, "");
  }
}

static int months(int wells, int days, uint64_t seed) {
  month *m = calloc((size_t)wells, sizeof *m);
  double *x = calloc((size_t)wells, sizeof *x), start = idr_clock_seconds();
  if (!m || !x) return 1;
#pragma omp parallel for schedule(dynamic, 1)
  for (int first = 0; first < wells; first += 8) {
    int count = wells - first < 8 ? wells - first : 8;
    run_group(seed, (uint32_t)first, count, (int64_t)days * 86400, m + first);
  }
  double spent = idr_clock_seconds() - start;
  printf("%d rigs, %d days each, seed %llu; %d threads, %.0f s\n\n", wells, days,
         (unsigned long long)seed, omp_get_max_threads(), spent);
  printf("| in a rig's record | mean | 5 to 95 %% | published |\n|---|---|---|---|\n");
  table_summary(m, wells, x);
  table_activities(m, wells, x);
  table_events(m, wells, x);
  free(m);
  free(x);
  return 0;
}

/* Of the processor, so that neighbours on the machine do not count. */
static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void speed_of(int wells, int64_t seconds) {
  fleet *f = calloc(1, sizeof *f);
  month m[IDR_LANES] = {{{0}}};
  if (!f) exit(1);
  idr_rig *rig = fleet_rig(f, 1, 0, wells);
  f->sum = m;
  double start = processor_seconds();
  for (int64_t t = 0; t < seconds; t++)
    idr_rig_second(rig);
  double spent = processor_seconds() - start;
  printf("%2d wells: %.2f M rig-seconds/s, %.0f k seconds/s of each; 180 days in %.0f s\n", wells,
         1e-6 * (double)wells * (double)seconds / spent, 1e-3 * (double)seconds / spent,
         15552000.0 * spent / (double)seconds);
  fleet_free(f, rig);
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "speed")) {
    speed_of(IDR_LANES, 200000);
    speed_of(8, 400000);
    speed_of(1, 400000);
    return 0;
  }
  int wells = argc > 1 ? atoi(argv[1]) : 100, days = argc > 2 ? atoi(argv[2]) : 30;
  if (wells < 1 || days < 1) {
    fprintf(stderr, "usage: well_months [WELLS [DAYS [SEED]]] or well_months speed\n");
    return 1;
  }
  return months(wells, days, argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
}
