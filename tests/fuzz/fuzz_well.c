/* Well files. A well that is accepted must be one that can be drilled: finite everywhere, and found
 * by depth. */
#include "drill/well.h"
#include "support/fuzz.h"

#include <math.h>
#include <stdlib.h>

static void check_path(const idr_well *well) {
  FUZZ_CHECK(well->path_count >= 2);
  for (int i = 0; i < well->path_count; i++) {
    const idr_path_point *p = &well->path[i];
    FUZZ_CHECK(isfinite(p->tvd) && isfinite(p->north) && isfinite(p->east));
    FUZZ_CHECK(isfinite(p->inclination) && isfinite(p->azimuth) && isfinite(p->dogleg));
    FUZZ_CHECK(isfinite(p->friction_kinetic) && isfinite(p->friction_static));
    FUZZ_CHECK(isfinite(p->hookload) && isfinite(p->rock_temperature));
    FUZZ_CHECK(p->friction_static >= p->friction_kinetic && p->rock_temperature > 0);
  }
}

static void check_depth(const idr_well *well, double depth) {
  int layer = idr_well_find_layer(well, depth), section = idr_well_find_section(well, depth);
  int point = idr_well_find_path(well, depth);
  FUZZ_CHECK(layer >= 0 && layer < well->layer_count);
  FUZZ_CHECK(section >= 0 && section < well->section_count);
  FUZZ_CHECK(point >= 0 && point < well->path_count);
  FUZZ_CHECK(idr_well_shoe_depth(well, section) >= 0);
  FUZZ_CHECK(idr_well_shoe_diameter(well, section) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  idr_well *well = NULL, *again = NULL;
  char *text = idr_fuzz_copy(data, bytes, 0);
  idr_status status = idr_well_parse("fuzz", text, bytes, &well);
  FUZZ_CHECK((status == IDR_STATUS_OK) == (well != NULL));
  FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_CONFIG);
  if (well) {
    check_path(well);
    for (int i = -1; i <= 8; i++)
      check_depth(well, well->depth * i / 7.0);
    FUZZ_CHECK(idr_well_parse("fuzz", text, bytes, &again) == IDR_STATUS_OK);
    FUZZ_CHECK(idr_well_hash(well) == idr_well_hash(again));
  }
  idr_well_free(well);
  idr_well_free(again);
  free(text);
  return 0;
}
