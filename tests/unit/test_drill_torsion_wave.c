/* ctest: timeout 600
 * Waves of torsion: closed forms of a string without friction, statics of one with friction, what
 * the three top drives let the string feel, order of the scheme and its energy. The published table
 * of Aarsnes and Shor's Well B is a case of `idrill verify-physics`. */
#include "drill/torsion_wave.h"
#include "support/drill_wells.h"
#include "support/near.h"

#include <string.h>

#define SPEED       2800.0 /* m/s: sqrt(G/rho) of the test's steel */
#define DENSITY     7850.0
#define PIPE        2.3e-5 /* polar moments, m4 */
#define COLLAR      1.5e-4
#define PIPE_LONG   2240.0
#define COLLAR_LONG 280.0

/* 2,240 m of pipe and 280 m of collars in a hole of one inclination, cut into `cells` cells. */
typedef struct {
  idr_wave_section section[2];
  double depth, inclination;
  idr_wave_parts parts;
} rig;

static void make_rig(rig *r, int cells, double friction, double collar) {
  double shear = DENSITY * SPEED * SPEED;
  r->section[0] = (idr_wave_section){PIPE_LONG, PIPE, shear, DENSITY, 30.0};
  r->section[1] = (idr_wave_section){COLLAR_LONG, collar, shear, DENSITY, 120.0};
  r->depth = 0.0;
  r->inclination = 1.0;
  r->parts = (idr_wave_parts){
      2,
      r->section,
      1,
      &r->depth,
      &r->inclination,
      friction,
      0.65,
      1.5,
      0.08,
      (PIPE_LONG + COLLAR_LONG) / SPEED / cells,
      1.0,
      {IDR_TOP_STIFF, 2900.0, 38000.0, 100000.0, 1e9, IDR_TOP_MATCH, IDR_TOP_FREQUENCY}};
}

static idr_wave *make_wave(const rig *r) {
  idr_wave *wave;
  assert_int_equal(idr_wave_create(&r->parts, &wave), IDR_STATUS_OK);
  return wave;
}

/* Cells that turn freely, the drive without torque. */
static void make_free(rig *r, int cells, double top, double collar) {
  make_rig(r, cells, 0.0, collar);
  r->parts.viscous = 0.0;
  r->parts.top.proportional = 0.0;
  r->parts.top.integral = 0.0;
  r->parts.top.torque_max = 0.0;
  r->parts.top.inertia = top;
}

/* Without friction no energy is lost or gained, over a million cell widths and many reflections. */
static void test_energy_without_friction(void **state) {
  (void)state;
  rig r;
  make_free(&r, 90, 2900.0, COLLAR);
  idr_wave *wave = make_wave(&r);
  idr_wave_spin(wave, 5.0, 8000.0);
  double before = idr_wave_account(wave).stored;
  idr_wave_run(wave, 1.0, 0.0, 20000);
  idr_wave_energy after = idr_wave_account(wave);
  assert_near(after.stored / before, 1.0, 1e-11);
  assert_true(after.friction == 0.0 && after.work == 0.0);
  idr_wave_free(wave);
}

/* Angular frequency of a string held at its top whose bit was let go, from the bit's swings. */
static double ring(const rig *r, int swings) {
  idr_wave *wave = make_wave(r);
  idr_wave_spin(wave, 0.0, 5000.0);
  double angle = 0.0, before = 0.0, first = 0.0, last = 0.0;
  int found = 0;
  for (int k = 1; found <= swings; k++) {
    angle += r->parts.step * idr_wave_run(wave, 1.0, 0.0, 1).omega_bit;
    double out = angle - 5000.0 *
                             (PIPE_LONG / r->section[0].polar + COLLAR_LONG / r->section[1].polar) /
                             (DENSITY * SPEED * SPEED);
    if (k > 1 && before < 0.0 && out >= 0.0) {
      double at = (k - out / (out - before)) * r->parts.step;
      if (found == 0) first = at;
      last = at;
      found++;
    }
    before = out;
  }
  idr_wave_free(wave);
  return 2.0 * M_PI * swings / (last - first);
}

/* A uniform string held at its top swings at a quarter of c/L; one with heavier collars where
 * tan(w L1/c) tan(w L2/c) = z1/z2. */
static void test_frequencies(void **state) {
  (void)state;
  rig r;
  make_free(&r, 180, 1e12, PIPE);
  assert_near(ring(&r, 20) / (2.0 * M_PI * SPEED / (4.0 * (PIPE_LONG + COLLAR_LONG))), 1.0, 1e-6);
  make_free(&r, 180, 1e12, COLLAR);
  double low = 0.1, high = 0.5 * M_PI * SPEED / PIPE_LONG;
  for (int k = 0; k < 60; k++) {
    double w = 0.5 * (low + high);
    if (tan(w * PIPE_LONG / SPEED) * tan(w * COLLAR_LONG / SPEED) < PIPE / COLLAR)
      low = w;
    else
      high = w;
  }
  double found = ring(&r, 20);
  print_message("collars: %.5f rad/s, exact %.5f\n", found, low);
  assert_near(found / low, 1.0, 2e-3);
}

