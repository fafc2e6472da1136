#include "drill/torsion_wave.h"

#include "base/fn.h"
#include "drill/hydraulics.h"
#include "drill/torsion.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define WAVE_CELLS_MAX    1000000
#define WAVE_SECTIONS_MAX 64

/* A section on the grid: cells first..last. */
typedef struct {
  int first, last;
  double impedance; /* J sqrt(G rho), N m s/rad */
} wave_piece;

struct idr_wave {
  int pieces, cells;
  wave_piece piece[WAVE_SECTIONS_MAX];
  double step, courant, threshold, kinetic_part;
  double viscous; /* factor that a sub-step of mud friction leaves of a speed */
  idr_top_drive top;
  double omega_top, integral;
  double low_pass, high_pass, torque_before; /* Z-Torque's filters, N m */
  double work, lost_at_bit, motor, torque;
  double *block;               /* owns all arrays below, each [cells] */
  double *up, *down;           /* omega - tau/z, omega + tau/z */
  double *next_up, *next_down; /* of the coming sub-step */
  double *hold;                /* speed that static friction takes in a sub-step, rad/s */
  double *friction;            /* energy lost so far, over the cell's inertia */
};

/* ---- making ---------------------------------------------------------------------------------- */

static idr_status wave_check_top(const idr_top_drive *t) {
  bool matched = t->mode == IDR_TOP_STIFF || t->match > 0.0;
  bool tuned = t->mode != IDR_TOP_SOFT_TORQUE || t->frequency > 0.0;
  if (!(t->inertia > 0.0 && t->proportional >= 0.0 && t->integral >= 0.0 && t->torque_max >= 0.0))
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "top drive: inertia %g kg m2 must be positive, gains %g N m s/rad and %g N m/rad and "
             "torque limit %g N m not negative",
             t->inertia, t->proportional, t->integral, t->torque_max);
  if (!matched || !tuned)
    IDR_FAIL(
        IDR_STATUS_ARGUMENT,
        "top drive: impedance to show %g (times the pipe's) and frequency %g Hz must be positive",
        t->match, t->frequency);
  return IDR_STATUS_OK;
}

static idr_status wave_check(const idr_wave_parts *p) {
  if (p->section_count < 1 || p->section_count > WAVE_SECTIONS_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a string of %d sections: give 1 to %d", p->section_count,
             WAVE_SECTIONS_MAX);
  for (int i = 0; i < p->section_count; i++) {
    const idr_wave_section *s = &p->section[i];
    if (!(s->length > 0.0 && s->polar > 0.0 && s->shear > 0.0 && s->density > 0.0 &&
          s->friction >= 0.0))
      IDR_FAIL(
          IDR_STATUS_ARGUMENT,
          "string section %d: length %g m, polar moment %g m4, shear modulus %g Pa, density %g "
          "kg/m3 must be positive and friction %g N m/m not negative",
          i + 1, s->length, s->polar, s->shear, s->density, s->friction);
  }
  if (!(p->step > 0.0 && p->station_count >= 1))
    IDR_FAIL(IDR_STATUS_ARGUMENT, "sub-step %g s and %d stations: both must be positive", p->step,
             p->station_count);
  if (!(p->courant > 0.0 && p->courant <= 1.0 && p->kinetic_part >= 0.0 && p->viscous >= 0.0))
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "Courant number %g must lie above 0 and not above 1, the kinetic part %g of friction "
             "and viscous friction %g 1/s not be negative",
             p->courant, p->kinetic_part, p->viscous);
  for (int i = 1; i < p->station_count; i++)
    if (!(p->station_depth[i] > p->station_depth[i - 1]))
      IDR_FAIL(IDR_STATUS_ARGUMENT, "station %d at %g m is not below the one before, at %g m",
               i + 1, p->station_depth[i], p->station_depth[i - 1]);
  return wave_check_top(&p->top);
}

/* Cells of a section: a wave crosses `courant` of one in a sub-step. */
static double wave_count(const idr_wave_section *s, const idr_wave_parts *p) {
  double crossing = s->length / sqrt(s->shear / s->density); /* s */
  return fmax(1.0, round(crossing * p->courant / p->step));
}

static double wave_inclination(const idr_wave_parts *p, double depth) {
  int i = 0;
  while (i + 1 < p->station_count && p->station_depth[i + 1] < depth)
    i++;
  if (i + 1 == p->station_count || depth <= p->station_depth[0]) return p->inclination[i];
  double f = (depth - p->station_depth[i]) / (p->station_depth[i + 1] - p->station_depth[i]);
  return p->inclination[i] + f * (p->inclination[i + 1] - p->inclination[i]);
}

