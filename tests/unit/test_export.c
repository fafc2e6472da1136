/* The exported policy says what the engine says, whatever the network and the task; its value head
 * speaks in the units of rewards; and files of other signatures are told apart. */
#include "base/file.h"
#include "env/drilling.h"
#include "onnx/onnx.h"
#include "rl/export.h"
#include "rl/served.h"
#include "support/near.h"
#include "support/test.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5 };

/* ---- a policy that nobody trained ---------------------------------------------------------------
 */

typedef struct {
  char folder[PATH_MAX];
  void *settings;
  idr_env *env;
  idr_policy *policy;
  real *weights, *norm;
  idr_actor actor;
  float *observation; /* [ROWS][observation_dim] */
} rig;

/* Numbers without a pattern, between -1 and 1. */
static real number(uint32_t i) {
  return (real)((double)((i * 2654435761u) >> 8) / (1 << 23) - 1.0);
}

static void fill(real *data, size_t count, uint32_t seed, real middle, real width) {
  for (size_t i = 0; i < count; i++)
    data[i] = middle + width * number(seed + (uint32_t)i);
}

static void *settings_of(const idr_env_kind *kind) {
  idr_section sections[IDR_ENV_SECTION_MAX];
  if (kind->settings_bytes == 0) return NULL;
  void *settings = calloc(1, kind->settings_bytes);
  const char *const small[] = {"drilling.wells=2", "drilling.interval=4 m"};
  OK(idr_settings_load(sections, kind->bind(settings, sections), NULL, small, 2));
  return settings;
}

static void make_observation(rig *r) {
  const idr_env_spec *s = &r->env->spec;
  size_t dim = (size_t)s->observation_dim;
  r->observation = calloc(ROWS * dim, sizeof *r->observation);
  for (size_t i = 0; i < ROWS * dim; i++) {
    float low = s->observation_low[i % dim], high = s->observation_high[i % dim];
    r->observation[i] = low + (high - low) * 0.5f * (1 + (float)number(900 + (uint32_t)i));
  }
}

static rig make_rig(const char *task, int activation, bool layer_norm, bool squashed) {
  rig r = {.folder = "/tmp/idrill-export-XXXXXX"};
  const idr_env_kind *kind = idr_env_find(task);
  idr_net_settings net = {.policy = {2, {9, 7}},
                          .value = {1, {6}},
                          .activation = activation,
                          .layer_norm = layer_norm,
                          .log_std_init = -0.7,
                          .log_std_min = -5,
                          .log_std_max = 1,
                          .head_gain = 1};
  assert_non_null(mkdtemp(r.folder));
  r.settings = settings_of(kind);
  OK(idr_env_create(kind, r.settings, 3, 0, ROWS, &r.env));
  OK(idr_policy_create(&r.env->spec, &net, squashed, &r.policy));
  size_t critic = (size_t)r.policy->critic_dim, dim = (size_t)r.policy->observation_dim;
  size_t size = (size_t)idr_params_size(r.policy->params);
  r.weights = calloc(size, sizeof *r.weights);
  r.norm = calloc(2 * dim + 2 * critic, sizeof *r.norm);
  OK(idr_policy_init(r.policy, 11, r.weights));
  for (size_t i = 0; i < dim; i++) {
    float low = r.env->spec.observation_low[i], high = r.env->spec.observation_high[i];
    r.norm[i] = (real)(0.5f * (low + high));
    r.norm[dim + i] = (real)(4.0f / (high - low));
  }
  fill(r.norm + 2 * dim, critic, 5, 0, (real)0.3);
  fill(r.norm + 2 * dim + critic, critic, 99, 1, (real)0.5);
  r.actor = (idr_actor){.policy = r.policy,
                        .weights = r.weights,
                        .shift = r.norm,
                        .scale = r.norm + dim,
                        .value = {r.norm + 2 * dim, r.norm + 2 * dim + critic, -3.5, 0.25}};
  make_observation(&r);
  return r;
}

static void free_rig(rig *r) {
  char command[PATH_MAX + 16];
  snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
  assert_int_equal(system(command), 0);
  idr_policy_destroy(r->policy);
  idr_env_destroy(r->env);
  free(r->settings);
  free(r->weights);
  free(r->norm);
  free(r->observation);
}

