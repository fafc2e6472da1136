/* Well files: the shipped ones read, bad ones say what is wrong and where, all problems at once. */
#include "drill/trajectory.h"
#include "drill/well.h"
#include "support/near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole well file in pieces, so that a test can spoil one of them. Lines are counted from 1. */
typedef struct {
  const char *head, *string, *surveys, *sections, *layers;
} pieces;

static const pieces good = {
    "well: {name: small}\n", "string: {collar_outer_diameter: 6.5 in}\n",
    "surveys:\n"
    "  - {md: 0, inclination: 0, azimuth: 0}\n"
    "  - {md: 1000, inclination: 30 deg, azimuth: 90}\n",
    "sections:\n"
    "  - {name: top, top: 0, bottom: 500, hole_diameter: 12.25 in, bit_diameter: 12.25 in,\n"
    "     bit_nozzle_area: 0.9, mud_density: 9.5 ppg, casing_bottom: 500,\n"
    "     casing_inner_diameter: 8.681}\n"
    "  - {name: main, top: 500, bottom: 1000, hole_diameter: 8.5, bit_diameter: 8.5,\n"
    "     bit_nozzle_area: 0.6, mud_density: 1200}\n",
    "layers:\n"
    "  - {top: 0, bottom: 700 m, lithology: shale, ucs: 20, abrasiveness: 0.1, pore_density: "
    "1030,\n"
    "     fracture_density: 1600}\n"
    "  - {top: 700, bottom: 1000, lithology: granite, ucs: 29.0075 ksi, abrasiveness: 1,\n"
    "     pore_density: 1030, fracture_density: 1700}\n"};

static idr_status parse(const pieces *p, idr_well **well) {
  char text[4096];
  int size = snprintf(text, sizeof text, "%s%s%s%s%s", p->head, p->string, p->surveys, p->sections,
                      p->layers);
  return idr_well_parse("small.yaml", text, (size_t)size, well);
}

/* The file must fail as CONFIG with every one of `words` in the message. */
static void assert_refused(const pieces *p, const char *const *words) {
  idr_well *well;
  assert_int_equal(parse(p, &well), IDR_STATUS_CONFIG);
  assert_null(well);
  for (int i = 0; words[i]; i++)
    if (!strstr(idr_error_get()->message, words[i]))
      fail_msg("'%s' is not in:\n%s", words[i], idr_error_get()->message);
}

static void test_good_file(void **state) {
  (void)state;
  idr_well *well;
  assert_int_equal(parse(&good, &well), IDR_STATUS_OK);
  assert_int_equal(well->layer_count, 2);
  assert_near(well->section[0].mud_density, 9.5 * 119.826427, 1e-3);
  assert_near((double)well->layer[1].ucs, 200e6, 1e3);
  assert_int_equal(well->layer[1].lithology, IDR_LITHOLOGY_GRANITE);
  assert_int_equal(idr_well_find_layer(well, 699.9), 0);
  assert_int_equal(idr_well_find_layer(well, 700.0), 1);
  assert_int_equal(idr_well_find_section(well, 500.0), 1);
  assert_near(idr_well_shoe_depth(well, 0), 0.0, 0.0);
  assert_near(idr_well_shoe_depth(well, 1), 500.0, 0.0);
  assert_near(idr_well_shoe_diameter(well, 1), 8.681 * 0.0254, 1e-12);
  assert_near(well->rig.rpm_max, 220.0 * M_PI / 30.0, 1e-9);
  idr_well_free(well);
}

/* The path goes from surface to total depth along the minimum-curvature arc. */
static void test_path(void **state) {
  (void)state;
  idr_well *well;
  double out[3];
  assert_int_equal(parse(&good, &well), IDR_STATUS_OK);
  idr_trajectory_advance(1000.0, 0.0, 0.0, M_PI / 6.0, M_PI / 2.0, out);
  const idr_path_point *end = &well->path[50];
  assert_int_equal(well->path_count, 51);
  assert_near((double)end->tvd, out[2], 0.02);
  assert_near((double)end->north, out[0], 0.02);
  assert_near((double)end->east, out[1], 0.02);
  assert_near((double)end->inclination, M_PI / 6.0, 1e-6);
  assert_near((double)well->path[25].dogleg, M_PI / 6.0 / 1000.0, 1e-8);
  idr_well_free(well);
}

