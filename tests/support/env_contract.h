/* What every task must keep, as checks that a test program runs on a kind of its choice. */
#ifndef IDR_TESTS_ENV_CONTRACT_H
#define IDR_TESTS_ENV_CONTRACT_H

#include "base/random.h"
#include "env/env.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* All buffers of `lanes` lanes, filled with a pattern that no task writes. */
typedef struct {
  int64_t lanes;
  const idr_env_spec *spec;
  float *action, *observation, *critic, *reward, *final_observation, *final_critic;
  uint8_t *terminated, *truncated;
  double *metrics;
} rig;

static void *contract_block(size_t bytes) {
  void *p = malloc(bytes + 1);
  assert_non_null(p);
  memset(p, 0xa5, bytes + 1);
  return p;
}

static rig contract_rig(const idr_env_spec *spec, int64_t lanes) {
  size_t n = (size_t)lanes, o = (size_t)spec->observation_dim, c = (size_t)spec->critic_dim;
  rig r = {.lanes = lanes, .spec = spec};
  r.action = contract_block(n * (size_t)spec->action_dim * sizeof(float));
  r.observation = contract_block(n * o * sizeof(float));
  r.critic = contract_block(n * c * sizeof(float));
  r.reward = contract_block(n * sizeof(float));
  r.final_observation = contract_block(n * o * sizeof(float));
  r.final_critic = contract_block(n * c * sizeof(float));
  r.terminated = contract_block(n);
  r.truncated = contract_block(n);
  r.metrics = contract_block(n * (size_t)spec->metric_count * sizeof(double));
  return r;
}

static void contract_rig_free(rig *r) {
  free(r->action);
  free(r->observation);
  free(r->critic);
  free(r->reward);
  free(r->final_observation);
  free(r->final_critic);
  free(r->terminated);
  free(r->truncated);
  free(r->metrics);
}

static idr_env_buffers contract_view(const rig *r, int64_t begin) {
  const idr_env_spec *s = r->spec;
  return (idr_env_buffers){.action = r->action + begin * s->action_dim,
                           .observation = r->observation + begin * s->observation_dim,
                           .critic = r->critic + begin * s->critic_dim,
                           .reward = r->reward + begin,
                           .terminated = r->terminated + begin,
                           .truncated = r->truncated + begin,
                           .final_observation = r->final_observation + begin * s->observation_dim,
                           .final_critic = r->final_critic + begin * s->critic_dim,
                           .metrics = r->metrics + begin * s->metric_count};
}

/* Random actions of global lanes [first, first + lanes): a tenth beyond the bounds, held for eight
 * steps so that a slow task gets somewhere. */
static void contract_actions(const rig *r, int64_t first, uint32_t step) {
  const idr_env_spec *s = r->spec;
  for (int64_t lane = 0; lane < r->lanes; lane++)
    for (int j = 0; j < s->action_dim; j++) {
      idr_random4 w =
          idr_random_draw(7, (uint32_t)(first + lane), 0, step / 8, IDR_PURPOSE_TEST, (uint32_t)j);
      float u = idr_random_uniform(w.word[0]);
      float width = s->action_high[j] - s->action_low[j];
      r->action[lane * s->action_dim + j] = s->action_kind == IDR_ACTION_DISCRETE
                                                ? (float)(int)(u * (float)s->action_count)
                                                : s->action_low[j] + (1.1f * u - 0.05f) * width;
    }
}

/* The critic's row begins with the driver's, so that a trainer may keep that one row only. */
static void contract_critic(const rig *r) {
  const idr_env_spec *s = r->spec;
  size_t dim = (size_t)s->observation_dim;
  if (s->critic_dim == 0) return;
  assert_true(s->critic_dim >= s->observation_dim);
  assert_memory_equal(s->critic_low, s->observation_low, dim * sizeof(float));
  assert_memory_equal(s->critic_high, s->observation_high, dim * sizeof(float));
  for (int64_t lane = 0; lane < r->lanes; lane++) {
    idr_env_buffers v = contract_view(r, lane);
    assert_memory_equal(v.critic, v.observation, dim * sizeof(float));
    if (v.terminated[0] || v.truncated[0])
      assert_memory_equal(v.final_critic, v.final_observation, dim * sizeof(float));
  }
}

