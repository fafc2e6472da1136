#include "rl/mlp.h"

#include <math.h>
#include <stdio.h>

enum { NAME_MAX_BYTES = 64 };

static void add_layer(idr_params *params, const char *net, int layer, int in, int out, double gain,
                      bool norm) {
  char name[NAME_MAX_BYTES];
  snprintf(name, sizeof name, "%s/%d/weight", net, layer);
  idr_params_add(params, name, IDR_SHAPE(in, out), IDR_INIT_ORTHOGONAL, gain);
  snprintf(name, sizeof name, "%s/%d/bias", net, layer);
  idr_params_add(params, name, IDR_SHAPE(out), IDR_INIT_ZERO, 0);
  if (!norm) return;
  snprintf(name, sizeof name, "%s/%d/norm_scale", net, layer);
  idr_params_add(params, name, IDR_SHAPE(out), IDR_INIT_CONSTANT, 1);
  snprintf(name, sizeof name, "%s/%d/norm_bias", net, layer);
  idr_params_add(params, name, IDR_SHAPE(out), IDR_INIT_ZERO, 0);
}

void idr_mlp_add(idr_params *params, const char *net, int in, const idr_reals *widths, int out,
                 double head_gain, bool norm) {
  int width = in;
  for (int i = 0; i < widths->count; i++) {
    add_layer(params, net, i, width, (int)widths->value[i], sqrt(2), norm);
    width = (int)widths->value[i];
  }
  add_layer(params, net, widths->count, width, out, head_gain, false);
}

static idr_node weights(const idr_mlp *m, idr_graph *g, int layer, const char *what) {
  char name[NAME_MAX_BYTES], input[2 * NAME_MAX_BYTES];
  snprintf(name, sizeof name, "%s/%d/%s", m->net, layer, what);
  int index = idr_params_find(m->params, name);
  if (!m->frozen) return idr_graph_parameter(g, m->params, index);
  snprintf(input, sizeof input, "%s%s", m->frozen, name);
  return idr_graph_input(g, input, IDR_DTYPE_REAL, idr_params_get(m->params, index)->shape);
}

static idr_node activate(const idr_mlp *m, idr_graph *g, idr_node x) {
  switch (m->activation) {
  case 1:
    return idr_relu(g, x);
  case 2:
    return idr_elu(g, x);
  default:
    return idr_tanh(g, x);
  }
}

idr_node idr_mlp_build(const idr_mlp *m, idr_graph *g, idr_node x) {
  for (int i = 0; i <= m->hidden; i++) {
    x = idr_linear(g, x, weights(m, g, i, "weight"), weights(m, g, i, "bias"));
    if (i == m->hidden) break;
    if (m->layer_norm)
      x = idr_layer_norm(g, x, weights(m, g, i, "norm_scale"), weights(m, g, i, "norm_bias"), 1e-5);
    x = activate(m, g, x);
  }
  return x;
}

void idr_mlp_bind_frozen(idr_exec *exec, const idr_plan *plan, const idr_params *params,
                         const char *prefix, const real *flat) {
  char input[2 * NAME_MAX_BYTES];
  for (int i = 0; i < idr_params_count(params); i++) {
    const idr_param *param = idr_params_get(params, i);
    snprintf(input, sizeof input, "%s%s", prefix, param->name);
    idr_exec_bind_input(exec, idr_plan_input(plan, input), flat + param->offset);
  }
}
