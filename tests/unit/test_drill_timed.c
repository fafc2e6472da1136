/* The step with a clock between its models computes the same bits and counts every stage of every
 * second. How long a stage took is no test. */
#include "support/drill_wells.h"

#include <stdlib.h>

static const test_rock rock = {2500.0, 70e6, 0.5, 0.2, 0.6};

static idr_drill_group *started(const idr_well *well) {
  idr_drill_group *g;
  OK(idr_drill_group_create(&g));
  for (int i = 0; i < IDR_LANES; i++)
    test_start(g, i, well, 2500.0 + i, 3e3f * (float)i, 6.0f + 0.2f * (float)i, 0.03f);
  return g;
}

static idr_profile *stages_profile(int threads, int *count) {
  const char *names[IDR_PROFILE_STAGES_MAX];
  idr_profile *profile;
  assert_null(idr_drill_stage(-1));
  for (*count = 0; idr_drill_stage(*count); ++*count)
    names[*count] = idr_drill_stage(*count);
  OK(idr_profile_create(names, *count, threads, &profile));
  return profile;
}

static void assert_same(const idr_drill_group *a, const idr_drill_group *b) {
  void *x = malloc(idr_drill_lane_bytes()), *y = malloc(idr_drill_lane_bytes());
  for (int i = 0; i < IDR_LANES; i++) {
    idr_drill_lane_save(a, i, x);
    idr_drill_lane_save(b, i, y);
    assert_memory_equal(x, y, idr_drill_lane_bytes());
  }
  free(x);
  free(y);
}

static void test_timed(void **state) {
  (void)state;
  idr_well *well = test_well(&rock);
  idr_drill_group *plain = started(well), *timed = started(well);
  idr_profile_row row[IDR_PROFILE_STAGES_MAX];
  int count;
  idr_profile *profile = stages_profile(2, &count);
  for (int t = 0; t < 30; t++) {
    idr_drill_step(plain, 7);
    idr_drill_step_timed(timed, 7, profile, t % 2);
  }
  assert_same(plain, timed);
  idr_profile_rows(profile, row);
  assert_true(count == 22);
  for (int i = 0; i < count; i++) {
    assert_int_equal(row[i].calls, 210);
    assert_true(row[i].busy_seconds >= row[i].seconds && row[i].seconds >= 0.0);
    for (int k = 0; k < i; k++)
      assert_string_not_equal(row[i].name, row[k].name);
  }
  idr_profile_destroy(profile);
  idr_drill_group_free(plain);
  idr_drill_group_free(timed);
  idr_well_free(well);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_timed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
