/* What the file says about its columns, wells and itself: the CF conventions' attributes, and what
 * drillers and machines want to know beside them. */
#include "data/tables.h"
#include "data/write_internal.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keeps the first failure of a row of calls. */
#define PUT(call)                                                                                  \
  do {                                                                                             \
    if ((call) < 0) return -1;                                                                     \
  } while (0)

const char *idr_write_unit(const char *unit) {
  return strcmp(unit, "-") == 0 || strcmp(unit, "API") == 0 ? "1" : unit;
}

static int count_words(const char *words) {
  char word[64];
  int n = 0;
  while (idr_text_word(words, ' ', n, word, sizeof word) && word[0])
    n++;
  return n;
}

static herr_t put_flags(hid_t dataset, idr_type type, const int64_t *value, int count,
                        const char *words) {
  int8_t narrow[64];
  int16_t middle[64];
  int32_t wide[64];
  for (int i = 0; i < count && i < 64; i++) {
    narrow[i] = (int8_t)value[i];
    middle[i] = (int16_t)value[i];
    wide[i] = (int32_t)value[i];
  }
  size_t bytes = idr_type_bytes(type);
  const void *values = bytes == 1 ? (void *)narrow : bytes == 2 ? (void *)middle : (void *)wide;
  PUT(idr_h5_put_array(dataset, "flag_values", type, values, count < 64 ? count : 64));
  return idr_h5_put_text(dataset, "flag_meanings", words);
}

herr_t idr_write_flags(hid_t dataset, idr_type type, const char *words) {
  int64_t value[64];
  char trimmed[1024];
  int count = count_words(words);
  for (int i = 0; i < 64; i++)
    value[i] = i;
  idr_text_trim(words, strlen(words), trimmed, sizeof trimmed);
  return put_flags(dataset, type, value, count, trimmed);
}

/* 0 normal, then the events there, then the same on their way. */
static herr_t event_flags(hid_t dataset) {
  int64_t value[64] = {IDR_EVENT_NORMAL};
  char words[2048] = "normal", word[64];
  int n = 1;
  for (int coming = 0; coming < 2; coming++)
    for (int k = 0; k < IDR_EVENT_COUNT; k++) {
      idr_text_word(idr_event_words, ' ', k, word, sizeof word);
      idr_text_append(words, sizeof words, " %s%s", word, coming ? "_transient" : "");
      value[n++] = 1 + k + coming * IDR_EVENT_TRANSIENT;
    }
  return put_flags(dataset, IDR_TYPE_INT16, value, n, words);
}

static herr_t channel_attributes(hid_t dataset, const idr_channel *c, int number, bool truth) {
  char text[256];
  float missing = NAN;
  int32_t index = number;
  double range[2] = {c->low, c->high};
  snprintf(text, sizeof text, "%s%s", c->doc, truth ? ", true value" : "");
  PUT(idr_h5_put_text(dataset, "units", idr_write_unit(c->unit)));
  PUT(idr_h5_put_text(dataset, "long_name", text));
  PUT(idr_h5_put_array(dataset, "_FillValue", IDR_TYPE_FLOAT, &missing, 1));
  if (strcmp(c->wits, "-") != 0) PUT(idr_h5_put_text(dataset, "wits", c->wits));
  PUT(idr_h5_put_text(dataset, "mnemonic", c->mnemonic));
  PUT(idr_h5_put_value(dataset, "number", IDR_TYPE_INT32, &index));
  PUT(idr_h5_put_value(dataset, "resolution", IDR_TYPE_DOUBLE, &c->resolution));
  PUT(idr_h5_put_array(dataset, "usual_range", IDR_TYPE_DOUBLE, range, 2));
  PUT(idr_h5_put_text(dataset, "display_units", c->display));
  PUT(idr_h5_put_value(dataset, "display_scale", IDR_TYPE_DOUBLE, &c->scale));
  return idr_h5_put_value(dataset, "display_offset", IDR_TYPE_DOUBLE, &c->offset);
}

