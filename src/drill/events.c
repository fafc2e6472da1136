/* Events of all lanes, second by second: labels, courses, remedies, records. */
#include "drill/events_internal.h"

#include "drill/rig_internal.h"
#include "drill/sensors.h"

idr_random4 idr_event_draw(const idr_rig *rig, int lane, uint32_t what) {
  return idr_random_draw((uint64_t)rig->settings.seed, rig->id[lane], 0,
                         (uint32_t)rig->second[lane], IDR_PURPOSE_EVENT, what);
}

/* ---- beginning ---- */
/* Keeps what the signature's channels are like without the event. */
static void remember(idr_rig *rig, int lane, int kind) {
  idr_events *e = &rig->events;
  for (int k = 0; k < IDR_EVENT_SIGNS; k++) {
    int channel = idr_event_kinds[kind].sign[k].channel, w = idr_event_kinds[kind].sign[k].watched;
    if (idr_event_kinds[kind].sign[k].direction == 0.0f) continue;
    float noise = idr_sensor_noise(channel) * (float)rig->settings.sensor_noise;
    noise = idr_maxf(noise, 0.5f * (float)idr_channels[channel].resolution);
    e->before[kind * IDR_EVENT_SIGNS + k][lane] = e->usual[w][lane];
    e->margin[kind * IDR_EVENT_SIGNS + k][lane] = 2.0f * idr_maxf(noise, e->unrest[w][lane]);
  }
}

static void open_event(idr_rig *rig, int lane, int kind, int cause, int64_t onset) {
  idr_events *e = &rig->events;
  e->going[lane] |= 1 << kind;
  e->phase[kind][lane] = IDR_COURSE_GROWING;
  e->cause[kind][lane] = cause;
  e->fixed[kind][lane] = e->age[kind][lane] = 0;
  e->worst[kind][lane] = 0.0f;
  e->onset[kind][lane] = onset;
  e->detectable[kind][lane] = -1;
  e->depth[kind][lane] = rig->hole->bit_depth[lane];
  remember(rig, lane, kind);
}

/* A time about `median`, log-normal with half of the seconds between 0.7 and 1.4 of it. */
static int32_t draw_time(int32_t median, float z) {
  return 1 + (int32_t)((float)median * idr_expf(0.5f * idr_clampf(z, -3.0f, 3.0f)));
}

/* Of a scripted length D: growing and falling a third of it at most; the level is above zero for
 * grow + last + decay - 1 seconds. */
static void fit_course(idr_events *e, int lane, int kind, int64_t duration) {
  int32_t whole = (int32_t)duration, third = whole / 3;
  int32_t grow = e->grow[kind][lane], decay = e->decay[kind][lane];
  e->grow[kind][lane] = grow < third ? grow : third;
  e->decay[kind][lane] = decay < third ? decay : third;
  e->last[kind][lane] = whole - e->grow[kind][lane] - e->decay[kind][lane] + 1;
  e->fixed[kind][lane] = 1;
}

void idr_event_begin(idr_rig *rig, int lane, const idr_event_start *start) {
  const int kind = start->kind;
  const idr_event_traits *traits = &idr_event_kinds[kind];
  idr_events *e = &rig->events;
  idr_random4 r = idr_event_draw(rig, lane, IDR_EVENT_DRAW_SHAPE + (uint32_t)kind);
  float z[2], u = idr_random_uniform(r.word[0]);
  idr_random_normal2(r.word[1], r.word[2], z);
  open_event(rig, lane, kind, start->cause, start->onset);
  /* Small ones are the common ones. */
  float severity = start->severity > 0.0f ? start->severity : 0.1f + 0.9f * u * u;
  e->severity[kind][lane] = severity;
  e->size[kind][lane] = idr_event_size(rig->hole, lane, kind, start->cause, severity);
  e->grow[kind][lane] = traits->grow;
  e->decay[kind][lane] = traits->decay;
  e->last[kind][lane] = draw_time(traits->last, z[0]);
  e->notice[kind][lane] = draw_time(traits->notice, z[1]);
  if (start->duration) fit_course(e, lane, kind, start->duration);
  e->age[kind][lane] = 1;
  e->level[kind][lane] = 1.0f / (float)e->grow[kind][lane];
  idr_event_act(rig, lane, kind);
}

