/* The walk over the op table in double: every row has a case; values against a plain evaluation,
 * first and second derivatives against central differences. */
#include "graph/graph.h"
#include "support/graph_cases.h"
#include "support/graph_reference.h"
#include "support/test.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Central differences with this step are good to about 1e-9 of a function of order 1. */
#define STEP      1e-5
#define TOLERANCE 2e-8

static bool contains(const idr_graph *g, idr_op_code op) {
  for (int i = 0; i < g->count; i++)
    if (g->nodes[i].op == op) return true;
  return false;
}

static void test_every_op_has_a_case(void **state) {
  (void)state;
  int count;
  const graph_case *list = graph_case_list(&count);
  for (int op = 0; op < IDR_OP_COUNT; op++) {
    bool found = idr_op_get((idr_op_code)op)->source;
    for (int i = 0; i < count && !found; i++)
      found = (int)list[i].op == op;
    if (!found)
      fail_msg("op %s has no case in tests/support/graph_cases.c",
               idr_op_get((idr_op_code)op)->name);
  }
}

static void test_rows_are_complete(void **state) {
  (void)state;
  for (int op = 0; op < IDR_OP_COUNT; op++) {
    const idr_op_row *row = idr_op_get((idr_op_code)op);
    assert_non_null(row);
    assert_non_null(row->name);
    assert_non_null(row->shape);
    assert_true(row->input_count <= IDR_OP_INPUT_MAX);
    if (!row->source && !row->view) assert_non_null(row->run);
    if (row->twice) assert_non_null(row->gradient);
  }
}

/* Values of all nodes of the trial, by the plain evaluation. */
static graph_reference reference_of(const graph_trial *trial) {
  graph_reference r = graph_reference_create(trial->g);
  for (int i = 0; i < trial->inputs; i++) {
    int64_t n = idr_shape_count(idr_graph_shape(trial->g, trial->in[i]));
    for (int64_t k = 0; k < n; k++)
      r.value[trial->in[i]][k] = trial->value[i] ? (double)trial->value[i][k] : trial->index[k];
  }
  int64_t n = idr_shape_count(idr_graph_shape(trial->g, trial->weight));
  for (int64_t k = 0; k < n; k++)
    r.value[trial->weight][k] = (double)trial->weights[k];
  graph_reference_run(trial->g, &r);
  return r;
}

static void check_values(const graph_case *c) {
  graph_trial trial;
  graph_trial_create(c, 100, &trial);
  OK(idr_graph_status(trial.g));
  if (!contains(trial.g, c->op))
    fail_msg("the case '%s' does not contain %s", c->name, idr_op_get(c->op)->name);
  graph_reference r = reference_of(&trial);
  idr_plan *plan;
  idr_exec *exec;
  idr_node outputs[2] = {trial.output, trial.loss};
  OK(idr_plan_create(trial.g, outputs, 2, &plan));
  OK(idr_exec_create(plan, &exec));
  graph_trial_bind(&trial, plan, exec, NULL);
  idr_exec_run(exec);
  int64_t n = idr_shape_count(idr_graph_shape(trial.g, trial.output));
  for (int64_t i = 0; i < n; i++) {
    double want = r.value[trial.output][i], got = (double)idr_exec_output(exec, 0)[i];
    if (!(fabs(got - want) <= 1e-13 * (1.0 + fabs(want))))
      fail_msg("%s: element %lld is %.17g, not %.17g", c->name, (long long)i, got, want);
  }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  graph_reference_destroy(&r);
  graph_trial_destroy(&trial);
}

static void test_values(void **state) {
  (void)state;
  int count;
  const graph_case *list = graph_case_list(&count);
  for (int i = 0; i < count; i++)
    check_values(&list[i]);
}

