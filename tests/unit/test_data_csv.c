/* Tables as text: fields, numbers and dates in both directions, channel maps, and what is found in
 * a broken table: everything by line and column, nothing mended in silence. */
#include "base/random.h"
#include "base/units.h"
#include "data/csv_rows.h"
#include "drill/channel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- fields ---------------------------------------------------------------------------------- */

static idr_csv *open_text(const char *text, char separator) {
  idr_csv *csv = NULL;
  assert_int_equal(idr_csv_open_text("t.csv", text, strlen(text), separator, &csv), IDR_STATUS_OK);
  return csv;
}

static void expect_row(idr_csv *csv, int64_t line, const char *fields) {
  idr_csv_row row;
  char joined[256] = "";
  assert_int_equal(idr_csv_next(csv, &row), IDR_STATUS_OK);
  assert_null(row.flaw);
  for (int i = 0; i < row.count; i++) {
    if (i) strcat(joined, "|");
    strcat(joined, row.field[i]);
  }
  assert_string_equal(joined, fields);
  assert_int_equal(row.line, line);
}

static void expect_end(idr_csv *csv) {
  idr_csv_row row;
  assert_int_equal(idr_csv_next(csv, &row), IDR_STATUS_OK);
  assert_int_equal(row.count, 0);
  assert_null(row.flaw);
  idr_csv_close(csv);
}

static void fields_of_every_habit(void **state) {
  (void)state;
  idr_csv *csv = open_text("\xef\xbb\xbfname, b ,c\r\n\n1,,\"x, \"\"y\"\" \"\r\n \"q\" ,2,3", 0);
  expect_row(csv, 1, "name|b|c");
  expect_row(csv, 3, "1||x, \"y\" ");
  expect_row(csv, 4, "q|2|3");
  expect_end(csv);
  csv = open_text("a;b\n1,5;2\n", 0);
  expect_row(csv, 1, "a|b");
  expect_row(csv, 2, "1,5|2");
  expect_end(csv);
  csv = open_text("a\tb\t\n", 0);
  expect_row(csv, 1, "a|b|");
  expect_end(csv);
  expect_end(open_text("", 0));
  expect_end(open_text("\n\r\n", 0));
}

static void expect_flaw(const char *text, size_t bytes, const char *flaw, int column) {
  idr_csv *csv = NULL;
  idr_csv_row row;
  assert_int_equal(idr_csv_open_text("t.csv", text, bytes, ',', &csv), IDR_STATUS_OK);
  assert_int_equal(idr_csv_next(csv, &row), IDR_STATUS_OK);
  assert_non_null(row.flaw);
  assert_non_null(strstr(row.flaw, flaw));
  assert_int_equal(row.flaw_column, column);
  expect_row(csv, 2, "next");
  expect_end(csv);
}

static void flaws_do_not_stop_the_reader(void **state) {
  (void)state;
  expect_flaw("a,\"b,c\nnext\n", 12, "not closed", 2);
  expect_flaw("a,\"b\"c\nnext\n", 12, "closing quote", 2);
  expect_flaw("a,\0,c\nnext\n", 11, "zero byte", 1);
  size_t bytes = 5 * IDR_CSV_LINE_MAX;
  char *text = malloc(bytes + 6);
  assert_non_null(text);
  memset(text, 'x', bytes);
  memcpy(text + bytes, "\nnext\n", 6);
  expect_flaw(text, bytes + 6, "1 MiB", 1);
  for (size_t i = 0; i < 10000; i++)
    text[i] = ',';
  memcpy(text + 10000, "\nnext\n", 6);
  expect_flaw(text, 10006, "4096", 4096);
  free(text);
}

