#include "drill/generator.h"

#include "base/random.h"
#include "drill/formation.h"
#include <math.h>
#include <string.h>

#define LAYERS_MAX  1024
#define SURVEYS_MAX 256

#define idr_row_type idr_generator_settings
const idr_setting idr_generator_rows[] = {IDR_GENERATOR_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_generator_row_count = (int)(sizeof idr_generator_rows / sizeof idr_generator_rows[0]);

/* A rock as a distribution. Medians and spreads are assumed, inside published ranges: strengths of
 * drilled rock 15 to 250 MPa; abrasiveness grows with quartz; clay makes shale sticky and
 * radioactive. */
typedef struct {
  double ucs, ucs_spread;           /* Pa median, standard deviation of the logarithm */
  double abrasion, abrasion_spread; /* likewise, relative to quartz-rich granite */
  double stickiness;                /* mean; spread 0.15 */
  double gamma, resistivity;        /* API, ohm m: medians, spread 0.2 and 0.5 */
  double density, porosity;         /* kg/m3; median, spread 0.25 */
  double poisson;
} rock;

static const rock rocks[IDR_LITHOLOGY_COUNT] = {
    [IDR_LITHOLOGY_SANDSTONE] = {60e6, 0.40, 0.80, 0.40, 0.00, 40, 15, 2400, 0.16, 0.24},
    [IDR_LITHOLOGY_SHALE] = {28e6, 0.40, 0.12, 0.40, 0.70, 110, 4, 2450, 0.10, 0.30},
    [IDR_LITHOLOGY_LIMESTONE] = {85e6, 0.30, 0.10, 0.40, 0.10, 25, 60, 2650, 0.07, 0.29},
    [IDR_LITHOLOGY_DOLOMITE] = {125e6, 0.28, 0.20, 0.40, 0.00, 22, 90, 2780, 0.05, 0.28},
    [IDR_LITHOLOGY_GRANITE] = {185e6, 0.18, 0.90, 0.25, 0.00, 160, 400, 2650, 0.01, 0.24},
};

/* Embedded chain: the next bed is of another rock. Sand, shale and lime follow Krumbein's counts
 * for the Chester Series (18 : 2, 15 : 39, 5 : 35); dolomite and hard crystalline stringers are
 * added (assumed). */
static const double next_rock[IDR_LITHOLOGY_COUNT][IDR_LITHOLOGY_COUNT] = {
    [IDR_LITHOLOGY_SANDSTONE] = {0.00, 0.72, 0.10, 0.10, 0.08},
    [IDR_LITHOLOGY_SHALE] = {0.26, 0.00, 0.52, 0.12, 0.10},
    [IDR_LITHOLOGY_LIMESTONE] = {0.12, 0.62, 0.00, 0.20, 0.06},
    [IDR_LITHOLOGY_DOLOMITE] = {0.20, 0.35, 0.37, 0.00, 0.08},
    [IDR_LITHOLOGY_GRANITE] = {0.35, 0.25, 0.20, 0.20, 0.00},
};

/* The stream of one well's numbers, drawn in order. */
typedef struct {
  uint64_t seed;
  uint32_t well, draw;
} stream;

static double stream_uniform(stream *s) {
  idr_random4 r = idr_random_draw(s->seed, s->well, 0, 0, IDR_PURPOSE_WELL, s->draw++);
  return (double)idr_random_uniform(r.word[0]);
}

static double stream_normal(stream *s) {
  float pair[2];
  idr_random4 r = idr_random_draw(s->seed, s->well, 0, 0, IDR_PURPOSE_WELL, s->draw++);
  idr_random_normal2(r.word[0], r.word[1], pair);
  return (double)pair[0];
}

static double stream_between(stream *s, double low, double high) {
  return low + (high - low) * stream_uniform(s);
}

/* Log-normal, cut at 2.5 standard deviations so that no rock leaves the plausible. */
static double stream_lognormal(stream *s, double median, double spread) {
  double z = fmax(-2.5, fmin(2.5, stream_normal(s)));
  return median * exp(spread * z);
}

static int stream_pick(stream *s, const double *weight, int count) {
  double u = stream_uniform(s);
  for (int i = 0; i + 1 < count; i++) {
    if (u < weight[i]) return i;
    u -= weight[i];
  }
  return count - 1;
}

/* Everything of a well while it is drawn. */
typedef struct {
  const idr_generator_settings *settings;
  stream random;
  double depth, shoe;      /* m: total depth, top of the drilled section */
  double density;          /* kg/m3, mud */
  double pore, overburden; /* kg/m3 at the section: gradients as densities */
  idr_well_parts parts;
  idr_well_section section[2];
  idr_layer layer[LAYERS_MAX];
  idr_well_survey survey[SURVEYS_MAX];
} draft;

/* ---- geometry ---- */
static void draft_depths(draft *d) {
  const idr_generator_settings *s = d->settings;
  d->shoe = stream_between(&d->random, s->depth_min, fmax(s->depth_min, s->depth_max - 600.0));
  d->depth = fmin(s->depth_max, d->shoe + stream_between(&d->random, 600.0, 1500.0));
}

/* Vertical, or built at 2.5 degrees per 30 m from a kick-off above or inside the section and held.
 */
static void draft_surveys(draft *d) {
  const idr_generator_settings *s = d->settings;
  int inclined = stream_uniform(&d->random) < s->inclined_fraction;
  double hold = inclined ? s->inclination_max * stream_between(&d->random, 0.2, 1.0) : 0.0;
  double kickoff = d->shoe * stream_between(&d->random, 0.3, 0.9);
  double azimuth = stream_between(&d->random, 0.0, 2.0 * M_PI);
  const double build = 2.5 / 30.0 * M_PI / 180.0;
  double step = fmax(30.0, d->depth / (SURVEYS_MAX - 2));
  int n = 0;
  for (double md = 0.0; md < d->depth + step && n < SURVEYS_MAX; md += step) {
    double angle = fmin(hold, fmax(0.0, (md - kickoff) * build));
    d->survey[n++] = (idr_well_survey){.md = md, .inclination = angle, .azimuth = azimuth};
  }
  d->parts.survey = d->survey;
  d->parts.survey_count = n;
}

/* ---- rock ---- */
static idr_layer draft_layer(draft *d, int lithology, double top, double bottom) {
  const rock *r = &rocks[lithology];
  const idr_generator_settings *s = d->settings;
  stream *random = &d->random;
  idr_layer layer = {.top = (float)top, .bottom = (float)bottom, .lithology = lithology};
  /* Burial compacts: strength grows by a third over 3 km (assumed). */
  double burial = 0.85 + 0.11e-3 * top;
  layer.ucs = (float)fmin(350e6, stream_lognormal(random, r->ucs * burial, r->ucs_spread) *
                                     s->strength_factor);
  layer.abrasiveness =
      (float)(stream_lognormal(random, r->abrasion, r->abrasion_spread) * s->abrasion_factor);
  double sticky = r->stickiness > 0.0 ? r->stickiness + 0.15 * stream_normal(random) : 0.0;
  layer.stickiness = (float)fmax(0.0, fmin(1.0, sticky));
  layer.gamma_ray = (float)stream_lognormal(random, r->gamma, 0.2);
  layer.resistivity = (float)stream_lognormal(random, r->resistivity, 0.5);
  layer.porosity = (float)fmin(0.4, stream_lognormal(random, r->porosity, 0.25));
  layer.density = (float)(r->density + 30.0 * fmax(-2.5, fmin(2.5, stream_normal(random))));
  layer.thermal_gradient = 0.028f;
  layer.pore_density = (float)(d->pore + 15.0 * fmax(-2.0, fmin(2.0, stream_normal(random))));
  layer.fracture_density =
      idr_formation_fracture((float)d->overburden, layer.pore_density, (float)r->poisson);
  return layer;
}

/* One thick bed above the section (nothing is drilled there), then beds to the bottom. */
static void draft_layers(draft *d) {
  const idr_generator_settings *s = d->settings;
  const double start[IDR_LITHOLOGY_COUNT] = {0.25, 0.45, 0.2, 0.05, 0.05};
  int lithology = stream_pick(&d->random, start, IDR_LITHOLOGY_COUNT), n = 0;
  double top = d->shoe;
  d->layer[n++] = draft_layer(d, IDR_LITHOLOGY_SHALE, 0.0, d->shoe);
  while (top < d->depth) {
    double thick = fmax(2.0, stream_lognormal(&d->random, s->bed_thickness, s->bed_spread));
    double bottom = n == LAYERS_MAX - 1 ? d->depth : fmin(d->depth, top + thick);
    if (d->depth - bottom < 2.0) bottom = d->depth;
    d->layer[n++] = draft_layer(d, lithology, top, bottom);
    lithology = stream_pick(&d->random, next_rock[lithology], IDR_LITHOLOGY_COUNT);
    top = bottom;
  }
  d->parts.layer = d->layer;
  d->parts.layer_count = n;
}

/* Pore pressure from normal to moderately high, overburden 2250 to 2350 kg/m3. */
static void draft_pressures(draft *d) {
  d->pore = stream_between(&d->random, 1030.0, 1250.0);
  d->overburden = stream_between(&d->random, 2250.0, 2350.0);
}

/* Mud a trip margin above the highest pore pressure and below the weakest rock of the section. */
static void draft_mud_density(draft *d) {
  double pore = 0.0, fracture = 1e9;
  for (int i = 1; i < d->parts.layer_count; i++) {
    pore = fmax(pore, (double)d->layer[i].pore_density);
    fracture = fmin(fracture, (double)d->layer[i].fracture_density);
  }
  double margin = fmin(stream_between(&d->random, 40.0, 90.0), 0.4 * (fracture - pore));
  d->density = pore + margin;
}

/* Gas in part of the sandstone, under a pressure that the mud was not made for. Draws of its own,
 * so that a well without gas is the same well. */
static void draft_gas(draft *d) {
  const idr_generator_settings *s = d->settings;
  for (int i = 1; i < d->parts.layer_count; i++) {
    idr_layer *l = &d->layer[i];
    idr_random4 r =
        idr_random_draw(d->random.seed, d->random.well, 1, 0, IDR_PURPOSE_WELL, (uint32_t)i);
    double here = (double)idr_random_uniform(r.word[0]);
    if (l->lithology != IDR_LITHOLOGY_SANDSTONE || here >= s->gas_fraction) continue;
    double over = s->gas_pressure * (double)idr_random_uniform(r.word[1]);
    l->gas = 0.2f + 0.8f * idr_random_uniform(r.word[2]);
    l->pore_density += (float)over;
    l->fracture_density += (float)over;
  }
}

/* ---- equipment ---- */
static void draft_sections(draft *d) {
  const double in = 0.0254;
  int large = stream_uniform(&d->random) < d->settings->large_fraction;
  double hole = (large ? 12.25 : 8.5) * in, casing = (large ? 12.415 : 8.681) * in;
  idr_well_section *drill = &d->section[1];
  *drill = (idr_well_section){.name = "drilled", .top = d->shoe, .bottom = d->depth};
  drill->hole_diameter = drill->bit_diameter = hole;
  drill->bit_nozzle_area = (large ? 0.90 : 0.62) * in * in * stream_between(&d->random, 0.85, 1.15);
  drill->bit_exposure = stream_between(&d->random, 8e-3, 11e-3);
  drill->bit_blades = 5.0;
  drill->bit_flat_new = 1.5e-3;
  drill->bit_flat_dull = 9e-3;
  drill->mud_density = d->density;
  drill->mud_yield = stream_between(&d->random, 2.0, 6.0);
  drill->mud_consistency = stream_between(&d->random, 0.2, 0.6);
  drill->mud_index = stream_between(&d->random, 0.6, 0.8);
  d->section[0] = *drill;
  strcpy(d->section[0].name, "cased");
  d->section[0].top = 0.0;
  d->section[0].bottom = d->section[0].casing_bottom = d->shoe;
  d->section[0].casing_inner_diameter = casing;
  d->section[0].hole_diameter = d->section[0].bit_diameter = (large ? 17.5 : 12.25) * in;
  d->parts.section = d->section;
  d->parts.section_count = 2;
}

/* Defaults of the tables, and what depends on hole size. */
static void draft_equipment(draft *d) {
  const double in = 0.0254, rpm = 2.0 * M_PI / 60.0, liter_minute = 1e-3 / 60.0;
  int large = d->section[1].hole_diameter > 0.25;
  d->parts.string = (idr_well_string){.pipe_outer_diameter = 5.0 * in,
                                      .pipe_inner_diameter = 4.276 * in,
                                      .heavy_length = 110.0,
                                      .heavy_outer_diameter = 5.0 * in,
                                      .heavy_inner_diameter = 3.0 * in,
                                      .collar_length = large ? 180.0 : 150.0,
                                      .collar_outer_diameter = (large ? 8.0 : 6.5) * in,
                                      .collar_inner_diameter = 2.8125 * in,
                                      .friction_static = 0.30,
                                      .friction_kinetic = 0.20};
  d->parts.rig = (idr_well_rig){.wob_max = large ? 280e3 : 220e3,
                                .rpm_max = 220.0 * rpm,
                                .flow_min = (large ? 1600.0 : 900.0) * liter_minute,
                                .flow_max = (large ? 4000.0 : 2600.0) * liter_minute,
                                .pressure_max = 32e6,
                                .torque_max = 45e3,
                                .rop_max = 100.0 / 3600.0,
                                .wob_rate = 4e3,
                                .rpm_rate = 6.0 * rpm,
                                .flow_rate = 60.0 * liter_minute,
                                .top_drive_inertia = 2900.0,
                                .stand_length = 28.0,
                                .connection_time = 240.0,
                                .trip_speed = 0.15,
                                .bit_change_time = 3600.0,
                                .pit_volume = 80.0};
}

void idr_generator_defaults(idr_generator_settings *s) {
  *s = (idr_generator_settings){.depth_min = 1000.0,
                                .depth_max = 4000.0,
                                .inclined_fraction = 0.5,
                                .inclination_max = M_PI / 3.0,
                                .large_fraction = 0.4,
                                .bed_thickness = 25.0,
                                .bed_spread = 0.7,
                                .strength_factor = 1.0,
                                .abrasion_factor = 1.0};
}

idr_status idr_well_generate(const idr_generator_settings *settings, uint64_t seed, uint32_t index,
                             idr_well **out) {
  *out = NULL;
  if (settings->depth_max < settings->depth_min + 600.0)
    IDR_FAIL(
        IDR_STATUS_CONFIG,
        "wells: depth_max is %.0f m and depth_min %.0f m; a well needs a section of at least 600 m",
        settings->depth_max, settings->depth_min);
  draft d = {.settings = settings, .random = {seed, index, 0}};
  snprintf(d.parts.head.name, sizeof d.parts.head.name, "generated-%llu-%u",
           (unsigned long long)seed, index);
  d.parts.head.surface_temperature = 288.15;
  draft_depths(&d);
  draft_pressures(&d);
  draft_surveys(&d);
  draft_layers(&d);
  draft_mud_density(&d);
  draft_gas(&d);
  draft_sections(&d);
  draft_equipment(&d);
  IDR_TRY(idr_well_create(&d.parts, out));
  return IDR_STATUS_OK;
}
