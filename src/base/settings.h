/* Settings: one typed table per section, and everything that follows from it.
 *
 * A section is written once, as an X-macro of rows
 *     X(KIND, name, unit, default, min, max, choices, doc)
 * KIND is BOOL, INT, REAL, TEXT, CHOICE or REALS (a list of numbers, at most IDR_REALS_MAX).
 * `unit` is "" or the unit in which the value is shown and in which a bare number is read ("klbf",
 * "rpm", "m/h"; see units.h); values in the struct are SI. A value may carry any unit of the same
 * dimension. An INT has no conversion: its unit is only a label ("rows"). `default` is text as a
 * user would write it ("25 klbf", "true", "[64, 64]"); the word `required` in place of it makes the
 * key mandatory. `min` and `max` are numbers in `unit` (of the elements for REALS, ignored for
 * BOOL, TEXT and CHOICE); an infinite one is no limit. `choices` is "a|b|c" for CHOICE (the value
 * is the index), otherwise "".
 *
 * From the table come the struct, the YAML reader, `section.key=value` overrides, the help page,
 * range checks, the echoed effective file and the parameters logged with a run. The same tables
 * read records inside other YAML files (layers of a well), through idr_record_read.
 */
#ifndef IDR_BASE_SETTINGS_H
#define IDR_BASE_SETTINGS_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define IDR_TEXT_MAX  512
#define IDR_REALS_MAX 64
#define IDR_REQUIRED  "required"
/* Long enough for any value as text (64 numbers with their units). */
#define IDR_SETTING_TEXT_MAX 4096

typedef enum {
  IDR_KIND_BOOL,
  IDR_KIND_INT,
  IDR_KIND_REAL,
  IDR_KIND_TEXT,
  IDR_KIND_CHOICE,
  IDR_KIND_REALS
} idr_setting_kind;

typedef struct {
  int count;
  double value[IDR_REALS_MAX];
} idr_reals;

typedef bool idr_ctype_BOOL;
typedef int64_t idr_ctype_INT;
typedef double idr_ctype_REAL;
typedef char idr_ctype_TEXT[IDR_TEXT_MAX];
typedef int idr_ctype_CHOICE;
typedef idr_reals idr_ctype_REALS;

typedef struct {
  const char *name;
  idr_setting_kind kind;
  const char *unit;
  const char *fallback;
  double min, max;
  const char *choices;
  const char *doc;
  size_t offset; /* of the field in the section's struct */
} idr_setting;

#define IDR_SETTING_FIELD(kind, name, unit, fallback, min, max, choices, doc) idr_ctype_##kind name;
#define IDR_SETTINGS_STRUCT(type, LIST)                                                            \
  typedef struct {                                                                                 \
    LIST(IDR_SETTING_FIELD)                                                                        \
  } type
/* Defines `const idr_setting name[]` (in one .c file); `type` must be visible as idr_row_type. */
#define IDR_SETTING_ROW(kind, name, unit, fallback, min, max, choices, doc)                        \
  {#name, IDR_KIND_##kind, unit, fallback, min, max, choices, doc, offsetof(idr_row_type, name)},

/* One section as it is bound to memory. `rows` and `values` are borrowed. */
typedef struct {
  const char *name; /* "ppo" */
  const char *doc;  /* one line for the help page */
  const idr_setting *rows;
  int row_count;
  void *values; /* struct of the section; filled by idr_settings_load */
} idr_section;

#define IDR_SECTION(name, doc, rows, values)                                                       \
  { name, doc, rows, (int)(sizeof(rows) / sizeof((rows)[0])), values }

/* Fills every section: defaults, then the file (NULL: none), then `overrides` ("ppo.horizon=32").
 * All problems are collected: the message has one line each, "file:line:column: text" or
 * "override 'x': text", with the nearest known key for an unknown one. Status CONFIG (IO when the
 * file cannot be read). Values that need each other are checked by the job, not here. */
idr_status idr_settings_load(const idr_section *sections, int section_count, const char *file,
                             const char *const *overrides, int override_count);
/* The same from text in memory; `name` stands for the file in messages. */
idr_status idr_settings_parse(const idr_section *sections, int section_count, const char *name,
                              const char *text, size_t bytes, const char *const *overrides,
                              int override_count);

/* Writes the effective values as YAML that idr_settings_load reads back to the same bits. */
idr_status idr_settings_write(const idr_section *sections, int section_count, FILE *out);
/* The help page: every key with type, unit, range, default and doc. */
void idr_settings_help(const idr_section *sections, int section_count, FILE *out);
/* Value of one row as text that reads back to the same bits ("25 klbf"). */
void idr_setting_format(const idr_setting *row, const void *values, char *out, size_t size);
/* Size of the row's field in its section's struct. */
size_t idr_setting_bytes(const idr_setting *row);
/* Calls visit("section.key", "value") for every row. */
void idr_settings_visit(const idr_section *sections, int section_count,
                        void (*visit)(void *context, const char *key, const char *value),
                        void *context);

/* ---- YAML documents with places, for files that are more than sections ---------------------- */
typedef struct idr_yaml idr_yaml; /* a parsed document */
typedef int idr_yaml_node;        /* 0 means "absent" */

idr_status idr_yaml_read(const char *file, idr_yaml **out);
/* The same from memory; `name` stands for the file in messages. */
idr_status idr_yaml_parse(const char *name, const char *text, size_t bytes, idr_yaml **out);
void idr_yaml_free(idr_yaml *yaml); /* NULL allowed */
const char *idr_yaml_name(const idr_yaml *yaml);
idr_yaml_node idr_yaml_root(const idr_yaml *yaml);
int idr_yaml_line(const idr_yaml *yaml, idr_yaml_node node);   /* from 1; 0 for an absent node */
int idr_yaml_column(const idr_yaml *yaml, idr_yaml_node node); /* from 1; 0 for an absent node */
/* Text of a scalar, borrowed; NULL for anything else. */
const char *idr_yaml_text(const idr_yaml *yaml, idr_yaml_node node);
/* Value of `key` in a mapping, 0 when absent or `node` is no mapping. */
idr_yaml_node idr_yaml_child(const idr_yaml *yaml, idr_yaml_node node, const char *key);
/* Number of items of a sequence (0 for anything else), and item i. */
int idr_yaml_length(const idr_yaml *yaml, idr_yaml_node node);
idr_yaml_node idr_yaml_item(const idr_yaml *yaml, idr_yaml_node node, int i);

/* A list of problems that is reported at once. */
typedef struct {
  int count;
  char text[IDR_ERROR_MESSAGE_MAX];
} idr_problems;
/* Adds "file:line:column: text". */
void idr_problem_at(idr_problems *problems, const idr_yaml *yaml, idr_yaml_node node,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds a problem without a place in a file. */
void idr_problem_add(idr_problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* OK when there is none, otherwise a CONFIG failure with all of them. */
idr_status idr_problems_status(const idr_problems *problems);

/* Reads mapping `node` into struct `values` by table; keys named in `nested` (comma list, "" none)
 * are left to the caller. Problems go to the list; a REAL that is wrong or missing is NaN then. */
void idr_record_read(const idr_yaml *yaml, idr_yaml_node node, const idr_setting *rows,
                     int row_count, const char *nested, void *values, idr_problems *problems);
/* Reports every key of mapping `node` that is not in the comma list `known`. */
void idr_record_known(const idr_yaml *yaml, idr_yaml_node node, const char *known,
                      idr_problems *problems);

#endif
