/* The epochs of one iteration, in one parallel region: gradients by block, sums as trees over
 * tiles, blocks and ranks, the optimizer by chunk. */
#include "rl/ppo_internal.h"

#include "base/clock.h"
#include "base/fn.h"
#include "base/random.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* What the threads of the region share; written by thread 0 between barriers. */
typedef struct {
  idr_ppo *ppo;
  idr_status status;
  double sums[IDR_STAT_COUNT]; /* over the minibatches done */
  double epoch_kl;             /* of the current epoch */
  double norm;                 /* sum of gradient norms */
  int64_t updates;
} update;

/* ---- order and advantage moments ------------------------------------------------------------- */

/* Fisher-Yates, keyed by (seed, global block, epoch, iteration). */
static void shuffle(const idr_ppo *ppo, int block, int epoch, int32_t *order) {
  for (int64_t i = 0; i < ppo->rows; i++)
    order[i] = (int32_t)i;
  idr_random4 r = {{0}};
  for (int64_t i = ppo->rows - 1, drawn = 0; i > 0; i--, drawn++) {
    if (drawn % 4 == 0)
      r = idr_random_draw(ppo->seed, (uint32_t)(ppo->team.block_first + block), (uint32_t)epoch,
                          (uint32_t)ppo->iteration, IDR_PURPOSE_SHUFFLE, (uint32_t)(drawn / 4));
    int64_t k = (int64_t)(((uint64_t)r.word[drawn % 4] * (uint64_t)(i + 1)) >> 32);
    int32_t other = order[k];
    order[k] = order[i];
    order[i] = other;
  }
}

static void advantage_sums(const idr_ppo *ppo, int block) {
  const idr_ppo_block *b = &ppo->blocks[block];
  double *out = ppo->advantage_sums + (int64_t)block * ppo->minibatches * 2;
  for (int m = 0; m < ppo->minibatches; m++) {
    double sum = 0, square = 0;
    for (int64_t i = m * ppo->share; i < (m + 1) * ppo->share; i++) {
      double a = (double)b->advantage[b->order[i]];
      sum += a;
      square += a * a;
    }
    out[2 * m] = sum;
    out[2 * m + 1] = square;
  }
}

/* Mean and inverse deviation of a whole minibatch's advantages. */
static void advantage_scale(const idr_ppo *ppo, int minibatch, real *shift, real *scale) {
  *shift = 0;
  *scale = 1;
  if (!ppo->settings.normalize_advantage) return;
  const double *sums = ppo->advantage_sums + (int64_t)minibatch * 2;
  double n = (double)ppo->settings.minibatch, mean = sums[0] / n;
  double variance = fmax(sums[1] / n - mean * mean, 0);
  *shift = (real)mean;
  *scale = (real)(1 / (sqrt(variance) + 1e-8));
}

/* ---- gradient of a block's share ------------------------------------------------------------- */

typedef struct {
  const idr_ppo *ppo;
  idr_ppo_worker *worker;
  const idr_ppo_block *block;
  real advantage_shift, advantage_scale;
} share;

/* Most rows lie outside the near caches and are visited in random order, so each is asked for this
 * many rows before it is copied. */
#define ROWS_AHEAD 6

static void ask_for(const real *from, int64_t n) {
  for (int64_t i = 0; i < n; i += 64 / (int64_t)sizeof(real))
    __builtin_prefetch(from + i);
  __builtin_prefetch(from + n - 1);
}

static void ask_for_row(const share *s, int64_t row) {
  const idr_policy *p = s->ppo->policy;
  const idr_ppo_block *b = s->block;
  int64_t dim = p->critic_dim, note = idr_ppo_note_size(s->ppo);
  ask_for(b->seen + row * dim, dim);
  ask_for(b->note + row * note, note);
}

static void copy_row(real *IDR_RESTRICT to, const real *IDR_RESTRICT from, int64_t dim) {
  for (int64_t i = 0; i < dim; i++)
    to[i] = from[i];
}

static void gather_row(const share *s, int64_t row, int64_t to) {
  const idr_policy *p = s->ppo->policy;
  const idr_ppo_block *b = s->block;
  idr_ppo_worker *w = s->worker;
  int64_t tile = s->ppo->settings.tile_rows, dim = p->observation_dim, critic = p->critic_dim;
  int64_t act = p->spec->action_dim;
  const real *note = b->note + row * idr_ppo_note_size(s->ppo);
  copy_row(w->tile_observation + to * dim, b->seen + row * critic, dim);
  if (p->spec->critic_dim > 0)
    copy_row(w->tile_critic + to * critic, b->seen + row * critic, critic);
  for (int k = 0; k < IDR_NOTE_ACTION; k++)
    w->tile_scalar[k * tile + to] = note[k];
  copy_row(w->tile_action + to * act, note + IDR_NOTE_ACTION, act);
  w->tile_index[to] = (int32_t)note[IDR_NOTE_ACTION];
}

