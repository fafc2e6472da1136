/* Wells, prices and the frozen list of scenarios. */
#include "base/file.h"
#include "base/random.h"
#include "env/drilling_internal.h"
#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#define DAY  86400.0
#define HOUR 3600.0

#define idr_row_type idr_drilling_settings
static const idr_setting drilling_rows[] = {IDR_DRILLING_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_price_settings
static const idr_setting price_rows[] = {IDR_PRICE_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type

int idr_drilling_bind(void *config, idr_section *out) {
  idr_drilling_config *c = config;
  out[0] = (idr_section)IDR_SECTION("drilling", "the drilling task", drilling_rows, &c->drilling);
  out[1] = (idr_section)IDR_SECTION("prices", "what time and bits cost", price_rows, &c->prices);
  out[2] = (idr_section){.name = "wells",
                         .doc = "how generated wells are drawn",
                         .rows = idr_generator_rows,
                         .row_count = idr_generator_row_count,
                         .values = &c->wells};
  return IDR_DRILLING_SECTIONS;
}

idr_status idr_drilling_defaults(idr_drilling_config *config) {
  idr_section sections[IDR_DRILLING_SECTIONS];
  int count = idr_drilling_bind(config, sections);
  IDR_TRY(idr_settings_load(sections, count, NULL, NULL, 0));
  return IDR_STATUS_OK;
}

/* ---- starts ---------------------------------------------------------------------------------- */

/* Part of a section in which an interval may start. The string needs hole to hang in, and the last
 * metre is left so that the step that crosses the end stays in the section. */
static void start_span(const idr_drilling_world *world, const idr_well *well, int section,
                       double *low, double *high) {
  const idr_well_section *s = &well->section[section];
  double string = well->string.collar_length + well->string.heavy_length;
  *low = s->top > string ? s->top : string;
  *high = s->bottom - world->config.drilling.interval - 5.0;
  if (*high < *low || s->hole_diameter > world->config.drilling.hole_diameter_max) *high = *low;
}

static double start_length(const idr_drilling_world *world, const idr_well *well) {
  double length = 0.0, low, high;
  for (int s = 0; s < well->section_count; s++) {
    start_span(world, well, s, &low, &high);
    length += high - low;
  }
  return length;
}

/* Depth at `fraction` of all places where an interval may start. */
static double start_depth(const idr_drilling_world *world, const idr_well *well, double fraction) {
  double left = fraction * start_length(world, well), low = 0.0, high = 0.0;
  for (int s = 0; s < well->section_count; s++) {
    start_span(world, well, s, &low, &high);
    if (left < high - low) return low + left;
    left -= high - low;
  }
  return high;
}

static idr_scenario scenario_from(const idr_drilling_world *world, int well, idr_random4 r) {
  double wear_min = world->config.drilling.wear_start_min;
  double wear_max = world->config.drilling.wear_start_max;
  return (idr_scenario){
      .well = well,
      .depth = start_depth(world, world->well[well], (double)idr_random_uniform(r.word[1])),
      .wear = wear_min + (wear_max - wear_min) * (double)idr_random_uniform(r.word[2])};
}

idr_scenario idr_drilling_scenario(const idr_drilling_world *world, int64_t k) {
  const idr_drilling_settings *d = &world->config.drilling;
  idr_random4 r = idr_random_draw((uint64_t)d->well_seed, (uint32_t)(d->well_first + k), 0, 1,
                                  IDR_PURPOSE_RESET, 0);
  return scenario_from(world, (int)(k % world->well_count), r);
}

idr_scenario idr_drilling_draw(const idr_drilling_world *world, uint64_t seed, uint32_t lane,
                               uint32_t episode) {
  idr_random4 r = idr_random_draw(seed, lane, episode, 0, IDR_PURPOSE_RESET, 0);
  int well = (int)(((uint64_t)r.word[0] * (uint64_t)world->well_count) >> 32);
  return scenario_from(world, well, r);
}

uint64_t idr_drilling_scenario_hash(const idr_drilling_world *world, int64_t n) {
  const idr_drilling_settings *d = &world->config.drilling;
  double rules[5] = {(double)d->period, d->interval, d->time_limit, d->bits_max, d->sensor_noise};
  double faults[2] = {d->weight_error, (double)d->dead_sensor};
  uint64_t hash = XXH3_64bits(rules, sizeof rules);
  if (faults[0] != 0.0 || faults[1] != 0.0)
    hash = XXH3_64bits_withSeed(faults, sizeof faults, hash);
  double event[3] = {(double)d->event, d->event_severity, d->event_start};
  if (d->event != 0) hash = XXH3_64bits_withSeed(event, sizeof event, hash);
  for (int64_t k = 0; k < n; k++) {
    idr_scenario s = idr_drilling_scenario(world, k);
    struct {
      uint64_t well;
      double depth, wear;
    } row = {idr_well_hash(world->well[s.well]), s.depth, s.wear};
    hash = XXH3_64bits_withSeed(&row, sizeof row, hash);
  }
  return hash;
}

/* Settings that came after hashes were written down count only where they change something, so that
 * worlds without them keep their hash. */
static bool is_neutral(const char *key, const char *value) {
  static const char *const later[][2] = {
      {"drilling.wear_start_min", "0"},  {"drilling.mud_window", "1"},
      {"drilling.weight_error", "0 kN"}, {"drilling.dead_sensor", "none"},
      {"drilling.event", "none"},        {"drilling.event_severity", "0.5"},
      {"drilling.event_start", "0.5 h"}};
  for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
    if (strcmp(key, later[i][0]) == 0) return strcmp(value, later[i][1]) == 0;
  return false;
}

static void add_text(void *context, const char *key, const char *value) {
  uint64_t *hash = context;
  if (is_neutral(key, value)) return;
  *hash = XXH3_64bits_withSeed(key, strlen(key), *hash);
  *hash = XXH3_64bits_withSeed(value, strlen(value), *hash);
}

/* Takes out what changes no bill: where the wells' file lies (their content is hashed), and how a
 * learner is shown the world, starts in it, looks ahead and is paid. So tuned baselines hold for
 * all learners, on all machines. */
static void forget_learner(idr_drilling_config *config) {
  idr_drilling_settings *d = &config->drilling;
  idr_price_settings *p = &config->prices;
  d->well_file[0] = '\0';
  d->order = 0;
  d->critic_state = false;
  d->start = (idr_reals){.count = 0};
  d->discount_horizon = 0.0;
  p->reference_time = p->reference_ucs = p->reward_time = 0.0;
}

/* How hard and when is of no moment to an event that does not come. */
static void forget_no_event(idr_drilling_settings *d) {
  if (d->event != 0) return;
  d->event_severity = 0.5;
  d->event_start = 0.5 * HOUR;
}

uint64_t idr_drilling_world_hash(const idr_drilling_world *world) {
  idr_drilling_config config = world->config;
  forget_learner(&config);
  forget_no_event(&config.drilling);
  idr_section sections[IDR_DRILLING_SECTIONS];
  int count = idr_drilling_bind(&config, sections);
  uint64_t hash = 0;
  add_text(&hash, "source", idr_drill_source_hash());
  idr_settings_visit(sections, count, add_text, &hash);
  for (int i = 0; i < world->well_count; i++) {
    uint64_t well = idr_well_hash(world->well[i]);
    hash = XXH3_64bits_withSeed(&well, sizeof well, hash);
  }
  return hash;
}

/* ---- prices ---------------------------------------------------------------------------------- */

double idr_drilling_reference(const idr_drilling_world *world, int well, int layer, double depth) {
  const idr_well *w = world->well[well];
  const double *sum = world->reference[well];
  double top = (double)w->layer[layer].top, bottom = (double)w->layer[layer].bottom;
  return sum[layer] + (sum[layer + 1] - sum[layer]) * (depth - top) / (bottom - top);
}

double idr_drilling_trip_time(const idr_well *well, double depth) {
  return 2.0 * depth / well->rig.trip_speed + well->rig.bit_change_time;
}

/* Usual cost of a metre of rock, USD: a fit to the cheapest cells of cost maps with a lightly worn
 * bit (experiments/cost-map) over strengths of 15 to 250 MPa and abrasiveness of 0.02 to 1.5,
 * within a quarter. A better fit would not change which policy is best, only how soon credit comes.
 */
static double usual_cost(const idr_drilling_world *world, const idr_layer *layer) {
  const idr_price_settings *p = &world->config.prices;
  double strength = p->reference_ucs > 0.0 ? (double)layer->ucs / p->reference_ucs : 0.0;
  double hard = 1.0 + strength * strength * strength * strength;
  double worn = 1.0 + (double)layer->abrasiveness * (0.6 + 1.375 * strength);
  return world->rig_rate * p->reference_time * hard * worn;
}

static idr_status make_reference(idr_drilling_world *world, int index) {
  const idr_well *well = world->well[index];
  double *sum = malloc(sizeof(double) * (size_t)(well->layer_count + 1));
  if (!sum) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the reference cost of a well");
  world->reference[index] = sum;
  sum[0] = 0.0;
  for (int i = 0; i < well->layer_count; i++) {
    const idr_layer *layer = &well->layer[i];
    double length = (double)layer->bottom - (double)layer->top;
    sum[i + 1] = sum[i] + usual_cost(world, layer) * length;
  }
  return IDR_STATUS_OK;
}

/* ---- the world ------------------------------------------------------------------------------- */

/* Fracture pressure comes down towards the mud that is in the hole there. */
static void narrow_window(idr_well *well, double part) {
  for (int i = 0; i < well->layer_count; i++) {
    idr_layer *layer = &well->layer[i];
    int section = idr_well_find_section(well, (double)layer->top);
    double mud = well->section[section].mud_density, margin = (double)layer->fracture_density - mud;
    if (margin > 0.0) layer->fracture_density = (float)(mud + part * margin);
  }
}

static idr_status make_well(const idr_drilling_config *config, int index, idr_well **out) {
  const idr_drilling_settings *d = &config->drilling;
  if (d->well_file[0] && !idr_file_exists(d->well_file))
    IDR_FAIL(IDR_STATUS_IO,
             "drilling.well_file: there is no file '%s'; a relative name counts from the folder "
             "that idrill is started in",
             d->well_file);
  if (d->well_file[0])
    IDR_TRY(idr_well_read(d->well_file, out));
  else
    IDR_TRY(idr_well_generate(&config->wells, (uint64_t)d->well_seed,
                              (uint32_t)(d->well_first + index), out));
  if (d->mud_window < 1.0) narrow_window(*out, d->mud_window);
  return IDR_STATUS_OK;
}

/* Wells are made in parallel; the failure of the lowest index is the one that is told. */
static idr_status make_wells(const idr_drilling_config *config, idr_well **wells, int count) {
  int failed = count;
  idr_error error;
#pragma omp parallel for schedule(dynamic, 16)
  for (int i = 0; i < count; i++) {
    if (make_well(config, i, &wells[i]) == IDR_STATUS_OK) continue;
#pragma omp critical(idr_drilling_make_wells)
    if (i < failed) {
      failed = i;
      error = *idr_error_get();
    }
  }
  if (failed == count) return IDR_STATUS_OK;
  idr_error_set(&error);
  return idr_trace_at(error.status, __func__, __FILE__, __LINE__);
}

static float larger(float a, double b) {
  return a > (float)b ? a : (float)b;
}

static void find_limits(idr_drilling_world *world) {
  world->flow_min = (float)world->well[0]->rig.flow_min;
  for (int i = 0; i < world->well_count; i++) {
    const idr_well_rig *rig = &world->well[i]->rig;
    world->wob_max = larger(world->wob_max, rig->wob_max);
    world->omega_max = larger(world->omega_max, rig->rpm_max);
    world->flow_max = larger(world->flow_max, rig->flow_max);
    if ((float)rig->flow_min < world->flow_min) world->flow_min = (float)rig->flow_min;
  }
  world->omega_min = 0.15f * world->omega_max;
}

/* Rig time that a bit and its trip are worth at the bottom of the deepest well. */
static double dearest_bit(const idr_drilling_world *world) {
  double trip = 0.0;
  for (int i = 0; i < world->well_count; i++) {
    const idr_well *well = world->well[i];
    trip = fmax(trip, idr_drilling_trip_time(well, well->depth));
  }
  return trip + world->config.prices.bit_price / world->rig_rate;
}

/* Nothing that can be finished may cost more than a lost hole or an idle rig. */
static idr_status check_settings(const idr_drilling_world *world) {
  const idr_price_settings *p = &world->config.prices;
  if (world->config.drilling.start.count != 3)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "drilling.start has %d numbers, it needs three: for weight, speed and flow",
             world->config.drilling.start.count);
  if (world->config.drilling.wear_start_min > world->config.drilling.wear_start_max)
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "drilling.wear_start_min is %g and wear_start_max %g: lower the one or raise the other",
        world->config.drilling.wear_start_min, world->config.drilling.wear_start_max);
  double bits = world->config.drilling.bits_max * dearest_bit(world);
  double longest = world->config.drilling.time_limit + bits;
  if (p->failure_time < longest)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "prices.failure_time is %g h, but a finished interval may cost as much as %g h of rig "
             "time (drilling.time_limit, and drilling.bits_max with their trips): losing the hole "
             "would pay; raise the one or lower the others",
             p->failure_time / HOUR, longest / HOUR);
  if (p->unfinished_time < bits)
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "prices.unfinished_time is %g h, but drilling.bits_max bits with their trips may cost "
        "as much as %g h of rig time: standing idle would pay; raise the one or lower the other",
        p->unfinished_time / HOUR, bits / HOUR);
  return IDR_STATUS_OK;
}

