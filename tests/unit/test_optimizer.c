/* Adam, AdamW and clipping against the published algorithm in double. */
#include "support/near.h"
#include "support/test.h"
#include "train/optimizer.h"
#include "train/schedule.h"

#include <math.h>
#include <string.h>

#define SIZE  5000
#define STEPS 20

typedef struct {
  double w[SIZE], m[SIZE], v[SIZE];
} reference;

static double gradient_of(int i, int step) {
  return sin(0.37 * i + 1.3 * step) * (1 + i % 7);
}

/* Kingma & Ba 2015, algorithm 1, with bias-corrected moments; Loshchilov & Hutter 2019. */
static void reference_step(reference *r, int step, double rate, double decay, double clip,
                           int decayed) {
  double norm = 0;
  for (int i = 0; i < SIZE; i++)
    norm += gradient_of(i, step) * gradient_of(i, step);
  norm = sqrt(norm);
  double scale = clip > 0 && norm > clip ? clip / norm : 1;
  for (int i = 0; i < SIZE; i++) {
    double g = gradient_of(i, step) * scale;
    r->m[i] = 0.9 * r->m[i] + 0.1 * g;
    r->v[i] = 0.999 * r->v[i] + 0.001 * g * g;
    double m = r->m[i] / (1 - pow(0.9, step)), v = r->v[i] / (1 - pow(0.999, step));
    double shrink = i < decayed ? rate * decay * r->w[i] : 0;
    r->w[i] -= rate * m / (sqrt(v) + 1e-8) + shrink;
  }
}

static idr_params *make_params(int *decayed) {
  idr_params *params;
  assert_int_equal(idr_params_create(&params), IDR_STATUS_OK);
  idr_params_add(params, "weight", IDR_SHAPE(50, 60), IDR_INIT_ZERO, 0);
  idr_params_add(params, "bias", IDR_SHAPE(SIZE - 3000), IDR_INIT_ZERO, 0);
  assert_int_equal(idr_params_status(params), IDR_STATUS_OK);
  *decayed = 3000;
  return params;
}

static void run(double weight_decay, double clip, int threads) {
  int decayed;
  idr_params *params = make_params(&decayed);
  int64_t size = idr_params_size(params), bias = idr_params_get(params, 1)->offset;
  idr_adam_settings settings = {0.9, 0.999, 1e-8, weight_decay, clip};
  idr_adam *adam;
  assert_int_equal(idr_adam_create(params, &settings, &adam), IDR_STATUS_OK);
  static reference r;
  static real w[2 * SIZE], g[2 * SIZE];
  memset(&r, 0, sizeof r);
  memset(w, 0, sizeof w);
  memset(g, 0, sizeof g);
  assert_true(size <= 2 * SIZE);
  for (int i = 0; i < SIZE; i++) {
    r.w[i] = cos(i);
    w[i < 3000 ? i : bias + i - 3000] = (real)r.w[i];
  }
  for (int step = 1; step <= STEPS; step++) {
    for (int i = 0; i < SIZE; i++)
      g[i < 3000 ? i : bias + i - 3000] = (real)gradient_of(i, step);
    reference_step(&r, step, 1e-2, weight_decay, clip, decayed);
    for (int t = 0; t < threads; t++) {
      int64_t begin, end;
      idr_adam_thread_chunks(adam, t, threads, &begin, &end);
      idr_adam_measure(adam, g, begin, end);
    }
    for (int t = 0; t < threads; t++) {
      int64_t begin, end;
      idr_adam_thread_chunks(adam, t, threads, &begin, &end);
      idr_adam_update(adam, w, g, idr_adam_norm(adam), 1e-2, begin, end);
    }
    idr_adam_advance(adam);
  }
  for (int i = 0; i < SIZE; i++)
    assert_near((double)w[i < 3000 ? i : bias + i - 3000], r.w[i], 2e-5);
  idr_adam_destroy(adam);
  idr_params_destroy(params);
}

static void adam_follows_the_paper(void **state) {
  (void)state;
  run(0, 0, 1);
}
static void adamw_decays_matrices_only(void **state) {
  (void)state;
  run(0.1, 0, 3);
}
static void clipping_scales_the_whole_gradient(void **state) {
  (void)state;
  run(0, 1, 2);
}

static void schedules(void **state) {
  (void)state;
  assert_near(idr_schedule_rate(IDR_SCHEDULE_LINEAR, 2, 0.25), 1.5, 1e-12);
  assert_near(idr_schedule_rate(IDR_SCHEDULE_COSINE, 2, 0.5), 1.0, 1e-12);
  assert_near(idr_schedule_rate(IDR_SCHEDULE_CONSTANT, 2, 0.9), 2, 1e-12);
  assert_near(idr_schedule_kl(0.1, 0.03, 0.01, 1e-5, 1), 0.1 / 1.5, 1e-12);
  assert_near(idr_schedule_kl(0.1, 0.001, 0.01, 1e-5, 1), 0.15, 1e-12);
  assert_near(idr_schedule_kl(0.1, 0.001, 0.01, 1e-5, 0.12), 0.12, 1e-12);
  assert_near(idr_schedule_kl(0.1, 0.01, 0.01, 1e-5, 1), 0.1, 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(adam_follows_the_paper),
      cmocka_unit_test(adamw_decays_matrices_only),
      cmocka_unit_test(clipping_scales_the_whole_gradient),
      cmocka_unit_test(schedules),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
