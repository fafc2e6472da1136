/* The end of the page: where the time went, with which settings, made of what, and the files. */
#include "base/build.h"
#include "base/file.h"
#include "report/page.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_BYTES 4096

/* The line at `text` without its end; returns the next line, NULL behind the last. */
static const char *take_line(const char *text, char line[LINE_MAX_BYTES]) {
  size_t length = strcspn(text, "\n");
  snprintf(line, LINE_MAX_BYTES, "%.*s", (int)(length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES),
           text);
  return text[length] ? text + length + 1 : NULL;
}

static bool begins(const char *line, const char *word) {
  return strncmp(line, word, strlen(word)) == 0;
}

/* Behind the last line that begins with `word`, and that line in *found; NULL when there is none. A
 * run that was resumed logs every start. */
static const char *find_last(const char *text, const char *word, const char **found) {
  char line[LINE_MAX_BYTES];
  const char *behind = NULL;
  *found = NULL;
  while (text) {
    const char *next = take_line(text, line);
    if (begins(line, word)) {
      *found = text;
      behind = next;
    }
    text = next;
  }
  return behind;
}

/* ---- time per stage -------------------------------------------------------------------------- */

static bool add_stage(idr_page *page, const char *line) {
  idr_html *h = &page->html;
  char name[40];
  long long calls;
  double least, mean, most, share;
  if (sscanf(line, "%39s %lld %lf %lf %lf %lf", name, &calls, &least, &mean, &most, &share) != 6)
    return false;
  idr_html_raw(h, "<tr>");
  idr_html_element(h, "td", NULL, name);
  idr_html_raw(h, "<td>");
  if (calls > 0) idr_html_format(h, "%lld", calls);
  const double seconds[] = {least, mean, most};
  for (int i = 0; i < 3; i++) {
    idr_html_raw(h, "</td><td>");
    idr_html_format(h, "%.3f", seconds[i]);
  }
  idr_html_raw(h, "</td><td>");
  idr_html_format(h, "%.1f %%", share);
  idr_html_raw(h, "</td><td class=\"left\">");
  double width = share < 0 ? 0 : share > 100 ? 100 : share;
  idr_html_raw(h, "<span class=\"share\" style=\"width:");
  idr_html_format(h, "%.1fpx", 1.2 * width);
  idr_html_raw(h, "\"></span></td></tr>\n");
  return true;
}

void idr_page_add_timing(idr_page *page) {
  idr_html *h = &page->html;
  char line[LINE_MAX_BYTES];
  const char *head = NULL, *next = page->log ? find_last(page->log, "stage ", &head) : NULL;
  idr_html_raw(h, "<section>\n<h2>Where the time went</h2>\n");
  if (!next) {
    idr_page_note(page, page->log ? "The run has not written its table of times yet; it comes when "
                                    "the run ends or stops."
                                  : page->log_note);
  } else {
    idr_html_raw(h, "<p>Seconds per stage: least, mean and most over the ranks.</p>\n"
                    "<div class=\"scroll\"><table>\n<tr><th>stage</th><th>calls</th><th>least s"
                    "</th><th>mean s</th><th>most s</th><th>share</th><th></th></tr>\n");
    for (bool more = true; more && next;) {
      next = take_line(next, line);
      more = add_stage(page, line);
    }
    idr_html_raw(h, "</table></div>\n");
  }
  idr_html_raw(h, "</section>\n");
}

/* ---- settings -------------------------------------------------------------------------------- */

void idr_page_add_settings(idr_page *page) {
  idr_html *h = &page->html;
  idr_html_raw(h, "<section>\n<h2>Settings</h2>\n");
  if (page->settings) {
    idr_html_raw(h, "<details><summary>All settings in force</summary>\n<pre tabindex=\"0\">");
    idr_html_text(h, page->settings);
    idr_html_raw(h, "</pre></details>\n");
  } else {
    idr_page_note(page, page->settings_note);
  }
  idr_html_raw(h, "</section>\n");
}

/* ---- provenance ------------------------------------------------------------------------------ */

static void add_row(idr_page *page, const char *key, const char *value) {
  idr_html *h = &page->html;
  if (!value[0]) return;
  idr_html_raw(h, "<tr><th>");
  idr_html_text(h, key);
  idr_html_raw(h, "</th><td>");
  idr_html_text(h, value);
  idr_html_raw(h, "</td></tr>\n");
}

