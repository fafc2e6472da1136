/* From a graph to a schedule: what is needed, in which order, and where every value lies.
 *
 * Values live in one arena. A value takes the lowest place that is free between the step that
 * writes it and the last step that reads it; a pointwise op may write over an operand that nobody
 * reads afterwards. Views share the memory of what they view. Outputs have a place of their own
 * until the end, because callers may bind them elsewhere.
 */
#include "graph/plan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64 / sizeof(real) };

/* One stored value: the memory behind a node and its views. */
typedef struct {
  idr_place place;
  int64_t count;   /* elements, rounded up to whole cache lines */
  int first, last; /* steps between which the arena place is taken; first -1: not in the arena */
} value;

typedef struct {
  const idr_graph *g;
  idr_plan *plan;
  const idr_node *outputs;
  bool *needed;   /* [node] */
  idr_node *root; /* [node] node whose memory it uses */
  value *values;  /* [node], of roots */
  value *scratch; /* [step] */
} planner;

static int64_t round_up(int64_t count) {
  return (count + ALIGN - 1) / ALIGN * ALIGN;
}

/* ---- what is needed -------------------------------------------------------------------------- */
static void mark_needed(planner *p) {
  for (int i = 0; i < p->plan->output_count; i++)
    p->needed[p->outputs[i]] = true;
  for (int id = p->g->count - 1; id >= 0; id--) {
    const idr_graph_node *node = &p->g->nodes[id];
    const idr_op_row *row = idr_op_get(node->op);
    for (int i = 0; p->needed[id] && i < row->input_count; i++)
      p->needed[node->in[i]] = true;
  }
  for (int id = 0; id < p->g->count; id++)
    p->root[id] = idr_op_get(p->g->nodes[id].op)->view ? p->root[p->g->nodes[id].in[0]] : id;
}

/* Sources get their places; computed values wait. */
static void place_sources(planner *p) {
  idr_plan *plan = p->plan;
  for (int id = 0; id < p->g->count; id++) {
    const idr_graph_node *node = &p->g->nodes[id];
    value *v = &p->values[id];
    *v = (value){.count = round_up(idr_shape_count(node->shape)), .first = -1, .last = -1};
    if (!p->needed[id]) continue;
    if (node->op == IDR_OP_INPUT) {
      idr_plan_given *given = &plan->inputs[plan->input_count];
      snprintf(given->name, sizeof given->name, "%s", node->name);
      given->node = id;
      v->place = (idr_place){IDR_SPACE_INPUT, plan->input_count++};
    } else if (node->op == IDR_OP_PARAMETER) {
      v->place = (idr_place){IDR_SPACE_PARAM, node->attr.offset};
    } else if (node->op == IDR_OP_CONSTANT) {
      plan->constants[plan->constant_count] = (real)node->attr.a;
      v->place = (idr_place){IDR_SPACE_CONST, plan->constant_count++};
    }
  }
}

/* ---- steps ----------------------------------------------------------------------------------- */
static idr_plan_step *new_step(planner *p, idr_op_code op, idr_node id) {
  idr_plan_step *s = &p->plan->steps[p->plan->step_count++];
  memset(s, 0, sizeof *s);
  s->step.op = op;
  s->step.node = id;
  s->step.shape = p->g->nodes[id].shape;
  s->step.count = idr_shape_count(s->step.shape);
  s->scratch = -1;
  return s;
}

static void add_steps(planner *p) {
  for (int id = 0; id < p->g->count; id++) {
    const idr_graph_node *node = &p->g->nodes[id];
    const idr_op_row *row = idr_op_get(node->op);
    if (!p->needed[id] || row->source || row->view) continue;
    int index = p->plan->step_count;
    idr_plan_step *s = new_step(p, node->op, id);
    s->step.attr = node->attr;
    for (int i = 0; i < row->input_count; i++) {
      s->step.in_shape[i] = p->g->nodes[node->in[i]].shape;
      p->values[p->root[node->in[i]]].last = index;
    }
    p->values[id].first = p->values[id].last = index;
    if (row->prepare) row->prepare(&s->step);
    s->scratch_count = row->scratch ? round_up(row->scratch(&s->step)) : 0;
    p->scratch[index] = (value){.count = s->scratch_count, .first = index, .last = index};
  }
}

/* An output that is computed is written in place; a source, or a value that is an output already,
 * is copied at the end. */
