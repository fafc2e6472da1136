/* Checkpoints: round trip, generations, every kind of damage, a full disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/file.h"
#include "train/checkpoint.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char folder[64];
  char path[96];
  char previous[128];
  char fresh[128];
} place;

static int setup(void **state) {
  place *p = calloc(1, sizeof(*p));
  if (!p) return -1;
  snprintf(p->folder, sizeof(p->folder), "/tmp/idr-checkpoint-XXXXXX");
  if (!mkdtemp(p->folder)) return -1;
  snprintf(p->path, sizeof(p->path), "%s/latest", p->folder);
  snprintf(p->previous, sizeof(p->previous), "%s.previous", p->path);
  snprintf(p->fresh, sizeof(p->fresh), "%s.new", p->path);
  *state = p;
  return 0;
}

static int teardown(void **state) {
  place *p = *state;
  unlink(p->path);
  unlink(p->previous);
  unlink(p->fresh);
  int left = rmdir(p->folder); /* fails when a temporary file was left behind */
  free(p);
  return left;
}

static const float WEIGHTS[3] = {1.5f, -2.0f, 3.25f};

/* Two sections: three weights and one counter. */
static idr_status save(const char *path, int64_t counter) {
  idr_checkpoint_writer *writer = NULL;
  idr_status status;
  IDR_TRY(idr_checkpoint_writer_create(&writer));
  IDR_TRY_GOTO(status, done, idr_checkpoint_add(writer, "weights", WEIGHTS, sizeof(WEIGHTS)));
  IDR_TRY_GOTO(status, done, idr_checkpoint_add(writer, "counter", &counter, sizeof(counter)));
  IDR_TRY_GOTO(status, done, idr_checkpoint_commit(writer, path));
done:
  idr_checkpoint_writer_destroy(writer);
  return status;
}

static int64_t counter_of(const char *path) {
  idr_checkpoint *checkpoint = NULL;
  int64_t counter = -1;
  assert_int_equal(idr_checkpoint_open(path, &checkpoint), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_read(checkpoint, "counter", &counter, sizeof(counter)),
                   IDR_STATUS_OK);
  idr_checkpoint_close(checkpoint);
  return counter;
}

static void assert_message_has(const char *part) {
  if (!strstr(idr_error_get()->message, part))
    fail_msg("message '%s' does not say '%s'", idr_error_get()->message, part);
}

static void test_what_was_saved_comes_back(void **state) {
  place *p = *state;
  idr_checkpoint *checkpoint = NULL;
  float weights[3] = {0};
  const void *data = NULL;
  size_t bytes = 0;
  assert_int_equal(save(p->path, 7), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_open(p->path, &checkpoint), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_read(checkpoint, "weights", weights, sizeof(weights)),
                   IDR_STATUS_OK);
  assert_memory_equal(weights, WEIGHTS, sizeof(weights));
  assert_int_equal(idr_checkpoint_get(checkpoint, "counter", &data, &bytes), IDR_STATUS_OK);
  assert_int_equal(bytes, sizeof(int64_t));
  idr_checkpoint_close(checkpoint);
}

static void test_absent_or_resized_section_is_named(void **state) {
  place *p = *state;
  idr_checkpoint *checkpoint = NULL;
  double wrong = 0.0;
  assert_int_equal(save(p->path, 7), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_open(p->path, &checkpoint), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_read(checkpoint, "normaliser", &wrong, sizeof(wrong)),
                   IDR_STATUS_FORMAT);
  assert_message_has("'normaliser'");
  assert_int_equal(idr_checkpoint_read(checkpoint, "weights", &wrong, sizeof(wrong)),
                   IDR_STATUS_FORMAT);
  assert_message_has("12 bytes where 8");
  idr_checkpoint_close(checkpoint);
}

static void test_names_are_checked(void **state) {
  (void)state;
  idr_checkpoint_writer *writer = NULL;
  char longest[65];
  memset(longest, 'x', 64);
  longest[64] = '\0';
  assert_int_equal(idr_checkpoint_writer_create(&writer), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_add(writer, "a", "1", 1), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_add(writer, "a", "2", 1), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_checkpoint_add(writer, "", "2", 1), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_checkpoint_add(writer, longest, "2", 1), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_checkpoint_add(writer, longest + 1, "2", 1), IDR_STATUS_OK);
  idr_checkpoint_writer_destroy(writer);
}

static void test_two_generations_are_kept(void **state) {
  place *p = *state;
  for (int64_t i = 1; i <= 3; i++)
    assert_int_equal(save(p->path, i), IDR_STATUS_OK);
  assert_int_equal(counter_of(p->path), 3);
  assert_int_equal(counter_of(p->previous), 2);
}

/* A crash after the link and before the rename leaves two names of one file. */
static void test_commit_after_a_crash_between_its_steps(void **state) {
  place *p = *state;
  assert_int_equal(save(p->path, 1), IDR_STATUS_OK);
  assert_int_equal(link(p->path, p->previous), 0);
  assert_int_equal(save(p->path, 2), IDR_STATUS_OK);
  assert_int_equal(counter_of(p->path), 2);
  assert_int_equal(counter_of(p->previous), 1);
}

static void put_file(const char *path, const char *data, size_t bytes) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, bytes, file), bytes);
  assert_int_equal(fclose(file), 0);
}

