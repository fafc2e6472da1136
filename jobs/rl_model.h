/* The trained policy of a run or of a checkpoint, frozen: for the jobs that judge it, show it and
 * hand it on. Nothing here is collective. */
#ifndef IDR_JOBS_RL_MODEL_H
#define IDR_JOBS_RL_MODEL_H

#include "jobs/rl_config.h"
#include "rl/actor.h"
#include "rl/export.h"
#include "train/checkpoint.h"

/* Where the training stood, as it wrote it into its checkpoint. */
typedef struct {
  char text[128]; /* "299008 of 299008 steps, digest 0123456789abcdef" */
  long long steps, all_steps;
  char digest[17];
} idr_rl_position;

void idr_rl_position_write(int64_t steps, int64_t all_steps, uint64_t digest, idr_rl_position *out);
/* "unknown position" and zeros where the checkpoint does not say. */
void idr_rl_position_read(const idr_checkpoint *checkpoint, idr_rl_position *out);

/* A policy with all it stands on. */
typedef struct {
  idr_env *env; /* one lane of the task as it was trained on; the policy's spec is its */
  idr_policy *policy;
  idr_actor actor;
} idr_rl_frozen;

/* The policy of a checkpoint that was made under these settings. */
idr_status idr_rl_frozen_load(const idr_rl_config *config, const idr_checkpoint *checkpoint,
                              idr_rl_frozen *out);
void idr_rl_frozen_free(idr_rl_frozen *frozen);

/* The effective settings as YAML; the caller frees. */
idr_status idr_rl_settings_text(const idr_rl_config *config, char **text, size_t *bytes);

/* Writes `actor` as a model folder (rl/export.h). The example are first observations of the task.
 * `ask` NULL: no limits of its own. */
idr_status idr_rl_model_write(const idr_rl_config *config, const idr_actor *actor,
                              const idr_rl_position *position, const idr_export_settings *ask,
                              const char *folder, char description[IDR_EXPORT_DESCRIPTION_MAX]);

#endif
