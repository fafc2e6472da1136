/* Plans: memory, bindings, threads, parameters, and what is said about mistakes. */
#include "graph/plan.h"
#include "support/graph_cases.h"
#include "support/graph_mlp.h"
#include "support/graph_reference.h"
#include "support/test.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---------------------------------------------------------------------------------- */
/* Follows a plan and notes for every element of the arena which node was written there last. */
typedef struct {
  const idr_graph *g;
  const idr_plan *plan;
  int *owner; /* [arena_count] */
} tracker;

/* First arena element of a place, or -1 when it lies elsewhere. */
static int64_t arena_at(const idr_plan *plan, idr_place place) {
  if (place.space == IDR_SPACE_OUTPUT) return plan->output_at[place.at];
  return place.space == IDR_SPACE_ARENA ? place.at : -1;
}

static idr_node root_of(const idr_graph *g, idr_node node) {
  while (idr_op_get(g->nodes[node].op)->view)
    node = g->nodes[node].in[0];
  return node;
}

static void check_owned(const tracker *t, int64_t at, int64_t count, idr_node node, int step) {
  for (int64_t i = 0; i < count && at >= 0; i++)
    if (t->owner[at + i] != node)
      fail_msg("step %d reads node %d at %lld, where node %d was written", step, node,
               (long long)(at + i), t->owner[at + i]);
}

static void mark(const tracker *t, int64_t at, int64_t count, idr_node node) {
  for (int64_t i = 0; i < count && at >= 0; i++)
    t->owner[at + i] = node;
}

/* Every operand is still whole when its step reads it, scratch is nobody's, outputs last. */
static void check_memory(const idr_graph *g, const idr_plan *plan, const idr_node *outputs) {
  tracker t = {g, plan, malloc((size_t)(plan->arena_count + 1) * sizeof(int))};
  memset(t.owner, 0xff, (size_t)(plan->arena_count + 1) * sizeof(int));
  for (int s = 0; s < plan->step_count; s++) {
    const idr_plan_step *step = &plan->steps[s];
    bool copy = step->step.op == IDR_OP_COPY && step->out.space == IDR_SPACE_OUTPUT &&
                g->nodes[step->step.node].op != IDR_OP_COPY;
    mark(&t, step->scratch, step->scratch_count, -2);
    for (int i = 0; i < idr_op_get(step->step.op)->input_count; i++) {
      idr_node in = copy ? step->step.node : g->nodes[step->step.node].in[i];
      check_owned(&t, arena_at(plan, step->in[i]), idr_shape_count(step->step.in_shape[i]),
                  root_of(g, in), s);
    }
    mark(&t, arena_at(plan, step->out), step->step.count,
         copy ? root_of(g, step->step.node) : step->step.node);
  }
  for (int o = 0; o < plan->output_count; o++)
    check_owned(&t, plan->output_at[o], idr_shape_count(plan->output_shape[o]),
                root_of(g, outputs[o]), plan->step_count);
  free(t.owner);
}

static void test_live_values_never_overlap(void **state) {
  (void)state;
  int count;
  const graph_case *list = graph_case_list(&count);
  for (int i = 0; i < count; i++) {
    graph_trial trial;
    idr_plan *plan;
    idr_node outputs[1 + IDR_OP_INPUT_MAX];
    graph_trial_create(&list[i], 1, &trial);
    outputs[0] = trial.output;
    OK(idr_graph_gradient(trial.g, trial.loss, trial.wrt, trial.reals, outputs + 1));
    OK(idr_plan_create(trial.g, outputs, 1 + trial.reals, &plan));
    check_memory(trial.g, plan, outputs);
    idr_plan_destroy(plan);
    graph_trial_destroy(&trial);
  }
}

