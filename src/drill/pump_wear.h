/* Wear of a mud pump: what slides and what breaks.
 *
 * Two ways to the end, each a part of life used up, 1 at the end:
 *     liners, pistons, valves   rate ~ pressure x stroke speed x (what abrades in the mud)
 *     fluid end                 a crack at the crossing of the bores, da/dN = C dK^3, dK = Y ds
 *                               sqrt(pi a): Paris' law, one cycle a stroke, stress by pressure
 * With the exponent 3 the crack has a closed form: a^-1/2 falls linearly with the sum of ds^3, so
 * the part of life used is that sum over its end value, and the length follows from the part.
 * C is Barsom and Rolfe's for ferritic-pearlitic steel, without a threshold because mud corrodes.
 * No parameters of rig pumps are published: every constant below is assumed but C.
 */
#ifndef IDR_DRILL_PUMP_WEAR_H
#define IDR_DRILL_PUMP_WEAR_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_PUMP_LINER      0.1651f  /* m, 6.5 in */
#define IDR_PUMP_STROKE     0.3048f  /* m, 12 in */
#define IDR_PUMP_EFFICIENCY 0.97f    /* volumetric, when new */
#define IDR_PUMP_PRESSURE   25e6f    /* Pa, nominal */
#define IDR_PUMP_RATE       1.0f     /* Hz, nominal strokes of the counter */
#define IDR_PUMP_SOLIDS     0.06f    /* volume part of solids in the nominal mud */
#define IDR_PUMP_LOSS       0.25f    /* of the displacement, worn out */
#define IDR_PUMP_FRICTION   0.06f    /* part of the hydraulic power that heats the crosshead oil */
#define IDR_PUMP_RESISTANCE 1.2e-3f  /* K/W, oil over air */
#define IDR_PUMP_LAG        1800.0f  /* s, of the oil */
#define IDR_CRACK_BEGIN     0.5e-3f  /* m, of the machining flaw */
#define IDR_CRACK_END       10e-3f   /* m, leaks */
#define IDR_CRACK_FORM      1.12f    /* Y */
#define IDR_CRACK_PARIS     6.9e-12f /* m per cycle at 1 MPa sqrt(m) */
#define IDR_CRACK_STRESS    2.5f     /* range of stress over pressure at the crossing */

/* Volume part of solids of a mud, from its density: water of 1000 and solids of 3600 kg/m3 between
 * barite and drilled rock. */
IDR_FN float idr_pump_solids(float mud_density) {
  return idr_maxf(mud_density - 1000.0f, 0.0f) * (1.0f / 2600.0f);
}

/* Wear of the sliding parts over its nominal value. `pressure` Pa, `rate` Hz. */
IDR_FN float idr_pump_wear_load(float pressure, float rate, float solids) {
  return idr_maxf(pressure, 0.0f) * (1.0f / IDR_PUMP_PRESSURE) * rate * (1.0f / IDR_PUMP_RATE) *
         (0.3f + 0.7f * solids * (1.0f / IDR_PUMP_SOLIDS));
}

/* Strokes to the end of a fluid end at constant `pressure` (Pa). */
IDR_FN float idr_crack_strokes(float pressure) {
  float form = IDR_CRACK_FORM * IDR_CRACK_STRESS * pressure * 1e-6f; /* MPa */
  float ends = 1.0f / idr_sqrtf(IDR_CRACK_BEGIN) - 1.0f / idr_sqrtf(IDR_CRACK_END);
  return 2.0f * ends / (IDR_CRACK_PARIS * form * form * form * 5.5683279f); /* pi^1.5 */
}

/* Part of the crack's life used per second. */
IDR_FN float idr_crack_rate(float pressure, float rate) {
  const float once = 1.0f / idr_crack_strokes(IDR_PUMP_PRESSURE);
  float p = idr_maxf(pressure, 0.0f) * (1.0f / IDR_PUMP_PRESSURE);
  return once * p * p * p * rate;
}

/* Length of the crack, m, after `part` (0 to 1) of its life. */
IDR_FN float idr_crack_length(float part) {
  float begin = 1.0f / idr_sqrtf(IDR_CRACK_BEGIN), end = 1.0f / idr_sqrtf(IDR_CRACK_END);
  float root = begin + (end - begin) * idr_clampf(part, 0.0f, 1.0f);
  return 1.0f / (root * root);
}

/* Part of the displacement that worn liners and valves let back: slow at first, then fast. */
IDR_FN float idr_pump_loss(float wear) {
  return IDR_PUMP_LOSS * wear * wear;
}

/* Acceleration of the frame, m/s2 rms: grows with strokes and pressure in a sound pump already;
 * valves that hammer and a crack that breathes raise it. */
IDR_FN float idr_pump_vibration(float pressure, float rate, float wear, float crack_length) {
  float load = rate * (0.4f + 0.6f * idr_maxf(pressure, 0.0f) * (1.0f / IDR_PUMP_PRESSURE));
  float crack = crack_length * (1.0f / IDR_CRACK_END);
  return 2.0f * load * (1.0f + 2.0f * wear * wear + 2.5f * crack);
}

/* Oil of the crosshead after a second, K. A worn pump rubs more. */
IDR_FN float idr_pump_warm(float oil, float air, float pressure, float flow, float wear) {
  float heat = idr_maxf(pressure, 0.0f) * flow * IDR_PUMP_FRICTION * (1.0f + 1.2f * wear);
  return oil + (air + IDR_PUMP_RESISTANCE * heat - oil) * (1.0f / IDR_PUMP_LAG);
}

#endif
