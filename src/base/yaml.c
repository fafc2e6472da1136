/* YAML documents on libyaml. The library's own tree is kept: its nodes carry line and column. */
#include "base/file.h"
#include "base/yaml_internal.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 64

struct idr_yaml {
  char *name;
  bool has_document; /* false for an empty file */
  yaml_document_t document;
};

static yaml_node_t *node_at(const idr_yaml *yaml, idr_yaml_node node) {
  if (!yaml->has_document || node <= 0) return NULL;
  /* libyaml takes a non-const document but only looks it up. */
  return yaml_document_get_node((yaml_document_t *)&yaml->document, node);
}

/* Line and column, from 1, of byte `offset` (libyaml's reader knows only the offset). */
static void place_of(const char *text, size_t bytes, size_t offset, size_t *line, size_t *column) {
  *line = 1;
  *column = 1;
  for (size_t i = 0; i < offset && i < bytes; i++) {
    *column = text[i] == '\n' ? 1 : *column + 1;
    *line += text[i] == '\n';
  }
}

static idr_status parser_failure(const yaml_parser_t *parser, const char *name, const char *text,
                                 size_t bytes) {
  const char *problem = parser->problem ? parser->problem : "cannot be read";
  const char *context = parser->context ? parser->context : "";
  size_t line = parser->problem_mark.line + 1, column = parser->problem_mark.column + 1;
  switch (parser->error) {
  case YAML_MEMORY_ERROR:
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to parse %s", name);
  case YAML_READER_ERROR:
    place_of(text, bytes, parser->problem_offset, &line, &column);
    IDR_FAIL(IDR_STATUS_CONFIG, "%s:%zu:%zu: not readable as UTF-8 text: %s", name, line, column,
             problem);
  default:
    IDR_FAIL(IDR_STATUS_CONFIG, "%s:%zu:%zu: not valid YAML: %s%s%s", name, line, column, problem,
             *context ? " " : "", context);
  }
}

/* What the events so far amount to. */
typedef struct {
  int depth;
  int documents;
  bool finished;
} scan_state;

/* Takes one event; refuses what no settings file needs and an attacker does. */
static idr_status scan_event(const char *name, const yaml_event_t *event, scan_state *scan) {
  size_t line = event->start_mark.line + 1, column = event->start_mark.column + 1;
  switch (event->type) {
  case YAML_STREAM_END_EVENT:
    scan->finished = true;
    break;
  case YAML_DOCUMENT_START_EVENT:
    if (scan->documents++ > 0)
      IDR_FAIL(IDR_STATUS_CONFIG, "%s:%zu:%zu: a second document begins here; one file holds one",
               name, line, column);
    break;
  case YAML_ALIAS_EVENT:
    IDR_FAIL(IDR_STATUS_CONFIG,
             "%s:%zu:%zu: aliases (*%.40s) are not supported; write the value again", name, line,
             column, (const char *)event->data.alias.anchor);
  case YAML_SEQUENCE_START_EVENT:
  case YAML_MAPPING_START_EVENT:
    if (++scan->depth > DEPTH_MAX)
      IDR_FAIL(IDR_STATUS_CONFIG, "%s:%zu:%zu: nested more than %d levels deep", name, line, column,
               DEPTH_MAX);
    break;
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT:
    scan->depth--;
    break;
  default:
    break;
  }
  return IDR_STATUS_OK;
}

/* Walks the text once before the tree is built: libyaml's time grows with the square of the depth
 * of flow nesting (80 s for 80 thousand brackets), and aliases can multiply. */
static idr_status scan_text(const char *name, const char *text, size_t bytes) {
  yaml_parser_t parser;
  scan_state scan = {0};
  idr_status status = IDR_STATUS_OK;
  if (!yaml_parser_initialize(&parser)) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to parse %s", name);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, bytes);
  while (!scan.finished && status == IDR_STATUS_OK) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event)) {
      status = scan_event(name, &event, &scan);
      yaml_event_delete(&event);
    } else {
      status = parser_failure(&parser, name, text, bytes);
    }
  }
  yaml_parser_delete(&parser);
  return status;
}

