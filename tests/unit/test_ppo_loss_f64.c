/* Gradient of the whole PPO loss of a tile against central differences in double, for both heads,
 * with value clipping and entropy bonus; padding rows count for nothing. */
#include "rl/ppo_internal.h"
#include "support/near.h"
#include "support/ppo_small.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  idr_comm comm;
  idr_ppo *ppo;
  real *gradient; /* [G] */
} fixture;

static fixture make(const char *task, bool layer_norm) {
  fixture f = {.comm = idr_comm_self()};
  idr_ppo_settings s = ppo_small();
  s.value_clip = 0.2;
  s.entropy_coefficient = 0.01;
  idr_net_settings net = net_small();
  net.layer_norm = layer_norm;
  net.head_gain = 1;
  assert_int_equal(idr_ppo_create(&f.comm, idr_env_find(task), NULL, &s, &net, 3, 1, &f.ppo),
                   IDR_STATUS_OK);
  f.gradient = calloc((size_t)f.ppo->gradient_size, sizeof(real));
  return f;
}

static void drop(fixture *f) {
  free(f->gradient);
  idr_ppo_destroy(f->ppo);
}

static double wave(int i) {
  return sin(1.7 * i + 0.3);
}

/* Rows that are off policy, so that clipped and unclipped cases occur. */
static void fill_tile(fixture *f, int valid) {
  idr_ppo *ppo = f->ppo;
  idr_ppo_worker *w = ppo->workers;
  const idr_policy *p = ppo->policy;
  int64_t tile = ppo->settings.tile_rows;
  for (int r = 0; r < ppo->loss_rows; r++) {
    for (int i = 0; i < p->observation_dim; i++)
      w->tile_observation[r * p->observation_dim + i] = wave(r * 5 + i);
    for (int i = 0; i < p->spec->action_dim; i++)
      w->tile_action[r * p->spec->action_dim + i] = wave(r + i);
    w->tile_index[r] = r % 2;
    w->tile_scalar[0 * tile + r] = (p->gaussian ? -1.2 : -0.7) + 0.4 * wave(3 * r);
    w->tile_scalar[1 * tile + r] = 2 * wave(7 * r + 1);
    w->tile_scalar[2 * tile + r] = wave(2 * r);
    w->tile_scalar[3 * tile + r] = wave(4 * r) * 0.5;
    w->tile_scalar[4 * tile + r] = r < valid ? 1.0 / valid : 0;
  }
}

static real loss_of(fixture *f) {
  idr_ppo *ppo = f->ppo;
  idr_exec *loss = ppo->workers->loss;
  real *stats = f->gradient + idr_params_size(ppo->policy->params);
  for (int k = 0; k < IDR_STAT_COUNT; k++)
    idr_exec_bind_output(loss, k, stats + k);
  idr_exec_bind_gradients(loss, ppo->policy->params, NULL, IDR_STAT_COUNT,
                          idr_params_count(ppo->policy->params), f->gradient);
  idr_exec_run(loss);
  return stats[IDR_STAT_LOSS];
}

static void check_gradient(const char *task, bool layer_norm) {
  fixture f = make(task, layer_norm);
  fill_tile(&f, 13);
  loss_of(&f);
  int64_t size = idr_params_size(f.ppo->policy->params);
  real *analytic = calloc((size_t)size, sizeof(real));
  memcpy(analytic, f.gradient, (size_t)size * sizeof(real));
  double largest = 0;
  for (int i = 0; i < idr_params_count(f.ppo->policy->params); i++) {
    const idr_param *param = idr_params_get(f.ppo->policy->params, i);
    for (int64_t k = param->offset; k < param->offset + param->count; k += 1 + param->count / 40) {
      const double h = 1e-6;
      double kept = f.ppo->weights[k];
      f.ppo->weights[k] = kept + h;
      double up = loss_of(&f);
      f.ppo->weights[k] = kept - h;
      double down = loss_of(&f);
      f.ppo->weights[k] = kept;
      assert_near(analytic[k], (up - down) / (2 * h), 1e-7);
      largest = fmax(largest, fabs(analytic[k]));
    }
  }
  assert_true(largest > 1e-3);
  free(analytic);
  drop(&f);
}

static void gaussian_head(void **state) {
  (void)state;
  check_gradient("pendulum", false);
}
static void categorical_head(void **state) {
  (void)state;
  check_gradient("cartpole", false);
}
static void with_layer_norm(void **state) {
  (void)state;
  check_gradient("pendulum", true);
}

static void padding_counts_for_nothing(void **state) {
  (void)state;
  fixture f = make("pendulum", false);
  fill_tile(&f, 10);
  real before = loss_of(&f);
  for (int r = 10; r < f.ppo->loss_rows; r++)
    f.ppo->workers->tile_observation[r * 3] += 5;
  assert_true(loss_of(&f) == before);
  drop(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gaussian_head),
      cmocka_unit_test(categorical_head),
      cmocka_unit_test(with_layer_norm),
      cmocka_unit_test(padding_counts_for_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