/* Advantages of a minibatch have no mean and unit deviation, values are in the network's units. */
static void scale_tile(const share *s, int64_t valid) {
  const idr_ppo *ppo = s->ppo;
  int64_t tile = ppo->settings.tile_rows;
  real shift = ppo->return_moments->shift[0], scale = ppo->return_moments->scale[0];
  real weight = 1 / (real)ppo->settings.minibatch, *out = s->worker->tile_scalar;
  for (int64_t r = 0; r < ppo->loss_rows; r++) {
    out[1 * tile + r] = (out[1 * tile + r] - s->advantage_shift) * s->advantage_scale;
    out[2 * tile + r] = (out[2 * tile + r] - shift) * scale;
    out[3 * tile + r] = (out[3 * tile + r] - shift) * scale;
    out[4 * tile + r] = r < valid ? weight : 0;
  }
}

/* Rows [begin, end) of the block's order; the rest of the tile repeats the first with no weight. */
static void gather_tile(const share *s, int64_t begin, int64_t end) {
  const int32_t *order = s->block->order;
  int64_t last = s->ppo->rows - 1;
  for (int64_t r = 0; r < s->ppo->loss_rows; r++) {
    int64_t next = begin + r + ROWS_AHEAD;
    ask_for_row(s, order[next < last ? next : last]);
    gather_row(s, order[begin + r < end ? begin + r : begin], r);
  }
  scale_tile(s, end - begin);
}

/* Loss and gradient of rows [begin, end) of the block's order, into `out` [G]. */
static void run_tile(const share *s, int64_t begin, int64_t end, real *out) {
  const idr_ppo *ppo = s->ppo;
  idr_exec *loss = s->worker->loss;
  gather_tile(s, begin, end);
  real *stats = out + idr_params_size(ppo->policy->params);
  for (int k = 0; k < IDR_STAT_COUNT; k++)
    idr_exec_bind_output(loss, k, stats + k);
  idr_exec_bind_gradients(loss, ppo->policy->params, NULL, IDR_STAT_COUNT,
                          idr_params_count(ppo->policy->params), out);
  idr_exec_run(loss);
}

static void block_gradient(const idr_ppo *ppo, idr_ppo_worker *w, int block, int minibatch) {
  share s = {.ppo = ppo, .worker = w, .block = &ppo->blocks[block]};
  advantage_scale(ppo, minibatch, &s.advantage_shift, &s.advantage_scale);
  int64_t first = minibatch * ppo->share, last = first + ppo->share;
  if (ppo->share <= ppo->loss_rows) {
    run_tile(&s, first, last, ppo->block_gradient[block]);
    return;
  }
  idr_tree_begin(&w->tree, w->tree_levels, ppo->gradient_size);
  for (int64_t begin = first; begin < last; begin += ppo->loss_rows) {
    int64_t end = begin + ppo->loss_rows < last ? begin + ppo->loss_rows : last;
    run_tile(&s, begin, end, idr_tree_slot(&w->tree));
    idr_tree_push(&w->tree);
  }
  memcpy(ppo->block_gradient[block], idr_tree_end(&w->tree),
         (size_t)ppo->gradient_size * sizeof(real));
}

/* ---- one optimizer step ---------------------------------------------------------------------- */

static idr_status not_finite(const idr_ppo *ppo) {
  const idr_params *params = ppo->policy->params;
  const real *gradient = ppo->block_gradient[0];
  for (int i = 0; i < idr_params_count(params); i++) {
    const idr_param *param = idr_params_get(params, i);
    for (int64_t k = 0; k < param->count; k++)
      if (!isfinite((double)gradient[param->offset + k]))
        IDR_FAIL(IDR_STATUS_NUMERIC,
                 "the gradient of '%s' is not finite in iteration %lld (optimizer step %lld); try "
                 "a lower ppo.learning_rate or ppo.max_gradient_norm",
                 param->name, (long long)ppo->iteration, (long long)ppo->adam->step);
  }
  IDR_FAIL(IDR_STATUS_NUMERIC, "the gradient norm overflows in iteration %lld",
           (long long)ppo->iteration);
}

/* Continues the tree over ranks. Thread 0 only. */
static void exchange(update *u) {
  idr_ppo *ppo = u->ppo;
  double begin = idr_clock_seconds();
  if (u->status == IDR_STATUS_OK)
    u->status = idr_team_sum(&ppo->team, ppo->block_gradient[0], ppo->exchange, ppo->gradient_size);
  ppo->times.exchange += idr_clock_seconds() - begin;
}

static void count_stats(update *u, double norm) {
  const real *stats = u->ppo->block_gradient[0] + idr_params_size(u->ppo->policy->params);
  for (int k = 0; k < IDR_STAT_COUNT; k++)
    u->sums[k] += (double)stats[k];
  u->epoch_kl += (double)stats[IDR_STAT_KL];
  u->norm += norm;
  u->updates++;
  if (!isfinite(norm)) u->status = not_finite(u->ppo);
}

