/* The crew: activities follow each other as on a rig, every second belongs to one, the string moves
 * as it can, trips and connections take the time they should, remedies follow troubles, and a saved
 * lane goes on to the same bits whatever it was doing. ctest: timeout 900 */
#include "base/vmath.h"
#include "drill/generator.h"
#include "drill/rig.h"
#include "drill/torque_drag.h"
#include "support/near.h"
#include "support/shrink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400

static idr_rig *make(int wells, int seed) {
  idr_section section = {.name = "rig", .rows = idr_rig_rows, .row_count = idr_rig_row_count};
  idr_rig_settings settings;
  idr_rig *rig;
  section.values = &settings;
  assert_int_equal(idr_settings_load(&section, 1, NULL, NULL, 0), IDR_STATUS_OK);
  settings.seed = seed;
  assert_int_equal(idr_rig_create(&settings, wells, &rig), IDR_STATUS_OK);
  return rig;
}

static idr_well *well_number(uint32_t index) {
  idr_generator_settings settings;
  idr_well *well;
  idr_generator_defaults(&settings);
  assert_int_equal(idr_well_generate(&settings, 1, index, &well), IDR_STATUS_OK);
  return well;
}

/* Eight rigs on one well, numbered from `first`, begun at `depth`. */
static idr_rig *eight(const idr_well *well, uint32_t first, double depth) {
  idr_rig *rig = make(8, 1);
  for (int i = 0; i < 8; i++)
    assert_int_equal(idr_rig_place(rig, i, well, first + (uint32_t)i, depth), IDR_STATUS_OK);
  return rig;
}

/* ---- the order of things ---- */
#define BIT(a)   (1 << IDR_ACTIVITY_##a)
#define TROUBLES (BIT(REPAIR) | BIT(WELL_CONTROL) | BIT(FISHING) | BIT(LOSSES))
#define GOES_ON  (BIT(TRIPPING_OUT) | BIT(TRIPPING_IN) | BIT(REAMING) | BIT(DRILLING) | TROUBLES)
static const int32_t allowed[IDR_ACTIVITY_COUNT] = {
    [IDR_ACTIVITY_DRILLING] = BIT(CONNECTION) | BIT(REAMING) | BIT(CIRCULATING) | TROUBLES,
    [IDR_ACTIVITY_CONNECTION] = BIT(DRILLING) | BIT(FISHING),
    [IDR_ACTIVITY_REAMING] = BIT(CONNECTION) | GOES_ON,
    [IDR_ACTIVITY_CIRCULATING] = BIT(REAMING) | BIT(TRIPPING_OUT) | TROUBLES,
    [IDR_ACTIVITY_TRIPPING_OUT] = BIT(TRIPPING_IN) | BIT(CASING) | BIT(DONE) | TROUBLES,
    [IDR_ACTIVITY_TRIPPING_IN] = BIT(REAMING) | BIT(DRILLING) | TROUBLES,
    [IDR_ACTIVITY_CASING] = BIT(WAITING),
    [IDR_ACTIVITY_WAITING] = BIT(TRIPPING_IN) | BIT(DONE) | TROUBLES,
    [IDR_ACTIVITY_REPAIR] = GOES_ON,
    [IDR_ACTIVITY_WELL_CONTROL] = GOES_ON,
    [IDR_ACTIVITY_FISHING] = BIT(REAMING) | TROUBLES,
    [IDR_ACTIVITY_LOSSES] = GOES_ON,
    [IDR_ACTIVITY_DONE] = BIT(REAMING) | BIT(DRILLING),
};

static void check_second(const idr_rig *rig, int i, int32_t before) {
  const idr_drill_group *g = rig->hole;
  int32_t now = rig->crew.activity[i];
  assert_true(now >= 0 && now < IDR_ACTIVITY_COUNT);
  if (now != before && !(allowed[before] & 1 << now))
    fail_msg("lane %d, second %lld: activity %d after %d", i, (long long)rig->second[i], now,
             before);
  assert_true(g->bit_depth[i] >= 0.0 && g->bit_depth[i] <= g->depth[i]);
  assert_true(g->depth[i] <= g->bottom[i] + 1e-9);
  if (g->slips[i]) {
    assert_true(g->value[IDR_CHANNEL_HOOKLOAD][i] == IDR_BLOCK_WEIGHT);
    assert_true(g->omega_top[i] == 0.0f && g->wob[i] == 0.0f);
  }
  if (g->bit_depth[i] < g->depth[i]) assert_true(g->wob[i] == 0.0f);
}

