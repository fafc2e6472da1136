#include "report/data_gather.h"
#include "base/units.h"
#include "data/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LAG_MAX 60
#define BLOCK   16384 /* rows, or the next whole number of chunks */
#define MINUTE  60

const int idr_survey_lags[IDR_SURVEY_LAGS] = {1, 10, 60};
const idr_channel_id idr_survey_tracks[IDR_SURVEY_TRACKS] = {
    IDR_CHANNEL_ROP,      IDR_CHANNEL_WOB, IDR_CHANNEL_OMEGA, IDR_CHANNEL_FLOW_IN,
    IDR_CHANNEL_TORQUE,   IDR_CHANNEL_SPP, IDR_CHANNEL_ECD,   IDR_CHANNEL_GAMMA,
    IDR_CHANNEL_HOOKLOAD, IDR_CHANNEL_SSI, IDR_CHANNEL_MSE};

/* ---- the requirement's table ----------------------------------------------------------------- */

/* "Parameter ranges" of the requirement (SRS of i-drill, non-functional requirements). */
static const struct {
  idr_channel_id channel;
  double low, high;
  const char *unit; /* of base/units.h */
} required[] = {{IDR_CHANNEL_WOB, 5, 50, "klbf"},
                {IDR_CHANNEL_OMEGA, 50, 200, "rpm"},
                {IDR_CHANNEL_TORQUE, 5, 20, "kft.lbf"},
                {IDR_CHANNEL_FLOW_IN, 500, 1200, "gpm"},
                {IDR_CHANNEL_SPP, 1000, 5000, "psi"},
                {IDR_CHANNEL_GAMMA, 20, 150, "API"},
                {IDR_CHANNEL_RESISTIVITY, 0.2, 200, "ohm.m"},
                {IDR_CHANNEL_ROCK_DENSITY, 1.5, 3.0, "g/cm3"},
                {IDR_CHANNEL_POROSITY, 5, 25, "%"},
                {IDR_CHANNEL_ROP, 10, 100, "ft/h"},
                {IDR_CHANNEL_HOOKLOAD, 100, 500, "klbf"},
                {IDR_CHANNEL_TEMPERATURE_OUT, 40, 80, "degC"},
                {IDR_CHANNEL_AXIAL_VIBRATION, 0, 98.0665, "m/s2"}}; /* 10 g */

bool idr_survey_required(idr_channel_id channel, idr_survey_range *range) {
  for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
    if (required[i].channel != channel) continue;
    const idr_unit *unit = idr_unit_find(required[i].unit);
    *range = (idr_survey_range){idr_unit_to_si(unit, required[i].low),
                                idr_unit_to_si(unit, required[i].high)};
    return true;
  }
  return false;
}

/* ---- accumulators ---------------------------------------------------------------------------- */

/* Correlation of two series, with the means of what came before (Welford). */
typedef struct {
  int64_t n;
  double mean_x, mean_y, xx, yy, xy;
} covariance;

static void add_pair(covariance *c, double x, double y) {
  if (!isfinite(x) || !isfinite(y)) return;
  c->n++;
  double dx = x - c->mean_x, dy = y - c->mean_y;
  c->mean_x += dx / (double)c->n;
  c->mean_y += dy / (double)c->n;
  c->xx += dx * (x - c->mean_x);
  c->yy += dy * (y - c->mean_y);
  c->xy += dx * (y - c->mean_y);
}

typedef struct {
  double sum;
  int64_t n;
} average;

static void add_to(average *a, float v) {
  if (!isfinite(v)) return;
  a->sum += (double)v;
  a->n++;
}

static double mean_of(const average *a) {
  return a->n > 0 ? a->sum / (double)a->n : NAN;
}

/* What the pairs need of a minute. */
typedef struct {
  int rows, drilling, flowing; /* flowing: influx or losses go on, where events are labelled */
  average wob, torque, in, out, spp, bit;
  float hookload_most, pit_first, pit_last;
} minute;

typedef struct {
  idr_running running;                /* all wells */
  idr_running well;                   /* this one: gauges of different rigs have different biases */
  double within;                      /* sum of squares about the mean of each well */
  int64_t counted;                    /* readings in it */
  double difference[IDR_SURVEY_LAGS]; /* sums of squared differences over a lag */
  int64_t differences[IDR_SURVEY_LAGS];
  int64_t *histogram; /* [IDR_SURVEY_BINS + 2]: below and above at the ends */
  int64_t drilling, inside;
} channel_sums;

typedef struct {
  idr_dataset *dataset;
  idr_survey *out;
  int64_t block;
  int place[IDR_CHANNEL_COUNT];
  float *value; /* [channels][LAG_MAX + block]: the rows before the block in front */
  int32_t *activity, *event;
  channel_sums sums[IDR_CHANNEL_COUNT];
  covariance pair[IDR_SURVEY_PAIRS];
  minute minute;
  bool shown; /* this well is drawn */
} gatherer;

