/* Conservation over a simulated day: 64 lanes in the shipped and in generated wells, set-points
 * that change every ten minutes over all that the rigs can do, bits worn out, casing points
 * crossed, holes lost. What goes in must come out or be there still, to 1e-6 of what went through,
 * at every hour. The other side of each balance is summed here in double from the wells themselves,
 * not from the copies that the step works with. test_drill_mud_day.c has the gas and the faults. */
#include "base/random.h"
#include "drill/generator.h"
#include "drill/hydraulics.h"
#include "drill/step.h"
#include "support/near.h"
#include "support/shrink.h"

#include <stdlib.h>

#define HOUR  3600
#define CLOSE 1e-6 /* of the throughput */

/* What this test sums beside the state, per lane. */
typedef struct {
  double rock;            /* m3 of solids cut, from the wells' layers and sections */
  double metres;          /* of the ROP channel */
  double mud_in, mud_out; /* m3 of the flow channels */
  double squeezed, steel; /* m3 after the first second */
  double tripping;        /* s, from depths at the trips */
  double worn;            /* bits */
} books;

typedef struct {
  idr_drill_group *group;
  idr_well *well[IDR_LANES];
  books books[IDR_LANES];
} day;

static const char *const files[] = {"directional-12000ft", "vertical-exploration",
                                    "forge-16a-78-32"};

/* Three lanes of four drill a shipped well, the fourth a generated one of its own. */
static idr_well *lane_well(int lane) {
  idr_well *well;
  char path[1024];
  if (lane % 4 == 3) {
    idr_generator_settings settings;
    idr_generator_defaults(&settings);
    OK(idr_well_generate(&settings, 5, (uint32_t)lane, &well));
    return well;
  }
  snprintf(path, sizeof path, IDR_SOURCE_FOLDER "/configs/wells/%s.yaml", files[lane % 4]);
  OK(idr_well_read(path, &well));
  return well;
}

/* Rock that takes mud as soon as the annulus rubs. */
static void weaken(idr_well *well) {
  double mud = well->section[well->section_count - 1].mud_density;
  for (int k = 0; k < well->layer_count; k++)
    well->layer[k].fracture_density = (float)(mud + 25.0);
}

static void begin(day *d) {
  OK(idr_drill_group_create(&d->group));
  for (int i = 0; i < IDR_LANES; i++) {
    idr_well *well = d->well[i] = lane_well(i);
    if (i % 8 >= 6) weaken(well);
    double top = well->section[0].bottom + 1.0;
    double depth = top + (well->depth - top) * (i / 4) / 17.0;
    idr_drill_start start = {depth, 0.05 * (i % 10), 10.0f, (float)well->rig.flow_min};
    OK(idr_drill_reset(d->group, i, well, &start));
    d->books[i] = (books){.worn = 0.0};
  }
}

static void end(day *d) {
  idr_drill_group_free(d->group);
  for (int i = 0; i < IDR_LANES; i++)
    idr_well_free(d->well[i]);
}

/* Anything the rig allows and a little beyond; one time of eight off bottom. */
static void choose(idr_drill_group *g, int lane, uint32_t when) {
  const idr_well_rig *rig = &g->well[lane]->rig;
  idr_random4 r = idr_random_draw(11, (uint32_t)lane, 0, when, IDR_PURPOSE_RESET, 0);
  double wob = (double)idr_random_uniform(r.word[0]), omega = (double)idr_random_uniform(r.word[1]);
  double flow = (double)idr_random_uniform(r.word[2]);
  g->wob_set[lane] = r.word[3] % 8 ? (float)(1.1 * wob * rig->wob_max) : 0.0f;
  g->omega_set[lane] = (float)((0.2 + 0.9 * omega) * rig->rpm_max);
  g->flow_set[lane] = (float)((0.1 + flow) * rig->flow_max);
}

/* What of the lane the second to come will change. */
typedef struct {
  double depth, flat, bits;
  int32_t trips;
} before;

static before look(const idr_drill_group *g, int i) {
  return (before){g->depth[i], g->flat[i], g->bits_worn[i], g->trips[i]};
}

/* Enters the second that lies between `b` and now. */
static void enter(const idr_drill_group *g, int i, const before *b, books *k) {
  const idr_well *well = g->well[i];
  const idr_layer *layer = &well->layer[idr_well_find_layer(well, b->depth)];
  const idr_well_section *s = &well->section[idr_well_find_section(well, b->depth)];
  double hole = 0.25 * M_PI * s->hole_diameter * s->hole_diameter;
  k->rock += hole * (1.0 - (double)layer->porosity) * (g->depth[i] - b->depth);
  k->metres += (double)g->value[IDR_CHANNEL_ROP][i];
  k->mud_in += (double)g->value[IDR_CHANNEL_FLOW_IN][i];
  k->mud_out += (double)g->value[IDR_CHANNEL_FLOW_OUT][i];
  double jump = g->bits_worn[i] - b->bits, life = s->bit_flat_dull - s->bit_flat_new;
  if (g->trips[i] == b->trips) {
    k->worn += (g->flat[i] - b->flat) / life;
    return;
  }
  /* The old bit is gone, and with it what its last second shows: it was dull, or the hole changed.
   */
  assert_true(g->trips[i] == b->trips + 1 && jump >= 0.0);
  assert_true((b->flat - s->bit_flat_new) / life + jump >= 1.0 - CLOSE ||
              g->section[i] != idr_well_find_section(well, b->depth));
  k->worn += jump;
  k->tripping += 2.0 * g->depth[i] / well->rig.trip_speed + well->rig.bit_change_time;
}