static void test_a_week(void **state) {
  (void)state;
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 20, 0.0);
  int64_t seconds = test_amount(7 * DAY, DAY / 8), in[8][IDR_ACTIVITY_COUNT] = {{0}};
  for (int64_t t = 0; t < seconds; t++) {
    int32_t before[8];
    memcpy(before, rig->crew.activity, sizeof before);
    idr_rig_second(rig);
    for (int i = 0; i < 8; i++) {
      check_second(rig, i, before[i]);
      in[i][rig->crew.activity[i]]++;
    }
  }
  for (int i = 0; i < 8; i++) {
    int64_t sum = 0;
    for (int a = 0; a < IDR_ACTIVITY_COUNT; a++)
      sum += in[i][a];
    assert_int_equal(sum, rig->second[i]);
    assert_int_equal(sum, seconds);
    assert_true(test_is_shrunk() || in[i][IDR_ACTIVITY_DRILLING] > 0);
  }
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- times ---- */
static void test_connections(void **state) {
  (void)state;
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 40, 500.0);
  double sum = 0.0, longest = 0.0;
  int count = 0, since[8] = {0};
  for (int t = 0; t < test_amount(2 * DAY, 2 * DAY / 3); t++) {
    int32_t before[8];
    memcpy(before, rig->crew.activity, sizeof before);
    idr_rig_second(rig);
    for (int i = 0; i < 8; i++) {
      since[i] = rig->crew.activity[i] == before[i] ? since[i] + 1 : 1;
      if (before[i] != IDR_ACTIVITY_CONNECTION || since[i] > 1) continue;
      count++;
    }
    for (int i = 0; i < 8; i++)
      if (rig->crew.activity[i] == IDR_ACTIVITY_CONNECTION) {
        sum += 1.0;
        longest = fmax(longest, since[i]);
      }
  }
  double mean = sum / count;
  assert_true(count > 100);
  assert_true(mean > 0.85 * well->rig.connection_time && mean < 1.15 * well->rig.connection_time);
  assert_true(longest < 4.0 * well->rig.connection_time);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* A bit that a machine's owner asks for: out, changed, in, about as long as a trip in a lump. */
