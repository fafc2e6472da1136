/* A drilled well as a log: depth downwards, tracks side by side. */
#include "report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEIGHT      820
#define TRACK_WIDTH 98
#define TRACK_GAP   9
#define TOP         62 /* pixels above the tracks, for names and scales */
#define BOTTOM      10
#define BINS        700 /* two points of every curve per bin */

/* ---- what the tracks show -------------------------------------------------------------------- */

/* C(name, unit, value of a row in SI) */
#define COLUMNS(C)                                                                                 \
  C(UCS, STRENGTH, r->ucs)                                                                         \
  C(WOB_SET, WOB, r->wob_set)                                                                      \
  C(WOB, WOB, r->value[IDR_CHANNEL_WOB])                                                           \
  C(OMEGA_SET, OMEGA, r->omega_set)                                                                \
  C(OMEGA, OMEGA, r->value[IDR_CHANNEL_OMEGA])                                                     \
  C(FLOW_SET, FLOW, r->flow_set)                                                                   \
  C(FLOW, FLOW, r->value[IDR_CHANNEL_FLOW_IN])                                                     \
  C(ROP, ROP, r->value[IDR_CHANNEL_ROP])                                                           \
  C(TORQUE, TORQUE, r->value[IDR_CHANNEL_TORQUE])                                                  \
  C(SPP, SPP, r->value[IDR_CHANNEL_SPP])                                                           \
  C(PORE, ECD, r->pore_density)                                                                    \
  C(FRACTURE, ECD, r->fracture_density)                                                            \
  C(ECD, ECD, r->value[IDR_CHANNEL_ECD])                                                           \
  C(SSI, SSI, r->ssi_most)                                                                         \
  C(WEAR, NUMBER, r->wear)                                                                         \
  C(COST, COST, cost_per_metre(t, r))

typedef enum {
#define COLUMN_ENUM(name, unit, value) COLUMN_##name,
  COLUMNS(COLUMN_ENUM)
#undef COLUMN_ENUM
      COLUMN_COUNT
} column;

/* USD/m since the start. The first metres tell nothing: little length carries whole costs. */
static double cost_per_metre(const idr_trace *t, const idr_trace_row *r) {
  double drilled = r->depth - t->start;
  return drilled < 0.02 * t->interval ? (double)NAN : r->cost / drilled;
}

static double si_of(const idr_trace *t, const idr_trace_row *r, int c) {
#define COLUMN_VALUE(name, unit, value) (double)(value),
  const double values[] = {COLUMNS(COLUMN_VALUE)};
#undef COLUMN_VALUE
  return values[c];
}

typedef enum {
  UNIT_STRENGTH,
  UNIT_WOB,
  UNIT_OMEGA,
  UNIT_FLOW,
  UNIT_ROP,
  UNIT_TORQUE,
  UNIT_SPP,
  UNIT_ECD,
  UNIT_SSI,
  UNIT_NUMBER,
  UNIT_COST
} unit_kind;

static idr_shown_unit shown_unit(idr_report_units units, unit_kind kind) {
  static const idr_channel_id channel[] = {
      [UNIT_WOB] = IDR_CHANNEL_WOB,       [UNIT_OMEGA] = IDR_CHANNEL_OMEGA,
      [UNIT_FLOW] = IDR_CHANNEL_FLOW_IN,  [UNIT_ROP] = IDR_CHANNEL_ROP,
      [UNIT_TORQUE] = IDR_CHANNEL_TORQUE, [UNIT_SPP] = IDR_CHANNEL_SPP,
      [UNIT_ECD] = IDR_CHANNEL_ECD};
  if (kind == UNIT_STRENGTH) return idr_report_strength_unit(units);
  if (kind == UNIT_COST) return idr_report_cost_unit(units);
  if (kind == UNIT_NUMBER || kind == UNIT_SSI) return (idr_shown_unit){"", 1, 0};
  return idr_report_channel_unit(units, channel[kind]);
}

static unit_kind unit_of(int c) {
#define COLUMN_UNIT(name, unit, value) UNIT_##unit,
  static const unit_kind kinds[] = {COLUMNS(COLUMN_UNIT)};
#undef COLUMN_UNIT
  return kinds[c];
}

