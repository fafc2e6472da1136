/* The folder of a run as rank 0 sees it: its name, its lock, and the settings of earlier starts.
 * Nothing here is collective. */
#ifndef IDR_TRACK_FOLDER_H
#define IDR_TRACK_FOLDER_H

#include "base/settings.h"
#include <stdbool.h>
#include <stddef.h>

/* The folder that setting run.folder means: "auto" becomes runs/<job>-<task>-<date>-<time>, or with
 * -2, -3, ... where that is taken; %j, %A and %a become Slurm's job, array job and array task id.
 * Makes the folder, unless `must_exist`, which is CONFIG where there is none. */
idr_status idr_folder_make(const char *setting, const char *job, const char *task, bool must_exist,
                           char *out, size_t size);

/* True when the folder holds a checkpoint of either generation. */
bool idr_folder_has_checkpoint(const char *folder);
/* True when an earlier start left anything of a run there. */
bool idr_folder_is_run(const char *folder);

/* Takes the lock that a live process holds on its folder. CONFIG names the process that has it. The
 * file descriptor in *fd is -1 on file systems that know no locks; close it with unlock. */
idr_status idr_folder_lock(const char *folder, int *fd);
void idr_folder_unlock(int fd);
/* True when certainly no live process holds the folder; false also where locks are unknown. */
bool idr_folder_is_idle(const char *folder);

/* CONFIG when the effective settings differ from those in `file`, naming every changed key with
 * both values. Section "mlflow" may differ, and the keys of section "run", except run.seed. */
idr_status idr_folder_compare_settings(const char *file, const idr_section *sections, int count);
/* Writes the effective settings. */
idr_status idr_folder_write_settings(const char *file, const idr_section *sections, int count);

#endif
