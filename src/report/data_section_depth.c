/* The well over depth, and depth over days. */
#include "report/data_page.h"

#include <math.h>
#include <stdlib.h>

#define HEIGHT      760 /* pixels, of the tracks and the column of rocks */
#define TOP         62
#define BOTTOM      14
#define TRACK_WIDTH 98
#define TRACK_GAP   8
#define BINS        400

static const char *const track_color[IDR_SURVEY_TRACKS] = {
    "#14703c", "#1f5fa8", "#1f5fa8", "#1f5fa8", "#8c2d6b", "#8c2d6b",
    "#8c2d6b", "#6b4e2e", "#1b2330", "#b3261e", "#5b6675"};
static const char *const track_name[IDR_SURVEY_TRACKS] = {
    "ROP", "WOB",       "Speed",     "Flow in",    "Torque", "SPP",
    "ECD", "Gamma ray", "Hook load", "Stick-slip", "MSE"};

/* ---- depth ----------------------------------------------------------------------------------- */

typedef struct {
  int first, last; /* metres with readings: [first, last) */
  int step;        /* metres that become a point */
  idr_shown_unit unit;
} span;

static span span_of(const idr_data_page *d) {
  span s = {.first = IDR_SURVEY_DEPTH,
            .unit = idr_report_channel_unit(d->ask->units, IDR_CHANNEL_DEPTH)};
  for (int m = 0; m < IDR_SURVEY_DEPTH; m++) {
    if (d->survey.metre[m].count == 0) continue;
    if (s.first == IDR_SURVEY_DEPTH) s.first = m;
    s.last = m + 1;
  }
  s.step = (s.last - s.first) / BINS + 1;
  return s;
}

static idr_shown_unit unit_of(const idr_data_page *d, int track) {
  return idr_report_channel_unit(d->ask->units, idr_survey_tracks[track]);
}

/* Mean over the metres [from, to), as shown; NaN where there is no reading. */
static double mean_of(const idr_data_page *d, int track, int from, int to) {
  double sum = 0;
  int64_t n = 0;
  for (int m = from; m < to && m < IDR_SURVEY_DEPTH; m++) {
    sum += d->survey.metre[m].sum[track];
    n += d->survey.metre[m].of[track];
  }
  return n > 0 ? idr_report_show(unit_of(d, track), sum / (double)n) : NAN;
}

static void write_axes(FILE *out, const span *s) {
  fprintf(out,
          "set yrange [%.9g:%.9g]\nset tmargin at screen %.6f\nset bmargin at screen %.6f\n"
          "unset xtics\nset border 15 lw 1 lc rgb '#5b6675'\n",
          s->last * s->unit.scale, s->first * s->unit.scale, 1.0 - (double)TOP / HEIGHT,
          (double)BOTTOM / HEIGHT);
}

static void add_rock(idr_data_page *d, const span *s) {
  static const char *const color[] = {"#f3d68a", "#a9b3a6", "#a5cde8", "#c0b0e0", "#eba9a0"};
  const int width = 132;
  idr_layer *layer = NULL;
  int count = 0;
  idr_plot script;
  if (idr_dataset_read_layers(d->ask->dataset, d->shown, &layer, &count) != IDR_STATUS_OK) {
    idr_error_clear();
    count = 0;
  }
  if (idr_page_plot_begin(d->page, &script, width, HEIGHT)) {
    write_axes(script.out, s);
    fprintf(script.out,
            "set lmargin at screen %.6f\nset rmargin at screen %.6f\nset xrange [0:1]\n"
            "set ytics out\nset grid noxtics noytics\n"
            "set label 'Depth, %s' at screen 0.03,%.6f\nset label 'Rock' at screen 0.78,%.6f "
            "center\n",
            54.0 / width, 1 - 4.0 / width, s->unit.name, 1 - 20.0 / HEIGHT, 1 - 42.0 / HEIGHT);
    for (int i = 0; i < count; i++) {
      double top = fmax(s->first, (double)layer[i].top),
             bottom = fmin(s->last, (double)layer[i].bottom);
      if (bottom <= top || layer[i].lithology < 0 || layer[i].lithology >= IDR_LITHOLOGY_COUNT)
        continue;
      fprintf(script.out,
              "set object rect from 0,%.9g to 1,%.9g fc rgb '%s' fs solid 1 border rgb '#5b6675' "
              "lw 0.5 back\n",
              top * s->unit.scale, bottom * s->unit.scale, color[layer[i].lithology]);
      if ((bottom - top) / (s->last - s->first) * (HEIGHT - TOP - BOTTOM) > 15)
        fprintf(script.out, "set label '%s' at 0.5,%.9g center font ',10' front\n",
                idr_lithology_name(layer[i].lithology), 0.5 * (top + bottom) * s->unit.scale);
    }
    fputs("plot NaN notitle\n", script.out);
    idr_page_plot_end(d->page, &script, "Depth axis and column of rocks");
  }
  free(layer);
}

