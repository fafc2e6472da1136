/* One interval of a well as a policy drilled it: a row per control period, as a log of the rig
 * would have it, and the rock beside it. Filled by the job that plays the policy; drawn and written
 * as CSV here. SI inside; what people see is in field or metric units. */
#ifndef IDR_REPORT_TRACE_H
#define IDR_REPORT_TRACE_H

#include "drill/channel.h"
#include "drill/state.h"
#include "drill/well.h"
#include <stdint.h>

/* ---- units of the page ----------------------------------------------------------------------- */
#define IDR_REPORT_UNITS "metric|field"
typedef enum { IDR_REPORT_METRIC, IDR_REPORT_FIELD } idr_report_units;

/* A unit as people read it: shown value = (SI value - offset) * scale. */
typedef struct {
  const char *name;
  double scale, offset;
} idr_shown_unit;

/* Unit of a channel: that of the channel table, or its field unit. */
idr_shown_unit idr_report_channel_unit(idr_report_units units, idr_channel_id channel);
idr_shown_unit idr_report_strength_unit(idr_report_units units); /* of rock: MPa or ksi */
idr_shown_unit idr_report_cost_unit(idr_report_units units);     /* USD/m or USD/ft; SI is USD/m */
double idr_report_show(idr_shown_unit unit, double si);

/* ---- the trace ------------------------------------------------------------------------------- */
typedef struct {
  double time;                    /* s of charged rig time since the start */
  double depth;                   /* m, measured, at the end of the period */
  double cost;                    /* USD since the start */
  double bits;                    /* bit lives used up since the start */
  float value[IDR_CHANNEL_COUNT]; /* means of the period */
  float ssi_most;                 /* greatest stick-slip index of the period */
  float wob_set, omega_set, flow_set;
  float wear;                           /* of the bit */
  float ucs;                            /* Pa, at the bit */
  float pore_density, fracture_density; /* kg/m3, what the mud must stay between */
  int32_t lithology;                    /* idr_lithology */
  int32_t trips, connections;           /* so far */
} idr_trace_row;

typedef struct {
  float top, bottom; /* m, measured */
  float ucs;         /* Pa */
  int32_t lithology;
} idr_trace_layer;

typedef struct {
  char title[384];            /* which well and start */
  char end[96];               /* how it ended: "finished", "hole lost: pack-off" */
  char policy[192];           /* whose hand: "checkpoint at 4030464 of ... steps" */
  double start, interval;     /* m */
  double rig_rate, bit_price; /* USD/day, USD */
  int64_t count, capacity;
  idr_trace_row *row;
  int layer_count;
  idr_trace_layer *layer; /* those that the interval meets */
  bool failed;            /* a row could not be kept: no memory */
} idr_trace;

void idr_trace_free(idr_trace *trace);
/* Adds what lane `lane` of a group shows after a control period; `time` and `cost` as in the row.
 * No memory sets `failed`. */
void idr_trace_add(idr_trace *trace, const idr_drill_group *group, int lane, double time,
                   double cost);
/* Copies the layers of the well between two depths. MEMORY. */
idr_status idr_trace_take_layers(idr_trace *trace, const idr_well *well, double top, double bottom);
const char *idr_lithology_name(int lithology); /* "sandstone"; "rock" for what the list lacks */

/* All rows as CSV, a line of names with units first. Replaces the file atomically. */
idr_status idr_trace_write(const idr_trace *trace, idr_report_units units, const char *file);

#endif
