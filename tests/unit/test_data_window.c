/* Windows over a file of several wells, and its statistics: the right values, the right rows, every
 * window once per epoch whatever the number of ranks, in memory of the stated size. */
#include "base/file.h"
#include "data/statistics.h"
#include "support/data_small.h"
#include "support/test.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define WELLS 5

static char folder[] = "/tmp/idr_windows_XXXXXX";
static char reel_path[64], file_path[64];

static int make_files(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(reel_path, sizeof reel_path, "%s/reel", folder);
  snprintf(file_path, sizeof file_path, "%s/wells.h5", folder);
  idr_reel *reel;
  idr_hash root[WELLS];
  idr_write_well well[WELLS];
  char name[WELLS][16];
  idr_write_options options = small_options(IDR_STORAGE_DEFLATE);
  OK(small_reel(reel_path, 1, &reel));
  for (int i = 0; i < WELLS; i++) {
    snprintf(name[i], sizeof name[i], "well-%d", 10 * i);
    well[i] = (idr_write_well){.name = name[i], .id = 10 * i, .reel = reel};
  }
  OK(idr_write_file(file_path, &options, well, WELLS, true, NULL, root));
  idr_reel_close(reel);
  return 0;
}

static void remove_statistics(void) {
  char pattern[80];
  glob_t found;
  snprintf(pattern, sizeof pattern, "%s/statistics-*.yaml", folder);
  if (glob(pattern, 0, NULL, &found) != 0) return;
  for (size_t i = 0; i < found.gl_pathc; i++)
    unlink(found.gl_pathv[i]);
  globfree(&found);
}

static int remove_files(void **state) {
  (void)state;
  remove_statistics();
  unlink(reel_path);
  unlink(file_path);
  return rmdir(folder);
}

