/* One event in every episode, for tests of a driller: drilling.event. Sizes, times and effects are
 * those of a rig at work (drill/events.h), which draws its events instead. */
#include "drill/events.h"
#include "env/drilling.h"

/* Choices of the setting are the first kinds in their order, after `none`. Left out are a stalled
 * motor, which no well of the task has, and a string that is held fast, which only a crew that
 * works it gets free: nothing that this task's driller sets would matter. */
_Static_assert(IDR_EVENT_LOST_NOZZLE == 8 && IDR_EVENT_STALL == 9, "drilling.event names kinds");

void idr_drilling_event(const idr_drilling_world *world, idr_drill_group *group, int lane,
                        double *size) {
  const idr_drilling_settings *d = &world->config.drilling;
  int kind = d->event - 1;
  float severity = (float)d->event_severity;
  double age = group->time[lane] - d->event_start;
  if (kind < 0 || severity <= 0.0f || age < 0.0) return;
  if (*size == 0.0) *size = (double)idr_event_size(group, lane, kind, IDR_CAUSE_SCRIPTED, severity);
  float level = (float)(age + 1.0) / (float)idr_event_kinds[kind].grow;
  idr_event_strength now[IDR_EVENT_COUNT] = {{0}};
  now[kind] = (idr_event_strength){level < 1.0f ? level : 1.0f, (float)*size, severity};
  idr_event_act_on(group, lane, kind, now);
}
