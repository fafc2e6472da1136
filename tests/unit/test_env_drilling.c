/* The drilling task: contract, economics, scenarios, observation. */
#include "drill/events.h"
#include "env/drilling.h"
#include "support/env_contract.h"
#include "support/shrink.h"
#include "support/steady_driller.h"
#include <math.h>
#include <stdio.h>

/* A small world: short intervals, so that episodes end within a test. */
static idr_drilling_config small_config(void) {
  idr_drilling_config c;
  assert_int_equal(idr_drilling_defaults(&c), IDR_STATUS_OK);
  c.drilling.wells = 24;
  c.drilling.interval = 4.0;
  c.drilling.time_limit = 2400.0;
  return c;
}

/* Under a sanitizer episodes end sooner, drilled or not, so that some do within fewer steps. */
static idr_drilling_config short_config(void) {
  idr_drilling_config c = small_config();
  c.drilling.interval = test_amount(4, 1);
  c.drilling.time_limit = test_amount(2400, 180);
  return c;
}

static uint32_t steps(int whole, int part) {
  return (uint32_t)test_amount(whole, part);
}

static idr_drilling_world *make_world(const idr_drilling_config *c) {
  idr_drilling_world *world = NULL;
  assert_int_equal(idr_drilling_world_create(c, &world), IDR_STATUS_OK);
  return world;
}

/* ---- contract -------------------------------------------------------------------------------- */

static void test_contract(void **state) {
  (void)state;
  idr_drilling_config c = short_config();
  assert_true(contract_grouping(&idr_drilling_kind, &c, steps(180, 20)) > 0);
  contract_save_load(&idr_drilling_kind, &c, steps(60, 8), steps(120, 16));
  contract_ends(&idr_drilling_kind, &c, steps(200, 20));
  contract_bad_action(&idr_drilling_kind, &c);
}

static void test_frozen_order_contract(void **state) {
  (void)state;
  idr_drilling_config c = short_config();
  c.drilling.order = 1;
  c.drilling.critic_state = false;
  assert_true(contract_grouping(&idr_drilling_kind, &c, steps(120, 20)) > 0);
  contract_save_load(&idr_drilling_kind, &c, steps(30, 6), steps(60, 14));
}

/* A state saved in a larger world is refused. */
static void test_foreign_state(void **state) {
  (void)state;
  idr_drilling_config large = small_config(), small = small_config();
  large.drilling.order = 1;
  small.drilling.wells = 2;
  idr_env *a = contract_env(&idr_drilling_kind, &large, 0, 8);
  idr_env *b = contract_env(&idr_drilling_kind, &small, 0, 8);
  rig r = contract_rig(&a->spec, 8);
  contract_reset(a, &r);
  char *bytes = contract_block(idr_drilling_kind.lane_bytes);
  idr_drilling_kind.lane_save(a, 7, bytes);
  assert_int_equal(idr_drilling_kind.lane_load(b, 7, bytes), IDR_STATUS_FORMAT);
  free(bytes);
  contract_rig_free(&r);
  idr_env_destroy(a);
  idr_env_destroy(b);
}

/* ---- economics ------------------------------------------------------------------------------- */

static void play_constant(const idr_drilling_world *world, set_points s, int64_t n,
                          idr_drilling_books *books) {
  idr_scenario *list = malloc((size_t)n * sizeof *list);
  assert_non_null(list);
  for (int64_t k = 0; k < n; k++)
    list[k] = idr_drilling_scenario(world, k);
  assert_int_equal(idr_drilling_play(world, list, n, steady_driller, &s, NULL, books),
                   IDR_STATUS_OK);
  free(list);
}

static set_points middle(const idr_drilling_world *w, float share) {
  return (set_points){share * w->wob_max, w->omega_min + 0.7f * (w->omega_max - w->omega_min),
                      0.5f * (w->flow_min + w->flow_max)};
}

/* Idling and losing the hole, at whatever point of the interval, cost more than the worst finished
 * interval of drillers from careless to timid. */
