/* Reading ops that move numbers and compute none. All shapes are known: the batch has its size. */
#include "onnx/onnx_internal.h"

#include <string.h>

#define DIM_MAX ((int64_t)1 << 28)

static idr_shape shape_of(idr_onnx_reader *r, idr_node node) {
  return idr_graph_shape(idr_onnx_graph(r), node);
}

static idr_node refuse_dimension(idr_onnx_reader *r, const Idr__Onnx__Node *n, int64_t dim) {
  return idr_onnx_fail(r, IDR_STATUS_FORMAT, n, "a dimension of %lld is impossible",
                       (long long)dim);
}

/* ---- one shape for another --------------------------------------------------------------------
 */

/* 0 keeps a dimension unless `allowzero` makes it what it says, -1 takes what is left. */
idr_node idr_onnx_read_reshape(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  const int64_t *dims;
  int rank, open = -1;
  int64_t known = 1;
  if (x == IDR_NODE_NONE || !idr_onnx_in_ints(r, n, 1, &dims, &rank)) return IDR_NODE_NONE;
  idr_shape from = shape_of(r, x), to = {.rank = rank};
  bool keep = idr_onnx_attr_get_int(n, "allowzero", 0) == 0;
  if (rank > IDR_RANK_MAX)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "%d dimensions are more than 4", rank);
  for (int i = 0; i < rank; i++) {
    int64_t dim = dims[i] == 0 && keep && i < from.rank ? from.dim[i] : dims[i];
    if (dim == -1 && open < 0) {
      open = i;
      dim = 1;
    }
    if (dim < 1 || dim > DIM_MAX || known * dim > DIM_MAX) return refuse_dimension(r, n, dims[i]);
    to.dim[i] = (int32_t)dim;
    known *= dim;
  }
  if (open >= 0) to.dim[open] = (int32_t)(idr_shape_count(from) / known);
  if (open >= 0 && to.dim[open] < 1) return refuse_dimension(r, n, -1);
  return idr_reshape(idr_onnx_graph(r), x, to);
}

/* To a matrix: dimensions before the axis, and from it on. */
idr_node idr_onnx_read_flatten(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  int64_t side[2] = {1, 1}, axis = idr_onnx_attr_get_int(n, "axis", 1);
  if (x == IDR_NODE_NONE) return x;
  idr_shape from = shape_of(r, x);
  int place = axis == from.rank ? from.rank : idr_onnx_axis(r, n, axis, from.rank);
  if (place < 0) return IDR_NODE_NONE;
  for (int i = 0; i < from.rank; i++)
    side[i >= place] *= from.dim[i];
  return idr_reshape(idr_onnx_graph(r), x, IDR_SHAPE((int32_t)side[0], (int32_t)side[1]));
}

/* Marks one of `rank` dimensions; false after a failure. */
static bool mark_axis(idr_onnx_reader *r, const Idr__Onnx__Node *n, int64_t at, int rank,
                      bool marked[IDR_RANK_MAX]) {
  int axis = idr_onnx_axis(r, n, at, rank);
  if (axis < 0) return false;
  if (marked[axis]) {
    idr_onnx_fail(r, IDR_STATUS_FORMAT, n, "axis %d is named twice", axis);
    return false;
  }
  marked[axis] = true;
  return true;
}

/* Marks the axes of input 1 among `rank` dimensions; false after a failure. */
static bool mark_axes(idr_onnx_reader *r, const Idr__Onnx__Node *n, int rank,
                      bool marked[IDR_RANK_MAX]) {
  const int64_t *axes;
  int count;
  if (!idr_onnx_in_ints(r, n, 1, &axes, &count)) return false;
  for (int i = 0; i < count; i++)
    if (!mark_axis(r, n, axes[i], rank, marked)) return false;
  return true;
}

idr_node idr_onnx_read_squeeze(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  bool gone[IDR_RANK_MAX] = {false};
  if (x == IDR_NODE_NONE) return x;
  idr_shape from = shape_of(r, x), to = {.rank = 0};
  if (idr_onnx_has(n, 1) && !mark_axes(r, n, from.rank, gone)) return IDR_NODE_NONE;
  for (int i = 0; i < from.rank; i++) {
    bool drop = idr_onnx_has(n, 1) ? gone[i] : from.dim[i] == 1;
    if (drop && from.dim[i] != 1)
      return idr_onnx_fail(r, IDR_STATUS_FORMAT, n, "dimension %d is %d, not 1", i, from.dim[i]);
    if (!drop) to.dim[to.rank++] = from.dim[i];
  }
  return idr_reshape(idr_onnx_graph(r), x, to);
}

