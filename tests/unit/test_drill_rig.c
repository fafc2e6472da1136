/* A rig at work: lanes know nothing of their neighbours nor of their place, and a saved lane goes
 * on to the same bits. */
#include "drill/generator.h"
#include "drill/rig.h"
#include "support/near.h"

#include <stdlib.h>
#include <string.h>

static idr_rig *make(int wells) {
  idr_section section = {.name = "rig", .rows = idr_rig_rows, .row_count = idr_rig_row_count};
  idr_rig_settings settings;
  idr_rig *rig;
  section.values = &settings;
  assert_int_equal(idr_settings_load(&section, 1, NULL, NULL, 0), IDR_STATUS_OK);
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

static void fill(idr_rig *rig, int lane, const idr_well *well, uint32_t id) {
  for (int i = 0; i < rig->hole->lanes; i++)
    assert_int_equal(idr_rig_place(rig, i, well, i == lane ? id : 1000 + (uint32_t)i, 0.0),
                     IDR_STATUS_OK);
}

static void run(idr_rig *rig, int seconds) {
  for (int t = 0; t < seconds; t++)
    idr_rig_second(rig);
}

static void assert_same(const idr_rig *a, int i, const idr_rig *b, int k) {
  size_t bytes = idr_rig_lane_bytes();
  char *x = malloc(bytes), *y = malloc(bytes);
  idr_rig_lane_save(a, i, x);
  idr_rig_lane_save(b, k, y);
  assert_memory_equal(x, y, bytes);
  free(x);
  free(y);
}

static void test_a_lane_is_alone(void **state) {
  (void)state;
  idr_well *well = well_number(3);
  idr_rig *small = make(1), *large = make(IDR_LANES);
  fill(small, 0, well, 42);
  fill(large, 37, well, 42);
  run(small, 7200);
  run(large, 7200);
  assert_same(small, 0, large, 37);
  idr_rig_free(small);
  idr_rig_free(large);
  idr_well_free(well);
}

static void test_a_saved_lane_goes_on(void **state) {
  (void)state;
  idr_well *well = well_number(5);
  idr_rig *whole = make(8), *later = make(8);
  char *bytes = malloc(idr_rig_lane_bytes());
  fill(whole, 2, well, 7);
  fill(later, 0, well, 1);
  run(whole, 3600);
  idr_rig_lane_save(whole, 2, bytes);
  run(whole, 3600);
  assert_int_equal(idr_rig_lane_load(later, 5, well, bytes), IDR_STATUS_OK);
  run(later, 3600);
  assert_same(whole, 2, later, 5);
  free(bytes);
  idr_rig_free(whole);
  idr_rig_free(later);
  idr_well_free(well);
}

static void test_too_many_wells(void **state) {
  (void)state;
  idr_rig_settings settings = {0};
  idr_rig *rig;
  assert_int_equal(idr_rig_create(&settings, IDR_LANES + 1, &rig), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_rig_create(&settings, 0, &rig), IDR_STATUS_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_lane_is_alone),
      cmocka_unit_test(test_a_saved_lane_goes_on),
      cmocka_unit_test(test_too_many_wells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
