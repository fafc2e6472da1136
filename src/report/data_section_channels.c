/* Whether to believe the readings: ranges, what belongs together, what looks like noise. */
#include "report/data_page.h"

#include <math.h>

/* A channel whose neighbours in time tell nothing of each other. Of white noise, the estimates at
 * the three lags lie within 0.01 of zero after an hour of rows. */
#define NOISE 0.1
static bool is_noise(const idr_survey_channel *c) {
  if (c->count < 1000) return false;
  for (int l = 0; l < IDR_SURVEY_LAGS; l++)
    if (!(fabs(c->autocorrelation[l]) < NOISE)) return false;
  return true;
}

static void add_number(idr_html *h, double value) {
  char digits[40];
  idr_page_digits(value, digits, sizeof digits);
  idr_html_element(h, "td", NULL, digits);
}

static void add_pair(idr_html *h, double low, double high) {
  char a[40], b[40];
  idr_page_digits(low, a, sizeof a);
  idr_page_digits(high, b, sizeof b);
  idr_html_raw(h, "<td>");
  idr_html_format(h, "%s to %s", a, b);
  idr_html_raw(h, "</td>");
}

/* Words in the colour of good, warn or bad. */
static void add_word(idr_html *h, const char *kind, const char *word) {
  idr_html_raw(h, "<span class=\"");
  idr_html_raw(h, kind);
  idr_html_raw(h, "\">");
  idr_html_text(h, word);
  idr_html_raw(h, "</span>");
}

/* ---- channels -------------------------------------------------------------------------------- */

static void add_correlation(idr_html *h, double r) {
  idr_html_raw(h, "<td>");
  if (isfinite(r))
    idr_html_format(h, "%.3f", r);
  else
    idr_html_raw(h, "-");
  idr_html_raw(h, "</td>");
}

static void add_required(idr_html *h, idr_shown_unit unit, int channel,
                         const idr_survey_channel *c) {
  idr_survey_range range;
  if (idr_survey_required((idr_channel_id)channel, &range)) {
    add_pair(h, idr_report_show(unit, range.low), idr_report_show(unit, range.high));
    idr_html_raw(h, "<td>");
    if (isfinite(c->inside)) idr_html_format(h, "%.1f %%", 100 * c->inside);
    idr_html_raw(h, "</td>");
  } else {
    idr_html_raw(h, "<td></td><td></td>");
  }
}

static void add_channel(idr_data_page *d, int channel) {
  idr_html *h = &d->page->html;
  const idr_survey_channel *c = &d->survey.channel[channel];
  idr_shown_unit unit = idr_report_channel_unit(d->ask->units, (idr_channel_id)channel);
  const char *flaw = c->count == 0  ? "no reading"
                     : !(c->sd > 0) ? "never changes"
                     : is_noise(c)  ? "looks like independent noise"
                                    : NULL;
  idr_html_raw(h, "<tr><td>");
  idr_html_text(h, idr_channels[channel].name);
  if (flaw) {
    idr_html_raw(h, "<br />");
    add_word(h, "warn", flaw);
  }
  idr_html_raw(h, "</td>");
  idr_html_element(h, "td", "left", unit.name);
  add_pair(h, idr_report_show(unit, c->low), idr_report_show(unit, c->high));
  add_number(h, idr_report_show(unit, c->mean));
  add_number(h, c->sd * fabs(unit.scale));
  idr_html_raw(h, "<td>");
  idr_html_format(h, "%.2f %%", 100 * (double)c->empty / fmax(1, (double)(c->count + c->empty)));
  idr_html_raw(h, "</td>");
  add_pair(h, idr_report_show(unit, c->few), idr_report_show(unit, c->most));
  add_required(h, unit, channel, c);
  for (int l = 0; l < IDR_SURVEY_LAGS; l++)
    add_correlation(h, c->autocorrelation[l]);
  idr_html_raw(h, "</tr>\n");
}

static void add_head(idr_html *h, bool activities) {
  idr_html_raw(h, "<div class=\"scroll\" tabindex=\"0\"><table>\n<tr><th>channel</th><th>unit</th>"
                  "<th>all readings</th><th>mean</th><th>sd</th><th>silent</th><th>");
  idr_html_raw(h, activities ? "1 to 99 % while drilling" : "1 to 99 %");
  idr_html_raw(h, "</th><th>required</th><th>within</th><th>r, 1 s</th><th>10 s</th><th>60 s</th>"
                  "</tr>\n");
}

void idr_data_add_channels(idr_data_page *d) {
  idr_html *h = &d->page->html;
  int noise = 0;
  char text[160];
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    noise += is_noise(&d->survey.channel[c]);
  idr_html_raw(h, "<section>\n<h2>Channels</h2>\n");
  snprintf(text, sizeof text,
           noise == 0 ? "No channel looks like independent noise."
                      : "%d channel%s look%s like independent noise: see below their names.",
           noise, noise == 1 ? "" : "s", noise == 1 ? "s" : "");
  idr_html_element(h, "p", NULL, text);
  add_head(h, d->survey.activities);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    if (d->survey.channel[c].there) add_channel(d, c);
  idr_html_raw(h,
               "</table></div>\n<p class=\"kicker\">Required: the parameter ranges of the "
               "requirement, and the share of the readings while drilling that lie within. r: "
               "autocorrelation over 1, 10 and 60 rows; a channel with less than 0.1 at all three "
               "looks like independent noise.</p>\n</section>\n");
}

/* ---- pairs ----------------------------------------------------------------------------------- */

void idr_data_add_pairs(idr_data_page *d) {
  static const struct {
    const char *pair, *why;
  } rows[IDR_SURVEY_PAIRS] = {
      {"weight on bit and torque, while drilling", "deeper cutters take more torque"},
      {"flow in and standpipe pressure", "friction and nozzles take more pressure"},
      {"bit depth and hook load", "more string hangs in the hook"},
      {"flow out less flow in and rise of the pits, during influx and losses",
       "what comes out and did not go in is in the pits"}};
  idr_html *h = &d->page->html;
  idr_html_raw(h, "<section>\n<h2>What belongs together</h2>\n<div class=\"scroll\" "
                  "tabindex=\"0\"><table>\n<tr><th>over minutes</th><th>correlation</th>"
                  "<th>minutes</th><th>expected</th><th></th></tr>\n");
  for (int p = 0; p < IDR_SURVEY_PAIRS; p++) {
    const idr_survey_correlation *c = &d->survey.pair[p];
    bool known = isfinite(c->correlation);
    idr_html_raw(h, "<tr>");
    idr_html_element(h, "td", NULL, rows[p].pair);
    add_correlation(h, c->correlation);
    idr_html_raw(h, "<td>");
    idr_html_format(h, "%lld", (long long)c->count);
    idr_html_raw(h, "</td><td class=\"left\">positive: ");
    idr_html_text(h, rows[p].why);
    idr_html_raw(h, "</td>");
    idr_html_raw(h, "<td class=\"left\">");
    add_word(h,
             !known                 ? "warn"
             : c->correlation > 0.1 ? "good"
                                    : "bad",
             !known                 ? "does not vary"
             : c->correlation > 0.1 ? "as expected"
                                    : "not seen");
    idr_html_raw(h, "</td>");
    idr_html_raw(h, "</tr>\n");
  }
  idr_html_raw(h, "</table></div>\n</section>\n");
}
