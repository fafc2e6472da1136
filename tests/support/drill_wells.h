/* Small wells for tests of the drilling physics. */
#ifndef IDR_TESTS_SUPPORT_DRILL_WELLS_H
#define IDR_TESTS_SUPPORT_DRILL_WELLS_H

#include "drill/generator.h"
#include "drill/step.h"
#include "support/near.h"
#include <string.h>

/* A vertical 8.5 in hole in one rock, cased to 200 m above `depth`. */
typedef struct {
  double depth, ucs, abrasiveness, stickiness, inclination;
} test_rock;

static inline idr_well *test_well(const test_rock *rock) {
  const double in = 0.0254, shoe = rock->depth - 200.0;
  idr_generator_settings settings;
  idr_well *drawn, *well;
  idr_generator_defaults(&settings);
  assert_int_equal(idr_well_generate(&settings, 1, 1, &drawn), IDR_STATUS_OK);
  idr_layer layer = drawn->layer[1];
  layer.top = 0.0f;
  layer.bottom = (float)(rock->depth + 2000.0);
  layer.ucs = (float)rock->ucs;
  layer.abrasiveness = (float)rock->abrasiveness;
  layer.stickiness = (float)rock->stickiness;
  layer.pore_density = 1050.0f;
  layer.fracture_density = 1700.0f;
  layer.density = 2600.0f;
  layer.porosity = 0.1f;
  idr_well_section section[2] = {drawn->section[0], drawn->section[1]};
  section[0].bottom = section[0].casing_bottom = section[1].top = shoe;
  section[0].casing_inner_diameter = 8.681 * in;
  section[1].bottom = rock->depth + 2000.0;
  section[1].hole_diameter = section[1].bit_diameter = 8.5 * in;
  section[1].bit_nozzle_area = 0.6 * in * in;
  section[1].bit_exposure = 9e-3;
  section[1].mud_density = section[0].mud_density = 1150.0;
  section[1].mud_yield = 4.0;
  section[1].mud_consistency = 0.4;
  section[1].mud_index = 0.7;
  idr_well_survey survey[2] = {{0.0, rock->inclination, 0.0}, {9000.0, rock->inclination, 0.0}};
  idr_well_parts parts = {drawn->head, drawn->string, drawn->rig, 2, 1, 2, section, &layer, survey};
  parts.string.collar_length = 150.0;
  parts.string.collar_outer_diameter = 6.5 * in;
  parts.rig.wob_max = 250e3;
  parts.rig.rpm_max = 30.0;
  parts.rig.flow_min = 0.005;
  parts.rig.flow_max = 0.05;
  assert_int_equal(idr_well_create(&parts, &well), IDR_STATUS_OK);
  idr_well_free(drawn);
  return well;
}

/* A lane on `well` at `depth` m, turning at `omega` with its set-points there. */
static inline void test_start(idr_drill_group *g, int lane, const idr_well *well, double depth,
                              float wob, float omega, float flow) {
  idr_drill_start start = {depth, 0.2, omega, flow};
  assert_int_equal(idr_drill_reset(g, lane, well, &start), IDR_STATUS_OK);
  g->wob_set[lane] = wob;
}

#endif
