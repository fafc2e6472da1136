#include "data/tables.h"

#include <string.h>

#define ACTIVITY_WORD(id, code, name, doc) name " "
#define EVENT_WORD(id, name, doc)          name " "
#define MACHINE_WORD(id, name)             name " "
#define CAUSE_WORD(id, name, doc)          name " "
const char idr_activity_words[] = IDR_ACTIVITY_LIST(ACTIVITY_WORD);
const char idr_event_words[] = IDR_EVENT_LIST(EVENT_WORD);
const char idr_machine_words[] = IDR_MACHINE_LIST(MACHINE_WORD);
const char idr_fault_words[] = "good bias drift spike frozen dropout";
const char *idr_activity_name(int activity) {
#define ACTIVITY_NAME(id, code, name, doc) name,
  static const char *const names[] = {IDR_ACTIVITY_LIST(ACTIVITY_NAME)};
  return activity >= 0 && activity < IDR_ACTIVITY_COUNT ? names[activity] : "?";
}

const char *idr_event_name(int kind) {
  return kind >= 0 && kind < IDR_EVENT_COUNT ? idr_event_names[kind] : "?";
}

const char *idr_machine_name(int machine) {
#define MACHINE_NAME(id, name) name,
  static const char *const names[] = {IDR_MACHINE_LIST(MACHINE_NAME)};
  return machine >= 0 && machine < IDR_MACHINE_COUNT ? names[machine] : "?";
}

static const char cause_words[] = IDR_CAUSE_LIST(CAUSE_WORD);
static const char life_words[] = "failed replaced censored";
static const char rock_words[] = "sandstone shale limestone dolomite granite";
static const char bool_words[] = "no yes";

