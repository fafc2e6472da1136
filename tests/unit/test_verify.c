/* The table of `idrill verify-physics`: a wrong number fails, a missing one too, and what is
 * printed and written says which. */
#include "base/file.h"
#include "jobs/verify.h"
#include "support/near.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static idr_verify_row row(idr_verify_test test, double reference, double ours, double tolerance) {
  return (idr_verify_row){.id = "V0",
                          .what = "a number",
                          .unit = "psi",
                          .source = "a \"source\"",
                          .kind = IDR_VERIFY_PUBLISHED,
                          .test = test,
                          .reference = reference,
                          .ours = ours,
                          .tolerance = tolerance};
}

static bool holds(idr_verify_test test, double reference, double ours, double tolerance) {
  idr_verify_row r = row(test, reference, ours, tolerance);
  return idr_verify_holds(&r, 1.0);
}

static void test_near(void **state) {
  (void)state;
  assert_true(holds(IDR_VERIFY_NEAR, 10, 10.5, 0.5));
  assert_true(holds(IDR_VERIFY_NEAR, 10, 9.5, 0.5));
  assert_false(holds(IDR_VERIFY_NEAR, 10, 10.6, 0.5));
  assert_false(holds(IDR_VERIFY_NEAR, 10, 9.4, 0.5));
  assert_false(holds(IDR_VERIFY_NEAR, 10, NAN, 0.5));
  assert_false(holds(IDR_VERIFY_NEAR, NAN, 10, 0.5));
  assert_false(holds(IDR_VERIFY_NEAR, 10, INFINITY, 0.5));
}

static void test_bounds(void **state) {
  (void)state;
  assert_true(holds(IDR_VERIFY_AT_LEAST, 0.798, 0.9, 0));
  assert_false(holds(IDR_VERIFY_AT_LEAST, 0.798, 0.79, 0));
  assert_true(holds(IDR_VERIFY_AT_LEAST, 0.798, 0.79, 0.01));
  assert_false(holds(IDR_VERIFY_AT_LEAST, 0.798, INFINITY, 0));
  assert_true(holds(IDR_VERIFY_AT_MOST, 1, -5, 0));
  assert_false(holds(IDR_VERIFY_AT_MOST, 1, 1.1, 0));
  assert_false(holds(IDR_VERIFY_AT_MOST, 1, -INFINITY, 0));
  assert_false(holds(IDR_VERIFY_AT_MOST, 1, NAN, 1));
  assert_true(holds(IDR_VERIFY_REPORT, NAN, NAN, 0));
}

/* Two hold, two fail, one is only shown. */
static void add_some(idr_verify *v) {
  const idr_verify_case c = {v, "V1", "somebody", IDR_VERIFY_EXACT};
  idr_verify_add(v, row(IDR_VERIFY_NEAR, 1, 1.001, 0.01));
  idr_verify_add(v, row(IDR_VERIFY_NEAR, 1, 1.1, 0.01));
  idr_verify_at_most(&c, "small", "", 1, 0.5, 0);
  idr_verify_near(&c, "no number", "", 1, (double)NAN, 1);
  idr_verify_report(&c, "shown", "", (double)NAN, 7);
}

static const idr_verify_family some = {"some", "a family", add_some};

static idr_verify *table(double scale) {
  idr_verify *v;
  assert_int_equal(idr_verify_create(scale, &v), IDR_STATUS_OK);
  assert_int_equal(idr_verify_run(v, &some), IDR_STATUS_OK);
  return v;
}

static void test_counts(void **state) {
  (void)state;
  idr_verify *v = table(1.0), *strict = table(0.0), *loose = table(100.0);
  assert_int_equal(idr_verify_count(v), 5);
  assert_int_equal(idr_verify_failed(v), 2);
  assert_int_equal(idr_verify_failed(strict), 3);
  assert_int_equal(idr_verify_failed(loose), 1); /* not a number fails at any tolerance */
  idr_verify_destroy(v);
  idr_verify_destroy(strict);
  idr_verify_destroy(loose);
}

static void test_many_rows(void **state) {
  (void)state;
  idr_verify *v = table(1.0);
  for (int i = 0; i < 1000; i++)
    idr_verify_add(v, row(IDR_VERIFY_NEAR, i, i, 0));
  assert_int_equal(idr_verify_count(v), 1005);
  assert_int_equal(idr_verify_failed(v), 2);
  idr_verify_destroy(v);
}

static int occurrences(const char *text, const char *word) {
  int n = 0;
  for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
    n++;
  return n;
}

static void test_print(void **state) {
  (void)state;
  char *text = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  idr_verify *v = table(1.0);
  idr_verify_print(v, out);
  fclose(out);
  assert_int_equal(occurrences(text, "FAILS\n"), 2);
  assert_int_equal(occurrences(text, "holds\n"), 2);
  assert_int_equal(occurrences(text, "reported\n"), 1);
  assert_int_equal(occurrences(text, "[somebody]"), 1);
  assert_non_null(strstr(text, "5 numbers, 2 fail\n"));
  free(text);
  idr_verify_destroy(v);
}

static void test_json(void **state) {
  (void)state;
  char folder[] = "/tmp/idr_verify_XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/table.json", folder);
  idr_verify *v = table(1.0);
  assert_int_equal(idr_verify_write(v, path), IDR_STATUS_OK);
  json_t *root = json_load_file(path, 0, NULL);
  assert_int_equal(json_integer_value(json_object_get(root, "failed")), 2);
  json_t *rows = json_object_get(root, "rows"), *first = json_array_get(rows, 0);
  assert_int_equal(json_array_size(rows), 5);
  assert_string_equal(json_string_value(json_object_get(first, "source")), "a \"source\"");
  assert_near(json_real_value(json_object_get(first, "ours")), 1.001, 1e-8);
  assert_string_equal(json_string_value(json_object_get(first, "verdict")), "holds");
  assert_true(json_is_null(json_object_get(json_array_get(rows, 3), "ours")));
  assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 3), "verdict")),
                      "FAILS");
  json_decref(root);
  assert_int_equal(idr_verify_write(v, "/nonexistent/table.json"), IDR_STATUS_IO);
  idr_error_clear();
  idr_verify_destroy(v);
  unlink(path);
  rmdir(folder);
}

static void test_units(void **state) {
  (void)state;
  assert_near(idr_verify_si(1, "ft"), 0.3048, 0);
  assert_near(idr_verify_from_si(0.3048, "ft"), 1, 1e-15);
  assert_true(isnan(idr_verify_si(1, "furlong")));
  assert_true(isnan(idr_verify_from_si(1, "furlong")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_near),   cmocka_unit_test(test_bounds),
      cmocka_unit_test(test_counts), cmocka_unit_test(test_many_rows),
      cmocka_unit_test(test_print),  cmocka_unit_test(test_json),
      cmocka_unit_test(test_units),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
