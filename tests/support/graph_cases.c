#include "support/graph_cases.h"
#include "base/random.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- builders -------------------------------------------------------------------------------- */
#define TWO(name, expression)                                                                      \
  static idr_node build_##name(idr_graph *g, const idr_node *in) {                                 \
    idr_node a = in[0], b = in[1];                                                                 \
    (void)a, (void)b;                                                                              \
    return (expression);                                                                           \
  }

static idr_node with(idr_graph *g, idr_op_code op, idr_node a, idr_node b, double p, double q) {
  idr_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.a = p;
  attr.b = q;
  return idr_graph_add2(g, op, a, b, &attr);
}

TWO(add, idr_add(g, a, b))
TWO(sub, idr_sub(g, a, b))
TWO(mul, idr_mul(g, a, b))
TWO(square_by_mul, idr_mul(g, a, a))
TWO(div, idr_div(g, a, b))
TWO(minimum, idr_minimum(g, a, b))
TWO(maximum, idr_maximum(g, a, b))
TWO(less, idr_mul(g, idr_less(g, a, b), a))
TWO(copy, idr_graph_add1(g, IDR_OP_COPY, a, NULL))
TWO(scale, idr_scale(g, a, -2.5))
TWO(shift, idr_shift(g, a, 0.75))
TWO(exp, idr_exp(g, a))
TWO(log, idr_log(g, a))
TWO(sqrt, idr_sqrt(g, a))
TWO(square, idr_square(g, a))
TWO(abs, idr_abs(g, a))
TWO(sign, idr_mul(g, idr_graph_add1(g, IDR_OP_SIGN, a, NULL), a))
TWO(tanh, idr_tanh(g, a))
TWO(sigmoid, idr_sigmoid(g, a))
TWO(softplus, idr_softplus(g, a))
TWO(relu, idr_relu(g, a))
TWO(leaky_relu, idr_leaky_relu(g, a, 0.2))
TWO(elu, idr_elu(g, a))
TWO(clip, idr_clip(g, a, -0.5, 0.8))
TWO(tanh_grad, with(g, IDR_OP_TANH_GRAD, a, b, 0, 0))
TWO(sigmoid_grad, with(g, IDR_OP_SIGMOID_GRAD, a, b, 0, 0))
TWO(relu_grad, with(g, IDR_OP_RELU_GRAD, a, b, 0, 0))
TWO(leaky_relu_grad, with(g, IDR_OP_LEAKY_RELU_GRAD, a, b, 0.2, 0))
TWO(elu_grad, with(g, IDR_OP_ELU_GRAD, a, b, 0, 0))
TWO(clip_grad, with(g, IDR_OP_CLIP_GRAD, a, b, -0.5, 0.8))
TWO(matmul_nn, idr_matmul(g, a, b, false, false))
TWO(matmul_tn, idr_matmul(g, a, b, true, false))
TWO(matmul_nt, idr_matmul(g, a, b, false, true))
TWO(matmul_tt, idr_matmul(g, a, b, true, true))
TWO(linear, idr_linear(g, a, b, in[2]))
TWO(normalize, idr_normalize(g, a, 1e-3))
TWO(normalize_grad, with(g, IDR_OP_NORMALIZE_GRAD, a, b, 1e-3, 0))
TWO(layer_norm, idr_layer_norm(g, a, b, in[2], 1e-3))
TWO(sum_all, idr_sum(g, a, -1, false))
TWO(sum_0, idr_sum(g, a, 0, false))
TWO(sum_1_keep, idr_sum(g, a, 1, true))
TWO(sum_last, idr_sum(g, a, 2, false))
TWO(mean, idr_mean(g, a, 1, false))
TWO(max_all, idr_max(g, a, -1, false))
TWO(max_0, idr_max(g, a, 0, true))
TWO(max_1, idr_max(g, a, 1, false))
TWO(max_mask, idr_mul(g, idr_max_mask(g, a, 1), a))
TWO(log_sum_exp, idr_log_sum_exp(g, a))
TWO(reshape, idr_reshape(g, idr_exp(g, a), IDR_SHAPE(4, 6)))
TWO(broadcast_to, idr_broadcast_to(g, a, IDR_SHAPE(2, 3, 4, 5)))
TWO(transpose, idr_transpose(g, a))
TWO(concat_0, idr_concat(g, a, b, 0))
TWO(concat_1, idr_concat(g, a, b, 1))
TWO(slice_0, idr_slice(g, a, 0, 1, 3))
TWO(slice_1, idr_slice(g, a, 1, 2, 5))
TWO(pad, idr_pad(g, a, 1, 2, 9))
TWO(gather, idr_gather(g, a, b))
TWO(scatter, idr_scatter(g, a, b, 5))