/* Lines across the window's end are whole. */
static void long_files_keep_their_lines(void **state) {
  (void)state;
  const int lines = 300000;
  char *text = malloc((size_t)lines * 16);
  size_t bytes = 0;
  assert_non_null(text);
  for (int i = 0; i < lines; i++)
    bytes += (size_t)sprintf(text + bytes, "%d,%d\n", i, 2 * i);
  idr_csv *csv = NULL;
  idr_csv_row row;
  assert_int_equal(idr_csv_open_text("t", text, bytes, ',', &csv), IDR_STATUS_OK);
  for (int i = 0; i < lines; i++) {
    assert_int_equal(idr_csv_next(csv, &row), IDR_STATUS_OK);
    assert_int_equal(row.count, 2);
    assert_int_equal(atoi(row.field[1]), 2 * i);
    assert_int_equal(row.line, i + 1);
  }
  expect_end(csv);
  free(text);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void numbers_read_as_the_library_reads_them(void **state) {
  (void)state;
  static const char *const good[] = {"0",
                                     "-0",
                                     "1",
                                     "+1.5",
                                     ".5",
                                     "5.",
                                     "1e3",
                                     "1E-3",
                                     "-999.25",
                                     "1e22",
                                     "1e-22",
                                     "123456789012345678901234567890",
                                     "0.1",
                                     "1e-320",
                                     "4.35",
                                     "9007199254740993",
                                     "1.7976931348623157e308",
                                     "0.000000000000000000000000000001234",
                                     "3.14159265358979323846264338327950288"};
  static const char *const bad[] = {"",    "-",    ".",   "e5",  "1e",   "1e+", "inf",   "nan",
                                    "NaN", "0x10", "1 2", "1,5", "1.5.", "--1", "1e999", "1f"};
  double value;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_true(idr_csv_number(good[i], false, &value));
    assert_true(value == strtod(good[i], NULL));
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_false(idr_csv_number(bad[i], false, &value));
  assert_true(idr_csv_number("-1,25", true, &value));
  assert_true(value == -1.25);
  assert_true(idr_csv_number("123456789012345678901234,5", true, &value));
  assert_true(value == 123456789012345678901234.5);
}

/* Any float, written and read, is the same float. */
static void floats_go_there_and_back(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 400000; i++) {
    uint32_t bits = idr_random_draw(5, i, 0, 0, IDR_PURPOSE_TEST, 0).word[0];
    float value, back;
    char text[IDR_CSV_NUMBER_MAX + 1];
    memcpy(&value, &bits, 4);
    if (i % 2) value = idr_random_uniform(bits) * powf(10, (float)(i % 15) - 5);
    if (!isfinite(value)) continue;
    text[idr_csv_write_float(value, text)] = '\0';
    double read;
    assert_true(idr_csv_number(text, false, &read));
    back = (float)read;
    if (memcmp(&back, &value, 4) != 0 && value != 0) fail_msg("%a became %s", (double)value, text);
  }
}

static void check_float(float value, const char *wanted) {
  char text[IDR_CSV_NUMBER_MAX + 1];
  text[idr_csv_write_float(value, text)] = '\0';
  assert_string_equal(text, wanted);
}

static void check_number(double value, int digits, const char *wanted) {
  char text[IDR_CSV_NUMBER_MAX + 1];
  text[idr_csv_write_number(value, digits, text)] = '\0';
  assert_string_equal(text, wanted);
}

static void numbers_are_written_short(void **state) {
  (void)state;
  check_float(0.1f, "0.1");
  check_float(-12.34f, "-12.34");
  check_float(100, "100");
  check_float(0, "0");
  check_float(NAN, "");
  check_float(1234567.0f, "1234567");
  check_float(16777216.0f, "16777216");
  check_float(1e10f, "10000000000");
  check_float(0.00002f, "0.00002");
  check_float(3.5e7f, "35000000");
  check_number(44.44416, 7, "44.44416");
  check_number(9.99999999, 7, "10");
  check_number(-0.5, 7, "-0.5");
  check_number(123456789, 7, "123456800");
  check_number(15551999, 15, "15551999");
  check_number(1704067200.25, 15, "1704067200.25");
}

/* ---- dates ----------------------------------------------------------------------------------- */

