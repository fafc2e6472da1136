/* Minimum curvature between two survey stations (Taylor and Mason 1972; Sawaryn and Thorogood
 * 2005). cos b = cos(I2 - I1) - sin I1 sin I2 (1 - cos(A2 - A1)),  RF = (2/b) tan(b/2) Double
 * precision: run once per well, not in the step.
 */
#ifndef IDR_DRILL_TRAJECTORY_H
#define IDR_DRILL_TRAJECTORY_H

#include "base/fn.h"
#include <math.h>

/* Angle between two directions, rad. The haversine form keeps its accuracy for small angles. */
IDR_FN double idr_trajectory_bend(double inc1, double azi1, double inc2, double azi2) {
  double i = sin(0.5 * (inc2 - inc1)), a = sin(0.5 * (azi2 - azi1));
  double h = i * i + sin(inc1) * sin(inc2) * a * a;
  return 2.0 * asin(sqrt(h > 1.0 ? 1.0 : h));
}

/* Ratio factor of a bend, 1 + b^2/12 for small ones. */
IDR_FN double idr_trajectory_ratio(double bend) {
  return bend < 1e-4 ? 1.0 + bend * bend / 12.0 : 2.0 / bend * tan(0.5 * bend);
}

/* North, east and vertical metres (out[3]) over `length` metres of hole. */
IDR_FN void idr_trajectory_advance(double length, double inc1, double azi1, double inc2,
                                   double azi2, double out[3]) {
  double half = 0.5 * length * idr_trajectory_ratio(idr_trajectory_bend(inc1, azi1, inc2, azi2));
  out[0] = half * (sin(inc1) * cos(azi1) + sin(inc2) * cos(azi2));
  out[1] = half * (sin(inc1) * sin(azi1) + sin(inc2) * sin(azi2));
  out[2] = half * (cos(inc1) + cos(inc2));
}

/* Direction at part `f` (0..1) of the arc: spherical interpolation of the two tangents. */
IDR_FN void idr_trajectory_between(double inc1, double azi1, double inc2, double azi2, double f,
                                   double *inc, double *azi) {
  double b = idr_trajectory_bend(inc1, azi1, inc2, azi2);
  double w1 = b < 1e-9 ? 1.0 - f : sin((1.0 - f) * b) / sin(b);
  double w2 = b < 1e-9 ? f : sin(f * b) / sin(b);
  double n = w1 * sin(inc1) * cos(azi1) + w2 * sin(inc2) * cos(azi2);
  double e = w1 * sin(inc1) * sin(azi1) + w2 * sin(inc2) * sin(azi2);
  double v = w1 * cos(inc1) + w2 * cos(inc2);
  *inc = atan2(sqrt(n * n + e * e), v);
  *azi = atan2(e, n);
}

#endif
