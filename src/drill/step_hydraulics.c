/* Pressures of the mud, circulating or at rest, with the bit anywhere in the hole. */
#include "drill/step_internal.h"

#include "drill/hydraulics.h"
#include "drill/surge.h"

#define STILL       2e-3f /* m3/s below which friction fades out: the mud stands */
#define NARROWEST   0.2f  /* of the annulus around the collars that a pack-off leaves open */
#define BALLED      0.05f /* more drop at a bit face covered with clay (assumed) */
#define SPEED_MOST  3.0f  /* m/s, of a string */
#define NEAR_BOTTOM 0.01  /* m: nearer than that the bit is on bottom */

/* ---- mud of another density on its way ---- */

/* The mud pumped in follows its set-point at once; then a front goes down the string and up the
 * annulus without mixing, behind what the string held. A change while a front is still on its way
 * replaces what is ahead of it by its mean. Without a crew the whole hole changes at once. */
void idr_step_mud_front(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float in = g->mud_density_set[i] > 0.0f ? g->mud_density_set[i] : g->mud_density[i];
    bool changed = in != g->density_in[i];
    float string = changed ? g->density_string[i] : g->ahead_string[i];
    float annulus = changed ? g->density_annulus[i] : g->ahead_annulus[i];
    double pumped = changed ? 0.0 : g->front[i];
    s->in[i] = idr_step_pumped(g, i);
    pumped += g->crewed[i] ? (double)(s->in[i] * SECOND) : 1e6;
    float far = (float)(pumped < 1e6 ? pumped : 1e6);
    float around = idr_maxf(g->annulus_volume[i], 1e-3f);
    float inside = idr_maxf(g->string_volume[i], 1e-3f);
    float fresh = idr_clampf(far - inside, 0.0f, around);
    float pushed = idr_clampf(far, 0.0f, idr_minf(inside, around - fresh));
    float filled = idr_minf(far / inside, 1.0f);
    float mean = annulus + ((in - annulus) * fresh + (string - annulus) * pushed) / around;
    g->front[i] = pumped;
    g->density_in[i] = in;
    g->ahead_string[i] = string;
    g->ahead_annulus[i] = annulus;
    g->density_string[i] = filled < 1.0f ? string + (in - string) * filled : in;
    g->density_annulus[i] = fresh < around ? mean : in;
  }
}

/* ---- friction ---- */

/* Friction inside and around part `k` of the string, whose lower end is `low` metres deep. */
static void step_part_friction(const idr_drill_group *g, idr_second *s, float *low, int k) {
  /* The last part goes to the surface, above any hole in the string; the first can be packed off.
   */
  const float last = k == IDR_STRING_PARTS - 1 ? 1.0f : 0.0f, first = k == 0 ? 1.0f : 0.0f;
  IDR_SIMD
  LANES {
    idr_rheology in = idr_step_mud(g, i, 0), around = idr_step_mud(g, i, 1);
    float share = last + (1.0f - last) * s->through[i];
    float flow = s->in[i] * share, back = s->up[i] * share;
    float high = (1.0f - last) * idr_maxf(low[i] - g->part_length[k][i], 0.0f);
    float cased = idr_hydraulics_overlap(high, low[i], 0.0f, g->shoe_depth[i]);
    float below_shoe = low[i] - high - cased, outer = g->part_outer[k][i];
    float open = 1.0f - first * idr_clampf(g->fault_annulus[i], 0.0f, 1.0f - NARROWEST);
    /* A slot of constant flow: pressure goes with the third power of what is open. */
    float moving = idr_clampf(back * (1.0f / STILL), 0.0f, 1.0f) / (open * open * open);
    float above = idr_hydraulics_annulus(&around, back, g->shoe_diameter[i], outer, cased);
    float below = idr_hydraulics_annulus(&around, back, g->hole_diameter[i], outer, below_shoe);
    s->pipe[i] += idr_clampf(flow * (1.0f / STILL), 0.0f, 1.0f) *
                  idr_hydraulics_pipe(&in, flow, g->part_inner[k][i], low[i] - high);
    s->cased[i] += above * moving;
    s->annulus[i] += (above + below) * moving;
    low[i] = high;
  }
}

/* Surge around part `k`, from the way of the string in this second. The bit closes its end. */
static void step_part_surge(const idr_drill_group *g, idr_second *s, float *low, int k) {
  const float last = k == IDR_STRING_PARTS - 1 ? 1.0f : 0.0f;
  IDR_SIMD
  LANES {
    idr_rheology around = idr_step_mud(g, i, 1);
    float speed = idr_clampf(s->moved[i] * (1.0f / SECOND), -SPEED_MOST, SPEED_MOST);
    float size = idr_absf(speed), outer = g->part_outer[k][i];
    float high = (1.0f - last) * idr_maxf(low[i] - g->part_length[k][i], 0.0f);
    float cased = idr_hydraulics_overlap(high, low[i], 0.0f, g->shoe_depth[i]);
    float wide = g->shoe_diameter[i], hole = g->hole_diameter[i];
    float above =
        idr_surge_pressure(&around, size * idr_surge_closed(wide, outer), wide, outer, cased);
    float below = idr_surge_pressure(&around, size * idr_surge_closed(hole, outer), hole, outer,
                                     low[i] - high - cased);
    /* The first centimetre a second only works against the gel. */
    float sign = idr_clampf(speed * 100.0f, -1.0f, 1.0f);
    s->surge_cased[i] += sign * above;
    s->surge[i] += sign * (above + below);
    low[i] = high;
  }
}

