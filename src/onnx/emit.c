/* How each op of the table is written. */
#include "onnx/onnx_internal.h"

#define IN(i)      idr_onnx_name(w, idr_onnx_node(w, n)->in[i])
#define OUT        idr_onnx_name(w, n)
#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const idr_attr *attr_of(const idr_onnx_writer *w, idr_node n) {
  return &idr_onnx_node(w, n)->attr;
}

static idr_shape shape_in(const idr_onnx_writer *w, idr_node n, int i) {
  return idr_onnx_node(w, idr_onnx_node(w, n)->in[i])->shape;
}

static void emit_less(idr_onnx_writer *w, idr_node n) {
  const char *truth = idr_onnx_between(w, n, "truth");
  idr_onnx_add(w, "Less", NAMES(IN(0), IN(1)), truth);
  idr_onnx_attr_int(w, idr_onnx_add(w, "Cast", NAMES(truth), OUT), "to", IDR_ONNX_FLOAT);
}

static void emit_scale(idr_onnx_writer *w, idr_node n) {
  idr_onnx_add(w, "Mul", NAMES(IN(0), idr_onnx_scalar(w, attr_of(w, n)->a)), OUT);
}

static void emit_shift(idr_onnx_writer *w, idr_node n) {
  idr_onnx_add(w, "Add", NAMES(IN(0), idr_onnx_scalar(w, attr_of(w, n)->a)), OUT);
}

static void emit_square(idr_onnx_writer *w, idr_node n) {
  idr_onnx_add(w, "Mul", NAMES(IN(0), IN(0)), OUT);
}

static void emit_leaky_relu(idr_onnx_writer *w, idr_node n) {
  idr_onnx_attr_float(w, idr_onnx_add(w, "LeakyRelu", NAMES(IN(0)), OUT), "alpha",
                      attr_of(w, n)->a);
}

static void emit_clip(idr_onnx_writer *w, idr_node n) {
  const idr_attr *a = attr_of(w, n);
  idr_onnx_add(w, "Clip", NAMES(IN(0), idr_onnx_scalar(w, a->a), idr_onnx_scalar(w, a->b)), OUT);
}

static void emit_matmul(idr_onnx_writer *w, idr_node n) {
  const idr_attr *a = attr_of(w, n);
  Idr__Onnx__Node *gemm = idr_onnx_add(w, "Gemm", NAMES(IN(0), IN(1)), OUT);
  idr_onnx_attr_int(w, gemm, "transA", a->transpose_a);
  idr_onnx_attr_int(w, gemm, "transB", a->transpose_b);
}

static void emit_linear(idr_onnx_writer *w, idr_node n) {
  idr_onnx_add(w, "Gemm", NAMES(IN(0), IN(1), IN(2)), OUT);
}

/* The op of the standard scales too: by ones. */
static void emit_normalize(idr_onnx_writer *w, idr_node n) {
  idr_shape shape = shape_in(w, n, 0);
  int32_t last = shape.dim[shape.rank - 1];
  const char *extent = idr_onnx_ints(w, (int64_t[]){last}, 1);
  const char *ones = idr_onnx_between(w, n, "ones");
  idr_onnx_add(w, "Expand", NAMES(idr_onnx_scalar(w, 1), extent), ones);
  Idr__Onnx__Node *node = idr_onnx_add(w, "LayerNormalization", NAMES(IN(0), ones), OUT);
  idr_onnx_attr_float(w, node, "epsilon", attr_of(w, n)->a);
  idr_onnx_attr_int(w, node, "axis", -1);
}

/* Of opset 17: the axes of a sum are an input, those of the other reductions an attribute. */
static void emit_sum(idr_onnx_writer *w, idr_node n) {
  const idr_attr *a = attr_of(w, n);
  const char *axes = a->axis < 0 ? NULL : idr_onnx_ints(w, (int64_t[]){a->axis}, 1);
  Idr__Onnx__Node *node = idr_onnx_add(w, "ReduceSum", NAMES(IN(0), axes), OUT);
  idr_onnx_attr_int(w, node, "keepdims", a->keep);
}