static void test_ending_early_never_pays(void **state) {
  (void)state;
  enum { N = 48 };
  idr_drilling_config c = small_config();
  c.drilling.interval = test_amount(4, 1);
  c.drilling.time_limit = test_amount(8 * 3600, 1800);
  idr_drilling_world *world = make_world(&c);
  idr_drilling_books books[N];
  double worst = 0.0;
  int finished = 0;
  for (int share = 1; share <= 12; share += test_amount(1, 5)) {
    set_points s = middle(world, 0.25f * (float)(1 + share % 4));
    s.omega = share > 8 ? world->omega_max : share > 4 ? 0.5f * world->omega_max : s.omega;
    play_constant(world, s, N, books);
    for (int k = 0; k < N; k++) {
      if (books[k].end != IDR_END_FINISHED) continue;
      worst = fmax(worst, idr_drilling_cost(world, &books[k]));
      finished++;
    }
  }
  assert_true(finished > N);
  play_constant(world, middle(world, 0.0f), N, books);
  for (int k = 0; k < N; k++) {
    assert_int_equal(books[k].end, IDR_END_TIME);
    assert_true(idr_drilling_cost(world, &books[k]) > worst);
  }
  idr_drill_group *group;
  assert_int_equal(idr_drill_group_create(&group), IDR_STATUS_OK);
  for (int drilled = 0; drilled <= 4; drilled += 2) {
    idr_scenario s = idr_drilling_scenario(world, 3);
    idr_drilling_books lost;
    assert_int_equal(idr_drilling_start(world, &s, group, 0, &lost), IDR_STATUS_OK);
    group->depth[0] += drilled * c.drilling.interval / 4.0;
    group->failure[0] = IDR_FAILURE_PACKOFF;
    idr_drilling_account(world, group, 0, s.depth, &lost);
    assert_int_equal(lost.end, IDR_END_FAILED);
    assert_true(idr_drilling_cost(world, &lost) > worst);
  }
  idr_drill_group_free(group);
  idr_drilling_world_destroy(world);
}

/* Over an episode, rewards add up to reference minus cost; a charge for what the time limit left
 * undrilled is in the cost only. */
static void test_rewards_add_up(void **state) {
  (void)state;
  enum { LANES = 32 };
  idr_drilling_config c = small_config();
  c.drilling.time_limit = 900.0; /* some finish before it, some do not */
  c.drilling.order = 1;
  idr_env *env = contract_env(&idr_drilling_kind, &c, 0, LANES);
  const idr_drilling_world *world = idr_drilling_env_world(env);
  rig r = contract_rig(&env->spec, LANES);
  double sum[LANES] = {0.0};
  bool over[LANES] = {false};
  int ends[2] = {0, 0};
  contract_reset(env, &r);
  double unit = world->rig_rate * c.prices.reward_time;
  for (uint32_t step = 0; step < 260; step++) {
    contract_step(env, &r, step, LANES);
    for (int i = 0; i < LANES; i++) {
      if (over[i]) continue;
      sum[i] += (double)r.reward[i] * unit;
      over[i] = r.terminated[i] || r.truncated[i];
      if (!over[i]) continue;
      const double *m = r.metrics + i * env->spec.metric_count; /* cost, metres, ... */
      idr_scenario s = idr_drilling_scenario(world, i);
      const idr_well *well = world->well[s.well];
      double end = s.depth + m[1];
      double earned =
          idr_drilling_reference(world, s.well, idr_well_find_layer(well, end), end) -
          idr_drilling_reference(world, s.well, idr_well_find_layer(well, s.depth), s.depth);
      double left = 1.0 - m[1] / c.drilling.interval;
      double missing = r.truncated[i] ? left * c.prices.unfinished_time : 0.0;
      double expected = earned - m[0] + world->rig_rate * missing;
      assert_true(fabs(sum[i] - expected) < 1e-5 * (fabs(m[0]) + fabs(earned)));
      ends[r.truncated[i]]++;
    }
  }
  assert_true(ends[0] > 0 && ends[1] > 0);
  contract_rig_free(&r);
  idr_env_destroy(env);
}

