/* Settings: one table read from YAML and overrides, its errors, and text that reads back. */
#include "base/file.h"
#include "base/random.h"
#include "base/settings.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RIG_LIST(X)                                                                                \
  X(REAL, wob_max, "klbf", "25 klbf", 1, 100, "", "highest weight on bit")                         \
  X(REAL, mud_density, "ppg", "10", 7, 20, "", "density of the mud")                               \
  X(REAL, share, "", "0.5", 0, 1, "", "a plain number")                                            \
  X(REAL, free_number, "m", "0", -INFINITY, INFINITY, "", "no limits")                             \
  X(CHOICE, control, "", "auto", 0, 0, "auto|manual|off", "who drills")                            \
  X(TEXT, well, "", "required", 0, 0, "", "well file")                                             \
  X(BOOL, noisy, "", "true", 0, 0, "", "sensor noise")
#define PPO_LIST(X)                                                                                \
  X(INT, horizon, "steps", "32", 1, 100000, "", "steps per iteration")                             \
  X(INT, seed, "", "1", -9.3e18, 9.3e18, "", "seed")                                               \
  X(REALS, hidden, "", "[64, 64]", 1, 4096, "", "widths of the hidden layers")                     \
  X(REALS, depths, "m", "[]", 0, 9000, "", "depths")                                               \
  X(TEXT, note, "", "", 0, 0, "", "free text")

IDR_SETTINGS_STRUCT(rig_settings, RIG_LIST);
IDR_SETTINGS_STRUCT(ppo_settings, PPO_LIST);

#define idr_row_type rig_settings
static const idr_setting rig_rows[] = {RIG_LIST(IDR_SETTING_ROW)};
#undef idr_row_type
#define idr_row_type ppo_settings
static const idr_setting ppo_rows[] = {PPO_LIST(IDR_SETTING_ROW)};
#undef idr_row_type

static rig_settings rig;
static ppo_settings ppo;
static const idr_section sections[] = {
    IDR_SECTION("rig", "the rig", rig_rows, &rig),
    IDR_SECTION("ppo", "the method", ppo_rows, &ppo),
};

/* ---- help ------------------------------------------------------------------------------------ */

static char folder[] = "/tmp/idr_settings_XXXXXX";
static char path[64];

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof(path), "%s/a.yaml", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(path);
  return rmdir(folder);
}

static idr_status load(const char *text, const char *const *overrides, int count) {
  if (!text) return idr_settings_load(sections, 2, NULL, overrides, count);
  assert_int_equal(idr_file_write(path, text, strlen(text)), IDR_STATUS_OK);
  return idr_settings_load(sections, 2, path, overrides, count);
}

static void assert_loads(const char *text) {
  if (load(text, NULL, 0) != IDR_STATUS_OK) fail_msg("%s", idr_error_get()->message);
}

/* The text must be refused, with `expected` in the message behind the file's place. */
static void assert_problem(const char *text, const char *place, const char *expected) {
  char whole[1024];
  assert_int_equal(load(text, NULL, 0), IDR_STATUS_CONFIG);
  snprintf(whole, sizeof(whole), "%s:%s: %s", path, place, expected);
  if (!strstr(idr_error_get()->message, whole))
    fail_msg("expected \"%s\" in \"%s\"", whole, idr_error_get()->message);
}

static void assert_override_problem(const char *override, const char *expected) {
  const char *both[] = {"rig.well=a", override};
  assert_int_equal(load(NULL, both, 2), IDR_STATUS_CONFIG);
  if (!strstr(idr_error_get()->message, expected))
    fail_msg("expected \"%s\" in \"%s\"", expected, idr_error_get()->message);
}