/* ---- where the bit is ---- */

/* Vertical depth of the bit and its way. */
static void step_place_bit(idr_drill_group *g, idr_second *s, float *low) {
  IDR_SIMD
  LANES {
    double left = g->depth[i] - g->bit_depth[i];
    double way = g->settled[i] && left > NEAR_BOTTOM ? g->bit_depth[i] - g->bit_was[i] : 0.0;
    s->moved[i] = (float)way;
    s->through[i] = idr_step_through(g, i);
    s->up[i] = idr_maxf(s->in[i] - g->loss_rate[i], 0.0f);
    s->pipe[i] = s->cased[i] = s->annulus[i] = s->surge[i] = s->surge_cased[i] = 0.0f;
    g->bit_was[i] = g->bit_depth[i];
    low[i] = (float)g->bit_depth[i];
    g->bit_tvd[i] = g->bit_path_tvd[i] + (low[i] - g->bit_path_md[i]) * g->bit_path_slope[i];
  }
}

static bool step_any_moves(const idr_drill_group *g, const idr_second *s) {
  bool any = false;
  for (int i = 0; i < g->lanes; i++)
    any |= s->moved[i] != 0.0f;
  return any;
}

/* ---- pressures ---- */
static void step_pressures(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float tvd = idr_maxf(g->bit_tvd[i], 1.0f), shoe = idr_maxf(g->shoe_tvd[i], 1.0f);
    float column = g->density_annulus[i] * (1.0f + g->column[i]);
    float friction = s->annulus[i] * s->narrow[i];
    float extra = g->choke_pressure[i] - g->gas_relief[i];
    float added = friction + s->surge[i] + extra;
    float ecd = column + s->above[i] / tvd + added / (IDR_GRAVITY * tvd);
    float cased = s->cased[i] * s->narrow[i] + s->surge_cased[i] + extra;
    float at_bit = ecd * IDR_GRAVITY * tvd;
    float below = column * (g->tvd[i] - g->bit_tvd[i]) + s->load[i] - s->above[i];
    g->value[IDR_CHANNEL_ECD][i] = ecd;
    g->value[IDR_CHANNEL_ECD_SHOE][i] =
        column + s->load[i] / idr_maxf(g->tvd[i], 1.0f) + cased / (IDR_GRAVITY * shoe);
    g->value[IDR_CHANNEL_BOTTOM_PRESSURE][i] = at_bit;
    s->bottom[i] = at_bit + IDR_GRAVITY * below;
  }
}

/* From the annulus at the bit back up the string. The standpipe is bled off when nothing is pumped
 * into an open well; in a closed one it shows what the column in the string does not balance. */
static void step_standpipe(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float in = s->in[i], density = g->density_string[i], tvd = idr_maxf(g->bit_tvd[i], 1.0f);
    float unbalanced =
        (g->value[IDR_CHANNEL_ECD][i] - density * (1.0f + g->column[i])) * (IDR_GRAVITY * tvd);
    float balled = 1.0f + (g->crewed[i] ? BALLED * g->balling[i] : 0.0f);
    float drop = idr_hydraulics_surface(density, in) + s->pipe[i] +
                 idr_hydraulics_bit(density, in * s->through[i], idr_step_nozzles(g, i)) * balled;
    float standing = g->choke_closed[i] > 0.0f ? 1.0f : idr_clampf(in * (1.0f / STILL), 0.0f, 1.0f);
    g->value[IDR_CHANNEL_SPP][i] = idr_maxf(drop + standing * unbalanced, 0.0f);
  }
}

/* In order. */
static void (*const pressures[])(idr_drill_group *g, idr_second *s) = {step_pressures,
                                                                       step_standpipe};

void idr_step_hydraulics(idr_drill_group *g, idr_second *s) {
  float low[IDR_LANES], from[IDR_LANES];
  step_place_bit(g, s, low);
  for (int i = 0; i < IDR_LANES; i++)
    from[i] = low[i];
  for (int k = 0; k < IDR_STRING_PARTS; k++)
    step_part_friction(g, s, low, k);
  if (step_any_moves(g, s))
    for (int k = 0; k < IDR_STRING_PARTS; k++)
      step_part_surge(g, s, from, k);
  for (int k = 0; k < 2; k++)
    pressures[k](g, s);
}
