/* idrill burst [CONFIG] [section.key=value ...]: some seconds of one well's string as waves, beside
 * the two inertias of the step. */
#include "drill/burst.h"
#include "base/file.h"
#include "base/units.h"
#include "drill/generator.h"
#include "drill/step.h"
#include "drill/torsion.h"
#include "jobs/job.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define BURST_SETTINGS(X)                                                                          \
  X(TEXT, well_file, "", "", 0, 0, "", "well to drill; empty: one from the generator")             \
  X(INT, well_seed, "", "1", 0, 4294967295, "", "of the generator")                                \
  X(INT, well, "", "0", 0, 4294967295, "", "index of the well from the generator")                 \
  X(REAL, depth, "m", "0", 0, 15000, "", "of the bit; 0: the middle of the last section")          \
  X(REAL, wear, "", "0", 0, 0.99, "", "of the bit, 0 sharp")                                       \
  X(REAL, wob, "kN", "80", 0, 1000, "", "weight on bit")                                           \
  X(REAL, rpm, "rpm", "120", 5, 400, "", "speed of the top drive")                                 \
  X(REAL, flow, "L/min", "2400", 0, 12000, "", "of the pumps")                                     \
  X(CHOICE, top_drive, "", "well", 0, 0, "well|" IDR_TOP_DRIVE_CONTROLS,                           \
    "how the top drive answers the string; well: as the well says")                                \
  X(INT, drill, "s", "120", 1, 3600, "", "of the step before the burst, to a steady state")        \
  X(REAL, settle, "s", "20", 0, 600, "", "of the burst before its first value")                    \
  X(INT, seconds, "s", "30", 1, 3600, "", "of the burst")                                          \
  X(REAL, rate, "Hz", "100", 1, 2000, "", "values a second")                                       \
  X(INT, cells, "", "400", 1, 20000, "", "that the string is cut into")                            \
  X(TEXT, output, "", "", 0, 0, "", "CSV file; '-' the standard output, empty: none is written")
IDR_SETTINGS_STRUCT(burst_settings, BURST_SETTINGS);

