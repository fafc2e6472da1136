#include "jobs/verify.h"

#include "base/file.h"
#include "base/units.h"
#include "track/json_number.h"

#include <stdlib.h>

typedef struct {
  const idr_verify_family *family;
  idr_verify_row row;
} entry;

struct idr_verify {
  double scale;
  const idr_verify_family *family; /* that runs */
  entry *list;
  int count, capacity;
  bool cut; /* no memory for a row */
};

static const char *const kind_words[] = {
#define KIND_WORD(name, word, text) word,
    IDR_VERIFY_KINDS(KIND_WORD)
#undef KIND_WORD
};
static const char *const kind_texts[] = {
#define KIND_TEXT(name, word, text) text,
    IDR_VERIFY_KINDS(KIND_TEXT)
#undef KIND_TEXT
};
enum { KIND_COUNT = sizeof kind_words / sizeof kind_words[0] };

/* ---- rows ------------------------------------------------------------------------------------ */

idr_status idr_verify_create(double scale, idr_verify **out) {
  *out = calloc(1, sizeof **out);
  if (!*out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the table of the physics");
  (*out)->scale = scale;
  return IDR_STATUS_OK;
}

void idr_verify_destroy(idr_verify *v) {
  if (!v) return;
  free(v->list);
  free(v);
}

void idr_verify_add(idr_verify *v, idr_verify_row row) {
  if (v->count == v->capacity) {
    int capacity = v->capacity ? 2 * v->capacity : 64;
    entry *list = realloc(v->list, (size_t)capacity * sizeof *list);
    v->cut |= !list;
    if (!list) return;
    v->list = list;
    v->capacity = capacity;
  }
  v->list[v->count++] = (entry){v->family, row};
}

static void add(const idr_verify_case *c, idr_verify_test test, const char *what, const char *unit,
                double reference, double ours, double tolerance) {
  idr_verify_add(c->table, (idr_verify_row){.id = c->id,
                                            .what = what,
                                            .unit = unit,
                                            .source = c->source,
                                            .kind = c->kind,
                                            .test = test,
                                            .reference = reference,
                                            .ours = ours,
                                            .tolerance = tolerance});
}

void idr_verify_near(const idr_verify_case *c, const char *what, const char *unit, double reference,
                     double ours, double tolerance) {
  add(c, IDR_VERIFY_NEAR, what, unit, reference, ours, tolerance);
}

void idr_verify_at_least(const idr_verify_case *c, const char *what, const char *unit,
                         double reference, double ours, double tolerance) {
  add(c, IDR_VERIFY_AT_LEAST, what, unit, reference, ours, tolerance);
}

void idr_verify_at_most(const idr_verify_case *c, const char *what, const char *unit,
                        double reference, double ours, double tolerance) {
  add(c, IDR_VERIFY_AT_MOST, what, unit, reference, ours, tolerance);
}

void idr_verify_report(const idr_verify_case *c, const char *what, const char *unit,
                       double reference, double ours) {
  add(c, IDR_VERIFY_REPORT, what, unit, reference, ours, 0.0);
}

idr_status idr_verify_run(idr_verify *v, const idr_verify_family *family) {
  v->family = family;
  family->add(v);
  if (v->cut) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the cases of '%s'", family->name);
  return IDR_STATUS_OK;
}

bool idr_verify_holds(const idr_verify_row *row, double scale) {
  double slack = scale * row->tolerance, difference = row->ours - row->reference;
  switch (row->test) {
  case IDR_VERIFY_REPORT:
    return true;
  case IDR_VERIFY_NEAR:
    return fabs(difference) <= slack;
  case IDR_VERIFY_AT_LEAST:
    return isfinite(row->ours) && difference >= -slack;
  case IDR_VERIFY_AT_MOST:
    return isfinite(row->ours) && difference <= slack;
  }
  return false;
}

int idr_verify_count(const idr_verify *v) {
  return v->count;
}

int idr_verify_failed(const idr_verify *v) {
  int failed = 0;
  for (int i = 0; i < v->count; i++)
    failed += !idr_verify_holds(&v->list[i].row, v->scale);
  return failed;
}

double idr_verify_si(double value, const char *unit) {
  const idr_unit *row = idr_unit_find(unit);
  return row ? idr_unit_to_si(row, value) : (double)NAN;
}

float idr_verify_sif(double value, const char *unit) {
  return (float)idr_verify_si(value, unit);
}

double idr_verify_from_si(double si, const char *unit) {
  const idr_unit *row = idr_unit_find(unit);
  return row ? idr_unit_from_si(row, si) : (double)NAN;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const char *verdict(const idr_verify_row *row, double scale) {
  if (row->test == IDR_VERIFY_REPORT) return "reported";
  return idr_verify_holds(row, scale) ? "holds" : "FAILS";
}

/* A number, or a dash for one that there is none of. */
static void cell(FILE *out, bool present, const char *format, double value) {
  if (present)
    fprintf(out, format, value);
  else
    fprintf(out, " %11s", "-");
}

static void print_row(const idr_verify_row *row, double scale, FILE *out) {
  static const char *const relation[] = {"", ">= ", "<= ", ""};
  bool known = !isnan(row->reference), judged = row->test != IDR_VERIFY_REPORT;
  fprintf(out, "  %-4s %-50s%4s", row->id, row->what, relation[row->test]);
  cell(out, known, " %11.6g", row->reference);
  cell(out, true, " %11.6g", row->ours);
  cell(out, known, " %11.2e", row->ours - row->reference);
  cell(out, judged, " %11.2g", scale * row->tolerance);
  fprintf(out, " %-10s %-16s %s\n", row->unit, kind_words[row->kind], verdict(row, scale));
}

/* The source stands once, above the rows that share it. */
static void print_rows(const idr_verify *v, FILE *out) {
  const idr_verify_family *family = NULL;
  const char *source = "";
  for (int i = 0; i < v->count; i++) {
    const entry *e = &v->list[i];
    if (e->family != family) {
      fprintf(out, "\n%s: %s\n  %-4s %-54s %11s %11s %11s %11s %-10s %-16s %s\n", e->family->name,
              e->family->doc, "case", "quantity", "reference", "ours", "difference", "tolerance",
              "unit", "kind", "verdict");
      source = "";
    }
    family = e->family;
    if (strcmp(source, e->row.source) != 0) fprintf(out, "  [%s]\n", e->row.source);
    source = e->row.source;
    print_row(&e->row, v->scale, out);
  }
}

static void print_kinds(const idr_verify *v, FILE *out) {
  fputs("\nkinds of reference:\n", out);
  for (int k = 0; k < KIND_COUNT; k++) {
    int all = 0, failed = 0, reported = 0;
    for (int i = 0; i < v->count; i++) {
      const idr_verify_row *row = &v->list[i].row;
      if ((int)row->kind != k) continue;
      all++;
      failed += !idr_verify_holds(row, v->scale);
      reported += row->test == IDR_VERIFY_REPORT;
    }
    fprintf(out, "  %-16s %3d hold, %d fail, %d reported; %s\n", kind_words[k],
            all - failed - reported, failed, reported, kind_texts[k]);
  }
}

void idr_verify_print(const idr_verify *v, FILE *out) {
  print_rows(v, out);
  print_kinds(v, out);
  int failed = idr_verify_failed(v);
  fprintf(out, "%d numbers, %d fail\n", v->count, failed);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* What JSON has no word for becomes null. */
static json_t *number(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const entry *e, double scale) {
  static const char *const tests[] = {"near", "at least", "at most", "report"};
  const idr_verify_row *row = &e->row;
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "family",
                   e->family->name, "case", row->id, "quantity", row->what, "unit", row->unit,
                   "source", row->source, "kind", kind_words[row->kind], "test", tests[row->test],
                   "reference", number(row->reference), "ours", number(row->ours), "tolerance",
                   number(scale * row->tolerance), "verdict", verdict(row, scale));
}

idr_status idr_verify_write(const idr_verify *v, const char *path) {
  json_t *rows = json_array();
  for (int i = 0; i < v->count; i++)
    json_array_append_new(rows, row_json(&v->list[i], v->scale));
  json_t *root = json_pack("{s:i, s:i, s:o}", "numbers", v->count, "failed", idr_verify_failed(v),
                           "rows", rows);
  char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
  json_decref(root);
  if (!text) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the table as JSON");
  idr_status status = idr_file_write(path, text, strlen(text));
  free(text);
  IDR_TRY(status);
  return IDR_STATUS_OK;
}
