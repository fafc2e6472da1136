#include "drill/bourgoyne_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = IDR_BOURGOYNE_TERMS, WIDTH = TERMS + 1 };

/* Columns differ by five orders of magnitude (depth against a logarithm), so they are scaled to
 * unit length before they are compared. The scale of a column of zeros is zero. */
static void scale_columns(int count, double *m, double scale[TERMS]) {
  for (int k = 0; k < TERMS; k++) {
    double sum = 0.0;
    for (int i = 0; i < count; i++)
      sum += m[i * WIDTH + k] * m[i * WIDTH + k];
    scale[k] = sqrt(sum);
    for (int i = 0; i < count && scale[k] > 0.0; i++)
      m[i * WIDTH + k] /= scale[k];
  }
}

/* Householder reflection that clears column k below row r, applied to all columns right of it.
 * Returns what stands in row r then. */
static double reflect(int count, double *m, int r, int k) {
  double norm = 0.0;
  for (int i = r; i < count; i++)
    norm += m[i * WIDTH + k] * m[i * WIDTH + k];
  norm = m[r * WIDTH + k] > 0.0 ? -sqrt(norm) : sqrt(norm);
  if (norm == 0.0) return 0.0;
  m[r * WIDTH + k] -= norm;
  double half = -norm * m[r * WIDTH + k]; /* v.v/2 */
  for (int j = k + 1; j < WIDTH; j++) {
    double dot = 0.0;
    for (int i = r; i < count; i++)
      dot += m[i * WIDTH + k] * m[i * WIDTH + j];
    for (int i = r; i < count; i++)
      m[i * WIDTH + j] -= dot / half * m[i * WIDTH + k];
  }
  return norm;
}

/* Each effect that varies has its row of the triangle; the others have none (-1). */
static idr_status solve(int count, double *m, double a[TERMS]) {
  double scale[TERMS], diagonal[TERMS];
  int row[TERMS], rows = 0;
  scale_columns(count, m, scale);
  for (int k = 0; k < TERMS; k++) {
    row[k] = scale[k] > 0.0 ? rows++ : -1;
    if (row[k] < 0) continue;
    diagonal[k] = reflect(count, m, row[k], k);
    if (!(fabs(diagonal[k]) > 1e-6))
      IDR_FAIL(IDR_STATUS_NUMERIC,
               "the intervals do not tell effect a%d from the others: vary its cause or leave more "
               "of them in",
               k + 1);
  }
  for (int k = TERMS - 1; k >= 0; k--) {
    a[k] = 0.0;
    if (row[k] < 0) continue;
    double rest = m[row[k] * WIDTH + TERMS];
    for (int j = k + 1; j < TERMS; j++)
      rest -= row[j] < 0 ? 0.0 : m[row[k] * WIDTH + j] * a[j];
    a[k] = rest / diagonal[k];
  }
  for (int k = 0; k < TERMS; k++)
    a[k] = row[k] < 0 ? 0.0 : a[k] / scale[k];
  return IDR_STATUS_OK;
}

idr_status idr_bourgoyne_fit(int count, const float *x, const float *rop, double a[TERMS]) {
  if (count < TERMS)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "%d intervals are too few for %d coefficients", count, TERMS);
  for (int i = 0; i < count; i++)
    if (!(rop[i] > 0.0f) || !isfinite(rop[i]))
      IDR_FAIL(IDR_STATUS_ARGUMENT, "interval %d has a rate of %g m/s; it must be positive", i,
               (double)rop[i]);
  double *m = malloc((size_t)count * WIDTH * sizeof *m);
  if (!m) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d intervals", count);
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < TERMS; k++)
      m[i * WIDTH + k] = (double)x[i * TERMS + k];
    m[i * WIDTH + TERMS] = log((double)rop[i] / 8.4666667e-5); /* of ft/h */
  }
  idr_status status = solve(count, m, a);
  free(m);
  return status;
}
