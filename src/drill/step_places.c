/* Connections, trips and boundaries: rare, lane by lane. */
#include "drill/step_internal.h"

/* The string turns freely off bottom at its set speed. */
static void lift_off(idr_drill_group *g, int i) {
  g->wob[i] = g->sink_speed[i] = 0.0f;
  for (int k = 0; k < IDR_CUT_NODES; k++)
    g->rock[k][i] = 0.0f;
  g->omega_top[i] = g->omega_bit[i] = g->omega_ref[i];
  g->twist[i] = 0.5f * g->friction_kinetic[i] / g->stiffness[i];
  g->top_integral[i] = g->friction_kinetic[i];
}

static void connect_stand(idr_drill_group *g, int i) {
  const idr_well_rig *rig = &g->well[i]->rig;
  g->connections[i]++;
  g->connection_time[i] += rig->connection_time;
  g->time[i] += rig->connection_time;
  g->next_stand[i] += rig->stand_length;
  lift_off(g, i);
}

/* Out and in with a new bit, after the hole was circulated clean. */
static void change_bit(idr_drill_group *g, int i) {
  const idr_well_rig *rig = &g->well[i]->rig;
  double time = 2.0 * g->depth[i] / rig->trip_speed + rig->bit_change_time;
  g->trips[i]++;
  g->trip_time[i] += time;
  g->time[i] += time;
  g->flat[i] = (double)g->flat_new[i];
  g->wear[i] = g->balling[i] = 0.0f;
  for (int c = 0; c < IDR_ANNULUS; c++) {
    g->solids_out[i] += g->suspended[c][i] + g->bed[c][i];
    g->suspended[c][i] = g->bed[c][i] = 0.0;
  }
  lift_off(g, i);
}

/* With a crew connections and trips take their seconds (crew.h); only the copies are renewed. */
static void follow_bit(idr_drill_group *g, int i) {
  double bit = g->bit_depth[i];
  if (g->depth[i] >= g->next_change[i])
    idr_drill_refresh(g, i);
  else if (bit < g->bit_span[0][i] || bit >= g->bit_span[1][i])
    idr_drill_refresh_string(g, i);
}

void idr_step_places(idr_drill_group *g) {
  for (int i = 0; i < g->lanes; i++) {
    if (g->crewed[i]) {
      follow_bit(g, i);
      continue;
    }
    int section = g->section[i];
    if (g->depth[i] >= g->next_change[i]) idr_drill_refresh(g, i);
    if (g->wear[i] >= 1.0f || g->section[i] != section) change_bit(g, i);
    if (g->depth[i] >= g->next_stand[i]) connect_stand(g, i);
  }
}
