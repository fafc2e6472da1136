/* What the models of one second share. Each is a function over all lanes of a group; the frame in
 * step.c calls them in order. Only src/drill/step*.c and state.c include this.
 */
#ifndef IDR_DRILL_STEP_INTERNAL_H
#define IDR_DRILL_STEP_INTERNAL_H

#include "drill/bitrock.h"
#include "drill/influx.h"
#include "drill/rheology.h"
#include "drill/state.h"
#include <stdbool.h>

/* The lanes in use are whole vectors, and the compiler may know it. */
#define LANES  for (int i = 0; i < (g->lanes & ~7); i++)
#define SECOND 1.0f /* s, the step's length */

/* What one second's models hand to each other: nothing of it outlives the second. */
typedef struct {
  float law_energy[IDR_LANES], law_contact[IDR_LANES], law_founder[IDR_LANES]; /* idr_bit_law */
  float law_soft_contact[IDR_LANES], law_soft_cutting[IDR_LANES];
  float contact_torque[IDR_LANES], cutting_torque[IDR_LANES]; /* N m, means over the turning done */
  float line_stiff[IDR_LANES], line_torque[IDR_LANES]; /* of a lane that drills by another law: N
                                                          and N m per m/rev; 0: idr_bit_law */
  float line_rub[IDR_LANES];                           /* part of that torque that rubs */
  float on[IDR_LANES];                                 /* 1: the bit is on bottom */
  float cleaning[IDR_LANES];                           /* 0..1 */
  float forward[IDR_LANES];                            /* rad turned forwards */
  float backward[IDR_LANES];                           /* part of the second turning backwards */
  float stuck[IDR_LANES]; /* part standing still or turning backwards */
  float low[IDR_LANES], high[IDR_LANES], sum[IDR_LANES]; /* bit speed, rad/s */
  float swing[IDR_LANES];                                /* rad/s, half the range of bit speed */
  float motor[IDR_LANES], motor_most[IDR_LANES];         /* N m, top drive: mean, greatest */
  float ahead[IDR_LANES];                                /* m of hole made */
  float weight[IDR_LANES], weight_most[IDR_LANES];       /* N, on the bit: mean, greatest */
  float shake[IDR_LANES];                                /* m/s2, of the bit along the hole, RMS */
  float carry[IDR_LANES], deposition[IDR_LANES], erosion[IDR_LANES]; /* 1/s, one annular cell */
  double passing[IDR_LANES]; /* m3 of cuttings on their way between two cells */
  float annulus[IDR_LANES];  /* Pa, friction from bit to surface */
  float cased[IDR_LANES];    /* Pa, its part above the shoe */
  float pipe[IDR_LANES];     /* Pa, friction inside the string */
  float load[IDR_LANES];     /* kg/m2 that cuttings add to the mud column of the whole hole */
  float above[IDR_LANES];    /* the part of it above the bit */
  float narrow[IDR_LANES];   /* factor on annular friction from beds */
  float in[IDR_LANES];       /* m3/s into the string at the standpipe */
  float up[IDR_LANES];       /* m3/s up the annulus above the bit */
  float through[IDR_LANES];  /* part of `in` that passes the bit, the rest leaves at a hole above */
  float moved[IDR_LANES];    /* m the bit went down off bottom, within the second */
  float surge[IDR_LANES];    /* Pa from that */
  float surge_cased[IDR_LANES];           /* Pa, its part above the shoe */
  float bottom[IDR_LANES];                /* Pa at the bottom of the hole, above atmospheric */
  float loss[IDR_LANES], back[IDR_LANES]; /* m3/s into and out of fractures */
  float waiting[IDR_LANES];               /* s that the lumped world waits for new mud */
  float gas_flow[IDR_LANES];              /* m3/s out at surface, at the pressure there */
  double displaced[IDR_LANES];            /* m3 that string, losses and pumps push out */
  double out[IDR_LANES]; /* m3 of mud and cuttings out of the hole; below 0: fill */
} idr_second;

