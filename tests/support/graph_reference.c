#include "support/graph_reference.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- indices --------------------------------------------------------------------------------- */
static void unravel(idr_shape shape, int64_t flat, int64_t *index) {
  for (int i = shape.rank - 1; i >= 0; i--) {
    index[i] = flat % shape.dim[i];
    flat /= shape.dim[i];
  }
}

static int64_t ravel(idr_shape shape, const int64_t *index) {
  int64_t flat = 0;
  for (int i = 0; i < shape.rank; i++)
    flat = flat * shape.dim[i] + index[i];
  return flat;
}

/* Element of an operand that belongs to element `flat` of an output it is repeated to. */
static int64_t repeated(idr_shape operand, idr_shape out, int64_t flat) {
  int64_t index[IDR_RANK_MAX], own[IDR_RANK_MAX] = {0};
  unravel(out, flat, index);
  for (int i = 0; i < operand.rank; i++)
    own[i] = operand.dim[i] == 1 ? 0 : index[out.rank - operand.rank + i];
  return ravel(operand, own);
}

/* ---- definitions ----------------------------------------------------------------------------- */
static double gradient_of_activation(const idr_graph_node *n, double a, double b) {
  double p = n->attr.a, q = n->attr.b;
  switch (n->op) {
  case IDR_OP_TANH_GRAD:
    return b * (1 - a * a);
  case IDR_OP_SIGMOID_GRAD:
    return b * a * (1 - a);
  case IDR_OP_RELU_GRAD:
    return a > 0 ? b : 0;
  case IDR_OP_LEAKY_RELU_GRAD:
    return a > 0 ? b : b * p;
  case IDR_OP_ELU_GRAD:
    return a > 0 ? b : b * (a + 1);
  case IDR_OP_CLIP_GRAD:
    return a < p || a > q ? 0 : b;
  default:
    return NAN;
  }
}

static double function_of_one(const idr_graph_node *n, double a) {
  double p = n->attr.a, q = n->attr.b;
  switch (n->op) {
  case IDR_OP_COPY:
    return a;
  case IDR_OP_SCALE:
    return a * p;
  case IDR_OP_SHIFT:
    return a + p;
  case IDR_OP_EXP:
    return exp(a);
  case IDR_OP_LOG:
    return log(a);
  case IDR_OP_SQRT:
    return sqrt(a);
  case IDR_OP_SQUARE:
    return a * a;
  case IDR_OP_ABS:
    return fabs(a);
  case IDR_OP_SIGN:
    return a > 0 ? 1 : a < 0 ? -1 : 0;
  case IDR_OP_TANH:
    return tanh(a);
  case IDR_OP_SIGMOID:
    return 0.5 * (1.0 + tanh(0.5 * a));
  case IDR_OP_SOFTPLUS:
    return fmax(a, 0.0) + log1p(exp(-fabs(a)));
  case IDR_OP_RELU:
    return fmax(a, 0.0);
  case IDR_OP_LEAKY_RELU:
    return a > 0 ? a : p * a;
  case IDR_OP_ELU:
    return a > 0 ? a : expm1(a);
  case IDR_OP_CLIP:
    return fmin(fmax(a, p), q);
  default:
    return NAN;
  }
}

static double pointwise(const idr_graph_node *n, double a, double b) {
  switch (n->op) {
  case IDR_OP_ADD:
    return a + b;
  case IDR_OP_SUB:
    return a - b;
  case IDR_OP_MUL:
    return a * b;
  case IDR_OP_DIV:
    return a / b;
  case IDR_OP_MINIMUM:
    return fmin(a, b);
  case IDR_OP_MAXIMUM:
    return fmax(a, b);
  case IDR_OP_LESS:
    return a < b;
  default:
    break;
  }
  return idr_op_get(n->op)->input_count == 1 ? function_of_one(n, a)
                                             : gradient_of_activation(n, a, b);
}

