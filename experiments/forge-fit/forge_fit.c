/* Fits rock strength to bit runs: for every run of the CSV with weight, speed and rate, the
 * strength at which the engine itself drills the printed footage in the printed hours.
 *
 * usage: forge_fit WELL.yaml BIT_RUNS.csv
 * Columns of the CSV by name: bit_no, size_in, depth_in_ft, depth_out_ft, hours, wob (klbf; values
 * above 1000 are lbf), rpm, rop_ft_hr. 64 strengths are drilled at once, one per lane, each from a
 * sharp bit that is never changed; where metres over strength crosses the footage is the answer.
 * Core bits, roller cones and runs without rate are left out; a run without weight takes the one
 * before.
 */
#include "drill/step.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FT       0.3048
#define KLBF     4448.2216
#define COLUMNS  32
#define UCS_LOW  10e6
#define UCS_HIGH 450e6

typedef struct {
  char bit[32];
  double size, top, bottom, hours, wob, rpm, rop; /* in, ft, ft, h, klbf, 1/min, ft/h */
} run;

/* Splits a CSV line in place; quotes protect commas. */
static int split(char *line, char *field[COLUMNS]) {
  int n = 0, quoted = 0;
  field[n++] = line;
  for (char *c = line; *c && n < COLUMNS; c++) {
    if (*c == '"') quoted = !quoted;
    if (*c == ',' && !quoted) {
      *c = '\0';
      field[n++] = c + 1;
    }
  }
  field[n - 1][strcspn(field[n - 1], "\r\n")] = '\0';
  return n;
}

static double column(char *field[], int n, char *names[], int name_count, const char *name) {
  for (int i = 0; i < n && i < name_count; i++)
    if (!strcmp(names[i], name)) return atof(field[i]);
  return 0.0;
}

static int read_runs(const char *file, run *out, int most) {
  FILE *in = fopen(file, "r");
  char line[1024], head[1024] = "", *names[COLUMNS], *field[COLUMNS];
  int name_count = 0, count = 0;
  double wob_before = 0.0;
  if (!in) return -1;
  while (count < most && fgets(line, sizeof line, in)) {
    if (line[0] == '#') continue;
    if (!name_count) {
      strcpy(head, line);
      name_count = split(head, names);
      continue;
    }
    if (strstr(line, "Core") || strstr(line, "CORE") || strstr(line, "TRI-CONE")) continue;
    int n = split(line, field);
    run r = {.size = column(field, n, names, name_count, "size_in"),
             .top = column(field, n, names, name_count, "depth_in_ft"),
             .bottom = column(field, n, names, name_count, "depth_out_ft"),
             .hours = column(field, n, names, name_count, "hours"),
             .wob = column(field, n, names, name_count, "wob"),
             .rpm = column(field, n, names, name_count, "rpm"),
             .rop = column(field, n, names, name_count, "rop_ft_hr")};
    snprintf(r.bit, sizeof r.bit, "%s", field[0]);
    if (r.wob > 1000.0) r.wob = r.wob / (r.wob > 10000.0 ? 1000.0 : 100.0); /* typing slips */
    if (r.bottom - r.top < 50.0 || r.rop <= 0.0 || r.rpm <= 0.0) continue;
    if (r.wob <= 0.0) r.wob = wob_before;
    wob_before = r.wob;
    out[count++] = r;
  }
  fclose(in);
  return count;
}

/* The well with every layer at one strength and bits that are never dull. */
static idr_status well_of_strength(const idr_well *well, float ucs, idr_well **out) {
  idr_layer *layer = malloc((size_t)well->layer_count * sizeof *layer);
  idr_well_section *section = malloc((size_t)well->section_count * sizeof *section);
  idr_well_parts parts = {well->head,        well->string,       well->rig, well->section_count,
                          well->layer_count, well->survey_count, section,   layer,
                          well->survey};
  for (int i = 0; i < well->layer_count; i++) {
    layer[i] = well->layer[i];
    layer[i].ucs = ucs;
  }
  for (int i = 0; i < well->section_count; i++) {
    section[i] = well->section[i];
    section[i].bit_flat_dull = 1.0;
  }
  parts.rig.wob_max = 400e3;
  parts.rig.rop_max = 1.0;
  idr_status status = idr_well_create(&parts, out);
  free(layer);
  free(section);
  return status;
}

static double lane_strength(int lane) {
  return UCS_LOW * pow(UCS_HIGH / UCS_LOW, lane / (IDR_LANES - 1.0));
}

/* Metres drilled in the run's hours at every strength. */
static idr_status drill_run(const idr_well *well, const run *r, double metres[IDR_LANES]) {
  idr_drill_group *g;
  idr_well *wells[IDR_LANES];
  IDR_TRY(idr_drill_group_create(&g));
  for (int i = 0; i < IDR_LANES; i++) {
    float omega = (float)(r->rpm * 2.0 * M_PI / 60.0);
    idr_drill_start start = {fmax(r->top * FT, 20.0) + 0.5, 0.0, omega, 0.0f};
    IDR_TRY(well_of_strength(well, (float)lane_strength(i), &wells[i]));
    start.flow = (float)((r->size > 10.0 ? 1.0 : 0.75) * well->rig.flow_max);
    IDR_TRY(idr_drill_reset(g, i, wells[i], &start));
    g->wob_set[i] = (float)(r->wob * KLBF);
    g->flow_set[i] = start.flow;
  }
  for (int t = 0; t < (int)(r->hours * 360.0); t++)
    idr_drill_step(g, 10);
  for (int i = 0; i < IDR_LANES; i++) {
    metres[i] = g->depth[i] - g->start_depth[i];
    idr_well_free(wells[i]);
  }
  idr_drill_group_free(g);
  return IDR_STATUS_OK;
}

/* Strength at which the footage is drilled, between the lanes around it; NAN when none does. */
static double crossing(const double metres[IDR_LANES], double footage) {
  for (int i = 1; i < IDR_LANES; i++)
    if (metres[i - 1] >= footage && metres[i] < footage) {
      double f = (metres[i - 1] - footage) / (metres[i - 1] - metres[i]);
      return lane_strength(i - 1) * pow(lane_strength(i) / lane_strength(i - 1), f);
    }
  return NAN;
}

static idr_status fit(const char *well_file, const char *runs_file) {
  idr_well *well;
  run runs[64];
  IDR_TRY(idr_well_read(well_file, &well));
  int count = read_runs(runs_file, runs, 64);
  if (count < 0) IDR_FAIL(IDR_STATUS_IO, "cannot read %s", runs_file);
  printf("# top ft, bottom ft, UCS MPa, bit, klbf, rpm, ft/h printed\n");
  for (int k = 0; k < count; k++) {
    double metres[IDR_LANES];
    run *r = &runs[k];
    r->hours = (r->bottom - r->top) / r->rop;
    IDR_TRY(drill_run(well, r, metres));
    printf("%.0f %.0f %.0f %s %.0f %.0f %.1f\n", r->top, r->bottom,
           crossing(metres, (r->bottom - r->top) * FT) * 1e-6, r->bit, r->wob, r->rpm, r->rop);
    fflush(stdout);
  }
  idr_well_free(well);
  return IDR_STATUS_OK;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s WELL.yaml BIT_RUNS.csv\n", argv[0]);
    return 1;
  }
  if (fit(argv[1], argv[2]) == IDR_STATUS_OK) return 0;
  fprintf(stderr, "%s\n", idr_error_get()->message);
  return 1;
}
