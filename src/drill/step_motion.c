/* Where block and bit are, what hangs on the hook, and the channels that follow from it. */
#include "drill/step_internal.h"

#include "drill/pore_pressure.h"
#include "drill/torque_drag.h"
#include <stdbool.h>

/* Axial give of a string is taken as that of its pipe, N/m. */
IDR_FN float string_spring(float outer, float inner, double length) {
  float area = 0.78539816f * (outer * outer - inner * inner);
  return (float)IDR_STEEL_YOUNG * area / idr_maxf((float)length, 100.0f);
}

/* A string in the slips has no top drive on it: it stands, and so does the drive. */
static void rest_in_slips(idr_drill_group *g) {
  for (int i = 0; i < g->lanes; i++) {
    if (!g->slips[i]) continue;
    g->omega_top[i] = g->omega_bit[i] = g->omega_ref[i] = 0.0f;
    g->twist[i] = g->top_integral[i] = 0.0f;
  }
}

/* The block moves the string, or moves alone when the string hangs in the slips. What holds the
 * string (fault_grip_force) first takes up the pull, as dry friction behind a spring; beyond it the
 * bit follows. On bottom the block follows the bit. */
void idr_step_motion(idr_drill_group *g, idr_second *s) {
  rest_in_slips(g);
  const int pipe = IDR_STRING_PARTS - 1;
  IDR_SIMD
  LANES {
    bool on = s->on[i] > 0.0f, slips = g->slips[i] != 0;
    float spring = string_spring(g->part_outer[pipe][i], g->part_inner[pipe][i], g->bit_depth[i]);
    float asked = (on | slips) ? 0.0f : g->block_speed[i] * SECOND;
    float pull = g->hold[i] + spring * asked;
    float hold = idr_clampf(pull, -g->fault_grip_force[i], g->fault_grip_force[i]);
    double bit = g->bit_depth[i], to = bit + (double)((pull - hold) / spring);
    to = to < g->depth[i] ? to : g->depth[i];
    to = to > 0.0 ? to : 0.0;
    float drilled = on ? g->value[IDR_CHANNEL_ROP][i] * SECOND : 0.0f;
    float taken = (hold - g->hold[i]) / spring + (float)(to - bit);
    float down = slips ? g->block_speed[i] * SECOND : drilled + taken;
    g->hold[i] = hold;
    g->bit_depth[i] = to;
    g->block[i] -= down;
    g->bit_tvd[i] = g->bit_path_tvd[i] + ((float)to - g->bit_path_md[i]) * g->bit_path_slope[i];
    g->value[IDR_CHANNEL_BIT_DEPTH][i] = (float)to;
    g->value[IDR_CHANNEL_BIT_TVD][i] = g->bit_tvd[i];
    g->value[IDR_CHANNEL_BLOCK][i] = g->block[i];
    g->value[IDR_CHANNEL_BLOCK_SPEED][i] = down / SECOND;
  }
}

/* Hook load: friction acts against the motion of the pipe's surface, which turns and moves along
 * the hole (torque_drag.h), so that a string that turns is dragged less. With a crew the block's
 * weight is part of it, as on a gauge; in the slips nothing else is. */
void idr_step_hook(idr_drill_group *g, idr_second *s) {
  (void)s;
  const int pipe = IDR_STRING_PARTS - 1;
  IDR_SIMD
  LANES {
    float up = -g->value[IDR_CHANNEL_BLOCK_SPEED][i];
    float around = 0.5f * g->part_outer[pipe][i] * g->omega_top[i];
    float along = up / idr_sqrtf(up * up + around * around + 1e-6f);
    float free = g->hook_free[i], lifted = g->hook_up[i] - free, lowered = free - g->hook_down[i];
    float drag = along * (up > 0.0f ? lifted : lowered);
    float hangs = (free + drag) * (1.0f + g->hook_factor[i]) - g->hold[i] - g->wob[i];
    float string = g->slips[i] != 0 ? 0.0f : idr_maxf(hangs, 0.0f);
    float before = g->value[IDR_CHANNEL_HOOKLOAD][i], alone = free - g->wob[i];
    float load = g->crewed[i] != 0 ? IDR_BLOCK_WEIGHT + string : alone;
    g->value[IDR_CHANNEL_HOOKLOAD][i] = load;
    g->value[IDR_CHANNEL_HOOKLOAD_MAX][i] = idr_maxf(load, before);
  }
}

/* Corrected d-exponent (pore_pressure.h) by normal over actual mud density. Off bottom the last
 * value stays. */
void idr_step_exponent(idr_drill_group *g, idr_second *s) {
  (void)s;
  const float normal = 1042.6f; /* kg/m3: 0.452 psi/ft */
  IDR_SIMD
  LANES {
    float rop = g->value[IDR_CHANNEL_ROP][i], omega = g->omega_top[i], wob = g->wob[i];
    float d = idr_pore_d_exponent(rop, omega, wob, 2.0f * g->bit_radius[i]);
    float value = idr_pore_d_corrected(d, normal, g->mud_density[i]);
    bool drills = (rop > 1e-5f) & (omega > 0.5f) & (wob > 5e3f);
    g->value[IDR_CHANNEL_DXC][i] = drills ? value : g->value[IDR_CHANNEL_DXC][i];
  }
}
