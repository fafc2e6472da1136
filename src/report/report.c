#include "report/report.h"
#include "base/file.h"
#include "base/text.h"
#include "report/page.h"
#include "track/folder.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_WIDTH 7.0 /* pixels, in the plots' font */
#define TEXT_LIMIT  ((size_t)64 << 20)

/* ---- reading --------------------------------------------------------------------------------- */

static bool path_in(const idr_page *page, const char *name, char path[PATH_MAX]) {
  int n = snprintf(path, PATH_MAX, "%s/%s", page->ask->folder, name);
  return n > 0 && n < PATH_MAX;
}

/* A text file of the run, NULL and a note when it cannot be read. A zero byte ends it. */
static char *read_text(const idr_page *page, const char *name, char note[IDR_PAGE_NOTE_MAX]) {
  char path[PATH_MAX], *text = NULL;
  size_t bytes = 0;
  note[0] = '\0';
  if (!path_in(page, name, path) || !idr_file_exists(path)) {
    snprintf(note, IDR_PAGE_NOTE_MAX, "The run folder has no %s.", name);
    return NULL;
  }
  if (idr_file_read(path, TEXT_LIMIT, &text, &bytes) == IDR_STATUS_OK) return text;
  snprintf(note, IDR_PAGE_NOTE_MAX, "%s cannot be read: %.400s", name, idr_error_get()->message);
  idr_error_clear();
  return NULL;
}

static json_t *read_json(const idr_page *page, const char *name, char note[IDR_PAGE_NOTE_MAX]) {
  json_error_t error;
  char *text = read_text(page, name, note);
  if (!text) return NULL;
  json_t *json = json_loads(text, 0, &error);
  free(text);
  if (json && json_is_object(json)) return json;
  snprintf(note, IDR_PAGE_NOTE_MAX, "%s is damaged (line %d: %.160s).", name, error.line,
           json ? "it holds no object" : error.text);
  json_decref(json);
  return NULL;
}

static void read_metrics(idr_page *page) {
  char path[PATH_MAX];
  if (!path_in(page, "metrics", path) || !idr_file_exists(path)) {
    snprintf(page->metrics_note, IDR_PAGE_NOTE_MAX, "The run folder has no metrics yet.");
  } else if (idr_series_read(path, &page->metrics) != IDR_STATUS_OK) {
    snprintf(page->metrics_note, IDR_PAGE_NOTE_MAX, "metrics cannot be read: %.400s",
             idr_error_get()->message);
    idr_error_clear();
  }
}

/* The last part of the folder's whole name, so that "." has a name too. */
static void find_name(idr_page *page) {
  char whole[PATH_MAX];
  const char *folder = realpath(page->ask->folder, whole) ? whole : page->ask->folder;
  const char *slash = strrchr(folder, '/');
  snprintf(page->name, sizeof page->name, "%.255s", slash && slash[1] ? slash + 1 : folder);
}

idr_status idr_page_read(idr_page *page) {
  char unused[IDR_PAGE_NOTE_MAX];
  find_name(page);
  page->summary = read_json(page, "summary.json", page->summary_note);
  page->evaluation = read_json(page, "evaluation.json", page->evaluation_note);
  page->log = read_text(page, "log.txt", page->log_note);
  page->settings = read_text(page, "settings.yaml", page->settings_note);
  page->error = read_text(page, "error.txt", unused);
  page->idle = idr_folder_is_idle(page->ask->folder);
  read_metrics(page);
  return idr_html_status(&page->html);
}

void idr_page_free(idr_page *page) {
  json_decref(page->summary);
  json_decref(page->evaluation);
  idr_series_free(page->metrics);
  free(page->log);
  free(page->settings);
  free(page->error);
  idr_html_free(&page->html);
}

/* ---- helpers of the sections ----------------------------------------------------------------- */

