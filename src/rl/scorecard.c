#include "rl/scorecard.h"

#include "base/random.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HOUR 3600.0

/* ---- bills ----------------------------------------------------------------------------------- */

idr_bill idr_bill_of_books(const idr_drilling_world *world, const idr_drilling_books *books) {
  return (idr_bill){
      .metres = fmax(books->metres, world->config.drilling.interval),
      .hours = idr_drilling_hours(books),
      .bits = books->bits,
      .drilled = books->metres,
      .rotating = books->rotating / HOUR,
      .stick_slip = books->stick_slip / HOUR,
      .failed = books->end == IDR_END_FAILED,
      .unfinished = books->end == IDR_END_TIME || books->end == IDR_END_BITS,
  };
}

static idr_status take(const idr_env_spec *spec, const idr_episode *episode, const char *name,
                       double *out) {
  for (int i = 0; i < spec->metric_count; i++) {
    if (strcmp(spec->metric_name[i], name) != 0) continue;
    *out = episode->metrics[i];
    return IDR_STATUS_OK;
  }
  IDR_FAIL(IDR_STATUS_ARGUMENT, "task '%s' reports no '%s' of its episodes", spec->name, name);
}

idr_status idr_bill_of_episode(const idr_env_spec *spec, const idr_episode *episode,
                               idr_bill *out) {
  IDR_TRY(take(spec, episode, "interval", &out->metres));
  IDR_TRY(take(spec, episode, "hours", &out->hours));
  IDR_TRY(take(spec, episode, "bits", &out->bits));
  IDR_TRY(take(spec, episode, "metres", &out->drilled));
  IDR_TRY(take(spec, episode, "rotating_hours", &out->rotating));
  IDR_TRY(take(spec, episode, "stick_slip_hours", &out->stick_slip));
  IDR_TRY(take(spec, episode, "failed", &out->failed));
  return take(spec, episode, "unfinished", &out->unfinished);
}

double idr_bill_cost(const idr_bill *bill, double bit_price, double rig_rate) {
  return bit_price * bill->bits + rig_rate * bill->hours;
}

/* ---- scores ---------------------------------------------------------------------------------- */

/* Sums per unit of resampling: one well, or one scenario of a single well. */
typedef struct {
  const idr_scorecard_request *ask;
  int64_t units;
  double *cost, *metres; /* [driller][unit] */
  double *sample;        /* [statistic][resample] */
} card;

/* Statistics: scores, then differences, then gap and recovered part. */
#define STATISTICS(drillers) (2 * (drillers) + 2)

static void sum_units(card *c) {
  const idr_scorecard_request *a = c->ask;
  for (int d = 0; d < a->drillers; d++)
    for (int64_t k = 0; k < a->scenarios; k++) {
      const idr_bill *bill = &a->bills[d * a->scenarios + k];
      int64_t unit = d * c->units + k % c->units;
      c->cost[unit] += idr_bill_cost(bill, a->bit_price, a->rig_rate);
      c->metres[unit] += bill->metres;
    }
}

/* All statistics from total costs and metres per driller; `step` apart in `out`. */
static void evaluate(const idr_scorecard_request *a, const double *cost, const double *metres,
                     double *out, int64_t step) {
  double score[IDR_SCORECARD_DRILLERS];
  for (int d = 0; d < a->drillers; d++)
    score[d] = cost[d] / metres[d];
  for (int d = 0; d < a->drillers; d++) {
    out[d * step] = score[d];
    out[(a->drillers + d) * step] = score[0] - score[d];
  }
  double gap = score[a->floor] - score[a->ceiling];
  out[2 * a->drillers * step] = gap;
  out[(2 * a->drillers + 1) * step] = gap > 0 ? (score[a->floor] - score[0]) / gap : NAN;
}