static const char *path_in(const rig *r, const char *name) {
  static char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/%s", r->folder, name);
  return path;
}

static idr_status export_rig(const rig *r, const idr_export_settings *ask) {
  const idr_export_request request = {.actor = &r->actor,
                                      .ask = ask,
                                      .steps = 4096,
                                      .digest = "0123456789abcdef",
                                      .seed = 3,
                                      .settings = "train: {}\n",
                                      .observation = r->observation,
                                      .rows = ROWS};
  return idr_export_write(&request, r->folder, NULL);
}

/* Output `index` of a file on these rows; the caller frees. */
static real *run_file(const char *path, int index, const real *input) {
  idr_onnx_model *model;
  idr_plan *plan;
  idr_exec *exec;
  OK(idr_onnx_read(path, ROWS, &model));
  assert_int_equal(model->input_count, 1);
  assert_true(index < model->output_count);
  OK(idr_plan_create(model->graph, &model->outputs[index].node, 1, &plan));
  OK(idr_exec_create(plan, &exec));
  idr_exec_bind_params(exec, model->flat);
  idr_exec_bind_input(exec, idr_plan_input(plan, model->inputs[0].name), input);
  idr_exec_run(exec);
  size_t count = (size_t)idr_shape_count(model->outputs[index].shape);
  real *out = malloc(count * sizeof *out);
  memcpy(out, idr_exec_output(exec, 0), count * sizeof *out);
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  idr_onnx_free(model);
  return out;
}

/* ---- the policy -------------------------------------------------------------------------------
 */

static void check_policy(const rig *r) {
  const idr_env_spec *s = &r->env->spec;
  bool box = s->action_kind == IDR_ACTION_BOX;
  int width = box ? s->action_dim : s->action_count;
  float action[ROWS * IDR_ENV_DIM_MAX], spread[ROWS * IDR_ENV_DIM_MAX];
  OK(idr_actor_answer(&r->actor, r->observation, ROWS, action, spread));
  real *first = run_file(path_in(r, "model.onnx"), 0, r->observation);
  real *second = run_file(path_in(r, "model.onnx"), 1, r->observation);
  for (int i = 0; i < ROWS * width; i++) {
    double range = box ? (double)(s->action_high[i % width] - s->action_low[i % width]) : 1;
    if (box) assert_near((double)first[i], (double)action[i], 1e-6 * range);
    assert_near((double)second[i], (double)spread[i], 1e-6 * range);
  }
  for (int k = 0; k < ROWS && !box; k++)
    for (int i = 0; i < width; i++)
      assert_true(first[k * width + i] <= first[k * width + (int)action[k]]);
  free(first);
  free(second);
}

/* ---- the value --------------------------------------------------------------------------------
 */

static void check_value(const rig *r) {
  size_t dim = (size_t)r->policy->critic_dim;
  real *raw = calloc(ROWS * dim, sizeof *raw), *normal = calloc(ROWS * dim, sizeof *normal);
  idr_plan *plan;
  idr_exec *exec;
  fill(raw, ROWS * dim, 40, 0, 4);
  for (size_t i = 0; i < ROWS * dim; i++) {
    double x = ((double)raw[i] - (double)r->actor.value.shift[i % dim]) *
               (double)r->actor.value.scale[i % dim];
    normal[i] = (real)(x < -10 ? -10 : x > 10 ? 10 : x);
  }
  OK(idr_policy_value_plan(r->policy, ROWS, &plan));
  OK(idr_exec_create(plan, &exec));
  idr_exec_bind_params(exec, r->weights);
  idr_exec_bind_input(exec, idr_plan_input(plan, "critic"), normal);
  idr_exec_run(exec);
  real *got = run_file(path_in(r, "value.onnx"), 0, raw);
  for (int k = 0; k < ROWS; k++)
    assert_near((double)got[k], (double)idr_exec_output(exec, 0)[k] / 0.25 - 3.5, 1e-4);
  free(got);
  free(raw);
  free(normal);
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
}

