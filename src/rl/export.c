#include "rl/export.h"

#include "base/build.h"
#include "base/file.h"
#include "base/text.h"
#include "onnx/onnx.h"
#include "track/model_folder.h"

#include <stdlib.h>
#include <string.h>

/* The batch while the graph is built: a number that no layer has as its width. */
#define ROWS 7919

#define idr_row_type idr_export_settings
const idr_setting idr_export_rows[] = {IDR_EXPORT_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_export_row_count = (int)(sizeof idr_export_rows / sizeof idr_export_rows[0]);

/* What is the same for all functions below. */
typedef struct {
  const idr_export_request *ask;
  const idr_env_spec *spec;
  const idr_policy *policy;
  const char *folder;
  bool limited;
  real middle[IDR_ENV_DIM_MAX], half[IDR_ENV_DIM_MAX]; /* of the task's bounds */
  real low[IDR_ENV_DIM_MAX], high[IDR_ENV_DIM_MAX];    /* safety limits, or the bounds */
  json_t *metadata;                                    /* of the model that is being written */
} exporter;

/* ---- limits -----------------------------------------------------------------------------------
 */

static idr_status read_limit(exporter *x, const idr_reals *limit, const char *name, real *out) {
  int n = x->spec->action_dim;
  if (limit->count == 0) return IDR_STATUS_OK;
  if (!x->policy->gaussian || limit->count != n)
    IDR_FAIL(IDR_STATUS_CONFIG, "export.%s has %d numbers; task '%s' has %d set-points", name,
             limit->count, x->spec->name, x->policy->gaussian ? n : 0);
  for (int i = 0; i < n; i++) {
    double value = limit->value[i], low = (double)x->spec->action_low[i],
           high = (double)x->spec->action_high[i];
    /* Bounds are single precision: one of them, given in full, may lie a rounding beyond it. */
    if (!((float)value >= (float)low && (float)value <= (float)high))
      IDR_FAIL(IDR_STATUS_CONFIG,
               "export.%s: %g is outside the bounds of %s, %g to %g %s (numbers are SI)", name,
               value,
               x->spec->action_column[i].name ? x->spec->action_column[i].name : "the action", low,
               high, x->spec->action_column[i].unit ? x->spec->action_column[i].unit : "");
    out[i] = (real)value;
  }
  x->limited = true;
  return IDR_STATUS_OK;
}

static idr_status find_limits(exporter *x) {
  for (int i = 0; i < x->spec->action_dim; i++) {
    float low = x->spec->action_low[i], high = x->spec->action_high[i];
    x->middle[i] = (real)(0.5f * (low + high));
    x->half[i] = (real)(0.5f * (high - low));
    x->low[i] = (real)low;
    x->high[i] = (real)high;
  }
  if (!x->ask->ask) return IDR_STATUS_OK;
  IDR_TRY(read_limit(x, &x->ask->ask->low, "low", x->low));
  IDR_TRY(read_limit(x, &x->ask->ask->high, "high", x->high));
  for (int i = 0; i < x->spec->action_dim; i++)
    if (x->low[i] > x->high[i])
      IDR_FAIL(IDR_STATUS_CONFIG, "export.low is above export.high for action %d", i);
  return IDR_STATUS_OK;
}

/* ---- weights ----------------------------------------------------------------------------------
 */

static idr_status check_finite(const real *data, size_t count, const char *what) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(data[i]))
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "the policy is not exported: number %zu of its %s is not finite; take an earlier "
               "checkpoint",
               i, what);
  return IDR_STATUS_OK;
}

/* Training stops before it writes such numbers; a checkpoint may come from elsewhere. */
static idr_status check_weights(const exporter *x) {
  const idr_actor *a = x->ask->actor;
  const idr_actor_value *v = &a->value;
  size_t dim = (size_t)x->spec->observation_dim, critic = (size_t)x->policy->critic_dim;
  IDR_TRY(check_finite(a->weights, (size_t)idr_params_size(x->policy->params), "weights"));
  IDR_TRY(check_finite(a->shift, dim, "observation shifts"));
  IDR_TRY(check_finite(a->scale, dim, "observation scales"));
  if (!v->shift) return IDR_STATUS_OK;
  const real units[] = {(real)v->return_shift, (real)v->return_scale, (real)(1 / v->return_scale)};
  IDR_TRY(check_finite(units, 3, "return shift and scale"));
  IDR_TRY(check_finite(v->shift, critic, "critic shifts"));
  return check_finite(v->scale, critic, "critic scales");
}

/* ---- metadata ---------------------------------------------------------------------------------
 */

