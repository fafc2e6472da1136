/* What the driller sees, and what the critic may see beside it. */
#include "base/random.h"
#include "env/drilling_internal.h"

#define NOISE_DRAWS 16 /* pairs of normal numbers that a row can use */

typedef enum { STAT_MEAN, STAT_MIN, STAT_MAX, STAT_STD, STAT_LAST } statistic;

/* Channels over the control period. X(name, channel, statistic). The stick-slip index and the stuck
 * fraction look back 20 s by themselves, so their last value is taken. */
#define SENSOR_ROWS(X)                                                                             \
  X("wob_mean", WOB, MEAN)                                                                         \
  X("wob_std", WOB, STD)                                                                           \
  X("omega_mean", OMEGA, MEAN)                                                                     \
  X("omega_min", OMEGA, MIN)                                                                       \
  X("omega_max", OMEGA, MAX)                                                                       \
  X("torque_mean", TORQUE, MEAN)                                                                   \
  X("torque_min", TORQUE, MIN)                                                                     \
  X("torque_max", TORQUE, MAX)                                                                     \
  X("torque_std", TORQUE, STD)                                                                     \
  X("rop_mean", ROP, MEAN)                                                                         \
  X("rop_std", ROP, STD)                                                                           \
  X("standpipe_pressure_mean", SPP, MEAN)                                                          \
  X("standpipe_pressure_max", SPP, MAX)                                                            \
  X("flow_in_mean", FLOW_IN, MEAN)                                                                 \
  X("flow_out_mean", FLOW_OUT, MEAN)                                                               \
  X("hookload_mean", HOOKLOAD, MEAN)                                                               \
  X("ecd_mean", ECD, MEAN)                                                                         \
  X("ecd_max", ECD, MAX)                                                                           \
  X("ecd_shoe_mean", ECD_SHOE, MEAN)                                                               \
  X("mud_density_in", MUD_DENSITY, MEAN)                                                           \
  X("mud_temperature_mean", TEMPERATURE, MEAN)                                                     \
  X("gamma_ray_mean", GAMMA, MEAN)                                                                 \
  X("tvd", TVD, LAST)                                                                              \
  X("inclination", INCLINATION, LAST)                                                              \
  X("stick_slip_index", SSI, LAST)                                                                 \
  X("stuck_fraction", STUCK, LAST)

typedef struct {
  const char *name;
  idr_channel_id channel;
  statistic statistic;
} sensor_row;

#define SENSOR_ROW(name, channel, statistic) {name, IDR_CHANNEL_##channel, STAT_##statistic},
static const sensor_row sensors[] = {SENSOR_ROWS(SENSOR_ROW)};
#define SENSOR_COUNT ((int)(sizeof sensors / sizeof sensors[0]))
_Static_assert(sizeof sensors / sizeof sensors[0] <= 2 * NOISE_DRAWS, "more draws are needed");

/* Numbers that need no sensor. ROPs, energies and depths of cut span decades, so their logarithms
 * are given. name, unit, low, high, value for lane i of group g with own data l. */
#define DERIVED_ROWS(X)                                                                            \
  X("wob_set", "N", 0.0f, world->wob_max, g->wob_set[i])                                           \
  X("omega_set", "rad/s", world->omega_min, world->omega_max, g->omega_set[i])                     \
  X("flow_set", "m3/s", world->flow_min, world->flow_max, g->flow_set[i])                          \
  X("hole_diameter", "m", 0.1f, 0.4f, g->hole_diameter[i])                                         \
  X("log_rop", "log(m/s)", -10.0f, -4.0f, logarithm(g->mean[IDR_CHANNEL_ROP][i], 1e-5f))           \
  X("log_mse", "log(Pa)", 16.0f, 22.0f, logarithm(g->mean[IDR_CHANNEL_MSE][i], 1e6f))              \
  X("log_cut", "log(m/rad)", -10.0f, -4.0f, logarithm(cut_per_radian(g, i), 1e-5f))                \
  X("log_rop_trend", "log(m/s)", -10.0f, -4.0f, logarithm(l->trend[IDR_TREND_ROP], 1e-5f))         \
  X("log_mse_trend", "log(Pa)", 16.0f, 22.0f, logarithm(l->trend[IDR_TREND_MSE], 1e6f))            \
  X("torque_trend", "N.m", 0.0f, 4e4f, l->trend[IDR_TREND_TORQUE])

