/* The drilled well of a report: the newest policy of a run plays one interval, watched. */
#include "base/text.h"
#include "env/drilling.h"
#include "jobs/evaluate.h"
#include "jobs/report.h"
#include "jobs/rl_model.h"
#include "track/folder.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *folder;
  const idr_report_settings *ask;
  idr_rl_config config;
  idr_report_starts starts;
  int64_t scenario;          /* of them */
  idr_drilling_config place; /* the world to drill in */
  bool unseen;
  idr_env *env;
  idr_rl_frozen frozen; /* the policy */
  idr_trace *trace;
} driller;

/* ---- the world ------------------------------------------------------------------------------- */

static idr_status load_settings(driller *d) {
  char file[PATH_MAX];
  int n = snprintf(file, sizeof file, "%s/settings.yaml", d->folder);
  if (n < 0 || n >= (int)sizeof file)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  IDR_TRY(idr_rl_config_create(&d->config));
  IDR_TRY(idr_settings_load(d->config.sections, d->config.section_count, file, NULL, 0));
  IDR_TRY(idr_rl_config_choose(&d->config));
  if (d->config.kind != &idr_drilling_kind)
    IDR_FAIL(IDR_STATUS_CONFIG, "the run's task is %s", d->config.kind->name);
  return IDR_STATUS_OK;
}

/* As idrill evaluate has it: frozen starts and no critic. */
static idr_status choose_world(driller *d) {
  const idr_drilling_config *training = d->config.task;
  const idr_drilling_settings *t = &training->drilling;
  const char *well = d->ask->well;
  d->place = *training;
  idr_drilling_settings *s = &d->place.drilling;
  s->order = 1;
  s->critic_state = false;
  s->well_first = d->starts.well_first;
  s->well_file[0] = '\0';
  if (strcmp(well, "unseen") != 0) {
    if (idr_evaluate_find_file(well, s->well_file, sizeof s->well_file)) return IDR_STATUS_OK;
    IDR_FAIL(IDR_STATUS_IO,
             "report.well: there is no well file '%s', neither here nor beside the binary", well);
  }
  s->wells = d->starts.wells;
  d->unseen = t->well_file[0] || s->well_first >= t->well_first + t->wells ||
              s->well_first + s->wells <= t->well_first;
  return IDR_STATUS_OK;
}

/* Layers that an interval meets. */
static int count_layers(const driller *d, const idr_drilling_world *world, int64_t scenario) {
  idr_scenario start = idr_drilling_scenario(world, scenario);
  const idr_well *well = world->well[start.well];
  double end = start.depth + d->place.drilling.interval;
  return idr_well_find_layer(well, end) - idr_well_find_layer(well, start.depth) + 1;
}

/* Of the starts that may be, the one that meets the most layers; the first of equals. */
static idr_status choose_start(driller *d) {
  idr_drilling_world *world = NULL;
  int most = 0;
  d->scenario = d->starts.scenario[0];
  if (d->starts.count == 1) return IDR_STATUS_OK;
  IDR_TRY(idr_drilling_world_create(&d->place, &world));
  for (int i = 0; i < d->starts.count; i++) {
    int layers = count_layers(d, world, d->starts.scenario[i]);
    if (layers <= most) continue;
    most = layers;
    d->scenario = d->starts.scenario[i];
  }
  idr_drilling_world_destroy(world);
  return IDR_STATUS_OK;
}

/* Under the evaluation's key and lane, so that the sensors' noise is the same too. */
static idr_status open_world(driller *d) {
  const idr_evaluation as_evaluated = {.ask = {.seed = d->starts.seed}};
  return idr_env_create(&idr_drilling_kind, &d->place, idr_evaluate_key(&as_evaluated), d->scenario,
                        1, &d->env);
}

/* ---- the policy ------------------------------------------------------------------------------ */

static void name_policy(driller *d, const idr_checkpoint *checkpoint, const char *warning) {
  idr_rl_position position;
  idr_rl_position_read(checkpoint, &position);
  idr_text_append(d->trace->policy, sizeof d->trace->policy, "policy of the %scheckpoint at %.99s",
                  warning[0] ? "older " : "", position.text);
}

static idr_status load_policy(driller *d) {
  char path[PATH_MAX], warning[IDR_ERROR_MESSAGE_MAX] = "";
  idr_checkpoint *checkpoint = NULL;
  int n = snprintf(path, sizeof path, "%s/checkpoint/latest", d->folder);
  if (n < 0 || n >= (int)sizeof path)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "the name of the run folder is too long");
  if (!idr_folder_has_checkpoint(d->folder))
    IDR_FAIL(IDR_STATUS_CONFIG,
             "the run has no checkpoint yet; one comes every run.checkpoint_every, when the run "
             "ends, and when 'idrill stop' asks for it");
  IDR_TRY(idr_checkpoint_open_newest(path, &checkpoint, warning, sizeof warning));
  idr_status status = idr_rl_frozen_load(&d->config, checkpoint, &d->frozen);
  if (status == IDR_STATUS_OK) name_policy(d, checkpoint, warning);
  idr_checkpoint_close(checkpoint);
  return status;
}