static void assert_play_equals_env(idr_drilling_config c) {
  enum { LANES = 70 };
  c.drilling.order = 1;
  idr_env *env = contract_env(&idr_drilling_kind, &c, 0, LANES);
  const idr_drilling_world *world = idr_drilling_env_world(env);
  rig r = contract_rig(&env->spec, LANES);
  set_points s = middle(world, 0.5f);
  idr_drilling_books books[LANES];
  bool over[LANES] = {false};
  int left = LANES;
  contract_reset(env, &r);
  play_constant(world, s, LANES, books);
  while (left > 0) {
    for (int i = 0; i < LANES; i++)
      memcpy(r.action + 3 * i, &s, sizeof s);
    idr_env_buffers view = contract_view(&r, 0);
    assert_int_equal(idr_drilling_kind.step(env, 0, LANES, &view), IDR_STATUS_OK);
    for (int i = 0; i < LANES; i++) {
      if (over[i] || !(r.terminated[i] || r.truncated[i])) continue;
      over[i] = true;
      left--;
      assert_true(r.metrics[i * env->spec.metric_count] == idr_drilling_cost(world, &books[i]));
    }
  }
  contract_rig_free(&r);
  idr_env_destroy(env);
}

/* The environment and the player of scenarios keep the same books, whatever happens. */
static void test_play_equals_env(void **state) {
  (void)state;
  idr_drilling_config c = short_config();
  assert_play_equals_env(c);
  c.drilling.event_severity = 1.0;
  c.drilling.event_start = test_amount(120, 60);
  for (c.drilling.event = 1; c.drilling.event <= 1 + IDR_EVENT_LOST_NOZZLE; c.drilling.event++)
    assert_play_equals_env(c);
}

/* Cost at another rig rate follows from hours and bits alone. */
static void test_rig_rate(void **state) {
  (void)state;
  enum { N = 16 };
  idr_drilling_config c = small_config();
  idr_drilling_world *once = make_world(&c);
  c.prices.rig_rate *= 2.0;
  idr_drilling_world *twice = make_world(&c);
  idr_drilling_books a[N], b[N];
  play_constant(once, middle(once, 0.6f), N, a);
  play_constant(twice, middle(twice, 0.6f), N, b);
  assert_memory_equal(a, b, sizeof a);
  for (int k = 0; k < N; k++) {
    double bits = c.prices.bit_price * a[k].bits;
    double hours = idr_drilling_cost(once, &a[k]) - bits;
    assert_true(fabs(idr_drilling_cost(twice, &a[k]) - (bits + 2.0 * hours)) < 1e-6);
  }
  idr_drilling_world_destroy(once);
  idr_drilling_world_destroy(twice);
}

/* Wear that is used is paid with its share of bit and trip, also when the bit is changed. */
static void test_wear_is_charged(void **state) {
  (void)state;
  enum { N = 24 };
  idr_drilling_config c = small_config();
  c.drilling.interval = 10.0;
  c.drilling.time_limit = 20.0 * 3600.0;
  c.wells.abrasion_factor = 10.0;
  idr_drilling_world *world = make_world(&c);
  idr_drilling_books books[N];
  play_constant(world, middle(world, 0.8f), N, books);
  double used = 0.0;
  for (int k = 0; k < N; k++) {
    const idr_well *well = world->well[idr_drilling_scenario(world, k).well];
    double depth = idr_drilling_scenario(world, k).depth;
    double low = books[k].bits * idr_drilling_trip_time(well, depth);
    double high = books[k].bits * idr_drilling_trip_time(well, depth + books[k].metres);
    assert_true(books[k].trip >= low * (1.0 - 1e-9) && books[k].trip <= high * (1.0 + 1e-9));
    used = fmax(used, books[k].bits);
  }
  assert_true(used > 1.0);
  idr_drilling_world_destroy(world);
}

/* ---- scenarios ------------------------------------------------------------------------------- */

static void test_scenarios(void **state) {
  (void)state;
  idr_drilling_config c = small_config();
  idr_drilling_world *train = make_world(&c), *again = make_world(&c);
  c.drilling.well_first = 24;
  idr_drilling_world *other = make_world(&c);
  assert_true(idr_drilling_scenario_hash(train, 64) == idr_drilling_scenario_hash(again, 64));
  assert_true(idr_drilling_scenario_hash(train, 64) != idr_drilling_scenario_hash(train, 63));
  assert_true(idr_drilling_scenario_hash(train, 64) != idr_drilling_scenario_hash(other, 64));
  for (int i = 0; i < 24; i++)
    for (int j = 0; j < 24; j++)
      assert_true(idr_well_hash(train->well[i]) != idr_well_hash(other->well[j]));
  for (int k = 0; k < 200; k++) {
    idr_scenario s = idr_drilling_scenario(train, k);
    const idr_well *well = train->well[s.well];
    int at = idr_well_find_section(well, s.depth);
    assert_true(s.depth >= well->section[at].top);
    assert_true(s.depth + c.drilling.interval < well->section[at].bottom);
    assert_true(well->section[at].hole_diameter <= c.drilling.hole_diameter_max);
    assert_true(s.wear >= 0.0 && s.wear <= c.drilling.wear_start_max);
  }
  idr_drilling_world_destroy(train);
  idr_drilling_world_destroy(again);
  idr_drilling_world_destroy(other);
}

