#include "track/folder.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define VALUE_MAX 4096 /* a list of IDR_REALS_MAX numbers as text fits */

/* ---- name ------------------------------------------------------------------------------------ */

/* The environment variable that a letter after % stands for. */
static const char *slurm_variable(char letter) {
  switch (letter) {
  case 'j':
    return "SLURM_JOB_ID";
  case 'A':
    return "SLURM_ARRAY_JOB_ID";
  case 'a':
    return "SLURM_ARRAY_TASK_ID";
  default:
    return NULL;
  }
}

static idr_status append(char *out, size_t size, const char *text) {
  if (!idr_text_append(out, size, "%s", text))
    IDR_FAIL(IDR_STATUS_CONFIG, "run.folder is longer than %zu bytes", size - 1);
  return IDR_STATUS_OK;
}

static idr_status expand(const char *setting, char *out, size_t size) {
  out[0] = '\0';
  for (const char *c = setting; *c; c++) {
    char plain[2] = {*c, '\0'};
    if (*c != '%') {
      IDR_TRY(append(out, size, plain));
      continue;
    }
    const char *variable = slurm_variable(*++c);
    if (!variable)
      IDR_FAIL(IDR_STATUS_CONFIG,
               "run.folder '%s': after %% comes j (job id), A (array job id) or a "
               "(array task id)",
               setting);
    const char *value = getenv(variable);
    if (!value || value[0] == '\0')
      IDR_FAIL(IDR_STATUS_CONFIG,
               "run.folder '%s' needs %s, which is not set: start it under Slurm%s, or name the "
               "folder without it",
               setting, variable, *c == 'j' ? "" : " as a job array");
    IDR_TRY(append(out, size, value));
  }
  return IDR_STATUS_OK;
}

/* A new folder for a run that named none. */
static idr_status make_dated(const char *job, const char *task, char *out, size_t size) {
  char date[32];
  time_t now = time(NULL);
  struct tm parts;
  localtime_r(&now, &parts);
  strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &parts);
  IDR_TRY(idr_file_make_folders("runs"));
  for (int attempt = 1; attempt <= 1000; attempt++) {
    char suffix[16] = "";
    if (attempt > 1) snprintf(suffix, sizeof(suffix), "-%d", attempt);
    int n = snprintf(out, size, "runs/%s-%s-%s%s", job, task, date, suffix);
    if (n < 0 || (size_t)n >= size)
      IDR_FAIL(IDR_STATUS_CONFIG, "the name of the run's folder is too long; set run.folder");
    if (mkdir(out, 0777) == 0) return IDR_STATUS_OK;
    if (errno != EEXIST) return idr_file_fail("make the folder", out, errno);
  }
  IDR_FAIL(IDR_STATUS_IO, "'%s' and 999 more of this second are taken; set run.folder", out);
}

idr_status idr_folder_make(const char *setting, const char *job, const char *task, bool must_exist,
                           char *out, size_t size) {
  bool is_auto = strcmp(setting, "auto") == 0;
  if (is_auto && must_exist)
    IDR_FAIL(IDR_STATUS_CONFIG, "run.resume is must, so run.folder has to name the run's folder");
  if (is_auto) return make_dated(job, task, out, size);
  IDR_TRY(expand(setting, out, size));
  size_t length = strlen(out);
  while (length > 1 && out[length - 1] == '/')
    out[--length] = '\0';
  if (must_exist && !idr_file_is_folder(out))
    IDR_FAIL(IDR_STATUS_CONFIG, "run.resume is must, but there is no folder '%s'", out);
  return idr_file_make_folders(out);
}

static bool holds(const char *folder, const char *name) {
  char path[PATH_MAX];
  int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
  return n > 0 && (size_t)n < sizeof(path) && idr_file_exists(path);
}

bool idr_folder_has_checkpoint(const char *folder) {
  return holds(folder, "checkpoint/latest") || holds(folder, "checkpoint/latest.previous");
}

bool idr_folder_is_run(const char *folder) {
  return holds(folder, "settings.yaml") || holds(folder, "summary.json") ||
         idr_folder_has_checkpoint(folder);
}

/* ---- lock ------------------------------------------------------------------------------------ */

static idr_status fail_locked(const char *folder, int fd) {
  char owner[256] = "";
  ssize_t got = pread(fd, owner, sizeof(owner) - 1, 0);
  owner[got > 0 ? got : 0] = '\0';
  owner[strcspn(owner, "\n")] = '\0';
  IDR_FAIL(IDR_STATUS_CONFIG,
           "run folder '%s' is in use by %s; wait for it, stop it with 'idrill stop %s', or set "
           "another run.folder",
           folder, owner[0] ? owner : "another process", folder);
}

