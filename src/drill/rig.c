#include "drill/rig.h"

#include "drill/crew_internal.h"
#include "drill/rig_internal.h"
#include "drill/step.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define idr_row_type idr_rig_settings
const idr_setting idr_rig_rows[] = {IDR_RIG_ROWS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_rig_row_count = (int)(sizeof idr_rig_rows / sizeof idr_rig_rows[0]);

idr_status idr_rig_create(const idr_rig_settings *settings, int wells, idr_rig **out) {
  *out = NULL;
  if (wells < 1 || wells > IDR_LANES)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "a rig works on 1 to %d wells at a time, not %d", IDR_LANES,
             wells);
  if (settings->mode == IDR_RIG_BASIC && settings->script[0])
    IDR_FAIL(IDR_STATUS_CONFIG,
             "mode basic has no events, but script asks for \"%s\"; choose mode "
             "advanced or leave script empty",
             settings->script);
  size_t size = (sizeof(idr_rig) + 63) / 64 * 64;
  idr_rig *rig = aligned_alloc(64, size);
  if (!rig) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a rig (%zu bytes)", size);
  memset(rig, 0, size);
  rig->settings = *settings;
  idr_status status = idr_script_read(settings->script, &rig->events.script);
  if (status == IDR_STATUS_OK) status = idr_drill_group_create(&rig->hole);
  if (status != IDR_STATUS_OK) {
    free(rig);
    return idr_trace_at(status, __func__, __FILE__, __LINE__);
  }
  rig->hole->lanes = (wells + 7) / 8 * 8;
  *out = rig;
  return IDR_STATUS_OK;
}

void idr_rig_free(idr_rig *rig) {
  if (!rig) return;
  idr_drill_group_free(rig->hole);
  free(rig);
}

/* ---- lanes: from the tables ---- */
/* Every value of a lane beside the hole's, as V(value). */
#define RIG_ONE(part, name) VISIT(rig->part.name[lane])
#define RIG_MANY(part, name, count)                                                                \
  for (int k = 0; k < (count); k++) {                                                              \
    VISIT(rig->part.name[k][lane])                                                                 \
  }
#define CREW_ONE(type, name, unit, doc)              RIG_ONE(crew, name)
#define CREW_MANY(type, name, count, unit, doc)      RIG_MANY(crew, name, count)
#define EQUIPMENT_ONE(type, name, unit, doc)         RIG_ONE(equipment, name)
#define EQUIPMENT_MANY(type, name, count, unit, doc) RIG_MANY(equipment, name, count)
#define EVENTS_ONE(type, name, unit, doc)            RIG_ONE(events, name)
#define EVENTS_MANY(type, name, count, unit, doc)    RIG_MANY(events, name, count)
#define SENSORS_ONE(type, name, unit, doc)           RIG_ONE(sensors, name)
#define SENSORS_MANY(type, name, count, unit, doc)   RIG_MANY(sensors, name, count)
#define VISIT_ALL                                                                                  \
  VISIT(rig->second[lane])                                                                         \
  VISIT(rig->id[lane])                                                                             \
  IDR_CREW_LIST(CREW_ONE, CREW_MANY)                                                               \
  IDR_EQUIPMENT_LIST(EQUIPMENT_ONE, EQUIPMENT_MANY)                                                \
  IDR_EVENTS_LIST(EVENTS_ONE, EVENTS_MANY)                                                         \
  IDR_SENSORS_LIST(SENSORS_ONE, SENSORS_MANY)

static size_t own_bytes(void) {
  const idr_rig *rig = NULL;
  const int lane = 0;
  size_t bytes = 0;
#define VISIT(value) bytes += sizeof(value);
  VISIT_ALL
#undef VISIT
  return bytes;
}

size_t idr_rig_lane_bytes(void) {
  return own_bytes() + idr_drill_lane_bytes();
}

void idr_rig_lane_save(const idr_rig *rig, int lane, void *bytes) {
  char *to = bytes;
#define VISIT(value)                                                                               \
  memcpy(to, &(value), sizeof(value));                                                             \
  to += sizeof(value);
  VISIT_ALL
#undef VISIT
  idr_drill_lane_save(rig->hole, lane, to);
}