/* One step, in calls of `chunk` lanes that threads share out among themselves. */
static void contract_step(idr_env *env, rig *r, uint32_t step, int64_t chunk) {
  contract_actions(r, env->lane_first, step);
  int failures = 0;
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : failures) num_threads(4)
  for (int64_t begin = 0; begin < r->lanes; begin += chunk) {
    int64_t end = begin + chunk < r->lanes ? begin + chunk : r->lanes;
    idr_env_buffers view = contract_view(r, begin);
    failures += env->kind->step(env, begin, end, &view) != IDR_STATUS_OK;
  }
  assert_int_equal(failures, 0);
  contract_critic(r);
}

/* Rows [offset, offset + b->lanes) of `a` hold the same bits as `b`. */
static void contract_same(const rig *a, const rig *b, int64_t offset) {
  const idr_env_spec *s = a->spec;
  size_t n = (size_t)b->lanes;
  idr_env_buffers v = contract_view(a, offset);
  size_t o = n * (size_t)s->observation_dim * sizeof(float);
  size_t c = n * (size_t)s->critic_dim * sizeof(float);
  assert_memory_equal(v.observation, b->observation, o);
  if (c) assert_memory_equal(v.critic, b->critic, c);
  assert_memory_equal(v.reward, b->reward, n * sizeof(float));
  assert_memory_equal(v.terminated, b->terminated, n);
  assert_memory_equal(v.truncated, b->truncated, n);
  for (size_t i = 0; i < n; i++) {
    if (!b->terminated[i] && !b->truncated[i]) continue;
    size_t od = (size_t)s->observation_dim, cd = (size_t)s->critic_dim;
    assert_memory_equal(v.final_observation + i * od, b->final_observation + i * od, od * 4);
    if (cd) assert_memory_equal(v.final_critic + i * cd, b->final_critic + i * cd, cd * 4);
    size_t md = (size_t)s->metric_count;
    if (md) assert_memory_equal(v.metrics + i * md, b->metrics + i * md, md * sizeof(double));
  }
}

static idr_env *contract_env(const idr_env_kind *kind, const void *settings, int64_t first,
                             int64_t lanes) {
  idr_env *env = NULL;
  assert_int_equal(idr_env_create(kind, settings, 11, first, lanes, &env), IDR_STATUS_OK);
  return env;
}

static void contract_reset(idr_env *env, rig *r) {
  idr_env_buffers view = contract_view(r, 0);
  env->kind->reset(env, 0, r->lanes, &view);
  memset(r->reward, 0, (size_t)r->lanes * sizeof(float));
  memset(r->terminated, 0, (size_t)r->lanes);
  memset(r->truncated, 0, (size_t)r->lanes);
}

/* One call over all lanes, calls over ragged chunks, and an environment that holds only some of
 * the lanes give the same bits. Returns the number of episodes that ended. */
static inline int64_t contract_grouping(const idr_env_kind *kind, const void *settings,
                                        uint32_t steps) {
  enum { LANES = 150, FIRST = 37, SOME = 70 };
  idr_env *all = contract_env(kind, settings, 0, LANES);
  idr_env *ragged = contract_env(kind, settings, 0, LANES);
  idr_env *some = contract_env(kind, settings, FIRST, SOME);
  rig ra = contract_rig(&all->spec, LANES), rr = contract_rig(&ragged->spec, LANES);
  rig rs = contract_rig(&some->spec, SOME);
  contract_reset(all, &ra);
  contract_reset(ragged, &rr);
  contract_reset(some, &rs);
  int64_t ended = 0;
  for (uint32_t step = 0; step < steps; step++) {
    contract_step(all, &ra, step, LANES);
    contract_step(ragged, &rr, step, 23);
    contract_step(some, &rs, step, SOME);
    contract_same(&ra, &rr, 0);
    contract_same(&ra, &rs, FIRST);
    for (int64_t i = 0; i < LANES; i++)
      ended += ra.terminated[i] || ra.truncated[i];
  }
  contract_rig_free(&ra);
  contract_rig_free(&rr);
  contract_rig_free(&rs);
  idr_env_destroy(all);
  idr_env_destroy(ragged);
  idr_env_destroy(some);
  return ended;
}

