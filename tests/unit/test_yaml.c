/* ctest: timeout 900
 *
 * YAML documents and records, and hostile files: whatever the bytes are, the readers give values or
 * a message, in bounded time, and never crash (built with -fsanitize=address,undefined too).
 */
#include "base/random.h"
#include "base/settings.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYER_LIST(X)                                                                              \
  X(REAL, top, "m", "required", 0, 12000, "", "depth of the top")                                  \
  X(REAL, ucs, "MPa", "60", 1, 500, "", "strength")                                                \
  X(CHOICE, rock, "", "shale", 0, 0, "shale|sand|granite", "lithology")                            \
  X(REALS, gradient, "kPa/m", "[10, 16]", 0, 40, "", "pore and fracture gradient")                 \
  X(TEXT, name, "", "", 0, 0, "", "formation")                                                     \
  X(INT, seed, "", "0", 0, 1e6, "", "seed")                                                        \
  X(BOOL, assumed, "", "false", 0, 0, "", "not published")

IDR_SETTINGS_STRUCT(layer, LAYER_LIST);
#define idr_row_type layer
static const idr_setting layer_rows[] = {LAYER_LIST(IDR_SETTING_ROW)};
#undef idr_row_type
#define LAYER_ROWS ((int)(sizeof(layer_rows) / sizeof(layer_rows[0])))

static const char well[] = "# a well\n"
                           "name: \"Utah \\\"FORGE\\\" \\u00fc\"\n"
                           "layers:\n"
                           "  - {top: 0, ucs: 10 ksi, rock: sand, gradient: [10.2, 0.7 psi/ft]}\n"
                           "  - top: 4000 ft\n"
                           "    name: 'it''s granite'\n"
                           "    rock: granite # hot\n"
                           "    gradient:\n"
                           "      - 9\n"
                           "      - 20\n"
                           "    tests: {leak: 1}\n"
                           "    assumed: yes\n"
                           "    seed: 1e3\n"
                           "notes: >\n"
                           "  folded text\n"
                           "  of two lines\n";

static idr_yaml *parse(const char *text, size_t bytes) {
  idr_yaml *yaml = NULL;
  idr_status status = idr_yaml_parse("well.yaml", text, bytes, &yaml);
  assert_true((status == IDR_STATUS_OK) == (yaml != NULL));
  return yaml;
}

/* Reads all layers, as a well reader does. */
static idr_status read_layers(const idr_yaml *yaml, layer *last, int *count) {
  idr_problems problems = {0};
  idr_yaml_node root = idr_yaml_root(yaml);
  idr_record_known(yaml, root, "name, layers, notes", &problems);
  idr_yaml_node layers = idr_yaml_child(yaml, root, "layers");
  *count = idr_yaml_length(yaml, layers);
  for (int i = 0; i < *count; i++)
    idr_record_read(yaml, idr_yaml_item(yaml, layers, i), layer_rows, LAYER_ROWS, "tests", last,
                    &problems);
  return idr_problems_status(&problems);
}

/* ---- documents ------------------------------------------------------------------------------- */

static void nodes_know_their_place(void **state) {
  (void)state;
  idr_yaml *yaml = parse(well, strlen(well));
  assert_non_null(yaml);
  idr_yaml_node root = idr_yaml_root(yaml), layers = idr_yaml_child(yaml, root, "layers");
  idr_yaml_node second = idr_yaml_item(yaml, layers, 1);
  assert_string_equal(idr_yaml_name(yaml), "well.yaml");
  assert_int_equal(idr_yaml_length(yaml, layers), 2);
  assert_int_equal(idr_yaml_line(yaml, second), 5);
  assert_int_equal(idr_yaml_column(yaml, second), 5);
  assert_string_equal(idr_yaml_text(yaml, idr_yaml_child(yaml, second, "top")), "4000 ft");
  assert_string_equal(idr_yaml_text(yaml, idr_yaml_child(yaml, root, "name")),
                      "Utah \"FORGE\" \xc3\xbc");
  assert_string_equal(idr_yaml_text(yaml, idr_yaml_child(yaml, root, "notes")),
                      "folded text of two lines\n");
  idr_yaml_free(yaml);
}

static void absent_nodes_are_harmless(void **state) {
  (void)state;
  idr_yaml *yaml = parse(well, strlen(well));
  idr_yaml_node root = idr_yaml_root(yaml);
  static const idr_yaml_node foreign[] = {0, -1, 1000000};
  assert_int_equal(idr_yaml_child(yaml, root, "absent"), 0);
  assert_int_equal(idr_yaml_length(yaml, root), 0);
  assert_int_equal(idr_yaml_item(yaml, root, 0), 0);
  assert_int_equal(idr_yaml_item(yaml, idr_yaml_child(yaml, root, "layers"), 2), 0);
  assert_int_equal(idr_yaml_item(yaml, idr_yaml_child(yaml, root, "layers"), -1), 0);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(idr_yaml_child(yaml, foreign[i], "name"), 0);
    assert_int_equal(idr_yaml_length(yaml, foreign[i]), 0);
    assert_int_equal(idr_yaml_line(yaml, foreign[i]), 0);
    assert_null(idr_yaml_text(yaml, foreign[i]));
  }
  idr_yaml_free(yaml);
  idr_yaml_free(NULL);
}

