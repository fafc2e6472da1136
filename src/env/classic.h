/* The lane states of the small classic tasks, as lane_save writes them. Public so that a test can
 * put a lane into a recorded state; nothing else needs them. */
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

extern const idr_env_kind idr_cartpole_kind;
extern const idr_env_kind idr_pendulum_kind;

#endif
