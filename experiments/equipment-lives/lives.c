/* How long do the machines of a rig live, and does their condition tell?
 *
 * usage: lives [WELL_MONTHS] [FOLDER]
 * Rigs in mode degradation drill generated wells, a month each. Writes into FOLDER the hazard of
 * every kind over hours of operation (hazard-KIND.csv), prints the table of lives with a Weibull
 * distribution fitted to them (left truncated at the age that a machine came with, right censored
 * where it was replaced or the record ended), and how much of each gauge is load and how much is
 * damage.
 */
#include "drill/generator.h"
#include "drill/rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONTH     (30 * 86400)
#define LIVES_MAX 200000
#define BINS      12
#define SAMPLE    600 /* s between two samples of the gauges */
#define WIDTH     7   /* of the regression: six of load, one of damage */
#define KINDS     5

static const char *const kind_name[KINDS] = {"pump", "top-drive", "drawworks", "bit", "motor"};

static int kind_of(int machine) {
  return machine <= IDR_MACHINE_PUMP_3 ? 0 : machine - IDR_MACHINE_PUMP_3;
}

typedef struct {
  double hours, age;
  int state;
} life;

typedef struct {
  life *of[KINDS];
  int count[KINDS];
  int bits;
  char grade[8][IDR_DULL_TEXT];
} books;

static void keep_life(void *context, int lane, const idr_life_record *record) {
  books *b = context;
  int kind = kind_of(record->machine);
  (void)lane;
  if (record->hours <= record->age || b->count[kind] == LIVES_MAX) return; /* never ran */
  b->of[kind][b->count[kind]++] = (life){record->hours, record->age, record->state};
}

static void keep_bit(void *context, int lane, const idr_bit_record *record) {
  books *b = context;
  (void)lane;
  idr_dull_print(&record->grade, b->grade[b->bits++ % 8]);
}

/* ---- Weibull ---- */
static double power(double t, double k) {
  return t > 0.0 ? pow(t, k) : 0.0;
}

/* Log-likelihood at shape `k`, with the scale that is best for it. */
static double likelihood(const life *l, int n, double k, double *scale) {
  double risk = 0.0, logs = 0.0;
  int failed = 0;
  for (int i = 0; i < n; i++) {
    risk += power(l[i].hours, k) - power(l[i].age, k);
    if (l[i].state != IDR_LIFE_FAILED) continue;
    failed++;
    logs += log(l[i].hours);
  }
  *scale = pow(risk / failed, 1.0 / k);
  return failed * (log(k) - log(risk / failed)) + (k - 1.0) * logs - failed;
}

/* Golden section over the shape. */
static double fit(const life *l, int n, double *scale) {
  const double golden = 0.5 * (sqrt(5.0) - 1.0);
  double low = 0.2, high = 12.0;
  while (high - low > 1e-4) {
    double a = high - golden * (high - low), b = low + golden * (high - low);
    if (likelihood(l, n, a, scale) < likelihood(l, n, b, scale))
      low = a;
    else
      high = b;
  }
  likelihood(l, n, 0.5 * (low + high), scale);
  return 0.5 * (low + high);
}

/* ---- tables ---- */
static void print_kind(const books *b, int kind) {
  const life *l = b->of[kind];
  int n = b->count[kind], count[3] = {0};
  double sum = 0.0, scale, shape;
  for (int i = 0; i < n; i++) {
    count[l[i].state]++;
    if (l[i].state == IDR_LIFE_FAILED) sum += l[i].hours;
  }
  if (count[IDR_LIFE_FAILED] < 2) {
    printf("| %s | %d | %d | too few to fit |\n", kind_name[kind], n, count[IDR_LIFE_FAILED]);
    return;
  }
  shape = fit(l, n, &scale);
  printf("| %s | %d | %d | %d | %d | %.0f | %.2f | %.0f |\n", kind_name[kind], n,
         count[IDR_LIFE_FAILED], count[IDR_LIFE_REPLACED], count[IDR_LIFE_CENSORED],
         sum / count[IDR_LIFE_FAILED], shape, scale);
}

static double longest(const life *l, int n) {
  double most = 0.0;
  for (int i = 0; i < n; i++)
    most = l[i].state == IDR_LIFE_FAILED ? fmax(most, l[i].hours) : most;
  return most;
}