/* The true state, for the critic only. */
#define STATE_ROWS(X)                                                                              \
  X("ucs", "Pa", 0.0f, 3e8f, g->ucs[i])                                                            \
  X("abrasiveness", "-", 0.0f, 1.5f, g->abrasiveness[i])                                           \
  X("stickiness", "-", 0.0f, 1.0f, g->stickiness[i])                                               \
  X("wear", "-", 0.0f, 1.0f, g->wear[i])                                                           \
  X("balling", "-", 0.0f, 1.0f, g->balling[i])                                                     \
  X("whirl", "-", 0.0f, 1.0f, g->whirl[i])                                                         \
  X("strength", "Pa", 0.0f, 4e8f, g->strength[i])                                                  \
  X("founder_wob", "N", 0.0f, 3e5f, idr_minf(g->founder_wob[i], 1e6f))                             \
  X("flat_temperature", "K", 280.0f, 900.0f, g->flat_temperature[i])                               \
  X("omega_bit", "rad/s", -10.0f, 50.0f, g->mean[IDR_CHANNEL_OMEGA_BIT][i])                        \
  X("solids", "-", 0.0f, 0.2f, g->solids[i])                                                       \
  X("fatigue", "-", 0.0f, 0.5f, (float)g->fatigue[i])                                              \
  X("lost_volume", "m3", 0.0f, 50.0f, (float)g->lost_volume[i])                                    \
  X("fracture_margin", "kg/m3", -100.0f, 600.0f,                                                   \
    g->fracture_density[i] - g->mean[IDR_CHANNEL_ECD][i])                                          \
  X("layer_ahead", "m", 0.0f, 40.0f, idr_minf(layer_ahead(g, i), 100.0f))                          \
  X("ucs_ahead", "Pa", 0.0f, 3e8f, next_layer(g, i)->ucs)                                          \
  X("abrasiveness_ahead", "-", 0.0f, 1.5f, next_layer(g, i)->abrasiveness)                         \
  X("interval_left", "m", 0.0f, (float)world->config.drilling.interval,                            \
    (float)(world->config.drilling.interval - (g->depth[i] - g->start_depth[i])))

IDR_FN float logarithm(float value, float floor) {
  return idr_logf(idr_maxf(value, 0.0f) + floor);
}

IDR_FN float cut_per_radian(const idr_drill_group *g, int i) {
  return g->mean[IDR_CHANNEL_ROP][i] / idr_maxf(g->mean[IDR_CHANNEL_OMEGA][i], 1.0f);
}

static float layer_ahead(const idr_drill_group *g, int i) {
  return (float)((double)g->well[i]->layer[g->layer[i]].bottom - g->depth[i]);
}

static const idr_layer *next_layer(const idr_drill_group *g, int i) {
  int next = g->layer[i] + 1;
  return &g->well[i]->layer[next < g->well[i]->layer_count ? next : g->layer[i]];
}

/* ---- names and ranges ------------------------------------------------------------------------ */

typedef struct {
  const char *name, *unit;
  float low, high;
} range;

static double window_of(const idr_drilling_world *world, const sensor_row *row) {
  if (row->statistic != STAT_LAST) return (double)world->config.drilling.period;
  bool trailing = row->channel == IDR_CHANNEL_SSI || row->channel == IDR_CHANNEL_STUCK;
  return trailing ? (double)IDR_TRAIL : 1.0;
}

static void describe_sensor(const idr_drilling_world *world, const sensor_row *row,
                            idr_env_spec *spec, int j) {
  static const char *const word[] = {"mean", "min", "max", "std", "last"};
  const idr_channel *c = &idr_channels[row->channel];
  double width = c->high - c->low;
  spec->observation_column[j] =
      (idr_env_column){row->name, c->unit, c, word[row->statistic], window_of(world, row)};
  spec->observation_low[j] = row->statistic == STAT_STD ? 0.0f : (float)c->low;
  spec->observation_high[j] = row->statistic == STAT_STD ? (float)(0.25 * width) : (float)c->high;
}

static void describe_observation(const idr_drilling_world *world, idr_env_spec *spec) {
#define RANGE_ROW(name, unit, low, high, value) {name, unit, low, high},
  const range derived[] = {DERIVED_ROWS(RANGE_ROW)};
  int n = 0;
  for (int j = 0; j < SENSOR_COUNT; j++)
    describe_sensor(world, &sensors[j], spec, n++);
  for (size_t j = 0; j < sizeof derived / sizeof derived[0]; j++, n++) {
    spec->observation_column[n] =
        (idr_env_column){.name = derived[j].name, .unit = derived[j].unit};
    spec->observation_low[n] = derived[j].low;
    spec->observation_high[n] = derived[j].high;
  }
  spec->observation_dim = n;
}

