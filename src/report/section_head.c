/* The frame of the page, and its head: what ran, how it went, the numbers that matter first. */
#include "base/build.h"
#include "report/page.h"

#include <math.h>
#include <string.h>

/* Plots are white in the dark too: gnuplot wrote their colours for paper. */
static const char style[] =
    ":root{--ink:#1b2330;--soft:#566173;--line:#d9dee6;--paper:#fff;--card:#f6f8fa;--accent:#"
    "1f5fa8;"
    "--good:#1b6e3c;--warn:#8a4b00;--bad:#a51d2d}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a9b4c2;--line:#39424f;"
    "--paper:#12161c;--card:#1b212a;--accent:#7db4f0;--good:#6fd098;--warn:#f0b866;--bad:#ff8f9b}}"
    "\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"
    "'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\n"
    "main{max-width:1240px;margin:0 auto;padding:20px 16px 60px;overflow-wrap:break-word}\n"
    "h1{font-size:1.6rem;line-height:1.25;margin:.2em 0 .3em;overflow-wrap:anywhere}\n"
    "h2{font-size:1.25rem;margin:2.2em 0 .5em;padding-top:.6em;border-top:1px solid var(--line)}\n"
    "h3{font-size:1.02rem;margin:1.4em 0 .4em}\n"
    "p{margin:.5em 0;max-width:75ch}\n"
    "a{color:var(--accent)}\n"
    ".kicker{color:var(--soft);margin:0;font-size:.9rem}\n"
    ".pill{display:inline-block;border:1.5px solid currentColor;border-radius:99px;padding:0 .7em;"
    "font-weight:600;font-size:.9rem}\n"
    ".good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}\n"
    ".stats{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;"
    "margin:16px 0;padding:0}\n"
    ".stats div{background:var(--card);border:1px solid var(--line);border-radius:8px;"
    "padding:10px 12px}\n"
    ".stats dt{color:var(--soft);font-size:.82rem}\n"
    ".stats dd{margin:2px 0 0;font-size:1.25rem;font-weight:600;line-height:1.25;"
    "overflow-wrap:anywhere;font-variant-numeric:tabular-nums}\n"
    ".stats dd small{font-size:.8rem;font-weight:400;color:var(--soft)}\n"
    ".stats dd.code{font:600 .86rem ui-monospace,monospace;padding-top:.45em}\n"
    ".note,.noplot,.reason{background:var(--card);border-left:4px solid var(--warn);"
    "padding:8px 12px;border-radius:0 6px 6px 0}\n"
    ".noplot{color:var(--soft);font-size:.9rem}\n"
    ".reason{border-color:var(--bad);white-space:pre-wrap}\n"
    ".curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr));"
    "gap:14px}\n"
    "figure{margin:0;min-width:0}\n"
    "figure p{font-size:.88rem;color:var(--soft);margin:.3em 0 0}\n"
    ".curves figcaption{color:var(--ink);font-weight:600;font-size:.95rem;margin-bottom:4px}\n"
    ".curves figure,.bars{border:1px solid var(--line);border-radius:8px;padding:10px 10px 8px}\n"
    "figcaption{font-size:.88rem;color:var(--soft)}\n"
    "svg{display:block;width:100%;height:auto;background:#fff;border-radius:4px}\n"
    "svg text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}\n"
    ".bars{max-width:760px;margin:12px 0}.bars svg{min-width:520px}\n"
    ".scroll{overflow-x:auto;max-width:100%;-webkit-overflow-scrolling:touch}\n"
    ".wide svg{min-width:860px}\n"
    ".tracks{display:flex;background:#fff;border:1px solid var(--line);border-radius:8px}\n"
    ".tracks svg{flex:none;border-radius:0}\n"
    ".tracks .rock{position:sticky;left:0;z-index:1;flex:none;width:132px;background:#fff}\n"
    ".tracks .rock svg{width:132px}\n"
    ".tracks .logs{flex:none;width:1078px}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:4px 16px;padding:0;margin:8px 0;list-style:none;"
    "font-size:.88rem}\n"
    ".legend i{display:inline-block;width:1.1em;height:1.1em;border:1px solid #5b6675;"
    "vertical-align:-.18em;margin-right:.4em;border-radius:2px}\n"
    "table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums;"
    "margin:8px 0}\n"
    "th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:right;"
    "white-space:nowrap}\n"
    "th{color:var(--soft);font-weight:600}\n"
    "th:first-child,td:first-child,.words td,td.left{text-align:left}\n"
    ".words td{white-space:normal;overflow-wrap:anywhere;vertical-align:top}\n"
    ".words th{text-align:left;vertical-align:top}\n"
    "tr.own td{font-weight:650}\n"
    "td small{color:var(--soft);font-weight:400}\n"
    ".share{display:inline-block;height:.7em;background:var(--accent);border-radius:2px;"
    "vertical-align:baseline}\n"
    "details{border:1px solid var(--line);border-radius:8px;margin:8px 0}\n"
    "summary{cursor:pointer;padding:9px 12px;font-weight:600}\n"
    "pre{margin:0;padding:10px 14px;overflow-x:auto;font:13px/1.45 ui-monospace,Menlo,Consolas,"
    "monospace}\n"
    "ul.files{padding-left:1.2em}\n"
    "@media (max-width:600px){main{padding:12px 12px 40px}h1{font-size:1.35rem}"
    ".stats{grid-template-columns:repeat(2,minmax(0,1fr))}.stats "
    "dd{font-size:1.15rem}.doc{display:none}}\n"
    "@media print{details{border:0}.tracks{overflow:visible}}\n";

