/* idrill promote MODEL[/VERSION | @ALIAS] and idrill rollback MODEL: which version of a registered
 * model the alias `champion` means. Nothing else ever moves it. The version it meant before is kept
 * as the tag idrill.previous_champion of the registered model. */
#include "base/text.h"
#include "jobs/job.h"
#include "track/mlflow.h"
#include "track/upload.h"

#include <stdlib.h>
#include <string.h>

#define PREVIOUS       "idrill.previous_champion"
#define NAME_MAX_BYTES 256

typedef struct {
  idr_mlflow *client;
  char name[NAME_MAX_BYTES];
  char wanted[IDR_MLFLOW_ID_MAX];   /* version */
  char champion[IDR_MLFLOW_ID_MAX]; /* now; "": none */
  char previous[IDR_MLFLOW_ID_MAX]; /* "": none */
} registry;

/* The settings of a registry: where it is, and how long to wait for it. */
#define ROWS 2
typedef struct {
  idr_mlflow_settings values;
  idr_setting rows[ROWS];
} registry_settings;

static idr_section bind(registry_settings *s) {
  static const char *const names[ROWS] = {"uri", "timeout"};
  *s = (registry_settings){.values = {.timeout = 0}};
  idr_mlflow_settings_rows(names, ROWS, s->rows);
  s->rows[0].doc = "server of the registry, http://... or https://...; empty: MLFLOW_REGISTRY_URI, "
                   "else MLFLOW_TRACKING_URI";
  return (idr_section){"mlflow", "where the registry is", s->rows, ROWS, &s->values};
}

void idr_promote_help(FILE *out) {
  registry_settings settings;
  const idr_section section = bind(&settings);
  fputs("MODEL is the name of a registered model. Promote gives the alias `champion` to version "
        "VERSION,\nto the version that has the alias ALIAS, or to the one with the alias "
        "`challenger`, which runs\ngive to what they register. Rollback gives it back to the "
        "version that had it before.\n\n",
        out);
  idr_settings_help(&section, 1, out);
}

/* ---- talking to the registry ------------------------------------------------------------------
 */

static idr_status fail(const registry *r, idr_mlflow_outcome outcome, const char *what) {
  IDR_FAIL(outcome == IDR_MLFLOW_ABSENT ? IDR_STATUS_CONFIG : IDR_STATUS_IO, "%s '%s' on %s: %s",
           what, r->name, idr_mlflow_uri(r->client), idr_mlflow_message(r->client));
}

static idr_status settle(const registry *r, idr_mlflow_outcome outcome, const char *what) {
  return outcome == IDR_MLFLOW_DONE ? IDR_STATUS_OK : fail(r, outcome, what);
}

/* Absent is an answer: "". */
static idr_status settle_text(const registry *r, idr_mlflow_outcome outcome, char *text,
                              const char *what) {
  if (outcome == IDR_MLFLOW_ABSENT) text[0] = '\0';
  return outcome == IDR_MLFLOW_ABSENT ? IDR_STATUS_OK : settle(r, outcome, what);
}

static idr_status look(registry *r) {
  IDR_TRY(settle_text(r, idr_mlflow_get_alias(r->client, r->name, "champion", r->champion),
                      r->champion, "cannot ask for the champion of"));
  return settle_text(
      r,
      idr_mlflow_get_registered_tag(r->client, r->name, PREVIOUS, r->previous, sizeof r->previous),
      r->previous, "cannot ask for the previous champion of");
}

/* The note comes first: whatever is lost behind it, the way back is known. */
static idr_status move(registry *r) {
  if (r->champion[0] && strcmp(r->champion, r->wanted) != 0)
    IDR_TRY(settle(r, idr_mlflow_set_registered_tag(r->client, r->name, PREVIOUS, r->champion),
                   "cannot note the champion of"));
  IDR_TRY(settle(r, idr_mlflow_set_alias(r->client, r->name, "champion", r->wanted),
                 "cannot set the champion of"));
  printf("champion of %s: version %s", r->name, r->wanted);
  if (r->champion[0] && strcmp(r->champion, r->wanted) != 0)
    printf(" (before: %s; go back with: idrill rollback %s)", r->champion, r->name);
  printf("\n");
  return IDR_STATUS_OK;
}