static void test_every_task_and_network(void **state) {
  (void)state;
  const char *const tasks[] = {"pendulum", "cartpole", "drilling"};
  for (int t = 0; t < 3; t++)
    for (int activation = 0; activation < 3; activation++)
      for (int norm = 0; norm < 2; norm++) {
        rig r = make_rig(tasks[t], activation, norm == 1, false);
        OK(export_rig(&r, NULL));
        check_policy(&r);
        check_value(&r);
        free_rig(&r);
      }
}

/* Actions are within the bounds however far out the mean lies; there is no value of one network. */
static void test_squashed_policies(void **state) {
  (void)state;
  const char *const tasks[] = {"pendulum", "drilling"};
  for (int t = 0; t < 2; t++)
    for (int activation = 0; activation < 3; activation++) {
      rig r = make_rig(tasks[t], activation, activation == 1, true);
      r.actor.value = (idr_actor_value){.shift = NULL};
      OK(export_rig(&r, NULL));
      check_policy(&r);
      assert_false(idr_file_exists(path_in(&r, "value.onnx")));
      free_rig(&r);
    }
}

/* ---- limits -----------------------------------------------------------------------------------
 */

static void test_safety_limits(void **state) {
  (void)state;
  rig r = make_rig("drilling", 0, false, false);
  const idr_env_spec *s = &r.env->spec;
  idr_export_settings ask = {.low = {.count = 3}, .high = {.count = 3}};
  for (int i = 0; i < 3; i++) {
    double low = (double)s->action_low[i], width = (double)s->action_high[i] - low;
    ask.low.value[i] = low + 0.499 * width;
    ask.high.value[i] = low + 0.501 * width;
  }
  OK(export_rig(&r, &ask));
  real *action = run_file(path_in(&r, "model.onnx"), 0, r.observation);
  int held = 0;
  for (int i = 0; i < ROWS * 3; i++) {
    assert_true((double)action[i] >= ask.low.value[i % 3] * (1 - 1e-6));
    assert_true((double)action[i] <= ask.high.value[i % 3] * (1 + 1e-6));
    held += action[i] == (real)ask.low.value[i % 3] || action[i] == (real)ask.high.value[i % 3];
  }
  assert_true(held > 0);
  free(action);
  ask.high.value[1] = 1e9;
  assert_int_equal(export_rig(&r, &ask), IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "omega_set"));
  ask.high.count = 2;
  assert_int_equal(export_rig(&r, &ask), IDR_STATUS_CONFIG);
  free_rig(&r);
}

/* A bound of the task written in full, 220 rpm and 33 rpm in rad/s, is within it: the bounds are
 * its rounding to single precision. */
static void test_limits_at_the_bounds(void **state) {
  (void)state;
  rig r = make_rig("drilling", 0, false, false);
  const idr_env_spec *s = &r.env->spec;
  idr_export_settings ask = {.low = {.count = 3}, .high = {.count = 3}};
  for (int i = 0; i < 3; i++) {
    ask.low.value[i] = (double)s->action_low[i] * (1 - 1e-8);
    ask.high.value[i] = (double)s->action_high[i] * (1 + 1e-8);
  }
  OK(export_rig(&r, &ask));
  ask.high.value[2] = (double)s->action_high[2] * (1 + 1e-6);
  assert_int_equal(export_rig(&r, &ask), IDR_STATUS_CONFIG);
  free_rig(&r);
}

/* ---- what cannot be handed on -----------------------------------------------------------------
 */

static void test_numbers_that_are_not_finite(void **state) {
  (void)state;
  rig r = make_rig("pendulum", 0, false, false);
  size_t last = (size_t)idr_params_size(r.policy->params) - 1;
  real *broken[] = {r.weights + last, r.norm, r.norm + r.policy->observation_dim,
                    r.norm + 2 * r.policy->observation_dim};
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    real kept = *broken[i];
    *broken[i] = i % 2 ? (real)INFINITY : (real)NAN;
    assert_int_equal(export_rig(&r, NULL), IDR_STATUS_NUMERIC);
    assert_non_null(strstr(idr_error_get()->message, "is not finite"));
    assert_false(idr_file_exists(path_in(&r, "MLmodel")));
    *broken[i] = kept;
  }
  OK(export_rig(&r, NULL));
  free_rig(&r);
}

