/* Saving and restoring a trainer. */
#include "rl/ppo_internal.h"
#include "rl/state.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t iteration, env_steps, adam_step;
  double learning_rate;
} counters;

static idr_lane_rows rows_of(const void *trainer, int block) {
  const idr_ppo_block *b = &((const idr_ppo *)trainer)->blocks[block];
  return (idr_lane_rows){b->raw, b->raw_critic, b->lane_return, b->lane_length, NULL};
}

static idr_lanes lanes_of(const idr_ppo *ppo) {
  return (idr_lanes){ppo->env, &ppo->team, ppo->lanes, ppo, rows_of};
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
  const idr_lanes view = lanes_of(ppo);
  IDR_TRY(idr_lanes_gather(&view, &lanes, &total));
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

idr_status idr_ppo_load(idr_ppo *ppo, const idr_checkpoint *checkpoint) {
  size_t bytes = (size_t)idr_params_size(ppo->policy->params) * sizeof(real);
  size_t size = state_bytes(ppo);
  unsigned char *state = malloc(size);
  if (!state) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the state of a checkpoint");
  idr_status status = idr_state_read(ppo->team.comm, checkpoint, "ppo/state", state, size);
  if (status == IDR_STATUS_OK) state_get(ppo, state);
  free(state);
  IDR_TRY(status);
  IDR_TRY(idr_state_read(ppo->team.comm, checkpoint, "policy/weights", ppo->weights, bytes));
  IDR_TRY(idr_state_read(ppo->team.comm, checkpoint, "ppo/moment1", ppo->adam->moment1, bytes));
  IDR_TRY(idr_state_read(ppo->team.comm, checkpoint, "ppo/moment2", ppo->adam->moment2, bytes));
  const idr_lanes view = lanes_of(ppo);
  IDR_TRY(idr_lanes_restore(&view, checkpoint, "ppo/lanes"));
  ppo->started = true;
  return IDR_STATUS_OK;
}
