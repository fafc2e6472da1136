/* Drawworks: drum bearing, brake and drilling line.
 *
 * The bearing wears by turns and the cube of the hook load (as in gearbox.h), the brake by the work
 * of lowering, faster when it is hot. The line's work is the load's way (ton-miles in the field);
 * when it has done its share the worn part is cut and new line slipped in from the reel. All
 * constants are assumed; the line's share is some 1,500 ton-miles of a 1 3/8 in line.
 */
#ifndef IDR_DRILL_HOIST_H
#define IDR_DRILL_HOIST_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_HOIST_FORCE      800e3f  /* N, nominal hook load */
#define IDR_HOIST_SPEED      0.4f    /* m/s, nominal speed of the block */
#define IDR_HOIST_IDLE       0.02f   /* m/s, slower than this is no operation (drilling off) */
#define IDR_HOIST_HOT        473.0f  /* K, the brake begins to fade */
#define IDR_HOIST_SHARE      0.15f   /* part of the lowering power that the friction brake takes */
#define IDR_HOIST_RESISTANCE 6e-3f   /* K/W, brake over air */
#define IDR_HOIST_LAG        900.0f  /* s, of the brake */
#define IDR_HOIST_LINE       2.1e10f /* J, work of the line until it is cut */
#define IDR_HOIST_SLIP       5400    /* s, to cut and slip it */

/* Wear over its nominal value: half by the bearing, half by the brake. `speed` m/s, down positive.
 */
IDR_FN float idr_hoist_load(float force, float speed, float brake) {
  float f = idr_maxf(force, 0.0f) * (1.0f / IDR_HOIST_FORCE);
  float turns = idr_absf(speed) * (1.0f / IDR_HOIST_SPEED);
  float lower = idr_maxf(speed, 0.0f) * (1.0f / IDR_HOIST_SPEED);
  float fade = 1.0f + idr_maxf(brake - IDR_HOIST_HOT, 0.0f) * (1.0f / 50.0f);
  return 0.5f * f * f * f * turns + f * lower * fade;
}

/* Brake after a second, K. A worn one slips longer. */
IDR_FN float idr_hoist_warm(float brake, float air, float force, float speed, float damage) {
  float heat = idr_maxf(force, 0.0f) * idr_maxf(speed, 0.0f) * IDR_HOIST_SHARE;
  return brake +
         (air + IDR_HOIST_RESISTANCE * heat * (1.0f + damage) - brake) * (1.0f / IDR_HOIST_LAG);
}

/* Acceleration of the drum bearing, m/s2 rms. */
IDR_FN float idr_hoist_vibration(float force, float speed, float damage) {
  float load = 0.4f + 0.6f * idr_maxf(force, 0.0f) * (1.0f / IDR_HOIST_FORCE);
  return 2.5f * idr_absf(speed) * (1.0f / IDR_HOIST_SPEED) * load * (1.0f + 4.0f * damage * damage);
}

#endif
