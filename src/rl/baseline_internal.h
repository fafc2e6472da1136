/* What the files of the baselines share. */
#ifndef IDR_RL_BASELINE_INTERNAL_H
#define IDR_RL_BASELINE_INTERNAL_H

#include "rl/baseline.h"

/* Memory of one episode under one baseline. */
typedef struct {
  idr_set_points now;   /* set-points */
  idr_set_points start; /* advisor: where it began */
  idr_set_points last;  /* advisor: before the move on trial */
  float timer, waited;  /* advisor: s since the move; s since it last backed off */
  float sum_rop, sum_energy;
  int samples;
  float best;        /* advisor: value before the move on trial */
  bool judged;       /* advisor: `best` holds a value */
  int axis, sign[2]; /* advisor: what moves next, and which way */
  int32_t layer;     /* clairvoyant: where it last tried */
  double depth, wear;
} idr_baseline_memory;

/* Set-points of the class whose diameter is nearest. */
idr_set_points idr_baseline_class_set(const idr_baseline *b, float diameter);

void idr_advisor_start(const idr_baseline *b, const idr_drill_group *g, int lane,
                       idr_baseline_memory *m);
/* One control period of `period` s has passed. */
void idr_advisor_decide(const idr_baseline *b, const idr_drilling_world *world,
                        const idr_drill_group *g, int lane, idr_baseline_memory *m);

/* Tries set-points on copies of the lane in `trial` when the rock or the bit changed; returns the
 * simulated seconds. */
double idr_clairvoyant_decide(const idr_baseline *b, const idr_drilling_world *world,
                              const idr_drill_group *g, int lane, bool fresh,
                              idr_drill_group *trial, idr_baseline_memory *m);

#endif
