/* Machines: lives as long as their law says, condition that shows load and wear, what a failure
 * takes from the rig, and the records. Loads are set by hand; the crew is played by the test. */
#include "drill/gearbox.h"
#include "drill/generator.h"
#include "drill/hoist.h"
#include "drill/mud_motor.h"
#include "drill/pump_wear.h"
#include "drill/rig_internal.h"
#include "support/near.h"

#include <stdlib.h>
#include <string.h>

#define RECORDS 4096

typedef struct {
  int lives, bits;
  int lane[RECORDS]; /* of a life */
  idr_life_record life[RECORDS];
  idr_bit_record bit[RECORDS];
} books;

static void keep_life(void *context, int lane, const idr_life_record *record) {
  books *b = context;
  if (b->lives == RECORDS) return;
  b->lane[b->lives] = lane;
  b->life[b->lives++] = *record;
}

static void keep_bit(void *context, int lane, const idr_bit_record *record) {
  books *b = context;
  (void)lane;
  if (b->bits < RECORDS) b->bit[b->bits++] = *record;
}

static idr_well *some_well(double motor) {
  idr_generator_settings settings;
  idr_well *well;
  idr_generator_defaults(&settings);
  assert_int_equal(idr_well_generate(&settings, 1, 3, &well), IDR_STATUS_OK);
  well->string.motor = motor;
  well->string.motor_stall_torque = 12e3;
  well->string.motor_slip = 0.15;
  return well;
}

/* A rig of `wells` wells in mode degradation, with its books. */
static idr_rig *make(int wells, const idr_well *well, double wear_rate, books *b) {
  idr_rig_settings settings = {
      .seed = 11, .mode = IDR_RIG_DEGRADATION, .wear_rate = wear_rate, .event_rate = 0.0};
  idr_rig *rig;
  memset(b, 0, sizeof *b);
  assert_int_equal(idr_rig_create(&settings, wells, &rig), IDR_STATUS_OK);
  rig->sink = (idr_rig_sink){.context = b, .life = keep_life, .bit = keep_bit};
  for (int i = 0; i < rig->hole->lanes; i++)
    assert_int_equal(idr_rig_place(rig, i, well, (uint32_t)i, 0.0), IDR_STATUS_OK);
  return rig;
}

/* Nominal load of every machine, from parts: 1 is nominal. */
static void load(idr_rig *rig, float pump, float top, float hoist) {
  idr_drill_group *g = rig->hole;
  for (int i = 0; i < g->lanes; i++) {
    g->flow[i] = pump * 3.0f * 2.3561945f * IDR_PUMP_LINER * IDR_PUMP_LINER * IDR_PUMP_STROKE *
                 IDR_PUMP_EFFICIENCY;
    g->mud_density[i] = 1000.0f + 2600.0f * IDR_PUMP_SOLIDS;
    g->value[IDR_CHANNEL_SPP][i] = IDR_PUMP_PRESSURE;
    g->value[IDR_CHANNEL_TORQUE][i] = top > 0.0f ? IDR_GEARBOX_TORQUE : 0.0f;
    g->omega_top[i] = top * IDR_GEARBOX_SPEED;
    g->value[IDR_CHANNEL_HOOKLOAD][i] = IDR_HOIST_FORCE;
    g->value[IDR_CHANNEL_BLOCK_SPEED][i] = -hoist * IDR_HOIST_SPEED;
    g->value[IDR_CHANNEL_ROP][i] = 0.0f;
  }
}

static void run(idr_rig *rig, int seconds) {
  for (int t = 0; t < seconds; t++) {
    idr_equipment_second(rig);
    for (int i = 0; i < rig->hole->lanes; i++)
      rig->second[i]++;
  }
}

/* The crew does at once what it was asked. */
static void run_with_crew(idr_rig *rig, int seconds) {
  for (int t = 0; t < seconds; t++) {
    for (int m = 0; m < IDR_MACHINE_COUNT; m++)
      for (int i = 0; i < rig->hole->lanes; i++)
        if (rig->crew.repair_asked[m][i]) {
          rig->crew.repair_asked[m][i] = 0;
          rig->crew.repaired[i] |= 1 << m;
        }
    run(rig, 1);
  }
}

