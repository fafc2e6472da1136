#include "drill/well.h"

#include "drill/path.h"
#include "drill_source_hash.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

const char *idr_drill_source_hash(void) {
  return IDR_DRILL_SOURCE_HASH;
}

/* One block for the well and its arrays: a well is made once and freed at once. */
static idr_well *well_allocate(const idr_well_parts *parts, int path_count) {
  size_t sections = (size_t)parts->section_count * sizeof(idr_well_section);
  size_t layers = (size_t)parts->layer_count * sizeof(idr_layer);
  size_t surveys = (size_t)parts->survey_count * sizeof(idr_well_survey);
  size_t path = (size_t)path_count * sizeof(idr_path_point);
  idr_well *well = calloc(1, sizeof *well + sections + surveys + layers + path);
  if (!well) return NULL;
  char *at = (char *)(well + 1); /* largest alignment first */
  well->section = (idr_well_section *)(void *)at;
  well->survey = (idr_well_survey *)(void *)(at + sections);
  well->layer = (idr_layer *)(void *)(at + sections + surveys);
  well->path = (idr_path_point *)(void *)(at + sections + surveys + layers);
  memcpy(well->section, parts->section, sections);
  memcpy(well->survey, parts->survey, surveys);
  memcpy(well->layer, parts->layer, layers);
  return well;
}

idr_status idr_well_create(const idr_well_parts *parts, idr_well **out) {
  *out = NULL;
  if (parts->section_count < 1 || parts->layer_count < 1 || parts->survey_count < 1)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a well needs at least one section, one layer and one survey");
  double depth = parts->section[parts->section_count - 1].bottom;
  int path_count = (int)ceil(depth / IDR_PATH_STEP) + 1;
  idr_well *well = well_allocate(parts, path_count);
  if (!well) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a well of %.0f m", depth);
  well->head = parts->head;
  well->string = parts->string;
  well->rig = parts->rig;
  well->section_count = parts->section_count;
  well->layer_count = parts->layer_count;
  well->survey_count = parts->survey_count;
  well->path_count = path_count;
  well->depth = depth;
  idr_status status = idr_path_build(well);
  if (status == IDR_STATUS_OK)
    *out = well;
  else
    idr_well_free(well);
  return status;
}

void idr_well_free(idr_well *well) {
  free(well);
}

int idr_well_find_layer(const idr_well *well, double depth) {
  int low = 0, high = well->layer_count - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if ((double)well->layer[middle].top <= depth)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

int idr_well_find_section(const idr_well *well, double depth) {
  int i = 0;
  while (i + 1 < well->section_count && well->section[i].bottom <= depth)
    i++;
  return i;
}

int idr_well_find_path(const idr_well *well, double depth) {
  double i = floor(depth / IDR_PATH_STEP);
  if (!(i > 0.0)) return 0;
  return i < well->path_count ? (int)i : well->path_count - 1;
}

/* The casing that lines the hole above a section: the deepest one set in the sections above. */
static const idr_well_section *well_casing(const idr_well *well, int section) {
  const idr_well_section *casing = NULL;
  for (int i = 0; i < section; i++)
    if (well->section[i].casing_bottom > 0.0) casing = &well->section[i];
  return casing;
}

double idr_well_shoe_depth(const idr_well *well, int section) {
  const idr_well_section *casing = well_casing(well, section);
  return casing ? casing->casing_bottom : 0.0;
}

double idr_well_shoe_diameter(const idr_well *well, int section) {
  const idr_well_section *casing = well_casing(well, section);
  return casing ? casing->casing_inner_diameter : well->section[section].hole_diameter;
}

/* Hashes named numbers only: texts and padding do not decide how a well drills. */
static void hash_doubles(XXH3_state_t *state, const double *value, size_t count) {
  XXH3_64bits_update(state, value, count * sizeof *value);
}

static void hash_section(XXH3_state_t *state, const idr_well_section *s) {
  const double v[] = {s->top,           s->bottom,          s->hole_diameter,
                      s->casing_bottom, s->bit_diameter,    s->casing_inner_diameter,
                      s->bit_exposure,  s->bit_nozzle_area, s->bit_flat_new,
                      s->bit_flat_dull, s->mud_density,     s->mud_yield,
                      s->mud_index,     s->mud_consistency, s->bit_blades};
  hash_doubles(state, v, sizeof v / sizeof *v);
  if (s->bit_kind == IDR_BIT_PDC && s->rop_law == IDR_ROP_DETOURNAY) return;
  const double bit[] = {s->bit_kind,        s->rop_law,      s->bourgoyne_ucs, s->tooth_class,
                        s->tooth_life,      s->bearing_kind, s->bearing_life,  s->cutters,
                        s->cutter_diameter, s->back_rake,    s->side_rake};
  hash_doubles(state, bit, sizeof bit / sizeof *bit);
  hash_doubles(state, s->bourgoyne.value, (size_t)s->bourgoyne.count);
}

/* One by one: a choice is an int, and padding lies behind it. */
static void hash_rig(XXH3_state_t *state, const idr_well_rig *r) {
#define HASH_ROW(kind, name, unit, fallback, low, high, choices, doc) (double)r->name,
  const double v[] = {IDR_WELL_RIG_ROWS(HASH_ROW)};
#undef HASH_ROW
  hash_doubles(state, v, sizeof v / sizeof *v);
}

/* Rows that came after hashes were written down count only where they change something. */
static void hash_string(XXH3_state_t *state, const idr_well_string *s) {
  XXH3_64bits_update(state, s, offsetof(idr_well_string, motor)); /* doubles only, no padding */
  const double motor[] = {s->motor, s->motor_stall_torque, s->motor_slip};
  if (s->motor > 0.0) hash_doubles(state, motor, sizeof motor / sizeof *motor);
}

uint64_t idr_well_hash(const idr_well *well) {
  XXH3_state_t *state = XXH3_createState();
  if (!state) return 0;
  XXH3_64bits_reset(state);
  for (int i = 0; i < well->section_count; i++)
    hash_section(state, &well->section[i]);
  hash_doubles(state, &well->head.surface_temperature, 1);
  hash_string(state, &well->string);
  hash_rig(state, &well->rig);
  XXH3_64bits_update(state, well->survey, (size_t)well->survey_count * sizeof *well->survey);
  XXH3_64bits_update(state, well->layer, (size_t)well->layer_count * sizeof *well->layer);
  uint64_t hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return hash;
}
