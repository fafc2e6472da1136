/* The page of a run: escaping, reading and thinning of metrics, gnuplot as a tool that may be
 * missing, failing or hanging, and a page that stays well-formed whatever the folder holds. */
#include "base/file.h"
#include "report/html.h"
#include "report/report.h"
#include "report/series.h"
#include "support/test.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a folder to work in --------------------------------------------------------------------- */

static int setup(void **state) {
  char *folder = strdup("/tmp/idr-report-XXXXXX");
  if (!folder || !mkdtemp(folder)) return -1;
  *state = folder;
  return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info;
  (void)kind;
  (void)at;
  return remove(path);
}

static int teardown(void **state) {
  int failed = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  free(*state);
  return failed;
}

/* Path in the folder; valid until the call after the next. */
static const char *in(void **state, const char *name) {
  static char path[2][256];
  static int turn;
  turn = 1 - turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", (const char *)*state, name);
  return path[turn];
}

static void put(void **state, const char *name, const char *text) {
  assert_int_equal(idr_file_write(in(state, name), text, strlen(text)), IDR_STATUS_OK);
}

/* A program of a few lines of shell. */
static const char *program(void **state, const char *name, const char *script) {
  put(state, name, script);
  assert_int_equal(chmod(in(state, name), 0755), 0);
  return in(state, name);
}

/* ---- well-formedness ------------------------------------------------------------------------- */

#define DEPTH_MAX 64

static const char *skip_attributes(const char *c) {
  while (*c != '>' && *c) {
    assert_int_not_equal(*c, '<');
    if (*c == '"' || *c == '\'') {
      char quote = *c++;
      for (; *c != quote; c++) {
        assert_int_not_equal(*c, '\0');
        assert_int_not_equal(*c, '<');
      }
    }
    c++;
  }
  assert_int_equal(*c, '>');
  return c;
}

/* A reference ends soon: no bare ampersand. */
static void check_reference(const char *c) {
  size_t length = strcspn(c, "; \n<");
  assert_int_equal(c[length], ';');
  assert_true(length < 8);
}

/* Every element is closed in its turn; markup is none but elements and one doctype. */
static void check_markup(const char *text) {
  char open[DEPTH_MAX][32];
  int depth = 0;
  for (const char *c = text; *c; c++) {
    if (*c == '&') check_reference(c);
    if (*c != '<') continue;
    if (strncmp(c, "<!DOCTYPE html>", 15) == 0) continue;
    bool closing = c[1] == '/';
    const char *name = c + 1 + closing;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    assert_in_range(length, 1, 31);
    const char *end = skip_attributes(name + length);
    if (closing) {
      assert_true(depth > 0);
      depth--;
      assert_int_equal(strlen(open[depth]), length);
      assert_memory_equal(open[depth], name, length);
    } else if (end[-1] != '/') {
      assert_in_range(depth, 0, DEPTH_MAX - 1);
      snprintf(open[depth++], sizeof open[0], "%.*s", (int)length, name);
    }
    c = end;
  }
  assert_int_equal(depth, 0);
}

/* ---- escaping -------------------------------------------------------------------------------- */

