/* A set of drilled scenarios as JSON: every bill of every driller, so that whoever compares runs
 * can pair them well by well, and the statistics that the tables show. */
#include "base/text.h"
#include "jobs/evaluate.h"

#include <math.h>

json_t *idr_evaluate_number(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

const char *idr_evaluate_driller(int driller) {
  return driller == 0 ? "policy" : idr_baseline_name((idr_baseline_kind)(driller - 1));
}

double idr_evaluate_rate_factor(idr_rate rate) {
  static const double factor[IDR_RATES] = {0.5, 1.0, 2.0};
  return factor[rate];
}

static json_t *estimate_json(const idr_estimate *x) {
  return json_pack("[o,o,o]", idr_evaluate_number(x->value), idr_evaluate_number(x->low),
                   idr_evaluate_number(x->high));
}

#define BILL_NUMBERS(X)                                                                            \
  X(metres)                                                                                        \
  X(hours)                                                                                         \
  X(bits)                                                                                          \
  X(drilled)                                                                                       \
  X(rotating)                                                                                      \
  X(stick_slip)                                                                                    \
  X(failed)                                                                                        \
  X(unfinished)

/* One array per number of the bills, in the order of the scenarios; beside them the cost in USD. */
static json_t *bills_json(const idr_evaluation_set *set, const idr_bill *bills) {
  const idr_price_settings *prices = &set->world->config.prices;
  json_t *all = json_object(), *cost = json_array();
  for (int64_t k = 0; k < set->count; k++)
    json_array_append_new(cost, idr_evaluate_number(idr_bill_cost(&bills[k], prices->bit_price,
                                                                  prices->rig_rate / 24.0)));
  json_object_set_new(all, "cost", cost);
#define ADD_NUMBER(name)                                                                           \
  {                                                                                                \
    json_t *list = json_array();                                                                   \
    for (int64_t k = 0; k < set->count; k++)                                                       \
      json_array_append_new(list, idr_evaluate_number(bills[k].name));                             \
    json_object_set_new(all, #name, list);                                                         \
  }
  BILL_NUMBERS(ADD_NUMBER)
  return all;
}

#define COUNT_NUMBERS(X)                                                                           \
  X("drilling_hours", time)                                                                        \
  X("ecd_over_hours", over[IDR_LIMIT_ECD])                                                         \
  X("torque_over_hours", over[IDR_LIMIT_TORQUE])                                                   \
  X("spp_over_hours", over[IDR_LIMIT_SPP])                                                         \
  X("stick_slip_over_hours", over[IDR_LIMIT_STICK_SLIP])                                           \
  X("shielded_hours", shielded)

/* The same for what the guard counted, into `all`. */
static void add_counts(const idr_evaluation_set *set, const idr_guard_counts *counts, json_t *all) {
#define ADD_COUNT(key, field)                                                                      \
  {                                                                                                \
    json_t *list = json_array();                                                                   \
    for (int64_t k = 0; k < set->count; k++)                                                       \
      json_array_append_new(list, json_real(counts[k].field / 3600.0));                            \
    json_object_set_new(all, key, list);                                                           \
  }
  COUNT_NUMBERS(ADD_COUNT)
  json_t *failure = json_array();
  for (int64_t k = 0; k < set->count; k++)
    json_array_append_new(failure, json_integer((json_int_t)counts[k].failure));
  json_object_set_new(all, "failure", failure);
}

static json_t *safety_json(const idr_evaluation_set *set, int driller) {
  idr_set_safety s = idr_evaluate_safety(set, driller);
  json_t *over = json_object();
  for (int i = 0; i < IDR_LIMITS; i++)
    json_object_set_new(over, idr_limit_name((idr_limit)i), idr_evaluate_number(s.over[i]));
  return json_pack("{s:o,s:{s:f,s:f,s:f},s:o,s:o,s:f}", "stick_slip_hours_per_100_m",
                   idr_evaluate_number(s.slip_per_100m), "lost_holes", "packed_off", s.packed_off,
                   "twisted_off", s.twisted_off, "losses", s.lost, "over_limit_share", over,
                   "shielded_share", idr_evaluate_number(s.shielded), "shielded_periods",
                   s.shielded_periods);
}

static json_t *driller_json(const idr_evaluation_set *set, int driller) {
  json_t *rates = json_object();
  static const char *const names[IDR_RATES] = {"half", "set", "double"};
  for (int r = 0; r < IDR_RATES; r++)
    json_object_set_new(rates, names[r],
                        json_pack("{s:o,s:o}", "cost_per_metre",
                                  estimate_json(&set->rate[r].score[driller]), "policy_minus_it",
                                  estimate_json(&set->rate[r].difference[driller])));
  idr_set_score s = idr_evaluate_score(set, driller);
  json_t *scenarios = bills_json(set, set->bills + driller * set->count);
  add_counts(set, set->counts + driller * set->count, scenarios);
  return json_pack(
      "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "rig_rate", rates, "rop_m_per_h",
      idr_evaluate_number(s.rop), "metres_per_day", idr_evaluate_number(s.metres_per_day),
      "bits_per_interval", idr_evaluate_number(s.bits), "stick_slip_hours_per_interval",
      idr_evaluate_number(s.stick_slip), "failed", json_real(s.failed), "unfinished",
      json_real(s.unfinished), "safety", safety_json(set, driller), "scenarios", scenarios);
}

static json_t *gap_json(const idr_scorecard *card) {
  return json_pack("{s:o,s:o,s:o}", "gap", estimate_json(&card->gap), "gap_share",
                   idr_evaluate_number(card->gap_share), "recovered",
                   estimate_json(&card->recovered));
}

static json_t *tuned_json(const idr_evaluation_set *set) {
  json_t *all = json_object();
  for (int k = 0; k < IDR_BASELINE_COUNT; k++) {
    const idr_baseline *b = &set->tuned.tuned[k];
    json_t *classes = json_array();
    for (int c = 0; c < b->class_count; c++)
      json_array_append_new(
          classes, json_pack("{s:f,s:f,s:f,s:f}", "hole_diameter_m", (double)b->diameter[c],
                             "wob_N", (double)b->set[c].wob, "omega_rad_s", (double)b->set[c].omega,
                             "flow_m3_s", (double)b->set[c].flow));
    json_object_set_new(
        all, idr_baseline_name((idr_baseline_kind)k),
        json_pack("{s:f,s:o}", "tuning_hours", set->tuned.hours[k], "set_points", classes));
  }
  return all;
}

idr_status idr_evaluate_record_set(idr_evaluation *e, const idr_evaluation_set *set) {
  char world[32] = "", scenarios[32] = "";
  idr_text_append(world, sizeof world, "%016llx",
                  (unsigned long long)idr_drilling_world_hash(set->world));
  idr_text_append(scenarios, sizeof scenarios, "%016llx", (unsigned long long)set->scenario_hash);
  json_t *drillers = json_object();
  for (int d = 0; d < IDR_EVALUATE_DRILLERS; d++)
    json_object_set_new(drillers, idr_evaluate_driller(d), driller_json(set, d));
  json_t *json = json_pack(
      "{s:s,s:s,s:s,s:I,s:i,s:f,s:f,s:b,s:b,s:o,s:o,s:o,s:o,s:o}", "title", set->title, "world",
      world, "scenario_hash", scenarios, "scenarios", (json_int_t)set->count, "wells",
      set->world->well_count, "rig_rate_USD_per_day", set->world->config.prices.rig_rate,
      "bit_price_USD", set->world->config.prices.bit_price, "baselines_tuned_now", set->tuned_now,
      "baselines_played_now", set->played_now, "tuned", tuned_json(set), "half_rig_rate",
      gap_json(&set->rate[IDR_RATE_HALF]), "set_rig_rate", gap_json(&set->rate[IDR_RATE_SET]),
      "double_rig_rate", gap_json(&set->rate[IDR_RATE_DOUBLE]), "drillers", drillers);
  if (!json || json_object_set_new(e->record, set->key, json) != 0)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the record of an evaluation");
  return IDR_STATUS_OK;
}