/* The same places with duller bits, and with less room above the mud in every layer. */
static void test_changed_world(void **state) {
  (void)state;
  idr_drilling_config c = small_config();
  idr_drilling_world *plain = make_world(&c);
  c.drilling.wear_start_min = 0.6;
  c.drilling.wear_start_max = 0.9;
  c.drilling.mud_window = 0.5;
  idr_drilling_world *other = make_world(&c);
  for (int k = 0; k < 100; k++) {
    idr_scenario a = idr_drilling_scenario(plain, k), b = idr_drilling_scenario(other, k);
    assert_true(a.well == b.well && a.depth == b.depth);
    assert_true(fabs(b.wear - (0.6 + 0.3 * a.wear / 0.7)) < 1e-12);
  }
  for (int i = 0; i < plain->well_count; i++)
    for (int l = 0; l < plain->well[i]->layer_count; l++) {
      const idr_layer *a = &plain->well[i]->layer[l], *b = &other->well[i]->layer[l];
      double mud = plain->well[i]->section[1].mud_density;
      double expected = mud + 0.5 * ((double)a->fracture_density - mud);
      assert_true(l == 0 || fabs((double)b->fracture_density - expected) < 1e-3);
      assert_true(a->ucs == b->ucs && a->pore_density == b->pore_density);
    }
  idr_drilling_world_destroy(plain);
  idr_drilling_world_destroy(other);
}

static uint64_t world_hash(const idr_drilling_config *c) {
  idr_drilling_world *world = make_world(c);
  uint64_t hash = idr_drilling_world_hash(world);
  idr_drilling_world_destroy(world);
  return hash;
}

/* The hash is of the bills: prices and rules change it, what only a learner notices does not. */
static void test_world_hash(void **state) {
  (void)state;
  idr_drilling_config c = small_config();
  uint64_t hash = world_hash(&c);
  idr_drilling_config other = c;
  other.drilling.critic_state = false;
  other.drilling.order = 1;
  other.drilling.discount_horizon *= 2.0;
  other.drilling.start.value[0] *= 0.5;
  other.prices.reward_time *= 2.0;
  other.prices.reference_time *= 2.0;
  assert_true(world_hash(&other) == hash);
  double *const bills[] = {&other.prices.rig_rate,        &other.prices.bit_price,
                           &other.prices.failure_time,    &other.prices.unfinished_time,
                           &other.drilling.interval,      &other.drilling.bits_max,
                           &other.drilling.wear_start_max};
  for (size_t i = 0; i < sizeof bills / sizeof bills[0]; i++) {
    double before = *bills[i];
    *bills[i] *= 0.9;
    assert_true(world_hash(&other) != hash);
    *bills[i] = before;
  }
  other.drilling.wear_start_min = 0.1;
  assert_true(world_hash(&other) != hash);
  other.drilling.wear_start_min = 0.0;
  other.drilling.weight_error = 1e3;
  assert_true(world_hash(&other) != hash);
  other.drilling.weight_error = 0.0;
  other.drilling.dead_sensor = 2;
  assert_true(world_hash(&other) != hash);
  other.drilling.dead_sensor = 0;
  other.drilling.event_severity = 1.0; /* of nothing */
  other.drilling.event_start = 60.0;
  assert_true(world_hash(&other) == hash);
  other.drilling.event = 1;
  uint64_t hard = world_hash(&other);
  other.drilling.event_severity = 0.5;
  assert_true(hard != hash && world_hash(&other) != hash && world_hash(&other) != hard);
  other.drilling.event = 0;
  assert_true(world_hash(&other) == hash);
  other.drilling.well_seed++;
  assert_true(world_hash(&other) != hash);
}

