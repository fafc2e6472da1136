/* ctest: timeout 600
 * A day at work for 64 wells of the crew's world: every ten minutes something else is drawn:
 * drilling, pumps off, pulling and running, shut in, behind the choke, another mud, any of the
 * faults, gas below some. Mud, rock and gas balance to 1e-6 of what went through, at every hour,
 * against geometry and sums taken here in double from the wells themselves. */
#include "base/random.h"
#include "drill/generator.h"
#include "drill/hydraulics.h"
#include "drill/step.h"
#include "support/near.h"
#include "support/shrink.h"

#include <stdlib.h>

#define HOUR  3600
#define EVERY 600 /* s between two draws */
#define CLOSE 1e-6

/* What this test sums beside the state, per lane. */
typedef struct {
  double pumped;            /* m3 */
  double hole, pores, rock; /* m3: hole made or caved, of it pore fluid, of it solids */
  double speed;             /* m/s, of the bit, down */
  double steel, start;      /* m3: steel, and all mud after the first second */
  double shut, gas;         /* s shut in; s with gas in the hole */
} books;

typedef struct {
  idr_drill_group *group;
  idr_well *well[IDR_LANES];
  books books[IDR_LANES];
} day;

static const char *const files[] = {"directional-12000ft", "vertical-exploration",
                                    "forge-16a-78-32"};

static idr_well *lane_well(int lane) {
  idr_well *well;
  char path[1024];
  if (lane % 4 == 3) {
    idr_generator_settings settings;
    idr_generator_defaults(&settings);
    settings.gas_fraction = 0.5;
    settings.gas_pressure = 120.0;
    OK(idr_well_generate(&settings, 5, (uint32_t)lane, &well));
    return well;
  }
  snprintf(path, sizeof path, IDR_SOURCE_FOLDER "/configs/wells/%s.yaml", files[lane % 4]);
  OK(idr_well_read(path, &well));
  return well;
}

/* All rock of some wells holds gas a little above the mud, that of others takes the mud. */
static void spoil(idr_well *well, int lane) {
  for (int k = 0; k < well->layer_count; k++) {
    idr_layer *l = &well->layer[k];
    double mud = well->section[idr_well_find_section(well, (double)l->top)].mud_density;
    if (lane % 8 == 5) l->fracture_density = (float)(mud + 25.0);
    if (lane % 8 != 6) continue;
    l->gas = 0.3f;
    l->pore_density = (float)(mud + 15.0);
  }
}

static void begin(day *d) {
  OK(idr_drill_group_create(&d->group));
  for (int i = 0; i < IDR_LANES; i++) {
    idr_well *well = d->well[i] = lane_well(i);
    spoil(well, i);
    double top = well->section[0].bottom + 1.0;
    double depth = top + (well->depth - top) * (i / 4) / 17.0;
    idr_drill_start start = {depth, 0.0, 10.0f, (float)well->rig.flow_min};
    OK(idr_drill_reset(d->group, i, well, &start));
    d->group->crewed[i] = 1;
    idr_drill_refresh(d->group, i);
    memset(&d->books[i], 0, sizeof d->books[i]);
  }
}

static void end(day *d) {
  idr_drill_group_free(d->group);
  for (int i = 0; i < IDR_LANES; i++)
    idr_well_free(d->well[i]);
}

/* ---- what the crew does and what befalls it ---- */

static float draw(int lane, uint32_t when, uint32_t what) {
  idr_random4 r = idr_random_draw(12, (uint32_t)lane, 0, when, IDR_PURPOSE_RESET, what);
  return idr_random_uniform(r.word[0]);
}

static void choose_faults(idr_drill_group *g, int i, uint32_t when) {
  float kind = draw(i, when, 1), size = draw(i, when, 2);
  g->fault_washout[i] = kind < 0.08f ? size : 0.0f;
  g->fault_nozzle[i] = kind > 0.08f && kind < 0.16f ? size - 0.5f : 0.0f;
  g->fault_annulus[i] = kind > 0.16f && kind < 0.24f ? size : 0.0f;
  g->fault_caving[i] = kind > 0.24f && kind < 0.32f ? 1e-3f * size : 0.0f;
  g->fault_thief[i] = kind > 0.32f && kind < 0.40f ? 1e-8f * size : 0.0f;
  g->fault_pump[i] = kind > 0.40f && kind < 0.48f ? 0.5f * size : 0.0f;
}

