/* One iteration of experience: threads walk blocks through the whole horizon, with no
 * synchronisation in between, then values and advantages. */
#include "rl/ppo_internal.h"

#include "base/clock.h"
#include "rl/gae.h"
#include <omp.h>
#include <string.h>

typedef struct {
  idr_ppo *ppo;
  idr_ppo_worker *worker;
  idr_ppo_block *block;
  int index;     /* local number of the block */
  int64_t first; /* first lane within this rank's environment */
} context;

static void copy_rows(real *to, const float *from, int64_t rows, int64_t dim) {
  for (int64_t i = 0; i < rows * dim; i++)
    to[i] = (real)from[i];
}

/* Repeats the first row over [rows, tile): a valid row whose results are not used. */
static void pad_rows(real *tile, int64_t rows, int64_t tile_rows, int64_t dim) {
  for (int64_t r = rows; r < tile_rows; r++)
    memcpy(tile + r * dim, tile, (size_t)dim * sizeof(real));
}

/* Normalises `rows` raw rows and computes the head for them; results lie in the worker's tile
 * buffers. The critic's rows may be NULL when the task has none or they are not wanted. */
static void act_tile(const context *c, const float *raw, const float *raw_critic, int64_t rows) {
  const idr_policy *p = c->ppo->policy;
  idr_ppo_worker *w = c->worker;
  copy_rows(w->tile_observation, raw, rows, p->observation_dim);
  pad_rows(w->tile_observation, rows, c->ppo->act_rows, p->observation_dim);
  if (p->spec->critic_dim > 0 && raw_critic) {
    copy_rows(w->tile_critic, raw_critic, rows, p->critic_dim);
    pad_rows(w->tile_critic, rows, c->ppo->act_rows, p->critic_dim);
  }
  idr_exec_run(w->act);
}

static void keep_rows(const context *c, int64_t to, int64_t rows) {
  const idr_policy *p = c->ppo->policy;
  const idr_ppo_worker *w = c->worker;
  int64_t dim = p->critic_dim;
  memcpy(c->block->seen + to * dim, p->spec->critic_dim > 0 ? w->out_critic : w->out_observation,
         (size_t)(rows * dim) * sizeof(real));
}

/* Acts for the lanes [begin, begin + rows) of the block; row is their first storage row. */
static void act_rows(const context *c, int64_t begin, int64_t rows, int64_t row, bool sample) {
  idr_ppo *ppo = c->ppo;
  const idr_policy *p = ppo->policy;
  idr_ppo_block *b = c->block;
  const float *critic = b->raw_critic ? b->raw_critic + begin * p->critic_dim : NULL;
  act_tile(c, b->raw + begin * p->observation_dim, critic, rows);
  keep_rows(c, row, rows);
  if (!sample) return;
  int64_t step = ppo->iteration * ppo->settings.horizon + row / ppo->lanes;
  int64_t lane = ppo->env->lane_first + c->first + begin;
  int dim = p->spec->action_dim;
  for (int64_t r = 0; r < rows; r++) {
    const real *head = c->worker->head + r * p->head_dim;
    real *action = b->action + (row + r) * dim;
    if (p->gaussian)
      b->log_prob[row + r] = idr_policy_perturb(p, head, ppo->deviation, action);
    else
      b->log_prob[row + r] = idr_policy_sample(p, head, ppo->deviation, ppo->seed,
                                               (uint32_t)(lane + r), (uint64_t)step, false, action);
    idr_policy_unscale(p, action, b->command + (begin + r) * dim);
  }
}

static void act_block(const context *c, int64_t t, bool sample) {
  int64_t lanes = c->ppo->lanes, tile = c->ppo->act_rows;
  for (int64_t begin = 0; begin < lanes; begin += tile) {
    int64_t rows = begin + tile < lanes ? tile : lanes - begin;
    act_rows(c, begin, rows, t * lanes + begin, sample);
  }
}

static idr_env_buffers buffers_of(const context *c, int64_t t) {
  idr_ppo_block *b = c->block;
  int64_t row = t * c->ppo->lanes;
  return (idr_env_buffers){.action = b->command,
                           .observation = b->raw,
                           .critic = b->raw_critic,
                           .reward = b->step_reward,
                           .terminated = b->terminated + row,
                           .truncated = b->truncated + row,
                           .final_observation = b->final_row,
                           .final_critic = b->final_critic,
                           .metrics = b->metrics};
}

