/* Bits that drill by another law than the phase law of drag bits, and the wear of cones. Only the
 * lanes that ask for it, one by one: a group without them pays a glance at two fields. */
#include "drill/step_internal.h"

#include "drill/bitrock.h"
#include "drill/bourgoyne.h"
#include "drill/hydraulics.h"
#include "drill/pdc.h"
#include "drill/tooth.h"

#define CONE_FRICTION 0.25f /* bit torque over weight times a third of the diameter, of cones */
#define DULL_RATE     0.7f /* part of its rate that a dull bit has lost under pdc_phase (assumed) */

/* Does a lane want what `field` says? */
static bool any(const idr_drill_group *g, const int32_t field[IDR_LANES]) {
  int32_t all = 0;
  for (int i = 0; i < g->lanes; i++)
    all |= field[i];
  return all != 0;
}

static const idr_well_section *section_of(const idr_drill_group *g, int i) {
  return &g->well[i]->section[g->section[i]];
}

/* Weight per diameter, N/m. */
static float load_of(const idr_drill_group *g, int i) {
  return g->wob[i] / (2.0f * g->bit_radius[i]);
}

/* ---- rate ---- */
/* Bourgoyne and Young: a1 stands for the rock, so the rate goes with its strength's inverse. The
 * three nozzles share the area. */
static float bourgoyne_rate(const idr_drill_group *g, int i, float omega) {
  const idr_well_section *bit = section_of(g, i);
  const float shear = 1e4f; /* 1/s, at the nozzles */
  float a[IDR_BOURGOYNE_TERMS], x[IDR_BOURGOYNE_TERMS];
  float viscosity =
      (g->mud_yield[i] + g->mud_consistency[i] * idr_powf(shear, g->mud_index[i])) / shear;
  float nozzle = idr_sqrtf(g->nozzle_area[i] * (4.0f / (3.0f * 3.14159265f)));
  idr_bourgoyne_state state = {
      .depth = g->tvd[i],
      .pore_density = g->pore_density[i],
      .circulating_density = g->value[IDR_CHANNEL_ECD][i],
      .weight_per_diameter = load_of(g, i),
      .omega = omega,
      .tooth_wear = g->bit_kind[i] == IDR_BIT_ROLLER ? (float)g->tooth[i] : g->wear[i],
      .jet_reynolds = idr_bourgoyne_reynolds(g->mud_density[i], g->flow[i], viscosity, nozzle)};
  for (int k = 0; k < IDR_BOURGOYNE_TERMS; k++)
    a[k] = k < bit->bourgoyne.count ? (float)bit->bourgoyne.value[k] : 0.0f;
  idr_bourgoyne_terms(&state, x);
  float rate = idr_bourgoyne_rop(a, x) * (float)bit->bourgoyne_ucs / g->ucs[i];
  return g->wob[i] > 0.0f ? rate : 0.0f;
}

static float pdc_rate(const idr_drill_group *g, int i, float omega) {
  const idr_well_section *s = section_of(g, i);
  const idr_pdc_bit bit = {.diameter = 2.0f * g->bit_radius[i],
                           .cutter = (float)s->cutter_diameter,
                           .back_rake = (float)s->back_rake,
                           .side_rake = (float)s->side_rake,
                           .cutters = (float)s->cutters,
                           .blades = (float)s->bit_blades};
  float sharp = 1.0f - DULL_RATE * idr_clampf(g->wear[i], 0.0f, 1.0f);
  return sharp * idr_maxf(idr_pdc_rop(&bit, g->strength[i], g->wob[i], omega), 0.0f);
}

/* What one lane's law says of depth of cut and torque under this weight, as a straight line for the
 * string; no deeper than the bit's founder. Cones roll: their torque goes with weight. Drag bits
 * cut what they cut, and the rest of the weight rubs. */