/* V16: a straight hole of 60 degrees: torque mu w sin I L r, hook load w cos I L, one string size.
 */
static void test_drag_closed_form(void **state) {
  (void)state;
  pieces p = good;
  idr_well *well;
  p.string = "string: {collar_outer_diameter: 5 in, collar_inner_diameter: 4.276 in,\n"
             " heavy_inner_diameter: 4.276 in, friction_kinetic: 0.3, friction_static: 0.4}\n";
  p.surveys = "surveys:\n  - {md: 0, inclination: 60, azimuth: 10}\n"
              "  - {md: 1000, inclination: 60, azimuth: 10}\n";
  assert_int_equal(parse(&p, &well), IDR_STATUS_OK);
  double steel = 0.25 * M_PI * (pow(5 * 0.0254, 2) - pow(4.276 * 0.0254, 2));
  double weight = steel * (7850.0 - 1200.0) * 9.80665 * 1000.0;
  const idr_path_point *end = &well->path[50];
  assert_near((double)end->hookload / (weight * 0.5), 1.0, 1e-5);
  double torque = 0.3 * weight * sin(M_PI / 3.0) * 0.5 * 5 * 0.0254;
  assert_near((double)end->friction_kinetic / torque, 1.0, 1e-5);
  assert_near((double)end->friction_static / torque, 4.0 / 3.0, 1e-5);
  idr_well_free(well);
}

/* A weightless-like check of the bend: tension times angle bears on the wall (capstan), here with
 * the string's own weight small against 1 km below: friction in a bend exceeds that of a straight
 * hole. */
static void test_bend_adds_friction(void **state) {
  (void)state;
  pieces p = good;
  idr_well *straight, *bent;
  p.surveys =
      "surveys: [{md: 0, inclination: 0, azimuth: 0}, {md: 1000, inclination: 0, azimuth: 0}]\n";
  assert_int_equal(parse(&p, &straight), IDR_STATUS_OK);
  p.surveys =
      "surveys: [{md: 0, inclination: 0, azimuth: 0}, {md: 300, inclination: 0, azimuth: 0},\n"
      " {md: 400, inclination: 10, azimuth: 0}, {md: 500, inclination: 0, azimuth: 0}]\n";
  assert_int_equal(parse(&p, &bent), IDR_STATUS_OK);
  assert_near((double)straight->path[50].friction_kinetic, 0.0, 1e-6);
  assert_true(bent->path[50].friction_kinetic > 500.0f);
  idr_well_free(straight);
  idr_well_free(bent);
}

/* Where north is, a string cannot feel: also not where a hole leaves the vertical, which has no
 * azimuth. */
static void test_turned_hole(void **state) {
  (void)state;
  pieces p = good;
  idr_well *well[2];
  const char *const surveys[] = {
      "surveys: [{md: 0, inclination: 0, azimuth: 0}, {md: 310, inclination: 0, azimuth: 0},\n"
      " {md: 600, inclination: 30, azimuth: 0}, {md: 1000, inclination: 30, azimuth: 20}]\n",
      "surveys: [{md: 0, inclination: 0, azimuth: 0}, {md: 310, inclination: 0, azimuth: 0},\n"
      " {md: 600, inclination: 30, azimuth: 200}, {md: 1000, inclination: 30, azimuth: 220}]\n"};
  for (int i = 0; i < 2; i++) {
    p.surveys = surveys[i];
    assert_int_equal(parse(&p, &well[i]), IDR_STATUS_OK);
  }
  for (int i = 0; i <= 50; i++) {
    double a = (double)well[0]->path[i].friction_kinetic;
    assert_near((double)well[1]->path[i].friction_kinetic, a, 1e-4 * a + 1e-6);
  }
  assert_true(well[0]->path[50].friction_kinetic > 500.0f);
  idr_well_free(well[0]);
  idr_well_free(well[1]);
}

