/* One step of a block's lanes: act, step the task, keep the transition. */
#include "rl/sac_internal.h"

#include "base/random.h"
#include <omp.h>
#include <string.h>

typedef struct {
  idr_sac *sac;
  idr_sac_worker *worker;
  idr_sac_block *block;
  int index;     /* local number of the block */
  int64_t first; /* first lane within this rank's environment */
} context;

static context context_of(idr_sac *sac, idr_sac_worker *worker, int block) {
  return (context){sac, worker, &sac->blocks[block], block, (int64_t)block * sac->lanes};
}

static idr_env_buffers buffers_of(const context *c) {
  idr_sac_block *b = c->block;
  return (idr_env_buffers){.action = b->command,
                           .observation = b->raw,
                           .critic = b->raw_critic,
                           .reward = b->step_reward,
                           .terminated = b->terminated,
                           .truncated = b->truncated,
                           .final_observation = b->final_row,
                           .final_critic = b->final_critic,
                           .metrics = b->metrics};
}

static void copy_rows(real *to, const float *from, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    to[i] = (real)from[i];
}

/* ---- actions --------------------------------------------------------------------------------- */

/* Before learning starts actions may be uniform, each held for noise_time steps. */
static void uniform_actions(const context *c) {
  const idr_sac *sac = c->sac;
  int64_t act = sac->policy->head_dim, held = sac->lane_steps / sac->settings.noise_time;
  for (int64_t lane = 0; lane < sac->lanes; lane++)
    for (int64_t i = 0; i < act; i++) {
      idr_random4 r = idr_random_draw(sac->seed, (uint32_t)(sac->env->lane_first + c->first + lane),
                                      (uint32_t)(held >> 32), (uint32_t)held, IDR_PURPOSE_ACTION,
                                      (uint32_t)(i / 4));
      c->block->action[lane * act + i] = 2 * (real)idr_random_uniform(r.word[i % 4]) - 1;
    }
}

static void draw_noise(const context *c) {
  const idr_sac *sac = c->sac;
  const idr_policy_key key = {.seed = sac->seed,
                              .lane = (uint32_t)(sac->env->lane_first + c->first),
                              .lanes = sac->lanes,
                              .step = (uint64_t)sac->lane_steps};
  idr_policy_lasting_noise(sac->policy, &key, sac->settings.noise_time, sac->lanes,
                           c->block->action);
}

/* Moments of the lanes [begin, begin + rows) and, for the policy's own actions, their heads. */
static void see_rows(const context *c, int64_t begin, int64_t rows, bool own) {
  idr_sac *sac = c->sac;
  idr_sac_worker *w = c->worker;
  int64_t dim = sac->policy->observation_dim, act = sac->policy->head_dim;
  copy_rows(w->tile_observation, c->block->raw + begin * dim, rows * dim);
  if (sac->settings.normalize_observation)
    idr_moments_add(sac->observation_moments, c->index, w->tile_observation, rows);
  if (sac->settings.normalize_observation && sac->critic_moments) {
    copy_rows(w->tile_row, c->block->raw_critic + begin * sac->row_dim, rows * sac->row_dim);
    idr_moments_add(sac->critic_moments, c->index, w->tile_row, rows);
  }
  if (!own) return;
  for (int64_t r = rows; r < sac->act_rows; r++)
    memcpy(w->tile_observation + r * dim, w->tile_observation, (size_t)dim * sizeof(real));
  idr_exec_run(w->act);
  const real *head = idr_exec_output(w->act, 0);
  for (int64_t r = 0; r < rows; r++)
    idr_policy_squash(sac->policy, head + r * sac->policy->head_width,
                      c->block->action + (begin + r) * act);
}

static void act_block(const context *c) {
  const idr_sac *sac = c->sac;
  bool own = !sac->settings.uniform_start || idr_sac_steps(sac) >= sac->settings.learning_starts;
  int64_t act = sac->policy->head_dim;
  if (own)
    draw_noise(c);
  else
    uniform_actions(c);
  for (int64_t begin = 0; begin < sac->lanes; begin += sac->act_rows) {
    int64_t left = sac->lanes - begin;
    see_rows(c, begin, left < sac->act_rows ? left : sac->act_rows, own);
  }
  for (int64_t lane = 0; lane < sac->lanes; lane++)
    idr_policy_unscale(sac->policy, c->block->action + lane * act, c->block->command + lane * act);
}

/* ---- transitions ----------------------------------------------------------------------------- */

static float *record_of(const context *c, int64_t lane) {
  const idr_sac *sac = c->sac;
  int64_t slot = sac->lane_steps % sac->capacity;
  return c->block->replay + (lane * sac->capacity + slot) * sac->record;
}

/* What is known before the task's step. */
static void keep_begin(const context *c) {
  const idr_sac *sac = c->sac;
  int64_t width = sac->row_dim, act = sac->policy->head_dim;
  const float *rows = sac->critic_moments ? c->block->raw_critic : c->block->raw;
  for (int64_t lane = 0; lane < sac->lanes; lane++) {
    float *record = record_of(c, lane);
    memcpy(record, rows + lane * width, (size_t)width * sizeof(float));
    for (int64_t i = 0; i < act; i++)
      record[2 * width + i] = (float)c->block->action[lane * act + i];
  }
}

