/* What the small classic tasks share, and their lane states as lane_save writes them: public so
 * that a test can put a lane into a recorded state. */
#ifndef IDR_ENV_CLASSIC_H
#define IDR_ENV_CLASSIC_H

#include "env/env.h"

typedef struct {
  float position, velocity; /* of the cart, m and m/s */
  float angle, rate;        /* of the pole from upright, rad and rad/s */
  uint32_t episode;         /* number of the next episode */
  uint32_t step;            /* steps taken in the current one */
} idr_cartpole_lane;

typedef struct {
  float angle, rate; /* from upright in [-pi, pi], rad, and rad/s */
  uint32_t episode, step;
} idr_pendulum_lane;

typedef struct {
  float position, velocity; /* along the track, in the task's own units */
  uint32_t episode, step;
} idr_mountaincar_lane;

typedef struct {
  float angle[2], rate[2]; /* in [-pi, pi], rad, and rad/s */
  uint32_t episode, step;
} idr_acrobot_lane;

extern const idr_env_kind idr_cartpole_kind;
extern const idr_env_kind idr_pendulum_kind;
extern const idr_env_kind idr_mountaincar_kind;
extern const idr_env_kind idr_acrobot_kind;

/* Tasks with one action per lane: refuse what is no finite number (NUMERIC), and what is no index
 * below action_count (ARGUMENT); messages name the lane. */
idr_status idr_classic_check_box(const idr_env *env, int64_t begin, int64_t end,
                                 const float *action);
idr_status idr_classic_check_choice(const idr_env *env, int64_t begin, int64_t end,
                                    const float *action);

#endif
