/* Distributed torsion of one drill string: waves along pipe and collars, dry friction on every
 * metre. For single wells and short bursts; the well's step has the lumped string of torsion.h.
 *
 *     d tau/dt + J G d omega/dx = 0
 *     J rho d omega/dt + d tau/dx = -k J rho omega - F
 * Aarsnes and Shor 2018 (J. Petrol. Sci. Eng. 163:712). F is Coulomb friction as an inclusion: a
 * metre that turns slower than a threshold is held by up to Fc = mu sin(inclination) w r, one that
 * turns faster is braked by a part of it. Off bottom this alone makes a string stick and slip.
 *
 * Scheme: the Riemann invariants omega +- tau/(J sqrt(G rho)) move down and up the string, are
 * reflected where the impedance changes, and lose what friction takes as an impulse that at most
 * stops a cell (Moreau). At Courant number 1 they move exactly one cell a sub-step in every
 * section: the method of characteristics, no numerical diffusion, and without friction the discrete
 * energy is exactly kept. Below 1 it is first-order upwind, as in the authors' program, for
 * comparisons. A section's length is rounded to whole cells of sqrt(G/rho) * step/courant.
 */
#ifndef IDR_DRILL_TORSION_WAVE_H
#define IDR_DRILL_TORSION_WAVE_H

#include "base/status.h"
#include "drill/well.h"

/* A piece of string, listed from the top down. */
typedef struct {
  double length;   /* m */
  double polar;    /* J, m4 */
  double shear;    /* G, Pa */
  double density;  /* rho, kg/m3 */
  double friction; /* w r: weight in mud per metre times outer radius, N m/m */
} idr_wave_section;

/* How the top drive follows its set speed. All three act on a PI controller; they differ in what
 * the string feels at its upper end, in multiples of its own impedance J sqrt(G rho). */
typedef enum {
  IDR_TOP_STIFF,       /* high gains: waves come back whole, upside down */
  IDR_TOP_SOFT_TORQUE, /* low gain, integral tuned so that at one frequency the drive's inertia is
                          cancelled and the proportional gain alone is felt */
  IDR_TOP_Z_TORQUE     /* stiff speed loop whose set speed gives way to the measured torque, so
                          that the impedance is matched over a band (Dwars 2015, SPE 173037) */
} idr_top_mode;

typedef struct {
  idr_top_mode mode;
  double inertia;      /* kg m2 */
  double proportional; /* N m s/rad; soft torque: worked out from `match` */
  double integral;     /* N m/rad; soft torque: worked out from `frequency` */
  double torque_max;   /* N m */
  double match;        /* soft and Z-torque: impedance to show, over that of the pipe */
  double frequency;    /* soft torque: Hz at which it is shown */
} idr_top_drive;

#define IDR_TOP_MATCH     4.0      /* default of the 4nDOF simulator (NORCE) */
#define IDR_TOP_FREQUENCY 0.2      /* Hz, likewise */
#define IDR_TOP_LOW_PASS  0.000796 /* s: the 5 ms filter period of that simulator over 2 pi */
#define IDR_TOP_HIGH_PASS                                                                          \
  3.18 /* s: its 20 s over 2 pi, so that steady torque is not yielded to                           \
        */

typedef struct {
  int section_count;
  const idr_wave_section *section; /* [section_count] */
  int station_count;               /* at least 1 */
  const double *station_depth;     /* [station_count], rising, m */
  const double *inclination;       /* [station_count], rad, linear in between */
  double friction_static;          /* mu */
  double kinetic_part;             /* of friction_static, 0..1 */
  double threshold;                /* rad/s */
  double viscous;                  /* k, 1/s */
  double step;                     /* s */
  double courant;                  /* part of a cell that a wave crosses in a sub-step, 0..1 */
  idr_top_drive top;
} idr_wave_parts;

typedef struct idr_wave idr_wave;

/* What is seen after a sub-step. */
typedef struct {
  double motor;     /* torque of the top drive, N m */
  double torque;    /* at the top of the string, N m */
  double omega_top; /* rad/s */
  double omega_bit; /* of the lowest cell, after friction has taken its part of the sub-step */
} idr_wave_view;

/* The account of energy since the beginning, J. `work` and `friction` count what the torques of a
 * sub-step do at the speeds of its end, as someone reading the channels would; the difference of
 * both from `stored` falls in proportion to the sub-step. */
typedef struct {
  double work;     /* done by the top drive's motor */
  double friction; /* taken by the wall, the mud and the bit */
  double stored;   /* kinetic and elastic, top drive included */
} idr_wave_energy;

/* Makes a string at rest and untwisted; the caller frees *out with idr_wave_free. ARGUMENT when a
 * part makes no sense, MEMORY. */
idr_status idr_wave_create(const idr_wave_parts *parts, idr_wave **out);
/* The string of a well with its bit at `depth`: buoyed in that section's mud, along the well's
 * path, friction as in the well's table. */
idr_status idr_wave_create_well(const idr_well *well, double depth, const idr_top_drive *top,
                                double step, idr_wave **out);
void idr_wave_free(idr_wave *wave); /* NULL allowed */

/* Makes every cell and the drive turn at `omega`, with the twist in which friction and `bit_torque`
 * are in balance at that speed. */
void idr_wave_spin(idr_wave *wave, double omega, double bit_torque);
/* Advances `steps` sub-steps with the top drive's set speed (rad/s, > 0) and the bit's torque
 * (N m; dry: it resists, and holds the bit when that is enough). */
idr_wave_view idr_wave_run(idr_wave *wave, double speed, double bit_torque, int steps);
idr_wave_energy idr_wave_account(const idr_wave *wave);

int idr_wave_cells(const idr_wave *wave);
/* Torque that turns the string from rest, off bottom: the sum of Fc, N m. */
double idr_wave_breakaway(const idr_wave *wave);
/* Twist from top to bit when that torque is on the string, rad. */
double idr_wave_twist(const idr_wave *wave);
/* Impedance of the uppermost section, N m s/rad. */
double idr_wave_impedance(const idr_wave *wave);

#endif