static void add_outputs(planner *p) {
  int copies = 0, end = p->plan->step_count + p->plan->output_count;
  for (int i = 0; i < p->plan->output_count; i++) {
    value *v = &p->values[p->root[p->outputs[i]]];
    p->plan->output_shape[i] = p->g->nodes[p->outputs[i]].shape;
    bool direct = v->first >= 0 && v->place.space != IDR_SPACE_OUTPUT;
    v->last = end;
    if (direct)
      v->place = (idr_place){IDR_SPACE_OUTPUT, i};
    else
      copies++;
  }
  for (int i = 0; i < p->plan->output_count && copies > 0; i++) {
    value *v = &p->values[p->root[p->outputs[i]]];
    if (v->place.space == IDR_SPACE_OUTPUT && v->place.at == i) continue;
    int index = p->plan->step_count;
    idr_plan_step *s = new_step(p, IDR_OP_COPY, p->outputs[i]);
    s->step.in_shape[0] = s->step.shape;
    s->out = (idr_place){IDR_SPACE_OUTPUT, i};
    p->scratch[index] = (value){.first = index, .last = index};
  }
}

/* ---- places in the arena --------------------------------------------------------------------- */
typedef struct {
  int64_t begin, end;
  int last;
} block;

typedef struct {
  block *blocks; /* taken ones, by begin */
  int count;
  int64_t peak;
} arena;

/* Drops blocks whose last reader lies before `step`. */
static void arena_expire(arena *a, int step) {
  int kept = 0;
  for (int i = 0; i < a->count; i++)
    if (a->blocks[i].last >= step) a->blocks[kept++] = a->blocks[i];
  a->count = kept;
}

/* Takes the lowest gap of `count` elements until step `last`. */
static int64_t arena_take(arena *a, int64_t count, int last) {
  int64_t begin = 0;
  int i = 0;
  for (; i < a->count && a->blocks[i].begin < begin + count; i++)
    if (a->blocks[i].end > begin) begin = a->blocks[i].end;
  memmove(a->blocks + i + 1, a->blocks + i, (size_t)(a->count - i) * sizeof *a->blocks);
  a->blocks[i] = (block){begin, begin + count, last};
  a->count++;
  if (begin + count > a->peak) a->peak = begin + count;
  return begin;
}

/* Hands a block on to the value that overwrites it. */
static void arena_extend(arena *a, int64_t begin, int last) {
  for (int i = 0; i < a->count; i++)
    if (a->blocks[i].begin == begin) a->blocks[i].last = last;
}

/* The operand over which step `index` may write its output, or -1. */
static int reusable_operand(const planner *p, const idr_plan_step *s, int index) {
  const idr_op_row *row = idr_op_get(s->step.op);
  const idr_graph_node *node = &p->g->nodes[s->step.node];
  for (int i = 0; i < row->input_count; i++) {
    const value *v = &p->values[p->root[node->in[i]]];
    bool same = idr_shape_count(s->step.in_shape[i]) == s->step.count;
    if ((row->in_place >> i & 1u) != 0 && same && v->first >= 0 && v->last == index &&
        v->place.space == IDR_SPACE_ARENA)
      return i;
  }
  return -1;
}

static void place_output(planner *p, arena *a, idr_plan_step *s, int index) {
  value *v = &p->values[s->step.node];
  if (v->place.space == IDR_SPACE_OUTPUT) {
    p->plan->output_at[v->place.at] = arena_take(a, v->count, v->last);
    return;
  }
  int over = reusable_operand(p, s, index);
  if (over >= 0) {
    v->place = p->values[p->root[p->g->nodes[s->step.node].in[over]]].place;
    arena_extend(a, v->place.at, v->last);
  } else {
    v->place = (idr_place){IDR_SPACE_ARENA, arena_take(a, v->count, v->last)};
  }
}

static void place_step(planner *p, arena *a, int index) {
  idr_plan_step *s = &p->plan->steps[index];
  const idr_graph_node *node = &p->g->nodes[s->step.node];
  arena_expire(a, index);
  if (s->step.op == IDR_OP_COPY && s->out.space == IDR_SPACE_OUTPUT) {
    p->plan->output_at[s->out.at] =
        arena_take(a, round_up(s->step.count), p->plan->step_count + p->plan->output_count);
    s->in[0] = p->values[p->root[s->step.node]].place;
    return;
  }
  place_output(p, a, s, index);
  s->out = p->values[s->step.node].place;
  for (int i = 0; i < idr_op_get(s->step.op)->input_count; i++)
    s->in[i] = p->values[p->root[node->in[i]]].place;
  if (s->scratch_count > 0) s->scratch = arena_take(a, s->scratch_count, index);
}

static idr_status place_values(planner *p) {
  idr_plan *plan = p->plan;
  arena a = {.blocks = calloc(2 * (size_t)plan->step_count + 2, sizeof(block))};
  if (!a.blocks) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to plan %d steps", plan->step_count);
  for (int i = 0; i < plan->step_count; i++)
    place_step(p, &a, i);
  plan->arena_count = a.peak;
  free(a.blocks);
  return IDR_STATUS_OK;
}