/* Over an older model: nothing of that one stays, and MLmodel is there for a whole one only. */
static void test_over_an_older_model(void **state) {
  (void)state;
  rig r = make_rig("pendulum", 0, false, false);
  OK(export_rig(&r, NULL));
  assert_true(idr_file_exists(path_in(&r, "value.onnx")));
  r.actor.value = (idr_actor_value){NULL, NULL, 0, 0};
  OK(export_rig(&r, NULL));
  assert_false(idr_file_exists(path_in(&r, "value.onnx")));
  assert_true(idr_file_exists(path_in(&r, "MLmodel")));
  /* A folder stands where a file must go: the export fails half way. */
  OK(idr_file_remove(path_in(&r, "model.onnx")));
  OK(idr_file_make_folders(path_in(&r, "model.onnx/in the way")));
  assert_int_equal(export_rig(&r, NULL), IDR_STATUS_IO);
  assert_non_null(strstr(idr_error_get()->message, "model.onnx"));
  assert_false(idr_file_exists(path_in(&r, "MLmodel")));
  free_rig(&r);
}

/* ---- what it says of itself -------------------------------------------------------------------
 */

static json_t *read_json(const rig *r, const char *name) {
  json_t *json = json_load_file(path_in(r, name), 0, NULL);
  assert_non_null(json);
  return json;
}

static void test_columns(void **state) {
  (void)state;
  rig r = make_rig("drilling", 0, false, false);
  OK(export_rig(&r, NULL));
  json_t *mlmodel = read_json(&r, "MLmodel");
  const json_t *metadata = json_object_get(mlmodel, "metadata");
  const json_t *input = json_array_get(json_object_get(metadata, "idrill.inputs"), 0);
  const json_t *columns = json_object_get(input, "columns");
  assert_int_equal(json_array_size(columns), r.env->spec.observation_dim);
  const json_t *wob = json_array_get(columns, 0);
  assert_string_equal(json_string_value(json_object_get(wob, "name")), "wob_mean");
  assert_string_equal(json_string_value(json_object_get(wob, "channel")), "wob");
  assert_string_equal(json_string_value(json_object_get(wob, "wits")), "0116");
  assert_string_equal(json_string_value(json_object_get(wob, "unit")), "N");
  assert_string_equal(json_string_value(json_object_get(wob, "statistic")), "mean");
  assert_true(json_real_value(json_object_get(wob, "window_s")) == 10.0);
  for (size_t i = 0; i < json_array_size(columns); i++)
    assert_true(json_string_length(json_object_get(json_array_get(columns, i), "unit")) > 0);
  assert_true(json_is_false(json_object_get(metadata, "idrill.safety_limits")));
  json_decref(mlmodel);
  json_t *example = read_json(&r, "input_example.json"),
         *answer = read_json(&r, "output_example.json");
  assert_int_equal(json_array_size(json_object_get(example, "observation")), ROWS);
  assert_int_equal(json_array_size(json_object_get(answer, "action")), ROWS);
  assert_int_equal(json_array_size(json_object_get(answer, "action_std")), ROWS);
  json_decref(example);
  json_decref(answer);
  free_rig(&r);
}

/* ---- served -----------------------------------------------------------------------------------
 */

static void test_signatures(void **state) {
  (void)state;
  idr_served *served = NULL;
  rig pendulum = make_rig("pendulum", 0, false, false),
      cartpole = make_rig("cartpole", 0, false, false);
  OK(export_rig(&pendulum, NULL));
  OK(export_rig(&cartpole, NULL));
  OK(idr_served_open(path_in(&pendulum, "model.onnx"), &pendulum.env->spec, 8, &served));
  assert_int_equal(idr_served_width(served), 1);
  idr_served_close(served);
  /* Another task's input; the value head's output. */
  assert_int_equal(
      idr_served_open(path_in(&pendulum, "model.onnx"), &cartpole.env->spec, 8, &served),
      IDR_STATUS_CONFIG);
  assert_null(served);
  assert_non_null(strstr(idr_error_get()->message, "[batch][4] (position, ..., rate)"));
  assert_non_null(strstr(idr_error_get()->message, "'observation' [batch][3]"));
  assert_int_equal(
      idr_served_open(path_in(&cartpole, "value.onnx"), &cartpole.env->spec, 8, &served),
      IDR_STATUS_CONFIG);
  assert_non_null(strstr(idr_error_get()->message, "'value' [batch][1]"));
  free_rig(&pendulum);
  free_rig(&cartpole);
}

