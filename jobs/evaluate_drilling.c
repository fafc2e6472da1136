/* The drilling task: the frozen policy and four baselines on the same scenarios, first in generated
 * wells that the training has not seen, as they are and as the named sets change them, then in a
 * real one. */
#include "jobs/evaluate.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUMMARY_MAX ((size_t)16 << 20)
#define VENUES      (IDR_SCENARIO_SETS_MAX + 1) /* at most: all sets, and a well file */

/* A world to be judged in: scenario k of its frozen list is the first episode of lane k. */
typedef struct {
  idr_drilling_config config;
  idr_env *env;
  idr_evaluation_set set;
} venue;

typedef struct {
  bool on_terminal, silent, shown;
  double last;
} ticker;

/* ---- progress -------------------------------------------------------------------------------- */

static void tell(void *context, const char *what, double part) {
  ticker *t = context;
  double now = idr_clock_seconds();
  if (t->silent || now - t->last < (t->on_terminal ? 0.2 : 10.0)) return;
  t->last = now;
  t->shown = true;
  fprintf(stderr, t->on_terminal ? "\rbaselines: %-20s %3.0f %%" : "baselines: %s %.0f %%\n", what,
          100 * part);
}

static ticker ticker_start(const idr_evaluation *e) {
  return (ticker){.on_terminal = isatty(STDERR_FILENO) == 1,
                  .silent = !e->config.run.progress,
                  .last = idr_clock_seconds()};
}

static void ticker_end(const ticker *t) {
  if (t->on_terminal && t->shown) fprintf(stderr, "\r%40s\r", "");
}

/* ---- venues ---------------------------------------------------------------------------------- */

/* Order `each`, and no critic: nobody learns here. */
static void frozen_config(const idr_evaluation *e, idr_drilling_config *out) {
  *out = *(const idr_drilling_config *)e->config.task;
  out->drilling.order = 1;
  out->drilling.critic_state = false;
  out->drilling.well_first = e->ask.well_first;
}

static idr_status check_unseen(const idr_evaluation *e) {
  const idr_drilling_settings *t = &((const idr_drilling_config *)e->config.task)->drilling;
  int64_t first = e->ask.well_first, wells = e->ask.wells;
  if (t->well_file[0] || first >= t->well_first + t->wells || first + wells <= t->well_first)
    return IDR_STATUS_OK;
  IDR_FAIL(
      IDR_STATUS_CONFIG,
      "evaluate.well_first = %lld with evaluate.wells = %lld are wells of the training (%lld to "
      "%lld): choose others",
      (long long)first, (long long)wells, (long long)t->well_first,
      (long long)(t->well_first + t->wells - 1));
}

static idr_status open_venue(const idr_evaluation *e, venue *v, int64_t count) {
  IDR_TRY(idr_env_create(&idr_drilling_kind, &v->config, idr_evaluate_key(e), 0, count, &v->env));
  v->set.world = idr_drilling_env_world(v->env);
  v->set.count = count;
  v->set.scenario_hash = idr_drilling_scenario_hash(v->set.world, count);
  v->set.bills = calloc((size_t)(IDR_EVALUATE_DRILLERS * count), sizeof *v->set.bills);
  v->set.counts = calloc((size_t)(IDR_EVALUATE_DRILLERS * count), sizeof *v->set.counts);
  if (!v->set.bills || !v->set.counts)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld episodes", (long long)count);
  return IDR_STATUS_OK;
}

static void close_venue(venue *v) {
  idr_env_destroy(v->env);
  free(v->set.bills);
  free(v->set.counts);
}

static idr_status open_unseen(const idr_evaluation *e, const idr_scenario_set *set, venue *v) {
  int64_t count = e->ask.episodes > 0 ? e->ask.episodes : e->ask.wells;
  IDR_TRY(check_unseen(e));
  frozen_config(e, &v->config);
  v->config.drilling.wells = e->ask.wells;
  v->config.drilling.well_file[0] = '\0';
  idr_scenario_set_apply(set, &v->config);
  v->set.key = set->key;
  idr_text_append(v->set.title, sizeof v->set.title,
                  "%lld intervals of %g m in %lld wells that the training has not seen",
                  (long long)count, v->config.drilling.interval, (long long)e->ask.wells);
  if (set != idr_scenario_sets)
    idr_text_append(v->set.title, sizeof v->set.title, "; %s: %s", set->name, set->doc);
  return open_venue(e, v, count);
}

static idr_status open_well_file(const idr_evaluation *e, venue *v) {
  frozen_config(e, &v->config);
  idr_drilling_settings *d = &v->config.drilling;
  if (!idr_evaluate_find_file(e->ask.well_file, d->well_file, sizeof d->well_file))
    IDR_FAIL(IDR_STATUS_IO,
             "there is no well file '%s', neither here nor beside the binary; set "
             "evaluate.well_file, or leave it empty",
             e->ask.well_file);
  v->set.key = "well_file";
  IDR_TRY(open_venue(e, v, e->ask.well_file_episodes));
  idr_text_append(v->set.title, sizeof v->set.title, "%lld intervals of %g m in well %.120s",
                  (long long)e->ask.well_file_episodes, d->interval,
                  v->set.world->well[0]->head.name);
  return IDR_STATUS_OK;
}