/* ---- putting it together --------------------------------------------------------------------- */
static idr_status allocate(planner *p, int outputs) {
  size_t nodes = (size_t)p->g->count + 1, steps = nodes + (size_t)outputs;
  idr_plan *plan = p->plan;
  plan->steps = calloc(steps, sizeof *plan->steps);
  plan->inputs = calloc(nodes, sizeof *plan->inputs);
  plan->constants = calloc(nodes, sizeof *plan->constants);
  plan->output_at = calloc((size_t)outputs + 1, sizeof *plan->output_at);
  plan->output_shape = calloc((size_t)outputs + 1, sizeof *plan->output_shape);
  plan->output_count = outputs;
  p->needed = calloc(nodes, sizeof *p->needed);
  p->root = calloc(nodes, sizeof *p->root);
  p->values = calloc(nodes, sizeof *p->values);
  p->scratch = calloc(steps, sizeof *p->scratch);
  if (!plan->steps || !plan->inputs || !plan->constants || !plan->output_at ||
      !plan->output_shape || !p->needed || !p->root || !p->values || !p->scratch)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to plan %d nodes", p->g->count);
  return IDR_STATUS_OK;
}

static idr_status check_outputs(const idr_graph *g, const idr_node *outputs, int n) {
  IDR_TRY(idr_graph_status(g));
  char text[IDR_DESCRIBE_MAX];
  for (int i = 0; i < n; i++) {
    if (outputs[i] < 0 || outputs[i] >= g->count)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "output %d of the plan is no node of the graph", i);
    if (g->nodes[outputs[i]].dtype != IDR_DTYPE_REAL)
      IDR_FAIL(IDR_STATUS_ARGUMENT, "%s is int32 and cannot be an output of a plan",
               idr_graph_describe(g, outputs[i], text, sizeof text));
  }
  return IDR_STATUS_OK;
}

static idr_status build(planner *p, int n) {
  IDR_TRY(allocate(p, n));
  mark_needed(p);
  place_sources(p);
  add_steps(p);
  add_outputs(p);
  return place_values(p);
}

idr_status idr_plan_create(const idr_graph *g, const idr_node *outputs, int n, idr_plan **out) {
  *out = NULL;
  IDR_TRY(check_outputs(g, outputs, n));
  planner p = {.g = g, .outputs = outputs, .plan = calloc(1, sizeof(idr_plan))};
  idr_status status = IDR_STATUS_OK;
  if (!p.plan) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a plan");
  IDR_TRY_GOTO(status, done, build(&p, n));
done:
  free(p.needed);
  free(p.root);
  free(p.values);
  free(p.scratch);
  if (status == IDR_STATUS_OK)
    *out = p.plan;
  else
    idr_plan_destroy(p.plan);
  return status;
}

void idr_plan_destroy(idr_plan *plan) {
  if (!plan) return;
  free(plan->steps);
  free(plan->inputs);
  free(plan->constants);
  free(plan->output_at);
  free(plan->output_shape);
  free(plan);
}

/* ---- asking ---------------------------------------------------------------------------------- */
int idr_plan_input(const idr_plan *plan, const char *name) {
  for (int i = 0; i < plan->input_count; i++)
    if (strcmp(plan->inputs[i].name, name) == 0) return i;
  return -1;
}

double idr_plan_flops(const idr_plan *plan) {
  double flops = 0.0;
  for (int i = 0; i < plan->step_count; i++)
    flops += idr_op_flops(&plan->steps[i].step);
  return flops;
}

size_t idr_plan_arena_bytes(const idr_plan *plan) {
  return (size_t)plan->arena_count * sizeof(real);
}

static void print_place(FILE *file, idr_place place) {
  static const char *const names[] = {"arena", "param", "const", "input", "output"};
  fprintf(file, " %s+%lld", names[place.space], (long long)place.at);
}

void idr_plan_print(const idr_plan *plan, void *file) {
  for (int i = 0; i < plan->step_count; i++) {
    const idr_plan_step *s = &plan->steps[i];
    const idr_op_row *row = idr_op_get(s->step.op);
    fprintf(file, "%4d #%-4d %-14s ", i, (int)s->step.node, row->name);
    for (int k = 0; k < s->step.shape.rank; k++)
      fprintf(file, "[%d]", (int)s->step.shape.dim[k]);
    print_place(file, s->out);
    fprintf(file, " <-");
    for (int k = 0; k < row->input_count; k++)
      print_place(file, s->in[k]);
    fprintf(file, "\n");
  }
}
