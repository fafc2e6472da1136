/* The drilling task as an environment: lanes live in groups of 64, which the physics steps at once.
 */
#include "base/vmath.h"
#include "env/drilling_internal.h"
#include <omp.h>
#include <stdlib.h>

#define METRICS(X)                                                                                 \
  X("cost", cost)                                                                                  \
  X("metres", b->metres)                                                                           \
  X("interval", b->metres > interval ? b->metres : interval)                                       \
  X("hours", idr_drilling_hours(b))                                                                \
  X("bits", b->bits)                                                                               \
  X("rotating_hours", b->rotating / 3600.0)                                                        \
  X("connection_hours", b->connection / 3600.0)                                                    \
  X("trip_hours", b->trip / 3600.0)                                                                \
  X("lost_hours", b->lost / 3600.0)                                                                \
  X("stick_slip_hours", b->stick_slip / 3600.0)                                                    \
  X("failed", b->end == IDR_END_FAILED ? 1.0 : 0.0)                                                \
  X("unfinished", b->end == IDR_END_TIME || b->end == IDR_END_BITS ? 1.0 : 0.0)

/* A spare group for calls that cover a group only in part. Kept in a list, so that each of any
 * number of threads gets its own and none is made twice. */
typedef struct spare {
  idr_drill_group *group;
  struct spare *next;
} spare;

typedef struct {
  idr_drilling_world *world;
  int64_t group_count;
  idr_drill_group **group; /* lane i is lane i % 64 of group i / 64 */
  idr_drilling_lane *lane; /* [lane_count] */
  spare *spares;
  omp_lock_t lock; /* of `spares` */
  idr_drilling_watch watch;
  void *watch_context;
  int64_t watched;  /* lane */
  idr_guard *guard; /* borrowed; NULL: none */
} drilling;

const idr_drilling_world *idr_drilling_env_world(const idr_env *env) {
  const drilling *d = env->state;
  return d->world;
}

void idr_drilling_env_watch(idr_env *env, int64_t lane, idr_drilling_watch watch, void *context) {
  drilling *d = env->state;
  d->watched = lane;
  d->watch = watch;
  d->watch_context = context;
}