static void write_points(FILE *out, const idr_data_page *d, const span *s) {
  fputs("$t << EOD\n", out);
  for (int m = s->first; m < s->last; m += s->step) {
    fprintf(out, "%.6g", (m + 0.5 * s->step) * s->unit.scale);
    for (int t = 0; t < IDR_SURVEY_TRACKS; t++) {
      double v = mean_of(d, t, m, m + s->step < s->last ? m + s->step : s->last);
      if (isfinite(v))
        fprintf(out, " %.6g", v);
      else
        fputs(" NaN", out);
    }
    fputs("\n", out);
  }
  fputs("EOD\n", out);
}

/* From zero where that wastes no more than half of the width. */
static void write_track(FILE *out, const idr_data_page *d, const span *s, int t) {
  const double width = IDR_SURVEY_TRACKS * TRACK_WIDTH;
  double low = INFINITY, high = -INFINITY;
  for (int m = s->first; m < s->last; m += s->step) {
    double v = mean_of(d, t, m, m + s->step < s->last ? m + s->step : s->last);
    if (!isfinite(v)) continue;
    low = fmin(low, v);
    high = fmax(high, v);
  }
  bool empty = !(low <= high);
  if (empty) low = 0, high = 1;
  if (low > 0 && low < 0.5 * high) low = 0;
  double room = high > low ? high - low : fmax(fabs(high), 1);
  high += 0.06 * room;
  if (low != 0) low -= 0.06 * room;
  double step = idr_page_tick_step(low, high, TRACK_WIDTH - 2 * TRACK_GAP);
  fprintf(out,
          "set lmargin at screen %.6f\nset rmargin at screen %.6f\nset x2range [%.9g:%.9g]\n"
          "set x2tics %.9g offset 0,-0.4 format '%%g'\nset x2label \"%s\\n%s\" offset 0,-0.5\n",
          (t * TRACK_WIDTH + TRACK_GAP) / width, ((t + 1) * TRACK_WIDTH - TRACK_GAP) / width, low,
          high, step, track_name[t], empty ? "no readings" : unit_of(d, t).name);
  if (empty)
    fputs("plot NaN axes x2y1 notitle\n", out);
  else
    fprintf(out, "plot $t using %d:1 axes x2y1 with lines lw 1.3 lc rgb '%s'\n", t + 2,
            track_color[t]);
}

static void add_logs(idr_data_page *d, const span *s) {
  idr_plot script;
  if (!idr_page_plot_begin(d->page, &script, IDR_SURVEY_TRACKS * TRACK_WIDTH, HEIGHT)) return;
  write_axes(script.out, s);
  write_points(script.out, d, s);
  fputs("set ytics scale 0 format ''\nset grid x2tics ytics\nset multiplot\n", script.out);
  for (int t = 0; t < IDR_SURVEY_TRACKS; t++)
    write_track(script.out, d, s, t);
  fputs("unset multiplot\n", script.out);
  idr_page_plot_end(
      d->page, &script,
      "Tracks of the well over depth: rate of penetration, weight on bit, speed, flow "
      "in, torque, standpipe pressure, equivalent circulating density, gamma ray, hook "
      "load, stick-slip index and specific energy");
}

