/* The main of a fuzz target where there is no libFuzzer: feeds it every file of the folders and
 * files that are named, in the order of their names. */
#include "base/file.h"
#include "support/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_LIMIT ((size_t)16 << 20)

static int feed_file(const char *path) {
  char *data = NULL;
  size_t bytes = 0;
  if (idr_file_read(path, FILE_LIMIT, &data, &bytes) != IDR_STATUS_OK) {
    fprintf(stderr, "%s\n", idr_error_get()->message);
    exit(1);
  }
  /* Stays the last line when the target ends the process. */
  fprintf(stderr, "%s\n", path);
  char *exact = idr_fuzz_copy(data, bytes, 0);
  free(data);
  LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes);
  free(exact);
  return 1;
}

static int feed_folder(const char *path) {
  struct dirent **list = NULL;
  int fed = 0, count = scandir(path, &list, NULL, alphasort);
  for (int i = 0; i < count; i++) {
    char inner[4096];
    snprintf(inner, sizeof inner, "%s/%s", path, list[i]->d_name);
    if (list[i]->d_name[0] != '.') fed += feed_file(inner);
    free(list[i]);
  }
  free(list);
  return fed;
}

int main(int argc, char **argv) {
  int fed = 0;
  if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
  for (int i = 1; i < argc; i++)
    fed += idr_file_is_folder(argv[i]) ? feed_folder(argv[i]) : feed_file(argv[i]);
  printf("%d inputs\n", fed);
  /* Nothing fed is nothing tested. */
  return fed > 0 ? 0 : 1;
}
