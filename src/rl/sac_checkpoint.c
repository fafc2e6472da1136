/* Saving and restoring a trainer, its replay included: what every lane's ring holds, oldest last
 * slots and all, in global lane order. */
#include "rl/sac_internal.h"
#include "rl/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t iteration, lane_steps, updates, actor_step, critic_step, alpha_step;
  double log_alpha, alpha_moment1, alpha_moment2;
} counters;

static idr_lane_rows rows_of(const void *trainer, int block) {
  const idr_sac_block *b = &((const idr_sac *)trainer)->blocks[block];
  return (idr_lane_rows){b->raw, b->raw_critic, b->lane_return, b->lane_length, b->lane_discounted};
}

static idr_lanes lanes_of(const idr_sac *sac) {
  return (idr_lanes){sac->env, &sac->team, sac->lanes, sac, rows_of};
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* The counters, then the numbers of all normalisers. */
static size_t state_bytes(const idr_sac *sac) {
  int n = idr_moments_state_size(sac->observation_moments);
  if (sac->critic_moments) n += idr_moments_state_size(sac->critic_moments);
  if (sac->return_moments) n += idr_moments_state_size(sac->return_moments);
  return (size_t)n * sizeof(double) + sizeof(counters);
}

static void state_put(const idr_sac *sac, unsigned char *to) {
  counters c = {.iteration = sac->iteration,
                .lane_steps = sac->lane_steps,
                .updates = sac->updates,
                .actor_step = sac->actor.adam->step,
                .critic_step = sac->critic.adam->step,
                .alpha_step = sac->alpha_adam->step,
                .log_alpha = (double)sac->log_alpha[0],
                .alpha_moment1 = (double)sac->alpha_adam->moment1[0],
                .alpha_moment2 = (double)sac->alpha_adam->moment2[0]};
  memcpy(to, &c, sizeof c);
  double *numbers = (double *)(void *)(to + sizeof c);
  idr_moments_get_state(sac->observation_moments, numbers);
  numbers += idr_moments_state_size(sac->observation_moments);
  if (sac->critic_moments) {
    idr_moments_get_state(sac->critic_moments, numbers);
    numbers += idr_moments_state_size(sac->critic_moments);
  }
  if (sac->return_moments) idr_moments_get_state(sac->return_moments, numbers);
}

static idr_status state_get(idr_sac *sac, const unsigned char *from) {
  counters c;
  memcpy(&c, from, sizeof c);
  if (c.lane_steps < 0 || c.updates < 0)
    IDR_FAIL(IDR_STATUS_FORMAT, "section 'sac/state' has %lld steps and %lld updates",
             (long long)c.lane_steps, (long long)c.updates);
  sac->iteration = c.iteration;
  sac->lane_steps = c.lane_steps;
  sac->updates = c.updates;
  sac->actor.adam->step = c.actor_step;
  sac->critic.adam->step = c.critic_step;
  sac->alpha_adam->step = c.alpha_step;
  sac->log_alpha[0] = (real)c.log_alpha;
  sac->alpha_adam->moment1[0] = (real)c.alpha_moment1;
  sac->alpha_adam->moment2[0] = (real)c.alpha_moment2;
  sac->alpha[0] = (real)exp((double)sac->log_alpha[0]);
  const double *numbers = (const double *)(const void *)(from + sizeof c);
  idr_moments_set_state(sac->observation_moments, numbers);
  numbers += idr_moments_state_size(sac->observation_moments);
  if (sac->critic_moments) {
    idr_moments_set_state(sac->critic_moments, numbers);
    numbers += idr_moments_state_size(sac->critic_moments);
  }
  if (sac->return_moments) idr_moments_set_state(sac->return_moments, numbers);
  return IDR_STATUS_OK;
}

/* ---- replay ---------------------------------------------------------------------------------- */

/* Bytes of a lane's ring that hold transitions: its first slots, all of them once it is full. */
static size_t ring_bytes(const idr_sac *sac) {
  int64_t stored = sac->lane_steps < sac->capacity ? sac->lane_steps : sac->capacity;
  return (size_t)stored * (size_t)sac->record * sizeof(float);
}

static float *ring_of(const idr_sac *sac, size_t lane) {
  return sac->replay + lane * (size_t)sac->capacity * (size_t)sac->record;
}

static size_t own_lanes(const idr_sac *sac) {
  return (size_t)sac->lanes * (size_t)sac->team.block_count;
}

static idr_status gather_replay(const idr_sac *sac, void **all, size_t *total) {
  size_t ring = ring_bytes(sac), count = own_lanes(sac);
  unsigned char *mine = malloc(count * ring + 1);
  idr_status status = mine ? IDR_STATUS_OK
                           : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                         "no memory to save a replay of %zu MiB; lower sac.replay",
                                         count * ring >> 20);
  for (size_t i = 0; mine && i < count; i++)
    memcpy(mine + i * ring, ring_of(sac, i), ring);
  status = idr_comm_agree(sac->team.comm, status);
  if (status == IDR_STATUS_OK)
    status = idr_comm_gather_bytes(sac->team.comm, mine, count * ring, all, total);
  free(mine);
  return status;
}

