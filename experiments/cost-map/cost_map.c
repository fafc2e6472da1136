/* Cost per metre over weight and speed for six rocks: is there an optimum inside the rig's limits,
 * and how far are the best constants for all rocks from the best set-points of each?
 *
 * usage: cost_map [DEPTH_M]
 * One vertical 8.5 in hole per rock; 64 lanes are a grid of 8 weights x 8 speeds, two hours each,
 * from a bit worn to 0.3. Cost = rig rate x (rotating + connections + lost time) + bits worn x (bit
 * + trip).
 */
#include "drill/generator.h"
#include "drill/step.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROCKS    6
#define SIDE     8                 /* weights and speeds of the grid */
#define RIG_RATE (1700.0 / 3600.0) /* USD/s, assumed */
#define BIT      25000.0           /* USD, assumed */
#define FLOW     0.035f            /* m3/s */

typedef struct {
  const char *name;
  double ucs, abrasiveness, stickiness;
} rock;

static const rock rocks[ROCKS] = {{"shale", 25e6, 0.12, 0.7},    {"soft sandstone", 45e6, 0.7, 0},
                                  {"limestone", 85e6, 0.1, 0.1}, {"hard sandstone", 95e6, 0.9, 0},
                                  {"dolomite", 130e6, 0.2, 0},   {"granite", 190e6, 0.9, 0}};

static float grid_wob(int lane) {
  return 27.5e3f * (float)(1 + lane / SIDE);
}
static float grid_rpm(int lane) {
  return 80.0f + 20.0f * (float)(lane % SIDE);
}

/* A vertical well of one rock, cased to 200 m above `depth`. */
static idr_status rock_well(const rock *r, double depth, idr_well **out) {
  idr_generator_settings settings;
  idr_well *drawn;
  idr_generator_defaults(&settings);
  settings.inclined_fraction = settings.large_fraction = 0.0;
  IDR_TRY(idr_well_generate(&settings, 3, 0, &drawn));
  idr_layer layer = drawn->layer[1];
  layer.top = 0.0f;
  layer.bottom = (float)(depth + 1000.0);
  layer.ucs = (float)r->ucs;
  layer.abrasiveness = (float)r->abrasiveness;
  layer.stickiness = (float)r->stickiness;
  idr_well_section section[2] = {drawn->section[0], drawn->section[1]};
  section[0].bottom = section[0].casing_bottom = section[1].top = depth - 200.0;
  section[1].bottom = depth + 1000.0;
  idr_well_parts parts = {drawn->head, drawn->string, drawn->rig,   2, 1, drawn->survey_count,
                          section,     &layer,        drawn->survey};
  idr_status status = idr_well_create(&parts, out);
  idr_well_free(drawn);
  return status;
}

static double lane_cost(const idr_drill_group *g, int i) {
  const idr_well_rig *rig = &g->well[i]->rig;
  double trip = 2.0 * g->depth[i] / rig->trip_speed + rig->bit_change_time;
  double time = g->rotating_time[i] + g->connection_time[i] + g->lost_time[i];
  double metres = fmax(g->depth[i] - g->start_depth[i], 0.01);
  return (RIG_RATE * time + g->bits_worn[i] * (BIT + RIG_RATE * trip)) / metres;
}

static idr_status map_rock(const rock *r, double depth, double cost[IDR_LANES]) {
  idr_drill_group *g;
  idr_well *well;
  IDR_TRY(rock_well(r, depth, &well));
  IDR_TRY(idr_drill_group_create(&g));
  for (int i = 0; i < IDR_LANES; i++) {
    idr_drill_start start = {depth, 0.3, 12.0f, FLOW};
    IDR_TRY(idr_drill_reset(g, i, well, &start));
    g->wob_set[i] = grid_wob(i);
    g->omega_set[i] = grid_rpm(i) * (float)(M_PI / 30.0);
  }
  for (int t = 0; t < 720; t++)
    idr_drill_step(g, 10);
  for (int i = 0; i < IDR_LANES; i++)
    cost[i] = lane_cost(g, i);
  idr_drill_group_free(g);
  idr_well_free(well);
  return IDR_STATUS_OK;
}

static int cheapest(const double cost[IDR_LANES]) {
  int best = 0;
  for (int i = 1; i < IDR_LANES; i++)
    if (cost[i] < cost[best]) best = i;
  return best;
}

/* `table`: a line per cell for the plot; NULL allowed. */
static void print_map(const rock *r, const double cost[IDR_LANES], FILE *table) {
  int best = cheapest(cost);
  for (int i = 0; table && i < IDR_LANES; i++)
    fprintf(table, "%s,%.1f,%.0f,%.2f\n", r->name, (double)grid_wob(i) * 1e-3, (double)grid_rpm(i),
            cost[i]);
  printf("%s: USD/m; rows 27.5 to 220 kN, columns 80 to 220 1/min\n", r->name);
  for (int i = 0; i < IDR_LANES; i++)
    printf("%7.0f%s", cost[i], i % SIDE == SIDE - 1 ? "\n" : "");
  printf("best %.0f at %.0f kN, %.0f 1/min\n\n", cost[best], (double)grid_wob(best) * 1e-3,
         (double)grid_rpm(best));
}

int main(int argc, char **argv) {
  double depth = argc > 1 ? atof(argv[1]) : 2500.0, own = 0.0;
  FILE *table = argc > 2 ? fopen(argv[2], "w") : NULL;
  double cost[IDR_LANES], together[IDR_LANES] = {0};
  for (int r = 0; r < ROCKS; r++) {
    if (map_rock(&rocks[r], depth, cost) != IDR_STATUS_OK) {
      fprintf(stderr, "%s\n", idr_error_get()->message);
      return 1;
    }
    print_map(&rocks[r], cost, table);
    own += cost[cheapest(cost)] / ROCKS;
    for (int i = 0; i < IDR_LANES; i++)
      together[i] += cost[i] / ROCKS;
  }
  if (table) fclose(table);
  int best = cheapest(together);
  printf("the same metres of every rock: best constants %.0f kN, %.0f 1/min: %.1f USD/m; each "
         "rock's own "
         "best: %.1f USD/m; gap %.1f %%\n",
         (double)grid_wob(best) * 1e-3, (double)grid_rpm(best), together[best], own,
         100.0 * (together[best] - own) / together[best]);
  return 0;
}
