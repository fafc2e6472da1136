/* Small PPO settings that tests start from. */
#ifndef IDR_TESTS_PPO_SMALL_H
#define IDR_TESTS_PPO_SMALL_H

#include "rl/ppo.h"
#include "support/net_small.h"

static inline idr_ppo_settings ppo_small(void) {
  idr_ppo_settings s;
  idr_section section[] = {{.name = "ppo",
                            .doc = "",
                            .rows = idr_ppo_rows,
                            .row_count = idr_ppo_row_count,
                            .values = &s}};
  idr_settings_load(section, 1, NULL, NULL, 0);
  s.lanes = 16;
  s.horizon = 32;
  s.blocks = 8;
  s.tile_rows = 16;
  s.minibatch = 128;
  s.epochs = 3;
  s.learning_rate = 1e-3;
  s.steps = 1 << 20;
  return s;
}

#endif