static void assert_near(double got, double expected) {
  if (!(fabs(got - expected) <= 1e-14 * fabs(expected)))
    fail_msg("%.17g, not %.17g", got, expected);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void defaults_apply(void **state) {
  (void)state;
  assert_loads("rig: {well: forge}");
  assert_near(rig.wob_max, 25000 * 0.45359237 * 9.80665);
  assert_near(rig.mud_density, 10 * 0.45359237 / 3.785411784e-3);
  assert_true(rig.share == 0.5 && rig.free_number == 0 && rig.noisy);
  assert_int_equal(rig.control, 0);
  assert_string_equal(rig.well, "forge");
  assert_int_equal(ppo.horizon, 32);
  assert_int_equal(ppo.hidden.count, 2);
  assert_true(ppo.hidden.value[1] == 64);
  assert_int_equal(ppo.depths.count, 0);
  assert_string_equal(ppo.note, "");
}

static void file_sets_every_kind(void **state) {
  (void)state;
  assert_loads("# a comment\n"
               "rig:\n"
               "  wob_max: 100 kN\n"
               "  mud_density: 1.2 sg   # another unit of the dimension\n"
               "  share: 25 %\n"
               "  control: off\n"
               "  well: \"wells/a b.yaml\"\n"
               "  noisy: no\n"
               "ppo:\n"
               "  horizon: 1e3\n"
               "  seed: -9007199254740993\n"
               "  hidden: [32]\n"
               "  depths: [1 km, 200, 100 ft]\n"
               "  note: it's 5\n");
  assert_near(rig.wob_max, 1e5);
  assert_near(rig.mud_density, 1200);
  assert_near(rig.share, 0.25);
  assert_int_equal(rig.control, 2);
  assert_string_equal(rig.well, "wells/a b.yaml");
  assert_false(rig.noisy);
  assert_int_equal(ppo.horizon, 1000);
  assert_true(ppo.seed == -9007199254740993);
  assert_int_equal(ppo.hidden.count, 1);
  assert_int_equal(ppo.depths.count, 3);
  assert_near(ppo.depths.value[0], 1000);
  assert_near(ppo.depths.value[1], 200);
  assert_near(ppo.depths.value[2], 30.48);
  assert_string_equal(ppo.note, "it's 5");
}

static void overrides_win_and_the_last_counts(void **state) {
  (void)state;
  const char *overrides[] = {"ppo.horizon=64",        "rig.well= x=y.yaml ",
                             "ppo.hidden=[8, 16,24]", "ppo.depths=100 ft, 2 m",
                             "ppo.horizon=65 steps",  "rig.wob_max=30"};
  assert_int_equal(load("rig: {well: a}\nppo: {horizon: 3, seed: 7}", overrides, 6), IDR_STATUS_OK);
  assert_int_equal(ppo.horizon, 65);
  assert_int_equal(ppo.seed, 7);
  assert_string_equal(rig.well, "x=y.yaml");
  assert_int_equal(ppo.hidden.count, 3);
  assert_true(ppo.hidden.value[2] == 24);
  assert_int_equal(ppo.depths.count, 2);
  assert_near(ppo.depths.value[0], 30.48);
  assert_near(rig.wob_max, 30000 * 0.45359237 * 9.80665);
}

static void limits_themselves_are_allowed(void **state) {
  (void)state;
  assert_loads("rig: {well: a, wob_max: 100 klbf, mud_density: 7 ppg, share: 100 %}\n"
               "ppo: {horizon: 100000, hidden: [1, 4096], depths: [9 km, 0]}");
  assert_loads("rig: {well: a, wob_max: 1, mud_density: 20, share: 0}\nppo: {horizon: 1}");
}

static void empty_files_and_sections_mean_defaults(void **state) {
  (void)state;
  const char *well[] = {"rig.well=a"};
  static const char *const texts[] = {"",          "\n# nothing\n",     "---\n", "rig:\nppo:\n",
                                      "ppo: {}\n", "\xef\xbb\xbfppo:\n"};
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
    if (load(texts[i], well, 1) != IDR_STATUS_OK) fail_msg("%s", idr_error_get()->message);
    assert_int_equal(ppo.horizon, 32);
  }
}