static void tell_missing_plots(idr_page *page) {
  idr_html *h = &page->html;
  const idr_report_outcome *o = page->outcome;
  if (o->missing == 0) return;
  idr_html_raw(h, "<p class=\"note\">");
  if (page->no_gnuplot) {
    idr_html_raw(h, "This page has no plots: they are drawn by gnuplot, and there is no program ");
    idr_html_element(h, "code", NULL, page->ask->gnuplot.program);
    idr_html_raw(h, " to run. Install it (Debian and Ubuntu: <code>apt install gnuplot-nox</code>; "
                    "on a cluster often <code>module load gnuplot</code>, or name it with "
                    "<code>report.gnuplot=PATH</code>) and make the page again. All numbers are "
                    "here without it.");
  } else {
    idr_html_format(h, "%d of %d plots are missing: ", o->missing, o->missing + o->drawn);
    idr_html_text(h, o->plot_note);
  }
  idr_html_raw(h, "</p>\n");
}

void idr_page_add_frame(idr_page *page) {
  idr_html *h = &page->html;
  idr_html_raw(h, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
                  "<head>\n<meta charset=\"utf-8\" />\n<title>");
  idr_html_text(h, page->name);
  idr_html_raw(h, " - idrill report</title>\n<meta name=\"viewport\" "
                  "content=\"width=device-width, initial-scale=1\" />\n"
                  "<meta name=\"color-scheme\" content=\"light dark\" />\n"
                  "<meta name=\"generator\" content=\"idrill ");
  idr_html_text(h, idr_build_get()->version);
  idr_html_raw(h, "\" />\n<style>\n");
  idr_html_raw(h, style);
  idr_html_raw(h, "</style>\n</head>\n<body>\n<main>\n");
  tell_missing_plots(page);
}

/* ---- how it went ----------------------------------------------------------------------------- */

typedef struct {
  const char *word, *kind, *meaning;
} verdict;

/* A summary that still says "running" while nobody holds the folder was left by a process that was
 * killed. */