/* Torque that all of the string's static friction can bear, and the twist under it: sums against
 * the integrals in closed form (friction is uniform along each section). */
static void test_breakaway(void **state) {
  (void)state;
  rig r;
  make_rig(&r, 90, 0.3, COLLAR);
  idr_wave *wave = make_wave(&r);
  double pipe = 0.3 * sin(1.0) * 30.0, collar = 0.3 * sin(1.0) * 120.0;
  double low = collar * COLLAR_LONG, torque = low + pipe * PIPE_LONG;
  double shear = DENSITY * SPEED * SPEED;
  double twist = 0.5 * low * COLLAR_LONG / (shear * COLLAR) +
                 (low + 0.5 * pipe * PIPE_LONG) * PIPE_LONG / (shear * PIPE);
  assert_near(idr_wave_breakaway(wave) / torque, 1.0, 1e-12);
  assert_near(idr_wave_twist(wave) / twist, 1.0, 1e-9);
  idr_wave_free(wave);
}

/* Turned slower than the threshold, all friction is static: the drive bears the breakaway torque.
 */
static void test_slow_turning(void **state) {
  (void)state;
  rig r;
  make_rig(&r, 900, 0.3, COLLAR);
  r.parts.viscous = 0.0;
  idr_wave *wave = make_wave(&r);
  double torque = 0.0, bit = 0.0;
  int count = (int)(300.0 / r.parts.step), seen = 0;
  for (int k = 0; k < count; k++) {
    idr_wave_view v = idr_wave_run(wave, 0.5, 0.0, 1);
    if (3 * k < 2 * count) continue;
    torque += v.motor;
    bit += v.omega_bit;
    seen++;
  }
  assert_near(torque / seen / idr_wave_breakaway(wave), 1.0, 0.005);
  assert_near(bit / seen, 0.5, 0.015);
  idr_wave_free(wave);
}

/* Turning steadily well above the threshold the drive bears the bit and the kinetic friction. */
static void test_steady_turning(void **state) {
  (void)state;
  rig r;
  make_rig(&r, 900, 0.3, COLLAR);
  r.parts.viscous = 0.0;
  idr_wave *wave = make_wave(&r);
  idr_wave_spin(wave, 15.0, 4000.0);
  idr_wave_view v = idr_wave_run(wave, 15.0, 4000.0, 50000);
  double torque = 0.65 * idr_wave_breakaway(wave) + 4000.0;
  assert_near(v.motor / torque, 1.0, 1e-3);
  assert_near(v.omega_bit, 15.0, 0.02);
  assert_near(v.omega_top, 15.0, 0.02);
  idr_wave_free(wave);
}

/* A bit that its torque holds does not turn (its cell gives by less than a cell's twist), and the
 * string winds up above it: torque c (angle turned at the top), in closed form. */
static void test_held_bit(void **state) {
  (void)state;
  rig r;
  make_rig(&r, 90, 0.0, COLLAR);
  idr_wave *wave = make_wave(&r);
  double top = 0.0, bit = 0.0, torque = 0.0, late = 0.0;
  int count = (int)(60.0 / r.parts.step);
  for (int k = 0; k < count; k++) {
    idr_wave_view v = idr_wave_run(wave, 0.5, 1e6, 1);
    top += v.omega_top * r.parts.step;
    bit += v.omega_bit * r.parts.step;
    if (2 * k < count) continue; /* mean over the second half, in which the waves even out */
    torque += v.torque;
    late += top;
  }
  double give = (PIPE_LONG / PIPE + COLLAR_LONG / COLLAR) / (DENSITY * SPEED * SPEED);
  assert_near(torque * give / late, 1.0, 0.01);
  assert_true(bit < 0.01 * top);
  idr_wave_free(wave);
}

/* Torque over speed at the top of the string at frequency f, by Fourier's integral over whole
 * periods, while the bit's torque swings: the modulus of what the string feels there. */