/* Sum over blocks of this thread's elements; thread 0 also takes the statistics behind them. */
static void reduce_blocks(const idr_ppo *ppo, int t, int64_t begin, int64_t end) {
  int64_t size = idr_params_size(ppo->policy->params);
  int64_t last = end * IDR_OPTIMIZER_CHUNK < size ? end * IDR_OPTIMIZER_CHUNK : size;
  idr_tree_reduce_blocks(ppo->block_gradient, ppo->team.block_count, begin * IDR_OPTIMIZER_CHUNK,
                         last);
  if (t == 0)
    idr_tree_reduce_blocks(ppo->block_gradient, ppo->team.block_count, size, ppo->gradient_size);
}

/* One minibatch. Returns false, in all threads alike, when the updates must end. */
static bool minibatch_step(update *u, int t, uint32_t round, int minibatch) {
  idr_ppo *ppo = u->ppo;
  int64_t begin, end;
  idr_adam_thread_chunks(ppo->adam, t, ppo->team.threads, &begin, &end);
  idr_team_round turns = idr_team_round_begin(&ppo->team, t, round, ppo->taken);
  for (int b; (b = idr_team_round_next(&turns)) >= 0;)
    block_gradient(ppo, &ppo->workers[t], b, minibatch);
#pragma omp barrier
  reduce_blocks(ppo, t, begin, end);
  if (ppo->team.comm->size > 1) {
#pragma omp barrier
    if (t == 0) exchange(u);
#pragma omp barrier
  }
  const real *gradient = ppo->block_gradient[0];
  idr_adam_measure(ppo->adam, gradient, begin, end);
#pragma omp barrier
  double norm = idr_adam_norm(ppo->adam);
  double kl = (double)gradient[idr_params_size(ppo->policy->params) + IDR_STAT_KL];
  bool go = isfinite(norm) && !(ppo->settings.kl_stop > 0 && kl > ppo->settings.kl_stop);
  if (t == 0) count_stats(u, norm);
  if (go) idr_adam_update(ppo->adam, ppo->weights, gradient, norm, ppo->learning_rate, begin, end);
#pragma omp barrier
  if (go && t == 0) idr_adam_advance(ppo->adam);
  return go && u->status == IDR_STATUS_OK;
}

static bool epoch_start(update *u, int t, uint32_t round, int epoch) {
  idr_ppo *ppo = u->ppo;
  idr_team_round turns = idr_team_round_begin(&ppo->team, t, round, ppo->taken);
  for (int b; (b = idr_team_round_next(&turns)) >= 0;) {
    shuffle(ppo, b, epoch, ppo->blocks[b].order);
    advantage_sums(ppo, b);
  }
#pragma omp barrier
  if (t == 0) {
    u->epoch_kl = 0;
    u->status = idr_team_sum_double(&ppo->team, ppo->advantage_sums, ppo->sum_scratch,
                                    2 * (int64_t)ppo->minibatches);
  }
#pragma omp barrier
  return u->status == IDR_STATUS_OK;
}

/* Returns the number of the last round of blocks. */
static uint32_t run_epochs(update *u, int t, uint32_t round) {
  for (int epoch = 0; epoch < u->ppo->settings.epochs; epoch++) {
    if (!epoch_start(u, t, ++round, epoch)) return round;
    for (int m = 0; m < u->ppo->minibatches; m++)
      if (!minibatch_step(u, t, ++round, m)) return round;
  }
  return round;
}

static void fill_report(const update *u, idr_ppo_report *report) {
  double n = u->updates > 0 ? (double)u->updates : 1;
  report->policy_loss = u->sums[IDR_STAT_POLICY_LOSS] / n;
  report->value_loss = u->sums[IDR_STAT_VALUE_LOSS] / n;
  report->entropy = u->sums[IDR_STAT_ENTROPY] / n;
  report->clip_fraction = u->sums[IDR_STAT_CLIPPED] / n;
  report->kl = u->epoch_kl / u->ppo->minibatches;
  report->gradient_norm = u->norm / n;
  report->learning_rate = u->ppo->learning_rate;
}

idr_status idr_ppo_update(idr_ppo *ppo, idr_ppo_report *report) {
  double begin = idr_clock_seconds();
  update u = {.ppo = ppo, .status = IDR_STATUS_OK};
  ppo->times.exchange = 0;
  uint32_t begun = ppo->round;
#pragma omp parallel num_threads(ppo->team.threads)
  {
    int t = omp_get_thread_num();
    uint32_t round = run_epochs(&u, t, begun);
    if (t == 0) ppo->round = round;
  }
  fill_report(&u, report);
  ppo->times.update = idr_clock_seconds() - begin - ppo->times.exchange;
  return u.status;
}
