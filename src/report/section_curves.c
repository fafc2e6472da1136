/* Learning curves from the file of metrics. */
#include "report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS      300
#define OTHER_MAX 12 /* plots of keys that the table does not know */

typedef enum { QUANTITY_PLAIN, QUANTITY_COST, QUANTITY_SPEED } quantity;

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
     "Time with a stick-slip index above 1."},
    {{"episode/length"}, {0}, QUANTITY_PLAIN, "Length of an episode", "In control steps."}};

static const curve learning_curves[] = {
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
    {{"train/policy_loss"}, {0}, QUANTITY_PLAIN, "Policy loss", "Clipped surrogate of PPO."},
    {{"train/value_loss"},
     {0},
     QUANTITY_PLAIN,
     "Value loss",
     "Squared error in units of the returns' spread."},
    {{"train/clip_fraction"},
     {0},
     QUANTITY_PLAIN,
     "Clip fraction",
     "Part of the samples whose ratio left the clip range."},
    {{"train/gradient_norm"}, {0}, QUANTITY_PLAIN, "Norm of the gradient", "Before clipping."},
    {{"train/learning_rate"}, {0}, QUANTITY_PLAIN, "Learning rate", "As scheduled or adapted."},
    {{"time/steps_per_s"},
     {0},
     QUANTITY_PLAIN,
     "Control steps per second",
     "Throughput of each iteration, all ranks together."}};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static idr_shown_unit unit_of(const idr_page *page, quantity q) {
  if (q == QUANTITY_COST) return idr_report_cost_unit(page->ask->units);
  if (q == QUANTITY_PLAIN) return (idr_shown_unit){"", 1, 0};
  idr_shown_unit u = idr_report_channel_unit(page->ask->units, IDR_CHANNEL_ROP);
  return (idr_shown_unit){u.name, u.scale / 3600, 0}; /* the metric is in m/h */
}

/* ---- a plot ---------------------------------------------------------------------------------- */

typedef struct {
  double scale;
  const char *label;
} steps_axis;

static steps_axis axis_of(double most) {
  if (most >= 2e6) return (steps_axis){1e-6, "million control steps"};
  if (most >= 2e3) return (steps_axis){1e-3, "thousand control steps"};
  return (steps_axis){1, "control steps"};
}

/* A bin that stands alone between two gaps would be a line of no length: it gets a little. */
static void write_bins(FILE *out, const idr_bin *bin, int64_t count, steps_axis axis,
                       double scale) {
  double width = count > 0 ? 0.004 * (bin[count - 1].x - bin[0].x) * axis.scale : 0;
  if (width <= 0) width = 0.5 * axis.scale;
  for (int64_t i = 0; i < count; i++) {
    bool alone = (i == 0 || bin[i - 1].gap) && (bin[i].gap || i == count - 1);
    double x = bin[i].x * axis.scale;
    for (int side = alone ? -1 : 0; side <= (alone ? 1 : 0); side++)
      fprintf(out, "%.9g %.9g %.9g %.9g\n", x + side * width, scale * bin[i].low,
              scale * bin[i].high, scale * bin[i].mean);
    if (bin[i].gap) fputs("\n", out);
  }
}

static void write_block(FILE *out, int i, const idr_series *s, steps_axis axis, double scale) {
  idr_bin *bins = calloc(BINS, sizeof *bins);
  int64_t count = bins ? idr_series_thin(s, BINS, bins) : 0;
  fprintf(out, "$c%d << EOD\n", i);
  write_bins(out, bins, count, axis, scale);
  fputs("EOD\n", out);
  free(bins);
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

static bool has_points(const idr_series *s) {
  for (int64_t i = 0; s && i < s->count; i++)
    if (isfinite(s->y[i])) return true;
  return false;
}

static void add_caption(idr_page *page, const curve *c, bool any, bool thinned) {
  idr_html *h = &page->html;
  const char *unit = unit_of(page, c->unit).name;
  idr_html_raw(h, "<figcaption><b>");
  idr_html_text(h, c->title);
  if (unit[0]) idr_html_format(h, ", %s", unit);
  idr_html_raw(h, "</b><br />");
  idr_html_text(h, c->caption);
  if (!any) idr_html_raw(h, " <em>No finite value was written.</em>");
  if (thinned) idr_html_raw(h, " Line: means of neighbouring points; band: their extremes.");
  idr_html_raw(h, "</figcaption>\n");
}

static void draw(idr_page *page, const curve *c, const idr_series *const *series, int count) {
  idr_script script;
  double most = 0, scale = unit_of(page, c->unit).scale;
  for (int i = 0; i < count; i++)
    most = series[i]->count > 0 ? fmax(most, series[i]->x[series[i]->count - 1]) : most;
  if (!idr_page_plot_begin(page, &script, 400, 220)) return;
  steps_axis axis = axis_of(most);
  fprintf(script.out,
          "set xlabel '%s' offset 0,0.4\nset xrange [0:*]\nset offsets 0,0,graph 0.04,graph 0.04\n",
          axis.label);
  for (int i = 0; i < count; i++)
    write_block(script.out, i, series[i], axis, scale);
  write_plot(script.out, c, count);
  idr_page_plot_end(page, &script, c->title);
}

/* False when the run has none of the keys. */
static bool add_curve(idr_page *page, const curve *c) {
  const idr_series *found[2] = {NULL, NULL};
  curve shown = *c;
  bool any = false, thinned = false;
  int count = 0;
  for (int i = 0; i < 2; i++) {
    const idr_series *s = c->key[i] ? idr_series_find(page->metrics, c->key[i]) : NULL;
    if (!s) continue;
    any = any || has_points(s);
    thinned = thinned || s->count > BINS;
    shown.name[count] = c->name[i];
    found[count++] = s;
  }
  if (count == 0) return false;
  idr_html_raw(&page->html, "<figure>\n");
  if (any) draw(page, &shown, found, count);
  add_caption(page, &shown, any, thinned);
  idr_html_raw(&page->html, "</figure>\n");
  return true;
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
