/* The policy beside other drillers, from evaluation.json. */
#include "report/page.h"

#include <math.h>
#include <string.h>

#define RATES 3
static const struct {
  const char *key, *gap, *label;
} rates[RATES] = {{"half", "half_rig_rate", "half"},
                  {"set", "set_rig_rate", "as set"},
                  {"double", "double_rig_rate", "double"}};

static const struct {
  const char *name, *doc;
} drillers[] = {{"policy", "this run's policy"},
                {"constant", "one weight, speed and flow for all wells"},
                {"section", "constants per hole size"},
                {"advisor", "founder-point rules on top of constants"},
                {"clairvoyant", "knows rock and wear that no rig can see"}};

typedef struct {
  double value, low, high;
} estimate;

static double at(const json_t *list, size_t i) {
  const json_t *value = json_array_get(list, i);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

static estimate estimate_of(const json_t *list) {
  return (estimate){at(list, 0), at(list, 1), at(list, 2)};
}

static estimate cost_of(const json_t *driller, int rate, const char *what) {
  const json_t *at_rate = json_object_get(json_object_get(driller, "rig_rate"), rates[rate].key);
  return estimate_of(json_object_get(at_rate, what));
}

/* ---- plot ------------------------------------------------------------------------------------ */

static void write_bars(FILE *out, const json_t *all, double scale) {
  const char *name = NULL;
  json_t *driller = NULL;
  int d = 0;
  json_object_foreach((json_t *)(uintptr_t)all, name, driller) {
    fprintf(out, "$d%d << EOD\n", d);
    for (int r = 0; r < RATES; r++) {
      estimate e = cost_of(driller, r, "cost_per_metre");
      double x = r * ((double)json_object_size(all) + 1.5) + d;
      if (isfinite(e.value) && isfinite(e.low) && isfinite(e.high))
        fprintf(out, "%g %.9g %.9g %.9g\n", x, scale * e.value, scale * e.low, scale * e.high);
      else
        fprintf(out, "%g NaN NaN NaN\n", x);
    }
    fputs("EOD\n", out);
    d++;
  }
}

/* Blues and greys that part also without colour: the policy is the darkest. */
static void write_bar_plot(FILE *out, const json_t *all) {
  static const char *const fill[] = {"#1f5fa8", "#d8b365", "#9ec7a5", "#c9a0c4", "#b5bcc6"};
  const char *name = NULL, *comma = "plot ";
  json_t *driller = NULL;
  int d = 0;
  json_object_foreach((json_t *)(uintptr_t)all, name, driller) {
    char title[128];
    idr_gnuplot_quote(name, title, sizeof title);
    fprintf(out, "%s$d%d using 1:2 with boxes fc rgb '%s' title %s", comma, d,
            fill[(size_t)d % (sizeof fill / sizeof fill[0])], title);
    comma = ", ";
    d++;
  }
  for (int i = 0; i < d; i++)
    fprintf(out,
            ", $d%d using 1:3:(0):($4-$3) with vectors heads size 0.13,90 lw 1.2 lc rgb '#1b2330' "
            "notitle",
            i);
  fputs("\n", out);
}

static void add_plot(idr_page *page, const json_t *set) {
  const json_t *all = json_object_get(set, "drillers");
  idr_shown_unit unit = idr_report_cost_unit(page->ask->units);
  double middle = 0.5 * (double)json_object_size(all) - 0.5, pitch = 2 * middle + 2.5;
  idr_plot script;
  idr_html_raw(&page->html, "<figure class=\"bars\"><div class=\"scroll\" tabindex=\"0\">\n");
  if (idr_page_plot_begin(page, &script, 720, 300)) {
    fprintf(script.out,
            "set style fill solid 1 border rgb '#3b4554'\nset boxwidth 0.86\nset yrange [0:*]\n"
            "set grid noxtics\nset ylabel '%s'\n"
            "set key outside top center horizontal samplen 1\n"
            "set xtics scale 0 ('half the rig rate' %g, 'rig rate as set' %g, 'double the rig "
            "rate' %g)\nset xrange [-1:%g]\n",
            unit.name, middle, pitch + middle, 2 * pitch + middle, 2 * pitch + 2 * middle + 1);
    write_bars(script.out, all, unit.scale);
    write_bar_plot(script.out, all);
    idr_page_plot_end(page, &script, "Cost per length of every driller at three rig rates");
  }
  idr_html_raw(&page->html,
               "</div>\n<figcaption>Total cost over total length, with 95 % intervals, for "
               "half, set and double rig rate from the same bits and hours. Lower is "
               "better.</figcaption>\n</figure>\n");
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void add_cell(idr_page *page, double value, const char *unit) {
  char digits[40];
  idr_page_digits(value, digits, sizeof digits);
  idr_html_raw(&page->html, "<td>");
  idr_html_format(&page->html, "%s%s", digits, isfinite(value) ? unit : "");
  idr_html_raw(&page->html, "</td>");
}

static void add_interval(idr_page *page, estimate e, double scale, bool sign) {
  idr_html *h = &page->html;
  idr_html_raw(h, "<td>");
  if (!isfinite(e.value))
    idr_html_raw(h, "-");
  else
    idr_html_format(h, sign ? "%+.1f" : "%.1f", scale * e.value);
  if (isfinite(e.low) && isfinite(e.high)) {
    idr_html_raw(h, " <small>[");
    idr_html_format(h, sign ? "%+.1f, %+.1f" : "%.1f, %.1f", scale * e.low, scale * e.high);
    idr_html_raw(h, "]</small>");
  }
  idr_html_raw(h, "</td>");
}

static const char *doc_of(const char *name) {
  for (size_t i = 0; i < sizeof drillers / sizeof drillers[0]; i++)
    if (strcmp(drillers[i].name, name) == 0) return drillers[i].doc;
  return "";
}

static void add_name(idr_page *page, const char *name) {
  idr_html *h = &page->html;
  idr_html_raw(h, strcmp(name, "policy") == 0 ? "<tr class=\"own\"><td>" : "<tr><td>");
  idr_html_text(h, name);
  idr_html_raw(h, "<small class=\"doc\"><br />");
  idr_html_text(h, doc_of(name));
  idr_html_raw(h, "</small></td>");
}

static void add_drillers(idr_page *page, const json_t *set) {
  idr_html *h = &page->html;
  idr_shown_unit cost = idr_report_cost_unit(page->ask->units),
                 speed = idr_report_channel_unit(page->ask->units, IDR_CHANNEL_ROP),
                 length = idr_report_channel_unit(page->ask->units, IDR_CHANNEL_DEPTH);
  const char *name = NULL;
  json_t *d = NULL;
  idr_html_raw(h, "<div class=\"scroll\"><table>\n<tr><th>driller</th><th>");
  idr_html_format(h, "%s [95 %%]", cost.name);
  idr_html_raw(h, "</th><th>policy minus it</th><th>");
  idr_html_format(h, "ROP %s", speed.name);
  idr_html_raw(h, "</th><th>");
  idr_html_format(h, "%s per day", length.name);
  idr_html_raw(h, "</th><th>bits</th><th>stick-slip h</th><th>lost</th><th>unfinished</th></tr>\n");
  json_object_foreach(json_object_get(set, "drillers"), name, d) {
    bool own = strcmp(name, "policy") == 0;
    add_name(page, name);
    add_interval(page, cost_of(d, 1, "cost_per_metre"), cost.scale, false);
    if (own)
      idr_html_raw(h, "<td></td>");
    else
      add_interval(page, cost_of(d, 1, "policy_minus_it"), cost.scale, true);
    add_cell(page, idr_page_number(d, "rop_m_per_h") / 3600 * speed.scale, "");
    add_cell(page, idr_page_number(d, "metres_per_day") * length.scale, "");
    add_cell(page, idr_page_number(d, "bits_per_interval"), "");
    add_cell(page, idr_page_number(d, "stick_slip_hours_per_interval"), "");
    idr_html_raw(h, "<td>");
    idr_html_format(h, "%.0f", idr_page_number(d, "failed"));
    idr_html_raw(h, "</td><td>");
    idr_html_format(h, "%.0f", idr_page_number(d, "unfinished"));
    idr_html_raw(h, "</td></tr>\n");
  }
  idr_html_raw(h, "</table></div>\n");
}

static void add_rates(idr_page *page, const json_t *set) {
  idr_html *h = &page->html;
  idr_shown_unit cost = idr_report_cost_unit(page->ask->units);
  const char *name = NULL;
  json_t *d = NULL;
  idr_html_raw(h, "<div class=\"scroll\"><table>\n<tr><th>");
  idr_html_format(h, "%s at rig rate", cost.name);
  idr_html_raw(h, "</th>");
  for (int r = 0; r < RATES; r++)
    idr_html_element(h, "th", NULL, rates[r].label);
  idr_html_raw(h, "</tr>\n");
  json_object_foreach(json_object_get(set, "drillers"), name, d) {
    idr_html_raw(h, strcmp(name, "policy") == 0 ? "<tr class=\"own\">" : "<tr>");
    idr_html_element(h, "td", NULL, name);
    for (int r = 0; r < RATES; r++)
      add_interval(page, cost_of(d, r, "cost_per_metre"), cost.scale, false);
    idr_html_raw(h, "</tr>\n");
  }
  idr_html_raw(h, "<tr><td>share of the gap recovered</td>");
  for (int r = 0; r < RATES; r++) {
    const json_t *gap = json_object_get(set, rates[r].gap);
    estimate e = estimate_of(json_object_get(gap, "recovered"));
    idr_html_raw(h, "<td>");
    if (isfinite(e.value)) idr_html_format(h, "%.1f %%", 100 * e.value);
    if (isfinite(e.low) && isfinite(e.high)) {
      idr_html_raw(h, " <small>[");
      idr_html_format(h, "%.1f, %.1f", 100 * e.low, 100 * e.high);
      idr_html_raw(h, "]</small>");
    }
    idr_html_raw(h, "</td>");
  }
  idr_html_raw(h, "</tr>\n</table></div>\n");
}

/* ---- the section ----------------------------------------------------------------------------- */

static void tell_gap(idr_page *page, const json_t *set) {
  idr_html *h = &page->html;
  idr_shown_unit cost = idr_report_cost_unit(page->ask->units);
  const json_t *at_set = json_object_get(set, "set_rig_rate");
  estimate gap = estimate_of(json_object_get(at_set, "gap")),
           recovered = estimate_of(json_object_get(at_set, "recovered"));
  idr_html_raw(h, "<p>");
  idr_html_format(h, "Between constant settings and the clairvoyant lie %.1f %s. ",
                  cost.scale * gap.value, cost.name);
  if (!isfinite(recovered.value))
    idr_html_text(h, "There is no gap that a policy could recover here.");
  else if (!isfinite(recovered.low))
    idr_html_format(h,
                    "The policy recovers %.1f %% of it; the gap is not surely positive, so "
                    "there is no interval.",
                    100 * recovered.value);
  else
    idr_html_format(h, "The policy recovers %.1f %% of it, 95 %% interval %.1f to %.1f %%.",
                    100 * recovered.value, 100 * recovered.low, 100 * recovered.high);
  idr_html_format(h, " Rig rate %.0f USD per day, %.0f USD per bit.",
                  idr_page_number(set, "rig_rate_USD_per_day"),
                  idr_page_number(set, "bit_price_USD"));
  idr_html_raw(h, "</p>\n");
}

static void add_set(idr_page *page, const char *key) {
  const json_t *set = json_object_get(page->evaluation, key);
  const char *left_out = idr_page_text(set, "left_out");
  if (!set) return;
  if (left_out[0]) {
    idr_html_raw(&page->html, "<p class=\"note\">The well file was left out: ");
    idr_html_text(&page->html, left_out);
    idr_html_raw(&page->html, "</p>\n");
    return;
  }
  idr_html_element(&page->html, "h3", NULL, idr_page_text(set, "title"));
  idr_html_raw(&page->html, "\n");
  if (json_object_size(json_object_get(set, "drillers")) == 0) {
    idr_page_note(page, "evaluation.json holds no drillers here.");
    return;
  }
  tell_gap(page, set);
  add_plot(page, set);
  add_drillers(page, set);
  idr_html_raw(&page->html, "<details><summary>At half and double rig rate</summary>\n");
  add_rates(page, set);
  idr_html_raw(&page->html, "</details>\n");
}

static void add_yardstick_row(idr_page *page, const char *name) {
  const json_t *s = json_object_get(page->evaluation, name);
  static const char *const keys[] = {"mean", "half_width_95", "deviation", "min", "max"};
  if (!s) return;
  idr_html_raw(&page->html, "<tr>");
  idr_html_element(&page->html, "td", NULL, name);
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    add_cell(page, idr_page_number(s, keys[i]), "");
  idr_html_raw(&page->html, "</tr>\n");
}

static void add_yardstick(idr_page *page) {
  idr_html *h = &page->html;
  idr_html_raw(h, "<p>");
  idr_html_format(h, "%.0f episodes, %s actions.", idr_page_number(page->evaluation, "episodes"),
                  json_is_true(json_object_get(page->evaluation, "deterministic")) ? "deterministic"
                                                                                   : "drawn");
  idr_html_raw(h, "</p>\n<div class=\"scroll\"><table>\n<tr><th>of an episode</th><th>mean</th>"
                  "<th>&#177; 95 %</th><th>deviation</th><th>least</th><th>most</th></tr>\n");
  add_yardstick_row(page, "return");
  add_yardstick_row(page, "length");
  idr_html_raw(h, "</table></div>\n");
}

/* The page may be made while the training goes on, or went on after the evaluation. */
static void tell_age(idr_page *page) {
  const json_t *checkpoint = json_object_get(page->evaluation, "checkpoint");
  const char *judged = idr_page_text(checkpoint, "digest");
  const char *now = idr_page_text(json_object_get(page->summary, "results"), "digest");
  idr_html_raw(&page->html, "<p>");
  idr_html_format(&page->html, "Judged: the checkpoint at %.0f control steps, digest %.20s.",
                  idr_page_number(checkpoint, "steps"), judged);
  idr_html_raw(&page->html, "</p>\n");
  if (judged[0] && now[0] && strcmp(judged, now) != 0)
    idr_page_note(page, "That is not the policy that the run ended with: run idrill evaluate again "
                        "to judge the newest one.");
}

void idr_page_add_compare(idr_page *page) {
  idr_html *h = &page->html;
  idr_html_raw(h, "<section>\n<h2>Judged on episodes it has not seen</h2>\n");
  if (page->evaluation) {
    tell_age(page);
    add_set(page, "unseen_wells");
    add_set(page, "well_file");
    if (json_object_get(page->evaluation, "return")) add_yardstick(page);
  } else {
    idr_html_raw(h, "<p class=\"note\">");
    idr_html_text(h, page->evaluation_note);
    idr_html_raw(h, " Make the comparison with <code>idrill evaluate ");
    idr_html_text(h, page->ask->folder);
    idr_html_raw(h, "</code>, then make this page again.</p>\n");
  }
  idr_html_raw(h, "</section>\n");
}