/* A third drills, the rest does what else a crew does. */
static void choose(day *d, int i, uint32_t when) {
  idr_drill_group *g = d->group;
  const idr_well_rig *rig = &g->well[i]->rig;
  float what = draw(i, when, 0), size = draw(i, when, 3), flow = (float)rig->flow_max;
  choose_faults(g, i, when);
  d->books[i].speed = 0.3; /* back to the bottom */
  g->wob_set[i] = size * (float)rig->wob_max;
  g->omega_set[i] = (0.2f + 0.8f * draw(i, when, 4)) * (float)rig->rpm_max;
  g->flow_set[i] = flow * (0.4f + 0.6f * draw(i, when, 5));
  g->choke_closed[i] = 0.0f;
  g->mix_set[i] = draw(i, when, 6) < 0.2f ? 5e-3f * size : 0.0f;
  if (draw(i, when, 7) < 0.1f)
    g->mud_density_set[i] = g->mud_density[i] * (0.98f + 0.1f * draw(i, when, 8));
  if (what < 0.35f) return;
  if (what < 0.55f) d->books[i].speed = 1.2 * (double)size - 1.0;
  if (what < 0.65f) g->flow_set[i] = 0.0f;
  if (what > 0.75f) g->choke_closed[i] = what < 0.85f ? 1.0f : 0.9f * size;
  if (what > 0.75f && what < 0.85f) g->flow_set[i] = 0.0f;
}

/* The block moves the bit between some way up and the bottom. */
static void move_bit(day *d, int i) {
  idr_drill_group *g = d->group;
  double highest = fmax(0.3 * g->depth[i], 50.0), speed = d->books[i].speed;
  bool ends = speed < 0.0 && g->bit_depth[i] + speed < highest;
  g->block_speed[i] = ends || g->choke_closed[i] > 0.0f ? 0.0f : (float)speed;
}

/* ---- the other side of the balances ---- */

static double steel(const idr_well *well, double depth) {
  const idr_well_string *s = &well->string;
  double a = fmin(depth, s->collar_length), b = fmin(fmax(depth - a, 0.0), s->heavy_length);
  double c = depth - a - b, quarter = 0.25 * M_PI;
  return quarter * (a * (pow(s->collar_outer_diameter, 2) - pow(s->collar_inner_diameter, 2)) +
                    b * (pow(s->heavy_outer_diameter, 2) - pow(s->heavy_inner_diameter, 2)) +
                    c * (pow(s->pipe_outer_diameter, 2) - pow(s->pipe_inner_diameter, 2)));
}

static double gas_inside(const idr_drill_group *g, int i) {
  double sum = 0.0;
  for (int k = 0; k < IDR_GAS_CELLS; k++) {
    assert_true(g->gas[k][i] >= 0.0);
    sum += g->gas[k][i];
  }
  return sum;
}

static double rock_inside(const idr_drill_group *g, int i) {
  double sum = 0.0;
  for (int c = 0; c < IDR_ANNULUS; c++) {
    assert_true(g->suspended[c][i] >= 0.0 && g->bed[c][i] >= 0.0);
    sum += g->suspended[c][i] + g->bed[c][i];
  }
  return sum;
}

/* Mud in pits and hole, lost and wetting cuttings, less what was added; relative to any start. What
 * a lumped bit trip has just cleaned out goes over the shakers in the next second, and the mud
 * feels in it where the block has just moved the bit. */
static double all_mud(const day *d, int i) {
  const idr_drill_group *g = d->group;
  const books *k = &d->books[i];
  double hole = k->hole - steel(d->well[i], g->bit_was[i]) - (g->solids_in[i] - g->shaken[i]) -
                g->gas_volume[i] + g->packed[i] + g->stored[i];
  return g->pit[i] + hole + g->lost_volume[i] + g->wetted[i] - g->pit_mixed[i] - k->pores;
}