/* ---- the jobs -------------------------------------------------------------------------------- */

/* "name", "name/3" or "name@alias". */
static idr_status split(const char *word, registry *r, char *alias, size_t size) {
  const char *at = strchr(word, '@'), *slash = strrchr(word, '/');
  const char *end = at ? at : slash ? slash : word + strlen(word);
  snprintf(alias, size, "%s", at ? at + 1 : "challenger");
  if (!at && slash) snprintf(r->wanted, sizeof r->wanted, "%s", slash + 1);
  if (end == word || end - word >= NAME_MAX_BYTES ||
      !idr_text_trim(word, (size_t)(end - word), r->name, sizeof r->name))
    IDR_FAIL(IDR_STATUS_CONFIG, "'%s' names no registered model", word);
  return IDR_STATUS_OK;
}

static idr_status promote(registry *r, const char *word) {
  char alias[NAME_MAX_BYTES], what[NAME_MAX_BYTES + 32];
  IDR_TRY(split(word, r, alias, sizeof alias));
  if (r->wanted[0]) {
    IDR_TRY(settle(r, idr_mlflow_get_version(r->client, r->name, r->wanted),
                   "cannot find this version of"));
  } else {
    snprintf(what, sizeof what, "cannot find the %s of", alias);
    IDR_TRY(settle(r, idr_mlflow_get_alias(r->client, r->name, alias, r->wanted), what));
  }
  IDR_TRY(look(r));
  return move(r);
}

static idr_status rollback(registry *r, const char *word) {
  char alias[NAME_MAX_BYTES];
  IDR_TRY(split(word, r, alias, sizeof alias));
  IDR_TRY(look(r));
  if (r->previous[0] == '\0' || strcmp(r->previous, r->champion) == 0)
    IDR_FAIL(IDR_STATUS_CONFIG, "registered model '%s' has no champion before this one", r->name);
  snprintf(r->wanted, sizeof r->wanted, "%s", r->previous);
  return move(r);
}

static idr_status connect_to(const registry_settings *s, registry *r) {
  const char *other = getenv("MLFLOW_REGISTRY_URI");
  const char *uri = s->values.uri[0] || !other ? s->values.uri : other;
  return idr_mlflow_open(uri, s->values.timeout, &r->client);
}

static int run(idr_job_context *context, int argc, char **argv, const char *usage,
               idr_status (*act)(registry *r, const char *word)) {
  registry_settings settings;
  const idr_section section = bind(&settings);
  registry r = {.client = NULL};
  idr_job_line line;
  idr_status status = idr_job_parse(argc, argv, &line);
  if (status == IDR_STATUS_OK && !line.config)
    status = idr_fail_at(IDR_STATUS_CONFIG, __func__, __FILE__, __LINE__, "usage: %s", usage);
  if (status == IDR_STATUS_OK)
    status = idr_settings_load(&section, 1, NULL, line.overrides, line.override_count);
  if (status == IDR_STATUS_OK) status = idr_mlflow_settings_check(&settings.values);
  if (status == IDR_STATUS_OK) status = connect_to(&settings, &r);
  if (status == IDR_STATUS_OK) status = act(&r, line.config);
  idr_mlflow_close(r.client);
  return status == IDR_STATUS_OK ? IDR_EXIT_FINISHED : idr_job_fail(context, NULL);
}

int idr_job_promote(idr_job_context *context, int argc, char **argv) {
  return run(context, argc, argv, "idrill promote MODEL[/VERSION | @ALIAS] [mlflow.uri=...]",
             promote);
}

int idr_job_rollback(idr_job_context *context, int argc, char **argv) {
  return run(context, argc, argv, "idrill rollback MODEL [mlflow.uri=...]", rollback);
}
