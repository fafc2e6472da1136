/* The PPO loss of one tile as a graph, and its gradient. Every row carries a weight: one over the
 * minibatch size, or zero for padding, so that tile sums add up to minibatch means. */
#include "rl/ppo_internal.h"

#include <stdlib.h>

static const char *const scalar_names[5] = {"log_prob", "advantage", "target", "old_value",
                                            "weight"};

typedef struct {
  idr_node log_prob; /* [rows][1] of the stored action */
  idr_node entropy;  /* [rows][1] or a scalar */
} head_terms;

static idr_node weighted_sum(idr_graph *g, idr_node rows, idr_node weight) {
  return idr_sum(g, idr_mul(g, rows, weight), -1, false);
}

/* log N(a; mean, std) summed over dimensions; entropy of a Gaussian: sum(log std) + d/2 log(2 pi
 * e). */
static head_terms gaussian_terms(const idr_policy *p, idr_graph *g, idr_node mean,
                                 idr_node action) {
  const double log_two_pi = 1.8378770664093453;
  idr_node log_std = idr_policy_log_std(p, g, mean);
  idr_node inverse = idr_exp(g, idr_neg(g, log_std));
  idr_node z = idr_mul(g, idr_sub(g, action, mean), inverse);
  idr_node distance = idr_sum(g, idr_square(g, z), 1, true);
  idr_node log_scale = idr_sum(g, log_std, -1, false);
  idr_node constant = idr_shift(g, log_scale, 0.5 * log_two_pi * p->head_dim);
  head_terms terms;
  terms.log_prob = idr_sub(g, idr_scale(g, distance, -0.5), constant);
  terms.entropy = idr_shift(g, log_scale, 0.5 * (log_two_pi + 1) * p->head_dim);
  return terms;
}

static head_terms categorical_terms(idr_graph *g, idr_node logits, idr_node index) {
  idr_node log_p = idr_sub(g, logits, idr_log_sum_exp(g, logits));
  idr_node p_log_p = idr_mul(g, idr_exp(g, log_p), log_p);
  head_terms terms;
  terms.log_prob = idr_gather(g, log_p, index);
  terms.entropy = idr_neg(g, idr_sum(g, p_log_p, 1, true));
  return terms;
}

/* 0.5 (v - target)^2, or the larger of it and that of the clipped value. */
static idr_node value_loss(const idr_ppo *ppo, idr_graph *g, idr_node value, idr_node old,
                           idr_node target) {
  idr_node plain = idr_square(g, idr_sub(g, value, target));
  double range = ppo->settings.value_clip;
  if (range > 0) {
    idr_node near = idr_add(g, old, idr_clip(g, idr_sub(g, value, old), -range, range));
    plain = idr_maximum(g, plain, idr_square(g, idr_sub(g, near, target)));
  }
  return idr_scale(g, plain, 0.5);
}

/* Adds loss and statistics; out[k] is the sum for idr_ppo_stat k. */
static void loss_terms(const idr_ppo *ppo, idr_graph *g, head_terms head, idr_node value,
                       const idr_node *in, idr_node *out) {
  const idr_ppo_settings *s = &ppo->settings;
  idr_node weight = in[4];
  idr_node log_ratio = idr_sub(g, head.log_prob, in[0]);
  idr_node ratio = idr_exp(g, log_ratio);
  idr_node clipped = idr_clip(g, ratio, 1 - s->clip, 1 + s->clip);
  idr_node gain = idr_minimum(g, idr_mul(g, ratio, in[1]), idr_mul(g, clipped, in[1]));
  /* Schulman's k3 estimator of KL(old || new): (r - 1) - log r, never negative. */
  idr_node kl = idr_sub(g, idr_shift(g, ratio, -1), log_ratio);
  idr_node outside =
      idr_less(g, idr_graph_constant(g, s->clip), idr_abs(g, idr_shift(g, ratio, -1)));
  out[IDR_STAT_POLICY_LOSS] = weighted_sum(g, idr_neg(g, gain), weight);
  out[IDR_STAT_VALUE_LOSS] = weighted_sum(g, value_loss(ppo, g, value, in[3], in[2]), weight);
  out[IDR_STAT_ENTROPY] = weighted_sum(g, head.entropy, weight);
  out[IDR_STAT_KL] = weighted_sum(g, kl, weight);
  out[IDR_STAT_CLIPPED] = weighted_sum(g, outside, weight);
  idr_node loss = idr_add(g, out[IDR_STAT_POLICY_LOSS],
                          idr_scale(g, out[IDR_STAT_VALUE_LOSS], s->value_coefficient));
  if (s->entropy_coefficient > 0)
    loss = idr_sub(g, loss, idr_scale(g, out[IDR_STAT_ENTROPY], s->entropy_coefficient));
  out[IDR_STAT_LOSS] = loss;
}

static void build_loss(const idr_ppo *ppo, idr_graph *g, idr_node *out) {
  const idr_policy *p = ppo->policy;
  int rows = ppo->loss_rows;
  idr_node in[5];
  idr_node observation =
      idr_graph_input(g, "observation", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->observation_dim));
  idr_node critic = observation;
  if (p->spec->critic_dim > 0)
    critic = idr_graph_input(g, "critic", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->critic_dim));
  for (int i = 0; i < 5; i++)
    in[i] = idr_graph_input(g, scalar_names[i], IDR_DTYPE_REAL, IDR_SHAPE(rows, 1));
  idr_node head = idr_policy_head(p, g, observation);
  head_terms terms;
  if (p->gaussian) {
    idr_node action = idr_graph_input(g, "action", IDR_DTYPE_REAL, IDR_SHAPE(rows, p->head_dim));
    terms = gaussian_terms(p, g, head, action);
  } else {
    terms =
        categorical_terms(g, head, idr_graph_input(g, "index", IDR_DTYPE_INT32, IDR_SHAPE(rows)));
  }
  loss_terms(ppo, g, terms, idr_policy_value(p, g, critic), in, out);
}

static idr_status plan_with_gradient(idr_ppo *ppo, idr_graph *g) {
  int n = idr_params_count(ppo->policy->params);
  idr_node *out = calloc((size_t)(IDR_STAT_COUNT + 2 * n), sizeof *out);
  if (!out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the loss graph");
  idr_node *wrt = out + IDR_STAT_COUNT + n;
  build_loss(ppo, g, out);
  for (int i = 0; i < n; i++)
    wrt[i] = idr_graph_parameter(g, ppo->policy->params, i);
  idr_status status = idr_graph_status(g);
  if (status == IDR_STATUS_OK)
    status = idr_graph_gradient(g, out[IDR_STAT_LOSS], wrt, n, out + IDR_STAT_COUNT);
  if (status == IDR_STATUS_OK)
    status = idr_plan_create(g, out, IDR_STAT_COUNT + n, &ppo->loss_plan);
  free(out);
  return status;
}

idr_status idr_ppo_loss_plan(idr_ppo *ppo) {
  idr_graph *g = NULL;
  IDR_TRY(idr_graph_create(&g));
  idr_status status = plan_with_gradient(ppo, g);
  idr_graph_destroy(g);
  IDR_TRY(status);
  const idr_plan *plan = ppo->loss_plan;
  ppo->in_observation = idr_plan_input(plan, "observation");
  ppo->in_critic = idr_plan_input(plan, "critic");
  ppo->in_action = idr_plan_input(plan, "action");
  ppo->in_index = idr_plan_input(plan, "index");
  for (int i = 0; i < 5; i++)
    ppo->in_scalar[i] = idr_plan_input(plan, scalar_names[i]);
  return IDR_STATUS_OK;
}
