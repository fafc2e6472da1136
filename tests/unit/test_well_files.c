/* The well files of configs/wells: each reads, goes where it says, and can be drilled everywhere by
 * moderate set-points without losing the hole; what they cannot know says that it is assumed. */
#include "base/file.h"
#include "drill/path.h"
#include "drill/step.h"
#include "support/near.h"
#include "support/shrink.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER IDR_SOURCE_FOLDER "/configs/wells/"
#define FT     0.3048
#define DEG    (M_PI / 180.0)

static idr_well *read_well(const char *path) {
  idr_well *well;
  if (idr_well_read(path, &well) != IDR_STATUS_OK) fail_msg("%s", idr_error_get()->message);
  return well;
}

/* A vertical hole is as deep as it is long, at every point. */
static void test_vertical(void **state) {
  (void)state;
  idr_well *well = read_well(FOLDER "vertical-exploration.yaml");
  assert_near(well->depth, 3300.0, 1e-9);
  for (int i = 0; i < well->path_count; i++) {
    assert_near((double)well->path[i].tvd, i * IDR_PATH_STEP, 1e-3);
    assert_near(hypot((double)well->path[i].north, (double)well->path[i].east), 0.0, 1e-3);
  }
  idr_well_free(well);
}

/* Build and hold in closed form: V = K + R sin I, H = R (1 - cos I) along the arc, straight below.
 * The path's points lie every 20 m, the ends of the arc between two of them: each end moves what
 * lies below sideways by at most curvature x step^2 / 8. */
static void test_directional(void **state) {
  (void)state;
  idr_well *well = read_well(FOLDER "directional-12000ft.yaml");
  const double kick = 2000 * FT, curvature = 2.5 * DEG / (100 * FT), radius = 1.0 / curvature;
  const double end = kick + 45 * DEG * radius;
  const double bound = 2.0 * curvature * IDR_PATH_STEP * IDR_PATH_STEP / 8.0 + 1e-3;
  double steepest = 0.0;
  assert_near(well->depth, 12000 * FT, 1e-9);
  assert_near(end, 3800 * FT, 1e-9);
  for (int i = 0; i < well->path_count; i++) {
    const idr_path_point *p = &well->path[i];
    double md = i * IDR_PATH_STEP, angle = fmin(45 * DEG, fmax(0.0, (md - kick) * curvature));
    double straight = fmax(0.0, md - end);
    double vertical = fmin(md, kick) + radius * sin(angle) + straight * cos(45 * DEG);
    double aside = radius * (1.0 - cos(angle)) + straight * sin(45 * DEG);
    assert_near((double)p->tvd, vertical, bound);
    assert_near(hypot((double)p->north, (double)p->east), aside, bound);
    assert_near((double)p->inclination, angle, 1e-5);
    steepest = fmax(steepest, (double)p->dogleg);
  }
  assert_near(steepest / curvature, 1.0, 1e-4);
  assert_near(idr_path_tvd(well, well->depth) / FT, 9418.9, 0.5);
  assert_int_equal(well->layer_count, 4);
  idr_well_free(well);
}

/* Set-points that a driller could have chosen without knowing the rock. */
static void drill_moderately(idr_drill_group *g, int lane) {
  const idr_well *well = g->well[lane];
  double hole = well->section[g->section[lane]].hole_diameter;
  g->wob_set[lane] = (float)(0.4 * well->rig.wob_max);
  g->omega_set[lane] = (float)(0.6 * well->rig.rpm_max);
  /* 0.9 m/s around the pipe, within what the rig can do. */
  double around = 0.9 * 0.25 * M_PI * (hole * hole - pow(well->string.pipe_outer_diameter, 2.0));
  g->flow_set[lane] = (float)fmin(fmax(around, well->rig.flow_min), well->rig.flow_max);
}

/* Lane i starts at the (i+1)-th 65th of what lies below the first shoe. */
static void place_lanes(idr_drill_group *g, const idr_well *well) {
  double top = well->section[0].bottom + 10.0;
  for (int i = 0; i < IDR_LANES; i++) {
    double depth = top + (well->depth - top) * (i + 1) / (IDR_LANES + 1.0);
    idr_drill_start start = {depth, 0.1, 10.0f, (float)well->rig.flow_min};
    assert_int_equal(idr_drill_reset(g, i, well, &start), IDR_STATUS_OK);
  }
}

/* Hole gained or bottom reached, the hole whole, pressures within rock and rig. */
static void assert_drilled(const idr_drill_group *g, int i) {
  const idr_well *well = g->well[i];
  double drilled = g->depth[i] - g->start_depth[i];
  double ecd = (double)g->value[IDR_CHANNEL_ECD][i];
  if (g->failure[i]) fail_msg("%s: lost at %.0f m", well->head.name, g->depth[i]);
  if (drilled < 1.5 * g->rotating_time[i] / 3600.0 && g->depth[i] < well->depth)
    fail_msg("%s: %.1f m in %.1f h at %.0f m", well->head.name, drilled,
             g->rotating_time[i] / 3600.0, g->depth[i]);
  assert_true(drilled < 1.1 * well->rig.rop_max * g->rotating_time[i]);
  assert_true(ecd > (double)g->mud_density[i] && ecd < (double)g->fracture_density[i]);
  assert_true((double)g->value[IDR_CHANNEL_SPP][i] < well->rig.pressure_max);
  assert_true((double)g->value[IDR_CHANNEL_TORQUE][i] < well->rig.torque_max);
  assert_true(g->lost_volume[i] == 0.0);
}

static void drill_file(const char *path) {
  idr_well *well = read_well(path);
  idr_drill_group *g;
  assert_int_equal(idr_drill_group_create(&g), IDR_STATUS_OK);
  place_lanes(g, well);
  for (int t = 0; t < test_amount(6 * 60, 40); t++) {
    for (int i = 0; i < IDR_LANES; i++)
      drill_moderately(g, i);
    idr_drill_step(g, 60);
  }
  const char *field;
  assert_int_equal(idr_drill_scan(g, 0, IDR_LANES, &field), -1);
  for (int i = 0; i < IDR_LANES; i++)
    assert_drilled(g, i);
  idr_drill_group_free(g);
  idr_well_free(well);
}

static void test_drilled(void **state) {
  (void)state;
  glob_t found;
  assert_int_equal(glob(FOLDER "*.yaml", 0, NULL, &found), 0);
  assert_true(found.gl_pathc >= 4);
  for (size_t i = 0; i < found.gl_pathc; i++)
    drill_file(found.gl_pathv[i]);
  globfree(&found);
}

static int count(const char *text, const char *word) {
  int n = 0;
  for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
    n++;
  return n;
}

/* No rock of a file that looks like a real well goes unmarked. */
static void test_assumed(void **state) {
  (void)state;
  static const char *const files[] = {"directional-12000ft.yaml", "vertical-exploration.yaml",
                                      "forge-16a-78-32.yaml"};
  for (int i = 0; i < 3; i++) {
    char path[1024], *text;
    size_t bytes;
    snprintf(path, sizeof path, FOLDER "%s", files[i]);
    OK(idr_file_read(path, 1 << 20, &text, &bytes));
    assert_true(count(text, "lithology:") >= 4);
    assert_int_equal(count(text, "lithology:"), count(text, "label: 'assumed:"));
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_vertical),
      cmocka_unit_test(test_directional),
      cmocka_unit_test(test_drilled),
      cmocka_unit_test(test_assumed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