/* The bit's law of this second. */
IDR_FN idr_bit_law idr_step_law(const idr_drill_group *g, const idr_second *s, int i) {
  idr_bit_law law = {s->law_energy[i],  g->bit_radius[i],       s->law_contact[i],
                     s->law_founder[i], s->law_soft_contact[i], s->law_soft_cutting[i]};
  return law;
}

/* The mud of a lane in the pipe (0) or the annulus (1), worked out when the section was entered. */
IDR_FN idr_rheology idr_step_mud(const idr_drill_group *g, int i, int annulus) {
  idr_rheology r = {annulus ? g->density_annulus[i] : g->density_string[i],
                    g->mud_consistency[i],
                    g->mud_index[i],
                    g->mud_rate[annulus][i],
                    g->mud_stress[annulus][i],
                    g->mud_transition[i],
                    g->mud_turbulent[i],
                    g->mud_slope[i]};
  return r;
}

/* Flow into the well: displacement less what the pumps lose. */
IDR_FN float idr_step_pumped(const idr_drill_group *g, int i) {
  return g->flow[i] * (1.0f - idr_clampf(g->fault_pump[i], 0.0f, 1.0f));
}

/* Part of it that reaches the bit. */
IDR_FN float idr_step_through(const idr_drill_group *g, int i) {
  return 1.0f - idr_clampf(g->fault_washout[i], 0.0f, 0.95f);
}

/* Open area of the nozzles, m2. */
IDR_FN float idr_step_nozzles(const idr_drill_group *g, int i) {
  return g->nozzle_area[i] * idr_maxf(1.0f - g->fault_nozzle[i], 0.05f);
}

/* Pressure of the gas that is open, as mud density: the layers', or that of a pocket (an event). */
IDR_FN float idr_step_gas_density(const idr_drill_group *g, int i) {
  float pocket = g->fault_pore[i] > 0.0f ? g->pore_density[i] + g->fault_pore[i] : 0.0f;
  return idr_maxf(g->gas_density[i], pocket);
}

/* Inflow per underbalance, kg/s/Pa: of the copy, and of what was drilled since. */
IDR_FN float idr_step_gas_index(const idr_drill_group *g, int i) {
  float index = g->influx_index[i] + g->influx_metre[i] * ((float)g->depth[i] - g->influx_from[i]);
  return idr_maxf(index, g->fault_pore[i] > 0.0f ? IDR_INFLUX_POCKET : 0.0f);
}

void idr_step_mud_front(idr_drill_group *g, idr_second *s);
void idr_step_rock(idr_drill_group *g, idr_second *s);
void idr_step_laws(idr_drill_group *g, idr_second *s);
void idr_step_string(idr_drill_group *g, idr_second *s);
void idr_step_vibration(idr_drill_group *g, idr_second *s);
void idr_step_motor(idr_drill_group *g, idr_second *s);
void idr_step_wear(idr_drill_group *g, idr_second *s);
void idr_step_cones(idr_drill_group *g, idr_second *s);
void idr_step_cuttings(idr_drill_group *g, idr_second *s);
void idr_step_hydraulics(idr_drill_group *g, idr_second *s);
void idr_step_control(idr_drill_group *g, idr_second *s);
/* One lane with `gas` in its hole or a choke on it: where it goes, choke pressure, s->out. */
void idr_step_gas(idr_drill_group *g, idr_second *s, int i, bool gas);
void idr_step_temperature(idr_drill_group *g, idr_second *s);
/* The lane's mud at the temperatures that last at its flow (when an episode begins). */
void idr_step_temperature_start(idr_drill_group *g, int i);
void idr_step_trail(idr_drill_group *g, idr_second *s);
void idr_step_failures(idr_drill_group *g, idr_second *s);
void idr_step_motion(idr_drill_group *g, idr_second *s);
void idr_step_hook(idr_drill_group *g, idr_second *s);
void idr_step_exponent(idr_drill_group *g, idr_second *s);
/* Connections, trips, boundaries of layers and sections; after the second is over. */
void idr_step_places(idr_drill_group *g);

#endif
