/* ONNX files. A model that is accepted can be planned and run, and written again and read back it
 * is the same function to the last bit. */
#include "onnx/onnx.h"
#include "support/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define ROWS      3
#define ARENA_MAX ((size_t)8 << 20)
#define FLOPS_MAX 1e7

static void check_ports(const idr_onnx_model *m) {
  FUZZ_CHECK(m->output_count > 0);
  for (int i = 0; i < m->input_count; i++) {
    FUZZ_CHECK(m->inputs[i].shape.rank == 0 || m->inputs[i].shape.dim[0] == ROWS);
    FUZZ_CHECK(m->inputs[i].name[0] != '\0');
  }
  for (int i = 0; i < m->output_count; i++)
    FUZZ_CHECK(idr_shape_count(m->outputs[i].shape) > 0);
}

/* Output `i` for inputs of quarters, and zeros for indices; NULL when it would take too long. */
static real *run(const idr_onnx_model *m, int i) {
  idr_plan *plan = NULL;
  idr_exec *exec = NULL;
  real *out = NULL, *input = NULL;
  size_t most = 1;
  FUZZ_CHECK(idr_plan_create(m->graph, &m->outputs[i].node, 1, &plan) == IDR_STATUS_OK);
  for (int k = 0; k < m->input_count; k++)
    if ((size_t)idr_shape_count(m->inputs[k].shape) > most)
      most = (size_t)idr_shape_count(m->inputs[k].shape);
  if (idr_plan_arena_bytes(plan) <= ARENA_MAX && most * sizeof *input <= ARENA_MAX &&
      idr_plan_flops(plan) <= FLOPS_MAX && idr_exec_create(plan, &exec) == IDR_STATUS_OK) {
    size_t count = (size_t)idr_shape_count(m->outputs[i].shape);
    int32_t *index = calloc(most, sizeof *index);
    input = calloc(most, sizeof *input);
    out = calloc(count, sizeof *out);
    FUZZ_CHECK(index && input && out);
    for (size_t k = 0; k < most; k++)
      input[k] = (real)0.25 * (real)((int)(k % 17) - 8);
    idr_exec_bind_params(exec, m->flat);
    for (int k = 0; k < m->input_count; k++)
      idr_exec_bind_input(exec, idr_plan_input(plan, m->inputs[k].name),
                          m->inputs[k].dtype == IDR_DTYPE_INT32 ? (void *)index : (void *)input);
    idr_exec_run(exec);
    memcpy(out, idr_exec_output(exec, 0), count * sizeof *out);
    free(index);
  }
  free(input);
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  return out;
}

static void compare(const idr_onnx_model *a, const idr_onnx_model *b, int i) {
  FUZZ_CHECK(b->outputs[i].arg_max == a->outputs[i].arg_max);
  FUZZ_CHECK(idr_shape_count(b->outputs[i].shape) == idr_shape_count(a->outputs[i].shape));
  real *x = run(a, i), *y = run(b, i);
  size_t count = (size_t)idr_shape_count(a->outputs[i].shape);
  for (size_t k = 0; x && y && k < count; k++)
    FUZZ_CHECK(x[k] == y[k] || (x[k] != x[k] && y[k] != y[k]));
  free(x);
  free(y);
}

/* All shapes as they are: no batch has to be guessed. */
static void write_and_read(const idr_onnx_model *m) {
  idr_onnx_output *outputs = calloc((size_t)m->output_count, sizeof *outputs);
  idr_onnx_model *again = NULL;
  char *bytes = NULL;
  size_t size = 0;
  FUZZ_CHECK(outputs);
  for (int i = 0; i < m->output_count; i++)
    outputs[i] = (idr_onnx_output){m->outputs[i].name, m->outputs[i].node, m->outputs[i].arg_max};
  const idr_onnx_export ask = {.graph = m->graph,
                               .params = m->params,
                               .flat = m->flat,
                               .outputs = outputs,
                               .output_count = m->output_count};
  if (idr_onnx_pack(&ask, &bytes, &size) == IDR_STATUS_OK &&
      idr_onnx_parse("again", bytes, size, 0, &again) == IDR_STATUS_OK)
    for (int i = 0; i < m->output_count; i++)
      compare(m, again, i);
  idr_onnx_free(again);
  free(bytes);
  free(outputs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  idr_onnx_model *model = NULL;
  char *file = idr_fuzz_copy(data, bytes, 0);
  idr_status status = idr_onnx_parse("fuzz", file, bytes, ROWS, &model);
  FUZZ_CHECK((status == IDR_STATUS_OK) == (model != NULL));
  if (model) {
    check_ports(model);
    write_and_read(model);
    idr_onnx_free(model);
  } else {
    FUZZ_CHECK(status == IDR_STATUS_FORMAT || status == IDR_STATUS_UNSUPPORTED ||
               status == IDR_STATUS_MEMORY);
    FUZZ_CHECK(idr_error_get()->message[0] != '\0');
    idr_error_clear();
  }
  free(file);
  return 0;
}
