/* Wear of the bit's cutters.
 *
 * The wear flat grows with the friction power per contact area and the rock's abrasiveness, faster
 * above a critical temperature of the flat: Glowka 1985 (SPE 14222) and Glowka and Stone 1985 (SPE
 * 13061) found PDC wear to accelerate above about 350 degC, the flat's temperature rising with
 * friction power density and falling with cooling. Constants below are assumed, set so that a bit
 * lives 10 to 25 h in quartz-rich granite, as bit runs of Utah FORGE 16A(78)-32 did.
 */
#ifndef IDR_DRILL_WEAR_H
#define IDR_DRILL_WEAR_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_WEAR_RATE       0.75e-15f /* m3/J, flat growth per friction energy on a flat area */
#define IDR_WEAR_CRITICAL   623.15f   /* K, Glowka and Stone 1985 */
#define IDR_WEAR_THERMAL    60.0f     /* K above critical at which wear has doubled */
#define IDR_WEAR_CEILING    1023.15f  /* K: 750 degC, where sintered diamond falls apart */
#define IDR_WEAR_RESISTANCE 1.9e-6f   /* K m2/W at the reference flow */
#define IDR_WEAR_FLOW       0.04f     /* m3/s, reference flow of the resistance */
#define IDR_WEAR_CUTTING    0.08f     /* part of the cutting power that heats the cutters */
#define IDR_WEAR_STICK      2.0f      /* wear times (1 + this) at a stick-slip index of 1 */
#define IDR_WEAR_BACKWARD   2.0f      /* extra wear per part of the time turning backwards */
#define IDR_WEAR_WHIRL      6.0f      /* wear times (1 + this) at a whirl severity of 1 */
#define IDR_WHIRL_SPEED     11.5f     /* rad/s, onset for a bit that does not cut */
#define IDR_WHIRL_CUT       7.5e-3f   /* m, depth of cut that doubles the onset */

/* Heat flux into the flats, W/m2: the contact's friction power and a part of the cutting power over
 * the flats' area a l. `omega` is the mean forward bit speed; torques as idr_bit_*_torque. */
IDR_FN float idr_wear_heat(float contact_torque, float cutting_torque, float omega, float radius,
                           float flat) {
  float power = (contact_torque + IDR_WEAR_CUTTING * cutting_torque) * idr_maxf(omega, 0.0f);
  return power / (radius * flat);
}

/* Temperature of the flats, K: mud plus flux times a resistance that falls with flow. Not above
 * IDR_WEAR_CEILING: diamond sintered with cobalt loses its strength at some 750 degC, so a hotter
 * flat crumbles away under its own friction instead. Wear is then 45 times as fast as when cold. */
IDR_FN float idr_wear_temperature(float mud_temperature, float heat, float flow) {
  float cooling = 0.4f + 0.6f * idr_maxf(flow, 0.0f) / IDR_WEAR_FLOW;
  return idr_minf(mud_temperature + IDR_WEAR_RESISTANCE * heat / cooling, IDR_WEAR_CEILING);
}

/* Severity of lateral vibration, 0 to 1: whirl needs speed and a bit that does not hold itself in
 * the rock, so its onset rises with depth of cut (the stability map of weight and speed: stick-slip
 * at high weight and low speed, whirl at the opposite corner; SPE 145910, Wu et al. 2010). Assumed
 * form. Full severity at twice the onset. */
IDR_FN float idr_wear_whirl(float omega, float cut) {
  float onset = IDR_WHIRL_SPEED * (1.0f + cut / IDR_WHIRL_CUT);
  float over = idr_clampf(omega / onset - 1.0f, 0.0f, 1.0f);
  return over * (2.0f - over);
}

/* Factor on the wear rate from vibration: stick-slip index (0 smooth, 1 just sticking), part of the
 * time turning backwards, whirl severity. */
IDR_FN float idr_wear_vibration(float stick_slip, float backward, float whirl) {
  float index = idr_clampf(stick_slip, 0.0f, 1.5f);
  return 1.0f + IDR_WEAR_STICK * index * index + IDR_WEAR_BACKWARD * backward +
         IDR_WEAR_WHIRL * whirl;
}

/* Growth of the flats, m/s. */
IDR_FN float idr_wear_growth(float heat, float abrasiveness, float temperature, float vibration) {
  float over = idr_maxf(temperature - IDR_WEAR_CRITICAL, 0.0f) * (1.0f / IDR_WEAR_THERMAL);
  return IDR_WEAR_RATE * abrasiveness * heat * (1.0f + over * over) * vibration;
}

#endif