/* ---- laws ---- */
/* A crack grown step by step reaches its end after the strokes of the closed form, and has its
 * length on the way. */
static void test_paris_law(void **state) {
  (void)state;
  const double pressure = 25e6, range = IDR_CRACK_STRESS * pressure * 1e-6;
  double strokes = (double)idr_crack_strokes((float)pressure), length = IDR_CRACK_BEGIN, n = 0.0;
  const double step = 100.0;
  while (length < IDR_CRACK_END) {
    double dk = IDR_CRACK_FORM * range * sqrt(M_PI * length);
    length += step * IDR_CRACK_PARIS * dk * dk * dk;
    n += step;
    if (fabs(n / strokes - 0.5) < 0.5 * step / strokes)
      assert_near(length / (double)idr_crack_length(0.5f), 1.0, 2e-3);
  }
  assert_near(n / strokes, 1.0, 2e-3);
  assert_near((double)(idr_crack_rate(25e6f, 1.0f) * idr_crack_strokes(25e6f)), 1.0, 1e-5);
}

/* The gearbox's hours are those of its rating: L10 over 0.1054^(1/shape), at 120 rpm. */
static void test_l10(void **state) {
  (void)state;
  const idr_machine_law *law = &idr_machine_laws[IDR_MACHINE_TOP_DRIVE];
  double l10 = (double)idr_gearbox_l10(IDR_GEARBOX_TORQUE) / (IDR_GEARBOX_SPEED / (2 * M_PI));
  double hours = l10 / 3600.0 / pow(-log(0.9), 1.0 / (double)law->shape);
  assert_near(hours / (double)law->hours, 1.0, 0.01);
  assert_near((double)(idr_gearbox_l10(20e3f) / idr_gearbox_l10(10e3f)), 0.125, 1e-6);
}

/* At the nominal load every law wears at rate 1. */
static void test_nominal_loads(void **state) {
  (void)state;
  assert_near((double)idr_pump_wear_load(IDR_PUMP_PRESSURE, IDR_PUMP_RATE, IDR_PUMP_SOLIDS), 1.0,
              1e-6);
  assert_near((double)idr_gearbox_load(IDR_GEARBOX_TORQUE, IDR_GEARBOX_SPEED, 0.0f, 350.0f), 1.0,
              1e-6);
  assert_near((double)idr_motor_load(IDR_MOTOR_LOAD, IDR_MOTOR_SPEED, IDR_MOTOR_HOT), 1.0, 1e-6);
  float up = idr_hoist_load(IDR_HOIST_FORCE, -IDR_HOIST_SPEED, 300.0f);
  float down = idr_hoist_load(IDR_HOIST_FORCE, IDR_HOIST_SPEED, 300.0f);
  assert_near((double)(0.5f * (up + down)), 1.0, 1e-6);
}

/* Pressure and torque of a motor by hand: 5 kN m at 130 turns per m3 and 80 % is 5.1 MPa. */
static void test_motor(void **state) {
  (void)state;
  assert_near((double)idr_motor_pressure(5e3f, 130.0f), 5e3 * 2 * M_PI * 130 / 0.8, 10.0);
  assert_near((double)idr_motor_speed(0.03f, 130.0f, 0.0f, 12e3f, 0.15f, 0.0f),
              0.03 * 130 * 2 * M_PI, 1e-4);
  assert_true(idr_motor_speed(0.03f, 130.0f, 8e3f, 12e3f, 0.15f, 0.0f) <
              idr_motor_speed(0.03f, 130.0f, 4e3f, 12e3f, 0.15f, 0.0f));
  assert_true(idr_motor_speed(0.03f, 130.0f, 13e3f, 12e3f, 0.15f, 0.0f) == 0.0f);
  assert_true(idr_motor_speed(0.03f, 130.0f, 8e3f, 12e3f, 0.15f, 1.0f) == 0.0f);
}

