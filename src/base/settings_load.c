/* Filling sections and records: defaults, then the file, then overrides; all problems at once. */
#include "base/settings_internal.h"
#include "base/text.h"
#include <string.h>

#define LABEL_MAX 192

/* What is being read: the document, and the tables that its keys are looked up in. */
typedef struct {
  const idr_yaml *yaml;
  const idr_section *sections;
  int section_count;
  idr_problems *problems;
} reader;

static const idr_setting *find_row(const idr_setting *rows, int row_count, const char *name) {
  for (int i = 0; i < row_count; i++)
    if (strcmp(rows[i].name, name) == 0) return &rows[i];
  return NULL;
}

static const idr_section *find_section(const reader *r, const char *name) {
  for (int i = 0; i < r->section_count; i++)
    if (strcmp(r->sections[i].name, name) == 0) return &r->sections[i];
  return NULL;
}

/* Keeps the nearest word of several lists. */
typedef struct {
  int least;
  char word[LABEL_MAX];
} nearest;

static void consider(nearest *best, const char *key, const char *prefix, const char *word) {
  int distance = idr_text_distance(key, word);
  if (distance >= best->least || !idr_text_is_near(key, distance)) return;
  best->least = distance;
  snprintf(best->word, sizeof(best->word), "%s%s%s", prefix, prefix[0] ? "." : "", word);
}

void idr_setting_suggest(const idr_setting *rows, int row_count, const char *nested,
                         const char *key, char *out, size_t size) {
  nearest best = {1000, ""};
  char word[128];
  for (int i = 0; i < row_count; i++)
    consider(&best, key, "", rows[i].name);
  for (int i = 0; idr_text_word(nested, ',', i, word, sizeof(word)); i++)
    consider(&best, key, "", word);
  out[0] = '\0';
  if (best.word[0]) snprintf(out, size, "; did you mean '%s'?", best.word);
}

/* ---- records --------------------------------------------------------------------------------- */

static void report_unknown(const idr_yaml *yaml, idr_yaml_node key_node, const char *key,
                           const idr_setting *rows, int row_count, const char *nested,
                           idr_problems *problems) {
  char hint[LABEL_MAX];
  idr_setting_suggest(rows, row_count, nested, key, hint, sizeof(hint));
  idr_problem_at(problems, yaml, key_node, "unknown key '%.60s'%s", key, hint);
}

void idr_record_read(const idr_yaml *yaml, idr_yaml_node node, const idr_setting *rows,
                     int row_count, const char *nested, void *values, idr_problems *problems) {
  idr_settings_default(rows, row_count, "", values, problems);
  if (node && !idr_yaml_is_mapping(yaml, node) && !idr_yaml_is_empty(yaml, node)) {
    idr_problem_at(problems, yaml, node, "expected keys with values, found %s",
                   idr_yaml_kind(yaml, node));
    return;
  }
  for (int i = 0; i < idr_yaml_pairs(yaml, node); i++) {
    idr_yaml_node key_node, value;
    const char *key = idr_yaml_key(yaml, node, i, &key_node, &value);
    if (!key || idr_text_find(nested, ',', key) >= 0) continue;
    const idr_setting *row = find_row(rows, row_count, key);
    if (row)
      idr_setting_from_node(yaml, value, key, row, values, problems);
    else
      report_unknown(yaml, key_node, key, rows, row_count, nested, problems);
  }
  for (int i = 0; i < row_count; i++)
    if (idr_setting_is_required(&rows[i]) && !idr_yaml_child(yaml, node, rows[i].name))
      idr_problem_at(problems, yaml, node, "'%s' is missing (%s)", rows[i].name, rows[i].doc);
}

void idr_record_known(const idr_yaml *yaml, idr_yaml_node node, const char *known,
                      idr_problems *problems) {
  for (int i = 0; i < idr_yaml_pairs(yaml, node); i++) {
    idr_yaml_node key_node, value;
    const char *key = idr_yaml_key(yaml, node, i, &key_node, &value);
    if (key && idr_text_find(known, ',', key) < 0)
      report_unknown(yaml, key_node, key, NULL, 0, known, problems);
  }
}

/* ---- sections -------------------------------------------------------------------------------- */

/* Where the key could belong: the same name in another section wins, then the nearest name in its
 * own section, then in the others. */
