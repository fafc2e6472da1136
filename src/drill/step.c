#include "drill/step.h"

#include "drill/actuator.h"
#include "drill/bitrock.h"
#include "drill/cuttings.h"
#include "drill/hydraulics.h"
#include "drill/torsion.h"
#include "drill/wear.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LANES  for (int i = 0; i < IDR_LANES; i++)
#define SECOND 1.0f /* s, the step's length */

/* What one second's models hand to each other: nothing of it outlives the second. */
typedef struct {
  float contact_torque[IDR_LANES], cutting_torque[IDR_LANES]; /* N m, kinetic */
  float cleaning[IDR_LANES];                                  /* 0..1 */
  float forward[IDR_LANES];                                   /* rad turned forwards */
  float backward[IDR_LANES]; /* part of the second turning backwards */
  float stuck[IDR_LANES];    /* part standing still or turning backwards */
  float low[IDR_LANES], high[IDR_LANES], sum[IDR_LANES]; /* bit speed, rad/s */
  float swing[IDR_LANES];                                /* rad/s, half the range of bit speed */
  float motor[IDR_LANES];                                /* N m, sum over sub-steps */
  float carry[IDR_LANES], deposition[IDR_LANES], erosion[IDR_LANES]; /* 1/s, one annular cell */
  double passing[IDR_LANES]; /* m3 of cuttings on their way between two cells */
  float annulus[IDR_LANES];  /* Pa, friction from bit to surface */
  float cased[IDR_LANES];    /* Pa, its part above the shoe */
  float pipe[IDR_LANES];     /* Pa, friction inside the string */
  float load[IDR_LANES];     /* kg/m3 that cuttings add to the mud column, mean over its height */
  float narrow[IDR_LANES];   /* factor on annular friction from beds */
} second;

/* ---- actuators, rock, string ---- */
static void step_actuators(idr_drill_group *g, second *s) {
  (void)s;
  IDR_SIMD
  LANES {
    float wob_set = idr_clampf(g->wob_set[i], 0.0f, g->wob_max[i]);
    float omega_set = idr_clampf(g->omega_set[i], 0.0f, g->omega_max[i]);
    float flow_set = idr_clampf(g->flow_set[i], g->flow_min[i], g->flow_max[i]);
    float wob =
        idr_actuator_weight(wob_set, g->wob[i], g->value[IDR_CHANNEL_ROP][i], g->rop_max[i]);
    float flow =
        idr_actuator_flow(flow_set, g->flow[i], g->value[IDR_CHANNEL_SPP][i], g->pressure_max[i]);
    g->wob[i] = idr_actuator_move(g->wob[i], wob, g->wob_rate[i], SECOND);
    g->omega_ref[i] = idr_actuator_move(g->omega_ref[i], omega_set, g->omega_rate[i], SECOND);
    g->flow[i] = idr_actuator_move(g->flow[i], flow, g->flow_rate[i], SECOND);
  }
}

static void step_rock(idr_drill_group *g, second *s) {
  IDR_SIMD
  LANES {
    float power = idr_hydraulics_bit_power(g->mud_density[i], g->flow[i], g->nozzle_area[i],
                                           g->bit_radius[i]);
    float cleaning = idr_bit_cleaning(power);
    float overbalance =
        (g->value[IDR_CHANNEL_ECD][i] - g->pore_density[i]) * IDR_GRAVITY * g->tvd[i];
    float strength = idr_rock_strength(g->ucs[i], overbalance);
    float founder = idr_bit_founder(g->exposure[i], cleaning, g->omega_ref[i], g->balling[i]);
    idr_bit_law law = idr_bit_prepare(g->bit_radius[i], strength, (float)g->flat[i], founder);
    float cut = idr_bit_cut(&law, g->wob[i]);
    float contact = idr_bit_contact_force(&law, g->wob[i], cut);
    s->contact_torque[i] = idr_bit_contact_torque(&law, contact);
    s->cutting_torque[i] = idr_bit_cutting_torque(&law, cut);
    s->cleaning[i] = cleaning;
    g->strength[i] = strength;
    g->founder_cut[i] = founder;
    g->founder_wob[i] = law.wob_founder;
    g->cut[i] = cut;
    g->balling[i] = idr_bit_balling(g->balling[i], g->stickiness[i], g->wob[i], law.wob_founder,
                                    cleaning, SECOND);
  }
}