/* ---- lives ---- */
/* A machine under its nominal load lives its strength times the hours over haste. */
static void test_a_life_is_as_long_as_its_strength(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 2000.0, &b);
  idr_equipment *e = &rig->equipment;
  const int m = IDR_MACHINE_TOP_DRIVE;
  double left = (1.0 - e->used[m][0]) * (double)e->strength[m][0];
  double whole = 6000.0 * 3600.0 / (25.0 * 2000.0);
  e->retire[m][0] = 0.0;
  load(rig, 0.0f, 1.0f, 0.0f);
  int seconds = 0;
  for (; e->down[m][0] == 0 && seconds < 5000; seconds++)
    run(rig, 1);
  assert_near((double)seconds, left * whole, 1.5 + 2e-3 * left * whole);
  assert_near(e->hours[m][0] - e->age[m][0], (double)seconds, 0.5);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* New strengths are Weibull: their k-th power is exponential, with mean and variance 1. */
static void test_strengths_are_weibull(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(64, well, 1.0, &b);
  idr_equipment *e = &rig->equipment;
  const int m = IDR_MACHINE_TOP_DRIVE, rounds = 200;
  double sum = 0.0, square = 0.0, n = 64.0 * rounds;
  for (int r = 0; r < rounds; r++) {
    for (int i = 0; i < 64; i++)
      rig->crew.repaired[i] = 1 << m;
    run(rig, 1);
    for (int i = 0; i < 64; i++) {
      double x = pow((double)e->strength[m][i], 1.5);
      sum += x;
      square += x * x;
    }
  }
  assert_near(sum / n, 1.0, 4.0 / sqrt(n));
  assert_near(square / n, 2.0, 4.0 * sqrt(20.0 / n)); /* variance of the square: 24 - 4 */
  assert_int_equal(e->life[m][5], rounds);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* At the start of a record machines have an age that they survived, spread over the range. */
static void test_first_ages(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(100.0);
  idr_rig *rig = make(64, well, 1.0, &b);
  const idr_equipment *e = &rig->equipment;
  for (int m = 0; m < IDR_MACHINE_COUNT; m++) {
    double sum = 0.0, most = 0.8 * (double)idr_machine_laws[m].hours * 3600.0 /
                             (double)idr_machine_laws[m].haste;
    for (int i = 0; i < 64; i++) {
      assert_true(e->used[m][i] >= 0.0 && e->used[m][i] < 1.0);
      assert_true(e->age[m][i] <= most && e->hours[m][i] == e->age[m][i]);
      sum += e->age[m][i] / 64.0;
    }
    if (m != IDR_MACHINE_BIT) assert_near(sum / most, 0.5, 4.0 * sqrt(1.0 / 12.0 / 64.0));
  }
  idr_rig_free(rig);
  idr_well_free(well);
}

static void test_basic_wears_nothing(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(100.0);
  idr_rig_settings settings = {.seed = 1, .mode = IDR_RIG_BASIC, .wear_rate = 1000.0};
  idr_rig *rig;
  memset(&b, 0, sizeof b);
  assert_int_equal(idr_rig_create(&settings, 8, &rig), IDR_STATUS_OK);
  for (int i = 0; i < 8; i++)
    assert_int_equal(idr_rig_place(rig, i, well, (uint32_t)i, 0.0), IDR_STATUS_OK);
  load(rig, 1.0f, 1.0f, 1.0f);
  run(rig, 3600);
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    if (m != IDR_MACHINE_BIT)
      assert_true(rig->equipment.damage[m][3] == 0.0f && rig->equipment.age[m][3] == 0.0);
  assert_near(rig->equipment.hours[IDR_MACHINE_TOP_DRIVE][3], 3600.0, 0.0);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- what a failure takes away, and gives back ---- */
static void test_a_pump_out(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 1.0, &b);
  idr_equipment *e = &rig->equipment;
  load(rig, 0.5f, 0.0f, 0.0f);
  run(rig, 1);
  float before = rig->hole->value[IDR_CHANNEL_PUMP_2][2];
  e->used[IDR_MACHINE_PUMP_1][2] = 1.0;
  run(rig, 1);
  int32_t out = e->down[IDR_MACHINE_PUMP_1][2];
  assert_true(out > 3600 && out < 24 * 3600);
  assert_near((double)rig->hole->flow_max[2], well->rig.flow_max * 2.0 / 3.0, 1e-6);
  assert_int_equal(rig->crew.repair_asked[IDR_MACHINE_PUMP_1][2], 0);
  run(rig, 1);
  assert_true(rig->hole->value[IDR_CHANNEL_PUMP_1][2] == 0.0f);
  assert_near((double)(rig->hole->value[IDR_CHANNEL_PUMP_2][2] / before), 1.5, 1e-3);
  run(rig, out);
  assert_int_equal(e->down[IDR_MACHINE_PUMP_1][2], 0);
  assert_int_equal(e->life[IDR_MACHINE_PUMP_1][2], 1);
  assert_near((double)rig->hole->flow_max[2], well->rig.flow_max, 1e-6);
  assert_int_equal(b.life[0].machine, IDR_MACHINE_PUMP_1);
  assert_int_equal(b.life[0].state, IDR_LIFE_FAILED);
  assert_int_equal(b.life[0].end, 2);
  assert_int_equal(e->begin[IDR_MACHINE_PUMP_1][2], 2 + out);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* Top drive and drawworks stand until the crew has repaired them. */
static void test_the_crew_is_asked(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 1.0, &b);
  idr_equipment *e = &rig->equipment;
  e->used[IDR_MACHINE_TOP_DRIVE][1] = e->used[IDR_MACHINE_DRAWWORKS][1] = 1.0;
  run(rig, 1);
  assert_true(rig->crew.repair_asked[IDR_MACHINE_TOP_DRIVE][1] > 3600);
  assert_true(rig->hole->omega_max[1] == 0.0f && rig->hole->wob_max[1] == 0.0f);
  run(rig, 200000);
  assert_true(e->down[IDR_MACHINE_TOP_DRIVE][1] > 0);
  run_with_crew(rig, 1);
  assert_int_equal(e->down[IDR_MACHINE_TOP_DRIVE][1] + e->down[IDR_MACHINE_DRAWWORKS][1], 0);
  assert_near((double)rig->hole->omega_max[1], well->rig.rpm_max, 1e-5);
  assert_near((double)rig->hole->wob_max[1], well->rig.wob_max, 0.1);
  assert_int_equal(rig->crew.repaired[1], 0);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* The records of a long run follow each other without gap in number or overlap in time; a part is
 * replaced in time, what is left is open. */
static void test_books_are_whole(void **state) {
  (void)state;
  static books b;
  int count[3] = {0}, next[8][IDR_MACHINE_COUNT] = {{0}};
  int64_t end[8][IDR_MACHINE_COUNT] = {{0}};
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 500.0, &b);
  load(rig, 1.0f, 1.0f, 1.0f);
  run_with_crew(rig, 60000);
  for (int i = 0; i < 8; i++)
    idr_rig_finish(rig, i);
  assert_true(b.lives > 200 && b.lives < RECORDS);
  for (int k = 0; k < b.lives; k++) {
    const idr_life_record *r = &b.life[k];
    assert_true(r->begin >= 0 && r->end >= r->begin && r->end <= 60000);
    assert_true(r->hours >= r->age && r->age >= 0.0);
    assert_true(r->age == 0.0 || r->life == 0);
    assert_int_equal(r->life, next[b.lane[k]][r->machine]++);
    assert_true(r->begin >= end[b.lane[k]][r->machine]);
    end[b.lane[k]][r->machine] = r->end;
    count[r->state]++;
  }
  assert_true(count[IDR_LIFE_REPLACED] > 10 && count[IDR_LIFE_FAILED] > 100);
  assert_true(count[IDR_LIFE_CENSORED] > 0);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- condition ---- */
/* What the gauges of a machine show after an hour at a load and a wear. */
static void condition(float wear, float part, float shown[IDR_CHANNEL_COUNT]) {
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 0.0, &b);
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    if (m != IDR_MACHINE_BIT) rig->equipment.used[m][0] = (double)wear;
  load(rig, part, part, part);
  rig->hole->value[IDR_CHANNEL_BLOCK_SPEED][0] *= -1.0f;
  run(rig, 3600);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    shown[c] = rig->hole->value[c][0];
  idr_rig_free(rig);
  idr_well_free(well);
}

/* Each of the six gauges rises with wear at equal load, and with load at equal wear: a worn machine
 * at a fifth of the load looks better than a sound one at full. */
static void test_gauges_show_wear_and_load(void **state) {
  (void)state;
  const int gauge[] = {IDR_CHANNEL_PUMP_VIBRATION,      IDR_CHANNEL_PUMP_TEMPERATURE,
                       IDR_CHANNEL_TOP_DRIVE_VIBRATION, IDR_CHANNEL_TOP_DRIVE_TEMPERATURE,
                       IDR_CHANNEL_DRAWWORKS_VIBRATION, IDR_CHANNEL_DRAWWORKS_TEMPERATURE};
  float sound[IDR_CHANNEL_COUNT], worn[IDR_CHANNEL_COUNT], idle[IDR_CHANNEL_COUNT];
  condition(0.1f, 1.0f, sound);
  condition(0.9f, 1.0f, worn);
  condition(0.9f, 0.2f, idle);
  for (int k = 0; k < 6; k++) {
    int c = gauge[k];
    assert_true(worn[c] > 1.02f * sound[c] && idle[c] < sound[c]);
  }
}

/* Oil and brake follow their load with their time constants: 63 % after one of them. */
static void test_temperatures_lag(void **state) {
  (void)state;
  float oil = 300.0f;
  for (int t = 0; t < (int)IDR_GEARBOX_LAG; t++)
    oil = idr_gearbox_warm(oil, 300.0f, IDR_GEARBOX_TORQUE, IDR_GEARBOX_SPEED, 0.0f);
  double rise = IDR_GEARBOX_RESISTANCE * IDR_GEARBOX_FRICTION * IDR_GEARBOX_TORQUE *
                (double)IDR_GEARBOX_SPEED;
  assert_near(((double)oil - 300.0) / rise, 1.0 - exp(-1.0), 2e-3);
}

/* A worn pump loses displacement: the well gets less at equal strokes, the mean of the pumps. */
static void test_worn_pumps_lose(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 0.0, &b);
  const double wear[] = {0.9, 0.5, 0.0};
  for (int p = 0; p < IDR_PUMPS; p++)
    rig->equipment.used[p][6] = wear[p];
  load(rig, 1.0f, 0.0f, 0.0f);
  run(rig, 1);
  assert_near((double)rig->hole->fault_pump[6], 0.25 * (0.81 + 0.25) / 3.0, 1e-6);
  assert_near((double)rig->hole->value[IDR_CHANNEL_PUMP_1][6], 1.0, 1e-5);
  rig->equipment.down[0][6] = 100;
  run(rig, 1);
  assert_near((double)rig->hole->fault_pump[6], 0.25 * 0.25 / 2.0, 1e-6);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* The line is cut by the crew after its share of work; the drawworks goes on with the same life. */
static void test_the_line_is_slipped(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 0.0, &b);
  idr_equipment *e = &rig->equipment;
  e->line[3] = 0.999999 * (double)IDR_HOIST_LINE;
  load(rig, 0.0f, 0.0f, 1.0f);
  run(rig, 1);
  assert_near(e->line[3] - 0.999999 * (double)IDR_HOIST_LINE, 800e3 * 0.4, 10.0);
  assert_near((double)rig->hole->value[IDR_CHANNEL_LINE_WEAR][3], e->line[3], 2e3);
  run(rig, 1);
  assert_int_equal(rig->crew.repair_asked[IDR_MACHINE_DRAWWORKS][3], 5400);
  assert_int_equal(e->down[IDR_MACHINE_DRAWWORKS][3], 0);
  run_with_crew(rig, 2);
  assert_true(e->line[3] < 1e6 && e->slipping[3] == 0);
  assert_int_equal(e->life[IDR_MACHINE_DRAWWORKS][3], 0);
  assert_int_equal(b.lives, 0);
  idr_rig_free(rig);
  idr_well_free(well);
}