/* ---- the list -------------------------------------------------------------------------------- */
/* clang-format off */
#define S(...) {sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t), {__VA_ARGS__}}
#define SCALAR {0, {0}}
static const graph_case cases[] = {
  {"add: same shape", IDR_OP_ADD, 2, {S(3, 5), S(3, 5)}, -2, 2, 0, build_add},
  {"add: with a scalar", IDR_OP_ADD, 2, {S(3, 5), SCALAR}, -2, 2, 0, build_add},
  {"add: a scalar with", IDR_OP_ADD, 2, {SCALAR, S(7)}, -2, 2, 0, build_add},
  {"add: row vector", IDR_OP_ADD, 2, {S(4, 7), S(7)}, -2, 2, 0, build_add},
  {"add: column", IDR_OP_ADD, 2, {S(4, 7), S(4, 1)}, -2, 2, 0, build_add},
  {"add: column and row", IDR_OP_ADD, 2, {S(4, 1), S(7)}, -2, 2, 0, build_add},
  {"add: rank 4, alternating", IDR_OP_ADD, 2, {S(2, 1, 3, 1), S(1, 4, 1, 5)}, -2, 2, 0, build_add},
  {"add: two scalars", IDR_OP_ADD, 2, {SCALAR, SCALAR}, -2, 2, 0, build_add},
  {"sub: rank 3 and 2", IDR_OP_SUB, 2, {S(2, 3, 4), S(3, 1)}, -2, 2, 0, build_sub},
  {"sub: repeated first", IDR_OP_SUB, 2, {S(1, 4), S(3, 4)}, -2, 2, 0, build_sub},
  {"mul: row vector, narrow", IDR_OP_MUL, 2, {S(33, 3), S(3)}, -2, 2, 0, build_mul},
  {"mul: one column", IDR_OP_MUL, 2, {S(9, 1), S(1)}, -2, 2, 0, build_mul},
  {"mul: with itself", IDR_OP_MUL, 1, {S(5, 3)}, -2, 2, 0, build_square_by_mul},
  {"div: column", IDR_OP_DIV, 2, {S(5, 3), S(5, 1)}, 0.5, 2, 0, build_div},
  {"div: repeated first", IDR_OP_DIV, 2, {S(3), S(5, 3)}, 0.5, 2, 0, build_div},
  {"minimum", IDR_OP_MINIMUM, 2, {S(6, 3), S(6, 3)}, -2, 2, 0, build_minimum},
  {"minimum: row vector", IDR_OP_MINIMUM, 2, {S(6, 3), S(3)}, -2, 2, 0, build_minimum},
  {"maximum", IDR_OP_MAXIMUM, 2, {S(6, 3), S(6, 1)}, -2, 2, 0, build_maximum},
  {"less", IDR_OP_LESS, 2, {S(6, 3), S(6, 3)}, -2, 2, 0, build_less},
  {"copy", IDR_OP_COPY, 1, {S(17)}, -2, 2, 0, build_copy},
  {"scale", IDR_OP_SCALE, 1, {S(3, 11)}, -2, 2, 0, build_scale},
  {"shift", IDR_OP_SHIFT, 1, {S(3, 11)}, -2, 2, 0, build_shift},
  {"exp", IDR_OP_EXP, 1, {S(3, 11)}, -2, 2, 0, build_exp},
  {"log", IDR_OP_LOG, 1, {S(3, 11)}, 0.3, 3, 0, build_log},
  {"sqrt", IDR_OP_SQRT, 1, {S(3, 11)}, 0.3, 3, 0, build_sqrt},
  {"square", IDR_OP_SQUARE, 1, {S(3, 11)}, -2, 2, 0, build_square},
  {"abs", IDR_OP_ABS, 1, {S(3, 11)}, -2, 2, 0, build_abs},
  {"sign", IDR_OP_SIGN, 1, {S(3, 11)}, -2, 2, 0, build_sign},
  {"tanh", IDR_OP_TANH, 1, {S(3, 11)}, -3, 3, 0, build_tanh},
  {"sigmoid", IDR_OP_SIGMOID, 1, {S(3, 11)}, -4, 4, 0, build_sigmoid},
  {"softplus", IDR_OP_SOFTPLUS, 1, {S(3, 11)}, -4, 4, 0, build_softplus},
  {"relu", IDR_OP_RELU, 1, {S(3, 11)}, -2, 2, 0, build_relu},
  {"leaky_relu", IDR_OP_LEAKY_RELU, 1, {S(3, 11)}, -2, 2, 0, build_leaky_relu},
  {"elu", IDR_OP_ELU, 1, {S(3, 11)}, -2, 2, 0, build_elu},
  {"clip", IDR_OP_CLIP, 1, {S(3, 11)}, -2, 2, 0, build_clip},
  {"tanh_grad", IDR_OP_TANH_GRAD, 2, {S(3, 5), S(3, 5)}, -0.9, 0.9, 0, build_tanh_grad},
  {"tanh_grad: repeated", IDR_OP_TANH_GRAD, 2, {S(3, 5), S(3, 1)}, -0.9, 0.9, 0, build_tanh_grad},
  {"sigmoid_grad", IDR_OP_SIGMOID_GRAD, 2, {S(3, 5), S(5)}, -0.9, 0.9, 0, build_sigmoid_grad},
  {"relu_grad", IDR_OP_RELU_GRAD, 2, {S(3, 5), S(3, 5)}, -2, 2, 0, build_relu_grad},
  {"leaky_relu_grad", IDR_OP_LEAKY_RELU_GRAD, 2, {S(3, 5), S(3, 5)}, -2, 2, 0, build_leaky_relu_grad},
  {"elu_grad", IDR_OP_ELU_GRAD, 2, {S(3, 5), S(3, 5)}, -0.9, 2, 0, build_elu_grad},
  {"clip_grad", IDR_OP_CLIP_GRAD, 2, {S(3, 5), S(3, 5)}, -2, 2, 0, build_clip_grad},
  {"matmul: 1 x 1 x 1", IDR_OP_MATMUL, 2, {S(1, 1), S(1, 1)}, -1, 1, 0, build_matmul_nn},
  {"matmul: odd", IDR_OP_MATMUL, 2, {S(7, 5), S(5, 19)}, -1, 1, 0, build_matmul_nn},
  {"matmul: one column", IDR_OP_MATMUL, 2, {S(13, 9), S(9, 1)}, -1, 1, 0, build_matmul_nn},
  {"matmul: whole tiles", IDR_OP_MATMUL, 2, {S(6, 4), S(4, 16)}, -1, 1, 0, build_matmul_nn},
  {"matmul: A'B", IDR_OP_MATMUL, 2, {S(5, 7), S(5, 11)}, -1, 1, 0, build_matmul_tn},
  {"matmul: AB'", IDR_OP_MATMUL, 2, {S(5, 7), S(11, 7)}, -1, 1, 0, build_matmul_nt},
  {"matmul: A'B'", IDR_OP_MATMUL, 2, {S(7, 5), S(11, 7)}, -1, 1, 0, build_matmul_tt},
  {"linear", IDR_OP_LINEAR, 3, {S(7, 3), S(3, 10), S(10)}, -1, 1, 0, build_linear},
  {"linear: wide", IDR_OP_LINEAR, 3, {S(2, 3), S(3, 33), S(33)}, -1, 1, 0, build_linear},
  {"linear: one output", IDR_OP_LINEAR, 3, {S(7, 5), S(5, 1), S(1)}, -1, 1, 0, build_linear},
  {"normalize", IDR_OP_NORMALIZE, 1, {S(4, 11)}, -2, 2, 0, build_normalize},
  {"normalize: a vector", IDR_OP_NORMALIZE, 1, {S(5)}, -2, 2, 0, build_normalize},
  {"normalize_grad", IDR_OP_NORMALIZE_GRAD, 2, {S(3, 9), S(3, 9)}, -2, 2, 0, build_normalize_grad},
  {"layer norm", IDR_OP_NORMALIZE, 3, {S(4, 17), S(17), S(17)}, -2, 2, 0, build_layer_norm},
  {"sum: all", IDR_OP_SUM, 1, {S(5, 13)}, -2, 2, 0, build_sum_all},
  {"sum: columns", IDR_OP_SUM, 1, {S(5, 19)}, -2, 2, 0, build_sum_0},
  {"sum: wide columns", IDR_OP_SUM, 1, {S(3, 85)}, -2, 2, 0, build_sum_0},
  {"sum: rows, kept", IDR_OP_SUM, 1, {S(5, 37)}, -2, 2, 0, build_sum_1_keep},
  {"sum: middle", IDR_OP_SUM, 1, {S(2, 5, 3)}, -2, 2, 0, build_sum_1_keep},
  {"sum: last of three", IDR_OP_SUM, 1, {S(2, 5, 3)}, -2, 2, 0, build_sum_last},
  {"mean", IDR_OP_SUM, 1, {S(4, 6)}, -2, 2, 0, build_mean},
  {"max: all", IDR_OP_MAX, 1, {S(4, 6)}, -2, 2, 0, build_max_all},
  {"max: columns", IDR_OP_MAX, 1, {S(4, 6)}, -2, 2, 0, build_max_0},
  {"max: middle", IDR_OP_MAX, 1, {S(2, 4, 3)}, -2, 2, 0, build_max_1},
  {"max_mask", IDR_OP_MAX_MASK, 1, {S(4, 6)}, -2, 2, 0, build_max_mask},
  {"log_sum_exp", IDR_OP_LOG_SUM_EXP, 1, {S(4, 6)}, -2, 2, 0, build_log_sum_exp},
  {"log_sum_exp: one", IDR_OP_LOG_SUM_EXP, 1, {S(4, 1)}, -2, 2, 0, build_log_sum_exp},
  {"reshape", IDR_OP_RESHAPE, 1, {S(2, 3, 4)}, -2, 2, 0, build_reshape},
  {"broadcast_to", IDR_OP_BROADCAST_TO, 1, {S(3, 1, 5)}, -2, 2, 0, build_broadcast_to},
  {"broadcast_to: a scalar", IDR_OP_BROADCAST_TO, 1, {SCALAR}, -2, 2, 0, build_broadcast_to},
  {"transpose", IDR_OP_TRANSPOSE, 1, {S(5, 9)}, -2, 2, 0, build_transpose},
  {"concat: rows", IDR_OP_CONCAT, 2, {S(2, 5), S(3, 5)}, -2, 2, 0, build_concat_0},
  {"concat: columns", IDR_OP_CONCAT, 2, {S(4, 2), S(4, 3)}, -2, 2, 0, build_concat_1},
  {"slice: rows", IDR_OP_SLICE, 1, {S(4, 3)}, -2, 2, 0, build_slice_0},
  {"slice: middle", IDR_OP_SLICE, 1, {S(2, 6, 3)}, -2, 2, 0, build_slice_1},
  {"pad", IDR_OP_PAD, 1, {S(4, 3)}, -2, 2, 0, build_pad},
  {"gather", IDR_OP_GATHER, 2, {S(7, 5), S(7)}, -2, 2, 5, build_gather},
  {"scatter", IDR_OP_SCATTER, 2, {S(7, 1), S(7)}, -2, 2, 5, build_scatter},
};
/* clang-format on */

