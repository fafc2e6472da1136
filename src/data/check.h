/* Verifies a data set against the hashes in it. */
#ifndef IDR_DATA_CHECK_H
#define IDR_DATA_CHECK_H

#include "data/dataset.h"

typedef struct {
  void *context;
  /* What is wrong, as one line: "well-0003: column wob, rows 21600 to 43199: ...". */
  void (*problem)(void *context, const char *text);
} idr_check_sink;

/* Reads every value of well `well` and compares with the hashes of the file. Goes on after a
 * problem. Fails only when it cannot work (memory); whether the well is sound is in *sound. */
idr_status idr_dataset_check_well(idr_dataset *dataset, int well, const idr_check_sink *sink,
                                  bool *sound);

#endif
