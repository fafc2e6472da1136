#include "rl/state.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  size_t lane; /* bytes of one lane's record */
  size_t observation, critic;
} layout;

/* Sums that a lane's record ends with. */
static int sums_of(const idr_lane_rows *b, int64_t lane, double *out[3]) {
  out[0] = &b->lane_return[lane];
  out[1] = &b->lane_length[lane];
  if (!b->lane_discounted) return 2;
  out[2] = &b->lane_discounted[lane];
  return 3;
}

static layout lane_layout(const idr_lanes *s) {
  layout l;
  size_t sums = s->rows(s->trainer, 0).lane_discounted ? 3 : 2;
  l.observation = (size_t)s->env->spec.observation_dim * sizeof(float);
  l.critic = (size_t)s->env->spec.critic_dim * sizeof(float);
  l.lane = s->env->kind->lane_bytes + l.observation + l.critic + sums * sizeof(double);
  return l;
}

static void lane_put(const idr_lanes *s, int block, int64_t lane, unsigned char *to) {
  layout l = lane_layout(s);
  idr_lane_rows b = s->rows(s->trainer, block);
  s->env->kind->lane_save(s->env, block * s->lanes + lane, to);
  to += s->env->kind->lane_bytes;
  memcpy(to, b.raw + lane * s->env->spec.observation_dim, l.observation);
  to += l.observation;
  if (l.critic > 0) memcpy(to, b.raw_critic + lane * s->env->spec.critic_dim, l.critic);
  to += l.critic;
  double *sum[3];
  int sums = sums_of(&b, lane, sum);
  for (int i = 0; i < sums; i++)
    memcpy(to + (size_t)i * sizeof(double), sum[i], sizeof(double));
}

static idr_status lane_get(const idr_lanes *s, int block, int64_t lane, const unsigned char *from) {
  layout l = lane_layout(s);
  idr_lane_rows b = s->rows(s->trainer, block);
  IDR_TRY(s->env->kind->lane_load(s->env, block * s->lanes + lane, from));
  from += s->env->kind->lane_bytes;
  memcpy(b.raw + lane * s->env->spec.observation_dim, from, l.observation);
  from += l.observation;
  if (l.critic > 0) memcpy(b.raw_critic + lane * s->env->spec.critic_dim, from, l.critic);
  from += l.critic;
  double *sum[3];
  int sums = sums_of(&b, lane, sum);
  for (int i = 0; i < sums; i++)
    memcpy(sum[i], from + (size_t)i * sizeof(double), sizeof(double));
  return IDR_STATUS_OK;
}

idr_status idr_lanes_gather(const idr_lanes *s, void **all, size_t *total) {
  layout l = lane_layout(s);
  size_t count = (size_t)s->lanes * (size_t)s->team->block_count;
  unsigned char *mine = malloc(count * l.lane);
  idr_status status = mine ? IDR_STATUS_OK
                           : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                         "no memory to save %zu lanes", count);
  for (size_t i = 0; mine && i < count; i++)
    lane_put(s, (int)(i / (size_t)s->lanes), (int64_t)(i % (size_t)s->lanes), mine + i * l.lane);
  status = idr_comm_agree(s->team->comm, status);
  if (status == IDR_STATUS_OK)
    status = idr_comm_gather_bytes(s->team->comm, mine, count * l.lane, all, total);
  free(mine);
  return status;
}

idr_status idr_lanes_restore(const idr_lanes *s, const idr_checkpoint *checkpoint,
                             const char *section) {
  layout l = lane_layout(s);
  const idr_comm *comm = s->team->comm;
  size_t count = (size_t)s->lanes * (size_t)s->team->block_count, bytes = 0;
  const void *all = NULL;
  idr_status status = IDR_STATUS_OK;
  if (comm->rank == 0) status = idr_checkpoint_get(checkpoint, section, &all, &bytes);
  if (status == IDR_STATUS_OK && comm->rank == 0 && bytes != count * l.lane * (size_t)comm->size)
    status = idr_fail_at(IDR_STATUS_FORMAT, __func__, __FILE__, __LINE__,
                         "section '%s' has %zu bytes, expected %zu", section, bytes,
                         count * l.lane * (size_t)comm->size);
  IDR_TRY(idr_comm_agree(comm, status));
  unsigned char *mine = malloc(count * l.lane);
  if (!mine)
    status =
        idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory for the lanes");
  status = idr_comm_agree(comm, status);
  if (status == IDR_STATUS_OK) status = idr_comm_scatter_bytes(comm, all, mine, count * l.lane);
  for (size_t i = 0; status == IDR_STATUS_OK && i < count; i++)
    status = lane_get(s, (int)(i / (size_t)s->lanes), (int64_t)(i % (size_t)s->lanes),
                      mine + i * l.lane);
  free(mine);
  return idr_comm_agree(comm, status);
}

idr_status idr_state_read(const idr_comm *comm, const idr_checkpoint *checkpoint, const char *name,
                          void *data, size_t bytes) {
  idr_status status = IDR_STATUS_OK;
  if (comm->rank == 0) status = idr_checkpoint_read(checkpoint, name, data, bytes);
  IDR_TRY(idr_comm_agree(comm, status));
  return idr_comm_broadcast(comm, data, bytes, 0);
}
