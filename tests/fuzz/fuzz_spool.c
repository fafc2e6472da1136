/* fuzz: runs 5000
 *
 * A segment of a spool: read as it is, and with the checksum of every frame made right, so that the
 * events inside reach their readers; then gone on with by a writer, as after a crash. */
#include "base/checksum.h"
#include "base/file.h"
#include "support/fuzz.h"
#include "track/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPOOL_LIMIT ((int64_t)1 << 30)
#define NAME        "fuzz"

static void put_hash(char *to, uint64_t hash) {
  for (int i = 0; i < 8; i++, hash >>= 8)
    to[i] = (char)(hash & 255);
}

/* Makes the checksum of every frame right whose length fits; lengths beyond one byte count too. */
static void seal(char *data, size_t bytes) {
  for (size_t at = 0; at + IDR_SPOOL_HEAD <= bytes;) {
    const unsigned char *length = (const unsigned char *)data + at + 4;
    size_t n = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16;
    bool frame = memcmp(data + at, IDR_SPOOL_MAGIC, 4) == 0 && length[3] == 0 &&
                 n <= bytes - at - IDR_SPOOL_HEAD;
    if (frame) put_hash(data + at + 8, idr_checksum(data + at + IDR_SPOOL_HEAD, n));
    at += frame ? IDR_SPOOL_HEAD + n : 1;
  }
}

/* Frames follow each other and lie inside; returns how many there are. */
static int walk(const char *data, size_t bytes) {
  const char *payload = NULL;
  size_t at = 0, length = 0, skipped = 0, before = 0, taken = 0;
  int frames = 0;
  for (; idr_spool_frame(data, bytes, &at, &payload, &length, &skipped); frames++) {
    FUZZ_CHECK(payload >= data && length <= bytes && payload + length == data + at);
    FUZZ_CHECK(at >= before + IDR_SPOOL_HEAD + length);
    taken += IDR_SPOOL_HEAD + length;
    before = at;
  }
  FUZZ_CHECK(taken + skipped == before);
  return frames;
}

/* Events of the folder; *found tells of the one that go_on() wrote. */
static int read_events(const char *folder, bool *found) {
  idr_spool_reader *reader = NULL;
  idr_spool_position after;
  json_t *event = NULL;
  int count = 0;
  *found = false;
  FUZZ_CHECK(idr_spool_reader_open(folder, (idr_spool_position){0, 0}, &reader) == IDR_STATUS_OK);
  FUZZ_CHECK(idr_spool_next(reader, &event, &after) == IDR_STATUS_OK);
  for (; event; count++) {
    const char *name = json_string_value(json_object_get(event, NAME));
    *found = name && strcmp(name, "last") == 0;
    json_decref(event);
    FUZZ_CHECK(after.segment >= 1 && after.offset >= IDR_SPOOL_HEAD);
    FUZZ_CHECK(idr_spool_next(reader, &event, &after) == IDR_STATUS_OK);
  }
  FUZZ_CHECK(idr_spool_damaged(reader) >= 0);
  idr_spool_reader_close(reader);
  return count;
}

/* A writer that finds this folder: its events come behind what is there, and nothing goes. */
static void go_on(const char *folder, int events) {
  idr_spool *spool = NULL;
  bool found = false;
  FUZZ_CHECK(idr_spool_open(folder, SPOOL_LIMIT, &spool) == IDR_STATUS_OK);
  FUZZ_CHECK(strlen(idr_spool_uuid(spool)) < IDR_SPOOL_UUID);
  idr_spool_metric(spool, true, "loss", 3, 0.5, 1);
  FUZZ_CHECK(idr_spool_last_step(spool, "loss", -1) >= 3);
  idr_spool_event(spool, json_pack("{s:s, s:s}", "event", "tags", NAME, "last"));
  FUZZ_CHECK(idr_spool_write(spool, false) == IDR_STATUS_OK);
  idr_spool_close(spool);
  FUZZ_CHECK(read_events(folder, &found) > events && found);
}

static void use(const char *data, size_t bytes) {
  char folder[2048], path[4096];
  bool found = false;
  snprintf(folder, sizeof folder, "%s/spool", idr_fuzz_folder());
  FUZZ_CHECK(idr_file_make_folders(folder) == IDR_STATUS_OK);
  idr_spool_path(folder, 1, path, sizeof path);
  idr_fuzz_put_file(path, data, bytes);
  int frames = walk(data, bytes), events = read_events(folder, &found);
  FUZZ_CHECK(events <= frames);
  go_on(folder, events);
  for (int64_t k = idr_spool_following(folder, 0); k > 0; k = idr_spool_following(folder, k)) {
    idr_spool_path(folder, k, path, sizeof path);
    unlink(path);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char *copy = idr_fuzz_copy(data, bytes, 0);
  use(copy, bytes);
  seal(copy, bytes);
  use(copy, bytes);
  free(copy);
  return 0;
}
