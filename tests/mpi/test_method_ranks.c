/* The same training on 1, 2 and 4 ranks, on other thread counts, and resumed on another rank count:
 * one digest, for every method. Every rank count is a sub-communicator of the ranks at hand. */
#include "env/drilling.h"
#include "rl/method.h"
#include "support/ppo_small.h"
#include "support/sac_small.h"
#include "support/shrink.h"
#include "support/test.h"

#include <stdio.h>
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

/* What is trained. Outlives the trainers that borrow from it. */
typedef struct {
  const idr_method *method;
  const char *task;
  const void *settings;
} subject;

/* Iterations before a checkpoint and after it. SAC learns from the second on. */
static int before, after;

/* Few wells and intervals that end within the test. */
static idr_drilling_config drilling;
static idr_ppo_settings ppo, ppo_drilling, ppo_narrow;
static idr_sac_settings sac, sac_wide, sac_narrow, sac_c51;
static const subject subjects[] = {
    {&idr_ppo_method, "cartpole", &ppo},          {&idr_ppo_method, "pendulum", &ppo},
    {&idr_ppo_method, "drilling", &ppo_drilling}, {&idr_sac_method, "pendulum", &sac},
    {&idr_sac_method, "drilling", &sac_wide},     {&idr_sac_method, "drilling", &sac_narrow},
    {&idr_sac_method, "pendulum", &sac_c51},      {&idr_ppo_method, "drilling", &ppo_narrow}};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

static void fill_settings(void) {
  before = test_amount(2, 1);
  after = test_amount(3, 2);
  assert_int_equal(idr_drilling_defaults(&drilling), IDR_STATUS_OK);
  drilling.drilling.wells = 4;
  drilling.drilling.interval = 1.0;
  drilling.drilling.time_limit = 1200.0;
  ppo = ppo_drilling = ppo_small();
  ppo_drilling.horizon = 16; /* its steps take longest */
  ppo_narrow = ppo_drilling;
  ppo_narrow.asymmetric = false;
  ppo_narrow.noise_time = 5;
  sac = sac_wide = sac_narrow = sac_c51 = sac_small();
  sac_wide.critic_layer_norm = true;
  sac_narrow.asymmetric = false;
  sac_narrow.normalize_return = true;
  sac_narrow.value_entropy = false;
  sac_c51.critic = 1;
  sac_c51.atoms = 21;
  sac_c51.normalize_return = true;
  sac_c51.uniform_start = false;
  sac_c51.twins = 1;
  sac_c51.schedule = IDR_SCHEDULE_LINEAR;
  sac_c51.steps = 5 * sac_c51.lanes * sac_c51.horizon;
  sac_c51.actor_starts = 2 * sac_c51.lanes * sac_c51.horizon;
}

static void *make(const idr_comm *comm, const subject *s, int threads) {
  const idr_net_settings net = net_small();
  const idr_env_kind *kind = idr_env_find(s->task);
  const void *config = kind == &idr_drilling_kind ? &drilling : NULL;
  void *trainer = NULL;
  assert_int_equal(s->method->create(comm, kind, config, s->settings, &net, 11, threads, &trainer),
                   IDR_STATUS_OK);
  return trainer;
}

static void iterate(const subject *s, void *trainer, int n) {
  idr_method_report report;
  for (int i = 0; i < n; i++)
    assert_int_equal(s->method->iterate(trainer, &report), IDR_STATUS_OK);
}

static uint64_t train(const subject *s, int ranks, int threads, int iterations) {
  idr_comm comm;
  uint64_t digest = 0;
  if (part(ranks, &comm)) {
    void *trainer = make(&comm, s, threads);
    iterate(s, trainer, iterations);
    digest = s->method->digest(trainer);
    s->method->destroy(trainer);
    MPI_Comm_free(&comm.mpi);
  }
  MPI_Bcast(&digest, 1, MPI_UINT64_T, 0, world.mpi);
  return digest;
}

static void ranks_and_threads_give_the_same_bits(void **state) {
  (void)state;
  for (int k = 0; k < SUBJECTS; k++) {
    uint64_t one = train(&subjects[k], 1, 1, before + after);
    for (int ranks = 1; ranks <= world.size; ranks *= 2)
      for (int threads = 1; threads <= 2; threads++)
        assert_true(train(&subjects[k], ranks, threads, before + after) == one);
  }
}

static void save(const subject *s, void *trainer, const idr_comm *comm, const char *path) {
  idr_checkpoint_writer *writer = NULL;
  if (comm->rank == 0) assert_int_equal(idr_checkpoint_writer_create(&writer), IDR_STATUS_OK);
  assert_int_equal(s->method->save(trainer, writer), IDR_STATUS_OK);
  if (comm->rank == 0) assert_int_equal(idr_checkpoint_commit(writer, path), IDR_STATUS_OK);
  idr_checkpoint_writer_destroy(writer);
}

static void load(const subject *s, void *trainer, const idr_comm *comm, const char *path) {
  idr_checkpoint *checkpoint = NULL;
  if (comm->rank == 0) assert_int_equal(idr_checkpoint_open(path, &checkpoint), IDR_STATUS_OK);
  assert_int_equal(s->method->load(trainer, checkpoint), IDR_STATUS_OK);
  idr_checkpoint_close(checkpoint);
}

/* From `from` ranks to `to` ranks, with a checkpoint between. */
static uint64_t train_resumed(const subject *s, int from, int to, const char *path) {
  idr_comm comm;
  uint64_t digest = 0;
  if (part(from, &comm)) {
    void *trainer = make(&comm, s, 1);
    iterate(s, trainer, before);
    save(s, trainer, &comm, path);
    s->method->destroy(trainer);
    MPI_Comm_free(&comm.mpi);
  }
  MPI_Barrier(world.mpi);
  if (part(to, &comm)) {
    void *trainer = make(&comm, s, 1);
    load(s, trainer, &comm, path);
    iterate(s, trainer, after);
    digest = s->method->digest(trainer);
    s->method->destroy(trainer);
    MPI_Comm_free(&comm.mpi);
  }
  MPI_Bcast(&digest, 1, MPI_UINT64_T, 0, world.mpi);
  return digest;
}

static void resume_on_another_rank_count(void **state) {
  (void)state;
  char path[64];
  int pid = (int)getpid();
  MPI_Bcast(&pid, 1, MPI_INT, 0, world.mpi);
  snprintf(path, sizeof path, "/tmp/idr-test-ranks-%d", pid);
  for (int k = 1; k < SUBJECTS; k++) {
    uint64_t whole = train(&subjects[k], 1, 1, before + after);
    for (int from = 1; from <= world.size; from *= 2)
      for (int to = 1; to <= world.size; to *= 2)
        assert_true(train_resumed(&subjects[k], from, to, path) == whole);
  }
  if (world.rank == 0) unlink(path);
}

int main(int argc, char **argv) {
  assert_int_equal(idr_comm_start(&argc, &argv, &world), IDR_STATUS_OK);
  fill_settings();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_and_threads_give_the_same_bits),
      cmocka_unit_test(resume_on_another_rank_count),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  idr_comm_finish(&world);
  return failed;
}
