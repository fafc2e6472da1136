#include "report/trace.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- units ----------------------------------------------------------------------------------- */

/* Field units of the channels whose metric display unit is not used in the field. */
static const struct {
  idr_channel_id channel;
  const char *unit; /* of base/units.h */
} field[] = {{IDR_CHANNEL_DEPTH, "ft"},         {IDR_CHANNEL_TVD, "ft"},
             {IDR_CHANNEL_ROP, "ft/h"},         {IDR_CHANNEL_HOOKLOAD, "klbf"},
             {IDR_CHANNEL_WOB, "klbf"},         {IDR_CHANNEL_TORQUE, "kft.lbf"},
             {IDR_CHANNEL_SPP, "psi"},          {IDR_CHANNEL_FLOW_OUT, "gpm"},
             {IDR_CHANNEL_FLOW_IN, "gpm"},      {IDR_CHANNEL_MUD_DENSITY, "ppg"},
             {IDR_CHANNEL_ECD, "ppg"},          {IDR_CHANNEL_ECD_SHOE, "ppg"},
             {IDR_CHANNEL_TEMPERATURE, "degF"}, {IDR_CHANNEL_MSE, "ksi"}};

static idr_shown_unit named_unit(const char *name) {
  const idr_unit *unit = idr_unit_find(name);
  if (!unit) return (idr_shown_unit){name, 1, 0};
  return (idr_shown_unit){name, 1 / unit->factor, unit->offset};
}

idr_shown_unit idr_report_channel_unit(idr_report_units units, idr_channel_id channel) {
  const idr_channel *c = &idr_channels[channel];
  for (size_t i = 0; units == IDR_REPORT_FIELD && i < sizeof field / sizeof field[0]; i++)
    if (field[i].channel == channel) return named_unit(field[i].unit);
  return (idr_shown_unit){c->display, c->scale, c->offset};
}

idr_shown_unit idr_report_strength_unit(idr_report_units units) {
  return named_unit(units == IDR_REPORT_FIELD ? "ksi" : "MPa");
}

idr_shown_unit idr_report_cost_unit(idr_report_units units) {
  return named_unit(units == IDR_REPORT_FIELD ? "USD/ft" : "USD/m");
}

double idr_report_show(idr_shown_unit unit, double si) {
  return (si - unit.offset) * unit.scale;
}

/* ---- the trace ------------------------------------------------------------------------------- */

void idr_trace_free(idr_trace *trace) {
  free(trace->row);
  free(trace->layer);
  *trace = (idr_trace){.count = 0};
}

static bool make_room(idr_trace *trace) {
  if (trace->count < trace->capacity) return true;
  int64_t capacity = trace->capacity ? 2 * trace->capacity : 1024;
  idr_trace_row *row = realloc(trace->row, (size_t)capacity * sizeof *row);
  trace->failed = trace->failed || !row;
  if (!row) return false;
  trace->row = row;
  trace->capacity = capacity;
  return true;
}

void idr_trace_add(idr_trace *trace, const idr_drill_group *group, int lane, double time,
                   double cost) {
  if (!make_room(trace)) return;
  const idr_layer *layer = &group->well[lane]->layer[group->layer[lane]];
  idr_trace_row *row = &trace->row[trace->count++];
  *row = (idr_trace_row){.time = time,
                         .cost = cost,
                         .depth = group->depth[lane],
                         .bits = group->bits_worn[lane],
                         .ssi_most = group->most[IDR_CHANNEL_SSI][lane],
                         .wob_set = group->wob_set[lane],
                         .omega_set = group->omega_set[lane],
                         .flow_set = group->flow_set[lane],
                         .wear = group->wear[lane],
                         .ucs = group->ucs[lane],
                         .pore_density = layer->pore_density,
                         .fracture_density = group->fracture_density[lane],
                         .lithology = layer->lithology,
                         .trips = group->trips[lane],
                         .connections = group->connections[lane]};
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    row->value[c] = group->mean[c][lane];
}