static void test_a_bit_comes_out(void **state) {
  (void)state;
  static books b;
  idr_well *well = some_well(0.0);
  idr_rig *rig = make(8, well, 1.0, &b);
  idr_drill_group *g = rig->hole;
  g->cut[4] = 2e-3f;
  g->wob[4] = 50e3f;
  g->value[IDR_CHANNEL_OMEGA_BIT][4] = 12.566371f;
  g->wear[4] = 1.0f;
  run(rig, 7200);
  g->wear[4] = 0.0f;
  g->depth[4] += 60.0;
  run(rig, 1);
  assert_int_equal(b.bits, 1);
  assert_near(b.bit[0].hours, 2.0, 1e-3);
  assert_near(b.bit[0].turns, 14400.0, 3.0);
  assert_near(b.bit[0].depth_out - b.bit[0].depth_in, 60.0, 1e-9);
  assert_string_equal(b.bit[0].grade.reason, "PR");
  assert_int_equal(b.life[0].machine, IDR_MACHINE_BIT);
  assert_int_equal(b.life[0].state, IDR_LIFE_FAILED);
  assert_near(rig->equipment.run[IDR_RUN_TIME][4], 0.0, 0.0);
  idr_rig_free(rig);
  idr_well_free(well);
}

/* ---- at work ---- */
static void save(const idr_rig *rig, int lane, char **bytes) {
  *bytes = malloc(idr_rig_lane_bytes());
  assert_non_null(*bytes);
  idr_rig_lane_save(rig, lane, *bytes);
}

