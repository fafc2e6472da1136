#include "drill/dull.h"

#include <math.h>
#include <stdio.h>

#define HARD   120e6 /* Pa: rock in which a bit that does not dig wears in its centre */
#define BALLED 0.3   /* mean covered part of the face that a floor man sees */
#define DULL   0.625 /* mean of inner and outer of a bit worn to 1: the 8-2 of a cored bit */
#define WORN   0.06  /* half an eighth: less is no wear */

/* ---- what did it ---- */
/* How much of the damage each cause did, up to a common factor. The weights are those of the wear
 * law (wear.h) where it has one. */
typedef struct {
  double abrasion, impact, whirl, heat, core;
} causes;

static double mean(const idr_bit_history *h, idr_run_sum sum) {
  double time = h->sum[IDR_RUN_TIME];
  return time > 0.0 ? h->sum[sum] / time : 0.0;
}

static causes causes_of(const idr_bit_history *h) {
  double stick = fmin(mean(h, IDR_RUN_STICK), 1.5), shallow = mean(h, IDR_RUN_SHALLOW);
  double hard = mean(h, IDR_RUN_STRENGTH) > HARD ? 1.0 : 0.0;
  return (causes){.abrasion = 0.2 + mean(h, IDR_RUN_ABRASION),
                  .impact = 2.0 * stick * stick + 2.0 * mean(h, IDR_RUN_BACKWARD),
                  .whirl = 6.0 * mean(h, IDR_RUN_WHIRL),
                  .heat = 4.0 * mean(h, IDR_RUN_HOT),
                  .core = 4.0 * hard * shallow};
}

/* ---- codes ---- */
static void code(char out[IDR_DULL_CODE], const char *text) {
  snprintf(out, IDR_DULL_CODE, "%s", text);
}

static const char *reason_code(idr_pulled reason) {
  static const char *const text[IDR_PULLED_COUNT] = {
#define IDR_PULLED_TEXT(id, doc) #id,
      IDR_PULLED_LIST(IDR_PULLED_TEXT)
#undef IDR_PULLED_TEXT
  };
  return reason >= 0 && reason < IDR_PULLED_COUNT ? text[reason] : "NR";
}

static int eighths(double part) {
  double n = floor(8.0 * part + 0.5);
  return (int)fmin(fmax(n, 0.0), 8.0);
}

/* Fixed cutters: location and how the wear lies between inside and outside (1: all outside). */
typedef struct {
  const char *kind, *place;
  double outside;
} pattern;

static pattern fixed_pattern(const causes *c, double wear) {
  double most = fmax(fmax(fmax(c->impact, c->whirl), fmax(c->heat, c->core)), c->abrasion);
  if (wear < WORN) return (pattern){"NO", "A", 0.5};
  if (most == c->core) return (pattern){wear > 0.7 ? "CR" : "WT", "C", 0.15};
  if (most == c->heat) return (pattern){"HC", "S", 0.75};
  if (most == c->whirl) return (pattern){wear > 0.5 ? "BT" : "CT", "S", 0.7};
  if (most == c->impact) return (pattern){wear > 0.7 ? "BT" : "CT", "N", 0.4};
  return (pattern){"WT", c->abrasion > 0.8 ? "S" : "A", c->abrasion > 0.8 ? 0.65 : 0.5};
}

/* Cones: teeth wear all over in abrasive rock, break in the middle and gauge rows by shocks. */
static pattern cone_pattern(const causes *c, double wear) {
  double shock = c->impact + c->whirl;
  if (wear < WORN) return (pattern){"NO", "A", 0.5};
  if (shock > 2.0 * c->abrasion) return (pattern){wear > 0.5 ? "BT" : "CT", "M", 0.55};
  if (c->abrasion > 0.8) return (pattern){"WT", "G", 0.65};
  return (pattern){"WT", "A", 0.5};
}

/* Sixteenths under gauge: the outer rows lost in abrasive rock or rubbed along the wall. */
static int gauge_loss(const idr_bit_history *h, int outer) {
  double rub = mean(h, IDR_RUN_ABRASION) + 2.0 * mean(h, IDR_RUN_WHIRL);
  double way = h->sum[IDR_RUN_TURNS] * 1e-5; /* 100,000 turns: a day at 70 rpm */
  return outer < 3 ? 0 : (int)fmin(floor(rub * way * ((double)outer / 8.0) + 0.3), 4.0);
}

static void other_code(idr_dull *d, const idr_bit_history *h, const causes *c, double wear) {
  const char *other = "NO";
  if (mean(h, IDR_RUN_BALLED) > BALLED)
    other = "BU";
  else if (wear >= WORN && c->impact > 1.0 && d->characteristic[0] == 'W')
    other = "CT";
  else if (wear >= WORN && c->abrasion > 0.5 && d->characteristic[0] != 'W')
    other = "WT";
  code(d->other, other);
}

idr_dull idr_dull_grade(const idr_bit_history *h) {
  idr_dull d = {0};
  causes c = causes_of(h);
  double wear = fmin(fmax((double)h->wear, 0.0), 1.0);
  pattern p = h->roller ? cone_pattern(&c, wear) : fixed_pattern(&c, wear);
  d.inner = eighths(2.0 * DULL * wear * (1.0 - p.outside));
  d.outer = eighths(2.0 * DULL * wear * p.outside);
  code(d.characteristic, p.kind);
  code(d.location, p.place);
  if (h->roller)
    code(d.bearing, (const char[]){(char)('0' + eighths((double)h->bearing)), 0});
  else
    code(d.bearing, "X");
  d.gauge = gauge_loss(h, d.outer);
  other_code(&d, h, &c, wear);
  code(d.reason, reason_code(h->reason));
  return d;
}

void idr_dull_print(const idr_dull *d, char text[IDR_DULL_TEXT]) {
  char gauge[12] = "I";
  if (d->gauge > 0) snprintf(gauge, sizeof gauge, "%d", d->gauge);
  snprintf(text, IDR_DULL_TEXT, "%d-%d-%s-%s-%s-%s-%s-%s", d->inner, d->outer, d->characteristic,
           d->location, d->bearing, gauge, d->other, d->reason);
}
