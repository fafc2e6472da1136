/* idrill check FILE|FOLDER|manifest.json: reads a data set whole and names what is damaged.
 *
 * HDF5 does not survive every damage to a file's structure, so the reading is done by a child
 * process: when that dies, the file is the reason. */
#include "data/check.h"
#include "base/file.h"
#include "data/manifest.h"
#include "jobs/job.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBLEMS_SHOWN 50

void idr_check_help(FILE *out) {
  fputs(
      "Reads every value and compares with the hashes in the file; beside a manifest.json also "
      "the\n"
      "files' bytes and the root of the whole set. Every damaged chunk is named. Exit code 0: the\n"
      "data are those that were written, 1: they are not, or cannot be read.\n",
      out);
}

typedef struct {
  char data[PATH_MAX];     /* file or folder that holds the data */
  char folder[PATH_MAX];   /* where a manifest would lie */
  char manifest[PATH_MAX]; /* "" when there is none */
  int problems;
} check;

static void show(void *context, const char *text) {
  check *c = context;
  if (c->problems++ < PROBLEMS_SHOWN) printf("damaged      %s\n", text);
  fflush(stdout);
}

/* ---- what is meant --------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

static void folder_of(const char *path, char out[PATH_MAX]) {
  const char *slash = strrchr(path, '/');
  snprintf(out, PATH_MAX, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
}

static idr_status find(check *c, const char *word) {
  if (strlen(word) + 32 > PATH_MAX) IDR_FAIL(IDR_STATUS_ARGUMENT, "the name is too long");
  if (!idr_file_exists(word))
    IDR_FAIL(IDR_STATUS_IO, "there is no '%s'; name a file, a folder or a manifest of a data set",
             word);
  if (idr_file_is_folder(word)) {
    snprintf(c->folder, sizeof c->folder, "%.4000s/data", word);
    if (!idr_file_is_folder(c->folder)) snprintf(c->folder, sizeof c->folder, "%s", word);
    snprintf(c->data, sizeof c->data, "%s", c->folder);
  } else {
    folder_of(word, c->folder);
    snprintf(c->data, sizeof c->data, "%s", ends_with(word, ".json") ? c->folder : word);
  }
  int n = snprintf(c->manifest, sizeof c->manifest, "%.4000s/%s", c->folder, IDR_MANIFEST_NAME);
  if (ends_with(word, ".json")) n = snprintf(c->manifest, sizeof c->manifest, "%s", word);
  if (n >= PATH_MAX || !idr_file_exists(c->manifest)) c->manifest[0] = '\0';
  return IDR_STATUS_OK;
}

/* ---- files as bytes -------------------------------------------------------------------------- */

/* One file alone is asked for: the others of the manifest are not looked at. */
static bool is_asked(const check *c, const char *name) {
  const char *slash = strrchr(c->data, '/');
  return strcmp(c->data, c->folder) == 0 || strcmp(slash ? slash + 1 : c->data, name) == 0;
}

static void check_bytes(check *c, const idr_manifest_file *wanted, int *bad) {
  char text[512];
  idr_manifest_file found;
  if (!is_asked(c, wanted->name)) return;
  if (idr_manifest_sum(c->folder, wanted->name, &found) != IDR_STATUS_OK)
    snprintf(text, sizeof text, "%.400s", idr_error_get()->message);
  else if (found.bytes != wanted->bytes)
    snprintf(text, sizeof text, "%s has %lld bytes instead of %lld", wanted->name,
             (long long)found.bytes, (long long)wanted->bytes);
  else if (found.checksum != wanted->checksum)
    snprintf(text, sizeof text, "%s is not the file that was written: its checksum differs",
             wanted->name);
  else
    return;
  (*bad)++;
  show(c, text);
}

/* ---- values, in a child ---------------------------------------------------------------------- */

static idr_status check_values(check *c, const char *root) {
  idr_dataset *dataset = NULL;
  const idr_check_sink sink = {.context = c, .problem = show};
  IDR_TRY(idr_dataset_open(c->data, &dataset));
  idr_status status = IDR_STATUS_OK;
  int wells = idr_dataset_well_count(dataset);
  for (int i = 0; i < wells && status == IDR_STATUS_OK; i++) {
    bool sound = false;
    status = idr_dataset_check_well(dataset, i, &sink, &sound);
    if (sound)
      printf("sound        %s, root %s\n", idr_dataset_get_well(dataset, i)->name,
             idr_dataset_get_well(dataset, i)->root);
  }
  if (status == IDR_STATUS_OK && root[0] && strcmp(root, idr_dataset_root(dataset)) != 0)
    show(c, "the wells are not those of the manifest: their root hash differs");
  if (status == IDR_STATUS_OK && c->problems == 0)
    printf("root         %s (%d wells)\n", idr_dataset_root(dataset), wells);
  idr_dataset_close(dataset);
  return status;
}

/* Exit code of the child: 0 sound, 1 damaged; told already. */
static int run_child(check *c, const char *root) {
  if (check_values(c, root) != IDR_STATUS_OK) {
    show(c, idr_error_get()->message);
    return 1;
  }
  if (c->problems > PROBLEMS_SHOWN)
    printf("damaged      ... and %d more places\n", c->problems - PROBLEMS_SHOWN);
  return c->problems > 0;
}

static idr_status watch_child(check *c, const char *root, bool *sound) {
  int state = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) IDR_FAIL(IDR_STATUS_IO, "cannot start a process: %s", strerror(errno));
  if (child == 0) {
    int code = run_child(c, root);
    fflush(stdout);
    _exit(code);
  }
  while (waitpid(child, &state, 0) < 0 && errno == EINTR)
    continue;
  *sound = WIFEXITED(state) && WEXITSTATUS(state) == 0;
  if (WIFSIGNALED(state))
    show(c, "the file's structure: the HDF5 library did not survive reading it");
  return IDR_STATUS_OK;
}

/* ---- the job --------------------------------------------------------------------------------- */

static idr_status run(check *c, int argc, char **argv, bool *sound) {
  idr_manifest manifest = {.file_count = 0};
  int bad = 0;
  if (argc != 1) IDR_FAIL(IDR_STATUS_CONFIG, "usage: idrill check FILE|FOLDER|manifest.json");
  IDR_TRY(find(c, argv[0]));
  if (c->manifest[0]) IDR_TRY(idr_manifest_read(c->manifest, &manifest));
  for (int i = 0; i < manifest.file_count; i++)
    check_bytes(c, &manifest.file[i], &bad);
  bool whole = strcmp(c->data, c->folder) == 0;
  idr_status status = watch_child(c, whole ? manifest.root : "", sound);
  if (status == IDR_STATUS_OK && *sound && bad > 0)
    printf("             the values are sound: what differs is structure or attributes\n");
  *sound = *sound && bad == 0;
  if (status == IDR_STATUS_OK)
    printf("%s\n", *sound ? "the data are those that were written"
                          : "the data are NOT those that were written: make them anew, or fetch "
                            "the damaged files again");
  idr_manifest_free(&manifest);
  return status;
}

int idr_job_check(idr_job_context *context, int argc, char **argv) {
  check *c = calloc(1, sizeof *c);
  bool sound = false;
  if (!c) return IDR_EXIT_FAILED;
  idr_status status = run(c, argc, argv, &sound);
  free(c);
  if (status != IDR_STATUS_OK) return idr_job_fail(context, NULL);
  return sound ? IDR_EXIT_FINISHED : IDR_EXIT_FAILED;
}
