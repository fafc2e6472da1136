/* What belongs to the process: stop flag, clock, profile, processors, build facts, checksum. */
#include "base/build.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/profile.h"
#include "base/stop.h"
#include "support/test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- stop ------------------------------------------------------------------------------------ */

static void each_signal_asks_once(void **state) {
  (void)state;
  static const int signals[] = {SIGUSR1, SIGTERM, SIGINT};
  assert_int_equal(idr_stop_install(), IDR_STATUS_OK);
  for (int i = 0; i < 3; i++) {
    idr_stop_reset();
    assert_false(idr_stop_requested());
    assert_int_equal(idr_stop_signal(), 0);
    raise(signals[i]);
    assert_true(idr_stop_requested());
    raise(signals[i]);
    raise(SIGUSR1);
    assert_true(idr_stop_requested());
    assert_int_equal(idr_stop_signal(), signals[i]);
  }
  idr_stop_reset();
}

static void a_request_needs_no_signal(void **state) {
  (void)state;
  idr_stop_reset();
  idr_stop_request();
  assert_true(idr_stop_requested());
  assert_int_equal(idr_stop_signal(), 0);
  idr_stop_reset();
}

/* Runs `signals` in a child that then exits with 7; returns how the child ended. */
static int end_of_child(const int *signals, int count) {
  int result = 0;
  pid_t child = fork();
  if (child == 0) {
    idr_stop_reset();
    if (idr_stop_install() != IDR_STATUS_OK) _exit(1);
    for (int i = 0; i < count; i++)
      raise(signals[i]);
    _exit(idr_stop_requested() ? 7 : 8);
  }
  assert_true(child > 0 && waitpid(child, &result, 0) == child);
  return result;
}

static void only_a_third_interrupt_aborts(void **state) {
  (void)state;
  static const int patient[] = {SIGINT,  SIGTERM, SIGTERM, SIGTERM,
                                SIGUSR1, SIGUSR1, SIGUSR1, SIGINT};
  static const int impatient[] = {SIGINT, SIGINT, SIGINT};
  int result = end_of_child(patient, 8);
  assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 7);
  result = end_of_child(impatient, 3);
  assert_true(WIFSIGNALED(result) && WTERMSIG(result) == SIGINT);
}

static void a_closed_pipe_is_an_error_not_the_end(void **state) {
  (void)state;
  int ends[2];
  assert_int_equal(idr_stop_install(), IDR_STATUS_OK);
  assert_int_equal(pipe(ends), 0);
  close(ends[0]);
  assert_int_equal(write(ends[1], "x", 1), -1);
  assert_int_equal(errno, EPIPE);
  close(ends[1]);
  assert_false(idr_stop_requested());
}

/* ---- clock and profile ----------------------------------------------------------------------- */

static void the_clock_never_goes_back(void **state) {
  (void)state;
  double last = idr_clock_seconds();
  for (int i = 0; i < 10000; i++) {
    double now = idr_clock_seconds();
    assert_true(now >= last);
    last = now;
  }
}

static void profile_counts_per_thread(void **state) {
  (void)state;
  static const char *const names[] = {"roll out", "a name that is much longer than a row can hold"};
  idr_profile *profile;
  idr_profile_row rows[2];
  assert_int_equal(idr_profile_create(names, 2, 3, &profile), IDR_STATUS_OK);
  for (int thread = 0; thread < 3; thread++) {
    for (int i = 0; i <= thread; i++) {
      idr_profile_start(profile, thread, 0);
      idr_profile_stop(profile, thread, 0);
    }
  }
  /* Known times in place of measured ones. */
  for (int thread = 0; thread < 3; thread++)
    profile->slots[thread * IDR_PROFILE_STAGES_MAX].seconds = 1.5 * thread;
  idr_profile_rows(profile, rows);
  assert_string_equal(rows[0].name, "roll out");
  assert_int_equal(rows[0].calls, 6);
  assert_true(rows[0].seconds == 3 && rows[0].busy_seconds == 4.5);
  assert_int_equal(strlen(rows[1].name), IDR_PROFILE_NAME_MAX - 1);
  assert_int_equal(rows[1].calls, 0);
  idr_profile_reset(profile);
  idr_profile_rows(profile, rows);
  assert_true(rows[0].calls == 0 && rows[0].seconds == 0);
  idr_profile_destroy(profile);
}

