#include "support/fuzz.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

_Noreturn void idr_fuzz_broken(const char *promise, const char *file, int line) {
  fprintf(stderr, "%s:%d: broken: %s\n", file, line, promise);
  abort();
}

char *idr_fuzz_copy(const void *data, size_t bytes, int terminated) {
  char *copy = malloc(bytes + (terminated || bytes == 0 ? 1 : 0));
  FUZZ_CHECK(copy);
  if (bytes > 0) memcpy(copy, data, bytes);
  if (terminated) copy[bytes] = '\0';
  return copy;
}

/* ---- files ----------------------------------------------------------------------------------- */

static char folder[64];

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info;
  (void)kind;
  (void)at;
  return remove(path);
}

static void remove_folder(void) {
  nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *idr_fuzz_folder(void) {
  struct stat info;
  if (folder[0]) return folder;
  int memory = stat("/dev/shm", &info) == 0 && S_ISDIR(info.st_mode);
  snprintf(folder, sizeof folder, "%s/idr_fuzz_XXXXXX", memory ? "/dev/shm" : "/tmp");
  FUZZ_CHECK(mkdtemp(folder));
  atexit(remove_folder);
  return folder;
}

void idr_fuzz_put_file(const char *path, const void *data, size_t bytes) {
  FILE *file = fopen(path, "we");
  FUZZ_CHECK(file);
  FUZZ_CHECK(fwrite(data, 1, bytes, file) == bytes);
  FUZZ_CHECK(fclose(file) == 0);
}

/* ---- two texts ------------------------------------------------------------------------------- */

idr_fuzz_halves idr_fuzz_split(const uint8_t *data, size_t bytes) {
  static const char line[] = "\n====\n";
  const char *text = (const char *)data;
  const char *at = bytes > 0 ? memmem(text, bytes, line, sizeof line - 1) : NULL;
  idr_fuzz_halves halves = {.first = text, .first_bytes = bytes, .second = "", .second_bytes = 0};
  if (!at) return halves;
  halves.first_bytes = (size_t)(at + 1 - text);
  halves.second = at + sizeof line - 1;
  halves.second_bytes = bytes - halves.first_bytes - (sizeof line - 2);
  return halves;
}