void idr_data_add_depth(idr_data_page *d) {
  idr_html *h = &d->page->html;
  span s = span_of(d);
  idr_html_raw(h, "<section>\n<h2>The well over depth</h2>\n");
  if (s.last == 0) {
    idr_page_note(d->page, d->survey.channel[IDR_CHANNEL_DEPTH].there
                               ? "No row of this well was drilled in."
                               : "The data set has no channel hole_depth.");
  } else {
    idr_html_raw(h, "<figure>\n<div class=\"scroll tracks\" tabindex=\"0\" role=\"group\" "
                    "aria-label=\"Depth tracks\"><div class=\"rock\">");
    add_rock(d, &s);
    idr_html_raw(h, "</div><div class=\"logs\">");
    add_logs(d, &s);
    idr_html_raw(h, "</div></div>\n<figcaption>Depth downwards; ");
    idr_html_format(h, "means of the readings of %d m%s.", s.step,
                    d->survey.activities ? " while drilling" : "");
    idr_html_raw(h, "</figcaption>\n</figure>\n");
  }
  idr_html_raw(h, "</section>\n");
}

/* ---- days ------------------------------------------------------------------------------------ */

static double deepest_of(const idr_survey *v) {
  double deepest = 0;
  for (int64_t i = 0; i < v->hours; i++)
    if (v->hour[i].depth > deepest) deepest = v->hour[i].depth;
  return deepest;
}

/* Long records are drawn by the extremes of neighbouring hours. */
static void write_hours(FILE *out, const idr_survey *v, double scale) {
  int64_t step = v->hours / 1200 + 1;
  fputs("$d << EOD\n", out);
  for (int64_t i = 0; i < v->hours; i += step) {
    double low = INFINITY, high = -INFINITY, depth = NAN;
    for (int64_t k = i; k < i + step && k < v->hours; k++) {
      if (isfinite(v->hour[k].depth)) depth = v->hour[k].depth;
      low = fmin(low, v->hour[k].bit);
      high = fmax(high, v->hour[k].bit);
    }
    if (isfinite(depth)) fprintf(out, "%.6g %.7g", (double)i / 24, depth * scale);
    if (isfinite(depth) && low <= high)
      fprintf(out, " %.7g\n%.6g %.7g %.7g\n", high * scale, ((double)i + 0.5 * (double)step) / 24,
              depth * scale, low * scale);
    else if (isfinite(depth))
      fputs(" NaN\n", out);
  }
  fputs("EOD\n", out);
}

void idr_data_add_progress(idr_data_page *d) {
  idr_html *h = &d->page->html;
  idr_plot script;
  idr_shown_unit unit = idr_report_channel_unit(d->ask->units, IDR_CHANNEL_DEPTH);
  double days = (double)d->survey.hours / 24, deepest = deepest_of(&d->survey) * unit.scale;
  if (!(deepest > 0)) return;
  idr_html_raw(h, "<section>\n<h2>Days and depth</h2>\n<figure><div class=\"scroll wide\" "
                  "tabindex=\"0\">\n");
  if (idr_page_plot_begin(d->page, &script, 1100, 340)) {
    fprintf(script.out,
            "set yrange [%.9g:0]\nset xrange [0:%.9g]\nset ylabel 'Depth, %s'\nset xlabel 'Days'\n"
            "set grid\nset key outside top center horizontal samplen 2\n",
            1.04 * deepest, days, unit.name);
    write_hours(script.out, &d->survey, unit.scale);
    fputs("plot $d using 1:3 with lines lw 0.8 lc rgb '#9db7d6' title 'bit', $d using 1:2 with "
          "lines lw 2 lc rgb '#1f5fa8' title 'hole'\n",
          script.out);
    idr_page_plot_end(d->page, &script, "Depth of hole and bit over the days of the well");
  }
  idr_html_raw(h, "</div>\n<figcaption>A level stretch of the hole is a trip, casing, trouble or "
                  "repair; the bit shows which. A jump back to the surface is the next hole of "
                  "the rig.</figcaption>\n</figure>\n</section>\n");
}
