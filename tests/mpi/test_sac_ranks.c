/* The same SAC training on 1, 2 and 4 ranks, on other thread counts, and resumed on another rank
 * count: one digest. Every rank count is a sub-communicator of the ranks at hand. */
#include "env/drilling.h"
#include "support/sac_small.h"
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static idr_comm world;

/* A communicator of the first `size` ranks; false on the others. */
static bool part(int size, idr_comm *out) {
  MPI_Comm mpi;
  int inside = world.rank < size;
  MPI_Comm_split(world.mpi, inside ? 0 : MPI_UNDEFINED, world.rank, &mpi);
  *out = (idr_comm){.mpi = mpi, .rank = world.rank, .size = size};
  return inside;
}

/* Few wells and intervals that end within the test. Outlives the trainers that borrow it. */
static idr_drilling_config drilling;

/* "drilling-narrow": its critics see what the policy sees. */
static idr_sac *make(const idr_comm *comm, const char *task, int threads) {
  idr_sac_settings settings = sac_small();
  idr_net_settings net = sac_net_small();
  idr_sac *sac = NULL;
  const idr_env_kind *kind = idr_env_find(task[0] == 'd' ? "drilling" : task);
  settings.asymmetric = strcmp(task, "drilling") == 0;
  settings.critic_layer_norm = settings.asymmetric;
  const void *config = kind == &idr_drilling_kind ? &drilling : NULL;
  assert_int_equal(idr_sac_create(comm, kind, config, &settings, &net, 11, threads, &sac),
                   IDR_STATUS_OK);
  return sac;
}

static void iterate(idr_sac *sac, int n) {
  idr_sac_report report;
  for (int i = 0; i < n; i++)
    assert_int_equal(idr_sac_iterate(sac, &report), IDR_STATUS_OK);
}

static uint64_t train(int ranks, int threads, const char *task, int iterations) {
  idr_comm comm;
  uint64_t digest = 0;
  if (part(ranks, &comm)) {
    idr_sac *sac = make(&comm, task, threads);
    iterate(sac, iterations);
    digest = idr_sac_digest(sac);
    idr_sac_destroy(sac);
    MPI_Comm_free(&comm.mpi);
  }
  MPI_Bcast(&digest, 1, MPI_UINT64_T, 0, world.mpi);
  return digest;
}

static void ranks_and_threads_give_the_same_bits(void **state) {
  (void)state;
  const char *tasks[] = {"pendulum", "drilling", "drilling-narrow"};
  for (int t = 0; t < 3; t++) {
    uint64_t one = train(1, 1, tasks[t], 5);
    for (int ranks = 1; ranks <= world.size; ranks *= 2)
      for (int threads = 1; threads <= 2; threads++)
        assert_true(train(ranks, threads, tasks[t], 5) == one);
  }
}

static void save(idr_sac *sac, const idr_comm *comm, const char *path) {
  idr_checkpoint_writer *writer = NULL;
  if (comm->rank == 0) assert_int_equal(idr_checkpoint_writer_create(&writer), IDR_STATUS_OK);
  assert_int_equal(idr_sac_save(sac, writer), IDR_STATUS_OK);
  if (comm->rank == 0) assert_int_equal(idr_checkpoint_commit(writer, path), IDR_STATUS_OK);
  idr_checkpoint_writer_destroy(writer);
}

static void load(idr_sac *sac, const idr_comm *comm, const char *path) {
  idr_checkpoint *checkpoint = NULL;
  if (comm->rank == 0) assert_int_equal(idr_checkpoint_open(path, &checkpoint), IDR_STATUS_OK);
  assert_int_equal(idr_sac_load(sac, checkpoint), IDR_STATUS_OK);
  idr_checkpoint_close(checkpoint);
}

/* From `from` ranks to `to` ranks, with a checkpoint between. */
static uint64_t train_resumed(const char *task, int from, int to, const char *path) {
  idr_comm comm;
  uint64_t digest = 0;
  if (part(from, &comm)) {
    idr_sac *sac = make(&comm, task, 1);
    iterate(sac, 2);
    save(sac, &comm, path);
    idr_sac_destroy(sac);
    MPI_Comm_free(&comm.mpi);
  }
  MPI_Barrier(world.mpi);
  if (part(to, &comm)) {
    idr_sac *sac = make(&comm, task, 1);
    load(sac, &comm, path);
    iterate(sac, 3);
    digest = idr_sac_digest(sac);
    idr_sac_destroy(sac);
    MPI_Comm_free(&comm.mpi);
  }
  MPI_Bcast(&digest, 1, MPI_UINT64_T, 0, world.mpi);
  return digest;
}

static void resume_on_another_rank_count(void **state) {
  (void)state;
  const char *tasks[] = {"pendulum", "drilling"};
  char path[64];
  int pid = (int)getpid();
  MPI_Bcast(&pid, 1, MPI_INT, 0, world.mpi);
  snprintf(path, sizeof path, "/tmp/idr-test-ranks-%d", pid);
  for (int t = 0; t < 2; t++) {
    uint64_t whole = train(1, 1, tasks[t], 5);
    for (int from = 1; from <= world.size; from *= 2)
      for (int to = 1; to <= world.size; to *= 2)
        assert_true(train_resumed(tasks[t], from, to, path) == whole);
  }
  if (world.rank == 0) unlink(path);
}

int main(int argc, char **argv) {
  assert_int_equal(idr_comm_start(&argc, &argv, &world), IDR_STATUS_OK);
  assert_int_equal(idr_drilling_defaults(&drilling), IDR_STATUS_OK);
  drilling.drilling.wells = 4;
  drilling.drilling.interval = 1.0;
  drilling.drilling.time_limit = 1200.0;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_and_threads_give_the_same_bits),
      cmocka_unit_test(resume_on_another_rank_count),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  idr_comm_finish(&world);
  return failed;
}
