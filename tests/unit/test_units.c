/* Units: published conversions, dimensions, and text that reads back to the same bits. */
#include "base/random.h"
#include "base/units.h"
#include "support/test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static double read_as(const char *text, const char *unit) {
  char why[512] = "";
  double si = NAN;
  if (!idr_quantity_read(text, unit, &si, why, sizeof(why))) fail_msg("%s: %s", text, why);
  return si;
}

/* Rounding apart: the factors are products of two or three exact numbers. */
static void assert_close(double got, double expected) {
  if (!(fabs(got - expected) <= 4 * DBL_EPSILON * fabs(expected)))
    fail_msg("%.17g is not %.17g", got, expected);
}

/* NIST SP 811 (2008), appendix B.8, to the seven digits it prints; exact ones are marked there. */
static void published_conversions(void **state) {
  (void)state;
  static const struct {
    const char *unit;
    double si, tolerance;
  } published[] = {
      {"ft", 0.3048, 0},
      {"in", 0.0254, 0},
      {"gal", 3.785412e-3, 1e-6},
      {"bbl", 1.589873e-1, 1e-6},
      {"lb", 4.535924e-1, 1e-6},
      {"lbf", 4.448222, 1e-6},
      {"psi", 6.894757e3, 1e-6},
      {"ksi", 6.894757e6, 1e-6},
      {"lb/gal", 1.198264e2, 1e-6},
      {"lb/ft3", 1.601846e1, 1e-6},
      {"ft.lbf", 1.355818, 1e-6},
      {"hp", 7.456999e2, 1e-6},
      {"deg", 1.745329e-2, 1e-6},
      {"rpm", 1.047198e-1, 1e-6},
      {"gal/min", 6.309020e-5, 1e-6},
      {"cP", 1e-3, 0},
      {"ft3", 2.831685e-2, 1e-6},
      {"in2", 6.4516e-4, 1e-15},
      {"lb/ft", 1.488164, 1e-6},
      {"atm", 101325, 0},
      {"kWh", 3.6e6, 0},
      {"bar", 1e5, 0},
  };
  for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
    const idr_unit *unit = idr_unit_find(published[i].unit);
    assert_non_null(unit);
    double error = fabs(idr_unit_to_si(unit, 1) / published[i].si - 1);
    if (error > published[i].tolerance) fail_msg("%s is off by %g", published[i].unit, error);
  }
}

static void values_as_people_write_them(void **state) {
  (void)state;
  assert_close(read_as("12.25 in", "m"), 12.25 * 0.0254);
  assert_close(read_as("12.25in", "in"), 12.25 * 0.0254);
  assert_close(read_as("12.25", "in"), 12.25 * 0.0254);
  assert_close(read_as("  500 gpm ", "L/min"), 500 * 3.785411784e-3 / 60);
  assert_close(read_as("2 h", "s"), 7200);
  assert_close(read_as("15 min", "h"), 900);
  assert_close(read_as("18 m/h", "ft/h"), 0.005);
  assert_close(read_as("60 rpm", "rad/s"), 2 * 3.14159265358979323846);
  assert_close(read_as("60 1/min", "Hz"), 1);
  assert_close(read_as("90000 USD/day", "USD/h"), 90000.0 / 86400);
  assert_close(read_as("3 deg/100ft", "deg/30m"), 3 * 3.14159265358979323846 / 180 / 30.48);
  assert_close(read_as("1.2 sg", "kg/m3"), 1200);
  assert_close(read_as("-5e-1", ""), -0.5);
  assert_close(read_as("25 %", ""), 0.25);
  assert_close(read_as(".5 km", "m"), 500);
  assert_close(read_as("20 degC", "K"), 293.15);
  assert_close(read_as("68 degF", "degC"), 293.15);
  assert_close(read_as("-40 degF", "K"), 233.15);
  assert_close(read_as("7 rows", "rows"), 7);
}

static void assert_refused(const char *text, const char *unit, const char *expected) {
  char why[512] = "";
  double si = 42;
  if (idr_quantity_read(text, unit, &si, why, sizeof(why))) fail_msg("'%s' was taken", text);
  if (!strstr(why, expected)) fail_msg("'%s' gave \"%s\"", text, why);
  assert_true(si == 42);
}