/* A track: up to two thin lines behind (set-points, limits), the curve in front. */
typedef struct {
  const char *name;
  int behind[2], front; /* columns; -1: none */
  bool from_zero;
  const char *color;
} track;

static const track tracks[] = {
    {"UCS", {-1, -1}, COLUMN_UCS, true, "#6b4e2e"},
    {"WOB", {COLUMN_WOB_SET, -1}, COLUMN_WOB, true, "#1f5fa8"},
    {"Speed", {COLUMN_OMEGA_SET, -1}, COLUMN_OMEGA, true, "#1f5fa8"},
    {"Flow in", {COLUMN_FLOW_SET, -1}, COLUMN_FLOW, true, "#1f5fa8"},
    {"ROP", {-1, -1}, COLUMN_ROP, true, "#14703c"},
    {"Torque", {-1, -1}, COLUMN_TORQUE, true, "#8c2d6b"},
    {"SPP", {-1, -1}, COLUMN_SPP, true, "#8c2d6b"},
    {"ECD", {COLUMN_PORE, COLUMN_FRACTURE}, COLUMN_ECD, false, "#8c2d6b"},
    {"Stick-slip", {-1, -1}, COLUMN_SSI, true, "#b3261e"},
    {"Bit wear", {-1, -1}, COLUMN_WEAR, true, "#5b6675"},
    {"Cost so far", {-1, -1}, COLUMN_COST, true, "#1b2330"}};
#define TRACKS ((int)(sizeof tracks / sizeof tracks[0]))

/* ---- lithology ------------------------------------------------------------------------------- */

static const char *const rock_color[IDR_LITHOLOGY_COUNT] = {"#f3d68a", "#a9b3a6", "#a5cde8",
                                                            "#c0b0e0", "#eba9a0"};

static const char *color_of(int lithology) {
  return lithology >= 0 && lithology < IDR_LITHOLOGY_COUNT ? rock_color[lithology] : "#dddddd";
}

/* ---- depth ----------------------------------------------------------------------------------- */

typedef struct {
  idr_shown_unit unit;
  double top, bottom; /* shown */
} depth_axis;

static depth_axis axis_of(const idr_page *page) {
  const idr_trace *t = page->ask->trace;
  depth_axis a = {.unit = idr_report_channel_unit(page->ask->units, IDR_CHANNEL_DEPTH)};
  double deepest = t->row[t->count - 1].depth;
  if (deepest < t->start + 1) deepest = t->start + 1;
  a.top = idr_report_show(a.unit, t->start);
  a.bottom = idr_report_show(a.unit, deepest);
  return a;
}

static void write_axes(FILE *out, depth_axis a) {
  fprintf(out,
          "set yrange [%.9g:%.9g]\nset tmargin at screen %.6f\nset bmargin at screen %.6f\n"
          "unset xtics\nset border 15 lw 1 lc rgb '#5b6675'\n",
          a.bottom, a.top, 1.0 - (double)TOP / HEIGHT, (double)BOTTOM / HEIGHT);
}

static void add_rock(idr_page *page, depth_axis a) {
  const idr_trace *t = page->ask->trace;
  idr_plot s;
  const int width = 132;
  if (!idr_page_plot_begin(page, &s, width, HEIGHT)) return;
  write_axes(s.out, a);
  fprintf(s.out,
          "set lmargin at screen %.6f\nset rmargin at screen %.6f\nset xrange [0:1]\n"
          "set ytics out\nset grid noxtics noytics\n"
          "set label 'Depth, %s' at screen 0.03,%.6f\nset label 'Rock' at screen 0.78,%.6f "
          "center\n",
          54.0 / width, 1 - 4.0 / width, a.unit.name, 1 - 20.0 / HEIGHT, 1 - 42.0 / HEIGHT);
  for (int i = 0; i < t->layer_count; i++) {
    double top = fmax(a.top, idr_report_show(a.unit, (double)t->layer[i].top)),
           bottom = fmin(a.bottom, idr_report_show(a.unit, (double)t->layer[i].bottom));
    if (bottom <= top) continue;
    fprintf(s.out,
            "set object rect from 0,%.9g to 1,%.9g fc rgb '%s' fs solid 1 border rgb "
            "'#5b6675' lw 0.5 back\n",
            top, bottom, color_of(t->layer[i].lithology));
    if ((bottom - top) / (a.bottom - a.top) * (HEIGHT - TOP - BOTTOM) > 15)
      fprintf(s.out, "set label '%s' at 0.5,%.9g center font ',10' front\n",
              idr_lithology_name(t->layer[i].lithology), 0.5 * (top + bottom));
  }
  fputs("plot NaN notitle\n", s.out);
  idr_page_plot_end(page, &s, "Depth axis and column of rocks");
}

