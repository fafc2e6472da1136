/* A day of a well, second by second. */
#include "report/data_page.h"

#include "data/tables.h"

#include <math.h>
#include <stdlib.h>

#define DAY    86400
#define BINS   1200
#define PANELS 8
#define WIDTH  1100
#define PANEL  92 /* pixels */
#define HEAD   26
#define FOOT   44
#define LEFT   78.0
#define RIGHT  14.0
#define HEIGHT (HEAD + PANELS * PANEL + FOOT)

static const idr_channel_id panel_channel[PANELS] = {
    IDR_CHANNEL_BIT_DEPTH, IDR_CHANNEL_HOOKLOAD, IDR_CHANNEL_WOB, IDR_CHANNEL_OMEGA,
    IDR_CHANNEL_TORQUE,    IDR_CHANNEL_FLOW_IN,  IDR_CHANNEL_SPP, IDR_CHANNEL_PIT};
static const char *const panel_name[PANELS] = {"Bit depth", "Hook load", "WOB", "Speed",
                                               "Torque",    "Flow in",   "SPP", "Pit volume"};

typedef struct {
  int64_t begin, rows;
  float *value;      /* of a channel */
  int32_t *activity; /* NULL: the data set has none */
} day;

static double hour_of(int64_t row) {
  return (double)row / 3600;
}

/* ---- panels ---------------------------------------------------------------------------------- */

/* Least and greatest reading of every bin, in the order in which they came. */
static void write_bins(FILE *out, const day *y, int panel, idr_shown_unit unit) {
  int64_t bins = y->rows < 2 * BINS ? y->rows : BINS;
  fprintf(out, "$p%d << EOD\n", panel);
  for (int64_t b = 0; b < bins; b++) {
    int64_t begin = y->rows * b / bins, end = y->rows * (b + 1) / bins, low = -1, high = -1;
    for (int64_t i = begin; i < end; i++) {
      if (!isfinite(y->value[i])) continue;
      if (low < 0 || y->value[i] < y->value[low]) low = i;
      if (high < 0 || y->value[i] > y->value[high]) high = i;
    }
    if (low < 0) {
      fputs("\n", out);
      continue;
    }
    int64_t first = low < high ? low : high, second = low < high ? high : low;
    fprintf(out, "%.7g %.6g\n", hour_of(first), idr_report_show(unit, (double)y->value[first]));
    if (second != first)
      fprintf(out, "%.7g %.6g\n", hour_of(second), idr_report_show(unit, (double)y->value[second]));
  }
  fputs("EOD\n", out);
}

static void range_of(const day *y, idr_shown_unit unit, double *low, double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (int64_t i = 0; i < y->rows; i++) {
    double v = idr_report_show(unit, (double)y->value[i]);
    if (!isfinite(v)) continue;
    *low = fmin(*low, v);
    *high = fmax(*high, v);
  }
}

static void place_panel(FILE *out, int panel) {
  fprintf(out, "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
          1 - (HEAD + panel * PANEL + 6.0) / HEIGHT,
          1 - (HEAD + (panel + 1) * PANEL - 6.0) / HEIGHT);
}

static void write_panel(FILE *out, const day *y, int panel, idr_shown_unit unit) {
  double low, high;
  range_of(y, unit, &low, &high);
  bool empty = !(low <= high);
  if (empty) low = 0, high = 1;
  double room = high > low ? high - low : fmax(fabs(high), 1);
  if (low > 0 && low < 0.5 * high) low = 0;
  bool downwards = panel_channel[panel] == IDR_CHANNEL_BIT_DEPTH;
  low -= low == 0 ? 0 : 0.05 * room;
  high += 0.05 * room;
  place_panel(out, panel);
  fprintf(out, "set yrange [%.9g:%.9g]\nset ytics %.9g\nset ylabel \"%s\\n%s\" offset 1,0\n",
          downwards ? high : low, downwards ? low : high, idr_page_round_step(high - low, 3),
          panel_name[panel], unit.name);
  fputs(panel == PANELS - 1 ? "set xtics 2 format '%g'\nset xlabel 'Hours of the day drawn'\n"
                            : "set xtics 2 format ''\nunset xlabel\n",
        out);
  if (empty)
    fputs("plot NaN notitle\n", out);
  else
    fprintf(out, "plot $p%d with lines lw 0.9 lc rgb '#1f5fa8'\n", panel);
}

/* Stripes of colour in which the rig did one thing. */
static void write_activities(FILE *out, const day *y) {
  int64_t since = 0;
  for (int64_t i = 1; i <= y->rows && y->activity; i++) {
    if (i < y->rows && y->activity[i] == y->activity[since]) continue;
    double left = (LEFT + (WIDTH - LEFT - RIGHT) * (double)since / (double)y->rows) / WIDTH,
           right = (LEFT + (WIDTH - LEFT - RIGHT) * (double)i / (double)y->rows) / WIDTH;
    fprintf(out,
            "set object rect from screen %.6f,%.6f to screen %.6f,%.6f fc rgb '%s' fs solid 1 "
            "noborder behind\n",
            left, 1 - (HEAD - 4.0) / HEIGHT, right, 1 - 8.0 / HEIGHT,
            idr_data_activity_color(y->activity[since]));
    since = i;
  }
}

/* ---- the section ----------------------------------------------------------------------------- */

