/* Rate of penetration of a PDC bit: two phases with published constants.
 *
 * Source: Akhtarmanesh, Atashnezhad, Hareland and others 2021, as their public code gives it
 * (github Atashnezhad/ROP-Modeling). In lbf, in, psi, 1/min and ft/h, with NOC cutters of diameter
 * Dc on NOB blades, back rake BR, side rake SR, bit diameter Db and rock strength S:
 *     WOBt = NOC 270 (N/80)^0.1 (11/NOC) (tan BR/tan 25 deg)^0.2 (Dc/0.51) (S/28000)
 *     DOCt = 0.018 (80/N)^0.3 (11/NOC) (Dc/0.51),      ROPt = 5 DOCt N
 *     ARS = S (1 + 0.3 N/100),   G = 880 NOB^0.3/NOC^1.05 Dc cos SR/Db^2 (tan BR)^0.2
 *     phase I  (W < WOBt)  ROP = 2e-6 G N^0.7 W^2.6/ARS
 *     phase II             ROP = G N (W - WOBt)/ARS + ROPt
 * Fitted to full-bit tests in granite of 28,000 psi; the two phases do not quite meet at WOBt.
 */
#ifndef IDR_DRILL_PDC_H
#define IDR_DRILL_PDC_H

#include "base/fn.h"
#include "base/vmath.h"

typedef struct {
  float diameter;             /* m */
  float cutter;               /* diameter of a cutter, m */
  float back_rake, side_rake; /* rad */
  float cutters, blades;      /* how many */
} idr_pdc_bit;

/* (tan back rake)^0.2 */
IDR_FN float idr_pdc_rake(const idr_pdc_bit *bit) {
  return idr_powf(idr_sinf(bit->back_rake) / idr_cosf(bit->back_rake), 0.2f);
}

/* Weight at which phase II begins, N. `strength` Pa, `omega` rad/s (> 0). */
IDR_FN float idr_pdc_threshold(const idr_pdc_bit *bit, float strength, float omega) {
  float speed = omega * (1.0f / 8.3775804f);   /* over 80 1/min */
  float rake = idr_pdc_rake(bit) * 1.1648379f; /* (tan 25 deg)^-0.2 */
  return 13211.218f * idr_powf(speed, 0.1f) * rake * (bit->cutter * (1.0f / 0.012954f)) *
         (strength * (1.0f / 193.05320e6f));
}

/* Rate of penetration, m/s, under weight `wob` (N); 0 for a bit that does not turn or bears none.
 */
IDR_FN float idr_pdc_rop(const idr_pdc_bit *bit, float strength, float wob, float omega) {
  float turning = idr_maxf(omega, 1e-3f), rpm = turning * 9.5492966f;
  float threshold = idr_pdc_threshold(bit, strength, turning);
  float cut = 0.018f * idr_powf(80.0f / rpm, 0.3f) * (11.0f / bit->cutters) *
              (bit->cutter * (1.0f / 0.012954f));
  float shape = idr_powf(bit->blades, 0.3f) / idr_powf(bit->cutters, 1.05f);
  float gain = 22.352f * shape * idr_pdc_rake(bit) * idr_cosf(bit->side_rake) * bit->cutter /
               (bit->diameter * bit->diameter); /* G: 880 x 0.0254 */
  float apparent = strength * 1.4503774e-4f * (1.0f + 0.003f * rpm);
  float pounds = idr_maxf(wob, 0.0f) * 0.22480894f;
  float one = 2e-6f * gain * idr_powf(rpm, 0.7f) * idr_powf(pounds, 2.6f) / apparent;
  float two = gain * rpm * (pounds - threshold * 0.22480894f) / apparent + 5.0f * cut * rpm;
  float feet_per_hour = wob < threshold ? one : two;
  return omega > 0.0f ? feet_per_hour * 8.4666667e-5f : 0.0f;
}

#endif
