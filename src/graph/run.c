/* Execution: pointers are resolved when bindings change, and a run is a loop over kernels. */
#include "graph/plan.h"
#include <stdlib.h>
#include <string.h>

idr_status idr_exec_create(const idr_plan *plan, idr_exec **out) {
  idr_exec *exec = calloc(1, sizeof *exec);
  *out = NULL;
  if (!exec) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for an exec");
  size_t bytes = (idr_plan_arena_bytes(plan) + 127) / 64 * 64;
  exec->plan = plan;
  exec->arena = aligned_alloc(64, bytes);
  exec->inputs = calloc((size_t)plan->input_count + 1, sizeof *exec->inputs);
  exec->outputs = calloc((size_t)plan->output_count + 1, sizeof *exec->outputs);
  exec->memory = calloc((size_t)plan->step_count + 1, sizeof *exec->memory);
  if (!exec->arena || !exec->inputs || !exec->outputs || !exec->memory) {
    idr_exec_destroy(exec);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for an exec with an arena of %zu bytes", bytes);
  }
  memset(exec->arena, 0, bytes);
  for (int i = 0; i < plan->output_count; i++)
    exec->outputs[i] = exec->arena + plan->output_at[i];
  *out = exec;
  return IDR_STATUS_OK;
}

void idr_exec_destroy(idr_exec *exec) {
  if (!exec) return;
  free(exec->arena);
  free(exec->inputs);
  free(exec->outputs);
  free(exec->memory);
  free(exec);
}

void idr_exec_bind_params(idr_exec *exec, const real *flat) {
  exec->resolved = exec->resolved && exec->params == flat;
  exec->params = flat;
}

void idr_exec_bind_input(idr_exec *exec, int position, const void *data) {
  if (position < 0 || position >= exec->plan->input_count) return;
  exec->resolved = exec->resolved && exec->inputs[position] == data;
  exec->inputs[position] = data;
}

void idr_exec_bind_output(idr_exec *exec, int i, real *data) {
  exec->resolved = exec->resolved && exec->outputs[i] == data;
  exec->outputs[i] = data;
}

void idr_exec_bind_gradients(idr_exec *exec, const idr_params *params, const int *index, int first,
                             int n, real *flat) {
  for (int k = 0; k < n; k++) {
    const idr_param *param = idr_params_get(params, index ? index[k] : k);
    idr_exec_bind_output(exec, first + k, flat + param->offset);
  }
}

static const real *resolve(const idr_exec *exec, idr_place place) {
  switch (place.space) {
  case IDR_SPACE_ARENA:
    return exec->arena + place.at;
  case IDR_SPACE_PARAM:
    return exec->params + place.at;
  case IDR_SPACE_CONST:
    return exec->plan->constants + place.at;
  case IDR_SPACE_INPUT:
    return exec->inputs[place.at];
  case IDR_SPACE_OUTPUT:
    return exec->outputs[place.at];
  }
  return NULL;
}

/* What a step writes lies in the arena or in an output, both of which belong to the exec. */
static real *resolve_written(const idr_exec *exec, idr_place place) {
  return place.space == IDR_SPACE_OUTPUT ? exec->outputs[place.at] : exec->arena + place.at;
}

void idr_exec_resolve(idr_exec *exec) {
  for (int i = 0; i < exec->plan->step_count; i++) {
    const idr_plan_step *s = &exec->plan->steps[i];
    idr_op_memory *memory = &exec->memory[i];
    memory->out = resolve_written(exec, s->out);
    for (int k = 0; k < idr_op_get(s->step.op)->input_count; k++)
      memory->in[k] = resolve(exec, s->in[k]);
    memory->scratch = s->scratch < 0 ? NULL : exec->arena + s->scratch;
  }
  exec->resolved = true;
}

void idr_exec_run(idr_exec *exec) {
  if (!exec->resolved) idr_exec_resolve(exec);
  for (int i = 0; i < exec->plan->step_count; i++) {
    const idr_op_step *step = &exec->plan->steps[i].step;
    idr_op_get(step->op)->run(step, &exec->memory[i]);
  }
}

const real *idr_exec_output(const idr_exec *exec, int i) {
  return exec->outputs[i];
}