static idr_window_settings defaults(const char *const *overrides, int count) {
  idr_window_settings s;
  const idr_section section = {"window", "", idr_window_rows, idr_window_row_count, &s};
  OK(idr_settings_load(&section, 1, NULL, overrides, count));
  return s;
}
#define SETTINGS(...)                                                                              \
  defaults((const char *const[]){__VA_ARGS__},                                                     \
           (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static idr_dataset *open_file(void) {
  idr_dataset *d;
  OK(idr_dataset_open(file_path, &d));
  return d;
}

static idr_windows *open_windows(idr_dataset *d, idr_window_settings s) {
  idr_windows *w;
  OK(idr_windows_open(d, &s, &w));
  return w;
}

/* What lies in the file at a row of a column. */
static float expected(const idr_dataset *d, const char *name, int64_t row) {
  int column = idr_dataset_find(d, 0, name);
  if (strcmp(name, "labels/event") == 0) return row > 500 ? 105 : 0;
  if (strcmp(name, "labels/activity") == 0) return (float)(row / 100);
  return small_real(column, row);
}

static bool same(float a, float b) {
  return a == b || (isnan(a) && isnan(b));
}

static void a_window_holds_its_rows(void **state) {
  (void)state;
  idr_dataset *d = open_file();
  idr_windows *w = open_windows(d, SETTINGS("window.columns=wob, truth/pit_volume, labels/event",
                                            "window.length=70", "window.stride=45",
                                            "window.first=7", "window.last=990", "window.cache=1"));
  assert_int_equal(idr_windows_columns(w), 3);
  assert_int_equal(idr_windows_count(w), WELLS * ((990 - 7 - 70) / 45 + 1));
  float out[70 * 3];
  for (int64_t i = 0; i < idr_windows_count(w); i++) {
    idr_window at = idr_windows_get(w, i);
    int64_t per_well = idr_windows_count(w) / WELLS;
    assert_int_equal(at.well, i / per_well);
    assert_int_equal(at.row, 7 + 45 * (i % per_well));
    OK(idr_windows_read(w, i, out));
    for (int r = 0; r < 70; r++)
      for (int c = 0; c < 3; c++)
        assert_true(same(out[3 * r + c], expected(d, idr_windows_column_name(w, c), at.row + r)));
  }
  assert_int_equal(idr_windows_read(w, idr_windows_count(w), out), IDR_STATUS_ARGUMENT);
  idr_windows_close(w);
  idr_dataset_close(d);
}

static void an_epoch_takes_every_window_once(void **state) {
  (void)state;
  idr_dataset *d = open_file();
  static const char *const strides[] = {"window.stride=7", "window.stride=30", "window.stride=500"};
  for (int s = 0; s < 3; s++) {
    idr_windows *w = open_windows(
        d, SETTINGS("window.columns=wob", "window.length=20", strides[s], "window.cache=1"));
    int64_t count = idr_windows_count(w), moved = 0;
    for (int size = 1; size <= 4; size *= 2) {
      char *taken = calloc((size_t)count, 1);
      int64_t next = 0;
      for (int rank = 0; rank < size; rank++) {
        int64_t begin, end;
        idr_windows_share(w, rank, size, &begin, &end);
        assert_int_equal(begin, next);
        for (int64_t p = begin; p < end; p++) {
          int64_t index = idr_windows_shuffled(w, 17, 3, p);
          assert_in_range(index, 0, count - 1);
          assert_int_equal(taken[index], 0);
          taken[index] = 1;
          moved += index != p;
        }
        next = end;
      }
      assert_int_equal(next, count);
      free(taken);
    }
    assert_true(count < 20 || moved > count);
    /* Another epoch and another seed are other orders, the same ones the same. */
    int64_t other_epoch = 0, other_seed = 0;
    for (int64_t p = 0; p < count; p++) {
      int64_t index = idr_windows_shuffled(w, 17, 3, p);
      other_epoch += idr_windows_shuffled(w, 17, 4, p) != index;
      other_seed += idr_windows_shuffled(w, 18, 3, p) != index;
      assert_int_equal(idr_windows_shuffled(w, 17, 3, p), index);
    }
    assert_true(count < 20 || (other_epoch > count / 2 && other_seed > count / 2));
    idr_windows_close(w);
  }
  idr_dataset_close(d);
}

static void memory_is_bounded_and_an_epoch_reads_little_twice(void **state) {
  (void)state;
  idr_dataset *d = open_file();
  idr_windows *w =
      open_windows(d, SETTINGS("window.length=30", "window.stride=30", "window.cache=1"));
  float *out = malloc(sizeof(float) * 30 * (size_t)idr_windows_columns(w));
  assert_true(idr_windows_cache_bytes(w) <= (size_t)1 << 20);
  for (int64_t p = 0; p < idr_windows_count(w); p++)
    OK(idr_windows_read(w, idr_windows_shuffled(w, 1, 0, p), out));
  int64_t chunks = WELLS * ((SMALL_ROWS + SMALL_CHUNK - 1) / SMALL_CHUNK) * idr_windows_columns(w);
  assert_in_range(idr_windows_chunks_read(w), chunks, 2 * chunks);
  free(out);
  idr_windows_close(w);
  idr_dataset_close(d);
}

/* In these files activity a holds in rows 100 a to 100 a + 99, and lives last 400 rows. */
static void labels_choose_windows(void **state) {
  (void)state;
  idr_dataset *d = open_file();
  idr_windows *w = open_windows(d, SETTINGS("window.columns=wob", "window.length=30",
                                            "window.stride=10", "window.activity=connection"));
  assert_int_equal(idr_windows_count(w), WELLS * 8);
  for (int64_t i = 0; i < idr_windows_count(w); i++)
    assert_in_range(idr_windows_get(w, i).row, 100, 170);
  idr_windows_close(w);
  w = open_windows(d, SETTINGS("window.columns=wob", "window.length=30", "window.stride=10",
                               "window.activity=connection, reaming"));
  assert_int_equal(idr_windows_count(w), WELLS * 18); /* also across the change */
  idr_windows_close(w);
  w = open_windows(d, SETTINGS("window.columns=wob, rul/top_drive", "window.length=100",
                               "window.stride=100", "window.machine=top_drive",
                               "window.lives=failed"));
  assert_int_equal(idr_windows_count(w), WELLS * 4);
  for (int64_t i = 0; i < idr_windows_count(w); i++)
    assert_in_range(idr_windows_get(w, i).row, 0, 300);
  idr_windows_close(w);
  w = open_windows(d, SETTINGS("window.columns=wob", "window.length=150", "window.stride=150",
                               "window.machine=top_drive"));
  assert_int_equal(idr_windows_count(w), WELLS * 4); /* 0, 150 | 450, 600 | across 400, 800 none */
  idr_windows_close(w);
  idr_dataset_close(d);
}

static void wells_are_chosen_and_parted_by_id(void **state) {
  (void)state;
  idr_dataset *d = open_file();
  idr_windows *w =
      open_windows(d, SETTINGS("window.columns=wob", "window.wells=10-30", "window.length=1000"));
  assert_int_equal(idr_windows_count(w), 3);
  assert_int_equal(idr_windows_get(w, 0).well, 1);
  idr_windows_close(w);
  int count[3] = {0};
  for (int64_t id = 0; id < 10000; id++) {
    int part = idr_window_part(id, 0.2, 0.1);
    count[part]++;
    assert_int_equal(idr_window_part(id, 0.2, 0.1), part);
    /* A larger test part takes from the others and gives nothing back. */
    if (part == 2) assert_int_equal(idr_window_part(id, 0.2, 0.3), 2);
  }
  assert_in_range(count[1], 1800, 2200);
  assert_in_range(count[2], 880, 1120);
  idr_dataset_close(d);
}

static void expect_refusal(idr_dataset *d, idr_window_settings s, const char *words) {
  idr_windows *w;
  assert_int_equal(idr_windows_open(d, &s, &w), IDR_STATUS_CONFIG);
  assert_null(w);
  if (!strstr(idr_error_get()->message, words))
    fail_msg("'%s' is not in: %s", words, idr_error_get()->message);
}

static void what_is_not_there_is_named(void **state) {
  (void)state;
  idr_dataset *d = open_file();
  expect_refusal(d, SETTINGS("window.columns=wobb"),
                 "well well-0 has no column 'wobb'; did you mean 'wob'?");
  expect_refusal(d, SETTINGS("window.activity=drillin"), "there is no 'drillin'; there are dri");
  expect_refusal(d, SETTINGS("window.machine=bits"), "machine: there is no 'bits'; there are mud_");
  expect_refusal(d, SETTINGS("window.wells=7-x"), "wells: '7-x' is no number");
  expect_refusal(d, SETTINGS("window.wells=7"), "none of the 5 wells of wells is chosen");
  expect_refusal(d, SETTINGS("window.length=2000"), "no window of 2000 rows is left");
  idr_dataset_close(d);
}

/* ---- statistics ------------------------------------------------------------------------------ */

static void check_statistic(const idr_dataset *d, const idr_statistics *s, int c, int wells) {
  double sum = 0, square = 0, low = INFINITY, high = -INFINITY;
  int64_t n = 0;
  for (int64_t row = 50; row < 900; row++) {
    double v = (double)expected(d, s->column[c], row);
    if (isnan(v)) continue;
    n++;
    sum += v;
    low = fmin(low, v);
    high = fmax(high, v);
  }
  for (int64_t row = 50; row < 900; row++) {
    double e = (double)expected(d, s->column[c], row) - sum / (double)n;
    if (!isnan(e)) square += e * e;
  }
  const idr_statistic *is = &s->of[c];
  assert_int_equal(is->count, wells * n);
  assert_int_equal(is->empty, wells * (850 - n));
  assert_true(fabs(is->mean - sum / (double)n) < 1e-12 * fabs(is->mean));
  assert_true(fabs(is->sd - sqrt(wells * square / (double)(wells * n - 1))) < 1e-12 * is->sd);
  assert_true(is->low == low && is->high == high);
}

static void statistics_are_computed_once(void **state) {
  (void)state;
  idr_comm comm = idr_comm_self();
  idr_dataset *d = open_file();
  idr_window_settings s =
      SETTINGS("window.columns=wob, truth/wob, pit_volume", "window.first=50", "window.last=900");
  for (int round = 0; round < 2; round++) {
    idr_statistics st;
    OK(idr_statistics_get(&comm, d, folder, &s, &st));
    assert_int_equal(st.read, round == 1);
    assert_int_equal(st.count, 3);
    for (int c = 0; c < 3; c++)
      check_statistic(d, &st, c, WELLS);
    idr_statistics_free(&st);
  }
  /* Another choice is another file; a damaged file is made anew. */
  s.first = 51;
  idr_statistics st;
  OK(idr_statistics_get(&comm, d, folder, &s, &st));
  assert_false(st.read);
  idr_statistics_free(&st);
  char pattern[80];
  glob_t found;
  snprintf(pattern, sizeof pattern, "%s/statistics-*.yaml", folder);
  assert_int_equal(glob(pattern, 0, NULL, &found), 0);
  assert_int_equal(found.gl_pathc, 2);
  for (size_t i = 0; i < 2; i++)
    OK(idr_file_write(found.gl_pathv[i], "root: x\ncolumns: [", 17));
  globfree(&found);
  OK(idr_statistics_get(&comm, d, folder, &s, &st));
  assert_false(st.read);
  idr_statistics_free(&st);
  OK(idr_statistics_get(&comm, d, "/nowhere", &s, &st));
  assert_false(st.read);
  idr_statistics_free(&st);
  remove_statistics();
  idr_dataset_close(d);
}

static void moments_merge_to_the_whole(void **state) {
  (void)state;
  float v[1000];
  for (int i = 0; i < 1000; i++)
    v[i] = i % 31 == 0 ? NAN : 1e6f + (float)(i * i % 97);
  idr_running whole = {0}, parts = {0}, nothing = {0};
  idr_running_add(&whole, v, 1000);
  for (int i = 0; i < 1000; i += 125) {
    idr_running p = {0};
    idr_running_add(&p, v + i, 125);
    idr_running_merge(&parts, &p);
    idr_running_merge(&parts, &nothing);
  }
  assert_int_equal(whole.count, parts.count);
  assert_int_equal(whole.empty, 33);
  assert_int_equal(parts.empty, 33);
  assert_true(fabs(whole.mean - parts.mean) < 1e-12 * whole.mean);
  assert_true(fabs(whole.m2 - parts.m2) < 1e-9 * whole.m2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_window_holds_its_rows),
      cmocka_unit_test(an_epoch_takes_every_window_once),
      cmocka_unit_test(memory_is_bounded_and_an_epoch_reads_little_twice),
      cmocka_unit_test(labels_choose_windows),
      cmocka_unit_test(wells_are_chosen_and_parted_by_id),
      cmocka_unit_test(what_is_not_there_is_named),
      cmocka_unit_test(statistics_are_computed_once),
      cmocka_unit_test(moments_merge_to_the_whole),
  };
  return cmocka_run_group_tests(tests, make_files, remove_files);
}
