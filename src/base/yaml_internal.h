/* What the settings reader needs from YAML documents beyond settings.h; for src/base only. */
#ifndef IDR_BASE_YAML_INTERNAL_H
#define IDR_BASE_YAML_INTERNAL_H

#include "base/settings.h"

#define IDR_YAML_BYTES_MAX ((size_t)16 << 20)

/* Reads a file, or parses text: one YAML document without aliases, of bounded depth. */
idr_status idr_yaml_load(const char *file, idr_yaml **out);
idr_status idr_yaml_load_text(const char *name, const char *text, size_t bytes, idr_yaml **out);
/* Reports what YAML allows and settings do not: keys twice, keys that are no words, tags, zero
 * bytes inside text. */
idr_status idr_yaml_check(const idr_yaml *yaml, idr_problems *problems);

/* Pairs of a mapping (0 for anything else); the key of pair i, its node and its value. */
int idr_yaml_pairs(const idr_yaml *yaml, idr_yaml_node node);
const char *idr_yaml_key(const idr_yaml *yaml, idr_yaml_node node, int i, idr_yaml_node *key,
                         idr_yaml_node *value);
bool idr_yaml_is_mapping(const idr_yaml *yaml, idr_yaml_node node);
bool idr_yaml_is_sequence(const idr_yaml *yaml, idr_yaml_node node);
/* True for a value that was left out ("key:" and nothing behind it). */
bool idr_yaml_is_empty(const idr_yaml *yaml, idr_yaml_node node);
/* "a list", "a mapping", "a value". */
const char *idr_yaml_kind(const idr_yaml *yaml, idr_yaml_node node);

#endif