/* The string's numbers for this second, spread over arrays: a struct of arrays of idr_torsion. */
#define TORSION_LIST(X)                                                                            \
  X(stiffness)                                                                                     \
  X(damping)                                                                                       \
  X(drive)                                                                                         \
  X(speed)                                                                                         \
  X(torque_max)                                                                                    \
  X(bit_kinetic)                                                                                   \
  X(string_kinetic)                                                                                \
  X(string_static)                                                                                 \
  X(top_inertia)                                                                                   \
  X(top_free)                                                                                      \
  X(top_inverse)                                                                                   \
  X(spring)                                                                                        \
  X(bit_inertia)                                                                                   \
  X(bit_inverse)
typedef struct {
#define TORSION_FIELD(name) float name[IDR_LANES];
  TORSION_LIST(TORSION_FIELD)
} torsion_lanes;

static void step_torsion_prepare(const idr_drill_group *g, second *s, torsion_lanes *t, float dt) {
  IDR_SIMD
  LANES {
    idr_torsion p = idr_torsion_prepare(g->stiffness[i], g->twist_damping[i], g->top_inertia[i],
                                        g->bit_inertia[i], g->omega_ref[i], g->torque_max[i],
                                        s->contact_torque[i] + s->cutting_torque[i],
                                        g->friction_static[i], g->friction_kinetic[i], dt);
#define TORSION_STORE(name) t->name[i] = p.name;
    TORSION_LIST(TORSION_STORE)
    s->forward[i] = s->backward[i] = s->stuck[i] = s->motor[i] = s->sum[i] = 0.0f;
    s->low[i] = 1e9f;
    s->high[i] = -1e9f;
  }
}

/* One sub-step of the string in every lane, with the statistics of bit speed. */
static void step_torsion_once(idr_drill_group *g, second *s, const torsion_lanes *t, float dt) {
  IDR_SIMD
  LANES {
    idr_torsion p;
#define TORSION_LOAD(name) p.name = t->name[i];
    TORSION_LIST(TORSION_LOAD)
    idr_torsion_state state = {g->omega_top[i], g->omega_bit[i], g->twist[i], g->top_integral[i]};
    float motor;
    state = idr_torsion_step(&p, state, dt, &motor);
    g->omega_top[i] = state.omega_top;
    g->omega_bit[i] = state.omega_bit;
    g->twist[i] = state.twist;
    g->top_integral[i] = state.integral;
    s->motor[i] += motor;
    s->forward[i] += dt * idr_maxf(state.omega_bit, 0.0f);
    s->backward[i] += state.omega_bit < -IDR_TORSION_STILL ? dt : 0.0f;
    s->stuck[i] += state.omega_bit < IDR_TORSION_STILL ? dt : 0.0f;
    s->low[i] = idr_minf(s->low[i], state.omega_bit);
    s->high[i] = idr_maxf(s->high[i], state.omega_bit);
    s->sum[i] += state.omega_bit;
  }
}

static void step_torsion(idr_drill_group *g, second *s) {
  const float dt = SECOND / IDR_TORSION_STEPS;
  torsion_lanes t;
  step_torsion_prepare(g, s, &t, dt);
  for (int k = 0; k < IDR_TORSION_STEPS; k++)
    step_torsion_once(g, s, &t, dt);
}

/* ---- progress and wear ---- */
static void step_progress(idr_drill_group *g, second *s) {
  IDR_SIMD
  LANES {
    double ahead = (double)(g->cut[i] * s->forward[i] * 0.15915494f);
    double left = g->bottom[i] - g->depth[i];
    ahead = ahead < left ? ahead : left;
    g->depth[i] += ahead;
    float rop = (float)ahead / SECOND;
    float area = 3.14159265f * g->bit_radius[i] * g->bit_radius[i];
    float torque = s->contact_torque[i] + s->cutting_torque[i];
    g->value[IDR_CHANNEL_ROP][i] = rop;
    g->value[IDR_CHANNEL_TORQUE][i] = s->motor[i] * (1.0f / IDR_TORSION_STEPS);
    g->value[IDR_CHANNEL_OMEGA_BIT][i] = s->sum[i] * (1.0f / IDR_TORSION_STEPS);
    g->value[IDR_CHANNEL_MSE][i] = idr_bit_specific_energy(
        g->wob[i], g->value[IDR_CHANNEL_TORQUE][i], g->omega_top[i], rop, area);
    g->bit_torque[i] = torque;
    g->energy[i] += (double)(torque * s->forward[i]);
    g->tvd[i] = g->path_tvd[i] + ((float)g->depth[i] - g->path_md[i]) * g->path_slope[i];
  }
}