static void refusals_say_why(void **state) {
  (void)state;
  assert_refused("12 ppg", "m", "'ppg' is the unit of a density, expected a length");
  assert_refused("120 1/min", "rpm",
                 "'1/min' is the unit of a frequency, expected an angular speed");
  assert_refused("25 klfb", "klbf", "unknown unit 'klfb' (did you mean 'klbf'?)");
  assert_refused("25 qqqqqq", "klbf", "unknown unit 'qqqqqq'; a force may be in N, kN");
  assert_refused("ten", "m", "'ten' is no number, expected one such as 1 m");
  assert_refused("", "m", "is no number");
  assert_refused("in", "m", "is no number");
  assert_refused("5 m", "", "'m' is the unit of a length, expected a plain number");
  assert_refused("5 m", "rows", "write the number alone");
  for (const char *const *text = (const char *const[]){"inf", "-inf", "nan", "infinity", "0x10",
                                                       "--5", "+-5", ".", "-", NULL};
       *text; text++)
    assert_refused(*text, "m", "is no number");
  assert_refused("1e999", "m", "too large");
  assert_refused("1e308 km", "m", "too large");
  assert_refused("3 600", "s", "unknown unit '600'");
  assert_refused("1,5", "m", "unknown unit ',5'");
  assert_refused("5 mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
                 "m", "unknown unit 'mmm");
}

static void every_dimension_has_its_si_unit(void **state) {
  (void)state;
  for (int d = 0; d <= (int)IDR_DIMENSION_MONEY_LENGTH; d++) {
    const idr_unit *unit = idr_unit_find(idr_dimension_si((idr_dimension)d));
    assert_non_null(unit);
    assert_int_equal(unit->dimension, d);
    assert_true(unit->factor == 1 && unit->offset == 0);
    assert_true(idr_dimension_text((idr_dimension)d)[0] != '\0');
  }
}

static void every_unit_fits_its_list(void **state) {
  (void)state;
  for (int d = 0; d <= (int)IDR_DIMENSION_MONEY_LENGTH; d++) {
    char list[256];
    idr_unit_list((idr_dimension)d, list, sizeof(list));
    assert_true(strlen(list) < sizeof(list) - 1);
    for (char *word = strtok(list, ", "); word; word = strtok(NULL, ", ")) {
      assert_non_null(idr_unit_find(word));
      assert_int_equal(idr_unit_find(word)->dimension, d);
    }
  }
}

static void assert_round_trip(double si, const char *unit) {
  char text[96], why[256] = "";
  double back = NAN;
  idr_quantity_write(si, unit, text, sizeof(text));
  if (!idr_quantity_read(text, unit, &back, why, sizeof(why))) fail_msg("'%s': %s", text, why);
  if (memcmp(&back, &si, sizeof(si)) != 0) fail_msg("%.17g %s became '%s'", si, unit, text);
}

static double random_bits_number(uint32_t draw) {
  idr_random4 r = idr_random_draw(11, draw, 0, 0, IDR_PURPOSE_TEST, 0);
  uint64_t mantissa = ((uint64_t)r.word[0] << 32 | r.word[1]) >> 11;
  double value = ldexp((double)mantissa, (int)(r.word[2] % 80) - 93);
  return r.word[3] & 1 ? value : -value;
}

static void text_reads_back_to_the_same_bits(void **state) {
  (void)state;
  static const char *const names[] = {"",     "%",         "m",    "in",   "klbf",
                                      "rpm",  "gpm",       "ppg",  "m/h",  "psi",
                                      "degC", "deg/100ft", "degF", "rows", "USD/day"};
  for (uint32_t draw = 0; draw < 3000; draw++)
    for (size_t u = 0; u < sizeof(names) / sizeof(names[0]); u++)
      assert_round_trip(random_bits_number(draw), names[u]);
  for (size_t u = 0; u < sizeof(names) / sizeof(names[0]); u++) {
    assert_round_trip(0, names[u]);
    assert_round_trip(1e300, names[u]);
    assert_round_trip(-1e-300, names[u]);
  }
}

static void text_is_as_short_as_it_was(void **state) {
  (void)state;
  static const char *const same[] = {
      "12.25 in", "25 klbf", "120 rpm",       "600 gpm", "10 ppg",      "0.1 m",   "100 m/h",
      "2 h",      "1e-07 m", "30000 USD/day", "20 degC", "3 deg/100ft", "1e+20 N", "5 %"};
  for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
    char text[96];
    const char *unit = strchr(same[i], ' ') + 1;
    idr_quantity_write(read_as(same[i], unit), unit, text, sizeof(text));
    assert_string_equal(text, same[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_conversions),
      cmocka_unit_test(values_as_people_write_them),
      cmocka_unit_test(refusals_say_why),
      cmocka_unit_test(every_dimension_has_its_si_unit),
      cmocka_unit_test(every_unit_fits_its_list),
      cmocka_unit_test(text_reads_back_to_the_same_bits),
      cmocka_unit_test(text_is_as_short_as_it_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