/* With a crew, through failures and repairs: a lane's lives depend on nothing beside it. */
static void test_lives_are_alone(void **state) {
  (void)state;
  static books b, c;
  idr_well *well = some_well(60.0);
  idr_rig *small = make(1, well, 300.0, &b), *large = make(IDR_LANES, well, 300.0, &c);
  char *x, *y;
  assert_int_equal(idr_rig_place(small, 0, well, 77, 0.0), IDR_STATUS_OK);
  assert_int_equal(idr_rig_place(large, 41, well, 77, 0.0), IDR_STATUS_OK);
  for (int t = 0; t < 14400; t++) {
    idr_rig_second(small);
    idr_rig_second(large);
  }
  save(small, 0, &x);
  save(large, 41, &y);
  assert_memory_equal(x, y, idr_rig_lane_bytes());
  assert_true(small->equipment.life[IDR_MACHINE_PUMP_1][0] > 0 || b.lives > 0);
  free(x);
  free(y);
  idr_rig_free(small);
  idr_rig_free(large);
  idr_well_free(well);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_paris_law),
      cmocka_unit_test(test_l10),
      cmocka_unit_test(test_nominal_loads),
      cmocka_unit_test(test_motor),
      cmocka_unit_test(test_a_life_is_as_long_as_its_strength),
      cmocka_unit_test(test_strengths_are_weibull),
      cmocka_unit_test(test_first_ages),
      cmocka_unit_test(test_basic_wears_nothing),
      cmocka_unit_test(test_a_pump_out),
      cmocka_unit_test(test_the_crew_is_asked),
      cmocka_unit_test(test_books_are_whole),
      cmocka_unit_test(test_gauges_show_wear_and_load),
      cmocka_unit_test(test_temperatures_lag),
      cmocka_unit_test(test_worn_pumps_lose),
      cmocka_unit_test(test_the_line_is_slipped),
      cmocka_unit_test(test_a_bit_comes_out),
      cmocka_unit_test(test_lives_are_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