static void suggest_key(const reader *r, const idr_section *own, const char *key, char *out,
                        size_t size) {
  nearest best = {1000, ""};
  for (int i = 0; i < r->section_count; i++)
    if (find_row(r->sections[i].rows, r->sections[i].row_count, key))
      consider(&best, key, r->sections[i].name, key);
  for (int i = 0; own && i < own->row_count; i++)
    consider(&best, key, own->name, own->rows[i].name);
  for (int i = 0; i < r->section_count; i++)
    for (int j = 0; j < r->sections[i].row_count; j++)
      consider(&best, key, r->sections[i].name, r->sections[i].rows[j].name);
  out[0] = '\0';
  if (best.word[0]) snprintf(out, size, "; did you mean '%s'?", best.word);
}

/* The same for a section, or for a key that stands where sections do. */
static void suggest_section(const reader *r, const char *name, char *out, size_t size) {
  nearest best = {1000, ""};
  out[0] = '\0';
  for (int i = 0; i < r->section_count; i++)
    consider(&best, name, "", r->sections[i].name);
  if (best.word[0])
    snprintf(out, size, "; did you mean '%s'?", best.word);
  else
    suggest_key(r, NULL, name, out, size);
  if (out[0]) return;
  snprintf(out, size, "; sections are");
  for (int i = 0; i < r->section_count; i++)
    idr_text_append(out, size, "%s %s", i ? "," : "", r->sections[i].name);
}

static void read_section(const reader *r, const idr_section *section, idr_yaml_node node) {
  if (!idr_yaml_is_mapping(r->yaml, node) && !idr_yaml_is_empty(r->yaml, node)) {
    idr_problem_at(r->problems, r->yaml, node, "section '%s': expected keys with values, found %s",
                   section->name, idr_yaml_kind(r->yaml, node));
    return;
  }
  for (int i = 0; i < idr_yaml_pairs(r->yaml, node); i++) {
    idr_yaml_node key_node, value;
    char text[LABEL_MAX + 32];
    const char *key = idr_yaml_key(r->yaml, node, i, &key_node, &value);
    if (!key) continue;
    const idr_setting *row = find_row(section->rows, section->row_count, key);
    if (row) {
      snprintf(text, sizeof(text), "%s.%s", section->name, row->name);
      idr_setting_from_node(r->yaml, value, text, row, section->values, r->problems);
    } else {
      suggest_key(r, section, key, text, sizeof(text));
      idr_problem_at(r->problems, r->yaml, key_node, "unknown key '%s.%.60s'%s", section->name, key,
                     text);
    }
  }
}

static void read_sections(const reader *r) {
  idr_yaml_node root = idr_yaml_root(r->yaml);
  if (!root || idr_yaml_is_empty(r->yaml, root)) return;
  if (!idr_yaml_is_mapping(r->yaml, root)) {
    idr_problem_at(r->problems, r->yaml, root, "expected sections (\"name:\" and keys), found %s",
                   idr_yaml_kind(r->yaml, root));
    return;
  }
  for (int i = 0; i < idr_yaml_pairs(r->yaml, root); i++) {
    idr_yaml_node key_node, value;
    char hint[1024];
    const char *name = idr_yaml_key(r->yaml, root, i, &key_node, &value);
    if (!name) continue;
    const idr_section *section = find_section(r, name);
    if (section) {
      read_section(r, section, value);
    } else {
      suggest_section(r, name, hint, sizeof(hint));
      idr_problem_at(r->problems, r->yaml, key_node, "unknown section '%.60s'%s", name, hint);
    }
  }
}

/* ---- overrides ------------------------------------------------------------------------------- */

/* Splits "section.key=value"; false when it does not have that form. */
static bool split_override(const char *text, char *section, char *key, size_t size,
                           const char **value) {
  const char *equals = strchr(text, '=');
  const char *dot = strchr(text, '.');
  if (!equals || !dot || dot > equals) return false;
  *value = equals + 1;
  return idr_text_trim(text, (size_t)(dot - text), section, size) &&
         idr_text_trim(dot + 1, (size_t)(equals - dot - 1), key, size) && section[0] && key[0];
}