static void profile_time_is_the_time_between(void **state) {
  (void)state;
  static const char *const names[] = {"only"};
  idr_profile *profile;
  idr_profile_row row;
  assert_int_equal(idr_profile_create(names, 1, 1, &profile), IDR_STATUS_OK);
  double before = idr_clock_seconds();
  idr_profile_start(profile, 0, 0);
  double inside = idr_clock_seconds();
  while (idr_clock_seconds() - inside < 0.01) {
  }
  double inner = idr_clock_seconds() - inside;
  idr_profile_stop(profile, 0, 0);
  double outer = idr_clock_seconds() - before;
  idr_profile_rows(profile, &row);
  assert_true(row.seconds >= inner && row.seconds <= outer);
  idr_profile_destroy(profile);
}

static void profile_refuses_and_ignores(void **state) {
  (void)state;
  static const char *const names[] = {"x"};
  idr_profile *profile;
  assert_int_equal(idr_profile_create(names, 0, 1, &profile), IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_profile_create(names, IDR_PROFILE_STAGES_MAX + 1, 1, &profile),
                   IDR_STATUS_ARGUMENT);
  assert_int_equal(idr_profile_create(names, 1, 0, &profile), IDR_STATUS_ARGUMENT);
  assert_null(profile);
  idr_profile_start(NULL, 0, 0);
  idr_profile_stop(NULL, 0, 0);
  idr_profile_destroy(NULL);
}

/* ---- processors and build -------------------------------------------------------------------- */

static void the_affinity_mask_counts(void **state) {
  (void)state;
  cpu_set_t before, one;
  char text[256], expected[32];
  assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
  assert_int_equal(idr_cpu_allowed(), CPU_COUNT(&before));
  assert_true(idr_cpu_online() >= 1);
  int first = 0;
  while (!CPU_ISSET(first, &before))
    first++;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
  int allowed = idr_cpu_allowed();
  idr_cpu_mask(text, sizeof(text));
  assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
  assert_int_equal(allowed, 1);
  snprintf(expected, sizeof(expected), "%d", first);
  assert_string_equal(text, expected);
}

static void names_are_never_empty(void **state) {
  (void)state;
  char model[128];
  idr_cpu_model(model, sizeof(model));
  assert_true(model[0] != '\0');
  const idr_build *build = idr_build_get();
  assert_true(build->version[0] && build->git[0] && build->compiler[0] && build->flags[0] &&
              build->arch[0] && build->type[0]);
  assert_non_null(strstr(build->flags, "-ffp-contract=off"));
  assert_non_null(strstr(build->flags, build->arch));
}

/* ---- checksum -------------------------------------------------------------------------------- */

/* XXH3-64 of no bytes with seed 0, as published with the algorithm (xxHash specification). */
static void checksum_of_nothing_is_the_published_one(void **state) {
  (void)state;
  assert_true(idr_checksum("", 0) == 0x2d06800538d394c2u);
}

static void pieces_do_not_matter(void **state) {
  (void)state;
  enum { BYTES = 5000 };
  unsigned char data[BYTES];
  for (int i = 0; i < BYTES; i++)
    data[i] = (unsigned char)(i * 131 >> 3);
  uint64_t whole = idr_checksum(data, BYTES);
  static const size_t pieces[] = {1, 7, 64, 1024, 4999};
  for (int p = 0; p < 5; p++) {
    idr_checksum_stream *stream;
    assert_int_equal(idr_checksum_stream_create(&stream), IDR_STATUS_OK);
    for (size_t at = 0; at < BYTES; at += pieces[p])
      idr_checksum_stream_add(stream, data + at, at + pieces[p] < BYTES ? pieces[p] : BYTES - at);
    assert_true(idr_checksum_stream_value(stream) == whole);
    idr_checksum_stream_destroy(stream);
  }
  data[2500] ^= 1;
  assert_true(idr_checksum(data, BYTES) != whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_signal_asks_once),
      cmocka_unit_test(a_request_needs_no_signal),
      cmocka_unit_test(only_a_third_interrupt_aborts),
      cmocka_unit_test(a_closed_pipe_is_an_error_not_the_end),
      cmocka_unit_test(the_clock_never_goes_back),
      cmocka_unit_test(profile_counts_per_thread),
      cmocka_unit_test(profile_time_is_the_time_between),
      cmocka_unit_test(profile_refuses_and_ignores),
      cmocka_unit_test(the_affinity_mask_counts),
      cmocka_unit_test(names_are_never_empty),
      cmocka_unit_test(checksum_of_nothing_is_the_published_one),
      cmocka_unit_test(pieces_do_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
