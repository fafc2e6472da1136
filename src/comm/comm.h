/* Ranks: who takes part, agreement on errors, and sums whose bits do not depend on the rank count.
 *
 * All functions are collective over comm->mpi unless they say otherwise, and must be called by the
 * thread that initialised MPI (MPI_THREAD_FUNNELED).
 */
#ifndef IDR_COMM_COMM_H
#define IDR_COMM_COMM_H

#include "base/status.h"
#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  MPI_Comm mpi;
  int rank;
  int size;
  bool owns_mpi; /* idr_comm_finish calls MPI_Finalize */
} idr_comm;

idr_status idr_comm_start(int *argc, char ***argv, idr_comm *comm);
void idr_comm_finish(idr_comm *comm);
/* A communicator of one rank that needs no MPI_Init; for tests and tools. Not collective. */
idr_comm idr_comm_self(void);

/* All ranks return OK if `status` is OK on all; otherwise the rank with the lowest number that
 * failed keeps its error record, and the others get a copy of it (status REMOTE, same message). */
idr_status idr_comm_agree(const idr_comm *comm, idr_status status);

idr_status idr_comm_broadcast(const idr_comm *comm, void *data, size_t bytes, int root);
/* Rank 0's truth value for all. */
idr_status idr_comm_decide(const idr_comm *comm, bool *value);
idr_status idr_comm_barrier(const idr_comm *comm);
/* A barrier for long waits: who comes early sleeps and leaves its processor to the threads of the
 * ranks that still work (MPI's own barrier would spin). Ends up to 20 ms late. */
idr_status idr_comm_rest(const idr_comm *comm);

/* Sums `n` numbers over ranks by recursive doubling: rank r exchanges with r ^ 1, r ^ 2, ..., and
 * adds lower + upper, so the tree over rank index is the same whatever library runs below. The
 * number of ranks must be a power of two. `scratch` holds n numbers. In place. */
idr_status idr_comm_tree_sum_float(const idr_comm *comm, float *data, float *scratch, size_t n);
idr_status idr_comm_tree_sum_double(const idr_comm *comm, double *data, double *scratch, size_t n);

/* Minimum, mean and maximum of one number per rank; exact order is not promised (timings only). */
idr_status idr_comm_min_mean_max(const idr_comm *comm, double value, double out[3]);
/* Element-wise sum of integers. In place. */
idr_status idr_comm_sum_int64(const idr_comm *comm, int64_t *data, size_t n);

/* Rank 0 receives every rank's bytes one after another in rank order in `all` (allocated with
 * malloc on rank 0, NULL elsewhere; `total` valid on rank 0). Caller frees. */
idr_status idr_comm_gather_bytes(const idr_comm *comm, const void *mine, size_t bytes, void **all,
                                 size_t *total);
/* Reverse of gather: rank r gets `bytes` (may differ per rank) of rank 0's `all`, in rank order. */
idr_status idr_comm_scatter_bytes(const idr_comm *comm, const void *all, void *mine, size_t bytes);

#endif