/* A lane saved after `before` steps and loaded into a fresh environment goes on with the same
 * bits for `after` steps. */
static inline void contract_save_load(const idr_env_kind *kind, const void *settings,
                                      uint32_t before, uint32_t after) {
  enum { LANES = 70 };
  idr_env *a = contract_env(kind, settings, 3, LANES), *b = contract_env(kind, settings, 3, LANES);
  rig ra = contract_rig(&a->spec, LANES), rb = contract_rig(&b->spec, LANES);
  contract_reset(a, &ra);
  for (uint32_t step = 0; step < before; step++)
    contract_step(a, &ra, step, LANES);
  char *bytes = contract_block(kind->lane_bytes);
  char *again = contract_block(kind->lane_bytes);
  for (int64_t lane = 0; lane < LANES; lane++) {
    kind->lane_save(a, lane, bytes);
    assert_int_equal(kind->lane_load(b, lane, bytes), IDR_STATUS_OK);
    kind->lane_save(b, lane, again);
    assert_memory_equal(bytes, again, kind->lane_bytes);
  }
  for (uint32_t step = before; step < before + after; step++) {
    contract_step(a, &ra, step, LANES);
    contract_step(b, &rb, step, 13);
    contract_same(&ra, &rb, 0);
  }
  free(bytes);
  free(again);
  contract_rig_free(&ra);
  contract_rig_free(&rb);
  idr_env_destroy(a);
  idr_env_destroy(b);
}

/* final_observation is written where an episode ended and nowhere else, and is not the first
 * observation of the next episode. */
static inline void contract_ends(const idr_env_kind *kind, const void *settings, uint32_t steps) {
  enum { LANES = 40 };
  idr_env *env = contract_env(kind, settings, 0, LANES);
  rig r = contract_rig(&env->spec, LANES);
  size_t row = (size_t)env->spec.observation_dim * sizeof(float);
  char *untouched = contract_block(row);
  contract_reset(env, &r);
  int64_t ended = 0;
  for (uint32_t step = 0; step < steps; step++) {
    memset(r.final_observation, 0xa5, row * LANES);
    contract_step(env, &r, step, LANES);
    for (size_t i = 0; i < LANES; i++) {
      const char *last = (const char *)r.final_observation + i * row;
      bool end = r.terminated[i] || r.truncated[i];
      assert_int_equal(memcmp(last, untouched, row) != 0, end);
      if (end) assert_memory_not_equal(last, (const char *)r.observation + i * row, row);
      ended += end;
    }
  }
  assert_true(ended > 0);
  free(untouched);
  contract_rig_free(&r);
  idr_env_destroy(env);
}

/* An action that is not a number is refused with a message that names the lane. */
static inline void contract_bad_action(const idr_env_kind *kind, const void *settings) {
  idr_env *env = contract_env(kind, settings, 100, 20);
  rig r = contract_rig(&env->spec, 20);
  contract_reset(env, &r);
  contract_actions(&r, 100, 0);
  r.action[5 * env->spec.action_dim] = (float)NAN;
  idr_env_buffers view = contract_view(&r, 0);
  assert_int_not_equal(kind->step(env, 0, 20, &view), IDR_STATUS_OK);
  assert_non_null(strstr(idr_error_get()->message, "105"));
  contract_rig_free(&r);
  idr_env_destroy(env);
}

#endif