static idr_status write_owner(const char *path, int fd) {
  char host[256] = "";
  char text[320];
  gethostname(host, sizeof(host) - 1);
  int length = snprintf(text, sizeof(text), "process %ld on %s\n", (long)getpid(), host);
  if (ftruncate(fd, 0) != 0) return idr_file_fail("write", path, errno);
  return idr_file_put(fd, path, text, (size_t)length);
}

idr_status idr_folder_lock(const char *folder, int *fd) {
  char path[PATH_MAX];
  idr_status status = IDR_STATUS_OK;
  snprintf(path, sizeof(path), "%s/lock", folder);
  *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (*fd < 0) return idr_file_fail("open", path, errno);
  if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
    IDR_TRY_GOTO(status, failed, write_owner(path, *fd));
    return IDR_STATUS_OK;
  }
  if (errno == EWOULDBLOCK) IDR_TRY_GOTO(status, failed, fail_locked(folder, *fd));
failed:
  close(*fd);
  *fd = -1;
  return status;
}

void idr_folder_unlock(int fd) {
  if (fd < 0) return;
  flock(fd, LOCK_UN);
  close(fd);
}

bool idr_folder_is_idle(const char *folder) {
  char path[PATH_MAX];
  int n = snprintf(path, sizeof(path), "%s/lock", folder);
  if (n < 0 || (size_t)n >= sizeof(path)) return false;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT;
  bool idle = flock(fd, LOCK_SH | LOCK_NB) == 0;
  close(fd);
  return idle;
}

/* ---- settings of an earlier start ------------------------------------------------------------ */

/* Bytes from the start of a section's struct to the end of its last field. */
static size_t section_bytes(const idr_section *section) {
  size_t bytes = 1;
  for (int i = 0; i < section->row_count; i++) {
    size_t end = section->rows[i].offset + idr_setting_bytes(&section->rows[i]);
    bytes = end > bytes ? end : bytes;
  }
  return bytes;
}

static void free_copy(idr_section *copy, int count) {
  for (int i = 0; copy && i < count; i++)
    free(copy[i].values);
  free(copy);
}

/* The same sections over memory of their own. */
static idr_status copy_sections(const idr_section *sections, int count, idr_section **out) {
  idr_section *copy = calloc((size_t)count, sizeof(*copy));
  *out = NULL;
  if (!copy) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to compare settings");
  for (int i = 0; i < count; i++) {
    copy[i] = sections[i];
    copy[i].values = calloc(1, section_bytes(&sections[i]));
    if (!copy[i].values) {
      free_copy(copy, i);
      IDR_FAIL(IDR_STATUS_MEMORY, "no memory to compare settings");
    }
  }
  *out = copy;
  return IDR_STATUS_OK;
}

static bool may_differ(const char *section, const char *key) {
  if (strcmp(section, "mlflow") == 0) return true; /* where the record goes is no result */
  return strcmp(section, "run") == 0 && strcmp(key, "seed") != 0;
}

/* Appends "section.key: was a, is now b" for every difference in one section. */
static int list_changes(const idr_section *old, const idr_section *now, char *list, size_t size) {
  int changes = 0;
  for (int i = 0; i < now->row_count; i++) {
    char before[VALUE_MAX];
    char after[VALUE_MAX];
    const idr_setting *row = &now->rows[i];
    if (may_differ(now->name, row->name)) continue;
    idr_setting_format(row, old->values, before, sizeof(before));
    idr_setting_format(row, now->values, after, sizeof(after));
    if (strcmp(before, after) == 0) continue;
    idr_text_append(list, size, "\n  %s.%s: was %s, is now %s", now->name, row->name, before,
                    after);
    changes++;
  }
  return changes;
}

idr_status idr_folder_compare_settings(const char *file, const idr_section *sections, int count) {
  char list[IDR_ERROR_MESSAGE_MAX / 2] = "";
  idr_section *old = NULL;
  idr_status status;
  int changes = 0;
  IDR_TRY(copy_sections(sections, count, &old));
  IDR_TRY_GOTO(status, done, idr_settings_load(old, count, file, NULL, 0));
  for (int i = 0; i < count; i++)
    changes += list_changes(&old[i], &sections[i], list, sizeof(list));
  if (changes > 0)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_CONFIG,
                  "settings changed since '%s' was written; a run goes on with its own settings "
                  "only, so take them back, or set another run.folder:%s",
                  file, list);
done:
  free_copy(old, count);
  return status;
}

idr_status idr_folder_write_settings(const char *file, const idr_section *sections, int count) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *memory = open_memstream(&text, &bytes);
  if (!memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to write '%s'", file);
  idr_status status = idr_settings_write(sections, count, memory);
  if (fclose(memory) != 0 && status == IDR_STATUS_OK)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory to write '%s'",
                         file);
  if (status == IDR_STATUS_OK) status = idr_file_write(file, text, bytes);
  free(text);
  return status;
}
