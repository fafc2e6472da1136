/* What a page tells of a data set, in one pass over its rows: ranges, correlations, hours by
 * activity, curves over depth and time. Memory is that of a block of rows and of the curves. */
#ifndef IDR_REPORT_DATA_GATHER_H
#define IDR_REPORT_DATA_GATHER_H

#include "data/dataset.h"

#define IDR_SURVEY_LAGS   3    /* 1, 10 and 60 rows */
#define IDR_SURVEY_BINS   2000 /* of a histogram over the channel's plausible range */
#define IDR_SURVEY_DEPTH  9000 /* m, bins of one metre */
#define IDR_SURVEY_TRACKS 11

extern const int idr_survey_lags[IDR_SURVEY_LAGS];
extern const idr_channel_id idr_survey_tracks[IDR_SURVEY_TRACKS];

/* Readings of one channel over all rows of the wells that were looked at. */
typedef struct {
  bool there;
  int64_t count, empty; /* finite readings; NaN */
  double mean, sd, low, high;
  double autocorrelation[IDR_SURVEY_LAGS]; /* within wells; NaN where nothing varies */
  /* while drilling; over everything in a file without activities */
  int64_t drilling;         /* readings */
  double few, median, most; /* 1, 50 and 99 % of them, to a bin of the histogram */
  double inside;            /* share within the requirement's range; NaN: it has none */
} idr_survey_channel;

/* Pairs that physics ties together, over minutes. */
typedef enum {
  IDR_SURVEY_WOB_TORQUE,
  IDR_SURVEY_FLOW_SPP,
  IDR_SURVEY_DEPTH_HOOKLOAD,
  IDR_SURVEY_INFLUX_PIT,
  IDR_SURVEY_PAIRS
} idr_survey_pair;

typedef struct {
  int64_t count;      /* minutes */
  double correlation; /* NaN where one of the two does not vary */
} idr_survey_correlation;

typedef struct {
  double low, high; /* SI */
} idr_survey_range;

typedef struct {
  double depth, bit; /* m: hole, and bit at the end of the hour; NaN: no reading */
} idr_survey_hour;

typedef struct {
  int64_t count;
  double sum[IDR_SURVEY_TRACKS];
  int64_t of[IDR_SURVEY_TRACKS]; /* readings in sum */
} idr_survey_metre;

typedef struct {
  int wells;                            /* that were looked at */
  int64_t rows;                         /* of them */
  bool activities, events;              /* labels are there */
  int64_t activity[IDR_ACTIVITY_COUNT]; /* s */
  int64_t normal, transient, steady;    /* s, by event code */
  idr_survey_channel channel[IDR_CHANNEL_COUNT];
  idr_survey_correlation pair[IDR_SURVEY_PAIRS];
  /* of the well that is drawn */
  idr_survey_hour *hour;
  int64_t hours;
  idr_survey_metre *metre; /* [IDR_SURVEY_DEPTH] */
} idr_survey;

/* The range that the requirement gives for a channel while drilling; false where it gives none. */
bool idr_survey_required(idr_channel_id channel, idr_survey_range *range);

/* Looks at well `shown`, and at the others in their order until `wells` of them. MEMORY, IO,
 * FORMAT. Free in any case. */
idr_status idr_survey_gather(idr_dataset *dataset, int shown, int wells, idr_survey *out);
void idr_survey_free(idr_survey *survey);

#endif
