/* Reading a well from YAML. Every problem of a file is found in one pass: first each record by its
 * table (types, units, ranges), then what records say about each other. A value that the first part
 * refused is NaN in the second, and every check there is written so that NaN passes it: one wrong
 * number hides no other and is told once. */
#include "drill/trajectory.h"
#include "drill/well.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LAYERS_MAX   2048
#define SECTIONS_MAX 16
#define SURVEYS_MAX  2048
#define NEAR         1e-3 /* m: depths closer than this are the same */
#define ABOVE_GROUND 1.0  /* m: what rounding may make of a hole along the surface */

#define idr_row_type idr_well_head
static const idr_setting head_rows[] = {IDR_WELL_HEAD_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_well_survey
static const idr_setting survey_rows[] = {IDR_WELL_SURVEY_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_well_section
static const idr_setting section_rows[] = {IDR_WELL_SECTION_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_well_layer_row
static const idr_setting layer_rows[] = {IDR_WELL_LAYER_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_well_string
static const idr_setting string_rows[] = {IDR_WELL_STRING_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_well_rig
static const idr_setting rig_rows[] = {IDR_WELL_RIG_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* A well file on its way to a well. */
typedef struct {
  const idr_yaml *yaml;
  idr_problems *problems;
  idr_yaml_node sections, layers, surveys, string, rig;
  idr_well_parts parts;
  idr_well_section *section;
  idr_layer *layer;
  idr_well_survey *survey;
} reader;

static idr_yaml_node item(const reader *r, idr_yaml_node list, int i) {
  return idr_yaml_item(r->yaml, list, i);
}

/* Where a problem with `key` of a record is told: at its value, or at the record that leaves it to
 * the default. */
static idr_yaml_node place(const reader *r, idr_yaml_node record, const char *key) {
  idr_yaml_node value = idr_yaml_child(r->yaml, record, key);
  return value ? value : record;
}

/* Length of a list that must be there, with 1 to `most` items. */
static int list_length(reader *r, const char *key, int most, idr_yaml_node *list) {
  idr_yaml_node root = idr_yaml_root(r->yaml);
  *list = idr_yaml_child(r->yaml, root, key);
  int count = idr_yaml_length(r->yaml, *list);
  if (!*list)
    idr_problem_at(r->problems, r->yaml, root, "the list '%s' is missing; a well needs it", key);
  else if (count < 1)
    idr_problem_at(r->problems, r->yaml, *list, "'%s' must be a list with at least one item", key);
  else if (count > most)
    idr_problem_at(r->problems, r->yaml, *list, "'%s' has %d items, at most %d are supported", key,
                   count, most);
  return count > most ? 0 : count;
}

/* ---- records ---- */
static void read_record(reader *r, idr_yaml_node node, const idr_setting *rows, int count,
                        void *values) {
  idr_record_read(r->yaml, node, rows, count, "", values, r->problems);
}

static void read_layer(reader *r, int i) {
  idr_well_layer_row row;
  memset(&row, 0, sizeof row);
  read_record(r, item(r, r->layers, i), layer_rows, COUNT(layer_rows), &row);
  r->layer[i] = (idr_layer){.top = (float)row.top,
                            .bottom = (float)row.bottom,
                            .ucs = (float)row.ucs,
                            .abrasiveness = (float)row.abrasiveness,
                            .stickiness = (float)row.stickiness,
                            .pore_density = (float)row.pore_density,
                            .fracture_density = (float)row.fracture_density,
                            .gamma_ray = (float)row.gamma_ray,
                            .resistivity = (float)row.resistivity,
                            .density = (float)row.density,
                            .porosity = (float)row.porosity,
                            .thermal_gradient = (float)row.thermal_gradient,
                            .lithology = row.lithology};
}

static void read_singles(reader *r) {
  idr_yaml_node root = idr_yaml_root(r->yaml);
  idr_record_known(r->yaml, root, "well,string,rig,surveys,sections,layers", r->problems);
  idr_yaml_node head = idr_yaml_child(r->yaml, root, "well");
  if (!head)
    idr_problem_at(r->problems, r->yaml, root, "the mapping 'well' is missing; it names the well");
  else
    read_record(r, head, head_rows, COUNT(head_rows), &r->parts.head);
  r->string = idr_yaml_child(r->yaml, root, "string");
  read_record(r, r->string, string_rows, COUNT(string_rows), &r->parts.string);
  r->rig = idr_yaml_child(r->yaml, root, "rig");
  read_record(r, r->rig, rig_rows, COUNT(rig_rows), &r->parts.rig);
}

static idr_status read_lists(reader *r) {
  idr_well_parts *p = &r->parts;
  p->section_count = list_length(r, "sections", SECTIONS_MAX, &r->sections);
  p->layer_count = list_length(r, "layers", LAYERS_MAX, &r->layers);
  p->survey_count = list_length(r, "surveys", SURVEYS_MAX, &r->surveys);
  p->section = r->section = calloc((size_t)p->section_count + 1, sizeof *r->section);
  p->layer = r->layer = calloc((size_t)p->layer_count + 1, sizeof *r->layer);
  p->survey = r->survey = calloc((size_t)p->survey_count + 1, sizeof *r->survey);
  if (!r->section || !r->layer || !r->survey)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a well of %d layers", p->layer_count);
  for (int i = 0; i < p->section_count; i++)
    read_record(r, item(r, r->sections, i), section_rows, COUNT(section_rows), &r->section[i]);
  for (int i = 0; i < p->layer_count; i++)
    read_layer(r, i);
  for (int i = 0; i < p->survey_count; i++)
    read_record(r, item(r, r->surveys, i), survey_rows, COUNT(survey_rows), &r->survey[i]);
  return IDR_STATUS_OK;
}

/* ---- what records say about each other ---- */
#define DOGLEG_MAX                                                                                 \
  (M_PI / 180.0) /* rad/m: a radius of 57 m; no rotating string goes through less */

static void check_surveys(reader *r) {
  for (int i = 1; i < r->parts.survey_count; i++) {
    const idr_well_survey *a = &r->survey[i - 1], *b = &r->survey[i];
    double bend = idr_trajectory_bend(a->inclination, a->azimuth, b->inclination, b->azimuth);
    idr_yaml_node node = item(r, r->surveys, i);
    if (b->md <= a->md)
      idr_problem_at(r->problems, r->yaml, place(r, node, "md"),
                     "survey depth %.2f m does not lie below the one before, %.2f m; sort the list",
                     b->md, a->md);
    else if (bend > DOGLEG_MAX * (b->md - a->md))
      idr_problem_at(r->problems, r->yaml, place(r, node, "inclination"),
                     "the hole turns by %.1f deg in the %.2f m from the station before, %.1f "
                     "deg/30m; a drill string goes through at most %.0f",
                     bend * 180.0 / M_PI, b->md - a->md, bend / (b->md - a->md) * 5400.0 / M_PI,
                     DOGLEG_MAX * 5400.0 / M_PI);
  }
}

/* Intervals of a list must begin at the surface and follow each other without gap or overlap. */
static void check_interval(reader *r, idr_yaml_node node, const char *what, double top,
                           double bottom, double above) {
  if (bottom <= top + NEAR)
    idr_problem_at(r->problems, r->yaml, place(r, node, "bottom"),
                   "%s: bottom %.2f m must be deeper than top %.2f m", what, bottom, top);
  if (top < above - NEAR)
    idr_problem_at(r->problems, r->yaml, place(r, node, "top"),
                   "%s from %.2f m overlaps the one above, which ends at %.2f m", what, top, above);
  if (top > above + NEAR)
    idr_problem_at(
        r->problems, r->yaml, place(r, node, "top"),
        "%s begins at %.2f m, but the one above ends at %.2f m: nothing is said about the "
        "gap between",
        what, top, above);
}

static void check_layers(reader *r, double depth) {
  double above = 0.0;
  for (int i = 0; i < r->parts.layer_count; i++) {
    const idr_layer *l = &r->layer[i];
    idr_yaml_node node = item(r, r->layers, i);
    check_interval(r, node, "layer", (double)l->top, (double)l->bottom, above);
    above = (double)l->bottom;
    if (l->fracture_density <= l->pore_density)
      idr_problem_at(r->problems, r->yaml, place(r, node, "fracture_density"),
                     "fracture_density %.0f kg/m3 must exceed pore_density %.0f kg/m3: no mud fits",
                     (double)l->fracture_density, (double)l->pore_density);
  }
  if (r->parts.layer_count && above < depth - 0.01)
    idr_problem_at(r->problems, r->yaml,
                   place(r, item(r, r->layers, r->parts.layer_count - 1), "bottom"),
                   "the layers end at %.2f m, the well is %.2f m deep", above, depth);
}

static void report_mud(reader *r, int i, double shoe, const idr_layer *l, const char *key,
                       double limit, const char *effect) {
  const idr_well_section *s = &r->section[i];
  double top = (double)l->top;
  idr_problem_at(r->problems, r->yaml, place(r, item(r, r->sections, i), "mud_density"),
                 "mud_density %.0f kg/m3 of section %s %s %.0f kg/m3 of the layer from %.2f m, "
                 "open below %s at %.2f m: %s",
                 s->mud_density, s->name, key, limit, top, shoe > 0.0 ? "the shoe" : "the surface",
                 shoe, effect);
}

/* The mud of a section against the weakest and the strongest of the layers that it holds open. Mud
 * below the pore pressure is an error, not a way of drilling: nothing flows in in this physics. */
static void check_mud(reader *r, int i, double shoe) {
  const idr_well_section *s = &r->section[i];
  const idr_layer *weakest = NULL, *fiercest = NULL;
  for (int k = 0; k < r->parts.layer_count; k++) {
    const idr_layer *l = &r->layer[k];
    if (!((double)l->bottom > shoe + NEAR && (double)l->top < s->bottom - NEAR)) continue;
    if (!weakest || l->fracture_density < weakest->fracture_density) weakest = l;
    if (!fiercest || l->pore_density > fiercest->pore_density) fiercest = l;
  }
  if (weakest && s->mud_density >= (double)weakest->fracture_density)
    report_mud(r, i, shoe, weakest, "is not below fracture_density",
               (double)weakest->fracture_density, "it would be lost");
  if (fiercest && s->mud_density <= (double)fiercest->pore_density)
    report_mud(r, i, shoe, fiercest, "is not above pore_density", (double)fiercest->pore_density,
               "the rock would flow into the well");
}

/* Bit, hole, casing above and string must fit into each other. */
static void check_fit(reader *r, int i, double casing) {
  const idr_well_section *s = &r->section[i];
  const idr_well_string *string = &r->parts.string;
  idr_yaml_node node = item(r, r->sections, i), bit = place(r, node, "bit_diameter");
  double pipe = fmax(string->pipe_outer_diameter,
                     fmax(string->heavy_outer_diameter, string->collar_outer_diameter));
  if (s->bit_diameter > s->hole_diameter + 1e-6)
    idr_problem_at(r->problems, r->yaml, bit,
                   "section %s: bit_diameter %.1f mm is wider than its hole, %.1f mm", s->name,
                   s->bit_diameter * 1e3, s->hole_diameter * 1e3);
  if (casing > 0.0 && s->bit_diameter > casing)
    idr_problem_at(
        r->problems, r->yaml, bit,
        "section %s: bit_diameter %.1f mm does not pass the casing above, %.1f mm inside", s->name,
        s->bit_diameter * 1e3, casing * 1e3);
  double narrow = casing > 0.0 ? fmin(casing, s->hole_diameter) : s->hole_diameter;
  if (pipe >= narrow)
    idr_problem_at(r->problems, r->yaml, place(r, node, "hole_diameter"),
                   "section %s: the string's widest part, %.1f mm, does not fit into %.1f mm",
                   s->name, pipe * 1e3, narrow * 1e3);
  if (s->bit_flat_dull <= s->bit_flat_new)
    idr_problem_at(r->problems, r->yaml, place(r, node, "bit_flat_dull"),
                   "section %s: bit_flat_dull must exceed bit_flat_new", s->name);
}

/* A law must suit the bit and have its numbers. */
static void check_bit(reader *r, int i) {
  const idr_well_section *s = &r->section[i];
  idr_yaml_node node = item(r, r->sections, i), law = place(r, node, "rop_law");
  if (s->bit_kind == IDR_BIT_ROLLER && s->rop_law != IDR_ROP_BOURGOYNE)
    idr_problem_at(r->problems, r->yaml, law,
                   "section %s: no law for drag bits drills with cones; set rop_law: bourgoyne",
                   s->name);
  if (s->rop_law == IDR_ROP_BOURGOYNE && s->bourgoyne.count != 8)
    idr_problem_at(r->problems, r->yaml, place(r, node, "bourgoyne"),
                   "section %s: rop_law bourgoyne needs the list 'bourgoyne' of 8 coefficients, a1 "
                   "to a8, it has %d",
                   s->name, s->bourgoyne.count);
}

/* How deep the casing of section `i` goes. */
static void check_shoe(reader *r, int i, double depth) {
  const idr_well_section *s = &r->section[i];
  idr_yaml_node node = place(r, item(r, r->sections, i), "casing_bottom");
  if (s->casing_bottom > depth + NEAR)
    idr_problem_at(r->problems, r->yaml, node,
                   "section %s: casing_bottom %.2f m is deeper than the well, %.2f m", s->name,
                   s->casing_bottom, depth);
  else if (s->casing_bottom > s->bottom + NEAR)
    idr_problem_at(r->problems, r->yaml, node,
                   "section %s: casing_bottom %.2f m is deeper than the section, %.2f m", s->name,
                   s->casing_bottom, s->bottom);
  if (s->casing_bottom > 0.0 && s->casing_bottom <= s->top + NEAR)
    idr_problem_at(r->problems, r->yaml, node,
                   "section %s: casing_bottom %.2f m does not reach into the section, which begins "
                   "at %.2f m",
                   s->name, s->casing_bottom, s->top);
}

/* What the casing of section `i` must go through: its own hole and the casing above. */
static void check_casing(reader *r, int i, double casing) {
  const idr_well_section *s = &r->section[i];
  idr_yaml_node node = place(r, item(r, r->sections, i), "casing_inner_diameter");
  if (s->casing_bottom > 0.0 && s->casing_inner_diameter <= 0.0)
    idr_problem_at(r->problems, r->yaml, node,
                   "section %s: casing_bottom is set, so casing_inner_diameter is needed", s->name);
  if (s->casing_inner_diameter >= s->hole_diameter)
    idr_problem_at(r->problems, r->yaml, node,
                   "section %s: casing_inner_diameter %.1f mm does not fit its hole, %.1f mm",
                   s->name, s->casing_inner_diameter * 1e3, s->hole_diameter * 1e3);
  if (casing > 0.0 && s->casing_inner_diameter >= casing)
    idr_problem_at(r->problems, r->yaml, node,
                   "section %s: casing_inner_diameter %.1f mm does not pass the casing above, %.1f "
                   "mm inside",
                   s->name, s->casing_inner_diameter * 1e3, casing * 1e3);
}

static void check_sections(reader *r, double depth) {
  double above = 0.0, casing = 0.0, shoe = 0.0;
  for (int i = 0; i < r->parts.section_count; i++) {
    const idr_well_section *s = &r->section[i];
    check_interval(r, item(r, r->sections, i), "section", s->top, s->bottom, above);
    check_fit(r, i, casing);
    check_bit(r, i);
    check_shoe(r, i, depth);
    check_casing(r, i, casing);
    check_mud(r, i, shoe);
    above = s->bottom;
    if (!(s->casing_bottom <= 0.0)) { /* NaN too: then nothing is known of what it lines */
      casing = s->casing_inner_diameter;
      shoe = s->casing_bottom;
    }
  }
}

static void check_tube(reader *r, const char *key, double inner, double outer) {
  if (inner >= outer)
    idr_problem_at(r->problems, r->yaml, place(r, r->string, key),
                   "string: %s %.1f mm is not smaller than the outer diameter, %.1f mm", key,
                   inner * 1e3, outer * 1e3);
}

static void check_equipment(reader *r) {
  const idr_well_string *s = &r->parts.string;
  const idr_well_rig *rig = &r->parts.rig;
  check_tube(r, "pipe_inner_diameter", s->pipe_inner_diameter, s->pipe_outer_diameter);
  check_tube(r, "heavy_inner_diameter", s->heavy_inner_diameter, s->heavy_outer_diameter);
  check_tube(r, "collar_inner_diameter", s->collar_inner_diameter, s->collar_outer_diameter);
  if (s->friction_static < s->friction_kinetic)
    idr_problem_at(r->problems, r->yaml, place(r, r->string, "friction_static"),
                   "string: friction_static must not be below friction_kinetic");
  if (rig->flow_min >= rig->flow_max)
    idr_problem_at(r->problems, r->yaml, place(r, r->rig, "flow_min"),
                   "rig: flow_min %.0f L/min must be below flow_max %.0f L/min",
                   rig->flow_min * 60e3, rig->flow_max * 60e3);
}

static idr_status read_well(reader *r) {
  read_singles(r);
  IDR_TRY(read_lists(r));
  int sections = r->parts.section_count;
  double depth = sections ? r->section[sections - 1].bottom : NAN;
  check_surveys(r);
  check_layers(r, depth);
  check_sections(r, depth);
  check_equipment(r);
  IDR_TRY(idr_problems_status(r->problems));
  return IDR_STATUS_OK;
}

/* What only the finished path shows: surveys beyond 90 degrees may lead out of the ground, where
 * there is no rock, and by and by no temperature either. */
static idr_status check_path(reader *r, const idr_well *well) {
  for (int i = 0; i < well->path_count; i++) {
    if ((double)well->path[i].tvd >= -ABOVE_GROUND) continue;
    idr_problem_at(r->problems, r->yaml, r->surveys,
                   "the hole rises above the ground at %.0f m; check the inclinations",
                   i * IDR_PATH_STEP);
    break;
  }
  IDR_TRY(idr_problems_status(r->problems));
  return IDR_STATUS_OK;
}

/* Takes the document over. */
static idr_status well_from_yaml(idr_yaml *yaml, idr_well **out) {
  idr_status status = IDR_STATUS_OK;
  reader r = {.yaml = yaml};
  *out = NULL;
  r.problems = calloc(1, sizeof *r.problems);
  if (!r.problems) IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory to read a well");
  IDR_TRY_GOTO(status, done, read_well(&r));
  IDR_TRY_GOTO(status, done, idr_well_create(&r.parts, out));
  IDR_TRY_GOTO(status, done, check_path(&r, *out));
done:
  if (status != IDR_STATUS_OK) {
    idr_well_free(*out);
    *out = NULL;
  }
  free(r.section);
  free(r.layer);
  free(r.survey);
  free(r.problems);
  idr_yaml_free(yaml);
  return status;
}

idr_status idr_well_read(const char *file, idr_well **out) {
  idr_yaml *yaml;
  *out = NULL;
  IDR_TRY(idr_yaml_read(file, &yaml));
  IDR_TRY(well_from_yaml(yaml, out));
  return IDR_STATUS_OK;
}

idr_status idr_well_parse(const char *name, const char *text, size_t bytes, idr_well **out) {
  idr_yaml *yaml;
  *out = NULL;
  IDR_TRY(idr_yaml_parse(name, text, bytes, &yaml));
  IDR_TRY(well_from_yaml(yaml, out));
  return IDR_STATUS_OK;
}
