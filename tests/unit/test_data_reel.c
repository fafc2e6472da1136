/* Reels: cut anywhere they go on behind their last whole block, and to the same content; damage and
 * other people's reels are noticed. */
#include "support/data_small.h"
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/idr_reel_XXXXXX";
static char path[64], cut_path[64];

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/whole", folder);
  snprintf(cut_path, sizeof cut_path, "%s/cut", folder);
  idr_reel *reel;
  if (small_reel(path, 1, &reel) != IDR_STATUS_OK) return -1;
  idr_reel_close(reel);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(path);
  unlink(cut_path);
  return rmdir(folder);
}

static size_t read_whole(char *out, size_t room) {
  FILE *file = fopen(path, "rb");
  size_t bytes = fread(out, 1, room, file);
  fclose(file);
  return bytes;
}

static void write_cut(const char *data, size_t bytes) {
  FILE *file = fopen(cut_path, "wb");
  assert_int_equal(fwrite(data, 1, bytes, file), bytes);
  fclose(file);
}

static void assert_whole_again(const char *data, size_t bytes) {
  static char again[1 << 20];
  FILE *file = fopen(cut_path, "rb");
  assert_int_equal(fread(again, 1, sizeof again, file), bytes);
  fclose(file);
  assert_memory_equal(again, data, bytes);
}

static int64_t continue_cut(void) {
  idr_reel *reel;
  size_t bytes;
  OK(small_open(cut_path, 1, 1, &reel));
  int64_t there = idr_reel_blocks(reel);
  const int64_t *state = idr_reel_state(reel, &bytes);
  if (there > 0)
    assert_int_equal(*state, there - 1);
  else
    assert_null(state);
  while (idr_reel_blocks(reel) < idr_reel_blocks_wanted(reel))
    OK(small_append(reel));
  idr_reel_close(reel);
  return there;
}

static void cut_anywhere_it_goes_on_to_the_same_bytes(void **state) {
  (void)state;
  static char data[1 << 20];
  size_t bytes = read_whole(data, sizeof data);
  int64_t last = 0;
  for (size_t length = 0; length <= bytes; length += length < 200 ? 1 : 331) {
    write_cut(data, length);
    int64_t there = continue_cut();
    assert_true(there >= last && there <= 4);
    last = there;
    assert_whole_again(data, bytes);
  }
}

static void a_flipped_bit_ends_the_reel_before_it(void **state) {
  (void)state;
  static char data[1 << 20];
  size_t bytes = read_whole(data, sizeof data);
  for (size_t at = 100; at < bytes; at += 997) {
    data[at] = (char)(data[at] ^ 4);
    write_cut(data, bytes);
    data[at] = (char)(data[at] ^ 4);
    assert_true(continue_cut() < 4);
    assert_whole_again(data, bytes);
  }
}

static void another_purpose_is_refused(void **state) {
  (void)state;
  idr_reel *reel;
  assert_int_equal(small_open(path, 1, 2, &reel), IDR_STATUS_FORMAT);
  assert_int_equal(small_open(path, 2, 1, &reel), IDR_STATUS_FORMAT);
  assert_null(reel);
  assert_int_equal(small_open("/nowhere/reel", 1, 1, &reel), IDR_STATUS_IO);
}

static void names_decide_a_hash_and_order_does_not(void **state) {
  (void)state;
  const float values[4] = {1, 2, 3, 4};
  idr_hash a = idr_hash_leaf("wob", 0, values, sizeof values);
  idr_hash b = idr_hash_leaf("rop", 0, values, sizeof values);
  idr_hash c = idr_hash_leaf("wob", 1, values, sizeof values);
  assert_true(a.low != b.low && a.low != c.low && b.low != c.low);
  idr_hash_child one[2] = {{"a", a}, {"b", b}}, two[2] = {{"b", b}, {"a", a}};
  idr_hash first = idr_hash_node(one, 2), second = idr_hash_node(two, 2);
  assert_true(first.low == second.low && first.high == second.high);
  idr_hash_child swapped[2] = {{"a", b}, {"b", a}};
  assert_true(idr_hash_node(swapped, 2).low != first.low);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cut_anywhere_it_goes_on_to_the_same_bytes),
      cmocka_unit_test(a_flipped_bit_ends_the_reel_before_it),
      cmocka_unit_test(another_purpose_is_refused),
      cmocka_unit_test(names_decide_a_hash_and_order_does_not),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