static void step_wear(idr_drill_group *g, second *s) {
  IDR_SIMD
  LANES {
    float heat = idr_wear_heat(s->contact_torque[i], s->cutting_torque[i], s->forward[i] / SECOND,
                               g->bit_radius[i], (float)g->flat[i]);
    float temperature = idr_wear_temperature(g->mud_temperature[i], heat, g->flow[i]);
    float speed = g->value[IDR_CHANNEL_OMEGA_BIT][i];
    float whirl = g->wob[i] > 0.0f ? idr_wear_whirl(speed, g->cut[i]) : 0.0f;
    float vibration =
        idr_wear_vibration(g->value[IDR_CHANNEL_SSI][i], s->backward[i] / SECOND, whirl);
    float growth = idr_wear_growth(heat, g->abrasiveness[i], temperature, vibration) * SECOND;
    double range = (double)(g->flat_dull[i] - g->flat_new[i]);
    g->flat[i] += (double)growth;
    g->bits_worn[i] += (double)growth / range;
    g->wear[i] = (float)((g->flat[i] - (double)g->flat_new[i]) / range);
    g->flat_temperature[i] = temperature;
    g->whirl[i] = whirl;
  }
}

/* The mud of a lane in the pipe (0) or the annulus (1), worked out when the section was entered. */
IDR_FN idr_rheology lane_mud(const idr_drill_group *g, int i, int annulus) {
  idr_rheology r = {g->mud_density[i],         g->mud_consistency[i],
                    g->mud_index[i],           g->mud_rate[annulus][i],
                    g->mud_stress[annulus][i], g->mud_transition[i],
                    g->mud_turbulent[i],       g->mud_slope[i]};
  return r;
}

/* ---- hole cleaning ---- */
/* Rates of one cell: what the mud carries, lays down and picks up. */
static void step_cell_rates(idr_drill_group *g, second *s, int c) {
  IDR_SIMD
  LANES {
    idr_rheology r = lane_mud(g, i, 1);
    float volume = g->cell_area[c][i] * g->cell_length[i];
    float lying = (float)g->bed[c][i] / (IDR_CUTTING_PACKING * volume);
    float open = idr_clampf(1.0f - lying, 0.1f, 1.0f);
    float velocity = g->flow[i] / (g->cell_area[c][i] * open);
    float viscosity = idr_rheology_apparent(&r, velocity, g->cell_gap[c][i]);
    float slip =
        idr_cuttings_slip(IDR_CUTTING_SIZE, g->rock_density[i], g->mud_density[i], viscosity);
    float upright = g->cell_drop[c][i] / g->cell_length[i];
    float rise = idr_maxf(velocity - slip * upright, 0.05f * velocity);
    float minimum = idr_cuttings_minimum(g->value[IDR_CHANNEL_ROP][i], viscosity, g->mud_density[i],
                                         g->cell_ratio[c][i], g->cell_lean[c][i], g->omega_top[i]);
    s->carry[i] = rise / g->cell_length[i];
    s->deposition[i] = idr_cuttings_deposition(velocity, minimum, g->cell_lean[c][i]);
    s->erosion[i] = idr_cuttings_erosion(velocity, minimum, g->cell_lean[c][i]);
    float filled = ((float)g->suspended[c][i] + (float)g->bed[c][i] / IDR_CUTTING_PACKING) / volume;
    g->solids[i] = c ? idr_maxf(g->solids[i], filled) : filled;
    float density = (float)g->suspended[c][i] / volume * (g->rock_density[i] - g->mud_density[i]);
    s->load[i] += density * g->cell_drop[c][i];
    s->narrow[i] += (1.0f / IDR_ANNULUS) / (open * open);
  }
}