static void an_empty_document_has_no_root(void **state) {
  (void)state;
  idr_yaml *yaml = parse("", 0);
  assert_non_null(yaml);
  assert_int_equal(idr_yaml_root(yaml), 0);
  idr_yaml_free(yaml);
}

/* ---- records --------------------------------------------------------------------------------- */

static void records_take_defaults_units_and_nested_keys(void **state) {
  (void)state;
  layer last;
  int count;
  idr_yaml *yaml = parse(well, strlen(well));
  if (read_layers(yaml, &last, &count) != IDR_STATUS_OK) fail_msg("%s", idr_error_get()->message);
  assert_int_equal(count, 2);
  assert_true(fabs(last.top - 1219.2) < 1e-9);
  assert_true(last.ucs == 60e6);
  assert_int_equal(last.rock, 2);
  assert_int_equal(last.gradient.count, 2);
  assert_true(last.gradient.value[1] == 20e3);
  assert_string_equal(last.name, "it's granite");
  assert_int_equal(last.seed, 1000);
  assert_true(last.assumed);
  idr_yaml_free(yaml);
}

static void assert_record_problem(const char *text, const char *expected) {
  layer last;
  int count;
  idr_yaml *yaml = parse(text, strlen(text));
  assert_non_null(yaml);
  assert_int_equal(read_layers(yaml, &last, &count), IDR_STATUS_CONFIG);
  if (!strstr(idr_error_get()->message, expected))
    fail_msg("expected \"%s\" in \"%s\"", expected, idr_error_get()->message);
  idr_yaml_free(yaml);
}

static void records_report_with_place_and_suggestion(void **state) {
  (void)state;
  assert_record_problem("layers:\n - {ucs: 3}\n",
                        "well.yaml:2:4: 'top' is missing (depth of the top)");
  assert_record_problem("layers:\n - {top: 3, usc: 4}\n",
                        "well.yaml:2:13: unknown key 'usc'; did you mean 'ucs'?");
  assert_record_problem("layers:\n - {top: 3, test: 4}\n", "did you mean 'tests'?");
  assert_record_problem("layers:\n - {top: 3, ucs: 0}\n",
                        "well.yaml:2:18: 'ucs': 0 is out of range: 1 to 500 MPa");
  assert_record_problem("layers: [7]\n",
                        "well.yaml:1:10: expected keys with values, found a value");
  assert_record_problem("layers: [[]]\n", "expected keys with values, found a list");
  assert_record_problem("layer: []\n",
                        "well.yaml:1:1: unknown key 'layer'; did you mean 'layers'?");
}

/* ---- hostile text ---------------------------------------------------------------------------- */

static void assert_refused(const char *text, size_t bytes, const char *expected) {
  idr_yaml *yaml = NULL;
  assert_int_equal(idr_yaml_parse("bad.yaml", text, bytes, &yaml), IDR_STATUS_CONFIG);
  assert_null(yaml);
  if (!strstr(idr_error_get()->message, expected))
    fail_msg("expected \"%s\" in \"%s\"", expected, idr_error_get()->message);
}

static char *repeat(const char *piece, int times, const char *front, const char *back) {
  size_t length = strlen(piece);
  char *text = malloc(length * (size_t)times + strlen(front) + strlen(back) + 1);
  char *end = stpcpy(text, front);
  for (int i = 0; i < times; i++)
    end = stpcpy(end, piece);
  strcpy(end, back);
  return text;
}

/* A million levels: libyaml alone would take hours over some of these. */
static void deep_nesting_is_refused(void **state) {
  (void)state;
  static const char *const pieces[] = {"[", "{a: ", "\"a\": [", "[[],", "- ", "? "};
  for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
    char *text = repeat(pieces[i], 1000000, "", "");
    assert_refused(text, strlen(text), "nested more than 64 levels deep");
    free(text);
  }
  char *closed = repeat("]", 63, "", "}");
  char *text = repeat("[", 63, "{layers: ", closed);
  idr_yaml *yaml = parse(text, strlen(text));
  assert_non_null(yaml);
  idr_yaml_free(yaml);
  free(text);
  free(closed);
}

static void aliases_are_refused(void **state) {
  (void)state;
  const char *bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n";
  assert_refused(bomb, strlen(bomb), "bad.yaml:2:8: aliases (*a) are not supported");
  const char *loop = "&a [*a]";
  assert_refused(loop, strlen(loop), "bad.yaml:1:5: aliases (*a) are not supported");
}