static idr_status prepare_well(idr_drilling_world *world, int index) {
  const idr_drilling_settings *d = &world->config.drilling;
  if (start_length(world, world->well[index]) <= 0.0)
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "well '%s' has no section of %g m or less in diameter that is longer than the interval "
        "of %g m: shorten drilling.interval or choose other wells",
        world->well[index]->head.name, d->hole_diameter_max, d->interval);
  IDR_TRY(make_reference(world, index));
  return IDR_STATUS_OK;
}

static void free_wells(idr_well **wells, int count) {
  for (int i = 0; wells && i < count; i++)
    idr_well_free(wells[i]);
  free(wells);
}

idr_status idr_drilling_world_adopt(const idr_drilling_config *config, idr_well **wells, int count,
                                    idr_drilling_world **out) {
  idr_status status = IDR_STATUS_OK;
  *out = NULL;
  idr_drilling_world *world = calloc(1, sizeof *world);
  if (!world) {
    free_wells(wells, count);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the drilling world");
  }
  world->config = *config;
  world->rig_rate = config->prices.rig_rate / DAY;
  world->well_count = count;
  world->well = wells;
  world->reference = calloc((size_t)count, sizeof *world->reference);
  if (!world->reference)
    IDR_FAIL_GOTO(status, fail, IDR_STATUS_MEMORY, "no memory for %d wells", count);
  for (int i = 0; i < count; i++)
    IDR_TRY_GOTO(status, fail, prepare_well(world, i));
  IDR_TRY_GOTO(status, fail, check_settings(world));
  find_limits(world);
  *out = world;
  return IDR_STATUS_OK;
fail:
  idr_drilling_world_destroy(world);
  return status;
}

idr_status idr_drilling_world_create(const idr_drilling_config *config, idr_drilling_world **out) {
  int count = config->drilling.well_file[0] ? 1 : (int)config->drilling.wells;
  *out = NULL;
  idr_well **wells = calloc((size_t)count, sizeof *wells);
  if (!wells) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells", count);
  idr_status status = make_wells(config, wells, count);
  if (status != IDR_STATUS_OK) {
    free_wells(wells, count);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  IDR_TRY(idr_drilling_world_adopt(config, wells, count, out));
  return IDR_STATUS_OK;
}

void idr_drilling_world_destroy(idr_drilling_world *world) {
  if (!world) return;
  for (int i = 0; world->reference && i < world->well_count; i++)
    free(world->reference[i]);
  free(world->reference);
  free_wells(world->well, world->well_count);
  free(world);
}
