/* Minimum curvature: a worked example (V17), the surveys of a real well (V18), and the paths that
 * the engine makes of the shipped well files. */
#include "drill/path.h"
#include "drill/trajectory.h"
#include "jobs/evaluate.h"
#include "jobs/verify.h"
#include "jobs/verify_rows.h"

#include <math.h>
#include <string.h>

#define DEG (M_PI / 180.0)

static void add_example(idr_verify *v) {
  const idr_verify_case c = {v, "V17",
                             "drillingformulas.com, minimum curvature: 3,500 ft 15/20 deg to 3,600 "
                             "ft 25/45 deg",
                             IDR_VERIFY_PUBLISHED};
  double out[3], bend = idr_trajectory_bend(15 * DEG, 20 * DEG, 25 * DEG, 45 * DEG);
  idr_trajectory_advance(100, 15 * DEG, 20 * DEG, 25 * DEG, 45 * DEG, out);
  idr_verify_near(&c, "dogleg", "rad", 0.22605, bend, 6e-6);
  idr_verify_near(&c, "north", "ft", 27.22, out[0], 0.005);
  idr_verify_near(&c, "east", "ft", 19.45, out[1], 0.005);
  idr_verify_near(&c, "vertical", "ft", 94.01, out[2], 0.005);
  idr_verify_report(&c, "ratio factor (with the page's its N, E, V differ)", "", 1.00408,
                    idr_trajectory_ratio(bend));
}

/* What is left of N, E, V (ft) and dogleg (deg/100 ft) after the printed ones. */
static void residual(const idr_survey_row *a, const idr_survey_row *b, double out[4]) {
  double length = b->depth - a->depth;
  double i1 = a->inclination * DEG, i2 = b->inclination * DEG;
  idr_trajectory_advance(length, i1, a->azimuth * DEG, i2, b->azimuth * DEG, out);
  out[0] -= b->north - a->north;
  out[1] -= b->east - a->east;
  out[2] -= b->vertical - a->vertical;
  out[3] = idr_trajectory_bend(i1, a->azimuth * DEG, i2, b->azimuth * DEG) / DEG / length * 100 -
           b->dogleg;
}

static const idr_survey_row *station(double depth) {
  for (int i = 0; i < IDR_SURVEY_ROWS; i++)
    if (idr_survey_rows[i].depth == depth) return &idr_survey_rows[i];
  return &idr_survey_rows[0];
}

/* All pairs that follow each other in one report without a gap. Printed digits alone leave the
 * difference of two rounded tenths (rms 0.1/sqrt 6), of two rounded feet, and one rounded tenth
 * (0.1/sqrt 12); a fifth is left for chance. */
static void add_surveys(idr_verify *v) {
  const idr_verify_case c = {v, "V18", "Utah FORGE 16A(78)-32 daily reports, printed positions",
                             IDR_VERIFY_PUBLISHED};
  static const char *const what[4] = {"rms of what is left, north, 54 pairs", "the same, east",
                                      "the same, vertical (printed to 1 ft)", "the same, dogleg"};
  static const char *const unit[4] = {"ft", "ft", "ft", "deg/100ft"};
  const double rounding[4] = {0.1 / sqrt(6), 0.1 / sqrt(6), 1 / sqrt(6), 0.1 / sqrt(12)};
  double left[4], sum[4] = {0, 0, 0, 0};
  int count = 0;
  for (int i = 1; i < IDR_SURVEY_ROWS; i++) {
    const idr_survey_row *a = &idr_survey_rows[i - 1], *b = &idr_survey_rows[i];
    if (a->report != b->report || b->depth - a->depth > 110) continue;
    residual(a, b, left);
    count++;
    for (int k = 0; k < 4; k++)
      sum[k] += left[k] * left[k];
  }
  idr_verify_near(&c, "pairs of one report, at most 110 ft apart", "", 54, count, 0);
  for (int k = 0; k < 4; k++)
    idr_verify_at_most(&c, what[k], unit[k], rounding[k], sqrt(sum[k] / count), 0.2 * rounding[k]);
}