static idr_status restore_replay(idr_sac *sac, const idr_checkpoint *checkpoint) {
  const idr_comm *comm = sac->team.comm;
  size_t ring = ring_bytes(sac), count = own_lanes(sac), bytes = 0;
  size_t expected = count * ring * (size_t)comm->size;
  const void *all = NULL;
  idr_status status = IDR_STATUS_OK;
  if (comm->rank == 0) status = idr_checkpoint_get(checkpoint, "sac/replay", &all, &bytes);
  if (status == IDR_STATUS_OK && comm->rank == 0 && bytes != expected)
    status = idr_fail_at(IDR_STATUS_FORMAT, __func__, __FILE__, __LINE__,
                         "section 'sac/replay' has %zu bytes, expected %zu", bytes, expected);
  IDR_TRY(idr_comm_agree(comm, status));
  unsigned char *mine = malloc(count * ring + 1);
  if (!mine)
    status =
        idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory for the replay");
  status = idr_comm_agree(comm, status);
  if (status == IDR_STATUS_OK) status = idr_comm_scatter_bytes(comm, all, mine, count * ring);
  for (size_t i = 0; status == IDR_STATUS_OK && i < count; i++)
    memcpy(ring_of(sac, i), mine + i * ring, ring);
  free(mine);
  return idr_comm_agree(comm, status);
}

/* ---- sections -------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  real *data;
  size_t bytes;
} section;
enum { ARRAYS = 7 };

static void list_arrays(const idr_sac *sac, section out[ARRAYS]) {
  size_t actor = (size_t)idr_params_size(sac->actor.params) * sizeof(real);
  size_t critic = (size_t)idr_params_size(sac->critic.params) * sizeof(real);
  const section all[ARRAYS] = {{"policy/weights", sac->actor.weights, actor},
                               {"sac/policy_moment1", sac->actor.adam->moment1, actor},
                               {"sac/policy_moment2", sac->actor.adam->moment2, actor},
                               {"sac/critics", sac->critic.weights, critic},
                               {"sac/critic_moment1", sac->critic.adam->moment1, critic},
                               {"sac/critic_moment2", sac->critic.adam->moment2, critic},
                               {"sac/targets", sac->target, critic}};
  memcpy(out, all, sizeof all);
}

/* What rank 0 has gathered. */
typedef struct {
  void *lanes, *replay;
  size_t lane_bytes, replay_bytes;
} gathered;

static idr_status add_sections(const idr_sac *sac, const gathered *g,
                               idr_checkpoint_writer *writer) {
  section arrays[ARRAYS];
  size_t state = state_bytes(sac);
  const unsigned char *saved = sac->saved;
  list_arrays(sac, arrays);
  IDR_TRY(idr_checkpoint_add(writer, "sac/state", saved, state));
  for (int i = 0; i < ARRAYS; i++)
    IDR_TRY(idr_checkpoint_add(writer, arrays[i].name, arrays[i].data, arrays[i].bytes));
  IDR_TRY(idr_checkpoint_add(writer, "policy/normaliser", sac->observation_moments->shift,
                             2 * (size_t)sac->policy->observation_dim * sizeof(real)));
  IDR_TRY(idr_checkpoint_add(writer, "sac/lanes", saved + state, g->lane_bytes));
  return idr_checkpoint_add(writer, "sac/replay", g->replay, g->replay_bytes);
}

void idr_sac_drop_saved(idr_sac *sac) {
  free(sac->saved);
  free(sac->saved_replay);
  sac->saved = sac->saved_replay = NULL;
}

/* On rank 0: keeps what was gathered until the trainer's next call, and names it to the writer. */
static idr_status keep(idr_sac *sac, gathered *g, idr_checkpoint_writer *writer) {
  size_t state = state_bytes(sac);
  unsigned char *saved = malloc(state + g->lane_bytes);
  if (!saved) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a checkpoint");
  idr_sac_drop_saved(sac);
  state_put(sac, saved);
  memcpy(saved + state, g->lanes, g->lane_bytes);
  sac->saved = saved;
  sac->saved_replay = g->replay;
  idr_status status = add_sections(sac, g, writer);
  g->replay = NULL;
  return status;
}

idr_status idr_sac_save(idr_sac *sac, idr_checkpoint_writer *writer) {
  gathered g = {.lanes = NULL};
  const idr_lanes view = lanes_of(sac);
  IDR_TRY(idr_comm_agree(sac->team.comm, idr_sac_start(sac)));
  idr_status status = idr_lanes_gather(&view, &g.lanes, &g.lane_bytes);
  if (status == IDR_STATUS_OK) status = gather_replay(sac, &g.replay, &g.replay_bytes);
  if (status == IDR_STATUS_OK && sac->team.comm->rank == 0) status = keep(sac, &g, writer);
  free(g.lanes);
  free(g.replay);
  return idr_comm_agree(sac->team.comm, status);
}

static idr_status load_state(idr_sac *sac, const idr_checkpoint *checkpoint) {
  size_t size = state_bytes(sac);
  unsigned char *state = malloc(size);
  if (!state) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the state of a checkpoint");
  idr_status status = idr_state_read(sac->team.comm, checkpoint, "sac/state", state, size);
  if (status == IDR_STATUS_OK) status = state_get(sac, state);
  free(state);
  return status;
}

idr_status idr_sac_load(idr_sac *sac, const idr_checkpoint *checkpoint) {
  section arrays[ARRAYS];
  const idr_lanes view = lanes_of(sac);
  list_arrays(sac, arrays);
  IDR_TRY(load_state(sac, checkpoint));
  for (int i = 0; i < ARRAYS; i++)
    IDR_TRY(idr_state_read(sac->team.comm, checkpoint, arrays[i].name, arrays[i].data,
                           arrays[i].bytes));
  IDR_TRY(idr_lanes_restore(&view, checkpoint, "sac/lanes"));
  IDR_TRY(restore_replay(sac, checkpoint));
  sac->started = true;
  return IDR_STATUS_OK;
}