/* The grid of one section that begins at `top` metres: a cell has the inertia z step/courant. */
static void wave_lay(idr_wave *w, const idr_wave_parts *p, int section, double top) {
  const idr_wave_section *s = &p->section[section];
  wave_piece *piece = &w->piece[section];
  piece->impedance = s->polar * sqrt(s->shear * s->density);
  int count = piece->last - piece->first + 1;
  double length = s->length / count;
  for (int k = 0; k < count; k++) {
    double sine = sin(wave_inclination(p, top + (k + 0.5) * length));
    double torque = p->friction_static * sine * s->friction * length;
    w->hold[piece->first + k] = p->courant * torque / piece->impedance;
  }
}

/* Soft torque: gains from the impedance to show and the frequency to show it at. The drive's own
 * impedance is i w I + kp + ki/(i w): with ki = I w^2 only kp is left. */
static void wave_tune(idr_wave *w) {
  if (w->top.mode != IDR_TOP_SOFT_TORQUE) return;
  double omega = 2.0 * M_PI * w->top.frequency;
  w->top.proportional = w->top.match * w->piece[0].impedance;
  w->top.integral = w->top.inertia * omega * omega;
}

static idr_status wave_allocate(idr_wave *w) {
  size_t n = (size_t)w->cells;
  w->block = calloc(6 * n, sizeof *w->block);
  if (!w->block) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a string of %d cells", w->cells);
  double **array[] = {&w->up, &w->down, &w->next_up, &w->next_down, &w->hold, &w->friction};
  for (size_t i = 0; i < 6; i++)
    *array[i] = w->block + i * n;
  return IDR_STATUS_OK;
}

static idr_status wave_fill(idr_wave *w, const idr_wave_parts *p) {
  double cells = 0.0, top = 0.0;
  for (int i = 0; i < p->section_count; i++)
    cells += wave_count(&p->section[i], p);
  if (cells > WAVE_CELLS_MAX)
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "a sub-step of %g s cuts the string into %g cells: make it longer", p->step, cells);
  w->pieces = p->section_count;
  for (int i = 0; i < p->section_count; i++) {
    w->piece[i].first = w->cells;
    w->cells += (int)wave_count(&p->section[i], p);
    w->piece[i].last = w->cells - 1;
  }
  IDR_TRY(wave_allocate(w));
  for (int i = 0; i < p->section_count; i++) {
    wave_lay(w, p, i, top);
    top += p->section[i].length;
  }
  w->step = p->step;
  w->courant = p->courant;
  w->threshold = p->threshold;
  w->kinetic_part = p->kinetic_part;
  w->viscous = 1.0 / (1.0 + p->viscous * p->step);
  w->top = p->top;
  wave_tune(w);
  return IDR_STATUS_OK;
}

idr_status idr_wave_create(const idr_wave_parts *parts, idr_wave **out) {
  *out = NULL;
  IDR_TRY(wave_check(parts));
  idr_wave *w = calloc(1, sizeof *w);
  if (!w) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a string");
  idr_status status = wave_fill(w, parts);
  if (status != IDR_STATUS_OK) {
    idr_wave_free(w);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  *out = w;
  return IDR_STATUS_OK;
}

void idr_wave_free(idr_wave *wave) {
  if (!wave) return;
  free(wave->block);
  free(wave);
}

static idr_wave_section wave_tube(double length, double outer, double inner, double mud) {
  double area = 0.25 * M_PI * (outer * outer - inner * inner);
  double buoyed = ((double)IDR_STEEL_DENSITY - mud) * (double)IDR_GRAVITY * area;
  return (idr_wave_section){length, (double)idr_tube_polar_moment((float)outer, (float)inner),
                            (double)IDR_STEEL_SHEAR, (double)IDR_STEEL_DENSITY,
                            buoyed * 0.5 * outer};
}

idr_status idr_wave_create_well(const idr_well *well, double depth, const idr_top_drive *top,
                                double step, idr_wave **out) {
  const idr_well_string *s = &well->string;
  double low = s->heavy_length + s->collar_length;
  if (!(depth > low && depth <= well->depth))
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a bit at %g m: the string of well %s hangs between %g and %g m",
             depth, well->head.name, low, well->depth);
  double mud = well->section[idr_well_find_section(well, depth)].mud_density;
  idr_wave_section section[] = {
      wave_tube(depth - low, s->pipe_outer_diameter, s->pipe_inner_diameter, mud),
      wave_tube(s->heavy_length, s->heavy_outer_diameter, s->heavy_inner_diameter, mud),
      wave_tube(s->collar_length, s->collar_outer_diameter, s->collar_inner_diameter, mud)};
  double *station = malloc(2 * (size_t)well->path_count * sizeof *station);
  if (!station) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the path of well %s", well->head.name);
  double *inclination = station + well->path_count;
  for (int i = 0; i < well->path_count; i++) {
    station[i] = i * IDR_PATH_STEP;
    inclination[i] = (double)well->path[i].inclination;
  }
  double still = s->friction_static;
  double part = still > 0.0 ? fmin(s->friction_kinetic / still, 1.0) : 1.0;
  idr_wave_parts parts = {3,
                          section,
                          well->path_count,
                          station,
                          inclination,
                          still,
                          part,
                          0.9 /* rad/s, fitted by Aarsnes and Shor */,
                          0.0,
                          step,
                          1.0,
                          *top};
  idr_status status = idr_wave_create(&parts, out);
  free(station);
  return status == IDR_STATUS_OK ? status : idr_trace_at(status, __func__, __FILE__, __LINE__);
}

