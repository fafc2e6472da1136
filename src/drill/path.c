#include "drill/path.h"

#include "drill/hydraulics.h"
#include "drill/torque_drag.h"
#include "drill/torsion.h"
#include "drill/trajectory.h"
#include <math.h>
#include <stdlib.h>

/* The same as idr_path_direction; `at` is the station to start looking from. */
static void path_direction(const idr_well_survey *s, int count, double depth, int *at, double *inc,
                           double *azi) {
  while (*at + 1 < count && s[*at + 1].md < depth)
    ++*at;
  int next = *at + 1 < count ? *at + 1 : *at;
  double span = s[next].md - s[*at].md;
  double f = span > 0.0 ? (depth - s[*at].md) / span : 0.0;
  f = f < 0.0 ? 0.0 : f > 1.0 ? 1.0 : f;
  idr_trajectory_between(s[*at].inclination, s[*at].azimuth, s[next].inclination, s[next].azimuth,
                         f, inc, azi);
}

void idr_path_direction(const idr_well_survey *survey, int count, double depth, double *inc,
                        double *azi) {
  int at = 0;
  path_direction(survey, count, depth, &at, inc, azi);
}

/* Directions and places of all points. */
static void path_geometry(idr_well *well) {
  double at[3] = {0.0, 0.0, 0.0}, inc, azi, next_inc, next_azi, step[3];
  int station = 0;
  path_direction(well->survey, well->survey_count, 0.0, &station, &inc, &azi);
  for (int i = 0; i < well->path_count; i++) {
    idr_path_point *p = &well->path[i];
    path_direction(well->survey, well->survey_count, (i + 1) * IDR_PATH_STEP, &station, &next_inc,
                   &next_azi);
    p->north = (float)at[0];
    p->east = (float)at[1];
    p->tvd = (float)at[2];
    p->inclination = (float)inc;
    p->azimuth = (float)azi;
    p->dogleg = (float)(idr_trajectory_bend(inc, azi, next_inc, next_azi) / IDR_PATH_STEP);
    idr_trajectory_advance(IDR_PATH_STEP, inc, azi, next_inc, next_azi, step);
    for (int k = 0; k < 3; k++)
      at[k] += step[k];
    inc = next_inc;
    azi = next_azi;
  }
}

/* Rock temperature: the layers' gradients summed over vertical metres. */
static void path_temperature(idr_well *well) {
  double temperature = well->head.surface_temperature;
  for (int i = 0; i < well->path_count; i++) {
    well->path[i].rock_temperature = (float)temperature;
    if (i + 1 == well->path_count) break;
    int layer = idr_well_find_layer(well, (i + 0.5) * IDR_PATH_STEP);
    double drop = (double)well->path[i + 1].tvd - (double)well->path[i].tvd;
    temperature += drop * (double)well->layer[layer].thermal_gradient;
  }
}

/* A step's length of string, so many steps above the bit: a mixture where parts of the string meet.
 */
typedef struct {
  double steel;  /* m3 */
  double radius; /* outer, m; of the steel's mean, since what lies on the wall is its weight */
} path_piece;

static void path_add_part(path_piece *p, double length, double outer, double inner) {
  double steel = 0.25 * M_PI * (outer * outer - inner * inner) * length;
  p->steel += steel;
  p->radius += steel * 0.5 * outer;
}

/* Length of [low, low + IDR_PATH_STEP] that lies in [from, to], m. */
static double path_overlap(double low, double from, double to) {
  double a = fmax(low, from), b = fmin(low + IDR_PATH_STEP, to);
  return b > a ? b - a : 0.0;
}