static void drill_second(day *d, uint32_t second) {
  before was[IDR_LANES];
  for (int i = 0; i < IDR_LANES; i++) {
    if (second % 600 == 0) choose(d->group, i, second / 600);
    was[i] = look(d->group, i);
  }
  idr_drill_step(d->group, 1);
  for (int i = 0; i < IDR_LANES; i++) {
    enter(d->group, i, &was[i], &d->books[i]);
    if (second > 0) continue;
    d->books[i].squeezed = d->group->stored[i];
    d->books[i].steel = d->group->steel[i];
  }
}

/* Equal to 1e-6 of `throughput`, and not by both being nothing. */
static void assert_balance(double a, double b, double throughput) {
  assert_near(a, b, CLOSE * throughput);
}

static void check_solids(const idr_drill_group *g, int i, const books *k) {
  double stored = 0.0;
  for (int c = 0; c < IDR_ANNULUS; c++) {
    assert_true(g->suspended[c][i] >= 0.0 && g->bed[c][i] >= 0.0);
    stored += g->suspended[c][i] + g->bed[c][i];
  }
  assert_balance(g->solids_in[i], g->solids_out[i] + stored, g->solids_in[i]);
  assert_balance(g->solids_in[i], k->rock, k->rock);
  assert_balance(g->depth[i] - g->start_depth[i], k->metres, k->metres);
}

/* What does not come out is lost or squeezed into the string; the string going down pushes mud out.
 * The pits know what came out less what went back to keep a hole full; where none was lost and no
 * casing point crossed (a new mud at once) that is what the flow line shows. */
static void check_mud(const idr_drill_group *g, int i, const books *k) {
  double stayed = g->stored[i] - k->squeezed - (g->steel[i] - k->steel);
  double out = g->pit[i] - g->well[i]->rig.pit_volume - g->pit_mixed[i] + k->mud_in + g->shaken[i] +
               g->wetted[i];
  assert_balance(k->mud_in, out + g->lost_volume[i] + stayed, k->mud_in);
  int began = idr_well_find_section(g->well[i], g->start_depth[i]);
  if (!(g->lost_volume[i] > 0.0) && g->section[i] == began)
    assert_balance(out, k->mud_out, k->mud_in);
  assert_balance(g->lost_time[i], g->lost_volume[i] / (double)IDR_LOSS_MIXING, g->lost_time[i]);
}

static void check_books(const idr_drill_group *g, int i, const books *k, double seconds) {
  double parts = g->rotating_time[i] + g->connection_time[i] + g->trip_time[i] + g->lost_time[i];
  const idr_well_rig *rig = &g->well[i]->rig;
  assert_near(g->rotating_time[i], seconds, 1e-6);
  assert_balance(g->time[i], parts, parts);
  assert_balance(g->connection_time[i], g->connections[i] * rig->connection_time, parts);
  assert_balance(g->trip_time[i], k->tripping, parts);
  assert_near(g->bits_worn[i], k->worn, CLOSE * fmax(1.0, k->worn));
  assert_int_equal(g->connections[i], (int)((g->depth[i] - g->start_depth[i]) / rig->stand_length));
}

/* The day was one in which something could have gone missing. */
static void check_variety(const day *d, double seconds) {
  int trips = 0, crossings = 0, failures = 0, losing = 0;
  double beds = 0.0, metres = 0.0;
  const idr_drill_group *g = d->group;
  for (int i = 0; i < IDR_LANES; i++) {
    trips += g->trips[i];
    crossings += g->section[i] != idr_well_find_section(d->well[i], g->start_depth[i]);
    failures += g->failure[i] != IDR_FAILURE_NONE;
    losing += g->lost_volume[i] > 0.0;
    metres += d->books[i].metres;
    for (int c = 0; c < IDR_ANNULUS; c++)
      beds += g->bed[c][i];
  }
  print_message("%.0f h in 64 wells: %.0f m, %d bit trips, %d casing points, %d wells losing mud, "
                "%d lost, %.1f m3 in beds\n",
                seconds / HOUR, metres, trips, crossings, losing, failures, beds);
  if (test_is_shrunk()) return;
  assert_true(metres > 5000.0 && trips > 100 && crossings >= 4);
  assert_true(losing >= 4 && failures >= 1 && beds > 1.0);
}

static void test_day(void **state) {
  (void)state;
  day d;
  const int hours = test_amount(24, 1);
  const char *field;
  begin(&d);
  for (int hour = 1; hour <= hours; hour++) {
    for (int t = 0; t < HOUR; t++)
      drill_second(&d, (uint32_t)((hour - 1) * HOUR + t));
    assert_int_equal(idr_drill_scan(d.group, 0, IDR_LANES, &field), -1);
    for (int i = 0; i < IDR_LANES; i++) {
      check_solids(d.group, i, &d.books[i]);
      check_mud(d.group, i, &d.books[i]);
      check_books(d.group, i, &d.books[i], (double)hour * HOUR);
    }
  }
  check_variety(&d, (double)hours * HOUR);
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_day)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