/* ---- curves ---------------------------------------------------------------------------------- */

/* Least and greatest value of a column in rows [begin, end), in the order in which they came. */
static void find_pair(const idr_page *page, int c, int64_t begin, int64_t end, double pair[2]) {
  const idr_trace *t = page->ask->trace;
  idr_shown_unit unit = shown_unit(page->ask->units, unit_of(c));
  int64_t least = begin, most = begin;
  for (int64_t i = begin; i < end; i++) {
    double y = si_of(t, &t->row[i], c);
    if (y < si_of(t, &t->row[least], c)) least = i;
    if (y > si_of(t, &t->row[most], c)) most = i;
  }
  int64_t first = least < most ? least : most, second = least < most ? most : least;
  pair[0] = idr_report_show(unit, si_of(t, &t->row[first], c));
  pair[1] = idr_report_show(unit, si_of(t, &t->row[second], c));
}

static void write_rows(FILE *out, const idr_page *page, depth_axis a, int64_t begin, int64_t end) {
  const idr_trace *t = page->ask->trace;
  double pair[COLUMN_COUNT][2];
  for (int c = 0; c < COLUMN_COUNT; c++)
    find_pair(page, c, begin, end, pair[c]);
  for (int side = 0; side < (end - begin > 1 ? 2 : 1); side++) {
    fprintf(out, "%.9g", idr_report_show(a.unit, t->row[side ? end - 1 : begin].depth));
    for (int c = 0; c < COLUMN_COUNT; c++)
      if (isfinite(pair[c][side]))
        fprintf(out, " %.6g", pair[c][side]);
      else
        fputs(" NaN", out);
    fputs("\n", out);
  }
}

/* Rock changes at boundaries, not between two control steps. */
static void write_strength(FILE *out, const idr_page *page, depth_axis a) {
  const idr_trace *t = page->ask->trace;
  idr_shown_unit unit = idr_report_strength_unit(page->ask->units);
  fputs("$u << EOD\n", out);
  for (int i = 0; i < t->layer_count; i++) {
    double top = fmax(a.top, idr_report_show(a.unit, (double)t->layer[i].top)),
           bottom = fmin(a.bottom, idr_report_show(a.unit, (double)t->layer[i].bottom)),
           strength = idr_report_show(unit, (double)t->layer[i].ucs);
    if (top < bottom) fprintf(out, "%.9g %.6g\n%.9g %.6g\n", top, strength, bottom, strength);
  }
  fputs("EOD\n", out);
}

static void write_data(FILE *out, const idr_page *page, depth_axis a) {
  int64_t n = page->ask->trace->count, bins = n <= 2 * BINS ? n : BINS;
  fputs("$t << EOD\n", out);
  for (int64_t b = 0; b < bins; b++)
    write_rows(out, page, a, n * b / bins, n * (b + 1) / bins);
  fputs("EOD\n", out);
}

typedef struct {
  double low, high, step;
} scale;

static void stretch(const idr_page *page, int c, scale *s) {
  const idr_trace *t = page->ask->trace;
  if (c < 0) return;
  idr_shown_unit unit = shown_unit(page->ask->units, unit_of(c));
  for (int64_t i = 0; i < t->count; i++) {
    double y = idr_report_show(unit, si_of(t, &t->row[i], c));
    if (!isfinite(y)) continue;
    s->low = fmin(s->low, y);
    s->high = fmax(s->high, y);
  }
}