/* ---- problems -------------------------------------------------------------------------------- */

static void unknown_names_suggest_the_nearest(void **state) {
  (void)state;
  assert_problem("rig:\n  well: a\n  wob_mx: 3\n", "3:3",
                 "unknown key 'rig.wob_mx'; did you mean 'rig.wob_max'?");
  assert_problem("rig:\n  well: a\n  horizon: 3\n", "3:3",
                 "unknown key 'rig.horizon'; did you mean 'ppo.horizon'?");
  assert_problem("rig: {well: a}\nhorizon: 3\n", "2:1",
                 "unknown section 'horizon'; did you mean 'ppo.horizon'?");
  assert_problem("rig: {well: a}\npp0: {horizon: 3}\n", "2:1",
                 "unknown section 'pp0'; did you mean 'ppo'?");
  assert_problem("rig: {well: a}\nqqqqqqqq: {horizon: 3}\n", "2:1",
                 "unknown section 'qqqqqqqq'; sections are rig, ppo");
  assert_problem("rig: {well: a, qqqqqqqq: 1}\n", "1:16", "unknown key 'rig.qqqqqqqq'");
}

static void wrong_values_say_what_is_expected(void **state) {
  (void)state;
  assert_problem("rig: {well: a, wob_max: heavy}", "1:25",
                 "'rig.wob_max': 'heavy' is no number, expected one such as 1 klbf");
  assert_problem("rig: {well: a, wob_max: 12 in}", "1:25",
                 "'rig.wob_max': 'in' is the unit of a length, expected a force (N, kN");
  assert_problem("rig: {well: a, wob_max: [1]}", "1:25",
                 "'rig.wob_max': expected a number, found a list");
  assert_problem("rig: {well: {a: b}}", "1:13", "'rig.well': expected a text, found a mapping");
  assert_problem("rig: {well: a, noisy: maybe}", "1:23",
                 "'rig.noisy': 'maybe' is neither true nor false");
  assert_problem("rig: {well: a, control: manul}", "1:25",
                 "'rig.control': 'manul' is none of auto|manual|off; did you mean 'manual'?");
  assert_problem("rig: {well: a}\nppo: {horizon: 2.5}", "2:16",
                 "'ppo.horizon': '2.5' is no whole number of steps");
  assert_problem("rig: {well: a}\nppo: {horizon: 99999999999999999999}", "2:16",
                 "'ppo.horizon': '99999999999999999999' is no whole number");
  assert_problem("rig: {well: a}\nppo: {horizon: }", "2:16", "'ppo.horizon': the value is empty");
  assert_problem("rig: {well: a}\nppo:\n  hidden: [64, x]", "3:16",
                 "'ppo.hidden': 'x' is no number");
  assert_problem("rig: {well: a}\nppo:\n  hidden: [64, [3]]", "3:16",
                 "'ppo.hidden': expected a number, found a list");
  assert_problem("rig: {well: a}\nppo: [1, 2]", "2:6",
                 "section 'ppo': expected keys with values, found a list");
  assert_problem("- rig", "1:1", "expected sections (\"name:\" and keys), found a list");
  assert_problem("just words", "1:1", "expected sections (\"name:\" and keys), found a value");
}

static void out_of_range_says_the_range(void **state) {
  (void)state;
  assert_problem("rig: {well: a, wob_max: 1 MN}", "1:25",
                 "'rig.wob_max': 1 MN is out of range: 1 to 100 klbf");
  assert_problem("rig: {well: a, share: -1e-300}", "1:23",
                 "'rig.share': -1e-300 is out of range: 0 to 1");
  assert_problem("rig: {well: a}\nppo: {horizon: 0}", "2:16",
                 "'ppo.horizon': 0 is out of range: 1 to 100000 steps");
  assert_problem("rig: {well: a}\nppo: {hidden: [64, 0]}", "2:20",
                 "'ppo.hidden': 0 is out of range: 1 to 4096");
}

