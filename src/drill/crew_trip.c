/* Trips, casing, waiting, moving: what the rig does with the bit away from bottom. */
#include "drill/crew_internal.h"

#include "drill/hydraulics.h"
#include "drill/step_internal.h"
#include "drill/surge.h"

#define CASING_JOINT 12.0     /* m */
#define CASING_TIME  130.0    /* s a joint stands in the slips (assumed) */
#define CASING_SPEED 0.20     /* m/s (assumed) */
#define CEMENT_TIME  12600.0  /* s, 3.5 h (assumed) */
#define WAIT_TIME    79200.0  /* s, 22 h: cement sets, BOP nippled up and tested (assumed) */
#define MOVE_TIME    302400.0 /* s, 3.5 d (assumed) */
#define SLIPS_PART   0.45     /* part of a trip's time in the slips (assumed) */

/* ---- speed ---- */
/* Pressure that the string makes in the annulus when it moves at `speed`, Pa. */
static float surge(const idr_drill_group *g, int i, float speed) {
  const int pipe = IDR_STRING_PARTS - 1;
  idr_rheology r = idr_step_mud(g, i, 1);
  float low = (float)g->bit_depth[i], sum = 0.0f;
  for (int k = 0; k < IDR_STRING_PARTS; k++) {
    float high = k == pipe ? 0.0f : idr_maxf(low - g->part_length[k][i], 0.0f);
    float cased = idr_hydraulics_overlap(high, low, 0.0f, g->shoe_depth[i]);
    float around[2] = {g->shoe_diameter[i], g->hole_diameter[i]};
    float length[2] = {cased, low - high - cased};
    for (int c = 0; c < 2; c++) {
      float ratio = idr_surge_closed(around[c], g->part_outer[k][i]);
      sum += idr_surge_pressure(&r, speed * ratio, around[c], g->part_outer[k][i], length[c]);
    }
    low = high;
  }
  return sum;
}

/* Speed of the block over a stand: as the rig's trip speed asks, less where surge or swab would use
 * more than half of what lies between the mud and the rock's pressures. */
static double trip_speed(const idr_rig *rig, int i, bool out) {
  const idr_drill_group *g = rig->hole;
  const idr_well_rig *r = &g->well[i]->rig;
  float speed = (float)(r->trip_speed / (1.0 - SLIPS_PART)) / rig->crew.pace[i];
  float column = IDR_GRAVITY * idr_maxf(g->bit_tvd[i], 1.0f);
  float room =
      out ? g->mud_density[i] - g->pore_density[i] : g->fracture_density[i] - g->mud_density[i];
  for (int k = 0; k < 4 && surge(g, i, speed) > 0.5f * room * column; k++)
    speed *= 0.7f;
  return (double)speed;
}

/* Collars and heavy pipe take three times as long in the slips as pipe does. */
static int32_t slips_time(const idr_rig *rig, int i) {
  const idr_well *w = rig->hole->well[i];
  double stand = SLIPS_PART * w->rig.stand_length / w->rig.trip_speed;
  bool heavy = rig->hole->bit_depth[i] < w->string.collar_length;
  return idr_crew_time(rig, i, heavy ? 3.0 * stand : stand, 0.2f);
}

/* ---- stands ---- */
static double stand_top(const idr_rig *rig, int i) {
  return IDR_BLOCK_LOW + rig->hole->well[i]->rig.stand_length;
}

static void pull_stand(idr_rig *rig, int i) {
  double room = stand_top(rig, i) - (double)rig->hole->block[i];
  double goal = rig->hole->bit_depth[i] - room;
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  idr_crew_move(rig, i, IDR_PHASE_PULL, goal > 0.0 ? goal : 0.0, trip_speed(rig, i, true));
}

static void run_stand(idr_rig *rig, int i) {
  const idr_drill_group *g = rig->hole;
  double goal = g->bit_depth[i] + (double)g->block[i] - IDR_BLOCK_LOW;
  double least = g->depth[i] - 5.0;
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  idr_crew_move(rig, i, IDR_PHASE_RUN, goal < least ? goal : least, trip_speed(rig, i, false));
}

void idr_crew_go_on(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double below = g->depth[i] - g->bit_depth[i], room = (double)g->block[i] - IDR_BLOCK_LOW;
  double top = stand_top(rig, i);
  if (idr_crew_react(rig, i, false)) return;
  if (rig->crew.errand[i]) {
    if (g->bit_depth[i] < 0.01)
      idr_crew_wait(rig, i, IDR_PHASE_SURFACE,
                    idr_crew_time(rig, i, g->well[i]->rig.bit_change_time, 0.3f));
    else if ((double)g->block[i] > top - 0.5)
      idr_crew_slips(rig, i, IDR_PHASE_RACK, slips_time(rig, i), IDR_BLOCK_LOW);
    else
      pull_stand(rig, i);
  } else if (room < (below < 5.5 ? below : 0.5)) {
    idr_crew_slips(rig, i, IDR_PHASE_ADD, slips_time(rig, i), top);
  } else if (below > 5.5) {
    run_stand(rig, i);
  } else {
    idr_crew_wash(rig, i);
  }
}

