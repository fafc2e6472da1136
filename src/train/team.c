#include "train/team.h"

#include <stdio.h>
#include <string.h>

static bool is_power_of_two(int n) {
  return n > 0 && (n & (n - 1)) == 0;
}

idr_status idr_team_create(const idr_comm *comm, int threads, int blocks, idr_team *out) {
  if (!is_power_of_two(blocks))
    IDR_FAIL(IDR_STATUS_CONFIG, "blocks = %d is no power of two; use 1, 2, 4, 8, ...", blocks);
  int workers = comm->size * threads;
  if (!is_power_of_two(comm->size) || threads < 1 || workers > blocks || blocks % workers != 0)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "%d ranks x %d threads do not divide the %d blocks of the run; the number of ranks "
             "and ranks x threads must each be one of 1, 2, 4, ... up to %d (set run.threads, the "
             "rank count, or the blocks of a new run)",
             comm->size, threads, blocks, blocks);
  *out = (idr_team){.comm = comm,
                    .threads = threads,
                    .blocks = blocks,
                    .block_count = blocks / comm->size,
                    .block_first = blocks / comm->size * comm->rank};
  return IDR_STATUS_OK;
}

void idr_team_thread_blocks(const idr_team *team, int t, int *begin, int *end) {
  int share = team->block_count / team->threads;
  *begin = t * share;
  *end = *begin + share;
}

idr_team_round idr_team_round_begin(const idr_team *team, int t, uint32_t round, uint32_t *taken) {
  int own, end;
  idr_team_thread_blocks(team, t, &own, &end);
  return (idr_team_round){.team = team, .taken = taken, .round = round, .own = own};
}

int idr_team_round_next(idr_team_round *r) {
  while (r->asked < r->team->block_count) {
    int block = (r->own + r->asked++) % r->team->block_count;
    if (__atomic_exchange_n(&r->taken[block], r->round, __ATOMIC_RELAXED) != r->round) return block;
  }
  return -1;
}

void idr_tree_begin(idr_tree *tree, real *levels, int64_t n) {
  tree->levels = levels;
  tree->n = n;
  tree->count = 0;
}

/* Occupied levels are the one bits of `count`, highest first, so they form a stack. */
static int stack_height(const idr_tree *tree) {
  return __builtin_popcount(tree->count);
}

real *idr_tree_slot(idr_tree *tree) {
  return tree->levels + stack_height(tree) * tree->n;
}

static void merge_top(idr_tree *tree, int height) {
  real *IDR_RESTRICT lower = tree->levels + (int64_t)(height - 2) * tree->n;
  const real *IDR_RESTRICT upper = tree->levels + (int64_t)(height - 1) * tree->n;
  for (int64_t i = 0; i < tree->n; i++)
    lower[i] += upper[i];
}

void idr_tree_push(idr_tree *tree) {
  int height = stack_height(tree) + 1;
  for (uint32_t carry = tree->count; carry & 1u; carry >>= 1)
    merge_top(tree, height--);
  tree->count++;
}

const real *idr_tree_end(idr_tree *tree) {
  if (tree->count == 0) memset(tree->levels, 0, (size_t)tree->n * sizeof(real));
  for (int height = stack_height(tree); height > 1; height--)
    merge_top(tree, height);
  tree->count = 0;
  return tree->levels;
}

void idr_tree_reduce_blocks(real *const *blocks, int count, int64_t begin, int64_t end) {
  for (int step = 1; step < count; step *= 2)
    for (int b = 0; b + step < count; b += 2 * step) {
      real *IDR_RESTRICT lower = blocks[b];
      const real *IDR_RESTRICT upper = blocks[b + step];
      for (int64_t i = begin; i < end; i++)
        lower[i] += upper[i];
    }
}

void idr_tree_reduce_double(double *rows, int count, int64_t n) {
  for (int step = 1; step < count; step *= 2)
    for (int b = 0; b + step < count; b += 2 * step)
      for (int64_t i = 0; i < n; i++)
        rows[b * n + i] += rows[(b + step) * n + i];
}

idr_status idr_team_sum(const idr_team *team, real *data, real *scratch, int64_t n) {
#ifdef IDR_REAL_DOUBLE
  return idr_comm_tree_sum_double(team->comm, data, scratch, (size_t)n);
#else
  return idr_comm_tree_sum_float(team->comm, data, scratch, (size_t)n);
#endif
}

idr_status idr_team_sum_double(const idr_team *team, double *rows, double *scratch, int64_t n) {
  idr_tree_reduce_double(rows, team->block_count, n);
  return idr_comm_tree_sum_double(team->comm, rows, scratch, (size_t)n);
}
