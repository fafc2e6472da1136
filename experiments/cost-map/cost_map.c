/* Writes cost per metre over weight on bit and speed for three rocks as CSV, and tells where the
 * cheapest cell of each lies. */
#include "rl/baseline.h"
#include <stdio.h>

#define CELLS 28

static const struct {
  const char *name;
  double ucs, abrasiveness; /* Pa, - */
} rocks[] = {{"soft", 30e6, 0.1}, {"medium", 90e6, 0.3}, {"hard", 170e6, 0.7}};

static int map_rock(FILE *csv, const idr_drilling_config *config, int rock) {
  float wob[CELLS], omega[CELLS];
  static double cost[CELLS * CELLS], rop[CELLS * CELLS], slip[CELLS * CELLS];
  for (int k = 0; k < CELLS; k++) {
    wob[k] = (float)(15e3 * (k + 1));
    omega[k] = (float)((40.0 + 220.0 * k / (CELLS - 1)) * 2.0 * 3.14159265358979 / 60.0);
  }
  const idr_baseline_map_request request = {.ucs = rocks[rock].ucs,
                                            .abrasiveness = rocks[rock].abrasiveness,
                                            .flow = 0.04f,
                                            .wob_count = CELLS,
                                            .omega_count = CELLS,
                                            .wob = wob,
                                            .omega = omega};
  if (idr_baseline_map(config, &request, cost, rop, slip) != IDR_STATUS_OK) return 1;
  int best = 0;
  for (int k = 0; k < CELLS * CELLS; k++) {
    fprintf(csv, "%s,%.0f,%.0f,%.2f,%.3f,%.3f\n", rocks[rock].name, (double)wob[k / CELLS] / 1e3,
            (double)omega[k % CELLS] * 9.549297, cost[k], rop[k] * 3600.0, slip[k]);
    if (cost[k] < cost[best]) best = k;
  }
  printf(
      "%-7s %3.0f MPa, abrasiveness %.1f: cheapest at %3.0f kN, %3.0f rpm: %.0f USD/m, %.1f m/h\n",
      rocks[rock].name, rocks[rock].ucs / 1e6, rocks[rock].abrasiveness,
      (double)wob[best / CELLS] / 1e3, (double)omega[best % CELLS] * 9.549297, cost[best],
      rop[best] * 3600.0);
  return 0;
}

int main(int argc, char **argv) {
  idr_drilling_config config;
  FILE *csv = argc == 2 ? fopen(argv[1], "w") : NULL;
  int failed = !csv || idr_drilling_defaults(&config) != IDR_STATUS_OK;
  if (!csv) fprintf(stderr, "usage: cost_map OUT.csv\n");
  if (csv) fprintf(csv, "rock,wob_kN,rpm,cost_USD_per_m,rop_m_per_h,stick_slip_part\n");
  for (int rock = 0; rock < 3 && !failed; rock++)
    failed = map_rock(csv, &config, rock);
  if (failed && csv) fprintf(stderr, "%s\n", idr_error_get()->message);
  if (csv && fclose(csv) != 0) failed = 1;
  return failed;
}
