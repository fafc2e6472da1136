#include "rl/policy.h"

#include "base/random.h"
#include "base/vmath.h"
#include "rl/mlp.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NORMALISED_LIMIT 10.0

#define idr_row_type idr_net_settings
const idr_setting idr_net_rows[] = {IDR_NET_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type
const int idr_net_row_count = (int)(sizeof idr_net_rows / sizeof idr_net_rows[0]);

/* ---- parameters ------------------------------------------------------------------------------ */

/* The value network of an actor-critic method that trains both as one. */
static void add_value(idr_policy *p) {
  p->value_head_weight = p->value_head_bias = -1;
  if (p->squashed) return;
  idr_mlp_add(p->params, "value", p->critic_dim, &p->net.value, 1, 1.0, p->net.layer_norm);
  p->value_head_weight = idr_params_count(p->params) - 2;
  p->value_head_bias = idr_params_count(p->params) - 1;
}

idr_status idr_policy_create(const idr_env_spec *spec, const idr_net_settings *net, bool squashed,
                             idr_policy **out) {
  *out = NULL;
  if (squashed && spec->action_kind != IDR_ACTION_BOX)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "task '%s' has discrete actions, this method needs continuous ones; use train.method: "
             "ppo",
             spec->name);
  idr_policy *p = calloc(1, sizeof *p);
  if (!p) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a policy");
  p->spec = spec;
  p->net = *net;
  p->gaussian = spec->action_kind == IDR_ACTION_BOX;
  p->observation_dim = spec->observation_dim;
  p->critic_dim = spec->critic_dim > 0 ? spec->critic_dim : spec->observation_dim;
  p->head_dim = p->gaussian ? spec->action_dim : spec->action_count;
  p->squashed = squashed;
  p->head_width = squashed ? 2 * p->head_dim : p->head_dim;
  p->log_std = -1;
  idr_status status = idr_params_create(&p->params);
  if (status != IDR_STATUS_OK) goto failed;
  idr_mlp_add(p->params, "policy", p->observation_dim, &net->policy, p->head_width, net->head_gain,
              net->layer_norm);
  if (p->gaussian && !squashed)
    p->log_std = idr_params_add(p->params, "policy/log_std", IDR_SHAPE(p->head_dim),
                                IDR_INIT_CONSTANT, net->log_std_init);
  p->policy_params = idr_params_count(p->params);
  add_value(p);
  IDR_TRY_GOTO(status, failed, idr_params_status(p->params));
  *out = p;
  return IDR_STATUS_OK;
failed:
  idr_policy_destroy(p);
  return status;
}

void idr_policy_destroy(idr_policy *policy) {
  if (!policy) return;
  idr_params_destroy(policy->params);
  free(policy);
}

/* An action at a bound is the tanh of no number. */
static double inverse_tanh(double x) {
  return atanh(fmin(fmax(x, -0.99), 0.99));
}

static real start_of(const idr_policy *p, int i) {
  double start = (double)p->spec->action_start[i];
  return (real)(p->squashed ? inverse_tanh(start) : start);
}

/* Where the head's raw number gives log_std_init; see idr_policy_log_std. */
static real start_of_log_std(const idr_policy *p) {
  const idr_net_settings *n = &p->net;
  double middle = 0.5 * (n->log_std_max + n->log_std_min);
  double half = 0.5 * (n->log_std_max - n->log_std_min);
  return (real)(half > 0 ? inverse_tanh((n->log_std_init - middle) / half) : 0);
}

idr_status idr_policy_init(const idr_policy *p, uint64_t seed, real *flat) {
  char name[64];
  IDR_TRY(idr_params_init(p->params, seed, flat));
  if (!p->gaussian) return IDR_STATUS_OK;
  snprintf(name, sizeof name, "policy/%d/bias", p->net.policy.count);
  const idr_param *bias = idr_params_get(p->params, idr_params_find(p->params, name));
  for (int i = 0; i < p->head_dim; i++)
    flat[bias->offset + i] = start_of(p, i);
  if (p->squashed)
    for (int i = 0; i < p->head_dim; i++)
      flat[bias->offset + p->head_dim + i] = start_of_log_std(p);
  return IDR_STATUS_OK;
}

/* ---- graph pieces ---------------------------------------------------------------------------- */

