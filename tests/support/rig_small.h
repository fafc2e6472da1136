/* Small rigs for tests: one well under every lane, what a test overrides, events kept. */
#ifndef IDR_TESTS_SUPPORT_RIG_SMALL_H
#define IDR_TESTS_SUPPORT_RIG_SMALL_H

#include "drill/rig_internal.h"
#include "support/drill_wells.h"

/* Defaults of the table with `count` overrides such as "rig.event_rate=0". */
static inline idr_rig_settings test_rig_settings(const char *const *overrides, int count) {
  idr_rig_settings settings;
  idr_section section = {"rig", "", idr_rig_rows, idr_rig_row_count, &settings};
  assert_int_equal(idr_settings_load(&section, 1, NULL, overrides, count), IDR_STATUS_OK);
  return settings;
}

/* Lane i is well number i. */
static inline idr_rig *test_rig(const idr_rig_settings *settings, int wells, const idr_well *well,
                                double depth) {
  idr_rig *rig;
  assert_int_equal(idr_rig_create(settings, wells, &rig), IDR_STATUS_OK);
  for (int i = 0; i < rig->hole->lanes; i++)
    assert_int_equal(idr_rig_place(rig, i, well, (uint32_t)i, depth), IDR_STATUS_OK);
  return rig;
}

#define TEST_RECORDS 4096
typedef struct {
  int count;
  int lane[TEST_RECORDS];
  idr_event_record record[TEST_RECORDS];
} test_events;

static inline void test_keep_event(void *context, int lane, const idr_event_record *record) {
  test_events *kept = context;
  assert_in_range(kept->count, 0, TEST_RECORDS - 1);
  kept->lane[kept->count] = lane;
  kept->record[kept->count++] = *record;
}

/* The only record of a kind on a lane. */
static inline const idr_event_record *test_only_event(const test_events *kept, int lane, int kind) {
  const idr_event_record *found = NULL;
  for (int k = 0; k < kept->count; k++) {
    if (kept->lane[k] != lane || kept->record[k].kind != kind) continue;
    assert_null(found);
    found = &kept->record[k];
  }
  assert_non_null(found);
  return found;
}

#endif
