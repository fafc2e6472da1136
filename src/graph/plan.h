/* The inside of a plan. For src/graph, its tests and its benchmark only. */
#ifndef IDR_GRAPH_PLAN_H
#define IDR_GRAPH_PLAN_H

#include "graph/op.h"

/* Where a value lies. `at`: element of the arena, of the parameters or of the constants; for INPUT
 * and OUTPUT the position. An output has an arena place too, used while it is not bound. */
typedef enum {
  IDR_SPACE_ARENA,
  IDR_SPACE_PARAM,
  IDR_SPACE_CONST,
  IDR_SPACE_INPUT,
  IDR_SPACE_OUTPUT
} idr_space;
typedef struct {
  idr_space space;
  int64_t at;
} idr_place;

typedef struct {
  idr_op_step step;
  idr_place out;
  idr_place in[IDR_OP_INPUT_MAX];
  int64_t scratch; /* element of the arena */
  int64_t scratch_count;
} idr_plan_step;

typedef struct {
  char name[64];
  idr_node node;
} idr_plan_given;

struct idr_plan {
  idr_plan_step *steps;
  int step_count;
  idr_plan_given *inputs;
  int input_count;
  real *constants;
  int constant_count;
  int64_t *output_at; /* [output_count] arena element of an unbound output */
  idr_shape *output_shape;
  int output_count;
  int64_t arena_count; /* elements */
};

struct idr_exec {
  const idr_plan *plan;
  real *arena;
  const real *params;
  const void **inputs;   /* [input_count] */
  real **outputs;        /* [output_count]: bound place, or the arena's */
  idr_op_memory *memory; /* [step_count] */
  bool resolved;         /* memory[] follows the bindings */
};

/* Brings memory[] up to date with the bindings. */
void idr_exec_resolve(idr_exec *exec);

#endif