static scale scale_of(const idr_page *page, const track *k) {
  scale s = {.low = INFINITY, .high = -INFINITY};
  stretch(page, k->front, &s);
  stretch(page, k->behind[0], &s);
  stretch(page, k->behind[1], &s);
  if (!(s.low <= s.high)) s = (scale){.low = 0, .high = 1};
  if (k->from_zero && s.low > 0) s.low = 0;
  if (k->front == COLUMN_WEAR) s.high = 1;
  if (k->front == COLUMN_SSI) s.high = fmax(s.high, 1.2);
  double room = s.high - s.low;
  if (room <= 0) room = s.high != 0 ? fabs(s.high) : 1;
  s.high += 0.06 * room;
  if (!k->from_zero) s.low -= 0.06 * room;
  s.step = idr_page_tick_step(s.low, s.high, TRACK_WIDTH - 2 * TRACK_GAP);
  return s;
}

static void write_trips(FILE *out, const idr_page *page, depth_axis a) {
  const idr_trace *t = page->ask->trace;
  for (int64_t i = 0; i < t->count; i++)
    if (t->row[i].trips > (i > 0 ? t->row[i - 1].trips : 0))
      fprintf(out,
              "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 2 lw 1.2 lc rgb "
              "'#b3261e' front\n",
              idr_report_show(a.unit, t->row[i].depth), idr_report_show(a.unit, t->row[i].depth));
}

static void write_track(FILE *out, const idr_page *page, int i) {
  const track *k = &tracks[i];
  scale s = scale_of(page, k);
  const double width = TRACKS * TRACK_WIDTH;
  fprintf(out,
          "set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
          "set x2range [%.9g:%.9g]\nset x2tics %.9g offset 0,-0.4 format '%%g'\n"
          "set x2label \"%s\\n%s\" offset 0,-0.5\n",
          (i * TRACK_WIDTH + TRACK_GAP) / width, ((i + 1) * TRACK_WIDTH - TRACK_GAP) / width, s.low,
          s.high, s.step, k->name, shown_unit(page->ask->units, unit_of(k->front)).name);
  if (k->front == COLUMN_SSI)
    fputs("set arrow 999 from second 1, graph 0 to second 1, graph 1 nohead dt 3 lw 1 lc rgb "
          "'#8a93a0'\n",
          out);
  fputs("plot ", out);
  for (int b = 0; b < 2; b++)
    if (k->behind[b] >= 0)
      fprintf(out, "$t using %d:1 axes x2y1 with lines dt 2 lw 1 lc rgb '#7f8996', ",
              k->behind[b] + 2);
  bool steps = k->front == COLUMN_UCS;
  fprintf(out, "$%c using %d:1 axes x2y1 with lines lw 1.4 lc rgb '%s'\n", steps ? 'u' : 't',
          steps ? 2 : k->front + 2, k->color);
  if (k->front == COLUMN_SSI) fputs("unset arrow 999\n", out);
}

static void add_logs(idr_page *page, depth_axis a) {
  idr_plot s;
  if (!idr_page_plot_begin(page, &s, TRACKS * TRACK_WIDTH, HEIGHT)) return;
  write_axes(s.out, a);
  write_data(s.out, page, a);
  write_strength(s.out, page, a);
  write_trips(s.out, page, a);
  fputs("set ytics scale 0 format ''\nset grid x2tics ytics\nset multiplot\n", s.out);
  for (int i = 0; i < TRACKS; i++)
    write_track(s.out, page, i);
  fputs("unset multiplot\n", s.out);
  idr_page_plot_end(page, &s,
                    "Tracks of the drilled interval over depth: rock strength, weight on "
                    "bit, speed, flow, rate of penetration, torque, standpipe pressure, "
                    "equivalent circulating density, stick-slip index, bit wear and "
                    "cost so far");
}

/* ---- the section ----------------------------------------------------------------------------- */

static void add_stat(idr_page *page, const char *name, const char *value, const char *unit) {
  idr_html *h = &page->html;
  idr_html_raw(h, "<div>");
  idr_html_element(h, "dt", NULL, name);
  idr_html_raw(h, "<dd>");
  idr_html_text(h, value);
  idr_html_raw(h, " ");
  idr_html_element(h, "small", NULL, unit);
  idr_html_raw(h, "</dd></div>\n");
}

