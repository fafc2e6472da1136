/* Numbers with units: the first line is the unit of a row, the rest what a user wrote. What is read
 * is written and read back to the same bits. */
#include "base/units.h"
#include "support/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_round_trip(double si, const char *unit) {
  char text[160], why[512];
  double back = 0;
  idr_quantity_write(si, unit, text, sizeof text);
  FUZZ_CHECK(idr_quantity_read(text, unit, &back, why, sizeof why));
  FUZZ_CHECK(back == si);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char why[512] = "";
  char *unit = idr_fuzz_copy(data, bytes, 1);
  char *end = strchr(unit, '\n');
  double si = 0;
  if (end) {
    *end = '\0';
    char *text = idr_fuzz_copy(end + 1, strlen(end + 1), 1);
    if (idr_quantity_read(text, unit, &si, why, sizeof why)) {
      FUZZ_CHECK(isfinite(si));
      /* A label of a row is a word; only its own text can be read back. */
      if (idr_unit_find(unit)) check_round_trip(si, unit);
    } else {
      FUZZ_CHECK(why[0] != '\0');
    }
    free(text);
  }
  free(unit);
  return 0;
}