static void emit_max(idr_onnx_writer *w, idr_node n) {
  const idr_attr *a = attr_of(w, n);
  Idr__Onnx__Node *node = idr_onnx_add(w, "ReduceMax", NAMES(IN(0)), OUT);
  if (a->axis >= 0) idr_onnx_attr_ints(w, node, "axes", (int64_t[]){a->axis}, 1);
  idr_onnx_attr_int(w, node, "keepdims", a->keep);
}

static void emit_log_sum_exp(idr_onnx_writer *w, idr_node n) {
  Idr__Onnx__Node *node = idr_onnx_add(w, "ReduceLogSumExp", NAMES(IN(0)), OUT);
  idr_onnx_attr_ints(w, node, "axes", (int64_t[]){shape_in(w, n, 0).rank - 1}, 1);
  idr_onnx_attr_int(w, node, "keepdims", 1);
}

/* A batch keeps its first dimension, whatever it is. */
static void emit_reshape(idr_onnx_writer *w, idr_node n) {
  idr_shape from = shape_in(w, n, 0), to = idr_onnx_node(w, n)->shape;
  bool batched = idr_onnx_is_batched(w, idr_onnx_node(w, n)->in[0]);
  int64_t dims[IDR_RANK_MAX];
  if (batched && (to.rank == 0 || to.dim[0] != from.dim[0])) {
    idr_onnx_refuse(w, n, "it folds the batch into another dimension");
    return;
  }
  for (int i = 0; i < to.rank; i++)
    dims[i] = i == 0 && batched ? 0 : to.dim[i];
  idr_onnx_add(w, "Reshape", NAMES(IN(0), idr_onnx_ints(w, dims, to.rank)), OUT);
}

/* Repeating 1 times leaves a batch what it is; only a batch that the operand has is known. */
static void emit_broadcast_to(idr_onnx_writer *w, idr_node n) {
  idr_shape to = idr_onnx_node(w, n)->shape;
  bool batched = idr_onnx_is_batched(w, n);
  int64_t dims[IDR_RANK_MAX];
  for (int i = 0; i < to.rank; i++)
    dims[i] = i == 0 && batched ? 1 : to.dim[i];
  idr_onnx_add(w, "Expand", NAMES(IN(0), idr_onnx_ints(w, dims, to.rank)), OUT);
}

static void emit_transpose(idr_onnx_writer *w, idr_node n) {
  if (idr_onnx_is_batched(w, idr_onnx_node(w, n)->in[0])) {
    idr_onnx_refuse(w, n, "it moves the batch to another dimension");
    return;
  }
  idr_onnx_attr_ints(w, idr_onnx_add(w, "Transpose", NAMES(IN(0)), OUT), "perm", (int64_t[]){1, 0},
                     2);
}

/* Along the batch there are no fixed places. */
static bool along_batch(idr_onnx_writer *w, idr_node n) {
  bool along = attr_of(w, n)->axis == 0 && idr_onnx_is_batched(w, idr_onnx_node(w, n)->in[0]);
  if (along) idr_onnx_refuse(w, n, "it works along the batch");
  return along;
}

static void emit_concat(idr_onnx_writer *w, idr_node n) {
  if (along_batch(w, n)) return;
  idr_onnx_attr_int(w, idr_onnx_add(w, "Concat", NAMES(IN(0), IN(1)), OUT), "axis",
                    attr_of(w, n)->axis);
}

static void emit_slice(idr_onnx_writer *w, idr_node n) {
  const idr_attr *a = attr_of(w, n);
  if (along_batch(w, n)) return;
  idr_onnx_add(w, "Slice",
               NAMES(IN(0), idr_onnx_ints(w, (int64_t[]){a->begin}, 1),
                     idr_onnx_ints(w, (int64_t[]){a->end}, 1),
                     idr_onnx_ints(w, (int64_t[]){a->axis}, 1)),
               OUT);
}