/* ---- derivatives ----------------------------------------------------------------------------- */
/* Compares gradients `grad` of the scalar node `of` with central differences over all inputs. */
static void check_differences(const graph_case *c, graph_trial *trial, idr_node of,
                              const idr_node *grad, real *const *extra, const char *order) {
  idr_plan *plan[2];
  idr_exec *exec[2];
  OK(idr_plan_create(trial->g, &of, 1, &plan[0]));
  OK(idr_plan_create(trial->g, grad, trial->reals, &plan[1]));
  for (int i = 0; i < 2; i++) {
    OK(idr_exec_create(plan[i], &exec[i]));
    graph_trial_bind(trial, plan[i], exec[i], extra);
  }
  idr_exec_run(exec[1]);
  for (int k = 0, input = 0; k < trial->reals; k++, input++) {
    if (!trial->value[input]) input++;
    int64_t n = idr_shape_count(idr_graph_shape(trial->g, trial->wrt[k]));
    for (int64_t i = 0; i < n; i++) {
      real *x = &trial->value[input][i], kept = *x;
      double side[2];
      for (int s = 0; s < 2; s++) {
        *x = (real)((double)kept + (s ? STEP : -STEP));
        idr_exec_run(exec[0]);
        side[s] = (double)idr_exec_output(exec[0], 0)[0];
      }
      *x = kept;
      double want = (side[1] - side[0]) / (2.0 * STEP);
      double got = (double)idr_exec_output(exec[1], k)[i];
      if (!(fabs(got - want) <= TOLERANCE * (1.0 + fabs(want) + fabs(side[0]))))
        fail_msg("%s: %s order, input %d, element %lld: %.12g, by differences %.12g", c->name,
                 order, k, (long long)i, got, want);
    }
  }
  for (int i = 0; i < 2; i++) {
    idr_exec_destroy(exec[i]);
    idr_plan_destroy(plan[i]);
  }
}

static void test_first_order(void **state) {
  (void)state;
  int count;
  const graph_case *list = graph_case_list(&count);
  for (int i = 0; i < count; i++) {
    graph_trial trial;
    idr_node grad[IDR_OP_INPUT_MAX];
    graph_trial_create(&list[i], 200, &trial);
    OK(idr_graph_gradient(trial.g, trial.loss, trial.wrt, trial.reals, grad));
    check_differences(&list[i], &trial, trial.loss, grad, NULL, "first");
    graph_trial_destroy(&trial);
  }
}

/* The gradient of sum over inputs of (direction * first gradient). */
static void check_second(const graph_case *c) {
  graph_trial trial;
  idr_node grad[IDR_OP_INPUT_MAX], second[IDR_OP_INPUT_MAX], along = IDR_NODE_NONE;
  real *direction[IDR_OP_INPUT_MAX];
  graph_trial_create(c, 300, &trial);
  OK(idr_graph_gradient(trial.g, trial.loss, trial.wrt, trial.reals, grad));
  for (int k = 0; k < trial.reals; k++) {
    char name[24];
    idr_shape shape = idr_graph_shape(trial.g, trial.wrt[k]);
    snprintf(name, sizeof name, "direction%d", k);
    idr_node d = idr_graph_input(trial.g, name, IDR_DTYPE_REAL, shape);
    idr_node part = idr_sum(trial.g, idr_mul(trial.g, grad[k], d), -1, false);
    along = k == 0 ? part : idr_add(trial.g, along, part);
    direction[k] = calloc((size_t)idr_shape_count(shape), sizeof(real));
    for (int64_t i = 0; i < idr_shape_count(shape); i++)
      direction[k][i] = (real)graph_random(400 + (uint32_t)k, (uint32_t)i, -1, 1);
  }
  OK(idr_graph_gradient(trial.g, along, trial.wrt, trial.reals, second));
  check_differences(c, &trial, along, second, direction, "second");
  for (int k = 0; k < trial.reals; k++)
    free(direction[k]);
  graph_trial_destroy(&trial);
}

static void test_second_order(void **state) {
  (void)state;
  int count;
  const graph_case *list = graph_case_list(&count);
  for (int i = 0; i < count; i++)
    if (idr_op_get(list[i].op)->twice) check_second(&list[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_op_has_a_case),
      cmocka_unit_test(test_rows_are_complete),
      cmocka_unit_test(test_values),
      cmocka_unit_test(test_first_order),
      cmocka_unit_test(test_second_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
