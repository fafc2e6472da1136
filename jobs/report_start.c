/* Which of the evaluation's starts the well of a report may be drilled from: those of middling cost
 * stand for what the policy usually does, while the first start may be anything. */
#include "jobs/report.h"

#include "base/file.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define EVALUATION_MAX ((size_t)1 << 30)
#define WELL_FIRST     1000000000 /* defaults of section evaluate */
#define WELLS          512
#define SEED           1

static json_t *read_evaluation(const char *folder) {
  char path[PATH_MAX], *text = NULL;
  size_t bytes = 0;
  int n = snprintf(path, sizeof path, "%s/evaluation.json", folder);
  if (n < 0 || n >= (int)sizeof path || !idr_file_exists(path)) return NULL;
  if (idr_file_read(path, EVALUATION_MAX, &text, &bytes) != IDR_STATUS_OK) {
    idr_error_clear();
    return NULL;
  }
  json_t *root = json_loadb(text, bytes, 0, NULL);
  free(text);
  return root;
}

typedef struct {
  double cost;
  int64_t scenario;
} bill;

static int by_cost(const void *left, const void *right) {
  const bill *a = left, *b = right;
  if (a->cost != b->cost) return a->cost < b->cost ? -1 : 1;
  return a->scenario < b->scenario ? -1 : 1;
}

/* Scenarios of the middle third of these costs, at least one when there are any. */
static void find_middle(const json_t *costs, idr_report_starts *s) {
  size_t n = json_array_size(costs), kept = 0;
  bill *bills = n > 0 ? calloc(n, sizeof *bills) : NULL;
  if (!bills) return;
  for (size_t k = 0; k < n; k++)
    if (json_is_number(json_array_get(costs, k)))
      bills[kept++] = (bill){json_number_value(json_array_get(costs, k)), (int64_t)k};
  qsort(bills, kept, sizeof *bills, by_cost);
  for (size_t k = kept / 3; k < kept - kept / 3 && s->count < IDR_REPORT_CANDIDATES; k++)
    s->scenario[s->count++] = bills[k].scenario;
  if (s->count > 0) s->of = (int64_t)kept;
  free(bills);
}

/* Settings of an evaluation are texts; `low` to `high` is what they may be. */
static int64_t setting(const json_t *root, const char *key, int64_t low, int64_t high,
                       int64_t fallback) {
  const char *text = json_string_value(json_object_get(json_object_get(root, "settings"), key));
  long long value = text ? strtoll(text, NULL, 10) : fallback;
  return value >= low && value <= high ? value : fallback;
}

/* The part of the evaluation that went to the same well, NULL when none did. */
static const json_t *matching_set(const json_t *root, const char *well) {
  const json_t *settings = json_object_get(root, "settings");
  const char *file = json_string_value(json_object_get(settings, "evaluate.well_file"));
  if (strcmp(well, "unseen") == 0) return json_object_get(root, "unseen_wells");
  return file && strcmp(file, well) == 0 ? json_object_get(root, "well_file") : NULL;
}

void idr_report_find_starts(const char *folder, const idr_report_settings *settings,
                            idr_report_starts *out) {
  json_t *root = read_evaluation(folder);
  *out = (idr_report_starts){.count = 0};
  out->well_first = setting(root, "evaluate.well_first", 0, 2000000000, WELL_FIRST);
  out->wells = setting(root, "evaluate.wells", 1, 1000000, WELLS);
  out->seed = (uint32_t)setting(root, "evaluate.seed", 0, UINT32_MAX, SEED);
  if (settings->start < 0) {
    const json_t *drillers = json_object_get(matching_set(root, settings->well), "drillers");
    const json_t *bills = json_object_get(json_object_get(drillers, "policy"), "scenarios");
    find_middle(json_object_get(bills, "cost"), out);
  }
  if (out->count == 0) out->scenario[out->count++] = settings->start < 0 ? 0 : settings->start;
  json_decref(root);
}
