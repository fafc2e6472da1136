/* Blocks, and who computes them.
 *
 * `blocks` (a power of two, stored with the run) partitions lanes, rollout rows, minibatch shares,
 * moments and random streams. A rank owns a contiguous range of blocks, of which every thread does
 * a contiguous range and then helps the others. Sums run over tiles within a block, over blocks,
 * over ranks, always as the same binary tree, so the bits do not depend on ranks and threads.
 */
#ifndef IDR_TRAIN_TEAM_H
#define IDR_TRAIN_TEAM_H

#include "base/fn.h"
#include "base/real.h"
#include "base/status.h"
#include "comm/comm.h"
#include <stdint.h>

typedef struct {
  const idr_comm *comm;
  int threads;     /* of this rank */
  int blocks;      /* of the whole run */
  int block_first; /* this rank's first block */
  int block_count; /* this rank's number of blocks */
} idr_team;

/* CONFIG when blocks is no power of two, or ranks x threads does not divide it; the message names
 * the counts that do. Not collective (all ranks compute the same). */
idr_status idr_team_create(const idr_comm *comm, int threads, int blocks, idr_team *out);

/* Blocks of thread `t` as local indices [*begin, *end) of this rank's. */
void idr_team_thread_blocks(const idr_team *team, int t, int *begin, int *end);

/* One round of work over a rank's blocks, each done once: a thread takes its own first, whose
 * memory is near, then those that nobody has begun, so that a thread that the machine holds up
 * holds up nobody else. Who does a block must not matter to what it computes. */
typedef struct {
  const idr_team *team;
  uint32_t *taken; /* [block_count] round in which a block was last taken; starts as 0 */
  uint32_t round;  /* the same in all threads, another one than the last */
  int own, asked;  /* first own block, and how many were asked for */
} idr_team_round;
idr_team_round idr_team_round_begin(const idr_team *team, int t, uint32_t round, uint32_t *taken);
/* Local index of the next block to do; -1: all are taken. */
int idr_team_round_next(idr_team_round *round);

/* A running sum over equally long vectors as a binary tree over their order of arrival: vector 2k
 * is added to vector 2k + 1, pairs of pairs likewise (a carry counter). Trailing odd ones are added
 * from the highest level down. `levels` holds 32 x n numbers. */
typedef struct {
  int64_t n;
  uint32_t count;
  real *levels;
} idr_tree;
void idr_tree_begin(idr_tree *tree, real *levels, int64_t n);
/* Where the next vector is to be written; then call idr_tree_push. */
real *idr_tree_slot(idr_tree *tree);
void idr_tree_push(idr_tree *tree);
/* The sum; valid until the next begin. Zeros when nothing was pushed. */
const real *idr_tree_end(idr_tree *tree);

/* Elements [begin, end) of `count` (a power of two) vectors summed into blocks[0] as a binary tree
 * over the index. Threads may work on disjoint ranges. */
void idr_tree_reduce_blocks(real *const *blocks, int count, int64_t begin, int64_t end);
/* The same for rows[count][n] of doubles, into row 0. */
void idr_tree_reduce_double(double *rows, int count, int64_t n);

/* Continues the tree over ranks: every rank gets the sum. Collective; `scratch` holds n. */
idr_status idr_team_sum(const idr_team *team, real *data, real *scratch, int64_t n);
/* Sums rows[block_count][n] over this rank's blocks and all ranks into row 0. Collective. */
idr_status idr_team_sum_double(const idr_team *team, double *rows, double *scratch, int64_t n);

#endif
