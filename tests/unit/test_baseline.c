/* ctest: timeout 900
 * The baselines: tuned, played and kept in the cache. Budgets are small, so only what must hold at
 * any budget is asked. */
#include "base/file.h"
#include "rl/baseline.h"
#include "support/shrink.h"
#include "support/test.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N test_amount(24, 8)

static idr_drilling_world *make_world(int64_t first, int64_t wells) {
  idr_drilling_config c;
  idr_drilling_world *world = NULL;
  assert_int_equal(idr_drilling_defaults(&c), IDR_STATUS_OK);
  c.drilling.wells = wells;
  c.drilling.well_first = first;
  c.drilling.interval = test_amount(12, 1);
  c.drilling.time_limit = test_amount(8 * 3600, 300);
  assert_int_equal(idr_drilling_world_create(&c, &world), IDR_STATUS_OK);
  return world;
}

static idr_baseline_settings make_settings(const char *folder) {
  idr_baseline_settings s = {.tuning_hours = test_amount(300, 10) * 3600.0};
  snprintf(s.cache, sizeof s.cache, "%s/baselines.json", folder);
  return s;
}

/* The clairvoyant is a ceiling; a second call takes everything from the cache with the same bits,
 * another world or a damaged file makes it anew. */
static void test_evaluate_and_cache(void **state) {
  (void)state;
  char folder[] = "/tmp/idrill-baseline-XXXXXX";
  assert_non_null(mkdtemp(folder));
  idr_drilling_world *training = make_world(0, 48), *unseen = make_world(1000, N);
  idr_baseline_settings settings = make_settings(folder);
  idr_shield_settings shield = {
      .enabled = false, .ecd = 0.9, .torque = 0.85, .spp = 0.9, .stick_slip = 0.5};
  idr_baseline_results made, kept, again;
  assert_int_equal(idr_baseline_evaluate(training, unseen, N, &settings, &shield, NULL, &made),
                   IDR_STATUS_OK);
  assert_true(made.tuned_now && made.played_now);
  double score[IDR_BASELINE_COUNT];
  for (int k = 0; k < IDR_BASELINE_COUNT; k++) {
    score[k] = idr_drilling_score(unseen, made.books + k * N, N);
    assert_true(isfinite(score[k]) && score[k] > 0.0);
  }
  assert_true(score[IDR_BASELINE_CLAIRVOYANT] <= score[IDR_BASELINE_CONSTANT]);
  assert_true(score[IDR_BASELINE_CLAIRVOYANT] <= score[IDR_BASELINE_SECTION]);
  assert_true(score[IDR_BASELINE_CLAIRVOYANT] <= score[IDR_BASELINE_ADVISOR]);

  assert_int_equal(idr_baseline_evaluate(training, unseen, N, &settings, &shield, NULL, &kept),
                   IDR_STATUS_OK);
  assert_false(kept.tuned_now || kept.played_now);
  assert_memory_equal(made.books, kept.books, sizeof *made.books * N * IDR_BASELINE_COUNT);
  assert_memory_equal(made.counts, kept.counts, sizeof *made.counts * N * IDR_BASELINE_COUNT);
  assert_memory_equal(&made.set, &kept.set, sizeof made.set);
  idr_baseline_results_free(&kept);

  /* Other limits are counted anew and change no books; a shield may change them. */
  shield.stick_slip = 0.4;
  assert_int_equal(idr_baseline_evaluate(training, unseen, N, &settings, &shield, NULL, &kept),
                   IDR_STATUS_OK);
  assert_true(!kept.tuned_now && kept.played_now);
  assert_memory_equal(made.books, kept.books, sizeof *made.books * N * IDR_BASELINE_COUNT);
  idr_baseline_results_free(&kept);
  shield.stick_slip = 0.5;
  shield.enabled = true;
  assert_int_equal(idr_baseline_evaluate(training, unseen, N, &settings, &shield, NULL, &kept),
                   IDR_STATUS_OK);
  assert_true(!kept.tuned_now && kept.played_now);
  idr_baseline_results_free(&kept);
  shield.enabled = false;
  assert_int_equal(idr_baseline_evaluate(training, unseen, N, &settings, &shield, NULL, &kept),
                   IDR_STATUS_OK);
  assert_false(kept.tuned_now || kept.played_now);
  assert_memory_equal(made.books, kept.books, sizeof *made.books * N * IDR_BASELINE_COUNT);
  idr_baseline_results_free(&kept);

  idr_drilling_world *other = make_world(2000, N);
  assert_int_equal(idr_baseline_evaluate(training, other, N, &settings, &shield, NULL, &kept),
                   IDR_STATUS_OK);
  assert_true(!kept.tuned_now && kept.played_now);

  assert_int_equal(idr_file_write(settings.cache, "{\"tuned\":[1,", 12), IDR_STATUS_OK);
  assert_int_equal(idr_baseline_evaluate(training, unseen, N, &settings, &shield, NULL, &again),
                   IDR_STATUS_OK);
  assert_true(again.tuned_now && again.played_now);
  assert_memory_equal(made.books, again.books, sizeof *made.books * N * IDR_BASELINE_COUNT);

  assert_int_equal(idr_file_remove(settings.cache), IDR_STATUS_OK);
  rmdir(folder);
  idr_baseline_results_free(&made);
  idr_baseline_results_free(&kept);
  idr_baseline_results_free(&again);
  idr_drilling_world_destroy(training);
  idr_drilling_world_destroy(unseen);
  idr_drilling_world_destroy(other);
}

