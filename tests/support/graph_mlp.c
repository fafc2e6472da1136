#include "support/graph_mlp.h"
#include "base/random.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- model ----------------------------------------------------------------------------------- */
static idr_node add_parameter(graph_mlp *m, int *count, const char *name, idr_shape shape,
                              idr_init init, double gain) {
  int k = (*count)++;
  m->index[k] = idr_params_add(m->params, name, shape, init, gain);
  m->parameter[k] = idr_graph_parameter(m->g, m->params, m->index[k]);
  return m->parameter[k];
}

/* observations -> hidden -> hidden -> outputs */
static idr_node add_network(graph_mlp *m, int *count, const char *name, idr_node x, int32_t outputs,
                            double last_gain) {
  int32_t width[4] = {m->observations, m->hidden, m->hidden, outputs};
  char text[64];
  for (int layer = 0; layer < 3; layer++) {
    snprintf(text, sizeof text, "%s/%d/weight", name, layer);
    idr_node w = add_parameter(m, count, text, IDR_SHAPE(width[layer], width[layer + 1]),
                               IDR_INIT_ORTHOGONAL, layer == 2 ? last_gain : 1.4);
    snprintf(text, sizeof text, "%s/%d/bias", name, layer);
    idr_node b = add_parameter(m, count, text, IDR_SHAPE(width[layer + 1]), IDR_INIT_ZERO, 0.0);
    x = idr_linear(m->g, x, w, b);
    if (layer < 2) x = idr_tanh(m->g, x);
  }
  return x;
}

/* Gaussian log-probability less its constant, [rows][1]. */
static idr_node log_prob(graph_mlp *m, idr_node action, idr_node mean, idr_node log_std) {
  idr_graph *g = m->g;
  idr_node z = idr_mul(g, idr_sub(g, action, mean), idr_exp(g, idr_neg(g, log_std)));
  idr_node square = idr_sum(g, idr_square(g, z), 1, true);
  return idr_sub(g, idr_scale(g, square, -0.5), idr_sum(g, log_std, -1, false));
}

static void add_loss(graph_mlp *m) {
  idr_graph *g = m->g;
  int count = 0;
  idr_shape column = IDR_SHAPE(m->rows, 1);
  idr_node x =
      idr_graph_input(g, "observation", IDR_DTYPE_REAL, IDR_SHAPE(m->rows, m->observations));
  idr_node action = idr_graph_input(g, "action", IDR_DTYPE_REAL, IDR_SHAPE(m->rows, m->actions));
  idr_node old = idr_graph_input(g, "log_prob", IDR_DTYPE_REAL, column);
  idr_node advantage = idr_graph_input(g, "advantage", IDR_DTYPE_REAL, column);
  idr_node target = idr_graph_input(g, "return", IDR_DTYPE_REAL, column);
  idr_node weight = idr_graph_input(g, "weight", IDR_DTYPE_REAL, column);
  idr_node mean = add_network(m, &count, "policy", x, m->actions, 0.01);
  idr_node value = add_network(m, &count, "value", x, 1, 1.0);
  idr_node log_std =
      add_parameter(m, &count, "log_std", IDR_SHAPE(m->actions), IDR_INIT_CONSTANT, -0.5);
  idr_node ratio = idr_exp(g, idr_sub(g, log_prob(m, action, mean, log_std), old));
  idr_node bounded = idr_clip(g, ratio, 0.8, 1.2);
  idr_node gain = idr_minimum(g, idr_mul(g, ratio, advantage), idr_mul(g, bounded, advantage));
  idr_node error = idr_scale(g, idr_square(g, idr_sub(g, value, target)), 0.5);
  idr_node each = idr_mul(g, idr_sub(g, error, gain), weight);
  idr_node entropy = idr_scale(g, idr_sum(g, log_std, -1, false), 0.01);
  m->loss = idr_sub(g, idr_sum(g, each, -1, false), entropy);
}

idr_status graph_mlp_create(int32_t rows, int32_t observations, int32_t hidden, int32_t actions,
                            graph_mlp *out) {
  memset(out, 0, sizeof *out);
  out->rows = rows;
  out->observations = observations;
  out->hidden = hidden;
  out->actions = actions;
  IDR_TRY(idr_params_create(&out->params));
  IDR_TRY(idr_graph_create(&out->g));
  add_loss(out);
  IDR_TRY(idr_params_status(out->params));
  IDR_TRY(idr_graph_status(out->g));
  return idr_graph_gradient(out->g, out->loss, out->parameter, GRAPH_MLP_PARAMS, out->gradient);
}

void graph_mlp_destroy(graph_mlp *mlp) {
  idr_graph_destroy(mlp->g);
  idr_params_destroy(mlp->params);
}

idr_status graph_mlp_plan(const graph_mlp *mlp, idr_plan **out) {
  idr_node outputs[1 + GRAPH_MLP_PARAMS];
  outputs[0] = mlp->loss;
  memcpy(outputs + 1, mlp->gradient, sizeof mlp->gradient);
  return idr_plan_create(mlp->g, outputs, 1 + GRAPH_MLP_PARAMS, out);
}

/* ---- data
 * -------------------------------------------------------------------------------------------------
 */
static const char *const input_names[6] = {"observation", "action", "log_prob",
                                           "advantage",   "return", "weight"};

static int64_t input_count(const graph_mlp *m, int i) {
  return (int64_t)m->rows * (i == 0 ? m->observations : i == 1 ? m->actions : 1);
}

idr_status graph_mlp_data_create(const graph_mlp *mlp, uint64_t seed, graph_mlp_data *out) {
  memset(out, 0, sizeof *out);
  size_t size = (size_t)idr_params_size(mlp->params);
  out->flat = calloc(size, sizeof(real));
  out->gradient = calloc(size, sizeof(real));
  IDR_TRY(idr_params_init(mlp->params, seed, out->flat));
  for (int i = 0; i < 6; i++) {
    int64_t n = input_count(mlp, i);
    out->input[i] = calloc((size_t)n, sizeof(real));
    for (int64_t k = 0; k < n; k++) {
      idr_random4 r = idr_random_draw(seed, (uint32_t)i, 1, (uint32_t)k, IDR_PURPOSE_TEST, 0);
      float pair[2];
      idr_random_normal2(r.word[0], r.word[1], pair);
      out->input[i][k] = (real)(i == 5 ? 1.0f / (float)mlp->rows : i == 2 ? -1.0f : pair[0]);
    }
  }
  return IDR_STATUS_OK;
}

void graph_mlp_data_destroy(graph_mlp_data *data) {
  free(data->flat);
  free(data->gradient);
  for (int i = 0; i < 6; i++)
    free(data->input[i]);
}

void graph_mlp_bind(const graph_mlp *mlp, const idr_plan *plan, const graph_mlp_data *data,
                    idr_exec *exec) {
  idr_exec_bind_params(exec, data->flat);
  for (int i = 0; i < 6; i++)
    idr_exec_bind_input(exec, idr_plan_input(plan, input_names[i]), data->input[i]);
  idr_exec_bind_gradients(exec, mlp->params, mlp->index, 1, GRAPH_MLP_PARAMS, data->gradient);
}
