/* The loss of a clipped policy-gradient step on two tanh networks, and its gradient, as one plan:
 * what the tests of the planner run. */
#ifndef TESTS_SUPPORT_GRAPH_MLP_H
#define TESTS_SUPPORT_GRAPH_MLP_H

#include "graph/graph.h"

enum { GRAPH_MLP_PARAMS = 13 };

typedef struct {
  int32_t rows, observations, hidden, actions;
  idr_params *params;
  idr_graph *g;
  int index[GRAPH_MLP_PARAMS]; /* of all parameters */
  idr_node parameter[GRAPH_MLP_PARAMS];
  idr_node loss;
  idr_node gradient[GRAPH_MLP_PARAMS];
} graph_mlp;

idr_status graph_mlp_create(int32_t rows, int32_t observations, int32_t hidden, int32_t actions,
                            graph_mlp *out);
void graph_mlp_destroy(graph_mlp *mlp);
/* Outputs: the loss, then the gradients. */
idr_status graph_mlp_plan(const graph_mlp *mlp, idr_plan **out);

/* Inputs and parameters with values, bound to an exec. */
typedef struct {
  real *flat, *gradient; /* as the parameters are laid out */
  real *input[6];
} graph_mlp_data;
idr_status graph_mlp_data_create(const graph_mlp *mlp, uint64_t seed, graph_mlp_data *out);
void graph_mlp_data_destroy(graph_mlp_data *data);
void graph_mlp_bind(const graph_mlp *mlp, const idr_plan *plan, const graph_mlp_data *data,
                    idr_exec *exec);

#endif