static void describe_critic(const idr_drilling_world *world, idr_env_spec *spec) {
  const range state[] = {STATE_ROWS(RANGE_ROW)};
  int n = spec->observation_dim;
  for (int j = 0; j < n; j++) {
    spec->critic_column[j] = spec->observation_column[j];
    spec->critic_low[j] = spec->observation_low[j];
    spec->critic_high[j] = spec->observation_high[j];
  }
  for (size_t j = 0; j < sizeof state / sizeof state[0]; j++, n++) {
    spec->critic_column[n] = (idr_env_column){.name = state[j].name, .unit = state[j].unit};
    spec->critic_low[n] = state[j].low;
    spec->critic_high[n] = state[j].high;
  }
  spec->critic_dim = n;
}

static void describe_action(const idr_drilling_world *world, idr_env_spec *spec) {
  const float low[] = {0.0f, world->omega_min, world->flow_min};
  const float high[] = {world->wob_max, world->omega_max, world->flow_max};
  static const idr_env_column column[] = {
      {.name = "wob_set", .unit = "N", .channel = &idr_channels[IDR_CHANNEL_WOB]},
      {.name = "omega_set", .unit = "rad/s", .channel = &idr_channels[IDR_CHANNEL_OMEGA]},
      {.name = "flow_set", .unit = "m3/s", .channel = &idr_channels[IDR_CHANNEL_FLOW_IN]}};
  spec->action_kind = IDR_ACTION_BOX;
  spec->action_dim = 3;
  for (int i = 0; i < spec->action_dim; i++) {
    spec->action_column[i] = column[i];
    spec->action_low[i] = low[i];
    spec->action_high[i] = high[i];
    spec->action_start[i] = (float)(2.0 * world->config.drilling.start.value[i] - 1.0);
  }
}

void idr_drilling_describe(const idr_drilling_world *world, idr_env_spec *spec) {
  spec->period = (double)world->config.drilling.period;
  describe_observation(world, spec);
  if (world->config.drilling.critic_state) describe_critic(world, spec);
  describe_action(world, spec);
}

/* ---- rows ------------------------------------------------------------------------------------ */

void idr_drilling_update_trends(const idr_drilling_world *world, const idr_drill_group *group,
                                int first, int count, idr_drilling_lane *lanes) {
  float share = 1.0f - idr_expf(-(float)world->config.drilling.period / IDR_TREND_TIME);
  for (int k = 0; k < count; k++) {
    idr_drilling_lane *l = &lanes[k];
    int i = first + k;
    float now[IDR_TREND_COUNT] = {group->mean[IDR_CHANNEL_ROP][i], group->mean[IDR_CHANNEL_MSE][i],
                                  group->mean[IDR_CHANNEL_TORQUE][i]};
    for (int t = 0; t < IDR_TREND_COUNT; t++)
      l->trend[t] += (l->step <= 1 ? 1.0f : share) * (now[t] - l->trend[t]);
  }
}

static const float *statistic_of(const idr_drill_group *g, const sensor_row *row) {
  switch (row->statistic) {
  case STAT_MEAN:
    return g->mean[row->channel];
  case STAT_MIN:
    return g->least[row->channel];
  case STAT_MAX:
    return g->most[row->channel];
  case STAT_STD:
    return g->spread[row->channel];
  default:
    return g->value[row->channel];
  }
}

typedef struct {
  float first, second;
} normal_pair;

/* By value: a vector loop can keep no array of its own. */
IDR_FN normal_pair draw_pair(uint64_t seed, uint32_t lane, uint32_t episode, uint32_t step,
                             uint32_t draw) {
  float pair[2];
  idr_random4 r = idr_random_draw(seed, lane, episode, step, IDR_PURPOSE_SENSOR, draw);
  idr_random_normal2(r.word[0], r.word[1], pair);
  return (normal_pair){pair[0], pair[1]};
}