/* Keeps the true final observation where its value will be needed. */
static void keep_final(const context *c, int64_t row, int64_t lane) {
  const idr_policy *p = c->ppo->policy;
  idr_ppo_block *b = c->block;
  const float *from = p->spec->critic_dim > 0 ? b->final_critic + lane * p->critic_dim
                                              : b->final_row + lane * p->observation_dim;
  memcpy(b->finals + (int64_t)b->final_count * p->critic_dim, from,
         (size_t)p->critic_dim * sizeof(float));
  b->final_index[row] = b->final_count++;
}

/* Book-keeping of one step of one lane. */
static void count_lane(const context *c, int64_t row, int64_t lane, double *sums) {
  idr_ppo_block *b = c->block;
  int metrics = c->ppo->env->spec.metric_count;
  b->reward[row] = (real)b->step_reward[lane];
  b->final_index[row] = -1;
  b->lane_return[lane] += (double)b->step_reward[lane];
  b->lane_length[lane] += 1;
  sums[IDR_SUM_REWARD] += (double)b->step_reward[lane];
  if (!b->terminated[row] && !b->truncated[row]) return;
  if (!b->terminated[row]) keep_final(c, row, lane);
  sums[IDR_SUM_EPISODES] += 1;
  sums[IDR_SUM_RETURN] += b->lane_return[lane];
  sums[IDR_SUM_LENGTH] += b->lane_length[lane];
  for (int m = 0; m < metrics; m++)
    sums[IDR_SUM_METRIC + m] += b->metrics[lane * metrics + m];
  b->lane_return[lane] = 0;
  b->lane_length[lane] = 0;
}

static idr_status step_block(const context *c, int64_t t, double *sums) {
  idr_ppo *ppo = c->ppo;
  idr_env_buffers buffers = buffers_of(c, t);
  IDR_TRY(ppo->env->kind->step(ppo->env, c->first, c->first + ppo->lanes, &buffers));
  for (int64_t lane = 0; lane < ppo->lanes; lane++)
    count_lane(c, t * ppo->lanes + lane, lane, sums);
  return IDR_STATUS_OK;
}

static void add_moments(const context *c) {
  const idr_ppo *ppo = c->ppo;
#ifdef IDR_REAL_DOUBLE
  idr_ppo_worker *w = c->worker;
  for (int64_t r = 0; r < ppo->lanes; r++) {
    copy_rows(w->tile_observation, c->block->raw + r * ppo->policy->observation_dim, 1,
              ppo->policy->observation_dim);
    idr_moments_add(ppo->observation_moments, c->index, w->tile_observation, 1);
    if (!ppo->critic_moments) continue;
    copy_rows(w->tile_critic, c->block->raw_critic + r * ppo->policy->critic_dim, 1,
              ppo->policy->critic_dim);
    idr_moments_add(ppo->critic_moments, c->index, w->tile_critic, 1);
  }
#else
  idr_moments_add(ppo->observation_moments, c->index, c->block->raw, ppo->lanes);
  if (ppo->critic_moments)
    idr_moments_add(ppo->critic_moments, c->index, c->block->raw_critic, ppo->lanes);
#endif
}

/* The noise of the whole horizon lies where the actions will be. */
static void draw_noise(const context *c) {
  const idr_ppo *ppo = c->ppo;
  idr_policy_key key = {.seed = ppo->seed,
                        .lane = (uint32_t)(ppo->env->lane_first + c->first),
                        .lanes = ppo->lanes,
                        .step = (uint64_t)(ppo->iteration * ppo->settings.horizon)};
  idr_policy_lasting_noise(ppo->policy, &key, ppo->settings.noise_time, ppo->rows,
                           c->block->action);
}

static idr_status rollout_block(const context *c) {
  idr_ppo *ppo = c->ppo;
  double *sums = ppo->block_sums + (int64_t)c->index * IDR_SUM_COUNT;
  memset(sums, 0, IDR_SUM_COUNT * sizeof(double));
  c->block->final_count = 0;
  draw_noise(c);
  for (int64_t t = 0; t < ppo->settings.horizon; t++) {
    if (ppo->settings.normalize_observation) add_moments(c);
    act_block(c, t, true);
    IDR_TRY(step_block(c, t, sums));
  }
  act_block(c, ppo->settings.horizon, false);
  return IDR_STATUS_OK;
}

