/* Bit and rock: the phase law of drag bits.
 *
 * Source: Detournay and Defourny 1992 (Int. J. Rock Mech. 29:13); Detournay, Richard and Shepherd
 * 2008 (Int. J. Rock Mech. 45:1347). Weight and torque are the sum of a cutting and a contact part:
 *     W = Wc + Wf,  T = Tc + Tf,  Wc = zeta eps a d,  Tc = eps a^2 d / 2,  Tf = mu gamma (a/2) Wf
 * with bit radius a, depth of cut per revolution d, intrinsic specific energy eps. Phase I: the
 * wear flats come into contact with growing d; phase II: they bear their full load Wf* = a l sigma
 * and more weight only cuts (dT/dW = a/(2 zeta)); phase III: cuttings fill the space under the bit
 * and bear weight too, so that more of it gains next to nothing (founder). Strengths: eps =
 * UCS/0.35 with confined strength, sigma equal to it (rule of reference sets).
 */
#ifndef IDR_DRILL_BITROCK_H
#define IDR_DRILL_BITROCK_H

#include "base/fn.h"
#include "base/vmath.h"

#define IDR_BIT_ZETA       0.6f  /* inclination of the cutting force */
#define IDR_BIT_FRICTION   0.6f  /* mu gamma: friction of a wear flat times the bit constant */
#define IDR_BIT_EFFICIENCY 0.35f /* UCS / eps */
#define IDR_BIT_CONTACT_CUT                                                                        \
  0.4e-3f /* m, depth of cut at which the flats are fully loaded (assumed) */
/* Stiffness of phase III over that of phase II (assumed): what founder leaves of a gain. */
#define IDR_BIT_FOUNDER_STIFFNESS 25.0f
/* Bit hydraulic power per bit area at half of full cleaning, W/m2 (assumed; about 1 hp/in2). */
#define IDR_BIT_HYDRAULIC_HALF 1.2e6f
/* Rock removed per bit area at full cleaning, m/s (assumed). */
#define IDR_BIT_CLEANING_RATE 0.08f
/* Part of the depth of cut lost on a fully balled bit (assumed). */
#define IDR_BIT_BALLING_LOSS 0.6f

/* Strength under a borehole overbalance dp: UCS + dp (1 + sin phi)/(1 - sin phi), phi = 30 deg:
 * the Mohr-Coulomb strength at confining pressure dp (Caicedo et al. 2005, SPE 92576, permeable
 * rock). Underbalance does not strengthen. Pa. */
IDR_FN float idr_rock_strength(float ucs, float overbalance) {
  return ucs + 3.0f * idr_maxf(overbalance, 0.0f);
}

/* Part of full cleaning that the bit's hydraulic power per bit area (W/m2) gives, 0 to 1. */
IDR_FN float idr_bit_cleaning(float power) {
  return power / (power + IDR_BIT_HYDRAULIC_HALF);
}

/* Depth of cut (m/rev) at which the bit founders. Two limits act like resistances in a row: the
 * exposure of the cutters, and the volume of rock that the flow removes, per revolution; the first
 * keeps `exposure` within reach of the rock at low speed, the second falls with speed. `omega` is
 * the mean bit speed (rad/s), `cleaning` and `balling` lie in 0..1. Assumed form; that phase III
 * begins when cuttings are not removed is Detournay, Richard and Shepherd's finding. */
IDR_FN float idr_bit_founder(float exposure, float cleaning, float omega, float balling) {
  float turns = idr_maxf(omega, 0.5f) * 0.15915494f;
  float rate = IDR_BIT_CLEANING_RATE * idr_maxf(cleaning, 0.02f);
  float cut = 1.0f / (1.0f / exposure + turns / rate);
  return idr_maxf(cut * (1.0f - IDR_BIT_BALLING_LOSS * balling), 2.0f * IDR_BIT_CONTACT_CUT);
}

/* The law for one rock, bit and wear: everything that does not change within a second. */
typedef struct {
  float energy;       /* eps, Pa */
  float radius;       /* a, m */
  float wob_contact;  /* W at the end of phase I, N */
  float wob_founder;  /* W at the end of phase II, N */
  float soft_contact; /* d per W in phase I, m/N */
  float soft_cutting; /* in phase II */
} idr_bit_law;