static void add_number(idr_page *page, const char *name, double value, const char *unit) {
  char digits[40];
  idr_page_digits(value, digits, sizeof digits);
  add_stat(page, name, digits, unit);
}

static void add_outcome(idr_page *page) {
  const idr_trace *t = page->ask->trace;
  const idr_trace_row *last = &t->row[t->count - 1];
  idr_shown_unit length = idr_report_channel_unit(page->ask->units, IDR_CHANNEL_DEPTH),
                 cost = idr_report_cost_unit(page->ask->units);
  double drilled = last->depth - t->start, paid = fmax(drilled, t->interval);
  idr_html_raw(&page->html, "<dl class=\"stats\">\n");
  add_stat(page, "End", t->end, "");
  add_number(page, "Drilled", drilled * length.scale, length.name);
  add_number(page, "Rig time", last->time / 3600, "h");
  add_number(page, "Bits used up", last->bits, "");
  add_number(page, "Cost", idr_report_show(cost, last->cost / paid), cost.name);
  idr_html_raw(&page->html, "</dl>\n");
}

static void add_legend(idr_page *page) {
  const idr_trace *t = page->ask->trace;
  idr_html *h = &page->html;
  idr_html_raw(h, "<ul class=\"legend\">\n");
  for (int rock = 0; rock < IDR_LITHOLOGY_COUNT; rock++) {
    bool there = false;
    for (int i = 0; i < t->layer_count; i++)
      there = there || t->layer[i].lithology == rock;
    if (!there) continue;
    idr_html_raw(h, "<li><i style=\"background:");
    idr_html_raw(h, color_of(rock));
    idr_html_raw(h, "\"></i>");
    idr_html_text(h, idr_lithology_name(rock));
    idr_html_raw(h, "</li>\n");
  }
  idr_html_raw(h, "</ul>\n");
}

static void add_tracks(idr_page *page) {
  idr_html *h = &page->html;
  const idr_trace *t = page->ask->trace;
  depth_axis a = axis_of(page);
  idr_html_raw(h, "<figure>\n<div class=\"scroll tracks\" tabindex=\"0\" role=\"group\" "
                  "aria-label=\"Depth tracks\"><div class=\"rock\">");
  add_rock(page, a);
  idr_html_raw(h, "</div><div class=\"logs\">");
  add_logs(page, a);
  idr_html_raw(h, "</div></div>\n");
  add_legend(page);
  idr_html_raw(h, "<figcaption>Depth downwards; curves are means of a control period, the "
                  "stick-slip index its greatest value (above the dotted line, 1, the bit stands "
                  "still at times). Dashed grey: set-points, and in the ECD track the pore and "
                  "fracture pressures that the mud has to stay between. ");
  if (t->row[t->count - 1].trips > 0) idr_html_raw(h, "Dashed red across the tracks: a new bit. ");
  if (t->count > 2 * BINS)
    idr_html_raw(h, "Neighbouring control steps are drawn by their extremes. ");
  idr_html_raw(h, "Cost so far begins after the first fiftieth of the interval. All steps are in "
                  "<a href=\"well_trace.csv\">well_trace.csv</a>.</figcaption>\n</figure>\n");
}

void idr_page_add_well(idr_page *page) {
  idr_html *h = &page->html;
  const idr_trace *t = page->ask->trace;
  if (!t && !page->ask->trace_note[0]) return;
  idr_html_raw(h, "<section>\n<h2>A drilled well</h2>\n");
  if (t && t->count > 0) {
    idr_html_raw(h, "<p>");
    idr_html_text(h, t->title);
    idr_html_raw(h, "</p>\n<p class=\"kicker\">Drilled by the ");
    idr_html_text(h, t->policy);
    idr_html_raw(h, ", without chance in its actions.</p>\n");
    add_outcome(page);
    add_tracks(page);
  } else {
    idr_html_raw(h, "<p class=\"note\">No well was drilled for this page: ");
    idr_html_text(h, t ? "the episode ended before its first step." : page->ask->trace_note);
    idr_html_raw(h, "</p>\n");
  }
  idr_html_raw(h, "</section>\n");
}
