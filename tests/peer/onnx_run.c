/* What the engine makes of an ONNX file with one input: the shape of its first output and its
 * numbers, or why the file is refused (exit code 1).
 *   onnx_run FILE ROWS INPUT      INPUT: the input's floats, raw */
#include "base/file.h"
#include "onnx/onnx.h"

#include <stdio.h>
#include <stdlib.h>

static void print(const idr_exec *exec, idr_shape shape) {
  for (int i = 0; i < shape.rank; i++)
    printf("%d ", (int)shape.dim[i]);
  printf(":");
  for (int64_t i = 0; i < idr_shape_count(shape); i++)
    printf(" %.9g", (double)idr_exec_output(exec, 0)[i]);
  printf("\n");
}

static idr_status run(const idr_onnx_model *m, const char *input) {
  idr_plan *plan = NULL;
  idr_exec *exec = NULL;
  char *data = NULL;
  size_t bytes = 0;
  IDR_TRY(idr_file_read(input, (size_t)1 << 20, &data, &bytes));
  idr_status status = idr_plan_create(m->graph, &m->outputs[0].node, 1, &plan);
  if (status == IDR_STATUS_OK) status = idr_exec_create(plan, &exec);
  if (status == IDR_STATUS_OK) {
    idr_exec_bind_params(exec, m->flat);
    idr_exec_bind_input(exec, idr_plan_input(plan, m->inputs[0].name), data);
    idr_exec_run(exec);
    print(exec, m->outputs[0].shape);
  }
  idr_exec_destroy(exec);
  idr_plan_destroy(plan);
  free(data);
  return status;
}

int main(int argc, char **argv) {
  idr_onnx_model *model = NULL;
  if (argc != 4) return 2;
  idr_status status = idr_onnx_read(argv[1], (int32_t)atoi(argv[2]), &model);
  if (status == IDR_STATUS_OK) status = run(model, argv[3]);
  if (status != IDR_STATUS_OK) printf("%s\n", idr_error_get()->message);
  idr_onnx_free(model);
  return status == IDR_STATUS_OK ? 0 : 1;
}