/* ---- drilling -------------------------------------------------------------------------------- */

static void name_failure(int32_t failure, char *out, size_t size) {
  idr_text_append(out, size, "hole lost");
  if (failure & IDR_FAILURE_PACKOFF) idr_text_append(out, size, ", packed off");
  if (failure & IDR_FAILURE_TWISTOFF) idr_text_append(out, size, ", string twisted off");
  if (failure & IDR_FAILURE_LOSSES) idr_text_append(out, size, ", lost circulation");
}

static void see(void *context, const idr_drill_group *group, int place,
                const idr_drilling_books *books) {
  driller *d = context;
  idr_trace *t = d->trace;
  const idr_drilling_world *world = idr_drilling_env_world(d->env);
  static const char *const ends[] = {[IDR_END_NONE] = "",
                                     [IDR_END_FINISHED] = "finished",
                                     [IDR_END_FAILED] = "",
                                     [IDR_END_BITS] = "called off: bits used up",
                                     [IDR_END_TIME] = "called off: out of time"};
  idr_trace_add(t, group, place, 3600 * idr_drilling_hours(books), idr_drilling_cost(world, books));
  t->end[0] = '\0';
  if (books->end == IDR_END_FAILED)
    name_failure(books->failure, t->end, sizeof t->end);
  else
    idr_text_append(t->end, sizeof t->end, "%s", ends[books->end]);
}

static void name_trace(driller *d, const idr_well *well, const idr_scenario *start) {
  const char *unit = d->ask->units == IDR_REPORT_FIELD ? "ft" : "m";
  idr_trace *t = d->trace;
  idr_shown_unit depth =
      idr_report_channel_unit((idr_report_units)d->ask->units, IDR_CHANNEL_DEPTH);
  idr_text_append(t->title, sizeof t->title,
                  "Well %.80s%s: %.0f %s from %.0f %s down, begun with a bit worn to %.0f %%.",
                  well->head.name, d->unseen ? ", which the training has not seen" : "",
                  t->interval * depth.scale, unit, t->start * depth.scale, unit, 100 * start->wear);
  if (d->starts.of > 0)
    idr_text_append(t->title, sizeof t->title,
                    " Among the third of the evaluation's %lld starts where the policy's cost is "
                    "middling, this one meets the most layers.",
                    (long long)d->starts.of);
}

static idr_status drill(driller *d) {
  idr_episode episode;
  const idr_drilling_world *world = idr_drilling_env_world(d->env);
  idr_scenario start = idr_drilling_scenario(world, d->scenario);
  const idr_well *well = world->well[start.well];
  idr_trace *t = d->trace;
  t->start = start.depth;
  t->interval = d->place.drilling.interval;
  t->rig_rate = d->place.prices.rig_rate;
  t->bit_price = d->place.prices.bit_price;
  name_trace(d, well, &start);
  idr_drilling_env_watch(d->env, 0, see, d);
  IDR_TRY(idr_actor_evaluate(&d->frozen.actor, d->env, 1, 1, true, &episode));
  if (t->failed) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the log of a drilled well");
  double end = t->count > 0 ? t->row[t->count - 1].depth : t->start;
  return idr_trace_take_layers(t, well, t->start, end);
}

static idr_status prepare(driller *d) {
  IDR_TRY(load_settings(d));
  IDR_TRY(choose_world(d));
  IDR_TRY(choose_start(d));
  IDR_TRY(idr_blas_prepare(1));
  IDR_TRY(open_world(d));
  return load_policy(d);
}

idr_status idr_report_drill(const char *folder, const idr_report_settings *settings,
                            idr_trace *trace) {
  driller *d = calloc(1, sizeof *d);
  if (!d) IDR_FAIL(IDR_STATUS_MEMORY, "no memory to drill a well for a report");
  d->folder = folder;
  d->ask = settings;
  d->trace = trace;
  idr_report_find_starts(folder, settings, &d->starts);
  idr_status status = prepare(d);
  if (status == IDR_STATUS_OK) status = drill(d);
  idr_rl_frozen_free(&d->frozen);
  idr_env_destroy(d->env);
  idr_rl_config_free(&d->config);
  free(d);
  return status;
}
