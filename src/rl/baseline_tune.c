/* Tuning by successive halving (Karnin, Koren & Somekh 2013): many candidates on few scenarios, the
 * better quarter on more, and at last neighbours of the best. Every round gets the same share of
 * the simulated hours, every candidate of a round the same scenarios. */
#include "base/random.h"
#include "rl/baseline_internal.h"
#include <math.h>
#include <stdlib.h>

#define FIRST  256  /* candidates of the first round */
#define KEEP   4    /* one in KEEP goes on */
#define ROUNDS 4    /* the last one is the neighbourhood of the best */
#define NEAR   27   /* candidates in it */
#define PIECE  30.0 /* m drilled in an episode of tuning */
#define PILOT  64   /* episodes that tell how long an episode is */
#define HOUR   3600.0
#define GRID_W 8
#define GRID_O 8
#define GRID_F 4

typedef struct {
  const idr_drilling_world *world;
  const idr_scenario *scenarios; /* those of one class, or all */
  int64_t count;
  double seconds;            /* budget of the search, simulated */
  double spent;              /* s */
  int rounds;                /* still to come */
  double episode;            /* what an episode is expected to take, s */
  const idr_baseline *guest; /* NULL, or a driller that joins the last round */
  const idr_baseline_watch *watch;
  const char *what; /* is being tuned */
  double part;      /* of that, done before this search began */
  double share;     /* of that, what this search is */
} search;

typedef struct {
  double score;
  int index;
} ranked;

static int by_score(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->score != y->score) return x->score < y->score ? -1 : 1;
  return x->index - y->index;
}

static void tell(const search *s) {
  if (s->watch)
    s->watch->tell(s->watch->context, s->what,
                   s->part + s->share * fmin(1.0, s->spent / fmax(s->seconds, 1.0)));
}

/* Scores of candidates[0..n) on as many scenarios as the round affords, ranked. */
static idr_status rank_candidates(search *s, const idr_baseline *candidates, int n, ranked *out) {
  double affordable = fmax(s->seconds - s->spent, 0.0) / s->rounds--;
  int64_t per = (int64_t)(affordable / (s->episode * n));
  per = per < 2 ? 2 : per > s->count ? s->count : per;
  idr_drilling_books *books = malloc(sizeof *books * (size_t)(per * n));
  if (!books) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld episodes", (long long)(per * n));
  double simulated = 0.0;
  idr_status status =
      idr_baseline_play(s->world, candidates, n, s->scenarios, per, NULL, NULL, books, &simulated);
  for (int c = 0; status == IDR_STATUS_OK && c < n; c++)
    out[c] = (ranked){idr_drilling_score(s->world, books + c * per, per), c};
  free(books);
  IDR_TRY(status);
  s->spent += simulated;
  s->episode = simulated / (double)(per * n);
  tell(s);
  qsort(out, (size_t)n, sizeof *out, by_score);
  return IDR_STATUS_OK;
}

/* How long an episode is, from a few under a sensible driller, and `factor` for worse ones. */
static idr_status start_search(search *s, const idr_baseline *typical, double seconds, int rounds,
                               int64_t pilot, double factor) {
  idr_drilling_books books[PILOT];
  int64_t n = s->count < pilot ? s->count : pilot;
  s->seconds = seconds;
  s->rounds = rounds;
  s->spent = 0.0;
  tell(s);
  IDR_TRY(idr_baseline_play(s->world, typical, 1, s->scenarios, n, NULL, NULL, books, &s->spent));
  s->episode = factor * s->spent / (double)n;
  return IDR_STATUS_OK;
}

/* Halves `candidates` (FIRST of them, reordered) and looks around the winner. */
static idr_status halve(search *s, idr_baseline *candidates, int n,
                        void (*neighbour)(const search *s, const idr_baseline *best, int k,
                                          idr_baseline *out),
                        idr_baseline *best) {
  ranked order[FIRST];
  idr_baseline kept[FIRST];
  for (int round = 0; round < ROUNDS - 1; round++, n /= KEEP) {
    IDR_TRY(rank_candidates(s, candidates, n, order));
    for (int c = 0; c < n; c++)
      kept[c] = candidates[order[c].index];
    memcpy(candidates, kept, sizeof *kept * (size_t)n);
  }
  for (int k = 0; k < NEAR; k++)
    neighbour(s, &kept[0], k, &candidates[k]);
  candidates[NEAR] = kept[0];
  if (s->guest) candidates[NEAR + 1] = *s->guest;
  IDR_TRY(rank_candidates(s, candidates, NEAR + 1 + (s->guest != NULL), order));
  *best = candidates[order[0].index];
  return IDR_STATUS_OK;
}

/* ---- constants ------------------------------------------------------------------------------- */

static idr_set_points grid_point(const idr_drilling_world *w, float a, float b, float c) {
  return (idr_set_points){a * w->wob_max, w->omega_min + b * (w->omega_max - w->omega_min),
                          w->flow_min + c * (w->flow_max - w->flow_min)};
}

