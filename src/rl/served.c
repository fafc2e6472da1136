#include "rl/served.h"

#include "base/text.h"
#include "onnx/onnx.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct idr_served {
  const idr_env_spec *spec;
  idr_onnx_model *model;
  idr_plan *plan;
  int width;
};

/* "'x' [batch][3]", for messages. */
static const char *describe(const idr_onnx_port *p, char *out, size_t size) {
  out[0] = '\0';
  idr_text_append(out, size, "'%s' %s[batch]", p->name, p->arg_max ? "index " : "");
  for (int i = 1; i < p->shape.rank && !p->arg_max; i++)
    idr_text_append(out, size, "[%d]", (int)p->shape.dim[i]);
  return out;
}

static bool is_rows(const idr_onnx_port *p, int rows, int width) {
  return p->dtype == IDR_DTYPE_REAL && p->shape.rank == 2 && p->shape.dim[0] == rows &&
         p->shape.dim[1] == width;
}

static idr_status check_input(const idr_served *s, const char *path, int rows) {
  char text[128];
  const idr_onnx_model *m = s->model;
  const idr_env_spec *spec = s->spec;
  const idr_env_column *c = spec->observation_column;
  if (m->input_count == 1 && is_rows(&m->inputs[0], rows, spec->observation_dim))
    return IDR_STATUS_OK;
  IDR_FAIL(IDR_STATUS_CONFIG,
           "'%s' is no policy for task '%s': that takes one float input [batch][%d] (%s, ..., %s), "
           "this model has %d, the first being %s",
           path, spec->name, spec->observation_dim, c[0].name ? c[0].name : "unnamed",
           c[spec->observation_dim - 1].name ? c[spec->observation_dim - 1].name : "unnamed",
           m->input_count,
           m->input_count > 0 ? describe(&m->inputs[0], text, sizeof text) : "none");
}

static const idr_onnx_port *find_action(const idr_onnx_model *m) {
  for (int i = 0; i < m->output_count; i++)
    if (strcmp(m->outputs[i].name, "action") == 0) return &m->outputs[i];
  return &m->outputs[0];
}

static idr_status check_action(const idr_served *s, const idr_onnx_port *p, const char *path,
                               int rows) {
  char text[128];
  const idr_env_spec *spec = s->spec;
  bool box = spec->action_kind == IDR_ACTION_BOX;
  int width = box ? spec->action_dim : spec->action_count;
  if (is_rows(p, rows, width) && !(box && p->arg_max)) return IDR_STATUS_OK;
  IDR_FAIL(IDR_STATUS_CONFIG,
           "'%s' is no policy for task '%s': its action is %s [batch][%d], here %s is %s", path,
           spec->name, box ? "float" : "an int64 index [batch] or scores", width,
           p == s->model->outputs ? "the first output" : "output 'action'",
           describe(p, text, sizeof text));
}

/* ---- what a file says of itself -------------------------------------------------------------- */

/* JSON under `key`; NULL where the file says nothing or no JSON. */
static idr_status metadata(const char *path, const char *key, json_t **out) {
  char *text = NULL;
  *out = NULL;
  IDR_TRY(idr_onnx_metadata(path, key, &text));
  if (text) *out = json_loads(text, JSON_DECODE_ANY, NULL);
  free(text);
  return IDR_STATUS_OK;
}

/* Column by column: a policy that is fed other columns of the same number would drill by them. */
static idr_status compare_columns(const char *path, const char *what, const json_t *list,
                                  const idr_env_column *columns, int count) {
  for (int i = 0; i < count; i++) {
    const json_t *column = json_array_get(list, (size_t)i);
    const char *name = json_string_value(json_object_get(column, "name"));
    const char *wanted = columns[i].name ? columns[i].name : "";
    if (name && strcmp(name, wanted) != 0)
      IDR_FAIL(IDR_STATUS_CONFIG,
               "'%s' is no policy for this task: its %s %d is '%.60s', the task's is '%s'; it was "
               "exported for other settings or another version",
               path, what, i, name, wanted);
  }
  return IDR_STATUS_OK;
}

static idr_status check_columns(const char *path, const char *key, const char *what,
                                const idr_env_column *columns, int count) {
  json_t *ports = NULL;
  IDR_TRY(metadata(path, key, &ports));
  const json_t *list = json_object_get(json_array_get(ports, 0), "columns");
  idr_status status = compare_columns(path, what, list, columns, count);
  json_decref(ports);
  return status;
}

static idr_status check_period(const char *path, const idr_env_spec *spec) {
  json_t *period = NULL;
  IDR_TRY(metadata(path, "idrill.period_s", &period));
  double own = json_is_number(period) ? json_number_value(period) : spec->period;
  json_decref(period);
  if (own == spec->period) return IDR_STATUS_OK;
  IDR_FAIL(IDR_STATUS_CONFIG,
           "'%s' decides every %g s, task '%s' asks every %g s: what it sees are means over its "
           "period; set that of the task to it",
           path, own, spec->name, spec->period);
}

static idr_status check_claims(const char *path, const idr_env_spec *spec) {
  IDR_TRY(check_columns(path, "idrill.inputs", "input", spec->observation_column,
                        spec->observation_dim));
  if (spec->action_kind == IDR_ACTION_BOX)
    IDR_TRY(check_columns(path, "idrill.outputs", "output", spec->action_column, spec->action_dim));
  return check_period(path, spec);
}

static idr_status open_file(idr_served *s, const char *path, int rows) {
  IDR_TRY(idr_onnx_read(path, rows, &s->model));
  IDR_TRY(check_input(s, path, rows));
  const idr_onnx_port *action = find_action(s->model);
  IDR_TRY(check_action(s, action, path, rows));
  IDR_TRY(check_claims(path, s->spec));
  s->width = (int)action->shape.dim[1];
  return idr_plan_create(s->model->graph, &action->node, 1, &s->plan);
}

idr_status idr_served_open(const char *path, const idr_env_spec *spec, int rows, idr_served **out) {
  idr_served *s = calloc(1, sizeof *s);
  *out = NULL;
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a policy");
  s->spec = spec;
  idr_status status = open_file(s, path, rows);
  if (status == IDR_STATUS_OK)
    *out = s;
  else
    idr_served_close(s);
  return status;
}

void idr_served_close(idr_served *s) {
  if (!s) return;
  idr_plan_destroy(s->plan);
  idr_onnx_free(s->model);
  free(s);
}

const idr_plan *idr_served_plan(const idr_served *s) {
  return s->plan;
}

int idr_served_input(const idr_served *s) {
  return idr_plan_input(s->plan, s->model->inputs[0].name);
}

const real *idr_served_weights(const idr_served *s) {
  return s->model->flat;
}

int idr_served_width(const idr_served *s) {
  return s->width;
}

void idr_served_command(const idr_served *s, const real *row, float *command) {
  int best = 0;
  if (s->spec->action_kind == IDR_ACTION_BOX) {
    for (int i = 0; i < s->width; i++)
      command[i] = (float)row[i];
    return;
  }
  for (int i = 1; i < s->width; i++)
    if (row[i] > row[best]) best = i;
  command[0] = (float)best;
}