static void product(const idr_graph_node *n, idr_shape a, const double *x, const double *y,
                    const double *bias, double *out) {
  int64_t k = a.dim[n->attr.transpose_a ? 0 : 1];
  int64_t rows = n->shape.dim[0], columns = n->shape.dim[1];
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      double sum = bias ? bias[j] : 0.0;
      for (int64_t p = 0; p < k; p++)
        sum += (n->attr.transpose_a ? x[p * rows + i] : x[i * k + p]) *
               (n->attr.transpose_b ? y[j * k + p] : y[p * columns + j]);
      out[i * columns + j] = sum;
    }
}

static void normalize(const idr_graph_node *n, const double *x, const double *dy, double *out) {
  int64_t width = n->shape.dim[n->shape.rank - 1], rows = idr_shape_count(n->shape) / width;
  for (int64_t r = 0; r < rows; r++) {
    double mean = 0, var = 0, sum = 0, product = 0;
    for (int64_t i = 0; i < width; i++)
      mean += x[r * width + i] / (double)width;
    for (int64_t i = 0; i < width; i++)
      var += pow(x[r * width + i] - mean, 2) / (double)width;
    double scale = 1.0 / sqrt(var + n->attr.a);
    for (int64_t i = 0; i < width && dy; i++) {
      sum += dy[r * width + i] / (double)width;
      product += dy[r * width + i] * (x[r * width + i] - mean) * scale / (double)width;
    }
    for (int64_t i = 0; i < width; i++) {
      double y = (x[r * width + i] - mean) * scale;
      out[r * width + i] = dy ? (dy[r * width + i] - sum - y * product) * scale : y;
    }
  }
}

/* Index in the output of a reduction to which element `flat` of the input goes. */
static int64_t reduced(const idr_graph_node *n, idr_shape in, int64_t flat) {
  int64_t index[IDR_RANK_MAX];
  unravel(in, flat, index);
  int64_t out = 0;
  for (int i = 0; i < in.rank; i++)
    if (n->attr.axis != -1 && i != n->attr.axis) out = out * in.dim[i] + index[i];
  return out;
}

static void sum_or_max(const idr_graph_node *n, idr_shape in, const double *x, double *out) {
  int64_t count = idr_shape_count(in), outputs = idr_shape_count(n->shape);
  for (int64_t i = 0; i < outputs; i++)
    out[i] = n->op == IDR_OP_SUM ? 0.0 : -INFINITY;
  for (int64_t i = 0; i < count; i++) {
    double *y = &out[reduced(n, in, i)];
    *y = n->op == IDR_OP_SUM ? *y + x[i] : fmax(*y, x[i]);
  }
}

static void max_mask(const idr_graph_node *n, const double *x, double *out) {
  int64_t count = idr_shape_count(n->shape);
  for (int64_t i = 0; i < count; i++) {
    out[i] = 1.0;
    for (int64_t k = 0; k < count; k++)
      if (reduced(n, n->shape, k) == reduced(n, n->shape, i) &&
          (x[k] > x[i] || (x[k] == x[i] && k < i)))
        out[i] = 0.0;
  }
}

static void log_sum_exp(const idr_graph_node *n, idr_shape in, const double *x, double *out) {
  int64_t width = in.dim[in.rank - 1];
  for (int64_t r = 0; r < idr_shape_count(n->shape); r++) {
    double sum = 0;
    for (int64_t i = 0; i < width; i++)
      sum += exp(x[r * width + i]);
    out[r] = log(sum);
  }
}

/* concat, slice, pad and transpose by the index of the output. */
static double moved(const idr_graph *g, const idr_graph_node *n, double **value, int64_t flat) {
  idr_shape a = g->nodes[n->in[0]].shape;
  int64_t index[IDR_RANK_MAX];
  int axis = n->attr.axis;
  unravel(n->shape, flat, index);
  if (n->op == IDR_OP_TRANSPOSE) return value[n->in[0]][index[1] * a.dim[1] + index[0]];
  if (n->op == IDR_OP_CONCAT && index[axis] >= a.dim[axis]) {
    index[axis] -= a.dim[axis];
    return value[n->in[1]][ravel(g->nodes[n->in[1]].shape, index)];
  }
  if (n->op == IDR_OP_SLICE) index[axis] += n->attr.begin;
  if (n->op == IDR_OP_PAD) index[axis] -= n->attr.begin;
  if (index[axis] < 0 || index[axis] >= a.dim[axis]) return 0.0;
  return value[n->in[0]][ravel(a, index)];
}

