/* Foretells the rate of penetration of a real well, each block of 500 ft from the others.
 *
 * usage: forge_rop DEPTH_LOG.csv BLOCKS.csv
 * Columns of the log by name: depth_ft, weight_on_bit_klb, rpm, rop_ft_hr, quartz_pct. Rows without
 * one of them, and rates of 0 or above 1,000 ft/h (spikes), are left out; blocks with fewer than 50
 * rows too. Four ways to foretell a block:
 *   constant  the mean rate of all other blocks
 *   previous  the mean rate of the block above (the driller's guess)
 *   BY        Bourgoyne and Young: depth, weight and speed; what the log lacks is left out
 *   phase     the engine's drag-bit law, ln strength a line over quartz, both fitted
 * The table and BLOCKS.csv (mean rates per block) tell how far each was off.
 */
#include "drill/bitrock.h"
#include "drill/bourgoyne_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FT          0.3048
#define KLBF        4448.2216
#define RPM         0.10471976
#define FT_H        8.4666667e-5
#define BIT         0.22225 /* m, 8.75 in: other sizes change the fitted strength, not the forecast */
#define ROWS_MAX    20000
#define BLOCK_FEET  500.0
#define BLOCKS_MAX  64
#define BLOCK_LEAST 50
#define COLUMNS     64
#define WAYS        4

static const char *const ways[WAYS] = {"constant", "previous", "BY", "phase"};

typedef struct {
  int block;
  double depth, wob, rpm, rop, quartz; /* ft, klbf, 1/min, ft/h, % */
  float x[IDR_BOURGOYNE_TERMS];
  double law; /* ln of the drag-bit law's rate at a strength of 1 MPa, ft/h */
} sample;

/* ---- reading --------------------------------------------------------------------------------- */

static int split(char *line, char *field[COLUMNS]) {
  int n = 0;
  field[n++] = line;
  for (char *c = line; *c && n < COLUMNS; c++)
    if (*c == ',') {
      *c = '\0';
      field[n++] = c + 1;
    }
  field[n - 1][strcspn(field[n - 1], "\r\n")] = '\0';
  return n;
}

static const char *cell(char *field[], int n, char *names[], int name_count, const char *name) {
  for (int i = 0; i < n && i < name_count; i++)
    if (!strcmp(names[i], name)) return field[i];
  return "";
}

/* What both models see of a row. */
static void prepare(sample *s) {
  idr_bourgoyne_state b = {.depth = (float)(s->depth * FT),
                           .pore_density = 1078.4378f, /* 9 lb/gal, and at balance: left out */
                           .circulating_density = 1078.4378f,
                           .weight_per_diameter = (float)(s->wob * KLBF / BIT),
                           .omega = (float)(s->rpm * RPM),
                           .jet_reynolds = 1.0f};
  idr_bourgoyne_terms(&b, s->x);
  s->x[2] = s->x[3] = 0.0f;
  idr_bit_law law = idr_bit_prepare((float)(0.5 * BIT), 1e6f, 1e-9f, 1e3f);
  double cut = (double)idr_bit_cut(&law, (float)(s->wob * KLBF));
  s->law = log(cut * s->rpm / 60.0 / FT_H);
}

static int read_log(const char *path, sample *out) {
  static char head[4096];
  char line[4096], *names[COLUMNS], *field[COLUMNS];
  int name_count = 0, count = 0;
  FILE *in = fopen(path, "r");
  if (!in) return -1;
  while (count < ROWS_MAX && fgets(line, sizeof line, in)) {
    if (!name_count) {
      strcpy(head, line);
      name_count = split(head, names);
      continue;
    }
    int n = split(line, field);
    const char *quartz = cell(field, n, names, name_count, "quartz_pct");
    sample s = {.depth = atof(cell(field, n, names, name_count, "depth_ft")),
                .wob = atof(cell(field, n, names, name_count, "weight_on_bit_klb")),
                .rpm = atof(cell(field, n, names, name_count, "rpm")),
                .rop = atof(cell(field, n, names, name_count, "rop_ft_hr")),
                .quartz = atof(quartz)};
    if (!quartz[0] || !(s.wob > 0) || !(s.rpm > 0) || !(s.rop > 0) || s.rop > 1000) continue;
    s.block = (int)(s.depth / BLOCK_FEET);
    if (s.block < 0 || s.block >= BLOCKS_MAX) continue;
    prepare(&s);
    out[count++] = s;
  }
  fclose(in);
  return count;
}

/* ---- foretelling ----------------------------------------------------------------------------- */

typedef struct {
  double constant, previous; /* ft/h */
  double by[IDR_BOURGOYNE_TERMS];
  double strength[2]; /* ln MPa at no quartz, and per % */
} forecast;

/* Mean rate of one block, or of all but one; 0 when there are no rows. */
static double mean_rate(int count, const sample *s, int block, int others) {
  double sum = 0.0;
  int n = 0;
  for (int i = 0; i < count; i++)
    if ((s[i].block == block) != others) {
      sum += s[i].rop;
      n++;
    }
  return n ? sum / n : 0.0;
}

