/* Parameters: where each lies in the flat buffer, and its first values. */
#include "base/random.h"
#include "graph/graph.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16 };

struct idr_params {
  idr_param *list;
  int count, capacity;
  int64_t size;
  idr_status status;
  char message[256];
};

idr_status idr_params_create(idr_params **out) {
  *out = calloc(1, sizeof **out);
  if (!*out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a parameter list");
  return IDR_STATUS_OK;
}

void idr_params_destroy(idr_params *params) {
  if (!params) return;
  free(params->list);
  free(params);
}

static int fail(idr_params *params, idr_status status, const char *what, const char *name) {
  if (params->status == IDR_STATUS_OK) {
    params->status = status;
    snprintf(params->message, sizeof params->message, "parameter '%.63s': %s", name, what);
  }
  return -1;
}

static int grow(idr_params *params, const char *name) {
  if (params->count < params->capacity) return 0;
  int capacity = params->capacity ? 2 * params->capacity : 32;
  idr_param *list = realloc(params->list, (size_t)capacity * sizeof *list);
  if (!list) return fail(params, IDR_STATUS_MEMORY, "no memory", name);
  params->list = list;
  params->capacity = capacity;
  return 0;
}

int idr_params_add(idr_params *params, const char *name, idr_shape shape, idr_init init,
                   double gain) {
  if (strlen(name) >= sizeof params->list->name)
    return fail(params, IDR_STATUS_INTERNAL, "the name is too long", name);
  if (idr_params_find(params, name) >= 0)
    return fail(params, IDR_STATUS_INTERNAL, "added twice", name);
  if (idr_shape_count(shape) < 1)
    return fail(params, IDR_STATUS_ARGUMENT, "a dimension is below 1", name);
  if (grow(params, name) != 0) return -1;
  idr_param *param = &params->list[params->count];
  memset(param, 0, sizeof *param);
  snprintf(param->name, sizeof param->name, "%s", name);
  param->shape = shape;
  param->offset = params->size;
  param->count = idr_shape_count(shape);
  param->init = init;
  param->gain = gain;
  param->decay = shape.rank > 1;
  params->size += (param->count + ALIGN - 1) / ALIGN * ALIGN;
  return params->count++;
}

int idr_params_find(const idr_params *params, const char *name) {
  for (int i = 0; i < params->count; i++)
    if (strcmp(params->list[i].name, name) == 0) return i;
  return -1;
}

idr_status idr_params_status(const idr_params *params) {
  if (params->status != IDR_STATUS_OK) IDR_FAIL(params->status, "%s", params->message);
  return IDR_STATUS_OK;
}

int idr_params_count(const idr_params *params) {
  return params->count;
}
const idr_param *idr_params_get(const idr_params *params, int index) {
  return &params->list[index];
}
int64_t idr_params_size(const idr_params *params) {
  return params->size;
}

/* ---- first values ---------------------------------------------------------------------------- */
/* Element i of a parameter's standard normal numbers: four per draw, drawn by i. */
static double normal_at(uint64_t seed, int index, int64_t i) {
  idr_random4 r = idr_random_draw(seed, (uint32_t)index, 0, (uint32_t)(i / 4), IDR_PURPOSE_INIT, 0);
  float pair[2];
  if (i % 4 < 2)
    idr_random_normal2(r.word[0], r.word[1], pair);
  else
    idr_random_normal2(r.word[2], r.word[3], pair);
  return (double)pair[i % 2];
}

static double dot(const double *a, const double *b, int64_t n) {
  double sum = 0.0;
  for (int64_t i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Makes `count` vectors of length n orthonormal, in order. Every vector is projected twice, which
 * is enough for full accuracy (Giraud et al. 2005); the factor R has a positive diagonal, so a
 * normal matrix gives the uniform distribution over orthogonal ones (Mezzadri 2007). */
static void orthonormalise(double *v, int64_t count, int64_t n) {
  for (int64_t i = 0; i < count; i++) {
    for (int pass = 0; pass < 2; pass++)
      for (int64_t j = 0; j < i; j++) {
        double along = dot(v + i * n, v + j * n, n);
        for (int64_t k = 0; k < n; k++)
          v[i * n + k] -= along * v[j * n + k];
      }
    double scale = 1.0 / sqrt(dot(v + i * n, v + i * n, n));
    for (int64_t k = 0; k < n; k++)
      v[i * n + k] *= scale;
  }
}

/* The last dimension counts as columns, all others together as rows. The shorter side's vectors are
 * the orthonormal ones. */
static idr_status init_orthogonal(const idr_param *param, uint64_t seed, int index, real *out) {
  int64_t columns = param->shape.rank > 0 ? param->shape.dim[param->shape.rank - 1] : 1;
  int64_t rows = param->count / columns;
  bool tall = rows >= columns;
  int64_t count = tall ? columns : rows, n = tall ? rows : columns;
  double *v = malloc((size_t)(count * n) * sizeof *v);
  if (!v) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to initialise parameter '%s'", param->name);
  for (int64_t i = 0; i < count * n; i++)
    v[i] = normal_at(seed, index, i);
  orthonormalise(v, count, n);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++)
      out[r * columns + c] = (real)(param->gain * v[tall ? c * n + r : r * n + c]);
  free(v);
  return IDR_STATUS_OK;
}

idr_status idr_params_init(const idr_params *params, uint64_t seed, real *flat) {
  memset(flat, 0, (size_t)params->size * sizeof(real));
  for (int p = 0; p < params->count; p++) {
    const idr_param *param = &params->list[p];
    real *out = flat + param->offset;
    if (param->init == IDR_INIT_ORTHOGONAL) IDR_TRY(init_orthogonal(param, seed, p, out));
    for (int64_t i = 0; i < param->count; i++) {
      if (param->init == IDR_INIT_CONSTANT)
        out[i] = (real)param->gain;
      else if (param->init == IDR_INIT_NORMAL)
        out[i] = (real)(param->gain * normal_at(seed, p, i));
    }
  }
  return IDR_STATUS_OK;
}
