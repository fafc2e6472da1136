/* Acrobot-v1: two links that hang, a motor in the joint between them; swing the tip one length
 * above the fixed end (Sutton 1996), with the constants, the equations of Sutton & Barto's book,
 * the one Runge-Kutta step and the limits of Gymnasium's task of that name. Links have mass 1 kg,
 * length 1 m, centre 0.5 m, moment of inertia 1 kg.m2. */
#include "base/random.h"
#include "env/classic.h"
#include <stdlib.h>

#define GRAVITY    9.8f
#define TIME_STEP  0.2f
#define RATE1_MAX  12.566371f /* 4 pi */
#define RATE2_MAX  28.274334f /* 9 pi */
#define STEP_LIMIT 500
#define PI         3.14159265358979f

typedef struct {
  float angle1, angle2, rate1, rate2;
} joint;

typedef struct {
  joint *state;             /* [lane] */
  uint32_t *episode, *step; /* [lane] */
} lanes;

static void acrobot_destroy(idr_env *env) {
  free(env->state);
}

static void acrobot_describe(idr_env_spec *spec) {
  static const float range[6] = {1.0f, 1.0f, 1.0f, 1.0f, RATE1_MAX, RATE2_MAX};
  static const idr_env_column column[6] = {
      {.name = "cosine1", .unit = "-"},   {.name = "sine1", .unit = "-"},
      {.name = "cosine2", .unit = "-"},   {.name = "sine2", .unit = "-"},
      {.name = "rate1", .unit = "rad/s"}, {.name = "rate2", .unit = "rad/s"}};
  spec->observation_dim = 6;
  spec->action_kind = IDR_ACTION_DISCRETE;
  spec->action_dim = 1;
  spec->action_count = 3;
  for (int i = 0; i < 6; i++) {
    spec->observation_low[i] = -range[i];
    spec->observation_high[i] = range[i];
    spec->observation_column[i] = column[i];
  }
}

/* One block of memory: the struct of pointers, then the columns. */
static idr_status acrobot_create(idr_env *env) {
  size_t n = (size_t)env->lane_count;
  lanes *s = calloc(1, sizeof(lanes) + n * (sizeof(joint) + 2 * sizeof(uint32_t)));
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %zu Acrobot lanes", n);
  s->state = (joint *)(s + 1);
  s->episode = (uint32_t *)(s->state + n);
  s->step = s->episode + n;
  env->state = s;
  acrobot_describe(&env->spec);
  return IDR_STATUS_OK;
}

static void write_observation(const lanes *s, int64_t lane, float *row) {
  joint q = s->state[lane];
  row[0] = idr_cosf(q.angle1);
  row[1] = idr_sinf(q.angle1);
  row[2] = idr_cosf(q.angle2);
  row[3] = idr_sinf(q.angle2);
  row[4] = q.rate1;
  row[5] = q.rate2;
}

/* Everything uniform in (-0.1, 0.1). */
static void start_episode(const idr_env *env, lanes *s, int64_t lane) {
  idr_random4 r = idr_random_draw(env->seed, (uint32_t)(env->lane_first + lane), s->episode[lane]++,
                                  0, IDR_PURPOSE_RESET, 0);
  s->state[lane] = (joint){
      0.2f * idr_random_uniform(r.word[0]) - 0.1f, 0.2f * idr_random_uniform(r.word[1]) - 0.1f,
      0.2f * idr_random_uniform(r.word[2]) - 0.1f, 0.2f * idr_random_uniform(r.word[3]) - 0.1f};
  s->step[lane] = 0;
}

static void acrobot_reset(idr_env *env, int64_t begin, int64_t end,
                          const idr_env_buffers *buffers) {
  lanes *s = env->state;
  for (int64_t lane = begin; lane < end; lane++) {
    start_episode(env, s, lane);
    write_observation(s, lane, buffers->observation + (lane - begin) * 6);
  }
}

/* Rates and accelerations; angles from the downward vertical, the second from the first link. */
static joint derivative(joint q, float torque) {
  float cosine = idr_cosf(q.angle2), sine = idr_sinf(q.angle2);
  float d1 = 3.5f + cosine, d2 = 1.25f + 0.5f * cosine;
  float phi2 = 0.5f * GRAVITY * idr_sinf(q.angle1 + q.angle2);
  float phi1 = -0.5f * (q.rate2 * q.rate2) * sine - q.rate2 * q.rate1 * sine +
               1.5f * GRAVITY * idr_sinf(q.angle1) + phi2;
  float a2 =
      (torque + d2 / d1 * phi1 - 0.5f * (q.rate1 * q.rate1) * sine - phi2) / (1.25f - d2 * d2 / d1);
  return (joint){q.rate1, q.rate2, -(d2 * a2 + phi1) / d1, a2};
}

