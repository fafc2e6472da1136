/* Chains of rocks: from counted transitions to probabilities.
 *
 * Source: Krumbein 1967. Counts at equal steps of thickness give a chain with transitions to itself
 * and hence geometric bed thickness; the embedded chain leaves those out and thickness is drawn by
 * itself. Matrices are n x n, row = from. Double: run once, not in the step.
 */
#ifndef IDR_DRILL_LITHOLOGY_H
#define IDR_DRILL_LITHOLOGY_H

#include "base/fn.h"

#define IDR_LITHOLOGY_MAX 16 /* rocks of a chain */

/* Rows divided by their sums; a row without counts stays zero. */
IDR_FN void idr_lithology_probabilities(int n, const double *counts, double *p) {
  for (int i = 0; i < n; i++) {
    double sum = 0.0;
    for (int k = 0; k < n; k++)
      sum += counts[i * n + k];
    for (int k = 0; k < n; k++)
      p[i * n + k] = sum > 0.0 ? counts[i * n + k] / sum : 0.0;
  }
}

/* The chain of beds: what follows, given that it is another rock. */
IDR_FN void idr_lithology_embedded(int n, const double *p, double *embedded) {
  for (int i = 0; i < n; i++) {
    double leave = 0.0;
    for (int k = 0; k < n; k++)
      leave += k == i ? 0.0 : p[i * n + k];
    for (int k = 0; k < n; k++)
      embedded[i * n + k] = k == i || !(leave > 0.0) ? 0.0 : p[i * n + k] / leave;
  }
}

/* Share of each rock in the long run, for n <= IDR_LITHOLOGY_MAX; sums to one. By repeated steps of
 * a chain that rests half of the time, which does not oscillate. */
IDR_FN void idr_lithology_stationary(int n, const double *p, double *share) {
  double next[IDR_LITHOLOGY_MAX];
  for (int i = 0; i < n; i++)
    share[i] = 1.0 / n;
  for (int round = 0; round < 2000; round++) {
    for (int k = 0; k < n; k++) {
      next[k] = 0.5 * share[k];
      for (int i = 0; i < n; i++)
        next[k] += 0.5 * share[i] * p[i * n + k];
    }
    for (int k = 0; k < n; k++)
      share[k] = next[k];
  }
}

/* Mean number of steps spent in a rock that goes on with probability `stay` (< 1). */
IDR_FN double idr_lithology_run(double stay) {
  return 1.0 / (1.0 - stay);
}

#endif
