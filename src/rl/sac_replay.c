/* Drawing batches from the rings of a block's lanes, keyed by (seed, block, update, row). */
#include "rl/sac_internal.h"

#include "base/random.h"

/* The words for item `draw` of the current update. */
static idr_random4 draw_words(const idr_sac *sac, uint32_t lane, uint32_t purpose, int64_t draw) {
  return idr_random_draw(sac->seed, lane, (uint32_t)(sac->updates >> 32), (uint32_t)sac->updates,
                         purpose, (uint32_t)draw);
}

static int64_t below(uint32_t word, int64_t n) {
  return (int64_t)(((uint64_t)word * (uint64_t)n) >> 32);
}

static void copy_row(real *to, const float *from, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    to[i] = (real)from[i];
}

/* Sum of discounted rewards from step `step` of a ring on, at most n_step of them, none beyond the
 * end of the episode or the newest step; returns the transition that gave the last one. */
static const float *follow(const idr_sac *sac, const float *ring, int64_t step, double *sum,
                           double *discount) {
  const float *record;
  *sum = 0;
  *discount = 1;
  for (int64_t k = 0;; k++) {
    record = ring + (step + k) % sac->capacity * sac->record;
    *sum += *discount * (double)record[sac->record - 2];
    *discount *= sac->gamma;
    if (record[sac->record - 1] != IDR_END_NONE || k + 1 == sac->settings.n_step ||
        step + k + 1 == sac->lane_steps)
      break;
  }
  if (record[sac->record - 1] == IDR_END_TERMINATED) *discount = 0;
  return record;
}

/* Row `row` of a block's share of the batch, into row `to` of the tile. */
static void draw_row(const idr_sac *sac, idr_sac_worker *w, int block, int64_t row, int64_t to) {
  uint32_t global = (uint32_t)(sac->team.block_first + block);
  idr_random4 r = draw_words(sac, global, IDR_PURPOSE_REPLAY, row);
  int64_t stored = sac->lane_steps < sac->capacity ? sac->lane_steps : sac->capacity;
  int64_t lane = below(r.word[0], sac->lanes);
  int64_t step = sac->lane_steps - stored + below(r.word[1], stored);
  const float *ring = sac->blocks[block].replay + lane * sac->capacity * sac->record;
  const float *first = ring + step % sac->capacity * sac->record;
  int64_t width = sac->row_dim, act = sac->policy->head_dim;
  double sum, discount;
  const float *last = follow(sac, ring, step, &sum, &discount);
  copy_row(w->tile_row + to * width, first, width);
  copy_row(w->tile_next + to * width, last + width, width);
  copy_row(w->tile_action + to * act, first + 2 * width, act);
  w->tile_reward[to] = (real)sum * idr_sac_reward_scale(sac);
  w->tile_discount[to] = (real)discount;
}

void idr_sac_draw_tile(const idr_sac *sac, idr_sac_worker *w, int block, int64_t begin,
                       int64_t end) {
  real weight = 1 / (real)sac->settings.batch;
  for (int64_t r = 0; r < sac->loss_rows; r++) {
    bool valid = begin + r < end;
    draw_row(sac, w, block, valid ? begin + r : begin, r);
    w->tile_weight[r] = valid ? weight : 0;
  }
}

void idr_sac_draw_noise(const idr_sac *sac, idr_sac_worker *w, int block, int64_t begin,
                        int which) {
  int64_t act = sac->policy->head_dim, first = begin * act, n = sac->loss_rows * act;
  uint32_t key = 2 * (uint32_t)(sac->team.block_first + block) + (uint32_t)which;
  float four[4];
  for (int64_t i = 0; i < n; i++) {
    int64_t e = first + i;
    if (i == 0 || e % 4 == 0) {
      idr_random4 r = draw_words(sac, key, IDR_PURPOSE_UPDATE, e / 4);
      idr_random_normal2(r.word[0], r.word[1], four);
      idr_random_normal2(r.word[2], r.word[3], four + 2);
    }
    w->tile_noise[i] = (real)four[e % 4];
  }
}