static joint along(joint q, joint d, float t) {
  return (joint){q.angle1 + t * d.angle1, q.angle2 + t * d.angle2, q.rate1 + t * d.rate1,
                 q.rate2 + t * d.rate2};
}

/* Into [-pi, pi], by turns that keep the digits (2 pi in two parts). */
static float wrap(float angle) {
  float turns = rintf(angle * (0.5f / PI));
  return IDR_FMA(-turns, -1.7484556e-7f, IDR_FMA(-turns, 6.2831855f, angle));
}

/* The classic Runge-Kutta step of fourth order. */
static joint advance(joint q, float torque) {
  joint k1 = derivative(q, torque);
  joint k2 = derivative(along(q, k1, 0.5f * TIME_STEP), torque);
  joint k3 = derivative(along(q, k2, 0.5f * TIME_STEP), torque);
  joint k4 = derivative(along(q, k3, TIME_STEP), torque);
  joint sum = along(along(along(k1, k2, 2.0f), k3, 2.0f), k4, 1.0f);
  joint next = along(q, sum, TIME_STEP / 6.0f);
  return (joint){wrap(next.angle1), wrap(next.angle2),
                 idr_clampf(next.rate1, -RATE1_MAX, RATE1_MAX),
                 idr_clampf(next.rate2, -RATE2_MAX, RATE2_MAX)};
}

static bool is_up(joint q) {
  return -idr_cosf(q.angle1) - idr_cosf(q.angle2 + q.angle1) > 1.0f;
}

static idr_status acrobot_step(idr_env *env, int64_t begin, int64_t end,
                               const idr_env_buffers *buffers) {
  lanes *s = env->state;
  IDR_TRY(idr_classic_check_choice(env, begin, end, buffers->action));
  for (int64_t lane = begin; lane < end; lane++) {
    int64_t row = lane - begin;
    s->state[lane] = advance(s->state[lane], buffers->action[row] - 1.0f);
    bool up = is_up(s->state[lane]), late = ++s->step[lane] >= STEP_LIMIT;
    buffers->reward[row] = up ? 0.0f : -1.0f;
    buffers->terminated[row] = up;
    buffers->truncated[row] = late;
    if (up || late) {
      write_observation(s, lane, buffers->final_observation + row * 6);
      start_episode(env, s, lane);
    }
    write_observation(s, lane, buffers->observation + row * 6);
  }
  return IDR_STATUS_OK;
}

static void acrobot_save(const idr_env *env, int64_t lane, void *bytes) {
  const lanes *s = env->state;
  joint q = s->state[lane];
  idr_acrobot_lane out = {.angle = {q.angle1, q.angle2},
                          .rate = {q.rate1, q.rate2},
                          .episode = s->episode[lane],
                          .step = s->step[lane]};
  memcpy(bytes, &out, sizeof out);
}

static idr_status acrobot_load(idr_env *env, int64_t lane, const void *bytes) {
  lanes *s = env->state;
  idr_acrobot_lane in;
  memcpy(&in, bytes, sizeof in);
  bool sane = fabsf(in.angle[0]) < 4.0f && fabsf(in.angle[1]) < 4.0f &&
              fabsf(in.rate[0]) <= RATE1_MAX && fabsf(in.rate[1]) <= RATE2_MAX;
  if (!sane || in.step >= STEP_LIMIT)
    IDR_FAIL(IDR_STATUS_FORMAT, "acrobot: the saved state of lane %lld is damaged",
             (long long)(env->lane_first + lane));
  s->state[lane] = (joint){in.angle[0], in.angle[1], in.rate[0], in.rate[1]};
  s->episode[lane] = in.episode;
  s->step[lane] = in.step;
  return IDR_STATUS_OK;
}

const idr_env_kind idr_acrobot_kind = {
    .name = "acrobot",
    .doc = "Acrobot-v1: swing two links up by the joint between them, at most 500 steps",
    .create = acrobot_create,
    .destroy = acrobot_destroy,
    .reset = acrobot_reset,
    .step = acrobot_step,
    .lane_bytes = sizeof(idr_acrobot_lane),
    .lane_save = acrobot_save,
    .lane_load = acrobot_load,
};