#define idr_row_type burst_settings
static const idr_setting burst_rows[] = {BURST_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

typedef struct {
  burst_settings burst;
  idr_generator_settings wells;
} burst_config;

/* What both strings are asked for. */
typedef struct {
  double ssi, stuck, period, omega, torque; /* period s, 0: none seen; omega rad/s; torque N m */
} burst_numbers;

static void bind(burst_config *c, idr_section out[2]) {
  out[0] = (idr_section)IDR_SECTION("burst", "the burst", burst_rows, &c->burst);
  out[1] = (idr_section){"wells", "the generator of wells", idr_generator_rows,
                         idr_generator_row_count, &c->wells};
}

void idr_burst_help(FILE *out) {
  burst_config config;
  idr_section section[2];
  bind(&config, section);
  fputs(
      "Drills one well to a steady state, then shows its string as waves of torsion with friction\n"
      "on every metre. CSV: time (s), omega_top, omega_bit (rad/s), torque_top, torque_bit (N m).\n"
      "The summary (on stderr when the CSV goes to the standard output) puts it beside the two\n"
      "inertias that every well of the engine has.\n\n",
      out);
  idr_settings_help(section, 2, out);
}

/* ---- the well -------------------------------------------------------------------------------- */

static idr_status make_well(const burst_config *c, idr_well **out) {
  const burst_settings *b = &c->burst;
  if (b->well_file[0])
    IDR_TRY(idr_well_read(b->well_file, out));
  else
    IDR_TRY(idr_well_generate(&c->wells, (uint64_t)b->well_seed, (uint32_t)b->well, out));
  if (b->top_drive > 0) (*out)->rig.top_drive_control = b->top_drive - 1;
  return IDR_STATUS_OK;
}

static idr_status drill(const burst_settings *b, const idr_well *well, idr_drill_group *g) {
  const idr_well_section *last = &well->section[well->section_count - 1];
  double depth = b->depth > 0.0 ? b->depth : 0.5 * (last->top + last->bottom);
  idr_drill_start start = {depth, b->wear, (float)b->rpm, (float)b->flow};
  g->lanes = 8;
  for (int i = 0; i < IDR_LANES; i++) {
    IDR_TRY(idr_drill_reset(g, i, well, &start));
    g->wob_set[i] = (float)b->wob;
  }
  idr_drill_step(g, (int)b->drill);
  return IDR_STATUS_OK;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static double index_of(double low, double high, double mean) {
  return fmin(0.5 * (high - low) / fmax(mean, 0.25), 2.0);
}

/* From the bit's crossings of its mean upwards, each after it was a quarter of the swing below. */
static double period_of(const double *omega, int count, double rate, double mean, double low) {
  int seen = 0, first = 0, last = 0;
  bool below = false;
  for (int k = 0; k < count; k++) {
    below = below || omega[k] < mean - 0.5 * (mean - low);
    if (!below || omega[k] < mean) continue;
    below = false;
    if (seen++ == 0) first = k;
    last = k;
  }
  return seen > 1 && mean - low > 0.05 * mean ? (last - first) / rate / (seen - 1) : 0.0;
}

static burst_numbers numbers_of_waves(const idr_burst_values *v, int count, double rate) {
  burst_numbers n = {0};
  double low = INFINITY, high = -INFINITY;
  for (int k = 0; k < count; k++) {
    low = fmin(low, v->omega_bit[k]);
    high = fmax(high, v->omega_bit[k]);
    n.omega += v->omega_bit[k] / count;
    n.torque += v->torque_top[k] / count;
    n.stuck += v->omega_bit[k] < (double)IDR_TORSION_STILL ? 1.0 / count : 0.0;
  }
  n.ssi = index_of(low, high, n.omega);
  n.period = period_of(v->omega_bit, count, rate, n.omega, low);
  return n;
}

/* The step goes on for as long; its period is that of its spring and inertia. */
static burst_numbers numbers_of_step(idr_drill_group *g, int seconds) {
  burst_numbers n = {0};
  double low = INFINITY, high = -INFINITY;
  n.period = 2.0 * M_PI * sqrt((double)(g->bit_inertia[0] / g->stiffness[0]));
  for (int k = 0; k < seconds; k++) {
    idr_drill_step(g, 1);
    low = fmin(low, (double)g->trail_min[0][0]);
    high = fmax(high, (double)g->trail_max[0][0]);
    n.omega += (double)g->trail_mean[0][0] / seconds;
    n.torque += (double)g->value[IDR_CHANNEL_TORQUE][0] / seconds;
    n.stuck += (double)g->trail_stuck[0][0] / seconds;
  }
  n.ssi = index_of(low, high, n.omega);
  return n;
}

static void print_row(FILE *out, const char *name, const burst_numbers *n) {
  char period[32] = "-";
  double rpm = idr_unit_from_si(idr_unit_find("rpm"), n->omega);
  if (n->period > 0.0) snprintf(period, sizeof period, "%.2f", n->period);
  fprintf(out, "%-14s %10.2f %10.2f %10s %10.1f %12.2f\n", name, n->ssi, n->stuck, period, rpm,
          n->torque / 1e3);
}

static void print_numbers(FILE *out, const idr_well *well, const idr_drill_group *g,
                          const burst_numbers *waves, const burst_numbers *step) {
  fprintf(out, "well %s, bit at %.1f m\n", well->head.name, g->bit_depth[0]);
  fprintf(out, "%-14s %10s %10s %10s %10s %12s\n", "string", "stick-slip", "stuck", "period s",
          "bit rpm", "torque kN.m");
  print_row(out, "waves", waves);
  print_row(out, "two inertias", step);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static bool put_rows(FILE *file, const idr_burst_values *v, int count, double rate) {
  fputs("time,omega_top,omega_bit,torque_top,torque_bit\n", file);
  for (int k = 0; k < count; k++)
    fprintf(file, "%.9g,%.9g,%.9g,%.9g,%.9g\n", (k + 1) / rate, v->omega_top[k], v->omega_bit[k],
            v->torque_top[k], v->torque_bit[k]);
  return fflush(file) == 0 && !ferror(file);
}

static idr_status write_csv(const char *path, const idr_burst_values *v, int count, double rate) {
  if (!path[0]) return IDR_STATUS_OK;
  if (path[0] == '-' && !path[1]) {
    if (put_rows(stdout, v, count, rate)) return IDR_STATUS_OK;
    return idr_file_fail("write", "standard output", errno);
  }
  char *text = NULL;
  size_t bytes = 0;
  FILE *file = open_memstream(&text, &bytes);
  if (!file) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the rows of '%s'", path);
  bool whole = put_rows(file, v, count, rate);
  whole = fclose(file) == 0 && whole;
  idr_status status = whole ? idr_file_write(path, text, bytes) : IDR_STATUS_MEMORY;
  free(text);
  if (!whole) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the rows of '%s'", path);
  return status;
}

/* ---- the job --------------------------------------------------------------------------------- */

static idr_status show(const burst_settings *b, const idr_burst_options *options,
                       const idr_well *well, idr_drill_group *g, double *block) {
  int count = idr_burst_count(options);
  idr_burst_values v = {block, block + count, block + 2 * (size_t)count, block + 3 * (size_t)count};
  IDR_TRY(drill(b, well, g));
  IDR_TRY(idr_burst_run(g, 0, options, &v));
  IDR_TRY(write_csv(b->output, &v, count, b->rate));
  burst_numbers waves = numbers_of_waves(&v, count, b->rate);
  burst_numbers step = numbers_of_step(g, (int)b->seconds);
  print_numbers(b->output[0] == '-' && !b->output[1] ? stderr : stdout, well, g, &waves, &step);
  return IDR_STATUS_OK;
}

static idr_status run(const burst_config *c, const idr_well *well) {
  const burst_settings *b = &c->burst;
  const idr_burst_options options = {(double)b->seconds, b->rate, b->settle, (int)b->cells};
  idr_drill_group *group;
  IDR_TRY(idr_drill_group_create(&group));
  double *block = calloc(4 * (size_t)idr_burst_count(&options), sizeof *block);
  idr_status status = IDR_STATUS_MEMORY;
  if (block) status = show(b, &options, well, group, block);
  idr_drill_group_free(group);
  free(block);
  if (!block) IDR_FAIL(status, "no memory for %g s of a burst", options.seconds);
  return status;
}

static idr_status burst(int argc, char **argv) {
  burst_config config;
  idr_section section[2];
  idr_job_line line;
  idr_well *well;
  bind(&config, section);
  IDR_TRY(idr_job_parse(argc, argv, &line));
  IDR_TRY(idr_settings_load(section, 2, line.config, line.overrides, line.override_count));
  IDR_TRY(make_well(&config, &well));
  idr_status status = run(&config, well);
  idr_well_free(well);
  return status;
}

int idr_job_burst(idr_job_context *context, int argc, char **argv) {
  if (burst(argc, argv) != IDR_STATUS_OK) return idr_job_fail(context, NULL);
  return IDR_EXIT_FINISHED;
}