static herr_t time_attributes(hid_t dataset, const char *start) {
  char text[256];
  snprintf(text, sizeof text, "seconds since %s", start);
  PUT(idr_h5_put_text(dataset, "units", text));
  PUT(idr_h5_put_text(dataset, "calendar", "standard"));
  PUT(idr_h5_put_text(dataset, "standard_name", "time"));
  PUT(idr_h5_put_text(dataset, "long_name", "time of the record, UTC"));
  return idr_h5_put_text(dataset, "axis", "T");
}

static herr_t machine_attributes(hid_t dataset, const idr_column *column) {
  char machine[64], text[256];
  float missing = NAN;
  bool life = column->kind == IDR_COLUMN_LIFE;
  idr_text_word(idr_machine_words, ' ', column->item, machine, sizeof machine);
  snprintf(text, sizeof text,
           life ? "number of the life of the %s, as in the table of lives"
                : "operating hours of the %s to its failure, not known where no failure came",
           machine);
  PUT(idr_h5_put_text(dataset, "units", life ? "1" : "h"));
  if (!life) PUT(idr_h5_put_array(dataset, "_FillValue", IDR_TYPE_FLOAT, &missing, 1));
  return idr_h5_put_text(dataset, "long_name", text);
}

static herr_t fault_attributes(hid_t dataset, int channel) {
  char text[256];
  snprintf(text, sizeof text, "fault of the gauge of %s", idr_channels[channel].name);
  PUT(idr_h5_put_text(dataset, "long_name", text));
  return idr_write_flags(dataset, IDR_TYPE_UINT8, idr_fault_words);
}

herr_t idr_write_column_attributes(hid_t dataset, const idr_column *column, const char *start) {
  switch (column->kind) {
  case IDR_COLUMN_TIME:
    return time_attributes(dataset, start);
  case IDR_COLUMN_ACTIVITY:
    PUT(idr_h5_put_text(dataset, "long_name", "what the rig is doing"));
    return idr_write_flags(dataset, IDR_TYPE_INT8, idr_activity_words);
  case IDR_COLUMN_EVENT:
    PUT(idr_h5_put_text(dataset, "long_name", "what goes wrong in the hole"));
    return event_flags(dataset);
  case IDR_COLUMN_WELL:
    PUT(idr_h5_put_text(dataset, "units", "1"));
    return idr_h5_put_text(dataset, "long_name",
                           "wells that the rig has finished before the present one");
  case IDR_COLUMN_FAULT:
    return fault_attributes(dataset, column->item);
  case IDR_COLUMN_RUL:
  case IDR_COLUMN_LIFE:
    return machine_attributes(dataset, column);
  default:
    return channel_attributes(dataset, &idr_channels[column->item], column->item,
                              column->kind == IDR_COLUMN_TRUTH);
  }
}

herr_t idr_write_well_attributes(const idr_well_writer *w, const idr_column *column, int count) {
  const idr_reel_spec *spec = idr_reel_get_spec(w->well->reel);
  size_t size = (size_t)count * IDR_COLUMN_NAME_MAX;
  char *names = calloc(1, size);
  if (!names) return -1;
  for (int c = 0; c < count; c++)
    idr_text_append(names, size, "%s%s", c ? "," : "", column[c].name);
  herr_t code = idr_h5_put_text(w->group, "columns", names);
  free(names);
  PUT(code);
  PUT(idr_h5_put_text(w->group, "name", w->well->name));
  PUT(idr_h5_put_value(w->group, "id", IDR_TYPE_INT64, &w->well->id));
  PUT(idr_h5_put_value(w->group, "rows", IDR_TYPE_INT64, &spec->rows));
  PUT(idr_h5_put_value(w->group, "chunk", IDR_TYPE_INT64, &spec->chunk));
  PUT(idr_h5_put_text(w->group, "start", w->options->start));
  if (w->well->well) PUT(idr_h5_put_text(w->group, "well", w->well->well->head.name));
  return 0;
}

herr_t idr_write_file_attributes(hid_t file, const idr_write_options *options) {
  PUT(idr_h5_put_text(file, "Conventions", "CF-1.8"));
  PUT(idr_h5_put_text(file, "format", "idrill data set 1"));
  PUT(idr_h5_put_text(file, "title", options->title));
  PUT(idr_h5_put_text(file, "source", options->source));
  return idr_h5_put_text(file, "comment", options->comment);
}