static void test_a_trip(void **state) {
  (void)state;
  const double depth = test_amount(1100, 500);
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 60, depth);
  int64_t in[8] = {0};
  for (int i = 0; i < 8; i++)
    rig->crew.repair_asked[IDR_MACHINE_BIT][i] = 1;
  for (int t = 0; t < test_amount(DAY / 2, DAY / 4); t++) {
    idr_rig_second(rig);
    for (int i = 0; i < 8; i++)
      in[i] += rig->crew.activity[i] == IDR_ACTIVITY_TRIPPING_OUT ||
               rig->crew.activity[i] == IDR_ACTIVITY_TRIPPING_IN;
  }
  for (int i = 0; i < 8; i++) {
    double lump = 2.0 * depth / well->rig.trip_speed + well->rig.bit_change_time;
    assert_int_equal(rig->hole->trips[i], 1);
    assert_true(rig->equipment.life[IDR_MACHINE_BIT][i] > 0);
    assert_int_equal(rig->crew.repair_asked[IDR_MACHINE_BIT][i], 0);
    assert_true((double)in[i] > 0.75 * lump && (double)in[i] < 1.5 * lump);
    assert_true(rig->hole->depth[i] > depth); /* drilling again */
  }
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- hook load ---- */
/* Against the walk of torque_drag.h, which takes steps of its own. */
static void test_drag(void **state) {
  (void)state;
  idr_well *well = well_number(2);
  const idr_well_string *s = &well->string;
  double last = well->path_count - 2, mud = well->section[1].mud_density;
  int at = (int)last;
  idr_drag_section part[3];
  const double outer[] = {s->collar_outer_diameter, s->heavy_outer_diameter,
                          s->pipe_outer_diameter};
  const double inner[] = {s->collar_inner_diameter, s->heavy_inner_diameter,
                          s->pipe_inner_diameter};
  const double length[] = {s->collar_length, s->heavy_length, 1e5};
  for (int k = 0; k < 3; k++) {
    double area = 0.25 * M_PI * (outer[k] * outer[k] - inner[k] * inner[k]);
    part[k] = (idr_drag_section){length[k], area * (7850.0 - mud) * 9.80665, 0.5 * outer[k],
                                 idr_tube_stiffness(outer[k], inner[k]), 0.05};
  }
  idr_drag_parts parts = {3,   part, well->survey_count, well->survey, at * IDR_PATH_STEP, 5.0, 0.0,
                          0.0, 0.0};
  idr_drag_result up, down;
  idr_drag_motion lift = idr_drag_motion_of(s->friction_kinetic, 1.0, 0.0);
  idr_drag_motion sink = idr_drag_motion_of(s->friction_kinetic, -1.0, 0.0);
  assert_int_equal(idr_drag_walk(&parts, &lift, &up), IDR_STATUS_OK);
  assert_int_equal(idr_drag_walk(&parts, &sink, &down), IDR_STATUS_OK);
  const idr_path_point *p = &well->path[at];
  assert_true(p->hook_up >= p->hookload && p->hookload >= p->hook_down);
  assert_near(p->hook_up, up.hookload, 0.02 * up.hookload);
  assert_near(p->hook_down, down.hookload, 0.02 * down.hookload);
  idr_well_free(well);
}

/* ---- trouble ---- */
static void run_until(idr_rig *rig, int32_t activity, int most) {
  for (int t = 0; t < most; t++) {
    idr_rig_second(rig);
    if (rig->crew.activity[0] == activity) return;
  }
  fail_msg("no activity %d within %d s", activity, most);
}

/* Held while pulled out: the hook load rises with the bit standing, until the crew stops at its
 * limit; it works the string; when the hole lets go it goes on. */
static void test_stuck(void **state) {
  (void)state;
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 80, 900.0);
  idr_drill_group *g = rig->hole;
  rig->crew.repair_asked[IDR_MACHINE_BIT][0] = 1;
  run_until(rig, IDR_ACTIVITY_TRIPPING_OUT, DAY);
  g->fault_grip_force[0] = 2e6f;
  run_until(rig, IDR_ACTIVITY_FISHING, 3600);
  double stuck_at = g->bit_depth[0];
  float most = 0.0f;
  for (int t = 0; t < 1200; t++) {
    idr_rig_second(rig);
    most = idr_maxf(most, g->value[IDR_CHANNEL_HOOKLOAD][0] - IDR_BLOCK_WEIGHT - g->hook_up[0]);
    assert_true(g->bit_depth[0] == stuck_at);
    assert_int_equal(rig->crew.activity[0], IDR_ACTIVITY_FISHING);
  }
  assert_true(most > 3e5f && most < 6e5f);
  g->fault_grip_force[0] = 0.0f;
  run_until(rig, IDR_ACTIVITY_TRIPPING_OUT, 7200);
  assert_false(rig->crew.trouble[0] & 1 << IDR_EVENT_STUCK);
  idr_rig_free(rig);
  idr_well_free(well);
}

static void test_kick(void **state) {
  (void)state;
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 90, 1000.0);
  idr_drill_group *g = rig->hole;
  float density = g->mud_density[0];
  rig->crew.trouble[0] = 1 << IDR_EVENT_KICK;
  run_until(rig, IDR_ACTIVITY_WELL_CONTROL, 3600);
  while (g->choke_closed[0] < 1.0f)
    idr_rig_second(rig);
  for (int t = 0; t < 120; t++)
    idr_rig_second(rig);
  assert_true(g->flow[0] == 0.0f && rig->crew.activity[0] == IDR_ACTIVITY_WELL_CONTROL);
  run_until(rig, IDR_ACTIVITY_DRILLING, DAY);
  assert_true(g->choke_closed[0] == 0.0f && g->mud_density[0] > density);
  assert_false(rig->crew.trouble[0] & 1 << IDR_EVENT_KICK);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- a month with everything in it ---- */