#define FIELD(struct_, member, type, unit, doc)                                                    \
  { #member, unit, doc, NULL, IDR_TYPE_##type, offsetof(struct_, member) }
#define FLAGS(struct_, member, type, words, doc)                                                   \
  { #member, "1", doc, words, IDR_TYPE_##type, offsetof(struct_, member) }

static const idr_table_field events[] = {
    FLAGS(idr_event_record, kind, INT32, idr_event_words, "what went wrong"),
    FLAGS(idr_event_record, cause, INT32, cause_words, "what brought it about"),
    FIELD(idr_event_record, onset, INT64, "s", "first second of the event, on the well's clock"),
    FIELD(idr_event_record, detectable, INT64, "s", "second from which the channels show it"),
    FIELD(idr_event_record, end, INT64, "s", "second after the last"),
    FIELD(idr_event_record, depth, DOUBLE, "m", "of the bit at the onset"),
    FIELD(idr_event_record, severity, FLOAT, "1", "the largest it had, 0 to 1"),
    FIELD(idr_event_record, channels, UINT64, "1",
          "that carry its signature: bit 1 << number (an attribute of the channel)"),
    FLAGS(idr_event_record, open, UINT8, bool_words, "still going on at the end of the record"),
};

static const idr_table_field lives[] = {
    FLAGS(idr_life_record, machine, INT32, idr_machine_words, "whose life"),
    FIELD(idr_life_record, life, INT32, "1", "0 for the machine of the beginning"),
    FIELD(idr_life_record, begin, INT64, "s", "first second, on the well's clock"),
    FIELD(idr_life_record, end, INT64, "s", "second after the last"),
    FIELD(idr_life_record, hours, DOUBLE, "h", "operating hours when it ended"),
    FIELD(idr_life_record, age, DOUBLE, "h", "operating hours that the machine came with"),
    FLAGS(idr_life_record, state, INT32, life_words, "how it ended"),
};

static const idr_table_field bits[] = {
    FIELD(idr_bit_record, run, INT32, "1", "0 for the bit of the beginning"),
    FIELD(idr_bit_record, section, INT32, "1", "hole section that it drilled, as in the table"),
    FIELD(idr_bit_record, begin, INT64, "s", "first second, on the well's clock"),
    FIELD(idr_bit_record, end, INT64, "s", "second after the last"),
    FIELD(idr_bit_record, depth_in, DOUBLE, "m", "where it began"),
    FIELD(idr_bit_record, depth_out, DOUBLE, "m", "where it was pulled"),
    FIELD(idr_bit_record, hours, DOUBLE, "h", "on bottom"),
    FIELD(idr_bit_record, turns, DOUBLE, "1", "revolutions"),
    {"inner", "1", "dull grade (IADC) of the inner rows, eighths", NULL, IDR_TYPE_INT32,
     offsetof(idr_bit_record, grade.inner)},
    {"outer", "1", "dull grade of the outer rows, eighths", NULL, IDR_TYPE_INT32,
     offsetof(idr_bit_record, grade.outer)},
    {"gauge", "1", "sixteenths of an inch under gauge", NULL, IDR_TYPE_INT32,
     offsetof(idr_bit_record, grade.gauge)},
};

static const idr_table_field survey[] = {
    FIELD(idr_well_survey, md, DOUBLE, "m", "measured depth of the station"),
    FIELD(idr_well_survey, inclination, DOUBLE, "rad", "from the vertical"),
    FIELD(idr_well_survey, azimuth, DOUBLE, "rad", "from north, clockwise"),
};

static const idr_table_field path[] = {
    FIELD(idr_dataset_point, md, DOUBLE, "m", "measured depth"),
    FIELD(idr_dataset_point, tvd, DOUBLE, "m", "vertical depth"),
    FIELD(idr_dataset_point, north, DOUBLE, "m", "north of the wellhead"),
    FIELD(idr_dataset_point, east, DOUBLE, "m", "east of the wellhead"),
    FIELD(idr_dataset_point, inclination, DOUBLE, "rad", "from the vertical"),
    FIELD(idr_dataset_point, azimuth, DOUBLE, "rad", "from north, clockwise"),
};

static const idr_table_field layers[] = {
    FIELD(idr_layer, top, FLOAT, "m", "where the hole enters the layer, measured depth"),
    FIELD(idr_layer, bottom, FLOAT, "m", "where it leaves it"),
    FIELD(idr_layer, ucs, FLOAT, "Pa", "unconfined compressive strength"),
    FIELD(idr_layer, abrasiveness, FLOAT, "1", "wear relative to quartz-rich granite"),
    FIELD(idr_layer, stickiness, FLOAT, "1", "tendency of cuttings to ball the bit"),
    FIELD(idr_layer, pore_density, FLOAT, "kg/m3", "pore pressure as mud density"),
    FIELD(idr_layer, fracture_density, FLOAT, "kg/m3", "fracture pressure likewise"),
    FIELD(idr_layer, gamma_ray, FLOAT, "1", "natural gamma ray, API units"),
    FIELD(idr_layer, resistivity, FLOAT, "ohm.m", "deep resistivity"),
    FIELD(idr_layer, density, FLOAT, "kg/m3", "bulk density"),
    FIELD(idr_layer, porosity, FLOAT, "1", "volume fraction of pores"),
    FIELD(idr_layer, thermal_gradient, FLOAT, "K/m", "per vertical metre"),
    FLAGS(idr_layer, lithology, INT32, rock_words, "kind of rock"),
};

static const idr_table_field sections[] = {
    FIELD(idr_dataset_section, top, DOUBLE, "m", "where this hole diameter begins"),
    FIELD(idr_dataset_section, bottom, DOUBLE, "m", "where it ends"),
    FIELD(idr_dataset_section, hole_diameter, DOUBLE, "m", "open hole"),
    FIELD(idr_dataset_section, casing_bottom, DOUBLE, "m", "shoe of the casing set afterwards"),
    FIELD(idr_dataset_section, casing_inner_diameter, DOUBLE, "m", "of that casing"),
    FIELD(idr_dataset_section, mud_density, DOUBLE, "kg/m3", "of the mud pumped in"),
};

#define TABLE(name, item, doc, fields, struct_)                                                    \
  { name, item, doc, fields, (int)(sizeof fields / sizeof fields[0]), sizeof(struct_) }
const idr_table idr_tables[IDR_TABLE_COUNT] = {
    [IDR_TABLE_EVENTS] =
        TABLE("events", "event", "what went wrong in the hole", events, idr_event_record),
    [IDR_TABLE_LIVES] = TABLE("lives", "life_record", "lives of the machines, bits among them",
                              lives, idr_life_record),
    [IDR_TABLE_BITS] = TABLE("bits", "run_record", "runs of bits", bits, idr_bit_record),
    [IDR_TABLE_SURVEY] =
        TABLE("survey", "station", "survey stations of the well", survey, idr_well_survey),
    [IDR_TABLE_PATH] = TABLE("path", "point", "the hole by minimum curvature, every 20 m", path,
                             idr_dataset_point),
    [IDR_TABLE_LAYERS] = TABLE("layers", "layer", "formation, top to bottom", layers, idr_layer),
    [IDR_TABLE_SECTIONS] =
        TABLE("sections", "section", "hole sections, top to bottom", sections, idr_dataset_section),
};

void idr_table_gather(const idr_table *table, int field, const void *items, int count, void *out) {
  const idr_table_field *f = &table->field[field];
  size_t bytes = idr_type_bytes(f->type);
  for (int i = 0; i < count; i++)
    memcpy((char *)out + (size_t)i * bytes,
           (const char *)items + (size_t)i * table->bytes + f->offset, bytes);
}

void idr_table_scatter(const idr_table *table, int field, const void *values, int count,
                       void *items) {
  const idr_table_field *f = &table->field[field];
  size_t bytes = idr_type_bytes(f->type);
  for (int i = 0; i < count; i++)
    memcpy((char *)items + (size_t)i * table->bytes + f->offset,
           (const char *)values + (size_t)i * bytes, bytes);
}
