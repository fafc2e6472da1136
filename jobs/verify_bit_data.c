/* The laws of the bit on measured rows: PDC bits in the laboratory (V1) and in a well (V2). */
#include "drill/bitrock.h"
#include "drill/pdc.h"
#include "jobs/verify.h"
#include "jobs/verify_rows.h"

#include <math.h>

typedef struct {
  double r2, mae, mape; /* MAE in ft/h, MAPE in % */
} score;

static score score_of(int count, const double *measured, const double *ours) {
  double mean = 0.0, left = 0.0, all = 0.0;
  score s = {0.0, 0.0, 0.0};
  for (int i = 0; i < count; i++)
    mean += measured[i] / count;
  for (int i = 0; i < count; i++) {
    double e = ours[i] - measured[i];
    left += e * e;
    all += (measured[i] - mean) * (measured[i] - mean);
    s.mae += fabs(e) / count;
    s.mape += 100.0 * fabs(e) / measured[i] / count;
  }
  s.r2 = 1.0 - left / all;
  return s;
}

/* ---- V1: the laboratory ---------------------------------------------------------------------- */

static double pdc_rate(const idr_pdc_row *r) {
  const idr_pdc_bit bit = {.diameter = idr_verify_sif(3.75, "in"),
                           .cutter = idr_verify_sif((double)r->cutter, "in"),
                           .back_rake = idr_verify_sif((double)r->back_rake, "deg"),
                           .side_rake = idr_verify_sif(1, "deg"),
                           .cutters = r->cutters,
                           .blades = r->blades};
  float rop = idr_pdc_rop(&bit, idr_verify_sif(28000, "psi"), idr_verify_sif((double)r->wob, "lbf"),
                          idr_verify_sif((double)r->rpm, "rpm"));
  return idr_verify_from_si((double)rop, "ft/h");
}

/* The engine's own law as it drills: sharp bit, no founder, nothing fitted. */
static double drag_rate(const idr_pdc_row *r) {
  idr_bit_law law =
      idr_bit_prepare(0.5f * idr_verify_sif(3.75, "in"), idr_verify_sif(28000, "psi"), 1e-6f, 1.0f);
  float cut = idr_bit_cut(&law, idr_verify_sif((double)r->wob, "lbf"));
  return idr_verify_from_si((double)(cut * idr_verify_sif((double)r->rpm, "rpm")) / (2.0 * M_PI),
                            "ft/h");
}

static void add_laboratory(idr_verify *v) {
  static const char source[] =
      "Akhtarmanesh et al. 2021, 83 rows in Sierra White granite (github Atashnezhad/ROP-Modeling)";
  const idr_verify_case model = {v, "V1", source, IDR_VERIFY_DATA};
  const idr_verify_case scored = {
      v, "V1", "Akhtarmanesh et al. 2021: score of the published equations in double precision",
      IDR_VERIFY_DATA};
  double measured[IDR_PDC_ROWS], pdc[IDR_PDC_ROWS], drag[IDR_PDC_ROWS];
  for (int i = 0; i < IDR_PDC_ROWS; i++) {
    measured[i] = (double)idr_pdc_rows[i].rop;
    pdc[i] = pdc_rate(&idr_pdc_rows[i]);
    drag[i] = drag_rate(&idr_pdc_rows[i]);
  }
  score s = score_of(IDR_PDC_ROWS, measured, pdc);
  idr_verify_near(&scored, "PDC phase model, R2", "", 0.798, s.r2, 5e-4);
  idr_verify_near(&scored, "PDC phase model, mean absolute error", "ft/h", 4.62, s.mae, 5e-3);
  idr_verify_near(&scored, "PDC phase model, mean relative error", "%", 23.7, s.mape, 0.05);
  s = score_of(IDR_PDC_ROWS, measured, drag);
  idr_verify_report(&model, "engine's drag-bit law, unfitted: R2 (PDC beside)", "", 0.798, s.r2);
  idr_verify_report(&model, "engine's drag-bit law: mean absolute error", "ft/h", 4.62, s.mae);
}

/* ---- V2: Utah FORGE 16A(78)-32 --------------------------------------------------------------- */

/* ROP of the drag-bit law in rock of `strength` Pa, ft/h. */
static double run_rate(const idr_bit_run_row *r, double strength) {
  idr_bit_law law =
      idr_bit_prepare(0.5f * idr_verify_sif(8.75, "in"), (float)strength, 1e-6f, 1.0f);
  float cut = idr_bit_cut(&law, idr_verify_sif((double)r->wob, "klbf"));
  return idr_verify_from_si((double)(cut * idr_verify_sif((double)r->rpm, "rpm")) / (2.0 * M_PI),
                            "ft/h");
}

/* Each run foretold from the others: by the law with one strength, the geometric mean of those that
 * explain each of the others (a sharp bit's rate goes as 1/strength), and by their mean rate. */
static void add_well(idr_verify *v) {
  const idr_verify_case c = {
      v, "V2", "Utah FORGE 16A(78)-32 daily reports: 12 PDC runs of 8.75 in in granite",
      IDR_VERIFY_DATA};
  enum { COUNT = IDR_BIT_RUN_ROWS };
  const double unit = 100e6;
  double measured[COUNT], law[COUNT], mean[COUNT], ratio[COUNT], logs = 0.0, sum = 0.0;
  for (int i = 0; i < COUNT; i++) {
    const idr_bit_run_row *r = &idr_bit_run_rows[i];
    measured[i] = (double)(r->footage / r->hours);
    ratio[i] = log(run_rate(r, unit) / measured[i]);
    logs += ratio[i];
    sum += measured[i];
  }
  for (int i = 0; i < COUNT; i++) {
    double strength = unit * exp((logs - ratio[i]) / (COUNT - 1));
    law[i] = run_rate(&idr_bit_run_rows[i], strength);
    mean[i] = (sum - measured[i]) / (COUNT - 1);
  }
  score ours = score_of(COUNT, measured, law), others = score_of(COUNT, measured, mean);
  idr_verify_report(&c, "foretold from the others, error (mean beside)", "ft/h", others.mae,
                    ours.mae);
  idr_verify_report(&c, "foretold from the others, R2 (mean beside)", "", others.r2, ours.r2);
  idr_verify_report(&c, "strength that explains them without flats, founder", "MPa", (double)NAN,
                    1e-6 * unit * exp(logs / COUNT));
}

void idr_verify_bit_data(idr_verify *v) {
  add_laboratory(v);
  add_well(v);
}
