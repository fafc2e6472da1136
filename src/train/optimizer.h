/* Adam and AdamW on one flat buffer, with clipping by the global norm.
 *
 * Adam: Kingma & Ba 2015, algorithm 1, bias-corrected. Decoupled weight decay: Loshchilov & Hutter
 * 2019. The buffer is cut into chunks of IDR_OPTIMIZER_CHUNK elements; the norm is summed chunk by
 * chunk in double, so its bits do not depend on the number of threads. Threads call the two range
 * functions on disjoint chunk ranges with a barrier between them.
 */
#ifndef IDR_TRAIN_OPTIMIZER_H
#define IDR_TRAIN_OPTIMIZER_H

#include "base/real.h"
#include "graph/graph.h"

#define IDR_OPTIMIZER_CHUNK 1024

typedef struct {
  double beta1, beta2, epsilon;
  double weight_decay; /* 0: Adam; > 0: AdamW, on parameters marked `decay` */
  double clip_norm;    /* 0: no clipping */
} idr_adam_settings;

typedef struct {
  idr_adam_settings settings;
  int64_t size;            /* elements of the flat buffer */
  int64_t chunks;          /* number of chunks */
  int64_t step;            /* optimizer steps done; part of a checkpoint */
  real *moment1, *moment2; /* [size], part of a checkpoint */
  real *decay;             /* [size] 1 where weight decay applies */
  double *chunk_square;    /* [chunks] sums of squares of the gradient */
} idr_adam;

idr_status idr_adam_create(const idr_params *params, const idr_adam_settings *settings,
                           idr_adam **out);
void idr_adam_destroy(idr_adam *adam); /* NULL allowed */

/* Chunks of thread t of `threads`. */
void idr_adam_thread_chunks(const idr_adam *adam, int t, int threads, int64_t *begin, int64_t *end);
/* First pass: sums of squares of `gradient` in chunks [begin, end). */
void idr_adam_measure(idr_adam *adam, const real *gradient, int64_t begin, int64_t end);
/* Norm of the whole gradient, after every chunk was measured. Not finite: do not update. */
double idr_adam_norm(const idr_adam *adam);
/* Second pass: updates `weights` in chunks [begin, end) as optimizer step adam->step + 1. */
void idr_adam_update(idr_adam *adam, real *weights, const real *gradient, double norm,
                     double learning_rate, int64_t begin, int64_t end);
/* Ends a step; by one thread, after all chunks were updated. */
void idr_adam_advance(idr_adam *adam);

#endif