static void text_cannot_become_markup(void **state) {
  (void)state;
  idr_html h = {0};
  idr_html_text(&h, "<script>\"a\" & 'b'</script>");
  assert_string_equal(h.text, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
  h.bytes = 0;
  idr_html_format(&h, "%s %d", "<i>", 3);
  assert_string_equal(h.text, "&lt;i&gt; 3");
  h.bytes = 0;
  idr_html_element(&h, "td", "a\"b", "x<y");
  assert_string_equal(h.text, "<td class=\"a&quot;b\">x&lt;y</td>");
  idr_html_free(&h);
}

/* XML 1.0 section 2.2: of the control characters only tab and line ends are characters. */
static void what_is_no_character_is_replaced(void **state) {
  (void)state;
  idr_html h = {0};
  idr_html_text(&h, "a\tb\nc\x01\x1b[0m\x7f");
  assert_string_equal(h.text, "a\tb\nc\xef\xbf\xbd\xef\xbf\xbd[0m\xef\xbf\xbd");
  h.bytes = 0;
  idr_html_text(&h, "\xff\xc3\xa9\xc3");
  assert_string_equal(h.text, "\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd");
  h.bytes = 0;
  idr_html_text(&h, "\xef\xbf\xbe"); /* U+FFFE */
  assert_string_equal(h.text, "\xef\xbf\xbd");
  idr_html_free(&h);
}

static void long_pages_grow(void **state) {
  (void)state;
  idr_html h = {0};
  for (int i = 0; i < 100000; i++)
    idr_html_text(&h, "<");
  assert_int_equal(h.bytes, 400000);
  assert_int_equal(strlen(h.text), 400000);
  assert_int_equal(idr_html_status(&h), IDR_STATUS_OK);
  idr_html_free(&h);
}

static void gnuplot_strings_stay_strings(void **state) {
  (void)state;
  char out[32];
  idr_gnuplot_quote("it's `ls` \"x\"\n", out, sizeof out);
  assert_string_equal(out, "'it''s `ls` \"x\" '");
  char tight[6];
  idr_gnuplot_quote("''''", tight, sizeof tight);
  assert_string_equal(tight, "''''"); /* one escaped quote between two */
  idr_gnuplot_quote("abc", tight, 2);
  assert_string_equal(tight, "");
}

/* ---- metrics --------------------------------------------------------------------------------- */

static idr_series_set *read_metrics(void **state, const char *text) {
  idr_series_set *set = NULL;
  put(state, "metrics", text);
  assert_int_equal(idr_series_read(in(state, "metrics"), &set), IDR_STATUS_OK);
  return set;
}

#define LINE(key, step, value)                                                                     \
  "{\"kind\": \"result\", \"key\": \"" key "\", \"step\": " #step ", \"value\": " value            \
  ", \"t\": 1.5}\n"

static void metrics_are_read_by_key(void **state) {
  idr_series_set *set = read_metrics(
      state, LINE("a", 1, "0.5") LINE("b", 1, "\"nan\"") LINE("a", 2, "-1e300")
                 LINE("b", 2, "\"-inf\"") "{\"kind\": \"timing\", \"key\": \"t\", \"step\": 3, "
                                          "\"value\": 7}\n");
  const idr_series *a = idr_series_find(set, "a"), *b = idr_series_find(set, "b");
  assert_int_equal(set->count, 3);
  assert_int_equal(set->lines, 5);
  assert_int_equal(set->damaged, 0);
  assert_false(set->torn);
  assert_int_equal(a->count, 2);
  assert_true(a->x[1] == 2 && a->y[0] == 0.5 && a->y[1] == -1e300);
  assert_true(isnan(b->y[0]) && b->y[1] == -INFINITY);
  assert_true(idr_series_find(set, "t")->timing && !a->timing);
  assert_true(idr_series_newest(set, "a") == -1e300);
  assert_true(isnan(idr_series_newest(set, "b")));
  assert_null(idr_series_find(set, "c"));
  idr_series_free(set);
}

static void damage_in_metrics_is_counted(void **state) {
  idr_series_set *set = read_metrics(
      state, LINE("a", 1, "1") "no json\n" LINE("a", 2, "\"word\"") LINE("a", 3, "{}")
                 LINE("a", 2.5, "1") "{\"kind\": \"result\", \"step\": 1, \"value\": 1}\n"
                                     "[]\n\n" LINE("a", 4, "4") "{\"kind\": \"res");
  assert_int_equal(set->lines, 2);
  assert_int_equal(set->damaged, 7);
  assert_true(set->torn);
  assert_true(idr_series_newest(set, "a") == 4);
  idr_series_free(set);
}

static void steps_are_put_in_order(void **state) {
  idr_series_set *set = read_metrics(state, LINE("a", 1, "1") LINE("a", 3, "3") LINE("a", 2, "20")
                                                LINE("a", 2, "21"));
  const idr_series *a = idr_series_find(set, "a");
  const double x[] = {1, 2, 2, 3}, y[] = {1, 20, 21, 3};
  assert_memory_equal(a->x, x, sizeof x);
  assert_memory_equal(a->y, y, sizeof y);
  idr_series_free(set);
}

static void too_many_keys_are_left_out(void **state) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *memory = open_memstream(&text, &bytes);
  for (int i = 0; i < IDR_SERIES_MAX + 5; i++)
    fprintf(memory, "{\"kind\": \"result\", \"key\": \"k%d\", \"step\": 1, \"value\": 1}\n", i);
  fclose(memory);
  idr_series_set *set = read_metrics(state, text);
  assert_int_equal(set->count, IDR_SERIES_MAX);
  assert_int_equal(set->left_out, 5);
  idr_series_free(set);
  free(text);
}

static void unreadable_metrics_are_an_error(void **state) {
  idr_series_set *set = NULL;
  assert_int_equal(idr_series_read(in(state, "none"), &set), IDR_STATUS_IO);
  assert_int_equal(idr_series_read(*state, &set), IDR_STATUS_IO);
  assert_null(set);
}