/* ---- one sub-step ---------------------------------------------------------------------------- */

/* What a dry impulse of at most `most` (over inertia) leaves of a speed. */
IDR_FN double wave_brake(double speed, double most) {
  double left = fabs(speed) - most;
  return copysign(left > 0.0 ? left : 0.0, speed);
}

/* Impulse of the wall's friction on a cell that turns at `omega`, over the cell's inertia. */
IDR_FN double wave_wall(double omega, double hold, double threshold, double kinetic_part) {
  return fabs(omega) < threshold ? hold : kinetic_part * hold;
}

/* Cells first..last, in which both waves come from a neighbour of the same section. */
static void wave_inside(idr_wave *w, int first, int last) {
  const double *IDR_RESTRICT up = w->up, *IDR_RESTRICT down = w->down, *IDR_RESTRICT hold = w->hold;
  double *IDR_RESTRICT next_up = w->next_up, *IDR_RESTRICT next_down = w->next_down;
  double *IDR_RESTRICT friction = w->friction;
  double courant = w->courant, viscous = w->viscous;
  double threshold = w->threshold, part = w->kinetic_part;
  IDR_SIMD
  for (int j = first; j <= last; j++) {
    double falls = down[j] + courant * (down[j - 1] - down[j]);
    double rises = up[j] + courant * (up[j + 1] - up[j]);
    double speed = 0.5 * (falls + rises);
    double wall = wave_wall(0.5 * (up[j] + down[j]), hold[j], threshold, part);
    double left = wave_brake(speed * viscous, wall);
    next_down[j] = falls + (left - speed);
    next_up[j] = rises + (left - speed);
    friction[j] += (speed - left) * left;
  }
}

/* The same for one cell at the end of a section, where the waves come from somewhere else. */
static void wave_cell(idr_wave *w, int j, double from_above, double from_below) {
  double falls = w->down[j] + w->courant * (from_above - w->down[j]);
  double rises = w->up[j] + w->courant * (from_below - w->up[j]);
  double speed = 0.5 * (falls + rises);
  double wall = wave_wall(0.5 * (w->up[j] + w->down[j]), w->hold[j], w->threshold, w->kinetic_part);
  double left = wave_brake(speed * w->viscous, wall);
  w->next_down[j] = falls + (left - speed);
  w->next_up[j] = rises + (left - speed);
  w->friction[j] += (speed - left) * left;
}

/* Z-Torque gives way to the changing part of the torque at the top: both filters, one sub-step. */
static double wave_yield(idr_wave *w) {
  if (w->top.mode != IDR_TOP_Z_TORQUE) return 0.0;
  double keep = IDR_TOP_HIGH_PASS / (IDR_TOP_HIGH_PASS + w->step);
  w->high_pass = keep * (w->high_pass + w->torque - w->torque_before);
  w->torque_before = w->torque;
  w->low_pass += (1.0 - exp(-w->step / IDR_TOP_LOW_PASS)) * (w->high_pass - w->low_pass);
  return w->low_pass / (w->top.match * w->piece[0].impedance);
}

/* Top drive: speed by the midpoint rule, with the string's own impedance taken implicitly. Returns
 * the wave that goes down. The integral stands while the torque is at its limit (anti-windup). */
static double wave_top(idr_wave *w, double speed) {
  double z = w->piece[0].impedance, arrived = w->up[0], dt = w->step;
  double error = speed - wave_yield(w) - w->omega_top;
  double asked = w->top.proportional * error + w->top.integral * w->integral;
  w->motor = fmin(fmax(asked, 0.0), w->top.torque_max);
  if (w->motor == asked) w->integral += dt * error;
  double half = 0.5 * dt * z;
  double before = w->omega_top;
  w->omega_top =
      ((w->top.inertia - half) * before + dt * (w->motor + z * arrived)) / (w->top.inertia + half);
  double middle = 0.5 * (before + w->omega_top);
  w->torque = z * (middle - arrived);
  w->work += dt * w->motor * w->omega_top;
  return 2.0 * middle - arrived;
}