static void missing_and_double_keys(void **state) {
  (void)state;
  assert_int_equal(load("ppo: {horizon: 3}", NULL, 0), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "a.yaml: 'rig.well' is missing (well file)"));
  assert_int_equal(load(NULL, NULL, 0), IDR_STATUS_CONFIG);
  assert_string_equal(idr_error_get()->message,
                      "'rig.well' is missing (well file); set it in the file or as rig.well=...");
  assert_problem("rig:\n  well: a\n  share: 1\n  well: b\n", "4:3",
                 "key 'well' stands here again (first in line 2)");
  assert_problem("rig: {well: a}\nppo:\nrig: {share: 1}\n", "3:1",
                 "key 'rig' stands here again (first in line 1)");
}

static void yaml_that_settings_refuse(void **state) {
  (void)state;
  assert_problem("rig: {well: a\nppo: 3", "2:4",
                 "not valid YAML: did not find expected ',' or '}'");
  assert_problem("rig:\n\twell: a", "2:1", "not valid YAML: found character that cannot start");
  assert_problem("rig: {well: *here}", "1:13",
                 "aliases (*here) are not supported; write the value again");
  assert_problem("rig: {well: &w a, control: *w}", "1:28", "aliases (*w) are not supported");
  assert_problem("rig: &r {well: *r}", "1:16", "aliases (*r) are not supported");
  assert_problem("rig: {well: !!python/object a}", "1:13",
                 "the tag 'tag:yaml.org,2002:python/object'");
  assert_problem("rig: {well: \"a\\0b\"}", "1:13", "the text contains a zero byte");
  assert_problem("rig: {[a]: 3, well: b}", "1:7", "a key must be a word, not a list");
  assert_problem("rig: {well: a}\n---\nppo: {}\n", "2:1", "a second document begins here");
  assert_problem("rig:\n  well: a\xff\n", "2:10", "not readable as UTF-8 text");
  assert_problem("rig:\n  well: a\x01\n", "2:10", "not readable as UTF-8 text");
}

static void all_problems_come_at_once(void **state) {
  (void)state;
  const char *overrides[] = {"ppo.seed=x", "nonsense"};
  assert_int_equal(
      load("rig:\n  wob_mx: 3\n  share: 2\nppo:\n  horizon: 0\n  horizon: 1\n", overrides, 2),
      IDR_STATUS_CONFIG);
  static const char *const expected[] = {":6:3: key 'horizon' stands here again",
                                         ":2:3: unknown key 'rig.wob_mx'",
                                         ":3:10: 'rig.share'",
                                         ":5:12: 'ppo.horizon'",
                                         "override 'ppo.seed=x': 'x' is no whole number",
                                         "override 'nonsense': expected section.key=value",
                                         "'rig.well' is missing"};
  const char *message = idr_error_get()->message;
  int lines = 1;
  for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
    if (!strstr(message, expected[i])) fail_msg("no \"%s\" in \"%s\"", expected[i], message);
  for (const char *c = message; *c; c++)
    lines += *c == '\n';
  assert_int_equal(lines, 7);
}

static void a_thousand_problems_are_counted(void **state) {
  (void)state;
  char *text = malloc(40000);
  char *end = text + sprintf(text, "rig: {well: a}\nppo:\n");
  for (int i = 0; i < 1000; i++)
    end += sprintf(end, "  zzzzzzzz%d: 1\n", i);
  assert_int_equal(load(text, NULL, 0), IDR_STATUS_CONFIG);
  free(text);
  const char *last = strrchr(idr_error_get()->message, '\n');
  int shown = 0, hidden = 0;
  assert_int_equal(sscanf(last, "\n... and %d more problems", &hidden), 1);
  for (const char *c = idr_error_get()->message; *c; c++)
    shown += *c == '\n';
  assert_int_equal(shown + hidden, 1000);
}

