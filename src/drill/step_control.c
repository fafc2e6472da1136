/* Where the mud goes: losses into the rock and back, what comes out of the hole, the pits, the
 * pumps' strokes, the depth that returns come from.
 *
 * Volumes balance. What a second pushes out of a full, open hole is what was pumped in, less what
 * the rock took, more the steel that went down, less the mud that pressure packed into the string,
 * more the growth of gas (step_gas.c). Rock that is cut is no displacement: cuttings take its
 * place, and mud takes theirs when they leave over the shakers. A hole that would not be full takes
 * mud from the pits, as a trip tank gives it. The lumped world of the driller (no crew) keeps its
 * pits full.
 */
#include "drill/step_internal.h"

#include "drill/hydraulics.h"
#include "drill/influx.h"
#include "drill/mud_density.h"
#include "drill/pump.h"
#include "drill/pump_wear.h"
#include <string.h>

#define FILL         0.02f  /* m3/s that can be lost from a hole kept full with the pumps off */
#define BALLOON      0.5f   /* part of the mud in fractures that comes back (assumed) */
#define BALLOON_TIME 600.0f /* s in which it does, a megapascal or more below (assumed) */
#define LOSS_SMOOTH  0.2f   /* part of a second's loss that the flow up the annulus feels at once */
#define LOW          0.6f /* part of the pits' volume below which the derrickman mixes mud unasked */
#define MIXING       0.03f /* m3/s, as he can (assumed) */
#define WET          0.5   /* m3 of mud that leave with a m3 of cuttings (assumed) */
#define DRILLED_GAS  0.01f /* part of the pores filled with gas at hole pressure (assumed) */

/* ---- pumps and string ---- */

/* Volume of the steel, m3, of part `k` of a string whose lower `below` metres are other parts, with
 * the bit at `depth`. */
IDR_FN double step_steel(const idr_drill_group *g, int i, double depth, int k, double below) {
  double outer = (double)g->part_outer[k][i], inner = (double)g->part_inner[k][i];
  double whole = (double)g->part_whole[k][i], left = depth - below;
  double length = left < whole ? left : whole;
  return 0.78539816339744831 * (outer * outer - inner * inner) * (length > 0.0 ? length : 0.0);
}

static void step_displaced(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    double collars = (double)g->part_whole[0][i], heavy = (double)g->part_whole[1][i];
    double steel = step_steel(g, i, g->bit_depth[i], 0, 0.0) +
                   step_steel(g, i, g->bit_depth[i], 1, collars) +
                   step_steel(g, i, g->bit_depth[i], 2, collars + heavy);
    double squeezed = (double)(g->string_volume[i] * (g->value[IDR_CHANNEL_SPP][i] / IDR_MUD_BULK));
    double moved = g->settled[i] ? steel - g->steel[i] : 0.0;
    double stored = g->settled[i] ? squeezed - g->stored[i] : 0.0;
    s->displaced[i] = (double)(s->in[i] * SECOND) + moved - stored;
    g->pit_gain[i] -= moved;
    g->steel[i] = steel;
    g->stored[i] = squeezed;
    g->settled[i] |= 1;
  }
}

/* ---- losses ---- */

/* To fractures at the weakest rock and to an open thief. Under a crew some of it comes back; in the
 * lumped world drilling waits until what was lost is mixed. */
static void step_losses(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float tall = IDR_GRAVITY * g->tvd[i];
    float excess = s->bottom[i] - g->fracture_density[i] * tall;
    float over = idr_maxf(s->bottom[i] - g->pore_density[i] * tall, 0.0f);
    float most = g->crewed[i] ? idr_maxf(s->in[i], FILL) : s->in[i];
    float cracked = idr_hydraulics_loss(excess, most);
    float loss = idr_minf(cracked + g->fault_thief[i] * over, most);
    float relaxed = g->crewed[i] ? idr_clampf(excess * -1e-6f, 0.0f, 1.0f) : 0.0f;
    float back = (float)g->ballooned[i] * (relaxed / BALLOON_TIME);
    float kept = g->crewed[i] ? BALLOON * cracked : 0.0f;
    s->loss[i] = loss;
    s->waiting[i] = g->crewed[i] ? 0.0f : loss * (SECOND / IDR_LOSS_MIXING);
    g->lost_time[i] += (double)s->waiting[i];
    s->back[i] = back;
    g->loss_rate[i] += LOSS_SMOOTH * (loss - back - g->loss_rate[i]);
    g->ballooned[i] += (double)((kept - back) * SECOND);
    double taken = (double)(loss * SECOND) - (double)(back * SECOND);
    g->lost_volume[i] += taken;
    s->displaced[i] -= taken;
    s->out[i] = s->displaced[i];
  }
}

/* ---- gas and choke ---- */

/* A lane with gas, with a choke on it, or still packed: rare, one by one. */
static void step_closed(idr_drill_group *g, idr_second *s) {
  for (int i = 0; i < g->lanes; i++) {
    float under = idr_step_gas_density(g, i) * IDR_GRAVITY * g->tvd[i] - s->bottom[i];
    bool flows = idr_step_gas_index(g, i) > 0.0f && under > 0.0f;
    bool gas = flows || g->gas_volume[i] > 0.0;
    if (gas || g->choke_closed[i] > 0.0f || g->packed[i] != 0.0) idr_step_gas(g, s, i, gas);
  }
}