void idr_drilling_env_guard(idr_env *env, idr_guard *guard) {
  drilling *d = env->state;
  d->guard = guard;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void drilling_destroy(idr_env *env) {
  drilling *d = env->state;
  if (!d) return;
  for (int64_t i = 0; d->group && i < d->group_count; i++)
    idr_drill_group_free(d->group[i]);
  while (d->spares) {
    spare *s = d->spares;
    d->spares = s->next;
    idr_drill_group_free(s->group);
    free(s);
  }
  free(d->group);
  free(d->lane);
  idr_drilling_world_destroy(d->world);
  omp_destroy_lock(&d->lock);
  free(d);
  env->state = NULL;
}

/* Every lane of every group must hold a valid state before a step, also those past lane_count. */
static idr_status make_groups(drilling *d, int64_t lanes) {
  idr_scenario first = idr_drilling_scenario(d->world, 0);
  idr_drilling_books unused;
  for (int64_t i = 0; i < d->group_count; i++) {
    IDR_TRY(idr_drill_group_create(&d->group[i]));
    int64_t left = lanes - i * IDR_LANES;
    d->group[i]->lanes = idr_drilling_stepped(left < IDR_LANES ? (int)left : IDR_LANES);
    for (int lane = 0; lane < IDR_LANES; lane++)
      IDR_TRY(idr_drilling_start(d->world, &first, d->group[i], lane, &unused));
  }
  return IDR_STATUS_OK;
}

static void describe(idr_env *env, const idr_drilling_world *world) {
  const idr_drilling_settings *s = &world->config.drilling;
  idr_env_spec *spec = &env->spec;
#define METRIC_NAME(name, value) name,
  static const char *const names[] = {METRICS(METRIC_NAME)};
  idr_drilling_describe(world, spec);
  spec->discount = exp(-(double)s->period / s->discount_horizon);
  spec->metric_count = (int)(sizeof names / sizeof names[0]);
  for (int i = 0; i < spec->metric_count; i++)
    spec->metric_name[i] = names[i];
}

static idr_status drilling_create(idr_env *env) {
  idr_status status = IDR_STATUS_OK;
  drilling *d = calloc(1, sizeof *d);
  if (!d) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the drilling task");
  omp_init_lock(&d->lock);
  env->state = d;
  d->group_count = (env->lane_count + IDR_LANES - 1) / IDR_LANES;
  d->group = calloc((size_t)d->group_count, sizeof *d->group);
  d->lane = calloc((size_t)env->lane_count, sizeof *d->lane);
  if (!d->group || !d->lane)
    IDR_FAIL_GOTO(status, fail, IDR_STATUS_MEMORY, "no memory for %lld drilling lanes",
                  (long long)env->lane_count);
  IDR_TRY_GOTO(status, fail, idr_drilling_world_create(env->settings, &d->world));
  IDR_TRY_GOTO(status, fail, make_groups(d, env->lane_count));
  describe(env, d->world);
  return IDR_STATUS_OK;
fail:
  drilling_destroy(env);
  return status;
}

/* ---- episodes -------------------------------------------------------------------------------- */

/* Starts the next episode of a lane that sits at `place` of `group`. The starts of the world's
 * wells were checked when the world was made, so a start cannot fail. */
static void start_episode(const idr_env *env, int64_t lane, idr_drill_group *group, int place) {
  const drilling *d = env->state;
  const idr_drilling_world *world = d->world;
  idr_drilling_lane *l = &d->lane[lane];
  uint32_t global = (uint32_t)(env->lane_first + lane), episode = l->episode;
  bool frozen = world->config.drilling.order == 1;
  /* A lane's later episodes walk through the list by a prime, so that neighbours part company. */
  idr_scenario s = frozen ? idr_drilling_scenario(world, global + 7919 * (int64_t)episode)
                          : idr_drilling_draw(world, env->seed, global, episode);
  *l = (idr_drilling_lane){.episode = episode + 1, .well = s.well};
  if (idr_drilling_start(world, &s, group, place, &l->books) != IDR_STATUS_OK) idr_error_clear();
  l->reference = idr_drilling_reference(world, s.well, group->layer[place], group->depth[place]);
  if (d->guard) idr_guard_start(d->guard, lane);
}

static void write_rows(const idr_env *env, int64_t lane, const idr_drill_group *group, int first,
                       int count, float *observation, float *critic) {
  const drilling *d = env->state;
  idr_drilling_observe(d->world, env->seed, (uint32_t)(env->lane_first + lane), group, first, count,
                       &d->lane[lane], observation);
  if (env->spec.critic_dim > 0 && critic)
    idr_drilling_reveal(d->world, group, first, count, &d->lane[lane], observation, critic);
}

static void drilling_reset(idr_env *env, int64_t begin, int64_t end,
                           const idr_env_buffers *buffers) {
  drilling *d = env->state;
  int od = env->spec.observation_dim, cd = env->spec.critic_dim;
  for (int64_t lane = begin; lane < end; lane++) {
    idr_drill_group *group = d->group[lane / IDR_LANES];
    int place = (int)(lane % IDR_LANES);
    start_episode(env, lane, group, place);
    write_rows(env, lane, group, place, 1, buffers->observation + (lane - begin) * od,
               buffers->critic ? buffers->critic + (lane - begin) * cd : NULL);
  }
}

/* ---- a step ---------------------------------------------------------------------------------- */

static idr_status set_points(const idr_env *env, int64_t lane, idr_drill_group *group, int first,
                             int count, const float *action) {
  const idr_env_spec *s = &env->spec;
  const drilling *d = env->state;
  for (int k = 0; k < count; k++) {
    const float *a = action + k * 3;
    if (!isfinite(a[0] + a[1] + a[2]))
      IDR_FAIL(IDR_STATUS_NUMERIC, "drilling: the action of lane %lld is not a finite number",
               (long long)(env->lane_first + lane + k));
    group->wob_set[first + k] = idr_clampf(a[0], s->action_low[0], s->action_high[0]);
    group->omega_set[first + k] = idr_clampf(a[1], s->action_low[1], s->action_high[1]);
    group->flow_set[first + k] = idr_clampf(a[2], s->action_low[2], s->action_high[2]);
    if (d->guard) idr_guard_act(d->guard, lane + k, group, first + k);
    idr_drilling_event(d->world, group, first + k, &d->lane[lane + k].event_size);
  }
  return IDR_STATUS_OK;
}

static void write_metrics(const idr_drilling_world *world, const idr_drilling_books *b, double cost,
                          double *out) {
  double interval = world->config.drilling.interval;
#define METRIC_VALUE(name, value) value,
  const double values[] = {METRICS(METRIC_VALUE)};
  memcpy(out, values, sizeof values);
}

/* Cost and reference of a lane since its last decision, as reward. */
static float earn(const idr_drilling_world *world, const idr_drill_group *group, int place,
                  idr_drilling_lane *l) {
  double reference =
      idr_drilling_reference(world, l->well, group->layer[place], group->depth[place]);
  double cost = idr_drilling_cost(world, &l->books);
  if (l->books.end == IDR_END_TIME) cost -= world->rig_rate * l->books.charge_missing;
  double gain = (reference - l->reference) - (cost - l->cost);
  l->reference = reference;
  l->cost = cost;
  return (float)(gain / (world->rig_rate * world->config.prices.reward_time));
}

/* Books, reward and flags of one lane after a control period. NUMERIC when the physics broke. */
static idr_status settle(idr_env *env, int64_t lane, const idr_drill_group *group, int place,
                         double depth_before, const idr_env_buffers *buffers, int64_t row) {
  const drilling *d = env->state;
  idr_drilling_lane *l = &d->lane[lane];
  idr_drilling_account(d->world, group, place, depth_before, &l->books);
  if (d->guard)
    idr_guard_see(d->guard, lane, group, place, (double)d->world->config.drilling.period,
                  l->books.end != IDR_END_NONE);
  buffers->reward[row] = earn(d->world, group, place, l);
  buffers->truncated[row] = l->books.end == IDR_END_TIME;
  buffers->terminated[row] = l->books.end != IDR_END_NONE && l->books.end != IDR_END_TIME;
  if (l->books.end != IDR_END_NONE)
    write_metrics(d->world, &l->books, idr_drilling_cost(d->world, &l->books),
                  buffers->metrics + row * env->spec.metric_count);
  if (isfinite(buffers->reward[row])) return IDR_STATUS_OK;
  const char *field = "reward";
  idr_drill_scan(group, place, place + 1, &field);
  IDR_FAIL(IDR_STATUS_NUMERIC, "drilling: '%s' of lane %lld is not a finite number", field,
           (long long)(env->lane_first + lane));
}

/* Ends the episodes that are over: last rows out, next episode in, its first rows out. */
static void end_episodes(idr_env *env, int64_t lane, idr_drill_group *group, int first, int count,
                         const idr_env_buffers *buffers, int64_t row) {
  const drilling *d = env->state;
  size_t od = (size_t)env->spec.observation_dim, cd = (size_t)env->spec.critic_dim;
  for (int k = 0; k < count; k++, lane++, row++) {
    if (d->lane[lane].books.end == IDR_END_NONE) continue;
    float *seen = buffers->observation + row * (int64_t)od;
    float *true_state = cd ? buffers->critic + row * (int64_t)cd : NULL;
    memcpy(buffers->final_observation + row * (int64_t)od, seen, od * sizeof(float));
    if (cd) memcpy(buffers->final_critic + row * (int64_t)cd, true_state, cd * sizeof(float));
    start_episode(env, lane, group, first + k);
    write_rows(env, lane, group, first + k, 1, seen, true_state);
  }
}

/* One control period of lanes [lane, lane + count), which sit at `first` of `group`. */
static idr_status step_group(idr_env *env, int64_t lane, idr_drill_group *group, int first,
                             int count, const idr_env_buffers *buffers, int64_t row) {
  drilling *d = env->state;
  double depth[IDR_LANES];
  IDR_TRY(set_points(env, lane, group, first, count, buffers->action + row * 3));
  memcpy(depth, group->depth, sizeof depth);
  idr_drill_step(group, (int)d->world->config.drilling.period);
  for (int k = 0; k < count; k++) {
    d->lane[lane + k].step++;
    IDR_TRY(settle(env, lane + k, group, first + k, depth[first + k], buffers, row + k));
    if (d->watch && d->watched == lane + k)
      d->watch(d->watch_context, group, first + k, &d->lane[lane + k].books);
  }
  idr_drilling_update_trends(d->world, group, first, count, &d->lane[lane]);
  float *critic = env->spec.critic_dim ? buffers->critic + row * env->spec.critic_dim : NULL;
  write_rows(env, lane, group, first, count, buffers->observation + row * env->spec.observation_dim,
             critic);
  end_episodes(env, lane, group, first, count, buffers, row);
  return IDR_STATUS_OK;
}

/* ---- groups that a call covers only in part -------------------------------------------------- */

static idr_status take_spare(drilling *d, spare **out) {
  omp_set_lock(&d->lock);
  spare *s = d->spares;
  if (s) d->spares = s->next;
  omp_unset_lock(&d->lock);
  *out = s;
  if (s) return IDR_STATUS_OK;
  s = calloc(1, sizeof *s);
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a spare group of lanes");
  if (idr_drill_group_create(&s->group) != IDR_STATUS_OK) {
    free(s);
    return idr_trace_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__);
  }
  *out = s;
  return IDR_STATUS_OK;
}

