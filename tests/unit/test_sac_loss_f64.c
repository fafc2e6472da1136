/* The SAC losses of a tile in double: their value against the formulas as they are published, with
 * the naive logarithm of the squash, and their gradients against central differences. */
#include "rl/sac_internal.h"
#include "support/near.h"
#include "support/sac_small.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  idr_comm comm;
  idr_sac *sac;
  real *gradient; /* [larger G] */
} fixture;

static double wave(int i) {
  return sin(1.7 * i + 0.3);
}

static void fill_tile(idr_sac *sac, int valid) {
  idr_sac_worker *w = sac->workers;
  for (int r = 0; r < sac->loss_rows; r++) {
    for (int i = 0; i < sac->row_dim; i++) {
      w->tile_row[r * sac->row_dim + i] = wave(r * 5 + i);
      w->tile_next[r * sac->row_dim + i] = wave(r * 7 + i + 2);
    }
    w->tile_action[r] = 0.9 * wave(r);
    w->tile_noise[r] = 2 * wave(3 * r + 1);
    w->tile_reward[r] = wave(2 * r);
    w->tile_discount[r] = r % 3 == 0 ? 0 : 0.9;
    w->tile_weight[r] = r < valid ? 1.0 / valid : 0;
  }
}

static fixture make_with(idr_sac_settings s, bool layer_norm, int valid) {
  fixture f = {.comm = idr_comm_self()};
  s.tile_rows = 16;
  s.critic_layer_norm = layer_norm;
  s.alpha = 0.3;
  idr_net_settings net = net_small();
  net.head_gain = 1;
  net.layer_norm = layer_norm;
  assert_int_equal(idr_sac_create(&f.comm, idr_env_find("pendulum"), NULL, &s, &net, 3, 1, &f.sac),
                   IDR_STATUS_OK);
  int64_t larger = f.sac->critic.size + f.sac->actor.size;
  f.gradient = calloc((size_t)larger, sizeof(real));
  for (int64_t i = 0; i < idr_params_size(f.sac->critics); i++)
    f.sac->target[i] *= 1.1; /* targets differ from the critics */
  fill_tile(f.sac, valid);
  if (s.critic == 1) idr_sac_c51_target(f.sac, f.sac->workers);
  return f;
}

static fixture make(bool layer_norm, int valid) {
  return make_with(sac_small(), layer_norm, valid);
}

static fixture make_c51(bool layer_norm, int valid, int twins) {
  idr_sac_settings s = sac_small();
  s.twins = twins;
  s.critic = 1;
  s.atoms = 7;
  s.value_low = -3;
  s.value_high = 2;
  return make_with(s, layer_norm, valid);
}

static void drop(fixture *f) {
  free(f->gradient);
  idr_sac_destroy(f->sac);
}

static real loss_of(fixture *f, idr_sac_learner *l, idr_exec *exec) {
  real *stats = f->gradient + idr_params_size(l->params);
  for (int k = 0; k < l->stats; k++)
    idr_exec_bind_output(exec, k, stats + k);
  idr_exec_bind_gradients(exec, l->params, NULL, l->stats, idr_params_count(l->params),
                          f->gradient);
  idr_exec_run(exec);
  return stats[0];
}

static void check_gradient(fixture *f, idr_sac_learner *l, idr_exec *exec) {
  int64_t size = idr_params_size(l->params);
  real *analytic = calloc((size_t)size, sizeof(real));
  loss_of(f, l, exec);
  memcpy(analytic, f->gradient, (size_t)size * sizeof(real));
  double largest = 0;
  for (int i = 0; i < idr_params_count(l->params); i++) {
    const idr_param *param = idr_params_get(l->params, i);
    for (int64_t k = param->offset; k < param->offset + param->count; k += 1 + param->count / 40) {
      const double h = 1e-6;
      double kept = l->weights[k];
      l->weights[k] = kept + h;
      double up = loss_of(f, l, exec);
      l->weights[k] = kept - h;
      double down = loss_of(f, l, exec);
      l->weights[k] = kept;
      assert_near(analytic[k], (up - down) / (2 * h), 1e-7);
      largest = fmax(largest, fabs(analytic[k]));
    }
  }
  assert_true(largest > 1e-2);
  free(analytic);
}

