/* ONNX: every op of the table there and back, and files that nobody should trust.
 *
 * With IDR_ONNX_FOLDER set it also leaves each case there, as a model, its inputs and what the
 * engine makes of them, for other runtimes to try (tests/peer/test_onnx.py). */
#include "base/file.h"
#include "onnx/onnx.h"
#include "onnx/onnx_internal.h"
#include "support/graph_cases.h"
#include "support/test.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- running ----------------------------------------------------------------------------------
 */

/* Output `node` of a graph with the values of a trial; the caller frees. */
static real *run_trial(const graph_trial *trial, idr_node node) {
  idr_plan *plan;
  idr_exec *exec;
  size_t count = (size_t)idr_shape_count(idr_graph_shape(trial->g, node));
  real *out = malloc(count * sizeof *out);
  OK(idr_plan_create(trial->g, &node, 1, &plan));
  OK(idr_exec_create(plan, &exec));
  graph_trial_bind(trial, plan, exec, NULL);
  idr_exec_run(exec);
  memcpy(out, idr_exec_output(exec, 0), count * sizeof *out);
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  return out;
}

static real *run_model(const graph_trial *trial, const idr_onnx_model *model) {
  idr_plan *plan;
  idr_exec *exec;
  size_t count = (size_t)idr_shape_count(model->outputs[0].shape);
  real *out = malloc(count * sizeof *out);
  OK(idr_plan_create(model->graph, &model->outputs[0].node, 1, &plan));
  OK(idr_exec_create(plan, &exec));
  idr_exec_bind_params(exec, model->flat);
  graph_trial_bind(trial, plan, exec, NULL);
  idr_exec_run(exec);
  memcpy(out, idr_exec_output(exec, 0), count * sizeof *out);
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  return out;
}

/* ---- every op ---------------------------------------------------------------------------------
 */

static idr_onnx_export export_of(const graph_trial *trial, const idr_onnx_output *output) {
  return (idr_onnx_export){.graph = trial->g, .outputs = output, .output_count = 1};
}

static void write_numbers(const char *folder, const char *name, const char *what, const void *data,
                          size_t bytes) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s.%s", folder, name, what);
  OK(idr_file_write(path, data, bytes));
}

static void leave_for_peers(const char *folder, const graph_case *c, const graph_trial *trial,
                            const char *bytes, size_t size, const real *out) {
  char name[64], what[16];
  snprintf(name, sizeof name, "%.63s", c->name);
  for (char *at = name; *at; at++)
    if (!isalnum((unsigned char)*at)) *at = '_';
  write_numbers(folder, name, "onnx", bytes, size);
  write_numbers(folder, name, "out", out,
                (size_t)idr_shape_count(idr_graph_shape(trial->g, trial->output)) * sizeof *out);
  for (int i = 0; i < trial->inputs; i++) {
    size_t count = (size_t)idr_shape_count(idr_graph_shape(trial->g, trial->in[i]));
    snprintf(what, sizeof what, "x%d", i);
    if (trial->value[i])
      write_numbers(folder, name, what, trial->value[i], count * sizeof(real));
    else
      write_numbers(folder, name, what, trial->index, count * sizeof(int32_t));
  }
}

/* The same file, read back, is the same function to the last bit: the ops are the same. */
static void there_and_back(const graph_case *c, const graph_trial *trial) {
  const idr_onnx_output output = {.name = "y", .node = trial->output};
  const idr_onnx_export ask = export_of(trial, &output);
  const char *folder = getenv("IDR_ONNX_FOLDER");
  char *bytes = NULL;
  size_t size = 0;
  idr_onnx_model *model = NULL;
  OK(idr_onnx_pack(&ask, &bytes, &size));
  if (idr_onnx_parse(c->name, bytes, size, 0, &model) != IDR_STATUS_OK)
    fail_msg("%s: %s", c->name, idr_error_get()->message);
  real *want = run_trial(trial, trial->output), *got = run_model(trial, model);
  int64_t count = idr_shape_count(model->outputs[0].shape);
  assert_int_equal(count, idr_shape_count(idr_graph_shape(trial->g, trial->output)));
  for (int64_t i = 0; i < count; i++)
    if (want[i] != got[i])
      fail_msg("%s: element %lld is %.9g, was %.9g", c->name, (long long)i, (double)got[i],
               (double)want[i]);
  if (folder) leave_for_peers(folder, c, trial, bytes, size, want);
  free(want);
  free(got);
  free(bytes);
  idr_onnx_free(model);
}

