#include "comm/comm.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* MPI counts are int: longer messages go in pieces of this many bytes. */
#define PIECE_BYTES ((size_t)1 << 30)
#define REST_NAP    10000000 /* ns */
#define TAG_BYTES   71
#define TAG_SUM     72

static idr_status fail_mpi(int code, const char *what) {
  char text[MPI_MAX_ERROR_STRING] = "unknown error";
  int length = 0;
  MPI_Error_string(code, text, &length);
  IDR_FAIL(IDR_STATUS_MPI, "%s failed: %s; look for a rank that died or a broken network", what,
           text);
}

#define TRY_MPI(call, what)                                                                        \
  do {                                                                                             \
    int try_mpi_code_ = (call);                                                                    \
    if (try_mpi_code_ != MPI_SUCCESS) return fail_mpi(try_mpi_code_, what);                        \
  } while (0)

/* ---- life ------------------------------------------------------------------------------------ */

idr_comm idr_comm_self(void) {
  idr_comm comm = {.mpi = MPI_COMM_NULL, .rank = 0, .size = 1, .owns_mpi = false};
  return comm;
}

/* Our own communicator keeps our messages apart from those of any library that uses MPI too. */
idr_status idr_comm_start(int *argc, char ***argv, idr_comm *comm) {
  *comm = idr_comm_self();
  int initialised = 0;
  int provided = MPI_THREAD_FUNNELED;
  TRY_MPI(MPI_Initialized(&initialised), "MPI_Initialized");
  if (!initialised) {
    /* One of Open MPI's ways to write a file together (4.0, 4.1) may hang with many ranks; what the
     * user has set stays. */
    setenv("OMPI_MCA_fcoll", "^vulcan", 0);
    TRY_MPI(MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    comm->owns_mpi = true;
  }
  if (provided < MPI_THREAD_FUNNELED)
    IDR_FAIL(IDR_STATUS_UNSUPPORTED, "this MPI library gives no MPI_THREAD_FUNNELED support, which "
                                     "threads inside a rank need; use a build with threads");
  TRY_MPI(MPI_Comm_dup(MPI_COMM_WORLD, &comm->mpi), "MPI_Comm_dup");
  TRY_MPI(MPI_Comm_set_errhandler(comm->mpi, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  TRY_MPI(MPI_Comm_rank(comm->mpi, &comm->rank), "MPI_Comm_rank");
  TRY_MPI(MPI_Comm_size(comm->mpi, &comm->size), "MPI_Comm_size");
  return IDR_STATUS_OK;
}

void idr_comm_finish(idr_comm *comm) {
  if (comm->mpi != MPI_COMM_NULL) MPI_Comm_free(&comm->mpi);
  if (comm->owns_mpi) MPI_Finalize();
  *comm = idr_comm_self();
}

/* ---- agreement ------------------------------------------------------------------------------- */

idr_status idr_comm_agree(const idr_comm *comm, idr_status status) {
  if (comm->size == 1) return status;
  int mine = status == IDR_STATUS_OK ? comm->size : comm->rank;
  int first = comm->size;
  TRY_MPI(MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm->mpi), "agreeing on errors");
  if (first == comm->size) return IDR_STATUS_OK;

  idr_error error;
  memset(&error, 0, sizeof(error));
  if (comm->rank == first) error = *idr_error_get();
  IDR_TRY(idr_comm_broadcast(comm, &error, sizeof(error), first));
  if (comm->rank == first) return status;
  error.status = IDR_STATUS_REMOTE;
  idr_error_set(&error);
  return IDR_STATUS_REMOTE;
}

idr_status idr_comm_broadcast(const idr_comm *comm, void *data, size_t bytes, int root) {
  if (comm->size == 1) return IDR_STATUS_OK;
  for (size_t done = 0; done < bytes; done += PIECE_BYTES) {
    size_t left = bytes - done;
    int count = (int)(left < PIECE_BYTES ? left : PIECE_BYTES);
    TRY_MPI(MPI_Bcast((char *)data + done, count, MPI_BYTE, root, comm->mpi), "broadcast");
  }
  return IDR_STATUS_OK;
}

idr_status idr_comm_decide(const idr_comm *comm, bool *value) {
  unsigned char byte = *value ? 1 : 0;
  IDR_TRY(idr_comm_broadcast(comm, &byte, 1, 0));
  *value = byte != 0;
  return IDR_STATUS_OK;
}

idr_status idr_comm_barrier(const idr_comm *comm) {
  if (comm->size > 1) TRY_MPI(MPI_Barrier(comm->mpi), "barrier");
  return IDR_STATUS_OK;
}

idr_status idr_comm_rest(const idr_comm *comm) {
  const struct timespec nap = {.tv_nsec = REST_NAP};
  MPI_Request request;
  int all_here = 0;
  if (comm->size == 1) return IDR_STATUS_OK;
  TRY_MPI(MPI_Ibarrier(comm->mpi, &request), "barrier");
  while (true) {
    TRY_MPI(MPI_Test(&request, &all_here, MPI_STATUS_IGNORE), "barrier");
    if (all_here) return IDR_STATUS_OK;
    nanosleep(&nap, NULL);
  }
}

/* ---- sums ------------------------------------------------------------------------------------ */

static idr_status check_power_of_two(const idr_comm *comm) {
  if ((comm->size & (comm->size - 1)) != 0)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "sums over ranks need 1, 2, 4, 8, ... ranks so that their bits do not depend on the "
             "count, but this run has %d",
             comm->size);
  return IDR_STATUS_OK;
}

/* Swaps `bytes` bytes with rank `partner`. */
static idr_status exchange(const idr_comm *comm, int partner, const void *mine, void *theirs,
                           size_t bytes) {
  for (size_t done = 0; done < bytes; done += PIECE_BYTES) {
    size_t left = bytes - done;
    int count = (int)(left < PIECE_BYTES ? left : PIECE_BYTES);
    TRY_MPI(MPI_Sendrecv((const char *)mine + done, count, MPI_BYTE, partner, TAG_SUM,
                         (char *)theirs + done, count, MPI_BYTE, partner, TAG_SUM, comm->mpi,
                         MPI_STATUS_IGNORE),
            "exchange of sums");
  }
  return IDR_STATUS_OK;
}

/* a + b and b + a have the same bits, so both partners of a pair hold the same sum. */
idr_status idr_comm_tree_sum_float(const idr_comm *comm, float *data, float *scratch, size_t n) {
  IDR_TRY(check_power_of_two(comm));
  for (int mask = 1; mask < comm->size; mask <<= 1) {
    IDR_TRY(exchange(comm, comm->rank ^ mask, data, scratch, n * sizeof(float)));
    for (size_t i = 0; i < n; i++)
      data[i] += scratch[i];
  }
  return IDR_STATUS_OK;
}

idr_status idr_comm_tree_sum_double(const idr_comm *comm, double *data, double *scratch, size_t n) {
  IDR_TRY(check_power_of_two(comm));
  for (int mask = 1; mask < comm->size; mask <<= 1) {
    IDR_TRY(exchange(comm, comm->rank ^ mask, data, scratch, n * sizeof(double)));
    for (size_t i = 0; i < n; i++)
      data[i] += scratch[i];
  }
  return IDR_STATUS_OK;
}

idr_status idr_comm_min_mean_max(const idr_comm *comm, double value, double out[3]) {
  out[0] = out[1] = out[2] = value;
  if (comm->size == 1) return IDR_STATUS_OK;
  TRY_MPI(MPI_Allreduce(&value, &out[0], 1, MPI_DOUBLE, MPI_MIN, comm->mpi), "minimum over ranks");
  TRY_MPI(MPI_Allreduce(&value, &out[1], 1, MPI_DOUBLE, MPI_SUM, comm->mpi), "mean over ranks");
  TRY_MPI(MPI_Allreduce(&value, &out[2], 1, MPI_DOUBLE, MPI_MAX, comm->mpi), "maximum over ranks");
  out[1] /= comm->size;
  return IDR_STATUS_OK;
}

idr_status idr_comm_sum_int64(const idr_comm *comm, int64_t *data, size_t n) {
  if (comm->size == 1) return IDR_STATUS_OK;
  size_t piece = PIECE_BYTES / sizeof(int64_t);
  for (size_t done = 0; done < n; done += piece) {
    int count = (int)(n - done < piece ? n - done : piece);
    TRY_MPI(MPI_Allreduce(MPI_IN_PLACE, data + done, count, MPI_INT64_T, MPI_SUM, comm->mpi),
            "sum of integers over ranks");
  }
  return IDR_STATUS_OK;
}

/* ---- bytes to and from rank 0 ---------------------------------------------------------------- */

static idr_status send_bytes(const idr_comm *comm, const void *data, size_t bytes, int to) {
  for (size_t done = 0; done < bytes; done += PIECE_BYTES) {
    size_t left = bytes - done;
    int count = (int)(left < PIECE_BYTES ? left : PIECE_BYTES);
    TRY_MPI(MPI_Send((const char *)data + done, count, MPI_BYTE, to, TAG_BYTES, comm->mpi),
            "sending bytes");
  }
  return IDR_STATUS_OK;
}

static idr_status receive_bytes(const idr_comm *comm, void *data, size_t bytes, int from) {
  for (size_t done = 0; done < bytes; done += PIECE_BYTES) {
    size_t left = bytes - done;
    int count = (int)(left < PIECE_BYTES ? left : PIECE_BYTES);
    TRY_MPI(MPI_Recv((char *)data + done, count, MPI_BYTE, from, TAG_BYTES, comm->mpi,
                     MPI_STATUS_IGNORE),
            "receiving bytes");
  }
  return IDR_STATUS_OK;
}

/* Every rank learns how many bytes each has; `sizes` is malloced, the caller frees. */
static idr_status gather_sizes(const idr_comm *comm, size_t bytes, uint64_t **sizes) {
  *sizes = malloc((size_t)comm->size * sizeof(uint64_t));
  idr_status status = IDR_STATUS_OK;
  if (!*sizes)
    status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                         "no memory for the message sizes of %d ranks", comm->size);
  IDR_TRY_GOTO(status, failed, idr_comm_agree(comm, status));
  (*sizes)[comm->rank] = bytes;
  if (comm->size > 1) {
    int code =
        MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, *sizes, 1, MPI_UINT64_T, comm->mpi);
    if (code != MPI_SUCCESS) IDR_TRY_GOTO(status, failed, fail_mpi(code, "gathering sizes"));
  }
  return IDR_STATUS_OK;