static double felt_impedance(idr_top_mode mode, double match, double f) {
  rig r;
  make_rig(&r, 360, 0.0, PIPE);
  r.parts.viscous = 0.5; /* lets the start die out */
  r.parts.top.mode = mode;
  r.parts.top.match = match;
  if (mode == IDR_TOP_Z_TORQUE) {
    r.parts.top.proportional = 50.0 * PIPE * DENSITY * SPEED; /* of the 4nDOF simulator */
    r.parts.top.integral = 5.0 * r.parts.top.inertia;
  }
  idr_wave *wave = make_wave(&r);
  idr_wave_spin(wave, 12.0, 3000.0);
  double sum[4] = {0}, dt = r.parts.step;
  int settle = (int)(60.0 / f / dt), count = (int)(20.0 / f / dt);
  for (int k = 0; k < settle + count; k++) {
    double phase = 2.0 * M_PI * f * k * dt;
    idr_wave_view v = idr_wave_run(wave, 12.0, 3000.0 + 300.0 * sin(phase), 1);
    if (k < settle) continue;
    sum[0] += (v.omega_top - 12.0) * cos(phase);
    sum[1] += (v.omega_top - 12.0) * sin(phase);
    sum[2] += v.torque * cos(phase);
    sum[3] += v.torque * sin(phase);
  }
  idr_wave_free(wave);
  return hypot(sum[2], sum[3]) / hypot(sum[0], sum[1]);
}

/* Stiff and soft: |i w I + kp + ki/(i w)|; the soft drive shows `match` impedances at its own
 * frequency. Z-Torque shows them over a band. */
static void test_top_drives(void **state) {
  (void)state;
  double z = PIPE * DENSITY * SPEED;
  for (double f = 0.1; f < 0.45; f += 0.1) {
    double w = 2.0 * M_PI * f;
    double stiff = hypot(38000.0, 2900.0 * w - 100000.0 / w);
    assert_near(felt_impedance(IDR_TOP_STIFF, 4.0, f) / stiff, 1.0, 0.01);
    double own = 2.0 * M_PI * IDR_TOP_FREQUENCY;
    double soft = hypot(4.0 * z, 2900.0 * w - 2900.0 * own * own / w);
    assert_near(felt_impedance(IDR_TOP_SOFT_TORQUE, 4.0, f) / soft, 1.0, 0.01);
    double matched = felt_impedance(IDR_TOP_Z_TORQUE, 4.0, f);
    print_message("%.1f Hz: stiff %.1f, soft %.2f, Z-Torque %.2f string impedances\n", f, stiff / z,
                  soft / z, matched / z);
    assert_near(matched / (4.0 * z), 1.0, 0.12);
  }
}

typedef struct {
  double residual, stuck, torque_max, rpm_max;
  double trace[200]; /* motor torque every 0.1 s, N m */
} swing;

/* From rest to `speed`, `seconds` long (at most 20 for the trace). */
static swing start_up(int cells, idr_top_mode mode, double speed, double seconds) {
  rig r;
  make_rig(&r, cells, 0.3, COLLAR);
  r.parts.top.mode = mode;
  idr_wave *wave = make_wave(&r);
  int steps = (int)round(seconds / r.parts.step), still = 0, seen = 0;
  swing s = {0};
  for (int k = 0; k < steps; k++) {
    double t = k * r.parts.step;
    idr_wave_view v = idr_wave_run(wave, speed * (1.0 - exp(-t)), 0.0, 1);
    int at = (int)(t / 0.1);
    if (at < 200) s.trace[at] = v.motor;
    if (t < 0.5 * seconds) continue;
    seen++;
    still += fabs(v.omega_bit) < 0.1;
    s.torque_max = fmax(s.torque_max, v.motor);
    s.rpm_max = fmax(s.rpm_max, v.omega_bit);
  }
  idr_wave_energy e = idr_wave_account(wave);
  s.residual = (e.work - e.friction - e.stored) / e.work;
  s.stuck = (double)still / seen;
  idr_wave_free(wave);
  return s;
}

/* Sticking and slipping: the residual of energy is of first order in the sub-step and small. */
static void test_energy_order(void **state) {
  (void)state;
  double before = 0.0;
  for (int cells = 135; cells <= 1080; cells *= 2) {
    swing s = start_up(cells, IDR_TOP_STIFF, 6.0, 20.0);
    print_message("%d cells: %.3f %% of the work\n", cells, 100.0 * s.residual);
    if (cells > 135) assert_near(before / s.residual, 2.0, 0.3);
    before = s.residual;
  }
  assert_true(fabs(before) < 0.005);
}

/* Mean difference of the drive's torque over the start from that of a fine grid, falls with the
 * cells; at most 4 % of the breakaway torque at the coarsest. */
static void test_refinement(void **state) {
  (void)state;
  swing fine = start_up(2160, IDR_TOP_STIFF, 6.0, 20.0);
  double before = 1e9;
  for (int cells = 135; cells <= 1080; cells *= 2) {
    swing s = start_up(cells, IDR_TOP_STIFF, 6.0, 20.0);
    double sum = 0.0;
    for (int k = 0; k < 200; k++)
      sum += fabs(s.trace[k] - fine.trace[k]) / 200.0;
    print_message("%d cells: %.0f N m from the fine grid\n", cells, sum);
    assert_true(sum < before);
    before = sum;
  }
}