/* Ops that only gradients have are refused with words, all others go there and back. */
static void test_every_op(void **state) {
  (void)state;
  int count;
  bool seen[IDR_OP_COUNT] = {false};
  const graph_case *list = graph_case_list(&count);
  for (int i = 0; i < count; i++) {
    graph_trial trial;
    const idr_onnx_row *row = idr_onnx_row_get(list[i].op);
    graph_trial_create(&list[i], 77, &trial);
    const idr_onnx_output output = {.name = "y", .node = trial.output};
    const idr_onnx_export ask = export_of(&trial, &output);
    char *bytes = NULL;
    size_t size;
    if (row->why) {
      assert_int_equal(idr_onnx_pack(&ask, &bytes, &size), IDR_STATUS_UNSUPPORTED);
      assert_non_null(strstr(idr_error_get()->message, "forward graph"));
      assert_null(bytes);
    } else {
      there_and_back(&list[i], &trial);
    }
    seen[list[i].op] = true;
    graph_trial_destroy(&trial);
  }
  for (int op = 0; op < IDR_OP_COUNT; op++)
    if (!idr_op_get((idr_op_code)op)->source && !seen[op])
      fail_msg("op %s has no case", idr_op_get((idr_op_code)op)->name);
}

/* ---- a batch of any size ----------------------------------------------------------------------
 */

enum { ROWS = 7919, WIDTH = 3 };

typedef struct {
  idr_graph *g;
  idr_params *params;
  real *flat;
  idr_node x, y;
} network;

static network make_network(void) {
  network n;
  OK(idr_graph_create(&n.g));
  OK(idr_params_create(&n.params));
  int w = idr_params_add(n.params, "w", IDR_SHAPE(WIDTH, 4), IDR_INIT_NORMAL, 1);
  int b = idr_params_add(n.params, "b", IDR_SHAPE(4), IDR_INIT_NORMAL, 1);
  n.flat = calloc((size_t)idr_params_size(n.params), sizeof(real));
  OK(idr_params_init(n.params, 5, n.flat));
  n.x = idr_graph_input(n.g, "x", IDR_DTYPE_REAL, IDR_SHAPE(ROWS, WIDTH));
  n.y = idr_tanh(n.g, idr_linear(n.g, n.x, idr_graph_parameter(n.g, n.params, w),
                                 idr_graph_parameter(n.g, n.params, b)));
  return n;
}

static void free_network(network *n) {
  idr_graph_destroy(n->g);
  idr_params_destroy(n->params);
  free(n->flat);
}

static idr_status pack(const network *n, const idr_onnx_output *outputs, int count, char **bytes,
                       size_t *size) {
  const idr_onnx_pair pair = {"key", "value"};
  const idr_onnx_export ask = {.graph = n->g,
                               .params = n->params,
                               .flat = n->flat,
                               .outputs = outputs,
                               .output_count = count,
                               .rows = ROWS,
                               .name = "network",
                               .doc = "a test",
                               .metadata = &pair,
                               .metadata_count = 1};
  return idr_onnx_pack(&ask, bytes, size);
}