/* Failures over hours at risk, by bins of age, beside the fitted hazard. */
static int write_hazard(const books *b, int kind, const char *folder) {
  const life *l = b->of[kind];
  int n = b->count[kind];
  double width = longest(l, n) / BINS, scale, shape = fit(l, n, &scale);
  char name[512];
  snprintf(name, sizeof name, "%s/hazard-%s.csv", folder, kind_name[kind]);
  FILE *file = fopen(name, "w");
  if (!file) return 1;
  fprintf(file, "hours,failures,at_risk_hours,hazard,error,weibull\n");
  for (int bin = 0; bin < BINS; bin++) {
    double from = bin * width, to = from + width, risk = 0.0, middle = from + 0.5 * width;
    int failures = 0;
    for (int i = 0; i < n; i++) {
      risk += fmax(fmin(l[i].hours, to) - fmax(l[i].age, from), 0.0);
      failures += l[i].state == IDR_LIFE_FAILED && l[i].hours > from && l[i].hours <= to;
    }
    double weibull = shape / scale * pow(middle / scale, shape - 1.0);
    if (failures)
      fprintf(file, "%.6g,%d,%.6g,%.6g,%.6g,%.6g\n", middle, failures, risk, failures / risk,
              sqrt(failures) / risk, weibull);
  }
  return fclose(file);
}

/* ---- gauges ---- */
/* A gauge, the loads of its machine, and the machines whose worst it shows. */
typedef struct {
  const char *name;
  int gauge, load, speed, first, last;
} gauge;

static const gauge gauges[] = {
    {"pump vibration", IDR_CHANNEL_PUMP_VIBRATION, IDR_CHANNEL_SPP, IDR_CHANNEL_FLOW_IN,
     IDR_MACHINE_PUMP_1, IDR_MACHINE_PUMP_3},
    {"pump temperature", IDR_CHANNEL_PUMP_TEMPERATURE, IDR_CHANNEL_SPP, IDR_CHANNEL_FLOW_IN,
     IDR_MACHINE_PUMP_1, IDR_MACHINE_PUMP_3},
    {"top drive vibration", IDR_CHANNEL_TOP_DRIVE_VIBRATION, IDR_CHANNEL_TORQUE, IDR_CHANNEL_OMEGA,
     IDR_MACHINE_TOP_DRIVE, IDR_MACHINE_TOP_DRIVE},
    {"top drive temperature", IDR_CHANNEL_TOP_DRIVE_TEMPERATURE, IDR_CHANNEL_TORQUE,
     IDR_CHANNEL_OMEGA, IDR_MACHINE_TOP_DRIVE, IDR_MACHINE_TOP_DRIVE},
    {"drawworks vibration", IDR_CHANNEL_DRAWWORKS_VIBRATION, IDR_CHANNEL_HOOKLOAD,
     IDR_CHANNEL_BLOCK_SPEED, IDR_MACHINE_DRAWWORKS, IDR_MACHINE_DRAWWORKS},
    {"drawworks temperature", IDR_CHANNEL_DRAWWORKS_TEMPERATURE, IDR_CHANNEL_HOOKLOAD,
     IDR_CHANNEL_BLOCK_SPEED, IDR_MACHINE_DRAWWORKS, IDR_MACHINE_DRAWWORKS},
};
enum { GAUGES = sizeof gauges / sizeof gauges[0] };

/* Sums of products of (load, load2, ..., damage, reading), reading last. */
typedef struct {
  double n, product[WIDTH + 1][WIDTH + 1];
} moments;

static void add(moments *m, const double row[WIDTH + 1]) {
  m->n++;
  for (int i = 0; i <= WIDTH; i++)
    for (int k = 0; k <= WIDTH; k++)
      m->product[i][k] += row[i] * row[k];
}

/* Residual sum of squares of column `y` on the columns `use` names (Gauss-Jordan sweeps). */
static double residual(const moments *m, const int use[WIDTH + 1], int y) {
  double a[WIDTH + 1][WIDTH + 1];
  memcpy(a, m->product, sizeof a);
  for (int k = 0; k <= WIDTH; k++) {
    double pivot = a[k][k];
    if (!use[k] || k == y || fabs(pivot) < 1e-9 * m->product[k][k]) continue;
    for (int i = 0; i <= WIDTH; i++)
      for (int j = 0; j <= WIDTH; j++)
        if (i != k && j != k) a[i][j] -= a[i][k] * a[k][j] / pivot;
    for (int i = 0; i <= WIDTH; i++)
      a[i][k] = a[k][i] = 0.0;
  }
  return a[y][y];
}

static void sample(const idr_rig *rig, int i, moments m[GAUGES]) {
  const idr_drill_group *g = rig->hole;
  const idr_equipment *e = &rig->equipment;
  for (int k = 0; k < GAUGES; k++) {
    const gauge *q = &gauges[k];
    const idr_channel *load = &idr_channels[q->load], *speed = &idr_channels[q->speed];
    double x = (double)g->value[q->load][i] / load->high, damage = 0.0;
    double v = fabs((double)g->value[q->speed][i]) / speed->high;
    int out = 0;
    for (int machine = q->first; machine <= q->last; machine++) {
      damage = fmax(damage, (double)e->damage[machine][i]);
      out |= e->down[machine][i];
    }
    if (v < 0.02 || out) continue;
    double y = (double)g->value[q->gauge][i];
    add(&m[k], (const double[]){1.0, x, v, x * v, v * v, x * x, damage, y});
  }
}