static void test_arena_of_a_model(void **state) {
  (void)state;
  graph_mlp mlp;
  idr_plan *plan;
  idr_node outputs[1 + GRAPH_MLP_PARAMS];
  OK(graph_mlp_create(64, 40, 64, 4, &mlp));
  OK(graph_mlp_plan(&mlp, &plan));
  outputs[0] = mlp.loss;
  memcpy(outputs + 1, mlp.gradient, sizeof mlp.gradient);
  check_memory(mlp.g, plan, outputs);
  int64_t all = 0;
  for (int s = 0; s < plan->step_count; s++)
    all += plan->steps[s].step.count;
  assert_true(plan->arena_count < all * 3 / 4);
  idr_plan_destroy(plan);
  graph_mlp_destroy(&mlp);
}

/* A value that is read late, and only through a view, keeps its memory until then. */
static void test_views_keep_their_memory(void **state) {
  (void)state;
  idr_graph *g;
  idr_plan *plan;
  OK(idr_graph_create(&g));
  idr_node x = idr_graph_input(g, "x", IDR_DTYPE_REAL, IDR_SHAPE(4, 6));
  idr_node view = idr_reshape(g, idr_exp(g, x), IDR_SHAPE(6, 4));
  idr_node other = idr_transpose(g, idr_tanh(g, x));
  for (int i = 0; i < 4; i++)
    other = idr_add(g, idr_square(g, other), idr_exp(g, other));
  idr_node out = idr_mul(g, other, view);
  OK(idr_plan_create(g, &out, 1, &plan));
  check_memory(g, plan, &out);
  idr_plan_destroy(plan);
  idr_graph_destroy(g);
}

/* ---- the same bits --------------------------------------------------------------------------- */
typedef struct {
  graph_mlp mlp;
  graph_mlp_data data;
  idr_plan *plan;
  size_t bytes; /* of a flat buffer */
} fixture;

static fixture fixture_create(int32_t rows) {
  fixture f;
  OK(graph_mlp_create(rows, 7, 33, 3, &f.mlp));
  OK(graph_mlp_plan(&f.mlp, &f.plan));
  OK(graph_mlp_data_create(&f.mlp, 3, &f.data));
  f.bytes = (size_t)idr_params_size(f.mlp.params) * sizeof(real);
  return f;
}

static void fixture_destroy(fixture *f) {
  graph_mlp_data_destroy(&f->data);
  idr_plan_destroy(f->plan);
  graph_mlp_destroy(&f->mlp);
}

/* A run in a new exec whose arena holds NaN; gradients go to `gradient`. */
static real run_poisoned(const fixture *f, real *gradient) {
  idr_exec *exec;
  OK(idr_exec_create(f->plan, &exec));
  for (int64_t i = 0; i < f->plan->arena_count; i++)
    exec->arena[i] = (real)NAN;
  graph_mlp_bind(&f->mlp, f->plan, &f->data, exec);
  idr_exec_bind_gradients(exec, f->mlp.params, f->mlp.index, 1, GRAPH_MLP_PARAMS, gradient);
  idr_exec_run(exec);
  real loss = idr_exec_output(exec, 0)[0];
  idr_exec_destroy(exec);
  return loss;
}

static void test_nothing_is_read_before_it_is_written(void **state) {
  (void)state;
  fixture f = fixture_create(21);
  idr_exec *exec;
  OK(idr_exec_create(f.plan, &exec));
  graph_mlp_bind(&f.mlp, f.plan, &f.data, exec);
  idr_exec_run(exec);
  real *other = calloc(1, f.bytes);
  real loss = run_poisoned(&f, other);
  assert_true(isfinite((double)loss));
  assert_memory_equal(&loss, idr_exec_output(exec, 0), sizeof loss);
  assert_memory_equal(other, f.data.gradient, f.bytes);
  idr_exec_run(exec); /* a second run finds the first one's leavings */
  assert_memory_equal(other, f.data.gradient, f.bytes);
  free(other);
  idr_exec_destroy(exec);
  fixture_destroy(&f);
}

typedef struct {
  const fixture *f;
  real *gradient;
  real loss;
} worker;

