/* Small networks that tests of the methods start from. */
#ifndef IDR_TESTS_NET_SMALL_H
#define IDR_TESTS_NET_SMALL_H

#include "rl/policy.h"

static inline idr_net_settings net_small(void) {
  idr_net_settings n;
  idr_section section[] = {{.name = "net",
                            .doc = "",
                            .rows = idr_net_rows,
                            .row_count = idr_net_row_count,
                            .values = &n}};
  idr_settings_load(section, 1, NULL, NULL, 0);
  n.policy = (idr_reals){2, {16, 16}};
  n.value = (idr_reals){2, {16, 16}};
  return n;
}

#endif
