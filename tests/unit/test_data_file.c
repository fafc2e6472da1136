/* From a reel to a file and back: every value, in every storage, in both layouts, with one root. */
#include "data/dataset.h"
#include "support/data_small.h"
#include "support/test.h"

#include <stdio.h>
#include <unistd.h>

static char folder[] = "/tmp/idr_data_XXXXXX";
static char reel_path[64], file_path[64];

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(reel_path, sizeof reel_path, "%s/reel", folder);
  snprintf(file_path, sizeof file_path, "%s/well.h5", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(reel_path);
  unlink(file_path);
  return rmdir(folder);
}

static idr_hash write_file(idr_storage storage, bool grouped, const idr_well *well) {
  idr_reel *reel;
  idr_hash root;
  unlink(reel_path);
  idr_write_options options = small_options(storage);
  OK(small_reel(reel_path, idr_storage_reel_level(storage, 1), &reel));
  idr_write_well one = {.name = "well-0003", .id = 3, .reel = reel, .well = well};
  OK(idr_write_file(file_path, &options, &one, 1, grouped, NULL, &root));
  idr_reel_close(reel);
  return root;
}

static void assert_same_real(float a, float b) {
  if (isnan(b))
    assert_true(isnan(a));
  else
    assert_true(a == b);
}

static void check_rows(idr_dataset *d) {
  float real[SMALL_ROWS];
  int32_t whole[SMALL_ROWS];
  int64_t time[SMALL_ROWS];
  int wob = idr_dataset_find(d, 0, "truth/wob"), event = idr_dataset_find(d, 0, "labels/event");
  OK(idr_dataset_read_float(d, 0, wob, 0, SMALL_ROWS, real));
  OK(idr_dataset_read_int(d, 0, event, 0, SMALL_ROWS, whole));
  OK(idr_dataset_read_int64(d, 0, 0, 0, SMALL_ROWS, time));
  for (int i = 0; i < SMALL_ROWS; i++) {
    assert_same_real(real[i], small_real(wob, i));
    assert_int_equal(whole[i], i > 500 ? 105 : 0);
    assert_int_equal(time[i], i);
  }
  OK(idr_dataset_read_float(d, 0, wob, 299, 302, real));
  for (int i = 0; i < 3; i++)
    assert_same_real(real[i], small_real(wob, 299 + i));
}

/* The first life failed: hours count down to 0 in its last second. The others have no end. */
static void check_remaining_life(idr_dataset *d) {
  float left[SMALL_ROWS];
  int rul = idr_dataset_find_kind(d, 0, IDR_COLUMN_RUL, IDR_MACHINE_TOP_DRIVE);
  int bit = idr_dataset_find_kind(d, 0, IDR_COLUMN_RUL, IDR_MACHINE_BIT);
  OK(idr_dataset_read_float(d, 0, rul, 0, SMALL_ROWS, left));
  for (int i = 0; i < SMALL_ROWS; i++) {
    float expected = (float)(small_hours(399) - small_hours(i)) / 3600.0f;
    assert_same_real(left[i], i < 400 ? expected : NAN);
  }
  assert_true(left[399] == 0.0f);
  OK(idr_dataset_read_float(d, 0, bit, 0, SMALL_ROWS, left));
  for (int i = 0; i < SMALL_ROWS; i++)
    assert_true(isnan(left[i]));
}

static void check_tables(idr_dataset *d) {
  idr_event_record *event;
  idr_life_record *life;
  idr_layer *layer;
  int count;
  OK(idr_dataset_read_events(d, 0, &event, &count));
  assert_int_equal(count, 1);
  assert_int_equal(event[0].kind, IDR_EVENT_KICK);
  assert_int_equal(event[0].detectable, 520);
  assert_true(event[0].depth == 1234.5 && event[0].severity == 0.5f && event[0].open);
  assert_true(event[0].channels == 1u << IDR_CHANNEL_PIT);
  free(event);
  OK(idr_dataset_read_lives(d, 0, &life, &count));
  assert_int_equal(count, 3);
  assert_int_equal(life[1].state, IDR_LIFE_REPLACED);
  free(life);
  OK(idr_dataset_read_layers(d, 0, &layer, &count));
  assert_int_equal(count, 0); /* the file was written without a well */
  free(layer);
}

static void check_file(idr_hash root) {
  idr_dataset *d;
  char text[IDR_HASH_TEXT];
  OK(idr_dataset_open(file_path, &d));
  assert_int_equal(idr_dataset_well_count(d), 1);
  const idr_dataset_well *well = idr_dataset_get_well(d, 0);
  assert_string_equal(well->name, "well-0003");
  assert_int_equal(well->id, 3);
  assert_int_equal(well->rows, SMALL_ROWS);
  assert_int_equal(well->chunk, SMALL_CHUNK);
  assert_true(well->start == 1772600767.0);
  idr_hash_format(root, text);
  assert_string_equal(well->root, text);
  check_rows(d);
  check_remaining_life(d);
  check_tables(d);
  idr_dataset_close(d);
}

static void every_storage_and_layout_gives_the_values_back(void **state) {
  (void)state;
  idr_hash first = {0, 0};
  for (int storage = IDR_STORAGE_NONE; storage <= IDR_STORAGE_LZ4; storage++) {
    if (idr_storage_check((idr_storage)storage) != IDR_STATUS_OK) {
      print_message("%s\n", idr_error_get()->message);
      assert_true(storage > IDR_STORAGE_DEFLATE);
      continue;
    }
    for (int grouped = 0; grouped < 2; grouped++) {
      idr_hash root = write_file((idr_storage)storage, grouped, NULL);
      check_file(root);
      if (storage == 0 && grouped == 0) first = root;
      assert_true(root.low == first.low && root.high == first.high);
    }
  }
}

static void questions_that_make_no_sense_are_answered(void **state) {
  (void)state;
  idr_dataset *d;
  float real;
  int32_t whole;
  write_file(IDR_STORAGE_DEFLATE, false, NULL);
  OK(idr_dataset_open(file_path, &d));
  int wob = idr_dataset_find(d, 0, "wob");
  assert_int_equal(idr_dataset_find(d, 0, "rop"), -1);
  assert_int_equal(idr_dataset_read_float(d, 0, wob, 999, 1001, &real), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_dataset_read_float(d, 0, wob, -1, 0, &real), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_dataset_read_float(d, 1, wob, 0, 1, &real), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_dataset_read_int(d, 0, wob, 0, 1, &whole), IDR_STATUS_ARGUMENT);
  idr_dataset_close(d);
  assert_int_equal(idr_dataset_open("/nowhere/a.h5", &d), IDR_STATUS_IO);
  assert_int_equal(idr_dataset_open(reel_path, &d), IDR_STATUS_FORMAT);
  assert_int_equal(idr_dataset_open("/proc/self", &d), IDR_STATUS_IO);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_storage_and_layout_gives_the_values_back),
      cmocka_unit_test(questions_that_make_no_sense_are_answered),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
