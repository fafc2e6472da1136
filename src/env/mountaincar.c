/* MountainCarContinuous-v0: a car too weak for its hill swings itself up (Moore 1990), with the
 * constants, the semi-implicit Euler step, the cost and the end of Gymnasium's task of that name.
 */
#include "base/random.h"
#include "env/classic.h"
#include <stdlib.h>

#define POWER         0.0015f
#define SLOPE         0.0025f
#define POSITION_LOW  -1.2f
#define POSITION_HIGH 0.6f
#define SPEED_LIMIT   0.07f
#define GOAL          0.45f
#define GOAL_REWARD   100.0f
#define STEP_LIMIT    999

typedef struct {
  float *position, *velocity; /* [lane] */
  uint32_t *episode, *step;   /* [lane] */
} lanes;

static void mountaincar_destroy(idr_env *env) {
  free(env->state);
}

static void mountaincar_describe(idr_env_spec *spec) {
  spec->observation_dim = 2;
  spec->action_kind = IDR_ACTION_BOX;
  spec->action_dim = 1;
  spec->action_low[0] = -1.0f;
  spec->action_high[0] = 1.0f;
  spec->action_column[0] = (idr_env_column){.name = "force", .unit = "-"};
  spec->observation_low[0] = POSITION_LOW;
  spec->observation_high[0] = POSITION_HIGH;
  spec->observation_column[0] = (idr_env_column){.name = "position", .unit = "-"};
  spec->observation_low[1] = -SPEED_LIMIT;
  spec->observation_high[1] = SPEED_LIMIT;
  spec->observation_column[1] = (idr_env_column){.name = "velocity", .unit = "-"};
}

/* One block of memory: the struct of pointers, then the four columns. */
static idr_status mountaincar_create(idr_env *env) {
  size_t n = (size_t)env->lane_count;
  lanes *s = calloc(1, sizeof(lanes) + n * (2 * sizeof(float) + 2 * sizeof(uint32_t)));
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %zu MountainCar lanes", n);
  s->position = (float *)(s + 1);
  s->velocity = s->position + n;
  s->episode = (uint32_t *)(s->velocity + n);
  s->step = s->episode + n;
  env->state = s;
  mountaincar_describe(&env->spec);
  return IDR_STATUS_OK;
}

static void write_observation(const lanes *s, int64_t lane, float *row) {
  row[0] = s->position[lane];
  row[1] = s->velocity[lane];
}

/* At rest, position uniform in (-0.6, -0.4). */
static void start_episode(const idr_env *env, lanes *s, int64_t lane) {
  idr_random4 r = idr_random_draw(env->seed, (uint32_t)(env->lane_first + lane), s->episode[lane]++,
                                  0, IDR_PURPOSE_RESET, 0);
  s->position[lane] = -0.6f + 0.2f * idr_random_uniform(r.word[0]);
  s->velocity[lane] = 0.0f;
  s->step[lane] = 0;
}

static void mountaincar_reset(idr_env *env, int64_t begin, int64_t end,
                              const idr_env_buffers *buffers) {
  lanes *s = env->state;
  for (int64_t lane = begin; lane < end; lane++) {
    start_episode(env, s, lane);
    write_observation(s, lane, buffers->observation + (lane - begin) * 2);
  }
}

/* The force is clipped, the cost is that of the action as it was given. */
static void advance(lanes *s, int64_t begin, int64_t end, const float *action, float *reward) {
  IDR_SIMD
  for (int64_t lane = begin; lane < end; lane++) {
    float a = action[lane - begin], force = idr_clampf(a, -1.0f, 1.0f);
    float position = s->position[lane], velocity = s->velocity[lane];
    velocity += force * POWER - SLOPE * idr_cosf(3.0f * position);
    velocity = idr_clampf(velocity, -SPEED_LIMIT, SPEED_LIMIT);
    position = idr_clampf(position + velocity, POSITION_LOW, POSITION_HIGH);
    float stopped = velocity < 0.0f ? 0.0f : velocity; /* by the wall on the left */
    s->position[lane] = position;
    s->velocity[lane] = position == POSITION_LOW ? stopped : velocity;
    s->step[lane]++;
    reward[lane - begin] = -0.1f * (a * a);
  }
}

static idr_status mountaincar_step(idr_env *env, int64_t begin, int64_t end,
                                   const idr_env_buffers *buffers) {
  lanes *s = env->state;
  IDR_TRY(idr_classic_check_box(env, begin, end, buffers->action));
  advance(s, begin, end, buffers->action, buffers->reward);
  for (int64_t lane = begin; lane < end; lane++) {
    int64_t row = lane - begin;
    bool there = s->position[lane] >= GOAL && s->velocity[lane] >= 0.0f;
    bool late = s->step[lane] >= STEP_LIMIT;
    if (there) buffers->reward[row] += GOAL_REWARD;
    buffers->terminated[row] = there;
    buffers->truncated[row] = late;
    if (there || late) {
      write_observation(s, lane, buffers->final_observation + row * 2);
      start_episode(env, s, lane);
    }
    write_observation(s, lane, buffers->observation + row * 2);
  }
  return IDR_STATUS_OK;
}

static void mountaincar_save(const idr_env *env, int64_t lane, void *bytes) {
  const lanes *s = env->state;
  idr_mountaincar_lane out = {.position = s->position[lane],
                              .velocity = s->velocity[lane],
                              .episode = s->episode[lane],
                              .step = s->step[lane]};
  memcpy(bytes, &out, sizeof out);
}

static idr_status mountaincar_load(idr_env *env, int64_t lane, const void *bytes) {
  lanes *s = env->state;
  idr_mountaincar_lane in;
  memcpy(&in, bytes, sizeof in);
  bool inside = in.position >= POSITION_LOW && in.position <= POSITION_HIGH &&
                fabsf(in.velocity) <= SPEED_LIMIT;
  if (!inside || in.step >= STEP_LIMIT)
    IDR_FAIL(IDR_STATUS_FORMAT, "mountaincar: the saved state of lane %lld is damaged",
             (long long)(env->lane_first + lane));
  s->position[lane] = in.position;
  s->velocity[lane] = in.velocity;
  s->episode[lane] = in.episode;
  s->step[lane] = in.step;
  return IDR_STATUS_OK;
}

const idr_env_kind idr_mountaincar_kind = {
    .name = "mountaincar",
    .doc = "MountainCarContinuous-v0: swing a weak car out of a valley, at most 999 steps",
    .create = mountaincar_create,
    .destroy = mountaincar_destroy,
    .reset = mountaincar_reset,
    .step = mountaincar_step,
    .lane_bytes = sizeof(idr_mountaincar_lane),
    .lane_save = mountaincar_save,
    .lane_load = mountaincar_load,
};