static void test_open_batch(void **state) {
  (void)state;
  network n = make_network();
  const idr_onnx_output outputs[] = {{.name = "y", .node = n.y},
                                     {.name = "choice", .node = n.y, .arg_max = true}};
  char *bytes;
  size_t size;
  OK(pack(&n, outputs, 2, &bytes, &size));
  for (int32_t rows = 1; rows <= 64; rows *= 4) {
    idr_onnx_model *model;
    OK(idr_onnx_parse("network", bytes, size, rows, &model));
    assert_int_equal(model->input_count, 1);
    assert_string_equal(model->inputs[0].name, "x");
    assert_int_equal(model->inputs[0].shape.dim[0], rows);
    assert_int_equal(model->output_count, 2);
    assert_string_equal(model->outputs[1].name, "choice");
    assert_true(model->outputs[1].arg_max && !model->outputs[0].arg_max);
    assert_int_equal(model->outputs[1].node, model->outputs[0].node);
    idr_onnx_free(model);
  }
  free(bytes);
  free_network(&n);
}

/* Where an op would have to know how many rows there are. */
static void test_batch_that_must_be_known(void **state) {
  (void)state;
  network n = make_network();
  idr_node bad[] = {idr_slice(n.g, n.y, 0, 0, 5), idr_transpose(n.g, n.y),
                    idr_reshape(n.g, n.y, IDR_SHAPE(ROWS * 4)), idr_concat(n.g, n.y, n.y, 0)};
  OK(idr_graph_status(n.g));
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const idr_onnx_output output = {.name = "y", .node = bad[i]};
    char *bytes;
    size_t size;
    assert_int_equal(pack(&n, &output, 1, &bytes, &size), IDR_STATUS_UNSUPPORTED);
    assert_non_null(strstr(idr_error_get()->message, "batch"));
  }
  free_network(&n);
}

/* ---- bad files --------------------------------------------------------------------------------
 */

static void refuse_rows(const char *bytes, size_t size, int32_t rows, idr_status status,
                        const char *words) {
  idr_onnx_model *model = NULL;
  idr_status got = idr_onnx_parse("bad.onnx", bytes, size, rows, &model);
  assert_null(model);
  assert_int_equal(got, status);
  if (!strstr(idr_error_get()->message, words) || !strstr(idr_error_get()->message, "'bad.onnx'"))
    fail_msg("'%s' says nothing of '%s'", idr_error_get()->message, words);
}

static void refuse(const char *bytes, size_t size, idr_status status, const char *words) {
  refuse_rows(bytes, size, 4, status, words);
}

/* Cut anywhere, the file is refused; a byte changed anywhere, it is refused or read, never worse.
 */
static void test_damage(void **state) {
  (void)state;
  network n = make_network();
  const idr_onnx_output output = {.name = "y", .node = n.y};
  char *bytes;
  size_t size;
  OK(pack(&n, &output, 1, &bytes, &size));
  for (size_t cut = 0; cut < size; cut++) {
    idr_onnx_model *model = NULL;
    char *part = malloc(cut + 1);
    memcpy(part, bytes, cut);
    idr_status status = idr_onnx_parse("cut", part, cut, 4, &model);
    /* Only what stands behind the graph may be missing without anybody noticing: metadata. */
    if (cut < size / 2) assert_int_not_equal(status, IDR_STATUS_OK);
    idr_onnx_free(model);
    free(part);
  }
  for (size_t at = 0; at < size; at++)
    for (int bit = 0; bit < 8; bit++) {
      idr_onnx_model *model = NULL;
      bytes[at] = (char)(bytes[at] ^ (1 << bit));
      if (idr_onnx_parse("flipped", bytes, size, 4, &model) != IDR_STATUS_OK)
        assert_true(idr_error_get()->message[0] != '\0');
      idr_onnx_free(model);
      bytes[at] = (char)(bytes[at] ^ (1 << bit));
    }
  free(bytes);
  free_network(&n);
}

