/* Measured rows that `idrill verify-physics` holds models against: compiled in, so that an
 * installed binary has them.
 *
 * Bits in the laboratory: facts from the file "ROP data.csv" of the public repository
 * github.com/Atashnezhad/ROP-Modeling (Amin Atashnezhad and others, MIT licence), measurements used
 * by Akhtarmanesh et al. 2021.
 *
 * Surveys and bit runs: Utah FORGE well 16A(78)-32, daily drilling reports of 2020; Energy and
 * Geoscience Institute, University of Utah, funded by the US Department of Energy; Geothermal Data
 * Repository (gdr.openei.org).
 */
#ifndef IDR_JOBS_VERIFY_ROWS_H
#define IDR_JOBS_VERIFY_ROWS_H

/* PDC bits of 3.75 in with 1 deg of side rake in Sierra White granite of 28,000 psi. */
typedef struct {
  float wob, rop;  /* lbf, ft/h */
  float rpm;       /* 1/min */
  float cutters;   /* how many */
  float back_rake; /* deg */
  float cutter;    /* diameter, in */
  float blades;    /* how many */
} idr_pdc_row;

#define IDR_PDC_ROWS 83
extern const idr_pdc_row idr_pdc_rows[IDR_PDC_ROWS];

/* Survey stations as printed; `report` is the day (of the year 2020, 2021 goes on) of the report
 * that printed it. */
typedef struct {
  double depth, inclination, azimuth; /* ft, deg */
  double vertical, north, east;       /* ft */
  double dogleg;                      /* deg/100 ft */
  int report;
} idr_survey_row;

#define IDR_SURVEY_ROWS 81
extern const idr_survey_row idr_survey_rows[IDR_SURVEY_ROWS];

/* PDC runs of 8.75 in of 100 ft and more below 5,113 ft (granite). The run of bit 29 is left out,
 * because its printed weight (5,000) may be 5 or 50 klbf; that of bit 18 is printed as 44,000 and
 * taken as 44 klbf; the size of bit 21 is not printed and taken as that of its neighbours. */
typedef struct {
  float bit;            /* number */
  float wob, rpm;       /* klbf, 1/min as printed */
  float footage, hours; /* ft, h */
} idr_bit_run_row;

#define IDR_BIT_RUN_ROWS 12
extern const idr_bit_run_row idr_bit_run_rows[IDR_BIT_RUN_ROWS];

#endif