/* ---- thinning -------------------------------------------------------------------------------- */

#define POINTS 10007

static void thinning_keeps_extremes(void **state) {
  (void)state;
  static double x[POINTS], y[POINTS];
  idr_bin bins[100];
  for (int i = 0; i < POINTS; i++) {
    x[i] = i;
    y[i] = sin(0.01 * i);
  }
  y[1234] = 77;
  y[8765] = -55;
  const idr_series s = {.count = POINTS, .x = x, .y = y};
  double low = INFINITY, high = -INFINITY, sum = 0;
  assert_int_equal(idr_series_thin(&s, 100, bins), 100);
  for (int b = 0; b < 100; b++) {
    low = fmin(low, bins[b].low);
    high = fmax(high, bins[b].high);
    sum += bins[b].mean;
    assert_false(bins[b].gap);
    assert_true(bins[b].low <= bins[b].mean && bins[b].mean <= bins[b].high);
    if (b > 0) assert_true(bins[b - 1].x < bins[b].x);
  }
  assert_true(low == -55 && high == 77);
  /* A spike stays in the bin that it belongs to. */
  assert_true(bins[12].high == 77 && bins[87].low == -55 && bins[11].high <= 1);
  double all = 0;
  for (int i = 0; i < POINTS; i++)
    all += y[i];
  assert_true(fabs(sum / 100 - all / POINTS) < 0.01);
}

static void short_series_keep_their_points(void **state) {
  (void)state;
  double x[] = {1, 5, 6}, y[] = {3, -2, 8};
  const idr_series s = {.count = 3, .x = x, .y = y}, empty = {.count = 0};
  idr_bin bins[10];
  assert_int_equal(idr_series_thin(&s, 10, bins), 3);
  for (int i = 0; i < 3; i++)
    assert_true(bins[i].x == x[i] && bins[i].low == y[i] && bins[i].high == y[i] &&
                bins[i].mean == y[i] && !bins[i].gap);
  assert_int_equal(idr_series_thin(&empty, 10, bins), 0);
}

static void what_is_not_finite_is_a_gap(void **state) {
  (void)state;
  double x[] = {0, 1, 2, 3, 4, 5, 6, 7};
  double y[] = {NAN, 1, 2, INFINITY, NAN, 5, 6, -INFINITY};
  const idr_series s = {.count = 8, .x = x, .y = y};
  idr_bin bins[8];
  assert_int_equal(idr_series_thin(&s, 8, bins), 4);
  const double kept[] = {1, 2, 5, 6};
  const bool gap[] = {false, true, false, true};
  for (int i = 0; i < 4; i++)
    assert_true(bins[i].mean == kept[i] && bins[i].gap == gap[i]);
  /* Two to a bin: (nan 1) (2 inf) (nan 5) (6 -inf) */
  assert_int_equal(idr_series_thin(&s, 4, bins), 4);
  for (int i = 0; i < 4; i++)
    assert_true(bins[i].gap && bins[i].low == kept[i] && bins[i].high == kept[i]);
}

/* ---- gnuplot --------------------------------------------------------------------------------- */

static idr_status draw(void **state, const char *name, double limit, char **svg) {
  const idr_gnuplot g = {name, *state, limit};
  return idr_gnuplot_draw(&g, "plot x\n", 7, "a \"label\" <b>", svg);
}

static void a_missing_gnuplot_is_told_apart(void **state) {
  char *svg = NULL;
  assert_int_equal(draw(state, "idr-no-such-program", 10, &svg), IDR_STATUS_UNSUPPORTED);
  assert_null(svg);
  put(state, "plain", "no program");
  assert_int_equal(draw(state, in(state, "plain"), 10, &svg), IDR_STATUS_UNSUPPORTED);
}

static void a_failing_gnuplot_is_quoted(void **state) {
  char *svg = NULL;
  const char *name = program(state, "fails", "#!/bin/sh\necho '  bad plot' >&2\nexit 3\n");
  assert_int_equal(draw(state, name, 10, &svg), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "failed: bad plot"));
  name = program(state, "dies", "#!/bin/sh\nkill -9 $$\n");
  assert_int_equal(draw(state, name, 10, &svg), IDR_STATUS_IO);
  name = program(state, "draws-nothing", "#!/bin/sh\necho '<svg'\n");
  assert_int_equal(draw(state, name, 10, &svg), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "drew no picture"));
  assert_null(svg);
}