idr_status idr_trace_take_layers(idr_trace *trace, const idr_well *well, double top,
                                 double bottom) {
  int first = idr_well_find_layer(well, top), last = idr_well_find_layer(well, bottom);
  trace->layer = calloc((size_t)(last - first + 1), sizeof *trace->layer);
  if (!trace->layer) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the layers of a drilled well");
  trace->layer_count = last - first + 1;
  for (int i = first; i <= last; i++)
    trace->layer[i - first] = (idr_trace_layer){well->layer[i].top, well->layer[i].bottom,
                                                well->layer[i].ucs, well->layer[i].lithology};
  return IDR_STATUS_OK;
}

const char *idr_lithology_name(int lithology) {
  static const char *const names[] = {"sandstone", "shale", "limestone", "dolomite", "granite"};
  _Static_assert(sizeof names / sizeof names[0] == IDR_LITHOLOGY_COUNT, "a name per lithology");
  return lithology >= 0 && lithology < IDR_LITHOLOGY_COUNT ? names[lithology] : "rock";
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void write_head(idr_report_units units, FILE *out) {
  const char *depth = idr_report_channel_unit(units, IDR_CHANNEL_DEPTH).name;
  fprintf(out, "time [h],depth [%s],lithology,ucs [%s]", depth,
          idr_report_strength_unit(units).name);
  static const idr_channel_id set[] = {IDR_CHANNEL_WOB, IDR_CHANNEL_OMEGA, IDR_CHANNEL_FLOW_IN};
  for (int i = 0; i < 3; i++)
    fprintf(out, ",%s_set [%s]", idr_channels[set[i]].name,
            idr_report_channel_unit(units, set[i]).name);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    if (c != IDR_CHANNEL_DEPTH)
      fprintf(out, ",%s [%s]", idr_channels[c].name,
              idr_report_channel_unit(units, (idr_channel_id)c).name);
  const char *density = idr_report_channel_unit(units, IDR_CHANNEL_ECD).name;
  fprintf(out,
          ",stick_slip_index_max [-],pore_pressure [%s],fracture_pressure [%s],bit_wear [-],"
          "bits [-],bit_trips [-],connections [-],cost [USD]\n",
          density, density);
}

static void write_row(const idr_trace_row *r, idr_report_units units, FILE *out) {
  idr_shown_unit density = idr_report_channel_unit(units, IDR_CHANNEL_ECD);
  fprintf(out, "%.6g,%.8g,%s,%.6g", r->time / 3600.0,
          idr_report_show(idr_report_channel_unit(units, IDR_CHANNEL_DEPTH), r->depth),
          idr_lithology_name(r->lithology),
          idr_report_show(idr_report_strength_unit(units), (double)r->ucs));
  fprintf(
      out, ",%.6g,%.6g,%.6g",
      idr_report_show(idr_report_channel_unit(units, IDR_CHANNEL_WOB), (double)r->wob_set),
      idr_report_show(idr_report_channel_unit(units, IDR_CHANNEL_OMEGA), (double)r->omega_set),
      idr_report_show(idr_report_channel_unit(units, IDR_CHANNEL_FLOW_IN), (double)r->flow_set));
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    if (c != IDR_CHANNEL_DEPTH)
      fprintf(
          out, ",%.6g",
          idr_report_show(idr_report_channel_unit(units, (idr_channel_id)c), (double)r->value[c]));
  fprintf(out, ",%.6g,%.6g,%.6g,%.6g,%.6g,%d,%d,%.8g\n", (double)r->ssi_most,
          idr_report_show(density, (double)r->pore_density),
          idr_report_show(density, (double)r->fracture_density), (double)r->wear, r->bits, r->trips,
          r->connections, r->cost);
}

idr_status idr_trace_write(const idr_trace *trace, idr_report_units units, const char *file) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *memory = open_memstream(&text, &bytes);
  if (!memory) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for '%s'", file);
  write_head(units, memory);
  for (int64_t i = 0; i < trace->count; i++)
    write_row(&trace->row[i], units, memory);
  bool complete = fclose(memory) == 0;
  idr_status status = complete ? idr_file_write(file, text, bytes)
                               : idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__,
                                             "no memory for '%s'", file);
  free(text);
  IDR_TRY(status);
  return IDR_STATUS_OK;
}
