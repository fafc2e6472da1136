/* Learning curves from the file of metrics. */
#include "report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS      300
#define LOG_FROM  8  /* highest over lowest value above which an axis may be logarithmic */
#define OTHER_MAX 12 /* plots of keys that the table does not know */

/* LOSS is plain too, but falls over decades like COST: both get a logarithmic axis when they do. */
typedef enum { QUANTITY_PLAIN, QUANTITY_LOSS, QUANTITY_COST, QUANTITY_SPEED } quantity;

/* A plot of one or two keys. The first rows matter most. */
typedef struct {
  const char *key[2];
  const char *name[2]; /* in the plot's legend, when there are two */
  quantity unit;
  const char *title, *caption;
} curve;

static const curve episode_curves[] = {
    {{"episode/cost_per_metre"},
     {0},
     QUANTITY_COST,
     "Cost per length drilled",
     "Total cost over total length of the episodes that ended in an iteration. Lower is better."},
    {{"episode/rop_m_per_h"},
     {0},
     QUANTITY_SPEED,
     "Rate of penetration",
     "Length drilled over hours with the bit on bottom."},
    {{"episode/return"},
     {0},
     QUANTITY_PLAIN,
     "Return of an episode",
     "Mean sum of rewards of the episodes that ended."},
    {{"episode/failed", "episode/unfinished"},
     {"hole lost", "out of time or bits"},
     QUANTITY_PLAIN,
     "How episodes end badly",
     "Share of the episodes; the rest finished their interval."},
    {{"episode/bits"},
     {0},
     QUANTITY_PLAIN,
     "Bits per interval",
     "Bit lives used up; a part of a life counts as a part."},
    {{"episode/stick_slip_hours"},
     {0},
     QUANTITY_PLAIN,
     "Hours of stick-slip per interval",
     "Time with a stick-slip index above 1."}};

static const curve learning_curves[] = {
    {{"episode/length"}, {0}, QUANTITY_PLAIN, "Length of an episode", "In control steps."},
    {{"train/reward"}, {0}, QUANTITY_PLAIN, "Reward of a control step", "Mean of an iteration."},
    {{"train/explained_variance"},
     {0},
     QUANTITY_PLAIN,
     "Explained variance of the value network",
     "1: it foresees every return; 0: no better than their mean."},
    {{"train/kl"},
     {0},
     QUANTITY_PLAIN,
     "KL divergence",
     "How far an update moved the policy from the one that gathered the data."},
    {{"train/entropy"},
     {0},
     QUANTITY_PLAIN,
     "Entropy of the policy",
     "How much it still tries; falls as it makes up its mind."},
    {{"train/policy_loss"},
     {0},
     QUANTITY_PLAIN,
     "Policy loss",
     "What the policy's updates make small."},
    {{"train/value_loss"},
     {0},
     QUANTITY_LOSS,
     "Value loss",
     "Squared error in units of the returns' spread."},
    {{"train/critic_loss"},
     {0},
     QUANTITY_LOSS,
     "Loss of the critics",
     "Half the squared error of both."},
    {{"train/q"},
     {0},
     QUANTITY_PLAIN,
     "Value of actions",
     "What the first critic gives, mean over the batches."},
    {{"train/alpha"},
     {0},
     QUANTITY_LOSS,
     "Temperature",
     "What a nat of entropy is worth to the policy."},
    {{"train/clip_fraction"},
     {0},
     QUANTITY_PLAIN,
     "Clip fraction",
     "Part of the samples whose ratio left the clip range."},
    {{"train/gradient_norm"}, {0}, QUANTITY_PLAIN, "Norm of the gradient", "Before clipping."},
    {{"train/deviation"},
     {0},
     QUANTITY_PLAIN,
     "Standard deviation of actions",
     "Mean over the actions, in units of half their range."},
    {{"train/learning_rate"}, {0}, QUANTITY_PLAIN, "Learning rate", "As scheduled or adapted."},
    {{"time/steps_per_s"},
     {0},
     QUANTITY_PLAIN,
     "Control steps per second",
     "Throughput of each iteration, all ranks together."}};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static idr_shown_unit unit_of(const idr_page *page, quantity q) {
  if (q == QUANTITY_COST) return idr_report_cost_unit(page->ask->units);
  if (q != QUANTITY_SPEED) return (idr_shown_unit){"", 1, 0};
  idr_shown_unit u = idr_report_channel_unit(page->ask->units, IDR_CHANNEL_ROP);
  return (idr_shown_unit){u.name, u.scale / 3600, 0}; /* the metric is in m/h */
}

/* ---- a plot ---------------------------------------------------------------------------------- */

typedef struct {
  idr_bin *bins[2];
  int64_t count[2];
  int series;
  double scale;            /* of the values, to what is shown */
  double low, high, steps; /* shown values; highest control step */
  bool logarithmic;
} plot;