/* Line of ln strength over quartz by least squares. */
static void fit_strength(int count, const sample *s, int left_out, double line[2]) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (int i = 0; i < count; i++) {
    if (s[i].block == left_out) continue;
    double strength = s[i].law - log(s[i].rop);
    n += 1;
    x += s[i].quartz;
    y += strength;
    xx += s[i].quartz * s[i].quartz;
    xy += s[i].quartz * strength;
  }
  line[1] = (n * xy - x * y) / (n * xx - x * x);
  line[0] = (y - line[1] * x) / n;
}

static int fit(int count, const sample *s, int block, int before, forecast *f) {
  static float x[ROWS_MAX * IDR_BOURGOYNE_TERMS], rop[ROWS_MAX];
  int n = 0;
  for (int i = 0; i < count; i++) {
    if (s[i].block == block) continue;
    memcpy(x + n * IDR_BOURGOYNE_TERMS, s[i].x, sizeof s[i].x);
    rop[n++] = (float)(s[i].rop * FT_H);
  }
  f->constant = mean_rate(count, s, block, 1);
  f->previous = before >= 0 ? mean_rate(count, s, before, 0) : f->constant;
  fit_strength(count, s, block, f->strength);
  return idr_bourgoyne_fit(n, x, rop, f->by) == IDR_STATUS_OK;
}

static double foretell(const forecast *f, const sample *s, int way) {
  double sum = 0.0;
  if (way == 0) return f->constant;
  if (way == 1) return f->previous;
  if (way == 3) return exp(s->law - f->strength[0] - f->strength[1] * s->quartz);
  for (int k = 0; k < IDR_BOURGOYNE_TERMS; k++)
    sum += f->by[k] * (double)s->x[k];
  return exp(sum);
}

/* ---- the table ------------------------------------------------------------------------------- */

typedef struct {
  double row, block, square; /* sums of |error| per row, per block's mean, of squares per row */
} error;

static void print_errors(const error e[WAYS], int rows, int blocks, double spread) {
  printf("%d rows in %d blocks; standard deviation of the rate %.1f ft/h\n", rows, blocks,
         sqrt(spread / rows));
  printf("%-10s %12s %14s %8s\n", "way", "MAE of rows", "MAE of blocks", "R2");
  for (int k = 0; k < WAYS; k++)
    printf("%-10s %12.1f %14.1f %8.3f\n", ways[k], e[k].row / rows, e[k].block / blocks,
           1.0 - e[k].square / spread);
}

static int judge(const char *part, int count, const sample *s, FILE *out) {
  int size[BLOCKS_MAX] = {0}, before = -1, rows = 0, blocks = 0;
  error e[WAYS] = {{0, 0, 0}};
  double spread = 0.0, all = mean_rate(count, s, -1, 1);
  for (int i = 0; i < count; i++)
    size[s[i].block]++;
  printf("%s: ", part);
  for (int b = 0; b < BLOCKS_MAX; b++) {
    if (size[b] < BLOCK_LEAST) continue;
    forecast f;
    double mean[WAYS] = {0}, measured = mean_rate(count, s, b, 0);
    if (!fit(count, s, b, before, &f)) return 0;
    for (int i = 0; i < count; i++) {
      if (s[i].block != b) continue;
      spread += (s[i].rop - all) * (s[i].rop - all);
      for (int k = 0; k < WAYS; k++) {
        double told = foretell(&f, &s[i], k);
        mean[k] += told / size[b];
        e[k].row += fabs(told - s[i].rop);
        e[k].square += (told - s[i].rop) * (told - s[i].rop);
      }
    }
    for (int k = 0; k < WAYS; k++)
      e[k].block += fabs(mean[k] - measured);
    fprintf(out, "%s,%.0f,%d,%.1f,%.1f,%.1f,%.1f,%.1f\n", part, b * BLOCK_FEET, size[b], measured,
            mean[0], mean[1], mean[2], mean[3]);
    rows += size[b];
    blocks++;
    before = b;
  }
  print_errors(e, rows, blocks, spread);
  return 1;
}

int main(int argc, char **argv) {
  static sample samples[ROWS_MAX], granite[ROWS_MAX];
  if (argc != 3) {
    fprintf(stderr, "usage: forge_rop DEPTH_LOG.csv BLOCKS.csv\n");
    return 1;
  }
  int count = read_log(argv[1], samples), deep = 0;
  FILE *out = fopen(argv[2], "w");
  if (count <= 0 || !out) {
    fprintf(stderr, "cannot read '%s' or write '%s'\n", argv[1], argv[2]);
    return 1;
  }
  for (int i = 0; i < count; i++)
    if (samples[i].depth >= 5000) granite[deep++] = samples[i];
  fprintf(out, "part,top_ft,rows,measured,%s,%s,%s,%s\n", ways[0], ways[1], ways[2], ways[3]);
  int done = judge("whole well", count, samples, out) && judge("granite", deep, granite, out);
  fclose(out);
  if (!done) fprintf(stderr, "%s\n", idr_error_get()->message);
  return !done;
}
