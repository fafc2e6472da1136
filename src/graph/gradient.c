/* Reverse-mode differentiation as a transformation of the graph. */
#include "graph/op.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  idr_graph *g;
  int count;      /* nodes up to the one that is differentiated */
  bool local;     /* the wanted nodes count as independent of each other: nothing passes them */
  bool *depends;  /* [count] on one of the wanted nodes */
  idr_node *grad; /* [count] gradient found so far, NONE: zero */
} sweep;

static void mark_dependent(const sweep *s, const idr_node *wrt, int n) {
  for (int i = 0; i < n; i++)
    if (wrt[i] < s->count) s->depends[wrt[i]] = true;
  for (int id = 0; id < s->count; id++) {
    const idr_graph_node *node = &s->g->nodes[id];
    for (int i = 0; i < idr_op_get(node->op)->input_count; i++)
      s->depends[id] = s->depends[id] || s->depends[node->in[i]];
  }
}

static bool is_wanted(const idr_node *wrt, int n, idr_node id) {
  for (int i = 0; i < n; i++)
    if (wrt[i] == id) return true;
  return false;
}

/* Adds what node `id` passes back to its inputs. */
static idr_status pass_back(const sweep *s, idr_node id) {
  const idr_op_row *row = idr_op_get(s->g->nodes[id].op);
  idr_node in[IDR_OP_INPUT_MAX], dx[IDR_OP_INPUT_MAX];
  bool want[IDR_OP_INPUT_MAX] = {false}, any = false;
  for (int i = 0; i < row->input_count; i++) {
    in[i] = s->g->nodes[id].in[i];
    dx[i] = IDR_NODE_NONE;
    want[i] = s->depends[in[i]];
    any = any || want[i];
  }
  if (!any) return IDR_STATUS_OK;
  char text[IDR_DESCRIBE_MAX];
  if (!row->gradient)
    IDR_FAIL(IDR_STATUS_UNSUPPORTED,
             "%s cannot be differentiated: take a loss that does not go through it",
             idr_graph_describe(s->g, id, text, sizeof text));
  row->gradient(s->g, id, s->grad[id], want, dx);
  IDR_TRY(idr_graph_status(s->g));
  for (int i = 0; i < row->input_count; i++) {
    if (!want[i] || dx[i] == IDR_NODE_NONE) continue;
    if (!idr_shape_equal(s->g->nodes[dx[i]].shape, s->g->nodes[in[i]].shape))
      IDR_FAIL(IDR_STATUS_INTERNAL, "the gradient of %s has not the shape of its input %d",
               idr_graph_describe(s->g, id, text, sizeof text), i);
    idr_node *sum = &s->grad[in[i]];
    *sum = *sum == IDR_NODE_NONE ? dx[i] : idr_add(s->g, *sum, dx[i]);
  }
  return IDR_STATUS_OK;
}

static idr_status run_sweep(const sweep *s, idr_node seed, const idr_node *wrt, int n,
                            idr_node *result) {
  mark_dependent(s, wrt, n);
  for (int id = 0; id < s->count; id++)
    s->grad[id] = IDR_NODE_NONE;
  s->grad[s->count - 1] = seed;
  for (idr_node id = s->count - 1; id >= 0; id--)
    if (s->grad[id] != IDR_NODE_NONE && s->depends[id] && !(s->local && is_wanted(wrt, n, id)))
      IDR_TRY(pass_back(s, id));
  for (int i = 0; i < n; i++)
    result[i] = wrt[i] < s->count ? s->grad[wrt[i]] : IDR_NODE_NONE;
  return IDR_STATUS_OK;
}

static idr_status differentiate(idr_graph *g, idr_node out, idr_node seed, bool local,
                                const idr_node *wrt, int n, idr_node *result) {
  IDR_TRY(idr_graph_status(g));
  sweep s = {.g = g, .count = out + 1, .local = local};
  s.depends = calloc((size_t)s.count, sizeof *s.depends);
  s.grad = calloc((size_t)s.count, sizeof *s.grad);
  idr_status status = IDR_STATUS_OK;
  if (!s.depends || !s.grad)
    IDR_FAIL_GOTO(status, done, IDR_STATUS_MEMORY, "no memory to differentiate %d nodes", s.count);
  IDR_TRY_GOTO(status, done, run_sweep(&s, seed, wrt, n, result));
done:
  free(s.depends);
  free(s.grad);
  return status;
}

idr_status idr_gradient_local(idr_graph *g, idr_node out, idr_node seed, const idr_node *wrt, int n,
                              idr_node *result) {
  return differentiate(g, out, seed, true, wrt, n, result);
}

static idr_status check_request(const idr_graph *g, idr_node loss, const idr_node *wrt, int n) {
  char text[IDR_DESCRIBE_MAX];
  if (loss < 0 || loss >= g->count)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the loss is no node of this graph");
  if (idr_shape_count(g->nodes[loss].shape) != 1)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the loss %s is not one number: sum it or take its mean first",
             idr_graph_describe(g, loss, text, sizeof text));
  for (int i = 0; i < n; i++) {
    if (wrt[i] < 0 || wrt[i] >= g->count)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "gradient %d is asked for something that is no node", i);
    if (g->nodes[wrt[i]].dtype != IDR_DTYPE_REAL)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "there is no gradient with respect to %s: it is int32",
               idr_graph_describe(g, wrt[i], text, sizeof text));
  }
  return IDR_STATUS_OK;
}

idr_status idr_graph_gradient(idr_graph *g, idr_node loss, const idr_node *wrt, int n,
                              idr_node *out) {
  IDR_TRY(idr_graph_status(g));
  IDR_TRY(check_request(g, loss, wrt, n));
  idr_node seed = idr_broadcast_to(g, idr_graph_constant(g, 1.0), g->nodes[loss].shape);
  IDR_TRY(differentiate(g, loss, seed, false, wrt, n, out));
  for (int i = 0; i < n; i++)
    if (out[i] == IDR_NODE_NONE)
      out[i] = idr_broadcast_to(g, idr_graph_constant(g, 0.0), g->nodes[wrt[i]].shape);
  return idr_graph_status(g);
}