idr_node idr_policy_normalise(idr_graph *g, const char *name, idr_node x, int dim) {
  char shift[64], scale[64];
  snprintf(shift, sizeof shift, "%s_shift", name);
  snprintf(scale, sizeof scale, "%s_scale", name);
  idr_node centred = idr_sub(g, x, idr_graph_input(g, shift, IDR_DTYPE_REAL, IDR_SHAPE(dim)));
  idr_node scaled = idr_mul(g, centred, idr_graph_input(g, scale, IDR_DTYPE_REAL, IDR_SHAPE(dim)));
  return idr_clip(g, scaled, -NORMALISED_LIMIT, NORMALISED_LIMIT);
}

idr_node idr_policy_head_of(const idr_policy *p, idr_graph *g, idr_node observation,
                            const char *frozen) {
  const idr_mlp mlp = {.params = p->params,
                       .net = "policy",
                       .hidden = p->net.policy.count,
                       .activation = p->net.activation,
                       .layer_norm = p->net.layer_norm,
                       .frozen = frozen};
  return idr_mlp_build(&mlp, g, observation);
}

idr_node idr_policy_head(const idr_policy *p, idr_graph *g, idr_node observation) {
  return idr_policy_head_of(p, g, observation, NULL);
}

idr_node idr_policy_mean(const idr_policy *p, idr_graph *g, idr_node head) {
  return p->squashed ? idr_slice(g, head, 1, 0, p->head_dim) : head;
}

/* A raw number of the head moves the log standard deviation smoothly between its bounds, so that it
 * finds its way back from them. */
idr_node idr_policy_log_std(const idr_policy *p, idr_graph *g, idr_node head) {
  double low = p->net.log_std_min, high = p->net.log_std_max;
  if (!p->squashed) return idr_clip(g, idr_graph_parameter(g, p->params, p->log_std), low, high);
  idr_node raw = idr_slice(g, head, 1, p->head_dim, 2 * p->head_dim);
  return idr_shift(g, idr_scale(g, idr_tanh(g, raw), 0.5 * (high - low)), 0.5 * (high + low));
}

idr_node idr_policy_bound(const idr_policy *p, idr_graph *g, idr_node action) {
  return p->squashed ? idr_tanh(g, action) : idr_clip(g, action, -1, 1);
}

idr_node idr_policy_value(const idr_policy *p, idr_graph *g, idr_node critic) {
  const idr_mlp mlp = {.params = p->params,
                       .net = "value",
                       .hidden = p->net.value.count,
                       .activation = p->net.activation,
                       .layer_norm = p->net.layer_norm};
  return idr_mlp_build(&mlp, g, critic);
}

static idr_status act_graph(const idr_policy *p, idr_graph *g, int rows, idr_plan **out) {
  idr_node outputs[3];
  int n = 2;
  idr_node raw =
      idr_graph_input(g, "observation", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->observation_dim));
  outputs[0] = idr_policy_normalise(g, "observation", raw, p->observation_dim);
  outputs[1] = idr_policy_head(p, g, outputs[0]);
  if (p->spec->critic_dim > 0) {
    idr_node critic = idr_graph_input(g, "critic", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->critic_dim));
    outputs[n++] = idr_policy_normalise(g, "critic", critic, p->critic_dim);
  }
  IDR_TRY(idr_graph_status(g));
  return idr_plan_create(g, outputs, n, out);
}

idr_status idr_policy_act_plan(const idr_policy *p, int rows, idr_plan **out) {
  idr_graph *g = NULL;
  IDR_TRY(idr_graph_create(&g));
  idr_status status = act_graph(p, g, rows, out);
  idr_graph_destroy(g);
  return status;
}

idr_status idr_policy_head_plan(const idr_policy *p, int rows, idr_plan **out) {
  idr_graph *g = NULL;
  IDR_TRY(idr_graph_create(&g));
  idr_node raw =
      idr_graph_input(g, "observation", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->observation_dim));
  idr_node head =
      idr_policy_head(p, g, idr_policy_normalise(g, "observation", raw, p->observation_dim));
  idr_status status = idr_graph_status(g);
  if (status == IDR_STATUS_OK) status = idr_plan_create(g, &head, 1, out);
  idr_graph_destroy(g);
  return status;
}