void idr_event_show(idr_rig *rig, int lane, int kind) {
  idr_random4 r = idr_event_draw(rig, lane, IDR_EVENT_DRAW_SHAPE + (uint32_t)kind);
  float z[2];
  idr_random_normal2(r.word[1], r.word[2], z);
  open_event(rig, lane, kind, IDR_CAUSE_STATE, rig->second[lane]);
  rig->events.notice[kind][lane] = draw_time(idr_event_kinds[kind].notice, z[1]);
}

/* ---- end ---- */
static void tell(const idr_rig *rig, int lane, int kind, int64_t end, bool open) {
  const idr_events *e = &rig->events;
  if (!rig->sink.event) return;
  idr_event_record record = {.kind = kind,
                             .cause = e->cause[kind][lane],
                             .onset = e->onset[kind][lane],
                             .detectable = e->detectable[kind][lane],
                             .end = end,
                             .depth = e->depth[kind][lane],
                             .severity = e->worst[kind][lane],
                             .channels = idr_event_channels(kind),
                             .open = open};
  rig->sink.event(rig->sink.context, lane, &record);
}

/* Balling that was forced leaves its clay to the jets: nothing to write. */
void idr_event_end(idr_rig *rig, int lane, int kind, int64_t end) {
  idr_events *e = &rig->events;
  bool acts = e->cause[kind][lane] != IDR_CAUSE_STATE || kind == IDR_EVENT_STALL;
  tell(rig, lane, kind, end, false);
  e->going[lane] &= ~(1 << kind);
  e->phase[kind][lane] = IDR_COURSE_NONE;
  e->level[kind][lane] = 0.0f;
  rig->crew.trouble[lane] &= ~(1 << kind);
  if (acts) idr_event_act(rig, lane, kind);
}

/* ---- course ---- */
static void fall(idr_events *e, int lane, int kind) {
  float level = e->level[kind][lane];
  e->phase[kind][lane] = IDR_COURSE_FALLING;
  e->age[kind][lane] = (int32_t)((1.0f - level) * (float)e->decay[kind][lane]);
}

/* The level that the next second has. */
static void develop(idr_rig *rig, int lane, int kind) {
  idr_events *e = &rig->events;
  int32_t *age = &e->age[kind][lane], *phase = &e->phase[kind][lane];
  if (*phase == IDR_COURSE_GROWING && *age >= e->grow[kind][lane]) {
    *phase = IDR_COURSE_FULL;
    *age = 0;
  }
  if (*phase == IDR_COURSE_FULL && *age >= e->last[kind][lane]) fall(e, lane, kind);
  (*age)++;
  float up = (float)*age / (float)e->grow[kind][lane];
  float down = 1.0f - (float)*age / (float)e->decay[kind][lane];
  e->level[kind][lane] = *phase == IDR_COURSE_FULL      ? 1.0f
                         : *phase == IDR_COURSE_FALLING ? idr_maxf(down, 0.0f)
                                                        : up;
  if (e->level[kind][lane] <= 0.0f)
    idr_event_end(rig, lane, kind, rig->second[lane] + 1);
  else
    idr_event_act(rig, lane, kind);
}

/* What a trip looks over and changes: string, bit, motor. */
static bool mended_by_trip(int kind) {
  return kind == IDR_EVENT_WASHOUT || kind == IDR_EVENT_PLUGGED || kind == IDR_EVENT_LOST_NOZZLE ||
         kind == IDR_EVENT_STALL || kind == IDR_EVENT_BALLING;
}

static void detect(idr_rig *rig, int lane, int kind) {
  idr_events *e = &rig->events;
  for (int k = 0; k < IDR_EVENT_SIGNS; k++) {
    float direction = idr_event_kinds[kind].sign[k].direction;
    float value = rig->hole->value[idr_event_kinds[kind].sign[k].channel][lane];
    float off = direction * (value - e->before[kind * IDR_EVENT_SIGNS + k][lane]);
    if (direction != 0.0f && off > e->margin[kind * IDR_EVENT_SIGNS + k][lane]) {
      e->detectable[kind][lane] = rig->second[lane];
      return;
    }
  }
}

/* Tells the crew what it has had time to notice, and takes what it has cured. */
static void report(idr_rig *rig, int lane, int kind) {
  idr_events *e = &rig->events;
  const int32_t bit = 1 << kind;
  int64_t seen = e->detectable[kind][lane];
  bool course = e->cause[kind][lane] != IDR_CAUSE_STATE || kind == IDR_EVENT_STALL;
  if (rig->crew.cured[lane] & bit) {
    if (course && !e->fixed[kind][lane] && e->phase[kind][lane] != IDR_COURSE_FALLING)
      fall(e, lane, kind);
    return;
  }
  if (seen >= 0 && rig->second[lane] - seen == e->notice[kind][lane])
    rig->crew.trouble[lane] |= bit;
}