/* `strength` Pa, `flat` m (sum of wear-flat lengths over the blades), `founder` m/rev. */
IDR_FN idr_bit_law idr_bit_prepare(float radius, float strength, float flat, float founder) {
  idr_bit_law law;
  law.energy = strength / IDR_BIT_EFFICIENCY;
  law.radius = radius;
  float cutting = IDR_BIT_ZETA * law.energy * radius;
  law.wob_contact = radius * flat * strength + cutting * IDR_BIT_CONTACT_CUT;
  law.wob_founder = law.wob_contact + cutting * (founder - IDR_BIT_CONTACT_CUT);
  law.soft_contact = IDR_BIT_CONTACT_CUT / law.wob_contact;
  law.soft_cutting = 1.0f / cutting;
  return law;
}

/* Depth of cut per revolution (m) under weight `wob` (N): the inverse of the three lines. */
IDR_FN float idr_bit_cut(const idr_bit_law *law, float wob) {
  float one = idr_clampf(wob, 0.0f, law->wob_contact);
  float two = idr_clampf(wob, law->wob_contact, law->wob_founder) - law->wob_contact;
  float three = idr_maxf(wob - law->wob_founder, 0.0f);
  return one * law->soft_contact +
         (two + three * (1.0f / IDR_BIT_FOUNDER_STIFFNESS)) * law->soft_cutting;
}

/* Weight (N) that a depth of cut asks for: the same lines read the other way. */
IDR_FN float idr_bit_weight(const idr_bit_law *law, float cut) {
  float contact = law->soft_contact * law->wob_contact;
  float founder = contact + (law->wob_founder - law->wob_contact) * law->soft_cutting;
  float one = idr_clampf(cut, 0.0f, contact) / law->soft_contact;
  float two = idr_clampf(cut, contact, founder) - contact;
  float three = idr_maxf(cut - founder, 0.0f) * IDR_BIT_FOUNDER_STIFFNESS;
  return one + (two + three) * (IDR_BIT_ZETA * law->energy * law->radius);
}

/* Weight borne by contact (N): what does not cut. */
IDR_FN float idr_bit_contact_force(const idr_bit_law *law, float wob, float cut) {
  return idr_maxf(wob - IDR_BIT_ZETA * law->energy * law->radius * cut, 0.0f);
}

/* Torque of cutting and of contact (N m), at speeds where friction has its kinetic value. */
IDR_FN float idr_bit_cutting_torque(const idr_bit_law *law, float cut) {
  return 0.5f * law->energy * law->radius * law->radius * cut;
}
IDR_FN float idr_bit_contact_torque(const idr_bit_law *law, float contact_force) {
  return 0.5f * IDR_BIT_FRICTION * law->radius * contact_force;
}

/* Bit balling: clay sticks to a foundering bit and is washed off by the jets.
 *     db/dt = s (W/Wf - 1)+ (1 - b)/tau_on - (cleaning) b/tau_off
 * Implicit in b, so any step is stable. Form and times (5 and 10 min) are assumed. */
IDR_FN float idr_bit_balling(float balling, float stickiness, float wob, float wob_founder,
                             float cleaning, float dt) {
  float over = idr_clampf(wob / wob_founder - 1.0f, 0.0f, 2.0f);
  float grow = dt * stickiness * over * (1.0f / 300.0f);
  float wash = dt * idr_maxf(cleaning, 0.05f) * (1.0f / 600.0f);
  return (balling + grow) / (1.0f + grow + wash);
}

/* Mechanical specific energy, Pa (Teale 1965): W/A + T omega/(A v); `rop` m/s. Without progress the
 * ratio has no meaning and is cut at a rate of 0.1 m/h. */
IDR_FN float idr_bit_specific_energy(float wob, float torque, float omega, float rop, float area) {
  return (wob + torque * idr_maxf(omega, 0.0f) / idr_maxf(rop, 2.8e-5f)) / area;
}

#endif