static void add_pair(idr_verify *v) {
  const idr_verify_case c = {v, "V18", "Utah FORGE 16A(78)-32, 8,181 to 8,276 ft",
                             IDR_VERIFY_PUBLISHED};
  double left[4];
  residual(station(8181), station(8276), left);
  idr_verify_near(&c, "north", "ft", -28.9, -28.9 + left[0], 0.1);
  idr_verify_near(&c, "east", "ft", 81.5, 81.5 + left[1], 0.1);
  idr_verify_near(&c, "dogleg", "deg/100ft", 1.9, 1.9 + left[3], 0.05);
}

/* A quarter circle: N = V = R, by closed form. */
static void add_arc(idr_verify *v) {
  const idr_verify_case c = {v, "-", "arc of a circle", IDR_VERIFY_EXACT};
  double radius = 300, out[3];
  idr_trajectory_advance(radius * M_PI / 2, 0, 0, M_PI / 2, 0, out);
  idr_verify_near(&c, "quarter circle of 300 m: north", "m", radius, out[0], 1e-9);
  idr_verify_near(&c, "quarter circle of 300 m: vertical", "m", radius, out[2], 1e-9);
}

/* A shipped well as the engine reads it; NULL, and a row that says so, when it is not there (a
 * binary without its share folder). A file that does not read fails the rows. */
static idr_well *shipped(const idr_verify_case *c, const char *file) {
  char path[PATH_MAX];
  idr_well *well = NULL;
  if (!idr_evaluate_find_file(file, path, sizeof path))
    idr_verify_report(c, "its well file is not installed here: not checked", "", NAN, NAN);
  else if (idr_well_read(path, &well) != IDR_STATUS_OK)
    idr_verify_near(c, "its well file does not read", "", 0, NAN, 0);
  return well;
}

/* Build and hold: V = K + R sin I, H = R (1 - cos I) at the end of the arc, a straight line below.
 * Points of the path lie 20 m apart and the ends of the arc between two: each moves what lies below
 * by at most curvature x step^2 / 8. */
static void add_build_and_hold(idr_verify *v) {
  const idr_verify_case c = {v, "-", "2,000 ft, an arc of 2.5 deg/100 ft to 45 deg, straight",
                             IDR_VERIFY_EXACT};
  idr_well *well = shipped(&c, "configs/wells/directional-12000ft.yaml");
  if (!well) return;
  const double ft = 0.3048, radius = 100 / (2.5 * DEG), half = sqrt(0.5);
  const double step = IDR_PATH_STEP / ft, bound = 2 * step * step / 8 / radius;
  const idr_path_point *end = &well->path[well->path_count - 1];
  double rest = (well->path_count - 1) * step - 3800, bend = 0;
  for (int i = 0; i < well->path_count; i++)
    bend = fmax(bend, (double)well->path[i].dogleg);
  idr_verify_near(&c, "directional well: greatest dogleg", "deg/100ft", 2.5, bend / DEG * 100 * ft,
                  1e-3);
  idr_verify_near(&c, "directional well: vertical depth after the build", "ft",
                  2000 + radius * half, idr_path_tvd(well, 3800 * ft) / ft, bound);
  idr_verify_near(&c, "directional well: vertical depth at 12,000 ft", "ft",
                  2000 + radius * half + 8200 * half, idr_path_tvd(well, well->depth) / ft, bound);
  idr_verify_near(&c, "directional well: departure at the last point", "ft",
                  radius * (1 - half) + rest * half,
                  hypot((double)end->north, (double)end->east) / ft, bound);
  idr_well_free(well);
}

static void add_vertical(idr_verify *v) {
  const idr_verify_case c = {v, "-", "a vertical hole is as deep as it is long", IDR_VERIFY_EXACT};
  idr_well *well = shipped(&c, "configs/wells/vertical-exploration.yaml");
  if (!well) return;
  idr_verify_near(&c, "exploration well: vertical depth at its bottom", "m", well->depth,
                  idr_path_tvd(well, well->depth), 1e-3);
  idr_well_free(well);
}

void idr_verify_path(idr_verify *v) {
  add_example(v);
  add_pair(v);
  add_surveys(v);
  add_arc(v);
  add_build_and_hold(v);
  add_vertical(v);
}