const graph_case *graph_case_list(int *count) {
  *count = (int)(sizeof cases / sizeof cases[0]);
  return cases;
}

/* ---- trials
 * ---------------------------------------------------------------------------------------------------
 */
double graph_random(uint32_t seed, uint32_t i, double low, double high) {
  idr_random4 r = idr_random_draw(7, seed, 0, i, IDR_PURPOSE_TEST, 0);
  return low + (high - low) * (double)idr_random_uniform(r.word[0]);
}

static real *draw(uint32_t seed, idr_shape shape, double low, double high) {
  int64_t n = idr_shape_count(shape);
  real *x = malloc((size_t)n * sizeof *x);
  for (int64_t i = 0; x && i < n; i++)
    x[i] = (real)graph_random(seed, (uint32_t)i, low, high);
  return x;
}

static int32_t *draw_index(uint32_t seed, int64_t n, int32_t below) {
  int32_t *index = malloc((size_t)n * sizeof *index);
  for (int64_t i = 0; index && i < n; i++)
    index[i] = (int32_t)graph_random(seed, (uint32_t)i, 0, below);
  return index;
}

void graph_trial_create(const graph_case *c, uint32_t seed, graph_trial *trial) {
  memset(trial, 0, sizeof *trial);
  if (idr_graph_create(&trial->g) != IDR_STATUS_OK) return;
  trial->inputs = c->inputs;
  for (int i = 0; i < c->inputs; i++) {
    char name[16];
    bool integer = i == 1 && c->index_below > 0;
    snprintf(name, sizeof name, "x%d", i);
    trial->in[i] =
        idr_graph_input(trial->g, name, integer ? IDR_DTYPE_INT32 : IDR_DTYPE_REAL, c->shape[i]);
    if (integer) {
      trial->index = draw_index(seed + 10, idr_shape_count(c->shape[i]), c->index_below);
    } else {
      trial->value[i] = draw(seed + (uint32_t)i, c->shape[i], c->low, c->high);
      trial->wrt[trial->reals++] = trial->in[i];
    }
  }
  trial->output = c->build(trial->g, trial->in);
  idr_shape shape = idr_graph_shape(trial->g, trial->output);
  trial->weight = idr_graph_input(trial->g, "weight", IDR_DTYPE_REAL, shape);
  trial->weights = draw(seed + 20, shape, 0.5, 1.5);
  idr_node weighted = idr_mul(trial->g, trial->output, trial->weight);
  trial->loss = idr_sum(trial->g, weighted, -1, false);
}

void graph_trial_destroy(graph_trial *trial) {
  for (int i = 0; i < trial->inputs; i++)
    free(trial->value[i]);
  free(trial->index);
  free(trial->weights);
  idr_graph_destroy(trial->g);
}

void graph_trial_bind(const graph_trial *trial, const idr_plan *plan, idr_exec *exec,
                      real *const *extra) {
  char name[24];
  for (int i = 0; i < trial->inputs; i++) {
    snprintf(name, sizeof name, "x%d", i);
    const void *data = trial->value[i] ? (const void *)trial->value[i] : trial->index;
    idr_exec_bind_input(exec, idr_plan_input(plan, name), data);
  }
  idr_exec_bind_input(exec, idr_plan_input(plan, "weight"), trial->weights);
  for (int i = 0; extra && i < trial->reals; i++) {
    snprintf(name, sizeof name, "direction%d", i);
    idr_exec_bind_input(exec, idr_plan_input(plan, name), extra[i]);
  }
}