/* ---- scenarios, frozen before anybody drills ------------------------------------------------- */

static json_t *scenarios_json(const venue *v) {
  char hash[32];
  json_t *list = json_array();
  for (int64_t k = 0; k < v->set.count; k++) {
    idr_scenario s = idr_drilling_scenario(v->set.world, k);
    json_array_append_new(list, json_pack("[i,f,f]", s.well, s.depth, s.wear));
  }
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)v->set.scenario_hash);
  return json_pack("{s:s,s:s,s:o}", "title", v->set.title, "hash", hash, "well_depth_wear", list);
}

static idr_status freeze(const idr_evaluation *e, const venue *venues, int count) {
  json_t *all = json_object();
  for (int i = 0; i < count; i++) {
    json_object_set_new(all, venues[i].set.key, scenarios_json(&venues[i]));
    printf("scenarios    %016llx: %s\n", (unsigned long long)venues[i].set.scenario_hash,
           venues[i].set.title);
  }
  printf("             listed in %s/%sevaluation-scenarios.json before anybody drills\n", e->folder,
         e->prefix);
  fflush(stdout);
  idr_status status = idr_evaluate_write(e, all, "evaluation-scenarios.json");
  json_decref(all);
  return status;
}

/* ---- the world of the training --------------------------------------------------------------- */

/* What the training noted in its summary, as text; "" while it has not ended. */
static void noted_world(const idr_evaluation *e, char *out, size_t size) {
  char path[PATH_MAX], *text = NULL;
  size_t bytes = 0;
  out[0] = '\0';
  int n = snprintf(path, sizeof path, "%s/summary.json", e->folder);
  if (n < 0 || n >= (int)sizeof path || !idr_file_exists(path)) return;
  if (idr_file_read(path, SUMMARY_MAX, &text, &bytes) != IDR_STATUS_OK) {
    idr_error_clear();
    return;
  }
  json_t *root = json_loadb(text, bytes, 0, NULL);
  const char *world = json_string_value(json_object_get(json_object_get(root, "results"), "world"));
  snprintf(out, size, "%s", world ? world : "");
  json_decref(root);
  free(text);
}

static void tell_training(idr_evaluation *e, const idr_drilling_world *world) {
  char now[32], then[32];
  snprintf(now, sizeof now, "%016llx", (unsigned long long)idr_drilling_world_hash(world));
  noted_world(e, then, sizeof then);
  printf("trained on   %d wells, world %s\n", world->well_count, now);
  if (then[0] && strcmp(now, then) != 0)
    printf("note: the training noted world %s: its physics, wells or prices were others\n", then);
  json_object_set_new(e->record, "training_world",
                      json_pack("{s:s,s:s,s:i,s:s}", "hash", now, "noted_by_the_training", then,
                                "wells", world->well_count, "physics", idr_drill_source_hash()));
}

/* Minutes of tuning would be lost on a cache that cannot be written. */
static idr_status check_cache(const idr_evaluation *e) {
  char folder[IDR_TEXT_MAX];
  const char *cache = e->baselines.cache;
  snprintf(folder, sizeof folder, "%s", cache);
  char *slash = strrchr(folder, '/');
  if (slash) *slash = '\0';
  const char *where = !slash ? "." : slash == folder ? "/" : folder;
  if (access(where, W_OK) != 0)
    return idr_file_fail("write into the folder of baselines.cache,", where, errno);
  printf("baselines    cache %s, %g h of tuning each\n", cache, e->baselines.tuning_hours / 3600.0);
  json_object_set_new(e->record, "baselines_cache", json_string(cache));
  return IDR_STATUS_OK;
}

/* ---- drilling -------------------------------------------------------------------------------- */

static idr_status play_guarded(const idr_evaluation *e, venue *v, idr_episode *episodes) {
  idr_guard guard;
  IDR_TRY(idr_guard_create(&e->shield, v->set.count, &guard));
  idr_drilling_env_guard(v->env, &guard);
  idr_status status = idr_actor_evaluate(&e->actor, v->env, (int)e->config.sizes.tile_rows,
                                         e->threads, e->ask.deterministic, episodes);
  idr_drilling_env_guard(v->env, NULL);
  for (int64_t k = 0; k < v->set.count; k++)
    v->set.counts[k] = guard.lane[k].counts;
  idr_guard_free(&guard);
  return status;
}

