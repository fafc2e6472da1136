/* The path table of a well: private to src/drill. */
#ifndef IDR_DRILL_PATH_H
#define IDR_DRILL_PATH_H

#include "drill/well.h"

/* Fills well->path (allocated, path_count points) from surveys, layers, sections and string. */
idr_status idr_path_build(idr_well *well);
/* Direction at `depth`, rad: on the arc between the stations around it; straight before the first
 * (which is taken to hold up to the surface) and after the last. */
void idr_path_direction(const idr_well_survey *survey, int count, double depth, double *inc,
                        double *azi);
/* Vertical depth at a measured depth, linear between path points, m. */
double idr_path_tvd(const idr_well *well, double depth);

#endif