static void a_hanging_gnuplot_is_killed(void **state) {
  char *svg = NULL;
  const char *name = program(state, "hangs", "#!/bin/sh\nexec sleep 1000\n");
  assert_int_equal(draw(state, name, 0.05, &svg), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "did not end within 0.05 s"));
}

/* The script arrives on stdin, and the picture loses what cannot stand in a page twice. */
static void a_picture_is_made_fit_for_the_page(void **state) {
  char *svg = NULL;
  const char *name =
      program(state, "draws",
              "#!/bin/sh\nread -r words\necho '<?xml version=\"1.0\"?><!DOCTYPE svg>'\n"
              "echo \"<svg viewBox=\\\"0 0 1 1\\\"><title>t</title><desc>d</desc><defs><p "
              "id=\\\"x\\\"/></defs><g id=\\\"y\\\"><text>$words</text></g></svg> after\"\n");
  assert_int_equal(draw(state, name, 10, &svg), IDR_STATUS_OK);
  assert_string_equal(svg, "<svg role=\"img\" aria-label=\"a &quot;label&quot; &lt;b&gt;\" "
                           "viewBox=\"0 0 1 1\"><g><text>plot x</text></g></svg>");
  free(svg);
}

/* ---- the page -------------------------------------------------------------------------------- */

static char *make_page(void **state, const idr_trace *trace, const char *note) {
  idr_report_outcome outcome;
  char *text = NULL;
  size_t bytes = 0;
  const idr_report_request r = {.folder = *state,
                                .gnuplot = {"idr-no-such-program", *state, 10},
                                .trace = trace,
                                .trace_note = note};
  assert_int_equal(idr_report_write(&r, &outcome), IDR_STATUS_OK);
  assert_int_equal(outcome.drawn, 0);
  assert_int_equal(idr_file_read(in(state, "report.html"), 1 << 24, &text, &bytes), IDR_STATUS_OK);
  check_markup(text);
  return text;
}

static void says(const char *page, const char *words) {
  if (!strstr(page, words)) fail_msg("the page does not say '%s'", words);
}

static void an_empty_folder_has_a_page(void **state) {
  char *page = make_page(state, NULL, "no <checkpoint>");
  says(page, "The run folder has no summary.json.");
  says(page, "The run folder has no metrics yet.");
  says(page, "The run folder has no evaluation.json.");
  says(page, "The run folder has no settings.yaml.");
  says(page, "The run folder has no log.txt.");
  says(page, "No well was drilled for this page: no &lt;checkpoint&gt;");
  free(page);
}

/* Types that nobody expects, everywhere. */
static void damaged_files_are_told_of(void **state) {
  put(state, "summary.json", "{\"status\": 3, \"results\": []}");
  put(state, "evaluation.json",
      "{\"checkpoint\": 1, \"unseen_wells\": {\"title\": \"<t>\", \"drillers\": {\"<d>\": 5, "
      "\"policy\": {\"rig_rate\": {\"set\": {\"cost_per_metre\": [\"x\"]}}}}}, "
      "\"well_file\": {\"left_out\": \"<no file>\"}, \"return\": 7}");
  put(state, "log.txt", "idrill <1>\nstage x\nrollout 1 2\nwarning: <w>");
  put(state, "metrics", "{\"kind\": \"res");
  char *page = make_page(state, NULL, "");
  says(page, "no status that this program knows");
  says(page, "<td>&lt;d&gt;");
  says(page, "The well file was left out: &lt;no file&gt;");
  says(page, "warning: &lt;w&gt;");
  says(page, "The last line of the file metrics is cut short");
  free(page);
  put(state, "summary.json", "{\"status\": \"fin");
  put(state, "evaluation.json", "[]");
  page = make_page(state, NULL, "");
  says(page, "summary.json is damaged");
  says(page, "evaluation.json is damaged");
  free(page);
}

static void a_killed_run_is_told_from_a_live_one(void **state) {
  put(state, "summary.json", "{\"status\": \"running\", \"job\": \"train-rl\"}");
  char *page = make_page(state, NULL, "");
  says(page, "no process works in the folder");
  free(page);
}

/* ---- the drilled well ------------------------------------------------------------------------ */

static void give_rows(idr_trace *t, int64_t count) {
  t->row = calloc((size_t)count, sizeof *t->row);
  assert_non_null(t->row);
  for (int64_t i = 0; i < count; i++) {
    idr_trace_row *r = &t->row[i];
    r->depth = 1000 + 0.05 * (double)i;
    r->time = 60.0 * (double)(i + 1);
    r->cost = 1700.0 * (double)(i + 1) / 60;
    r->wob_set = 1e5f;
    r->value[IDR_CHANNEL_WOB] = 99e3f;
    r->value[IDR_CHANNEL_ECD] = 1200;
    r->ucs = 1e8f;
    r->lithology = IDR_LITHOLOGY_GRANITE;
  }
  t->count = t->capacity = count;
}