static void *work(void *context) {
  worker *w = context;
  for (int i = 0; i < 20; i++)
    w->loss = run_poisoned(w->f, w->gradient);
  return NULL;
}

static void test_one_plan_in_two_threads(void **state) {
  (void)state;
  fixture f = fixture_create(40);
  pthread_t thread[2];
  worker w[2];
  for (int i = 0; i < 2; i++) {
    w[i] = (worker){.f = &f, .gradient = calloc(1, f.bytes)};
    assert_int_equal(pthread_create(&thread[i], NULL, work, &w[i]), 0);
  }
  for (int i = 0; i < 2; i++)
    pthread_join(thread[i], NULL);
  assert_memory_equal(&w[0].loss, &w[1].loss, sizeof(real));
  assert_memory_equal(w[0].gradient, w[1].gradient, f.bytes);
  for (int i = 0; i < 2; i++)
    free(w[i].gradient);
  fixture_destroy(&f);
}

/* ---- values
 * --------------------------------------------------------------------------------------------------
 */
static void test_model_against_plain_evaluation(void **state) {
  (void)state;
  fixture f = fixture_create(13);
  static const char *const names[] = {"observation", "action", "log_prob",
                                      "advantage",   "return", "weight"};
  graph_reference r = graph_reference_create(f.mlp.g);
  for (int id = 0; id < f.mlp.g->count; id++) {
    const idr_graph_node *n = &f.mlp.g->nodes[id];
    const real *from = n->op == IDR_OP_PARAMETER ? f.data.flat + n->attr.offset : NULL;
    for (int i = 0; i < 6 && n->op == IDR_OP_INPUT; i++)
      if (strcmp(n->name, names[i]) == 0) from = f.data.input[i];
    for (int64_t k = 0; from && k < idr_shape_count(n->shape); k++)
      r.value[id][k] = (double)from[k];
  }
  graph_reference_run(f.mlp.g, &r);
  real loss = run_poisoned(&f, f.data.gradient);
  assert_true(fabs((double)loss - r.value[f.mlp.loss][0]) < 1e-5);
  for (int p = 0; p < GRAPH_MLP_PARAMS; p++) {
    const idr_param *param = idr_params_get(f.mlp.params, f.mlp.index[p]);
    for (int64_t k = 0; k < param->count; k++) {
      double want = r.value[f.mlp.gradient[p]][k];
      if (!(fabs((double)f.data.gradient[param->offset + k] - want) <= 1e-5 * (1.0 + fabs(want))))
        fail_msg("gradient of %s, element %lld", param->name, (long long)k);
    }
  }
  graph_reference_destroy(&r);
  fixture_destroy(&f);
}

/* ---- bindings
 * ---------------------------------------------------------------------------------------------------
 */
/* The same node twice, an input, a view of an input and a constant as outputs. */
static void test_odd_outputs(void **state) {
  (void)state;
  idr_graph *g;
  idr_plan *plan;
  idr_exec *exec;
  OK(idr_graph_create(&g));
  idr_node x = idr_graph_input(g, "x", IDR_DTYPE_REAL, IDR_SHAPE(2, 3));
  idr_node y = idr_exp(g, x), flat = idr_reshape(g, y, IDR_SHAPE(6));
  idr_node c = idr_graph_constant(g, 4.5);
  idr_node outputs[6] = {y, y, x, flat, c, idr_reshape(g, x, IDR_SHAPE(6))};
  OK(idr_plan_create(g, outputs, 6, &plan));
  check_memory(g, plan, outputs);
  idr_graph_destroy(g);
  OK(idr_exec_create(plan, &exec));
  real in[6] = {0, 1, 2, -1, -2, -3}, out[6] = {0};
  idr_exec_bind_input(exec, idr_plan_input(plan, "x"), in);
  idr_exec_bind_input(exec, idr_plan_input(plan, "nobody"), in);
  for (int pass = 0; pass < 2; pass++) {
    idr_exec_run(exec);
    for (int i = 0; i < 6; i++) {
      double want = exp((double)in[i]);
      assert_true(fabs((double)idr_exec_output(exec, 0)[i] - want) < 1e-5);
      assert_memory_equal(idr_exec_output(exec, 0), idr_exec_output(exec, 1), sizeof in);
      assert_memory_equal(idr_exec_output(exec, 0), idr_exec_output(exec, 3), sizeof in);
      assert_memory_equal(idr_exec_output(exec, 2), in, sizeof in);
      assert_memory_equal(idr_exec_output(exec, 5), in, sizeof in);
      assert_true(idr_exec_output(exec, 4)[0] == (real)4.5);
    }
    idr_exec_bind_output(exec, 0, out); /* second pass: the first output lies elsewhere */
    assert_ptr_equal(idr_exec_output(exec, 0), out);
  }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
}

