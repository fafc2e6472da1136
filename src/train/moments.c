#include "train/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Channels that never vary keep a scale of one over this standard deviation. */
#define SMALLEST_DEVIATION 1e-6

/* Numbers of a block's row of sums, whole cache lines: threads add to their rows at every step. */
static size_t row_size(const idr_moments *m) {
  return (1 + 2 * (size_t)m->dim + 7) / 8 * 8;
}

static void refresh(idr_moments *m) {
  for (int i = 0; i < m->dim; i++) {
    double deviation = sqrt(m->variance[i]);
    m->shift[i] = (real)m->mean[i];
    m->scale[i] = (real)(1 / fmax(deviation, SMALLEST_DEVIATION));
  }
}

static void start_from_range(idr_moments *m, const float *low, const float *high, double prior) {
  m->count = prior;
  for (int i = 0; i < m->dim; i++) {
    double width = low ? (double)high[i] - (double)low[i] : 4;
    m->mean[i] = low ? 0.5 * ((double)low[i] + (double)high[i]) : 0;
    m->variance[i] = width * width / 16;
  }
  refresh(m);
}

idr_status idr_moments_create(int dim, int blocks, const float *low, const float *high,
                              double prior, idr_moments **out) {
  *out = NULL;
  idr_moments *m = calloc(1, sizeof *m);
  if (!m) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a normaliser");
  m->dim = dim;
  m->blocks = blocks;
  m->mean = calloc((size_t)dim, sizeof(double));
  m->variance = calloc((size_t)dim, sizeof(double));
  m->shift = calloc(2 * (size_t)dim, sizeof(real));
  m->sums = aligned_alloc(64, (size_t)blocks * row_size(m) * sizeof(double));
  m->scratch = calloc(row_size(m), sizeof(double));
  if (!m->mean || !m->variance || !m->shift || !m->sums || !m->scratch) {
    idr_moments_destroy(m);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a normaliser of %d channels", dim);
  }
  memset(m->sums, 0, (size_t)blocks * row_size(m) * sizeof(double));
  m->scale = m->shift + dim;
  start_from_range(m, low, high, prior);
  *out = m;
  return IDR_STATUS_OK;
}

void idr_moments_destroy(idr_moments *m) {
  if (!m) return;
  free(m->mean);
  free(m->variance);
  free(m->shift);
  free(m->sums);
  free(m->scratch);
  free(m);
}

void idr_moments_add(idr_moments *m, int block, const real *rows, int64_t count) {
  double *sums = m->sums + (size_t)block * row_size(m);
  double *sum = sums + 1, *square = sums + 1 + m->dim;
  sums[0] += (double)count;
  for (int64_t r = 0; r < count; r++) {
    const real *row = rows + r * m->dim;
    IDR_SIMD
    for (int i = 0; i < m->dim; i++) {
      double d = (double)row[i] - m->mean[i];
      sum[i] += d;
      square[i] += d * d;
    }
  }
}

idr_status idr_moments_merge(idr_moments *m, const idr_team *team) {
  IDR_TRY(idr_team_sum_double(team, m->sums, m->scratch, (int64_t)row_size(m)));
  double batch = m->sums[0], total = m->count + batch;
  for (int i = 0; i < m->dim && batch > 0; i++) {
    double delta = m->sums[1 + i] / batch;
    double batch_square = m->sums[1 + m->dim + i] - batch * delta * delta;
    double square =
        m->variance[i] * m->count + batch_square + delta * delta * m->count * batch / total;
    m->mean[i] += delta * batch / total;
    m->variance[i] = square > 0 ? square / total : 0;
  }
  m->count = total;
  memset(m->sums, 0, (size_t)m->blocks * row_size(m) * sizeof(double));
  refresh(m);
  return IDR_STATUS_OK;
}

int idr_moments_state_size(const idr_moments *m) {
  return 1 + 2 * m->dim;
}

void idr_moments_get_state(const idr_moments *m, double *state) {
  state[0] = m->count;
  memcpy(state + 1, m->mean, (size_t)m->dim * sizeof(double));
  memcpy(state + 1 + m->dim, m->variance, (size_t)m->dim * sizeof(double));
}

void idr_moments_set_state(idr_moments *m, const double *state) {
  m->count = state[0];
  memcpy(m->mean, state + 1, (size_t)m->dim * sizeof(double));
  memcpy(m->variance, state + 1 + m->dim, (size_t)m->dim * sizeof(double));
  refresh(m);
}