/* Totals of one resample: `units` draws, the same wells for all drillers. */
static void resample(const card *c, int64_t b, double *cost, double *metres) {
  int drillers = c->ask->drillers;
  memset(cost, 0, sizeof(double) * (size_t)drillers);
  memset(metres, 0, sizeof(double) * (size_t)drillers);
  idr_random4 r = {{0}};
  for (int64_t k = 0; k < c->units; k++) {
    if (k % 4 == 0)
      r = idr_random_draw(c->ask->seed, (uint32_t)(k / 4), (uint32_t)b, 0, IDR_PURPOSE_BOOTSTRAP,
                          0);
    int64_t unit = (int64_t)(((uint64_t)r.word[k % 4] * (uint64_t)c->units) >> 32);
    for (int d = 0; d < drillers; d++) {
      cost[d] += c->cost[d * c->units + unit];
      metres[d] += c->metres[d * c->units + unit];
    }
  }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The middle 95 % of the samples; undefined as soon as one of them is. */
static idr_estimate interval(double value, double *sample, int64_t n) {
  idr_estimate e = {value, NAN, NAN};
  for (int64_t i = 0; i < n; i++)
    if (isnan(sample[i])) return e;
  qsort(sample, (size_t)n, sizeof *sample, ascending);
  e.low = sample[(int64_t)(0.025 * (double)(n - 1))];
  e.high = sample[(int64_t)ceil(0.975 * (double)(n - 1))];
  return e;
}

static void fill(const card *c, const double *value, idr_scorecard *out) {
  const idr_scorecard_request *a = c->ask;
  int64_t n = a->resamples;
  for (int d = 0; d < a->drillers; d++) {
    int later = a->drillers + d;
    out->score[d] = interval(value[d], c->sample + d * n, n);
    out->difference[d] = interval(value[later], c->sample + later * n, n);
  }
  int last = 2 * a->drillers;
  out->gap = interval(value[last], c->sample + last * n, n);
  out->gap_share = value[last] / value[a->floor];
  out->recovered = interval(value[last + 1], c->sample + (last + 1) * n, n);
}

static void make(card *c, idr_scorecard *out) {
  const idr_scorecard_request *a = c->ask;
  double cost[IDR_SCORECARD_DRILLERS] = {0}, metres[IDR_SCORECARD_DRILLERS] = {0};
  double value[STATISTICS(IDR_SCORECARD_DRILLERS)];
  sum_units(c);
  for (int d = 0; d < a->drillers; d++)
    for (int64_t u = 0; u < c->units; u++) {
      cost[d] += c->cost[d * c->units + u];
      metres[d] += c->metres[d * c->units + u];
    }
  evaluate(a, cost, metres, value, 1);
  for (int64_t b = 0; b < a->resamples; b++) {
    resample(c, b, cost, metres);
    evaluate(a, cost, metres, c->sample + b, a->resamples);
  }
  fill(c, value, out);
}

static idr_status check(const idr_scorecard_request *a) {
  if (a->drillers < 1 || a->drillers > IDR_SCORECARD_DRILLERS || a->floor < 0 ||
      a->floor >= a->drillers || a->ceiling < 0 || a->ceiling >= a->drillers || a->scenarios < 1 ||
      a->wells < 1 || a->resamples < 1)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a score card of %d drillers, %lld scenarios and %lld resamples",
             a->drillers, (long long)a->scenarios, (long long)a->resamples);
  return IDR_STATUS_OK;
}

idr_status idr_scorecard_make(const idr_scorecard_request *request, idr_scorecard *out) {
  idr_status status = IDR_STATUS_OK;
  *out = (idr_scorecard){0};
  IDR_TRY(check(request));
  card c = {.ask = request};
  c.units = request->wells == 1 || request->wells > request->scenarios ? request->scenarios
                                                                       : request->wells;
  size_t size = (size_t)request->drillers * (size_t)c.units;
  c.cost = calloc(size, sizeof *c.cost);
  c.metres = calloc(size, sizeof *c.metres);
  c.sample =
      calloc((size_t)STATISTICS(request->drillers) * (size_t)request->resamples, sizeof *c.sample);
  if (!c.cost || !c.metres || !c.sample)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for %lld resamples", (long long)request->resamples);
  else
    make(&c, out);
  free(c.cost);
  free(c.metres);
  free(c.sample);
  return status;
}