/* Where a stiff drive lets the string stick and slip, both others keep it turning. */
static void test_soft_drives_stop_sticking(void **state) {
  (void)state;
  swing stiff = start_up(180, IDR_TOP_STIFF, 7.5, 120.0);
  swing soft = start_up(180, IDR_TOP_SOFT_TORQUE, 7.5, 120.0);
  swing z = start_up(180, IDR_TOP_Z_TORQUE, 7.5, 120.0);
  print_message("stuck %.2f, %.2f, %.2f\n", stiff.stuck, soft.stuck, z.stuck);
  assert_true(stiff.stuck > 0.05);
  assert_true(soft.stuck == 0.0 && z.stuck == 0.0);
}

/* Static friction of a buoyed tube in a hole of 0.7 rad, N m. */
static double tube_friction(const idr_well *well, double length, double outer, double inner) {
  double weight = (7850.0 - 1150.0) * 9.80665 * 0.25 * M_PI * (outer * outer - inner * inner);
  return well->string.friction_static * sin(0.7) * weight * length * 0.5 * outer;
}

/* The string of a well in a straight slanted hole has the breakaway torque of its three tubes; a
 * bit above its collars or below the well is refused. */
static void test_string_of_a_well(void **state) {
  (void)state;
  test_rock rock = {2000.0, 80e6, 0.5, 0.0, 0.7};
  idr_well *well = test_well(&rock);
  idr_top_drive top = {IDR_TOP_STIFF, 2900.0,        38000.0,          100000.0,
                       4e4,           IDR_TOP_MATCH, IDR_TOP_FREQUENCY};
  idr_wave *wave;
  assert_int_equal(idr_wave_create_well(well, 2000.0, &top, 1e-3, &wave), IDR_STATUS_OK);
  const idr_well_string *t = &well->string;
  double torque =
      tube_friction(well, 2000.0 - t->heavy_length - t->collar_length, t->pipe_outer_diameter,
                    t->pipe_inner_diameter) +
      tube_friction(well, t->heavy_length, t->heavy_outer_diameter, t->heavy_inner_diameter) +
      tube_friction(well, t->collar_length, t->collar_outer_diameter, t->collar_inner_diameter);
  assert_near(idr_wave_breakaway(wave) / torque, 1.0, 1e-5);
  assert_near(idr_wave_run(wave, 10.0, 0.0, 30000).omega_top, 10.0, 3.0);
  idr_wave_free(wave);
  assert_int_equal(idr_wave_create_well(well, 100.0, &top, 1e-3, &wave), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_wave_create_well(well, 1e5, &top, 1e-3, &wave), IDR_STATUS_ARGUMENT);
  assert_non_null(strstr(idr_error_get()->message, "a bit at 100000 m"));
  idr_well_free(well);
}

static void refuse(const rig *r, const char *words) {
  idr_wave *wave;
  assert_int_equal(idr_wave_create(&r->parts, &wave), IDR_STATUS_ARGUMENT);
  assert_null(wave);
  assert_non_null(strstr(idr_error_get()->message, words));
}

static void test_bad_parts(void **state) {
  (void)state;
  rig r;
  make_rig(&r, 90, 0.3, COLLAR);
  r.section[1].polar = NAN;
  refuse(&r, "section 2");
  make_rig(&r, 90, 0.3, COLLAR);
  r.parts.step = 1e-12;
  refuse(&r, "make it longer");
  make_rig(&r, 90, 0.3, COLLAR);
  r.parts.courant = 1.5;
  refuse(&r, "Courant number 1.5");
  make_rig(&r, 90, 0.3, COLLAR);
  r.parts.top.mode = IDR_TOP_SOFT_TORQUE;
  r.parts.top.frequency = 0.0;
  refuse(&r, "frequency 0 Hz");
  make_rig(&r, 90, 0.3, COLLAR);
  r.parts.top.inertia = NAN;
  refuse(&r, "inertia nan");
  make_rig(&r, 90, 0.3, COLLAR);
  r.parts.section_count = 0;
  refuse(&r, "0 sections");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_energy_without_friction),
      cmocka_unit_test(test_frequencies),
      cmocka_unit_test(test_breakaway),
      cmocka_unit_test(test_slow_turning),
      cmocka_unit_test(test_steady_turning),
      cmocka_unit_test(test_held_bit),
      cmocka_unit_test(test_top_drives),
      cmocka_unit_test(test_energy_order),
      cmocka_unit_test(test_refinement),
      cmocka_unit_test(test_soft_drives_stop_sticking),
      cmocka_unit_test(test_string_of_a_well),
      cmocka_unit_test(test_bad_parts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