/* The real well: intervals of its 12.25 in and 8.75 in holes are drilled by a constant driller. */
static void test_forge(void **state) {
  (void)state;
  enum { N = 40 };
  idr_drilling_config c = small_config();
  c.drilling.time_limit = 12.0 * 3600.0;
  snprintf(c.drilling.well_file, sizeof c.drilling.well_file, "%s",
           IDR_SOURCE_FOLDER "/configs/wells/forge-16a-78-32.yaml");
  idr_drilling_world *world = make_world(&c);
  assert_int_equal(world->well_count, 1);
  idr_drilling_books books[N];
  play_constant(world, middle(world, 0.8f), N, books);
  double low = INFINITY, high = 0.0;
  int finished = 0;
  for (int k = 0; k < N; k++) {
    double depth = idr_drilling_scenario(world, k).depth;
    low = fmin(low, depth);
    high = fmax(high, depth);
    finished += books[k].end == IDR_END_FINISHED;
  }
  assert_true(low < 1000.0 && high > 2500.0);
  assert_true(finished > N / 2);
  idr_drilling_world_destroy(world);
}

static void assert_refused(const idr_drilling_config *c, idr_status status, const char *word) {
  idr_drilling_world *world = NULL;
  assert_int_equal(idr_drilling_world_create(c, &world), status);
  assert_null(world);
  assert_non_null(strstr(idr_error_get()->message, word));
}

static void test_bad_settings(void **state) {
  (void)state;
  idr_drilling_config c = small_config();
  c.prices.failure_time = 3600.0;
  assert_refused(&c, IDR_STATUS_CONFIG, "failure_time");
  c = small_config();
  c.prices.unfinished_time = 3600.0;
  assert_refused(&c, IDR_STATUS_CONFIG, "unfinished_time");
  c = small_config();
  c.drilling.wear_start_min = 0.8;
  assert_refused(&c, IDR_STATUS_CONFIG, "wear_start_min");
  c = small_config();
  c.drilling.interval = 4900.0;
  assert_refused(&c, IDR_STATUS_CONFIG, "interval");
  c = small_config();
  snprintf(c.drilling.well_file, sizeof c.drilling.well_file, "%s", "no/such/well.yaml");
  assert_refused(&c, IDR_STATUS_IO, "no/such/well.yaml");
}

/* ---- observation ----------------------------------------------------------------------------- */

/* Every number has a name of its own and a range, and stays near that range. */
static void test_ranges(void **state) {
  (void)state;
  enum { LANES = 64 };
  idr_drilling_config c = small_config();
  idr_env *env = contract_env(&idr_drilling_kind, &c, 0, LANES);
  const idr_env_spec *s = &env->spec;
  rig r = contract_rig(s, LANES);
  contract_reset(env, &r);
  for (int j = 0; j < s->observation_dim; j++) {
    assert_non_null(s->observation_column[j].name);
    assert_true(s->observation_low[j] < s->observation_high[j]);
    for (int k = 0; k < j; k++)
      assert_string_not_equal(s->observation_column[j].name, s->observation_column[k].name);
  }
  for (uint32_t step = 0; step < 100; step++) {
    contract_step(env, &r, step, LANES);
    for (int i = 0; i < LANES * s->critic_dim; i++) {
      int j = i % s->critic_dim;
      float width = s->critic_high[j] - s->critic_low[j];
      bool near = r.critic[i] > s->critic_low[j] - 4.0f * width &&
                  r.critic[i] < s->critic_high[j] + 4.0f * width;
      if (!near)
        fail_msg("column %d (%s): %g, usual range %g to %g", j,
                 j < s->observation_dim ? s->observation_column[j].name : "state",
                 (double)r.critic[i], (double)s->critic_low[j], (double)s->critic_high[j]);
    }
  }
  contract_rig_free(&r);
  idr_env_destroy(env);
}

