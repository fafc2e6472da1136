/* Hours by activity, events, machines: from labels and tables. */
#include "report/data_page.h"

#include "data/tables.h"

#include <math.h>
#include <stdlib.h>

static void add_number(idr_html *h, double value) {
  char digits[40];
  idr_page_digits(value, digits, sizeof digits);
  idr_html_element(h, "td", NULL, digits);
}

static void add_integer(idr_html *h, int64_t value) {
  idr_html_raw(h, "<td>");
  idr_html_format(h, "%lld", (long long)value);
  idr_html_raw(h, "</td>");
}

static void begin_table(idr_html *h, const char *const *heads, int count) {
  idr_html_raw(h, "<div class=\"scroll\" tabindex=\"0\"><table>\n<tr>");
  for (int i = 0; i < count; i++)
    idr_html_element(h, "th", NULL, heads[i]);
  idr_html_raw(h, "</tr>\n");
}
#define HEADS(list) (list), (int)(sizeof(list) / sizeof((list)[0]))

static void end_table(idr_html *h) {
  idr_html_raw(h, "</table></div>\n");
}

/* ---- activities ------------------------------------------------------------------------------ */

void idr_data_add_activities(idr_data_page *d) {
  static const char *const heads[] = {"activity", "hours", "share", ""};
  idr_html *h = &d->page->html;
  const idr_survey *v = &d->survey;
  int64_t all = 0, most = 1;
  idr_html_raw(h, "<section>\n<h2>Hours by activity</h2>\n");
  for (int a = 0; a < IDR_ACTIVITY_COUNT; a++) {
    all += v->activity[a];
    if (v->activity[a] > most) most = v->activity[a];
  }
  if (!v->activities || all == 0) {
    idr_page_note(d->page, "The data set says nothing of the rig's activity.");
  } else {
    begin_table(h, HEADS(heads));
    for (int a = 0; a < IDR_ACTIVITY_COUNT; a++) {
      if (v->activity[a] == 0) continue;
      idr_html_raw(h, "<tr>");
      idr_html_element(h, "td", NULL, idr_activity_name(a));
      add_number(h, (double)v->activity[a] / 3600);
      idr_html_raw(h, "<td>");
      idr_html_format(h, "%.1f %%", 100 * (double)v->activity[a] / (double)all);
      idr_html_raw(h, "</td><td class=\"left\"><span class=\"share\" style=\"background:");
      idr_html_raw(h, idr_data_activity_color(a));
      idr_html_format(h, ";width:%.1fem", 12 * (double)v->activity[a] / (double)most);
      idr_html_raw(h, "\"></span></td></tr>\n");
    }
    end_table(h);
  }
  idr_html_raw(h, "</section>\n");
}

/* ---- events ---------------------------------------------------------------------------------- */

typedef struct {
  int64_t count, open, wells, shown;
  double seconds, hidden, severity, depth_low, depth_high;
  int last_well;
} event_sums;

static idr_status sum_events(idr_dataset *set, event_sums of[IDR_EVENT_COUNT]) {
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    of[k] = (event_sums){.depth_low = INFINITY, .depth_high = -INFINITY, .last_well = -1};
  for (int w = 0; w < idr_dataset_well_count(set); w++) {
    idr_event_record *event = NULL;
    int count = 0;
    IDR_TRY(idr_dataset_read_events(set, w, &event, &count));
    for (int i = 0; i < count; i++) {
      const idr_event_record *e = &event[i];
      if (e->kind < 0 || e->kind >= IDR_EVENT_COUNT) continue;
      event_sums *s = &of[e->kind];
      s->count++;
      s->open += e->open;
      s->wells += s->last_well != w;
      s->last_well = w;
      s->seconds += (double)(e->end - e->onset);
      if (e->detectable >= e->onset) { /* before it: never shown */
        s->shown++;
        s->hidden += (double)(e->detectable - e->onset);
      }
      s->severity += (double)e->severity;
      s->depth_low = fmin(s->depth_low, e->depth);
      s->depth_high = fmax(s->depth_high, e->depth);
    }
    free(event);
  }
  return IDR_STATUS_OK;
}

static void add_event(idr_data_page *d, int kind, const event_sums *s) {
  idr_html *h = &d->page->html;
  idr_shown_unit unit = idr_report_channel_unit(d->ask->units, IDR_CHANNEL_DEPTH);
  double n = (double)s->count;
  idr_html_raw(h, "<tr>");
  idr_html_element(h, "td", NULL, idr_event_name(kind));
  add_integer(h, s->count);
  add_integer(h, s->wells);
  add_number(h, s->seconds / n / 60);
  add_integer(h, s->shown);
  add_number(h, s->shown > 0 ? s->hidden / (double)s->shown / 60 : NAN);
  add_number(h, s->severity / n);
  idr_html_raw(h, "<td>");
  idr_html_format(h, "%.0f to %.0f", s->depth_low * unit.scale, s->depth_high * unit.scale);
  idr_html_raw(h, "</td>");
  add_integer(h, s->open);
  idr_html_raw(h, "</tr>\n");
}