/* Parts of the string that end between two points of the path weigh what they weigh. */
static void test_ragged_string(void **state) {
  (void)state;
  pieces p = good;
  idr_well *well;
  p.string = "string: {collar_length: 147 m, heavy_length: 109 m}\n";
  p.surveys =
      "surveys: [{md: 0, inclination: 0, azimuth: 0}, {md: 1000, inclination: 0, azimuth: 0}]\n";
  assert_int_equal(parse(&p, &well), IDR_STATUS_OK);
  const idr_well_string *s = &well->string;
  const double part[][3] = {{147, s->collar_outer_diameter, s->collar_inner_diameter},
                            {109, s->heavy_outer_diameter, s->heavy_inner_diameter},
                            {1000 - 147 - 109, s->pipe_outer_diameter, s->pipe_inner_diameter}};
  double weight = 0.0;
  for (int i = 0; i < 3; i++)
    weight += part[i][0] * 0.25 * M_PI * (part[i][1] * part[i][1] - part[i][2] * part[i][2]) *
              (7850.0 - 1200.0) * 9.80665;
  assert_near((double)well->path[50].hookload / weight, 1.0, 1e-6);
  idr_well_free(well);
}

static void test_overlap_and_gap(void **state) {
  (void)state;
  pieces p = good;
  p.layers = "layers:\n"
             "  - {top: 0, bottom: 700, lithology: shale, ucs: 20, abrasiveness: 0.1,\n"
             "     pore_density: 1030, fracture_density: 1600}\n"
             "  - {top: 650, bottom: 800, lithology: shale, ucs: 20, abrasiveness: 0.1,\n"
             "     pore_density: 1030, fracture_density: 1600}\n"
             "  - {top: 850, bottom: 900, lithology: shale, ucs: 20, abrasiveness: 0.1,\n"
             "     pore_density: 1030, fracture_density: 1600}\n";
  assert_refused(&p, (const char *[]){"small.yaml:15:", "overlaps", "small.yaml:17:", "gap",
                                      "the layers end at 900.00 m", NULL});
}

static void test_bit_wider_than_hole(void **state) {
  (void)state;
  pieces p = good;
  p.sections = "sections:\n"
               "  - {name: main, top: 0, bottom: 1000, hole_diameter: 8.5, bit_diameter: 8.75,\n"
               "     bit_nozzle_area: 0.6, mud_density: 1200}\n";
  assert_refused(&p,
                 (const char *[]){"small.yaml:7:", "bit_diameter", "wider than its hole", NULL});
}

static void test_casing(void **state) {
  (void)state;
  pieces p = good;
  p.sections = "sections:\n"
               "  - {name: top, top: 0, bottom: 500, hole_diameter: 12.25, bit_diameter: 12.25,\n"
               "     bit_nozzle_area: 0.9, mud_density: 1140, casing_bottom: 1500,\n"
               "     casing_inner_diameter: 8.0}\n"
               "  - {name: main, top: 500, bottom: 1000, hole_diameter: 8.5, bit_diameter: 8.5,\n"
               "     bit_nozzle_area: 0.6, mud_density: 1200}\n";
  assert_refused(&p,
                 (const char *[]){"deeper than the well", "does not pass the casing above", NULL});
}

static void test_surveys_sorted(void **state) {
  (void)state;
  pieces p = good;
  p.surveys = "surveys:\n  - {md: 0, inclination: 0, azimuth: 0}\n"
              "  - {md: 500, inclination: 10, azimuth: 0}\n"
              "  - {md: 400, inclination: 12, azimuth: 0}\n";
  assert_refused(&p, (const char *[]){"small.yaml:6:", "400.00 m does not lie below", NULL});
}

static void test_above_ground(void **state) {
  (void)state;
  pieces p = good;
  p.surveys = "surveys:\n  - {md: 0, inclination: 0, azimuth: 0}\n"
              "  - {md: 200, inclination: 120, azimuth: 0}\n";
  assert_refused(&p, (const char *[]){"small.yaml:4:", "rises above the ground at", NULL});
}

static void test_mud_window(void **state) {
  (void)state;
  pieces p = good;
  p.layers = "layers:\n"
             "  - {top: 0, bottom: 700, lithology: shale, ucs: 20, abrasiveness: 0.1,\n"
             "     pore_density: 1250, fracture_density: 1200}\n"
             "  - {top: 700, bottom: 1000, lithology: shale, ucs: 20, abrasiveness: 0.1,\n"
             "     pore_density: 1300, fracture_density: 1700}\n";
  assert_refused(&p,
                 (const char *[]){"no mud fits", "mud_density 1200 kg/m3 of section main", NULL});
}