static json_t *column_json(const idr_env_column *c, double low, double high) {
  json_t *json = json_pack("{s:s, s:s, s:f, s:f}", "name", c->name ? c->name : "", "unit",
                           c->unit ? c->unit : "", "low", low, "high", high);
  if (c->channel) {
    json_object_set_new(json, "channel", json_string(c->channel->name));
    json_object_set_new(json, "mnemonic", json_string(c->channel->mnemonic));
    json_object_set_new(json, "wits", json_string(c->channel->wits));
  }
  if (c->statistic) {
    json_object_set_new(json, "statistic", json_string(c->statistic));
    json_object_set_new(json, "window_s", json_real(c->window));
  }
  return json;
}

static json_t *columns_json(const char *name, const idr_env_column *columns, const float *low,
                            const float *high, int count) {
  json_t *list = json_array();
  for (int i = 0; i < count; i++)
    json_array_append_new(list, column_json(&columns[i], (double)low[i], (double)high[i]));
  return json_pack("[{s:s, s:o}]", "name", name, "columns", list);
}

static json_t *inputs_json(const exporter *x, bool value) {
  const idr_env_spec *s = x->spec;
  if (value && s->critic_dim > 0)
    return columns_json("critic", s->critic_column, s->critic_low, s->critic_high, s->critic_dim);
  return columns_json("observation", s->observation_column, s->observation_low, s->observation_high,
                      s->observation_dim);
}

static json_t *outputs_json(const exporter *x, bool value) {
  float low[IDR_ENV_DIM_MAX], high[IDR_ENV_DIM_MAX];
  if (value) return json_pack("[{s:s}]", "name", "value");
  if (!x->policy->gaussian)
    return json_pack("[{s:s, s:i}]", "name", "action", "count", x->spec->action_count);
  for (int i = 0; i < x->spec->action_dim; i++) {
    low[i] = (float)x->low[i];
    high[i] = (float)x->high[i];
  }
  return columns_json("action", x->spec->action_column, low, high, x->spec->action_dim);
}

/* As an object for MLmodel; the ONNX files get the same as texts. */
static idr_status make_metadata(exporter *x, bool value) {
  const idr_export_request *ask = x->ask;
  char seed[32];
  json_decref(x->metadata);
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)ask->seed);
  x->metadata =
      json_pack("{s:s, s:o, s:o, s:I, s:s, s:s, s:f, s:b, s:s, s:s}", "idrill.task", x->spec->name,
                "idrill.inputs", inputs_json(x, value), "idrill.outputs", outputs_json(x, value),
                "idrill.steps", (json_int_t)ask->steps, "idrill.digest", ask->digest, "idrill.seed",
                seed, "idrill.period_s", x->spec->period, "idrill.safety_limits", x->limited,
                "idrill.version", idr_build_get()->version, "idrill.git", idr_build_get()->git);
  if (!x->metadata) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the metadata of a model");
  return IDR_STATUS_OK;
}

#define METADATA_MAX 16

/* Values that are no texts become JSON texts; `owned` keeps them until they are freed. */
static int metadata_pairs(const exporter *x, idr_onnx_pair *pairs, char **owned) {
  int n = 0;
  const char *key;
  json_t *value;
  json_object_foreach(x->metadata, key, value) {
    if (n == METADATA_MAX) break;
    owned[n] = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *text = json_string_value(value);
    pairs[n] = (idr_onnx_pair){key, text ? text : owned[n] ? owned[n] : ""};
    n++;
  }
  return n;
}

/* What a person reads in a registry before anything is applied to a rig. */
static void describe(const exporter *x, char *out) {
  out[0] = '\0';
  idr_text_append(out, IDR_EXPORT_DESCRIPTION_MAX,
                  "Policy for task '%s', %lld control steps of training. Input: one row of %d raw "
                  "observations in SI units; normalisation is inside. ",
                  x->spec->name, (long long)x->ask->steps, x->spec->observation_dim);
  if (x->limited)
    idr_text_append(out, IDR_EXPORT_DESCRIPTION_MAX,
                    "Set-points are kept within the safety limits of the export, see "
                    "idrill.outputs in the metadata; nothing else is checked inside.");
  else
    idr_text_append(out, IDR_EXPORT_DESCRIPTION_MAX,
                    "No safety limits are inside beyond the bounds of the training task: whoever "
                    "applies its actions must enforce those of the equipment.");
}

/* ---- graphs -----------------------------------------------------------------------------------
 */

typedef struct {
  idr_graph *g;
  idr_onnx_output output[2];
  int output_count;
  idr_onnx_given given[6];
  int given_count;
  const char *name;
} model_graph;

static idr_node given(model_graph *m, const char *name, const real *data, int dim) {
  m->given[m->given_count++] = (idr_onnx_given){name, data};
  return idr_graph_input(m->g, name, IDR_DTYPE_REAL, IDR_SHAPE(dim));
}