/* One hole diameter, one set-point: `section` and `constant` are then the same driller. */
static void test_section_falls_back(void **state) {
  (void)state;
  idr_drilling_world *world = make_world(0, 8);
  idr_baseline b[2] = {{.kind = IDR_BASELINE_CONSTANT, .class_count = 1},
                       {.kind = IDR_BASELINE_SECTION, .class_count = 2}};
  idr_scenario list[8];
  idr_drilling_books books[16];
  for (int k = 0; k < 8; k++)
    list[k] = idr_drilling_scenario(world, k);
  b[0].set[0] = b[1].set[0] = b[1].set[1] = (idr_set_points){1.2e5f, 16.0f, 0.05f};
  b[1].diameter[1] = 0.3f;
  double simulated = 0.0, sum = 0.0;
  assert_int_equal(idr_baseline_play(world, b, 2, list, 8, NULL, NULL, books, &simulated),
                   IDR_STATUS_OK);
  assert_memory_equal(books, books + 8, sizeof *books * 8);
  for (int k = 0; k < 16; k++)
    sum += books[k].rotating;
  assert_true(fabs(sum - simulated) < 1e-6 * sum);
  idr_drilling_world_destroy(world);
}

/* In soft, medium and hard rock the cheapest set-points lie inside the map, and harder rock wants
 * more weight: no single setting is best. */
static void test_map_has_interior_optima(void **state) {
  (void)state;
  enum { CELLS = 10 };
  static const double ucs[3] = {30e6, 90e6, 170e6}, abrasiveness[3] = {0.1, 0.3, 0.7};
  float wob[CELLS], omega[CELLS];
  double cost[CELLS * CELLS], rop[CELLS * CELLS], slip[CELLS * CELLS];
  idr_drilling_config config;
  int weight[3];
  assert_int_equal(idr_drilling_defaults(&config), IDR_STATUS_OK);
  for (int k = 0; k < CELLS; k++) {
    wob[k] = 42e3f * (float)(k + 1);
    omega[k] = 4.0f + 2.6f * (float)k;
  }
  int rocks = test_amount(3, 1);
  for (int rock = 0; rock < rocks; rock++) {
    const idr_baseline_map_request request = {
        ucs[rock], abrasiveness[rock], 0.04f, CELLS, CELLS, wob, omega};
    assert_int_equal(idr_baseline_map(&config, &request, cost, rop, slip), IDR_STATUS_OK);
    int best = 0;
    for (int k = 0; k < CELLS * CELLS; k++)
      if (cost[k] < cost[best]) best = k;
    weight[rock] = best / CELLS;
    assert_in_range(best / CELLS, 1, CELLS - 2);
    assert_in_range(best % CELLS, 1, CELLS - 2);
    assert_true(rop[best] > 0.0 && slip[best] < 0.2);
  }
  for (int rock = 1; rock < rocks; rock++)
    assert_true(weight[rock - 1] < weight[rock]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_evaluate_and_cache),
      cmocka_unit_test(test_section_falls_back),
      cmocka_unit_test(test_map_has_interior_optima),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