idr_node idr_onnx_read_unsqueeze(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  bool added[IDR_RANK_MAX] = {false};
  const int64_t *axes;
  int count, next = 0;
  if (x == IDR_NODE_NONE || !idr_onnx_in_ints(r, n, 1, &axes, &count)) return IDR_NODE_NONE;
  idr_shape from = shape_of(r, x), to = {.rank = from.rank + count};
  /* Indices made a column, for GatherElements: our gather takes them as they are. */
  bool indices = idr_graph_get(idr_onnx_graph(r), x)->dtype == IDR_DTYPE_INT32;
  if (indices && from.rank == 1 && count == 1 && (axes[0] == 1 || axes[0] == -1)) return x;
  if (to.rank > IDR_RANK_MAX)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "%d dimensions are more than 4", to.rank);
  if (!mark_axes(r, n, to.rank, added)) return IDR_NODE_NONE;
  for (int i = 0; i < to.rank; i++)
    to.dim[i] = added[i] || next == from.rank ? 1 : from.dim[next++];
  return idr_reshape(idr_onnx_graph(r), x, to);
}

/* Both the operand and the shape may repeat the other's dimensions of 1. */
idr_node idr_onnx_read_expand(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  const int64_t *dims;
  int rank;
  if (x == IDR_NODE_NONE || !idr_onnx_in_ints(r, n, 1, &dims, &rank)) return IDR_NODE_NONE;
  idr_shape target = {.rank = rank}, to;
  if (rank > IDR_RANK_MAX)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "%d dimensions are more than 4", rank);
  for (int i = 0; i < rank; i++) {
    if (dims[i] < 1 || dims[i] > DIM_MAX) return refuse_dimension(r, n, dims[i]);
    target.dim[i] = (int32_t)dims[i];
  }
  if (!idr_shape_broadcast(shape_of(r, x), target, &to))
    return idr_onnx_fail(r, IDR_STATUS_FORMAT, n, "its input does not fit into the shape");
  return idr_broadcast_to(idr_onnx_graph(r), x, to);
}

idr_node idr_onnx_read_transpose(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0);
  const Idr__Onnx__Attribute *perm = idr_onnx_attr(n, "perm");
  if (x == IDR_NODE_NONE) return x;
  int rank = shape_of(r, x).rank;
  bool same = perm && (int)perm->n_ints == rank, turned = !perm || (int)perm->n_ints == rank;
  for (int i = 0; perm && i < rank && i < (int)perm->n_ints; i++) {
    same = same && perm->ints[i] == i;
    turned = turned && perm->ints[i] == rank - 1 - i;
  }
  if (same) return x;
  if (rank != 2 || !turned)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only matrices are transposed");
  return idr_transpose(idr_onnx_graph(r), x);
}

/* ---- parts ------------------------------------------------------------------------------------
 */

idr_node idr_onnx_read_concat(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node all = idr_onnx_in(r, n, 0);
  int64_t extent = 0;
  if (all == IDR_NODE_NONE) return all;
  int axis = idr_onnx_axis(r, n, idr_onnx_attr_get_int(n, "axis", 0), shape_of(r, all).rank);
  if (axis < 0) return IDR_NODE_NONE;
  for (int i = 1; i < (int)n->n_input && all != IDR_NODE_NONE; i++) {
    idr_node next = idr_onnx_in(r, n, i);
    if (next == IDR_NODE_NONE) return next;
    if (shape_of(r, next).rank > axis)
      extent = (int64_t)shape_of(r, all).dim[axis] + shape_of(r, next).dim[axis];
    if (extent > DIM_MAX) return refuse_dimension(r, n, extent);
    all = idr_concat(idr_onnx_graph(r), all, next, axis);
  }
  return all;
}

/* Bounds count from the end when negative, and end at the ends. */
static int64_t bound(int64_t at, int64_t extent) {
  if (at < 0) at += extent;
  return at < 0 ? 0 : at > extent ? extent : at;
}

