/* The spool: what was written is read, in order and once, whatever happened in between. */
#include "base/file.h"
#include "base/text.h"
#include "support/test.h"
#include "track/spool.h"

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLENTY ((int64_t)1 << 30)

typedef struct {
  char base[64];
  char folder[96];
} bench;

static int setup(void **state) {
  bench *b = calloc(1, sizeof *b);
  if (!b) return -1;
  snprintf(b->base, sizeof b->base, "/tmp/idr-spool-XXXXXX");
  if (!mkdtemp(b->base)) return -1;
  snprintf(b->folder, sizeof b->folder, "%s/spool", b->base);
  *state = b;
  return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info;
  (void)kind;
  (void)at;
  return remove(path);
}

static int teardown(void **state) {
  bench *b = *state;
  int failed = nftw(b->base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  free(b);
  return failed;
}

static idr_spool *must_open(const bench *b, int64_t limit) {
  idr_spool *spool = NULL;
  if (idr_spool_open(b->folder, limit, &spool) != IDR_STATUS_OK)
    fail_msg("%s", idr_error_get()->message);
  return spool;
}

static void must_write(idr_spool *spool) {
  if (idr_spool_write(spool, false) != IDR_STATUS_OK) fail_msg("%s", idr_error_get()->message);
}

static void begin(idr_spool *spool) {
  idr_spool_event(spool, json_pack("{s:s, s:s}", "event", "begin", "uuid", idr_spool_uuid(spool)));
}

static void metric(idr_spool *spool, const char *key, int64_t step, double value) {
  idr_spool_metric(spool, true, key, step, value, 1700000000000 + step);
}

/* Reads from `from` on; returns the metrics of `key` as "step=value " and the place of the end. */
static idr_spool_position read_key(const bench *b, idr_spool_position from, const char *key,
                                   char *out, size_t size, int64_t *damaged) {
  idr_spool_reader *reader = NULL;
  json_t *event = NULL, *m;
  idr_spool_position after = from, end = from;
  size_t i;
  out[0] = '\0';
  assert_int_equal(idr_spool_reader_open(b->folder, from, &reader), IDR_STATUS_OK);
  for (;;) {
    assert_int_equal(idr_spool_next(reader, &event, &after), IDR_STATUS_OK);
    if (!event) break;
    end = after;
    json_array_foreach(json_object_get(event, "metrics"), i, m) {
      const json_t *value = json_array_get(m, 3);
      if (strcmp(json_string_value(json_array_get(m, 0)), key) != 0) continue;
      idr_text_append(out, size, "%lld=", (long long)json_integer_value(json_array_get(m, 1)));
      if (json_is_string(value))
        idr_text_append(out, size, "%s ", json_string_value(value));
      else
        idr_text_append(out, size, "%g ", json_number_value(value));
    }
    json_decref(event);
  }
  *damaged = idr_spool_damaged(reader);
  idr_spool_reader_close(reader);
  return end;
}

static void reads(const bench *b, const char *key, const char *expected) {
  char text[4096];
  int64_t damaged = 0;
  read_key(b, (idr_spool_position){0, 0}, key, text, sizeof text, &damaged);
  assert_string_equal(text, expected);
}

static int64_t size_of(const bench *b, int64_t segment) {
  char path[160];
  struct stat info;
  idr_spool_path(b->folder, segment, path, sizeof path);
  return stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
}

/* ---- order and doubles ----------------------------------------------------------------------- */

static void test_everything_comes_back_in_order(void **state) {
  const bench *b = *state;
  idr_spool *spool = must_open(b, PLENTY);
  assert_true(idr_spool_is_new(spool));
  begin(spool);
  metric(spool, "a", 1, 0.5);
  metric(spool, "b/\"quoted\" \xc3\xa9", 1, NAN);
  metric(spool, "a", 2, -INFINITY);
  must_write(spool);
  metric(spool, "a", 3, 1e300);
  must_write(spool);
  idr_spool_close(spool);
  reads(b, "a", "1=0.5 2=-inf 3=1e+300 ");
  reads(b, "b/\"quoted\" \xc3\xa9", "1=nan ");
}

static void test_a_step_is_written_once(void **state) {
  const bench *b = *state;
  char uuid[IDR_SPOOL_UUID];
  idr_spool *spool = must_open(b, PLENTY);
  snprintf(uuid, sizeof uuid, "%s", idr_spool_uuid(spool));
  begin(spool);
  metric(spool, "a", 1, 1);
  metric(spool, "a", 1, 2);
  metric(spool, "a", 5, 5);
  must_write(spool);
  idr_spool_close(spool);
  spool = must_open(b, PLENTY);
  assert_false(idr_spool_is_new(spool));
  assert_string_equal(idr_spool_uuid(spool), uuid);
  metric(spool, "a", 4, 4);
  metric(spool, "a", 5, 6);
  metric(spool, "a", 6, 6);
  must_write(spool);
  idr_spool_close(spool);
  reads(b, "a", "1=1 5=5 6=6 ");
}

/* What is in memory only is lost with the process: then the step may be written again. */
static void test_what_was_not_written_may_be_repeated(void **state) {
  const bench *b = *state;
  idr_spool *spool = must_open(b, PLENTY);
  begin(spool);
  metric(spool, "a", 1, 1);
  must_write(spool);
  metric(spool, "a", 2, 2);
  idr_spool_close(spool);
  spool = must_open(b, PLENTY);
  metric(spool, "a", 2, 2.5);
  must_write(spool);
  idr_spool_close(spool);
  reads(b, "a", "1=1 2=2.5 ");
}

/* ---- crashes and damage ---------------------------------------------------------------------- */

/* At whatever byte the file ends, its whole frames are read, and the next writer goes on there. */
static void test_torn_at_every_byte(void **state) {
  const bench *b = *state;
  char path[160], *data = NULL;
  size_t bytes = 0;
  int64_t ends[3];
  idr_spool *spool = must_open(b, PLENTY);
  begin(spool);
  for (int i = 0; i < 3; i++) {
    metric(spool, "a", i, i);
    must_write(spool);
    ends[i] = size_of(b, 1);
  }
  idr_spool_close(spool);
  idr_spool_path(b->folder, 1, path, sizeof path);
  assert_int_equal(idr_file_read(path, 1 << 20, &data, &bytes), IDR_STATUS_OK);
  for (int64_t length = ends[0]; length <= ends[2]; length++) {
    assert_int_equal(idr_file_write(path, data, (size_t)length), IDR_STATUS_OK);
    reads(b, "a", length < ends[1] ? "0=0 " : length < ends[2] ? "0=0 1=1 " : "0=0 1=1 2=2 ");
    spool = must_open(b, PLENTY);
    metric(spool, "a", 7, 7);
    must_write(spool);
    idr_spool_close(spool);
    reads(b, "a",
          length < ends[1]   ? "0=0 7=7 "
          : length < ends[2] ? "0=0 1=1 7=7 "
                             : "0=0 1=1 2=2 7=7 ");
  }
  free(data);
}

static void test_damage_costs_one_frame(void **state) {
  const bench *b = *state;
  char path[160], text[256];
  int64_t damaged = 0, first = 0, second = 0;
  idr_spool *spool = must_open(b, PLENTY);
  begin(spool);
  for (int i = 0; i < 3; i++) {
    metric(spool, "a", i, i);
    must_write(spool);
    if (i == 0) first = size_of(b, 1);
    if (i == 1) second = size_of(b, 1);
  }
  idr_spool_close(spool);
  idr_spool_path(b->folder, 1, path, sizeof path);
  int fd = open(path, O_WRONLY);
  assert_int_equal(pwrite(fd, "?", 1, first + IDR_SPOOL_HEAD + 3), 1);
  close(fd);
  read_key(b, (idr_spool_position){0, 0}, "a", text, sizeof text, &damaged);
  assert_string_equal(text, "0=0 2=2 ");
  assert_int_equal(damaged, second - first);
}

/* A segment that was begun and has no frame is no place to go on: neither for a reader... */
static void test_a_segment_without_frames(void **state) {
  const bench *b = *state;
  char path[160], text[256];
  int64_t damaged = 0;
  idr_spool *spool = must_open(b, PLENTY);
  begin(spool);
  metric(spool, "a", 1, 1);
  must_write(spool);
  idr_spool_close(spool);
  idr_spool_path(b->folder, 2, path, sizeof path);
  assert_int_equal(idr_file_write(path, "IDR1\377", 5), IDR_STATUS_OK);
  idr_spool_position end =
      read_key(b, (idr_spool_position){0, 0}, "a", text, sizeof text, &damaged);
  assert_int_equal(end.segment, 1);
  /* ... nor for a writer. */
  spool = must_open(b, PLENTY);
  metric(spool, "a", 2, 2);
  must_write(spool);
  idr_spool_close(spool);
  read_key(b, end, "a", text, sizeof text, &damaged);
  assert_string_equal(text, "2=2 ");
}

/* ---- disk ------------------------------------------------------------------------------------ */

/* A limit on the size of files stands for a full disk. */
static void test_full_disk(void **state) {
  const bench *b = *state;
  struct rlimit before, tight = {.rlim_cur = 300};
  char expected[64 * 1024] = "";
  idr_spool *spool = must_open(b, PLENTY);
  begin(spool);
  must_write(spool);
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  tight.rlim_max = before.rlim_max;
  setrlimit(RLIMIT_FSIZE, &tight);
  int failures = 0;
  for (int i = 0; i < 200; i++) {
    metric(spool, "a", i, i);
    failures += idr_spool_write(spool, i % 50 == 0) == IDR_STATUS_IO;
    idr_text_append(expected, sizeof expected, "%d=%d ", i, i);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  assert_in_range(failures, 150, 200);
  must_write(spool);
  idr_spool_close(spool);
  reads(b, "a", expected);
}

static void note_uploaded(const bench *b, int64_t segment) {
  char path[160], text[64];
  snprintf(path, sizeof path, "%s/uploaded.json", b->folder);
  snprintf(text, sizeof text, "{\"segment\": %lld, \"offset\": 0}", (long long)segment);
  assert_int_equal(idr_file_write(path, text, strlen(text)), IDR_STATUS_OK);
}

static int64_t total(const bench *b) {
  int64_t bytes = 0;
  for (int64_t k = idr_spool_following(b->folder, 0); k > 0; k = idr_spool_following(b->folder, k))
    bytes += size_of(b, k);
  return bytes;
}

/* True when the last event of the spool is a status. */
static bool ends_with_status(const bench *b) {
  idr_spool_reader *reader = NULL;
  idr_spool_position after;
  json_t *event = NULL;
  bool ended = false;
  assert_int_equal(idr_spool_reader_open(b->folder, (idr_spool_position){0, 0}, &reader),
                   IDR_STATUS_OK);
  while (idr_spool_next(reader, &event, &after) == IDR_STATUS_OK && event) {
    ended = strcmp(json_string_value(json_object_get(event, "event")), "status") == 0;
    json_decref(event);
  }
  idr_spool_reader_close(reader);
  return ended;
}

/* Without a server the disk is bounded, however rarely it is written: timings go first, results are
 * thinned, other events stay. */
static void fill_without_a_server(const bench *b, int write_every) {
  const int64_t limit = 256 << 10;
  idr_spool *spool = must_open(b, limit);
  begin(spool);
  for (int i = 0; i < 40000; i++) {
    metric(spool, "result", i, i * 0.1);
    idr_spool_metric(spool, false, "timing", i, i * 0.1, i);
    if (i % write_every == 0) must_write(spool);
  }
  idr_spool_event(spool, json_pack("{s:s}", "event", "status"));
  must_write(spool);
  assert_true(idr_spool_dropped(spool) > 0);
  assert_int_equal(idr_spool_last_step(spool, "result", -1), 39999);
  idr_spool_close(spool);
  assert_in_range(total(b), limit / 2, limit + limit / 8);
  assert_true(ends_with_status(b));
}

static void test_limit_without_a_server(void **state) {
  fill_without_a_server(*state, 100);
}

static void test_limit_between_two_writes(void **state) {
  fill_without_a_server(*state, 25000);
}

/* With a server that has everything, nothing is thinned: what it has is deleted. A writer that
 * starts then still knows the steps. */
static void test_limit_with_a_server(void **state) {
  const bench *b = *state;
  const int64_t limit = 256 << 10;
  idr_spool *spool = must_open(b, limit);
  begin(spool);
  metric(spool, "early", 3, 3);
  for (int i = 0; i < 40000; i++) {
    metric(spool, "result", i, i * 0.1);
    if (i % 100 != 0) continue;
    must_write(spool);
    int64_t newest = 0;
    for (int64_t k = idr_spool_following(b->folder, 0); k > 0;
         k = idr_spool_following(b->folder, k))
      newest = k;
    note_uploaded(b, newest);
  }
  must_write(spool);
  assert_int_equal(idr_spool_dropped(spool), 0);
  idr_spool_close(spool);
  assert_true(total(b) < limit);
  assert_true(size_of(b, 1) < 0);
  spool = must_open(b, limit);
  assert_false(idr_spool_is_new(spool));
  assert_int_equal(idr_spool_last_step(spool, "early", -1), 3);
  assert_int_equal(idr_spool_last_step(spool, "result", -1), 39999);
  idr_spool_close(spool);
}

/* A reader that looks while the writer writes, over many segments, misses nothing. */
static void test_reading_along(void **state) {
  const bench *b = *state;
  const int64_t limit = 1 << 20;
  idr_spool *spool = must_open(b, limit);
  idr_spool_reader *reader = NULL;
  int64_t expected = 0;
  begin(spool);
  must_write(spool);
  assert_int_equal(idr_spool_reader_open(b->folder, (idr_spool_position){0, 0}, &reader),
                   IDR_STATUS_OK);
  for (int i = 0; i < 6000; i++) {
    json_t *event = NULL, *m;
    idr_spool_position after;
    size_t k;
    metric(spool, "a", i, i);
    if (i % 7 == 0) must_write(spool);
    if (i % 11 != 0 && i != 5999) continue;
    while (idr_spool_next(reader, &event, &after) == IDR_STATUS_OK && event) {
      json_array_foreach(json_object_get(event, "metrics"), k, m) {
        assert_int_equal(json_integer_value(json_array_get(m, 1)), expected);
        expected++;
      }
      json_decref(event);
    }
  }
  assert_true(idr_spool_following(b->folder, 2) > 0);
  assert_in_range(expected, 5980, 6000);
  idr_spool_reader_close(reader);
  idr_spool_close(spool);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_everything_comes_back_in_order, setup, teardown),
      cmocka_unit_test_setup_teardown(test_a_step_is_written_once, setup, teardown),
      cmocka_unit_test_setup_teardown(test_what_was_not_written_may_be_repeated, setup, teardown),
      cmocka_unit_test_setup_teardown(test_torn_at_every_byte, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damage_costs_one_frame, setup, teardown),
      cmocka_unit_test_setup_teardown(test_a_segment_without_frames, setup, teardown),
      cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
      cmocka_unit_test_setup_teardown(test_limit_without_a_server, setup, teardown),
      cmocka_unit_test_setup_teardown(test_limit_between_two_writes, setup, teardown),
      cmocka_unit_test_setup_teardown(test_limit_with_a_server, setup, teardown),
      cmocka_unit_test_setup_teardown(test_reading_along, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
