#include "jobs/rl_config.h"

#include "base/text.h"
#include <stdlib.h>
#include <string.h>

#define idr_row_type idr_train_settings
static const idr_setting train_rows[] = {IDR_TRAIN_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

void idr_rl_config_add(idr_rl_config *c, idr_section section) {
  if (c->section_count < IDR_RL_SECTION_MAX) c->sections[c->section_count++] = section;
}

static idr_status bind_task(idr_rl_config *c, int index) {
  const idr_env_kind *kind = idr_env_kind_at(index);
  idr_section sections[IDR_ENV_SECTION_MAX];
  if (!kind->bind) return IDR_STATUS_OK;
  c->tasks[index] = calloc(1, kind->settings_bytes);
  if (!c->tasks[index]) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the settings of a task");
  int count = kind->bind(c->tasks[index], sections);
  for (int i = 0; i < count; i++) {
    c->owner[c->section_count] = kind;
    idr_rl_config_add(c, sections[i]);
  }
  return IDR_STATUS_OK;
}

static idr_status bind_method(idr_rl_config *c, int index) {
  const idr_method *method = idr_method_at(index);
  c->learners[index] = calloc(1, method->settings_bytes);
  if (!c->learners[index]) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the settings of a method");
  c->owner[c->section_count] = method;
  idr_rl_config_add(c, method->bind(c->learners[index]));
  return IDR_STATUS_OK;
}

idr_status idr_rl_config_create(idr_rl_config *c) {
  memset(c, 0, sizeof *c);
  idr_rl_config_add(
      c, (idr_section){"run", "the run and its folder", idr_run_rows, idr_run_row_count, &c->run});
  idr_rl_config_add(c, (idr_section){"mlflow", "where the record of the run goes", idr_mlflow_rows,
                                     idr_mlflow_row_count, &c->mlflow});
  idr_rl_config_add(c, (idr_section)IDR_SECTION("train", "what is learned", train_rows, &c->train));
  for (int i = 0; i < IDR_RL_METHOD_MAX && idr_method_at(i); i++)
    IDR_TRY(bind_method(c, i));
  idr_rl_config_add(c, (idr_section){"net", "policy and value network", idr_net_rows,
                                     idr_net_row_count, &c->net});
  for (int i = 0; i < IDR_RL_TASK_MAX && idr_env_kind_at(i); i++)
    IDR_TRY(bind_task(c, i));
  return IDR_STATUS_OK;
}

static idr_status fail_unknown(const char *task) {
  char names[512] = "";
  for (int i = 0; idr_env_kind_at(i); i++)
    idr_text_append(names, sizeof names, "%s%s", i > 0 ? ", " : "", idr_env_kind_at(i)->name);
  IDR_FAIL(IDR_STATUS_CONFIG, "train.task = '%s' is no task; there are %s", task, names);
}

idr_status idr_rl_config_choose(idr_rl_config *c) {
  int kept = 0;
  c->kind = idr_env_find(c->train.task);
  if (!c->kind) return fail_unknown(c->train.task);
  for (int i = 0; i < IDR_RL_TASK_MAX && idr_env_kind_at(i); i++)
    if (idr_env_kind_at(i) == c->kind) c->task = c->tasks[i];
  c->method = idr_method_at(c->train.method);
  c->learner = c->learners[c->train.method];
  c->sizes = c->method->sizes(c->learner);
  for (int i = 0; i < c->section_count; i++) {
    if (c->owner[i] && c->owner[i] != c->kind && c->owner[i] != c->method) continue;
    c->owner[kept] = c->owner[i];
    c->sections[kept++] = c->sections[i];
  }
  c->section_count = kept;
  return IDR_STATUS_OK;
}

void idr_rl_config_free(idr_rl_config *c) {
  for (int i = 0; i < IDR_RL_TASK_MAX; i++)
    free(c->tasks[i]);
  for (int i = 0; i < IDR_RL_METHOD_MAX; i++)
    free(c->learners[i]);
  memset(c, 0, sizeof *c);
}

void idr_rl_config_help(FILE *out) {
  idr_rl_config c;
  if (idr_rl_config_create(&c) == IDR_STATUS_OK)
    idr_settings_help(c.sections, c.section_count, out);
  idr_rl_config_free(&c);
}
