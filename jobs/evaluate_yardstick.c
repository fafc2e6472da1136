/* Yardstick tasks: the return over many episodes, as published results give it. */
#include "jobs/evaluate.h"

#include <stdlib.h>

#define EPISODES 500

typedef struct {
  double *total, *length; /* [episodes] */
  idr_summary of_total, of_length;
} results;

static void print_summary(const char *name, const idr_summary *s) {
  printf("%-12s %9.2f +- %-8.2f %9.2f %9.2f %9.2f\n", name, s->mean, s->half_width, s->deviation,
         s->min, s->max);
}

static void print_results(const idr_evaluation *e, const results *r) {
  printf("episodes     %lld, seed %lld\n\n%-12s %9s    %-8s %9s %9s %9s\n",
         (long long)r->of_total.count, (long long)e->ask.seed, "", "mean", "95 %", "deviation",
         "min", "max");
  print_summary("return", &r->of_total);
  print_summary("length", &r->of_length);
}

static json_t *summary_json(const idr_summary *s, const double *values) {
  json_t *list = json_array();
  for (int64_t i = 0; i < s->count; i++)
    json_array_append_new(list, idr_evaluate_number(values[i]));
  return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "mean", idr_evaluate_number(s->mean),
                   "half_width_95", idr_evaluate_number(s->half_width), "deviation",
                   idr_evaluate_number(s->deviation), "min", idr_evaluate_number(s->min), "max",
                   idr_evaluate_number(s->max), "each", list);
}

static void record_results(idr_evaluation *e, const results *r) {
  json_object_set_new(e->record, "episodes", json_integer(r->of_total.count));
  json_object_set_new(e->record, "seed", json_integer(e->ask.seed));
  json_object_set_new(e->record, "return", summary_json(&r->of_total, r->total));
  json_object_set_new(e->record, "length", summary_json(&r->of_length, r->length));
}

static idr_status play(idr_evaluation *e, int64_t n, idr_episode *episodes) {
  idr_env *env = NULL;
  IDR_TRY(idr_env_create(e->config.kind, e->config.task, idr_evaluate_key(e), 0, n, &env));
  idr_status status = idr_actor_evaluate(&e->actor, env, (int)e->config.sizes.tile_rows, e->threads,
                                         e->ask.deterministic, episodes);
  idr_env_destroy(env);
  return status;
}

static idr_status play_and_tell(idr_evaluation *e, int64_t n, idr_episode *episodes, results *r) {
  IDR_TRY(play(e, n, episodes));
  for (int64_t i = 0; i < n; i++) {
    r->total[i] = episodes[i].total_reward;
    r->length[i] = episodes[i].length;
  }
  r->of_total = idr_summary_of(r->total, n);
  r->of_length = idr_summary_of(r->length, n);
  print_results(e, r);
  record_results(e, r);
  return IDR_STATUS_OK;
}

idr_status idr_evaluate_yardstick(idr_evaluation *e) {
  int64_t n = e->ask.episodes > 0 ? e->ask.episodes : EPISODES;
  idr_episode *episodes = calloc((size_t)n, sizeof *episodes);
  double *numbers = calloc(2 * (size_t)n, sizeof *numbers);
  results r = {.total = numbers, .length = numbers ? numbers + n : NULL};
  idr_status status;
  if (!episodes || !numbers)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for %lld episodes", (long long)n);
  else
    status = play_and_tell(e, n, episodes, &r);
  free(episodes);
  free(numbers);
  return status;
}
