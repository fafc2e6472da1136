/* Where a file that comes with the program lies: in a checkout, a build, or an installation. */
#include "jobs/evaluate.h"

#include "base/file.h"

#include <string.h>
#include <unistd.h>

#define LEVELS 5 /* folders above the binary: build/release/bin is three below the checkout */

static bool is_file(const char *path) {
  return idr_file_exists(path) && !idr_file_is_folder(path);
}

static bool try_below(const char *folder, const char *between, const char *name, char *out,
                      size_t size) {
  int n = snprintf(out, size, "%s/%s%s", folder, between, name);
  return n > 0 && (size_t)n < size && is_file(out);
}

bool idr_evaluate_find_file(const char *setting, char *out, size_t size) {
  char folder[PATH_MAX];
  int n = snprintf(out, size, "%s", setting);
  if (n > 0 && (size_t)n < size && is_file(out)) return true;
  if (setting[0] == '/') return false;
  ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
  if (length <= 0) return false;
  folder[length] = '\0';
  for (int level = 0; level < LEVELS; level++) {
    char *slash = strrchr(folder, '/');
    if (!slash) return false;
    *slash = '\0';
    if (try_below(folder, "share/idrill/", setting, out, size)) return true;
    if (try_below(folder, "", setting, out, size)) return true;
  }
  return false;
}
