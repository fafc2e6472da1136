/* CartPole-v1: a pole on a cart, pushed left or right (Barto, Sutton & Anderson 1983), with the
 * constants, the explicit Euler step and the limits of Gymnasium's task of that name. Dynamics
 * after Florian 2007, equations 23 and 24 without friction. */
#include "base/random.h"
#include "env/classic.h"
#include <stdlib.h>

#define GRAVITY        9.8f
#define POLE_MASS      0.1f
#define TOTAL_MASS     1.1f
#define HALF_LENGTH    0.5f
#define MOMENT         (POLE_MASS * HALF_LENGTH)
#define FORCE          10.0f
#define TIME_STEP      0.02f
#define POSITION_LIMIT 2.4f
#define ANGLE_LIMIT    0.20943951f /* 12 degrees */
#define STEP_LIMIT     500

typedef struct {
  float *position, *velocity, *angle, *rate; /* [lane] */
  uint32_t *episode, *step;                  /* [lane] */
} lanes;

static void cartpole_destroy(idr_env *env) {
  free(env->state);
}

static void cartpole_describe(idr_env_spec *spec) {
  static const float range[4] = {POSITION_LIMIT, 3.0f, ANGLE_LIMIT, 3.0f};
  static const idr_env_column column[4] = {{.name = "position", .unit = "m"},
                                           {.name = "velocity", .unit = "m/s"},
                                           {.name = "angle", .unit = "rad"},
                                           {.name = "rate", .unit = "rad/s"}};
  spec->observation_dim = 4;
  spec->action_kind = IDR_ACTION_DISCRETE;
  spec->action_dim = 1;
  spec->action_count = 2;
  for (int i = 0; i < 4; i++) {
    spec->observation_low[i] = -range[i];
    spec->observation_high[i] = range[i];
    spec->observation_column[i] = column[i];
  }
}

/* One block of memory: the struct of pointers, then the six columns. */
static idr_status cartpole_create(idr_env *env) {
  size_t n = (size_t)env->lane_count;
  lanes *s = calloc(1, sizeof(lanes) + n * (4 * sizeof(float) + 2 * sizeof(uint32_t)));
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %zu CartPole lanes", n);
  float *column = (float *)(s + 1);
  s->position = column;
  s->velocity = column + n;
  s->angle = column + 2 * n;
  s->rate = column + 3 * n;
  s->episode = (uint32_t *)(column + 4 * n);
  s->step = s->episode + n;
  env->state = s;
  cartpole_describe(&env->spec);
  return IDR_STATUS_OK;
}

static void write_observation(const lanes *s, int64_t lane, float *row) {
  row[0] = s->position[lane];
  row[1] = s->velocity[lane];
  row[2] = s->angle[lane];
  row[3] = s->rate[lane];
}

/* All four numbers start uniform in (-0.05, 0.05). */
static void start_episode(const idr_env *env, lanes *s, int64_t lane) {
  idr_random4 r = idr_random_draw(env->seed, (uint32_t)(env->lane_first + lane), s->episode[lane]++,
                                  0, IDR_PURPOSE_RESET, 0);
  s->position[lane] = 0.1f * idr_random_uniform(r.word[0]) - 0.05f;
  s->velocity[lane] = 0.1f * idr_random_uniform(r.word[1]) - 0.05f;
  s->angle[lane] = 0.1f * idr_random_uniform(r.word[2]) - 0.05f;
  s->rate[lane] = 0.1f * idr_random_uniform(r.word[3]) - 0.05f;
  s->step[lane] = 0;
}

static void cartpole_reset(idr_env *env, int64_t begin, int64_t end,
                           const idr_env_buffers *buffers) {
  lanes *s = env->state;
  for (int64_t lane = begin; lane < end; lane++) {
    start_episode(env, s, lane);
    write_observation(s, lane, buffers->observation + (lane - begin) * 4);
  }
}

/* Angle and position advance with the old rates: explicit Euler, as the task is defined. */
static void advance(lanes *s, int64_t begin, int64_t end, const float *action) {
  IDR_SIMD
  for (int64_t lane = begin; lane < end; lane++) {
    float force = action[lane - begin] > 0.5f ? FORCE : -FORCE;
    float angle = s->angle[lane], rate = s->rate[lane];
    float cosine = idr_cosf(angle), sine = idr_sinf(angle);
    float push = (force + MOMENT * (rate * rate) * sine) / TOTAL_MASS;
    float turn = (GRAVITY * sine - cosine * push) /
                 (HALF_LENGTH * (4.0f / 3.0f - POLE_MASS * (cosine * cosine) / TOTAL_MASS));
    float velocity = s->velocity[lane];
    s->position[lane] += TIME_STEP * velocity;
    s->velocity[lane] = velocity + TIME_STEP * (push - MOMENT * turn * cosine / TOTAL_MASS);
    s->angle[lane] = angle + TIME_STEP * rate;
    s->rate[lane] = rate + TIME_STEP * turn;
    s->step[lane]++;
  }
}

static idr_status cartpole_step(idr_env *env, int64_t begin, int64_t end,
                                const idr_env_buffers *buffers) {
  lanes *s = env->state;
  IDR_TRY(idr_classic_check_choice(env, begin, end, buffers->action));
  advance(s, begin, end, buffers->action);
  for (int64_t lane = begin; lane < end; lane++) {
    int64_t row = lane - begin;
    bool fell = !(idr_absf(s->position[lane]) <= POSITION_LIMIT) ||
                !(idr_absf(s->angle[lane]) <= ANGLE_LIMIT);
    bool late = s->step[lane] >= STEP_LIMIT;
    buffers->reward[row] = 1.0f;
    buffers->terminated[row] = fell;
    buffers->truncated[row] = late;
    if (fell || late) {
      write_observation(s, lane, buffers->final_observation + row * 4);
      start_episode(env, s, lane);
    }
    write_observation(s, lane, buffers->observation + row * 4);
  }
  return IDR_STATUS_OK;
}

static void cartpole_save(const idr_env *env, int64_t lane, void *bytes) {
  const lanes *s = env->state;
  idr_cartpole_lane out = {.position = s->position[lane],
                           .velocity = s->velocity[lane],
                           .angle = s->angle[lane],
                           .rate = s->rate[lane],
                           .episode = s->episode[lane],
                           .step = s->step[lane]};
  memcpy(bytes, &out, sizeof out);
}

static idr_status cartpole_load(idr_env *env, int64_t lane, const void *bytes) {
  lanes *s = env->state;
  idr_cartpole_lane in;
  memcpy(&in, bytes, sizeof in);
  if (!isfinite(in.position + in.velocity + in.angle + in.rate) || in.step >= STEP_LIMIT)
    IDR_FAIL(IDR_STATUS_FORMAT, "cartpole: the saved state of lane %lld is damaged",
             (long long)(env->lane_first + lane));
  s->position[lane] = in.position;
  s->velocity[lane] = in.velocity;
  s->angle[lane] = in.angle;
  s->rate[lane] = in.rate;
  s->episode[lane] = in.episode;
  s->step[lane] = in.step;
  return IDR_STATUS_OK;
}

const idr_env_kind idr_cartpole_kind = {
    .name = "cartpole",
    .doc = "CartPole-v1: balance a pole on a cart by pushing left or right, at most 500 steps",
    .create = cartpole_create,
    .destroy = cartpole_destroy,
    .reset = cartpole_reset,
    .step = cartpole_step,
    .lane_bytes = sizeof(idr_cartpole_lane),
    .lane_save = cartpole_save,
    .lane_load = cartpole_load,
};
