/* Well files with one defect each, and one with many: every defect is told once, at the line and
 * column of the value that is wrong, and all of a file at once. */
#include "drill/well.h"
#include "support/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A sound file; the cases spoil it. */
static const char good[] =
    "well: {name: sound}\n"
    "string: {collar_outer_diameter: 6.5 in, collar_inner_diameter: 2.8 in}\n"
    "rig: {flow_min: 900, flow_max: 3600}\n"
    "surveys:\n"
    "  - {md: 0, inclination: 0, azimuth: 40}\n"
    "  - {md: 600 m, inclination: 0 deg, azimuth: 40}\n"
    "  - {md: 1140, inclination: 45, azimuth: 40}\n"
    "  - {md: 1500, inclination: 45.5, azimuth: 40}\n"
    "sections:\n"
    "  - {name: upper, top: 0, bottom: 500, hole_diameter: 12.25 in, bit_diameter: 12.2 in,\n"
    "     bit_nozzle_area: 0.9, mud_density: 1100, casing_bottom: 499.5,\n"
    "     casing_inner_diameter: 8.681}\n"
    "  - name: middle\n"
    "    top: 500\n"
    "    bottom: 1000\n"
    "    hole_diameter: 8.5\n"
    "    bit_diameter: 8.5\n"
    "    bit_nozzle_area: 0.6\n"
    "    mud_density: 1250 kg/m3\n"
    "    casing_bottom: 1000 m\n"
    "    casing_inner_diameter: 7.05 in\n"
    "  - {name: lower, top: 1000 m, bottom: 1500, hole_diameter: 7, bit_diameter: 7,\n"
    "     bit_nozzle_area: 0.5, mud_density: 1400}\n"
    "layers:\n"
    "  - {top: 0, bottom: 400, lithology: shale, ucs: 20, abrasiveness: 0.1, pore_density: 1030,\n"
    "     fracture_density: 1500}\n"
    "  - {top: 400, bottom: 900, lithology: sandstone, ucs: 60, abrasiveness: 1,\n"
    "     pore_density: 1040, fracture_density: 1600}\n"
    "  - {top: 900, bottom: 1500.0, lithology: shale, ucs: 35, abrasiveness: 0.1,\n"
    "     pore_density: 1180, fracture_density: 1800}\n";

/* `from` becomes `to`; the file then has `count` problems, one of which says `words` and is told
 * where `at` stands (the first after the place of `to`, else the first of the file). Those with
 * `many` are also put into one file together. */
typedef struct {
  const char *name, *from, *to, *at, *words;
  int count;
  bool many;
} defect;