/* What events and machines would do to lane 0, hour by hour. */
static void disturb(idr_rig *rig, int64_t second) {
  idr_crew *c = &rig->crew;
  if (second % 3600) return;
  int64_t hour = second / 3600;
  c->cured[0] = c->repaired[0] = 0;
  if (hour % 37 == 5) c->repair_asked[IDR_MACHINE_PUMP_1][0] = 3600;
  if (hour % 61 == 20) c->trouble[0] |= 1 << IDR_EVENT_LOSSES;
  if (hour % 97 == 30) c->trouble[0] |= 1 << IDR_EVENT_KICK;
  if (hour % 71 == 40) c->trouble[0] |= 1 << IDR_EVENT_PACKOFF;
  if (hour % 53 == 10) rig->hole->fault_grip_force[0] = 2e6f;
  if (hour % 53 == 13) rig->hole->fault_grip_force[0] = 0.0f;
}

/* The saved lane goes on beside itself, elsewhere. */
static void assert_goes_on(const idr_rig *rig, const idr_well *well, int seconds) {
  size_t bytes = idr_rig_lane_bytes();
  char *saved = malloc(bytes), *one = malloc(bytes), *two = malloc(bytes);
  idr_rig *here = eight(well, 500, 0.0), *there = eight(well, 600, 0.0);
  idr_rig_lane_save(rig, 0, saved);
  assert_int_equal(idr_rig_lane_load(here, 0, well, saved), IDR_STATUS_OK);
  assert_int_equal(idr_rig_lane_load(there, 6, well, saved), IDR_STATUS_OK);
  idr_rig_lane_save(here, 0, one);
  assert_memory_equal(one, saved, bytes);
  for (int t = 0; t < seconds; t++) {
    idr_rig_second(here);
    idr_rig_second(there);
  }
  idr_rig_lane_save(here, 0, one);
  idr_rig_lane_save(there, 6, two);
  assert_memory_equal(one, two, bytes);
  idr_rig_free(here);
  idr_rig_free(there);
  free(saved);
  free(one);
  free(two);
}

static void test_a_month(void **state) {
  (void)state;
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 100, 0.0);
  int32_t seen = 0;
  const char *field = NULL;
  int days = test_amount(45, 1);
  for (int64_t t = 0; t < (int64_t)days * DAY; t++) {
    int32_t before = rig->crew.activity[0];
    disturb(rig, t);
    idr_rig_second(rig);
    check_second(rig, 0, before);
    int32_t now = 1 << rig->crew.activity[0];
    if (!(seen & now)) assert_goes_on(rig, well, test_amount(600, 200));
    seen |= now;
    if (t % 3600 == 0 && idr_drill_scan(rig->hole, 0, 8, &field) >= 0)
      fail_msg("second %lld: %s is not finite", (long long)t, field);
  }
  if (!test_is_shrunk()) assert_int_equal(seen, (1 << IDR_ACTIVITY_COUNT) - 1);
  assert_true(test_is_shrunk() || rig->crew.well_number[0] > 0);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- lanes and wells ---- */
static void test_a_lane_is_alone(void **state) {
  (void)state;
  idr_well *well = well_number(3), *other = well_number(4);
  idr_rig *small = make(8, 1), *large = make(IDR_LANES, 1);
  size_t bytes = idr_rig_lane_bytes();
  char *one = malloc(bytes), *two = malloc(bytes);
  for (int i = 0; i < 8; i++)
    assert_int_equal(idr_rig_place(small, i, well, (uint32_t)i, 0.0), IDR_STATUS_OK);
  for (int i = 0; i < IDR_LANES; i++)
    assert_int_equal(
        idr_rig_place(large, i, i % 8 ? other : well, i % 8 ? 700 : (uint32_t)i / 8, 0.0),
        IDR_STATUS_OK);
  for (int t = 0; t < test_amount(2 * DAY, DAY / 24); t++) {
    idr_rig_second(small);
    idr_rig_second(large);
  }
  for (int i = 0; i < 8; i++) {
    idr_rig_lane_save(small, i, one);
    idr_rig_lane_save(large, 8 * i, two);
    assert_memory_equal(one, two, bytes);
  }
  free(one);
  free(two);
  idr_rig_free(small);
  idr_rig_free(large);
  idr_well_free(well);
  idr_well_free(other);
}