static void near_constant(const search *s, const idr_baseline *best, int k, idr_baseline *out) {
  const idr_drilling_world *w = s->world;
  float a = 0.4f * (float)(k / 9 - 1) / GRID_W, b = 0.4f * (float)(k / 3 % 3 - 1) / (GRID_O - 1);
  float c = 0.4f * (float)(k % 3 - 1) / (GRID_F - 1);
  idr_set_points *set = &out->set[0];
  *out = *best;
  set->wob = fminf(set->wob + a * w->wob_max, w->wob_max);
  set->omega =
      idr_clampf(set->omega + b * (w->omega_max - w->omega_min), w->omega_min, w->omega_max);
  set->flow = idr_clampf(set->flow + c * (w->flow_max - w->flow_min), w->flow_min, w->flow_max);
}

static idr_status tune_constant(search *s, double seconds, idr_set_points *best) {
  idr_baseline candidates[FIRST], winner;
  for (int k = 0; k < FIRST; k++)
    candidates[k] =
        (idr_baseline){.kind = IDR_BASELINE_CONSTANT,
                       .class_count = 1,
                       .set[0] = grid_point(s->world, (float)(k / (GRID_O * GRID_F) + 1) / GRID_W,
                                            (float)(k / GRID_F % GRID_O) / (GRID_O - 1),
                                            (float)(k % GRID_F) / (GRID_F - 1))};
  const idr_baseline typical = {.kind = IDR_BASELINE_CONSTANT,
                                .class_count = 1,
                                .set[0] = grid_point(s->world, 0.6f, 0.7f, 0.6f)};
  IDR_TRY(start_search(s, &typical, seconds, ROUNDS, PILOT, 3.0));
  IDR_TRY(halve(s, candidates, FIRST, near_constant, &winner));
  *best = winner.set[0];
  return IDR_STATUS_OK;
}

/* ---- one constant per hole diameter ---------------------------------------------------------- */

static float diameter_of(const idr_drilling_world *w, const idr_scenario *s) {
  const idr_well *well = w->well[s->well];
  return (float)well->section[idr_well_find_section(well, s->depth)].hole_diameter;
}

/* Diameters that occur, in order of appearance; more than there are classes fall to the nearest. */
static void find_classes(const idr_drilling_world *w, const idr_scenario *list, int64_t n,
                         idr_baseline *out) {
  for (int64_t k = 0; k < n; k++) {
    float d = diameter_of(w, &list[k]);
    int c = 0;
    while (c < out->class_count && fabsf(out->diameter[c] - d) > 1e-3f)
      c++;
    if (c == out->class_count && c < IDR_BASELINE_CLASSES) out->diameter[out->class_count++] = d;
  }
}

/* The best constant for all holes joins the last round of every class, so that noise in the search
 * cannot make the finer driller the worse one on the tuning wells. */
static idr_status tune_section(const search *all, double seconds, const idr_baseline *constant,
                               idr_baseline *out, double *spent) {
  *out = (idr_baseline){.kind = IDR_BASELINE_SECTION};
  find_classes(all->world, all->scenarios, all->count, out);
  idr_scenario *part = malloc(sizeof *part * (size_t)all->count);
  if (!part) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld scenarios", (long long)all->count);
  idr_status status = IDR_STATUS_OK;
  for (int c = 0; c < out->class_count && status == IDR_STATUS_OK; c++) {
    search s = *all;
    s.scenarios = part;
    s.count = 0;
    s.guest = constant;
    s.share = 1.0 / out->class_count;
    s.part = s.share * c;
    for (int64_t k = 0; k < all->count; k++)
      if (fabsf(diameter_of(all->world, &all->scenarios[k]) - out->diameter[c]) < 1e-3f)
        part[s.count++] = all->scenarios[k];
    status = tune_constant(&s, seconds / out->class_count, &out->set[c]);
    *spent += s.spent;
  }
  free(part);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}

/* ---- advisor --------------------------------------------------------------------------------- */

/* Gains from three to seven numbers in (0, 1); ranges from a timid to a bold adviser. */
static void set_gains(idr_baseline *b, const float u[7]) {
  b->hold = 60.0f * idr_expf(2.3f * u[0]); /* 1 to 10 min */
  b->step = 0.02f * idr_expf(2.3f * u[1]); /* 2 to 20 % */
  b->slip_limit = 0.2f + 1.2f * u[2];
  b->back_off = 0.02f + 0.2f * u[3];
  b->energy_weight = 3.0f * u[4] * u[4];
  b->wob_cap = 1.0f + u[5];
  b->omega_cap = 1.0f + 0.4f * u[6];
}

static void near_advisor(const search *s, const idr_baseline *best, int k, idr_baseline *out) {
  (void)s;
  *out = *best;
  float *gain[7] = {&out->hold,          &out->step,    &out->slip_limit, &out->back_off,
                    &out->energy_weight, &out->wob_cap, &out->omega_cap};
  for (int j = 0; j < 7; j++) {
    idr_random4 r = idr_random_draw(2, (uint32_t)k, 0, (uint32_t)j, IDR_PURPOSE_INIT, 0);
    *gain[j] *= idr_expf(0.4f * (idr_random_uniform(r.word[0]) - 0.5f));
  }
  out->wob_cap = fmaxf(out->wob_cap, 1.0f);
  out->omega_cap = fmaxf(out->omega_cap, 1.0f);
}