static void work_on(idr_rig *rig, int lane, int kind, bool tripped) {
  idr_events *e = &rig->events;
  float now = e->severity[kind][lane] * e->level[kind][lane];
  bool course = e->cause[kind][lane] != IDR_CAUSE_STATE || kind == IDR_EVENT_STALL;
  if (e->detectable[kind][lane] < 0) detect(rig, lane, kind);
  report(rig, lane, kind);
  if (!course) return;
  e->worst[kind][lane] = idr_maxf(e->worst[kind][lane], now);
  if (tripped && mended_by_trip(kind) && !e->fixed[kind][lane])
    idr_event_end(rig, lane, kind, rig->second[lane] + 1);
  else
    develop(rig, lane, kind);
}

/* ---- labels ---- */
static void label(idr_events *e, int lane, int64_t now) {
  int64_t first = INT64_MAX;
  e->active[lane] = 0;
  e->code[lane] = IDR_EVENT_NORMAL;
  for (int k = 0; k < IDR_EVENT_COUNT; k++) {
    if (!(e->going[lane] >> k & 1) || e->onset[k][lane] > now) continue;
    e->active[lane] |= 1 << k;
    if (e->onset[k][lane] >= first) continue;
    first = e->onset[k][lane];
    e->code[lane] = 1 + k + (e->level[k][lane] < 1.0f ? IDR_EVENT_TRANSIENT : 0);
  }
}

static void lane_second(idr_rig *rig, int lane, bool tripped) {
  idr_events *e = &rig->events;
  label(e, lane, rig->second[lane]);
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    if (e->active[lane] >> k & 1) work_on(rig, lane, k, tripped);
}

static void lanes_second(idr_rig *rig) {
  idr_events *e = &rig->events;
  for (int i = 0; i < rig->hole->lanes; i++) {
    bool tripped = e->trips[i] != rig->hole->trips[i];
    if (tripped) {
      e->trips[i] = rig->hole->trips[i];
      e->circulated[i] = e->starts[i] = 0.0;
    }
    if (e->going[i] | e->active[i]) lane_second(rig, i, tripped);
    rig->crew.cured[i] = 0;
  }
}

/* ---- script ---- */
/* One that goes on already makes room for the scripted one. */
static void begin_scripted(idr_rig *rig, int lane, const idr_script_item *item, int64_t onset) {
  idr_event_start start = {item->kind, IDR_CAUSE_SCRIPTED, item->severity, onset, item->duration};
  if (rig->events.going[lane] >> item->kind & 1) idr_event_end(rig, lane, item->kind, onset);
  idr_event_begin(rig, lane, &start);
}

static void follow_script(idr_rig *rig, int lane, int64_t next) {
  const idr_script *script = &rig->events.script;
  int32_t *k = &rig->events.planned[lane];
  for (; *k < script->count && script->item[*k].onset <= next; ++*k)
    begin_scripted(rig, lane, &script->item[*k], next);
}

/* ---- as the rig calls them ---- */
/* On the next well what is past of the script stays past. */
void idr_events_place(idr_rig *rig, int lane) {
  idr_events *e = &rig->events;
  e->bit_before[lane] = rig->hole->bit_depth[lane];
  while (e->planned[lane] < e->script.count &&
         e->script.item[e->planned[lane]].onset < rig->second[lane])
    e->planned[lane]++;
  if (rig->settings.mode != IDR_RIG_BASIC) follow_script(rig, lane, rig->second[lane]);
}

void idr_events_second(idr_rig *rig) {
  if (rig->settings.mode == IDR_RIG_BASIC) return;
  idr_events_clocks(rig);
  idr_events_physics(rig);
  lanes_second(rig);
  if (rig->events.script.count)
    for (int i = 0; i < rig->hole->lanes; i++)
      follow_script(rig, i, rig->second[i] + 1);
  idr_events_hazard(rig);
  idr_events_observe(rig);
}

void idr_events_finish(idr_rig *rig, int lane) {
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    if (rig->events.active[lane] >> k & 1) tell(rig, lane, k, rig->second[lane], true);
}
