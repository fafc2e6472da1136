/* What the files of the drilling task share and nobody else needs. */
#ifndef IDR_ENV_DRILLING_INTERNAL_H
#define IDR_ENV_DRILLING_INTERNAL_H

#include "env/drilling.h"

#define IDR_DRILLING_SECTIONS 3

/* Sections "drilling", "prices", "wells" that point into `config`; returns their number. */
int idr_drilling_bind(void *config, idr_section *out);

/* Slow averages that a rig's screen would show as a trend: each a first-order lag. */
#define IDR_TREND_TIME 300.0f /* s */
typedef enum { IDR_TREND_ROP, IDR_TREND_MSE, IDR_TREND_TORQUE, IDR_TREND_COUNT } idr_trend;

/* A lane's own data beside the drill state; written to checkpoints as it stands. */
typedef struct {
  idr_drilling_books books;
  double cost, reference; /* at the last decision, USD */
  double event_size;      /* of idr_drilling_event */
  uint32_t episode;       /* number of the next episode */
  uint32_t step;          /* control periods of the current one */
  int32_t well;
  float trend[IDR_TREND_COUNT];
} idr_drilling_lane;

/* A scenario drawn at random for one episode of a lane. */
idr_scenario idr_drilling_draw(const idr_drilling_world *world, uint64_t seed, uint32_t lane,
                               uint32_t episode);

/* Observation and critic rows: names and usual ranges into `spec`. */
void idr_drilling_describe(const idr_drilling_world *world, idr_env_spec *spec);
/* Updates the trends of lanes [0, count) of a group after a control period. */
void idr_drilling_update_trends(const idr_drilling_world *world, const idr_drill_group *group,
                                int first, int count, idr_drilling_lane *lanes);
/* Writes observation rows of `count` lanes, from `first` of the group; lanes[0] is the first one's.
 * `global` is the global number of that lane (noise is keyed by it). */
void idr_drilling_observe(const idr_drilling_world *world, uint64_t seed, uint32_t global,
                          const idr_drill_group *group, int first, int count,
                          const idr_drilling_lane *lanes, float *rows);
/* The same for the critic's rows: `observation` rows first, then the true state. */
void idr_drilling_reveal(const idr_drilling_world *world, const idr_drill_group *group, int first,
                         int count, const idr_drilling_lane *lanes, const float *observation,
                         float *rows);

/* idr_drill_group.lanes when only the first `count` (1 to IDR_LANES) are in use. */
static inline int idr_drilling_stepped(int count) {
  return (count + 7) / 8 * 8;
}

#endif
