/* Rate of penetration: specific energy. */
#include "drill/bitrock.h"
#include "jobs/verify.h"

/* Teale in field units: MSE[psi] = WOB/A + 120 pi N T/(A ROP) with lbf, in2, 1/min, ft.lbf, ft/h.
 */
static void add_specific_energy(idr_verify *v) {
  double wob = 25000, torque = 5000, rpm = 120, rop = 60, diameter = 8.5;
  double area = 0.25 * 3.14159265358979 * diameter * diameter;
  double field = wob / area + 120 * 3.14159265358979 * rpm * torque / (area * rop);
  float si = idr_bit_specific_energy(
      (float)idr_verify_si(wob, "lbf"), (float)idr_verify_si(torque, "ft.lbf"),
      (float)idr_verify_si(rpm, "rpm"), (float)idr_verify_si(rop, "ft/h"),
      (float)idr_verify_si(area, "in2"));
  idr_verify_add(v,
                 (idr_verify_row){.id = "-",
                                  .what = "specific energy, 25 klbf, 5 kft.lbf, 120 rpm, 60 ft/h",
                                  .unit = "psi",
                                  .source = "Teale 1965 in field units, evaluated in double",
                                  .kind = IDR_VERIFY_EXACT,
                                  .reference = field,
                                  .ours = idr_verify_from_si((double)si, "psi"),
                                  .tolerance = 1e-5 * field});
}

void idr_verify_rop(idr_verify *v) {
  add_specific_energy(v);
}