static void refuses_claims(rig *r, const idr_env_spec *spec, const char *words) {
  idr_served *served = NULL;
  assert_int_equal(idr_served_open(path_in(r, "model.onnx"), spec, 8, &served), IDR_STATUS_CONFIG);
  assert_null(served);
  assert_non_null(strstr(idr_error_get()->message, words));
}

/* As many columns, but others, or at another pace: what a file says of itself is held against the
 * task. A file that says nothing is taken by its shapes. */
static void test_claims(void **state) {
  (void)state;
  rig r = make_rig("pendulum", 0, false, false);
  OK(export_rig(&r, NULL));
  idr_env_spec spec = r.env->spec;
  spec.observation_column[1].name = "cosine of another";
  refuses_claims(&r, &spec, "its input 1 is 'sine', the task's is 'cosine of another'");
  spec = r.env->spec;
  spec.action_column[0].name = "speed";
  refuses_claims(&r, &spec, "its output 0 is 'torque', the task's is 'speed'");
  spec = r.env->spec;
  spec.period += 1;
  refuses_claims(&r, &spec, "decides every");
  char *bytes, *text;
  size_t size;
  OK(idr_file_read(path_in(&r, "model.onnx"), 1 << 20, &bytes, &size));
  for (size_t at = 0; at + 7 <= size; at++) /* other keys, of the same length */
    if (memcmp(bytes + at, "idrill.", 7) == 0) bytes[at] = 'x';
  OK(idr_file_write(path_in(&r, "model.onnx"), bytes, size));
  free(bytes);
  OK(idr_onnx_metadata(path_in(&r, "model.onnx"), "idrill.inputs", &text));
  assert_null(text);
  idr_served *served = NULL;
  OK(idr_served_open(path_in(&r, "model.onnx"), &spec, 8, &served));
  idr_served_close(served);
  free_rig(&r);
}

/* A file with broken weights is read, and the first action tells. */
static void test_served_nonsense(void **state) {
  (void)state;
  rig r = make_rig("pendulum", 0, false, false);
  idr_episode episodes[ROWS];
  idr_served *served;
  char *bytes;
  size_t size, last = (size_t)idr_params_size(r.policy->params);
  for (size_t i = 0; i < last; i++)
    r.weights[i] = (real)123.25; /* a pattern to find */
  OK(export_rig(&r, NULL));
  OK(idr_file_read(path_in(&r, "model.onnx"), 1 << 20, &bytes, &size));
  const float pattern = 123.25f, nonsense = NAN;
  for (size_t at = 0; at + sizeof pattern <= size; at++)
    if (memcmp(bytes + at, &pattern, sizeof pattern) == 0)
      memcpy(bytes + at, &nonsense, sizeof nonsense);
  OK(idr_file_write(path_in(&r, "model.onnx"), bytes, size));
  free(bytes);
  OK(idr_served_open(path_in(&r, "model.onnx"), &r.env->spec, 8, &served));
  const idr_actor actor = {.served = served};
  assert_int_equal(idr_actor_evaluate(&actor, r.env, 8, 2, true, episodes), IDR_STATUS_NUMERIC);
  assert_non_null(strstr(idr_error_get()->message, "number 0 of an action"));
  idr_served_close(served);
  free_rig(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_task_and_network),
      cmocka_unit_test(test_squashed_policies),
      cmocka_unit_test(test_safety_limits),
      cmocka_unit_test(test_limits_at_the_bounds),
      cmocka_unit_test(test_numbers_that_are_not_finite),
      cmocka_unit_test(test_over_an_older_model),
      cmocka_unit_test(test_columns),
      cmocka_unit_test(test_signatures),
      cmocka_unit_test(test_claims),
      cmocka_unit_test(test_served_nonsense),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