static path_piece path_piece_at(const idr_well_string *s, double low) {
  double collars = s->collar_length, heavy = collars + s->heavy_length;
  path_piece p = {0.0, 0.0};
  path_add_part(&p, path_overlap(low, 0.0, collars), s->collar_outer_diameter,
                s->collar_inner_diameter);
  path_add_part(&p, path_overlap(low, collars, heavy), s->heavy_outer_diameter,
                s->heavy_inner_diameter);
  path_add_part(&p, path_overlap(low, heavy, INFINITY), s->pipe_outer_diameter,
                s->pipe_inner_diameter);
  p.radius /= p.steel;
  return p;
}

/* One step of the path from point i - 1 to point i, as the string above the bit feels it: worked
 * out once for all places of the bit. Angles are those of going up. */
typedef struct {
  double sine, cosine; /* of the mean inclination */
  double bend, turn;   /* change of inclination and azimuth, rad */
} path_step;

static path_step path_step_at(const idr_well *well, int i) {
  const idr_path_point *low = &well->path[i], *high = &well->path[i - 1];
  double inc = (double)low->inclination, next = (double)high->inclination;
  double mean = 0.5 * (inc + next);
  double turn = idr_drag_turn(inc, (double)low->azimuth, next, (double)high->azimuth);
  return (path_step){sin(mean), cos(mean), next - inc, turn};
}

/* Soft strings from the bit (point `i`) to the surface (torque_drag.h): turning off bottom, where
 * friction takes no part in the tension; pulled up; let down. */
typedef struct {
  double tension, moment, up, down;
} path_sum;

static path_sum path_load(const idr_well *well, const path_step *step, const path_piece *piece,
                          int i) {
  int section = idr_well_find_section(well, i * IDR_PATH_STEP);
  double unit = ((double)IDR_STEEL_DENSITY - well->section[section].mud_density) *
                (double)IDR_GRAVITY; /* weight in mud of a cubic metre */
  const double friction = well->string.friction_kinetic;
  path_sum sum = {0.0, 0.0, 0.0, 0.0};
  for (int j = i; j > 0; j--) {
    const path_step *s = &step[j];
    double weight = piece[i - j].steel * unit, lift = weight * s->cosine;
    sum.moment +=
        idr_drag_side_force(sum.tension, weight, s->sine, s->bend, s->turn) * piece[i - j].radius;
    sum.up += lift + friction * idr_drag_side_force(sum.up, weight, s->sine, s->bend, s->turn);
    sum.down += lift - friction * idr_drag_side_force(sum.down, weight, s->sine, s->bend, s->turn);
    sum.tension += lift;
  }
  return sum;
}

static void path_friction(idr_well *well, path_step *step, path_piece *piece) {
  for (int i = 0; i < well->path_count; i++)
    piece[i] = path_piece_at(&well->string, i * IDR_PATH_STEP);
  for (int i = 1; i < well->path_count; i++)
    step[i] = path_step_at(well, i);
  for (int i = 0; i < well->path_count; i++) {
    path_sum sum = path_load(well, step, piece, i);
    well->path[i].hookload = (float)sum.tension;
    well->path[i].hook_up = (float)sum.up;
    well->path[i].hook_down = (float)sum.down;
    well->path[i].friction_kinetic = (float)(sum.moment * well->string.friction_kinetic);
    well->path[i].friction_static = (float)(sum.moment * well->string.friction_static);
  }
}

idr_status idr_path_build(idr_well *well) {
  path_step *step = calloc((size_t)well->path_count, sizeof *step);
  path_piece *piece = calloc((size_t)well->path_count, sizeof *piece);
  if (step && piece) {
    path_geometry(well);
    path_temperature(well);
    path_friction(well, step, piece);
  }
  bool whole = step && piece;
  free(step);
  free(piece);
  if (!whole) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the path of well %s", well->head.name);
  return IDR_STATUS_OK;
}

double idr_path_tvd(const idr_well *well, double depth) {
  int i = idr_well_find_path(well, depth);
  double f = depth / IDR_PATH_STEP - i;
  double top = well->path[i].tvd;
  if (i + 1 >= well->path_count) return top;
  return top + f * ((double)well->path[i + 1].tvd - top);
}