static idr_status tune_advisor(search *s, double seconds, const idr_baseline *start,
                               idr_baseline *best) {
  idr_baseline candidates[FIRST];
  for (int k = 0; k < FIRST; k++) {
    float u[8];
    for (int j = 0; j < 8; j++) {
      idr_random4 r = idr_random_draw(1, (uint32_t)k, 0, (uint32_t)j, IDR_PURPOSE_INIT, 0);
      u[j] = idr_random_uniform(r.word[0]);
    }
    candidates[k] = *start;
    candidates[k].kind = IDR_BASELINE_ADVISOR;
    set_gains(&candidates[k], u);
  }
  IDR_TRY(start_search(s, &candidates[0], seconds, ROUNDS, PILOT, 1.0));
  IDR_TRY(halve(s, candidates, FIRST, near_advisor, best));
  return IDR_STATUS_OK;
}

/* ---- clairvoyant ----------------------------------------------------------------------------- */

/* Its trials are dear, so only the price of wear and the length of a trial are searched. */
static idr_status tune_clairvoyant(search *s, double seconds, const idr_baseline *section,
                                   idr_baseline *best) {
  static const float weight[] = {0.8f, 1.0f, 1.3f, 1.7f};
  static const float measure[] = {90.0f, 240.0f};
  idr_baseline candidates[8];
  ranked order[8];
  for (int k = 0; k < 8; k++) {
    candidates[k] = *section;
    candidates[k].kind = IDR_BASELINE_CLAIRVOYANT;
    candidates[k].wear_weight = weight[k % 4];
    candidates[k].measure = measure[k / 4];
  }
  IDR_TRY(start_search(s, &candidates[5], seconds, 1, 4, 0.8));
  IDR_TRY(rank_candidates(s, candidates, 8, order));
  *best = candidates[order[0].index];
  return IDR_STATUS_OK;
}

/* ---- all ------------------------------------------------------------------------------------- */

static idr_status tune_all(search *s, double seconds, idr_baseline_set *out) {
  idr_baseline *t = out->tuned;
  double spent = 0.0;
  s->what = "tuning constant";
  t[IDR_BASELINE_CONSTANT] = (idr_baseline){.kind = IDR_BASELINE_CONSTANT, .class_count = 1};
  IDR_TRY(tune_constant(s, seconds, &t[IDR_BASELINE_CONSTANT].set[0]));
  out->hours[IDR_BASELINE_CONSTANT] = s->spent / HOUR;
  s->what = "tuning section";
  IDR_TRY(tune_section(s, seconds, &t[IDR_BASELINE_CONSTANT], &t[IDR_BASELINE_SECTION], &spent));
  out->hours[IDR_BASELINE_SECTION] = spent / HOUR;
  s->what = "tuning advisor";
  IDR_TRY(tune_advisor(s, seconds, &t[IDR_BASELINE_CONSTANT], &t[IDR_BASELINE_ADVISOR]));
  out->hours[IDR_BASELINE_ADVISOR] = s->spent / HOUR;
  s->what = "tuning clairvoyant";
  IDR_TRY(tune_clairvoyant(s, seconds, &t[IDR_BASELINE_SECTION], &t[IDR_BASELINE_CLAIRVOYANT]));
  out->hours[IDR_BASELINE_CLAIRVOYANT] = s->spent / HOUR;
  return IDR_STATUS_OK;
}

/* Pieces of an interval tell as much about a driller and are met in more rocks for the same time.
 */
static idr_drilling_world shorter(const idr_drilling_world *world) {
  idr_drilling_world out = *world;
  idr_drilling_settings *d = &out.config.drilling;
  double share = d->interval > PIECE ? PIECE / d->interval : 1.0;
  d->interval *= share;
  d->time_limit *= share;
  d->bits_max *= share;
  return out;
}

idr_status idr_baseline_tune(const idr_drilling_world *training,
                             const idr_baseline_settings *settings, const idr_baseline_watch *watch,
                             idr_baseline_set *out) {
  /* Every well once, but enough when one well is all there is. */
  int64_t n = training->well_count < 256 ? 256 : training->well_count;
  idr_scenario *list = malloc(sizeof *list * (size_t)n);
  if (!list) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld scenarios", (long long)n);
  for (int64_t k = 0; k < n; k++)
    list[k] = idr_drilling_scenario(training, k);
  *out = (idr_baseline_set){.hours = {0.0}};
  const idr_drilling_world world = shorter(training);
  search s = {.world = &world, .scenarios = list, .count = n, .watch = watch, .share = 1.0};
  idr_status status = tune_all(&s, settings->tuning_hours, out);
  free(list);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}