static void overrides_are_checked_alike(void **state) {
  (void)state;
  assert_override_problem("ppo.horizn=3", "override 'ppo.horizn=3': unknown key 'ppo.horizn'; did "
                                          "you mean 'ppo.horizon'?");
  assert_override_problem("pp.horizon=3", "unknown section 'pp'; did you mean 'ppo'?");
  assert_override_problem("ppo.horizon=0", "0 is out of range: 1 to 100000 steps");
  assert_override_problem("ppo.horizon=", "the value is empty");
  assert_override_problem("ppo.hidden=[1, two]", "'two' is no number");
  assert_override_problem("ppo.hidden=[1, 2", "'[1' is no number");
  assert_override_problem("ppo.note=a\xff", "not valid UTF-8");
  assert_override_problem("horizon=3", "expected section.key=value");
  assert_override_problem("ppo.horizon", "expected section.key=value");
  assert_override_problem(".=", "expected section.key=value");
  assert_override_problem("", "expected section.key=value");
  assert_override_problem("a=b.c", "expected section.key=value");
}

/* Whatever an override holds, the answer is values within their limits or a message. */
static void mutated_overrides_never_crash(void **state) {
  (void)state;
  static const char *const seeds[] = {"ppo.horizon=64",         "ppo.hidden=[8, 16,24]",
                                      "ppo.depths=100 ft, 2 m", "rig.wob_max=30 klbf",
                                      "rig.control=manual",     "rig.noisy=off",
                                      "ppo.note=text"};
  int good = 0;
  for (uint32_t trial = 0; trial < 5000; trial++) {
    char text[64];
    const char *both[] = {"rig.well=a", text};
    idr_random4 r = idr_random_draw(31, trial, 0, 0, IDR_PURPOSE_TEST, 0);
    snprintf(text, sizeof(text), "%s", seeds[trial % 7]);
    size_t length = strlen(text);
    text[r.word[0] % length] = (char)r.word[1];
    if (trial % 3 == 0) text[r.word[2] % length] = "0e+-.,[]= %~"[r.word[3] % 12];
    bool loaded = load(NULL, both, 2) == IDR_STATUS_OK;
    if (!loaded) assert_true(idr_error_get()->message[0] != '\0');
    good += loaded;
    assert_true(ppo.horizon >= 1 && ppo.horizon <= 100000);
    assert_true(rig.wob_max >= 4448 && rig.wob_max <= 444823);
    assert_true(rig.control >= 0 && rig.control <= 2 && ppo.hidden.count <= IDR_REALS_MAX);
  }
  assert_true(good > 0 && good < 5000);
}

static const char whole_file[] = "# all kinds\n"
                                 "rig:\n"
                                 "  wob_max: 100 kN\n"
                                 "  mud_density: 1.2 sg\n"
                                 "  control: off\n"
                                 "  well: \"wells/a b.yaml\"\n"
                                 "  noisy: no\n"
                                 "ppo: {horizon: 1e3, hidden: [32, 64],\n"
                                 "      depths: [1 km, 100 ft], note: it's 5}\n";

/* Loads these bytes as a file, without the fsync of idr_file_write: there are thousands. */
static bool load_bytes(const char *bytes, size_t count) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, count, file), count);
  fclose(file);
  bool loaded = idr_settings_load(sections, 2, path, NULL, 0) == IDR_STATUS_OK;
  if (!loaded) assert_true(idr_error_get()->message[0] != '\0');
  return loaded;
}