static void gradients(void **state) {
  (void)state;
  for (int kind = 0; kind < 6; kind++) {
    fixture f = kind < 2 ? make(kind, 13) : make_c51(kind % 2, 13, kind / 4);
    check_gradient(&f, &f.sac->critic, f.sac->workers->critic);
    check_gradient(&f, &f.sac->actor, f.sac->workers->actor);
    drop(&f);
  }
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A two-layer tanh network of 16 and 16, by hand. */
static void network(const idr_params *params, const real *flat, const char *net, const double *x,
                    int in, int out, double *y) {
  double layer[2][32];
  char name[64];
  memcpy(layer[0], x, (size_t)in * sizeof(double));
  for (int i = 0; i < 3; i++) {
    int width = i == 2 ? out : 16;
    snprintf(name, sizeof name, "%s/%d/weight", net, i);
    const real *w = flat + idr_params_get(params, idr_params_find(params, name))->offset;
    snprintf(name, sizeof name, "%s/%d/bias", net, i);
    const real *b = flat + idr_params_get(params, idr_params_find(params, name))->offset;
    for (int k = 0; k < width; k++) {
      double sum = b[k];
      for (int j = 0; j < in; j++)
        sum += layer[i % 2][j] * w[j * width + k];
      layer[(i + 1) % 2][k] = i == 2 ? sum : tanh(sum);
    }
    in = width;
  }
  memcpy(y, layer[1], (size_t)out * sizeof(double));
}

static void normalise(const idr_sac *sac, const real *row, double *out) {
  for (int i = 0; i < 3; i++)
    out[i] = (row[i] - sac->observation_moments->shift[i]) * sac->observation_moments->scale[i];
}

/* Action and its log-probability for one row and noise. */
static double draw(const idr_sac *sac, const double *row, double noise, double *log_prob) {
  double head[2];
  network(sac->policy->params, sac->actor.weights, "policy", row, 3, 2, head);
  double log_std = -2 + 3 * tanh(head[1]); /* between -5 and 1 */
  double u = head[0] + exp(log_std) * noise, a = tanh(u);
  *log_prob = -0.5 * noise * noise - log_std - 0.5 * log(2 * M_PI) - log(1 - a * a);
  return a;
}

/* Of two values what counts. */
static double joint(const idr_sac *sac, const double *q) {
  return sac->settings.twins == 1 ? 0.5 * (q[0] + q[1]) : fmin(q[0], q[1]);
}

static double joint_q(const idr_sac *sac, const real *flat, const double *row, double action,
                      double *first) {
  double x[4] = {row[0], row[1], row[2], action}, q[2];
  network(sac->critics, flat, "critic0", x, 4, 1, &q[0]);
  network(sac->critics, flat, "critic1", x, 4, 1, &q[1]);
  if (first) memcpy(first, q, sizeof q);
  return joint(sac, q);
}

static void check_values(idr_sac_settings s) {
  fixture f = make_with(s, false, 13);
  idr_sac *sac = f.sac;
  const idr_sac_worker *w = sac->workers;
  double critic = 0, actor = 0, entropy = 0, alpha = 0.3;
  for (int r = 0; r < 13; r++) {
    double row[3], next[3], q[2], log_prob;
    normalise(sac, w->tile_row + 3 * r, row);
    normalise(sac, w->tile_next + 3 * r, next);
    double a = draw(sac, next, w->tile_noise[r], &log_prob);
    double soft = joint_q(sac, sac->target, next, a, NULL) - alpha * log_prob;
    double y = w->tile_reward[r] + w->tile_discount[r] * soft;
    joint_q(sac, sac->critic.weights, row, w->tile_action[r], q);
    critic += 0.5 * ((q[0] - y) * (q[0] - y) + (q[1] - y) * (q[1] - y)) / 13;
    a = draw(sac, row, w->tile_noise[r], &log_prob);
    actor += (alpha * log_prob - joint_q(sac, sac->critic.weights, row, a, NULL)) / 13;
    entropy -= log_prob / 13;
  }
  assert_near(loss_of(&f, &sac->critic, w->critic), critic, 1e-10);
  assert_near(loss_of(&f, &sac->actor, w->actor), actor, 1e-10);
  assert_near(f.gradient[idr_params_size(sac->policy->params) + IDR_ACTOR_ENTROPY], entropy, 1e-10);
  drop(&f);
}

static void values_are_those_of_the_formulas(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  for (s.twins = 0; s.twins < 2; s.twins++)
    check_values(s);
}

/* Probabilities of a critic's 7 values, and their mean. */
static double distribution(const idr_sac *sac, const real *flat, int which, const double *row,
                           double action, double *p) {
  double x[4] = {row[0], row[1], row[2], action}, total = 0, mean = 0;
  network(sac->critics, flat, which ? "critic1" : "critic0", x, 4, 7, p);
  for (int k = 0; k < 7; k++)
    total += p[k] = exp(p[k]);
  for (int k = 0; k < 7; k++)
    mean += (p[k] /= total) * (-3 + k * 5.0 / 6);
  return mean;
}

/* Where the target with the lower mean goes, or both in equal parts, by triangles around the 7
 * values. */
static void wanted_distribution(const idr_sac *sac, int r, const double *next, double *m) {
  const idr_sac_worker *w = sac->workers;
  double p[2][7], mean[2], log_prob, a = draw(sac, next, w->tile_noise[r], &log_prob);
  for (int i = 0; i < 2; i++)
    mean[i] = distribution(sac, sac->target, i, next, a, p[i]);
  bool both = sac->settings.twins == 1;
  memset(m, 0, 7 * sizeof *m);
  for (int j = 0; j < 7; j++) {
    double z = w->tile_reward[r] + w->tile_discount[r] * (-3 + j * 5.0 / 6 - 0.3 * log_prob);
    z = fmin(fmax(z, -3), 2);
    double weight = both ? 0.5 * (p[0][j] + p[1][j]) : p[mean[1] < mean[0]][j];
    for (int k = 0; k < 7; k++)
      m[k] += weight * fmax(0, 1 - fabs(z - (-3 + k * 5.0 / 6)) / (5.0 / 6));
  }
}

static void check_c51_values(int twins) {
  fixture f = make_c51(false, 13, twins);
  idr_sac *sac = f.sac;
  const idr_sac_worker *w = sac->workers;
  double critic = 0, actor = 0, q = 0;
  for (int r = 0; r < 13; r++) {
    double row[3], next[3], m[7], p[7], log_prob;
    normalise(sac, w->tile_row + 3 * r, row);
    normalise(sac, w->tile_next + 3 * r, next);
    wanted_distribution(sac, r, next, m);
    for (int i = 0; i < 2; i++) {
      double mean = distribution(sac, sac->critic.weights, i, row, w->tile_action[r], p);
      if (i == 0) q += mean / 13;
      for (int k = 0; k < 7; k++)
        critic -= m[k] * log(p[k]) / 13;
    }
    double a = draw(sac, row, w->tile_noise[r], &log_prob);
    double two[2] = {distribution(sac, sac->critic.weights, 0, row, a, p),
                     distribution(sac, sac->critic.weights, 1, row, a, p)};
    actor += (0.3 * log_prob - joint(sac, two)) / 13;
  }
  assert_near(loss_of(&f, &sac->critic, w->critic), critic, 1e-10);
  assert_near(f.gradient[idr_params_size(sac->critics) + IDR_CRITIC_Q], q, 1e-10);
  assert_near(loss_of(&f, &sac->actor, w->actor), actor, 1e-10);
  drop(&f);
}

static void c51_values_are_those_of_the_formulas(void **state) {
  (void)state;
  for (int twins = 0; twins < 2; twins++)
    check_c51_values(twins);
}

/* Without the entropy to come a target is reward and discounted Q alone. */
static void entropy_may_count_for_nothing_in_values(void **state) {
  (void)state;
  idr_sac_settings s = sac_small();
  s.value_entropy = false;
  fixture f = make_with(s, false, 13);
  idr_sac *sac = f.sac;
  const idr_sac_worker *w = sac->workers;
  double critic = 0;
  for (int r = 0; r < 13; r++) {
    double row[3], next[3], q[2], log_prob;
    normalise(sac, w->tile_row + 3 * r, row);
    normalise(sac, w->tile_next + 3 * r, next);
    double a = draw(sac, next, w->tile_noise[r], &log_prob);
    double y = w->tile_reward[r] + w->tile_discount[r] * joint_q(sac, sac->target, next, a, NULL);
    joint_q(sac, sac->critic.weights, row, w->tile_action[r], q);
    critic += 0.5 * ((q[0] - y) * (q[0] - y) + (q[1] - y) * (q[1] - y)) / 13;
  }
  assert_near(loss_of(&f, &sac->critic, w->critic), critic, 1e-10);
  drop(&f);
}

/* Where the naive logarithm is that of zero, ours is exact: u = 40, log(1 - tanh^2) = log 4 - 2 u.
 */
static void a_saturated_action_has_a_finite_log_probability(void **state) {
  (void)state;
  fixture f = make(false, 16);
  idr_sac *sac = f.sac;
  const idr_params *params = sac->policy->params;
  memset(sac->actor.weights, 0, (size_t)idr_params_size(params) * sizeof(real));
  sac->actor.weights[idr_params_get(params, idr_params_find(params, "policy/2/bias"))->offset] = 40;
  memset(sac->workers->tile_noise, 0, 16 * sizeof(real));
  loss_of(&f, &sac->actor, sac->workers->actor);
  double expected = -(2 - 0.5 * log(2 * M_PI) - (log(4) - 80)); /* log std is -2 */
  assert_near(f.gradient[idr_params_size(params) + IDR_ACTOR_ENTROPY], expected, 1e-9);
  drop(&f);
}

static void padding_counts_for_nothing(void **state) {
  (void)state;
  fixture f = make(false, 10);
  real before = loss_of(&f, &f.sac->critic, f.sac->workers->critic);
  for (int r = 10; r < 16; r++)
    f.sac->workers->tile_row[3 * r] += 5;
  assert_true(loss_of(&f, &f.sac->critic, f.sac->workers->critic) == before);
  drop(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradients),
      cmocka_unit_test(values_are_those_of_the_formulas),
      cmocka_unit_test(c51_values_are_those_of_the_formulas),
      cmocka_unit_test(entropy_may_count_for_nothing_in_values),
      cmocka_unit_test(a_saturated_action_has_a_finite_log_probability),
      cmocka_unit_test(padding_counts_for_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
