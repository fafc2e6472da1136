#include "report/data_report.h"
#include "base/file.h"
#include "base/text.h"
#include "report/data_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- words ----------------------------------------------------------------------------------- */

const char *idr_data_activity_color(int activity) {
  static const char *const colors[] = {"#2f7d4f", "#9ec7a5", "#6aa5a9", "#86b6e8", "#d8b365",
                                       "#efd9a7", "#8c7aa9", "#c3c9d2", "#b8500f", "#a51d2d",
                                       "#8c2d6b", "#d9777f", "#5b6675"};
  int count = (int)(sizeof colors / sizeof colors[0]);
  return activity >= 0 && activity < count ? colors[activity] : "#000000";
}

/* ---- the head -------------------------------------------------------------------------------- */

void idr_data_add_stat(idr_data_page *d, const char *name, const char *value, const char *unit) {
  idr_html *h = &d->page->html;
  idr_html_raw(h, "<div>");
  idr_html_element(h, "dt", NULL, name);
  idr_html_raw(h, "<dd>");
  idr_html_text(h, value);
  idr_html_raw(h, " ");
  idr_html_element(h, "small", NULL, unit);
  idr_html_raw(h, "</dd></div>\n");
}

static void add_count(idr_data_page *d, const char *name, double value) {
  char text[40];
  bool big = value >= 1e6;
  snprintf(text, sizeof text, big ? "%.4g" : "%.0f", big ? value * 1e-6 : value);
  idr_data_add_stat(d, name, text, big ? "million" : "");
}

static void add_span(idr_data_page *d) {
  char text[40];
  double days = (double)d->well->rows / 86400;
  snprintf(text, sizeof text, "%.*f", days < 10 ? 2 : 0, days);
  idr_data_add_stat(d, "Record of the well drawn", text, "days of rows");
}

static void add_head(idr_data_page *d) {
  idr_html *h = &d->page->html;
  idr_dataset *set = d->ask->dataset;
  int wells = idr_dataset_well_count(set), channels = 0;
  double rows = 0;
  for (int w = 0; w < wells; w++)
    rows += (double)idr_dataset_get_well(set, w)->rows;
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    channels += d->survey.channel[c].there;
  time_t start = (time_t)d->well->start;
  struct tm utc;
  char date[32] = "";
  if (gmtime_r(&start, &utc)) strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &utc);
  idr_html_raw(h, "<header>\n<p class=\"kicker\">idrill data set</p>\n");
  idr_html_element(h, "h1", NULL, idr_dataset_name(set));
  idr_html_raw(h, "\n<p class=\"kicker\">Drawn: well ");
  idr_html_text(h, d->well->name);
  idr_html_format(h, ", which begins at %s. ", date);
  idr_html_format(h,
                  "Numbers over readings are of %d of %d wells, %.4g million rows; tables of "
                  "events and machines of all wells.",
                  d->survey.wells, wells, 1e-6 * (double)d->survey.rows);
  idr_html_raw(h, "</p>\n<dl class=\"stats\">\n");
  add_count(d, "Wells", wells);
  add_count(d, "Rows", rows);
  add_count(d, "Channels", channels);
  add_span(d);
  idr_html_raw(h, "<div><dt>Hash of the content</dt>");
  idr_html_element(h, "dd", "code", idr_dataset_root(set));
  idr_html_raw(h, "</div>\n</dl>\n</header>\n");
}

/* ---- the page -------------------------------------------------------------------------------- */

static idr_status find_well(idr_data_page *d) {
  int count = idr_dataset_well_count(d->ask->dataset);
  for (d->shown = 0; d->shown < count; d->shown++) {
    d->well = idr_dataset_get_well(d->ask->dataset, d->shown);
    if (d->ask->well < 0 || d->well->id == d->ask->well) break;
  }
  if (d->shown == count)
    IDR_FAIL(IDR_STATUS_CONFIG, "%s has no well with the id %lld",
             idr_dataset_name(d->ask->dataset), (long long)d->ask->well);
  if (d->well->rows == 0) IDR_FAIL(IDR_STATUS_FORMAT, "well %s has no rows", d->well->name);
  return IDR_STATUS_OK;
}

static idr_status add_sections(idr_data_page *d) {
  add_head(d);
  idr_data_add_depth(d);
  IDR_TRY(idr_data_add_day(d));
  idr_data_add_progress(d);
  idr_data_add_activities(d);
  IDR_TRY(idr_data_add_events(d));
  IDR_TRY(idr_data_add_lives(d));
  idr_data_add_channels(d);
  idr_data_add_pairs(d);
  return IDR_STATUS_OK;
}

/* The body first: the frame tells what became of its plots. */
static idr_status assemble(idr_data_page *d) {
  idr_page *page = d->page;
  IDR_TRY(find_well(d));
  IDR_TRY(idr_survey_gather(d->ask->dataset, d->shown, d->ask->wells, &d->survey));
  IDR_TRY(add_sections(d));
  idr_html body = page->html;
  page->html = (idr_html){.text = NULL};
  idr_page_add_frame(page);
  if (body.text) idr_html_bytes(&page->html, body.text, body.bytes);
  idr_html_raw(&page->html, "</main>\n</body>\n</html>\n");
  page->html.failed = page->html.failed || body.failed;
  idr_html_free(&body);
  IDR_TRY(idr_html_status(&page->html));
  return idr_file_write(d->ask->page, page->html.text, page->html.bytes);
}

idr_status idr_data_report_write(const idr_data_request *request, idr_report_outcome *outcome) {
  const idr_report_request plots = {
      .folder = request->folder, .units = request->units, .gnuplot = request->gnuplot};
  idr_page *page = calloc(1, sizeof *page);
  *outcome = (idr_report_outcome){.drawn = 0};
  if (!page) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the page of a data set");
  page->ask = &plots;
  page->outcome = outcome;
  snprintf(page->name, sizeof page->name, "%.255s", idr_dataset_name(request->dataset));
  idr_data_page d = {.ask = request, .page = page};
  idr_status status = assemble(&d);
  idr_survey_free(&d.survey);
  idr_html_free(&page->html);
  free(page);
  return status;
}