static void law_lane(idr_drill_group *g, idr_second *s, int i) {
  float omega = idr_maxf(g->omega_ref[i] + g->motor_speed[i], 0.5f), radius = g->bit_radius[i];
  float rate =
      g->rop_law[i] == IDR_ROP_BOURGOYNE ? bourgoyne_rate(g, i, omega) : pdc_rate(g, i, omega);
  float cut = idr_clampf(rate * 6.2831853f / omega, 1e-6f, g->founder_cut[i]);
  float cutting = CONE_FRICTION * g->wob[i] * radius * (2.0f / 3.0f), rubbing = 0.0f;
  if (g->bit_kind[i] != IDR_BIT_ROLLER) {
    idr_bit_law law = idr_bit_prepare(radius, g->strength[i], (float)g->flat[i], g->founder_cut[i]);
    cutting = idr_bit_cutting_torque(&law, cut);
    rubbing = idr_bit_contact_torque(&law, idr_bit_contact_force(&law, g->wob[i], cut));
  }
  s->line_stiff[i] = idr_maxf(g->wob[i], 1.0f) / cut;
  s->line_torque[i] = (cutting + rubbing) / cut;
  s->line_rub[i] = rubbing / idr_maxf(cutting + rubbing, 1.0f);
}

/* A new bit has new teeth and bearings; one that starts worn has worn teeth. The flats of drag bits
 * play no part. */
static void match_cones(idr_drill_group *g, int i) {
  if (g->wear[i] <= 0.0f) g->tooth[i] = g->bearing[i] = 0.0;
  if (g->tooth[i] <= 0.0 && g->bearing[i] <= 0.0) g->tooth[i] = (double)g->wear[i];
  g->flat[i] = (double)g->flat_new[i];
}

void idr_step_laws(idr_drill_group *g, idr_second *s) {
  if (!any(g, g->rop_law)) return;
  for (int i = 0; i < g->lanes; i++) {
    if (g->bit_kind[i] == IDR_BIT_ROLLER) match_cones(g, i);
    if (g->rop_law[i] != IDR_ROP_DETOURNAY) law_lane(g, s, i);
  }
}

/* ---- wear of cones ---- */
/* Teeth wear with the rock's abrasiveness, bearings with the weight they carry; the first of them
 * to end ends the bit. Takes back what the law of drag bits has booked in this second. */
static void cones_lane(idr_drill_group *g, const idr_second *s, int i) {
  const idr_well_section *bit = section_of(g, i);
  double range = (double)(g->flat_dull[i] - g->flat_new[i]);
  double booked = (g->flat[i] - (double)g->flat_new[i]) / range;
  double before = g->tooth[i] > g->bearing[i] ? g->tooth[i] : g->bearing[i];
  float omega = s->forward[i] / SECOND, load = g->wob[i] > 0.0f ? load_of(g, i) : 0.0f;
  idr_tooth tooth = idr_tooth_of((idr_tooth_class)bit->tooth_class);
  float rate = load > 0.0f ? idr_tooth_rate(&tooth, load, omega, (float)bit->tooth_life) : 0.0f;
  float turning =
      idr_bearing_rate((idr_bearing_kind)bit->bearing_kind, load, omega, (float)bit->bearing_life);
  g->tooth[i] = idr_tooth_wear(&tooth, g->tooth[i], rate * g->abrasiveness[i], (double)SECOND);
  g->bearing[i] += (double)(turning * SECOND);
  double after = g->tooth[i] > g->bearing[i] ? g->tooth[i] : g->bearing[i];
  g->bits_worn[i] += after - before - booked;
  g->wear[i] = (float)after;
  g->flat[i] = (double)g->flat_new[i];
  g->flat_temperature[i] = g->mud_temperature[i];
}

void idr_step_cones(idr_drill_group *g, idr_second *s) {
  if (!any(g, g->bit_kind)) return;
  for (int i = 0; i < g->lanes; i++)
    if (g->bit_kind[i] == IDR_BIT_ROLLER) cones_lane(g, s, i);
}