/* Set-points in the task's units. Limits are applied last, so nothing gets past them. */
static void build_set_points(exporter *x, model_graph *m, idr_node head) {
  idr_graph *g = m->g;
  int n = x->spec->action_dim;
  idr_node half = given(m, "action_half_range", x->half, n);
  idr_node middle = given(m, "action_middle", x->middle, n);
  idr_node bounded = idr_policy_bound(x->policy, g, idr_policy_mean(x->policy, g, head));
  idr_node action = idr_add(g, middle, idr_mul(g, half, bounded));
  if (x->limited) {
    action = idr_maximum(g, action, given(m, "safety_low", x->low, n));
    action = idr_minimum(g, action, given(m, "safety_high", x->high, n));
  }
  idr_node spread = idr_mul(g, half, idr_exp(g, idr_policy_log_std(x->policy, g, head)));
  m->output[0] = (idr_onnx_output){.name = "action", .node = action};
  /* One row per row of the batch. */
  m->output[1] =
      (idr_onnx_output){.name = "action_std", .node = idr_add(g, spread, idr_scale(g, action, 0))};
}

static void build_choice(model_graph *m, idr_node logits) {
  idr_graph *g = m->g;
  m->output[0] = (idr_onnx_output){.name = "action", .node = logits, .arg_max = true};
  m->output[1] = (idr_onnx_output){
      .name = "probabilities", .node = idr_exp(g, idr_sub(g, logits, idr_log_sum_exp(g, logits)))};
}

static void build_policy(exporter *x, model_graph *m) {
  const idr_actor *a = x->ask->actor;
  int dim = x->spec->observation_dim;
  idr_node raw = idr_graph_input(m->g, "observation", IDR_DTYPE_REAL, IDR_SHAPE(ROWS, dim));
  idr_node normal = idr_policy_normalise(m->g, "observation", raw, dim);
  m->given[m->given_count++] = (idr_onnx_given){"observation_shift", a->shift};
  m->given[m->given_count++] = (idr_onnx_given){"observation_scale", a->scale};
  idr_node head = idr_policy_head(x->policy, m->g, normal);
  if (x->policy->gaussian)
    build_set_points(x, m, head);
  else
    build_choice(m, head);
  m->output_count = 2;
  m->name = "policy";
}

static void build_value(exporter *x, model_graph *m) {
  const idr_actor_value *v = &x->ask->actor->value;
  bool own = x->spec->critic_dim > 0;
  const char *name = own ? "critic" : "observation";
  int dim = x->policy->critic_dim;
  idr_node raw = idr_graph_input(m->g, name, IDR_DTYPE_REAL, IDR_SHAPE(ROWS, dim));
  idr_node normal = idr_policy_normalise(m->g, name, raw, dim);
  m->given[0] = (idr_onnx_given){own ? "critic_shift" : "observation_shift", v->shift};
  m->given[1] = (idr_onnx_given){own ? "critic_scale" : "observation_scale", v->scale};
  m->given_count = 2;
  idr_node value = idr_policy_value(x->policy, m->g, normal);
  value = idr_shift(m->g, idr_scale(m->g, value, 1 / v->return_scale), v->return_shift);
  m->output[0] = (idr_onnx_output){.name = "value", .node = value};
  m->output_count = 1;
  m->name = "value";
}

static idr_status pack(exporter *x, void (*build)(exporter *x, model_graph *m), const char *doc,
                       char **bytes, size_t *size) {
  model_graph m = {.given_count = 0};
  idr_onnx_pair pairs[METADATA_MAX];
  char *owned[METADATA_MAX] = {NULL};
  IDR_TRY(idr_graph_create(&m.g));
  build(x, &m);
  idr_onnx_export out = {.graph = m.g,
                         .params = x->policy->params,
                         .flat = x->ask->actor->weights,
                         .outputs = m.output,
                         .output_count = m.output_count,
                         .given = m.given,
                         .given_count = m.given_count,
                         .rows = ROWS,
                         .name = m.name,
                         .doc = doc,
                         .metadata = pairs};
  out.metadata_count = metadata_pairs(x, pairs, owned);
  idr_status status = idr_onnx_pack(&out, bytes, size);
  for (int i = 0; i < out.metadata_count; i++)
    free(owned[i]);
  idr_graph_destroy(m.g);
  return status;
}

/* ---- the example ------------------------------------------------------------------------------
 */

static json_t *rows_json(const float *data, int rows, int width) {
  json_t *list = json_array();
  for (int k = 0; k < rows; k++) {
    json_t *row = json_array();
    for (int i = 0; i < width; i++)
      json_array_append_new(row, json_real((double)data[k * width + i]));
    json_array_append_new(list, row);
  }
  return list;
}

