/* What the sections of a report share: the run as it was read, the page as it grows, and plots. */
#ifndef IDR_REPORT_PAGE_H
#define IDR_REPORT_PAGE_H

#include "report/html.h"
#include "report/report.h"
#include "report/series.h"

#include <jansson.h>
#include <stdio.h>

#define IDR_PAGE_NOTE_MAX 512

/* Files of the run; NULL where one is missing or unreadable, and then its note says why. */
typedef struct {
  const idr_report_request *ask;
  char name[256]; /* last part of the folder's name */
  json_t *summary, *evaluation;
  idr_series_set *metrics;
  char *log, *settings, *error;
  char summary_note[IDR_PAGE_NOTE_MAX], evaluation_note[IDR_PAGE_NOTE_MAX],
      metrics_note[IDR_PAGE_NOTE_MAX], log_note[IDR_PAGE_NOTE_MAX],
      settings_note[IDR_PAGE_NOTE_MAX];
  bool idle; /* certainly no process works in the folder */
  idr_html html;
  idr_report_outcome *outcome;
  bool no_gnuplot; /* found to be missing: not tried again */
} idr_page;

/* Reads what there is; never fails for what there is not. MEMORY. */
idr_status idr_page_read(idr_page *page);
void idr_page_free(idr_page *page);

/* Texts and numbers of the JSON files by path ("results", "digest"); "" and NaN when missing. */
const char *idr_page_text(const json_t *object, const char *key);
double idr_page_number(const json_t *object, const char *key);
/* A paragraph that says what is missing. */
void idr_page_note(idr_page *page, const char *text);
/* "212.9" with about four digits, "-" for what is not finite. */
void idr_page_digits(double value, char *out, size_t size);
/* A round number, 1, 2, 2.5 or 5 times a power of ten: the least distance of ticks that puts no
 * more than `ticks` of them on an axis of length `range` > 0. */
double idr_page_round_step(double range, double ticks);
/* As many round numbers as have room along an axis of `pixels`, written beside each other. */
double idr_page_tick_step(double low, double high, double pixels);

/* ---- plots ----------------------------------------------------------------------------------- */
/* A script for gnuplot in the making. */
typedef struct {
  FILE *out; /* NULL without memory */
  char *text;
  size_t bytes;
} idr_plot;

/* Opens a script for a picture of this size in pixels, white, with the page's axes and colours.
 * False when plots cannot be made: then the place of the plot holds a note already. */
bool idr_page_plot_begin(idr_page *page, idr_plot *script, int width, int height);
/* Draws, puts the picture into the page or a note that says why there is none, frees the script. */
void idr_page_plot_end(idr_page *page, idr_plot *script, const char *label);

/* ---- sections, in their order ---------------------------------------------------------------- */
void idr_page_add_frame(idr_page *page); /* doctype to the opening of <main> */
void idr_page_add_head(idr_page *page);
void idr_page_add_compare(idr_page *page);
void idr_page_add_well(idr_page *page);
void idr_page_add_curves(idr_page *page);
void idr_page_add_timing(idr_page *page);
void idr_page_add_settings(idr_page *page);
void idr_page_add_provenance(idr_page *page);
void idr_page_add_files(idr_page *page);

#endif