static verdict judge(const idr_page *page) {
  const char *status = idr_page_text(page->summary, "status");
  if (!page->summary) return (verdict){"unknown", "warn", page->summary_note};
  if (strcmp(status, "finished") == 0) return (verdict){"finished", "good", ""};
  if (strcmp(status, "stopped") == 0)
    return (verdict){"stopped", "warn", "It can go on: idrill resume continues it."};
  if (strcmp(status, "failed") == 0) return (verdict){"failed", "bad", ""};
  if (strcmp(status, "running") != 0)
    return (verdict){"unknown", "warn", "summary.json tells no status that this program knows."};
  if (page->idle)
    return (verdict){"died", "bad",
                     "summary.json says running, but no process works in the folder: it was killed "
                     "or its machine went down. idrill resume continues it from its checkpoint."};
  return (verdict){"running", "good", "The numbers are those of this moment."};
}

static void add_verdict(idr_page *page) {
  idr_html *h = &page->html;
  verdict v = judge(page);
  const char *reason = idr_page_text(page->summary, "reason");
  idr_html_raw(h, "<p><span class=\"pill ");
  idr_html_raw(h, v.kind);
  idr_html_raw(h, "\">");
  idr_html_raw(h, v.word);
  idr_html_raw(h, "</span> ");
  if (reason[0] && strcmp(v.word, "failed") != 0) idr_html_format(h, "(%.900s) ", reason);
  idr_html_text(h, v.meaning);
  idr_html_raw(h, "</p>\n");
  if (strcmp(v.word, "failed") == 0)
    idr_html_element(h, "p", "reason", reason[0] ? reason : "No reason was written down.");
  if (page->error) idr_html_element(h, "p", "reason", page->error);
}

static void show_duration(idr_html *h, double seconds) {
  if (!isfinite(seconds)) return;
  long long s = (long long)(seconds + 0.5);
  if (s < 120)
    idr_html_format(h, "%lld s", s);
  else if (s < 7200)
    idr_html_format(h, "%lld min %02lld s", s / 60, s % 60);
  else
    idr_html_format(h, "%lld h %02lld min", s / 3600, s / 60 % 60);
}

/* "2025-03-01T12:00:00Z" as people write it. */
static void show_time(idr_html *h, const char *iso) {
  if (strlen(iso) < 20)
    idr_html_text(h, iso);
  else
    idr_html_format(h, "%.10s %.5s UTC", iso, iso + 11);
}

static void add_when(idr_page *page) {
  idr_html *h = &page->html;
  const json_t *s = page->summary;
  idr_html_raw(h, "<p class=\"kicker\">Started ");
  show_time(h, idr_page_text(s, "started"));
  idr_html_raw(h, strcmp(idr_page_text(s, "status"), "running") == 0 ? "" : ", took ");
  if (strcmp(idr_page_text(s, "status"), "running") != 0)
    show_duration(h, idr_page_number(s, "wall_s"));
  idr_html_format(h, ", on host %.200s, %.0f rank%s; idrill %.60s, git %.60s.",
                  idr_page_text(s, "host"), idr_page_number(s, "ranks"),
                  idr_page_number(s, "ranks") == 1 ? "" : "s", idr_page_text(s, "version"),
                  idr_page_text(s, "git"));
  idr_html_raw(h, "</p>\n");
}

/* ---- the numbers ----------------------------------------------------------------------------- */

static void add_stat(idr_page *page, const char *name, double value, const char *unit) {
  idr_html *h = &page->html;
  char digits[40];
  if (!isfinite(value)) return;
  idr_page_digits(value, digits, sizeof digits);
  idr_html_raw(h, "<div>");
  idr_html_element(h, "dt", NULL, name);
  idr_html_raw(h, "<dd>");
  idr_html_text(h, digits);
  idr_html_raw(h, " ");
  idr_html_element(h, "small", NULL, unit);
  idr_html_raw(h, "</dd></div>\n");
}