/* Bit: dry torque of at most `torque` on what comes down; returns the wave that goes up. */
static double wave_bottom(idr_wave *w, double torque) {
  double z = w->piece[w->pieces - 1].impedance, arrived = w->down[w->cells - 1];
  double omega = wave_brake(arrived, torque / z);
  w->lost_at_bit += w->step * z * (arrived - omega) * omega;
  return 2.0 * omega - arrived;
}

static void wave_step(idr_wave *w, double speed, double bit_torque) {
  double from_above = wave_top(w, speed), next_above = 0.0, from_below;
  for (int i = 0; i < w->pieces; i++) {
    int first = w->piece[i].first, last = w->piece[i].last;
    if (i + 1 < w->pieces) { /* reflection and transmission where the impedance changes */
      double ratio = w->piece[i + 1].impedance / w->piece[i].impedance;
      double falls = w->down[last], rises = w->up[last + 1];
      from_below = (falls * (1.0 - ratio) + 2.0 * ratio * rises) / (1.0 + ratio);
      next_above = (2.0 * falls - rises * (1.0 - ratio)) / (1.0 + ratio);
    } else {
      from_below = wave_bottom(w, bit_torque);
    }
    wave_inside(w, first + 1, last - 1);
    wave_cell(w, first, from_above, first == last ? from_below : w->up[first + 1]);
    if (first != last) wave_cell(w, last, w->down[last - 1], from_below);
    from_above = next_above;
  }
  double *swap = w->up;
  w->up = w->next_up;
  w->next_up = swap;
  swap = w->down;
  w->down = w->next_down;
  w->next_down = swap;
}

idr_wave_view idr_wave_run(idr_wave *wave, double speed, double bit_torque, int steps) {
  for (int k = 0; k < steps; k++)
    wave_step(wave, speed, bit_torque);
  int bit = wave->cells - 1;
  return (idr_wave_view){wave->motor, wave->torque, wave->omega_top,
                         0.5 * (wave->up[bit] + wave->down[bit])};
}

/* ---- looking at it --------------------------------------------------------------------------- */

void idr_wave_spin(idr_wave *wave, double omega, double bit_torque) {
  double torque = bit_torque;
  for (int i = wave->pieces - 1; i >= 0; i--) {
    double z = wave->piece[i].impedance;
    for (int j = wave->piece[i].last; j >= wave->piece[i].first; j--) {
      double wall = wave_wall(omega, wave->hold[j], wave->threshold, wave->kinetic_part);
      double brake = (omega - wave_brake(omega * wave->viscous, wall)) / wave->courant;
      double middle = torque + 0.5 * z * brake;
      wave->down[j] = omega + middle / z;
      wave->up[j] = omega - middle / z;
      torque += z * brake;
    }
  }
  wave->omega_top = omega;
  wave->integral = wave->top.integral > 0.0 ? torque / wave->top.integral : 0.0;
  wave->torque = wave->torque_before = torque;
  wave->low_pass = wave->high_pass = 0.0;
}

idr_wave_energy idr_wave_account(const idr_wave *wave) {
  idr_wave_energy e = {wave->work, wave->lost_at_bit,
                       0.5 * wave->top.inertia * wave->omega_top * wave->omega_top};
  for (int i = 0; i < wave->pieces; i++) {
    double inertia = wave->piece[i].impedance * wave->step / wave->courant;
    for (int j = wave->piece[i].first; j <= wave->piece[i].last; j++) {
      e.friction += inertia * wave->friction[j];
      e.stored += 0.25 * inertia * (wave->up[j] * wave->up[j] + wave->down[j] * wave->down[j]);
    }
  }
  return e;
}

int idr_wave_cells(const idr_wave *wave) {
  return wave->cells;
}

double idr_wave_impedance(const idr_wave *wave) {
  return wave->piece[0].impedance;
}

double idr_wave_breakaway(const idr_wave *wave) {
  double torque = 0.0;
  for (int i = 0; i < wave->pieces; i++)
    for (int j = wave->piece[i].first; j <= wave->piece[i].last; j++)
      torque += wave->hold[j] * wave->piece[i].impedance / wave->courant;
  return torque;
}

/* A cell's compliance is step/(courant z); the torque in it counts half of its own friction. */
double idr_wave_twist(const idr_wave *wave) {
  double torque = 0.0, twist = 0.0;
  for (int i = wave->pieces - 1; i >= 0; i--) {
    double z = wave->piece[i].impedance;
    for (int j = wave->piece[i].last; j >= wave->piece[i].first; j--) {
      double own = wave->hold[j] * z / wave->courant;
      twist += (torque + 0.5 * own) * wave->step / (wave->courant * z);
      torque += own;
    }
  }
  return twist;
}