/* Sensor noise has the channels' resolution as its standard deviation, and nothing else changes. */
static void test_noise(void **state) {
  (void)state;
  enum { LANES = 64, STEPS = 40 };
  idr_drilling_config c = small_config(), quiet = small_config();
  quiet.drilling.sensor_noise = 0.0;
  idr_env *a = contract_env(&idr_drilling_kind, &c, 0, LANES);
  idr_env *b = contract_env(&idr_drilling_kind, &quiet, 0, LANES);
  rig ra = contract_rig(&a->spec, LANES), rb = contract_rig(&b->spec, LANES);
  contract_reset(a, &ra);
  contract_reset(b, &rb);
  double square = 0.0, sum = 0.0, resolution = idr_channels[IDR_CHANNEL_GAMMA].resolution;
  int gamma = 0, dim = a->spec.observation_dim, n = 0;
  while (strcmp(a->spec.observation_column[gamma].name, "gamma_ray_mean") != 0)
    gamma++;
  for (uint32_t step = 0; step < STEPS; step++) {
    contract_step(a, &ra, step, LANES);
    contract_step(b, &rb, step, LANES);
    assert_memory_equal(ra.reward, rb.reward, LANES * sizeof(float));
    for (int i = 0; i < LANES; i++, n++) {
      double d = (double)(ra.observation[i * dim + gamma] - rb.observation[i * dim + gamma]);
      sum += d;
      square += d * d;
    }
  }
  assert_true(fabs(sum / n) < 5.0 * resolution / sqrt(n));
  assert_true(fabs(square / n / (resolution * resolution) - 1.0) < 5.0 * sqrt(2.0 / n));
  contract_rig_free(&ra);
  contract_rig_free(&rb);
  idr_env_destroy(a);
  idr_env_destroy(b);
}

static int column(const idr_env_spec *s, const char *name) {
  int j = 0;
  while (strcmp(s->observation_column[j].name, name) != 0)
    j++;
  return j;
}

/* A gauge off zero and a silent sensor change what they show, and nothing else. */
static void test_faults(void **state) {
  (void)state;
  enum { LANES = 8 };
  idr_drilling_config c = small_config(), bad = small_config();
  bad.drilling.weight_error = 20e3;
  bad.drilling.dead_sensor = 3;
  idr_env *a = contract_env(&idr_drilling_kind, &c, 0, LANES);
  idr_env *b = contract_env(&idr_drilling_kind, &bad, 0, LANES);
  rig ra = contract_rig(&a->spec, LANES), rb = contract_rig(&b->spec, LANES);
  contract_reset(a, &ra);
  contract_reset(b, &rb);
  int dim = a->spec.observation_dim, wob = column(&a->spec, "wob_mean");
  int hook = column(&a->spec, "hookload_mean"), slip = column(&a->spec, "stick_slip_index");
  int stuck = column(&a->spec, "stuck_fraction");
  for (uint32_t step = 0; step < 40; step++) {
    contract_step(a, &ra, step, LANES);
    contract_step(b, &rb, step, LANES);
    assert_memory_equal(ra.reward, rb.reward, LANES * sizeof(float));
    for (int i = 0; i < LANES * dim; i++) {
      int j = i % dim;
      float x = ra.observation[i], y = rb.observation[i];
      if (j == wob || j == hook)
        assert_true(fabsf(y - x - (j == wob ? 20e3f : -20e3f)) < 1.0f);
      else
        assert_true(y == (j == slip || j == stuck ? 0.0f : x));
    }
  }
  contract_rig_free(&ra);
  contract_rig_free(&rb);
  idr_env_destroy(a);
  idr_env_destroy(b);
}

/* gamma = exp(-period / horizon): the horizon is rig time, whatever the period. */
static void test_discount(void **state) {
  (void)state;
  idr_drilling_config c = small_config();
  c.drilling.period = 20;
  idr_env *env = contract_env(&idr_drilling_kind, &c, 0, 1);
  assert_true(fabs(pow(env->spec.discount, 7200.0 / 20.0) - exp(-1.0)) < 1e-12);
  idr_env_destroy(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_contract),       cmocka_unit_test(test_frozen_order_contract),
      cmocka_unit_test(test_foreign_state),  cmocka_unit_test(test_ending_early_never_pays),
      cmocka_unit_test(test_rewards_add_up), cmocka_unit_test(test_play_equals_env),
      cmocka_unit_test(test_rig_rate),       cmocka_unit_test(test_wear_is_charged),
      cmocka_unit_test(test_scenarios),      cmocka_unit_test(test_forge),
      cmocka_unit_test(test_world_hash),     cmocka_unit_test(test_bad_settings),
      cmocka_unit_test(test_ranges),         cmocka_unit_test(test_noise),
      cmocka_unit_test(test_discount),       cmocka_unit_test(test_changed_world),
      cmocka_unit_test(test_faults),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
