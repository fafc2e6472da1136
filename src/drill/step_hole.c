/* Cuttings on their way up the annulus. */
#include "drill/step_internal.h"

#include "drill/cuttings.h"
#include "drill/hydraulics.h"

/* Rates of one cell: what the mud carries, lays down and picks up. */
static void step_cell_rates(idr_drill_group *g, idr_second *s, int c) {
  IDR_SIMD
  LANES {
    idr_rheology r = idr_step_mud(g, i, 1);
    float volume = g->cell_area[c][i] * g->cell_length[i];
    float lying = (float)g->bed[c][i] / (IDR_CUTTING_PACKING * volume);
    float open = idr_clampf(1.0f - lying, 0.1f, 1.0f);
    /* Where the string is not, the mud stands; a pack-off holds the cuttings up. */
    float top = (float)g->depth[i] - (float)(c + 1) * g->cell_length[i];
    float there = idr_clampf(((float)g->bit_depth[i] - top) / g->cell_length[i], 0.0f, 1.0f);
    float flow = idr_maxf(idr_step_pumped(g, i) - g->loss_rate[i], 0.0f) * there;
    float held = c ? 1.0f : 1.0f - idr_clampf(g->fault_annulus[i], 0.0f, 1.0f);
    float velocity = flow / (g->cell_area[c][i] * open);
    float viscosity = idr_rheology_apparent(&r, velocity, g->cell_gap[c][i]);
    float slip =
        idr_cuttings_slip(IDR_CUTTING_SIZE, g->rock_density[i], g->density_annulus[i], viscosity);
    float upright = g->cell_drop[c][i] / g->cell_length[i];
    float rise = idr_maxf(velocity - slip * upright, 0.05f * velocity);
    float minimum =
        idr_cuttings_minimum(g->value[IDR_CHANNEL_ROP][i], viscosity, g->density_annulus[i],
                             g->cell_ratio[c][i], g->cell_lean[c][i], g->omega_top[i]);
    s->carry[i] = held * rise / g->cell_length[i];
    s->deposition[i] = idr_cuttings_deposition(velocity, minimum, g->cell_lean[c][i]);
    s->erosion[i] = idr_cuttings_erosion(velocity, minimum, g->cell_lean[c][i]);
    float filled = ((float)g->suspended[c][i] + (float)g->bed[c][i] / IDR_CUTTING_PACKING) / volume;
    g->solids[i] = c ? idr_maxf(g->solids[i], filled) : filled;
    float density =
        (float)g->suspended[c][i] / volume * (g->rock_density[i] - g->density_annulus[i]);
    s->load[i] += density * g->cell_drop[c][i];
    s->above[i] += density * g->cell_drop[c][i] * there;
    s->narrow[i] += (1.0f / IDR_ANNULUS) / (open * open);
  }
}

static void step_cell_move(idr_drill_group *g, idr_second *s, int c) {
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
void idr_step_cuttings(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float made = g->value[IDR_CHANNEL_ROP][i] * SECOND * idr_circle_area(g->hole_diameter[i]) *
                 (1.0f - g->porosity[i]);
    made += idr_maxf(g->fault_caving[i], 0.0f) * SECOND;
    s->passing[i] = (double)made;
    g->solids_in[i] += (double)made;
    s->load[i] = s->above[i] = s->narrow[i] = 0.0f;
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