/* Values of one whole tile of normalised rows, in reward units; the first `n` are kept. */
static void value_tile(const context *c, const real *rows, int64_t n, real *out) {
  const idr_moments *m = c->ppo->return_moments;
  real shift = m->shift[0], unit = 1 / m->scale[0];
  idr_exec_bind_input(c->worker->value, 0, rows);
  idr_exec_run(c->worker->value);
  const real *value = idr_exec_output(c->worker->value, 0);
  for (int64_t i = 0; i < n; i++)
    out[i] = shift + unit * value[i];
}

/* Normalises the kept final rows [begin, begin + n) with the acting plan, tile by tile. */
static void normalise_finals(const context *c, int64_t begin, int64_t n, real *out) {
  const idr_policy *p = c->ppo->policy;
  bool own = p->spec->critic_dim > 0;
  const real *normalised = own ? c->worker->out_critic : c->worker->out_observation;
  for (int64_t k = 0; k < n; k += c->ppo->act_rows) {
    int64_t rows = n - k < c->ppo->act_rows ? n - k : c->ppo->act_rows;
    const float *raw = c->block->finals + (begin + k) * p->critic_dim;
    act_tile(c, own ? c->block->raw : raw, own ? raw : NULL, rows);
    memcpy(out + k * p->critic_dim, normalised, (size_t)(rows * p->critic_dim) * sizeof(real));
  }
}

/* The rows that fill no tile of their own share tiles: the last `rest` rows of storage, then the
 * final rows. */
static void value_rest(const context *c, int64_t rest) {
  const idr_ppo *ppo = c->ppo;
  idr_ppo_block *b = c->block;
  real *tile = c->worker->tile_rest;
  int64_t dim = ppo->policy->critic_dim, room = ppo->settings.tile_rows;
  int64_t stored = ppo->rows + ppo->lanes - rest, final = 0;
  real *value = c->worker->rest_value;
  memcpy(tile, b->seen + stored * dim, (size_t)(rest * dim) * sizeof(real));
  for (int64_t used = rest; used > 0 || final < b->final_count; used = 0) {
    int64_t left = b->final_count - final, n = left < room - used ? left : room - used;
    normalise_finals(c, final, n, tile + used * dim);
    pad_rows(tile, used + n, room, dim);
    value_tile(c, tile, used + n, value);
    memcpy(b->value + stored, value, (size_t)used * sizeof(real));
    memcpy(b->final_value + final, value + used, (size_t)n * sizeof(real));
    final += n;
  }
}

static void values_block(const context *c) {
  int64_t dim = c->ppo->policy->critic_dim, tile = c->ppo->settings.tile_rows;
  int64_t rows = c->ppo->rows + c->ppo->lanes, rest = rows % tile;
  for (int64_t begin = 0; begin + tile <= rows; begin += tile)
    value_tile(c, c->block->seen + begin * dim, tile, c->block->value + begin);
  value_rest(c, rest);
}

/* V of what followed each row of step t. */
static void next_values(const context *c, int64_t t) {
  idr_ppo_block *b = c->block;
  int64_t lanes = c->ppo->lanes, row = t * lanes;
  memcpy(b->next_value, b->value + row + lanes, (size_t)lanes * sizeof(real));
  for (int64_t i = 0; i < lanes; i++) {
    b->ended[i] = b->terminated[row + i] | b->truncated[row + i];
    if (b->final_index[row + i] >= 0) b->next_value[i] = b->final_value[b->final_index[row + i]];
  }
}

static void sum_targets(const context *c) {
  const idr_ppo_block *b = c->block;
  double *sums = c->ppo->block_sums + (int64_t)c->index * IDR_SUM_COUNT;
  for (int64_t i = 0; i < c->ppo->rows; i++) {
    double target = (double)b->target[i], error = (double)b->advantage[i];
    sums[IDR_SUM_TARGET] += target;
    sums[IDR_SUM_TARGET2] += target * target;
    sums[IDR_SUM_ERROR] += error;
    sums[IDR_SUM_ERROR2] += error * error;
  }
}

static void write_notes(const context *c) {
  const idr_ppo_block *b = c->block;
  int64_t size = idr_ppo_note_size(c->ppo), act = size - IDR_NOTE_ACTION;
  for (int64_t row = 0; row < c->ppo->rows; row++) {
    real *note = b->note + row * size;
    note[0] = b->log_prob[row];
    note[1] = b->advantage[row];
    note[2] = b->target[row];
    note[3] = b->value[row];
    for (int64_t i = 0; i < act; i++)
      note[IDR_NOTE_ACTION + i] = b->action[row * act + i];
  }
}

