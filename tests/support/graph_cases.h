/* One or more cases per row of the op table, for the tests that walk it. */
#ifndef TESTS_SUPPORT_GRAPH_CASES_H
#define TESTS_SUPPORT_GRAPH_CASES_H

#include "graph/op.h"

typedef struct {
  const char *name;
  idr_op_code op; /* must appear in the graph that `build` makes */
  int inputs;
  idr_shape shape[IDR_OP_INPUT_MAX];
  double low, high;    /* inputs are uniform in between */
  int32_t index_below; /* > 0: input 1 is int32, uniform in [0, index_below) */
  idr_node (*build)(idr_graph *g, const idr_node *in);
} graph_case;

const graph_case *graph_case_list(int *count);

/* A case with its graph built, its inputs drawn, and its output summed to a loss with random
 * weights: loss = sum(output * weight). */
typedef struct {
  idr_graph *g;
  idr_node in[IDR_OP_INPUT_MAX], weight, output, loss;
  int inputs, reals;              /* all inputs; those that can be differentiated */
  idr_node wrt[IDR_OP_INPUT_MAX]; /* [reals] */
  real *value[IDR_OP_INPUT_MAX];  /* [inputs]; NULL for the index */
  int32_t *index;                 /* of a case that has one */
  real *weights;
} graph_trial;

void graph_trial_create(const graph_case *c, uint32_t seed, graph_trial *trial);
void graph_trial_destroy(graph_trial *trial);
/* Binds everything the plan wants by name: x0, x1, x2, weight, and `extra` as direction0.. */
void graph_trial_bind(const graph_trial *trial, const idr_plan *plan, idr_exec *exec,
                      real *const *extra);
/* Uniform number in [low, high) for element i of stream `seed`. */
double graph_random(uint32_t seed, uint32_t i, double low, double high);

#endif
