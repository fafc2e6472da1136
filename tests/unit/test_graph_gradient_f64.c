/* Gradients through whole models in double: of a small network with everything an actor-critic
 * uses, and of a gradient penalty, whose gradient is a gradient of a gradient. */
#include "base/random.h"
#include "graph/op.h"
#include "support/test.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, IN = 4, HIDDEN = 7, PARAMS_MAX = 8 };

typedef struct {
  idr_params *params;
  idr_graph *g;
  idr_node parameter[PARAMS_MAX], x, index;
  int count;
} model;

static double random_at(uint32_t lane, uint32_t i) {
  idr_random4 r = idr_random_draw(11, lane, 0, i, IDR_PURPOSE_TEST, 0);
  return 2.0 * (double)idr_random_uniform(r.word[0]) - 1.0;
}

static idr_node add_parameter(model *m, idr_shape shape) {
  char name[8];
  snprintf(name, sizeof name, "p%d", m->count);
  int index = idr_params_add(m->params, name, shape, IDR_INIT_NORMAL, 0.5);
  m->parameter[m->count] = idr_graph_parameter(m->g, m->params, index);
  return m->parameter[m->count++];
}

static model model_create(void) {
  model m = {0};
  OK(idr_params_create(&m.params));
  OK(idr_graph_create(&m.g));
  m.x = idr_graph_input(m.g, "x", IDR_DTYPE_REAL, IDR_SHAPE(ROWS, IN));
  m.index = idr_graph_input(m.g, "index", IDR_DTYPE_INT32, IDR_SHAPE(ROWS));
  return m;
}

static void model_destroy(model *m) {
  idr_graph_destroy(m->g);
  idr_params_destroy(m->params);
}

/* linear, layer norm, tanh; [ROWS][HIDDEN] */
static idr_node hidden_layer(model *m, idr_node x) {
  idr_node w = add_parameter(m, IDR_SHAPE(IN, HIDDEN)), b = add_parameter(m, IDR_SHAPE(HIDDEN));
  idr_node scale = add_parameter(m, IDR_SHAPE(HIDDEN)), shift = add_parameter(m, IDR_SHAPE(HIDDEN));
  return idr_tanh(m->g, idr_layer_norm(m->g, idr_linear(m->g, x, w, b), scale, shift, 1e-2));
}

/* Mean log-probability of a discrete choice, with an entropy bonus. */
static idr_node policy_loss(model *m) {
  idr_graph *g = m->g;
  idr_node h = hidden_layer(m, m->x);
  idr_node joined = idr_concat(g, h, idr_slice(g, m->x, 1, 1, 3), 1);
  idr_node w = add_parameter(m, IDR_SHAPE(HIDDEN + 2, 3)), b = add_parameter(m, IDR_SHAPE(3));
  idr_node logits = idr_elu(g, idr_linear(g, joined, w, b));
  idr_node log_prob = idr_sub(g, logits, idr_log_sum_exp(g, logits));
  idr_node chosen = idr_mean(g, idr_gather(g, log_prob, m->index), -1, false);
  idr_node entropy =
      idr_mean(g, idr_sum(g, idr_mul(g, idr_exp(g, log_prob), log_prob), 1, false), 0, false);
  return idr_add(g, chosen, idr_scale(g, entropy, 0.3));
}

/* Squared length of the critic's gradient with respect to its input (R1, Mescheder et al. 2018). */
static idr_node penalty(model *m) {
  idr_graph *g = m->g;
  idr_node h = hidden_layer(m, m->x), out;
  idr_node w = add_parameter(m, IDR_SHAPE(HIDDEN, 1)), b = add_parameter(m, IDR_SHAPE(1));
  idr_node score = idr_sum(g, idr_softplus(g, idr_linear(g, h, w, b)), -1, false);
  OK(idr_graph_gradient(g, score, &m->x, 1, &out));
  return idr_sum(g, idr_square(g, out), -1, false);
}

typedef struct {
  idr_plan *plan;
  idr_exec *exec;
} runner;

static runner runner_create(const model *m, const idr_node *outputs, int n, const real *flat,
                            const real *x, const int32_t *index) {
  runner r;
  OK(idr_plan_create(m->g, outputs, n, &r.plan));
  OK(idr_exec_create(r.plan, &r.exec));
  idr_exec_bind_params(r.exec, flat);
  idr_exec_bind_input(r.exec, idr_plan_input(r.plan, "x"), x);
  idr_exec_bind_input(r.exec, idr_plan_input(r.plan, "index"), index);
  idr_exec_run(r.exec);
  return r;
}

static void runner_destroy(runner *r) {
  idr_exec_destroy(r->exec);
  idr_plan_destroy(r->plan);
}

static void check_gradient(model *m, idr_node loss) {
  idr_node grad[PARAMS_MAX];
  real x[ROWS * IN];
  int32_t index[ROWS] = {0, 2, 1, 1, 0};
  OK(idr_graph_gradient(m->g, loss, m->parameter, m->count, grad));
  real *flat = calloc((size_t)idr_params_size(m->params), sizeof *flat);
  OK(idr_params_init(m->params, 5, flat));
  for (uint32_t i = 0; i < ROWS * IN; i++)
    x[i] = (real)random_at(1, i);
  runner value = runner_create(m, &loss, 1, flat, x, index);
  runner exact = runner_create(m, grad, m->count, flat, x, index);
  for (int p = 0; p < m->count; p++) {
    const idr_param *param = idr_params_get(m->params, p);
    for (int64_t i = 0; i < param->count; i++) {
      real *at = &flat[param->offset + i], kept = *at;
      double side[2];
      for (int s = 0; s < 2; s++) {
        *at = (real)((double)kept + (s ? 1e-5 : -1e-5));
        idr_exec_run(value.exec);
        side[s] = (double)idr_exec_output(value.exec, 0)[0];
      }
      *at = kept;
      double want = (side[1] - side[0]) / 2e-5, got = (double)idr_exec_output(exact.exec, p)[i];
      if (!(fabs(got - want) <= 1e-8 * (1.0 + fabs(want) + fabs(side[0]))))
        fail_msg("%s[%lld]: %.12g, by differences %.12g", param->name, (long long)i, got, want);
    }
  }
  runner_destroy(&value);
  runner_destroy(&exact);
  free(flat);
}

static void test_policy(void **state) {
  (void)state;
  model m = model_create();
  idr_node loss = policy_loss(&m);
  OK(idr_graph_status(m.g));
  check_gradient(&m, loss);
  model_destroy(&m);
}

static void test_gradient_of_gradient(void **state) {
  (void)state;
  model m = model_create();
  idr_node loss = penalty(&m);
  OK(idr_graph_status(m.g));
  check_gradient(&m, loss);
  model_destroy(&m);
}

/* No product is made for what nobody asked: of a first layer's input. */
static void test_no_gradient_of_inputs(void **state) {
  (void)state;
  model m = model_create();
  idr_node w = add_parameter(&m, IDR_SHAPE(IN, 3)), b = add_parameter(&m, IDR_SHAPE(3)), grad[2];
  idr_node loss = idr_sum(m.g, idr_square(m.g, idr_linear(m.g, m.x, w, b)), -1, false);
  OK(idr_graph_gradient(m.g, loss, m.parameter, 2, grad));
  int products = 0;
  for (int i = 0; i < m.g->count; i++)
    products += m.g->nodes[i].op == IDR_OP_MATMUL;
  assert_int_equal(products, 1);
  model_destroy(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_policy),
      cmocka_unit_test(test_gradient_of_gradient),
      cmocka_unit_test(test_no_gradient_of_inputs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
