/* A second, plain evaluation of a graph in double: the oracle of the kernels.
 *
 * Every node is computed for itself by index arithmetic on its definition; nothing is shared with
 * the kernels, the planner or the loops of src/graph.
 */
#ifndef TESTS_SUPPORT_GRAPH_REFERENCE_H
#define TESTS_SUPPORT_GRAPH_REFERENCE_H

#include "graph/op.h"

typedef struct {
  int count;      /* nodes */
  double **value; /* [count]; int32 inputs as numbers */
} graph_reference;

/* Room for all nodes of `g`, zeros. The caller fills value[] of inputs and parameters. */
graph_reference graph_reference_create(const idr_graph *g);
void graph_reference_destroy(graph_reference *reference);
/* Computes every node that is not given. */
void graph_reference_run(const idr_graph *g, graph_reference *reference);

#endif