static bool plot_create(plot *p, const idr_series *const *series, int count, idr_shown_unit unit) {
  *p = (plot){.series = count, .scale = unit.scale, .low = INFINITY, .high = -INFINITY};
  for (int i = 0; i < count; i++) {
    p->bins[i] = calloc(BINS, sizeof *p->bins[i]);
    if (!p->bins[i]) return false;
    p->count[i] = idr_series_thin(series[i], BINS, p->bins[i]);
    for (int64_t b = 0; b < p->count[i]; b++) {
      p->low = fmin(p->low, unit.scale * p->bins[i][b].low);
      p->high = fmax(p->high, unit.scale * p->bins[i][b].high);
    }
    if (series[i]->count > 0) p->steps = fmax(p->steps, series[i]->x[series[i]->count - 1]);
  }
  return true;
}

static void plot_free(plot *p) {
  free(p->bins[0]);
  free(p->bins[1]);
}

typedef struct {
  double scale;
  const char *label;
} steps_axis;

static steps_axis steps_axis_of(double most) {
  if (most >= 2e6) return (steps_axis){1e-6, "million control steps"};
  if (most >= 2e3) return (steps_axis){1e-3, "thousand control steps"};
  return (steps_axis){1, "control steps"};
}

static void write_steps_axis(FILE *out, const plot *p) {
  steps_axis axis = steps_axis_of(p->steps);
  double most = p->steps > 0 ? p->steps * axis.scale : 1;
  fprintf(out, "set xlabel '%s' offset 0,0.4\nset xrange [0:%.9g]\nset xtics %.9g\n", axis.label,
          most, idr_page_round_step(most, 5));
}

/* 1, 2 and 5 of every decade, or where there are many, only powers of ten. */
static void write_logarithmic(FILE *out, const plot *p) {
  int first = (int)floor(log10(p->low)), last = (int)ceil(log10(p->high));
  int stride = last - first > 3 ? (last - first + 4) / 5 : 1;
  const char *comma = "";
  fprintf(out, "set logscale y\nset yrange [%.9g:%.9g]\nset ytics (", 0.9 * p->low, 1.1 * p->high);
  for (int e = first; e <= last; e += stride, comma = ", ") {
    fprintf(out, "%s1e%d", comma, e);
    if (last - first <= 3) fprintf(out, ", 2e%d, 5e%d", e, e);
  }
  fputs(")\n", out);
}

/* From zero where that wastes no more than half of the height. */
static void write_linear(FILE *out, const plot *p) {
  double low = p->low >= 0 && p->low < 0.5 * p->high ? 0 : p->low, range = p->high - low;
  if (range <= 1e-9 * fabs(p->high)) range = p->high != 0 ? fabs(p->high) : 1;
  fprintf(out, "set yrange [%.9g:%.9g]\nset ytics %.9g\n", low == 0 ? 0 : low - 0.06 * range,
          p->high + 0.06 * range, idr_page_round_step(range, 5));
}

/* A bin that stands alone between two gaps would be a line of no length: it gets a little. */
static void write_bins(FILE *out, const plot *p, int i) {
  const idr_bin *bin = p->bins[i];
  double scale = steps_axis_of(p->steps).scale, width = 0.004 * p->steps * scale;
  fprintf(out, "$c%d << EOD\n", i);
  for (int64_t b = 0; b < p->count[i]; b++) {
    bool alone = (b == 0 || bin[b - 1].gap) && (bin[b].gap || b == p->count[i] - 1);
    for (int side = alone ? -1 : 0; side <= (alone ? 1 : 0); side++)
      fprintf(out, "%.9g %.9g %.9g %.9g\n", bin[b].x * scale + side * width, p->scale * bin[b].low,
              p->scale * bin[b].high, p->scale * bin[b].mean);
    if (bin[b].gap) fputs("\n", out);
  }
  fputs("EOD\n", out);
}

static void write_plot(FILE *out, const curve *c, int count) {
  static const char *const line[] = {"#1f5fa8", "#b8500f"}, *const band[] = {"#c7daf0", "#f3d3bd"};
  if (count > 1) fputs("set key outside top center horizontal samplen 2\n", out);
  fputs("plot ", out);
  for (int i = 0; i < count; i++)
    fprintf(out, "%s$c%d using 1:2:3 with filledcurves fc rgb '%s' notitle", i ? ", " : "", i,
            band[i]);
  for (int i = 0; i < count; i++) {
    char title[128];
    idr_gnuplot_quote(c->name[i] ? c->name[i] : "", title, sizeof title);
    fprintf(out, ", $c%d using 1:4 with lines lw 1.8 lc rgb '%s' title %s", i, line[i], title);
  }
  fputs("\n", out);
}

