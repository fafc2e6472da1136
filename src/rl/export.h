/* A trained policy as a model folder that others serve: the policy as model.onnx, its value head as
 * value.onnx.
 *
 *   model.onnx  input  "observation" [batch][observation_dim], raw, SI; normalisation is inside
 *               output "action" [batch][action_dim], as the task takes it (SI), within its bounds
 *                      "action_std" [batch][action_dim], the policy's own uncertainty, same units
 *               for discrete actions "action" [batch], int64, and "probabilities" [batch][count]
 *   value.onnx  input  "critic" [batch][critic_dim], or "observation" where the critic sees no more
 *               output "value" [batch][1]: discounted sum of rewards from there on
 *
 * Both carry in their metadata what every column is: name, unit, channel, WITS item, statistic and
 * window (keys "idrill.inputs", "idrill.outputs" and others; JSON texts).
 */
#ifndef IDR_RL_EXPORT_H
#define IDR_RL_EXPORT_H

#include "base/settings.h"
#include "rl/actor.h"

#include <math.h>

/* KIND, name, unit, default, min, max, choices, doc */
#define IDR_EXPORT_SETTINGS(X)                                                                     \
  X(TEXT, folder, "", "auto", 0, 0, "",                                                            \
    "where the model goes; auto: RUN/model, or CHECKPOINT.model, with -limited behind it when "    \
    "there are limits")                                                                            \
  X(REALS, low, "", "[]", -INFINITY, INFINITY, "",                                                 \
    "safety limits inside the model: no set-point below these, one per action, SI; empty: only "   \
    "the task's bounds")                                                                           \
  X(REALS, high, "", "[]", -INFINITY, INFINITY, "", "likewise: no set-point above these")

IDR_SETTINGS_STRUCT(idr_export_settings, IDR_EXPORT_SETTINGS);
extern const idr_setting idr_export_rows[];
extern const int idr_export_row_count;

typedef struct {
  const idr_actor *actor;         /* of ours, not a served one */
  const idr_export_settings *ask; /* NULL: no limits */
  int64_t steps;                  /* control steps it was trained with */
  const char *digest;             /* of the training's result; "" when not known */
  uint64_t seed;
  const char *settings;     /* effective settings of the training as YAML: settings.yaml */
  const float *observation; /* [rows][observation_dim]: the example */
  int rows;
} idr_export_request;

#define IDR_EXPORT_DESCRIPTION_MAX 1024

/* Writes the folder, over what an earlier export left there. `description` gets a few sentences for
 * people (NULL allowed). CONFIG for limits that are no limits of the task, NUMERIC for a policy
 * with numbers that are not finite: then nothing is written. */
idr_status idr_export_write(const idr_export_request *request, const char *folder,
                            char description[IDR_EXPORT_DESCRIPTION_MAX]);

#endif
