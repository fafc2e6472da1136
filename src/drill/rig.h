/* A rig at work: the physics of 64 wells (state.h, step.h) with what stands on the floor around
 * them. The hole is deterministic; everything that is drawn, and everything that people do, is
 * here:
 *
 *     crew.h       what the rig is doing (drilling, connection, tripping, casing, ...) and
 * set-points events.h     hazards, onset, severity, development and remedy of what goes wrong in
 * the hole equipment.h  machines that wear under load, fail and are repaired sensors.h    what the
 * gauges show of it
 *
 * One second: crew -> step -> equipment -> events -> sensors. Each part keeps its state in a table
 * of its own, like the group's, and has its own draws (Philox keyed by seed, well, second,
 * purpose), so that a well's months do not depend on its lane, its neighbours, threads or ranks.
 */
#ifndef IDR_DRILL_RIG_H
#define IDR_DRILL_RIG_H

#include "drill/crew.h"
#include "drill/equipment.h"
#include "drill/events.h"
#include "drill/rig_settings.h"
#include "drill/sensors.h"
#include "drill/state.h"
#include <stdbool.h>

/* What is told about a lane when something is over or still open at the end. Times are whole
 * seconds of the well's own clock (0 is its first second); end is the second after the last. */
typedef struct {
  int32_t kind; /* idr_event_kind */
  int32_t cause;
  int64_t onset, detectable, end;
  double depth;      /* of the bit at the onset, m */
  float severity;    /* 0 to 1, the largest it had */
  uint64_t channels; /* that carry its signature: bit 1 << idr_channel_id */
  bool open;         /* still going on when the record was cut */
} idr_event_record;

typedef struct {
  int32_t machine; /* idr_machine */
  int32_t life;    /* 0 for the machine that was there at the beginning */
  int64_t begin, end;
  double hours;  /* operating hours when it ended */
  double age;    /* operating hours that it came with */
  int32_t state; /* idr_life_state: failed, replaced in time, censored */
} idr_life_record;

/* A bit that came out. */
typedef struct {
  int32_t run; /* 0 for the bit that was there at the beginning */
  int32_t section;
  int64_t begin, end;
  double depth_in, depth_out; /* m */
  double hours;               /* on bottom */
  double turns;
  idr_dull grade;
} idr_bit_record;

/* Receives records as they end; NULL members: not wanted. `lane` is the lane's index. */
typedef struct {
  void *context;
  void (*event)(void *context, int lane, const idr_event_record *record);
  void (*life)(void *context, int lane, const idr_life_record *record);
  void (*bit)(void *context, int lane, const idr_bit_record *record);
} idr_rig_sink;

/* Gives the rig with this `id` its well number `number` (1: the second), which must outlive the rig
 * and be the same one whenever it is asked for. NULL, or a NULL answer: the same well again. Called
 * from idr_rig_second and idr_rig_lane_load, so from the thread that calls them. */
typedef struct {
  void *context;
  const idr_well *(*well)(void *context, uint32_t id, int number);
} idr_rig_next;

typedef struct {
  idr_drill_group *hole; /* owned */
  idr_rig_settings settings;
  idr_crew crew;
  idr_equipment equipment;
  idr_events events;
  idr_sensors sensors;
  idr_rig_sink sink;
  idr_rig_next next;
  int64_t second[IDR_LANES]; /* of the well's clock: seconds done */
  uint32_t id[IDR_LANES];    /* number of the well in the data set: key of its draws */
} idr_rig;

/* A rig for up to `wells` (1 to IDR_LANES) wells. Every lane must be placed before the first second
 * (idr_rig_create places none). The caller frees it. */
idr_status idr_rig_create(const idr_rig_settings *settings, int wells, idr_rig **out);
void idr_rig_free(idr_rig *rig); /* NULL allowed */

/* Puts well number `id` under a lane, at `depth` (m) with a new bit, or for depth 0 somewhere in
 * the well's programme, drawn, with a bit that has drilled. When a well is finished the rig moves
 * and spuds the next one (see idr_rig_next), and its clock goes on: a record of months may hold
 * several wells. `well` must outlive the rig. */
idr_status idr_rig_place(idr_rig *rig, int lane, const idr_well *well, uint32_t id, double depth);

/* One second of all lanes. Afterwards: true values in hole->value, readings in sensors.reading,
 * labels in crew.activity, events.code and events.active, sensors.fault; see there. */
void idr_rig_second(idr_rig *rig);

/* Tells the sink what is still open, as such; once, at the end of a record. */
void idr_rig_finish(idr_rig *rig, int lane);

/* A lane's whole state as bytes, to go on later to the same bits. To load it give the lane's first
 * well; later ones come from rig->next. */
size_t idr_rig_lane_bytes(void);
void idr_rig_lane_save(const idr_rig *rig, int lane, void *bytes);
idr_status idr_rig_lane_load(idr_rig *rig, int lane, const idr_well *well, const void *bytes);

#endif
