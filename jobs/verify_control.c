/* Well control: the arithmetic of kicks (V15), and gas in the annulus, pressure dynamics with a
 * choke.
 */
#include "drill/gas_column.h"
#include "drill/hydraulics.h"
#include "drill/influx.h"
#include "drill/kick.h"
#include "drill/lumped.h"
#include "jobs/verify.h"

#include <math.h>

/* ---- V15 ------------------------------------------------------------------------------------- */

/* The pages round 0.05195 psi/ft per lb/gal to 0.052, which is 0.1 % of a column. */
static void add_kick(idr_verify *v) {
  const idr_verify_case c = {v, "V15",
                             "drillingformulas.com, greatest surface pressure: 12 ppg, 9,500 ft, "
                             "SIDPP 450 psi, 25 bbl",
                             IDR_VERIFY_PUBLISHED};
  const idr_verify_case cut = {
      v, "V15", "drillingformulas.com, gas cut: 15 bbl, 13 ppg, 8.5 x 6 in", IDR_VERIFY_PUBLISHED};
  float density = idr_verify_sif(12, "ppg"), depth = idr_verify_sif(9500, "ft");
  float sidpp = idr_verify_sif(450, "psi"), hole = idr_circle_area(idr_verify_sif(8.5, "in"));
  float area = idr_verify_sif(0.0459, "bbl") / 0.3048f; /* printed, bbl/ft */
  double kill = (double)idr_kick_kill_density(density, depth, sidpp);
  double formation = (double)idr_kick_formation(density, depth, sidpp);
  double surface = (double)idr_kick_surface_pressure(
      idr_verify_sif(6378, "psi"), idr_verify_sif(25, "bbl"), idr_verify_sif(13, "ppg"), area);
  float small = hole - idr_circle_area(idr_verify_sif(6, "in"));
  double lost =
      (double)idr_kick_lost_column(idr_verify_sif(13, "ppg"), idr_verify_sif(15, "bbl"), small);
  idr_verify_near(&c, "kill mud density", "ppg", 12.91, idr_verify_from_si(kill, "ppg"), 0.006);
  idr_verify_near(&c, "formation pressure", "psi", 6378, idr_verify_from_si(formation, "psi"),
                  0.5 + 0.001 * 5928);
  idr_verify_near(&c, "greatest surface pressure", "psi", 1344, idr_verify_from_si(surface, "psi"),
                  0.5);
  idr_verify_near(&cut, "column lost to gas cut mud", "psi", 288, idr_verify_from_si(lost, "psi"),
                  0.5 + 0.001 * 288);
}

/* The density of an influx that was put there. */
static void add_influx(idr_verify *v) {
  const idr_verify_case c = {v, "-", "shut-in pressures of a known influx turned back",
                             IDR_VERIFY_EXACT};
  double mud = 1300, gas = 180, height = 240, g = 9.80665, formation = 40e6, depth = 2900;
  double sidpp = formation - mud * g * depth;
  double sicp = formation - mud * g * (depth - height) - gas * g * height;
  idr_verify_near(
      &c, "density of an influx of 180 kg/m3", "kg/m3", gas,
      (double)idr_kick_influx_density((float)mud, (float)sicp, (float)sidpp, (float)height), 0.05);
}

/* ---- gas in the annulus ---------------------------------------------------------------------- */

/* A shut annulus of 60 m3 with 1 m3 of gas at 10 MPa takes 0.1 m3 more: C p + V p/(h + p) = 0.1 is
 * a quadratic. */
