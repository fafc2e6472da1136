/* One value of a settings table, as text and in memory; for src/base only. */
#ifndef IDR_BASE_SETTINGS_INTERNAL_H
#define IDR_BASE_SETTINGS_INTERNAL_H

#include "base/yaml_internal.h"

/* Reads text into the row's field of `values`. On failure says in `why` what is wrong, leaves the
 * field alone and returns false. */
bool idr_setting_from_text(const idr_setting *row, const char *text, void *values, char *why,
                           size_t size);
/* The same from a node of a document; the problem, if any, goes to the list as "'label' ...". */
void idr_setting_from_node(const idr_yaml *yaml, idr_yaml_node node, const char *label,
                           const idr_setting *row, void *values, idr_problems *problems);
/* Sets every row to its default, required ones to zero. A default that its own row refuses is a
 * mistake in the table and goes to the list. */
void idr_settings_default(const idr_setting *rows, int row_count, const char *section, void *values,
                          idr_problems *problems);
bool idr_setting_is_required(const idr_setting *row);
/* "1 to 100 klbf", "a|b|c", ""; what the row accepts. */
void idr_setting_range(const idr_setting *row, char *out, size_t size);
/* "an integer", "a list of numbers". */
const char *idr_setting_kind_text(idr_setting_kind kind);
/* Where the field lies. */
void *idr_setting_field(const idr_setting *row, void *values);
const void *idr_setting_const_field(const idr_setting *row, const void *values);

/* "; did you mean 'x'?" or "": the row, or word of the comma list `nested`, nearest to `key`. */
void idr_setting_suggest(const idr_setting *rows, int row_count, const char *nested,
                         const char *key, char *out, size_t size);

#endif