static idr_node slice_axis(idr_onnx_reader *r, const Idr__Onnx__Node *n, idr_node x, int axis,
                           int64_t begin, int64_t end) {
  int32_t extent = shape_of(r, x).dim[axis];
  begin = bound(begin, extent);
  end = bound(end, extent);
  if (begin >= end) return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "nothing is left of it");
  return idr_slice(idr_onnx_graph(r), x, axis, (int32_t)begin, (int32_t)end);
}

idr_node idr_onnx_read_slice(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  static const int64_t first[IDR_RANK_MAX] = {0, 1, 2, 3};
  idr_node x = idr_onnx_in(r, n, 0);
  const int64_t *begin, *end, *axes = first, *steps = NULL;
  int begins, ends, axis_count, step_count = 0;
  bool cut[IDR_RANK_MAX] = {false};
  if (x == IDR_NODE_NONE || !idr_onnx_in_ints(r, n, 1, &begin, &begins) ||
      !idr_onnx_in_ints(r, n, 2, &end, &ends))
    return IDR_NODE_NONE;
  axis_count = begins;
  if (idr_onnx_has(n, 3) && !idr_onnx_in_ints(r, n, 3, &axes, &axis_count)) return IDR_NODE_NONE;
  if (idr_onnx_has(n, 4) && !idr_onnx_in_ints(r, n, 4, &steps, &step_count)) return IDR_NODE_NONE;
  int rank = shape_of(r, x).rank;
  if (begins != ends || axis_count != begins || begins > rank || (steps && step_count != begins))
    return idr_onnx_fail(r, IDR_STATUS_FORMAT, n, "starts, ends, axes and steps differ in length");
  for (int i = 0; i < begins && x != IDR_NODE_NONE; i++) {
    if (!mark_axis(r, n, axes[i], rank, cut)) return IDR_NODE_NONE;
    if (steps && steps[i] != 1)
      return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only steps of 1 are read");
    x = slice_axis(r, n, x, idr_onnx_axis(r, n, axes[i], rank), begin[i], end[i]);
  }
  return x;
}

/* Zeros around the operand: one axis after the other. */
idr_node idr_onnx_read_pad(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  const Idr__Onnx__Attribute *mode = idr_onnx_attr(n, "mode");
  idr_node x = idr_onnx_in(r, n, 0);
  const int64_t *pads;
  int count;
  double value = 0;
  if (x == IDR_NODE_NONE || !idr_onnx_in_ints(r, n, 1, &pads, &count)) return IDR_NODE_NONE;
  int rank = shape_of(r, x).rank;
  bool plain = !mode || (mode->s.len == 8 && memcmp(mode->s.data, "constant", 8) == 0);
  if (idr_onnx_has(n, 2) && !idr_onnx_in_number(r, n, 2, &value)) return IDR_NODE_NONE;
  if (!plain || value != 0 || idr_onnx_has(n, 3) || count != 2 * rank)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n, "only zeros on all axes are read");
  for (int i = 0; i < rank && x != IDR_NODE_NONE; i++) {
    int64_t before = pads[i], behind = pads[rank + i], extent = shape_of(r, x).dim[i];
    if (before < 0 || behind < 0 || before > DIM_MAX || behind > DIM_MAX ||
        before + extent + behind > DIM_MAX)
      return refuse_dimension(r, n, before < 0 ? before : behind);
    if (before + behind > 0)
      x = idr_pad(idr_onnx_graph(r), x, i, (int32_t)before, (int32_t)(before + extent + behind));
  }
  return x;
}

/* One element of each row, by a column of indices: an int32 input of the model, and whoever runs it
 * answers for its range. */
idr_node idr_onnx_read_gather(idr_onnx_reader *r, const Idr__Onnx__Node *n) {
  idr_node x = idr_onnx_in(r, n, 0), index = idr_onnx_in(r, n, 1);
  if (x == IDR_NODE_NONE || index == IDR_NODE_NONE) return IDR_NODE_NONE;
  int64_t axis = idr_onnx_attr_get_int(n, "axis", 0);
  if (shape_of(r, x).rank != 2 || (axis != 1 && axis != -1) || shape_of(r, index).rank != 1 ||
      idr_graph_get(idr_onnx_graph(r), index)->dtype != IDR_DTYPE_INT32)
    return idr_onnx_fail(r, IDR_STATUS_UNSUPPORTED, n,
                         "only a column of int32 indices into the rows of a matrix is read");
  return idr_gather(idr_onnx_graph(r), x, index);
}