static void add_closed(idr_verify *v) {
  const idr_verify_case c = {v, "-", "gas law and compressible mud in a closed annulus",
                             IDR_VERIFY_EXACT};
  const double give = 60.0 / 2e9, gas = 1.0, h = 10e6, more = 0.1;
  double pv = (double)idr_influx_pv(1.0f, IDR_INFLUX_MOLAR, 1.0f, 320.0f), mass = gas * h / pv;
  double b = give * h + gas - more;
  double hand = (sqrt(b * b + 4.0 * give * more * h) - b) / (2.0 * give);
  const idr_gas_cell cell = {.pressure = h, .temperature = 320.0};
  const idr_gas_outlet shut = {give, 0.0, 1200.0};
  double ours = idr_gas_choke(1, &cell, &mass, 0.0, &shut, more);
  idr_verify_near(&c, "choke pressure after 0.1 m3 more", "MPa", 1e-6 * hand, 1e-6 * ours, 1e-4);
}

/* Pressure over a cell whose mud carries `cut` volumes of gas per volume at surface pressure: how
 * much gas that is depends on the cell's pressure, which falls with the gas, so it is bisected. */
static double cut_drop(double cut, double top, double density, double length) {
  const double ps = 101325, area = 0.024;
  double low = 0.0, high = cut * ps * area * length, drop = 0.0;
  for (int k = 0; k < 50; k++) {
    double pv = 0.5 * (low + high);
    drop = (double)idr_influx_drop((float)top, (float)pv, 0, (float)density, (float)area,
                                   (float)length);
    double carried = cut * ps * area * length / (1 + cut * ps / (top + 0.5 * drop));
    if (pv < carried)
      low = pv;
    else
      high = pv;
  }
  return drop;
}

static double gas_cut(double cut, double density, double depth, int cells) {
  double p = 101325;
  for (int i = 0; i < cells; i++)
    p += cut_drop(cut, p, density, depth / cells);
  return p;
}

/* White: p - ps + n ps ln(p/ps) = rho g z for weightless gas, solved by Newton. */
static void add_gas_cut(idr_verify *v) {
  const idr_verify_case c = {v, "-", "White 1957, gas-cut column in closed form", IDR_VERIFY_EXACT};
  static const struct {
    const char *what;
    double cut;
  } list[] = {{"3 km in 150 cells, a tenth gas at surface", 1.0 / 9},
              {"3 km in 150 cells, half gas at surface", 1.0},
              {"3 km in 150 cells, nine tenths gas at surface", 9.0}};
  const double ps = 101325, density = 1300, depth = 3000, weight = density * 9.80665 * depth;
  for (int i = 0; i < 3; i++) {
    double n = list[i].cut, p = weight;
    for (int k = 0; k < 50; k++)
      p -= (p - ps + n * ps * log(p / ps) - weight) / (1 + n * ps / p);
    idr_verify_near(&c, list[i].what, "MPa", 1e-6 * p, 1e-6 * gas_cut(n, density, depth, 150),
                    0.02);
  }
}

/* ---- pressure dynamics ----------------------------------------------------------------------- */

/* The set of an open model of managed pressure drilling (areed145/dyn_opt_class); the choke is
 * assumed: 1 MPa at the flow below. */
static const idr_lumped well = {.stiff_string = 2e9f / 17.0f,
                                .stiff_annulus = 1e9f / 48.0f,
                                .inertia = 4.3e8f,
                                .friction_string = 5e9f,
                                .friction_annulus = 2e9f,
                                .density_string = 1580.0f,
                                .density_annulus = 1580.0f,
                                .depth = 1951.0f,
                                .choke = 1.312e-3f};

/* A connection: the pump ramps down within 30 s, stays off, and comes back; the choke closes to
 * hold some pressure. */
static double pump_at(double t) {
  double off = t < 30 ? 1 - t / 30 : t < 120 ? 0 : t < 150 ? (t - 120) / 30 : 1;
  return off * 2000 / 60000.0;
}
static double opening_at(double t) {
  return t < 30 ? 1 - 0.7 * t / 30 : t < 120 ? 0.3 : t < 150 ? 0.3 + 0.7 * (t - 120) / 30 : 1;
}

#define EXTRA (800 / 60000.0) /* the back-pressure pump, m3/s */