/* Builds the tree of the document. */
static idr_status load_document(idr_yaml *yaml, const char *text, size_t bytes) {
  yaml_parser_t parser;
  idr_status status = IDR_STATUS_OK;
  if (!yaml_parser_initialize(&parser))
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to parse %s", yaml->name);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, bytes);
  yaml->has_document = yaml_parser_load(&parser, &yaml->document);
  if (!yaml->has_document) status = parser_failure(&parser, yaml->name, text, bytes);
  yaml_parser_delete(&parser);
  return status;
}

idr_status idr_yaml_load_text(const char *name, const char *text, size_t bytes, idr_yaml **out) {
  *out = NULL;
  if (bytes > IDR_YAML_BYTES_MAX)
    IDR_FAIL(IDR_STATUS_CONFIG, "%s is longer than the %zu bytes allowed for it", name,
             IDR_YAML_BYTES_MAX);
  IDR_TRY(scan_text(name, text, bytes));
  idr_yaml *yaml = calloc(1, sizeof(*yaml));
  char *copy = strdup(name);
  if (!yaml || !copy) {
    free(yaml);
    free(copy);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to parse %s", name);
  }
  yaml->name = copy;
  idr_status status = load_document(yaml, text, bytes);
  if (status == IDR_STATUS_OK)
    *out = yaml;
  else
    idr_yaml_free(yaml);
  return status;
}

idr_status idr_yaml_load(const char *file, idr_yaml **out) {
  char *text;
  size_t bytes;
  *out = NULL;
  IDR_TRY(idr_file_read(file, IDR_YAML_BYTES_MAX, &text, &bytes));
  idr_status status = idr_yaml_load_text(file, text, bytes, out);
  free(text);
  return status;
}

/* Makes the checks that readers of whole documents rely on. */
static idr_status checked(idr_status status, idr_yaml **yaml) {
  IDR_TRY(status);
  idr_problems problems = {0};
  status = idr_yaml_check(*yaml, &problems);
  if (status == IDR_STATUS_OK) status = idr_problems_status(&problems);
  if (status != IDR_STATUS_OK) {
    idr_yaml_free(*yaml);
    *yaml = NULL;
  }
  return status;
}

idr_status idr_yaml_read(const char *file, idr_yaml **out) {
  return checked(idr_yaml_load(file, out), out);
}

idr_status idr_yaml_parse(const char *name, const char *text, size_t bytes, idr_yaml **out) {
  return checked(idr_yaml_load_text(name, text, bytes, out), out);
}

void idr_yaml_free(idr_yaml *yaml) {
  if (!yaml) return;
  if (yaml->has_document) yaml_document_delete(&yaml->document);
  free(yaml->name);
  free(yaml);
}

const char *idr_yaml_name(const idr_yaml *yaml) {
  return yaml->name;
}

idr_yaml_node idr_yaml_root(const idr_yaml *yaml) {
  return node_at(yaml, 1) ? 1 : 0;
}

int idr_yaml_line(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  return n ? (int)n->start_mark.line + 1 : 0;
}

int idr_yaml_column(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  return n ? (int)n->start_mark.column + 1 : 0;
}