static const idr_well *second_well(void *context, uint32_t id, int number) {
  assert_int_equal(id, 5);
  assert_int_equal(number, 1);
  return context;
}

/* When the programme is done the rig moves to the well that its owner gives, and its clock goes on;
 * a lane saved there is loaded onto that well. */
static void test_the_next_well(void **state) {
  (void)state;
  idr_well *first = well_number(7), *second = well_number(8);
  idr_rig *rig = make(1, 1), *later = make(1, 1);
  char *bytes = malloc(idr_rig_lane_bytes());
  for (int i = 0; i < 8; i++)
    assert_int_equal(idr_rig_place(rig, i, first, i ? 50 : 5, first->depth - 1.0), IDR_STATUS_OK);
  for (int i = 0; i < 8; i++)
    assert_int_equal(idr_rig_place(later, i, first, 51, 0.0), IDR_STATUS_OK);
  rig->hole->lanes = 8;
  rig->next = later->next = (idr_rig_next){second, second_well};
  rig->hole->bottom[0] = first->depth;
  const int longest = test_amount(INT32_MAX, 600); /* s of one wait: cement, moving */
  for (int64_t t = 0; t < 20 * DAY && rig->crew.well_number[0] == 0; t++) {
    idr_rig_second(rig);
    if (rig->crew.left[0] > longest) rig->crew.left[0] = longest;
    for (int i = 1; i < 8; i++)
      rig->crew.left[i] = 1 << 20; /* the others stand by */
  }
  assert_int_equal(rig->crew.well_number[0], 1);
  assert_ptr_equal(rig->hole->well[0], second);
  assert_true(rig->second[0] > test_amount(DAY, DAY / 8) && rig->hole->depth[0] < 100.0);
  idr_rig_lane_save(rig, 0, bytes);
  assert_int_equal(idr_rig_lane_load(later, 0, first, bytes), IDR_STATUS_OK);
  assert_ptr_equal(later->hole->well[0], second);
  free(bytes);
  idr_rig_free(rig);
  idr_rig_free(later);
  idr_well_free(first);
  idr_well_free(second);
}

/* Bytes of a file that a crew cannot have are refused by name. */
static void test_damaged(void **state) {
  (void)state;
  idr_well *well = well_number(7);
  idr_rig *rig = eight(well, 900, 0.0);
  char *bytes = malloc(idr_rig_lane_bytes());
  const int32_t wrong[] = {-1, 1000};
  for (int k = 0; k < 2; k++) {
    int32_t right = rig->crew.phase[1];
    rig->crew.phase[1] = wrong[k];
    idr_rig_lane_save(rig, 1, bytes);
    rig->crew.phase[1] = right;
    assert_int_equal(idr_rig_lane_load(rig, 2, well, bytes), IDR_STATUS_FORMAT);
    assert_non_null(strstr(idr_error_get()->message, "phase"));
    assert_int_equal(idr_rig_place(rig, 2, well, 3, 0.0), IDR_STATUS_OK);
  }
  free(bytes);
  idr_rig_free(rig);
  idr_well_free(well);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_week),        cmocka_unit_test(test_connections),
      cmocka_unit_test(test_a_trip),        cmocka_unit_test(test_drag),
      cmocka_unit_test(test_stuck),         cmocka_unit_test(test_kick),
      cmocka_unit_test(test_a_month),       cmocka_unit_test(test_a_lane_is_alone),
      cmocka_unit_test(test_the_next_well), cmocka_unit_test(test_damaged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
