/* A set of drilled scenarios as tables. */
#include "jobs/evaluate.h"

#include <math.h>

#define GAP_SMALL 0.05 /* of the constants' score: below, the world cannot tell drillers apart */

idr_set_score idr_evaluate_score(const idr_evaluation_set *set, int driller) {
  idr_bill sum = {.metres = 0};
  for (int64_t k = 0; k < set->count; k++) {
    const idr_bill *b = &set->bills[driller * set->count + k];
    sum.hours += b->hours;
    sum.bits += b->bits;
    sum.drilled += b->drilled;
    sum.rotating += b->rotating;
    sum.stick_slip += b->stick_slip;
    sum.failed += b->failed;
    sum.unfinished += b->unfinished;
  }
  double n = (double)set->count;
  return (idr_set_score){.rop = sum.drilled / sum.rotating,
                         .metres_per_day = 24.0 * sum.drilled / sum.hours,
                         .bits = sum.bits / n,
                         .stick_slip = sum.stick_slip / n,
                         .failed = sum.failed,
                         .unfinished = sum.unfinished};
}

static void print_drillers(const idr_evaluation_set *set) {
  const idr_scorecard *card = &set->rate[IDR_RATE_SET];
  printf("\n%-12s %7s %-17s  %7s %-17s %7s %7s %6s %6s %6s %6s\n", "driller", "USD/m", "  [95 %]",
         "policy", "  minus it [95 %]", "ROP m/h", "m/day", "bits", "slip h", "failed", "unfin.");
  for (int d = 0; d < IDR_EVALUATE_DRILLERS; d++) {
    const idr_estimate *c = &card->score[d], *diff = &card->difference[d];
    idr_set_score s = idr_evaluate_score(set, d);
    printf("%-12s %7.1f [%7.1f,%7.1f]  ", idr_evaluate_driller(d), c->value, c->low, c->high);
    if (d == 0)
      printf("%26s", "");
    else
      printf("%+7.1f [%+7.1f,%+7.1f] ", diff->value, diff->low, diff->high);
    printf("%7.2f %7.1f %6.3f %6.2f %6.0f %6.0f\n", s.rop, s.metres_per_day, s.bits, s.stick_slip,
           s.failed, s.unfinished);
  }
}

idr_set_safety idr_evaluate_safety(const idr_evaluation_set *set, int driller) {
  idr_guard_counts sum = {.time = 0};
  idr_set_safety s = {.packed_off = 0};
  double slip = 0, drilled = 0;
  for (int64_t k = driller * set->count; k < (driller + 1) * set->count; k++) {
    const idr_guard_counts *c = &set->counts[k];
    int failure = (int)c->failure;
    sum.time += c->time;
    sum.shielded += c->shielded;
    for (int i = 0; i < IDR_LIMITS; i++)
      sum.over[i] += c->over[i];
    s.packed_off += (failure & IDR_FAILURE_PACKOFF) != 0;
    s.twisted_off += (failure & IDR_FAILURE_TWISTOFF) != 0;
    s.lost += (failure & IDR_FAILURE_LOSSES) != 0;
    slip += set->bills[k].stick_slip;
    drilled += set->bills[k].drilled;
  }
  for (int i = 0; i < IDR_LIMITS; i++)
    s.over[i] = sum.over[i] / sum.time;
  s.slip_per_100m = 100.0 * slip / drilled;
  s.shielded = sum.shielded / sum.time;
  s.shielded_periods = sum.shielded / (double)set->world->config.drilling.period;
  return s;
}

static void print_safety(const idr_evaluation *e, const idr_evaluation_set *set) {
  const idr_shield_settings *l = &e->shield;
  printf("\n%% of the drilling time beyond ECD %g %% of the mud window, torque %g %% and standpipe "
         "pressure %g %% of\nthe rig's limit, stick-slip index %g; shield %s\n%-12s %11s %7s %8s "
         "%7s %7s %7s %7s %7s %7s\n",
         100 * l->ecd, 100 * l->torque, 100 * l->spp, l->stick_slip,
         l->enabled ? "on: % of the time with a set-point changed" : "off", "driller",
         "slip h/100m", "packed", "twisted", "losses", "ECD", "torque", "SPP", "slip", "shield");
  for (int d = 0; d < IDR_EVALUATE_DRILLERS; d++) {
    idr_set_safety s = idr_evaluate_safety(set, d);
    printf("%-12s %11.2f %7.0f %8.0f %7.0f", idr_evaluate_driller(d), s.slip_per_100m, s.packed_off,
           s.twisted_off, s.lost);
    for (int i = 0; i < IDR_LIMITS; i++)
      printf(" %7.2f", 100 * s.over[i]);
    printf(" %7.2f\n", 100 * s.shielded);
  }
}

