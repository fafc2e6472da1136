/* Coefficients of Bourgoyne and Young's law from drilled intervals. */
#ifndef IDR_DRILL_BOURGOYNE_FIT_H
#define IDR_DRILL_BOURGOYNE_FIT_H

#include "base/status.h"
#include "drill/bourgoyne.h"

/* Least squares of ln ROP (the paper's multiple regression) over `count` intervals: `x` holds
 * count rows of eight terms (idr_bourgoyne_terms), `rop` is in m/s, > 0. An effect whose term is
 * zero in all intervals (not recorded, kept at its normal value) gets the coefficient zero. Fails
 * (ARGUMENT) when there are fewer than eight intervals or a rate is not positive, (NUMERIC) when
 * the intervals do not tell the other effects apart. */
idr_status idr_bourgoyne_fit(int count, const float *x, const float *rop,
                             double a[IDR_BOURGOYNE_TERMS]);

#endif