/* ---- pits ---- */
static void step_pits(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    double cuttings = g->solids_out[i] - g->shaken[i], wet = WET * cuttings;
    double in = (double)(s->in[i] * SECOND);
    double change = s->out[i] - in - cuttings - wet;
    double missing = (double)g->pit_full[i] - (g->pit[i] + change);
    missing = missing > 0.0 ? missing : 0.0;
    float low = idr_clampf((LOW - (float)g->pit[i] / g->pit_full[i]) * 20.0f, 0.0f, 1.0f);
    float asked = idr_maxf(g->mix_set[i], low * MIXING);
    double mixed = g->crewed[i] ? (double)(asked * SECOND) : missing;
    g->pit[i] += change + mixed;
    g->pit_mixed[i] += mixed;
    g->pit_gain[i] += s->out[i] - in;
    g->wetted[i] += wet;
    g->shaken[i] = g->solids_out[i];
    g->value[IDR_CHANNEL_PIT][i] = (float)g->pit[i];
    g->value[IDR_CHANNEL_PIT_GAIN][i] = (float)g->pit_gain[i];
  }
}

/* ---- gauges of the mud ---- */

/* A paddle is not linear and sticks at its stop. */
IDR_FN float step_paddle(float flow, float flow_max) {
  return 1.0f - idr_expf(-2.0f * flow / flow_max);
}

/* Gas that drilled rock brings along, m3/s at the flow line: what filled a part of the pores of the
 * cuttings that come out, grown to the pressure there. */
IDR_FN float step_drilled_gas(const idr_drill_group *g, float cuttings, float bottom, int i) {
  float pores = g->porosity[i] / (1.0f - g->porosity[i]);
  return DRILLED_GAS * pores * cuttings * (bottom / IDR_INFLUX_AIR);
}

static void step_returns(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float out = idr_maxf((float)s->out[i], 0.0f) / SECOND;
    float cuttings = (float)s->passing[i] / SECOND;
    float gas = s->gas_flow[i] + step_drilled_gas(g, cuttings, s->bottom[i], i);
    float part = gas / (gas + out + 1e-9f);
    float rock = out > 1e-5f ? idr_minf(cuttings / out, 0.5f) : 0.0f;
    bool old = (float)g->front[i] < g->annulus_volume[i];
    float mud = old ? g->ahead_annulus[i] : g->ahead_string[i];
    mud = (float)g->front[i] < g->annulus_volume[i] + g->string_volume[i] ? mud : g->density_in[i];
    g->value[IDR_CHANNEL_FLOW_OUT][i] = out;
    g->value[IDR_CHANNEL_FLOW_PADDLE][i] = step_paddle(out, g->flow_max[i]);
    g->value[IDR_CHANNEL_GAS][i] = part;
    g->value[IDR_CHANNEL_MUD_DENSITY_OUT][i] =
        (mud + (g->rock_density[i] - mud) * rock) * (1.0f - part);
    g->value[IDR_CHANNEL_CHOKE_PRESSURE][i] = g->choke_pressure[i];
  }
}

/* Two pumps share the displacement until their strokes call for the third. (On a rig whose machines
 * wear, equipment.h says which pumps run.) */
static void step_pumps(idr_drill_group *g, idr_second *s) {
  (void)s;
  const float stroke = idr_pump_triplex(IDR_PUMP_LINER, IDR_PUMP_STROKE, IDR_PUMP_EFFICIENCY);
  IDR_SIMD
  LANES {
    float rate = idr_pump_rate(stroke, g->flow[i]);
    bool third = rate > 2.0f * IDR_PUMP_SHARED;
    float each = third ? rate * (1.0f / 3.0f) : 0.5f * rate;
    g->strokes[i] += (double)(rate * SECOND);
    g->value[IDR_CHANNEL_PUMP_1][i] = g->value[IDR_CHANNEL_PUMP_2][i] = each;
    g->value[IDR_CHANNEL_PUMP_3][i] = third ? each : 0.0f;
    g->value[IDR_CHANNEL_STROKES][i] = (float)g->strokes[i];
  }
}

/* The oldest parcel is out: the others move up, a new one begins at the bottom. */
static void step_next_parcel(idr_drill_group *g, int i) {
  for (int k = IDR_LAG - 1; k > 0; k--)
    g->lag_depth[k][i] = g->lag_depth[k - 1][i];
  g->lag_depth[0][i] = (float)g->depth[i];
  g->lag[i] = idr_minf(g->lag[i] - 1.0f, 1.0f);
}

/* The annulus as a row of parcels, each with the depth at which it left the bottom. */
static void step_lag(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float around = idr_maxf(g->annulus_volume[i], 1e-3f);
    g->lag[i] += idr_maxf(s->in[i] - g->loss_rate[i], 0.0f) * (SECOND * IDR_LAG) / around;
  }
  for (int i = 0; i < g->lanes; i++)
    if (g->lag[i] >= 1.0f) step_next_parcel(g, i);
  IDR_SIMD
  LANES {
    float oldest = g->lag_depth[IDR_LAG - 1][i], next = g->lag_depth[IDR_LAG - 2][i];
    g->value[IDR_CHANNEL_RETURNS_DEPTH][i] = oldest + (next - oldest) * g->lag[i];
  }
}

/* In order. */
static void (*const part[])(idr_drill_group *g, idr_second *s) = {
    step_pumps, step_displaced, step_losses, step_closed, step_pits, step_returns, step_lag,
};

void idr_step_control(idr_drill_group *g, idr_second *s) {
  memset(s->gas_flow, 0, sizeof s->gas_flow);
  for (size_t k = 0; k < sizeof part / sizeof part[0]; k++)
    part[k](g, s);
}