/* What no message of ours can be made to say: written with the messages of the standard. */
static void pack_message(Idr__Onnx__Node **nodes, size_t count, int64_t opset, int64_t first,
                         char **bytes, size_t *size) {
  Idr__Onnx__Dimension dims[2] = {IDR__ONNX__DIMENSION__INIT, IDR__ONNX__DIMENSION__INIT};
  Idr__Onnx__Dimension *dim_list[] = {&dims[0], &dims[1]};
  Idr__Onnx__Shape shape = IDR__ONNX__SHAPE__INIT;
  Idr__Onnx__TensorType tensor = IDR__ONNX__TENSOR_TYPE__INIT;
  Idr__Onnx__Type type = IDR__ONNX__TYPE__INIT;
  Idr__Onnx__ValueInfo x = IDR__ONNX__VALUE_INFO__INIT, y = IDR__ONNX__VALUE_INFO__INIT;
  Idr__Onnx__ValueInfo *in[] = {&x}, *out[] = {&y};
  Idr__Onnx__Graph graph = IDR__ONNX__GRAPH__INIT;
  Idr__Onnx__OperatorSet set = IDR__ONNX__OPERATOR_SET__INIT, *sets[] = {&set};
  Idr__Onnx__Model model = IDR__ONNX__MODEL__INIT;
  for (int i = 0; i < 2; i++)
    dims[i].value_case = IDR__ONNX__DIMENSION__VALUE_DIM_VALUE;
  dims[0].dim_value = first;
  dims[1].dim_value = 3;
  shape.dim = dim_list;
  shape.n_dim = 2;
  tensor.elem_type = IDR_ONNX_FLOAT;
  tensor.shape = &shape;
  type.tensor_type = &tensor;
  x.name = "x";
  x.type = y.type = &type;
  y.name = "y";
  graph.node = nodes;
  graph.n_node = count;
  graph.input = in;
  graph.output = out;
  graph.n_input = graph.n_output = 1;
  set.version = opset;
  model.ir_version = IDR_ONNX_IR;
  model.graph = &graph;
  model.opset_import = sets;
  model.n_opset_import = 1;
  *size = idr__onnx__model__get_packed_size(&model);
  *bytes = malloc(*size);
  idr__onnx__model__pack(&model, (uint8_t *)*bytes);
}

static void refuse_node(const char *type, const char *domain, const char *input, int64_t opset,
                        int64_t first, idr_status status, const char *words) {
  Idr__Onnx__Node node = IDR__ONNX__NODE__INIT, *nodes[] = {&node};
  char *inputs[] = {(char *)(uintptr_t)input}, *outputs[] = {"y"}, *bytes;
  size_t size;
  node.op_type = (char *)(uintptr_t)type;
  node.domain = (char *)(uintptr_t)domain;
  node.name = "the_node";
  node.input = inputs;
  node.output = outputs;
  node.n_input = node.n_output = 1;
  pack_message(nodes, 1, opset, first, &bytes, &size);
  refuse(bytes, size, status, words);
  free(bytes);
}

static void test_what_is_refused(void **state) {
  (void)state;
  refuse("", 0, IDR_STATUS_UNSUPPORTED, "opset 0");
  refuse("nonsense", 8, IDR_STATUS_FORMAT, "no ONNX model");
  refuse_node("Conv", "", "x", 17, 4, IDR_STATUS_UNSUPPORTED, "node 'the_node' (Conv)");
  refuse_node("Tanh", "com.example", "x", 17, 4, IDR_STATUS_UNSUPPORTED, "'com.example'");
  refuse_node("Tanh", "", "nobody", 17, 4, IDR_STATUS_FORMAT, "'nobody'");
  refuse_node("Tanh", "", "x", 9, 4, IDR_STATUS_UNSUPPORTED, "opset 9; opsets 13 to 22");
  refuse_node("Tanh", "", "x", 17, 5, IDR_STATUS_UNSUPPORTED, "open first dimension");
  refuse_node("Tanh", "", "x", 17, -3, IDR_STATUS_UNSUPPORTED, "open first dimension");
  refuse_node("Add", "", "x", 17, 4, IDR_STATUS_FORMAT, "1 inputs and 1 outputs");
}

/* y = type(x, constant), where the constant has one attribute `kind` with these integers, and the
 * op perhaps a flag. */
typedef struct {
  const char *type, *kind, *flag;
  int64_t ints[8];
  size_t count;
} with_constant;

