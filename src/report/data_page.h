/* What the sections of a data set's page share. */
#ifndef IDR_REPORT_DATA_PAGE_H
#define IDR_REPORT_DATA_PAGE_H

#include "report/data_gather.h"
#include "report/data_report.h"
#include "report/page.h"

typedef struct {
  const idr_data_request *ask;
  idr_page *page; /* for markup and plots; nothing of a run is in it */
  const idr_dataset_well *well;
  int shown; /* index of that well */
  idr_survey survey;
} idr_data_page;

void idr_data_add_depth(idr_data_page *d); /* tracks of the well over depth */
idr_status idr_data_add_day(idr_data_page *d);
void idr_data_add_progress(idr_data_page *d); /* days against depth */
void idr_data_add_activities(idr_data_page *d);
idr_status idr_data_add_events(idr_data_page *d);
idr_status idr_data_add_lives(idr_data_page *d);
void idr_data_add_channels(idr_data_page *d);
void idr_data_add_pairs(idr_data_page *d);

/* A box of the head: name, number, unit. */
void idr_data_add_stat(idr_data_page *d, const char *name, const char *value, const char *unit);
/* Colour of an activity; black for a number that has none. */
const char *idr_data_activity_color(int activity);

#endif
