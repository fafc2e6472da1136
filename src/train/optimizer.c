#include "train/optimizer.h"

#include "base/fn.h"
#include <math.h>
#include <stdlib.h>

static void mark_decay(const idr_params *params, real *decay) {
  for (int i = 0; i < idr_params_count(params); i++) {
    const idr_param *param = idr_params_get(params, i);
    for (int64_t k = 0; k < param->count; k++)
      decay[param->offset + k] = param->decay ? 1 : 0;
  }
}

idr_status idr_adam_create(const idr_params *params, const idr_adam_settings *settings,
                           idr_adam **out) {
  *out = NULL;
  idr_adam *adam = calloc(1, sizeof *adam);
  if (!adam) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the optimizer");
  size_t size = (size_t)idr_params_size(params);
  adam->settings = *settings;
  adam->size = (int64_t)size;
  adam->chunks = (adam->size + IDR_OPTIMIZER_CHUNK - 1) / IDR_OPTIMIZER_CHUNK;
  adam->moment1 = calloc(size, sizeof(real));
  adam->moment2 = calloc(size, sizeof(real));
  adam->decay = calloc(size, sizeof(real));
  adam->chunk_square = calloc((size_t)adam->chunks, sizeof(double));
  if (!adam->moment1 || !adam->moment2 || !adam->decay || !adam->chunk_square) {
    idr_adam_destroy(adam);
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the optimizer state of %zu parameters", size);
  }
  mark_decay(params, adam->decay);
  *out = adam;
  return IDR_STATUS_OK;
}

void idr_adam_destroy(idr_adam *adam) {
  if (!adam) return;
  free(adam->moment1);
  free(adam->moment2);
  free(adam->decay);
  free(adam->chunk_square);
  free(adam);
}

void idr_adam_thread_chunks(const idr_adam *adam, int t, int threads, int64_t *begin,
                            int64_t *end) {
  *begin = adam->chunks * t / threads;
  *end = adam->chunks * (t + 1) / threads;
}

static int64_t chunk_end(const idr_adam *adam, int64_t chunk) {
  int64_t end = (chunk + 1) * IDR_OPTIMIZER_CHUNK;
  return end < adam->size ? end : adam->size;
}

/* Sixteen partial sums in a fixed order: vectorises without reassociation by the compiler. */
static double sum_of_squares(const real *x, int64_t n) {
  double part[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    IDR_SIMD
    for (int k = 0; k < 16; k++)
      part[k] += (double)x[i + k] * (double)x[i + k];
  }
  for (int k = 0; i < n; i++, k++)
    part[k] += (double)x[i] * (double)x[i];
  double sum = 0;
  for (int k = 0; k < 16; k++)
    sum += part[k];
  return sum;
}

void idr_adam_measure(idr_adam *adam, const real *gradient, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++) {
    int64_t first = c * IDR_OPTIMIZER_CHUNK;
    adam->chunk_square[c] = sum_of_squares(gradient + first, chunk_end(adam, c) - first);
  }
}

double idr_adam_norm(const idr_adam *adam) {
  double sum = 0;
  for (int64_t c = 0; c < adam->chunks; c++)
    sum += adam->chunk_square[c];
  return sqrt(sum);
}

void idr_adam_update(idr_adam *adam, real *weights, const real *gradient, double norm,
                     double learning_rate, int64_t begin, int64_t end) {
  const idr_adam_settings *s = &adam->settings;
  double step = (double)adam->step + 1.0;
  real scale = s->clip_norm > 0 && norm > s->clip_norm ? (real)(s->clip_norm / norm) : 1;
  real b1 = (real)s->beta1, b2 = (real)s->beta2, c1 = (real)(1 - s->beta1),
       c2 = (real)(1 - s->beta2), eps = (real)s->epsilon;
  real rate = (real)(learning_rate / (1 - pow(s->beta1, step)));
  real inverse2 = (real)(1 / sqrt(1 - pow(s->beta2, step)));
  real shrink = (real)(learning_rate * s->weight_decay);
  if (begin >= end) return;
  int64_t last = chunk_end(adam, end - 1);
  real *IDR_RESTRICT w = weights, *IDR_RESTRICT m = adam->moment1, *IDR_RESTRICT v = adam->moment2;
  const real *IDR_RESTRICT g = gradient, *IDR_RESTRICT decay = adam->decay;
  IDR_SIMD
  for (int64_t i = begin * IDR_OPTIMIZER_CHUNK; i < last; i++) {
    real gi = g[i] * scale;
    m[i] = b1 * m[i] + c1 * gi;
    v[i] = b2 * v[i] + c2 * gi * gi;
    real root =
        (sizeof(real) == sizeof(float)) ? (real)sqrtf((float)v[i]) : (real)sqrt((double)v[i]);
    w[i] -= rate * m[i] / (root * inverse2 + eps) + shrink * decay[i] * w[i];
  }
}

void idr_adam_advance(idr_adam *adam) {
  adam->step++;
}
