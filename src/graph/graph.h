/* The compute graph: nodes, parameters, gradient, plan, run.
 *
 * A graph is a list of nodes; a node is an op of the table (graph/op.h), its inputs, its attributes
 * and an output of known shape. Models are functions that add nodes. The gradient of a node is a
 * transformation that appends nodes, so the gradient of a gradient needs nothing new. A plan is an
 * immutable schedule with one arena; an exec is a plan's memory for one thread.
 *
 * Shapes are row-major. By convention dimension 0 of a batched tensor is the tile's rows. Weights
 * are [in][out]. Builder functions return IDR_NODE_NONE after a mistake and the graph keeps the
 * first one: check idr_graph_status once, when the model is built.
 */
#ifndef IDR_GRAPH_GRAPH_H
#define IDR_GRAPH_GRAPH_H

#include "base/real.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

#define IDR_RANK_MAX  4
#define IDR_NODE_NONE (-1)

typedef int32_t idr_node;
typedef enum { IDR_DTYPE_REAL, IDR_DTYPE_INT32 } idr_dtype;

typedef struct {
  int rank; /* 0: a scalar */
  int32_t dim[IDR_RANK_MAX];
} idr_shape;

int64_t idr_shape_count(idr_shape shape); /* number of elements */
#define IDR_SHAPE(...)                                                                             \
  idr_shape_of((int)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (int32_t[]){__VA_ARGS__})
idr_shape idr_shape_of(int rank, const int32_t *dim);
idr_shape idr_shape_scalar(void);

/* ---- parameters: one flat buffer, laid out in order of addition ------------------------------ */
typedef enum { IDR_INIT_ZERO, IDR_INIT_CONSTANT, IDR_INIT_ORTHOGONAL, IDR_INIT_NORMAL } idr_init;

typedef struct {
  char name[64];
  idr_shape shape;
  int64_t offset, count; /* in elements of the flat buffer */
  idr_init init;
  double gain; /* gain, constant or standard deviation */
  bool decay;  /* weight decay applies (matrices), or not (biases, scales) */
} idr_param;

typedef struct idr_params idr_params;
idr_status idr_params_create(idr_params **out);
void idr_params_destroy(idr_params *params);
/* Returns the parameter's index; the same name twice is an INTERNAL failure kept until
 * idr_params_status. Offsets are aligned to 16 elements; the gaps stay zero. */
int idr_params_add(idr_params *params, const char *name, idr_shape shape, idr_init init,
                   double gain);
/* Index of a name, -1 when absent. */
int idr_params_find(const idr_params *params, const char *name);
idr_status idr_params_status(const idr_params *params);
int idr_params_count(const idr_params *params);
const idr_param *idr_params_get(const idr_params *params, int index);
int64_t idr_params_size(const idr_params *params); /* elements of the flat buffer, gaps included */
/* Fills `flat` (idr_params_size elements) from Philox, purpose INIT. Orthogonal: QR of a normal
 * matrix in double, times gain (Saxe et al. 2014). */
idr_status idr_params_init(const idr_params *params, uint64_t seed, real *flat);

/* ---- building -------------------------------------------------------------------------------- */
typedef struct idr_graph idr_graph;
idr_status idr_graph_create(idr_graph **out);
void idr_graph_destroy(idr_graph *g);
/* OK, or the first mistake made while building (shapes that do not fit, ...). */
idr_status idr_graph_status(const idr_graph *g);
idr_shape idr_graph_shape(const idr_graph *g, idr_node node);

/* A name stands for one node: asked again with the same type and shape, it is the same node. */
idr_node idr_graph_input(idr_graph *g, const char *name, idr_dtype dtype, idr_shape shape);
/* The same index gives the same node, so a later call can name what the model used. */
idr_node idr_graph_parameter(idr_graph *g, const idr_params *params, int index);
idr_node idr_graph_constant(idr_graph *g, double value); /* scalar */

/* Pointwise with NumPy broadcasting over both operands. A NaN in an operand stays one in every op,
 * minimum, maximum, relu and clip among them. Where minimum or maximum find both operands equal,
 * the first one gets the gradient; clip passes it on the bounds. */
idr_node idr_add(idr_graph *g, idr_node a, idr_node b);
idr_node idr_sub(idr_graph *g, idr_node a, idr_node b);
idr_node idr_mul(idr_graph *g, idr_node a, idr_node b);
idr_node idr_div(idr_graph *g, idr_node a, idr_node b);
idr_node idr_minimum(idr_graph *g, idr_node a, idr_node b);
idr_node idr_maximum(idr_graph *g, idr_node a, idr_node b);
idr_node idr_less(idr_graph *g, idr_node a, idr_node b); /* 1 where a < b, else 0; no gradient */
idr_node idr_scale(idr_graph *g, idr_node a, double factor);
idr_node idr_shift(idr_graph *g, idr_node a, double term);
idr_node idr_neg(idr_graph *g, idr_node a);
idr_node idr_exp(idr_graph *g, idr_node a);
idr_node idr_log(idr_graph *g, idr_node a);
idr_node idr_sqrt(idr_graph *g, idr_node a);
idr_node idr_square(idr_graph *g, idr_node a);
idr_node idr_abs(idr_graph *g, idr_node a);
idr_node idr_tanh(idr_graph *g, idr_node a);
idr_node idr_sigmoid(idr_graph *g, idr_node a);
idr_node idr_softplus(idr_graph *g, idr_node a);
idr_node idr_relu(idr_graph *g, idr_node a);
idr_node idr_leaky_relu(idr_graph *g, idr_node a, double slope);
idr_node idr_elu(idr_graph *g, idr_node a);
idr_node idr_clip(idr_graph *g, idr_node a, double low, double high);

