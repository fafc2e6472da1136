#include "graph/op.h"

static const idr_op_row *const table[IDR_OP_COUNT] = {
#define IDR_OP_ENTRY(upper, lower) [IDR_OP_##upper] = &idr_op_##lower,
    IDR_OP_LIST(IDR_OP_ENTRY)
#undef IDR_OP_ENTRY
};

const idr_op_row *idr_op_get(idr_op_code op) {
  return table[op];
}

double idr_op_flops(const idr_op_step *step) {
  const idr_op_row *row = table[step->op];
  if (row->source || row->view) return 0.0;
  return row->flops ? row->flops(step) : (double)step->count;
}

double idr_op_bytes(const idr_op_step *step) {
  const idr_op_row *row = table[step->op];
  if (row->source || row->view) return 0.0;
  if (row->bytes) return row->bytes(step);
  int64_t elements = step->count;
  for (int i = 0; i < row->input_count; i++)
    elements += idr_shape_count(step->in_shape[i]);
  return (double)elements * (double)sizeof(real);
}