static void dates(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double seconds;
  } good[] = {{"1970-01-01", 0},
              {"2024-02-29T23:59:59Z", 1709251199},
              {"2024-02-29 23:59:59.25", 1709251199.25},
              {"2024-03-01T00:59:59+01:00", 1709251199},
              {"2024-02-29T18:29:59-0530", 1709251199},
              {"1969-12-31T23:00:00Z", -3600},
              {"2000-01-01T00:00", 946684800}};
  static const char *const bad[] = {"",
                                    "2024",
                                    "2023-02-29",
                                    "2024-13-01",
                                    "2024-01-01T25:00",
                                    "2024-01-01Tx",
                                    "01/02/2024",
                                    "2024-01-01T00:00:00+1",
                                    "2024-1-1"};
  double seconds;
  char text[32];
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_true(idr_csv_date(good[i].text, &seconds));
    assert_true(seconds == good[i].seconds);
    idr_csv_write_date(seconds, text, sizeof text);
    assert_true(idr_csv_date(text, &seconds));
    assert_true(seconds == good[i].seconds);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_false(idr_csv_date(bad[i], &seconds));
  for (int64_t day = -800000; day < 800000; day += 37) {
    idr_csv_write_date(86400.0 * (double)day, text, sizeof text);
    if (text[0] == '-') continue;
    assert_true(idr_csv_date(text, &seconds));
    assert_true(seconds == 86400.0 * (double)day);
  }
}

/* ---- maps ------------------------------------------------------------------------------------ */

#define GOOD_MAP                                                                                   \
  "file: {missing: '-999.25, n/a'}\n"                                                              \
  "time: {column: T, format: seconds, unit: min}\n"                                                \
  "columns:\n"                                                                                     \
  "  - {column: W, channel: wob, unit: klbf, range: [-5, 100]}\n"                                  \
  "  - {column: Temp, channel: MTOA, unit: degF}\n"                                                \
  "ignore: [Remark]\n"

static idr_csv_map *read_map(const char *text) {
  idr_csv_map *map = NULL;
  assert_int_equal(idr_csv_map_parse("map.yaml", text, strlen(text), &map), IDR_STATUS_OK);
  return map;
}

static void expect_map_problem(const char *text, const char *wanted) {
  idr_csv_map *map = NULL;
  assert_int_equal(idr_csv_map_parse("map.yaml", text, strlen(text), &map), IDR_STATUS_CONFIG);
  assert_null(map);
  if (!strstr(idr_error_get()->message, wanted))
    fail_msg("'%s' is not in: %s", wanted, idr_error_get()->message);
}

static void a_map_says_what_is_wrong_with_it(void **state) {
  (void)state;
  idr_csv_map *map = read_map(GOOD_MAP);
  assert_int_equal(map->count, 2);
  assert_true(fabs(map->column[0].factor - 4448.2216152605) < 1e-6);
  assert_true(fabs(map->column[1].factor * 212 + map->column[1].offset - 373.15) < 1e-9);
  idr_csv_map_free(map);
#define TIME "time: {column: T}\n"
  expect_map_problem("columns:\n  - {column: W, channel: wob, unit: N}\n", "'time' is missing");
  expect_map_problem(TIME "columns: []\n", "map.yaml:2:10: 'columns' must be a list");
  expect_map_problem(TIME "columns:\n  - {column: W, channel: wobb, unit: N}\n",
                     "map.yaml:3:26: there is no channel 'wobb'; did you mean 'wob'?");
  expect_map_problem(TIME "columns:\n  - {column: W, channel: wob, unit: psi}\n",
                     "map.yaml:3:37: 'psi' is the unit of a pressure, but wob is a force");
  expect_map_problem(TIME "columns:\n  - {column: W, channel: wob, unit: klbfs}\n",
                     "unknown unit 'klbfs' (did you mean 'klbf'?)");
  expect_map_problem(TIME "columns:\n  - {column: W, channel: wob}\n", "'unit' is missing");
  expect_map_problem(TIME "columns:\n  - {column: W, channel: wob, unit: N, range: [2, 1]}\n",
                     "a range is two numbers");
  expect_map_problem(TIME "columns:\n  - {column: W, channel: wob, unit: N}\n"
                          "  - {column: V, channel: WOBA, unit: N}\n",
                     "map.yaml:4:5: channel wob has a column already");
  expect_map_problem(
      "time: {column: T, unit: m}\ncolumns:\n  - {column: W, channel: wob, unit: N}\n",
      "'m' is no unit of time");
  expect_map_problem(TIME "coloumns: []\n", "unknown key 'coloumns'; did you mean 'columns'?");
}

