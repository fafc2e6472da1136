/* Generated wells: the same from the same seed, different from others, inside their ranges, and the
 * statistics of chain, thickness and strength those of the recipe. */
#include "drill/generator.h"
#include "drill/step.h"
#include "support/near.h"

#include <stdlib.h>
#include <string.h>

#define WELLS 400

static idr_well *draw(const idr_generator_settings *s, uint64_t seed, uint32_t index) {
  idr_well *well;
  assert_int_equal(idr_well_generate(s, seed, index, &well), IDR_STATUS_OK);
  return well;
}

static idr_generator_settings defaults(void) {
  idr_generator_settings s;
  idr_generator_defaults(&s);
  return s;
}

static void test_same_and_different(void **state) {
  (void)state;
  idr_generator_settings s = defaults();
  uint64_t hash[WELLS];
  for (uint32_t i = 0; i < WELLS; i++) {
    idr_well *well = draw(&s, 42, i);
    hash[i] = idr_well_hash(well);
    idr_well_free(well);
    for (uint32_t k = 0; k < i; k++)
      assert_true(hash[k] != hash[i]);
  }
  idr_well *again = draw(&s, 42, 17), *other = draw(&s, 43, 17);
  assert_true(idr_well_hash(again) == hash[17]);
  assert_true(idr_well_hash(other) != hash[17]);
  idr_well_free(again);
  idr_well_free(other);
}

/* Geometry, pressures and mud of a well hang together. */
static void check_well(const idr_generator_settings *s, const idr_well *well) {
  const idr_well_section *drilled = &well->section[1];
  assert_true(well->depth <= s->depth_max + 1e-6 && drilled->top >= s->depth_min);
  assert_true(well->depth - drilled->top >= 599.0);
  assert_near((double)well->layer[0].top, 0.0, 0.0);
  assert_near((double)well->layer[well->layer_count - 1].bottom, well->depth, 1e-3);
  for (int i = 0; i < well->layer_count; i++) {
    const idr_layer *l = &well->layer[i];
    if (i) assert_true(l->top == well->layer[i - 1].bottom);
    if (i > 1) assert_true(l->lithology != well->layer[i - 1].lithology);
    assert_true(l->bottom > l->top && l->ucs >= 5e6f && l->ucs <= 350e6f);
    assert_true(l->abrasiveness > 0.0f && l->stickiness >= 0.0f && l->stickiness <= 1.0f);
    if (i) assert_true(drilled->mud_density > (double)l->pore_density);
    if (i) assert_true(drilled->mud_density < (double)l->fracture_density);
  }
  assert_true(drilled->bit_diameter <= well->section[0].casing_inner_diameter);
}

static void test_consistent(void **state) {
  (void)state;
  idr_generator_settings s = defaults();
  int inclined = 0, large = 0;
  for (uint32_t i = 0; i < WELLS; i++) {
    idr_well *well = draw(&s, 5, i);
    check_well(&s, well);
    inclined += well->path[well->path_count - 1].inclination > 0.01f;
    large += well->section[1].hole_diameter > 0.25;
    idr_well_free(well);
  }
  /* Binomial: four standard deviations are 0.1. */
  assert_near(inclined / (double)WELLS, 0.5, 0.1);
  assert_near(large / (double)WELLS, 0.4, 0.1);
}

/* Beds of one rock over all wells. */
typedef struct {
  int count;
  double sum, square; /* of ln(ucs) */
} rock_sum;

/* Strength per rock is log-normal about its median, whatever the depth does to it; shale is
 * followed by limestone in 52 of 100; log thickness has the median and spread that were asked for.
 */
