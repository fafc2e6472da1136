/* The losses of critics and policy of one tile as graphs, and their gradients. Every row carries a
 * weight: one over the batch size, or zero for padding, so that tile sums add up to means. Weights
 * that a loss does not move are inputs of its plan. */
#include "rl/mlp.h"
#include "rl/sac_graph.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const critic_name[2] = {"critic0", "critic1"};

idr_status idr_sac_add_critics(idr_sac *sac) {
  IDR_TRY(idr_params_create(&sac->critics));
  int width = idr_sac_is_c51(sac) ? (int)sac->settings.atoms : 1;
  for (int i = 0; i < 2; i++)
    idr_mlp_add(sac->critics, critic_name[i], sac->row_dim + sac->policy->head_dim, &sac->net.value,
                width, 1.0, sac->settings.critic_layer_norm);
  IDR_TRY(idr_params_status(sac->critics));
  IDR_TRY(idr_params_create(&sac->temperature));
  idr_params_add(sac->temperature, "log_alpha", IDR_SHAPE(1), IDR_INIT_ZERO, 0);
  return idr_params_status(sac->temperature);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

idr_node idr_sac_input(const idr_sac_builder *b, const char *name, int width) {
  return idr_graph_input(b->g, name, IDR_DTYPE_REAL, IDR_SHAPE(b->sac->loss_rows, width));
}

static idr_sac_builder begin(const idr_sac *sac, idr_graph *g) {
  idr_sac_builder b = {.g = g, .sac = sac};
  b.weight = idr_sac_input(&b, "weight", 1);
  b.alpha = idr_graph_input(g, "alpha", IDR_DTYPE_REAL, IDR_SHAPE(1));
  return b;
}

idr_node idr_sac_row(const idr_sac_builder *b, const char *name) {
  int dim = b->sac->row_dim;
  return idr_policy_normalise(b->g, "row", idr_sac_input(b, name, dim), dim);
}

/* What the policy sees of a critic's row: its begin. */
static idr_node policy_rows(const idr_sac_builder *b, idr_node row) {
  int dim = b->sac->policy->observation_dim;
  return dim < b->sac->row_dim ? idr_slice(b->g, row, 1, 0, dim) : row;
}

static idr_node weighted_sum(const idr_sac_builder *b, idr_node rows) {
  return idr_sum(b->g, idr_mul(b->g, rows, b->weight), -1, false);
}

idr_node idr_sac_critic(const idr_sac_builder *b, int which, idr_node row, idr_node action,
                        const char *frozen) {
  const idr_mlp mlp = {.params = b->sac->critics,
                       .net = critic_name[which],
                       .hidden = b->sac->net.value.count,
                       .activation = b->sac->net.activation,
                       .layer_norm = b->sac->settings.critic_layer_norm,
                       .frozen = frozen};
  return idr_mlp_build(&mlp, b->g, idr_concat(b->g, row, action, 1));
}

/* Q of rows and actions; [rows][1]. */
static idr_node q_value(const idr_sac_builder *b, int which, idr_node row, idr_node action,
                        const char *frozen) {
  idr_node out = idr_sac_critic(b, which, row, action, frozen);
  if (!idr_sac_is_c51(b->sac)) return out;
  return idr_sac_c51_mean(b, idr_sac_c51_probability(b, out));
}

static idr_node joint_q(const idr_sac_builder *b, idr_node row, idr_node action,
                        const char *frozen) {
  idr_node q0 = q_value(b, 0, row, action, frozen), q1 = q_value(b, 1, row, action, frozen);
  if (!idr_sac_takes_lower(b->sac)) return idr_scale(b->g, idr_add(b->g, q0, q1), 0.5);
  return idr_minimum(b->g, q0, q1);
}

/* a = tanh(u), u = mean + std e. The density of a is that of u over da/du = 1 - tanh(u)^2, whose
 * logarithm is 2 (log 2 - u - softplus(-2 u)) for any u, without loss of digits. */
idr_sac_draw idr_sac_sample(const idr_sac_builder *b, idr_node row, const char *frozen) {
  const double log_two = 0.6931471805599453, half_log_two_pi = 0.9189385332046727;
  const idr_policy *p = b->sac->policy;
  idr_graph *g = b->g;
  idr_node noise = idr_sac_input(b, "noise", p->head_dim);
  idr_node head = idr_policy_head_of(p, g, policy_rows(b, row), frozen);
  idr_node log_std = idr_policy_log_std(p, g, head);
  idr_node u = idr_add(g, idr_policy_mean(p, g, head), idr_mul(g, idr_exp(g, log_std), noise));
  idr_node gauss = idr_neg(g, idr_add(g, idr_scale(g, idr_square(g, noise), 0.5), log_std));
  idr_node squash = idr_add(g, u, idr_softplus(g, idr_scale(g, u, -2)));
  idr_node each =
      idr_shift(g, idr_add(g, gauss, idr_scale(g, squash, 2)), -half_log_two_pi - 2 * log_two);
  return (idr_sac_draw){idr_policy_bound(p, g, u), idr_sum(g, each, 1, true)};
}

/* ---- the losses ------------------------------------------------------------------------------ */

/* 0.5 (Q0 - y)^2 + 0.5 (Q1 - y)^2. */
static void critic_loss(const idr_sac_builder *b, idr_node *out) {
  idr_graph *g = b->g;
  idr_node row = idr_sac_row(b, "row"), next = idr_sac_row(b, "next");
  idr_node action = idr_sac_input(b, "action", b->sac->policy->head_dim);
  idr_sac_draw a = idr_sac_sample(b, next, "");
  idr_node soft = joint_q(b, next, a.action, IDR_SAC_TARGET);
  if (b->sac->settings.value_entropy) soft = idr_sub(g, soft, idr_mul(g, b->alpha, a.log_prob));
  idr_node target =
      idr_add(g, idr_sac_input(b, "reward", 1), idr_mul(g, idr_sac_input(b, "discount", 1), soft));
  idr_node q0 = q_value(b, 0, row, action, NULL), q1 = q_value(b, 1, row, action, NULL);
  idr_node error =
      idr_add(g, idr_square(g, idr_sub(g, q0, target)), idr_square(g, idr_sub(g, q1, target)));
  out[IDR_CRITIC_LOSS] = weighted_sum(b, idr_scale(g, error, 0.5));
  out[IDR_CRITIC_Q] = weighted_sum(b, q0);
}

/* alpha log pi(a|s) - min Q(s, a), with a drawn from the policy. */
static void actor_loss(const idr_sac_builder *b, idr_node *out) {
  idr_graph *g = b->g;
  idr_node row = idr_sac_row(b, "row");
  idr_sac_draw a = idr_sac_sample(b, row, NULL);
  idr_node q = joint_q(b, row, a.action, "");
  out[IDR_ACTOR_LOSS] = weighted_sum(b, idr_sub(g, idr_mul(g, b->alpha, a.log_prob), q));
  out[IDR_ACTOR_ENTROPY] = weighted_sum(b, idr_neg(g, a.log_prob));
}

/* Cross-entropy of both critics to the projected targets. */
static void c51_loss(const idr_sac_builder *b, idr_node *out) {
  idr_graph *g = b->g;
  idr_node row = idr_sac_row(b, "row");
  idr_node action = idr_sac_input(b, "action", b->sac->policy->head_dim);
  idr_node wanted = idr_sac_input(b, "probability", (int)b->sac->settings.atoms);
  idr_node l0 = idr_sac_critic(b, 0, row, action, NULL);
  idr_node l1 = idr_sac_critic(b, 1, row, action, NULL);
  idr_node error =
      idr_add(g, idr_sac_c51_entropy(b, wanted, l0), idr_sac_c51_entropy(b, wanted, l1));
  out[IDR_CRITIC_LOSS] = weighted_sum(b, error);
  out[IDR_CRITIC_Q] = weighted_sum(b, idr_sac_c51_mean(b, idr_sac_c51_probability(b, l0)));
}

static idr_status plan_with_gradient(const idr_sac *sac, idr_graph *g, idr_sac_learner *l,
                                     void (*loss)(const idr_sac_builder *b, idr_node *out)) {
  int n = idr_params_count(l->params);
  idr_node *out = calloc((size_t)(l->stats + 2 * n), sizeof *out);
  if (!out) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for a loss graph");
  idr_node *wrt = out + l->stats + n;
  idr_sac_builder b = begin(sac, g);
  loss(&b, out);
  for (int i = 0; i < n; i++)
    wrt[i] = idr_graph_parameter(g, l->params, i);
  idr_status status = idr_graph_status(g);
  if (status == IDR_STATUS_OK) status = idr_graph_gradient(g, out[0], wrt, n, out + l->stats);
  if (status == IDR_STATUS_OK) status = idr_plan_create(g, out, l->stats + n, &l->plan);
  free(out);
  return status;
}

static idr_status make_plan(const idr_sac *sac, idr_sac_learner *l,
                            void (*loss)(const idr_sac_builder *b, idr_node *out)) {
  idr_graph *g = NULL;
  IDR_TRY(idr_graph_create(&g));
  idr_status status = plan_with_gradient(sac, g, l, loss);
  idr_graph_destroy(g);
  return status;
}

idr_status idr_sac_plans(idr_sac *sac) {
  IDR_TRY(idr_policy_head_plan(sac->policy, sac->act_rows, &sac->act_plan));
  if (idr_sac_is_c51(sac)) IDR_TRY(idr_sac_c51_plan(sac));
  IDR_TRY(make_plan(sac, &sac->critic, idr_sac_is_c51(sac) ? c51_loss : critic_loss));
  return make_plan(sac, &sac->actor, actor_loss);
}

/* ---- binding --------------------------------------------------------------------------------- */

static void bind_loss(const idr_sac *sac, const idr_sac_worker *w, idr_exec *exec,
                      const idr_sac_learner *l) {
  const idr_moments *m = idr_sac_row_moments(sac);
  const struct {
    const char *name;
    const real *data;
  } inputs[] = {
      {"row", w->tile_row},       {"next", w->tile_next},     {"action", w->tile_action},
      {"noise", w->tile_noise},   {"reward", w->tile_reward}, {"discount", w->tile_discount},
      {"weight", w->tile_weight}, {"alpha", sac->alpha},      {"row_shift", m->shift},
      {"row_scale", m->scale},    {"atoms", sac->atoms},      {"probability", w->tile_probability}};
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
    idr_exec_bind_input(exec, idr_plan_input(l->plan, inputs[i].name), inputs[i].data);
  idr_exec_bind_params(exec, l->weights);
}

void idr_sac_bind(idr_sac *sac, idr_sac_worker *w) {
  const idr_moments *m = sac->observation_moments;
  idr_exec_bind_params(w->act, sac->actor.weights);
  idr_exec_bind_input(w->act, idr_plan_input(sac->act_plan, "observation"), w->tile_observation);
  idr_exec_bind_input(w->act, idr_plan_input(sac->act_plan, "observation_shift"), m->shift);
  idr_exec_bind_input(w->act, idr_plan_input(sac->act_plan, "observation_scale"), m->scale);
  bind_loss(sac, w, w->critic, &sac->critic);
  idr_mlp_bind_frozen(w->critic, sac->critic.plan, sac->policy->params, "", sac->actor.weights);
  idr_mlp_bind_frozen(w->critic, sac->critic.plan, sac->critics, IDR_SAC_TARGET, sac->target);
  if (sac->target_plan) idr_sac_c51_bind(sac, w);
  bind_loss(sac, w, w->actor, &sac->actor);
  idr_mlp_bind_frozen(w->actor, sac->actor.plan, sac->critics, "", sac->critic.weights);
}