const char *idr_page_text(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

double idr_page_number(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

void idr_page_note(idr_page *page, const char *text) {
  idr_html_element(&page->html, "p", "note", text);
  idr_html_raw(&page->html, "\n");
}

void idr_page_digits(double value, char *out, size_t size) {
  double big = fabs(value);
  if (!isfinite(value))
    snprintf(out, size, "-");
  else
    snprintf(out, size,
             big >= 1e7             ? "%.4g"
             : big >= 1000          ? "%.0f"
             : big >= 100           ? "%.1f"
             : big >= 1 || big == 0 ? "%.2f"
             : big >= 0.01          ? "%.3f"
                                    : "%.3g",
             value);
}

double idr_page_round_step(double range, double ticks) {
  static const double heads[] = {1, 2, 2.5, 5};
  double raw = range / ticks, power = pow(10, floor(log10(raw)));
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
    if (heads[i] * power >= raw) return heads[i] * power;
  return 10 * power;
}

double idr_page_tick_step(double low, double high, double pixels) {
  char label[40];
  double step = 0;
  for (double ticks = 4; ticks >= 1; ticks -= 0.5) {
    step = idr_page_round_step(high - low, ticks);
    int length = snprintf(label, sizeof label, "%g", step * floor(high / step));
    if (step / (high - low) * pixels >= DIGIT_WIDTH * length + 6) break;
  }
  return step;
}

/* ---- plots ----------------------------------------------------------------------------------- */

static void note_missing(idr_page *page, const char *why) {
  idr_report_outcome *o = page->outcome;
  if (!o->plot_note[0]) snprintf(o->plot_note, sizeof o->plot_note, "%.1000s", why);
  o->missing++;
  idr_html_raw(&page->html, "<p class=\"noplot\">Not drawn: ");
  idr_html_text(&page->html, why);
  idr_html_raw(&page->html, "</p>\n");
}

bool idr_page_plot_begin(idr_page *page, idr_plot *script, int width, int height) {
  *script = (idr_plot){.out = NULL};
  if (page->no_gnuplot) {
    note_missing(page, "there is no gnuplot here.");
    return false;
  }
  script->out = open_memstream(&script->text, &script->bytes);
  if (!script->out) {
    note_missing(page, "no memory for a plot.");
    return false;
  }
  fprintf(script->out,
          "set terminal svg size %d,%d dynamic noenhanced rounded font 'sans-serif,11' "
          "background '#ffffff'\n"
          "set encoding utf8\n"
          "set border 3 lw 1 lc rgb '#5b6675'\n"
          "set tics nomirror out scale 0.5 textcolor rgb '#333d4b'\n"
          "set grid lt 1 lw 0.7 lc rgb '#e3e7ed'\n"
          "set key off\n",
          width, height);
  return true;
}

void idr_page_plot_end(idr_page *page, idr_plot *script, const char *label) {
  char *svg = NULL;
  idr_status status = fclose(script->out) == 0 ? IDR_STATUS_OK : IDR_STATUS_MEMORY;
  if (status == IDR_STATUS_OK)
    status = idr_gnuplot_draw(&page->ask->gnuplot, script->text, script->bytes, label, &svg);
  free(script->text);
  if (status == IDR_STATUS_OK) {
    idr_html_raw(&page->html, svg);
    idr_html_raw(&page->html, "\n");
    page->outcome->drawn++;
    free(svg);
    return;
  }
  page->no_gnuplot = status == IDR_STATUS_UNSUPPORTED;
  note_missing(page, page->no_gnuplot ? "there is no gnuplot here." : idr_error_get()->message);
  idr_error_clear();
}

/* ---- the page -------------------------------------------------------------------------------- */

/* The body first: the head of the page tells what became of its plots. */
static idr_status assemble(idr_page *page) {
  idr_page_add_head(page);
  idr_page_add_compare(page);
  idr_page_add_well(page);
  idr_page_add_curves(page);
  idr_page_add_timing(page);
  idr_page_add_settings(page);
  idr_page_add_provenance(page);
  idr_page_add_files(page);
  idr_html body = page->html;
  page->html = (idr_html){.text = NULL};
  idr_page_add_frame(page);
  if (body.text) idr_html_bytes(&page->html, body.text, body.bytes);
  idr_html_raw(&page->html, "</main>\n</body>\n</html>\n");
  page->html.failed = page->html.failed || body.failed;
  idr_html_free(&body);
  return idr_html_status(&page->html);
}

idr_status idr_report_write(const idr_report_request *request, idr_report_outcome *outcome) {
  char path[PATH_MAX];
  idr_status status = IDR_STATUS_OK;
  idr_page *page = calloc(1, sizeof *page);
  *outcome = (idr_report_outcome){.drawn = 0};
  if (!page) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the page of a report");
  page->ask = request;
  page->outcome = outcome;
  if (!path_in(page, "report.html", path))
    IDR_FAIL_GOTO(status, done, IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  IDR_TRY_GOTO(status, done, idr_page_read(page));
  IDR_TRY_GOTO(status, done, assemble(page));
  IDR_TRY_GOTO(status, done, idr_file_write(path, page->html.text, page->html.bytes));
done:
  idr_page_free(page);
  free(page);
  return status;
}
