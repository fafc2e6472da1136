/* Pendulum-v1: swing up a pendulum with a weak torque, with the constants, the semi-implicit Euler
 * step and the cost of Gymnasium's task of that name. */
#include "base/random.h"
#include "env/classic.h"
#include <stdlib.h>

#define GRAVITY    10.0f
#define MASS       1.0f
#define LENGTH     1.0f
#define TIME_STEP  0.05f
#define RATE_LIMIT 8.0f
#define TORQUE_MAX 2.0f
#define STEP_LIMIT 200
#define PI         3.14159265358979f

typedef struct {
  float *angle, *rate;      /* [lane] */
  uint32_t *episode, *step; /* [lane] */
} lanes;

static void pendulum_destroy(idr_env *env) {
  free(env->state);
}

static void pendulum_describe(idr_env_spec *spec) {
  static const float range[3] = {1.0f, 1.0f, RATE_LIMIT};
  static const idr_env_column column[3] = {{.name = "cosine", .unit = "-"},
                                           {.name = "sine", .unit = "-"},
                                           {.name = "rate", .unit = "rad/s"}};
  spec->observation_dim = 3;
  spec->action_kind = IDR_ACTION_BOX;
  spec->action_dim = 1;
  spec->action_low[0] = -TORQUE_MAX;
  spec->action_high[0] = TORQUE_MAX;
  spec->action_column[0] = (idr_env_column){.name = "torque", .unit = "N.m"};
  for (int i = 0; i < 3; i++) {
    spec->observation_low[i] = -range[i];
    spec->observation_high[i] = range[i];
    spec->observation_column[i] = column[i];
  }
}

/* One block of memory: the struct of pointers, then the four columns. */
static idr_status pendulum_create(idr_env *env) {
  size_t n = (size_t)env->lane_count;
  lanes *s = calloc(1, sizeof(lanes) + n * (2 * sizeof(float) + 2 * sizeof(uint32_t)));
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %zu Pendulum lanes", n);
  s->angle = (float *)(s + 1);
  s->rate = s->angle + n;
  s->episode = (uint32_t *)(s->rate + n);
  s->step = s->episode + n;
  env->state = s;
  pendulum_describe(&env->spec);
  return IDR_STATUS_OK;
}

/* Rows [begin, end) of the observation: 3 numbers per lane. */
static void write_observations(const lanes *s, int64_t begin, int64_t end, float *rows) {
  IDR_SIMD
  for (int64_t lane = begin; lane < end; lane++) {
    float angle = s->angle[lane];
    float *row = rows + (lane - begin) * 3;
    row[0] = idr_cosf(angle);
    row[1] = idr_sinf(angle);
    row[2] = s->rate[lane];
  }
}

/* Angle uniform in (-pi, pi), rate uniform in (-1, 1). */
static void start_episode(const idr_env *env, lanes *s, int64_t lane) {
  idr_random4 r = idr_random_draw(env->seed, (uint32_t)(env->lane_first + lane), s->episode[lane]++,
                                  0, IDR_PURPOSE_RESET, 0);
  s->angle[lane] = PI * (2.0f * idr_random_uniform(r.word[0]) - 1.0f);
  s->rate[lane] = 2.0f * idr_random_uniform(r.word[1]) - 1.0f;
  s->step[lane] = 0;
}

static void pendulum_reset(idr_env *env, int64_t begin, int64_t end,
                           const idr_env_buffers *buffers) {
  lanes *s = env->state;
  for (int64_t lane = begin; lane < end; lane++)
    start_episode(env, s, lane);
  write_observations(s, begin, end, buffers->observation);
}

/* Back into [-pi, pi] after at most one turn, so that an angle never loses digits; 2 pi in two
 * parts keeps those it has. */
IDR_FN float wrap(float angle) {
  float turn = angle > PI ? 1.0f : 0.0f;
  turn = angle < -PI ? -1.0f : turn;
  return IDR_FMA(-turn, -1.7484556e-7f, IDR_FMA(-turn, 6.2831855f, angle));
}

/* The cost is that of the state before the step and of the clipped torque. */
static void advance(lanes *s, int64_t begin, int64_t end, const float *action, float *reward) {
  IDR_SIMD
  for (int64_t lane = begin; lane < end; lane++) {
    float torque = idr_clampf(action[lane - begin], -TORQUE_MAX, TORQUE_MAX);
    float angle = s->angle[lane], rate = s->rate[lane];
    reward[lane - begin] = -(angle * angle + 0.1f * (rate * rate) + 0.001f * (torque * torque));
    rate += (3.0f * GRAVITY / (2.0f * LENGTH) * idr_sinf(angle) +
             3.0f / (MASS * LENGTH * LENGTH) * torque) *
            TIME_STEP;
    rate = idr_clampf(rate, -RATE_LIMIT, RATE_LIMIT);
    s->angle[lane] = wrap(angle + rate * TIME_STEP);
    s->rate[lane] = rate;
    s->step[lane]++;
  }
}

static idr_status pendulum_step(idr_env *env, int64_t begin, int64_t end,
                                const idr_env_buffers *buffers) {
  lanes *s = env->state;
  IDR_TRY(idr_classic_check_box(env, begin, end, buffers->action));
  advance(s, begin, end, buffers->action, buffers->reward);
  write_observations(s, begin, end, buffers->observation);
  for (int64_t lane = begin; lane < end; lane++) {
    int64_t row = lane - begin;
    bool late = s->step[lane] >= STEP_LIMIT;
    buffers->terminated[row] = 0;
    buffers->truncated[row] = late;
    if (!late) continue;
    memcpy(buffers->final_observation + row * 3, buffers->observation + row * 3, 3 * sizeof(float));
    start_episode(env, s, lane);
    write_observations(s, lane, lane + 1, buffers->observation + row * 3);
  }
  return IDR_STATUS_OK;
}

static void pendulum_save(const idr_env *env, int64_t lane, void *bytes) {
  const lanes *s = env->state;
  idr_pendulum_lane out = {.angle = s->angle[lane],
                           .rate = s->rate[lane],
                           .episode = s->episode[lane],
                           .step = s->step[lane]};
  memcpy(bytes, &out, sizeof out);
}

static idr_status pendulum_load(idr_env *env, int64_t lane, const void *bytes) {
  lanes *s = env->state;
  idr_pendulum_lane in;
  memcpy(&in, bytes, sizeof in);
  if (!(fabsf(in.angle) < 4.0f) || !(fabsf(in.rate) <= RATE_LIMIT) || in.step >= STEP_LIMIT)
    IDR_FAIL(IDR_STATUS_FORMAT, "pendulum: the saved state of lane %lld is damaged",
             (long long)(env->lane_first + lane));
  s->angle[lane] = in.angle;
  s->rate[lane] = in.rate;
  s->episode[lane] = in.episode;
  s->step[lane] = in.step;
  return IDR_STATUS_OK;
}

const idr_env_kind idr_pendulum_kind = {
    .name = "pendulum",
    .doc = "Pendulum-v1: swing up a pendulum with a weak torque, 200 steps",
    .create = pendulum_create,
    .destroy = pendulum_destroy,
    .reset = pendulum_reset,
    .step = pendulum_step,
    .lane_bytes = sizeof(idr_pendulum_lane),
    .lane_save = pendulum_save,
    .lane_load = pendulum_load,
};