/* Missing lists, unknown keys, wrong units and relations are told together. */
static void test_all_at_once(void **state) {
  (void)state;
  pieces p = good;
  p.head = "well: {nam: small}\n";
  p.string = "string: {collar_outer_diameter: 6.5 kg}\n";
  p.surveys = "";
  p.layers = "layers:\n"
             "  - {top: 0, bottom: 400, lithology: shale, ucs: 20, abrasiveness: 0.1,\n"
             "     pore_density: 1030, fracture_density: 1600}\n";
  assert_refused(&p, (const char *[]){"small.yaml:1:", "nam", "'name' is missing",
                                      "small.yaml:2:", "the list 'surveys' is missing",
                                      "the layers end at 400.00 m", NULL});
}

static void test_missing_file(void **state) {
  (void)state;
  idr_well *well;
  assert_int_equal(idr_well_read("/nowhere/well.yaml", &well), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "/nowhere/well.yaml"));
}

/* Every prefix of a good file is refused or read, never a crash. */
static void test_truncated(void **state) {
  (void)state;
  char text[4096];
  int size = snprintf(text, sizeof text, "%s%s%s%s%s", good.head, good.string, good.surveys,
                      good.sections, good.layers);
  for (int n = 0; n < size; n += 3) {
    idr_well *well;
    if (idr_well_parse("cut.yaml", text, (size_t)n, &well) == IDR_STATUS_OK)
      idr_well_free(well);
    else
      assert_true(idr_error_get()->message[0] != '\0');
  }
}

/* The shipped files read; FORGE's stations come out where the reports print them. */
static void test_shipped(void **state) {
  (void)state;
  idr_well *well;
  if (idr_well_read(IDR_SOURCE_FOLDER "/configs/wells/example.yaml", &well) != IDR_STATUS_OK)
    fail_msg("%s", idr_error_get()->message);
  idr_well_free(well);
  if (idr_well_read(IDR_SOURCE_FOLDER "/configs/wells/forge-16a-78-32.yaml", &well) !=
      IDR_STATUS_OK)
    fail_msg("%s", idr_error_get()->message);
  assert_near(well->depth, 10987 * 0.3048, 1e-6);
  assert_non_null(strstr(well->head.source, "University of Utah"));
  /* 10,604 ft: printed TVD 8,431 ft; stations are missing in between, so within 1 %. */
  int i = idr_well_find_path(well, 10604 * 0.3048);
  assert_near((double)well->path[i].tvd / (8431 * 0.3048), 1.0, 0.01);
  assert_near((double)well->path[i].inclination, 66.0 * M_PI / 180.0, 0.06);
  /* 175 to 225 degC below 2,000 m, as published. */
  assert_true(well->path[i].rock_temperature > 448.0f && well->path[i].rock_temperature < 498.0f);
  idr_well_free(well);
}

static void test_hash(void **state) {
  (void)state;
  pieces p = good;
  idr_well *a, *b, *c;
  assert_int_equal(parse(&good, &a), IDR_STATUS_OK);
  assert_int_equal(parse(&good, &b), IDR_STATUS_OK);
  p.string = "string: {collar_outer_diameter: 6.25 in}\n";
  assert_int_equal(parse(&p, &c), IDR_STATUS_OK);
  assert_true(idr_well_hash(a) == idr_well_hash(b));
  assert_true(idr_well_hash(a) != idr_well_hash(c));
  assert_int_equal(strlen(idr_drill_source_hash()), 16);
  idr_well_free(a);
  idr_well_free(b);
  idr_well_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good_file),
      cmocka_unit_test(test_path),
      cmocka_unit_test(test_drag_closed_form),
      cmocka_unit_test(test_bend_adds_friction),
      cmocka_unit_test(test_turned_hole),
      cmocka_unit_test(test_ragged_string),
      cmocka_unit_test(test_overlap_and_gap),
      cmocka_unit_test(test_bit_wider_than_hole),
      cmocka_unit_test(test_casing),
      cmocka_unit_test(test_surveys_sorted),
      cmocka_unit_test(test_above_ground),
      cmocka_unit_test(test_mud_window),
      cmocka_unit_test(test_all_at_once),
      cmocka_unit_test(test_missing_file),
      cmocka_unit_test(test_truncated),
      cmocka_unit_test(test_shipped),
      cmocka_unit_test(test_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