static idr_status write_script(idr_data_page *d, day *y, FILE *out) {
  idr_shown_unit unit[PANELS];
  for (int p = 0; p < PANELS; p++) {
    int place =
        idr_dataset_find_kind(d->ask->dataset, d->shown, IDR_COLUMN_READING, panel_channel[p]);
    unit[p] = idr_report_channel_unit(d->ask->units, panel_channel[p]);
    for (int64_t i = 0; place < 0 && i < y->rows; i++)
      y->value[(int64_t)p * DAY + i] = NAN;
    if (place >= 0)
      IDR_TRY(idr_dataset_read_float(d->ask->dataset, d->shown, place, y->begin, y->begin + y->rows,
                                     y->value + (int64_t)p * DAY));
  }
  float *all = y->value;
  write_activities(out, y);
  for (int p = 0; p < PANELS; p++) {
    y->value = all + (int64_t)p * DAY;
    write_bins(out, y, p, unit[p]);
  }
  fprintf(out,
          "set xrange [0:%.9g]\nset lmargin at screen %.6f\nset rmargin at screen %.6f\n"
          "set grid\nset multiplot\n",
          hour_of(y->rows), LEFT / WIDTH, 1 - RIGHT / WIDTH);
  for (int p = 0; p < PANELS; p++) {
    y->value = all + (int64_t)p * DAY;
    write_panel(out, y, p, unit[p]);
    if (p == 0) fputs("unset object\n", out);
  }
  y->value = all;
  fputs("unset multiplot\n", out);
  return IDR_STATUS_OK;
}

static void add_legend(idr_data_page *d, const day *y) {
  bool there[IDR_ACTIVITY_COUNT] = {false};
  idr_html *h = &d->page->html;
  if (!y->activity) return;
  for (int64_t i = 0; i < y->rows; i++)
    if (y->activity[i] >= 0 && y->activity[i] < IDR_ACTIVITY_COUNT) there[y->activity[i]] = true;
  idr_html_raw(h, "<ul class=\"legend\">\n");
  for (int a = 0; a < IDR_ACTIVITY_COUNT; a++) {
    if (!there[a]) continue;
    idr_html_raw(h, "<li><i style=\"background:");
    idr_html_raw(h, idr_data_activity_color(a));
    idr_html_raw(h, "\"></i>");
    idr_html_text(h, idr_activity_name(a));
    idr_html_raw(h, "</li>\n");
  }
  idr_html_raw(h, "</ul>\n");
}

static idr_status choose_day(const idr_data_page *d, day *y) {
  int64_t rows = d->well->rows, days = (rows + DAY - 1) / DAY;
  int64_t number = d->ask->day < 0 ? days / 2 : d->ask->day;
  if (number >= days)
    IDR_FAIL(IDR_STATUS_CONFIG, "report.day: well %s has the days 0 to %lld", d->well->name,
             (long long)days - 1);
  y->begin = number * DAY;
  if (d->ask->day < 0 && y->begin + DAY > rows) y->begin = rows > DAY ? rows - DAY : 0;
  y->rows = rows - y->begin < DAY ? rows - y->begin : DAY;
  return IDR_STATUS_OK;
}

static idr_status draw(idr_data_page *d, day *y) {
  idr_plot script;
  int place = idr_dataset_find_kind(d->ask->dataset, d->shown, IDR_COLUMN_ACTIVITY, 0);
  y->value = malloc(sizeof(float) * PANELS * DAY);
  y->activity = place >= 0 ? malloc(sizeof(int32_t) * DAY) : NULL;
  if (!y->value || (place >= 0 && !y->activity)) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a day");
  if (place >= 0)
    IDR_TRY(idr_dataset_read_int(d->ask->dataset, d->shown, place, y->begin, y->begin + y->rows,
                                 y->activity));
  if (!idr_page_plot_begin(d->page, &script, WIDTH, HEIGHT)) return IDR_STATUS_OK;
  idr_status status = write_script(d, y, script.out);
  if (status != IDR_STATUS_OK) {
    fclose(script.out);
    free(script.text);
    return status;
  }
  idr_page_plot_end(
      d->page, &script,
      "A day of the well: bit depth, hook load, weight on bit, speed, torque, flow in, "
      "standpipe pressure and pit volume, with the rig's activity above");
  return IDR_STATUS_OK;
}

idr_status idr_data_add_day(idr_data_page *d) {
  idr_html *h = &d->page->html;
  day y = {0};
  IDR_TRY(choose_day(d, &y));
  idr_html_raw(h, "<section>\n<h2>A day, second by second</h2>\n<figure><div class=\"scroll wide\" "
                  "tabindex=\"0\">\n");
  idr_status status = draw(d, &y);
  idr_html_raw(h, "</div>\n");
  if (status == IDR_STATUS_OK) add_legend(d, &y);
  idr_html_raw(h, "<figcaption>");
  idr_html_format(h, "Rows %lld to %lld: least and greatest reading of every %.0f.",
                  (long long)y.begin, (long long)(y.begin + y.rows - 1),
                  ceil((double)y.rows / BINS));
  if (y.activity) idr_html_raw(h, " Above: what the rig was doing.");
  idr_html_raw(h, "</figcaption>\n</figure>\n</section>\n");
  free(y.value);
  free(y.activity);
  return status;
}
