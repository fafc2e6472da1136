/* The named sets of scenarios, and nothing else. The worlds of all of them are the generated wells
 * that the training has not seen, so scenario k is the same well at the same depth in every set.
 * Noise and faults are those of sensors: they reach the policy, while baselines and shield read the
 * channels as they are. */
#include "jobs/evaluate.h"

#include "base/text.h"
#include "drill/events.h"

#include <math.h>
#include <string.h>

/* One kind of event in every episode; how hard and when say drilling.event_severity and
 * drilling.event_start. */
#define EVENT(id, word, text)                                                                      \
  {                                                                                                \
    .name = word, .key = word, .doc = text, .strength = 1, .abrasion = 1, .window = 1, .noise = 1, \
    .event = 1 + IDR_EVENT_##id                                                                    \
  }

const idr_scenario_set idr_scenario_sets[] = {
    {.name = "nominal",
     .key = "unseen_wells",
     .doc = "wells as in the training",
     .strength = 1,
     .abrasion = 1,
     .window = 1,
     .noise = 1},
    {.name = "hard_rock",
     .key = "hard_rock",
     .doc = "rock 1.5 times as strong and twice as abrasive",
     .strength = 1.5,
     .abrasion = 2,
     .window = 1,
     .noise = 1},
    {.name = "worn_bit",
     .key = "worn_bit",
     .doc = "bits start 60 to 90 % worn",
     .strength = 1,
     .abrasion = 1,
     .wear_min = 0.6,
     .wear_max = 0.9,
     .window = 1,
     .noise = 1},
    {.name = "narrow_window",
     .key = "narrow_window",
     .doc = "half of the margin from mud weight to fracture pressure",
     .strength = 1,
     .abrasion = 1,
     .window = 0.5,
     .noise = 1},
    {.name = "sensor_noise",
     .key = "sensor_noise",
     .doc = "ten times the sensor noise",
     .strength = 1,
     .abrasion = 1,
     .window = 1,
     .noise = 10},
    {.name = "weight_error",
     .key = "weight_error",
     .doc = "the weight gauge shows 30 kN too much",
     .strength = 1,
     .abrasion = 1,
     .window = 1,
     .noise = 1,
     .weight_error = 30e3},
    {.name = "dead_sensor",
     .key = "dead_sensor",
     .doc = "no stick-slip measurement comes up the hole",
     .strength = 1,
     .abrasion = 1,
     .window = 1,
     .noise = 1,
     .dead_sensor = 3},
    EVENT(STICK_SLIP, "stick_slip", "the hole holds the string until it sticks and slips"),
    EVENT(WHIRL, "whirl", "bit or collars roll along the wall"),
    EVENT(BALLING, "bit_balling", "clay covers the bit"),
    EVENT(LOSSES, "lost_circulation", "mud runs into an open fracture"),
    EVENT(KICK, "gas_influx", "gas flows in from a layer of unforeseen pressure"),
    EVENT(PACKOFF, "pack_off", "the hole falls in, solids close the annulus"),
    EVENT(WASHOUT, "wash_out", "a leak in the string grows"),
    EVENT(PLUGGED, "plugged_nozzle", "a nozzle of the bit is closed"),
    EVENT(LOST_NOZZLE, "lost_nozzle", "a nozzle of the bit fell out"),
};
const int idr_scenario_set_count = sizeof idr_scenario_sets / sizeof idr_scenario_sets[0];
_Static_assert(sizeof idr_scenario_sets / sizeof idr_scenario_sets[0] <= IDR_SCENARIO_SETS_MAX,
               "more sets than there is room for");

void idr_scenario_set_apply(const idr_scenario_set *set, idr_drilling_config *config) {
  idr_drilling_settings *d = &config->drilling;
  config->wells.strength_factor *= set->strength;
  config->wells.abrasion_factor *= set->abrasion;
  if (set->wear_max > 0.0) {
    d->wear_start_min = set->wear_min;
    d->wear_start_max = set->wear_max;
  }
  d->mud_window = fmin(d->mud_window, set->window);
  d->sensor_noise *= set->noise;
  d->weight_error += set->weight_error;
  if (set->dead_sensor) d->dead_sensor = set->dead_sensor;
  if (set->event) d->event = set->event;
}

/* Position of the set whose name is the `length` characters at `word`, -1 when there is none. */
static int find(const char *word, size_t length) {
  for (int i = 0; i < idr_scenario_set_count; i++)
    if (strlen(idr_scenario_sets[i].name) == length &&
        strncmp(idr_scenario_sets[i].name, word, length) == 0)
      return i;
  return -1;
}

static idr_status fail_unknown(const char *text) {
  char names[512] = "";
  for (int i = 0; i < idr_scenario_set_count; i++)
    idr_text_append(names, sizeof names, "%s, ", idr_scenario_sets[i].name);
  IDR_FAIL(IDR_STATUS_CONFIG, "evaluate.sets = '%s': the sets are %sor all of them by the name all",
           text, names);
}

idr_status idr_scenario_sets_choose(const char *text, bool chosen[IDR_SCENARIO_SETS_MAX]) {
  const char *word = text;
  bool all = strcmp(text, "all") == 0;
  for (int i = 0; i < IDR_SCENARIO_SETS_MAX; i++)
    chosen[i] = all && i < idr_scenario_set_count;
  while (!all) {
    word += strspn(word, " ");
    size_t length = strcspn(word, ", ");
    int i = find(word, length);
    if (i < 0) return fail_unknown(text);
    chosen[i] = true;
    word += length;
    word += strspn(word, " ");
    if (*word == '\0') return IDR_STATUS_OK;
    if (*word++ != ',') return fail_unknown(text);
  }
  return IDR_STATUS_OK;
}

void idr_scenario_sets_help(FILE *out) {
  fputs(
      "Scenario sets for evaluate.sets; each is judged for itself, baselines included, which stay "
      "tuned\nfor the training world.\nThe last nine: an event "
      "in every episode, at drilling.event_severity, from drilling.event_start on.\n",
      out);
  for (int i = 0; i < idr_scenario_set_count; i++)
    fprintf(out, "  %-16s %s\n", idr_scenario_sets[i].name, idr_scenario_sets[i].doc);
  fputs("\n", out);
}
