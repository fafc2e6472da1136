/* Nodes whose value is given: inputs, parameters, constants. */
#include "graph/op.h"
#include <stdio.h>
#include <string.h>

static bool shape_given(idr_graph *g, idr_graph_node *node) {
  char text[96];
  node->shape = node->attr.target;
  for (int i = 0; i < node->shape.rank && i < IDR_RANK_MAX; i++)
    if (node->shape.dim[i] < 1) {
      snprintf(text, sizeof text, "dimension %d is %d; it must be at least 1", i,
               (int)node->shape.dim[i]);
      idr_graph_fail(g, IDR_STATUS_ARGUMENT, "'%s': %s", node->name, text);
      return false;
    }
  if (node->shape.rank < 0 || node->shape.rank > IDR_RANK_MAX) {
    idr_graph_fail(g, IDR_STATUS_ARGUMENT, "'%s' has %d dimensions; at most %d are possible",
                   node->name, node->shape.rank, IDR_RANK_MAX);
    return false;
  }
  return true;
}

const idr_op_row idr_op_input = {.name = "input", .source = true, .shape = shape_given};
const idr_op_row idr_op_parameter = {.name = "parameter", .source = true, .shape = shape_given};
const idr_op_row idr_op_constant = {.name = "constant", .source = true, .shape = shape_given};

/* The one node with this name, or NONE. */
static idr_node find_input(const idr_graph *g, const char *name) {
  for (int i = 0; i < g->count; i++)
    if (g->nodes[i].op == IDR_OP_INPUT && strcmp(g->nodes[i].name, name) == 0) return i;
  return IDR_NODE_NONE;
}

idr_node idr_graph_input(idr_graph *g, const char *name, idr_dtype dtype, idr_shape shape) {
  if (strlen(name) >= sizeof g->nodes->name)
    return idr_graph_fail(g, IDR_STATUS_ARGUMENT, "input name '%s' is longer than %d bytes", name,
                          (int)sizeof g->nodes->name - 1);
  idr_node known = find_input(g, name);
  if (known != IDR_NODE_NONE) {
    if (idr_shape_equal(g->nodes[known].shape, shape) && g->nodes[known].dtype == dtype)
      return known;
    return idr_graph_fail(g, IDR_STATUS_ARGUMENT,
                          "input '%s' was added before with another shape or type", name);
  }
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.target = shape;
  idr_node node = idr_graph_add(g, IDR_OP_INPUT, NULL, &attr, name);
  if (node != IDR_NODE_NONE) g->nodes[node].dtype = dtype;
  return node;
}

idr_node idr_graph_parameter(idr_graph *g, const idr_params *params, int index) {
  if (g->params && g->params != params)
    return idr_graph_fail(g, IDR_STATUS_ARGUMENT,
                          "a graph takes its parameters from one flat buffer, not from two");
  if (index < 0 || index >= idr_params_count(params))
    return idr_graph_fail(g, IDR_STATUS_ARGUMENT, "there is no parameter number %d", index);
  const idr_param *param = idr_params_get(params, index);
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.target = param->shape;
  attr.offset = param->offset;
  g->params = params;
  return idr_graph_add(g, IDR_OP_PARAMETER, NULL, &attr, param->name);
}

idr_node idr_graph_constant(idr_graph *g, double value) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.a = value;
  return idr_graph_add(g, IDR_OP_CONSTANT, NULL, &attr, NULL);
}
