#include "drill/state.h"

#include "drill/critical_speed.h"
#include "drill/cuttings.h"
#include "drill/formation.h"
#include "drill/hydraulics.h"
#include "drill/influx.h"
#include "drill/mud_density.h"
#include "drill/path.h"
#include "drill/step_internal.h"
#include "drill/string2dof.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const idr_state_field idr_state_fields[] = {
#define IDR_STATE_ONE(type, name, unit, doc)         {#type, #name, 1, unit, doc},
#define IDR_STATE_MANY(type, name, count, unit, doc) {#type, #name, count, unit, doc},
    IDR_STATE_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
};
const int idr_state_field_count = (int)(sizeof idr_state_fields / sizeof idr_state_fields[0]);

idr_status idr_drill_group_create(idr_drill_group **out) {
  size_t size = (sizeof(idr_drill_group) + 63) / 64 * 64;
  *out = aligned_alloc(64, size);
  if (!*out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells (%zu bytes)", IDR_LANES, size);
  memset(*out, 0, size);
  (*out)->lanes = IDR_LANES;
  return IDR_STATUS_OK;
}

void idr_drill_group_free(idr_drill_group *group) {
  free(group);
}

/* ---- saving, loading, scanning: from the table ---- */
size_t idr_drill_lane_bytes(void) {
  return 0
#define IDR_STATE_ONE(type, name, unit, doc)         +sizeof(type)
#define IDR_STATE_MANY(type, name, count, unit, doc) +sizeof(type) * (size_t)(count)
      IDR_STATE_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
          ;
}

void idr_drill_lane_save(const idr_drill_group *group, int lane, void *bytes) {
  char *to = bytes;
#define IDR_STATE_COPY(value)                                                                      \
  memcpy(to, &(value), sizeof(value));                                                             \
  to += sizeof(value);
#define IDR_STATE_ONE(type, name, unit, doc) IDR_STATE_COPY(group->name[lane])
#define IDR_STATE_MANY(type, name, count, unit, doc)                                               \
  for (int k = 0; k < (count); k++) {                                                              \
    IDR_STATE_COPY(group->name[k][lane])                                                           \
  }
  IDR_STATE_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
#undef IDR_STATE_COPY
}

void idr_drill_lane_load(idr_drill_group *group, int lane, const idr_well *well,
                         const void *bytes) {
  const char *from = bytes;
  group->well[lane] = well;
#define IDR_STATE_COPY(value)                                                                      \
  memcpy(&(value), from, sizeof(value));                                                           \
  from += sizeof(value);
#define IDR_STATE_ONE(type, name, unit, doc) IDR_STATE_COPY(group->name[lane])
#define IDR_STATE_MANY(type, name, count, unit, doc)                                               \
  for (int k = 0; k < (count); k++) {                                                              \
    IDR_STATE_COPY(group->name[k][lane])                                                           \
  }
  IDR_STATE_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
#undef IDR_STATE_COPY
}

/* First lane in which `row` is not finite, or -1. Integer fields are finite by nature. */
static int scan_row(const char *type, const void *row, int begin, int end) {
  if (!strcmp(type, "int32_t")) return -1;
  int is_float = !strcmp(type, "float");
  for (int i = begin; i < end; i++) {
    double v = is_float ? (double)((const float *)row)[i] : ((const double *)row)[i];
    if (!isfinite(v)) return i;
  }
  return -1;
}

int idr_drill_scan(const idr_drill_group *group, int begin, int end, const char **field) {
  const char *row = (const char *)group;
  for (int f = 0; f < idr_state_field_count; f++) {
    const idr_state_field *d = &idr_state_fields[f];
    size_t width = IDR_LANES * (strcmp(d->type, "double") ? sizeof(float) : sizeof(double));
    for (int k = 0; k < d->count; k++, row += width) {
      int lane = scan_row(d->type, row, begin, end);
      if (lane < 0) continue;
      *field = d->name;
      return lane;
    }
  }
  return -1;
}

/* A crew drills to the end of the section, the others to that of the well. */
static double bottom_of(const idr_drill_group *g, int i) {
  return g->crewed[i] ? g->well[i]->section[g->section[i]].bottom : g->well[i]->depth;
}

const char *idr_drill_lane_damage(const idr_drill_group *group, int lane) {
  const idr_well *well = group->well[lane];
  const char *field = NULL;
  if (idr_drill_scan(group, lane, lane + 1, &field) >= 0) return field;
  if (group->layer[lane] < 0 || group->layer[lane] >= well->layer_count) return "layer";
  if (group->section[lane] < 0 || group->section[lane] >= well->section_count) return "section";
  if (group->path[lane] < 0 || group->path[lane] >= well->path_count) return "path";
  /* The last step to the bottom may be rounded beyond it. */
  if (!(group->depth[lane] > 0.0) || group->depth[lane] > well->depth + 1e-6) return "depth";
  if (group->bottom[lane] != bottom_of(group, lane)) return "bottom";
  if (group->bit_path[lane] < 0 || group->bit_path[lane] >= well->path_count) return "bit_path";
  if (group->bit_depth[lane] < 0.0 || group->bit_depth[lane] > group->depth[lane])
    return "bit_depth";
  return NULL;
}

/* ---- copies of the well at the bit ---- */
static void copy_layer(idr_drill_group *g, int i) {
  const idr_well *w = g->well[i];
  const idr_layer *layer = &w->layer[g->layer[i]];
  g->ucs[i] = layer->ucs;
  g->abrasiveness[i] = layer->abrasiveness;
  g->stickiness[i] = layer->stickiness;
  g->pore_density[i] = layer->pore_density;
  g->gamma_ray[i] = layer->gamma_ray;
  g->rock_density[i] = layer->density;
  g->porosity[i] = layer->porosity;
  g->value[IDR_CHANNEL_RESISTIVITY][i] = layer->resistivity;
  g->value[IDR_CHANNEL_ROCK_DENSITY][i] = layer->density;
  g->value[IDR_CHANNEL_POROSITY][i] = layer->porosity;
  /* The weakest rock of the open hole takes the mud. Layers know their depths as floats. */
  float shoe = (float)idr_well_shoe_depth(w, g->section[i]);
  float weakest = layer->fracture_density;
  for (int k = g->layer[i]; k >= 0 && w->layer[k].bottom > shoe; k--)
    weakest = idr_minf(weakest, w->layer[k].fracture_density);
  g->fracture_density[i] = weakest;
}

/* What gas the open hole holds, as if all of it had the greatest of its pressures. */
static void copy_gas(idr_drill_group *g, int i) {
  const idr_well *w = g->well[i];
  double shoe = idr_well_shoe_depth(w, g->section[i]), index = 0.0;
  g->gas_density[i] = 0.0f;
  for (int k = g->layer[i]; k >= 0 && (double)w->layer[k].bottom > shoe; k--) {
    const idr_layer *l = &w->layer[k];
    double open = fmin((double)l->bottom, g->depth[i]) - fmax((double)l->top, shoe);
    index += (double)l->gas * IDR_INFLUX_METRE * fmax(open, 0.0);
    if (l->gas > 0.0f) g->gas_density[i] = idr_maxf(g->gas_density[i], l->pore_density);
  }
  g->influx_index[i] = (float)fmin(index, IDR_INFLUX_MOST);
  g->influx_metre[i] = w->layer[g->layer[i]].gas * (float)IDR_INFLUX_METRE;
  g->influx_from[i] = (float)g->depth[i];
}

static void copy_mud(idr_drill_group *g, int i, const idr_well_section *s) {
  g->mud_density[i] = (float)s->mud_density + g->mud_added[i];
  g->mud_yield[i] = (float)s->mud_yield;
  g->mud_consistency[i] = (float)s->mud_consistency;
  g->mud_index[i] = (float)s->mud_index;
  for (int k = 0; k < 2; k++) {
    idr_rheology r = idr_rheology_prepare(g->mud_density[i], g->mud_yield[i], g->mud_consistency[i],
                                          g->mud_index[i], (float)k);
    g->mud_rate[k][i] = r.rate;
    g->mud_stress[k][i] = r.stress;
    g->mud_transition[i] = r.transition;
    g->mud_turbulent[i] = r.turbulent;
    g->mud_slope[i] = r.slope;
  }
}

static void copy_section(idr_drill_group *g, int i) {
  const idr_well *w = g->well[i];
  const idr_well_section *s = &w->section[g->section[i]];
  g->hole_diameter[i] = (float)s->hole_diameter;
  g->bit_radius[i] = (float)(0.5 * s->bit_diameter);
  g->blades[i] = (float)s->bit_blades;
  g->nozzle_area[i] = (float)s->bit_nozzle_area;
  g->exposure[i] = (float)s->bit_exposure;
  g->flat_new[i] = (float)s->bit_flat_new;
  g->flat_dull[i] = (float)s->bit_flat_dull;
  g->bit_kind[i] = s->bit_kind;
  g->rop_law[i] = s->rop_law;
  g->shoe_depth[i] = (float)idr_well_shoe_depth(w, g->section[i]);
  g->shoe_tvd[i] = (float)idr_path_tvd(w, idr_well_shoe_depth(w, g->section[i]));
  g->shoe_diameter[i] = (float)idr_well_shoe_diameter(w, g->section[i]);
  copy_mud(g, i, s);
}

static void copy_rig(idr_drill_group *g, int i) {
  const idr_well_rig *r = &g->well[i]->rig;
  g->wob_max[i] = (float)r->wob_max;
  g->omega_max[i] = (float)r->rpm_max;
  g->flow_min[i] = (float)r->flow_min;
  g->flow_max[i] = (float)r->flow_max;
  g->pressure_max[i] = (float)r->pressure_max;
  g->torque_max[i] = (float)r->torque_max;
  g->rop_max[i] = (float)r->rop_max;
  g->wob_rate[i] = (float)r->wob_rate;
  g->omega_rate[i] = (float)r->rpm_rate;
  g->flow_rate[i] = (float)r->flow_rate;
  g->top_inertia[i] = (float)r->top_drive_inertia;
  g->pit_full[i] = (float)r->pit_volume;
  g->surface_temperature[i] = (float)g->well[i]->head.surface_temperature;
  g->motor_turns[i] = (float)g->well[i]->string.motor;
  g->motor_stall[i] = (float)g->well[i]->string.motor_stall_torque;
  g->motor_slip[i] = (float)g->well[i]->string.motor_slip;
  g->bottom[i] = bottom_of(g, i);
}

/* Of a string that is pulled out the last metre stays, so that its numbers stay finite. */
#define STRING_SHORTEST 1.0 /* m */

/* Diameters and lengths of the string's parts; the pipe reaches to the surface. */
static void copy_string(idr_drill_group *g, int i) {
  const idr_well_string *s = &g->well[i]->string;
  const double outer[] = {s->collar_outer_diameter, s->heavy_outer_diameter,
                          s->pipe_outer_diameter};
  const double inner[] = {s->collar_inner_diameter, s->heavy_inner_diameter,
                          s->pipe_inner_diameter};
  const double asked[] = {s->collar_length, s->heavy_length, INFINITY};
  double left = fmax(g->bit_depth[i], STRING_SHORTEST);
  for (int k = 0; k < IDR_STRING_PARTS; k++) {
    double length = fmin(asked[k], left);
    g->part_outer[k][i] = (float)outer[k];
    g->part_inner[k][i] = (float)inner[k];
    g->part_length[k][i] = (float)length;
    g->part_whole[k][i] = (float)fmin(asked[k], 1e6);
    left -= length;
  }
}

/* The string as one spring and one inertia: collars whole, a third of what lies above (the kinetic
 * energy of a linear twist). */
static void copy_torsion(idr_drill_group *g, int i) {
  double give = 0.0, inertia = 0.0;
  for (int k = 0; k < IDR_STRING_PARTS; k++) {
    double moment = idr_tube_polar_moment(g->part_outer[k][i], g->part_inner[k][i]);
    double length = g->part_length[k][i];
    give += length / ((double)IDR_STEEL_SHEAR * moment);
    inertia += (k ? 1.0 / 3.0 : 1.0) * (double)IDR_STEEL_DENSITY * moment * length;
  }
  g->stiffness[i] = (float)(1.0 / give);
  g->bit_inertia[i] = (float)inertia;
  g->twist_damping[i] = (float)(2.0 * (double)IDR_TORSION_DAMPING * sqrt(inertia / give));
}

/* A short string is stiff enough to carry top drive and block with it, kg (assumed). */
#define LIGHTEST 15e3f

/* The collars and heavy pipe move up and down as one mass; the pipe above, many wavelengths long,
 * carries vibration away with its impedance A sqrt(E rho). */
static void copy_sinking(idr_drill_group *g, int i) {
  float area[IDR_STRING_PARTS];
  for (int k = 0; k < IDR_STRING_PARTS; k++)
    area[k] = idr_circle_area(g->part_outer[k][i]) - idr_circle_area(g->part_inner[k][i]);
  float volume = area[0] * g->part_length[0][i] + area[1] * g->part_length[1][i];
  g->sink_mass[i] = idr_maxf(IDR_STEEL_DENSITY * volume, LIGHTEST);
  g->sink_damping[i] = IDR_STEEL_DENSITY * IDR_STEEL_BAR_SPEED * area[2];
  g->collar_speed[i] =
      idr_critical_lateral(g->part_outer[0][i], g->part_inner[0][i], IDR_COLLAR_SPAN);
}

static void copy_top_drive(idr_drill_group *g, int i) {
  const int pipe = IDR_STRING_PARTS - 1;
  float impedance = IDR_STEEL_DENSITY * IDR_STEEL_SHEAR_SPEED *
                    idr_tube_polar_moment(g->part_outer[pipe][i], g->part_inner[pipe][i]);
  float natural = idr_sqrtf(g->stiffness[i] / g->bit_inertia[i]);
  idr_torsion_control c = idr_torsion_stiff(g->top_inertia[i]);
  if (g->well[i]->rig.top_drive_control == IDR_CONTROL_SOFT_TORQUE)
    c = idr_torsion_soft(g->top_inertia[i], impedance, natural);
  if (g->well[i]->rig.top_drive_control == IDR_CONTROL_Z_TORQUE)
    c = idr_torsion_matched(g->top_inertia[i], impedance);
  g->top_gain[i] = c.proportional;
  g->top_windup[i] = c.integral;
  g->top_felt[i] = c.felt;
}

/* Mean geometry of one annular cell between depths `top` and `bottom`. */
static void copy_cell(idr_drill_group *g, int i, int cell, double top, double bottom) {
  const idr_well *w = g->well[i];
  float volume = 0.0f, gap = 0.0f, ratio = 0.0f, low = (float)g->bit_depth[i];
  for (int k = 0; k < IDR_STRING_PARTS; k++) {
    float high = low - g->part_length[k][i], pipe = g->part_outer[k][i];
    for (int cased = 0; cased < 2; cased++) {
      float hole = cased ? g->shoe_diameter[i] : g->hole_diameter[i];
      float from = cased ? 0.0f : g->shoe_depth[i], to = cased ? g->shoe_depth[i] : (float)1e6;
      float length = idr_hydraulics_overlap(idr_maxf(high, (float)top),
                                            idr_minf(low, (float)bottom), from, to);
      volume += length * (idr_circle_area(hole) - idr_circle_area(pipe));
      gap += length * (hole - pipe);
      ratio += length * (pipe / hole);
    }
    low = high;
  }
  for (int cased = 0; cased < 2 && g->bit_depth[i] < bottom; cased++) { /* below the bit */
    float hole = cased ? g->shoe_diameter[i] : g->hole_diameter[i];
    float from = cased ? 0.0f : g->shoe_depth[i], to = cased ? g->shoe_depth[i] : (float)1e6;
    float empty = idr_hydraulics_overlap(idr_maxf((float)g->bit_depth[i], (float)top),
                                         (float)bottom, from, to);
    volume += empty * idr_circle_area(hole);
    gap += empty * hole;
  }
  float length = (float)(bottom - top);
  int middle = idr_well_find_path(w, 0.5 * (top + bottom));
  g->cell_area[cell][i] = volume / length;
  g->cell_gap[cell][i] = gap / length;
  g->cell_ratio[cell][i] = ratio / length;
  g->cell_drop[cell][i] = (float)(idr_path_tvd(w, bottom) - idr_path_tvd(w, top));
  g->cell_lean[cell][i] = idr_cuttings_lean(w->path[middle].inclination);
}

/* Vertical depth per measured metre below path point `at`. */
static float path_slope(const idr_well *w, int at) {
  if (at + 1 >= w->path_count) return idr_cosf(w->path[at].inclination);
  return (w->path[at + 1].tvd - w->path[at].tvd) / (float)IDR_PATH_STEP;
}

/* What the hole's path is where the bit is. */
static void copy_bit_path(idr_drill_group *g, int i) {
  const idr_well *w = g->well[i];
  const idr_path_point *p = &w->path[g->bit_path[i]];
  g->bit_path_md[i] = (float)(g->bit_path[i] * IDR_PATH_STEP);
  g->bit_path_tvd[i] = p->tvd;
  g->bit_path_slope[i] = path_slope(w, g->bit_path[i]);
  g->bit_span[0][i] = g->bit_path[i] * IDR_PATH_STEP;
  g->bit_span[1][i] = g->bit_path[i] + 1 < w->path_count ? g->bit_span[0][i] + IDR_PATH_STEP : 1e9;
  g->inclination[i] = p->inclination;
  g->value[IDR_CHANNEL_AZIMUTH][i] = p->azimuth;
  g->value[IDR_CHANNEL_DOGLEG][i] = p->dogleg;
  g->friction_static[i] = p->friction_static;
  g->friction_kinetic[i] = p->friction_kinetic;
  g->hook_free[i] = p->hookload;
  g->hook_up[i] = p->hook_up;
  g->hook_down[i] = p->hook_down;
  g->rock_temperature[i] = p->rock_temperature;
}

/* Volumes of mud inside the string and around it, and what pressure and temperature make of the
 * mud's density. */
static void copy_volumes(idr_drill_group *g, int i) {
  float bit = (float)g->bit_depth[i], hole = (float)g->depth[i], shoe = g->shoe_depth[i];
  float cased = idr_hydraulics_overlap(bit, hole, 0.0f, shoe);
  float below = cased * idr_circle_area(g->shoe_diameter[i]) +
                (hole - bit - cased) * idr_circle_area(g->hole_diameter[i]);
  g->string_volume[i] = g->annulus_volume[i] = 0.0f;
  for (int k = 0; k < IDR_STRING_PARTS; k++)
    g->string_volume[i] += g->part_length[k][i] * idr_circle_area(g->part_inner[k][i]);
  for (int k = 0; k < IDR_ANNULUS; k++)
    g->annulus_volume[i] += g->cell_area[k][i] * g->cell_length[i];
  g->annulus_volume[i] = idr_maxf(g->annulus_volume[i] - below, 0.0f);
  float tvd = idr_maxf(g->tvd[i], 1.0f);
  float warming = idr_maxf(g->mud_temperature[i] - g->surface_temperature[i], 0.0f) / tvd;
  idr_mud mud = {g->mud_density[i], IDR_MUD_BULK, IDR_MUD_EXPANSION};
  float mean = idr_mud_column(&mud, tvd, warming) / (mud.density * IDR_GRAVITY * tvd);
  g->column[i] = g->crewed[i] ? mean - 1.0f : 0.0f;
}

void idr_drill_refresh_string(idr_drill_group *g, int i) {
  g->bit_path[i] = idr_well_find_path(g->well[i], g->bit_depth[i]);
  copy_string(g, i);
  copy_torsion(g, i);
  copy_sinking(g, i);
  copy_top_drive(g, i);
  copy_bit_path(g, i);
  double length = g->depth[i] / IDR_ANNULUS;
  g->cell_length[i] = (float)length;
  for (int k = 0; k < IDR_ANNULUS; k++)
    copy_cell(g, i, k, g->depth[i] - (k + 1) * length, g->depth[i] - k * length);
  copy_volumes(g, i);
}

void idr_drill_refresh(idr_drill_group *g, int i) {
  const idr_well *w = g->well[i];
  double depth = g->depth[i];
  g->layer[i] = idr_well_find_layer(w, depth);
  if (!g->crewed[i]) g->section[i] = idr_well_find_section(w, depth);
  g->path[i] = idr_well_find_path(w, depth);
  copy_rig(g, i);
  copy_section(g, i);
  copy_layer(g, i);
  g->path_md[i] = (float)(g->path[i] * IDR_PATH_STEP);
  g->path_tvd[i] = w->path[g->path[i]].tvd;
  g->path_slope[i] = path_slope(w, g->path[i]);
  g->tvd[i] = g->path_tvd[i] + ((float)depth - g->path_md[i]) * g->path_slope[i];
  idr_drill_refresh_string(g, i);
  copy_gas(g, i);
  double next = (g->path[i] + 1) * IDR_PATH_STEP;
  next = fmin(next, w->section[g->section[i]].bottom);
  next = fmin(next, (double)w->layer[g->layer[i]].bottom);
  g->next_change[i] = next > depth ? next : 1e9;
}

/* ---- start of an episode ---- */
static void clear_lane(idr_drill_group *group, int lane) {
#define IDR_STATE_ONE(type, name, unit, doc) group->name[lane] = 0;
#define IDR_STATE_MANY(type, name, count, unit, doc)                                               \
  for (int k = 0; k < (count); k++)                                                                \
    group->name[k][lane] = 0;
  IDR_STATE_LIST(IDR_STATE_ONE, IDR_STATE_MANY)
#undef IDR_STATE_ONE
#undef IDR_STATE_MANY
}

idr_status idr_drill_reset(idr_drill_group *g, int i, const idr_well *well,
                           const idr_drill_start *start) {
  if (!(start->depth > 0.0) || start->depth >= well->depth)
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "well %s: start depth %.1f m must lie between 0 and its depth, %.1f m",
             well->head.name, start->depth, well->depth);
  if (!(start->wear >= 0.0) || start->wear >= 1.0)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "bit wear at the start is %g, must be from 0 to below 1",
             start->wear);
  clear_lane(g, i);
  g->well[i] = well;
  g->depth[i] = g->bit_depth[i] = g->start_depth[i] = start->depth;
  idr_drill_refresh(g, i);
  g->next_stand[i] = start->depth + well->rig.stand_length;
  g->wear[i] = (float)start->wear;
  g->flat[i] =
      (double)g->flat_new[i] + start->wear * ((double)g->flat_dull[i] - (double)g->flat_new[i]);
  g->flow[i] = g->flow_set[i] = start->flow;
  g->omega_set[i] = g->omega_ref[i] = g->omega_top[i] = g->omega_bit[i] = start->omega;
  g->twist[i] = 0.5f * g->friction_kinetic[i] / g->stiffness[i];
  g->top_integral[i] = g->friction_kinetic[i];
  g->pit[i] = (double)g->pit_full[i];
  g->density_in[i] = g->density_string[i] = g->density_annulus[i] = g->mud_density[i];
  g->ahead_string[i] = g->ahead_annulus[i] = g->mud_density[i];
  for (int k = 0; k < IDR_LAG; k++)
    g->lag_depth[k][i] = (float)start->depth;
  idr_step_temperature_start(g, i);
  g->value[IDR_CHANNEL_ECD][i] = g->value[IDR_CHANNEL_ECD_SHOE][i] = g->mud_density[i];
  for (int k = 0; k < IDR_TRAIL; k++)
    g->trail_min[k][i] = g->trail_max[k][i] = g->trail_mean[k][i] = start->omega;
  return IDR_STATUS_OK;
}