static void keep_end(const context *c, int64_t lane) {
  const idr_sac *sac = c->sac;
  const idr_sac_block *b = c->block;
  int64_t width = sac->row_dim;
  float *record = record_of(c, lane);
  bool ended = b->terminated[lane] || b->truncated[lane], own = sac->critic_moments != NULL;
  const float *next =
      ended ? (own ? b->final_critic : b->final_row) : (own ? b->raw_critic : b->raw);
  memcpy(record + width, next + lane * width, (size_t)width * sizeof(float));
  record[sac->record - 2] = b->step_reward[lane];
  record[sac->record - 1] = b->terminated[lane]  ? (float)IDR_END_TERMINATED
                            : b->truncated[lane] ? (float)IDR_END_TRUNCATED
                                                 : (float)IDR_END_NONE;
}

static void count_lane(const context *c, int64_t lane) {
  idr_sac_block *b = c->block;
  int metrics = c->sac->env->spec.metric_count;
  double *sums = c->sac->block_sums + (int64_t)c->index * IDR_SAC_SUM_COUNT;
  b->lane_return[lane] += (double)b->step_reward[lane];
  b->lane_length[lane] += 1;
  sums[IDR_SAC_SUM_REWARD] += (double)b->step_reward[lane];
  if (!b->terminated[lane] && !b->truncated[lane]) return;
  sums[IDR_SAC_SUM_EPISODES] += 1;
  sums[IDR_SAC_SUM_RETURN] += b->lane_return[lane];
  sums[IDR_SAC_SUM_LENGTH] += b->lane_length[lane];
  for (int m = 0; m < metrics; m++)
    sums[IDR_SAC_SUM_METRIC + m] += b->metrics[lane * metrics + m];
  b->lane_return[lane] = 0;
  b->lane_length[lane] = 0;
}

/* Discounted sums since each episode began (of a batch of lanes they tell how large returns are,
 * without waiting for ends) into the moments. */
static void add_returns(const context *c) {
  idr_sac *sac = c->sac;
  idr_sac_block *b = c->block;
  if (!sac->return_moments) return;
  for (int64_t lane = 0; lane < sac->lanes; lane++) {
    double *sum = &b->lane_discounted[lane];
    *sum = sac->gamma * *sum + (double)b->step_reward[lane];
    real now = (real)*sum;
    idr_moments_add(sac->return_moments, c->index, &now, 1);
    if (b->terminated[lane] || b->truncated[lane]) *sum = 0;
  }
}

/* ---- a step ---------------------------------------------------------------------------------- */

static void note_failure(idr_sac_worker *w, int block) {
  if (w->error.status != IDR_STATUS_OK && w->failed_block < block) return;
  w->error = *idr_error_get();
  w->failed_block = block;
}

/* A task that fails stands still until the iteration ends: other ranks wait for this one's
 * gradients until then. */
static void step_task(const context *c) {
  idr_sac *sac = c->sac;
  idr_sac_block *b = c->block;
  idr_env_buffers buffers = buffers_of(c);
  if (!sac->failed) {
    if (sac->env->kind->step(sac->env, c->first, c->first + sac->lanes, &buffers) == IDR_STATUS_OK)
      return;
    note_failure(c->worker, c->index);
  }
  memset(b->step_reward, 0, (size_t)sac->lanes * sizeof(float));
  memset(b->terminated, 0, (size_t)sac->lanes);
  memset(b->truncated, 0, (size_t)sac->lanes);
}

void idr_sac_step_block(idr_sac *sac, idr_sac_worker *worker, int block) {
  context c = context_of(sac, worker, block);
  act_block(&c);
  keep_begin(&c);
  step_task(&c);
  for (int64_t lane = 0; lane < sac->lanes; lane++) {
    keep_end(&c, lane);
    count_lane(&c, lane);
  }
  add_returns(&c);
}

idr_status idr_sac_first_failure(const idr_sac *sac) {
  const idr_sac_worker *first = NULL;
  for (int t = 0; t < sac->team.threads; t++) {
    const idr_sac_worker *w = &sac->workers[t];
    if (w->error.status == IDR_STATUS_OK) continue;
    if (!first || w->failed_block < first->failed_block) first = w;
  }
  if (!first) return IDR_STATUS_OK;
  idr_error_set(&first->error);
  return first->error.status;
}

idr_status idr_sac_start(idr_sac *sac) {
  if (sac->started) return IDR_STATUS_OK;
  sac->started = true;
#pragma omp parallel num_threads(sac->team.threads)
  {
    int begin, end;
    idr_team_thread_blocks(&sac->team, omp_get_thread_num(), &begin, &end);
    for (int b = begin; b < end; b++) {
      context c = context_of(sac, &sac->workers[omp_get_thread_num()], b);
      idr_env_buffers buffers = buffers_of(&c);
      sac->env->kind->reset(sac->env, c.first, c.first + sac->lanes, &buffers);
    }
  }
  return IDR_STATUS_OK;
}