static void step_cell_move(idr_drill_group *g, second *s, int c) {
  IDR_SIMD
  LANES {
    double suspended = g->suspended[c][i], bed = g->bed[c][i];
    s->passing[i] =
        idr_cuttings_cell(&suspended, &bed, s->passing[i], (double)s->carry[i],
                          (double)s->deposition[i], (double)s->erosion[i], (double)SECOND);
    g->suspended[c][i] = suspended;
    g->bed[c][i] = bed;
  }
}

/* From the bit upwards: what leaves a cell enters the next in the same second. */
static void step_cuttings(idr_drill_group *g, second *s) {
  IDR_SIMD
  LANES {
    float made = g->value[IDR_CHANNEL_ROP][i] * SECOND * idr_circle_area(g->hole_diameter[i]) *
                 (1.0f - g->porosity[i]);
    s->passing[i] = (double)made;
    g->solids_in[i] += (double)made;
    s->load[i] = s->narrow[i] = 0.0f;
  }
  for (int c = 0; c < IDR_ANNULUS; c++) {
    step_cell_rates(g, s, c);
    step_cell_move(g, s, c);
  }
  IDR_SIMD
  LANES {
    g->solids_out[i] += s->passing[i];
  }
}

/* ---- hydraulics ---- */
/* Friction inside and around part `k` of the string, whose lower end is `low` metres deep. */
static void step_part_friction(const idr_drill_group *g, second *s, float *low, int k) {
  const float ends =
      k == IDR_STRING_PARTS - 1 ? 0.0f : 1.0f; /* the last part goes to the surface */
  IDR_SIMD
  LANES {
    idr_rheology in = lane_mud(g, i, 0), around = lane_mud(g, i, 1);
    float high = ends * idr_maxf(low[i] - g->part_length[k][i], 0.0f);
    float cased = idr_hydraulics_overlap(high, low[i], 0.0f, g->shoe_depth[i]);
    float open = low[i] - high - cased;
    float outer = g->part_outer[k][i], flow = g->flow[i];
    float above = idr_hydraulics_annulus(&around, flow, g->shoe_diameter[i], outer, cased);
    float below = idr_hydraulics_annulus(&around, flow, g->hole_diameter[i], outer, open);
    s->pipe[i] += idr_hydraulics_pipe(&in, flow, g->part_inner[k][i], low[i] - high);
    s->cased[i] += above;
    s->annulus[i] += above + below;
    low[i] = high;
  }
}

static void step_hydraulics(idr_drill_group *g, second *s) {
  float low[IDR_LANES];
  IDR_SIMD
  LANES {
    low[i] = (float)g->depth[i];
    s->pipe[i] = s->cased[i] = s->annulus[i] = 0.0f;
  }
  for (int k = 0; k < IDR_STRING_PARTS; k++)
    step_part_friction(g, s, low, k);
  IDR_SIMD
  LANES {
    float tvd = idr_maxf(g->tvd[i], 1.0f), shoe = idr_maxf(g->shoe_tvd[i], 1.0f);
    float static_density = g->mud_density[i] + s->load[i] / tvd;
    float friction = s->annulus[i] * s->narrow[i];
    g->value[IDR_CHANNEL_ECD][i] = static_density + friction / (IDR_GRAVITY * tvd);
    g->value[IDR_CHANNEL_ECD_SHOE][i] =
        static_density + s->cased[i] * s->narrow[i] / (IDR_GRAVITY * shoe);
    g->value[IDR_CHANNEL_SPP][i] =
        idr_hydraulics_surface(g->mud_density[i], g->flow[i]) + s->pipe[i] +
        idr_hydraulics_bit(g->mud_density[i], g->flow[i], g->nozzle_area[i]) + friction +
        s->load[i] * IDR_GRAVITY;
  }
}

/* ---- trailing window ---- */
/* Moves the trailing window on by a second and takes stick-slip index and stuck fraction from it.
 */