/* Bit pressure (MPa) after `end` seconds in steps of `dt`, with flows of the middle of each. */
static double connection(double end, double dt) {
  float drained = 0.0f;
  idr_lumped_state s =
      idr_lumped_steady(&well, (float)pump_at(0), (float)EXTRA, (float)opening_at(0));
  long steps = lround(end / dt);
  for (long i = 0; i < steps; i++) {
    double t = ((double)i + 0.5) * dt;
    s = idr_lumped_step(&well, s, (float)pump_at(t), (float)EXTRA, (float)opening_at(t), (float)dt,
                        &drained);
  }
  return 1e-6 * (double)idr_lumped_bit(&well, &s);
}

typedef struct {
  double standpipe, choke, flow;
} slope;

static slope slope_of(double t, slope y) {
  const idr_lumped *w = &well;
  double q = fmax(y.flow, 0), ra = (double)w->density_annulus;
  double leak = (double)w->choke * opening_at(t) * sqrt(2 * fmax(y.choke, 0) / ra);
  double push = y.standpipe - y.choke - (double)(w->friction_string + w->friction_annulus) * q * q;
  slope d = {(double)w->stiff_string * (pump_at(t) - q),
             (double)w->stiff_annulus * (q + EXTRA - leak), push / (double)w->inertia};
  if (y.flow <= 0 && d.flow < 0) d.flow = 0; /* the float valve */
  return d;
}

static slope moved(slope y, slope d, double h) {
  return (slope){y.standpipe + h * d.standpipe, y.choke + h * d.choke, y.flow + h * d.flow};
}

/* The same by Runge and Kutta in double precision in steps of 2 ms. */
static double connection_exact(double end) {
  idr_lumped_state s =
      idr_lumped_steady(&well, (float)pump_at(0), (float)EXTRA, (float)opening_at(0));
  slope y = {(double)s.standpipe, (double)s.choke, (double)s.flow};
  const double h = 2e-3;
  for (long i = 0; i < lround(end / h); i++) {
    double t = (double)i * h;
    slope a = slope_of(t, y), b = slope_of(t + h / 2, moved(y, a, h / 2));
    slope c = slope_of(t + h / 2, moved(y, b, h / 2)), d = slope_of(t + h, moved(y, c, h));
    y = moved(moved(moved(moved(y, a, h / 6), b, h / 3), c, h / 3), d, h / 6);
    y.flow = fmax(y.flow, 0);
  }
  return 1e-6 * (y.choke + (double)well.friction_annulus * y.flow * y.flow +
                 (double)well.density_annulus * 9.80665 * (double)well.depth);
}

static void add_dynamics(idr_verify *v) {
  const idr_verify_case c = {v, "-",
                             "Kaasa et al. 2012, equations integrated in double precision: a "
                             "connection with choke",
                             IDR_VERIFY_EXACT};
  static const struct {
    const char *coarse, *fine;
    double end;
  } list[] = {{"bit pressure after 20 s, steps of 1 s", "the same, steps of 1/20 s", 20},
              {"bit pressure after 40 s, steps of 1 s", "the same, steps of 1/20 s", 40},
              {"bit pressure after 110 s, steps of 1 s", "the same, steps of 1/20 s", 110},
              {"bit pressure after 135 s, steps of 1 s", "the same, steps of 1/20 s", 135},
              {"bit pressure after 300 s, steps of 1 s", "the same, steps of 1/20 s", 300}};
  for (int i = 0; i < 5; i++) {
    double exact = connection_exact(list[i].end);
    idr_verify_near(&c, list[i].coarse, "MPa", exact, connection(list[i].end, 1.0), 0.01);
    idr_verify_near(&c, list[i].fine, "MPa", exact, connection(list[i].end, 0.05), 1e-3);
  }
}

void idr_verify_control(idr_verify *v) {
  add_kick(v);
  add_influx(v);
  add_closed(v);
  add_gas_cut(v);
  add_dynamics(v);
}
