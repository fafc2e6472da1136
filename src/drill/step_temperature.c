/* Temperatures of the mud: on their way to those that would last at this flow. The pumps' work ends
 * as heat, most of it in string and nozzles: mud at the bit and out of the well is that much warmer
 * than the exchange with the rock alone makes it. */
#include "drill/step_internal.h"

#include "drill/hydraulics.h"
#include "drill/temperature.h"

#define HEAT        3900.0f /* J/kg/K, of the mud (assumed) */
#define ACROSS_PIPE 150.0f  /* W/m2/K through the string's wall (assumed) */
#define ACROSS_HOLE 20.0f   /* W/m2/K into the rock, of a well drilled for days (assumed) */
#define FLOW_LEAST  3e-4f   /* m3/s: mud that stands takes the rock's temperature */
#define STANDING    1e-4f   /* 1/s at which it does (assumed) */
#define AIR         0.02f   /* m3/s of mud that pits and flow line would cool to the air's */

/* Steady temperatures in the annulus at the bit and at the surface, K. */
typedef struct {
  float bit, out;
} steady;

IDR_FN steady step_steady(const idr_drill_group *g, int i, float flow, float inlet) {
  float work = g->value[IDR_CHANNEL_SPP][i] / (g->density_in[i] * HEAT);
  const int pipe = IDR_STRING_PARTS - 1;
  float hole = idr_maxf((float)g->depth[i], 10.0f);
  float depth = idr_maxf((float)g->bit_depth[i], 10.0f);
  float gradient = idr_maxf(g->rock_temperature[i] - g->surface_temperature[i], 0.0f) / hole;
  float capacity = idr_maxf(flow, FLOW_LEAST) * g->density_in[i] * HEAT;
  idr_temperature t =
      idr_temperature_prepare(inlet, g->surface_temperature[i], gradient, depth, capacity,
                              3.14159265f * ACROSS_PIPE * g->part_outer[pipe][i],
                              3.14159265f * ACROSS_HOLE * g->hole_diameter[i]);
  return (steady){idr_temperature_annulus(&t, depth) + work,
                  idr_temperature_annulus(&t, 0.0f) + work};
}

/* The mud of a hole is renewed by its volume, that of the pits by theirs. */
void idr_step_temperature(idr_drill_group *g, idr_second *s) {
  for (int i = 0; i < g->lanes; i++)
    if (!g->settled[i]) idr_step_temperature_start(g, i); /* now that the pressure is known */
  IDR_SIMD
  LANES {
    steady t = step_steady(g, i, s->up[i], g->temperature_in[i]);
    float hole = idr_maxf(g->annulus_volume[i] + g->string_volume[i], 1.0f);
    float rate = idr_minf(s->up[i] / hole + STANDING, 1.0f) * SECOND;
    float pits = idr_maxf((float)g->pit[i], 10.0f);
    float hot = s->up[i] * (g->temperature_out[i] - g->temperature_in[i]);
    float cold = AIR * (g->surface_temperature[i] - g->temperature_in[i]);
    g->mud_temperature[i] += rate * (t.bit - g->mud_temperature[i]);
    g->temperature_out[i] += rate * (t.out - g->temperature_out[i]);
    g->temperature_in[i] += (hot + cold) * SECOND / pits;
    g->value[IDR_CHANNEL_TEMPERATURE_IN][i] = g->temperature_in[i];
    g->value[IDR_CHANNEL_TEMPERATURE_OUT][i] = g->temperature_out[i];
  }
}

void idr_step_temperature_start(idr_drill_group *g, int i) {
  float air = g->surface_temperature[i], flow = g->flow[i];
  steady cold = step_steady(g, i, flow, air), warm = step_steady(g, i, flow, air + 1.0f);
  /* The outlet is linear in the inlet; the pits' balance gives the inlet. */
  float slope = warm.out - cold.out, mixed = flow / (flow + AIR);
  float rise = mixed * (cold.out - air) / (1.0f - mixed * slope);
  steady t = step_steady(g, i, flow, air + rise);
  g->temperature_in[i] = air + rise;
  g->temperature_out[i] = t.out;
  g->mud_temperature[i] = t.bit;
}