static void draw(idr_page *page, const curve *c, const plot *p) {
  idr_plot script;
  if (!idr_page_plot_begin(page, &script, 400, 220)) return;
  write_steps_axis(script.out, p);
  if (p->logarithmic)
    write_logarithmic(script.out, p);
  else
    write_linear(script.out, p);
  for (int i = 0; i < p->series; i++)
    write_bins(script.out, p, i);
  write_plot(script.out, c, p->series);
  idr_page_plot_end(page, &script, c->title);
}

static void add_figure(idr_page *page, const curve *c, const idr_series *const *series, int count) {
  idr_html *h = &page->html;
  idr_shown_unit unit = unit_of(page, c->unit);
  plot p;
  bool ready = plot_create(&p, series, count, unit), any = p.low <= p.high;
  p.logarithmic = (c->unit == QUANTITY_COST || c->unit == QUANTITY_LOSS) && p.low > 0 &&
                  p.high > LOG_FROM * p.low;
  idr_html_raw(h, "<figure>\n<figcaption>");
  idr_html_text(h, c->title);
  if (unit.name[0]) idr_html_format(h, ", %s", unit.name);
  idr_html_raw(h, "</figcaption>\n");
  if (ready && any) draw(page, c, &p);
  idr_html_raw(h, "<p>");
  idr_html_text(h, c->caption);
  if (!any) idr_html_raw(h, " <em>No finite value was written.</em>");
  if (p.logarithmic) idr_html_raw(h, " Logarithmic axis.");
  if (series[0]->count > BINS)
    idr_html_raw(h, " Line: means of neighbouring points; band: their extremes.");
  idr_html_raw(h, "</p>\n</figure>\n");
  plot_free(&p);
}

/* False when the run has none of the keys. */
static bool add_curve(idr_page *page, const curve *c) {
  const idr_series *found[2] = {NULL, NULL};
  curve shown = *c;
  int count = 0;
  for (int i = 0; i < 2; i++) {
    const idr_series *s = c->key[i] ? idr_series_find(page->metrics, c->key[i]) : NULL;
    if (!s) continue;
    shown.name[count] = c->name[i];
    found[count++] = s;
  }
  if (count > 0) add_figure(page, &shown, found, count);
  return count > 0;
}

/* ---- the section ----------------------------------------------------------------------------- */

static bool has_any(const idr_page *page, const curve *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (int k = 0; k < 2; k++)
      if (list[i].key[k] && idr_series_find(page->metrics, list[i].key[k])) return true;
  return false;
}

static bool add_group(idr_page *page, const char *title, const curve *list, size_t count) {
  if (!has_any(page, list, count)) return false;
  idr_html_element(&page->html, "h3", NULL, title);
  idr_html_raw(&page->html, "\n<div class=\"curves\">\n");
  for (size_t i = 0; i < count; i++)
    add_curve(page, &list[i]);
  idr_html_raw(&page->html, "</div>\n");
  return true;
}

/* A job whose keys the tables do not know: its first results under their own names. */
static void add_others(idr_page *page) {
  int shown = 0;
  idr_html_raw(&page->html, "<div class=\"curves\">\n");
  for (int i = 0; i < page->metrics->count && shown < OTHER_MAX; i++) {
    const idr_series *s = &page->metrics->series[i];
    if (s->timing) continue;
    const curve c = {{s->key, NULL}, {NULL, NULL}, QUANTITY_PLAIN, s->key, ""};
    shown += add_curve(page, &c);
  }
  idr_html_raw(&page->html, "</div>\n");
}

static void tell_damage(idr_page *page) {
  const idr_series_set *m = page->metrics;
  char text[256];
  if (m->damaged > 0) {
    snprintf(text, sizeof text, "%lld damaged lines of the file metrics were skipped.",
             (long long)m->damaged);
    idr_page_note(page, text);
  }
  if (m->torn)
    idr_page_note(page, "The last line of the file metrics is cut short (it is being written, or a "
                        "crash cut it) and was left out.");
}

void idr_page_add_curves(idr_page *page) {
  idr_html_raw(&page->html, "<section>\n<h2>Learning curves</h2>\n");
  if (!page->metrics) {
    idr_page_note(page, page->metrics_note);
  } else {
    tell_damage(page);
    bool known = add_group(page, "What the episodes gave", episode_curves, COUNT(episode_curves));
    known =
        add_group(page, "How the learning went", learning_curves, COUNT(learning_curves)) || known;
    if (!known && page->metrics->lines > 0) add_others(page);
    if (page->metrics->lines == 0) idr_page_note(page, "The file metrics holds nothing yet.");
  }
  idr_html_raw(&page->html, "</section>\n");
}