static void add_count(idr_page *page, const char *name, double value) {
  idr_html *h = &page->html;
  if (!isfinite(value)) return;
  idr_html_raw(h, "<div>");
  idr_html_element(h, "dt", NULL, name);
  idr_html_raw(h, "<dd>");
  if (fabs(value) >= 1e6) {
    idr_html_format(h, "%.4g ", value / 1e6);
    idr_html_raw(h, "<small>million</small>");
  } else {
    idr_html_format(h, "%.0f", value);
  }
  idr_html_raw(h, "</dd></div>\n");
}

/* What the summary tells, or while it does not, the newest value of the metric. */
static double result(const idr_page *page, const char *key, const char *metric) {
  double value = idr_page_number(json_object_get(page->summary, "results"), key);
  return isfinite(value) || !metric ? value : idr_series_newest(page->metrics, metric);
}

static double newest_step(const idr_page *page) {
  double steps = result(page, "env_steps", NULL);
  const idr_series *s = idr_series_find(page->metrics, "train/reward");
  return isfinite(steps) || !s || s->count == 0 ? steps : s->x[s->count - 1];
}

static void add_recovered(idr_page *page) {
  idr_html *h = &page->html;
  const json_t *set = json_object_get(page->evaluation, "unseen_wells");
  const json_t *r = json_object_get(json_object_get(set, "set_rig_rate"), "recovered");
  const json_t *value = json_array_get(r, 0), *low = json_array_get(r, 1),
               *high = json_array_get(r, 2);
  if (!json_is_number(value)) return;
  idr_html_raw(h, "<div><dt>Gap recovered</dt><dd>");
  idr_html_format(h, "%.1f %%", 100 * json_number_value(value));
  if (json_is_number(low) && json_is_number(high)) {
    idr_html_raw(h, " <small>");
    idr_html_format(h, "%.1f to %.1f", 100 * json_number_value(low), 100 * json_number_value(high));
    idr_html_raw(h, "</small>");
  }
  idr_html_raw(h, "</dd></div>\n");
}

static void add_digest(idr_page *page) {
  const char *digest = idr_page_text(json_object_get(page->summary, "results"), "digest");
  if (!digest[0]) return;
  idr_html_raw(&page->html, "<div><dt>Digest of the result</dt>");
  idr_html_element(&page->html, "dd", "code", digest);
  idr_html_raw(&page->html, "</div>\n");
}

static void add_stats(idr_page *page) {
  idr_report_units units = page->ask->units;
  idr_shown_unit cost = idr_report_cost_unit(units),
                 speed = idr_report_channel_unit(units, IDR_CHANNEL_ROP);
  idr_html_raw(&page->html, "<dl class=\"stats\">\n");
  add_recovered(page);
  add_stat(page, "Cost in training",
           idr_report_show(cost, result(page, "cost_per_metre", "episode/cost_per_metre")),
           cost.name);
  add_stat(page, "ROP in training",
           idr_report_show(speed, result(page, "rop_m_per_h", "episode/rop_m_per_h") / 3600),
           speed.name);
  add_stat(page, "Return of an episode", result(page, "episode_return", "episode/return"), "");
  add_count(page, "Control steps", newest_step(page));
  add_count(page, "Steps per second", result(page, "steps_per_s", "time/steps_per_s"));
  add_digest(page);
  idr_html_raw(&page->html, "</dl>\n");
}

void idr_page_add_head(idr_page *page) {
  idr_html *h = &page->html;
  const char *job = idr_page_text(page->summary, "job"),
             *task = idr_page_text(page->summary, "task");
  idr_html_raw(h, "<header>\n<p class=\"kicker\">");
  idr_html_format(h, "idrill %s%s%s", job[0] ? job : "run", task[0] ? ", task " : "", task);
  idr_html_raw(h, "</p>\n");
  idr_html_element(h, "h1", NULL, page->name);
  idr_html_raw(h, "\n");
  add_verdict(page);
  if (page->summary) add_when(page);
  add_stats(page);
  idr_html_raw(h, "</header>\n");
}
