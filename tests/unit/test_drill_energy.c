/* The energy of the drill string: what the top drive puts in is stored in two inertias and a
 * spring, or lost in the bit, in friction against the hole and in damping. What is missing must
 * fall with the sub-step as the scheme's order says (one: the top drive sees the twist of the
 * sub-step before), and be below 0.5 % of the work put in at the engine's sub-step. Sums in double.
 */
#include "drill/torsion.h"
#include "support/near.h"

#include <stdbool.h>

typedef struct {
  const char *name;
  double speed, torque; /* set speed, rad/s; bit torque when turning, N m */
  bool sticks;          /* when not, rounding is soon all that is left */
} regime;

/* Without and with stick-slip, and with a bit that hardly turns. */
static const regime regimes[] = {{"smooth", 15.0, 4e3, false},
                                 {"stick-slip", 8.0, 6e3, true},
                                 {"heavy stick-slip", 4.0, 12e3, true}};

typedef struct {
  double work, stored, lost; /* J since the start */
  double missed;             /* J, sum of what each sub-step missed, without its sign */
  double stuck;              /* s that the bit stood still */
} energy;

static double stored_in(const idr_torsion *p, double bit_inertia, const idr_torsion_state *s) {
  double top = (double)s->omega_top, bit = (double)s->omega_bit, twist = (double)s->twist;
  return 0.5 * ((double)p->top_inertia * top * top + bit_inertia * bit * bit +
                (double)p->stiffness * twist * twist);
}

/* Largest torque of bit and string at a bit speed: the law of the header's first lines. */
static double dry_law(const idr_torsion *p, double omega) {
  double fade = pow(fmax(1.0 - fabs(omega) / (8.0 * (double)IDR_TORSION_WEAKEN), 0.0), 8.0);
  double string =
      (double)p->string_kinetic + ((double)p->string_static - (double)p->string_kinetic) * fade;
  return (double)p->bit_kinetic * (1.0 + ((double)IDR_BIT_STATIC_RATIO - 1.0) * fade) + string;
}

/* Dry torque on the bit over a sub-step: that of the law while it turns, what holds it (`needed`)
 * when it ends at rest, which the law must allow. */
static double dry_torque(const idr_torsion *p, const idr_torsion_state *a,
                         const idr_torsion_state *b, double needed) {
  double most = dry_law(p, (double)a->omega_bit);
  if (b->omega_bit != 0.0f) return copysign(most, (double)b->omega_bit);
  assert_true(fabs(needed) <= most * (1.0 + 1e-4));
  return needed;
}

/* Enters a sub-step from `a` to `b`: forces times the mean speeds over it. */
static void enter(const idr_torsion *p, double bit_inertia, const idr_torsion_state *a,
                  const idr_torsion_state *b, double motor, double dt, energy *e) {
  double top = 0.5 * ((double)a->omega_top + (double)b->omega_top);
  double bit = 0.5 * ((double)a->omega_bit + (double)b->omega_bit);
  double twist = 0.5 * ((double)a->twist + (double)b->twist), slip = top - bit;
  double pull = (double)p->stiffness * twist + (double)p->damping * slip;
  double needed = pull - bit_inertia * ((double)b->omega_bit - (double)a->omega_bit) / dt;
  double dry = dry_torque(p, a, b, needed);
  double work = dt * motor * top;
  double lost =
      dt * (dry * bit + (double)p->damping * slip * slip + (double)p->string_kinetic * top);
  double stored = stored_in(p, bit_inertia, b) - stored_in(p, bit_inertia, a);
  e->work += work;
  e->lost += lost;
  e->stored += stored;
  e->missed += fabs(work - lost - stored);
  e->stuck += fabs(bit) < (double)IDR_TORSION_STILL ? dt : 0.0;
}

static energy run(const regime *r, int steps, double seconds) {
  const double bit_inertia = 350.0;
  const float dt = 1.0f / (float)steps;
  idr_torsion p = idr_torsion_prepare(600.0f, 40.0f, 2900.0f, (float)bit_inertia, (float)r->speed,
                                      45e3f, (float)r->torque, 2400.0f, 1600.0f, dt);
  idr_torsion_state s = {(float)r->speed, (float)r->speed, (float)(r->torque / 600.0),
                         (float)r->torque};
  energy e = {0.0, 0.0, 0.0, 0.0, 0.0};
  for (int k = 0; k < (int)(seconds * steps); k++) {
    float motor;
    idr_torsion_state next = idr_torsion_step(&p, s, dt, &motor);
    enter(&p, bit_inertia, &s, &next, (double)motor, (double)dt, &e);
    s = next;
  }
  return e;
}

/* Part of the work that is neither stored nor lost. */
static double residual(const energy *e) {
  return fabs(e->work - e->stored - e->lost) / e->work;
}

static void test_balance(void **state) {
  const regime *r = *state;
  double missed = 0.0;
  for (int steps = IDR_TORSION_STEPS / 2; steps <= 4 * IDR_TORSION_STEPS; steps *= 2) {
    energy e = run(r, steps, 600.0);
    double part = e.missed / e.work;
    print_message("%s, %d sub-steps: %.1f MJ in, %.1e missing, %.1e without signs, stuck %.0f s\n",
                  r->name, steps, e.work * 1e-6, residual(&e), part, e.stuck);
    assert_true(residual(&e) < 0.005);
    assert_true((e.stuck > 60.0) == r->sticks);
    if (r->sticks && missed > 0.0) assert_near(missed / part, 2.0, 0.1);
    missed = part;
  }
}

int main(void) {
  struct CMUnitTest tests[3];
  for (int i = 0; i < 3; i++)
    tests[i] = (struct CMUnitTest){.name = regimes[i].name,
                                   .test_func = test_balance,
                                   .initial_state = (void *)(uintptr_t)&regimes[i]};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