static float *rows_of(const gatherer *g, int channel) {
  return g->value + (int64_t)channel * (LAG_MAX + g->block) + LAG_MAX;
}

/* ---- channels -------------------------------------------------------------------------------- */

static void add_lags(channel_sums *s, const float *v, int64_t rows) {
  for (int l = 0; l < IDR_SURVEY_LAGS; l++) {
    int lag = idr_survey_lags[l];
    double sum = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < rows; i++) {
      double d = (double)(v[i] - v[i - lag]);
      bool good = isfinite(d);
      sum += good ? d * d : 0;
      n += good;
    }
    s->difference[l] += sum;
    s->differences[l] += n;
  }
}

/* Bins span the usual range and its width on either side. */
static void add_histogram(const gatherer *g, channel_sums *s, int channel, const float *v,
                          int64_t rows) {
  const idr_channel *c = &idr_channels[channel];
  double width = c->high - c->low, low = c->low - width, scale = IDR_SURVEY_BINS / (3 * width);
  idr_survey_range range = {-INFINITY, INFINITY};
  idr_survey_required((idr_channel_id)channel, &range);
  for (int64_t i = 0; i < rows; i++) {
    if (!isfinite(v[i]) || (g->out->activities && g->activity[i] != IDR_ACTIVITY_DRILLING))
      continue;
    double bin = ((double)v[i] - low) * scale;
    int at = bin < 0 ? 0 : bin >= IDR_SURVEY_BINS ? IDR_SURVEY_BINS + 1 : 1 + (int)bin;
    s->histogram[at]++;
    s->drilling++;
    s->inside += (double)v[i] >= range.low && (double)v[i] <= range.high;
  }
}

static void add_channel(gatherer *g, int channel, int64_t rows) {
  channel_sums *s = &g->sums[channel];
  float *v = rows_of(g, channel);
  idr_running_add(&s->well, v, rows);
  add_lags(s, v, rows);
  add_histogram(g, s, channel, v, rows);
}

/* The last rows go in front of the next block. */
static void keep_tail(gatherer *g, int channel, int64_t rows) {
  float *v = rows_of(g, channel);
  memmove(v - LAG_MAX, v + rows - LAG_MAX, LAG_MAX * sizeof *v);
}

/* ---- labels, minutes, curves ----------------------------------------------------------------- */

static void count_labels(gatherer *g, int64_t row) {
  idr_survey *o = g->out;
  int32_t a = g->activity[row], e = g->event[row];
  if (o->activities && a >= 0 && a < IDR_ACTIVITY_COUNT) o->activity[a]++;
  if (!o->events) return;
  if (e == IDR_EVENT_NORMAL)
    o->normal++;
  else if (e > IDR_EVENT_TRANSIENT)
    o->transient++;
  else
    o->steady++;
}

/* Of a label without its 100 for what comes or goes. */
static bool is_flow(int32_t label) {
  return label == 1 + IDR_EVENT_KICK || label == 1 + IDR_EVENT_LOSSES;
}

static void close_minute(gatherer *g) {
  const minute *m = &g->minute;
  double out = mean_of(&m->out), in = mean_of(&m->in);
  bool drilling = m->drilling == m->rows;
  if (drilling) add_pair(&g->pair[IDR_SURVEY_WOB_TORQUE], mean_of(&m->wob), mean_of(&m->torque));
  add_pair(&g->pair[IDR_SURVEY_FLOW_SPP], in, mean_of(&m->spp));
  add_pair(&g->pair[IDR_SURVEY_DEPTH_HOOKLOAD], mean_of(&m->bit), (double)m->hookload_most);
  /* Elsewhere the gauges' noise is all there is. */
  if (g->out->events ? m->flowing > 0 : drilling)
    add_pair(&g->pair[IDR_SURVEY_INFLUX_PIT], out - in,
             (double)(m->pit_last - m->pit_first) / (MINUTE - 1));
  g->minute = (minute){.hookload_most = -INFINITY};
}

