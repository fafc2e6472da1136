/* The path table of a well: private to src/drill. */
#ifndef IDR_DRILL_PATH_H
#define IDR_DRILL_PATH_H

#include "drill/well.h"

/* Fills well->path (allocated, path_count points) from surveys, layers, sections and string. */
idr_status idr_path_build(idr_well *well);
/* Vertical depth at a measured depth, linear between path points, m. */
double idr_path_tvd(const idr_well *well, double depth);

#endif