const char *idr_yaml_text(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

bool idr_yaml_is_mapping(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  return n && n->type == YAML_MAPPING_NODE;
}

bool idr_yaml_is_sequence(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  return n && n->type == YAML_SEQUENCE_NODE;
}

bool idr_yaml_is_empty(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  return n && n->type == YAML_SCALAR_NODE && n->data.scalar.length == 0 &&
         n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

const char *idr_yaml_kind(const idr_yaml *yaml, idr_yaml_node node) {
  if (idr_yaml_is_mapping(yaml, node)) return "a mapping";
  return idr_yaml_is_sequence(yaml, node) ? "a list" : "a value";
}

int idr_yaml_pairs(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  if (!n || n->type != YAML_MAPPING_NODE) return 0;
  return (int)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
}

const char *idr_yaml_key(const idr_yaml *yaml, idr_yaml_node node, int i, idr_yaml_node *key,
                         idr_yaml_node *value) {
  const yaml_node_pair_t *pair = node_at(yaml, node)->data.mapping.pairs.start + i;
  *key = pair->key;
  *value = pair->value;
  return idr_yaml_text(yaml, pair->key);
}

idr_yaml_node idr_yaml_child(const idr_yaml *yaml, idr_yaml_node node, const char *key) {
  idr_yaml_node key_node, value;
  for (int i = 0; i < idr_yaml_pairs(yaml, node); i++) {
    const char *text = idr_yaml_key(yaml, node, i, &key_node, &value);
    if (text && strcmp(text, key) == 0) return value;
  }
  return 0;
}

int idr_yaml_length(const idr_yaml *yaml, idr_yaml_node node) {
  const yaml_node_t *n = node_at(yaml, node);
  if (!n || n->type != YAML_SEQUENCE_NODE) return 0;
  return (int)(n->data.sequence.items.top - n->data.sequence.items.start);
}

idr_yaml_node idr_yaml_item(const idr_yaml *yaml, idr_yaml_node node, int i) {
  if (i < 0 || i >= idr_yaml_length(yaml, node)) return 0;
  return node_at(yaml, node)->data.sequence.items.start[i];
}

/* ---- what YAML allows and settings do not ---------------------------------------------------- */

/* The tag libyaml gives to a node that has none. */
static const char *usual_tag(yaml_node_type_t type) {
  if (type == YAML_MAPPING_NODE) return YAML_DEFAULT_MAPPING_TAG;
  return type == YAML_SEQUENCE_NODE ? YAML_DEFAULT_SEQUENCE_TAG : YAML_DEFAULT_SCALAR_TAG;
}

static void check_node(const idr_yaml *yaml, idr_yaml_node node, const yaml_node_t *n,
                       idr_problems *problems) {
  const char *tag = (const char *)n->tag;
  if (tag && strcmp(tag, usual_tag(n->type)) != 0)
    idr_problem_at(problems, yaml, node, "the tag '%.60s' means nothing here; remove it", tag);
  if (n->type == YAML_SCALAR_NODE &&
      strlen((const char *)n->data.scalar.value) != n->data.scalar.length)
    idr_problem_at(problems, yaml, node, "the text contains a zero byte");
}

typedef struct {
  const char *text;
  idr_yaml_node node;
} key_entry;

static int compare_keys(const void *a, const void *b) {
  const key_entry *x = a, *y = b;
  int order = strcmp(x->text, y->text);
  return order ? order : (x->node > y->node) - (x->node < y->node);
}

/* Sorted, equal keys are neighbours: this stays fast for a mapping of a million keys. */
static idr_status check_keys(const idr_yaml *yaml, idr_yaml_node node, idr_problems *problems) {
  int pairs = idr_yaml_pairs(yaml, node), count = 0;
  if (pairs == 0) return IDR_STATUS_OK;
  key_entry *keys = malloc((size_t)pairs * sizeof(*keys));
  if (!keys) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to check %d keys of %s", pairs, yaml->name);
  for (int i = 0; i < pairs; i++) {
    idr_yaml_node key, value;
    const char *text = idr_yaml_key(yaml, node, i, &key, &value);
    if (text)
      keys[count++] = (key_entry){text, key};
    else
      idr_problem_at(problems, yaml, key, "a key must be a word, not %s", idr_yaml_kind(yaml, key));
  }
  qsort(keys, (size_t)count, sizeof(*keys), compare_keys);
  for (int i = 1; i < count; i++)
    if (strcmp(keys[i].text, keys[i - 1].text) == 0)
      idr_problem_at(problems, yaml, keys[i].node,
                     "key '%.60s' stands here again (first in line %d); keep one", keys[i].text,
                     idr_yaml_line(yaml, keys[i - 1].node));
  free(keys);
  return IDR_STATUS_OK;
}

idr_status idr_yaml_check(const idr_yaml *yaml, idr_problems *problems) {
  if (!yaml->has_document) return IDR_STATUS_OK;
  int nodes = (int)(yaml->document.nodes.top - yaml->document.nodes.start);
  for (idr_yaml_node node = 1; node <= nodes; node++) {
    check_node(yaml, node, node_at(yaml, node), problems);
    IDR_TRY(check_keys(yaml, node, problems));
  }
  return IDR_STATUS_OK;
}