static void add_label_shares(idr_data_page *d) {
  const idr_survey *v = &d->survey;
  double all = (double)(v->normal + v->transient + v->steady);
  char text[256];
  if (!v->events || all == 0) return;
  snprintf(text, sizeof text,
           "Labels of the rows: %.2f %% normal, %.2f %% an event that comes or goes, %.2f %% an "
           "event that is fully there.",
           100 * (double)v->normal / all, 100 * (double)v->transient / all,
           100 * (double)v->steady / all);
  idr_html_element(&d->page->html, "p", NULL, text);
}

idr_status idr_data_add_events(idr_data_page *d) {
  idr_html *h = &d->page->html;
  event_sums of[IDR_EVENT_COUNT];
  int64_t all = 0;
  char depth[32];
  IDR_TRY(sum_events(d->ask->dataset, of));
  for (int k = 0; k < IDR_EVENT_COUNT; k++)
    all += of[k].count;
  snprintf(depth, sizeof depth, "depth, %s",
           idr_report_channel_unit(d->ask->units, IDR_CHANNEL_DEPTH).name);
  const char *heads[] = {
      "event",           "number",   "in wells", "lasts, min", "shown by readings",
      "hidden for, min", "severity", depth,      "still open"};
  idr_html_raw(h, "<section>\n<h2>Events</h2>\n");
  add_label_shares(d);
  if (all == 0) {
    idr_page_note(d->page, "The data set tells of no event.");
  } else {
    begin_table(h, HEADS(heads));
    for (int k = 0; k < IDR_EVENT_COUNT; k++)
      if (of[k].count > 0) add_event(d, k, &of[k]);
    end_table(h);
    idr_html_raw(h, "<p class=\"kicker\">Means over all wells. Shown: the readings "
                    "tell of it before it ends; hidden: from its onset until then. Severity from 0 "
                    "to 1, the greatest of each event.</p>\n");
  }
  idr_html_raw(h, "</section>\n");
  return IDR_STATUS_OK;
}

/* ---- machines -------------------------------------------------------------------------------- */

typedef struct {
  int64_t state[3]; /* failed, replaced, censored */
  double failed_hours, hours, shortest, longest;
} life_sums;

static idr_status sum_lives(idr_dataset *set, life_sums of[IDR_MACHINE_COUNT]) {
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    of[m] = (life_sums){.shortest = INFINITY, .longest = -INFINITY};
  for (int w = 0; w < idr_dataset_well_count(set); w++) {
    idr_life_record *life = NULL;
    int count = 0;
    IDR_TRY(idr_dataset_read_lives(set, w, &life, &count));
    for (int i = 0; i < count; i++) {
      const idr_life_record *l = &life[i];
      if (l->machine < 0 || l->machine >= IDR_MACHINE_COUNT || l->state < 0 || l->state > 2)
        continue;
      life_sums *s = &of[l->machine];
      s->state[l->state]++;
      s->hours += l->hours - l->age;
      if (l->state != IDR_LIFE_FAILED) continue;
      s->failed_hours += l->hours;
      s->shortest = fmin(s->shortest, l->hours);
      s->longest = fmax(s->longest, l->hours);
    }
    free(life);
  }
  return IDR_STATUS_OK;
}

static void add_machine(idr_html *h, int machine, const life_sums *s) {
  int64_t failed = s->state[IDR_LIFE_FAILED];
  idr_html_raw(h, "<tr>");
  idr_html_element(h, "td", NULL, idr_machine_name(machine));
  add_integer(h, failed);
  add_integer(h, s->state[IDR_LIFE_REPLACED]);
  add_integer(h, s->state[IDR_LIFE_CENSORED]);
  add_number(h, s->hours);
  add_number(h, failed > 0 ? s->failed_hours / (double)failed : NAN);
  add_number(h, s->shortest);
  add_number(h, s->longest);
  add_number(h, failed > 0 ? s->hours / (double)failed : NAN);
  idr_html_raw(h, "</tr>\n");
}

idr_status idr_data_add_lives(idr_data_page *d) {
  static const char *const heads[] = {"machine",    "failed",    "replaced",
                                      "still runs", "hours run", "hours to failure",
                                      "shortest",   "longest",   "hours per failure"};
  idr_html *h = &d->page->html;
  life_sums of[IDR_MACHINE_COUNT];
  int64_t all = 0;
  IDR_TRY(sum_lives(d->ask->dataset, of));
  for (int m = 0; m < IDR_MACHINE_COUNT; m++)
    all += of[m].state[0] + of[m].state[1] + of[m].state[2];
  idr_html_raw(h, "<section>\n<h2>Machines and their failures</h2>\n");
  if (all == 0) {
    idr_page_note(d->page, "The data set tells of no life of a machine.");
  } else {
    begin_table(h, HEADS(heads));
    for (int m = 0; m < IDR_MACHINE_COUNT; m++)
      if (of[m].state[0] + of[m].state[1] + of[m].state[2] > 0) add_machine(h, m, &of[m]);
    end_table(h);
    idr_html_raw(h,
                 "<p class=\"kicker\">Operating hours over all wells. Hours to failure count those "
                 "that a machine brought along; hours per failure "
                 "those of lives that did not fail as well.</p>\n");
  }
  idr_html_raw(h, "</section>\n");
  return IDR_STATUS_OK;
}