static void test_unneeded_inputs_are_left_out(void **state) {
  (void)state;
  idr_graph *g;
  idr_plan *plan;
  OK(idr_graph_create(&g));
  idr_node a = idr_graph_input(g, "a", IDR_DTYPE_REAL, IDR_SHAPE(3));
  idr_node b = idr_graph_input(g, "b", IDR_DTYPE_REAL, IDR_SHAPE(3));
  idr_node sum = idr_sum(g, idr_square(g, b), -1, false), grad[2];
  idr_node wrt[2] = {a, b};
  OK(idr_graph_gradient(g, sum, wrt, 2, grad));
  OK(idr_plan_create(g, grad, 2, &plan));
  assert_int_equal(idr_plan_input(plan, "a"), -1);
  assert_int_equal(idr_plan_input(plan, "b"), 0);
  idr_exec *exec;
  real in[3] = {1, 2, 3};
  OK(idr_exec_create(plan, &exec));
  idr_exec_bind_input(exec, 0, in);
  idr_exec_run(exec);
  for (int i = 0; i < 3; i++) { /* the loss does not depend on a */
    assert_true(idr_exec_output(exec, 0)[i] == 0);
    assert_true(idr_exec_output(exec, 1)[i] == 2 * in[i]);
  }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  idr_graph_destroy(g);
}

static void test_equal_nodes_are_one(void **state) {
  (void)state;
  idr_graph *g;
  OK(idr_graph_create(&g));
  idr_node a = idr_graph_input(g, "a", IDR_DTYPE_REAL, IDR_SHAPE(3));
  assert_int_equal(idr_exp(g, a), idr_exp(g, a));
  assert_int_equal(idr_scale(g, a, 2.0), idr_scale(g, a, 2.0));
  assert_int_not_equal(idr_scale(g, a, 2.0), idr_scale(g, a, 3.0));
  assert_int_equal(idr_graph_input(g, "a", IDR_DTYPE_REAL, IDR_SHAPE(3)), a);
  idr_graph_destroy(g);
}

/* ---- mistakes
 * ------------------------------------------------------------------------------------------------------
 */
static void expect_failure(idr_graph *g, idr_status status, const char *first, const char *second) {
  assert_int_equal(idr_graph_status(g), status);
  const char *message = idr_error_get()->message;
  if (!strstr(message, first) || !strstr(message, second))
    fail_msg("'%s' does not name %s and %s", message, first, second);
  idr_graph_destroy(g);
}

static idr_graph *two_inputs(idr_node *a, idr_node *b, idr_node *index) {
  idr_graph *g;
  OK(idr_graph_create(&g));
  *a = idr_graph_input(g, "speed", IDR_DTYPE_REAL, IDR_SHAPE(4, 3));
  *b = idr_graph_input(g, "weight", IDR_DTYPE_REAL, IDR_SHAPE(5, 2));
  *index = idr_graph_input(g, "choice", IDR_DTYPE_INT32, IDR_SHAPE(4));
  return g;
}