/* The unit that a channel shows is known by its own name, also where the table means another. */
static void every_channel_takes_its_own_units(void **state) {
  (void)state;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    char text[512];
    const idr_channel *channel = &idr_channels[c];
    for (int side = 0; side < 2; side++) {
      const char *unit = side ? channel->display : channel->unit;
      snprintf(text, sizeof text, TIME "columns:\n  - {column: W, channel: %s, unit: '%s'}\n",
               channel->name, unit);
      idr_csv_map *map = read_map(text);
      double si = map->column[0].factor * 2 + map->column[0].offset;
      assert_true(fabs(si - (side ? 2 / channel->scale + channel->offset : 2)) < 1e-12 * fabs(si));
      idr_csv_map_free(map);
    }
  }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void note(void *context, const idr_csv_finding *f) {
  char line[512];
  snprintf(line, sizeof line, "%lld:%d %s '%s' %s%s\n", (long long)f->line, f->column, f->name,
           f->text, f->reason, f->row_lost ? " LOST" : "");
  strcat(context, line);
}

typedef struct {
  char findings[4096], left_out[1024];
  idr_csv_counts counts;
  int rows;
  double time[16];
  float value[16][4];
} outcome;

static idr_status read_rows(const char *text, idr_csv_map *map, outcome *out) {
  idr_csv_rows *rows = NULL;
  bool more = true;
  memset(out, 0, sizeof *out);
  IDR_TRY(idr_csv_rows_open_text("t.csv", text, strlen(text), map, out->left_out,
                                 sizeof out->left_out, &rows));
  while (more) {
    assert_int_equal(idr_csv_rows_next(rows, note, out->findings, &out->time[out->rows],
                                       out->value[out->rows], &more),
                     IDR_STATUS_OK);
    out->rows += more;
  }
  out->counts = *idr_csv_rows_counts(rows);
  idr_csv_rows_close(rows);
  return IDR_STATUS_OK;
}

static void expect_finding(const outcome *o, const char *wanted) {
  if (!strstr(o->findings, wanted)) fail_msg("'%s' is not in:\n%s", wanted, o->findings);
}

static void every_finding_has_its_line_and_column(void **state) {
  (void)state;
  idr_csv_map *map = read_map(GOOD_MAP);
  outcome o;
  assert_int_equal(read_rows("T,Remark,Temp,W,Wob2\n"
                             "0,ok,212,1.5,0\n"
                             "1,short\n"
                             "2,ok,oops,NaN,0\n"
                             "2,standing,212,1,0\n"
                             "1.5,back,212,1,0\n"
                             "x,no time,212,1,0\n"
                             "3,range,212,500,0\n"
                             "4,missing,-999.25,n/a,0\n"
                             "5,\"open,212,1,0\n"
                             "6,many,212,1,0,7\n"
                             "7,ok,,-999.250,0\n",
                             map, &o),
                   IDR_STATUS_OK);
  expect_finding(&o, "3:2 Remark '' the row has 2 fields, the header 5 LOST");
  expect_finding(&o, "4:3 Temp 'oops' no number");
  expect_finding(&o, "4:4 W 'NaN' no number; if it stands for a missing value, add it");
  expect_finding(&o, "5:1 T '2' in the same second as the row before, line 4 LOST");
  expect_finding(&o, "6:1 T '1.5' earlier than the row before, line 4 LOST");
  expect_finding(&o, "7:1 T 'x' no time LOST");
  expect_finding(&o, "8:4 W '500' outside of what wob can be, -5 to 100 klbf");
  expect_finding(&o, "10:2 Remark '' a quote is not closed in its line LOST");
  expect_finding(&o, "11:6  '' the row has 6 fields, the header 5 LOST");
  assert_string_equal(o.left_out, "column 5 'Wob2' is left out: the map does not name it; the "
                                  "nearest channel is wob");
  assert_int_equal(o.rows, 5);
  assert_int_equal(o.counts.rows_lost, 6);
  assert_int_equal(o.counts.wrong, 3);
  assert_int_equal(o.counts.missing, 4);
  assert_true(o.time[1] == 120 && o.time[4] == 420);
  assert_true(fabsf(o.value[0][0] - 6672.332f) < 0.01f && fabsf(o.value[0][1] - 373.15f) < 1e-3f);
  assert_true(isnan(o.value[1][0]) && isnan(o.value[1][1]) && isnan(o.value[2][0]));
  idr_csv_map_free(map);
}