/* Part of the spread of a gauge that load explains, that load and damage explain, its correlation
 * with damage as it is, and at equal load. */
static void print_gauge(const moments *m, const char *name) {
  const int mean[] = {1, 0, 0, 0, 0, 0, 0, 0}, load[] = {1, 1, 1, 1, 1, 1, 0, 0};
  const int both[] = {1, 1, 1, 1, 1, 1, 1, 0}, alone[] = {1, 0, 0, 0, 0, 0, 1, 0};
  double total = residual(m, mean, WIDTH), rest = residual(m, load, WIDTH);
  double least = residual(m, both, WIDTH), plain = residual(m, alone, WIDTH);
  printf("| %s | %.0f | %.2f | %.2f | %.2f | %.2f |\n", name, m->n, sqrt(1.0 - plain / total),
         1.0 - rest / total, 1.0 - least / total, sqrt(1.0 - least / rest));
}

/* ---- the rigs ---- */
static idr_status place_all(idr_rig *rig, idr_well *well[IDR_LANES], uint32_t first) {
  idr_generator_settings settings;
  idr_generator_defaults(&settings);
  for (int i = 0; i < IDR_LANES; i++) {
    IDR_TRY(idr_well_generate(&settings, 5, first + (uint32_t)i, &well[i]));
    well[i]->string.motor = 60.0; /* 0.23 per gal: a slow motor */
    well[i]->string.motor_stall_torque = 15e3;
    well[i]->string.motor_slip = 0.15;
    IDR_TRY(idr_rig_place(rig, i, well[i], first + (uint32_t)i, 0.0));
  }
  return IDR_STATUS_OK;
}

static idr_status month(uint32_t first, books *b, moments m[GAUGES]) {
  idr_rig_settings settings = {.seed = 5,
                               .mode = IDR_RIG_DEGRADATION,
                               .event_rate = 0.2,
                               .wear_rate = 1.0,
                               .sensor_noise = 1.0};
  idr_well *well[IDR_LANES] = {NULL};
  idr_rig *rig;
  IDR_TRY(idr_rig_create(&settings, IDR_LANES, &rig));
  rig->sink = (idr_rig_sink){.context = b, .life = keep_life, .bit = keep_bit};
  idr_status status = place_all(rig, well, first);
  for (int t = 0; status == IDR_STATUS_OK && t < MONTH; t++) {
    idr_rig_second(rig);
    for (int i = 0; t % SAMPLE == 0 && i < IDR_LANES; i++)
      sample(rig, i, m);
  }
  for (int i = 0; i < IDR_LANES && status == IDR_STATUS_OK; i++)
    idr_rig_finish(rig, i);
  for (int i = 0; i < IDR_LANES; i++)
    idr_well_free(well[i]);
  idr_rig_free(rig);
  return status;
}

static int print_all(const books *b, const moments m[GAUGES], const char *folder) {
  int bad = 0;
  printf("\n| kind | lives | failed | replaced | open | mean h of failed | Weibull shape | scale h "
         "|\n|---|---|---|---|---|---|---|---|\n");
  for (int k = 0; k < KINDS; k++)
    print_kind(b, k);
  printf(
      "\n| gauge | samples | correlation with damage | R2 of load | R2 with damage | correlation "
      "at equal load |\n|---|---|---|---|---|---|\n");
  for (int k = 0; k < GAUGES; k++)
    print_gauge(&m[k], gauges[k].name);
  printf("\n%d bits came out, the last graded\n", b->bits);
  for (int k = 0; k < 8 && k < b->bits; k++)
    printf("%s\n", b->grade[k]);
  for (int k = 0; k < KINDS; k++)
    bad |= b->count[k] > 1 && longest(b->of[k], b->count[k]) > 0.0 && write_hazard(b, k, folder);
  return bad;
}

int main(int argc, char **argv) {
  int months = argc > 1 ? atoi(argv[1]) : 256;
  static books b;
  static moments m[GAUGES];
  for (int k = 0; k < KINDS; k++)
    if (!(b.of[k] = malloc(LIVES_MAX * sizeof(life)))) return 1;
  for (int first = 0; first < months; first += IDR_LANES)
    if (month((uint32_t)first, &b, m) != IDR_STATUS_OK) {
      fprintf(stderr, "%s\n", idr_error_get()->message);
      return 1;
    }
  int bad = print_all(&b, m, argc > 2 ? argv[2] : ".");
  for (int k = 0; k < KINDS; k++)
    free(b.of[k]);
  return bad;
}