static void test_mistakes_name_their_nodes(void **state) {
  (void)state;
  idr_node a, b, index;
  idr_graph *g = two_inputs(&a, &b, &index);
  idr_node bad = idr_add(g, a, b);
  assert_int_equal(bad, IDR_NODE_NONE);
  assert_int_equal(idr_exp(g, bad), IDR_NODE_NONE); /* the first mistake stays */
  expect_failure(g, IDR_STATUS_ARGUMENT, "'speed' [4][3]", "'weight' [5][2]");
  g = two_inputs(&a, &b, &index);
  idr_matmul(g, a, b, false, false);
  expect_failure(g, IDR_STATUS_ARGUMENT, "'speed' [4][3]", "matmul");
  g = two_inputs(&a, &b, &index);
  idr_linear(g, idr_tanh(g, a), idr_transpose(g, b), b);
  expect_failure(g, IDR_STATUS_ARGUMENT, "tanh [4][3]", "transpose [2][5]");
  g = two_inputs(&a, &b, &index);
  idr_sum(g, a, 2, false);
  expect_failure(g, IDR_STATUS_ARGUMENT, "axis 2", "'speed'");
  g = two_inputs(&a, &b, &index);
  idr_slice(g, a, 1, 1, 4);
  expect_failure(g, IDR_STATUS_ARGUMENT, "[1, 4)", "'speed'");
  g = two_inputs(&a, &b, &index);
  idr_reshape(g, a, IDR_SHAPE(5));
  expect_failure(g, IDR_STATUS_ARGUMENT, "reshape", "'speed'");
  g = two_inputs(&a, &b, &index);
  idr_concat(g, a, b, 1);
  expect_failure(g, IDR_STATUS_ARGUMENT, "'speed'", "'weight'");
  g = two_inputs(&a, &b, &index);
  idr_gather(g, b, index);
  expect_failure(g, IDR_STATUS_ARGUMENT, "'weight'", "'choice'");
  g = two_inputs(&a, &b, &index);
  idr_gather(g, a, b);
  expect_failure(g, IDR_STATUS_ARGUMENT, "'weight'", "int32");
  g = two_inputs(&a, &b, &index);
  idr_clip(g, a, 1.0, 0.0);
  expect_failure(g, IDR_STATUS_ARGUMENT, "clip", "order");
  g = two_inputs(&a, &b, &index);
  idr_graph_input(g, "speed", IDR_DTYPE_REAL, IDR_SHAPE(4));
  expect_failure(g, IDR_STATUS_ARGUMENT, "'speed'", "another shape");
}

static void test_bad_requests(void **state) {
  (void)state;
  idr_node a, b, index, out;
  idr_plan *plan;
  idr_graph *g = two_inputs(&a, &b, &index);
  assert_int_equal(idr_graph_gradient(g, a, &a, 1, &out), IDR_STATUS_ARGUMENT);
  assert_non_null(strstr(idr_error_get()->message, "'speed'"));
  idr_node loss = idr_sum(g, a, -1, false);
  assert_int_equal(idr_graph_gradient(g, loss, &index, 1, &out), IDR_STATUS_ARGUMENT);
  assert_non_null(strstr(idr_error_get()->message, "'choice'"));
  assert_int_equal(idr_plan_create(g, &index, 1, &plan), IDR_STATUS_ARGUMENT);
  assert_null(plan);
  idr_add(g, a, b);
  assert_int_equal(idr_plan_create(g, &a, 1, &plan), IDR_STATUS_ARGUMENT);
  idr_graph_destroy(g);
}