idr_status idr_policy_value_plan(const idr_policy *p, int rows, idr_plan **out) {
  idr_graph *g = NULL;
  IDR_TRY(idr_graph_create(&g));
  idr_node critic = idr_graph_input(g, "critic", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->critic_dim));
  idr_node value = idr_policy_value(p, g, critic);
  idr_status status = idr_graph_status(g);
  if (status == IDR_STATUS_OK) status = idr_plan_create(g, &value, 1, out);
  idr_graph_destroy(g);
  return status;
}

/* ---- acting ---------------------------------------------------------------------------------- */

void idr_policy_deviation(const idr_policy *p, const real *flat, real *deviation) {
  if (!p->gaussian || p->squashed) return;
  const real *log_std = flat + idr_params_get(p->params, p->log_std)->offset;
  for (int i = 0; i < p->head_dim; i++) {
    double clipped = fmin(fmax((double)log_std[i], p->net.log_std_min), p->net.log_std_max);
    deviation[i] = idr_r_exp((real)clipped);
  }
}

/* The same numbers as the graph's, which idr_policy_log_std builds. */
void idr_policy_row_deviation(const idr_policy *p, const real *head, const real *deviation,
                              real *out) {
  real half = (real)(0.5 * (p->net.log_std_max - p->net.log_std_min));
  real middle = (real)(0.5 * (p->net.log_std_max + p->net.log_std_min));
  for (int i = 0; i < p->head_dim; i++)
    out[i] =
        p->squashed ? idr_r_exp(idr_r_tanh(head[p->head_dim + i]) * half + middle) : deviation[i];
}

typedef struct {
  float a, b, c, d;
} normal4;

/* Numbers 4 draw .. 4 draw + 3 of a row's noise. By value, so that a vector loop can hold it. */
IDR_FN normal4 draw_normal4(uint64_t seed, uint32_t lane, uint32_t step_high, uint32_t step_low,
                            uint32_t draw) {
  float first[2], second[2];
  idr_random4 r = idr_random_draw(seed, lane, step_high, step_low, IDR_PURPOSE_ACTION, draw);
  idr_random_normal2(r.word[0], r.word[1], first);
  idr_random_normal2(r.word[2], r.word[3], second);
  return (normal4){first[0], first[1], second[0], second[1]};
}

enum { NOISE_ROWS = 64 };

/* Columns [4 draw, 4 draw + 4) of the noise of `count` <= NOISE_ROWS rows, the first being `row`.
 */
static void noise_columns(const idr_policy *p, const idr_policy_key *key, int64_t row, int count,
                          int draw, real *noise) {
  uint32_t lane[NOISE_ROWS], high[NOISE_ROWS], low[NOISE_ROWS];
  float out[4][NOISE_ROWS];
  for (int k = 0; k < count; k++) {
    uint64_t step = key->step + (uint64_t)((row + k) / key->lanes);
    lane[k] = key->lane + (uint32_t)((row + k) % key->lanes);
    high[k] = (uint32_t)(step >> 32);
    low[k] = (uint32_t)step;
  }
  IDR_SIMD
  for (int k = 0; k < count; k++) {
    normal4 n = draw_normal4(key->seed, lane[k], high[k], low[k], (uint32_t)draw);
    out[0][k] = n.a;
    out[1][k] = n.b;
    out[2][k] = n.c;
    out[3][k] = n.d;
  }
  for (int i = 4 * draw; i < p->head_dim && i < 4 * draw + 4; i++)
    for (int k = 0; k < count; k++)
      noise[(row + k) * p->head_dim + i] = (real)out[i - 4 * draw][k];
}

void idr_policy_noise(const idr_policy *p, const idr_policy_key *key, int64_t rows, real *noise) {
  if (!p->gaussian) return;
  for (int64_t row = 0; row < rows; row += NOISE_ROWS) {
    int count = rows - row < NOISE_ROWS ? (int)(rows - row) : NOISE_ROWS;
    for (int draw = 0; 4 * draw < p->head_dim; draw++)
      noise_columns(p, key, row, count, draw, noise);
  }
}

/* `rows` <= NOISE_ROWS lanes in one step; key->step counts steps, its noise `time` of them. */
static void lasting_rows(const idr_policy *p, idr_policy_key key, int64_t time, int64_t rows,
                         real *noise) {
  real next[NOISE_ROWS * IDR_ENV_DIM_MAX];
  double f = (double)(key.step % (uint64_t)time) / (double)time;
  double unit = 1 / sqrt((1 - f) * (1 - f) + f * f);
  key.step /= (uint64_t)time;
  idr_policy_noise(p, &key, rows, noise);
  if (!(f > 0)) return;
  key.step++;
  idr_policy_noise(p, &key, rows, next);
  for (int64_t i = 0; i < rows * p->head_dim; i++)
    noise[i] = (real)((1 - f) * unit) * noise[i] + (real)(f * unit) * next[i];
}

