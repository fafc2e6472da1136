#include "data/columns.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char *const machines[] = {
#define IDR_MACHINE_NAME(id, name) name,
    IDR_MACHINE_LIST(IDR_MACHINE_NAME)
#undef IDR_MACHINE_NAME
};

static void add(idr_column *out, int *n, idr_column_kind kind, int item, const char *before,
                const char *name, const char *after) {
  idr_column *c = &out[(*n)++];
  c->kind = kind;
  c->item = item;
  snprintf(c->name, sizeof c->name, "%s%s%s", before, name, after);
}

static void add_channels(idr_column *out, int *n, uint64_t channels, idr_column_kind kind,
                         const char *before) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    if (channels >> c & 1) add(out, n, kind, c, before, idr_channels[c].name, "");
}

int idr_columns_make(const idr_column_choice *choice, idr_column out[IDR_COLUMNS_MAX]) {
  int n = 0;
  add(out, &n, IDR_COLUMN_TIME, 0, "", "time", "");
  add_channels(out, &n, choice->channels, IDR_COLUMN_READING, "");
  if (choice->truth) add_channels(out, &n, choice->channels, IDR_COLUMN_TRUTH, "truth/");
  if (choice->labels) {
    add(out, &n, IDR_COLUMN_ACTIVITY, 0, "labels/", "activity", "");
    add(out, &n, IDR_COLUMN_EVENT, 0, "labels/", "event", "");
    add(out, &n, IDR_COLUMN_WELL, 0, "labels/", "well_number", "");
    add_channels(out, &n, choice->channels, IDR_COLUMN_FAULT, "labels/fault_");
  }
  for (int m = 0; choice->machines && m < IDR_MACHINE_COUNT; m++) {
    add(out, &n, IDR_COLUMN_RUL, m, "rul/", machines[m], "");
    add(out, &n, IDR_COLUMN_LIFE, m, "rul/", machines[m], "_life");
  }
  return n;
}

bool idr_column_parse(const char *name, idr_column *out) {
  idr_column all[IDR_COLUMNS_MAX];
  const idr_column_choice everything = {IDR_CHANNELS_ALL, true, true, true};
  int n = idr_columns_make(&everything, all);
  for (int i = 0; i < n; i++) {
    if (strcmp(all[i].name, name) != 0) continue;
    *out = all[i];
    return true;
  }
  return false;
}

idr_type idr_column_type(idr_column_kind kind) {
  switch (kind) {
  case IDR_COLUMN_TIME:
    return IDR_TYPE_INT64;
  case IDR_COLUMN_ACTIVITY:
    return IDR_TYPE_INT8;
  case IDR_COLUMN_FAULT:
    return IDR_TYPE_UINT8;
  case IDR_COLUMN_EVENT:
  case IDR_COLUMN_LIFE:
  case IDR_COLUMN_WELL:
    return IDR_TYPE_INT16;
  default:
    return IDR_TYPE_FLOAT;
  }
}

size_t idr_type_bytes(idr_type type) {
  static const size_t bytes[] = {1, 1, 2, 4, 8, 8, 4, 8};
  return bytes[type];
}

static idr_status fail_channel(const char *word) {
  int nearest = 0;
  for (int c = 1; c < IDR_CHANNEL_COUNT; c++)
    if (idr_text_distance(word, idr_channels[c].name) <
        idr_text_distance(word, idr_channels[nearest].name))
      nearest = c;
  IDR_FAIL(IDR_STATUS_CONFIG, "there is no channel '%s'; the nearest name is '%s'", word,
           idr_channels[nearest].name);
}

idr_status idr_channels_parse(const char *text, uint64_t *channels) {
  char word[IDR_COLUMN_NAME_MAX];
  *channels = 0;
  if (strcmp(text, "all") == 0) {
    *channels = IDR_CHANNELS_ALL;
    return IDR_STATUS_OK;
  }
  for (int i = 0; idr_text_word(text, ',', i, word, sizeof word); i++) {
    int c = idr_channel_find(word);
    if (c < 0) return fail_channel(word);
    *channels |= (uint64_t)1 << c;
  }
  return IDR_STATUS_OK;
}
