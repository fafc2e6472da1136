#include "jobs/rl_model.h"

#include <stdlib.h>
#include <string.h>

#define EXAMPLE_ROWS 4

/* ---- position ---------------------------------------------------------------------------------
 */

void idr_rl_position_write(int64_t steps, int64_t all_steps, uint64_t digest,
                           idr_rl_position *out) {
  out->steps = (long long)steps;
  out->all_steps = (long long)all_steps;
  snprintf(out->digest, sizeof out->digest, "%016llx", (unsigned long long)digest);
  snprintf(out->text, sizeof out->text, "%lld of %lld steps, digest %s", out->steps, out->all_steps,
           out->digest);
}

void idr_rl_position_read(const idr_checkpoint *checkpoint, idr_rl_position *out) {
  const void *text = NULL;
  size_t bytes = 0;
  *out = (idr_rl_position){.text = "unknown position"};
  if (idr_checkpoint_get(checkpoint, "run/position", &text, &bytes) != IDR_STATUS_OK) {
    idr_error_clear();
    return;
  }
  snprintf(out->text, sizeof out->text, "%.*s", (int)bytes, (const char *)text);
  if (sscanf(out->text, "%lld of %lld steps, digest %16[0-9a-f]", &out->steps, &out->all_steps,
             out->digest) != 3)
    out->steps = 0;
}

/* ---- the policy -------------------------------------------------------------------------------
 */

idr_status idr_rl_frozen_load(const idr_rl_config *c, const idr_checkpoint *checkpoint,
                              idr_rl_frozen *out) {
  IDR_TRY(idr_env_create(c->kind, c->task, (uint64_t)c->run.seed, 0, 1, &out->env));
  if (!c->sizes.asymmetric) idr_env_hide_critic(out->env);
  IDR_TRY(idr_policy_create(&out->env->spec, &c->net, c->method->squashed, &out->policy));
  idr_status status = idr_actor_load(out->policy, checkpoint, &out->actor);
  if (status != IDR_STATUS_OK) idr_error_prefix("the checkpoint does not fit the settings: ");
  return status;
}

void idr_rl_frozen_free(idr_rl_frozen *frozen) {
  idr_actor_free(&frozen->actor);
  idr_policy_destroy(frozen->policy);
  idr_env_destroy(frozen->env);
  *frozen = (idr_rl_frozen){.env = NULL};
}

/* ---- the model --------------------------------------------------------------------------------
 */

idr_status idr_rl_settings_text(const idr_rl_config *config, char **text, size_t *bytes) {
  FILE *memory = open_memstream(text, bytes);
  if (!memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the settings of a policy");
  idr_status status = idr_settings_write(config->sections, config->section_count, memory);
  fclose(memory);
  return status;
}

/* First observations of EXAMPLE_ROWS episodes of the task; the caller frees. */
static idr_status take_example(const idr_rl_config *c, float **rows) {
  idr_env *env = NULL;
  IDR_TRY(idr_env_create(c->kind, c->task, (uint64_t)c->run.seed, 0, EXAMPLE_ROWS, &env));
  size_t dim = (size_t)env->spec.observation_dim, critic = (size_t)env->spec.critic_dim;
  float *observation = calloc(EXAMPLE_ROWS * dim, sizeof *observation);
  float *state = calloc(EXAMPLE_ROWS * critic + 1, sizeof *state);
  idr_status status = IDR_STATUS_OK;
  if (observation && state)
    c->kind->reset(env, 0, EXAMPLE_ROWS,
                   &(idr_env_buffers){.observation = observation, .critic = state});
  else
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for the example of a model");
  free(state);
  idr_env_destroy(env);
  *rows = observation;
  return status;
}

idr_status idr_rl_model_write(const idr_rl_config *config, const idr_actor *actor,
                              const idr_rl_position *position, const idr_export_settings *ask,
                              const char *folder, char description[IDR_EXPORT_DESCRIPTION_MAX]) {
  char *settings = NULL;
  float *rows = NULL;
  size_t bytes = 0;
  idr_status status = take_example(config, &rows);
  if (status == IDR_STATUS_OK) status = idr_rl_settings_text(config, &settings, &bytes);
  if (status == IDR_STATUS_OK) {
    const idr_export_request request = {.actor = actor,
                                        .ask = ask,
                                        .steps = position->steps,
                                        .digest = position->digest,
                                        .seed = (uint64_t)config->run.seed,
                                        .settings = settings,
                                        .observation = rows,
                                        .rows = EXAMPLE_ROWS};
    status = idr_export_write(&request, folder, description);
  }
  free(settings);
  free(rows);
  return status;
}
