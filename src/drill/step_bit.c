/* Bit and rock: depth of cut, torque, balling; wear of the bit. */
#include "drill/step_internal.h"

#include "drill/bitrock.h"
#include "drill/hydraulics.h"
#include "drill/wear.h"

void idr_step_rock(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float jets = idr_step_pumped(g, i) * idr_step_through(g, i);
    float power = idr_hydraulics_bit_power(g->density_string[i], jets, idr_step_nozzles(g, i),
                                           g->bit_radius[i]);
    float cleaning = idr_bit_cleaning(power);
    float overbalance =
        (g->value[IDR_CHANNEL_ECD][i] - g->pore_density[i]) * IDR_GRAVITY * g->tvd[i];
    float strength = idr_rock_strength(g->ucs[i], overbalance);
    float founder = idr_bit_founder(g->exposure[i], cleaning, g->omega_ref[i], g->balling[i]);
    idr_bit_law law = idr_bit_prepare(g->bit_radius[i], strength, (float)g->flat[i], founder);
    s->law_energy[i] = law.energy;
    s->law_contact[i] = law.wob_contact;
    s->law_founder[i] = law.wob_founder;
    s->law_soft_contact[i] = law.soft_contact;
    s->law_soft_cutting[i] = law.soft_cutting;
    s->line_stiff[i] = s->line_torque[i] = s->line_rub[i] = 0.0f;
    s->cleaning[i] = cleaning;
    g->strength[i] = strength;
    g->founder_cut[i] = founder;
    g->founder_wob[i] = law.wob_founder;
    g->balling[i] = idr_bit_balling(g->balling[i], g->stickiness[i], g->wob[i], law.wob_founder,
                                    cleaning, SECOND);
  }
}

void idr_step_wear(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float heat = idr_wear_heat(s->contact_torque[i], s->cutting_torque[i], s->forward[i] / SECOND,
                               g->bit_radius[i], (float)g->flat[i]);
    float temperature = idr_wear_temperature(g->mud_temperature[i], heat, g->flow[i]);
    float speed = g->value[IDR_CHANNEL_OMEGA_BIT][i];
    float whirl = g->wob[i] > 0.0f ? idr_wear_whirl(speed, g->cut[i]) : 0.0f;
    whirl = idr_minf(whirl + g->fault_lateral[i], 1.0f);
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