static const defect defects[] = {
    /* geometry */
    {"hole turns on the spot", "md: 1140, inclination", "md: 610, inclination", "45, azimuth",
     "the hole turns by 45.0 deg in the 10.00 m from the station before, 135.0 deg/30m; a drill "
     "string goes through at most 30",
     1, false},
    {"azimuth jumps", "md: 1500, inclination: 45.5, azimuth: 40",
     "md: 1145, inclination: 45.5, azimuth: 220", "45.5",
     "the hole turns by 90.5 deg in the 5.00 m", 1, true},
    {"surveys out of order", "md: 1500, inclination", "md: 1100, inclination", "1100",
     "survey depth 1100.00 m does not lie below the one before, 1140.00 m", 1, false},
    {"inclination is no angle", "inclination: 45.5", "inclination: 455", "455",
     "'inclination': 455 is out of range: 0 to 120 deg", 1, false},
    {"section upside down", "top: 1000 m, bottom: 1500,", "top: 1000 m, bottom: 990,", "990",
     "section: bottom 990.00 m must be deeper than top 1000.00 m", 2, false},
    {"cones under a law for drag bits", "    bit_diameter: 8.5\n",
     "    bit_diameter: 8.5\n    bit_kind: roller\n", "name: middle",
     "section middle: no law for drag bits drills with cones; set rop_law: bourgoyne", 1, false},
    {"a law without its numbers", "    bit_diameter: 8.5\n",
     "    bit_diameter: 8.5\n    rop_law: bourgoyne\n    bourgoyne: [1, 2]\n", "[1, 2]",
     "section middle: rop_law bourgoyne needs the list 'bourgoyne' of 8 coefficients, a1 to a8, it "
     "has 2",
     1, false},
    {"sections overlap", "    top: 500", "    top: 450", "450",
     "section from 450.00 m overlaps the one above, which ends at 500.00 m", 1, true},
    {"gap between sections", "    top: 500", "    top: 550", "550",
     "section begins at 550.00 m, but the one above ends at 500.00 m", 1, false},
    {"shoe below its section", "casing_bottom: 499.5", "casing_bottom: 560", "560",
     "section upper: casing_bottom 560.00 m is deeper than the section, 500.00 m", 1, false},
    {"shoe above its section", "casing_bottom: 1000 m", "casing_bottom: 450 m", "450 m",
     "section middle: casing_bottom 450.00 m does not reach into the section", 1, false},
    /* layers */
    {"layers overlap", "top: 900, bottom", "top: 880, bottom", "880",
     "layer from 880.00 m overlaps the one above, which ends at 900.00 m", 1, true},
    {"gap between layers", "top: 400, bottom: 900", "top: 410, bottom: 900", "410",
     "layer begins at 410.00 m, but the one above ends at 400.00 m", 1, false},
    {"layers end early", "bottom: 1500.0", "bottom: 1480.0", "1480.0",
     "the layers end at 1480.00 m, the well is 1500.00 m deep", 1, true},
    {"unknown rock", "lithology: sandstone", "lithology: sandston", "sandston", "'lithology'", 1,
     true},
    /* mud */
    {"mud breaks the shoe", "mud_density: 1250 kg/m3", "mud_density: 1650 kg/m3", "1650",
     "mud_density 1650 kg/m3 of section middle is not below fracture_density 1600 kg/m3 of the "
     "layer from 400.00 m, open below the shoe at 499.50 m: it would be lost",
     1, true},
    {"mud below pore pressure", "mud_density: 1400}", "mud_density: 1150}", "1150",
     "mud_density 1150 kg/m3 of section lower is not above pore_density 1180 kg/m3 of the layer", 1,
     true},
    {"no mud fits the rock", "pore_density: 1030,\n     fracture_density: 1500",
     "pore_density: 1030,\n     fracture_density: 1020", "1020",
     "fracture_density 1020 kg/m3 must exceed pore_density 1030 kg/m3: no mud fits", 2, false},
    /* units and what is missing */
    {"bit of 12.25 m", "bit_diameter: 12.2 in", "bit_diameter: 12.25 m", "12.25 m",
     "'bit_diameter': 12.25 m is out of range: 3 to 40 in", 1, true},
    {"bit in mm without a unit", "    bit_diameter: 8.5", "    bit_diameter: 216", "216",
     "'bit_diameter': 216 is out of range: 3 to 40 in", 1, false},
    {"mud of 10 kg/m3", "mud_density: 1100", "mud_density: 10 kg/m3", "10 kg/m3",
     "'mud_density': 10 kg/m3 is out of range: 800 to 2500 kg/m3", 1, true},
    {"mud in ppg without a unit", "mud_density: 1400}", "mud_density: 11.7}", "11.7",
     "'mud_density': 11.7 is out of range: 800 to 2500 kg/m3", 1, false},
    {"weight for a length", "collar_outer_diameter: 6.5 in", "collar_outer_diameter: 6.5 kg",
     "6.5 kg", "'collar_outer_diameter'", 1, true},
    {"depth in ft beyond all wells", "bottom: 1500, hole", "bottom: 49200, hole", "49200",
     "'bottom': 49200 is out of range: 0 to 15000 m", 1, false},
    {"no mud", ", mud_density: 1400}", "}", "{name: lower", "'mud_density' is missing", 1, false},
    /* what does not fit into what */
    {"bit wider than its hole", "    bit_diameter: 8.5", "    bit_diameter: 8.6", "8.6",
     "section middle: bit_diameter 218.4 mm is wider than its hole, 215.9 mm", 1, true},
    {"bit does not pass the casing", "casing_inner_diameter: 7.05 in",
     "casing_inner_diameter: 6.9 in", "7,\n     bit_nozzle_area",
     "section lower: bit_diameter 177.8 mm does not pass the casing above, 175.3 mm inside", 1,
     false},
    {"casing wider than its hole", "casing_inner_diameter: 7.05 in",
     "casing_inner_diameter: 8.55 in", "8.55",
     "section middle: casing_inner_diameter 217.2 mm does not fit its hole, 215.9 mm", 1, true},
    {"casing does not pass the casing above",
     "hole_diameter: 8.5\n    bit_diameter: 8.5\n    bit_nozzle_area: 0.6\n    mud_density: 1250 "
     "kg/m3\n    casing_bottom: 1000 m\n    casing_inner_diameter: 7.05 in",
     "hole_diameter: 9.5\n    bit_diameter: 8.5\n    bit_nozzle_area: 0.6\n    mud_density: 1250 "
     "kg/m3\n    casing_bottom: 1000 m\n    casing_inner_diameter: 8.75 in",
     "8.75",
     "section middle: casing_inner_diameter 222.2 mm does not pass the casing above, 220.5 mm", 1,
     false},
    {"string wider than the hole", "collar_outer_diameter: 6.5 in",
     "collar_outer_diameter: 7.02 in", "7, bit_diameter",
     "section lower: the string's widest part, 178.3 mm, does not fit into 177.8 mm", 1, false},
    {"tube without a wall", "collar_inner_diameter: 2.8 in", "collar_inner_diameter: 6.6 in", "6.6",
     "string: collar_inner_diameter 167.6 mm is not smaller than the outer diameter, 165.1 mm", 1,
     false},
    {"pumps that cannot run slowly enough", "flow_min: 900", "flow_min: 4000", "4000",
     "rig: flow_min 4000 L/min must be below flow_max 3600 L/min", 1, true},
};
enum { DEFECTS = sizeof defects / sizeof defects[0] };