static void many_equal_keys_are_found(void **state) {
  (void)state;
  char *text = repeat("key: 1\n", 200000, "", "");
  assert_refused(text, strlen(text), "bad.yaml:2:1: key 'key' stands here again");
  assert_non_null(strstr(idr_error_get()->message, "more problems"));
  free(text);
}

static void too_long_text_is_refused(void **state) {
  (void)state;
  size_t bytes = ((size_t)16 << 20) + 1;
  char *text = malloc(bytes);
  memset(text, ' ', bytes);
  assert_refused(text, bytes, "longer than the 16777216 bytes");
  free(text);
}

static void messages_carry_no_control_characters(void **state) {
  (void)state;
  assert_record_problem("\"\\e[31m\\nred\": 1\n", "well.yaml:1:1: unknown key ' [31m red'");
}

/* ---- mutations ------------------------------------------------------------------------------- */

/* Parses and reads; both may fail, with a message. Returns whether all was well. */
static bool survive(const char *text, size_t bytes) {
  layer last;
  int count;
  /* A copy of exactly this size, so that a reader running over the end is caught. */
  char *exact = malloc(bytes ? bytes : 1);
  memcpy(exact, text, bytes);
  idr_yaml *yaml = parse(exact, bytes);
  free(exact);
  bool good = yaml && read_layers(yaml, &last, &count) == IDR_STATUS_OK;
  if (!good) assert_true(idr_error_get()->message[0] != '\0');
  idr_yaml_free(yaml);
  return good;
}

static size_t mutate(char *text, size_t bytes, size_t room, uint32_t trial) {
  static const char spice[] = "[]{}:,-?&*!|>'\"%@`#\n\t \\\x00\xff\xc3\xbf.0e+~<=";
  int edits = 1 + (int)(trial % 3);
  for (int e = 0; e < edits; e++) {
    idr_random4 r = idr_random_draw(21, trial, (uint32_t)e, 0, IDR_PURPOSE_TEST, 0);
    size_t at = bytes ? r.word[0] % bytes : 0, length = 1 + r.word[3] % 12;
    if (length > bytes - at) length = bytes - at;
    char letter = spice[r.word[2] % (sizeof(spice) - 1)];
    switch (r.word[1] % 4) {
    case 0: /* flip a bit */
      text[at] = (char)(text[at] ^ (1 << r.word[2] % 8));
      break;
    case 1: /* replace */
      text[at] = letter;
      break;
    case 2: /* remove */
      memmove(text + at, text + at + length, bytes - at - length);
      bytes -= length;
      break;
    default: /* repeat a piece */
      if (bytes + length > room) break;
      memmove(text + at + length, text + at, bytes - at);
      bytes += length;
    }
  }
  return bytes;
}

static void mutated_files_never_crash(void **state) {
  (void)state;
  char text[2 * sizeof(well)];
  int good = 0, trials = 6000;
  for (int trial = 0; trial < trials; trial++) {
    memcpy(text, well, strlen(well));
    good += survive(text, mutate(text, strlen(well), sizeof(text), (uint32_t)trial));
  }
  print_message("%d of %d mutations still read\n", good, trials);
  assert_true(good > 0 && good < trials);
}

static void truncated_files_never_crash(void **state) {
  (void)state;
  for (size_t bytes = 0; bytes < strlen(well); bytes++)
    survive(well, bytes);
  assert_true(survive(well, strlen(well)));
}

static void random_bytes_never_crash(void **state) {
  (void)state;
  char text[256];
  for (uint32_t trial = 0; trial < 3000; trial++) {
    for (uint32_t i = 0; i < sizeof(text); i += 16) {
      idr_random4 r = idr_random_draw(22, trial, i, 0, IDR_PURPOSE_TEST, 0);
      memcpy(text + i, r.word, 16);
    }
    /* Most random bytes end at the first that is not UTF-8: half of the trials use ASCII. */
    for (size_t i = 0; trial % 2 && i < sizeof(text); i++)
      text[i] = text[i] % 4 == 0 ? '\n' : (char)(' ' + (text[i] & 63));
    survive(text, trial % sizeof(text));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nodes_know_their_place),
      cmocka_unit_test(absent_nodes_are_harmless),
      cmocka_unit_test(an_empty_document_has_no_root),
      cmocka_unit_test(records_take_defaults_units_and_nested_keys),
      cmocka_unit_test(records_report_with_place_and_suggestion),
      cmocka_unit_test(deep_nesting_is_refused),
      cmocka_unit_test(aliases_are_refused),
      cmocka_unit_test(many_equal_keys_are_found),
      cmocka_unit_test(too_long_text_is_refused),
      cmocka_unit_test(messages_carry_no_control_characters),
      cmocka_unit_test(mutated_files_never_crash),
      cmocka_unit_test(truncated_files_never_crash),
      cmocka_unit_test(random_bytes_never_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