static json_t *answer_json(const exporter *x, float *action, const float *spread, int rows) {
  int n = x->spec->action_dim;
  if (!x->policy->gaussian) {
    json_t *choices = json_array();
    for (int k = 0; k < rows; k++)
      json_array_append_new(choices, json_integer((json_int_t)action[k]));
    return json_pack("{s:o, s:o}", "action", choices, "probabilities",
                     rows_json(spread, rows, x->spec->action_count));
  }
  for (int i = 0; i < rows * n; i++)
    action[i] = fminf(fmaxf(action[i], (float)x->low[i % n]), (float)x->high[i % n]);
  return json_pack("{s:o, s:o}", "action", rows_json(action, rows, n), "action_std",
                   rows_json(spread, rows, n));
}

/* What the engine itself answers to the example, by the way that training and evaluation take. */
static idr_status answer(const exporter *x, json_t **out) {
  int rows = x->ask->rows;
  size_t width = (size_t)(x->policy->gaussian ? x->spec->action_dim : x->spec->action_count);
  float *action = calloc((size_t)rows * (size_t)x->spec->action_dim, sizeof *action);
  float *spread = calloc((size_t)rows * width, sizeof *spread);
  idr_status status =
      action && spread ? idr_actor_answer(x->ask->actor, x->ask->observation, rows, action, spread)
                       : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                     "no memory for an example");
  if (status == IDR_STATUS_OK) *out = answer_json(x, action, spread, rows);
  free(action);
  free(spread);
  return status;
}

/* ---- the folder -------------------------------------------------------------------------------
 */

static idr_status write_model(const exporter *x, const char *bytes, size_t size) {
  bool box = x->policy->gaussian;
  const idr_model_tensor in = {"observation", "float32", 2, {-1, x->spec->observation_dim}};
  const idr_model_tensor set_points[] = {{"action", "float32", 2, {-1, x->spec->action_dim}},
                                         {"action_std", "float32", 2, {-1, x->spec->action_dim}}};
  const idr_model_tensor choice[] = {{"action", "int64", 1, {-1}},
                                     {"probabilities", "float32", 2, {-1, x->spec->action_count}}};
  json_t *said = NULL;
  IDR_TRY(answer(x, &said));
  json_t *example =
      json_pack("{s:o}", "observation",
                rows_json(x->ask->observation, x->ask->rows, x->spec->observation_dim));
  const idr_model_folder folder = {.file = "model.onnx",
                                   .bytes = bytes,
                                   .size = size,
                                   .inputs = &in,
                                   .input_count = 1,
                                   .outputs = box ? set_points : choice,
                                   .output_count = 2,
                                   .metadata = x->metadata,
                                   .example = example,
                                   .answer = said};
  idr_status status = idr_model_folder_write(&folder, x->folder);
  json_decref(example);
  json_decref(said);
  return status;
}

/* Without the units of its numbers, in checkpoints of earlier versions, there is no value. */
static idr_status write_value(exporter *x) {
  char *bytes = NULL;
  size_t size = 0;
  if (!x->ask->actor->value.shift) return idr_model_folder_drop(x->folder, "value.onnx");
  IDR_TRY(make_metadata(x, true));
  IDR_TRY(pack(x, build_value, "Value of the policy beside it.", &bytes, &size));
  idr_status status = idr_model_folder_put(x->folder, "value.onnx", bytes, size);
  free(bytes);
  return status;
}

static idr_status write_all(exporter *x, const char *description) {
  char *bytes = NULL;
  size_t size = 0;
  IDR_TRY(idr_file_make_folders(x->folder));
  IDR_TRY(idr_model_folder_drop(x->folder, "MLmodel"));
  IDR_TRY(
      idr_model_folder_put(x->folder, "settings.yaml", x->ask->settings, strlen(x->ask->settings)));
  IDR_TRY(write_value(x));
  IDR_TRY(make_metadata(x, false));
  IDR_TRY(pack(x, build_policy, description, &bytes, &size));
  idr_status status = write_model(x, bytes, size);
  free(bytes);
  return status;
}

idr_status idr_export_write(const idr_export_request *request, const char *folder,
                            char description[IDR_EXPORT_DESCRIPTION_MAX]) {
  char text[IDR_EXPORT_DESCRIPTION_MAX];
  exporter *x = calloc(1, sizeof *x);
  if (!x) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to export a policy");
  x->ask = request;
  x->policy = request->actor->policy;
  x->spec = x->policy->spec;
  x->folder = folder;
  idr_status status = find_limits(x);
  if (status == IDR_STATUS_OK) status = check_weights(x);
  describe(x, text);
  if (status == IDR_STATUS_OK) status = write_all(x, text);
  if (description) memcpy(description, text, sizeof text);
  json_decref(x->metadata);
  free(x);
  return status;
}
