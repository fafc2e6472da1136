/* Learning-rate schedules. `progress` runs from 0 to 1 over the training budget. */
#ifndef IDR_TRAIN_SCHEDULE_H
#define IDR_TRAIN_SCHEDULE_H

#include <math.h>

#define IDR_SCHEDULE_FIXED_CHOICES "constant|linear|cosine"
#define IDR_SCHEDULE_CHOICES       IDR_SCHEDULE_FIXED_CHOICES "|kl"
typedef enum {
  IDR_SCHEDULE_CONSTANT,
  IDR_SCHEDULE_LINEAR, /* to zero */
  IDR_SCHEDULE_COSINE, /* to zero */
  IDR_SCHEDULE_KL      /* driven by the measured KL, idr_schedule_kl */
} idr_schedule;

static inline double idr_schedule_rate(idr_schedule schedule, double base, double progress) {
  double p = progress < 0 ? 0 : progress > 1 ? 1 : progress;
  switch (schedule) {
  case IDR_SCHEDULE_LINEAR:
    return base * (1 - p);
  case IDR_SCHEDULE_COSINE:
    return base * 0.5 * (1 + cos(3.14159265358979323846 * p));
  case IDR_SCHEDULE_CONSTANT:
  case IDR_SCHEDULE_KL:
    break;
  }
  return base;
}

/* The rule of massively parallel PPO trainers: too large a step divides the rate by 1.5, too small
 * a one multiplies it, inside [low, high]. */
static inline double idr_schedule_kl(double rate, double kl, double target, double low,
                                     double high) {
  if (kl > 2 * target) return fmax(rate / 1.5, low);
  if (kl < 0.5 * target && kl >= 0) return fmin(rate * 1.5, high);
  return rate;
}

#endif
