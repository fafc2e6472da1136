/* Small SAC settings that tests start from. */
#ifndef IDR_TESTS_SAC_SMALL_H
#define IDR_TESTS_SAC_SMALL_H

#include "rl/sac.h"
#include "support/net_small.h"

static inline idr_sac_settings sac_small(void) {
  idr_sac_settings s;
  idr_section section[] = {{.name = "sac",
                            .doc = "",
                            .rows = idr_sac_rows,
                            .row_count = idr_sac_row_count,
                            .values = &s}};
  idr_settings_load(section, 1, NULL, NULL, 0);
  s.lanes = 16;
  s.horizon = 8;
  s.blocks = 8;
  s.tile_rows = 8;
  s.learning_starts = 128;
  s.replay = 16 * 40; /* rings that go round within a test */
  s.batch = 128;
  s.ratio = 0.25;
  s.n_step = 3;
  s.actor_delay = 2;
  s.steps = 1 << 20;
  return s;
}

#endif
