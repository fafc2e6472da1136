/* Returns as probabilities of `atoms` equally spaced values from `low` to `high` (Bellemare, Dabney
 * & Munos 2017, arXiv 1707.06887). */
#ifndef IDR_RL_C51_H
#define IDR_RL_C51_H

#include "base/real.h"
#include <math.h>

/* Value k of `atoms` >= 2. */
static inline double idr_c51_atom(int atoms, double low, double high, int k) {
  return low + (high - low) * (double)k / (double)(atoms - 1);
}

/* Adds to out[atoms] the distribution of shift + factor Z, where Z has `probability` [atoms]: every
 * value goes to its two neighbours by nearness, those beyond the ends to the ends (algorithm 1). */
static inline void idr_c51_project(int atoms, double low, double high, const real *probability,
                                   double shift, double factor, real *out) {
  double step = (high - low) / (double)(atoms - 1);
  for (int k = 0; k < atoms; k++) {
    double value = shift + factor * idr_c51_atom(atoms, low, high, k);
    double place = fmin(fmax((value - low) / step, 0), (double)(atoms - 1));
    int below = place < (double)(atoms - 1) ? (int)place : atoms - 2;
    real upper = (real)(place - (double)below);
    out[below] += probability[k] * (1 - upper);
    out[below + 1] += probability[k] * upper;
  }
}

#endif