failed:
  free(*sizes);
  *sizes = NULL;
  return status;
}

/* Rank 0's memory for all parts. Agreed on, because the others would wait for it otherwise. */
static idr_status allocate_parts(const idr_comm *comm, const uint64_t *sizes, char **all,
                                 size_t *total) {
  idr_status status = IDR_STATUS_OK;
  *all = NULL;
  *total = 0;
  for (int r = 0; r < comm->size; r++)
    *total += sizes[r];
  if (comm->rank == 0) {
    *all = malloc(*total > 0 ? *total : 1);
    if (!*all)
      status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                           "no memory for %zu bytes gathered from %d ranks", *total, comm->size);
  }
  return idr_comm_agree(comm, status);
}

idr_status idr_comm_gather_bytes(const idr_comm *comm, const void *mine, size_t bytes, void **all,
                                 size_t *total) {
  uint64_t *sizes = NULL;
  char *parts = NULL;
  idr_status status;
  *all = NULL;
  *total = 0;
  IDR_TRY(gather_sizes(comm, bytes, &sizes));
  IDR_TRY_GOTO(status, done, allocate_parts(comm, sizes, &parts, total));
  if (comm->rank != 0) {
    *total = 0;
    IDR_TRY_GOTO(status, done, send_bytes(comm, mine, bytes, 0));
    goto done;
  }
  if (bytes > 0) memcpy(parts, mine, bytes);
  size_t at = bytes;
  for (int r = 1; r < comm->size; r++) {
    IDR_TRY_GOTO(status, done, receive_bytes(comm, parts + at, sizes[r], r));
    at += sizes[r];
  }
  *all = parts;
  parts = NULL;
done:
  free(parts);
  free(sizes);
  return status;
}

idr_status idr_comm_scatter_bytes(const idr_comm *comm, const void *all, void *mine, size_t bytes) {
  uint64_t *sizes = NULL;
  idr_status status = IDR_STATUS_OK;
  IDR_TRY(gather_sizes(comm, bytes, &sizes));
  if (comm->rank != 0) {
    IDR_TRY_GOTO(status, done, receive_bytes(comm, mine, bytes, 0));
    goto done;
  }
  if (bytes > 0) memcpy(mine, all, bytes);
  size_t at = bytes;
  for (int r = 1; r < comm->size; r++) {
    IDR_TRY_GOTO(status, done, send_bytes(comm, (const char *)all + at, sizes[r], r));
    at += sizes[r];
  }
done:
  free(sizes);
  return status;
}