static void pack_constant(const with_constant *c, char **bytes, size_t *size) {
  Idr__Onnx__Node constant = IDR__ONNX__NODE__INIT, op = IDR__ONNX__NODE__INIT;
  Idr__Onnx__Node *nodes[] = {&constant, &op};
  Idr__Onnx__Attribute held = IDR__ONNX__ATTRIBUTE__INIT, flag = IDR__ONNX__ATTRIBUTE__INIT;
  Idr__Onnx__Attribute *helds[] = {&held}, *flags[] = {&flag};
  char *names[] = {"c"}, *inputs[] = {"x", "c"}, *outputs[] = {"y"};
  held.name = (char *)(uintptr_t)c->kind;
  held.ints = (int64_t *)(uintptr_t)c->ints;
  held.n_ints = c->count;
  flag.name = (char *)(uintptr_t)c->flag;
  flag.i = 1;
  constant.op_type = "Constant";
  constant.attribute = helds;
  constant.output = names;
  constant.n_attribute = constant.n_output = 1;
  op.op_type = (char *)(uintptr_t)c->type;
  op.attribute = flags;
  op.n_attribute = c->flag ? 1 : 0;
  op.input = inputs;
  op.n_input = 2;
  op.output = outputs;
  op.n_output = 1;
  pack_message(nodes, 2, 18, 1, bytes, size);
}

/* Constants that would have been read as zero, axes named twice, and shapes whose number of
 * elements is beyond any integer. */
static void test_constants_that_are_refused(void **state) {
  (void)state;
  const int64_t much = 1 << 16, most = 1 << 28;
  const struct {
    with_constant c;
    idr_status status;
    const char *words;
  } cases[] = {
      {{.type = "Add", .kind = "sparse_value"}, IDR_STATUS_UNSUPPORTED, "'sparse_value'"},
      {{.type = "Add", .kind = "value_string"}, IDR_STATUS_UNSUPPORTED, "'value_string'"},
      {{.type = "Add", .kind = "value"}, IDR_STATUS_UNSUPPORTED, "'value'"},
      {{"Expand", "value_ints", NULL, {much, much, 1, 3}, 4}, IDR_STATUS_UNSUPPORTED, "too large"},
      {{"Expand", "value_ints", NULL, {most, most, most, 3}, 4},
       IDR_STATUS_UNSUPPORTED,
       "too large"},
      {{"Pad", "value_ints", NULL, {0, 0, most - 1, most - 3}, 4},
       IDR_STATUS_UNSUPPORTED,
       "too large"},
      {{"Unsqueeze", "value_ints", NULL, {0, 0}, 2}, IDR_STATUS_FORMAT, "axis 0 is named twice"},
      {{"Reshape", "value_ints", "allowzero", {0, 3}, 2}, IDR_STATUS_FORMAT, "dimension of 0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *bytes;
    size_t size;
    pack_constant(&cases[i].c, &bytes, &size);
    refuse_rows(bytes, size, 1, cases[i].status, cases[i].words);
    free(bytes);
  }
}

/* An empty list of axes is all axes, unless the node says that it is none. */
static void test_empty_axes(void **state) {
  (void)state;
  for (int noop = 0; noop < 2; noop++) {
    const with_constant c = {
        .type = "ReduceSum", .kind = "value_ints", .flag = noop ? "noop_with_empty_axes" : NULL};
    idr_onnx_model *model;
    char *bytes;
    size_t size;
    pack_constant(&c, &bytes, &size);
    OK(idr_onnx_parse("axes", bytes, size, 1, &model));
    assert_int_equal(model->outputs[0].shape.rank, 2);
    assert_int_equal(model->outputs[0].shape.dim[1], noop ? 3 : 1);
    idr_onnx_free(model);
    free(bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_op),
      cmocka_unit_test(test_open_batch),
      cmocka_unit_test(test_batch_that_must_be_known),
      cmocka_unit_test(test_damage),
      cmocka_unit_test(test_what_is_refused),
      cmocka_unit_test(test_constants_that_are_refused),
      cmocka_unit_test(test_empty_axes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
