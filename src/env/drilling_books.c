/* The books of an episode: what was drilled, used and charged. */
#include "env/drilling.h"
#include <string.h>

#define HOUR 3600.0

double idr_drilling_hours(const idr_drilling_books *b) {
  return (b->rotating + b->connection + b->lost + b->trip + b->charge_failure + b->charge_missing) /
         HOUR;
}

double idr_drilling_cost(const idr_drilling_world *world, const idr_drilling_books *books) {
  return world->config.prices.bit_price * books->bits +
         world->rig_rate * HOUR * idr_drilling_hours(books);
}

/* How the episode stands; a lost hole counts before a finished interval. */
static idr_drilling_end find_end(const idr_drilling_settings *d, const idr_drilling_books *b) {
  if (b->failure != 0) return IDR_END_FAILED;
  if (b->metres >= d->interval) return IDR_END_FINISHED;
  if (b->bits >= d->bits_max) return IDR_END_BITS;
  if (b->rotating + b->connection + b->lost >= d->time_limit) return IDR_END_TIME;
  return IDR_END_NONE;
}

void idr_drilling_account(const idr_drilling_world *world, const idr_drill_group *group, int lane,
                          double depth_before, idr_drilling_books *books) {
  const idr_drilling_settings *d = &world->config.drilling;
  const idr_price_settings *p = &world->config.prices;
  double used = group->bits_worn[lane] - books->bits;
  books->trip +=
      used * idr_drilling_trip_time(group->well[lane], 0.5 * (depth_before + group->depth[lane]));
  books->bits = group->bits_worn[lane];
  books->metres = group->depth[lane] - group->start_depth[lane];
  books->rotating = group->rotating_time[lane];
  books->connection = group->connection_time[lane];
  books->lost = group->lost_time[lane];
  if (group->value[IDR_CHANNEL_SSI][lane] > 1.0f) books->stick_slip += (double)d->period;
  books->failure = group->failure[lane];
  books->end = (int32_t)find_end(d, books);
  if (books->end == IDR_END_FAILED) books->charge_failure = p->failure_time;
  double missing = d->interval - books->metres;
  if (books->end != IDR_END_NONE && missing > 0.0)
    books->charge_missing = p->unfinished_time * missing / d->interval;
}

/* What the screens show before the bit touches bottom: the first observation has no control period
 * to look back on. */
static void show_start(idr_drill_group *g, int lane) {
  const struct {
    idr_channel_id channel;
    float value;
  } shown[] = {{IDR_CHANNEL_DEPTH, (float)g->depth[lane]},
               {IDR_CHANNEL_TVD, g->tvd[lane]},
               {IDR_CHANNEL_HOOKLOAD, g->hook_free[lane]},
               {IDR_CHANNEL_TORQUE, g->friction_kinetic[lane]},
               {IDR_CHANNEL_OMEGA, g->omega_top[lane]},
               {IDR_CHANNEL_OMEGA_BIT, g->omega_bit[lane]},
               {IDR_CHANNEL_FLOW_IN, g->flow[lane]},
               {IDR_CHANNEL_FLOW_OUT, g->flow[lane]},
               {IDR_CHANNEL_MUD_DENSITY, g->mud_density[lane]},
               {IDR_CHANNEL_ECD, g->mud_density[lane]},
               {IDR_CHANNEL_ECD_SHOE, g->mud_density[lane]},
               {IDR_CHANNEL_INCLINATION, g->inclination[lane]},
               {IDR_CHANNEL_GAMMA, g->gamma_ray[lane]},
               {IDR_CHANNEL_TEMPERATURE, g->mud_temperature[lane]}};
  for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) {
    idr_channel_id c = shown[k].channel;
    g->value[c][lane] = g->mean[c][lane] = g->least[c][lane] = g->most[c][lane] = shown[k].value;
  }
}

idr_status idr_drilling_start(const idr_drilling_world *world, const idr_scenario *scenario,
                              idr_drill_group *group, int lane, idr_drilling_books *books) {
  const idr_well *well = world->well[scenario->well];
  idr_drill_start start = {.depth = scenario->depth,
                           .wear = scenario->wear,
                           .omega = 0.5f * (float)well->rig.rpm_max,
                           .flow = 0.5f * (float)(well->rig.flow_min + well->rig.flow_max)};
  IDR_TRY(idr_drill_reset(group, lane, well, &start));
  show_start(group, lane);
  memset(books, 0, sizeof *books);
  return IDR_STATUS_OK;
}

double idr_drilling_score(const idr_drilling_world *world, const idr_drilling_books *books,
                          int64_t n) {
  double cost = 0.0, metres = 0.0, interval = world->config.drilling.interval;
  for (int64_t k = 0; k < n; k++) {
    cost += idr_drilling_cost(world, &books[k]);
    metres += books[k].metres > interval ? books[k].metres : interval;
  }
  return cost / metres;
}
