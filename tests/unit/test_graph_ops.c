/* Every op in the precision of the product against a plain evaluation in double: values, and the
 * values of its gradient's ops. */
#include "graph/graph.h"
#include "support/graph_cases.h"
#include "support/graph_reference.h"
#include "support/test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A few ops in a row on numbers of order 1, in single precision. */
#define TOLERANCE 4e-6
/* A chain of k products of uniform numbers in (-1, 1): partial sums are a random walk of variance
 * i/9, each is rounded with a standard deviation of 2^-24/sqrt(3) of it; together 2^-24 k/7.3. Five
 * standard deviations, for thousands of elements. */
#define PRODUCT_TOLERANCE(k) (5.0 * 0x1p-24 / 7.3 * (k))

static void fill(graph_reference *r, const graph_trial *trial) {
  for (int i = 0; i < trial->inputs; i++) {
    int64_t n = idr_shape_count(idr_graph_shape(trial->g, trial->in[i]));
    for (int64_t k = 0; k < n; k++)
      r->value[trial->in[i]][k] = trial->value[i] ? (double)trial->value[i][k] : trial->index[k];
  }
  int64_t n = idr_shape_count(idr_graph_shape(trial->g, trial->weight));
  for (int64_t k = 0; k < n; k++)
    r->value[trial->weight][k] = (double)trial->weights[k];
}

static void compare(const char *name, const graph_trial *trial, const idr_node *outputs, int count,
                    double tolerance) {
  graph_reference r = graph_reference_create(trial->g);
  idr_plan *plan;
  idr_exec *exec;
  fill(&r, trial);
  graph_reference_run(trial->g, &r);
  OK(idr_plan_create(trial->g, outputs, count, &plan));
  OK(idr_exec_create(plan, &exec));
  graph_trial_bind(trial, plan, exec, NULL);
  idr_exec_run(exec);
  for (int o = 0; o < count; o++)
    for (int64_t i = 0; i < idr_shape_count(idr_graph_shape(trial->g, outputs[o])); i++) {
      double want = r.value[outputs[o]][i], got = (double)idr_exec_output(exec, o)[i];
      if (!(fabs(got - want) <= tolerance * (1.0 + fabs(want))))
        fail_msg("%s: output %d, element %lld is %.9g, not %.9g", name, o, (long long)i, got, want);
    }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  graph_reference_destroy(&r);
}

static void test_values_and_gradients(void **state) {
  (void)state;
  int count;
  const graph_case *list = graph_case_list(&count);
  for (int i = 0; i < count; i++) {
    graph_trial trial;
    idr_node outputs[1 + IDR_OP_INPUT_MAX];
    graph_trial_create(&list[i], 500, &trial);
    outputs[0] = trial.output;
    OK(idr_graph_gradient(trial.g, trial.loss, trial.wrt, trial.reals, outputs + 1));
    compare(list[i].name, &trial, outputs, 1 + trial.reals, TOLERANCE);
    graph_trial_destroy(&trial);
  }
}

/* Products of all sizes around the register tile and the packing rules. */
static void check_product(int32_t m, int32_t n, int32_t k, bool ta, bool tb) {
  idr_shape a = ta ? IDR_SHAPE(k, m) : IDR_SHAPE(m, k), b = tb ? IDR_SHAPE(n, k) : IDR_SHAPE(k, n);
  graph_case c = {.name = "product", .inputs = 2, .shape = {a, b}, .low = -1, .high = 1};
  graph_trial trial = {.inputs = 2};
  OK(idr_graph_create(&trial.g));
  for (int i = 0; i < 2; i++) {
    int64_t count = idr_shape_count(c.shape[i]);
    trial.in[i] = idr_graph_input(trial.g, i == 0 ? "x0" : "x1", IDR_DTYPE_REAL, c.shape[i]);
    trial.value[i] = malloc((size_t)count * sizeof(real));
    for (int64_t e = 0; e < count; e++)
      trial.value[i][e] =
          (real)graph_random((uint32_t)(i + m + 7 * n + 31 * k), (uint32_t)e, -1, 1);
  }
  trial.weight = trial.in[0];
  trial.weights = trial.value[0];
  idr_node output = idr_matmul(trial.g, trial.in[0], trial.in[1], ta, tb);
  OK(idr_graph_status(trial.g));
  compare(c.name, &trial, &output, 1, fmax(TOLERANCE, PRODUCT_TOLERANCE(k)));
  trial.weights = NULL;
  graph_trial_destroy(&trial);
}

static void test_products_of_all_sizes(void **state) {
  (void)state;
  static const int32_t rows[] = {1, 5, 6, 7, 8, 13, 14, 64};
  static const int32_t columns[] = {1, 4, 8, 9, 16, 17, 31, 128};
  static const int32_t inner[] = {1, 2, 3, 4, 5, 6, 64, 65};
  for (int t = 0; t < 4; t++)
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++)
        for (int p = 0; p < 8; p++)
          check_product(rows[i], columns[j], inner[p], (t & 1) != 0, (t & 2) != 0);
}

/* The BLAS way, which only large products take. */
static void test_large_products(void **state) {
  (void)state;
  for (int t = 0; t < 4; t++)
    check_product(64, 70, 520, (t & 1) != 0, (t & 2) != 0);
}

/* A NaN is never hidden by a comparison, on whichever side of it. */
static void test_nan_stays(void **state) {
  (void)state;
  idr_graph *g;
  idr_plan *plan;
  idr_exec *exec;
  OK(idr_graph_create(&g));
  idr_node a = idr_graph_input(g, "a", IDR_DTYPE_REAL, IDR_SHAPE(9));
  idr_node b = idr_graph_input(g, "b", IDR_DTYPE_REAL, IDR_SHAPE(9));
  idr_node outputs[] = {idr_minimum(g, a, b), idr_minimum(g, b, a),     idr_maximum(g, a, b),
                        idr_maximum(g, b, a), idr_clip(g, a, -1, 1),    idr_relu(g, a),
                        idr_elu(g, a),        idr_leaky_relu(g, a, .1), idr_tanh(g, a),
                        idr_sigmoid(g, a),    idr_softplus(g, a),       idr_exp(g, a)};
  enum { OUTPUTS = sizeof outputs / sizeof outputs[0] };
  idr_node reduced[] = {idr_max(g, a, -1, false), idr_sum(g, a, -1, false), idr_log_sum_exp(g, a)};
  idr_node all[OUTPUTS + 3];
  memcpy(all, outputs, sizeof outputs);
  memcpy(all + OUTPUTS, reduced, sizeof reduced);
  OK(idr_plan_create(g, all, OUTPUTS + 3, &plan));
  OK(idr_exec_create(plan, &exec));
  for (int at = 0; at < 9; at++) {
    real x[9] = {0}, y[9] = {0};
    x[at] = (real)NAN;
    idr_exec_bind_input(exec, idr_plan_input(plan, "a"), x);
    idr_exec_bind_input(exec, idr_plan_input(plan, "b"), y);
    idr_exec_run(exec);
    for (int o = 0; o < OUTPUTS; o++)
      for (int i = 0; i < 9; i++)
        if ((i == at) != (isnan((double)idr_exec_output(exec, o)[i]) != 0))
          fail_msg("output %d, NaN at %d, element %d", o, at, i);
    for (int o = OUTPUTS; o < OUTPUTS + 3; o++)
      assert_true(isnan((double)idr_exec_output(exec, o)[0]));
  }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  idr_graph_destroy(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values_and_gradients),
      cmocka_unit_test(test_products_of_all_sizes),
      cmocka_unit_test(test_large_products),
      cmocka_unit_test(test_nan_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
