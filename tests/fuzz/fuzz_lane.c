/* fuzz: runs 5000
 *
 * A lane as a checkpoint holds it: the first byte chooses the task, what follows goes over the
 * record of a sound lane. What is taken must be a state that can be gone on with: steps give a
 * reward, or say what is no number (rows may hold what overflowed; the trainer looks for that). */
#include "env/env.h"
#include "support/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES 64 /* a whole group of the drilling task */
#define STEPS 3
#define KINDS 3

/* One task, the record of every lane at its start, and where its rows go. */
typedef struct {
  idr_env *env;
  void *settings;
  char *start;
  idr_env_buffers rows;
  float *action;
} task;

static float *floats(int per_lane) {
  float *list = calloc((size_t)(LANES * (per_lane > 0 ? per_lane : 1)), sizeof *list);
  FUZZ_CHECK(list);
  return list;
}

/* Defaults, but for a small world that steps fast. */
static void *load_settings(const idr_env_kind *kind) {
  static const char *const small[] = {"drilling.wells=3", "drilling.period=2",
                                      "drilling.well_seed=5"};
  idr_section sections[IDR_ENV_SECTION_MAX];
  void *settings = calloc(1, kind->settings_bytes + 1);
  FUZZ_CHECK(settings);
  int count = kind->bind ? kind->bind(settings, sections) : 0;
  if (count > 0) FUZZ_CHECK(idr_settings_load(sections, count, NULL, small, 3) == IDR_STATUS_OK);
  return settings;
}

static void create_task(task *t, const idr_env_kind *kind) {
  t->settings = load_settings(kind);
  FUZZ_CHECK(idr_env_create(kind, t->settings, 1, 0, LANES, &t->env) == IDR_STATUS_OK);
  const idr_env_spec *spec = &t->env->spec;
  t->action = floats(spec->action_dim);
  for (int i = 0; spec->action_kind == IDR_ACTION_BOX && i < LANES * spec->action_dim; i++) {
    int k = i % spec->action_dim;
    t->action[i] = 0.5f * (spec->action_low[k] + spec->action_high[k]);
  }
  t->rows = (idr_env_buffers){.action = t->action,
                              .observation = floats(spec->observation_dim),
                              .critic = floats(spec->critic_dim),
                              .reward = floats(1),
                              .terminated = calloc(LANES, 1),
                              .truncated = calloc(LANES, 1),
                              .final_observation = floats(spec->observation_dim),
                              .final_critic = floats(spec->critic_dim),
                              .metrics = calloc(LANES * IDR_ENV_METRIC_MAX, sizeof(double))};
  kind->reset(t->env, 0, LANES, &t->rows);
  t->start = malloc(LANES * kind->lane_bytes);
  FUZZ_CHECK(t->start && t->rows.terminated && t->rows.truncated && t->rows.metrics);
  for (int64_t i = 0; i < LANES; i++)
    kind->lane_save(t->env, i, t->start + (size_t)i * kind->lane_bytes);
}

/* Tasks live as long as the process: their wells take time to draw. */
static task *find_task(int index) {
  static task tasks[KINDS];
  const idr_env_kind *kind = idr_env_kind_at(index);
  FUZZ_CHECK(kind);
  if (!tasks[index].env) create_task(&tasks[index], kind);
  return &tasks[index];
}

static void step(task *t) {
  for (int i = 0; i < STEPS; i++) {
    idr_status status = t->env->kind->step(t->env, 0, LANES, &t->rows);
    FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_NUMERIC);
    if (status != IDR_STATUS_OK) return;
    FUZZ_CHECK(isfinite(t->rows.reward[0]));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  if (bytes < 1) return 0;
  task *t = find_task(data[0] % KINDS);
  const idr_env_kind *kind = t->env->kind;
  size_t width = kind->lane_bytes, given = bytes - 1 < width ? bytes - 1 : width;
  for (int64_t i = 1; i < LANES; i++)
    FUZZ_CHECK(kind->lane_load(t->env, i, t->start + (size_t)i * width) == IDR_STATUS_OK);
  char *record = idr_fuzz_copy(t->start, width, 0);
  memcpy(record, data + 1, given);
  idr_status status = kind->lane_load(t->env, 0, record);
  FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_FORMAT);
  if (status == IDR_STATUS_OK) step(t);
  free(record);
  return 0;
}