idr_status idr_rig_lane_load(idr_rig *rig, int lane, const idr_well *well, const void *bytes) {
  const idr_well *later = NULL;
  const char *from = bytes;
#define VISIT(value)                                                                               \
  memcpy(&(value), from, sizeof(value));                                                           \
  from += sizeof(value);
  VISIT_ALL
#undef VISIT
  if (rig->crew.well_number[lane] > 0 && rig->next.well)
    later = rig->next.well(rig->next.context, rig->id[lane], rig->crew.well_number[lane]);
  idr_drill_lane_load(rig->hole, lane, later ? later : well, from);
  const char *damaged = idr_drill_lane_damage(rig->hole, lane);
  if (damaged)
    IDR_FAIL(IDR_STATUS_FORMAT, "the saved state of a rig is damaged: %s of well %u", damaged,
             (unsigned)rig->id[lane]);
  return IDR_STATUS_OK;
}

static void clear_lane(idr_rig *rig, int lane) {
#define VISIT(value) (value) = 0;
  VISIT_ALL
#undef VISIT
}

/* ---- at work ---- */
#define SPUD 30.0 /* m of conductor before a rig drills (assumed) */

static double spud_depth(const idr_well *well) {
  return fmin(well->section[0].top + SPUD, 0.5 * well->depth);
}

idr_status idr_rig_place(idr_rig *rig, int lane, const idr_well *well, uint32_t id, double depth) {
  idr_random4 words = idr_random_draw((uint64_t)rig->settings.seed, id, 0, 0, IDR_PURPOSE_RESET, 0);
  double top = spud_depth(well), span = 0.98 * well->depth - top;
  idr_drill_start start = {.depth = depth};
  if (!(depth > 0.0)) {
    start.depth = top + span * (double)idr_random_uniform(words.word[0]);
    start.wear = 0.6 * (double)idr_random_uniform(words.word[1]);
  }
  IDR_TRY(idr_drill_reset(rig->hole, lane, well, &start));
  clear_lane(rig, lane);
  rig->id[lane] = id;
  idr_crew_place(rig, lane);
  if (!(depth > 0.0)) idr_crew_anywhere(rig, lane);
  idr_equipment_place(rig, lane);
  idr_events_place(rig, lane);
  idr_sensors_place(rig, lane);
  return IDR_STATUS_OK;
}

/* What goes on in the old hole is over. The rig's clock, its machines and its gauges go on. */
void idr_rig_next_well(idr_rig *rig, int lane) {
  idr_drill_group *g = rig->hole;
  int32_t number = rig->crew.well_number[lane] + 1;
  const idr_well *well = NULL;
  if (rig->next.well) well = rig->next.well(rig->next.context, rig->id[lane], number);
  if (!well) well = g->well[lane];
  idr_drill_start start = {.depth = spud_depth(well)};
  idr_events_finish(rig, lane);
  idr_crew crew = rig->crew;
  (void)idr_drill_reset(g, lane, well, &start); /* the depth is inside the well */
#define VISIT(value) (value) = 0;
  IDR_CREW_LIST(CREW_ONE, CREW_MANY)
  IDR_EVENTS_LIST(EVENTS_ONE, EVENTS_MANY)
#undef VISIT
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    rig->crew.repair_asked[m][lane] = crew.repair_asked[m][lane];
  rig->crew.repaired[lane] = crew.repaired[lane];
  rig->crew.well_number[lane] = number;
  idr_crew_place(rig, lane);
  idr_events_place(rig, lane);
}

void idr_rig_second(idr_rig *rig) {
  idr_crew_second(rig);
  idr_drill_step(rig->hole, 1);
  idr_equipment_second(rig);
  idr_events_second(rig);
  idr_sensors_second(rig);
  for (int i = 0; i < rig->hole->lanes; i++)
    rig->second[i]++;
}

void idr_rig_finish(idr_rig *rig, int lane) {
  idr_equipment_finish(rig, lane);
  idr_events_finish(rig, lane);
}