/* Matrices: a [m][k] (or its transpose), b [k][n] (or its transpose). */
idr_node idr_matmul(idr_graph *g, idr_node a, idr_node b, bool transpose_a, bool transpose_b);
/* x [rows][in] times w [in][out] plus bias [out]. */
idr_node idr_linear(idr_graph *g, idr_node x, idr_node w, idr_node bias);
/* Normalises the last dimension: (x - mean)/sqrt(var + eps) * scale + bias (Ba et al. 2016). */
idr_node idr_layer_norm(idr_graph *g, idr_node x, idr_node scale, idr_node bias, double eps);

/* Reductions; `axis` -1 means all axes. `keep` keeps a dimension of 1. */
idr_node idr_sum(idr_graph *g, idr_node a, int axis, bool keep);
idr_node idr_mean(idr_graph *g, idr_node a, int axis, bool keep);
idr_node idr_max(idr_graph *g, idr_node a, int axis, bool keep); /* gradient to the first maximum */
/* log(sum(exp(a))) over the last axis, kept. */
idr_node idr_log_sum_exp(idr_graph *g, idr_node a);

/* Shape. */
idr_node idr_reshape(idr_graph *g, idr_node a, idr_shape shape);
idr_node idr_broadcast_to(idr_graph *g, idr_node a, idr_shape shape);
idr_node idr_transpose(idr_graph *g, idr_node a); /* of a matrix */
idr_node idr_concat(idr_graph *g, idr_node a, idr_node b, int axis);
idr_node idr_slice(idr_graph *g, idr_node a, int axis, int32_t begin, int32_t end);
/* a [rows][n], index int32 [rows] -> [rows][1]: out[r] = a[r][index[r]]. The caller answers for
 * indices in [0, n). */
idr_node idr_gather(idr_graph *g, idr_node a, idr_node index);

/* Appends the gradient of scalar `loss` with respect to wrt[0..n): out[i] has the shape of wrt[i]
 * (zeros where loss does not depend on it). UNSUPPORTED when an op on the way has no gradient that
 * can be differentiated once more; the message names it. */
idr_status idr_graph_gradient(idr_graph *g, idr_node loss, const idr_node *wrt, int n,
                              idr_node *out);

/* ---- plan and run ---------------------------------------------------------------------------- */
typedef struct idr_plan idr_plan; /* immutable; may be shared by threads */
typedef struct idr_exec idr_exec; /* one thread's memory of a plan */

/* Orders what `outputs` need and lays out one arena with reuse. The graph may be destroyed after.
 */
idr_status idr_plan_create(const idr_graph *g, const idr_node *outputs, int n, idr_plan **out);
void idr_plan_destroy(idr_plan *plan);
/* Position of an input by name, in the order of bind; -1 when the plan does not need it. */
int idr_plan_input(const idr_plan *plan, const char *name);
double idr_plan_flops(const idr_plan *plan); /* of one run */
size_t idr_plan_arena_bytes(const idr_plan *plan);
/* One line per step: op, shape, arena offset; for reading and tests. */
void idr_plan_print(const idr_plan *plan, void *file);

idr_status idr_exec_create(const idr_plan *plan, idr_exec **out);
void idr_exec_destroy(idr_exec *exec);
/* All pointers are borrowed and must stay valid during runs; 64-byte alignment is not required.
 * `position` < 0 is ignored, so an input the plan does not need may be bound blindly. */
void idr_exec_bind_params(idr_exec *exec, const real *flat);
void idr_exec_bind_input(idr_exec *exec, int position, const void *data);
/* Output i is written to `data` instead of the arena. */
void idr_exec_bind_output(idr_exec *exec, int i, real *data);
/* Sends the outputs [first, first + n) that are gradients of parameters to one flat buffer: output
 * first + k goes to flat + offset of parameter index[k], or of parameter k when `index` is NULL. */
void idr_exec_bind_gradients(idr_exec *exec, const idr_params *params, const int *index, int first,
                             int n, real *flat);
void idr_exec_run(idr_exec *exec);
/* Where output i lies after a run. */
const real *idr_exec_output(const idr_exec *exec, int i);

/* BLAS: name, core and threading of the library in use, for the banner and the checkpoint. */
void idr_blas_describe(char *out, size_t size);
/* Sets BLAS to one thread; UNSUPPORTED when `threads` > 1 and the library is a serial build, which
 * returns wrong products when called from several threads. */
idr_status idr_blas_prepare(int threads);

#endif
