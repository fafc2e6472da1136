/* What the models of one second share. Each is a function over all lanes of a group; the frame in
 * step.c calls them in order. Only src/drill/step*.c include this.
 */
#ifndef IDR_DRILL_STEP_INTERNAL_H
#define IDR_DRILL_STEP_INTERNAL_H

#include "drill/bitrock.h"
#include "drill/rheology.h"
#include "drill/state.h"

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
  float load[IDR_LANES];     /* kg/m3 that cuttings add to the mud column, mean over its height */
  float narrow[IDR_LANES];   /* factor on annular friction from beds */
} idr_second;

/* The bit's law of this second. */
IDR_FN idr_bit_law idr_step_law(const idr_drill_group *g, const idr_second *s, int i) {
  idr_bit_law law = {s->law_energy[i],  g->bit_radius[i],       s->law_contact[i],
                     s->law_founder[i], s->law_soft_contact[i], s->law_soft_cutting[i]};
  return law;
}

/* The mud of a lane in the pipe (0) or the annulus (1), worked out when the section was entered. */
IDR_FN idr_rheology idr_step_mud(const idr_drill_group *g, int i, int annulus) {
  idr_rheology r = {g->mud_density[i],         g->mud_consistency[i],
                    g->mud_index[i],           g->mud_rate[annulus][i],
                    g->mud_stress[annulus][i], g->mud_transition[i],
                    g->mud_turbulent[i],       g->mud_slope[i]};
  return r;
}

void idr_step_rock(idr_drill_group *g, idr_second *s);
void idr_step_laws(idr_drill_group *g, idr_second *s);
void idr_step_string(idr_drill_group *g, idr_second *s);
void idr_step_vibration(idr_drill_group *g, idr_second *s);
void idr_step_motor(idr_drill_group *g, idr_second *s);
void idr_step_wear(idr_drill_group *g, idr_second *s);
void idr_step_cones(idr_drill_group *g, idr_second *s);
void idr_step_cuttings(idr_drill_group *g, idr_second *s);
void idr_step_hydraulics(idr_drill_group *g, idr_second *s);
void idr_step_trail(idr_drill_group *g, idr_second *s);
void idr_step_failures(idr_drill_group *g, idr_second *s);
void idr_step_motion(idr_drill_group *g, idr_second *s);
void idr_step_hook(idr_drill_group *g, idr_second *s);
void idr_step_exponent(idr_drill_group *g, idr_second *s);
/* Connections, trips, boundaries of layers and sections; after the second is over. */
void idr_step_places(idr_drill_group *g);

#endif