static void give_spare(drilling *d, spare *s) {
  omp_set_lock(&d->lock);
  s->next = d->spares;
  d->spares = s;
  omp_unset_lock(&d->lock);
}

/* Another thread may be stepping the group's other lanes: ours are copied out, stepped, and copied
 * back. Unused places hold a copy of our first lane. */
static idr_status step_part(idr_env *env, int64_t lane, idr_drill_group *group, int first,
                            int count, const idr_env_buffers *buffers, int64_t row) {
  drilling *d = env->state;
  char bytes[sizeof(idr_drill_group) / IDR_LANES];
  spare *s;
  IDR_TRY(take_spare(d, &s));
  s->group->lanes = idr_drilling_stepped(count);
  for (int place = 0; place < s->group->lanes; place++) {
    int from = first + (place < count ? place : 0);
    idr_drill_lane_save(group, from, bytes);
    idr_drill_lane_load(s->group, place, group->well[from], bytes);
  }
  idr_status status = step_group(env, lane, s->group, 0, count, buffers, row);
  for (int place = 0; place < count; place++) {
    idr_drill_lane_save(s->group, place, bytes);
    idr_drill_lane_load(group, first + place, s->group->well[place], bytes);
  }
  give_spare(d, s);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}

static idr_status drilling_step(idr_env *env, int64_t begin, int64_t end,
                                const idr_env_buffers *buffers) {
  drilling *d = env->state;
  for (int64_t lane = begin; lane < end;) {
    int64_t group = lane / IDR_LANES, last = (group + 1) * IDR_LANES;
    int64_t used = last < env->lane_count ? last : env->lane_count;
    int64_t stop = used < end ? used : end;
    int first = (int)(lane % IDR_LANES), count = (int)(stop - lane);
    bool whole = first == 0 && stop == used;
    IDR_TRY((whole ? step_group : step_part)(env, lane, d->group[group], first, count, buffers,
                                             lane - begin));
    lane = stop;
  }
  return IDR_STATUS_OK;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The drill state needs no more bytes than its share of a group. */
#define LANE_BYTES (sizeof(idr_drilling_lane) + sizeof(idr_drill_group) / IDR_LANES)

static void drilling_save(const idr_env *env, int64_t lane, void *bytes) {
  const drilling *d = env->state;
  memset(bytes, 0, LANE_BYTES);
  memcpy(bytes, &d->lane[lane], sizeof d->lane[lane]);
  idr_drill_lane_save(d->group[lane / IDR_LANES], (int)(lane % IDR_LANES),
                      (char *)bytes + sizeof d->lane[lane]);
}

static idr_status drilling_load(idr_env *env, int64_t lane, const void *bytes) {
  drilling *d = env->state;
  idr_drilling_lane in;
  memcpy(&in, bytes, sizeof in);
  if (in.well < 0 || in.well >= d->world->well_count)
    IDR_FAIL(IDR_STATUS_FORMAT,
             "drilling: lane %lld was saved with well %d, but the world has %d: damaged state or "
             "other settings",
             (long long)(env->lane_first + lane), in.well, d->world->well_count);
  d->lane[lane] = in;
  idr_drill_lane_load(d->group[lane / IDR_LANES], (int)(lane % IDR_LANES), d->world->well[in.well],
                      (const char *)bytes + sizeof in);
  const char *field = idr_drill_lane_damage(d->group[lane / IDR_LANES], (int)(lane % IDR_LANES));
  if (field)
    IDR_FAIL(IDR_STATUS_FORMAT, "drilling: '%s' in the saved state of lane %lld is damaged", field,
             (long long)(env->lane_first + lane));
  return IDR_STATUS_OK;
}

const idr_env_kind idr_drilling_kind = {
    .name = "drilling",
    .doc = "drill an interval of a well at the least cost: set weight, speed and flow",
    .settings_bytes = sizeof(idr_drilling_config),
    .bind = idr_drilling_bind,
    .create = drilling_create,
    .destroy = drilling_destroy,
    .reset = drilling_reset,
    .step = drilling_step,
    .lane_bytes = LANE_BYTES,
    .lane_save = drilling_save,
    .lane_load = drilling_load,
};
