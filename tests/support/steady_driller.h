/* A driller who keeps the same set-points whatever happens, for idr_drilling_play. */
#ifndef IDR_TESTS_SUPPORT_STEADY_DRILLER_H
#define IDR_TESTS_SUPPORT_STEADY_DRILLER_H

#include "env/drilling.h"

typedef struct {
  float wob, omega, flow; /* N, rad/s, m3/s */
} set_points;

/* `context` are set_points. */
static inline void steady_driller(void *context, idr_drill_group *g,
                                  const int64_t scenario[IDR_LANES],
                                  const uint8_t fresh[IDR_LANES]) {
  const set_points *s = context;
  (void)scenario;
  (void)fresh;
  for (int i = 0; i < IDR_LANES; i++) {
    g->wob_set[i] = s->wob;
    g->omega_set[i] = s->omega;
    g->flow_set[i] = s->flow;
  }
}

#endif
