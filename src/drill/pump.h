/* Mud pump: strokes to flow. A triplex pump displaces three liners a revolution (a stroke of the
 * counter); a duplex pump both sides of two, less the rods. Efficiency covers valves and gas. */
#ifndef IDR_DRILL_PUMP_H
#define IDR_DRILL_PUMP_H

#include "base/fn.h"

#define IDR_PUMP_SHARED 1.2f /* Hz above which two pumps call the third (assumed) */

/* Volume per counted stroke, m3. `liner` and `stroke` m. */
IDR_FN float idr_pump_triplex(float liner, float stroke, float efficiency) {
  return 2.3561945f * liner * liner * stroke * efficiency; /* 3 pi/4 */
}
IDR_FN float idr_pump_duplex(float liner, float rod, float stroke, float efficiency) {
  return 1.5707963f * (2.0f * liner * liner - rod * rod) * stroke * efficiency; /* pi/2 */
}

/* Flow, m3/s, at `rate` strokes a second, and the other way round. */
IDR_FN float idr_pump_flow(float per_stroke, float rate) {
  return per_stroke * rate;
}
IDR_FN float idr_pump_rate(float per_stroke, float flow) {
  return flow / per_stroke;
}

/* Power given to the mud, W. */
IDR_FN float idr_pump_hydraulic_power(float pressure, float flow) {
  return pressure * flow;
}

#endif
