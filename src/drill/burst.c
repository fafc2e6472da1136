#include "drill/burst.h"

#include "drill/bitrock.h"
#include "drill/critical_speed.h"
#include "drill/hydraulics.h"
#include "drill/string2dof.h"
#include "drill/torque_drag.h"
#include "drill/torsion_wave.h"
#include <math.h>
#include <stdlib.h>

#define COUNT_MAX 10000000.0
/* rad/s below which the wall holds with static friction: fitted by Aarsnes and Shor 2018. */
#define THRESHOLD 0.9

/* ---- what is asked for ----------------------------------------------------------------------- */

int idr_burst_count(const idr_burst_options *o) {
  double count = round(o->seconds * o->rate);
  return o->seconds > 0.0 && o->rate > 0.0 && count >= 1.0 && count <= COUNT_MAX ? (int)count : 0;
}

static idr_status check(const idr_burst_options *o, double step) {
  if (idr_burst_count(o) == 0)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a burst of %g s at %g values a second: give 1 to %g values",
             o->seconds, o->rate, COUNT_MAX);
  if (!(o->settle >= 0.0 && o->settle * o->rate <= COUNT_MAX))
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "%g s before the first value of a burst: must lie between 0 and %g values' time",
             o->settle, COUNT_MAX);
  if (o->cells < 1 || o->cells > IDR_BURST_CELLS_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a string of %d cells: give 1 to %d", o->cells,
             IDR_BURST_CELLS_MAX);
  if (step * o->rate > 1.0)
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "%d cells are too few for %g values a second: a wave takes %.3g s through one; give "
             "more cells or a lower rate",
             o->cells, o->rate, step);
  return IDR_STATUS_OK;
}

/* ---- the string ------------------------------------------------------------------------------ */

/* Weight in mud per metre of part k, N/m. */
static double part_weight(const idr_drill_group *g, int lane, int k) {
  double outer = (double)g->part_outer[k][lane], inner = (double)g->part_inner[k][lane];
  double area = 0.25 * M_PI * (outer * outer - inner * inner);
  double steel = (double)IDR_STEEL_DENSITY;
  return area * steel * (double)IDR_GRAVITY *
         idr_drag_buoyancy((double)g->mud_density[lane], steel);
}

/* Sections from the top down; returns how many. The state lists parts from the bit up, and a string
 * in a shallow hole lacks some. */
static int lay_sections(const idr_drill_group *g, int lane,
                        idr_wave_section section[IDR_STRING_PARTS]) {
  int count = 0;
  for (int k = IDR_STRING_PARTS - 1; k >= 0; k--) {
    float outer = g->part_outer[k][lane], inner = g->part_inner[k][lane];
    if (!(g->part_length[k][lane] > 0.0f)) continue;
    section[count++] = (idr_wave_section){(double)g->part_length[k][lane],
                                          (double)idr_tube_polar_moment(outer, inner),
                                          (double)IDR_STEEL_SHEAR, (double)IDR_STEEL_DENSITY,
                                          0.5 * (double)outer * part_weight(g, lane, k)};
  }
  return count;
}

/* Part that lies `above` metres over the bit. */
static int part_at(const idr_drill_group *g, int lane, double above) {
  int k = 0;
  for (double top = 0.0; k < IDR_STRING_PARTS - 1; k++) {
    top += (double)g->part_length[k][lane];
    if (above < top) break;
  }
  return k;
}

/* Force on the wall over weight in mud, in the steps of the path from the bit up, at their middles;
 * returns the greatest. */
static double lay_forces(const idr_drill_group *g, int lane, int count, double *depth,
                         double *force) {
  const idr_well *well = g->well[lane];
  double tension = 0.0, most = 0.0;
  for (int j = count; j > 0; j--) {
    const idr_path_point *low = &well->path[j], *high = &well->path[j - 1];
    double inc = (double)low->inclination, next = (double)high->inclination;
    depth[j - 1] = (j - 0.5) * IDR_PATH_STEP;
    double above = fmax(g->bit_depth[lane] - depth[j - 1], 0.0);
    double weight = IDR_PATH_STEP * part_weight(g, lane, part_at(g, lane, above));
    double turn = idr_drag_turn(inc, (double)low->azimuth, next, (double)high->azimuth);
    double middle = 0.5 * (inc + next);
    force[j - 1] = idr_drag_side_force(tension, weight, sin(middle), next - inc, turn) / weight;
    most = fmax(most, force[j - 1]);
    tension += weight * cos(middle);
  }
  return most;
}

/* A wave string takes the wall's force as the sine of an inclination; where bends make it greater
 * than the weight the scale is another, which the sum over the string sets right. */
static void lay_angles(double *force, int count, double most) {
  for (int j = 0; j < count; j++)
    force[j] = most > 0.0 ? asin(fmin(force[j] / most, 1.0)) : 0.0;
}

/* ---- the top drive --------------------------------------------------------------------------- */

/* A PI controller with the lane's own gains is both stiff and soft control; Z-Torque is made as the
 * 4nDOF simulator (NORCE) makes it, a stiff loop whose set speed yields, at the pipe's impedance.
 */
