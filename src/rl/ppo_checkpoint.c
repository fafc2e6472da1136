/* Saving and restoring a trainer. Lanes are stored in global order, each with the task's own bytes,
 * the current raw observation and the running sums of its episode, so any number of ranks can read
 * what any other number wrote. */
#include "rl/ppo_internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t iteration, env_steps, adam_step;
  double learning_rate;
} counters;

typedef struct {
  size_t lane; /* bytes of one lane's record */
  size_t observation, critic;
} layout;

static layout lane_layout(const idr_ppo *ppo) {
  layout l;
  l.observation = (size_t)ppo->env->spec.observation_dim * sizeof(float);
  l.critic = (size_t)ppo->env->spec.critic_dim * sizeof(float);
  l.lane = ppo->env->kind->lane_bytes + l.observation + l.critic + 2 * sizeof(double);
  return l;
}

static void lane_put(const idr_ppo *ppo, int block, int64_t lane, unsigned char *to) {
  layout l = lane_layout(ppo);
  const idr_ppo_block *b = &ppo->blocks[block];
  ppo->env->kind->lane_save(ppo->env, block * ppo->lanes + lane, to);
  to += ppo->env->kind->lane_bytes;
  memcpy(to, b->raw + lane * ppo->env->spec.observation_dim, l.observation);
  to += l.observation;
  if (l.critic > 0) memcpy(to, b->raw_critic + lane * ppo->env->spec.critic_dim, l.critic);
  to += l.critic;
  memcpy(to, &b->lane_return[lane], sizeof(double));
  memcpy(to + sizeof(double), &b->lane_length[lane], sizeof(double));
}

static idr_status lane_get(idr_ppo *ppo, int block, int64_t lane, const unsigned char *from) {
  layout l = lane_layout(ppo);
  idr_ppo_block *b = &ppo->blocks[block];
  IDR_TRY(ppo->env->kind->lane_load(ppo->env, block * ppo->lanes + lane, from));
  from += ppo->env->kind->lane_bytes;
  memcpy(b->raw + lane * ppo->env->spec.observation_dim, from, l.observation);
  from += l.observation;
  if (l.critic > 0) memcpy(b->raw_critic + lane * ppo->env->spec.critic_dim, from, l.critic);
  from += l.critic;
  memcpy(&b->lane_return[lane], from, sizeof(double));
  memcpy(&b->lane_length[lane], from + sizeof(double), sizeof(double));
  return IDR_STATUS_OK;
}

static idr_status gather_lanes(idr_ppo *ppo, void **all, size_t *total) {
  layout l = lane_layout(ppo);
  size_t count = (size_t)ppo->lanes * (size_t)ppo->team.block_count;
  unsigned char *mine = malloc(count * l.lane);
  idr_status status = mine ? IDR_STATUS_OK
                           : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                         "no memory to save %zu lanes", count);
  for (size_t i = 0; mine && i < count; i++)
    lane_put(ppo, (int)(i / (size_t)ppo->lanes), (int64_t)(i % (size_t)ppo->lanes),
             mine + i * l.lane);
  status = idr_comm_agree(ppo->team.comm, status);
  if (status == IDR_STATUS_OK)
    status = idr_comm_gather_bytes(ppo->team.comm, mine, count * l.lane, all, total);
  free(mine);
  return status;
}

/* Numbers of all normalisers one after another, then the counters. */
static size_t state_bytes(const idr_ppo *ppo) {
  int n = idr_moments_state_size(ppo->observation_moments) +
          idr_moments_state_size(ppo->return_moments);
  if (ppo->critic_moments) n += idr_moments_state_size(ppo->critic_moments);
  return (size_t)n * sizeof(double) + sizeof(counters);
}

static void state_put(const idr_ppo *ppo, unsigned char *to) {
  counters c = {ppo->iteration, ppo->env_steps, ppo->adam->step, ppo->learning_rate};
  memcpy(to, &c, sizeof c);
  double *numbers = (double *)(void *)(to + sizeof c);
  idr_moments_get_state(ppo->observation_moments, numbers);
  numbers += idr_moments_state_size(ppo->observation_moments);
  idr_moments_get_state(ppo->return_moments, numbers);
  numbers += idr_moments_state_size(ppo->return_moments);
  if (ppo->critic_moments) idr_moments_get_state(ppo->critic_moments, numbers);
}

static void state_get(idr_ppo *ppo, const unsigned char *from) {
  counters c;
  memcpy(&c, from, sizeof c);
  ppo->iteration = c.iteration;
  ppo->env_steps = c.env_steps;
  ppo->adam->step = c.adam_step;
  ppo->learning_rate = c.learning_rate;
  const double *numbers = (const double *)(const void *)(from + sizeof c);
  idr_moments_set_state(ppo->observation_moments, numbers);
  numbers += idr_moments_state_size(ppo->observation_moments);
  idr_moments_set_state(ppo->return_moments, numbers);
  numbers += idr_moments_state_size(ppo->return_moments);
  if (ppo->critic_moments) idr_moments_set_state(ppo->critic_moments, numbers);
}

/* What the value head's numbers mean: normaliser of the critic's rows, then that of returns. */
static size_t value_bytes(const idr_ppo *ppo) {
  return (2 * (size_t)ppo->policy->critic_dim + 2) * sizeof(real);
}

