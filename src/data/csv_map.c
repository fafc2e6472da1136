#include "data/csv_map.h"
#include "base/text.h"
#include "base/units.h"
#include "drill/channel.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 512
#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

IDR_SETTINGS_STRUCT(column_row, IDR_CSV_COLUMN_ROWS);

#define idr_row_type idr_csv_file
static const idr_setting file_rows[] = {IDR_CSV_FILE_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type idr_csv_time
static const idr_setting time_rows[] = {IDR_CSV_TIME_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type column_row
static const idr_setting column_rows[] = {IDR_CSV_COLUMN_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type

typedef struct {
  const idr_yaml *yaml;
  idr_problems *problems;
  idr_csv_map *map;
} reader;

/* ---- nearest names --------------------------------------------------------------------------- */

typedef struct {
  int least;
  const char *word;
} nearest;

static void consider(nearest *best, const char *name, const char *word) {
  int distance = idr_text_distance(name, word);
  if (distance >= best->least || !idr_text_is_near(name, distance)) return;
  *best = (nearest){distance, word};
}

static const char *nearest_channel(const char *name) {
  nearest best = {1000, ""};
  for (int i = 0; i < IDR_CHANNEL_COUNT; i++) {
    consider(&best, name, idr_channels[i].name);
    consider(&best, name, idr_channels[i].mnemonic);
  }
  return best.word;
}

static const char *nearest_field(const char *name, const idr_csv_row *header) {
  nearest best = {1000, ""};
  for (int i = 0; i < header->count; i++)
    consider(&best, name, header->field[i]);
  return best.word;
}

/* ---- units ----------------------------------------------------------------------------------- */

/* Factor and offset from `unit` to the channel's SI. The channel's own two units come first: "g" is
 * an acceleration there, and a mass in the table of units. */
static bool find_unit(const idr_channel *channel, const char *unit, idr_csv_column *out, char *why,
                      size_t size) {
  const char *si = strcmp(channel->unit, "-") == 0 ? "" : channel->unit;
  const idr_unit *wanted = idr_unit_find(si), *given = idr_unit_find(unit);
  snprintf(out->unit, sizeof out->unit, "%.31s", unit);
  if (strcmp(unit, channel->unit) == 0) {
    out->factor = 1;
    out->offset = 0;
  } else if (strcmp(unit, channel->display) == 0) {
    out->factor = 1 / channel->scale;
    out->offset = channel->offset;
  } else if (wanted && given && wanted->dimension == given->dimension) {
    out->factor = given->factor;
    out->offset = given->offset;
  } else if (given && wanted) {
    snprintf(why, size, "'%.30s' is the unit of %s, but %s is %s", unit,
             idr_dimension_text(given->dimension), channel->name,
             idr_dimension_text(wanted->dimension));
    return false;
  } else {
    const char *near = wanted ? idr_unit_nearest(unit, wanted->dimension) : "";
    char list[256] = "";
    if (wanted) idr_unit_list(wanted->dimension, list, sizeof list);
    snprintf(why, size, "unknown unit '%.30s'%s%s%s; %s may be in %s%s%s", unit,
             near[0] ? " (did you mean '" : "", near, near[0] ? "'?)" : "", channel->name,
             list[0] ? list : channel->unit, list[0] ? ", " : "", list[0] ? channel->display : "");
    return false;
  }
  return true;
}

/* Usual range and its width on either side, where nothing else is said. */
static void set_range(const idr_channel *channel, const idr_reals *range, idr_csv_column *out) {
  double width = channel->high - channel->low;
  out->low = channel->low - width;
  out->high = channel->high + width;
  if (range->count != 2) return;
  out->low = range->value[0] * out->factor + out->offset;
  out->high = range->value[1] * out->factor + out->offset;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_mapped(const idr_csv_map *map, int channel) {
  for (int i = 0; i < map->count; i++)
    if (map->column[i].channel == channel) return true;
  return false;
}

static void read_column(reader *r, idr_yaml_node node) {
  column_row row;
  char why[512];
  memset(&row, 0, sizeof row);
  int before = r->problems->count;
  idr_record_read(r->yaml, node, column_rows, COUNT(column_rows), "", &row, r->problems);
  if (r->problems->count > before) return;
  idr_csv_column *c = &r->map->column[r->map->count];
  int channel = idr_channel_find(row.channel);
  if (channel < 0) {
    const char *near = nearest_channel(row.channel);
    idr_problem_at(r->problems, r->yaml, idr_yaml_child(r->yaml, node, "channel"),
                   "there is no channel '%.60s'%s%s%s", row.channel,
                   near[0] ? "; did you mean '" : "; 'idrill help convert' lists them", near,
                   near[0] ? "'?" : "");
    return;
  }
  if (is_mapped(r->map, channel))
    idr_problem_at(r->problems, r->yaml, node, "channel %s has a column already",
                   idr_channels[channel].name);
  if (!find_unit(&idr_channels[channel], row.unit, c, why, sizeof why))
    idr_problem_at(r->problems, r->yaml, idr_yaml_child(r->yaml, node, "unit"), "%s", why);
  if (row.range.count != 0 && (row.range.count != 2 || row.range.value[0] >= row.range.value[1]))
    idr_problem_at(r->problems, r->yaml, idr_yaml_child(r->yaml, node, "range"),
                   "a range is two numbers, the lower one first");
  snprintf(c->name, sizeof c->name, "%s", row.column);
  c->channel = channel;
  c->field = -1;
  set_range(&idr_channels[channel], &row.range, c);
  r->map->count++;
}

static void read_columns(reader *r) {
  idr_yaml_node root = idr_yaml_root(r->yaml), list = idr_yaml_child(r->yaml, root, "columns");
  int count = idr_yaml_length(r->yaml, list);
  if (count < 1 || count > COLUMNS_MAX) {
    idr_problem_at(r->problems, r->yaml, list ? list : root,
                   "'columns' must be a list with 1 to %d columns", COLUMNS_MAX);
    return;
  }
  for (int i = 0; i < count; i++)
    read_column(r, idr_yaml_item(r->yaml, list, i));
}

static void read_ignored(reader *r) {
  idr_yaml_node list = idr_yaml_child(r->yaml, idr_yaml_root(r->yaml), "ignore");
  int count = idr_yaml_length(r->yaml, list);
  for (int i = 0; i < count; i++) {
    idr_yaml_node node = idr_yaml_item(r->yaml, list, i);
    const char *text = idr_yaml_text(r->yaml, node);
    if (text && strlen(text) < IDR_TEXT_MAX)
      snprintf(r->map->ignored[r->map->ignored_count++], IDR_TEXT_MAX, "%s", text);
    else
      idr_problem_at(r->problems, r->yaml, node, "'ignore' is a list of column names");
  }
}

static void read_time(reader *r) {
  idr_csv_map *map = r->map;
  idr_yaml_node root = idr_yaml_root(r->yaml), node = idr_yaml_child(r->yaml, root, "time");
  int before = r->problems->count;
  if (!node) {
    idr_problem_at(r->problems, r->yaml, root, "the mapping 'time' is missing; it orders the rows");
    return;
  }
  idr_record_read(r->yaml, node, time_rows, COUNT(time_rows), "", &map->time, r->problems);
  if (r->problems->count > before) return;
  const idr_unit *unit = idr_unit_find(map->time.unit);
  map->time_factor = 1;
  if (map->time.format == IDR_CSV_SECONDS && (!unit || unit->dimension != IDR_DIMENSION_TIME))
    idr_problem_at(r->problems, r->yaml, idr_yaml_child(r->yaml, node, "unit"),
                   "'%.30s' is no unit of time; s, ms, min, h and day are", map->time.unit);
  else if (map->time.format == IDR_CSV_SECONDS)
    map->time_factor = unit->factor;
  if (!idr_csv_date(map->time.start, &map->time_start))
    idr_problem_at(r->problems, r->yaml, idr_yaml_child(r->yaml, node, "start"),
                   "'%.40s' is no date; write it as 2024-02-29T23:59:59Z", map->time.start);
}

static void read_parts(reader *r) {
  idr_yaml_node root = idr_yaml_root(r->yaml), file = idr_yaml_child(r->yaml, root, "file");
  idr_record_known(r->yaml, root, "file,time,columns,ignore", r->problems);
  idr_record_read(r->yaml, file, file_rows, COUNT(file_rows), "", &r->map->file, r->problems);
  if (r->map->file.data <= r->map->file.header)
    idr_problem_at(r->problems, r->yaml, file ? file : root,
                   "the first line of numbers, data: %lld, must come after the header, line %lld",
                   (long long)r->map->file.data, (long long)r->map->file.header);
  read_time(r);
  read_columns(r);
  read_ignored(r);
}

static idr_status create(const char *name, int columns, int ignored, idr_csv_map **out) {
  idr_csv_map *map = calloc(1, sizeof *map);
  *out = map;
  if (map) {
    map->column = calloc((size_t)columns + 1, sizeof *map->column);
    map->ignored = calloc((size_t)ignored + 1, sizeof *map->ignored);
    map->time_field = -1;
  }
  if (map && map->column && map->ignored) return IDR_STATUS_OK;
  idr_csv_map_free(map);
  *out = NULL;
  IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the channel map %s", name);
}

/* Takes the document over. */
static idr_status read_map(idr_yaml *yaml, idr_csv_map **out) {
  idr_problems problems = {0};
  idr_yaml_node root = idr_yaml_root(yaml);
  int columns = idr_yaml_length(yaml, idr_yaml_child(yaml, root, "columns")),
      ignored = idr_yaml_length(yaml, idr_yaml_child(yaml, root, "ignore"));
  idr_status status =
      create(idr_yaml_name(yaml), columns < COLUMNS_MAX ? columns : COLUMNS_MAX, ignored, out);
  if (status == IDR_STATUS_OK) {
    reader r = {yaml, &problems, *out};
    read_parts(&r);
    status = idr_problems_status(&problems);
  }
  if (status != IDR_STATUS_OK) {
    idr_csv_map_free(*out);
    *out = NULL;
  }
  idr_yaml_free(yaml);
  return status;
}

idr_status idr_csv_map_read(const char *file, idr_csv_map **out) {
  idr_yaml *yaml = NULL;
  *out = NULL;
  IDR_TRY(idr_yaml_read(file, &yaml));
  return read_map(yaml, out);
}

idr_status idr_csv_map_parse(const char *name, const char *text, size_t bytes, idr_csv_map **out) {
  idr_yaml *yaml = NULL;
  *out = NULL;
  IDR_TRY(idr_yaml_parse(name, text, bytes, &yaml));
  return read_map(yaml, out);
}

void idr_csv_map_free(idr_csv_map *map) {
  if (!map) return;
  free(map->column);
  free(map->ignored);
  free(map);
}

char idr_csv_map_separator(const idr_csv_map *map) {
  static const char separators[] = {0, ',', ';', '\t'};
  return separators[map->file.separator];
}

/* ---- the header as its own map --------------------------------------------------------------- */

/* Parts "wob [kN]" into name and unit; false when it has another form. */
static bool split_name(const char *field, char *name, char *unit, size_t name_size,
                       size_t unit_size) {
  const char *open = strrchr(field, '['), *close = open ? strchr(open, ']') : NULL;
  if (!close || close[1] != '\0') return false;
  return idr_text_trim(field, (size_t)(open - field), name, name_size) &&
         idr_text_trim(open + 1, (size_t)(close - open - 1), unit, unit_size);
}

/* Labels that a table of ours carries on request; they are no channels. */
static bool is_label(const char *name) {
  return strcmp(name, "activity") == 0 || strcmp(name, "event") == 0;
}

/* The column `i` of a header that names channels and units; a problem's text, or NULL. */
static bool add_named(idr_csv_map *map, const char *field, int i, char *why, size_t size) {
  char name[IDR_TEXT_MAX] = "", unit[64] = "";
  idr_csv_column *c = &map->column[map->count];
  bool parted = split_name(field, name, unit, sizeof name, sizeof unit);
  int channel = parted ? idr_channel_find(name) : -1;
  if (parted && strcmp(name, "time") == 0) {
    map->time_field = i;
    map->time.format = strcmp(unit, "s") == 0 ? IDR_CSV_SECONDS : IDR_CSV_ISO8601;
    snprintf(map->time.column, sizeof map->time.column, "%.500s", field);
    return true;
  }
  if (is_label(field)) return true;
  if (channel < 0) {
    const char *near = nearest_channel(parted ? name : field);
    int shown = idr_channel_find(near[0] ? near : "wob");
    snprintf(why, size,
             "'%.60s' is no channel with its unit in brackets, such as '%s [%s]'; rename it, or "
             "give a channel map",
             field, idr_channels[shown].name, idr_channels[shown].display);
    return false;
  }
  if (is_mapped(map, channel)) {
    snprintf(why, size, "channel %s stands there twice", name);
    return false;
  }
  if (!find_unit(&idr_channels[channel], unit, c, why, size)) return false;
  snprintf(c->name, sizeof c->name, "%.500s", field);
  c->channel = channel;
  c->field = i;
  c->low = -INFINITY; /* gauges that misbehave belong to a data set of ours */
  c->high = INFINITY;
  map->count++;
  return true;
}

/* The values that a map has where its file says nothing. */
static idr_status set_defaults(const char *name, idr_csv_map *map, idr_problems *problems) {
  idr_yaml *nothing = NULL;
  IDR_TRY(idr_yaml_parse(name, "{}", 2, &nothing));
  idr_record_read(nothing, idr_yaml_root(nothing), file_rows, COUNT(file_rows), "", &map->file,
                  problems);
  idr_yaml_free(nothing);
  map->time_factor = 1;
  return IDR_STATUS_OK;
}

static idr_status read_header(const char *name, const idr_csv_row *header, idr_csv_map *map) {
  idr_problems problems = {0};
  char why[1024];
  IDR_TRY(set_defaults(name, map, &problems));
  for (int i = 0; i < header->count; i++)
    if (!add_named(map, header->field[i], i, why, sizeof why))
      idr_problem_add(&problems, "%s:%lld: column %d: %s", name, (long long)header->line, i + 1,
                      why);
  if (map->time_field < 0)
    idr_problem_add(&problems, "%s:%lld: there is no column 'time [s]'; give a channel map", name,
                    (long long)header->line);
  return idr_problems_status(&problems);
}

idr_status idr_csv_map_from_header(const char *name, const idr_csv_row *header, idr_csv_map **out) {
  IDR_TRY(create(name, header->count, 0, out));
  idr_status status = read_header(name, header, *out);
  if (status == IDR_STATUS_OK) return status;
  idr_csv_map_free(*out);
  *out = NULL;
  return status;
}

/* ---- binding --------------------------------------------------------------------------------- */

static int find_field(const idr_csv_row *header, const char *name) {
  for (int i = 0; i < header->count; i++)
    if (strcmp(header->field[i], name) == 0) return i;
  return -1;
}

static int bind_one(const char *name, const idr_csv_row *header, const char *column,
                    idr_problems *problems) {
  int field = find_field(header, column);
  if (field >= 0) return field;
  const char *near = nearest_field(column, header);
  idr_problem_add(problems, "%s:%lld: there is no column '%.60s'%s%.60s%s", name,
                  (long long)header->line, column,
                  near[0] ? "; did you mean '" : " that the map names", near, near[0] ? "'?" : "");
  return -1;
}

static bool is_known(const idr_csv_map *map, const char *field) {
  if (strcmp(field, map->time.column) == 0) return true;
  for (int i = 0; i < map->count; i++)
    if (strcmp(field, map->column[i].name) == 0) return true;
  for (int i = 0; i < map->ignored_count; i++)
    if (strcmp(field, map->ignored[i]) == 0) return true;
  return false;
}

static void list_left_out(const idr_csv_map *map, const idr_csv_row *header, char *out,
                          size_t size) {
  out[0] = '\0';
  for (int i = 0; i < header->count; i++) {
    if (is_known(map, header->field[i])) continue;
    const char *near = nearest_channel(header->field[i]);
    idr_text_append(out, size, "%scolumn %d '%.60s' is left out: the map does not name it%s%s",
                    out[0] ? "\n" : "", i + 1, header->field[i],
                    near[0] ? "; the nearest channel is " : "", near);
  }
}

idr_status idr_csv_map_bind(idr_csv_map *map, const char *name, const idr_csv_row *header,
                            char *left_out, size_t size) {
  idr_problems problems = {0};
  map->time_field = bind_one(name, header, map->time.column, &problems);
  for (int i = 0; i < map->count; i++)
    map->column[i].field = bind_one(name, header, map->column[i].name, &problems);
  list_left_out(map, header, left_out, size);
  return idr_problems_status(&problems);
}