static idr_top_drive top_drive(const idr_drill_group *g, int lane, double impedance) {
  idr_top_drive top = {IDR_TOP_STIFF,
                       (double)g->top_inertia[lane],
                       (double)g->top_gain[lane],
                       (double)g->top_windup[lane],
                       (double)g->torque_max[lane],
                       1.0,
                       IDR_TOP_FREQUENCY};
  if (g->well[lane]->rig.top_drive_control != IDR_CONTROL_Z_TORQUE) return top;
  top.mode = IDR_TOP_Z_TORQUE;
  top.proportional = 50.0 * impedance;
  top.integral = 5.0 * top.inertia;
  return top;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* Made twice: the first tells how much friction its cells sum up to with a coefficient of 1. */
static idr_status create_scaled(idr_wave_parts *parts, double torque, idr_wave **out) {
  IDR_TRY(idr_wave_create(parts, out));
  double sum = idr_wave_breakaway(*out);
  idr_wave_free(*out);
  parts->friction_static = sum > 0.0 ? torque / sum : 0.0;
  return idr_wave_create(parts, out);
}

static idr_status create(const idr_drill_group *g, int lane, double step, idr_wave **out) {
  idr_wave_section section[IDR_STRING_PARTS];
  int count =
      g->bit_path[lane] + 1 < g->well[lane]->path_count ? g->bit_path[lane] + 1 : g->bit_path[lane];
  double *depth = malloc(2 * (size_t)(count > 0 ? count : 1) * sizeof *depth);
  if (!depth) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the path of a burst");
  double *angle = depth + count, still = (double)g->friction_static[lane];
  lay_angles(angle, count, lay_forces(g, lane, count, depth, angle));
  int sections = lay_sections(g, lane, section);
  double impedance = section[0].polar * sqrt(section[0].shear * section[0].density);
  idr_wave_parts parts = {
      .section_count = sections,
      .section = section,
      .station_count = count,
      .station_depth = depth,
      .inclination = angle,
      .friction_static = 1.0,
      .kinetic_part = still > 0.0 ? fmin((double)g->friction_kinetic[lane] / still, 1.0) : 1.0,
      .threshold = THRESHOLD,
      .step = step,
      .courant = 1.0,
      .top = top_drive(g, lane, impedance)};
  idr_status status = create_scaled(&parts, still, out);
  free(depth);
  return status;
}

/* ---- the bit --------------------------------------------------------------------------------- */

/* What resists the bit at string speed w: torque + rest fade(w). */
typedef struct {
  double torque, rest; /* N m */
} bit_torque;

/* Flats bear what the last second's torque was beyond that of cutting; only the law of bitrock.h
 * has flats. */
static bit_torque take_bit(const idr_drill_group *g, int lane) {
  const idr_bit_law law = {.energy = g->strength[lane] / IDR_BIT_EFFICIENCY,
                           .radius = g->bit_radius[lane]};
  float contact = g->bit_torque[lane] - idr_bit_cutting_torque(&law, g->cut[lane]);
  bool flats = g->rop_law[lane] == IDR_ROP_DETOURNAY && g->bit_kind[lane] == IDR_BIT_PDC;
  double part = flats ? (double)idr_maxf(contact, 0.0f) : 0.0;
  return (bit_torque){(double)g->bit_torque[lane] + (double)g->fault_grip_torque[lane],
                      (double)IDR_CUT_STATIC * part};
}

static double torque_at(const bit_torque *bit, double omega) {
  return bit->torque + bit->rest * (double)idr_torsion_fade((float)omega);
}

/* ---- running --------------------------------------------------------------------------------- */

static void store(const idr_burst_values *v, int k, const idr_wave_view *view, double motor,
                  double torque) {
  v->omega_top[k] = view->omega_top;
  v->omega_bit[k] = view->omega_bit + motor;
  v->torque_top[k] = view->motor;
  v->torque_bit[k] = torque;
}

static void run(const idr_drill_group *g, int lane, const idr_burst_options *o, double step,
                idr_wave *wave, const idr_burst_values *values) {
  const bit_torque bit = take_bit(g, lane);
  double set = (double)g->omega_ref[lane], damping = (double)g->twist_damping[lane];
  double start = fmax((double)g->omega_bit[lane], 0.0), motor = (double)g->motor_speed[lane];
  idr_wave_view view = {.omega_bit = start};
  idr_wave_spin(wave, start, torque_at(&bit, start));
  int count = idr_burst_count(o), before = (int)round(o->settle * o->rate);
  double torque = 0.0;
  long long done = 0;
  for (int k = 0; k < before + count; k++) {
    long long end = (long long)floor((k + 1) / (o->rate * step) + 1e-6);
    for (; done < end; done++) {
      torque = torque_at(&bit, view.omega_bit);
      double brake = fmax(torque + damping * (view.omega_bit - set), 0.0);
      view = idr_wave_run(wave, set, brake, 1);
    }
    if (k >= before) store(values, k - before, &view, motor, torque);
  }
}

idr_status idr_burst_run(const idr_drill_group *group, int lane, const idr_burst_options *options,
                         const idr_burst_values *values) {
  double length = 0.0;
  for (int k = 0; k < IDR_STRING_PARTS; k++)
    length += (double)group->part_length[k][lane];
  double step = length / (double)IDR_STEEL_SHEAR_SPEED / fmax(options->cells, 1.0);
  idr_wave *wave;
  IDR_TRY(check(options, step));
  IDR_TRY(create(group, lane, step, &wave));
  run(group, lane, options, step, wave, values);
  idr_wave_free(wave);
  return IDR_STATUS_OK;
}