static void enter(day *d, int i, double depth) {
  const idr_drill_group *g = d->group;
  const idr_well *well = d->well[i];
  books *k = &d->books[i];
  double diameter = well->section[idr_well_find_section(well, depth)].hole_diameter;
  double porosity = (double)well->layer[idr_well_find_layer(well, depth)].porosity;
  double made = 0.25 * M_PI * diameter * diameter * (g->depth[i] - depth);
  double caved = (double)g->fault_caving[i];
  k->hole += made + caved;
  k->pores += made * porosity;
  k->rock += made * (1.0 - porosity) + caved;
  k->pumped += (double)g->value[IDR_CHANNEL_FLOW_IN][i] * (1.0 - (double)g->fault_pump[i]);
  k->shut += g->choke_closed[i] >= 1.0f;
  k->gas += g->gas_volume[i] > 0.0;
}

static void one_second(day *d, uint32_t second) {
  double depth[IDR_LANES];
  for (int i = 0; i < IDR_LANES; i++) {
    if (second % EVERY == 0) choose(d, i, second / EVERY);
    move_bit(d, i);
    depth[i] = d->group->depth[i];
  }
  idr_drill_step(d->group, 1);
  for (int i = 0; i < IDR_LANES; i++) {
    enter(d, i, depth[i]);
    if (second == 0) d->books[i].start = all_mud(d, i);
  }
}

/* A well that has hardly pumped yet is held to a hundredth of a litre. */
static void check(const day *d, int i, double worst[3]) {
  const idr_drill_group *g = d->group;
  const books *k = &d->books[i];
  double mud = fabs(all_mud(d, i) - k->start) / fmax(k->pumped, 10.0);
  double rock = fabs(g->solids_out[i] + rock_inside(g, i) - k->rock) / fmax(k->rock, 1e-3);
  double gas = fabs(g->gas_out[i] + gas_inside(g, i) - g->gas_in[i]) / fmax(g->gas_in[i], 1e-3);
  assert_near(mud, 0.0, CLOSE);
  assert_near(rock, 0.0, CLOSE);
  assert_near(gas, 0.0, CLOSE);
  worst[0] = fmax(worst[0], mud);
  worst[1] = fmax(worst[1], rock);
  worst[2] = fmax(worst[2], gas);
}

/* The day was one in which something could have gone missing. */
static void check_variety(const day *d, const double worst[3]) {
  double pumped = 0.0, lost = 0.0, gas = 0.0, shut = 0.0, caved = 0.0, metres = 0.0, high = 0.0;
  const idr_drill_group *g = d->group;
  for (int i = 0; i < IDR_LANES; i++) {
    const books *k = &d->books[i];
    pumped += k->pumped;
    lost += g->lost_volume[i];
    gas += g->gas_in[i];
    shut += k->shut;
    caved += k->hole;
    metres += g->depth[i] - g->start_depth[i];
    high += k->gas;
  }
  print_message("64 wells: %.0f m drilled, %.0f m3 pumped, %.0f m3 lost, %.0f m3 of hole, %.0f kg "
                "of gas, %.0f h with gas in the hole, %.0f h shut in; worst balance: mud %.1e, "
                "rock %.1e, gas %.1e\n",
                metres, pumped, lost, caved, gas, high / HOUR, shut / HOUR, worst[0], worst[1],
                worst[2]);
  if (test_is_shrunk()) return;
  assert_true(metres > 1000.0 && lost > 100.0 && gas > 1000.0 && shut > 10.0 * HOUR);
}

static void test_day(void **state) {
  (void)state;
  day d;
  const int hours = test_amount(24, 1);
  const char *field = "";
  double worst[3] = {0.0, 0.0, 0.0};
  begin(&d);
  for (int hour = 1; hour <= hours; hour++) {
    for (int t = 0; t < HOUR; t++)
      one_second(&d, (uint32_t)((hour - 1) * HOUR + t));
    if (idr_drill_scan(d.group, 0, IDR_LANES, &field) >= 0) fail_msg("%s holds no number", field);
    for (int i = 0; i < IDR_LANES; i++)
      check(&d, i, worst);
  }
  check_variety(&d, worst);
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_day)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
