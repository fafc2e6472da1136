/* Settings of the jobs that train policies and judge them: which task, and all sections that it and
 * its training have. Written down once, so that a run folder's settings.yaml means the same to
 * every job. */
#ifndef IDR_JOBS_RL_CONFIG_H
#define IDR_JOBS_RL_CONFIG_H

#include "env/env.h"
#include "jobs/job.h"
#include "rl/method.h"
#include "rl/policy.h"

#define IDR_TRAIN_SETTINGS(X)                                                                      \
  X(TEXT, task, "", "drilling", 0, 0, "",                                                          \
    "what to learn: drilling, cartpole, pendulum, mountaincar or acrobot")                         \
  X(CHOICE, method, "", "ppo", 0, 0, IDR_METHOD_CHOICES, "how to learn it")

IDR_SETTINGS_STRUCT(idr_train_settings, IDR_TRAIN_SETTINGS);

#define IDR_RL_TASK_MAX    8
#define IDR_RL_METHOD_MAX  4
#define IDR_RL_SECTION_MAX 24

typedef struct {
  idr_run_settings run;
  idr_mlflow_settings mlflow;
  idr_train_settings train;
  idr_net_settings net;
  const idr_env_kind *kind; /* of train.task; set by choose */
  void *task;               /* its settings; NULL when it has none; set by choose */
  const idr_method *method; /* of train.method; set by choose */
  void *learner;            /* its settings; set by choose */
  idr_method_sizes sizes;   /* what they say; set by choose */
  /* Sections to load into. After choose only those that matter to chosen task and method are left.
   */
  idr_section sections[IDR_RL_SECTION_MAX];
  const void *owner[IDR_RL_SECTION_MAX]; /* task or method of a section, NULL: of all */
  int section_count;
  void *tasks[IDR_RL_TASK_MAX];      /* settings of every task of the table */
  void *learners[IDR_RL_METHOD_MAX]; /* settings of every method of the table */
} idr_rl_config;

/* Binds the sections run, mlflow, train, net and those of every method and task to `config`, which
 * must not move until it is freed. */
idr_status idr_rl_config_create(idr_rl_config *config);
/* One more section, of a single job. */
void idr_rl_config_add(idr_rl_config *config, idr_section section);
/* After loading: finds task and method and drops the sections of the others. CONFIG with the
 * nearest name for an unknown task. */
idr_status idr_rl_config_choose(idr_rl_config *config);
void idr_rl_config_free(idr_rl_config *config);
/* The help page of these sections. */
void idr_rl_config_help(FILE *out);

#endif
