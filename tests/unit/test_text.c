/* Text helpers: appending, trimming, UTF-8, JSON escapes, nearest words, word lists. */
#include "base/text.h"
#include "support/test.h"

#include <string.h>

static void append_stops_at_the_end(void **state) {
  (void)state;
  char text[8] = "";
  assert_true(idr_text_append(text, sizeof(text), "%d", 123));
  assert_true(idr_text_append(text, sizeof(text), "%s", "abcd"));
  assert_string_equal(text, "123abcd");
  assert_false(idr_text_append(text, sizeof(text), "x"));
  assert_string_equal(text, "123abcd");
}

static void trim_takes_blanks_off_both_ends(void **state) {
  (void)state;
  char out[6];
  assert_true(idr_text_trim("  a b\t\n", 7, out, sizeof(out)));
  assert_string_equal(out, "a b");
  assert_true(idr_text_trim("   ", 3, out, sizeof(out)));
  assert_string_equal(out, "");
  assert_false(idr_text_trim("abcdef", 6, out, sizeof(out)));
  assert_string_equal(out, "abcde");
}

/* The boundaries of RFC 3629, section 4. */
static void utf8_is_checked_strictly(void **state) {
  (void)state;
  static const char *const good[] = {"",
                                     "a",
                                     "\x7f",
                                     "\xc2\x80",
                                     "\xdf\xbf",
                                     "\xe0\xa0\x80",
                                     "\xed\x9f\xbf",
                                     "\xee\x80\x80",
                                     "\xf0\x90\x80\x80",
                                     "\xf4\x8f\xbf\xbf"};
  static const char *const bad[] = {"\x80",
                                    "\xc0\x80",
                                    "\xc1\xbf",
                                    "\xc2",
                                    "\xc2\x7f",
                                    "\xe0\x9f\xbf",
                                    "\xed\xa0\x80",
                                    "\xe2\x82",
                                    "\xf0\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80",
                                    "\xff",
                                    "a\xfe"};
  for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
    assert_true(idr_text_is_utf8(good[i]));
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    assert_false(idr_text_is_utf8(bad[i]));
}

static void utf8_decodes_to_code_points(void **state) {
  (void)state;
  unsigned code = 0;
  assert_int_equal(idr_text_decode("\xe2\x82\xac", &code), 3);
  assert_int_equal(code, 0x20ac);
  assert_int_equal(idr_text_decode("\xf0\x9f\x98\x80", &code), 4);
  assert_int_equal(code, 0x1f600);
  assert_int_equal(idr_text_decode("", &code), 0);
}

static void json_escapes(void **state) {
  (void)state;
  char out[64];
  assert_true(idr_text_escape_json("a\"b\\c\n\t\x01\x7f \xc3\xbc\xff", out, sizeof(out)));
  assert_string_equal(out, "a\\\"b\\\\c\\n\\t\\u0001\\u007f \xc3\xbc\\ufffd");
  /* Cut between characters, never inside an escape. */
  char small[5];
  assert_false(idr_text_escape_json("ab\"\"", small, sizeof(small)));
  assert_string_equal(small, "ab\\\"");
  assert_false(idr_text_escape_json("abc\x01", small, sizeof(small)));
  assert_string_equal(small, "abc");
}

static void distance_counts_edits(void **state) {
  (void)state;
  assert_int_equal(idr_text_distance("", ""), 0);
  assert_int_equal(idr_text_distance("abc", ""), 3);
  assert_int_equal(idr_text_distance("horizon", "Horizon"), 0);
  assert_int_equal(idr_text_distance("horizn", "horizon"), 1);
  assert_int_equal(idr_text_distance("hroizon", "horizon"), 1);
  assert_int_equal(idr_text_distance("kitten", "sitting"), 3);
  char longer[100];
  memset(longer, 'x', sizeof(longer));
  longer[99] = '\0';
  assert_true(idr_text_distance(longer, "x") > 63);
  longer[63] = '\0';
  assert_int_equal(idr_text_distance(longer, longer), 0);
}

static void nearness_depends_on_length(void **state) {
  (void)state;
  assert_true(idr_text_is_near("in", 1));
  assert_false(idr_text_is_near("in", 2));
  assert_true(idr_text_is_near("learning_rate", 4));
  assert_false(idr_text_is_near("learning_rate", 6));
  assert_false(idr_text_is_near("a", 1));
}

static void words_of_a_list(void **state) {
  (void)state;
  char word[8];
  assert_int_equal(idr_text_find("a, b ,c", ',', "b"), 1);
  assert_int_equal(idr_text_find("a, b ,c", ',', "d"), -1);
  assert_int_equal(idr_text_find("", ',', ""), -1);
  assert_true(idr_text_word("auto|manual", '|', 1, word, sizeof(word)));
  assert_string_equal(word, "manual");
  assert_false(idr_text_word("auto|manual", '|', 2, word, sizeof(word)));
  assert_false(idr_text_word("toolongword", '|', 0, word, sizeof(word)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(append_stops_at_the_end),
      cmocka_unit_test(trim_takes_blanks_off_both_ends),
      cmocka_unit_test(utf8_is_checked_strictly),
      cmocka_unit_test(utf8_decodes_to_code_points),
      cmocka_unit_test(json_escapes),
      cmocka_unit_test(distance_counts_edits),
      cmocka_unit_test(nearness_depends_on_length),
      cmocka_unit_test(words_of_a_list),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
