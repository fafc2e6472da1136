/* Cost per metre over weight and speed, rock by rock. */
#include "rl/baseline.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAP_DEPTH    2000.0
#define MAP_INTERVAL 10.0 /* m per cell */
#define MAP_WEAR     0.2
#define TEXT_SIZE    2048

/* One rock from top to bottom; everything that is left out has the default of well.h. */
static const char well_text[] =
    "well: {name: 'one rock'}\n"
    "string: {}\n"
    "rig: {wob_max: 1000, rpm_max: 400, flow_max: 12000}\n"
    "surveys: [{md: 0, inclination: 0, azimuth: 0}, {md: 2200, inclination: 0, azimuth: 0}]\n"
    "sections:\n"
    "  - {name: top, top: 0, bottom: 1000, hole_diameter: 12.25, bit_diameter: 12.25,\n"
    "     bit_nozzle_area: 0.9, mud_density: 1150, casing_bottom: 1000,\n"
    "     casing_inner_diameter: 8.681}\n"
    "  - {name: main, top: 1000, bottom: 2200, hole_diameter: 8.5, bit_diameter: 8.5,\n"
    "     bit_nozzle_area: 0.6, mud_density: 1150}\n"
    "layers:\n"
    "  - {top: 0, bottom: 2200, lithology: limestone, ucs: %.17g, abrasiveness: %.17g,\n"
    "     pore_density: 1030, fracture_density: 1700}\n";

static idr_status make_world(const idr_drilling_config *config,
                             const idr_baseline_map_request *request, idr_drilling_world **out) {
  char text[TEXT_SIZE];
  idr_drilling_config c = *config;
  c.drilling.interval = MAP_INTERVAL;
  int bytes = snprintf(text, sizeof text, well_text, request->ucs * 1e-6, request->abrasiveness);
  idr_well **wells = calloc(1, sizeof *wells);
  if (!wells) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a cost map");
  idr_status status = idr_well_parse("cost map", text, (size_t)bytes, wells);
  if (status != IDR_STATUS_OK) {
    free(wells);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  IDR_TRY(idr_drilling_world_adopt(&c, wells, 1, out));
  return IDR_STATUS_OK;
}

static void driller(void *context, idr_drill_group *g, const int64_t scenario[IDR_LANES],
                    const uint8_t fresh[IDR_LANES]) {
  const idr_baseline_map_request *r = context;
  (void)fresh;
  for (int i = 0; i < IDR_LANES; i++) {
    if (scenario[i] < 0) continue;
    g->wob_set[i] = r->wob[scenario[i] / r->omega_count];
    g->omega_set[i] = r->omega[scenario[i] % r->omega_count];
    g->flow_set[i] = r->flow;
  }
}

/* Charges for what the time limit left undrilled are no part of a map of drilling. */
static void read_cell(const idr_drilling_world *world, const idr_drilling_books *books,
                      double *cost, double *rop, double *slip) {
  idr_drilling_books drilled = *books;
  drilled.charge_missing = 0.0;
  double metres = books->metres > 0.01 ? books->metres : 0.01;
  *cost = idr_drilling_cost(world, &drilled) / metres;
  *rop = books->metres / books->rotating;
  *slip = books->stick_slip / books->rotating;
}

static idr_status play_map(const idr_drilling_world *world, const idr_baseline_map_request *request,
                           double *cost, double *rop, double *slip) {
  int64_t n = (int64_t)request->wob_count * request->omega_count;
  idr_baseline_map_request copy = *request;
  idr_status status = IDR_STATUS_OK;
  idr_scenario *list = malloc(sizeof *list * (size_t)n);
  idr_drilling_books *books = malloc(sizeof *books * (size_t)n);
  if (!list || !books)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory for a cost map of %lld cells",
                  (long long)n);
  for (int64_t k = 0; k < n; k++)
    list[k] = (idr_scenario){.well = 0, .depth = MAP_DEPTH, .wear = MAP_WEAR};
  IDR_TRY_GOTO(status, done, idr_drilling_play(world, list, n, driller, &copy, NULL, books));
  for (int64_t k = 0; k < n; k++)
    read_cell(world, &books[k], &cost[k], &rop[k], &slip[k]);
done:
  free(list);
  free(books);
  return status;
}

idr_status idr_baseline_map(const idr_drilling_config *config,
                            const idr_baseline_map_request *request, double *cost, double *rop,
                            double *slip) {
  idr_drilling_world *world = NULL;
  IDR_TRY(make_world(config, request, &world));
  idr_status status = play_map(world, request, cost, rop, slip);
  idr_drilling_world_destroy(world);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}