/* ---- parameters and BLAS --------------------------------------------------------------------- */
static void test_parameter_layout(void **state) {
  (void)state;
  idr_params *p;
  OK(idr_params_create(&p));
  int w = idr_params_add(p, "w", IDR_SHAPE(3, 5), IDR_INIT_NORMAL, 2.0);
  int b = idr_params_add(p, "b", IDR_SHAPE(5), IDR_INIT_CONSTANT, 0.25);
  assert_int_equal(idr_params_get(p, w)->offset, 0);
  assert_int_equal(idr_params_get(p, b)->offset, 16);
  assert_int_equal(idr_params_size(p), 32);
  assert_true(idr_params_get(p, w)->decay && !idr_params_get(p, b)->decay);
  assert_int_equal(idr_params_find(p, "b"), b);
  assert_int_equal(idr_params_find(p, "c"), -1);
  real flat[32];
  OK(idr_params_init(p, 1, flat));
  assert_true(flat[0] != flat[1] && flat[15] == 0 && flat[16] == (real)0.25 && flat[21] == 0);
  OK(idr_params_status(p));
  idr_params_add(p, "b", IDR_SHAPE(5), IDR_INIT_ZERO, 0.0);
  assert_int_equal(idr_params_status(p), IDR_STATUS_INTERNAL);
  assert_non_null(strstr(idr_error_get()->message, "'b'"));
  idr_params_destroy(p);
}

/* The shorter side's vectors are orthogonal and of length `gain`. */
static void check_orthogonal(const real *w, int64_t rows, int64_t columns, double gain) {
  int64_t count = rows < columns ? rows : columns, n = rows < columns ? columns : rows;
  for (int64_t i = 0; i < count; i++)
    for (int64_t j = 0; j <= i; j++) {
      double sum = 0.0;
      for (int64_t k = 0; k < n; k++)
        sum += rows < columns ? (double)w[i * columns + k] * (double)w[j * columns + k]
                              : (double)w[k * columns + i] * (double)w[k * columns + j];
      assert_true(fabs(sum - (i == j ? gain * gain : 0.0)) < 1e-6);
    }
}

static void test_orthogonal_start(void **state) {
  (void)state;
  static const int32_t shapes[][2] = {{3, 64}, {64, 3}, {64, 64}, {1, 5}, {5, 1}};
  for (int i = 0; i < 5; i++) {
    idr_params *p;
    OK(idr_params_create(&p));
    idr_params_add(p, "first", IDR_SHAPE(2), IDR_INIT_ZERO, 0.0);
    idr_params_add(p, "w", IDR_SHAPE(shapes[i][0], shapes[i][1]), IDR_INIT_ORTHOGONAL, 1.4);
    real *a = malloc((size_t)idr_params_size(p) * sizeof(real));
    real *b = malloc((size_t)idr_params_size(p) * sizeof(real));
    OK(idr_params_init(p, 1, a));
    OK(idr_params_init(p, 2, b));
    check_orthogonal(a + 16, shapes[i][0], shapes[i][1], 1.4);
    assert_true(memcmp(a, b, (size_t)idr_params_size(p) * sizeof(real)) != 0);
    free(a);
    free(b);
    idr_params_destroy(p);
  }
}

static void test_blas_says_what_it_is(void **state) {
  (void)state;
  char text[160], cut[8];
  idr_blas_describe(text, sizeof text);
  assert_non_null(strstr(text, "OpenBLAS"));
  assert_non_null(strstr(text, "build"));
  idr_blas_describe(cut, sizeof cut);
  assert_int_equal(strlen(cut), sizeof cut - 1);
  OK(idr_blas_prepare(1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_live_values_never_overlap),
      cmocka_unit_test(test_arena_of_a_model),
      cmocka_unit_test(test_views_keep_their_memory),
      cmocka_unit_test(test_nothing_is_read_before_it_is_written),
      cmocka_unit_test(test_one_plan_in_two_threads),
      cmocka_unit_test(test_model_against_plain_evaluation),
      cmocka_unit_test(test_odd_outputs),
      cmocka_unit_test(test_unneeded_inputs_are_left_out),
      cmocka_unit_test(test_equal_nodes_are_one),
      cmocka_unit_test(test_mistakes_name_their_nodes),
      cmocka_unit_test(test_bad_requests),
      cmocka_unit_test(test_parameter_layout),
      cmocka_unit_test(test_orthogonal_start),
      cmocka_unit_test(test_blas_says_what_it_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