/* Two columns of normal numbers for `count` lanes, keyed by lane, episode and control period. */
static void draw_noise(uint64_t seed, uint32_t global, const idr_drilling_lane *lanes, int count,
                       uint32_t draw, float (*out)[IDR_LANES]) {
  uint32_t episode[IDR_LANES], step[IDR_LANES];
  for (int k = 0; k < count; k++) {
    episode[k] = lanes[k].episode;
    step[k] = lanes[k].step;
  }
  IDR_SIMD
  for (int k = 0; k < count; k++) {
    normal_pair pair = draw_pair(seed, global + (uint32_t)k, episode[k], step[k], draw);
    out[0][k] = pair.first;
    out[1][k] = pair.second;
  }
}

/* Channels that a setting drilling.dead_sensor silences. */
static bool is_dead(int dead_sensor, idr_channel_id channel) {
  switch (dead_sensor) {
  case 1:
    return channel == IDR_CHANNEL_SPP;
  case 2:
    return channel == IDR_CHANNEL_ECD || channel == IDR_CHANNEL_ECD_SHOE;
  case 3:
    return channel == IDR_CHANNEL_SSI || channel == IDR_CHANNEL_STUCK;
  default:
    return false;
  }
}

/* Column j of `count` rows as a faulty gauge shows it. */
static void spoil(const idr_drilling_settings *d, int j, int count, float *rows, int width) {
  const sensor_row *s = &sensors[j];
  float low = s->statistic == STAT_STD ? 0.0f : (float)idr_channels[s->channel].low;
  float error = s->statistic != STAT_MEAN            ? 0.0f
                : s->channel == IDR_CHANNEL_WOB      ? (float)d->weight_error
                : s->channel == IDR_CHANNEL_HOOKLOAD ? -(float)d->weight_error
                                                     : 0.0f;
  bool dead = is_dead(d->dead_sensor, s->channel);
  for (int k = 0; k < count && (dead || error != 0.0f); k++)
    rows[k * width + j] = dead ? low : rows[k * width + j] + error;
}

static void write_sensors(const idr_drilling_world *world, uint64_t seed, uint32_t global,
                          const idr_drill_group *g, int first, int count,
                          const idr_drilling_lane *lanes, float *rows, int width) {
  float sigma = (float)world->config.drilling.sensor_noise;
  float noise[2][IDR_LANES] = {{0.0f}};
  for (int j = 0; j < SENSOR_COUNT; j++) {
    const float *value = statistic_of(g, &sensors[j]) + first;
    float scale = sigma * (float)idr_channels[sensors[j].channel].resolution;
    if (sigma > 0.0f && j % 2 == 0) draw_noise(seed, global, lanes, count, (uint32_t)j / 2, noise);
    for (int k = 0; k < count; k++)
      rows[k * width + j] = value[k] + scale * noise[j % 2][k];
    spoil(&world->config.drilling, j, count, rows, width);
  }
}

void idr_drilling_observe(const idr_drilling_world *world, uint64_t seed, uint32_t global,
                          const idr_drill_group *group, int first, int count,
                          const idr_drilling_lane *lanes, float *rows) {
  const idr_drill_group *g = group;
#define VALUE_ROW(name, unit, low, high, value) value,
#define COUNT_ROW(name, unit, low, high, value) +1
  enum { WIDTH = SENSOR_COUNT DERIVED_ROWS(COUNT_ROW) };
  write_sensors(world, seed, global, g, first, count, lanes, rows, WIDTH);
  for (int k = 0; k < count; k++) {
    const idr_drilling_lane *l = &lanes[k];
    int i = first + k;
    const float derived[] = {DERIVED_ROWS(VALUE_ROW)};
    memcpy(rows + k * WIDTH + SENSOR_COUNT, derived, sizeof derived);
  }
}

void idr_drilling_reveal(const idr_drilling_world *world, const idr_drill_group *group, int first,
                         int count, const idr_drilling_lane *lanes, const float *observation,
                         float *rows) {
  const idr_drill_group *g = group;
  enum { SEEN = SENSOR_COUNT DERIVED_ROWS(COUNT_ROW), WIDTH = SEEN STATE_ROWS(COUNT_ROW) };
  (void)lanes;
  for (int k = 0; k < count; k++) {
    int i = first + k;
    const float state[] = {STATE_ROWS(VALUE_ROW)};
    memcpy(rows + k * WIDTH, observation + k * SEEN, SEEN * sizeof(float));
    memcpy(rows + k * WIDTH + SEEN, state, sizeof state);
  }
}