void idr_policy_lasting_noise(const idr_policy *p, const idr_policy_key *key, int64_t time,
                              int64_t rows, real *noise) {
  if (!p->gaussian) return;
  if (time == 1) {
    idr_policy_noise(p, key, rows, noise);
    return;
  }
  for (int64_t row = 0, count; row < rows; row += count) {
    int64_t lane = row % key->lanes, left = key->lanes - lane;
    idr_policy_key one = *key;
    count = left < NOISE_ROWS ? left : NOISE_ROWS;
    one.lane += (uint32_t)lane;
    one.step += (uint64_t)(row / key->lanes);
    lasting_rows(p, one, time, count, noise + row * p->head_dim);
  }
}

real idr_policy_perturb(const idr_policy *p, const real *mean, const real *deviation,
                        real *action) {
  const real half_log_two_pi = (real)0.91893853320467274;
  real log_prob = 0;
  for (int i = 0; i < p->head_dim; i++) {
    real e = action[i], d = deviation[i];
    action[i] = mean[i] + d * e;
    log_prob -= (real)0.5 * e * e + idr_r_log(d) + half_log_two_pi;
  }
  return log_prob;
}

void idr_policy_squash(const idr_policy *p, const real *head, real *action) {
  real deviation[IDR_ENV_DIM_MAX];
  idr_policy_row_deviation(p, head, NULL, deviation);
  for (int i = 0; i < p->head_dim; i++)
    action[i] = idr_r_tanh(head[i] + deviation[i] * action[i]);
}

static real sample_gaussian(const idr_policy *p, const real *mean, const real *deviation,
                            uint64_t seed, uint32_t lane, uint64_t step, bool deterministic,
                            real *action) {
  idr_policy_key key = {.seed = seed, .lane = lane, .lanes = 1, .step = step};
  memset(action, 0, (size_t)p->head_dim * sizeof(real));
  if (!deterministic) idr_policy_noise(p, &key, 1, action);
  if (p->squashed) {
    idr_policy_squash(p, mean, action);
    return 0;
  }
  return idr_policy_perturb(p, mean, deviation, action);
}

static real sample_categorical(const idr_policy *p, const real *logits, uint64_t seed,
                               uint32_t lane, uint64_t step, bool deterministic, real *action) {
  int best = 0;
  for (int i = 1; i < p->head_dim; i++)
    if (logits[i] > logits[best]) best = i;
  real total = 0;
  for (int i = 0; i < p->head_dim; i++)
    total += idr_r_exp(logits[i] - logits[best]);
  int choice = best;
  if (!deterministic) {
    idr_random4 r =
        idr_random_draw(seed, lane, (uint32_t)(step >> 32), (uint32_t)step, IDR_PURPOSE_ACTION, 0);
    real left = (real)idr_random_uniform(r.word[0]) * total;
    for (choice = 0; choice < p->head_dim - 1; choice++) {
      left -= idr_r_exp(logits[choice] - logits[best]);
      if (left < 0) break;
    }
  }
  action[0] = (real)choice;
  return logits[choice] - logits[best] - idr_r_log(total);
}

real idr_policy_sample(const idr_policy *p, const real *head, const real *deviation, uint64_t seed,
                       uint32_t lane, uint64_t step, bool deterministic, real *action) {
  if (p->gaussian)
    return sample_gaussian(p, head, deviation, seed, lane, step, deterministic, action);
  return sample_categorical(p, head, seed, lane, step, deterministic, action);
}

void idr_policy_unscale(const idr_policy *p, const real *action, float *out) {
  if (!p->gaussian) {
    out[0] = (float)action[0];
    return;
  }
  for (int i = 0; i < p->head_dim; i++) {
    float low = p->spec->action_low[i], high = p->spec->action_high[i];
    float unit = fminf(fmaxf((float)action[i], -1.0f), 1.0f);
    out[i] = 0.5f * (low + high) + 0.5f * (high - low) * unit;
  }
}