static void advantages_block(const context *c) {
  idr_ppo *ppo = c->ppo;
  idr_ppo_block *b = c->block;
  int64_t lanes = ppo->lanes;
  memset(b->trace, 0, (size_t)lanes * sizeof(real));
  for (int64_t t = ppo->settings.horizon - 1; t >= 0; t--) {
    int64_t row = t * lanes;
    next_values(c, t);
    idr_gae_step(lanes, (real)ppo->gamma, (real)ppo->settings.lambda, b->reward + row,
                 b->value + row, b->next_value, b->terminated + row, b->ended, b->trace,
                 b->advantage + row);
  }
  for (int64_t i = 0; i < ppo->rows; i++)
    b->target[i] = b->advantage[i] + b->value[i];
  sum_targets(c);
  write_notes(c);
  if (ppo->settings.normalize_return)
    idr_moments_add(ppo->return_moments, c->index, b->target, ppo->rows);
}

/* The failure of the lowest block, whichever thread met it, becomes this thread's record. */
static idr_status first_failure(const idr_ppo *ppo) {
  const idr_ppo_worker *first = NULL;
  for (int t = 0; t < ppo->team.threads; t++) {
    const idr_ppo_worker *w = &ppo->workers[t];
    if (w->error.status == IDR_STATUS_OK) continue;
    if (!first || w->failed_block < first->failed_block) first = w;
  }
  if (!first) return IDR_STATUS_OK;
  idr_error_set(&first->error);
  return first->error.status;
}

static void note_failure(idr_ppo_worker *worker, int block) {
  if (worker->error.status != IDR_STATUS_OK && worker->failed_block < block) return;
  worker->error = *idr_error_get();
  worker->failed_block = block;
}

/* Runs `work` on every block of this rank; all of them, also after a failure. */
static idr_status for_blocks(idr_ppo *ppo, idr_status (*work)(const context *c)) {
  const idr_team *team = &ppo->team;
  uint32_t round = ++ppo->round;
#pragma omp parallel num_threads(team->threads)
  {
    int t = omp_get_thread_num(), b;
    idr_ppo_worker *worker = &ppo->workers[t];
    idr_team_round turns = idr_team_round_begin(team, t, round, ppo->taken);
    worker->error.status = IDR_STATUS_OK;
    while ((b = idr_team_round_next(&turns)) >= 0) {
      context c = {ppo, worker, &ppo->blocks[b], b, (int64_t)b * ppo->lanes};
      if (work(&c) != IDR_STATUS_OK) note_failure(worker, b);
    }
  }
  return first_failure(ppo);
}

static idr_status start_block(const context *c) {
  idr_env_buffers buffers = buffers_of(c, 0);
  c->ppo->env->kind->reset(c->ppo->env, c->first, c->first + c->ppo->lanes, &buffers);
  return IDR_STATUS_OK;
}

static idr_status values_work(const context *c) {
  values_block(c);
  return IDR_STATUS_OK;
}

static idr_status advantages_work(const context *c) {
  advantages_block(c);
  return IDR_STATUS_OK;
}

idr_status idr_ppo_start(idr_ppo *ppo) {
  if (ppo->started) return IDR_STATUS_OK;
  ppo->started = true;
  return for_blocks(ppo, start_block);
}

idr_status idr_ppo_rollout(idr_ppo *ppo) {
  double begin = idr_clock_seconds();
  idr_policy_deviation(ppo->policy, ppo->weights, ppo->deviation);
  idr_status status = idr_ppo_start(ppo);
  if (status == IDR_STATUS_OK) status = for_blocks(ppo, rollout_block);
  IDR_TRY(idr_comm_agree(ppo->team.comm, status));
  ppo->times.rollout = idr_clock_seconds() - begin;
  return IDR_STATUS_OK;
}

idr_status idr_ppo_advantages(idr_ppo *ppo) {
  double begin = idr_clock_seconds();
  IDR_TRY(for_blocks(ppo, values_work));
  double middle = idr_clock_seconds();
  IDR_TRY(for_blocks(ppo, advantages_work));
  ppo->times.values = middle - begin;
  ppo->times.advantages = idr_clock_seconds() - middle;
  return IDR_STATUS_OK;
}