static void test_every_cut_is_found(void **state) {
  place *p = *state;
  char *data = NULL;
  size_t bytes = 0;
  assert_int_equal(save(p->path, 7), IDR_STATUS_OK);
  assert_int_equal(idr_file_read(p->path, 1 << 20, &data, &bytes), IDR_STATUS_OK);
  for (size_t n = 0; n < bytes; n++) {
    idr_checkpoint *checkpoint = NULL;
    put_file(p->path, data, n);
    assert_int_equal(idr_checkpoint_open(p->path, &checkpoint), IDR_STATUS_FORMAT);
    assert_null(checkpoint);
    assert_message_has("ends early");
  }
  free(data);
}

static void test_every_flipped_bit_is_found(void **state) {
  place *p = *state;
  char *data = NULL;
  size_t bytes = 0;
  assert_int_equal(save(p->path, 7), IDR_STATUS_OK);
  assert_int_equal(idr_file_read(p->path, 1 << 20, &data, &bytes), IDR_STATUS_OK);
  for (size_t bit = 0; bit < 8 * bytes; bit++) {
    idr_checkpoint *checkpoint = NULL;
    data[bit / 8] ^= (char)(1 << (bit % 8));
    put_file(p->path, data, bytes);
    assert_int_equal(idr_checkpoint_open(p->path, &checkpoint), IDR_STATUS_FORMAT);
    assert_null(checkpoint);
    data[bit / 8] ^= (char)(1 << (bit % 8));
  }
  free(data);
}

static void test_trailing_bytes_are_found(void **state) {
  place *p = *state;
  idr_checkpoint *checkpoint = NULL;
  assert_int_equal(save(p->path, 7), IDR_STATUS_OK);
  FILE *file = fopen(p->path, "ab");
  assert_non_null(file);
  assert_int_equal(fputc('x', file), 'x');
  assert_int_equal(fclose(file), 0);
  assert_int_equal(idr_checkpoint_open(p->path, &checkpoint), IDR_STATUS_FORMAT);
  assert_message_has("1 bytes follow its end");
}

/* Spoils the last data byte of section "weights": preamble 16, header 80, 12 bytes of data. */
static void damage_weights(const char *path) {
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, 16 + 80 + 11, SEEK_SET), 0);
  assert_int_equal(fputc(0x55, file), 0x55);
  assert_int_equal(fclose(file), 0);
}

static void test_damaged_newest_falls_back_and_says_so(void **state) {
  place *p = *state;
  idr_checkpoint *checkpoint = NULL;
  char warning[512];
  int64_t counter = 0;
  assert_int_equal(save(p->path, 1), IDR_STATUS_OK);
  assert_int_equal(save(p->path, 2), IDR_STATUS_OK);
  damage_weights(p->path);
  assert_int_equal(idr_checkpoint_open_newest(p->path, &checkpoint, warning, sizeof(warning)),
                   IDR_STATUS_OK);
  assert_non_null(strstr(warning, "section 'weights' is damaged"));
  assert_int_equal(idr_checkpoint_read(checkpoint, "counter", &counter, sizeof(counter)),
                   IDR_STATUS_OK);
  assert_int_equal(counter, 1);
  idr_checkpoint_close(checkpoint);

  damage_weights(p->previous);
  assert_int_equal(idr_checkpoint_open_newest(p->path, &checkpoint, warning, sizeof(warning)),
                   IDR_STATUS_FORMAT);
  assert_null(checkpoint);
}

static void test_good_newest_warns_of_nothing(void **state) {
  place *p = *state;
  idr_checkpoint *checkpoint = NULL;
  char warning[512] = "stale";
  assert_int_equal(idr_checkpoint_open_newest(p->path, &checkpoint, warning, sizeof(warning)),
                   IDR_STATUS_IO);
  assert_message_has("neither");
  assert_int_equal(save(p->path, 1), IDR_STATUS_OK);
  assert_int_equal(idr_checkpoint_open_newest(p->path, &checkpoint, warning, sizeof(warning)),
                   IDR_STATUS_OK);
  assert_string_equal(warning, "");
  idr_checkpoint_close(checkpoint);
}

static void test_only_previous_is_there(void **state) {
  place *p = *state;
  idr_checkpoint *checkpoint = NULL;
  char warning[512];
  assert_int_equal(save(p->path, 1), IDR_STATUS_OK);
  assert_int_equal(rename(p->path, p->previous), 0);
  assert_int_equal(idr_checkpoint_open_newest(p->path, &checkpoint, warning, sizeof(warning)),
                   IDR_STATUS_OK);
  assert_non_null(strstr(warning, "going on from the older"));
  idr_checkpoint_close(checkpoint);
}

/* The temporary name leads to a device that is always full. */
static void test_full_disk_leaves_the_generations(void **state) {
  place *p = *state;
  assert_int_equal(save(p->path, 1), IDR_STATUS_OK);
  assert_int_equal(save(p->path, 2), IDR_STATUS_OK);
  assert_int_equal(symlink("/dev/full", p->fresh), 0);
  assert_int_equal(save(p->path, 3), IDR_STATUS_IO);
  assert_message_has("No space left");
  assert_message_has(p->fresh);
  assert_int_equal(access(p->fresh, F_OK), -1);
  assert_int_equal(counter_of(p->path), 2);
  assert_int_equal(counter_of(p->previous), 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(test_what_was_saved_comes_back),
      CASE(test_absent_or_resized_section_is_named),
      CASE(test_names_are_checked),
      CASE(test_two_generations_are_kept),
      CASE(test_commit_after_a_crash_between_its_steps),
      CASE(test_every_cut_is_found),
      CASE(test_every_flipped_bit_is_found),
      CASE(test_trailing_bytes_are_found),
      CASE(test_damaged_newest_falls_back_and_says_so),
      CASE(test_good_newest_warns_of_nothing),
      CASE(test_only_previous_is_there),
      CASE(test_full_disk_leaves_the_generations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
