#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK ((size_t)1 << 16)

static const char *advice(int error) {
  switch (error) {
  case ENOSPC:
    return "; free some space or choose another disk";
  case EDQUOT:
    return "; the quota is used up: free some or choose another disk";
  case EACCES:
  case EPERM:
    return "; check the permissions of the file and its folders";
  case EROFS:
    return "; the file system is read-only: choose another place";
  case ENOENT:
    return "; check the path";
  case EEXIST:
  case ENOTDIR:
    return "; a file stands where a folder should be";
  case EMFILE:
  case ENFILE:
    return "; too many open files: raise the limit (ulimit -n)";
  default:
    return "";
  }
}

idr_status idr_file_fail(const char *action, const char *path, int error) {
  char buffer[128];
  const char *text = strerror_r(error, buffer, sizeof(buffer));
  IDR_FAIL(IDR_STATUS_IO, "cannot %s '%s': %s%s", action, path, text, advice(error));
}

/* Reads until the end or until more than `limit` bytes have come. */
static idr_status read_all(int fd, const char *path, size_t limit, char **data, size_t *bytes) {
  size_t room = 0;
  for (;;) {
    if (*bytes + 1 >= room) {
      room = room ? 2 * room : READ_CHUNK;
      char *larger = realloc(*data, room);
      if (!larger) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read '%s' (%zu bytes)", path, room);
      *data = larger;
    }
    ssize_t got = read(fd, *data + *bytes, room - *bytes - 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return idr_file_fail("read", path, errno);
    if (got == 0) break;
    *bytes += (size_t)got;
    if (*bytes > limit)
      IDR_FAIL(IDR_STATUS_IO, "'%s' is longer than the %zu bytes allowed for it", path, limit);
  }
  (*data)[*bytes] = '\0';
  return IDR_STATUS_OK;
}

idr_status idr_file_read(const char *path, size_t limit, char **data, size_t *bytes) {
  *data = NULL;
  *bytes = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return idr_file_fail("read", path, errno);
  idr_status status = read_all(fd, path, limit, data, bytes);
  close(fd);
  if (status != IDR_STATUS_OK) {
    free(*data);
    *data = NULL;
    *bytes = 0;
  }
  return status;
}

idr_status idr_file_create(const char *temporary, int *fd) {
  *fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (*fd < 0) return idr_file_fail("create", temporary, errno);
  return IDR_STATUS_OK;
}

idr_status idr_file_put(int fd, const char *path, const void *data, size_t bytes) {
  const char *next = data;
  while (bytes > 0) {
    ssize_t put = write(fd, next, bytes < SSIZE_MAX ? bytes : SSIZE_MAX);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return idr_file_fail("write", path, errno);
    next += put;
    bytes -= (size_t)put;
  }
  return IDR_STATUS_OK;
}

idr_status idr_file_finish(int fd, const char *path) {
  int error = fsync(fd) == 0 ? 0 : errno;
  /* Pipes and some network file systems cannot sync; their content is as safe as it gets. */
  if (error == EINVAL || error == EROFS) error = 0;
  if (close(fd) != 0 && error == 0 && errno != EINTR) error = errno;
  return error == 0 ? IDR_STATUS_OK : idr_file_fail("write", path, error);
}

idr_status idr_file_sync_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  int length = slash == path ? 1 : slash ? (int)(slash - path) : 0;
  int needed = snprintf(folder, sizeof(folder), "%.*s", length, path);
  if ((size_t)needed >= sizeof(folder)) return idr_file_fail("sync", path, ENAMETOOLONG);
  int fd = open(length ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return idr_file_fail("open the folder of", path, errno);
  return idr_file_finish(fd, path);
}

idr_status idr_file_rename(const char *from, const char *to) {
  if (rename(from, to) != 0) return idr_file_fail("replace", to, errno);
  return idr_file_sync_folder(to);
}

idr_status idr_file_write(const char *path, const void *data, size_t bytes) {
  char temporary[PATH_MAX];
  int needed = snprintf(temporary, sizeof(temporary), "%s.tmp%ld", path, (long)getpid());
  if ((size_t)needed >= sizeof(temporary)) return idr_file_fail("write", path, ENAMETOOLONG);
  int fd;
  IDR_TRY(idr_file_create(temporary, &fd));
  idr_status status = idr_file_put(fd, path, data, bytes);
  if (status == IDR_STATUS_OK)
    status = idr_file_finish(fd, path);
  else
    close(fd);
  if (status == IDR_STATUS_OK) status = idr_file_rename(temporary, path);
  if (status != IDR_STATUS_OK) unlink(temporary);
  return status;
}

static idr_status make_folder(const char *path) {
  if (mkdir(path, 0777) == 0 || idr_file_is_folder(path)) return IDR_STATUS_OK;
  return idr_file_fail("make the folder", path, errno);
}

idr_status idr_file_make_folders(const char *path) {
  char part[PATH_MAX];
  int needed = snprintf(part, sizeof(part), "%s", path);
  if (path[0] == '\0') IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of a folder is empty");
  if ((size_t)needed >= sizeof(part)) return idr_file_fail("make the folder", path, ENAMETOOLONG);
  for (char *c = part + 1; *c; c++) {
    if (*c != '/') continue;
    *c = '\0';
    IDR_TRY(make_folder(part));
    *c = '/';
  }
  return make_folder(part);
}

bool idr_file_exists(const char *path) {
  struct stat info;
  return stat(path, &info) == 0;
}

bool idr_file_is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

idr_status idr_file_remove(const char *path) {
  if (unlink(path) == 0 || errno == ENOENT) return IDR_STATUS_OK;
  return idr_file_fail("remove", path, errno);
}