static void value_put(const idr_ppo *ppo, unsigned char *to) {
  const idr_moments *m = ppo->critic_moments ? ppo->critic_moments : ppo->observation_moments;
  size_t dim = (size_t)ppo->policy->critic_dim * sizeof(real);
  memcpy(to, m->shift, dim);
  memcpy(to + dim, m->scale, dim);
  memcpy(to + 2 * dim, ppo->return_moments->shift, sizeof(real));
  memcpy(to + 2 * dim + sizeof(real), ppo->return_moments->scale, sizeof(real));
}

static idr_status add_sections(const idr_ppo *ppo, idr_checkpoint_writer *writer,
                               const unsigned char *saved, size_t lanes) {
  size_t bytes = (size_t)idr_params_size(ppo->policy->params) * sizeof(real);
  size_t state = state_bytes(ppo), value = value_bytes(ppo);
  IDR_TRY(idr_checkpoint_add(writer, "ppo/state", saved, state));
  IDR_TRY(idr_checkpoint_add(writer, "policy/weights", ppo->weights, bytes));
  IDR_TRY(idr_checkpoint_add(writer, "ppo/moment1", ppo->adam->moment1, bytes));
  IDR_TRY(idr_checkpoint_add(writer, "ppo/moment2", ppo->adam->moment2, bytes));
  IDR_TRY(idr_checkpoint_add(writer, "policy/normaliser", ppo->observation_moments->shift,
                             2 * (size_t)ppo->policy->observation_dim * sizeof(real)));
  IDR_TRY(idr_checkpoint_add(writer, "policy/value", saved + state, value));
  return idr_checkpoint_add(writer, "ppo/lanes", saved + state + value, lanes);
}

idr_status idr_ppo_save(idr_ppo *ppo, idr_checkpoint_writer *writer) {
  void *lanes = NULL;
  size_t total = 0, state = state_bytes(ppo), value = value_bytes(ppo);
  IDR_TRY(idr_comm_agree(ppo->team.comm, idr_ppo_start(ppo)));
  IDR_TRY(gather_lanes(ppo, &lanes, &total));
  idr_status status = IDR_STATUS_OK;
  if (ppo->team.comm->rank == 0) {
    free(ppo->saved);
    ppo->saved = malloc(state + value + total);
    if (ppo->saved) {
      state_put(ppo, ppo->saved);
      value_put(ppo, (unsigned char *)ppo->saved + state);
      memcpy((unsigned char *)ppo->saved + state + value, lanes, total);
      status = add_sections(ppo, writer, ppo->saved, total);
    } else {
      status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                           "no memory for a checkpoint of %zu bytes", state + value + total);
    }
  }
  free(lanes);
  return idr_comm_agree(ppo->team.comm, status);
}

/* Rank 0 reads, all receive. */
static idr_status read_shared(idr_ppo *ppo, const idr_checkpoint *checkpoint, const char *name,
                              void *data, size_t bytes) {
  idr_status status = IDR_STATUS_OK;
  if (ppo->team.comm->rank == 0) status = idr_checkpoint_read(checkpoint, name, data, bytes);
  IDR_TRY(idr_comm_agree(ppo->team.comm, status));
  return idr_comm_broadcast(ppo->team.comm, data, bytes, 0);
}

static idr_status read_lanes(idr_ppo *ppo, const idr_checkpoint *checkpoint) {
  layout l = lane_layout(ppo);
  const idr_comm *comm = ppo->team.comm;
  size_t count = (size_t)ppo->lanes * (size_t)ppo->team.block_count, bytes = 0;
  const void *all = NULL;
  idr_status status = IDR_STATUS_OK;
  if (comm->rank == 0) status = idr_checkpoint_get(checkpoint, "ppo/lanes", &all, &bytes);
  if (status == IDR_STATUS_OK && comm->rank == 0 && bytes != count * l.lane * (size_t)comm->size)
    status = idr_fail_at(IDR_STATUS_FORMAT, __func__, __FILE__, __LINE__,
                         "section 'ppo/lanes' has %zu bytes, expected %zu", bytes,
                         count * l.lane * (size_t)comm->size);
  IDR_TRY(idr_comm_agree(comm, status));
  unsigned char *mine = malloc(count * l.lane);
  if (!mine)
    status =
        idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory for the lanes");
  status = idr_comm_agree(comm, status);
  if (status == IDR_STATUS_OK) status = idr_comm_scatter_bytes(comm, all, mine, count * l.lane);
  for (size_t i = 0; status == IDR_STATUS_OK && i < count; i++)
    status = lane_get(ppo, (int)(i / (size_t)ppo->lanes), (int64_t)(i % (size_t)ppo->lanes),
                      mine + i * l.lane);
  free(mine);
  return idr_comm_agree(comm, status);
}

idr_status idr_ppo_load(idr_ppo *ppo, const idr_checkpoint *checkpoint) {
  size_t bytes = (size_t)idr_params_size(ppo->policy->params) * sizeof(real);
  size_t size = state_bytes(ppo);
  unsigned char *state = malloc(size);
  if (!state) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the state of a checkpoint");
  idr_status status = read_shared(ppo, checkpoint, "ppo/state", state, size);
  if (status == IDR_STATUS_OK) state_get(ppo, state);
  free(state);
  IDR_TRY(status);
  IDR_TRY(read_shared(ppo, checkpoint, "policy/weights", ppo->weights, bytes));
  IDR_TRY(read_shared(ppo, checkpoint, "ppo/moment1", ppo->adam->moment1, bytes));
  IDR_TRY(read_shared(ppo, checkpoint, "ppo/moment2", ppo->adam->moment2, bytes));
  IDR_TRY(read_lanes(ppo, checkpoint));
  ppo->started = true;
  return IDR_STATUS_OK;
}