static void emit_pad(idr_onnx_writer *w, idr_node n) {
  const idr_attr *a = attr_of(w, n);
  if (along_batch(w, n)) return;
  idr_shape from = shape_in(w, n, 0);
  int64_t pads[2 * IDR_RANK_MAX] = {0};
  pads[a->axis] = a->begin;
  pads[from.rank + a->axis] = a->size - a->begin - from.dim[a->axis];
  idr_onnx_add(w, "Pad", NAMES(IN(0), idr_onnx_ints(w, pads, 2 * from.rank)), OUT);
}

static void emit_gather(idr_onnx_writer *w, idr_node n) {
  const char *column = idr_onnx_between(w, n, "column");
  idr_onnx_add(w, "Unsqueeze", NAMES(IN(1), idr_onnx_ints(w, (int64_t[]){1}, 1)), column);
  idr_onnx_attr_int(w, idr_onnx_add(w, "GatherElements", NAMES(IN(0), column), OUT), "axis", 1);
}

/* ---- the table ------------------------------------------------------------------------------- */

#define SAME(onnx)                                                                                 \
  { .type = (onnx) }
#define BY(function)                                                                               \
  { .emit = (function) }
#define TRAINING                                                                                   \
  { .why = "it is part of a gradient; export the forward graph" }
#define SOURCE                                                                                     \
  { .why = NULL }

static const idr_onnx_row row_input = SOURCE, row_parameter = SOURCE, row_constant = SOURCE;
static const idr_onnx_row row_add = SAME("Add"), row_sub = SAME("Sub"), row_mul = SAME("Mul"),
                          row_div = SAME("Div"), row_minimum = SAME("Min"),
                          row_maximum = SAME("Max"), row_less = BY(emit_less);
static const idr_onnx_row row_copy = SAME("Identity"), row_scale = BY(emit_scale),
                          row_shift = BY(emit_shift), row_exp = SAME("Exp"), row_log = SAME("Log"),
                          row_sqrt = SAME("Sqrt"), row_square = BY(emit_square),
                          row_abs = SAME("Abs"), row_sign = SAME("Sign"), row_tanh = SAME("Tanh"),
                          row_sigmoid = SAME("Sigmoid"), row_softplus = SAME("Softplus"),
                          row_relu = SAME("Relu"), row_leaky_relu = BY(emit_leaky_relu),
                          row_elu = SAME("Elu"), row_clip = BY(emit_clip);
static const idr_onnx_row row_tanh_grad = TRAINING, row_sigmoid_grad = TRAINING,
                          row_relu_grad = TRAINING, row_leaky_relu_grad = TRAINING,
                          row_elu_grad = TRAINING, row_clip_grad = TRAINING;
static const idr_onnx_row row_matmul = BY(emit_matmul), row_linear = BY(emit_linear),
                          row_normalize = BY(emit_normalize), row_normalize_grad = TRAINING;
static const idr_onnx_row row_sum = BY(emit_sum), row_max = BY(emit_max), row_max_mask = TRAINING,
                          row_log_sum_exp = BY(emit_log_sum_exp);
static const idr_onnx_row row_reshape = BY(emit_reshape), row_broadcast_to = BY(emit_broadcast_to),
                          row_transpose = BY(emit_transpose), row_concat = BY(emit_concat),
                          row_slice = BY(emit_slice), row_pad = BY(emit_pad),
                          row_gather = BY(emit_gather), row_scatter = TRAINING;

const idr_onnx_row *idr_onnx_row_get(idr_op_code op) {
  static const idr_onnx_row *const rows[] = {
#define ROW(upper, lower) [IDR_OP_##upper] = &row_##lower,
      IDR_OP_LIST(ROW)
#undef ROW
  };
  return rows[op];
}