static void print_recovered(const idr_scorecard *card) {
  const idr_estimate *r = &card->recovered;
  if (isnan(r->value))
    printf(
        "  the clairvoyant is no cheaper than the constants here, so there is no gap to recover\n");
  else if (isnan(r->low))
    printf("  the policy recovers %.1f %% of it (no interval: the gap is not surely positive)\n",
           100 * r->value);
  else
    printf("  the policy recovers %.1f %% of it [%.1f, %.1f]\n", 100 * r->value, 100 * r->low,
           100 * r->high);
}

static void print_gap(const idr_scorecard *card) {
  printf("\ngap constant - clairvoyant: %.1f USD/m [%.1f, %.1f], %.1f %% of the constants' cost\n",
         card->gap.value, card->gap.low, card->gap.high, 100 * card->gap_share);
  print_recovered(card);
  if (card->gap_share < GAP_SMALL)
    printf("  below 5 %% the world is too easy: it cannot tell good drillers from others\n");
}

static void print_rates(const idr_evaluation_set *set) {
  printf("\nUSD/m at other rig rates, from the same bits and hours (neither the policy nor a "
         "baseline is tuned anew):\n%-12s %10s %10s %10s\n",
         "rig rate", "half", "as set", "double");
  for (int d = 0; d < IDR_EVALUATE_DRILLERS; d++) {
    printf("%-12s", idr_evaluate_driller(d));
    for (int r = 0; r < IDR_RATES; r++)
      printf(" %10.1f", set->rate[r].score[d].value);
    printf("\n");
  }
  printf("%-12s", "recovered");
  for (int r = 0; r < IDR_RATES; r++)
    printf(" %8.1f %%", 100 * set->rate[r].recovered.value);
  printf("\n");
}

void idr_evaluate_print_set(const idr_evaluation *e, const idr_evaluation_set *set) {
  printf("\n== %s ==\n", set->title);
  printf("baselines    %s; results %s\n",
         set->tuned_now ? "newly tuned on the training world" : "cached",
         set->played_now ? "newly played" : "cached");
  printf("intervals    95 %%, paired bootstrap over %s, %lld resamples\n",
         set->world->well_count > 1 ? "wells" : "the starts in this one well",
         (long long)e->ask.resamples);
  print_drillers(set);
  print_safety(e, set);
  print_gap(&set->rate[IDR_RATE_SET]);
  print_rates(set);
  fflush(stdout);
}

void idr_evaluate_print_summary(const idr_evaluation_set *const *sets, int count) {
  printf("\n== the policy over all sets ==\n%-16s %7s %-17s  %8s %-19s %7s %11s %6s %6s %8s\n",
         "set", "USD/m", "  [95 %]", "minus", "constant [95 %]", "m/day", "slip h/100m", "failed",
         "unfin.", "shield %");
  for (int i = 0; i < count; i++) {
    const idr_scorecard *card = &sets[i]->rate[IDR_RATE_SET];
    const idr_estimate *c = &card->score[0];
    const idr_estimate *diff = &card->difference[1 + IDR_BASELINE_CONSTANT];
    idr_set_score s = idr_evaluate_score(sets[i], 0);
    idr_set_safety safety = idr_evaluate_safety(sets[i], 0);
    printf("%-16s %7.1f [%7.1f,%7.1f]  %+8.1f [%+8.1f,%+8.1f] %7.1f %11.2f %6.0f %6.0f %8.2f\n",
           sets[i]->key, c->value, c->low, c->high, diff->value, diff->low, diff->high,
           s.metres_per_day, safety.slip_per_100m, s.failed, s.unfinished, 100 * safety.shielded);
  }
  fflush(stdout);
}