static void step_trail(idr_drill_group *g, second *s) {
  float low[IDR_LANES], high[IDR_LANES], mean[IDR_LANES], stuck[IDR_LANES];
  const size_t older = sizeof g->trail_min - sizeof g->trail_min[0];
  memmove(g->trail_min[1], g->trail_min[0], older);
  memmove(g->trail_max[1], g->trail_max[0], older);
  memmove(g->trail_mean[1], g->trail_mean[0], older);
  memmove(g->trail_stuck[1], g->trail_stuck[0], older);
  IDR_SIMD
  LANES {
    g->trail_min[0][i] = low[i] = s->low[i];
    g->trail_max[0][i] = high[i] = s->high[i];
    g->trail_mean[0][i] = mean[i] = g->value[IDR_CHANNEL_OMEGA_BIT][i];
    g->trail_stuck[0][i] = stuck[i] = s->stuck[i];
  }
  for (int k = 1; k < IDR_TRAIL; k++) {
    IDR_SIMD
    LANES {
      low[i] = idr_minf(low[i], g->trail_min[k][i]);
      high[i] = idr_maxf(high[i], g->trail_max[k][i]);
      mean[i] += g->trail_mean[k][i];
      stuck[i] += g->trail_stuck[k][i];
    }
  }
  IDR_SIMD
  LANES {
    s->swing[i] = 0.5f * (high[i] - low[i]);
    float average = idr_maxf(mean[i] * (1.0f / IDR_TRAIL), 0.25f);
    g->value[IDR_CHANNEL_SSI][i] = idr_minf(s->swing[i] / average, 2.0f);
    g->value[IDR_CHANNEL_STUCK][i] = stuck[i] * (1.0f / (IDR_TRAIL * SECOND));
  }
}

/* ---- failures ---- */
/* Torsional fatigue: the swing of bit speed in the trailing window is that of the torque divided by
 * sqrt(c J); cycles to failure follow a power law of the swing over the pipe's yield torque (slope
 * 5, 1e4 cycles at 0.35 of yield: assumed for tool joints in service). Adds to the Miner sum. */
IDR_FN float fatigue_rate(float swing, float stiffness, float inertia, float outer, float inner) {
  const float shear_yield = 4.18e8f; /* Pa: 0.577 of G105's 724 MPa */
  float yield = shear_yield * idr_tube_polar_moment(outer, inner) / (0.5f * outer);
  float x = swing * idr_sqrtf(stiffness * inertia) / (0.35f * yield);
  float cycles = idr_sqrtf(stiffness / inertia) * 0.15915494f;
  return cycles * x * x * x * x * x * 1e-4f;
}

static void step_failures(idr_drill_group *g, second *s) {
  const int pipe = IDR_STRING_PARTS - 1;
  IDR_SIMD
  LANES {
    float rate = fatigue_rate(s->swing[i], g->stiffness[i], g->bit_inertia[i],
                              g->part_outer[pipe][i], g->part_inner[pipe][i]);
    float excess =
        (g->value[IDR_CHANNEL_ECD][i] - g->fracture_density[i]) * IDR_GRAVITY * g->tvd[i];
    float loss = idr_hydraulics_loss(excess, g->flow[i]) * SECOND;
    double waiting = (double)(loss * (1.0f / IDR_LOSS_MIXING));
    g->fatigue[i] += (double)(rate * SECOND);
    g->lost_volume[i] += (double)loss;
    g->lost_time[i] += waiting;
    g->rotating_time[i] += (double)SECOND;
    g->time[i] += (double)SECOND + waiting;
    /* Without the mud that stays in the new hole, some 0.6 % of the flow. */
    g->value[IDR_CHANNEL_FLOW_OUT][i] = g->flow[i] - loss / SECOND;
    int32_t failure = g->solids[i] > IDR_CUTTING_PACKOFF ? IDR_FAILURE_PACKOFF : 0;
    failure |= g->fatigue[i] >= 1.0 ? IDR_FAILURE_TWISTOFF : 0;
    failure |= g->lost_volume[i] > IDR_LOSS_LIMIT ? IDR_FAILURE_LOSSES : 0;
    g->failure[i] |= failure;
  }
}