static void spoil(char text[8192], const defect *d) {
  char *at = strstr(text, d->from);
  if (!at) fail_msg("%s: '%s' is not in the file", d->name, d->from);
  size_t from = strlen(d->from), to = strlen(d->to);
  memmove(at + to, at + from, strlen(at + from) + 1);
  memcpy(at, d->to, to);
}

/* "bad.yaml:LINE:COLUMN: " of what the defect names. */
static void expected_place(const char *text, const defect *d, char out[64]) {
  const char *at = strstr(strstr(text, d->to), d->at), *line = text;
  int number = 1;
  if (!at) at = strstr(text, d->at);
  assert_non_null(at);
  for (const char *c = text; c < at; c++)
    if (*c == '\n') {
      number++;
      line = c + 1;
    }
  snprintf(out, 64, "bad.yaml:%d:%d: ", number, (int)(at - line) + 1);
}

/* The problem stands in the message, words behind place in one line. */
static void assert_told(const char *text, const defect *d) {
  char place[64];
  const char *message = idr_error_get()->message;
  expected_place(text, d, place);
  const char *told = strstr(message, place), *words = strstr(message, d->words);
  if (!told || !words) fail_msg("%s: no '%s%s' in:\n%s", d->name, place, d->words, message);
  const char *begin = words;
  while (begin > message && begin[-1] != '\n')
    begin--;
  if (strncmp(begin, place, strlen(place)) != 0)
    fail_msg("%s: '%s' does not stand at %s in:\n%s", d->name, d->words, place, message);
}

static int lines(const char *text) {
  int n = 1;
  for (; *text; text++)
    n += *text == '\n';
  return n;
}

static void assert_refused(const char *name, const char *text, int count) {
  idr_well *well;
  idr_status status = idr_well_parse("bad.yaml", text, strlen(text), &well);
  if (status != IDR_STATUS_CONFIG) fail_msg("%s: status %d", name, (int)status);
  assert_null(well);
  if (lines(idr_error_get()->message) != count)
    fail_msg("%s: not %d problems:\n%s", name, count, idr_error_get()->message);
}

static void test_sound(void **state) {
  (void)state;
  idr_well *well;
  if (idr_well_parse("bad.yaml", good, strlen(good), &well) != IDR_STATUS_OK)
    fail_msg("%s", idr_error_get()->message);
  idr_well_free(well);
}

static void test_one(void **state) {
  const defect *d = *state;
  char text[8192];
  snprintf(text, sizeof text, "%s", good);
  spoil(text, d);
  assert_refused(d->name, text, d->count);
  assert_told(text, d);
}

static void test_many(void **state) {
  (void)state;
  char text[8192];
  int count = 0;
  snprintf(text, sizeof text, "%s", good);
  for (int i = 0; i < DEFECTS; i++)
    if (defects[i].many) {
      spoil(text, &defects[i]);
      count += defects[i].count;
    }
  assert_true(count >= 12);
  assert_refused("many", text, count);
  for (int i = 0; i < DEFECTS; i++)
    if (defects[i].many) assert_told(text, &defects[i]);
}

int main(void) {
  struct CMUnitTest tests[DEFECTS + 2] = {cmocka_unit_test(test_sound),
                                          cmocka_unit_test(test_many)};
  for (int i = 0; i < DEFECTS; i++)
    tests[i + 2] = (struct CMUnitTest){.name = defects[i].name,
                                       .test_func = test_one,
                                       .initial_state = (void *)(uintptr_t)&defects[i]};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
