/* Dull grades: what a run went through leads to the codes that a floor man would write. */
#include "drill/dull.h"
#include "support/near.h"

#include <string.h>

/* A day on bottom at 120 rpm in the way that `mean` says, per second. */
typedef struct {
  double stick, backward, whirl, hot, balled, abrasion, strength, shallow;
} manner;

static idr_bit_history run(int roller, float wear, float bearing, idr_pulled reason, manner m) {
  const double day = 86400.0;
  idr_bit_history h = {.roller = roller, .wear = wear, .bearing = bearing, .reason = reason};
  h.sum[IDR_RUN_TIME] = day;
  h.sum[IDR_RUN_TURNS] = 2.0 * day;
  h.sum[IDR_RUN_STICK] = m.stick * day;
  h.sum[IDR_RUN_BACKWARD] = m.backward * day;
  h.sum[IDR_RUN_WHIRL] = m.whirl * day;
  h.sum[IDR_RUN_HOT] = m.hot * day;
  h.sum[IDR_RUN_BALLED] = m.balled * day;
  h.sum[IDR_RUN_ABRASION] = m.abrasion * day;
  h.sum[IDR_RUN_STRENGTH] = m.strength * day;
  h.sum[IDR_RUN_SHALLOW] = m.shallow * day;
  return h;
}

static void assert_grade(idr_bit_history h, const char *expected) {
  char text[IDR_DULL_TEXT];
  idr_dull grade = idr_dull_grade(&h);
  idr_dull_print(&grade, text);
  assert_string_equal(text, expected);
}

/* A bit that was hardly used, one worn by an abrasive rock, one cored in granite (as bit 14 of
 * FORGE 16A(78)-32 was: 8-2-CR-C), one that whirled, one that stick-slip broke, one burnt, one
 * balled. */
static void test_fixed_cutters(void **state) {
  (void)state;
  const manner easy = {.abrasion = 0.1, .strength = 30e6};
  assert_grade(run(0, 0.02f, 0, IDR_PULLED_TD, easy), "0-0-NO-A-X-I-NO-TD");
  assert_grade(run(0, 0.4f, 0, IDR_PULLED_TD, easy), "2-2-WT-A-X-I-NO-TD");
  assert_grade(run(0, 1, 0, IDR_PULLED_PR, (manner){.abrasion = 0.9, .strength = 90e6}),
               "4-7-WT-S-X-1-NO-PR");
  manner granite = {.abrasion = 1.0, .strength = 190e6, .shallow = 0.6};
  assert_grade(run(0, 1, 0, IDR_PULLED_PR, granite), "8-2-CR-C-X-I-WT-PR");
  assert_grade(run(0, 0.8f, 0, IDR_PULLED_BHA, (manner){.whirl = 0.5, .abrasion = 0.2}),
               "2-6-BT-S-X-1-NO-BHA");
  assert_grade(run(0, 0.9f, 0, IDR_PULLED_TQ, (manner){.stick = 1.2, .abrasion = 0.3}),
               "5-4-BT-N-X-I-NO-TQ");
  assert_grade(run(0, 0.6f, 0, IDR_PULLED_PR, (manner){.hot = 0.7, .abrasion = 0.6}),
               "2-5-HC-S-X-I-WT-PR");
  assert_grade(run(0, 0.1f, 0, IDR_PULLED_PR, (manner){.balled = 0.6, .abrasion = 0.1}),
               "1-1-WT-A-X-I-BU-PR");
}

static void test_cones(void **state) {
  (void)state;
  const manner sand = {.abrasion = 1.0, .strength = 60e6};
  assert_grade(run(1, 0.5f, 0.6f, IDR_PULLED_HR, sand), "2-3-WT-G-5-I-NO-HR");
  assert_grade(run(1, 0.8f, 1.0f, IDR_PULLED_TQ, (manner){.stick = 1.3, .abrasion = 0.2}),
               "4-4-BT-M-8-I-NO-TQ");
}

/* More wear never gives a better grade, and nothing gives one outside the scale. */
static void test_grades_follow_wear(void **state) {
  (void)state;
  const manner manners[] = {{.abrasion = 0.9}, {.whirl = 0.7}, {.stick = 1.5, .backward = 0.5}};
  for (int k = 0; k < 3; k++)
    for (int roller = 0; roller < 2; roller++) {
      int before = 0;
      for (float wear = 0.0f; wear <= 1.2f; wear += 0.05f) {
        idr_bit_history h = run(roller, wear, wear, IDR_PULLED_HR, manners[k]);
        idr_dull d = idr_dull_grade(&h);
        assert_true(d.inner + d.outer >= before && d.inner <= 8 && d.outer <= 8);
        assert_true(d.gauge >= 0 && d.gauge <= 4);
        before = d.inner + d.outer - 2; /* the pattern may move between rows, by a row each */
      }
    }
}

/* No run at all, and sums that no rig makes, give a grade that prints. */
static void test_extremes(void **state) {
  (void)state;
  idr_bit_history none = {.reason = IDR_PULLED_BHA};
  assert_grade(none, "0-0-NO-A-X-I-NO-BHA");
  idr_bit_history wild = {.roller = 1, .wear = -3.0f, .bearing = 1e9f, .reason = (idr_pulled)99};
  for (int k = 0; k < IDR_RUN_COUNT; k++)
    wild.sum[k] = k % 2 ? 1e30 : 1e-30;
  assert_grade(wild, "0-0-NO-A-8-I-BU-NR");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fixed_cutters),
      cmocka_unit_test(test_cones),
      cmocka_unit_test(test_grades_follow_wear),
      cmocka_unit_test(test_extremes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