/* ---- channels and the control period ---- */
static void step_channels(idr_drill_group *g, second *s) {
  (void)s;
  IDR_SIMD
  LANES {
    g->value[IDR_CHANNEL_DEPTH][i] = (float)g->depth[i];
    g->value[IDR_CHANNEL_TVD][i] = g->tvd[i];
    g->value[IDR_CHANNEL_HOOKLOAD][i] = g->hook_free[i] - g->wob[i];
    g->value[IDR_CHANNEL_WOB][i] = g->wob[i];
    g->value[IDR_CHANNEL_OMEGA][i] = g->omega_top[i];
    g->value[IDR_CHANNEL_FLOW_IN][i] = g->flow[i];
    g->value[IDR_CHANNEL_MUD_DENSITY][i] = g->mud_density[i];
    g->value[IDR_CHANNEL_INCLINATION][i] = g->inclination[i];
    g->value[IDR_CHANNEL_GAMMA][i] = g->gamma_ray[i];
    g->value[IDR_CHANNEL_TEMPERATURE][i] = g->mud_temperature[i];
  }
}

static void period_begin(idr_drill_group *g) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    IDR_SIMD
    LANES {
      g->origin[c][i] = g->least[c][i] = g->most[c][i] = g->value[c][i];
      g->mean[c][i] = g->spread[c][i] = 0.0f;
    }
  }
}

/* Sums are taken relative to the period's first value, so that a deep hole that hardly grows keeps
 * its variance in float. */
static void period_add(idr_drill_group *g) {
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    IDR_SIMD
    LANES {
      float v = g->value[c][i], d = v - g->origin[c][i];
      g->mean[c][i] += d;
      g->spread[c][i] += d * d;
      g->least[c][i] = idr_minf(g->least[c][i], v);
      g->most[c][i] = idr_maxf(g->most[c][i], v);
    }
  }
}

static void period_end(idr_drill_group *g, int seconds) {
  const float share = 1.0f / (float)seconds;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++) {
    IDR_SIMD
    LANES {
      float m = g->mean[c][i] * share;
      g->spread[c][i] = idr_sqrtf(idr_maxf(g->spread[c][i] * share - m * m, 0.0f));
      g->mean[c][i] = g->origin[c][i] + m;
    }
  }
}

/* ---- connections, trips and boundaries: rare, lane by lane ---- */
/* The string turns freely off bottom at its set speed. */
static void lift_off(idr_drill_group *g, int i) {
  g->wob[i] = 0.0f;
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

static void step_places(idr_drill_group *g) {
  for (int i = 0; i < IDR_LANES; i++) {
    int section = g->section[i];
    if (g->depth[i] >= g->next_change[i]) idr_drill_refresh(g, i);
    if (g->wear[i] >= 1.0f || g->section[i] != section) change_bit(g, i);
    if (g->depth[i] >= g->next_stand[i]) connect_stand(g, i);
  }
}

/* ---- the step ---- */
/* The models of one second, in order. */
static const struct {
  const char *name;
  void (*run)(idr_drill_group *g, second *s);
} model[] = {
    {"actuators", step_actuators},   {"bit-rock", step_rock}, {"torsion", step_torsion},
    {"progress", step_progress},     {"wear", step_wear},     {"cuttings", step_cuttings},
    {"hydraulics", step_hydraulics}, {"window", step_trail},  {"failures", step_failures},
    {"channels", step_channels},
};
enum { MODELS = sizeof model / sizeof model[0], STAGE_PERIOD = MODELS, STAGE_PLACES, STAGES };

const char *idr_drill_stage(int i) {
  if (i < 0 || i >= STAGES) return NULL;
  return i < MODELS ? model[i].name : i == STAGE_PERIOD ? "period" : "places";
}

static void step_second(idr_drill_group *g, bool first, idr_profile *profile, int thread) {
  second s;
  idr_profile_start(profile, thread, 0);
  for (int i = 0; i < MODELS; i++) {
    model[i].run(g, &s);
    idr_profile_pass(profile, thread, i, i + 1);
  }
  if (first) period_begin(g);
  period_add(g);
  idr_profile_pass(profile, thread, STAGE_PERIOD, STAGE_PLACES);
  step_places(g);
  idr_profile_stop(profile, thread, STAGE_PLACES);
}

void idr_drill_step_timed(idr_drill_group *group, int seconds, idr_profile *profile, int thread) {
  for (int t = 0; t < seconds; t++)
    step_second(group, t == 0, profile, thread);
  period_end(group, seconds);
}

void idr_drill_step(idr_drill_group *group, int seconds) {
  idr_drill_step_timed(group, seconds, NULL, 0);
}