static void add_minute(gatherer *g, int64_t row) {
  minute *m = &g->minute;
  add_to(&m->wob, rows_of(g, IDR_CHANNEL_WOB)[row]);
  add_to(&m->torque, rows_of(g, IDR_CHANNEL_TORQUE)[row]);
  add_to(&m->in, rows_of(g, IDR_CHANNEL_FLOW_IN)[row]);
  add_to(&m->out, rows_of(g, IDR_CHANNEL_FLOW_OUT)[row]);
  add_to(&m->spp, rows_of(g, IDR_CHANNEL_SPP)[row]);
  add_to(&m->bit, rows_of(g, IDR_CHANNEL_BIT_DEPTH)[row]);
  float load = rows_of(g, IDR_CHANNEL_HOOKLOAD)[row], pit = rows_of(g, IDR_CHANNEL_PIT)[row];
  if (load > m->hookload_most) m->hookload_most = load;
  if (m->rows == 0) m->pit_first = pit;
  m->pit_last = pit;
  m->drilling += !g->out->activities || g->activity[row] == IDR_ACTIVITY_DRILLING;
  m->flowing += g->out->events && is_flow(g->event[row] % IDR_EVENT_TRANSIENT);
  if (++m->rows == MINUTE) close_minute(g);
}

static void add_hour(gatherer *g, int64_t at, int64_t row) {
  idr_survey_hour *h = &g->out->hour[at / 3600];
  float depth = rows_of(g, IDR_CHANNEL_DEPTH)[row], bit = rows_of(g, IDR_CHANNEL_BIT_DEPTH)[row];
  if (isfinite(depth)) h->depth = (double)depth;
  if (isfinite(bit)) h->bit = (double)bit;
}

static void add_metre(gatherer *g, int64_t row) {
  float depth = rows_of(g, IDR_CHANNEL_DEPTH)[row];
  bool drilling = !g->out->activities || g->activity[row] == IDR_ACTIVITY_DRILLING;
  if (!drilling || !(depth >= 0 && depth < IDR_SURVEY_DEPTH)) return;
  idr_survey_metre *m = &g->out->metre[(int)depth];
  m->count++;
  for (int t = 0; t < IDR_SURVEY_TRACKS; t++) {
    float v = rows_of(g, idr_survey_tracks[t])[row];
    if (!isfinite(v)) continue;
    m->sum[t] += (double)v;
    m->of[t]++;
  }
}

/* ---- the pass -------------------------------------------------------------------------------- */

static idr_status read_labels(gatherer *g, int well, int64_t begin, int64_t end) {
  int activity = idr_dataset_find_kind(g->dataset, well, IDR_COLUMN_ACTIVITY, 0),
      event = idr_dataset_find_kind(g->dataset, well, IDR_COLUMN_EVENT, 0);
  g->out->activities = activity >= 0;
  g->out->events = event >= 0;
  if (activity >= 0)
    IDR_TRY(idr_dataset_read_int(g->dataset, well, activity, begin, end, g->activity));
  if (event >= 0) IDR_TRY(idr_dataset_read_int(g->dataset, well, event, begin, end, g->event));
  return IDR_STATUS_OK;
}

static idr_status take_block(gatherer *g, int well, int64_t begin, int64_t end) {
  int64_t rows = end - begin;
  IDR_TRY(read_labels(g, well, begin, end));
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    if (g->place[c] < 0) continue;
    IDR_TRY(idr_dataset_read_float(g->dataset, well, g->place[c], begin, end, rows_of(g, c)));
    add_channel(g, c, rows);
  }
  for (int64_t i = 0; i < rows; i++) {
    count_labels(g, i);
    add_minute(g, i);
    if (!g->shown) continue;
    add_hour(g, begin + i, i);
    add_metre(g, i);
  }
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    if (g->place[c] >= 0 && rows >= LAG_MAX) keep_tail(g, c, rows);
  return IDR_STATUS_OK;
}

/* Channels that a well lacks read NaN throughout, as do the rows before its first. */
static void clear_values(gatherer *g) {
  int64_t all = IDR_CHANNEL_COUNT * (LAG_MAX + g->block);
  for (int64_t i = 0; i < all; i++)
    g->value[i] = NAN;
  g->minute = (minute){.hookload_most = -INFINITY};
}

static idr_status take_well(gatherer *g, int well) {
  const idr_dataset_well *info = idr_dataset_get_well(g->dataset, well);
  clear_values(g);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    g->place[c] = idr_dataset_find_kind(g->dataset, well, IDR_COLUMN_READING, c);
    g->out->channel[c].there = g->out->channel[c].there || g->place[c] >= 0;
  }
  for (int64_t begin = 0; begin < info->rows; begin += g->block)
    IDR_TRY(
        take_block(g, well, begin, begin + g->block < info->rows ? begin + g->block : info->rows));
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    channel_sums *s = &g->sums[c];
    s->within += s->well.m2;
    s->counted += s->well.count;
    idr_running_merge(&s->running, &s->well);
    s->well = (idr_running){0};
  }
  g->out->rows += info->rows;
  g->out->wells++;
  return IDR_STATUS_OK;
}

/* ---- results --------------------------------------------------------------------------------- */