static void a_trace_is_written_in_the_units_asked_for(void **state) {
  idr_trace t = {.start = 1000, .interval = 10};
  char *text = NULL;
  size_t bytes = 0;
  give_rows(&t, 2);
  assert_int_equal(idr_trace_write(&t, IDR_REPORT_METRIC, in(state, "t.csv")), IDR_STATUS_OK);
  assert_int_equal(idr_file_read(in(state, "t.csv"), 1 << 20, &text, &bytes), IDR_STATUS_OK);
  says(text, "time [h],depth [m],lithology,ucs [MPa],wob_set [kN]");
  says(text, "0.0166667,1000,granite,100,100,");
  free(text);
  assert_int_equal(idr_trace_write(&t, IDR_REPORT_FIELD, in(state, "t.csv")), IDR_STATUS_OK);
  assert_int_equal(idr_file_read(in(state, "t.csv"), 1 << 20, &text, &bytes), IDR_STATUS_OK);
  says(text, "time [h],depth [ft],lithology,ucs [ksi],wob_set [klbf]");
  /* 1000 m = 3280.8399 ft, 100 MPa = 14.5038 ksi, 100 kN = 22.4809 klbf (NIST SP 811) */
  says(text, "0.0166667,3280.8399,granite,14.5038,22.4809,");
  free(text);
  idr_trace_free(&t);
}

static void every_channel_has_both_units(void **state) {
  (void)state;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    idr_shown_unit m = idr_report_channel_unit(IDR_REPORT_METRIC, (idr_channel_id)c),
                   f = idr_report_channel_unit(IDR_REPORT_FIELD, (idr_channel_id)c);
    assert_true(m.scale > 0 && f.scale > 0);
  }
  idr_shown_unit heat = idr_report_channel_unit(IDR_REPORT_FIELD, IDR_CHANNEL_TEMPERATURE);
  assert_true(fabs(idr_report_show(heat, 373.15) - 212) < 1e-9); /* water boils */
  assert_true(fabs(idr_report_show(idr_report_cost_unit(IDR_REPORT_FIELD), 100) - 30.48) < 1e-9);
}

/* A well file is foreign text too, and an episode may end before anything was drilled. */
static void a_drilled_well_is_on_the_page(void **state) {
  idr_trace t = {.title = "Well <b>", .end = "finished", .start = 1000, .interval = 10};
  give_rows(&t, 400);
  char *page = make_page(state, &t, "");
  says(page, "Well &lt;b&gt;");
  says(page, "19.95 <small>m</small>");
  says(page, "there is no gnuplot here");
  says(page, "apt install gnuplot-nox");
  free(page);
  t.count = 1;
  free(make_page(state, &t, ""));
  t.count = 0;
  page = make_page(state, &t, "");
  says(page, "the episode ended before its first step");
  free(page);
  idr_trace_free(&t);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(text_cannot_become_markup),
                                     cmocka_unit_test(what_is_no_character_is_replaced),
                                     cmocka_unit_test(long_pages_grow),
                                     cmocka_unit_test(gnuplot_strings_stay_strings),
                                     IN_FOLDER(metrics_are_read_by_key),
                                     IN_FOLDER(damage_in_metrics_is_counted),
                                     IN_FOLDER(steps_are_put_in_order),
                                     IN_FOLDER(too_many_keys_are_left_out),
                                     IN_FOLDER(unreadable_metrics_are_an_error),
                                     cmocka_unit_test(thinning_keeps_extremes),
                                     cmocka_unit_test(short_series_keep_their_points),
                                     cmocka_unit_test(what_is_not_finite_is_a_gap),
                                     IN_FOLDER(a_missing_gnuplot_is_told_apart),
                                     IN_FOLDER(a_failing_gnuplot_is_quoted),
                                     IN_FOLDER(a_hanging_gnuplot_is_killed),
                                     IN_FOLDER(a_picture_is_made_fit_for_the_page),
                                     IN_FOLDER(an_empty_folder_has_a_page),
                                     IN_FOLDER(damaged_files_are_told_of),
                                     IN_FOLDER(a_killed_run_is_told_from_a_live_one),
                                     IN_FOLDER(a_trace_is_written_in_the_units_asked_for),
                                     cmocka_unit_test(every_channel_has_both_units),
                                     IN_FOLDER(a_drilled_well_is_on_the_page)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