static void mutated_files_never_crash(void **state) {
  (void)state;
  static const char spice[] = "[]{}:,-?&*!|>'\"%@`#\n\t \\\xff.0e";
  char text[sizeof(whole_file)];
  size_t length = strlen(whole_file);
  int good = 0;
  for (uint32_t trial = 0; trial < 4000; trial++) {
    idr_random4 r = idr_random_draw(32, trial, 0, 0, IDR_PURPOSE_TEST, 0);
    memcpy(text, whole_file, sizeof(text));
    text[r.word[0] % length] = spice[r.word[1] % (sizeof(spice) - 1)];
    if (trial % 2) text[r.word[2] % length] ^= (char)(1 << r.word[3] % 8);
    good += load_bytes(text, length);
  }
  assert_true(good > 0 && good < 4000);
}

static void truncated_files_never_crash(void **state) {
  (void)state;
  for (size_t count = 0; count < strlen(whole_file); count++)
    load_bytes(whole_file, count);
  assert_true(load_bytes(whole_file, strlen(whole_file)));
}

static void too_long_things_are_refused(void **state) {
  (void)state;
  char text[IDR_TEXT_MAX + 64];
  int front = sprintf(text, "ppo.note=");
  memset(text + front, 'x', IDR_TEXT_MAX);
  text[front + IDR_TEXT_MAX] = '\0';
  assert_override_problem(text, "the text is 512 bytes long, at most 511 are allowed");
  char list[1024] = "ppo.hidden=1";
  for (int i = 0; i < IDR_REALS_MAX; i++)
    strcat(list, ",1");
  assert_override_problem(list, "more than 64 numbers");
  list[strlen(list) - 2] = '\0';
  const char *both[] = {"rig.well=a", list};
  assert_int_equal(load(NULL, both, 2), IDR_STATUS_OK);
  assert_int_equal(ppo.hidden.count, 64);
}

static void unreadable_files_are_told(void **state) {
  (void)state;
  const char *missing = "/tmp/idr_no_such_file.yaml";
  assert_int_equal(idr_settings_load(sections, 2, missing, NULL, 0), IDR_STATUS_IO);
  assert_string_equal(idr_error_get()->message, "cannot read '/tmp/idr_no_such_file.yaml': No such "
                                                "file or directory; check the path");
  assert_int_equal(idr_settings_load(sections, 2, folder, NULL, 0), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "Is a directory"));
  assert_int_equal(idr_settings_load(sections, 2, "/dev/zero", NULL, 0), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "longer than the 16777216 bytes allowed"));
}

static void a_bad_default_is_reported(void **state) {
  (void)state;
  static const idr_setting bad[] = {
      {"x", IDR_KIND_REAL, "m", "7 kg", 0, 1, "", "", 0},
  };
  double value;
  const idr_section section = IDR_SECTION("bad", "", bad, &value);
  assert_int_equal(idr_settings_load(&section, 1, NULL, NULL, 0), IDR_STATUS_CONFIG);
  assert_non_null(
      strstr(idr_error_get()->message, "default of 'bad.x' (a mistake in the program)"));
}

/* ---- text that reads back -------------------------------------------------------------------- */

static void effective_file_reads_back_to_the_same_bits(void **state) {
  (void)state;
  const char *overrides[] = {"rig.well=ü \"quoted\" \\ tab\there: # no {comment}",
                             "rig.wob_max=31.415926535897931",
                             "rig.mud_density=11.1",
                             "rig.share=0.1",
                             "rig.free_number=-1e-17",
                             "rig.control=manual",
                             "rig.noisy=off",
                             "ppo.seed=-9223372036854775807",
                             "ppo.depths=[0.1 ft, 333.3333333333333, 1 in]",
                             "ppo.note=\xe2\x80\xa8line\xc2\x85 breaks\xef\xbb\xbf\x07"};
  assert_int_equal(load(NULL, overrides, 10), IDR_STATUS_OK);
  rig_settings rig_before = rig;
  ppo_settings ppo_before = ppo;
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(idr_settings_write(sections, 2, file), IDR_STATUS_OK);
  fclose(file);
  if (idr_settings_load(sections, 2, path, NULL, 0) != IDR_STATUS_OK)
    fail_msg("%s", idr_error_get()->message);
  assert_string_equal(rig.well, rig_before.well);
  assert_string_equal(ppo.note, ppo_before.note);
  assert_true(rig.wob_max == rig_before.wob_max && rig.mud_density == rig_before.mud_density);
  assert_true(rig.share == rig_before.share && rig.free_number == rig_before.free_number);
  assert_true(rig.control == rig_before.control && rig.noisy == rig_before.noisy);
  assert_true(ppo.seed == ppo_before.seed);
  assert_memory_equal(&ppo.depths, &ppo_before.depths, sizeof(ppo.depths));
  assert_memory_equal(&ppo.hidden, &ppo_before.hidden, sizeof(ppo.hidden));
}