/* The value below which `part` of a histogram lies, to a bin. */
static double quantile(const channel_sums *s, int channel, double part) {
  const idr_channel *c = &idr_channels[channel];
  double width = c->high - c->low, left = part * (double)s->drilling;
  for (int b = 0; b < IDR_SURVEY_BINS + 2; b++) {
    left -= (double)s->histogram[b];
    if (left >= 0) continue;
    double middle = c->low - width + 3 * width * (b - 0.5) / IDR_SURVEY_BINS;
    bool below = b == 0 || middle < s->running.low, above = b == IDR_SURVEY_BINS + 1;
    return below ? s->running.low : above ? s->running.high : fmin(middle, s->running.high);
  }
  return NAN;
}

static void finish_channel(const gatherer *g, int channel) {
  const channel_sums *s = &g->sums[channel];
  idr_survey_channel *o = &g->out->channel[channel];
  idr_survey_range range;
  double variance = s->running.count > 1 ? s->running.m2 / (double)(s->running.count - 1) : 0;
  double within = s->counted > 0 ? s->within / (double)s->counted : 0;
  bool any = s->running.count > 0;
  o->count = s->running.count;
  o->empty = s->running.empty;
  o->mean = any ? s->running.mean : NAN;
  o->sd = any ? sqrt(variance) : NAN;
  o->low = any ? s->running.low : NAN;
  o->high = any ? s->running.high : NAN;
  for (int l = 0; l < IDR_SURVEY_LAGS; l++)
    o->autocorrelation[l] = within > 0 && s->differences[l] > 0
                                ? 1 - s->difference[l] / (double)s->differences[l] / (2 * within)
                                : NAN;
  o->drilling = s->drilling;
  o->few = quantile(s, channel, 0.01);
  o->median = quantile(s, channel, 0.5);
  o->most = quantile(s, channel, 0.99);
  o->inside = s->drilling > 0 && idr_survey_required((idr_channel_id)channel, &range)
                  ? (double)s->inside / (double)s->drilling
                  : NAN;
}

static void finish(const gatherer *g) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    finish_channel(g, c);
  for (int p = 0; p < IDR_SURVEY_PAIRS; p++) {
    const covariance *c = &g->pair[p];
    bool varies = c->n > 2 && c->xx > 0 && c->yy > 0;
    g->out->pair[p] = (idr_survey_correlation){c->n, varies ? c->xy / sqrt(c->xx * c->yy) : NAN};
  }
}

static idr_status prepare(gatherer *g, int shown) {
  const idr_dataset_well *info = idr_dataset_get_well(g->dataset, shown);
  g->block = info->chunk * ((BLOCK + info->chunk - 1) / info->chunk);
  g->value = malloc((size_t)(IDR_CHANNEL_COUNT * (LAG_MAX + g->block)) * sizeof *g->value);
  g->activity = calloc((size_t)g->block, sizeof *g->activity);
  g->event = calloc((size_t)g->block, sizeof *g->event);
  int64_t *bins = calloc(IDR_CHANNEL_COUNT * (IDR_SURVEY_BINS + 2), sizeof *bins);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    g->sums[c].histogram = bins ? bins + c * (IDR_SURVEY_BINS + 2) : NULL;
  g->out->hours = (info->rows + 3599) / 3600;
  g->out->hour = malloc((size_t)(g->out->hours + 1) * sizeof *g->out->hour);
  g->out->metre = calloc(IDR_SURVEY_DEPTH, sizeof *g->out->metre);
  if (!g->value || !g->activity || !g->event || !bins || !g->out->hour || !g->out->metre)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to look at well %s", info->name);
  for (int64_t h = 0; h < g->out->hours; h++)
    g->out->hour[h] = (idr_survey_hour){NAN, NAN};
  return IDR_STATUS_OK;
}

static idr_status gather(gatherer *g, int shown, int wells) {
  IDR_TRY(prepare(g, shown));
  g->shown = true;
  IDR_TRY(take_well(g, shown));
  g->shown = false;
  for (int w = 0; w < idr_dataset_well_count(g->dataset) && g->out->wells < wells; w++)
    if (w != shown) IDR_TRY(take_well(g, w));
  finish(g);
  return IDR_STATUS_OK;
}

idr_status idr_survey_gather(idr_dataset *dataset, int shown, int wells, idr_survey *out) {
  memset(out, 0, sizeof *out);
  gatherer *g = calloc(1, sizeof *g);
  if (!g) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to look at a data set");
  g->dataset = dataset;
  g->out = out;
  idr_status status = gather(g, shown, wells);
  free(g->value);
  free(g->activity);
  free(g->event);
  free(g->sums[0].histogram);
  free(g);
  return status;
}

void idr_survey_free(idr_survey *survey) {
  free(survey->hour);
  free(survey->metre);
  *survey = (idr_survey){.wells = 0};
}
