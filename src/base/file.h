/* Files: read a whole one within a limit, write one so that a crash leaves the old or the new
 * version and never half of it, make folders. Messages name the path and say what to do.
 */
#ifndef IDR_BASE_FILE_H
#define IDR_BASE_FILE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

/* Reads a whole file into memory that the caller frees with free(). One zero byte follows the
 * content and is not counted in `bytes`. IO when it is missing, unreadable, a folder, or longer
 * than `limit` bytes. Pipes and devices are read up to the limit too. */
idr_status idr_file_read(const char *path, size_t limit, char **data, size_t *bytes);

/* Replaces `path` by `data`: temporary file beside it, fsync, rename, fsync of the folder. On
 * failure the old file is untouched and no temporary file stays. */
idr_status idr_file_write(const char *path, const void *data, size_t bytes);

/* The steps of idr_file_write, for writers that make their content in pieces. `temporary` is a
 * path beside the target; fd is open for writing on return. */
idr_status idr_file_create(const char *temporary, int *fd);
/* Writes all bytes, also when the system takes them in parts. `path` is for the message. */
idr_status idr_file_put(int fd, const char *path, const void *data, size_t bytes);
/* fsync and close; closes on failure too. */
idr_status idr_file_finish(int fd, const char *path);
/* Renames and makes the new name durable. */
idr_status idr_file_rename(const char *from, const char *to);
/* fsync of the folder that holds `path`, so that a rename or removal survives a power cut. */
idr_status idr_file_sync_folder(const char *path);

/* Makes a folder and its parents; one that exists already is fine. */
idr_status idr_file_make_folders(const char *path);
bool idr_file_exists(const char *path);
bool idr_file_is_folder(const char *path);
/* Removes a file; one that is not there is fine. */
idr_status idr_file_remove(const char *path);

/* Records the failure of a system call on `path` from errno value `error`; `action` completes
 * "cannot ... 'path'". Says what to do about a full disk, a quota or missing permission. */
idr_status idr_file_fail(const char *action, const char *path, int error);

#endif