static void test_statistics(void **state) {
  (void)state;
  idr_generator_settings s = defaults();
  rock_sum rock[IDR_LITHOLOGY_COUNT] = {0};
  int beds = 0, shale = 0, shale_lime = 0;
  double thick = 0.0, thick2 = 0.0;
  for (uint32_t w = 0; w < WELLS; w++) {
    idr_well *well = draw(&s, 9, w);
    for (int i = 1; i + 2 < well->layer_count; i++) {
      const idr_layer *l = &well->layer[i];
      double t = log((double)l->bottom - (double)l->top), u = log((double)l->ucs);
      thick += t;
      thick2 += t * t;
      beds++;
      rock[l->lithology].count++;
      rock[l->lithology].sum += u;
      rock[l->lithology].square += u * u;
      shale += l->lithology == IDR_LITHOLOGY_SHALE;
      shale_lime += l->lithology == IDR_LITHOLOGY_SHALE &&
                    well->layer[i + 1].lithology == IDR_LITHOLOGY_LIMESTONE;
    }
    idr_well_free(well);
  }
  double mean = thick / beds;
  assert_near(exp(mean), 25.0, 1.0);
  assert_near(sqrt(thick2 / beds - mean * mean), 0.7, 0.04);
  assert_near(shale_lime / (double)shale, 0.52, 0.03);
  double before = 0.0;
  const int by_strength[] = {IDR_LITHOLOGY_SHALE, IDR_LITHOLOGY_SANDSTONE, IDR_LITHOLOGY_LIMESTONE,
                             IDR_LITHOLOGY_DOLOMITE, IDR_LITHOLOGY_GRANITE};
  for (int k = 0; k < IDR_LITHOLOGY_COUNT; k++) {
    const rock_sum *r = &rock[by_strength[k]];
    double median = exp(r->sum / r->count);
    assert_true(r->count > 300 && median > 1.2 * before);
    before = median;
  }
}

/* Factors multiply every bed and change nothing else. */
static void test_factors(void **state) {
  (void)state;
  idr_generator_settings s = defaults(), hard = defaults();
  hard.strength_factor = 1.1;
  hard.abrasion_factor = 2.0;
  idr_well *a = draw(&s, 3, 8), *b = draw(&hard, 3, 8);
  assert_int_equal(a->layer_count, b->layer_count);
  for (int i = 0; i < a->layer_count; i++) {
    assert_near((double)b->layer[i].ucs / (double)a->layer[i].ucs, 1.1, 1e-5);
    assert_near((double)b->layer[i].abrasiveness / (double)a->layer[i].abrasiveness, 2.0, 1e-5);
    assert_true(a->layer[i].bottom == b->layer[i].bottom);
  }
  idr_well_free(a);
  idr_well_free(b);
}

/* Rock behind casing takes no mud: the first layer ends at the shoe, to the last bit of a float. */
static void test_cased_rock(void **state) {
  (void)state;
  idr_generator_settings s = defaults();
  idr_drill_group *group = NULL;
  int weaker = 0;
  assert_int_equal(idr_drill_group_create(&group), IDR_STATUS_OK);
  for (uint32_t i = 0; i < WELLS; i++) {
    idr_well *well = draw(&s, 42, i);
    double depth = well->section[1].top + 50.0;
    idr_drill_start start = {depth, 0.0, 10.0f, 0.03f};
    float weakest = 1e9f;
    assert_int_equal(idr_drill_reset(group, 0, well, &start), IDR_STATUS_OK);
    for (int k = 1; k <= idr_well_find_layer(well, depth); k++)
      if (well->layer[k].fracture_density < weakest) weakest = well->layer[k].fracture_density;
    assert_true(group->fracture_density[0] == weakest);
    weaker += well->layer[0].fracture_density < weakest;
    idr_well_free(well);
  }
  assert_true(weaker > 0); /* or this would show nothing */
  idr_drill_group_free(group);
}

static void test_contradiction(void **state) {
  (void)state;
  idr_generator_settings s = defaults();
  idr_well *well;
  s.depth_max = s.depth_min + 100.0;
  assert_int_equal(idr_well_generate(&s, 1, 1, &well), IDR_STATUS_CONFIG);
  assert_null(well);
  assert_non_null(strstr(idr_error_get()->message, "depth_max"));
}

/* The struct of defaults and the table of defaults say the same. */
static void test_defaults_match_table(void **state) {
  (void)state;
  idr_generator_settings from_table, s = defaults();
  idr_section section = {"wells", "", idr_generator_rows, idr_generator_row_count, &from_table};
  assert_int_equal(idr_settings_load(&section, 1, NULL, NULL, 0), IDR_STATUS_OK);
  const double *x = (const double *)&from_table, *y = (const double *)&s;
  for (int i = 0; i < idr_generator_row_count; i++)
    assert_near(x[i], y[i], 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same_and_different),   cmocka_unit_test(test_consistent),
      cmocka_unit_test(test_statistics),           cmocka_unit_test(test_factors),
      cmocka_unit_test(test_cased_rock),           cmocka_unit_test(test_contradiction),
      cmocka_unit_test(test_defaults_match_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