static void missing_columns_are_named_with_the_nearest(void **state) {
  (void)state;
  idr_csv_map *map = read_map(GOOD_MAP);
  outcome o;
  assert_int_equal(read_rows("T,Temq\n0,1\n", map, &o), IDR_STATUS_CONFIG);
  assert_non_null(
      strstr(idr_error_get()->message, "t.csv:1: there is no column 'Temp'; did you mean 'Temq'?"));
  assert_non_null(strstr(idr_error_get()->message, "t.csv:1: there is no column 'W'"));
  assert_int_equal(read_rows("", map, &o), IDR_STATUS_CONFIG);
  idr_csv_map_free(map);
}

static void a_table_of_ours_needs_no_map(void **state) {
  (void)state;
  outcome o;
  assert_int_equal(read_rows("time [ISO 8601],wob [kN],axial_vibration [g],activity\n"
                             "2024-01-01T00:00:00Z,2,1,3\n2024-01-01T00:00:01Z,-9e9,1,3\n",
                             NULL, &o),
                   IDR_STATUS_OK);
  assert_string_equal(o.findings, "");
  assert_true(o.time[0] == 1704067200 && o.value[0][0] == 2000);
  assert_true(fabsf(o.value[0][1] - 9.80665f) < 1e-5f);
  assert_true(o.value[1][0] == -9e12f); /* as a gauge showed it */
  assert_int_equal(read_rows("time [s],wobb [kN]\n", NULL, &o), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message,
                         "t.csv:1: column 2: 'wobb [kN]' is no channel "
                         "with its unit in brackets, such as 'wob [kN]'"));
  assert_int_equal(read_rows("time [s],wob [bar]\n", NULL, &o), IDR_STATUS_CONFIG);
  assert_int_equal(read_rows("wob [kN]\n", NULL, &o), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "no column 'time [s]'"));
}

static void a_table_by_depth_gets_its_times(void **state) {
  (void)state;
  idr_csv_map *map = read_map("file: {header: 2, data: 4, separator: semicolon, decimal: comma}\n"
                              "time: {column: Depth, format: depth, interval: 10 s, start: "
                              "2024-01-01}\n"
                              "columns:\n  - {column: Depth, channel: hole_depth, unit: ft}\n");
  outcome o;
  assert_int_equal(read_rows("Well 7\nDepth;x\nft;\n100,5;1\n101;1\n100,9;1\n102;1\n", map, &o),
                   IDR_STATUS_OK);
  assert_int_equal(o.rows, 3);
  assert_true(o.time[0] == 1704067200 && o.time[2] == 1704067220);
  assert_true(fabsf(o.value[0][0] - 30.6324f) < 1e-4f);
  expect_finding(&o, "6:1 Depth '100,9' not deeper than the row before, line 5 LOST");
  idr_csv_map_free(map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fields_of_every_habit),
      cmocka_unit_test(flaws_do_not_stop_the_reader),
      cmocka_unit_test(long_files_keep_their_lines),
      cmocka_unit_test(numbers_read_as_the_library_reads_them),
      cmocka_unit_test(floats_go_there_and_back),
      cmocka_unit_test(numbers_are_written_short),
      cmocka_unit_test(dates),
      cmocka_unit_test(a_map_says_what_is_wrong_with_it),
      cmocka_unit_test(every_channel_takes_its_own_units),
      cmocka_unit_test(every_finding_has_its_line_and_column),
      cmocka_unit_test(missing_columns_are_named_with_the_nearest),
      cmocka_unit_test(a_table_of_ours_needs_no_map),
      cmocka_unit_test(a_table_by_depth_gets_its_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