static void full_disk_is_noticed(void **state) {
  (void)state;
  FILE *file = fopen("/dev/full", "w");
  if (!file) skip();
  assert_int_equal(idr_settings_write(sections, 2, file), IDR_STATUS_IO);
  fclose(file);
}

static void collect(void *context, const char *key, const char *value) {
  char *text = context;
  sprintf(text + strlen(text), "%s=%s;", key, value);
}

static void visit_shows_display_units(void **state) {
  (void)state;
  char text[4096] = "";
  assert_loads("rig: {well: a}\nppo: {depths: [1 km]}");
  idr_settings_visit(sections, 2, collect, text);
  assert_string_equal(text, "rig.wob_max=25 klbf;rig.mud_density=10 ppg;rig.share=0.5;"
                            "rig.free_number=0 m;rig.control=auto;rig.well=a;rig.noisy=true;"
                            "ppo.horizon=32;ppo.seed=1;ppo.hidden=[64, 64];ppo.depths=[1000 m];"
                            "ppo.note=;");
}

static void help_lists_every_key(void **state) {
  (void)state;
  char text[4096] = "";
  FILE *file = fmemopen(text, sizeof(text), "w");
  idr_settings_help(sections, 2, file);
  fclose(file);
  static const char *const expected[] = {
      "rig: the rig\n",
      "  wob_max                a number, 1 to 100 klbf; default 25 klbf\n",
      "\n                         highest weight on bit\n",
      "  control                one of auto|manual|off; default auto\n",
      "  well                   a text; required\n",
      "  free_number            a number in m; default 0\n",
      "  horizon                an integer, 1 to 100000 steps; default 32\n",
      "  note                   a text; default none\n",
  };
  for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
    if (!strstr(text, expected[i])) fail_msg("no \"%s\" in \"%s\"", expected[i], text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults_apply),
      cmocka_unit_test(file_sets_every_kind),
      cmocka_unit_test(overrides_win_and_the_last_counts),
      cmocka_unit_test(limits_themselves_are_allowed),
      cmocka_unit_test(empty_files_and_sections_mean_defaults),
      cmocka_unit_test(unknown_names_suggest_the_nearest),
      cmocka_unit_test(wrong_values_say_what_is_expected),
      cmocka_unit_test(out_of_range_says_the_range),
      cmocka_unit_test(missing_and_double_keys),
      cmocka_unit_test(yaml_that_settings_refuse),
      cmocka_unit_test(all_problems_come_at_once),
      cmocka_unit_test(a_thousand_problems_are_counted),
      cmocka_unit_test(overrides_are_checked_alike),
      cmocka_unit_test(mutated_overrides_never_crash),
      cmocka_unit_test(mutated_files_never_crash),
      cmocka_unit_test(truncated_files_never_crash),
      cmocka_unit_test(too_long_things_are_refused),
      cmocka_unit_test(unreadable_files_are_told),
      cmocka_unit_test(a_bad_default_is_reported),
      cmocka_unit_test(effective_file_reads_back_to_the_same_bits),
      cmocka_unit_test(full_disk_is_noticed),
      cmocka_unit_test(visit_shows_display_units),
      cmocka_unit_test(help_lists_every_key),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
