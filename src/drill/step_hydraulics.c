/* Pressures of the circulating mud. */
#include "drill/step_internal.h"

#include "drill/hydraulics.h"

/* Friction inside and around part `k` of the string, whose lower end is `low` metres deep. */
static void step_part_friction(const idr_drill_group *g, idr_second *s, float *low, int k) {
  const float ends =
      k == IDR_STRING_PARTS - 1 ? 0.0f : 1.0f; /* the last part goes to the surface */
  IDR_SIMD
  LANES {
    idr_rheology in = idr_step_mud(g, i, 0), around = idr_step_mud(g, i, 1);
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

void idr_step_hydraulics(idr_drill_group *g, idr_second *s) {
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