/* A line of the banner: a word, blanks, and what it says. */
static void add_banner_line(idr_page *page, char *line) {
  size_t word = strcspn(line, " ");
  if (word == 0 || line[word] == '\0') return;
  /* "run folder" is the one name of two words. */
  if (begins(line, "run folder ")) word = strlen("run folder");
  const char *value = line + word + strspn(line + word, " ");
  line[word] = '\0';
  add_row(page, line, value);
}

static void add_banner(idr_page *page) {
  char line[LINE_MAX_BYTES];
  const char *head = NULL;
  if (!page->log || !(find_last(page->log, "idrill ", &head), head)) {
    idr_page_note(page, page->log ? "log.txt holds no banner." : page->log_note);
    return;
  }
  for (const char *next = head; next;) {
    next = take_line(next, line);
    if (begins(line, "settings")) break;
    add_banner_line(page, line);
  }
}

static void add_warnings(idr_page *page) {
  char line[LINE_MAX_BYTES];
  int count = 0;
  for (const char *next = page->log; next && count < 20;) {
    next = take_line(next, line);
    if (!begins(line, "warning")) continue;
    idr_html_element(&page->html, "p", "note", line);
    idr_html_raw(&page->html, "\n");
    count++;
  }
}

static void add_maker(idr_page *page) {
  const idr_build *build = idr_build_get();
  char now[64], text[256];
  time_t seconds = time(NULL);
  struct tm parts;
  gmtime_r(&seconds, &parts);
  strftime(now, sizeof now, "%Y-%m-%d %H:%M UTC", &parts);
  snprintf(text, sizeof text, "%s by idrill %s (%s)", now, build->version, build->git);
  add_row(page, "page made", text);
}

void idr_page_add_provenance(idr_page *page) {
  idr_html *h = &page->html;
  const json_t *results = json_object_get(page->summary, "results");
  idr_html_raw(h, "<section>\n<h2>Where it comes from</h2>\n");
  add_warnings(page);
  idr_html_raw(h, "<table class=\"words\">\n");
  if (page->log) add_banner(page);
  add_row(page, "world", idr_page_text(results, "world"));
  add_row(page, "digest", idr_page_text(results, "digest"));
  add_maker(page);
  idr_html_raw(h, "</table>\n");
  if (!page->log) idr_page_note(page, page->log_note);
  idr_html_raw(h, "</section>\n");
}

/* ---- files ----------------------------------------------------------------------------------- */

static const struct {
  const char *name, *doc;
} files[] = {{"summary.json", "how it went, in numbers"},
             {"evaluation.json", "every well's bill for every driller"},
             {"evaluation.txt", "the tables of the evaluation"},
             {"evaluation-scenarios.json", "what was asked: wells, depths, bit wear"},
             {"well_trace.csv", "the drilled well above, a line per control step"},
             {"metrics", "a line per metric and step"},
             {"log.txt", "banner, settings in force, warnings, time per stage"},
             {"settings.yaml", "to run it again"},
             {"error.txt", "cause of an abort"},
             {"model", "the policy as a model folder"},
             {"checkpoint", "to resume from"}};

void idr_page_add_files(idr_page *page) {
  idr_html *h = &page->html;
  char path[PATH_MAX];
  idr_html_raw(h, "<section>\n<h2>Files</h2>\n<p>Links work where this page lies in its run "
                  "folder.</p>\n<ul class=\"files\">\n");
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    int n = snprintf(path, sizeof path, "%s/%s", page->ask->folder, files[i].name);
    if (n < 0 || n >= (int)sizeof path || !idr_file_exists(path)) continue;
    /* Without a well on this page the trace is that of an earlier one. */
    if (!page->ask->trace && strcmp(files[i].name, "well_trace.csv") == 0) continue;
    idr_html_raw(h, "<li><a href=\"");
    idr_html_raw(h, files[i].name);
    idr_html_raw(h, "\">");
    idr_html_raw(h, files[i].name);
    idr_html_raw(h, "</a> ");
    idr_html_text(h, files[i].doc);
    idr_html_raw(h, "</li>\n");
  }
  idr_html_raw(h, "</ul>\n</section>\n");
}