static void each(const idr_graph *g, const idr_graph_node *n, double **value, double *out) {
  int inputs = idr_op_get(n->op)->input_count;
  for (int64_t i = 0; i < idr_shape_count(n->shape); i++) {
    int64_t columns = n->shape.rank > 1 ? n->shape.dim[1] : 1;
    double a = 0, b = 0;
    switch (n->op) {
    case IDR_OP_CONSTANT:
      out[i] = n->attr.a;
      break;
    case IDR_OP_RESHAPE:
      out[i] = value[n->in[0]][i];
      break;
    case IDR_OP_BROADCAST_TO:
      out[i] = value[n->in[0]][repeated(g->nodes[n->in[0]].shape, n->shape, i)];
      break;
    case IDR_OP_CONCAT:
    case IDR_OP_SLICE:
    case IDR_OP_PAD:
    case IDR_OP_TRANSPOSE:
      out[i] = moved(g, n, value, i);
      break;
    case IDR_OP_GATHER:
      out[i] = value[n->in[0]][i * g->nodes[n->in[0]].shape.dim[1] + (int64_t)value[n->in[1]][i]];
      break;
    case IDR_OP_SCATTER:
      out[i] =
          i % columns == (int64_t)value[n->in[1]][i / columns] ? value[n->in[0]][i / columns] : 0.0;
      break;
    default:
      a = value[n->in[0]][repeated(g->nodes[n->in[0]].shape, n->shape, i)];
      if (inputs > 1) b = value[n->in[1]][repeated(g->nodes[n->in[1]].shape, n->shape, i)];
      out[i] = pointwise(n, a, b);
    }
  }
}

static void evaluate(const idr_graph *g, const idr_graph_node *n, double **value, double *out) {
  idr_shape in = n->in[0] >= 0 ? g->nodes[n->in[0]].shape : idr_shape_scalar();
  switch (n->op) {
  case IDR_OP_INPUT:
  case IDR_OP_PARAMETER:
    break;
  case IDR_OP_MATMUL:
    product(n, in, value[n->in[0]], value[n->in[1]], NULL, out);
    break;
  case IDR_OP_LINEAR:
    product(n, in, value[n->in[0]], value[n->in[1]], value[n->in[2]], out);
    break;
  case IDR_OP_NORMALIZE:
    normalize(n, value[n->in[0]], NULL, out);
    break;
  case IDR_OP_NORMALIZE_GRAD:
    normalize(n, value[n->in[0]], value[n->in[1]], out);
    break;
  case IDR_OP_SUM:
  case IDR_OP_MAX:
    sum_or_max(n, in, value[n->in[0]], out);
    break;
  case IDR_OP_MAX_MASK:
    max_mask(n, value[n->in[0]], out);
    break;
  case IDR_OP_LOG_SUM_EXP:
    log_sum_exp(n, in, value[n->in[0]], out);
    break;
  default:
    each(g, n, value, out);
  }
}

/* ---- life ------------------------------------------------------------------------------------ */
graph_reference graph_reference_create(const idr_graph *g) {
  graph_reference r = {.count = g->count, .value = calloc((size_t)g->count, sizeof(double *))};
  for (int i = 0; r.value && i < g->count; i++)
    r.value[i] = calloc((size_t)idr_shape_count(g->nodes[i].shape), sizeof(double));
  return r;
}

void graph_reference_destroy(graph_reference *reference) {
  for (int i = 0; i < reference->count; i++)
    free(reference->value[i]);
  free(reference->value);
}

void graph_reference_run(const idr_graph *g, graph_reference *reference) {
  for (int i = 0; i < g->count; i++)
    evaluate(g, &g->nodes[i], reference->value, reference->value[i]);
}
