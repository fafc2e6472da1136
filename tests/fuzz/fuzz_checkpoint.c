/* Checkpoints: the bytes as they are, and again with all checksums made right, so that lengths,
 * names and counts that are wrong meet a reader that has nothing else to hold on to. */
#include "base/checksum.h"
#include "support/fuzz.h"
#include "train/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#define PREAMBLE 16
#define HEADER   80 /* name[64], bytes, hash */

static uint64_t number_at(const char *file, size_t at) {
  uint64_t value;
  memcpy(&value, file + at, sizeof value);
  return value;
}

static void set_number(char *file, size_t at, uint64_t value) {
  memcpy(file + at, &value, sizeof value);
}

/* Makes the checksums of a file right, as far as its lengths lead. */
static void seal(char *file, size_t bytes) {
  if (bytes < PREAMBLE + sizeof(uint64_t)) return;
  memcpy(file, "IDRCKPT1", 8);
  char *headers = malloc(bytes);
  FUZZ_CHECK(headers);
  memcpy(headers, file, PREAMBLE);
  size_t at = PREAMBLE, kept = PREAMBLE;
  for (uint64_t i = 0; i < number_at(file, 8) && bytes - at >= HEADER; i++) {
    uint64_t length = number_at(file, at + 64);
    if (length > bytes - at - HEADER) break;
    set_number(file, at + 72, idr_checksum(file + at + HEADER, (size_t)length));
    memcpy(headers + kept, file + at, HEADER);
    kept += HEADER;
    at += HEADER + (size_t)length;
  }
  if (bytes - at >= sizeof(uint64_t)) set_number(file, at, idr_checksum(headers, kept));
  free(headers);
}

/* What a job does with a checkpoint; its parts are copied whole, so that every byte is looked at.
 */
static void use(const idr_checkpoint *checkpoint, const char *file, size_t bytes) {
  static const char *const names[] = {"ppo/state", "policy/weights", "settings", "a", ""};
  uint64_t sections = number_at(file, 8);
  FUZZ_CHECK(sections * HEADER + PREAMBLE + sizeof(uint64_t) <= bytes);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const void *data = NULL;
    size_t length = 0;
    if (idr_checkpoint_get(checkpoint, names[i], &data, &length) != IDR_STATUS_OK) continue;
    FUZZ_CHECK(length <= bytes);
    char *copy = malloc(length + 1);
    FUZZ_CHECK(copy && idr_checkpoint_read(checkpoint, names[i], copy, length) == IDR_STATUS_OK);
    FUZZ_CHECK(memcmp(copy, data, length) == 0);
    FUZZ_CHECK(idr_checkpoint_read(checkpoint, names[i], copy, length + 1) == IDR_STATUS_FORMAT);
    free(copy);
  }
}

static void parse(const char *file, size_t bytes) {
  idr_checkpoint *checkpoint = NULL;
  idr_status status = idr_checkpoint_parse("fuzz", file, bytes, &checkpoint);
  FUZZ_CHECK((status == IDR_STATUS_OK) == (checkpoint != NULL));
  FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_FORMAT);
  if (checkpoint) use(checkpoint, file, bytes);
  idr_checkpoint_close(checkpoint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char *file = idr_fuzz_copy(data, bytes, 0);
  parse(file, bytes);
  seal(file, bytes);
  parse(file, bytes);
  free(file);
  return 0;
}