void idr_crew_pull_out(idr_rig *rig, int i, idr_crew_errand errand) {
  rig->crew.errand[i] |= errand;
  rig->crew.pace[i] = idr_crew_factor(idr_crew_words(rig, i, IDR_DRAW_CHOICE), 0.12f);
  idr_crew_circulate(rig, i, 1.0, IDR_PHASE_PULL);
}

/* ---- at surface ---- */
/* A new bit and what is changed with it. */
static void change_bit(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  idr_crew *c = &rig->crew;
  g->trips[i]++;
  g->flat[i] = (double)g->flat_new[i];
  g->wear[i] = g->balling[i] = 0.0f;
  c->bit_time[i] = 0.0;
  c->rop_mean[i] = c->mse_mean[i] = c->ease[i] = 0.0f;
  c->repaired[i] |= 1 << IDR_MACHINE_BIT | 1 << IDR_MACHINE_MOTOR;
  c->repair_asked[IDR_MACHINE_BIT][i] = c->repair_asked[IDR_MACHINE_MOTOR][i] = 0;
}

static const idr_well_section *section_of(const idr_rig *rig, int i) {
  return &rig->hole->well[i]->section[rig->hole->section[i]];
}

static void move_rig(idr_rig *rig, int i) {
  rig->hole->slips[i] = 1;
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  idr_crew_wait(rig, i, IDR_PHASE_MOVE, idr_crew_time(rig, i, MOVE_TIME, 0.3f));
}

void idr_crew_out(idr_rig *rig, int i) {
  idr_crew *c = &rig->crew;
  int32_t errand = c->errand[i];
  const int32_t leaks =
      1 << IDR_EVENT_WASHOUT | 1 << IDR_EVENT_PLUGGED | 1 << IDR_EVENT_LOST_NOZZLE;
  change_bit(rig, i);
  c->errand[i] = 0;
  idr_crew_cure(rig, i, c->trouble[i] & leaks);
  if (!(errand & IDR_ERRAND_SECTION)) {
    idr_crew_go_on(rig, i);
  } else if (section_of(rig, i)->casing_bottom > 0.0) {
    rig->hole->hook_factor[i] = 1.0f; /* casing weighs about twice what the string does (assumed) */
    idr_crew_case_added(rig, i);
  } else {
    move_rig(rig, i);
  }
}

/* ---- casing ---- */
void idr_crew_case_added(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double to = g->bit_depth[i] + CASING_JOINT, end = section_of(rig, i)->casing_bottom;
  if (end > g->depth[i] - 0.5) end = g->depth[i] - 0.5;
  g->block[i] = (float)(IDR_BLOCK_LOW + CASING_JOINT);
  idr_crew_move(rig, i, IDR_PHASE_CASE_RUN, to < end ? to : end, CASING_SPEED);
}

void idr_crew_case_ran(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  double end = section_of(rig, i)->casing_bottom;
  if (g->bit_depth[i] < (end < g->depth[i] - 0.5 ? end : g->depth[i] - 0.5) - 0.1) {
    idr_crew_slips(rig, i, IDR_PHASE_CASE_ADD, idr_crew_time(rig, i, CASING_TIME, 0.25f),
                   IDR_BLOCK_LOW + CASING_JOINT);
    return;
  }
  float flow = 0.5f * rig->hole->flow_max[i];
  idr_crew_set(rig, i, 0.0f, 0.0f, flow);
  idr_crew_wait(rig, i, IDR_PHASE_CASE_CLEAN, (int32_t)(1.2 * idr_crew_bottoms_up(rig, i, flow)));
}

void idr_crew_case_cleaned(idr_rig *rig, int i) {
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.4f * rig->hole->flow_max[i]);
  idr_crew_wait(rig, i, IDR_PHASE_CEMENT, idr_crew_time(rig, i, CEMENT_TIME, 0.2f));
}

void idr_crew_cemented(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  idr_crew_set(rig, i, 0.0f, 0.0f, 0.0f);
  g->hook_factor[i] = 0.0f;
  g->bit_depth[i] = 0.0;
  g->slips[i] = 1;
  idr_drill_refresh_string(g, i);
  idr_crew_wait(rig, i, IDR_PHASE_WAIT, idr_crew_time(rig, i, WAIT_TIME, 0.25f));
}

/* The hole behind casing is clean, and the next section begins. */
static void next_section(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  g->section[i]++;
  g->mud_added[i] = 0.0f;
  for (int k = 0; k < IDR_ANNULUS; k++) {
    g->solids_out[i] += g->suspended[k][i] + g->bed[k][i];
    g->suspended[k][i] = g->bed[k][i] = 0.0;
  }
  idr_drill_refresh(g, i);
  g->flat[i] = (double)g->flat_new[i];
  rig->crew.thrift[i] = 0.0f;
}

void idr_crew_waited(idr_rig *rig, int i) {
  idr_drill_group *g = rig->hole;
  if (g->section[i] + 1 >= g->well[i]->section_count) {
    move_rig(rig, i);
    return;
  }
  next_section(rig, i);
  g->block[i] = (float)IDR_BLOCK_LOW;
  idr_crew_go_on(rig, i);
}

void idr_crew_moved(idr_rig *rig, int i) {
  idr_rig_next_well(rig, i);
}