static idr_status play_policy(const idr_evaluation *e, venue *v) {
  idr_episode *episodes = calloc((size_t)v->set.count, sizeof *episodes);
  if (!episodes)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %lld episodes", (long long)v->set.count);
  if (e->config.run.progress)
    fprintf(stderr, "policy: playing %lld episodes\n", (long long)v->set.count);
  idr_status status = play_guarded(e, v, episodes);
  for (int64_t k = 0; k < v->set.count && status == IDR_STATUS_OK; k++)
    status = idr_bill_of_episode(&v->env->spec, &episodes[k], &v->set.bills[k]);
  free(episodes);
  return status;
}

static idr_status play_baselines(const idr_evaluation *e, venue *v) {
  idr_baseline_results results;
  ticker t = ticker_start(e);
  const idr_baseline_watch watch = {tell, &t};
  idr_status status =
      idr_baseline_evaluate(idr_drilling_env_world(e->frozen.env), v->set.world, v->set.count,
                            &e->baselines, &e->shield, &watch, &results);
  ticker_end(&t);
  IDR_TRY(status);
  for (int64_t k = 0; k < v->set.count * IDR_BASELINE_COUNT; k++)
    v->set.bills[v->set.count + k] = idr_bill_of_books(v->set.world, &results.books[k]);
  memcpy(v->set.counts + v->set.count, results.counts,
         sizeof *results.counts * (size_t)(v->set.count * IDR_BASELINE_COUNT));
  v->set.tuned = results.set;
  v->set.tuned_now = results.tuned_now;
  v->set.played_now = results.played_now;
  idr_baseline_results_free(&results);
  return IDR_STATUS_OK;
}

static idr_status compare(const idr_evaluation *e, idr_evaluation_set *set) {
  const idr_price_settings *prices = &set->world->config.prices;
  for (int r = 0; r < IDR_RATES; r++) {
    idr_scorecard_request ask = {.drillers = IDR_EVALUATE_DRILLERS,
                                 .floor = 1 + IDR_BASELINE_CONSTANT,
                                 .ceiling = 1 + IDR_BASELINE_CLAIRVOYANT,
                                 .scenarios = set->count,
                                 .wells = set->world->well_count,
                                 .bills = set->bills,
                                 .bit_price = prices->bit_price,
                                 .rig_rate = prices->rig_rate / 24.0 *
                                             idr_evaluate_rate_factor((idr_rate)r),
                                 .resamples = e->ask.resamples,
                                 .seed = idr_evaluate_key(e)};
    IDR_TRY(idr_scorecard_make(&ask, &set->rate[r]));
  }
  return IDR_STATUS_OK;
}

static idr_status judge(idr_evaluation *e, venue *v) {
  IDR_TRY(play_policy(e, v));
  IDR_TRY(play_baselines(e, v));
  IDR_TRY(compare(e, &v->set));
  idr_evaluate_print_set(e, &v->set);
  return idr_evaluate_record_set(e, &v->set);
}

/* A well file that cannot be drilled takes nothing from the rest of the evaluation. */
static int open_well(idr_evaluation *e, venue *v) {
  if (!e->ask.well_file[0]) return 0;
  if (open_well_file(e, v) == IDR_STATUS_OK) return 1;
  const char *why = idr_error_get()->message;
  printf("warning: evaluate.well_file is left out: %s\n", why);
  json_object_set_new(e->record, "well_file", json_pack("{s:s}", "left_out", why));
  return 0;
}

/* The chosen sets, in the table's order. */
static idr_status open_sets(idr_evaluation *e, venue *venues, int *count) {
  bool chosen[IDR_SCENARIO_SETS_MAX];
  IDR_TRY(idr_scenario_sets_choose(e->ask.sets, chosen));
  *count = 0;
  for (int i = 0; i < idr_scenario_set_count; i++)
    if (chosen[i]) IDR_TRY(open_unseen(e, &idr_scenario_sets[i], &venues[(*count)++]));
  return IDR_STATUS_OK;
}

static void summarise(const venue venues[VENUES], int count) {
  const idr_evaluation_set *sets[VENUES];
  for (int i = 0; i < count; i++)
    sets[i] = &venues[i].set;
  idr_evaluate_print_summary(sets, count);
}

static idr_status judge_all(idr_evaluation *e, venue venues[VENUES]) {
  int count = 0, named = 0;
  IDR_TRY(check_cache(e));
  tell_training(e, idr_drilling_env_world(e->frozen.env));
  IDR_TRY(open_sets(e, venues, &named));
  count = named + open_well(e, &venues[named]);
  IDR_TRY(freeze(e, venues, count));
  for (int i = 0; i < count; i++)
    IDR_TRY(judge(e, &venues[i]));
  if (named > 1) summarise(venues, count);
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_drilling(idr_evaluation *e) {
  venue *venues = calloc(VENUES, sizeof *venues);
  if (!venues) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to evaluate a policy");
  idr_status status = judge_all(e, venues);
  for (int i = 0; i < VENUES; i++)
    close_venue(&venues[i]);
  free(venues);
  return status;
}