static void read_override(const reader *r, const char *text) {
  char name[LABEL_MAX], key[LABEL_MAX], hint[1024], value[IDR_SETTING_TEXT_MAX];
  const char *start;
  if (!split_override(text, name, key, sizeof(name), &start)) {
    idr_problem_add(r->problems, "override '%.200s': expected section.key=value", text);
    return;
  }
  const idr_section *section = find_section(r, name);
  const idr_setting *row = section ? find_row(section->rows, section->row_count, key) : NULL;
  if (!section) {
    suggest_section(r, name, hint, sizeof(hint));
    idr_problem_add(r->problems, "override '%.200s': unknown section '%.60s'%s", text, name, hint);
  } else if (!row) {
    suggest_key(r, section, key, hint, sizeof(hint));
    idr_problem_add(r->problems, "override '%.200s': unknown key '%s.%.60s'%s", text, name, key,
                    hint);
  } else if (!idr_text_trim(start, strlen(start), value, sizeof(value))) {
    idr_problem_add(r->problems, "override '%.200s': the value is too long", text);
  } else if (!idr_setting_from_text(row, value, section->values, hint, sizeof(hint))) {
    idr_problem_add(r->problems, "override '%.200s': %s", text, hint);
  }
}

static bool is_overridden(const char *section, const char *key, const char *const *overrides,
                          int override_count) {
  char s[LABEL_MAX], k[LABEL_MAX];
  const char *value;
  for (int i = 0; i < override_count; i++)
    if (split_override(overrides[i], s, k, sizeof(s), &value) && strcmp(s, section) == 0 &&
        strcmp(k, key) == 0)
      return true;
  return false;
}

static void report_missing(const reader *r, const char *const *overrides, int override_count) {
  for (int i = 0; i < r->section_count; i++) {
    const idr_section *section = &r->sections[i];
    idr_yaml_node root = r->yaml ? idr_yaml_root(r->yaml) : 0;
    idr_yaml_node node = root ? idr_yaml_child(r->yaml, root, section->name) : 0;
    for (int j = 0; j < section->row_count; j++) {
      const idr_setting *row = &section->rows[j];
      if (!idr_setting_is_required(row)) continue;
      if (node && idr_yaml_child(r->yaml, node, row->name)) continue;
      if (is_overridden(section->name, row->name, overrides, override_count)) continue;
      idr_problem_add(r->problems,
                      "%s%s'%s.%s' is missing (%s); set it in the file or as %s.%s=...",
                      r->yaml ? idr_yaml_name(r->yaml) : "", r->yaml ? ": " : "", section->name,
                      row->name, row->doc, section->name, row->name);
    }
  }
}

static idr_status read_document(reader *r) {
  IDR_TRY(idr_yaml_check(r->yaml, r->problems));
  read_sections(r);
  return IDR_STATUS_OK;
}

/* Takes the document over; NULL: there is none. */
static idr_status load_sections(const idr_section *sections, int section_count, idr_yaml *yaml,
                                const char *const *overrides, int override_count) {
  idr_problems problems = {0};
  reader r = {yaml, sections, section_count, &problems};
  idr_status status = IDR_STATUS_OK;
  for (int i = 0; i < section_count; i++)
    idr_settings_default(sections[i].rows, sections[i].row_count, sections[i].name,
                         sections[i].values, &problems);
  if (yaml) IDR_TRY_GOTO(status, done, read_document(&r));
  for (int i = 0; i < override_count; i++)
    read_override(&r, overrides[i]);
  report_missing(&r, overrides, override_count);
  IDR_TRY_GOTO(status, done, idr_problems_status(&problems));
done:
  idr_yaml_free(yaml);
  return status;
}

idr_status idr_settings_load(const idr_section *sections, int section_count, const char *file,
                             const char *const *overrides, int override_count) {
  idr_yaml *yaml = NULL;
  if (file) IDR_TRY(idr_yaml_load(file, &yaml));
  IDR_TRY(load_sections(sections, section_count, yaml, overrides, override_count));
  return IDR_STATUS_OK;
}

idr_status idr_settings_parse(const idr_section *sections, int section_count, const char *name,
                              const char *text, size_t bytes, const char *const *overrides,
                              int override_count) {
  idr_yaml *yaml = NULL;
  IDR_TRY(idr_yaml_load_text(name, text, bytes, &yaml));
  IDR_TRY(load_sections(sections, section_count, yaml, overrides, override_count));
  return IDR_STATUS_OK;
}
